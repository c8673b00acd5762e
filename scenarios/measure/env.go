package measure

import (
	"fmt"
	"strings"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// Env is what measures are made for.
type Env struct {
	Experiment *language.Experiment
	Net        Network
	Data       *data.Collection
}

// Network is the network as it is laid out.
type Network interface {
	// Population and Input return the ids of a group; false: there is none.
	Population(name string) (Group, bool)
	Input(name string) (Group, bool)
	// Config returns how a neuron is configured.
	Config(id neuron.ID) *neuron.Config
	// Label returns the name of a neuron or channel, or "".
	Label(id neuron.ID) string
}

// Group is a population, or the channels of an input: ids from First on.
type Group struct {
	First neuron.ID
	Size  int
	Width int // channels of a row, where the group is a picture; 0: it is none
}

// population returns a population that a key of a measure names.
func (e *Env) population(key, name string) (Group, error) {
	if g, ok := e.Net.Population(name); ok {
		return g, nil
	}
	names := e.Experiment.Populations.Names()
	return Group{}, unknown(key, name, "a population", names)
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

// presented returns what a phase presents.
func presented(p *language.Phase) []string {
	switch {
	case p == nil:
		return nil
	case p.Play != nil:
		return []string{p.Play.Data}
	case p.Present == nil:
		return nil
	}
	return []string{p.Present.Data}
}

// has reports whether some phase of a name presents items for which of gives
// names.
func (e *Env) has(phase string, of func(*data.Set) []string) bool {
	for i := range e.Experiment.Protocol {
		if e.Experiment.Protocol[i].Name != phase {
			continue
		}
		for _, ref := range presented(&e.Experiment.Protocol[i]) {
			if set := e.set(ref); set != nil && len(of(set)) > 0 {
				return true
			}
		}
	}
	return false
}

// names returns what of gives for the first data that any of the phases
// presents and that have it; no phases are all.
func (e *Env) names(phases []string, of func(*data.Set) []string) []string {
	for _, name := range e.among(phases) {
		for _, ref := range presented(e.phase(name)) {
			if set := e.set(ref); set != nil && len(of(set)) > 0 {
				return of(set)
			}
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

// partOf returns what follows the dot in "digits.train"; the name itself where
// there is none.
func partOf(data string) string {
	if _, part, ok := strings.Cut(data, "."); ok {
		return part
	}
	return data
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

// examines reports whether a phase looks at other items between its passes.
func (e *Env) examines(name string) bool {
	p := e.phase(name)
	return p != nil && p.Present != nil && p.Present.Batch != nil && p.Present.Batch.Examine != ""
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
