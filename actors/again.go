package actors

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// Again is the engine that repeats a recorded free run. The caller runs the
// scenario once more, and each neuron replays its recorded inboxes alone. So
// the tables and scores of the run are produced again by the same code. What
// the scenario presents is compared with what the recording says was presented.
//
// Close does not end the replay: Finish does, and returns the verdicts.
type Again struct {
	net   *sim.Network
	rec   *inboxes.Reader
	o     ReplayOptions
	final inboxes.Final
	now   neuron.Time
	lives []life
	out   neuron.Output
}

var _ sim.Engine = (*Again)(nil)

// ErrRecordingEnds is returned when a run would continue past the end of its
// recording.
var ErrRecordingEnds = errors.New("the recording ends here")

// NewAgain returns an engine that runs a network as it was recorded.
func NewAgain(ctx context.Context, net *sim.Network, rec *inboxes.Reader, o ReplayOptions) (*Again, error) {
	final, err := fits(net, rec, nil)
	if err != nil {
		return nil, err
	}
	a := &Again{net: net, rec: rec, o: o, final: final}
	for id := range neuron.ID(net.NumNeurons()) {
		a.lives = append(a.lives, newLife(net, rec, id))
		a.lives[id].shown = newShown(net, id)
	}
	return a, a.each(ctx, func(l *life) { l.look() })
}

