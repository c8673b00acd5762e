package machines

import (
	"bytes"
	"runtime"
	"testing"
	"weak"

	"infomorph/internal/bundle"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/topology"
)

// TestPartsDoNotKeepTheGraph makes the networks of scenarios as nodes do, and
// requires that a part of one does not hold the
// whole graph through what its configurations were made of.
func TestPartsDoNotKeepTheGraph(t *testing.T) {
	for _, name := range []string{"associative-memory", "two-areas"} {
		text, ok := scenarios.Builtin(name)
		if !ok {
			t.Fatal("there is no", name)
		}
		part, whole := partOf(t, name, text)
		runtime.GC()
		if whole.Value() != nil {
			t.Errorf("%s: the whole graph is held", name)
		}
		if part.NumSynapses() == 0 || part.Config(1) == nil {
			t.Errorf("%s: the part has %d synapses", name, part.NumSynapses())
		}
		runtime.KeepAlive(part)
	}
}

func partOf(t *testing.T, name string, text []byte) (*sim.Network, weak.Pointer[topology.Graph]) {
	t.Helper()
	s, err := scenarios.Load(name, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := bundle.Record(nil).Pack(s.Name, resolved)
	if err != nil {
		t.Fatal(err)
	}
	net, err := Build(spec)
	if err != nil {
		t.Fatal(err)
	}
	return net.Part(0, 2), weak.Make(net.Graph)
}
