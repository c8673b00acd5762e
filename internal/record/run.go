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
	// ScenarioName is the file that holds the scenario of a run. It is there
	// before the manifest is.
	ScenarioName = "scenario.yaml"
	summaryName  = "summary.json"
	logName      = "log.jsonl"
	partsDir     = ".parts" // tables of a run that has not ended
)

// Options say what a run records and where.
type Options struct {
	Dir string  // the result folder; made with its parents
	FS  disk.FS // that Dir is on; nil: the machine's
	CSV bool    // write a CSV twin of each table

	Spikes    Sampling // what spikes.parquet keeps
	Atoms     Sampling // what pid.parquet keeps
	AtomNames []string // atom columns of pid.parquet, see [AtomNames]; none: no pid.parquet

	// Labels are what neurons, then channels are called; nil: they have no names.
	// Tables that tell of neurons by number have a column of them.
	Labels []string

	// MinFree is the disk space [byte] that must stay free; a run that would
	// go below it ends with ErrLowSpace. 0: 64 MiB. Negative: do not look.
	MinFree int64

	Scenario   []byte     // text of scenario.yaml; nil: none. A resumed run must have the same
	Provenance Provenance // goes to the manifest as it is
}

// DefaultDir returns runs/SCENARIO/TIME-SEED-HASH8, the folder of a run whose
// user named none. Characters of scenario that no folder should have become
// dashes.
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
	made    bool // the folder is ours to remove when Create fails
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
	stale   []string // files of before a resume, to be removed once the run has its results unless it has written them anew
	unsure  []string // files that have their names now, but perhaps not after the loss of power
	spent   int64    // bytes in part files
	checked int64    // spent when free space was last looked at
	closed  bool
}

// ErrExists is returned by Create for a folder that holds something.
var ErrExists = errors.New("the result folder is not empty")

// Create makes the result folder and opens its tables. It refuses a folder
// that holds anything, unless that is what a run leaves behind that was killed
// before it had begun. After an error nothing new is left behind.
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

// prepare takes hold of an empty folder.
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
			_ = disk.RemoveAll(r.fsys, opts.Dir) // it was not there before
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

// claim finds that the folder is not there, or holds nothing of anybody's.
func (r *Run) claim() error {
	dir := r.opts.Dir
	_, err := r.fsys.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.made = true // with .parts
		return nil
	case err != nil:
		return fmt.Errorf("result folder %s: %w", dir, bare(err))
	case unbegun(r.fsys, dir):
		return nil
	}
	return fmt.Errorf("%w: %s: name another with --out, or remove it", ErrExists, dir)
}

// Unbegun reports whether dir is what a run leaves behind that was killed
// before its first manifest was written: there is nothing in it to lose.
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

// isCommit reports whether a file is one that the journal tells of.
func isCommit(fsys disk.FS, dir string, commits []commit, name string) bool {
	info, err := hashFile(fsys, filepath.Join(dir, filepath.FromSlash(name)))
	return err == nil && slices.Contains(commits, commit{name, info})
}

// early are the names that a folder may hold before it has a manifest.
var early = []string{logName, partsDir, ScenarioName, "." + ScenarioName + ".tmp", "." + manifestName + ".tmp"}

// clearUnbegun empties a folder that claim has found to hold nothing.
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

// discard undoes Create. What cannot be removed stays.
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

// InterventionsName is the file that lists what was done to a run while it went
// on; all of it is in its scenario too.
const InterventionsName = "interventions.jsonl"

// amended are the files that a run may write again: they are as the manifest
// has them, not as a checkpoint that is older.
var amended = []string{ScenarioName, InterventionsName}

// Amend replaces the scenario of a run that is being touched, with the hash and
// the configuration that say what it is, and the list of what was done.
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

// Close completes a run that went to its end: tables, summary.json, and
// manifest.json last. After an error the run has been aborted for that
// reason.
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

// Abort ends a run before its end. What was recorded becomes valid tables,
// and the manifest says "interrupted" (for an error that wraps
// context.Canceled) or "failed", with the reason. Where tables cannot be
// completed, as on a full disk, their rows stay for Resume. Abort after Close
// does nothing, so that it can be deferred.
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

// flushAll hands every row to the system; the first error of a table counts,
// however long ago it was.
func (r *Run) flushAll() error {
	for _, name := range slices.Sorted(maps.Keys(r.streams)) {
		if err := r.streams[name].flush(); err != nil {
			return err
		}
	}
	return nil
}

// convertAll turns every growing table into its final form. It goes on after
// an error, to save what can be saved. The rows stay until a manifest lists
// what they have become.
func (r *Run) convertAll() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(r.streams)) {
		s := r.streams[name]
		_ = s.flush() // of what did not reach the disk s knows that it is not there
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

// clean removes what the manifest that has just been written makes needless.
// Nothing is lost where it fails. What was there before a resume stays until
// the run has its results.
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
