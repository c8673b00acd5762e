package draw

import (
	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/measure"
)

// layers returns the layer of each neuron and channel: the length of the
// longest path that leads to it, where a strongly connected component counts as
// one node. Channels are layer 0. If the whole network is one component, the
// populations are the layers.
func layers(g *topology.Graph, n int) []int {
	r, err := measure.Compute(measure.New(g, measure.Options{}), "strong_components")
	if err != nil {
		panic("draw: strong_components is no longer a measure")
	}
	part := make([]int, n) // component of each node; channels are their own
	for i := range part {
		if part[i] = i; i < g.NumNeurons() { // there are fewer components than neurons, so the numbers do not clash
			part[i] = int(r[0].PerNode[i])
		}
	}
	if int(r[0].Value) == 1 && g.NumNeurons() > 1 {
		return byPopulation(g, n)
	}
	return longestPaths(g, part, n)
}

func byPopulation(g *topology.Graph, n int) []int {
	layer := make([]int, n)
	at, first := 0, 0
	if len(g.Channels) > 0 {
		first = 1
	}
	for k := range g.Populations {
		for range g.Populations[k].Size {
			layer[at] = first + k
			at++
		}
	}
	return layer
}

// longestPaths visits the components in topological order.
func longestPaths(g *topology.Graph, part []int, n int) []int {
	next, waiting := make([][]int, n), make([]int, n)
	for t := range g.NumNeurons() {
		for _, s := range g.Incoming(neuron.ID(t)).Source {
			if a, b := part[s], part[t]; a != b {
				next[a] = append(next[a], b)
				waiting[b]++
			}
		}
	}
	depth := make([]int, n)
	var ready []int
	for c, w := range waiting {
		if w == 0 {
			ready = append(ready, c)
		}
	}
	for len(ready) > 0 {
		c := ready[0]
		ready = ready[1:]
		for _, d := range next[c] {
			depth[d] = max(depth[d], depth[c]+1)
			if waiting[d]--; waiting[d] == 0 {
				ready = append(ready, d)
			}
		}
	}
	layer := make([]int, n)
	for i, c := range part {
		layer[i] = depth[c]
	}
	return layer
}
