package scenarios

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"strings"
	"testing"

	"infomorph/actors"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

const acting = `apiVersion: infomorph/v1
name: a
network: {neurons: 36}
record: {atoms: 5}
associative_memory:
  patterns: {source: random, count: 6, width: 6}
  phases:
    - {name: learn, train: {presentations: 6}}
    - {name: before, recall: {}}
    - {name: again, train: {presentations: 6}}
    - {name: after, recall: {cue: flip, fraction: 10%}}
events:
`

// allActions is one event of every kind that changes something.
const allActions = `
  - {at: 20ms, goal: {unq_r: 1, red: 0.5}, neurons: 0-9}
  - {at: 25ms, lesion: {by: named}, neurons: "3,7"}
  - {every: 40ms, after: 30ms, until: 400ms, lesion: {of: synapses, fraction: 2%}}
  - {phase: again, rewire: {fraction: 20%}}
  - {every: 20ms, after: 60ms, until: 500ms, turnover: {threshold: 0.05, for: 60ms, weight: 0.01}}
  - {phase: again, noise: {loss: 5%}}
  - {at: 35ms, checkpoint: true}
  - {at: 40ms, crash: {down: 10ms}, neurons: 10-12}
  - {when: phase == "again", crash: {restart: checkpoint}, neurons: 20-22}
  - {at: 300ms, delay: {uniform: [1ms, 3ms]}}
  - {at: 45ms, present: "2"}
  - {every: 100ms, measure: true}
  - {every: 200ms, weights: w}
  - {at: 50ms, picture: weights}
  - {at: 50ms, picture: atoms}
  - {at: 55ms, plastic: false, neurons: 0-3}
  - {at: 60ms, stuck: 1, neurons: "5"}
`

