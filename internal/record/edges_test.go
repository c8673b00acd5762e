package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"infomorph/internal/disk"
	"infomorph/internal/disk/disktest"
	"infomorph/internal/table"
	"infomorph/neuron"
)

// TestUnsureFiles: a file whose name may not be on the disk is not in the
// manifest, and is removed with a run that cannot begin.
func TestUnsureFiles(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m})
	must(t, err)
	m.Record, m.Log = true, nil
	must(t, r.WriteFile("sure.svg", []byte("x")))
	at := slices.IndexFunc(m.Log, func(op string) bool { return strings.HasSuffix(op, " syncdir out") })
	m.Ops, m.At, m.Fault = 0, at+1, disktest.Once
	if err := r.WriteFile("unsure.svg", []byte("x")); !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	if !slices.Equal(r.unsure, []string{"unsure.svg"}) {
		t.Errorf("unsure: %v", r.unsure)
	}
	must(t, r.Abort(io.EOF))
	man, err := readManifest(m, "out")
	must(t, err)
	if _, listed := man.Files["unsure.svg"]; listed || man.Files["sure.svg"].Bytes != 1 {
		t.Errorf("listed: %v", man.Files)
	}
	if there, err := disk.Exists(m, "out/"+partsDir); there || err != nil {
		t.Errorf("%s of a run that was never resumed: %v, %v", partsDir, there, err)
	}
}

// TestPieces: data that are collected in memory are written in one piece before
// they exceed the buffer.
func TestPieces(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m, MinFree: -1})
	must(t, err)
	written := func(name string) int { return len(m.Files("out/" + partsDir)[name]) }
	g := grow(t, r)
	for i, tc := range []struct{ add, want int }{{40_000, 0}, {streamBuffer - 40_000, 0}, {1, streamBuffer}, {streamBuffer - 1, streamBuffer}, {streamBuffer + 5, 2 * streamBuffer}, {1, 3*streamBuffer + 5}} {
		_, err := g.Write(make([]byte, tc.add))
		must(t, err)
		if got := written("tape.bin" + growingSuffix); got != tc.want {
			t.Errorf("step %d: %d bytes are written, want %d", i, got, tc.want)
		}
	}
	s, err := r.Stream("s", []Column{{"i", Int64, ""}})
	must(t, err)
	head := written("s" + rowsSuffix)
	for i := range streamBuffer/8 + 1 {
		want := head
		if i >= streamBuffer/8-1 {
			want += streamBuffer
		}
		must(t, s.Append(i))
		if got := written("s" + rowsSuffix); got != want || s.Rows() != int64(i+1) {
			t.Fatalf("%d rows: %d bytes are written, want %d", s.Rows(), got, want)
		}
	}
	st, err := r.State()
	must(t, err)
	r.release()
	r, err = Resume(Options{Dir: "out", FS: m, MinFree: -1}, st)
	must(t, err)
	sum := int64(0)
	for _, t := range st.Tables {
		sum += t.Part.Bytes
	}
	if r.spent != sum {
		t.Errorf("%d bytes of rows are spent, %d are there", r.spent, sum)
	}
	must(t, r.Close(nil, Final{}))
}

// TestHalfALine: if the journal cannot remove half a line, nothing is written
// after it.
func TestHalfALine(t *testing.T) {
	for _, stays := range []bool{false, true} {
		m := disktest.New()
		must(t, disk.MkdirAll(m, "out/"+partsDir))
		j, err := openJournal(m, "out", 0)
		must(t, err)
		must(t, j.add(commit{"a", FileInfo{1, "x"}}))
		whole := len(m.Files("out")[partsDir+"/"+journalName])
		m.Ops, m.At, m.Fault = 0, 1, disktest.Once
		if stays {
			j.f = &cut{j.f}
		}
		first := j.add(commit{"b", FileInfo{2, "y"}})
		if !errors.Is(first, syscall.EIO) || !strings.HasPrefix(first.Error(), partsDir+"/"+journalName+": write: ") {
			t.Errorf("half a line: %v", first)
		}
		again := j.add(commit{"c", FileInfo{3, "z"}})
		all, end, err := readJournal(m, "out")
		if stays && (again != first || len(all) != 1 || end != int64(whole) || err != nil) || !stays && (again != nil || len(all) != 2 || all[1].Name != "c" || err != nil) {
			t.Errorf("half a line stays %v: %v; %v, %v", stays, again, all, err)
		}
	}
}

