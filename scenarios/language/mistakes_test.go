package language

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// TestMistakes: what people write by mistake is told at its line and column, which ¦ marks,
// with what may help; beside each stands what is just no mistake.
func TestMistakes(t *testing.T) {
	for name, all := range map[string][]change{
		"keys": mistakenKeys, "neurons": mistakesInNeurons, "networks": mistakesInNetworks, "protocols": mistakesInProtocols, "events": mistakesInEvents,
		"records": mistakesInRecords, "names": mistakenNames,
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range all {
				if !strings.Contains(base, c.from) {
					t.Fatalf("the document has no %q", c.from)
				}
				got := changed(c.from, strings.Replace(c.to, "¦", "", 1))
				want := positionOf(strings.Replace(base, c.from, c.to, 1)) + c.want
				if got = others.ReplaceAllString(got, "| "); got != want {
					t.Errorf("%s:\n%s\nwant\n%s", c.to, got, want)
				}
			}
		})
	}
}

// others are the places of the second fault and those that follow.
var others = regexp.MustCompile(`\| :\d+:\d+: `)

// positionOf returns line and column of ¦ in a text, as errors have them; "" where there is none.
func positionOf(text string) string {
	before, _, ok := strings.Cut(text, "¦")
	if !ok {
		return ""
	}
	line := strings.Count(before, "\n")
	return fmt.Sprintf(":%d:%d: ", line+1, len(before)-strings.LastIndexByte(before, '\n'))
}

// Keys and kinds of values.
var mistakenKeys = []change{
	{`name: areas`, `name: ¦7`, `name: got 7, expected text; put quotes around it`},
	{`name: areas`, `name: "7"`, ``},
	{`name: areas`, `name:¦`, `name: has no value, expected text; write one, or remove the key`},
	{`name: areas`, "name: areas\n¦name: again", `name: duplicate key; it is already set in line 2`},
	{`name: areas`, `¦Name: areas`, `Name: unknown key; did you mean "name"? (allowed: apiVersion, name, description, seed, mode, neurons, populations, inputs, graph, projections, data, protocol, …)`},
	{`name: areas`, "name: areas\nseed: ¦-1", `seed: got -1, expected a whole number ≥ 0`},
	{`name: areas`, "name: areas\nseed: ¦18446744073709551616", `seed: got 18446744073709551616, expected a whole number ≥ 0; the largest possible number is 18446744073709551615`},
	{`name: areas`, "name: areas\nseed: ¦1.5", `seed: got 1.5, expected a whole number ≥ 0`},
	{`name: areas`, "name: areas\nseed: 18446744073709551615", ``},
	{`name: areas`, "name: areas\nseed: ¦one", `seed: got "one", expected a whole number ≥ 0`},
	{`name: areas`, "name: areas\nmode: ¦Free", `mode: got "Free", expected one of lockstep, free; did you mean "free"?`},
	{`name: areas`, "name: areas\ncontrol: ¦shuffle", `control: got "shuffle", expected one of none, frozen, unconnected, shuffled; did you mean "shuffled"?`},
	{`name: areas`, "name: areas\nvalidation: ¦20", `validation: got 20, expected a fraction from 0 to 1, such as 0.1 or 10%`},
	{`name: areas`, "name: areas\nvalidation: 0.2", ``},
	{`apiVersion: infomorph/v2`, `apiVersion: ¦infomorph/v3`, `apiVersion: got "infomorph/v3", expected infomorph/v2; this program reads no other version`},
	{`populations:`, `¦population:`, `population: unknown key; did you mean "populations"? (allowed: apiVersion, name, description, seed, mode, neurons, populations, inputs, graph, projections, data, protocol, …)`},
	{`measure:`, `¦measures:`, `measures: unknown key; did you mean "measure"? (allowed: apiVersion, name, description, seed, mode, neurons, populations, inputs, graph, projections, data, protocol, …)`},
	{`record: {probes`, `record: {¦probe`, `record.probe: unknown key; did you mean "probes"? (allowed: spikes, presentations, atoms, weights, probes, neurons, from, until, inboxes, graph)`},
	{`expect: [{score: accuracy, min: 0.3}]`, `expect: ¦{score: accuracy, min: 0.3}`, `expect: got a section (score, min), expected a list of at most 1000, each a section with the keys score, always, eventually, never, min, max, after, within, where`},
}

