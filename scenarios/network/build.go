package network

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// Group is the ids of a population or an input.
type Group struct {
	Name        string
	First, Last neuron.ID // First ≤ id < Last
}

// Network is a network that is ready to run, with the names of its parts.
type Network struct {
	Sim                 *sim.Network
	Populations, Inputs []Group

	kinds   map[string]*language.Neuron // by population
	configs map[string]*neuron.Config
	exp     *language.Experiment
	widths  map[string]int
}

var ports = map[string]neuron.Port{"r": neuron.Receptive, "c": neuron.Contextual, "l": neuron.Lateral}

// Build lays out the network of an experiment.
func Build(exp *language.Experiment, d *data.Collection, files data.Files) (*Network, error) {
	n := &Network{exp: exp, kinds: map[string]*language.Neuron{}, configs: map[string]*neuron.Config{}, widths: map[string]int{}}
	desc := topology.Network{}
	var id neuron.ID
	for name, p := range exp.Populations.All() {
		kind := exp.Neurons.Get(p.Neuron)
		if kind == nil {
			return nil, config.FieldError("populations."+name+".neuron", p.Neuron, "a kind of neurons", config.Suggest(p.Neuron, exp.Neurons.Names()))
		}
		cfg, err := configOf(kind)
		if err != nil {
			return nil, config.FieldProblem("neurons."+p.Neuron, err.Error(), "")
		}
		n.kinds[name], n.configs[name] = kind, cfg
		desc.Populations = append(desc.Populations, topology.Population{Name: name, Size: p.Size, Place: placement(p.Place)})
		n.Populations = append(n.Populations, Group{name, id, id + neuron.ID(p.Size)})
		id += neuron.ID(p.Size)
	}
	for name, in := range exp.Inputs.All() {
		size, width := in.Size, in.Width
		for _, set := range d.Sets() {
			if s, w := set.Size(name); s > 0 {
				size, width = max(size, s), max(width, w)
			}
		}
		desc.Channels = append(desc.Channels, topology.Population{Name: name, Size: size, Place: placement(in.Place)})
		n.Inputs = append(n.Inputs, Group{name, id, id + neuron.ID(size)})
		n.widths[name] = width
		id += neuron.ID(size)
	}
	for i := range exp.Projections {
		p := &exp.Projections[i]
		if exp.Control == "unconnected" && exp.Populations.Has(p.From) {
			continue
		}
		desc.Projections = append(desc.Projections, topology.Projection{Name: p.Name, From: p.From, To: p.To, Port: ports[p.Port], Rule: p.Rule.Rule(), Weights: p.Weights.Dist, Delays: p.Delay.Dist()})
	}
	graph, err := topology.Build(&desc, exp.Seed)
	if err != nil {
		return nil, err
	}
	n.Sim = &sim.Network{Graph: graph, Seed: exp.Seed, Config: func(id neuron.ID) *neuron.Config {
		for _, g := range n.Populations {
			if id < g.Last {
				return n.configs[g.Name]
			}
		}
		return nil
	}}
	return n, n.Sim.Prepare()
}

func placement(p language.Place) topology.Placement {
	if p.Kind == "none" || p.Kind == "" {
		return topology.Placement{}
	}
	return topology.Placement{Kind: p.Kind, Dims: p.Dims, Extent: p.Extent}
}

var (
	rules   = map[string]neuron.Rule{"goal": neuron.GoalGradient, "delta": neuron.DeltaRule, "frozen": neuron.Frozen}
	norms   = map[string]neuron.Norm{"fan_in": neuron.ByFanIn, "power": neuron.ByPower, "none": neuron.Unscaled}
	outputs = map[string]neuron.Dynamics{"sampled": neuron.Sampled, "teacher": neuron.Teacher, "relay": neuron.Teacher, "sign": neuron.Sign, "threshold": neuron.Sign}
	tells   = map[string]neuron.Tell{"always": neuron.TellAlways, "change": neuron.TellChange, "never": neuron.TellNever}
	clocks  = map[string]neuron.ClockKind{"synchronous": neuron.Ticked, "event": neuron.OnEvent, "periodic": neuron.Periodic, "poisson": neuron.Poisson}
)

func configOf(k *language.Neuron) (*neuron.Config, error) {
	sources := len(k.Sources)
	goal, err := k.Goal.Goal(sources)
	if err != nil {
		return nil, err
	}
	act, err := neuron.ParseActivation(k.Activation.Kind)
	if err != nil {
		return nil, err
	}
	a := neuron.DefaultActivation(act)
	if act != neuron.ThreeSource {
		a.Kappa, a.K1, a.K2 = k.Activation.Gain, k.Activation.K1, k.Activation.K2
	}
	c := &neuron.Config{Sources: sources, Activation: a, Goal: goal, Window: k.Window, Plastic: k.Learns, WarmUp: min(k.WarmUp, k.Window),
		HardBits: k.HardBits, ThetaFloor: k.ThetaFloor, StepClip: k.StepClip, Dynamics: outputs[k.Output], Tell: tells[k.Tell],
		Clock:         neuron.Clock{Kind: clocks[k.Clock.Kind], Interval: neuron.Time(k.Clock.Interval), Phase: neuron.Time(k.Clock.Phase), Scatter: k.Clock.Scatter},
		StabilityNorm: k.StabilityNorm, Belief: neuron.DefaultBelief()}
	if k.Prior != nil {
		c.Prior = neuron.Prior{Mass: k.Prior.Mass, Sigma: k.Prior.Sigma}
	}
	if g := k.Gate; g != nil {
		c.Gate = neuron.Gate{Threshold: g.Threshold, TauFraction: g.Tau, Heard: g.Heard, Once: g.Once}
	}
	for name, p := range k.Ports.All() {
		c.Ports[ports[name]] = neuron.PortConfig{Bins: pid.Bins{Lo: -p.Bins.Range, Hi: p.Bins.Range, N: p.Bins.Number}, Rule: rules[p.Rule], Norm: norms[p.Norm],
			Rate: neuron.Constant(p.Rate), Bias: p.Bias, HalfTanh: p.Squash, Clip: p.Clip, Decay: p.Decay, Center: p.Center}
	}
	schedule(c, k, 1<<40)
	return c, c.Validate()
}

