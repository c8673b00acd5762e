package record

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
	"infomorph/neuron"
)

// TestGrowingErrors: an error of a growing file is returned at once, and nothing
// more is written.
func TestGrowingErrors(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m})
	must(t, err)
	g := grow(t, r, strings.Repeat("x", streamBuffer))
	m.Ops, m.At, m.Fault = 0, 1, disktest.Once
	n, first := g.Write([]byte("y"))
	if n != 0 || first == nil || first.Error() != "tape.bin: write: input/output error" {
		t.Errorf("%d bytes, %v", n, first)
	}
	m.At = 0
	before := m.Files("out")
	for range 2 {
		if n, err := g.Write(make([]byte, streamBuffer+1)); n != 0 || err != first {
			t.Errorf("%d bytes, %v", n, err)
		}
		if n, err := g.Write([]byte("y")); err != first {
			t.Errorf("%d bytes, %v", n, err)
		}
		if info, err := g.sync(); err != first || info != (FileInfo{}) {
			t.Errorf("brought to the disk: %+v, %v", info, err)
		}
	}
	sameFiles(t, "after an error", m.Files("out"), before)
	if err := r.Close(nil, Final{}); !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
}

// TestErrorsOfFiles name the file once, without the path that it has for now.
func TestErrorsOfFiles(t *testing.T) {
	for want, err := range map[string]error{
		"a: write: input/output error":  &fs.PathError{Op: "write", Path: "out/.a.tmp", Err: syscall.EIO},
		"a: rename: input/output error": &os.LinkError{Op: "rename", Old: "out/.a.tmp", New: "out/a", Err: syscall.EIO},
		"a: input/output error":         syscall.EIO,
	} {
		if got := fileError("a", err); got == nil || got.Error() != want || !errors.Is(got, syscall.EIO) {
			t.Errorf("%v, want %s", got, want)
		}
	}
	if err := fileError("a", nil); err != nil {
		t.Error(err)
	}
}

// TestLogErrors: an error of writing or syncing the log is returned, and again
// at the end of the run.
func TestLogErrors(t *testing.T) {
	for _, op := range []string{"write", "sync"} {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m})
		must(t, err)
		_, err = r.Log().Write([]byte("one\n"))
		must(t, err)
		m.Ops, m.At, m.Fault = 0, 1, disktest.Once
		want := logName + ": " + op + ": input/output error"
		if op == "sync" {
			if info, err := r.log.info(); err == nil || err.Error() != want || info.Bytes != 4 {
				t.Errorf("%+v, %v", info, err)
			}
			_, err = r.Log().Write([]byte("two\n"))
			must(t, err)
			must(t, r.Close(nil, Final{}))
			continue
		}
		n, first := r.Log().Write([]byte("two\n"))
		if n != 0 || first == nil || first.Error() != want {
			t.Errorf("%d bytes, %v", n, first)
		}
		before := m.Files("out")[logName]
		if n, err := r.Log().Write([]byte("three\n")); n != 0 || err != first || len(m.Files("out")[logName]) != len(before) {
			t.Errorf("%d bytes, %v", n, err)
		}
		if info, err := r.log.info(); !errors.Is(err, first) || info.Bytes != 4 {
			t.Errorf("%+v, %v", info, err)
		}
		if err := r.Close(nil, Final{}); !errors.Is(err, first) {
			t.Errorf("closed: %v", err)
		}
		if n, err := r.Log().Write([]byte("late\n")); n != 0 || err != first {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
}

// panicky is a file system whose files panic at one read, as a library does
// with a damaged file.
type panicky struct {
	*disktest.FS
	at, reads int
}

type panickyFile struct {
	disk.File
	m *panicky
}

func (p *panicky) Open(name string) (disk.File, error) {
	f, err := p.FS.Open(name)
	return panickyFile{f, p}, err
}

func (f panickyFile) ReadAt(b []byte, at int64) (int, error) {
	if f.m.reads++; f.m.reads == f.m.at {
		panic("a planted fault")
	}
	return f.File.ReadAt(b, at)
}

