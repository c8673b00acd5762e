package measure

import (
	"fmt"
	"strings"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
	"infomorph/scenarios/network"
)

// Env is the context in which measures are made.
type Env struct {
	Experiment *language.Experiment
	Net        *network.Network
	Data       *data.Collection
}

// Group is a population, or the channels of an input: Size ids from First on.
type Group struct {
	First neuron.ID
	Size  int
	Width int // channels of a row, if the group is a picture; else 0
}

func groupOf(g network.Group, width int) Group { return Group{g.First, g.Size(), width} }

// population returns the population whose name is the value of a measure's key.
func (e *Env) population(key, name string) (Group, error) {
	if g, ok := e.Net.Population(name); ok {
		return groupOf(g, 0), nil
	}
	return Group{}, unknown(key, name, "a population", e.Experiment.Populations.Names())
}

// input returns the input whose name is the value of a measure's key.
func (e *Env) input(key, name string) (Group, error) {
	if g, ok := e.Net.Input(name); ok {
		return groupOf(g, e.Net.Width(name)), nil
	}
	return Group{}, unknown(key, name, "an input", e.Experiment.Inputs.Names())
}

// unknown is the error for a name that does not exist.
func unknown(key, name, what string, names []string) error {
	hint := ""
	if near := config.Closest(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return config.FieldError(key, name, what+": "+strings.Join(names, ", "), hint)
}

// phaseNames returns the names of the phases, each once.
func (e *Env) phaseNames() []string {
	var names []string
	seen := map[string]bool{}
	for i := range e.Experiment.Protocol {
		if n := e.Experiment.Protocol[i].Name; !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	return names
}

// phase returns the first phase with a name, or nil.
func (e *Env) phase(name string) *language.Phase {
	for i := range e.Experiment.Protocol {
		if e.Experiment.Protocol[i].Name == name {
			return &e.Experiment.Protocol[i]
		}
	}
	return nil
}

// presented returns the data that a phase presents, or "".
func presented(p *language.Phase) string {
	switch {
	case p == nil:
		return ""
	case p.Play != nil:
		return p.Play.Data
	case p.Present != nil:
		return p.Present.Data
	}
	return ""
}

// has reports whether a phase presents items of a set for which the function of returns
// names.
func (e *Env) has(phase string, of func(*data.Set) []string) bool {
	set := e.set(presented(e.phase(phase)))
	return set != nil && len(of(set)) > 0
}

// names returns the names of labels or features in the data of the first of the phases
// that has any; the function of selects which. An empty list of phases means all phases.
func (e *Env) names(phases []string, of func(*data.Set) []string) []string {
	for _, name := range e.among(phases) {
		if e.has(name, of) {
			return of(e.set(presented(e.phase(name))))
		}
	}
	return nil
}

func (e *Env) among(phases []string) []string {
	if len(phases) > 0 {
		return phases
	}
	return e.phaseNames()
}

// learns reports whether the document has a phase learn. It does so also if control:
// frozen prevents learning.
func (e *Env) learns(name string) bool {
	p := e.phase(name)
	switch {
	case p == nil:
		return false
	case p.Present != nil:
		return p.Present.Learn != "none"
	case p.Play != nil:
		return p.Play.Learn != "none"
	}
	return false
}

// set returns the set of a source, "bars", or of a part of a source, "digits.train". It
// returns nil if there is none.
func (e *Env) set(ref string) *data.Set {
	name, _, _ := strings.Cut(ref, ".")
	return e.Data.Set(name)
}

// labelsOf and featuresOf return the names of a set's labels and features.
func labelsOf(s *data.Set) []string   { return s.Labels }
func featuresOf(s *data.Set) []string { return s.Features }
