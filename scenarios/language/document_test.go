package language

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/topology"
)

// changed reads the base document with a change, and returns its faults with their
// positions.
func changed(from, to string) string {
	_, err := Load("", []byte(strings.Replace(base, from, to, 1)))
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(err.Error(), "\n", " | ")
}

// TestDocuments checks conflicts between settings of a document, with line and column.
// Next to each fault there is a similar case that is valid.
func TestDocuments(t *testing.T) {
	for _, c := range changes {
		if !strings.Contains(base, c.from) {
			t.Fatalf("the document has no %q", c.from)
		}
		if got := changed(c.from, c.to); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.to, got, c.want)
		}
	}
}

// change is a text in the base document, its replacement, and the resulting faults.
type change struct{ from, to, want string }

var changes = []change{
	{`name: areas`, `name: a.b`, `:2:7: name: is not made of letters, digits, - and _ alone; it names a folder`},
	{`name: areas`, `name: ""`, `:2:7: name: is not made of letters, digits, - and _ alone; it names a folder`},
	{`V1: {size: 6, neuron: feature, place: {kind: grid}}`, `"V 1": {size: 6, neuron: feature, place: {kind: grid}}`, `:7:10: populations["V 1"]: has a name that is not made of letters, digits, - and _ alone | :7:10: populations["V 1"]: is a population that no projection leads to; add one, or leave it out | :14:24: projections[0].to: got "V1", expected a population; did you mean "V 1"? | :15:12: projections[1].from: got "V1", expected a population or an input; did you mean "V 1"? | :15:20: projections[1].to: got "V1", expected a population; did you mean "V 1"? | :16:12: projections[2].from: got "V1", expected a population or an input; did you mean "V 1"? | :17:20: projections[3].to: got "V1", expected a population; did you mean "V 1"? | :27:32: record.probes[0].population: got "V1", expected a population; did you mean "V 1"?`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, labels: [a, b, ""]}`, `:8:46: populations.V2.labels[2]: is empty, or has blanks around it`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, labels: [a, b, " c"]}`, `:8:46: populations.V2.labels[2]: is empty, or has blanks around it`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, place: {extent: 2}}`, `:8:47: populations.V2.place.extent: has no effect, because kind is none`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, place: {kind: circle, extent: 2}}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, place: {kind: circle, dims: 3}}`, `:8:59: populations.V2.place.dims: has no effect, because kind is circle; it is for random and grid`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0'}]}`, `:8:40: populations.V2.groups[0]: says nothing that differs; add clock:, delay: or noise:`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', clock: {kind: synchronous}}]}`, `:8:69: populations.V2.groups[0].clock.kind: got "synchronous", expected event, periodic or poisson; neurons of one population are synchronous together`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', clock: {kind: poisson}}]}`, `:8:62: populations.V2.groups[0].clock: is for neurons with clocks of their own; set clock.kind of the kind bars`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', clock: {kind: poisson, phase: 1ms}}]}`, `:8:62: populations.V2.groups[0].clock: is for neurons with clocks of their own; set clock.kind of the kind bars | :8:85: populations.V2.groups[0].clock.phase: has no effect, because populations.V2.groups[0].clock.kind is poisson; it is for periodic`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', delay: 5ms}]}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', delay: graph}]}`, `:8:62: populations.V2.groups[0].delay: is graph, which only the projection that reads the file can say`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', delay: {distance: {speed: 2}}}]}`, `:8:7: populations.V2.place.kind: got "none", expected random, grid or circle, because populations.V2.groups[0].delay goes by distance`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', noise: {loss: 3%}}]}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', noise: {}}]}`, ``},
	{`V1: {size: 6, neuron: feature, place: {kind: grid}}`, `V1: {size: 6, neuron: feature, place: {kind: grid}, groups: [{neurons: '0', noise: {}}]}`, `:7:86: populations.V1.groups[0].noise: does nothing; say loss, duplicate, jitter or reorder, or leave it out`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', noise: {loss: 1%, hold: 1ms}}]}`, `:8:79: populations.V2.groups[0].noise.hold: has no effect, because reorder is 0%`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, groups: [{neurons: '0', noise: {reorder: 1%, hold: 0us}}]}`, `:8:82: populations.V2.groups[0].noise.hold: is 0us, so no spike is held back`},
	{`pixels: {size: 4}`, `pixels: {size: 4, width: 5}`, `:11:28: inputs.pixels.width: is larger than size`},
	{`pixels: {size: 4}`, `pixels: {size: 4, width: 4}`, ``},
	{`pixels: {size: 4}`, `pixels: {size: 4, labels: [a, b, c]}`, `:11:29: inputs.pixels.labels: has 3 labels for 4 members; name all or none`},
	{`pixels: {size: 4}`, `pixels: {size: 4, labels: [a, b, c, b]}`, `:11:39: inputs.pixels.labels[3]: is the label of member 1, too; every member needs a label of its own`},
	{`from: V1, to: V2, port: r, noise: {loss: 10%}`, `from: V1, to: V2, port: r, noise: {reorder: 10%, hold: 0us}`, `:16:61: projections[2].noise.hold: is 0us, so no spike is held back`},
	{`from: V1, to: V2, port: r, noise: {loss: 10%}`, `from: V1, to: V2, port: r, noise: {jitter: 1ms}`, ``},
	{`from: V1, to: V2, port: r, noise: {loss: 10%}`, `from: V1, to: V2, port: r, noise: {duplicate: 1%}`, ``},
	{`from: V1, to: V2, port: r, noise: {loss: 10%}`, `name: a, from: V1, to: V2, port: r`, ``},
	{`from: V1, to: V2, port: r, noise: {loss: 10%}`, `from: V1, to: V2, port: r, weights: {distance: [1, 2]}`, `:8:7: populations.V2.place.kind: got "none", expected random, grid or circle, because projections[2] goes by distance`},
	{`from: V1, to: V2, port: r, noise: {loss: 10%}`, `from: V1, to: V2, port: r, rule: {name: spatial, p: 0.5, scale: 1}`, `:8:7: populations.V2.place.kind: got "none", expected random, grid or circle, because projections[2] goes by distance`},
	{`from: pixels, to: V1, port: r, weights: {normal: [0, 0.3]}`, `from: pixels, to: V1, port: r, weights: {distance: [1, 2]}`, `:11:11: inputs.pixels.place.kind: got "none", expected random, grid or circle, because projections[0] goes by distance`},
	{`from: V1, to: V1, port: c, rule`, `from: V1, to: V1, port: c, delay: {distance: {speed: 3}}, rule`, ``},
	{`from: V2, to: V1, port: c, delay: {uniform: [1ms, 5ms]}`, `from: V2, to: V1, port: c, delay: {distance: {speed: 3}}`, `:8:7: populations.V2.place.kind: got "none", expected random, grid or circle, because projections[3] goes by distance`},
	{`record: {probes`, "events: [{at: 1s, noise: {loss: 1%, hold: 3ms}}]\nrecord: {probes", `:27:43: events[0].noise.hold: has no effect, because reorder is 0%`},
	{`record: {probes`, "events: [{at: 1s, goal: {red: 2}}]\nrecord: {probes", ``},
	{`record: {probes`, "events: [{at: 1s, goal: {\"{123}\": 2}}]\nrecord: {probes", `:27:35: events[0].goal["{123}"]: is an atom of three sources, and the neuron has two; write sources: [r, c, l], or name unq_r, unq_c, red, syn`},
	{`record: {probes`, "events: [{phase: train, silent: true}]\nfaults: [{kind: silent, share: 10%, phase: test}]\nrecord: {probes", ``},
	{`record: {probes`, `record: {from: 2s, until: 1s, probes`, `:27:27: record.until: got "1s", expected later than from`},
	{`record: {probes`, `record: {from: 2s, until: 2s, probes`, `:27:27: record.until: got "2s", expected later than from`},
	{`record: {probes`, `record: {from: 2s, until: 3s, probes`, ``},
	{`record: {probes`, `record: {inboxes: false, probes`, `:27:19: record.inboxes: has no effect, because mode is lockstep; inboxes are recorded in free runs only`},
	{`record: {probes`, `record: {graph: [in_degree, in_degre], probes`, `:27:29: record.graph[1]: got "in_degre", expected a measure of graphs; did you mean "in_degree"?`},
	{`neurons: 0-3, of: [r, theta]}`, `neurons: 0-3, of: [r, theta], in: [tran]}`, `:27:71: record.probes[0].in[0]: got "tran", expected a phase of the protocol; did you mean "train"?`},
	{`neurons: 0-3, of: [r, theta]}`, `neurons: 0-3, of: [chi]}`, `:27:55: record.probes[0].of[0]: is the state of a gate, and neurons of V1 have none`},
	{`neurons: 0-3, of: [r, theta]}`, `neurons: 0-3, of: [l]}`, `:27:55: record.probes[0].of[0]: is a port that neurons of V1 do not have; they have r, c`},
	{`neurons: 0-3, of: [r, theta]}`, `neurons: 0-3, of: [D, atoms, weights, y, c]}`, ``},
	{`name: train, present: {data: letters`, `name: "", present: {data: letters`, `:23:12: protocol[0].name: is not made of letters, digits, - and _ alone`},
	{`off: [class]}`, `off: [class, pixel]}`, `:24:69: protocol[1].present.off[1]: got "pixel", expected an input; did you mean "pixels"?`},
	{`learn: none, off`, `learn: "V1, V2", off`, ``},
	{`learn: none, off`, `learn: "V1, V9", off`, `:24:50: protocol[1].present.learn: got "V9", expected all, none, or names of populations; did you mean "V1"?`},
	{`expect: [{score: accuracy, min: 0.3}]`, `expect: [{score: accuracy, min: 0.3, where: data.letters.x}]`, ``},
	{`expect: [{score: accuracy, min: 0.3}]`, `expect: [{score: accuracy, min: 0.3, where: data.digits.x}]`, `:28:45: expect[0].where: names a key in data.digits, and there is no such section; infomorph show prints the whole document`},
	{`expect: [{score: accuracy, min: 0.3}]`, `expect: [{score: accuracy, min: 0.3, where: nothing}]`, ``},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, rule: {name: all_to_all, autapses: true}}`, `:18:69: projections[4].rule.autapses: has no effect between two groups`},
	{`rule: {name: watts_strogatz, k: 2, p: 0.1}`, `rule: {name: blocks, number: 2, apart: true, autapses: true}`, `:15:88: projections[1].rule.autapses: has no effect between different blocks`},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, rule: one_to_one}`, `:18:40: projections[4].rule: is one_to_one, but V2 has 3 members and out 2`},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, rule: {name: watts_strogatz, k: 2}}`, `:18:40: projections[4].rule: is watts_strogatz, which works within one population`},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, delay: graph}`, `:18:41: projections[4].delay: is graph, and the rule has none; rule imported has`},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, weights: graph}`, `:18:43: projections[4].weights: is graph, and the rule has none; rule imported has`},
	{"  - {from: V2, to: out, port: r}\n", ``, ``},
	{"  - {from: class, to: out, port: c, rule: one_to_one, weights: 1}\n", ``, `:12:10: inputs.class: is an input that no projection leads from; add a projection, or leave it out`},
	{"  - {from: V1, to: V2, port: r, noise: {loss: 10%}}\n", ``, `:8:7: populations.V2: is a population that no projection leads to; add one, or leave it out`},
	{`, class: label}}`, `, class: label, dots: label}}`, `:21:103: data.letters.to.dots: got "dots", expected an input; there are pixels, class`},
	{`, class: label}}`, `}}`, `:12:10: inputs.class: is an input that no source sends its items to; name it in a source's section to, or leave it and its projections out`},
	{`  reader: {like: label}`, "  reader: {like: label}\n  third: {like: memory}", `:6:10: neurons.third: is a kind that no population is of; leave it out, or use it in populations`},
	{"data:\n", "data:\n  more: {bars: {rows: 4}, to: {pixels: image}}\n", `:21:9: data.more: is a source that no phase uses; add a phase to protocol, or leave it out`},
	{"protocol:\n", "mode: free\nprotocol:\n", `:16:40: projections[2].noise: is for mode lockstep; where neurons run free, spikes take the time they take and none is lost; write mode: lockstep`},
	{`passes: 2, rounds: 3`, `passes: 2, rounds: 1, steps: [{do: [fire]}]`, ``},
	{`passes: 2, rounds: 3`, `passes: 2, steps: [{do: [fire], populations: [V1, V3]}]`, `:23:94: protocol[0].present.steps[0].populations[1]: got "V3", expected a population; did you mean "V1"?`},
	{`passes: 2, rounds: 3`, `passes: 2, rounds: 3, steps: [{do: [fire]}]`, `:23:63: protocol[0].present.rounds: cannot be used together with steps, which set everything; leave one of them out`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, recall: {data: letters, input: pixel, population: V1}}`, `:24:49: protocol[1].recall.input: got "pixel", expected an input; did you mean "pixels"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, recall: {data: letters, input: pixels, population: V4}}`, `:24:69: protocol[1].recall.population: got "V4", expected a population; did you mean "V1"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, recall: {data: letters, input: pixels, population: V1, follow: "V2, V4"}}`, `:24:81: protocol[1].recall.follow: got "V4", expected a population; did you mean "V1"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, store: {data: letters, input: pixel, projection: V1-V1, rule: hebb}}`, `:24:48: protocol[1].store.input: got "pixel", expected an input; did you mean "pixels"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, store: {data: letters, input: pixels, projection: V1-V9, rule: hebb}}`, `:24:68: protocol[1].store.projection: got "V1-V9", expected a projection; did you mean "V1-V1"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, script: {data: letters, input: pixel, population: V1, code: x}}`, `:24:49: protocol[1].script.input: got "pixel", expected an input; did you mean "pixels"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, script: {data: letters, input: pixels, population: V4, code: x}}`, `:24:69: protocol[1].script.population: got "V4", expected a population; did you mean "V1"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, script: {data: letters, input: pixels, context: clas, population: V1, code: x}}`, `:24:66: protocol[1].script.context: got "clas", expected an input; did you mean "class"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, rest: {duration: 1s, learn: V7}}`, `:24:46: protocol[1].rest.learn: got "V7", expected all, none, or names of populations; did you mean "V1"?`},
	{`  - {name: test, present: {data: letters, learn: none, off: [class]}}`, `  - {name: test, play: {data: letters, learn: V7, off: [x]}}`, `:24:47: protocol[1].play.learn: got "V7", expected all, none, or names of populations; did you mean "V1"? | :24:57: protocol[1].play.off[0]: got "x", expected an input; there are pixels, class`},
	{"measure:\n", "measure:\n  - {name: i, information: {population: V4}}\n", `:26:41: measure[0].information.population: got "V4", expected a population; did you mean "V1"?`},
	{"measure:\n", "measure:\n  - {name: i, predicted: {population: V4}}\n", `:26:39: measure[0].predicted.population: got "V4", expected a population; did you mean "V1"?`},
	{"measure:\n", "measure:\n  - {name: i, atoms: {population: V4}}\n", `:26:35: measure[0].atoms.population: got "V4", expected a population; did you mean "V1"?`},
	{"measure:\n", "measure:\n  - {name: i, rate: {population: V4}}\n", `:26:34: measure[0].rate.population: got "V4", expected a population; did you mean "V1"?`},
	{"measure:\n", "measure:\n  - {name: i, selectivity: {population: V4}}\n", `:26:41: measure[0].selectivity.population: got "V4", expected a population; did you mean "V1"?`},
	{"measure:\n", "measure:\n  - {name: i, probe: {population: V4, fit: train, test: test}}\n", `:26:35: measure[0].probe.population: got "V4", expected a population; did you mean "V1"?`},
	{"measure:\n", "measure:\n  - {name: i, sequence: {population: V4, data: letters}}\n", `:26:38: measure[0].sequence.population: got "V4", expected a population; did you mean "V1"?`},
	{"measure:\n", "measure:\n  - {name: i, recall: {}}\n", ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {like: [a, b, c]}}`, `:8:44: populations.V2.each.like: cannot differ between the neurons of a population; make two populations`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {clock.kind: [event, event, event]}}`, `:8:50: populations.V2.each["clock.kind"]: cannot differ between the neurons of a population; make two populations`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {goal.red: [1, 2, 300]}}`, `:8:55: populations.V2.each["goal.red"][2]: does not fit: got 300, expected a number from -100 to 100`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {goal.red: [1, 2]}}`, `:8:48: populations.V2.each["goal.red"]: has 2 values for 3 neurons; give one for each, in order`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {goal.red: {uniform: [200, 201]}}}`, `:8:48: populations.V2.each["goal.red"]: does not fit: got 200.34028597866063, expected a number from -100 to 100`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {window: {uniform: [200.5, 201]}}}`, `:8:46: populations.V2.each.window: does not fit: got 200.67014298933032, expected a whole number from 1 to 1000000`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {clock.interval: {uniform: [1ms, 5ms]}}}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {goal.red: {column: x, file: y.csv}}}`, ``},
}

