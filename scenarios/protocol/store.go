package protocol

import (
	"context"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"infomorph/internal/baseline"
	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/topology"
)

// maxStored limits the neurons and patterns of a classical rule, which needs memory for
// the square of these numbers.
const maxStored = 5000

// checkStore reports a projection whose weights a classical rule cannot set.
func (p *Plan) checkStore(ph *phase) error {
	link := p.Net.Sim.Projections[p.projection(ph.Store.Projection)]
	if link.From != link.To {
		return config.FieldError("projection", ph.Store.Projection, "a projection of a population to itself", "")
	}
	g, _ := p.Net.Population(link.To)
	n := int(g.Last - g.First)
	if size, _ := ph.part.Set().Size(ph.Store.Input); size != n {
		return config.FieldError("input", ph.Store.Input, fmt.Sprintf("an input with a channel for each of the %d neurons of %s", n, link.To), "")
	}
	if n > maxStored || ph.per > maxStored || ph.per == 0 {
		return config.FieldProblem("rule", fmt.Sprintf("is for at most %d neurons and patterns", maxStored), "")
	}
	return nil
}

// projection returns the number of a projection of the document.
func (p *Plan) projection(name string) int {
	return slices.IndexFunc(p.Net.Sim.Projections, func(l topology.Link) bool { return l.Name == name })
}

// store sets the weights of a projection by a classical rule.
func (r *Run) store(ctx context.Context, p *phase) error {
	if r.state.Done > 0 { // the run was resumed after this
		return nil
	}
	projection := r.plan.projection(p.Store.Projection)
	patterns, err := r.patterns(p, p.Store.Input)
	if err != nil {
		return err
	}
	w, err := baseline.Associate(p.Store.Rule, patterns)
	if err != nil {
		return err
	}
	net := r.engine.Network()
	g, _ := r.plan.Net.Population(net.Projections[projection].To)
	var ids []neuron.ID
	for id := g.First; id < g.Last; id++ {
		ids = append(ids, id)
	}
	to := stored{net, projection, g.First, w}
	err = sim.Edit(r.engine, ids, func(n *neuron.Neuron, _ neuron.Time) error {
		to.set(n)
		return nil
	})
	if err != nil {
		return err
	}
	r.state.Done = 1
	return r.step(ctx, p, 1, 1)
}

// stored holds the weights of a projection from a population to itself; first is the
// first neuron of the population.
type stored struct {
	net        *sim.Network
	projection int
	first      neuron.ID
	weights    *mat.Dense // target × source
}

// set gives a neuron the weights of its row.
func (s *stored) set(n *neuron.Neuron) {
	in := s.net.Incoming(n.ID())
	slot := [neuron.NumPorts]int{}
	for port := range neuron.Port(neuron.NumPorts) {
		weights := append([]float64(nil), n.Weights(port)...)
		changed := false
		for k, at := range in.Port {
			if at != port {
				continue
			}
			if int(in.Projection[k]) == s.projection {
				weights[slot[port]] = s.weights.At(int(n.ID()-s.first), int(in.Source[k]-s.first))
				changed = true
			}
			slot[port]++
		}
		if changed {
			n.SetWeights(port, weights, 0)
		}
	}
}

// patterns returns the values of an input for the items of a phase.
func (r *Run) patterns(p *phase, input string) ([][]float64, error) {
	var all [][]float64
	var it data.Item
	for k := range p.per {
		if p.chosen != nil {
			k = p.chosen[k]
		}
		if err := p.part.Item(k, &it); err != nil {
			return nil, err
		}
		var row []float64
		for _, v := range p.part.Set().Values(nil, input, &it) {
			row = append(row, float64(v))
		}
		all = append(all, row)
	}
	return all, nil
}
