package language_test

import (
	"fmt"
	"log"
	"strings"

	"infomorph/scenarios/language"
)

// A document in full, from a few lines and one setting; and what a mistake looks like.
func ExampleLoad() {
	text := `
apiVersion: infomorph/v2
name: areas
populations:
  V1: {size: 4, neuron: bars}
inputs: {pixels: {size: 8}}
projections:
  - {from: pixels, to: V1, port: r, weights: 1}
`
	exp, err := language.Load("areas.yaml", []byte(text), "populations.V1.size=6")
	if err != nil {
		log.Fatal(err)
	}
	v1 := exp.Populations.Get("V1")
	fmt.Println(v1.Size, "neurons, goal:", exp.Neurons.Get(v1.Neuron).Goal)

	full, err := language.Marshal(exp)
	if err != nil {
		log.Fatal(err)
	}
	again, err := language.Load("full.yaml", full)
	fmt.Println(strings.Count(string(full), "\n") > 40, again.Populations.Get("V1").Size, err)

	_, err = language.Load("areas.yaml", []byte(strings.Replace(text, "size: 4", "sise: 4", 1)))
	fmt.Println(err)
	// Output:
	// 6 neurons, goal: map[unq_r:1]
	// true 6 <nil>
	// areas.yaml:5:8: populations.V1.sise: unknown key; did you mean "size"? (allowed: size, neuron, each, groups, place, labels)
}
