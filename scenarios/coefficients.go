package scenarios

import "fmt"

// Coefficient is one coefficient of a goal: the setting that holds it, what it
// weighs, and its value.
type Coefficient struct {
	Path  string // such as neuron.goal.unq_r or hidden_layer.gamma[3]
	Atom  string // such as unq_r or {1}{2}; h_res for the residual entropy
	Value float64
}

// Coefficients returns the goal of the scenario's neurons; of a hidden layer,
// that of its hidden neurons, whether the scenario names it or spells it out.
func (s *Scenario) Coefficients() ([]Coefficient, error) {
	if s.Hidden == nil {
		g := s.Neuron.Goal
		return []Coefficient{
			{"neuron.goal.unq_r", "unq_r", g.UnqR}, {"neuron.goal.unq_c", "unq_c", g.UnqC}, {"neuron.goal.red", "red", g.Red},
			{"neuron.goal.syn", "syn", g.Syn}, {"neuron.goal.h_res", "h_res", g.HRes},
		}, nil
	}
	g, err := s.Hidden.goal()
	if err != nil {
		return nil, err
	}
	all := make([]Coefficient, 0, len(hiddenAtoms)+1)
	add := func(atom string, v float64) {
		all = append(all, Coefficient{fmt.Sprintf("hidden_layer.gamma[%d]", len(all)), atom, v})
	}
	for _, atom := range hiddenAtoms {
		v, _ := g.Gamma(atom)
		add(atom, v)
	}
	residual, _ := g.Gamma("h_res")
	add("h_res", residual)
	return all, nil
}
