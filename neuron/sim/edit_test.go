package sim

import (
	"bytes"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/pid"
)

// TestEdit: edited neurons change, everything else stays, and spikes in flight
// arrive.
func TestEdit(t *testing.T) {
	e, got := twoNeurons(t), seen{}
	feed := firing(5, 20)
	if err := e.Advance(t.Context(), 6, Feed{Inputs: feed.Inputs, Signals: feed.Signals[:1]}, got); err != nil {
		t.Fatal(err)
	}
	before, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	if err := Edit(e, nil, nil); err != nil {
		t.Fatal(err)
	}
	if after, _ := e.State(); !bytes.Equal(before, after) {
		t.Error("editing nobody changed the state")
	}
	goal, err := pid.NewGoal(2, map[string]float64{"unq_r": 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := Edit(e, []neuron.ID{1}, func(n *neuron.Neuron, _ neuron.Time) error { return n.SetGoal(goal) }); err != nil {
		t.Fatal(err)
	}
	after, _ := e.State()
	_, was, _ := ReadState(before, e.Network())
	_, is, err := ReadState(after, e.Network())
	if err != nil || !bytes.Equal(was[0].Neuron, is[0].Neuron) || bytes.Equal(was[1].Neuron, is[1].Neuron) {
		t.Errorf("neuron 0 changed, or neuron 1 did not: %v", err)
	}
	if err := e.Advance(t.Context(), 21, Feed{Signals: feed.Signals[1:]}, got); err != nil || got[1] != 1 {
		t.Errorf("neuron 1 heard %v, %v; want 1", got[1], err)
	}
	if err := Edit(e, []neuron.ID{2}, nil); err == nil {
		t.Error("edited a channel")
	}
}

// TestRestarted: a neuron that restarts has its earlier state, and its clock
// goes on.
func TestRestarted(t *testing.T) {
	e := twoNeurons(t)
	feed := firing(5, 20)
	first, _ := e.State()
	if err := e.Advance(t.Context(), 7, Feed{Inputs: feed.Inputs, Signals: feed.Signals[:1]}, Discard{}); err != nil {
		t.Fatal(err)
	}
	earlier, _ := e.State()
	if err := e.Advance(t.Context(), 30, Feed{Signals: feed.Signals[1:]}, Discard{}); err != nil {
		t.Fatal(err)
	}
	for _, from := range [][]byte{nil, earlier} {
		change, err := Restarted(e.Network(), from)
		if err != nil {
			t.Fatal(err)
		}
		if err := Edit(e, []neuron.ID{1}, change); err != nil {
			t.Fatal(err)
		}
		want := first
		if from != nil {
			want = from
		}
		state, _ := e.State()
		_, is, _ := ReadState(state, e.Network())
		_, was, _ := ReadState(want, e.Network())
		if !bytes.Equal(is[1].Neuron, was[1].Neuron) {
			t.Errorf("restarted from %d bytes, neuron 1 is not what it was", len(from))
		}
	}
	if _, err := Restarted(e.Network(), []byte("x")); err == nil {
		t.Error("restarted from nonsense")
	}
	damaged := bytes.Clone(earlier)
	_, records, _ := ReadState(damaged, e.Network())
	records[1].Neuron[0]++ // its version; the records are slices of the state
	change, err := Restarted(e.Network(), damaged)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := e.State()
	if err := Edit(e, []neuron.ID{1}, change); err == nil {
		t.Error("restarted from a damaged neuron")
	}
	if after, _ := e.State(); !bytes.Equal(before, after) {
		t.Error("an edit that failed left a trace")
	}
}

// TestEditAll: an edit without changes leaves the state as it was. One that
// changes weights changes nothing else, and the network continues.
func TestEditAll(t *testing.T) {
	for _, noise := range []Noise{{}, {Jitter: 4}} {
		e := busy(t, noise)
		before, _ := e.State()
		if err := Edit(e, Everyone(e.net), func(*neuron.Neuron, neuron.Time) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if after, _ := e.State(); !bytes.Equal(before, after) {
			t.Error("an edit that changes nothing has changed the state")
		}
		var saved []float64
		double := func(factor float64) func(*neuron.Neuron, neuron.Time) error {
			return func(n *neuron.Neuron, _ neuron.Time) error {
				if n.ID() != 2 {
					return nil
				}
				w := slices.Clone(n.Weights(neuron.Contextual))
				saved = slices.Clone(w)
				for i := range w {
					w[i] *= factor
				}
				n.SetWeights(neuron.Contextual, w, n.Report(0).Bias[neuron.Contextual])
				return nil
			}
		}
		if err := Edit(e, Everyone(e.net), double(2)); err != nil {
			t.Fatal(err)
		}
		reports, err := e.Report([]neuron.ID{2}, neuron.WantWeights)
		if err != nil || len(saved) == 0 || reports[0].Weights[neuron.Contextual][0] != 2*saved[0] {
			t.Errorf("weights %v, were %v: %v", reports[0].Weights, saved, err)
		}
		if err := Edit(e, Everyone(e.net), double(0.5)); err != nil {
			t.Fatal(err)
		}
		if after, _ := e.State(); !bytes.Equal(before, after) {
			t.Error("doubling and halving weights has changed something else")
		}
		if err := e.Advance(t.Context(), 60, Feed{}, Discard{}); err != nil {
			t.Error(err)
		}
	}
}
