package estimate

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"

	"infomorph/pid"
)

// Test is the test of one information.
type Test struct {
	Name     string  // such as I(T:R|C)
	Value    float64 // observed, uncorrected [bit]
	P        float64 // the share of surrogates, the data included, with at least this information
	Adjusted float64 // for the number of tests
	Null     string  // what the surrogates assume, in words
}

// familyKind says which dependence a family of surrogates removes.
type familyKind uint8

const (
	everything  familyKind = iota // the target is independent of all sources
	marginal                      // some sources are independent of the others and the target
	conditional                   // some sources are independent of the target given the others
)

// family is a kind of surrogate: moved is the mask of sources whose rows are
// reordered against those of the others and the target.
type family struct {
	kind  familyKind
	moved uint8
}

// informs is the p-value up to which a source counts as informative alone, when
// the null of an atom is chosen. The null is that no source or only one is
// informative, and no rule has the same rate of false positives for every
// strength of this source. With this level and at least 100 surrogates, the
// rate of all measures is between .02 and .08, from no to strong information
// (TestFalsePositivesOfWeakSources). A lower level gives too many false
// positives where a source is weakly informative, a higher level too few where
// no source is.
const informs = .06

// informsOf returns this level for n surrogates. It exceeds .05 by at least one
// surrogate, because a source with p just above .05 can by itself make atoms
// look significant.
func informsOf(n int) float64 { return max(informs, .05+1.001/float64(n+1)) }

// surrogates decomposes n data sets of a family.
func (e *estimator) surrogates(f family, n int) ([]*pid.Decomposition, error) {
	rnd := e.stream(16 + uint64(f.kind)<<8 + uint64(f.moved)<<16)
	if e.continuous != nil {
		return e.continuous.surrogates(f, n, rnd), nil
	}
	sources := len(e.shape) - 1
	source, target := slices.Clone(e.source), slices.Clone(e.target)
	moved, kept := make([]int, len(source)), make([]int, len(source))
	for i, at := range e.source {
		moved[i] = e.share(at, f.moved)
		kept[i] = at - moved[i]
	}
	strata := e.strata(f, kept)
	labels := e.target
	if f.kind != everything {
		labels = make([]int32, len(moved))
		for i, at := range moved {
			labels[i] = int32(at)
		}
	}
	to := make([]int32, len(source))
	list := make([]*pid.Decomposition, n)
	for k := range list {
		e.reorder(to, labels, strata, rnd)
		for i, from := range to {
			if f.kind == everything {
				target[i] = e.target[from]
			} else {
				source[i] = kept[i] + moved[from]
			}
		}
		var err error
		if list[k], err = e.decompose(e.count(source, target)); err != nil {
			return nil, fmt.Errorf("surrogate %d of %d sources: %w", k, sources, err)
		}
	}
	return list, nil
}

// reorder draws a permutation of the rows, within strata if there are any.
func (e *estimator) reorder(to, labels []int32, strata [][]int32, rnd *rand.Rand) {
	if strata == nil {
		e.plan.permutation(to, labels, rnd)
		return
	}
	for _, rows := range strata {
		for i, r := range rows {
			j := rnd.IntN(i + 1)
			to[r] = r
			to[rows[i]], to[rows[j]] = to[rows[j]], to[rows[i]]
		}
	}
}

// strata returns groups of rows with equal values of the sources that are not
// moved, for a conditional family of independent rows. It returns nil if rows
// are not exchanged within groups.
func (e *estimator) strata(f family, kept []int) [][]int32 {
	if f.kind != conditional || e.plan.kind != Independent {
		return nil
	}
	order := make([]int32, len(kept))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return kept[a] - kept[b] })
	strata := [][]int32{}
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && kept[order[j]] == kept[order[i]] {
			j++
		}
		strata = append(strata, order[i:j])
		i = j
	}
	return strata
}

// share returns the part of a row-major position that comes from the sources of
// a mask.
func (e *estimator) share(at int, mask uint8) int {
	sum, place := 0, 1
	for k := len(e.shape) - 2; k >= 0; k-- {
		if mask>>k&1 != 0 {
			sum += at % e.shape[k] * place
		}
		place *= e.shape[k]
		at /= e.shape[k]
	}
	return sum
}

