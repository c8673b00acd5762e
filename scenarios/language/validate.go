package language

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"infomorph/internal/config"
)

// faults collects problems of a document, each with its path.
type faults []error

// problem adds a problem of the key at path if on is true.
func (f *faults) problem(on bool, path, problem, hint string) {
	if on {
		*f = append(*f, config.FieldProblem(path, problem, hint))
	}
}

// among reports whether name is one of names, and adds a problem if it is not. The text
// what describes the names.
func (f *faults) among(path, name, what string, names []string) bool {
	if slices.Contains(names, name) {
		return true
	}
	hint := config.Suggest(name, names)
	switch {
	case len(names) == 0:
		hint = "there is none"
	case hint == "":
		hint = "there are " + config.Abridge(names, 8)
	}
	*f = append(*f, config.FieldError(path, name, what, hint))
	return false
}

func (f *faults) add(errs ...error) { *f = append(*f, errs...) }

func (f faults) join() error { return errors.Join(f...) }

// portLetters are the ports, in order.
var portLetters = []string{"r", "c", "l"}

// Validate implements config.Validator.
func (n *Neuron) Validate() error {
	var f faults
	if s := n.Sources; !slices.Equal(s, portLetters[:min(len(s), 3)]) || len(s) < 2 {
		f.add(config.FieldError("sources", "["+strings.Join(s, ", ")+"]", "[r, c] or [r, c, l]", ""))
		return f.join()
	}
	f.add(n.Goal.check(len(n.Sources))...)
	f.problem(n.Learns && n.WarmUp > n.Window, "warm_up", "is longer than the window", fmt.Sprintf("at most %d samples", n.Window))
	n.checkActivation(&f)
	n.checkPorts(&f)
	n.checkClock(&f)
	f.problem(n.Surprise > 0 && n.Activation.Kind != "sum", "surprise", "needs activation.kind sum, because other neurons predict nothing without receptive input", "")
	f.problem(n.Surprise > 0 && n.Clock.Kind != "synchronous", "surprise", "is for synchronous neurons, because a neuron with a clock of its own sends its output and learns in one update", "leave it out, or set clock.kind: synchronous")
	f.problem(n.Surprise > 0 && n.Tell == "never", "surprise", "has no effect, because tell is never", "")
	if h := n.Homeostasis; h != nil {
		h.check(&f)
	}
	if !n.Learns {
		n.checkIdle(&f)
	}
	return f.join()
}

// defaultKind is a kind of neurons with default settings only.
func defaultKind() *Neuron {
	k := &Neuron{}
	if err := decodeBare(k); err != nil {
		panic("language: the defaults of a kind are not valid: " + err.Error())
	}
	return k
}

// decodeBare decodes an empty section without validating it.
func decodeBare(k *Neuron) error {
	type bare Neuron
	var b bare
	if err := config.Decode("defaults", []byte("{}"), &b); err != nil {
		return err
	}
	*k = Neuron(b)
	return nil
}

func (n *Neuron) checkActivation(f *faults) {
	a := &n.Activation
	modulates := a.Kind == "modulatory" || a.Kind == "kay_phillips"
	f.problem(a.Kind == "three_source" && len(n.Sources) != 3, "activation.kind", "is three_source, and the neuron has two sources", "write sources: [r, c, l]")
	f.problem(!modulates && a.K1 != 0.5, "activation.k1", "has no effect, because activation.kind is "+a.Kind, "it is for modulatory and kay_phillips")
	f.problem(!modulates && a.K2 != 2, "activation.k2", "has no effect, because activation.kind is "+a.Kind, "it is for modulatory and kay_phillips")
	f.problem(a.Kind != "sum" && a.Gain != 1, "activation.gain", "has no effect, because activation.kind is "+a.Kind, "it is for sum")
}