// timed is a document of free-running neurons with clocks of their own.
const timed = `apiVersion: infomorph/v2
name: timed
mode: free
neurons: {own: {like: memory, clock: {kind: poisson}, gate: {}}}
populations: {a: {size: 4, neuron: own}}
inputs: {x: {size: 4}}
projections:
  - {from: x, to: a, port: r, rule: one_to_one, weights: 1}
  - {from: a, to: a, port: c}
data: {p: {patterns: {width: 2, height: 2, source: random, count: 4}, to: {x: pattern}}}
protocol:
  - {name: train, present: {data: p}}
`

// Settings that mode free does not support, and settings for synchronous neurons.
func TestFreeDocuments(t *testing.T) {
	for _, c := range []change{
		{"kind: poisson", "kind: poisson", ""},
		{"kind: poisson", "kind: periodic", ""},
		{"kind: poisson", "kind: event", `:4:45: neurons.own.clock.kind: got "event", expected another clock, because mode is free; poisson is the most natural one`},
		{"size: 4, neuron: own", "size: 4, neuron: own, groups: [{neurons: '0', clock: {kind: event}}]", `:5:79: populations.a.groups[0].clock.kind: got "event", expected another clock, because mode is free; poisson is the most natural one`},
		{"size: 4, neuron: own", "size: 4, neuron: own, groups: [{neurons: '0', clock: {kind: periodic}}]", ""},
		{"size: 4, neuron: own", "size: 4, neuron: own, groups: [{neurons: '0', noise: {loss: 1%}}]", `:5:72: populations.a.groups[0].noise: is for mode lockstep; where neurons run free, spikes take the time they take and none is lost; write mode: lockstep`},
		{"to: a, port: c", "to: a, port: c, noise: {loss: 1%}", `:9:38: projections[1].noise: is for mode lockstep; where neurons run free, spikes take the time they take and none is lost; write mode: lockstep`},
		{"data: p}", "data: p, batch: {}}", `:3:7: mode: got "free", expected lockstep, because neurons learn from batches, outside the event engine`},
		{"data: p}", "data: p, rounds: 2}", `:12:46: protocol[0].present.rounds: is for synchronous neurons, and all have clocks of their own`},
		{"data: p}", "data: p, steps: [{do: [fire]}]}", `:12:45: protocol[0].present.steps: is for synchronous neurons, and all have clocks of their own; leave it out; length says how long an item is presented`},
		{"protocol:", "record: {inboxes: false}\nprotocol:", ""},
		{"protocol:", "events: [{at: 1s, lesion: {count: 1}}]\nprotocol:", `:11:10: events[0]: changes the structure of the network, which cannot happen where mode is free; write mode: lockstep`},
		{"protocol:", "events: [{at: 1s, rewire: {fraction: 10%}}]\nprotocol:", `:11:10: events[0]: changes the structure of the network, which cannot happen where mode is free; write mode: lockstep`},
		{"protocol:", "events: [{every: 1s, turnover: {threshold: 1}}]\nprotocol:", `:11:10: events[0]: changes the structure of the network, which cannot happen where mode is free; write mode: lockstep`},
		{"protocol:", "events: [{at: 1s, delay: 1ms}]\nprotocol:", `:11:10: events[0]: changes the structure of the network, which cannot happen where mode is free; write mode: lockstep`},
		{"protocol:", "events: [{at: 1s, noise: {loss: 1%}}]\nprotocol:", `:11:10: events[0]: changes the structure of the network, which cannot happen where mode is free; write mode: lockstep`},
		{"protocol:", "events: [{at: 1s, silent: true}]\nprotocol:", ""},
	} {
		got := ""
		if _, err := Load("", []byte(strings.Replace(timed, c.from, c.to, 1))); err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			got = first
		}
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.to, got, c.want)
		}
	}
}

