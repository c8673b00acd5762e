package actors

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Isolated is the engine that audits a network that runs in lockstep. It runs
// the network, and an isolated copy of each audited neuron. A copy is a neuron
// of its own. It gets nothing but the events and signals that its original
// gets, in the format of a recording, so it cannot share memory with the
// network. Its spikes are compared with those of the original, and its whole
// state whenever the state of the network is replaced, and at the end.
//
// Close makes the last comparison. After it, Verdicts returns the results.
type Isolated struct {
	*Engine
	copies   []*isolatedCopy   // by neuron; nil: not audited
	verdicts []Verdict         // by neuron
	known    map[[32]byte]bool // hashes of the states that the engine returned
	given    int
	ended    bool
	lost     error // why copies could not begin in a restored state: nothing can be compared after it
}

var _ sim.Engine = (*Isolated)(nil)

// isolatedCopy is the copy of one neuron.
type isolatedCopy struct {
	neuron  *neuron.Neuron
	encoder *inboxes.Encoder
	decoder *inboxes.Decoder
	data    []byte
	out     neuron.Output // since the begin of the epoch
	read    int           // spikes of out that were compared
	verdict *Verdict
}

// NewIsolated starts a network in lockstep, with copies of the neurons ids (nil:
// of all).
func NewIsolated(net *sim.Network, ids []neuron.ID, opts Options) (*Isolated, error) {
	if ids == nil {
		ids = sim.Everyone(net)
	}
	a := &Isolated{copies: make([]*isolatedCopy, net.NumNeurons()), verdicts: make([]Verdict, net.NumNeurons()), known: map[[32]byte]bool{}}
	for _, id := range ids {
		if id < 0 || int(id) >= len(a.copies) {
			return nil, fmt.Errorf("actors: there is no neuron %d", id)
		}
		a.verdicts[id].Neuron = id
		a.copies[id] = &isolatedCopy{verdict: &a.verdicts[id]}
		if err := a.copies[id].begin(net, id, nil); err != nil {
			return nil, err
		}
	}
	opts.Delivery = sim.EachEvent
	tap := opts.tap
	opts.tap = func(id neuron.ID, in neuron.Inbox) {
		if c := a.copies[id]; c != nil {
			c.live(&in)
		}
		if tap != nil {
			tap(id, in)
		}
	}
	var err error
	a.Engine, err = New(net, opts)
	return a, err
}

// begin makes the copy, in its initial state or in a given one.
func (c *isolatedCopy) begin(net *sim.Network, id neuron.ID, state []byte) (err error) {
	if c.neuron, err = net.NewNeuron(id); err == nil && state != nil {
		err = c.neuron.UnmarshalBinary(state)
	}
	c.encoder, c.decoder = inboxes.NewEncoder(net.Slots(id)), inboxes.NewDecoder(id, net.Slots(id))
	return err
}

// live advances the copy through the inbox of an epoch, one time after another,
// as a neuron runs that is alone.
func (c *isolatedCopy) live(in *neuron.Inbox) {
	defer func() {
		if reason := recover(); reason != nil {
			c.fail("it panicked: %v", reason)
		}
	}()
	events, signals := in.Events, in.Signals
	for c.verdict.Reason == "" {
		t := c.neuron.Next()
		if len(events) > 0 {
			t = min(t, events[0].Time)
		}
		if len(signals) > 0 {
			t = min(t, signals[0].Time)
		}
		if t >= in.End {
			return
		}
		k, s := 0, 0
		for k < len(events) && events[k].Time == t {
			k++
		}
		for s < len(signals) && signals[s].Time == t {
			s++
		}
		c.update(t, neuron.Inbox{Events: events[:k], Signals: signals[:s]})
		events, signals = events[k:], signals[s:]
	}
}

// update writes what arrives at one time as bytes, reads them, and advances the
// copy.
func (c *isolatedCopy) update(t neuron.Time, in neuron.Inbox) {
	c.data = c.encoder.Append(c.data[:0], c.neuron.ID(), t, in)
	got, _, err := c.decoder.Next(c.data)
	if err != nil {
		c.fail("its inbox at %v cannot be written: %v", t, err)
		return
	}
	c.verdict.Events += int64(len(got.Events))
	c.neuron.Advance(got, &c.out)
}

// fail notes why the neuron fails the audit. The first reason counts.
func (c *isolatedCopy) fail(format string, args ...any) {
	if c.verdict.Reason == "" {
		c.verdict.Reason = fmt.Sprintf(format, args...)
	}
}

// Advance implements sim.Engine.
func (a *Isolated) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	if a.lost != nil {
		return a.lost
	}
	return a.Engine.Advance(ctx, until, feed, compared{a, sink})
}

// compared is a sink that compares spikes with those of copies.
type compared struct {
	a    *Isolated
	sink sim.Sink
}