var mistakesInNeurons = []change{
	{`goal.syn: 1`, `window: 300`, ``},
	{`like: bars, goal.syn: 1`, `like: ¦bars, window: 199`, `neurons.feature.warm_up: is longer than the window; at most 199 samples`},
	{`goal.syn: 1`, `¦windw: 300`, `neurons.feature.windw: unknown key; did you mean "window"? (allowed: like, sources, output, tell, learns, goal, activation, ports, window, warm_up, hard_bits, theta_floor, …)`},
	{`goal.syn: 1`, `ports.c.rate: ¦fast`, `neurons.feature.ports.c.rate: got "fast", expected a number from 0 to 1000`},
	{`goal.syn: 1`, `ports.r.bins.number: ¦0`, `neurons.feature.ports.r.bins.number: got 0, expected a whole number from 1 to 4096`},
	{`goal.syn: 1`, `learns: ¦no`, `neurons.feature.learns: got "no", expected true or false; did you mean false?`},
	{`like: bars`, `like: ¦Bars`, `neurons.feature.like: builds on something that is not there, got "Bars"; did you mean "bars"?`},
	{`like: label`, `like: ¦[label]`, `neurons.reader.like: got a list of 1, expected text`},
}

var mistakesInNetworks = []change{
	{`V2: {size: 3, neuron: bars}`, `V2: {size: ¦three, neuron: bars}`, `populations.V2.size: got "three", expected a whole number from 0 to 10000000`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, labels: ¦[a, b]}`, `populations.V2.labels: has 2 labels for 3 members; name all or none`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, labels: [a, b, c]}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {neuron: bars, labels: [a, b]}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, labels: [a, b, ¦3]}`, `populations.V2.labels[2]: got 3, expected text; put quotes around it`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, labels: [a, ¦a, a]}`, `populations.V2.labels[1]: is the label of member 0, too; every member needs a label of its own`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, place: {kind: random, dims: 3, extent: 2}}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, place: {kind: grid, dims: 1}}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, place: ¦grid}`, `populations.V2.place: got "grid", expected a section with the keys kind, dims, extent`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {goal.red: ¦[1, 2, 3, 4]}}`, `populations.V2.each["goal.red"]: has 4 values for 3 neurons; give one for each, in order`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {goal.red: [1, 2, 3]}}`, ``},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {goal.red: [¦a, b, 3]}}`, `populations.V2.each["goal.red"][0]: does not fit: got "a", expected a number from -100 to 100`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {clock.interval: [1ms, 2ms, ¦3]}}`, `populations.V2.each["clock.interval"][2]: does not fit: got 3, expected a duration with a unit, such as 5ms`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {learns: ¦[true, true, false]}}`, `populations.V2.each.learns: cannot differ between the neurons of a population; make two populations`},
	{`V2: {size: 3, neuron: bars}`, `V2: {size: 3, neuron: bars, each: {sources: ¦{column: a, file: b}}}`, `populations.V2.each.sources: cannot differ between the neurons of a population; make two populations`},
	{`class: {size: 2}`, `class: {size: 2, ¦neuron: bars}`, `inputs.class.neuron: unknown key; did you mean populations.<name>.neuron? (allowed: size, place, labels, width)`},
	{`class: {size: 2}`, `class: {size: 2, labels: [yes, ¦yes]}`, `inputs.class.labels[1]: is the label of member 0, too; every member needs a label of its own`},
	{`class: {size: 2}`, `class: {size: 2, width: ¦3}`, `inputs.class.width: is larger than size`},
	{`class: {size: 2}`, `class: {width: 3}`, ``},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: ¦receptive}`, `projections[4].port: got "receptive", expected one of r, c, l`},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, ¦weight: 3}`, `projections[4].weight: unknown key; did you mean "weights"? (allowed: name, from, to, port, rule, weights, delay, noise)`},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, delay: ¦3}`, `projections[4].delay: got 3, expected a duration with a unit, such as 5ms; add the unit: us, ms, s, min or h`},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, delay: 61min}`, ``},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, delay: {lognormal: {median: 2ms, sigma: 1, min: ¦3ms, max: 2ms}}}`, `projections[4].delay.lognormal.min: got "3ms", expected at most max`},
	{`from: V2, to: out, port: r}`, `from: V2, to: out, port: r, delay: {lognormal: {median: 2ms, sigma: 1, min: 3ms, max: 3ms}}}`, ``},
	{`from: V2, to: out, port: r}`, `name: V2-out, from: V2, to: out, port: r}`, ``},
	{`from: V2, to: out, port: r}`, `name: ¦two words, from: V2, to: out, port: r}`, `projections[4].name: is not made of letters, digits, - and _ alone`},
	{`from: class, to: out, port: c, rule: one_to_one`, `from: class, to: out, port: c, rule: {name: one_to_one, autapses: ¦true}`, `projections[5].rule.autapses: is not used by rule one_to_one; it has no settings`},
}