// TestTablesThatPanic are damaged, and nothing stays open.
func TestTablesThatPanic(t *testing.T) {
	m, _ := parents(t)["ended"]()
	for at := 0; ; at++ {
		p := &panicky{FS: m, at: at}
		rows := 0
		tab, err := openTable(p, "out/spikes.parquet")
		for ; err == nil; rows++ {
			_, err = tab.Next()
		}
		if tab != nil {
			if _, again := tab.Next(); again == nil || err != io.EOF && again.Error() != err.Error() {
				t.Errorf("reading %d, asked again: %v, %v", at, again, err)
			}
			tab.Close()
		}
		if at > p.reads {
			break
		}
		if whole := at == 0; whole != (err == io.EOF && rows == 121) || !whole && err.Error() != "spikes.parquet: damaged: a planted fault" {
			t.Errorf("reading %d: %d rows, %v", at, rows, err)
		}
	}
	if open := m.Unclosed(); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
	tab, err := openTable(m, "out/spikes.parquet")
	must(t, err)
	tab.cols = tab.cols[:2] // as a row of another width looks
	if _, err := tab.Next(); err == nil || err.Error() != "spikes.parquet: damaged: a row of 3 values for 2 columns" {
		t.Error(err)
	}
	must(t, tab.Close())
}

// TestNoPartFiles: a file that does not begin like a part file is refused.
func TestNoPartFiles(t *testing.T) {
	head := partHeader(SpikeColumns())
	for i, change := range []func([]byte){
		func(b []byte) { b[0] ^= 1 }, func(b []byte) { b[len(partMagic)-1] ^= 1 }, // the magic
		func(b []byte) { b[len(partMagic)+4] = '{' }, func(b []byte) { b[len(b)-1] = ' ' }, // the columns
		func(b []byte) { copy(b[bytes.Index(b, []byte("source")):], "\"\"    ") },
		func(b []byte) { copy(b[bytes.Index(b, []byte("int32")):], "int23") },
	} {
		bad := slices.Clone(head)
		change(bad)
		if _, err := newPartReader(bytes.NewReader(bad)); !errors.Is(err, errNotPart) {
			t.Errorf("case %d: %v", i, err)
		}
	}
	if _, err := newPartReader(bytes.NewReader(head)); err != nil {
		t.Error(err)
	}
}

// TestEveryFaultOfColumns: of a table that is read whole, and as it is closed.
func TestEveryFaultOfColumns(t *testing.T) {
	m, _ := parents(t)["ended"]()
	same := func() *disktest.FS { return m }
	told(t, "columns", same, func(m disk.FS) error {
		cols, err := readColumns(m, "out/spikes.parquet", []string{"source"})
		if err == nil && len(cols["source"]) != 120 {
			t.Errorf("%d rows", len(cols["source"]))
		}
		return err
	})
	m.At = 0
	if cols, err := readColumns(m, "out/spikes.parquet", []string{"source", "nobody"}); cols != nil || err == nil || err.Error() != `spikes.parquet: no numeric column "nobody"` {
		t.Error(err)
	}
	tab, err := openTable(m, "out/spikes.parquet")
	must(t, err)
	m.BadClose = func(string) bool { return true }
	if err := tab.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("closed: %v", err)
	}
	if open := m.Unclosed(); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
}

// TestEveryFaultOfAState: State returns an error for everything that may not be
// on the disk.
func TestEveryFaultOfAState(t *testing.T) {
	for at, ops := 0, 1; at <= ops; at++ {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, AtomNames: AtomNames(2)})
		must(t, err)
		must(t, history(r, 0, 5))
		grow(t, r, "x")
		m.Ops, m.At, m.Fault = 0, at, disktest.Once
		st, err := r.State()
		if at == 0 {
			ops = m.Ops
			if err != nil || len(st.Tables) != 3 || len(st.Growing) != 1 || ops < 12 {
				t.Fatalf("%+v after %d operations, %v", st, ops, err)
			}
		} else if !errors.Is(err, syscall.EIO) {
			t.Errorf("operation %d: %v", at, err)
		}
		m.At = 0
		r.release()
	}
}

