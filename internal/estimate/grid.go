package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"

	"infomorph/pid"
)

// Model draws rows of two sources and a target whose decomposition is known.
type Model struct {
	Name  string
	Shape []int
	P     []float64 // p(s1,s2,t), the target fastest
	// Stay, for models with two binary sources, is the probability with which
	// each source keeps its value from row to row. The noise of the target
	// persists to match. 0: rows are independent.
	Stay float64
}

// Models are the models on which the corrections are measured.
func Models() []Model {
	return []Model{
		{Name: "independent 2×2×2", Shape: []int{2, 2, 2}, P: conditionalModel(2, 2, func(_, _ int) float64 { return .5 })},
		{Name: "noisy XOR 2×2×2", Shape: []int{2, 2, 2}, P: conditionalModel(2, 2, func(a, b int) float64 { return .1 + .8*float64(a^b) })},
		{Name: "only R, 4×4×2", Shape: []int{4, 4, 2}, P: conditionalModel(4, 4, func(a, _ int) float64 { return .2 + .6*float64(a%2) })},
		{Name: "logistic 4×4×2", Shape: []int{4, 4, 2}, P: logisticModel(4, 1)},
		{Name: "independent 8×8×2", Shape: []int{8, 8, 2}, P: logisticModel(8, 0)},
		{Name: "weak logistic 8×8×2", Shape: []int{8, 8, 2}, P: logisticModel(8, .2)},
		{Name: "logistic 8×8×2", Shape: []int{8, 8, 2}, P: logisticModel(8, 1)},
		{Name: "random 4×4×4", Shape: []int{4, 4, 4}, P: randomModel(4, 4, 4)},
	}
}

// StickyModels are independent two-state chains: no source is informative, and
// each row depends on the one before.
func StickyModels() []Model {
	var list []Model
	for _, stay := range []float64{.5, .9, .97} {
		m := Models()[0]
		m.Name, m.Stay = fmt.Sprintf("three chains, stay %g", stay), stay
		list = append(list, m)
	}
	return list
}

// NullModels are the models on which false positives are measured: no source is
// informative, or only the first one, weakly or strongly.
func NullModels() []Model {
	weak := Model{Name: "weak R, 2×2×2", Shape: []int{2, 2, 2}, P: conditionalModel(2, 2, func(a, _ int) float64 { return .4 + .2*float64(a) })}
	return append(StickyModels(), weak, Models()[2])
}

// TiedModels are the chains of StickyModels with a target that depends on them:
// each source adds .2 to P(t=1). The noise of the target is sticky too.
func TiedModels() []Model {
	var list []Model
	for _, m := range StickyModels() {
		m.Name = fmt.Sprintf("tied chains, stay %g", m.Stay)
		m.P = conditionalModel(2, 2, func(a, b int) float64 { return .3 + .2*float64(a+b) })
		list = append(list, m)
	}
	return list
}

// conditionalModel has uniform independent sources and P(t=1|a,b) = theta.
func conditionalModel(n1, n2 int, theta func(a, b int) float64) []float64 {
	var p []float64
	for a := range n1 {
		for b := range n2 {
			v := theta(a, b)
			p = append(p, (1-v)/float64(n1*n2), v/float64(n1*n2))
		}
	}
	return renormalised(p)
}

// logisticModel is a unit with P(t=1) = σ(scale·(2r+c)), r and c uniform on n
// values from −2 to 2.
func logisticModel(n int, scale float64) []float64 {
	at := func(i int) float64 { return -2 + 4*float64(i)/float64(n-1) }
	return conditionalModel(n, n, func(a, b int) float64 { return 1 / (1 + math.Exp(-scale*(2*at(a)+at(b)))) })
}

// randomModel has exponentially distributed weights.
func randomModel(n1, n2, targets int) []float64 {
	rnd := rand.New(rand.NewPCG(4, 4))
	p := make([]float64, n1*n2*targets)
	for i := range p {
		p[i] = rnd.ExpFloat64()
	}
	return renormalised(p)
}

// sample draws n rows.
func (m Model) sample(n int, rnd *rand.Rand) *samples {
	if m.Stay > 0 {
		return m.sampleChains(n, rnd)
	}
	s := &samples{shape: m.Shape}
	targets := m.Shape[len(m.Shape)-1]
	for range n {
		u, at := rnd.Float64(), 0
		for u -= m.P[0]; u >= 0 && at < len(m.P)-1; u -= m.P[at] {
			at++
		}
		s.source, s.target = append(s.source, at/targets), append(s.target, int32(at%targets))
	}
	return s
}

