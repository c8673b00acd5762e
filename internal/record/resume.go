package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// ErrInUse is returned for a folder that another process is writing.
var ErrInUse = errors.New("another run is writing this result folder")

// checkUnlocked returns ErrInUse if a run is writing dir.
func checkUnlocked(dir string) error {
	f, err := tryLock(dir)
	if err == nil && f != nil {
		f.Close()
	}
	return err
}

// State is where the recorder of a run stands: part of a checkpoint. It is
// plain data for any encoder.
type State struct {
	Tables  []TableState   `json:"tables"`
	Growing []GrowingState `json:"growing,omitempty"`
	Files   []string       `json:"files"` // committed so far
}

// TableState is where one growing table stands.
type TableState struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
}

// State brings every row so far to the disk and returns where the tables
// stand. Written to a checkpoint after this call, the checkpoint never counts
// rows that are not there.
func (r *Run) State() (State, error) {
	var st State
	if err := r.usable(); err != nil {
		return st, err
	}
	for _, name := range slices.Sorted(maps.Keys(r.streams)) {
		s := r.streams[name]
		if err := s.sync(); err != nil {
			return st, err
		}
		st.Tables = append(st.Tables, TableState{Name: name, Columns: s.cols, Rows: s.rows})
	}
	for _, name := range slices.Sorted(maps.Keys(r.growing)) {
		n, err := r.growing[name].sync()
		if err != nil {
			return st, err
		}
		st.Growing = append(st.Growing, GrowingState{name, n})
	}
	st.Files = slices.Sorted(maps.Keys(r.files))
	return st, nil
}

// Resume opens the result folder opts.Dir to continue from a checkpoint whose
// recorder stood at st: tables are cut back to the rows counted there, and
// summary.json and files written later are removed. It serves a folder whose
// run was closed, aborted or killed.
func Resume(opts Options, st State) (*Run, error) {
	old, err := ReadManifest(opts.Dir)
	if err != nil {
		return nil, err
	}
	r := newRun(opts)
	if err := r.lockDir(); err != nil {
		return nil, err
	}
	r.created = old.Created
	if err := r.restore(opts.Dir, st); err != nil {
		r.release()
		return nil, err
	}
	for name := range old.Files {
		if _, keep := r.files[name]; keep || name == logName || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		os.Remove(filepath.Join(opts.Dir, filepath.FromSlash(name)))
	}
	if err := r.open(); err != nil {
		r.release()
		return nil, err
	}
	return r, nil
}

// Fork creates the result folder opts.Dir as a continuation of the run in
// parent from a checkpoint whose recorder stood at st. The parent is only
// read.
func Fork(opts Options, parent string, st State) (*Run, error) {
	if _, err := ReadManifest(parent); err != nil {
		return nil, err
	}
	r, err := prepare(opts)
	if err != nil {
		return nil, err
	}
	if err = r.restore(parent, st); err == nil {
		err = r.open()
	}
	if err != nil {
		for name := range r.files {
			os.Remove(filepath.Join(opts.Dir, filepath.FromSlash(name)))
		}
		r.discard()
		return nil, err
	}
	return r, nil
}

// restore brings tables and files of the run in dir to where st has them.
func (r *Run) restore(dir string, st State) error {
	for _, t := range st.Tables {
		if err := checkTable(t.Name, t.Columns); err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		if err := r.restoreTable(dir, t); err != nil {
			return err
		}
	}
	for _, g := range st.Growing {
		if err := r.restoreGrowing(dir, g); err != nil {
			return err
		}
	}
	for _, name := range st.Files {
		if err := r.restoreFile(dir, name); err != nil {
			return err
		}
	}
	return nil
}

// restoreTable writes a new part file with the first t.Rows rows of what dir
// has of the table, and opens it for more.
func (r *Run) restoreTable(dir string, t TableState) error {
	path := r.partPath(t.Name)
	f, err := os.OpenFile(tempName(path), os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return fileError(t.Name+".parquet", err)
	}
	s := &Stream{run: r, name: t.Name, cols: t.Columns, f: f, buf: make([]byte, 0, streamBuffer+4096)}
	r.streams[t.Name] = s
	s.buf = append(s.buf, partHeader(t.Columns)...)
	if err := s.copyRows(dir, t.Rows); err != nil {
		return err
	}
	if err := s.sync(); err != nil {
		return err
	}
	return fileError(t.Name+".parquet", os.Rename(tempName(path), path))
}

