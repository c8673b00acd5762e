package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/pid"
)

// performance measures a trial of this package's tests.
func performance(t *testing.T, m Model, rows, repeats int, cfg Config) *Performance {
	t.Helper()
	p, err := Measure(Trial{m, rows, repeats, cfg}, []Correction{cfg.withDefaults().Correction}, 5)
	if err != nil {
		t.Fatal(err)
	}
	return p[0]
}

// TestFalsePositivesOfSeries: independent sticky chains are rejected as often as
// they should be, and far too often by shuffles that ignore the time order. With
// 120 repeats a rate of .05 lies below .12 with probability .999.
func TestFalsePositivesOfSeries(t *testing.T) {
	for _, m := range StickyModels() {
		p := performance(t, m, 500, 120, Config{Measure: pid.SX, Permutations: 99, Correction: NoCorrection})
		for i, v := range p.Rejected {
			if v > .12 {
				t.Errorf("%s: value %d is rejected in %.3f", m.Name, i, v)
			}
		}
		p = performance(t, m, 500, 120, Config{Measure: pid.MMI, Permutations: 99, Correction: NoCorrection, Surrogate: Block})
		for i, v := range p.Rejected {
			if v > .12 {
				t.Errorf("%s, blocks: value %d is rejected in %.3f", m.Name, i, v)
			}
		}
		if m.Stay < .97 {
			continue
		}
		p = performance(t, m, 500, 40, Config{Measure: pid.SX, Permutations: 99, Correction: NoCorrection, Rows: Independent})
		if last := len(p.Rejected) - 1; p.Rejected[last] < .5 {
			t.Errorf("%s: shuffled rows reject in only %.2f; the control does not show the fault", m.Name, p.Rejected[last])
		}
	}
}

// TestFalsePositivesWithOneSource: what C does not tell is found as rarely as
// chance allows, though R informs.
func TestFalsePositivesWithOneSource(t *testing.T) {
	for _, c := range []struct {
		m       pid.Measure
		repeats int
	}{{pid.MMI, 120}, {pid.BROJA, 40}} {
		p := performance(t, Models()[2], 200, c.repeats, Config{Measure: c.m, Permutations: 39, Correction: NoCorrection})
		if p.Rejected[0] < .99 || p.Rejected[4] < .99 {
			t.Error("what R tells is not found", p.Rejected)
		}
		for _, i := range []int{1, 2, 3} {
			if p.Rejected[i] > .05+3.3*math.Sqrt(.05*.95/float64(c.repeats)) {
				t.Errorf("%v: atom %d is rejected in %.3f", c.m, i, p.Rejected[i])
			}
		}
	}
}

// TestFalsePositivesOfWeakSources: where R informs too weakly to be seen in each
// sample and C not at all, no atom that needs C is found more often than it should,
// nor far less often where neither informs. Rates of 400 samples are within .03 of
// .06 with probability .99; testing against "nothing informs", or taking R for
// uninformative from p > .05 on, gives .1 to .22.
func TestFalsePositivesOfWeakSources(t *testing.T) {
	for _, effect := range []float64{0, .08, .13} {
		m := Model{Name: fmt.Sprintf("P(t=1|r) = .5 ± %g", effect), Shape: []int{2, 2, 2}, P: conditionalModel(2, 2, func(a, _ int) float64 { return .5 - effect + 2*effect*float64(a) })}
		for _, measure := range []pid.Measure{pid.SX, pid.MMI, pid.PM} {
			p := performance(t, m, 200, 400, Config{Measure: measure, Permutations: 39, Correction: NoCorrection})
			for _, i := range []int{1, 2, 3} {
				if v := p.Rejected[i]; v > .09 || v < .01 {
					t.Errorf("%v, %s: atom %d is rejected in %.3f", measure, m.Name, i, v)
				}
			}
		}
	}
}

