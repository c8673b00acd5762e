package pid

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// shapesFor returns shapes with the given number of sources.
func shapesFor(n int) [][]int {
	return map[int][][]int{
		2: {{2, 2, 2}, {3, 4, 2}, {5, 1, 3}, {4, 4, 5}},
		3: {{2, 2, 2, 2}, {2, 3, 2, 3}, {3, 1, 2, 2}},
		4: {{2, 2, 2, 2, 2}, {2, 1, 2, 3, 2}},
	}[n]
}

// TestBruteForceTwin compares sx with a sum over all pairs of cells, directly
// from the definition, for 2 to 4 sources with empty cells.
func TestBruteForceTwin(t *testing.T) {
	for n := 2; n <= 4; n++ {
		for i, shape := range shapesFor(n) {
			p := randomJoint(shape, 3+2*i+n, uint64(10*n+i))
			d, err := Decompose(SX, shape, p)
			if err != nil {
				t.Fatal(err)
			}
			for k, want := range naiveSX(shape, p) {
				near(t, d.Lattice().Name(k), d.Cumulative[k], want, 1e-12)
			}
		}
	}
}

// TestSumRules: atoms sum to the information, and with the residual to the
// entropy; the dense and the sparse form agree; pointwise atoms average to the
// atoms.
func TestSumRules(t *testing.T) {
	for m := SX; m <= BROJA; m++ {
		for n := 2; n <= m.MaxSources(); n++ {
			for i, shape := range shapesFor(n) {
				p := randomJoint(shape, 7, uint64(i))
				d, err := Decompose(m, shape, p)
				if err != nil {
					t.Fatal(m, shape, err)
				}
				sum := 0.0
				for _, v := range d.Atoms {
					sum += v
				}
				near(t, "sum of atoms", sum, d.MutualInfo, 1e-12)
				near(t, "entropy", d.MutualInfo+d.Residual, d.TargetEntropy, 1e-12)
				index, values := sparse(p)
				s, err := DecomposeSparse(m, shape, index, values)
				if err != nil || !slices.Equal(s.Atoms, d.Atoms) {
					t.Errorf("%v: sparse %v, dense %v, %v", m, s.Atoms, d.Atoms, err)
				}
				back := d.Lattice().Cumulative(nil, d.Atoms)
				for k := range back {
					near(t, "Möbius inverse", back[k], d.Cumulative[k], 1e-12)
				}
			}
		}
	}
}

func sparse(p []float64) (index []int, values []float64) {
	for i, v := range p {
		if v > 0 {
			index, values = append(index, i), append(values, v)
		}
	}
	return index, values
}

func TestPointwiseAverages(t *testing.T) {
	for n := 2; n <= 4; n++ {
		shape := shapesFor(n)[1]
		p := randomJoint(shape, 9, 4)
		d, _ := Decompose(SX, shape, p)
		list, err := Pointwise(shape, p)
		if err != nil {
			t.Fatal(err)
		}
		for k := range d.Atoms {
			var plus, minus, sum float64
			for _, r := range list {
				plus += r.P * r.AtomsPlus[k]
				minus += r.P * r.AtomsMinus[k]
				sum += r.P * r.Atoms[k]
			}
			near(t, "plus", plus, d.AtomsPlus[k], 1e-11)
			near(t, "minus", minus, d.AtomsMinus[k], 1e-11)
			near(t, "atom", sum, d.Atoms[k], 1e-11)
		}
	}
}

// swapped returns p with the first two sources exchanged.
func swapped(shape []int, p []float64) ([]int, []float64) {
	out := make([]float64, len(p))
	to := slices.Clone(shape)
	to[0], to[1] = shape[1], shape[0]
	for i, v := range p {
		s := stateOf(shape, i)
		s[0], s[1] = s[1], s[0]
		at := 0
		for k, d := range to {
			at = at*d + s[k]
		}
		out[at] = v
	}
	return to, out
}

