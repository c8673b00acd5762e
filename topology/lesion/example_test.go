package lesion_test

import (
	"fmt"
	"log"
	"math/rand/v2"

	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/lesion"
)

// Synapses that stay weak for 10 ms are pruned, and others grow in their place.
func ExampleTurnover() {
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 20}},
		Projections: []topology.Projection{{From: "net", To: "net", Rule: topology.Rule{Name: "fixed_indegree", Indegree: 6}, Weights: topology.Constant(0.1)}},
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	rule := lesion.Rule{Threshold: 0.5, For: 10 * neuron.Millisecond, Regrow: true, Weight: topology.Constant(0.9)}
	if err := rule.Validate(); err != nil {
		log.Fatal(err)
	}
	turnover := lesion.NewTurnover(rule, g.NumSynapses())
	weights := make([]float64, g.NumSynapses())
	for i := range weights {
		weights[i] = 0.1
	}
	weights[7] = 0.8 // strong enough
	for now := neuron.Time(0); now <= 10*neuron.Millisecond; now += 5 * neuron.Millisecond {
		due, err := turnover.Observe(g, weights, now)
		if err != nil {
			log.Fatal(err)
		}
		change, err := turnover.Change(g, due, rand.New(rand.NewPCG(1, 2)))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(now, len(due), "pruned,", len(change.Added), "grown")
	}
	// Output:
	// 0s 0 pruned, 0 grown
	// 5ms 0 pruned, 0 grown
	// 10ms 119 pruned, 119 grown
}
