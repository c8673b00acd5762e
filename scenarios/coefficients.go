package scenarios

import (
	"fmt"

	"infomorph/scenarios/language"
	"infomorph/scenarios/templates"
)

// Coefficient is one coefficient of a goal: the setting that holds it, the atom that it
// weights, and its value.
type Coefficient struct {
	Path  string // such as neuron.goal.unq_r or hidden_layer.gamma[3]
	Atom  string // such as unq_r or {1}{2}; h_res for the residual entropy
	Value float64
}

// Coefficients returns the goal that a search varies. For a short form it is the goal of
// the hidden neurons if there are any, else of all neurons. For a document in full it is
// the goal of the first kind of neurons that learns.
func (s *Scenario) Coefficients() ([]Coefficient, error) {
	if s.short != nil {
		if h := s.short.Hidden; h != nil {
			return list(templates.HiddenAtoms(), h.GoalOf(), func(i int, _ string) string { return fmt.Sprintf("hidden_layer.gamma[%d]", i) }), nil
		}
		return list(twoSources, s.short.Neuron.Goal, func(_ int, atom string) string { return "neuron.goal." + atom }), nil
	}
	for name, k := range s.Experiment.Neurons.All() {
		if !k.Learns {
			continue
		}
		atoms := twoSources
		if len(k.Sources) == 3 {
			atoms = templates.HiddenAtoms()
		}
		return list(atoms, k.Goal, func(_ int, atom string) string {
			if len(k.Sources) == 3 && atom != "h_res" {
				return fmt.Sprintf("neurons.%s.goal[%q]", name, atom)
			}
			return fmt.Sprintf("neurons.%s.goal.%s", name, atom)
		}), nil
	}
	return nil, fmt.Errorf("no kind of neurons learns, so there is no goal to search")
}

var twoSources = []string{"unq_r", "unq_c", "red", "syn", "h_res"}

func list(atoms []string, goal language.Goal, path func(int, string) string) (all []Coefficient) {
	for i, atom := range atoms {
		all = append(all, Coefficient{path(i, atom), atom, goal[atom]})
	}
	return all
}
