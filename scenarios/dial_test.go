package scenarios

import (
	"bytes"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
)

const dialled = `apiVersion: infomorph/v1
name: dialled
network:
  neurons: 16
  place: {kind: circle, extent: 2}
  delay: {distance: {speed: 1000, base: 2ms}}
  noise: {loss: 10%, reorder: 20%, hold: 5ms}
  projections:
    input: {delay: {uniform: [1ms, 2ms]}, noise: {duplicate: 50%}}
  groups:
    - {neurons: "0-3", clock: {kind: periodic, interval: 7ms, phase: 3ms, scatter: false}, delay: 4ms}
    - {neurons: "5", noise: {jitter: 9ms}}
neuron:
  clock: {kind: poisson, interval: 10ms}
associative_memory:
  patterns: {source: random, count: 3, width: 4}
  presentations: 4
`

func loadDialled(t *testing.T, text string, sets ...string) (*Scenario, *sim.Network) {
	t.Helper()
	s, err := Load("dialled.yaml", strings.NewReader(text), sets...)
	if err != nil {
		t.Fatal(err)
	}
	task, err := NewTask(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s, task.Network()
}

// TestDial checks that each setting of the dial reaches the neurons and
// synapses it is meant for, and no others.
func TestDial(t *testing.T) {
	s, net := loadDialled(t, dialled)
	for id := range neuron.ID(16) {
		c, want := net.Config(id).Clock, neuron.Clock{Kind: neuron.Poisson, Interval: 10_000, Scatter: true}
		if id < 4 {
			want = neuron.Clock{Kind: neuron.Periodic, Interval: 7_000, Phase: 3_000}
		}
		if c != want {
			t.Errorf("clock of neuron %d is %+v", id, c)
		}
		in := net.Incoming(id)
		for k, source := range in.Source {
			checkDelay(t, net, source, id, in.Delay[k])
		}
	}
	between := sim.Noise{Loss: 0.1, Reorder: 0.2, Hold: 5_000}
	wantNoise := []sim.Noise{{Duplicate: 0.5}, between, {Duplicate: 0.5}, between, {Duplicate: 0.5}, {Jitter: 9_000}}
	for i, z := range net.Noise {
		if z != wantNoise[i] {
			t.Errorf("noise %d is %+v, want %+v", i, z, wantNoise[i])
		}
	}
	if len(net.Noise) != 6 || net.Group(0) != 1 || net.Group(5) != 2 || net.Group(4) != 0 {
		t.Errorf("%d kinds of noise; groups of neurons 0, 5, 4: %d, %d, %d", len(net.Noise), net.Group(0), net.Group(5), net.Group(4))
	}
	text, err := config.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	_, again := loadDialled(t, string(text))
	if a, b := net.Incoming(7).Delay, again.Incoming(7).Delay; !equal(a, b) {
		t.Errorf("written and read again: delays %v, then %v", a, b)
	}
}

// checkDelay: inputs 1 to 2 ms, 4 ms to the first group, else 2 ms and 1 ms
// for each length of the chord on a circle of radius 1.
func checkDelay(t *testing.T, net *sim.Network, from, to neuron.ID, delay int32) {
	t.Helper()
	a, _ := net.Position(from)
	b, _ := net.Position(to)
	low, high := 2000+1000*a.Distance(b)-1, 2000+1000*a.Distance(b)+1
	switch {
	case int(from) >= 16:
		low, high = 1000, 2000
	case to < 4:
		low, high = 4000, 4000
	}
	if float64(delay) < low || float64(delay) > high {
		t.Errorf("delay from %d to %d is %d µs, want %.0f to %.0f", from, to, delay, low, high)
	}
}

func equal(a, b []int32) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// TestDialRuns plays the scenario with every kind of clock: the same bytes for
// the same seed, others for another.
func TestDialRuns(t *testing.T) {
	hash := func(sets ...string) [32]byte {
		s, err := Load("dialled.yaml", strings.NewReader(dialled), sets...)
		if err != nil {
			t.Fatal(err)
		}
		task, e := newTestTask(t, s)
		if err := task.Run(e, newNotebook()); err != nil {
			t.Fatal(err)
		}
		h, err := sim.Hash(e)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	seen := map[[32]byte]string{}
	for _, set := range []string{
		"seed=1", "seed=2", "neuron.clock.kind=event", "neuron.clock.kind=periodic", "neuron.clock={kind: periodic, scatter: false}",
		"network.noise.reorder=0%", "network.noise.hold=6ms", "network.groups[1].noise.jitter=8ms", "network.groups[0].clock.phase=2ms",
		"network.delay={lognormal: {median: 2ms, sigma: 1}}", "network.delay.distance.speed=900", "network.place.kind=random",
	} {
		h := hash(set)
		if other, ok := seen[h]; ok {
			t.Errorf("%s runs like %s", set, other)
		}
		seen[h] = set
	}
	if a, b := hash(), hash(); a != b || seen[a] != "seed=1" {
		t.Error("equal scenarios differ")
	}
}

func TestDialMistakes(t *testing.T) {
	for set, want := range map[string]string{
		"network.place.kind=none":                                 "random, grid or circle",
		"network.place={}":                                        "random, grid or circle",
		"network.delay={distance: {speed: 0}}":                    "a number > 0",
		"network.delay={distance: {spead: 1}}":                    `did you mean "speed"`,
		"network.delay={distant: 1}":                              "{distance: {speed: 100}}",
		"network.projections={context: {delay: 1ms}, inputs: {}}": "the task has the projections input, context",
		"network.groups[0].neurons=3-1":                           "a list such as 0-9,20",
		"network.groups[1].neurons=9-16":                          "neurons from 0 to 15",
		"network.groups[1].neurons=3-5":                           "not in network.groups[0]",
		"network.groups[0].clock.kind=synchronous":                "network.groups[0].clock",
		"neuron.clock.kind=synchronous":                           "network.groups[0].clock",
		"network.noise.reorder=101%":                              "a fraction from 0 to 1",
		"network.groups[0].delay={distance: {speed: 1}}\x00place": "random, grid or circle",
	} {
		sets := []string{strings.TrimSuffix(set, "\x00place")}
		if sets[0] != set {
			sets = append(sets, "network.place.kind=none", "network.delay=1ms")
		}
		s, err := Load("dialled.yaml", bytes.NewReader([]byte(dialled)), sets...)
		if err == nil {
			_, err = NewTask(s, nil)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", set, err, want)
		}
	}
}
