package scenarios

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/topology/measure"
)

// checkGraph reports a measure of the graph that there is not.
func (r *Record) checkGraph() error {
	for _, name := range r.Graph {
		if names := measure.Names(); !slices.Contains(names, name) {
			return config.FieldError("record.graph", name, "one of "+strings.Join(names, ", "), "")
		}
	}
	return nil
}

// graphMeasures is what is measured of a network's graph, among its neurons.
type graphMeasures []measure.Result

func measureGraph(net *sim.Network, names []string) (graphMeasures, error) {
	if len(names) == 0 {
		return nil, nil
	}
	return measure.Compute(measure.New(net.Graph, measure.Options{Seed: net.Seed}), names...)
}

// score enters the measures, as graph.NAME, and the extremes of those that each
// neuron has.
func (g graphMeasures) score(j Journal) {
	for i := range g {
		r := &g[i]
		j.Score("graph."+r.Name, float64(r.Value))
		if r.Summary != nil {
			j.Score("graph."+r.Name+".min", float64(r.Summary.Min))
			j.Score("graph."+r.Name+".max", float64(r.Summary.Max))
		}
	}
}

// neuronColumn is one quantity of every neuron. NaN is undefined.
type neuronColumn struct {
	Name   string
	Values column
}

// column is numbers that JSON holds as null where they are none.
type column []float64

// MarshalJSON writes null for NaN and infinities.
func (f column) MarshalJSON() ([]byte, error) { return measure.Numbers(f).MarshalJSON() }

// UnmarshalJSON reads null as NaN.
func (f *column) UnmarshalJSON(data []byte) error {
	var all []*float64
	err := json.Unmarshal(data, &all)
	*f = make(column, len(all))
	for i, v := range all {
		if (*f)[i] = math.NaN(); v != nil {
			(*f)[i] = *v
		}
	}
	return err
}

// columns returns the measures that each neuron has, as graph.NAME.
func (g graphMeasures) columns() (all []neuronColumn) {
	for i := range g {
		if r := &g[i]; r.PerNode != nil {
			all = append(all, neuronColumn{"graph." + r.Name, column(r.PerNode)})
		}
	}
	return all
}

// neuronTable lays columns side by side, with a row for every neuron.
func neuronTable(columns []neuronColumn) Table {
	t := Table{Name: "neurons", Columns: []string{"neuron"}}
	for _, c := range columns {
		t.Columns = append(t.Columns, c.Name)
	}
	for i := range columns[0].Values {
		row := []any{i}
		for _, c := range columns {
			row = append(row, c.Values[i])
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// results returns what each neuron has come to: its atoms and goal [bit], the
// length of its contextual weights, how many presentations of each pattern it
// took until its context predicted its bit, and its share of wrong bits in the
// first test of recall.
func (r *memoryRun) results() ([]neuronColumn, error) {
	reports, err := r.engine.Report(r.everyone(), neuron.WantAtoms|neuron.WantWeights)
	if err != nil {
		return nil, err
	}
	n := len(reports)
	var columns []neuronColumn
	for q := range quantities {
		columns = append(columns, neuronColumn{quantities[q].name, fill(n, func(i int) float64 {
			if reports[i].Atoms == nil {
				return math.NaN()
			}
			return quantity(&reports[i], q)
		})})
	}
	columns = append(columns,
		neuronColumn{"goal", fill(n, func(i int) float64 { return reports[i].Goal })},
		neuronColumn{"weight_norm", fill(n, func(i int) float64 { return norm2(reports[i].Weights[neuron.Contextual]) })},
		neuronColumn{"learning_time", fill(n, r.learningTime)},
		neuronColumn{"wrong", fill(n, r.wrong)})
	return columns, nil
}

func fill(n int, of func(i int) float64) column {
	v := make(column, n)
	for i := range v {
		v[i] = of(i)
	}
	return v
}

func norm2(w []float64) float64 {
	sum := 0.0
	for _, v := range w {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// learner is how far a neuron is: its bits in the round that is on, and the
// round in which its context first predicted them.
type learner struct {
	Right, Seen int
	Solved      int // from 1; 0: not yet
}

// predictedShare is the share of a round's bits from which a neuron counts as
// having learnt.
const predictedShare = 0.95

// close ends a round.
func (l *learner) close(round int) {
	if l.Solved == 0 && l.Seen > 0 && float64(l.Right) >= predictedShare*float64(l.Seen) {
		l.Solved = round
	}
}

// learningTime returns after how many presentations of each pattern neuron i
// had learnt; NaN is never.
func (r *memoryRun) learningTime(i int) float64 {
	if i >= len(r.state.Learners) || r.state.Learners[i].Solved == 0 {
		return math.NaN()
	}
	return float64(r.state.Learners[i].Solved)
}

// wrong returns the share of bits that neuron i got wrong in the first test.
func (r *memoryRun) wrong(i int) float64 {
	if len(r.state.Outcomes) == 0 || len(r.state.Outcomes[0]) == 0 {
		return math.NaN()
	}
	wrong := 0.0
	for k, o := range r.state.Outcomes[0] {
		if o.Recalled[i]*r.patterns[k].Pixels[i] <= 0 {
			wrong++
		}
	}
	return wrong / float64(len(r.state.Outcomes[0]))
}

// showNeurons tells what each neuron has come to, joined with its place in the
// graph.
func (r *memoryRun) showNeurons() error {
	g, err := measureGraph(r.network(), r.record.Graph)
	if err != nil || len(g) == 0 {
		return err
	}
	g.score(r.journal)
	columns, err := r.results()
	if err != nil {
		return err
	}
	return r.journal.Table(neuronTable(append(g.columns(), columns...)))
}
