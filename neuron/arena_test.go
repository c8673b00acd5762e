package neuron

import (
	"bytes"
	"testing"
)

// TestArena compares neurons with shared data with neurons that are made
// alone, before and after they have learnt, with neighbours of other weights
// and configurations between them.
func TestArena(t *testing.T) {
	cfg := memoryConfig(t)
	other := *cfg
	other.Ports[1].Bins.N = 30
	arena := Arena{Seed: 3}
	for id := range ID(3 * slabSize / 2) {
		c := cfg
		if id%7 == 3 {
			c = &other
		}
		ports := func() [NumPorts][]float64 {
			return [NumPorts][]float64{{2 + float64(id%2)}, {0.5, -0.25, 1}}
		}
		a, err := arena.New(id, c, ports(), false)
		if err != nil {
			t.Fatal(err)
		}
		b := mustNew(t, id, c, ports())
		b.outputs, b.clock = *NewPCG(3, ForOutput, id), *NewPCG(3, ForClock, id)
		sameState(t, a, b)
		if a.Window().Goal() != b.Window().Goal() {
			t.Fatalf("neuron %d has another prior", id)
		}
		for k := range Time(5) {
			in := Inbox{Events: []Event{{Time: k, Value: 1}, {Time: k, Value: -1, Port: 1, Slot: int32(k % 3)}}, End: k + 1}
			in.Signals = []Signal{{Time: k, Flags: Fire | Learn, Last: 1 << 20}}
			a.Advance(in, &Output{})
			b.Advance(in, &Output{})
		}
		sameState(t, a, b)
	}
}

func sameState(t *testing.T, a, b *Neuron) {
	t.Helper()
	x, _ := a.AppendBinary(nil)
	y, _ := b.AppendBinary(nil)
	if !bytes.Equal(x, y) {
		t.Fatalf("neuron %d is another", a.ID())
	}
}
