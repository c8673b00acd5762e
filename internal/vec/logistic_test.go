package vec

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sigmoid is 1/(1+e^−x) by the exponential of the standard library.
func sigmoid(x float64) float64 {
	e := math.Exp(-math.Abs(x))
	if x < 0 {
		return e / (1 + e)
	}
	return 1 / (1 + e)
}

func TestLogistic(t *testing.T) {
	var x, want []float64
	for v := -60.0; v < 60; v += 0.0137 {
		x, want = append(x, v), append(want, sigmoid(v))
	}
	for _, v := range []float64{0, math.Copysign(0, -1), 699, -699} {
		x, want = append(x, v), append(want, sigmoid(v))
	}
	got := slices.Clone(x)
	Logistic(got)
	for i := range x {
		if !(math.Abs(got[i]-want[i]) <= 4e-16*max(want[i], 1e-300)) && !(math.Abs(got[i]/want[i]-1) <= 8e-16) {
			t.Fatalf("logistic of %v is %v, want %v", x[i], got[i], want[i])
		}
	}
	far := []float64{math.Inf(1), math.Inf(-1), 1e300, -1e300, math.NaN()}
	Logistic(far)
	if far[0] != 1 || far[1] > 1e-300 || far[2] != 1 || far[3] > 1e-300 || far[4] == far[4] {
		t.Errorf("far out: %v", far)
	}
}

// TestLogisticSameBytes compares with the loop in Go.
func TestLogisticSameBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 40 {
		x := random(r, n)
		for i := range x {
			if i%9 == 0 {
				x[i] = []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1), 700.5}[r.IntN(5)]
			}
		}
		want := slices.Clone(x)
		logisticLoop(want)
		Logistic(x)
		for i := range x {
			if math.Float64bits(x[i]) != math.Float64bits(want[i]) && x[i] == x[i] {
				t.Errorf("%d values: number %d is %v, of the loop %v", n, i, x[i], want[i])
			}
			if (x[i] != x[i]) != (want[i] != want[i]) {
				t.Errorf("%d values: number %d is %v, of the loop %v", n, i, x[i], want[i])
			}
		}
	}
}

// TestAdamSameBytes compares with the loop in Go.
func TestAdamSameBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	a := AdamStep{Decay: 0.01, Mean: 0.1, Square: 0.001, Rate: 0.03, Scale: 1.7, Least: 1e-8, Gain: 0.6}
	for n := range 40 {
		w, g, mean, square := random(r, n), random(r, n), random(r, n), random(r, n)
		for i, v := range square {
			square[i] = v * v
		}
		w2, mean2, square2 := slices.Clone(w), slices.Clone(mean), slices.Clone(square)
		for range 3 {
			a.loop(w2, g, mean2, square2)
			a.Step(w, g, mean, square)
		}
		if !slices.Equal(w, w2) || !slices.Equal(mean, mean2) || !slices.Equal(square, square2) {
			t.Errorf("%d weights: not those of the loop", n)
		}
	}
}
