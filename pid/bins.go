package pid

import (
	"errors"
	"math"
)

// Bins divides (Lo, Hi] into N equal bins, each open below and closed above.
// Values outside belong to the first or the last bin. With N = 2 and Lo = −Hi
// the bin is the sign: 0 for v ≤ 0 and 1 for v > 0.
type Bins struct {
	Lo, Hi float64
	N      int
}

// Validate returns an error unless Lo < Hi are finite and 1 ≤ N ≤ 65535.
func (b Bins) Validate() error {
	switch {
	case b.N < 1 || b.N > maxBins:
		return errors.New("pid: the number of bins must be 1 to 65535")
	case math.IsInf(b.Lo, 0) || math.IsInf(b.Hi, 0) || math.IsNaN(b.Lo) || math.IsNaN(b.Hi):
		return errors.New("pid: the range of bins must be finite")
	case b.Lo >= b.Hi || math.IsInf(b.Hi-b.Lo, 0):
		return errors.New("pid: the range of bins needs lo < hi")
	}
	return nil
}

// Index returns the bin of v, 0 … N−1. NaN falls into bin 0.
func (b Bins) Index(v float64) int {
	switch {
	case !(v > b.Lo):
		return 0
	case v >= b.Hi:
		return b.N - 1
	}
	i := int(math.Ceil((v-b.Lo)*(float64(b.N)/(b.Hi-b.Lo)))) - 1
	return min(max(i, 0), b.N-1)
}

// Split returns how a value is shared by two neighbouring bins, in proportion
// to its distance from their centres: the share upper is in bin i+1, the rest in
// bin i. Beyond the outermost centres all of it is in the first or last bin. NaN
// is in bin 0. Between two centres, d upper/dv = N/(Hi − Lo).
func (b Bins) Split(v float64) (i int, upper float64) {
	x := (v-b.Lo)*(float64(b.N)/(b.Hi-b.Lo)) - 0.5
	switch {
	case !(x > 0):
		return 0, 0
	case x >= float64(b.N-1):
		return b.N - 1, 0
	}
	i = int(x)
	return i, x - float64(i)
}

// Widen returns bins of twice the range, extended upwards or downwards, so that
// each new bin is the union of two old ones. [Window.Widen] merges the contents
// of a window in the same way, exactly. Use it for adaptive ranges: the range
// doubles towards an outlier and never becomes smaller, so the values of
// samples need not be kept.
func (b Bins) Widen(up bool) Bins {
	span := b.Hi - b.Lo
	if up {
		b.Hi += span
	} else {
		b.Lo -= span
	}
	return b
}

// widenedBin returns the new index of bin i of n after [Bins.Widen].
func widenedBin(i, n int, up bool) int {
	if up {
		return i / 2
	}
	return n - 1 - (n-1-i)/2
}
