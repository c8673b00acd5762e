package topology

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
)

// Change is a change of a graph's structure. Ids and synapse numbers are those
// of the graph before the change.
type Change struct {
	// Neurons are removed with all their synapses; they keep their ids. A
	// channel in the list loses all its outgoing synapses.
	Neurons  []neuron.ID
	Synapses []int64 // removed synapses, by number
	Added    []Synapse
}

// Empty reports whether c changes nothing.
func (c *Change) Empty() bool { return len(c.Neurons)+len(c.Synapses)+len(c.Added) == 0 }

// Apply returns the graph after a change, and for each of its synapses the
// number that it had in g, −1 for an added one. The remaining synapses keep
// weight, delay and order; an added synapse comes after remaining ones of the
// same (target, port, source, projection). It returns an error that names the
// first neuron or synapse that does not exist, or the first added synapse from
// or to a removed neuron.
//
// Cost: O(synapses).
func (g *Graph) Apply(c *Change) (*Graph, []int64, error) {
	gone, err := g.goneWith(c.Neurons)
	if err != nil {
		return nil, nil, err
	}
	cut, err := g.numbers(c.Synapses)
	if err != nil {
		return nil, nil, err
	}
	out := *g
	if len(c.Added) > 0 && len(g.Projections) == 0 {
		out.Projections = []Link{{}}
	}
	added, err := out.arrivals(c.Added, gone)
	if err != nil {
		return nil, nil, err
	}
	out.Undirected = g.Undirected && len(added) == 0
	out.offsets, out.Removed = make([]int64, len(g.offsets)), nil
	for id, is := range gone {
		if is {
			out.Removed = append(out.Removed, neuron.ID(id))
		}
	}
	m := newMerger(&out, g, len(added))
	m.cut, m.gone, m.added = cut, gone, added
	for t := range g.NumNeurons() {
		m.row(neuron.ID(t))
		out.offsets[t+1] = int64(len(out.source))
	}
	return &out, m.origin, nil
}

// goneWith marks all neurons and channels that are removed, now or earlier.
func (g *Graph) goneWith(ids []neuron.ID) ([]bool, error) {
	gone := make([]bool, g.NumNeurons()+g.numChannels)
	for _, list := range [2][]neuron.ID{g.Removed, ids} {
		for _, id := range list {
			if id < 0 || int(id) >= len(gone) {
				return nil, fmt.Errorf("there is no neuron %d", id)
			}
			gone[id] = true
		}
	}
	return gone, nil
}

// numbers checks and sorts numbers of synapses.
func (g *Graph) numbers(synapses []int64) ([]int64, error) {
	cut := slices.Clone(synapses)
	slices.Sort(cut)
	if len(cut) > 0 && (cut[0] < 0 || cut[len(cut)-1] >= int64(g.NumSynapses())) {
		return nil, fmt.Errorf("there is no synapse %d or %d among %d", cut[0], cut[len(cut)-1], g.NumSynapses())
	}
	return cut, nil
}

// arrivals checks and sorts the synapses to add.
func (g *Graph) arrivals(synapses []Synapse, gone []bool) ([]Synapse, error) {
	for i := range synapses {
		s := &synapses[i]
		if err := g.checkSynapse(s); err != nil {
			return nil, fmt.Errorf("added synapse %d: %w", i, err)
		}
		if gone[s.Source] || gone[s.Target] {
			return nil, fmt.Errorf("added synapse %d: from %d to %d, one of which was removed", i, s.Source, s.Target)
		}
	}
	added := slices.Clone(synapses)
	slices.SortStableFunc(added, compareSynapses)
	return added, nil
}

// compareSynapses orders synapses by (target, port, source, projection).
func compareSynapses(a, b Synapse) int {
	return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Projection, b.Projection))
}

// merger builds the rows of a changed graph, in the order of targets.
type merger struct {
	out, from *Graph
	origin    []int64
	cut       []int64 // numbers not reached yet
	gone      []bool
	added     []Synapse // synapses not added yet
}

func newMerger(out, from *Graph, added int) *merger {
	room := from.NumSynapses() + added
	c := makeColumns(room)
	out.begin = nil
	out.columns = columns{c.source[:0], c.port[:0], c.weight[:0], c.delay[:0], c.projection[:0]}
	return &merger{out: out, from: from, origin: make([]int64, 0, room)}
}

func (m *merger) row(t neuron.ID) {
	for i := m.from.offsets[t]; i < m.from.offsets[t+1]; i++ {
		s := m.from.synapse(i, t)
		for len(m.added) > 0 && compareSynapses(m.added[0], s) < 0 {
			m.add()
		}
		if m.survives(i, s) {
			m.append(s, i)
		}
	}
	for len(m.added) > 0 && m.added[0].Target == t {
		m.add()
	}
}

func (m *merger) survives(i int64, s Synapse) bool {
	for len(m.cut) > 0 && m.cut[0] < i {
		m.cut = m.cut[1:]
	}
	return !m.gone[s.Source] && !m.gone[s.Target] && (len(m.cut) == 0 || m.cut[0] != i)
}

func (m *merger) add() {
	m.append(m.added[0], -1)
	m.added = m.added[1:]
}

