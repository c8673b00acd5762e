package templates

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// TestSettingsOfShortForms: settings of a short form change exactly the expected lines of
// the expanded document. There is a line for each key that is new or has another value,
// and one with a - for each key that is gone.
func TestSettingsOfShortForms(t *testing.T) {
	for _, c := range settings {
		was, err := stands(c.from)
		if err != nil {
			t.Fatal(err)
		}
		is, err := stands(c.to)
		if err != nil {
			t.Errorf("%s: %v", c.to, err)
			continue
		}
		if got := differs(was, is); got != strings.Trim(c.want, "\n") {
			t.Errorf("%s changes\n%s\nwant%s", c.to, got, c.want)
		}
	}
}

// setting is a short form, a changed one, and the difference of their documents.
type setting struct{ from, to, want string }

var settings = []setting{
	{`bars: {}`, `bars: {bars: 4, width: 6, p: 0.3, flips: 1%}`, `
populations.neurons.size: 4
inputs.pixels.size: 24
projections[0].weights.normal[1]: 0.16329931618554522
projections[1].weights.uniform[0]: -0.0005
projections[1].weights.uniform[1]: 0.0005
data.pictures.bars.rows: 4
data.pictures.bars.width: 6
data.pictures.bars.p: 0.3
data.pictures.bars.flips: 0.01
`},
	{`bars: {}`, `bars: {source: crossing, bars: 8}`, `
inputs.pixels.size: 16
projections[0].weights.normal[1]: 0.2
data.pictures.bars.rows: 4
data.pictures.bars.columns: 4
`},
	{`bars: {}`, `bars: {source: patches, bars: 5, path: photos}`, `
- data.pictures.bars.rows
- data.pictures.bars.columns
- data.pictures.bars.width
- data.pictures.bars.p
- data.pictures.bars.flips
- measure[1].name
- measure[1].in[0]
- measure[1].information.population
- measure[1].information.about
- measure[1].information.threshold
- measure[1].information.checks
- measure[1].information.check_in[0]
populations.neurons.size: 5
inputs.pixels.size: 25
projections[0].weights.normal[1]: 0.16
projections[1].weights.uniform[0]: -0.0004472135954999579
projections[1].weights.uniform[1]: 0.0004472135954999579
data.pictures.patches.folder: photos
data.pictures.patches.side: 5
`},
	{`bars: {}`, `bars: {stimuli: 50, test: 20, checks: 3, threshold: 0.5, rounds: 2, init: 0.25}`, `
projections[0].weights.normal[1]: 0.25
protocol[0].present.count: 50
protocol[0].present.rounds: 2
protocol[1].present.count: 20
protocol[1].present.rounds: 2
measure[1].information.threshold: 0.5
measure[1].information.checks: 3
`},
	{`bars: {}`, `bars: {interval: 5ms}`, `
protocol[0].present.length: 5ms
protocol[1].present.length: 5ms
`},
	{`bars: {}`, "bars: {interval: 5ms}\nneuron: {clock: {kind: poisson, interval: 3ms}}", `
neurons.unit.clock.kind: poisson
neurons.unit.clock.interval: 3ms
protocol[0].present.length: 5ms
protocol[1].present.length: 5ms
`},
	{`bars: {}`, "bars: {}\nneuron: {clock: {kind: poisson, interval: 3ms}}", `
neurons.unit.clock.kind: poisson
neurons.unit.clock.interval: 3ms
protocol[0].present.length: 30ms
protocol[1].present.length: 30ms
`},
	{`bars: {}`, "bars: {}\nneuron: {window: 50, goal: {red: 2}, learning: {rule: goal}, homeostasis: {gain: 0}, prior: {mass: 3, sigma: 4}, gate: {threshold: 0.5, tau: 3, heard: true, once: true}, clock: {kind: poisson}}", `
- neurons.unit.goal.unq_r
- neurons.unit.homeostasis.gain
- neurons.unit.homeostasis.mean_rate
- neurons.unit.homeostasis.target
- neurons.unit.homeostasis.start
- neurons.unit.homeostasis.from
- neurons.unit.homeostasis.to
- neurons.unit.homeostasis.halfway
- neurons.unit.homeostasis.h_res
- neurons.unit.homeostasis.bias_gain
- neurons.unit.homeostasis.bias_end
- neurons.unit.homeostasis.tolerance
- neurons.unit.homeostasis.rate
neurons.unit.goal.red: 2
neurons.unit.ports.c.rule: goal
neurons.unit.ports.c.rate: 5
neurons.unit.ports.c.center: 0
neurons.unit.ports.c.bias: false
neurons.unit.ports.c.squash: false
neurons.unit.window: 50
neurons.unit.prior.mass: 3
neurons.unit.prior.sigma: 4
neurons.unit.clock.kind: poisson
neurons.unit.gate.threshold: 0.5
neurons.unit.gate.tau: 3
neurons.unit.gate.heard: true
neurons.unit.gate.once: true
protocol[0].present.length: 100ms
protocol[1].present.length: 100ms
`},
	{`bars: {}`, "bars: {}\nneuron: {homeostasis: {gain: 0, bias_gain: 0.5}, activation: kay_phillips, k1: 0.25, k2: 3, context_gain: 1, hard_bits: true, stability_norm: 2}", `
neurons.unit.activation.kind: kay_phillips
neurons.unit.activation.gain: 1
neurons.unit.activation.k1: 0.25
neurons.unit.activation.k2: 3
neurons.unit.hard_bits: true
neurons.unit.homeostasis.gain: 0
neurons.unit.homeostasis.target: 5
neurons.unit.homeostasis.start: 0
neurons.unit.homeostasis.halfway: 0
neurons.unit.homeostasis.bias_gain: 0.5
neurons.unit.stability_norm: 2
`},
	{`bars: {}`, "bars: {}\nnetwork: {neurons: 5, input_delay: 3ms, delay: 4ms, weights: 0.5, noise: {loss: 10%}, place: {kind: grid}, groups: [{neurons: '0', delay: 9ms}]}", `
populations.neurons.size: 5
populations.neurons.groups[0].neurons: 0
populations.neurons.groups[0].delay: 9ms
populations.neurons.place.kind: grid
inputs.pixels.place.kind: grid
projections[0].delay: 3ms
projections[1].weights.uniform[0]: -0.22360679774997896
projections[1].weights.uniform[1]: 0.22360679774997896
projections[1].delay: 4ms
projections[1].noise.loss: 0.1
projections[1].noise.duplicate: 0
projections[1].noise.jitter: 0us
projections[1].noise.reorder: 0
projections[1].noise.hold: 20ms
`},
	{`bars: {}`, "bars: {}\nnetwork: {topology: {rule: none}}", `
- projections[1].name
- projections[1].from
- projections[1].to
- projections[1].port
- projections[1].rule
- projections[1].weights.uniform[0]
- projections[1].weights.uniform[1]
- projections[1].delay
`},
	{`bars: {}`, "bars: {}\nnetwork: {topology: {rule: ring, k: 2, directed: true}}", `
- projections[1].rule
projections[1].rule.name: ring
projections[1].rule.k: 2
projections[1].rule.directed: true
`},
	{`bars: {}`, "bars: {}\nnetwork: {topology: {rule: imported, graph: g.csv, keep: both, delay_unit: ms, undirected: true}}", `
- projections[1].rule
- projections[1].weights.uniform[0]
- projections[1].weights.uniform[1]
projections[1].rule.name: imported
projections[1].rule.graph: g.csv
projections[1].rule.delay_unit: ms
projections[1].rule.undirected: true
projections[1].weights: graph
projections[1].delay: graph
`},
	{`bars: {}`, "bars: {}\nnetwork: {topology: {rule: imported, graph: g.csv, keep: weights}}", `
- projections[1].rule
- projections[1].weights.uniform[0]
- projections[1].weights.uniform[1]
projections[1].rule.name: imported
projections[1].rule.graph: g.csv
projections[1].rule.delay_unit: us
projections[1].weights: graph
`},
	{`bars: {}`, "bars: {}\nnetwork: {topology: {rule: imported, graph: g.csv, keep: delays}}", `
- projections[1].rule
projections[1].rule.name: imported
projections[1].rule.graph: g.csv
projections[1].rule.delay_unit: us
projections[1].delay: graph
`},
	{`bars: {}`, "bars: {}\nnetwork: {projections: {context: {delay: 7ms}, pixels: {noise: {loss: 5%}}}}", `
projections[0].noise.loss: 0.05
projections[0].noise.duplicate: 0
projections[0].noise.jitter: 0us
projections[0].noise.reorder: 0
projections[0].noise.hold: 20ms
projections[1].delay: 7ms
`},
	{`bars: {}`, "bars: {}\nnetwork: {noise: {}, projections: {pixels: {noise: {}}}}", `

`},
	{`bars: {}`, "bars: {}\nseed: 7\nmode: lockstep\ncontrol: frozen\nvalidation: 10%\ndescription: words\nevents: [{at: 1s, silent: true}]\nfaults: [{kind: silent, share: 10%}]\nexpect: [{score: bars.found, min: 3}]\nrecord: {atoms: 3}", `
description: words
seed: 7
validation: 0.1
control: frozen
events[0].at: 1s
events[0].after: 0us
events[0].until: 0us
events[0].neurons: all
events[0].silent: true
faults[0].kind: silent
faults[0].share: 0.1
faults[0].from: 0us
faults[0].until: 0us
faults[0].every: 0us
faults[0].down: 0us
faults[0].restart: nothing
faults[0].snapshot: 1s
record.atoms: 3
expect[0].score: bars.found
expect[0].min: 3
expect[0].after: 0us
expect[0].within: 0us
`},
	{`digits: {}`, `digits: {passes: 3, teacher: 1.5, init: 0.5, levels: 4, samples: 100, test: 50, baselines: 0, strokes: {side: 8, flips: 0%, shift: 2}}`, `
- measure[2].name
- measure[2].regression.of[0]
- measure[2].regression.fit
- measure[2].regression.test
- measure[2].regression.passes
- measure[2].regression.fields
projections[0].weights.uniform[0]: -0.5
projections[0].weights.uniform[1]: 0.5
projections[1].weights: 1.5
data.digits.strokes.train: 100
data.digits.strokes.test: 50
data.digits.strokes.side: 8
data.digits.strokes.flips: 0
data.digits.strokes.shift: 2
data.digits.to.pixels.levels: 4
protocol[0].present.passes: 3
`},
	{`digits: {}`, `digits: {data: mnist, checksum: ab, samples: 100}`, `
- data.digits.strokes.train
- data.digits.strokes.test
- data.digits.strokes.side
- data.digits.strokes.flips
- data.digits.strokes.shift
data.digits.idx.folder: mnist
data.digits.idx.checksum: ab
data.digits.idx.train: 100
data.digits.idx.test: 0
`},
	{`digits: {}`, `digits: {batch: {}}`, `
neurons.unit.ports.r.rate: 1
neurons.unit.ports.r.end_rate: -1
neurons.unit.ports.r.halfway: 0
neurons.unit.ports.r.norm: fan_in
neurons.unit.window: 64
protocol[0].present.batch.size: 1024
protocol[0].present.batch.rate: 0.01
protocol[0].present.batch.end_rate: -1
protocol[0].present.batch.halfway: 0
protocol[0].present.batch.average: 0
protocol[0].present.batch.decay: 0
protocol[0].present.batch.fit[0]: neurons
protocol[0].present.batch.end_drive: 1
`},
	{`digits: {}`, `digits: {batch: {size: 64, rate: 0.1, end_rate: 0.05, decay: 0.01}}`, `
neurons.unit.ports.r.rate: 1
neurons.unit.ports.r.end_rate: -1
neurons.unit.ports.r.halfway: 0
neurons.unit.ports.r.norm: fan_in
neurons.unit.window: 64
protocol[0].present.batch.size: 64
protocol[0].present.batch.rate: 0.1
protocol[0].present.batch.end_rate: 0.05
protocol[0].present.batch.halfway: 0
protocol[0].present.batch.average: 0
protocol[0].present.batch.decay: 0.01
protocol[0].present.batch.fit[0]: neurons
protocol[0].present.batch.end_drive: 1
`},
	{`digits: {}`, "digits: {}\nnetwork: {topology: {rule: all_to_all}, weights: 1}", `
neurons.unit.tell: change
projections[2].name: lateral
projections[2].from: neurons
projections[2].to: neurons
projections[2].port: c
projections[2].rule: all_to_all
projections[2].weights.uniform[0]: -0.31622776601683794
projections[2].weights.uniform[1]: 0.31622776601683794
projections[2].delay: 1ms
`},
	{`digits: {}`, "digits: {}\nnetwork: {topology: {rule: fixed_indegree, indegree: 3}}\nrecord: {atoms: 1}", `
neurons.unit.tell: change
projections[2].name: lateral
projections[2].from: neurons
projections[2].to: neurons
projections[2].port: c
projections[2].rule.name: fixed_indegree
projections[2].rule.indegree: 3
projections[2].weights.uniform[0]: -0.00031622776601683794
projections[2].weights.uniform[1]: 0.00031622776601683794
projections[2].delay: 1ms
record.spikes: true
record.atoms: 1
`},
	{`digits: {}`, "digits: {}\nneuron: {receptive_learning: {rule: goal}}", `
neurons.unit.ports.r.rate: 5
neurons.unit.ports.r.end_rate: -1
neurons.unit.ports.r.halfway: 0
neurons.unit.ports.r.norm: fan_in
neurons.unit.ports.r.bias: false
`},
	{`digits: {}`, "digits: {}\nneuron: {receptive_learning.rate: 2}", `
neurons.unit.ports.r.rate: 2
`},
	{`hidden_layer: {goal: modified}`, `hidden_layer: {goal: naive}`, `
- neurons.feature.goal.{1}{2}{3}
- neurons.feature.goal.{1}{3}
- neurons.feature.goal.{12}{13}
`},
	{`hidden_layer: {goal: modified}`, `hidden_layer: {goal: optimised}`, `
neurons.feature.goal.{1}{2}{3}: 0.21016
neurons.feature.goal.{1}{2}: 0.98604
neurons.feature.goal.{1}{3}: -0.44868
neurons.feature.goal.{2}{3}: 0.46835
neurons.feature.goal.{1}{23}: -0.62376
neurons.feature.goal.{2}{13}: 0.4327
neurons.feature.goal.{3}{12}: 0.84127
neurons.feature.goal.{1}: 0.00973
neurons.feature.goal.{2}: -0.41209
neurons.feature.goal.{3}: -0.48135
neurons.feature.goal.{12}{13}{23}: -0.14115
neurons.feature.goal.{12}{13}: -0.70579
neurons.feature.goal.{12}{23}: -0.53288
neurons.feature.goal.{13}{23}: 0.14942
neurons.feature.goal.{12}: 0.70986
neurons.feature.goal.{13}: 0.33916
neurons.feature.goal.{23}: 0.78664
neurons.feature.goal.{123}: 0.05719
neurons.feature.goal.h_res: 0
`},
	{`hidden_layer: {goal: modified}`, `hidden_layer: {goal: modified, gamma: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]}`, `
neurons.feature.goal.{1}{2}{3}: 1
neurons.feature.goal.{1}{2}: 2
neurons.feature.goal.{1}{3}: 3
neurons.feature.goal.{2}{3}: 4
neurons.feature.goal.{1}{23}: 5
neurons.feature.goal.{2}{13}: 6
neurons.feature.goal.{3}{12}: 7
neurons.feature.goal.{1}: 8
neurons.feature.goal.{2}: 9
neurons.feature.goal.{3}: 10
neurons.feature.goal.{12}{13}{23}: 11
neurons.feature.goal.{12}{13}: 12
neurons.feature.goal.{12}{23}: 13
neurons.feature.goal.{13}{23}: 14
neurons.feature.goal.{12}: 15
neurons.feature.goal.{13}: 16
neurons.feature.goal.{23}: 17
neurons.feature.goal.{123}: 18
neurons.feature.goal.h_res: 19
`},
	{`hidden_layer: {goal: modified}`, `hidden_layer: {goal: modified, neurons: 26, lateral: 4, looks: 5, bins: {number: 6, range: 3}, baselines: 0}`, `
- projections[4].rule
- measure[2].name
- measure[2].regression.of[0]
- measure[2].regression.fit
- measure[2].regression.test
- measure[2].regression.passes
neurons.feature.ports.r.bins.number: 6
neurons.feature.ports.r.bins.range: 3
neurons.feature.ports.c.bins.number: 6
neurons.feature.ports.c.bins.range: 3
neurons.feature.ports.l.bins.number: 6
neurons.feature.ports.l.bins.range: 3
populations.hidden.size: 26
projections[2].weights.uniform[0]: -0.19611613513818404
projections[2].weights.uniform[1]: 0.19611613513818404
projections[4].rule.name: fixed_indegree
projections[4].rule.indegree: 4
projections[4].weights.uniform[0]: -0.5
projections[4].weights.uniform[1]: 0.5
protocol[1].present.looks: 5
`},
	{`hidden_layer: {goal: modified}`, `hidden_layer: {goal: modified, passes: 2, batch: 64, rate: 0.1, decay: 0.2, readout_rate: 0.3, readout_decay: 0.4, end_rate: 0.5, average: 20%}`, `
protocol[0].present.passes: 2
protocol[0].present.batch.size: 64
protocol[0].present.batch.rate: 0.1
protocol[0].present.batch.end_rate: 0.05
protocol[0].present.batch.average: 0.2
protocol[0].present.batch.decay: 0.2
protocol[0].present.batch.of.readout.rate: 0.3
protocol[0].present.batch.of.readout.decay: 0.4
`},
	{`hidden_layer: {goal: modified}`, `hidden_layer: {goal: modified, end_rate: 0.5, online: {}}`, `
- protocol[0].present.batch.size
- protocol[0].present.batch.rate
- protocol[0].present.batch.end_rate
- protocol[0].present.batch.halfway
- protocol[0].present.batch.average
- protocol[0].present.batch.decay
- protocol[0].present.batch.of.readout.rate
- protocol[0].present.batch.of.readout.decay
- protocol[0].present.batch.fit[0]
- protocol[0].present.batch.end_drive
neurons.feature.ports.r.end_rate: 0.5
neurons.feature.ports.r.norm: power
neurons.feature.ports.c.end_rate: 0.5
neurons.feature.ports.c.norm: power
neurons.feature.ports.l.end_rate: 0.5
neurons.feature.ports.l.norm: power
neurons.feature.window: 1000
neurons.feature.warm_up: 200
neurons.feature.step_clip: 4
neurons.readout.activation.gain: 2
neurons.readout.ports.r.rate: 3
neurons.readout.ports.r.end_rate: 1.5
neurons.readout.ports.r.norm: power
neurons.readout.window: 300
`},
	{`hidden_layer: {online: {pixel_rate: 0.002}, end_rate: 0}`, `hidden_layer: {online: {pixel_rate: 0.002, halfway: 70}, end_rate: 0}`, `
neurons.feature.ports.r.halfway: 70
neurons.feature.ports.c.halfway: 70
neurons.feature.ports.l.halfway: 70
neurons.readout.ports.r.halfway: 70
`},
	{`hidden_layer: {goal: modified}`, `hidden_layer: {goal: modified, online: {rate: 2, readout_rate: 4, window: 50, warm_up: 60, step_clip: 0}}`, `
- protocol[0].present.batch.size
- protocol[0].present.batch.rate
- protocol[0].present.batch.end_rate
- protocol[0].present.batch.halfway
- protocol[0].present.batch.average
- protocol[0].present.batch.decay
- protocol[0].present.batch.of.readout.rate
- protocol[0].present.batch.of.readout.decay
- protocol[0].present.batch.fit[0]
- protocol[0].present.batch.end_drive
neurons.feature.ports.r.rate: 2
neurons.feature.ports.r.end_rate: 2
neurons.feature.ports.r.norm: power
neurons.feature.ports.c.rate: 2
neurons.feature.ports.c.end_rate: 2
neurons.feature.ports.c.norm: power
neurons.feature.ports.l.rate: 2
neurons.feature.ports.l.end_rate: 2
neurons.feature.ports.l.norm: power
neurons.feature.window: 50
neurons.feature.warm_up: 50
neurons.readout.activation.gain: 2
neurons.readout.ports.r.rate: 4
neurons.readout.ports.r.end_rate: 4
neurons.readout.ports.r.norm: power
neurons.readout.window: 300
`},
	{`hidden_layer: {goal: modified}`, `hidden_layer: {goal: modified, data: mnist}`, `
- data.digits.strokes.train
- data.digits.strokes.test
- data.digits.strokes.side
- data.digits.strokes.flips
- data.digits.strokes.shift
projections[0].weights.uniform[0]: -0.03571428571428571
projections[0].weights.uniform[1]: 0.03571428571428571
data.digits.idx.folder: mnist
data.digits.idx.train: 0
data.digits.idx.test: 0
`},
	{`hidden_layer: {goal: modified}`, "hidden_layer: {goal: modified}\nnetwork: {topology: {rule: none}, delay: 3ms, noise: {loss: 1%}}", `
- projections[4].name
- projections[4].from
- projections[4].to
- projections[4].port
- projections[4].rule
- projections[4].weights.uniform[0]
- projections[4].weights.uniform[1]
- projections[4].delay
projections[2].delay: 3ms
projections[2].noise.loss: 0.01
projections[2].noise.duplicate: 0
projections[2].noise.jitter: 0us
projections[2].noise.reorder: 0
projections[2].noise.hold: 20ms
`},
	{`associative_memory: {patterns: {width: 4}}`, `associative_memory: {patterns: {width: 4, height: 2}, presentations: 3, order: sequential, drive: 1, interval: 5ms}`, `
populations.neurons.size: 8
inputs.input.size: 8
projections[0].weights: 1
projections[1].weights.uniform[0]: -0.00035355339059327376
projections[1].weights.uniform[1]: 0.00035355339059327376
data.patterns.patterns.height: 2
protocol[0].present.passes: 3
protocol[0].present.order: sequential
protocol[0].present.length: 5ms
`},
	{`associative_memory: {patterns: {width: 4}}`, "associative_memory: {patterns: {width: 4}}\nnetwork: {neurons: 12}", `
populations.neurons.size: 12
inputs.input.size: 12
projections[1].weights.uniform[0]: -0.0002886751345948129
projections[1].weights.uniform[1]: 0.0002886751345948129
data.patterns.patterns.height: 3
`},
	{`associative_memory: {patterns: {width: 4}}`, `associative_memory: {patterns: {width: 4}, stored: batch}`, `
- neurons.unit.prior.mass
- neurons.unit.prior.sigma
neurons.unit.ports.c.rate: 1
projections[0].weights: 3
protocol[0].present.passes: 1000
protocol[0].present.batch.size: 0
protocol[0].present.batch.rate: 0.1
protocol[0].present.batch.end_rate: -1
protocol[0].present.batch.halfway: 0
protocol[0].present.batch.average: 0
protocol[0].present.batch.decay: 0
protocol[0].present.batch.end_drive: 0.3333333333333333
`},
	{`associative_memory: {patterns: {width: 4}}`, `associative_memory: {patterns: {width: 4}, stored: batch, batch: {passes: 5, rate: 0.2, drive: 4, end_drive: 2, halfway: 70}}`, `
- neurons.unit.prior.mass
- neurons.unit.prior.sigma
neurons.unit.ports.c.rate: 1
projections[0].weights: 4
protocol[0].present.passes: 5
protocol[0].present.batch.size: 0
protocol[0].present.batch.rate: 0.2
protocol[0].present.batch.end_rate: -1
protocol[0].present.batch.halfway: 70
protocol[0].present.batch.average: 0
protocol[0].present.batch.decay: 0
protocol[0].present.batch.end_drive: 0.5
`},
	{`associative_memory: {patterns: {width: 4}}`, `associative_memory: {patterns: {width: 4}, stored: hebb}`, `
- protocol[0].present.data
- protocol[0].present.items
- protocol[0].present.passes
- protocol[0].present.count
- protocol[0].present.duration
- protocol[0].present.order
- protocol[0].present.repeat
- protocol[0].present.length
- protocol[0].present.rounds
- protocol[0].present.learn
- protocol[0].present.output
- protocol[0].present.looks
protocol[0].store.data: patterns
protocol[0].store.items: all
protocol[0].store.input: input
protocol[0].store.projection: context
protocol[0].store.rule: hebb
`},
	{`associative_memory: {patterns: {width: 4}}`, `associative_memory: {patterns: {width: 4}, stream: {}}`, `
protocol[0].present.passes: 1
protocol[0].present.order: sequential
protocol[0].present.repeat: 3
`},
	{`associative_memory: {patterns: {width: 4}}`, `associative_memory: {patterns: {width: 4}, stream: {presentations: 2, rehearsal: 5, span: 9}}`, `
protocol[0].present.passes: 1
protocol[0].present.order: sequential
protocol[0].present.repeat: 2
protocol[0].present.rehearse.count: 5
protocol[0].present.rehearse.span: 9
`},
	{`associative_memory: {patterns: {width: 4}}`, `associative_memory: {patterns: {width: 4}, recall: [{name: a, cue: partial, fraction: 30%, dynamics: graded_belief, release: held, sweeps: 7, count: 3, backwards: true}]}`, `
- protocol[2].name
- protocol[2].recall.data
- protocol[2].recall.items
- protocol[2].recall.count
- protocol[2].recall.backwards
- protocol[2].recall.input
- protocol[2].recall.population
- protocol[2].recall.cue
- protocol[2].recall.fraction
- protocol[2].recall.dynamics
- protocol[2].recall.release
- protocol[2].recall.sweeps
protocol[1].name: a
protocol[1].recall.count: 3
protocol[1].recall.backwards: true
protocol[1].recall.cue: partial
protocol[1].recall.fraction: 0.3
protocol[1].recall.dynamics: graded_belief
protocol[1].recall.release: held
protocol[1].recall.sweeps: 7
`},
	{`associative_memory: {patterns: {width: 4}}`, `associative_memory: {patterns: {width: 4}, phases: [{name: one, train: {presentations: 2, patterns: A}}, {name: two, train: {}}, {name: three, train: {duration: 1s}}, {name: pause, rest: {duration: 1s}}, {name: look, measure: {weights: true}}, {name: see, measure: {atoms: false, patterns: '#1'}}, {name: back, recall: {}}]}`, `
- protocol[1].recall.data
- protocol[1].recall.items
- protocol[1].recall.count
- protocol[1].recall.backwards
- protocol[1].recall.input
- protocol[1].recall.population
- protocol[1].recall.cue
- protocol[1].recall.fraction
- protocol[1].recall.dynamics
- protocol[1].recall.release
- protocol[1].recall.sweeps
- protocol[2].recall.data
- protocol[2].recall.items
- protocol[2].recall.count
- protocol[2].recall.backwards
- protocol[2].recall.input
- protocol[2].recall.population
- protocol[2].recall.cue
- protocol[2].recall.fraction
- protocol[2].recall.dynamics
- protocol[2].recall.release
- protocol[2].recall.sweeps
protocol[0].name: one
protocol[0].present.items: A
protocol[0].present.passes: 2
protocol[1].name: two
protocol[1].present.data: patterns
protocol[1].present.items: all
protocol[1].present.passes: 30
protocol[1].present.count: 0
protocol[1].present.duration: 0us
protocol[1].present.order: shuffled
protocol[1].present.repeat: 1
protocol[1].present.length: 0us
protocol[1].present.rounds: 1
protocol[1].present.learn: all
protocol[1].present.output: own
protocol[1].present.looks: 1
protocol[2].name: three
protocol[2].present.data: patterns
protocol[2].present.items: all
protocol[2].present.passes: 1
protocol[2].present.count: 0
protocol[2].present.duration: 1s
protocol[2].present.order: shuffled
protocol[2].present.repeat: 1
protocol[2].present.length: 0us
protocol[2].present.rounds: 1
protocol[2].present.learn: all
protocol[2].present.output: own
protocol[2].present.looks: 1
protocol[3].name: pause
protocol[3].rest.duration: 1s
protocol[3].rest.output: none
protocol[3].rest.learn: none
protocol[4].name: look
protocol[4].present.data: patterns
protocol[4].present.items: all
protocol[4].present.passes: 1
protocol[4].present.count: 0
protocol[4].present.duration: 0us
protocol[4].present.order: sequential
protocol[4].present.repeat: 1
protocol[4].present.length: 0us
protocol[4].present.rounds: 1
protocol[4].present.learn: none
protocol[4].present.output: own
protocol[4].present.looks: 1
protocol[4].save[0]: atoms
protocol[4].save[1]: weights
protocol[4].save[2]: picture
protocol[5].name: see
protocol[5].present.data: patterns
protocol[5].present.items: #1
protocol[5].present.passes: 1
protocol[5].present.count: 0
protocol[5].present.duration: 0us
protocol[5].present.order: sequential
protocol[5].present.repeat: 1
protocol[5].present.length: 0us
protocol[5].present.rounds: 1
protocol[5].present.learn: none
protocol[5].present.output: own
protocol[5].present.looks: 1
protocol[6].name: back
protocol[6].recall.data: patterns
protocol[6].recall.items: all
protocol[6].recall.count: 0
protocol[6].recall.backwards: false
protocol[6].recall.input: input
protocol[6].recall.population: neurons
protocol[6].recall.cue: clean
protocol[6].recall.fraction: 0
protocol[6].recall.dynamics: sign
protocol[6].recall.release: released
protocol[6].recall.sweeps: 0
`},
	{`script: {code: x, patterns: {width: 3}}`, `script: {code: x, patterns: {width: 3}, drive: 1, steps: 5000, memory: 7, parameters: {a: 1}}`, `
projections[0].weights: 1
protocol[0].script.parameters.a: 1
protocol[0].script.steps: 5000
protocol[0].script.memory: 7
`},
	{`script: {code: x, patterns: {width: 3}}`, `script: {code: x, patterns: {width: 3}, channels: 9}`, `
- projections[0].weights
neurons.unit.output: sampled
populations.neurons.size: 100
projections[0].rule: all_to_all
projections[0].weights.normal[0]: 0
projections[0].weights.normal[1]: 0.26666666666666666
projections[1].weights.uniform[0]: -0.0001
projections[1].weights.uniform[1]: 0.0001
data.patterns.patterns.height: 0
`},
	{`script: {code: x, patterns: {width: 3}}`, `script: {code: x, patterns: {width: 3, height: 2}, context_channels: 6, context_drive: 0.5}`, `
populations.neurons.size: 6
inputs.input.size: 6
inputs.teachers.size: 6
inputs.teachers.place.kind: none
inputs.teachers.place.dims: 2
inputs.teachers.place.extent: 1
inputs.teachers.width: 0
projections[1].weights.uniform[0]: -0.0004082482904638631
projections[1].weights.uniform[1]: 0.0004082482904638631
projections[2].name: teachers
projections[2].from: teachers
projections[2].to: neurons
projections[2].port: c
projections[2].rule: one_to_one
projections[2].weights: 0.5
projections[2].delay: 1ms
data.patterns.patterns.height: 2
protocol[0].script.context: teachers
`},
	{`script: {code: x, patterns: {width: 3}}`, `script: {code: x, patterns: {width: 3}, context_channels: 2}`, `
inputs.teachers.size: 2
inputs.teachers.place.kind: none
inputs.teachers.place.dims: 2
inputs.teachers.place.extent: 1
inputs.teachers.width: 0
projections[2].name: teachers
projections[2].from: teachers
projections[2].to: neurons
projections[2].port: c
projections[2].rule: all_to_all
projections[2].weights: 1
projections[2].delay: 1ms
protocol[0].script.context: teachers
`},
	{`script: {code: x, patterns: {width: 3}}`, `script: {code: x, channels: 4, spread: 0.5}`, `
- projections[0].weights
- data.patterns.patterns.source
- data.patterns.patterns.count
- data.patterns.patterns.width
- data.patterns.patterns.height
- data.patterns.patterns.p
- data.patterns.patterns.correlation
- data.patterns.patterns.drift
- data.patterns.to.input.field
- data.patterns.to.input.on
- data.patterns.to.input.off
- data.patterns.to.input.levels
- data.patterns.to.input.scale
- data.patterns.first
- protocol[0].script.data
neurons.unit.output: sampled
populations.neurons.size: 100
inputs.input.size: 4
projections[0].rule: all_to_all
projections[0].weights.normal[0]: 0
projections[0].weights.normal[1]: 0.5
projections[1].weights.uniform[0]: -0.0001
projections[1].weights.uniform[1]: 0.0001
`},
	{`script: {code: x, patterns: {width: 3}}`, `script: {file: f.star}`, `
- data.patterns.patterns.source
- data.patterns.patterns.count
- data.patterns.patterns.width
- data.patterns.patterns.height
- data.patterns.patterns.p
- data.patterns.patterns.correlation
- data.patterns.patterns.drift
- data.patterns.to.input.field
- data.patterns.to.input.on
- data.patterns.to.input.off
- data.patterns.to.input.levels
- data.patterns.to.input.scale
- data.patterns.first
- protocol[0].script.code
- protocol[0].script.data
populations.neurons.size: 100
inputs.input.size: 100
projections[1].weights.uniform[0]: -0.0001
projections[1].weights.uniform[1]: 0.0001
protocol[0].script.file: f.star
`},
	{`script: {code: x, patterns: {width: 3}}`, "script: {code: x, patterns: {width: 3}}\nnetwork: {neurons: 12}", `
populations.neurons.size: 12
inputs.input.size: 12
projections[1].weights.uniform[0]: -0.0002886751345948129
projections[1].weights.uniform[1]: 0.0002886751345948129
data.patterns.patterns.height: 4
`},
}