// each calls f for all neurons, on several goroutines. It returns an error if
// the recording of a neuron is invalid.
func (a *Again) each(ctx context.Context, f func(*life)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	workers := min(max(a.o.Workers, 1), len(a.lives))
	var group errgroup.Group
	for w := range workers {
		group.Go(func() error {
			for i := w; i < len(a.lives); i += workers {
				if f(&a.lives[i]); errors.Is(a.lives[i].stopped, inboxes.ErrRecording) {
					return fmt.Errorf("neuron %d: %w", i, a.lives[i].stopped)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// Ends returns when the recording ends.
func (a *Again) Ends() neuron.Time { return a.final.Now }

// Now implements sim.Engine.
func (a *Again) Now() neuron.Time { return a.now }

// Network implements sim.Engine.
func (a *Again) Network() *sim.Network { return a.net }

// Close implements sim.Engine.
func (a *Again) Close() error { return nil }

// Advance implements sim.Engine.
func (a *Again) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	if _, err := sim.NewScheduler(a.net, a.now, until, feed); err != nil {
		return err
	}
	if until == a.now {
		return nil
	}
	if until > a.final.Now {
		return ErrRecordingEnds
	}
	for i := range a.lives {
		a.lives[i].shown.signals = reaching(feed.Signals, neuron.ID(i))
	}
	for _, in := range feed.Inputs {
		for i := range a.lives {
			a.lives[i].shown.add(in)
		}
	}
	groups := make([]*neuron.Output, len(a.lives))
	err := a.each(ctx, func(l *life) {
		l.out.Reset()
		l.shown.begin(until)
		l.until(until)
		if err := l.shown.left(l.neuron); err != nil && l.stopped == nil {
			l.differ(Differs{Inputs: true}, "%v", err)
		}
		groups[l.verdict.Neuron] = l.out
	})
	if err != nil {
		return err
	}
	a.out.Reset()
	sim.MergeOutput(&a.out, groups)
	if err := sim.Broken(&a.out); err != nil {
		return err
	}
	a.now = until
	if a.o.Progress != nil {
		a.o.Progress(int(a.now/neuron.Millisecond), int(a.final.Now/neuron.Millisecond))
	}
	return sink.Epoch(a.now, &a.out)
}

// Report implements sim.Engine.
func (a *Again) Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error) {
	reports := make([]neuron.Report, len(ids))
	for i, id := range ids {
		if id < 0 || int(id) >= len(a.lives) {
			return nil, fmt.Errorf("actors: there is no neuron %d", id)
		}
		reports[i] = a.lives[id].neuron.Report(want)
	}
	return reports, nil
}

// State implements sim.Engine.
func (a *Again) State() (state []byte, err error) {
	state = sim.AppendHeader(nil, a.net, a.now)
	for i := range a.lives {
		l := &a.lives[i]
		if state, err = sim.AppendNeuron(state, l.neuron, nil); err != nil {
			return nil, err
		}
		state = sim.AppendPending(state, l.shown.inputs)
	}
	return state, nil
}

// Restore implements sim.Engine.
func (a *Again) Restore(state []byte) error {
	now, records, err := sim.ReadState(state, a.net)
	if err != nil {
		return err
	}
	for i := range a.lives {
		l := &a.lives[i]
		if err := l.neuron.UnmarshalBinary(records[i].Neuron); err != nil {
			return fmt.Errorf("%w: %w", sim.ErrState, err)
		}
		if l.shown.inputs, err = records[i].Events(l.slots, now); err != nil {
			return err
		}
	}
	a.now = now
	return nil
}

// Finish replays the rest of the recording and returns the verdicts: see
// Replay. The engine cannot be used after it.
func (a *Again) Finish(ctx context.Context) (*Replayed, error) {
	faults := make([]error, len(a.lives))
	err := a.each(ctx, func(l *life) { faults[l.verdict.Neuron] = l.finish() })
	for id, err := range faults {
		if err != nil {
			return nil, fmt.Errorf("neuron %d: %w", id, err)
		}
	}
	if err != nil {
		return nil, err
	}
	return join(a.net, a.final, a.lives), nil
}

// shown is the external input of a neuron, as the scenario presents it.
type shown struct {
	inputs  []neuron.Event // not yet received, sorted
	signals []neuron.Signal
	until   neuron.Time
	outlets map[neuron.ID][]fanOut // by channel: the synapses that it drives
	channel [neuron.NumPorts][]bool
}

// newShown finds the synapses of a neuron that are driven by channels.
func newShown(net *sim.Network, id neuron.ID) *shown {
	s := &shown{outlets: map[neuron.ID][]fanOut{}}
	for p, n := range net.Slots(id) {
		s.channel[p] = make([]bool, n)
	}
	in, slots := net.Incoming(id), [neuron.NumPorts]int32{}
	for k, source := range in.Source {
		p := in.Port[k]
		if int(source) >= net.NumNeurons() {
			s.outlets[source] = append(s.outlets[source], fanOut{id, place{slots[p], p}, neuron.Time(in.Delay[k])})
			s.channel[p][slots[p]] = true
		}
		slots[p]++
	}
	return s
}

// add adds a spike of a channel.
func (s *shown) add(in neuron.Spike) {
	for _, o := range s.outlets[in.Source] {
		s.inputs = append(s.inputs, neuron.Event{Time: in.Time + o.delay, Value: in.Value, Slot: o.slot, Port: o.port})
	}
}

// begin prepares the comparison of all inboxes before until.
func (s *shown) begin(until neuron.Time) {
	s.until = until
	slices.SortStableFunc(s.inputs, neuron.Event.Compare)
}

// next returns when the neuron updates next: see freeNeuron.
func (s *shown) next(n *neuron.Neuron) neuron.Time {
	t := n.Next()
	if len(s.inputs) > 0 {
		t = min(t, s.inputs[0].Time)
	}
	if len(s.signals) > 0 {
		t = min(t, s.signals[0].Time)
	}
	return t
}

// check compares a recorded inbox with the external input that is due, and
// removes that input.
func (s *shown) check(n *neuron.Neuron, in *neuron.Inbox) error {
	t, next := in.End-1, s.next(n)
	if settles := in.End == s.until && next >= s.until; t != next && !settles {
		return fmt.Errorf("it updates at %v; as the scenario has it that is at %v", t, next)
	}
	k := 0
	for i := range in.Events {
		e := &in.Events[i]
		if !s.channel[e.Port][e.Slot] {
			continue
		}
		if k == len(s.inputs) || !same(e, &s.inputs[k]) || s.inputs[k].Time > t {
			return fmt.Errorf("at %v input %v of port %v received %v, which the scenario does not present then", t, e.Slot, e.Port, e.Value)
		}
		k++
	}
	if k < len(s.inputs) && s.inputs[k].Time <= t {
		return fmt.Errorf("at %v it did not receive what the scenario presents to input %v of port %v", t, s.inputs[k].Slot, s.inputs[k].Port)
	}
	s.inputs = append(s.inputs[:0], s.inputs[k:]...)
	for i := range in.Signals {
		if len(s.signals) == 0 || !sameSignal(&in.Signals[i], &s.signals[0]) || s.signals[0].Time != t {
			return fmt.Errorf("at %v it was given a signal that is not of the scenario", t)
		}
		s.signals = s.signals[1:]
	}
	if len(s.signals) > 0 && s.signals[0].Time <= t {
		return fmt.Errorf("at %v it was not given a signal of the scenario", t)
	}
	return nil
}

func same(a, b *neuron.Event) bool {
	return a.Port == b.Port && a.Slot == b.Slot && math.Float32bits(a.Value) == math.Float32bits(b.Value)
}

func sameSignal(a, b *neuron.Signal) bool {
	return a.Kind == b.Kind && a.Flags == b.Flags && math.Float64bits(a.Value) == math.Float64bits(b.Value)
}

// left returns an error if some external input was due but is in no inbox.
func (s *shown) left(n *neuron.Neuron) error {
	if next := s.next(n); next < s.until {
		return fmt.Errorf("it did not live through what happens at %v as the scenario has it", next)
	}
	return nil
}

// join combines the results of all neurons.
func join(net *sim.Network, final inboxes.Final, lives []life) *Replayed {
	if !final.Failed() {
		compareReceived(net, lives)
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
	return r
}
