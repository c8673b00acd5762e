package pid

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// allAtoms returns a goal that weighs every atom.
func allAtoms(t testing.TB, n int, rnd *rand.Rand) Goal {
	atoms := map[string]float64{}
	for _, name := range lattices[n].names {
		atoms[name] = rnd.NormFloat64()
	}
	return mustGoal(t, n, atoms, rnd.NormFloat64())
}

// softBatch returns values and their shares in bins over ±2. Values at source
// hard (from 0) have no shares.
func softBatch(nbins []int, size, hard int, rnd *rand.Rand) (s SoftSamples, values [][]float64) {
	s.NBins, s.Bins, s.Upper, values = nbins, make([][]int, len(nbins)), make([][]float64, len(nbins)), make([][]float64, len(nbins))
	for i := range size {
		sum := 0.0
		for k, n := range nbins {
			v := rnd.NormFloat64()
			sum += v
			values[k] = append(values[k], v)
			b := Bins{-2, 2, n}
			if k == hard {
				s.Bins[k] = append(s.Bins[k], b.Index(v))
				continue
			}
			at, upper := b.Split(v)
			s.Bins[k], s.Upper[k] = append(s.Bins[k], at), append(s.Upper[k], upper)
		}
		s.Theta = append(s.Theta, 1/(1+math.Exp(-sum-0.1*float64(i%3))))
	}
	return s, values
}

func (s *SoftSamples) room() *SoftGradient {
	g := &SoftGradient{Theta: make([]float64, len(s.Theta)), Upper: make([][]float64, len(s.NBins))}
	for k := range s.Upper {
		if s.Upper[k] != nil {
			g.Upper[k] = make([]float64, len(s.Theta))
		}
	}
	return g
}

// TestSoftGradient compares the gradient with central differences of the goal,
// by θ and by the values that are binned. No bin is held fixed.
func TestSoftGradient(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 22))
	var b SoftBatch
	for _, tc := range []struct {
		nbins []int
		hard  int
		prior []Pseudo
	}{
		{[]int{5, 4}, -1, nil}, {[]int{2, 12}, 0, nil}, {[]int{4, 3, 5}, -1, nil}, {[]int{4, 3, 5}, 2, nil},
		{[]int{2, 12}, 0, []Pseudo{{Cell: [3]int{0, 5}, Theta: .1, Weight: 2}, {Cell: [3]int{1, 6}, Theta: .8, Weight: 1.5}}},
	} {
		g := allAtoms(t, len(tc.nbins), rnd)
		s, values := softBatch(tc.nbins, 40, tc.hard, rnd)
		s.Prior = tc.prior
		dst := s.room()
		if err := b.Gradient(dst, g, s); err != nil {
			t.Fatal(err)
		}
		goal := func() float64 {
			v, _, err := b.Goal(nil, g, s)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		const h = 1e-6
		for i, th := range s.Theta {
			s.Theta[i] = th + h
			up := goal()
			s.Theta[i] = th - h
			near(t, "dG/dtheta", dst.Theta[i], (up-goal())/(2*h), 1e-7)
			s.Theta[i] = th
		}
		for k, vs := range values {
			if s.Upper[k] == nil {
				continue
			}
			bins := Bins{-2, 2, tc.nbins[k]}
			moved := 0
			for i, v := range vs {
				s.Bins[k][i], s.Upper[k][i] = bins.Split(v + h)
				up := goal()
				s.Bins[k][i], s.Upper[k][i] = bins.Split(v - h)
				near(t, "dG/dvalue", dst.Upper[k][i]*float64(bins.N)/4, (up-goal())/(2*h), 1e-6)
				s.Bins[k][i], s.Upper[k][i] = bins.Split(v)
				if dst.Upper[k][i] != 0 {
					moved++
				}
			}
			if moved < 20 {
				t.Errorf("only %d values of source %d have a gradient", moved, k)
			}
		}
	}
}

