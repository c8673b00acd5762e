package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Dependence says how the rows of a table depend on each other.
type Dependence string

// The kinds of dependence between rows.
const (
	// AutoRows decides from the data: a series if the target and at least one
	// source are autocorrelated, otherwise independent rows.
	AutoRows    Dependence = "auto"
	Independent Dependence = "independent"
	Series      Dependence = "series" // rows are in time order and depend on their neighbours
	Trials      Dependence = "trials" // rows of a trial depend on each other, trials do not
)

// Surrogate is a way to make the variables of a series independent of each
// other.
type Surrogate string

// The surrogates of a series.
const (
	Shift Surrogate = "shift" // circular shift by a random lag of at least an eighth of a block
	Block Surrogate = "block" // blocks that end in equal symbols, in random order
)

// autocorrelationZ is the number of standard errors by which an autocorrelation
// must differ from 0. Lags 1 to autocorrelationLags are tested.
const (
	autocorrelationZ    = 4
	autocorrelationLags = 10
)

// span is a range of rows [first, end).
type span struct{ first, end int }

// rowPlan says how rows are resampled and shuffled.
type rowPlan struct {
	kind      Dependence // never AutoRows
	surrogate Surrogate
	block     int    // rows of a block of a series; 1 for independent rows
	trials    []span // of Trials
	n         int
	why       string // for the reader
}

// planRows decides how the rows depend on each other.
func (e *estimator) planRows(trials []span) rowPlan {
	return planRows(e.cfg, len(e.source), trials, e)
}

// timed are the data that planRows needs of rows in time order.
type timed interface {
	// looksSerial reports whether the rows depend on those before, and which columns.
	looksSerial() (Dependence, []string)
	blockLength() int
}

// planRows decides how n rows depend on each other. It tests the data where the
// configuration does not say it.
func planRows(cfg *Config, n int, trials []span, data timed) rowPlan {
	p := rowPlan{kind: cfg.Rows, surrogate: cfg.Surrogate, block: 1, trials: trials, n: n}
	switch {
	case trials != nil:
		p.kind = Trials
		p.why = fmt.Sprintf("%d trials of column %q are shuffled and resampled whole", len(trials), cfg.Trials)
		return p
	case p.kind == AutoRows:
		var is []string
		p.kind, is = data.looksSerial()
		p.why = "no autocorrelation was found in the target and a source: rows are taken as independent"
		if p.kind == Series {
			p.why = "rows are autocorrelated (" + strings.Join(is, ", ") + "; --rows independent if they are separate trials in a designed order)"
		}
	case p.kind == Series:
		p.why = "rows are taken as a series"
	default:
		p.why = "rows are taken as independent"
	}
	if p.kind == Series {
		p.block = cfg.Block
		how := "given"
		if p.block == 0 {
			p.block, how = data.blockLength(), "estimated"
		}
		if most := max(p.n/4, 1); p.block > most {
			how += fmt.Sprintf(": %d, but at most a quarter of the rows", p.block)
			p.block = most
		}
		p.block = max(p.block, 1)
		p.why += fmt.Sprintf(": surrogates by %s, bootstrap by blocks of %d rows (%s)", map[Surrogate]string{Shift: "circular shifts", Block: "shuffled blocks"}[p.surrogate], p.block, how)
	}
	return p
}

// looksSerial tests the target and each source for autocorrelation: shuffled
// surrogates are wrong only if both have it. It returns a description of those
// that do.
func (e *estimator) looksSerial() (Dependence, []string) {
	var sources [][]float64
	for k := range len(e.shape) - 1 {
		sources = append(sources, e.symbolsOf(k))
	}
	t := make([]float64, len(e.target))
	for i, v := range e.target {
		t[i] = float64(v)
	}
	return looksSerial(sources, t)
}

func looksSerial(sources [][]float64, target []float64) (Dependence, []string) {
	var is []string
	serial := false
	for k, x := range sources {
		if lag, r := autocorrelated(x); lag > 0 {
			serial = true
			is = append(is, fmt.Sprintf("source %d: %.2f at lag %d", k+1, r, lag))
		}
	}
	lag, r := autocorrelated(target)
	if lag == 0 || !serial {
		return Independent, nil
	}
	return Series, append(is, fmt.Sprintf("target: %.2f at lag %d", r, lag))
}

// symbolsOf returns the symbols of source k.
func (e *estimator) symbolsOf(k int) []float64 {
	values := make([]float64, len(e.source))
	for i, at := range e.source {
		values[i] = float64(e.project(at, 1<<k))
	}
	return values
}

