package actors_test

import (
	"bytes"
	"context"
	"fmt"

	"infomorph/actors"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
	"infomorph/topology"
)

// twoPopulations is a network of neurons that do not learn and have their own
// clocks: sensors with inputs from channels, and judges with inputs from the
// sensors.
func twoPopulations() (*sim.Network, error) {
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "sensors", Size: 6}, {Name: "judges", Size: 3}},
		Channels:    []topology.Population{{Name: "inputs", Size: 6}},
		Projections: []topology.Projection{
			{From: "inputs", To: "sensors", Port: neuron.Receptive, Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2.3)},
			{From: "sensors", To: "judges", Port: neuron.Receptive, Rule: topology.Rule{Name: "all_to_all"}, Weights: topology.Constant(1)},
		},
	}, 1)
	if err != nil {
		return nil, err
	}
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		return nil, err
	}
	c := &neuron.Config{Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Goal: goal, Window: 16, Dynamics: neuron.Teacher, Prior: neuron.Prior{Mass: 2, Sigma: 2},
		Clock: neuron.Clock{Kind: neuron.Poisson, Interval: 2 * neuron.Millisecond}}
	c.Ports[neuron.Receptive] = neuron.PortConfig{Bins: pid.Bins{Lo: -8, Hi: 8, N: 4}}
	c.Ports[neuron.Contextual] = neuron.PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	net := &sim.Network{Graph: g, Config: func(neuron.ID) *neuron.Config { return c }, Seed: 1}
	return net, net.Prepare()
}

// told returns the inputs of the channels.
func told(net *sim.Network) (f sim.Feed) {
	for k := range neuron.ID(net.NumChannels()) {
		f.Inputs = append(f.Inputs, neuron.Spike{Source: neuron.ID(net.NumNeurons()) + k, Value: 1})
	}
	return f
}

// The network on actors has the same bytes as the sequential reference, with
// any number of shards. A state saved by one engine can be continued by
// another.
func Example() {
	net, err := twoPopulations()
	if err != nil {
		fmt.Println(err)
		return
	}
	reference, err := sim.NewSequential(net)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := actors.New(net, actors.Options{Mode: actors.Neurons, Shards: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	for _, e := range []sim.Engine{reference, e} {
		if err := e.Advance(context.Background(), 50*neuron.Millisecond, told(net), sim.Discard{}); err != nil {
			fmt.Println(err)
		}
	}
	saved, _ := e.State()
	want, _ := reference.State()
	fmt.Println("the same state:", bytes.Equal(saved, want))
	if err := reference.Restore(saved); err != nil {
		fmt.Println(err)
	}
	fmt.Println("restored at", reference.Now())
	// Output:
	// the same state: true
	// restored at 50ms
}

// count counts spikes by population.
type count struct {
	net *sim.Network
	n   map[string]int
}

// Epoch implements sim.Sink.
func (c *count) Epoch(_ neuron.Time, out *neuron.Output) error {
	for _, s := range out.Spikes {
		p, _ := c.net.Member(s.Source)
		c.n[p.Name]++
	}
	return nil
}

// The same network runs free: every neuron on its own goroutine, without
// barriers. The order of spikes differs from run to run, but each judge always
// gets the spikes of the sensors.
func ExampleNewFree() {
	net, err := twoPopulations()
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := actors.NewFree(net, actors.FreeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	c := &count{net, map[string]int{}}
	feed := told(net)
	for range 10 { // all neurons wait for each other at the end of each Advance
		if err := e.Advance(context.Background(), e.Now()+10*neuron.Millisecond, feed, c); err != nil {
			fmt.Println(err)
		}
		feed = sim.Feed{}
	}
	fmt.Println("all spoke:", c.n["sensors"] > 6, c.n["judges"] > 3)
	judges, _ := e.Report([]neuron.ID{6, 7, 8}, 0)
	fmt.Println("the judges say", judges[0].Output, judges[1].Output, judges[2].Output)
	saved, _ := e.State()
	fmt.Println("restored:", e.Restore(saved) == nil)
	// Output:
	// all spoke: true true
	// the judges say 1 1 1
	// restored: true
}
