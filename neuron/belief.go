package neuron

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// belief is the state of belief recall: each neuron holds a graded belief
// x ∈ [−1, 1] about its bit, and from the beliefs x_j that reach it forms
//
//	q = mean of min(x_j², 1),  g = Gain/(Ceiling − q),  h = ŵ·x_j,  ŵ = w/|w|
//	x ← (1−Step)·x + Step·tanh(g·(h − Reaction·(1−q)·x) + R)
//	told: x·(1 + Emphasis·max(0, Margin − |h|))
//
// The gain grows as the network makes up its mind, so that weak evidence is
// not taken for certainty; sign dynamics has a much smaller basin with the
// same weights. R carries the cue, where it is held or fades.
//
// Emphasis is what a neuron adds when its context does not bear its bit out:
// weights learnt from patterns are all but symmetric, so those that could bear
// it out are those that hear it best, and they lean towards where the whole
// pattern is stable. Reaction takes off the echo of a neuron's own belief that
// comes back through them (the Onsager term of message passing).
type belief struct {
	x     float64
	norm  float64 // |w| of the contextual port, fixed while recalling
	steps int64
}

// believe starts belief recall from the current output, if that is the
// dynamics; otherwise nothing is believed.
func (n *Neuron) believe() {
	n.belief = belief{}
	if n.dynamics.believes() {
		n.belief = belief{x: float64(n.y), norm: floats.Norm(n.ports[Contextual].w, 2)}
	}
}

// think takes one step of belief recall and returns the new belief as it is
// told.
func (n *Neuron) think(s [NumPorts]float64) float64 {
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

// conviction returns the mean of min(x², 1), 0 of nothing.
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