// For neurons that learn from batches only, Adam and the batch replace the settings for
// learning item by item. Neurons that also learn in another way keep these settings.
func TestBatchDocuments(t *testing.T) {
	const first = `populations: {a: {size: 4, neuron: k}}
inputs: {x: {size: 4}, y: {size: 4}}
projections: [{from: x, to: a, port: r}, {from: y, to: a, port: c}]
data: {p: {patterns: {width: 2, height: 2, source: random, count: 4}, to: {x: pattern, y: pattern}}}
`
	const ports = "ports: {r: {rule: goal}, c: {}}"
	for _, c := range []struct{ kind, phases, want string }{
		{ports, "{name: a, present: {data: p, batch: {}}}", ""},
		{"ports: {r: {rule: goal}, c: {}}, prior: {}", "{name: a, present: {data: p, batch: {}}}", ""},
		{"ports: {r: {rule: goal, bins: {soft: true}}, c: {}}", "{name: a, present: {data: p, batch: {}}}", ""},
		{"ports: {r: {rule: goal, bins: {soft: true}}, c: {}}", "{name: a, present: {data: p}}", "neurons.k.ports.r.bins.soft: is for neurons that learn from batches alone; let them learn only in phases with batch, or leave it out"},
		{"ports: {r: {rule: goal, bins: {soft: true}}, c: {}}", "{name: a, present: {data: p, batch: {}}}, {name: b, present: {data: p}}", "neurons.k.ports.r.bins.soft: is for neurons that learn from batches alone"},
		{"ports: {r: {rule: goal}, c: {bins: {soft: true}}}", "{name: a, present: {data: p, learn: none, batch: {}}}", "neurons.k.ports.c.bins.soft: is for neurons that learn from batches alone"},
		{"ports: {r: {rule: goal, bins: {number: 2, soft: true}}, c: {}}", "{name: a, present: {data: p, batch: {}}}", "neurons.k.ports.r.bins.soft: has no effect on 2 bins; one or two bins are hard; take at least three, or leave it out"},
		{ports + ", surprise: 1", "{name: a, present: {data: p, batch: {}}}", "neurons.k.surprise: cannot be heeded where neurons learn from batches"},
		{ports + ", homeostasis: {gain: 0.1}", "{name: a, present: {data: p, batch: {}}}", "neurons.k.homeostasis: cannot be heeded where neurons learn from batches"},
		{"ports: {r: {rule: delta}, c: {}}", "{name: a, present: {data: p, batch: {}}}", "neurons.k.ports.r.rule: is delta, which cannot be heeded where neurons learn from batches; write goal or frozen"},
		{"ports: {r: {rule: goal, squash: true}, c: {}}", "{name: a, present: {data: p, batch: {}}}", "neurons.k.ports.r.squash: cannot be heeded where neurons learn from batches"},
		{"ports: {r: {rule: goal}, c: {center: 0.5}}", "{name: a, present: {data: p, batch: {}}}", "neurons.k.ports.c.center: cannot be heeded where neurons learn from batches"},
		{"ports: {r: {rule: goal, rate: 2}, c: {}}", "{name: a, present: {data: p, batch: {}}}", "neurons.k.ports.r.rate: has no effect, because its neurons learn from batches alone; present.batch says how; leave it out, or, where like brings it, write rate: 1"},
		{"ports: {r: {rule: goal, end_rate: 2}, c: {}}", "{name: a, present: {data: p, batch: {}}}", "write end_rate: -1"},
		{"ports: {r: {rule: goal, norm: none}, c: {}}", "{name: a, present: {data: p, batch: {}}}", "write norm: fan_in"},
		{"ports: {r: {rule: goal, clip: 2}, c: {}}", "{name: a, present: {data: p, batch: {}}}", "write clip: 0"},
		{"ports: {r: {rule: goal, decay: 0.5}, c: {}}", "{name: a, present: {data: p, batch: {}}}", "write decay: 0"},
		{ports + ", window: 3", "{name: a, present: {data: p, batch: {}}}", "neurons.k.window: has no effect, because its neurons learn from batches alone; present.batch says how; leave it out, or, where like brings it, write window: 64"},
		{ports + ", warm_up: 3", "{name: a, present: {data: p, batch: {}}}", "write warm_up: 0"},
		{ports + ", hard_bits: true", "{name: a, present: {data: p, batch: {}}}", "write hard_bits: false"},
		{ports + ", theta_floor: 0.1", "{name: a, present: {data: p, batch: {}}}", "write theta_floor: 1e-06"},
		{ports + ", step_clip: 1", "{name: a, present: {data: p, batch: {}}}", "write step_clip: 0"},
		{ports + ", stability_norm: 1", "{name: a, present: {data: p, batch: {}}}", "write stability_norm: 0"},
		{ports + ", window: 3", "{name: a, present: {data: p, batch: {}}}, {name: b, present: {data: p}}", ""},
		{ports + ", window: 3", "{name: a, present: {data: p, batch: {}}}, {name: b, present: {data: p, learn: none}}", "write window: 64"},
		{ports + ", window: 3", "{name: a, present: {data: p, batch: {}}}, {name: b, rest: {duration: 1s, learn: a}}", ""},
		{ports + ", window: 3", "{name: a, present: {data: p, batch: {}}}, {name: b, rest: {duration: 1s}}", "write window: 64"},
		{ports + ", window: 3", "{name: a, present: {data: p, batch: {}}}, {name: b, play: {data: p}}", ""},
		{ports + ", window: 3", "{name: a, present: {data: p, batch: {}}}, {name: b, script: {data: p, input: x, population: a, code: x}}", ""},
		{ports + ", window: 3", "{name: a, present: {data: p, batch: {}, learn: ' a'}}", "write window: 64"},
		{"homeostasis: {gain: 0.1}, prior: {}, activation: {gain: 0}, ports: {r: {rule: goal, center: 0.1}, c: {rule: delta, center: 0.5, squash: true}}", "{name: a, present: {data: p}}, {name: b, present: {data: p, learn: none, batch: {}}}", ""},
		{"ports: {r: {rule: goal}, c: {rule: delta, squash: true}}", "{name: a, present: {data: p}}, {name: b, present: {data: p, learn: none, batch: {}}}", "neurons.k.ports.c.squash: cannot be heeded where neurons learn from batches"},
		{"activation: {gain: 0}, ports: {r: {rule: goal, squash: true}, c: {}}", "{name: a, present: {data: p}}, {name: b, present: {data: p, learn: none, batch: {}}}", "neurons.k.ports.r.squash: cannot be heeded where neurons learn from batches"},
		{ports, "{name: a, present: {data: p, batch: {end_drive: 0.5}}}", "protocol[0].present.batch.end_drive: has no effect on batches; it is for inputs at a receptive port whose weights are frozen"},
		{"ports: {r: {}, c: {rule: goal}}", "{name: a, present: {data: p, batch: {end_drive: 0.5}}}", ""},
		{"ports: {r: {}, c: {rule: goal}}", "{name: a, present: {data: p, batch: {end_drive: 0.5, halfway: 9}}}", ""},
		{ports, "{name: a, present: {data: p, batch: {end_rate: 0, halfway: 9}}}", ""},
		{ports, "{name: a, present: {data: p, batch: {halfway: 9}}}", "protocol[0].present.batch.halfway: has no effect on batches; neither end_rate nor end_drive says what changes"},
		{ports, "{name: a, present: {data: p, batch: {rate: 0.1, end_rate: 0.1, halfway: 9}}}", "batch.halfway: has no effect on batches; neither end_rate nor end_drive says what changes"},
		{ports, "{name: a, present: {data: p, order: sequential, batch: {}}}", "protocol[0].present.order: has no effect on batches; they are drawn in an order of their own"},
		{ports, "{name: a, present: {data: p, output: sign, batch: {}}}", "protocol[0].present.output: has no effect on batches; an output is drawn with the probability that the neuron gives"},
		{ports, "{name: a, present: {data: p, batch: {of: {b: {rate: 1}}}}}", `protocol[0].present.batch.of.b: got "b", expected a population; did you mean "a"?`},
		{ports, "{name: a, present: {data: p, batch: {fit: [a, b]}}}", `protocol[0].present.batch.fit[1]: got "b", expected a population; did you mean "a"?`},
	} {
		_, err := Load("", []byte("apiVersion: infomorph/v2\nname: b\nneurons: {k: {goal: {red: 1}, "+c.kind+"}}\n"+first+"protocol: ["+c.phases+"]\n"))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s, %s:\n%v\nwant %s", c.kind, c.phases, err, c.want)
		}
	}
	_, err := Load("", []byte("apiVersion: infomorph/v2\nname: b\nneurons: {k: {goal: {red: 1}, ports: {r: {rule: goal, end_rate: 2, halfway: 3}, c: {}}}}\n"+first+"protocol: [{name: a, present: {data: p, batch: {}}}]\n"))
	if err == nil || !strings.Contains(err.Error(), "write end_rate: -1") || !strings.Contains(err.Error(), "write halfway: 0") {
		t.Errorf("a rate that follows the neuron's own updates: %v", err)
	}
}

