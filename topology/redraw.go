package topology

import (
	"math/rand/v2"

	"infomorph/neuron"
)

// RedrawDelays draws new delays for those synapses of a neuron for which pick,
// given the source and the projection, returns true. It returns an error if d
// is invalid.
func (g *Graph) RedrawDelays(target neuron.ID, d Dist, pick func(source neuron.ID, projection int16) bool, rng *rand.Rand) error {
	if err := d.check(); err != nil {
		return err
	}
	g.spell()
	to, _ := g.Position(target)
	for i := g.offsets[target]; i < g.offsets[target+1]; i++ {
		if !pick(g.source[i], g.projection[i]) {
			continue
		}
		from, _ := g.Position(g.source[i])
		g.delay[i] = d.drawDelay(rng, from.Distance(to))
	}
	return nil
}
