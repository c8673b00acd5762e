package protocol

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

var errBroken = errors.New("broken")

// counted fails at the call with a given number.
type counted struct{ calls, at int }

func (c *counted) next() error {
	if c.calls++; c.calls == c.at {
		return errBroken
	}
	return nil
}

// frail is an engine that fails once.
type frail struct {
	sim.Engine
	*counted
}

func (f *frail) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	if err := f.next(); err != nil {
		return err
	}
	return f.Engine.Advance(ctx, until, feed, sink)
}

func (f *frail) Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error) {
	if err := f.next(); err != nil {
		return nil, err
	}
	return f.Engine.Report(ids, want)
}

func (f *frail) State() ([]byte, error) {
	if err := f.next(); err != nil {
		return nil, err
	}
	return f.Engine.State()
}

func (f *frail) Restore(state []byte) error {
	if err := f.next(); err != nil {
		return err
	}
	return f.Engine.Restore(state)
}

// deaf is a listener whose callbacks count their calls, one of which fails.
func deaf(c *counted) *journal.Listener {
	l := &journal.Listener{
		Phase:        func(string) error { return c.next() },
		Step:         func(string, int, int) error { return c.next() },
		Shown:        func(journal.Shown) error { return c.next() },
		Presentation: func(journal.Presentation) error { return c.next() },
		Atoms:        func(neuron.Time, []neuron.Report) error { return c.next() },
		Weights:      func(string, *sim.Network, []neuron.Report) error { return c.next() },
		Probe:        func([]journal.ProbeRow) error { return c.next() },
		Measure:      func(neuron.Time, string, float64) error { return c.next() },
		Table:        func(journal.Table) error { return c.next() },
		Figure:       func(string, journal.Figure) error { return c.next() },
		Picture:      func(string, journal.Figure) error { return c.next() },
		Checkpoint:   c.next,
		Epoch:        func(neuron.Time, *neuron.Output) error { return c.next() },
	}
	return l
}

// broken runs a document with an engine and a listener whose at-th call fails, and
// returns the numbers of calls.
func broken(t *testing.T, text string, engine, listener int) (calls [2]int, err error) {
	t.Helper()
	plan, err := prepare(text)
	if err != nil {
		t.Fatal(err)
	}
	e, l := &counted{at: engine}, &counted{at: listener}
	r, err := plan.Start(&frail{engineOf(t, plan), e}, deaf(l))
	if err != nil {
		t.Fatal(err)
	}
	err = r.Go(context.Background())
	return [2]int{e.calls, l.calls}, err
}

// some returns numbers from 1 to n: all small ones, and fewer of the larger ones.
func some(n int) (all []int) {
	for k := 1; k <= n; k += 1 + k/25 {
		all = append(all, k)
	}
	return append(all, n)
}

// TestEveryFailureEndsTheRun: if any call of the engine or the listener fails, in any
// kind of phase or event, the run ends with that error.
func TestEveryFailureEndsTheRun(t *testing.T) {
	for name, text := range documents {
		whole, err := broken(t, text, 0, 0)
		if err != nil {
			t.Fatal(name, err)
		}
		for _, n := range some(whole[0]) {
			if _, err := broken(t, text, n, 0); !errors.Is(err, errBroken) && !strings.Contains(fmt.Sprint(err), "broken") {
				t.Errorf("%s: call %d of %d of the engine failed: %v", name, n, whole[0], err)
			}
		}
		for _, n := range some(whole[1]) {
			if _, err := broken(t, text, 0, n); !errors.Is(err, errBroken) && !strings.Contains(fmt.Sprint(err), "broken") {
				t.Errorf("%s: call %d of %d of the listener failed: %v", name, n, whole[1], err)
			}
		}
	}
}