var mistakesInProtocols = []change{
	{`passes: 2, rounds: 3`, `passes: ¦0`, `protocol[0].present.passes: got 0, expected a whole number from 1 to 100000000`},
	{`passes: 2, rounds: 3`, `learn: ¦"V1,"`, `protocol[0].present.learn: got "", expected all, none, or names of populations; there are V1, V2, out`},
	{`passes: 2, rounds: 3`, `learn: "V1, V1"`, ``},
	{`passes: 2, rounds: 3`, `learn: ¦[V1]`, `protocol[0].present.learn: got a list of 1, expected text`},
	{`passes: 2, rounds: 3`, `learn: ¦"all,V1"`, `protocol[0].present.learn: got "all", expected all, none, or names of populations; there are V1, V2, out`},
	{`passes: 2, rounds: 3`, `learn: ¦None`, `protocol[0].present.learn: got "None", expected all, none, or names of populations; there are V1, V2, out`},
	{`passes: 2, rounds: 3`, `steps: [{do: [fire, learn]}, {populations: [], do: [observe]}]`, ``},
	{`passes: 2, rounds: 3`, `steps: [{do: [fire], populations: [out]}, {do: [learn], populations: [V1, V2, out, ¦class]}]`, `protocol[0].present.steps[1].populations[3]: got "class", expected a population; there are V1, V2, out`},
	{`data: letters, passes`, `data: letters.train, passes`, ``},
	{`data: letters, passes`, `data: ¦.train, passes`, `protocol[0].present.data: got "", expected a source of the section data; there are letters`},
	{`{data: letters, learn: none, off: [class]}`, `{data: letters, learn: none, off: ¦class}`, `protocol[1].present.off: got "class", expected a list of at most 1000, each text; write [class]`},
	{`present: {data: letters, learn: none, off: [class]}`, `rest: ¦{}`, `protocol[1].rest.duration: missing, expected a duration with a unit, such as 5ms, > 0us and ≤ 1000h`},
	{`present: {data: letters, learn: none, off: [class]}`, `present: {data: letters}, ¦rest: {duration: 1s}`, `protocol[1].rest: cannot stand beside "present"; only one of present, play, rest, recall, store, script is allowed`},
	{`present: {data: letters, learn: none, off: [class]}`, `script: {file: a.star, ¦code: x, input: pixels, population: V1}`, `protocol[1].script.code: cannot stand beside "file"; only one of file, code is allowed`},
	{`present: {data: letters, learn: none, off: [class]}`, `script: {code: x, input: pixels, population: V1, parameters: {a: ¦[1]}}`, `protocol[1].script.parameters.a: got a list of 1, expected a number, a word, true or false`},
	{`present: {data: letters, learn: none, off: [class]}`, `save: [weights, ¦wights], rest: {duration: 1s}`, `protocol[1].save[1]: got "wights", expected one of weights, atoms, picture; did you mean "weights"?`},
	{`name: train, present: {`, `name: train, save: [weights], present: {`, ``},
	{`name: test, present: {`, `name: ¦train, present: {`, `protocol[1].name: is the name of an earlier phase, too; scores, tables and events refer to phases by name | measure[0].in[0]: got "test", expected a phase of the protocol; there are train, train`},
	{`name: train, present: {`, `name: trained, save: ¦[weights], present: {`, `protocol[0].save: saves weights under a name that is taken; by another phase, or by the end of the training (trained, record.weights)`},
	{`name: test, present: {`, `name: ¦train, present: {`, `protocol[1].name: is the name of an earlier phase, too; scores, tables and events refer to phases by name | measure[0].in[0]: got "test", expected a phase of the protocol; there are train, train`},
	{`name: train, present: {`, `name: trained, save: [atoms, picture], present: {`, ``},
}