// TestJournalContinues after the lines that are whole.
func TestJournalContinues(t *testing.T) {
	m := disktest.New()
	must(t, disk.MkdirAll(m, "out/"+partsDir))
	for i, name := range []string{"a", "b", "c"} {
		_, whole, err := readJournal(m, "out")
		must(t, err)
		j, err := openJournal(m, "out", whole)
		must(t, err)
		if got := len(m.Files("out")[partsDir+"/"+journalName]); int64(got) != whole || j.size != whole {
			t.Errorf("%d bytes are kept of %d that are whole", got, whole)
		}
		must(t, j.add(commit{name, FileInfo{int64(i), name}}))
		_, err = j.f.Write([]byte("half a li")) // the process dies
		must(t, errors.Join(err, j.f.Close()))
		all, _, err := readJournal(m, "out")
		if err != nil || len(all) != i+1 || all[i] != (commit{name, FileInfo{int64(i), name}}) {
			t.Errorf("%v, %v", all, err)
		}
	}
}

// TestDamagedJournal: every flipped bit is damage; a line whose write was
// interrupted by a kill is not.
func TestDamagedJournal(t *testing.T) {
	m := disktest.New()
	must(t, disk.MkdirAll(m, "out/"+partsDir))
	j, err := openJournal(m, "out", 0)
	must(t, err)
	for _, name := range []string{"a", "plots/J.svg"} {
		must(t, j.add(commit{name, FileInfo{3, "x"}}))
	}
	path := "out/" + partsDir + "/" + journalName
	text := m.Files("out")[partsDir+"/"+journalName]
	for bit := range 8 * len(text) {
		m.Flip(path, bit)
		if _, _, err := readJournal(m, "out"); !errors.Is(err, ErrDamaged) {
			t.Errorf("bit %d of %q: %v", bit%8, text[bit/8], err)
		}
		m.Flip(path, bit)
	}
	first := int64(bytes.IndexByte(text, '\n')) + 1
	for size := int64(len(text)); size >= 0; size-- {
		must(t, j.f.Truncate(size))
		all, whole, err := readJournal(m, "out")
		n, want := 0, int64(0)
		if size >= first {
			n, want = 1, first
		}
		if size == int64(len(text)) {
			n, want = 2, size
		}
		if err != nil || len(all) != n || whole != want {
			t.Errorf("%d bytes: %v, %d are whole, %v", size, all, whole, err)
		}
	}
}

// TestNamesBeforeTheManifest: what a manifest lists has its name on the disk before the manifest
// has.
func TestNamesBeforeTheManifest(t *testing.T) {
	for what, end := range map[string]func(*Run) error{
		"closed":  func(r *Run) error { return r.Close(nil, Final{}) },
		"stopped": func(r *Run) error { return r.Abort(io.EOF) },
	} {
		m := disktest.New()
		r, err := Create(Options{Dir: "out", FS: m, CSV: true})
		must(t, err)
		m.Record = true
		part(t, r, 0, 5)
		must(t, r.WriteFile("plots/a.svg", []byte("x")))
		must(t, end(r))
		last := slices.IndexFunc(m.Log, func(op string) bool { return strings.HasSuffix(op, " out/"+manifestName) })
		man, err := readManifest(m, "out")
		must(t, err)
		for name := range man.Files {
			if name == logName { // it has had its name from the start
				continue
			}
			named := slices.IndexFunc(m.Log, func(op string) bool { return strings.HasSuffix(op, " out/"+name) })
			synced := -1
			for i, op := range m.Log[:last] {
				if strings.HasSuffix(op, " syncdir "+filepath.Dir("out/"+name)) {
					synced = i
				}
			}
			if named < 0 || synced < named {
				t.Errorf("%s: %s is named at %d, on the disk at %d, listed at %d", what, name, named, synced, last)
			}
		}
	}
}

