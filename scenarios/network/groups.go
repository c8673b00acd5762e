package network

import (
	"fmt"
	"math/rand/v2"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/language"
)

// regroup gives the groups of populations their clocks and delays. It also tells the
// network which group each neuron is in, for noise.
func (b *builder) regroup() error {
	n := b.net
	group := make([]int, n.Sim.NumNeurons()) // from 1; 0: none
	var groups []*language.Group
	for name, p := range b.exp.Populations.All() {
		for i := range p.Groups {
			at := fmt.Sprintf("%s.groups[%d]", config.JoinPath("populations", name), i)
			ids, err := n.SelectIn(name, p.Groups[i].Neurons)
			if err != nil {
				return config.FieldProblem(at+".neurons", err.Error(), "")
			}
			groups = append(groups, &p.Groups[i])
			for _, id := range ids {
				if group[id] != 0 {
					return config.FieldError(at+".neurons", p.Groups[i].Neurons, "neurons that are in no other group", "")
				}
				group[id] = len(groups)
			}
			if err := b.redrawDelays(ids, p.Groups[i].Delay); err != nil {
				return config.FieldProblem(at+".delay", err.Error(), "")
			}
		}
	}
	if len(groups) == 0 {
		return nil
	}
	n.groups = groups
	n.Sim.Group = func(id neuron.ID) int { return group[id] }
	b.reclock(group)
	return nil
}

// redrawDelays draws new delays for the synapses from other neurons to the neurons ids.
func (b *builder) redrawDelays(ids []neuron.ID, d *language.Delay) error {
	if d == nil {
		return nil
	}
	g := b.net.Sim.Graph
	for _, id := range ids {
		rng := rand.New(neuron.NewPCG(b.exp.Seed, neuron.ForWeights, id))
		among := func(source neuron.ID, _ int16) bool { return int(source) < g.NumNeurons() }
		if err := g.RedrawDelays(id, d.Dist(), among, rng); err != nil {
			return err
		}
	}
	return nil
}

// reclock gives the neurons of groups with clocks of their own a configuration with that
// clock. Neurons of a group that shared a configuration before share the new one.
func (b *builder) reclock(group []int) {
	type key struct {
		base  *neuron.Config
		group int
	}
	n, of := b.net, b.net.Sim.Config
	own := map[key]*neuron.Config{}
	base := map[*neuron.Config]member{}
	for _, m := range n.members {
		base[m.config] = m
	}
	configs := make([]*neuron.Config, len(group))
	for id, g := range group {
		c := of(neuron.ID(id))
		configs[id] = c
		if g == 0 || n.groups[g-1].Clock == nil {
			continue
		}
		k := key{c, g}
		if own[k] == nil {
			copied := *c
			copied.Clock = clockOf(n.groups[g-1].Clock)
			own[k] = &copied
			m := base[c]
			n.members = append(n.members, member{&copied, m.kind, m.population})
		}
		configs[id] = own[k]
	}
	n.Sim.Config = func(id neuron.ID) *neuron.Config { return configs[id] }
}

func clockOf(c *language.Clock) neuron.Clock {
	return neuron.Clock{Kind: clockKinds[c.Kind], Interval: neuron.Time(c.Interval), Phase: neuron.Time(c.Phase), Scatter: c.Scatter}
}

// noise lists the noise of each projection: first for targets outside all groups, then
// for the targets in each group. It returns nil if there is no noise at all. The noise of
// a group replaces that of projections from neurons.
func (n *Network) noise(exp *language.Experiment) []sim.Noise {
	links := n.Sim.Projections
	var all []sim.Noise
	noisy := false
	for g := range 1 + len(n.groups) {
		for i := range links {
			z := sim.Noise{}
			if i < len(exp.Projections) && exp.Projections[i].Noise != nil {
				z = NoiseOf(exp.Projections[i].Noise)
			}
			if _, among := n.Population(links[i].From); g > 0 && among && n.groups[g-1].Noise != nil {
				z = NoiseOf(n.groups[g-1].Noise)
			}
			noisy = noisy || !z.Zero()
			all = append(all, z)
		}
	}
	if !noisy {
		return nil
	}
	return all
}
