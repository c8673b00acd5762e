package config_test

import (
	"fmt"

	"infomorph/internal/config"
)

// settings is a small set of settings.
type settings struct {
	Rate  float64         `yaml:"rate" doc:"Step size of the weights." default:"0.1" min:"0"`
	Every config.Duration `yaml:"every" doc:"Time between two learning steps." default:"5ms"`
	Goal  string          `yaml:"goal" doc:"Goal of every neuron." enum:"memory,xor" required:"true"`
}

func ExampleDecode() {
	var s settings
	fmt.Println(config.Decode("s.yaml", []byte("rte: 1\ngoal: memry\nevery: 5\n"), &s))
	fmt.Println(config.Decode("s.yaml", []byte("goal: memory\n"), &s), s)
	// Output:
	// s.yaml:1:1: rte: unknown key; did you mean "rate"? (allowed: rate, every, goal)
	// s.yaml:2:7: goal: got "memry", expected one of memory, xor; did you mean "memory"?
	// s.yaml:3:8: every: got 5, expected a duration with a unit, such as 5ms; add the unit: us, ms, s, min or h
	// <nil> {0.1 5ms memory}
}

func ExampleDocument_Set() {
	doc, err := config.Parse("s.yaml", []byte("goal: memory\n"))
	if err == nil {
		err = doc.Set("rate=0.5", "every=-1ms")
	}
	if err == nil {
		err = doc.Decode(new(settings))
	}
	fmt.Println(err)
	// Output:
	// --set every=-1ms: got "-1ms", expected a duration with a unit, such as 5ms; time cannot be negative
}

func ExampleMarshalDoc() {
	out, err := config.MarshalDoc(settings{Rate: 0.1, Every: 1500, Goal: "xor"})
	fmt.Print(string(out), err)
	// Output:
	// # Step size of the weights. (≥ 0)
	// rate: 0.1
	//
	// # Time between two learning steps.
	// every: 1.5ms
	//
	// # Goal of every neuron. (memory, xor)
	// goal: xor
	// <nil>
}

func ExampleFormat() {
	out, err := config.Format("s.yaml", []byte("goal :  xor\n# slow\nrate: 0.1   # enough\n"), settings{})
	fmt.Print(string(out), err)
	// Output:
	// # slow
	// rate: 0.1 # enough
	// goal: xor
	// <nil>
}

func ExampleExplain() {
	text, err := config.Explain(settings{}, "every")
	fmt.Print(text, err)
	// Output:
	// every: duration (us, ms, s, min, h), default 5ms
	//   Time between two learning steps.
	// <nil>
}
