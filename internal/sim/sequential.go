package sim

import (
	"fmt"

	"infomorph/neuron"
)

// Group is the neurons first … last−1 with the router that serves them: what
// one shard holds.
type Group struct {
	*Router
	neurons []*neuron.Neuron
}

// NewGroup makes the neurons first … last−1 of a network.
func NewGroup(net *Network, first, last neuron.ID) (*Group, error) {
	g := &Group{Router: net.NewRouter(first, last)}
	for id := first; id < last; id++ {
		n, err := net.NewNeuron(id)
		if err != nil {
			return nil, fmt.Errorf("neuron %d: %w", id, err)
		}
		g.neurons = append(g.neurons, n)
		g.SetWake(int(id-first), n.Next())
	}
	return g, nil
}

// Step runs the group's neurons through one epoch and appends what they do to
// out, neuron by neuron. The spikes of the whole network and the inputs of
// the epoch must then be delivered to every group.
func (g *Group) Step(e Epoch, out *neuron.Output) {
	g.Open(e.Index, e.End)
	for i, n := range g.neurons {
		if len(e.Signals) > 0 || g.Due(i, e.End) {
			n.Advance(neuron.Inbox{Events: g.Events(i), Signals: e.Signals, End: e.End}, out)
			g.SetWake(i, n.Next())
		}
	}
}

// Neuron returns neuron i of the group.
func (g *Group) Neuron(i int) *neuron.Neuron { return g.neurons[i] }

// Sequential runs a network in one loop. It is the reference engine.
type Sequential struct {
	net   *Network
	group *Group
	now   neuron.Time
	out   neuron.Output
}

// NewSequential returns the reference engine for a prepared network.
func NewSequential(net *Network) (*Sequential, error) {
	g, err := NewGroup(net, 0, neuron.ID(net.NumNeurons()))
	if err != nil {
		return nil, err
	}
	return &Sequential{net: net, group: g}, nil
}

// Now implements Engine.
func (s *Sequential) Now() neuron.Time { return s.now }

// Advance implements Engine.
func (s *Sequential) Advance(until neuron.Time, feed Feed, sink Sink) error {
	pacer, err := NewPacer(s.net, s.now, until, feed)
	if err != nil {
		return err
	}
	for {
		e, ok := pacer.Next(s.group.Next())
		if !ok {
			s.now = until
			return nil
		}
		s.out.Reset()
		s.group.Step(e, &s.out)
		SortOutput(&s.out)
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
		reports[i] = s.group.neurons[id].Report(want)
	}
	return reports, nil
}

// State implements Engine.
func (s *Sequential) State() ([]byte, error) {
	return s.group.AppendState(AppendHeader(nil, s.net, s.now))
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
		g, err := NewGroup(net, 0, neuron.ID(net.NumNeurons()))
		if err != nil {
			return err
		}
		s.net, s.group = net, g
	}
	now, records, err := ReadState(state, s.net)
	if err != nil {
		return err
	}
	s.now = now
	return s.group.RestoreState(records, now)
}

// Close implements Engine.
func (s *Sequential) Close() error { return nil }
