package estimate

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/pid"
)

// tied returns rows whose sources go together: c = r in four rows of five, and only
// r tells of the target.
func tied(n int) *samples {
	s := &samples{shape: []int{2, 2, 2}}
	rnd := rand.New(rand.NewPCG(4, 9))
	for range n {
		r := rnd.IntN(2)
		c, y := r, int32(r)
		if rnd.Float64() < .2 {
			c = 1 - r
		}
		if rnd.Float64() < .2 {
			y = 1 - y
		}
		s.source, s.target = append(s.source, 2*r+c), append(s.target, y)
	}
	return s
}

func testerOf(t *testing.T, s *samples, m pid.Measure, permutations int) (*estimator, *Result) {
	t.Helper()
	cfg := Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"t"}, Measure: m, Correction: NoCorrection, Rows: Independent, Permutations: permutations}.withDefaults()
	e, err := newEstimator(s, &cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e, &Result{Plugin: e.plugin, Config: cfg}
}

// TestStrata: a conditional surrogate exchanges rows among those with equal other
// sources only, so that it keeps how the sources go together, and does exchange them.
func TestStrata(t *testing.T) {
	s := tied(200)
	e, _ := testerOf(t, s, pid.MMI, 1)
	kept := make([]int, len(s.source))
	for i, at := range s.source {
		kept[i] = at - e.share(at, 2)
	}
	to := make([]int32, len(kept))
	e.reorder(to, nil, e.strata(family{conditional, 2}, kept), rand.New(rand.NewPCG(1, 1)))
	moved := 0
	for i, from := range to {
		if kept[from] != kept[i] {
			t.Fatalf("row %d with %d takes from row %d with %d", i, kept[i], from, kept[from])
		}
		if from != int32(i) {
			moved++
		}
	}
	sorted := slices.Clone(to)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(to) || moved < 150 {
		t.Errorf("%d of %d rows moved, or some are lost", moved, len(to))
	}
}

// TestNullOf: which null each atom has, by which sources inform alone. R tells more
// than C.
func TestNullOf(t *testing.T) {
	e, r := testerOf(t, tied(200), pid.MMI, 1)
	const r1, c2 = 1, 2
	for inform, want := range map[uint8][4]family{ // {1}, {2}, {1}{2}, {12}
		0:       {{conditional, r1}, {conditional, c2}, {conditional, r1}, {conditional, r1}},
		r1:      {{conditional, r1}, {conditional, c2}, {conditional, c2}, {conditional, c2}},
		c2:      {{conditional, r1}, {conditional, c2}, {conditional, r1}, {conditional, r1}},
		r1 | c2: {{conditional, r1}, {conditional, c2}, {marginal, c2}, {conditional, c2}},
	} {
		q := &tester{e: e, r: r, all: 3, inform: inform}
		for i := range want {
			if got := q.nullOf(r.Plugin.Lattice().Antichain(i)); got != want[i] {
				t.Errorf("informing %b: null of %s is %v, want %v", inform, r.Plugin.Lattice().Name(i), got, want[i])
			}
		}
	}
}

