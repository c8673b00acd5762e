package protocol

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// A crash with a checkpoint that is none ends in an error. Nothing that crashed at the same
// time is forgotten.
func TestRestarts(t *testing.T) {
	l := learnt(t)
	l.engine.state.Earlier = []byte("nothing")
	if err := l.engine.do(t.Context(), event(t, "crash: {restart: checkpoint}")); err == nil || !strings.Contains(err.Error(), "state") {
		t.Errorf("restarted from nothing: %v", err)
	}
	l = learnt(t)
	fresh := start(t, small+last)
	now := l.engine.Engine.Now()
	l.engine.state.Restarts = []restart{{At: now, Neurons: []neuron.ID{1}}, {At: now + 1, Neurons: []neuron.ID{2}}, {At: now - 1, Neurons: []neuron.ID{3}}}
	if err := l.engine.wake(now); err != nil {
		t.Fatal(err)
	}
	for id := range neuron.ID(4) {
		if again := fmt.Sprint(l.weights(id)) == fmt.Sprint(fresh.weights(id)); again != (id == 1 || id == 3) {
			t.Errorf("neuron %d is as in the beginning: %v", id, again)
		}
	}
	if left := l.engine.state.Restarts; len(left) != 1 || left[0].At != now+1 {
		t.Errorf("still to restart: %v", left)
	}
}

// A checkpoint is only written if the document asks for it, not for the snapshots of
// faults. It stays the earlier state when a change changes nothing.
func TestSnapshotsAreNotWritten(t *testing.T) {
	const phase = "  - {name: learn, present: {data: p, passes: 4}}\n"
	for more, want := range map[string]int{"faults: [{kind: crash, neurons: 'memory:1', every: 20ms, restart: snapshot, snapshot: 5ms}]": 0, "events: [{at: 5ms, checkpoint: true}]": 1} {
		l := run(t, small+others+phase+"record: {atoms: 0}\n"+more+"\n")
		if n := strings.Count(l.text(), "checkpoint"); n != want || l.engine.state.Earlier == nil {
			t.Errorf("%s: %d checkpoints, want %d", more, n, want)
		}
		l.do("delay: 1ms") // as it is
		if l.engine.state.Earlier == nil {
			t.Errorf("%s: the state is gone, though nothing has changed", more)
		}
	}
}

// A goal with an atom that some of the neurons do not have ends the run. Neurons get the
// goal for their number of sources.
func TestGoalsOfMixedNeurons(t *testing.T) {
	text := strings.NewReplacer("neurons: {unit: {like: memory}}", "neurons: {unit: {like: memory}, three: {sources: [r, c, l], goal: {'{1}{2}{3}': 1}, ports: {r: {}, c: {}, l: {rule: goal}}}}",
		"{memory: {size: 4, neuron: unit}}", "{memory: {size: 4, neuron: unit}, more: {size: 2, neuron: three}}", "data:\n", "  - {from: input, to: more, port: r}\n  - {from: memory, to: more, port: c}\n  - {from: more, to: more, port: l}\ndata:\n").Replace(small)
	for _, c := range []struct{ event, want string }{
		{"goal: {'{1}{2}{3}': 2}", `pid: no atom "{1}{2}{3}"`},
		{"goal: {'{1}{2}{3}': 2}, neurons: 'more:0-1'", ""},
		{"goal: {h_res: -1}", ""},
	} {
		l := start(t, text+last+"record: {atoms: 0}\n")
		err := l.engine.do(t.Context(), event(t, c.event))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %s", c.event, err, c.want)
		}
	}
}

// The graph is measured before the first change of the structure, and after each.
func TestGraphsOfEvents(t *testing.T) {
	l := start(t, small+others+"  - {name: x, present: {data: p, learn: none}}\nrecord: {atoms: 0, graph: [reciprocity]}\nevents: [{at: 3ms, lesion: {of: synapses, count: 5}}, {at: 7ms, delay: 1ms}, {at: 9ms, lesion: {of: synapses, count: 2}}]\n")
	var times []any
	l.Run.out.Table = func(t journal.Table) error {
		if t.Name == "graph" {
			for _, row := range t.Rows {
				times = append(times, row[0])
			}
		}
		return nil
	}
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(times); got != "[0.003 0.003 0.009 0.009]" {
		t.Errorf("measured at %s", got)
	}
}

// restoring is an engine that does something whenever it is restored.
type restoring struct {
	sim.Engine
	then func()
}

