package scenarios

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/baseline"
	"infomorph/neuron"
)

// show scores the answers and compares the neurons with logistic regression.
func (r *digitsRun) show(answers []answer) error {
	confusion := newMatrix(digitClasses, digitClasses)
	firing := newMatrix(digitClasses, digitClasses)
	count := make([]float64, digitClasses)
	direct, marginal := 0.0, 0.0
	for i := range answers {
		a, label := &answers[i], int(r.test.Labels[i])
		confusion[label][a.direct]++
		count[label]++
		for k, th := range a.theta {
			firing[k][label] += th
		}
		if a.direct == label {
			direct++
		}
		if a.marginal == label {
			marginal++
		}
	}
	for k := range firing {
		for label := range firing[k] {
			firing[k][label] /= max(count[label], 1)
		}
	}
	r.journal.Score("accuracy.test", direct/float64(len(answers)))
	r.journal.Score("accuracy.marginal", marginal/float64(len(answers)))
	if n := len(r.curve.y); n > 0 {
		r.journal.Score("accuracy.training", r.curve.y[n-1])
	}
	r.atoms.score(r.journal)
	weights, err := r.weights()
	return errors.Join(err,
		r.journal.Figure("confusion", Confusion{Title: "Test images by digit and answer", Names: digitNames(), Counts: confusion}),
		r.journal.Figure("firing", Matrix{Title: "Firing probability", X: "digit", Y: "neuron", Cells: firing}),
		r.journal.Figure("learning-curve", Lines{Title: "Images recognised before they were learnt from", X: "images", Y: "share",
			Series: []Series{{Name: "accuracy", X: r.curve.x, Y: r.curve.y}}}),
		r.journal.Figure("information", r.informationLines()),
		r.compare(weights),
	)
}

func digitNames() []string {
	names := make([]string, digitClasses)
	for k := range names {
		names[k] = fmt.Sprint(k)
	}
	return names
}

func newMatrix(rows, cols int) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = make([]float64, cols)
	}
	return m
}

// informationLines shows what picture and label share about each neuron, below
// the entropy of its label bit.
func (r *digitsRun) informationLines() Lines {
	l := r.course.lines()
	l.Title, l.Y = "What picture and label tell alike about each neuron", "redundancy in bits"
	l.Dashed = []Reference{{Name: "entropy of the label", Y: binaryEntropy(1.0 / digitClasses)}}
	return l
}

// weights returns the receptive field of each neuron.
func (r *digitsRun) weights() ([][]float64, error) {
	if r.batched != nil {
		return r.batched.fields(r.train.Size()), nil
	}
	reports, err := r.engine.Report(r.everyone(), neuron.WantWeights)
	if err != nil {
		return nil, err
	}
	net := r.engine.Network()
	fields := make([][]float64, len(reports))
	for k := range reports {
		fields[k] = incomingRow(net, &reports[k], neuron.Receptive, r.pixels.first, len(r.pixels.last))
	}
	if r.scenario.Record.Weights {
		err = r.journal.Weights("trained", net, reports)
	}
	return fields, err
}

// compare fits logistic regression to the same images and puts its receptive
// fields beside the neurons'.
func (r *digitsRun) compare(weights [][]float64) error {
	if weights == nil {
		return nil
	}
	fields := Fields{Title: "Receptive fields", Width: r.train.Width, Height: r.train.Height, Names: digitNames(), Tiles: weights}
	err := r.journal.Figure("receptive-fields", fields)
	if r.Baselines == 0 {
		return err
	}
	fit := func(softmax bool) *baseline.Linear {
		return baseline.Logistic{Softmax: softmax, Passes: r.Baselines}.Fit(r.train, neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, baselineStream))
	}
	ova, softmax := fit(false), fit(true)
	r.journal.Score("baseline.one_vs_all", ova.Accuracy(r.test))
	r.journal.Score("baseline.softmax", softmax.Accuracy(r.test))
	theirs := Fields{Title: "Receptive fields of logistic regression, one against all", Width: fields.Width, Height: fields.Height, Names: fields.Names}
	similar := newMatrix(digitClasses, digitClasses)
	for k := range digitClasses {
		theirs.Tiles = append(theirs.Tiles, ova.Field(k))
		for i := range digitClasses {
			similar[i][k] = cosineOf(fields.Tiles[i], ova.Field(k))
		}
	}
	own := 0.0
	for k := range similar {
		own += similar[k][k] / digitClasses
	}
	r.journal.Score("fields.cosine_to_logistic", own)
	return errors.Join(err, r.journal.Figure("receptive-fields-logistic", theirs),
		r.journal.Figure("fields-cosine", Matrix{Title: "Cosine similarity of receptive fields", X: "logistic regression", Y: "neuron", Cells: similar}))
}

func cosineOf(a, b []float64) float64 {
	n := floats.Norm(a, 2) * floats.Norm(b, 2)
	if n == 0 {
		return 0
	}
	return floats.Dot(a, b) / n
}
