package neuron

import (
	"encoding/binary"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// PortChange describes a change of the synapses of a port. By new slot: From is the
// old slot of the synapse, −1 for a new one, and Weight is the weight of a new
// one.
type PortChange struct {
	From   []int32
	Weight []float64
}

// Offsets, in the fixed part of a state, of the values that it changes.
const (
	dynamicsAt = 1
	nextAt     = 3 + 4
	normAt     = nextAt + 4*8 + 3*4 + 5*8
	portsAt    = normAt + 8
)

// AppendMigrated appends to dst the state of a neuron after a change of its
// synapses. Synapses that stay keep weight, presynaptic value and running mean;
// new ones have a presynaptic value of 0. A neuron in the middle of belief
// recall continues with the norm of its new weights. cfg is the new
// configuration: if it says Removed, the neuron never updates again.
//
// It returns an error if state is not the state of a neuron with cfg, or if a
// slot does not exist.
func AppendMigrated(dst, state []byte, cfg *Config, ports [NumPorts]PortChange) ([]byte, error) {
	if len(state) < portsAt || state[0] != stateVersion {
		return nil, fmt.Errorf("%w: it does not begin as one", errState)
	}
	begin := len(dst)
	dst = append(dst, state[:portsAt]...)
	r := reader{data: state[portsAt:]}
	for p := range ports {
		old := readPort(&r, &cfg.Ports[p])
		if r.bad || !ports[p].fits(len(old.w)) {
			return nil, fmt.Errorf("%w: port %v does not have the synapses that it is to keep", errState, Port(p))
		}
		grown := old.migrate(ports[p])
		dst = grown.appendBinary(dst)
		believes := Dynamics(state[dynamicsAt]).believes()
		if Port(p) == Contextual && believes {
			binary.LittleEndian.PutUint64(dst[begin+normAt:], math.Float64bits(floats.Norm(grown.w, 2)))
		}
	}
	if cfg.Removed {
		binary.LittleEndian.PutUint64(dst[begin+nextAt:], uint64(Never))
	}
	return append(dst, r.data...), nil
}

// readPort reads a port that appendBinary wrote.
func readPort(r *reader, cfg *PortConfig) *port {
	n := int(r.uint32())
	if n < 0 || n > len(r.data)/8 {
		r.bad = true
		return &port{}
	}
	p := newPort(cfg, make([]float64, n))
	p.x = make([]float64, n)
	p.bias = r.float64()
	r.floats(p.w)
	r.floats(p.x)
	for _, values := range p.own() {
		r.floats(values)
	}
	return &p
}

func (g *PortChange) fits(slots int) bool {
	for _, k := range g.From {
		if k < -1 || int(k) >= slots {
			return false
		}
	}
	return len(g.Weight) == len(g.From)
}

func (p *port) migrate(g PortChange) *port {
	out := newPort(p.cfg, make([]float64, len(g.From)))
	out.x, out.bias = make([]float64, len(g.From)), p.bias
	old, own := p.own(), out.own()
	copy(own[numOwn-1], old[numOwn-1])
	for i, k := range g.From {
		if k < 0 {
			out.w[i] = g.Weight[i]
			continue
		}
		out.w[i], out.x[i] = p.w[k], p.x[k]
		for j, values := range own[:numOwn-1] {
			if values != nil {
				values[i] = old[j][k]
			}
		}
	}
	return &out
}
