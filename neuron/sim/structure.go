package sim

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
)

// The structure of a running network changes by its state: Transplant turns a
// state into one of the changed network, and an engine that restores that
// state goes on with it. The state carries the difference to the original
// network, so that a checkpoint needs nothing else.

// lineage says what a changed network was changed from.
type lineage struct {
	original *Network
	change   []byte // of structure from the original to this one, encoded
	noise    []byte // that replaced the original's, encoded
	reach    neuron.Time
}

// Original returns the network as it was before any change: n itself if there
// was none.
func (n *Network) Original() *Network {
	if n.lineage.original == nil {
		return n
	}
	return n.lineage.original
}

// Changed returns the network after a change of its structure, ready to run,
// and for each of its synapses the number it had before, −1 for a new one. A
// neuron that is removed keeps its id and does nothing any more. n stays as it
// is and shares configurations with the result.
func (n *Network) Changed(c *topology.Change) (*Network, []int64, error) {
	if n.partial {
		return nil, nil, ErrPart
	}
	graph, origin, err := n.Apply(c)
	if err != nil {
		return nil, nil, err
	}
	original := n.Original()
	whole, err := original.ChangeTo(graph)
	if err != nil {
		return nil, nil, err
	}
	if whole.Empty() && len(n.lineage.noise) == 0 {
		return original, origin, nil
	}
	out := *n
	out.Graph, out.Config = graph, withoutRemoved(original, graph)
	out.lineage.original, out.lineage.change = original, nil
	if !whole.Empty() {
		out.lineage.change, _ = whole.AppendBinary(nil) // cannot fail
	}
	return &out, origin, out.Prepare()
}

// withoutRemoved returns the configurations of a changed network.
func withoutRemoved(original *Network, graph *topology.Graph) func(neuron.ID) *neuron.Config {
	removed := make(map[neuron.ID]*neuron.Config, len(graph.Removed))
	for _, id := range graph.Removed {
		if int(id) < graph.NumNeurons() {
			c := *original.Config(id)
			c.Removed = true
			removed[id] = &c
		}
	}
	return func(id neuron.ID) *neuron.Config {
		if c := removed[id]; c != nil {
			return c
		}
		return original.Config(id)
	}
}

// Transplant returns the state that follows from a state of net when its
// structure changes, between two instants. It is a state of net.Changed(c).
//
//   - A synapse that survives keeps its weight and presynaptic value bit for bit,
//     and what is on its way over it arrives.
//   - What is on its way over a synapse that is removed is lost.
//   - A new synapse has the weight it is given and has heard nothing: its
//     presynaptic value is 0 until the first spike arrives.
//   - A neuron that is removed keeps its id, loses all its synapses and never
//     fires, learns or is observed again.
//   - Windows, outputs, clocks and random streams stay. What goes by fan-in,
//     such as the step of a port or τ of the gate, follows the new one; the
//     prior follows the receptive synapses that are left.
//
// Cost: O(state).
func Transplant(net *Network, state []byte, c *topology.Change) ([]byte, error) {
	out, _, err := transplant(net, state, c)
	return out, err
}

func transplant(net *Network, state []byte, c *topology.Change) ([]byte, []int64, error) {
	now, records, err := ReadState(state, net)
	if err != nil {
		return nil, nil, err
	}
	next, origin, err := net.Changed(c)
	if err != nil {
		return nil, nil, fmt.Errorf("sim: %w", err)
	}
	out := slices.Grow(AppendHeader(nil, next, now), len(state))
	move := transplanting{net, next, origin, now}
	for i, rec := range records {
		if out, err = move.append(out, neuron.ID(i), rec); err != nil {
			return nil, nil, fmt.Errorf("neuron %d: %w", i, err)
		}
	}
	return out, origin, nil
}

// Restructure changes the structure of the network that an engine runs,
// between two Advances; see Transplant. It returns for each synapse of the
// changed network the number it had before, −1 for a new one.
func Restructure(e Engine, c *topology.Change) ([]int64, error) {
	state, err := e.State()
	if err != nil {
		return nil, err
	}
	state, origin, err := transplant(e.Network(), state, c)
	if err != nil {
		return nil, err
	}
	return origin, e.Restore(state)
}

