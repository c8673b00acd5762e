package language

import "testing"

// TestSections: the result of reading a section, or the fault, with the key, the value,
// what was expected and a hint. For every bound there is a case exactly at the bound.
func TestSections(t *testing.T) {
	for kind, all := range sections {
		for _, c := range all {
			if got := readers[kind](c.text); got != c.want {
				t.Errorf("%s %s:\n%s\nwant\n%s", kind, c.text, got, c.want)
			}
		}
	}
}

var sections = map[string][]section{
	"kind":      sectionsOfKind,
	"ports":     sectionsOfPorts,
	"delay":     sectionsOfDelay,
	"dist":      sectionsOfDist,
	"each":      sectionsOfEach,
	"rule":      sectionsOfRule,
	"goal":      sectionsOfGoal,
	"field":     sectionsOfField,
	"value":     sectionsOfValue,
	"columns":   sectionsOfColumns,
	"fault":     sectionsOfFault,
	"patterns":  sectionsOfPatterns,
	"markov":    sectionsOfMarkov,
	"poisson":   sectionsOfPoisson,
	"generator": sectionsOfGenerator,
}

// Kinds of neurons with goal redundancy that learn at both ports, with one more setting.
var sectionsOfKind = []section{
	{`window: 64`, ``},
	{`window: 3, warm_up: 3`, ``},
	{`window: 3, warm_up: 4`, `warm_up: is longer than the window; at most 3 samples`},
	{`sources: [r]`, `sources: got a list of 1, expected a list of 2 to 3, each one of r, c, l`},
	{`sources: [c, r]`, `sources: got "[c, r]", expected [r, c] or [r, c, l]`},
	{`sources: [r, c, c]`, `sources: got "[r, c, c]", expected [r, c] or [r, c, l]`},
	{`activation: {k1: 0.4}`, `activation.k1: has no effect, because activation.kind is sum; it is for modulatory and kay_phillips`},
	{`activation: {k2: 1}`, `activation.k2: has no effect, because activation.kind is sum; it is for modulatory and kay_phillips`},
	{`activation: {kind: modulatory, k1: 0.4, k2: 1}`, ``},
	{`activation: {kind: kay_phillips, k1: 0.4, k2: 1}`, ``},
	{`activation: {kind: kay_phillips, gain: 2}`, `activation.gain: has no effect, because activation.kind is kay_phillips; it is for sum`},
	{`activation: {kind: three_source}`, `activation.kind: is three_source, and the neuron has two sources; write sources: [r, c, l]`},
	{`activation: {gain: 3}`, ``},
	{`clock: {interval: 10ms}`, ``},
	{`clock: {interval: 9ms}`, `clock.interval: has no effect, because clock.kind is synchronous; synchronous neurons update when the protocol says so`},
	{`clock: {phase: 1ms}`, `clock.phase: has no effect, because clock.kind is synchronous; it is for periodic`},
	{`clock: {scatter: false}`, `clock.scatter: has no effect, because clock.kind is synchronous; it is for periodic`},
	{`clock: {kind: periodic, phase: 1ms, scatter: false, interval: 3ms}`, ``},
	{`clock: {kind: poisson, phase: 1ms}`, `clock.phase: has no effect, because clock.kind is poisson; it is for periodic`},
	{`clock: {kind: event, scatter: false}`, `clock.scatter: has no effect, because clock.kind is event; it is for periodic`},
	{`clock: {kind: poisson}, gate: {}`, ``},
	{`gate: {}`, `gate: has no effect, because clock.kind is synchronous; the gate is for neurons with clocks of their own`},
	{`clock: {kind: poisson}, gate: {once: true, threshold: 1}`, `gate.threshold: is 1, but a gate that closes after one sample needs less`},
	{`clock: {kind: poisson}, gate: {threshold: 1}`, ``},
	{`clock: {kind: poisson}, gate: {once: true, threshold: 0.9}`, ``},
	{`surprise: 1`, ``},
	{`surprise: 1, activation: {kind: modulatory}`, `surprise: needs activation.kind sum, because other neurons predict nothing without receptive input`},
	{`surprise: 0, activation: {kind: modulatory}`, ``},
	{`surprise: 0.5, clock: {kind: poisson}`, `surprise: is for synchronous neurons, because a neuron with a clock of its own sends its output and learns in one update; leave it out, or set clock.kind: synchronous`},
	{`surprise: 0.5, tell: never`, `surprise: has no effect, because tell is never`},
	{`surprise: 0, tell: never`, ``},
	{`surprise: 0.5, tell: change`, ``},
	{`homeostasis: {gain: 0.1}`, ``},
	{`homeostasis: {gain: 0}`, `homeostasis: has no effect, because gain and bias_gain are 0; leave the section out`},
	{`homeostasis: {gain: 0, bias_gain: 0.1}`, ``},
	{`homeostasis: {gain: 0, bias_end: 0.1}`, ``},
	{`homeostasis: {gain: 0, bias_gain: 0.1, target: 3}`, `homeostasis.target: has no effect, because gain is 0`},
	{`homeostasis: {gain: 0, bias_gain: 0.1, start: 3}`, `homeostasis.start: has no effect, because gain is 0`},
	{`homeostasis: {gain: 0.1, target: 3, start: 9}`, ``},
	{`homeostasis: {gain: 0.1, rate: 0.4}`, `homeostasis.rate: has no effect, because bias_gain is 0`},
	{`homeostasis: {gain: 0.1, tolerance: 1}`, `homeostasis.tolerance: has no effect, because bias_gain is 0`},
	{`homeostasis: {gain: 0.1, bias_gain: 0.1, rate: 0.4, tolerance: 1}`, ``},
	{`homeostasis: {gain: 0.1, bias_end: 0}`, `homeostasis.bias_end: has no effect, because bias_gain is 0`},
	{`homeostasis: {gain: 0.1, bias_gain: 0.1, bias_end: 0}`, ``},
	{`homeostasis: {gain: 0.1, bias_gain: 0.1, bias_end: -0.5}`, `homeostasis.bias_end: is negative, which means no change; write -1, or leave it out`},
	{`homeostasis: {gain: 0.1, from: 20%}`, `homeostasis.from: has no effect, because neither start nor bias_end says what changes`},
	{`homeostasis: {gain: 0.1, to: 40%}`, `homeostasis.to: has no effect, because neither start nor bias_end says what changes`},
	{`homeostasis: {gain: 0.1, start: 9, from: 20%, to: 20%}`, ``},
	{`homeostasis: {gain: 0.1, start: 9, from: 30%, to: 20%}`, `homeostasis.from: is later than to`},
	{`homeostasis: {gain: 0.1, bias_gain: 0.1, bias_end: 0, from: 5%}`, ``},
}

