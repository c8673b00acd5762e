package estimate

import (
	"fmt"
	"math"
	"slices"

	"infomorph/pid"
)

// bias returns the estimated bias of each cumulative redundancy.
func (e *estimator) bias(c counts, plugin *pid.Decomposition) (bias []float64, err error) {
	bias, e.cal, e.bent = make([]float64, len(plugin.Cumulative)), nil, nil
	switch e.cfg.Correction {
	case Calibrated:
		if e.cfg.Bootstrap > 0 {
			if e.bent, err = e.newBends(); err != nil {
				return nil, err
			}
		}
		if e.cal, err = e.calibrate(plugin); err != nil {
			return nil, err
		}
		return e.cal.bias[:len(bias)], nil
	case MillerMadow:
		e.bySets(bias, plugin.Lattice(), func(mask int) float64 { return e.millerMadow(c, mask) })
	case PanzeriTreves:
		e.bySets(bias, plugin.Lattice(), func(mask int) float64 { return e.panzeriTreves(c, mask) })
	case Shuffle:
		err = e.shuffled(bias)
	case Jackknife:
		err = e.jackknife(bias, c, plugin)
	case Quadratic:
		err = e.quadratic(bias, plugin)
	}
	return bias, err
}

// bySets writes the bias of each redundancy: the smallest bias of the mutual
// informations of its sets.
func (e *estimator) bySets(bias []float64, l *pid.Lattice, of func(mask int) float64) {
	bySet := make([]float64, 1<<l.NumSources())
	for mask := 1; mask < len(bySet); mask++ {
		bySet[mask] = of(mask)
	}
	for i := range bias {
		least := math.Inf(1)
		for _, m := range l.Antichain(i).Sets() {
			least = min(least, bySet[m])
		}
		bias[i] = least
	}
}

// millerMadow returns (K_at − K_a − K_t + 1)/(2N·ln 2) with the occupied cells.
func (e *estimator) millerMadow(c counts, mask int) float64 {
	n := len(e.shape) - 1
	targets := e.distinct(c, func(_, target int) int { return target })
	sources := e.distinct(c, func(source, _ int) int { return e.project(source, mask) })
	both := e.distinct(c, func(source, target int) int { return e.project(source, mask)*e.shape[n] + target })
	return float64(both-sources-targets+1) / (2 * float64(c.total) * math.Ln2)
}

// panzeriTreves returns [Σ_a (R_a − 1) − (R − 1)]/(2N·ln 2), where R_a is the
// number of targets that are possible with a: the number for which the expected
// number of distinct targets among N_a rows equals the observed one, with
// frequencies shrunk towards those of all rows (Panzeri and Treves 1996).
func (e *estimator) panzeriTreves(c counts, mask int) float64 {
	targets := e.shape[len(e.shape)-1]
	rows := map[int][]int{} // counts by target; summed below in sorted order
	all := make([]int, targets)
	for i, at := range c.index {
		a := e.project(at/targets, mask)
		if rows[a] == nil {
			rows[a] = make([]int, targets)
		}
		rows[a][at%targets] += c.n[i]
		all[at%targets] += c.n[i]
	}
	possible := 0
	for _, n := range all {
		if n > 0 {
			possible++
		}
	}
	sum := -float64(possible - 1)
	for _, a := range sortedKeys(rows) {
		sum += relevant(rows[a], possible) - 1
	}
	return sum / (2 * float64(c.total) * math.Ln2)
}

// relevant returns the number R of possible symbols, from the number seen up to
// most. With R symbols, the posterior mean frequencies (n+1)/(N+R) give as many
// expected distinct symbols in N rows as were seen.
func relevant(counts []int, most int) float64 {
	total, seen := 0, 0
	for _, n := range counts {
		total += n
		if n > 0 {
			seen++
		}
	}
	for r := seen; r < most; r++ {
		expected := 0.0
		for _, n := range counts {
			if n > 0 {
				expected += 1 - math.Pow(1-float64(n+1)/float64(total+r), float64(total))
			}
		}
		expected += float64(r-seen) * (1 - math.Pow(1-1/float64(total+r), float64(total)))
		if expected >= float64(seen) {
			return float64(r)
		}
	}
	return float64(most)
}

// shuffled estimates the bias as the mean over surrogates of the target.
func (e *estimator) shuffled(bias []float64) error {
	const reps = 50
	nulls, err := e.surrogates(family{kind: everything}, reps)
	for _, d := range nulls {
		for i, v := range d.Cumulative {
			bias[i] += v / reps
		}
	}
	return err
}

// quadratic extrapolates to infinitely many rows (Strong et al. 1998): with the
// means over halves I₂ and quarters I₄ of the rows, I(N) = I + a/N + b/N².
func (e *estimator) quadratic(bias []float64, plugin *pid.Decomposition) error {
	const reps = 10
	rnd, n := e.stream(5), len(e.source)
	part := func(of int) ([]float64, error) {
		sum := make([]float64, len(bias))
		for range reps {
			order := rnd.Perm(n)
			for k := range of {
				var source []int
				var target []int32
				for _, i := range order[k*n/of : (k+1)*n/of] {
					source, target = append(source, e.source[i]), append(target, e.target[i])
				}
				d, err := e.decompose(e.count(source, target))
				if err != nil {
					return nil, err
				}
				for i, v := range d.Cumulative {
					sum[i] += v / float64(reps*of)
				}
			}
		}
		return sum, nil
	}
	if n < 8 {
		return nil
	}
	halves, err := part(2)
	if err != nil {
		return err
	}
	quarters, err := part(4)
	for i := range bias {
		// I₁ − I = a/N + b/N², and likewise with N/2 and N/4.
		bias[i] = plugin.Cumulative[i] - (8*plugin.Cumulative[i]-6*halves[i]+quarters[i])/3
	}
	return err
}

// unsoundShare is a limit on the share of rows that are alone in their source
// cell. From this share on no correction is sound; docs/pid.md describes how it
// was measured.
const unsoundShare = .3

// unsound returns why no correction is sound, or "".
func (e *estimator) unsound() string {
	single := 0
	tab := e.newTally()
	for _, n := range tab.sources {
		if n == 1 {
			single++
		}
	}
	n := len(e.source)
	if float64(single) < unsoundShare*float64(n) {
		return ""
	}
	return fmt.Sprintf("too few samples for any correction: %d of %d rows are alone in their cell of the sources, and a cell with one row gives no estimate of chance; use fewer bins, sources or columns, or an estimator without bins; atoms are given without intervals", single, n)
}

// distinct returns the number of different values of key over the occupied
// cells.
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
// Leaving out any sample of a cell gives the same table, so one decomposition
// per occupied cell is enough.
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
