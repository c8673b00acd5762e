package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
	"infomorph/neuron"
)

// parents are runs in the folder out from which others fork: a killed one,
// whose rows are below .parts, and a completed one, which has tables. Each
// comes with the state at its checkpoint.
func parents(t *testing.T) map[string]func() (*disktest.FS, State) {
	t.Helper()
	begun := func() (*disktest.FS, *Run, State) {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, AtomNames: AtomNames(2), Scenario: []byte("name: a\n")})
		must(t, err)
		must(t, r.WriteFile("plots/a.svg", []byte("<svg/>")))
		st := part(t, r, 0, 10)
		part(t, r, 10, 12) // not counted
		return m, r, st
	}
	return map[string]func() (*disktest.FS, State){
		"killed": func() (*disktest.FS, State) {
			m, r, st := begun()
			r.release()
			return m, st
		},
		"ended": func() (*disktest.FS, State) {
			m, r, st := begun()
			must(t, r.Close(nil, Final{}))
			return m, st
		},
	}
}

// sameFiles fails unless the files of a folder are as they were.
func sameFiles(t *testing.T, what string, got, want map[string][]byte) {
	t.Helper()
	if !maps.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("%s: not the files that there were", what)
	}
}

// unfinished are the files that are open still, and those that have not got their names.
func unfinished(m *disktest.FS) []string {
	all := m.Unclosed()
	for name := range m.Files("") {
		if strings.Contains(name, ".tmp") {
			all = append(all, name)
		}
	}
	return all
}

// TestEveryFaultOfAFork makes each operation of a fork fail once: the right
// error is returned, nothing is left of the fork, and the parent is unchanged.
func TestEveryFaultOfAFork(t *testing.T) {
	child := func(m *disktest.FS) Options {
		return Options{Dir: "fork", FS: m, AtomNames: AtomNames(2), Scenario: []byte("name: b\n"), MinFree: -1}
	}
	for name, parent := range parents(t) {
		m, st := parent()
		before := m.Files("out")
		m.Ops = 0
		r, err := Fork(child(m), "out", st)
		must(t, err)
		ops := m.Ops
		must(t, r.Close(nil, Final{}))
		sameFiles(t, name, m.Files("out"), before)
		for at := 1; at <= ops; at++ {
			m, st := parent()
			before := m.Files("out")
			m.Record, m.Log = true, nil
			m.Ops, m.At, m.Fault = 0, at, disktest.Once
			if _, err := Fork(child(m), "out", st); !errors.Is(err, syscall.EIO) || errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %s: %v", name, m.Log[at-1], err)
			}
			sameFiles(t, name+": "+m.Log[at-1], m.Files("out"), before)
			if left := m.Files("fork"); len(left) > 0 {
				t.Errorf("%s: %s: left behind: %d files", name, m.Log[at-1], len(left))
			}
			if left := unfinished(m); len(left) > 0 {
				t.Errorf("%s: %s: still there: %v", name, m.Log[at-1], left)
			}
		}
	}
}

// TestEveryFaultOfGoingOn makes each operation of a resume or restart fail
// once: the right error is returned, and the folder can be resumed as before.
func TestEveryFaultOfGoingOn(t *testing.T) {
	for name, parent := range parents(t) {
		opts := Options{Dir: "out", AtomNames: AtomNames(2), Scenario: []byte("name: a\n"), MinFree: -1}
		for how, begin := range map[string]func(Options, State) (*Run, error){
			"resumed":   Resume,
			"restarted": func(o Options, _ State) (*Run, error) { return Restart(o) },
		} {
			m, st := parent()
			opts.FS, m.Ops = m, 0
			r, err := begin(opts, st)
			must(t, err)
			ops := m.Ops
			must(t, r.Close(nil, Final{}))
			want := m.Files("out")
			for at := 1; at <= ops; at++ {
				m, st := parent()
				opts.FS = m
				m.Record, m.Log = true, nil
				m.Ops, m.At, m.Fault = 0, at, disktest.Once
				if _, err := begin(opts, st); !errors.Is(err, syscall.EIO) || errors.Is(err, ErrDamaged) {
					t.Errorf("%s, %s: %s: %v", name, how, m.Log[at-1], err)
				}
				if left := unfinished(m); len(left) > 0 {
					t.Errorf("%s, %s: %s: still there: %v", name, how, m.Log[at-1], left)
				}
				r, err := begin(opts, st)
				must(t, err)
				must(t, r.Close(nil, Final{}))
				got := m.Files("out")
				delete(got, manifestName)
				delete(want, manifestName) // it has times
				sameFiles(t, name+", "+how+": "+m.Log[at-1], got, want)
			}
		}
	}
}

// counted are the files of a parent that its checkpoint counts.
func counted(parent string) []string {
	if parent == "killed" {
		return []string{"plots/a.svg", ".parts/spikes.rows", ".parts/pid.rows", ".parts/live.rows", ".parts/tape.bin.part"}
	}
	return []string{"plots/a.svg", "spikes.parquet", "pid.parquet", "live.parquet", "tape.bin"}
}

