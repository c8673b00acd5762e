package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/footprint"
	"infomorph/scenarios/journal"
)

// few is a study of two trials that learn online.
const few = "network: {neurons: 4}\nassociative_memory: {patterns: {source: random, count: 3, width: 4}, presentations: 3}\nstudy: {score: recall.clean.exact, seeds: 1, panels: [{name: p, over: 'neuron.window=8,9'}]}\n"

// halfway stops a study of few in its second trial. It returns the steps of a whole
// study, those of its first trial, and those until it is stopped.
func halfway(t *testing.T) (task Task, whole *kept, first, until int, saved []byte) {
	t.Helper()
	whole = watched()
	if _, r := begun(t, few, whole); r.Go(t.Context()) != nil {
		t.Fatal("the study fails")
	}
	first = slices.Index(whole.steps, "study 1 of 2") + 1
	until = first + 4
	k := watched()
	task, r := begun(t, few, k)
	saved = stopAfter(t, r, k, until)
	if len(k.tables["study"].Rows) != 1 || len(k.figures) != 1 {
		t.Errorf("a trial that was stopped is in the table: %v", k.tables["study"].Rows)
	}
	return task, whole, first, until, saved
}

// A study saves the trial in progress, and a resumed study continues this trial, without
// repeating a presentation. Until then, the state of this trial stays in what is saved.
func TestStudyContinuesItsTrial(t *testing.T) {
	task, whole, _, until, saved := halfway(t)
	k := watched()
	r, err := task.Resume(nil, k.listener, saved)
	if err != nil {
		t.Fatal(err)
	}
	again := stopAfter(t, r, k, 1) // before it comes to the trial
	for _, saved := range [][]byte{saved, again} {
		if k, err := goOn(t, task, saved); err != nil || !slices.Equal(k.steps[1:], whole.steps[until:]) || fmt.Sprint(k.scores, k.tables) != fmt.Sprint(whole.scores, whole.tables) {
			t.Errorf("%v, %q after %q", err, k.steps, whole.steps)
		}
	}
	k = watched()
	if r, err = task.Resume(nil, k.listener, saved); err == nil {
		err = r.Go(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if saved, err = r.Save(); err == nil {
		err = json.Unmarshal(saved, &keys)
	}
	if err != nil || len(keys) != 1 || len(keys["Outcomes"].(map[string]any)) != 2 {
		t.Errorf("%v, the study is over: %s", err, saved)
	}
	if saved, err := (&studyRun{current: broken{}, engine: broken{}}).Save(); fmt.Sprint(err) != "not saved\nno state" || saved != nil {
		t.Errorf("%v", err)
	}
}

// The saved state of another trial is not used. One that cannot be read is an error.
func TestStatesOfOtherTrials(t *testing.T) {
	task, whole, first, _, saved := halfway(t)
	var state studyState
	if err := json.Unmarshal(saved, &state); err != nil || state.Key != task.(*studyTask).cells[1].trials[0].key || len(state.Outcomes) != 1 || state.Trial == nil || state.Engine == nil {
		t.Fatalf("%v, %+v", err, state)
	}
	for _, c := range []struct {
		key           string
		trial, engine []byte
		want          string
	}{
		{"other", []byte("x"), []byte("x"), ""}, {state.Key, nil, []byte("x"), ""},
		{state.Key, []byte("x"), state.Engine, "trial p, 9, seed 1: protocol: not a state of a run"}, {state.Key, state.Trial, []byte("x"), "trial p, 9, seed 1: sim: not a state of this network"},
	} {
		k, err := goOn(t, task, studyState{Outcomes: state.Outcomes, Key: c.key, Trial: c.trial, Engine: c.engine})
		if c.want == "" && (err != nil || !slices.Equal(k.steps[1:], whole.steps[first:])) || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want) || len(k.steps) != 1) {
			t.Errorf("%s: %v, %q", c.key, err, k.steps)
		}
	}
}

