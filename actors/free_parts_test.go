package actors

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// alone returns the actor of one neuron of a memory, and a context that keeps
// the messages that it sends. Channel n+i has a synapse to neuron i at slot 0
// of port r.
func alone(t *testing.T, id neuron.ID, credits int) (*freeNeuron, *heard) {
	t.Helper()
	net := freeMemory(t, 4, 1)
	n, err := net.NewNeuron(id)
	if err != nil {
		t.Fatal(err)
	}
	a := &freeNeuron{id: id, neuron: n, slots: net.Slots(id), fanIn: newFanIn(net, id), pulse: &pulse{}, opts: &FreeOptions{Credits: credits}}
	ctx := &heard{message: &command{neuron: id, verb: build, targets: []*actor.PID{parent, parent, parent}}}
	a.Receive(ctx)
	if len(ctx.told) != 1 || ctx.whom[0] != parent || a.command != nil || len(a.credits) != credits {
		t.Fatalf("built: %d answers, %d credits", len(ctx.told), len(a.credits))
	}
	ctx.told, ctx.whom = nil, nil
	return a, ctx
}

// TestTakesIn: the received spikes come first, in the order of arrival, then
// the inputs that are due. All have the present time; later inputs stay.
func TestTakesIn(t *testing.T) {
	a, _ := alone(t, 1, 2)
	for range 2 {
		a.received = []neuron.Event{{Value: 1, Slot: 2}, {Value: -1, Slot: 0}}
		a.queue = []neuron.Event{{Time: 5, Value: 3}, {Time: 7, Value: 4}, {Time: 8, Value: 5}, {Time: 9, Value: 6}}
		got := a.takeIn(8)
		want := []neuron.Event{{Time: 8, Value: 1, Slot: 2}, {Time: 8, Value: -1}, {Time: 5, Value: 3}, {Time: 7, Value: 4}, {Time: 8, Value: 5}}
		if !slices.Equal(got, want) || len(a.received) != 0 || !slices.Equal(a.queue, []neuron.Event{{Time: 9, Value: 6}}) {
			t.Errorf("takes in %v, %v is to come", got, a.queue)
		}
	}
	at := func(times ...neuron.Time) (all []neuron.Signal) {
		for _, t := range times {
			all = append(all, neuron.Signal{Time: t})
		}
		return all
	}
	a.command = &command{signals: at(3, 3, 4)}
	for _, tc := range []struct {
		t          neuron.Time
		want, left int
	}{{2, 0, 3}, {3, 2, 1}, {3, 0, 1}, {4, 1, 0}, {9, 0, 0}} {
		if got := a.takeSignals(tc.t); len(got) != tc.want || len(a.command.signals) != tc.left || len(got) > 0 && got[0].Time != tc.t {
			t.Errorf("at %v %v, and %d to come", tc.t, got, len(a.command.signals))
		}
	}
}

// TestWhatIsNext: the earliest of the neuron's clock, an input and a signal.
func TestWhatIsNext(t *testing.T) {
	a, _ := alone(t, 1, 2)
	own := a.neuron.Next()
	for _, tc := range []struct {
		queue   []neuron.Event
		signals []neuron.Signal
		want    neuron.Time
	}{
		{nil, nil, own},
		{[]neuron.Event{{Time: own - 1}}, nil, own - 1}, {[]neuron.Event{{Time: own + 1}}, nil, own},
		{nil, []neuron.Signal{{Time: own - 1}}, own - 1}, {nil, []neuron.Signal{{Time: own + 1}}, own},
		{[]neuron.Event{{Time: own - 1}}, []neuron.Signal{{Time: own - 2}}, own - 2}, {[]neuron.Event{{Time: own - 3}}, []neuron.Signal{{Time: own - 2}}, own - 3},
	} {
		a.queue, a.command = tc.queue, &command{signals: tc.signals}
		if got := a.next(); got != tc.want {
			t.Errorf("%v and %v: %v, want %v", tc.queue, tc.signals, got, tc.want)
		}
	}
}

