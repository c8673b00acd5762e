package estimate

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"infomorph/pid"
)

// maxNeighbourRows bounds the rows for nearest neighbours, because all pairs
// are compared.
const maxNeighbourRows = 20_000

// validateContinuous reports settings that do not work with estimators without
// bins.
func (c *Config) validateContinuous(fault func(bad bool, format string, args ...any)) {
	ok := c.Measure == pid.MMI || c.Measure == pid.SX || (c.Measure == pid.BROJA && c.Estimator == Gaussian)
	fault(!ok, "estimator %s offers the measures mmi and sx (two sources of one column each), gaussian broja too (one target column); not %v", c.Estimator, c.Measure)
	single := len(c.Target) == 1
	for _, s := range c.Sources {
		single = single && len(s) == 1
	}
	fault(c.Measure == pid.SX && (len(c.Sources) != 2 || c.History > 1 || !single), "continuous sx takes two sources and a target of one column each: a shared event of columns of different number has no density")
	fault(c.Measure == pid.BROJA && len(c.Target) != 1, "gaussian broja takes one target column, for which it equals mmi")
	fault(c.Window > 0, "a time course is for bins")
	fault(len(c.Discrete) > 0 || len(c.BinsOf) > 0 || len(c.Edges) > 0 || c.Missing == "category", "estimator %s takes no bins and no symbols", c.Estimator)
}

// continuous estimates from values without bins. columns holds those of each
// source in order and then those of the target, standardised; of has the column
// numbers of each source.
type continuous struct {
	cfg     *Config
	columns [][]float64
	of      [][]int
	target  []int
	n       int
	plan    rowPlan
	window  int // rows to each side that are too near in time to be neighbours
}

// estimateContinuous estimates without bins.
func estimateContinuous(f *Frame, cfg *Config) (*Result, error) {
	c, rows, dropped, err := newContinuous(f, cfg)
	if err != nil {
		return nil, err
	}
	trials, err := (&samples{rows: rows}).trialsOf(f, cfg)
	if err != nil {
		return nil, err
	}
	c.planRows(trials)
	for _, s := range trials {
		if left := c.n - (s.end - s.first); cfg.Estimator == KSG && left < 4*cfg.Neighbours {
			return nil, fmt.Errorf("a trial has all but %d of the rows; neighbours are looked for in other trials, which need at least %d", left, 4*cfg.Neighbours)
		}
	}
	told := c.informations(nil)
	d := c.decomposition(told)
	if math.IsNaN(d.MutualInfo) || math.IsInf(d.MutualInfo, 0) {
		return nil, errors.New("some columns determine another one exactly, so the information of their continuous values has no bound; leave one of them out")
	}
	r := &Result{Config: *cfg, Samples: c.n, Dropped: dropped, Plugin: d, MIRaw: d.MutualInfo, Rows: c.plan.kind, RowsWhy: c.plan.why, BlockLen: c.plan.block}
	for set, v := range c.serialBias() {
		told[set] -= v
	}
	corrected := c.decomposition(told)
	r.MI, r.Atoms, r.Bias = corrected.MutualInfo, corrected.Atoms, make([]float64, len(d.Atoms))
	for i, v := range corrected.Atoms {
		r.Bias[i] = d.Atoms[i] - v
	}
	if dropped > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d rows left out: a value is missing", dropped, dropped+c.n))
	}
	if c.plan.kind == Series && cfg.Rows == AutoRows {
		r.Warnings = append(r.Warnings, c.plan.why)
	}
	r.Sound = c.unsound()
	for _, w := range []string{r.Sound, c.plan.short()} {
		if w != "" {
			r.Warnings = append(r.Warnings, w)
		}
	}
	r.transfer(&estimator{cfg: cfg})
	if cfg.Bootstrap > 0 {
		c.jackknife(r)
	}
	if cfg.Permutations > 0 {
		c.test(r)
		r.judge(cfg)
	}
	return r, nil
}

