// Package simtest tests that every engine fulfils the same contract: equal
// networks and feeds give equal bytes. It makes random worlds from a seed and
// runs them on engines; see Check.
package simtest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
	"infomorph/topology"
)

// World is a random network with its external input up to End. Equal seeds give
// equal worlds.
type World struct {
	Seed uint64
	Net  *sim.Network
	End  neuron.Time
	Feed sim.Feed
}

// String names the world, for test logs.
func (w *World) String() string {
	return fmt.Sprintf("world %d (%d neurons, %d synapses, epochs of %v to %v)", w.Seed, w.Net.NumNeurons(), w.Net.NumSynapses(), w.Net.Width(), w.End)
}

// New makes world seed.
func New(seed uint64) (*World, error) {
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	m := &maker{Rand: rng, unit: neuron.Time(1 + rng.IntN(30))}
	if rng.IntN(4) == 0 {
		m.unit *= 100
	}
	m.groups()
	net, err := m.network(seed)
	if err != nil {
		return nil, fmt.Errorf("world %d: %w", seed, err)
	}
	w := &World{Seed: seed, Net: net, End: m.unit * neuron.Time(20+rng.IntN(60))}
	w.Feed = m.feed(w.End)
	return w, nil
}

// Cut returns the external input of the world in [from, to).
func (w *World) Cut(from, to neuron.Time) sim.Feed {
	f := sim.Feed{}
	for _, s := range w.Feed.Inputs {
		if from <= s.Time && s.Time < to {
			f.Inputs = append(f.Inputs, s)
		}
	}
	for _, s := range w.Feed.Signals {
		if from <= s.Time && s.Time < to {
			f.Signals = append(f.Signals, s)
		}
	}
	return f
}

// maker draws the parts of a world.
type maker struct {
	*rand.Rand
	unit                  neuron.Time // the scale of all times
	populations, channels []topology.Population
	neurons, sources      int // sources: neurons and channels
}

func (m *maker) groups() {
	for k := range 1 + m.IntN(3) {
		m.populations = append(m.populations, topology.Population{Name: fmt.Sprint("p", k), Size: 1 + m.IntN(20)})
		m.neurons += m.populations[k].Size
	}
	m.sources = m.neurons
	for k := range m.IntN(3) {
		m.channels = append(m.channels, topology.Population{Name: fmt.Sprint("c", k), Size: 1 + m.IntN(10)})
		m.sources += m.channels[k].Size
	}
}

func (m *maker) network(seed uint64) (*sim.Network, error) {
	links := make([]topology.Link, 1+m.IntN(5))
	for i := range links {
		links[i] = topology.Link{Name: fmt.Sprint("l", i), Port: neuron.Port(m.IntN(neuron.NumPorts))}
	}
	g, err := topology.FromSynapses(m.populations, m.channels, links, m.synapses(links))
	if err != nil {
		return nil, err
	}
	configs := make([]*neuron.Config, len(m.populations))
	for i := range configs {
		if configs[i], err = m.config(); err != nil {
			return nil, err
		}
	}
	of := func(id neuron.ID) *neuron.Config { // a closure that does not reference the graph
		population := 0
		for ; int(id) >= m.populations[population].Size; population++ {
			id -= neuron.ID(m.populations[population].Size)
		}
		return configs[population]
	}
	net := &sim.Network{Graph: g, Config: of, Seed: seed}
	if m.IntN(3) > 0 {
		net.Noise = m.noise(len(links))
	} else {
		groups := 1 + m.IntN(3)
		net.Noise = m.noise(groups * len(links))
		net.Group = func(id neuron.ID) int { return int(id) % groups }
	}
	return net, net.Prepare()
}

