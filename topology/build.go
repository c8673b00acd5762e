package topology

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
)

// Build expands a description to a graph, or returns all errors in the
// description at once. Equal descriptions and seeds give equal graphs.
//
// Cost: O(synapses) time, and 15 bytes per synapse. While it runs, it also
// needs 8 bytes per pair of all projections.
func Build(n *Network, seed uint64) (*Graph, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	populations, channels := slices.Clone(n.Populations), slices.Clone(n.Channels)
	place(populations, seed)
	place(channels, seed)
	g := newGraph(populations, channels)
	names := projectionNames(n.Projections)
	expanded := make([]pairs, len(n.Projections))
	var total int64
	for i := range n.Projections {
		p := &n.Projections[i]
		e, err := g.expand(p, rand.New(stream(seed, "pairs", names[i])))
		if err != nil {
			return nil, fmt.Errorf("projections[%d] (%s): %w", i, names[i], err)
		}
		if total += int64(len(e.source)); total > MaxSynapses {
			return nil, fmt.Errorf("projections[%d] (%s): the network has more than %d synapses", i, names[i], MaxSynapses)
		}
		expanded[i] = e
		g.Projections = append(g.Projections, Link{names[i], p.From, p.To, p.Port})
	}
	g.fill(expanded)
	g.drawValues(n.Projections, seed)
	g.share()
	return g, nil
}

// expand returns the pairs of one projection, as ids.
func (g *Graph) expand(p *Projection, rng *rand.Rand) (pairs, error) {
	from, _ := find(p.From, g.Populations, g.Channels)
	to, _ := find(p.To, g.Populations, g.Channels)
	s := shape{from.size, to.size, p.From == p.To}
	e, err := p.Rule.pairs(s, ends{from.group.Positions, to.group.Positions}, rng)
	if err != nil {
		return pairs{}, err
	}
	for i := range e.source {
		e.source[i] += int32(from.first)
		e.target[i] += int32(to.first)
	}
	return e, nil
}

// fill stores the pairs of every projection in the order (target, port, source,
// projection). It releases the pairs of each projection once they are stored.
func (g *Graph) fill(expanded []pairs) {
	for _, e := range expanded {
		for _, t := range e.target {
			g.offsets[t+1]++
		}
	}
	accumulate(g.offsets)
	m := g.offsets[len(g.offsets)-1]
	g.source, g.port, g.projection = make([]neuron.ID, m), make([]neuron.Port, m), make([]int16, m)
	next := slices.Clone(g.offsets[:g.NumNeurons()])
	for i := range expanded {
		port := g.Projections[i].Port
		for k, t := range expanded[i].target {
			at := next[t]
			next[t]++
			g.source[at], g.port[at], g.projection[at] = neuron.ID(expanded[i].source[k]), port, int16(i)
		}
		expanded[i] = pairs{}
	}
	g.sortSources(len(expanded))
	g.weight, g.delay = make([]float32, m), make([]int32, m)
}

// sortSources sorts rows without weights and delays, by one number per synapse.
func (g *Graph) sortSources(projections int) {
	var keys []uint64
	for t := range g.NumNeurons() {
		lo, hi := g.offsets[t], g.offsets[t+1]
		if projections == 1 {
			slices.Sort(g.source[lo:hi])
			continue
		}
		keys = keys[:0]
		for i := lo; i < hi; i++ {
			keys = append(keys, uint64(g.port[i])<<48|uint64(g.source[i])<<16|uint64(g.projection[i]))
		}
		slices.Sort(keys)
		for k, key := range keys {
			i := lo + int64(k)
			g.port[i], g.source[i], g.projection[i] = neuron.Port(key>>48), neuron.ID(key>>16&0xffffffff), int16(key&0xffff)
		}
	}
}

// drawValues draws weights and delays in the order of the synapses. Each
// projection has its own random streams.
func (g *Graph) drawValues(projections []Projection, seed uint64) {
	weights, delays := make([]*rand.Rand, len(projections)), make([]*rand.Rand, len(projections))
	far := make([]bool, len(projections))
	for i := range projections {
		weights[i] = rand.New(stream(seed, "weights", g.Projections[i].Name))
		delays[i] = rand.New(stream(seed, "delays", g.Projections[i].Name))
		far[i] = projections[i].Weights.Kind == "distance" || projections[i].Delays.Kind == "distance"
	}
	for t := range g.NumNeurons() {
		for i := g.offsets[t]; i < g.offsets[t+1]; i++ {
			p := g.projection[i]
			d := 0.0
			if far[p] {
				a, _ := g.Position(g.source[i])
				b, _ := g.Position(neuron.ID(t))
				d = a.Distance(b)
			}
			g.weight[i] = projections[p].Weights.drawWeight(weights[p], d)
			g.delay[i] = projections[p].Delays.drawDelay(delays[p], d)
		}
	}
	for i := range projections {
		if p := &projections[i]; p.Weights.Kind == "graph" || p.Delays.Kind == "graph" {
			g.takeValues(p, int16(i))
		}
	}
}

// takeValues copies weights and delays of an imported graph to the synapses of
// a projection with the rule imported. Both graphs are sorted by target and
// source.
func (g *Graph) takeValues(p *Projection, number int16) {
	to, _ := find(p.To, g.Populations, g.Channels)
	var order []int
	for t := range to.size {
		from := p.Rule.Graph.Incoming(neuron.ID(t))
		order = order[:0]
		for k, s := range from.Source {
			if int(s) < to.size {
				order = append(order, k)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(from.Source[a] - from.Source[b]) })
		in, next := g.Incoming(to.first+neuron.ID(t)), 0
		for i := range in.Source {
			if in.Projection[i] != number {
				continue
			}
			if p.Weights.Kind == "graph" {
				in.Weight[i] = from.Weight[order[next]]
			}
			if p.Delays.Kind == "graph" {
				in.Delay[i] = from.Delay[order[next]]
			}
			next++
		}
	}
}

func place(groups []Population, seed uint64) {
	for i := range groups {
		if p := &groups[i]; p.Positions == nil && p.Place.Kind != "" {
			p.Positions = p.Place.positions(p.Size, rand.New(stream(seed, "positions", p.Name)))
		}
	}
}

// projectionNames returns a unique name for each projection.
func projectionNames(projections []Projection) []string {
	names := make([]string, len(projections))
	taken := make(map[string]bool)
	for i := range projections {
		base := projections[i].Name
		if base == "" {
			base = projections[i].From + "-" + projections[i].To
		}
		name := base
		for k := 2; taken[name]; k++ {
			name = fmt.Sprintf("%s-%d", base, k)
		}
		taken[name] = true
		names[i] = name
	}
	return names
}

// stream returns the random stream for one purpose and the name of a population
// or projection.
func stream(seed uint64, purpose, name string) *rand.PCG {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(name))
	return rand.NewPCG(seed, h.Sum64())
}
