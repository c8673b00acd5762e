package protocol

import (
	"gonum.org/v1/gonum/floats"

	"infomorph/internal/batch"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
)

// batched is a set of neurons that learn from batches, outside the event engine. Their
// configuration and weights come from the engine, and the weights go back to it. The
// inputs of a port are a range of neurons or channels; if the port has a bias, a constant
// 1 follows them.
type batched struct {
	*batch.Population
	net    *sim.Network
	first  neuron.ID
	inputs []span                   // by port
	places [neuron.NumPorts][]int32 // index in Weights of each synapse of a port, neuron by neuron
}

// sparseBelow is a share of the possible synapses. A port with a smaller share is stored
// as lists of synapses.
const sparseBelow = 0.25

// newBatched takes the neurons first … first+n−1, which share a configuration, out of the
// network of an engine. For each port, inputs is the range of its possible sources.
func newBatched(e sim.Engine, first neuron.ID, n int, inputs ...span) (*batched, error) {
	net := e.Network()
	cfg := net.Config(first)
	b := &batched{net: net, first: first, inputs: inputs, Population: &batch.Population{Neurons: n, Activation: cfg.Activation, Goal: cfg.Goal}}
	ids := make([]neuron.ID, n)
	for j := range ids {
		ids[j] = first + neuron.ID(j)
	}
	reports, err := e.Report(ids, neuron.WantWeights)
	if err != nil {
		return nil, err
	}
	if cfg.Prior.Mass > 0 {
		b.believe(cfg, reports)
	}
	for k := range neuron.Port(cfg.Sources) {
		port := b.lay(k, &cfg.Ports[k])
		b.Ports = append(b.Ports, port)
		if cfg.Ports[k].Center > 0 {
			port.Shift = make([]float64, n)
		}
		at := 0
		for j := range reports {
			if port.Shift != nil {
				port.Shift[j] = reports[j].Shift[k]
			}
			for _, w := range reports[j].Weights[k] {
				port.Weights[b.places[k][at]] = w
				at++
			}
			if cfg.Ports[k].Bias {
				port.Weights[b.places[k][at]] = reports[j].Bias[k]
				at++
			}
		}
	}
	return b, b.Validate()
}

// believe gives each neuron its prior, for its receptive weights before the phase. Neurons
// whose weights have the same sum of magnitudes share one.
func (b *batched) believe(cfg *neuron.Config, reports []neuron.Report) {
	shared := map[float64][]pid.Pseudo{}
	for j := range reports {
		reach := floats.Norm(reports[j].Weights[neuron.Receptive], 1)
		if shared[reach] == nil {
			shared[reach] = cfg.PriorSamples(reach)
		}
		b.Prior = append(b.Prior, shared[reach])
	}
}

// lay makes a port and stores the index of each of its synapses.
func (b *batched) lay(k neuron.Port, cfg *neuron.PortConfig) *batch.Port {
	sources, total := b.inputsOf(k)
	bias := 0
	if cfg.Bias {
		bias = 1
		for j := range sources {
			sources[j] = append(sources[j], int32(b.inputs[k].size()))
			total++
		}
	}
	rows, n := b.inputs[k].size()+bias, b.Neurons
	var port *batch.Port
	if float64(total) < sparseBelow*float64(rows)*float64(n) {
		port = batch.NewSparsePort(cfg.Bins, rows, sources)
		for at := range port.Weights {
			b.places[k] = append(b.places[k], int32(at))
		}
	} else {
		port = batch.NewPort(cfg.Bins, rows, n)
		for j, from := range sources {
			for _, s := range from {
				b.places[k] = append(b.places[k], s*int32(n)+int32(j))
			}
		}
		if total < rows*n {
			port.Mask = make([]float64, rows*n)
			for _, at := range b.places[k] {
				port.Mask[at] = 1
			}
		}
	}
	port.Frozen = cfg.Rule == neuron.Frozen
	return port
}

// inputsOf lists the inputs of each neuron at a port, in the order of its slots.
func (b *batched) inputsOf(k neuron.Port) (sources [][]int32, total int) {
	sources = make([][]int32, b.Neurons)
	for j := range sources {
		in := b.net.Incoming(b.first + neuron.ID(j))
		for s, port := range in.Port {
			if port == k {
				sources[j] = append(sources[j], int32(in.Source[s]-b.inputs[k].First))
				total++
			}
		}
	}
	return sources, total
}

// each visits the weights of every neuron at a port, in the order of slots, and its bias.
// The slice is valid during the call of visit.
func (b *batched) each(k neuron.Port, visit func(j int, weights []float64, bias float64)) {
	cfg := &b.net.Config(b.first).Ports[k]
	at := 0
	var w []float64
	for j := range b.Neurons {
		in := b.net.Incoming(b.first + neuron.ID(j))
		w = w[:0]
		for _, port := range in.Port {
			if port == k {
				w = append(w, b.Ports[k].Weights[b.places[k][at]])
				at++
			}
		}
		bias := 0.0
		if cfg.Bias {
			bias = b.Ports[k].Weights[b.places[k][at]]
			at++
		}
		visit(j, w, bias)
	}
}

// reports decomposes the outputs of the neurons over the last batch. The argument images
// is the number of images that they have learned from.
func (b *batched) reports(images int) ([]neuron.Report, error) {
	all := make([]neuron.Report, b.Neurons)
	for j := range all {
		d, err := b.Decompose(j)
		if err != nil {
			return nil, err
		}
		all[j] = neuron.Report{Neuron: b.first + neuron.ID(j), Updates: int64(images), Atoms: d, Goal: b.Goal.Value(d)}
	}
	return all, nil
}

// install copies the learned weights of populations to the neurons of an engine.
func install(e sim.Engine, groups ...*batched) error {
	type change struct {
		port    neuron.Port
		weights []float64
		bias    float64
	}
	changes := make(map[neuron.ID][]change)
	for _, b := range groups {
		for k := range b.Ports {
			b.each(neuron.Port(k), func(j int, w []float64, bias float64) {
				id := b.first + neuron.ID(j)
				changes[id] = append(changes[id], change{neuron.Port(k), append([]float64(nil), w...), bias})
			})
		}
	}
	return sim.Edit(e, sim.Everyone(e.Network()), func(n *neuron.Neuron, _ neuron.Time) error {
		for _, c := range changes[n.ID()] {
			n.SetWeights(c.port, c.weights, c.bias)
		}
		return nil
	})
}

// span is the range of ids First ≤ id < Last.
type span struct{ First, Last neuron.ID }

func (s span) size() int { return int(s.Last - s.First) }