// TestMatchedBlocks: shuffled blocks are an order of the rows in which each step from
// a symbol to the next, around the ring, occurs as often as before, and which is
// another one each time.
func TestMatchedBlocks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(6, 6))
	s := StickyModels()[1].sample(300, rnd)
	steps := func(to []int32) (n [2][2]int) {
		for i, row := range to {
			n[s.target[row]][s.target[to[(i+1)%len(to)]]]++
		}
		return n
	}
	p := rowPlan{kind: Series, surrogate: Block, block: 10, n: 300}
	to, before := make([]int32, 300), make([]int32, 300)
	rotate(before, 0)
	want := steps(before)
	joins := 0
	for range 20 {
		p.permutation(to, s.target, rnd)
		if got := steps(to); got != want {
			t.Fatalf("steps %v, want %v", got, want)
		}
		sorted := slices.Clone(to)
		slices.Sort(sorted)
		if rotate(before, 0); !slices.Equal(sorted, before) {
			t.Fatal("rows are lost or doubled")
		}
		for i, row := range to {
			if to[(i+1)%len(to)] != (row+1)%300 {
				joins++
			}
		}
	}
	if mean := float64(joins) / 20; mean < 20 || mean > 75 {
		t.Errorf("%.1f joins for blocks of 10 of 300 rows, in two rounds", mean)
	}
	all := make([]int32, 300) // labels that never repeat leave a rotation
	rotate(all, 0)
	p.permutation(to, all, rnd)
	if to[1] != (to[0]+1)%300 {
		t.Error("labels that never repeat", to[:5])
	}
}

// TestCoverageOfWeakAtoms: the distribution that the intervals of atoms come from is
// not so near to independence that what one source tells hardly spreads (.74 to .8
// of {1}{2} then).
func TestCoverageOfWeakAtoms(t *testing.T) {
	p := performance(t, Models()[5], 200, 120, Config{Measure: pid.SX, Bootstrap: 60})
	for i, v := range p.Coverage {
		if v < .86 {
			t.Errorf("value %d is covered in %.3f", i, v)
		}
	}
}

// TestCoverageWithFewSamples: 200 rows on 8×8×2 cells. Without a correction the
// intervals miss nearly always, so that the test can fail.
func TestCoverageWithFewSamples(t *testing.T) {
	m := Models()[6]
	p := performance(t, m, 200, 80, Config{Measure: pid.MMI, Bootstrap: 60})
	if last := len(p.Bias) - 1; p.Coverage[last] < .86 || !(math.Abs(p.Bias[last]) <= .03) {
		t.Errorf("coverage %.3f, bias %.3f", p.Coverage[last], p.Bias[last])
	}
	p = performance(t, m, 200, 20, Config{Measure: pid.MMI, Bootstrap: 60, Correction: NoCorrection})
	if last := len(p.Bias) - 1; p.Coverage[last] > .5 || p.Bias[last] < .1 {
		t.Errorf("without correction: coverage %.3f, bias %.3f", p.Coverage[last], p.Bias[last])
	}
}

// TestAdjust against R: p.adjust(c(.01,.04,.03,.005,.8), "holm"), and "BH".
func TestAdjust(t *testing.T) {
	p := []float64{.01, .04, .03, .005, .8}
	for how, want := range map[Adjustment][]float64{
		Holm: {.04, .09, .09, .025, .8}, FDR: {.025, .05, .05, .025, .8}, NoAdjustment: p,
	} {
		got := Adjust(p, how)
		for i := range want {
			if !(math.Abs(got[i]-want[i]) <= 1e-12) {
				t.Errorf("%s: %v, want %v", how, got, want)
				break
			}
		}
	}
}

