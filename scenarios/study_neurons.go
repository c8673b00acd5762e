package scenarios

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// neuronRows is what a trial reported of each neuron: its table neurons. Cells that are
// not numbers are NaN.
type neuronRows struct {
	Columns []string
	Rows    []column
}

// keep stores a table.
func (n *neuronRows) keep(t journal.Table) {
	n.Columns, n.Rows = t.Columns, nil
	for _, row := range t.Rows {
		values := make(column, len(row))
		for i, v := range row {
			switch v := v.(type) {
			case float64:
				values[i] = v
			case int:
				values[i] = float64(v)
			default:
				values[i] = math.NaN()
			}
		}
		n.Rows = append(n.Rows, values)
	}
}

// of returns a column by name, nil if there is none.
func (n *neuronRows) of(name string) []float64 {
	k := slices.Index(n.Columns, name)
	if k < 0 {
		return nil
	}
	v := make([]float64, len(n.Rows))
	for i, row := range n.Rows {
		v[i] = row[k]
	}
	return v
}

// byLoad splits the rows where the number of patterns changes.
func (n *neuronRows) byLoad() (parts []neuronRows) {
	k := slices.Index(n.Columns, "patterns")
	for first := 0; first < len(n.Rows); {
		end := first + 1
		for end < len(n.Rows) && (k < 0 || n.Rows[end][k] == n.Rows[first][k]) {
			end++
		}
		parts = append(parts, neuronRows{n.Columns, n.Rows[first:end]})
		first = end
	}
	return parts
}

// showNeurons reports one table with a row for each neuron of each trial, and the
// correlations between a neuron's measures in the graph and its results. It does so only
// if trials report the results of each neuron.
func (r *studyRun) showNeurons() error {
	var columns []string
	for _, c := range r.cells {
		for _, t := range c.trials {
			if n := r.state.Outcomes[t.key].Neurons; n != nil && columns == nil {
				columns = n.Columns
			}
		}
	}
	if columns == nil {
		return nil
	}
	return errors.Join(r.journal.Table(r.tidyNeurons(columns)), r.correlate(columns))
}

func (r *studyRun) tidyNeurons(columns []string) journal.Table {
	table := journal.Table{Name: "study-neurons", Columns: append([]string{"panel", "curve", "point", "x", "seed"}, columns...)}
	for _, c := range r.cells {
		p := &r.study.Panels[c.panel]
		points, x, _ := p.points()
		for _, t := range c.trials {
			n := r.state.Outcomes[t.key].Neurons
			if n == nil || !slices.Equal(n.Columns, columns) {
				continue
			}
			for _, row := range n.Rows {
				cells := []any{p.Name, r.study.curves(p)[c.curve].Name, points[c.point].Name, x[c.point], int(t.seed)}
				for _, v := range row {
					cells = append(cells, v)
				}
				table.Rows = append(table.Rows, cells)
			}
		}
	}
	return table
}

// correlation is Pearson's r over the neurons of many networks. It is taken within each
// network and load, then averaged as Fisher's z with weights n−3, so that differences
// between networks do not count. The neurons of one network are not independent of each
// other, but networks are: the intervals are bootstrapped over networks.
type correlation struct {
	networks []pooledZ
	neurons  int
}

// pooledZ is Σ w·z and Σ w of one network.
type pooledZ struct{ sum, weight float64 }

// begin starts a new network.
func (c *correlation) begin() { c.networks = append(c.networks, pooledZ{}) }

// add adds the values of neurons of the current network at one load. It ignores fewer
// than five pairs.
func (c *correlation) add(x, y []float64) {
	var a, b []float64
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			a, b = append(a, x[i]), append(b, y[i])
		}
	}
	if len(a) < 5 {
		return
	}
	r := stat.Correlation(a, b, nil)
	if math.IsNaN(r) { // one of the two is constant
		return
	}
	const most = 1 - 1e-12
	w := float64(len(a) - 3)
	n := &c.networks[len(c.networks)-1]
	n.sum += w * math.Atanh(min(max(r, -most), most))
	n.weight += w
	c.neurons += len(a)
}

// known returns the networks for which r is defined.
func (c *correlation) known() (all []pooledZ) {
	for _, n := range c.networks {
		if n.weight > 0 {
			all = append(all, n)
		}
	}
	return all
}

