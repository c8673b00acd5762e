package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// informationInterval bounds the calibrated mutual information, given the sorted ones of
// independent surrogates. Where little is told, what is observed is about a sum of
// squares: it varies the more the more is told, while its square root varies about as
// much everywhere. So the spread of replicates from p_λ is taken on that scale; on the
// scale of bits a sample that happens to show little would get an interval that is too
// short. The interval holds 0 exactly if surrogates tell as much with probability
// 1 − level or more, as in the test of "nothing informs".
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
	// What else was observed would have had another bias subtracted.
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

// aboveNothing is the slope with which the lower end leaves 0 once surrogates hardly tell
// as much, until that on the scale of roots overtakes it: a steeper one would lie above the
// truth too often.
const aboveNothing = .25

// squaresUpper returns the observed information of which the one observed is the lower
// end, z standard deviations down, if it is a sum of squares c·χ² whose scale and number
// follow from the mean and variance of independent surrogates: of true information μ the
// mean is μ + b and the variance 2·c·b + 4·c·μ. Replicates of a sample that shows next to
// nothing do not know how much more those vary that have more to show.
func squaresUpper(observed float64, nulls []float64, z float64) float64 {
	b, variance := stat.MeanVariance(nulls, nil)
	if b <= 0 {
		return observed
	}
	c, truth := variance/(2*b), observed
	for range 10 { // of the root: variance / (4·mean)
		v := c * (b/2 + truth) / (b + truth)
		root := math.Sqrt(observed) + z*math.Sqrt(v)
		truth = max(root*root+v-b, 0)
	}
	return truth + b
}
