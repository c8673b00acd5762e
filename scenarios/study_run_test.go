package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/footprint"
	"infomorph/internal/record"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// stored is a study of classical rules, each with three numbers of patterns and two
// seeds.
const stored = `associative_memory: {patterns: {source: random, count: 2, width: 3}, stored: hebb, recall: [{name: flip, cue: flip, fraction: 20%}]}
study:
  score: recall.mean_overlap
  seeds: 2
  curves: [{name: hebb, set: [associative_memory.stored=hebb]}, {name: inverse, set: [associative_memory.stored=pseudo_inverse]}]
  panels:
    - {name: load, over: "associative_memory.patterns.count=1,2,3"}
    - {name: named, points: [{name: few, set: [associative_memory.patterns.count=1]}, {name: many, set: [associative_memory.patterns.count=3]}], score: recall.exact, title: Titled, label: Labelled}
`

// scoresOf runs the document of the study once, with settings.
func scoresOf(t *testing.T, sets ...string) map[string]float64 {
	t.Helper()
	text, _, _ := strings.Cut(stored, "study:")
	s, err := Load("s.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: s\n"+text), sets...)
	if err != nil {
		t.Fatal(err)
	}
	task, err := NewTask(s, nothing{})
	if err != nil {
		t.Fatal(err)
	}
	k := newKept()
	e, err := k.listener.Open(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	r, err := task.Start(e, k.listener)
	if err == nil {
		err = r.Go(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return k.scores
}

// A study gives the same results as running each of its settings by hand: in a row for
// each trial, in means, and in pictures. This is also true if it was stopped at any trial
// and resumed.
func TestStudyByHand(t *testing.T) {
	k := gone(t, stored)
	tidy := k.tables["study"]
	at := func(name string) int { return slices.Index(tidy.Columns, name) }
	if len(tidy.Rows) != 20 || fmt.Sprint(tidy.Columns[:5]) != "[panel curve point x seed]" {
		t.Fatalf("%d rows of %v", len(tidy.Rows), tidy.Columns)
	}
	rules := map[string]string{"hebb": "hebb", "inverse": "pseudo_inverse"}
	means := map[string]float64{}
	for _, row := range tidy.Rows {
		count, score := row[2].(string), "recall.mean_overlap"
		if row[0] == "named" {
			count, score = map[string]string{"few": "1", "many": "3"}[row[2].(string)], "recall.exact"
			if want := map[any]float64{"few": 0, "many": 1}[row[2]]; row[3] != want {
				t.Errorf("%v lies at %v", row[2], row[3])
			}
		} else if fmt.Sprint(row[3]) != count {
			t.Errorf("%s patterns lie at %v", count, row[3])
		}
		want := scoresOf(t, "associative_memory.stored="+rules[row[1].(string)], "associative_memory.patterns.count="+count, fmt.Sprint("seed=", row[4]))
		for _, name := range []string{"recall.mean_overlap", "recall.exact", "recall.recalled"} {
			if got := row[at(name)]; got != want[name] {
				t.Errorf("%v: %s is %v, want %v", row[:5], name, got, want[name])
			}
		}
		means[fmt.Sprintf("study.%v.%v.%v", row[0], row[1], row[2])] += want[score] / 2
	}
	for name, want := range means {
		if !(math.Abs(k.scores[name]-want) <= 1e-12) || !math.IsNaN(k.chance[name]) {
			t.Errorf("%s is %v, want %v", name, k.scores[name], want)
		}
	}
	if len(k.scores) != len(means) || k.steps[0] != "study 0 of 20" && !slices.Contains(k.steps, "study 20 of 20") {
		t.Errorf("%d scores, steps %v", len(k.scores), k.steps)
	}
	load, named := k.figures["load"].(journal.Lines), k.figures["named"].(journal.Lines)
	if load.Title != "load" || load.X != "associative_memory.patterns.count" || load.Ticks != nil || load.Y != "recall.mean_overlap" || len(load.Series) != 2 || load.Series[1].Name != "inverse" || !slices.Equal(load.Series[0].X, []float64{1, 2, 3}) || !(math.Abs(load.Series[1].Y[2]-means["study.load.inverse.3"]) <= 1e-12) {
		t.Errorf("%+v", load)
	}
	if named.Title != "Titled" || named.X != "Labelled" || !slices.Equal(named.Ticks, []string{"few", "many"}) || named.Y != "recall.exact" {
		t.Errorf("%+v", named)
	}
	table := k.tables["study-load"]
	if fmt.Sprint(table.Columns) != "[load hebb inverse]" || len(table.Rows) != 3 || table.Rows[2][0] != "3" || table.Instead != "study.load." || !strings.HasPrefix(table.Rows[0][2].(string), fmt.Sprintf("%.3f ± ", means["study.load.inverse.1"])) {
		t.Errorf("%v %v", table.Columns, table.Rows)
	}
}

// A resumed study repeats no trial and gives the same results.
func TestStudyResumes(t *testing.T) {
	whole := gone(t, stored)
	for _, n := range []int{1, 4, 9, 20} {
		first := newKept()
		task, r := begun(t, stored, first)
		var saved []byte
		steps := 0
		first.listener.Step = func(phase string, done, total int) error {
			if total != 20 || phase != "study" || done > 20 {
				t.Errorf("%s %d of %d", phase, done, total)
			}
			if steps++; steps != 3*n {
				return nil
			}
			var err error
			saved, err = r.Save()
			return errors.Join(err, errors.New("stopped"))
		}
		err := r.Go(context.Background())
		if saved == nil {
			continue // the study had ended before
		}
		if err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Fatal(err)
		}
		second := newKept()
		again, err := task.Resume(nil, second.listener, saved)
		if err == nil {
			err = again.Go(context.Background())
		}
		if err != nil || fmt.Sprint(second.scores, second.tables) != fmt.Sprint(whole.scores, whole.tables) {
			t.Errorf("stopped at step %d: %v\n%v\nwant\n%v", 3*n, err, second.scores, whole.scores)
		}
	}
	task, _ := begun(t, stored, newKept())
	for state, want := range map[string]string{"{": "study: not a state of this study", "{\"Outcomes\":null}": "study: the state holds no outcomes", `{"Outcomes":{}}`: ""} {
		_, err := task.Resume(nil, newKept().listener, []byte(state))
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v", state, err)
		}
	}
}

