package network

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/walk"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// walked is a document with every section of a network.
const walked = header + `
neurons:
  feature: {like: bars, homeostasis: {gain: 0.1, bias_gain: 0.1, bias_end: 0.2, start: 2.5, target: 5, tolerance: 0.1, from: 30%, to: 60%}}
  free: {like: memory, clock: {kind: periodic, interval: 5ms}, gate: {}, stability_norm: 2, ports.c.end_rate: 0.1}
  rate: {like: label, activation: {kind: modulatory}, prior: {}}
  hidden: {like: hidden-naive}
populations:
  V1: {size: 6, neuron: feature, place: {kind: random}, labels: [a, b, c, d, e, f]}
  V2: {size: 6, neuron: free, each: {goal.red: [1, 2, 3, 4, 5, 6], ports.c.rate: {uniform: [1, 2]}}, place: {kind: circle},
    groups: [{neurons: 0-2, clock: {kind: periodic, interval: 9ms}, delay: {uniform: [1ms, 4ms]}}, {neurons: '4', noise: {loss: 20%}}]}
  out: {size: 4, neuron: rate}
  deep: {size: 4, neuron: hidden}
  noise: {size: 2, neuron: poisson-source}
  gate: {size: 2, neuron: relay}
inputs:
  pixels: {size: 8, width: 4, place: {kind: grid}}
projections:
  - {from: pixels, to: V1, port: r, rule: {name: spatial, p: 0.5, scale: 0.5}, weights: {normal: [0, 2], min: -1, max: 1}, delay: {distance: {speed: 100}}}
  - {from: V1, to: V2, port: r, rule: {name: fixed_indegree, indegree: 2}, weights: 1, noise: {loss: 10%, duplicate: 5%, jitter: 1ms, reorder: 10%}}
  - {from: V2, to: V1, port: c, delay: {lognormal: {median: 2ms, sigma: 0.5}}, weights: {uniform: [-1, 1]}}
  - {from: V1, to: V1, port: c, rule: {name: watts_strogatz, k: 2, p: 0.5}}
  - {from: V2, to: out, port: r, rule: {name: pairwise_bernoulli, p: 0.5}, weights: {lognormal: [1, 0.5]}}
  - {from: noise, to: out, port: c}
  - {from: V1, to: deep, port: r}
  - {from: deep, to: deep, port: l, rule: {name: stochastic_block, sizes: [2, 2], probabilities: [[1, 0.5], [0.5, 1]]}}
  - {from: V1, to: gate, port: r}
`

// fingerprint identifies a network: synapses, neurons, noise, names.
func fingerprint(exp *language.Experiment) (string, error) {
	d, err := data.Load(exp, nil)
	if err != nil {
		return "", err
	}
	n, err := Build(exp, d, nil)
	if err != nil {
		return "", err
	}
	n.Schedule(func(string) int64 { return 1000 })
	h := sha256.New()
	for id := range neuron.ID(n.Sim.NumNeurons()) {
		fmt.Fprintf(h, "%v %+v\n", n.Sim.Incoming(id), *n.Sim.Config(id))
		if n.Sim.Group != nil {
			fmt.Fprintln(h, n.Sim.Group(id))
		}
	}
	for id := range neuron.ID(n.Sim.NumNeurons() + n.Sim.NumChannels()) {
		at, ok := n.Sim.Position(id)
		fmt.Fprintln(h, n.Label(id), at, ok)
	}
	fmt.Fprintln(h, n.Sim.Noise, n.Sim.Projections, n.Populations, n.Inputs, n.Width("pixels"), n.Sim.Seed)
	return string(h.Sum(nil)), nil
}

// No key is ignored: changing any key of the network changes the network, or is refused
// with a reason.
func TestEveryKeyCounts(t *testing.T) {
	exp, err := language.Load("walked.yaml", []byte(walked))
	if err != nil {
		t.Fatal(err)
	}
	want, err := fingerprint(exp)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := language.Marshal(exp)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := config.Parse("shown.yaml", shown)
	if err != nil {
		t.Fatal(err)
	}
	in := func(path string) bool {
		section, _, _ := strings.Cut(path, ".")
		section, _, _ = strings.Cut(section, "[")
		return slices.Contains([]string{"neurons", "populations", "inputs", "projections", "seed"}, section) && !without.MatchString(path)
	}
	as := func(sets ...string) (string, error) {
		other, err := language.Load("shown.yaml", shown, sets...)
		if err != nil {
			return "", err
		}
		return fingerprint(other)
	}
	if got, err := as(); err != nil || got != want {
		t.Fatalf("the document that is shown makes another network: %v", err)
	}
	r, err := walk.Keys(doc, config.Keys(&language.Experiment{}), in, as)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range r.Silent {
		t.Errorf("%s changes nothing", path)
	}
	if r.Changed < 150 || r.Refused < 50 {
		t.Errorf("only %d keys changed anything, %d values were refused", r.Changed, r.Refused)
	}
}

// without matches keys that may change nothing: other names for the same setting, and
// settings that each overrides for every neuron of the kind.
var without = regexp.MustCompile(`\.output$|^neurons\.free\.(goal\.red|ports\.c\.rate)$`)