// Epoch implements sim.Sink.
func (c compared) Epoch(end neuron.Time, out *neuron.Output) error {
	for i := range out.Spikes {
		if k := c.a.copies[out.Spikes[i].Source]; k != nil {
			k.compare(&out.Spikes[i])
		}
	}
	for _, k := range c.a.copies {
		if k != nil {
			k.endEpoch()
		}
	}
	return c.sink.Epoch(end, out)
}

// compare compares the next spike of the copy with a spike of its original.
func (c *isolatedCopy) compare(s *neuron.Spike) {
	c.verdict.Spikes++
	if c.read >= len(c.out.Spikes) {
		c.differ("at %v it sent %v; alone with its inbox, it sends nothing", s.Time, s.Value)
		return
	}
	own := &c.out.Spikes[c.read]
	c.read++
	if own.Time != s.Time || math.Float32bits(own.Value) != math.Float32bits(s.Value) {
		c.differ("at %v it sent %v; alone with its inbox, it sends %v at %v", s.Time, s.Value, own.Value, own.Time)
	}
}

// endEpoch compares the numbers of spikes, and empties the output.
func (c *isolatedCopy) endEpoch() {
	if c.read < len(c.out.Spikes) {
		own := &c.out.Spikes[c.read]
		c.differ("alone with its inbox, it sends %v at %v, where it sent nothing", own.Value, own.Time)
	}
	c.out.Reset()
	c.read = 0
}

func (c *isolatedCopy) differ(format string, args ...any) {
	c.verdict.Differs.Spikes = true
	c.fail(format, args...)
}

// State implements sim.Engine. It remembers the state: see Given.
func (a *Isolated) State() ([]byte, error) {
	state, err := a.Engine.State()
	if err == nil {
		a.known[sha256.Sum256(state)] = true
	}
	return state, err
}

// Restore implements sim.Engine. Copies are compared before it; after it, they
// begin in the restored state. If one cannot, the engine can only be closed.
func (a *Isolated) Restore(state []byte) error {
	if err := a.check(); err != nil {
		return err
	}
	if err := a.Engine.Restore(state); err != nil {
		return err
	}
	if !a.known[sha256.Sum256(state)] {
		a.given++
	}
	a.lost = a.each(state, func(id neuron.ID, c *isolatedCopy, own []byte) error { return c.begin(a.Network(), id, own) })
	return a.lost
}

// check compares the states of all copies with those of the originals.
func (a *Isolated) check() error {
	if a.lost != nil {
		return a.lost
	}
	state, err := a.Engine.State()
	if err != nil {
		return err
	}
	return a.each(state, func(_ neuron.ID, c *isolatedCopy, own []byte) error { return c.check(a.Network(), own) })
}

// each calls do with each copy, and with the state of its original in a state of
// the network.
func (a *Isolated) each(state []byte, do func(id neuron.ID, c *isolatedCopy, own []byte) error) error {
	_, records, err := sim.ReadState(state, a.Network())
	if err != nil {
		return err
	}
	for id, c := range a.copies {
		if c == nil {
			continue
		}
		if err := do(neuron.ID(id), c, records[id].Neuron); err != nil {
			return fmt.Errorf("neuron %d: %w", id, err)
		}
	}
	return nil
}

// check compares the state of the copy with that of its original.
func (c *isolatedCopy) check(net *sim.Network, want []byte) error {
	v := c.verdict
	v.Updates = c.neuron.Report(0).Updates
	got, err := c.neuron.AppendBinary(nil)
	if err != nil || bytes.Equal(got, want) {
		return err
	}
	original, err := net.NewNeuron(v.Neuron)
	if err == nil {
		err = original.UnmarshalBinary(want)
	}
	if err != nil {
		return err
	}
	none := newOutputDigest()
	is, err := endOf(original, &none)
	if err != nil {
		return err
	}
	alone, err := endOf(c.neuron, &none)
	v.Differs.note(&alone, &is)
	c.fail("alone with its inbox, the neuron becomes another: %v differ", v.Differs)
	return err
}

// Close implements sim.Engine. It makes the last comparison.
func (a *Isolated) Close() error {
	if a.ended {
		return nil
	}
	a.ended = true
	if err := a.check(); err == nil {
		for _, c := range a.copies {
			if c != nil {
				c.verdict.Ended, c.verdict.Pass = true, c.verdict.Reason == ""
			}
		}
	}
	return a.Engine.Close()
}

// Verdicts returns the verdicts on all audited neurons. A neuron whose last
// state could not be compared, because the run failed, has no pass.
func (a *Isolated) Verdicts() []Verdict {
	var all []Verdict
	for id, c := range a.copies {
		if c == nil {
			continue
		}
		v := a.verdicts[id]
		if !v.Ended && v.Reason == "" {
			v.Reason = "the run failed before the state of the neuron could be compared"
		}
		all = append(all, v)
	}
	return all
}

// Given returns how many times the network was given a state that it had not
// had before, for example with weights that were learnt outside the engine. An
// audit says nothing about where such a state comes from.
func (a *Isolated) Given() int { return a.given }