// TestDamagedFileIsNotContinued: a damaged or truncated file that a checkpoint counted
// is named, in a fork and in a resume, and no incomplete file is left.
func TestDamagedFileIsNotContinued(t *testing.T) {
	short := map[string]string{"plots/a.svg": "", ".parts/tape.bin.part": ": 9 bytes are there, the checkpoint counted 10", "tape.bin": ": 9 bytes are there, the checkpoint counted 10"}
	for name, parent := range parents(t) {
		for _, file := range counted(name) {
			for _, cut := range []bool{false, true} {
				m, st := parent()
				before := m.Files("out")[file]
				if cut {
					f, err := m.Append("out/" + file)
					must(t, errors.Join(err, f.Truncate(min(9, int64(len(before)-1))), f.Close()))
				} else {
					m.Flip("out/"+file, 8*5)
				}
				for how, begin := range map[string]func() (*Run, error){
					"forked":  func() (*Run, error) { return Fork(Options{Dir: "fork", FS: m, MinFree: -1}, "out", st) },
					"resumed": func() (*Run, error) { return Resume(Options{Dir: "out", FS: m, MinFree: -1}, st) },
				} {
					_, err := begin()
					named := strings.TrimSuffix(filepath.Base(file), growingSuffix)
					if err == nil || !strings.Contains(err.Error(), named+": ") {
						t.Errorf("%s, %s, %s, cut %v: %v", name, how, file, cut, err)
					}
					if !strings.HasSuffix(file, ".parquet") && !errors.Is(err, ErrDamaged) || cut && !strings.HasSuffix(fmt.Sprint(err), short[file]) {
						t.Errorf("%s, %s, %s, cut %v: %v", name, how, file, cut, err)
					}
					if left := unfinished(m); len(left) > 0 || len(m.Files("fork")) > 0 {
						t.Errorf("%s, %s, %s, cut %v: still there: %v", name, how, file, cut, left)
					}
				}
			}
		}
	}
}

// TestEveryFaultOfChecking makes each operation of a check fail: the error is
// returned, except if it is not known whether a run is writing the folder.
func TestEveryFaultOfChecking(t *testing.T) {
	for name, parent := range parents(t) {
		begin := func() *disktest.FS {
			m, _ := parent()
			must(t, replace(m, "out/"+reportName, Seal([]byte("<html>"))))
			return m
		}
		told(t, name, begin, func(m disk.FS) error { _, err := CheckOn(m, "out"); return err }, "append out/.parts/lock")
	}
}

// TestFileThatIsOver: after an error, or its end, nothing is written to a file, and it does
// not take its name.
func TestFileThatIsOver(t *testing.T) {
	m := disktest.New()
	must(t, m.Mkdir("out"))
	begin := func() *File {
		f, err := createFile(m, "out", "a")
		must(t, err)
		_, err = f.Write([]byte("whole"))
		must(t, err)
		return f
	}
	f := begin()
	m.Ops, m.At, m.Fault = 0, 1, disktest.Once
	_, first := f.Write([]byte(" and half"))
	n, err := f.Write([]byte(" and more"))
	if want := "a: write: input/output error"; first == nil || first.Error() != want || n != 0 || err != first || f.Commit() != first {
		t.Errorf("%v, then %v after %d bytes", first, err, n)
	}
	for _, what := range []string{"closed", "committed"} { // in this order: a committed file stays
		f := begin()
		must(t, map[string]func(*File) error{"closed": (*File).Close, "committed": (*File).Commit}[what](f))
		before := m.Files("out")
		if n, err := f.Write([]byte("x")); n != 0 || err == nil || err.Error() != "a: written after it was closed" {
			t.Errorf("%s: %d bytes, %v", what, n, err)
		}
		if err := f.Commit(); err == nil || err.Error() != "a: committed after it was closed" {
			t.Errorf("%s: %v", what, err)
		}
		must(t, f.Close())
		sameFiles(t, what, m.Files("out"), before)
		if _, there := before["a"]; there != (what == "committed") {
			t.Errorf("%s: there %v", what, there)
		}
	}
	if left := unfinished(m); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestEveryFaultOfReading lets each operation fail while a table is read.
func TestEveryFaultOfReading(t *testing.T) {
	m, _ := parents(t)["ended"]()
	read := func() (rows int64, err error) {
		tab, err := openTable(m, "out/spikes.parquet")
		if err != nil {
			return 0, err
		}
		defer tab.Close()
		for ; ; rows++ {
			if _, err := tab.Next(); err == io.EOF {
				return rows, nil
			} else if err != nil {
				return rows, err
			}
		}
	}
	m.Ops = 0
	if rows, err := read(); rows != 120 || err != nil {
		t.Fatalf("%d rows, %v", rows, err)
	}
	for at, ops := 1, m.Ops; at <= ops; at++ {
		m.Ops, m.At, m.Fault = 0, at, disktest.Once
		if rows, err := read(); !errors.Is(err, syscall.EIO) || !strings.HasPrefix(err.Error(), "spikes.parquet: ") {
			t.Errorf("operation %d: %d rows, %v", at, rows, err)
		}
		if open := m.Unclosed(); len(open) > 0 {
			t.Errorf("operation %d: still open: %v", at, open)
		}
	}
}

// TestEveryFaultOfClosing: an error that the system reports only when a file is
// closed is returned, and the file does not get its name.
func TestEveryFaultOfClosing(t *testing.T) {
	for _, name := range []string{"plots/a.svg", "t.parquet", "t.csv", manifestName, SumsName} {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, CSV: true})
		must(t, err)
		before := m.Files("out")
		m.BadClose = func(path string) bool { return path == tempName("out/"+name) }
		err = errors.Join(r.WriteFile("plots/a.svg", []byte("x")),
			r.Table("t", []Column{{"i", Int64, ""}}, func(yield func([]any) bool) { yield([]any{1}) }),
			noteSums(m, "out", nil, true), r.Amend(nil, "", nil, nil))
		if !errors.Is(err, syscall.EIO) || !strings.HasPrefix(err.Error(), name+": close: ") {
			t.Errorf("%s: %v", name, err)
		}
		if after := m.Files("out"); !bytes.Equal(after[name], before[name]) || after[tempName(name)] != nil {
			t.Errorf("%s: %q, and %q", name, after[name], after[tempName(name)])
		}
		r.release()
	}
}