// TestSpikesComeBack: the last target sends a spike back, and only then can it
// be sent again. A neuron can be its own target.
func TestSpikesComeBack(t *testing.T) {
	a, ctx := alone(t, 1, 1)
	m := &spikeMessage{source: 2, value: -1, from: self}
	m.left.Store(2)
	ctx.message = m
	a.Receive(ctx)
	if len(ctx.told) != 0 || !slices.Equal(a.received, []neuron.Event{{Value: -1, Slot: 1, Port: neuron.Contextual}}) {
		t.Errorf("the first of two: %d told, heard %v", len(ctx.told), a.received)
	}
	a.Receive(ctx)
	if len(ctx.told) != 1 || ctx.told[0] != m || ctx.whom[0] != self || len(a.received) != 2 {
		t.Errorf("the last of two: %v told, heard %v", ctx.told, a.received)
	}
	a.credits = nil
	mine := &spikeMessage{source: 1, from: self}
	ctx.message = mine
	mine.left.Store(1) // the neuron is its own target
	if a.Receive(ctx); len(a.credits) != 0 || len(ctx.told) != 2 {
		t.Errorf("its own, which it had not taken in: %d credits, %d told", len(a.credits), len(ctx.told))
	}
	if a.Receive(ctx); len(a.credits) != 1 || a.credits[0] != mine || len(ctx.told) != 2 {
		t.Errorf("its own, back: %d credits, %d told", len(a.credits), len(ctx.told))
	}
}

// TestSendUsesOneCredit sends a spike to all targets with one credit; a neuron without
// targets needs none.
func TestSendUsesOneCredit(t *testing.T) {
	a, ctx := alone(t, 1, 2)
	a.emit(ctx, 0.5)
	if len(a.credits) != 1 || len(ctx.told) != 3 {
		t.Fatalf("%d credits, %d told", len(a.credits), len(ctx.told))
	}
	for i, m := range ctx.told {
		if s := m.(*spikeMessage); s != ctx.told[0] || s.value != 0.5 || s.source != 1 || s.from != self || s.left.Load() != 3 || ctx.whom[i] != parent {
			t.Errorf("told %+v", s)
		}
	}
	a.targets = nil
	if a.emit(ctx, 1); len(a.credits) != 1 || len(ctx.told) != 3 {
		t.Error("told nobody, on a credit")
	}
}

// TestStepByStep: a neuron updates while its next update is before the end and
// it has a credit and a block for its inboxes. Otherwise it waits until
// something comes back. It has finished when all its spikes are back.
func TestStepByStep(t *testing.T) {
	a, ctx := alone(t, 1, 1)
	step := func(message any) (told []any) {
		ctx.message, ctx.told, ctx.whom = message, nil, nil
		a.Receive(ctx)
		return ctx.told
	}
	first := a.neuron.Next()
	c := &command{neuron: 1, verb: advance, until: first}
	if told := step(c); len(told) != 1 || told[0] != any(continueUpdates) || ctx.whom[0] != self {
		t.Fatalf("begins with %v", told)
	}
	if told := step(continueUpdates); len(told) != 1 || told[0] != any(c) || a.command != nil || a.waiting {
		t.Fatalf("nothing to do: %v, waits %v", told, a.waiting)
	}
	if told := step(continueUpdates); len(told) != 0 || a.waiting {
		t.Errorf("at rest: %v", told)
	}
	c.until = first + 1
	step(c)
	told := step(continueUpdates)
	if len(told) != 4 || told[3] != any(continueUpdates) || a.neuron.Next() <= first || len(c.out.Spikes) != 1 {
		t.Fatalf("an update: %d told, %d spikes", len(told), len(c.out.Spikes))
	}
	if told := step(&block{}); len(told) != 0 || a.waiting {
		t.Errorf("a block comes back between two steps: %v, waits %v", told, a.waiting)
	}
	if told := step(continueUpdates); len(told) != 0 || !a.waiting || a.command != c {
		t.Errorf("its spike is away: %v, waits %v", told, a.waiting)
	}
	c.until = neuron.Never // more updates, but no credit
	a.waiting = false
	if told := step(continueUpdates); len(told) != 0 || !a.waiting || len(c.out.Spikes) != 1 {
		t.Errorf("without a credit: %v, waits %v", told, a.waiting)
	}
	s := told[0].(*spikeMessage)
	s.left.Store(0)
	a.tape = &tape{} // all its blocks are at the recorder
	if told := step(s); len(told) != 0 || !a.waiting || len(a.credits) != 1 {
		t.Errorf("without a block: %v, waits %v", told, a.waiting)
	}
	a.tape = nil
	if told := step(&block{}); len(told) != 4 || a.waiting || len(c.out.Spikes) != 2 {
		t.Errorf("goes on: %v, waits %v", told, a.waiting)
	}
}

