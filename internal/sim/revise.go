package sim

import (
	"encoding/binary"
	"fmt"

	"infomorph/neuron"
)

// Revise changes neurons of a network that stands between two Advances, on
// any engine: change is called with each neuron in order of id. It is how
// weights that were learnt outside the event engine enter it. Spikes in flight
// stay. Cost: a State and a Restore.
func Revise(e Engine, net *Network, change func(*neuron.Neuron)) error {
	state, err := e.State()
	if err != nil {
		return err
	}
	now, records, err := ReadState(state, net)
	if err != nil {
		return err
	}
	next := AppendHeader(make([]byte, 0, len(state)), net, now)
	for i := range records {
		rec := &records[i]
		n, err := net.NewNeuron(neuron.ID(i))
		if err != nil {
			return err
		}
		if err := n.UnmarshalBinary(rec.Neuron); err != nil {
			return fmt.Errorf("%w: %w", ErrState, err)
		}
		change(n)
		if next, err = AppendNeuron(next, n); err != nil {
			return err
		}
		next = append(append(next, byte(len(rec.draws))), rec.draws...)
		next = binary.LittleEndian.AppendUint32(next, uint32(len(rec.events)/eventBytes))
		next = append(next, rec.events...)
	}
	return e.Restore(next)
}
