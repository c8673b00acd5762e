package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/pid"
)

// hiddenCourse is how a hidden layer comes along: at each point the test
// accuracy and the atoms of hidden neurons, mean over neurons [bit].
type hiddenCourse struct {
	X        []float64 `json:",omitempty"` // nil: passes 1, 2, …
	Accuracy []float64
	Goal     []float64
	Atoms    [][]float64 // by point: in the order of hiddenAtoms, then h_res
}

// addAtoms decomposes the hidden neurons over the last batch.
func (c *hiddenCourse) addAtoms(b *batched) error {
	all := make([]*pid.Decomposition, b.Neurons)
	for j := range all {
		var err error
		if all[j], err = b.Decompose(j); err != nil {
			return err
		}
	}
	c.addMean(all, &b.Goal)
	return nil
}

// addMean enters the means over decompositions; those that are nil are left
// out.
func (c *hiddenCourse) addMean(all []*pid.Decomposition, goal *pid.Goal) {
	mean, sum, n := make([]float64, len(hiddenAtoms)+1), 0.0, 0.0
	for _, d := range all {
		if d == nil {
			continue
		}
		for i, name := range hiddenAtoms {
			v, _ := d.Atom(name)
			mean[i] += v
		}
		mean[len(hiddenAtoms)] += d.Residual
		sum += goal.Value(d)
		n++
	}
	for i := range mean {
		mean[i] /= max(n, 1)
	}
	c.Atoms, c.Goal = append(c.Atoms, mean), append(c.Goal, sum/max(n, 1))
}

// shownAtoms is how many atoms the picture shows.
const shownAtoms = 8

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

// show enters how the training went and what the hidden neurons look at.
func (r *hiddenRun) show(c *hiddenCourse) error {
	n := len(c.Accuracy)
	r.journal.Score("goal", c.Goal[n-1])
	r.journal.Score("accuracy.test", c.Accuracy[n-1])
	x, axis := c.X, "images"
	if x == nil {
		axis = "passes"
		for i := range c.Accuracy {
			x = append(x, float64(i+1))
		}
	}
	reports, err := r.engine.Report(r.everyone(), neuron.WantWeights)
	if err != nil {
		return err
	}
	if r.scenario.Record.Weights {
		err = r.journal.Weights("trained", r.net, reports)
	}
	fields := Fields{Title: "Receptive fields of hidden neurons", Width: r.train.Width, Height: r.train.Height}
	for j := range min(r.Neurons, shownFields) {
		fields.Tiles = append(fields.Tiles, reports[j].Weights[neuron.Receptive])
	}
	return errors.Join(err,
		r.journal.Figure("accuracy", Lines{Title: "Test accuracy", X: axis, Y: "share",
			Series: []Series{{Name: fmt.Sprint(r.Neurons, " hidden neurons"), X: x, Y: c.Accuracy}}}),
		r.journal.Figure("hidden-atoms", c.lines(x, axis)),
		r.journal.Figure("hidden-fields", fields),
		r.journal.Table(c.table(x, axis)))
}