// TestSoftIsHardAtCentres: if every value is at the centre of a bin, goal, atoms
// and gradient are those of hard bins, with a prior and without.
func TestSoftIsHardAtCentres(t *testing.T) {
	rnd := rand.New(rand.NewPCG(23, 24))
	for _, nbins := range [][]int{{2, 12}, {5, 4}, {4, 3, 5}} {
		for _, prior := range [][]Pseudo{nil, {{Cell: [3]int{1, 2, 0}, Theta: .3, Weight: 2}, {Cell: [3]int{0, 0, 0}, Theta: .9, Weight: 1}}} {
			g := allAtoms(t, len(nbins), rnd)
			bins, theta := randomBatch(nbins, 50, 9)
			hard := Samples{NBins: nbins, Bins: bins, Theta: theta, Prior: prior}
			s := SoftSamples{Samples: Samples{NBins: nbins, Bins: make([][]int, len(nbins)), Theta: theta, Prior: prior}, Upper: make([][]float64, len(nbins))}
			for k, n := range nbins {
				b := Bins{-float64(n), float64(n), n} // each is 2 wide
				for _, at := range bins[k] {
					i, upper := b.Split(float64(2*at+1) - float64(n))
					s.Bins[k], s.Upper[k] = append(s.Bins[k], i), append(s.Upper[k], upper)
				}
			}
			want, got := make([]float64, len(theta)), s.room()
			goal, atoms, err := BatchGoal(want, g, hard)
			if err != nil {
				t.Fatal(err)
			}
			var b SoftBatch
			same, d, err := b.Goal(got, g, s)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "goal", same, goal, 1e-12)
			for i := range atoms.Atoms {
				near(t, "atom", d.Atoms[i], atoms.Atoms[i], 1e-12)
			}
			for i := range want {
				near(t, "gradient", got.Theta[i], want[i], 1e-12)
			}
			for k := range nbins {
				if slices.ContainsFunc(got.Upper[k], func(v float64) bool { return v != 0 }) {
					t.Errorf("source %d: values at centres have a gradient", k)
				}
			}
		}
	}
}

// TestSoftHistogram compares the decomposition with that of a table that is
// filled by the definition.
func TestSoftHistogram(t *testing.T) {
	rnd := rand.New(rand.NewPCG(25, 26))
	for _, nbins := range [][]int{{3, 4}, {3, 2, 4}} {
		s, values := softBatch(nbins, 30, -1, rnd)
		shape, size := append(slices.Clone(nbins), 2), 2
		for _, n := range nbins {
			size *= n
		}
		p := make([]float64, size)
		for cell := range size / 2 {
			for i, th := range s.Theta {
				q, rest := 1.0, cell
				for k := len(nbins) - 1; k >= 0; k-- {
					n := nbins[k]
					width := 4 / float64(n)
					first, last := -2+width/2, 2-width/2
					v := min(max(values[k][i], first), last)
					q *= max(0, 1-math.Abs(v-first-float64(rest%n)*width)/width) // a triangle over two widths
					rest /= n
				}
				p[2*cell] += q * (1 - th) / 30
				p[2*cell+1] += q * th / 30
			}
		}
		want, err := Decompose(SX, shape, p)
		if err != nil {
			t.Fatal(err)
		}
		var b SoftBatch
		_, d, err := b.Goal(nil, allAtoms(t, len(nbins), rnd), s)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Atoms {
			near(t, want.Lattice().Name(i), d.Atoms[i], want.Atoms[i], 1e-12)
		}
	}
}

// TestSplit: shares add up to 1 and give back the value between the outermost
// centres; beyond them it is in one bin.
func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		b     Bins
		v     float64
		i     int
		upper float64
	}{
		{Bins{-2, 2, 4}, -1.5, 0, 0}, {Bins{-2, 2, 4}, -1.25, 0, .25}, {Bins{-2, 2, 4}, 0, 1, .5}, {Bins{-2, 2, 4}, .5, 2, 0}, {Bins{-2, 2, 4}, 1.25, 2, .75},
		{Bins{-2, 2, 4}, 1.5, 3, 0}, {Bins{-2, 2, 4}, 9, 3, 0}, {Bins{-2, 2, 4}, -9, 0, 0}, {Bins{-2, 2, 4}, math.NaN(), 0, 0}, {Bins{-2, 2, 4}, math.Inf(1), 3, 0},
		{Bins{-2, 2, 1}, 1, 0, 0}, {Bins{-2, 2, 1}, -1, 0, 0}, {Bins{-2, 2, 2}, 0, 0, .5}, {Bins{0, 6, 3}, 2.5, 0, .75},
	} {
		if i, upper := tc.b.Split(tc.v); i != tc.i || !(math.Abs(upper-tc.upper) <= 1e-12) {
			t.Errorf("%v of %v: bin %d and %v, want %d and %v", tc.v, tc.b, i, upper, tc.i, tc.upper)
		}
	}
}

