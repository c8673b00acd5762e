package estimate

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"infomorph/pid"
)

// Binning is a way to divide a continuous column into bins.
type Binning string

// The ways of binning.
const (
	EqualWidth Binning = "width" // bins of equal width between smallest and largest value
	EqualCount Binning = "count" // bins of about equal counts; equal values share a bin
)

// Correction is a way to correct the bias of estimates from few samples.
type Correction string

// The corrections. The bias of a plug-in estimate is of order cells/N: the
// sample seems more informative than the source is. docs/pid.md has a table of
// the bias that remains after each correction.
const (
	NoCorrection Correction = "none"
	// Calibrated looks for the distribution between the observed one and
	// independence whose samples have the observed information on average, and
	// subtracts the bias of this distribution.
	Calibrated Correction = "calibrated"
	// MillerMadow subtracts from the information of each set of sources
	// [(K_st−1) − (K_s−1) − (K_t−1)]/(2N·ln 2) with K the occupied cells, and
	// from a redundancy the smallest correction of its sets.
	MillerMadow Correction = "miller-madow"
	// PanzeriTreves is MillerMadow with an estimate of the number of possible
	// cells.
	PanzeriTreves Correction = "panzeri-treves"
	// Shuffle subtracts from each redundancy its mean over surrogates in which
	// the target is shuffled; it corrects too much if the sources are
	// informative.
	Shuffle Correction = "shuffle"
	// Jackknife removes the bias of order 1/N of any measure: it leaves out
	// each sample once.
	Jackknife Correction = "jackknife"
	// Quadratic extrapolates from halves and quarters of the rows.
	Quadratic Correction = "quadratic"
)

// Corrections are all corrections, the default first.
var Corrections = []Correction{Calibrated, MillerMadow, PanzeriTreves, Jackknife, Quadratic, Shuffle, NoCorrection}

// Config says what to estimate.
type Config struct {
	Sources [][]string // 2 to 5 sources, each of one or more columns joined
	Target  []string   // one or more columns joined

	Bins     int                  // for continuous columns; default 8
	BinsOf   map[string]int       // by column
	Binning  Binning              // default EqualWidth
	Edges    map[string][]float64 // given edges by column, rising; values outside go to the first or last bin
	Discrete []string             // columns whose values are symbols, not quantities

	// Missing is "drop" (leave out rows that lack a value; the default),
	// "error", or "category" (missing is a symbol of its own).
	Missing string

	Measure      pid.Measure
	Correction   Correction // default Calibrated
	Bootstrap    int        // replicates for intervals; 0: none
	Permutations int        // surrogates for p-values; 0: none
	Level        float64    // of intervals; default 0.95
	Adjust       Adjustment // of p-values for their number; default Holm

	Rows      Dependence // how rows depend on each other; default AutoRows
	Trials    string     // column with the trial of each row; "": none
	Block     int        // rows of a block of a series; 0: estimated
	Surrogate Surrogate  // of a series; default Shift

	Seed uint64

	Lag     int // number of rows by which every source is earlier than the target
	History int // the last rows of the target, joined into a first source

	Estimator  Estimator // default Binned
	Neighbours int       // of KSG; default 4

	Window, Step int // rows of a sliding time course; 0: none
}

// Estimator is a way to estimate information from values.
type Estimator string

// The estimators.
const (
	Binned   Estimator = "bins"     // frequencies of symbols and bins
	Gaussian Estimator = "gaussian" // Gaussian copula: ranks as normal scores, closed form
	KSG      Estimator = "ksg"      // k nearest neighbours (Kraskov and others 2004)
)

// maxReplicates bounds bootstrap and permutations.
const maxReplicates = 100_000

// withDefaults returns the configuration with its zero fields filled in.
func (c Config) withDefaults() Config {
	if c.Bins == 0 {
		c.Bins = 8
	}
	if c.Binning == "" {
		c.Binning = EqualWidth
	}
	if c.Missing == "" {
		c.Missing = "drop"
	}
	if c.Correction == "" {
		c.Correction = Calibrated
	}
	if c.Estimator == "" {
		c.Estimator = Binned
	}
	if c.Neighbours == 0 {
		c.Neighbours = 4
	}
	if c.Adjust == "" {
		c.Adjust = Holm
	}
	if c.Rows == "" {
		c.Rows = AutoRows
	}
	if c.Surrogate == "" {
		c.Surrogate = Shift
	}
	if c.Level == 0 {
		c.Level = .95
	}
	if c.Window > 0 && c.Step == 0 {
		c.Step = max(c.Window/2, 1)
	}
	return c
}

