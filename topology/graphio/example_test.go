package graphio_test

import (
	"fmt"
	"strings"

	"infomorph/topology/graphio"
)

func ExampleRead() {
	g, err := graphio.Read(strings.NewReader("ann,bob,0.5\nbob,carl,-1\n"), graphio.CSV, graphio.Limits{})
	fmt.Println(g.NumNeurons(), g.NumSynapses(), g.Label(2), g.Weights(), err)

	_, err = graphio.Read(strings.NewReader("ann,bob,0.5\nbob,carl,NaN\n"), graphio.CSV, graphio.Limits{})
	fmt.Println(err)
	// Output:
	// 3 2 carl [0.5 -1] <nil>
	// line 2: weight "NaN", expected a finite number
}
