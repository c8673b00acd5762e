package estimate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"infomorph/pid"
)

// Adjustment is a correction of p-values for the number of tests.
type Adjustment string

// The adjustments.
const (
	Holm         Adjustment = "holm" // the chance of any false claim (Holm 1979)
	FDR          Adjustment = "fdr"  // the expected share of false claims (Benjamini and Hochberg 1995)
	NoAdjustment Adjustment = "none"
)

// Adjust returns the adjusted p-values, in the order of p.
//
//	holm: max_{j≤i} min(1, (m−j+1)·p_(j))    fdr: min_{j≥i} min(1, m·p_(j)/j)
func Adjust(p []float64, how Adjustment) []float64 {
	m := len(p)
	order := make([]int, m)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := slices.Clone(p)
	switch how {
	case Holm:
		most := 0.0
		for j, i := range order {
			most = max(most, min(1, float64(m-j)*p[i]))
			adjusted[i] = most
		}
	case FDR:
		least := 1.0
		for j := m - 1; j >= 0; j-- {
			i := order[j]
			least = min(least, float64(m)*p[i]/float64(j+1))
			adjusted[i] = least
		}
	}
	return adjusted
}

// adjust adjusts the p-values of all tests together.
func (r *Result) adjust(how Adjustment) {
	var p []float64
	for _, t := range r.Tests {
		p = append(p, t.P)
	}
	p = Adjust(append(p, r.PValues...), how)
	for i := range r.Tests {
		r.Tests[i].Adjusted = p[i]
	}
	r.Adjusted = p[len(r.Tests):]
	if how != NoAdjustment {
		r.warnCoarse(len(p))
	}
}

// enoughSurrogates is the number of surrogates that gives the rates of false
// positives in docs/pid.md. With fewer, the tests of which source informs are
// coarser.
const enoughSurrogates = 100

// warnCoarse warns if no adjusted p-value can be small, and if there are few
// surrogates.
func (r *Result) warnCoarse(tests int) {
	alpha, n := 1-r.Config.Level, r.Config.Permutations
	if enough := int(math.Ceil(float64(tests)/alpha)) - 1; r.Config.Adjust == Holm && n < enough && alpha < 1 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d surrogates are too few for %d tests: the smallest possible p-value, 1/%d, is %.3g after adjustment; use at least %d (--permutations)", n, tests, n+1, min(1, float64(tests)/float64(n+1)), enough))
	}
	if n < enoughSurrogates {
		r.Warnings = append(r.Warnings, fmt.Sprintf("fewer than %d surrogates: atoms that do not exist may be found in more than .08 of samples at p ≤ .05, the share that was measured with %d and more; use at least that many (--permutations)", enoughSurrogates, enoughSurrogates))
	}
}

// The verdicts on an atom or the mutual information.
const (
	Shown    = "shown"     // test and interval agree that it is not due to chance
	NotShown = "not shown" // the test does not show it
	Unclear  = "unclear"   // test and interval disagree
)

// judge compares tests and intervals. Where the interval contains 0 but the
// test is significant, it adds a warning, so that no report states both without
// a comment.
func (r *Result) judge(cfg *Config) {
	verdict := func(name string, p float64, bounds []float64) string {
		switch {
		case p > 1-cfg.Level:
			return NotShown
		case bounds != nil && bounds[0] <= 0 && bounds[1] >= 0:
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s is unclear: adjusted p = %.3g, but its interval %.4f … %.4f contains 0; the test compares the value with its null distribution, the interval says how large it is; do not report it as shown", name, p, bounds[0], bounds[1]))
			return Unclear
		}
		return Shown
	}
	l := r.Plugin.Lattice()
	for i, p := range r.Adjusted {
		var bounds []float64
		if r.Lower != nil {
			bounds = []float64{r.Lower[i], r.Upper[i]}
		}
		if p <= 1-cfg.Level && nonNegative(cfg.Measure) && r.Plugin.Atoms[i] <= pid.Tolerance {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s is 0 in these rows and not shown: its adjusted p = %.3g belongs to the mutual information, which is larger than under the null hypothesis and decides between equal atoms", l.Name(i), p))
			r.Verdicts = append(r.Verdicts, NotShown)
			continue
		}
		r.Verdicts = append(r.Verdicts, verdict(l.Name(i), p, bounds))
	}
	var bounds []float64
	if cfg.Bootstrap > 0 {
		bounds = []float64{r.MILower, r.MIUpper}
	}
	r.MIVerdict = verdict("mutual information", r.Tests[0].Adjusted, bounds)
}
