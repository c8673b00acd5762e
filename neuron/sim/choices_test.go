package sim

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// wired returns a network of one neuron and 60 channels, which are sources 1 to
// 60, with one synapse for each source.
func wired(t *testing.T, sources []neuron.ID, delays []int32) *Network {
	t.Helper()
	return wiredTo(t, 60, sources, delays)
}

// wiredTo is wired with another number of channels.
func wiredTo(t *testing.T, channels int, sources []neuron.ID, delays []int32) *Network {
	t.Helper()
	var synapses []topology.Synapse
	for i, s := range sources {
		synapses = append(synapses, topology.Synapse{Source: s, Delay: delays[i%len(delays)], Weight: 1})
	}
	g, err := topology.FromSynapses([]topology.Population{{Name: "p", Size: 1}}, []topology.Population{{Name: "c", Size: channels}}, nil, synapses)
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t)
	net := &Network{Graph: g, Seed: 1, Config: func(neuron.ID) *neuron.Config { return cfg }}
	if err := net.Prepare(); err != nil {
		t.Fatal(err)
	}
	return net
}

// from returns n consecutive sources.
func from(first neuron.ID, n int) (ids []neuron.ID) {
	for range n {
		ids, first = append(ids, first), first+1
	}
	return ids
}

// runs returns the runs of a neuron.
func (a *arrays) runs(i int) []run {
	r := &a.rows[i]
	return append([]run{r.first}, a.more[r.more:][:r.count]...)
}

// TestRunsKnown: which synapses are read together, and whether the values are
// stored as codes, which pays if most sources are not consecutive.
func TestRunsKnown(t *testing.T) {
	apart := []neuron.ID{1, 3, 5, 7, 9, 11, 13, 15}
	mixed := []int32{5, 9}
	for name, c := range map[string]struct {
		sources []neuron.ID
		delays  []int32
		runs    []run
		places  []int32
		coded   bool
	}{
		"eight in a row":           {from(3, 8), []int32{5}, []run{{3, 0, 8, 0, true}}, nil, false},
		"seven in a row":           {from(3, 7), []int32{5}, []run{{0, 0, 7, 0, false}}, nil, true},
		"apart":                    {apart, []int32{5}, []run{{0, 0, 8, 0, false}}, nil, true},
		"as many in a row":         {slices.Concat(apart, from(20, 8)), []int32{5}, []run{{0, 0, 8, 0, false}, {20, 8, 8, 0, true}}, nil, false},
		"more in a row":            {slices.Concat(apart[:3], from(20, 8), []neuron.ID{40, 42}), []int32{5}, []run{{0, 0, 3, 0, false}, {20, 3, 8, 0, true}, {11, 11, 2, 0, false}}, nil, false},
		"one less in a row":        {slices.Concat(apart, []neuron.ID{17}, from(20, 8)), []int32{5}, []run{{0, 0, 9, 0, false}, {20, 9, 8, 0, true}}, nil, true},
		"two rows":                 {slices.Concat(from(1, 9), from(20, 8)), []int32{5}, []run{{1, 0, 9, 0, true}, {20, 9, 8, 0, true}}, nil, false},
		"two delays":               {from(1, 10), []int32{5, 5, 5, 5, 5, 9, 9, 9, 9, 9}, []run{{0, 0, 5, 0, false}, {5, 5, 5, 1, false}}, nil, true},
		"as many delays as may be": {from(1, 6), mixed, []run{{0, 0, 1, 0, false}, {1, 1, 1, 1, false}, {2, 2, 1, 0, false}, {3, 3, 1, 1, false}, {4, 4, 1, 0, false}, {5, 5, 1, 1, false}}, nil, true},
		"more delays":              {from(1, 7), mixed, []run{{0, 0, 7, -1, false}}, []int32{1, 61 + 2, 3, 61 + 4, 5, 61 + 6, 7}, true},
	} {
		net := wired(t, c.sources, c.delays)
		a := newArrays(net, 0, 1, fewDelays(net, 0, 1))
		if got := a.runs(0); !slices.Equal(got, c.runs) || !slices.Equal(a.places, c.places) || len(a.rows) != 1 || len(a.more) != len(got)-1 {
			t.Errorf("%s: runs %v, places %v, %d rows, %d more runs; want %v, %v", name, got, a.places, len(a.rows), len(a.more), c.runs, c.places)
		}
		if n := scattered(c.runs); n > 0 != c.coded {
			t.Errorf("%s: %d more synapses are apart", name, n)
		}
	}
}

