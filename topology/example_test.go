package topology_test

import (
	"fmt"

	"infomorph/neuron"
	"infomorph/topology"
)

// Eight neurons on a ring, each with input from its two neighbours and one
// channel.
func ExampleBuild() {
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "memory", Size: 8}},
		Channels:    []topology.Population{{Name: "inputs", Size: 8}},
		Projections: []topology.Projection{
			{From: "inputs", To: "memory", Port: neuron.Receptive, Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2.3)},
			{From: "memory", To: "memory", Port: neuron.Contextual, Rule: topology.Rule{Name: "ring", K: 2}, Delays: topology.Constant(500)},
		},
	}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	in := g.Incoming(3)
	for i, source := range in.Source {
		fmt.Println(in.Port[i], source, in.Weight[i], neuron.Time(in.Delay[i]))
	}
	// Output:
	// r 11 2.3 1ms
	// c 2 0 500µs
	// c 4 0 500µs
}

func ExampleGraph_Without() {
	g, _ := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 5}},
		Projections: []topology.Projection{{From: "net", To: "net", Rule: topology.Rule{Name: "all_to_all"}}},
	}, 1)
	cut, err := g.Without([]neuron.ID{0}, nil)
	fmt.Println(g.NumSynapses(), cut.NumSynapses(), cut.InDegree(0), err)
	// Output: 20 12 0 <nil>
}

// The neighbours of a ring, and the same numbers of synapses at random places.
func ExampleGraph_Randomised() {
	g, _ := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 12}},
		Projections: []topology.Projection{{From: "net", To: "net", Rule: topology.Rule{Name: "ring", K: 4}}},
	}, 1)
	r := g.Randomised(10, neuron.NewRand(1, neuron.ForWeights, 0))
	neighbours := 0
	for id := range neuron.ID(12) {
		for _, source := range r.Incoming(id).Source {
			if d := (id - source + 12) % 12; d <= 2 || d >= 10 {
				neighbours++
			}
		}
	}
	fmt.Println(g.NumSynapses(), r.NumSynapses(), r.InDegree(3), neighbours < 48)
	// Output: 48 48 4 true
}

func ExampleGraph_Subgraph() {
	g, _ := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 5}},
		Projections: []topology.Projection{{From: "net", To: "net", Rule: topology.Rule{Name: "all_to_all"}}},
	}, 1)
	part, ids, err := g.Subgraph([]neuron.ID{4, 1, 2})
	fmt.Println(part.NumNeurons(), part.NumSynapses(), ids, err)
	// Output: 3 6 [1 2 4] <nil>
}