const (
	fewestNetworks = 5 // with fewer networks, a bootstrapped interval would mean little
	bootstraps     = 2000
)

// interval returns r and its 95 % interval: quantiles of r over networks drawn with
// replacement (Efron 1979). The interval is NaN for fewer than five networks.
func (c *correlation) interval(rng *rand.Rand) (r, low, high float64) {
	all := c.known()
	r = meanR(all, func(i int) int { return i })
	if len(all) < fewestNetworks {
		return r, math.NaN(), math.NaN()
	}
	drawn := make([]float64, bootstraps)
	for k := range drawn {
		drawn[k] = meanR(all, func(int) int { return rng.IntN(len(all)) })
	}
	slices.Sort(drawn)
	return r, stat.Quantile(0.025, stat.LinInterp, drawn, nil), stat.Quantile(0.975, stat.LinInterp, drawn, nil)
}

func meanR(all []pooledZ, pick func(i int) int) float64 {
	var sum, weight float64
	for i := range all {
		n := &all[pick(i)]
		sum, weight = sum+n.sum, weight+n.weight
	}
	return math.Tanh(sum / weight)
}

// resultColumns separates the measures of the graph from the results of a neuron.
func resultColumns(columns []string) (graph, results []string) {
	for _, name := range columns {
		switch {
		case strings.HasPrefix(name, "graph."):
			graph = append(graph, name)
		case name != "neuron" && name != "patterns" && name != "load":
			results = append(results, name)
		}
	}
	return graph, results
}

// bootstrapStream is the random stream of the intervals of correlations.
const bootstrapStream neuron.ID = 1 << 20

// pictured lists the results in the picture; the table has all.
var pictured = []string{"goal", "weight_norm", "learning_time", "wrong"}

// correlate reports how measures of the graph correlate with results, for each panel and
// over all panels, in a table and a picture.
func (r *studyRun) correlate(columns []string) error {
	graph, results := resultColumns(columns)
	table := journal.Table{Name: "study-correlations", Columns: []string{"panel", "measure", "result", "networks", "neurons", "r", "low", "high"}}
	picture := journal.Lines{Title: "How a neuron's place in the graph goes with what it learns", X: "measure of the graph", Y: "correlation", Note: "95 % interval, bootstrap over networks"}
	for _, g := range graph {
		picture.Ticks = append(picture.Ticks, strings.TrimPrefix(g, "graph."))
	}
	for panel := -1; panel < len(r.study.Panels); panel++ {
		name := "all"
		if panel >= 0 {
			name = r.study.Panels[panel].Name
		}
		for _, result := range results {
			s := journal.Series{Name: result}
			for i, g := range graph {
				c := r.correlation(panel, g, result)
				networks := len(c.known())
				if networks == 0 {
					continue
				}
				v, low, high := c.interval(neuron.NewRand(r.studyTask.seed, neuron.ForStimulus, bootstrapStream))
				table.Rows = append(table.Rows, []any{name, g, result, networks, c.neurons, v, low, high})
				s.X, s.Y, s.Low, s.High = append(s.X, float64(i)), append(s.Y, v), append(s.Low, low), append(s.High, high)
			}
			if panel < 0 && len(s.X) > 0 && slices.Contains(pictured, result) {
				picture.Series = append(picture.Series, s)
			}
		}
	}
	if len(table.Rows) == 0 {
		return nil
	}
	return errors.Join(r.journal.Table(table), r.journal.Figure("correlations", picture))
}

// correlation collects one pair of columns over the trials of a panel; panel −1 means all
// panels. A network that occurs in two panels counts once.
func (r *studyRun) correlation(panel int, g, result string) (c correlation) {
	seen := map[string]bool{}
	for _, cell := range r.cells {
		if panel >= 0 && cell.panel != panel {
			continue
		}
		for _, t := range cell.trials {
			n := r.state.Outcomes[t.key].Neurons
			if n == nil || seen[t.key] {
				continue
			}
			seen[t.key] = true
			c.begin()
			for _, part := range n.byLoad() {
				c.add(part.of(g), part.of(result))
			}
		}
	}
	return c
}
