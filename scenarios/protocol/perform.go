package protocol

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/network"
	"infomorph/topology"
	"infomorph/topology/lesion"
)

// perform executes an event that is not a signal, at the boundary of an epoch or between
// two presentations. The argument n counts how often the event has happened, from 1; 0
// means an event of a script.
func (r *timeline) perform(ctx context.Context, e *timedEvent, n int64) error {
	switch {
	case e.Goal != nil:
		return r.setGoal(e)
	case e.Crash != nil:
		return r.crash(e)
	case e.Present != nil:
		return r.run.presentNow(ctx, *e.Present)
	case e.Show != nil:
		return r.run.showNow(ctx, e.Show)
	case e.Recall != nil:
		return r.run.recallNow(ctx, e.Recall)
	case e.Checkpoint != nil:
		r.checkpoint = !e.remember
		var err error
		r.state.Earlier, err = r.Engine.State()
		return err
	case e.Measure != nil:
		_, err := r.run.sampleAtoms()
		return err
	case e.Weights != nil:
		return r.run.keepWeights(occasion(*e.Weights, e, n))
	case e.Picture != nil:
		return r.draw(e)
	}
	return r.restructure(e)
}

// setGoal gives neurons a new goal. Atoms that it does not name get the weight 0.
func (r *timeline) setGoal(e *timedEvent) error {
	ids := r.members(e.ids)
	goals, err := r.goals(e.Goal, ids)
	if err != nil {
		return err
	}
	net := r.Engine.Network()
	return sim.Edit(r.Engine, ids, func(n *neuron.Neuron, _ neuron.Time) error { return n.SetGoal(goals[net.Config(n.ID()).Sources]) })
}

// goals returns the goal for each number of sources among the neurons.
func (r *timeline) goals(g *language.Goal, ids []neuron.ID) (map[int]pid.Goal, error) {
	goals := map[int]pid.Goal{}
	for _, id := range ids {
		sources := r.Engine.Network().Config(id).Sources
		if _, ok := goals[sources]; ok {
			continue
		}
		goal, err := g.Goal(sources)
		if err != nil {
			return nil, err
		}
		goals[sources] = goal
	}
	return goals, nil
}

// members returns the neurons of an event; nil ids mean all.
func (r *timeline) members(ids []neuron.ID) []neuron.ID {
	if ids == nil {
		return sim.Everyone(r.Engine.Network())
	}
	return ids
}

// occasion adds a number to a name for an event that happens repeatedly.
func occasion(name string, e *timedEvent, n int64) string {
	if n == 0 || e.At != nil {
		return name
	}
	return fmt.Sprintf("%s-%d", name, n)
}

// crash silences neurons and restarts them at once or later.
func (r *timeline) crash(e *timedEvent) error {
	now := r.Engine.Now()
	r.state.Restarts = append(r.state.Restarts, restart{now + neuron.Time(e.Crash.Down), e.ids, e.Crash.Restart == "checkpoint"})
	if e.Crash.Down == 0 {
		return r.wake(now)
	}
	r.state.Pending = e.appendTo(r.state.Pending, neuron.Signal{Kind: neuron.SetSilent, Value: 1})
	return nil
}

// wake restarts the neurons whose down time is over.
func (r *timeline) wake(now neuron.Time) error {
	for len(r.state.Restarts) > 0 {
		i := slices.IndexFunc(r.state.Restarts, func(s restart) bool { return s.At <= now })
		if i < 0 {
			return nil
		}
		s := r.state.Restarts[i]
		r.state.Restarts = slices.Delete(r.state.Restarts, i, i+1)
		earlier := r.state.Earlier
		if !s.Resume {
			earlier = nil
		}
		change, err := sim.Restarted(r.Engine.Network(), earlier)
		if err != nil {
			return err
		}
		if err := sim.Edit(r.Engine, r.members(s.Neurons), change); err != nil {
			return err
		}
	}
	return nil
}

// restructure changes synapses, delays or noise. It deletes the earlier state for
// crashes, because synapses may not match it any more.
func (r *timeline) restructure(e *timedEvent) error {
	if e.Noise != nil {
		return sim.SetNoise(r.Engine, r.noise(e.Noise))
	}
	r.state.Draws++
	c, err := r.change(e, draws(r.run.plan.Experiment.Seed, eventStream, r.state.Draws))
	if err != nil || c.Empty() {
		return err
	}
	r.state.Earlier = nil
	if err := r.measureGraph(); err != nil { // the graph during learning
		return err
	}
	origin, err := sim.Restructure(r.Engine, c)
	if err != nil {
		return err
	}
	if err := r.measureGraph(); err != nil {
		return err
	}
	for i, since := range r.state.Weak {
		t := lesion.Turnover{Since: since}
		t.Follow(origin)
		r.state.Weak[i] = t.Since
	}
	return nil
}

// change returns the change that an event makes to the structure of the network.
func (r *timeline) change(e *timedEvent, rng *rand.Rand) (*topology.Change, error) {
	switch {
	case e.Lesion != nil:
		choice := choiceOf(e.Lesion, r.members(e.ids))
		return choice.Change(r.Engine.Network().Graph, rng)
	case e.Rewire != nil:
		return r.rewiring(e.Rewire, rng)
	case e.Turnover != nil:
		return r.turnover(e, rng)
	}
	return r.delays(e.Delay, rng)
}

