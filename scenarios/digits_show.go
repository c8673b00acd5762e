package scenarios

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/baseline"
	"infomorph/neuron"
)

// show scores the answers and compares the neurons with logistic regression.
func (r *digitsRun) show() error {
	s := &r.state
	confusion := newMatrix(digitClasses, digitClasses)
	firing := newMatrix(digitClasses, digitClasses)
	count := make([]float64, digitClasses)
	direct, marginal := 0.0, 0.0
	for i := range s.Answers {
		a, label := &s.Answers[i], int(r.test.Labels[i])
		confusion[label][a.Direct]++
		count[label]++
		for k, th := range a.Theta {
			firing[k][label] += th
		}
		if a.Direct == label {
			direct++
		}
		if a.Marginal == label {
			marginal++
		}
	}
	for k := range firing {
		for label := range firing[k] {
			firing[k][label] /= max(count[label], 1)
		}
	}
	r.journal.Score("accuracy.test", direct/float64(len(s.Answers)))
	r.journal.Score("accuracy.marginal", marginal/float64(len(s.Answers)))
	if n := len(s.Curve.Y); n > 0 {
		r.journal.Score("accuracy.training", s.Curve.Y[n-1])
	}
	if n := len(s.Goals); n > 0 {
		r.journal.Score("goal", s.Goals[n-1])
	}
	s.Atoms.score(r.journal)
	weights, err := r.weights()
	return errors.Join(err,
		r.journal.Figure("confusion", Confusion{Title: "Test images by digit and answer", Names: digitNames(), Counts: confusion}),
		r.journal.Figure("firing", Matrix{Title: "Firing probability", X: "digit", Y: "neuron", Cells: firing}),
		r.courses(),
		r.compare(weights),
	)
}

// courses shows how accuracy and information came along.
func (r *digitsRun) courses() error {
	s := &r.state
	var err error
	axis := "simulated time / s"
	if r.Batch == nil {
		misread := make([]float64, len(s.Curve.Y))
		for i, a := range s.Curve.Y {
			misread[i] = 1 - a
		}
		err = r.journal.Figure("learning-curve", Lines{Title: "Images misread before they were learnt from", X: "images", Y: "share",
			Series: []Series{{Name: "neurons", X: s.Curve.X, Y: misread}}})
	} else {
		axis = "passes"
		x, misread := make([]float64, len(s.Accuracy)), make([]float64, len(s.Accuracy))
		for i, a := range s.Accuracy {
			x[i], misread[i] = float64(i+1), 1-a
		}
		err = r.journal.Figure("errors", Lines{Title: "Test images misread", X: axis, Y: "share", Series: []Series{{Name: "neurons", X: x, Y: misread}}})
	}
	if len(s.Course.X) == 0 {
		return err
	}
	return errors.Join(err, r.journal.Figure("information", s.Course.lines(axis)))
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

// labelCourse is what picture and label tell alike about each neuron over time,
// and what the picture tells alone [bit].
type labelCourse struct {
	X      []float64
	Values [][]float64 // by neuron
}

func (c *labelCourse) add(x float64, reports []neuron.Report) {
	c.X = append(c.X, x)
	if c.Values == nil {
		c.Values = make([][]float64, len(reports))
	}
	for k := range reports {
		v := 0.0
		if d := reports[k].Atoms; d != nil {
			v, _ = d.Atom("{1}{2}")
		}
		c.Values[k] = append(c.Values[k], v)
	}
}

// lines shows the course below the entropy of a label bit, the most that the
// label can tell.
func (c *labelCourse) lines(axis string) Lines {
	l := Lines{Title: "What picture and label tell alike about each neuron", X: axis, Y: "redundancy in bits",
		Dashed: []Reference{{Name: "entropy of the label", Y: binaryEntropy(1.0 / digitClasses)}}}
	for k, y := range c.Values {
		l.Series = append(l.Series, Series{Name: fmt.Sprint("neuron ", k), X: c.X, Y: y})
	}
	return l
}

// weights returns the receptive field of each neuron, the right way round.
func (r *digitsRun) weights() ([][]float64, error) {
	reports, err := r.engine.Report(r.everyone(), neuron.WantWeights)
	if err != nil {
		return nil, err
	}
	net := r.engine.Network()
	fields := make([][]float64, len(reports))
	for k := range reports {
		fields[k] = incomingRow(net, &reports[k], neuron.Receptive, r.pixels.first, len(r.pixels.last))
		floats.Scale(r.state.Sign.sign(k), fields[k])
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
	if r.Baselines == 0 {
		return r.journal.Figure("receptive-fields", fields)
	}
	fit := func(softmax bool) *baseline.Linear {
		return baseline.Logistic{Softmax: softmax, Passes: r.Baselines}.Fit(baseline.Pictures{Images: r.train}, neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, baselineStream))
	}
	ova, softmax := fit(false), fit(true)
	r.journal.Score("baseline.one_vs_all", ova.Accuracy(baseline.Pictures{Images: r.test}))
	r.journal.Score("baseline.softmax", softmax.Accuracy(baseline.Pictures{Images: r.test}))
	both := Fields{Title: "Receptive fields, and those of logistic regression one against all", Width: fields.Width, Height: fields.Height}
	similar, own := newMatrix(digitClasses, digitClasses), 0.0
	for k := range digitClasses {
		both.Names = append(both.Names, fields.Names[k], fields.Names[k]+" logistic")
		both.Tiles = append(both.Tiles, fields.Tiles[k], ova.Field(k))
		for i := range digitClasses {
			similar[i][k] = cosineOf(fields.Tiles[i], ova.Field(k))
		}
		own += similar[k][k] / digitClasses
	}
	r.journal.Score("fields.cosine_to_logistic", own)
	return errors.Join(r.journal.Figure("receptive-fields", both),
		r.journal.Figure("fields-cosine", Matrix{Title: "Cosine similarity of receptive fields", X: "logistic regression", Y: "neuron", Cells: similar}))
}

func cosineOf(a, b []float64) float64 {
	n := floats.Norm(a, 2) * floats.Norm(b, 2)
	if n == 0 {
		return 0
	}
	return floats.Dot(a, b) / n
}