// TestConditionalSurrogates keep what R and T have in common, and how often C
// goes with R; marginal ones keep the former only.
func TestConditionalSurrogates(t *testing.T) {
	cfg := Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"t"}, Measure: pid.MMI}.withDefaults()
	s := Models()[3].sample(300, rand.New(rand.NewPCG(1, 1)))
	e := &estimator{samples: s, cfg: &cfg}
	e.plan = e.planRows(nil)
	observed, err := e.decompose(e.count(s.source, s.target))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []family{{conditional, 2}, {marginal, 2}} {
		nulls, err := e.surrogates(f, 20)
		if err != nil {
			t.Fatal(err)
		}
		lower := 0
		for _, d := range nulls {
			if !(math.Abs(d.Cumulative[0]-observed.Cumulative[0]) <= 1e-12) {
				t.Errorf("%v: I(T:R) moved from %v to %v", f, observed.Cumulative[0], d.Cumulative[0])
			}
			if d.Cumulative[1] < observed.Cumulative[1] {
				lower++
			}
		}
		if lower < 18 {
			t.Errorf("%v: I(T:C) fell in %d of 20 only", f, lower)
		}
	}
}

// TestBlockLength is short for independent rows and long for sticky ones.
func TestBlockLength(t *testing.T) {
	length := func(m Model) float64 {
		sum := 0.0
		for k := range 20 {
			cfg := Config{}.withDefaults()
			e := &estimator{samples: m.sample(500, rand.New(rand.NewPCG(3, uint64(k)))), cfg: &cfg}
			sum += float64(e.blockLength()) / 20
		}
		return sum
	}
	models := StickyModels()
	if a, b := length(models[0]), length(models[2]); a > 5 || b < 15 || b > 60 {
		t.Errorf("mean block lengths %.1f and %.1f", a, b)
	}
}

// TestBlocksOfSlowSources: the noise of the target is drawn anew in each row, so that
// what rows tell is not autocorrelated; how often the symbols of a slow source occur is.
func TestBlocksOfSlowSources(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 1))
	local, all := 0.0, 0.0
	for range 20 {
		s, r := &samples{shape: []int{2, 2, 2}}, 0
		for range 500 {
			y := int32(0)
			if rnd.Float64() < .3+.4*float64(r) {
				y = 1
			}
			s.source, s.target = append(s.source, 2*r+rnd.IntN(2)), append(s.target, y)
			if rnd.Float64() < .03 {
				r = 1 - r
			}
		}
		cfg := Config{}.withDefaults()
		e := &estimator{samples: s, cfg: &cfg}
		local += float64(blockLength(e.localInformation())) / 20
		all += float64(e.blockLength()) / 20
	}
	if local > 10 || all < 30 {
		t.Errorf("blocks of %.1f rows for the local information, %.1f for all", local, all)
	}
}

// TestChains: each variable of a sticky model keeps its value with the probability
// that it says, if the target is tied to the sources still as often as they say.
func TestChains(t *testing.T) {
	const n = 40_000
	for _, m := range []Model{StickyModels()[1], TiedModels()[1]} {
		s := m.sample(n, rand.New(rand.NewPCG(4, 4)))
		var stays [3]int
		var told [4][2]float64
		for i, at := range s.source {
			told[at][s.target[i]]++
			if i == 0 {
				continue
			}
			before := s.source[i-1]
			stays[0] += count(at/2 == before/2)
			stays[1] += count(at%2 == before%2)
			stays[2] += count(s.target[i] == s.target[i-1])
		}
		want := []float64{.9, .9, .9}
		if m.P[1] != m.P[3] {
			want[2] = .876 // 1 − .2·(1−2·E[p·p′]) − .8·E|p−p′|: it changes with the sources too
		}
		for k, v := range stays {
			if !(math.Abs(float64(v)/n-want[k]) <= .012) {
				t.Errorf("%s: variable %d stays with probability %.3f", m.Name, k, float64(v)/n)
			}
		}
		for at, v := range told {
			if got, want := v[1]/(v[0]+v[1]), m.P[2*at+1]*4; !(math.Abs(got-want) <= .035) {
				t.Errorf("%s: P(1|%d) is %.3f, want %.3f", m.Name, at, got, want)
			}
		}
	}
}