// Invalid short forms are refused, with the keys of the short form.
func TestShortFormsRefused(t *testing.T) {
	for _, c := range [][2]string{
		{"bars: {source: crossing, bars: 7}", "bars.bars: got 7, expected an even number, because half of the crossing bars are columns"},
		{"bars: {source: patches}", "bars.path: expected a folder of pictures, because source is patches"},
		{"bars: {bars: 1}", "bars.bars: got 1, expected a whole number from 2 to 256"},
		{"bars: {}\nnetwork: {projections: {contex: {delay: 1ms}}}", `network.projections.contex: is no projection of this experiment; did you mean "context"?`},
		{"bars: {}\nnetwork: {topology: {rule: imported}}", "network.topology.graph: expected a graph file, because rule is imported"},
		{"bars: {}\nnetwork: {topology: {rule: ring, k: 2, graph: g.csv}}", "network.topology.graph: is not used by rule ring; rule: imported takes it as it is; rewire and degree_preserving start from it"},
		{"bars: {}\nnetwork: {topology: {rule: rewire, graph: g.csv, keep: both}}", "network.topology.keep: is for rule imported"},
		{"bars: {}\nnetwork: {topology: {rule: rewire, graph: g.csv, delay_unit: ms}}", "network.topology.delay_unit: is for rule imported"},
		{"bars: {}\nnetwork: {topology: {rule: ring, k: 2, undirected: true}}", "network.topology.undirected: is of a graph file, which rule ring does not use"},
		{"bars: {}\nnetwork: {topology: {rule: ring, k: 2, p: 0.5}}", "network.topology.p: is not used by rule ring; its settings are k, directed"},
		{"bars: {}\nnetwork: {topology: {rule: none, p: 0.5}}", "network.topology.p: is not used by rule none; it has no settings"},
		{"digits: {}\nbars: {}", "cannot stand beside"},
		{"hidden_layer: {average: 5%, online: {}}", "hidden_layer.average: has no effect online; rates that fall by online.halfway to end_rate: 0 make a mean over the neuron's own past"},
		{"hidden_layer: {neurons: 5, lateral: 5}", "hidden_layer.lateral: got 5, expected fewer than there are other hidden neurons"},
		{"hidden_layer: {lateral: 5}\nnetwork: {topology: {rule: ring, k: 2}}", "hidden_layer.lateral: sets the lateral synapses, and so does network.topology; leave one of them out"},
		{"hidden_layer: {}\nneuron: {window: 3}", "neuron: has no effect with hidden_layer, whose neurons are of two kinds"},
		{"hidden_layer: {gamma: [1, 2]}", "hidden_layer.gamma: got a list of 2, expected a list of exactly 19"},
		{"associative_memory: {patterns: {width: 4}}\nnetwork: {neurons: 10}", "network.neurons: got 10, expected a multiple of the patterns' width 4; or set associative_memory.patterns.width"},
		{"associative_memory: {patterns: {width: 4, height: 2}}\nnetwork: {neurons: 12}", "network.neurons: got 12, expected 8, one for each of the patterns' 4×2 pixels; or leave it out"},
		{"associative_memory: {patterns: {width: 4}, recall: [{name: a}, {name: a}]}", `associative_memory.recall[1].name: got "a", expected a name that no other test has`},
		{"associative_memory: {patterns: {width: 4}, recall: [{name: train}]}", `associative_memory.recall[0].name: got "train", expected a name that no other test has`},
		{"associative_memory: {patterns: {width: 4}, recall: [{name: a, cue: flip}]}", "associative_memory.recall[0].fraction: expected more than 0%, because cue is flip; add fraction: 10%"},
		{"associative_memory: {patterns: {width: 4}, recall: [{name: a, fraction: 10%}]}", "associative_memory.recall[0].fraction: got 0.1, expected nothing, because cue is clean; add cue: flip"},
		{"associative_memory: {patterns: {width: 4}, recall: [{name: b}], phases: [{name: a, train: {}}]}", "associative_memory.phases: stands beside recall, stored or stream, which are for one training; write each test as a phase: {name: NAME, recall: {…}}"},
		{"associative_memory: {patterns: {width: 4}, stored: hebb, phases: [{name: a, train: {}}]}", "associative_memory.phases: stands beside recall, stored or stream"},
		{"associative_memory: {patterns: {width: 4}, stream: {}, phases: [{name: a, train: {}}]}", "associative_memory.phases: stands beside recall, stored or stream"},
		{"script: {code: x, patterns: {width: 3, height: 2}, channels: 7}", "script.patterns: got 6, expected patterns of 7 pixels, one for each channel"},
		{"script: {code: x, patterns: {width: 3}}\nnetwork: {neurons: 10}", "script.patterns: got 9, expected patterns of 10 pixels, one for each channel"},
	} {
		_, err := stands(c[0])
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s:\n%v\nwant %s", c[0], err, c[1])
		}
	}
	f := &Form{Name: "a b"}
	if err := f.Validate(); err == nil || !strings.Contains(err.Error(), "letters, digits, - and _ (it names a folder)") {
		t.Errorf("%v", err)
	}
}

