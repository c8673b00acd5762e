package actors

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// TestStopsKnown: all neurons wait for each other before each time at which one
// of them is told to fire or learn, and at the end. They wait before the first
// such time only if clocks may update before it.
func TestStopsKnown(t *testing.T) {
	at := func(time neuron.Time, kind neuron.SignalKind, flags neuron.Flags) neuron.Signal {
		return neuron.Signal{Time: time, Kind: kind, Flags: flags}
	}
	signals := []neuron.Signal{
		at(10, neuron.Tick, neuron.Fire), // at the present time: nothing has happened yet
		at(11, neuron.Tick, neuron.Observe), at(12, neuron.SetPlastic, neuron.Fire),
		at(13, neuron.Tick, neuron.Fire), at(13, neuron.Tick, neuron.Learn), at(15, neuron.Tick, neuron.Learn|neuron.Observe),
		at(19, neuron.Tick, neuron.Fire),
	}
	for ticked, want := range map[bool][]neuron.Time{false: {13, 15, 19, 20}, true: {15, 19, 20}} {
		s := &driver{requests: requests{now: 10}, ticked: ticked}
		if got := s.appendStops(nil, &request{until: 20, feed: sim.Feed{Signals: signals}}); !slices.Equal(got, want) {
			t.Errorf("ticked %v: stops at %v, want %v", ticked, got, want)
		}
		if got := s.appendStops(nil, &request{until: 20}); !slices.Equal(got, []neuron.Time{20}) {
			t.Errorf("ticked %v, without signals: stops at %v", ticked, got)
		}
	}
}

// TestReachingKnown: the signals that reach a neuron, in order; the same slice
// if all of them do.
func TestReachingKnown(t *testing.T) {
	all := []neuron.Signal{{Time: 1, First: 0, Last: 5}, {Time: 2, First: 2, Last: 3}, {Time: 3, First: 4, Last: 5}}
	was := slices.Clone(all)
	for id, want := range map[neuron.ID][]neuron.Time{0: {1}, 2: {1, 2}, 3: {1}, 4: {1, 3}, 5: {}} {
		got := []neuron.Time{}
		for _, s := range reaching(all, id) {
			got = append(got, s.Time)
		}
		if !slices.Equal(got, want) || !slices.Equal(all, was) {
			t.Errorf("neuron %d is reached at %v, want %v; signals %v", id, got, want, all)
		}
	}
	if got := reaching(all[:1], 3); &got[0] != &all[0] {
		t.Error("signals that reach everybody were copied")
	}
}

// TestDigestKnown: FNV-1a over the bits of values, like hash/fnv over bytes.
func TestDigestKnown(t *testing.T) {
	var a, b digest
	if a != b {
		t.Error("nothing differs from nothing")
	}
	a.add(0)
	if want := uint64(14695981039346656037); a.count != 1 || a.hash != want*1099511628211 {
		t.Errorf("%+v", a)
	}
	h := fnv.New64a()
	h.Write([]byte{0}) // for a byte 0 the hash is the same as for zero bits
	if a.hash != h.Sum64() {
		t.Errorf("%x, hash/fnv has %x", a.hash, h.Sum64())
	}
	h.Write([]byte{0})
	if a.add(0); a.count != 2 || a.hash != h.Sum64() {
		t.Errorf("twice %+v, hash/fnv has %x", a, h.Sum64())
	}
	a, b = digest{}, digest{}
	for _, v := range []float32{1, -1, 1} {
		a.add(v)
	}
	for _, v := range []float32{1, 1, -1} {
		b.add(v)
	}
	if a.hash == b.hash || a.count != 3 {
		t.Error("the order does not count")
	}
}

