package protocol

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/baseline"
	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// learnt is a run of small that has learned all patterns.
func learnt(t *testing.T) *logged {
	t.Helper()
	return run(t, small+others+"  - {name: learn, present: {data: p, passes: 4}}\nrecord: {atoms: 0}\n")
}

// event reads an event that happens immediately.
func event(t *testing.T, text string) *language.Event {
	t.Helper()
	var e language.Event
	if err := config.Decode("event", []byte("{at: 0us, "+text+"}"), &e); err != nil {
		t.Fatal(err)
	}
	return &e
}

// do executes an event.
func (l *logged) do(text string) {
	l.t.Helper()
	if err := l.engine.do(context.Background(), event(l.t.(*testing.T), text)); err != nil {
		l.t.Fatal(err)
	}
}

// weights returns the weights of a neuron by source, added up over ports.
func (l *logged) weights(id neuron.ID) map[neuron.ID]float64 {
	l.t.Helper()
	reports, err := l.engine.Report([]neuron.ID{id}, neuron.WantWeights)
	if err != nil {
		l.t.Fatal(err)
	}
	net, all := l.engine.Network(), map[neuron.ID]float64{}
	for source, w := range row(net, &reports[0], net.NumNeurons()+net.NumChannels()) {
		if w != 0 {
			all[neuron.ID(source)] = w
		}
	}
	return all
}

// synapses counts the synapses between neurons, those from channels, and those with a
// weight.
func (l *logged) synapses() (between, heard, weighted int) {
	net := l.engine.Network()
	for id := range neuron.ID(net.NumNeurons()) {
		w := l.weights(id)
		for _, source := range net.Incoming(id).Source {
			if int(source) < net.NumNeurons() {
				between++
				if w[source] != 0 {
					weighted++
				}
			} else {
				heard++
			}
		}
	}
	return between, heard, weighted
}

// Changes of synapses by events: 12 or 16 between four neurons, and 8 from channels.
func TestStructureOfEvents(t *testing.T) {
	between, heard, weighted := learnt(t).synapses()
	if heard != 8 || between != weighted {
		t.Fatalf("%d synapses between neurons, %d of them with weights, and %d from channels", between, weighted, heard)
	}
	for _, c := range []struct {
		event                    string
		between, heard, weighted int
	}{
		{"lesion: {of: synapses, count: 5}", between - 5, 8, between - 5},
		{"lesion: {of: synapses, fraction: 0%}", between, 8, between},
		{"lesion: {of: synapses, fraction: 50%, projection: context}", between / 2, 8, between / 2},
		{"lesion: {by: named}, neurons: 'memory:1'", -1, 6, -1},
		{"rewire: {fraction: 100%}", between, 8, between}, // all-to-all, so there is no other source
		{"turnover: {threshold: 1000, regrow: false}", 0, 8, 0},
		{"turnover: {threshold: 1e-9, regrow: false}", between, 8, between},
		{"turnover: {threshold: 1000, for: 1ms, regrow: false}", between, 8, between}, // not weak for long enough
		{"delay: 2ms", between, 8, between},
		{"noise: {loss: 10%}", between, 8, between},
	} {
		l := learnt(t)
		l.do(c.event)
		b, h, w := l.synapses()
		if c.between == -1 { // a neuron has neither inputs nor outputs any more
			n := l.engine.Network()
			if !slices.Equal(n.Removed, []neuron.ID{1}) || b >= between-4 {
				t.Errorf("%s: removed %v, %d left", c.event, n.Removed, b)
			}
			continue
		}
		if b != c.between || h != c.heard || w != c.weighted {
			t.Errorf("%s: %d, %d with weights, and %d from channels; want %d, %d and %d", c.event, b, w, h, c.between, c.weighted, c.heard)
		}
	}
}

