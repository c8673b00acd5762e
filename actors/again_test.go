package actors

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// story is what a scenario does with an engine: it presents patterns, saves and
// restores, and collects the spikes.
type story struct {
	signals  []neuron.Signal
	bit      float32 // value of input 2 in the second half
	another  bool    // adds one input, or leaves one out
	restores bool
	longer   neuron.Time
}

func usual() story {
	return story{signals: []neuron.Signal{{Kind: neuron.SetRateScale, Value: 0.5}, {Kind: neuron.SetPlastic, Value: 1}}, bit: 1, restores: true}
}

// tell runs the story on an engine and returns all spikes, in order.
func (s story) tell(e sim.Engine) (told []neuron.Spike, err error) {
	var all collector
	n := neuron.ID(e.Network().NumNeurons())
	show := func(bit float32, signals []neuron.Signal) error {
		var f sim.Feed
		now := e.Now()
		for i := range n {
			v := float32(i%2*2) - 1
			if i == 2 {
				v = bit
			}
			f.Inputs = append(f.Inputs, neuron.Spike{Time: now, Source: n + i, Value: v})
		}
		for _, g := range signals {
			g.Time, g.Last = now+3, n
			f.Signals = append(f.Signals, g)
		}
		return e.Advance(context.Background(), now+6*freeInterval, f, &all)
	}
	if err := show(1, nil); err != nil {
		return nil, err
	}
	state, err := e.State()
	if err != nil {
		return nil, err
	}
	if err := show(-1, nil); err != nil {
		return nil, err
	}
	if s.restores {
		if err := e.Restore(state); err != nil {
			return nil, err
		}
	}
	if err := show(s.bit, s.signals); err != nil {
		return nil, err
	}
	if s.another {
		end := e.Now()
		if err := e.Advance(context.Background(), end+6*freeInterval, sim.Feed{Inputs: []neuron.Spike{{Time: end, Source: n, Value: 1}}}, &all); err != nil {
			return nil, err
		}
	} else if err := e.Advance(context.Background(), e.Now()+6*freeInterval, sim.Feed{}, &all); err != nil {
		return nil, err
	}
	if s.longer != 0 {
		err = e.Advance(context.Background(), e.Now()+s.longer, sim.Feed{}, &all)
	}
	return all.spikes, err
}

// taped runs the usual story on a free network and records it.
func taped(t *testing.T, net *sim.Network) (tape []byte, told []neuron.Spike, state []byte) {
	t.Helper()
	var file bytes.Buffer
	w, err := inboxes.NewWriter(&file, net.NumNeurons())
	if err != nil {
		t.Fatal(err)
	}
	e := startFree(t, net, FreeOptions{})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	if told, err = usual().tell(e); err != nil {
		t.Fatal(err)
	}
	if state, err = e.State(); err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if err := e.WriteState(&written); err != nil || !bytes.Equal(written.Bytes(), state) {
		t.Errorf("%d bytes are written of a state of %d: %v", written.Len(), len(state), err)
	}
	if err := errors.Join(e.EndRecording(), e.Close()); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), told, state
}

func bySource(spikes []neuron.Spike) []neuron.Spike {
	spikes = slices.Clone(spikes)
	slices.SortStableFunc(spikes, func(a, b neuron.Spike) int { return int(a.Source) - int(b.Source) })
	return spikes
}