func (n *Neuron) checkPorts(f *faults) {
	for letter, p := range n.Ports.All() {
		at := config.JoinPath("ports", letter)
		if !slices.Contains(portLetters, letter) {
			f.add(config.FieldProblem(at, "is no port", "ports are r (receptive), c (contextual) and l (lateral)"))
			continue
		}
		f.problem(!slices.Contains(n.Sources, letter), at, "is of a port that is not among sources", "write sources: [r, c, l]")
		p.check(f, at, n.Learns)
	}
	for _, s := range n.Sources {
		f.problem(n.Learns && !n.Ports.Has(s), "ports", "says nothing of port "+s+", which is one of sources", fmt.Sprintf("add %s: {rule: frozen} for weights that stay", s))
	}
}

// check reports settings that have no effect on a port.
func (p *Port) check(f *faults, at string, learns bool) {
	idle := func(on bool, key, why string) {
		f.problem(on, at+"."+key, "has no effect, because "+why, "")
	}
	frozen := p.Rule == "frozen"
	why := "rule is frozen"
	idle(!learns && !frozen, "rule", "the neuron does not learn (learns: false)")
	idle(frozen && p.Rate != 1, "rate", why)
	idle(frozen && p.EndRate != -1, "end_rate", why)
	idle(frozen && p.Halfway != 0, "halfway", why)
	idle(!frozen && p.Halfway != 0 && p.EndRate < 0, "halfway", "there is no end_rate that the rate approaches")
	idle(frozen && p.HRes != 0, "h_res", why)
	idle(!frozen && p.HRes != 0 && p.EndRate < 0, "h_res", "there is no end_rate to which the rate goes")
	idle(p.HRes != 0 && p.Halfway != 0, "halfway", "the rate follows h_res")
	idle(frozen && p.Norm != "fan_in", "norm", why)
	idle(frozen && p.Clip != 0, "clip", why)
	idle(frozen && p.Decay != 0, "decay", why)
	idle(frozen && p.Bias, "bias", why)
	idle(p.Rule == "delta" && p.Norm != "fan_in", "norm", "it is for rule goal")
	f.problem(p.Bins.Number <= 2 && p.Bins.Range != 10, at+".bins.range", fmt.Sprintf("has no effect on %d bins", p.Bins.Number), "two bins part at 0; leave it out")
	f.problem(p.Bins.Soft && p.Bins.Number <= 2, at+".bins.soft", fmt.Sprintf("has no effect on %d bins", p.Bins.Number), "one or two bins are hard; take at least three, or leave it out")
	idle(p.Bins.Soft && !learns, "bins.soft", "the neuron does not learn (learns: false)")
	f.problem(p.EndRate < 0 && p.EndRate != -1, at+".end_rate", "is negative, which means no change", "write -1, or leave it out")
}

func (n *Neuron) checkClock(f *faults) {
	c := &n.Clock
	c.check(f, "clock")
	f.problem(n.Gate != nil && c.Kind == "synchronous", "gate", "has no effect, because clock.kind is synchronous", "the gate is for neurons with clocks of their own")
	f.problem(n.Gate != nil && n.Gate.Once && n.Gate.Threshold >= 1, "gate.threshold", "is 1, but a gate that closes after one sample needs less", "")
}

// check reports settings that have no effect on a clock.
func (c *Clock) check(f *faults, at string) {
	idle := func(on bool, key, why string) {
		f.problem(on, at+"."+key, "has no effect, because "+at+".kind is "+c.Kind, why)
	}
	idle(c.Kind == "synchronous" && c.Interval != 10_000, "interval", "synchronous neurons update when the protocol says so")
	idle(c.Kind != "periodic" && c.Phase != 0, "phase", "it is for periodic")
	idle(c.Kind != "periodic" && !c.Scatter, "scatter", "it is for periodic")
}

