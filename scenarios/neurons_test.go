package scenarios

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// TestNeuronsTable joins what each neuron has learnt with its place in a star.
func TestNeuronsTable(t *testing.T) {
	n := runBuiltin(t, "memory-50", "network.neurons=16", "associative_memory.patterns={source: random, count: 3, width: 4}",
		"associative_memory.presentations=8", "network.topology={rule: star}", "record.graph=[in_degree, clustering, density]")
	n.want(t, "graph.in_degree", 30.0/16, 30.0/16)
	n.want(t, "graph.in_degree.max", 15, 15)
	n.want(t, "graph.density", 30.0/240, 30.0/240)
	table := n.table(t, "neurons")
	want := []string{"neuron", "graph.in_degree", "graph.clustering", "unq_r", "unq_c", "red", "syn", "h_res", "goal", "weight_norm", "learning_time", "wrong"}
	if !slices.Equal(table.Columns, want) || len(table.Rows) != 16 {
		t.Fatalf("%d rows of %q", len(table.Rows), table.Columns)
	}
	hub, leaf := table.Rows[0], table.Rows[5]
	if hub[0] != 0 || hub[1] != 15.0 || leaf[1] != 1.0 {
		t.Errorf("the hub is %v, a leaf %v", hub, leaf)
	}
	if hub[10].(float64) > 8 || hub[11].(float64) > 0.5 {
		t.Errorf("the hub hears all and learnt nothing: %v", hub)
	}
	if _, err := Load("a.yaml", strings.NewReader("apiVersion: infomorph/v1\nname: a\nassociative_memory: {}\nrecord: {graph: [indegree]}\n")); err == nil || !strings.Contains(err.Error(), "record.graph") {
		t.Errorf("a measure that there is not: %v", err)
	}
}

// table returns a table that the task told.
func (n *notebook) table(t *testing.T, name string) Table {
	t.Helper()
	for _, table := range n.tables {
		if table.Name == name {
			return table
		}
	}
	t.Fatalf("there is no table %s", name)
	return Table{}
}

func TestLearner(t *testing.T) {
	l := learner{Right: 18, Seen: 20}
	l.close(1)
	if l.Solved != 0 {
		t.Error("18 of 20 count as learnt")
	}
	l.Right = 19
	l.close(2)
	l.Right = 20
	l.close(3)
	if l.Solved != 2 {
		t.Errorf("learnt in round %d, want 2", l.Solved)
	}
}

// TestCapacityPerSynapse: loads count by in-degree, capacities too.
func TestCapacityPerSynapse(t *testing.T) {
	n := runBuiltin(t, "capacity", "network.neurons=40", "network.topology={rule: fixed_indegree, indegree: 10}", "capacity.rules=[online]",
		"capacity.per=synapse", "capacity.loads=[0.3, 0.5]", "capacity.tolerance=0", "capacity.presentations=20", "capacity.flipped=[10%, 40%]",
		"record.graph=[in_degree]")
	n.want(t, "capacity.online", 0.5, 0.5)
	n.want(t, "patterns.online", 5, 5)
	n.want(t, "basin.online", 0.01, 0.4)
	n.want(t, "learning_time.online", 1, 20)
	table := n.table(t, "neurons")
	if len(table.Rows) != 80 || !slices.Equal(table.Columns[:4], []string{"patterns", "load", "neuron", "graph.in_degree"}) {
		t.Errorf("%d rows of %q", len(table.Rows), table.Columns)
	}
	if row := table.Rows[79]; row[0] != 5 || row[1] != 0.5 || row[2] != 39 || row[3] != 10.0 {
		t.Errorf("the last row is %v", row)
	}
}

// TestBasin reads a basin off a curve: 0.96 at 10 %, 0.86 at 20 %, criterion
// 0.95 crossed a tenth of the way.
func TestBasin(t *testing.T) {
	for _, c := range []struct {
		cosines []float64
		want    float64
	}{
		{[]float64{1, 0.96, 0.86}, 0.11},
		{[]float64{1, 0.99, 0.97}, 0.2},
		{[]float64{0.9, 0.99, 0.97}, 0},
		{[]float64{1, 0.90, 0.99}, 0.05},
	} {
		n := newNotebook()
		r := &capacityRun{capacityTask: &capacityTask{Capacity: &Capacity{Criterion: 0.95, Recall: make([]Recall, 1), Rules: []string{"online"}}}, journal: n}
		r.Flipped = append(r.Flipped, 0.1, 0.2)
		r.points = []point{{Rule: "online", Patterns: 4, Cosine: c.cosines}}
		r.scoreBasin("online")
		if got := n.scores["basin.online"]; !near(got, c.want, 1e-12) {
			t.Errorf("%v: basin %v, want %v", c.cosines, got, c.want)
		}
	}
}