// TestAgain: a scenario that runs again on the recording of its free run gets
// the same spikes, one by one, and ends in the same state; the verdict is that
// everything is whole.
func TestAgain(t *testing.T) {
	net := freeMemory(t, 9, 3)
	tape, told, state := taped(t, net)
	for _, workers := range []int{0, 1, 4, 99} {
		reports := 0
		a, err := NewAgain(t.Context(), net, open(t, tape), ReplayOptions{Workers: workers, Progress: func(done, total int) {
			if reports++; done <= 0 || done > total || total != 180 { // 18 intervals of 10 ms, because six were undone by a restore
				t.Errorf("%d of %d are done", done, total)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		again, err := usual().tell(a)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(bySource(again), bySource(told)) || len(told) < 100 {
			t.Errorf("%d workers: told %d spikes, %d in the run", workers, len(again), len(told))
		}
		if got, err := a.State(); err != nil || !bytes.Equal(got, state) || a.Now() != a.Ends() || a.Network() != net {
			t.Errorf("%d workers: another state at %v, the recording ends at %v: %v", workers, a.Now(), a.Ends(), err)
		}
		if err := a.Advance(t.Context(), a.Now(), sim.Feed{}, badSink{}); err != nil {
			t.Errorf("no time: %v", err)
		}
		if err := a.Advance(t.Context(), a.Now()+1, sim.Feed{}, sim.Discard{}); !errors.Is(err, ErrRecordingEnds) {
			t.Errorf("beyond its end: %v", err)
		}
		if err := a.Advance(t.Context(), a.Now()-1, sim.Feed{}, sim.Discard{}); err == nil {
			t.Error("time runs backwards")
		}
		r, err := a.Report([]neuron.ID{8, 2, 0}, neuron.WantWeights)
		if err != nil || len(r) != 3 || r[0].Neuron != 8 || r[1].Neuron != 2 || r[2].Neuron != 0 || len(r[0].Weights[1]) != 8 {
			t.Errorf("%+v, %v", r, err)
		}
		for _, id := range []neuron.ID{-1, 9} {
			if _, err := a.Report([]neuron.ID{0, id}, 0); err == nil || err.Error() != fmt.Sprintf("actors: there is no neuron %d", id) {
				t.Errorf("neuron %d: %v", id, err)
			}
		}
		f, err := a.Finish(t.Context())
		if err != nil || !f.Whole || !bytes.Equal(f.State, state) || f.Recorded != sha256.Sum256(state) || f.Now != a.Ends() || reports != 4 {
			t.Errorf("%d workers: %+v, %d reports, %v", workers, f, reports, err)
		}
		updates := int64(0)
		for _, v := range f.Verdicts {
			if !v.Pass || !v.Ended || v.Differs != (Differs{}) {
				t.Errorf("%+v", v)
			}
			updates += v.Updates
		}
		if f.Updates != updates || f.Spikes < int64(len(told))/2 || f.Events <= f.Updates {
			t.Errorf("%d updates, %d events, %d spikes", f.Updates, f.Events, f.Spikes)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestAgainFindsAnotherScenario: every difference between the scenario and the
// run is found, in the neurons that it affects and in no others.
func TestAgainFindsAnotherScenario(t *testing.T) {
	net := freeMemory(t, 6, 3)
	tape, _, _ := taped(t, net)
	only := func(id neuron.ID) func(neuron.ID) bool { return func(k neuron.ID) bool { return k == id } }
	all := func(neuron.ID) bool { return true }
	for name, tc := range map[string]struct {
		change  func(s *story)
		differs func(neuron.ID) bool
		reason  string
	}{
		"another input":      {func(s *story) { s.bit = -1 }, only(2), "which the scenario does not present then"},
		"an input of 0":      {func(s *story) { s.bit = 0 }, only(2), "which the scenario does not present then"},
		"one input more":     {func(s *story) { s.another = true }, only(0), "it updates at"},
		"another signal":     {func(s *story) { s.signals[0].Value = 0.25 }, all, "it was given a signal that is not of the scenario"},
		"another kind":       {func(s *story) { s.signals[1].Kind = neuron.SetFrozen }, all, "it was given a signal that is not of the scenario"},
		"other flags":        {func(s *story) { s.signals[1].Flags = neuron.Fire }, all, "it was given a signal that is not of the scenario"},
		"one signal less":    {func(s *story) { s.signals = s.signals[:1] }, all, "it was given a signal that is not of the scenario"},
		"no signals":         {func(s *story) { s.signals = nil }, all, "it updates at"},
		"one signal more":    {func(s *story) { s.signals = append(s.signals, neuron.Signal{Kind: neuron.SetFrozen}) }, all, "it was not given a signal of the scenario"},
		"it is not restored": {func(s *story) { s.restores = false }, all, ""},
	} {
		a, err := NewAgain(t.Context(), net, open(t, tape), ReplayOptions{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		s := usual()
		s.signals = slices.Clone(s.signals)
		tc.change(&s)
		if _, err := s.tell(a); err != nil && !errors.Is(err, ErrRecordingEnds) {
			t.Fatal(name, err)
		}
		f, err := a.Finish(t.Context())
		if err != nil {
			t.Fatal(name, err)
		}
		if f.Whole {
			t.Errorf("%s: all is whole", name)
		}
		for _, v := range f.Verdicts {
			if (v.Differs.Inputs || v.Differs.State) != tc.differs(v.Neuron) || v.Pass == tc.differs(v.Neuron) {
				t.Errorf("%s: neuron %d: %+v", name, v.Neuron, v)
			}
			if !v.Pass && !strings.Contains(v.Reason, tc.reason) {
				t.Errorf("%s: neuron %d: %s, want %q", name, v.Neuron, v.Reason, tc.reason)
			}
		}
	}
}

// TestAgainEndsEarly: a scenario stops before the recording ends. The neurons
// still replay the rest.
func TestAgainEndsEarly(t *testing.T) {
	net := freeMemory(t, 5, 3)
	tape, _, state := taped(t, net)
	a, err := NewAgain(t.Context(), net, open(t, tape), ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := a.Finish(t.Context())
	if err != nil || !bytes.Equal(f.State, state) {
		t.Errorf("it ends in another state: %v", err)
	}
}

// TestAgainEndsBeforeARestore: the run went on with a state that the scenario does not
// restore. The rest is replayed, and no neuron passes.
func TestAgainEndsBeforeARestore(t *testing.T) {
	net := freeMemory(t, 3, 3)
	file, w := blank(t, 3)
	e, end := startFree(t, net, FreeOptions{}), 20*freeInterval
	birth, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Record(w, nil), e.Advance(t.Context(), end, sim.Feed{}, sim.Discard{}), e.Restore(birth),
		e.Advance(t.Context(), end, sim.Feed{}, sim.Discard{}), e.EndRecording()); err != nil {
		t.Fatal(err)
	}
	a, err := NewAgain(t.Context(), net, open(t, file.Bytes()), ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Advance(t.Context(), end, sim.Feed{}, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	f, err := a.Finish(t.Context())
	if err != nil || f.Whole {
		t.Fatal(f, err)
	}
	for _, v := range f.Verdicts {
		if v.Pass || !v.Ended || v.Differs != (Differs{State: true}) || v.Reason != "it begins anew as another than it was restored to" {
			t.Errorf("%+v", v)
		}
	}
}

// TestReplayWithInputsInFlight: what was presented and has not arrived at the end is part
// of the state, in the run and in its replay.
func TestReplayWithInputsInFlight(t *testing.T) {
	net := freeMemory(t, 3, 3)
	file, w := blank(t, 3)
	e, end := startFree(t, net, FreeOptions{}), 20*freeInterval
	input := sim.Feed{Inputs: []neuron.Spike{{Time: 5, Source: 4, Value: 1}, {Time: end - 2, Source: 5, Value: -1}, {Time: end - 1, Source: 3, Value: 1}}}
	if err := errors.Join(e.Record(w, nil), e.Advance(t.Context(), end, input, sim.Discard{})); err != nil {
		t.Fatal(err)
	}
	state, err := e.State()
	if err := errors.Join(err, e.EndRecording()); err != nil {
		t.Fatal(err)
	}
	r, err := (Recorded{net, open(t, file.Bytes())}).Replay(t.Context(), ReplayOptions{})
	if err != nil || !r.Whole || !bytes.Equal(r.State, state) {
		t.Errorf("the replay is whole %v, %v", r != nil && r.Whole, err)
	}
	a, err := NewAgain(t.Context(), net, open(t, file.Bytes()), ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Advance(t.Context(), end, input, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	if got, err := a.State(); err != nil || !bytes.Equal(got, state) {
		t.Errorf("another state: %v", err)
	}
	if f, err := a.Finish(t.Context()); err != nil || !f.Whole || !bytes.Equal(f.State, state) {
		t.Errorf("finished whole %v, %v", f != nil && f.Whole, err)
	}
	for id := range a.lives { // the memory of the neurons is free again
		if a.lives[id].neuron != nil {
			t.Errorf("neuron %d is kept", id)
		}
	}
}

// TestAgainRefuses a recording of another network, and a cancelled context.
func TestAgainRefuses(t *testing.T) {
	net := freeMemory(t, 5, 3)
	tape, _, _ := taped(t, net)
	for want, other := range map[string]*sim.Network{
		"%w: it has 5 neurons, the network has 4":    freeMemory(t, 4, 3),
		"%w: it has 5 neurons, the network has 6":    freeMemory(t, 6, 3),
		"neuron 0: %w: the neuron begins as another": freeMemory(t, 5, 4),
	} {
		want = strings.ReplaceAll(want, "%w", inboxes.ErrRecording.Error())
		if _, err := NewAgain(t.Context(), other, open(t, tape), ReplayOptions{}); !errors.Is(err, inboxes.ErrRecording) || err.Error() != want {
			t.Errorf("another network: %v, want %s", err, want)
		}
	}
	if _, err := NewAgain(t.Context(), net, open(t, tape[:len(tape)-1]), ReplayOptions{}); !errors.Is(err, inboxes.ErrRecording) {
		t.Errorf("cut short: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewAgain(over, net, open(t, tape), ReplayOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	a, err := NewAgain(t.Context(), net, open(t, tape), ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Advance(t.Context(), 10, sim.Feed{}, refusing{}); !errors.Is(err, errFull) {
		t.Errorf("a sink that fails: %v", err)
	}
	state, _ := a.State()
	for end := range state {
		if err := a.Restore(state[:end]); !errors.Is(err, sim.ErrState) {
			t.Fatalf("the first %d bytes of a state: %v", end, err)
		}
	}
	bad := bytes.Clone(state)
	bad[26] ^= 0xff // version of neuron 0
	if err := a.Restore(bad); !errors.Is(err, sim.ErrState) {
		t.Errorf("a state of another version: %v", err)
	}
	if err := a.Advance(t.Context(), 11, sim.Feed{Inputs: []neuron.Spike{{Time: 10, Source: 5, Value: 1}}}, sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	late, err := a.State() // with an input in flight
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint64(late[6:], uint64(freeInterval))
	if err := a.Restore(late); !errors.Is(err, sim.ErrState) || !strings.Contains(err.Error(), "a pending event at ") || a.Now() != 11 {
		t.Errorf("a state after what is to come: %v, at %v", err, a.Now())
	}
}

// refusing is a sink that returns an error.
type refusing struct{}

func (refusing) Epoch(neuron.Time, *neuron.Output) error { return errFull }

// TestAgainIsInterrupted between two Advances and in Finish.
func TestAgainIsInterrupted(t *testing.T) {
	net := freeMemory(t, 4, 3)
	tape, _, _ := taped(t, net)
	ctx, cancel := context.WithCancel(t.Context())
	a, err := NewAgain(ctx, net, open(t, tape), ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := a.Advance(ctx, 10, sim.Feed{}, badSink{}); !errors.Is(err, context.Canceled) || a.Now() != 0 {
		t.Errorf("advanced to %v: %v", a.Now(), err)
	}
	if f, err := a.Finish(ctx); f != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("finished: %v", err)
	}
}

// TestAgainMissesWhatIsShownLast: an input is due before the end of an Advance,
// but is in no inbox, and no inbox follows.
func TestAgainMissesWhatIsShownLast(t *testing.T) {
	net := freeMemory(t, 1, 3)
	file, w := blank(t, 1)
	e, end := startFree(t, net, FreeOptions{}), 20*freeInterval
	if err := errors.Join(e.Record(w, nil), e.Advance(t.Context(), end, sim.Feed{}, sim.Discard{}), e.EndRecording(), e.Close()); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[neuron.Time]string{-1: "", end - 1: "it did not live through what happens at 199.999ms as the scenario has it"} {
		a, err := NewAgain(t.Context(), net, open(t, file.Bytes()), ReplayOptions{})
		if err != nil {
			t.Fatal(err)
		}
		f := sim.Feed{}
		if at > 0 {
			f.Signals = []neuron.Signal{{Time: at, Kind: neuron.SetPlastic, Value: 1, Last: 1}}
		}
		if err := a.Advance(t.Context(), end, f, sim.Discard{}); err != nil {
			t.Fatal(err)
		}
		r, err := a.Finish(t.Context())
		if err != nil || r.Whole != (want == "") || r.Verdicts[0].Reason != want || r.Verdicts[0].Differs != (Differs{Inputs: want != ""}) {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

// TestShownInOrder: external inputs are in the order of time, whatever the
// order of add.
func TestShownInOrder(t *testing.T) {
	s := newShown(freeMemory(t, 3, 1), 1)
	for _, at := range []neuron.Time{70, 30, 50} {
		s.add(neuron.Spike{Time: at, Source: 4, Value: 1})
	}
	if s.begin(100); s.until != 100 || !slices.IsSortedFunc(s.inputs, neuron.Event.Compare) || len(s.inputs) != 3 {
		t.Errorf("shown %v until %v", s.inputs, s.until)
	}
}

// TestShownAgainst compares inboxes with external inputs, with one fault at a
// time.
func TestShownAgainst(t *testing.T) {
	net := freeMemory(t, 3, 1) // neuron 1 gets channel 1 at slot 0 of port r, and the other neurons at port c
	n, err := net.NewNeuron(1)
	if err != nil {
		t.Fatal(err)
	}
	far := neuron.Signal{Time: 90, Kind: neuron.SetPlastic, Value: 1}
	heard := func(v float32) neuron.Event { return neuron.Event{Time: 20, Value: v} }
	fromNeuron := neuron.Event{Time: 20, Value: 1, Port: neuron.Contextual, Slot: 1}
	signal := neuron.Signal{Time: 20, Kind: neuron.SetRateScale, Value: 2}
	for name, tc := range map[string]struct {
		in   neuron.Inbox
		want string
	}{
		"as it is shown":    {neuron.Inbox{Events: []neuron.Event{heard(1), fromNeuron}, Signals: []neuron.Signal{signal}, End: 21}, ""},
		"nothing heard":     {neuron.Inbox{Events: []neuron.Event{fromNeuron}, Signals: []neuron.Signal{signal}, End: 21}, "it did not receive what the scenario presents to input 0 of port r"},
		"another value":     {neuron.Inbox{Events: []neuron.Event{heard(-1)}, Signals: []neuron.Signal{signal}, End: 21}, "input 0 of port r received -1, which"},
		"heard twice":       {neuron.Inbox{Events: []neuron.Event{heard(1), heard(1)}, Signals: []neuron.Signal{signal}, End: 21}, "input 0 of port r received 1, which"},
		"too early":         {neuron.Inbox{Events: []neuron.Event{heard(1)}, Signals: []neuron.Signal{signal}, End: 20}, "it updates at 19µs; as the scenario has it that is at 20µs"},
		"too late":          {neuron.Inbox{Events: []neuron.Event{heard(1)}, Signals: []neuron.Signal{signal}, End: 22}, "it updates at 21µs; as the scenario has it that is at 20µs"},
		"no signal":         {neuron.Inbox{Events: []neuron.Event{heard(1)}, End: 21}, "it was not given a signal of the scenario"},
		"one signal twice":  {neuron.Inbox{Events: []neuron.Event{heard(1)}, Signals: []neuron.Signal{signal, signal}, End: 21}, "it was given a signal that is not of the scenario"},
		"a signal to come":  {neuron.Inbox{Events: []neuron.Event{heard(1)}, Signals: []neuron.Signal{signal, far}, End: 21}, "it was given a signal that is not of the scenario"},
		"another way to be": {neuron.Inbox{Events: []neuron.Event{heard(1)}, Signals: []neuron.Signal{{Time: 20, Kind: neuron.SetRateScale, Value: 3}}, End: 21}, "it was given a signal that is not of the scenario"},
	} {
		s := newShown(net, 1)
		s.signals = []neuron.Signal{signal, far}
		s.add(neuron.Spike{Time: 20 - neuron.Time(net.Incoming(1).Delay[0]), Source: 4, Value: 1})
		s.add(neuron.Spike{Time: 5, Source: 3, Value: 1}) // from a channel without a synapse to it
		s.begin(100)
		if len(s.inputs) != 1 || s.next(n) != 20 {
			t.Fatalf("%d inputs, the next at %v", len(s.inputs), s.next(n))
		}
		err := s.check(n, &tc.in)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
		if err == nil && (len(s.inputs) != 0 || len(s.signals) != 1 || s.next(n) != 90) {
			t.Errorf("%s: %d inputs and %d signals are left", name, len(s.inputs), len(s.signals))
		}
		if err := s.left(n); err == nil || !strings.Contains(err.Error(), "it did not live through what happens at ") {
			t.Errorf("%s: %v", name, err)
		}
		s.inputs, s.signals = nil, nil
		if err := s.left(n); (err == nil) != (n.Next() >= 100) {
			t.Errorf("%s: all is over: %v", name, err)
		}
	}
}

// TestShownAtTheEnd: at the end of an Advance a neuron takes in the spikes since its
// last update, even if nothing of the scenario is due. What is due earlier must have
// been processed before. What is due at the end belongs to the next Advance.
func TestShownAtTheEnd(t *testing.T) {
	const end = 100
	net := freeMemory(t, 3, 1)
	n, err := net.NewNeuron(1)
	if err != nil || n.Next() < end {
		t.Fatal(n.Next(), err)
	}
	last := &neuron.Inbox{Events: []neuron.Event{{Time: end - 1, Value: 1, Port: neuron.Contextual, Slot: 1}}, End: end}
	for _, tc := range []struct {
		due           neuron.Time // of a signal; 0: there is none
		check, missed string
	}{
		{0, "", ""},
		{end, "", ""},
		{end - 1, "at 99µs it was not given a signal of the scenario", "it did not live through what happens at 99µs as the scenario has it"},
		{50, "it updates at 99µs; as the scenario has it that is at 50µs", "it did not live through what happens at 50µs as the scenario has it"},
	} {
		s := newShown(net, 1)
		if tc.due > 0 {
			s.signals = []neuron.Signal{{Time: tc.due, Kind: neuron.SetPlastic, Value: 1}}
		}
		s.begin(end)
		if err := s.check(n, last); textOf(err) != tc.check {
			t.Errorf("due at %v: %q, want %q", tc.due, textOf(err), tc.check)
		}
		if err := s.left(n); textOf(err) != tc.missed {
			t.Errorf("due at %v: %q, want %q", tc.due, textOf(err), tc.missed)
		}
		if err := s.check(n, &neuron.Inbox{Events: last.Events, End: end - 1}); err == nil {
			t.Errorf("due at %v: it takes in what it heard before the end", tc.due)
		}
	}
}

// TestShownTooEarly: an input that the scenario presents later is none that may be
// received now, even if it is the same.
func TestShownTooEarly(t *testing.T) {
	net := freeMemory(t, 3, 1)
	n, err := net.NewNeuron(1)
	if err != nil {
		t.Fatal(err)
	}
	s := newShown(net, 1)
	s.signals = []neuron.Signal{{Time: 20, Kind: neuron.SetPlastic, Value: 1}}
	s.add(neuron.Spike{Time: 21, Source: 4, Value: 1})
	s.begin(100)
	err = s.check(n, &neuron.Inbox{Events: []neuron.Event{{Time: 20, Value: 1}}, Signals: s.signals, End: 21})
	if want := "at 20µs input 0 of port r received 1, which the scenario does not present then"; textOf(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestSameEvents: two events are the same if port, slot and the bits of the value are,
// whenever they arrive.
func TestSameEvents(t *testing.T) {
	e := neuron.Event{Time: 3, Value: 1, Slot: 2, Port: neuron.Contextual}
	for name, tc := range map[string]struct {
		change func(*neuron.Event)
		want   bool
	}{
		"time":  {func(o *neuron.Event) { o.Time++ }, true},
		"value": {func(o *neuron.Event) { o.Value = -1 }, false},
		"slot":  {func(o *neuron.Event) { o.Slot-- }, false},
		"port":  {func(o *neuron.Event) { o.Port = neuron.Receptive }, false},
	} {
		other := e
		if tc.change(&other); same(&e, &other) != tc.want {
			t.Errorf("%s: %+v and %+v", name, e, other)
		}
	}
}

// TestShownOutlets: a channel drives the synapses that the graph gives it, also if a
// port has several, and the channels of a port are told from its neurons.
func TestShownOutlets(t *testing.T) {
	const n, channels, others = 3, 3, 2
	net := mixed(t, n, channels)
	for id := range neuron.ID(n) {
		s := newShown(net, id)
		for c := range neuron.ID(channels) {
			want := []fanOut{{id, place{int32(c) + others, neuron.Receptive}, 1000}, {id, place{int32(c) + others, neuron.Contextual}, 1000}}
			if got := s.outlets[n+c]; !slices.Equal(got, want) {
				t.Errorf("channel %d drives %v of neuron %d, want %v", c, got, id, want)
			}
		}
		for _, p := range []neuron.Port{neuron.Receptive, neuron.Contextual} {
			if want := []bool{false, false, true, true, true}; !slices.Equal(s.channel[p], want) {
				t.Errorf("neuron %d: channels drive %v of port %v, want %v", id, s.channel[p], p, want)
			}
		}
	}
}

// TestAgainInOrder: one worker replays one neuron after the other, in order, and more
// workers than neurons replay each neuron once.
func TestAgainInOrder(t *testing.T) {
	const n = 40
	for workers, ordered := range map[int]bool{-1: true, 0: true, 1: true, 2: false, n + 1: false} {
		a := &Again{lives: make([]life, n), o: ReplayOptions{Workers: workers}}
		order := make(chan neuron.ID, 2*n)
		for id := range a.lives {
			a.lives[id].verdict.Neuron = neuron.ID(id)
		}
		if err := a.each(t.Context(), func(l *life) { order <- l.verdict.Neuron }); err != nil {
			t.Fatal(err)
		}
		close(order)
		var got []neuron.ID
		for id := range order {
			got = append(got, id)
		}
		if ordered && !slices.IsSorted(got) {
			t.Errorf("%d workers replay in the order %v", workers, got)
		}
		if slices.Sort(got); len(got) != n || len(slices.Compact(got)) != n {
			t.Errorf("%d workers replay %v", workers, got)
		}
	}
}

// TestAgainStoppedLife: a neuron that cannot go on within an Advance is blamed for
// that only, not for the input that it does not live through after it.
func TestAgainStoppedLife(t *testing.T) {
	net := freeMemory(t, 4, 3)
	tape, _ := record(t, net, FreeOptions{}, 1, 1)
	rec := rewritten(t, tape, only(1, func([]inboxes.Block) []inboxes.Block {
		n, _ := net.NewNeuron(1)
		birth, _ := n.AppendBinary(nil)
		late := n.Next() + 5
		data := inboxes.NewEncoder(net.Slots(1)).Append(nil, 1, late, neuron.Inbox{End: late + 1})
		return []inboxes.Block{{Kind: inboxes.StartBlock, Data: birth}, {Kind: inboxes.InboxBlock, Data: data}}
	}), nil)
	a, err := NewAgain(t.Context(), net, rec, ReplayOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := newLesson(a, 4, 1, 1).train(1); err != nil {
		t.Fatal(err)
	}
	f, err := a.Finish(t.Context())
	if err != nil || f.Whole {
		t.Fatal(f, err)
	}
	for _, v := range f.Verdicts {
		stopped := v.Neuron == 1
		if v.Pass == stopped || v.Ended == stopped || v.Differs != (Differs{}) || stopped != strings.HasPrefix(v.Reason, "alone with its inbox, the neuron updates at ") {
			t.Errorf("%+v", v)
		}
	}
}

// TestAgainOfARecordingWithoutAnEnd: the error names the first neuron that the
// recording says too little of, whatever the order in which they are replayed.
func TestAgainOfARecordingWithoutAnEnd(t *testing.T) {
	net := freeMemory(t, 4, 3)
	tape, _ := record(t, net, FreeOptions{}, 1, 1)
	rec := rewritten(t, tape, func(id neuron.ID, blocks []inboxes.Block) []inboxes.Block {
		if id >= 2 {
			return without(inboxes.EndBlock)(blocks)
		}
		return blocks
	}, nil)
	for _, workers := range []int{1, 4} {
		a, err := NewAgain(t.Context(), net, rec, ReplayOptions{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		want := "neuron 2: " + inboxes.ErrRecording.Error() + ": it does not say what the neuron became"
		if f, err := a.Finish(t.Context()); f != nil || !errors.Is(err, inboxes.ErrRecording) || err.Error() != want {
			t.Errorf("%d workers: %v, want %s", workers, err, want)
		}
	}
}

// TestReceivedIsCompared: if a synapse received something that its source did
// not send, its neuron fails, and no other. In a failed run it is not known
// what was sent.
func TestReceivedIsCompared(t *testing.T) {
	net := freeMemory(t, 6, 3)
	tape, _, _ := taped(t, net)
	for _, failed := range []bool{false, true} {
		a, err := NewAgain(t.Context(), net, open(t, tape), ReplayOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := usual().tell(a); err != nil {
			t.Fatal(err)
		}
		a.lives[3].received[neuron.Contextual][1].add(1)
		if failed {
			a.final = inboxes.Final{Now: a.final.Now}
		}
		f, err := a.Finish(t.Context())
		if err != nil || f.Whole {
			t.Fatal(err, f.Whole)
		}
		for _, v := range f.Verdicts {
			wrong := v.Neuron == 3 && !failed
			if v.Pass == wrong || v.Differs != (Differs{Inboxes: wrong}) || wrong && v.Reason != "it received something from neuron 1 that this neuron did not send" {
				t.Errorf("failed %v: %+v", failed, v)
			}
		}
	}
}

// TestReceivedFromWhom: a neuron is blamed for what it received only if it is known what
// its source sent: if both were replayed to the end, and the source sent what it did in
// the run.
func TestReceivedFromWhom(t *testing.T) {
	net := freeMemory(t, 3, 1) // neuron 2 hears neuron 0 at slot 0 of port c
	for name, tc := range map[string]struct {
		change func(lives []life)
		blamed bool
	}{
		"another value":        {func(l []life) { l[2].received[neuron.Contextual][0].add(1) }, true},
		"nothing":              {func(l []life) { l[2].received[neuron.Contextual][0] = digest{} }, true},
		"another input":        {func(l []life) { l[2].received[neuron.Receptive][0].add(1) }, false},
		"it did not end":       {func(l []life) { l[2].received[neuron.Contextual][0].add(1); l[2].verdict.Ended = false }, false},
		"the source did not":   {func(l []life) { l[2].received[neuron.Contextual][0].add(1); l[0].verdict.Ended = false }, false},
		"the source differs":   {func(l []life) { l[2].received[neuron.Contextual][0].add(1); l[0].verdict.Differs.Spikes = true }, false},
		"the source's weights": {func(l []life) { l[2].received[neuron.Contextual][0].add(1); l[0].verdict.Differs.Weights = true }, true},
	} {
		var lives []life
		for id := range neuron.ID(3) {
			l := newLife(net, nil, id)
			l.verdict.Pass, l.verdict.Ended = true, true
			l.sent.add(float32(id))
			lives = append(lives, l)
		}
		for id := range lives {
			for slot := range 2 { // of the two others, in order
				source := slot
				if source >= id {
					source++
				}
				lives[id].received[neuron.Contextual][slot] = lives[source].sent
			}
		}
		tc.change(lives)
		compareReceived(net, lives)
		for id := range lives {
			blamed := tc.blamed && id == 2
			if v := lives[id].verdict; v.Pass == blamed || v.Differs.Inboxes != blamed || blamed != (v.Reason == "it received something from neuron 0 that this neuron did not send") {
				t.Errorf("%s: %+v", name, v)
			}
		}
	}
}

// TestOneAfterTheOther: with one worker, no two neurons are replayed at the same time.
func TestOneAfterTheOther(t *testing.T) {
	net := freeMemory(t, 6, 3)
	tape, _ := record(t, net, FreeOptions{}, 1, 1)
	file := &shared{ReaderAt: bytes.NewReader(tape)}
	rec, err := inboxes.NewReader(file, int64(len(tape)))
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	for _, workers := range []int{-1, 0, 1} {
		if v, err := (Recorded{net, rec}).Audit(t.Context(), nil, ReplayOptions{Workers: workers}); err != nil || len(v) != 6 {
			t.Error(v, err)
		}
	}
	if file.together.Load() {
		t.Error("several neurons are replayed at the same time")
	}
}

// shared notes whether several goroutines read at the same time. It lets others run
// while one reads.
type shared struct {
	io.ReaderAt
	readers  atomic.Int32
	together atomic.Bool
}

func (s *shared) ReadAt(b []byte, at int64) (int, error) {
	if s.readers.Add(1) > 1 {
		s.together.Store(true)
	}
	defer s.readers.Add(-1)
	for range 20 {
		runtime.Gosched()
	}
	return s.ReaderAt.ReadAt(b, at)
}