// TestStatesThatNameOthers: a checkpoint that names files of others is refused
// before anything is read, even if these files exist and have the right hash.
func TestStatesThatNameOthers(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m})
	must(t, err)
	st, err := r.State()
	must(t, err)
	r.release()
	must(t, replace(m, "out/x"+growingSuffix, []byte("mine")))
	info, err := hashFile(m, "out/x"+growingSuffix)
	must(t, err)
	rows := m.Files("out")[partsDir+"/spikes"+rowsSuffix]
	must(t, replace(m, "out/x"+rowsSuffix, rows))
	table := st.Tables[0]
	table.Name = "../x"
	for want, bad := range map[string]State{
		`checkpoint: file "../x": want a plain file name without a path`:  {Growing: []GrowingState{{"../x", info}}},
		`checkpoint: table "../x": want a plain file name without a path`: {Tables: []TableState{table}},
		`checkpoint: table "s": 0 columns: want 1 to 4096`:                {Tables: []TableState{{Name: "s"}}},
	} {
		before := m.Files("out")
		for _, begin := range []func() (*Run, error){
			func() (*Run, error) { return Resume(Options{Dir: "out", FS: m}, bad) },
			func() (*Run, error) { return Fork(Options{Dir: "fork", FS: m}, "out", bad) },
		} {
			if _, err := begin(); err == nil || err.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		sameFiles(t, want, m.Files("out"), before)
	}
}

// TestEveryFaultOfAmending a run that is being touched.
func TestEveryFaultOfAmending(t *testing.T) {
	for at, ops := 0, 1; at <= ops; at++ {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, Scenario: []byte("a")})
		must(t, err)
		m.Ops, m.At, m.Fault = 0, at, disktest.Once
		err = r.Amend([]byte("b"), "hash", nil, []byte("c"))
		if at == 0 {
			must(t, err)
			ops = m.Ops
		} else if !errors.Is(err, syscall.EIO) {
			t.Errorf("operation %d: %v", at, err)
		}
		m.At = 0
		r.release()
	}
}

// TestLongTablesAreCopied: a resumed run copies long tables in pieces; each
// error is returned, damage with its reason.
func TestLongTablesAreCopied(t *testing.T) {
	parent := func() (*disktest.FS, State) {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m})
		must(t, err)
		for i := range 3 {
			spikes := make([]neuron.Spike, streamBuffer/16)
			for k := range spikes {
				spikes[k] = neuron.Spike{Time: neuron.Time(i), Source: neuron.ID(k), Value: 1}
			}
			must(t, r.Spikes(spikes))
		}
		st, err := r.State()
		must(t, err)
		must(t, r.Close(nil, Final{}))
		return m, st
	}
	opts := Options{Dir: "out", MinFree: -1}
	m, st := parent()
	opts.FS, m.Ops, m.Record = m, 0, true
	r, err := Resume(opts, st)
	must(t, err)
	r.release()
	for i, op := range m.Log {
		if !strings.Contains(op, " write out/.parts/.spikes") {
			continue
		}
		m, st := parent()
		opts.FS, m.Ops, m.At, m.Fault = m, 0, i+1, disktest.Once
		if _, err := Resume(opts, st); !errors.Is(err, syscall.EIO) || errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", op, err)
		}
	}
	m, st = parent()
	opts.FS = m
	reasons := 0
	for at := 100; at < len(m.Files("out")["spikes.parquet"])-400; at += 97 {
		m.Flip("out/spikes.parquet", 8*at)
		if r, err := Resume(opts, st); err == nil { // its rows are the same
			r.release()
			m, st = parent()
			opts.FS = m
			continue
		} else if !strings.Contains(err.Error(), "spikes.parquet: ") {
			t.Errorf("byte %d: %v", at, err)
		} else if errors.Is(err, ErrDamaged) && !strings.HasSuffix(err.Error(), ErrDamaged.Error()) {
			reasons++
		}
		m.Flip("out/spikes.parquet", 8*at)
	}
	if reasons == 0 {
		t.Error("no damage has a reason")
	}
}

// picky is a file system on which some files cannot be made.
type picky struct {
	*disktest.FS
	refuses map[string]syscall.Errno // by the ends of names
}

func (p picky) Create(name string) (disk.File, error) {
	for end, why := range p.refuses {
		if strings.HasSuffix(name, end) {
			return nil, &fs.PathError{Op: "create", Path: name, Err: why}
		}
	}
	return p.FS.Create(name)
}