var mistakesInEvents = []change{
	{`expect:`, "events: [¦{silent: true}]\nexpect:", `events[0]: one of at, every, when, phase is missing`},
	{`expect:`, "events: [¦{at: 1s}]\nexpect:", `events[0]: one of plastic, rate_scale, goal, silent, stuck, crash, lesion, rewire, turnover, delay, noise, present, show, recall, measure, weights, picture, checkpoint is missing`},
	{`expect:`, "events: [{at: 1s, ¦every: 1s, silent: true}]\nexpect:", `events[0].every: cannot stand beside "at"; only one of at, every, when, phase is allowed`},
	{`expect:`, "events: [{at: 1s, neurons: V1, silent: true}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, neurons: V1, goal: {red: 1}}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, neurons: V1, crash: {}}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, neurons: V1, lesion: {by: named}}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, neurons: ¦V1, lesion: {count: 1}}]\nexpect:", `events[0].neurons: is for plastic, rate_scale, goal, silent, stuck, crash, and lesion by named`},
	{`expect:`, "events: [{at: 1s, neurons: ¦V1, noise: {loss: 1%}}]\nexpect:", `events[0].neurons: is for plastic, rate_scale, goal, silent, stuck, crash, and lesion by named`},
	{`expect:`, "events: [{at: 1s, neurons: V1, lesion: {by: named, fraction: ¦10%}}]\nexpect:", `events[0].lesion.fraction: has no effect, because by is named`},
	{`expect:`, "events: [{at: 1s, neurons: V1, lesion: {by: named, count: ¦1}}]\nexpect:", `events[0].lesion.count: has no effect, because by is named`},
	{`expect:`, "events: [{at: 1s, lesion: {by: community, communities: [0], count: ¦1}}]\nexpect:", `events[0].lesion.count: has no effect, because by is community`},
	{`expect:`, "events: [{at: 1s, lesion: {by: community, communities: [0], of: synapses}}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, lesion: {by: degree, count: 1, communities: ¦[0]}}]\nexpect:", `events[0].lesion.communities: has no effect, because by is degree`},
	{`expect:`, "events: [{at: 1s, lesion: {count: 1, smallest: ¦true}}]\nexpect:", `events[0].lesion.smallest: has no effect, because by is random`},
	{`expect:`, "events: [{at: 1s, lesion: {by: betweenness, count: 1, smallest: true}}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, lesion: {by: degree, fraction: 0%, smallest: true}}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, lesion: {count: 1, projection: ¦V1-V1}}]\nexpect:", `events[0].lesion.projection: has no effect, because of is neurons`},
	{`expect:`, "events: [{at: 1s, lesion: {of: synapses, count: 1, projection: V1-V1}}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, delay: ¦{distance: {speed: 3}}}]\nexpect:", `events[0].delay: by distance is for projections only; write a duration, {uniform: …} or {lognormal: …}`},
	{`expect:`, "events: [{at: 1s, delay: ¦graph}]\nexpect:", `events[0].delay: is graph, which only the projection that reads the file can say`},
	{`expect:`, "events: [{at: 1s, delay: {uniform: [1ms, 2ms]}}]\nexpect:", ``},
	{`expect:`, "events: [{when: a > 1, after: 1s, until: 1001ms, silent: true}]\nexpect:", ``},
	{`expect:`, "events: [{when: a > 1, after: 1s, until: ¦1s, silent: true}]\nexpect:", `events[0].until: got "1s", expected later than after`},
	{`expect:`, "events: [{phase: ¦train, after: 1s, silent: true}]\nexpect:", `events[0].phase: stands with after or until, which are for every and when`},
	{`expect:`, "events: [{every: 1s, weights: w, ¦measure: true}]\nexpect:", `events[0].measure: cannot stand beside "weights"; only one of plastic, rate_scale, goal, silent, stuck, crash, lesion, rewire, turnover, delay, noise, present, show, recall, measure, weights, picture, checkpoint is allowed`},
	{`expect:`, "events: [{at: 1s, show: {input: pixels, values: [1, ¦x]}}]\nexpect:", `events[0].show.values[1]: got "x", expected a number from -1e6 to 1e6`},
	{`expect:`, "events: [{at: 1s, recall: {input: pixels, population: V1, data: letters, item: A, values: [1], cue: clean}}]\nexpect:", ``},
	{`expect:`, "events: [{at: 1s, recall: {input: pixels, population: V1, data: letters, item: A, cue: clean, fraction: ¦10%}}]\nexpect:", `events[0].recall.fraction: got 0.1, expected more than 0% where the cue is damaged, and nothing where it is clean`},
	{`expect:`, "events: [{at: 1s, recall: ¦{input: pixels, population: V1, data: letters, values: [1]}}]\nexpect:", `events[0].recall.item: needs data, and data an item`},
	{`expect:`, "faults: [{kind: silent, share: 10%}, {kind: ¦broken}]\nexpect:", `faults[1].kind: got "broken", expected one of silent, stuck_on, stuck_off, dead_synapses, crash`},
	{`expect:`, "faults: [{kind: silent, share: 10%, neurons: ¦V1}]\nexpect:", `faults[0].neurons: stands beside share; only one of the two is allowed`},
	{`expect:`, "faults: [{kind: crash, neurons: V1, phase: ¦tset}]\nexpect:", `faults[0].phase: got "tset", expected a phase of the protocol; did you mean "test"?`},
}

