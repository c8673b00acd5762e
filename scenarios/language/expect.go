package language

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"infomorph/internal/config"
)

// Expect is one condition on a score, or on a live measure over time.
type Expect struct {
	Score      string          `yaml:"score" doc:"Name of a score in the summary, such as recall.mean_overlap, that must lie within min and max."`
	Always     string          `yaml:"always" doc:"Name of a live measure, such as training.predicted, atoms.red (mean over neurons) or neuron.red (for each neuron). Every sample of it must lie within min and max."`
	Eventually string          `yaml:"eventually" doc:"Name of a live measure. At least one sample of it must lie within min and max; for a measure of neurons, at least one sample of each neuron."`
	Never      string          `yaml:"never" doc:"Name of a live measure. No sample of it may lie within min and max."`
	Min        *float64        `yaml:"min" doc:"Smallest value."`
	Max        *float64        `yaml:"max" doc:"Largest value."`
	After      config.Duration `yaml:"after" doc:"Check live measures from this simulated time on." default:"0us" min:"0us"`
	Within     config.Duration `yaml:"within" doc:"Check live measures up to this simulated time; 0us means until the end." default:"0us" min:"0us"`
	Where      string          `yaml:"where" doc:"Check this only if the complete document (infomorph show) has this key. For example, with data.digits.strokes an expectation for drawn digits is not checked for other pictures."`
}

// formerScores replaces names of scores that have changed. What is now the overlap of a
// recall was called a cosine until 0.3.0.
var formerScores = strings.NewReplacer("mean_cosine", "mean_overlap", "cue_cosine", "cue_overlap")

// CurrentScore returns the name that a score has now, from that or a former name, so that
// older documents can still be read.
func CurrentScore(name string) string { return formerScores.Replace(name) }

// Measure returns the live measure that e is about, or "" if it is about a score.
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

// Range writes min and max as text for the user.
func (e *Expect) Range() string {
	switch {
	case e.Max == nil:
		return fmt.Sprintf("≥ %g", *e.Min)
	case e.Min == nil:
		return fmt.Sprintf("≤ %g", *e.Max)
	}
	return fmt.Sprintf("≥ %g, ≤ %g", *e.Min, *e.Max)
}

// Asked returns the expectations that apply to the experiment. A null control has none.
// An expectation with a key in Where applies only if the document has that key.
func (e *Experiment) Asked() (asked []Expect) {
	for i := range e.Expect {
		if e.Control == "none" && e.Has(e.Expect[i].Where) {
			asked = append(asked, e.Expect[i])
		}
	}
	return asked
}

// Tests reports whether the protocol presents or recalls items of a part test.
func (e *Experiment) Tests() bool {
	return slices.ContainsFunc(e.Protocol, func(p Phase) bool {
		return p.Present != nil && strings.HasSuffix(p.Present.Data, ".test") || p.Recall != nil && strings.HasSuffix(p.Recall.Data, ".test")
	})
}

// Has reports whether the document of an experiment has a key. The path has dots between
// the names of sections. It is true for the empty path.
func (e *Experiment) Has(path string) bool {
	text, err := config.Marshal(e)
	if err != nil {
		return false
	}
	var at any
	if err := yaml.Unmarshal(text, &at); err != nil {
		return false
	}
	for part := range strings.SplitSeq(path, ".") {
		if path == "" {
			break
		}
		section, ok := at.(map[string]any)
		if !ok {
			return false
		}
		if at, ok = section[part]; !ok {
			return false
		}
	}
	return true
}

// checkWhere reports expectations whose key Where lies in a section that does not exist,
// because such a key never exists.
func (c *checker) checkWhere() {
	for i := range c.Expect {
		if path := c.Expect[i].Where; path != "" {
			k := max(strings.LastIndexByte(path, '.'), 0)
			c.f.problem(!c.Has(path[:k]), fmt.Sprintf("expect[%d].where", i), "names a key in "+path[:k]+", and there is no such section", "infomorph show prints the whole document")
		}
	}
}
