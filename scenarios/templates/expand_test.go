package templates

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// formed reads a document in short form. It returns the form and the expanded document.
func formed(text string, sets ...string) (*Form, *language.Experiment, error) {
	doc, err := config.Parse("form.yaml", []byte("apiVersion: infomorph/v2\nname: form\n"+text))
	if err != nil {
		return nil, nil, err
	}
	if err := Complete(doc, sets...); err != nil {
		return nil, nil, err
	}
	f := &Form{}
	if err := doc.Decode(f); err != nil {
		return nil, nil, err
	}
	e, err := f.Expand()
	return f, e, err
}

// stands returns the lines of an expanded short form, each with a key and its value.
func stands(text string, sets ...string) ([]string, error) {
	_, e, err := formed(text, sets...)
	if err != nil {
		return nil, err
	}
	if err := e.Validate(); err != nil {
		return nil, err
	}
	return linesOf(e)
}

// linesOf writes a document in full, one line for each key and value.
func linesOf(e *language.Experiment) ([]string, error) {
	out, err := config.Marshal(e)
	if err != nil {
		return nil, err
	}
	var all yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(out, &all, yaml.UseOrderedMap()); err != nil {
		return nil, err
	}
	var lines []string
	flatten(&lines, "", all)
	return lines, nil
}

// flatten adds the lines of a value, each with its key.
func flatten(lines *[]string, at string, v any) {
	switch v := v.(type) {
	case yaml.MapSlice:
		for _, kv := range v {
			flatten(lines, strings.TrimPrefix(at+"."+fmt.Sprint(kv.Key), "."), kv.Value)
		}
	case []any:
		for i, x := range v {
			flatten(lines, fmt.Sprintf("%s[%d]", at, i), x)
		}
	default:
		*lines = append(*lines, fmt.Sprintf("%s: %v", at, v))
	}
}