// TestCorrelation: by hand, r of the groups is √3/2 (n=6) and −.08/√(.16·.24) =
// −1/√6 (n=5), with weights 3 and 2.
func TestCorrelation(t *testing.T) {
	var c correlation
	c.add([]float64{1, 2, 3, 1, 2, 3, math.NaN()}, []float64{1, 1, 4, 1, 1, 4, 9})
	if r, _, _ := c.interval(); !near(r, 0.8660254037844387, 1e-12) {
		t.Errorf("r is %v", r)
	}
	c.add([]float64{1, 0, 0, 0, 0}, []float64{0, 0, 0, 1, 1}) // r = −0.408…
	r2 := -0.408248290463863
	z := (3*math.Atanh(0.8660254037844387) + 2*math.Atanh(r2)) / 5
	r, low, high := c.interval()
	if !near(r, math.Tanh(z), 1e-12) || !near(low, math.Tanh(z-1.96/math.Sqrt(5)), 1e-12) || !near(high, math.Tanh(z+1.96/math.Sqrt(5)), 1e-12) {
		t.Errorf("pooled: %v [%v, %v]", r, low, high)
	}
	before := c
	c.add([]float64{1, 1, 1, 1, 1}, []float64{1, 2, 3, 4, 5}) // no spread
	c.add([]float64{1, 2, 3}, []float64{1, 2, 3})             // too few
	if c != before {
		t.Error("groups that say nothing count")
	}
}

func TestColumnJSON(t *testing.T) {
	data, err := json.Marshal(column{1.5, math.NaN(), -2})
	var back column
	if err2 := json.Unmarshal(data, &back); err != nil || err2 != nil || string(data) != "[1.5,null,-2]" || len(back) != 3 || !math.IsNaN(back[1]) || back[2] != -2 {
		t.Errorf("%s %v %v %v", data, back, err, err2)
	}
}

// smallTopologyStudy makes the built-in study small.
var smallTopologyStudy = []string{"study.only=[rewiring, topology, weakest]", "study.seeds=1", "network.neurons=100", "capacity.presentations=2",
	"capacity.loads=[0.2]", "capacity.tolerance=0", "capacity.flipped=[10%]", "record.graph=[in_degree, clustering]"}

// TestTopologyStudy runs the built-in study, small, in one go and from its
// saved state.
func TestTopologyStudy(t *testing.T) {
	task, e := newTestTask(t, loadBuiltin(t, "topology-study", smallTopologyStudy...))
	n := newNotebook()
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	neurons := n.table(t, "study-neurons")
	if want := []string{"panel", "curve", "point", "x", "seed", "patterns", "load", "neuron", "graph.in_degree", "graph.clustering"}; !slices.Equal(neurons.Columns[:len(want)], want) {
		t.Errorf("columns %q", neurons.Columns)
	}
	if n := len(neurons.Rows); n < 100*(10+10+5) || n%100 != 0 {
		t.Errorf("%d rows", len(neurons.Rows))
	}
	c := n.table(t, "study-correlations")
	for _, row := range c.Rows {
		if r, low, high := row[4].(float64), row[5].(float64), row[6].(float64); !(low <= r && r <= high && low >= -1 && high <= 1) {
			t.Errorf("%v", row)
		}
	}
	if len(c.Rows) == 0 || n.figures["correlations"] == nil {
		t.Error("there are no correlations")
	}
	weakest := n.figures["weakest"].(Lines)
	if law := weakest.Series[1]; law.Name != "1.2 · x" || law.Y[1] != 1.2*law.X[1] {
		t.Errorf("the law is %+v", law)
	}
	saved, err := task.(Resumable).Save()
	if err != nil {
		t.Fatal(err)
	}
	again, e2 := newTestTask(t, loadBuiltin(t, "topology-study", smallTopologyStudy...))
	m := newNotebook()
	if err := again.(Resumable).Resume(e2, m, saved); err != nil {
		t.Fatal(err)
	}
	if !sameTables(m.table(t, "study-neurons"), neurons) || !reflect.DeepEqual(m.table(t, "study-correlations"), c) {
		t.Error("a study that was saved at its end tells something else")
	}
}

// sameTables compares tables in which numbers may be NaN.
func sameTables(a, b Table) bool {
	if !slices.Equal(a.Columns, b.Columns) || len(a.Rows) != len(b.Rows) {
		return false
	}
	for i := range a.Rows {
		for k, v := range a.Rows[i] {
			x, isFloat := v.(float64)
			if y, _ := b.Rows[i][k].(float64); isFloat && math.IsNaN(x) && math.IsNaN(y) {
				continue
			}
			if v != b.Rows[i][k] {
				return false
			}
		}
	}
	return true
}
