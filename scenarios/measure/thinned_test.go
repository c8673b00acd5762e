package measure

import (
	"slices"
	"testing"
)

// The points are values 1, 1+k, 1+2k, …, where k is the smallest power of two with which
// they fit.
func TestThinned(t *testing.T) {
	var s thinned
	var x, y []float64
	for n := 1; n <= 5*mostPoints; n++ {
		if s.keeps(&x, &y) {
			x, y = append(x, float64(n)), append(y, -float64(n))
		}
		each := 1
		for (n+each-1)/each > mostPoints {
			each *= 2
		}
		if s.each() != each || len(x) != (n+each-1)/each || len(y) != len(x) {
			t.Fatalf("after %d values: one of %d, %d points, want one of %d", n, s.each(), len(x), each)
		}
		last := len(x) - 1
		if x[last/2] != float64(last/2*each+1) || x[last] != float64(last*each+1) || y[last] != -x[last] {
			t.Fatalf("after %d values: points %v, %v", n, x[last/2], x[last])
		}
		if at := s; !at.fits(&x, &y) || at != s {
			t.Fatalf("after %d values: %+v does not fit", n, s)
		}
	}
	shorter := x[1:]
	if s.fits(&shorter, &shorter) || s.fits(&x, &shorter) {
		t.Error("a curve that lacks a point fits")
	}
	none, many := []float64{}, make([]float64, mostPoints+1)
	if (&thinned{Entered: -1, Each: 4}).fits(&none) || (&thinned{Entered: len(many)}).fits(&many) || !(&thinned{}).fits(&none) {
		t.Error("less than no values, or more points than there can be")
	}
	two := []float64{1, 4}
	if (&thinned{Entered: 6, Each: 3}).fits(&two) || !(&thinned{Entered: 6, Each: 4}).fits(&two) {
		t.Error("one value in three is kept")
	}
	for _, bad := range []thinned{{Entered: s.Entered, Each: 3}, {Entered: -1}, {Entered: s.Entered, Each: -2}, {Entered: s.Entered}} {
		if bad.fits(&x) {
			t.Errorf("%+v fits", bad)
		}
	}
}

// A state of an older run has all values. It continues as if it had been thinned.
func TestThinnedTakesOldStates(t *testing.T) {
	var now, old thinned
	var thin, all []float64
	for n := range 3*mostPoints + 1 {
		if now.keeps(&thin) {
			thin = append(thin, float64(n))
		}
		all = append(all, float64(n))
	}
	if !old.fits(&all) || old != now || !slices.Equal(all, thin) {
		t.Errorf("%+v with %d points, want %+v with %d", old, len(all), now, len(thin))
	}
}