// differs returns the lines of b that are not in a, and with a - the keys of a that are
// not in b.
func differs(a, b []string) string {
	var out []string
	for _, line := range a {
		key, _, _ := strings.Cut(line, ": ")
		if !slices.ContainsFunc(b, func(other string) bool { return strings.HasPrefix(other, key+": ") }) {
			out = append(out, "- "+key)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// inFull maps short forms to the documents that they expand to, written by hand.
var inFull = map[string]string{
	"bars: {}": `
neurons:
  unit:
    goal: {unq_r: 1}
    activation: {gain: 0}
    ports:
      r: {bins: {number: 20, range: 12.5}, rule: goal, rate: 2.5, norm: power, center: 0.002}
      c: {bins: {number: 10, range: 1}, rule: delta, rate: 0.01, center: 0.005, bias: true, squash: true}
    window: 300
    warm_up: 200
    theta_floor: 1e-4
    step_clip: 4
    homeostasis: {gain: 0.1, start: 2.5, target: 7.5, halfway: 8000}
populations: {neurons: {size: 8, neuron: unit}}
inputs: {pixels: {size: 64}}
projections:
  - {name: pixels, from: pixels, to: neurons, port: r, weights: {normal: [0, 0.1]}}
  - {name: context, from: neurons, to: neurons, port: c, weights: {uniform: [-0.00035355339059327376, 0.00035355339059327376]}}
data: {pictures: {bars: {rows: 8}, to: {pixels: {field: image, off: -1}}}}
protocol:
  - {name: train, present: {data: pictures, count: 8000}}
  - {name: test, present: {data: pictures, count: 1000, learn: none}}
measure:
  - {name: atoms, atoms: {population: neurons}}
  - {name: bars, in: [test], information: {population: neurons, about: features, checks: 40, check_in: [train]}}
`,
	"digits: {}": `
neurons:
  unit:
    tell: never
    goal: {unq_r: -0.2, unq_c: 0.1, red: 1, syn: 0.1}
    ports: {r: {bins: {range: 10}, rule: goal, rate: 8, end_rate: 0, halfway: 2000, norm: power, bias: true}, c: {bins: {number: 2}}}
    window: 300
populations: {neurons: {size: 10, neuron: unit}}
inputs: {pixels: {}, label: {size: 10}}
projections:
  - {name: pixels, from: pixels, to: neurons, port: r, weights: {uniform: [-0.1, 0.1]}}
  - {name: label, from: label, to: neurons, port: c, rule: one_to_one, weights: 2}
data: {digits: {strokes: {train: 20000, test: 4000}, to: {pixels: image, label: {field: label, off: -1}}}}
protocol:
  - {name: train, present: {data: digits.train, steps: [{do: [fire, learn, observe]}]}}
  - {name: test, present: {data: digits.test, order: sequential, steps: [{do: [observe]}], learn: none, off: [label]}}
measure:
  - {name: accuracy, accuracy: {population: neurons, read: [receptive, marginal]}}
  - {name: atoms, atoms: {population: neurons}}
  - {name: baseline, regression: {of: [pixels], fit: train, test: test, fields: neurons}}
record: {spikes: false}
`,
	"hidden_layer: {goal: modified}": `
neurons:
  feature:
    sources: [r, c, l]
    tell: change
    goal: {"{1}{2}{3}": 0.33, "{1}{2}": 1, "{1}{3}": -1, "{12}{13}": -1}
    activation: {kind: three_source}
    ports: {r: {bins: {range: 20}, rule: goal, bias: true}, c: {bins: {range: 20}, rule: goal}, l: {bins: {range: 20}, rule: goal}}
  readout:
    tell: never
    goal: {unq_r: -0.2, unq_c: 0.1, red: 1, syn: 0.1}
    activation: {gain: 0}
    ports: {r: {rule: goal, bias: true}, c: {bins: {number: 2}}}
populations: {hidden: {size: 100, neuron: feature}, readout: {size: 10, neuron: readout}}
inputs: {pixels: {}, label: {size: 10}, teacher: {size: 10}}
projections:
  - {name: pixels, from: pixels, to: hidden, port: r, weights: {uniform: [-0.07142857142857142, 0.07142857142857142]}}
  - {name: label, from: label, to: hidden, port: c, weights: {uniform: [-0.31622776601683794, 0.31622776601683794]}}
  - {name: features, from: hidden, to: readout, port: r, weights: {uniform: [-0.1, 0.1]}}
  - {name: teacher, from: teacher, to: readout, port: c, rule: one_to_one, weights: 1}
  - {name: lateral, from: hidden, to: hidden, port: l, weights: {uniform: [-0.10050378152592121, 0.10050378152592121]}}
data: {digits: {strokes: {}, to: {pixels: image, label: label, teacher: {field: label, off: -1}}}}
protocol:
  - name: train
    present:
      data: digits.train
      passes: 10
      steps: [{populations: [hidden], do: [fire]}, {populations: [hidden], do: [fire, learn]}, {populations: [readout], do: [fire, learn, observe]}]
      batch: {rate: 0.002, end_rate: 0.002, decay: 0.00035, of: {readout: {rate: 0.003, decay: 0.00015}}, fit: [readout]}
  - name: test
    present:
      data: digits.test
      order: sequential
      steps: [{populations: [hidden], do: [fire]}, {populations: [hidden], do: [fire]}, {populations: [readout], do: [observe]}]
      learn: none
      off: [label, teacher]
measure:
  - {name: accuracy, accuracy: {population: readout}}
  - {name: atoms, atoms: {population: hidden}}
  - {name: baseline, regression: {of: [pixels], fit: train, test: test}}
record: {spikes: false, weights: false}
`,
	"associative_memory: {patterns: {width: 4}}": `
neurons:
  unit:
    output: teacher
    goal: {red: 1}
    ports: {r: {bins: {number: 2}}, c: {bins: {number: 60, range: 20}, rule: goal, rate: 5}}
    prior: {}
populations: {neurons: {size: 16, neuron: unit}}
inputs: {input: {size: 16, width: 4}}
projections:
  - {name: input, from: input, to: neurons, port: r, rule: one_to_one, weights: 2.3}
  - {name: context, from: neurons, to: neurons, port: c, weights: {uniform: [-0.00025, 0.00025]}}
data: {patterns: {patterns: {width: 4, height: 4}, to: {input: {field: pattern, off: -1}}}}
protocol:
  - {name: train, present: {data: patterns, passes: 30}}
  - {name: clean, recall: {data: patterns, input: input, population: neurons}}
  - {name: damaged, recall: {data: patterns, input: input, population: neurons, cue: flip, fraction: 10%, dynamics: belief}}
measure:
  - {name: training, predicted: {population: neurons}}
  - {name: atoms, atoms: {population: neurons}}
  - {name: recall, recall: {}}
`,
	"script: {code: x, patterns: {width: 3}}": `
neurons:
  unit:
    output: teacher
    goal: {red: 1}
    ports: {r: {bins: {number: 2}}, c: {bins: {number: 60, range: 20}, rule: goal, rate: 5}}
    prior: {}
populations: {neurons: {size: 9, neuron: unit}}
inputs: {input: {size: 9}}
projections:
  - {name: input, from: input, to: neurons, port: r, rule: one_to_one, weights: 2.3}
  - {name: context, from: neurons, to: neurons, port: c, weights: {uniform: [-0.0003333333333333333, 0.0003333333333333333]}}
data: {patterns: {patterns: {width: 3, height: 3}, to: {input: {field: pattern, off: -1}}}}
protocol:
  - {name: script, script: {code: x, data: patterns, input: input, population: neurons}}
measure:
  - {name: atoms, atoms: {population: neurons}}
`,
}

// TestShortForms: the expanded document of a short form with default settings, key by
// key.
func TestShortForms(t *testing.T) {
	for short, full := range inFull {
		got, err := stands(short)
		if err != nil {
			t.Fatalf("%s: %v", short, err)
		}
		e, err := language.Load("full.yaml", []byte("apiVersion: infomorph/v2\nname: form"+full))
		if err != nil {
			t.Fatalf("%s: %v", short, err)
		}
		want, err := linesOf(e)
		if err != nil {
			t.Fatal(err)
		}
		if diff := differs(want, got); diff != "" {
			t.Errorf("%s differs from the document in full:\n%s", short, diff)
		}
	}
}
