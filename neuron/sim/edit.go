package sim

import (
	"fmt"

	"infomorph/neuron"
)

// Edit changes single neurons of an engine between two Advances: each is taken
// out of the state, handed to change, and put back. What is on its way to it,
// and all else, stays. It is how weights that were learnt outside the engine
// enter it, goals change, and neurons restart. now is the engine's time; a neuron that change leaves
// with a clock before it is moved on. Cost: O(state).
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

// restored returns a neuron in a state.
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

// Restarted returns a change for Edit that puts neurons back to what they were
// in an earlier state of the network, or with a nil state to their beginning,
// as a process does that has crashed and starts again.
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
		state, err := fresh.AppendBinary(nil)
		if err != nil {
			return err
		}
		return n.UnmarshalBinary(state)
	}, nil
}