// The error of a failed trial names the trial.
func TestFailedTrial(t *testing.T) {
	k := newKept()
	_, r := begun(t, stored, k)
	k.listener.Step = func(string, int, int) error { return errors.New("full") }
	r.(*studyRun).journal.Step = k.listener.Step
	if err := r.Go(context.Background()); err == nil || !strings.HasPrefix(err.Error(), "trial load, 1, hebb, seed 1: full") {
		t.Errorf("%v", err)
	}
	_, r = begun(t, strings.Replace(stored, "  curves: [{name: hebb, set: [associative_memory.stored=hebb]}, {name: inverse, set: [associative_memory.stored=pseudo_inverse]}]\n", "", 1), k)
	s := r.(*studyRun)
	if got := s.describe(&s.cells[1], 7); got != "trial load, 2, seed 7" {
		t.Error(got)
	}
}

// Studies that are not possible are refused, with the position in the document.
func TestStudiesRefused(t *testing.T) {
	const bars = "bars: {}\nstudy: {score: s, "
	for _, c := range [][2]string{
		{bars + "panels: []}", "study.panels: got a list of 0"},
		{bars + "panels: [{name: a, over: 'seed=1,2', curves: [{name: b}, {name: a}]}]}", `study.panels[0].name: "a" is a column or a table of the results already`},
		{bars + "curves: [{name: b}], panels: [{name: a, over: 'seed=1,2'}, {name: b, over: 'seed=1,2'}]}", `study.panels[1].name: "b" is a column`},
		{bars + "panels: [{name: neurons, over: 'seed=1,2'}]}", `study.panels[0].name: "neurons" is a column or a table`},
		{bars + "panels: [{name: correlations, over: 'seed=1,2'}]}", `study.panels[0].name: "correlations" is a column or a table`},
		{bars + "panels: [{name: a b, over: 'seed=1,2'}]}", `study.panels[0].name: got "a b", expected letters, digits, - and _, other than before`},
		{bars + "panels: [{name: a, over: 'seed=1,2'}, {name: a, over: 'seed=1,2'}]}", `study.panels[1].name: got "a", expected letters, digits, - and _, other than before`},
		{bars + "panels: [{name: a}]}", "study.panels[0].name: measures nothing, or two things; add either over: or points:"},
		{bars + "panels: [{name: a, over: 'seed=1,2', points: [{name: x}]}]}", "study.panels[0].name: measures nothing, or two things"},
		{bars + "panels: [{name: a, over: seed}]}", `study.panels[0].over: got "seed", expected a setting and its values such as network.noise.loss=0%,5%,20%`},
		{bars + "panels: [{name: a, over: 'seed=lin(0,1)'}]}", `study.panels[0].over: got "seed=lin(0,1)"`},
		{bars + "panels: [{name: a, points: [{name: x}, {name: x}]}]}", `study.panels[0].points[1].name: got "x", expected letters, digits, - and _, or a number, other than before`},
		{bars + "panels: [{name: a, points: [{name: 'x y'}]}]}", `study.panels[0].points[0].name: got "x y"`},
		{bars + "panels: [{name: a, points: [{name: '0.5'}, {name: 5ms}, {name: '10%'}]}]}", ""},
		{bars + "panels: [{name: a, points: [{name: x}], curves: [{name: ''}]}]}", `study.panels[0].curves[0].name: got ""`},
		{bars + "curves: [{name: c}, {name: c}], panels: [{name: a, points: [{name: x}]}]}", `study.curves[1].name: got "c"`},
		{bars + "only: [a, b], panels: [{name: a, points: [{name: x}]}]}", `study.only[1]: got "b", expected the name of a panel`},
		{bars + "panels: [{name: a, over: 'bars.bars=-1'}]}", "study.panels[0]: --set bars.bars=-1: got -1"},
		{bars + "seeds: 1000, panels: [{name: a, over: 'seed=1..101'}]}", "study.panels: more than 100000 trials in all"},
		{bars + "panels: [{name: a, set: [network.topology.p=0.5], points: [{name: x, set: [network.topology.rule=ring, network.topology.k=2]}]}]}", "study.panels[0]: --set network.topology.p=0.5: is used by no rule of its curves; take it away"},
	} {
		s, err := Load("s.yaml", strings.NewReader("apiVersion: infomorph/v2\nname: s\n"+c[0]+"\n"))
		if err == nil {
			_, err = NewTask(s, nothing{})
		}
		if c[1] == "" && err != nil || c[1] != "" && (err == nil || !strings.Contains(err.Error(), c[1])) {
			t.Errorf("%s:\n%v\nwant %s", c[0], err, c[1])
		}
	}
}

