package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	graph "infomorph/topology/measure"
)

// moment holds the measures of the graph among the neurons at one time (record.graph).
type moment struct {
	Seconds float64
	Scores  []graphScore
	Columns []graphColumn
}

// graphScore is one measure of the whole graph.
type graphScore struct {
	Name            string
	Value, Min, Max *float64 // nil: not defined
}

// graphColumn is a measure with a value for each neuron. A value is nil if it is not
// defined, or if the neuron was removed.
type graphColumn struct {
	Name   string
	Values []*float64
}

// Graph measures the graph in its present state. It does nothing if record.graph is
// empty. Call it at the end of the last phase that learns, before the structure changes,
// and again after each change. Results show the first of these measurements next to what
// neurons learned, and all of them with their times.
func (s *Set) Graph(now neuron.Time, net *sim.Network, _ *journal.Listener) error {
	names := s.env.Experiment.Record.Graph
	if len(names) == 0 {
		return nil
	}
	results, err := graph.Compute(graph.New(net.Graph, graph.Options{Seed: net.Seed}), names...)
	if err != nil {
		return err
	}
	m := moment{Seconds: seconds(now)}
	for i := range results {
		r := &results[i]
		g := graphScore{Name: r.Name, Value: defined(float64(r.Value))}
		if r.Summary != nil {
			g.Min, g.Max = defined(float64(r.Summary.Min)), defined(float64(r.Summary.Max))
		}
		m.Scores = append(m.Scores, g)
		if r.PerNode == nil {
			continue
		}
		c := graphColumn{Name: r.Name}
		for id, v := range r.PerNode {
			if _, removed := slices.BinarySearch(net.Removed, neuron.ID(id)); removed {
				v = math.NaN()
			}
			c.Values = append(c.Values, defined(v))
		}
		m.Columns = append(m.Columns, c)
	}
	s.moments = append(s.moments, m)
	return nil
}

// defined returns a pointer to v, or nil if v is NaN or infinite.
func defined(v float64) *float64 {
	if !finite(v) {
		return nil
	}
	return &v
}

