package run

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"infomorph/actors"
	"infomorph/internal/inboxes"
	"infomorph/internal/record"
	"infomorph/neuron"
)

// TestEveryKindOfValueIsCompared: a value is the same as itself, bit for bit, and as no
// other, of the same kind or of another.
func TestEveryKindOfValueIsCompared(t *testing.T) {
	all := []parquet.Value{
		parquet.NullValue(),
		parquet.DoubleValue(0), parquet.DoubleValue(math.Copysign(0, -1)), parquet.DoubleValue(1), parquet.DoubleValue(math.NaN()),
		parquet.DoubleValue(math.Float64frombits(math.Float64bits(math.NaN()) ^ 2)), parquet.DoubleValue(math.Inf(1)),
		parquet.FloatValue(0), parquet.FloatValue(1), parquet.Int64Value(0), parquet.Int64Value(1), parquet.Int32Value(0), parquet.Int32Value(1),
		parquet.ByteArrayValue([]byte("a")), parquet.ByteArrayValue([]byte("b")), parquet.ByteArrayValue([]byte("ab")), parquet.ByteArrayValue(nil),
	}
	for i, a := range all {
		for k, b := range all {
			if sameValue(a, b) != (i == k) {
				t.Errorf("%v %v and %v %v: the same is %v", a.Kind(), a, b.Kind(), b, i != k)
			}
		}
	}
}

// tableFile writes a table and returns the name of its file.
func tableFile(t *testing.T, rows int) string {
	t.Helper()
	dir := folderOf(t, func(rec *record.Run) error {
		j := &recorder{rec: rec}
		for k := range rows {
			if err := j.Measure(neuron.Time(k), "m", float64(k)); err != nil {
				return err
			}
		}
		return nil
	})
	return filepath.Join(dir, "measures.parquet")
}

// TestTablesThatBreakOff: a table whose rows cannot be read, although its head can, is
// neither the same as another nor different from it, and has no measures.
func TestTablesThatBreakOff(t *testing.T) {
	whole, broken := tableFile(t, 3), tableFile(t, 3)
	data, err := os.ReadFile(broken)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4; i < 40; i++ { // the first page; its columns are listed at the end of the file
		data[i] = 0xff
	}
	if err := os.WriteFile(broken, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{whole, broken}, {broken, whole}, {broken, broken}} {
		for _, ended := range []bool{true, false} {
			if got, err := differenceOf(pair[0], pair[1], ended); err == nil || got != "" || !strings.Contains(err.Error(), "measures.parquet") {
				t.Errorf("%v, ended %v: %q, %v", pair, ended, got, err)
			}
		}
	}
	if all, err := readMeasure(broken, "m"); err == nil || all != nil {
		t.Errorf("%v, %v", all, err)
	}
	if all, err := readMeasure(whole, "m"); err != nil || len(all) != 3 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestLongTables: the last row of a table that is read in several parts counts as the first.
func TestLongTables(t *testing.T) {
	a, b := tableFile(t, 1000), tableFile(t, 1001)
	for whole, want := range map[bool]string{true: "it has 1000 rows, the replay 1001", false: ""} {
		if got, err := differenceOf(a, b, whole); err != nil || got != want {
			t.Errorf("whole %v: %q, %v, want %q", whole, got, err, want)
		}
	}
	if all, err := readMeasure(b, "m"); err != nil || len(all) != 1001 || all[1000] != (sample{1000, -1, 1000}) {
		t.Errorf("%d measures, %v", len(all), err)
	}
}

// TestFilesThatAreNotOfTheRun: a replay lists tables in the folder that the run did not
// make. It says nothing of other files, and of a folder that cannot be read.
func TestFilesThatAreNotOfTheRun(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"mine.csv", "mine.parquet", "mine.txt", "spikes.csv", "spikes.parquet"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const first = "report, log, checkpoints with : not compared of : they are not made again\n"
	m := &record.Manifest{Files: map[string]record.FileInfo{"spikes.csv": {}, "spikes.parquet": {}}}
	for at, want := range map[string]string{
		dir: first + "table mine.csv with : not compared of : manifest.json does not list it: it is not of the run\n" +
			"table mine.parquet with : not compared of : manifest.json does not list it: it is not of the run\n",
		filepath.Join(dir, "gone"): first,
	} {
		if got := (&Recorded{Dir: at, manifest: m}).others().told(); got != want {
			t.Errorf("%s: %s\nwant %s", at, got, want)
		}
	}
}

// TestNeuronsThatDidNotEnd: if a run failed before each neuron said what it became, nothing
// differs, but the neurons that said nothing do not pass, and so neither does the replay.
func TestNeuronsThatDidNotEnd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	failAt(t, small(t, "mode=free"), Options{Dir: dir}, 4, nil)
	f := forge{t, dir}
	f.recording(noEvent, noEnd, func(e *inboxes.Final) { e.State = [32]byte{} })
	if got := replayed(t, dir); !got.Pass {
		t.Fatalf("all neurons ended: %s", comparisons(got.Compared).told())
	}
	f.recording(noEvent, withoutThird, noFinal)
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1})
	if err != nil || got.Pass || Differ(got.Compared) || got.Verdicts[3].Pass || got.Verdicts[3].Reason == "" {
		t.Fatalf("%+v, %v", got, err)
	}
	is := outcomes(got.Compared)
	if c := is["outputs"]; c.Of != "15 of 16 neurons" {
		t.Errorf("%+v", c)
	}
	if c := is["final state"]; c.Outcome != NotCompared || c.Why != "the run failed, and not every neuron said what it had become" {
		t.Errorf("%+v", c)
	}
	for n, pass := range map[int]bool{3: false, 4: true} {
		if got, err := r.Audit(t.Context(), actors.ReplayOptions{Workers: 1}, n); err != nil || got.Pass != pass || Differ(got.Compared) {
			t.Errorf("neuron %d: %+v, %v", n, got, err)
		}
	}
}

// TestRecordingsWithoutAnEnd: a run that came to its end has a recording of the end of each
// neuron. One without is refused, and not compared.
func TestRecordingsWithoutAnEnd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	forge{t, dir}.recording(noEvent, withoutThird, noFinal)
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	for _, neurons := range [][]int{nil, {3}} {
		if got, err := r.Audit(t.Context(), actors.ReplayOptions{Workers: 1}, neurons...); got != nil || err == nil || !strings.Contains(err.Error(), inboxes.Name) {
			t.Errorf("%v: %+v, %v", neurons, got, err)
		}
	}
}

// TestLongerFreeRuns: the simulated time in the manifest is that of the recording.
func TestLongerFreeRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	run := done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	for _, more := range []int64{0, 1} {
		forge{t, dir}.manifest(func(m *record.Manifest) { m.SimulatedUS += more })
		got := replayed(t, dir)
		why := fmt.Sprintf("it says %d us, the recording %d", run.Final.SimulatedUS+1, run.Final.SimulatedUS)
		if c := outcomes(got.Compared)["simulated time"]; got.Pass != (more == 0) || (c.Outcome == Differs) != (more == 1) || (c.Why == why) != (more == 1) {
			t.Errorf("%d us more: %+v", more, c)
		}
	}
}
