package record

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"infomorph/internal/disk"
)

// Names inside a result folder.
const (
	manifestName = "manifest.json"
	// ScenarioName is the file with the scenario of a run. It is written before
	// the manifest.
	ScenarioName = "scenario.yaml"
	summaryName  = "summary.json"
	logName      = "log.jsonl"
	partsDir     = ".parts" // rows of tables during the run
)

// Options say what a run records and where.
type Options struct {
	Dir string  // the result folder; made with its parents
	FS  disk.FS // file system of Dir; nil: that of the machine
	CSV bool    // write a CSV copy of each table

	Spikes    Sampling // what spikes.parquet keeps
	Atoms     Sampling // what pid.parquet keeps
	AtomNames []string // atom columns of pid.parquet, see [AtomNames]; none: no pid.parquet

	// Labels are the names of neurons and then of channels; nil: they have no
	// names. Tables with numbers of neurons get a column of labels.
	Labels []string

	// MinFree is the disk space [byte] that must stay free; a run that would go
	// below it ends with ErrLowSpace. 0: 64 MiB. Negative: no check.
	MinFree int64

	Scenario   []byte     // text of scenario.yaml; nil: none. A resumed run must have the same
	Provenance Provenance // copied to the manifest
}

// DefaultDir returns runs/SCENARIO/TIME-SEED-HASH8, the folder of a run if the
// user chose none. Characters of scenario that are not letters, digits, dash,
// underscore or dot become dashes.
func DefaultDir(scenario string, t time.Time, seed uint64, hash string) string {
	clean := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
			return c
		}
		return '-'
	}, scenario)
	clean = cmp.Or(strings.Trim(clean, "."), "run")
	leaf := t.UTC().Format("20060102T150405Z") + "-" + strconv.FormatUint(seed, 10)
	if hash = hash[:min(8, len(hash))]; hash != "" {
		leaf += "-" + hash
	}
	return filepath.Join("runs", clean, leaf)
}

// Run is a result folder that is being written. It is not safe for concurrent
// use, except for the log.
type Run struct {
	opts    Options
	fsys    disk.FS
	created time.Time
	made    bool // this run has made the folder, and removes it if Create fails
	log     *logFile
	journal *journal
	lock    io.Closer // nil: not locked
	ballast disk.File
	streams map[string]*Stream
	growing map[string]*Growing
	spikes  *Stream // nil: not recorded
	atoms   *Stream
	tables  map[string]TableInfo
	files   map[string]FileInfo
	stale   []string // files from before a resume, removed when the run is complete unless it has written them again
	unsure  []string // files whose names may be lost in a power failure
	spent   int64    // bytes in part files
	checked int64    // spent at the last check of free space
	closed  bool
}

// ErrExists is returned by Create for a folder that is not empty.
var ErrExists = errors.New("the result folder is not empty")

// Create makes the result folder and opens its tables. It returns an error for
// a folder that is not empty, unless a run was killed in it before it had
// begun. After an error it leaves nothing new.
func Create(opts Options) (*Run, error) {
	r, err := prepare(opts)
	if err != nil {
		return nil, err
	}
	if err := r.open(); err != nil {
		r.discard()
		return nil, err
	}
	return r, nil
}

// prepare locks an empty folder for the run.
func prepare(opts Options) (*Run, error) {
	if opts.Dir == "" {
		return nil, errors.New("record: no result folder named")
	}
	r := newRun(opts)
	if err := r.claim(); err != nil {
		return nil, err
	}
	err := r.lockDir()
	if err == nil && !r.made {
		err = r.clearUnbegun()
	}
	if err == nil {
		r.journal, err = openJournal(r.fsys, opts.Dir, 0)
	}
	if err != nil {
		r.unlock()
		if r.made {
			_ = disk.RemoveAll(r.fsys, opts.Dir) // it did not exist before
		}
		return nil, err
	}
	return r, nil
}

func newRun(opts Options) *Run {
	return &Run{
		opts:    opts,
		fsys:    opts.fileSystem(),
		created: time.Now(),
		streams: make(map[string]*Stream),
		growing: make(map[string]*Growing),
		tables:  make(map[string]TableInfo),
		files:   make(map[string]FileInfo),
	}
}

func (o *Options) fileSystem() disk.FS {
	if o.FS == nil {
		return disk.OS
	}
	return o.FS
}

