package neuron

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// belief is the state of belief recall: each neuron holds a graded belief
// x ∈ [−1, 1] about its bit, and from the beliefs that reach it forms
//
//	q = mean of x_j²,  g = Gain/(Ceiling − q),
//	x ← (1−Step)·x + Step·tanh(g·ŵ·x_j + R),  ŵ = w/|w|
//
// The gain grows as the network makes up its mind, so that weak evidence is
// not taken for certainty; sign dynamics has a much smaller basin with the
// same weights. R carries the cue, where it is held or fades.
type belief struct {
	x     float64
	norm  float64 // |w| of the contextual port, fixed while recalling
	steps int64
}

// believe starts belief recall from the current output, if that is the
// dynamics; otherwise nothing is believed.
func (n *Neuron) believe() {
	n.belief = belief{}
	if n.dynamics != Belief && n.dynamics != GradedBelief {
		return
	}
	n.belief = belief{x: float64(n.y), norm: floats.Norm(n.ports[Contextual].w, 2)}
}

// think takes one step of belief recall and returns the new belief.
func (n *Neuron) think(s [NumPorts]float64) float64 {
	b, cfg, c := &n.belief, n.cfg.belief(), &n.ports[Contextual]
	g := cfg.FirstGain
	if b.steps > 0 && len(c.x) > 0 {
		q := floats.Dot(c.x, c.x) / float64(len(c.x))
		g = cfg.Gain / (cfg.Ceiling - min(q, 1))
	}
	b.steps++
	evidence := s[Receptive]
	if b.norm > 0 {
		evidence += g * s[Contextual] / b.norm
	}
	b.x += cfg.Step * (math.Tanh(evidence) - b.x)
	return b.x
}
