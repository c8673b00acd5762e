package network

import (
	"infomorph/internal/footprint"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// Size is how large a network will be.
type Size struct {
	Neurons, Channels int
	Synapses          int64 // expected, where a rule draws them
	// Known is false where a rule does not tell how many synapses it will lay, or a
	// graph file has some; then Synapses and Bytes are 0.
	Known bool
	Bytes int64 // about what the program takes with it [bytes]
}

// Estimate returns how large the network of an experiment will be, without
// building it. Graph files are read. Errors are those of Build, as far as they
// show by then, and that it does not fit into the room.
func Estimate(exp *language.Experiment, d *data.Collection, files data.Files) (Size, error) {
	b := &builder{exp: exp, data: d, files: files}
	for _, step := range []func() error{b.readGraphs, b.sizePopulations, b.sizeInputs, b.describe} {
		if err := step(); err != nil {
			return Size{}, err
		}
	}
	if err := footprint.Check(&b.desc, b.kindOf, exp.Room); err != nil {
		return Size{}, err
	}
	var s Size
	for i := range b.desc.Channels {
		s.Channels += b.desc.Channels[i].Size
	}
	neurons, synapses, ok := b.desc.Expected()
	s.Neurons = neurons
	if s.Known = ok && b.graph == nil; s.Known {
		s.Synapses = int64(synapses)
		s.Bytes, _ = footprint.Estimate(&b.desc, b.kindOf)
	}
	return s, nil
}