// TestBlockLengthOfAutoregression: of x(t) = φ·x(t−1) + noise, G/Σ R = 2φ/(1−φ²), so
// that b = (3/2·(2φ/(1−φ²))²)^⅓·n^⅓ for long series.
func TestBlockLengthOfAutoregression(t *testing.T) {
	const n, phi, repeats = 5000, .5, 30
	rnd := rand.New(rand.NewPCG(1, 9))
	want, sum := math.Cbrt(1.5*math.Pow(2*phi/(1-phi*phi), 2)*n), 0.0
	for range repeats {
		sum += float64(blockLength(autoregressive(n, phi, n, rnd).Columns[0].Numbers)) / repeats
	}
	if !(math.Abs(sum/want-1) <= .1) {
		t.Errorf("blocks of %.1f rows, want %.1f", sum, want)
	}
	x, u := make([]float64, n), make([]float64, n)
	for i := range x {
		if u[i] = rnd.NormFloat64(); i >= 4 {
			x[i] = u[i] + u[i-4]
		}
	}
	if m, _ := memory(x); m != 4 {
		t.Errorf("a series that depends on lag 4 alone remembers %d rows", m)
	}
}

// TestShiftsAvoidZero: circular shifts leave out an eighth of a block around 0.
func TestShiftsAvoidZero(t *testing.T) {
	p := rowPlan{kind: Series, surrogate: Shift, block: 40, n: 200}
	rnd := rand.New(rand.NewPCG(2, 2))
	to := make([]int32, 200)
	least, most := int32(200), int32(0)
	for range 4000 {
		p.permutation(to, nil, rnd)
		least, most = min(least, to[0]), max(most, to[0])
		if to[199] != (to[0]+199)%200 {
			t.Fatal("no rotation", to)
		}
	}
	if least != 5 || most != 194 {
		t.Errorf("shifts from %d to %d rows, want 5 to 194", least, most)
	}
}

// TestResamplesKeepTime: the bootstrap of a series draws blocks of neighbours, that of
// trials whole trials; sources and targets come from the same place, or each from its
// own if they are to be unrelated.
func TestResamplesKeepTime(t *testing.T) {
	series := rowPlan{kind: Series, block: 10, n: 200}
	trials := rowPlan{kind: Trials, n: 200, block: 1}
	for i := range 20 {
		trials.trials = append(trials.trials, span{10 * i, 10*i + 10})
	}
	for name, p := range map[string]rowPlan{"series": series, "trials": trials} {
		for _, mix := range []float64{0, 1} {
			s, y := p.resample(nil, nil, mix, rand.New(rand.NewPCG(5, 5)))
			same, at := 0, map[int32]bool{}
			for i := range s {
				if i%10 != 0 && (s[i] != (s[i-1]+1)%200 || y[i] != (y[i-1]+1)%200) {
					t.Fatalf("%s: row %d is not after its neighbour", name, i)
				}
				if s[i] == y[i] {
					same++
				}
				at[s[i]] = true
			}
			if len(s) != 200 || len(at) == 200 || (mix == 0) != (same == 200) || (mix == 1 && same > 60) {
				t.Errorf("%s, mix %v: %d rows, %d of them other ones, %d with their own target", name, mix, len(s), len(at), same)
			}
		}
	}
	to, moved := make([]int32, 200), 0
	trials.permutation(to, nil, rand.New(rand.NewPCG(5, 5)))
	for i := range to {
		if i%10 != 0 && to[i] != to[i-1]+1 || i%10 == 0 && to[i]%10 != 0 {
			t.Fatal("a trial is torn", to)
		}
		if to[i] != int32(i) {
			moved++
		}
	}
	if moved < 150 {
		t.Errorf("%d of 200 rows are moved with their trials", moved)
	}
}

