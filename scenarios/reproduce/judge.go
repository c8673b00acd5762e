package reproduce

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"infomorph/internal/record"
	"infomorph/scenarios/design"
)

// Finding is the result of one check.
type Finding struct {
	Subject  string `json:"subject"`
	Share    bool   `json:"share,omitempty"` // the measured value is a share of runs
	Expected string `json:"expected"`
	Source   string `json:"source"`
	Measure
	// Pair holds the means of the two variants whose difference is measured.
	Pair    []Measure `json:"pair,omitempty"`
	Against []Rival   `json:"against,omitempty"`
	Verdict string    `json:"verdict"`
}

// Measure is a mean over runs, or a share of runs.
type Measure struct {
	Runs int `json:"runs"` // runs that have the score
	// Value is the mean, or the share. Low and High are its 95 % confidence interval
	// (Student's t, or Wilson); they are nil if there is only one run.
	Value float64  `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	// Broken is set if a score was not finite.
	Broken bool `json:"broken,omitempty"`
}

// Rival is the measurement of a baseline for the same check.
type Rival struct {
	Name string `json:"name"`
	Measure
}

// Verdicts. A range is met only if the whole interval lies in it, and the whole interval
// of every baseline lies outside it. A difference of paired runs must lie beyond its
// bounds, so that two equal variants, whose difference is 0, are NotShown for a bound of 0.
const (
	Met      = "met"
	NotShown = "not shown"
	Missed   = "missed"
)

// Result is the result of an entry.
type Result struct {
	Name     string    `json:"name"`
	Command  string    `json:"command"`
	Run      string    `json:"run"` // command for one run
	Seeds    string    `json:"seeds"`
	Runs     int       `json:"runs"`
	Seconds  float64   `json:"seconds"` // wall time of all runs, added up
	Date     string    `json:"date"`
	Version  string    `json:"version"`
	Picture  string    `json:"picture,omitempty"` // file name, relative to the page
	Findings []Finding `json:"findings"`
	Met      bool      `json:"met"`
}

// Judge checks the scores of an entry's runs, and compares them with those of its
// baselines, by name. Failed runs do not count.
func (e *Entry) Judge(res *design.Results, baselines map[string]*design.Results) []Finding {
	findings := make([]Finding, len(e.Checks))
	for i := range e.Checks {
		c := &e.Checks[i]
		if c.Minus != "" {
			findings[i] = e.judgePairs(c, res, baselines)
			continue
		}
		findings[i] = Finding{Subject: c.Subject(), Share: c.Reach != nil, Expected: c.Range(), Source: c.Source, Measure: c.measure(c.values(res, c.Score))}
		for _, name := range c.Against {
			findings[i].Against = append(findings[i].Against, Rival{name, e.rival(c, name, res, baselines)})
		}
		findings[i].Verdict = c.verdict(&findings[i])
	}
	return findings
}

// rival measures a baseline, which is either a set of runs or another score of the same
// runs.
func (e *Entry) rival(c *Check, name string, res *design.Results, baselines map[string]*design.Results) Measure {
	for i := range e.Baselines {
		b := &e.Baselines[i]
		if b.Name != name {
			continue
		}
		score := c.Score
		if b.Score != "" {
			score = b.Score
		}
		if own := baselines[name]; own != nil {
			return c.measure(scores(own, score, func(*design.Run) bool { return true }))
		}
		return Measure{}
	}
	return c.measure(c.values(res, name))
}

// measure returns the mean of scores, or the share of those that are at least c.Reach.
func (c *Check) measure(values []float64) Measure {
	m := Measure{Runs: len(values)}
	if len(values) == 0 {
		return m
	}
	var low, high float64
	if slices.ContainsFunc(values, func(v float64) bool { return !finite(v) }) {
		m.Broken = true
		return m
	}
	if c.Reach != nil {
		reached := 0
		for _, v := range values {
			if v >= *c.Reach {
				reached++
			}
		}
		m.Value = float64(reached) / float64(len(values))
		low, high = design.Wilson(reached, len(values))
	} else {
		mean, half := design.Interval(values)
		m.Value, low, high = mean, mean-half, mean+half
	}
	if finite(low) && finite(high) {
		m.Low, m.High = &low, &high
	}
	return m
}

// verdict judges a measurement. It is Missed without finite scores, and NotShown without
// an interval.
func (c *Check) verdict(f *Finding) string {
	if f.Broken || f.Runs == 0 {
		return Missed
	}
	in, out := c.place(&f.Measure)
	if out {
		return Missed
	}
	for i := range f.Against {
		if _, fails := c.place(&f.Against[i].Measure); !fails {
			return NotShown
		}
	}
	if in && (len(f.Against) > 0 || c.Minus != "") {
		return Met
	}
	return NotShown
}

// place reports whether the whole interval lies in the range, and whether it lies
// outside.
func (c *Check) place(m *Measure) (in, out bool) {
	if m.Low == nil || m.High == nil {
		return false, false
	}
	below, above := c.Min != nil && *m.High < *c.Min, c.Max != nil && *m.Low > *c.Max
	if c.Minus != "" {
		return (c.Min == nil || *m.Low > *c.Min) && (c.Max == nil || *m.High < *c.Max), below || above
	}
	return (c.Min == nil || *m.Low >= *c.Min) && (c.Max == nil || *m.High <= *c.Max), below || above
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// values returns a score of every run at the check's point.
func (c *Check) values(res *design.Results, score string) []float64 {
	return scores(res, score, func(r *design.Run) bool { return c.isAt(res, r) })
}

// scores returns a score of the runs that are done and for which counts is true.
func scores(res *design.Results, name string, counts func(*design.Run) bool) []float64 {
	var all []float64
	for k := range res.Runs {
		o := &res.Outcomes[k]
		if v, ok := o.Scores[name]; ok && o.Status == record.StatusDone && counts(&res.Runs[k]) {
			all = append(all, v)
		}
	}
	return all
}

func (c *Check) isAt(res *design.Results, r *design.Run) bool {
	sets := res.Assignments(r)
	for _, at := range c.At {
		if !slices.Contains(sets, at) {
			return false
		}
	}
	return true
}

// AllMet reports whether every finding is met.
func AllMet(all []Finding) bool {
	return !slices.ContainsFunc(all, func(f Finding) bool { return f.Verdict != Met })
}

// Measured returns the value and its interval as text.
func (f *Finding) Measured() string { return f.text(f.Share) }

// Baselines returns the measurements of the baselines, or of the two of a pair, as text.
func (f *Finding) Baselines() string {
	var all []string
	if len(f.Pair) == 2 { // the page holds what a file says
		all = append(all, f.Pair[0].text(false)+" and "+f.Pair[1].text(false))
	}
	for i := range f.Against {
		all = append(all, f.Against[i].Name+" "+f.Against[i].text(f.Share))
	}
	return strings.Join(all, "; ")
}

func (m *Measure) text(share bool) string {
	switch {
	case m.Runs == 0:
		return "no run has it"
	case m.Broken:
		return "not a number"
	case m.Low == nil || m.High == nil:
		return fmt.Sprintf("%.4g", m.Value)
	case share:
		reached := int(math.Round(m.Value * float64(m.Runs)))
		return fmt.Sprintf("%d of %d (%.1f to %.1f %%)", reached, m.Runs, 100**m.Low, 100**m.High)
	}
	return fmt.Sprintf("%.4f ± %.4f", m.Value, *m.High-m.Value)
}