// newContinuous reads the columns, drops rows that lack a value and prepares
// the values. For the Gaussian copula they become normal scores. For neighbours
// they are standardised, and noise far below their resolution is added, because
// equal distances make the counts wrong. It returns which rows are left.
func newContinuous(f *Frame, cfg *Config) (c *continuous, rows []int, dropped int, err error) {
	c = &continuous{cfg: cfg}
	var raw [][]float64
	var names []string
	for k, group := range append(slices.Clone(cfg.Sources), cfg.Target) {
		var at []int
		for _, name := range group {
			values, err := valuesOf(f, name)
			if err != nil {
				return nil, nil, 0, err
			}
			at, raw, names = append(at, len(raw)), append(raw, values), append(names, name)
		}
		if k < len(cfg.Sources) {
			c.of = append(c.of, at)
		} else {
			c.target = at
		}
	}
	for i := range f.Rows {
		if slices.ContainsFunc(raw, func(v []float64) bool { return math.IsNaN(v[i]) }) {
			dropped++
			continue
		}
		rows = append(rows, i)
	}
	if c.n = len(rows); dropped > 0 && cfg.Missing == "error" {
		return nil, nil, 0, fmt.Errorf("%d rows lack a value", dropped)
	}
	if err := c.checkRows(); err != nil {
		return nil, nil, 0, err
	}
	rnd := rand.New(rand.NewPCG(cfg.Seed, 9))
	for k, v := range raw {
		x := make([]float64, 0, len(rows))
		for _, i := range rows {
			x = append(x, v[i])
		}
		if x, err = prepare(x, cfg.Estimator, rnd); err != nil {
			return nil, nil, 0, fmt.Errorf("column %q %w", names[k], err)
		}
		c.columns = append(c.columns, x)
	}
	return c, rows, dropped, nil
}

// valuesOf returns the numbers of a column.
func valuesOf(f *Frame, name string) ([]float64, error) {
	col, err := f.Column(name)
	if err != nil {
		return nil, err
	}
	return f.Values(col)
}

// checkRows returns an error for too few rows, and for too many for nearest
// neighbours.
func (c *continuous) checkRows() error {
	columns := len(c.target)
	for _, of := range c.of {
		columns += len(of)
	}
	switch least := max(4*c.cfg.Neighbours, 3*columns, 10); {
	case c.n < least:
		return fmt.Errorf("%d rows with all values; at least %d are needed", c.n, least)
	case c.cfg.Estimator == KSG && c.n > maxNeighbourRows:
		return fmt.Errorf("%d rows; nearest neighbours take at most %d: use part of the rows, or --estimator gaussian", c.n, maxNeighbourRows)
	}
	return nil
}

// prepare turns values into normal scores, Φ⁻¹(rank/(n+1)), or standardises them.
func prepare(x []float64, how Estimator, rnd *rand.Rand) ([]float64, error) {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	distinct := len(slices.Compact(slices.Clone(sorted)))
	if distinct == 1 {
		return nil, errors.New("is constant, so it has no information; leave it out")
	}
	if distinct < len(x)/2 {
		return nil, fmt.Errorf("has %d distinct values in %d rows; estimators without bins take continuous values: use --estimator bins", distinct, len(x))
	}
	n := len(x)
	if how == Gaussian {
		scores := make([]float64, n)
		for i, v := range x {
			lo, _ := slices.BinarySearch(sorted, v)
			hi := lo
			for hi < n && sorted[hi] == v {
				hi++
			}
			scores[i] = distuv.UnitNormal.Quantile((float64(lo+hi-1)/2 + 1) / float64(n+1))
		}
		return scores, nil
	}
	m, square := mean(x), 0.0
	for _, v := range x {
		square += (v - m) * (v - m)
	}
	scale := 1 / math.Sqrt(square/float64(n))
	z := make([]float64, n)
	for i, v := range x {
		z[i] = (v-m)*scale + 1e-10*(rnd.Float64()-.5)
	}
	return z, nil
}

// planRows decides how rows depend on each other.
func (c *continuous) planRows(trials []span) {
	c.plan = planRows(c.cfg, c.n, trials, c)
	if c.plan.kind == Series && c.cfg.Estimator == KSG {
		c.window = theiler(c.sources(), c.columns[c.target[0]])
		c.plan.why += fmt.Sprintf("; rows within %d of each other are no neighbours", c.window)
	}
}