// claim returns an error unless the folder does not exist or has no content to
// lose.
func (r *Run) claim() error {
	dir := r.opts.Dir
	_, err := r.fsys.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.made = true // lockDir makes it, with .parts
		return nil
	case err != nil:
		return fmt.Errorf("result folder %s: %w", dir, bare(err))
	case unbegun(r.fsys, dir):
		return nil
	}
	return fmt.Errorf("%w: %s: name another with --out, or remove it", ErrExists, dir)
}

// Unbegun reports whether dir has only the files of a run that was killed
// before it wrote its first manifest. Such a folder has no content to lose.
func Unbegun(dir string) bool { return unbegun(disk.OS, dir) }

func unbegun(fsys disk.FS, dir string) bool {
	entries, err := fsys.ReadDir(dir)
	if err == nil && len(entries) == 0 {
		return true // killed as soon as it was made
	}
	if err != nil || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == partsDir }) {
		return false
	}
	commits, _, err := readJournal(fsys, dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.Name() == ScenarioName && !isCommit(fsys, dir, commits, ScenarioName) || !slices.Contains(early, e.Name()) {
			return false
		}
	}
	return true
}

// isCommit reports whether a file is one that the journal lists.
func isCommit(fsys disk.FS, dir string, commits []commit, name string) bool {
	info, err := hashFile(fsys, filepath.Join(dir, filepath.FromSlash(name)))
	return err == nil && slices.Contains(commits, commit{name, info})
}

// early are the names that a folder may hold before it has a manifest.
var early = []string{logName, partsDir, ScenarioName, "." + ScenarioName + ".tmp", "." + manifestName + ".tmp"}

