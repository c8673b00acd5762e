package sim

import (
	"fmt"
	"math/rand/v2"

	"infomorph/neuron"
)

// Noise is what can happen to a spike on its way, besides its delay: it is
// lost with probability Loss, else told twice with probability Duplicate, and
// each copy comes up to Jitter later, so that spikes can overtake each other.
type Noise struct {
	Loss, Duplicate float64
	Jitter          neuron.Time
}

// Zero reports whether nothing happens to spikes.
func (n Noise) Zero() bool { return n == Noise{} }

func (n Noise) validate() error {
	if !(n.Loss >= 0 && n.Loss <= 1) || !(n.Duplicate >= 0 && n.Duplicate <= 1) || n.Jitter < 0 {
		return fmt.Errorf("sim: noise %+v: probabilities must lie in [0, 1] and jitter must be ≥ 0", n)
	}
	return nil
}

// draw returns how many copies arrive, and how late each.
func (n *Noise) draw(src *rand.PCG) (copies int, late [2]neuron.Time) {
	if n.Loss > 0 && uniform(src) < n.Loss {
		return 0, late
	}
	copies = 1
	if n.Duplicate > 0 && uniform(src) < n.Duplicate {
		copies = 2
	}
	if n.Jitter > 0 {
		for c := range copies {
			late[c] = neuron.Time(uniform(src) * float64(n.Jitter+1))
		}
	}
	return copies, late
}

func uniform(src *rand.PCG) float64 { return float64(src.Uint64()>>11) / (1 << 53) }
