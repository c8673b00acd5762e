package actors

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"go.uber.org/goleak"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// blank returns an empty recording.
func blank(t *testing.T, neurons int) (*bytes.Buffer, *inboxes.Writer) {
	t.Helper()
	file := &bytes.Buffer{}
	w, err := inboxes.NewWriter(file, neurons)
	if err != nil {
		t.Fatal(err)
	}
	return file, w
}

// rewritten returns a recording with changed blocks, and with another end if
// final is given.
func rewritten(t *testing.T, tape []byte, change func(id neuron.ID, blocks []inboxes.Block) []inboxes.Block, final *inboxes.Final) *inboxes.Reader {
	t.Helper()
	from := open(t, tape)
	file, w := blank(t, from.NumNeurons())
	for id := range neuron.ID(from.NumNeurons()) {
		var blocks []inboxes.Block
		for b, err := range from.Blocks(id) {
			if err != nil {
				t.Fatal(err)
			}
			blocks = append(blocks, inboxes.Block{Kind: b.Kind, Data: slices.Clone(b.Data)})
		}
		for _, b := range change(id, blocks) {
			if err := w.Block(b.Kind, id, b.Data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if final == nil {
		was, _, err := from.Final()
		if err != nil {
			t.Fatal(err)
		}
		final = &was
	}
	if err := w.Close(*final); err != nil {
		t.Fatal(err)
	}
	return open(t, file.Bytes())
}

// only changes the blocks of one neuron.
func only(id neuron.ID, change func([]inboxes.Block) []inboxes.Block) func(neuron.ID, []inboxes.Block) []inboxes.Block {
	return func(k neuron.ID, blocks []inboxes.Block) []inboxes.Block {
		if k == id {
			return change(blocks)
		}
		return blocks
	}
}

func without(kind inboxes.Kind) func([]inboxes.Block) []inboxes.Block {
	return func(blocks []inboxes.Block) []inboxes.Block {
		return slices.DeleteFunc(blocks, func(b inboxes.Block) bool { return b.Kind == kind })
	}
}

func begun(how []byte) func([]inboxes.Block) []inboxes.Block {
	return func(blocks []inboxes.Block) []inboxes.Block {
		blocks[0].Data = how
		return blocks
	}
}

// TestRecordingsThatAreNone: if data of a neuron is missing, or belongs to
// another neuron, the result is an error about the recording. It names the
// first such neuron.
func TestRecordingsThatAreNone(t *testing.T) {
	net := freeMemory(t, 4, 3)
	tape, _ := record(t, net, FreeOptions{}, 2, 1)
	twice := func(kind inboxes.Kind) func(neuron.ID, []inboxes.Block) []inboxes.Block {
		return func(id neuron.ID, blocks []inboxes.Block) []inboxes.Block {
			if id == 1 || id == 3 {
				return without(kind)(blocks)
			}
			return blocks
		}
	}
	for name, tc := range map[string]struct {
		change func(neuron.ID, []inboxes.Block) []inboxes.Block
		want   string
	}{
		"no end":        {only(2, without(inboxes.EndBlock)), "neuron 2: %w: it does not say what the neuron became"},
		"no end of two": {twice(inboxes.EndBlock), "neuron 1: %w: it does not say what the neuron became"},
		"another birth": {only(1, begun(make([]byte, sha256.Size))), "neuron 1: %w: the neuron begins as another"},
		"no state":      {only(1, begun([]byte("abc"))), "neuron 1: %w: "},
		"an end before the last inbox": {only(2, func(b []inboxes.Block) []inboxes.Block {
			n := len(b)
			b[n-2], b[n-1] = b[n-1], b[n-2]
			return b
		}), "neuron 2: %w: it does not say what the neuron became"},
		"a start after the end": {only(2, func(b []inboxes.Block) []inboxes.Block {
			return append(b, b[0])
		}), "neuron 2: %w: it does not say what the neuron became"},
		"half an end": {only(2, func(b []inboxes.Block) []inboxes.Block {
			b[len(b)-1].Data = b[len(b)-1].Data[:40]
			return b
		}), "neuron 2: %w: an end is damaged"},
		"no inbox": {only(2, func(b []inboxes.Block) []inboxes.Block {
			b[1].Data = []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
			return b
		}), "neuron 2: %w"},
	} {
		_, err := (Recorded{net, rewritten(t, tape, tc.change, nil)}).Replay(t.Context(), ReplayOptions{})
		want := strings.ReplaceAll(tc.want, "%w", inboxes.ErrRecording.Error())
		if !errors.Is(err, inboxes.ErrRecording) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// TestDamagedEnd: a recording with a damaged end is reported as damaged, not as
// cut short.
func TestDamagedEnd(t *testing.T) {
	net := freeMemory(t, 3, 3)
	tape, _ := record(t, net, FreeOptions{}, 1, 1)
	found := 0
	for back := 1; back < 60; back++ {
		bad := bytes.Clone(tape)
		bad[len(bad)-back] ^= 4
		rec, err := inboxes.NewReader(bytes.NewReader(bad), int64(len(bad)))
		if err != nil {
			continue
		}
		if _, _, why := rec.Final(); why != nil {
			found++
			_, err1 := (Recorded{net, rec}).Replay(t.Context(), ReplayOptions{})
			_, err2 := NewAgain(t.Context(), net, rec, ReplayOptions{})
			if !errors.Is(why, inboxes.ErrRecording) || err1 == nil || err1.Error() != why.Error() || err2 == nil || err2.Error() != why.Error() {
				t.Errorf("byte %d from the end: %v, %v, want %v", back, err1, err2, why)
			}
		}
		rec.Close()
	}
	if found == 0 {
		t.Error("no end was damaged")
	}
}

// TestDamagedBlocks: the error about a damaged block names the block and the first
// neuron that has one, whatever the block holds.
func TestDamagedBlocks(t *testing.T) {
	net := freeMemory(t, 2, 3)
	tape, _ := record(t, net, FreeOptions{}, 1, 1)
	var found [3]int // by kind of block
	for at := 16; at < len(tape); at += 11 {
		bad := bytes.Clone(tape)
		bad[at] ^= 4
		rec, err := inboxes.NewReader(bytes.NewReader(bad), int64(len(bad)))
		if err != nil {
			continue // the damage is found before
		}
		for id := neuron.ID(1); id >= 0; id-- {
			for k := range rec.NumBlocks(id) {
				b, why := rec.Block(id, k)
				if why == nil {
					continue
				}
				found[b.Kind]++
				want := fmt.Sprintf("neuron %d: %v", id, why)
				if _, err := (Recorded{net, rec}).Audit(t.Context(), nil, ReplayOptions{}); textOf(err) != want || !errors.Is(err, inboxes.ErrRecording) {
					t.Errorf("byte %d: %v, want %s", at, err, want)
				}
			}
		}
		rec.Close()
	}
	if slices.Min(found[:]) == 0 {
		t.Errorf("of each kind, %v blocks were damaged", found)
	}
}

// TestBreakdownAgain: a neuron that breaks down ends the run with its error, in
// the replay as well; it has no state. The others pass.
func TestBreakdownAgain(t *testing.T) {
	net := freeMemory(t, 4, 3)
	file, w := blank(t, 4)
	e := startFree(t, net, FreeOptions{})
	half, end := 60*freeInterval, 120*freeInterval
	var f [2]sim.Feed
	for i := range f {
		for id := range neuron.ID(4) {
			f[i].Inputs = append(f[i].Inputs, neuron.Spike{Time: neuron.Time(i) * half, Source: 4 + id, Value: 1 - 2*float32(i)})
		}
	}
	f[1].Signals = []neuron.Signal{{Time: half, Kind: neuron.SetRateScale, Value: 1e300, First: 2, Last: 3}}
	var want, again *neuron.Breakdown
	if err := errors.Join(e.Record(w, nil), e.Advance(t.Context(), half, f[0], sim.Discard{})); err != nil {
		t.Fatal(err)
	}
	if err := e.Advance(t.Context(), end, f[1], badSink{}); !errors.As(err, &want) || want.Neuron != 2 || e.Now() != half {
		t.Fatalf("no breakdown: %v", err)
	}
	if err := errors.Join(e.EndRecording(), e.Close()); err != nil {
		t.Fatal(err)
	}
	rec := open(t, file.Bytes())
	verdicts, err := (Recorded{net, rec}).Audit(t.Context(), nil, ReplayOptions{})
	if err != nil || !rec.Failed() {
		t.Fatal(err, rec.Failed())
	}
	for _, v := range verdicts {
		broke := v.Neuron == 2
		if v.Pass == broke || broke && v.Reason != "neuron: 2 broke down and has no state" {
			t.Errorf("%+v", v)
		}
	}
	a, err := NewAgain(t.Context(), net, rec, ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	a.final.Now = end // later than the network's time
	if err := a.Advance(t.Context(), half, f[0], sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	if err := a.Advance(t.Context(), end, f[1], badSink{}); !errors.As(err, &again) || again.Error() != want.Error() || a.Now() != half { // NaN does not equal itself
		t.Errorf("broke down with %v, want %v", err, want)
	}
	if state, err := a.State(); state != nil || err == nil || err.Error() != "neuron: 2 broke down and has no state" {
		t.Errorf("it has a state: %v", err)
	}
}

// TestFreePanickingSink ends the run with the value of the panic.
func TestFreePanickingSink(t *testing.T) {
	e := startFree(t, freeMemory(t, 3, 1), FreeOptions{})
	if err := e.Advance(t.Context(), 9*freeInterval, sim.Feed{}, badSink{}); err == nil || err.Error() != "actors: the run panicked at 90ms: a planted fault" {
		t.Errorf("got %v", err)
	}
	if _, err := e.State(); err == nil || !strings.Contains(err.Error(), "a planted fault") {
		t.Errorf("it goes on: %v", err)
	}
	closes(t, &e.Engine)
}

// TestStoppedNeuronEndsRun: a neuron that is stopped while the network runs ends the
// run at once with an error that names it.
func TestStoppedNeuronEndsRun(t *testing.T) {
	byFakeClock(t, func(t *testing.T) {
		var e *Free
		var victim *actor.PID
		var once sync.Once
		e = startFree(t, freeMemory(t, 5, 1), FreeOptions{Deadline: time.Hour, tap: func(id neuron.ID, in neuron.Inbox) {
			if id == 0 && in.End > 30*neuron.Millisecond {
				once.Do(func() { e.system.Root.Stop(victim) })
			}
		}})
		victim = children(&e.Engine, e.root)[3]
		began := time.Now()
		err := e.Advance(t.Context(), 200*freeInterval, sim.Feed{}, sim.Discard{})
		var ne *NeuronError
		if !errors.As(err, &ne) || ne.Neuron != 3 || ne.End != 200*freeInterval || ne.Reason != "is gone" || ne.Stack != nil || time.Since(began) > time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		closes(t, &e.Engine)
	})
}

// TestFreeRunIsCancelled: the neurons stop where they are, the recording can be
// completed and every neuron passes, and the engine can only be closed.
func TestFreeRunIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	net := freeMemory(t, 4, 3)
	var late atomic.Uint32 // a bit for each neuron that has come far enough
	e := startFree(t, net, FreeOptions{tap: func(id neuron.ID, in neuron.Inbox) {
		if in.End > 5*freeInterval && late.Or(1<<id)|1<<id == 1<<4-1 {
			cancel()
		}
	}})
	var tape bytes.Buffer
	w, err := inboxes.NewWriter(&tape, 4)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	if err := e.Advance(ctx, 1<<40, sim.Feed{}, badSink{}); !errors.Is(err, context.Canceled) || e.Now() != 0 {
		t.Errorf("cancelled at %v: %v", e.Now(), err)
	}
	if err := e.Advance(t.Context(), freeInterval, sim.Feed{}, badSink{}); !errors.Is(err, context.Canceled) {
		t.Errorf("went on: %v", err)
	}
	if err := e.EndRecording(); err != nil {
		t.Error(err)
	}
	closes(t, &e.Engine)
	r, err := (Recorded{net, open(t, tape.Bytes())}).Replay(t.Context(), ReplayOptions{Workers: 2})
	if err != nil || r.Whole {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, v := range r.Verdicts {
		if !v.Pass || v.Updates == 0 {
			t.Errorf("%+v", v)
		}
	}
}

// TestCancelledBeforehand: a cancelled context ends an Advance of every engine
// before anything happens.
func TestCancelledBeforehand(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	net := freeMemory(t, 4, 3)
	lockstep, err := New(net, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lockstep.Close()
	for _, e := range []sim.Engine{lockstep, startFree(t, net, FreeOptions{})} {
		if err := e.Advance(ctx, freeInterval, sim.Feed{}, badSink{}); !errors.Is(err, context.Canceled) || e.Now() != 0 {
			t.Errorf("%T at %v: %v", e, e.Now(), err)
		}
		if err := e.Advance(t.Context(), freeInterval, sim.Feed{}, sim.Discard{}); err != nil || e.Now() != freeInterval {
			t.Errorf("%T at %v: %v", e, e.Now(), err)
		}
	}
}

// TestVerdictsOfAFailedRun: in a failed run, a neuron without a recorded end
// fails and the others pass. In a run that did not fail, such a recording would
// be invalid.
func TestVerdictsOfAFailedRun(t *testing.T) {
	net := freeMemory(t, 4, 3)
	tape, _ := record(t, net, FreeOptions{}, 2, 1)
	rec := rewritten(t, tape, only(2, without(inboxes.EndBlock)), &inboxes.Final{Now: 7})
	r, err := (Recorded{net, rec}).Replay(t.Context(), ReplayOptions{Workers: 3})
	if err != nil || r.Whole || r.Now != 7 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, v := range r.Verdicts {
		lost := v.Neuron == 2
		if v.Pass == lost || v.Ended == lost || lost != (v.Reason == "the run failed before the neuron could say what it became") || v.Differs != (Differs{}) || v.Spikes == 0 {
			t.Errorf("%+v", v)
		}
	}
}

// TestVerdictsInNumbers: updates, events and spikes of each neuron agree with
// the recording and with the sink of the run; also their sums, and the calls of
// Progress.
func TestVerdictsInNumbers(t *testing.T) {
	net := freeMemory(t, 5, 3)
	file, w := blank(t, 5)
	e := startFree(t, net, FreeOptions{})
	var told collector
	if err := errors.Join(e.Record(w, nil), e.Advance(t.Context(), 9*freeInterval, sim.Feed{}, &told), e.Advance(t.Context(), 20*freeInterval, sim.Feed{}, &told)); err != nil {
		t.Fatal(err)
	}
	reports, err := e.Report(sim.Everyone(net), 0)
	if err := errors.Join(err, e.EndRecording(), e.Close()); err != nil {
		t.Fatal(err)
	}
	rec := open(t, file.Bytes())
	for _, workers := range []int{1, 3} {
		var steps []int
		r, err := (Recorded{net, rec}).Replay(t.Context(), ReplayOptions{Workers: workers, Progress: func(done, total int) { steps = append(steps, done, total) }})
		if err != nil || !r.Whole || !slices.Equal(steps, []int{1, 5, 2, 5, 3, 5, 4, 5, 5, 5}) || r.Now != 20*freeInterval {
			t.Fatalf("%+v, steps %v, %v", r, steps, err)
		}
		var sum Verdict
		for id, v := range r.Verdicts {
			events := eventsOf(t, net, rec, neuron.ID(id))
			if v.Neuron != neuron.ID(id) || v.Updates != reports[id].Updates || v.Spikes != int64(len(told.of(neuron.ID(id)))) || v.Events != events || events == 0 || !v.Pass || !v.Ended || v.Reason != "" {
				t.Errorf("%+v; %d updates, %d events", v, reports[id].Updates, events)
			}
			sum.Updates, sum.Events, sum.Spikes = sum.Updates+v.Updates, sum.Events+v.Events, sum.Spikes+v.Spikes
		}
		if r.Updates != sum.Updates || r.Events != sum.Events || r.Spikes != sum.Spikes || r.Spikes != int64(len(told.spikes)) {
			t.Errorf("%+v, want %+v", r, sum)
		}
	}
	verdicts, err := (Recorded{net, rec}).Audit(t.Context(), []neuron.ID{4, 1}, ReplayOptions{})
	if err != nil || len(verdicts) != 2 || verdicts[0].Neuron != 4 || verdicts[1].Neuron != 1 || verdicts[0].Spikes != int64(len(told.of(4))) {
		t.Errorf("%+v, %v", verdicts, err)
	}
}

// eventsOf counts the recorded events of a neuron.
func eventsOf(t *testing.T, net *sim.Network, rec *inboxes.Reader, id neuron.ID) (n int64) {
	t.Helper()
	d := inboxes.NewDecoder(id, net.Slots(id))
	for b, err := range rec.Blocks(id) {
		for data := b.Data; err == nil && b.Kind == inboxes.InboxBlock && len(data) > 0; {
			var in neuron.Inbox
			in, data, err = d.Next(data)
			n += int64(len(in.Events))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestLivesInWords: the texts for what stops a replay, and for what differs.
func TestLivesInWords(t *testing.T) {
	net := freeMemory(t, 4, 3)
	n, err := net.NewNeuron(1)
	if err != nil {
		t.Fatal(err)
	}
	state, _ := n.AppendBinary(nil)
	birth, first := sha256.Sum256(state), n.Next()
	lives := func(shift neuron.Time, end func(*inboxes.End)) []inboxes.Block {
		n, _ := net.NewNeuron(1)
		in, digest, out := neuron.Inbox{End: first + 1}, newOutputDigest(), neuron.Output{}
		n.Advance(in, &out)
		digest.add(out.Spikes)
		e, err := endOf(n, &digest)
		if err != nil || len(out.Spikes) != 1 {
			t.Fatal(err, out.Spikes)
		}
		e.Pending = sim.AppendPending(nil, nil)
		end(&e)
		in.End += shift
		data := inboxes.NewEncoder(net.Slots(1)).Append(nil, 1, first+shift, in)
		return []inboxes.Block{{Kind: inboxes.StartBlock, Data: birth[:]}, {Kind: inboxes.InboxBlock, Data: data}, {Kind: inboxes.EndBlock, Data: e.Append(nil)}}
	}
	tape, _ := record(t, net, FreeOptions{}, 1, 1)
	for name, tc := range map[string]struct {
		blocks  []inboxes.Block
		want    string
		differs Differs
	}{
		"as it was": {lives(0, func(*inboxes.End) {}), "", Differs{}},
		"too late":  {lives(1, func(*inboxes.End) {}), fmt.Sprintf("alone with its inbox, the neuron updates at %v, before the next inbox, of %v", first, first+1), Differs{}},
		"another":   {lives(0, func(e *inboxes.End) { e.Updates++ }), "alone with its inbox, the neuron becomes another: state differ", Differs{State: true}},
		"told more": {lives(0, func(e *inboxes.End) { e.Spikes++ }), "alone with its inbox, the neuron becomes another: spikes differ", Differs{Spikes: true}},
	} {
		rec := rewritten(t, tape, only(1, func([]inboxes.Block) []inboxes.Block { return tc.blocks }), nil)
		v, err := (Recorded{net, rec}).Audit(t.Context(), []neuron.ID{1}, ReplayOptions{})
		if err != nil || v[0].Pass != (tc.want == "") || v[0].Reason != tc.want || v[0].Differs != tc.differs || v[0].Ended == (name == "too late") {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	l := newLife(net, open(t, tape), 1)
	if l.look(); l.stopped != nil || !l.holds {
		t.Fatal(l.stopped)
	}
	l.neuron = nil // only a bug of the program could do this
	if err := l.finish(); err != nil || l.verdict.Pass || l.verdict.Ended || !strings.HasPrefix(l.verdict.Reason, "the neuron panicked: ") {
		t.Errorf("%+v, %v", l.verdict, err)
	}
}

// TestLivesDiffer: all that differs is noted, and the first reason counts.
func TestLivesDiffer(t *testing.T) {
	inputs, state := Differs{Inputs: true}, Differs{State: true}
	for _, order := range [][]Differs{{inputs, state}, {state, inputs}, {inputs, state, {}}} {
		l := &life{}
		for i, d := range order {
			l.differ(d, "reason %d", i)
		}
		if l.verdict.Differs != (Differs{Inputs: true, State: true}) || l.verdict.Reason != "reason 0" {
			t.Errorf("%v: %+v", order, l.verdict)
		}
	}
}

// TestLifeOfABrokenNeuron: a neuron that broke down has no state to end in.
func TestLifeOfABrokenNeuron(t *testing.T) {
	net := freeMemory(t, 4, 3)
	tape, _ := record(t, net, FreeOptions{}, 1, 1)
	l := newLife(net, open(t, tape), 1)
	l.look()
	broken(t, l.neuron)
	const want = "neuron: 1 broke down and has no state"
	if _, err := l.another([]byte("a state")); textOf(err) != want {
		t.Errorf("compared with a state: %v", err)
	}
	l.rest, l.holds, l.ended, l.block = nil, false, true, l.rec.NumBlocks(1) // after the last end
	if err := l.finish(); textOf(err) != want {
		t.Errorf("it ends: %v", err)
	}
}

// TestFreeBrokenRestore restores invalid states: the network does not continue
// until a valid one is restored. A lost neuron cannot be restored.
func TestFreeBrokenRestore(t *testing.T) {
	net := freeMemory(t, 6, 1)
	var planted atomic.Bool
	e := startFree(t, net, FreeOptions{tap: func(id neuron.ID, _ neuron.Inbox) {
		if planted.Load() && id == 2 {
			panic("a planted fault")
		}
	}})
	if err := newLesson(e, 6, 2, 1).train(1); err != nil {
		t.Fatal(err)
	}
	good, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	version, late := bytes.Clone(good), bytes.Clone(good)
	version[26] ^= 0xff // of neuron 0
	binary.LittleEndian.PutUint64(late[6:], uint64(e.Now()+1000*freeInterval))
	for _, tc := range []struct {
		state []byte
		want  string
	}{{version, ""}, {late, "the clock of neuron "}, {good[:9], ""}} {
		now := e.Now()
		err := e.Restore(tc.state)
		if !errors.Is(err, sim.ErrState) || !strings.Contains(err.Error(), tc.want) || e.Now() != now {
			t.Errorf("got %v at %v", err, e.Now())
		}
		if again := e.Advance(t.Context(), now+freeInterval, sim.Feed{}, sim.Discard{}); len(tc.state) == len(good) && again != err {
			t.Errorf("it goes on: %v, want %v", again, err)
		}
		if err := e.Restore(good); err != nil {
			t.Fatal(err)
		}
		if state, err := e.State(); err != nil || !bytes.Equal(state, good) {
			t.Errorf("restored as another: %v", err)
		}
	}
	for _, id := range []neuron.ID{-1, 6} {
		if _, err := e.Report([]neuron.ID{0, id}, 0); err == nil || err.Error() != fmt.Sprintf("actors: there is no neuron %d", id) {
			t.Errorf("neuron %d: %v", id, err)
		}
	}
	planted.Store(true)
	err = newLesson(e, 6, 2, 1).train(1)
	planted.Store(false)
	if again := e.Restore(good); err == nil || again != err {
		t.Errorf("restored after a neuron was lost: %v, want %v", again, err)
	}
	closes(t, &e.Engine)
}

// TestWhenFreeStuckIsNoticed: at the second check. The error names the neuron
// that is running or, if none is, the neurons that stand still.
func TestWhenFreeStuckIsNoticed(t *testing.T) {
	for _, stuck := range []neuron.ID{0, 3, 4} {
		byFakeClock(t, func(t *testing.T) {
			release := make(chan struct{})
			e := startFree(t, freeMemory(t, 5, 1), FreeOptions{Deadline: time.Second, tap: func(id neuron.ID, _ neuron.Inbox) {
				if id == stuck {
					<-release
				}
			}})
			began := time.Now()
			err := e.Advance(t.Context(), 20*freeInterval, sim.Feed{}, sim.Discard{})
			if want := fmt.Sprintf("neuron %d has not answered for 1s in the epoch that ends at 200ms", stuck); err == nil || err.Error() != want || time.Since(began) != 2*time.Second {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
			if _, again := e.State(); again != err {
				t.Errorf("asked again: %v", again)
			}
			close(release)
			time.Sleep(time.Second)
			closes(t, &e.Engine)
		})
	}
	byFakeClock(t, func(t *testing.T) {
		e := startFree(t, freeMemory(t, 5, 1), FreeOptions{Deadline: time.Second})
		if err := e.system.Root.StopFuture(children(&e.Engine, e.root)[3]).Wait(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		err := e.Advance(t.Context(), 20*freeInterval, sim.Feed{}, sim.Discard{})
		if want := "actors: nothing has moved for 1s; neurons that stand still: "; err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error()[len(want)-1:], " 3") || time.Since(began) > 3*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		closes(t, &e.Engine)
	})
}

// TestFailedWithoutRecording: there is nothing to complete after a failed run that was not
// recorded, and the remaining neurons are left alone.
func TestFailedWithoutRecording(t *testing.T) {
	e := startFree(t, freeMemory(t, 4, 1), FreeOptions{tap: func(id neuron.ID, _ neuron.Inbox) {
		if id == 1 {
			panic("a planted fault")
		}
	}})
	failed := e.Advance(t.Context(), 20*freeInterval, sim.Feed{}, sim.Discard{})
	if failed == nil {
		t.Fatal("no fault")
	}
	for range 2 {
		if err := e.EndRecording(); err != failed {
			t.Errorf("ended: %v, want %v", err, failed)
		}
	}
	if left := children(&e.Engine, e.root); len(left) != 3 {
		t.Errorf("%d neurons remain", len(left))
	}
	closes(t, &e.Engine)
}

// TestSlowDiskIsNotStuck: the deadline of neurons does not apply to the writer of a
// recording.
func TestSlowDiskIsNotStuck(t *testing.T) {
	byFakeClock(t, func(t *testing.T) {
		w, err := inboxes.NewWriter(lazyDisk{}, 5)
		if err != nil {
			t.Fatal(err)
		}
		e := startFree(t, freeMemory(t, 5, 1), FreeOptions{Deadline: time.Second})
		if err := errors.Join(e.Record(w, nil), e.Advance(t.Context(), 10*freeInterval, sim.Feed{}, sim.Discard{}), e.MarkRecording(), e.EndRecording()); err != nil {
			t.Error(err)
		}
		closes(t, &e.Engine)
	})
}

// lazyDisk is a writer that needs longer than most deadlines.
type lazyDisk struct{}

func (lazyDisk) Write(b []byte) (int, error) {
	time.Sleep(3 * time.Second)
	return len(b), nil
}

// TestTwoStuckNeurons: the recording is completed without the neuron that is known to be
// stuck. If another one is stuck as well, waiting for it ends with the error of the run.
func TestTwoStuckNeurons(t *testing.T) {
	byFakeClock(t, func(t *testing.T) {
		release := make(chan struct{})
		_, w := blank(t, 5)
		e := startFree(t, freeMemory(t, 5, 1), FreeOptions{Deadline: time.Second, tap: func(id neuron.ID, _ neuron.Inbox) {
			if id == 1 || id == 3 {
				<-release
			}
		}})
		if err := e.Record(w, nil); err != nil {
			t.Fatal(err)
		}
		failed := e.Advance(t.Context(), 20*freeInterval, sim.Feed{}, sim.Discard{})
		if textOf(failed) != "neuron 1 has not answered for 1s in the epoch that ends at 200ms" {
			t.Errorf("got %v", failed)
		}
		began := time.Now()
		if err := e.EndRecording(); err != failed || time.Since(began) > 2*time.Second {
			t.Errorf("ended after %v: %v", time.Since(began), err)
		}
		close(release)
		time.Sleep(time.Second)
		closes(t, &e.Engine)
	})
}

// TestRecordingWithoutNeurons: the recording of a network that has lost all its neurons is
// completed, and says that the run failed.
func TestRecordingWithoutNeurons(t *testing.T) {
	net := freeMemory(t, 1, 1)
	file, w := blank(t, 1)
	e := startFree(t, net, FreeOptions{tap: func(neuron.ID, neuron.Inbox) { panic("a planted fault") }})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	if err := e.Record(w, nil); err == nil || err.Error() != "actors: the network is being recorded already" {
		t.Errorf("twice: %v", err)
	}
	failed := e.Advance(t.Context(), 20*freeInterval, sim.Feed{}, sim.Discard{})
	if failed == nil {
		t.Fatal("no fault")
	}
	if err := e.EndRecording(); err != nil {
		t.Error(err)
	}
	if again := e.EndRecording(); again != failed {
		t.Errorf("ended twice: %v, want %v", again, failed)
	}
	closes(t, &e.Engine)
	if rec := open(t, file.Bytes()); !rec.Failed() {
		t.Error("the recording says that all went well")
	}
}

// TestMarkThatCannotBeWritten is reported, and so is an end that cannot be
// written.
func TestMarkThatCannotBeWritten(t *testing.T) {
	for what, do := range map[string]func(*Free) error{"mark": (*Free).MarkRecording, "end": (*Free).EndRecording} {
		w, err := inboxes.NewWriter(&full{left: 1}, 3)
		if err != nil {
			t.Fatal(err)
		}
		e := startFree(t, freeMemory(t, 3, 1), FreeOptions{})
		if err := e.Record(w, nil); err != nil {
			t.Fatal(err)
		}
		if err := e.Advance(t.Context(), 9*freeInterval, sim.Feed{}, sim.Discard{}); err != nil && !errors.Is(err, errFull) {
			t.Error(err)
		}
		if err := do(e); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", what, err)
		}
		closes(t, &e.Engine)
	}
}

// TestRecorderThatPanics is named in the error, and no neuron is.
func TestRecorderThatPanics(t *testing.T) {
	w, err := inboxes.NewWriter(&panicking{left: 1}, 3)
	if err != nil {
		t.Fatal(err)
	}
	e := startFree(t, freeMemory(t, 3, 1), FreeOptions{})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	var ne *NeuronError
	for range 3 {
		err = e.Advance(t.Context(), e.Now()+9*freeInterval, sim.Feed{}, sim.Discard{})
		err = errors.Join(err, e.MarkRecording())
	}
	if err == nil || errors.As(err, &ne) || !strings.Contains(err.Error(), "recorder-") || !strings.Contains(err.Error(), "a planted fault") {
		t.Errorf("got %v", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// panicking is a writer that panics after some writes.
type panicking struct{ left int }

func (p *panicking) Write(b []byte) (int, error) {
	if p.left--; p.left < 0 {
		panic("a planted fault")
	}
	return len(b), nil
}

// TestFreeThatCannotBegin: a neuron that cannot be made is named, and nothing
// remains.
func TestFreeThatCannotBegin(t *testing.T) {
	defer goleak.VerifyNone(t)
	net := freeMemory(t, 6, 1)
	spoil(net, 5)
	if e, err := NewFree(net, FreeOptions{}); e != nil || err == nil || !strings.HasPrefix(err.Error(), "neuron 5: window is -1") {
		t.Errorf("got %v", err)
	}
}

// TestWhoHasClocks: a network is ticked only if no neuron has a clock of its
// own.
func TestWhoHasClocks(t *testing.T) {
	clocks, told := freeMemory(t, 3, 1).Config(0), ticked(t, 3).Config(0)
	for _, tc := range []struct {
		of   [3]*neuron.Config
		want bool
	}{{[3]*neuron.Config{told, told, told}, true}, {[3]*neuron.Config{clocks, told, told}, false}, {[3]*neuron.Config{told, told, clocks}, false}, {[3]*neuron.Config{clocks, clocks, clocks}, false}} {
		net := freeMemory(t, 3, 1)
		net.Config = func(id neuron.ID) *neuron.Config { return tc.of[id] }
		if d := newDriver(net, &FreeOptions{}, nil, nil); d.ticked != tc.want {
			t.Errorf("%v, want %v", d.ticked, tc.want)
		}
	}
}

// TestRecordingWithoutRoom: a recording of more than a mebibyte, without a
// function room.
func TestRecordingWithoutRoom(t *testing.T) {
	_, w := blank(t, 30)
	e := startFree(t, freeMemory(t, 30, 1), FreeOptions{})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	l := newLesson(e, 30, 20, 1)
	for w.Size() < roomEvery+1<<16 {
		if err := errors.Join(l.train(1), e.MarkRecording()); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(e.EndRecording(), e.Close()); err != nil {
		t.Error(err)
	}
}
