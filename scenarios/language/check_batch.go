package language

import (
	"fmt"
	"slices"
	"strings"

	"infomorph/internal/config"
)

// batch checks the batch section of a phase.
func (c *checker) batch(p *Present, at string) {
	b := p.Batch
	for _, name := range b.Of.Names() {
		c.f.among(config.JoinPath(at+".batch.of", name), name, "a population", c.Populations.Names())
	}
	for i, name := range b.Fit {
		c.f.among(fmt.Sprintf("%s.batch.fit[%d]", at, i), name, "a population", c.Populations.Names())
	}
	idle := func(on bool, key, why string) { c.f.problem(on, at+"."+key, "has no effect on batches", why) }
	idle(p.Order != "shuffled", "order", "they are drawn in an order of their own")
	idle(p.Output != "own", "output", "an output is drawn with the probability that the neuron gives")
	idle(b.Halfway != 0 && (b.EndRate < 0 || b.EndRate == b.Rate) && b.EndDrive == 1, "batch.halfway", "neither end_rate nor end_drive says what changes")
	idle(b.EndDrive != 1 && !c.drives(p), "batch.end_drive", "it is for inputs at a receptive port whose weights are frozen")
	for name, pop := range c.Populations.All() {
		k, at := c.Kind(pop.Neuron), config.JoinPath("neurons", pop.Neuron)
		switch {
		case k == nil || !p.updates(name):
		case lists(p.Learn, name):
			c.outsideEngine(k, at)
		default:
			c.firesOutsideEngine(k, at)
		}
	}
}

// InBatches reports whether the neurons of a population learn from batches in some phase.
func (e *Experiment) InBatches(population string) bool {
	return slices.ContainsFunc(e.Protocol, func(p Phase) bool {
		return p.Present != nil && p.Present.Batch != nil && p.Present.updates(population)
	})
}

// updates reports whether a population takes part in the steps of a phase.
func (p *Present) updates(population string) bool {
	if len(p.Steps) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Steps, func(s Step) bool {
		return len(s.Populations) == 0 || slices.Contains(s.Populations, population)
	})
}

// drives reports whether an input projects through frozen weights to the receptive port
// of neurons that the phase updates.
func (c *checker) drives(p *Present) bool {
	return slices.ContainsFunc(c.Projections, func(l Projection) bool {
		if l.Port != "r" || !c.Inputs.Has(l.From) || !c.Populations.Has(l.To) || !p.updates(l.To) {
			return false
		}
		k := c.Kind(c.Populations.Get(l.To).Neuron)
		return k != nil && (!k.HasPort("r") || k.Ports.Get("r").Rule == "frozen")
	})
}

const unheeded = "cannot be heeded where neurons learn from batches"

// firesOutsideEngine reports settings that batches do not support for neurons that fire
// but do not learn there. A context without influence on the output does not matter.
func (c *checker) firesOutsideEngine(k *Neuron, at string) {
	for letter, p := range k.Ports.All() {
		idle := letter != "r" && k.Activation.Kind == "sum" && k.Activation.Gain == 0
		c.f.problem(p.Squash && !idle, config.JoinPath(at+".ports", letter)+".squash", unheeded, "")
	}
}

// outsideEngine reports settings of neurons that the event engine supports but learning
// from batches does not.
func (c *checker) outsideEngine(k *Neuron, at string) {
	const why = unheeded
	for letter, p := range k.Ports.All() {
		port := config.JoinPath(at+".ports", letter)
		c.f.problem(p.Rule == "delta", port+".rule", "is delta, which "+why, "write goal or frozen")
		c.f.problem(p.Squash, port+".squash", why, "")
		c.f.problem(p.Center != 0, port+".center", why, "")
	}
	c.f.problem(k.Surprise != 0, at+".surprise", why, "")
	c.f.problem(k.Homeostasis != nil, at+".homeostasis", why, "")
}

// batches reports settings without effect on neurons that learn from batches only. Adam
// and the batch replace rates and window there.
func (c *checker) batches() {
	alone := map[string]bool{} // by kind
	for name, pop := range c.Populations.All() {
		batch, otherwise := c.learnsFrom(name)
		was, seen := alone[pop.Neuron]
		alone[pop.Neuron] = batch && !otherwise && (was || !seen)
	}
	for name, k := range c.Neurons.All() {
		switch only, used := alone[name]; {
		case only:
			c.batchesAlone(k, config.JoinPath("neurons", name))
		case used:
			c.softBins(k, config.JoinPath("neurons", name))
		}
	}
}

// softBins reports soft bins of a kind of neurons that learns item by item, or not at all.
func (c *checker) softBins(k *Neuron, at string) {
	for letter, p := range k.Ports.All() {
		c.f.problem(k.Learns && p.Bins.Soft, config.JoinPath(at+".ports", letter)+".bins.soft", "is for neurons that learn from batches alone",
			"let them learn only in phases with batch, or leave it out")
	}
}

// lists reports whether a list of populations, or all, contains a population.
func lists(list, population string) bool {
	return list == "all" || slices.ContainsFunc(strings.Split(list, ","), func(s string) bool { return strings.TrimSpace(s) == population })
}

// learnsFrom reports whether a population learns from batches, and whether it learns in
// any other way.
func (c *checker) learnsFrom(population string) (batch, otherwise bool) {
	among := func(list string) bool { return lists(list, population) }
	for i := range c.Protocol {
		switch p := &c.Protocol[i]; {
		case p.Script != nil:
			otherwise = true
		case p.Present != nil && among(p.Present.Learn) && p.Present.updates(population):
			batch = batch || p.Present.Batch != nil
			otherwise = otherwise || p.Present.Batch == nil
		case p.Play != nil && among(p.Play.Learn), p.Rest != nil && among(p.Rest.Learn):
			otherwise = true
		}
	}
	return batch, otherwise
}

// batchesAlone reports settings that have no effect on a kind of neurons that learns from
// batches only.
func (c *checker) batchesAlone(k *Neuron, at string) {
	idle := func(on bool, key string, without any) {
		last := key[strings.LastIndexByte(key, '.')+1:]
		c.f.problem(on, at+"."+key, "has no effect, because its neurons learn from batches alone",
			fmt.Sprintf("present.batch says how; leave it out, or, where like brings it, write %s: %v", last, without))
	}
	for letter, p := range k.Ports.All() {
		port := config.JoinPath("ports", letter)
		learns := p.Rule != "frozen"
		idle(learns && p.Rate != 1, port+".rate", 1)
		idle(learns && p.EndRate != -1, port+".end_rate", -1)
		idle(learns && p.Halfway != 0, port+".halfway", 0)
		idle(learns && p.HRes != 0, port+".h_res", 0)
		idle(learns && p.Norm != "fan_in", port+".norm", "fan_in")
		idle(learns && p.Clip != 0, port+".clip", 0)
		idle(learns && p.Decay != 0, port+".decay", 0)
	}
	d := defaultKind()
	idle(k.Window != d.Window, "window", d.Window)
	idle(k.WarmUp != d.WarmUp, "warm_up", d.WarmUp)
	idle(k.HardBits, "hard_bits", false)
	idle(k.ThetaFloor != d.ThetaFloor, "theta_floor", d.ThetaFloor)
	idle(k.StepClip != 0, "step_clip", 0)
	idle(k.StabilityNorm != 0, "stability_norm", 0)
}
