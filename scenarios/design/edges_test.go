package design

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestIntervals: ranges of axes at their limits, and the errors beyond them.
func TestIntervals(t *testing.T) {
	for text, want := range map[string]string{ // values, or the error
		"a=lin(0,1,3)":          "0 0.5 1",
		"a=lin(1,0,3)":          "1 0.5 0",
		"a=lin(-1,1,2)":         "-1 1",
		"a=lin(2,9,1)":          "2",
		"a=lin(1ms,2ms,3)":      "1ms 1.5ms 2ms",
		"a=lin(1us,2us,3)":      "1us 2us 2us",
		"a=lin(10%,20%,2)":      "10% 20%",
		"a=lin(0.1,0.3,3)":      "0.1 0.2 0.3",
		"a=log(1,100,3)":        "1 10 100",
		"a=log(100,1,3)":        "100 10 1",
		"a=log(0.001,1000,1)":   "0.001",
		"a=log(1,100)":          "",
		"a=log(0,1,3)":          "a=log(0,1,3): a log range needs both ends above 0",
		"a=log(1,0,3)":          "a=log(1,0,3): a log range needs both ends above 0",
		"a=log(-1,1,3)":         "a=log(-1,1,3): a log range needs both ends above 0",
		"a=log(1,-1,3)":         "a=log(1,-1,3): a log range needs both ends above 0",
		"a=lin(0,1,0)":          `a=lin(0,1,0): got "0" values, expected a whole number from 1 to 100000`,
		"a=lin(0,1,100001)":     `a=lin(0,1,100001): got "100001" values, expected a whole number from 1 to 100000`,
		"a=lin(0,1,2.5)":        `a=lin(0,1,2.5): got "2.5" values, expected a whole number from 1 to 100000`,
		"a=lin(0)":              "a=lin(0): got 1 arguments, expected two ends and how many values",
		"a=lin(0,1,2,3)":        "a=lin(0,1,2,3): got 4 arguments, expected two ends and how many values",
		"a=lin(x,1,2)":          `a=lin(x,1,2): got "x" and "1", expected two numbers`,
		"a=lin(0,y,2)":          `a=lin(0,y,2): got "0" and "y", expected two numbers`,
		"a=lin(-1e308,1e308)":   `a=lin(-1e308,1e308): got "-1e308" and "1e308", which are too far apart`,
		"a=lin(9e307,-9e307,2)": `a=lin(9e307,-9e307,2): got "9e307" and "-9e307", which are too far apart`,
		"a=lin(0,inf,2)":        `a=lin(0,inf,2): got "0" and "inf", expected two numbers`,
		"a=lin(1ms,2s,2)":       `a=lin(1ms,2s,2): both ends need the same unit, got "1ms" and "2s"`,
		"a=exp(0,1,2)":          "a=exp(0,1,2): exp(…): expected lin(…) or log(…)",
		"a=1..4":                "1 2 3 4",
		"a=-2..1":               "-2 -1 0 1",
		"a=5..5":                "5",
		"a=1..10/3":             "1 4 7 10",
		"a=1..9/3":              "1 4 7",
		"a=1..2/5":              "1",
		"a= 1 .. 3 ":            "1 2 3",
		"a=18446744073709551614..18446744073709551615": "18446744073709551614 18446744073709551615",
		"a=1..100001":               "a=1..100001: more than 100000 values",
		"a=0..1000000/10":           "a=0..1000000/10: more than 100000 values",
		"a=2..1":                    "a=2..1: expected whole numbers first..last or first..last/step; other ranges are lin(a,b,n) and log(a,b,n)",
		"a=1..3/0":                  "a=1..3/0: expected whole numbers first..last or first..last/step; other ranges are lin(a,b,n) and log(a,b,n)",
		"a=1.5..3":                  "a=1.5..3: expected whole numbers first..last or first..last/step; other ranges are lin(a,b,n) and log(a,b,n)",
		"a=1..18446744073709551616": "a=1..18446744073709551616: expected whole numbers first..last or first..last/step; other ranges are lin(a,b,n) and log(a,b,n)",
		"a=x, y ,z":                 "x y z",
		"a=[1,2],{b: 3,c: 4}":       "[1,2] {b: 3,c: 4}",
		`a="x,y",'(,'`:              `"x,y" '(,'`,
		"a=f(1,2) x,3":              "f(1,2) x 3",
		"a=1,,2":                    "a=1,,2: an empty value; write null for the default",
		"a=1,":                      "a=1,: an empty value; write null for the default",
		"a=":                        `"a=": expected path=values, such as neuron.window=16,32,64`,
		"=1":                        `"=1": expected path=values, such as neuron.window=16,32,64`,
		"a":                         `"a": expected path=values, such as neuron.window=16,32,64`,
	} {
		axis, err := ParseAxis(text)
		got := strings.Join(axis.Values, " ")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestMostValues: an axis with the maximum number of values, and with one more.
func TestMostValues(t *testing.T) {
	var b strings.Builder
	for i := range maxValues {
		fmt.Fprintf(&b, ",x%d", i)
	}
	list := "a=" + b.String()[1:]
	for _, text := range []string{"a=1..100000", "a=0..99999", "a=0..999999/10", "a=lin(0,1,100000)", list} {
		if axis, err := ParseAxis(text); err != nil || len(axis.Values) != maxValues {
			t.Errorf("%.30s: %d values, %v", text, len(axis.Values), err)
		}
	}
	if _, err := ParseAxis(list + ",x"); err == nil || !strings.HasSuffix(err.Error(), ": more than 100000 values") {
		t.Errorf("one more: %.60v", err)
	}
}

func TestRangeAt(t *testing.T) {
	for _, c := range []struct {
		r     Range
		place float64
		want  string
	}{
		{Range{Low: 2, High: 4}, 0, "2"},
		{Range{Low: 2, High: 4}, 0.25, "2.5"},
		{Range{Low: 1, High: 10000, Log: true}, 0.5, "100"},
		{Range{Low: 1, High: 3, Whole: true}, 0, "1"},
		{Range{Low: 1, High: 3, Whole: true}, 0.33, "1"},
		{Range{Low: 1, High: 3, Whole: true}, 0.34, "2"},
		{Range{Low: 1, High: 3, Whole: true}, 0.67, "3"},
		{Range{Low: 1, High: 3, Whole: true}, 1, "3"},
		{Range{Low: 1, High: 2, Unit: "us"}, 0.4, "1us"},
		{Range{Low: 1, High: 2, Unit: "ms"}, 0.1234567, "1.123ms"},
		{Range{Low: 0, High: 1, Unit: "s"}, 0.1234567, "0.123457s"},
		{Range{Low: 0, High: 6, Unit: "min"}, 0.25, "1.5min"},
		{Range{Low: 0, High: 2, Unit: "h"}, 0.25, "0.5h"},
		{Range{Low: 0, High: 100, Unit: "%"}, 0.125, "12.5%"},
		{Range{Low: 0, High: 3e-7}, 1. / 3, "1e-07"},
	} {
		if got := c.r.At(c.place); got != c.want {
			t.Errorf("%+v at %g: %s, want %s", c.r, c.place, got, c.want)
		}
	}
}

// TestPlanLimits: plans of maximum size, and plans that are refused.
func TestPlanLimits(t *testing.T) {
	axis := func(path string, n int) Axis { return Axis{Path: path, Values: slices.Repeat([]string{"1"}, n)} }
	for name, c := range map[string]struct {
		d    Design
		want string // number of runs and points, or the error
	}{
		"nothing swept":       {Design{Seeds: 1}, "1 runs of 1 points"},
		"no seeds":            {Design{}, "seeds: got 0, expected 1 to 100000 replicates"},
		"most seeds":          {Design{Seeds: 100_000}, "100000 runs of 1 points"},
		"too many seeds":      {Design{Seeds: 100_001}, "seeds: got 100001, expected 1 to 100000 replicates"},
		"too many runs":       {Design{Seeds: 100_000, Axes: []Axis{axis("a", 11)}}, "11 points of 100000 runs, more than 1000000 runs"},
		"too many points":     {Design{Seeds: 1, Axes: []Axis{axis("a", 1001), axis("b", 1000)}}, "the axes span more than 1000000 points"},
		"twice":               {Design{Seeds: 1, Axes: []Axis{axis("a", 2), axis("a", 3)}}, "a: swept twice"},
		"an interval":         {Design{Seeds: 1, Axes: []Axis{{Path: "a", Range: &Range{High: 1}}}}, "a: an interval needs a number of values, as in lin(a,b,5), or --sample"},
		"an interval, drawn":  {Design{Seeds: 2, Sample: "lhs:3", Axes: []Axis{{Path: "a", Range: &Range{High: 1}}}}, "6 runs of 3 points"},
		"zipped":              {Design{Seeds: 2, Zip: true, Axes: []Axis{axis("a", 3), axis("b", 3)}}, "6 runs of 3 points"},
		"zipped nothing":      {Design{Seeds: 1, Zip: true}, "1 runs of 1 points"},
		"zipped unevenly":     {Design{Seeds: 1, Zip: true, Axes: []Axis{axis("a", 3), axis("b", 2)}}, "--zip: a has 3 values and b has 2"},
		"zipped and drawn":    {Design{Seeds: 1, Zip: true, Sample: "lhs:2"}, "--zip and --sample exclude each other"},
		"drawn otherwise":     {Design{Seeds: 1, Sample: "sobol:2"}, `--sample: got "sobol:2", expected lhs:N or random:N with N from 1 to 100000`},
		"drawn none":          {Design{Seeds: 1, Sample: "lhs:0"}, `--sample: got "lhs:0", expected lhs:N or random:N with N from 1 to 100000`},
		"drawn one":           {Design{Seeds: 1, Sample: "random:1"}, "1 runs of 1 points"},
		"most drawn":          {Design{Seeds: 1, Sample: "random:100000"}, "100000 runs of 100000 points"},
		"too many drawn":      {Design{Seeds: 1, Sample: "lhs:100001"}, `--sample: got "lhs:100001", expected lhs:N or random:N with N from 1 to 100000`},
		"drawn without count": {Design{Seeds: 1, Sample: "lhs"}, `--sample: got "lhs", expected lhs:N or random:N with N from 1 to 100000`},
		"seeds swept":         {Design{Seeds: 1, Axes: []Axis{{Path: "seed", Values: []string{"4", "18446744073709551615"}}}}, "2 runs of 2 points"},
		"seeds swept twice":   {Design{Seeds: 2, Axes: []Axis{axis("seed", 2)}}, "seed is swept: leave --seeds out"},
		"seeds below 0":       {Design{Seeds: 1, Axes: []Axis{{Path: "seed", Values: []string{"-1"}}}}, "seed=-1: expected whole numbers ≥ 0"},
	} {
		p, err := NewPlan(c.d)
		var got string
		if err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprintf("%d runs of %d points", len(p.Runs), p.Points())
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	// Making a plan of a million points takes too long here, so test the points only.
	full := Design{Axes: []Axis{axis("a", 1000), axis("b", 1000)}}
	if points, err := full.points(); err != nil || len(points) != MaxRuns {
		t.Errorf("as many points as there may be: %d, %v", len(points), err)
	}
}

// TestSeedsOfRuns: seeds have known values, and differ if anything differs that
// identifies a run.
func TestSeedsOfRuns(t *testing.T) {
	s := seeder{base: 7, used: map[uint64]bool{}, tries: map[alike]int{}}
	first := s.next("a", 0)
	again := (&seeder{base: 7, used: map[uint64]bool{}, tries: map[alike]int{}}).next("a", 0)
	if first != again || first >= 1<<53 {
		t.Errorf("seeds %d and %d", first, again)
	}
	all := map[uint64]bool{first: true}
	for i, next := range []uint64{
		s.next("a", 0), s.next("a", 1), s.next("b", 0),
		(&seeder{base: 8, used: map[uint64]bool{}, tries: map[alike]int{}}).next("a", 0),
	} {
		if all[next] || next >= 1<<53 {
			t.Errorf("%d: seed %d again, or too large", i, next)
		}
		all[next] = true
	}
	large := 0 // seeds have 53 bits; the highest is set in half of them
	for i := range 64 {
		if s.next("c", i) >= 1<<52 {
			large++
		}
	}
	if large < 16 || large > 48 {
		t.Errorf("the highest of 53 bits is set in %d of 64 seeds", large)
	}
}

// TestSeedsOfAlikeRuns: runs that are equal in everything get the seeds of successive
// tries. Seeds of other runs are skipped. This is fast even for many such runs.
func TestSeedsOfAlikeRuns(t *testing.T) {
	seed := func(try int) uint64 {
		sum := sha256.Sum256(fmt.Appendf(nil, "infomorph sweep 1|5|2|%d|k", try))
		return binary.LittleEndian.Uint64(sum[:]) >> 11
	}
	s := seeder{base: 5, used: map[uint64]bool{seed(1): true}, tries: map[alike]int{}}
	for i, try := range []int{0, 2, 3, 4} {
		if got := s.next("k", 2); got != seed(try) {
			t.Errorf("run %d: seed %d, want %d", i, got, seed(try))
		}
	}
	p, err := NewPlan(Design{Seeds: 2, Sample: "random:20000", Axes: []Axis{{Path: "a", Values: []string{"1", "2"}}}})
	if err != nil {
		t.Fatal(err)
	}
	used := map[uint64]bool{}
	for _, run := range p.Runs {
		used[run.Seed] = true
	}
	if len(used) != 40000 {
		t.Errorf("%d seeds of 40000 runs", len(used))
	}
}

func TestAssignments(t *testing.T) {
	p, err := NewPlan(Design{Seeds: 1, Axes: []Axis{{Path: "seed", Values: []string{"4", "5"}}, {Path: "b", Values: []string{"x", "y"}}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range p.Runs {
		got = append(got, strings.Join(p.Assignments(&p.Runs[i]), " "))
	}
	want := []string{"seed=4 b=x seed=4", "seed=4 b=y seed=4", "seed=5 b=x seed=5", "seed=5 b=y seed=5"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("runs set %q, want %q", got, want)
	}
}

// TestStatisticsByHand: known results, for two values, one and none.
func TestStatisticsByHand(t *testing.T) {
	near := func(what string, got, want float64) {
		t.Helper()
		if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
			t.Errorf("%s: %.12g, want %.12g", what, got, want)
		}
	}
	nan := math.NaN()
	// Two values 0 and 2: mean 1, standard error 1, t(1) at 0.975 = tan(0.475 π).
	t1 := math.Tan(0.475 * math.Pi)
	for _, c := range []struct {
		values     []float64
		mean, half float64
	}{
		{nil, nan, nan}, {[]float64{3}, 3, nan}, {[]float64{0, 2}, 1, t1}, {[]float64{5, 5, 5}, 5, 0},
	} {
		mean, half := Interval(c.values)
		near(fmt.Sprint(c.values, " mean"), mean, c.mean)
		near(fmt.Sprint(c.values, " half"), half, c.half)
		_, low, high, each := Band(c.values)
		if math.IsNaN(c.half) {
			c.half = 0
		}
		near(fmt.Sprint(c.values, " low"), low, c.mean-c.half)
		near(fmt.Sprint(c.values, " high"), high, c.mean+c.half)
		if (len(each) > 0) != (len(c.values) > 1) {
			t.Errorf("%v: each of %v", c.values, each)
		}
	}
	if _, _, _, each := Band(make([]float64, 20)); len(each) != 20 {
		t.Errorf("%d of 20 shown one by one", len(each))
	}
	if _, _, _, each := Band(make([]float64, 21)); each != nil {
		t.Errorf("%d of 21 shown one by one", len(each))
	}
	low, high := PairedInterval([]float64{1, 1}, []float64{1, 3})
	near("paired low", low, 1-t1)
	near("paired high", high, 1+t1)
	// Two samples of equal spread: variances 2, ν = 2, t(2) at 0.975 = 0.95 · √(2 / (1 − 0.95²)).
	t2 := 0.95 * math.Sqrt(2/(1-0.95*0.95))
	e := Compare([]float64{0, 2}, []float64{3, 5})
	near("difference", e.Difference, 3)
	near("Welch low", e.Low, 3-t2*math.Sqrt2)
	near("Welch high", e.High, 3+t2*math.Sqrt2)
	near("d", e.D, 3/math.Sqrt2)
	near("g", e.G, 3/math.Sqrt2*4/7)
	spread := 1.959963984540054 * math.Sqrt(1+e.G*e.G/8)
	near("g low", e.GLow, e.G-spread)
	near("g high", e.GHigh, e.G+spread)
}

func TestCaptions(t *testing.T) {
	for _, c := range []struct {
		least, most int
		want        string
	}{
		{0, 0, "one seed"}, {1, 1, "one seed"}, {0, 1, "one seed"},
		{1, 2, "mean, 95 % interval and each of 1 to 2 seeds"},
		{2, 2, "mean, 95 % interval and each of 2 seeds"},
		{20, 20, "mean, 95 % interval and each of 20 seeds"},
		{21, 21, "mean and 95 % interval over 21 seeds"},
		{3, 50, "mean and 95 % interval over 3 to 50 seeds"},
	} {
		if got := Caption(c.least, c.most); got != c.want {
			t.Errorf("%d to %d: %q, want %q", c.least, c.most, got, c.want)
		}
	}
}
