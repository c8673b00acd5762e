package sim

import (
	"errors"
	"fmt"

	"infomorph/neuron"
)

// ReadRecords cuts a run of records, as [Group.AppendState] writes them, into
// one for each of n neurons. The records point into part.
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

// Size returns how many bytes a record takes in a state.
func (r Record) Size() int { return 4 + len(r.Neuron) + 1 + len(r.draws) + 4 + len(r.events) }

// Part returns the network with the synapses of the neurons first … last−1
// alone: all that these need in order to run, without the rest of the graph.
// It cannot be changed: see [ErrPart].
func (n *Network) Part(first, last neuron.ID) *Network {
	p := *n
	p.Graph, p.partial = n.Graph.Part(first, last), true
	p.lineage.original = nil
	return &p
}

// ErrPart is wrapped where the whole of a network is needed, and there is only
// a part.
var ErrPart = errors.New("sim: this is a part of a network")
