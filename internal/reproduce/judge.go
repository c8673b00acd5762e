package reproduce

import (
	"fmt"
	"math"
	"slices"

	"infomorph/internal/record"
	"infomorph/internal/sweep"
)

// Finding is what the runs of an entry say about one check.
type Finding struct {
	Subject  string `json:"subject"`
	Share    bool   `json:"share,omitempty"` // Value is a share of runs
	Expected string `json:"expected"`
	Source   string `json:"source"`
	Runs     int    `json:"runs"` // runs that have the score
	// Value is the mean, or the share; Low and High bound it with 95 %
	// confidence (Student's t, or Wilson). They are absent where one run is all.
	Value float64  `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	// Broken is set where a score was no number; it is not met then.
	Broken bool `json:"broken,omitempty"`
	Met    bool `json:"met"`
}

// Result is what became of an entry.
type Result struct {
	Name     string    `json:"name"`
	Command  string    `json:"command"`
	Run      string    `json:"run"` // the same for one seed
	Seeds    string    `json:"seeds"`
	Runs     int       `json:"runs"`
	Seconds  float64   `json:"seconds"` // wall time of all runs, added up
	Date     string    `json:"date"`
	Version  string    `json:"version"`
	Picture  string    `json:"picture,omitempty"` // beside the page
	Findings []Finding `json:"findings"`
	Met      bool      `json:"met"`
}

// Judge holds the scores of an entry's runs against its checks. Runs that
// failed do not count; a score that no run has is not met.
func (e *Entry) Judge(res *sweep.Results) []Finding {
	findings := make([]Finding, len(e.Checks))
	for i := range e.Checks {
		findings[i] = e.Checks[i].judge(res)
	}
	return findings
}

func (c *Check) judge(res *sweep.Results) Finding {
	values := c.values(res)
	f := Finding{Subject: c.Subject(), Share: c.Reach != nil, Expected: c.Range(), Source: c.Source, Runs: len(values)}
	if len(values) == 0 {
		return f
	}
	var low, high float64
	if c.Reach != nil {
		reached := 0
		for _, v := range values {
			if v >= *c.Reach {
				reached++
			}
		}
		f.Value = float64(reached) / float64(len(values))
		low, high = sweep.Wilson(reached, len(values))
	} else {
		mean, half := sweep.Interval(values)
		f.Value, low, high = mean, mean-half, mean+half
	}
	if !finite(f.Value) {
		f.Value, f.Broken = 0, true
		return f
	}
	if finite(low) {
		f.Low, f.High = &low, &high
	}
	f.Met = (c.Min == nil || f.Value >= *c.Min) && (c.Max == nil || f.Value <= *c.Max)
	return f
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// values returns the score of every run at the check's point.
func (c *Check) values(res *sweep.Results) []float64 {
	var all []float64
	for k := range res.Runs {
		o := &res.Outcomes[k]
		if v, ok := o.Scores[c.Score]; ok && o.Status == record.StatusDone && c.isAt(res, &res.Runs[k]) {
			all = append(all, v)
		}
	}
	return all
}

func (c *Check) isAt(res *sweep.Results, r *sweep.Run) bool {
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
	return !slices.ContainsFunc(all, func(f Finding) bool { return !f.Met })
}

// Measured writes the value with its interval.
func (f *Finding) Measured() string {
	switch {
	case f.Runs == 0:
		return "no run has it"
	case f.Broken:
		return "not a number"
	case f.Share && f.Low != nil && f.High != nil:
		reached := int(math.Round(f.Value * float64(f.Runs)))
		return fmt.Sprintf("%d of %d (%.1f to %.1f %%)", reached, f.Runs, 100**f.Low, 100**f.High)
	case f.Low == nil || f.High == nil:
		return fmt.Sprintf("%.4g", f.Value)
	}
	return fmt.Sprintf("%.4f ± %.4f", f.Value, *f.High-f.Value)
}

// Verdict writes whether it is met.
func (f *Finding) Verdict() string {
	if f.Met {
		return "met"
	}
	return "NOT MET"
}
