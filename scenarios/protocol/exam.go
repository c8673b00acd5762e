package protocol

import (
	"fmt"
	"slices"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// checkExams reports measures of what was learned that use items from training.
func (p *Plan) checkExams() error {
	for k := range p.Experiment.Measure {
		m := &p.Experiment.Measure[k]
		var err error
		switch {
		case m.Accuracy != nil:
			err = p.checkAccuracy(m)
		case m.Probe != nil:
			err = p.checkFit(fmt.Sprintf("measure[%d].probe", k), m.Probe.Fit, m.Probe.Test)
		case m.Regression != nil:
			err = p.checkFit(fmt.Sprintf("measure[%d].regression", k), m.Regression.Fit, m.Regression.Test)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkAccuracy reports items that occur both in phases that do not learn and in phases
// that do.
func (p *Plan) checkAccuracy(m *language.Measure) error {
	for i := range p.phases {
		exam := &p.phases[i]
		if exam.Present == nil && exam.Play == nil || exam.studies() || len(m.In) > 0 && !slices.Contains(m.In, exam.Name) {
			continue
		}
		for k := range p.phases {
			if lesson := &p.phases[k]; lesson.studies() && lesson.meets(exam) {
				at := "present"
				if exam.Play != nil {
					at = "play"
				}
				return config.FieldProblem(fmt.Sprintf("protocol[%d].%s.data", i, at), "has items that the phase "+lesson.Name+" learns from, and accuracy is measured on them", p.divide(exam))
			}
		}
	}
	return nil
}

// checkFit reports items that occur both in the phase for fitting a readout and in the
// phase for testing it.
func (p *Plan) checkFit(at, fit, test string) error {
	a, b := p.phaseOf(fit), p.phaseOf(test)
	if a == nil || b == nil || a == b || !a.meets(b) {
		return nil
	}
	return config.FieldProblem(at+".test", "names a phase with items that are also used to fit the readout in "+fit, p.divide(b))
}

func (p *Plan) phaseOf(name string) *phase {
	i := slices.IndexFunc(p.phases, func(ph phase) bool { return ph.Name == name })
	if i < 0 {
		return nil
	}
	return &p.phases[i]
}

// studies reports whether the document lets any population learn in the phase.
func (ph *phase) studies() bool {
	return ph.Present != nil && ph.Present.Learn != "none" || ph.Play != nil && ph.Play.Learn != "none"
}

// meets reports whether two phases have an item in common.
func (ph *phase) meets(other *phase) bool {
	return ph.part != nil && other.part != nil && ph.part.Meets(other.part, ph.chosen, other.chosen)
}

func (p *Plan) divide(ph *phase) string {
	name := ph.part.Set().Name
	return fmt.Sprintf("data.%s.split: {test: 25%%} makes parts %s.train and %s.test that share none", name, name, name)
}
