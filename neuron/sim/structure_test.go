package sim

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// twoNeurons is a network of two neurons. Neuron 0 projects to neuron 1 with two
// synapses of delays 3 and 5; a channel drives neuron 0.
func twoNeurons(t *testing.T) *Sequential {
	t.Helper()
	link := []topology.Link{{Name: "in", Port: neuron.Receptive}, {Name: "quick", Port: neuron.Contextual}, {Name: "slow", Port: neuron.Contextual}}
	g, err := topology.FromSynapses([]topology.Population{{Name: "p", Size: 2}}, []topology.Population{{Name: "c", Size: 1}}, link, []topology.Synapse{
		{Source: 2, Target: 0, Weight: 2, Delay: 3, Port: neuron.Receptive},
		{Source: 0, Target: 1, Weight: 0.25, Delay: 3, Projection: 1, Port: neuron.Contextual},
		{Source: 0, Target: 1, Weight: 0.75, Delay: 5, Projection: 2, Port: neuron.Contextual},
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t)
	net := &Network{Graph: g, Seed: 1, Config: func(neuron.ID) *neuron.Config { return cfg }}
	if err := net.Prepare(); err != nil {
		t.Fatal(err)
	}
	e, err := NewSequential(net)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// firing makes neuron 0 fire at time at, and observes both neurons at time
// look.
func firing(at, look neuron.Time) Feed {
	return Feed{
		Inputs:  []neuron.Spike{{Time: 0, Source: 2, Value: 1}},
		Signals: []neuron.Signal{{Time: at, Kind: neuron.Tick, Flags: neuron.Fire, First: 0, Last: 1}, {Time: look, Kind: neuron.Tick, Flags: neuron.Observe, Last: 2}},
	}
}

// seen is the contextual sum of each observed neuron.
type seen map[neuron.ID]float64

func (s seen) Epoch(_ neuron.Time, out *neuron.Output) error {
	for _, x := range out.Samples {
		s[x.Neuron] = x.Sum[neuron.Contextual]
	}
	return nil
}

// TestFlight defines the fate of spikes in flight: over a synapse that stays
// they arrive; over one that is removed, or removed and added again, they do
// not.
func TestFlight(t *testing.T) {
	grown := topology.Synapse{Source: 0, Target: 1, Weight: 0.75, Delay: 5, Projection: 2, Port: neuron.Contextual}
	for _, c := range []struct {
		name   string
		change topology.Change
		want   float64
	}{
		{"nothing", topology.Change{}, 0.25 + 0.75},
		{"the slow one goes", topology.Change{Synapses: []int64{2}}, 0.25},
		{"the quick one goes", topology.Change{Synapses: []int64{1}}, 0.75},
		{"the slow one is grown anew", topology.Change{Synapses: []int64{2}, Added: []topology.Synapse{grown}}, 0.25},
		{"the source goes", topology.Change{Neurons: []neuron.ID{0}}, 0},
		{"the channel goes", topology.Change{Neurons: []neuron.ID{2}}, 0.25 + 0.75},
	} {
		e, got := twoNeurons(t), seen{}
		feed := firing(5, 20)
		if err := e.Advance(t.Context(), 6, Feed{Inputs: feed.Inputs, Signals: feed.Signals[:1]}, got); err != nil {
			t.Fatal(err)
		}
		if _, err := Restructure(e, &c.change); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if err := e.Advance(t.Context(), 21, Feed{Signals: feed.Signals[1:]}, got); err != nil {
			t.Fatal(err)
		}
		y := float64(e.group.neurons[0].Output())
		if got[1] != c.want*y {
			t.Errorf("%s: neuron 1 serves %v, want %v", c.name, got[1], c.want*y)
		}
		if _, observed := got[0]; observed == slices.Contains(c.change.Neurons, 0) {
			t.Errorf("%s: neuron 0 observed: %v", c.name, observed)
		}
	}
}

// TestSurvivorsStayPut compares every synapse of a busy network before and
// after a change.
func TestSurvivorsStayPut(t *testing.T) {
	e := busy(t, Noise{})
	for id := range neuron.ID(4) { // learned weights, all different
		for p := range neuron.Port(neuron.NumPorts) {
			for i := range e.group.neurons[id].Weights(p) {
				e.group.neurons[id].Weights(p)[i] = float64(id) + float64(p)/10 + float64(i)/1000
			}
		}
	}
	before, err := Weights(e)
	if err != nil {
		t.Fatal(err)
	}
	old := e.net
	added := topology.Synapse{Source: 0, Target: 2, Weight: 9, Delay: int32(old.Width()), Port: neuron.Contextual}
	c := &topology.Change{Neurons: []neuron.ID{3}, Synapses: []int64{1}, Added: []topology.Synapse{added}}
	origin, err := Restructure(e, c)
	if err != nil {
		t.Fatal(err)
	}
	after, _ := Weights(e)
	for i, from := range origin {
		want := 9.0
		if from >= 0 {
			want = before[from]
		}
		if after[i] != want {
			t.Errorf("synapse %d, which was %d, has weight %v, want %v", i, from, after[i], want)
		}
	}
	if len(after) != len(origin) || e.net.InDegree(3) != 0 {
		t.Errorf("%d weights for %d synapses, %d of them into a neuron that was removed", len(after), len(origin), e.net.InDegree(3))
	}
}

// TestChangesAddUp: a state does not depend on the steps that led to its
// structure. A change that is undone gives the original network.
func TestChangesAddUp(t *testing.T) {
	e := twoNeurons(t)
	original := e.net
	want, _ := e.State()
	cut := original.Synapses()[2]
	for _, c := range []*topology.Change{{Synapses: []int64{2}}, {Added: []topology.Synapse{cut}}} {
		if _, err := Restructure(e, c); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := e.State()
	if !bytes.Equal(got, want) {
		t.Error("a synapse that went and came back before it heard anything leaves a trace")
	}
	if e.Network() != original {
		t.Error("the original is lost")
	}
}

func TestBadChanges(t *testing.T) {
	e := twoNeurons(t)
	if _, err := Restructure(e, &topology.Change{Neurons: []neuron.ID{1}}); err != nil {
		t.Fatal(err)
	}
	state, _ := e.State()
	for name, c := range map[string]*topology.Change{
		"a synapse that is not there": {Synapses: []int64{7}},
		"a neuron that is not there":  {Neurons: []neuron.ID{9}},
		"to a removed neuron":         {Added: []topology.Synapse{{Source: 0, Target: 1, Delay: 3}}},
		"no delay":                    {Added: []topology.Synapse{{Source: 0, Target: 0}}},
	} {
		if _, err := Restructure(e, c); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if out, err := Migrate(e.net, state, c); err == nil || out != nil {
			t.Errorf("%s: a state of %d bytes, %v", name, len(out), err)
		}
	}
	if now, _ := e.State(); !bytes.Equal(now, state) {
		t.Error("a change that was refused left a trace")
	}
	if _, _, err := ReadState(state, e.net.Original()); !errors.Is(err, ErrState) {
		t.Errorf("a state of another structure: %v", err)
	}
	for cut := range len(state) {
		if err := twoNeurons(t).Restore(state[:cut]); !errors.Is(err, ErrState) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

// TestNetworkOfState: a state of the network itself, original or changed, gives
// that network; a state of another one gives the changed network; other bytes
// give an error.
func TestNetworkOfState(t *testing.T) {
	e := twoNeurons(t)
	original := e.net
	first, _ := e.State()
	if _, err := Restructure(e, &topology.Change{Synapses: []int64{2}}); err != nil {
		t.Fatal(err)
	}
	changed := e.net
	second, _ := e.State()
	if err := SetNoise(e, []Noise{{}, {Loss: 1}, {}}[:len(changed.Projections)]); err != nil {
		t.Fatal(err)
	}
	noisy := e.net
	third, _ := e.State()
	for k, tc := range []struct {
		state []byte
		own   *Network
	}{{first, original}, {second, changed}, {third, noisy}} {
		for i, net := range []*Network{original, changed, noisy} {
			got, err := NetworkOf(tc.state, net)
			if err != nil || (got == net) != (net == tc.own) {
				t.Errorf("state %d, network %d: the same %v, %v", k, i, got == net, err)
				continue
			}
			if got.NumSynapses() != tc.own.NumSynapses() || got.noisy() != tc.own.noisy() || got.Original() != original {
				t.Errorf("state %d, network %d: %d synapses, noisy %v", k, i, got.NumSynapses(), got.noisy())
			}
			if _, _, err := ReadState(tc.state, got); err != nil {
				t.Errorf("state %d, network %d: %v", k, i, err)
			}
		}
		if _, err := Migrate(tc.own, tc.state[:len(tc.state)-1], &topology.Change{}); !errors.Is(err, ErrState) {
			t.Errorf("state %d, cut short: %v", k, err)
		}
	}
}

// TestNetworkOfNoState: what is no state has no network.
func TestNetworkOfNoState(t *testing.T) {
	net := busy(t, Noise{}).net
	for _, state := range []string{"", "none", "a long text that is not a state of any network"} {
		if got, err := NetworkOf([]byte(state), net); !errors.Is(err, ErrState) {
			t.Errorf("%q: %v, %v", state, got, err)
		}
	}
}

// TestShownInputsAreNotKept: neurons do not keep the inputs that they are shown
// for a state or a report.
func TestShownInputsAreNotKept(t *testing.T) {
	e := busy(t, Noise{})
	owns := func() (n int) {
		for i := range e.group.Len() {
			n += len(e.group.Neuron(i).AppendInputs(nil))
		}
		return n
	}
	for i := range e.group.Len() {
		if !e.group.shown[i] {
			t.Fatalf("neuron %d is not shown what it was told", i)
		}
	}
	state, err := e.State()
	if err != nil || owns() != 0 {
		t.Errorf("after a state neurons own %d inputs, %v", owns(), err)
	}
	if _, err := e.Report([]neuron.ID{0, 1, 2, 3}, neuron.WantLearning); err != nil || owns() != 0 {
		t.Errorf("after a report neurons own %d inputs, %v", owns(), err)
	}
	if err := e.Restore(state); err != nil || owns() != 0 {
		t.Errorf("restored, neurons own %d inputs, %v", owns(), err)
	}
}
