package scenarios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
)

// nothing is a folder without files.
type nothing struct{}

func (nothing) Open(name string) (io.ReadCloser, error) { return nil, fs.ErrNotExist }
func (nothing) List(string) ([]string, error)           { return nil, fs.ErrNotExist }

// kept holds everything that a run has reported.
type kept struct {
	listener *journal.Listener
	scores   map[string]float64
	chance   map[string]float64
	order    []string // of scores
	tables   map[string]journal.Table
	figures  map[string]journal.Figure
	steps    []string
}

func newKept() *kept {
	k := &kept{scores: map[string]float64{}, chance: map[string]float64{}, tables: map[string]journal.Table{}, figures: map[string]journal.Figure{}}
	k.listener = &journal.Listener{
		Score: func(name string, v, chance float64) {
			k.scores[name], k.chance[name] = v, chance
			k.order = append(k.order, name)
		},
		Table:  func(t journal.Table) error { k.tables[t.Name] = t; return nil },
		Figure: func(name string, f journal.Figure) error { k.figures[name] = f; return nil },
		Step: func(phase string, done, total int) error {
			k.steps = append(k.steps, fmt.Sprintf("%s %d of %d", phase, done, total))
			return nil
		},
		Open: func(net *sim.Network) (sim.Engine, error) { return sim.NewSequential(net) },
	}
	k.listener.Defaults()
	return k
}

