package estimate

import (
	"slices"

	"infomorph/pid"
)

// calibratedIntervals turns replicates of the plug-in values, the mutual
// information last, into intervals of the calibrated ones.
func (e *estimator) calibratedIntervals(r *Result, values [][]float64) error {
	k := len(r.Atoms)
	slopes := r.Plugin.Lattice().Atoms(nil, e.cal.slope)
	informations := slices.Clone(values[k])
	m := mean(informations)
	basic := func(replicates []float64, slope, v float64) (lower, upper float64) {
		for b := range replicates {
			replicates[b] -= slope * (informations[b] - m)
		}
		lower, upper = spread(replicates, v, e.cfg.Level)
		return 2*v - upper, 2*v - lower
	}
	for i, v := range r.Atoms {
		r.Lower[i], r.Upper[i] = basic(values[i], slopes[i], v)
		if nonNegative(e.cfg.Measure) {
			// Where a minimum changes sides, replicates lie on one side of the
			// value only, and which one tells nothing of the truth: both count.
			lower, upper := spread(values[i], v, e.cfg.Level)
			r.Lower[i], r.Upper[i] = min(r.Lower[i], lower), max(r.Upper[i], upper, 0)
		}
	}
	r.MILower, r.MIUpper = basic(values[k], e.cal.slope[k-1], r.MI)
	r.MIUpper = max(r.MIUpper, 0)
	return e.nearNothing(r, informations)
}

// nonNegative reports whether no atom of a measure is below 0.
func nonNegative(m pid.Measure) bool { return m == pid.WB || m == pid.MMI || m == pid.BROJA }

// nearNothing makes the intervals agree with the test of "nothing informs",
// where replicates of an estimate are a poor guide: the information is about a
// quadratic form there. The interval of the mutual information holds 0 exactly
// if the observed value lies below the upper quantile of independent
// surrogates; beyond it its lower end is found between that quantile and the
// one of the replicates. While it lies below, the intervals of the atoms hold 0
// exactly if they too are within what surrogates give.
func (e *estimator) nearNothing(r *Result, replicates []float64) error {
	nulls := e.nullInformation()
	limit := quantile(nulls, (1+e.cfg.Level)/2)
	if r.MIRaw <= limit {
		r.MILower = min(r.MILower, 0)
		return e.atomsNearNothing(r)
	}
	slices.Sort(replicates)
	beyond := quantile(replicates, (1+e.cfg.Level)/2) - mean(replicates)
	between := max(r.MI, 0) * (r.MIRaw - limit) / (r.MIRaw + beyond - limit)
	if r.MILower <= 0 || between < r.MILower {
		r.MILower = between
	}
	return nil
}

// nullInformation returns the sorted mutual informations of independent
// surrogates.
func (e *estimator) nullInformation() []float64 {
	const reps = 400
	tab, rnd := e.newTally(), e.stream(6)
	to, joint := make([]int32, len(tab.cell)), make([]int32, len(tab.joint))
	values := make([]float64, 0, reps)
	for range reps {
		e.plan.permutation(to, rnd)
		clear(joint)
		for i, from := range to {
			joint[int(tab.cell[i])*tab.targets+int(e.target[from])]++
		}
		values = append(values, tab.information(joint))
	}
	slices.Sort(values)
	return values
}

// atomsNearNothing lets the interval of each atom hold 0 exactly if the
// observed atom is within the central quantiles of independent surrogates.
func (e *estimator) atomsNearNothing(r *Result) error {
	nulls, err := e.surrogates(family{kind: everything}, max(e.cfg.Bootstrap, 100))
	if err != nil {
		return err
	}
	values := make([]float64, len(nulls))
	for i, v := range r.Plugin.Atoms {
		for k, d := range nulls {
			values[k] = d.Atoms[i]
		}
		slices.Sort(values)
		lo, hi := quantile(values, (1-e.cfg.Level)/2), quantile(values, (1+e.cfg.Level)/2)
		switch {
		case v >= lo-1e-12 && v <= hi+1e-12:
			r.Lower[i], r.Upper[i] = min(r.Lower[i], 0), max(r.Upper[i], 0)
		case v > hi && r.Lower[i] <= 0:
			r.Lower[i] = between(r.Atoms[i], v-hi, r.Upper[i]-r.Lower[i])
		case v < lo && r.Upper[i] >= 0:
			r.Upper[i] = between(r.Atoms[i], lo-v, r.Upper[i]-r.Lower[i])
		}
	}
	return nil
}

// between returns how far from 0 the end of an interval is of a value that
// exceeds its null by excess.
func between(v, excess, width float64) float64 { return v * excess / (excess + width/2) }

// quantile returns quantile q of sorted values, by linear interpolation.
func quantile(sorted []float64, q float64) float64 {
	x := q * float64(len(sorted)-1)
	i := int(x)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + (x-float64(i))*(sorted[j]-sorted[i])
}