// cut is a file that cannot be cut back.
type cut struct{ disk.File }

func (*cut) Truncate(int64) error { return syscall.EROFS }

// TestStaleOnce: a file that is not in the checkpoint is remembered once, and
// listed once by the journal of the resumed run.
func TestStaleOnce(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m})
	must(t, err)
	st, err := r.State()
	must(t, err)
	for _, text := range []string{"one", "two"} {
		must(t, r.WriteFile("late.svg", []byte(text)))
	}
	must(t, r.writeManifest(r.manifest(StatusRunning, nil)))
	r.release()
	before, _, err := readJournal(m, "out")
	must(t, err)
	for range 2 {
		r, err = Resume(Options{Dir: "out", FS: m}, st)
		must(t, err)
		after, _, err := readJournal(m, "out")
		if err != nil || !slices.Equal(r.stale, []string{"late.svg"}) || !slices.Equal(before, after) {
			t.Errorf("stale: %v; the journal lists %v, %v", r.stale, after, err)
		}
		r.release()
	}
}

// TestOutsideTheFolder: a file outside the folder in a manifest or a journal is
// an error, and is not read.
func TestOutsideTheFolder(t *testing.T) {
	m := disktest.New()
	r, err := Create(Options{Dir: "out", FS: m})
	must(t, err)
	must(t, r.WriteFile("a.svg", []byte("x")))
	man := r.manifest(StatusRunning, nil)
	man.Files["../b.svg"] = man.Files["a.svg"]
	must(t, r.writeManifest(man))
	r.release()
	must(t, replace(m, "b.svg", []byte("x")))
	if _, err := CheckOn(m, "out"); err == nil || err.Error() != "out: ../b.svg: not inside the folder" {
		t.Error(err)
	}
	if _, err := Create(Options{Dir: "new", FS: m, Provenance: Provenance{Config: make(chan int)}}); err == nil || !strings.HasPrefix(err.Error(), manifestName+": json: ") || len(m.Files("new")) > 0 {
		t.Errorf("a configuration that is none: %v, %d files", err, len(m.Files("new")))
	}
}

// TestNamesOfFolders: which characters a folder keeps.
func TestNamesOfFolders(t *testing.T) {
	for name, want := range map[string]string{"azAZ09-_.x": "azAZ09-_.x", "`{@[/:": "------", ".a.": "a", "": "run"} {
		if got := DefaultDir(name, time.Unix(0, 0), 3, "1234567"); got != filepath.Join("runs", want, "19700101T000000Z-3-1234567") {
			t.Errorf("%q: %s", name, got)
		}
	}
}