// The defaults of the short form fill in what the document does not have, section by
// section. Assignments count as part of the document.
func TestComplete(t *testing.T) {
	if got := Sections(); !slices.Equal(got, []string{"associative_memory", "bars", "digits", "hidden_layer", "script"}) {
		t.Errorf("sections %q", got)
	}
	for _, c := range []struct {
		text   string
		sets   []string
		window int
		spikes bool
	}{
		{"bars: {}", nil, 300, true}, {"bars: {}", []string{"neuron.window=70"}, 70, true}, {"digits: {}", nil, 300, false}, {"digits: {}", []string{"digits.batch.size=8"}, 64, false},
		{"digits: {batch: {}}", nil, 64, false}, {"digits: {}\nrecord: {}", nil, 300, true}, {"digits: {}", []string{"record={atoms: 1}"}, 300, true}, {"digits: {}", []string{"record.atoms=1"}, 300, false},
		{"associative_memory: {patterns: {width: 3}}", nil, 64, true}, {"script: {code: x}", nil, 64, true},
	} {
		f, _, err := formed(c.text, c.sets...)
		if err != nil || f.Neuron.Window != c.window || f.Record.Spikes != c.spikes {
			t.Errorf("%s %v: window %d, spikes %v, %v; want %d, %v", c.text, c.sets, f.Neuron.Window, f.Record.Spikes, err, c.window, c.spikes)
		}
	}
	if _, _, err := formed("bars: {}", "neuron.windo=3"); err == nil {
		t.Error("an assignment to a key that there is not")
	}
	if _, _, err := formed("bars: {}", "bars"); err == nil {
		t.Error("an assignment of nothing")
	}
}

