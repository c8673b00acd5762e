package batch

import (
	"math/rand/v2"
	"testing"

	"infomorph/neuron"
	"infomorph/pid"
)

// A pass of the benchmarks below is over 48,000 images of the size and brightness of
// MNIST: 784 pixels, of which a fifth is not black, and ten labels.
const (
	benchImages = 48_000
	benchBatch  = 256
	benchPixels = 785 // with one that is always 1
	benchLabels = 10
)

// benchRows returns batches of pixels and labels.
func benchRows(r *rand.Rand) (batches [][2]Rows) {
	for range benchImages / benchBatch {
		x := [2]Rows{{Sparse: make([]Sparse, benchBatch)}, {Dense: make([]float64, benchBatch*benchLabels)}}
		for i := range benchBatch {
			label := r.IntN(benchLabels)
			for k := range benchLabels {
				x[1].Dense[i*benchLabels+k] = -1
			}
			x[1].Dense[i*benchLabels+label] = 1
			s := &x[0].Sparse[i]
			for at := range int32(benchPixels - 1) {
				if r.IntN(5) == 0 {
					s.Index, s.Value = append(s.Index, at), append(s.Value, r.Float64())
				}
			}
			s.Index, s.Value = append(s.Index, benchPixels-1), append(s.Value, 1)
		}
		batches = append(batches, x)
	}
	return batches
}

// BenchmarkReadout is a pass of ten neurons that learn their label from the pixels.
func BenchmarkReadout(b *testing.B) {
	p := &Population{
		Neurons:    benchLabels,
		Activation: neuron.Activation{Kind: neuron.Sum},
		Goal:       newGoal(b, 2, map[string]float64{"{1}": -0.2, "{2}": 0.1, "{1}{2}": 1, "{12}": 0.1}),
		Ports: []*Port{
			NewPort(pid.Bins{N: 20, Lo: -10, Hi: 10}, benchPixels, benchLabels),
			NewPort(pid.Bins{N: 2, Lo: -10, Hi: 10}, benchLabels, benchLabels),
		},
		Rate: 0.01,
	}
	p.Ports[1].Frozen = true
	for k := range benchLabels {
		p.Ports[1].Weights[k*benchLabels+k] = 2
	}
	batches := benchRows(rand.New(rand.NewPCG(1, 2)))
	b.ReportAllocs()
	for b.Loop() {
		for _, x := range batches {
			p.Forward(benchBatch, x[0], x[1])
			if err := p.Climb(x[0], x[1]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkHidden is a pass of a hundred three-source neurons, which receive the pixels,
// the label and the outputs of each other: one draw without these, and then a second.
func BenchmarkHidden(b *testing.B) {
	const neurons = 100
	r := rand.New(rand.NewPCG(3, 4))
	p := &Population{
		Neurons: neurons, Activation: neuron.DefaultActivation(neuron.ThreeSource), Rate: 0.01,
		Goal: newGoal(b, 3, map[string]float64{"{1}{2}{3}": 0.1, "{1}{2}": 1, "{1}{3}": -0.3, "{1}{23}": 0.4, "{1}": -0.2, "{12}": -0.1}),
	}
	for _, inputs := range []int{benchPixels, benchLabels, neurons} {
		port := NewPort(pid.Bins{N: 20, Lo: -10, Hi: 10}, inputs, neurons)
		for i := range port.Weights {
			port.Weights[i] = 0.1 * r.NormFloat64()
		}
		p.Ports = append(p.Ports, port)
	}
	batches := benchRows(r)
	heard, told := make([]float64, benchBatch*neurons), make([]float64, benchBatch*neurons)
	draw := func(outputs, theta []float64) Rows {
		for i, v := range theta {
			outputs[i] = 1
			if r.Float64() > v {
				outputs[i] = -1
			}
		}
		return Rows{Dense: outputs, Signs: true}
	}
	for b.Loop() {
		for _, x := range batches {
			others := draw(heard, p.Look(benchBatch, x[0], x[1], Rows{}))
			draw(told, p.Again(neuron.Lateral, x[0], x[1], others))
			if err := p.Climb(x[0], x[1], others); err != nil {
				b.Fatal(err)
			}
		}
	}
}