// fewMemories is how many times longer than its memory a series must be for
// nearest neighbours. For 500 rows of unrelated columns with a memory of up to
// an eighth of the rows, the mean error is .2 bit even after correction; with a
// memory below a sixteenth it is .03.
const fewMemories = 16

// unsound returns why no correction is sound, or "".
func (c *continuous) unsound() string {
	if c.window == 0 || c.n >= fewMemories*c.window {
		return ""
	}
	return fmt.Sprintf("too short a series for nearest neighbours: %d rows that remember up to %d before them; values can be off by some tenths of a bit: take more rows, --estimator gaussian or bins", c.n, c.window)
}

// sources returns the columns of all sources.
func (c *continuous) sources() [][]float64 {
	var list [][]float64
	for _, of := range c.of {
		for _, k := range of {
			list = append(list, c.columns[k])
		}
	}
	return list
}

// looksSerial tests the values of the columns.
func (c *continuous) looksSerial() (Dependence, []string) {
	return looksSerial(c.sources(), c.columns[c.target[0]])
}

// blockLength returns the largest block length of the products of a source and
// the target, because Gaussian information is computed from the means of these
// products.
func (c *continuous) blockLength() int {
	target, most := c.columns[c.target[0]], 1
	product := make([]float64, c.n)
	for _, x := range c.sources() {
		for i, v := range x {
			product[i] = v * target[i]
		}
		most = max(most, blockLength(product))
	}
	return most
}

// rowsOf has, for each source and last for the target, the list of rows to use;
// nil: all rows in their order.
type rowsOf [][]int32

// decompose estimates the decomposition of reordered rows.
func (c *continuous) decompose(rows rowsOf) *pid.Decomposition {
	return c.decomposition(c.informations(rows))
}

// informations returns the information of each set of sources about the target
// in reordered rows, by the mask of the set. For measure sx, entry 0 (the empty
// set) is the shared information.
func (c *continuous) informations(rows rowsOf) []float64 {
	columns := c.reordered(rows)
	n := len(c.of)
	told := make([]float64, 1<<n)
	near := c.apart(len(columns[0]), rows)
	information := func(columns [][]float64, of []int) float64 { return c.neighbourInformation(columns, of, near) }
	if c.cfg.Estimator == Gaussian {
		information = c.gaussianInformation
	}
	for set := 1; set < 1<<n; set++ {
		var of []int
		for k := range n {
			if set>>k&1 != 0 {
				of = append(of, c.of[k]...)
			}
		}
		told[set] = information(columns, of)
	}
	switch {
	case c.cfg.Measure != pid.SX:
	case c.cfg.Estimator == Gaussian:
		told[0] = c.gaussianShared(columns)
	default:
		told[0] = c.neighbourShared(columns, near)
	}
	return told
}

// decomposition returns the decomposition from the information of sets of
// sources. The redundancy of several sets is the least information of one of
// them, or for sx entry 0 of told.
func (c *continuous) decomposition(told []float64) *pid.Decomposition {
	n := len(c.of)
	l, _ := pid.NewLattice(n)
	cumulative := make([]float64, l.Len())
	for i := range cumulative {
		least := math.Inf(1)
		for _, m := range l.Antichain(i).Sets() {
			least = min(least, told[m])
		}
		cumulative[i] = least
	}
	if c.cfg.Measure == pid.SX {
		i, _ := l.Index("{1}{2}")
		cumulative[i] = told[0]
	}
	return pid.FromCumulative(c.cfg.Measure, n, cumulative)
}

// serialBias returns the mean information, by the masks of informations, when
// the target is shifted against the sources or its trials are shuffled. Rows
// that depend on each other count as fewer rows, but the corrections of the
// estimators assume independent rows. It returns nil for independent rows.
func (c *continuous) serialBias() []float64 {
	if c.plan.kind == Independent {
		return nil
	}
	reps := 200
	if c.cfg.Estimator == KSG {
		reps = 20 // each compares all pairs of rows
	}
	plan, rnd := c.plan.far(), rand.New(rand.NewPCG(c.cfg.Seed, 10))
	rows, to := make(rowsOf, len(c.of)+1), make([]int32, c.n)
	rows[len(c.of)] = to
	bias := make([]float64, 1<<len(c.of))
	for range reps {
		plan.permutation(to, nil, rnd)
		for i, v := range c.informations(rows) {
			bias[i] += v / float64(reps)
		}
	}
	return bias
}

