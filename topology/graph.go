package topology

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"

	"infomorph/internal/prefetch"
	"infomorph/neuron"
)

// Synapse is one synapse of a graph with all its values.
type Synapse struct {
	Source, Target neuron.ID
	Weight         float32
	Delay          int32 // [µs], at least 1
	Projection     int16 // index into Graph.Projections
	Port           neuron.Port
}

// Link is the part of a projection that a graph keeps. The rule is not needed
// once the synapses exist.
type Link struct {
	Name     string
	From, To string
	Port     neuron.Port
}

// Graph is a network with all its synapses. Synapses are numbered 0 …
// NumSynapses−1 in the order (target, port, source, projection). A synapse
// takes 15 bytes, or 8 if most targets have equal ports, delays and projections
// (see share). Build, FromSynapses and the readers of package graphio make
// graphs. The structure of a graph does not change; its weights may (through
// Weights).
type Graph struct {
	Populations []Population
	Channels    []Population
	Projections []Link
	// Labels are the labels of the neurons and then of the channels, or nil.
	// They come from files only.
	Labels []string
	// Names are the node ids in the file, of the neurons and then of the
	// channels; all are different. Nil if they are 0, 1, 2, …. Writers keep
	// them.
	Names []string
	// Undirected says that the graph was read from a file of undirected edges;
	// each edge is then two synapses. Writers keep it.
	Undirected bool
	// Removed holds the neurons and channels that Apply removed, sorted. They
	// keep their ids and have no synapses.
	Removed []neuron.ID

	offsets []int64 // synapses of target t are offsets[t] … offsets[t+1]−1
	begin   []int32 // by target: start of its ports, delays and projections; nil: same as offsets
	columns
	numChannels int
}

// columns is a structure of arrays: element i of each array belongs to synapse
// i.
type columns struct {
	source     []neuron.ID
	port       []neuron.Port
	weight     []float32
	delay      []int32
	projection []int16
}

// Incoming holds the synapses of one target: parallel slices, sorted by (port,
// source, projection), that share memory with the graph. Only Weight may be
// written.
type Incoming struct {
	First      int64 // number of the first synapse
	Source     []neuron.ID
	Port       []neuron.Port
	Weight     []float32
	Delay      []int32 // [µs]
	Projection []int16
}

// NumNeurons returns the number of neurons; their ids start at 0.
func (g *Graph) NumNeurons() int { return max(len(g.offsets), 1) - 1 }

// NumChannels returns the number of channels; their ids follow the neurons'.
func (g *Graph) NumChannels() int { return g.numChannels }

// NumSynapses returns the number of synapses.
func (g *Graph) NumSynapses() int { return len(g.source) }

// Incoming returns the synapses of target without allocating.
func (g *Graph) Incoming(target neuron.ID) Incoming {
	lo, hi := g.offsets[target], g.offsets[target+1]
	from, to := lo, hi
	if g.begin != nil {
		from = int64(g.begin[target])
		to = from + hi - lo
	}
	return Incoming{
		First:      lo,
		Source:     g.source[lo:hi:hi],
		Port:       g.port[from:to:to],
		Weight:     g.weight[lo:hi:hi],
		Delay:      g.delay[from:to:to],
		Projection: g.projection[from:to:to],
	}
}

// Prefetch requests the memory in which Incoming looks up a target, so that it
// is in the cache soon. It changes nothing.
func (g *Graph) Prefetch(target neuron.ID) {
	prefetch.Slice(g.offsets[target : target+2])
	if g.begin != nil {
		prefetch.Value(&g.begin[target])
	}
}

// InDegree returns the number of synapses of target.
func (g *Graph) InDegree(target neuron.ID) int {
	return int(g.offsets[target+1] - g.offsets[target])
}

// Weights returns the weights of all synapses by number. The slice shares
// memory with the graph: writing to it changes the graph's weights.
func (g *Graph) Weights() []float32 { return g.weight }

// Sources returns the sources of all synapses by number. The slice belongs to
// the graph.
func (g *Graph) Sources() []neuron.ID { return g.source }

// Synapses returns all synapses in order (20 bytes each).
func (g *Graph) Synapses() []Synapse {
	return slices.AppendSeq(make([]Synapse, 0, g.NumSynapses()), g.Each())
}

// Each goes through all synapses in order.
func (g *Graph) Each() iter.Seq[Synapse] {
	return func(yield func(Synapse) bool) {
		for t := range neuron.ID(g.NumNeurons()) {
			in := g.Incoming(t)
			for i := range in.Source {
				if !yield(Synapse{in.Source[i], t, in.Weight[i], in.Delay[i], in.Projection[i], in.Port[i]}) {
					return
				}
			}
		}
	}
}

// Clone returns a copy with its own synapses. Populations, channels and labels
// are shared.
func (g *Graph) Clone() *Graph {
	c := *g
	c.spell()
	c.columns = columns{
		append([]neuron.ID(nil), c.source...),
		append([]neuron.Port(nil), c.port...),
		append([]float32(nil), c.weight...),
		append([]int32(nil), c.delay...),
		append([]int16(nil), c.projection...),
	}
	return &c
}