// Rewired synapses have a new source, and keep their weight or have none. Every in-degree
// stays, and out-degrees do if requested.
func TestRewiring(t *testing.T) {
	text := strings.NewReplacer("memory: {size: 4", "memory: {size: 12", "rule: one_to_one, weights: 2", "rule: {name: fixed_indegree, indegree: 1}, weights: 2",
		"from: memory, to: memory, port: c", "from: memory, to: memory, port: c, rule: {name: fixed_indegree, indegree: 3}, weights: 5").Replace(small)
	for _, c := range []struct {
		event         string
		kept, changed int // synapses with the same source; synapses with another weight
		by            int // how many more may have a source that their neuron already had
		outDegrees    bool
	}{
		{"rewire: {fraction: 0%}", 36, 0, 0, true},
		{"rewire: {fraction: 50%, projection: context}", 18, 0, 5, false},
		{"rewire: {fraction: 50%, weights: zero}", 18, 18, 5, false},
		{"rewire: {fraction: 100%, weights: zero, projection: context}", 0, 36, 9, false},
		{"rewire: {fraction: 100%, out_degrees: true}", 0, 0, 30, true},
	} {
		l := start(t, text+others+"  - {name: learn, present: {data: p, learn: none}}\nrecord: {atoms: 0}\n")
		before := l.heard()
		l.do(c.event)
		after := l.heard()
		kept, changed := 0, 0
		for pair, w := range after {
			if _, was := before[pair]; was {
				kept++
			}
			if w != 5 {
				changed++
			}
		}
		if len(after) != 36 || kept < c.kept || kept > c.kept+c.by || changed != c.changed {
			t.Errorf("%s: %d synapses, %d as they were, %d of another weight; want 36, %d, %d", c.event, len(after), kept, changed, c.kept, c.changed)
		}
		if fmt.Sprint(degrees(after, 1)) != fmt.Sprint(degrees(before, 1)) || c.outDegrees && fmt.Sprint(degrees(after, 0)) != fmt.Sprint(degrees(before, 0)) {
			t.Errorf("%s: degrees change", c.event)
		}
	}
}

// heard returns the weights of synapses between neurons, with the key "source target".
func (l *logged) heard() map[string]float64 {
	net, all := l.engine.Network(), map[string]float64{}
	for id := range neuron.ID(net.NumNeurons()) {
		w := l.weights(id)
		for _, source := range net.Incoming(id).Source {
			if int(source) < net.NumNeurons() {
				all[fmt.Sprint(source, " ", id)] = w[source]
			}
		}
	}
	return all
}

// degrees counts synapses by their source (0) or target (1).
func degrees(pairs map[string]float64, end int) map[string]int {
	n := map[string]int{}
	for pair := range pairs {
		n[strings.Fields(pair)[end]]++
	}
	return n
}

// Only delays between neurons change; weights stay.
func TestDelaysOfEvents(t *testing.T) {
	l := learnt(t)
	was := l.weights(2)
	l.do("delay: 7ms")
	net := l.engine.Network()
	for id := range neuron.ID(4) {
		in := net.Incoming(id)
		for k, source := range in.Source {
			if want := int32(1000 + 6000*number(source < 4)); in.Delay[k] != want {
				t.Errorf("neuron %d hears %d after %d µs, want %d", id, source, in.Delay[k], want)
			}
		}
	}
	for source, w := range l.weights(2) {
		if !(math.Abs(w-was[source]) <= 1e-6) {
			t.Errorf("weight of %d is %v, was %v", source, w, was[source])
		}
	}
	if got := l.player.inputDelay(); got != neuron.Millisecond {
		t.Errorf("the input arrives after %v", got)
	}
	if l.player.longest() != 7*neuron.Millisecond {
		t.Errorf("the longest delay is %v", l.player.longest())
	}
	draws := l.engine.state.Draws
	l.do("delay: 7ms") // the present delay
	if l.engine.Network() != net || l.engine.state.Draws != draws+1 {
		t.Error("a change of nothing changes the network, or draws nothing")
	}
	l.do("delay: {uniform: [2ms, 4ms]}")
	different := map[int32]bool{}
	for id := range neuron.ID(4) {
		in := l.engine.Network().Incoming(id)
		for k, source := range in.Source {
			if source >= 4 {
				continue
			}
			if different[in.Delay[k]] = true; in.Delay[k] < 2000 || in.Delay[k] > 4000 {
				t.Errorf("a delay of %d µs", in.Delay[k])
			}
		}
	}
	if len(different) < 8 {
		t.Errorf("only %d delays are drawn", len(different))
	}
}

// Noise is only on projections between neurons, not on those from inputs.
func TestNoiseOfEvents(t *testing.T) {
	l := learnt(t)
	l.do("noise: {loss: 20%, jitter: 3ms}")
	net := l.engine.Network()
	for p, link := range net.Projections {
		want := sim.Noise{}
		if link.Name == "context" {
			want = sim.Noise{Loss: 0.2, Jitter: 3 * neuron.Millisecond}
		}
		if net.Noise[p] != want {
			t.Errorf("projection %s from %s: %+v", link.Name, link.From, net.Noise[p])
		}
	}
	if got := l.player.inputDelay(); got != neuron.Millisecond {
		t.Errorf("the input arrives after %v", got)
	}
}

