package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/parquet-go/parquet-go"

	"infomorph/internal/disk"
)

// ErrOther is returned if a run would be continued as another experiment.
var ErrOther = errors.New("a resumed run must be the same experiment")

// State is the state of the recorder of a run, as a part of a checkpoint. It is
// plain data for any encoder. It has the sizes and hashes of files when the run
// wrote them; a resumed run checks the files against these before it uses them.
type State struct {
	Tables  []TableState        `json:"tables"`
	Growing []GrowingState      `json:"growing,omitempty"`
	Written []TableInfo         `json:"written,omitempty"` // tables that are complete
	Files   map[string]FileInfo `json:"files"`             // committed so far
	CSV     bool                `json:"csv,omitempty"`
}

// TableState is the state of one growing table.
type TableState struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
	Part    FileInfo `json:"part"` // the rows with their header, below .parts
}

// State syncs every row so far to the disk and returns the state of the tables.
// So a checkpoint that is written after this call never counts rows that do not
// exist.
func (r *Run) State() (State, error) {
	st := State{CSV: r.opts.CSV, Files: maps.Clone(r.files)}
	if err := r.usable(); err != nil {
		return st, err
	}
	for _, name := range slices.Sorted(maps.Keys(r.streams)) {
		s := r.streams[name]
		if err := s.sync(); err != nil {
			return st, err
		}
		st.Tables = append(st.Tables, TableState{name, s.cols, s.rows, s.file.info()})
	}
	for _, name := range slices.Sorted(maps.Keys(r.growing)) {
		info, err := r.growing[name].sync()
		if err != nil {
			return st, err
		}
		st.Growing = append(st.Growing, GrowingState{name, info})
	}
	for _, name := range slices.Sorted(maps.Keys(r.tables)) {
		st.Written = append(st.Written, r.tables[name])
	}
	return st, nil
}

// Resume opens the result folder opts.Dir to continue from a checkpoint whose
// recorder had the state st. The earlier run may have been closed, aborted or
// killed. Everything from which the run continues is checked before anything is
// changed; then tables are cut to the rows counted in st. Files that were
// written later stay until the run is complete. After an error the folder can
// be resumed as before.
func Resume(opts Options, st State) (*Run, error) { return resume(opts, st, false) }

// Restart opens the result folder opts.Dir of a run without a checkpoint, to
// start it again. The old content of the folder, including rows that are not in
// a table yet, stays until the run is complete.
func Restart(opts Options) (*Run, error) { return resume(opts, State{}, true) }

func resume(opts Options, st State, again bool) (*Run, error) {
	r := newRun(opts)
	old, err := readManifest(r.fsys, opts.Dir)
	if err != nil {
		return nil, err
	}
	if err := sameScenario(opts.Scenario, old); err != nil {
		return nil, fmt.Errorf("%s: %w", opts.Dir, err)
	}
	if err := r.lockDir(); err != nil {
		return nil, err
	}
	if again {
		st.Files, st.CSV = scenarioOf(old), opts.CSV
	}
	st.Files = withAmended(st.Files, old)
	r.created, r.opts.Provenance, r.opts.CSV = old.Created, old.Provenance, st.CSV
	if err := r.continueFrom(old, st, again); err != nil {
		r.release()
		return nil, err
	}
	return r, nil
}

// withAmended returns the files of a checkpoint, with the present entries of
// those that the run may have written again since.
func withAmended(files map[string]FileInfo, m *Manifest) map[string]FileInfo {
	out := maps.Clone(files)
	for _, name := range amended {
		if info, has := m.Files[name]; has && out != nil {
			out[name] = info
		}
	}
	return out
}

func scenarioOf(m *Manifest) map[string]FileInfo {
	files := map[string]FileInfo{}
	if info, has := m.Files[ScenarioName]; has {
		files[ScenarioName] = info
	}
	return files
}