// tester draws each family of surrogates once and tests against it.
type tester struct {
	e      *estimator
	r      *Result
	drawn  map[family][]*pid.Decomposition
	all    uint8 // mask of all sources
	inform uint8 // sources that inform alone
}

// mutual returns I(T:A) of a decomposition: the cumulative redundancy of the
// antichain with the one set A.
func mutual(d *pid.Decomposition, set uint8) float64 {
	if set == 0 {
		return 0
	}
	i, _ := d.Lattice().Index(setName(set))
	return d.Cumulative[i]
}

// setName returns the name of the antichain of one set, such as {13}.
func setName(set uint8) string {
	name := []byte{'{'}
	for k := range 8 {
		if set>>k&1 != 0 {
			name = append(name, byte('1'+k))
		}
	}
	return string(append(name, '}'))
}

// draw returns the surrogates of a family.
func (t *tester) draw(f family) ([]*pid.Decomposition, error) {
	if list, ok := t.drawn[f]; ok {
		return list, nil
	}
	list, err := t.e.surrogates(f, t.e.cfg.Permutations)
	t.drawn[f] = list
	return list, err
}

// upper returns the share of surrogates, the data included, whose value is at
// least the observed one.
func upper(nulls []*pid.Decomposition, observed *pid.Decomposition, value func(d *pid.Decomposition) float64) float64 {
	at, beyond := value(observed), 1
	for _, d := range nulls {
		if value(d) >= at-1e-12 {
			beyond++
		}
	}
	return float64(beyond) / float64(len(nulls)+1)
}

// test fills in the tests of the result.
func (e *estimator) test(r *Result) error {
	t := &tester{e: e, r: r, drawn: map[family][]*pid.Decomposition{}, all: 1<<(len(e.shape)-1) - 1}
	if err := t.informations(); err != nil {
		return err
	}
	l := r.Plugin.Lattice()
	for i := range l.Len() {
		f := t.nullOf(l.Antichain(i))
		nulls, err := t.draw(f)
		if err != nil {
			return err
		}
		r.PValues = append(r.PValues, e.tail(nulls, r.Plugin, i))
		r.AtomNulls = append(r.AtomNulls, e.words(f))
	}
	r.adjust(e.cfg.Adjust)
	return nil
}

// informations tests I(T : all), I(T:k) and I(T:k | others).
func (t *tester) informations() error {
	global, err := t.draw(family{kind: everything})
	if err != nil {
		return err
	}
	add := func(name string, f family, nulls []*pid.Decomposition, value func(d *pid.Decomposition) float64) float64 {
		p := upper(nulls, t.r.Plugin, value)
		t.r.Tests = append(t.r.Tests, Test{Name: name, Value: value(t.r.Plugin), P: p, Null: t.e.words(f)})
		return p
	}
	everythingIs := family{kind: everything}
	t.r.MIPValue = add("I(T:"+t.e.names(t.all)+")", everythingIs, global, func(d *pid.Decomposition) float64 { return d.MutualInfo })
	for k := range len(t.e.shape) - 1 {
		one := uint8(1) << k
		if add("I(T:"+t.e.names(one)+")", everythingIs, global, func(d *pid.Decomposition) float64 { return mutual(d, one) }) <= informsOf(len(global)) {
			t.inform |= one
		}
	}
	for k := range len(t.e.shape) - 1 {
		one := uint8(1) << k
		f := family{conditional, one}
		nulls, err := t.draw(f)
		if err != nil {
			return err
		}
		add("I(T:"+t.e.names(one)+"|"+t.e.names(t.all&^one)+")", f, nulls, func(d *pid.Decomposition) float64 { return d.MutualInfo - mutual(d, t.all&^one) })
	}
	return nil
}