// TestOutputDigestKnown: the SHA-256 of times and values since the last end.
func TestOutputDigestKnown(t *testing.T) {
	spikes := []neuron.Spike{{Time: 5, Source: 9, Value: 1}, {Time: 1 << 40, Source: 9, Value: -0.5}, {Time: 7, Value: 2}}
	var bytesOf []byte
	for _, s := range spikes {
		bytesOf = binary.LittleEndian.AppendUint64(bytesOf, uint64(s.Time))
		bytesOf = binary.LittleEndian.AppendUint32(bytesOf, math.Float32bits(s.Value))
	}
	net := freeMemory(t, 3, 1)
	n, err := net.NewNeuron(1)
	if err != nil {
		t.Fatal(err)
	}
	d := newOutputDigest()
	for range 2 { // the second time after a reset
		d.add(spikes[:1])
		d.add(spikes[1:])
		e, err := endOf(n, &d)
		if err != nil || e.Output != sha256.Sum256(bytesOf) || e.Spikes != 3 || e.Updates != 0 {
			t.Errorf("%+v, %v", e, err)
		}
		state, _ := n.AppendBinary(nil)
		window, _ := n.Window().AppendBinary(nil)
		var weights []byte
		for p := range neuron.Port(neuron.NumPorts) {
			for _, w := range n.Weights(p) {
				weights = binary.LittleEndian.AppendUint64(weights, math.Float64bits(w))
			}
		}
		if e.State != sha256.Sum256(state) || e.Window != sha256.Sum256(window) || e.Weights != sha256.Sum256(weights) || len(weights) != 8*3 {
			t.Error("state, window or weights have other hashes")
		}
	}
}

// TestDiffersKnown: each possible difference between two ends, by name.
func TestDiffersKnown(t *testing.T) {
	same := inboxes.End{Updates: 3, Spikes: 2}
	for want, change := range map[string]func(e *inboxes.End){
		"":        func(*inboxes.End) {},
		"spikes":  func(e *inboxes.End) { e.Output[0]++ },
		"weights": func(e *inboxes.End) { e.Weights[31]++ },
		"window":  func(e *inboxes.End) { e.Window[7]++ },
		"state":   func(e *inboxes.End) { e.State[1]++ },
		"spikes, weights, window, state": func(e *inboxes.End) {
			e.Spikes, e.Weights[0], e.Window[0], e.Updates = 9, 9, 9, 9
		},
	} {
		other := same
		change(&other)
		var d Differs
		d.note(&same, &other)
		if got := d.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		before := d
		if d.note(&same, &same); d != before {
			t.Errorf("%q: forgotten", want)
		}
	}
	if got := (Differs{Inputs: true, Inboxes: true, State: true}).String(); got != "inputs, inboxes, state" {
		t.Error(got)
	}
	count := inboxes.End{Updates: 3, Spikes: 1}
	var d Differs
	if d.note(&same, &count); d != (Differs{Spikes: true}) {
		t.Errorf("another number of spikes: %+v", d)
	}
}

// TestFanIn finds the synapses from each neuron, and none from channels.
func TestFanIn(t *testing.T) {
	for _, net := range []*sim.Network{freeMemory(t, 7, 2), sparse(t, 130, "own", true), mixed(t, 4, 2)} {
		for id := range neuron.ID(net.NumNeurons()) {
			e := newFanIn(net, id)
			want := map[neuron.ID][]place{}
			slots := [neuron.NumPorts]int32{}
			in := net.Incoming(id)
			for k, source := range in.Source {
				if p := in.Port[k]; int(source) < net.NumNeurons() {
					want[source] = append(want[source], place{slots[p], p})
				}
				slots[in.Port[k]]++
			}
			for source := range neuron.ID(net.NumNeurons() + net.NumChannels()) {
				if got := e.of(source); !slices.Equal(got, want[source]) {
					t.Errorf("neuron %d hears %d at %v, want %v", id, source, got, want[source])
				}
			}
			if len(e.sources) != len(want) || !slices.IsSorted(e.sources) {
				t.Errorf("neuron %d hears %v", id, e.sources)
			}
		}
	}
}

// TestTapeBlocks: a tape fills one block while the other is at the recorder,
// and waits only if it has none.
func TestTapeBlocks(t *testing.T) {
	tp := newTape(3, [neuron.NumPorts]int32{1, 2}, nil, nil)
	first := tp.current
	if first == nil || len(tp.spare) != tapeBlocks-1 || first.neuron != 3 || first.kind != inboxes.InboxBlock {
		t.Fatalf("%+v", tp)
	}
	tp.current = nil // it is at the recorder
	tp.take()
	second := tp.current
	if second == nil || second == first || len(tp.spare) != 0 {
		t.Fatal("no second block")
	}
	tp.current = nil
	if tp.take(); tp.current != nil {
		t.Fatal("a third block")
	}
	if tp.back(first); tp.current != first || len(tp.spare) != 0 {
		t.Error("the block that came back is not used")
	}
	if tp.back(second); tp.current != first || len(tp.spare) != 1 {
		t.Error("the block under way was put aside")
	}
	if !bytes.Equal(first.data, nil) || cap(first.data) < blockSize {
		t.Errorf("a block of %d bytes with room for %d", len(first.data), cap(first.data))
	}
}
