package sim

import (
	"context"
	"fmt"
	"io"

	"infomorph/neuron"
)

// Group is the neurons first … last−1 with the mail that serves them, as one
// shard holds them.
type Group struct {
	*Mail
	neurons []*neuron.Neuron
	out     *neuron.Output
	inputs  []float64
}

// Report returns the report of neuron i of the group. All neurons must have run
// up to now.
func (g *Group) Report(i int, want neuron.Want, now neuron.Time) neuron.Report {
	var seen []float64
	if want&neuron.WantLearning != 0 {
		seen = g.Present(i, now)
	}
	return ReportNeuron(g.neurons[i], want, seen)
}

// NewGroup makes the neurons first … last−1 of a network.
func NewGroup(net *Network, first, last neuron.ID) (*Group, error) {
	return newGroup(net, first, last, Chosen)
}

func newGroup(net *Network, first, last neuron.ID, how Delivery) (*Group, error) {
	g := &Group{Mail: NewMail(net, first, last, how), neurons: make([]*neuron.Neuron, last-first)}
	err := g.NewNeurons(func(i int, n *neuron.Neuron) error {
		g.neurons[i] = n
		return nil
	})
	return g, err
}

// Step runs the group's neurons through one epoch and appends their output to
// out. After it, the spikes of the whole network and the inputs of the epoch
// must be delivered to every group.
func (g *Group) Step(e Epoch, out *neuron.Output) {
	g.out = out
	g.Run(e, g)
}

// Hand implements Owner.
func (g *Group) Hand(i int, in *neuron.Inbox) (neuron.Time, bool) {
	n := g.neurons[i]
	n.Live(in, g.out)
	return n.Next(), true
}

// Soon implements Owner.
func (g *Group) Soon(i int, part Part) { Prefetch(g.neurons, i, part) }

// Inputs implements Owner.
func (g *Group) Inputs(i int) ([]float64, bool) {
	g.inputs = g.neurons[i].AppendInputs(g.inputs[:0])
	return g.inputs, true
}

// Neuron returns neuron i of the group.
func (g *Group) Neuron(i int) *neuron.Neuron { return g.neurons[i] }

// Sequential runs a network in one loop. It is the reference engine.
type Sequential struct {
	net   *Network
	how   Delivery
	group *Group
	now   neuron.Time
	out   neuron.Output

	broken error // a breakdown; only Restore clears it
}

// NewSequential returns the reference engine for a prepared network.
func NewSequential(net *Network) (*Sequential, error) { return NewSequentialBy(net, Chosen) }

// NewSequentialBy is NewSequential with a given way of delivery.
func NewSequentialBy(net *Network, how Delivery) (*Sequential, error) {
	g, err := newGroup(net, 0, neuron.ID(net.NumNeurons()), how)
	if err != nil {
		return nil, err
	}
	return &Sequential{net: net, how: how, group: g}, nil
}

// Now implements Engine.
func (s *Sequential) Now() neuron.Time { return s.now }

// Advance implements Engine.
func (s *Sequential) Advance(ctx context.Context, until neuron.Time, feed Feed, sink Sink) error {
	if s.broken != nil {
		return s.broken
	}
	scheduler, err := NewScheduler(s.net, s.now, until, feed)
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, ok := scheduler.Next(s.group.Next())
		if !ok {
			s.now = until
			return nil
		}
		s.out.Reset()
		s.group.Step(e, &s.out)
		SortOutput(&s.out)
		if s.broken = Broken(&s.out); s.broken != nil {
			return s.broken
		}
		s.group.Deliver(e.Inputs, s.out.Spikes)
		s.now = e.End
		if err := sink.Epoch(e.End, &s.out); err != nil {
			return err
		}
	}
}

// Report implements Engine.
func (s *Sequential) Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error) {
	reports := make([]neuron.Report, len(ids))
	for i, id := range ids {
		if id < 0 || int(id) >= s.net.NumNeurons() {
			return nil, fmt.Errorf("sim: there is no neuron %d", id)
		}
		reports[i] = s.group.Report(int(id), want, s.now)
	}
	return reports, nil
}

// State implements Engine.
func (s *Sequential) State() ([]byte, error) {
	if s.broken != nil {
		return nil, s.broken
	}
	return s.group.AppendState(AppendHeader(nil, s.net, s.now), s.now)
}

// WriteState implements StateWriter.
func (s *Sequential) WriteState(w io.Writer) error {
	if s.broken != nil {
		return s.broken
	}
	_, err := w.Write(AppendHeader(nil, s.net, s.now))
	if err == nil {
		err = s.group.WriteState(w, s.now)
	}
	return err
}

// Network implements Engine.
func (s *Sequential) Network() *Network { return s.net }

// Restore implements Engine.
func (s *Sequential) Restore(state []byte) error {
	net, err := NetworkOf(state, s.net)
	if err != nil {
		return err
	}
	if net != s.net {
		g, err := newGroup(net, 0, neuron.ID(net.NumNeurons()), s.how)
		if err != nil {
			return err
		}
		s.net, s.group = net, g
	}
	now, records, err := ReadState(state, s.net)
	if err != nil {
		return err
	}
	s.now, s.broken = now, nil
	return s.group.RestoreState(records, now)
}

// Close implements Engine.
func (s *Sequential) Close() error { return nil }
