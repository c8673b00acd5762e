package scenarios

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/neuron"
)

// Event is one line of the timeline: when it happens, to whom, and what.
type Event struct {
	At        *config.Duration `yaml:"at" doc:"Once, at this simulated time." oneof:"trigger" min:"0us" max:"1000h"`
	Every     *config.Duration `yaml:"every" doc:"Again and again, this far apart, first at after." oneof:"trigger" exclusiveMin:"0us" max:"1000h"`
	When      *string          `yaml:"when" doc:"Each time that a condition on live measures becomes true, such as training.predicted > 0.9 and time > 2; time is in seconds. It is looked at between presentations; a measure that has no value yet makes comparisons false." oneof:"trigger" expr:"true" example:"training.predicted > 0.9"`
	After     config.Duration  `yaml:"after" doc:"Not before this simulated time; for every and when." default:"0us" min:"0us" max:"1000h"`
	Until     config.Duration  `yaml:"until" doc:"Not from this simulated time on; 0us is never; for every and when." default:"0us" min:"0us" max:"1000h"`
	Neurons   string           `yaml:"neurons" doc:"Neurons that it happens to: all, or a list such as 0-9,20." default:"all"`
	Plastic   *bool            `yaml:"plastic" doc:"Freeze (false) or thaw (true) learning." oneof:"action"`
	RateScale *float64         `yaml:"rate_scale" doc:"Multiply the learning rates by this from now on, instead of by an earlier scale." oneof:"action" min:"0" max:"1e6"`
	Silent    *bool            `yaml:"silent" doc:"Fault: neurons stop (true) telling their output, or tell it again (false)." oneof:"action"`
	Stuck     *int             `yaml:"stuck" doc:"Fault: the output is stuck at -1 or 1; 0 releases it." oneof:"action" min:"-1" max:"1"`
}

// Validate implements config.Validator.
func (e *Event) Validate() error {
	var errs []error
	if e.At != nil && (e.After != 0 || e.Until != 0) {
		errs = append(errs, config.FieldProblem("at", "stands with after or until, which are for every and when", ""))
	}
	if e.Until != 0 && e.Until <= e.After {
		errs = append(errs, config.FieldError("until", e.Until.String(), "later than after", ""))
	}
	if _, err := parseSpans(e.Neurons); err != nil {
		errs = append(errs, config.FieldError("neurons", e.Neurons, "all, or a list such as 0-9,20", ""))
	}
	return errors.Join(errs...)
}

// signals appends what the event broadcasts at a time, span by span.
func (e *Event) signals(dst []neuron.Signal, spans []span, at neuron.Time) []neuron.Signal {
	s := neuron.Signal{Time: at}
	switch {
	case e.Plastic != nil:
		s.Kind, s.Value = neuron.SetPlastic, number(*e.Plastic)
	case e.RateScale != nil:
		s.Kind, s.Value = neuron.SetRateScale, *e.RateScale
	case e.Silent != nil:
		s.Kind, s.Value = neuron.SetSilent, number(*e.Silent)
	default:
		s.Kind, s.Value = neuron.SetStuck, float64(*e.Stuck)
	}
	for _, sp := range spans {
		s.First, s.Last = sp.first, sp.last
		dst = append(dst, s)
	}
	return dst
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// span is the neurons first ≤ id < last.
type span struct{ first, last neuron.ID }

func (s span) size() int { return int(s.last - s.first) }

// parseSpans reads "all" or a list such as "0-9,20".
func parseSpans(text string) ([]span, error) {
	if text == "all" {
		return []span{{0, 1<<31 - 1}}, nil
	}
	var all []span
	for _, part := range strings.Split(text, ",") {
		lo, hi, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			hi = lo
		}
		first, err1 := strconv.ParseInt(lo, 10, 30)
		last, err2 := strconv.ParseInt(hi, 10, 30)
		if err1 != nil || err2 != nil || first < 0 || last < first {
			return nil, fmt.Errorf("%q is no list of neurons", text)
		}
		all = append(all, span{neuron.ID(first), neuron.ID(last + 1)})
	}
	return all, nil
}