// TestSettles takes in the spikes received since the last update, just before
// the end, and sends nothing.
func TestSettles(t *testing.T) {
	a, ctx := alone(t, 1, 1)
	a.tape = newTape(1, a.slots, parent, self)
	c := &command{neuron: 1, verb: settle, until: 9}
	ctx.message = c
	if a.Receive(ctx); len(a.tape.current.data) != 0 || len(ctx.told) != 1 {
		t.Errorf("nothing heard: %d bytes, %d told", len(a.tape.current.data), len(ctx.told))
	}
	a.received = []neuron.Event{{Value: -1, Slot: 1, Port: neuron.Contextual}}
	a.Receive(ctx)
	in, rest, err := inboxes.NewDecoder(1, a.slots).Next(a.tape.current.data)
	if err != nil || len(rest) != 0 || in.End != 9 || len(in.Events) != 1 || in.Events[0].Value != -1 || in.Events[0].Slot != 1 || len(ctx.told) != 2 || len(c.out.Spikes) != 0 {
		t.Errorf("%+v, %d told, %v", in, len(ctx.told), err)
	}
	if got := a.neuron.Next(); got < 9 {
		t.Errorf("the next update is at %v", got)
	}
}

// TestTapeOnItsWay: a block goes to the recorder when it is full, and before
// the end of a neuron. An empty block is not sent.
func TestTapeOnItsWay(t *testing.T) {
	a, ctx := alone(t, 1, 1)
	tp := newTape(1, a.slots, parent, self)
	first := tp.current
	in := neuron.Inbox{Events: []neuron.Event{{Time: 3, Value: 1}}, End: 4}
	if tp.flush(ctx); len(ctx.told) != 0 || tp.current != first {
		t.Error("an empty block is sent")
	}
	for at := neuron.Time(3); len(ctx.told) == 0; at++ {
		if len(first.data) >= blockSize {
			t.Fatal("a full block is kept")
		}
		in.Events[0].Time, in.End = at, at+1
		tp.add(ctx, at, in)
	}
	if ctx.told[0] != any(first) || ctx.whom[0] != parent || len(first.data) < blockSize || len(first.data) > blockSize+64 || tp.current == first || tp.current == nil {
		t.Errorf("a block of %d bytes", len(first.data))
	}
	tp.add(ctx, 1<<20, neuron.Inbox{End: 1<<20 + 1})
	second, flight := tp.current, sim.AppendPending(nil, []neuron.Event{{Time: 1 << 21, Value: 1}})
	if err := tp.end(ctx, a.neuron, flight); err != nil || len(ctx.told) != 3 || ctx.told[1] != any(second) || tp.current != nil {
		t.Fatalf("%d told, %v", len(ctx.told), err)
	}
	b := ctx.told[2].(*block)
	end, err := inboxes.ParseEnd(b.data)
	state, _ := a.neuron.AppendBinary(nil)
	if err != nil || b.kind != inboxes.EndBlock || b.from != nil || b.neuron != 1 || !bytes.Equal(end.Pending, flight) || end.State != sha256.Sum256(state) {
		t.Errorf("%+v, %+v, %v", b, end, err)
	}
	if tp.flush(ctx); len(ctx.told) != 3 {
		t.Error("no block is sent")
	}
}

// TestTapeBegins with the SHA-256 of the initial state of a neuron, or with its
// whole state.
func TestTapeBegins(t *testing.T) {
	a, ctx := alone(t, 1, 1)
	state, _ := a.neuron.AppendBinary(nil)
	if a.birth != sha256.Sum256(state) {
		t.Error("it was born as another")
	}
	tp := newTape(1, a.slots, parent, self)
	if err := tp.begin(ctx, a.neuron, a.birth); err != nil || !tp.begun || !bytes.Equal(ctx.told[0].(*block).data, a.birth[:]) {
		t.Errorf("as it was born: %v, %v", ctx.told[0], err)
	}
	if err := tp.begin(ctx, a.neuron, [sha256.Size]byte{}); err != nil || !bytes.Equal(ctx.told[1].(*block).data, state) || ctx.told[1].(*block).kind != inboxes.StartBlock {
		t.Errorf("as another: %v", err)
	}
}