// Kinds of neurons without any other settings.
var sectionsOfPorts = []section{
	{`sources: [r, c, l], ports: {r: {}, c: {}, l: {}}, goal: {"{1}{2}{3}": 1}`, ``},
	{`learns: false`, ``},
	{`learns: false, goal: {red: 1}`, `goal: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, window: 3`, `window: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, window: 3, warm_up: 9`, `window: has no effect, because the neuron does not learn (learns: false) | warm_up: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, warm_up: 9`, `warm_up: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, hard_bits: true`, `hard_bits: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, step_clip: 1`, `step_clip: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, homeostasis: {gain: 0.1}`, `homeostasis: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, prior: {}`, `prior: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, clock: {kind: poisson}, gate: {}`, `gate: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, stability_norm: 1`, `stability_norm: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, ports: {r: {rule: goal}}`, `ports.r.rule: has no effect, because the neuron does not learn (learns: false)`},
	{`learns: false, ports: {r: {rule: delta}, c: {}}`, `ports.r.rule: has no effect, because the neuron does not learn (learns: false)`},
	{`ports: {r: {}}`, `ports: says nothing of port c, which is one of sources; add c: {rule: frozen} for weights that stay`},
	{`ports: {c: {}}`, `ports: says nothing of port r, which is one of sources; add r: {rule: frozen} for weights that stay`},
	{`ports: {r: {}, c: {}, l: {}}`, `ports.l: is of a port that is not among sources; write sources: [r, c, l]`},
	{`ports: {r: {}, c: {}, x: {}}`, `ports.x: is no port; ports are r (receptive), c (contextual) and l (lateral)`},
	{`ports: {r: {rate: 2}, c: {}}`, `ports.r.rate: has no effect, because rule is frozen`},
	{`ports: {r: {}, c: {end_rate: 2}}`, `ports.c.end_rate: has no effect, because rule is frozen`},
	{`ports: {r: {}, c: {norm: power}}`, `ports.c.norm: has no effect, because rule is frozen`},
	{`ports: {r: {}, c: {clip: 2}}`, `ports.c.clip: has no effect, because rule is frozen`},
	{`ports: {r: {}, c: {decay: 0.5}}`, `ports.c.decay: has no effect, because rule is frozen`},
	{`ports: {r: {}, c: {bias: true}}`, `ports.c.bias: has no effect, because rule is frozen`},
	{`ports: {r: {}, c: {squash: true, center: 0.5}}`, ``},
	{`ports: {r: {}, c: {rule: goal, rate: 2, end_rate: 2, norm: power, clip: 2, decay: 0.5, bias: true}}`, ``},
	{`ports: {r: {}, c: {rule: delta, rate: 2, end_rate: 2, clip: 2, decay: 0.5, bias: true}}`, ``},
	{`ports: {r: {}, c: {rule: delta, norm: none}}`, `ports.c.norm: has no effect, because it is for rule goal`},
	{`ports: {r: {}, c: {rule: goal, end_rate: -2}}`, `ports.c.end_rate: is negative, which means no change; write -1, or leave it out`},
	{`ports: {r: {}, c: {bins: {number: 2, range: 3}}}`, `ports.c.bins.range: has no effect on 2 bins; two bins part at 0; leave it out`},
	{`ports: {r: {}, c: {bins: {number: 1, range: 3}}}`, `ports.c.bins.range: has no effect on 1 bins; two bins part at 0; leave it out`},
	{`ports: {r: {}, c: {bins: {number: 3, range: 3}}}`, ``},
	{`ports: {r: {}, c: {bins: {number: 2}}}`, ``},
}

