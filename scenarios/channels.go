package scenarios

import (
	"infomorph/internal/sim"
	"infomorph/neuron"
)

// channels is a group of input channels that tells only what changes.
type channels struct {
	first neuron.ID
	last  []float32 // what each channel told last
}

// newChannels returns the size channels from number offset on; all start at 0,
// as synapses do.
func newChannels(net *sim.Network, offset, size int) channels {
	return channels{first: neuron.ID(net.NumNeurons() + offset), last: make([]float32, size)}
}

// span is the channels' numbers.
func (c *channels) span() span { return span{c.first, c.first + neuron.ID(len(c.last))} }

// tell appends a spike for every channel whose value differs from the last.
func (c *channels) tell(dst []neuron.Spike, at neuron.Time, values []float32) []neuron.Spike {
	for i, v := range values {
		if v != c.last[i] {
			c.last[i] = v
			dst = append(dst, neuron.Spike{Time: at, Source: c.first + neuron.ID(i), Value: v})
		}
	}
	return dst
}
