package scenarios

import (
	"errors"
	"fmt"
	"infomorph/internal/footprint"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/topology"
)

// Noise is what happens to spikes on their way, besides their delay.
type Noise struct {
	Loss      config.Fraction `yaml:"loss" doc:"Share of spikes that never arrive." default:"0%" min:"0%" max:"100%"`
	Duplicate config.Fraction `yaml:"duplicate" doc:"Share of spikes that arrive twice." default:"0%" min:"0%" max:"100%"`
	Jitter    config.Duration `yaml:"jitter" doc:"Each spike comes up to this much later, so spikes can overtake each other." default:"0us" max:"1h"`
	Reorder   config.Fraction `yaml:"reorder" doc:"Share of spikes that are held back, so that later ones overtake them." default:"0%" min:"0%" max:"100%"`
	Hold      config.Duration `yaml:"hold" doc:"How long those are held back." default:"20ms" max:"1h"`
}

func (z *Noise) noise() sim.Noise {
	n := sim.Noise{Loss: float64(z.Loss), Duplicate: float64(z.Duplicate), Jitter: neuron.Time(z.Jitter), Reorder: float64(z.Reorder)}
	if n.Reorder > 0 {
		n.Hold = neuron.Time(z.Hold)
	}
	return n
}

// noisy reports whether anything happens to spikes besides their delay.
func (s *Scenario) noisy() bool {
	all := []*Noise{&s.Network.Noise}
	for _, p := range s.Network.Projections {
		all = append(all, p.Noise)
	}
	for i := range s.Network.Groups {
		all = append(all, s.Network.Groups[i].Noise)
	}
	return slices.ContainsFunc(all, func(z *Noise) bool { return z != nil && !z.noise().Zero() })
}

// Place is where neurons and channels are.
type Place struct {
	Kind   string  `yaml:"kind" doc:"none: nowhere. random: anywhere in a square or cube. grid: row by row. circle: evenly around one." default:"none" enum:"none,random,grid,circle"`
	Dims   int     `yaml:"dims" doc:"Dimensions, for random and grid." default:"2" min:"1" max:"3"`
	Extent float64 `yaml:"extent" doc:"Length of a side, or diameter of the circle." default:"1" exclusiveMin:"0" max:"1e9"`
}

func (p *Place) placement() topology.Placement {
	if p.Kind == "none" {
		return topology.Placement{}
	}
	return topology.Placement{Kind: p.Kind, Dims: p.Dims, Extent: p.Extent}
}

// Projection is what one projection does otherwise than the network says.
type Projection struct {
	Delay *Delay `yaml:"delay" doc:"Delay of its synapses."`
	Noise *Noise `yaml:"noise" doc:"What else happens to its spikes; for inputs, too, which have none otherwise."`
}

// Group is neurons that differ from the others.
type Group struct {
	Neurons string `yaml:"neurons" doc:"Which: all, or a list such as 0-9,20." required:"true" example:"0-9,20"`
	Clock   *Clock `yaml:"clock" doc:"When they update; not synchronous, and in a network that is not."`
	Delay   *Delay `yaml:"delay" doc:"Delay of what other neurons tell them."`
	Noise   *Noise `yaml:"noise" doc:"What else happens to what other neurons tell them."`
}

// checkDial reports what cannot go together in the network and its clocks.
func (s *Scenario) checkDial() error {
	var errs []error
	seen := map[neuron.ID]int{}
	for i := range s.Network.Groups {
		g := &s.Network.Groups[i]
		at := fmt.Sprintf("network.groups[%d].", i)
		spans, err := parseSpans(g.Neurons)
		if err != nil {
			errs = append(errs, config.FieldError(at+"neurons", g.Neurons, "all, or a list such as 0-9,20", ""))
			continue
		}
		if g.Clock != nil && (g.Clock.Kind == "synchronous" || s.Neuron.Clock.Kind == "synchronous") {
			errs = append(errs, config.FieldProblem(at+"clock", "does not go with synchronous neurons, which the task tells when to update",
				"give these and all other neurons (neuron.clock) a kind of clock other than synchronous"))
		}
		if other, twice := overlap(seen, spans, i); twice {
			errs = append(errs, config.FieldError(at+"neurons", g.Neurons, fmt.Sprintf("neurons that are not in network.groups[%d]", other), ""))
		}
	}
	return errors.Join(errs...)
}

// overlap enters the neurons of group i and returns a group that has one of
// them already.
func overlap(seen map[neuron.ID]int, spans []span, i int) (other int, twice bool) {
	for _, sp := range spans {
		for id := sp.First; id < min(sp.Last, maxNeurons); id++ {
			if k, ok := seen[id]; ok {
				return k, true
			}
			seen[id] = i
		}
	}
	return 0, false
}

const maxNeurons = 1_000_000

// assemble builds a described network and prepares it to run: what the network
// section says about delays, noise, clocks and places comes over what the task
// has laid out. Noise is on the way between neurons only, unless a projection
// says otherwise.
func (s *Scenario) assemble(desc *topology.Network, of func(neuron.ID) *neuron.Config) (*sim.Network, error) {
	for i := range desc.Populations {
		desc.Populations[i].Place = s.Network.Place.placement()
	}
	for i := range desc.Channels {
		desc.Channels[i].Place = s.Network.Place.placement()
	}
	if err := s.overrideDelays(desc); err != nil {
		return nil, err
	}
	if err := footprint.Check(desc, of, s.Room); err != nil {
		return nil, err
	}
	graph, err := topology.Build(desc, s.Seed)
	if err != nil {
		return nil, topologyFault(err)
	}
	net := &sim.Network{Graph: graph, Seed: s.Seed, Config: of}
	if err := s.regroup(net); err != nil {
		return nil, err
	}
	s.addNoise(net)
	if err := net.Prepare(); err != nil {
		return nil, config.FieldProblem("network.delay", err.Error(), "")
	}
	return net, nil
}