// TestCodedKnown: values are stored as codes if there are many, and most are
// read one by one.
func TestCodedKnown(t *testing.T) {
	apart := []neuron.ID{1, 3, 5}
	for _, c := range []struct {
		sources []neuron.ID
		delays  []int32
		more    int // channels
		coded   bool
	}{
		{apart, []int32{5}, 2047, false}, {apart, []int32{5}, 2048, true}, {from(1, 9), []int32{5}, 2048, false},
		{apart, []int32{5, 9}, 1023, false}, {apart, []int32{5, 9}, 1024, true},
	} {
		net := wiredTo(t, c.more, c.sources, c.delays)
		if a := newArrays(net, 0, 1, fewDelays(net, 0, 1)); (a.shown.codes != nil) != c.coded {
			t.Errorf("sources %v of %d with delays %v: coded %v", c.sources, c.more, c.delays, !c.coded)
		}
	}
}

// TestRunsOfOneNeuron do not depend on the neurons before it.
func TestRunsOfOneNeuron(t *testing.T) {
	net := tiny(t, 9, 5, 7, Noise{})
	delays := fewDelays(net, 0, 9)
	all, mixed := newArrays(net, 0, 9, delays), 0
	for id := range neuron.ID(9) {
		alone := newArrays(net, id, id+1, delays)
		got := all.runs(int(id))
		if len(got) == 1 && got[0].delay < 0 {
			mixed++
			got[0].start = 0 // the places of other neurons come first
		}
		if want := alone.runs(0); !slices.Equal(got, want) {
			t.Errorf("neuron %d: runs %v, alone %v", id, got, want)
		}
	}
	if mixed == 0 || mixed == 9 {
		t.Errorf("%d of 9 neurons have mixed delays; the test is empty", mixed)
	}
}

// TestTrimKnown: spikes that are visible after every delay are removed as soon
// as they are half of all.
func TestTrimKnown(t *testing.T) {
	for _, c := range []struct{ spikes, first, second, gone int }{
		{10, 5, 5, 5}, {10, 4, 9, 0}, {10, 9, 4, 0}, {10, 0, 10, 0}, {10, 10, 10, 10}, {10, 6, 10, 6}, {11, 5, 11, 5}, {11, 4, 11, 0}, {0, 0, 0, 0}, {1, 1, 1, 1}, {1, 0, 0, 0},
	} {
		a := &arrays{at: []int{c.first, c.second}}
		for k := range c.spikes {
			a.spikes = append(a.spikes, neuron.Spike{Time: neuron.Time(k)})
		}
		a.trim()
		if len(a.spikes) != c.spikes-c.gone || len(a.spikes) > 0 && a.spikes[0].Time != neuron.Time(c.gone) || !slices.Equal(a.at, []int{c.first - c.gone, c.second - c.gone}) {
			t.Errorf("%+v: left %v, at %v", c, a.spikes, a.at)
		}
	}
}

// TestExpectKnown: the next spike becomes visible when the first of them has
// travelled for its delay.
func TestExpectKnown(t *testing.T) {
	spikes := []neuron.Spike{{Time: 10}, {Time: 20}, {Time: 90}}
	for at, want := range map[[2]int]neuron.Time{{0, 0}: 15, {1, 0}: 25, {2, 0}: 60, {2, 1}: 70, {3, 1}: 70, {3, 2}: 140, {3, 3}: neuron.Never} {
		a := &arrays{spikes: spikes, at: at[:], delays: []neuron.Time{5, 50}}
		if a.expect(); a.next != want {
			t.Errorf("%v spikes visible: the next at %v, want %v", at, a.next, want)
		}
	}
	a := &arrays{spikes: spikes, at: []int{0, 0}, delays: []neuron.Time{5, 50}, width: 1, shown: newTones(2, false)}
	for _, step := range [][2]neuron.Time{{14, 15}, {15, 25}, {60, 70}, {139, 140}, {140, neuron.Never}} {
		if a.show(step[0]); a.next != step[1] {
			t.Errorf("shown up to %v: the next at %v, want %v", step[0], a.next, step[1])
		}
	}
}

