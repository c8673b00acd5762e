package sim

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"infomorph/neuron"
)

// Changed noise is part of the state, like a changed structure:
//
//	projections:u32 reach:i64 | loss:f64 duplicate:f64 reorder:f64 jitter:i64 hold:i64 by projection
//
// reach is the largest extra delay under all earlier noise: spikes that were
// sent then may still be in flight.

// noiseMark marks changed noise, to distinguish it from a change of structure.
const noiseMark = 0xFFFFFFFF

// block returns the encoded difference between the network and its original, as
// a state contains it.
func (l *lineage) block() []byte {
	if len(l.noise) == 0 {
		return l.change
	}
	b := binary.LittleEndian.AppendUint32(nil, noiseMark)
	return append(append(b, l.noise...), l.change...)
}

// withNoise returns the network with changed noise, the same for all groups.
func (n *Network) withNoise(noise []Noise, reach neuron.Time) (*Network, error) {
	out := *n
	out.Noise, out.Group = noise, nil
	out.lineage.original, out.lineage.reach = n.Original(), reach
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(noise)))
	b = binary.LittleEndian.AppendUint64(b, uint64(reach))
	for _, z := range noise {
		for _, p := range []float64{z.Loss, z.Duplicate, z.Reorder} {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p))
		}
		b = binary.LittleEndian.AppendUint64(b, uint64(z.Jitter))
		b = binary.LittleEndian.AppendUint64(b, uint64(z.Hold))
	}
	out.lineage.noise = b
	return &out, out.Prepare()
}

// readNoise reads changed noise from the front of a block. It returns the
// network with that noise, and the rest of the block.
func (n *Network) readNoise(b []byte) (*Network, []byte, error) {
	const entry = 40
	if len(b) < 12 || uint64(binary.LittleEndian.Uint32(b))*entry > uint64(len(b)-12) {
		return nil, nil, errors.New("it ends within its noise")
	}
	noise := make([]Noise, binary.LittleEndian.Uint32(b))
	reach := neuron.Time(binary.LittleEndian.Uint64(b[4:]))
	if reach < 0 {
		return nil, nil, errors.New("its noise has a negative jitter")
	}
	b = b[12:]
	for i := range noise {
		at := func(k int) uint64 { return binary.LittleEndian.Uint64(b[8*k:]) }
		noise[i] = Noise{
			Loss: math.Float64frombits(at(0)), Duplicate: math.Float64frombits(at(1)), Reorder: math.Float64frombits(at(2)),
			Jitter: neuron.Time(at(3)), Hold: neuron.Time(at(4)),
		}
		b = b[entry:]
	}
	out, err := n.withNoise(noise, reach)
	return out, b, err
}

// SetNoise changes the noise on spikes, by projection and for all groups of
// targets, between two Advances. It affects spikes that are sent from now on.
// Cost: O(state).
func SetNoise(e Engine, noise []Noise) error {
	net := e.Network()
	if len(noise) != len(net.Projections) {
		return fmt.Errorf("sim: noise for %d projections, the network has %d", len(noise), len(net.Projections))
	}
	reach := net.lineage.reach
	for _, z := range net.Noise {
		reach = max(reach, z.Latest())
	}
	next, err := net.withNoise(noise, reach)
	if err != nil {
		return err
	}
	state, err := e.State()
	if err != nil {
		return err
	}
	now, records, err := ReadState(state, net)
	if err != nil {
		return err
	}
	out := AppendHeader(make([]byte, 0, len(state)), next, now)
	for i, rec := range records {
		if len(rec.draws) == 0 {
			rec.draws, _ = neuron.NewPCG(net.Seed, neuron.ForTransport, neuron.ID(i)).AppendBinary(nil) // cannot fail
		}
		out = rec.append(out)
	}
	return e.Restore(out)
}