// Validate returns every fault of the configuration.
func (c *Config) Validate() error {
	var errs []error
	fault := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	n := len(c.Sources)
	if c.History > 0 {
		n++ // the target's past
	}
	fault(n < 2 || n > c.Measure.MaxSources(), "%d sources; measure %v takes at least 2 and at most %d", n, c.Measure, c.Measure.MaxSources())
	fault(len(c.Target) == 0, "there is no target column")
	fault(c.Bins < 2 || c.Bins > 1000, "%d bins; expected 2 to 1000", c.Bins)
	for _, name := range sortedKeys(c.BinsOf) {
		fault(c.BinsOf[name] < 2 || c.BinsOf[name] > 1000, "%d bins for column %q; expected 2 to 1000", c.BinsOf[name], name)
	}
	for _, name := range sortedKeys(c.Edges) {
		fault(!rising(c.Edges[name]), "the edges of column %q must be at least three finite numbers that rise", name)
	}
	fault(!slices.Contains([]Binning{EqualWidth, EqualCount}, c.Binning), "no binning %q; there are width and count", c.Binning)
	fault(!slices.Contains([]string{"drop", "error", "category"}, c.Missing), "no treatment %q of missing values; there are drop, error and category", c.Missing)
	fault(!slices.Contains(Corrections, c.Correction), "no correction %q; there are %s", c.Correction, listOf(Corrections))
	fault(!slices.Contains([]Adjustment{Holm, FDR, NoAdjustment}, c.Adjust), "no adjustment %q; there are holm, fdr and none", c.Adjust)
	fault(!slices.Contains([]Dependence{AutoRows, Independent, Series}, c.Rows), "rows cannot be %q; they are auto, independent or series", c.Rows)
	fault(!slices.Contains([]Surrogate{Shift, Block}, c.Surrogate), "no surrogate %q; there are shift and block", c.Surrogate)
	fault(!slices.Contains([]Estimator{Binned, Gaussian, KSG}, c.Estimator), "no estimator %q; there are bins, gaussian and ksg", c.Estimator)
	fault(c.Neighbours < 1 || c.Neighbours > 1000, "%d neighbours; expected 1 to 1000", c.Neighbours)
	fault(c.Lag < 0 || c.History < 0 || c.Lag > maxLag || c.History > maxLag, "lag and history must lie between 0 and %d rows", maxLag)
	if c.Estimator == Gaussian || c.Estimator == KSG {
		c.validateContinuous(fault)
	}
	fault(c.Block < 0, "blocks of %d rows; expected 1 or more, or 0 for an estimate", c.Block)
	fault(c.Block > 0 && c.Rows == Independent, "a block length is of a series, and rows are said to be independent")
	fault(c.Trials != "" && (c.Rows == Series || c.Block > 0), "trials are shuffled and resampled whole: leave out the block length and the kind of rows")
	fault(c.Bootstrap < 0 || c.Bootstrap > maxReplicates, "%d bootstrap replicates; expected 0 to %d", c.Bootstrap, maxReplicates)
	fault(c.Permutations < 0 || c.Permutations > maxReplicates, "%d permutations; expected 0 to %d", c.Permutations, maxReplicates)
	fault(!(c.Level > 0 && c.Level < 1), "the level of intervals is %v; expected between 0 and 1", c.Level)
	fault(c.Window < 0 || c.Step < 0, "window and step must not be negative")
	return errors.Join(errs...)
}

// listOf joins names for a message.
func listOf[S ~string](names []S) string {
	var b strings.Builder
	for i, n := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(n))
	}
	return b.String()
}

// rising reports whether edges are finite, rise, and make two bins or more.
func rising(edges []float64) bool {
	for i, v := range edges {
		if math.IsNaN(v) || math.IsInf(v, 0) || (i > 0 && v <= edges[i-1]) {
			return false
		}
	}
	return len(edges) >= 3
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
