package measure

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// outcomesOf returns recalls of patterns of four bits.
func outcomesOf(rows ...[3]trits) (all []outcome) {
	for i, r := range rows {
		all = append(all, outcome{Item: i, Stored: r[0], Cue: r[1], Recalled: r[2], Age: i})
	}
	return all
}

func TestRecallSummaryByHand(t *testing.T) {
	r := &recall{criterion: 0.5}
	all := outcomesOf(
		[3]trits{"++++", "+++-", "++++"}, // overlap 1, cue ½
		[3]trits{"++--", "++--", "++-0"}, // ¾, one bit blank, cue 1
		[3]trits{"+-+-", "-+-+", "-+-+"}, // −1, cue −1
		[3]trits{"----", "0000", "--00"}) // ½, cue 0, two blank
	if got, want := r.summary(all), (summary{Overlap: 1.25 / 4, Exact: 0.25, Recalled: 0.75, Blank: 0.75 / 4, Cue: 0.5 / 4}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	// answers against the other patterns: 0 0 −1 · ¼ ¼ −¼ · 0 0 0 · −½ 0 0
	// cues: ½·(1 1 −2)=½ ½ −½ · 0 0 0 · 0 0 0 · 0 0 0; none at the criterion
	got := r.others(all)
	overlap, cue := 0.0, 0.0
	for i := range all {
		for k := range all {
			if i != k {
				for bit := range 4 {
					overlap += all[k].Stored.at(bit) * all[i].Recalled.at(bit) / 4 / 12
					cue += all[k].Stored.at(bit) * all[i].Cue.at(bit) / 4 / 12
				}
			}
		}
	}
	if !(math.Abs(got.Overlap-overlap) <= 1e-12) || !(math.Abs(got.Cue-cue) <= 1e-12) || got.Exact != 0 || got.Recalled != 0 || got.Blank != 0 {
		t.Errorf("%+v, want overlap %v and cue %v", got, overlap, cue)
	}
	alike := outcomesOf([3]trits{"++", "++", "++"}, [3]trits{"++", "++", "+-"}, [3]trits{"++", "++", "--"})
	alike = append(alike, outcome{Item: 0, Stored: "--", Cue: "++", Recalled: "++"}, outcome{Item: 9, Stored: "+", Cue: "+", Recalled: "+"})
	// of 10 pairs of other items of equal length: the ++ of the first equals both others,
	// but a repetition of the same item does not count
	got = r.others(alike)
	if want := (summary{Overlap: (2 + 0 + -1 + 2) / 10.0, Exact: (2 + 0 + 1 + 2) / 10.0, Recalled: (2 + 0 + 1 + 2) / 10.0, Cue: (2 + 1 + 1 + 2) / 10.0}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := r.summary(outcomesOf([3]trits{"+", "+", "0"})); got != (summary{Blank: 1, Cue: 1}) {
		t.Errorf("one bit without evidence: %+v", got)
	}
	if got := r.others(all[:1]); got != (summary{}) {
		t.Errorf("with one pattern alone: %+v", got)
	}
	unnamed := []outcome{{Item: -1, Stored: "++", Cue: "++", Recalled: "++"}, {Item: -1, Stored: "+-", Cue: "++", Recalled: "+-"}}
	if got := r.others(unnamed); got.Cue != 0.5 || got.Overlap != 0 || got.Recalled != 0 {
		t.Errorf("patterns that are no items are others: %+v", got)
	}
}

// Which share of what chance leaves was reached.
func TestBeyondChance(t *testing.T) {
	for _, c := range [][3]float64{{1, 0, 1}, {1, 0.8, 1}, {0.8, 0.8, 0}, {0.9, 0.8, 0.5}, {0.5, 0.75, -1}, {0, -1, 0.5}, {1, 1, 0}} {
		if got := beyond(c[0], c[1]); !(math.Abs(got-c[2]) <= 1e-12) {
			t.Errorf("overlap %v by chance %v: %v, want %v", c[0], c[1], got, c[2])
		}
	}
}

// If there are very many items, each is compared with a part of the others.
func TestRecallOthersOfMany(t *testing.T) {
	r := &recall{criterion: 1}
	many := make([]outcome, 2*mostPaired)
	for i := range many {
		many[i] = outcome{Item: i, Stored: "+", Cue: "+", Recalled: "+"}
		if i%2 == 1 {
			many[i] = outcome{Item: i, Stored: "-", Cue: "-", Recalled: "-"}
		}
	}
	// every second one is compared: those that are equal
	if got := r.others(many); got.Overlap != 1 || got.Recalled != 1 || got.Exact != 1 {
		t.Errorf("%+v", got)
	}
}

func TestKeepsAndNearest(t *testing.T) {
	r := &recall{criterion: 0.5}
	all := outcomesOf([3]trits{"++++", "++++", "+++-"}, [3]trits{"++--", "++++", "++--"}, [3]trits{"+-+-", "-+-+", "++++"}, [3]trits{"----", "---+", "----"})
	if kept, latest := r.keeps(all, (*outcome).overlap); kept != 3 || latest != 2 {
		t.Errorf("%v kept, the latest %v", kept, latest)
	}
	if kept, latest := r.keeps(all[2:], (*outcome).overlap); kept != 1 || latest != 0 {
		t.Errorf("%v kept, the latest %v", kept, latest)
	}
	// the cue of the second is most like the first, that of the last like the last
	for i, want := range []float64{1, 0, -1, 1} {
		if got := nearest(all, &all[i]); i != 2 && got != want {
			t.Errorf("the buffer answers cue %d with an overlap of %v, want %v", i, got, want)
		}
	}
	if got := nearest(all[1:3], &all[0]); got != 0 { // the first of two that are equally near
		t.Errorf("answered with %v", got)
	}
}

func TestRehearsed(t *testing.T) {
	for _, c := range []struct {
		p    *language.Present
		want int
	}{{nil, 0}, {&language.Present{}, 0}, {&language.Present{Rehearse: &language.Rehearse{Count: 5}}, 35}, {&language.Present{Rehearse: &language.Rehearse{Count: 5, Span: 7}}, 7}} {
		if got := rehearsed(c.p); got != c.want {
			t.Errorf("%+v: from %d before, want %d", c.p, got, c.want)
		}
	}
}

// One step by hand: the network knows a pattern after it, and w_ii = 0.
func TestDeltaStep(t *testing.T) {
	w := mat.NewDense(3, 3, []float64{0, 0.5, 0, 0, 0, 0, 1, 1, 0})
	deltaStep(w, []float64{1, -1, 1}, deltaInputs[0])
	// errors 1.5, −1, 1; half of each to every other bit
	if want := mat.NewDense(3, 3, []float64{0, -0.25, 0.75, -0.5, 0, -0.5, 1.5, 0.5, 0}); !mat.EqualApprox(w, want, 1e-12) {
		t.Errorf("%v", mat.Formatted(w))
	}
}

// With surprises as inputs, what is predicted already has no effect. Predictions beyond ±1
// count as ±1.
func TestDeltaStepWithSurprises(t *testing.T) {
	w := mat.NewDense(3, 3, []float64{0, 2, 0, 0, 0, 0, 1, 1, 0})
	deltaStep(w, []float64{1, -1, 1}, deltaInputs[1])
	// errors 3, −1, 1; surprises 2, −1, 1
	if want := mat.NewDense(3, 3, []float64{0, 0.5, 1.5, -1, 0, -0.5, 2, 0.5, 0}); !mat.EqualApprox(w, want, 1e-12) {
		t.Errorf("%v", mat.Formatted(w))
	}
	known := mat.NewDense(2, 2, []float64{0, -1, -1, 0})
	deltaStep(known, []float64{1, -1}, deltaInputs[1])
	if want := mat.NewDense(2, 2, []float64{0, -1, -1, 0}); !mat.Equal(known, want) {
		t.Errorf("%v", mat.Formatted(known))
	}
}

func TestWithoutDeltaRule(t *testing.T) {
	b := memory(t, 3, "", "")
	r := b.set.measures[0].Measure.(*recall)
	b.recallAll("clean", 0, true, perfect)
	p, learnt := &r.state.Phases[0], *b.env.phase("learn").Present
	if r.deltaRule(p, &learnt, deltaInputs[0]) == nil {
		t.Fatal("nothing is learnt")
	}
	for what, change := range map[string]func(l *language.Present){
		"in another order":       func(l *language.Present) { l.Order = "shuffled" },
		"in batches":             func(l *language.Present) { l.Batch = &language.Batch{} },
		"of no data":             func(l *language.Present) { l.Data = "nothing" },
		"of items there are not": func(l *language.Present) { l.Items = "90-99" },
		"for too long":           func(l *language.Present) { l.Repeat = mostDelta },
		"rehearsed for too long": func(l *language.Present) { l.Rehearse = &language.Rehearse{Count: mostDelta} },
	} {
		l := learnt
		if change(&l); r.deltaRule(p, &l, deltaInputs[0]) != nil {
			t.Errorf("learnt although %s", what)
		}
	}
	if r.deltaRule(p, nil, deltaInputs[0]) != nil || r.deltaRule(&recallPhase{Name: "clean"}, &learnt, deltaInputs[0]) != nil {
		t.Error("learnt from nothing")
	}
	p.Outcomes[0].Stored = p.Outcomes[0].Stored[1:]
	if r.deltaRule(p, &learnt, deltaInputs[0]) != nil {
		t.Error("learnt patterns of another length")
	}
}

// streamed returns the last earlier phase that learned the same data.
func TestStreamed(t *testing.T) {
	b := memory(t, 3, "", "")
	r := b.set.measures[0].Measure.(*recall)
	protocol := &b.env.Experiment.Protocol
	learn := (*protocol)[0]
	with := func(change func(p *language.Present)) language.Phase {
		p, l := learn, *learn.Present
		change(&l)
		p.Present = &l
		p.Name = "more"
		return p
	}
	again := with(func(p *language.Present) { p.Repeat = 7 })
	other := with(func(p *language.Present) { p.Data = "others" })
	looking := with(func(p *language.Present) { p.Learn = "none" })
	*protocol = slices.Concat([]language.Phase{learn, again, other, looking}, (*protocol)[1:], []language.Phase{learn})
	if got := r.streamed("clean"); got == nil || got.Repeat != 7 {
		t.Errorf("streamed in %+v", got)
	}
	if *protocol = (*protocol)[2:]; r.streamed("clean") != nil {
		t.Error("a stream before the stream")
	}
}

// withPhases returns a memory whose protocol has several phases of recall.
func withPhases(t *testing.T, phases ...string) *bench {
	text := fmt.Sprintf(memoryText, 2, "", "", "")
	return newBench(t, strings.Replace(text, "measure:", strings.Join(phases, "\n")+"\nmeasure:", 1))
}

func recalls(name, more string) string {
	return fmt.Sprintf("  - {name: %s, recall: {data: letters, input: pixels, population: memory, %s}}", name, more)
}

// Basins are drawn for three or more phases that only differ in the damage, if it
// increases. A course is drawn for phases that do not differ.
func TestBasins(t *testing.T) {
	b := withPhases(t, recalls("f20", "cue: flip, fraction: 20%"), recalls("f30", "cue: flip, fraction: 30%"), recalls("again", "cue: flip, fraction: 20%"),
		recalls("p1", "cue: partial, fraction: 30%"), recalls("p2", "cue: partial, fraction: 20%"), recalls("p3", "cue: partial, fraction: 40%"))
	for _, phase := range []string{"clean", "flipped", "f20", "f30", "p1", "p2", "p3"} {
		b.recallAll(phase, float64(b.env.phase(phase).Recall.Fraction)/2, false, copies)
	}
	b.show()
	basins, ok := b.figs["basins"].(journal.Lines)
	if !ok || len(basins.Series) != 2 || basins.X != "share of bits damaged" || basins.Y != "mean overlap" {
		t.Fatalf("basins: %+v", b.figs["basins"])
	}
	nearAll(t, "damage", basins.Series[0].X, []float64{0.1, 0.2, 0.3})
	nearAll(t, "overlap", basins.Series[0].Y, []float64{0.9, 0.8, 0.7}) // half of the damaged bits are flipped, each of which counts 2
	nearAll(t, "of the cues", basins.Series[1].Y, basins.Series[0].Y)
	if basins.Series[0].Name != "flipped, "+strings.ReplaceAll(b.env.phase("f20").Recall.Dynamics, "_", " ")+" dynamics" || basins.Series[1].Name != "the cues themselves" {
		t.Errorf("%q, %q", basins.Series[0].Name, basins.Series[1].Name)
	}
	if b.figs["recall-course"] != nil || b.figs["age"] != nil {
		t.Error("a course of phases that differ, or ages of patterns that are not recalled by age")
	}
	b.listen()
	b.recallAll("again", 0, false, copies) // damage no longer increases; otherwise equal to f20
	b.show()
	if b.figs["basins"] != nil {
		t.Error("basins of damage that does not grow")
	}
	course := b.figs["recall-course"].(journal.Lines)
	if len(course.Series) != 1 || !slices.Equal(course.Ticks, []string{"clean", "flipped", "f20", "f30", "p1", "p2", "p3", "again"}) {
		t.Fatalf("%+v", course)
	}
	nearAll(t, "phases", course.Series[0].X, []float64{2, 7})
	nearAll(t, "overlap", course.Series[0].Y, []float64{0.8, 1})
	if increases([]float64{1, 2, 2}) || !increases([]float64{1, 2, 3}) || !increases(nil) {
		t.Error("what does not rise at each step does not increase")
	}
}

func TestDescribe(t *testing.T) {
	for cue, want := range map[string]string{"clean": "clean cues, a b dynamics", "flip": "cues with 10 % of the bits flipped, a b dynamics",
		"occlude": "cues with 10 % occluded, a b dynamics", "partial": "cues with 10 % unknown, a b dynamics"} {
		if got := describe(&language.Recall{Cueing: language.Cueing{Cue: cue, Fraction: 0.1, Dynamics: "a_b"}}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if (&outcome{Item: 3}).title() != "3" || (&outcome{Item: 3, Name: "C"}).title() != "C" {
		t.Error("a pattern goes by its name, or its number")
	}
}

// Recall against age; the overlap of damaged cues is shown, too.
func TestAges(t *testing.T) {
	b := memory(t, 3, "", ", backwards: true")
	b.recallAll("clean", 0, true, copies)
	b.recallAll("flipped", 0.1, true, perfect)
	b.show()
	l := b.figs["age"].(journal.Lines)
	if len(l.Series) != 3 || l.Series[2].Name != "those cues themselves" || len(l.Dashed) != 1 || l.Dashed[0].Y != 0.95 {
		t.Fatalf("%+v", l)
	}
	for i, y := range []float64{1, 1, 0.8} {
		nearAll(t, "age", l.Series[i].X, []float64{0, 1, 2})
		nearAll(t, "overlap", l.Series[i].Y, []float64{y, y, y})
	}
	if row := b.tables["recall"].Rows[5]; row[0] != "flipped" || row[8] != 2 || row[7] != 1 || row[2] != 0 || row[5] != 0 || row[3] != 0.8 || row[4] != 1.0 {
		t.Errorf("the oldest of the second phase: %v", row)
	}
	if b.chance["recall.kept"] != 0 || b.chance["recall.latest"] != 0 || !math.IsNaN(b.chance["recall.tested"]) {
		t.Errorf("chance %v, %v", b.chance["recall.kept"], b.chance["recall.latest"])
	}
	plain := memory(t, 3, "", "")
	plain.recallAll("clean", 0, false, copies)
	if plain.show(); plain.tables["recall"].Rows[2][8] != nil || plain.figs["age"] != nil {
		t.Error("ages of patterns that are not recalled by age")
	}
}

// The chance level of a stream: of n patterns at p each, n·p are kept, and p/(1−p) from
// the newest on.
func TestStreamChance(t *testing.T) {
	b := memory(t, 4, "", ", backwards: true")
	r := b.set.measures[0].Measure.(*recall)
	one := strings.Repeat("+", 100)
	p := recallPhase{Name: "clean", Outcomes: outcomesOf([3]trits{trits(one), trits(one), trits(one)}, [3]trits{trits(one), trits(one), trits(one)})}
	b.listen()
	r.scoreStream(&p, false, 0.25, b.out)
	near(t, "chance of kept", b.chance["recall.clean.kept"], 0.5)
	near(t, "chance of latest", b.chance["recall.clean.latest"], 1.0/3)
	if _, short := b.scores["recall.kept"]; short || b.scores["recall.clean.latest"] != 2 {
		t.Errorf("%v", b.scores)
	}
	b.listen()
	r.scoreStream(&p, true, 1, b.out)
	near(t, "chance of latest, at most", b.chance["recall.latest"], 3)
	near(t, "chance of kept", b.chance["recall.kept"], 2)
}

// Large patterns show their middle; of many patterns, the first are shown.
func TestGallery(t *testing.T) {
	b := newBench(t, strings.NewReplacer("size: 100", "size: 600", "source: random,", "source: random, width: 600, height: 1,").Replace(fmt.Sprintf(memoryText, 30, "", "", "")))
	r := b.set.measures[0].Measure.(*recall)
	how := b.env.phase("clean").Recall
	long := trits(strings.Repeat("+", 275) + strings.Repeat("-", 50) + strings.Repeat("+", 275))
	all := make([]outcome, 500)
	for i := range all {
		all[i] = outcome{Item: i, Stored: long, Cue: long, Recalled: long}
	}
	g := r.gallery(how, all)
	if g.Width != 50 || g.Height != 1 || len(g.Rows) != 400 || !strings.HasSuffix(g.Title, "; the middle 50×1 of 600×1; the first 400 of 500, whose scores are in the table recall") {
		t.Errorf("%d×%d, %d rows: %s", g.Width, g.Height, len(g.Rows), g.Title)
	}
	if tile := g.Rows[7].Tiles[2]; len(tile) != 50 || slices.Max(tile) != -1 || g.Rows[7].Name != "7" || !slices.Equal(g.Rows[7].Notes, []string{"", "1.00", "1.00"}) {
		t.Errorf("%v %v", tile, g.Rows[7])
	}
	if d := middle(300, 260); d != (detail{from: 105*300 + 125, row: 300, width: 50, height: 50}) {
		t.Errorf("%+v", d)
	}
	if d := middle(7, 300); d != (detail{from: 125 * 7, row: 7, width: 7, height: 50}) {
		t.Errorf("%+v", d)
	}
	if got := (detail{from: 4, row: 3, width: 2, height: 2}).of("+++-+---+"); !slices.Equal(got, []float32{1, -1, -1, 1}) {
		t.Errorf("rows of the middle: %v", got)
	}
	short := []outcome{{Stored: long[:256], Cue: long[:256], Recalled: long[:256]}}
	if g := r.gallery(how, short); g.Width != 256 || strings.Contains(g.Title, "middle") || strings.Contains(g.Title, "first") {
		t.Errorf("%d: %s", g.Width, g.Title)
	}
}

// A column has the share of wrong bits of each neuron in the first phase.
func TestWrongOf(t *testing.T) {
	b := memory(t, 4, "", "")
	r := b.set.measures[0].Measure.(*recall)
	name, wrong := r.column()
	if name != "wrong" || !math.IsNaN(wrong(0)) {
		t.Errorf("%s before anything is recalled: %v", name, wrong(0))
	}
	k := 0
	b.recallAll("clean", 0, false, func(stored, _ []float32) ([]float32, []bool) {
		out, known := slices.Clone(stored), evidence_(len(stored), true)
		out[3], known[5] = -out[3], k > 0
		if k++; k == 1 {
			out[4] = -out[4]
		}
		return out, known
	})
	b.recallAll("flipped", 0.5, false, copies)
	g, _ := b.env.Net.Population("memory")
	for bit, want := range map[int]float64{0: 0, 3: 1, 4: 0.25, 5: 0.25, 99: 0} {
		near(t, fmt.Sprint("wrong of ", bit), wrong(g.First+neuron.ID(bit)), want)
	}
	r.state.Phases[0].Outcomes[0].Stored = "0" + r.state.Phases[0].Outcomes[0].Stored[1:]
	near(t, "of a bit that is neither", wrong(g.First), 0.25)
	if !math.IsNaN(wrong(g.First + 100)) {
		t.Error("a neuron that recalls nothing has a share")
	}
	r.state.Phases[0].Outcomes[0].Stored = "+"
	if !math.IsNaN(wrong(g.First + 1)) {
		t.Error("a share of a bit that there is not")
	}
}

// A recall without an item is counted. Missing evidence is no evidence.
func TestRecallTakes(t *testing.T) {
	b := memory(t, 2, "", "")
	r := b.set.measures[0].Measure.(*recall)
	nan := float32(math.NaN())
	for _, phase := range []string{"flipped", "clean", "flipped"} {
		got := &Recalled{Phase: phase, Stored: []float32{1, -1, 1, -1}, Cue: []float32{0, -1, -1, 1}, Outputs: []float32{1, -1, nan, 1}, Evidence: []bool{false, true, true}, Sweeps: 4, Age: 9}
		if phase == "clean" {
			got.Item = &data.Item{Index: 6, Name: "G"}
		}
		if err := b.set.Recall(got, b.out); err != nil {
			t.Fatal(err)
		}
	}
	want := outcome{Item: -1, Stored: "+-+-", Cue: "0--+", Recalled: "0-00", Sweeps: 4, Age: 9}
	named := want
	named.Item, named.Name = 6, "G"
	if p := r.state.Phases; len(p) != 2 || p[0].Name != "flipped" || !slices.Equal(p[0].Outcomes, []outcome{want, want}) || !slices.Equal(p[1].Outcomes, []outcome{named}) {
		t.Errorf("%+v", r.state.Phases)
	}
	if want.blank() != 3 || want.wrong() != 3 || want.overlap() != 0.25 {
		t.Errorf("%d blank, %d wrong, overlap %v", want.blank(), want.wrong(), want.overlap())
	}
}
