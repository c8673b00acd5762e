package estimate

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"infomorph/pid"
)

// Result is an estimate. Vectors have the order of the decomposition's
// lattice; values are in bits.
type Result struct {
	Config  Config      // with its defaults filled in
	Columns []ColumnUse // how columns became symbols

	Samples, Dropped int
	Shape            []int // symbols of each source and of the target
	Occupied         int   // joint cells of sources and target that occur
	Open             int   // outcomes at which a bend of the measure is open; see bends.go and Warnings

	Plugin    *pid.Decomposition // of the observed frequencies
	Bias      []float64          // subtracted from each atom
	Atoms     []float64          // corrected
	MI, MIRaw float64            // mutual information, corrected and not

	// Lower and Upper bound each atom at the level of the configuration; nil if
	// not asked for, or if no correction is sound. MILower and MIUpper bound the
	// mutual information, if asked for.
	Lower, Upper     []float64
	MILower, MIUpper float64

	// Tests are those of the mutual information and of the information of each
	// source, alone and beyond the others. PValues are those of the atoms;
	// AtomNulls says what each was tested against. Adjusted are the p-values of
	// the atoms, corrected for the number of all tests. They are nil if not
	// asked for.
	Tests             []Test
	PValues, Adjusted []float64
	AtomNulls         []string
	MIPValue          float64
	MIVerdict         string
	Verdicts          []string // of each atom; "" without a test

	Rows     Dependence // how rows were taken to depend on each other
	RowsWhy  string
	BlockLen int    // rows of a block; 1 for independent rows
	Sound    string // "" or why no correction is sound

	// Transfers are the corrected transfer entropies from each source, beyond
	// the target's past (Schreiber 2000): unique information plus synergy. Only
	// with History.
	Transfers []Transfer

	Course   []Point // with Window
	Warnings []string
}

// Transfer is I(target : source | its own past), the sum of the source's unique
// information and its synergy with the past; for several sources there is only
// one value for all of them.
type Transfer struct {
	Sources string
	Value   float64 // [bit]
}

// Point is one window of a time course: rows First to Last, counted from 1
// after rows with missing values are left out.
type Point struct {
	First, Last int
	MI, HRes    float64
	Atoms       []float64
}

// Estimate estimates the decomposition of the information that the sources of a
// frame have about its target. Every random choice comes from cfg.Seed. Errors
// are about the configuration or the data.
func Estimate(f *Frame, cfg Config) (*Result, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	f, err := embed(f, &cfg)
	if err != nil {
		return nil, err
	}
	if cfg.Estimator != Binned {
		return estimateContinuous(f, &cfg)
	}
	s, err := newSamples(f, &cfg)
	if err != nil {
		return nil, err
	}
	trials, err := s.trialsOf(f, &cfg)
	if err != nil {
		return nil, err
	}
	e, err := newEstimator(s, &cfg, trials)
	if err != nil {
		return nil, err
	}
	r, err := e.estimate()
	if err != nil {
		return nil, err
	}
	r.Columns, err = columnUses(f, &cfg)
	return r, err
}

// newEstimator returns an estimator of discrete rows.
func newEstimator(s *samples, cfg *Config, trials []span) (*estimator, error) {
	e := &estimator{samples: s, cfg: cfg}
	e.plan = e.planRows(trials)
	e.observed = e.count(s.source, s.target)
	var err error
	e.plugin, err = e.decompose(e.observed)
	return e, err
}

// estimate corrects, bounds and tests what was observed.
func (e *estimator) estimate() (*Result, error) {
	cfg := e.cfg
	r := &Result{Config: *cfg, Samples: len(e.source), Dropped: e.dropped, Shape: e.shape, Occupied: len(e.observed.index), Plugin: e.plugin, MIRaw: e.plugin.MutualInfo,
		Rows: e.plan.kind, RowsWhy: e.plan.why, BlockLen: e.plan.block}
	r.warn(e)
	cumulative, err := e.bias(e.observed, e.plugin)
	if err != nil {
		return nil, err
	}
	r.correct(cumulative)
	r.warnBends(e)
	r.transfer(e)
	if cfg.Bootstrap > 0 {
		if err := e.intervals(r); err != nil {
			return nil, err
		}
		if r.Sound != "" {
			r.Lower, r.Upper = nil, nil
		}
	}
	if cfg.Permutations > 0 {
		if err := e.test(r); err != nil {
			return nil, err
		}
		r.judge(cfg)
	}
	if cfg.Window > 0 {
		err = e.course(r)
	}
	return r, err
}

