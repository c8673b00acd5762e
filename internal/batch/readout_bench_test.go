package batch

import (
	"math/rand/v2"
	"testing"

	"infomorph/neuron"
	"infomorph/pid"
)

// BenchmarkReadout is a pass of ten neurons over 48,000 images of the size and
// brightness of MNIST: 784 pixels, of which a fifth is not black.
func BenchmarkReadout(b *testing.B) {
	const images, size, neurons = 48_000, 256, 10
	r := rand.New(rand.NewPCG(1, 2))
	p := &Population{
		Neurons:    neurons,
		Activation: neuron.Activation{Kind: neuron.Sum},
		Goal:       newGoal(b, 2, map[string]float64{"{1}": -0.2, "{2}": 0.1, "{1}{2}": 1, "{12}": 0.1}),
		Ports:      []*Port{NewPort(pid.Bins{N: 20, Lo: -10, Hi: 10}, 785, neurons), NewPort(pid.Bins{N: 2, Lo: -10, Hi: 10}, neurons, neurons)},
		Rate:       0.01,
	}
	p.Ports[1].Frozen = true
	for k := range neurons {
		p.Ports[1].Weights[k*neurons+k] = 2
	}
	var batches [][2]Rows
	for range images / size {
		x := [2]Rows{{Sparse: make([]Sparse, size)}, {Dense: make([]float64, size*neurons)}}
		for i := range size {
			label := r.IntN(neurons)
			for k := range neurons {
				x[1].Dense[i*neurons+k] = -1
			}
			x[1].Dense[i*neurons+label] = 1
			s := &x[0].Sparse[i]
			for at := range int32(784) {
				if r.IntN(5) == 0 {
					s.Index, s.Value = append(s.Index, at), append(s.Value, r.Float64())
				}
			}
			s.Index, s.Value = append(s.Index, 784), append(s.Value, 1)
		}
		batches = append(batches, x)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, x := range batches {
			p.Forward(size, x[0], x[1])
			if err := p.Climb(x[0], x[1]); err != nil {
				b.Fatal(err)
			}
		}
	}
}
