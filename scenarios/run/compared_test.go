package run

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
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

// TestReplaysThatAreGone: if what a replay wrote cannot be read, the comparison fails; it
// finds neither a difference nor none.
func TestReplaysThatAreGone(t *testing.T) {
	r := executed(t, small(t))
	again := filepath.Join(t.TempDir(), "again")
	for _, name := range []string{"manifest.json", "summary.json", "spikes.parquet"} {
		done(t, small(t), Options{Dir: again, Lean: true})
		if err := os.Remove(filepath.Join(again, name)); err != nil {
			t.Fatal(err)
		}
		var all comparisons
		if err := r.compare(&Result{Dir: again}, nil, &all); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
		if err := os.RemoveAll(again); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCopiesThatCannotBeMade: an audit whose neurons cannot be copied does not begin.
func TestCopiesThatCannotBeMade(t *testing.T) {
	r := executed(t, small(t))
	p := &repetition{Recorded: r}
	net := *r.net
	net.Config = func(neuron.ID) *neuron.Config { return &neuron.Config{} }
	if e, err := p.open(&net); err == nil || len(p.engines) != 0 {
		t.Errorf("%+v, %v, %d engines", e, err, len(p.engines))
	}
	e, err := p.open(r.net)
	if err != nil || len(p.engines) != 1 || len(p.verdicts()) != r.Neurons() {
		t.Fatalf("%v, %d engines", err, len(p.engines))
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// TestCopiesInNetworksOfAnySize: of the neurons that are asked for, each network has copies
// of those that it has. A neuron of several networks has one verdict.
func TestCopiesInNetworksOfAnySize(t *testing.T) {
	r := executed(t, small(t))
	p := &repetition{Recorded: r, ids: []neuron.ID{9, 3, 15}}
	for _, s := range []*Scenario{small(t, "network.neurons=9", "associative_memory.patterns.width=3"), small(t)} {
		e, err := p.open(networkOf(t, s))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	var numbers []neuron.ID
	for _, v := range p.verdicts() {
		numbers = append(numbers, v.Neuron)
	}
	if !slices.Equal(numbers, []neuron.ID{3, 9, 15}) {
		t.Errorf("verdicts on %v", numbers)
	}
}

// TestEveryPartOfNeuronsIsCompared: what differs in one part of a neuron is told of that part
// only, with the number of neurons.
func TestEveryPartOfNeuronsIsCompared(t *testing.T) {
	parts := []string{"inputs", "inboxes", "outputs", "weights", "windows", "states"}
	for k, d := range []actors.Differs{{Inputs: true}, {Inboxes: true}, {Spikes: true}, {Weights: true}, {Window: true}, {State: true}, {}} {
		var c comparisons
		c.neurons([]actors.Verdict{{Ended: true}, {Ended: true, Differs: d}, {Differs: d}, {}, {Ended: true}})
		if len(c) != len(parts) {
			t.Fatalf("%+v: %d comparisons", d, len(c))
		}
		for i, o := range c {
			outcome, why, of := Same, "", "3 of 5 neurons"
			if i == k {
				outcome, why, of = Differs, "of 2 neurons", "4 of 5 neurons"
			}
			if o.What != parts[i] || o.Outcome != outcome || o.Why != why || o.Of != of {
				t.Errorf("%+v: %+v, want %s %s of %s", d, o, parts[i], outcome, of)
			}
		}
	}
}

// TestCoursesCompared: a replay that ends as the run did has the same course; what ended it
// otherwise is told. Without results there is nothing else to compare.
func TestCoursesCompared(t *testing.T) {
	const nothing = "tables and scores with : not compared of : the scenario could not be run again\n"
	for _, c := range []struct {
		status record.Status
		res    *Result
		err    error
		want   string
	}{
		{record.StatusDone, nil, errEnough, "course with scenario: differs of : it cannot be run again: that is enough\n" + nothing},
		{record.StatusDone, &Result{}, errEnough, "course with scenario: differs of : it cannot be run again: that is enough\n" + nothing},
		{record.StatusDone, nil, actors.ErrRecordingEnds, "course with recording: differs of : the run goes on after its recording ends\n" + nothing},
		{record.StatusDone, &Result{}, nil, nothing},
		{record.StatusFailed, nil, errEnough, "course with scenario: differs of : it cannot be run again: that is enough\n" + nothing},
		{record.StatusFailed, &Result{}, errEnough, "course with scenario: differs of : it cannot be run again: that is enough\n" + nothing},
	} {
		var all comparisons
		r := &Recorded{manifest: &record.Manifest{Status: c.status}}
		if err := r.compare(c.res, c.err, &all); err != nil || all.told() != c.want {
			t.Errorf("%s, %+v, %v: %v, %s\nwant %s", c.status, c.res, c.err, err, all.told(), c.want)
		}
	}
}

// TestShorterTables: a table with fewer rows differs if the run came to its end.
func TestShorterTables(t *testing.T) {
	long, short := filepath.Dir(tableFile(t, 3)), filepath.Dir(tableFile(t, 2))
	for status, want := range map[record.Status]string{
		record.StatusDone:        "table measures.parquet with the replay: differs of 2 rows: it has 3 rows, the replay 2\n",
		record.StatusInterrupted: "table measures.parquet with the replay: same of 2 rows: \n",
	} {
		var all comparisons
		r := &Recorded{Dir: long, manifest: &record.Manifest{Status: status}}
		is, again := record.TableInfo{File: "measures.parquet", Rows: 3}, record.TableInfo{File: "measures.parquet", Rows: 2}
		if err := r.table(&all, short, is, again); err != nil || all.told() != want {
			t.Errorf("%s: %v, %s, want %s", status, err, all.told(), want)
		}
	}
}

// TestRecordingsOfOtherNetworks: a recording of another network cannot be replayed.
func TestRecordingsOfOtherNetworks(t *testing.T) {
	dir, other := filepath.Join(t.TempDir(), "r"), filepath.Join(t.TempDir(), "other")
	done(t, small(t, "mode=free"), Options{Dir: dir, Lean: true})
	done(t, small(t, "mode=free", "network.neurons=9", "associative_memory.patterns.width=3"), Options{Dir: other, Lean: true})
	forge{t, dir}.file(inboxes.Name, forge{t, other}.read(inboxes.Name))
	r, err := OpenRecorded(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if got, err := r.Replay(t.Context(), actors.ReplayOptions{Workers: 1}); got != nil || err == nil || !strings.Contains(err.Error(), inboxes.Name) {
		t.Errorf("%+v, %v", got, err)
	}
}