// A study that cannot store a table reports this, also if it is stopped.
func TestStudyReportsErrors(t *testing.T) {
	for _, c := range []struct{ table, figure, step, want string }{
		{"study", "", "", "study is full"}, {"study-load", "", "", "study-load is full"}, {"", "named", "", "named is full"},
		{"study", "", "study 2 of 20", "trial load, 2, hebb, seed 1: stopped\nstudy is full"},
		{"study-neurons", "", "", "study-neurons is full"}, {"", "", "study 20 of 20", "stopped"},
	} {
		k := newKept()
		_, r := begun(t, stored, k)
		told := map[string]int{}
		k.listener.Step = func(phase string, done, total int) error {
			step := fmt.Sprintf("%s %d of %d", phase, done, total)
			if told[step]++; step == c.step && (told[step] == 2 || done == total) {
				return errors.New("stopped")
			}
			return nil
		}
		k.listener.Table = func(t journal.Table) error {
			if t.Name == c.table {
				return errors.New(t.Name + " is full")
			}
			return nil
		}
		k.listener.Figure = func(name string, _ journal.Figure) error {
			if name == c.figure {
				return errors.New(name + " is full")
			}
			return nil
		}
		if err := r.Go(t.Context()); fmt.Sprint(err) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Only the panels that are asked for are measured, and only their settings are read.
func TestOnlySomePanels(t *testing.T) {
	text := strings.Replace(stored, "seeds: 2", "seeds: 2\n  only: [named]", 1)
	text = strings.Replace(text, "count=1,2,3", "count=-1", 1)
	k := gone(t, text)
	if rows := k.tables["study"].Rows; len(rows) != 8 || rows[0][0] != "named" || fmt.Sprint(rows[0][4], rows[1][4]) != "1 2" || len(k.figures) != 1 || k.figures["named"] == nil || len(k.scores) != 4 {
		t.Errorf("%v, %d figures", rows, len(k.figures))
	}
}

// All trials of a study are counted before the first one is read.
func TestMostTrials(t *testing.T) {
	const over, wrong = "study.panels: more than 100000 trials in all", "study.panels[0]: --set bars.bars=-1: got -1"
	for _, c := range []struct {
		study, want string
		cells       int
	}{
		{"seeds: 1000, panels: [{name: a, over: 'bars.bars=-1..98'}]", wrong, 0}, {"seeds: 1000, panels: [{name: a, over: 'bars.bars=-1..99'}]", over, 0},
		{"seeds: 1000, panels: [{name: a, over: 'bars.bars=-1..98'}]", over, 1},
		{"seeds: 1000, curves: [{name: x}, {name: y}], panels: [{name: a, over: 'bars.bars=-1..48'}]", wrong, 0}, {"seeds: 1000, curves: [{name: x}, {name: y}], panels: [{name: a, over: 'bars.bars=-1..49'}]", over, 0},
	} {
		s := scenario(t, "bars: {}\nstudy: {score: s, "+c.study+"}\n")
		text, err := s.base()
		if err != nil {
			t.Fatal(err)
		}
		r := &studyTask{study: s.Study, seed: 1, text: text, cells: make([]cell, c.cells)}
		if err := r.addPanel(0); err == nil || !strings.HasPrefix(err.Error(), c.want) || len(r.cells) != c.cells {
			t.Errorf("%s after %d cells: %v", c.study, c.cells, err)
		}
	}
}

// Faults of the document that a study varies have their position in the document as it
// was given.
func TestFaultsBelowStudies(t *testing.T) {
	s := scenario(t, "digits: {data: none}\nstudy: {score: s, panels: [{name: a, over: 'seed=1,2'}]}\n")
	if _, err := NewTask(s, nothing{}); err == nil || !strings.HasPrefix(err.Error(), "s.yaml:3:16: digits.data: ") {
		t.Error(err)
	}
	for name, want := range map[string]string{"": `the scenario:2:7: name: got ""`, "\xff": `config: text "\xff" is not UTF-8`} {
		if _, err := NewTask(scenario(t, stored).Called(name, ""), nothing{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A trial that cannot be read, prepared or run names itself in its error, and the trial
// is not an outcome.
func TestTrialsThatFail(t *testing.T) {
	_, r := begun(t, stored, newKept())
	s := r.(*studyRun)
	for want, sets := range map[string][]string{
		"--set seed=-1: got": {"seed=-1"}, "--set network.topology.k=30: 30, expected less than the 9 neurons": {"network.topology.rule=ring", "network.topology.k=30"},
	} {
		if err := s.trial(t.Context(), &trial{key: "k", sets: sets}); err == nil || !strings.HasPrefix(err.Error(), want) || len(s.state.Outcomes) != 0 {
			t.Errorf("%v, want %s", err, want)
		}
	}
	s.room = footprint.Room{Bytes: 10, Of: "the box"}
	if err := s.trial(t.Context(), &s.cells[0].trials[0]); err == nil || !strings.Contains(err.Error(), "the box") {
		t.Errorf("a trial has more room than the study: %v", err)
	}
}

// The rows of neurons are those of the tables that the trials report, with what is known
// of each trial.
func TestRowsOfNeurons(t *testing.T) {
	s := &Study{Score: "s", Seeds: 1, Curves: []Variant{{Name: "c"}, {Name: "d"}}, Panels: []Panel{{Name: "p", Over: "a=2,4"}}}
	r, k := made(s, func(int, int, int, uint64) map[string]float64 { return map[string]float64{"s": 1} })
	for key, columns := range map[string][]string{"0 0 1 0": {"neuron", "wrong"}, "0 1 0 0": {"neuron", "wrong"}, "0 1 1 0": {"neuron", "other"}} {
		o := r.state.Outcomes[key]
		o.Neurons = &neuronRows{Columns: columns, Rows: []column{{7, 1}}}
		r.state.Outcomes[key] = o
	}
	if err := r.showNeurons(); err != nil {
		t.Fatal(err)
	}
	if got := k.tables["study-neurons"]; fmt.Sprint(got.Columns, got.Rows) != "[panel curve point x seed neuron wrong] [[p c 4 4 0 7 1] [p d 2 2 0 7 1]]" || len(k.tables) != 1 || len(k.figures) != 0 {
		t.Errorf("%v", got)
	}
}

// A study keeps the tables of neurons of its trials, and no other table.
func TestNeuronsAreKept(t *testing.T) {
	k := gone(t, "record: {graph: [in_degree]}\n"+few)
	table := k.tables["study-neurons"]
	if len(table.Rows) != 8 || fmt.Sprint(table.Columns[:7]) != "[panel curve point x seed neuron population]" || !slices.Contains(table.Columns, "graph.in_degree") || fmt.Sprint(table.Rows[5][:6]) != "[p  9 9 1 1]" || table.Rows[5][slices.Index(table.Columns, "graph.in_degree")] != 3.0 {
		t.Errorf("%v", table)
	}
}

// Five pairs are enough for a correlation, and a perfect one counts too. A pair without
// one of its values is left out.
func TestPairsOfCorrelations(t *testing.T) {
	var c correlation
	c.begin()
	x := []float64{1, 2, 3, 4, 5}
	c.add(x[:4], x[:4])
	c.add([]float64{1, 2, 3, 4, math.NaN()}, x)
	c.add(x, []float64{1, 2, 3, 4, math.NaN()})
	if n := (neuronRows{Columns: []string{"neuron", "wrong"}, Rows: []column{{7, 1}}}); fmt.Sprint(n.of("neuron"), n.of("wrong"), n.of("none")) != "[7] [1] []" {
		t.Errorf("%v", n)
	}
	if c.neurons != 0 || len(c.known()) != 0 {
		t.Errorf("four pairs count: %+v", c)
	}
	c.add([]float64{1, 2, 3, 4, 5, 6}, []float64{1, 2, 3, 4, 5, math.NaN()})
	c.add([]float64{1, 2, 3, 4, 5, 6}, []float64{-1, -2, -3, -4, -5, -6})
	z := math.Atanh(1 - 1e-12)
	if n := c.networks[0]; c.neurons != 11 || n.weight != 5 || !(math.Abs(n.sum+z) <= 1e-9) {
		t.Errorf("%+v, want a sum of %v", c, -z) // 2·z − 3·z
	}
	if r := meanR([]pooledZ{{1, 2}, {2, 4}}, func(i int) int { return i }); r != math.Tanh(0.5) {
		t.Error(r)
	}
}

// Only some results are in the picture, and only if they are correlated with anything.
func TestPictureOfCorrelations(t *testing.T) {
	s := &Study{Score: "s", Seeds: 1, Panels: []Panel{{Name: "p", Over: "a=2"}}}
	r, k := made(s, func(int, int, int, uint64) map[string]float64 { return map[string]float64{"s": 1} })
	o := r.state.Outcomes["0 0 0 0"]
	o.Neurons = &neuronRows{Columns: []string{"graph.b", "graph.a", "goal", "wrong", "other"}, Rows: []column{{1, 1, 3, 1, 5}, {1, 2, 3, 2, 4}, {1, 3, 3, 3, 3}, {1, 4, 3, 5, 2}, {1, 5, 3, 4, 1}}}
	r.state.Outcomes["0 0 0 0"] = o
	if err := r.showNeurons(); err != nil {
		t.Fatal(err)
	}
	l := k.figures["correlations"].(journal.Lines)
	if fmt.Sprint(l.Ticks) != "[b a]" || len(l.Series) != 1 || l.Series[0].Name != "wrong" || !slices.Equal(l.Series[0].X, []float64{1}) || !(math.Abs(l.Series[0].Y[0]-0.9) <= 1e-12) || len(l.Series[0].Low) != 1 || len(l.Series[0].High) != 1 {
		t.Errorf("%+v", l)
	}
	rows := k.tables["study-correlations"].Rows
	if len(rows) != 4 || fmt.Sprint(rows[1][:5]) != "[all graph.a other 1 5]" || !(math.Abs(rows[1][5].(float64)+1) <= 1e-9) || rows[3][0] != "p" {
		t.Errorf("%v", rows)
	}
	r.study.Panels = append(r.study.Panels, Panel{Name: "q", Over: "b=3"})
	r.cells = append(r.cells, cell{panel: 1, trials: r.cells[0].trials})
	if c := r.correlation(-1, "graph.a", "wrong"); len(c.networks) != 1 || c.neurons != 5 {
		t.Errorf("a network in two panels counts twice: %+v", c)
	}
	if p, q := r.correlation(0, "graph.a", "wrong"), r.correlation(1, "graph.a", "wrong"); p.neurons != 5 || q.neurons != 5 {
		t.Errorf("%+v, %+v", p, q)
	}
	k.listener.Table = func(t journal.Table) error { return errors.New(t.Name) }
	k.listener.Figure = func(name string, _ journal.Figure) error { return errors.New(name) }
	if err := r.showNeurons(); fmt.Sprint(err) != "study-neurons\nstudy-correlations\ncorrelations" {
		t.Error(err)
	}
}

// Without loads, all rows are one part; else a part ends where the number of patterns
// changes, and the same number may come again.
func TestPartsOfRows(t *testing.T) {
	for _, c := range []struct {
		column string
		loads  []float64
		want   string
	}{
		{"patterns", nil, "[]"}, {"patterns", []float64{3}, "[1]"}, {"patterns", []float64{3, 3, 5, 3}, "[2 1 1]"}, {"patterns", []float64{0, 1, 1}, "[1 2]"}, {"other", []float64{3, 5, 3}, "[3]"},
	} {
		n := neuronRows{Columns: []string{c.column, "wrong"}}
		for _, v := range c.loads {
			n.Rows = append(n.Rows, column{v, 1})
		}
		got := []int{}
		for _, part := range n.byLoad() {
			got = append(got, len(part.Rows))
			if !slices.Equal(part.Columns, n.Columns) {
				t.Errorf("%v", part)
			}
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s %v: %v", c.column, c.loads, got)
		}
	}
}

// A picture has the label of its panel, else the setting, the other score or the name;
// values that are positions have no names below them.
func TestLabelsOfPictures(t *testing.T) {
	for _, c := range []struct {
		p    Panel
		want string // label, logarithmic, names below, positions
	}{
		{Panel{Name: "p", Over: "a=1,2"}, "a false [] [1 2]"}, {Panel{Name: "p", Over: "a=log(1,4,2)"}, "a true [] [1 4]"}, {Panel{Name: "p", Over: "a=lin(1,2,2)"}, "a false [] [1 2]"},
		{Panel{Name: "p", Over: "a=1,2", Label: "l"}, "l false [] [1 2]"}, {Panel{Name: "p", Over: "a=x,y", Against: "g"}, "a false [] [10 20]"}, {Panel{Name: "p", Over: "a=y,x"}, "a false [y x] [0 1]"},
		{Panel{Name: "p", Points: []Variant{{Name: "x"}, {Name: "y"}}, Against: "g"}, "g false [] [10 20]"}, {Panel{Name: "p", Points: []Variant{{Name: "2"}, {Name: "1"}}}, "p false [] [1 2]"}, {Panel{Name: "p", Points: []Variant{{Name: "x"}, {Name: "y"}}}, "p false [x y] [0 1]"},
	} {
		s := &Study{Score: "s", Seeds: 1, Panels: []Panel{c.p}}
		r, k := made(s, func(_, _, point int, _ uint64) map[string]float64 {
			return map[string]float64{"s": 1, "g": float64(10 * (point + 1))}
		})
		if err := r.show(); err != nil {
			t.Fatal(err)
		}
		l := k.figures["p"].(journal.Lines)
		if got := fmt.Sprint(l.X, " ", l.LogX, " ", l.Ticks, " ", l.Series[0].X); got != c.want || l.Title != "p" || len(l.Series) != 1 {
			t.Errorf("%+v: %s, want %s", c.p, got, c.want)
		}
	}
}

// The curves of a picture have their own points. The note counts the seeds of all.
func TestCurvesOfPictures(t *testing.T) {
	s := &Study{Score: "s", Seeds: 3, Panels: []Panel{{Name: "p", Over: "a=1,2", Curves: []Variant{{Name: "c"}, {Name: "d"}}, Law: -0.5}}}
	r, k := made(s, func(_, curve, point int, seed uint64) map[string]float64 {
		if curve == 1 && (point == 0 || seed == 0) {
			return nil
		}
		if curve == 1 {
			return map[string]float64{"s": float64(10 + point)}
		}
		return map[string]float64{"s": float64(point), "t": 7}
	})
	if err := r.show(); err != nil {
		t.Fatal(err)
	}
	l := k.figures["p"].(journal.Lines)
	if fmt.Sprint(l.Series[0].X, l.Series[0].Y, l.Series[1].X, l.Series[1].Y) != "[1 2] [0 1] [2] [11]" || l.Note != "mean, 95 % interval and each of 2 to 3 seeds" {
		t.Errorf("%+v", l)
	}
	if fmt.Sprint(l.Series[1].Low, l.Series[1].High, l.Series[1].Each) != "[11] [11] [[11 11]]" || fmt.Sprint(l.Series[2].Name, l.Series[2].X, l.Series[2].Y) != "-0.5 · x[0 2] [0 -1]" {
		t.Errorf("%+v", l.Series)
	}
	if got := k.tables["study-p"]; fmt.Sprint(got.Columns, got.Rows) != "[p c d] [[1 0.000 ± 0.000 ] [2 1.000 ± 0.000 11.000 ± 0.000]]" {
		t.Errorf("%v", got)
	}
	if rows := k.tables["study"].Rows; len(rows) != 8 || fmt.Sprint(rows[7]) != "[p d 2 2 2 11 NaN]" || fmt.Sprint(rows[0]) != "[p c 1 1 0 0 7]" {
		t.Errorf("%v", rows)
	}
	if fmt.Sprint(k.order) != "[study.p.c.1 study.p.c.2 study.p.d.2]" {
		t.Errorf("%v", k.order)
	}
}

// The line of a law begins at 0 and ends at the last point of the curves.
func TestLaws(t *testing.T) {
	for _, c := range []struct {
		x    [][]float64
		want string
	}{
		{[][]float64{{0.25, 0.5}, {0.125}}, "[0 0.5] [0 1.5]"}, {[][]float64{{}, {2}, {1}}, "[0 2] [0 6]"}, {nil, "[0 0] [0 0]"},
	} {
		var curves []journal.Series
		for _, x := range c.x {
			curves = append(curves, journal.Series{X: x})
		}
		if s := (&Panel{Law: 3}).law(curves); fmt.Sprint(s.X, s.Y) != c.want || s.Name != "3 · x" {
			t.Errorf("%v: %+v", c.x, s)
		}
	}
}
