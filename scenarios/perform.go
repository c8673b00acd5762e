package scenarios

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/lesion"
)

// perform does what an event that is no signal is about, at the boundary of an
// epoch or between two presentations. n counts how often it has happened, from
// 1; 0 is an event of a script.
func (r *timelineRun) perform(e *timedEvent, n int64) error {
	switch {
	case e.Goal != nil:
		goal, err := e.Goal.goal()
		if err != nil {
			return err
		}
		return sim.Edit(r.Engine, r.members(e.spans), func(n *neuron.Neuron, _ neuron.Time) error { return n.SetGoal(goal) })
	case e.Crash != nil:
		return r.crash(e)
	case e.Present != nil:
		return r.task.Task.(presenter).presentNow(*e.Present)
	case e.Checkpoint != nil:
		r.checkpoint = !e.remember
		var err error
		r.state.Earlier, err = r.Engine.State()
		return err
	case e.Measure != nil:
		_, err := r.sample()
		return err
	case e.Weights != nil:
		return r.keepWeights(occasion(*e.Weights, e, n))
	case e.Picture != nil:
		return r.draw(e, n)
	}
	return r.restructure(e)
}

func (r *timelineRun) members(spans []span) []neuron.ID {
	return members(spans, r.Engine.Network().NumNeurons())
}

// occasion tells what happens again and again apart.
func occasion(name string, e *timedEvent, n int64) string {
	if n == 0 || e.At != nil {
		return name
	}
	return fmt.Sprintf("%s-%d", name, n)
}

// crash takes neurons down, and puts them back at once or later.
func (r *timelineRun) crash(e *timedEvent) error {
	now := r.Engine.Now()
	r.state.Restarts = append(r.state.Restarts, restart{now + neuron.Time(e.Crash.Down), e.spans, e.Crash.Restart == "checkpoint"})
	if e.Crash.Down == 0 {
		return r.wake(now)
	}
	r.state.Pending = appendTo(r.state.Pending, neuron.Signal{Kind: neuron.SetSilent, Value: 1}, e.spans)
	return nil
}

// wake starts the neurons again whose time has come.
func (r *timelineRun) wake(now neuron.Time) error {
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
		if err := sim.Edit(r.Engine, r.members(s.Spans), change); err != nil {
			return err
		}
	}
	return nil
}

// restructure changes synapses, delays or noise. Neurons that crash later no
// longer find their synapses in a checkpoint from before.
func (r *timelineRun) restructure(e *timedEvent) error {
	if e.Noise != nil {
		return sim.SetNoise(r.Engine, r.noise(e.Noise))
	}
	rng := r.state.Draws.rand()
	var c *topology.Change
	var err error
	g := r.Engine.Network().Graph
	switch {
	case e.Lesion != nil:
		choice := e.Lesion.choice(r.members(e.spans))
		c, err = choice.Change(g, rng)
	case e.Rewire != nil:
		c, err = r.rewiring(e.Rewire, rng)
	case e.Turnover != nil:
		c, err = r.turnover(e, rng)
	default:
		c, err = r.delays(e.Delay, rng)
	}
	if err != nil || c.Empty() {
		return err
	}
	r.state.Earlier = nil
	origin, err := sim.Restructure(r.Engine, c)
	if err != nil {
		return err
	}
	for i, since := range r.state.Weak {
		t := lesion.Turnover{Since: since}
		t.Follow(origin)
		r.state.Weak[i] = t.Since
	}
	return nil
}

// turnover looks at the weights, remembers which are weak, and returns what is
// to be pruned and grown. What it remembers begins anew where the task has put
// the network back to an earlier one.
func (r *timelineRun) turnover(e *timedEvent, rng *rand.Rand) (*topology.Change, error) {
	weights, err := sim.Weights(r.Engine)
	if err != nil {
		return nil, err
	}
	g := r.Engine.Network().Graph
	t := lesion.NewTurnover(e.Turnover.rule(), g.NumSynapses())
	key := e.Turnover.key(r.task.events)
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

// key is the number of the event that a turnover is of; −1 for one of a script.
func (t *Turnover) key(events []timedEvent) int {
	return slices.IndexFunc(events, func(e timedEvent) bool { return e.Turnover == t })
}

func (r *timelineRun) rewiring(e *Rewire, rng *rand.Rand) (*topology.Change, error) {
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
func (r *timelineRun) delays(d *Delay, rng *rand.Rand) (*topology.Change, error) {
	weights, err := sim.Weights(r.Engine)
	if err != nil {
		return nil, err
	}
	g, dist, c := r.Engine.Network().Graph, d.dist(), &topology.Change{}
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

// noise returns noise by projection: between neurons only.
func (r *timelineRun) noise(z *Noise) []sim.Noise {
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
			all[p] = z.noise()
		}
	}
	return all
}

// sample takes a sample of the atoms of every neuron.
func (r *timelineRun) sample() ([]neuron.Report, error) {
	p := newPlayer(r.Engine, r.journal(), r.Engine.Network().NumNeurons())
	var c atomsCourse
	err := p.sampleAtoms(&c)
	return c.last, err
}

func (r *timelineRun) keepWeights(name string) error {
	reports, err := r.Engine.Report(r.members([]span{{0, 1<<31 - 1}}), neuron.WantWeights)
	if err != nil {
		return err
	}
	return r.inner.Weights(name, r.Engine.Network(), reports)
}

// draw draws the network as it is.
func (r *timelineRun) draw(e *timedEvent, n int64) error {
	at := r.Engine.Now()
	name := fmt.Sprintf("%s-at-%v", *e.Picture, at)
	net := r.Engine.Network()
	if *e.Picture == "atoms" {
		reports, err := r.sample()
		m := Matrix{Title: fmt.Sprintf("Atoms in bits, at %v: %s", at, "unq_r, unq_c, red, syn, h_res from the top"), X: "neuron", Y: "atom", Cells: make([][]float64, numQuantities)}
		for q := range quantities {
			for i := range reports {
				v := 0.0
				if reports[i].Atoms != nil {
					v = quantity(&reports[i], q)
				}
				m.Cells[q] = append(m.Cells[q], v)
			}
		}
		return errors.Join(err, picture(r.inner, name, m))
	}
	reports, err := r.Engine.Report(r.members([]span{{0, 1<<31 - 1}}), neuron.WantWeights)
	if err != nil {
		return err
	}
	m := Matrix{Title: fmt.Sprintf("Contextual weights at %v", at), X: "from neuron", Y: "to neuron"}
	for i := range reports {
		m.Cells = append(m.Cells, incomingRow(net, &reports[i], neuron.Contextual, 0, net.NumNeurons()))
	}
	return picture(r.inner, name, m)
}