// longestInput is the longest delay from a channel, plus the maximum delay by noise on
// such a projection.
func TestLongestInput(t *testing.T) {
	for noise, want := range map[string]neuron.Time{"": 2000, ", noise: {jitter: 5ms}": 7000, ", noise: {reorder: 10%, hold: 4ms, jitter: 1ms}": 7000} {
		p := planOf(t, strings.Replace(far, "delay: 2ms", "delay: 2ms"+noise, 1)+others+"  - {name: x, present: {data: p}}\n")
		if got := longestInput(p.Network()); got != want {
			t.Errorf("noise %s: %v, want %v", noise, got, want)
		}
	}
	p := planOf(t, strings.Replace(far, "delay: 3ms", "delay: 3ms, noise: {jitter: 9ms}", 1)+others+"  - {name: x, present: {data: p}}\n")
	if got := longestInput(p.Network()); got != 2000 {
		t.Errorf("noise among neurons makes inputs arrive after %v", got)
	}
}

// A new goal applies to the neurons of the event. Atoms that it does not name get the
// weight 0.
func TestGoalsOfEvents(t *testing.T) {
	l := learnt(t)
	goals := func() []float64 {
		reports, err := l.engine.Report(l.player.everyone(), neuron.WantAtoms)
		if err != nil {
			t.Fatal(err)
		}
		var all []float64
		for _, r := range reports {
			unqR, _ := r.Atoms.Atom("unq_r")
			unqC, _ := r.Atoms.Atom("unq_c")
			all = append(all, r.Goal, unqR-2*unqC)
		}
		return all
	}
	before := goals()
	l.do("goal: {unq_r: 1, unq_c: -2}, neurons: 'memory:1-2'")
	for i, after := 0, goals(); i < 8; i += 2 {
		if changed := i == 2 || i == 4; changed && !(math.Abs(after[i]-after[i+1]) <= 1e-12) || !changed && after[i] != before[i] {
			t.Errorf("neuron %d has reached %v of its goal, before %v; unq_r − 2 unq_c is %v", i/2, after[i], before[i], after[i+1])
		}
	}
	l.do("goal: {syn: 3}")
	reports, err := l.engine.Report(l.player.everyone(), neuron.WantAtoms)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if syn, _ := r.Atoms.Atom("syn"); !(math.Abs(r.Goal-3*syn) <= 1e-12) {
			t.Errorf("neuron %d: %v, three times %v", r.Neuron, r.Goal, syn)
		}
	}
}

// A crashed neuron starts in its initial state or in that of the last checkpoint. Other
// neurons do not change.
func TestCrashes(t *testing.T) {
	fresh := start(t, small+others+"  - {name: learn, present: {data: p, passes: 4}}\nrecord: {atoms: 0}\n")
	l := learnt(t)
	l.do("checkpoint: true")
	atCheckpoint, others := l.weights(1), l.weights(2)
	if err := l.showItems(t.Context(), &l.plan.phases[1], 0, 5); err != nil { // learns more after the checkpoint
		t.Fatal(err)
	}
	more, moreOthers := l.weights(1), l.weights(2)
	if fmt.Sprint(more) == fmt.Sprint(atCheckpoint) || fmt.Sprint(others) == fmt.Sprint(moreOthers) {
		t.Fatal("nothing was learnt")
	}
	l.do("crash: {restart: checkpoint}, neurons: 'memory:1'")
	if got := l.weights(1); fmt.Sprint(got) != fmt.Sprint(atCheckpoint) {
		t.Errorf("restarted with %v, want %v", got, atCheckpoint)
	}
	if got := l.weights(2); fmt.Sprint(got) != fmt.Sprint(moreOthers) {
		t.Error("who did not crash has lost what it knew")
	}
	l.do("crash: {}, neurons: 'memory:1'")
	if got, want := l.weights(1), fresh.weights(1); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("restarted with %v, want %v", got, want)
	}
	if len(l.engine.state.Restarts) != 0 {
		t.Errorf("still to restart: %v", l.engine.state.Restarts)
	}
	l.do("crash: {down: 3ms}")
	if s := l.engine.state; len(s.Restarts) != 1 || s.Restarts[0].At != l.engine.Now()+3000 || s.Restarts[0].Neurons != nil || len(s.Pending) != 1 || s.Pending[0].Kind != neuron.SetSilent {
		t.Errorf("%+v, %+v", s.Restarts, s.Pending)
	}
	l.do("delay: 2ms")
	if l.engine.state.Earlier != nil {
		t.Error("a checkpoint of another structure is kept")
	}
}

