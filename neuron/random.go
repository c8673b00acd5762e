package neuron

import "math/rand/v2"

// Purpose separates the random streams of one seed: drawing more numbers for
// one purpose does not change the numbers of another.
type Purpose uint64

// The purposes in use. Their numbers are part of the random streams: changing
// one changes every result.
const (
	ForOutput    Purpose = 1 // a neuron's binary output
	ForClock     Purpose = 2 // a neuron's update times
	ForTransport Purpose = 3 // jitter, loss and duplication on the way to a neuron
	ForWeights   Purpose = 4 // initial weights, delays and wiring
	ForStimulus  Purpose = 5 // patterns, cues and presentation order
)

// mix64 is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection
// that spreads neighbouring inputs over all bits.
func mix64(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// NewPCG returns the random generator of unit id for a purpose: one stream per
// (seed, purpose, id). It does not depend on where or when the unit runs.
func NewPCG(seed uint64, p Purpose, id ID) *rand.PCG {
	return rand.NewPCG(mix64(seed), mix64(uint64(p)<<32|uint64(uint32(id))))
}

// Reseed sets g to the start of the stream that NewPCG returns, without
// allocating memory.
func Reseed(g *rand.PCG, seed uint64, p Purpose, id ID) {
	g.Seed(mix64(seed), mix64(uint64(p)<<32|uint64(uint32(id))))
}

// NewRand is NewPCG as a rand.Rand.
func NewRand(seed uint64, p Purpose, id ID) *rand.Rand {
	return rand.New(NewPCG(seed, p, id))
}

// Uniform draws a number from [0, 1).
func Uniform(src *rand.PCG) float64 { return float64(src.Uint64()>>11) / (1 << 53) }
