package design

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval returns the mean of v and half the width of its 95 % confidence interval
// (Student's t). The half width is NaN for fewer than two values. The mean is not finite
// if any value is not.
func Interval(v []float64) (mean, half float64) {
	if len(v) < 2 {
		return stat.Mean(v, nil), math.NaN()
	}
	mean, sd := stat.MeanStdDev(v, nil)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(v) - 1)}.Quantile(0.975)
	return mean, t * sd / math.Sqrt(float64(len(v)))
}

// fewSeeds is the largest number of values that are shown one by one with their mean.
const fewSeeds = 20

// Band returns what a picture shows of values over seeds: their mean, its 95 % interval
// (for one value, the mean itself) and, if there are few values, each of them.
func Band(v []float64) (mean, low, high float64, each []float64) {
	mean, half := Interval(v)
	if math.IsNaN(half) {
		half = 0
	}
	if len(v) > 1 && len(v) <= fewSeeds {
		each = v
	}
	return mean, mean - half, mean + half, each
}

// Caption describes what Band shows, for at least and at most this many seeds per point.
func Caption(least, most int) string {
	seeds := fmt.Sprint(most, " seeds")
	if least != most {
		seeds = fmt.Sprintf("%d to %d seeds", least, most)
	}
	switch {
	case most <= 1:
		return "one seed"
	case most <= fewSeeds:
		return "mean, 95 % interval and each of " + seeds
	}
	return "mean and 95 % interval over " + seeds
}

// Wilson returns a 95 % confidence interval for the probability of success, after k
// successes in n trials. It is NaN for n = 0.
//
// Source: Wilson 1927:
//
//	(k + z²/2 ± z·√(k(n−k)/n + z²/4)) / (n + z²),  z = 1.96
func Wilson(k, n int) (low, high float64) {
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	z, hits, all := distuv.UnitNormal.Quantile(0.975), float64(k), float64(n)
	middle := hits + z*z/2
	half := z * math.Sqrt(hits*(all-hits)/all+z*z/4)
	return max(0, (middle-half)/(all+z*z)), min(1, (middle+half)/(all+z*z))
}

// Effect is the difference between two samples, b minus a.
type Effect struct {
	MeanA, MeanB, Difference float64
	// Low and High are the 95 % confidence interval of the difference (Welch's t).
	Low, High float64
	// D is Cohen's d, the difference divided by the pooled standard deviation. G is
	// Hedges' g, which is d corrected for its bias in small samples. GLow and GHigh are
	// the 95 % confidence interval of g (normal approximation).
	D, G, GLow, GHigh float64
}

// Compare returns the effect of b compared with a. If a sample has fewer than two values,
// everything that needs a variance is NaN. If neither sample varies, d and g are 0 for
// equal means, else infinite.
//
// Source: Hedges & Olkin 1985, eqs. 5.10 and 6.11:
//
//	J = 1 − 3/(4ν − 1),  g = J·d,  var(g) = (n₁+n₂)/(n₁n₂) + g²/(2(n₁+n₂))
func Compare(a, b []float64) Effect {
	e := Effect{MeanA: stat.Mean(a, nil), MeanB: stat.Mean(b, nil)}
	e.Difference = e.MeanB - e.MeanA
	nan := math.NaN()
	if len(a) < 2 || len(b) < 2 {
		e.Low, e.High, e.D, e.G, e.GLow, e.GHigh = nan, nan, nan, nan, nan, nan
		return e
	}
	na, nb := float64(len(a)), float64(len(b))
	va, vb := stat.Variance(a, nil), stat.Variance(b, nil)
	e.Low, e.High = welch(a, b)
	pooled := math.Sqrt(((na-1)*va + (nb-1)*vb) / (na + nb - 2))
	if pooled == 0 {
		if e.Difference != 0 {
			e.D = math.Inf(1)
			if e.Difference < 0 {
				e.D = math.Inf(-1)
			}
		}
		e.G, e.GLow, e.GHigh = e.D, e.D, e.D
		return e
	}
	e.D = e.Difference / pooled
	e.G = e.D * (1 - 3/(4*(na+nb-2)-1))
	half := distuv.UnitNormal.Quantile(0.975) * math.Sqrt((na+nb)/(na*nb)+e.G*e.G/(2*(na+nb)))
	e.GLow, e.GHigh = e.G-half, e.G+half
	return e
}

// PairedInterval returns the 95 % confidence interval of the mean of b − a, where a[i]
// and b[i] are a pair (Student's t of the differences). It is NaN for fewer than two
// pairs.
func PairedInterval(a, b []float64) (low, high float64) {
	d := make([]float64, len(a))
	for i := range d {
		d[i] = b[i] - a[i]
	}
	mean, half := Interval(d)
	return mean - half, mean + half
}

// welch returns the 95 % confidence interval of the difference between the means of two
// samples, b minus a. Source: Welch 1947.
func welch(a, b []float64) (low, high float64) {
	difference := stat.Mean(b, nil) - stat.Mean(a, nil)
	na, nb := float64(len(a)), float64(len(b))
	ea, eb := stat.Variance(a, nil)/na, stat.Variance(b, nil)/nb // squared standard errors
	if ea+eb == 0 {
		return difference, difference
	}
	nu := (ea + eb) * (ea + eb) / (ea*ea/(na-1) + eb*eb/(nb-1))
	half := distuv.StudentsT{Sigma: 1, Nu: nu}.Quantile(0.975) * math.Sqrt(ea+eb)
	return difference - half, difference + half
}