// TestSoftRefuses: shares that do not fit, and what BatchGoal refuses.
func TestSoftRefuses(t *testing.T) {
	g := mustGoal(t, 2, map[string]float64{"red": 1}, 0)
	fresh := func() SoftSamples {
		return SoftSamples{Samples: Samples{NBins: []int{2, 3}, Bins: [][]int{{0, 1}, {0, 2}}, Theta: []float64{.2, .7}}, Upper: [][]float64{nil, {.5, 0}}}
	}
	var b SoftBatch
	s := fresh()
	if err := b.Gradient(s.room(), g, s); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*SoftSamples, *SoftGradient){
		"a source without shares":    func(s *SoftSamples, _ *SoftGradient) { s.Upper = s.Upper[:1] },
		"too few shares":             func(s *SoftSamples, _ *SoftGradient) { s.Upper[1] = s.Upper[1][:1] },
		"a share above 1":            func(s *SoftSamples, _ *SoftGradient) { s.Upper[1][0] = above(1) },
		"a negative share":           func(s *SoftSamples, _ *SoftGradient) { s.Upper[1][0] = -1e-9 },
		"a share that is no number":  func(s *SoftSamples, _ *SoftGradient) { s.Upper[1][0] = math.NaN() },
		"a share above the last bin": func(s *SoftSamples, _ *SoftGradient) { s.Upper[1][1] = .1 },
		"no probability":             func(s *SoftSamples, _ *SoftGradient) { s.Theta[0] = 2 },
		"prior outside the bins":     func(s *SoftSamples, _ *SoftGradient) { s.Prior = []Pseudo{{Cell: [3]int{0, 3}, Theta: .5, Weight: 1}} },
		"prior without probability":  func(s *SoftSamples, _ *SoftGradient) { s.Prior = []Pseudo{{Theta: 2, Weight: 1}} },
		"no room for theta":          func(_ *SoftSamples, d *SoftGradient) { d.Theta = nil },
		"too little room for theta":  func(_ *SoftSamples, d *SoftGradient) { d.Theta = d.Theta[:1] },
		"no room for shares":         func(_ *SoftSamples, d *SoftGradient) { d.Upper = nil },
		"too little room for shares": func(_ *SoftSamples, d *SoftGradient) { d.Upper[1] = d.Upper[1][:1] },
	} {
		s := fresh()
		dst := s.room()
		spoil(&s, dst)
		if b.Gradient(dst, g, s) == nil {
			t.Errorf("%s is accepted", name)
		}
		if _, _, err := b.Goal(dst, g, s); err == nil && dst.Theta != nil {
			t.Errorf("%s: Goal accepts it", name)
		}
	}
	if b.Gradient(nil, g, s) == nil {
		t.Error("no room at all is accepted")
	}
}

// TestSoftBatchIsReusable: after other batches the gradient is the same, and in
// the end nothing is allocated.
func TestSoftBatchIsReusable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(27, 28))
	var b SoftBatch
	for _, nbins := range [][]int{{4, 3, 5}, {6, 2}, {9, 9, 9}, {3, 3}} {
		g := allAtoms(t, len(nbins), rnd)
		s, _ := softBatch(nbins, 70, -1, rnd)
		want, got := s.room(), s.room()
		var fresh SoftBatch
		if err := fresh.Gradient(want, g, s); err != nil {
			t.Fatal(err)
		}
		if err := b.Gradient(got, g, s); err != nil || !slices.Equal(got.Theta, want.Theta) || !slices.Equal(got.Upper[1], want.Upper[1]) {
			t.Errorf("%v bins: another gradient, %v", nbins, err)
		}
		if n := testing.AllocsPerRun(5, func() { _ = b.Gradient(got, g, s) }); n != 0 {
			t.Errorf("%v bins: %v allocations", nbins, n)
		}
	}
}