// Phases and events are marked in figures over time; a single phase is not.
func TestMarksOfFigures(t *testing.T) {
	for _, c := range []struct{ phases, want string }{
		{"  - {name: a, present: {data: p}}\n", "[3]"}, // none but the event
		{"  - {name: a, present: {data: p}}\n  - {name: b, rest: {duration: 2ms}}\n", "[0 a true] [3] [10.005 b true]"},
	} {
		text := strings.Replace(small, "  - {from: other, to: memory, port: c}\n", "", 1)
		text = strings.Replace(strings.Replace(text, ", other: {size: 1}", "", 1), "  o: {patterns: {source: random, count: 2, width: 1, height: 1}, to: {other: {field: pattern, off: -1}}}\n", "", 1)
		l := start(t, text+c.phases+"record: {atoms: 0}\nevents: [{at: 3ms, silent: false}]\nmeasure: [{name: q, predicted: {population: memory}}]\n")
		var got [][]journal.Mark
		l.Run.out.Figure = func(_ string, f journal.Figure) error {
			if r, ok := f.(journal.Raster); ok {
				got = append(got, r.Marks)
			}
			return nil
		}
		if err := l.Go(context.Background()); err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, m := range got[0] {
			if m.Phase {
				words = append(words, fmt.Sprintf("[%g %s true]", 1000*m.Seconds, m.Name))
			} else {
				words = append(words, fmt.Sprintf("[%g]", 1000*m.Seconds))
			}
		}
		if strings.Join(words, " ") != c.want {
			t.Errorf("%s: marks %q, want %s", c.phases, words, c.want)
		}
	}
	r := &timeline{}
	for i := range maxMarks + 5 {
		r.mark(fmt.Sprint(i), neuron.Time(i), false)
	}
	if len(r.state.Marks) != maxMarks || r.state.Marks[maxMarks-1].Name != fmt.Sprint(maxMarks-1) || r.state.Marks[7].Seconds != 7e-6 {
		t.Errorf("%d marks", len(r.state.Marks))
	}
}

// In a state from before events were added, the new events have not happened yet and come
// before the faults. Faults that waited still wait.
func TestStatesWithFewerEvents(t *testing.T) {
	text := small + others + "  - {name: x, present: {data: p}}\nevents: [{at: 1s, silent: true}, {at: 2s, silent: true}, {at: 3s, silent: true}]\nfaults: [{kind: silent, share: 25%, from: 4s}]\nrecord: {atoms: 0}\n"
	for _, c := range []struct {
		was  []bool
		done []int64
		late []int
		want string
	}{
		{[]bool{true, false, true, true}, []int64{1, 2, 3, 4}, []int{3}, "[true false true true] [1 2 3 4] [3]"},
		{[]bool{true, false, true}, []int64{1, 2, 4}, []int{0, 2}, "[true false false true] [1 2 0 4] [0 3]"},
		{[]bool{true, true}, []int64{1, 4}, []int{1, 0}, "[true false false true] [1 0 0 4] [3 0]"},
		{[]bool{true}, []int64{4}, []int{0}, "[false false false true] [0 0 0 4] [3]"},
		{nil, nil, nil, "protocol: the state is of a run with 0 events, not 4"},
		{[]bool{true, true, true}, []int64{1, 2}, nil, "protocol: the state is of a run with 3 events, not 4"},
		{[]bool{true, true, true, true, true}, []int64{1, 2, 3, 4, 5}, nil, "protocol: the state is of a run with 5 events, not 4"},
		{[]bool{true, true, true, true}, []int64{1, 2, 3, 4, 5}, nil, "protocol: the state is of a run with 4 events, not 4"},
		{[]bool{true, true, true, true}, []int64{1, 2, 3, 4}, []int{4}, "protocol: the state names event 4 of 4"},
	} {
		l := start(t, text)
		err := l.engine.restore(&timelineState{Was: c.was, Done: c.done, Late: slices.Clone(c.late), Phase: "x", Measures: map[string]float64{"a.b": 3}})
		got := fmt.Sprint(l.engine.state.Was, l.engine.state.Done, l.engine.state.Late)
		if err != nil {
			got = err.Error()
		} else if l.engine.seen.Phase != "x" || l.engine.seen.Measures["a.b"] != 3 {
			t.Errorf("conditions see %v", l.engine.seen)
		}
		if got != c.want {
			t.Errorf("%v %v %v: %s, want %s", c.was, c.done, c.late, got, c.want)
		}
	}
}

// An event that takes longer than its period would never end.
func TestEventsWithoutEnd(t *testing.T) {
	for event, want := range map[string]string{
		"{every: 1ms, after: 1ms, show: {input: input, values: [1, 1, 1, 1]}}":                "events[0]: happens every 1ms and takes 2.001ms each time, so it would be due again for ever; give it a longer every, or until",
		"{every: 2001us, after: 1ms, show: {input: input, values: [1, 1, 1, 1]}}":             "events[0]: happens every 2.001ms and takes 2.001ms each time, so it would be due again for ever; give it a longer every, or until",
		"{every: 2002us, after: 1ms, until: 9ms, show: {input: input, values: [1, 1, 1, 1]}}": "",
		"{every: 1ms, after: 1ms, until: 9ms, show: {input: input, values: [1, 1, 1, 1]}}":    "",
		"{every: 10ms, after: 1ms, show: {input: input, values: [1, 1, 1, 1]}}":               "",
		"{every: 1ms, after: 1ms, until: 20ms, measure: true}":                                "",
	} {
		l := start(t, small+others+"  - {name: x, present: {data: p}}\nevents: ["+event+"]\nrecord: {atoms: 0}\n")
		err := l.Go(context.Background())
		if want == "" && err != nil || want != "" && fmt.Sprint(err) != want {
			t.Errorf("%s: %v, want %s", event, err, want)
		}
	}
}

