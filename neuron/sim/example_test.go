package sim_test

import (
	"bytes"
	"context"
	"fmt"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
	"infomorph/topology"
)

// kind is a neuron that learns to predict its receptive input from its context.
func kind() *neuron.Config {
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		panic(err)
	}
	c := &neuron.Config{Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Goal: goal, Window: 32, Plastic: true, Dynamics: neuron.Teacher,
		Prior: neuron.Prior{Mass: 2, Sigma: 2}}
	c.Ports[neuron.Receptive] = neuron.PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	c.Ports[neuron.Contextual] = neuron.PortConfig{Bins: pid.Bins{Lo: -20, Hi: 20, N: 60}, Rule: neuron.GoalGradient, Rate: neuron.Constant(5), Clip: 10}
	return c
}

// twoPopulations is a network of two areas: the lower area gets the channels,
// and each area is the context of the other.
func twoPopulations() (*sim.Network, error) {
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "lower", Size: 4}, {Name: "upper", Size: 2}},
		Channels:    []topology.Population{{Name: "pixels", Size: 4}},
		Projections: []topology.Projection{
			{From: "pixels", To: "lower", Port: neuron.Receptive, Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2.3)},
			{From: "lower", To: "upper", Port: neuron.Receptive, Rule: topology.Rule{Name: "all_to_all"}, Weights: topology.Constant(0.5)},
			{From: "upper", To: "lower", Port: neuron.Contextual, Rule: topology.Rule{Name: "all_to_all"}},
			{From: "lower", To: "upper", Port: neuron.Contextual, Rule: topology.Rule{Name: "all_to_all"}},
		},
	}, 1)
	if err != nil {
		return nil, err
	}
	config := kind()
	net := &sim.Network{Graph: g, Config: func(neuron.ID) *neuron.Config { return config }, Seed: 1}
	return net, net.Prepare()
}

// show is the input from a given time on: a picture, and signals to fire and
// learn, twice, so that the spikes of the lower area reach the upper one.
func show(net *sim.Network, at neuron.Time, picture ...float32) sim.Feed {
	var f sim.Feed
	n := neuron.ID(net.NumNeurons())
	for k, v := range picture {
		f.Inputs = append(f.Inputs, neuron.Spike{Time: at, Source: n + neuron.ID(k), Value: v})
	}
	for _, t := range []neuron.Time{at + neuron.Millisecond, at + 3*neuron.Millisecond} {
		f.Signals = append(f.Signals, neuron.Signal{Time: t, Kind: neuron.Tick, Flags: neuron.Fire | neuron.Learn, Last: n})
	}
	return f
}

// outputs keeps the last output of each neuron.
type outputs []float32

// Epoch implements sim.Sink.
func (o outputs) Epoch(_ neuron.Time, out *neuron.Output) error {
	for _, s := range out.Spikes {
		o[s.Source] = s.Value
	}
	return nil
}

// Build a network of two populations, feed it spikes, read outputs, weights and
// atoms, save it, and continue twice from the same time.
func Example() {
	net, err := twoPopulations()
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := sim.NewSequential(net)
	if err != nil {
		fmt.Println(err)
		return
	}
	told := make(outputs, net.NumNeurons())
	present := func(e sim.Engine, picture ...float32) error {
		from := e.Now()
		return e.Advance(context.Background(), from+5*neuron.Millisecond, show(net, from, picture...), told)
	}
	for range 20 {
		if err := present(e, 1, 1, -1, -1); err != nil {
			fmt.Println(err)
		}
		if err := present(e, -1, -1, 1, 1); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("the lower area says", told[:4])
	lower, _ := e.Report([]neuron.ID{0}, neuron.WantWeights|neuron.WantAtoms)
	red, _ := lower[0].Atoms.Atom("{1}{2}")
	fmt.Printf("neuron 0 has %d contextual weights; both its sources know %.2f bit of what it says\n", len(lower[0].Weights[neuron.Contextual]), red)

	saved, _ := e.State()
	again, _ := sim.NewSequential(net)
	if err := again.Restore(saved); err != nil {
		fmt.Println(err)
	}
	for _, e := range []sim.Engine{e, again} {
		if err := present(e, 1, 1, -1, -1); err != nil {
			fmt.Println(err)
		}
	}
	a, _ := e.State()
	b, _ := again.State()
	fmt.Println("both went the same way:", bytes.Equal(a, b))
	// Output:
	// the lower area says [-1 -1 1 1]
	// neuron 0 has 2 contextual weights; both its sources know 0.35 bit of what it says
	// both went the same way: true
}

// Remove a synapse from a network that has learnt, and continue with the rest.
func ExampleMigrate() {
	net, err := twoPopulations()
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := sim.NewSequential(net)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := e.Advance(context.Background(), 5*neuron.Millisecond, show(net, 0, 1, 1, -1, -1), sim.Discard{}); err != nil {
		fmt.Println(err)
	}
	before, _ := e.State()
	after, err := sim.Migrate(net, before, &topology.Change{Synapses: []int64{0}})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := e.Restore(after); err != nil {
		fmt.Println(err)
	}
	fmt.Println(net.Graph.NumSynapses(), "synapses,", e.Network().Graph.NumSynapses(), "are left, at", e.Now())
	// Output: 28 synapses, 27 are left, at 5ms
}
