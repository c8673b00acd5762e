package measure

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("probe", newProbe) }

// probe is a linear readout of a population: ridge regression from its outputs to the
// label, one against all. It is fitted on the items of one phase and tested on those of
// another,
//
//	W = argmin ‖X W − Y‖² + λ ‖W‖²,  the bias is free
//
// (Hoerl and Kennard 1970). Y is +1 for an item's own label and −1 for others. Outputs
// that are not finite, and outputs of neurons that were not observed, count as 0.
//
// Scores: NAME.accuracy, whose chance is the share of the most frequent label of the
// test; NAME.fit, the same on the items of the fit. If n labels share the largest
// evidence, and the label of the item is one of them, the answer counts as 1/n right.
type probe struct {
	kept[probeState]
	env    *Env
	name   string
	spec   *language.LinearProbe
	group  Group
	labels int
}

type probeState struct{ Fit, Test outputs }

// outputs holds the outputs of neurons, item by item.
type outputs struct {
	Values []float32
	Labels []int32
}

// mostOutputs limits the outputs in memory.
const mostOutputs = 100 << 20

func newProbe(env *Env, m *language.Measure) (Measure, error) {
	p := &probe{env: env, name: m.Name, spec: m.Probe}
	var err error
	p.group, err = env.population("probe.population", p.spec.Population)
	errs := []error{err}
	for key, phase := range []string{p.spec.Fit, p.spec.Test} {
		path := [2]string{"probe.fit", "probe.test"}[key]
		switch {
		case env.phase(phase) == nil:
			errs = append(errs, unknown(path, phase, "a phase", env.phaseNames()))
		case !env.has(phase, labelsOf):
			errs = append(errs, fault(path, phase, "a phase that presents items with labels"))
		}
	}
	if p.spec.Fit == p.spec.Test {
		errs = append(errs, fault("probe.test", p.spec.Test, "another phase than fit"))
	}
	if err := errors.Join(errs...); err != nil {
		return p, err
	}
	p.labels = len(env.set(presented(env.phase(p.spec.Fit))).Labels)
	p.check = func(s *probeState) bool {
		for _, o := range []*outputs{&s.Fit, &s.Test} {
			if len(o.Values) != len(o.Labels)*p.group.Size {
				return false
			}
			for _, l := range o.Labels {
				if l < 0 || int(l) >= p.labels {
					return false
				}
			}
		}
		return true
	}
	return p, nil
}

// Observes implements Measure.
func (p *probe) Observes(phase string) bool { return phase == p.spec.Fit || phase == p.spec.Test }

// Look implements Measure.
func (p *probe) Look(l *Look, _ *journal.Listener) error {
	samples := p.group.of(l.Samples)
	if l.Item.Label < 0 || l.Item.Label >= p.labels || len(samples) == 0 {
		return nil
	}
	o := &p.state.Fit
	if l.Phase == p.spec.Test {
		o = &p.state.Test
	}
	at := len(o.Values)
	if at+p.group.Size > mostOutputs {
		return fmt.Errorf("measure %s: more than %d outputs to be read: probe fewer items or neurons", p.name, mostOutputs)
	}
	for range p.group.Size {
		o.Values = append(o.Values, 0)
	}
	o.Labels = append(o.Labels, int32(l.Item.Label))
	for i := range samples {
		v := float64(samples[i].Output)
		if p.spec.Of == "theta" {
			v = samples[i].Theta
		}
		if finite(v) {
			o.Values[at+int(samples[i].Neuron-p.group.First)] = float32(v)
		}
	}
	return nil
}

// Show implements Measure.
func (p *probe) Show(_ Reporter, out *journal.Listener) error {
	s := &p.state
	if len(s.Fit.Labels) == 0 || len(s.Test.Labels) == 0 {
		return nil
	}
	w, err := p.fit(&s.Fit)
	if err != nil {
		return fmt.Errorf("measure %s: %w", p.name, err)
	}
	counts := make([]float64, p.labels)
	for _, label := range s.Test.Labels {
		counts[label]++
	}
	enter(out, p.name+".accuracy", p.accuracy(w, &s.Test), mostFrequent(counts))
	clear(counts)
	for _, label := range s.Fit.Labels {
		counts[label]++
	}
	enter(out, p.name+".fit", p.accuracy(w, &s.Fit), mostFrequent(counts))
	return nil
}

// fit returns the weights: a row for each neuron and one for the bias, a column for each
// label. Cost: O(items · neurons² + neurons³).
func (p *probe) fit(o *outputs) (*mat.Dense, error) {
	n := p.group.Size
	gram, target := mat.NewSymDense(n+1, nil), mat.NewDense(n+1, p.labels, nil)
	x := make([]float64, n+1)
	row, y := mat.NewVecDense(n+1, x), make([]float64, p.labels)
	for i, label := range o.Labels {
		o.row(x, i)
		gram.SymRankOne(gram, 1, row)
		for k := range y {
			y[k] = -1
		}
		y[label] = 1
		target.RankOne(target, 1, row, mat.NewVecDense(p.labels, y))
	}
	for i := range n {
		gram.SetSym(i, i, gram.At(i, i)+p.spec.Ridge)
	}
	var w mat.Dense
	var chol mat.Cholesky
	if chol.Factorize(gram) && chol.Cond() < 1e14 {
		return &w, chol.SolveTo(&w, target)
	}
	return p.leastNorm(gram, target)
}

// leastNorm solves equations that have no unique solution, for example without ridge. It
// returns the solution with the smallest norm.
func (p *probe) leastNorm(gram *mat.SymDense, target *mat.Dense) (*mat.Dense, error) {
	var svd mat.SVD
	if !svd.Factorize(gram, mat.SVDThin) {
		return nil, errors.New("the outputs cannot be taken apart")
	}
	rank := svd.Rank(1e-12)
	var w mat.Dense
	if rank == 0 {
		w.CloneFrom(target)
		w.Zero()
		return &w, nil
	}
	svd.SolveTo(&w, target, rank)
	return &w, nil
}

// row sets x to the outputs for item i, followed by 1 for the bias.
func (o *outputs) row(x []float64, i int) {
	n := len(x) - 1
	for k, v := range o.Values[i*n : (i+1)*n] {
		x[k] = float64(v)
	}
	x[n] = 1
}

// accuracy returns the share of items whose label has the largest evidence.
func (p *probe) accuracy(w *mat.Dense, o *outputs) float64 {
	x, hit := make([]float64, p.group.Size+1), 0.0
	evidence := mat.NewVecDense(p.labels, nil)
	for i, label := range o.Labels {
		o.row(x, i)
		evidence.MulVec(w.T(), mat.NewVecDense(len(x), x))
		most, ties := math.Inf(-1), 0.0
		for k := range p.labels {
			switch v := evidence.AtVec(k); {
			case v > most+1e-9:
				most, ties = v, 1
			case v > most-1e-9:
				ties++
			}
		}
		if evidence.AtVec(int(label)) > most-1e-9 {
			hit += 1 / ties
		}
	}
	return hit / float64(len(o.Labels))
}
