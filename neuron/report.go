package neuron

import (
	"slices"

	"infomorph/pid"
)

// Want says what a Report contains besides counters.
type Want uint8

// The parts of a Report.
const (
	WantWeights Want = 1 << iota
	WantAtoms
	WantLearning // Gradient and Chi
)

// Report describes a neuron between two epochs. It shares no memory with the
// neuron.
type Report struct {
	Neuron         ID
	Updates, Steps int64
	Output         float32
	Open           bool // the novelty gate allows learning
	Goal           float64
	Atoms          *pid.Decomposition // with WantAtoms; nil if the window is empty or the neuron was removed
	Weights        [NumPorts][]float64
	Bias           [NumPorts]float64
	Shift          [NumPorts]float64 // with WantWeights: what the port subtracts from its sum because it centres its inputs
	Gradient       float64           // with WantLearning: change of the goal if the neuron fired more at its present port values [bit]
	Chi            float64           // with WantLearning: state of the novelty gate
}

// Report returns a description of the neuron.
func (n *Neuron) Report(want Want) Report {
	r := Report{Neuron: n.id, Updates: n.updates, Steps: n.steps, Output: n.y, Open: n.open()}
	if want&WantAtoms != 0 && n.window.Len() > 0 && !n.cfg.Removed {
		if d, err := n.window.Decompose(); err == nil {
			goal := n.window.CurrentGoal()
			r.Atoms, r.Goal = d, goal.Value(d)
		}
	}
	if want&WantLearning != 0 && !n.cfg.Removed {
		var s, slope [NumPorts]float64
		n.sums(&s, &slope)
		r.Gradient, r.Chi = n.gradient(n.cell(&s)), n.news
	}
	for p := range n.ports {
		r.Bias[p] = n.ports[p].bias
		if want&WantWeights != 0 {
			r.Weights[p] = slices.Clone(n.ports[p].w)
			r.Shift[p] = n.ports[p].offCentre()
		}
	}
	return r
}
