package baseline

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
)

func randomBits(m, n int, rng *rand.Rand) [][]float64 {
	p := make([][]float64, m)
	for k := range p {
		p[k] = make([]float64, n)
		for i := range p[k] {
			p[k][i] = float64(rng.IntN(2)*2 - 1)
		}
	}
	return p
}

func meanOverlap(t *testing.T, rule string, patterns [][]float64) float64 {
	w, err := Associate(rule, patterns)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, p := range patterns {
		x := Settle(w, p, nil, 50)
		sum += floats.Dot(x, p) / float64(len(p)) / float64(len(patterns))
	}
	return sum
}

// Each rule keeps patterns below its known capacity and loses them beyond:
// Hebb 0.14, Storkey about 0.45, pseudo-inverse 1, perceptron and logistic
// more than 1 (Hopfield 1982; Storkey 1997; Personnaz 1985; Cover 1965).
func TestCapacities(t *testing.T) {
	for rule, loads := range map[string][2]float64{
		"hebb": {0.08, 0.3}, "storkey": {0.25, 0.8}, "pseudo_inverse": {0.8, 1.2}, "perceptron": {1.2, 2.4}, "logistic": {1.2, 2.4},
	} {
		rng := rand.New(rand.NewPCG(1, 2))
		const n = 60
		if c := meanOverlap(t, rule, randomBits(int(loads[0]*n), n, rng)); c < 0.95 {
			t.Errorf("%s at load %v: overlap %v", rule, loads[0], c)
		}
		if c := meanOverlap(t, rule, randomBits(int(loads[1]*n), n, rng)); c > 0.95 && rule != "pseudo_inverse" {
			t.Errorf("%s at load %v: overlap %v", rule, loads[1], c)
		}
	}
}

func TestHeldBitsStay(t *testing.T) {
	patterns := randomBits(5, 40, rand.New(rand.NewPCG(1, 2)))
	w, err := Associate("hebb", patterns)
	if err != nil {
		t.Fatal(err)
	}
	cue := make([]float64, 40)
	copy(cue[:20], patterns[0][:20])
	if c := floats.Dot(Settle(w, cue, cue, 20), patterns[0]) / 40; !(math.Abs(c-1) <= 1e-9) {
		t.Errorf("overlap %v from half the bits", c)
	}
}

func TestAssociateErrors(t *testing.T) {
	if _, err := Associate("hebb", nil); err == nil {
		t.Error("no pattern must be an error")
	}
	if _, err := Associate("elm", [][]float64{{1, -1}}); err == nil {
		t.Error("an unknown rule must be an error")
	}
}