func TestValidNames(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "z": true, "A": true, "Z": true, "0": true, "9": true, "-": true, "_": true, "a-Z_09": true, strings.Repeat("a", 100): true,
		"": false, strings.Repeat("a", 101): false, "`": false, "{": false, "@": false, "[": false, "/": false, ":": false, ".": false, " ": false, "é": false, "a b": false} {
		if ValidName(name) != want {
			t.Errorf("%q is a name: %v", name, !want)
		}
	}
}

// TestWeightsAreSavedOnce: if weights were saved twice under one name, one of them would
// be lost.
func TestWeightsAreSavedOnce(t *testing.T) {
	e, err := Load("", []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ events, record, save, want string }{
		{"[{at: 1ms, weights: a}, {at: 2ms, weights: b}]", "true", "[]", ""},
		{"[{at: 1ms, weights: a}, {at: 2ms, weights: a}]", "true", "[]", "events[1].weights: has a name under which weights are saved already"},
		{"[{at: 1ms, weights: trained}]", "true", "[]", "events[0].weights: has a name"},
		{"[{at: 1ms, weights: trained}]", "false", "[]", ""},
		{"[{at: 1ms, weights: PHASE}]", "true", "[weights]", "events[0].weights: has a name"},
		{"[{at: 1ms, weights: PHASE}]", "true", "[picture]", ""},
	} {
		name := e.Protocol[0].Name
		text := strings.ReplaceAll("apiVersion: infomorph/v2\nname: b\nneurons: {k: {goal: {red: 1}, ports: {r: {rule: goal}, c: {}}}}\npopulations: {p: {size: 1, neuron: k}}\n"+
			"inputs: {in: {size: 1}}\nprojections: [{from: in, to: p, port: r}, {from: in, to: p, port: c}]\ndata: {d: {patterns: {count: 1, source: random}, to: {in: {field: pattern}}}}\n"+
			"record: {weights: "+c.record+"}\nevents: "+c.events+"\nprotocol: [{name: PHASE, save: "+c.save+", present: {data: d}}]\n", "PHASE", name)
		_, err := Load("", []byte(text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s, save %s, record.weights %s: %v, want %q", c.events, c.save, c.record, err, c.want)
		}
	}
}

// TestReservedTables: no measure can have the name of a table that runs write, in upper or
// lower case, because some file systems do not distinguish these.
func TestReservedTables(t *testing.T) {
	for name, want := range map[string]bool{"pid": true, "PID": true, "Spikes": true, "members": true, "weights-": true, "Weights-a": true,
		"pids": false, "weights": false, "recall": false, "": false} {
		if OwnTable(name) != want {
			t.Errorf("%q is a table of runs: %v", name, !want)
		}
	}
	for name, want := range map[string]string{"x": "", "pid": `got "pid", expected another name`, "weights-x": `got "weights-x", expected another name`, "a b": `got "a b", expected letters, digits`} {
		if err := (&Measure{Name: name}).Validate(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
}

// A projection without a name is called from-to, with the first free number if that is
// taken.
func TestProjectionNames(t *testing.T) {
	e := &Experiment{Projections: []Projection{{From: "a", To: "b"}, {From: "a", To: "b"}, {Name: "a-b-2", From: "x", To: "y"}, {From: "a", To: "b"}, {Name: "own", From: "a", To: "b"}, {From: "b", To: "a"}}}
	if got, want := e.ProjectionNames(), []string{"a-b", "a-b-3", "a-b-2", "a-b-4", "own", "b-a"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A clone equals its kind and shares no memory with it.
func TestCloneOfKinds(t *testing.T) {
	for _, name := range BuiltinKinds() {
		k := BuiltinKind(name)
		if k.Homeostasis == nil && k.Learns {
			k.Homeostasis = &Homeostasis{Gain: 0.5}
		}
		k.Prior, k.Gate = &Prior{Mass: 3}, &Gate{Tau: 4}
		c := k.Clone()
		if !reflect.DeepEqual(c, k) {
			t.Errorf("%s: %+v, want %+v", name, c, k)
		}
		c.Sources[0], c.Prior.Mass, c.Gate.Tau = "x", 9, 9
		if c.Homeostasis != nil {
			c.Homeostasis.Gain = 9
		}
		for letter, p := range c.Ports.All() {
			p.Rate = 77
			if k.Ports.Get(letter).Rate == 77 {
				t.Errorf("%s: a clone shares its port %s", name, letter)
			}
		}
		if k.Sources[0] == "x" || k.Prior.Mass != 3 || k.Gate.Tau != 4 || k.Homeostasis != nil && k.Homeostasis.Gain == 9 {
			t.Errorf("%s: a clone shares something: %+v", name, k)
		}
	}
	k := &Neuron{Sources: []string{"r", "c"}}
	k.Ports.Set("l", Port{})
	for port, want := range map[string]bool{"r": true, "c": true, "l": true, "x": false} {
		if k.HasPort(port) != want {
			t.Errorf("port %s: %v", port, !want)
		}
	}
}

// Every setting of a rule is copied to the rule of package topology, under its name
// there.
func TestRulesAreHandedOn(t *testing.T) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Rule]()) {
		name := field.Name
		if field.Anonymous || slices.Contains([]string{"Graph", "DelayUnit", "Undirected"}, name) { // of the file, not of the rule
			continue
		}
		var r Rule
		f := reflect.ValueOf(&r).Elem().FieldByIndex(field.Index)
		switch f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Int:
			f.SetInt(7)
		case reflect.Float64:
			f.SetFloat(0.5)
		case reflect.Bool:
			f.SetBool(true)
		default:
			f.Set(reflect.MakeSlice(f.Type(), 3, 3))
		}
		got := r.Rule()
		v := reflect.ValueOf(got)
		for k := range v.NumField() {
			same := v.Type().Field(k).Name == name
			if same && !reflect.DeepEqual(v.Field(k).Interface(), f.Interface()) || !same && !v.Field(k).IsZero() {
				t.Errorf("%s of the document: %s is %v", name, v.Type().Field(k).Name, v.Field(k))
			}
		}
	}
	r := Rule{Name: "ring", Graph: "g", RuleSettings: RuleSettings{K: 3, P: 0.5, Branching: 2, Kernel: "box", Directed: true}}
	if got := r.Used(); !reflect.DeepEqual(got, Rule{Name: "ring", RuleSettings: RuleSettings{K: 3, Directed: true}}) {
		t.Errorf("a ring looks at %+v", got)
	}
	for _, c := range [][2]string{{"ring", "its settings are k, directed"}, {"one_to_one", "it has no settings"}, {"nothing", "it has no settings"}} {
		if got := RuleHint(c[0]); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
}

// A value that is drawn for a neuron is written in the form of the document.
func TestDrawEach(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		e    Each
		want string
	}{
		{Each{Dist: &Dist{topology.Constant(0.25)}}, "0.25"}, {Each{Span: &Delay{Low: 5000, High: 5000}}, "5ms"},
		{Each{Span: &Delay{Low: 0, High: 0}}, "1us"}, {Each{Span: &Delay{Low: 1, High: 1}}, "1us"},
	} {
		if got, err := c.e.Draw(rng); err != nil || got != c.want {
			t.Errorf("%+v: %s, %v, want %s", c.e, got, err, c.want)
		}
	}
	if _, err := (&Each{Dist: &Dist{topology.Uniform(2, 1)}}).Draw(rng); err == nil {
		t.Error("a number between 2 and 1 is drawn")
	}
}

// A goal has the weight of each atom. A goal for another number of sources is an error.
func TestGoalsOfSources(t *testing.T) {
	g := Goal{"unq_r": 0.5, "red": -2, "h_res": 3}
	two, err := g.Goal(2)
	if err != nil || two.NumSources() != 2 {
		t.Fatalf("%v, %v", two, err)
	}
	if _, err := g.Goal(3); err == nil {
		t.Error("unq_r is an atom of three sources")
	}
	if g["h_res"] != 3 {
		t.Error("the goal loses what it has")
	}
	for _, c := range []struct {
		goal    Goal
		sources int
		want    string
	}{
		{g, 2, ""}, {Goal{"{1}{2}{3}": 1, "{12}": 1, "h_res": 1}, 3, ""}, {Goal{}, 2, ""}, {Goal{"red": 1}, 4, "sources"},
		{Goal{"red": 1}, 3, "goal.red: is an atom of two sources, and the neuron has three"},
		{Goal{"{123}": 1}, 2, `goal["{123}"]: is an atom of three sources, and the neuron has two`},
		{Goal{"syn": 1, "{12}": 1}, 2, `goal["{12}"]: is the same atom as syn; name it once`},
		{Goal{"unq_c": 1, "{2}": 1}, 2, `goal["{2}"]: is the same atom as unq_c; name it once`},
	} {
		errs := c.goal.check(c.sources)
		if c.want == "" && len(errs) > 0 || c.want != "" && (len(errs) != 1 || !strings.Contains(errs[0].Error(), c.want)) {
			t.Errorf("%v of %d sources: %v, want %s", c.goal, c.sources, errs, c.want)
		}
	}
	for name, want := range map[string]bool{"h_res": true, "red": true, "unq_r": true, "{1}{2}": true, "{1}{23}": true, "{12}{13}{23}": true, "{4}": false, "{1}{12}": false, "": false, "{}": false} {
		if isAtom(name) != want {
			t.Errorf("%s is an atom: %v", name, !want)
		}
	}
	if names := atomNames(); len(names) != 18 || names[0] != "{1}{2}{3}" {
		t.Errorf("atoms of three sources %q", names)
	}
}

func TestAbridged(t *testing.T) {
	words := strings.Split("a b c d e f g h i j", " ")
	for n, want := range map[int]string{1: "a", 8: "a, b, c, d, e, f, g, h", 9: "a, b, c, d, e, f, g, h, …", 10: "a, b, c, d, e, f, g, h, …"} {
		if got := config.Abridge(words[:n], 8); got != want {
			t.Errorf("%d words: %s", n, got)
		}
	}
	var f faults
	if !f.among("at", "a", "a word", words) || f.among("at", "zzz", "a word", nil) || f.among("at", "zzz", "a word", words[:2]) || f.among("at.b", "long_naem", "a word", []string{"long_name"}) {
		t.Error("what is among what")
	}
	if got, want := fmt.Sprint(f.join()), `at: got "zzz", expected a word; there is none
at: got "zzz", expected a word; there are a, b
at.b: got "long_naem", expected a word; did you mean "long_name"?`; got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}

// Errors that are found after loading have the position of their key.
func TestPlacedErrors(t *testing.T) {
	e, err := Load("areas.yaml", []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"populations.V2.size": "areas.yaml:8:14: populations.V2.size: is wrong", "data.letters": "areas.yaml:21:12: data.letters: is wrong", "seed": "areas.yaml: seed: is wrong"} {
		if got := fmt.Sprint(e.Place(config.FieldProblem(key, "is wrong", ""))); !strings.HasSuffix(got, strings.TrimPrefix(want, "areas.yaml")) || !strings.HasPrefix(got, "areas.yaml") {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
	bare := &Experiment{}
	if got := fmt.Sprint(bare.Place(config.FieldProblem("a", "is wrong", ""))); got != "a: is wrong" {
		t.Error(got)
	}
}

// Settings that are allowed but may be unintended have a note, each its own.
func TestNotesOfDocuments(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"record: {probes", "record: {spikes: false, atoms: 0, from: 1s, probes", "record.neurons, from and until have no effect: neither spikes nor atoms are recorded"},
		{"record: {probes", "record: {spikes: false, atoms: 0, until: 1s, probes", "record.neurons, from and until have no effect: neither spikes nor atoms are recorded"},
		{"record: {probes", "record: {spikes: false, atoms: 1, until: 1s, probes", ""},
		{"record: {probes", "record: {spikes: true, atoms: 0, until: 1s, probes", ""},
		{"name: areas", "name: areas\nvalidation: 12.5%", "12.5 % of the train items are held out and presented as test: scores of test are those of a validation"},
		{"min: 0.3}]", "min: 0.3}, {score: accuracy, max: 1, where: data.letters.strokes}]", "expect[1] is not asked: there is no data.letters.strokes"},
		{"name: areas", "name: areas\ncontrol: frozen", "this is a null control (frozen): what the experiment itself is expected to show is not asked of it"},
	} {
		e, err := Load("areas.yaml", []byte(strings.Replace(base, c.from, c.to, 1)))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := strings.Join(e.Notes(), "\n"); got != c.want {
			t.Errorf("%s: %q, want %q", c.to, got, c.want)
		}
	}
}