// TestEveryFaultOfAnEnd: every error at the end of a run, and after it, is
// returned.
func TestEveryFaultOfAnEnd(t *testing.T) {
	const table, summary, manifest = ".spikes.parquet.tmp", ".summary.json.tmp", ".manifest.json.tmp"
	all := map[string]syscall.Errno{table: syscall.ENOSPC, summary: syscall.EROFS, manifest: syscall.EMFILE}
	for _, tc := range []struct {
		refuses []string
		closes  bool
		told    []string
	}{
		{nil, true, nil}, {nil, false, nil},
		{[]string{table}, false, []string{table}}, {[]string{manifest}, false, []string{manifest}}, {[]string{table, manifest}, false, []string{table, manifest}},
		{[]string{summary}, false, nil}, {[]string{summary}, true, []string{summary}}, {[]string{summary, manifest}, true, []string{summary, manifest}},
		{[]string{table}, true, []string{table}}, {[]string{table, summary, manifest}, true, []string{table, manifest}}, {[]string{manifest}, true, []string{manifest}},
	} {
		m := picky{disktest.New(), map[string]syscall.Errno{}}
		r, err := Create(Options{Dir: "out", FS: m})
		must(t, err)
		for _, name := range tc.refuses {
			m.refuses[name] = all[name]
		}
		if tc.closes {
			err = r.Close(nil, Final{})
		} else {
			err = r.Abort(io.EOF)
		}
		for name, why := range all {
			if errors.Is(err, why) != slices.Contains(tc.told, name) {
				t.Errorf("%+v: %v", tc, err)
			}
		}
		if kept := slices.Contains(tc.told, table); kept != (err != nil && strings.Contains(err.Error(), "partial results are kept in out/.parts: ")) || kept != (len(m.Files("out")[partsDir+"/spikes"+rowsSuffix]) > 0) && !slices.Contains(tc.told, manifest) {
			t.Errorf("%+v: %v", tc, err)
		}
		if open := m.Unclosed(); len(open) > 0 {
			t.Errorf("%+v: still open: %v", tc, open)
		}
	}
}

// TestParquetErrors: an error of writing Parquet is returned, between two row
// groups and at the end.
func TestParquetErrors(t *testing.T) {
	cols := []Column{{"i", Int64, ""}}
	row, b, rng := make(sinkRow, 1), newBlock(cols), rand.New(rand.NewPCG(1, 1))
	for range blockCells {
		must(t, fillRow(row, cols, []any{rng.Int64()})) // more than any buffer, however packed
		b.add(row)
	}
	s := newParquetSink(fullOf{syscall.ENOSPC}, cols)
	var err error
	blocks := 0
	for ; err == nil && blocks < 1000; blocks++ {
		err = s.write(b)
	}
	if want := s.most/blockCells + 1; !errors.Is(err, syscall.ENOSPC) || blocks != want {
		t.Errorf("block %d: %v, want it at %d", blocks, err, want)
	}
	s = newParquetSink(fullOf{syscall.ENOSPC}, cols)
	must(t, s.write(b))
	if err := s.close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("closed: %v", err)
	}
}

// TestEveryFaultOfALongTable: of one that is longer than any buffer, as it grows and as it is
// finished; a row that does not reach the disk is told of at once.
func TestEveryFaultOfALongTable(t *testing.T) {
	fill := func(r *Run) error {
		s, err := r.Stream("s", []Column{{"i", Int64, ""}, {"x", Float64, ""}})
		for i := 0; i < 3*streamBuffer/16 && err == nil; i++ {
			err = s.Append(i, 0.5)
		}
		return err
	}
	counted := disktest.New()
	ops := 0
	for at := 0; at <= ops; at++ {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, MinFree: -1, CSV: true, Spikes: Sampling{Off: true}})
		must(t, err)
		m.Record, m.Ops, m.At, m.Fault = true, 0, at, disktest.Once
		filled := fill(r)
		filling := m.Ops
		if filled == nil {
			err = r.Close(nil, Final{})
		} else {
			err = errors.Join(filled, r.Abort(filled))
		}
		if at == 0 {
			must(t, err)
			counted = m
			ops = 1 + slices.IndexFunc(m.Log, func(op string) bool { return strings.HasSuffix(op, " out/"+manifestName) })
			continue
		}
		op := counted.Log[at-1]
		if !errors.Is(err, syscall.EIO) || errors.Is(err, ErrDamaged) || (filled != nil) != (at <= filling) {
			t.Errorf("%s: %v, while it grew: %v", op, err, filled)
		}
		if left := unfinished(m); len(left) > 0 {
			t.Errorf("%s: still there: %v", op, left)
		}
	}
}

