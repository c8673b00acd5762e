package sim

import (
	"bytes"
	"errors"
	"slices"
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

// TestNoiseIsReadBack: every number of every projection, and what follows.
func TestNoiseIsReadBack(t *testing.T) {
	net := tiny(t, 4, 5, 12, Noise{})
	noise := []Noise{{Loss: .125, Duplicate: .25, Reorder: .5, Jitter: 3, Hold: 4}, {Loss: .0625, Duplicate: .75, Reorder: 1, Jitter: 7, Hold: 9}}
	out, err := net.withNoise(noise, 11)
	if err != nil {
		t.Fatal(err)
	}
	block := out.lineage.block()
	got, rest, err := net.readNoise(append(block[4:], "rest"...))
	if err != nil || string(rest) != "rest" || !slices.Equal(got.Noise, noise) || got.lineage.reach != 11 || got.Longest() != 12+16 || !bytes.Equal(got.lineage.block(), block) {
		t.Errorf("%+v, reach %v, longest %v, rest %q, %v", got.Noise, got.lineage.reach, got.Longest(), rest, err)
	}
	later, err := net.withNoise(noise, 50) // earlier noise reached further
	if err != nil || later.Longest() != 12+50 {
		t.Errorf("the longest is %v, %v", later.Longest(), err)
	}
}

// TestNoisyNeurons: those with a synapse of a projection that has noise.
func TestNoisyNeurons(t *testing.T) {
	for _, noise := range [][]Noise{nil, {{}, {}}, {{Loss: .5}, {}}, {{}, {Jitter: 1}}} {
		net := tiny(t, 6, 5, 12, Noise{})
		net.Noise = noise
		some := false
		for id := range neuron.ID(6) {
			want := slices.ContainsFunc(net.Incoming(id).Projection, func(p int16) bool { return noise != nil && noise[p] != Noise{} })
			if some = some || want; net.noiseTo(id) != want {
				t.Errorf("%+v: neuron %d has noise: %v", noise, id, !want)
			}
		}
		if net.noisy() != some {
			t.Errorf("%+v: the network has noise: %v", noise, !some)
		}
	}
}

// TestStreamsGoOn: noise that is changed again keeps the streams of random
// numbers; noise on a quiet network starts them.
func TestStreamsGoOn(t *testing.T) {
	draws := func(e *Sequential) (all [][]byte) {
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		_, records, err := ReadState(state, e.net)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			all = append(all, r.draws)
		}
		return all
	}
	used, fresh := busy(t, Noise{Jitter: 4}), busy(t, Noise{})
	before, start := draws(used), [][]byte(nil)
	for id := range neuron.ID(4) {
		b, _ := neuron.NewPCG(fresh.net.Seed, neuron.ForTransport, id).AppendBinary(nil)
		start = append(start, b)
	}
	for name, c := range map[string]struct {
		e    *Sequential
		want [][]byte
	}{"noise before": {used, before}, "no noise before": {fresh, start}} {
		if err := SetNoise(c.e, []Noise{{Loss: .5}, {Loss: .25}}); err != nil {
			t.Fatal(err)
		}
		if got := draws(c.e); !slices.EqualFunc(got, c.want, bytes.Equal) {
			t.Errorf("%s: streams %x, want %x", name, got, c.want)
		}
	}
	if slices.EqualFunc(before, start, bytes.Equal) {
		t.Error("no random number was drawn; the test is empty")
	}
}

// TestQuietAfterJitter: spikes that a jitter has made late still arrive after noise
// without jitter is set, at their times.
func TestQuietAfterJitter(t *testing.T) {
	late := func(e *Sequential) (all []neuron.Event) {
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		now, records, err := ReadState(state, e.Network())
		if err != nil {
			t.Fatal(err)
		}
		for i, rec := range records {
			events, err := rec.Events(e.Network().Slots(neuron.ID(i)), now)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, events...)
		}
		return all
	}
	e := busy(t, Noise{Jitter: 400})
	want, quiet := late(e), make([]Noise, len(e.Network().Projections))
	if last := slices.MaxFunc(want, neuron.Event.Compare); last.Time < e.Now()+100 {
		t.Fatalf("the latest spike arrives at %v, now is %v", last.Time, e.Now())
	}
	for range 2 {
		if err := SetNoise(e, quiet); err != nil {
			t.Fatal(err)
		}
		if got := late(e); !slices.Equal(got, want) {
			t.Errorf("to come: %v, want %v", got, want)
		}
	}
	if err := e.Advance(t.Context(), e.Now()+600, Feed{}, Discard{}); err != nil || len(late(e)) != 0 {
		t.Errorf("%v, still to come: %v", err, late(e))
	}
}