// Position returns the position of a neuron or channel; false if it has none.
func (g *Graph) Position(id neuron.ID) (Point, bool) {
	group, i := g.Member(id)
	if group == nil || group.Positions == nil {
		return Point{}, false
	}
	return group.Positions[i], true
}

// Member returns the population or channel group of id, and the index of id in
// it; nil if there is no such id.
func (g *Graph) Member(id neuron.ID) (*Population, int) {
	i := int(id)
	for _, groups := range [2][]Population{g.Populations, g.Channels} {
		for k := range groups {
			if i < groups[k].Size {
				return &groups[k], i
			}
			i -= groups[k].Size
		}
	}
	return nil, 0
}

// Name returns the name of a neuron or channel in files: its name, or its
// number.
func (g *Graph) Name(id neuron.ID) string {
	if g.Names != nil {
		return g.Names[id]
	}
	return strconv.Itoa(int(id))
}

// Label returns the name of a neuron or channel for people: its label, or its
// name.
func (g *Graph) Label(id neuron.ID) string {
	if g.Labels != nil {
		return g.Labels[id]
	}
	return g.Name(id)
}

// FromSynapses makes a graph of the given populations, channels and synapses,
// which may be in any order. If there are no links, it makes one unnamed link
// per port and ignores Synapse.Projection. It returns an error for the first
// synapse whose source, target or projection does not exist, or with a weight
// that is not finite, a delay below 1 µs or an unknown port.
func FromSynapses(populations, channels []Population, links []Link, synapses []Synapse) (*Graph, error) {
	return FromEach(populations, channels, links, slices.Values(synapses))
}

// FromEach is FromSynapses for synapses that are not in memory. It goes through
// all of them two or three times, and must get the same ones each time.
func FromEach(populations, channels []Population, links []Link, all iter.Seq[Synapse]) (*Graph, error) {
	if errs := checkGroups(populations, channels); errs != nil {
		return nil, errs[0]
	}
	g := newGraph(populations, channels)
	if g.Projections = links; len(links) == 0 {
		all = linkByPort(g, all)
	}
	count := 0
	for s := range all {
		if err := g.checkSynapse(&s); err != nil {
			return nil, fmt.Errorf("synapse %d: %w", count, err)
		}
		count++
		g.offsets[s.Target+1]++
	}
	accumulate(g.offsets)
	g.columns = makeColumns(count)
	next := append([]int64(nil), g.offsets[:g.NumNeurons()]...)
	for s := range all {
		k := next[s.Target]
		next[s.Target]++
		g.source[k], g.port[k], g.weight[k], g.delay[k], g.projection[k] = s.Source, s.Port, s.Weight, s.Delay, s.Projection
	}
	g.sortRows()
	return g, nil
}

// linkByPort makes a link for every port in use and assigns the synapses to it.
func linkByPort(g *Graph, all iter.Seq[Synapse]) iter.Seq[Synapse] {
	used, number := [neuron.NumPorts]bool{}, [neuron.NumPorts]int16{}
	for s := range all {
		if s.Port < neuron.NumPorts {
			used[s.Port] = true
		}
	}
	for p := range used {
		if used[p] {
			number[p] = int16(len(g.Projections))
			g.Projections = append(g.Projections, Link{Port: neuron.Port(p)})
		}
	}
	return func(yield func(Synapse) bool) {
		for s := range all {
			if s.Projection = 0; s.Port < neuron.NumPorts {
				s.Projection = number[s.Port]
			}
			if !yield(s) {
				return
			}
		}
	}
}

func (g *Graph) checkSynapse(s *Synapse) error {
	n, all := g.NumNeurons(), g.NumNeurons()+g.numChannels
	switch {
	case s.Target < 0 || int(s.Target) >= n:
		return fmt.Errorf("target %d is not one of the %d neurons", s.Target, n)
	case s.Source < 0 || int(s.Source) >= all:
		return fmt.Errorf("source %d is not one of the %d neurons and channels", s.Source, all)
	case math.IsNaN(float64(s.Weight)) || math.IsInf(float64(s.Weight), 0):
		return fmt.Errorf("weight %v is not finite", s.Weight)
	case s.Delay < 1:
		return fmt.Errorf("delay %d µs is below 1 µs", s.Delay)
	case s.Port >= neuron.NumPorts:
		return fmt.Errorf("port %d, expected 0 to %d", s.Port, neuron.NumPorts-1)
	case s.Projection < 0 || int(s.Projection) >= len(g.Projections):
		return fmt.Errorf("projection %d is not one of the %d", s.Projection, len(g.Projections))
	}
	return nil
}

// newGraph returns a graph without synapses.
func newGraph(populations, channels []Population) *Graph {
	g := &Graph{Populations: populations, Channels: channels}
	n := 0
	for i := range populations {
		n += populations[i].Size
	}
	for i := range channels {
		g.numChannels += channels[i].Size
	}
	g.offsets = make([]int64, n+1)
	return g
}

func makeColumns(m int) columns {
	return columns{
		make([]neuron.ID, m), make([]neuron.Port, m), make([]float32, m), make([]int32, m), make([]int16, m),
	}
}

// accumulate turns counts at positions 1 … n into offsets.
func accumulate(offsets []int64) {
	for i := 1; i < len(offsets); i++ {
		offsets[i] += offsets[i-1]
	}
}
