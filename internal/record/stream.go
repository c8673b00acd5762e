package record

import (
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
)

// Stream is a table that grows during the run. It becomes NAME.parquet when the
// run is closed or aborted.
type Stream struct {
	run  *Run
	name string
	cols []Column
	file *appended
	buf  []byte
	rows int64
	err  error // the first error: nothing is written after it
}

// rowsSuffix is the end of the names of part files below .parts.
const rowsSuffix = ".rows"

// streamBuffer is the number of bytes of rows that are collected in memory
// before a write.
const streamBuffer = 64 << 10

func (r *Run) partPath(name string) string {
	return filepath.Join(r.opts.Dir, partsDir, filepath.FromSlash(name)+rowsSuffix)
}

// Stream returns the growing table of that name, made on first use. Columns
// must be the same each time, also after Resume. The caller must not use a name
// that starts with "weights-" or that Table has used.
func (r *Run) Stream(name string, cols []Column) (*Stream, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	if s := r.streams[name]; s != nil {
		if !equalColumns(s.cols, cols) {
			return nil, fmt.Errorf("table %q: opened again with other columns", name)
		}
		return s, nil
	}
	if err := checkTable(name, cols); err != nil {
		return nil, err
	}
	path := r.partPath(name)
	f, err := newAppended(r.fsys, path, path+sumsSuffix)
	if err != nil {
		return nil, fileError(name+".parquet", err)
	}
	s := newStream(r, name, cols, f)
	r.streams[name] = s
	s.buf = append(s.buf, partHeader(cols)...)
	return s, s.flush()
}

func newStream(r *Run, name string, cols []Column, f *appended) *Stream {
	return &Stream{run: r, name: name, cols: cols, file: f, buf: make([]byte, 0, streamBuffer+4096)}
}

func checkTable(name string, cols []Column) error {
	if name == "" || name != filepath.Base(name) || name[0] == '.' {
		return fmt.Errorf("table %q: want a plain file name without a path", name)
	}
	if err := checkColumns(cols); err != nil {
		return fmt.Errorf("table %q: %w", name, err)
	}
	return nil
}

// Append adds one row: a value for each column, of a type that fits it (int,
// int32, int64, float32, float64, string). A row that does not fit is not added
// and does no harm.
func (s *Stream) Append(values ...any) error {
	if s.err != nil {
		return s.err
	}
	if len(values) != len(s.cols) {
		return fmt.Errorf("table %q: %d values for %d columns", s.name, len(values), len(s.cols))
	}
	start := len(s.buf)
	for i, c := range s.cols {
		v, err := valueOf(c.Kind, values[i])
		if err != nil {
			s.buf = s.buf[:start]
			return fmt.Errorf("table %q, column %q: %w", s.name, c.Name, err)
		}
		s.buf = appendValue(s.buf, c.Kind, v)
	}
	return s.endRow()
}

// Rows returns the number of rows so far.
func (s *Stream) Rows() int64 { return s.rows }

// endRow completes the row whose bytes have just been added to buf.
func (s *Stream) endRow() error {
	s.rows++
	if len(s.buf) < streamBuffer {
		return nil
	}
	return s.flush()
}

func (s *Stream) flush() error {
	if s.err != nil || len(s.buf) == 0 {
		return s.err
	}
	n := len(s.buf)
	err := s.file.write(s.buf)
	s.buf = s.buf[:0]
	if err == nil {
		err = s.run.spend(int64(n))
	}
	if err != nil {
		s.err = fileError(s.name+".parquet", err)
	}
	return s.err
}

// sync syncs all rows so far to the disk.
func (s *Stream) sync() error {
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.file.sync(); err != nil {
		s.err = fileError(s.name+".parquet", err) // what is on the disk is unknown
	}
	return s.err
}

// convert writes the complete rows as NAME.parquet and, if Options.CSV is set,
// NAME.csv. It returns an error if the rows were changed after they were
// written.
func (s *Stream) convert() error {
	f, err := s.run.fsys.Open(s.file.path)
	if err != nil {
		return fileError(s.name+".parquet", err)
	}
	defer f.Close()
	sum := crc32.New(castagnoli) // in a fraction of the time of SHA-256
	p, err := newPartReader(io.TeeReader(io.LimitReader(f, s.file.size), sum))
	if err != nil {
		return fileError(s.name+".parquet", err)
	}
	err = s.run.writeTable(s.name, p.cols, s.run.label(p.cols), func(out *sinks) error {
		if err := out.readAll(p); err != nil {
			return err
		}
		if sum.Sum32() != s.file.crc {
			return fmt.Errorf("%s: %w", filepath.Base(s.file.path), ErrDamaged)
		}
		return nil
	})
	return err
}
