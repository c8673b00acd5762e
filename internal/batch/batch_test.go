package batch

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"

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

// binned returns the function whose gradient is tested: the goal summed over
// neurons, with bins fixed at the given sums and θ from the weights.
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
		g, _, err := pid.BatchGoal(nil, p.Goal, pid.Samples{NBins: []int{3, 3, 3}, Bins: bins, Theta: own})
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
	if err := p.drives(); err != nil {
		t.Fatal(err)
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
			if want := (up - down) / (2 * h); !(math.Abs(port.gradient[i]-want) <= 1e-6) {
				t.Errorf("port %d weight %d: gradient %v, finite difference %v", k, i, port.gradient[i], want)
			}
		}
	}
}

// Sparse and dense input give the same result.
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
		a, errA := learn(p, x...)
		b, errB := learn(q, y...)
		if errA != nil || errB != nil || !(math.Abs(a-b) <= 1e-9) {
			t.Fatalf("goals %v and %v, errors %v and %v", a, b, errA, errB)
		}
	}
	for i, w := range p.Ports[0].Weights {
		if !(math.Abs(w-q.Ports[0].Weights[i]) <= 1e-9) {
			t.Errorf("weight %d: %v and %v", i, w, q.Ports[0].Weights[i])
		}
	}
}

// A shift is subtracted from the sums, also if the port hears nothing.
func TestShift(t *testing.T) {
	p, x := make3(t, rand.New(rand.NewPCG(5, 6)))
	p.Forward(40, x...)
	before := slices.Clone(p.Sums(neuron.Contextual))
	p.Ports[1].Shift = []float64{0.5, -2}
	p.Forward(40, x...)
	silent := slices.Clone(p.Look(40, x[0], Rows{}, x[2]))
	if p.Ports[1].Shift = nil; slices.Equal(silent, p.Look(40, x[0], Rows{}, x[2])) {
		t.Error("a port that hears nothing has no shift")
	}
	p.Ports[1].Shift = []float64{0.5, -2}
	p.Look(40, x...)
	for i, v := range p.Sums(neuron.Contextual) {
		if want := before[i] - p.Ports[1].Shift[i%2]; !(math.Abs(v-want) <= 1e-12) {
			t.Errorf("sum %d is %v, want %v", i, v, want)
		}
	}
	p.Ports[1].Shift = []float64{1}
	if p.Validate() == nil {
		t.Error("a shift for one of two neurons is accepted")
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
	if _, err := learn(p, x...); err != nil {
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

// Lists of synapses and a mask give the same result, for numbers of samples
// that fill blocks and that do not.
func TestSparseSynapsesAreMasked(t *testing.T) {
	for _, samples := range []int{1, 8, 29} {
		p, q := lateralPair(rand.New(rand.NewPCG(7, 8)))
		rng := rand.New(rand.NewPCG(9, 10))
		x := make([]Rows, 3)
		for k := range x {
			x[k].Dense = make([]float64, samples*p.Ports[k].inputs)
			for i := range x[k].Dense {
				x[k].Dense[i] = rng.NormFloat64()
			}
		}
		for range 4 {
			p.Forward(samples, x...)
			q.Forward(samples, x...)
			if err := p.Climb(x...); err != nil {
				t.Fatal(err)
			}
			if err := q.Climb(x...); err != nil {
				t.Fatal(err)
			}
		}
		at := 0
		for j, from := range q.Ports[2].Sources {
			for _, s := range from {
				if a, b := p.Ports[2].Weights[int(s)*p.Neurons+j], q.Ports[2].Weights[at]; !(math.Abs(a-b) <= 1e-9) {
					t.Errorf("%d samples: synapse %d–%d weighs %v and %v", samples, s, j, a, b)
				}
				at++
			}
		}
	}
}

// lateralPair returns two equal populations, with lateral synapses given by a
// mask and by lists.
func lateralPair(rng *rand.Rand) (masked, listed *Population) {
	const neurons = 11
	sources := make([][]int32, neurons)
	mask := make([]float64, neurons*neurons)
	for j := range sources {
		for s := range int32(neurons) {
			if rng.IntN(3) == 0 && int(s) != j {
				sources[j] = append(sources[j], s)
				mask[int(s)*neurons+j] = 1
			}
		}
	}
	goal, err := pid.NewGoal(3, map[string]float64{"{1}{2}": 1, "{1}{3}": -0.5, "{3}": 0.3}, 0)
	if err != nil {
		panic(err)
	}
	bins := pid.Bins{Lo: -3, Hi: 3, N: 4}
	for _, p := range []**Population{&masked, &listed} {
		*p = &Population{Neurons: neurons, Activation: neuron.DefaultActivation(neuron.ThreeSource), Goal: goal, Rate: 0.02, Decay: 0.01}
		(*p).Ports = []*Port{NewPort(bins, 5, neurons), NewPort(bins, 3, neurons)}
	}
	listed.Ports = append(listed.Ports, NewSparsePort(bins, neurons, sources))
	masked.Ports = append(masked.Ports, NewPort(bins, neurons, neurons))
	masked.Ports[2].Mask = mask
	for k := range 2 {
		for i := range masked.Ports[k].Weights {
			masked.Ports[k].Weights[i] = rng.NormFloat64()
		}
		copy(listed.Ports[k].Weights, masked.Ports[k].Weights)
	}
	at := 0
	for j, from := range sources {
		for _, s := range from {
			w := rng.NormFloat64()
			masked.Ports[2].Weights[int(s)*neurons+j], listed.Ports[2].Weights[at] = w, w
			at++
		}
	}
	return masked, listed
}

// Inputs of −1 and 1 are multiplied group by group, to the same result.
func TestSigns(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, inputs := range []int{1, 5, 6, 7, 20} {
		for _, samples := range []int{1, 70} {
			const neurons = 9
			p := NewPort(pid.Bins{Lo: -1, Hi: 1, N: 2}, inputs, neurons)
			x, drive := Rows{Dense: make([]float64, samples*inputs)}, make([]float64, samples*neurons)
			for i := range x.Dense {
				x.Dense[i] = float64(2*rng.IntN(2) - 1)
			}
			for i := range p.Weights {
				p.Weights[i] = rng.NormFloat64()
			}
			for i := range drive {
				drive[i] = rng.NormFloat64()
			}
			dense, signed := make([]float64, samples*neurons), make([]float64, samples*neurons)
			p.forward(dense, x, neurons)
			p.backward(drive, x, neurons)
			gradient := slices.Clone(p.gradient)
			x.Signs = true
			p.forward(signed, x, neurons)
			p.backward(drive, x, neurons)
			if !floats.EqualApprox(dense, signed, 1e-12) || !floats.EqualApprox(gradient, p.gradient, 1e-12) {
				t.Errorf("%d inputs, %d samples: sums or gradients differ", inputs, samples)
			}
		}
	}
}

// A port without input is one whose inputs are all 0, and does not learn.
func TestSilentInput(t *testing.T) {
	p, x := make3(t, rand.New(rand.NewPCG(3, 4)))
	loud := append([]float64(nil), p.Forward(40, x[0], x[1], Rows{Dense: make([]float64, len(x[2].Dense))})...)
	if !slices.Equal(loud, p.Look(40, x[0], x[1], Rows{})) {
		t.Error("no input is not an input of 0")
	}
	if !slices.Equal(p.Again(neuron.Lateral, x...), p.Forward(40, x...)) {
		t.Error("Again differs from Forward")
	}
	before := slices.Clone(p.Ports[2].Weights)
	p.Forward(40, x[0], x[1], Rows{})
	if err := p.Climb(x[0], x[1], Rows{}); err != nil || !slices.Equal(before, p.Ports[2].Weights) {
		t.Errorf("a port that hears nothing has learnt: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("learning from what was only looked at")
		}
	}()
	p.Look(40, x...)
	_ = p.Climb(x...)
}

// A population that is saved and restored continues to learn in the same way, with and
// without means of its weights.
func TestStateRoundTrip(t *testing.T) {
	for _, average := range []float64{0, 0.5} {
		roundTrip(t, average)
	}
}

func roundTrip(t *testing.T, average float64) {
	t.Helper()
	p, x := make3(t, rand.New(rand.NewPCG(3, 4)))
	p.Ports[1].Frozen, p.Average = true, average
	live := func(p *Population, steps int) {
		for range steps {
			p.Forward(40, x...)
			if err := p.Climb(x...); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, steps := range []int{0, 3} {
		live(p, steps)
		saved, _ := p.AppendBinary(nil)
		q, _ := make3(t, rand.New(rand.NewPCG(3, 4)))
		q.Ports[1].Frozen, q.Average = true, p.Average
		if err := q.UnmarshalBinary(saved); err != nil {
			t.Fatal(err)
		}
		live(p, 3)
		live(q, 3)
		a, _ := p.AppendBinary(nil)
		b, _ := q.AppendBinary(nil)
		if !bytes.Equal(a, b) {
			t.Errorf("after %d steps: the restored population went another way", steps)
		}
		for n := range saved {
			if q.UnmarshalBinary(saved[:n]) == nil {
				t.Fatalf("the first %d of %d bytes were taken for a state", n, len(saved))
			}
		}
	}
}

// The mean of all weights is their plain mean for a share of 1, and for a smaller one
// the weights of step t count in proportion to (t+η−1)!/(t−1)!, with η = 1/share − 1
// (Shamir & Zhang 2013): t for a half, t(t+1)(t+2) for a quarter.
func TestMeanOfTheWeights(t *testing.T) {
	for share, count := range map[float64]func(t float64) float64{
		1:    func(float64) float64 { return 1 },
		0.5:  func(t float64) float64 { return t },
		0.25: func(t float64) float64 { return t * (t + 1) * (t + 2) },
	} {
		p := NewPort(pid.Bins{Lo: -1, Hi: 1, N: 4}, 3, 2)
		total, sum := 0.0, make([]float64, 6)
		for step := range 40 {
			p.adam.steps++
			c := count(float64(step + 1))
			total += c
			for i := range p.Weights {
				p.Weights[i] = math.Sin(float64(step*step + 7*i))
				sum[i] += c * p.Weights[i]
			}
			p.average(share)
			for i, s := range sum {
				if math.Abs(p.mean[i]-s/total) > 1e-12 {
					t.Fatalf("share %v, step %d: the mean is %v, expected %v", share, step+1, p.mean[i], s/total)
				}
			}
		}
	}
}

// A population that settles has the means of its weights where it learns. Its way until
// then is that of one without means.
func TestSettle(t *testing.T) {
	p, x := make3(t, rand.New(rand.NewPCG(1, 2)))
	q, _ := make3(t, rand.New(rand.NewPCG(1, 2)))
	p.Ports[1].Frozen, q.Ports[1].Frozen = true, true
	p.Average = 1
	sum := make([]float64, len(q.Ports[0].Weights))
	for range 5 {
		for _, of := range []*Population{p, q} {
			of.Forward(40, x...)
			if err := of.Climb(x...); err != nil {
				t.Fatal(err)
			}
		}
		floats.Add(sum, q.Ports[0].Weights)
	}
	if !slices.Equal(p.Ports[0].Weights, q.Ports[0].Weights) {
		t.Error("the mean changes how neurons learn")
	}
	q.Settle()
	p.Settle()
	floats.Scale(0.2, sum)
	if !floats.EqualApprox(p.Ports[0].Weights, sum, 1e-12) || !slices.Equal(p.Ports[1].Weights, q.Ports[1].Weights) {
		t.Errorf("settled at %v, expected %v", p.Ports[0].Weights, sum)
	}
	if slices.Equal(p.Ports[0].Weights, q.Ports[0].Weights) {
		t.Error("a population without means has settled, too")
	}
}

// The first steps of Adam on a constant gradient are the rate, whatever the
// gradient's size (Kingma & Ba 2015, section 2.1).
func TestAdamStepsByItsRate(t *testing.T) {
	w := []float64{0, 0, 1}
	a := Adam{Rate: 0.1}
	for step := 1; step <= 3; step++ {
		a.Step(w, []float64{1e-3, -1e3, 0})
		if !(math.Abs(w[0]-0.1*float64(step)) <= 1e-4) || !(math.Abs(w[1]+0.1*float64(step)) <= 1e-4) || w[2] != 1 {
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
	if !(math.Abs(w[0]) <= 0.05) {
		t.Errorf("decay left %v", w)
	}
}

func BenchmarkLearn(b *testing.B) {
	p, x := make3(b, rand.New(rand.NewPCG(1, 2)))
	b.ReportAllocs()
	for range b.N {
		p.Forward(40, x...)
		if _, err := learn(p, x...); err != nil {
			b.Fatal(err)
		}
	}
}

// learn takes one step up the mean goal of the batch, and returns that goal [bit],
// averaged over neurons.
func learn(p *Population, x ...Rows) (goal float64, err error) {
	for j := range p.Neurons {
		d, err := p.Decompose(j)
		if err != nil {
			return 0, err
		}
		goal += p.Goal.Value(d) / float64(p.Neurons)
	}
	return goal, p.Climb(x...)
}

// TestRowsOfAnotherLength are refused, because samples would get values of others.
func TestRowsOfAnotherLength(t *testing.T) {
	p, x := make3(t, rand.New(rand.NewPCG(1, 2)))
	n := len(x[2].Dense) / p.Ports[2].inputs
	p.Forward(n, x...)
	for name, wrong := range map[string]Rows{
		"a value for each sample more": {Dense: make([]float64, len(x[2].Dense)+n)},
		"a sample less":                {Dense: x[2].Dense[p.Ports[2].inputs:]},
		"a list less":                  {Sparse: make([]Sparse, n-1)},
	} {
		for how, do := range map[string]func(){
			"again":   func() { p.Again(2, x[0], x[1], wrong) },
			"forward": func() { p.Forward(n, x[0], x[1], wrong) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: %s takes it", name, how)
					}
				}()
				do()
			}()
		}
	}
}