// TestClosedRun: a run that has ended takes nothing more.
func TestClosedRun(t *testing.T) {
	cols := []Column{{"i", Int64, ""}}
	for _, off := range []bool{false, true} {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, AtomNames: AtomNames(2), Spikes: Sampling{Off: off}, Atoms: Sampling{Off: off}})
		must(t, err)
		s, err := r.Stream("s", cols)
		must(t, err)
		g := grow(t, r, "x")
		must(t, r.Close(nil, Final{}))
		before := m.Files("out")
		for what, do := range map[string]func() error{
			"Spikes":    func() error { return r.Spikes(make([]neuron.Spike, 1)) },
			"Atoms":     func() error { return r.Atoms(&AtomsRow{Atoms: make([]float64, 4)}) },
			"Append":    func() error { return s.Append(1) },
			"Stream":    func() error { _, err := r.Stream("s", cols); return err },
			"Growing":   func() error { _, err := r.Growing("tape.bin"); return err },
			"Write":     func() error { _, err := g.Write([]byte("x")); return err },
			"Log":       func() error { _, err := r.Log().Write([]byte("x")); return err },
			"State":     func() error { _, err := r.State(); return err },
			"File":      func() error { _, err := r.File("a"); return err },
			"WriteFile": func() error { return r.WriteFile("a", nil) },
			"Table":     func() error { return r.Table("t", cols, func(func([]any) bool) {}) },
			"Weights":   func() error { return r.Weights("w", func(func(Weight) bool) {}) },
			"Amend":     func() error { return r.Amend(nil, "", nil, nil) },
			"Close":     func() error { return r.Close(nil, Final{}) },
		} {
			if err := do(); err != errClosed {
				t.Errorf("%s, tables off %v: %v", what, off, err)
			}
		}
		must(t, r.Abort(io.EOF)) // it can be deferred
		sameFiles(t, "a run that is closed", m.Files("out"), before)
	}
}

// TestNoRoomToBegin: a run for which there is no room is not begun, and leaves nothing.
func TestNoRoomToBegin(t *testing.T) {
	m := disktest.New()
	if _, err := Create(Options{Dir: "out", FS: crowded{m, 99, true}, MinFree: 100}); !errors.Is(err, ErrLowSpace) {
		t.Error(err)
	}
	if left := m.Files(""); len(left) > 0 {
		t.Errorf("%d files are left", len(left))
	}
}

// fragile is a sink that fails once.
type fragile struct {
	at, calls int
	rows      []int
	closed    bool
}

func (f *fragile) fails() error {
	if f.calls++; f.calls == f.at {
		return syscall.EIO
	}
	return nil
}

func (f *fragile) write(b block) error { f.rows = append(f.rows, b.rows()); return f.fails() }

func (f *fragile) close() error { f.closed = true; return f.fails() }

// TestEveryFaultOfASink: an error of any format at any time is returned at
// once.
func TestEveryFaultOfASink(t *testing.T) {
	cols := []Column{{"i", Int64, ""}}
	for which := range 3 {
		for at := 1; at <= 4; at++ {
			all := []*fragile{{}, {}, {}}
			all[which].at = at
			s := &sinks{all: []sink{all[0], all[1], all[2]}, block: newBlock(cols)}
			row := make(sinkRow, 1)
			put := func(n int) (err error) {
				for range n {
					must(t, fillRow(row, cols, []any{1}))
					err = errors.Join(err, s.put(row))
				}
				return err
			}
			got := []error{put(blockCells), put(blockCells + 1), s.close()}
			for i, err := range got {
				if want := i == min(at-1, 2); errors.Is(err, syscall.EIO) != want || (err != nil) != want {
					t.Errorf("sink %d fails at %d: %d: %v", which, at, i, err)
				}
			}
			if rows := all[which].rows; len(rows) != 3 || rows[0] != blockCells || rows[1] != blockCells || rows[2] != 1 {
				t.Errorf("blocks of %v rows", rows)
			}
		}
	}
}
