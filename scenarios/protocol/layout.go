package protocol

import (
	"infomorph/neuron"
	"infomorph/scenarios/measure"
	"infomorph/scenarios/network"
)

// layout is a network as measures see it.
type layout struct{ *network.Network }

// Population implements measure.Network.
func (l layout) Population(name string) (measure.Group, bool) {
	g, ok := l.Network.Population(name)
	return measure.Group{First: g.First, Size: size(g)}, ok
}

// Input implements measure.Network.
func (l layout) Input(name string) (measure.Group, bool) {
	g, ok := l.Network.Input(name)
	return measure.Group{First: g.First, Size: size(g), Width: l.Width(name)}, ok
}

// Config implements measure.Network.
func (l layout) Config(id neuron.ID) *neuron.Config { return l.Sim.Config(id) }
