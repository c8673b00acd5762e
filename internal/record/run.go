package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
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
	Dir       string // the result folder; made with its parents
	Overwrite bool   // replace the files of an earlier run in Dir
	CSV       bool   // write a CSV twin of each table

	Spikes    Sampling // what spikes.parquet keeps
	Atoms     Sampling // what pid.parquet keeps
	AtomNames []string // atom columns of pid.parquet, see [AtomNames]; none: no pid.parquet

	// MinFree is the disk space [byte] that must stay free; a run that would
	// go below it ends with ErrLowSpace. 0: 64 MiB. Negative: do not look.
	MinFree int64

	Scenario   []byte     // text of scenario.yaml; nil: none
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
	created time.Time
	made    bool // the folder is ours to remove when Create fails
	log     *logFile
	lock    *os.File
	ballast *os.File
	streams map[string]*Stream
	growing map[string]*Growing
	spikes  *Stream // nil: not recorded
	atoms   *Stream
	tables  map[string]TableInfo
	files   map[string]FileInfo
	spent   int64 // bytes in part files
	checked int64 // spent when free space was last looked at
	closed  bool
}

// ErrExists is returned by Create for a folder that holds something.
var ErrExists = errors.New("the result folder is not empty")

// Create makes the result folder and opens its tables. It refuses a folder
// that holds anything, unless Overwrite is set and the folder is a result
// folder. After an error nothing new is left behind.
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
	made, err := claim(opts)
	if err != nil {
		return nil, err
	}
	r := newRun(opts)
	r.made = made
	if err := r.lockDir(); err != nil {
		if made {
			os.RemoveAll(opts.Dir)
		}
		return nil, err
	}
	return r, nil
}

func newRun(opts Options) *Run {
	return &Run{
		opts:    opts,
		created: time.Now(),
		streams: make(map[string]*Stream),
		growing: make(map[string]*Growing),
		tables:  make(map[string]TableInfo),
		files:   make(map[string]FileInfo),
	}
}

// claim makes opts.Dir an existing, empty folder and reports whether it had
// to be made.
func claim(opts Options) (made bool, err error) {
	entries, err := os.ReadDir(opts.Dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := os.MkdirAll(opts.Dir, 0o777); err != nil {
			return false, fmt.Errorf("result folder %s: %w", opts.Dir, bare(err))
		}
		return true, nil
	case err != nil:
		return false, fmt.Errorf("result folder %s: %w", opts.Dir, bare(err))
	case len(entries) == 0:
		return false, nil
	case Unbegun(opts.Dir):
		return false, clearUnbegun(opts.Dir)
	case !opts.Overwrite:
		return false, fmt.Errorf("%w: %s: name another with --out, or remove it", ErrExists, opts.Dir)
	}
	return false, removeResults(opts.Dir)
}

// Unbegun reports whether dir is what a run leaves behind that was killed
// before its first manifest was written: there is nothing in it to lose.
func Unbegun(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) > 0 && !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return !slices.Contains(early, e.Name()) })
}

// early are the names that a folder may hold before it has a manifest.
var early = []string{logName, partsDir, ScenarioName, "." + ScenarioName + ".tmp", "." + manifestName + ".tmp"}

func clearUnbegun(dir string) error {
	if err := checkUnlocked(dir); err != nil {
		return err
	}
	for _, name := range early {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// removeResults empties a result folder: the files that its manifest lists
// and what a run keeps besides. Files of others are never touched, and make
// it fail.
func removeResults(dir string) error {
	m, err := ReadManifest(dir)
	if err != nil {
		return fmt.Errorf("%w: %s holds no results of an earlier run to replace", ErrExists, dir)
	}
	if err := checkUnlocked(dir); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		if local := filepath.FromSlash(name); filepath.IsLocal(local) && local != ScenarioName {
			os.Remove(filepath.Join(dir, local))
			os.Remove(filepath.Join(dir, filepath.Dir(local))) // fails unless empty
		}
	}
	os.RemoveAll(filepath.Join(dir, partsDir))
	os.Remove(filepath.Join(dir, logName))
	os.Remove(filepath.Join(dir, manifestName))
	os.Remove(filepath.Join(dir, ScenarioName)) // last: with it the run can be begun again
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		return fmt.Errorf("%w: %s also holds files that no run has written", ErrExists, dir)
	}
	return nil
}

// open makes the log, the standard tables and the first manifest.
func (r *Run) open() error {
	var err error
	if r.log, err = openLog(r.opts.Dir); err != nil {
		return err
	}
	if err := r.reserve(); err != nil {
		return err
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
	if r.opts.Scenario != nil {
		if err := r.WriteFile(ScenarioName, r.opts.Scenario); err != nil {
			return err
		}
	}
	return r.writeManifest(r.manifest(StatusRunning, nil))
}

// discard undoes Create.
func (r *Run) discard() {
	r.release()
	os.RemoveAll(filepath.Join(r.opts.Dir, partsDir))
	os.Remove(filepath.Join(r.opts.Dir, logName))
	os.Remove(filepath.Join(r.opts.Dir, manifestName))
	if r.opts.Scenario != nil {
		os.Remove(filepath.Join(r.opts.Dir, ScenarioName))
	}
	if r.made {
		os.Remove(r.opts.Dir)
	}
}

// release closes everything that is open.
func (r *Run) release() {
	for _, s := range r.streams {
		s.f.Close()
	}
	for _, g := range r.growing {
		g.f.Close()
	}
	if r.log != nil {
		r.log.close()
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
	f, err := createFile(r.opts.Dir, name)
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
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit()
}

// Remove removes a result file, such as a checkpoint that is out of date.
func (r *Run) Remove(name string) error {
	if _, ok := r.files[name]; !ok {
		return fmt.Errorf("%s: not a file of this run", name)
	}
	delete(r.files, name)
	return fileError(name, os.Remove(filepath.Join(r.opts.Dir, filepath.FromSlash(name))))
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
// completed, as on a full disk, their rows stay for Recover or Resume. Abort
// after Close does nothing, so that it can be deferred.
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
// an error, to save what can be saved.
func (r *Run) convertAll() error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(r.streams)) {
		s := r.streams[name]
		limit := s.rows
		if s.flush() != nil {
			limit = -1 // what reached the disk
		}
		if _, err := r.convertPart(name, limit); err != nil {
			errs = append(errs, err)
			continue
		}
		s.f.Close()
		os.Remove(r.partPath(name))
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
	r.release()
	if !kept {
		os.RemoveAll(filepath.Join(r.opts.Dir, partsDir))
	}
	return errors.Join(logErr, err)
}

// bare strips the operation and path from a file error: the message has them.
func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
