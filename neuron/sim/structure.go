package sim

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"infomorph/neuron"
	"infomorph/topology"
)

// The structure of a running network is changed in its state: Migrate
// converts a state into one of the changed network, and an engine that restores
// this state continues with the changed network. The state contains the
// difference to the original network, so a checkpoint needs nothing else.

// lineage says which network a changed network was made from, and how.
type lineage struct {
	original *Network
	change   []byte // change of structure from the original to this network, encoded
	noise    []byte // noise that replaces the noise of the original, encoded
	reach    neuron.Time
}

// Original returns the network before any change: n itself if there was none.
func (n *Network) Original() *Network {
	if n.lineage.original == nil {
		return n
	}
	return n.lineage.original
}

// Changed returns the network after a change of its structure, ready to run. It
// also returns for each of its synapses the number that it had before, −1 for a
// new one. A neuron that is removed keeps its id and does nothing any more. n
// is not modified; it shares configurations with the result.
func (n *Network) Changed(c *topology.Change) (*Network, []int64, error) {
	if n.partial {
		return nil, nil, ErrPart
	}
	graph, origin, err := n.Apply(c)
	if err != nil {
		return nil, nil, err
	}
	original := n.Original()
	whole, _ := original.ChangeTo(graph) // cannot fail: a change keeps the numbers of neurons and channels
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

// withoutRemoved returns the configurations of a changed network, in which
// removed neurons are marked.
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

// Migrate returns the state of a network after a change of its structure,
// given its state before. The result is a state of net.Changed(c).
//
//   - A synapse that stays keeps its weight and presynaptic value bit for bit,
//     and spikes in flight over it arrive.
//   - Spikes in flight over a synapse that is removed are lost.
//   - A new synapse has the weight that the change gives it. Its presynaptic
//     value is 0 until the first spike arrives.
//   - A neuron that is removed keeps its id, loses all its synapses and never
//     fires, learns or is observed again.
//   - Windows, outputs, clocks and random streams stay. Values that depend on
//     fan-in, such as the step of a port or τ of the gate, depend on the new
//     one; the prior depends on the receptive synapses that are left.
//
// Cost: O(state).
func Migrate(net *Network, state []byte, c *topology.Change) ([]byte, error) {
	out, _, err := migrate(net, state, c)
	return out, err
}

func migrate(net *Network, state []byte, c *topology.Change) ([]byte, []int64, error) {
	now, records, err := ReadState(state, net)
	if err != nil {
		return nil, nil, err
	}
	next, origin, err := net.Changed(c)
	if err != nil {
		return nil, nil, fmt.Errorf("sim: %w", err)
	}
	out := slices.Grow(AppendHeader(nil, next, now), len(state))
	move := migration{net, next, origin, now}
	for i, rec := range records {
		if out, err = move.append(out, neuron.ID(i), rec); err != nil {
			return nil, nil, fmt.Errorf("neuron %d: %w", i, err)
		}
	}
	return out, origin, nil
}

// Restructure changes the structure of the network that an engine runs, between
// two Advances; see Migrate. It returns for each synapse of the changed
// network the number that it had before, −1 for a new one.
func Restructure(e Engine, c *topology.Change) ([]int64, error) {
	state, err := e.State()
	if err != nil {
		return nil, err
	}
	state, origin, err := migrate(e.Network(), state, c)
	if err != nil {
		return nil, err
	}
	return origin, e.Restore(state)
}

// Weights returns the present weights of all synapses of an engine's network,
// by number.
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

// migration is a change of a network's structure at time now. origin gives
// for each synapse of next its number in net.
type migration struct {
	net, next *Network
	origin    []int64
	now       neuron.Time
}

// append appends the record of one neuron after the change.
func (t *migration) append(dst []byte, id neuron.ID, rec Record) ([]byte, error) {
	in := t.next.Incoming(id)
	m := mapSlots(t.net, t.next, id, t.origin[in.First:in.First+int64(len(in.Source))])
	events, err := rec.Events(t.net.Slots(id), t.now)
	if err != nil {
		return nil, err
	}
	at := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	if dst, err = neuron.AppendMigrated(dst, rec.Neuron, t.next.Config(id), m.changes); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	dst = append(append(dst, byte(len(rec.draws))), rec.draws...)
	return appendEvents(dst, m.move(events)), nil
}

// slotMap maps the old synapses of one neuron to the new ones.
type slotMap struct {
	changes [neuron.NumPorts]neuron.PortChange
	slot    [neuron.NumPorts][]int32 // new slot of an old one; −1: it is removed
}

// mapSlots builds the slotMap of a neuron. origin gives for each new synapse,
// in order, its old number.
func mapSlots(net, next *Network, id neuron.ID, origin []int64) *slotMap {
	m := &slotMap{}
	before, after := net.Incoming(id), next.Incoming(id)
	starts := [neuron.NumPorts]int64{} // number of the first old synapse of each port
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
		g := &m.changes[p]
		from := int32(-1)
		if origin[i] >= 0 {
			from = int32(origin[i] - starts[p])
			m.slot[p][from] = int32(len(g.From))
		}
		g.From, g.Weight = append(g.From, from), append(g.Weight, float64(after.Weight[i]))
	}
	return m
}

// move maps events to the new slots. It drops events whose synapse is removed.
func (m *slotMap) move(events []neuron.Event) []neuron.Event {
	kept := events[:0]
	for _, e := range events {
		if e.Slot = m.slot[e.Port][e.Slot]; e.Slot >= 0 {
			kept = append(kept, e)
		}
	}
	return kept // still sorted: the remaining synapses keep their order
}

// NetworkOf returns the network that a state belongs to: net itself, or another
// network that was changed from the same original.
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
