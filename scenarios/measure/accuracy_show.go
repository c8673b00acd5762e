package measure

import (
	"errors"

	"infomorph/scenarios/journal"
)

// Show implements Measure.
func (a *accuracy) Show(_ Reporter, out *journal.Listener) error {
	s := &a.state
	var errs []error
	for i := range s.Exams {
		a.score(&s.Exams[i], i == 0, out)
	}
	if len(s.Curve.Y) > 0 {
		enter(out, a.name+".training", s.Curve.Last, mostFrequent(s.Curve.Chance))
		errs = append(errs, out.Figure("learning-curve", journal.Lines{Title: "Items misread before they were learnt from", X: "items", Y: "share",
			Series: []journal.Series{{Name: "neurons", X: s.Curve.X, Y: misread(s.Curve.Y)}},
			Dashed: []journal.Reference{{Name: "chance", Y: 1 - mostFrequent(s.Curve.Chance)}}}))
	}
	if len(s.Exams) > 0 {
		errs = append(errs, a.draw(&s.Exams[0], out))
	}
	return errors.Join(errs...)
}

// score reports the accuracy of each readout.
func (a *accuracy) score(e *exam, first bool, out *journal.Listener) {
	total := 0.0
	for _, n := range e.Labels {
		total += n
	}
	chance := mostFrequent(e.Labels)
	for k, read := range a.reads {
		name := placeName(a.name, e.Name)
		if k > 0 {
			name = placeName(a.name, read)
			if !first {
				name = placeName(name, e.Name)
			}
		}
		enter(out, name, e.accuracy(k), chance)
	}
	if first {
		enter(out, a.name+".no_evidence", e.Blank/total, unknownChance)
	}
}

// mostDrawn limits the labels of a picture.
const mostDrawn = 200

// draw shows the answers for each label, and the firing probabilities of the neurons for
// each label.
func (a *accuracy) draw(e *exam, out *journal.Listener) error {
	n := a.group.Size
	if n > mostDrawn {
		return nil
	}
	confusion, firing := newMatrix(n, n), newMatrix(n, n)
	for k := range n {
		copy(confusion[k], e.Read[0][k*n:(k+1)*n])
		for label := range n {
			firing[k][label] = e.Firing[k][label] / max(e.Heard[k][label], 1)
		}
	}
	return errors.Join(
		out.Figure("confusion", journal.Confusion{Title: "Items by label and answer, " + e.Name, Names: a.labels, Counts: confusion}),
		out.Figure("firing", journal.Matrix{Title: "Firing probability, " + e.Name, X: "label", Y: "neuron", Value: "firing probability", Cells: firing}))
}

func misread(right []float64) []float64 {
	wrong := make([]float64, len(right))
	for i, v := range right {
		wrong[i] = 1 - v
	}
	return wrong
}
