package protocol

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"pgregory.net/rapid"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
)

func TestDamage(t *testing.T) {
	pattern := []float32{1, -1, 1, 1, -1, 1, -1, -1, 1, 1}
	for _, c := range []struct {
		cue      string
		fraction float64
		want     string // = unchanged, ! flipped, 0 unknown, - off; or the number of changed bits
	}{{"clean", 0.5, "=10"}, {"flip", 0.3, "=7 !3"}, {"flip", 0.25, "=7 !3"}, {"flip", 0.24, "=8 !2"}, {"partial", 0.4, "=6 04"}, {"flip", 1, "!10"}, {"partial", 0, "=10"}} {
		counts := map[string]int{}
		for i, v := range damage(c.cue, c.fraction, pattern, rand.New(rand.NewPCG(1, 2))) {
			counts[map[float32]string{pattern[i]: "=", -pattern[i]: "!", 0: "0"}[v]]++
		}
		var got []string
		for _, k := range []string{"=", "!", "0"} {
			if counts[k] > 0 {
				got = append(got, fmt.Sprint(k, counts[k]))
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s %v: %v, want %s", c.cue, c.fraction, got, c.want)
		}
	}
	if got := damage("occlude", 0.3, pattern, nil); !slices.Equal(got, []float32{1, -1, 1, 1, -1, 1, -1, -1, -1, -1}) {
		t.Errorf("the last are off: %v", got)
	}
	if pattern[9] != 1 {
		t.Error("the pattern itself is damaged")
	}
}

func TestSweeps(t *testing.T) {
	for dynamics, want := range map[string]int{"sign": 50, "belief": 260, "graded_belief": 100, "emphatic_belief": 200} {
		how := &language.Recall{Cueing: language.Cueing{Dynamics: dynamics}}
		if got := sweepsOf(how); got != want {
			t.Errorf("%s takes %d sweeps, want %d", dynamics, got, want)
		}
		if how.Sweeps = 7; sweepsOf(how) != 7 {
			t.Errorf("%s takes %d sweeps, want those of the document", dynamics, sweepsOf(how))
		}
	}
}

func TestConditions(t *testing.T) {
	for source, want := range map[string]string{
		"training.predicted > 0.9 and time > 2":             "",
		`phase == "train" or abs(a.b) >= min(1, max(c, 2))`: "",
		"time":                    "character 1: this is a number, not true or false",
		"training.predicted >":    "character 21: expected a value, got the end",
		"len(phase) > 2":          "character 1: no function len; there are abs, max and min",
		"phase > 2":               "character 7: > needs a text, got a number",
		strings.Repeat("1", 1001): "longer than 1000 characters",
	} {
		err := CheckCondition(source)
		if (want == "") != (err == nil) || err != nil && (!strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), "; expected a condition on time, phase and live measures, such as training.predicted > 0.9")) {
			t.Errorf("%.40s: %v, want %q", source, err, want)
		}
	}
	if got := measuresIn(`a.b.c > 1 and phase == "not.this" or 'nor.that' == phase and not x_1 in [time]`); !slices.Equal(got, []string{"a.b.c", "x_1"}) {
		t.Errorf("measures %q", got)
	}
}

// Samples are spread evenly over steps; until returns the distance to the next.
func TestSampling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps, samples := rapid.IntRange(0, 40).Draw(t, "steps"), rapid.IntRange(0, 60).Draw(t, "samples")
		s := measure.NewSampling(steps, samples)
		var at []int
		for done := 0; done < steps; {
			n := s.Until(done)
			if n == 0 {
				break
			}
			for k := 1; k < n; k++ {
				if s.Due(done + k) {
					t.Fatalf("due %d steps before it is said to be", n-k)
				}
			}
			if done += n; !s.Due(done) {
				t.Fatalf("not due %d steps after %d", n, done-n)
			}
			at = append(at, done)
		}
		for k, v := range at { // the k-th sample of n after k·steps/n, rounded up
			if want := ((k+1)*steps + len(at) - 1) / len(at); v != want {
				t.Fatalf("sample %d of %d over %d steps at %d, want %d", k, len(at), steps, v, want)
			}
		}
		if len(at) != min(steps, samples) || s.Until(steps) != 0 || s.Due(steps+100) {
			t.Fatalf("%d samples over %d steps, want %d", len(at), steps, samples)
		}
	})
}