// The times since when synapses are weak are kept from one event to the next, stay with
// their synapse when the structure changes, and are reset if the network is another.
func TestTurnoverRemembers(t *testing.T) {
	l := run(t, small+others+"  - {name: learn, present: {data: p, passes: 4}}\nevents: [{every: 1h, after: 20h, turnover: {threshold: 1000, for: 5ms, regrow: false}}]\nrecord: {atoms: 0}\n")
	e := &l.engine.events[0]
	n := l.engine.Network().NumSynapses()
	if err := l.engine.perform(t.Context(), e, 1); err != nil {
		t.Fatal(err)
	}
	began := l.engine.Now()
	since := l.engine.state.Weak[0]
	weak := 0
	for _, at := range since {
		if at == began {
			weak++
		} else if at != neuron.Never {
			t.Errorf("weak since %v", at)
		}
	}
	between, _, _ := l.synapses()
	if len(since) != n || weak != between || l.engine.Network().NumSynapses() != n {
		t.Fatalf("%d of %d are weak, want %d", weak, len(since), between)
	}
	l.do("lesion: {of: synapses, count: 3}")
	if got := l.engine.state.Weak[0]; len(got) != n-3 {
		t.Errorf("%d are followed, want %d", len(got), n-3)
	}
	if err := l.player.advance(t.Context(), l.engine.boundary(began+6000), sim.Feed{}); err != nil {
		t.Fatal(err)
	}
	if err := l.engine.perform(t.Context(), e, 2); err != nil {
		t.Fatal(err)
	}
	if b, h, _ := l.synapses(); b != 0 || h != 8 {
		t.Errorf("%d synapses between neurons are left after 6 ms", b)
	}
	if key := l.engine.turnoverKey(&language.Turnover{}); key != -1 {
		t.Errorf("a turnover of nobody has number %d", key)
	}
}

// A classical rule sets the weights of its projection only. Those of Hebb's rule are the
// mean products of pairs of bits, divided by the number of neurons.
func TestStoredByHebb(t *testing.T) {
	l := run(t, small+others+"  - {name: stored, store: {data: p, items: '#0,#3,#4', input: input, projection: context, rule: hebb}}\nrecord: {atoms: 0}\n")
	patterns := [][]float64{{-1, 1, -1, -1}, {1, -1, 1, -1}, {-1, 1, -1, -1}}
	for i := range 4 {
		got := l.weights(neuron.ID(i))
		for j := range 4 {
			want := 0.0
			for _, x := range patterns {
				want += x[i] * x[j] / 4
			}
			if i != j && !(math.Abs(got[neuron.ID(j)]-want) <= 1e-12) {
				t.Errorf("weight from %d to %d is %v, want %v", j, i, got[neuron.ID(j)], want)
			}
		}
		if got[neuron.ID(4+i)] != 2 {
			t.Errorf("neuron %d hears its channel with %v", i, got[neuron.ID(4+i)])
		}
	}
	if got := l.with("step"); !strings.HasSuffix(got, "\nstep stored 1 of 1") {
		t.Error(got)
	}
	for _, rule := range baseline.Rules {
		want, err := baseline.Associate(rule, patterns)
		if err != nil {
			t.Fatal(err)
		}
		l := run(t, small+others+"  - {name: stored, store: {data: p, items: '#0,#3,#4', input: input, projection: context, rule: "+rule+"}}\nrecord: {atoms: 0}\n")
		var row []float64
		for j := range neuron.ID(4) {
			if j != 1 {
				row = append(row, l.weights(1)[j], want.At(1, int(j)))
			}
		}
		if !floats.EqualApprox([]float64{row[0], row[2], row[4]}, []float64{row[1], row[3], row[5]}, 1e-12) {
			t.Errorf("%s: %v", rule, row)
		}
	}
}

// reported returns a report of a neuron with two sources.
func reported(id neuron.ID, atoms []float64, rest float64) neuron.Report {
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2}, []float64{0.25, 0, 0, 0.25, 0, 0.25, 0.25, 0})
	if err != nil {
		panic(err)
	}
	d.Atoms, d.Residual = atoms, rest
	return neuron.Report{Neuron: id, Atoms: d}
}