// reads a scenario.
func scenario(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := Load("s.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: s\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// begun makes the task of a scenario and starts a run of it.
func begun(t *testing.T, text string, k *kept) (Task, Run) {
	t.Helper()
	task, err := NewTask(scenario(t, text), nothing{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := task.Start(nil, k.listener)
	if err != nil {
		t.Fatal(err)
	}
	return task, r
}

// gone runs a scenario to its end.
func gone(t *testing.T, text string) *kept {
	t.Helper()
	k := newKept()
	if _, r := begun(t, text, k); r != nil {
		if err := r.Go(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// measured is a run of capacity with given results of its trials: loads of 2, 4, 6 and 8
// patterns on ten neurons.
func measured(t *testing.T, text string, points ...point) (*capacityRun, *kept) {
	t.Helper()
	k := newKept()
	_, r := begun(t, "network: {neurons: 10}\ncapacity: {"+text+"}\n", k)
	c := r.(*capacityRun)
	c.state.Points = points
	return c, k
}

func overlaps(rule string, patterns int, overlap ...float64) point {
	exact := make([]float64, len(overlap))
	for i, v := range overlap {
		exact[i] = v * v
	}
	return point{Rule: rule, Patterns: patterns, Overlap: overlap, Exact: exact, Scores: scored{Values: map[string]float64{}}}
}

// The capacity is the largest load below the first that fails, found to within the
// tolerance. A load above one that failed does not count.
func TestBisection(t *testing.T) {
	all := func(held ...int) (points []point) {
		for m := 1; m <= 10; m++ {
			v := 0.9
			if slices.Contains(held, m) {
				v = 0.95
			}
			points = append(points, overlaps("hebb", m, v))
		}
		return points
	}
	for _, c := range []struct {
		held      []int
		tolerance float64
		loads     []int // that have a result
		want      int
	}{
		{[]int{1, 2, 3, 4, 5}, 0.1, []int{2, 8}, 5}, {[]int{1, 2, 3, 4, 5}, 0.3, []int{2, 8}, 5}, {[]int{1, 2, 3, 4, 5}, 0.5, []int{2, 8}, 5}, {[]int{1, 2, 3, 4, 5}, 0.6, []int{2, 8}, 2}, {[]int{1, 2, 3, 4, 5}, 0, []int{2, 8}, 2},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8}, 0.1, []int{2, 8}, 8}, {nil, 0.1, []int{2, 8}, 0}, {[]int{1}, 0.1, []int{2, 8}, 1}, {[]int{1, 2, 8}, 0.1, []int{2, 6, 8}, 2},
	} {
		r, _ := measured(t, fmt.Sprintf("rules: [hebb], tolerance: %g, loads: [0.2]", c.tolerance))
		known := all(c.held...)
		for _, m := range c.loads {
			r.state.Points = append(r.state.Points, known[m-1])
		}
		tried := 0
		r.out.Open = func(*sim.Network) (sim.Engine, error) { tried++; return nil, errors.New("tried") }
		low, err := r.bisect(context.Background(), "hebb", 0)
		for err != nil && tried < 10 { // give each trial that it makes a result
			lo, hi := 0, 0
			for _, p := range r.of("hebb") {
				if p.Overlap[0] < r.Criterion {
					hi = p.Patterns
					break
				}
				lo = p.Patterns
			}
			r.state.Points = append(r.state.Points, known[(lo+hi)/2-1])
			low, err = r.bisect(context.Background(), "hebb", 0)
		}
		if low != c.want || err != nil {
			t.Errorf("held %v, tolerance %v: %d after %d trials, want %d", c.held, c.tolerance, low, tried, c.want)
		}
	}
}

// Curves, basins and completions are those computed by hand.
func TestCapacityIsShown(t *testing.T) {
	r, k := measured(t, "rules: [online, hebb], loads: [0.2, 0.4], recall: [{name: a}, {name: b}], flipped: [20%, 10%], known: [50%, 80%], per: neuron",
		overlaps("hebb", 4, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4), overlaps("online", 4, 0.97, 0.8, 0.96, 0.91, 0.5, 0.4), overlaps("hebb", 2, 1, 0.99, 0.97, 0.93, 0.6, 0.7), overlaps("online", 2, 1, 1, 1, 0.9, 1, 1))
	for i := range r.state.Points {
		r.state.Points[i].Scores.Values["atoms.red"] = float64(i) / 10
		r.state.Points[i].Scores.Values["atoms.unq_r"] = 1
	}
	if err := r.show(); err != nil {
		t.Fatal(err)
	}
	table := k.tables["capacity"]
	if len(table.Rows) != 24 || fmt.Sprint(table.Columns) != "[rule patterns load test overlap exact]" || fmt.Sprint(table.Rows[0]) != "[online 2 0.2 a 1 1]" || fmt.Sprint(table.Rows[7]) != "[online 4 0.4 b 0.8 0.6400000000000001]" || fmt.Sprint(table.Rows[17]) != "[hebb 2 0.2 known-80 0.7 0.48999999999999994]" {
		t.Errorf("%v", table.Rows)
	}
	l := k.figures["overlap"].(journal.Lines)
	if l.Title != "Recall against load" || l.X != "patterns per neuron" || l.Y != "mean overlap" || len(l.Series) != 4 || l.Series[3].Name != "hebb, b" || !l.Series[0].Strong || l.Series[2].Strong || !slices.Equal(l.Series[3].X, []float64{0.2, 0.4}) || !slices.Equal(l.Series[3].Y, []float64{0.99, 0.8}) || l.Dashed[0].Y != 0.95 {
		t.Errorf("%+v", l)
	}
	if e := k.figures["exact"].(journal.Lines); e.Title != "Patterns recalled without a wrong bit" || len(e.Dashed) != 0 || e.Series[2].Y[1] != 0.81 {
		t.Errorf("%+v", e)
	}
	a := k.figures["atoms-hebb"].(journal.Lines)
	if len(a.Series) != 5 || a.Series[2].Name != "red" || !slices.Equal(a.Series[2].Y, []float64{0.2, 0}) || len(a.Series[1].X) != 0 || a.Title != "Information against load, hebb" {
		t.Errorf("%+v", a)
	}
	m := k.figures["basins-hebb"].(journal.Map)
	if fmt.Sprint(m.Columns, m.Rows, m.Cells) != "[0.2 0.4] [20 % 10 %] [[0.93 0.6] [0.97 0.7]]" || m.Title != "Mean overlap from damaged cues, hebb" || m.X != "patterns per neuron" || m.Y != "bits flipped" {
		t.Errorf("%+v", m)
	}
	c := k.figures["completion-online"].(journal.Lines)
	if len(c.Series) != 2 || c.Series[1].Name != "load 0.4" || !slices.Equal(c.Series[1].X, []float64{0.5, 0.8}) || !slices.Equal(c.Series[1].Y, []float64{0.5, 0.4}) || c.Dashed[0].Y != 0.95 {
		t.Errorf("%+v", c)
	}
}

// If there are very many loads, a few of them have curves, evenly spaced.
func TestCompletionCurves(t *testing.T) {
	for n, want := range map[int]int{1: 1, 8: 8, 9: 5, 16: 8, 17: 6} {
		r, k := measured(t, "rules: [hebb], loads: [0.2], known: [50%]")
		for m := range n {
			r.state.Points = append(r.state.Points, overlaps("hebb", m+1, 1, 1))
		}
		if err := r.showCompletion("hebb"); err != nil {
			t.Fatal(err)
		}
		if got := k.figures["completion-hebb"].(journal.Lines).Series; len(got) != want || got[0].Name != "load 0.1" {
			t.Errorf("%d loads are %d curves, want %d", n, len(got), want)
		}
	}
	r, k := measured(t, "rules: [hebb], loads: [0.2]", overlaps("hebb", 1, 1))
	if err := errors.Join(r.showCompletion("hebb"), r.showBasins("hebb"), r.showAtoms("hebb"), r.showNeurons()); err != nil || len(k.figures)+len(k.tables) != 0 {
		t.Errorf("nothing was measured of it: %v, %v", k.figures, err)
	}
}

// The capacity of a rule is that in the first test of recall; the other tests have their
// own scores.
func TestCapacityOfEachTest(t *testing.T) {
	r, k := measured(t, "rules: [hebb], loads: [0.2, 0.4, 0.8], recall: [{name: a}, {name: b}, {name: c}], tolerance: 0",
		overlaps("hebb", 2, 1, 1, 0.9), overlaps("hebb", 4, 0.96, 0.9, 1), overlaps("hebb", 8, 0.5, 0.4, 1))
	if err := r.measure(t.Context(), "hebb"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"capacity.hebb": 0.4, "patterns.hebb": 4, "capacity.hebb.a": 0.4, "capacity.hebb.b": 0.2, "capacity.hebb.c": 0} {
		if got, ok := k.scores[name]; !ok || got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// The basin ends where linear interpolation between two shares meets the criterion.
func TestBasins(t *testing.T) {
	for _, c := range []struct {
		overlap []float64 // clean, then with 10, 20 and 40 % flipped
		want    float64
	}{
		{[]float64{1, 1, 0.97, 0.93}, 0.3}, {[]float64{1, 1, 0.95, 0.9}, 0.2}, {[]float64{1, 0.9, 1, 1}, 0.05}, {[]float64{1, 1, 1, 1}, 0.4}, {[]float64{0.94, 1, 1, 1}, 0}, {[]float64{0.95, 0.85, 0, 0}, 0},
		{[]float64{1, 0.95, 0.949, 0.9}, 0.1}, {[]float64{1, 0.95, 0.95, 0.9}, 0.2}, {[]float64{1, 1, 0.95, 0.95}, 0.4},
	} {
		r, k := measured(t, "rules: [hebb], loads: [0.2], flipped: [10%, 20%, 40%]", overlaps("hebb", 5, 0, 0, 0, 0), overlaps("hebb", 2, c.overlap...))
		r.scoreBasin("hebb")
		if got := k.scores["basin.hebb"]; !(math.Abs(got-c.want) <= 1e-9) || !math.IsNaN(k.chance["basin.hebb"]) {
			t.Errorf("%v: basin %v, want %v", c.overlap, got, c.want)
		}
	}
	r, k := measured(t, "rules: [hebb], loads: [0.2]", overlaps("hebb", 2, 1))
	if r.scoreBasin("hebb"); len(k.scores) != 0 {
		t.Errorf("%v", k.scores)
	}
	r, k = measured(t, "rules: [hebb], loads: [0.2], flipped: [10%]", overlaps("hebb", 2, 1, 1))
	if r.scoreBasin("hebb"); k.scores["basin.hebb"] != 0.1 {
		t.Errorf("of one share: %v", k.scores)
	}
	if r.scoreBasin("online"); len(k.scores) != 1 {
		t.Errorf("nothing was measured: %v", k.scores)
	}
}

// A single load, and a single share of bits, has its pictures too.
func TestPicturesOfOneLoad(t *testing.T) {
	one := overlaps("online", 2, 1, 0.5, 0.25)
	one.Scores.Values["atoms.unq_r"] = 0.125
	one.Scores.Neurons = &neuronRows{Columns: []string{"neuron"}, Rows: []column{{3}}}
	r, k := measured(t, "rules: [online, hebb], loads: [0.2], flipped: [10%], known: [50%], per: synapse", one)
	if err := r.show(); err != nil {
		t.Fatal(err)
	}
	if m := k.figures["basins-online"].(journal.Map); fmt.Sprint(m.Columns, m.Rows, m.Cells, m.X) != "[0.222] [10 %] [[0.5]]patterns per synapse" {
		t.Errorf("%+v", m)
	}
	if l := k.figures["completion-online"].(journal.Lines); len(l.Series) != 1 || fmt.Sprint(l.Series[0]) != fmt.Sprint(journal.Series{Name: "load 0.222", X: []float64{0.5}, Y: []float64{0.25}}) {
		t.Errorf("%+v", l)
	}
	if l := k.figures["atoms-online"].(journal.Lines); fmt.Sprint(l.Series[0].Y) != "[0.125]" || l.X != "patterns per synapse" {
		t.Errorf("%+v", l)
	}
	if l := k.figures["overlap"].(journal.Lines); len(l.Series) != 2 || l.Series[0].Name != "online" || l.Series[1].Name != "hebb" || l.X != "patterns per synapse" {
		t.Errorf("%+v", l)
	}
	if n := k.tables["neurons"]; len(n.Rows) != 1 || len(k.figures) != 5 || len(k.tables) != 2 {
		t.Errorf("%v, %d figures", n, len(k.figures))
	}
	r.out.Table = func(t journal.Table) error { return errors.New(t.Name) }
	r.out.Figure = func(name string, _ journal.Figure) error { return errors.New(name) }
	if err := r.show(); err == nil || strings.ReplaceAll(err.Error(), "\n", " ") != "capacity overlap exact atoms-online basins-online completion-online neurons" {
		t.Errorf("%v", err)
	}
}

// The learning time is that of the largest load at which everything was learned.
func TestLearningTimes(t *testing.T) {
	learned := func(m int, v float64) point {
		p := overlaps("online", m, 1)
		p.Learned = v
		return p
	}
	r, k := measured(t, "rules: [online], loads: [0.2]", learned(4, 7), learned(8, 0), learned(2, 3), learned(6, 9))
	if r.scoreTime("online"); k.scores["learning_time.online"] != 9 {
		t.Errorf("%v", k.scores)
	}
	r, k = measured(t, "rules: [online], loads: [0.2]", learned(4, 1), learned(6, 0))
	if r.scoreTime("online"); k.scores["learning_time.online"] != 1 || !math.IsNaN(k.chance["learning_time.online"]) {
		t.Errorf("%v", k.scores)
	}
	r, k = measured(t, "rules: [online], loads: [0.2]", learned(4, 0))
	if r.scoreTime("online"); len(k.scores) != 0 {
		t.Errorf("nothing was learnt: %v", k.scores)
	}
}

// The values of neurons with the online rule get the load as a column, and stay in their
// order.
func TestNeuronsOfLoads(t *testing.T) {
	p, q := overlaps("online", 4, 1), overlaps("online", 2, 1)
	p.Scores.Neurons = &neuronRows{Columns: []string{"neuron", "wrong"}, Rows: []column{{0, 1}, {1, 0}}}
	q.Scores.Neurons = &neuronRows{Columns: []string{"neuron", "wrong"}, Rows: []column{{0, 5}}}
	p.Scores.set("graph.density", 0.5)
	p.Scores.set("other", 1)
	r, k := measured(t, "rules: [online], loads: [0.2]", p, q, overlaps("online", 1, 1), overlaps("hebb", 3, 1))
	if err := r.showNeurons(); err != nil {
		t.Fatal(err)
	}
	if got := k.tables["neurons"]; fmt.Sprint(got.Columns, got.Rows) != "[patterns load neuron wrong] [[2 0.2 0 5] [4 0.4 0 1] [4 0.4 1 0]]" || len(k.scores) != 1 || k.scores["graph.density"] != 0.5 {
		t.Errorf("%v, %v", got, k.scores)
	}
}

// The tests of a training are the named ones, then damaged cues, then known bits.
func TestTestsOfCapacity(t *testing.T) {
	r, _ := measured(t, "rules: [hebb], loads: [0.2], recall: [{name: a, dynamics: belief, count: 3}], flipped: [12.5%, 0%], known: [30%]")
	var got []string
	for _, x := range r.tests {
		got = append(got, fmt.Sprintf("%s %s %.3g %s %s %d", x.Name, x.Cue, float64(x.Fraction), x.Dynamics, x.Release, x.Count))
	}
	if want := []string{"a clean 0 belief released 3", "flipped-0 clean 0 belief released 3", "flipped-12_5 flip 0.125 belief released 3", "known-30 partial 0.7 sign held 3"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for text, want := range map[string]string{"rules: [hebb], loads: [0.2]": "clean clean", "rules: [hebb], loads: [0.2], streaming: {}": "flipped flip clean clean"} {
		r, _ := measured(t, text)
		var words []string
		for _, x := range r.Recall {
			words = append(words, x.Name, x.Cue)
		}
		if strings.Join(words, " ") != want {
			t.Errorf("%s: %q, want %s", text, words, want)
		}
	}
	for f, want := range map[config.Fraction]string{0.1: "10", 0.125: "12_5", 0.0002: "0_02", 1: "100", 1.0 / 3: "33_33"} {
		if got := share(f); got != want {
			t.Errorf("%v is %s, want %s", float64(f), got, want)
		}
	}
	if percent(0.125) != "12 %" || percent(1) != "100 %" {
		t.Error(percent(0.125))
	}
}

// Loads count patterns per neuron, or per synapse of a neuron.
func TestUnitsOfLoads(t *testing.T) {
	for _, c := range []struct {
		text string
		unit float64
		most int
	}{
		{"capacity: {rules: [hebb], loads: [0.55, 0.2]}\nnetwork: {neurons: 10}", 10, 7}, {"capacity: {rules: [hebb], loads: [1], per: synapse}\nnetwork: {neurons: 10}", 9, 10},
		{"capacity: {rules: [online], loads: [2], per: synapse}\nnetwork: {neurons: 10, topology: {rule: fixed_indegree, indegree: 4}}", 4, 9}, {"capacity: {rules: [online], loads: [1], streaming: {patterns: 33}}\nnetwork: {neurons: 10}", 10, 33},
		{"capacity: {rules: [hebb], loads: [0.01]}", 100, 2},
	} {
		task, err := NewTask(scenario(t, c.text), nothing{})
		if err != nil {
			t.Fatal(err)
		}
		got := task.(*capacityTask)
		if got.unit != c.unit || got.most != c.most || got.Network().NumNeurons() != got.neurons || !slices.IsSorted(got.Loads) {
			t.Errorf("%s: %v a load, %d at most, %d neurons", c.text, got.unit, got.most, got.neurons)
		}
	}
	for text, want := range map[string]string{
		"capacity: {loads: [10]}\nnetwork: {neurons: 10001}":                                        "capacity.loads: got 100011, expected at most 100000 patterns in all",
		"capacity: {streaming: {patterns: 100001}}":                                                 "capacity.loads: got 100001, expected at most 100000 patterns in all",
		"capacity: {}\nevents: [{at: 1s, silent: true}]":                                            "events: and faults are for single experiments, not for measurements of capacity; study an associative_memory instead",
		"capacity: {}\nfaults: [{kind: silent, share: 10%}]":                                        "events: and faults are for single experiments",
		"capacity: {}\nmode: free":                                                                  `mode: got "free", expected lockstep, because the trials of a measurement are not recorded`,
		"capacity: {recall: [{name: a}, {name: a}]}":                                                `capacity.recall[1].name: got "a", expected letters, digits, - and _, other than before`,
		"capacity: {recall: [{name: a b}]}":                                                         `capacity.recall[0].name: got "a b", expected letters, digits, - and _, other than before`,
		"capacity: {rules: [hebb]}\nnetwork: {topology: {rule: ring, k: 30}}\nneuron: {window: -1}": "neuron.window: got -1",
	} {
		s, err := Load("s.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: s\n"+text+"\n"))
		if err == nil {
			_, err = NewTask(s, nothing{})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// A measurement of classical rules, to its end. The capacities are those of a search over
// all loads. A run that is stopped at any step and resumed gives the same results.
func TestCapacityMeasured(t *testing.T) {
	const text = "network: {neurons: 12}\ncapacity: {rules: [hebb, pseudo_inverse], loads: [0.25, 1], tolerance: 0.05}\n"
	k := gone(t, text)
	task, r := begun(t, text, newKept())
	c := r.(*capacityRun)
	for _, rule := range []string{"hebb", "pseudo_inverse"} {
		held := 0
		for m := 1; m <= 12; m++ {
			p, err := c.run(context.Background(), rule, m)
			if err != nil {
				t.Fatal(err)
			}
			if p.Overlap[0] < 0.95 {
				break
			}
			held = m
		}
		if k.scores["patterns."+rule] > float64(held)+1 || k.scores["patterns."+rule] < 1 {
			t.Errorf("%s holds %v patterns, one by one %d", rule, k.scores["patterns."+rule], held)
		}
		if k.scores["capacity."+rule] != k.scores["patterns."+rule]/12 || k.scores["capacity."+rule+".clean"] != k.scores["capacity."+rule] {
			t.Errorf("%s: %v", rule, k.scores)
		}
	}
	for n := range k.steps {
		first := newKept()
		_, r := begun(t, text, first)
		var saved []byte
		inner := first.listener.Step
		first.listener.Step = func(phase string, done, total int) error {
			err := inner(phase, done, total)
			if len(first.steps) == n+1 {
				var err2 error
				saved, err2 = r.Save()
				return errors.Join(err, err2, errors.New("stopped"))
			}
			return err
		}
		if err := r.Go(context.Background()); err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Fatal(err)
		}
		second := newKept()
		again, err := task.Resume(nil, second.listener, saved)
		if err == nil {
			err = again.Go(context.Background())
		}
		if err != nil || fmt.Sprint(second.scores, second.tables["capacity"]) != fmt.Sprint(k.scores, k.tables["capacity"]) {
			t.Errorf("stopped at step %d (%s): %v\n%v\nwant\n%v", n, k.steps[n], err, second.scores, k.scores)
		}
	}
	for state, want := range map[string]string{"{": "capacity: not a state of this measurement", `{"Points":[{"Rule":"hebb","Patterns":3,"Overlap":[1,2],"Exact":[1,2]}]}`: "capacity: the state does not fit the scenario", `{"Points":[{"Rule":"hebb","Patterns":0,"Overlap":[1],"Exact":[1]}]}`: "capacity: the state does not fit the scenario",
		`{"Points":[{"Rule":"hebb","Patterns":14,"Overlap":[1],"Exact":[1]}]}`: "capacity: the state does not fit the scenario", `{"Points":[{"Rule":"hebb","Patterns":13,"Overlap":[1],"Exact":[1]}]}`: "", `{"Points":[{"Rule":"hebb","Patterns":3,"Overlap":[1],"Exact":[]}]}`: "capacity: the state does not fit the scenario", `{"Points":[{"Rule":"hebb","Patterns":3,"Overlap":[],"Exact":[1]}]}`: "capacity: the state does not fit the scenario"} {
		_, err := task.Resume(nil, newKept().listener, []byte(state))
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", state, err, want)
		}
	}
}

// The scores of a stream have their own names, and the last patterns are in order of age.
func TestStreamShown(t *testing.T) {
	r, k := measured(t, "rules: [online], streaming: {patterns: 20, rehearsal: 2}, recall: [{name: a, dynamics: graded_belief}, {name: b}]")
	p := overlaps("online", 20, 1)
	p.Scores.recall = journal.Table{Name: "recall", Columns: []string{"test", "pattern", "item", "cue_overlap", "overlap", "wrong_bits", "no_evidence", "sweeps", "patterns_since"},
		Rows: [][]any{{"a", "x", 19, 0.8, 0.9, 1, 0, 7, 0}, {"b", "x", 19, 1.0, 0.7, 2, 3, 7, 0}, {"a", "y", 18, 0.5, 0.6, 4, 5, 7, 1}}}
	p.Scores.Values["recall.buffer"] = 33
	if err := r.showStream(&p); err != nil {
		t.Fatal(err)
	}
	table := k.tables["streaming"]
	if fmt.Sprint(table.Columns, table.Rows) != "[test patterns_since cue_overlap overlap wrong_bits no_evidence] [[a 0 0.8 0.9 1 0] [a 1 0.5 0.6 4 5] [b 0 1 0.7 2 3]]" {
		t.Errorf("%v", table)
	}
	l := k.figures["age"].(journal.Lines)
	if l.Title != "Recall against age, rehearsing from 32 patterns before" || l.Series[0].Name != "a cues, graded belief" || l.Series[1].Name != "b cues, sign" || !slices.Equal(l.Series[0].X, []float64{0, 1}) || !slices.Equal(l.Series[0].Y, []float64{0.9, 0.6}) || l.X != "patterns presented since" {
		t.Errorf("%+v", l)
	}
	p.Scores.Values["recall.buffer"] = 1
	if err := r.showStream(&p); err != nil || k.figures["age"].(journal.Lines).Title != "Recall against age" {
		t.Errorf("%v, %v", k.figures["age"], err)
	}
	p.Scores.Values["recall.buffer"] = 2
	if err := r.showStream(&p); err != nil || k.figures["age"].(journal.Lines).Title != "Recall against age, rehearsing from 1 patterns before" {
		t.Errorf("%v, %v", k.figures["age"], err)
	}
	r.out.Table = func(t journal.Table) error { return errors.New(t.Name) }
	r.out.Figure = func(name string, _ journal.Figure) error { return errors.New(name) }
	if err := r.showStream(&p); fmt.Sprint(err) != "streaming\nage" {
		t.Error(err)
	}
	p.Scores.recall.Columns[8] = "since"
	if err := r.showStream(&p); fmt.Sprint(err) != "capacity: the table of recall has no column patterns_since" {
		t.Error(err)
	}
	all := gone(t, "network: {neurons: 16}\ncapacity: {streaming: {patterns: 12, presentations: 2, rehearsal: 3, span: 5, tested: 4}}\n")
	if v, ok := all.scores["training.predicted"]; !ok || v != 0.703125 || !(math.Abs(all.chance["training.predicted"]-0.4939236) <= 1e-6) || all.chance["streaming.kept"] != 0 || all.order[0] != "training.predicted" || all.order[len(all.order)-1] != "streaming.span" {
		t.Errorf("%v", all.order)
	}
	for name, want := range map[string]float64{"streaming.tested": 4, "streaming.span": 5, "streaming.buffer": 6, "streaming.clean.tested": 4} {
		if got, ok := all.scores[name]; !ok || got != want {
			t.Errorf("%s is %v, want %v; there are %v", name, got, want, all.order)
		}
	}
	if rows := all.tables["streaming"].Rows; len(rows) != 8 || rows[0][0] != "flipped" || rows[0][1] != 0 || rows[7][0] != "clean" || rows[7][1] != 3 {
		t.Errorf("%v", rows)
	}
}