// autocorrelated returns the first lag at which a sequence of symbols is
// autocorrelated, and how much. It uses the correlation of the symbols'
// numbers, and how often equal symbols follow each other, for which the order
// of the symbols does not matter.
func autocorrelated(x []float64) (lag int, r float64) {
	n := len(x)
	for lag = 1; lag <= min(autocorrelationLags, n/4); lag++ {
		limit := autocorrelationZ / math.Sqrt(float64(n-lag))
		if r = correlation(x, lag); math.Abs(r) > limit {
			return lag, r
		}
		if r = agreement(x, lag); math.Abs(r) > limit {
			return lag, r
		}
	}
	return 0, 0
}

// correlation returns the autocorrelation of x at a lag; 0 if x is constant.
func correlation(x []float64, lag int) float64 {
	m, sum, square := mean(x), 0.0, 0.0
	for i, v := range x {
		square += (v - m) * (v - m)
		if i >= lag {
			sum += (v - m) * (x[i-lag] - m)
		}
	}
	if square == 0 {
		return 0
	}
	return sum / square
}

// agreement returns (P(x_i = x_{i+lag}) − c) / √(c·(1−c)) with c = Σp² the
// chance that two rows agree: 0 for independent symbols, within a few 1/√n.
func agreement(x []float64, lag int) float64 {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	chance, run := 0.0, 0
	for i := range sorted {
		run++
		if i+1 == len(sorted) || sorted[i+1] != sorted[i] {
			chance += float64(run) * float64(run)
			run = 0
		}
	}
	n := float64(len(x))
	chance /= n * n
	same := 0
	for i := lag; i < len(x); i++ {
		if x[i] == x[i-lag] {
			same++
		}
	}
	if chance >= 1 {
		return 0
	}
	return (float64(same)/(n-float64(lag)) - chance) / math.Sqrt(chance*(1-chance))
}

// blockLength returns the length of blocks for the circular block bootstrap
// after Politis and White (2004, corrected by Patton, Politis and White 2009),
//
//	b = (2·G²/D)^⅓·n^⅓,  G = Σ λ(k/M)·|k|·R(k),  D = (4/3)·(Σ λ(k/M)·R(k))²
//
// of a series with autocovariances R, the flat-top window λ and M twice the smallest lag
// after which five and more autocorrelations are insignificant.
func blockLength(x []float64) int {
	n := float64(len(x))
	m, rho := memory(x)
	width := 2 * max(m, 1)
	g, d := 0.0, rho[0]
	for k := 1; k <= min(width, len(rho)-1); k++ {
		w := min(1, 2*(1-float64(k)/float64(width)))
		g += 2 * w * float64(k) * rho[k]
		d += 2 * w * rho[k]
	}
	if d <= 0 {
		return 1
	}
	b := math.Cbrt(2 * g * g / (4. / 3 * d * d) * n)
	return int(math.Ceil(min(b, 3*math.Sqrt(n), n/3)))
}

// memory returns the smallest lag after which five and more autocorrelations are
// insignificant, and the autocorrelations.
func memory(x []float64) (m int, rho []float64) {
	n := float64(len(x))
	limit := 2 * math.Sqrt(math.Log10(n)/n)
	quiet := int(max(5, math.Sqrt(math.Log10(n))))
	most := min(int(math.Sqrt(n))*4+quiet, len(x)/2)
	rho = make([]float64, 2*most+1)
	for k := range rho {
		if k < len(x) {
			rho[k] = correlation(x, k)
		}
	}
	for k, run := 1, 0; k <= most && run < quiet; k++ {
		if run++; math.Abs(rho[k]) > limit {
			m, run = k, 0
		}
	}
	return m, rho
}

// blockLength returns the length of blocks for the rows: the largest block
// length of the local information, whose mean is estimated, and of the sources.
// The sources count because the frequencies of their symbols change the atoms
// too; if the target has noise without memory, the local information does not
// show that the sources are slow.
func (e *estimator) blockLength() int {
	longest := blockLength(e.localInformation())
	for k := range len(e.shape) - 1 {
		longest = max(longest, blockLength(e.symbolsOf(k)))
	}
	return longest
}

// localInformation returns log2 p(s,t)/(p(s)·p(t)) of each row, of the
// observed frequencies.
func (e *estimator) localInformation() []float64 {
	tab := e.newTally()
	n := float64(len(e.source))
	x := make([]float64, len(e.source))
	for i := range x {
		s, t := int(tab.cell[i]), int(e.target[i])
		x[i] = math.Log2(float64(tab.joint[s*tab.targets+t]) * n / (float64(tab.sources[s]) * float64(tab.target[t])))
	}
	return x
}

// fewBlocks is the number of blocks below which the report warns that a series
// is short. For sources that change in 3 of 100 rows, intervals of atoms cover
// the truth with .92 to .98 for 500 rows (ten blocks) and with .8 to .96 for
// 120 rows (four).
const fewBlocks = 12

