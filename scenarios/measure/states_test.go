package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// A saved state is accepted and saved again as the same bytes.
func TestStatesAreRestored(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		run  func(*bench)
	}{
		"pictures": {pictures(everything), learnDigits}, "one readout": {pictures("  - {name: a, accuracy: {population: out, every: 10}}\n"), learnDigits},
		"bars": {barsText, learnBars}, "memory": {fmt.Sprintf(memoryText, 4, "", ", backwards: true", ", backwards: true"), learnLetters},
		"chain": {chainText, func(b *bench) {
			b.present("test", "next", 9, func(i int, _ *data.Item) neuron.Sample { return neuron.Sample{Theta: float64(i+1) / 4} })
		}},
	} {
		b := newBench(t, c.text)
		c.run(b)
		saved, err := b.set.Save()
		if err != nil {
			t.Fatal(name, err)
		}
		again, err := New(b.env)
		if err == nil {
			err = again.Restore(saved)
		}
		if err != nil {
			t.Fatal(name, err)
		}
		if twice, err := again.Save(); err != nil || string(twice) != string(saved) {
			t.Errorf("%s: another state after it was restored: %v", name, err)
		}
	}
}

// States of recall and of atoms that no run can have saved are refused.
func TestImpossibleStates(t *testing.T) {
	b := memory(t, 4, "", "")
	for state, fits := range map[string]bool{
		`{"Phases":[{"Name":"clean","Outcomes":[{"Stored":"+","Cue":"0","Recalled":"-"}]}]}`: true, `{"Phases":[{"Name":"clean","Outcomes":[{"Stored":"+","Cue":"x","Recalled":"-"}]}]}`: false,
		`{"Phases":[{"Name":"clean","Outcomes":[{"Stored":"+","Cue":"++","Recalled":"-"}]}]}`: false, `{"Phases":[{"Name":"clean","Outcomes":[]}]}`: false, `{"Phases":[{"Name":"learn","Outcomes":[{}]}]}`: false, `{"Phases":[{"Name":"none","Outcomes":[{}]}]}`: false,
	} {
		if err := b.set.measures[0].Restore([]byte(state)); (err == nil) != fits {
			t.Errorf("%s: %v", state, err)
		}
	}
	a := newBench(t, strings.Replace(ratesText, "{name: rate, rate:", "{name: atoms, atoms:", 1)).set.measures[0]
	for state, fits := range map[string]bool{`{"Names":["a"],"Shown":1}`: false, `{"Names":["a","b"],"Shown":1}`: true, `{"Names":[],"Shown":0}`: true} {
		if err := a.Restore([]byte(state)); (err == nil) != fits {
			t.Errorf("%s: %v", state, err)
		}
	}
}