// Delays are written as they were read, and give the right distribution.
var sectionsOfDelay = []section{
	{`1ms`, `d: 1ms {Kind:constant Value:1000 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`0us`, `d: got "0us", expected a delay longer than 0us`},
	{`-1ms`, `d: got "-1ms", expected a duration with a unit, such as 5ms; time cannot be negative`},
	{`graph`, `d: graph {Kind:graph Value:0 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`grap`, `d: got "grap", expected a duration with a unit, such as 5ms; the units are us, ms, s, min and h`},
	{`3`, `d: got 3, expected a duration with a unit, such as 5ms; add the unit: us, ms, s, min or h`},
	{`{uniform: [1ms, 5ms]}`, `d: {uniform: [1ms, 5ms]} {Kind:uniform Value:0 Low:1000 High:5000 Mean:0 SD:0 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`{uniform: [5ms, 1ms]}`, `d: got a section (uniform), expected the smaller delay first`},
	{`{uniform: [2ms, 2ms]}`, `d: 2ms {Kind:constant Value:2000 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`{uniform: [1ms]}`, `d.uniform: got a list of 1, expected a list of exactly 2, each a duration with a unit, such as 5ms, > 0us and ≤ 1h`},
	{`{uniform: [0us, 1ms]}`, `d.uniform[0]: got "0us", expected a duration with a unit, such as 5ms, > 0us and ≤ 1h`},
	{`{uniform: [1, 5]}`, `d.uniform[0]: got 1, expected a duration with a unit, such as 5ms; add the unit: us, ms, s, min or h | d.uniform[1]: got 5, expected a duration with a unit, such as 5ms; add the unit: us, ms, s, min or h`},
	{`{uniform: [1ms, 2ms], min: 1ms}`, `d: got a section (uniform, min), expected a duration such as 1ms, {uniform: [1ms, 5ms]}, {lognormal: {median: 2ms, sigma: 0.5}}, {distance: {speed: 100}} or graph`},
	{`{normal: [1ms, 2ms]}`, `d: got a section (normal), expected a duration such as 1ms, {uniform: [1ms, 5ms]}, {lognormal: {median: 2ms, sigma: 0.5}}, {distance: {speed: 100}} or graph`},
	{`{lognormal: {median: 2ms, sigma: 0.5}}`, `d: {lognormal: {median: 2ms, sigma: 0.5, max: 1s, min: 100us}} {Kind:lognormal Value:0 Low:0 High:0 Mean:0 SD:0 Median:2000 Sigma:0.5 Slope:0 Min:100 Max:1e+06}`},
	{`{lognormal: {median: 2ms, sigma: 0.5, min: 1ms, max: 4ms}}`, `d: {lognormal: {median: 2ms, sigma: 0.5, max: 4ms, min: 1ms}} {Kind:lognormal Value:0 Low:0 High:0 Mean:0 SD:0 Median:2000 Sigma:0.5 Slope:0 Min:1000 Max:4000}`},
	{`{lognormal: {median: 2ms}}`, `d.lognormal.sigma: missing, expected a number from 0 to 5`},
	{`{lognormal: {median: 2ms, sigma: 6}}`, `d.lognormal.sigma: got 6, expected a number from 0 to 5`},
	{`{lognormal: {median: 2ms, sigma: 1}, uniform: [1ms, 2ms]}`, `d: got a section (lognormal, uniform), expected a duration such as 1ms, {uniform: [1ms, 5ms]}, {lognormal: {median: 2ms, sigma: 0.5}}, {distance: {speed: 100}} or graph`},
	{`{distance: {speed: 100}}`, `d: {distance: {speed: 100, base: 1ms, max: 1s}} {Kind:distance Value:1000 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:10000 Min:1000 Max:1e+06}`},
	{`{distance: {speed: 2, base: 5ms, max: 2ms}}`, `d: {distance: {speed: 2, base: 5ms, max: 2ms}} {Kind:distance Value:5000 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:500000 Min:5000 Max:5000}`},
	{`{distance: {}}`, `d.distance.speed: missing, expected a number > 0 and ≤ 1e12`},
	{`{distance: {speed: 0}}`, `d.distance.speed: got 0, expected a number > 0 and ≤ 1e12`},
	{`[1ms, 2ms]`, `d: got a list of 2, expected a duration with a unit, such as 5ms; the units are us, ms, s, min and h`},
}

// The same for distributions of weights.
var sectionsOfDist = []section{
	{`0.5`, `d: 0.5 {Kind:constant Value:0.5 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`-3`, `d: -3 {Kind:constant Value:-3 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`2e9`, `d: got 2e9, expected a number from -1e9 to 1e9`},
	{`graph`, `d: graph {Kind:graph Value:0 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`heavy`, `d: got "heavy", expected a number, graph, {uniform: [0, 1]}, {normal: [0, 0.3]}, {lognormal: [1, 0.5]} or {distance: [1, -0.1]}`},
	{`true`, `d: got true, expected a number, graph, {uniform: [0, 1]}, {normal: [0, 0.3]}, {lognormal: [1, 0.5]} or {distance: [1, -0.1]}`},
	{`{uniform: [-1, 1]}`, `d: {uniform: [-1, 1]} {Kind:uniform Value:0 Low:-1 High:1 Mean:0 SD:0 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`{uniform: [1, -1]}`, `d: uniform: low 1 is above high -1`},
	{`{uniform: [1]}`, `d.uniform: got a list of 1, expected a list of exactly 2, each a number from -1e9 to 1e9`},
	{`{normal: [0, 0.3]}`, `d: {normal: [0, 0.3]} {Kind:normal Value:0 Low:0 High:0 Mean:0 SD:0.3 Median:0 Sigma:0 Slope:0 Min:0 Max:0}`},
	{`{normal: [0, -1]}`, `d: normal: sd -1 is negative`},
	{`{normal: [0, 0.3], min: -0.5, max: 0.5}`, `d: {normal: [0, 0.3], min: -0.5, max: 0.5} {Kind:normal Value:0 Low:0 High:0 Mean:0 SD:0.3 Median:0 Sigma:0 Slope:0 Min:-0.5 Max:0.5}`},
	{`{normal: [0, 0.3], min: 1}`, `d: min 1 is above max 0`},
	{`{lognormal: [1, 0.5]}`, `d: {lognormal: [1, 0.5]} {Kind:lognormal Value:0 Low:0 High:0 Mean:0 SD:0 Median:1 Sigma:0.5 Slope:0 Min:0 Max:0}`},
	{`{lognormal: [1, 0.5], max: 2}`, `d: {lognormal: [1, 0.5], min: 0, max: 2} {Kind:lognormal Value:0 Low:0 High:0 Mean:0 SD:0 Median:1 Sigma:0.5 Slope:0 Min:0 Max:2}`},
	{`{lognormal: [-1, 0.5]}`, `d.lognormal[0]: got -1, expected a number from 0 to 1e9`},
	{`{distance: [1, -0.1], min: 0, max: 1}`, `d: {distance: [1, -0.1], min: 0, max: 1} {Kind:distance Value:1 Low:0 High:0 Mean:0 SD:0 Median:0 Sigma:0 Slope:-0.1 Min:0 Max:1}`},
	{`{normal: [0, 1], uniform: [0, 1]}`, `d.uniform: cannot stand beside "normal"; only one of uniform, normal, lognormal, distance is allowed`},
	{`{}`, `d: one of uniform, normal, lognormal, distance is missing`},
	{`[1, 2]`, `d: got a list of 2, expected a number, graph, {uniform: [0, 1]}, {normal: [0, 0.3]}, {lognormal: [1, 0.5]} or {distance: [1, -0.1]}`},
}

// Values of each neuron are a list, a distribution or a column.
var sectionsOfEach = []section{
	{`[1, 2.5, true, word]`, `d: [1, 2.5, true, word]`},
	{`[]`, `d: got a list of 0, expected a list of 1 to 10000000, each a number, a word, true or false`},
	{`[[1], 2]`, `d[0]: got a list of 1, expected a number, a word, true or false`},
	{`{uniform: [0.5, 1]}`, `d: {uniform: [0.5, 1]}`},
	{`{uniform: [1ms, 5ms]}`, `d: {uniform: [1ms, 5ms]}`},
	{`{lognormal: [1, 0.5]}`, `d: {lognormal: [1, 0.5]}`},
	{`{lognormal: {median: 2ms, sigma: 0.5}}`, `d: {lognormal: {median: 2ms, sigma: 0.5, max: 1s, min: 100us}}`},
	{`{distance: [1, 2]}`, `d: got a section (distance), expected a list with a value for each neuron, a distribution such as {uniform: [0.5, 1]}, or {column: gain, file: neurons.csv}`},
	{`{column: gain, file: n.csv}`, `d: {column: gain, file: n.csv}`},
	{`{column: gain}`, `d.file: missing, expected text`},
	{`{column: gain, file: n.csv, row: 3}`, `d.row: unknown key; allowed: column, file`},
	{`3`, `d: got 3, expected a list with a value for each neuron, a distribution such as {uniform: [0.5, 1]}, or {column: gain, file: neurons.csv}`},
	{`word`, `d: got "word", expected a list with a value for each neuron, a distribution such as {uniform: [0.5, 1]}, or {column: gain, file: neurons.csv}`},
	{`{uniform: [2, 1]}`, `d: uniform: low 2 is above high 1`},
}

// Rules are written with the settings that they use.
var sectionsOfRule = []section{
	{`all_to_all`, `d: all_to_all`},
	{`one_to_one`, `d: one_to_one`},
	{`{name: ring, k: 4}`, `d: {name: ring, k: 4}`},
	{`{name: ring, k: 4, p: 0.5}`, `d.p: is not used by rule ring; its settings are k, directed`},
	{`{name: watts_strogatz, k: 2, p: 0.1, directed: true}`, `d: {name: watts_strogatz, p: 0.1, k: 2, directed: true}`},
	{`{name: fixed_indegree, indegree: 3, autapses: true}`, `d: {name: fixed_indegree, indegree: 3, autapses: true}`},
	{`{name: fixed_indegree, indegree: 3, multapses: true}`, `d: {name: fixed_indegree, indegree: 3, multapses: true}`},
	{`{name: fixed_outdegree, outdegree: 3}`, `d: {name: fixed_outdegree, outdegree: 3}`},
	{`{name: fixed_total_number, number: 9}`, `d: {name: fixed_total_number, number: 9}`},
	{`{name: fixed_indegree}`, `d: fixed_indegree`},
	{`{name: fixed_indegree, indegree: -1}`, `d.indegree: got -1, expected a whole number ≥ 0`},
	{`{indegree: 3}`, `d.name: missing, expected one of one_to_one, all_to_all, blocks, fixed_indegree, fixed_outdegree, fixed_total_number, pairwise_bernoulli, ring, lattice, watts_strogatz, star, erdos_renyi, barabasi_albert, power_law, configuration_model, stochastic_block, hierarchical_modular, core_periphery, feed_forward, spatial, imported, rewire, degree_preserving`},
	{`{name: one_to_one, p: 0.5}`, `d.p: is not used by rule one_to_one; it has no settings`},
	{`imported`, `d.graph: expected a graph file, because the rule is imported`},
	{`{name: imported, graph: g.csv}`, `d: {name: imported, graph: g.csv, delay_unit: us}`},
	{`{name: imported, graph: g.csv, delay_unit: ms, undirected: true}`, `d: {name: imported, graph: g.csv, delay_unit: ms, undirected: true}`},
	{`{name: imported, graph: g.csv, delay_unit: us}`, `d: {name: imported, graph: g.csv, delay_unit: us}`},
	{`{name: rewire, graph: g.csv, p: 0.2}`, `d: {name: rewire, graph: g.csv, p: 0.2}`},
	{`{name: rewire, p: 0.2}`, `d.graph: expected a graph file, because the rule is rewire`},
	{`{name: rewire, graph: g.csv, delay_unit: ms}`, `d.delay_unit: is not used by rule rewire; its settings are graph, undirected, p`},
	{`{name: degree_preserving, graph: g.csv, swaps: 3, undirected: true}`, `d: {name: degree_preserving, graph: g.csv, undirected: true, swaps: 3}`},
	{`{name: lattice, shape: [2, 3], radius: 1, torus: true}`, `d: {name: lattice, shape: [2, 3], torus: true, radius: 1}`},
	{`{name: spatial, p: 0.5, scale: 1, kernel: box, torus: true, extent: 2}`, `d: {name: spatial, p: 0.5, torus: true, kernel: box, scale: 1, extent: 2}`},
	{`{name: power_law, exponent: 2.5, min_k: 1, max_k: 9}`, `d: {name: power_law, exponent: 2.5, min_k: 1, max_k: 9}`},
	{`{name: stochastic_block, sizes: [1, 2], probabilities: [[1, 0.5], [0, 1]]}`, `d: {name: stochastic_block, sizes: [1, 2], probabilities: [[1, 0.5], [0, 1]]}`},
	{`{name: hierarchical_modular, levels: 2, branching: 3, p: 0.5, ratio: 0.25}`, `d: {name: hierarchical_modular, p: 0.5, levels: 2, branching: 3, ratio: 0.25}`},
	{`{name: core_periphery, core: 3, probabilities: [[1, 0], [0, 1]]}`, `d: {name: core_periphery, probabilities: [[1, 0], [0, 1]], core: 3}`},
	{`{name: configuration_model, in_degrees: [1, 2], out_degrees: [2, 1]}`, `d: {name: configuration_model, in_degrees: [1, 2], out_degrees: [2, 1]}`},
	{`all_to_al`, `d: got "all_to_al", expected one of one_to_one, all_to_all, blocks, fixed_indegree, fixed_outdegree, fixed_total_number, pairwise_bernoulli, ring, lattice, watts_strogatz, star, erdos_renyi, barabasi_albert, power_law, configuration_model, stochastic_block, hierarchical_modular, core_periphery, feed_forward, spatial, imported, rewire, degree_preserving; did you mean "all_to_all"?`},
	{`3`, `d: got 3, expected the name of a rule, such as all_to_all, or a section such as {name: fixed_indegree, indegree: 10}`},
	{`[ring]`, `d: got a list of 1, expected the name of a rule, such as all_to_all, or a section such as {name: fixed_indegree, indegree: 10}`},
}

// Goals are written in the order of the reference.
var sectionsOfGoal = []section{
	{`{red: 1, unq_r: -0.5, h_res: 2, syn: 0, unq_c: 100}`, `d: {unq_r: -0.5, unq_c: 100, red: 1, syn: 0, h_res: 2}`},
	{`{"{1}{2}{3}": 1, "{1}": 2, "{12}": -1, red: 1}`, `d: {red: 1, "{1}{2}{3}": 1, "{1}": 2, "{12}": -1}`},
	{`{red: 101}`, `d.red: got 101, expected a number from -100 to 100`},
	{`{red: -101}`, `d.red: got -101, expected a number from -100 to 100`},
	{`{red: much}`, `d.red: got "much", expected a number from -100 to 100`},
	{`{reed: 1}`, `d.reed: is no atom; did you mean red?`},
	{`{redundancy: 1}`, `d.redundancy: is no atom; did you mean red?`},
	{`{"{4}": 1}`, `d["{4}"]: is no atom; there are unq_r, unq_c, red, syn, h_res, and antichains such as "{1}{2}"`},
	{`{"{1}{12}": 1}`, `d["{1}{12}"]: is no atom; there are unq_r, unq_c, red, syn, h_res, and antichains such as "{1}{2}"`},
	{`{}`, `d: {}`},
	{`red`, `d: got "red", expected a section with weights of atoms, such as {red: 1, unq_r: -0.2}`},
	{`[red]`, `d: got a list of 1, expected a section with weights of atoms, such as {red: 1, unq_r: -0.2}`},
}

var sectionsOfField = []section{
	{`image`, `d: {field: image, on: 1, off: 0, levels: 0, scale: 1}`},
	{`{field: label, off: -1}`, `d: {field: label, on: 1, off: -1, levels: 0, scale: 1}`},
	{`{field: image, scale: 2, levels: 4, on: 3}`, `d: {field: image, on: 3, off: 0, levels: 4, scale: 2}`},
	{`{field: image, levels: 257}`, `d.levels: got 257, expected a whole number from 0 to 256`},
	{`{off: 1}`, `d.field: missing, expected text`},
	{`3`, `d: got 3, expected text; put quotes around it`},
	{`[image]`, `d: got a list of 1, expected text`},
}

var sectionsOfValue = []section{
	{`3`, `int64 3`},
	{`3.0`, `float64 3`},
	{`-0.125`, `float64 -0.125`},
	{`true`, `bool true`},
	{`word`, `string word`},
	{`"3"`, `string 3`},
	{`[1]`, `d: got a list of 1, expected a number, a word, true or false`},
	{`1e300`, `float64 1e+300`},
}

var sectionsOfColumns = []section{
	{`[a, b]`, `d: [a, b]`},
	{`a`, `d: [a]`},
	{`[]`, `d: got a list of 0, expected a list of 1 to 1000000, each text`},
	{`[a, [b]]`, `d[1]: got a list of 1, expected text`},
	{`{a: b}`, `d: got a section (a), expected text`},
}

// Settings of a fault that conflict.
var sectionsOfFault = []section{
	{`kind: silent, share: 10%`, ``},
	{`kind: silent`, ``},
	{`kind: silent, share: 10%, neurons: all`, `neurons: stands beside share; only one of the two is allowed`},
	{`kind: silent, neurons: all`, ``},
	{`kind: dead_synapses`, `share: is missing: which share of the synapses is dead`},
	{`kind: dead_synapses, share: 10%`, ``},
	{`kind: dead_synapses, neurons: all`, `neurons: is not for dead_synapses; give a share of the synapses`},
	{`kind: silent, share: 10%, phase: test`, ``},
	{`kind: silent, share: 10%, phase: test, from: 1s`, `phase: stands beside from; only one of the two is allowed`},
	{`kind: silent, share: 10%, phase: test, until: 1s`, ``},
	{`kind: crash, share: 10%, phase: test, every: 1s`, `phase: stands beside every, which begins at a time: write from`},
	{`kind: silent, share: 10%, from: 1s, until: 1s`, `until: is not later than from`},
	{`kind: silent, share: 10%, from: 1s, until: 1001ms`, ``},
	{`kind: crash, share: 10%, until: 2s`, `until: is for silent and stuck neurons`},
	{`kind: dead_synapses, share: 10%, until: 2s`, `until: is for silent and stuck neurons`},
	{`kind: stuck_on, share: 10%, down: 1s`, `kind: is not crash, for which every, down and restart are`},
	{`kind: stuck_off, share: 10%, every: 1s`, `kind: is not crash, for which every, down and restart are`},
	{`kind: silent, share: 10%, restart: snapshot`, `kind: is not crash, for which every, down and restart are`},
	{`kind: crash, share: 10%, every: 1s, down: 1s, restart: snapshot, snapshot: 2s`, ``},
}

var sectionsOfPatterns = []section{
	{`source: random, count: 1`, ``},
	{`source: random`, `count: got 0, expected how many patterns, because source is random`},
	{`source: random, count: 3, path: x`, `path: got "x", expected no path, because source is random; source: text or images reads files`},
	{`source: random, count: 3, p: 30%, correlation: 0.5, drift: 0.5`, ``},
	{`source: letters, count: 26`, ``},
	{`source: letters, count: 27`, `count: got 27, expected at most 26, because source is letters; use source: random`},
	{`source: letters, p: 30%, correlation: 0.5, drift: 0.5`, `p: got 0.3, expected 50%, because source is letters; it is for source: random | correlation: got 0.5, expected 0, because source is letters; it is for source: random | drift: got 0.5, expected 0, because source is letters; it is for source: random`},
	{`source: letters, path: x`, `path: got "x", expected no path, because source is letters; source: text or images reads files`},
	{`source: text`, `path: expected a file or folder, because source is text`},
	{`source: text, path: x, count: 30`, ``},
	{`source: images, path: x, p: 30%`, `p: got 0.3, expected 50%, because source is images; it is for source: random`},
	{`source: images`, `path: expected a file or folder, because source is images`},
}

var sectionsOfMarkov = []section{
	{`symbols: [a, b], matrix: [[0.5, 0.5], [1, 0]]`, ``},
	{`symbols: [a, a], matrix: [[0.5, 0.5], [1, 0]]`, `symbols[1]: got "a", expected a name of its own`},
	{`symbols: [a, ""], matrix: [[0.5, 0.5], [1, 0]]`, `symbols[1]: got "", expected a name of its own`},
	{`symbols: [a], matrix: [[1]]`, `symbols: got a list of 1, expected a list of 2 to 1000, each text`},
	{`symbols: [a, b], matrix: [[0.5, 0.5]]`, `matrix: has 1 rows, expected one for each of 2 symbols`},
	{`symbols: [a, b], matrix: [[0.5, 0.5], [1, 0], [1, 0]]`, `matrix: has 3 rows, expected one for each of 2 symbols`},
	{`symbols: [a, b], matrix: [[0.5, 0.5], [1]]`, `matrix[1]: has 1 columns, expected one for each of 2 symbols`},
	{`symbols: [a, b], matrix: [[0.5, 0.5], [1, 0, 0]]`, `matrix[1]: has 3 columns, expected one for each of 2 symbols`},
	{`symbols: [a, b], matrix: [[0.5, 0.4], [1, 0]]`, `matrix[0]: what follows a sums to 0.9, expected 1`},
	{`symbols: [a, b], matrix: [[0.5, 0.5], [0.7, 0.31]]`, `matrix[1]: what follows b sums to 1.01, expected 1`},
	{`symbols: [a, b], matrix: [[1.5, -0.5], [1, 0]]`, `matrix[0][0]: got 1.5, expected a probability from 0 to 1`},
	{`symbols: [a, b], matrix: [[0.5, 0.5000000001], [1, 0]]`, ``},
	{`symbols: [a, b], matrix: [[0.5, 0.500000002], [1, 0]]`, `matrix[0]: what follows a sums to 1.0000000020000002, expected 1`},
	{`symbols: [a, b], matrix: [[0, 1], [0.5, -0.5]]`, `matrix[1][1]: got -0.5, expected a probability from 0 to 1`},
}

var sectionsOfPoisson = []section{
	{`count: 3, rates: [[1, 2], [3, 4]]`, ``},
	{`count: 3, rates: []`, `rates: has no row, expected one for each class`},
	{`count: 3, rates: [[]]`, `rates[0]: has 0 columns, expected one for each channel, as many in each row`},
	{`count: 3, rates: [[1, 2], [3]]`, `rates[1]: has 1 columns, expected one for each channel, as many in each row`},
	{`count: 3, rates: [[1], [3, 4]]`, `rates[1]: has 2 columns, expected one for each channel, as many in each row`},
	{`count: 3, rates: [[1, -2], [3, 4]]`, `rates[0][1]: got -2, expected a rate from 0 to 1e6 a second`},
	{`count: 3, rates: [[1, 2], [1000001, 4]]`, `rates[1][0]: got 1.000001e+06, expected a rate from 0 to 1e6 a second`},
	{`count: 3, rates: [[0, 1e6]]`, ``},
}

var sectionsOfGenerator = []section{
	{`fields: {x: 3}`, ``},
	{`fields: {}`, `fields: has no field; fields: {pattern: 16} is one of 16 numbers`},
	{`fields: {x: 3}, labels: [a, b], features: [a, b]`, ``},
	{`fields: {x: 3}, labels: [a, a]`, `labels[1]: got "a", expected a name of its own`},
	{`fields: {x: 3}, labels: [a, ""]`, `labels[1]: got "", expected a name of its own`},
	{`fields: {x: 3}, features: [a, b, b]`, `features[2]: got "b", expected a name of its own`},
}