func cellOf(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// scoreGraph reports the score graph.NAME, and also .min and .max if each neuron has a
// value. These are of the graph during learning. If the structure changed after that, it
// also reports graph.NAME.after for the last graph.
func (s *Set) scoreGraph(out *journal.Listener) {
	for k, m := range s.moments {
		suffix := ""
		switch {
		case k == 0:
		case k == len(s.moments)-1:
			suffix = "after"
		default:
			continue
		}
		for _, g := range m.Scores {
			for i, v := range [3]*float64{g.Value, g.Min, g.Max} {
				if v != nil {
					enter(out, placeName("graph", g.Name, suffix, [3]string{"", "min", "max"}[i]), *v, unknownChance)
				}
			}
		}
	}
}

// columner is a measure with a result for each neuron, as a column of the table neurons.
// NaN gives an empty cell.
type columner interface {
	column() (name string, of func(id neuron.ID) float64)
}

// mostReports limits the neurons in reports about single neurons.
const mostReports = 10_000

// Spread returns ids, or 10,000 evenly spaced ones of them if there are more.
func Spread(ids []neuron.ID) []neuron.ID {
	if len(ids) <= mostReports {
		return ids
	}
	some := make([]neuron.ID, mostReports)
	for i := range some {
		some[i] = ids[i*len(ids)/mostReports]
	}
	return some
}

// showNeurons reports the final values of each neuron, together with its measures in the
// graph. In a very large network, it reports a part of the neurons.
func (s *Set) showNeurons(e Reporter, out *journal.Listener) error {
	net := e.Network()
	if len(s.moments) == 0 {
		if err := s.Graph(s.now, net, out); err != nil {
			return err
		}
	}
	s.scoreGraph(out)
	ids := Spread(Group{Size: net.NumNeurons()}.ids())
	reports, norms, err := reportNorms(e, ids)
	if err != nil {
		return err
	}
	t := journal.Table{Name: "neurons", Columns: []string{"neuron", "population", "label"}}
	for i := range reports {
		g, _ := s.env.Net.Of(reports[i].Neuron)
		t.Rows = append(t.Rows, []any{int(reports[i].Neuron), g.Name, s.env.Net.Label(reports[i].Neuron)})
	}
	s.addMoments(&t)
	learnt := len(t.Columns) // the measures of the graph up to here stay for neurons that were removed later
	addAtoms(&t, reports)
	add(&t, "weight_norm", func(i int) float64 { return norms[i] })
	for i := range s.measures {
		if c, ok := s.measures[i].Measure.(columner); ok {
			name, of := c.column()
			add(&t, name, func(i int) float64 { return of(reports[i].Neuron) })
		}
	}
	for i := range t.Rows {
		if _, removed := slices.BinarySearch(net.Removed, reports[i].Neuron); removed {
			clear(t.Rows[i][learnt:])
		}
	}
	return out.Table(t)
}

// atOnce is the number of neurons whose weights are copied at the same time.
const atOnce = 256

// reportNorms returns reports with atoms, and the norm of the contextual weights of each
// neuron.
func reportNorms(e Reporter, ids []neuron.ID) (all []neuron.Report, norms []float64, err error) {
	for some := range slices.Chunk(ids, atOnce) {
		reports, err := e.Report(some, neuron.WantAtoms|neuron.WantWeights)
		if err != nil {
			return nil, nil, err
		}
		for i := range reports {
			r := &reports[i]
			norms = append(norms, norm(r.Weights[neuron.Contextual]))
			r.Weights = [neuron.NumPorts][]float64{}
		}
		all = append(all, reports...)
	}
	return all, norms, nil
}

// addMoments adds the measures of the graph during learning and, if the structure changed
// after that, of the last graph.
func (s *Set) addMoments(t *journal.Table) {
	for k, m := range s.moments {
		if k > 0 && k < len(s.moments)-1 {
			continue
		}
		for _, c := range m.Columns {
			name := "graph." + c.Name
			if k > 0 {
				name += " (after)"
			}
			t.Columns = append(t.Columns, name)
			for i, row := range t.Rows {
				var v any
				if id := row[0].(int); id < len(c.Values) {
					v = cellOf(c.Values[id])
				}
				t.Rows[i] = append(t.Rows[i], v)
			}
		}
	}
}

// showMoments reports the measures of the whole graph with their times.
func (s *Set) showMoments(out *journal.Listener) error {
	if len(s.moments) == 0 {
		return nil
	}
	t := journal.Table{Name: "graph", Columns: []string{"time_s"}}
	for _, g := range s.moments[0].Scores {
		t.Columns = append(t.Columns, g.Name)
	}
	for _, m := range s.moments {
		row := []any{m.Seconds}
		for _, g := range m.Scores {
			row = append(row, cellOf(g.Value))
		}
		t.Rows = append(t.Rows, row)
	}
	return out.Table(t)
}

// add adds a column to a table with a row for each neuron. It adds a number to a name
// that is taken, because users can give a measure any name, and two measures of a kind
// have columns with the same name.
func add(t *journal.Table, name string, of func(i int) float64) {
	free := name
	for n := 2; slices.Contains(t.Columns, free); n++ {
		free = fmt.Sprintf("%s (%d)", name, n)
	}
	t.Columns = append(t.Columns, free)
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], cell(of(i)))
	}
}

// addAtoms adds columns with the atoms and the goal. Cells of neurons without atoms are
// empty.
func addAtoms(t *journal.Table, reports []neuron.Report) {
	var names []string
	for i := range reports {
		if hasAtoms(&reports[i]) {
			for _, n := range atomNames(&reports[i]) {
				if !slices.Contains(names, n) {
					names = append(names, n)
				}
			}
		}
	}
	for _, n := range names {
		add(t, n, func(i int) float64 {
			if hasAtoms(&reports[i]) {
				if v, ok := reports[i].Atoms.Atom(n); ok && slices.Contains(atomNames(&reports[i]), n) {
					return v
				}
			}
			return math.NaN()
		})
	}
	if len(names) > 0 {
		add(t, "goal", func(i int) float64 {
			if hasAtoms(&reports[i]) {
				return reports[i].Goal
			}
			return math.NaN()
		})
	}
}

func norm(w []float64) float64 {
	sum := 0.0
	for _, v := range w {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// showAll reports the results that belong to no single measure.
func (s *Set) showAll(e Reporter, names taken, out *journal.Listener) error {
	return errors.Join(s.showWeights(e, names, out), s.showNeurons(e, out), s.showMoments(out))
}
