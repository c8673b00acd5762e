package language

import (
	"strings"
	"testing"
)

// TestControls: a control that leaves out what is not there has no effect, and is refused.
func TestControls(t *testing.T) {
	const head = `apiVersion: infomorph/v2
name: c
neurons: {k: {goal: {red: 1}, ports: {r: {}, c: {rule: goal}}}, fixed: {learns: false, sources: [r, c]}}
inputs: {x: {size: 4}}
data: {p: {patterns: {source: random, count: 2, width: 2, height: 2}, to: {x: {field: pattern, off: -1}}}}
`
	const (
		apart = "control: is unconnected, which has no effect, because neurons receive nothing from each other; use frozen or shuffled"
		still = "control: is frozen, which has no effect, because nothing learns"
	)
	const in, among = "{from: x, to: a, port: r, rule: one_to_one}", ", {from: a, to: a, port: c, rule: all_to_all}"
	for _, c := range []struct{ control, kind, projections, phase, want string }{
		{"unconnected", "k", in, "", apart},
		{"unconnected", "k", in + among, "", ""},
		{"none", "k", in, "", ""},
		{"shuffled", "k", in, "", ""},
		{"frozen", "k", in, "", ""},
		{"frozen", "k", in, ", learn: none", still},
		{"frozen", "k", in, ", learn: a", ""},
		{"frozen", "fixed", in, "", still},
		{"frozen", "k", in, ", batch: {}", ""},
		{"none", "k", in, ", learn: none", ""},
	} {
		_, err := Load("", []byte(head+"populations: {a: {size: 4, neuron: "+c.kind+"}}\nprojections: ["+c.projections+"]\ncontrol: "+c.control+"\nprotocol: [{name: p, present: {data: p"+c.phase+"}}]\n"))
		if told := err != nil && strings.Contains(err.Error(), "control:"); told != (c.want != "") || told && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v:\n%v", c, err)
		}
	}
}
