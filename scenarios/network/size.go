package network

import (
	"infomorph/internal/footprint"
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
	fromFiles := b.fileSizes()
	if err := footprint.Check(&b.desc, b.kindOf, fromFiles, exp.Room); err != nil {
		return Size{}, err
	}
	var s Size
	for i := range b.desc.Channels {
		s.Channels += b.desc.Channels[i].Size
	}
	neurons, synapses, ok := b.desc.Expected()
	s.Neurons = neurons
	if s.Known = ok; ok {
		s.Synapses = int64(synapses) + fromFiles.Added
		s.Bytes, _ = footprint.Estimate(&b.desc, b.kindOf, fromFiles)
	}
	return s, nil
}

// fileSizes returns the sizes of all graph files.
func (b *builder) fileSizes() footprint.Files {
	f := footprint.Files{Added: b.graph.synapses(b.exp)}
	if b.graph != nil {
		f.Edges = int64(b.graph.NumSynapses())
	}
	for i := range b.exp.Projections {
		if g := b.ruled[i]; g != nil {
			f.Edges += int64(g.NumSynapses())
		}
	}
	return f
}
