package simtest

import (
	"context"
	"math/rand/v2"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/topology"
)

// changes is how many times Reshape changes the structure of a world.
const changes = 3

// Reshape runs the world on a new engine. During the run, neurons crash and the
// structure changes. With relay, a new engine of the original network takes
// over after the second change.
func (w *World) Reshape(build Maker, relay bool) (Outcome, error) {
	rng := rand.New(rand.NewPCG(w.Seed, 0xc4a9e))
	e, err := build(w.Net)
	if err != nil {
		return Outcome{}, err
	}
	defer func() { e.Close() }()
	r := NewRecorder()
	for k := range neuron.Time(changes) {
		at := w.End * (k + 1) / (changes + 2)
		if err := w.crash(e, r, at, rng); err != nil {
			return Outcome{}, err
		}
		if _, err := sim.Restructure(e, Change(e.Network(), rng)); err != nil {
			return Outcome{}, err
		}
		if !relay || k != 1 {
			continue
		}
		if e, err = handOver(e, w.Net, build); err != nil {
			return Outcome{}, err
		}
	}
	if err := w.Run(e, r); err != nil {
		return Outcome{}, err
	}
	return r.Outcome(e)
}

// crash runs to time at. Then some neurons crash and start again, from their
// initial state or from an earlier one.
func (w *World) crash(e sim.Engine, r *Recorder, at neuron.Time, rng *rand.Rand) error {
	half := (e.Now() + at) / 2
	if err := e.Advance(context.Background(), half, w.Cut(e.Now(), half), r); err != nil {
		return err
	}
	var earlier []byte
	var err error
	if rng.IntN(2) == 0 {
		if earlier, err = e.State(); err != nil {
			return err
		}
	}
	if err := e.Advance(context.Background(), at, w.Cut(half, at), r); err != nil {
		return err
	}
	change, err := sim.Restarted(e.Network(), earlier)
	if err != nil {
		return err
	}
	ids := make([]neuron.ID, rng.IntN(4))
	for i := range ids {
		ids[i] = neuron.ID(rng.IntN(e.Network().NumNeurons()))
	}
	return sim.Edit(e, ids, change)
}

// handOver closes e and returns a new engine with its state.
func handOver(e sim.Engine, net *sim.Network, build Maker) (sim.Engine, error) {
	state, err := e.State()
	if err != nil {
		return e, err
	}
	if err := e.Close(); err != nil {
		return e, err
	}
	next, err := build(net)
	if err != nil {
		return e, err
	}
	return next, next.Restore(state)
}

// Change draws a random change of a network: it removes neurons and synapses,
// and adds synapses of any projection and delay of the network.
func Change(net *sim.Network, rng *rand.Rand) *topology.Change {
	c := &topology.Change{}
	n, sources := net.NumNeurons(), net.NumNeurons()+net.NumChannels()
	gone := make(map[neuron.ID]bool)
	for _, id := range net.Removed {
		gone[id] = true
	}
	for range rng.IntN(3) {
		id := neuron.ID(rng.IntN(sources))
		c.Neurons, gone[id] = append(c.Neurons, id), true
	}
	for i := range net.NumSynapses() {
		if rng.IntN(6) == 0 {
			c.Synapses = append(c.Synapses, int64(i))
		}
	}
	for range rng.IntN(2 * n) {
		s := topology.Synapse{
			Source: neuron.ID(rng.IntN(sources)), Target: neuron.ID(rng.IntN(n)), Weight: float32(rng.NormFloat64()),
			Delay: int32(net.Width() + neuron.Time(rng.Int64N(int64(net.Longest())))), Projection: int16(rng.IntN(len(net.Projections))),
		}
		s.Port = net.Projections[s.Projection].Port
		if !gone[s.Source] && !gone[s.Target] {
			c.Added = append(c.Added, s)
		}
	}
	return c
}
