package measure

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// The pass in which a neuron had learned is the first one.
func TestFirstPassThatIsLearned(t *testing.T) {
	b := memory(t, 4, "", "")
	p := b.set.measures[1].Measure.(*predicted)
	p.learnt = 0.75
	p.state.Learning = true
	for _, right := range []int{2, 3, 4} {
		p.state.Pass[5], p.state.Pass[6] = agreement{Seen: 4, Right: right}, agreement{Seen: 1, Right: 1}
		if err := p.EndPass("learn", 1, b.out); err != nil {
			t.Fatal(err)
		}
	}
	if got := p.state.Learners[5:8]; !slices.Equal(got, []int{2, 1, 0}) {
		t.Errorf("learned in passes %v", got)
	}
}

// A probe reads the neurons of its population, whichever population that is. One item to
// fit and one to test are enough for a score.
func TestProbeOfTheSecondPopulation(t *testing.T) {
	b := newBench(t, twoPopulations+"  - {name: probe, probe: {population: out, fit: train, test: test, of: theta}}\n")
	p := b.set.measures[0].Measure.(*probe)
	if p.group.First != 3 {
		t.Fatalf("the population begins with neuron %d", p.group.First)
	}
	for _, phase := range []string{"train", "test"} {
		if err := p.Look(&Look{Phase: phase, Item: &data.Item{Label: 4}, Samples: []neuron.Sample{{Neuron: 1, Theta: 0.5}, {Neuron: 5, Theta: 0.25}}}, b.out); err != nil {
			t.Fatal(err)
		}
	}
	if want := []float32{0, 0, 0.25, 0, 0, 0, 0, 0, 0, 0}; !slices.Equal(p.state.Fit.Values, want) || !slices.Equal(p.state.Test.Values, want) {
		t.Errorf("%v", p.state.Fit.Values)
	}
	fit := p.state.Fit
	p.state.Fit = outputs{}
	if err := p.Show(nil, b.out); err != nil || len(b.scores) != 0 {
		t.Errorf("with nothing to fit: %v, %v", b.scores, err)
	}
	p.state.Fit = fit
	if err := p.Show(nil, b.out); err != nil {
		t.Fatal(err)
	}
	b.expect("probe.accuracy", 1, 0)
	b.expect("probe.fit", 1, 0)
}

// Before anything is recalled, there is neither a table nor a figure. A pattern goes into
// a picture by the width of its input.
func TestPicturesOfRecall(t *testing.T) {
	b := memory(t, 4, "", "")
	r := b.set.measures[0].Measure.(*recall)
	if err := r.Show(nil, b.out); err != nil || len(b.tables) != 0 || len(b.figs) != 0 {
		t.Errorf("%v, %v, %v", b.tables, b.figs, err)
	}
	many := make([]outcome, 300)
	for i := range many {
		one := trits(strings.Repeat("+", 100))
		many[i] = outcome{Item: i, Stored: one, Cue: one, Recalled: one}
	}
	if g := r.gallery(b.env.phase("clean").Recall, many); g.Width != 10 || g.Height != 10 || len(g.Rows) != 200 {
		t.Errorf("%d×%d, %d rows", g.Width, g.Height, len(g.Rows))
	}
	how := *b.env.phase("clean").Recall
	how.Input = "none"
	if g := r.gallery(&how, many[:1]); g.Width != 100 || g.Height != 1 {
		t.Errorf("%d×%d of an input without rows", g.Width, g.Height)
	}
	narrow := newBench(t, strings.NewReplacer("%d", "2", "%s", "", "%%", "%", "source: random,", "source: random, width: 1, height: 100,").Replace(memoryText))
	high := trits(strings.Repeat("-", 256))
	if g := narrow.set.measures[0].Measure.(*recall).gallery(narrow.env.phase("clean").Recall, []outcome{{Stored: high, Cue: high, Recalled: high}}); g.Width != 1 || g.Height != 256 || strings.Contains(g.Title, "middle") {
		t.Errorf("%d×%d: %s", g.Width, g.Height, g.Title)
	}
	high += "-"
	if g := narrow.set.measures[0].Measure.(*recall).gallery(narrow.env.phase("clean").Recall, []outcome{{Stored: high, Cue: high, Recalled: high}}); g.Width != 1 || g.Height != 50 || !strings.Contains(g.Title, "the middle 1×50 of 1×257") {
		t.Errorf("%d×%d: %s", g.Width, g.Height, g.Title)
	}
}