// clearUnbegun removes the files of a run that was killed before it had begun.
func (r *Run) clearUnbegun() error {
	entries, err := r.fsys.ReadDir(filepath.Join(r.opts.Dir, partsDir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != lockName {
			if err := disk.RemoveAll(r.fsys, filepath.Join(r.opts.Dir, partsDir, e.Name())); err != nil {
				return err
			}
		}
	}
	for _, name := range early {
		if name != partsDir {
			if err := disk.RemoveAll(r.fsys, filepath.Join(r.opts.Dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// open makes the log, the standard tables and the first manifest.
func (r *Run) open() error {
	var err error
	if r.log == nil {
		if r.log, err = openLog(r.fsys, r.opts.Dir, nil); err != nil {
			return err
		}
	}
	if err := r.reserve(); err != nil {
		return err
	}
	if _, has := r.files[ScenarioName]; r.opts.Scenario != nil && !has {
		if err := r.WriteFile(ScenarioName, r.opts.Scenario); err != nil {
			return err
		}
	}
	if !r.opts.Spikes.Off {
		if r.spikes, err = r.Stream("spikes", SpikeColumns()); err != nil {
			return err
		}
	}
	if !r.opts.Atoms.Off && len(r.opts.AtomNames) > 0 {
		if r.atoms, err = r.Stream("pid", PIDColumns(r.opts.AtomNames)); err != nil {
			return err
		}
	}
	return r.writeManifest(r.manifest(StatusRunning, nil))
}

// discard undoes Create. It ignores errors.
func (r *Run) discard() {
	r.release()
	for _, name := range append(slices.Collect(maps.Keys(r.files)), r.unsure...) {
		_ = r.fsys.Remove(filepath.Join(r.opts.Dir, filepath.FromSlash(name)))
	}
	for _, name := range []string{logName, manifestName, "." + manifestName + ".tmp"} {
		_ = r.fsys.Remove(filepath.Join(r.opts.Dir, name))
	}
	_ = disk.RemoveAll(r.fsys, filepath.Join(r.opts.Dir, partsDir))
	if r.made {
		_ = r.fsys.Remove(r.opts.Dir)
	}
}

// release closes everything that is open.
func (r *Run) release() {
	for _, s := range r.streams {
		s.file.close()
	}
	for _, g := range r.growing {
		g.file.close()
	}
	if r.log != nil {
		r.log.close()
	}
	if r.journal != nil {
		r.journal.f.Close()
	}
	r.dropBallast()
	r.unlock()
	r.closed = true
}

var errClosed = errors.New("record: the run is closed")

func (r *Run) usable() error {
	if r.closed {
		return errClosed
	}
	return nil
}

// Dir returns the result folder.
func (r *Run) Dir() string { return r.opts.Dir }

// File starts the result file name (slash-separated, below the folder), such
// as "plots/raster.png". It appears only when it is committed.
func (r *Run) File(name string) (*File, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	f, err := createFile(r.fsys, r.opts.Dir, name)
	if err != nil {
		return nil, err
	}
	f.run = r
	return f, nil
}

// WriteFile writes the result file name at once.
func (r *Run) WriteFile(name string, data []byte) error {
	f, err := r.File(name)
	if err != nil {
		return err
	}
	return f.whole(data)
}

// InterventionsName is the file that lists the changes that were made to a run
// in progress. The scenario contains all of them, too.
const InterventionsName = "interventions.jsonl"

// amended are the files that a run may write again. The manifest has their
// present hashes; a checkpoint may have older ones.
var amended = []string{ScenarioName, InterventionsName}

// Amend replaces the scenario of a run that was changed in progress, with its
// hash and configuration, and the list of the changes.
func (r *Run) Amend(scenario []byte, hash string, config json.RawMessage, interventions []byte) error {
	if err := r.WriteFile(ScenarioName, scenario); err != nil {
		return err
	}
	if err := r.WriteFile(InterventionsName, interventions); err != nil {
		return err
	}
	r.opts.Scenario, r.opts.Provenance.ScenarioHash, r.opts.Provenance.Config = scenario, hash, config
	return r.writeManifest(r.manifest(StatusRunning, nil))
}

// Log returns the writer of log.jsonl, safe for concurrent use. Each Write
// should be one whole line.
func (r *Run) Log() io.Writer { return r.log }

// Close completes a run that has reached its end: it writes tables,
// summary.json, and last manifest.json. If it returns an error, the run has
// been aborted for that reason.
func (r *Run) Close(summary map[string]float64, final Final) error {
	if err := r.usable(); err != nil {
		return err
	}
	err := r.flushAll()
	if err == nil {
		err = r.convertAll()
	}
	if err == nil {
		err = r.settleGrowing()
	}
	if err == nil {
		err = r.writeSummary(summary)
	}
	if err != nil {
		return errors.Join(err, r.Abort(err))
	}
	return r.finish(StatusDone, nil, final)
}

// Abort ends a run before its end. What was recorded becomes valid tables, and
// the manifest says "interrupted" (for an error that wraps context.Canceled) or
// "failed", with the reason. If tables cannot be completed, for example because
// the disk is full, their rows stay for Resume. Abort after Close does nothing,
// so that it can be deferred.
func (r *Run) Abort(reason error) error {
	if r.closed {
		return nil
	}
	r.dropBallast()
	status := StatusFailed
	if errors.Is(reason, context.Canceled) {
		status = StatusInterrupted
	}
	err := errors.Join(r.settleGrowing(), r.convertAll())
	if err != nil {
		err = fmt.Errorf("partial results are kept in %s: %w", filepath.Join(r.opts.Dir, partsDir), err)
	}
	return errors.Join(err, r.finish(status, reason, Final{}))
}

// flushAll writes every row to its file. It returns the first error of a table,
// which may be from an earlier write.
func (r *Run) flushAll() error {
	for _, name := range slices.Sorted(maps.Keys(r.streams)) {
		if err := r.streams[name].flush(); err != nil {
			return err
		}
	}
	return nil
}

// convertAll turns every growing table into its final form. After an error it
// continues with the other tables, to save what can be saved. The rows stay
// until a manifest lists their tables.
func (r *Run) convertAll() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(r.streams)) {
		s := r.streams[name]
		_ = s.flush() // s keeps the error, and knows how many bytes were written
		if err := s.convert(); err != nil {
			errs = append(errs, err)
			continue
		}
		s.file.close()
		s.err = errClosed
		delete(r.streams, name)
	}
	return errors.Join(errs...)
}

func (r *Run) finish(status Status, reason error, final Final) error {
	m := r.manifest(status, reason)
	m.Final = final
	m.Finished = time.Now().UTC()
	info, logErr := r.log.info()
	if logErr == nil {
		m.Files[logName] = info
	}
	kept := len(r.streams)+len(r.growing) > 0
	err := r.writeManifest(m)
	if err == nil && !kept {
		r.clean(status)
	}
	r.release()
	return errors.Join(logErr, err)
}

// clean removes what is not needed any more after the manifest has been
// written. If it fails, nothing is lost. Files from before a resume stay until
// the run is complete.
func (r *Run) clean(status Status) {
	if status != StatusDone && (len(r.stale) > 0 || r.hasKilled()) {
		return
	}
	for _, name := range r.stale {
		if _, anew := r.files[name]; !anew {
			_ = r.fsys.Remove(filepath.Join(r.opts.Dir, filepath.FromSlash(name)))
		}
	}
	_ = disk.RemoveAll(r.fsys, filepath.Join(r.opts.Dir, partsDir))
}

// bare strips the operation and path from a file error: the message has them.
func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
