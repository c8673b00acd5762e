package topology

import (
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
)

// graphOf is a graph of n neurons with one projection for each port.
func graphOf(t testing.TB, n int, synapses ...Synapse) *Graph {
	t.Helper()
	g, err := FromSynapses([]Population{{Name: "net", Size: n}}, nil, nil, synapses)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// arrows writes the synapses of a graph in order: "0>1 2>1".
func arrows(g *Graph) string {
	var out []string
	for _, s := range g.Synapses() {
		out = append(out, fmt.Sprintf("%d>%d", s.Source, s.Target))
	}
	return strings.Join(out, " ")
}

// within is a network of n neurons on a grid with one projection of weight 1.
func within(n int, r Rule) *Network {
	return &Network{
		Populations: []Population{{Name: "net", Size: n, Place: Placement{Kind: "grid"}}},
		Projections: []Projection{{From: "net", To: "net", Port: neuron.Contextual, Rule: r, Weights: Constant(1)}},
	}
}

// between is a network of two populations; the first projects to the second.
func between(from, to int, r Rule) *Network {
	return &Network{
		Populations: []Population{{Name: "from", Size: from, Place: Placement{Kind: "grid"}}, {Name: "to", Size: to, Place: Placement{Kind: "grid"}}},
		Projections: []Projection{{From: "from", To: "to", Port: neuron.Contextual, Rule: r, Weights: Constant(1)}},
	}
}