// longestInput returns the longest time that an input takes to the receptive
// port of a neuron.
func longestInput(net *sim.Network) neuron.Time {
	longest := neuron.Time(0)
	for id := range neuron.ID(net.NumNeurons()) {
		in := net.Incoming(id)
		for k, port := range in.Port {
			if port != neuron.Receptive {
				break // ports are in order
			}
			longest = max(longest, neuron.Time(in.Delay[k]))
		}
	}
	late := neuron.Time(0)
	for i, z := range net.Noise {
		if net.Projections[i%len(net.Projections)].Port == neuron.Receptive {
			late = max(late, z.Latest())
		}
	}
	return longest + late
}

// overrideDelays gives projections delays of their own.
func (s *Scenario) overrideDelays(desc *topology.Network) error {
	var names []string
	for i := range desc.Projections {
		p := &desc.Projections[i]
		names = append(names, p.Name)
		if o, ok := s.Network.Projections[p.Name]; ok && o.Delay != nil {
			p.Delays = o.Delay.dist()
		}
		if p.Delays.Kind == "distance" && s.Network.Place.Kind == "none" && desc.Populations[0].Positions == nil {
			return config.FieldError("network.place.kind", "none", "random, grid or circle, because a delay depends on distance", "")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Network.Projections)) {
		if !slices.Contains(names, name) {
			return config.FieldProblem("network.projections."+name, "there is no projection of this name",
				"the task has the projections "+strings.Join(names, ", "))
		}
	}
	return nil
}

// regroup gives groups of neurons their clocks and delays, and the network its
// groups of targets.
func (s *Scenario) regroup(net *sim.Network) error {
	groups := s.Network.Groups
	if len(groups) == 0 {
		return nil
	}
	n := neuron.ID(net.NumNeurons())
	group := make([]int, n) // from 1; 0: no group
	for i := range groups {
		spans, err := parseSpans(groups[i].Neurons)
		if err != nil {
			return config.FieldProblem(fmt.Sprintf("network.groups[%d].neurons", i), err.Error(), "")
		}
		for _, sp := range spans {
			if groups[i].Neurons != "all" && sp.Last > n {
				return config.FieldError(fmt.Sprintf("network.groups[%d].neurons", i), groups[i].Neurons, fmt.Sprintf("neurons from 0 to %d", n-1), "")
			}
			for id := sp.First; id < min(sp.Last, n); id++ {
				group[id] = i + 1
			}
		}
	}
	net.Group = func(id neuron.ID) int { return group[id] }
	if err := s.regroupDelays(net, group); err != nil {
		return err
	}
	net.Config = regroupClocks(groups, group, net.Config)
	return nil
}

func (s *Scenario) regroupDelays(net *sim.Network, group []int) error {
	n := neuron.ID(net.NumNeurons())
	for id := range n {
		if group[id] == 0 || s.Network.Groups[group[id]-1].Delay == nil {
			continue
		}
		d := s.Network.Groups[group[id]-1].Delay.dist()
		if d.Kind == "distance" && s.Network.Place.Kind == "none" {
			return config.FieldError("network.place.kind", "none", "random, grid or circle, because a delay depends on distance", "")
		}
		rng := rand.New(neuron.NewPCG(s.Seed, neuron.ForWeights, id))
		if err := net.RedrawDelays(id, d, func(source neuron.ID, _ int16) bool { return source < n }, rng); err != nil {
			return config.FieldProblem(fmt.Sprintf("network.groups[%d].delay", group[id]-1), err.Error(), "")
		}
	}
	return nil
}

// regroupClocks returns the configurations of neurons, those of groups with
// clocks of their own.
func regroupClocks(groups []Group, group []int, of func(neuron.ID) *neuron.Config) func(neuron.ID) *neuron.Config {
	type kind struct {
		base  *neuron.Config
		group int
	}
	own := map[kind]*neuron.Config{}
	configs := make([]*neuron.Config, len(group))
	for id, g := range group {
		base := of(neuron.ID(id))
		configs[id] = base
		if g == 0 || groups[g-1].Clock == nil {
			continue
		}
		k := kind{base, g}
		if own[k] == nil {
			c := *base
			c.Clock = groups[g-1].Clock.clock()
			own[k] = &c
		}
		configs[id] = own[k]
	}
	return func(id neuron.ID) *neuron.Config { return configs[id] }
}

// addNoise lists what happens to spikes, by group and projection.
func (s *Scenario) addNoise(net *sim.Network) {
	noisy := false
	for g := range 1 + len(s.Network.Groups) {
		between := s.Network.Noise
		if g > 0 && s.Network.Groups[g-1].Noise != nil {
			between = *s.Network.Groups[g-1].Noise
		}
		for _, p := range net.Projections {
			z := sim.Noise{}
			fromNeurons := slices.ContainsFunc(net.Populations, func(q topology.Population) bool { return q.Name == p.From })
			o, named := s.Network.Projections[p.Name]
			switch {
			case fromNeurons && g > 0 && s.Network.Groups[g-1].Noise != nil:
				z = between.noise()
			case named && o.Noise != nil:
				z = o.Noise.noise()
			case fromNeurons:
				z = between.noise()
			}
			noisy = noisy || !z.Zero()
			net.Noise = append(net.Noise, z)
		}
	}
	if !noisy {
		net.Noise = nil
	}
}
