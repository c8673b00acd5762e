package measure_test

import (
	"fmt"

	"infomorph/topology"
	"infomorph/topology/measure"
)

func ExampleCompute() {
	g, _ := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 20}},
		Projections: []topology.Projection{{From: "net", To: "net", Rule: topology.Rule{Name: "ring", K: 4}}},
	}, 1)
	results, err := measure.Compute(measure.New(g, measure.Options{}), "clustering", "path_length", "diameter")
	for _, r := range results {
		fmt.Printf("%s %.3f\n", r.Name, float64(r.Value))
	}
	fmt.Println(err)
	// Output:
	// clustering 0.500
	// path_length 2.895
	// diameter 5.000
	// <nil>
}