func (r *restoring) Restore(state []byte) error {
	r.then()
	return r.Engine.Restore(state)
}

// A graph that cannot be measured, before or after a change, ends the run.
func TestGraphsThatCannotBeMeasured(t *testing.T) {
	for _, later := range []bool{false, true} {
		l := learnt(t)
		names := &l.plan.Experiment.Record.Graph
		if later {
			l.engine.Engine = &restoring{l.engine.Engine, func() { *names = []string{"beauty"} }}
		} else {
			*names = []string{"beauty"}
		}
		if err := l.engine.do(t.Context(), event(t, "delay: 2ms")); err == nil || !strings.Contains(err.Error(), "beauty") {
			t.Errorf("later %v: %v", later, err)
		}
		if changed := l.player.longest() == 2*neuron.Millisecond; changed != later {
			t.Errorf("later %v: changed %v", later, changed)
		}
	}
}

// Two turnovers each remember which synapses are weak. One of a projection that does not
// exist ends in an error.
func TestTwoTurnovers(t *testing.T) {
	l := run(t, small+others+"  - {name: learn, present: {data: p, passes: 4}}\nevents: [{every: 1h, after: 20h, turnover: {threshold: 1000, for: 5ms, regrow: false}}, {every: 1h, after: 20h, turnover: {threshold: 1e-9, for: 5ms}}]\nrecord: {atoms: 0}\n")
	between, _, _ := l.synapses()
	for i := range l.engine.events {
		if err := l.engine.perform(t.Context(), &l.engine.events[i], 1); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []int{between, 0} {
		weak := 0
		for _, since := range l.engine.state.Weak[i] {
			if since != neuron.Never {
				weak++
			}
		}
		if weak != want {
			t.Errorf("turnover %d: %d synapses are weak, want %d", i, weak, want)
		}
	}
	if err := l.engine.do(t.Context(), event(t, "turnover: {threshold: 1, projection: gone}")); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("a projection that is gone: %v", err)
	}
}

// Rewired synapses have the weight 0 if requested.
func TestWeightsOfRewiring(t *testing.T) {
	text := strings.NewReplacer("memory: {size: 4", "memory: {size: 12", "rule: one_to_one, weights: 2", "rule: {name: fixed_indegree, indegree: 1}, weights: 2",
		"from: memory, to: memory, port: c", "from: memory, to: memory, port: c, rule: {name: fixed_indegree, indegree: 3}, weights: 5").Replace(small)
	l := start(t, text+last)
	l.do("rewire: {fraction: 100%, weights: zero}")
	if between, _, weighted := l.synapses(); between != 36 || weighted != 0 {
		t.Errorf("%d of %d synapses have a weight", weighted, between)
	}
}

// The shortest delay is a microsecond. A delay by distance cannot be drawn.
func TestDelaysAtTheLimit(t *testing.T) {
	l := start(t, small+last)
	l.do("delay: 1us")
	for id := range neuron.ID(4) {
		in := l.engine.Network().Incoming(id)
		for k, source := range in.Source {
			if source < 4 && in.Delay[k] != 1 {
				t.Errorf("neuron %d hears %d after %d µs", id, source, in.Delay[k])
			}
		}
	}
	if _, err := l.engine.delays(&language.Delay{Speed: 3}, rand.New(rand.NewPCG(1, 2))); err == nil || !strings.Contains(err.Error(), "needs two neurons") {
		t.Errorf("a delay by distance: %v", err)
	}
}

// Atoms that cannot be reported end the run, whichever event asks for them.
func TestAtomsOfEventsThatCannotBeReported(t *testing.T) {
	for _, what := range []string{"measure: true", "picture: atoms"} {
		l := learnt(t)
		l.Run.out.Atoms = func(neuron.Time, []neuron.Report) error { return errBroken }
		if err := l.engine.do(t.Context(), event(t, what)); err == nil || err.Error() != "broken" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// The input that receives spikes need not be the first that receives something.
func TestTrainInputs(t *testing.T) {
	for text, want := range map[string]string{trained: "in", strings.NewReplacer("told", "early", "in: spikes, told: {field: label, off: -1}", "early: {field: label, off: -1}, in: spikes").Replace(trained): "in"} {
		p := planOf(t, text+"  - {name: x, play: {data: t}}\n")
		if got := trainInput(p.Data.Set("t")); got != want {
			t.Errorf("%v: %q, want %q", p.Data.Set("t").Inputs(), got, want)
		}
	}
}
