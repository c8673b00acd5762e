package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"infomorph/pid"
)

// channel returns n rows of T = R + C + noise, all Gaussian of variance 1, with a
// column unrelated to them.
func channel(n int, seed uint64) *Frame {
	rnd := rand.New(rand.NewPCG(seed, 1))
	f := &Frame{Rows: n, Columns: []Column{{Name: "r"}, {Name: "c"}, {Name: "t"}, {Name: "x"}}}
	for range n {
		r, c := rnd.NormFloat64(), rnd.NormFloat64()
		for k, v := range []float64{r, c, r + c + rnd.NormFloat64(), rnd.NormFloat64()} {
			f.Columns[k].Numbers = append(f.Columns[k].Numbers, v)
		}
	}
	return f
}

func rct(how Estimator, m pid.Measure) Config {
	return Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"t"}, Estimator: how, Measure: m}
}

// normalDensity of variance v.
func normalDensity(x, v float64) float64 { return math.Exp(-x*x/(2*v)) / math.Sqrt(2*math.Pi*v) }

// sharedOfChannel integrates the shared-exclusions redundancy of the channel on a
// grid, from the densities as they are and not from correlations.
func sharedOfChannel() float64 {
	const h, edge = .2, 5.
	sum := 0.0
	for r := -edge; r <= edge; r += h {
		for c := -edge; c <= edge; c += h {
			w := normalDensity(r, 1) * normalDensity(c, 1) * h * h
			for n := -edge; n <= edge; n += h {
				t := r + c + n
				fr, fc := normalDensity(r, 1), normalDensity(c, 1)
				f := (fr*normalDensity(t-r, 2) + fc*normalDensity(t-c, 2)) / (normalDensity(t, 3) * (fr + fc))
				sum += w * normalDensity(n, 1) * h * math.Log2(f)
			}
		}
	}
	return sum
}

// localOfChannel is the mean of log2 p(t|r,c)/p(t) over the rows.
func localOfChannel(f *Frame) float64 {
	sum := 0.0
	for i, t := range f.Columns[2].Numbers {
		noise := t - f.Columns[0].Numbers[i] - f.Columns[1].Numbers[i]
		sum += math.Log2(normalDensity(noise, 1) / normalDensity(t, 3))
	}
	return sum / float64(f.Rows)
}

// TestGaussianChannel: I(T:RC) = ½·log2 3, I(T:R) = ½·log2 1.5 = redundancy of
// mmi, and that of shared exclusions by integration. Means over ten samples of
// 2000 rows; one sample alone varies by .026, most of it as the mean of its true local
// information does, so that what is left tells the bias: within .02 bit.
func TestGaussianChannel(t *testing.T) {
	shared := sharedOfChannel()
	for _, c := range []struct {
		how        Estimator
		m          pid.Measure
		redundancy float64
		samples    uint64
	}{
		{Gaussian, pid.MMI, math.Log2(1.5) / 2, 10}, {Gaussian, pid.BROJA, math.Log2(1.5) / 2, 2}, {Gaussian, pid.SX, shared, 10},
		{KSG, pid.MMI, math.Log2(1.5) / 2, 4}, {KSG, pid.SX, shared, 4},
	} {
		mi, red, bias := 0.0, 0.0, 0.0
		for seed := range c.samples {
			f := channel(2000, seed)
			r, err := Estimate(f, rct(c.how, c.m))
			if err != nil {
				t.Fatal(err)
			}
			bias += (r.MI - localOfChannel(f)) / float64(c.samples)
			mi += r.MI / float64(c.samples)
			red += r.Atoms[2] / float64(c.samples)
		}
		within := .07 / math.Sqrt(float64(c.samples))
		if !(math.Abs(mi-math.Log2(3)/2) <= within) || !(math.Abs(red-c.redundancy) <= within) {
			t.Errorf("%s %v: information %.3f, want .792; redundancy %.3f, want %.3f", c.how, c.m, mi, red, c.redundancy)
		}
		if !(math.Abs(bias) <= .02) {
			t.Errorf("%s %v: biased by %.3f bit", c.how, c.m, bias)
		}
	}
}

// TestContinuousNullsAndIntervals: a column unrelated to all is not found, R and
// C are; intervals hold the truth.
func TestContinuousNullsAndIntervals(t *testing.T) {
	for _, how := range []Estimator{Gaussian, KSG} {
		cfg := rct(how, pid.MMI)
		cfg.Bootstrap, cfg.Permutations, cfg.Rows = 1, 39, Independent
		r, err := Estimate(channel(300, 3), cfg)
		if err != nil || r.MIPValue > .03 || r.Tests[3].P > .03 || r.MILower > .8 || r.MIUpper < .75 || r.MIUpper-r.MILower > .6 {
			t.Errorf("%s: %+v, %v", how, r, err)
		}
		cfg.Sources[1] = []string{"x"}
		if r, err = Estimate(channel(300, 3), cfg); err != nil || r.Tests[4].P < .05 || !strings.Contains(r.Tests[4].Null, "x has no information about") {
			t.Errorf("%s: %+v, %v", how, r.Tests, err)
		}
	}
}