// Every key of the topology section is copied to the rule of the document, if the rule
// uses it.
func TestTopologyIsHandedOn(t *testing.T) {
	from := reflect.TypeFor[Topology]()
	for i := range from.NumField() {
		key := from.Field(i).Tag.Get("yaml")
		rule := ""
		for _, name := range []string{"lattice", "fixed_indegree", "fixed_outdegree", "fixed_total_number", "watts_strogatz", "barabasi_albert", "spatial", "power_law", "stochastic_block", "hierarchical_modular", "core_periphery", "configuration_model", "degree_preserving", "imported"} {
			if language.RuleUses(name, key) {
				rule = name
			}
		}
		if rule == "" {
			continue
		}
		top := Topology{Rule: rule}
		f := reflect.ValueOf(&top).Elem().Field(i)
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
		got := reflect.ValueOf(top.rule()).FieldByName(from.Field(i).Name)
		if !reflect.DeepEqual(got.Interface(), f.Interface()) {
			t.Errorf("%s of rule %s is %v, want %v", key, rule, got, f)
		}
	}
	for _, c := range []struct {
		rule, key string
		want      bool
	}{{"ring", "k", false}, {"ring", "p", true}, {"ring", "graph", false}, {"ring", "rule", false}, {"ring", "keep", false}, {"ring", "delay_unit", false}, {"ring", "undirected", false}, {"none", "k", true}} {
		if RuleIgnores(c.rule, c.key) != c.want {
			t.Errorf("rule %s ignores %s: %v", c.rule, c.key, !c.want)
		}
	}
	for rule, want := range map[string]bool{"imported": true, "rewire": true, "degree_preserving": true, "ring": false, "none": false} {
		if (&Topology{Rule: rule}).usesGraph() != want {
			t.Errorf("rule %s uses a graph: %v", rule, !want)
		}
	}
}

