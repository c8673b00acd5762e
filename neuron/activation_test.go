package neuron

import (
	"math"
	"math/rand/v2"
	"testing"
)

var allActivations = []ActivationKind{Sum, Modulatory, KayPhillips, ThreeSource}

// TestActivationValues compares each A with its formula, written out by hand.
func TestActivationValues(t *testing.T) {
	const r, c, l = 1.5, -0.7, 0.4
	sigma := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	want := map[ActivationKind]float64{
		Sum:         1.2 * (r + 0.1*c + 0.7*l),
		Modulatory:  r * (0.5 + 0.5*2*sigma(2*r*c)),
		KayPhillips: r * (0.5 + 0.5*math.Exp(2*r*c)),
		ThreeSource: r * (0.8 + 0.1*sigma(2*r*c) + 0.1*sigma(2*r*l)),
	}
	for _, kind := range allActivations {
		a := DefaultActivation(kind)
		if kind == Sum {
			a.Beta, a.Kappa, a.Lambda = 1.2, 0.1, 0.7
		}
		if got, _ := a.Eval([NumPorts]float64{r, c, l}); !(math.Abs(got-want[kind]) <= 1e-15) {
			t.Errorf("%v: A is %v, expected %v", kind, got, want[kind])
		}
	}
}

// TestActivationGradient compares the partial derivatives with central
// differences.
func TestActivationGradient(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 4))
	for _, kind := range allActivations {
		for range 200 {
			a := DefaultActivation(kind)
			a.Beta, a.Kappa, a.K1, a.K2 = rnd.NormFloat64(), rnd.NormFloat64(), rnd.Float64(), rnd.NormFloat64()
			a.Lambda = rnd.NormFloat64()
			a.C1, a.C2, a.W1, a.W2 = rnd.Float64(), rnd.Float64(), 2*rnd.NormFloat64(), 2*rnd.NormFloat64()
			s := [NumPorts]float64{rnd.NormFloat64(), rnd.NormFloat64(), rnd.NormFloat64()}
			_, grad := a.Eval(s)
			for p := range s {
				const h = 1e-6
				up, down := s, s
				up[p] += h
				down[p] -= h
				hi, _ := a.Eval(up)
				lo, _ := a.Eval(down)
				if want := (hi - lo) / (2 * h); math.Abs(grad[p]-want) > 1e-6*(1+math.Abs(want)) {
					t.Fatalf("%v at %v: dA/d%v is %v, difference quotient %v", kind, s, Port(p), grad[p], want)
				}
			}
		}
	}
}

// TestActivationExtremes: for all port values, θ stays inside its bounds and
// derivatives are numbers.
func TestActivationExtremes(t *testing.T) {
	values := []float64{-1e6, -800, -30, 0, 30, 800, 1e6}
	for _, kind := range allActivations {
		a := DefaultActivation(kind)
		for _, r := range values {
			for _, c := range values {
				A, grad := a.Eval([NumPorts]float64{r, c, -c})
				if theta := Theta(A, ThetaFloor); !(theta >= ThetaFloor && theta <= 1-ThetaFloor) || !finite(grad[:]...) {
					t.Errorf("%v at r=%v c=%v: θ %v, gradient %v", kind, r, c, theta, grad)
				}
			}
		}
	}
}

func TestActivationNames(t *testing.T) {
	for _, kind := range allActivations {
		if got, err := ParseActivation(kind.String()); err != nil || got != kind {
			t.Errorf("%v reads back as %v, %v", kind, got, err)
		}
	}
	if _, err := ParseActivation("relu"); err == nil {
		t.Error("an unknown activation was accepted")
	}
}
