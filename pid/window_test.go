package pid

import (
	"math"
	"math/rand/v2"
	"testing"
)

func mustGoal(t testing.TB, n int, atoms map[string]float64, residual float64) Goal {
	t.Helper()
	g, err := NewGoal(n, atoms, residual)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestGradientIsTheDerivative holds the closed form to central differences of
// the goal, by changing the masses of one cell.
func TestGradientIsTheDerivative(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, nbins := range [][]int{{2, 12}, {5, 4}, {4, 3, 5}} {
		l := lattices[len(nbins)]
		atoms := map[string]float64{}
		for i := range l.Len() {
			atoms[l.Name(i)] = rnd.NormFloat64()
		}
		w, err := NewWindow(WindowConfig{NumBins: nbins, Capacity: 50, Goal: mustGoal(t, len(nbins), atoms, .3)})
		if err != nil {
			t.Fatal(err)
		}
		var cell [3]int
		for range 130 {
			for k, n := range nbins {
				cell[k] = rnd.IntN(n)
			}
			w.Push(cell, .1+.8*rnd.Float64())
		}
		const h = 60
		c := packCell(cell)
		shift := func(d int64) float64 {
			w.add(c, mass{unit + d, unit - d})
			g := w.Goal()
			w.remove(c, mass{unit + d, unit - d})
			return g
		}
		up, down := shift(h), shift(-h)
		w.add(c, mass{unit, unit})
		got, want := w.Gradient(cell), (up-down)/(2*h)*float64(w.sum.total())
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("%v: gradient %v, difference quotient %v", nbins, got, want)
		}
	}
}

// window2x60 is the window of the associative memory with its prior.
func window2x60(t testing.TB, capacity int) *Window {
	t.Helper()
	var prior []Pseudo
	for r := range 2 {
		for c := range 60 {
			x := (float64(c)+.5)/60*40 - 20
			weight := 2 * math.Exp(-x*x/8) * (40. / 60) / math.Sqrt(8*math.Pi)
			theta := 1 / (1 + math.Exp(-(float64(2*r-1)*2.3 + x)))
			prior = append(prior, Pseudo{[3]int{r, c}, theta, weight})
		}
	}
	w, err := NewWindow(WindowConfig{NumBins: []int{2, 60}, Capacity: capacity,
		Goal: mustGoal(t, 2, map[string]float64{"red": 1}, 0), Prior: prior})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func BenchmarkWindowPushGradient2x60(b *testing.B) {
	w := window2x60(b, 64)
	rnd := rand.New(rand.NewPCG(1, 1))
	cells := make([][3]int, 1024)
	theta := make([]float64, 1024)
	for i := range cells {
		r := rnd.IntN(2)
		x := float64(2*r-1)*2 + 3*rnd.NormFloat64()
		cells[i] = [3]int{r, Bins{-20, 20, 60}.Index(x)}
		theta[i] = 1 / (1 + math.Exp(-x))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		w.Push(cells[i&1023], theta[i&1023])
		w.Gradient(cells[i&1023])
	}
}