// TestHistoriesGrow only if the oldest spike is still on its way to a synapse
// when a new one is sent, and change their base only after a long time.
func TestHistoriesGrow(t *testing.T) {
	net := tiny(t, 5, 4, 15, Noise{})
	if net.longest != 15 {
		t.Fatal(net.longest)
	}
	for at, depth := range map[neuron.Time]int{14: 2 * firstDeep, 15: firstDeep, 16: firstDeep} {
		h := newHistories(net)
		h.add(&neuron.Spike{Time: 0, Source: 1})
		if h.depth != firstDeep {
			t.Error("the first spike needs more notes")
		}
		h.add(&neuron.Spike{Time: at, Source: 1})
		h.add(&neuron.Spike{Time: at, Source: 2})
		r := newHistories(net)
		if r.restore(1000, &past{before: make([]float32, 10)}); r.base != 1000-15-1 || r.now != 999 {
			t.Errorf("restored at 1000: base %v, shown up to %v; spikes in flight were sent from 985 on", r.base, r.now)
		}
		if h.depth != depth || len(h.notes) != depth*10 {
			t.Errorf("a spike at %v: %d notes per source, want %d", at, h.depth, depth)
		}
	}
	for _, first := range []neuron.Time{0, 5 * moveBase} {
		for at, moved := range map[neuron.Time]neuron.Time{moveBase: 0, moveBase + 1: moveBase - 15} {
			h := newHistories(net)
			h.base = first
			if h.add(&neuron.Spike{Time: first + at, Source: 1}); h.base != first+moved {
				t.Errorf("a spike at %v after base %v: moved by %v, want %v", at, first, h.base-first, moved)
			}
		}
		for at, moved := range map[neuron.Time]neuron.Time{2*moveBase - 1: 0, 2 * moveBase: 2*moveBase - 16} {
			h := newHistories(net)
			h.base = first
			if h.show(first + at); h.base != first+moved || h.now != first+at {
				t.Errorf("shown up to %v after base %v: moved by %v, want %v", at, first, h.base-first, moved)
			}
		}
	}
}

// TestFewAreSorted without tables: clock updates, and events of an epoch.
func TestFewAreSorted(t *testing.T) {
	for known, tables := range map[int]bool{fewKnown - 1: false, fewKnown: true} {
		a, wake := &agenda{}, make([]neuron.Time, known)
		a.begin(0, 10)
		for i := range wake {
			wake[i] = neuron.Time(i % 10)
		}
		if a.collect(wake, 10); (a.counts != nil) != tables || !slices.IsSorted(a.known) || len(a.known) != known {
			t.Errorf("%d updates: tables %v, %d sorted", known, a.counts != nil, len(a.known))
		}
	}
	for _, c := range []struct {
		width  neuron.Time
		events int
		table  int
	}{{800, 99, 0}, {800, 100, 801}, {maxCounted, maxCounted / 8, maxCounted + 1}, {maxCounted + 1, maxCounted / 8, 0}} {
		r, b := &Router{width: c.width}, make([]pendingEvent, c.events)
		for i := range b {
			b[i] = pendingEvent{offset: int32(i * 7 % int(c.width)), target: int32(i)}
		}
		b[0].offset = int32(c.width) - 1
		r.sortByTime(b)
		if len(r.starts) != c.table || !slices.IsSortedFunc(b, compareOffsets) {
			t.Errorf("%d events in %v: a table of %d, want %d", c.events, c.width, len(r.starts), c.table)
		}
		clear(r.starts)
		if r.sortByTime(b); slices.ContainsFunc(r.starts, func(n int32) bool { return n != 0 }) {
			t.Errorf("%d events in %v are sorted again", c.events, c.width)
		}
	}
}

