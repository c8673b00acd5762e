package batch

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/pid"
)

// total is the goal of all neurons, from θ and bins as the weights make them.
func total(t *testing.T, p *Population, x []Rows) (sum float64) {
	t.Helper()
	p.Forward(40, x...)
	for j := range p.Neurons {
		d, err := p.Decompose(j)
		if err != nil {
			t.Fatal(err)
		}
		sum += p.Goal.Value(d)
	}
	return sum
}

// Gradients of all weights against finite differences, for ports with soft bins
// and with hard ones, with a prior and without. No bin is held fixed.
func TestSoftGradient(t *testing.T) {
	for name, set := range map[string]func(p *Population){
		"all soft":      func(*Population) {},
		"one port hard": func(p *Population) { p.Ports[0].Soft, p.Ports[0].Frozen = false, true },
		"with a prior": func(p *Population) {
			p.Prior = [][]pid.Pseudo{{{Cell: [3]int{1, 0, 2}, Theta: .2, Weight: 3}}, {{Theta: .7, Weight: 1}}}
		},
		"modulated": func(p *Population) { p.Activation.K2 = 0.3 },
		"context is mute": func(p *Population) {
			p.Activation = neuron.Activation{Kind: neuron.Sum}
			p.Ports, p.Goal = p.Ports[:2], newGoal(t, 2, map[string]float64{"red": 1})
		},
	} {
		p, x := make3(t, rand.New(rand.NewPCG(1, 2)))
		for _, port := range p.Ports {
			port.Soft = true
		}
		set(p)
		x = x[:len(p.Ports)]
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		p.Forward(40, x...)
		if err := p.drives(); err != nil {
			t.Fatal(err)
		}
		moved := false
		for k, port := range p.Ports {
			port.backward(p.drive[k], x[k], p.Neurons)
		}
		for k, port := range p.Ports {
			if !port.Soft { // sums of the others move no sample to another bin
				continue
			}
			for i, w := range port.Weights {
				const h = 1e-6
				port.Weights[i] = w + h
				up := total(t, p, x)
				port.Weights[i] = w - h
				down := total(t, p, x)
				port.Weights[i] = w
				if want := (up - down) / (2 * h); !(math.Abs(port.gradient[i]-want) <= 1e-6) {
					t.Errorf("%s: port %d weight %d: gradient %v, finite difference %v", name, k, i, port.gradient[i], want)
				}
				moved = moved || port.gradient[i] != 0
			}
		}
		if !moved {
			t.Errorf("%s: no weight has a gradient", name)
		}
	}
}

// With a prior, the gradient with hard bins is that of finite differences at
// fixed bins, and no neuron gets the prior of another one.
func TestPriorGradient(t *testing.T) {
	p, x := make3(t, rand.New(rand.NewPCG(1, 2)))
	p.Prior = [][]pid.Pseudo{{{Cell: [3]int{1, 0, 2}, Theta: .2, Weight: 3}}, {{Theta: .7, Weight: 1}, {Cell: [3]int{0, 2, 2}, Theta: .1, Weight: 9}}}
	p.Forward(40, x...)
	var bins [3][]int
	for k := range p.Ports {
		for _, v := range p.sums[k] {
			bins[k] = append(bins[k], p.Ports[k].Bins.Index(v))
		}
	}
	goal := func() (sum float64) {
		theta := p.Forward(40, x...)
		for j := range p.Neurons {
			s := pid.Samples{NBins: []int{3, 3, 3}, Bins: make([][]int, 3), Prior: p.Prior[j]}
			for i := range 40 {
				s.Theta = append(s.Theta, theta[i*p.Neurons+j])
				for k := range bins {
					s.Bins[k] = append(s.Bins[k], bins[k][i*p.Neurons+j])
				}
			}
			g, _, err := pid.BatchGoal(nil, p.Goal, s)
			if err != nil {
				t.Fatal(err)
			}
			sum += g
		}
		return sum
	}
	if got, want := total(t, p, x), goal(); !(math.Abs(got-want) <= 1e-12) {
		t.Errorf("the goal is %v, want %v", got, want)
	}
	p.Forward(40, x...)
	if err := p.drives(); err != nil {
		t.Fatal(err)
	}
	for k, port := range p.Ports {
		port.backward(p.drive[k], x[k], p.Neurons)
	}
	for k, port := range p.Ports {
		for i, w := range port.Weights {
			const h = 1e-5
			port.Weights[i] = w + h
			up := goal()
			port.Weights[i] = w - h
			down := goal()
			port.Weights[i] = w
			if want := (up - down) / (2 * h); !(math.Abs(port.gradient[i]-want) <= 1e-6) {
				t.Errorf("port %d weight %d: gradient %v, finite difference %v", k, i, port.gradient[i], want)
			}
		}
	}
	if p.Prior = p.Prior[:1]; p.Validate() == nil {
		t.Error("a prior for one of two neurons is accepted")
	}
}

// If all sums are at centres of bins, learning with soft bins is learning with
// hard ones, also where bins are laid over the values.
func TestSoftIsHardAtCentres(t *testing.T) {
	for _, fit := range []bool{false, true} {
		p, x := make3(t, rand.New(rand.NewPCG(13, 14)))
		q, _ := make3(t, rand.New(rand.NewPCG(13, 14)))
		for k := range p.Ports {
			p.Ports[k].Bins.Lo, p.Ports[k].Bins.Hi = -3, 3
			q.Ports[k].Bins = p.Ports[k].Bins
			for i := range p.Ports[k].Weights {
				w := 0.0
				if i/2 == 0 { // only the first input counts, which is 0 or 1
					w = []float64{2, -2}[i%2]
				}
				p.Ports[k].Weights[i], q.Ports[k].Weights[i] = w, w
			}
			q.Ports[k].Soft = true
			p.Ports[k].Fit, q.Ports[k].Fit = fit, fit
		}
		p.Forward(40, x...)
		q.Forward(40, x...)
		if err := p.Climb(x...); err != nil {
			t.Fatal(err)
		}
		if err := q.Climb(x...); err != nil {
			t.Fatal(err)
		}
		for k := range p.Ports {
			for i, w := range p.Ports[k].gradient {
				if !(math.Abs(w-q.Ports[k].gradient[i]) <= 1e-9) {
					t.Errorf("fit %v, port %d weight %d: gradient %v with hard bins, %v with soft ones", fit, k, i, w, q.Ports[k].gradient[i])
				}
			}
		}
	}
}

// A population with soft bins allocates nothing per batch, and is independent of
// batches of another size before.
func TestSoftIsReusable(t *testing.T) {
	p, x := make3(t, rand.New(rand.NewPCG(15, 16)))
	q, _ := make3(t, rand.New(rand.NewPCG(15, 16)))
	p.Ports[1].Soft, q.Ports[1].Soft = true, true
	few := make([]Rows, 3)
	for k := range few {
		few[k] = Rows{Dense: x[k].Dense[:4*7]}
	}
	p.Forward(7, few...)
	if err := p.drives(); err != nil {
		t.Fatal(err)
	}
	p.Forward(40, x...)
	q.Forward(40, x...)
	if err := p.drives(); err != nil {
		t.Fatal(err)
	}
	if err := q.drives(); err != nil {
		t.Fatal(err)
	}
	for k := range p.Ports {
		if !slices.Equal(p.drive[k], q.drive[k]) {
			t.Errorf("port %d: another gradient", k)
		}
	}
	if n := testing.AllocsPerRun(5, func() { p.sloped = true; _ = p.drives() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