// TestUnrelatedColumns: three unrelated columns. No atom is found more often than it
// should, and the intervals of mmi, whose redundancy is the least of estimates that
// vary around 0, hold 0 (in .66 they lay below).
func TestUnrelatedColumns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	const samples = 250
	var rejected, covered [5]float64
	for range samples {
		f := &Frame{Rows: 200, Columns: []Column{{Name: "r"}, {Name: "c"}, {Name: "t"}}}
		for range f.Rows {
			for k := range f.Columns {
				f.Columns[k].Numbers = append(f.Columns[k].Numbers, rnd.NormFloat64())
			}
		}
		cfg := rct(Gaussian, pid.MMI)
		cfg.Permutations, cfg.Bootstrap, cfg.Seed = 39, 1, rnd.Uint64()
		r, err := Estimate(f, cfg)
		if err != nil {
			t.Fatal(err)
		}
		lower, upper := append(r.Lower, r.MILower), append(r.Upper, r.MIUpper)
		for i, p := range append(r.PValues, r.MIPValue) {
			if p <= .05 {
				rejected[i] += 1. / samples
			}
			if lower[i] <= 0 && upper[i] >= 0 {
				covered[i] += 1. / samples
			}
		}
	}
	for i, v := range rejected {
		if v > .096 || covered[i] < .9 {
			t.Errorf("value %d is rejected in %.3f and covered in %.3f", i, v, covered[i])
		}
	}
}

// autoregressive returns three unrelated columns x(t) = phi·x(t−1) + noise, of
// variance 1, in trials of length rows.
func autoregressive(n int, phi float64, length int, rnd *rand.Rand) *Frame {
	f := &Frame{Rows: n, Columns: []Column{{Name: "r"}, {Name: "c"}, {Name: "t"}, {Name: "trial"}}}
	for k := range 3 {
		x := 0.0
		for i := range n {
			if x = phi*x + math.Sqrt(1-phi*phi)*rnd.NormFloat64(); i%length == 0 {
				x = rnd.NormFloat64()
			}
			f.Columns[k].Numbers = append(f.Columns[k].Numbers, x)
		}
	}
	for i := range n {
		f.Columns[3].Numbers = append(f.Columns[3].Numbers, float64(i/length))
	}
	return f
}

// TestUnrelatedSeries: unrelated series, or trials, tell nothing on average, alone and
// together; taken as independent rows they seem to tell .1 to .3 bit.
func TestUnrelatedSeries(t *testing.T) {
	for _, c := range []struct {
		how      Estimator
		rows     Dependence
		trials   string
		length   int
		phi      float64
		from, to float64
	}{
		{Gaussian, Series, "", 500, .97, -.03, .03},
		{Gaussian, Independent, "", 500, .97, .06, 1},
		{Gaussian, "", "trial", 50, .97, -.03, .03},
		{KSG, Series, "", 200, .9, -.06, .06},
		{KSG, Independent, "", 200, .9, .15, 1},
		{KSG, "", "trial", 20, .9, -.06, .06},
	} {
		samples, rows := 60, 500
		if c.how == KSG {
			samples, rows = 20, 200
		}
		rnd := rand.New(rand.NewPCG(2, 2))
		sum, one := 0.0, 0.0
		for range samples {
			cfg := rct(c.how, pid.MMI)
			cfg.Rows, cfg.Trials, cfg.Seed = c.rows, c.trials, rnd.Uint64()
			r, err := Estimate(autoregressive(rows, c.phi, c.length, rnd), cfg)
			if err != nil {
				t.Fatal(err)
			}
			sum += r.MI / float64(samples)
			one += (r.Atoms[0] + r.Atoms[2]) / float64(samples)
			if change := r.MIRaw - r.MI; !(math.Abs(change-r.Bias[0]-r.Bias[1]-r.Bias[2]-r.Bias[3]) <= 1e-9) || (change == 0) != (r.Rows == Independent) {
				t.Fatalf("%s, %s: %v is subtracted from the atoms, %v from all", c.how, r.Rows, r.Bias, change)
			}
		}
		if sum < c.from || sum > c.to || !(math.Abs(one) <= max(.03, c.to)) {
			t.Errorf("%s %s %s: %.3f bit, R alone %.3f", c.how, c.rows, c.trials, sum, one)
		}
	}
}

