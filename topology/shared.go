package topology

import (
	"encoding/binary"
	"slices"

	"infomorph/neuron"
)

// share stores ports, delays and projections only once for targets that have
// the same ones, synapse by synapse. If delays are equal, nearly all targets
// have the same, and a synapse takes 8 bytes instead of 15. It does nothing if
// too few targets are equal. Code that writes to these columns must call spell
// first.
func (g *Graph) share() {
	begin := make([]int32, g.NumNeurons())
	known := map[string]int32{}
	var c columns
	var key []byte
	for t := range begin {
		in := g.Incoming(neuron.ID(t))
		key = key[:0]
		for k, p := range in.Port {
			key = append(key, byte(p))
			key = binary.LittleEndian.AppendUint32(key, uint32(in.Delay[k]))
			key = binary.LittleEndian.AppendUint16(key, uint16(in.Projection[k]))
		}
		at, ok := known[string(key)]
		if !ok {
			at = int32(len(c.port))
			known[string(key)] = at
			c.port, c.delay, c.projection = append(c.port, in.Port...), append(c.delay, in.Delay...), append(c.projection, in.Projection...)
			if len(c.port) > g.NumSynapses()/4 {
				return
			}
		}
		begin[t] = at
	}
	g.begin = begin
	g.port, g.delay, g.projection = slices.Clip(c.port), slices.Clip(c.delay), slices.Clip(c.projection)
}

// spell reverts share.
func (g *Graph) spell() {
	if g.begin == nil {
		return
	}
	m := g.NumSynapses()
	c := columns{source: g.source, weight: g.weight}
	c.port, c.delay, c.projection = make([]neuron.Port, 0, m), make([]int32, 0, m), make([]int16, 0, m)
	for t := range g.NumNeurons() {
		in := g.Incoming(neuron.ID(t))
		c.port, c.delay, c.projection = append(c.port, in.Port...), append(c.delay, in.Delay...), append(c.projection, in.Projection...)
	}
	g.columns, g.begin = c, nil
}