// told is an owner that notes what is announced.
type told struct {
	*Group
	soon   [numParts][]int
	handed []int
}

func (o *told) Soon(i int, part Part) { o.soon[part] = append(o.soon[part], i) }

func (o *told) Hand(i int, in *neuron.Inbox) (neuron.Time, bool) {
	o.handed = append(o.handed, i)
	return o.Group.Hand(i, in)
}

// TestUpdatesAreAnnounced: 18, 12 and 6 updates ahead.
func TestUpdatesAreAnnounced(t *testing.T) {
	const n = 40
	net, cfg := tiny(t, n, 50, 60, Noise{}), testConfig(t)
	cfg.Clock = neuron.Clock{Kind: neuron.Periodic, Interval: 1000, Phase: 7}
	net.Config = func(neuron.ID) *neuron.Config { return cfg }
	g, err := newGroup(net, 0, n, Chosen)
	if err != nil {
		t.Fatal(err)
	}
	if g.large {
		t.Error("a few neurons do not fit into the cache")
	}
	g.large = true
	own := &told{Group: g}
	g.out = &neuron.Output{}
	if !g.Run(Epoch{End: 50}, own) || len(own.handed) != n {
		t.Fatalf("%d updates", len(own.handed))
	}
	for part, early := range map[Part]int{Tables: 12, Itself: 8, Inputs: 4} {
		if !slices.Equal(own.soon[part], own.handed[early:]) {
			t.Errorf("updates of %v, part %d of %v is announced", own.handed, part, own.soon[part])
		}
	}
}

// TestNextAfterUpdates: the next update after an epoch with several updates of
// each neuron.
func TestNextAfterUpdates(t *testing.T) {
	net, cfg := tiny(t, 4, 50, 60, Noise{}), testConfig(t)
	cfg.Clock = neuron.Clock{Kind: neuron.Periodic, Interval: 20, Phase: 7}
	net.Config = func(neuron.ID) *neuron.Config { return cfg }
	for _, how := range []Delivery{Chosen, EachEvent, FromHistory} {
		g, err := newGroup(net, 0, 4, how)
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range []neuron.Time{67, 107, 167} {
			if g.Step(Epoch{Index: int64(k), End: 50 * neuron.Time(k+1)}, &neuron.Output{}); g.Next() != want {
				t.Errorf("delivery %d, epoch %d: the next update at %v, want %v", how, k, g.Next(), want)
			}
		}
	}
}

// TestOnlyDueNeuronsRun: without signals, a neuron that gets each event runs in
// the epochs in which one arrives.
func TestOnlyDueNeuronsRun(t *testing.T) {
	net := tiny(t, 4, 5, 12, Noise{})
	g, err := newGroup(net, 0, 4, EachEvent)
	if err != nil {
		t.Fatal(err)
	}
	own := &told{Group: g}
	g.out = &neuron.Output{}
	g.Deliver([]neuron.Spike{{Time: 0, Source: 5, Value: 1}}, nil)
	for k := range neuron.Time(4) {
		var want []int
		for id := range neuron.ID(4) {
			in := net.Incoming(id)
			for s, source := range in.Source {
				if d := neuron.Time(in.Delay[s]); source == 5 && d/5 == k && !slices.Contains(want, int(id)) {
					want = append(want, int(id))
				}
			}
		}
		own.handed = nil
		if !g.Run(Epoch{Index: int64(k), End: 5 * (k + 1)}, own) || !slices.Equal(own.handed, want) {
			t.Errorf("epoch %d: neurons %v run, want %v", k, own.handed, want)
		}
	}
}

