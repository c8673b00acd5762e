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

// Env is what measures are made for.
type Env struct {
	Experiment *language.Experiment
	Net        *network.Network
	Data       *data.Collection
}

// Group is a population, or the channels of an input: ids from First on.
type Group struct {
	First neuron.ID
	Size  int
	Width int // channels of a row, where the group is a picture; 0: it is none
}

func groupOf(g network.Group, width int) Group { return Group{g.First, g.Size(), width} }

// population returns a population that a key of a measure names.
func (e *Env) population(key, name string) (Group, error) {
	if g, ok := e.Net.Population(name); ok {
		return groupOf(g, 0), nil
	}
	return Group{}, unknown(key, name, "a population", e.Experiment.Populations.Names())
}

// input returns an input that a key of a measure names.
func (e *Env) input(key, name string) (Group, error) {
	if g, ok := e.Net.Input(name); ok {
		return groupOf(g, e.Net.Width(name)), nil
	}
	return Group{}, unknown(key, name, "an input", e.Experiment.Inputs.Names())
}

// unknown is the fault of a name that there is not.
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

// phase returns the first phase of a name, or nil.
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

// has reports whether a phase presents items for which of gives names.
func (e *Env) has(phase string, of func(*data.Set) []string) bool {
	set := e.set(presented(e.phase(phase)))
	return set != nil && len(of(set)) > 0
}

// names returns what of gives for the first data that any of the phases
// presents and that have it; no phases are all.
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

// learns reports whether a phase is there to learn from, as the document has it:
// also where control: frozen keeps neurons from it.
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

// set returns the set that a source, "bars", or part of one, "digits.train", is
// of; nil: there is none.
func (e *Env) set(ref string) *data.Set {
	name, _, _ := strings.Cut(ref, ".")
	return e.Data.Set(name)
}

// labelsOf and featuresOf return the names of a set's labels and features.
func labelsOf(s *data.Set) []string   { return s.Labels }
func featuresOf(s *data.Set) []string { return s.Features }
