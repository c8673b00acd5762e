package sim

import (
	"fmt"

	"infomorph/neuron"
)

// Edit changes single neurons of an engine between two Advances. Each neuron is
// taken out of the state, passed to change, and put back. The pending events
// and all other neurons stay as they are. Edit is used to set weights that were
// learnt outside the engine, to change goals, and to restart neurons. now is
// the engine's time. If change leaves a neuron with a clock before now, the
// clock is moved on. Cost: O(state).
func Edit(e Engine, ids []neuron.ID, change func(n *neuron.Neuron, now neuron.Time) error) error {
	state, err := e.State()
	if err != nil {
		return err
	}
	net := e.Network()
	now, records, err := ReadState(state, net)
	if err != nil {
		return err
	}
	chosen := make([]bool, net.NumNeurons())
	for _, id := range ids {
		if id < 0 || int(id) >= len(chosen) {
			return fmt.Errorf("sim: there is no neuron %d", id)
		}
		chosen[id] = true
	}
	out := AppendHeader(make([]byte, 0, len(state)), net, now)
	for i, rec := range records {
		if !chosen[i] {
			out = rec.append(out)
			continue
		}
		n, err := net.restored(neuron.ID(i), rec.Neuron)
		if err == nil {
			err = change(n, now)
		}
		if err == nil {
			n.Restart(now)
			rec.Neuron, err = n.AppendBinary(nil)
		}
		if err != nil {
			return fmt.Errorf("neuron %d: %w", i, err)
		}
		out = rec.append(out)
	}
	return e.Restore(out)
}

// restored returns a neuron with a given state.
func (n *Network) restored(id neuron.ID, state []byte) (*neuron.Neuron, error) {
	out, err := n.NewNeuron(id)
	if err != nil {
		return nil, err
	}
	return out, out.UnmarshalBinary(state)
}

// Everyone returns the ids of all neurons of a network.
func Everyone(net *Network) []neuron.ID {
	ids := make([]neuron.ID, net.NumNeurons())
	for i := range ids {
		ids[i] = neuron.ID(i)
	}
	return ids
}

// Restarted returns a change for Edit that resets neurons to an earlier state
// of the network, or to their initial state if earlier is nil. This models a
// process that crashes and starts again.
func Restarted(net *Network, earlier []byte) (func(*neuron.Neuron, neuron.Time) error, error) {
	var records []Record
	if earlier != nil {
		var err error
		if _, records, err = ReadState(earlier, net); err != nil {
			return nil, err
		}
	}
	return func(n *neuron.Neuron, _ neuron.Time) error {
		if records != nil {
			return n.UnmarshalBinary(records[n.ID()].Neuron)
		}
		fresh, err := net.NewNeuron(n.ID())
		if err != nil {
			return err
		}
		state, _ := fresh.AppendBinary(nil) // cannot fail: it has inputs of its own and has done nothing yet
		return n.UnmarshalBinary(state)
	}, nil
}
