package estimate

import (
	"math"

	"infomorph/pid"
)

// calibration is a distribution between the observed frequencies and
// independence, p_λ = (1−λ)·p(s,t) + λ·p(s)·p(t), that is expected to give the
// mutual information that was observed, once bias is added:
//
//	I(p_λ) + τ·bias(λ) = I_observed,  bias(λ) = E[I of n rows from p_λ] − I(p_λ)
//
// The expectation is over random targets for the observed sources. τ ≥ 1 is the
// bias between independent series (circular shifts) divided by the bias between
// independent rows (shuffles).
type calibration struct {
	mix       float64   // λ
	inflation float64   // τ
	bias      []float64 // of each cumulative redundancy at λ, times τ; then of those of each reading
	slope     []float64 // of that bias per bit of observed mutual information
}

// calibrationSteps is how many times the interval of λ is halved.
const calibrationSteps = 12

// calibrationReplicates returns the number of tables for an expectation: fewer
// for many rows, because each table then varies less.
func calibrationReplicates(n int) int { return min(max(2_000_000/n, 20), 60) }

// calibrate finds λ and the bias there.
func (e *estimator) calibrate(plugin *pid.Decomposition) (*calibration, error) {
	tab := e.newTally()
	c := &calibration{inflation: e.inflation(tab)}
	excess := func(mix float64) float64 { // expected estimate of the information at λ minus the observed one
		_, mi := tab.mixed(mix)
		return mi + c.inflation*(e.expected(tab, mix)-mi) - plugin.MutualInfo
	}
	switch lo, hi := 0.0, 1.0; {
	case excess(1) >= 0:
		c.mix = 1
	case excess(0) <= 1e-9:
		c.mix = 0
	default:
		for range calibrationSteps {
			if c.mix = (lo + hi) / 2; excess(c.mix) > 0 {
				lo = c.mix
			} else {
				hi = c.mix
			}
		}
	}
	return c, e.biasAt(tab, c)
}

// inflation returns how many times larger the information between independent
// series is than between independent rows, at least 1.
func (e *estimator) inflation(tab *tally) float64 {
	if e.plan.kind == Independent {
		return 1
	}
	n := len(tab.cell)
	same, to := make([]int32, n), make([]int32, n)
	rotate(same, 0)
	rnd := e.stream(3)
	average := func(plan rowPlan) float64 {
		sum, reps := 0.0, calibrationReplicates(n)
		for range reps {
			plan.permutation(to, e.target, rnd)
			sum += tab.of(same, to, e.target) / float64(reps)
		}
		return sum
	}
	serial := average(e.plan)
	independent := average(rowPlan{kind: Independent, n: n})
	if independent <= 0 {
		return 1
	}
	return max(serial/independent, 1)
}

// expected returns the mean information of redrawn targets at λ.
func (e *estimator) expected(tab *tally, mix float64) float64 {
	rnd, reps, sum := e.stream(4), calibrationReplicates(len(tab.cell)), 0.0
	joint := make([]int32, len(tab.joint))
	for range reps {
		tab.redraw(joint, e.target, mix, rnd)
		sum += tab.information(joint)
	}
	return sum / float64(reps)
}

// biasAt computes the bias of every redundancy at λ. From a second λ nearby it
// computes how the bias changes with the observed information.
func (e *estimator) biasAt(tab *tally, c *calibration) error {
	here, at, err := e.redundancyBias(tab, c.mix)
	if err != nil {
		return err
	}
	beside := c.mix + .1
	if beside > 1 {
		beside = c.mix - .1
	}
	there, atThere, err := e.redundancyBias(tab, beside)
	if err != nil {
		return err
	}
	top := len(e.plugin.Cumulative) - 1
	c.bias, c.slope = make([]float64, len(here)), make([]float64, len(here))
	observable := func(at, bias []float64) float64 { return at[top] + c.inflation*bias[top] }
	change := observable(atThere, there) - observable(at, here)
	for i := range here {
		c.bias[i] = c.inflation * here[i]
		if math.Abs(change) > 1e-6 {
			c.slope[i] = c.inflation * (there[i] - here[i]) / change
		}
	}
	// If the observation changes by 1, the estimate changes by 1 − slope. More
	// than 3 or less than 1 would be noise of the calibration.
	if s := c.slope[top]; s > 0 || s < -2 {
		for i := range c.slope {
			c.slope[i] *= math.Max(-2, math.Min(s, 0)) / s
		}
	}
	return nil
}

// redundancyBias returns E[I∩ of redrawn targets] − I∩(p_λ), and I∩(p_λ).
func (e *estimator) redundancyBias(tab *tally, mix float64) (bias, at []float64, err error) {
	p, _ := tab.mixed(mix)
	at, _, err = e.cumulative(tab.sparse(p))
	if err != nil {
		return nil, nil, err
	}
	bias = make([]float64, len(at))
	joint := make([]int32, len(tab.joint))
	rnd, reps := e.stream(4), calibrationReplicates(len(tab.cell))
	for range reps {
		tab.redraw(joint, e.target, mix, rnd)
		c := tab.counts(joint)
		r, _, err := e.cumulative(c.index, e.frequencies(c))
		if err != nil {
			return nil, nil, err
		}
		for i, v := range r {
			bias[i] += (v - at[i]) / float64(reps)
		}
	}
	return bias, at, nil
}

// counts returns the sparse form of a joint table.
func (tab *tally) counts(joint []int32) counts {
	c := counts{total: len(tab.cell)}
	for i, n := range joint {
		if n > 0 {
			c.index = append(c.index, tab.place[i/tab.targets]*tab.targets+i%tab.targets)
			c.n = append(c.n, int(n))
		}
	}
	return c
}

// sparse returns the positions and probabilities of the cells whose probability
// is not 0.
func (tab *tally) sparse(p []float64) (index []int, values []float64) {
	for i, v := range p {
		if v > 0 {
			index = append(index, tab.place[i/tab.targets]*tab.targets+i%tab.targets)
			values = append(values, v)
		}
	}
	return index, renormalised(values)
}

// renormalised divides p by its sum, which rounding may have changed.
func renormalised(p []float64) []float64 {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
