package design

import (
	"math"
	"testing"
)

func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol }

// Values from R 4: t.test(c(1,2,3,4)): 95 % interval 0.4457397 … 4.5542603.
func TestInterval(t *testing.T) {
	mean, half := Interval([]float64{1, 2, 3, 4})
	if mean != 2.5 || !near(half, 2.0542603, 1e-6) {
		t.Errorf("got %v ± %v", mean, half)
	}
	if _, half := Interval([]float64{3}); !math.IsNaN(half) {
		t.Errorf("one value: ± %v", half)
	}
}

// By hand: means 3 and 5, both variances 2.5, so d = 2/√2.5 = 1.2649111,
// J = 1 − 3/31 = 0.9032258, g = 1.1424997; the standard errors are √0.5 each,
// Welch's ν is 8 and t(0.975; 8) = 2.3060041, so 2 ± 2.3060041.
// var(g) = 10/25 + g²/20 = 0.4652653, so g ± 1.9599640·0.6821036.
func TestCompare(t *testing.T) {
	e := Compare([]float64{1, 2, 3, 4, 5}, []float64{3, 4, 5, 6, 7})
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"difference", e.Difference, 2}, {"low", e.Low, -0.3060041}, {"high", e.High, 4.3060041},
		{"d", e.D, 1.2649111}, {"g", e.G, 1.1424997}, {"g low", e.GLow, 1.1424997 - 1.9599640*0.6821036}, {"g high", e.GHigh, 1.1424997 + 1.9599640*0.6821036},
	} {
		if !near(c.got, c.want, 2e-6) {
			t.Errorf("%s: got %.7f, want %.7f", c.name, c.got, c.want)
		}
	}
}

func TestCompareEdges(t *testing.T) {
	if e := Compare([]float64{1}, []float64{2, 3}); e.Difference != 1.5 || !math.IsNaN(e.G) {
		t.Errorf("%+v", e)
	}
	if e := Compare([]float64{1, 1}, []float64{1, 1}); e.G != 0 || e.Low != 0 {
		t.Errorf("%+v", e)
	}
	if e := Compare([]float64{2, 2}, []float64{1, 1}); !math.IsInf(e.G, -1) {
		t.Errorf("%+v", e)
	}
}

// Values from R 4: prop.test(k, n, correct=FALSE)$conf.int.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{98, 100, 0.92998821, 0.99449803}, {0, 10, 0, 0.27753280}, {50, 50, 0.92865240, 1},
	} {
		if low, high := Wilson(c.k, c.n); !near(low, c.low, 1e-6) || !near(high, c.high, 1e-6) {
			t.Errorf("%d of %d: got %.7f to %.7f", c.k, c.n, low, high)
		}
	}
	if low, high := Wilson(0, 0); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Error("no trial has bounds")
	}
}
