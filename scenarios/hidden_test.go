package scenarios

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

// Schneider et al. 2025: a hidden population and its readout learn together.
func TestHiddenLayer(t *testing.T) {
	n := play(t, "hidden-layer", nil, "hidden_layer.neurons=30", "hidden_layer.samples=3000", "hidden_layer.test=500",
		"hidden_layer.passes=6", "hidden_layer.batch=128", "hidden_layer.rate=0.005", "hidden_layer.end_rate=1", "hidden_layer.readout_rate=0.003", "hidden_layer.decay=0.00035")
	n.want(t, "accuracy.test", 0.75, 1)
}

func TestHiddenLayerGoalsAndSparseLateral(t *testing.T) {
	for _, set := range []string{"hidden_layer.goal=naive", "hidden_layer.goal=modified", "hidden_layer.lateral=5",
		"hidden_layer.gamma=[1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"} {
		n := play(t, "hidden-layer", nil, "hidden_layer.neurons=12", "hidden_layer.samples=300", "hidden_layer.test=100",
			"hidden_layer.passes=2", "hidden_layer.batch=100", set)
		n.want(t, "accuracy.test", 0.05, 1)
	}
}

// Synapses that are not there stay away.
func TestSparseLateralMask(t *testing.T) {
	task := taskOf(t, "hidden-layer", nil, "hidden_layer.neurons=12", "hidden_layer.lateral=3", "hidden_layer.samples=100", "hidden_layer.test=10").(*hiddenTask)
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	if err := task.Run(e, newNotebook()); err != nil {
		t.Fatal(err)
	}
	r := task.run
	heard := 0
	reports, err := e.Report(r.everyone(), neuron.WantWeights)
	if err != nil {
		t.Fatal(err)
	}
	for i := range reports {
		heard += len(reports[i].Weights[neuron.Lateral])
	}
	if heard != 12*3 {
		t.Errorf("%d lateral weights, want 36", heard)
	}
}

func TestHiddenLayerMistakes(t *testing.T) {
	for want, set := range map[string]string{
		"hidden_layer.lateral": "hidden_layer.lateral=100",
		"hidden_layer.gamma":   "hidden_layer.gamma=[1, 2]",
		"hidden_layer.data":    "hidden_layer.data=nowhere",
	} {
		if _, err := loadTask(t, "hidden-layer", diskFiles("."), set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", set, err, want)
		}
	}
}

// The order of gamma is that of the reference, checked by name.
func TestGammaOrder(t *testing.T) {
	g, err := (&HiddenLayer{Goal: "optimised"}).goal()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"{1}{2}{3}": 0.21016, "{3}{12}": 0.84127, "{12}{13}": -0.70579, "{123}": 0.05719} {
		if got, ok := g.Gamma(name); !ok || got != want {
			t.Errorf("%s weighs %v, want %v", name, got, want)
		}
	}
}

func TestHiddenLayerResumes(t *testing.T) {
	for _, at := range []int{1, 3, 4, 7} {
		resumes(t, at, "hidden-layer", "hidden_layer.neurons=8", "hidden_layer.samples=200", "hidden_layer.test=50",
			"hidden_layer.passes=2", "hidden_layer.batch=64", "hidden_layer.lateral=3", "hidden_layer.looks=2")
	}
}

// The online form: spikes, windows of three sources, and one neuron's own past
// to learn from; stopped and resumed within a pass and in the test.
func TestHiddenLayerOnline(t *testing.T) {
	n := play(t, "hidden-layer-online", nil, "hidden_layer.neurons=30", "hidden_layer.samples=3000", "hidden_layer.test=500")
	n.want(t, "accuracy.test", 0.85, 1)
	n.want(t, "goal", 0.02, 1)
	for _, at := range []int{2, 5} {
		resumes(t, at, "hidden-layer-online", "hidden_layer.neurons=8", "hidden_layer.samples=120", "hidden_layer.test=120",
			"hidden_layer.online.window=20", "hidden_layer.online.warm_up=10")
	}
}

// After learning in batches the neurons of the engine answer as the population
// does, but for the chance in their outputs.
func TestHiddenBatchesEndInTheNetwork(t *testing.T) {
	task := taskOf(t, "hidden-layer", nil, "hidden_layer.neurons=20", "hidden_layer.samples=3000", "hidden_layer.test=500",
		"hidden_layer.passes=4", "hidden_layer.batch=100", "hidden_layer.lateral=4").(*hiddenTask)
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	n := newNotebook()
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	course := task.run.state.Course.Accuracy
	last := course[len(course)-1]
	n.want(t, "accuracy.test", max(last, 0.7), last)
	n.want(t, "accuracy.events", last-0.05, 1)
}

// Delays within the network, long and short, change nothing: an image's
// answers and its label are heard before its neurons update, and the label of
// the next one after.
func TestHiddenLayerOnlineWithDelays(t *testing.T) {
	sets := []string{"hidden_layer.neurons=10", "hidden_layer.samples=300", "hidden_layer.test=100"}
	want := play(t, "hidden-layer-online", nil, sets...).scores
	for _, delays := range [][]string{{"network.delay={uniform: [1ms, 4ms]}", "network.input_delay=500us"}, {"network.input_delay=5ms"}} {
		if diff := cmp.Diff(want, play(t, "hidden-layer-online", nil, append(delays, sets...)...).scores); diff != "" {
			t.Errorf("%v: %s", delays, diff)
		}
	}
}

// One neuron has nobody to hear; a topology of its own says who hears whom.
func TestHiddenLayerTopologies(t *testing.T) {
	for _, set := range []string{"hidden_layer.neurons=1", "network.topology={rule: ring, k: 2}", "network.topology={rule: pairwise_bernoulli, p: 0.05}"} {
		for _, name := range []string{"hidden-layer", "hidden-layer-online"} {
			play(t, name, nil, "hidden_layer.neurons=12", "hidden_layer.samples=120", "hidden_layer.test=20", "hidden_layer.passes=1", "hidden_layer.batch=50", set).want(t, "accuracy.test", 0, 1)
		}
	}
}
