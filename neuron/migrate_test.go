package neuron

import (
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
)

// same keeps the synapses of a port.
func same(n int) PortChange {
	g := PortChange{Weight: make([]float64, n)}
	for i := range n {
		g.From = append(g.From, int32(i))
	}
	return g
}

func migrate(t *testing.T, n *Neuron, cfg *Config, changes [NumPorts]PortChange) *Neuron {
	t.Helper()
	state, err := AppendMigrated([]byte("before"), []byte(stateOf(t, n)), cfg, changes)
	if err != nil {
		t.Fatal(err)
	}
	var w [NumPorts][]float64
	for p := range w {
		w[p] = make([]float64, len(changes[p].From))
	}
	out := mustNew(t, n.ID(), cfg, w)
	if err := out.UnmarshalBinary(state[len("before"):]); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMigrateOfAllIsIdentity(t *testing.T) {
	n := grown(t, 3)
	got := migrate(t, n, n.cfg, [NumPorts]PortChange{same(1), same(3), {}})
	if stateOf(t, got) != stateOf(t, n) {
		t.Error("it that keeps every synapse changed the state")
	}
}

func TestMigrated(t *testing.T) {
	n := grown(t, 3)
	got := migrate(t, n, n.cfg, [NumPorts]PortChange{same(1), {From: []int32{2, -1, 0}, Weight: []float64{0, 7, 0}}, {}})
	old, c := &n.ports[Contextual], &got.ports[Contextual]
	for name, v := range map[string][2][]float64{
		"weights": {c.w, {old.w[2], 7, old.w[0]}},
		"inputs":  {c.x, {old.x[2], 0, old.x[0]}},
		"means":   {c.mean, {old.mean[2], 0, old.mean[0]}},
	} {
		if !slices.Equal(v[0], v[1]) {
			t.Errorf("%s: %v, want %v", name, v[0], v[1])
		}
	}
	if got.steps != n.steps || got.y != n.y || got.next != n.next || got.window.Len() != n.window.Len() {
		t.Error("the rest of the neuron changed")
	}
}

// TestMigratedFollowsFanIn: values that depend on the fan-in depend on the new
// one.
func TestMigratedFollowsFanIn(t *testing.T) {
	n := grown(t, 3)
	n.setDynamics(float64(GradedBelief))
	got := migrate(t, n, n.cfg, [NumPorts]PortChange{same(1), {From: []int32{1}, Weight: []float64{0}}, {}})
	if want := floats.Norm(n.ports[Contextual].w[1:2], 2); got.belief.norm != want {
		t.Errorf("belief goes by the norm %v, want %v", got.belief.norm, want)
	}
	if got.ports[Contextual].norm() != 1 {
		t.Errorf("steps are divided by %v, want the fan-in 1", got.ports[Contextual].norm())
	}
	n.setDynamics(float64(Sign))
	if got = migrate(t, n, n.cfg, [NumPorts]PortChange{same(1), {}, {}}); got.belief.norm != 0 {
		t.Error("a neuron that does not believe has a norm")
	}
}

func TestRemoved(t *testing.T) {
	n := grown(t, 3)
	cfg := *n.cfg
	cfg.Removed = true
	got := migrate(t, n, &cfg, [NumPorts]PortChange{})
	if got.Next() != Never || mustNew(t, 1, &cfg, wires(0)).Next() != Never {
		t.Error("a removed neuron has a next update")
	}
	before, out := stateOf(t, got), Output{}
	got.Advance(Inbox{Signals: []Signal{{Time: 2000, Kind: Tick, Flags: Fire | Learn | Observe, Last: 9}}, End: 5000}, &out)
	if len(out.Spikes)+len(out.Samples) > 0 || stateOf(t, got) != before {
		t.Error("a removed neuron does something")
	}
	if r := got.Report(WantAtoms); r.Atoms != nil {
		t.Error("a removed neuron reports atoms")
	}
}

func TestMigratedRefuses(t *testing.T) {
	n := grown(t, 3)
	state := []byte(stateOf(t, n))
	keep := [NumPorts]PortChange{same(1), same(3), {}}
	for k := range len(state) {
		// The part after the ports is copied, and checked only when it is
		// restored.
		if _, err := AppendMigrated(nil, state[:k], n.cfg, keep); err == nil && k < portsAt+8*6 {
			t.Fatalf("the first %d bytes were accepted", k)
		}
	}
	for _, g := range []PortChange{{From: []int32{3}, Weight: []float64{0}}, {From: []int32{-2}, Weight: []float64{0}}, {From: []int32{0}}} {
		if _, err := AppendMigrated(nil, state, n.cfg, [NumPorts]PortChange{same(1), g, {}}); err == nil {
			t.Errorf("%v was accepted", g)
		}
	}
	huge := slices.Clone(state)
	for i := range 4 {
		huge[portsAt+i] = 0xff
	}
	if _, err := AppendMigrated(nil, huge, n.cfg, keep); err == nil {
		t.Error("4 billion synapses were accepted")
	}
}
