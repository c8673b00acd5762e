package actors

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"infomorph/internal/recording"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Verdict says whether a neuron that lived through its recorded inbox alone,
// and nothing else, became what it was in the run.
type Verdict struct {
	Neuron  neuron.ID
	Pass    bool
	Reason  string // what differs
	Differs Differs
	Updates int64 // in the end
	Events  int64 // that reached it
	Spikes  int64 // that it told
}

// Differs says in what a neuron differs from what it was in the run.
type Differs struct{ Spikes, Weights, Window, State bool }

// ReplayOptions say how recorded neurons live again.
type ReplayOptions struct {
	Workers  int                   // goroutines; nothing depends on it
	Progress func(done, total int) // is told of neurons; called by one goroutine at a time; nil: nobody
}

// Audit lets neurons (nil: all) live through their recorded inboxes, each
// alone, and compares what they told, their weights, their windows and all
// else they remember with what the recording says, bit for bit. Its error is
// about the recording; what is wrong with a neuron is in its verdict.
func Audit(ctx context.Context, net *sim.Network, rec *recording.Reader, ids []neuron.ID, o ReplayOptions) ([]Verdict, error) {
	lives, err := relive(ctx, net, rec, ids, o)
	if err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(lives))
	for i := range lives {
		verdicts[i] = lives[i].verdict
	}
	return verdicts, nil
}

// Replayed is the outcome of Replay.
type Replayed struct {
	State    []byte            // of the network in the end: see sim.Engine
	Recorded [sha256.Size]byte // SHA-256 of what the state was in the run
	Now      neuron.Time       // in the end
	Verdicts []Verdict
	Whole    bool // every verdict is a pass, and the state is the recorded one
	Updates  int64
	Events   int64
	Spikes   int64
}

// Replay re-executes a free-running run from its recording: every neuron lives
// through its inbox, what was heard is held against what was told, spike by
// spike, and the final state is put together. It does not depend on workers.
func Replay(ctx context.Context, net *sim.Network, rec *recording.Reader, o ReplayOptions) (*Replayed, error) {
	lives, err := relive(ctx, net, rec, nil, o)
	if err != nil {
		return nil, err
	}
	final, _, err := rec.Final()
	if err != nil {
		return nil, err
	}
	if !final.Failed() {
		compareHearsay(net, lives)
	}
	r := &Replayed{Whole: true, Recorded: final.State, Now: final.Now, State: sim.AppendHeader(nil, net, final.Now)}
	for i := range lives {
		l := &lives[i]
		r.State = append(r.State, l.state...)
		r.Verdicts = append(r.Verdicts, l.verdict)
		r.Whole = r.Whole && l.verdict.Pass
		r.Updates += l.verdict.Updates
		r.Events += l.verdict.Events
		r.Spikes += l.verdict.Spikes
	}
	r.Whole = r.Whole && sha256.Sum256(r.State) == final.State
	return r, nil
}

// life is a neuron that lived through its inbox again.
type life struct {
	verdict Verdict
	net     *sim.Network
	neuron  *neuron.Neuron
	decoder *recording.Decoder
	telling telling
	out     neuron.Output
	flight  []byte                     // what was still to come when it ended
	ended   bool                       // nothing reached it after the last end
	state   []byte                     // its record in the network's state
	told    hearsay                    // what it told
	heard   [neuron.NumPorts][]hearsay // what each synapse heard
	slots   [neuron.NumPorts]int32
}

// hearsay is a sequence of values: how many, and their FNV-1a hash.
type hearsay struct{ count, hash uint64 }

func (h *hearsay) add(v float32) {
	if h.count == 0 {
		h.hash = 14695981039346656037
	}
	h.count++
	h.hash = (h.hash ^ uint64(math.Float32bits(v))) * 1099511628211
}