// reordered returns the columns with the given rows.
func (c *continuous) reordered(rows rowsOf) [][]float64 {
	if rows == nil {
		return c.columns
	}
	columns := slices.Clone(c.columns)
	take := func(k int, from []int32) {
		if from == nil {
			return
		}
		x := make([]float64, len(from))
		for i, j := range from {
			x[i] = c.columns[k][j]
		}
		columns[k] = x
	}
	for s, of := range c.of {
		for _, k := range of {
			take(k, rows[s])
		}
	}
	for _, k := range c.target {
		take(k, rows[len(c.of)])
	}
	return columns
}

// jackknifeGroups is the number of groups of successive rows that are left out
// in turn.
const jackknifeGroups = 20

// jackknife bounds each value by ± z standard errors, leaving out one of up to
// twenty groups of rows, or of trials, at a time. Replicates drawn with
// replacement would contain equal rows, which do not work with nearest
// neighbours.
func (c *continuous) jackknife(r *Result) {
	k := len(r.Atoms)
	values := make([][]float64, k+1)
	groups := min(jackknifeGroups, c.n/4)
	if c.plan.kind == Series {
		groups = max(min(groups, c.n/(2*c.plan.block)), 5)
	}
	for g := range groups {
		var keep []int32
		first, end := g*c.n/groups, (g+1)*c.n/groups
		for i := range c.n {
			if i < first || i >= end {
				keep = append(keep, int32(i))
			}
		}
		d := c.decompose(slices.Repeat(rowsOf{keep}, len(c.of)+1))
		for i, v := range d.Atoms {
			values[i] = append(values[i], v)
		}
		values[k] = append(values[k], d.MutualInfo)
	}
	z := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(groups - 1)}.Quantile((1 + c.cfg.Level) / 2)
	half := func(v []float64) float64 {
		m, sum := mean(v), 0.0
		for _, x := range v {
			sum += (x - m) * (x - m)
		}
		return z * math.Sqrt(sum*float64(groups-1)/float64(groups))
	}
	r.Lower, r.Upper = make([]float64, k), make([]float64, k)
	for i, v := range r.Atoms {
		h := half(values[i])
		r.Lower[i], r.Upper[i] = v-h, v+h
		if nonNegative(c.cfg.Measure) {
			r.Upper[i] = max(r.Upper[i], 0) // the minimum of informations near 0 can be below 0
		}
	}
	h := half(values[k])
	r.MILower, r.MIUpper = r.MI-h, max(r.MI+h, 0)
}

// test fills in the tests. The families of surrogates are those of bins, with
// one difference: there are no rows with equal values of the other sources, so
// rows are not exchanged only among such rows.
func (c *continuous) test(r *Result) {
	cfg := *c.cfg
	e := &estimator{samples: &samples{shape: make([]int, len(c.of)+1)}, cfg: &cfg, plan: c.plan}
	e.continuous = c
	if err := e.test(r); err != nil { // surrogates of values cannot fail
		panic(err)
	}
}

// surrogates decomposes n data sets of a family.
func (c *continuous) surrogates(f family, n int, rnd *rand.Rand) []*pid.Decomposition {
	list := make([]*pid.Decomposition, n)
	to, labels := make([]int32, c.n), c.labels(f)
	for k := range list {
		c.plan.permutation(to, labels, rnd)
		rows := make(rowsOf, len(c.of)+1)
		if f.kind == everything {
			rows[len(c.of)] = to
		}
		for m := f.moved; m != 0; m &= m - 1 {
			rows[bits.TrailingZeros8(m)] = to
		}
		list[k] = c.decompose(rows)
	}
	return list
}

// labels returns, for each row, in which eighth of all values the first column
// moved by a family lies. Blocks of rows are joined where these are equal.
func (c *continuous) labels(f family) []int32 {
	column := c.target[0]
	if f.kind != everything {
		column = c.of[bits.TrailingZeros8(f.moved)][0]
	}
	return divide(c.columns[column], quantiles(c.columns[column], 8)).symbols
}