// Orders are permutations that only depend on seed, phase and pass.
func TestOrders(t *testing.T) {
	o := orders{seed: 3}
	first := slices.Clone(o.of(1, 0, 20))
	var all []string
	for _, k := range [][2]int{{1, 1}, {2, 0}, {2, 1}, {1, 0}} {
		all = append(all, fmt.Sprint(o.of(k[0], k[1], 20)))
	}
	if all[3] != fmt.Sprint(first) {
		t.Error("a pass has another order when it is asked for again")
	}
	slices.Sort(all)
	if len(slices.Compact(all)) != 4 {
		t.Error("passes or phases have one order")
	}
	slices.Sort(first)
	for i, v := range first {
		if v != i {
			t.Fatalf("items %v", first)
		}
	}
	if len(o.of(1, 0, 5)) != 5 {
		t.Error("an order of another number of items is kept")
	}
	if other := (&orders{seed: 4}); fmt.Sprint(other.of(1, 0, 20)) == all[3] {
		t.Error("the order does not go by the seed")
	}
}

// Rehearsed items are earlier ones, each once, within the span.
func TestRehearsed(t *testing.T) {
	ph := &phase{index: 2, Phase: &language.Phase{Present: &language.Present{Repeat: 2, Rehearse: &language.Rehearse{Count: 3}}}}
	seen := map[int]bool{}
	for k := range 200 {
		backs := rehearsed(7, ph, k, k%2)
		if len(backs) != min(3, k) {
			t.Fatalf("item %d: %v", k, backs)
		}
		for i, b := range backs {
			if seen[b] = true; b < 1 || b > min(k, 33) || slices.Contains(backs[:i], b) {
				t.Fatalf("item %d is shown %v before it", k, backs)
			}
		}
	}
	if len(seen) != 33 || rehearsed(7, &phase{Phase: &language.Phase{Present: &language.Present{}}}, 5, 0) != nil {
		t.Errorf("%d places are drawn from, want 33", len(seen))
	}
	ph.Present.Rehearse.Span = 4
	for k := range 50 {
		if got := rehearsed(7, ph, k, 0); len(got) > 0 && slices.Max(got) > 4 {
			t.Fatalf("item %d: %v", k, got)
		}
	}
	if fmt.Sprint(rehearsed(7, ph, 40, 0), rehearsed(7, ph, 41, 0), rehearsed(7, ph, 42, 0)) == fmt.Sprint(rehearsed(7, ph, 40, 1), rehearsed(7, ph, 41, 1), rehearsed(7, ph, 42, 1)) {
		t.Error("repetitions rehearse the same")
	}
}

// A feed is cut so that everything at the given time is in the rest. Appending to the
// first part does not change the rest.
func TestCutFeed(t *testing.T) {
	f := sim.Feed{Inputs: []neuron.Spike{{Time: 1}, {Time: 2}, {Time: 2}, {Time: 5}}, Signals: []neuron.Signal{{Time: 2}, {Time: 3}}}
	before, rest := cutFeed(f, 2)
	if len(before.Inputs) != 1 || len(rest.Inputs) != 3 || len(before.Signals) != 0 || len(rest.Signals) != 2 {
		t.Errorf("%v, %v", before, rest)
	}
	before, rest = cutFeed(f, 3)
	_ = append(before.Signals, neuron.Signal{Time: 9})
	_ = append(before.Inputs, neuron.Spike{Time: 9})
	if len(before.Inputs) != 3 || len(rest.Inputs) != 1 || rest.Signals[0].Time != 3 || rest.Inputs[0].Time != 5 {
		t.Errorf("%v, %v", before, rest)
	}
}

func ptr[T any](v T) *T { return &v }

func TestEventTimes(t *testing.T) {
	every := timedEvent{Event: &language.Event{Every: ptr(config.Duration(10)), After: 5, Until: 30}}
	once := timedEvent{Event: &language.Event{At: ptr(config.Duration(7))}}
	when := timedEvent{Event: &language.Event{When: ptr("x")}}
	for _, c := range []struct {
		e    *timedEvent
		want []neuron.Time
	}{{&every, []neuron.Time{5, 15, 25, neuron.Never}}, {&once, []neuron.Time{7, neuron.Never}}, {&when, []neuron.Time{neuron.Never}}} {
		for n, want := range c.want {
			if got := c.e.time(int64(n)); got != want {
				t.Errorf("time %d is %v, want %v", n, got, want)
			}
		}
	}
	for at, want := range map[neuron.Time]bool{4: false, 5: true, 29: true, 30: false} {
		if every.open(at) != want {
			t.Errorf("at %v: %v", at, !want)
		}
	}
	if every.Until = 0; !every.open(1e9) {
		t.Error("an event without an end ends")
	}
	if occasion("w", &every, 3) != "w-3" || occasion("w", &every, 0) != "w" || occasion("w", &once, 1) != "w" {
		t.Error("names of what happens again and again")
	}
}