// warn adds warnings about the data.
func (r *Result) warn(e *estimator) {
	s := e.samples
	if s.dropped > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d rows left out: a value is missing", s.dropped, s.dropped+len(s.source)))
	}
	if w := s.sparsity(r.Occupied); w != "" {
		r.Warnings = append(r.Warnings, w)
	}
	if r.Sound = e.unsound(); r.Sound != "" {
		r.Warnings = append(r.Warnings, r.Sound)
	}
	if e.plan.kind == Series && e.cfg.Rows == AutoRows {
		r.Warnings = append(r.Warnings, e.plan.why)
	}
	if w := e.plan.short(); w != "" {
		r.Warnings = append(r.Warnings, w)
	}
	if c := e.cfg.Correction; e.plan.kind != Independent && c != Calibrated && c != Shuffle && c != NoCorrection {
		r.Warnings = append(r.Warnings, fmt.Sprintf("correction %s assumes independent rows and subtracts too little here; calibrated does not", c))
	}
}

// correct subtracts the bias of the cumulative redundancies.
func (r *Result) correct(cumulative []float64) {
	l := r.Plugin.Lattice()
	r.Bias = l.Atoms(nil, cumulative)
	r.Atoms = make([]float64, l.Len())
	for i := range r.Atoms {
		r.Atoms[i] = r.Plugin.Atoms[i] - r.Bias[i]
	}
	r.MI = r.MIRaw - cumulative[l.Len()-1]
}

// transfer fills in the transfer entropy of all sources after the first, which
// is the target's past.
func (r *Result) transfer(e *estimator) {
	if e.cfg.History == 0 {
		return
	}
	past, _ := r.Plugin.Lattice().Index("{1}")
	value := r.MI - (r.Plugin.Cumulative[past] - r.Plugin.Lattice().Cumulative(nil, r.Bias)[past])
	r.Transfers = append(r.Transfers, Transfer{e.names(^uint8(1)), value})
}

// estimator decomposes samples and replicates of them.
type estimator struct {
	*samples
	cfg               *Config
	plan              rowPlan
	observed          counts
	plugin            *pid.Decomposition // of what was observed
	cal               *calibration       // with the calibrated correction
	plain             [][]float64        // replicates of the rows as they are
	plainInformations []float64
	bent              *bent       // with the calibrated correction, if choices are open
	continuous        *continuous // in place of samples, for tests
	p                 []float64
	table             []int // room for counts
}

// counts is a sparse table of how often each joint cell occurs.
type counts struct {
	index []int
	n     []int
	total int
}

// denseCells is the largest table that is counted by position.
const denseCells = 1 << 16

// cells returns the number of cells of a table.
func cells(shape []int) int {
	size := 1
	for _, d := range shape {
		size *= d
	}
	return size
}

// count tallies rows, given by their source cells and targets.
func (e *estimator) count(source []int, target []int32) counts {
	if all := cells(e.shape); all <= min(denseCells, 8*len(source)) {
		return e.countDense(source, target, all)
	}
	targets := e.shape[len(e.shape)-1]
	keys := make([]int, len(source))
	for i := range keys {
		keys[i] = source[i]*targets + int(target[i])
	}
	slices.Sort(keys)
	c := counts{total: len(keys)}
	for i, k := range keys {
		if i == 0 || k != keys[i-1] {
			c.index, c.n = append(c.index, k), append(c.n, 0)
		}
		c.n[len(c.n)-1]++
	}
	return c
}

// countDense tallies rows into a table of all cells.
func (e *estimator) countDense(source []int, target []int32, cells int) counts {
	targets := e.shape[len(e.shape)-1]
	e.table = slices.Grow(e.table[:0], cells)[:cells]
	clear(e.table)
	for i, s := range source {
		e.table[s*targets+int(target[i])]++
	}
	c := counts{total: len(source)}
	for k, n := range e.table {
		if n > 0 {
			c.index, c.n = append(c.index, k), append(c.n, n)
		}
	}
	return c
}

// decompose returns the decomposition of the frequencies.
func (e *estimator) decompose(c counts) (*pid.Decomposition, error) {
	return pid.DecomposeSparse(e.cfg.Measure, e.shape, c.index, e.frequencies(c))
}

// frequencies returns the relative frequencies, in a slice that is valid until
// the next call.
func (e *estimator) frequencies(c counts) []float64 {
	e.p = e.p[:0]
	for _, n := range c.n {
		e.p = append(e.p, float64(n)/float64(c.total))
	}
	return e.p
}

// stream returns the random numbers of one purpose.
func (e *estimator) stream(purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(e.cfg.Seed, purpose))
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// course decomposes a window that slides over the rows.
func (e *estimator) course(r *Result) error {
	if e.cfg.Window > len(e.source) {
		return fmt.Errorf("the window of %d rows is longer than the data: %d rows", e.cfg.Window, len(e.source))
	}
	for at := 0; at+e.cfg.Window <= len(e.source); at += e.cfg.Step {
		end := at + e.cfg.Window
		d, err := e.decompose(e.count(e.source[at:end], e.target[at:end]))
		if err != nil {
			return err
		}
		r.Course = append(r.Course, Point{at + 1, end, d.MutualInfo, d.Residual, d.Atoms})
	}
	return nil
}