func (m *maker) synapses(links []topology.Link) []topology.Synapse {
	constant := m.IntN(2) == 0
	density := m.Float64()
	var all []topology.Synapse
	for l := range links {
		for to := range m.neurons {
			for from := range m.sources {
				if m.Float64() > density/float64(len(links)) {
					continue
				}
				delay := m.unit
				if !constant {
					delay = m.unit/2 + 1 + neuron.Time(m.IntN(int(m.unit)*4))
				}
				all = append(all, topology.Synapse{
					Source: neuron.ID(from), Target: neuron.ID(to), Weight: float32(m.NormFloat64()),
					Delay: int32(delay), Projection: int16(l), Port: links[l].Port,
				})
			}
		}
	}
	return all
}

func (m *maker) noise(links int) []sim.Noise {
	if m.IntN(2) == 0 {
		return nil
	}
	noise := make([]sim.Noise, links)
	for i := range noise {
		switch m.IntN(4) {
		case 0: // no noise
		case 1:
			noise[i] = sim.Noise{Jitter: neuron.Time(m.IntN(int(m.unit) * 3)), Reorder: float64(m.IntN(2)) / 4, Hold: m.wait()}
		default:
			noise[i] = sim.Noise{Loss: m.Float64() / 2, Duplicate: m.Float64() / 2, Jitter: neuron.Time(m.IntN(int(m.unit)))}
		}
	}
	return noise
}

// feed returns random inputs and signals of all kinds before end.
func (m *maker) feed(end neuron.Time) sim.Feed {
	var f sim.Feed
	for c := m.neurons; c < m.sources; c++ {
		for t := m.wait(); t < end; t += m.wait() {
			f.Inputs = append(f.Inputs, neuron.Spike{Time: t, Source: neuron.ID(c), Value: m.value()})
		}
	}
	slices.SortStableFunc(f.Inputs, neuron.Spike.Compare)
	for t := m.wait(); t < end; t += m.wait() / 2 {
		f.Signals = append(f.Signals, m.signal(t))
	}
	return f
}

func (m *maker) wait() neuron.Time { return neuron.Time(m.IntN(int(m.unit)*4 + 2)) }

func (m *maker) value() float32 {
	if m.IntN(4) == 0 {
		return float32(m.NormFloat64())
	}
	return float32(2*m.IntN(2) - 1)
}

func (m *maker) signal(t neuron.Time) neuron.Signal {
	a, b := neuron.ID(m.IntN(m.neurons+1)), neuron.ID(m.IntN(m.neurons+1))
	if m.IntN(2) == 0 {
		a, b = 0, neuron.ID(m.neurons)
	}
	s := neuron.Signal{Time: t, First: min(a, b), Last: max(a, b)}
	switch m.IntN(13) {
	case 0:
		s.Kind, s.Value = neuron.SetPlastic, float64(m.IntN(3))
	case 1:
		s.Kind, s.Value = neuron.SetDynamics, float64(m.dynamics())
	case 2:
		s.Kind, s.Value = neuron.SetRateScale, m.Float64()*2
	case 3:
		s.Kind, s.Value = neuron.SetSilent, float64(m.IntN(2))
	case 4:
		s.Kind, s.Value = neuron.SetStuck, float64(m.IntN(3)-1)
	case 5:
		s.Kind, s.Value = neuron.SetFrozen, float64(m.IntN(2))
	default:
		s.Kind, s.Flags = neuron.Tick, neuron.Flags(m.IntN(8))
		s.Flags |= neuron.Flags(m.IntN(8)) // so that most flags are usually set
		if m.IntN(8) == 0 {
			s.Flags |= neuron.Surprise
		}
	}
	return s
}

// goals are atoms for two and for three sources.
var goals = [4][]string{2: {"{1}", "{2}", "{1}{2}", "{12}"}, 3: {"{1}{2}{3}", "{1}{2}", "{1}", "{123}"}}

func (m *maker) goal(sources int) (pid.Goal, error) {
	gamma := make(map[string]float64)
	for _, atom := range goals[sources] {
		gamma[atom] = m.NormFloat64()
	}
	return pid.NewGoal(sources, gamma, m.NormFloat64())
}