// TestWhenNeuronsAreRechecked: only neurons that could be shown their inputs,
// every 64 epochs.
func TestWhenNeuronsAreRechecked(t *testing.T) {
	net, gated := tiny(t, 4, 5, 12, Noise{}), testConfig(t)
	gated.Gate.Threshold = 1
	usual := testConfig(t)
	net.Config = func(id neuron.ID) *neuron.Config {
		if id == 3 {
			return gated
		}
		return usual
	}
	g, err := newGroup(net, 0, 4, FromHistory)
	if err != nil {
		t.Fatal(err)
	}
	if g.eventful != 0 || !slices.Equal(g.shown, []bool{true, true, true, false}) {
		t.Fatalf("shown %v, %d could be", g.shown, g.eventful)
	}
	run := func(d neuron.Dynamics) {
		now := 5 * neuron.Time(g.epochs)
		g.Step(Epoch{Index: int64(g.epochs), End: now + 5, Signals: []neuron.Signal{{Time: now, Kind: neuron.SetDynamics, Value: float64(d), First: 1, Last: 3}}}, &neuron.Output{})
	}
	for range 3 {
		run(neuron.Sign)
	}
	if run(neuron.Belief); g.eventful != 2 {
		t.Errorf("%d could be shown their inputs, want 2", g.eventful)
	}
	run(neuron.Sign)
	for g.epochs <= recheckEvery {
		if shown := slices.Clone(g.shown); shown[1] || shown[2] || g.eventful != 2 {
			t.Fatalf("after %d epochs: shown %v, %d could be", g.epochs, shown, g.eventful)
		}
		run(neuron.Sign)
	}
	if !slices.Equal(g.shown, []bool{true, true, true, false}) || g.eventful != 0 {
		t.Errorf("after %d epochs: shown %v, %d could be", g.epochs, g.shown, g.eventful)
	}
}

// TestGrowStateKnown: the rest gets as much room per neuron as those before it,
// and a sixteenth more.
func TestGrowStateKnown(t *testing.T) {
	const most = 200_000 + 200_000*17/16
	if got := cap(GrowState(make([]byte, 200_000), 100_000, 2, 6)); got < most || got > most+8192 { // the allocator rounds up
		t.Errorf("room for %d bytes, want %d", got, most)
	}
}

// TestNothingChanged: a change that changes nothing gives the same network, and
// the original after all is undone.
func TestNothingChanged(t *testing.T) {
	net := busy(t, Noise{}).net
	if got, _, err := net.Changed(&topology.Change{}); err != nil || got != net {
		t.Errorf("another network, %v", err)
	}
	noise := []Noise{{Loss: .5}, {}}
	noisy, err := net.withNoise(noise, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := noisy.Changed(&topology.Change{}); err != nil || !slices.Equal(got.Noise, noise) || got.lineage.reach != 3 {
		t.Errorf("the noise is lost: %v", err)
	}
	cut, _, err := net.Changed(&topology.Change{Synapses: []int64{0}})
	if err != nil || cut == net {
		t.Fatal(err)
	}
	if got, _, err := cut.Changed(&topology.Change{Added: net.Synapses()[:1]}); err != nil || got != net {
		t.Errorf("the change is not undone: %v", err)
	}
}

// TestReadNoiseLimits: the shortest block, the number of projections, and a
// reach that is not negative.
func TestReadNoiseLimits(t *testing.T) {
	net := tiny(t, 2, 10, 10, Noise{})
	block := func(projections uint32, reach int64, entries int) []byte {
		b := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(nil, projections), uint64(reach))
		return append(b, make([]byte, 40*entries)...)
	}
	for name, c := range map[string]struct {
		block []byte
		rest  int
		want  string
	}{
		"nothing": {nil, 0, "ends within"}, "too short": {block(0, 0, 0)[:11], 0, "ends within"}, "too few": {block(2, 0, 1), 0, "ends within"},
		"one byte less": {block(2, 0, 2)[:91], 0, "ends within"}, "enough": {block(2, 0, 2), 0, ""}, "more": {block(2, 5, 3), 40, ""}, "negative": {block(2, -1, 2), 0, "negative"},
		"of no projection": {block(0, 0, 0), 0, "noise for 0 projections, the network has 2 in 1 groups"},
	} {
		_, rest, err := net.readNoise(c.block)
		if err == nil && (c.want != "" || len(rest) != c.rest) || err != nil && (c.want == "" || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %d bytes left, %v; want %d, %q", name, len(rest), err, c.rest, c.want)
		}
	}
}

