package measure

import (
	"errors"
	"fmt"
	"math"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// Show implements Measure.
func (k *knowledge) Show(_ Reporter, out *journal.Listener) error {
	var errs []error
	for i := range k.state.Phases {
		p := &k.state.Phases[i]
		if p.Total == 0 {
			continue
		}
		if i == 0 {
			k.score(k.name, &p.tally, out)
			errs = append(errs, k.draw(p, out))
		}
		if len(k.state.Phases) > 1 {
			k.score(placeName(k.name, p.Name), &p.tally, out)
		}
	}
	if k.state.Done > 0 && !k.ofLabel { // there are checks
		enter(out, k.name+".solved_after", float64(k.state.Solved), 0)
	}
	return errors.Join(errs...)
}

// score reports the information of neurons in a phase.
func (k *knowledge) score(prefix string, t *tally, out *journal.Listener) {
	unheard := 0.0
	for i := range k.group.Size {
		if !t.knows(i) {
			unheard++
		}
	}
	if k.ofLabel {
		k.scoreLabel(prefix, t, out)
	} else {
		k.scoreFeatures(prefix, t, out)
	}
	enter(out, prefix+".no_evidence", unheard/float64(k.group.Size), unknownChance)
}

func (k *knowledge) scoreLabel(prefix string, t *tally, out *journal.Listener) {
	mean, most, chance, shrink := 0.0, 0.0, 0.0, 0.0
	n, degrees := float64(k.group.Size), len(k.features)-1
	for i := range k.group.Size {
		v := t.label(i)
		mean, most = mean+v/n, max(most, v)
		chance += bias(t.Total, degrees, t.shrink(i)) / n
		shrink = max(shrink, t.shrink(i))
	}
	enter(out, prefix+".information", mean, chance)
	enter(out, prefix+".largest", most, largestBias(t.Total, degrees, k.group.Size, shrink))
}

func (k *knowledge) scoreFeatures(prefix string, t *tally, out *journal.Listener) {
	mean, chance, lucky := 0.0, 0.0, 0.0
	n, features := float64(k.group.Size), float64(len(k.features))
	easiest := math.Inf(1)
	for _, p := range t.Present {
		if h := binaryEntropy(p / t.Total); h > 0 {
			easiest = min(easiest, h)
		}
	}
	for i := range k.group.Size {
		k.row = t.about(k.row[:0], i)
		most, _ := bestOf(k.row)
		mean += most / n
		shrink := t.shrink(i)
		chance += largestBias(t.Total, 1, len(k.features), shrink) / n
		lucky += math.Log1p(-min(exceeds(k.threshold*easiest, t.Total, 1, shrink), 1-1e-12))
	}
	one := -math.Expm1(lucky) // probability that by chance some neuron knows a given feature
	found := k.distinct(t)
	success := 0.0
	if found == len(k.features) {
		success = 1
	}
	enter(out, prefix+".found", float64(found), min(features, n)*one)
	enter(out, prefix+".success", success, math.Pow(one, features))
	enter(out, prefix+".best_information", mean, chance)
}

// column implements columner. It gives the information about a neuron's best feature, or
// about the label, in the first phase that does not learn [bit].
func (k *knowledge) column() (string, func(neuron.ID) float64) {
	return k.name, func(id neuron.ID) float64 {
		i := int(id - k.group.First)
		if i < 0 || i >= k.group.Size || len(k.state.Phases) == 0 || !k.state.Phases[0].knows(i) {
			return math.NaN()
		}
		if k.ofLabel {
			return k.state.Phases[0].label(i)
		}
		most, _ := bestOf(k.state.Phases[0].about(nil, i))
		return most
	}
}

// draw shows the information of each neuron.
func (k *knowledge) draw(p *phaseTally, out *journal.Listener) error {
	what := "feature"
	if k.ofLabel {
		what = "label"
	}
	table := journal.Table{Name: k.name, Columns: []string{"neuron", "best_" + what, "information"}}
	var cells [][]float64
	for i := range k.group.Size {
		row := p.about(nil, i)
		most, at := bestOf(row)
		if k.ofLabel {
			most = p.label(i)
		}
		cells = append(cells, row)
		name := k.env.Net.Label(k.group.First + neuron.ID(i))
		if !p.knows(i) {
			table.Rows = append(table.Rows, []any{name, nil, nil})
			continue
		}
		table.Rows = append(table.Rows, []any{name, k.features[at], most})
	}
	err := out.Table(table)
	if len(cells)*len(k.features) <= mostCells {
		err = errors.Join(err, out.Figure("information-matrix", journal.Matrix{Title: "Information of each neuron about each " + what, X: what, Y: "neuron", Value: "mutual information [bit]", Cells: cells}))
	}
	return err
}

// mostCells limits the cells of a picture.
const mostCells = 1_000_000

// in returns the path of an entry of a list.
func in(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }
