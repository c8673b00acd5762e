package sim

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// TestDrawAtTheLimit: a random number equal to a probability does not make the
// effect happen, the next smaller one does.
func TestDrawAtTheLimit(t *testing.T) {
	src := func() *rand.PCG { return neuron.NewPCG(1, neuron.ForTransport, 3) }
	u := neuron.Uniform(src())
	for p, happens := range map[float64]bool{u: false, math.Nextafter(u, 1): true} {
		if copies, _ := (&Noise{Loss: p}).draw(src()); (copies == 0) != happens {
			t.Errorf("a loss of %v, drawn %v: %d copies", p, u, copies)
		}
		if copies, _ := (&Noise{Duplicate: p}).draw(src()); (copies == 2) != happens {
			t.Errorf("doubled with %v, drawn %v: %d copies", p, u, copies)
		}
		if _, late := (&Noise{Reorder: p, Hold: 9}).draw(src()); (late[0] == 9) != happens {
			t.Errorf("held with %v, drawn %v: late by %v", p, u, late)
		}
	}
}

// TestNoiseTable: noise must be listed for all projections of each group.
func TestNoiseTable(t *testing.T) {
	groups := func(list ...int) func(neuron.ID) int {
		return func(id neuron.ID) int { return list[id] }
	}
	for name, c := range map[string]struct {
		group func(neuron.ID) int
		noise int
		want  string
	}{
		"none":                  {nil, 0, ""},
		"one group":             {nil, 2, ""},
		"half":                  {nil, 1, "noise for 1 projections, the network has 2 in 1 groups"},
		"more than groups":      {nil, 4, ""},
		"half a group more":     {nil, 3, "noise for 3"},
		"group 0":               {groups(0, 0), 2, ""},
		"two groups":            {groups(0, 1), 4, ""},
		"two, the other order":  {groups(1, 0), 4, ""},
		"one of two groups":     {groups(0, 1), 2, "in 2 groups"},
		"one of two, at first":  {groups(1, 0), 2, "in 2 groups"},
		"three of two":          {groups(0, 1), 6, ""},
		"a group that is empty": {groups(0, 2), 6, ""},
		"negative":              {groups(0, -1), 2, "neuron 1 is of group -1"},
	} {
		net := tiny(t, 2, 10, 10, Noise{})
		if net.Group = c.group; c.noise > 0 {
			net.Noise = make([]Noise, c.noise)
		}
		if err := net.Prepare(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	bare := wired(t, nil, nil)
	bare.Projections = nil
	for noise, ok := range []bool{false, true, true} {
		if bare.Noise = make([]Noise, noise); (bare.Prepare() == nil) != ok {
			t.Errorf("%d noises without projections are accepted: %v", noise, !ok)
		}
	}
}

// TestNoiseByRoute: which noise the routes of a router have, 0 for none.
func TestNoiseByRoute(t *testing.T) {
	for name, noise := range map[string][]Noise{"the first": {{Loss: .5}, {}}, "the second": {{}, {Loss: .5}}, "both": {{Loss: .5}, {Loss: .5}}} {
		net := tiny(t, 4, 5, 12, Noise{})
		if net.Noise = noise; net.Prepare() != nil {
			t.Fatal(name)
		}
		r := net.newRouter(1, 3, nil)
		for k, rt := range r.routes {
			want := int32(0)
			if p := rt.synapse.port(); !noise[p].Zero() { // the projections of tiny are its ports
				want = int32(p) + 1
			}
			if r.noiseOf[k] != want {
				t.Errorf("%s: route %d to port %v has noise %d, want %d", name, k, rt.synapse.port(), r.noiseOf[k], want)
			}
		}
		for i := range r.draws {
			if r.draws[i] != *neuron.NewPCG(net.Seed, neuron.ForTransport, neuron.ID(1+i)) {
				t.Errorf("%s: neuron %d has the stream of another", name, 1+i)
			}
		}
	}
}

// TestFeedLimits: the first and last times and channels of a feed; inputs and
// signals may be equal.
func TestFeedLimits(t *testing.T) {
	net := tiny(t, 2, 10, 10, Noise{})
	first, last := neuron.Spike{Time: 5, Source: 2}, neuron.Spike{Time: 8, Source: 3}
	f := Feed{Inputs: []neuron.Spike{first, first, last, last}, Signals: []neuron.Signal{{Time: 5}, {Time: 5}, {Time: 8}}}
	p, err := NewScheduler(net, 5, 9, f)
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := p.Next(neuron.Never); !ok || len(e.Inputs) != 4 || len(e.Signals) != 3 {
		t.Errorf("%+v, %v", e, ok)
	}
	for range 2 {
		if e, ok := p.Next(6); ok {
			t.Errorf("after the end: %+v", e)
		}
	}
	if p, err = NewScheduler(net, 5, 100, Feed{}); err != nil {
		t.Fatal(err)
	}
	if e, ok := p.Next(100); ok {
		t.Errorf("nothing happens before the end: %+v", e)
	}
	if e, ok := p.Next(6); ok {
		t.Errorf("the end has been reached: %+v", e)
	}
	f.Inputs = []neuron.Spike{first, first, last, {Time: 7, Source: 2}}
	if _, err := NewScheduler(net, 5, 9, f); err == nil {
		t.Error("the last input is before another")
	}
	f = Feed{Signals: []neuron.Signal{{Time: 5}, {Time: 8}, {Time: 7}}}
	if _, err := NewScheduler(net, 5, 9, f); err == nil {
		t.Error("the last signal is before another")
	}
	if _, err := NewScheduler(net, 5, 5, Feed{}); err != nil {
		t.Errorf("no time: %v", err)
	}
}

// TestChangedLimits: channels have no configuration; a delay that a change adds
// can be too long; a change that changes nothing keeps the encoded noise.
func TestChangedLimits(t *testing.T) {
	net := tiny(t, 4, 5, 12, Noise{})
	cfg := testConfig(t)
	net.Config = func(id neuron.ID) *neuron.Config {
		if id < 0 || id >= 4 {
			t.Errorf("the configuration of %d is asked for, there are 4 neurons", id)
		}
		return cfg
	}
	next, _, err := net.Changed(&topology.Change{Neurons: []neuron.ID{0, 3, 4, 7}})
	if err != nil {
		t.Fatal(err)
	}
	for id, removed := range []bool{true, false, false, true} {
		if got := next.Config(neuron.ID(id)); got.Removed != removed || (got == cfg) == removed {
			t.Errorf("neuron %d is removed: %v", id, got.Removed)
		}
	}
	if cfg.Removed {
		t.Error("the configuration of the original has changed")
	}
	for delay, ok := range map[int32]bool{5*maxBuckets - 1: true, 5 * maxBuckets: false} {
		c := &topology.Change{Added: []topology.Synapse{{Source: 0, Target: 1, Weight: 1, Delay: delay}}}
		if _, _, err := net.Changed(c); (err == nil) != ok {
			t.Errorf("a delay of %d µs: %v", delay, err)
		}
	}
	noisy, err := net.withNoise([]Noise{{Loss: .5}, {}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := noisy.Changed(&topology.Change{}); err != nil || !bytes.Equal(got.lineage.block(), noisy.lineage.block()) {
		t.Errorf("a change that changes nothing is encoded: %v", err)
	}
	cut, _, err := noisy.Changed(&topology.Change{Synapses: []int64{0}})
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := cut.Changed(&topology.Change{Added: net.Synapses()[:1]}); err != nil || !bytes.Equal(got.lineage.block(), noisy.lineage.block()) {
		t.Errorf("a change that is undone is encoded: %v", err)
	}
}

// TestPartOfAChangedNetwork: a part does not hold the memory of the whole network.
func TestPartOfAChangedNetwork(t *testing.T) {
	net, _, err := tiny(t, 4, 5, 12, Noise{}).Changed(&topology.Change{Synapses: []int64{0}})
	if err != nil {
		t.Fatal(err)
	}
	part := net.Part(1, 3)
	if part.Original() != part || net.Original() == net || !bytes.Equal(AppendHeader(nil, part, 9), AppendHeader(nil, net, 9)) {
		t.Error("the part keeps the original, or its states are of another network")
	}
}

// TestRoomForEvents: events are read into exactly as much memory as they need.
func TestRoomForEvents(t *testing.T) {
	for n := range 5 {
		list := slices.Repeat([]neuron.Event{{Time: 10, Value: 1}}, n)
		got, err := Record{events: encoded(list...)}.Events([neuron.NumPorts]int32{1}, 10)
		if err != nil || !slices.Equal(got, list) || cap(got) != n {
			t.Errorf("%d events are read as %d, with room for %d, %v", n, len(got), cap(got), err)
		}
	}
}

// TestSameBits: equal numbers are the same if all their bits are.
func TestSameBits(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		a, b []float64
		same bool
	}{
		{nil, nil, true}, {[]float64{1, 2}, []float64{1, 2}, true}, {[]float64{1, 2}, []float64{1, 3}, false}, {[]float64{nan}, []float64{nan}, true},
		{[]float64{0}, []float64{math.Copysign(0, -1)}, false}, {[]float64{1}, []float64{1, 2}, false}, {[]float64{1, 2}, []float64{1}, false}, {nil, []float64{1}, false},
	} {
		if got := sameBits(c.a, c.b); got != c.same {
			t.Errorf("%v and %v: the same %v", c.a, c.b, got)
		}
	}
}

// TestRowsAreGathered: synapses of consecutive sources receive what the sources
// have sent, also beside synapses of single sources and of another delay.
func TestRowsAreGathered(t *testing.T) {
	apart := []neuron.ID{1, 3, 5, 7}
	for name, c := range map[string]struct {
		sources []neuron.ID
		delays  []int32
	}{
		"one row": {from(3, 12), []int32{5}}, "two rows": {slices.Concat(from(1, 9), from(20, 8)), []int32{5}}, "a row and others": {slices.Concat(apart, from(20, 10), []neuron.ID{40}), []int32{5}},
		"two delays": {from(2, 16), []int32{5, 5, 5, 5, 5, 5, 5, 5, 9, 9, 9, 9, 9, 9, 9, 9}}, "mixed": {from(2, 16), []int32{5, 9}},
	} {
		net := wired(t, c.sources, c.delays)
		views, twin := []view{newArrays(net, 0, 1, fewDelays(net, 0, 1)), newHistories(net)}, &viewTwin{net: net}
		rng := rand.New(rand.NewPCG(6, 1))
		for now := neuron.Time(0); now < 100; now += 5 {
			for at := now; at < now+5; at++ {
				sameViews(t, views, twin, at)
			}
			inputs := randomSpikes(rng, 1, 61, now, now+5)
			twin.spikes = append(twin.spikes, inputs...)
			for _, v := range views {
				v.record(inputs, nil)
			}
			if t.Failed() {
				t.Fatalf("%s, at %v", name, now)
			}
		}
	}
}

// TestRestoredViews: a view that restores a past forgets what it has been told
// before, and shows at once what had arrived.
func TestRestoredViews(t *testing.T) {
	net := tiny(t, 5, 4, 15, Noise{})
	n := neuron.ID(net.NumNeurons())
	views := []view{newHistories(net), newArrays(net, 0, n, fewDelays(net, 0, n))}
	rng := rand.New(rand.NewPCG(2, 3))
	for trial := range 40 {
		twin := &viewTwin{net: net}
		now := neuron.Time(rng.IntN(400)) / 4 * 4
		for at := max(0, now-40); at < now; at += 4 {
			twin.spikes = append(twin.spikes, randomSpikes(rng, 0, int(2*n), at, at+4)...)
		}
		for k, v := range views {
			v.restore(now, twin.past(now))
			for id := range n {
				want := twin.told(id, now-1)
				got := make([]float64, len(want))
				if v.gather(got, id); !slices.Equal(got, want) {
					t.Fatalf("trial %d, view %d at %v: neuron %d was told %v, want %v", trial, k, now, id, got, want)
				}
			}
		}
		sameSent(t, views, twin, now)
		for end := now + 20; now < end; now += 4 {
			sameViews(t, views, twin, now)
			spikes := randomSpikes(rng, 0, int(2*n), now, now+4)
			twin.spikes = append(twin.spikes, spikes...)
			for _, v := range views {
				v.record(nil, spikes)
			}
			sameSent(t, views, twin, now+4)
		}
		if t.Failed() {
			t.Fatalf("trial %d", trial)
		}
	}
}
