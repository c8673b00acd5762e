package protocol

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"infomorph/neuron"
)

// brokenNeuron is a breakdown with the names that the document uses.
type brokenNeuron struct {
	*neuron.Breakdown
	who, setting string
}

// Error includes the population of the neuron, and the path of the setting.
func (b *brokenNeuron) Error() string {
	text := b.Breakdown.Error()
	if b.who != "" {
		text = b.who + ", " + text
	}
	if b.setting != "" {
		text += "; the setting is " + b.setting
	}
	return text
}

// Unwrap returns the breakdown.
func (b *brokenNeuron) Unwrap() error { return b.Breakdown }

// explain adds the neuron's population and the setting to an error that is a breakdown.
func (r *Run) explain(err error) error {
	var b *neuron.Breakdown
	var told *brokenNeuron
	if !errors.As(err, &b) || errors.As(err, &told) {
		return err
	}
	e := &brokenNeuron{Breakdown: b}
	g, k := r.plan.Net.Of(b.Neuron)
	p := r.plan.Experiment.Populations.Get(g.Name)
	if p == nil {
		return e
	}
	e.who = fmt.Sprintf("%s #%d", g.Name, k)
	if key := b.Setting(); key != "" {
		e.setting = fmt.Sprintf("neurons.%s.%s", p.Neuron, key)
		if short := shortSettings[key]; p.Neuron == "unit" && short != "" {
			e.setting += ", or in a short form " + short
		}
	}
	return e
}

// shortSettings maps settings of a neuron to keys of short forms.
var shortSettings = map[string]string{
	"ports.r.rate": "neuron.receptive_learning.rate", "ports.c.rate": "neuron.learning.rate", "homeostasis.gain": "neuron.homeostasis.gain",
	"goal": "neuron.goal", "activation": "neuron.activation",
}

// broken returns a Breakdown if a weight of the group is NaN or beyond neuron.MaxWeight,
// else nil.
func (b *batched) broken(at neuron.Time) error {
	for k := range neuron.Port(len(b.Ports)) {
		w := b.Ports[k].Weights
		if floats.Dot(w, w) <= neuron.MaxWeight*neuron.MaxWeight {
			continue
		}
		var found *neuron.Breakdown
		b.each(k, func(j int, weights []float64, bias float64) {
			for slot, v := range append(weights, bias) {
				if found != nil || math.Abs(v) <= neuron.MaxWeight {
					continue
				}
				if slot == len(weights) {
					slot = neuron.BiasSlot
				}
				found = &neuron.Breakdown{Time: at, Neuron: b.first + neuron.ID(j), Port: k, What: neuron.WeightBroke, Slot: slot, Value: v, Rule: b.net.Config(b.first).Ports[k].Rule}
			}
		})
		if found != nil {
			return found
		}
	}
	return nil
}