func actingTask(t *testing.T, events string) Task {
	t.Helper()
	s, err := Load("a.yaml", strings.NewReader(acting+events))
	if err != nil {
		t.Fatal(err)
	}
	task, err := NewTask(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// playOn plays a task on an engine of a kind and returns what it told and the
// hash of the last state.
func playOn(t *testing.T, task Task, make func(*sim.Network) (sim.Engine, error)) (*notebook, [sha256.Size]byte) {
	t.Helper()
	e, err := make(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	n := newNotebook()
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	hash, err := sim.Hash(e)
	if err != nil {
		t.Fatal(err)
	}
	return n, hash
}

func sequential(net *sim.Network) (sim.Engine, error) { return sim.NewSequential(net) }

// TestActionsAreEngineNeutral: with every kind of event, engines agree on what
// is told and on the state.
func TestActionsAreEngineNeutral(t *testing.T) {
	want, hash := playOn(t, actingTask(t, allActions), sequential)
	for name, opts := range map[string]actors.Options{"neurons": {Mode: actors.Neurons, Shards: 3}, "population": {Mode: actors.Population, Shards: 2}} {
		got, h := playOn(t, actingTask(t, allActions), func(net *sim.Network) (sim.Engine, error) { return actors.New(net, opts) })
		if h != hash || !reflect.DeepEqual(got.scores, want.scores) || !reflect.DeepEqual(got.figures, want.figures) {
			t.Errorf("%s: another state or other results", name)
		}
	}
	if pictures := []string{"weights-at-50ms", "atoms-at-50ms"}; !reflect.DeepEqual(want.pictures, pictures) {
		t.Errorf("pictures %v, want %v", want.pictures, pictures)
	}
}

// TestActionsResume: a run that is stopped after its structure has changed,
// with neurons down and events to come, goes on as if it had not been.
func TestActionsResume(t *testing.T) {
	whole, hash := playOn(t, actingTask(t, allActions), sequential)
	for _, stop := range []int{8, 13, 16, 17, 20, 36, 37, 43, 50, 80} {
		task := actingTask(t, allActions)
		e, _ := sim.NewSequential(task.Network())
		first := newNotebook()
		first.stopAfter = stop
		if err := task.Run(e, first); !errors.Is(err, errStop) {
			t.Fatalf("stop at %d of %d: %v", stop, whole.steps, err)
		}
		saved, err1 := task.(Resumable).Save()
		state, err2 := e.State()
		task = actingTask(t, allActions)
		e, err3 := sim.NewSequential(task.Network())
		if err := errors.Join(err1, err2, err3, e.Restore(state)); err != nil {
			t.Fatal(err)
		}
		rest := newNotebook()
		if err := task.(Resumable).Resume(e, rest, saved); err != nil {
			t.Fatal(err)
		}
		if h, _ := sim.Hash(e); h != hash || !reflect.DeepEqual(rest.scores, whole.scores) || !reflect.DeepEqual(rest.figures, whole.figures) {
			t.Errorf("stopped after step %d and resumed: another state or other results", stop)
		}
	}
}

// TestActionsDoWhatTheySay looks at the network after single events.
func TestActionsDoWhatTheySay(t *testing.T) {
	after := func(events string) (*notebook, sim.Engine) {
		task := actingTask(t, events)
		e, err := sim.NewSequential(task.Network())
		if err != nil {
			t.Fatal(err)
		}
		n := newNotebook()
		if err := task.Run(e, n); err != nil {
			t.Fatal(err)
		}
		return n, e
	}
	plain, e := after("  - {at: 1000h, silent: true}")
	all := e.Network().NumSynapses()
	if _, e := after("  - {at: 0us, lesion: {count: 4}}"); len(e.Network().Removed) != 4 {
		t.Errorf("removed %v, want 4 neurons", e.Network().Removed)
	}
	if _, e := after("  - {at: 0us, lesion: {of: synapses, fraction: 50%}}"); e.Network().NumSynapses() != all-(all-36)/2 {
		t.Errorf("%d synapses left of %d", e.Network().NumSynapses(), all)
	}
	if _, e := after("  - {at: 0us, delay: 3ms}"); e.Network().Longest() != 3*neuron.Millisecond || e.Network().NumSynapses() != all {
		t.Errorf("longest delay %v, %d synapses", e.Network().Longest(), e.Network().NumSynapses())
	}
	if _, e := after("  - {at: 0us, noise: {jitter: 2ms}}"); e.Network().Noise[0].Jitter != 0 || e.Network().Noise[1].Jitter != 2*neuron.Millisecond {
		t.Errorf("noise %v, want jitter between neurons only", e.Network().Noise)
	}
	if _, e := after("  - {at: 100ms, turnover: {threshold: 1e6, regrow: false}}"); e.Network().NumSynapses() != 36 {
		t.Errorf("%d synapses left where all between neurons are weak, want the 36 of the channels", e.Network().NumSynapses())
	}
	sparse := "  - {at: 0us, lesion: {of: synapses, fraction: 80%}}\n"
	_, e = after(sparse + "  - {every: 10ms, after: 100ms, until: 300ms, turnover: {threshold: 0.3, for: 50ms, weight: 0.5}}")
	_, still := after(sparse)
	moved, err := still.Network().ChangeTo(e.Network().Graph)
	if err != nil || e.Network().NumSynapses() != still.Network().NumSynapses() || len(moved.Added) == 0 {
		t.Errorf("%d synapses grew, %d there are (%v)", len(moved.Added), e.Network().NumSynapses(), err)
	}
	deaf, _ := after("  - {at: 0us, noise: {loss: 100%}}")
	if deaf.scores["training.predicted"] > 0.1 {
		t.Errorf("without spikes the context gives %v right", deaf.scores["training.predicted"])
	}
	forgot, _ := after("  - {phase: before, crash: {}}")
	if plain.scores["recall.before.mean_cosine"] < 0.9 || forgot.scores["recall.before.mean_cosine"] > 0.5 {
		t.Errorf("after a crash recall is %v, without %v", forgot.scores["recall.before.mean_cosine"], plain.scores["recall.before.mean_cosine"])
	}
	kept, _ := after("  - {at: 70ms, checkpoint: true}\n  - {phase: before, crash: {restart: checkpoint}}")
	if a, b := kept.scores["recall.before.mean_cosine"], forgot.scores["recall.before.mean_cosine"]; a < b+0.2 {
		t.Errorf("restarted from a checkpoint recall is %v, from nothing %v", a, b)
	}
	frozen, _ := after("  - {phase: again, plastic: false}\n  - {phase: again, crash: {}}")
	if frozen.scores["training.predicted"] > 0.7 {
		t.Errorf("frozen in the beginning of a phase, and yet it learned: %v", frozen.scores["training.predicted"])
	}
	other, _ := after("  - {at: 0us, goal: {red: 0, unq_r: 1}}")
	if a, b := other.scores["atoms.unq_r"], plain.scores["atoms.unq_r"]; a <= b {
		t.Errorf("striving for unq_r gives %v bit of it, for red %v", a, b)
	}
}

// TestPhasesOfOtherTasks: bars and digits have phases that events can wait for.
func TestPhasesOfOtherTasks(t *testing.T) {
	for name, sets := range map[string][]string{
		"bars":   {"bars.stimuli=300", "bars.test=50", "expect=null", "events=[{phase: test, silent: true}]"},
		"digits": {"digits.samples=100", "digits.test=50", "expect=null", "events=[{phase: train, plastic: false}]"},
	} {
		with, without := play(t, name, nil, sets...), play(t, name, nil, sets[:3]...)
		if reflect.DeepEqual(with.scores, without.scores) && reflect.DeepEqual(with.figures, without.figures) {
			t.Errorf("%s: the event had no effect", name)
		}
	}
	if _, err := loadTask(t, "bars", nil, "events=[{phase: tset, silent: true}]"); err == nil || !strings.Contains(err.Error(), `did you mean "test"?`) {
		t.Errorf("got %v", err)
	}
}
