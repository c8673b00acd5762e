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

// By hand: differences 1, 2, 3, 6 have mean 3 and deviation √(14/3), so 3 ± 3.1824463·1.0801234.
func TestPairedInterval(t *testing.T) {
	low, high := PairedInterval([]float64{10, 0, 5, -1}, []float64{11, 2, 8, 5})
	if half := 3.1824463 * math.Sqrt(14.0/3) / 2; !near(low, 3-half, 1e-6) || !near(high, 3+half, 1e-6) {
		t.Errorf("got %v to %v, want 3 ± %v", low, high, half)
	}
	if low, high := PairedInterval([]float64{1}, []float64{2}); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Error("one pair has an interval")
	}
}

func TestCaption(t *testing.T) {
	for want, n := range map[string][2]int{
		"one seed": {1, 1}, "mean, 95 % interval and each of 3 seeds": {3, 3}, "mean, 95 % interval and each of 2 to 20 seeds": {2, 20},
		"mean and 95 % interval over 21 seeds": {21, 21},
	} {
		if got := Caption(n[0], n[1]); got != want {
			t.Errorf("%v: %q, want %q", n, got, want)
		}
	}
	mean, low, high, each := Band([]float64{1, 2, 3, 4})
	if mean != 2.5 || !near(low, 0.4457397, 1e-6) || !near(high, 4.5542603, 1e-6) || len(each) != 4 {
		t.Errorf("%v %v %v %v", mean, low, high, each)
	}
	if mean, low, high, each := Band([]float64{3}); mean != 3 || low != 3 || high != 3 || each != nil {
		t.Errorf("%v %v %v %v", mean, low, high, each)
	}
	if _, _, _, each := Band(make([]float64, 21)); each != nil {
		t.Error("many seeds are shown one by one")
	}
}
