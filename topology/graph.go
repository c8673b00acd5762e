package topology

import (
	"fmt"
	"math"
	"strconv"

	"infomorph/neuron"
)

// Synapse is one synapse of a graph, spelled out.
type Synapse struct {
	Source, Target neuron.ID
	Weight         float32
	Delay          int32 // [µs], at least 1
	Projection     int16 // index into Graph.Projections
	Port           neuron.Port
}

// Link is what a graph remembers of a projection: a rule has done its work
// once the synapses are there.
type Link struct {
	Name     string
	From, To string
	Port     neuron.Port
}

// Graph is a network with every synapse spelled out. Synapses are numbered
// 0 … NumSynapses−1 in the order (target, port, source, projection); columns
// hold 15 bytes for each, or 8 where those of most targets are alike. Build, FromSynapses and the readers of package
// graphio make graphs; the structure of a graph does not change, its weights
// may (through Weights).
type Graph struct {
	Populations []Population
	Channels    []Population
	Projections []Link
	// Labels names the neurons and then the channels, or is nil. Files bring
	// labels; descriptions do not.
	Labels []string
	// Names are what a file calls the neurons and then the channels: its ids of
	// nodes, each once. Nil if they are 0, 1, 2, …. Writers keep them.
	Names []string
	// Undirected says that the graph came from a file of undirected edges (each
	// is then two synapses). Writers keep it.
	Undirected bool
	// Removed holds the neurons and channels that Apply removed, sorted: they
	// keep their ids and have no synapses.
	Removed []neuron.ID

	offsets []int64 // synapses of target t are offsets[t] … offsets[t+1]−1
	begin   []int32 // by target: where its port, delay and projection are; nil: as the rest
	columns
	numChannels int
}

// columns is a structure of arrays: entry i of each belongs to synapse i.
type columns struct {
	source     []neuron.ID
	port       []neuron.Port
	weight     []float32
	delay      []int32
	projection []int16
}

// Incoming is the synapses of one target: parallel slices, sorted by (port,
// source, projection), that alias the graph. Only Weight may be written.
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

// InDegree returns the number of synapses of target.
func (g *Graph) InDegree(target neuron.ID) int {
	return int(g.offsets[target+1] - g.offsets[target])
}

// Weights returns the weights of all synapses by number. It aliases the graph:
// writing to it changes the graph's weights.
func (g *Graph) Weights() []float32 { return g.weight }

// Synapses returns every synapse in order, spelled out (20 bytes each).
func (g *Graph) Synapses() []Synapse {
	out := make([]Synapse, 0, g.NumSynapses())
	for t := range g.NumNeurons() {
		in := g.Incoming(neuron.ID(t))
		for i := range in.Source {
			out = append(out, Synapse{in.Source[i], neuron.ID(t), in.Weight[i], in.Delay[i], in.Projection[i], in.Port[i]})
		}
	}
	return out
}

// Clone returns a copy that shares populations, channels and labels but no
// synapse.
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

// Position returns where the neuron or channel is, and whether it has a place.
func (g *Graph) Position(id neuron.ID) (Point, bool) {
	group, i := g.Member(id)
	if group == nil || group.Positions == nil {
		return Point{}, false
	}
	return group.Positions[i], true
}

// Member returns the population or channel group of id and id's index in it,
// or nil if there is no such id.
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

// Heard returns the ids first ≤ id < last that hold all groups which project to
// the population of a neuron at a port; none if no projection does.
func (g *Graph) Heard(id neuron.ID, port neuron.Port) (first, last neuron.ID) {
	to, _ := g.Member(id)
	for i := range g.Projections {
		p := &g.Projections[i]
		if p.Port != port || p.To != to.Name {
			continue
		}
		from, _ := find(p.From, g.Populations, g.Channels)
		end := from.first + neuron.ID(from.size)
		if last == 0 {
			first = from.first
		}
		first, last = min(first, from.first), max(last, end)
	}
	return first, last
}

// Name returns what files call a neuron or channel: its name, or its number.
func (g *Graph) Name(id neuron.ID) string {
	if g.Names != nil {
		return g.Names[id]
	}
	return strconv.Itoa(int(id))
}

// Label returns what people call a neuron or channel: its label, or its name.
func (g *Graph) Label(id neuron.ID) string {
	if g.Labels != nil {
		return g.Labels[id]
	}
	return g.Name(id)
}

// FromSynapses makes a graph of the populations, channels and synapses given,
// in any order. With no links, one unnamed link per port is made up and
// Synapse.Projection is ignored. It returns an error that names the first synapse that
// dangles, or has a weight that is not finite, a delay below 1 µs or an unknown
// port.
func FromSynapses(populations, channels []Population, links []Link, synapses []Synapse) (*Graph, error) {
	if errs := checkGroups(populations, channels); errs != nil {
		return nil, errs[0]
	}
	g := newGraph(populations, channels)
	if len(links) == 0 {
		synapses = linkByPort(g, synapses)
	} else {
		g.Projections = links
	}
	n := g.NumNeurons()
	for i := range synapses {
		if err := g.checkSynapse(&synapses[i]); err != nil {
			return nil, fmt.Errorf("synapse %d: %w", i, err)
		}
	}
	for i := range synapses {
		g.offsets[synapses[i].Target+1]++
	}
	accumulate(g.offsets)
	g.columns = makeColumns(len(synapses))
	next := append([]int64(nil), g.offsets[:n]...)
	for i := range synapses {
		s := &synapses[i]
		k := next[s.Target]
		next[s.Target]++
		g.source[k], g.port[k], g.weight[k], g.delay[k], g.projection[k] = s.Source, s.Port, s.Weight, s.Delay, s.Projection
	}
	g.sortRows()
	return g, nil
}

// linkByPort gives every synapse the link of its port.
func linkByPort(g *Graph, synapses []Synapse) []Synapse {
	out := append([]Synapse(nil), synapses...)
	for p := neuron.Port(0); p < neuron.NumPorts; p++ {
		used := false
		for i := range synapses {
			if synapses[i].Port == p {
				out[i].Projection, used = int16(len(g.Projections)), true
			}
		}
		if used {
			g.Projections = append(g.Projections, Link{Port: p})
		}
	}
	return out
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

// accumulate turns counts at 1 … n into offsets.
func accumulate(offsets []int64) {
	for i := 1; i < len(offsets); i++ {
		offsets[i] += offsets[i-1]
	}
}
