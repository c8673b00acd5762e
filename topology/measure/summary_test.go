package measure

import "testing"

// TestMedian: half of the values are on each side, for odd and even numbers of
// values.
func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   Number
	}{
		{[]float64{4}, 4}, {[]float64{4, 1}, 2.5}, {[]float64{10, -1, 2}, 2}, {[]float64{0.5, -1, 0.25}, 0.25},
		{[]float64{9, 1, 3, 5}, 4}, {[]float64{7, 1, 100, 2, 3}, 3}, {[]float64{1, 1, 1, 50, 60}, 1},
	} {
		if got := summarise(c.values).Median; got != c.want {
			t.Errorf("%v: median %v, want %v", c.values, got, c.want)
		}
	}
}