// The position of a point is its value, or the number in its name, or its index.
func TestPointsOfPanels(t *testing.T) {
	for _, c := range []struct {
		p    Panel
		want string
	}{
		{Panel{Over: "a.b=1,2.5,10%"}, "[{1 [a.b=1]} {2.5 [a.b=2.5]} {10% [a.b=10%]}] [1 2.5 0.1] true"}, {Panel{Over: "a=500us,1ms,1s"}, "[{500us [a=500us]} {1ms [a=1ms]} {1s [a=1s]}] [500 1000 1e+06] true"}, {Panel{Over: "a=x,y"}, "[{x [a=x]} {y [a=y]}] [0 1] false"}, {Panel{Over: "a=1,y,3"}, "[{1 [a=1]} {y [a=y]} {3 [a=3]}] [0 1 2] false"}, {Panel{Over: "nothing"}, "[] [] false"},
		{Panel{Points: []Variant{{Name: "5ms"}, {Name: "2s"}}}, "[{5ms []} {2s []}] [5 2000] true"}, {Panel{Points: []Variant{{Name: "a"}, {Name: "2"}}}, "[{a []} {2 []}] [0 1] false"},
	} {
		all, x, numeric := c.p.points()
		short := make([]string, len(all))
		for i, v := range all {
			short[i] = fmt.Sprintf("{%s %v}", v.Name, v.Set)
		}
		if got := fmt.Sprint(short, x, numeric); got != c.want {
			t.Errorf("%+v: %s, want %s", c.p, got, c.want)
		}
	}
}

// made is a run of a study with given outcomes, by panel, curve, point and seed.
func made(s *Study, value func(panel, curve, point int, seed uint64) map[string]float64) (*studyRun, *kept) {
	k := newKept()
	r := &studyRun{studyTask: &studyTask{study: s, seed: 1}, journal: k.listener, state: studyState{Outcomes: map[string]scored{}}}
	for i := range s.Panels {
		points, _, _ := s.Panels[i].points()
		for c := range s.curves(&s.Panels[i]) {
			for p := range points {
				all := cell{panel: i, curve: c, point: p}
				for seed := range uint64(s.Seeds) {
					key := fmt.Sprint(i, c, p, seed)
					all.trials = append(all.trials, trial{seed: seed, key: key})
					if v := value(i, c, p, seed); v != nil {
						o := scored{Values: map[string]float64{}}
						for _, name := range slices.Sorted(func(yield func(string) bool) {
							for name := range v {
								if !yield(name) {
									return
								}
							}
						}) {
							o.set(name, v[name])
						}
						r.state.Outcomes[key] = o
					}
				}
				r.cells = append(r.cells, all)
			}
		}
	}
	return r, k
}

