package neuron

import (
	"math"
	"math/rand/v2"
	"testing"
)

// EvalAll equals Eval, for every activation and any ports and slopes, with
// lengths that are and are not multiples of a block.
func TestEvalAllAgreesWithEval(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for kind := range activationNames {
		a := Activation{Kind: ActivationKind(kind), Beta: 1.25, Kappa: 0.5, Lambda: 0.75, K1: 0.25, K2: 0.5, C1: 0.125, C2: 0.375, W1: 1.5, W2: 0.625}
		for given := range 1 << (2 * NumPorts) {
			for _, n := range []int{1, evalBlock, evalBlock + 17} {
				evalAllAgrees(t, rng, &a, n, given)
			}
		}
	}
}

// evalAllAgrees compares n neurons. The bits of given say which ports and
// slopes are not nil.
func evalAllAgrees(t *testing.T, rng *rand.Rand, a *Activation, n, given int) {
	t.Helper()
	var sums, slope [NumPorts][]float64
	for p := range sums {
		if p == 0 || given>>p&1 != 0 { // without a receptive value the result is 0
			sums[p] = make([]float64, n)
		}
		if given>>(NumPorts+p)&1 != 0 {
			slope[p] = make([]float64, n)
		}
		for i := range sums[p] {
			sums[p][i] = 2 * rng.NormFloat64()
		}
	}
	theta := make([]float64, n)
	a.EvalAll(theta, slope, sums)
	for i := range theta {
		var s [NumPorts]float64
		for p := range s {
			if sums[p] != nil {
				s[p] = sums[p][i]
			}
		}
		A, grad := a.Eval(s)
		if want := Theta(A, ThetaFloor); !(math.Abs(theta[i]-want) <= 1e-14) {
			t.Fatalf("%v: θ of %v is %v, want %v", a.Kind, s, theta[i], want)
		}
		for p, want := range grad {
			if slope[p] != nil && math.Abs(slope[p][i]-want) > 1e-13*max(1, math.Abs(want)) {
				t.Fatalf("%v: slope %d at %v is %v, want %v", a.Kind, p, s, slope[p][i], want)
			}
		}
	}
}

func BenchmarkEvalAll(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	a := DefaultActivation(ThreeSource)
	var sums, slope [NumPorts][]float64
	theta := make([]float64, 1024)
	for p := range sums {
		sums[p], slope[p] = make([]float64, len(theta)), make([]float64, len(theta))
		for i := range theta {
			sums[p][i] = 3 * rng.NormFloat64()
		}
	}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			a.EvalAll(theta, slope, sums)
		}
	})
	b.Run("each", func(b *testing.B) {
		for b.Loop() {
			a.evalEach(theta, &slope, &sums)
		}
	})
}