// TestAutocorrelationWithoutOrder: a symbol that stays, between others that are drawn
// anew to both sides of it, is no linear dependence, but equal rows follow each other.
func TestAutocorrelationWithoutOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	x, inside := make([]float64, 1000), false
	for i := range x {
		if rnd.Float64() < .1 {
			inside = !inside
		}
		if x[i] = 1; !inside {
			x[i] = 2 * float64(rnd.IntN(2))
		}
	}
	if r := correlation(x, 1); !(math.Abs(r) <= .1) {
		t.Error("the control is correlated", r)
	}
	if lag, r := autocorrelated(x); lag != 1 || r < .2 {
		t.Errorf("autocorrelation %.2f at lag %d is not seen", r, lag)
	}
	values := autoregressive(1000, .5, 1000, rnd).Columns[0].Numbers // none of them equal
	if lag, r := autocorrelated(values); lag != 1 || !(math.Abs(r-.5) <= .1) {
		t.Errorf("autocorrelation %.2f at lag %d, want .5 at lag 1", r, lag)
	}
	if lag, r := autocorrelated(autoregressive(1000, 0, 1000, rnd).Columns[0].Numbers); lag != 0 {
		t.Errorf("independent values: %.2f at lag %d", r, lag)
	}
}

// chains returns a table of three sticky chains in trials of 20 rows.
func chains(n int) string {
	rnd := rand.New(rand.NewPCG(8, 8))
	var b strings.Builder
	b.WriteString("trial,r,c,y\n")
	s := [3]int{}
	for i := range n {
		for k := range s {
			if rnd.Float64() > .95 {
				s[k] = 1 - s[k]
			}
		}
		fmt.Fprintf(&b, "t%d,%d,%d,%d\n", i/20, s[0], s[1], s[2])
	}
	return b.String()
}

// TestDependenceOfRows: the result says how rows depend on each other and what was
// done about it.
func TestDependenceOfRows(t *testing.T) {
	f := readTable(t, chains(600), "csv")
	cfg := rcy()
	cfg.Permutations, cfg.Bootstrap = 19, 20
	r, err := Estimate(f, cfg)
	if err != nil || r.Rows != Series || r.BlockLen < 5 || !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "autocorrelated") }) {
		t.Errorf("%+v, %v", r, err)
	}
	if !strings.Contains(r.Tests[0].Null, "shifted circularly") {
		t.Error(r.Tests[0].Null)
	}
	if !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "19 surrogates are too few for 9 tests") }) {
		t.Error("too few surrogates for the adjustment, and no warning", r.Warnings)
	}
	cfg.Trials = "trial"
	if r, err = Estimate(f, cfg); err != nil || r.Rows != Trials || !strings.Contains(r.RowsWhy, "30 trials") {
		t.Errorf("%+v, %v", r, err)
	}
	cfg.Trials = "r"
	if _, err = Estimate(f, cfg); err == nil || !strings.Contains(err.Error(), "cannot be a source") {
		t.Error(err)
	}
	cfg.Trials = ""
	cfg.Rows, cfg.Block = Series, 7
	cfg.Surrogate = Block
	if r, err = Estimate(f, cfg); err != nil || r.BlockLen != 7 || !strings.Contains(r.Tests[0].Null, "blocks shuffled") {
		t.Errorf("%+v, %v", r, err)
	}
	cfg.Block = 1000
	if r, err = Estimate(f, cfg); err != nil || r.BlockLen != 150 || !strings.Contains(r.RowsWhy, "given: 1000, but at most a quarter of the rows") {
		t.Errorf("blocks of more than a quarter of the rows: %d, %v", r.BlockLen, err)
	}
	cfg = rcy()
	if r, err = Estimate(readTable(t, xorTable(300, 2), "csv"), cfg); err != nil || r.Rows != Independent {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestContradictionsAreSaid: a small p with an interval that contains 0 gives
// the verdict unclear and a warning; an atom that is 0 is never shown.
func TestContradictionsAreSaid(t *testing.T) {
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2}, []float64{.25, 0, 0, .25, 0, .25, .25, 0})
	if err != nil {
		t.Fatal(err)
	}
	r := &Result{Plugin: d, Lower: []float64{-1, -1, .1, .5}, Upper: []float64{1, 1, .2, 1}, MILower: .2, MIUpper: 1,
		PValues: []float64{.005, .5, .9, .005}, Adjusted: []float64{.005, .5, .9, .005}, Tests: []Test{{Adjusted: .005}}}
	cfg := Config{Measure: pid.SX, Bootstrap: 1}.withDefaults()
	r.judge(&cfg)
	if !slices.Equal(r.Verdicts, []string{Unclear, NotShown, NotShown, Shown}) || r.MIVerdict != Shown || len(r.Warnings) != 1 {
		t.Error(r.Verdicts, r.MIVerdict, r.Warnings)
	}
	cfg.Measure, r.Verdicts, r.Warnings = pid.MMI, nil, nil
	if r.Plugin, err = pid.Decompose(pid.MMI, []int{2, 2, 2}, []float64{.25, 0, 0, .25, 0, .25, .25, 0}); err != nil {
		t.Fatal(err)
	}
	r.judge(&cfg)
	if !slices.Equal(r.Verdicts, []string{NotShown, NotShown, NotShown, Shown}) || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "{1} is 0 in these rows") {
		t.Error(r.Verdicts, r.Warnings)
	}
}