func (m *merger) append(s Synapse, origin int64) {
	c := &m.out.columns
	c.source, c.port, c.weight = append(c.source, s.Source), append(c.port, s.Port), append(c.weight, s.Weight)
	c.delay, c.projection = append(c.delay, s.Delay), append(c.projection, s.Projection)
	m.origin = append(m.origin, origin)
}

// synapse returns synapse i, which belongs to target t.
func (g *Graph) synapse(i int64, t neuron.ID) Synapse {
	in := g.Incoming(t)
	k := i - in.First
	return Synapse{in.Source[k], t, in.Weight[k], in.Delay[k], in.Projection[k], in.Port[k]}
}

// ChangeTo returns the change from g to b: applied to g, it gives the synapses,
// weights and order of b. It does not matter how b was made. Both must have the
// same neurons and channels.
func (g *Graph) ChangeTo(b *Graph) (*Change, error) {
	if g.NumNeurons() != b.NumNeurons() || g.numChannels != b.numChannels {
		return nil, fmt.Errorf("graphs of %d and %d neurons, %d and %d channels", g.NumNeurons(), b.NumNeurons(), g.numChannels, b.numChannels)
	}
	c := &Change{}
	for _, id := range b.Removed {
		if _, before := slices.BinarySearch(g.Removed, id); !before {
			c.Neurons = append(c.Neurons, id)
		}
	}
	for t := range neuron.ID(g.NumNeurons()) {
		g.compareRows(b, t, c)
	}
	return c, nil
}

// compareRows appends the differences between the synapses of target t. Among
// synapses with equal keys, those of g that b also begins with stay; the others
// are removed and added.
func (g *Graph) compareRows(b *Graph, t neuron.ID, c *Change) {
	i, k := g.offsets[t], b.offsets[t]
	for i < g.offsets[t+1] || k < b.offsets[t+1] {
		var key int
		var s, other Synapse
		if i < g.offsets[t+1] {
			s = g.synapse(i, t)
		}
		if k < b.offsets[t+1] {
			other = b.synapse(k, t)
		}
		switch {
		case i == g.offsets[t+1]:
			key = 1
		case k == b.offsets[t+1]:
			key = -1
		default:
			key = compareSynapses(s, other)
		}
		switch {
		case key > 0:
			c.Added = append(c.Added, other)
			k++
		case key == 0 && sameValues(s, other):
			i, k = i+1, k+1
		default:
			c.Synapses = append(c.Synapses, i)
			i++
		}
	}
}

func sameValues(a, b Synapse) bool {
	return math.Float32bits(a.Weight) == math.Float32bits(b.Weight) && a.Delay == b.Delay
}

// Sizes of the parts of an encoded change.
const (
	changeHead   = 4 + 8 + 8
	synapseBytes = 4 + 4 + 4 + 4 + 2 + 1
)

// AppendBinary appends the change to dst:
//
//	neurons:u32 synapses:u64 added:u64 (counts)
//	then ids:u32, numbers:u64, and source:u32 target:u32 weight:f32 delay:i32 projection:i16 port:u8
//
// all little-endian. It never fails.
func (c *Change) AppendBinary(dst []byte) ([]byte, error) {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(len(c.Neurons)))
	dst = le.AppendUint64(dst, uint64(len(c.Synapses)))
	dst = le.AppendUint64(dst, uint64(len(c.Added)))
	for _, id := range c.Neurons {
		dst = le.AppendUint32(dst, uint32(id))
	}
	for _, i := range c.Synapses {
		dst = le.AppendUint64(dst, uint64(i))
	}
	for i := range c.Added {
		s := &c.Added[i]
		dst = le.AppendUint32(dst, uint32(s.Source))
		dst = le.AppendUint32(dst, uint32(s.Target))
		dst = le.AppendUint32(dst, math.Float32bits(s.Weight))
		dst = le.AppendUint32(dst, uint32(s.Delay))
		dst = le.AppendUint16(dst, uint16(s.Projection))
		dst = append(dst, byte(s.Port))
	}
	return dst, nil
}

// UnmarshalBinary reads the output of AppendBinary. It only checks the length;
// Apply checks the rest.
func (c *Change) UnmarshalBinary(data []byte) error {
	le := binary.LittleEndian
	if len(data) < changeHead {
		return errors.New("topology: not a change: too short")
	}
	neurons, synapses, added := uint64(le.Uint32(data)), le.Uint64(data[4:]), le.Uint64(data[12:])
	body := data[changeHead:]
	if size := uint64(len(body)); synapses > size || added > size || 4*neurons+8*synapses+synapseBytes*added != size {
		return fmt.Errorf("topology: not a change: %d bytes for %d neurons, %d and %d synapses", size, neurons, synapses, added)
	}
	*c = Change{}
	for range neurons {
		c.Neurons = append(c.Neurons, neuron.ID(le.Uint32(body)))
		body = body[4:]
	}
	for range synapses {
		c.Synapses = append(c.Synapses, int64(le.Uint64(body)))
		body = body[8:]
	}
	for range added {
		c.Added = append(c.Added, Synapse{
			Source: neuron.ID(le.Uint32(body)), Target: neuron.ID(le.Uint32(body[4:])),
			Weight: math.Float32frombits(le.Uint32(body[8:])), Delay: int32(le.Uint32(body[12:])),
			Projection: int16(le.Uint16(body[16:])), Port: neuron.Port(body[18]),
		})
		body = body[synapseBytes:]
	}
	return nil
}
