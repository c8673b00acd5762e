package estimate

import (
	"math"
	"slices"

	"infomorph/pid"
)

// bias returns the estimated bias of each cumulative redundancy.
func (e *estimator) bias(c counts, plugin *pid.Decomposition, nulls []*pid.Decomposition) ([]float64, error) {
	bias := make([]float64, len(plugin.Cumulative))
	switch e.cfg.Correction {
	case MillerMadow:
		e.millerMadow(bias, c, plugin.Lattice())
	case Shuffle:
		for _, d := range nulls {
			for i, v := range d.Cumulative {
				bias[i] += v / float64(len(nulls))
			}
		}
	case Jackknife:
		return bias, e.jackknife(bias, c, plugin)
	}
	return bias, nil
}

// millerMadow estimates the bias of a redundancy as the least of those of its
// sets' mutual informations, each (K_at − K_a − K_t + 1)/(2N·ln 2).
func (e *estimator) millerMadow(bias []float64, c counts, l *pid.Lattice) {
	n := l.NumSources()
	targets := e.distinct(c, func(source, target int) int { return target })
	bySet := make([]float64, 1<<n)
	for mask := 1; mask < 1<<n; mask++ {
		project := func(source int) int { return e.project(source, mask) }
		sources := e.distinct(c, func(source, _ int) int { return project(source) })
		both := e.distinct(c, func(source, target int) int { return project(source)*e.shape[n] + target })
		bySet[mask] = float64(both-sources-targets+1) / (2 * float64(c.total) * math.Ln2)
	}
	for i := range bias {
		least := math.Inf(1)
		for _, m := range l.Antichain(i).Sets() {
			least = min(least, bySet[m])
		}
		bias[i] = least
	}
}

// distinct returns how many values key takes over the occupied cells.
func (e *estimator) distinct(c counts, key func(source, target int) int) int {
	targets := e.shape[len(e.shape)-1]
	keys := make([]int, len(c.index))
	for i, at := range c.index {
		keys[i] = key(at/targets, at%targets)
	}
	slices.Sort(keys)
	return len(slices.Compact(keys))
}

// project returns the joint symbol of the sources of a mask.
func (e *estimator) project(source, mask int) int {
	key, place := 0, 1
	for k := len(e.shape) - 2; k >= 0; k-- {
		if mask>>k&1 != 0 {
			key += source % e.shape[k] * place
			place *= e.shape[k]
		}
		source /= e.shape[k]
	}
	return key
}

// jackknife estimates the bias as (N−1)·(mean over leave-one-out − plug-in).
// Samples of one cell leave the same table, so one decomposition per occupied
// cell is enough.
func (e *estimator) jackknife(bias []float64, c counts, plugin *pid.Decomposition) error {
	for k := range c.index {
		left := counts{total: c.total - 1, index: slices.Clone(c.index), n: slices.Clone(c.n)}
		if left.n[k]--; left.n[k] == 0 {
			left.index, left.n = slices.Delete(left.index, k, k+1), slices.Delete(left.n, k, k+1)
		}
		d, err := e.decompose(left)
		if err != nil {
			return err
		}
		for i, v := range d.Cumulative {
			bias[i] += float64(c.n[k]) * (v - plugin.Cumulative[i])
		}
	}
	for i := range bias {
		bias[i] *= float64(c.total-1) / float64(c.total)
	}
	return nil
}
