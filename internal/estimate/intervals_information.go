package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// informationInterval bounds the calibrated mutual information, given the
// sorted ones of independent surrogates. Small mutual information behaves about
// like a sum of squares: its spread grows with its value, but the spread of its
// square root is about constant. So the spread of replicates from p_λ is
// computed on the scale of the square root; in bits, a sample that happens to
// have little information would get too short an interval. The interval
// contains 0 exactly if the information of surrogates is as large with
// probability 1 − level or more, as in the test that no source is informative.
func (e *estimator) informationInterval(r *Result, nulls []float64, few float64) {
	roots := e.informations(e.cal.mix)
	middle := math.Sqrt(mean(roots))
	for i, v := range roots {
		roots[i] = math.Sqrt(max(v, 0))
	}
	slices.Sort(roots)
	far := few * max(quantile(roots, (1+e.cfg.Level)/2)-middle, middle-quantile(roots, (1-e.cfg.Level)/2))
	root := math.Sqrt(r.MIRaw)
	lower, upper := max(root-far, 0), root+far
	lower, upper = lower*lower, max(upper*upper, squaresUpper(r.MIRaw, nulls, few*distuv.UnitNormal.Quantile((1+e.cfg.Level)/2)))
	// Another observed value would have another bias.
	corrected := func(observed float64) float64 {
		return r.MI + (1-e.cal.slope[len(r.Atoms)-1])*(observed-r.MIRaw)
	}
	targets := e.shape[len(e.shape)-1]
	most := math.Log2(float64(min(targets, cells(e.shape)/targets)))
	r.MILower, r.MIUpper = corrected(lower), min(max(corrected(upper), 0), most)
	limit := quantile(nulls, e.cfg.Level)
	if r.MIRaw <= limit {
		r.MILower = min(r.MILower, 0)
		return
	}
	r.MILower = max(r.MILower, max(r.MI, 0)*aboveNothing*(r.MIRaw-limit)/(upper-limit))
}

// aboveNothing is the slope with which the lower end rises from 0, when the
// observed information exceeds that of nearly all surrogates, until the lower
// end from the square roots is higher. With a steeper slope the lower end would
// be above the truth too often.
const aboveNothing = .25

// squaresUpper returns the expected information for which the observed one lies
// z standard deviations below. It assumes a sum of squares c·χ², with c and the
// degrees of freedom from the mean and variance of independent surrogates: for
// true information μ the mean is μ + b and the variance 2·c·b + 4·c·μ. This is
// needed because replicates of a sample with nearly no information have too
// small a spread.
func squaresUpper(observed float64, nulls []float64, z float64) float64 {
	b, variance := stat.MeanVariance(nulls, nil)
	if b <= 0 {
		return observed
	}
	c, truth := variance/(2*b), observed
	for range 10 { // v is the variance of the root: variance / (4·mean)
		v := c * (b/2 + truth) / (b + truth)
		root := math.Sqrt(observed) + z*math.Sqrt(v)
		truth = max(root*root+v-b, 0)
	}
	return truth + b
}
