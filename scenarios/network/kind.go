package network

import (
	"fmt"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/scenarios/language"
)

var (
	clockKinds = map[string]neuron.ClockKind{
		"synchronous": neuron.Ticked, "event": neuron.OnEvent, "periodic": neuron.Periodic, "poisson": neuron.Poisson,
	}
	dynamics = map[string]neuron.Dynamics{
		"sampled": neuron.Sampled, "teacher": neuron.Teacher, "relay": neuron.Teacher, "sign": neuron.Sign, "threshold": neuron.Sign,
	}
	tells         = map[string]neuron.Tell{"always": neuron.TellAlways, "change": neuron.TellChange, "never": neuron.TellNever}
	learningRules = map[string]neuron.Rule{"goal": neuron.GoalGradient, "delta": neuron.DeltaRule, "frozen": neuron.Frozen}
	learningNorms = map[string]neuron.Norm{"fan_in": neuron.ByFanIn, "power": neuron.ByPower, "none": neuron.Unscaled, "adam": neuron.Adam}
)

// Config returns the configuration for a kind of neurons, with all planned
// schedules at their start values. Errors are relative to the kind.
func Config(k *language.Neuron) (*neuron.Config, error) {
	goal, err := k.Goal.Goal(len(k.Sources))
	if err != nil {
		return nil, config.FieldProblem("goal", err.Error(), "")
	}
	activation, err := neuron.ParseActivation(k.Activation.Kind)
	if err != nil {
		return nil, config.FieldProblem("activation.kind", err.Error(), "")
	}
	act := neuron.DefaultActivation(activation)
	act.Kappa, act.K1, act.K2 = k.Activation.Gain, k.Activation.K1, k.Activation.K2
	c := &neuron.Config{
		Sources: len(k.Sources), Activation: act, Goal: goal, Window: k.Window, Plastic: k.Learns,
		WarmUp: min(k.WarmUp, k.Window), HardBits: k.HardBits, ThetaFloor: k.ThetaFloor, StepClip: k.StepClip,
		Dynamics: dynamics[k.Output], Tell: tells[k.Tell],
		Clock:         clockOf(&k.Clock),
		StabilityNorm: k.StabilityNorm, Surprise: k.Surprise,
		Belief: neuron.DefaultBelief(), Emphatic: neuron.DefaultEmphatic(),
	}
	if k.Doubt > 0 {
		c.Emphatic.Ceiling = 1 + k.Doubt
	}
	if p := k.Prior; p != nil {
		c.Prior = neuron.Prior{Mass: p.Mass, Sigma: p.Sigma}
	}
	if g := k.Gate; g != nil {
		c.Gate = neuron.Gate{Threshold: g.Threshold, TauFraction: g.Tau, Heard: g.Heard, Once: g.Once}
	}
	for letter, port := range ports {
		c.Ports[port] = portConfig(k.Ports.Get(letter))
	}
	if !k.Learns {
		c.Window = 1
	}
	if h := k.Homeostasis; h != nil {
		c.Homeostasis = neuron.Homeostasis{Gain: h.Gain, MeanRate: h.MeanRate, Rate: h.Rate, Tolerance: h.Tolerance}
	}
	schedule(c, k, 0)
	if err := c.Validate(); err != nil {
		return nil, config.FieldProblem("", err.Error(), "")
	}
	return c, nil
}

// defaultBins are the bins of a port that a kind does not describe.
var defaultBins = pid.Bins{Lo: -10, Hi: 10, N: 20}

func portConfig(p *language.Port) neuron.PortConfig {
	if p == nil {
		return neuron.PortConfig{Bins: defaultBins}
	}
	return neuron.PortConfig{
		Bins: pid.Bins{Lo: -p.Bins.Range, Hi: p.Bins.Range, N: p.Bins.Number},
		Rule: learningRules[p.Rule], Norm: learningNorms[p.Norm],
		Bias: p.Bias, HalfTanh: p.Squash, Clip: p.Clip, Decay: p.Decay, Center: p.Center,
	}
}

// schedule sets the values that change with the number of learning updates: those that
// count the neuron's own, and those that are planned for all updates of the training. If
// updates is 0, planned ones keep their start values.
func schedule(c *neuron.Config, k *language.Neuron, updates int64) {
	course := func(start, end float64, changes bool, own, planned neuron.Schedule) neuron.Schedule {
		s := planned
		switch {
		case changes && (own.Halfway > 0 || own.Residual > 0):
			s = own
		case !changes || updates == 0:
			return neuron.Constant(start)
		}
		s.Start, s.End = start, end
		return s
	}
	for letter, port := range ports {
		if p := k.Ports.Get(letter); p != nil {
			c.Ports[port].Rate = course(p.Rate, p.EndRate, p.EndRate >= 0, neuron.Schedule{Halfway: p.Halfway, Residual: p.HRes}, neuron.Schedule{To: updates})
		}
	}
	h := k.Homeostasis
	if h == nil {
		return
	}
	at := func(f config.Fraction) int64 { return int64(float64(f) * float64(updates)) }
	own, planned := neuron.Schedule{Halfway: h.Halfway, Residual: h.HRes}, neuron.Schedule{From: at(h.From), To: at(h.To)}
	c.Homeostasis.BiasGain = course(h.BiasGain, h.BiasEnd, h.BiasEnd >= 0, own, planned)
	c.Homeostasis.Target = neuron.Constant(h.Target)
	if h.Start != 0 {
		c.Homeostasis.Target = course(h.Start, h.Target, true, own, planned)
	}
}

// freeze stops a configuration from learning. The window still takes samples.
func freeze(c *neuron.Config) {
	for p := range c.Ports {
		c.Ports[p].Rule = neuron.Frozen
	}
	c.Homeostasis = neuron.Homeostasis{}
}

// configure gives every neuron its configuration.
func (b *builder) configure() error {
	n := b.net
	n.kinds = map[string]*language.Neuron{}
	of := make([][]*neuron.Config, 0, len(n.Populations)) // by population: one for all neurons, or one for each
	for _, g := range n.Populations {
		p := b.exp.Populations.Get(g.Name)
		at := config.JoinPath("populations", g.Name)
		kind := b.exp.Kind(p.Neuron)
		if kind == nil {
			return config.FieldError(at+".neuron", p.Neuron, "a kind of neuron", "")
		}
		n.kinds[g.Name] = kind
		configs, err := b.configs(g, p, kind)
		if err != nil {
			return config.Within(at, err)
		}
		of = append(of, configs)
	}
	if b.exp.Control == "frozen" {
		for _, m := range n.members {
			freeze(m.config)
		}
	}
	groups := n.Populations
	n.Sim.Config = func(id neuron.ID) *neuron.Config {
		for i := range groups {
			if groups[i].Holds(id) {
				return of[i][min(int(id-groups[i].First), len(of[i])-1)]
			}
		}
		panic(fmt.Sprintf("network: there is no neuron %d", id))
	}
	return nil
}

// configs returns the configuration that the neurons of a population share, or one for
// each neuron.
func (b *builder) configs(g Group, p *language.Population, kind *language.Neuron) ([]*neuron.Config, error) {
	if p.Each.Len() == 0 {
		c, err := Config(kind)
		if err != nil {
			return nil, err
		}
		b.net.members = append(b.net.members, member{c, kind, g.Name})
		return []*neuron.Config{c}, nil
	}
	values, err := b.each(g, p)
	if err != nil {
		return nil, err
	}
	return b.vary(g, p, kind, values)
}