var mistakesInRecords = []change{
	{`record: {probes`, `record: {spikes: ¦yes, probes`, `record.spikes: got "yes", expected true or false; did you mean true?`},
	{`record: {probes`, `record: {graph: [in_degree, clustering], probes`, ``},
	{`record: {probes`, `record: {graph: [in_degree, clustering, ¦in_degree], probes`, `record.graph[2]: is listed twice`},
	{`of: [r, theta]`, `of: [r, theta, ¦r]`, `record.probes[0].of[2]: is listed twice`},
	{`of: [r, theta]`, `of: ¦r`, `record.probes[0].of: got "r", expected a list of 1 to 9, each one of r, c, l, theta, y, D, chi, weights, atoms; write [r]`},
	{`neurons: 0-3, of`, `neurons: ¦3, of`, `record.probes[0].neurons: got 3, expected text; put quotes around it`},
	{`neurons: 0-3, of`, `neurons: "3", of`, ``},
	{`name: accuracy, in`, `name: ¦pid, in`, `measure[0].name: got "pid", expected another name; a table of every run is called so`},
	{`name: accuracy, in`, `name: ¦Weights-all, in`, `measure[0].name: got "Weights-all", expected another name; a table of every run is called so`},
	{`in: [test]`, `in: [test, train]`, ``},
	{`in: [test]`, `in: ¦test`, `measure[0].in: got "test", expected a list of at most 1000, each text; write [test]`},
	{`accuracy: {population: out}`, `accuracy: {population: ¦class}`, `measure[0].accuracy.population: got "class", expected a population; there are V1, V2, out`},
	{`accuracy: {population: out}`, `¦acuracy: {population: out}`, `measure[0].acuracy: unknown key; did you mean "accuracy"? (allowed: name, in, accuracy, information, recall, predicted, atoms, rate, selectivity, probe, sequence, regression, …)`},
	{`score: accuracy, min: 0.3`, `score: accuracy, min: ¦30%`, `expect[0].min: got "30%", expected a number; percentages are not allowed here`},
	{`score: accuracy, min: 0.3`, `score: accuracy, min: ¦.nan`, `expect[0].min: got .nan, expected a number; infinity and NaN are not allowed`},
	{`score: accuracy, min: 0.3`, `score: accuracy, min: 0.3, max: 0.3`, ``},
	{`score: accuracy, min: 0.3`, `always: accuracy, min: 0.3, after: 1s, within: 1s`, ``},
	{`score: accuracy, min: 0.3`, `always: accuracy, min: 0.3, after: 1001ms, within: ¦1s`, `expect[0].within: got "1s", expected not before after`},
	{`score: accuracy, min: 0.3`, `never: accuracy, min: 0.3, where: populations.V1.place`, ``},
	{`score: accuracy, min: 0.3`, `never: accuracy, min: 0.3, where: ¦populations.V3.place`, `expect[0].where: names a key in populations.V3, and there is no such section; infomorph show prints the whole document`},
}

var mistakenNames = []change{
	{`V2: {size: 3, neuron: bars}`, "V2: {size: 3, neuron: bars}\n  all: ¦{size: 1, neuron: poisson-source}", `populations.all: has the name all, which means every population; use another name`},
	{`V2: {size: 3, neuron: bars}`, "V2: {size: 3, neuron: bars}\n  none: ¦{size: 1, neuron: poisson-source}", `populations.none: has the name none, which means no population; use another name`},
	{`V2: {size: 3, neuron: bars}`, "V2: {size: 3, neuron: bars}\n  All: {size: 1, neuron: poisson-source}", ``},
	{`class: {size: 2}`, "class: {size: 2}\n  V1: ¦{size: 2}", `inputs.V1: has the name of a population; rename one of them | inputs.V1: is an input that no source sends its items to; name it in a source's section to, or leave it and its projections out | projections[0].to: got "V1", expected a population; it is an input, and inputs receive no spikes | projections[1].to: got "V1", expected a population; it is an input, and inputs receive no spikes | projections[3].to: got "V1", expected a population; it is an input, and inputs receive no spikes`},
	{`  reader: {like: label}`, "  reader: {like: label}\n  relay: ¦{learns: false, output: sign}", `neurons.relay: is a kind that no population is of; leave it out, or use it in populations`},
	{`  letters: {patterns`, `  "let ters": ¦{patterns`, `data["let ters"]: has a name that is not made of letters, digits, - and _ alone | data["let ters"]: is a source that no phase uses; add a phase to protocol, or leave it out | protocol[0].present.data: got "letters", expected a source of the section data; did you mean "let ters"? | protocol[1].present.data: got "letters", expected a source of the section data; did you mean "let ters"?`},
}
