package data

import (
	"math/rand/v2"

	"infomorph/neuron"
)

// Numbers of the random streams of a source: those of its parts, and others.
const (
	shuffleParts = 8  // + part
	splitPart    = 15 // how items are divided
	heldPart     = 13 // which items of train are held out
	makingPart   = 14 // what a source draws once, such as a grammar
	streamParts  = 16
	firstStream  = 1 << 20 // after those of the protocol
)

// stream is a source of random numbers for one part of a source. Each item has its own
// sequence.
type stream struct {
	seed uint64
	pcg  *rand.PCG
	rng  *rand.Rand
}

// newStream returns the stream of a part, for the source with a number.
func newStream(seed uint64, source, part int) stream {
	own := neuron.NewPCG(seed, neuron.ForStimulus, neuron.ID(firstStream+source*streamParts+part)).Uint64()
	pcg := new(rand.PCG) // at seeds it
	return stream{own, pcg, rand.New(pcg)}
}

// at returns the generator of item i. It is valid until the next call.
func (s *stream) at(i int) *rand.Rand {
	const low = 1<<31 - 1
	neuron.Reseed(s.pcg, s.seed+uint64(i>>31), neuron.ForStimulus, neuron.ID(i&low))
	return s.rng
}
