package network

import (
	"infomorph/internal/footprint"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// Size is the size of a network before it is built.
type Size struct {
	Neurons, Channels int
	Synapses          int64 // expected number, if a rule draws them at random
	// Known is false if a rule does not determine how many synapses it makes. Then Synapses
	// and Bytes are 0.
	Known bool
	Bytes int64 // estimated memory of the program [bytes]
}

// Estimate returns the size that the network of an experiment will have, without building
// it. It reads graph files. It returns the errors of Build that can be found at this
// point, and an error if the network does not fit into the memory in exp.Room.
func Estimate(exp *language.Experiment, d *data.Collection, files data.Files) (Size, error) {
	b := &builder{exp: exp, data: d, files: files}
	for _, step := range []func() error{b.readGraphs, b.sizePopulations, b.sizeInputs, b.describe} {
		if err := step(); err != nil {
			return Size{}, err
		}
	}
	use := b.use()
	if err := footprint.Check(&b.desc, b.kindOf, use, exp.Room); err != nil {
		return Size{}, err
	}
	var s Size
	for i := range b.desc.Channels {
		s.Channels += b.desc.Channels[i].Size
	}
	neurons, synapses, ok := b.desc.Expected()
	s.Neurons = neurons
	if s.Known = ok; ok {
		s.Synapses = int64(synapses) + use.Added
		s.Bytes, _ = footprint.Estimate(&b.desc, b.kindOf, use)
	}
	return s, nil
}

// use returns the sizes of all graph files, and who learns from batches.
func (b *builder) use() footprint.Use {
	u := footprint.Use{Added: b.graph.synapses(b.exp), Batches: Batches(b.exp, b.net.Populations)}
	if b.graph != nil {
		u.Edges = int64(b.graph.NumSynapses())
	}
	for i := range b.exp.Projections {
		if g := b.ruled[i]; g != nil {
			u.Edges += int64(g.NumSynapses())
		}
	}
	return u
}

// Batches returns a function that reports whether a neuron of an experiment learns from
// batches.
func Batches(exp *language.Experiment, populations []Group) func(neuron.ID) bool {
	return func(id neuron.ID) bool {
		for _, g := range populations {
			if g.Holds(id) {
				return exp.InBatches(g.Name)
			}
		}
		return false
	}
}