// relive lets neurons live through their recorded inboxes. Its error is that of
// the first neuron whose recording is none.
func relive(ctx context.Context, net *sim.Network, rec *recording.Reader, ids []neuron.ID, o ReplayOptions) ([]life, error) {
	if err := fits(net, rec, ids); err != nil {
		return nil, err
	}
	if ids == nil {
		for id := range neuron.ID(net.NumNeurons()) {
			ids = append(ids, id)
		}
	}
	lives, faults := make([]life, len(ids)), make([]error, len(ids))
	var group errgroup.Group
	group.SetLimit(max(o.Workers, 1))
	var mu sync.Mutex
	done := 0
	for i, id := range ids {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			faults[i] = lives[i].run(net, rec, id)
			lives[i].neuron, lives[i].decoder = nil, nil
			mu.Lock()
			defer mu.Unlock()
			if done++; o.Progress != nil {
				o.Progress(done, len(ids))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, err := range faults {
		if err != nil {
			return nil, fmt.Errorf("neuron %d: %w", ids[i], err)
		}
	}
	return lives, nil
}

// fits returns an error unless a recording can be of the network, is whole,
// and has all neurons asked for.
func fits(net *sim.Network, rec *recording.Reader, ids []neuron.ID) error {
	if rec.NumNeurons() != net.NumNeurons() {
		return fmt.Errorf("%w: it has %d neurons, the network has %d", recording.ErrRecording, rec.NumNeurons(), net.NumNeurons())
	}
	if _, ok, err := rec.Final(); err != nil {
		return err
	} else if !ok {
		return fmt.Errorf("%w: it is cut short", recording.ErrRecording)
	}
	for _, id := range ids {
		if id < 0 || int(id) >= net.NumNeurons() {
			return fmt.Errorf("there is no neuron %d; the network has neurons 0 to %d", id, net.NumNeurons()-1)
		}
	}
	return nil
}

// run lives through the recording of a neuron and gives its verdict. Its error
// is about the recording.
func (l *life) run(net *sim.Network, rec *recording.Reader, id neuron.ID) error {
	l.verdict = Verdict{Neuron: id}
	l.net, l.slots = net, net.Slots(id)
	l.decoder = recording.NewDecoder(id, l.slots)
	for p, k := range l.slots {
		l.heard[p] = make([]hearsay, k)
	}
	l.telling = newTelling()
	err := l.liveThrough(rec, id)
	switch {
	case errors.Is(err, recording.ErrRecording):
		return err
	case err != nil:
		l.verdict.Reason = err.Error()
		return nil
	case !l.ended && rec.Failed():
		l.verdict.Reason = "the run failed before the neuron could say what it became"
		return nil
	case !l.ended:
		return fmt.Errorf("%w: it does not say what the neuron became", recording.ErrRecording)
	case l.verdict.Differs != Differs{}:
		l.verdict.Reason = "alone with its inbox, the neuron becomes another: " + l.verdict.Differs.String() + " differ"
	}
	l.verdict.Updates = l.neuron.Report(0).Updates
	l.verdict.Pass = l.verdict.Reason == ""
	if l.state, err = sim.AppendNeuron(nil, l.neuron, nil); err != nil {
		return err
	}
	l.state = append(l.state, l.flight...)
	return nil
}

// liveThrough goes through the blocks of a neuron.
func (l *life) liveThrough(rec *recording.Reader, id neuron.ID) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("the neuron panicked: %v", reason)
		}
	}()
	for b, err := range rec.Blocks(id) {
		if err != nil {
			return err
		}
		switch b.Kind {
		case recording.StartBlock:
			err = l.start(id, b.Data)
		case recording.InboxBlock:
			err = l.live(b.Data)
		case recording.EndBlock:
			err = l.end(b.Data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// start brings the neuron to where its recording begins, or begins anew.
func (l *life) start(id neuron.ID, how []byte) (err error) {
	l.decoder.Restart()
	l.ended = false
	if l.neuron, err = l.net.NewNeuron(id); err != nil {
		return err
	}
	if len(how) != sha256.Size {
		if err := l.neuron.UnmarshalBinary(how); err != nil {
			return fmt.Errorf("%w: %w", recording.ErrRecording, err)
		}
		return nil
	}
	state, err := l.neuron.AppendBinary(nil)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(state); !bytes.Equal(sum[:], how) {
		return fmt.Errorf("%w: the neuron begins as another", recording.ErrRecording)
	}
	return nil
}

// live lives through a block of inboxes.
func (l *life) live(block []byte) (err error) {
	l.ended = false
	for len(block) > 0 {
		var in neuron.Inbox
		if in, block, err = l.decoder.Next(block); err != nil {
			return err
		}
		if next := l.neuron.Next(); next < in.End-1 {
			return fmt.Errorf("alone with its inbox, the neuron updates at %v, before the next inbox, of %v", next, in.End-1)
		}
		l.hear(in.Events)
		l.out.Reset()
		l.neuron.Advance(in, &l.out)
		l.telling.add(l.out.Spikes)
		for _, s := range l.out.Spikes {
			l.told.add(s.Value)
		}
		l.verdict.Spikes += int64(len(l.out.Spikes))
	}
	return nil
}

// end compares what the neuron is with what it was in the run.
func (l *life) end(block []byte) error {
	want, err := recording.ParseEnd(block)
	if err != nil {
		return err
	}
	got, err := endOf(l.neuron, &l.telling)
	if err != nil {
		return err
	}
	l.verdict.Differs.note(&got, &want)
	l.flight, l.ended = want.Flight, true
	return nil
}

func (l *life) hear(events []neuron.Event) {
	for i := range events {
		l.heard[events[i].Port][events[i].Slot].add(events[i].Value)
	}
	l.verdict.Events += int64(len(events))
}

// note adds what differs between two ends.
func (d *Differs) note(got, want *recording.End) {
	d.Spikes = d.Spikes || got.Told != want.Told || got.Spikes != want.Spikes
	d.Weights = d.Weights || got.Weights != want.Weights
	d.Window = d.Window || got.Window != want.Window
	d.State = d.State || got.State != want.State || got.Updates != want.Updates
}

// String lists what differs.
func (d Differs) String() string {
	var names []string
	for _, part := range []struct {
		name string
		is   bool
	}{{"spikes", d.Spikes}, {"weights", d.Weights}, {"window", d.Window}, {"state", d.State}} {
		if part.is {
			names = append(names, part.name)
		}
	}
	return strings.Join(names, ", ")
}

// compareHearsay requires of every synapse between neurons that it heard what
// its source told, all of it and in order.
func compareHearsay(net *sim.Network, lives []life) {
	for id := range lives {
		l := &lives[id]
		slots := [neuron.NumPorts]int32{}
		in := net.Incoming(neuron.ID(id))
		for k, source := range in.Source {
			p := in.Port[k]
			slot := slots[p]
			slots[p]++
			if int(source) >= len(lives) || !l.verdict.Pass || !lives[source].verdict.Pass {
				continue
			}
			if l.heard[p][slot] != lives[source].told {
				l.verdict.Pass = false
				l.verdict.Reason = fmt.Sprintf("it heard of neuron %d what that did not tell", source)
			}
		}
	}
}
