package batch

import "gonum.org/v1/gonum/floats"

// average takes the weights after step t into their running mean
//
//	w̄ += (w − w̄)/(1 + share·(t−1))
//
// With a share of 1 this is the mean over all steps (Polyak & Juditsky 1992).
// With a smaller one, early steps are forgotten: their weight falls with a power
// of t, and the mean is over about the last share·t steps (Shamir & Zhang 2013,
// polynomial-decay averaging with η = 1/share − 1). No length of the training
// enters. Cost: O(weights).
func (p *Port) average(share float64) {
	if share <= 0 {
		return
	}
	if p.mean == nil {
		p.mean = make([]float64, len(p.Weights))
	}
	rate := 1 / (1 + share*float64(p.adam.steps-1))
	floats.Scale(1-rate, p.mean)
	floats.AddScaled(p.mean, rate, p.Weights)
}

// Settle makes the mean of the weights the weights of the population, where there
// is a mean. It is for the end of learning: Adam does not follow the change.
func (p *Population) Settle() {
	for _, port := range p.Ports {
		if port.mean != nil {
			copy(port.Weights, port.mean)
		}
	}
}