// TestPrepareLimits: the most epochs that a delay may last, and groups.
func TestPrepareLimits(t *testing.T) {
	for jitter, ok := range map[neuron.Time]bool{10*(maxBuckets-1) - 1: true, 10 * (maxBuckets - 1): false} {
		net := tiny(t, 2, 10, 10, Noise{})
		net.Noise = []Noise{{Jitter: jitter}, {}}
		if err := net.Prepare(); (err == nil) != ok || ok && net.Longest() != 10+jitter {
			t.Errorf("jitter of %v: %v", jitter, err)
		}
	}
	net := tiny(t, 2, 10, 10, Noise{})
	delay := &net.Incoming(0).Delay[0]
	for d, ok := range map[int32]bool{0: false, 1: true} {
		if *delay = d; (net.Prepare() == nil) != ok || ok && net.Width() != neuron.Time(d) {
			t.Errorf("a delay of %d µs: accepted %v, epochs of %v", d, !ok, net.Width())
		}
	}
	net.Group = func(neuron.ID) int { return -1 }
	if err := net.Prepare(); err == nil || !strings.Contains(err.Error(), "neuron 0 is of group -1") {
		t.Errorf("a negative group: %v", err)
	}
}

// TestRestoredRefuses a neuron that cannot be made, and noise that the network
// has not.
func TestRestoredRefuses(t *testing.T) {
	quiet, noisy := busy(t, Noise{}), busy(t, Noise{Jitter: 4})
	for _, c := range []struct{ from, to *Sequential }{{quiet, noisy}, {noisy, quiet}} {
		state, err := c.from.State()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.to.Restore(state); !errors.Is(err, ErrState) || !strings.Contains(err.Error(), "noise does not match") {
			t.Errorf("a state with other noise: %v", err)
		}
	}
	net := *busy(t, Noise{}).net
	net.Config = func(neuron.ID) *neuron.Config { return &neuron.Config{} }
	if n, err := net.restored(0, nil); err == nil || n != nil {
		t.Error("a neuron of no configuration is restored")
	}
}

// TestRouterKnown: the ring covers the longest delay, and without noise the
// routes of a source are in the order of their delays.
func TestRouterKnown(t *testing.T) {
	for _, noise := range []Noise{{}, {Jitter: 9}} {
		net := tiny(t, 9, 5, 21, noise)
		r := net.newRouter(0, 9, nil)
		if want := int(21+noise.Jitter)/5 + 2; len(r.ring) != want {
			t.Errorf("%d buckets, want %d", len(r.ring), want)
		}
		for source := range r.offsets[1:] {
			routes := r.routes[r.offsets[source]:r.offsets[source+1]]
			if noise.Zero() && !slices.IsSortedFunc(routes, compareDelays) {
				t.Errorf("the routes of %d are not in order: %v", source, routes)
			}
		}
	}
}

// TestOneSynapse: each event is delivered over the only synapse of a network.
func TestOneSynapse(t *testing.T) {
	g, err := newGroup(wired(t, from(9, 1), []int32{5}), 0, 1, EachEvent)
	if err != nil {
		t.Fatal(err)
	}
	own := &told{Group: g}
	g.out = &neuron.Output{}
	g.Deliver([]neuron.Spike{{Time: 2, Source: 9, Value: 1}}, nil)
	if !g.Run(Epoch{Index: 1, End: 10}, own) || !slices.Equal(own.handed, []int{0}) {
		t.Errorf("neurons %v run", own.handed)
	}
}

// TestNoiseOfGroups: noise is listed by projection, first for group 0.
func TestNoiseOfGroups(t *testing.T) {
	net := tiny(t, 4, 5, 12, Noise{})
	for id := range neuron.ID(4) {
		for p := range int16(2) {
			if got := net.noiseAt(id, p); got != int(p) {
				t.Errorf("without groups: projection %d has noise %d", p, got)
			}
		}
	}
	net.Group = func(id neuron.ID) int { return int(id) / 2 }
	for id, want := range [][2]int{{0, 1}, {0, 1}, {2, 3}, {2, 3}} {
		if got := [2]int{net.noiseAt(neuron.ID(id), 0), net.noiseAt(neuron.ID(id), 1)}; got != want {
			t.Errorf("neuron %d has noise %v, want %v", id, got, want)
		}
	}
}

