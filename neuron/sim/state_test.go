package sim

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"testing"

	"infomorph/internal/fuzzing"
	"infomorph/neuron"
	"infomorph/topology"
)

// busy returns an engine with learnt weights and pending events.
func busy(t testing.TB, noise Noise) *Sequential {
	net := tiny(t, 4, 5, 12, noise)
	e, err := NewSequential(net)
	if err != nil {
		t.Fatal(err)
	}
	var f Feed
	for at := neuron.Time(0); at < 33; at += 3 {
		f.Inputs = append(f.Inputs, neuron.Spike{Time: at, Source: 4 + neuron.ID(at%4), Value: 1})
		f.Signals = append(f.Signals, neuron.Signal{Time: at, Kind: neuron.Tick, Flags: neuron.Fire | neuron.Learn, Last: 4})
	}
	if err := e.Advance(t.Context(), 33, f, Discard{}); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestStateRoundTrip(t *testing.T) {
	for _, noise := range []Noise{{}, {Jitter: 4}} {
		e := busy(t, noise)
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		other, err := NewSequential(e.net)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Restore(state); err != nil {
			t.Fatal(err)
		}
		again, err := other.State()
		if err != nil || !bytes.Equal(state, again) || other.Now() != 33 {
			t.Errorf("restored state differs (now %v): %v", other.Now(), err)
		}
		if group := other.group; other.Restore(state) != nil || other.group != group {
			t.Error("new neurons were made for a state of the same network")
		}
		if _, records, err := ReadState(state, e.net); err != nil || !slices.ContainsFunc(records, func(r Record) bool { return len(r.events) > 0 }) {
			t.Error("nothing is in flight; the test is empty")
		}
	}
}

// TestRestoreRefuses damages every byte of the frame of a state, and cuts the
// state at every length.
func TestRestoreRefuses(t *testing.T) {
	e := busy(t, Noise{Jitter: 4})
	state, _ := e.State()
	for n := range len(state) {
		if err := e.Restore(state[:n]); !errors.Is(err, ErrState) {
			t.Fatalf("the first %d of %d bytes: %v", n, len(state), err)
		}
	}
	if err := e.Restore(append(slices.Clone(state), 0)); !errors.Is(err, ErrState) {
		t.Errorf("a byte too many: %v", err)
	}
	for _, at := range []int{0, 4, 13, 14, 18, 22, 26} {
		bad := slices.Clone(state)
		bad[at] ^= 0x80
		if err := e.Restore(bad); !errors.Is(err, ErrState) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	_, records, err := ReadState(state, e.net)
	if err != nil {
		t.Fatal(err)
	}
	fewer := slices.Clone(state[:len(state)-records[3].Size()])
	binary.LittleEndian.PutUint32(fewer[14:], 3)
	if _, _, err := ReadState(fewer, e.net); !errors.Is(err, ErrState) {
		t.Errorf("three of four neurons: %v", err)
	}
	other := tiny(t, 5, 5, 12, Noise{})
	o, err := NewSequential(other)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Restore(state); !errors.Is(err, ErrState) {
		t.Errorf("the state of another network: %v", err)
	}
}

// TestReport requests reports of neurons.
func TestReport(t *testing.T) {
	e := busy(t, Noise{})
	r, err := e.Report([]neuron.ID{2, 0, 2}, neuron.WantWeights|neuron.WantAtoms)
	if err != nil {
		t.Fatal(err)
	}
	if r[0].Neuron != 2 || r[1].Neuron != 0 || r[0].Steps == 0 || r[0].Atoms == nil {
		t.Errorf("got %+v", r)
	}
	before, _ := e.State()
	for p := range r[0].Weights {
		clear(r[0].Weights[p])
	}
	if after, _ := e.State(); !bytes.Equal(before, after) {
		t.Error("a report shares memory with its neuron")
	}
	for _, id := range []neuron.ID{-1, 4} {
		if _, err := e.Report([]neuron.ID{id}, 0); err == nil {
			t.Errorf("there is a neuron %d", id)
		}
	}
}

// FuzzState restores arbitrary bytes, and continues with a state that is
// accepted.
func FuzzState(f *testing.F) {
	e := busy(f, Noise{Jitter: 4})
	state, err := e.State()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(state)
	f.Add(state[:40])
	f.Add([]byte(stateMagic))
	late := slices.Clone(state)
	binary.LittleEndian.PutUint64(late[6:], uint64(neuron.Never))
	f.Add(late)
	changed, err := Migrate(e.net, state, &topology.Change{Neurons: []neuron.ID{1}, Synapses: []int64{0}, Added: []topology.Synapse{{Source: 0, Target: 2, Delay: 5}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(changed)
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		e, err := NewSequential(e.net)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Restore(data); err != nil {
			if !errors.Is(err, ErrState) {
				t.Errorf("the error does not wrap ErrState: %v", err)
			}
			return
		}
		all := neuron.Signal{Time: e.Now(), Kind: neuron.Tick, Flags: neuron.Fire | neuron.Learn, Last: 4}
		var b *neuron.Breakdown // a state can scale the learning rates without bound
		if err := e.Advance(context.Background(), e.Now()+20, Feed{Signals: []neuron.Signal{all}}, Discard{}); err != nil && !errors.As(err, &b) {
			t.Error(err)
		}
	})
}

// TestStateLimits: the last valid time, slot and event time of a state, and the
// first invalid ones.
func TestStateLimits(t *testing.T) {
	e := busy(t, Noise{})
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	for now, ok := range map[neuron.Time]bool{-1: false, 0: true, maxTime: true, maxTime + 1: false} {
		s := slices.Clone(state)
		binary.LittleEndian.PutUint64(s[6:], uint64(now))
		if _, _, err := ReadState(s, e.net); (err == nil) != ok || err != nil && !errors.Is(err, ErrState) {
			t.Errorf("a state of %d: %v", now, err)
		}
	}
	slots := [neuron.NumPorts]int32{2, 3}
	for _, tc := range []struct {
		event neuron.Event
		ok    bool
	}{
		{neuron.Event{Time: 10, Slot: 1}, true},
		{neuron.Event{Time: 9, Slot: 1}, false},
		{neuron.Event{Time: 10, Slot: 2}, false},
		{neuron.Event{Time: 10, Slot: -1}, false},
		{neuron.Event{Time: 10, Slot: 2, Port: 1}, true},
		{neuron.Event{Time: 10, Slot: 3, Port: 1}, false},
		{neuron.Event{Time: 10, Port: neuron.NumPorts}, false},
		{neuron.Event{Time: 10, Value: float32(math.Inf(1))}, false},
	} {
		r := Record{events: appendEvents(nil, []neuron.Event{tc.event})[4:]}
		if got, err := r.Events(slots, 10); (err == nil) != tc.ok || tc.ok && got[0] != tc.event || err != nil && !errors.Is(err, ErrState) {
			t.Errorf("%+v: %v, %v", tc.event, got, err)
		}
	}
}

// TestHorizon: pending events that are later than any delay allows are
// refused, at the first such time.
func TestHorizon(t *testing.T) {
	e := busy(t, Noise{})
	now := e.Now()
	for _, later := range []neuron.Time{0, 1} {
		r := e.net.newRouter(0, neuron.ID(e.net.NumNeurons()), nil)
		last := (now/r.width+neuron.Time(len(r.ring)))*r.width - 1
		rec := Record{events: appendEvents(nil, []neuron.Event{{Time: last + later, Value: 1}})[4:]}
		target := slices.IndexFunc(r.slots, func(s [neuron.NumPorts]int32) bool { return s[0] > 0 })
		if err := r.restoreEvents(target, rec, now); (err == nil) != (later == 0) {
			t.Errorf("%v after the last moment: %v", later, err)
		}
		rec = Record{events: appendEvents(nil, []neuron.Event{{Time: now, Slot: 1000}})[4:]}
		if err := r.restoreEvents(target, rec, now); !errors.Is(err, ErrState) || r.pending > 1 {
			t.Errorf("an event over a synapse that is not there: %v", err)
		}
	}
}