// Learning from batches does not use the settings for learning item by item: either their
// defaults are left out, or all of them.
func TestForBatches(t *testing.T) {
	f, _, err := formed("associative_memory: {patterns: {width: 3}}")
	if err != nil {
		t.Fatal(err)
	}
	plain := f.Neuron
	if !plain.Untouched() {
		t.Error("defaults are written")
	}
	if k := plain.ForBatches(false); k.Learning.Rate != 1 || k.Receptive.Rate != 1 || k.kind().Prior != nil || k.Window != 64 {
		t.Errorf("%+v", k)
	}
	if p := plain.kind().Prior; p == nil || *p != (language.Prior{Mass: 2, Sigma: 2}) || plain.Prior != nil {
		t.Errorf("without batches the prior is %+v", p)
	}
	own := plain
	own.Learning.Rate, own.Receptive.Rate, own.Prior, own.Window, own.Homeostasis.Gain, own.Learning.Clip, own.Learning.Bias = 7, 8, &Prior{2, 2}, 9, 0.5, 4, true
	own.WarmUp, own.HardBits, own.ThetaFloor, own.StepClip, own.StabilityNorm = 3, true, 0.1, 2, 1
	if own.Untouched() {
		t.Error("what is written counts as defaults")
	}
	if k := own.ForBatches(false); !reflect.DeepEqual(k, own) {
		t.Errorf("what was written is left out: %+v", k)
	}
	k := own.ForBatches(true)
	if k.Learning != (Learning{Rule: own.Learning.Rule, Rate: 1, EndRate: -1, Norm: "fan_in", Bias: true}) || k.Receptive.Rate != 1 || *k.Prior != (Prior{2, 2}) || k.Window != 64 || k.WarmUp != 0 || k.HardBits || k.ThetaFloor != 1e-6 || k.StepClip != 0 || k.StabilityNorm != 0 || k.Homeostasis != (language.Homeostasis{}) {
		t.Errorf("%+v", k)
	}
	if own.Learning.Rate != 7 || own.Prior.Mass != 2 || plain.Prior != nil {
		t.Error("the section itself is changed")
	}
}

