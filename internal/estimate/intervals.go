package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"infomorph/pid"
)

// intervals computes bootstrap intervals. A replicate of a plug-in estimate has
// the bias a second time, so only the spread of the replicates about their mean
// is used. With the calibrated correction each replicate has its own bias,
// because the bias depends on what was observed.
func (e *estimator) intervals(r *Result) error {
	k := len(r.Atoms)
	values, informations, err := e.replicates()
	if err != nil {
		return err
	}
	r.Lower, r.Upper = make([]float64, k), make([]float64, k)
	if e.cal != nil {
		return e.calibratedIntervals(r, values, informations)
	}
	for i, v := range r.Atoms {
		r.Lower[i], r.Upper[i] = spread(values[i], v, e.cfg.Level)
	}
	r.MILower, r.MIUpper = spread(informations, r.MI, e.cfg.Level)
	return nil
}

// replicates returns the plug-in atoms of resampled rows, for each reading in
// turn, and their mutual information. Without readings they are kept and used
// for several corrections.
func (e *estimator) replicates() (values [][]float64, informations []float64, err error) {
	if e.plain != nil && e.bent == nil {
		return e.plain, e.plainInformations, nil
	}
	n, l := len(e.source), e.plugin.Lattice()
	source, target := make([]int, 0, n), make([]int32, 0, n)
	err = e.resamples(2, 0, func(rowsS, rowsT []int32) error {
		source, target = source[:0], target[:0]
		for i := range rowsS {
			source, target = append(source, e.source[rowsS[i]]), append(target, e.target[rowsT[i]])
		}
		c := e.count(source, target)
		cumulative, mi, err := e.cumulative(c.index, e.frequencies(c))
		if err != nil {
			return err
		}
		if values == nil {
			values = make([][]float64, len(cumulative))
		}
		for i, v := range atomsOf(l, cumulative) {
			values[i] = append(values[i], v)
		}
		informations = append(informations, mi)
		return nil
	})
	if e.bent == nil {
		e.plain, e.plainInformations = values, informations
	}
	return values, informations, err
}

// atomsOf returns the atoms of the cumulative redundancies of one reading or more.
func atomsOf(l *pid.Lattice, cumulative []float64) []float64 {
	var atoms []float64
	for c := range slices.Chunk(cumulative, l.Len()) {
		atoms = append(atoms, l.Atoms(nil, c)...)
	}
	return atoms
}

// resamples calls use with the rows of each replicate.
func (e *estimator) resamples(stream uint64, mix float64, use func(source, target []int32) error) error {
	rnd := e.stream(stream)
	var source, target []int32
	for range e.cfg.Bootstrap {
		source, target = e.plan.resample(source, target, mix, rnd)
		if err := use(source, target); err != nil {
			return err
		}
	}
	return nil
}

// informations returns the mutual information of replicates.
func (e *estimator) informations(mix float64) []float64 {
	tab := e.newTally()
	var values []float64
	_ = e.resamples(7, mix, func(source, target []int32) error { // use returns no error here
		values = append(values, tab.of(source, target, e.target))
		return nil
	})
	return values
}

// calibratedIntervals turns replicates of the plug-in atoms into intervals of
// the calibrated ones. Where choices are open, an interval covers those of all
// readings.
func (e *estimator) calibratedIntervals(r *Result, values [][]float64, informations []float64) error {
	k, l, few := len(r.Atoms), r.Plugin.Lattice(), e.plan.fewPieces(e.cfg.Level)
	slopes := atomsOf(l, e.cal.slope)
	observed, _, err := e.cumulative(e.observed.index, e.frequencies(e.observed))
	if err != nil {
		return err
	}
	for i, v := range observed {
		observed[i] = v - e.cal.bias[i]
	}
	for at, v := range atomsOf(l, observed) {
		i := at % k
		lower, upper := bothEnds(recorrected(values[at], informations, slopes[at]), v, e.cfg.Level, few)
		if at < k {
			r.Lower[i], r.Upper[i] = lower, upper
			continue
		}
		r.Lower[i], r.Upper[i] = min(r.Lower[i], lower), max(r.Upper[i], upper)
	}
	if nonNegative(e.cfg.Measure) {
		for i, v := range r.Upper {
			r.Upper[i] = max(v, 0)
		}
	}
	nulls := e.nullInformation()
	e.informationInterval(r, nulls, few)
	if r.MIRaw > quantile(nulls, (1+e.cfg.Level)/2) {
		return nil
	}
	return e.atomsNearNothing(r, e.bent == nil || nonNegative(e.cfg.Measure) || r.MIRaw <= quantile(nulls, bentNothing))
}