// measureGraph measures the present graph.
func (r *timeline) measureGraph() error {
	return r.run.measures.Graph(r.Engine.Now(), r.Engine.Network(), r.run.out)
}

// turnover finds weak synapses, stores since when they are weak, and returns which
// synapses to prune and to grow. If the network was reset to an earlier structure, it
// starts to observe anew.
func (r *timeline) turnover(e *timedEvent, rng *rand.Rand) (*topology.Change, error) {
	weights, err := sim.Weights(r.Engine)
	if err != nil {
		return nil, err
	}
	g := r.Engine.Network().Graph
	t := lesion.NewTurnover(turnoverRule(e.Turnover), g.NumSynapses())
	key := r.turnoverKey(e.Turnover)
	if since := r.state.Weak[key]; len(since) == g.NumSynapses() {
		t.Since = since
	}
	due, err := t.Observe(g, weights, r.Engine.Now())
	if err != nil {
		return nil, err
	}
	if r.state.Weak == nil {
		r.state.Weak = map[int][]neuron.Time{}
	}
	r.state.Weak[key] = t.Since
	return t.Change(g, due, rng)
}

// turnoverKey returns the number of the event of a turnover, or −1 if the event is from a
// script.
func (r *timeline) turnoverKey(t *language.Turnover) int {
	return slices.IndexFunc(r.events, func(e timedEvent) bool { return e.Turnover == t })
}

func (r *timeline) rewiring(e *language.Rewire, rng *rand.Rand) (*topology.Change, error) {
	weights, err := sim.Weights(r.Engine)
	if err != nil {
		return nil, err
	}
	w := lesion.Rewiring{Scope: lesion.Scope{Projection: e.Projection}, Fraction: float64(e.Fraction), OutDegrees: e.OutDegrees}
	if e.Weights == "zero" {
		zero := topology.Constant(0)
		w.Weight = &zero
	}
	return w.Change(r.Engine.Network().Graph, weights, rng)
}

// delays draws new delays for the synapses between neurons.
func (r *timeline) delays(d *language.Delay, rng *rand.Rand) (*topology.Change, error) {
	weights, err := sim.Weights(r.Engine)
	if err != nil {
		return nil, err
	}
	g, dist, c := r.Engine.Network().Graph, d.Dist(), &topology.Change{}
	for id := range neuron.ID(g.NumNeurons()) {
		in := g.Incoming(id)
		for k, source := range in.Source {
			if int(source) >= g.NumNeurons() {
				continue
			}
			v, err := dist.Sample(rng)
			if err != nil {
				return nil, err
			}
			number := in.First + int64(k)
			if delay := int32(max(v, 1)); delay != in.Delay[k] {
				c.Synapses = append(c.Synapses, number)
				c.Added = append(c.Added, topology.Synapse{Source: source, Target: id, Weight: float32(weights[number]), Delay: delay, Projection: in.Projection[k], Port: in.Port[k]})
			}
		}
	}
	return c, nil
}

// noise returns the noise of each projection. Projections from inputs have none.
func (r *timeline) noise(z *language.Noise) []sim.Noise {
	g := r.Engine.Network().Graph
	between := make([]bool, len(g.Projections))
	for id := range neuron.ID(g.NumNeurons()) {
		in := g.Incoming(id)
		for k, source := range in.Source {
			between[in.Projection[k]] = between[in.Projection[k]] || int(source) < g.NumNeurons()
		}
	}
	all := make([]sim.Noise, len(g.Projections))
	for p := range all {
		if between[p] {
			all[p] = network.NoiseOf(z)
		}
	}
	return all
}

// draw draws the present state of the network.
func (r *timeline) draw(e *timedEvent) error {
	at := r.Engine.Now()
	name := fmt.Sprintf("%s-at-%v", *e.Picture, at)
	if *e.Picture == "weights" {
		return r.run.drawWeights(name, fmt.Sprintf("Weights at %v", at))
	}
	reports, err := r.run.sampleAtoms()
	if err != nil {
		return err
	}
	return r.run.out.Picture(name, atomsMatrix(reports, fmt.Sprintf("Atoms at %v", at)))
}

// atomNames returns the names of the atoms in the reports; h_res is last.
func atomNames(reports []neuron.Report) []string {
	for i := range reports {
		if d := reports[i].Atoms; d != nil {
			return append(atomsOf(d), "h_res")
		}
	}
	return nil
}

// atomsMatrix returns a matrix with a row for each atom. A neuron without atoms, such as
// one that was removed, has zeros.
func atomsMatrix(reports []neuron.Report, title string) journal.Matrix {
	m := journal.Matrix{Title: title, X: "neuron", Y: "atom", Value: "information [bit]"}
	for _, name := range atomNames(reports) {
		m.Rows = append(m.Rows, name)
		row := make([]float64, len(reports))
		for i := range reports {
			if d := reports[i].Atoms; d != nil {
				row[i], _ = d.Atom(name)
			}
		}
		m.Cells = append(m.Cells, row)
	}
	return m
}

// atomsOf returns the names of the atoms of a decomposition.
func atomsOf(d *pid.Decomposition) []string {
	l := d.Lattice()
	if l.NumSources() == 2 {
		return []string{"unq_r", "unq_c", "red", "syn"}
	}
	var names []string
	for i := range l.Len() {
		names = append(names, l.Name(i))
	}
	return names
}
