package measure

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// The estimates of mutual information here are plug-in estimates. If output and feature
// are independent and there are n items, 2·n·ln 2·I is about chi-squared with d =
// (a−1)(b−1) degrees of freedom (Wilks 1938), where a and b are the numbers of values. So
// I has a bias of d/(2·n·ln 2) bits (Miller 1955). If outputs are firing probabilities θ
// and not bits, the variance of θ replaces that of the bit, and the bias is smaller by
// the factor
//
//	s = Var θ / (θ̄ (1−θ̄)).

// bias returns the mean plug-in information of independent values [bit].
func bias(items float64, degrees int, shrink float64) float64 {
	if items <= 0 {
		return 0
	}
	return shrink * float64(degrees) / (2 * items * math.Ln2)
}

// largestBias returns the mean of the largest of k such estimates, if these are
// independent of each other [bit].
func largestBias(items float64, degrees, k int, shrink float64) float64 {
	if items <= 0 || shrink <= 0 {
		return 0
	}
	chi := distuv.ChiSquared{K: float64(degrees)}
	mean := integrate(func(x float64) float64 { return 1 - math.Pow(chi.CDF(x), float64(k)) },
		float64(degrees)+20*math.Sqrt(float64(degrees))+2*math.Log(float64(k)+1)*4)
	return shrink * mean / (2 * items * math.Ln2)
}

// exceeds returns the probability that such an estimate is at least bits.
func exceeds(bits, items float64, degrees int, shrink float64) float64 {
	if items <= 0 || shrink <= 0 {
		return 0
	}
	return distuv.ChiSquared{K: float64(degrees)}.Survival(bits * 2 * items * math.Ln2 / shrink)
}

// largestNormal returns the mean of the largest absolute value of independent normal
// variables with mean 0 and the given standard deviations.
func largestNormal(deviations []float64) float64 {
	most := 0.0
	for _, s := range deviations {
		most = max(most, s)
	}
	return integrate(func(x float64) float64 {
		all := 1.0
		for _, s := range deviations {
			if s > 0 {
				all *= math.Erf(x / (s * math.Sqrt2))
			}
		}
		return 1 - all
	}, 10*most)
}

// integrate returns the integral from 0 to end of a function that falls to 0. It uses
// Simpson's rule with steps that grow with x.
func integrate(f func(float64) float64, end float64) float64 {
	const steps = 400
	at := func(i int) float64 { u := float64(i) / steps; return end * u * u }
	sum, last := 0.0, f(0)
	for i := range steps {
		a, b := at(i), at(i+1)
		next := f(b)
		sum += (b - a) / 6 * (last + 4*f((a+b)/2) + next)
		last = next
	}
	return sum
}