// Weights returns the weights that the synapses of an engine's network have
// now, by number.
func Weights(e Engine) ([]float64, error) {
	reports, err := e.Report(Everyone(e.Network()), neuron.WantWeights)
	if err != nil {
		return nil, err
	}
	weights := make([]float64, 0, e.Network().NumSynapses())
	for i := range reports {
		for _, w := range reports[i].Weights { // synapses are in the order of ports
			weights = append(weights, w...)
		}
	}
	return weights, nil
}

// transplanting is a change of a network's structure at a time. origin says for
// each synapse of next which of net it was.
type transplanting struct {
	net, next *Network
	origin    []int64
	now       neuron.Time
}

// append appends the record of one neuron after the change.
func (t *transplanting) append(dst []byte, id neuron.ID, rec Record) ([]byte, error) {
	in := t.next.Incoming(id)
	m := mapSlots(t.net, t.next, id, t.origin[in.First:in.First+int64(len(in.Source))])
	events, err := rec.Events(t.net.Slots(id), t.now)
	if err != nil {
		return nil, err
	}
	at := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	if dst, err = neuron.AppendGrafted(dst, rec.Neuron, t.next.Config(id), m.grafts); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	dst = append(append(dst, byte(len(rec.draws))), rec.draws...)
	return appendEvents(dst, m.move(events)), nil
}

// slotMap says where the synapses of one neuron go.
type slotMap struct {
	grafts [neuron.NumPorts]neuron.Graft
	slot   [neuron.NumPorts][]int32 // new slot of an old one; −1: it is gone
}

// mapSlots follows the synapses of a neuron; origin says for each new one, in
// order, which it was.
func mapSlots(net, next *Network, id neuron.ID, origin []int64) *slotMap {
	m := &slotMap{}
	before, after := net.Incoming(id), next.Incoming(id)
	starts := [neuron.NumPorts]int64{} // number of a port's first synapse before
	for p, n := range net.Slots(id) {
		m.slot[p] = slices.Repeat([]int32{-1}, int(n))
		if p == 0 {
			starts[p] = before.First
		}
		if p+1 < neuron.NumPorts {
			starts[p+1] = starts[p] + int64(n)
		}
	}
	for i, p := range after.Port {
		g := &m.grafts[p]
		from := int32(-1)
		if origin[i] >= 0 {
			from = int32(origin[i] - starts[p])
			m.slot[p][from] = int32(len(g.From))
		}
		g.From, g.Weight = append(g.From, from), append(g.Weight, float64(after.Weight[i]))
	}
	return m
}

// move returns the events that still have a synapse to arrive at.
func (m *slotMap) move(events []neuron.Event) []neuron.Event {
	kept := events[:0]
	for _, e := range events {
		if e.Slot = m.slot[e.Port][e.Slot]; e.Slot >= 0 {
			kept = append(kept, e)
		}
	}
	return kept // in order: survivors keep theirs
}

// NetworkOf returns the network that a state is of: net itself, or another
// that was changed from the same original.
func NetworkOf(state []byte, net *Network) (*Network, error) {
	block, err := changeOf(state)
	if err != nil || bytes.Equal(block, net.lineage.block()) {
		return net, err
	}
	if net.partial {
		return nil, ErrPart
	}
	next, change := net.Original(), block
	if len(block) >= 4 && binary.LittleEndian.Uint32(block) == noiseMark {
		if next, change, err = next.readNoise(block[4:]); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrState, err)
		}
	}
	if len(change) > 0 {
		var c topology.Change
		if err := c.UnmarshalBinary(change); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrState, err)
		}
		if next, _, err = next.Changed(&c); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrState, err)
		}
	}
	if !bytes.Equal(next.lineage.block(), block) {
		return nil, fmt.Errorf("%w: its change of structure is not in canonical form", ErrState)
	}
	return next, nil
}