// A key of the document is traced back to the key of the short form from which it comes.
func TestOrigins(t *testing.T) {
	const memory = "associative_memory: {patterns: {width: 4}, phases: [{name: a, train: {}}, {name: b, measure: {}}, {name: c, recall: {}}, {name: d, rest: {duration: 1s}}]}"
	for _, c := range []struct{ form, key, want string }{
		{"bars: {}", "data.pictures.bars.rows", "bars.rows"}, {"bars: {}", "data.pictures.bars", "bars"}, {"bars: {}", "data.pictures.barss", "data.pictures.barss"},
		{"bars: {source: patches, path: x}", "data.pictures.patches.folder", "bars.path"},
		{"bars: {}", "neurons.unit.ports.r.bins.number", "neuron.receptive_bins.number"}, {"bars: {}", "neurons.unit.ports.c.bins", "neuron.context_bins"},
		{"bars: {}", "neurons.unit.ports.r.rate", "neuron.receptive_learning.rate"}, {"bars: {}", "neurons.unit.ports.c.rule", "neuron.learning.rule"},
		{"bars: {}", "neurons.unit.activation.kind", "neuron.activation"}, {"bars: {}", "neurons.unit.activation.gain", "neuron.context_gain"}, {"bars: {}", "neurons.unit.activation.k1", "neuron.k1"},
		{"bars: {}", "neurons.unit.window", "neuron.window"}, {"bars: {}", "populations.neurons.groups[0].delay", "network.groups[0].delay"},
		{"bars: {}", "projections[0].delay", "network.projections.pixels.delay"}, {"bars: {}", "projections[1].rule.name", "network.topology.rule"}, {"bars: {}", "projections[1].rule.k", "network.topology.k"},
		{"bars: {}", "projections[1].weights", "network.weights"}, {"bars: {}", "projections[1].delay", "network.delay"}, {"bars: {}", "projections[1].noise.loss", "network.noise.loss"}, {"bars: {}", "seed", "seed"},
		{"digits: {}", "data.digits.strokes.side", "digits.strokes.side"}, {"digits: {data: x}", "data.digits.idx.folder", "digits.data"}, {"digits: {data: x}", "data.digits.idx.checksum", "digits.checksum"},
		{"hidden_layer: {}", "data.digits.strokes.side", "hidden_layer.strokes.side"}, {"hidden_layer: {}", "data.digits.idx.folder", "hidden_layer.data"}, {"hidden_layer: {}", "populations.hidden.groups", "network.groups"},
		{memory, "data.patterns.patterns.width", "associative_memory.patterns.width"}, {memory, "protocol[0].present.items", "associative_memory.phases[0].train.patterns"},
		{memory, "protocol[0].present.duration", "associative_memory.phases[0].train.duration"}, {memory, "protocol[1].present.items", "associative_memory.phases[1].measure.patterns"},
		{memory, "protocol[1].present", "associative_memory.phases[1].measure"}, {memory, "protocol[2].recall.cue", "associative_memory.phases[2].recall.cue"}, {memory, "protocol[3].rest.duration", "associative_memory.phases[3].rest.duration"},
		{memory, "protocol[3].name", "associative_memory.phases[3].name"},
		{"associative_memory: {patterns: {width: 4}, recall: [{name: a}, {name: b}]}", "protocol[2].recall.cue", "associative_memory.recall[1].cue"},
		{"associative_memory: {patterns: {width: 4}, recall: [{name: a}, {name: b}]}", "protocol[0].present.items", "protocol[0].present.items"},
		{"script: {code: x, patterns: {width: 4}}", "data.patterns.patterns.width", "script.patterns.width"}, {"script: {code: x}", "protocol[0].script.code", "script.code"}, {"script: {code: x, patterns: {width: 4}}", "protocol[0].script.data", "script.patterns"},
	} {
		f, e, err := formed(c.form)
		if err != nil {
			t.Fatal(c.form, err)
		}
		if got := f.Origin(e, c.key); got != c.want {
			t.Errorf("%s: %s comes from %s, want %s", c.form, c.key, got, c.want)
		}
	}
}

