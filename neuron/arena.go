package neuron

import (
	"gonum.org/v1/gonum/floats"

	"infomorph/pid"
)

// Arena makes the neurons of a network one after the other. They are
// allocated side by side. Neighbours with one configuration share read-only
// data, such as the prior of their windows.
type Arena struct {
	Seed  uint64
	slab  []Neuron
	cfg   *Config // of the last neuron
	model pid.Window
	room  pid.Room
	reach float64 // of the last neuron's receptive weights
}

// slabSize is how many neurons are allocated at a time.
const slabSize = 256

// New returns a neuron like the function New, or like NewShown if shown is set.
func (s *Arena) New(id ID, cfg *Config, weights [NumPorts][]float64, shown bool) (*Neuron, error) {
	reach := floats.Norm(weights[Receptive], 1)
	if cfg != s.cfg || reach != s.reach && cfg.onlySigns() {
		n, err := NewShown(id, cfg, s.Seed, weights)
		if err != nil {
			return nil, err
		}
		s.cfg, s.reach, s.model = cfg, reach, n.window
	}
	if len(s.slab) == 0 {
		s.slab = make([]Neuron, slabSize)
	}
	n := &s.slab[0]
	s.slab = s.slab[1:]
	n.begin(id, cfg, s.Seed, weights)
	n.window = s.model.LikeIn(&s.room)
	if !shown {
		n.own()
	}
	return n, nil
}

// onlySigns reports whether the receptive bins only distinguish the sign. The
// prior of a neuron then depends on its receptive weights.
func (c *Config) onlySigns() bool {
	b := c.Ports[Receptive].Bins
	return c.Prior.Mass > 0 && b.N == 2 && b.Lo == -b.Hi
}
