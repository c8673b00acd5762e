package neuron

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// MaxWeight bounds learnt weights and biases. Larger values are useless: at a
// sum of ±40 a firing probability is already 0 or 1 in practice. Weights become
// so large only if a learning rule is unstable, and soon after they are
// infinite.
const MaxWeight = 1e6

// Breakdown is the end of a neuron: a value that it computed is not finite, or
// a weight is outside ±MaxWeight. From then on the neuron does not update,
// learn or fire. An engine ends the run with the first Breakdown as its error.
type Breakdown struct {
	Time   Time
	Neuron ID
	Port   Port // of the bad value; Receptive for θ and for the goal's gradient
	What   Quantity
	Slot   int // of a weight or an input, within its port
	Value  float64
	// Rule is the learning rule of the port; Spread is whether homeostasis also
	// changes its weights.
	Rule   Rule
	Spread bool
}

// Quantity says which value a Breakdown is about.
type Quantity uint8

// The quantities that are checked.
const (
	WeightBroke   Quantity = iota // a weight or its bias
	InputBroke                    // a presynaptic value
	SumBroke                      // the value of a port, although its parts are finite
	ThetaBroke                    // the firing probability, or a graded output
	GradientBroke                 // the gradient of the goal
)

// BiasSlot is the Slot of a bias.
const BiasSlot = -1

// Error says in one sentence what broke, where and when, and which setting is
// the likely cause.
func (b *Breakdown) Error() string {
	return fmt.Sprintf("neuron %d: %s at %v%s; %s", b.Neuron, b.what(), b.Time, b.bound(), b.Advice())
}

func (b *Breakdown) what() string {
	switch b.What {
	case WeightBroke:
		if b.Slot == BiasSlot {
			return fmt.Sprintf("the bias of port %s became %g", b.Port, b.Value)
		}
		return fmt.Sprintf("weight %d of port %s became %g", b.Slot, b.Port, b.Value)
	case InputBroke:
		return fmt.Sprintf("synapse %d of port %s received %g", b.Slot, b.Port, b.Value)
	case SumBroke:
		return fmt.Sprintf("the value of port %s became %g", b.Port, b.Value)
	case ThetaBroke:
		return fmt.Sprintf("its output became %g", b.Value)
	default:
		return fmt.Sprintf("the gradient of its goal became %g", b.Value)
	}
}

func (b *Breakdown) bound() string {
	if b.What == WeightBroke && math.Abs(b.Value) <= math.MaxFloat64 {
		return fmt.Sprintf(", beyond ±%g", float64(MaxWeight))
	}
	return ""
}

// Setting returns the key of the neuron's setting that is the likely cause:
// ports.c.rate, homeostasis.gain, goal or activation, or "" if the cause is the
// input of the neuron.
func (b *Breakdown) Setting() string {
	switch b.What {
	case InputBroke:
		return ""
	case ThetaBroke:
		return "activation"
	case GradientBroke:
		return "goal"
	}
	switch {
	case b.Rule == Frozen && b.Spread:
		return "homeostasis.gain"
	case b.Rule == Frozen:
		return ""
	}
	return "ports." + b.Port.String() + ".rate"
}

// Advice says what the user can do about it.
func (b *Breakdown) Advice() string {
	switch b.Setting() {
	case "":
		return "its input is too large: see the values of data, inputs and initial weights"
	case "activation":
		return "see its activation"
	case "goal":
		return "the weights of its goal are too large"
	case "homeostasis.gain":
		return "the gain of its homeostasis is too large"
	}
	if b.Rule == DeltaRule {
		return "its learning rate is too large (a delta rule is stable below 2 divided by the sum of squared inputs)"
	}
	return "its learning rate is too large; lower it, or bound the weights by clip or decay"
}

// isFinite returns false for NaN and infinities.
func isFinite(v float64) bool { return v-v == 0 }

// breakDown ends the neuron.
func (n *Neuron) breakDown(t Time, b *Breakdown, out *Output) {
	b.Time, b.Neuron = t, n.id
	b.Rule = n.cfg.Ports[b.Port].Rule
	b.Spread = b.Port == Receptive && n.cfg.Homeostasis.Gain > 0
	n.broken, n.next = true, Never
	out.Broken = append(out.Broken, *b)
}

// brokenSum says which value of the ports is not finite.
func (n *Neuron) brokenSum(s *[NumPorts]float64, A float64) *Breakdown {
	for p := range n.ports {
		if isFinite(s[p]) {
			continue
		}
		port := &n.ports[p]
		if b := port.brokenWeight(math.MaxFloat64); b != nil {
			b.Port = Port(p)
			return b
		}
		for i, x := range port.input() {
			if !isFinite(x) {
				return &Breakdown{Port: Port(p), What: InputBroke, Slot: i, Value: x}
			}
		}
		return &Breakdown{Port: Port(p), What: SumBroke, Value: s[p]}
	}
	return &Breakdown{What: ThetaBroke, Value: A}
}

// broken returns a weight or bias outside ±MaxWeight, or nil. If the sum of
// squares is small enough, all are inside; only otherwise are they checked one
// by one.
func (p *port) broken() *Breakdown {
	if floats.Dot(p.w, p.w)+p.bias*p.bias <= MaxWeight*MaxWeight {
		return nil
	}
	return p.brokenWeight(MaxWeight)
}

// brokenWeight returns the first weight, or the bias, outside ±bound; nil if
// there is none.
func (p *port) brokenWeight(bound float64) *Breakdown {
	for i, w := range p.w {
		if !(math.Abs(w) <= bound) {
			return &Breakdown{What: WeightBroke, Slot: i, Value: w}
		}
	}
	if !(math.Abs(p.bias) <= bound) {
		return &Breakdown{What: WeightBroke, Slot: BiasSlot, Value: p.bias}
	}
	return nil
}