// What is no number is not learnt from, and neurons without samples give no answer.
func TestAccuracyOfNoNumbers(t *testing.T) {
	b := newBench(t, pictures("  - {name: a, accuracy: {population: out, read: [marginal], every: 1}}\n"))
	a := b.set.measures[0].Measure.(*accuracy)
	if !a.Observes("train") || !a.Observes("test") || a.Observes("none") {
		t.Error("phases without labels are looked at")
	}
	if err := a.Look(&Look{Phase: "test", Item: &data.Item{Label: 3}}, b.out); err != nil || len(a.state.Exams) != 0 {
		t.Errorf("an answer of no neuron: %v", err)
	}
	for _, label := range []int{-1, 10} {
		if err := a.Look(&Look{Phase: "test", Item: &data.Item{Label: label}, Samples: []neuron.Sample{{Neuron: a.group.First}}}, b.out); err != nil || len(a.state.Exams) != 0 {
			t.Errorf("an answer to label %d: %v", label, err)
		}
	}
	nan := math.NaN()
	look := func(r, theta float64) error {
		s := neuron.Sample{Neuron: a.group.First, Theta: theta}
		s.Sum[neuron.Receptive] = r
		return a.Look(&Look{Phase: "train", Learning: true, Item: &data.Item{Label: 0}, Samples: []neuron.Sample{s}}, b.out)
	}
	if err := errors.Join(look(1, nan), look(nan, 0.75), look(-3, 0.25)); err != nil {
		t.Fatal(err)
	}
	if n, theta := a.state.Bearings.Late.N[0], a.state.Bearings.Late.Theta[0]; n != [2]float64{0, 2} || theta != [2]float64{0, 1} {
		t.Errorf("%v items of θ %v", n, theta)
	}
	if n, sum := a.state.Readout.N[0], a.state.Readout.Sum[0]; slices.Max(n) != 1 || slices.Max(sum) != 0.25 {
		t.Errorf("the readout has %v of %v", sum, n)
	}
	a.look.r[0] = 0
	if a.speak("marginal"); a.look.voice[0] != 0 {
		t.Errorf("no evidence is read as %v", a.look.voice[0])
	}
	b.out.Measure = func(neuron.Time, string, float64) error { return errFull }
	if err := look(1, 0.5); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

// The learning curve has a point for each block; there is none if every is 0.
func TestLearningCurve(t *testing.T) {
	for every, want := range map[int]string{4: "[4 8] [1 0.5] 0.5", 8: "[8] [0.75] 0.25", 0: ""} {
		b := newBench(t, pictures(fmt.Sprintf("  - {name: a, accuracy: {population: out, every: %d}}\n", every)))
		a := b.set.measures[0].Measure.(*accuracy)
		for k := range 8 {
			s := said(k > 5)
			s.Neuron = a.group.First
			other := said(k <= 5)
			other.Neuron = s.Neuron + 1
			if err := a.Look(&Look{Phase: "train", Learning: true, Item: &data.Item{Label: 0}, Samples: []neuron.Sample{s, other}}, b.out); err != nil {
				t.Fatal(err)
			}
		}
		b.show()
		got := ""
		if l, ok := b.figs["learning-curve"].(journal.Lines); ok {
			got = fmt.Sprint(l.Series[0].X, l.Series[0].Y, b.scores["a.training"])
			near(t, "chance of misreading", l.Dashed[0].Y, 0)
		}
		if strings.ReplaceAll(got, "][", "] [") != want {
			t.Errorf("every %d: %s, want %s", every, got, want)
		}
	}
}

// Pictures are drawn up to a number of neurons, labels or cells.
func TestLargestPictures(t *testing.T) {
	drawn := 0
	out := &journal.Listener{Figure: func(string, journal.Figure) error { drawn++; return nil }, Table: func(journal.Table) error { return nil }}
	for n, want := range map[int]int{mostDrawn: 2, mostDrawn + 1: 0} {
		a := &accuracy{group: Group{Size: n}, reads: []string{"theta"}}
		drawn = 0
		if err := a.draw(a.exam("x"), out); err != nil || drawn != want {
			t.Errorf("%d labels: %d figures, want %d: %v", n, drawn, want, err)
		}
	}
	b := newBench(t, barsText)
	for features, want := range map[int]int{1000: 1, 1001: 0} {
		k := b.set.measures[0].Measure.(*knowledge)
		k.group.Size, k.features, drawn = 1000, make([]string, features), 0
		if err := k.draw(&phaseTally{"x", newTally(1000, features)}, out); err != nil || drawn != want {
			t.Errorf("%d features of 1000 neurons: %d figures, want %d: %v", features, drawn, want, err)
		}
	}
	for n, follows := range map[int]bool{1: true, shownNeurons: true, shownNeurons + 1: false} {
		a := &atoms{group: Group{Size: n}, name: "a"}
		out.Score = func(string, float64, float64) {}
		for k := range 2 {
			if err := a.Atoms("x", neuron.Time(k), []neuron.Report{reportOf(0, 1, 1, 1, 1, 1, 1, 1)}, nil); err != nil {
				t.Fatal(err)
			}
			drawn = 0
			if err := a.Show(nil, out); err != nil || drawn != btoi(follows && k == 1) {
				t.Errorf("%d samples of %d neurons: %d figures: %v", k+1, n, drawn, err)
			}
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The spread of atoms over neurons can be small, and errors of live measures are returned.
func TestCoursesByHand(t *testing.T) {
	b := newBench(t, strings.Replace(ratesText, "{name: rate, rate:", "{name: atoms, atoms:", 1))
	reports := []neuron.Report{reportOf(0, 1, 0.1, 0, 0, 0, 0, 1), reportOf(1, 1, 0.3, 0, 0, 0, 0, 1)}
	if err := b.set.Atoms(neuron.Second, reports, b.out); err != nil {
		t.Fatal(err)
	}
	nearAll(t, "spread", b.set.atoms.state[0].Spread[0], []float64{0.1})
	for _, failing := range []string{"atoms.red", "atoms.goal", "V1.atoms.red", "V1.atoms.goal"} {
		b.out.Measure = func(_ neuron.Time, name string, _ float64) error {
			if name == failing {
				return errFull
			}
			return nil
		}
		if err := b.set.Atoms(2*neuron.Second, reports, b.out); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", failing, err)
		}
	}
}

// A set has labels if it has at least one.
func TestHasNames(t *testing.T) {
	env := envOf(t, barsText)
	for n := range 3 {
		if got := env.has("train", func(*data.Set) []string { return make([]string, n) }); got != (n > 0) {
			t.Errorf("a set with %d names has some: %v", n, got)
		}
	}
}

// Each picture of weights and each table that an engine does not give is an error.
func TestEveryMissingReport(t *testing.T) {
	b := newBench(t, ratesText)
	// fields of V1 and V2, the weights within V1, and the table of neurons
	if err := b.set.Show(brokenEngine{b.env.Net.Sim}, b.out); err == nil || strings.Count(err.Error(), "no answer") != 4 {
		t.Errorf("%v", err)
	}
}

// One check is enough. A feature that is rarely on is found by less information.
func TestOneCheck(t *testing.T) {
	b := newBench(t, barsText)
	k := b.set.measures[0].Measure.(*knowledge)
	if k.checks = 1; !k.checked("train") {
		t.Error("one check is none")
	}
	rare := count(4, [][]int{{0}, nil, nil, nil}, []float64{1, 0, 0, 0}, []float64{0.5, 0.5, 0.5, 0.5}, []float64{0.5, 0.5, 0.5, 0.5}, []float64{0.5, 0.5, 0.5, 0.5})
	if k.threshold = 0.9; k.distinct(rare) != 1 {
		t.Error("a feature of a quarter of the items is not found")
	}
	b.show()
	if _, checked := b.scores["bars.solved_after"]; checked {
		t.Error("a score of checks that there were not")
	}
	b.listen()
	k.state.Phases, k.state.Done, k.state.Solved = []phaseTally{{"test", *rare}, {"later", *rare}}, 1, 1
	b.show()
	b.expect("bars.solved_after", 1, 0)
	near(t, "chance", b.chance["bars.solved_after"], 0)
	b.expect("bars.found", 1, 0)
	near(t, "information in the table", b.tables["bars"].Rows[0][2].(float64), binaryEntropy(0.25))
	b.expect("bars.test.found", 1, 0)
	b.expect("bars.later.found", 1, 0)
}

// Items that cannot be read are an error. Values of items are kept if there is room, and
// are the same if they are made again.
func TestExamplesThatFail(t *testing.T) {
	env := envOf(t, strings.NewReplacer("FIT", "train", "TEST", "both", "else None", "else fail('worn out')").Replace(madeText))
	if _, err := env.examplesOf("both", []string{"pixels"}); err == nil || !strings.Contains(err.Error(), "worn out") {
		t.Errorf("%v", err)
	}
	other := *env.Experiment.Protocol[2].Present
	other.Data = "nothing"
	env.Experiment.Protocol[2].Present = &other
	if _, err := env.examplesOf("both", []string{"pixels"}); err == nil {
		t.Error("items of no source")
	}
	x, err := env.examplesOf("train", []string{"pixels"})
	if err != nil || x.Len() != 4 || x.Inputs() != 2 || !slices.Equal(x.rows, []float32{0, 1, 1, 1, 0, 1, 1, 1}) {
		t.Fatalf("%+v, %v", x, err)
	}
	x.rows = nil
	row := make([]float64, 2)
	for i := range 4 {
		clear(row)
		if label := x.Row(row, i); label != i%2 || row[0] != float64(i%2) || row[1] != 1 {
			t.Errorf("item %d of label %d: %v", i, label, row)
		}
	}
}

// Measures of the whole graph have no column; a neuron that a measurement did not have has
// an empty cell.
func TestColumnsOfTheGraph(t *testing.T) {
	b := newBench(t, "record: {graph: [in_degree, density]}\n"+barsText)
	b.show()
	var columns []string
	for _, c := range b.tables["neurons"].Columns {
		if strings.HasPrefix(c, "graph.") {
			columns = append(columns, c)
		}
	}
	if !slices.Equal(columns, []string{"graph.in_degree"}) {
		t.Errorf("%v", columns)
	}
	b.set.moments = []moment{{Columns: []graphColumn{{Name: "x", Values: []*float64{ptr(7.0)}}}}}
	table := &journal.Table{Columns: []string{"neuron"}, Rows: [][]any{{0}, {1}}}
	if b.set.addMoments(table); table.Rows[0][1] != 7.0 || table.Rows[1][1] != nil {
		t.Errorf("%v", table.Rows)
	}
}

// An accuracy without a list of readouts reads receptive values.
func TestDefaultReadout(t *testing.T) {
	env := envOf(t, strings.TrimSuffix(pictures(""), "measure:\n"))
	m, err := newAccuracy(&env, &language.Measure{Name: "a", Accuracy: &language.Accuracy{Population: "out"}})
	if err != nil || !slices.Equal(m.(*accuracy).reads, []string{"receptive"}) {
		t.Errorf("%+v, %v", m, err)
	}
}

// Of three sources, too, the atom that is drawn is the redundancy of all, or the unique
// information of the first.
func TestAtomsShownOfThree(t *testing.T) {
	d := xorOf(t, 3)
	names := atomNames(&neuron.Report{Atoms: d})
	red, own := slices.Index(names, "{1}{2}{3}"), slices.Index(names, "{1}")
	for k := range d.Atoms {
		clear(d.Atoms)
		d.Atoms[k] = 1
		want := own
		if k == red {
			want = red
		}
		if got := wanted(&neuron.Report{Atoms: d}); got != want {
			t.Errorf("%s is drawn if %s is largest, want %s", names[got], names[k], names[want])
		}
	}
}

// The graph is not measured unless the document says so.
func TestNoGraph(t *testing.T) {
	b := newBench(t, barsText)
	if err := b.set.Graph(1, b.env.Net.Sim, b.out); err != nil || len(b.set.moments) != 0 {
		t.Errorf("%v, %v", b.set.moments, err)
	}
	if b.show(); b.tables["graph"].Rows != nil {
		t.Errorf("%v", b.tables["graph"])
	}
}

// Of a source without end, a baseline takes the items that the phase presents, after those
// of the phases before it.
func TestExamplesWithoutEnd(t *testing.T) {
	env := envOf(t, chainText)
	x, err := env.examplesOf("test", []string{"now"})
	if err != nil || x.Len() != 4000 || x.chosen[0] != 1000 || x.chosen[3999] != 4999 {
		t.Fatalf("%d items: %v", x.Len(), err)
	}
	row := make([]float64, 3)
	for i := range 20 {
		clear(row)
		if label := x.Row(row, i); row[label] != 1 || row[(label+1)%3]+row[(label+2)%3] != 0 {
			t.Errorf("item %d of label %d: %v", i, label, row)
		}
	}
}

// Atoms of another number of sources than the first neuron has are left out, and each neuron
// has its own atoms in the table.
func TestAtomsOfOtherSources(t *testing.T) {
	b := newBench(t, barsText)
	three := neuron.Report{Neuron: 1, Atoms: xorOf(t, 3), Goal: 9}
	if err := b.set.Atoms(neuron.Second, []neuron.Report{reportOf(0, 1, 2, 0, 0, 0, 0, 1), three, reportOf(2, 1, 4, 0, 0, 0, 0, 2)}, b.out); err != nil {
		t.Fatal(err)
	}
	near(t, "mean of two neurons", b.live["atoms.unq_r"][0], 3)
	near(t, "goal of two neurons", b.live["atoms.goal"][0], 1.5)
	if err := b.set.showNeurons(atomic{weighty{b.env.Net.Sim}}, b.out); err != nil {
		t.Fatal(err)
	}
	table := b.tables["neurons"]
	at := slices.Index(table.Columns, "unq_r")
	if at < 0 || table.Rows[2][at] != 3.0 {
		t.Errorf("%v", table.Columns)
	}
}

// atomic is an engine in which neuron i has the unique information i+1.
type atomic struct{ weighty }

func (e atomic) Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error) {
	all, err := e.weighty.Report(ids, want)
	for i := range all {
		all[i].Atoms = reportOf(0, 1, float64(ids[i])+1, 0, 0, 0, 0, 1).Atoms
	}
	return all, err
}

// A curve that lacks points does not fit. Items to fit a baseline that cannot be read are an
// error.
func TestWhatDoesNotFit(t *testing.T) {
	c := curve{X: []float64{5}, Y: []float64{0.25}, Chance: []float64{1, 4}, Total: 5, Thinned: thinned{Entered: 2}}
	if c.fits(2) {
		t.Error("a curve of two values with one point fits")
	}
	for _, phase := range []string{"train", "both"} {
		b := newBench(t, strings.NewReplacer("FIT", "train", "TEST", "both").Replace(madeText))
		other := *b.env.phase(phase).Present
		other.Data = "nothing"
		b.env.phase(phase).Present = &other
		if err := b.set.measures[0].Show(b.engine(), b.out); err == nil || len(b.scores) != 0 {
			t.Errorf("items of no source: %v", b.scores)
		}
	}
}
