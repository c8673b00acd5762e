package footprint

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim/simtest"
	"infomorph/pid"
	"infomorph/topology"
)

func kind(t *testing.T, window int) func(neuron.ID) *neuron.Config {
	t.Helper()
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &neuron.Config{Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Goal: goal, Window: window, Plastic: true}
	for p := range 2 {
		cfg.Ports[p] = neuron.PortConfig{Bins: pid.Bins{Lo: -20, Hi: 20, N: 20}, Rule: neuron.GoalGradient, Rate: neuron.Constant(0.1)}
	}
	return func(neuron.ID) *neuron.Config { return cfg }
}

func network(n int, r topology.Rule) *topology.Network {
	return &topology.Network{
		Populations: []topology.Population{{Name: "a", Size: n}},
		Projections: []topology.Projection{{From: "a", To: "a", Port: neuron.Contextual, Rule: r, Weights: topology.Constant(1), Delays: topology.Constant(1000)}},
	}
}

func TestCheck(t *testing.T) {
	of := kind(t, 64)
	huge := network(1_000_000, topology.Rule{Name: "all_to_all"})
	err := Check(huge, of, Use{}, Room{24 << 30, "the machine"})
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "the machine has 24.0 GiB") || !strings.Contains(err.Error(), "TiB") {
		t.Errorf("10¹² synapses: %v", err)
	}
	if err := Check(huge, of, Use{}, Room{}); err != nil {
		t.Errorf("without a bound: %v", err)
	}
	if err := Check(network(1000, topology.Rule{Name: "ring", K: 10}), of, Use{}, Room{1 << 30, "the machine"}); err != nil {
		t.Errorf("a small one: %v", err)
	}
}

func TestEstimateGrows(t *testing.T) {
	last := int64(0)
	for _, c := range []struct{ n, k, window int }{{20_000, 10, 64}, {20_000, 100, 64}, {20_000, 100, 4096}, {40_000, 100, 4096}} {
		got, ok := Estimate(network(c.n, topology.Rule{Name: "fixed_indegree", Indegree: c.k}), kind(t, c.window), Use{})
		if !ok || got <= last {
			t.Errorf("%+v: %d bytes, after %d", c, got, last)
		}
		last = got
	}
}

// TestEstimateOfLearning: what synapses keep for their learning counts: two moments of
// 8 bytes with Adam, the mean and the difference from it with centred inputs, and what
// batches take.
func TestEstimateOfLearning(t *testing.T) {
	all := func(neuron.ID) bool { return true }
	for _, c := range []struct {
		n, k int
		port neuron.PortConfig
		use  Use
		want float64 // per synapse [bytes]
	}{
		{1000, 100, neuron.PortConfig{Norm: neuron.Adam}, Use{}, 2.1 * 16},
		{30_000, 100, neuron.PortConfig{Norm: neuron.Adam}, Use{}, 2.1 * 16},
		{60_000, 100, neuron.PortConfig{Norm: neuron.Adam}, Use{}, 1.1 * 16},
		{1000, 100, neuron.PortConfig{Center: .1}, Use{}, 2.1 * 16},
		{1000, 100, neuron.PortConfig{Norm: neuron.Adam, Center: .1}, Use{}, 2.1 * 32},
		{1000, 100, neuron.PortConfig{}, Use{Batches: all}, 145},
		{60_000, 100, neuron.PortConfig{}, Use{Batches: all}, 105},
	} {
		plain, learns := kind(t, 64), kind(t, 64)
		p := &learns(0).Ports[neuron.Contextual]
		p.Norm, p.Center = c.port.Norm, c.port.Center
		desc := network(c.n, topology.Rule{Name: "fixed_indegree", Indegree: c.k})
		without, ok := Estimate(desc, plain, Use{})
		with, _ := Estimate(desc, learns, c.use)
		if got := float64(with-without) / float64(c.n*c.k); !ok || !(math.Abs(got-c.want) <= 2) {
			t.Errorf("%+v: %g bytes per synapse more, want %g", c, got, c.want)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{"512M": 512 << 20, "1.5G": 3 << 29, "2GiB": 2 << 30, "2000000": 2_000_000, "1kb": 1024, "3 TB": 3 << 40} {
		if got, err := ParseBytes(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "-1G", "0", "1X", "NaN", "1e30", "G"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}

// TestCgroup reads artificial groups of both versions: the smallest limit
// counts.
func TestCgroup(t *testing.T) {
	root := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	put("self", "0::/a/b\n")
	put("a/memory.max", "1000\n")
	put("a/memory.current", "400\n")
	put("a/b/memory.max", "max\n")
	put("a/b/memory.current", "100\n")
	if got := cgroup(root, filepath.Join(root, "self")); got != 600 {
		t.Errorf("version 2: %d", got)
	}
	put("self", "5:cpu,memory:/x\n3:cpuset:/\n")
	put("memory/x/memory.limit_in_bytes", "5000")
	put("memory/x/memory.usage_in_bytes", "1000")
	put("memory/memory.limit_in_bytes", "9223372036854771712")
	put("memory/memory.usage_in_bytes", "1000")
	if got := cgroup(root, filepath.Join(root, "self")); got != 4000 {
		t.Errorf("version 1: %d", got)
	}
	put("self", "0::/none\n")
	if got := cgroup(root, filepath.Join(root, "self")); got != 0 {
		t.Errorf("no bound: %d", got)
	}
	if Available().Bytes < 1<<20 {
		t.Errorf("this machine has %+v", Available())
	}
}

// TestGraphAlone: a graph to be written to a file is checked too, and how many edges can
// be read depends on the room.
func TestGraphAlone(t *testing.T) {
	large := network(1_000_000, topology.Rule{Name: "fixed_indegree", Indegree: 900})
	err := CheckGraph(large, Room{24 << 30, "the machine"})
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "and the machine has 24.0 GiB") {
		t.Errorf("28.8 GB: %v", err)
	}
	for _, room := range []Room{{}, {64 << 30, "the machine"}} {
		if err := CheckGraph(large, room); err != nil {
			t.Error(err)
		}
	}
	for _, c := range []struct {
		room Room
		most int
		why  string
	}{{Room{}, 100, ""}, {Room{6000, "x"}, 100, ""}, {Room{5999, "x"}, 99, ", which is what can be read into the 5.9 KiB of x"}, {Room{59, "x"}, 1, ", which is what can be read into the 59 B of x"}} {
		if most, why := c.room.MostEdges(100); most != c.most || why != c.why {
			t.Errorf("%+v: %d%s, want %d%s", c.room, most, why, c.most, c.why)
		}
	}
}

// TestCheckCopies: copies take as much as the neurons, and events one by one take more.
func TestCheckCopies(t *testing.T) {
	w, err := simtest.New(1)
	if err != nil {
		t.Fatal(err)
	}
	net := w.Net
	alone := Running(net, nil)
	events, inboxes := int64(event*net.NumSynapses()), int64(inbox*net.NumSynapses())
	for _, c := range []struct {
		copies int
		room   int64
		fits   bool
	}{
		{0, 0, true},
		{0, alone + events, true},
		{0, alone + events - 1, false},
		{net.NumNeurons(), 2*alone + events + inboxes, true},
		{net.NumNeurons(), 2*alone + events + inboxes - 1, false},
	} {
		err := CheckCopies(net, c.copies, Room{Bytes: c.room, Of: "--max-memory"})
		if (err == nil) != c.fits || err != nil && !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d copies in %d bytes: %v", c.copies, c.room, err)
		}
	}
}