func TestSwappingSourcesSwapsAtoms(t *testing.T) {
	shape := []int{3, 4, 2}
	p := randomJoint(shape, 9, 3)
	toShape, toP := swapped(shape, p)
	for m := SX; m <= BROJA; m++ {
		a, err1 := Decompose(m, shape, p)
		b, err2 := Decompose(m, toShape, toP)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		for k, j := range []int{1, 0, 2, 3} {
			near(t, m.String(), a.Atoms[k], b.Atoms[j], 2e-6)
		}
	}
}

// TestRefinedBins: if a symbol is split into two with the same
// distribution, only the event "the same symbol" changes. For mmi, wb, pm and
// broja all atoms stay; for sx all redundancies of one set stay.
func TestRefinedBins(t *testing.T) {
	shape := []int{2, 2, 3}
	p := randomJoint(shape, 4, 8)
	fine := make([]float64, 2*len(p)) // the target split: 3 → 6, each half
	for i, v := range p {
		fine[2*i], fine[2*i+1] = v/2, v/2
	}
	for m := SX; m <= BROJA; m++ {
		a, _ := Decompose(m, shape, p)
		b, err := Decompose(m, []int{2, 2, 6}, fine)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "h", b.TargetEntropy, a.TargetEntropy+1, 1e-12)
		for k := range a.Atoms {
			near(t, m.String()+" "+a.Lattice().Name(k), b.Atoms[k], a.Atoms[k], 2e-6)
		}
	}
}

// TestKnownGates: values in closed form.
func TestKnownGates(t *testing.T) {
	q := .25
	xor := []float64{q, 0, 0, q, 0, q, q, 0}
	and := []float64{q, 0, q, 0, q, 0, 0, q}
	first := []float64{q, 0, q, 0, 0, q, 0, q} // T = R
	for _, c := range []struct {
		name string
		m    Measure
		p    []float64
		want [4]float64 // unq_r unq_c red syn
	}{
		{"XOR", SX, xor, [4]float64{-math.Log2(2. / 3), -math.Log2(2. / 3), math.Log2(2. / 3), 1 + math.Log2(2./3)}},
		// SX values from the tests of IDTxl (pwollstadt/IDTxl,
		// test_estimators_multivariate_pid.py).
		{"AND", SX, and, [4]float64{.311278124459133 - .12255624891826572, .311278124459133 - .12255624891826572, .12255624891826572, .311278124459133}},
		{"copy", SX, first, [4]float64{.5849625007211562, -.4150374992788438, .4150374992788438, .4150374992788438}},
		{"copy", BROJA, first, [4]float64{1, 0, 0, 0}},
		{"XOR", BROJA, xor, [4]float64{0, 0, 0, 1}},
		{"XOR", CCS, xor, [4]float64{0, 0, 0, 1}},
		{"AND", BROJA, and, [4]float64{0, 0, .311278124459133, .5}},
		{"AND", WB, and, [4]float64{0, 0, .311278124459133, .5}},
		{"XOR", DEP, xor, [4]float64{0, 0, 0, 1}},
		{"AND", DEP, and, [4]float64{.229573958513622, .229573958513622, .081704165945511, .270426041486378}},
	} {
		d, err := Decompose(c.m, []int{2, 2, 2}, c.p)
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range c.want {
			near(t, c.name+" "+c.m.String()+" "+twoSourceNames[k], d.Atoms[k], want, 1e-7)
		}
	}
	// Known values of the bar code: unq_r = log2(1+1/K).
	for _, k := range []int{2, 5, 16} {
		p := make([]float64, 2*k*2)
		for r := range 2 {
			for c := range k {
				p[(r*k+c)*2+r] = 1 / float64(2*k)
			}
		}
		d, err := Decompose(SX, []int{2, k, 2}, p)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := d.Atom("unq_r")
		near(t, "bar code", got, math.Log2(1+1/float64(k)), 1e-12)
	}
}