var errNoTable = errors.New("neither rows nor a Parquet file with the columns of the checkpoint")

// copyRows appends the first n rows of the same table in dir, from its part
// file if that has them, else from its Parquet file.
func (s *Stream) copyRows(dir string, n int64) error {
	sources := []func(string, string) (rowSource, error){openPart, openParquet}
	found := int64(-1)
	reason := errNoTable
	for _, open := range sources {
		src, err := open(dir, s.name)
		if err != nil || !equalColumns(src.columns(), s.cols) {
			if err == nil {
				src.close()
			} else if !errors.Is(err, os.ErrNotExist) {
				reason = err
			}
			continue
		}
		done, err := s.copyFrom(src, n)
		src.close()
		if err != nil {
			return err
		}
		if done == n {
			return nil
		}
		found = max(found, done)
		s.rewind()
	}
	if found < 0 {
		return fmt.Errorf("%s: table %q: %w", dir, s.name, reason)
	}
	return fmt.Errorf("%s: table %q has %d rows, the checkpoint counted %d", dir, s.name, found, n)
}

// copyFrom appends up to n rows. A damaged source counts as ended.
func (s *Stream) copyFrom(src rowSource, n int64) (int64, error) {
	for i := range n {
		row, err := src.next()
		if err != nil {
			return i, nil
		}
		for j, c := range s.cols {
			s.buf = appendValue(s.buf, c.Kind, row[j])
		}
		if err := s.endRow(); err != nil {
			return i, err
		}
	}
	return n, nil
}

// rewind drops all rows.
func (s *Stream) rewind() {
	s.buf = append(s.buf[:0], partHeader(s.cols)...)
	s.rows = 0
	s.run.spent -= s.size
	s.size = 0
	if err := s.f.Truncate(0); err != nil {
		s.err = fileError(s.name+".parquet", err)
	}
}

// restoreFile takes over a file that was complete at the checkpoint.
func (r *Run) restoreFile(dir, name string) error {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return fmt.Errorf("checkpoint: file %q: want a name inside the result folder", name)
	}
	src, err := os.Open(filepath.Join(dir, local))
	if err != nil {
		return fmt.Errorf("%s: %w", dir, fileError(name, err))
	}
	defer src.Close()
	f, err := createFile(r.opts.Dir, name)
	if err != nil {
		return err
	}
	defer f.Close()
	f.run = r
	if _, err := io.Copy(f, src); err != nil {
		return err
	}
	return f.Commit()
}

// rowSource is a table read row by row, until io.EOF.
type rowSource interface {
	columns() []Column
	next() (parquet.Row, error)
	close()
}

type partSource struct {
	*partReader
	f *os.File
}

func (p *partSource) columns() []Column { return p.cols }
func (p *partSource) close()            { p.f.Close() }

func openPart(dir, name string) (rowSource, error) {
	f, err := os.Open(filepath.Join(dir, partsDir, name+".rows"))
	if err != nil {
		return nil, err
	}
	p, err := newPartReader(bufio.NewReader(f))
	if err != nil {
		f.Close()
		return nil, err
	}
	return &partSource{p, f}, nil
}

// openParquet opens a finished table, which must be as its run left it.
func openParquet(dir, name string) (rowSource, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	if _, listed := m.Files[name+".parquet"]; listed {
		if err := m.Verify(dir, name+".parquet"); err != nil {
			return nil, err
		}
	}
	return OpenTable(filepath.Join(dir, name+".parquet"))
}

// Recover makes the folder of a run that was killed readable: its rows become
// tables and its manifest says "interrupted". A folder whose run ended by
// itself, with all its tables, is left as it is.
func Recover(dir string) (*Manifest, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	parts, err := filepath.Glob(filepath.Join(globQuote(dir), partsDir, "*.rows"))
	if err != nil {
		return nil, fmt.Errorf("result folder %s: %w", dir, err)
	}
	if m.Status != StatusRunning && len(parts) == 0 { // growing files have their names
		return m, nil
	}
	r := newRun(Options{Dir: dir, MinFree: -1, Provenance: m.Provenance})
	if err := r.lockDir(); err != nil {
		return nil, err
	}
	defer r.release()
	if r.log, err = openLog(dir); err != nil {
		return nil, err
	}
	if err := r.salvage(m, parts); err != nil {
		return nil, err
	}
	return ReadManifest(dir)
}