// check reports settings that have no effect in homeostasis.
func (h *Homeostasis) check(f *faults) {
	idle := func(on bool, key, why string) {
		f.problem(on, "homeostasis."+key, "has no effect, because "+why, "")
	}
	rates := h.BiasGain > 0 || h.BiasEnd > 0
	f.problem(h.Gain == 0 && !rates, "homeostasis", "has no effect, because gain and bias_gain are 0", "leave the section out")
	idle(h.Gain == 0 && h.Target != 5, "target", "gain is 0")
	idle(h.Gain == 0 && h.Start != 0, "start", "gain is 0")
	idle(!rates && h.Rate != 0.5, "rate", "bias_gain is 0")
	idle(!rates && h.Tolerance != 0, "tolerance", "bias_gain is 0")
	idle(h.BiasEnd == 0 && h.BiasGain == 0, "bias_end", "bias_gain is 0")
	moves := h.Start != 0 || h.BiasEnd >= 0
	idle(!moves && h.From != 0.1, "from", "neither start nor bias_end says what changes")
	idle(!moves && h.To != 0.3, "to", "neither start nor bias_end says what changes")
	idle(!moves && h.Halfway != 0, "halfway", "neither start nor bias_end says what changes")
	idle(!moves && h.HRes != 0, "h_res", "neither start nor bias_end says what changes")
	idle(h.HRes != 0 && h.Halfway != 0, "halfway", "the changes follow h_res")
	key := "halfway"
	if h.HRes != 0 {
		key = "h_res"
	}
	own := moves && (h.Halfway != 0 || h.HRes != 0)
	f.problem(own && h.From != 0.1, "homeostasis.from", "has no effect, because of "+key, "write "+key+": 0 for a change from a share of the training to another")
	f.problem(own && h.To != 0.3, "homeostasis.to", "has no effect, because of "+key, "write "+key+": 0 for a change from a share of the training to another")
	f.problem(moves && h.From > h.To, "homeostasis.from", "is later than to", "")
	f.problem(h.BiasEnd < 0 && h.BiasEnd != -1, "homeostasis.bias_end", "is negative, which means no change", "write -1, or leave it out")
}

// checkIdle reports settings that have no effect on neurons that do not learn.
func (n *Neuron) checkIdle(f *faults) {
	d := defaultKind()
	idle := func(on bool, key string) {
		f.problem(on, key, "has no effect, because the neuron does not learn (learns: false)", "")
	}
	idle(len(n.Goal) > 0, "goal")
	idle(n.Window != d.Window, "window")
	idle(n.WarmUp != d.WarmUp, "warm_up")
	idle(n.HardBits, "hard_bits")
	idle(n.StepClip != 0, "step_clip")
	idle(n.Homeostasis != nil, "homeostasis")
	idle(n.Prior != nil, "prior")
	idle(n.Gate != nil, "gate")
	idle(n.StabilityNorm != 0, "stability_norm")
}

// fixedSettings are settings of a kind that cannot differ within a population.
var fixedSettings = []string{"like", "sources", "learns", "clock.kind"}

// checkEach reports settings in each that cannot differ within a population, that do not
// exist, or whose values do not fit.
func (p *Population) checkEach(f *faults, at string, kind *Neuron) {
	for key, e := range p.Each.All() {
		here := config.JoinPath(at+".each", key)
		if slices.Contains(fixedSettings, key) {
			f.add(config.FieldProblem(here, "cannot differ between the neurons of a population", "make two populations"))
			continue
		}
		f.problem(p.Size > 0 && e.List != nil && len(e.List) != p.Size, here, fmt.Sprintf("has %d values for %d neurons", len(e.List), p.Size), "give one for each, in order")
		if kind == nil || e.Column != nil {
			continue
		}
		var value string
		where := here
		switch {
		case e.List != nil:
			for i := range e.List {
				if err := config.Assign(kind.Clone(), key, e.List[i].Text()); err != nil {
					f.add(config.FieldProblem(fmt.Sprintf("%s[%d]", here, i), "does not fit: "+err.Error(), ""))
					break
				}
			}
			continue
		default:
			v, err := e.Draw(probeSource())
			f.add(err)
			value = v
		}
		if err := config.Assign(kind.Clone(), key, value); err != nil {
			f.add(config.FieldProblem(where, "does not fit: "+err.Error(), ""))
		}
	}
}