// TestTestedValues: each test is of the information that its name says.
func TestTestedValues(t *testing.T) {
	e, r := testerOf(t, tied(300), pid.MMI, 39)
	if err := e.test(r); err != nil {
		t.Fatal(err)
	}
	c := r.Plugin.Cumulative
	for i, want := range []struct {
		name  string
		value float64
		found bool
	}{{"I(T:r,c)", c[3], true}, {"I(T:r)", c[0], true}, {"I(T:c)", c[1], true}, {"I(T:r|c)", c[3] - c[1], true}, {"I(T:c|r)", c[3] - c[0], false}} {
		got := r.Tests[i]
		if got.Name != want.name || !(math.Abs(got.Value-want.value) <= 1e-12) || (got.P <= .05) != want.found {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// TestTails counts surrogates by hand: values of an atom on both sides or above, equal
// ones told apart by the mutual information or counted in.
func TestTails(t *testing.T) {
	of := func(m pid.Measure, shared, information float64) *pid.Decomposition {
		return pid.FromCumulative(m, 2, []float64{shared, shared, shared, information})
	}
	for _, c := range []struct {
		name     string
		m        pid.Measure
		observed float64
		nulls    []float64 // redundancies
		want     float64
	}{
		{"above", pid.MMI, .3, []float64{.1, .2, .4, 0}, 2. / 5},
		{"above, negative is not far", pid.MMI, .3, []float64{-.9, -.9, -.9, 0}, 1. / 5},
		{"both sides", pid.SX, -.3, []float64{.3, .01, -.01, 0}, 2. / 5},
		{"both sides of a mean", pid.SX, .1, []float64{.5, .52, .48, .5}, 1. / 5},
		{"ties above and below in information", pid.MMI, 0, []float64{0, 0, 0, .1}, 4. / 5},
		{"as near as broja is solved", pid.BROJA, .3, []float64{.3 - pid.Tolerance/2, .2, .1, 0}, 2. / 5},
	} {
		e, _ := testerOf(t, tied(50), c.m, 1)
		var nulls []*pid.Decomposition
		for i, v := range c.nulls {
			nulls = append(nulls, of(c.m, v, 1-.2*float64(i)))
		}
		if got := e.tail(nulls, of(c.m, c.observed, .8), 2); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("%s: p = %v, want %v", c.name, got, c.want)
		}
	}
	same := []*pid.Decomposition{of(pid.MMI, 0, .5), of(pid.MMI, 0, .4), of(pid.MMI, 0, .6)}
	if p := upper(same, of(pid.MMI, 0, .5), func(d *pid.Decomposition) float64 { return d.MutualInfo }); p != 3./4 {
		t.Errorf("p = %v, want 3/4: the data, one equal and one above of three", p)
	}
}

// TestRelevantSymbols against the formula in exact fractions (Panzeri and Treves 1996):
// symbols that were not seen are possible where there are few rows.
func TestRelevantSymbols(t *testing.T) {
	for _, c := range []struct {
		counts []int
		want   float64
	}{
		{[]int{5, 0, 0, 0}, 1}, {[]int{9, 1, 0, 0}, 3}, {[]int{30, 1, 1, 1, 0, 0, 0, 0}, 5}, {[]int{1, 1, 1, 0, 0, 0, 0, 0}, 8},
	} {
		if got := relevant(c.counts, len(c.counts)); got != c.want {
			t.Errorf("%v: %v, want %v", c.counts, got, c.want)
		}
	}
}

// TestBiasBySets: a redundancy takes the least correction of its sets.
func TestBiasBySets(t *testing.T) {
	e, r := testerOf(t, tied(50), pid.MMI, 1)
	bias := make([]float64, 4)
	e.bySets(bias, r.Plugin.Lattice(), func(mask int) float64 { return []float64{0, 3, 5, 7}[mask] })
	if !slices.Equal(bias, []float64{3, 5, 3, 7}) {
		t.Error(bias)
	}
}

// TestCalibrationFollowsInformation: the slope is how much the bias changes with the
// information that was observed, between 0 and −2, and so is found by calibrating to a
// little more and a little less of it.
func TestCalibrationFollowsInformation(t *testing.T) {
	cfg := Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"t"}, Measure: pid.MMI, Rows: Independent}.withDefaults()
	biasAt := func(e *estimator, more float64) float64 {
		d := *e.plugin
		d.MutualInfo += more
		c, err := e.calibrate(&d)
		if err != nil {
			t.Fatal(err)
		}
		return c.bias[3]
	}
	sum, slopes := 0.0, 0.0
	for k := range uint64(8) {
		e, err := newEstimator(Models()[6].sample(200, rand.New(rand.NewPCG(2, k))), &cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.calibrate(e.plugin)
		if err != nil {
			t.Fatal(err)
		}
		sum += (biasAt(e, .05) - biasAt(e, -.05)) / .1 / 8
		slopes += c.slope[3] / 8
	}
	if sum > -.05 || !(math.Abs(slopes/sum-1) <= .35) {
		t.Errorf("slope %.3f, by differences %.3f", slopes, sum)
	}
	for k := range uint64(30) {
		e, err := newEstimator(Models()[0].sample(50, rand.New(rand.NewPCG(3, k))), &cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.calibrate(e.plugin)
		if err != nil || c.slope[3] > 0 || c.slope[3] < -2 {
			t.Errorf("slope %v, %v", c.slope[3], err)
		}
	}
}

// TestCalibratedSeries: sticky chains look more informative than independent rows that
// are calibrated on, which the ratio of shifted to shuffled rows makes up for.
func TestCalibratedSeries(t *testing.T) {
	p := performance(t, StickyModels()[2], 500, 80, Config{Measure: pid.MMI})
	if last := len(p.Bias) - 1; !(math.Abs(p.Bias[last]) <= .02) {
		t.Errorf("bias %.3f", p.Bias[last])
	}
	raw := performance(t, StickyModels()[2], 500, 20, Config{Measure: pid.MMI, Correction: NoCorrection})
	if last := len(p.Bias) - 1; raw.Bias[last] < .04 {
		t.Errorf("the control has a bias of %.3f only", raw.Bias[last])
	}
}

// TestIntervalEnds of replicates that lie more to one side.
func TestIntervalEnds(t *testing.T) {
	skew := func() []float64 { // mean 1, quantiles .025 and .975 at 0 and 9.75
		v := make([]float64, 401)
		for i := range v {
			if v[i] = .5; i < 20 {
				v[i] = 0
			} else if i >= 380 {
				v[i] = 10
			}
		}
		return v
	}
	m := mean(skew())
	lower, upper := spread(skew(), 5, .95)
	if !(math.Abs(lower-(5-m)) <= 1e-12) || !(math.Abs(upper-(15-m)) <= 1e-12) {
		t.Errorf("quantiles about 5: %v to %v", lower, upper)
	}
	lower, upper = bothEnds(skew(), 5, .95, 1)
	if !(math.Abs(lower-(5-(10-m))) <= 1e-12) || !(math.Abs(upper-(15-m)) <= 1e-12) {
		t.Errorf("both ends: %v to %v", lower, upper)
	}
	if got := recorrected([]float64{1, 2, 3}, []float64{0, 1, 2}, -.5); !slices.Equal(got, []float64{.5, 2, 3.5}) {
		t.Error("a slope of −.5 widens replicates by half", got)
	}
}

// TestMixed: of the table (40 10; 10 40) the mixture with λ = ½ is (.325 .175; .175 .325),
// that with 1 independent, and tells nothing.
func TestMixed(t *testing.T) {
	s := &samples{shape: []int{2, 1, 2}}
	for at, n := range []int{40, 10, 10, 40} {
		for range n {
			s.source, s.target = append(s.source, at/2), append(s.target, int32(at%2))
		}
	}
	tab := (&estimator{samples: s}).newTally()
	for mix, diagonal := range map[float64]float64{0: .4, .5: .325, 1: .25} {
		p, mi := tab.mixed(mix)
		off := .5 - diagonal
		want := 2*diagonal*math.Log2(4*diagonal) + 2*off*math.Log2(4*off)
		if !(math.Abs(p[0]-diagonal) <= 1e-12) || !(math.Abs(p[1]-off) <= 1e-12) || !(math.Abs(mi-want) <= 1e-12) || mi < 0 {
			t.Errorf("λ = %v: %v tell %v bit, want %v", mix, p, mi, want)
		}
	}
}

// TestCoarse: there is a warning about fewer than 100 surrogates, and about too
// few for the adjustment.
func TestCoarse(t *testing.T) {
	for _, c := range []struct {
		surrogates int
		adjust     Adjustment
		told       []string
	}{{19, Holm, []string{"surrogates are too few for 9 tests", "fewer than 100"}}, {99, FDR, []string{"fewer than 100"}}, {100, FDR, nil}, {179, Holm, nil}} {
		cfg := Config{Permutations: c.surrogates, Adjust: c.adjust}.withDefaults()
		r := &Result{Config: cfg}
		r.warnCoarse(9)
		for i, w := range c.told {
			if len(r.Warnings) != len(c.told) || !strings.Contains(r.Warnings[i], w) {
				t.Errorf("%d surrogates: %q", c.surrogates, r.Warnings)
			}
		}
		if len(c.told) == 0 && len(r.Warnings) > 0 {
			t.Errorf("%d surrogates: %q", c.surrogates, r.Warnings)
		}
	}
}

// TestQuantiles: the k-th of n drawn values is the quantile k/(n+1).
func TestQuantiles(t *testing.T) {
	var v []float64
	for k := range 99 {
		v = append(v, float64(k+1))
	}
	for q, want := range map[float64]float64{.025: 2.5, .5: 50, .975: 97.5, .001: 1, .999: 99} {
		if got := quantile(v, q); !(math.Abs(got-want) <= 1e-9) {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
}

// TestFewPieces: of 20 blocks √(20/19)·t/z, with t = 2.0930 the quantile of Student's
// with 19 degrees of freedom and z = 1.9600; of trials by their number. A report says so
// if there are hardly any.
func TestFewPieces(t *testing.T) {
	few := make([]span, 5)
	for _, c := range []struct {
		plan  rowPlan
		want  float64
		short string
	}{
		{rowPlan{kind: Series, block: 10, n: 200}, 1.0956, ""},
		{rowPlan{kind: Series, block: 20, n: 200}, 1.2166, "only 10 blocks"},
		{rowPlan{kind: Trials, block: 1, n: 200, trials: make([]span, 20)}, 1.0956, ""},
		{rowPlan{kind: Trials, block: 1, n: 200, trials: few}, 1.5837, "only 5 trials"},
		{rowPlan{kind: Independent, block: 1, n: 3}, 1, ""},
	} {
		if got := c.plan.fewPieces(.95); !(math.Abs(got-c.want) <= 1e-4) {
			t.Errorf("%+v: %v, want %v", c.plan, got, c.want)
		}
		if got := c.plan.short(); (got == "") != (c.short == "") || !strings.Contains(got, c.short) {
			t.Errorf("%+v: %q", c.plan, got)
		}
	}
	if lower, upper := bothEnds([]float64{1, 2, 3, 4, 5}, 3, .5, 2); lower != 0 || upper != 6 {
		t.Errorf("stretched twofold: %v to %v", lower, upper)
	}
}

// TestUnsoundShare: a row in five alone in its cell is sound, one in three is not.
func TestUnsoundShare(t *testing.T) {
	for single, want := range map[int]bool{20: false, 34: true} {
		s := &samples{shape: []int{10, 10, 2}}
		for i := range 100 {
			at := i
			if i >= single {
				at = single + (i-single)/2
			}
			s.source, s.target = append(s.source, at), append(s.target, int32(i%2))
		}
		e, _ := testerOf(t, s, pid.MMI, 1)
		if why := e.unsound(); (why != "") != want || want && !strings.Contains(why, "34 of 100") {
			t.Errorf("%d single rows: %q", single, why)
		}
	}
}
