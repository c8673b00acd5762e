package language

import (
	"fmt"
	"slices"

	"infomorph/internal/config"
)

// Surprises reports whether neurons of a population send their surprise.
func (e *Experiment) Surprises(population string) bool {
	pop := e.Populations.Get(population)
	k := e.Kind(pop.Neuron)
	return k != nil && (k.Surprise > 0 || pop.Each.Has("surprise"))
}

// surprises reports surprises that are never sent, and steps in which nobody sends any.
func (c *checker) surprises() {
	sent := map[string]bool{} // by kind
	for i := range c.Protocol {
		p := &c.Protocol[i]
		if p.Present == nil && p.Script == nil {
			continue
		}
		for name, pop := range c.Populations.All() {
			sent[pop.Neuron] = sent[pop.Neuron] || p.Script != nil || p.Present.sendsSurprise(name)
		}
		if p.Present != nil {
			c.surpriseSteps(p.Present, fmt.Sprintf("protocol[%d].present.steps", i))
		}
	}
	for name, pop := range c.Populations.All() {
		at, key := config.JoinPath("neurons", pop.Neuron)+".surprise", "surprise"
		if pop.Each.Has(key) {
			at = config.JoinPath("populations", name) + ".each.surprise"
		}
		c.f.problem(c.Surprises(name) && !sent[pop.Neuron], at, "has no effect, because no phase that learns lets its neurons send it",
			"present items and learn; if the phase has steps, add one with do: [surprise] before do: [learn]")
	}
}

// sendsSurprise reports whether a population can send its surprise in a phase, or learns
// from batches in it, for which there is another message.
func (p *Present) sendsSurprise(population string) bool {
	if p.Learn == "none" {
		return false
	}
	return p.Batch != nil || len(p.Steps) == 0 || slices.ContainsFunc(p.Steps, func(s Step) bool {
		return slices.Contains(s.Do, "surprise") && (len(s.Populations) == 0 || slices.Contains(s.Populations, population))
	})
}

func (c *checker) surpriseSteps(p *Present, at string) {
	for i, s := range p.Steps {
		if !slices.Contains(s.Do, "surprise") {
			continue
		}
		at := fmt.Sprintf("%s[%d].do", at, i)
		c.f.problem(len(s.Do) > 1, at, "says surprise beside something else", "make it a step of its own, after those in which neurons fire and before those in which they learn")
		from := s.Populations
		if len(from) == 0 {
			from = c.Populations.Names()
		}
		c.f.problem(!slices.ContainsFunc(from, c.surprising), at, "says surprise, but none of these neurons sends any", "set surprise: 1 of a kind of neurons")
		c.f.problem(p.Learn == "none", at, "says surprise, which has no effect if nobody learns", "")
	}
}

// surprising is Surprises for a name that may be wrong.
func (c *checker) surprising(population string) bool {
	return c.Populations.Has(population) && c.Surprises(population)
}
