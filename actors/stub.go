package actors

import "infomorph/internal/sim"

// Mode says what is an actor.
type Mode int

const (
	Neurons Mode = iota
	Population
)

type Options struct {
	Mode   Mode
	Shards int
}

func New(net *sim.Network, o Options) (sim.Engine, error) { return sim.NewSequential(net) }
