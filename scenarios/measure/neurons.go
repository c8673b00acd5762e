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

// moment is the measures of the graph among the neurons at a time (record.graph).
type moment struct {
	Seconds float64
	Scores  []graphScore
	Columns []graphColumn
}

// graphScore is one measure of the graph as a whole.
type graphScore struct {
	Name            string
	Value, Min, Max *float64 // nil: not defined
}

// graphColumn is a measure that each neuron has; nil where it is not defined, and
// of neurons that were removed.
type graphColumn struct {
	Name   string
	Values []*float64
}

// Graph measures the graph as it is (record.graph; it does nothing without it).
// Call it when the last phase that learnt on a structure is over, before that
// changes, and again after each change: results show the first beside what
// neurons learnt, and all with their times.
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

// defined returns nil for what is not a number.
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

// scoreGraph enters graph.NAME, and .min and .max of measures that each neuron
// has: of the graph on which was learnt, and as graph.NAME.after of the last one
// where the structure changed since.
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

// columner is a measure with a result of each neuron, for the table neurons; NaN
// is an empty cell.
type columner interface {
	column() (name string, of func(id neuron.ID) float64)
}

// mostReports bounds the neurons that are asked what they have come to.
const mostReports = 10_000

// Spread returns ids, or of very many some that are evenly spread among them, to
// be asked about themselves.
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

// showNeurons tells what each neuron has come to, beside its place in the graph;
// in a very large network what some have.
func (s *Set) showNeurons(e Reporter, out *journal.Listener) error {
	net := e.Network()
	if len(s.moments) == 0 && len(s.env.Experiment.Record.Graph) > 0 {
		if err := s.Graph(s.now, net, out); err != nil {
			return err
		}
	}
	s.scoreGraph(out)
	ids := Spread(Group{Size: net.NumNeurons()}.ids())
	reports, err := e.Report(ids, neuron.WantAtoms|neuron.WantWeights)
	if err != nil {
		return err
	}
	t := journal.Table{Name: "neurons", Columns: []string{"neuron", "population", "label"}}
	for i := range reports {
		g, _ := s.env.Net.Of(reports[i].Neuron)
		t.Rows = append(t.Rows, []any{int(reports[i].Neuron), g.Name, s.env.Net.Label(reports[i].Neuron)})
	}
	s.addMoments(&t)
	learnt := len(t.Columns) // what a neuron had when it learnt, before, still holds
	addAtoms(&t, reports)
	add(&t, "weight_norm", func(i int) float64 { return norm(reports[i].Weights[neuron.Contextual]) })
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

// addMoments adds the measures of the graph on which was learnt, and those of the
// last one where the structure changed since; and a table of the times.
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

// showMoments tells when the graph was measured.
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

// add adds a column to a table of all neurons.
//
// Measures are called what the user likes, also what a column is called already,
// and two of a kind give columns of one name.
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

// addAtoms adds the atoms and the goal of the neurons that have them.
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

// showAll tells what is of no single measure.
func (s *Set) showAll(e Reporter, names taken, out *journal.Listener) error {
	return errors.Join(s.showWeights(e, names, out), s.showNeurons(e, out), s.showMoments(out))
}