func schedule(c *neuron.Config, k *language.Neuron, updates int64) {
	for name, p := range k.Ports.All() {
		rate := neuron.Constant(p.Rate)
		if p.EndRate >= 0 {
			rate = neuron.Schedule{Start: p.Rate, End: p.EndRate, To: updates}
		}
		c.Ports[ports[name]].Rate = rate
	}
	h := k.Homeostasis
	if h == nil {
		return
	}
	course := func(start, end float64) neuron.Schedule {
		at := func(f config.Fraction) int64 { return int64(float64(f) * float64(updates)) }
		return neuron.Schedule{Start: start, End: end, From: at(h.From), To: at(h.To)}
	}
	c.Homeostasis = neuron.Homeostasis{Gain: h.Gain, MeanRate: h.MeanRate, Target: neuron.Constant(h.Target), BiasGain: neuron.Constant(h.BiasGain), Rate: h.Rate, Tolerance: h.Tolerance}
	if h.Start > 0 {
		c.Homeostasis.Target = course(h.Start, h.Target)
	}
	if h.BiasEnd >= 0 {
		c.Homeostasis.BiasGain = course(h.BiasGain, h.BiasEnd)
	}
}

// Schedule lays end rates and courses over so many learning updates.
func (n *Network) Schedule(updates func(population string) int64) {
	for name, c := range n.configs {
		schedule(c, n.kinds[name], updates(name))
	}
}

// Population returns a population.
func (n *Network) Population(name string) (Group, bool) { return find(n.Populations, name) }

// Input returns an input.
func (n *Network) Input(name string) (Group, bool) { return find(n.Inputs, name) }

func find(groups []Group, name string) (Group, bool) {
	for _, g := range groups {
		if g.Name == name {
			return g, true
		}
	}
	return Group{}, false
}

// Kind returns the kind of a population's neurons.
func (n *Network) Kind(population string) *language.Neuron { return n.kinds[population] }

// Synchronous reports whether the protocol tells a population when to update.
func (n *Network) Synchronous(population string) bool {
	return n.kinds[population].Clock.Kind == "synchronous"
}

// Label returns the name of a neuron or channel.
func (n *Network) Label(id neuron.ID) string { return n.Sim.Label(id) }

// Select returns the neurons of a list.
func (n *Network) Select(list string) ([]neuron.ID, error) {
	var ids []neuron.ID
	for _, part := range strings.Split(list, ",") {
		part = strings.TrimSpace(part)
		if part == "all" {
			return sim.Everyone(n.Sim), nil
		}
		if g, ok := n.Population(part); ok {
			for id := g.First; id < g.Last; id++ {
				ids = append(ids, id)
			}
			continue
		}
		lo, hi, ranged := strings.Cut(strings.ReplaceAll(part, "#", ""), "-")
		if !ranged {
			hi = lo
		}
		first, err1 := strconv.Atoi(lo)
		last, err2 := strconv.Atoi(hi)
		if errors.Join(err1, err2) != nil || first > last || last >= n.Sim.NumNeurons() {
			return nil, fmt.Errorf("there is no neuron %q", part)
		}
		for id := first; id <= last; id++ {
			ids = append(ids, neuron.ID(id))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// SelectIn returns neurons of a population.
func (n *Network) SelectIn(population, list string) ([]neuron.ID, error) {
	g, ok := n.Population(population)
	if !ok {
		return nil, fmt.Errorf("there is no population %q", population)
	}
	if list == "all" {
		list = g.Name
	}
	return n.Select(list)
}

// Width returns the channels of a row of an input that is a picture, else 0.
func (n *Network) Width(input string) int { return n.widths[input] }

// Names returns the names of populations and inputs.
func (n *Network) Names() (all []string) {
	for _, g := range n.Populations {
		all = append(all, g.Name)
	}
	for _, g := range n.Inputs {
		all = append(all, g.Name)
	}
	return all
}

// NoiseOf returns noise in the words of package sim.
func NoiseOf(z *language.Noise) sim.Noise {
	n := sim.Noise{Loss: float64(z.Loss), Duplicate: float64(z.Duplicate), Jitter: neuron.Time(z.Jitter), Reorder: float64(z.Reorder)}
	if n.Reorder > 0 {
		n.Hold = neuron.Time(z.Hold)
	}
	return n
}
