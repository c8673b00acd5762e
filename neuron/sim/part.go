package sim

import (
	"errors"
	"fmt"

	"infomorph/neuron"
)

// ReadRecords divides the output of [Group.AppendState] into one record for
// each of n neurons. The records are slices of part.
func ReadRecords(part []byte, n int) ([]Record, error) {
	records, rest := make([]Record, n), part
	for i := range records {
		var ok bool
		if records[i], rest, ok = cutRecord(rest); !ok {
			return nil, fmt.Errorf("%w: it ends within record %d of %d", ErrState, i, n)
		}
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("%w: %d bytes follow the last of %d records", ErrState, len(rest), n)
	}
	return records, nil
}

// Size returns the number of bytes of a record in a state.
func (r Record) Size() int { return 4 + len(r.Neuron) + 1 + len(r.draws) + 4 + len(r.events) }

// Part returns the network with only the incoming synapses of the neurons first
// … last−1. That is all that these neurons need to run. The structure of the
// result cannot be changed: see [ErrPart].
func (n *Network) Part(first, last neuron.ID) *Network {
	p := *n
	p.Graph, p.partial = n.Graph.Part(first, last), true
	p.lineage.original = nil
	return &p
}

// ErrPart is wrapped by errors about operations that need a whole network but
// got a part.
var ErrPart = errors.New("sim: this is a part of a network")