// TestPurgeKnown: only the events of neurons that are not served are removed.
func TestPurgeKnown(t *testing.T) {
	served := []bool{true, true, true}
	r := tiny(t, 3, 5, 12, Noise{}).newRouter(0, 3, func(i int) bool { return served[i] })
	for k := range int32(9) {
		r.file(neuron.Time(k), pendingEvent{target: k % 3})
	}
	served[1] = false
	r.purge()
	var left []int32
	for _, bucket := range r.ring {
		for _, p := range bucket {
			left = append(left, p.target)
		}
	}
	if !slices.Equal(left, []int32{0, 2, 0, 2, 0, 2}) || r.pending != 6 {
		t.Errorf("events of %v are left, %d are counted", left, r.pending)
	}
}

// TestNewMailSleeps: before it has neurons there is nothing to do.
func TestNewMailSleeps(t *testing.T) {
	for _, how := range []Delivery{Chosen, EachEvent, FromHistory} {
		m := NewMail(tiny(t, 4, 5, 12, Noise{}), 0, 4, how)
		if m.Next() != neuron.Never || slices.ContainsFunc(m.wake, func(t neuron.Time) bool { return t != neuron.Never }) || m.Len() != 4 {
			t.Errorf("delivery %d: next at %v, %v", how, m.Next(), m.wake)
		}
	}
}

