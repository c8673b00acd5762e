package pid

import (
	"math"
	"testing"
)

// naiveGradient returns N·∂G/∂θ of every sample directly from the definition of
// D(s,t): for each cell and antichain it sums over all cells in the event.
// Tests of BatchGoal and Window.Gradient compare with it.
func naiveGradient(g Goal, bins [][]int, theta []float64) []float64 {
	n := len(theta)
	// u(s_i, t) over samples instead of cells: p(s',t) is a sum over samples.
	event := func(a Antichain, i, t int) float64 {
		sum := 0.0
		for j := range n {
			if a.holds(agreement(bins, i, j)) {
				sum += side(theta[j], t)
			}
		}
		return sum / float64(n)
	}
	y := [2]float64{}
	for _, th := range theta {
		y[0] += side(th, 0) / float64(n)
		y[1] += side(th, 1) / float64(n)
	}
	l := g.lattice()
	slope := make([]float64, n)
	for i := range slope {
		slope[i] = -g.residual * math.Log2(y[1]/y[0])
	}
	for k, a := range l.members {
		w := g.weights[k]
		if k == l.Len()-1 {
			w -= g.residual
		}
		if w == 0 {
			continue
		}
		pull := make([]float64, n) // of each sample's share of its cell
		for j := range n {
			pull[j] = (side(theta[j], 1)/event(a, j, 1) - side(theta[j], 0)/event(a, j, 0)) / float64(n)
		}
		for i := range slope {
			d := math.Log2(event(a, i, 1)/event(a, i, 0)) - math.Log2(y[1]/y[0])
			for j := range n {
				if a.holds(agreement(bins, i, j)) {
					d += math.Log2E * pull[j]
				}
			}
			slope[i] += w * d
		}
	}
	return slope
}

func side(theta float64, t int) float64 {
	if t == 1 {
		return theta
	}
	return 1 - theta
}

// agreement returns the mask of the sources in which two samples agree.
func agreement(bins [][]int, i, j int) uint8 {
	var m uint8
	for k := range bins {
		if bins[k][i] == bins[k][j] {
			m |= 1 << k
		}
	}
	return m
}

// TestBatchGoalTwin for two and three sources and goals with all atoms.
func TestBatchGoalTwin(t *testing.T) {
	for _, nbins := range [][]int{{4, 5}, {3, 4, 2}} {
		atoms := map[string]float64{}
		for i, name := range lattices[len(nbins)].names {
			atoms[name] = math.Sin(float64(i + 1))
		}
		g := mustGoal(t, len(nbins), atoms, .4)
		bins, theta := randomBatch(nbins, 60, 8)
		dst := make([]float64, len(theta))
		if _, _, err := BatchGoal(dst, g, Samples{NBins: nbins, Bins: bins, Theta: theta}); err != nil {
			t.Fatal(err)
		}
		for i, want := range naiveGradient(g, bins, theta) {
			near(t, "gradient", dst[i]*float64(len(theta)), want, 1e-11)
		}
	}
}

func TestBatchGoalRefuses(t *testing.T) {
	g := mustGoal(t, 2, map[string]float64{"red": 1}, 0)
	two := [][]int{{0, 1}, {1, 0}}
	for name, run := range map[string]func() error{
		"zero goal": func() error {
			_, _, err := BatchGoal(nil, Goal{}, Samples{NBins: []int{2, 2}, Bins: two, Theta: []float64{.5, .5}})
			return err
		},
		"sources": func() error {
			_, _, err := BatchGoal(nil, g, Samples{NBins: []int{2}, Bins: two, Theta: []float64{.5, .5}})
			return err
		},
		"empty": func() error {
			_, _, err := BatchGoal(nil, g, Samples{NBins: []int{2, 2}, Bins: [][]int{{}, {}}})
			return err
		},
		"dst": func() error {
			_, _, err := BatchGoal([]float64{1}, g, Samples{NBins: []int{2, 2}, Bins: two, Theta: []float64{.5, .5}})
			return err
		},
		"bin": func() error {
			_, _, err := BatchGoal(nil, g, Samples{NBins: []int{2, 1}, Bins: two, Theta: []float64{.5, .5}})
			return err
		},
		"bins": func() error {
			_, _, err := BatchGoal(nil, g, Samples{NBins: []int{2, 1 << 40}, Bins: two, Theta: []float64{.5, .5}})
			return err
		},
		"length": func() error {
			_, _, err := BatchGoal(nil, g, Samples{NBins: []int{2, 2}, Bins: two, Theta: []float64{.5}})
			return err
		},
		"theta": func() error {
			_, _, err := BatchGoal(nil, g, Samples{NBins: []int{2, 2}, Bins: two, Theta: []float64{.5, math.NaN()}})
			return err
		},
	} {
		if run() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	// Saturated probabilities give a finite gradient.
	dst := make([]float64, 2)
	if _, _, err := BatchGoal(dst, g, Samples{NBins: []int{2, 2}, Bins: two, Theta: []float64{0, 1}}); err != nil || math.IsInf(dst[0], 0) || math.IsNaN(dst[0]) {
		t.Error(dst, err)
	}
}

// BenchmarkNaiveTwins measures the naive versions of BatchGoal and of a
// window's push and gradient, which recompute the whole window.
func BenchmarkNaiveTwins(b *testing.B) {
	g := mustGoal(b, 2, map[string]float64{"{1}": -.2, "{2}": .1, "{1}{2}": 1, "{12}": .1}, 0)
	bins, theta := randomBatch([]int{20, 20}, 1024, 3)
	b.Run("BatchGoal/1024on20x20", func(b *testing.B) {
		for b.Loop() {
			naiveGradient(g, bins, theta)
		}
	})
	red := mustGoal(b, 2, map[string]float64{"red": 1}, 0)
	bins, theta = randomBatch([]int{2, 60}, 64, 3)
	b.Run("WindowPushGradient2x60/recompute", func(b *testing.B) {
		dst := make([]float64, len(theta))
		for b.Loop() {
			if _, _, err := BatchGoal(dst, red, Samples{NBins: []int{2, 60}, Bins: bins, Theta: theta}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
