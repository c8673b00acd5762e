package measure

import (
	"fmt"
	"math"
	"testing"
)

// TestAgreementByHand: values of a port compared with those of another, one bit after the
// other, and the chance level.
func TestAgreementByHand(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		said [][2]float64 // value of the port, and of the other port
		want agreement
		sum  string // right, by chance, blank
	}{
		"nothing":               {nil, agreement{}, "NaN 0 0"},
		"both on":               {[][2]float64{{0.5, 2}}, agreement{Seen: 1, Of: 1, Right: 1, Port: 1}, "1 1 0"},
		"both off":              {[][2]float64{{-0.5, -2}}, agreement{Seen: 1, Right: 1}, "1 1 0"},
		"port on":               {[][2]float64{{0.5, -2}}, agreement{Seen: 1, Port: 1}, "0 0 0"},
		"port off":              {[][2]float64{{-0.5, 2}}, agreement{Seen: 1, Of: 1}, "0 0 0"},
		"port silent":           {[][2]float64{{0, 2}}, agreement{Seen: 1, Of: 1, Blank: 1}, "0.5 0.5 1"},
		"port broken":           {[][2]float64{{nan, -2}, {inf, 2}, {-inf, 2}}, agreement{Seen: 3, Of: 2, Blank: 3}, "0.5 0.5 1"},
		"nothing to tell":       {[][2]float64{{1, 0}, {1, nan}, {1, inf}, {1, -inf}}, agreement{}, "NaN 0 0"},
		"tiny numbers":          {[][2]float64{{1e-300, 1e-300}, {-1e-300, -1e-300}, {1e-300, -1e-300}}, agreement{Seen: 3, Of: 1, Right: 2, Port: 2}, "0.667 0.444 0"},
		"half on, port by half": {[][2]float64{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}}, agreement{Seen: 4, Of: 2, Right: 2, Port: 2}, "0.5 0.5 0"},
		"mostly on":             {[][2]float64{{1, 1}, {1, 1}, {1, 1}, {0, -1}}, agreement{Seen: 4, Of: 3, Right: 3, Blank: 1, Port: 3}, "0.875 0.688 0.25"},
	} {
		var a agreement
		for _, s := range c.said {
			a.add(s[0], s[1])
		}
		got := sum([]agreement{{}, a})
		if a != c.want || fmt.Sprintf("%.3g %.3g %.3g", got.Value, got.Chance, got.Blank) != c.sum {
			t.Errorf("%s: %+v, %+v; want %+v, %s", name, a, got, c.want, c.sum)
		}
	}
	two := []agreement{{Seen: 1, Of: 1, Right: 1, Port: 1}, {Seen: 3, Blank: 1}}
	if got := fmt.Sprintf("%.3g", sum(two)); got != "{0.375 0.875 0.25}" {
		t.Errorf("two neurons: %s", got)
	}
}

// TestCurveByHand: blocks of items, the share of right answers in each, and the counts of
// labels in the last.
func TestCurveByHand(t *testing.T) {
	var c curve
	var closed []bool
	for i, share := range []float64{1, 0, 0.5, 1, 1} {
		closed = append(closed, c.add(share, i%3, 3, 2))
		if want := []float64{1, 0.5, 0.5, 0.75, 0.75}[i]; i > 0 && c.Last != want {
			t.Errorf("after %d items: %v, want %v", i+1, c.Last, want)
		}
	}
	if got := fmt.Sprint(closed, c.X, c.Y, c.Chance, c.Seen, c.Total, c.Right); got != "[false true false true false] [2 4] [0.5 0.75] [0 1 0] 1 5 1" {
		t.Errorf("%s", got)
	}
	var one curve
	for range 3 {
		if !one.add(1, 0, 1, 1) {
			t.Error("a block of one item is not closed")
		}
	}
	for n, want := range map[int]bool{2: false, 3: true, 4: false} {
		if got := c.fits(n); got != want {
			t.Errorf("a curve of 3 labels fits %d: %v", n, got)
		}
	}
	if !(&curve{}).fits(5) {
		t.Error("a curve that has not begun does not fit")
	}
}
