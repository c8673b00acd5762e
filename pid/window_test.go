package pid

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/internal/fuzzing"
)

func mustGoal(t testing.TB, n int, atoms map[string]float64, residual float64) Goal {
	t.Helper()
	g, err := NewGoal(n, atoms, residual)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestGradientIsTheDerivative compares the formula with central differences of
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
		if !(math.Abs(got-want) <= 1e-5) {
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

// configs are windows of every kind.
func configs(t testing.TB) map[string]WindowConfig {
	two := mustGoal(t, 2, map[string]float64{"red": 1, "syn": .3, "unq_r": -.2}, .1)
	three := mustGoal(t, 3, map[string]float64{"{1}{2}{3}": .3, "{1}{2}": 1, "{12}{13}": -1}, .1)
	prior := []Pseudo{{[3]int{1, 2, 1}, .9, 1.5}, {[3]int{0, 0, 0}, .5, .25}, {[3]int{0, 0, 0}, .1, 2}, {[3]int{0, 1, 0}, .1, 1e-9}}
	return map[string]WindowConfig{
		"two":              {NumBins: []int{3, 4}, Capacity: 7, Goal: two, Prior: prior},
		"two, no prior":    {NumBins: []int{3, 4}, Capacity: 7, Goal: two},
		"two, forgetting":  {NumBins: []int{3, 4}, Halflife: 40, Goal: two, Prior: prior},
		"three":            {NumBins: []int{3, 4, 2}, Capacity: 7, Goal: three, Prior: prior},
		"three forgetting": {NumBins: []int{3, 4, 2}, Halflife: 5.5, Goal: three, Prior: prior},
	}
}

// fill pushes random samples and returns them.
func fill(w *Window, n int, rnd *rand.Rand) (cells [][3]int, theta []float64) {
	for range n {
		c := [3]int{rnd.IntN(w.dim[0]), rnd.IntN(w.dim[1]), rnd.IntN(w.dim[2])}
		cells, theta = append(cells, c), append(theta, rnd.Float64())
		w.Push(c, theta[len(theta)-1])
	}
	return cells, theta
}

func newWindow(t testing.TB, cfg WindowConfig) *Window {
	t.Helper()
	w, err := NewWindow(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestEvictionIsExact: after any history, every sum of the window equals that
// of a window with only the last samples.
func TestEvictionIsExact(t *testing.T) {
	for name, cfg := range configs(t) {
		if cfg.Halflife > 0 {
			continue
		}
		old := newWindow(t, cfg)
		cells, theta := fill(old, 500, rand.New(rand.NewPCG(1, 2)))
		young := newWindow(t, cfg)
		for i := len(cells) - cfg.Capacity; i < len(cells); i++ {
			young.Push(cells[i], theta[i])
		}
		sameWindow(t, name, old, young)
	}
}

func sameWindow(t *testing.T, name string, a, b *Window) {
	t.Helper()
	ab, _ := a.AppendBinary(nil)
	bb, _ := b.AppendBinary(nil)
	if !bytes.Equal(ab, bb) || a.sum != b.sum || !slices.Equal(a.keys, b.keys) || !slices.Equal(a.cells, b.cells) {
		t.Errorf("%s: windows differ", name)
	}
	for m := range 8 {
		if x, y := a.marginal(m), b.marginal(m); !slices.Equal(x.wide, y.wide) || !slices.Equal(x.narrow, y.narrow) {
			t.Errorf("%s: marginals %d differ", name, m)
		}
	}
}

// TestBinaryRoundTrip: a restored window continues exactly like the saved one,
// also after a change of goal and of range.
func TestBinaryRoundTrip(t *testing.T) {
	for name, cfg := range configs(t) {
		w := newWindow(t, cfg)
		rnd := rand.New(rand.NewPCG(4, 4))
		fill(w, 23, rnd)
		g := mustGoal(t, len(cfg.NumBins), map[string]float64{"{12}": 2}, 0)
		if err := errors.Join(w.SetGoal(g), w.Widen(1, true), w.Widen(0, false)); err != nil {
			t.Fatal(err)
		}
		fill(w, 3, rnd)
		state, _ := w.AppendBinary([]byte("head"))
		r := newWindow(t, cfg)
		fill(r, 5, rnd)
		if err := r.UnmarshalBinary(state[4:]); err != nil {
			t.Fatal(name, err)
		}
		sameWindow(t, name, w, r)
		for range 30 {
			c := [3]int{rnd.IntN(3), rnd.IntN(4), 0}
			th := rnd.Float64()
			w.Push(c, th)
			r.Push(c, th)
			if x, y := w.Gradient(c), r.Gradient(c); x != y || w.Goal() != r.Goal() {
				t.Fatalf("%s: gradient %v after restore, %v without", name, y, x)
			}
		}
		sameWindow(t, name, w, r)
		before, _ := r.AppendBinary(nil)
		for cut := range state[4:] {
			if r.UnmarshalBinary(state[4:4+cut]) == nil {
				t.Errorf("%s: %d of %d bytes are accepted", name, cut, len(state)-4)
			}
		}
		if after, _ := r.AppendBinary(nil); !bytes.Equal(before, after) {
			t.Errorf("%s: a failed restore changed the window", name)
		}
	}
}

func FuzzWindowUnmarshalBinary(f *testing.F) {
	for _, cfg := range configs(f) {
		w := newWindow(f, cfg)
		fill(w, 9, rand.New(rand.NewPCG(1, 1)))
		state, _ := w.AppendBinary(nil)
		f.Add(state)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		for _, cfg := range configs(t) {
			w := newWindow(t, cfg)
			if w.UnmarshalBinary(data) != nil {
				continue
			}
			w.Push([3]int{}, .5)
			w.Gradient([3]int{1, 1, 1})
			if state, _ := w.AppendBinary(nil); len(state) == 0 {
				t.Error("no state")
			}
			if _, err := w.Decompose(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestPushDoesNotAllocate: neither Push nor Gradient allocates.
func TestPushDoesNotAllocate(t *testing.T) {
	for name, cfg := range configs(t) {
		w := newWindow(t, cfg)
		rnd := rand.New(rand.NewPCG(4, 4))
		fill(w, 200, rnd)
		if n := testing.AllocsPerRun(200, func() {
			c := [3]int{rnd.IntN(3), rnd.IntN(4), rnd.IntN(2)}
			if cfg.Goal.n == 2 {
				c[2] = 0
			}
			w.Push(c, rnd.Float64())
			w.Gradient(c)
		}); n != 0 {
			t.Errorf("%s: %v allocations per push and gradient", name, n)
		}
	}
}

// TestHalflife: the mass follows the half-life and the prior stays.
func TestHalflife(t *testing.T) {
	for _, halflife := range []float64{1, 5.5, 64, 400} {
		w := newWindow(t, WindowConfig{NumBins: []int{2, 2}, Halflife: halflife, Goal: mustGoal(t, 2, nil, 0),
			Prior: []Pseudo{{Theta: .5, Weight: 3}}})
		for range int(20 * halflife) {
			w.Push([3]int{1, 1}, .25)
		}
		// Σ 2^(−k/h), in steps of up to h/16 pushes.
		want := 1 / (1 - math.Exp2(-1/halflife))
		if got := float64(w.sum.total())/unit - 3; !(math.Abs(got-want) <= .05*want+1) {
			t.Errorf("half-life %v: mass %v, want about %v", halflife, got, want)
		}
		if w.cell([3]uint16{}) != (mass{3 * unit / 2, 3 * unit / 2}) {
			t.Error("the prior faded:", w.cell([3]uint16{}))
		}
		if p, ok := w.CellRate([3]int{1, 1}); !ok || !(math.Abs(p-.25) <= 1e-3) {
			t.Error("rate", p)
		}
	}
}

// TestWidenMergesExactly: the window after Widen equals one that was pushed
// into the doubled bins.
func TestWidenMergesExactly(t *testing.T) {
	for _, up := range []bool{true, false} {
		for _, n := range []int{4, 5} {
			narrow := Bins{-1, 1, n}
			wide := narrow.Widen(up)
			g := mustGoal(t, 2, map[string]float64{"red": 1}, 0)
			a := newWindow(t, WindowConfig{NumBins: []int{n, 3}, Capacity: 20, Goal: g})
			b := newWindow(t, WindowConfig{NumBins: []int{n, 3}, Capacity: 20, Goal: g})
			rnd := rand.New(rand.NewPCG(1, 7))
			for range 30 {
				x, c, th := 2*rnd.Float64()-1, rnd.IntN(3), rnd.Float64()
				a.Push([3]int{narrow.Index(x), c}, th)
				b.Push([3]int{wide.Index(x), c}, th)
			}
			if err := a.Widen(0, up); err != nil {
				t.Fatal(err)
			}
			for m := 1; m < 4; m++ {
				if x, y := a.marginal(m), b.marginal(m); !slices.Equal(x.narrow, y.narrow) {
					t.Errorf("up %v, %d bins: marginals %d differ", up, n, m)
				}
			}
		}
	}
}

func TestRates(t *testing.T) {
	w := newWindow(t, WindowConfig{NumBins: []int{2, 3}, Capacity: 4, Goal: mustGoal(t, 2, nil, 0)})
	if _, ok := w.TargetRate(); ok || w.Gradient([3]int{}) != 0 || w.Goal() != 0 {
		t.Error("an empty window has rates")
	}
	if _, err := w.Decompose(); !errors.Is(err, ErrEmptyWindow) {
		t.Error(err)
	}
	w.Push([3]int{0, 0}, .5)
	if p, ok := w.TargetRate(); !ok || !(math.Abs(p-.5) <= 1e-4) {
		t.Errorf("one sample: %v, %v", p, ok)
	}
	w.Push([3]int{0, 1}, 1)
	w.Push([3]int{1, 1}, math.NaN())
	if p, ok := w.Rate(0, 0); !ok || !(math.Abs(p-.75) <= 1e-4) {
		t.Error(p)
	}
	if p, ok := w.TargetRate(); !ok || !(math.Abs(p-2./3) <= 1e-4) {
		t.Error(p)
	}
	if p, ok := w.CellRate([3]int{1, 1}); !ok || p != .5 {
		t.Error(p)
	}
	for _, at := range [][2]int{{1, 2}, {2, 0}, {0, -1}, {0, 2}, {0, 5}, {1, 3}, {-1, 0}} {
		if _, ok := w.Rate(at[0], at[1]); ok {
			t.Error(at, "has a rate")
		}
	}
	if _, ok := w.CellRate([3]int{1, 2}); ok || w.Len() != 3 || w.NumSources() != 2 || w.Bytes() < 100 {
		t.Error("rate of an empty cell")
	}
}

// TestPriorAfterWidening: windows that are made like one whose bins were widened have the
// prior of the configuration.
func TestPriorAfterWidening(t *testing.T) {
	cfg := WindowConfig{NumBins: []int{2, 4}, Capacity: 4, Goal: mustGoal(t, 2, nil, 0), Prior: []Pseudo{{Cell: [3]int{0, 3}, Theta: 0.5, Weight: 2}, {Cell: [3]int{1, 0}, Theta: 1, Weight: 1}}}
	wide, alone := newWindow(t, cfg), newWindow(t, cfg)
	if err := wide.Widen(1, true); err != nil {
		t.Fatal(err)
	}
	other := wide.LikeIn(&Room{})
	for m := 1; m < 4; m++ {
		if got, want := other.marginal(m).narrow, alone.marginal(m).narrow; !slices.Equal(got, want) {
			t.Errorf("marginal %d is %v, want %v", m, got, want)
		}
	}
}

func TestWindowRefuses(t *testing.T) {
	g := mustGoal(t, 2, nil, 0)
	for _, cfg := range []WindowConfig{
		{NumBins: []int{2}, Capacity: 5, Goal: g},
		{NumBins: []int{2, 0}, Capacity: 5, Goal: g},
		{NumBins: []int{2, 70000}, Capacity: 5, Goal: g},
		{NumBins: []int{60000, 60000}, Capacity: 5, Goal: g},
		{NumBins: []int{2, 2}, Goal: g},
		{NumBins: []int{2, 2}, Halflife: math.NaN(), Goal: g},
		{NumBins: []int{2, 2, 2}, Capacity: 5, Goal: g},
		{NumBins: []int{2, 2}, Capacity: 5},
		{NumBins: []int{2, 2}, Capacity: 5, Goal: g, Prior: []Pseudo{{Cell: [3]int{2, 0}, Weight: 1}}},
		{NumBins: []int{2, 2}, Capacity: 5, Goal: g, Prior: []Pseudo{{Theta: 2, Weight: 1}}},
		{NumBins: []int{2, 2}, Capacity: 5, Goal: g, Prior: []Pseudo{{Weight: math.Inf(1)}}},
	} {
		if _, err := NewWindow(cfg); err == nil {
			t.Errorf("%+v is accepted", cfg)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a cell outside the bins is accepted")
		}
	}()
	newWindow(t, WindowConfig{NumBins: []int{2, 2}, Capacity: 5, Goal: g}).Push([3]int{0, 2}, .5)
}

func TestBins(t *testing.T) {
	b := Bins{-2, 2, 4}
	for v, want := range map[float64]int{-3: 0, -2: 0, -1.5: 0, -1: 0, -.999: 1, 0: 1, .001: 2, 1: 2, 1.001: 3, 2: 3, 9: 3} {
		if got := b.Index(v); got != want {
			t.Errorf("bin of %v is %d, want %d", v, got, want)
		}
	}
	if b.Index(math.NaN()) != 0 || b.Index(math.Inf(1)) != 3 {
		t.Error("NaN or infinity")
	}
	if sign := (Bins{-1, 1, 2}); sign.Index(0) != 0 || sign.Index(1e-9) != 1 {
		t.Error("sign")
	}
	for _, bad := range []Bins{{0, 1, 0}, {1, 1, 3}, {math.NaN(), 1, 3}, {0, math.Inf(1), 3}, {0, 1, 70000}, {-1e308, 1e308, 2}} {
		if bad.Validate() == nil {
			t.Errorf("%v is accepted", bad)
		}
	}
	if b.Validate() != nil {
		t.Error(b.Validate())
	}
}

// TestNarrowSums compares a window whose masses fit into 32 bits with one that
// is too large for this and otherwise equal.
func TestNarrowSums(t *testing.T) {
	g := mustGoal(t, 2, map[string]float64{"red": 1, "syn": -0.5}, 0.1)
	prior := []Pseudo{{Cell: [3]int{1, 2}, Theta: 0.3, Weight: 2}, {Cell: [3]int{0, 4}, Theta: 0.9, Weight: 0.5}}
	heavy := WindowConfig{NumBins: []int{3, 7}, Capacity: 40, Goal: g, Prior: prior}
	a := newWindow(t, heavy)
	heavy.Capacity = 1 << 17
	b := newWindow(t, heavy)
	b.capacity = 40 // masses like those of a, in the tables of a large window
	if a.sums.narrow == nil || b.sums.wide == nil {
		t.Fatalf("the windows are narrow %v and wide %v", a.sums.narrow != nil, b.sums.wide != nil)
	}
	shared := a.fresh()
	rnd := rand.New(rand.NewPCG(3, 9))
	for range 300 {
		cell, th := [3]int{rnd.IntN(3), rnd.IntN(7)}, rnd.Float64()
		for _, w := range []*Window{a, b, shared} {
			w.Push(cell, th)
		}
		if x, y, z := a.Gradient(cell), b.Gradient(cell), shared.Gradient(cell); x != y || x != z {
			t.Fatalf("gradients %v, %v and %v", x, y, z)
		}
	}
	if a.sum != b.sum || a.Goal() != b.Goal() {
		t.Error("the windows hold different sums")
	}
	other := mustGoal(t, 2, map[string]float64{"syn": 1}, 0)
	if err := shared.SetGoal(other); err != nil || a.CurrentGoal() != g || shared.CurrentGoal() != other {
		t.Error("a goal is shared after it was changed")
	}
}

// TestSmallMasses: the smallest prior sample has one unit on each side; less
// than half a unit is 0; a cell that forgetting leaves with mass on one side
// only is removed.
func TestSmallMasses(t *testing.T) {
	for _, tc := range []struct {
		theta, weight float64
		want          mass
	}{
		{1, 1.0 / unit, mass{1, 1}},
		{0, 1.0 / unit, mass{1, 1}},
		{0.5, 0.49 / unit, mass{}},
		{1, 5.0 / unit, mass{4, 1}},
		{0, 5.0 / unit, mass{1, 4}},
		{0.4, 5.0 / unit, mass{2, 3}},
	} {
		if got := (&Pseudo{Theta: tc.theta, Weight: tc.weight}).quantise().mass; got != tc.want {
			t.Errorf("θ %v, weight %v units: %v, want %v", tc.theta, tc.weight*unit, got, tc.want)
		}
	}
	half := forgetting{factor: 1 << 31}
	for m, want := range map[mass]mass{{1, 8}: {}, {8, 1}: {}, {2, 8}: {1, 4}, {3, 9}: {1, 4}} {
		if got := half.scaled(m); got != want {
			t.Errorf("half of %v is %v, want %v", m, got, want)
		}
	}
}

// TestLenForgets: the length of a window with forgetting is the remaining mass,
// rounded, without its prior.
func TestLenForgets(t *testing.T) {
	w := newWindow(t, WindowConfig{NumBins: []int{2, 2}, Halflife: 1, Goal: mustGoal(t, 2, nil, 0), Prior: []Pseudo{{Theta: .5, Weight: 7}}})
	if w.Len() != 0 {
		t.Errorf("an empty window has length %d", w.Len())
	}
	for k, want := range []int{1, 2, 2, 2} { // 1, 1.5, 1.75, 1.875
		w.Push([3]int{1, 0}, .5)
		if w.Len() != want {
			t.Errorf("after %d samples: length %d, want %d of mass %v", k+1, w.Len(), want, float64(w.sum.total())/unit-7)
		}
	}
}