// sameScenario returns ErrOther if the scenario is not the one with which the
// run began.
func sameScenario(text []byte, m *Manifest) error {
	listed, has := m.Files[ScenarioName]
	if text == nil || !has {
		return nil
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != listed.SHA256 {
		return fmt.Errorf("%w: %s is not the one that the run began with", ErrOther, ScenarioName)
	}
	return nil
}

// continueFrom opens the files of a folder at st. It changes nothing before all
// of them are checked.
func (r *Run) continueFrom(old *Manifest, st State, again bool) error {
	commits, whole, err := readJournal(r.fsys, r.opts.Dir)
	if err != nil {
		return err
	}
	var listed *FileInfo
	if info, has := old.Files[logName]; has && old.Status != StatusRunning {
		listed = &info
	}
	found, err := r.find(r.opts.Dir, st)
	defer found.discard()
	if err != nil {
		return err
	}
	if r.journal, err = openJournal(r.fsys, r.opts.Dir, whole); err != nil {
		return err
	}
	if r.log, err = openLog(r.fsys, r.opts.Dir, listed); err != nil {
		return err
	}
	if again {
		if err := r.setAside(); err != nil {
			return err
		}
	}
	if err := found.take(); err != nil {
		return err
	}
	if err := r.noteStale(old, commits); err != nil {
		return err
	}
	return r.open()
}

// noteStale remembers the files of the run that are not in the checkpoint. The
// journal still lists them; the next manifest does not.
func (r *Run) noteStale(old *Manifest, commits []commit) error {
	known := map[string]bool{logName: true}
	for _, c := range commits {
		if _, keep := r.files[c.Name]; !keep && !known[c.Name] {
			r.stale = append(r.stale, c.Name)
		}
		known[c.Name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(old.Files)) {
		if _, keep := r.files[name]; keep || known[name] || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		r.stale = append(r.stale, name)
		if err := r.journal.add(commit{name, old.Files[name]}); err != nil {
			return err
		}
	}
	return nil
}

// killedDir, followed by a number, is the folder below .parts for the rows of a
// run that was started again.
const killedDir = "killed-"

// setAside moves what a run without a checkpoint has recorded to a folder of
// its own.
func (r *Run) setAside() error {
	parts := filepath.Join(r.opts.Dir, partsDir)
	entries, err := r.fsys.ReadDir(parts)
	if err != nil {
		return err
	}
	aside := ""
	for n, taken := 1, true; taken; n++ {
		aside = filepath.Join(parts, fmt.Sprint(killedDir, n))
		if taken, err = disk.Exists(r.fsys, aside); err != nil {
			return err
		}
	}
	for _, e := range entries {
		name := e.Name()
		if !isPart(strings.TrimSuffix(name, sumsSuffix)) {
			continue
		}
		if err := disk.MkdirAll(r.fsys, aside); err != nil {
			return err
		}
		if err := r.fsys.Rename(filepath.Join(parts, name), filepath.Join(aside, name)); err != nil {
			return err
		}
	}
	return nil
}

// hasKilled reports whether there are, or may be, rows of a run that was
// started again.
func (r *Run) hasKilled() bool {
	there, err := disk.Exists(r.fsys, filepath.Join(r.opts.Dir, partsDir, killedDir+"1"))
	return there || err != nil
}

// Fork creates the result folder opts.Dir as a continuation of the run in
// parent from a checkpoint whose recorder had the state st. The parent is only
// read.
func Fork(opts Options, parent string, st State) (*Run, error) {
	if _, err := readManifest(opts.fileSystem(), parent); err != nil {
		return nil, err
	}
	r, err := prepare(opts)
	if err != nil {
		return nil, err
	}
	if opts.Scenario != nil {
		st.Files = maps.Clone(st.Files)
		delete(st.Files, ScenarioName) // the fork has its own
	}
	found, err := r.find(parent, st)
	if err == nil {
		err = found.take()
	}
	found.discard()
	if err == nil {
		err = r.open()
	}
	if err != nil {
		r.discard()
		return nil, err
	}
	return r, nil
}

// found are the files that a checkpoint counted, found and checked in a folder.
type found struct {
	run     *Run
	state   State
	tables  []source
	growing []source
}

// source provides the first bytes of a growing file: the file itself, or a
// copy.
type source struct {
	prefix prefix    // of the file itself
	copied *appended // nil: no copy was needed
}

// find checks everything that st counts in dir, and copies what cannot be
// continued in its place.
func (r *Run) find(dir string, st State) (*found, error) {
	f := &found{run: r, state: st}
	for _, t := range st.Tables {
		if err := checkTable(t.Name, t.Columns); err != nil {
			return f, fmt.Errorf("checkpoint: %w", err)
		}
		src, err := r.findTable(dir, t)
		if err != nil {
			return f, fmt.Errorf("%s: %w", dir, err)
		}
		f.tables = append(f.tables, src)
	}
	for _, g := range st.Growing {
		if err := checkName(g.Name); err != nil {
			return f, fmt.Errorf("checkpoint: %w", err)
		}
		src, err := r.findGrowing(dir, g)
		if err != nil {
			return f, fmt.Errorf("%s: %w", dir, fileError(g.Name, err))
		}
		f.growing = append(f.growing, src)
	}
	for _, name := range slices.Sorted(maps.Keys(st.Files)) {
		if err := r.findFile(dir, name, st.Files[name]); err != nil {
			return f, err
		}
	}
	return f, nil
}

// take opens the files that were found for appending.
func (f *found) take() error {
	r := f.run
	for i := range f.tables {
		t := f.state.Tables[i]
		path := r.partPath(t.Name)
		file, err := f.tables[i].open(r.fsys, path)
		if err != nil {
			return fileError(t.Name+".parquet", err)
		}
		s := newStream(r, t.Name, t.Columns, file)
		s.rows = t.Rows
		r.streams[t.Name] = s
		r.spent += file.size
	}
	for i := range f.growing {
		name := f.state.Growing[i].Name
		file, err := f.growing[i].open(r.fsys, r.growingPath(r.opts.Dir, name))
		if err != nil {
			return fileError(name, err)
		}
		r.addGrowing(name, file)
	}
	maps.Copy(r.files, f.state.Files)
	for _, t := range f.state.Written {
		r.tables[strings.TrimSuffix(t.File, ".parquet")] = t
	}
	return nil
}

func (s *source) open(fsys disk.FS, path string) (*appended, error) {
	if s.copied == nil {
		return s.prefix.cut(fsys, path, path+sumsSuffix)
	}
	a := s.copied
	if err := a.move(path, path+sumsSuffix); err != nil {
		return nil, err
	}
	s.copied = nil
	return a, nil
}

// discard removes copies that were not used.
func (f *found) discard() {
	for _, s := range slices.Concat(f.tables, f.growing) {
		if s.copied != nil {
			s.copied.discard()
		}
	}
}

// findTable finds the first t.Rows rows of a table: in its part file, or else in
// its Parquet file, from which they are copied.
func (r *Run) findTable(dir string, t TableState) (source, error) {
	part := filepath.Join(dir, partsDir, t.Name+rowsSuffix)
	p, err := readPrefix(r.fsys, part, t.Part)
	if err == nil && dir == r.opts.Dir {
		return source{prefix: p}, nil
	}
	path := r.partPath(t.Name)
	if err == nil {
		copied, err := r.copyStart(part, path, t.Part)
		return source{copied: copied}, fileError(t.Name+".parquet", err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return source{}, fileError(partsDir+"/"+t.Name+rowsSuffix, err)
	}
	copied, err := r.copyRows(dir, path, t)
	return source{copied: copied}, fileError(t.Name+".parquet", err)
}

// copyStart copies the first bytes of a file to a new growing file, and checks
// them.
func (r *Run) copyStart(from, to string, want FileInfo) (*appended, error) {
	src, err := r.fsys.Open(from)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return r.copied(to, want, func(a *appended) error {
		buf := make([]byte, pieceBytes)
		for a.size < want.Bytes {
			n, err := io.ReadFull(src, buf[:min(want.Bytes-a.size, pieceBytes)])
			if ended(err) {
				return fmt.Errorf("%w: %d bytes are there, the checkpoint counted %d", ErrDamaged, a.size+int64(n), want.Bytes)
			}
			if err == nil {
				err = a.write(buf[:n])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// copied makes a new growing file under a temporary name, and checks what fill
// has written into it.
func (r *Run) copied(path string, want FileInfo, fill func(*appended) error) (*appended, error) {
	a, err := newAppended(r.fsys, tempName(path), tempName(path)+sumsSuffix)
	if err != nil {
		return nil, err
	}
	err = fill(a)
	if err == nil {
		err = a.sync()
	}
	if err == nil && a.info() != want {
		err = ErrDamaged
	}
	if err != nil {
		a.discard()
		return nil, err
	}
	return a, nil
}

// copyRows writes the first rows of a finished table as the rows of a growing
// table.
func (r *Run) copyRows(dir, path string, t TableState) (*appended, error) {
	table, err := openTable(r.fsys, filepath.Join(dir, t.Name+".parquet"))
	if err != nil {
		return nil, fmt.Errorf("neither its rows nor a table: %w", bare(err))
	}
	defer table.Close()
	if !startsWith(table.Columns(), t.Columns) {
		return nil, fmt.Errorf("%w: its columns are not those of the checkpoint", ErrDamaged)
	}
	if table.Rows() < t.Rows {
		return nil, fmt.Errorf("%w: it has %d rows, the checkpoint counted %d", ErrDamaged, table.Rows(), t.Rows)
	}
	return r.copied(path, t.Part, func(a *appended) error {
		buf := partHeader(t.Columns)
		for n := int64(0); n < t.Rows; n++ {
			row, err := table.Next()
			if ofDisk(err) {
				return err
			} else if err != nil {
				return fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			buf = appendRow(buf, t.Columns, row)
			if len(buf) >= streamBuffer {
				if err := a.write(buf); err != nil {
					return err
				}
				buf = buf[:0]
			}
		}
		return a.write(buf)
	})
}

// ofDisk reports whether an error comes from the disk, and not from the content
// of a file.
func ofDisk(err error) bool {
	var no syscall.Errno
	return errors.As(err, &no)
}

// startsWith reports whether the columns of a finished table are those of its
// rows, followed only by labels.
func startsWith(have, want []Column) bool {
	if len(have) < len(want) || !equalColumns(have[:len(want)], want) {
		return false
	}
	return !slices.ContainsFunc(have[len(want):], func(c Column) bool { return !strings.HasSuffix(c.Name, labelSuffix) })
}

func appendRow(dst []byte, cols []Column, row parquet.Row) []byte {
	for j, c := range cols {
		dst = appendValue(dst, c.Kind, row[j])
	}
	return dst
}

// findGrowing finds the first bytes of a growing file: below .parts, or else
// under its name, from which they are copied.
func (r *Run) findGrowing(dir string, g GrowingState) (source, error) {
	part, path := r.growingPath(dir, g.Name), r.growingPath(r.opts.Dir, g.Name)
	p, err := readPrefix(r.fsys, part, g.FileInfo)
	if err == nil && part == path {
		return source{prefix: p}, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		part, err = filepath.Join(dir, g.Name), nil
	}
	if err != nil {
		return source{}, err
	}
	copied, err := r.copyStart(part, path, g.FileInfo)
	return source{copied: copied}, err
}

// findFile checks a file that was complete at the checkpoint, and copies it if
// it is not in the folder of the run.
func (r *Run) findFile(dir, name string, want FileInfo) error {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return fmt.Errorf("checkpoint: file %q: want a name inside the result folder", name)
	}
	if dir == r.opts.Dir {
		got, err := hashFile(r.fsys, filepath.Join(dir, local))
		if err == nil && got != want {
			err = ErrDamaged
		}
		if err != nil {
			return fmt.Errorf("%s: %w", dir, fileError(name, err))
		}
		return nil
	}
	src, err := r.fsys.Open(filepath.Join(dir, local))
	if err != nil {
		return fmt.Errorf("%s: %w", dir, fileError(name, err))
	}
	defer src.Close()
	f, err := r.File(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, src); err != nil {
		return err
	}
	if f.info() != want {
		return fmt.Errorf("%s: %w", dir, fileError(name, ErrDamaged))
	}
	return f.Commit()
}
