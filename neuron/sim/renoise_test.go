package sim

import (
	"bytes"
	"errors"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// TestSetNoise: noise affects spikes that are sent from then on, is part of the
// state, can be combined with a change of structure, and every engine can read
// a state with it.
func TestSetNoise(t *testing.T) {
	e, got := twoNeurons(t), seen{}
	feed := firing(5, 20)
	if err := e.Advance(t.Context(), 6, Feed{Inputs: feed.Inputs, Signals: feed.Signals[:1]}, got); err != nil {
		t.Fatal(err)
	}
	lost := []Noise{{}, {Loss: 1}, {Jitter: 7}}
	if err := SetNoise(e, lost); err != nil {
		t.Fatal(err)
	}
	if err := e.Advance(t.Context(), 21, Feed{Signals: feed.Signals[1:]}, got); err != nil || got[1] != 1 {
		t.Fatalf("what was on its way arrived as %v, %v; want 1", got[1], err)
	}
	if _, err := Restructure(e, &topology.Change{Synapses: []int64{2}}); err != nil {
		t.Fatal(err)
	}
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	other := twoNeurons(t)
	if err := other.Restore(state); err != nil {
		t.Fatal(err)
	}
	again, _ := other.State()
	if !bytes.Equal(state, again) || other.Network().NumSynapses() != 2 || other.Network().Noise[1].Loss != 1 {
		t.Error("a state with noise and a lesion is not read back as it was")
	}
	second := Feed{Inputs: []neuron.Spike{{Time: 30, Source: 2, Value: -1}},
		Signals: []neuron.Signal{{Time: 35, Kind: neuron.Tick, Flags: neuron.Fire, Last: 1}, {Time: 60, Kind: neuron.Tick, Flags: neuron.Observe, Last: 2}}}
	if err := other.Advance(t.Context(), 61, second, got); err != nil || got[1] != 0.25 {
		t.Errorf("neuron 1 serves %v, %v; want what it heard before, 0.25", got[1], err)
	}
	if err := SetNoise(other, make([]Noise, 3)); err != nil {
		t.Fatal(err)
	}
	if SetNoise(other, nil) == nil || SetNoise(other, []Noise{{Loss: 2}, {}, {}}) == nil {
		t.Error("bad noise was accepted")
	}
	for n := range state {
		if err := twoNeurons(t).Restore(state[:n]); !errors.Is(err, ErrState) {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
	}
}