// Evidence for a bit is a field that is finite and not 0, or a cue that is held and not
// 0. A silent neuron has none.
func TestEvidence(t *testing.T) {
	l := learnt(t)
	c, err := l.plan.cueing(&language.Recall{Cueing: language.Cueing{Input: "input", Population: "memory", Dynamics: "sign", Release: "released"}})
	if err != nil || c.drive != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	cue := []float32{1, -1, 0, 1}
	got, err := l.recallCue(t.Context(), &c, cue)
	if err != nil || len(got.Outputs) != 4 || fmt.Sprint(got.Evidence) != "[true true true true]" || !slices.Equal(got.Cue, cue) {
		t.Errorf("%+v, %v", got, err)
	}
	fresh := start(t, small+others+"  - {name: x, present: {data: p}}\nrecord: {atoms: 0}\n") // context weights are 0
	for release, want := range map[string]string{"released": "[false false false false]", "fading": "[false false false false]", "held": "[true true false true]"} {
		c.how = &language.Recall{Cueing: language.Cueing{Input: "input", Population: "memory", Dynamics: "sign", Release: release}}
		got, err := fresh.recallCue(t.Context(), &c, cue)
		if err != nil || fmt.Sprint(got.Evidence) != want {
			t.Errorf("%s: %v, %v, want %s", release, got.Evidence, err, want)
		}
	}
}

// A recall event gives no credit for bits without evidence: weights from the context are 0,
// so every recalled bit is unknown, and the overlap is 0 whatever the cue was.
func TestRecallEventWithoutEvidence(t *testing.T) {
	l := start(t, small+others+"  - {name: x, present: {data: p, learn: none}}\nrecord: {atoms: 0}\n"+
		"events: [{at: 11ms, recall: {input: input, population: memory, values: [1, 1, 1, 1], sweeps: 2}}]\n")
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(l.with("measure")) {
		if strings.HasPrefix(line, "measure event.recall") {
			got = append(got, line)
		}
	}
	if len(got) != 1 || !strings.HasPrefix(got[0], "measure event.recall 0 at") {
		t.Errorf("%q, want one overlap of 0", got)
	}
}

