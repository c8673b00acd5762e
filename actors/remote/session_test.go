package remote

import (
	"bytes"
	"runtime"
	"sync"
	"testing"
	"weak"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
	"infomorph/topology"
)

// watched is a Build function that knows which of its graphs are still in
// memory.
type watched struct {
	mu   sync.Mutex
	made []weak.Pointer[topology.Graph]
}

func (w *watched) build(spec []byte) (*sim.Network, error) {
	net, err := world(spec)
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.made = append(w.made, weak.Make(net.Graph))
	}
	return net, err
}

// held returns how many graphs were made, and how many are still in memory.
func (w *watched) held() (made, held int) {
	runtime.GC()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.made {
		if p.Value() != nil {
			held++
		}
	}
	return len(w.made), held
}

// TestNodesKeepTheirPart: nodes release the whole graph after they have made
// their neurons, also after a change of structure and back. Each node then
// holds only the synapses of its own neurons.
func TestNodesKeepTheirPart(t *testing.T) {
	var w watched
	world, want := where(t, 4)
	peers := cluster(t, 2, func(_ int, o *NodeOptions) { o.Build = w.build })
	e := engineOn(t, world, peers, false)
	if made, held := w.held(); made != 2 || held != 0 {
		t.Errorf("%d of %d whole graphs are held", held, made)
	}
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	synapse := topology.Synapse{Source: neuron.ID(world.Net.NumNeurons() - 1), Weight: 1, Delay: int32(world.Net.Width())}
	if _, err := sim.Restructure(e, &topology.Change{Added: []topology.Synapse{synapse}}); err != nil {
		t.Fatal(err)
	}
	if err := e.Restore(state); err != nil {
		t.Fatal(err)
	}
	if again, err := e.State(); err != nil || !bytes.Equal(again, state) {
		t.Errorf("back on the first structure the state is another: %v", err)
	}
	if made, held := w.held(); made != 6 || held != 0 {
		t.Errorf("after two changes %d of %d whole graphs are held", held, made)
	}
	finish(t, world, simtest.NewRecorder(), e, want)
}
