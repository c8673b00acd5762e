package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
)

// hiddenCourse is how a hidden layer comes along: at each point the test
// accuracy and the atoms of hidden neurons, mean over neurons [bit].
type hiddenCourse struct {
	X        []float64 `json:",omitempty"` // nil: passes 1, 2, …
	Accuracy []float64
	Goal     []float64
	Atoms    [][]float64 // by point: in the order of hiddenAtoms, then h_res
}

// valid reports whether a course that was read fits together.
func (c *hiddenCourse) valid() bool {
	n := len(c.Goal)
	for _, a := range c.Atoms {
		if len(a) != len(hiddenAtoms)+1 {
			return false
		}
	}
	return len(c.Accuracy) == n && len(c.Atoms) == n && (c.X == nil || len(c.X) == n)
}

// addMean enters the means over what neurons report; those that have seen
// nothing are left out.
func (c *hiddenCourse) addMean(reports []neuron.Report) {
	mean, sum, n := make([]float64, len(hiddenAtoms)+1), 0.0, 0.0
	for j := range reports {
		d := reports[j].Atoms
		if d == nil {
			continue
		}
		for i, name := range hiddenAtoms {
			v, _ := d.Atom(name)
			mean[i] += v
		}
		mean[len(hiddenAtoms)] += d.Residual
		sum += reports[j].Goal
		n++
	}
	for i := range mean {
		mean[i] /= max(n, 1)
	}
	c.Atoms, c.Goal = append(c.Atoms, mean), append(c.Goal, sum/max(n, 1))
}

// shownAtoms is how many atoms the picture shows.
const shownAtoms = 7

// lines shows the atoms that grow largest.
func (c *hiddenCourse) lines(x []float64, axis string) Lines {
	l := Lines{Title: "What receptive (1), contextual (2) and lateral (3) input tell about hidden neurons", X: axis, Y: "bits (mean over neurons)"}
	size := make([]float64, len(hiddenAtoms))
	order := make([]int, len(hiddenAtoms))
	for i := range order {
		order[i] = i
		for _, point := range c.Atoms {
			size[i] = max(size[i], math.Abs(point[i]))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	for _, i := range append(order[:shownAtoms], len(hiddenAtoms)) {
		s := Series{Name: "h_res", X: x}
		if i < len(hiddenAtoms) {
			s.Name = hiddenAtoms[i]
		}
		for _, point := range c.Atoms {
			s.Y = append(s.Y, point[i])
		}
		l.Series = append(l.Series, s)
	}
	return l
}

// table lists all atoms.
func (c *hiddenCourse) table(x []float64, axis string) Table {
	t := Table{Name: "hidden-atoms", Columns: append(append([]string{axis}, hiddenAtoms...), "h_res", "goal", "accuracy")}
	for i, point := range c.Atoms {
		row := []any{x[i]}
		for _, v := range point {
			row = append(row, v)
		}
		t.Rows = append(t.Rows, append(row, c.Goal[i], c.Accuracy[i]))
	}
	return t
}

// shownFields is how many hidden neurons have their fields shown.
const shownFields = 100

// show enters how the training went, the answers to test images, and what the
// hidden neurons look at.
func (r *hiddenRun) show() error {
	c := &r.state.Course
	confusion, right := newMatrix(digitClasses, digitClasses), 0.0
	for i, answer := range r.state.Answers {
		label := int(r.test.Labels[i])
		confusion[label][answer]++
		if answer == label {
			right++
		}
	}
	right /= float64(r.test.Len())
	if n := len(c.Accuracy); r.Online == nil && n > 0 {
		r.journal.Score("accuracy.events", right)
		right = c.Accuracy[n-1]
	}
	r.journal.Score("accuracy.test", right)
	if n := len(c.Goal); n > 0 {
		r.journal.Score("goal", c.Goal[n-1])
	}
	if n := len(r.state.Curve.Y); n > 0 {
		r.journal.Score("accuracy.training", r.state.Curve.Y[n-1])
	}
	return errors.Join(r.showWeights(), r.showCourse(),
		r.journal.Figure("confusion", Confusion{Title: "Test images by digit and answer", Names: digitNames(), Counts: confusion}))
}

func (r *hiddenRun) showCourse() error {
	c := &r.state.Course
	if len(c.Goal) == 0 {
		return nil
	}
	x, axis, title := c.X, "images", "Images misread before they were learnt from"
	if x == nil {
		axis, title = "passes", "Test images misread"
		for i := range c.Accuracy {
			x = append(x, float64(i+1))
		}
	}
	misread := make([]float64, len(c.Accuracy))
	for i, a := range c.Accuracy {
		misread[i] = 1 - a
	}
	return errors.Join(
		r.journal.Figure("errors", Lines{Title: title, X: axis, Y: "share",
			Series: []Series{{Name: fmt.Sprint(r.Neurons, " hidden neurons"), X: x, Y: misread}}}),
		r.journal.Figure("hidden-atoms", c.lines(x, axis)),
		r.journal.Table(c.table(x, axis)))
}

func (r *hiddenRun) showWeights() error {
	reports, err := r.engine.Report(r.everyone(), neuron.WantWeights)
	if err != nil {
		return err
	}
	net := r.engine.Network()
	if r.scenario.Record.Weights {
		err = r.journal.Weights("trained", net, reports)
	}
	fields := Fields{Title: "Receptive fields of hidden neurons", Width: r.train.Width, Height: r.train.Height}
	for j := range min(r.Neurons, shownFields) {
		fields.Tiles = append(fields.Tiles, incomingRow(net, &reports[j], neuron.Receptive, r.pixels.first, len(r.pixels.last)))
	}
	return errors.Join(err, r.journal.Figure("hidden-fields", fields))
}