// A panel against another score uses the means of that score for x, in their order.
// Trials without an outcome are left out. A law is drawn over the range of x.
func TestPicturesOfStudies(t *testing.T) {
	s := &Study{Score: "s", Seeds: 2, Panels: []Panel{{Name: "p", Over: "a=log(1,100,3)", Against: "g", Law: 2}, {Name: "q", Points: []Variant{{Name: "x"}}}, {Name: "none", Points: []Variant{{Name: "x"}}}}}
	r, k := made(s, func(panel, _, point int, seed uint64) map[string]float64 {
		if panel == 2 || panel == 1 && seed == 1 {
			return nil
		}
		return map[string]float64{"s": float64(10*point) + float64(seed), "g": float64(5 - point), "nan": math.NaN()}
	})
	if err := r.show(); err != nil {
		t.Fatal(err)
	}
	l := k.figures["p"].(journal.Lines)
	if l.X != "a" || !l.LogX || l.Ticks != nil || len(l.Series) != 2 || !slices.Equal(l.Series[0].X, []float64{3, 4, 5}) || !slices.Equal(l.Series[0].Y, []float64{20.5, 10.5, 0.5}) || l.Note != "mean, 95 % interval and each of 2 seeds" {
		t.Errorf("%+v", l)
	}
	if law := l.Series[1]; law.Name != "2 · x" || !slices.Equal(law.X, []float64{0, 5}) || !slices.Equal(law.Y, []float64{0, 10}) {
		t.Errorf("%+v", law)
	}
	if q := k.figures["q"].(journal.Lines); q.X != "q" || !slices.Equal(q.Ticks, []string{"x"}) || q.Note != "one seed" || q.LogX {
		t.Errorf("%+v", q)
	}
	if k.figures["none"] != nil || k.tables["study-none"].Rows != nil {
		t.Error("a panel without an outcome is drawn")
	}
	tidy := k.tables["study"]
	if fmt.Sprint(tidy.Columns) != "[panel curve point x seed g s]" || len(tidy.Rows) != 7 || fmt.Sprint(tidy.Rows[3]) != "[p  10 10 1 4 11]" || fmt.Sprint(tidy.Rows[6]) != "[q  x 0 0 5 0]" {
		t.Errorf("%v %v", tidy.Columns, tidy.Rows)
	}
	if got := k.tables["study-q"]; fmt.Sprint(got.Columns, got.Rows) != "[q s] [[x 0.000]]" {
		t.Errorf("%v", got)
	}
	if k.scores["study.p.10"] != 10.5 || k.scores["study.q.x"] != 0 || len(k.scores) != 4 {
		t.Errorf("%v", k.scores)
	}
}

// A curve and a point may show a score of their own, in the same trials: in scores, table
// and picture.
func TestScoresOfCurvesAndPoints(t *testing.T) {
	s := &Study{Score: "s", Seeds: 2, Panels: []Panel{{Name: "p", Score: "p",
		Curves: []Variant{{Name: "plain"}, {Name: "other", Score: "c"}},
		Points: []Variant{{Name: "1"}, {Name: "2", Score: "q"}}}}}
	r, k := made(s, func(_, _, _ int, seed uint64) map[string]float64 {
		return map[string]float64{"s": 1000, "p": 1 + float64(seed), "c": 10 + float64(seed), "q": 100 + float64(seed)}
	})
	if err := r.show(); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"study.p.plain.1": 1.5, "study.p.plain.2": 100.5, "study.p.other.1": 10.5, "study.p.other.2": 10.5}
	if !maps.Equal(k.scores, want) {
		t.Errorf("scores %v, want %v", k.scores, want)
	}
	l := k.figures["p"].(journal.Lines)
	if l.Y != "score" || !slices.Equal(l.Series[0].Y, []float64{1.5, 100.5}) || !slices.Equal(l.Series[1].Y, []float64{10.5, 10.5}) {
		t.Errorf("%+v", l)
	}
	if got := fmt.Sprint(k.tables["study-p"].Rows[0]); got != "[1 1.500 ± 6.353 10.500 ± 6.353]" { // R: t.test
		t.Error(got)
	}
}