// sampleChains draws n rows of two chains and a target. The random number u
// behind the target is replaced with twice the probability that a chain
// changes, because half of the new targets equal the old ones.
func (m Model) sampleChains(n int, rnd *rand.Rand) *samples {
	s := &samples{shape: m.Shape}
	state, u := [2]int{rnd.IntN(2), rnd.IntN(2)}, rnd.Float64()
	for range n {
		source, target := 2*state[0]+state[1], int32(0)
		if p := m.P[2*source:]; u*(p[0]+p[1]) < p[1] {
			target = 1
		}
		s.source, s.target = append(s.source, source), append(s.target, target)
		for k := range state {
			if rnd.Float64() >= m.Stay {
				state[k] = 1 - state[k]
			}
		}
		if rnd.Float64() < 2*(1-m.Stay) {
			u = rnd.Float64()
		}
	}
	return s
}

// Trial is a test of a configuration on samples of a model.
type Trial struct {
	Model   Model
	Rows    int
	Repeats int
	Config  Config // sources and target are filled in
}

// Performance is how well an estimate did over repeats. Vectors have one entry
// for each atom and last one for the mutual information.
type Performance struct {
	Truth, Bias, RMSE []float64
	Coverage, Width   []float64 // of the intervals that are given; nil without bootstrap
	Given             []float64 // share of samples that have an interval
	Rejected          []float64 // P(p ≤ 1 − level) before adjustment; nil without permutations
	Unsound           float64   // share of samples for which no correction is sound
}

// newPerformance allocates the vectors that cfg needs.
func newPerformance(truth []float64, cfg *Config) *Performance {
	v := func() []float64 { return make([]float64, len(truth)) }
	r := &Performance{Truth: truth, Bias: v(), RMSE: v()}
	if cfg.Bootstrap > 0 {
		r.Coverage, r.Width, r.Given = v(), v(), v()
	}
	if cfg.Permutations > 0 {
		r.Rejected = v()
	}
	return r
}

// Measure runs a trial with each of the given corrections, on the same samples.
// All samples come from one stream of random numbers: streams of neighbouring
// seeds are not independent enough for rates over many repeats.
func Measure(t Trial, corrections []Correction, seed uint64) ([]*Performance, error) {
	truth, err := pid.Decompose(t.Config.Measure, t.Model.Shape, t.Model.P)
	if err != nil {
		return nil, err
	}
	cfg := t.Config.withDefaults()
	cfg.Sources, cfg.Target = [][]string{{"r"}, {"c"}}, []string{"t"}
	values := append(append([]float64{}, truth.Atoms...), truth.MutualInfo)
	list := make([]*Performance, len(corrections))
	for i := range list {
		list[i] = newPerformance(values, &cfg)
	}
	rnd := rand.New(rand.NewPCG(seed, 0))
	for k := range t.Repeats {
		cfg.Seed = rnd.Uint64()
		e, err := newEstimator(t.Model.sample(t.Rows, rnd), &cfg, nil)
		for i := 0; i < len(list) && err == nil; i++ {
			cfg.Correction = corrections[i]
			var got *Result
			if got, err = e.estimate(); err == nil {
				list[i].add(got, 1/float64(t.Repeats), 1-cfg.Level)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s, repeat %d: %w", t.Model.Name, k, err)
		}
	}
	for _, r := range list {
		for i := range r.RMSE {
			r.RMSE[i] = math.Sqrt(r.RMSE[i])
			if r.Given != nil {
				r.Coverage[i] /= r.Given[i]
				r.Width[i] /= r.Given[i]
			}
		}
	}
	return list, nil
}

// add adds one estimate with a weight.
func (r *Performance) add(got *Result, weight, alpha float64) {
	last := len(r.Truth) - 1
	for i, truth := range r.Truth {
		value, p := got.MI, got.MIPValue
		if i < last {
			value = got.Atoms[i]
			if r.Rejected != nil {
				p = got.PValues[i]
			}
		}
		r.Bias[i] += weight * (value - truth)
		r.RMSE[i] += weight * (value - truth) * (value - truth)
		if r.Rejected != nil && p <= alpha+1e-9 {
			r.Rejected[i] += weight
		}
		switch {
		case r.Coverage == nil:
		case i == last:
			r.cover(i, got.MILower, got.MIUpper, weight)
		case got.Lower != nil:
			r.cover(i, got.Lower[i], got.Upper[i], weight)
		}
	}
	if got.Sound != "" {
		r.Unsound += weight
	}
}

// cover adds an interval of value i.
func (r *Performance) cover(i int, lower, upper, weight float64) {
	r.Given[i] += weight
	r.Width[i] += weight * (upper - lower)
	if lower <= r.Truth[i]+1e-9 && r.Truth[i] <= upper+1e-9 {
		r.Coverage[i] += weight
	}
}