// TestUnsound: hardly any cell of the sources seen twice. Atoms have no intervals then.
func TestUnsound(t *testing.T) {
	for rows, want := range map[int]bool{30: true, 400: false} {
		cfg := Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"t"}, Measure: pid.MMI, Bootstrap: 20, Permutations: 19, Adjust: NoAdjustment}.withDefaults()
		s := Models()[6].sample(rows, rand.New(rand.NewPCG(1, 1)))
		e, err := newEstimator(s, &cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.estimate()
		if err != nil || (r.Sound != "") != want || (r.Lower == nil) != want || (r.Upper == nil) != want || r.MIUpper <= r.MILower {
			t.Errorf("%d rows: %q, %v, %v", rows, r.Sound, r.Lower, err)
		}
	}
}

// TestQuadraticAndPanzeriTreves on independent noise, where the bias is known to
// order 1/N: 8 cells of the sources, two targets: (8−1)·(2−1)/(2N·ln 2).
func TestQuadraticAndPanzeriTreves(t *testing.T) {
	m := Model{Name: "noise", Shape: []int{2, 4, 2}, P: conditionalModel(2, 4, func(_, _ int) float64 { return .5 })}
	want := 7 / (2 * 400 * math.Ln2)
	for _, c := range []Correction{NoCorrection, MillerMadow, PanzeriTreves, Quadratic, Jackknife, Calibrated} {
		p := performance(t, m, 400, 150, Config{Measure: pid.MMI, Correction: c})
		bias := want
		if c != NoCorrection {
			bias = 0
		}
		if got := p.Bias[len(p.Bias)-1]; !(math.Abs(got-bias) <= .0025) {
			t.Errorf("%s: bias %.4f, want %.4f", c, got, bias)
		}
	}
}

// TestCountsAgree: dense and sorted counting give the same table.
func TestCountsAgree(t *testing.T) {
	s := Models()[6].sample(300, rand.New(rand.NewPCG(2, 2)))
	e := &estimator{samples: s}
	dense := e.count(s.source, s.target)
	s.shape = []int{8, 1 << 20, 2} // too many cells
	sorted := e.count(s.source, s.target)
	if !slices.Equal(dense.index, sorted.index) || !slices.Equal(dense.n, sorted.n) || dense.total != sorted.total {
		t.Error(dense, sorted)
	}
}