// noise returns bytes that cannot be compressed.
func noise(n int) []byte {
	b, rng := make([]byte, n), rand.New(rand.NewPCG(1, 1))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// TestRecorderAsksForRoom once per mebibyte, and not again after there was
// none. Blocks go back to their neurons. The recorder reports only once that it
// cannot write.
func TestRecorderAsksForRoom(t *testing.T) {
	var file bytes.Buffer
	w, err := inboxes.NewWriter(&file, 3)
	if err != nil {
		t.Fatal(err)
	}
	asked, room := 0, error(nil)
	a := &recorder{w: w, room: func() error { asked++; return room }}
	ctx := &heard{}
	piece := noise(100_000)
	keep := func(from bool) {
		b := &block{kind: inboxes.StartBlock, neuron: 1, data: piece}
		if from {
			b.from = self
		}
		ctx.message, ctx.told, ctx.whom = b, nil, nil
		a.Receive(ctx)
		if from != (len(ctx.whom) > 0 && ctx.whom[0] == self) || from && len(b.data) != 0 {
			t.Errorf("from somebody %v: sent to %v", from, ctx.whom)
		}
	}
	last := int64(0)
	for range 40 {
		before := asked
		keep(false)
		if due := a.w.Size()-last >= roomEvery; due != (asked == before+1) || asked > before+1 || len(ctx.told) != 0 {
			t.Fatalf("%d bytes since it was asked last: asked %v", a.w.Size()-last, asked != before)
		} else if due {
			last = a.w.Size()
		}
	}
	if asked < 3 {
		t.Errorf("asked %d times", asked)
	}
	room = errFull
	var told []any
	for range 40 {
		keep(true)
		told = append(told, ctx.told[1:]...)
	}
	if len(told) != 1 || told[0].(*unwritten).err != errFull || a.err != nil {
		t.Errorf("there is no room: %v, %v", told, a.err)
	}
}

// TestRoomIsAskedForAtTheLimit: after exactly a mebibyte, not one byte earlier.
func TestRoomIsAskedForAtTheLimit(t *testing.T) {
	for early, want := range map[int64]int{0: 1, 1: 0} {
		_, w := blank(t, 3)
		asked := 0
		a := &recorder{w: w, room: func() error { asked++; return nil }}
		piece := &block{kind: inboxes.StartBlock, data: noise(100)}
		before := w.Size()
		a.Receive(&heard{message: piece})
		a.checked = 2*w.Size() - before - roomEvery + early // the next piece is as large
		if a.Receive(&heard{message: piece}); asked != want || (a.checked == w.Size()) != (want == 1) {
			t.Errorf("%d bytes early: asked %d times", early, asked)
		}
	}
}

// TestRecorderReportsOneError: the recorder reports once that it cannot write. Blocks still go back, and the end
// contains the reason.
func TestRecorderReportsOneError(t *testing.T) {
	w, err := inboxes.NewWriter(&full{left: 2}, 3)
	if err != nil {
		t.Fatal(err)
	}
	a := &recorder{w: w, room: func() error { return nil }}
	ctx := &heard{}
	for range 50 {
		ctx.message = &block{kind: inboxes.StartBlock, data: noise(100_000), from: self}
		a.Receive(ctx)
	}
	told, back := 0, 0
	for i, m := range ctx.told {
		switch m := m.(type) {
		case *unwritten:
			if told++; !errors.Is(m.err, errFull) || ctx.whom[i] != parent {
				t.Error(m.err)
			}
		case *block:
			back++
		}
	}
	if told != 1 || back != 50 {
		t.Errorf("told %d times, %d blocks are back", told, back)
	}
	for _, last := range []bool{false, true} {
		c := &closing{last: last}
		ctx.message, ctx.told = c, nil
		if a.Receive(ctx); len(ctx.told) != 1 || ctx.told[0] != any(c) || !errors.Is(c.err, errFull) {
			t.Errorf("the end: %v, %v", ctx.told, c.err)
		}
	}
}

// TestInputsAreQueued in the order of time, together with those that are still to come,
// and once.
func TestInputsAreQueued(t *testing.T) {
	a, ctx := alone(t, 1, 1)
	times := func(all ...neuron.Time) (queue []neuron.Event) {
		for _, t := range all {
			queue = append(queue, neuron.Event{Time: t})
		}
		return queue
	}
	a.queue = times(5, 9)
	c := &command{neuron: 1, verb: advance, inputs: times(7, 3, 11)}
	ctx.message = c
	if a.Receive(ctx); c.err != nil || !slices.Equal(a.queue, times(3, 5, 7, 9, 11)) || len(c.inputs) != 0 {
		t.Errorf("%v are queued, %v are not: %v", a.queue, c.inputs, c.err)
	}
	if a.Receive(ctx); len(a.queue) != 5 {
		t.Errorf("%v are queued", a.queue)
	}
}

// TestErrorsAreForgotten: a command comes back without the error of the one before it.
func TestErrorsAreForgotten(t *testing.T) {
	for _, v := range []verb{save, report, settle, roll, mark} {
		a, ctx := alone(t, 1, 1)
		c := &command{neuron: 1, verb: v, err: errFull}
		ctx.message = c
		if a.Receive(ctx); c.err != nil || len(ctx.told) != 1 || ctx.told[0] != any(c) || ctx.whom[0] != parent {
			t.Errorf("verb %d: %v, told %v", v, c.err, ctx.told)
		}
	}
}

// TestNothingIsWrittenAfterAnError: a recording with a gap would be another recording. So
// after the first error nothing is written, even if the writer could write again.
func TestNothingIsWrittenAfterAnError(t *testing.T) {
	disk := &shortage{at: 2}
	w, err := inboxes.NewWriter(disk, 3)
	if err != nil {
		t.Fatal(err)
	}
	a, ctx := &recorder{w: w, room: func() error { return nil }}, &heard{}
	for range 5 {
		ctx.message = &block{kind: inboxes.StartBlock, data: noise(100)}
		a.Receive(ctx)
	}
	c := &closing{last: true}
	ctx.message = c
	a.Receive(ctx)
	if disk.writes != 2 || c.err != errFull {
		t.Errorf("%d writes, %v", disk.writes, c.err)
	}
}

// shortage is a writer that fails once, at the given write.
type shortage struct{ at, writes int }

func (s *shortage) Write(b []byte) (int, error) {
	if s.writes++; s.writes == s.at {
		return 0, errFull
	}
	return len(b), nil
}

// TestBrokenNeuronHasNoState: whatever needs the state of a neuron that broke down gives
// its error. No state replaces it while what it was cannot be recorded.
func TestBrokenNeuronHasNoState(t *testing.T) {
	const want = "neuron: 1 broke down and has no state"
	for _, begun := range []bool{false, true} {
		for v, fails := range map[verb]bool{build: true, save: true, seal: true, mark: begun, load: begun, advance: !begun, report: false} {
			a, ctx := alone(t, 1, 1)
			whole, err := sim.AppendNeuron(nil, a.neuron, nil)
			if err != nil {
				t.Fatal(err)
			}
			a.tape = newTape(1, a.slots, parent, self)
			a.tape.begun = begun
			broken(t, a.neuron)
			c := &command{neuron: 1, verb: v, record: sim.Record{Neuron: whole[4:]}}
			ctx.message = c
			a.Receive(ctx)
			if fails != (textOf(c.err) == want) || !fails && c.err != nil {
				t.Errorf("begun %v, verb %d: %v", begun, v, c.err)
			}
			if v == seal && len(ctx.told) != 2 { // one block and the command
				t.Errorf("begun %v, sealed: told %v", begun, ctx.told)
			}
			if _, err := a.neuron.AppendBinary(nil); (err == nil) != (v == load && !fails) {
				t.Errorf("begun %v, verb %d: then %v", begun, v, err)
			}
		}
	}
}

// broken lets a neuron of a memory break down: it receives something infinite.
func broken(t *testing.T, n *neuron.Neuron) {
	t.Helper()
	at := n.Next()
	poison := neuron.Event{Time: at, Value: float32(math.Inf(1)), Slot: 1, Port: neuron.Contextual}
	var out neuron.Output
	if n.Advance(neuron.Inbox{Events: []neuron.Event{poison}, End: at + 1}, &out); len(out.Broken) != 1 {
		t.Fatalf("it did not break down: %+v", out)
	}
}
