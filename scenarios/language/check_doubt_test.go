package language

import (
	"strings"
	"testing"
)

// TestDoubt: doubt is refused if no recall uses it.
func TestDoubt(t *testing.T) {
	const network = `apiVersion: infomorph/v2
name: s
neurons: {k: {goal: {red: 1}, ports: {r: {}, c: {rule: goal}}, doubt: 0.1}, plain: {like: k, doubt: 0}}
populations: {a: {size: 4, neuron: k}, b: {size: 4, neuron: plain}}
inputs: {x: {size: 4}, y: {size: 4}}
projections: [{from: x, to: a, port: r}, {from: a, to: b, port: r}, {from: b, to: a, port: c}, {from: y, to: b, port: c}]
data: {p: {patterns: {width: 2, height: 2, source: random, count: 4}, to: {x: pattern, y: pattern}}}
`
	const no = "neurons.k.doubt: has no effect, because nothing recalls with the emphatic beliefs of these neurons; recall with dynamics: emphatic_belief"
	const from = "data: p, input: x, population: a"
	for text, want := range map[string]string{
		"protocol: [{name: a, present: {data: p}}]":                                                                                    no,
		"protocol: [{name: a, recall: {" + from + "}}]":                                                                                no,
		"protocol: [{name: a, recall: {" + from + ", dynamics: graded_belief}}]":                                                       no,
		"protocol: [{name: a, recall: {" + from + ", dynamics: emphatic_belief}}]":                                                     "",
		"protocol: [{name: a, recall: {data: p, input: y, population: b, dynamics: emphatic_belief}}]":                                 no,
		"protocol: [{name: a, recall: {data: p, input: y, population: b, follow: a, dynamics: emphatic_belief}}]":                      "",
		"protocol: [{name: a, script: {" + from + ", code: x}}]":                                                                       "",
		"protocol: [{name: a, present: {data: p}}]\nevents: [{at: 1s, recall: {" + from + ", item: '#0'}}]":                            no,
		"protocol: [{name: a, present: {data: p}}]\nevents: [{at: 1s, recall: {" + from + ", item: '#0', dynamics: emphatic_belief}}]": "",
	} {
		_, err := Load("", []byte(network+text+"\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s:\n%v\nwant %s", text, err, want)
		}
	}
	each := strings.Replace(network, "{size: 4, neuron: plain}", "{size: 4, neuron: plain, each: {doubt: [0.1, 0.2, 0.3, 0.4]}}", 1)
	_, err := Load("", []byte(each+"protocol: [{name: a, recall: {"+from+", dynamics: emphatic_belief}}]\n"))
	if err == nil || !strings.Contains(err.Error(), "populations.b.each.doubt: has no effect") {
		t.Errorf("each: %v", err)
	}
}