// TestWhoIsShownAfterARestore: all neurons but one with a new synapse from a
// source that has sent something; they are checked again once all spikes in flight
// have arrived.
func TestWhoIsShownAfterARestore(t *testing.T) {
	short, err := NewSequential(tiny(t, 4, 1, 1, Noise{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := short.Advance(t.Context(), 9, Feed{Inputs: []neuron.Spike{{Time: 2, Source: 4, Value: 1}, {Time: 8, Source: 5, Value: 1}}}, Discard{}); err != nil {
		t.Fatal(err)
	}
	if err := Edit(short, nil, nil); err != nil || slices.Contains(short.group.shown, false) {
		t.Errorf("with delays of 1 µs: shown %v, %v", short.group.shown, err)
	}
	e := busy(t, Noise{})
	for _, c := range []struct {
		added    []topology.Synapse
		shown    []bool
		eventful int
	}{
		{nil, []bool{true, true, true, true}, 0},
		{[]topology.Synapse{{Source: 4, Target: 2, Weight: 1, Delay: 5, Port: neuron.Contextual, Projection: 1}}, []bool{true, true, false, true}, 1},
	} {
		if _, err := Restructure(e, &topology.Change{Added: c.added}); err != nil {
			t.Fatal(err)
		}
		g := e.group
		steady := e.now
		if c.eventful > 0 {
			steady += g.net.longest + 1
		}
		if !slices.Equal(g.shown, c.shown) || g.eventful != c.eventful || g.steady != steady || g.now != e.now {
			t.Errorf("%d new synapses: shown %v, %d could be, steady at %v; want %v, %d, %v", len(c.added), g.shown, g.eventful, g.steady, c.shown, c.eventful, steady)
		}
	}
}

// TestNetworkWithoutSynapses: epochs last a millisecond.
func TestNetworkWithoutSynapses(t *testing.T) {
	net := wired(t, nil, nil)
	if net.Width() != neuron.Millisecond || net.Longest() != neuron.Millisecond {
		t.Errorf("epochs of %v, delays of up to %v", net.Width(), net.Longest())
	}
	if e, err := NewSequential(net); err != nil || e.Advance(t.Context(), 5*neuron.Millisecond, Feed{}, Discard{}) != nil || e.Now() != 5*neuron.Millisecond {
		t.Error(err)
	}
}

// TestFaultsOfNeuronsAreNamed: of neurons that cannot be made, and of clocks that
// a state sets before its own time.
func TestFaultsOfNeuronsAreNamed(t *testing.T) {
	net, cfg := tiny(t, 4, 5, 12, Noise{}), testConfig(t)
	cfg.Clock = neuron.Clock{Kind: neuron.Periodic, Interval: 20, Phase: 2}
	net.Config = func(id neuron.ID) *neuron.Config { return cfg }
	e, err := NewSequential(net)
	if err != nil {
		t.Fatal(err)
	}
	state, _ := e.State()
	for now, ok := range map[neuron.Time]bool{2: true, 3: false} { // the first update is at 2
		binary.LittleEndian.PutUint64(state[6:], uint64(now))
		if err := e.Restore(state); (err == nil) != ok || !ok && (!errors.Is(err, ErrState) || !strings.Contains(err.Error(), "the clock of neuron 0 stands at")) {
			t.Errorf("a state of %d µs: %v", now, err)
		}
	}
	net.Config = func(id neuron.ID) *neuron.Config {
		if id == 2 {
			return &neuron.Config{}
		}
		return cfg
	}
	if _, err := NewGroup(net, 1, 4); err == nil || !strings.HasPrefix(err.Error(), "neuron 2: ") {
		t.Errorf("a neuron without a configuration: %v", err)
	}
	if e, err := NewSequential(net); err == nil || e != nil {
		t.Errorf("an engine with a neuron without a configuration: %v", err)
	}
}

// silent is an engine that gives no reports.
type silent struct{ Engine }

func (silent) Report([]neuron.ID, neuron.Want) ([]neuron.Report, error) { return nil, errFew }

// TestFaultsOfStatesAreReturned: a change that changes nothing, an event that
// does not fit, and an engine without reports.
func TestFaultsOfStatesAreReturned(t *testing.T) {
	e := busy(t, Noise{})
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	none, _ := new(topology.Change).AppendBinary(nil)
	head := slices.Clone(state[:stateHead])
	binary.LittleEndian.PutUint16(head[4:], stateChanged)
	head = append(binary.LittleEndian.AppendUint64(head, uint64(len(none))), none...)
	head = append(head, state[stateHead:]...)
	if err := busy(t, Noise{}).Restore(head); !errors.Is(err, ErrState) {
		t.Errorf("restored with a change that changes nothing: %v", err)
	}
	if net, err := NetworkOf(head, e.net); !errors.Is(err, ErrState) || !strings.Contains(err.Error(), "canonical") || net != nil {
		t.Errorf("a change that changes nothing: %v", err)
	}
	state[len(state)-1] = 200 // the port of the last event
	if out, err := Migrate(e.net, state, &topology.Change{Synapses: []int64{0}}); !errors.Is(err, ErrState) || out != nil {
		t.Errorf("an event to port 200: %d bytes, %v", len(out), err)
	}
	if weights, err := Weights(silent{e}); !errors.Is(err, errFew) || weights != nil {
		t.Errorf("no reports: %v, %v", weights, err)
	}
}

// TestPendingIsCounted: after a restore, the router knows how many events it
// has.
func TestPendingIsCounted(t *testing.T) {
	e := busy(t, Noise{Jitter: 4})
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Restore(state); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, bucket := range e.group.router.ring {
			n += len(bucket)
		}
		if got := e.group.router.pending; got != n || n == 0 {
			t.Errorf("%d events are counted, there are %d", got, n)
		}
	}
}

// TestLarge: from 4 MiB on, neurons are prefetched.
func TestLarge(t *testing.T) {
	for n, want := range map[int]bool{4096: false, 4097: true} {
		g, err := topology.FromSynapses([]topology.Population{{Name: "p", Size: n}}, nil, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg := testConfig(t)
		net := &Network{Graph: g, Seed: 1, Config: func(neuron.ID) *neuron.Config { return cfg }}
		if err := net.Prepare(); err != nil {
			t.Fatal(err)
		}
		if m := NewMail(net, 0, neuron.ID(n), Chosen); m.large != want {
			t.Errorf("%d neurons are large: %v", n, m.large)
		}
	}
	for k, want := range map[int]bool{349440: false, 349441: true} { // 1024 + 12·349440 bytes are 4 MiB
		if m := NewMail(wiredTo(t, k, from(1, k), []int32{5}), 0, 1, Chosen); m.large != want {
			t.Errorf("%d synapses are large: %v", k, m.large)
		}
	}
}
