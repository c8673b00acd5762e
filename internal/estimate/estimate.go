package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"infomorph/pid"
)

// Result is an estimate. Vectors have the order of the decomposition's
// lattice; values are in bits.
type Result struct {
	Samples, Dropped int
	Shape            []int // symbols of each source and of the target
	Occupied         int   // joint cells of sources and target that occur

	Plugin    *pid.Decomposition // of the observed frequencies
	Bias      []float64          // subtracted from each atom
	Atoms     []float64          // corrected
	MI, MIRaw float64            // mutual information, corrected and not

	// Lower and Upper bound each atom at the level of the configuration: the
	// spread of bootstrap replicates, centred on the corrected value. PValues
	// are the fractions of surrogates with shuffled target whose atom lies as
	// far from their mean as the observed one. Nil if not asked for.
	Lower, Upper, PValues []float64
	MILower, MIUpper      float64
	MIPValue              float64

	Course   []Point // with Window
	Warnings []string
}

// Point is one window of a time course: rows First to Last, counted from 1
// after rows with missing values are left out.
type Point struct {
	First, Last int
	MI, HRes    float64
	Atoms       []float64
}

// Estimate estimates the decomposition of what the sources of a frame tell
// about its target. Every random choice comes from cfg.Seed. Errors are about
// the configuration or the data.
func Estimate(f *Frame, cfg Config) (*Result, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s, err := newSamples(f, &cfg)
	if err != nil {
		return nil, err
	}
	e := &estimator{samples: s, cfg: &cfg}
	counts := e.count(s.source, s.target)
	plugin, err := e.decompose(counts)
	if err != nil {
		return nil, err
	}
	r := &Result{Samples: len(s.source), Dropped: s.dropped, Shape: s.shape, Occupied: len(counts.index), Plugin: plugin, MIRaw: plugin.MutualInfo}
	r.warn(s)
	nulls, err := e.surrogates()
	if err != nil {
		return nil, err
	}
	cumulative, err := e.bias(counts, plugin, nulls)
	if err != nil {
		return nil, err
	}
	r.correct(cumulative)
	if cfg.Permutations > 0 {
		r.test(nulls[:cfg.Permutations])
	}
	if cfg.Bootstrap > 0 {
		if err := e.intervals(r); err != nil {
			return nil, err
		}
	}
	if cfg.Window > 0 {
		err = e.course(r)
	}
	return r, err
}

// warn notes what the reader should know of the data.
func (r *Result) warn(s *samples) {
	if s.dropped > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d rows left out: a value is missing", s.dropped, s.dropped+len(s.source)))
	}
	if w := s.sparsity(r.Occupied); w != "" {
		r.Warnings = append(r.Warnings, w)
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

// estimator decomposes samples and replicates of them.
type estimator struct {
	*samples
	cfg *Config
	p   []float64
}

// counts is a sparse table of how often each joint cell occurs.
type counts struct {
	index []int
	n     []int
	total int
}

// count tallies rows, given by their source cells and targets.
func (e *estimator) count(source []int, target []int32) counts {
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

// decompose returns the decomposition of the frequencies.
func (e *estimator) decompose(c counts) (*pid.Decomposition, error) {
	e.p = e.p[:0]
	for _, n := range c.n {
		e.p = append(e.p, float64(n)/float64(c.total))
	}
	return pid.DecomposeSparse(e.cfg.Measure, e.shape, c.index, e.p)
}

// stream returns the random numbers of one purpose.
func (e *estimator) stream(purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(e.cfg.Seed, purpose))
}

// surrogates decomposes the data with the target shuffled.
func (e *estimator) surrogates() ([]*pid.Decomposition, error) {
	n := e.cfg.Permutations
	if e.cfg.Correction == Shuffle {
		n = max(n, 50)
	}
	rnd, target := e.stream(1), slices.Clone(e.target)
	list := make([]*pid.Decomposition, n)
	for i := range list {
		rnd.Shuffle(len(target), func(a, b int) { target[a], target[b] = target[b], target[a] })
		var err error
		if list[i], err = e.decompose(e.count(e.source, target)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// test computes p-values from the surrogates.
func (r *Result) test(nulls []*pid.Decomposition) {
	r.PValues = make([]float64, len(r.Atoms))
	values := make([]float64, len(nulls))
	for i := range r.PValues {
		for k, d := range nulls {
			values[k] = d.Atoms[i]
		}
		r.PValues[i] = tail(values, r.Plugin.Atoms[i])
	}
	beyond := 1
	for _, d := range nulls {
		if d.MutualInfo >= r.MIRaw-1e-12 {
			beyond++
		}
	}
	r.MIPValue = float64(beyond) / float64(len(nulls)+1)
}

// tail returns the fraction of null values, the observed one included, that lie
// as far from their mean as the observed one.
func tail(null []float64, observed float64) float64 {
	m, beyond := mean(null), 1
	for _, v := range null {
		if math.Abs(v-m) >= math.Abs(observed-m)-1e-12 {
			beyond++
		}
	}
	return float64(beyond) / float64(len(null)+1)
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// intervals computes bootstrap intervals. A replicate of a plug-in estimate is
// biased upwards once more, so that only its spread is used.
func (e *estimator) intervals(r *Result) error {
	rnd, n := e.stream(2), len(e.source)
	source, target := make([]int, n), make([]int32, n)
	k := len(r.Atoms)
	values := make([][]float64, k+1)
	for range e.cfg.Bootstrap {
		for i := range n {
			j := rnd.IntN(n)
			source[i], target[i] = e.source[j], e.target[j]
		}
		d, err := e.decompose(e.count(source, target))
		if err != nil {
			return err
		}
		for i, v := range d.Atoms {
			values[i] = append(values[i], v)
		}
		values[k] = append(values[k], d.MutualInfo)
	}
	r.Lower, r.Upper = make([]float64, k), make([]float64, k)
	for i, v := range r.Atoms {
		r.Lower[i], r.Upper[i] = spread(values[i], v, e.cfg.Level)
	}
	r.MILower, r.MIUpper = spread(values[k], r.MI, e.cfg.Level)
	return nil
}

// spread returns the central quantiles of replicates, moved to centre on v.
func spread(replicates []float64, v, level float64) (lower, upper float64) {
	slices.Sort(replicates)
	shift := v - mean(replicates)
	at := func(q float64) float64 {
		x := q * float64(len(replicates)-1)
		i := int(x)
		j := min(i+1, len(replicates)-1)
		return replicates[i] + (x-float64(i))*(replicates[j]-replicates[i])
	}
	return at((1-level)/2) + shift, at((1+level)/2) + shift
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