// Until the next sample there are as many steps as Due says no to.
func TestUntilTheNextSample(t *testing.T) {
	for steps := range 13 {
		for samples := range steps + 3 {
			s := NewSampling(steps, samples)
			for done := range steps + 1 {
				at := s
				want := 0
				for k := done + 1; k <= steps && want == 0; k++ {
					if at.Due(k) {
						want = k - done
					}
				}
				if got := s.Until(done); got != want {
					t.Errorf("%d samples of %d steps, after %d: %d, want %d", samples, steps, done, got, want)
				}
				s.Due(done + 1)
			}
		}
	}
}

// A firing probability that is no number leaves a state that can be saved. Two items with
// a feature and two without are enough for d′.
func TestSelectivityOfFewItems(t *testing.T) {
	b := newBench(t, barsText)
	b.present("test", "V1", 8, func(i int, it *data.Item) neuron.Sample {
		if it.Index < 4 && i == 1 {
			return neuron.Sample{Theta: math.NaN()}
		}
		return knowing(0.75, itself)(i, it)
	})
	if _, err := b.set.Save(); err != nil {
		t.Errorf("%v", err)
	}
	_, of := b.set.measures[1].Measure.(*selectivity).column()
	if math.IsNaN(of(0)) || !math.IsNaN(of(1)) || math.IsNaN(of(2)) {
		t.Errorf("d′ of %v %v %v", of(0), of(1), of(2))
	}
	for _, on := range [][][]int{{{0}, nil, nil}, {{0}, {0}, nil}} {
		one := phaseMoments{tally: *count(1, on, []float64{0.2, 0.4, 0.9}), JointSquares: []float64{0.2}}
		if one.dPrime(0) != 0 || one.chance() != 0 {
			t.Errorf("one item with or without a feature is no sample: %v, %v", one.dPrime(0), one.chance())
		}
	}
	p := phaseMoments{tally: *count(1, [][]int{{0}, {0}, nil, nil}, []float64{0.6, 0.8, 0.2, 0.4}), JointSquares: []float64{1}}
	near(t, "d′", p.dPrime(0), 0.4/0.1)
	if want := math.Sqrt(2 / math.Pi); !(math.Abs(p.chance()-want) <= 1e-6) {
		t.Errorf("chance is %v, want %v", p.chance(), want)
	}
}

// Each phase of a sequence has its own counts. With control: frozen, a phase that would
// learn begins as one that does.
func TestPhasesBegin(t *testing.T) {
	b := newBench(t, chainText)
	s := b.set.measures[0].Measure.(*sequence)
	s.phase("test").Blank = 3
	look := &Look{Phase: "other", Item: &data.Item{Label: 1}, Samples: []neuron.Sample{{Neuron: s.group.First}, {Neuron: s.group.First + 1}}}
	if err := s.Look(look, b.out); err != nil || s.phase("other").Blank != 1 || s.phase("other").Joint[4] != 1.0/3 {
		t.Errorf("neurons that never fire predict %+v", s.phase("other"))
	}
	s.state.Phases = s.state.Phases[:1]
	if s.phase("later").Blank != 0 || s.phase("test").Blank != 3 || len(s.state.Phases) != 2 {
		t.Errorf("%+v", s.state.Phases)
	}
	if err := b.set.Begin("train", false, 10); err != nil || b.set.learning {
		t.Errorf("begins as learning: %v", err)
	}
	b.set.atoms.state[0].Seconds = []float64{math.NaN()}
	if _, err := b.set.Save(); err == nil {
		t.Error("a time that is no number is saved")
	}
	frozen := newBench(t, "control: frozen\n"+barsText)
	for phase, want := range map[string]bool{"train": true, "test": false} {
		if err := frozen.set.Begin(phase, false, 10); err != nil || frozen.set.learning != want {
			t.Errorf("%s begins as learning: %v, %v", phase, frozen.set.learning, err)
		}
	}
}

// Outcomes of a stream are ordered by age, whichever was recalled first, and the delta
// rule keeps what it recalls with the required overlap.
func TestStreamByHand(t *testing.T) {
	b := memory(t, 1, "", ", backwards: true")
	r := b.set.measures[0].Measure.(*recall)
	b.recallAll("clean", 0, true, perfect)
	learned := r.state.Phases[0].Outcomes[0].Stored
	minus := strings.NewReplacer("+", "-", "-", "+")
	far := trits(minus.Replace(string(learned[:30]))) + learned[30:] // overlap 0.4
	like := trits(minus.Replace(string(learned[:1]))) + learned[1:]  // overlap 0.98
	p := recallPhase{Name: "clean", Outcomes: []outcome{
		{Stored: far, Cue: learned, Recalled: learned, Age: 2}, {Stored: like, Cue: learned, Recalled: learned, Age: 0}, {Stored: learned, Cue: learned, Recalled: learned, Age: 1},
		{Stored: learned, Cue: far, Recalled: learned, Age: 3},
	}}
	b.listen()
	r.scoreStream(&p, false, 0, b.out)
	for what, want := range map[string]float64{"kept": 3, "latest": 2, "kept_cue": 2, "kept_delta": 3, "tested": 4} {
		b.expect("recall.clean."+what, want, 0)
	}
}

