package language

import (
	"strings"
	"testing"
)

// TestSurprises: neurons whose surprise is never sent, and steps in which nobody sends
// any, are refused.
func TestSurprises(t *testing.T) {
	const network = `apiVersion: infomorph/v2
name: s
neurons: {k: {goal: {red: 1}, ports: {r: {}, c: {rule: goal}}, surprise: 1}, plain: {like: k, surprise: 0}}
populations: {a: {size: 4, neuron: k}, b: {size: 4, neuron: plain}}
inputs: {x: {size: 4}, y: {size: 4}}
projections: [{from: x, to: a, port: r}, {from: a, to: b, port: r}, {from: b, to: a, port: c}, {from: y, to: b, port: c}]
data: {p: {patterns: {width: 2, height: 2, source: random, count: 4}, to: {x: pattern, y: pattern}}}
`
	const never = "neurons.k.surprise: has no effect, because no phase that learns lets its neurons send it; present items and learn; if the phase has steps, add one with do: [surprise] before do: [learn]"
	for phases, want := range map[string]string{
		"{name: a, present: {data: p}}":                                                                        "",
		"{name: a, present: {data: p, learn: b}}":                                                              "",
		"{name: a, present: {data: p, learn: none}}":                                                           never,
		"{name: a, rest: {duration: 1s, learn: a}}":                                                            never,
		"{name: a, play: {data: p}}":                                                                           never,
		"{name: a, script: {data: p, input: x, population: a, code: x}}":                                       "",
		"{name: a, present: {data: p, steps: [{do: [fire]}, {do: [learn]}]}}":                                  never,
		"{name: a, present: {data: p, steps: [{do: [fire]}, {do: [surprise]}, {do: [learn]}]}}":                "",
		"{name: a, present: {data: p, steps: [{do: [surprise], populations: [a]}]}}":                           "",
		"{name: a, present: {data: p, steps: [{do: [surprise], populations: [b]}]}}":                           "protocol[0].present.steps[0].do: says surprise, but none of these neurons sends any; set surprise: 1 of a kind of neurons",
		"{name: a, present: {data: p, steps: [{do: [surprise], populations: [c]}]}}":                           `protocol[0].present.steps[0].populations[0]: got "c", expected a population`,
		"{name: a, present: {data: p}}, {name: b, present: {data: p, learn: none, steps: [{do: [surprise]}]}}": "protocol[1].present.steps[0].do: says surprise, which has no effect if nobody learns",
		"{name: a, present: {data: p, steps: [{do: [fire]}, {do: [surprise, learn]}]}}":                        "protocol[0].present.steps[1].do: says surprise beside something else; make it a step of its own, after those in which neurons fire and before those in which they learn",
		"{name: a, present: {data: p, learn: none}}, {name: b, present: {data: p, steps: [{do: [surprise]}]}}": "",
	} {
		_, err := Load("", []byte(network+"protocol: ["+phases+"]\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s:\n%v\nwant %s", phases, err, want)
		}
	}
	each := strings.NewReplacer("surprise: 1}", "surprise: 0}", "neuron: k}", "neuron: k, each: {surprise: [0, 0, 1, 0.5]}}").Replace(network)
	for phases, want := range map[string]string{"{name: a, present: {data: p}}": "", "{name: a, play: {data: p}}": "populations.a.each.surprise: has no effect"} {
		_, err := Load("", []byte(each+"protocol: ["+phases+"]\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("each, %s:\n%v\nwant %s", phases, err, want)
		}
	}
}
