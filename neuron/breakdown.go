package neuron

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// MaxWeight bounds weights and biases that are learnt. Nothing is to be learnt
// there: at a sum of ±40 a firing probability cannot be told from 0 or 1. Weights
// get there where a learning rule is unstable, and are infinite soon after.
const MaxWeight = 1e6

// Breakdown is the end of a neuron: something that it computed is not finite, or
// a weight left ±MaxWeight. It does not update, learn or tell anything from then
// on, and an engine ends the run with the first Breakdown as its error.
type Breakdown struct {
	Time   Time
	Neuron ID
	Port   Port // of what is wrong; for θ and the goal's gradient, the first
	What   Quantity
	Slot   int // of a weight or an input, in its port
	Value  float64
	// Rule is what moves the weights of the port; Spread whether homeostasis does.
	Rule   Rule
	Spread bool
}

// Quantity is what a Breakdown is about.
type Quantity uint8

// The quantities that are watched.
const (
	WeightBroke   Quantity = iota // a weight or its bias
	InputBroke                    // a presynaptic value
	SumBroke                      // the value of a port, of finite parts
	ThetaBroke                    // the firing probability, or a graded output
	GradientBroke                 // the gradient of the goal, made of atoms
)

// BiasSlot is the Slot of a bias.
const BiasSlot = -1

// Error says in one sentence what broke where and when, and which setting is the
// likely reason.
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
		return fmt.Sprintf("synapse %d of port %s was told %g", b.Slot, b.Port, b.Value)
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

// Setting returns the key of a neuron's settings that is the likely reason:
// ports.c.rate, homeostasis.gain, goal, activation, or "" where the reason lies in
// what the neuron is told.
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

// Advice says what to do about it.
func (b *Breakdown) Advice() string {
	switch b.Setting() {
	case "":
		return "what it is told is too large: see the values of data, inputs and initial weights"
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

// isFinite is false of NaN and infinities.
func isFinite(v float64) bool { return v-v == 0 }

// breakDown ends the neuron.
func (n *Neuron) breakDown(t Time, b *Breakdown, out *Output) {
	b.Time, b.Neuron = t, n.id
	b.Rule = n.cfg.Ports[b.Port].Rule
	b.Spread = b.Port == Receptive && n.cfg.Homeostasis.Gain > 0
	n.broken, n.next = true, Never
	out.Broken = append(out.Broken, *b)
}

// brokenSum says what is not finite in the values of the ports.
func (n *Neuron) brokenSum(s [NumPorts]float64, A float64) *Breakdown {
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

// broken returns what is not within ±MaxWeight, or nil. Weights whose squares add
// up to no more are; only else are they looked at one by one.
func (p *port) broken() *Breakdown {
	if floats.Dot(p.w, p.w)+p.bias*p.bias <= MaxWeight*MaxWeight {
		return nil
	}
	return p.brokenWeight(MaxWeight)
}

// brokenWeight returns the first weight, or the bias, that is not within ±bound.
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