// The patterns of a stream are those that the phase presents, in its order.
func TestPatternsOfAStream(t *testing.T) {
	b := memory(t, 4, "", "")
	r := b.set.measures[0].Measure.(*recall)
	all, _ := b.env.Data.Part("letters")
	first := r.patterns(all, &language.Present{Items: "all"}, "pixels")
	picked := r.patterns(all, &language.Present{Items: "2,0"}, "pixels")
	if len(first) != 4 || len(picked) != 2 || !slices.Equal(picked[0], first[2]) || !slices.Equal(picked[1], first[0]) || slices.Equal(first[0], first[2]) {
		t.Errorf("%d patterns, %d picked", len(first), len(picked))
	}
	if r.patterns(all, &language.Present{Items: "9", Count: 2}, "pixels") != nil || r.patterns(all, &language.Present{Items: "all"}, "none") != nil {
		t.Error("patterns that there are not")
	}
	failing := newBench(t, strings.NewReplacer("FIT", "train", "TEST", "both", "else None", "else fail('worn out')").Replace(madeText))
	made, _ := failing.env.Data.Part("made")
	if len(r.patterns(made, &language.Present{Items: "0-3"}, "pixels")) != 4 || r.patterns(made, &language.Present{Items: "3-6"}, "pixels") != nil {
		t.Error("patterns that cannot be read")
	}
	endless := newBench(t, barsText)
	bars, _ := endless.env.Data.Part("bars")
	rows := r.patterns(bars, &language.Present{Items: "all", Count: 3}, "pixels")
	if len(rows) != 3 {
		t.Fatalf("%d patterns of a source without end", len(rows))
	}
	for i := range rows {
		var it data.Item
		if err := bars.Item(i, &it); err != nil {
			t.Fatal(err)
		}
		for k, v := range it.Fields[0] {
			if rows[i][k] != max(float64(v), 0) {
				t.Errorf("pattern %d: %v, want %v", i, rows[i], it.Fields[0])
				break
			}
		}
	}
}

// An input whose channels each go to one neuron has no fields to show.
func TestFieldsOfOneToOne(t *testing.T) {
	b := memory(t, 4, "", "")
	b.show()
	if len(b.figs) != 1 || b.figs["weights"] == nil {
		t.Errorf("%d figures", len(b.figs))
	}
}

// Fields are shown of a picture's input, of at most a hundred neurons, each with the sign
// with which its neuron is read.
func TestFieldsShown(t *testing.T) {
	b := newBench(t, pictures("  - {name: a, accuracy: {population: out, every: 10}}\n"))
	o := &b.set.measures[0].Measure.(*accuracy).state.Bearings.Late
	for range 20 {
		o.add(2, true, 0.1)
		o.add(2, false, 0.9)
	}
	e := weighty{b.env.Net.Sim}
	to, _ := b.set.env.population("", "out")
	from, _ := b.set.env.input("", "pixels")
	if first, _ := b.env.Net.Population("out"); to != (Group{First: first.First, Size: 10}) || from.Width != 14 || from.Size != 196 {
		t.Errorf("%+v from %+v", to, from)
	}
	line := bond{"out", "pixels", neuron.Receptive}
	f, err := b.set.fields(e, line, to, from)
	if err != nil || len(f.Tiles) != 10 || f.Width != 14 || f.Height != 14 || f.Tiles[1][0] != 2 || f.Tiles[2][0] != -3 || f.Tiles[3][1] != 5 {
		t.Errorf("%+v, %v", f, err)
	}
	from.Width = 15
	if f, err := b.set.fields(e, line, to, from); f != nil || err != nil {
		t.Errorf("fields of a picture with rows of different length: %v", err)
	}
	many := newBench(t, strings.Replace(ratesText, "V1: {size: 3,", "V1: {size: 101,", 1))
	to, _ = many.set.env.population("", "V1")
	from, _ = many.set.env.input("", "pixels")
	if f, err := many.set.fields(weighty{many.env.Net.Sim}, bond{"V1", "pixels", neuron.Receptive}, to, from); err != nil || len(f.Tiles) != mostFields {
		t.Errorf("%d fields: %v", len(f.Tiles), err)
	}
}

