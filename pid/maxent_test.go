package pid

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// fittingOf returns the maximum-entropy problem of a distribution.
func fittingOf(shape []int, p []float64) *fitting {
	tb := newTable(new(scratch), shape[:2], shape[2], len(p))
	tb.fill(p, shape[2])
	tb = tb.trimmed()
	return tb.newFitting()
}

// TestNewtonTwin compares Newton steps, which are used if sweeps are slow, with
// plain proportional fitting.
func TestNewtonTwin(t *testing.T) {
	for i, shape := range [][]int{{2, 2, 2}, {3, 4, 2}, {2, 3, 4}, {4, 3, 3}} {
		p := randomJoint(shape, shape[0]*shape[1], uint64(i)) // some of its cells are empty
		f := fittingOf(shape, p)
		gap, steps := f.newton()
		if !(gap <= 1e-9) || steps < 2 {
			t.Errorf("%v: gap %v after %d steps", shape, gap, steps)
		}
		want := naiveMaximumEntropy(shape, p, 2000)
		if f.swapped {
			want = transposed(want, shape[0], shape[1], shape[2])
		}
		for k, v := range f.q {
			near(t, "probability", v, want[k], 1e-6)
		}
	}
}

// TestGapBoundsTheError: for a point near the solution, the bound equals the
// relative entropy between both, up to a few per cent, over 18 orders of
// magnitude.
func TestGapBoundsTheError(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 2))
	for _, shape := range [][]int{{2, 2, 2}, {3, 4, 2}, {4, 3, 3}} {
		for _, size := range []float64{1e-3, 1e-4, 1e-6, 1e-7} {
			f := fittingOf(shape, randomJoint(shape, len(shape)*20, 3))
			f.fit()
			best := slices.Clone(f.q)
			for _, factors := range [][]float64{f.x, f.y, f.z} {
				for i := range factors {
					factors[i] *= 1 + size*rnd.NormFloat64()
				}
			}
			f.fill()
			off := 0.0
			for i, v := range best {
				if e := f.q[i]/v - 1; v > 0 {
					off += v * (e - math.Log1p(e)) // the part in which both sums differ is left out
				}
			}
			if got := f.gap(); !(got >= .95*off && got <= 1.05*off) {
				t.Errorf("%v, off by %v: bound %.4g, relative entropy %.4g", shape, size, got, off)
			}
			for i, v := range best {
				near(t, "mended probability", f.q[i], v, 10*size)
			}
		}
	}
}

// TestGapOfWhatCannotBeMended is infinite: the point is empty where the
// marginals are not.
func TestGapOfWhatCannotBeMended(t *testing.T) {
	p := randomJoint([]int{2, 2, 2}, 8, 1)
	for name, spoil := range map[string]func(f *fitting){
		"nothing":    func(f *fitting) { clear(f.q) },
		"empty cell": func(f *fitting) { f.q[0], f.q[1] = 0, 0 },
	} {
		f := fittingOf([]int{2, 2, 2}, p)
		f.fit()
		spoil(f)
		if got := f.gap(); !math.IsInf(got, 1) {
			t.Errorf("%s: %v", name, got)
		}
	}
	// Three fair bits of which each two differ nearly always do not exist; a
	// point with such marginals is negative somewhere.
	f := fittingOf([]int{2, 2, 2}, []float64{.125, .125, .125, .125, .125, .125, .125, .125})
	for _, pair := range [][]float64{f.ab, f.at, f.bt} {
		copy(pair, []float64{.05, .45, .45, .05})
	}
	f.fill()
	if got := f.gap(); !math.IsInf(got, 1) {
		t.Errorf("marginals that no distribution has: %v", got)
	}
}

// TestFiveSourcesOfLargerTargets compares sx of a target with three symbols
// with sums over pairs of cells.
func TestFiveSourcesOfLargerTargets(t *testing.T) {
	shape := []int{2, 2, 2, 2, 2, 3}
	p := randomJoint(shape, 9, 5)
	d, err := Decompose(SX, shape, p)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range naiveSX(shape, p) {
		if !(math.Abs(d.Cumulative[i]-want) <= 1e-12) {
			t.Fatalf("%s: %v, want %v", d.lattice.Name(i), d.Cumulative[i], want)
		}
	}
}