// Texts in tables and names of scores.
func TestWordsOfStudies(t *testing.T) {
	if got := meanText([]float64{1.23456}); got != "1.235" {
		t.Error(got)
	}
	if got := meanText([]float64{1, 2, 3, 4}); got != "2.500 ± 2.054" { // R: t.test
		t.Error(got)
	}
	if orText("", "b") != "b" || orText("a", "b") != "a" {
		t.Error("a text gives way where it is empty")
	}
	s := &Study{Curves: []Variant{{Name: "c"}}}
	if got := s.curves(&Panel{Curves: []Variant{{Name: "own"}}}); got[0].Name != "own" {
		t.Error("a panel's own curves come first")
	}
	if s.curves(&Panel{})[0].Name != "c" || len((&Study{}).curves(&Panel{})) != 1 || (&Study{Score: "s"}).score(&Panel{}) != "s" || (&Study{Score: "s"}).score(&Panel{Score: "own"}) != "own" {
		t.Error("curves and scores of panels")
	}
	r, k := made(&Study{Score: "s", Seeds: 1, Panels: []Panel{{Name: "p", Over: "a=0.5,1"}}}, func(int, int, int, uint64) map[string]float64 { return map[string]float64{"s": 1} })
	if err := r.show(); err != nil || k.order[0] != "study.p.0_5" {
		t.Errorf("%v, %v", k.order, err)
	}
	var x scored
	x.Values = map[string]float64{}
	for _, v := range []float64{math.NaN(), 1, math.Inf(1), 2, math.Inf(-1)} {
		x.set("a", v)
	}
	if !slices.Equal(x.Names, []string{"a"}) || x.Values["a"] != 2 {
		t.Errorf("%+v", x)
	}
}

// Tables of neurons are stored as numbers, split by load, and concatenated.
func TestNeuronsOfTrials(t *testing.T) {
	var n neuronRows
	n.keep(journal.Table{Columns: []string{"neuron", "population", "patterns", "wrong"}, Rows: [][]any{{0, "a", 5, 1.5}, {1, "a", 5, nil}, {0, "a", 7, 2.5}}})
	if got := fmt.Sprint(n.Columns, n.Rows); got != "[neuron population patterns wrong] [[0 NaN 5 1.5] [1 NaN 5 NaN] [0 NaN 7 2.5]]" {
		t.Error(got)
	}
	if got := fmt.Sprint(n.of("wrong"), n.of("none")); got != "[1.5 NaN 2.5] []" {
		t.Error(got)
	}
	parts := n.byLoad()
	if len(parts) != 2 || len(parts[0].Rows) != 2 || parts[1].Rows[0][3] != 2.5 {
		t.Errorf("%v", parts)
	}
	n.Columns[2] = "other"
	if parts := n.byLoad(); len(parts) != 1 || len(parts[0].Rows) != 3 {
		t.Errorf("without loads there is one part: %v", parts)
	}
	graph, results := resultColumns([]string{"neuron", "patterns", "load", "graph.in_degree", "wrong", "goal", "graph.clustering"})
	if fmt.Sprint(graph, results) != "[graph.in_degree graph.clustering] [wrong goal]" {
		t.Errorf("%v, %v", graph, results)
	}
	text, err := json.Marshal(column{1, math.NaN(), math.Inf(1), 0.5})
	if err != nil || string(text) != "[1,null,null,0.5]" {
		t.Errorf("%s, %v", text, err)
	}
	var back column
	if err := json.Unmarshal(text, &back); err != nil || fmt.Sprint(back) != "[1 NaN NaN 0.5]" {
		t.Errorf("%v, %v", back, err)
	}
	if err := back.UnmarshalJSON([]byte(`["a"]`)); err == nil {
		t.Error("a text is a number")
	}
}

// Correlations between a neuron's place in the graph and its results, over panels and
// trials.
func TestCorrelationsOfStudies(t *testing.T) {
	s := &Study{Score: "s", Seeds: 3, Panels: []Panel{{Name: "p", Points: []Variant{{Name: "x"}}}, {Name: "q", Points: []Variant{{Name: "y"}}}}}
	r, k := made(s, func(int, int, int, uint64) map[string]float64 { return map[string]float64{"s": 1} })
	for key, o := range r.state.Outcomes {
		rows := []column{{0, 1, 2, 5}, {1, 2, 1, 5}, {2, 3, 4, 5}, {3, 4, 3, 5}, {4, 5, 5, 5}}
		if strings.HasPrefix(key, "1 0 0 2") {
			continue // one network has no interval
		}
		o.Neurons = &neuronRows{Columns: []string{"neuron", "graph.in_degree", "wrong", "other"}, Rows: rows}
		r.state.Outcomes[key] = o
	}
	if err := r.showNeurons(); err != nil {
		t.Fatal(err)
	}
	tidy := k.tables["study-neurons"]
	if len(tidy.Rows) != 25 || fmt.Sprint(tidy.Columns) != "[panel curve point x seed neuron graph.in_degree wrong other]" || fmt.Sprint(tidy.Rows[6]) != "[p  x 0 1 1 2 1 5]" {
		t.Errorf("%d rows, %v, %v", len(tidy.Rows), tidy.Columns, tidy.Rows[6])
	}
	table := k.tables["study-correlations"]
	if len(table.Rows) != 3 { // the column other is constant
		t.Fatalf("%v", table.Rows)
	}
	for i, want := range []string{"[all graph.in_degree wrong 5 25", "[p graph.in_degree wrong 3 15", "[q graph.in_degree wrong 2 10"} {
		if got := fmt.Sprint(table.Rows[i]); !strings.HasPrefix(got, want) || !(math.Abs(table.Rows[i][5].(float64)-0.8) <= 1e-12) {
			t.Errorf("%s, want %s and 0.8", got, want)
		}
	}
	if low := table.Rows[0][6].(float64); !(math.Abs(low-0.8) <= 1e-9) || !math.IsNaN(table.Rows[1][6].(float64)) {
		t.Errorf("five networks alike have an interval from %v, three none: %v", low, table.Rows[1][6])
	}
	l := k.figures["correlations"].(journal.Lines)
	if !slices.Equal(l.Ticks, []string{"in_degree"}) || len(l.Series) != 1 || l.Series[0].Name != "wrong" || !slices.Equal(l.Series[0].X, []float64{0}) {
		t.Errorf("%+v", l)
	}
	r, k = made(s, func(int, int, int, uint64) map[string]float64 { return map[string]float64{"s": 1} })
	if err := r.showNeurons(); err != nil || len(k.tables) != 0 {
		t.Errorf("%v, %v", k.tables, err)
	}
}