// TestErrorsOfRows: every way to add rows returns an error at once if they do
// not reach the disk.
func TestErrorsOfRows(t *testing.T) {
	for what, add := range map[string]func(*Run, *Stream) error{
		"Append": func(_ *Run, s *Stream) error { return s.Append(1) },
		"Spikes": func(r *Run, _ *Stream) error { return r.Spikes(make([]neuron.Spike, 1)) },
		"Atoms":  func(r *Run, _ *Stream) error { return r.Atoms(&AtomsRow{Atoms: make([]float64, 4)}) },
	} {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, AtomNames: AtomNames(2)})
		must(t, err)
		s, err := r.Stream("s", []Column{{"i", Int64, ""}})
		must(t, err)
		m.Ops, m.At, m.Fault = 0, 1, disktest.Once
		for m.Ops == 0 {
			if err = add(r, s); err != nil && m.Ops == 0 {
				t.Fatal(err)
			}
		}
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", what, err)
		}
		if again := add(r, s); again != err {
			t.Errorf("%s, once more: %v", what, again)
		}
		must(t, r.Abort(io.EOF))
	}
}

// TestDamagedWhileItRuns: rows that were changed after they were written do not
// become a table, and the run returns an error.
func TestDamagedWhileItRuns(t *testing.T) {
	for _, stops := range []bool{false, true} {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, CSV: true})
		must(t, err)
		must(t, r.Spikes(make([]neuron.Spike, 9)))
		_, err = r.State()
		must(t, err)
		part := partsDir + "/spikes" + rowsSuffix
		m.Flip("out/"+part, 8*(len(m.Files("out")[part])-3))
		if stops {
			err = r.Abort(io.EOF)
		} else {
			err = r.Close(nil, Final{})
		}
		files := m.Files("out")
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "spikes.rows: damaged") || files["spikes.parquet"] != nil || files["spikes.csv"] != nil || files[part] == nil {
			t.Errorf("stopped %v: %v", stops, err)
		}
	}
}

// TestSumsOfNewFiles: of a new file the checksum stands twice until it is there, of one that
// stays as it is once.
func TestSumsOfNewFiles(t *testing.T) {
	m := disktest.New()
	must(t, m.Mkdir("many"))
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	for i, tc := range []struct {
		sum     string
		written bool
		want    []string
	}{
		{a, false, []string{a, a}}, {a, true, []string{a}}, {a, false, []string{a}}, {b, false, []string{a, b}}, {b, false, []string{a, b}}, {a, false, []string{a, b}},
		{b, true, []string{b}},
	} {
		must(t, noteSums(m, "many", map[string]string{"x": tc.sum}, tc.written))
		if sums, err := readSums(m, "many"); err != nil || len(sums) != 1 || !slices.Equal(sums["x"], tc.want) {
			t.Errorf("step %d: %v, %v", i, sums, err)
		}
	}
	dir := t.TempDir()
	must(t, os.MkdirAll(dir+"/sub/below", 0o700))
	if err := WriteSummed(dir, "../x", nil); err == nil || !strings.Contains(err.Error(), "inside the result folder") {
		t.Error(err)
	}
	if err := WriteSummed(dir, "sub", nil); err == nil || !strings.HasPrefix(err.Error(), "sub: rename: ") {
		t.Error(err)
	}
}

// TestTablesStopWhereTheyFail: no rows are computed that cannot be written.
func TestTablesStopWhereTheyFail(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m, CSV: true})
	must(t, err)
	const all = 100_000
	for what, table := range map[string]func(made *int) error{
		"Table": func(made *int) error {
			return r.Table("t", []Column{{"i", Int64, ""}, {"k", Int64, ""}}, func(yield func([]any) bool) {
				for *made < all && yield([]any{*made, *made}) {
					*made++
				}
			})
		},
		"Weights": func(made *int) error {
			return r.Weights("w", func(yield func(Weight) bool) {
				for *made < all && yield(Weight{}) {
					*made++
				}
			})
		},
	} {
		made := 0
		must(t, table(&made))
		if made != all {
			t.Fatalf("%s: %d rows", what, made)
		}
		made = 0
		m.Ops, m.At, m.Fault = 0, 5, disktest.Full // both files are there
		if err := table(&made); !errors.Is(err, syscall.ENOSPC) || made > all/4 {
			t.Errorf("%s: %d rows are made, %v", what, made, err)
		}
		m.At = 0
	}
	err = r.Table("t", []Column{{"i", Int64, ""}}, func(yield func([]any) bool) { yield([]any{"x"}) })
	if err == nil || !strings.HasPrefix(err.Error(), `table "t": column "i": `) {
		t.Error(err)
	}
	must(t, r.Close(nil, Final{}))
}
