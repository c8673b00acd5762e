package batch

import (
	"math"
	"math/rand/v2"
	"testing"

	"infomorph/neuron"
	"infomorph/pid"
)

func newGoal(t testing.TB, n int, atoms map[string]float64) pid.Goal {
	t.Helper()
	g, err := pid.NewGoal(n, atoms, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// make3 returns a small population of three ports with random weights.
func make3(t testing.TB, rng *rand.Rand) (*Population, []Rows) {
	p := &Population{Neurons: 2, Activation: neuron.DefaultActivation(neuron.ThreeSource),
		Goal: newGoal(t, 3, map[string]float64{"{1}{2}{3}": 0.3, "{1}{2}": 1, "{1}{3}": -1, "{12}{13}": -0.7, "{123}": 0.2}), Rate: 0.01}
	const samples = 40
	var x []Rows
	for range 3 {
		port := NewPort(pid.Bins{Lo: -2, Hi: 2, N: 3}, 4, 2)
		in := Rows{Dense: make([]float64, 4*samples)}
		for i := range port.Weights {
			port.Weights[i] = rng.NormFloat64()
		}
		for i := range in.Dense {
			in.Dense[i] = float64(rng.IntN(2))
		}
		p.Ports, x = append(p.Ports, port), append(x, in)
	}
	return p, x
}

// binned returns the goal summed over neurons with bins as they are at the
// given sums, and θ from the weights: what the gradient is of.
func binned(t *testing.T, p *Population, frozen [][]float64, x []Rows) float64 {
	theta := p.Forward(40, x...)
	total := 0.0
	for j := range p.Neurons {
		bins, own := make([][]int, 3), make([]float64, 40)
		for i := range own {
			own[i] = theta[i*p.Neurons+j]
			for k := range bins {
				bins[k] = append(bins[k], p.Ports[k].Bins.Index(frozen[k][i*p.Neurons+j]))
			}
		}
		g, _, err := pid.BatchGoal(nil, p.Goal, []int{3, 3, 3}, bins, own)
		if err != nil {
			t.Fatal(err)
		}
		total += g
	}
	return total
}

// Gradients of all weights against finite differences at fixed bins.
func TestGradient(t *testing.T) {
	p, x := make3(t, rand.New(rand.NewPCG(1, 2)))
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	p.Forward(40, x...)
	var frozen [][]float64
	for k := range p.Ports {
		frozen = append(frozen, append([]float64(nil), p.sums[k]...))
	}
	for j := range p.Neurons {
		if _, err := p.drives(j); err != nil {
			t.Fatal(err)
		}
	}
	for k, port := range p.Ports {
		port.backward(p.drive[k], x[k], p.Neurons)
	}
	for k, port := range p.Ports {
		for i := range port.Weights {
			const h = 1e-5
			w := port.Weights[i]
			port.Weights[i] = w + h
			up := binned(t, p, frozen, x)
			port.Weights[i] = w - h
			down := binned(t, p, frozen, x)
			port.Weights[i] = w
			if want := (up - down) / (2 * h); math.Abs(port.gradient[i]-want) > 1e-6 {
				t.Errorf("port %d weight %d: gradient %v, finite difference %v", k, i, port.gradient[i], want)
			}
		}
	}
}

// Sparse and dense input are two ways to say the same.
func TestSparseIsDense(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	p, x := make3(t, rng)
	q, _ := make3(t, rand.New(rand.NewPCG(3, 4)))
	var sparse Rows
	for i := range 40 {
		var s Sparse
		for k, v := range x[0].Dense[i*4 : i*4+4] {
			if v != 0 {
				s.Index, s.Value = append(s.Index, int32(k)), append(s.Value, v)
			}
		}
		sparse.Sparse = append(sparse.Sparse, s)
	}
	y := []Rows{sparse, x[1], x[2]}
	for range 5 {
		p.Forward(40, x...)
		q.Forward(40, y...)
		a, errA := p.Learn(x...)
		b, errB := q.Learn(y...)
		if errA != nil || errB != nil || math.Abs(a-b) > 1e-9 {
			t.Fatalf("goals %v and %v, errors %v and %v", a, b, errA, errB)
		}
	}
	for i, w := range p.Ports[0].Weights {
		if math.Abs(w-q.Ports[0].Weights[i]) > 1e-9 {
			t.Errorf("weight %d: %v and %v", i, w, q.Ports[0].Weights[i])
		}
	}
}

func TestMaskAndFrozen(t *testing.T) {
	p, x := make3(t, rand.New(rand.NewPCG(5, 6)))
	p.Ports[1].Frozen = true
	p.Ports[2].Mask = make([]float64, len(p.Ports[2].Weights))
	p.Ports[2].Mask[0] = 1
	before := [3][]float64{}
	for k, port := range p.Ports {
		before[k] = append([]float64(nil), port.Weights...)
	}
	p.Forward(40, x...)
	if _, err := p.Learn(x...); err != nil {
		t.Fatal(err)
	}
	for k, port := range p.Ports {
		for i, w := range port.Weights {
			moves := k == 0 || k == 2 && i == 0
			if (w != before[k][i]) != moves {
				t.Errorf("port %d weight %d: moved %v, want %v", k, i, w != before[k][i], moves)
			}
		}
	}
}

// The first steps of Adam on a constant gradient are the rate, whatever the
// gradient's size (Kingma & Ba 2015, section 2.1).
func TestAdamStepsByItsRate(t *testing.T) {
	w := []float64{0, 0, 1}
	a := Adam{Rate: 0.1}
	for step := 1; step <= 3; step++ {
		a.Step(w, []float64{1e-3, -1e3, 0})
		if math.Abs(w[0]-0.1*float64(step)) > 1e-4 || math.Abs(w[1]+0.1*float64(step)) > 1e-4 || w[2] != 1 {
			t.Errorf("after %d steps: %v", step, w)
		}
	}
}

func TestAdamDecay(t *testing.T) {
	w := []float64{1}
	a := Adam{Rate: 0.1, Decay: 0.5}
	for range 200 {
		a.Step(w, []float64{0})
	}
	if math.Abs(w[0]) > 0.05 {
		t.Errorf("decay left %v", w)
	}
}

func BenchmarkLearn(b *testing.B) {
	p, x := make3(b, rand.New(rand.NewPCG(1, 2)))
	b.ReportAllocs()
	for range b.N {
		p.Forward(40, x...)
		if _, err := p.Learn(x...); err != nil {
			b.Fatal(err)
		}
	}
}
