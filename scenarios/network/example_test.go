package network_test

import (
	"context"
	"fmt"
	"log"

	"infomorph/actors"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/language"
	"infomorph/scenarios/network"
)

const areas = `
apiVersion: infomorph/v2
name: areas
populations:
  V1: {size: 4, neuron: bars, labels: [a, b, c, d]}
  V2: {size: 2, neuron: memory}
inputs: {pixels: {size: 8}}
projections:
  - {from: pixels, to: V1, port: r, weights: {normal: [0, 0.5]}}
  - {from: V1, to: V2, port: r, weights: 1}
  - {from: V2, to: V1, port: c, delay: {uniform: [1ms, 5ms]}}
`

// spikes counts the spikes of neurons.
type spikes map[neuron.ID]int

func (s spikes) Epoch(_ neuron.Time, out *neuron.Output) error {
	for _, spike := range out.Spikes {
		s[spike.Source]++
	}
	return nil
}

// A network of two populations gets spikes as input and runs on actors.
func Example() {
	exp, err := language.Load("areas.yaml", []byte(areas))
	if err != nil {
		log.Fatal(err)
	}
	net, err := network.Build(exp, nil, nil)
	if err != nil {
		log.Fatal(exp.Place(err)) // with its position in areas.yaml
	}
	engine, err := actors.New(net.Sim, actors.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	pixels, _ := net.Input("pixels")
	told := spikes{}
	for k := range neuron.Time(100) {
		feed, now := sim.Feed{}, k*10*neuron.Millisecond
		for i := range neuron.ID(pixels.Size()) {
			feed.Inputs = append(feed.Inputs, neuron.Spike{Time: now, Source: pixels.First + i, Value: float32(1 - 2*(int(k)/(int(i)+1)%2))})
		}
		last := neuron.ID(net.Sim.NumNeurons())
		feed.Signals = append(feed.Signals, neuron.Signal{Time: now + 2*neuron.Millisecond, Flags: neuron.Fire, Last: last},
			neuron.Signal{Time: now + 8*neuron.Millisecond, Flags: neuron.Learn, Last: last})
		if err := engine.Advance(context.Background(), now+10*neuron.Millisecond, feed, told); err != nil {
			log.Fatal(err)
		}
	}
	ids, err := net.Select("V1:b,V2")
	if err != nil {
		log.Fatal(err)
	}
	reports, err := engine.Report(ids, neuron.WantAtoms|neuron.WantWeights)
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range reports {
		fmt.Println(net.Label(r.Neuron), r.Updates, told[r.Neuron], len(r.Weights[neuron.Receptive]))
	}
	// Output:
	// b 200 100 8
	// 4 200 100 4
	// 5 200 100 4
}
