package sim

import (
	"fmt"
	"math/rand/v2"

	"infomorph/neuron"
)

// Noise changes a spike in flight, in addition to its delay. The spike is lost
// with probability Loss, otherwise doubled with probability Duplicate. Each
// copy arrives up to Jitter later, and with probability Reorder it is delayed
// by Hold, so that later spikes overtake it.
type Noise struct {
	Loss, Duplicate, Reorder float64
	Jitter, Hold             neuron.Time
}

// Latest returns the largest extra delay of a spike.
func (n Noise) Latest() neuron.Time {
	if n.Reorder > 0 {
		return n.Jitter + n.Hold
	}
	return n.Jitter
}

// Zero reports whether there is no noise.
func (n Noise) Zero() bool { return n == Noise{} }

func (n Noise) validate() error {
	for _, p := range []float64{n.Loss, n.Duplicate, n.Reorder} {
		if !(p >= 0 && p <= 1) {
			return fmt.Errorf("sim: noise %+v: probabilities must lie in [0, 1]", n)
		}
	}
	if n.Jitter < 0 || n.Hold < 0 {
		return fmt.Errorf("sim: noise %+v: jitter and hold must be ≥ 0", n)
	}
	return nil
}

// draw returns how many copies arrive, and the extra delay of each.
func (n *Noise) draw(src *rand.PCG) (copies int, late [2]neuron.Time) {
	if n.Loss > 0 && neuron.Uniform(src) < n.Loss {
		return 0, late
	}
	copies = 1
	if n.Duplicate > 0 && neuron.Uniform(src) < n.Duplicate {
		copies = 2
	}
	for c := range copies {
		if n.Jitter > 0 {
			late[c] = neuron.Time(neuron.Uniform(src) * float64(n.Jitter+1))
		}
		if n.Reorder > 0 && neuron.Uniform(src) < n.Reorder {
			late[c] += n.Hold
		}
	}
	return copies, late
}
