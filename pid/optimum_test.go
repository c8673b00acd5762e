package pid

import (
	"math"
	"math/rand/v2"
	"testing"
)

// degenerateJoint returns distributions that are hard for convex solvers: many
// zeros, tiny probabilities, nearly deterministic targets, unused symbols.
func degenerateJoint(rnd *rand.Rand) ([]int, []float64) {
	shape := []int{1 + rnd.IntN(4), 1 + rnd.IntN(4), 1 + rnd.IntN(4)}
	size := shape[0] * shape[1] * shape[2]
	p, sum := make([]float64, size), 0.0
	zeros, power := rnd.Float64(), 1+rnd.Float64()*8
	for i := range p {
		if rnd.Float64() > zeros {
			p[i] = math.Pow(rnd.Float64(), power)
			if rnd.IntN(8) == 0 {
				p[i] *= math.Pow(10, -14*rnd.Float64())
			}
			sum += p[i]
		}
	}
	if sum == 0 {
		p[0], sum = 1, 1
	}
	for i := range p {
		p[i] /= sum
	}
	return shape, p
}

// TestIterativeMeasuresConverge: every degenerate distribution is certified,
// and the atoms satisfy the identities of the measure.
func TestIterativeMeasuresConverge(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 5))
	worst := map[Measure]float64{}
	for i := range 1500 {
		shape, p := degenerateJoint(rnd)
		for _, m := range []Measure{BROJA, CCS} {
			d, err := Decompose(m, shape, p)
			if err != nil {
				t.Errorf("case %d %v %v: %v\n%v", i, m, shape, err, p)
				continue
			}
			worst[m] = max(worst[m], d.Certificate.Gap)
			if m != BROJA {
				continue
			}
			for k, v := range d.Atoms {
				if v < -2*Tolerance {
					t.Errorf("case %d: broja atom %s is %v < 0", i, d.lattice.Name(k), v)
				}
			}
		}
	}
	t.Log("largest gap:", worst)
}