// Series are sorted by x, together with all other values of a point.
func TestSortedSeries(t *testing.T) {
	s := sorted(journal.Series{Name: "n", X: []float64{3, 1, 2, 1}, Y: []float64{30, 10, 20, 11}, Low: []float64{3, 1, 2, 1}, High: []float64{4, 2, 3, 2}, Each: [][]float64{{3}, {1}, {2}, {0}}})
	if got := fmt.Sprint(s.Name, s.X, s.Y, s.Low, s.High, s.Each); got != "n[1 1 2 3] [10 11 20 30] [1 1 2 3] [2 2 3 4] [[1] [0] [2] [3]]" {
		t.Error(got)
	}
}

// The goal that a search varies is that of the neurons, of hidden neurons, or of the
// first kind that learns.
func TestCoefficients(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"bars: {}\nneuron: {goal: {red: 2, h_res: 0.5}}", "neuron.goal.unq_r 0, neuron.goal.unq_c 0, neuron.goal.red 2, neuron.goal.syn 0, neuron.goal.h_res 0.5"},
		{"neurons: {source: {learns: false}, k: {goal: {syn: 3}, ports: {r: {}, c: {}}}, late: {goal: {red: 1}, ports: {r: {}, c: {}}}}\npopulations: {s: {size: 2, neuron: source}, a: {size: 2, neuron: k}, b: {size: 2, neuron: late}}\ninputs: {x: {size: 2}}\nprojections: [{from: x, to: s, port: r}, {from: s, to: a, port: r}, {from: a, to: b, port: r}]",
			"neurons.k.goal.unq_r 0, neurons.k.goal.unq_c 0, neurons.k.goal.red 0, neurons.k.goal.syn 3, neurons.k.goal.h_res 0"},
	} {
		all, err := scenario(t, c.text+"\n").Coefficients()
		var got []string
		for _, x := range all {
			got = append(got, fmt.Sprint(x.Path, " ", x.Value))
			if !strings.HasSuffix(x.Path, x.Atom) {
				t.Errorf("%+v", x)
			}
		}
		if strings.Join(got, ", ") != c.want || err != nil {
			t.Errorf("%s: %q, %v", c.text, got, err)
		}
	}
	hidden, err := scenario(t, "hidden_layer: {goal: naive}\n").Coefficients()
	if err != nil || len(hidden) != 19 || hidden[1] != (Coefficient{"hidden_layer.gamma[1]", "{1}{2}", 1}) || hidden[18].Atom != "h_res" || hidden[0].Value != 0 {
		t.Errorf("%v, %v", hidden, err)
	}
	three := scenario(t, "neurons: {k: {sources: [r, c, l], goal: {\"{12}\": 3, h_res: 2}, ports: {r: {}, c: {}, l: {}}}}\npopulations: {a: {size: 2, neuron: k}}\ninputs: {x: {size: 2}}\nprojections: [{from: x, to: a, port: r}]\n")
	all, err := three.Coefficients()
	if err != nil || len(all) != 19 || all[14] != (Coefficient{`neurons.k.goal["{12}"]`, "{12}", 3}) || all[18] != (Coefficient{"neurons.k.goal.h_res", "h_res", 2}) || three.Sources() != 3 || scenario(t, "bars: {}\n").Sources() != 2 {
		t.Errorf("%v, %v", all, err)
	}
	idle := scenario(t, "neurons: {k: {learns: false}}\npopulations: {a: {size: 2, neuron: k}}\ninputs: {x: {size: 2}}\nprojections: [{from: x, to: a, port: r}]\n")
	if _, err := idle.Coefficients(); fmt.Sprint(err) != "no kind of neurons learns, so there is no goal to search" {
		t.Error(err)
	}
}