// Signals go to ranges of neurons, to each neuron once.
func TestSignals(t *testing.T) {
	e := timedEvent{Event: &language.Event{Silent: ptr(true)}, ids: []neuron.ID{1, 2, 3, 7, 9, 10}}
	var got []string
	for _, s := range e.signals(nil, 5) {
		got = append(got, fmt.Sprint(s.First, "-", s.Last, " ", s.Time, " ", s.Value, " ", s.Kind == neuron.SetSilent))
	}
	if want := []string{"1-4 5µs 1 true", "7-8 5µs 1 true", "9-11 5µs 1 true"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, c := range []struct {
		e    language.Event
		kind neuron.SignalKind
		v    float64
	}{{language.Event{Plastic: ptr(true)}, neuron.SetFrozen, 0}, {language.Event{Plastic: ptr(false)}, neuron.SetFrozen, 1}, {language.Event{RateScale: ptr(0.5)}, neuron.SetRateScale, 0.5},
		{language.Event{Silent: ptr(false)}, neuron.SetSilent, 0}, {language.Event{Stuck: ptr(-1)}, neuron.SetStuck, -1}} {
		all := (&timedEvent{Event: &c.e}).signals(nil, 5)
		if len(all) != 1 || all[0].Kind != c.kind || all[0].Value != c.v || all[0].First != 0 || all[0].Last != 1<<31-1 {
			t.Errorf("%s: %+v", c.e.Action(), all)
		}
	}
}

// Faults are events: one for the start and one for the end.
func TestEventsOfFaults(t *testing.T) {
	for _, c := range []struct {
		f    language.Fault
		want string
	}{
		{language.Fault{Kind: "silent", From: 3}, "at 3 silent true"},
		{language.Fault{Kind: "silent", From: 3, Until: 9}, "at 3 silent true, at 9 silent false"},
		{language.Fault{Kind: "stuck_on", Phase: "p", Until: 9}, "phase p stuck 1, at 9 stuck 0"},
		{language.Fault{Kind: "stuck_off", From: 3}, "at 3 stuck -1"},
		{language.Fault{Kind: "dead_synapses", From: 3, Share: 0.25}, "at 3 lesion synapses random 0.25"},
		{language.Fault{Kind: "crash", Every: 4, From: 3, Down: 2, Restart: "snapshot"}, "every 4 after 3 crash 2 checkpoint"},
		{language.Fault{Kind: "crash", From: 3, Restart: "nothing"}, "at 3 crash 0 nothing"},
	} {
		var all []string
		for _, e := range eventsOf(&c.f) {
			all = append(all, wordsOf(&e))
		}
		if got := strings.Join(all, ", "); got != c.want {
			t.Errorf("%+v: %s, want %s", c.f, got, c.want)
		}
	}
}

func wordsOf(e *language.Event) string {
	var w []any
	switch {
	case e.Every != nil:
		w = append(w, "every", int64(*e.Every), "after", int64(e.After))
	case e.Phase != nil:
		w = append(w, "phase", *e.Phase)
	default:
		w = append(w, "at", int64(*e.At))
	}
	switch {
	case e.Silent != nil:
		w = append(w, "silent", *e.Silent)
	case e.Stuck != nil:
		w = append(w, "stuck", *e.Stuck)
	case e.Lesion != nil:
		w = append(w, "lesion", e.Lesion.Of, e.Lesion.By, float64(*e.Lesion.Fraction))
	case e.Crash != nil:
		w = append(w, "crash", int64(e.Crash.Down), e.Crash.Restart)
	}
	return strings.TrimSuffix(fmt.Sprintln(w...), "\n")
}

// gather keeps the last sample of each neuron, added up over looks.
func TestGather(t *testing.T) {
	var b buffers
	s := func(id neuron.ID, at neuron.Time, theta float64) neuron.Sample {
		x := neuron.Sample{Neuron: id, Time: at, Theta: theta, Output: float32(at)}
		x.Sum[neuron.Contextual] = 10 * theta
		return x
	}
	for range 2 { // the second presentation starts again
		b.gather([]neuron.Sample{s(3, 1, 9), s(1, 1, 0.2), s(3, 2, 0.4)}, 5, true)
		b.gather([]neuron.Sample{s(3, 3, 0.8), s(4, 3, 1)}, 5, false)
		var got []string
		for _, x := range b.sorted(2) {
			got = append(got, fmt.Sprintf("%d %.2f %.2f %v %v", x.Neuron, x.Theta, x.Sum[neuron.Contextual], x.Output, x.Time))
		}
		if want := []string{"1 0.10 1.00 1 1µs", "3 0.60 6.00 3 3µs", "4 0.50 5.00 3 3µs"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if b.gather([]neuron.Sample{s(2, 1, 0.5)}, 5, true); b.sorted(1)[0].Theta != 0.5 || len(b.samples) != 1 {
		t.Error("one look is taken as it is")
	}
	if b.whole = []neuron.Sample{s(0, 1, 1)}; len(b.sorted(1)) != 1 || b.sorted(1)[0].Neuron != 0 {
		t.Error("samples that are in order as they came are taken as they are")
	}
	if !ascending([]neuron.Sample{{Neuron: 1}, {Neuron: 2}}) || ascending([]neuron.Sample{{Neuron: 1}, {Neuron: 1}}) || ascending([]neuron.Sample{{Neuron: 2}, {Neuron: 1}}) || !ascending(nil) {
		t.Error("ascending is of one neuron after the other, each once")
	}
}

func TestTargetsAreJoined(t *testing.T) {
	var s step
	for _, x := range []target{{0, 3, neuron.Fire}, {3, 5, neuron.Fire}, {6, 7, neuron.Fire}, {7, 8, neuron.Learn}, {8, 9, neuron.Learn | neuron.Observe}} {
		s.add(x)
	}
	if !slices.Equal(s.targets, []target{{0, 5, neuron.Fire}, {6, 7, neuron.Fire}, {7, 8, neuron.Learn}, {8, 9, neuron.Learn | neuron.Observe}}) {
		t.Errorf("%v", s.targets)
	}
	if got := s.without(false).targets; !slices.Equal(got, []target{{0, 5, neuron.Fire}, {6, 7, neuron.Fire}, {8, 9, neuron.Observe}}) {
		t.Errorf("where nobody learns: %v", got)
	}
	if got := s.without(true).targets; !slices.Equal(got, s.targets) {
		t.Errorf("where they learn: %v", got)
	}
}

func TestProbeRows(t *testing.T) {
	s := neuron.Sample{Neuron: 4, Time: 9, Theta: 0.25, Output: -1}
	s.Sum = [neuron.NumPorts]float64{1, 2, 3}
	var got []string
	for _, r := range appendSample([]journal.ProbeRow{{Quantity: "before"}}, []string{"y", "c", "theta", "weights"}, &s) {
		got = append(got, fmt.Sprint(r.Quantity, " ", r.Value, " ", r.Neuron, " ", r.Time, " ", r.Source))
	}
	if want := []string{"before 0 0 0s 0", "c 2 4 9µs -1", "theta 0.25 4 9µs -1", "y -1 4 9µs -1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, c := range []struct {
		of   []string
		want neuron.Want
	}{{[]string{"y", "r"}, 0}, {[]string{"weights"}, neuron.WantWeights}, {[]string{"D"}, neuron.WantLearning}, {[]string{"chi", "atoms"}, neuron.WantLearning | neuron.WantAtoms}} {
		if got := wanted(c.of); got != c.want {
			t.Errorf("%v wants %v", c.of, got)
		}
	}
}

// Rows that are mostly zeros are stored as lists of the other values, and give the same
// results.
func TestInputRows(t *testing.T) {
	x := inputRows{width: 3, signs: true}
	for _, row := range [][]float32{{0, 2, 0}, {0, 0, 0}, {1, 0, -1}} {
		x.add(row)
	}
	if got := x.pick([]int{2, 0}); !slices.Equal(got.Dense, []float64{1, 0, -1, 0, 2, 0}) || got.Signs {
		t.Errorf("%v", got)
	}
	x.thin()
	x.add([]float32{0, 0, 5})
	got := x.pick([]int{3, 1, 2})
	if x.dense != nil || fmt.Sprint(got.Sparse) != "[{[2] [5]} {[] []} {[0 2] [1 -1]}]" {
		t.Errorf("%v", got.Sparse)
	}
	signs := inputRows{width: 2, signs: true}
	signs.add([]float32{1, -1})
	if !signs.pick([]int{0}).Signs {
		t.Error("signs are taken for numbers")
	}
	if (source{input: "a", bias: true}).key() == (source{input: "a"}).key() {
		t.Error("rows with a bias are those without")
	}
}

func TestRowsOfTables(t *testing.T) {
	list := func(v ...starlark.Value) starlark.Value { return starlark.NewList(v) }
	row, err := rowOf(list(starlark.String("a"), starlark.True, starlark.MakeInt(3), starlark.Float(2.5)), 4)
	if err != nil || !slices.Equal(row, []any{"a", 1, 3, 2.5}) {
		t.Errorf("%v, %v", row, err)
	}
	for want, v := range map[string]starlark.Value{"got int, expected a list of 2": starlark.MakeInt(1), "got list, expected a list of 2": list(starlark.None), "got NoneType, expected numbers and text": list(starlark.MakeInt(1), starlark.None)} {
		if _, err := rowOf(v, 2); fmt.Sprint(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	table := journal.Table{Columns: []string{"a", "b", "c"}, Rows: [][]any{{1, 2, "x"}, {2.5, 3, "y"}}}
	if err := evenColumns(&table); err != nil || table.Rows[0][0] != 1.0 || table.Rows[0][1] != 2 || table.Rows[1][2] != "y" {
		t.Errorf("%v, %v", table.Rows, err)
	}
	table.Rows[1][2] = 7
	if err := evenColumns(&table); fmt.Sprint(err) != "column c has numbers and text, expected one of them" {
		t.Error(err)
	}
}

func TestTimesOfScripts(t *testing.T) {
	for _, c := range []struct {
		v    starlark.Value
		want neuron.Time
		err  string
	}{
		{nil, 0, ""}, {starlark.None, 0, ""}, {starlark.Float(0.0015), 1500, ""}, {starlark.MakeInt(2), 2_000_000, ""}, {starlark.String("5ms"), 5000, ""},
		{starlark.Float(-1), 0, "duration is -1.0, expected a number of seconds, or text such as \"5ms\""},
		{starlark.Float(math.NaN()), 0, "duration is nan, expected a number of seconds, or text such as \"5ms\""},
		{starlark.MakeInt(3_600_001), 0, "duration is 3600001, expected a number of seconds, or text such as \"5ms\""},
		{starlark.MakeInt(3_600_000), 3_600_000_000_000, ""},
		{starlark.String("5 apples"), 0, "duration is \"5 apples\", expected a number of seconds, or text such as \"5ms\""},
		{starlark.String("-5ms"), 0, "duration is \"-5ms\", expected a number of seconds, or text such as \"5ms\""},
		{starlark.True, 0, "duration is True, expected a number of seconds, or text such as \"5ms\""},
	} {
		got, err := timeOf(c.v)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%v: %v, %v", c.v, got, err)
		}
	}
}

func TestPlainValues(t *testing.T) {
	d := starlark.NewDict(1)
	if err := d.SetKey(starlark.String("k"), starlark.Tuple{starlark.MakeInt(1), starlark.Float(0.5), starlark.None, starlark.True, starlark.False, starlark.String("s")}); err != nil {
		t.Fatal(err)
	}
	got, err := plainOf(d, 0)
	if err != nil || fmt.Sprint(got) != "map[k:[1 0.5 <nil> true false s]]" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := plainOf(starlark.NewBuiltin("f", nil), 0); fmt.Sprint(err) != "a value of type builtin_function_or_method" {
		t.Error(err)
	}
	deep := starlark.Value(starlark.MakeInt(1))
	for range 10 {
		deep = starlark.NewList([]starlark.Value{deep})
	}
	if _, err := plainOf(deep, 0); err != nil {
		t.Error(err)
	}
	if _, err := plainOf(starlark.NewList([]starlark.Value{deep}), 0); fmt.Sprint(err) != "a value that is nested too deep" {
		t.Error(err)
	}
	inDict := new(starlark.Dict)
	put(inDict, starlark.String("k"), deep)
	if _, err := plainOf(inDict, 0); fmt.Sprint(err) != "a value that is nested too deep" {
		t.Error(err)
	}
	put(inDict, starlark.String("k"), deep.(*starlark.List).Index(0))
	if _, err := plainOf(inDict, 0); err != nil {
		t.Error(err)
	}
}
