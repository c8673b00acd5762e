package measure

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/baseline"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("regression", newRegression) }

// regression is logistic regression on the items' own values. It is a baseline: a score
// that it also reaches shows nothing about the network.
//
// Scores: NAME.softmax and NAME.one_vs_all (one label at a time, as infomorphic neurons
// learn) are accuracies on the items of the phase test. NAME.fields_cosine is the cosine
// between a neuron's receptive weights and those of the one-against-all regression, mean
// over labels. The chance of an accuracy is the share of the most frequent label. The
// chance of the cosine is its mean for the fields of different labels.
type regression struct {
	Base
	env    *Env
	name   string
	spec   *language.Regression
	fields Group
	inputs []Group
	sign   func(k int) float64 // of the neurons of an accuracy readout, if it reads the same population; else nil
}

// regressionStream is the random stream for the order of items.
const regressionStream neuron.ID = 3

func newRegression(env *Env, m *language.Measure) (Measure, error) {
	r := &regression{env: env, name: m.Name, spec: m.Regression}
	var errs []error
	for i, name := range r.spec.Of {
		g, err := env.input(in("regression.of", i), name)
		r.inputs, errs = append(r.inputs, g), append(errs, err)
	}
	errs = append(errs, env.presents("regression.fit", r.spec.Fit, r.spec.Of), env.presents("regression.test", r.spec.Test, r.spec.Of))
	if err := errors.Join(errs...); err != nil || r.spec.Fields == "" {
		return r, err
	}
	var err error
	r.fields, err = env.population("regression.fields", r.spec.Fields)
	if labels := env.set(presented(env.phase(r.spec.Fit))).Labels; err == nil && r.fields.Size != len(labels) {
		err = fault("regression.fields", r.spec.Fields, "a population with one neuron for each label")
	}
	return r, err
}

// presents checks that a phase presents items with labels to inputs.
func (e *Env) presents(key, phase string, inputs []string) error {
	p := e.phase(phase)
	if p == nil {
		return unknown(key, phase, "a phase", e.phaseNames())
	}
	if p.Present == nil || !e.has(phase, labelsOf) {
		return fault(key, phase, "a phase that presents items with labels")
	}
	for _, name := range inputs {
		if e.set(p.Present.Data).Into(name) == nil {
			return fault(key, phase, "a phase whose items have values for the input "+name)
		}
	}
	return nil
}

// Show implements Measure. Cost: O(passes · items · inputs · labels), twice.
func (r *regression) Show(e Reporter, out *journal.Listener) error {
	fit, err := r.env.examplesOf(r.spec.Fit, r.spec.Of)
	if err != nil {
		return err
	}
	test, err := r.env.examplesOf(r.spec.Test, r.spec.Of)
	if err != nil || fit.Len() == 0 || test.Len() == 0 || fit.Inputs() != test.Inputs() {
		return err
	}
	counts := make([]float64, test.NumClasses())
	for _, label := range test.labels {
		counts[label]++
	}
	chance := mostFrequent(counts)
	learn := func(softmax bool) *baseline.Linear {
		rng := neuron.NewRand(r.env.Experiment.Seed, neuron.ForStimulus, regressionStream)
		return baseline.Logistic{Softmax: softmax, Passes: r.spec.Passes}.Fit(fit, rng)
	}
	ova := learn(false)
	enter(out, r.name+".one_vs_all", ova.Accuracy(test), chance)
	enter(out, r.name+".softmax", learn(true).Accuracy(test), chance)
	if r.spec.Fields == "" {
		return nil
	}
	return r.compare(e, ova, fit, out)
}

// compare compares the receptive fields of neurons with those of the regression.
func (r *regression) compare(e Reporter, ova *baseline.Linear, fit *examples, out *journal.Listener) error {
	reports, err := e.Report(r.fields.ids(), neuron.WantWeights)
	if err != nil {
		return err
	}
	n := r.fields.Size
	names := fit.part.Set().Labels
	both := journal.Fields{Title: "Receptive fields, and those of logistic regression one against all", Width: r.inputs[0].Width}
	similar, own, other := newMatrix(n, n), 0.0, 0.0
	tiles := make([][]float64, n)
	for k := range n {
		for _, g := range r.inputs {
			tiles[k] = append(tiles[k], incomingRow(e.Network(), &reports[k], neuron.Receptive, g)...)
		}
		if r.sign != nil {
			floats.Scale(r.sign(k), tiles[k])
		}
		both.Names = append(both.Names, names[k], names[k]+" logistic")
		both.Tiles = append(both.Tiles, tiles[k], ova.Field(k))
	}
	for i := range n {
		for k := range n {
			similar[i][k] = Cosine(tiles[i], ova.Field(k))
			if i == k {
				own += similar[i][k] / float64(n)
			} else {
				other += similar[i][k] / float64(n*(n-1))
			}
		}
	}
	enter(out, r.name+".fields_cosine", own, other)
	err = out.Figure("fields-cosine", journal.Matrix{Title: "Cosine similarity of receptive fields", X: "logistic regression", Y: "neuron", Value: "cosine", Cells: similar})
	if w := r.inputs[0].Width; len(r.inputs) == 1 && w > 0 && n <= mostFields {
		both.Height = fit.Inputs() / w
		err = errors.Join(err, out.Figure("fields-logistic", both))
	}
	return err
}

// Cosine returns the cosine of the angle between two vectors of equal length, 0 if one of
// them is zero or not finite.
func Cosine[T float32 | float64](a, b []T) float64 {
	var ab, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if n := math.Sqrt(aa * bb); n > 0 && finite(n) {
		return ab / n
	}
	return 0
}
