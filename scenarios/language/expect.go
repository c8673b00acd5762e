package language

import (
	"fmt"

	"infomorph/internal/config"
)

// Expect is one condition on a score, or on a live measure over time.
type Expect struct {
	Score      string          `yaml:"score" doc:"Name of a score in the summary, such as recall.mean_cosine, that must lie within min and max."`
	Always     string          `yaml:"always" doc:"Name of a live measure, such as training.predicted, atoms.red (mean over neurons) or neuron.red (of each neuron), of which every sample must lie within min and max."`
	Eventually string          `yaml:"eventually" doc:"Name of a live measure of which some sample must lie within min and max; of a neuron's measure, some sample of each neuron."`
	Never      string          `yaml:"never" doc:"Name of a live measure of which no sample may lie within min and max."`
	Min        *float64        `yaml:"min" doc:"Smallest value."`
	Max        *float64        `yaml:"max" doc:"Largest value."`
	After      config.Duration `yaml:"after" doc:"Look at live measures from this simulated time on." default:"0us" min:"0us"`
	Within     config.Duration `yaml:"within" doc:"Look at live measures up to this simulated time; 0us is to the end." default:"0us" min:"0us"`
}

// Measure returns the live measure that e is about, or "".
func (e *Expect) Measure() string { return e.Always + e.Eventually + e.Never }

// Validate implements config.Validator.
func (e *Expect) Validate() error {
	n := 0
	for _, name := range []string{e.Score, e.Always, e.Eventually, e.Never} {
		if name != "" {
			n++
		}
	}
	switch {
	case n != 1:
		return config.FieldProblem("", "says what to look at in none or several of score, always, eventually and never", "write exactly one of them")
	case e.Min == nil && e.Max == nil:
		return config.FieldProblem("", "says neither min nor max", "add min: or max:")
	case e.Min != nil && e.Max != nil && *e.Min > *e.Max:
		return config.FieldError("min", *e.Min, "at most max", "")
	case e.Score != "" && (e.After != 0 || e.Within != 0):
		return config.FieldProblem("", "gives a time for a score, which has none", "use always, eventually or never")
	case e.Within != 0 && e.Within < e.After:
		return config.FieldError("within", e.Within.String(), "not before after", "")
	}
	return nil
}

// Meets reports whether a value lies within min and max.
func (e *Expect) Meets(v float64) bool {
	return (e.Min == nil || v >= *e.Min) && (e.Max == nil || v <= *e.Max)
}

// Range writes min and max for people.
func (e *Expect) Range() string {
	switch {
	case e.Max == nil:
		return fmt.Sprintf("≥ %g", *e.Min)
	case e.Min == nil:
		return fmt.Sprintf("≤ %g", *e.Max)
	}
	return fmt.Sprintf("≥ %g, ≤ %g", *e.Min, *e.Max)
}