func TestAtomsMatrix(t *testing.T) {
	reports := []neuron.Report{{Neuron: 0}, reported(1, []float64{0.1, 0.2, 0.3, 0.4}, 0.5), reported(2, []float64{-1, 2, -3, 4}, 5)}
	m := atomsMatrix(reports, "T")
	if m.Title != "T" || m.X != "neuron" || m.Y != "atom" || m.Value != "information [bit]" {
		t.Errorf("%+v", m)
	}
	if got := fmt.Sprint(m.Rows); got != "[unq_r unq_c red syn h_res]" {
		t.Error(got)
	}
	one, _ := reports[1].Atoms.Atom("red")
	two, _ := reports[2].Atoms.Atom("syn")
	want := map[string][]float64{"red": {0, one, 0}, "syn": {0, 0, two}, "h_res": {0, 0.5, 5}}
	for q, name := range m.Rows {
		if w := want[name]; w != nil {
			for i, v := range w {
				if v != 0 && m.Cells[q][i] != v || i == 0 && m.Cells[q][i] != 0 {
					t.Errorf("%s of neuron %d is %v, want %v", name, i, m.Cells[q][i], v)
				}
			}
		}
	}
	if atomNames(reports[:1]) != nil || atomsMatrix(reports[:1], "").Cells != nil {
		t.Error("neurons without atoms have names of atoms")
	}
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2, 2}, slices.Repeat([]float64{1.0 / 16}, 16))
	if err != nil {
		t.Fatal(err)
	}
	if names := atomsOf(d); len(names) != 18 || names[0] == "unq_r" || !slices.Contains(names, "{1}{2}{3}") {
		t.Errorf("three sources: %q", names)
	}
}

// A picture of weights has a row for each neuron, and says how many neurons are left out.
func TestDrawnWeights(t *testing.T) {
	for _, c := range []struct {
		size  int
		title string
	}{{4, "T"}, {1001, "T (the first 1000 of 1001 neurons)"}, {1000, "T"}} {
		text := strings.NewReplacer("memory: {size: 4", fmt.Sprintf("memory: {size: %d", c.size), "rule: one_to_one, weights: 2", "rule: {name: fixed_indegree, indegree: 1}, weights: 2", "from: memory, to: memory, port: c", "from: memory, to: memory, port: c, rule: {name: fixed_indegree, indegree: 1}, weights: 3").Replace(small)
		l := start(t, text+others+"  - {name: learn, present: {data: p, learn: none}}\nrecord: {atoms: 0}\n")
		var got journal.Matrix
		l.Run.out.Picture = func(name string, f journal.Figure) error {
			got = f.(journal.Matrix)
			return nil
		}
		if err := l.drawWeights("w", "T"); err != nil {
			t.Fatal(err)
		}
		if got.Title != c.title || len(got.Cells) != min(c.size, 1000) || len(got.Cells[0]) != min(c.size, 1000) || got.X != "from neuron" || got.Y != "to neuron" || got.Value != "weight" {
			t.Errorf("%d neurons: %q, %d × %d", c.size, got.Title, len(got.Cells), len(got.Cells[0]))
		}
		if c.size == 4 {
			for i, cells := range got.Cells {
				if floats.Sum(cells) != 3 {
					t.Errorf("neuron %d hears %v", i, cells)
				}
			}
		}
	}
	if err := start(t, small+others+"  - {name: learn, present: {data: p}}\n").Go(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// TestEventsOfScriptsBetweenEpochs: before an event of a script changes the network, the
// network runs to the end of the epoch. What it does until then is reported, also if this
// is the first thing that happens, as in a run that is continued.
func TestEventsOfScriptsBetweenEpochs(t *testing.T) {
	l := start(t, small+others+"  - {name: learn, present: {data: p, passes: 4}}\n", "neurons.unit.clock={kind: periodic, interval: 700us}")
	seen := []neuron.Time{}
	l.out.Epoch = func(_ neuron.Time, out *neuron.Output) error {
		for _, s := range out.Spikes {
			seen = append(seen, s.Time)
		}
		return nil
	}
	e := l.engine.Engine
	if err := e.Advance(context.Background(), 1100, sim.Feed{}, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	l.do("delay: 7ms")
	slices.Sort(seen)
	if len(seen) < 4 || seen[0] <= 1100 || seen[len(seen)-1] >= 2000 || e.Now() != 2000 {
		t.Errorf("spikes at %v were reported; now it is %v", seen, e.Now())
	}
}
