package actors

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// life replays the recorded inboxes of one neuron, without the other neurons.
type life struct {
	verdict      Verdict
	net          *sim.Network
	rec          *inboxes.Reader
	neuron       *neuron.Neuron
	decoder      *inboxes.Decoder
	outputDigest outputDigest
	out          *neuron.Output
	shown        *shown // external input as the scenario presents it; nil: not compared

	block   int          // index of the next block
	rest    []byte       // unread part of the current block of inboxes
	inbox   neuron.Inbox // the next inbox
	holds   bool         // inbox is read and not yet replayed
	waits   bool         // for a Restore: the recording goes on with a state that differs from the present one
	ended   bool         // the last block was an end
	stopped error        // why the replay cannot continue

	pending  []byte                    // pending events at the end, as recorded
	state    []byte                    // its record in the network's state
	sent     digest                    // the values of its spikes
	received [neuron.NumPorts][]digest // the values that each synapse received
	slots    [neuron.NumPorts]int32
}

// digest summarises a sequence of values: their number, and their FNV-1a hash.
type digest struct{ count, hash uint64 }

func (h *digest) add(v float32) {
	if h.count == 0 {
		h.hash = 14695981039346656037
	}
	h.count++
	h.hash = (h.hash ^ uint64(math.Float32bits(v))) * 1099511628211
}

func newLife(net *sim.Network, rec *inboxes.Reader, id neuron.ID) life {
	l := life{verdict: Verdict{Neuron: id}, net: net, rec: rec, slots: net.Slots(id), outputDigest: newOutputDigest(), out: &neuron.Output{}}
	l.decoder = inboxes.NewDecoder(id, l.slots)
	for p, k := range l.slots {
		l.received[p] = make([]digest, k)
	}
	return l
}

// finish replays the rest of the recording and sets the verdict. It returns an
// error if the recording is invalid.
func (l *life) finish() error {
	if l.waits {
		l.differ(Differs{State: true}, "it begins anew as another than it was restored to")
	}
	l.shown = nil
	l.until(neuron.Never)
	switch {
	case errors.Is(l.stopped, inboxes.ErrRecording):
		return l.stopped
	case l.stopped != nil:
		l.verdict.Reason = l.stopped.Error()
		return nil //nolint:nilerr // the verdict tells it
	case !l.ended && l.rec.Failed():
		l.verdict.Reason = "the run failed before the neuron could say what it became"
		return nil
	case !l.ended:
		return fmt.Errorf("%w: it does not say what the neuron became", inboxes.ErrRecording)
	case l.verdict.Reason == "" && l.verdict.Differs != Differs{}:
		l.verdict.Reason = "alone with its inbox, the neuron becomes another: " + l.verdict.Differs.String() + " differ"
	}
	l.verdict.Updates = l.neuron.Report(0).Updates
	l.verdict.Pass, l.verdict.Ended = l.verdict.Reason == "", true
	var err error
	if l.state, err = sim.AppendNeuron(nil, l.neuron, nil); err != nil {
		return err
	}
	l.state = append(l.state, l.pending...)
	l.neuron, l.decoder, l.out = nil, nil, nil
	return nil
}

// differ notes what differs. It sets the reason if there is none yet.
func (l *life) differ(in Differs, format string, args ...any) {
	d := &l.verdict.Differs
	d.Inputs, d.State = d.Inputs || in.Inputs, d.State || in.State
	if l.verdict.Reason == "" {
		l.verdict.Reason = fmt.Sprintf(format, args...)
	}
}

// until replays all inboxes that end by time t.
func (l *life) until(t neuron.Time) {
	defer func() {
		if reason := recover(); reason != nil {
			l.stopped = fmt.Errorf("the neuron panicked: %v", reason)
		}
	}()
	for l.stopped == nil {
		if !l.holds {
			l.look()
		}
		if !l.holds || l.inbox.End > t {
			return
		}
		l.holds = false
		l.stopped = l.live(&l.inbox)
	}
}

// look reads up to the next inbox. On the way it handles the starts and the
// ends that are recorded.
func (l *life) look() {
	for l.waits = false; len(l.rest) == 0; {
		if l.block == l.rec.NumBlocks(l.verdict.Neuron) {
			return
		}
		var b inboxes.Block
		if b, l.stopped = l.rec.Block(l.verdict.Neuron, l.block); l.stopped != nil {
			return
		}
		switch b.Kind {
		case inboxes.StartBlock:
			l.stopped = l.start(b.Data)
		case inboxes.EndBlock:
			l.stopped = l.end(b.Data)
		case inboxes.InboxBlock:
			l.rest, l.ended = b.Data, false
		}
		if l.waits || l.stopped != nil {
			return
		}
		l.block++
	}
	l.inbox, l.rest, l.stopped = l.decoder.Next(l.rest)
	l.holds = l.stopped == nil
}

// start sets the neuron to the state in which its recording begins, or begins
// anew. If the scenario restores states itself, the neuron must have that state
// already; until then the replay waits.
func (l *life) start(how []byte) (err error) {
	if l.shown != nil && l.block > 0 {
		l.waits, err = l.another(how)
	} else {
		err = l.become(how)
	}
	l.decoder.Restart()
	l.ended = false
	return err
}

// become sets the neuron to a recorded state.
func (l *life) become(how []byte) (err error) {
	if l.neuron, err = l.net.NewNeuron(l.verdict.Neuron); err != nil {
		return err
	}
	if len(how) != sha256.Size {
		if err := l.neuron.UnmarshalBinary(how); err != nil {
			return fmt.Errorf("%w: %w", inboxes.ErrRecording, err)
		}
		return nil
	}
	if is, err := l.another(how); err != nil || is {
		return errors.Join(err, fmt.Errorf("%w: the neuron begins as another", inboxes.ErrRecording))
	}
	return nil
}

// another reports whether the state of the neuron differs from how, which is a
// state or the SHA-256 of one.
func (l *life) another(how []byte) (bool, error) {
	state, err := l.neuron.AppendBinary(nil)
	if len(how) == sha256.Size {
		sum := sha256.Sum256(state)
		state = sum[:]
	}
	return !bytes.Equal(state, how), err
}

// live replays one inbox.
func (l *life) live(in *neuron.Inbox) error {
	if next := l.neuron.Next(); next < in.End-1 {
		return fmt.Errorf("alone with its inbox, the neuron updates at %v, before the next inbox, of %v", next, in.End-1)
	}
	if l.shown == nil {
		l.out.Reset() // nobody reads the output
	} else if err := l.shown.check(l.neuron, in); err != nil {
		l.differ(Differs{Inputs: true}, "%v", err)
	}
	l.receive(in.Events)
	was := len(l.out.Spikes)
	l.neuron.Advance(*in, l.out)
	told := l.out.Spikes[was:]
	l.outputDigest.add(told)
	for i := range told {
		l.sent.add(told[i].Value)
	}
	l.verdict.Spikes += int64(len(told))
	return nil
}

// end compares the state of the neuron with the recorded one.
func (l *life) end(block []byte) error {
	want, err := inboxes.ParseEnd(block)
	if err != nil {
		return err
	}
	got, err := endOf(l.neuron, &l.outputDigest)
	if err != nil {
		return err
	}
	l.verdict.Differs.note(&got, &want)
	l.pending, l.ended = want.Pending, true
	return nil
}

func (l *life) receive(events []neuron.Event) {
	for i := range events {
		l.received[events[i].Port][events[i].Slot].add(events[i].Value)
	}
	l.verdict.Events += int64(len(events))
}