// short returns a warning about a series of few blocks, or about few trials; ""
// if there are enough.
func (p *rowPlan) short() string {
	pieces, of := p.n/max(p.block, 1), "blocks that hardly depend on each other"
	if p.kind == Trials {
		pieces, of = len(p.trials), "trials"
	}
	if p.kind == Independent || pieces >= fewBlocks {
		return ""
	}
	return fmt.Sprintf("the rows are only %d %s: intervals are rough, and with four or fewer those of atoms can cover at .8 instead of .95; take a longer recording", pieces, of)
}

// nearShare: circular shifts are by at least 1/nearShare of a block.
const nearShare = 8

// far returns a plan whose surrogates are circular shifts by a whole block or
// more, or shuffled trials. It is for averages: the dependence that remains at
// small lags would bias them.
func (p rowPlan) far() rowPlan {
	p.surrogate, p.block = Shift, p.block*nearShare
	return p
}

// permutation writes into to a reordering of the rows: row i takes the moved
// variables of row to[i]. labels are the symbols of the moved variable.
func (p *rowPlan) permutation(to, labels []int32, rnd *rand.Rand) {
	switch p.kind {
	case Trials:
		p.permuteTrials(to, rnd)
	case Series:
		if p.surrogate == Block {
			p.permuteBlocks(to, labels, rnd)
			return
		}
		// At lags near 0 some dependence remains. But neighbouring lags give
		// similar surrogates, and without small lags too few different ones are
		// left. An eighth of a block is a compromise.
		least := min(p.block/nearShare, p.n/4)
		rotate(to, least+rnd.IntN(max(p.n-2*least, 1)))
	default:
		rotate(to, 0)
		rnd.Shuffle(len(to), func(a, b int) { to[a], to[b] = to[b], to[a] })
	}
}

// rotate writes the rows in order, starting at row by.
func rotate(to []int32, by int) {
	for i := range to {
		to[i] = int32((i + by) % len(to))
	}
}

// blockRounds is how many times blocks are shuffled, each time with another
// label at the end of blocks.
const blockRounds = 2

// permuteBlocks cuts the rows, as a ring, into blocks that end in the same
// label and puts the blocks into random order. So each pair of successive
// labels occurs as often as before; for a Markov chain all such orders are
// equally likely (matched blocks, Carlstein and others 1998). Blocks with
// arbitrary ends would make a chain less autocorrelated than it is, and its
// surrogates too similar.
func (p *rowPlan) permuteBlocks(to, labels []int32, rnd *rand.Rand) {
	rotate(to, rnd.IntN(p.n))
	next := make([]int32, 0, p.n)
	for range blockRounds {
		end := labels[to[rnd.IntN(p.n)]]
		var cuts []int
		for i, since, least := 0, 0, rnd.IntN(2*p.block); i < p.n; i++ {
			if since++; since > least && labels[to[i]] == end {
				cuts = append(cuts, i+1)
				since, least = 0, p.block/2+rnd.IntN(p.block+1)
			}
		}
		next = next[:0]
		for _, k := range rnd.Perm(len(cuts)) {
			if k+1 < len(cuts) {
				next = append(next, to[cuts[k]:cuts[k+1]]...)
			} else {
				next = append(append(next, to[cuts[k]:]...), to[:cuts[0]]...)
			}
		}
		copy(to, next)
	}
	by := rnd.IntN(p.n)
	next = append(append(next[:0], to[by:]...), to[:by]...)
	copy(to, next)
}

// permuteTrials gives each trial the rows of another trial. If that one is
// shorter, it starts again from its first row.
func (p *rowPlan) permuteTrials(to []int32, rnd *rand.Rand) {
	order := rnd.Perm(len(p.trials))
	for k, own := range p.trials {
		other := p.trials[order[k]]
		for i := own.first; i < own.end; i++ {
			to[i] = int32(other.first + (i-own.first)%(other.end-other.first))
		}
	}
}

// resample writes rows drawn with replacement: independent rows, blocks, or
// whole trials. A fraction mix of them takes its targets from another random
// place, so that the drawn rows come from (1−mix)·p(s,t) + mix·p(s)·p(t).
func (p *rowPlan) resample(source, target []int32, mix float64, rnd *rand.Rand) ([]int32, []int32) {
	source, target = source[:0], target[:0]
	if p.kind == Trials {
		for range p.trials {
			own := p.trials[rnd.IntN(len(p.trials))]
			other := own
			if rnd.Float64() < mix {
				other = p.trials[rnd.IntN(len(p.trials))]
			}
			for i := range own.end - own.first {
				source = append(source, int32(own.first+i))
				target = append(target, int32(other.first+i%(other.end-other.first)))
			}
		}
		return source, target
	}
	for len(source) < p.n {
		at := rnd.IntN(p.n)
		other := at
		if rnd.Float64() < mix {
			other = rnd.IntN(p.n)
		}
		for i := range min(p.block, p.n-len(source)) {
			source = append(source, int32((at+i)%p.n))
			target = append(target, int32((other+i)%p.n))
		}
	}
	return source, target
}