// TestRelatedSeries: what is subtracted of series does not depend on whether they have
// to do with each other. T = R + C + noise, all with an autocorrelation of .9 per row.
func TestRelatedSeries(t *testing.T) {
	for _, m := range []pid.Measure{pid.MMI, pid.SX} {
		want := map[pid.Measure]float64{pid.MMI: math.Log2(1.5) / 2, pid.SX: sharedOfChannel()}[m]
		rnd := rand.New(rand.NewPCG(7, 7))
		const samples = 60
		mi, shared := 0.0, 0.0
		for range samples {
			f := autoregressive(500, .9, 500, rnd)
			for i := range f.Rows {
				f.Columns[2].Numbers[i] += f.Columns[0].Numbers[i] + f.Columns[1].Numbers[i]
			}
			cfg := rct(Gaussian, m)
			cfg.Rows, cfg.Seed = Series, rnd.Uint64()
			r, err := Estimate(f, cfg)
			if err != nil {
				t.Fatal(err)
			}
			mi, shared = mi+r.MI/samples, shared+r.Atoms[2]/samples
			if m == pid.MMI { // the least of two estimates lies below both; R alone does not
				shared += r.Atoms[0] / samples
			}
		}
		if !(math.Abs(mi-math.Log2(3)/2) <= .05) || !(math.Abs(shared-want) <= .05) {
			t.Errorf("%v: information %.3f, want .792; redundancy %.3f, want %.3f", m, mi, shared, want)
		}
	}
}

// TestGaussianOfJoinedColumns: three sources, one of two columns, with the
// information of the regression.
func TestGaussianOfJoinedColumns(t *testing.T) {
	cfg := rct(Gaussian, pid.MMI)
	cfg.Sources = [][]string{{"r", "c"}, {"x"}, {"r"}}
	r, err := Estimate(channel(20_000, 1), cfg)
	if err != nil || !(math.Abs(r.MI-math.Log2(3)/2) < .03) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestContinuousRefuses(t *testing.T) {
	exact := channel(60, 1)
	exact.Columns[2].Numbers = exact.Columns[0].Numbers
	if _, err := Estimate(exact, rct(Gaussian, pid.MMI)); err == nil || !strings.Contains(err.Error(), "has no bound") {
		t.Error(err)
	}
	f := channel(60, 1)
	for i := range f.Rows {
		f.Columns[3].Numbers[i] = float64(i % 3)
	}
	for want, change := range map[string]func(c *Config){
		"offers the measures mmi and sx": func(c *Config) { c.Measure = pid.WB },
		"one column each":                func(c *Config) { c.Measure, c.Sources = pid.SX, [][]string{{"r", "c"}, {"x"}} },
		"3 distinct values":              func(c *Config) { c.Sources[1] = []string{"x"} },
		"neighbours; expected":           func(c *Config) { c.Neighbours = -1 },
		"at least 80":                    func(c *Config) { c.Neighbours = 20 },
		"takes no bins":                  func(c *Config) { c.Discrete = []string{"r"} },
		`no estimator "magic"`:           func(c *Config) { c.Estimator = "magic" },
	} {
		cfg := rct(KSG, pid.MMI)
		change(&cfg)
		if _, err := Estimate(f, cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// copying returns y(t) = x(t−2), flipped with probability .1, in trials of 50 rows.
func copying(n int) string {
	rnd := rand.New(rand.NewPCG(4, 4))
	var b strings.Builder
	b.WriteString("trial,x,y\n")
	var past []int
	for i := range n {
		x := rnd.IntN(2)
		past = append(past, x)
		y := rnd.IntN(2)
		if i%50 >= 2 {
			y = past[i-2]
			if rnd.Float64() < .1 {
				y = 1 - y
			}
		}
		fmt.Fprintf(&b, "%d,%d,%d\n", i/50, x, y)
	}
	return b.String()
}

// TestTransferEntropy: 1 − h(.1) = .531 bit at the right lag and none at another,
// with lags by name or for all; no row looks into another trial.
func TestTransferEntropy(t *testing.T) {
	f := readTable(t, copying(5000), "csv")
	for _, c := range []struct {
		source string
		lag    int
		want   float64
	}{{"x", 2, .531}, {"x@2", 0, .531}, {"x", 1, 0}, {"x@3", 2, 0}} {
		cfg := Config{Sources: [][]string{{c.source}}, Target: []string{"y"}, Measure: pid.MMI, Lag: c.lag, History: 1, Trials: "trial", Permutations: 19}
		r, err := Estimate(f, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Transfers) != 1 || !(math.Abs(r.Transfers[0].Value-c.want) <= .02) {
			t.Errorf("%s, lag %d: %+v, want %v", c.source, c.lag, r.Transfers, c.want)
		}
		if lost := 100 * max(c.lag, 1); c.source == "x" && r.Dropped != lost {
			t.Errorf("lag %d: %d rows left out, want %d", c.lag, r.Dropped, lost)
		}
		if found := r.Tests[4].P <= .05; found != (c.want > 0) {
			t.Errorf("%s, lag %d: %+v", c.source, c.lag, r.Tests[4])
		}
	}
	for name, want := range map[string]string{
		"x@99999": "expected 0 to 10000", "x@-1": "expected 0 to 10000", "z@1": `no column "z"`,
		"x@51": "0 of 5000 rows have as many before them in their trial", // trials of 50 rows
	} {
		cfg := Config{Sources: [][]string{{name}}, Target: []string{"y"}, Measure: pid.MMI, History: 1, Trials: "trial"}
		if _, err := Estimate(f, cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}