// Scores of studies, capacities and scripts are explained beside those of measures.
func TestExplainedScores(t *testing.T) {
	for name, want := range map[string]string{"capacity.hebb": "capacity.*", "capacity.hebb.clean": "capacity.*.*", "study.a.b": "study.*.*", "study.a.b.c": "study.*.*.*", "script.x": "script.*", "recall.exact": "recall.exact", "graph.density": "graph.*", "graph.in_degree.max": "graph.*.max", "nothing": "", "recall": "", "study.a.b.c.d": ""} {
		got := ""
		if all := ExplainScore(name); len(all) > 0 {
			got = all[0].FullName()
		}
		if got != want {
			t.Errorf("%s is explained by %q, want %q", name, got, want)
		}
	}
}

// Ids are written as ranges, and the sampling has the neurons to keep.
func TestSpansAndSampling(t *testing.T) {
	for want, ids := range map[string][]neuron.ID{"": nil, "3-3": {3}, "0-2": {0, 1, 2}, "0-1,3-3,7-9": {0, 1, 3, 7, 8, 9}} {
		if got := spans(ids); got != want {
			t.Errorf("%v: %s, want %s", ids, got, want)
		}
	}
	const text = "bars: {bars: 4}\nrecord: {neurons: '0,2-3', from: 2ms, until: 9ms}\n"
	s := scenario(t, text)
	task, err := NewTask(s, nothing{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Sampling(task)
	if err != nil || got.From != 2000 || got.Until != 9000 || fmt.Sprint(got.Neurons) == fmt.Sprint(record.Selection{}) {
		t.Errorf("%+v, %v", got, err)
	}
	s.Record.Neurons = "all"
	if got, err := s.Sampling(task); err != nil || fmt.Sprint(got.Neurons) != fmt.Sprint(record.Selection{}) || got.From != 2000 {
		t.Errorf("%+v, %v", got, err)
	}
	s.Record.Neurons = "nobody"
	if _, err := s.Sampling(task); err == nil || !strings.Contains(err.Error(), "s.yaml:4:19: record.neurons: ") {
		t.Errorf("%v", err)
	}
	study := scenario(t, stored)
	study.Record.Neurons = "0"
	if _, err := study.Sampling(&studyTask{}); err == nil || !strings.Contains(err.Error(), `record.neurons: got "0", expected all, because a study records no neurons`) {
		t.Errorf("%v", err)
	}
}

// A scenario with another name, or with more events, is otherwise equal, and the original
// does not change.
func TestCalledAndTouched(t *testing.T) {
	for _, text := range []string{"bars: {}\n", stored, "inputs: {}\n", "capacity: {}\n"} {
		s := scenario(t, text)
		before, err := s.Given()
		if err != nil {
			t.Fatal(err)
		}
		c := s.Called("other", "words")
		after, err := c.Given()
		if err != nil || c.Name != "other" || !strings.Contains(string(after), "name: other\n") || !strings.Contains(string(after), "description: words\n") || s.Name != "s" {
			t.Errorf("%s: %v\n%s", text, err, after)
		}
		if again, _ := s.Given(); string(again) != string(before) {
			t.Errorf("%s: the scenario itself is renamed", text)
		}
		if c.Experiment != nil && c.Experiment.Name != "other" {
			t.Errorf("%s: the experiment is called %s", text, c.Experiment.Name)
		}
		if s.Experiment == nil || s.Study != nil { // only experiments have events
			continue
		}
		yes, at := true, config.Duration(5000)
		touched := s.Touched([]language.Event{{At: &at, Silent: &yes, Neurons: "all"}})
		shown, err := touched.Text()
		if err != nil || len(touched.Experiment.Events) != 1 || len(s.Experiment.Events) != 0 || !strings.Contains(string(shown), "silent: true") {
			t.Errorf("%s: %v\n%s", text, err, shown)
		}
	}
}

// Keys differ if and only if something differs that affects the runs.
func TestKeysOfScenarios(t *testing.T) {
	key := func(text string) string {
		k, err := scenario(t, text).key()
		if err != nil || len(k) != 16 {
			t.Errorf("%s: %q, %v", text, k, err)
		}
		return k
	}
	if k, err := scenario(t, "bars: {}\n").Called("\xff", "").key(); fmt.Sprint(err) != `config: text "\xff" is not UTF-8` {
		t.Errorf("%s, %v", k, err)
	}
	if key("bars: {}\n") != key("bars: {bars: 8}\n") || key("bars: {}\n") == key("bars: {bars: 7}\n") {
		t.Error("what is written and what is so are one")
	}
}

// The size of a network, if it can be known.
func TestSizeOfScenarios(t *testing.T) {
	size, ok, err := SizeOf(scenario(t, "bars: {bars: 4}\n"), nothing{})
	if err != nil || !ok || size.Neurons != 4 {
		t.Errorf("%+v, %v, %v", size, ok, err)
	}
	for _, text := range []string{stored, "capacity: {}\n"} {
		if _, ok, err := SizeOf(scenario(t, text), nothing{}); ok || err != nil {
			t.Errorf("%s: %v, %v", text, ok, err)
		}
	}
	if size, ok, err := SizeOf(scenario(t, "associative_memory: {patterns: {source: random, count: 2, width: 3}}\nnetwork: {topology: {rule: lattice, shape: [3, 3]}}\n"), nothing{}); err != nil || ok || size.Neurons != 9 {
		t.Errorf("a number of synapses is not known: %+v, %v, %v", size, ok, err)
	}
	small := scenario(t, "bars: {bars: 4}\n")
	small.Room = footprint.Room{Bytes: 10, Of: "the box"}
	if size, ok, err := SizeOf(small, nothing{}); err == nil || !strings.Contains(err.Error(), "the box") || ok || size.Neurons != 0 {
		t.Errorf("%+v, %v, %v", size, ok, err)
	}
	for _, text := range []string{"bars: {bars: 4}\n", "capacity: {}\n", stored} {
		small := scenario(t, text)
		small.Room = footprint.Room{Bytes: 10, Of: "the box"}
		if _, err := NewTask(small, nothing{}); err == nil || !strings.Contains(err.Error(), "the box") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, _, err := SizeOf(scenario(t, "digits: {data: none}\n"), nothing{}); err == nil || !strings.Contains(err.Error(), "s.yaml:3:16: digits.data") {
		t.Errorf("%v", err)
	}
}

// Keys of both forms are explained. Documents are formatted in their own form.
func TestReferences(t *testing.T) {
	for key, want := range map[string]string{"populations.V1.size": "Number of neurons", "bars.bars": "Number of independent bars", "study.seeds": "Number of trials at every point"} {
		if got, err := Explain(key); err != nil || !strings.Contains(got, want) {
			t.Errorf("%s: %v\n%s", key, err, got)
		}
	}
	if _, err := Explain("nothing.of.the.kind"); err == nil {
		t.Error("a key that is not there is explained")
	}
	for text, want := range map[string]string{"bars:   {bars:  4}\nnetwork:  {weights:  2}\n": "network: {weights: 2}\nbars: {bars: 4}\n", "inputs:   {x:  {size: 3}}\nneurons: {}\n": "neurons: {}\ninputs: {x: {size: 3}}\n"} {
		const head = "apiVersion: infomorph/v2\nname: s\n"
		got, err := Format("f.yaml", []byte(head+text))
		if err != nil || string(got) != head+want && string(got) != head+"\n"+strings.Replace(want, "}\n", "}\n\n", 1) {
			t.Errorf("%v\n%s", err, got)
		}
	}
	if _, err := Format("f.yaml", []byte("bars: {")); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:1:") {
		t.Error(err)
	}
	full, short := false, false
	for _, k := range Keys() {
		full, short = full || k.Path == "populations", short || k.Path == "bars"
	}
	if !full || !short {
		t.Error("keys of one form are missing")
	}
	text, err := Schema("T", "https://example.org/s")
	var schema struct {
		ID, Title string
		AnyOf     []struct {
			ID string `json:"$id"`
		}
	}
	if err == nil {
		err = json.Unmarshal(text, &schema)
	}
	if err != nil || schema.Title != "T" || len(schema.AnyOf) != 2 || schema.AnyOf[1].ID != "https://example.org/s/short" {
		t.Errorf("%v, %+v", err, schema)
	}
	if a, b := Markdown(); !strings.Contains(string(a), "`populations.<name>.size`") || strings.Contains(string(a), "bars.bars") || !strings.Contains(string(b), "`bars.bars`") {
		t.Error("the reference has other keys")
	}
	if !strings.Contains(string(text), "\n  \"$id\": \"https://example.org/s\"") || !strings.Contains(string(text), "<") || strings.Contains(string(text), `\u003c`) {
		t.Errorf("%.300s", text)
	}
	for section, want := range map[string]bool{"populations": true, "bars": false, "seed": false, "neurons": true, "neuron": false, "nothing": false} {
		if onlyFull(section) != want {
			t.Errorf("only the full form has %s: %v", section, !want)
		}
	}
}
