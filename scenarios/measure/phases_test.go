package measure

import (
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// The pass in which a neuron had learned is the first one.
func TestFirstPassThatIsLearned(t *testing.T) {
	b := memory(t, 4, "", "")
	p := b.set.measures[1].Measure.(*predicted)
	p.learnt = 0.75
	p.state.Learning = true
	for pass, right := range []int{2, 3, 4} {
		p.state.Pass[5], p.state.Pass[6] = agreement{Seen: 4, Right: right}, agreement{Seen: 1, Right: 1}
		if err := p.EndPass("learn", pass, 1, b.out); err != nil {
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
	if g := narrow.set.measures[0].Measure.(*recall).gallery(narrow.env.phase("clean").Recall, []outcome{{Stored: high, Cue: high, Recalled: high}}); g.Width != 1 || g.Height != 100 || !strings.Contains(g.Title, "the middle 1×100 of 1×257") {
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
	if want := math.Sqrt(2 / math.Pi); math.Abs(p.chance()-want) > 1e-6 {
		t.Errorf("chance is %v, want %v", p.chance(), want)
	}
}

// Each phase of a sequence has its own counts. With control: frozen, a phase that would
// learn begins as one that does.
func TestPhasesBegin(t *testing.T) {
	b := newBench(t, chainText)
	s := b.set.measures[0].Measure.(*sequence)
	s.phase("test").Blank = 3
	if s.phase("later").Blank != 0 || s.phase("test").Blank != 3 || len(s.state.Phases) != 2 {
		t.Errorf("%+v", s.state.Phases)
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
