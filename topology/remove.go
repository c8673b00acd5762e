package topology

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
)

// Without returns the graph without the given synapses (by number) and without
// all synapses from or to the given neurons (or from the given channels). Ids
// stay the same, and so do weights and delays of the remaining synapses. It
// returns an error that names the first neuron or synapse that does not exist.
func (g *Graph) Without(neurons []neuron.ID, synapses []int64) (*Graph, error) {
	out, _, err := g.Apply(&Change{Neurons: neurons, Synapses: synapses})
	if err != nil {
		return nil, err
	}
	out.Removed = g.Removed // these neurons are not removed: With may connect them again
	return out, nil
}

// With returns the graph with the given synapses added. Its errors are those of
// FromSynapses.
func (g *Graph) With(added []Synapse) (*Graph, error) {
	out, _, err := g.Apply(&Change{Added: added})
	return out, err
}

// Randomised returns the graph after degree-preserving randomisation: swaps
// exchanges per synapse (per edge if Undirected), within each projection.
// Weights and delays stay with the synapses of the target.
func (g *Graph) Randomised(swaps float64, rng *rand.Rand) *Graph {
	out := g.Clone()
	for p := range max(len(g.Projections), 1) {
		out.randomise(int16(p), swaps, rng)
	}
	out.sortRows()
	return out
}

func (g *Graph) randomise(projection int16, swaps float64, rng *rand.Rand) {
	var src, dst []int32
	var at []int64 // number of the synapse into dst
	for t := range g.NumNeurons() {
		for i := g.offsets[t]; i < g.offsets[t+1]; i++ {
			if g.projection[i] == projection {
				src, dst, at = append(src, int32(g.source[i])), append(dst, int32(t)), append(at, i)
			}
		}
	}
	if g.Undirected {
		g.swapEdges(pairs{src, dst}, at, swaps, rng)
		return
	}
	s := newSwapper(src, dst, true, rng)
	s.onSwap = func(i, j int) { at[i], at[j] = at[j], at[i] }
	s.run(int(swaps * float64(len(src))))
	for i, k := range at {
		g.source[k] = neuron.ID(src[i])
	}
}

// swapEdges swaps undirected edges. Each edge is two synapses, one into either
// end; at gives the synapse of each pair.
func (g *Graph) swapEdges(p pairs, at []int64, swaps float64, rng *rand.Rand) {
	src, dst := p.source, p.target
	back := pairUp(src, dst)
	var a, b []int32
	var intoA, intoB []int64
	for i := range src {
		if src[i] < dst[i] && back[i] >= 0 {
			a, b = append(a, src[i]), append(b, dst[i])
			intoB, intoA = append(intoB, at[i]), append(intoA, at[back[i]])
		}
	}
	s := newSwapper(a, b, false, rng)
	s.onSwap = func(i, j int) { intoB[i], intoB[j] = intoB[j], intoB[i] }
	s.onFlip = func(i int) { intoA[i], intoB[i] = intoB[i], intoA[i] }
	s.run(int(swaps * float64(len(a))))
	for i := range a {
		g.source[intoA[i]], g.source[intoB[i]] = neuron.ID(b[i]), neuron.ID(a[i])
	}
}

// pairUp returns for each pair the index of its reverse, −1 if there is none.
func pairUp(src, dst []int32) []int {
	order := make([]int, len(src))
	for i := range order {
		order[i] = i
	}
	key := func(i int) uint64 { return edgeKey(src[i], dst[i], true) }
	slices.SortStableFunc(order, func(i, j int) int {
		if key(i) < key(j) {
			return -1
		}
		return int(min(1, key(i)-key(j)))
	})
	back := make([]int, len(src))
	for i := range back {
		want := edgeKey(dst[i], src[i], true)
		k, ok := slices.BinarySearchFunc(order, want, func(j int, w uint64) int {
			if key(j) < w {
				return -1
			}
			return int(min(1, key(j)-w))
		})
		if back[i] = -1; ok {
			back[i] = order[k]
		}
	}
	return back
}

// Subgraph returns the graph of the given neurons and all channels, with the
// synapses among them. Neurons are renumbered in the order of their ids; the
// second result is the old id of each.
func (g *Graph) Subgraph(neurons []neuron.ID) (*Graph, []neuron.ID, error) {
	kept := slices.Clone(neurons)
	slices.Sort(kept)
	kept = slices.Compact(kept)
	if len(kept) > 0 && (kept[0] < 0 || int(kept[len(kept)-1]) >= g.NumNeurons()) {
		return nil, nil, fmt.Errorf("there is no neuron %d or %d", kept[0], kept[len(kept)-1])
	}
	renumber := make([]neuron.ID, g.NumNeurons()+g.numChannels)
	for i := range renumber {
		renumber[i] = -1
	}
	populations := slices.Clone(g.Populations)
	for i := range populations {
		populations[i].Size, populations[i].Positions = 0, nil
	}
	var labels, names []string
	for i, id := range kept {
		renumber[id] = neuron.ID(i)
		g.keepMember(populations, id)
		if g.Labels != nil {
			labels = append(labels, g.Labels[id])
		}
		if g.Names != nil {
			names = append(names, g.Names[id])
		}
	}
	for c := range g.numChannels {
		renumber[g.NumNeurons()+c] = neuron.ID(len(kept) + c)
		if g.Labels != nil {
			labels = append(labels, g.Labels[g.NumNeurons()+c])
		}
		if g.Names != nil {
			names = append(names, g.Names[g.NumNeurons()+c])
		}
	}
	var synapses []Synapse
	for s := range g.Each() {
		s.Source, s.Target = renumber[s.Source], renumber[s.Target]
		if s.Source >= 0 && s.Target >= 0 {
			synapses = append(synapses, s)
		}
	}
	out, err := FromSynapses(populations, g.Channels, g.Projections, synapses)
	if err != nil {
		return nil, nil, err
	}
	out.Labels, out.Names, out.Undirected = labels, names, g.Undirected
	return out, kept, nil
}

// keepMember adds neuron id to its population among the given ones.
func (g *Graph) keepMember(populations []Population, id neuron.ID) {
	group, at := g.Member(id)
	for i := range populations {
		if populations[i].Name == group.Name {
			populations[i].Size++
			if group.Positions != nil {
				populations[i].Positions = append(populations[i].Positions, group.Positions[at])
			}
		}
	}
}