// TestNetworkRefused: a network that cannot be built is refused with the key.
func TestNetworkRefused(t *testing.T) {
	for change, want := range map[string]string{"{size: 4, neuron: unit}": "populations.memory.size: expected a number of neurons", "rule: one_to_one, weights: 2": "projections[0].rule"} {
		text := strings.Replace(small, change, map[bool]string{true: "{neuron: unit}", false: "rule: {name: imported, graph: gone.csv}"}[change[0] == '{'], 1)
		if _, err := prepare(text + others + "  - {name: x, present: {data: p}}\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Populations that learn or are measured, with wrong names or kinds.
func TestPlansRefused(t *testing.T) {
	const endless = "  e: {bars: {rows: 2}, to: {input: image}}\nprotocol:\n"
	text := strings.Replace(strings.Replace(small, "protocol:\n", endless, 1), "  p: {patterns: {source: random, count: 5, width: 2, height: 2}, to: {input: {field: pattern, off: -1}}}\n", "", 1)
	for _, c := range [][2]string{
		{"present: {data: e}", "protocol[1].present.count: expected how many presentations, because the source has no end; add count: 1000"},
		{"present: {data: e, count: 3, items: '#1'}", "protocol[1].present.items: got \"#1\", expected all, because the source has no end"},
		{"present: {data: e, count: 3, duration: 2ms}", "protocol[1].present.count: is given together with passes or duration; only one of passes, count, duration is allowed"},
		{"present: {data: e, count: 3}", ""}, {"present: {data: e, duration: 3ms}", ""},
		{"recall: {data: e, input: input, population: memory}", "protocol[1].recall.data: got \"e\", expected a source with an end"},
		{"store: {data: e, input: input, projection: context, rule: hebb}", "protocol[1].store.rule: is for at most 5000 neurons and patterns"},
		{"script: {data: e, input: input, population: memory, code: 'def next(ctx): return None'}", "protocol[1].script.data: got \"e\", expected a source with an end"},
	} {
		_, err := prepare(text + others + "  - {name: x, " + c[0] + "}\n")
		if c[1] == "" && err != nil || c[1] != "" && (err == nil || !strings.Contains(err.Error(), c[1])) {
			t.Errorf("%s: %v, want %s", c[0], err, c[1])
		}
	}
	p := planOf(t, strings.NewReplacer("memory: {size: 4", "memory: {size: 4, neuron: unit}, second: {size: 3", "projections:\n", "projections:\n  - {from: input, to: second, port: r}\n").Replace(small)+others+"  - {name: x, present: {data: p, steps: [{do: [fire]}, {do: [learn, observe], populations: [second]}, {do: [observe], populations: [memory, second]}]}}\n")
	var got []string
	for _, s := range p.phases[1].steps {
		got = append(got, fmt.Sprint(s.targets, s.tells))
	}
	if want := fmt.Sprint([]string{"[{0 7 1}] true", "[{4 7 6}] false", "[{0 7 4}] false"}); fmt.Sprint(got) != want {
		t.Errorf("steps %v, want %s", got, want)
	}
	ph := &phase{steps: p.phases[1].steps[1:2]}
	if ph.updates(p, 0) || !ph.updates(p, 1) {
		t.Error("the second population alone has a part in the step")
	}
	if got := ph.steps[0].flags(3); got != 0 || ph.steps[0].flags(4) != neuron.Learn|neuron.Observe || ph.steps[0].flags(6) == 0 || ph.steps[0].flags(7) != 0 {
		t.Errorf("flags of neuron 3: %v", got)
	}
}

// A fault with a share affects that share of the neurons, rounded. If that is none, there
// is a note.
func TestSharesOfFaults(t *testing.T) {
	for _, c := range []struct {
		share string
		n     int
		note  string
	}{
		{"25%", 1, ""}, {"37%", 1, ""}, {"38%", 2, ""}, {"100%", 4, ""}, {"12%", 0, "faults[0] affects no neuron: 12 % of 4 neurons is less than one"}, {"13%", 1, ""},
	} {
		p := planOf(t, small+others+"  - {name: x, present: {data: p}}\nfaults: [{kind: silent, share: "+c.share+", from: 1ms}]\n")
		n := 0
		if len(p.events) != min(c.n, 1) {
			t.Errorf("%s: %d events", c.share, len(p.events))
		}
		for _, e := range p.events {
			n += len(e.ids)
			if e.fault != "faults[0]" || e.Neurons != "all" || !slices.IsSorted(e.ids) {
				t.Errorf("%s: %+v", c.share, e)
			}
		}
		notes := p.faultNotes()
		if n != c.n || strings.Join(notes, "") != c.note || !strings.Contains(strings.Join(p.Notes(), "\n"), c.note) {
			t.Errorf("%s is %d neurons, %q; want %d, %q", c.share, n, notes, c.n, c.note)
		}
	}
	p := planOf(t, small+others+"  - {name: x, present: {data: p}}\nfaults: [{kind: dead_synapses, share: 12%, from: 1ms}, {kind: silent, neurons: 'memory:2', from: 1ms}]\n")
	if notes := p.faultNotes(); len(p.events) != 2 || p.events[0].ids != nil || len(notes) > 0 {
		t.Errorf("12 %% of the synapses, and a neuron: %+v, %q", p.events, notes)
	}
	p = planOf(t, small+others+"  - {name: x, present: {data: p}}\nfaults: [{kind: crash, neurons: all, every: 9ms, restart: snapshot, snapshot: 5ms}, {kind: crash, share: 50%, from: 1ms, restart: snapshot, snapshot: 3ms}, {kind: silent, neurons: 'memory:2', from: 1ms, until: 2ms}]\n")
	var got []string
	for _, e := range p.events {
		every := config.Duration(0)
		if e.Every != nil {
			every = *e.Every
		}
		got = append(got, fmt.Sprint(e.Action(), " ", e.fault, " ", len(e.ids), " ", every, " ", e.remember))
	}
	if want := []string{"crash faults[0] 0 9ms false", "crash faults[1] 2 0us false", "silent faults[2] 1 0us false", "silent  1 0us false", "checkpoint  0 3ms true"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestShortestSnapshot: one snapshot serves all faults, as often as the most frequent
// one needs it, in whatever order the faults are.
func TestShortestSnapshot(t *testing.T) {
	for _, spans := range [][]string{{"5ms", "3ms", "4ms"}, {"3ms", "4ms", "5ms"}, {"4ms", "5ms", "3ms"}} {
		text := small + others + "  - {name: x, present: {data: p}}\nfaults:\n"
		for _, span := range spans {
			text += "  - {kind: crash, neurons: all, every: 9ms, restart: snapshot, snapshot: " + span + "}\n"
		}
		events := planOf(t, text).events
		last := events[len(events)-1]
		if len(events) != 4 || !last.remember || *last.Every != config.Duration(3*neuron.Millisecond) {
			t.Errorf("%v: %d events, a snapshot every %v", spans, len(events), last.Every)
		}
	}
}
