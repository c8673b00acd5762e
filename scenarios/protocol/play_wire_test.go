package protocol

import "testing"

// trained is a document with two synchronous neurons and one with its own clock, which
// receive trains and their labels.
const trained = `apiVersion: infomorph/v2
name: trains
neurons: {unit: {goal: {red: 1}, ports: {r: {rule: goal}, c: {}}}, own: {like: unit, clock: {kind: poisson, interval: 4ms}}}
populations: {a: {size: 2, neuron: unit}, b: {size: 1, neuron: own}}
inputs: {in: {size: 3}, told: {size: 2}}
projections:
  - {from: in, to: a, port: r, weights: {uniform: [-1, 1]}}
  - {from: told, to: a, port: c, weights: {uniform: [-1, 1]}}
  - {from: in, to: b, port: r, weights: {uniform: [-1, 1]}}
  - {from: told, to: b, port: c, weights: {uniform: [-1, 1]}}
data:
  t: {spikes: {file: t.csv, unit: ms, channels: 3, hold: 2ms}, to: {in: spikes, told: {field: label, off: -1}}}
protocol:
`

// twoTrains are trains of 6 and 3 ms.
const twoTrains = table(`time,channel,item,label
0,0,a,A
1,1,a,A
1.5,0,a,A
6,2,a,A
0,2,b,B
3,2,b,B
`)

// A channel holds the value of a spike for 2 ms, unless another spike comes before.
// Neurons update at regular intervals and at the end of a train, a microsecond after its
// last spike. Channels that are on at the end of a train are off when the next begins.
func TestTrainsOnTheWire(t *testing.T) {
	for _, c := range trains {
		text := trained + "  - {name: x, " + c.phase + "}\n  - {name: late, rest: {duration: 1ms}}\nrecord: {atoms: 0}\n"
		if got := wired(t, text); got != c.want {
			t.Errorf("%s: told%swant%s", c.phase, got, c.want)
		}
	}
}

var trains = []on{
	{`play: {data: t, every: 2ms}`, `
to 6.002ms
  0s tell 3=1 6=1 7=-1
  1ms tell 4=1
  1.5ms tell 3=1
  3ms tell 4=0
  3.5ms tell 3=0
  6ms tell 5=1
  2ms fire+learn+observe 0-1
  2ms observe 2-2
  4ms fire+learn+observe 0-1
  4ms observe 2-2
  6ms fire+learn+observe 0-1
  6ms observe 2-2
  6.001ms fire+learn+observe 0-1
  6.001ms observe 2-2
to 9.004ms
  6.002ms tell 5=0 5=1 6=-1 7=1
  8.002ms tell 5=0
  9.002ms tell 5=1
  8.002ms fire+learn+observe 0-1
  8.002ms observe 2-2
  9.003ms fire+learn+observe 0-1
  9.003ms observe 2-2
`},
	{`play: {data: t, every: 2ms, speed: 2, gap: 3ms, learn: none, off: [told], items: b}`, `
to 1.501ms
  0s tell 5=1
  1.5ms tell 5=1
  0s plastic 0 0-1
  0s dynamics sampled 0-1
  0s plastic 0 2-2
  0s dynamics sampled 2-2
  1.5ms fire+learn+observe 0-1
  1.5ms observe 2-2
to 4.501ms
`},
	{`play: {data: t, every: 10ms, off: [in], passes: 2, learn: a}`, `
to 6.002ms
  0s tell 6=1 7=-1
  0s plastic 0 2-2
  0s dynamics sampled 2-2
  6.001ms fire+learn+observe 0-1
  6.001ms observe 2-2
to 9.004ms
  6.002ms tell 6=-1 7=1
  9.003ms fire+learn+observe 0-1
  9.003ms observe 2-2
to 15.006ms
  9.004ms tell 6=1 7=-1
  15.005ms fire+learn+observe 0-1
  15.005ms observe 2-2
to 18.008ms
  15.006ms tell 6=-1 7=1
  18.007ms fire+learn+observe 0-1
  18.007ms observe 2-2
`},
	{`play: {data: t, every: 100ms, order: shuffled, passes: 3}`, `
to 6.002ms
  0s tell 3=1 6=1 7=-1
  1ms tell 4=1
  1.5ms tell 3=1
  3ms tell 4=0
  3.5ms tell 3=0
  6ms tell 5=1
  6.001ms fire+learn+observe 0-1
  6.001ms observe 2-2
to 9.004ms
  6.002ms tell 5=0 5=1 6=-1 7=1
  8.002ms tell 5=0
  9.002ms tell 5=1
  9.003ms fire+learn+observe 0-1
  9.003ms observe 2-2
to 12.006ms
  9.004ms tell 5=0 5=1
  11.004ms tell 5=0
  12.004ms tell 5=1
  12.005ms fire+learn+observe 0-1
  12.005ms observe 2-2
to 18.008ms
  12.006ms tell 3=1 5=0 6=1 7=-1
  13.006ms tell 4=1
  13.506ms tell 3=1
  15.006ms tell 4=0
  15.506ms tell 3=0
  18.006ms tell 5=1
  18.007ms fire+learn+observe 0-1
  18.007ms observe 2-2
to 21.01ms
  18.008ms tell 5=0 5=1 6=-1 7=1
  20.008ms tell 5=0
  21.008ms tell 5=1
  21.009ms fire+learn+observe 0-1
  21.009ms observe 2-2
to 27.012ms
  21.01ms tell 3=1 5=0 6=1 7=-1
  22.01ms tell 4=1
  22.51ms tell 3=1
  24.01ms tell 4=0
  24.51ms tell 3=0
  27.01ms tell 5=1
  27.011ms fire+learn+observe 0-1
  27.011ms observe 2-2
`},
}
