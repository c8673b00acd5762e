package protocol

import (
	"strings"
	"testing"
)

// Signals arrive at their time, before those of the phase at the same time, for each
// range of neurons. Events at the begin of a phase come first in it. Events that need the
// network to be idle wait for a whole millisecond. A crashed neuron is silent until it
// restarts. Presentations and recalls of events come between two items, and then the
// phase continues. What is shown has the steps, the length and the dynamics of the phase.
func TestEventsOnTheWire(t *testing.T) {
	for _, c := range happenings {
		keys, events, long := strings.Cut(c.phase, " | ")
		if !long {
			keys, events = "", keys
		}
		text := far + others + "  - {name: x, present: {data: p, items: '#0,#3', order: sequential" + keys + "}}\n  - {name: late, present: {data: p, learn: none}}\nrecord: {atoms: 0}\n" + events + "\n"
		if got := wired(t, text); got != c.want {
			t.Errorf("%s: told%swant%s", c.phase, got, c.want)
		}
	}
}

var happenings = []on{
	{`events: [{at: 11ms, silent: true, neurons: 'memory:1,memory:3'}, {at: 11ms, plastic: false}, {at: 13500us, rate_scale: 0.5, neurons: 'memory:0-2'}, {at: 100ms, stuck: 1}]`, `
to 20.004ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  15.003ms tell 4=1 5=-1 6=1
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  11ms silent 1 1-1
  11ms silent 1 3-3
  11ms frozen 1 0-2147483646
  12.002ms fire 0-3
  13.5ms rate 0.5 0-2
  15.002ms learn+observe 0-3
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
`},
	{`events: [{every: 4ms, after: 9ms, until: 18ms, stuck: -1, neurons: 'memory:2'}, {phase: x, silent: false}]`, `
to 20.004ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  15.003ms tell 4=1 5=-1 6=1
  10.002ms silent 0 0-2147483646
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  13ms stuck -1 2-2
  15.002ms learn+observe 0-3
  17ms stuck -1 2-2
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
`},
	{`events: [{phase: x, crash: {down: 5ms}, neurons: 'memory:1'}]`, `
to 16ms
  11ms tell 4=-1 5=1 6=-1 7=-1 8=0
  11ms silent 1 1-1
  11ms plastic 1 0-3
  11ms dynamics teacher 0-3
  13ms fire 0-3
to 21.002ms
  16.001ms tell 4=1 5=-1 6=1
  16ms learn+observe 0-3
  18.001ms fire 0-3
  21.001ms learn+observe 0-3
`},
	{`events: [{at: 13ms, show: {input: input, values: [1, 1, 0, -1], learn: true}}, {at: 14ms, show: {input: other, values: [0.5]}}]`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 20.004ms
  15.003ms tell 4=1 6=0
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
to 25.005ms
  20.004ms tell 4=0 5=0 7=0 8=0.5
  20.004ms plastic 0 0-3
  20.004ms dynamics teacher 0-3
  22.004ms fire 0-3
  25.004ms observe 0-3
to 30.006ms
  25.005ms tell 4=1 5=-1 6=1 7=-1 8=0
  25.005ms plastic 1 0-3
  25.005ms dynamics teacher 0-3
  27.005ms fire 0-3
  30.005ms learn+observe 0-3
`},
	{`, length: 9ms, output: sampled | events: [{at: 13ms, show: {input: input, values: [1, 1, 0, -1]}}, {at: 13ms, recall: {input: input, population: memory, values: [1, 1, 1, 1], sweeps: 1}}]`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics sampled 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 24.003ms
  19.002ms tell 4=1 6=0
  19.002ms plastic 0 0-3
  19.002ms dynamics sampled 0-3
  21.002ms fire 0-3
  24.002ms observe 0-3
to 28.002ms
to 33.002ms
  28.002ms tell 4=1 5=1 6=1 7=1
  28.002ms plastic 0 0-3
  28.002ms dynamics teacher 0-3
  30.002ms fire 0-3
to 38.002ms
  33.002ms tell 4=0 5=0 6=0 7=0
  35.002ms dynamics sign 0-3
  35.002ms fire 0-3
to 38.003ms
  38.002ms observe 0-3
to 43.004ms
  38.003ms tell 4=1 5=-1 6=1 7=-1
  38.003ms plastic 1 0-3
  38.003ms dynamics sampled 0-3
  40.003ms fire 0-3
  43.003ms learn+observe 0-3
to 47.003ms
`},
	{`, steps: [{do: [fire]}, {do: [observe]}, {do: [learn]}] | events: [{at: 13ms, show: {input: input, values: [1, 1, 0, -1], learn: true}}]`, `
to 18.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms observe 0-3
  18.002ms learn 0-3
to 26.004ms
  18.003ms tell 4=1 6=0
  20.003ms fire 0-3
  23.003ms observe 0-3
  26.003ms learn 0-3
to 34.005ms
  26.004ms tell 5=-1 6=1
  28.004ms fire 0-3
  31.004ms observe 0-3
  34.004ms learn 0-3
`},
	{`events: [{at: 16ms, show: {input: other, values: [0.5]}}, {at: 13ms, show: {input: input, values: [1, 1, 0, -1]}}]`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 20.004ms
  15.003ms tell 4=1 6=0
  15.003ms plastic 0 0-3
  15.003ms dynamics teacher 0-3
  17.003ms fire 0-3
  20.003ms observe 0-3
to 25.005ms
  20.004ms tell 4=0 5=0 7=0 8=0.5
  22.004ms fire 0-3
  25.004ms observe 0-3
to 30.006ms
  25.005ms tell 4=1 5=-1 6=1 7=-1 8=0
  25.005ms plastic 1 0-3
  25.005ms dynamics teacher 0-3
  27.005ms fire 0-3
  30.005ms learn+observe 0-3
`},
	{`events: [{at: 11ms, present: '#2'}]`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 20.004ms
  15.003ms tell 5=-1
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
to 25.005ms
  20.004ms tell 4=1 6=1
  22.004ms fire 0-3
  25.004ms learn+observe 0-3
`},
	{`events: [{at: 11ms, recall: {input: input, population: memory, values: [1, 1, 1, 0], sweeps: 2}}]`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 20.003ms
  15.003ms tell 4=1 5=1 6=1 7=0
  15.003ms plastic 0 0-3
  15.003ms dynamics teacher 0-3
  17.003ms fire 0-3
to 25.003ms
  20.003ms tell 4=0 5=0 6=0 7=0
  22.003ms dynamics sign 0-3
  22.003ms fire 0-3
to 28.003ms
  25.003ms fire 0-3
to 28.004ms
  28.003ms observe 0-3
to 33.005ms
  28.004ms tell 4=1 5=-1 6=1 7=-1
  28.004ms plastic 1 0-3
  28.004ms dynamics teacher 0-3
  30.004ms fire 0-3
  33.004ms learn+observe 0-3
`},
	{`events: [{when: time > 0.012 and phase == 'x', stuck: 1, neurons: 'memory:0'}]`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 20.004ms
  15.003ms tell 4=1 5=-1 6=1
  15.003ms stuck 1 0-0
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
`},
	{`events: [{phase: x, delay: 2ms}]`, `
to 19.002ms
  11ms tell 4=-1 5=1 6=-1 7=-1 8=0
  15.001ms tell 4=1 5=-1 6=1
  11ms plastic 1 0-3
  11ms dynamics teacher 0-3
  13ms fire 0-3
  15ms learn+observe 0-3
  17.001ms fire 0-3
  19.001ms learn+observe 0-3
`},
	{`events: [{at: 12ms, checkpoint: true}, {at: 16ms, measure: true}]`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 16ms
  15.003ms tell 4=1 5=-1 6=1
to 20.004ms
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
`},
	{`faults: [{kind: silent, neurons: 'memory:1', from: 11ms, until: 13ms}, {kind: crash, neurons: 'memory:2', from: 12ms, down: 4ms}]`, `
to 12ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  11ms silent 1 1-1
to 16ms
  15.003ms tell 4=1 5=-1 6=1
  12ms silent 1 2-2
  12.002ms fire 0-3
  13ms silent 0 1-1
  15.002ms learn+observe 0-3
to 20.004ms
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
`},
}