func TestClassicalQuantities(t *testing.T) {
	shape := []int{3, 4, 2}
	p := randomJoint(shape, 10, 2)
	d, _ := Decompose(SX, shape, p)
	in, err := NewInformation(shape, p)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		"mi": in.Mutual(3), "mi_r": in.Mutual(1), "mi_c": in.Mutual(2), "mi_r|c": in.Conditional(1, 2),
		"mi_c|r": in.Conditional(2, 1), "coinfo": in.CoInformation(3), "h_res": in.TargetEntropy - in.Mutual(3),
	} {
		g, err := ClassicalGoal(name)
		if err != nil {
			t.Fatal(err)
		}
		near(t, name, g.Value(d), want, 1e-12)
	}
	if in.Entropy(3) < in.Entropy(1) || in.Mutual(0) != 0 {
		t.Error("entropy falls with more sources")
	}
	if _, err := ClassicalGoal("nonsense"); err == nil {
		t.Error("an unknown goal is accepted")
	}
}

// refusal is an input that Decompose must refuse.
type refusal struct {
	m     Measure
	shape []int
	p     []float64
}

// class returns the error that must be wrapped. If the measure does not support
// a valid distribution, this is no error of the distribution.
func (c refusal) class() error {
	if int(c.m) >= len(measureNames) || (len(c.shape) > 3 && len(c.p) == 1) {
		return ErrMeasure
	}
	return ErrNotDistribution
}

func TestDecomposeRefuses(t *testing.T) {
	for name, c := range map[string]refusal{
		"one source":       {SX, []int{2, 2}, []float64{1, 0, 0, 0}},
		"six sources":      {SX, []int{1, 1, 1, 1, 1, 1, 1}, []float64{1}},
		"broja of three":   {BROJA, []int{1, 1, 1, 1}, []float64{1}},
		"length":           {SX, []int{2, 2, 2}, []float64{1}},
		"sum":              {SX, []int{1, 1, 2}, []float64{.5, .4}},
		"negative":         {SX, []int{1, 1, 2}, []float64{1.5, -.5}},
		"NaN":              {SX, []int{1, 1, 2}, []float64{math.NaN(), 1}},
		"zero dimension":   {SX, []int{2, 0, 2}, nil},
		"huge":             {SX, []int{1 << 40, 1 << 40, 2}, []float64{1}},
		"negative measure": {Measure(99), []int{1, 1, 1}, []float64{1}},
	} {
		if d, err := Decompose(c.m, c.shape, c.p); err == nil {
			t.Errorf("%s: accepted: %v", name, d)
		} else if want := c.class(); !errors.Is(err, want) {
			t.Errorf("%s: %v does not wrap %v", name, err, want)
		}
	}
	if in, err := NewInformation([]int{1, 1, 2}, []float64{1, 1}); !errors.Is(err, ErrNotDistribution) || in != nil {
		t.Errorf("information of no distribution: %v, %v", in, err)
	}
	for _, index := range [][]int{{0, 0}, {1, 0}, {0, 8}, {-1, 0}, {0}} {
		if _, err := DecomposeSparse(SX, []int{2, 2, 2}, index, []float64{.5, .5}); err == nil {
			t.Errorf("positions %v are accepted", index)
		}
	}
}

func TestLog2(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 200_000 {
		x := math.Ldexp(1+rnd.Float64(), rnd.IntN(2000)-1000)
		if i := rnd.IntN(4); i == 0 {
			x = 1 + (rnd.Float64()-.5)*.01
		}
		if got, want := log2(x), math.Log2(x); !(math.Abs(got-want) <= 3e-16+3e-16*math.Abs(want)) {
			t.Fatalf("log2(%v) = %v, want %v", x, got, want)
		}
	}
	for _, x := range []float64{1, 2, .5, 1024, 0x1p-1000} {
		if log2(x) != math.Log2(x) {
			t.Errorf("log2(%v) = %v is not exact", x, log2(x))
		}
	}
	if sources, joint := entropies3([]float64{1, 0x1p-1030, 1, 0x1p-1030, 0x1p-1030, 0x1p-1030}, []float64{1, 0x1p-1030, 1, 0x1p-1030, 0x1p-1030, 0x1p-1030}); sources != 0 || joint != 0 {
		t.Errorf("subnormal probabilities have entropies %v and %v", sources, joint)
	}
	for _, x := range []float64{0, math.Inf(1), 5e-324, -1, math.NaN()} {
		if got, want := log2(x), math.Log2(x); got != want && !math.IsNaN(want) {
			t.Errorf("log2(%v) = %v, want %v", x, got, want)
		}
	}
}
