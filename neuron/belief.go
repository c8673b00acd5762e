package neuron

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// belief is the state of belief recall: each neuron holds a graded belief x ∈
// [−1, 1] about its bit. From the beliefs x_j that it receives it computes
//
//	q = mean of min(x_j², 1),  g = Gain/(Ceiling − q),  h = ŵ·x_j,  ŵ = w/|w|
//	x ← (1−Step)·x + Step·tanh(g·(h − Reaction·(1−q)·x) + R)
//	output: x·(1 + Emphasis·max(0, Margin − |h|))
//
// The gain g grows as the beliefs become certain, so weak evidence at the start
// is not treated as certain. Sign dynamics with the same weights has a much
// smaller basin of attraction. R is the receptive value; it carries the cue
// while the cue is present.
//
// Emphasis makes the output of a neuron stronger if its context does not
// support its bit. Weights learnt from patterns are nearly symmetric, so the
// neurons that could support the bit are those that receive this output with
// the largest weights; they then move towards a state in which the whole
// pattern is stable. Reaction removes the part of h that is the neuron's own
// belief, returned by other neurons (the Onsager term of message passing).
type belief struct {
	x     float64
	norm  float64 // |w| of the contextual port, fixed while recalling
	steps int64
}

// believe starts belief recall from the current output if the dynamics is one
// of beliefs; otherwise it clears the belief.
func (n *Neuron) believe() {
	n.belief = belief{}
	if n.dynamics.believes() {
		n.belief = belief{x: float64(n.y), norm: floats.Norm(n.ports[Contextual].w, 2)}
	}
}

// think takes one step of belief recall and returns the output.
func (n *Neuron) think(s *[NumPorts]float64) float64 {
	b, cfg, c := &n.belief, n.cfg.belief(n.dynamics), &n.ports[Contextual]
	h, q := 0.0, conviction(c.x)
	if b.norm > 0 {
		h = s[Contextual] / b.norm
	}
	g := cfg.FirstGain
	if b.steps > 0 && len(c.x) > 0 {
		g = cfg.Gain / (cfg.Ceiling - q)
	}
	b.steps++
	evidence := g * (h - cfg.Reaction*(1-q)*b.x)
	b.x += cfg.Step * (math.Tanh(evidence+s[Receptive]) - b.x)
	return b.x * (1 + cfg.Emphasis*max(0, cfg.Margin-math.Abs(h)))
}

// conviction returns the mean of min(x², 1), 0 for an empty x.
func conviction(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range x {
		sum += min(v*v, 1)
	}
	return sum / float64(len(x))
}