// Each phase has its own counts of information; a look at one neuron alone counts.
func TestKnowledgeOfPhases(t *testing.T) {
	b := newBench(t, barsText)
	k := b.set.measures[0].Measure.(*knowledge)
	for _, phase := range []string{"test", "later", "test"} {
		if err := k.Look(&Look{Phase: phase, Item: &data.Item{Features: []float32{1, 0, 0, 1}}, Samples: []neuron.Sample{{Neuron: k.group.First, Theta: 0.5}}}, b.out); err != nil {
			t.Fatal(err)
		}
	}
	if k.tallyOf("test").Total != 2 || k.tallyOf("later").Total != 1 || k.tallyOf("test").Heard[0] != 2 || len(k.state.Phases) != 2 {
		t.Errorf("%+v", k.state.Phases)
	}
}

// Columns of the table of neurons are those of the right population, if it is not the
// first.
func TestColumnsOfTheSecondPopulation(t *testing.T) {
	for kind, want := range map[string]float64{"rate: {population: V2}": 1, "information: {population: V2, about: features}": 0, "selectivity: {population: V2, about: features}": 0} {
		b := newBench(t, strings.Replace(ratesText, "rate: {population: V1}", kind, 1))
		b.present("test", "V2", 4, func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: 0.5, Output: 1} })
		_, of := b.set.measures[0].Measure.(columner).column()
		nearAll(t, kind, []float64{of(2), of(3), of(4), of(5)}, []float64{math.NaN(), want, want, math.NaN()})
	}
}

// Neurons that were removed have no weights in the table. A measure of the graph that there
// is not is an error.
func TestTableOfRemovedNeurons(t *testing.T) {
	b := newBench(t, barsText)
	net := *b.env.Net.Sim
	net.Removed = []neuron.ID{2}
	if err := b.set.showNeurons(weighty{&net}, b.out); err != nil {
		t.Fatal(err)
	}
	table := b.tables["neurons"]
	at := slices.Index(table.Columns, "weight_norm")
	for i, row := range table.Rows {
		if (row[at] == nil) != (i == 2) || row[0] != i {
			t.Errorf("neuron %d: %v", i, row)
		}
	}
	b.env.Experiment.Record.Graph = []string{"nothing"}
	if err := b.set.showNeurons(weighty{&net}, b.out); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("%v", err)
	}
}

// Of very many passes every second one is a point of the curve.
func TestManyPasses(t *testing.T) {
	b := memory(t, 4, "", "")
	p := b.set.measures[1].Measure.(*predicted)
	p.state.Learning = true
	for pass := range mostPoints + 3 {
		p.state.Pass[5] = agreement{Seen: mostPoints + 3, Right: pass}
		if err := p.EndPass("learn", 1, b.out); err != nil {
			t.Fatal(err)
		}
	}
	b.show()
	l := b.figs["learning-curve"].(journal.Lines).Series[0]
	if len(l.X) != mostPoints/2+2 || l.X[1] != 3 || l.X[len(l.X)-1] != mostPoints+3 || len(l.Y) != len(l.X) {
		t.Errorf("%d points, %v … %v", len(l.X), l.X[:2], l.X[len(l.X)-1])
	}
	near(t, "the last pass", b.scores["training.predicted"], (mostPoints+2.0)/(mostPoints+3))
	env := envOf(t, strings.TrimSuffix(pictures(""), "measure:\n"))
	if _, err := newPredicted(&env, &language.Measure{Name: "x", Predicted: &language.Predicted{Population: "ot", Port: "c", Of: "c"}}); err == nil || !strings.HasPrefix(err.Error(), "predicted.population: ") {
		t.Errorf("%v", err)
	}
}

// Two phases are too few for basins. Errors of figures of recall are returned.
func TestFiguresOfRecall(t *testing.T) {
	two := withPhases(t, recalls("f20", "cue: flip, fraction: 20%"))
	two.recallAll("flipped", 0.1, false, copies)
	two.recallAll("f20", 0.2, false, copies)
	if two.show(); two.figs["basins"] != nil {
		t.Error("basins of two phases")
	}
	b := memory(t, 3, "", ", backwards: true")
	b.recallAll("clean", 0, true, copies)
	for _, name := range []string{"age", "recall-clean"} {
		b.listen()
		b.out.Figure = func(n string, _ journal.Figure) error {
			if n == name {
				return errFull
			}
			return nil
		}
		if err := b.set.measures[0].Show(nil, b.out); !errors.Is(err, errFull) {
			t.Errorf("figure %s: %v", name, err)
		}
	}
}

// All faults of a measure of a sequence are listed.
func TestFaultsOfSequences(t *testing.T) {
	env := envOf(t, strings.TrimSuffix(pictures(""), "measure:\n"))
	_, err := newSequence(&env, &language.Measure{Name: "x", Sequence: &language.Sequence{Population: "ot", Data: "digits"}})
	if err == nil || !strings.Contains(err.Error(), "sequence.population: ") || !strings.Contains(err.Error(), "sequence.data: ") {
		t.Errorf("%v", err)
	}
}
