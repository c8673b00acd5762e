package sim

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/topology"
)

// TestPart: a part of a network has the unchanged synapses of its own neurons,
// runs as in the whole network, and cannot be changed.
func TestPart(t *testing.T) {
	net := tiny(t, 7, 5, 12, Noise{})
	part := net.Part(2, 5)
	for id := range neuron.ID(7) {
		got, want := part.Incoming(id), net.Incoming(id)
		own := id >= 2 && id < 5
		if own && !(slices.Equal(got.Source, want.Source) && slices.Equal(got.Weight, want.Weight) && slices.Equal(got.Delay, want.Delay)) || !own && len(got.Source) > 0 {
			t.Errorf("neuron %d serves %v", id, got.Source)
		}
	}
	if part.NumNeurons() != 7 || part.Width() != net.Width() || part.Longest() != net.Longest() {
		t.Errorf("%d neurons, epochs of %v, delays up to %v", part.NumNeurons(), part.Width(), part.Longest())
	}
	if _, _, err := part.Changed(&topology.Change{Neurons: []neuron.ID{2}}); !errors.Is(err, ErrPart) {
		t.Errorf("a part was changed: %v", err)
	}
	e := busy(t, Noise{})
	state, _ := e.State()
	if _, err := NetworkOf(state, e.net.Part(0, 2)); err != nil {
		t.Error(err)
	}
	if _, err := Restructure(e, &topology.Change{Synapses: []int64{0}}); err != nil {
		t.Fatal(err)
	}
	state, _ = e.State()
	if _, err := NetworkOf(state, e.net.Original().Part(0, 2)); !errors.Is(err, ErrPart) {
		t.Errorf("a changed network from a part: %v", err)
	}
}

// TestStateOfGroups: the outputs of groups of any size, one
// after the other, are the state. They can be divided into records and read
// back.
func TestStateOfGroups(t *testing.T) {
	for _, noise := range []Noise{{}, {Jitter: 4}} {
		e := busy(t, noise)
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		head := AppendHeader(nil, e.net, e.now)
		now, records, err := ReadState(state, e.net)
		if err != nil || now != 33 {
			t.Fatal(now, err)
		}
		all := slices.Clone(head)
		for _, span := range [][2]neuron.ID{{0, 1}, {1, 3}, {3, 4}} {
			g, err := NewGroup(e.net, span[0], span[1])
			if err != nil {
				t.Fatal(err)
			}
			if err := g.RestoreState(records, now); err != nil {
				t.Fatal(err)
			}
			if all, err = g.AppendState(all, now); err != nil {
				t.Fatal(err)
			}
			for i := range g.Len() {
				if g.Neuron(i).ID() != span[0]+neuron.ID(i) {
					t.Errorf("neuron %d of %v is %d", i, span, g.Neuron(i).ID())
				}
			}
			var written bytes.Buffer
			if err := g.WriteState(&written, now); err != nil || !bytes.HasSuffix(all, written.Bytes()) || written.Len() == 0 {
				t.Errorf("%v: %d bytes written, %v", span, written.Len(), err)
			}
		}
		if !bytes.Equal(all, state) {
			t.Error("three groups have another state than the whole")
		}
		body := state[len(head):]
		cut, err := ReadRecords(body, 4)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for i, r := range cut {
			total += r.Size()
			if !bytes.Equal(r.append(nil), records[i].append(nil)) || r.Size() != len(r.append(nil)) {
				t.Errorf("record %d is another, or not of %d bytes", i, r.Size())
			}
		}
		if total != len(body) {
			t.Errorf("records of %d bytes of %d", total, len(body))
		}
		for n := range 7 {
			if _, err := ReadRecords(body, n); (err == nil) != (n == 4) || err != nil && !errors.Is(err, ErrState) {
				t.Errorf("%d records of 4: %v", n, err)
			}
		}
		for end := range body {
			if _, err := ReadRecords(body[:end], 4); !errors.Is(err, ErrState) {
				t.Fatalf("the first %d of %d bytes: %v", end, len(body), err)
			}
		}
	}
}

// few is a writer that fails after a number of bytes.
type few struct{ left int }

var errFew = errors.New("no more")

func (f *few) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFew
	}
	return len(b), nil
}

// once is a writer of which only one call fails.
type once struct{ calls, at int }

func (o *once) Write(b []byte) (int, error) {
	if o.calls++; o.calls == o.at {
		return 0, errFew
	}
	return len(b), nil
}

// plain is an engine without optional methods.
type plain struct{ Engine }