// nullOf chooses the null hypothesis of an atom: data without that atom, but
// with the information of the other sources.
//
//   - An atom {k} of one source: the source adds nothing to the others.
//   - Other atoms: the sources of the atom that are not informative alone add
//     nothing to the others. If no source at all is informative alone, the
//     strongest source of the atom adds nothing to the others. If all sources of
//     the atom are informative, the weakest of them is changed: for the synergy of
//     one set of sources it adds nothing to the others, for other atoms it is
//     independent of all variables.
//   - Estimators without bins: sources have hardly more information together than
//     alone. So the atoms of a non-negative measure, such as mmi, depend on the
//     weaker source, which remains in data without the stronger one. If no source
//     is informative alone, the null is then that no source is informative.
func (t *tester) nullOf(a pid.Antichain) family {
	sets := a.Sets()
	var of uint8
	for _, m := range sets {
		of |= m
	}
	switch {
	case len(sets) == 1 && bits.OnesCount8(of) == 1:
		return family{conditional, of}
	case t.inform == 0 && t.e.continuous != nil && nonNegative(t.e.cfg.Measure):
		return family{kind: everything}
	case t.inform == 0:
		return family{conditional, t.extreme(of, 1)}
	case of&^t.inform != 0:
		return family{conditional, of &^ t.inform}
	case len(sets) == 1:
		return family{conditional, t.extreme(of, -1)}
	}
	return family{marginal, t.extreme(of, -1)}
}

// extreme returns the source of a mask with the most information alone (sign
// 1), or the least (−1).
func (t *tester) extreme(of uint8, sign float64) uint8 {
	best, most := uint8(0), math.Inf(-1)
	for m := of; m != 0; m &= m - 1 {
		one := m & -m
		if v := sign * mutual(t.r.Plugin, one); v > most {
			best, most = one, v
		}
	}
	return best
}

// tail returns the share of surrogates, the data included, that lie at least as
// far out as the observed atom: above it or, for measures with negative atoms,
// as far from the mean. Where atoms are equal (many are exactly 0) the mutual
// information decides; otherwise p would be too large.
func (e *estimator) tail(nulls []*pid.Decomposition, observed *pid.Decomposition, atom int) float64 {
	far := func(d *pid.Decomposition) float64 { return d.Atoms[atom] }
	tolerance := 1e-12
	switch e.cfg.Measure {
	case pid.BROJA, pid.DEP:
		tolerance = pid.Tolerance
	case pid.SX, pid.PM, pid.CCS:
		m := observed.Atoms[atom]
		for _, d := range nulls {
			m += d.Atoms[atom]
		}
		m /= float64(len(nulls) + 1)
		far = func(d *pid.Decomposition) float64 { return math.Abs(d.Atoms[atom] - m) }
	}
	at, beyond := far(observed), 1
	for _, d := range nulls {
		v := far(d)
		if v > at+tolerance || (v > at-tolerance && d.MutualInfo >= observed.MutualInfo-1e-12) {
			beyond++
		}
	}
	return float64(beyond) / float64(len(nulls)+1)
}

// names returns the sources of a mask as the user wrote them.
func (e *estimator) names(mask uint8) string {
	var names []string
	for k, columns := range e.cfg.Sources {
		if mask>>k&1 != 0 {
			names = append(names, strings.Join(columns, "+"))
		}
	}
	return strings.Join(names, ",")
}

// words describes what a family assumes and how it is made.
func (e *estimator) words(f family) string {
	how := map[Dependence]string{Independent: "rows shuffled", Trials: "trials shuffled"}[e.plan.kind]
	if e.plan.kind == Series {
		how = map[Surrogate]string{Shift: "shifted circularly", Block: "blocks shuffled"}[e.plan.surrogate]
	}
	target, moved, others := strings.Join(e.cfg.Target, "+"), e.names(f.moved), e.names(^f.moved)
	switch {
	case f.kind == everything:
		return fmt.Sprintf("no source has information about %s (%s: %s)", target, target, how)
	case others == "":
		return fmt.Sprintf("%s: no information about %s (%s)", moved, target, how)
	case f.kind == conditional && e.plan.kind == Independent && e.continuous == nil:
		return fmt.Sprintf("given %[2]s, %[1]s has no information about %[3]s (%[4]s: rows shuffled among those with equal %s)", moved, others, target, moved, others)
	case f.kind == conditional:
		return fmt.Sprintf("given %[2]s, %[1]s has no information about %[3]s (%[4]s: %[5]s against all others, which also breaks its tie to %s)", moved, others, target, moved, how, others)
	}
	return fmt.Sprintf("%s is unrelated to %s and %s (%s: %s)", moved, others, target, moved, how)
}
