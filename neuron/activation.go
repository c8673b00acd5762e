package neuron

import (
	"fmt"
	"math"
)

// ActivationKind names one of the four activations of the literature.
type ActivationKind uint8

// The activations A(r, c, l); the firing probability is θ = σ(A).
const (
	// Sum: A = β(r + κc + λl).
	Sum ActivationKind = iota
	// Modulatory (Graetz): A = r·[k1 + (1−k1)·2σ(k2·r·c)]. With k1 = 1 the
	// context does not change A; it only guides learning.
	Modulatory
	// KayPhillips: A = r·[k1 + (1−k1)·exp(k2·r·c)] (Kay & Phillips 1997).
	KayPhillips
	// ThreeSource (Schneider et al. 2025): A = r·[(1−c1−c2) + c1·σ(w1·r·c) + c2·σ(w2·r·l)].
	ThreeSource
)

var activationNames = []string{"sum", "modulatory", "kay_phillips", "three_source"}

// String returns the name used in scenarios.
func (k ActivationKind) String() string {
	if int(k) >= len(activationNames) {
		return fmt.Sprintf("activation(%d)", uint8(k))
	}
	return activationNames[k]
}

// ParseActivation is the inverse of String.
func ParseActivation(name string) (ActivationKind, error) {
	for i, n := range activationNames {
		if n == name {
			return ActivationKind(i), nil
		}
	}
	return 0, fmt.Errorf("unknown activation %q, expected one of %v", name, activationNames)
}

// Activation is A(r, c, l) with its constants; all are dimensionless.
type Activation struct {
	Kind        ActivationKind
	Beta, Kappa float64 // Sum
	Lambda      float64 // Sum: weight of the lateral value
	K1, K2      float64 // Modulatory, KayPhillips
	C1, C2      float64 // ThreeSource: weights of context and lateral modulation
	W1, W2      float64 // ThreeSource: gains inside them
}

// DefaultActivation returns the constants of the papers for a kind.
func DefaultActivation(k ActivationKind) Activation {
	return Activation{Kind: k, Beta: 1, Kappa: 1, Lambda: 1, K1: 0.5, K2: 2, C1: 0.1, C2: 0.1, W1: 2, W2: 2}
}

// maxExponent keeps exp finite; beyond it θ is saturated in any case.
const maxExponent = 40

// Eval returns A and its partial derivatives with respect to (r, c, l).
func (a *Activation) Eval(s [NumPorts]float64) (A float64, grad [NumPorts]float64) {
	A = a.eval(&s, &grad)
	return A, grad
}

// eval is Eval without copies of the arrays.
func (a *Activation) eval(s, grad *[NumPorts]float64) (A float64) {
	r, c, l := s[Receptive], s[Contextual], s[Lateral]
	switch a.Kind {
	case Sum:
		*grad = [NumPorts]float64{a.Beta, a.Beta * a.Kappa, a.Beta * a.Lambda}
		return a.Beta * (r + a.Kappa*c + a.Lambda*l)
	case Modulatory:
		sg := Sigmoid(a.K2 * r * c)
		m, slope := a.K1+(1-a.K1)*2*sg, (1-a.K1)*2*sg*(1-sg)*a.K2
		*grad = [NumPorts]float64{m + r*c*slope, r * r * slope, 0}
		return r * m
	case KayPhillips:
		e := math.Exp(min(a.K2*r*c, maxExponent))
		m, slope := a.K1+(1-a.K1)*e, (1-a.K1)*e*a.K2
		*grad = [NumPorts]float64{m + r*c*slope, r * r * slope, 0}
		return r * m
	default:
		sc, sl := Sigmoid(a.W1*r*c), Sigmoid(a.W2*r*l)
		m := 1 - a.C1 - a.C2 + a.C1*sc + a.C2*sl
		dc, dl := a.C1*sc*(1-sc)*a.W1, a.C2*sl*(1-sl)*a.W2
		*grad = [NumPorts]float64{m + r*c*dc + r*l*dl, r * r * dc, r * r * dl}
		return r * m
	}
}

// Sigmoid is the logistic function 1/(1+e^−x).
func Sigmoid(x float64) float64 {
	e := math.Exp(-math.Abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

// ThetaFloor bounds firing probabilities away from 0 and 1, so that their
// logarithms stay finite.
const ThetaFloor = 1e-6

// Theta returns P(Y=+1) = σ(A), clamped to [floor, 1−floor].
func Theta(A, floor float64) float64 {
	return min(max(Sigmoid(A), floor), 1-floor)
}