// TestPriorIsThatOfWindow: goal and gradient of a batch with a prior are those
// of a window with the same samples and prior.
func TestPriorIsThatOfWindow(t *testing.T) {
	rnd := rand.New(rand.NewPCG(29, 30))
	for _, nbins := range [][]int{{2, 12}, {5, 4}, {4, 3, 5}} {
		n, g := len(nbins), allAtoms(t, len(nbins), rnd)
		prior := []Pseudo{{Cell: [3]int{0, 1, 0}, Theta: 1, Weight: 3}, {Cell: [3]int{1, 1, 0}, Theta: .25, Weight: .125}, {Cell: [3]int{1, 2, 0}, Theta: .5, Weight: 1e-9}, {Cell: [3]int{0, 1, 0}, Theta: .5, Weight: 1}}
		w, err := NewWindow(WindowConfig{NumBins: nbins, Capacity: 30, Goal: g, Prior: prior})
		if err != nil {
			t.Fatal(err)
		}
		s := Samples{NBins: nbins, Bins: make([][]int, n), Prior: prior}
		for range 30 {
			var cell [3]int
			for k := range n {
				cell[k] = rnd.IntN(nbins[k])
				s.Bins[k] = append(s.Bins[k], cell[k])
			}
			th := float64(quantise(rnd.Float64())) / unit
			s.Theta = append(s.Theta, th)
			w.Push(cell, th)
		}
		dst := make([]float64, 30)
		goal, _, err := BatchGoal(dst, g, s)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "goal", goal, w.Goal(), 1e-12)
		for i := range dst {
			var cell [3]int
			for k := range n {
				cell[k] = s.Bins[k][i]
			}
			near(t, "gradient", dst[i]*34.125, w.Gradient(cell), 1e-10)
		}
		s.Prior = []Pseudo{{Cell: [3]int{0, nbins[1], 0}, Theta: .5, Weight: 1}}
		if _, _, err := BatchGoal(nil, g, s); err == nil {
			t.Error("a prior outside the bins is accepted")
		}
	}
}

// TestPriorGradient compares the gradient with a prior with central differences.
func TestPriorGradient(t *testing.T) {
	rnd := rand.New(rand.NewPCG(31, 32))
	for _, nbins := range [][]int{{2, 6}, {3, 2, 4}} {
		g := allAtoms(t, len(nbins), rnd)
		bins, theta := randomBatch(nbins, 25, 4)
		s := Samples{NBins: nbins, Bins: bins, Theta: theta, Prior: []Pseudo{{Cell: [3]int{0, 1, 1}, Theta: .2, Weight: 2}, {Cell: [3]int{1, 0, 0}, Theta: .9, Weight: .7}}}
		dst := make([]float64, len(theta))
		if _, _, err := BatchGoal(dst, g, s); err != nil {
			t.Fatal(err)
		}
		const h = 1e-6
		for i, th := range theta {
			theta[i] = th + h
			up, _, _ := BatchGoal(nil, g, s)
			theta[i] = th - h
			down, _, _ := BatchGoal(nil, g, s)
			theta[i] = th
			near(t, "dG/dtheta", dst[i], (up-down)/(2*h), 1e-7)
		}
	}
}

func BenchmarkSoftBatch(b *testing.B) {
	g := mustGoal(b, 2, map[string]float64{"red": 1}, 0)
	s, _ := softBatch([]int{2, 60}, 170, 0, rand.New(rand.NewPCG(1, 2)))
	dst := s.room()
	var batch SoftBatch
	b.ReportAllocs()
	for b.Loop() {
		if err := batch.Gradient(dst, g, s); err != nil {
			b.Fatal(err)
		}
	}
}
