package protocol

import (
	"context"
	"math/rand/v2"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/network"
)

// player runs the network, passes its output to the listener and keeps what the run needs
// later.
type player struct {
	run      *Run
	neurons  int
	outputs  []float32       // last output of each neuron
	channels []float32       // last value of each channel
	changed  bool            // whether any output has changed since the start of the last advance
	samples  []neuron.Sample // of the last advance
	ring     []neuron.Spike  // the latest spikes, for a raster plot

	delaysOf *sim.Network // the network for which arrival is valid
	arrival  neuron.Time
}

// rasterSpikes limits the spikes of a raster plot.
const rasterSpikes = 3000

func newPlayer(r *Run) player {
	net := r.plan.Net.Sim
	return player{run: r, neurons: net.NumNeurons(), outputs: make([]float32, net.NumNeurons()), channels: make([]float32, net.NumChannels())}
}

// advance runs the engine until a time. It sets the last output of neurons that a lesion
// has removed to 0.
func (p *player) advance(ctx context.Context, until neuron.Time, feed sim.Feed) error {
	p.samples, p.changed = p.samples[:0], false
	err := p.run.engine.Advance(ctx, until, feed, p)
	for _, id := range p.run.engine.Network().Removed {
		if int(id) < p.neurons {
			p.outputs[id] = 0
		}
	}
	return p.run.explain(err)
}

// Epoch implements sim.Sink.
func (p *player) Epoch(end neuron.Time, out *neuron.Output) error {
	for _, s := range out.Spikes {
		p.changed = p.changed || p.outputs[s.Source] != s.Value
		p.outputs[s.Source] = s.Value
	}
	p.samples = append(p.samples, out.Samples...)
	if len(p.ring) > 2*rasterSpikes {
		p.ring = append(p.ring[:0], p.ring[len(p.ring)-rasterSpikes:]...)
	}
	last := out.Spikes[max(0, len(out.Spikes)-rasterSpikes):]
	p.ring = append(p.ring, last...)
	return p.run.out.Epoch(end, out)
}

// recent returns the latest spikes. They may begin in the middle of an epoch.
func (p *player) recent() []neuron.Spike {
	return append([]neuron.Spike(nil), p.ring[max(0, len(p.ring)-rasterSpikes):]...)
}

// emit appends a spike for every channel of a group whose value has changed.
func (p *player) emit(dst []neuron.Spike, at neuron.Time, g network.Group, values []float32) []neuron.Spike {
	first := int(g.First) - p.neurons
	last := p.channels[first : first+len(values)]
	for i, v := range values {
		if v != last[i] {
			last[i] = v
			dst = append(dst, neuron.Spike{Time: at, Source: g.First + neuron.ID(i), Value: v})
		}
	}
	return dst
}

// silence appends a spike of value 0 for every channel that is not 0.
func (p *player) silence(dst []neuron.Spike, at neuron.Time) []neuron.Spike {
	for i, v := range p.channels {
		if v != 0 {
			p.channels[i] = 0
			dst = append(dst, neuron.Spike{Time: at, Source: neuron.ID(p.neurons + i)})
		}
	}
	return dst
}

// longest returns the longest time that a spike can take.
func (p *player) longest() neuron.Time { return p.run.engine.Network().Longest() }

// inputDelay returns the time until a spike of a channel has reached all neurons.
func (p *player) inputDelay() neuron.Time {
	if net := p.run.engine.Network(); p.delaysOf != net {
		p.delaysOf, p.arrival = net, longestInput(net)
	}
	return p.arrival
}

// longestInput returns the longest time that a spike of a channel can take.
func longestInput(net *sim.Network) neuron.Time {
	longest := neuron.Time(0)
	fed := make([]bool, len(net.Projections))
	for id := range neuron.ID(net.NumNeurons()) {
		in := net.Incoming(id)
		for k, source := range in.Source {
			if int(source) >= net.NumNeurons() {
				longest = max(longest, neuron.Time(in.Delay[k]))
				fed[in.Projection[k]] = true
			}
		}
	}
	late := neuron.Time(0)
	for i, z := range net.Noise {
		if fed[i%len(fed)] {
			late = max(late, z.Latest())
		}
	}
	return longest + late
}

// tick returns a signal that makes neurons update.
func tick(at neuron.Time, g target) neuron.Signal {
	return neuron.Signal{Time: at, Kind: neuron.Tick, Flags: g.flags, First: g.first, Last: g.last}
}

// set returns a signal that changes a setting of a group.
func set(at neuron.Time, g network.Group, kind neuron.SignalKind, value float64) neuron.Signal {
	return neuron.Signal{Time: at, Kind: kind, Value: value, First: g.First, Last: g.Last}
}

func (p *player) everyone() []neuron.ID { return sim.Everyone(p.run.plan.Net.Sim) }

// mode holds the settings of a population that signals change. The zero mode means that
// no signal has changed them yet.
type mode struct {
	Told, Plastic bool
	Dynamics      neuron.Dynamics
}

// elsewhere is a mode that differs from every real mode, so that teach always sends new
// signals.
var elsewhere = mode{Told: true, Dynamics: 255}

// teach appends signals that set learning and dynamics of population i, unless they are
// set already.
func (r *Run) teach(dst []neuron.Signal, at neuron.Time, i int, want mode) []neuron.Signal {
	g := r.plan.Net.Populations[i]
	if g.First == g.Last {
		return dst
	}
	now := r.state.Modes[i]
	from := r.plan.Net.Sim.Config(g.First)
	if now == want || !now.Told && want.Plastic == from.Plastic && want.Dynamics == from.Dynamics {
		return dst
	}
	r.state.Modes[i] = want
	return append(dst, set(at, g, neuron.SetPlastic, number(want.Plastic)), set(at, g, neuron.SetDynamics, float64(want.Dynamics)))
}

// own returns the dynamics of the kind of population i.
func (r *Run) own(i int) neuron.Dynamics {
	return r.plan.Net.Sim.Config(r.plan.Net.Populations[i].First).Dynamics
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// orders gives the order of items in each pass of each phase, as a function of seed,
// phase and pass. It keeps the order of the current pass.
type orders struct {
	seed        uint64
	phase, pass int
	order       []int
}

// Random streams of the protocol. They differ from those of data.
const (
	orderStream neuron.ID = 1 << 24
	drawStream  neuron.ID = 1<<24 + 1<<20
)

// of returns the order of n items.
func (o *orders) of(phase, pass, n int) []int {
	if o.phase != phase || o.pass != pass || len(o.order) != n {
		o.phase, o.pass, o.order = phase, pass, draws(o.seed, orderStream+neuron.ID(phase), pass).Perm(n)
	}
	return o.order
}

// draws returns a random generator that depends on seed, stream and k only.
func draws(seed uint64, stream neuron.ID, k int) *rand.Rand {
	z := uint64(k) * 0x9e3779b97f4a7c15 // mix k, so that neighbouring k have independent generators
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return neuron.NewRand(seed^z^z>>31, neuron.ForStimulus, stream)
}