// recorrected returns replicates, each corrected for the change of the bias
// with its own information.
func recorrected(values, informations []float64, slope float64) []float64 {
	m := mean(informations)
	own := make([]float64, len(values))
	for b, v := range values {
		own[b] = v - slope*(informations[b]-m)
	}
	return own
}

// spread returns the central quantiles of replicates, moved to centre on v.
func spread(replicates []float64, v, level float64) (lower, upper float64) {
	replicates = slices.Sorted(slices.Values(replicates))
	shift := v - mean(replicates)
	return quantile(replicates, (1-level)/2) + shift, quantile(replicates, (1+level)/2) + shift
}

// bothEnds returns an interval around v that covers both the central quantiles
// of replicates and their mirror image (the basic bootstrap interval),
// stretched by a factor. Where another branch of a minimum may be chosen, or an
// atom has a skewed distribution, replicates lie more to one side, and the side
// says nothing about the truth.
func bothEnds(replicates []float64, v, level, stretch float64) (lower, upper float64) {
	lower, upper = spread(replicates, v, level)
	far := stretch * max(v-lower, upper-v)
	return v - far, v + far
}

// fewPieces is the factor by which intervals from few blocks or trials must be
// wider than the spread of their replicates. The spread is too small by
// √((k−1)/k), and its estimate is uncertain, for which Student's t corrects.
func (p *rowPlan) fewPieces(level float64) float64 {
	k := float64(p.n) / float64(p.block)
	switch p.kind {
	case Independent:
		return 1
	case Trials:
		k = float64(len(p.trials))
	}
	k = max(k, 2)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: k - 1}.Quantile((1 + level) / 2)
	return math.Sqrt(k/(k-1)) * t / distuv.UnitNormal.Quantile((1+level)/2)
}

// nonNegative reports whether no atom of a measure is below 0.
func nonNegative(m pid.Measure) bool {
	return m == pid.WB || m == pid.MMI || m == pid.BROJA || m == pid.DEP
}

// nullInformation returns the sorted mutual informations of independent
// surrogates.
func (e *estimator) nullInformation() []float64 {
	const reps = 400
	tab, rnd := e.newTally(), e.stream(6)
	same, to := make([]int32, len(tab.cell)), make([]int32, len(tab.cell))
	rotate(same, 0)
	values := make([]float64, 0, reps)
	for range reps {
		e.plan.permutation(to, e.target, rnd)
		values = append(values, tab.of(same, to, e.target))
	}
	slices.Sort(values)
	return values
}

// bentNothing is a quantile of independent surrogates. Below it the surrogates
// narrow the intervals of atoms of measures with bends. Above it they do not:
// the open choices bias such atoms in every surrogate, so weakly informative
// sources move them out of the range of the surrogates although the atoms may
// still be 0.
const bentNothing = .75

// atomsNearNothing corrects the intervals of data with no more information than
// independent surrogates, for which replicates are unreliable. It extends the
// interval of an atom to 0 if the observed atom is within the central quantiles
// of the surrogates (for measures without negative atoms: below the upper
// quantile, as in their tests). If exact is set, no other interval contains 0.
func (e *estimator) atomsNearNothing(r *Result, exact bool) error {
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
		if nonNegative(e.cfg.Measure) {
			lo, hi = math.Inf(-1), quantile(values, e.cfg.Level)
		}
		switch {
		case v >= lo-1e-12 && v <= hi+1e-12:
			r.Lower[i], r.Upper[i] = min(r.Lower[i], 0), max(r.Upper[i], 0)
		case !exact:
		case v > hi && r.Lower[i] <= 0:
			r.Lower[i] = between(r.Atoms[i], v-hi, r.Upper[i]-r.Lower[i])
		case v < lo && r.Upper[i] >= 0:
			r.Upper[i] = between(r.Atoms[i], lo-v, r.Upper[i]-r.Lower[i])
		}
	}
	return nil
}

// between returns the end next to 0 of the interval of a value v that exceeds
// its null by excess.
func between(v, excess, width float64) float64 { return v * excess / (excess + width/2) }

// quantile returns quantile q of sorted values, by linear interpolation. The
// k-th of n values is the quantile k/(n+1), because one more value falls into
// each of the n+1 gaps with equal probability.
func quantile(sorted []float64, q float64) float64 {
	x := min(max(q*float64(len(sorted)+1)-1, 0), float64(len(sorted)-1))
	i := int(x)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + (x-float64(i))*(sorted[j]-sorted[i])
}