// The position of inline code is kept, if it is known.
func TestPlaceOfCode(t *testing.T) {
	for _, c := range []struct {
		at   config.Pos
		ok   bool
		want string
	}{
		{config.Pos{File: "a.yaml", Line: 7, Column: 5}, true, "a.yaml 7 5"}, {config.Pos{File: "a.yaml", Line: 7, Column: 5}, false, " 0 0"}, {config.Pos{File: "a.yaml"}, true, " 0 0"},
	} {
		f, _, err := formed("script: {code: x}")
		if err != nil {
			t.Fatal(err)
		}
		f.Script.Place(c.at, c.ok)
		e, err := f.Expand()
		if err != nil {
			t.Fatal(err)
		}
		s := e.Protocol[0].Script
		if got := fmt.Sprint(s.Name, " ", s.Line, " ", s.Column); got != c.want {
			t.Errorf("%+v, %v: %s, want %s", c.at, c.ok, got, c.want)
		}
	}
}

func TestOrElse(t *testing.T) {
	if orElse(0, 3) != 3 || orElse(2, 3) != 2 || orElse("", "a") != "a" || orElse("b", "a") != "b" {
		t.Error("what is 0 gives way")
	}
	if sqrt(9) != 3 || sqrt(0) != 1 || sqrt(1) != 1 || sqrt(-4) != 1 {
		t.Error("the root of a number of members, at least of one")
	}
	if names := HiddenAtoms(); len(names) != 19 || names[18] != "h_res" || names[0] != "{1}{2}{3}" || names[17] != "{123}" {
		t.Errorf("%q", names)
	}
}
