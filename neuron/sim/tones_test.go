package sim

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestTones compares tones with plain numbers: with few values, including both
// zeros and a NaN, and with more values than there are codes.
func TestTones(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		values int
		coded  bool
		stays  bool
	}{{3, true, true}, {255, true, true}, {256, true, true}, {257, true, false}, {300, true, false}, {40, false, false}} {
		const n = 500
		tones, plain := newTones(n, c.coded), make([]float64, n)
		told := []float32{0, float32(math.Copysign(0, -1)), float32(math.NaN())}
		for len(told) < c.values {
			told = append(told, rng.Float32())
		}
		places := make([]int32, 70)
		for range 5000 {
			i, v := rng.IntN(n-100), told[rng.IntN(len(told))]
			tones.set(100+i, v)
			plain[100+i] = float64(v)
		}
		for k := range places {
			places[k] = int32(rng.IntN(n - 100))
		}
		if (tones.codes != nil) != c.stays {
			t.Errorf("%d values: coded is %v", c.values, tones.codes != nil)
		}
		row, some := make([]float64, 60), make([]float64, len(places))
		tones.read(row, 130)
		pick(some, &tones, 100, places)
		for k := range row {
			if math.Float64bits(row[k]) != math.Float64bits(plain[130+k]) {
				t.Fatalf("%d values: %v at %d, want %v", c.values, row[k], k, plain[130+k])
			}
		}
		for k, p := range places {
			if math.Float64bits(some[k]) != math.Float64bits(plain[100+p]) {
				t.Fatalf("%d values: %v at place %d, want %v", c.values, some[k], p, plain[100+p])
			}
		}
	}
}