// TestStateIsWritten: written in pieces or as a whole, the bytes and their hash
// equal those of State. An error of the writer is returned.
func TestStateIsWritten(t *testing.T) {
	e := busy(t, Noise{Jitter: 4})
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]Engine{"in pieces": e, "whole": plain{e}} {
		var b bytes.Buffer
		if err := WriteState(e, &b); err != nil || !bytes.Equal(b.Bytes(), state) {
			t.Errorf("%s: %d bytes of %d, %v", name, b.Len(), len(state), err)
		}
		if got, err := Hash(e); err != nil || got != sha256.Sum256(state) {
			t.Errorf("%s: hash %x, %v", name, got, err)
		}
		for left := 0; left < len(state); left += 13 {
			if err := WriteState(e, &few{left}); !errors.Is(err, errFew) {
				t.Fatalf("%s: room for %d bytes of %d: %v", name, left, len(state), err)
			}
		}
		for at, want := range []error{nil, errFew} {
			if err := WriteState(e, &once{at: at}); !errors.Is(err, want) {
				t.Errorf("%s: call %d fails: %v", name, at, err)
			}
		}
		if err := WriteState(e, &few{len(state)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	e.broken = errFew
	for name, e := range map[string]Engine{"in pieces": e, "whole": plain{e}} {
		var b bytes.Buffer
		if err := WriteState(e, &b); !errors.Is(err, errFew) || b.Len() > 0 {
			t.Errorf("%s: of a network that broke down: %d bytes, %v", name, b.Len(), err)
		}
		if _, err := Hash(e); !errors.Is(err, errFew) {
			t.Errorf("%s: the hash of a network that broke down: %v", name, err)
		}
	}
	for name, do := range map[string]func() error{
		"edit":        func() error { return Edit(e, nil, nil) },
		"restructure": func() error { _, err := Restructure(e, &topology.Change{}); return err },
		"noise":       func() error { return SetNoise(e, make([]Noise, 2)) },
		"advance":     func() error { return e.Advance(t.Context(), 99, Feed{}, Discard{}) },
	} {
		if err := do(); !errors.Is(err, errFew) {
			t.Errorf("%s of a network that broke down: %v", name, err)
		}
	}
	if err := e.Restore(state); err != nil {
		t.Fatal(err)
	}
	if err := e.Advance(t.Context(), 99, Feed{}, Discard{}); err != nil {
		t.Errorf("restored: %v", err)
	}
}

// hashed is an engine that computes its hash itself.
type hashed struct{ Engine }

func (hashed) Hash() ([sha256.Size]byte, error) { return [sha256.Size]byte{1, 2, 3}, errFew }

// TestOptionalMethodsAreUsed: an engine's own hash, and its own way of writing.
func TestOptionalMethodsAreUsed(t *testing.T) {
	e := busy(t, Noise{})
	if got, err := Hash(hashed{e}); got != [sha256.Size]byte{1, 2, 3} || !errors.Is(err, errFew) {
		t.Errorf("hash %x, %v", got, err)
	}
	var own, whole sizes
	if WriteState(e, &own) != nil || WriteState(plain{e}, &whole) != nil || len(own) != 2 || len(whole) != 1 {
		t.Errorf("pieces %v, and %v without a method", own, whole)
	}
}

// TestFirstDelays: the shortest delay of all synapses of each source.
func TestFirstDelays(t *testing.T) {
	net := tiny(t, 6, 3, 30, Noise{})
	want := slices.Repeat([]neuron.Time{neuron.Never}, 12)
	for _, s := range net.Synapses() {
		want[s.Source] = min(want[s.Source], neuron.Time(s.Delay))
	}
	if got := net.FirstDelays(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for id := range neuron.ID(6) {
		slots := [neuron.NumPorts]int32{}
		for _, s := range net.Synapses() {
			if s.Target == id {
				slots[s.Port]++
			}
		}
		if got := net.Slots(id); got != slots {
			t.Errorf("neuron %d has %v synapses, want %v", id, got, slots)
		}
	}
}

// tired is an owner that gives no answer from some call on.
type tired struct {
	*Group
	left, asked int
}

func (o *tired) answers() bool {
	o.asked++
	o.left--
	return o.left >= 0
}

func (o *tired) Hand(i int, in *neuron.Inbox) (neuron.Time, bool) {
	if !o.answers() {
		return 0, false
	}
	return o.Group.Hand(i, in)
}

func (o *tired) Inputs(i int) ([]float64, bool) {
	if !o.answers() {
		return nil, false
	}
	return o.Group.Inputs(i)
}

// TestNoAnswerEndsTheEpoch: after a neuron gave no answer, nothing more is
// asked, and Run returns false.
func TestNoAnswerEndsTheEpoch(t *testing.T) {
	signals := []neuron.Signal{
		{Time: 1, Kind: neuron.SetDynamics, Value: float64(neuron.Belief), Last: 2}, // two neurons switch to events
		{Time: 2, Kind: neuron.Tick, Flags: neuron.Fire, First: 1, Last: 4},
		{Time: 3, Kind: neuron.SetPlastic, Last: 4},
		{Time: 4, Kind: neuron.Tick, Flags: neuron.Fire, Last: 4},
	}
	for _, how := range []Delivery{Chosen, EachEvent, FromHistory} {
		run := func(left int) (ok bool, asked int) {
			net := tiny(t, 4, 5, 12, Noise{})
			cfg := testConfig(t)
			cfg.Clock = neuron.Clock{Kind: neuron.Periodic, Interval: 2, Phase: 2}
			net.Config = func(neuron.ID) *neuron.Config { return cfg }
			g, err := newGroup(net, 0, 4, how)
			if err != nil {
				t.Fatal(err)
			}
			g.out = &neuron.Output{}
			own := &tired{Group: g, left: left}
			ok = true
			for k := range int64(3) {
				e := Epoch{Index: k, End: neuron.Time(5 * (k + 1))}
				if k == 0 {
					e.Signals = signals
				}
				if ok = g.Run(e, own); !ok {
					break
				}
			}
			return ok, own.asked
		}
		ok, all := run(1 << 30)
		if !ok || all < 12 {
			t.Fatalf("delivery %d: %d questions, %v", how, all, ok)
		}
		for left := range all {
			if ok, asked := run(left); ok || asked != left+1 {
				t.Errorf("delivery %d: no answer to question %d: %v, and %d questions", how, left, ok, asked)
			}
		}
	}
}

// TestNoAnswerToARecheck ends the epoch in the same way.
func TestNoAnswerToARecheck(t *testing.T) {
	run := func(left int) (ok bool, asked int) {
		g, err := newGroup(tiny(t, 4, 5, 12, Noise{}), 0, 4, FromHistory)
		if err != nil {
			t.Fatal(err)
		}
		g.out = &neuron.Output{}
		own := &tired{Group: g, left: 1 << 30}
		for k := range int64(recheckEvery + 1) {
			e := Epoch{Index: k, End: neuron.Time(5 * (k + 1))}
			if k < 2 {
				dynamics := []neuron.Dynamics{neuron.Belief, neuron.Sign}[k]
				e.Signals = []neuron.Signal{{Time: neuron.Time(5 * k), Kind: neuron.SetDynamics, Value: float64(dynamics), First: 1, Last: 3}}
			}
			if k == recheckEvery {
				own.left, own.asked = left, 0
			}
			ok = g.Run(e, own)
		}
		return ok, own.asked
	}
	if ok, all := run(1 << 30); !ok || all != 4 { // two neurons: their values, then an inbox
		t.Fatalf("%d questions, %v", all, ok)
	}
	for left := range 4 {
		if ok, asked := run(left); ok || asked != left+1 {
			t.Errorf("no answer to question %d: %v, and %d questions", left, ok, asked)
		}
	}
}

// TestAppendPending: the result equals what a group without noise appends.
func TestAppendPending(t *testing.T) {
	e := busy(t, Noise{})
	state, _ := e.State()
	_, records, err := ReadState(state, e.net)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records {
		events, err := r.Events(e.net.Slots(neuron.ID(i)), 33)
		if err != nil || len(events) == 0 {
			t.Fatal(len(events), err)
		}
		if got := AppendPending(slices.Clone(r.append(nil)[:4+len(r.Neuron)]), events); !bytes.Equal(got, r.append(nil)) {
			t.Errorf("neuron %d: other bytes in flight", i)
		}
	}
}

// sizes is a writer that notes how much is written at once.
type sizes []int

func (s *sizes) Write(b []byte) (int, error) {
	*s = append(*s, len(b))
	return len(b), nil
}

// TestPieces: a large state is written in pieces of the documented size, each up
// to the end of a neuron.
func TestPieces(t *testing.T) {
	e, err := NewSequential(tiny(t, 300, 5, 12, Noise{}))
	if err != nil {
		t.Fatal(err)
	}
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	_, records, err := ReadState(state, e.net)
	if err != nil {
		t.Fatal(err)
	}
	want := sizes{len(AppendHeader(nil, e.net, e.now))}
	piece := 0
	for i, r := range records {
		if piece += r.Size(); piece >= Piece || i == len(records)-1 {
			want, piece = append(want, piece), 0
		}
	}
	for at := range len(want) + 1 {
		if w := (&once{at: at}); (e.WriteState(w) == nil) != (at == 0) || at > 0 && w.calls != at {
			t.Errorf("call %d of the writer fails: %d calls", at, w.calls)
		}
	}
	var got sizes
	if err := e.WriteState(&got); err != nil || !slices.Equal(got, want) || len(want) < 3 {
		t.Errorf("pieces of %v bytes, want %v; %v", got, want, err)
	}
}