// TestAtomsOfEachRow: a row has one value for each atom of the table.
func TestAtomsOfEachRow(t *testing.T) {
	for _, names := range [][]string{nil, AtomNames(2)} {
		r, err := Create(Options{Dir: "out", FS: disktest.New(), AtomNames: names})
		must(t, err)
		refused := func(n int) (is bool) {
			defer func() { is = recover() != nil }()
			must(t, r.Atoms(&AtomsRow{Atoms: make([]float64, n)}))
			return false
		}
		for n := range 6 {
			if got := refused(n); got != (names != nil && n != 4) {
				t.Errorf("%d values for %d atoms: refused %v", n, len(names), got)
			}
		}
		must(t, r.Close(nil, Final{}))
	}
	for _, text := range []string{"2147483648", "4294967295", "0-2147483648"} {
		if _, err := ParseSelection(text); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

// TestCSVErrors: an error of writing CSV is returned at once.
func TestCSVErrors(t *testing.T) {
	cols := []Column{{"t", Text, ""}}
	b, row := newBlock(cols), make(sinkRow, 1)
	must(t, fillRow(row, cols, []any{strings.Repeat("x", 1000)}))
	for range 100 { // more than its buffer
		b.add(row)
	}
	s := newCSVSink(fullOf{syscall.ENOSPC}, cols)
	if err := s.write(b); err != syscall.ENOSPC {
		t.Error(err)
	}
	if err := s.close(); err != syscall.ENOSPC {
		t.Error(err)
	}
}

type fullOf struct{ err error }

func (f fullOf) Write([]byte) (int, error) { return 0, f.err }

// TestTypesOfOthers: columns of types that no table of a run has are refused, by name.
func TestTypesOfOthers(t *testing.T) {
	for _, tc := range []struct {
		node parquet.Node
		want Kind
	}{
		{parquet.Leaf(parquet.BooleanType), ""}, {parquet.Repeated(parquet.Int(64)), ""}, {parquet.Optional(parquet.Int(64)), ""},
		{parquet.Group{"x": parquet.Int(64)}, ""}, {parquet.Leaf(parquet.FixedLenByteArrayType(3)), ""}, {parquet.Optional(parquet.Leaf(parquet.FloatType)), ""},
		{parquet.Int(64), Int64}, {parquet.Uint(64), Uint64}, {parquet.Leaf(parquet.Int64Type), Int64}, {parquet.Int(32), Int32}, {parquet.Leaf(parquet.FloatType), Float32},
		{parquet.Leaf(parquet.DoubleType), Float64}, {parquet.Optional(parquet.Leaf(parquet.DoubleType)), Float64}, {parquet.String(), Text},
	} {
		path := filepath.Join(t.TempDir(), "other.parquet")
		f, err := os.Create(path)
		must(t, err)
		w := parquet.NewGenericWriter[any](f, parquet.NewSchema("table", parquet.Group{"b": tc.node}))
		must(t, errors.Join(w.Close(), f.Close()))
		tab, err := OpenTable(path)
		if tc.want == "" {
			if err == nil || err.Error() != `other.parquet: column "b": a type that infomorph does not write` {
				t.Errorf("%v: %v", tc.node, err)
			}
			continue
		}
		must(t, err)
		if got := tab.Columns(); len(got) != 1 || got[0] != (Column{"b", tc.want, ""}) || tab.Rows() != 0 {
			t.Errorf("%v: %v, want %s", tc.node, got, tc.want)
		}
		if row, err := tab.Next(); row != nil || err != io.EOF {
			t.Errorf("%v: %v, %v", tc.node, row, err)
		}
		must(t, tab.Close())
	}
}

// TestRowGroups: a row group has as many rows as eight mebibytes hold, and 1024 of wide tables.
func TestRowGroups(t *testing.T) {
	wide := make([]Column, 1100)
	for i := range wide {
		wide[i] = Column{Name: "c" + strings.Repeat("x", i), Kind: Int64}
	}
	for _, tc := range []struct {
		cols []Column
		rows int
		want []int64
	}{
		{[]Column{{"i", Int64, ""}, {"k", Int64, ""}}, rowGroupBytes/16 + 5, []int64{rowGroupBytes / 16, 5}},
		{wide, 1030, []int64{1024, 6}}, {wide[:3], 0, nil},
	} {
		var file bytes.Buffer
		s := &sinks{all: []sink{newParquetSink(&file, tc.cols)}, block: newBlock(tc.cols)}
		row, values := make(sinkRow, len(tc.cols)), make([]any, len(tc.cols))
		for i := range tc.rows {
			for k := range values {
				values[k] = i + k
			}
			must(t, fillRow(row, tc.cols, values))
			must(t, s.put(row))
		}
		must(t, s.close())
		f, err := table.OpenParquet(bytes.NewReader(file.Bytes()), int64(file.Len()))
		must(t, err)
		var got []int64
		for _, g := range f.Metadata().RowGroups {
			got = append(got, g.NumRows)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%d rows of %d columns: row groups of %v, want %v", tc.rows, len(tc.cols), got, tc.want)
		}
	}
	for cols, want := range map[int]int{1: blockCells, 2: blockCells / 2, 3: blockCells / 3, 128: 64, 129: 64, 1000: 64} {
		if b := newBlock(wide[:cols]); cap(b[0]) != want || cap(b[cols-1]) != want || b.rows() != 0 {
			t.Errorf("a block of %d columns has room for %d rows, want %d", cols, cap(b[0]), want)
		}
	}
}

// TestColumnsOfFinishedTables are those of the rows, with nothing behind them but labels.
func TestColumnsOfFinishedTables(t *testing.T) {
	want := SpikeColumns()
	label, other := Column{"source_label", Text, ""}, Column{"other", Text, ""}
	for _, tc := range []struct {
		have []Column
		ok   bool
	}{
		{want, true}, {append(want, label), true}, {append(want, label, label), true}, {append(want, other), false}, {append(want, label, other), false},
		{want[:2], false}, {append([]Column{label}, want...), false}, {[]Column{want[0], want[2], want[1]}, false},
	} {
		if startsWith(slices.Clone(tc.have), want) != tc.ok {
			t.Errorf("%v: want %v", tc.have, tc.ok)
		}
	}
	cols, err := ReadColumns(tableOf(t, []Column{{"n", Int64, ""}, {"t", Text, ""}}, []any{7, "x"}), "n", "n") // asked twice, read once
	if err != nil || len(cols) != 1 || !slices.Equal(cols["n"], []float64{7}) {
		t.Errorf("%v, %v", cols, err)
	}
	if _, err := ReadColumns(tableOf(t, []Column{{"t", Text, ""}}, []any{"x"}), "t"); err == nil || err.Error() != `t.parquet: no numeric column "t"` {
		t.Error(err)
	}
}

// tableOf writes a table of one row and returns its path.
func tableOf(t *testing.T, cols []Column, row []any) string {
	t.Helper()
	dir := t.TempDir()
	must(t, SummedTable(dir, "t.parquet", cols, func(yield func([]any) bool) { yield(row) }))
	return filepath.Join(dir, "t.parquet")
}

// TestTimesOfAManifest: when the run was made, and when it ended; a resumed run was made when
// it was made.
func TestTimesOfAManifest(t *testing.T) {
	m := disktest.New()
	read := func() *Manifest {
		man, err := readManifest(m, "out")
		must(t, err)
		return man
	}
	before := time.Now()
	r, err := Create(Options{Dir: "out", FS: m, Provenance: Provenance{Scenario: "s", Workers: 3}})
	must(t, err)
	made := read()
	if made.Created.Before(before.Add(-time.Microsecond)) || made.Created.Location() != time.UTC || !made.Finished.IsZero() || made.Status != StatusRunning || made.Reason != "" {
		t.Errorf("%+v", made)
	}
	st, err := r.State()
	must(t, err)
	must(t, r.Abort(io.EOF))
	stopped := read()
	if stopped.Finished.Before(made.Created) || stopped.Finished.Location() != time.UTC || !stopped.Created.Equal(made.Created) || stopped.Reason != "EOF" || stopped.Files[logName].Bytes != 0 {
		t.Errorf("%+v", stopped)
	}
	r, err = Resume(Options{Dir: "out", FS: m, CSV: true, Provenance: Provenance{Scenario: "another"}}, st)
	must(t, err)
	must(t, r.Spikes([]neuron.Spike{{Time: 1}}))
	must(t, r.Close(nil, Final{SimulatedUS: 5}))
	done := read()
	if !done.Created.Equal(made.Created) || done.Scenario != "s" || done.Workers != 3 || done.SimulatedUS != 5 || done.Status != StatusDone {
		t.Errorf("%+v", done)
	}
	if _, csv := done.Files["spikes.csv"]; csv || done.Tables[0].Rows != 1 {
		t.Errorf("%+v", done.Tables)
	}
	doc, err := json.Marshal(done.Tables[0].Columns)
	if want := `[{"name":"time_us","kind":"int64","unit":"us"},{"name":"source","kind":"int32"},{"name":"value","kind":"float32"}]`; err != nil || string(doc) != want {
		t.Errorf("%s, %v", doc, err)
	}
}
