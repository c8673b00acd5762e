package measure

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// TestExplain: a score is explained by its kind, or by each kind that has such a score. A
// score of a phase has the text of the score without it.
func TestExplain(t *testing.T) {
	for score, want := range map[string]string{
		"accuracy.training": "accuracy.training", "my.training": "accuracy.training", "my.mean": "rate.mean", "my.loss": "sequence.loss",
		"graph.in_degree": "graph.*", "graph.in_degree.min": "graph.*.min", "graph.in_degree.after": "graph.*.after", "graph.in_degree.after.max": "graph.*.after.*",
		"V1.atoms.red": "*.atoms.*", "atoms.red": "atoms.* atoms.*", "atoms.goal": "atoms.* atoms.goal", "atoms.test.red": "atoms.*.*",
		"my.test.found": "information.*.*", "recall.flipped.kept": "recall.*.*", "recall.flipped.other": "recall.*.*", "my.flipped.predicted": "predicted.*.predicted",
		"my.no_evidence": "accuracy.no_evidence information.no_evidence recall.no_evidence predicted.no_evidence selectivity.no_evidence sequence.no_evidence",
		"my.test.mean":   "rate.*.*", "my.other": "", "my.graph.in_degree.min": "", "my": "", "": "", "probe": "", "rate.other": "",
	} {
		var names []string
		for _, d := range Explain(score) {
			names = append(names, d.FullName())
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s is explained by %s, want %s", score, got, want)
		}
	}
	kept := Docs[slices.IndexFunc(Docs, func(d Doc) bool { return d.Kind == "recall" && d.Name == "kept" })]
	if d := Explain("recall.flipped.kept")[0]; d.Text != kept.Text+" This is for one phase." || d.Chance != kept.Chance || d.Live != kept.Live {
		t.Errorf("%+v", d)
	}
	if d := Explain("recall.flipped.tested")[0]; d.Chance != "" {
		t.Errorf("a number of tests has the chance %s", d.Chance)
	}
	if d := Explain("recall.flipped.other")[0]; d.Text != ofPhase {
		t.Errorf("%+v", d)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		family, name string
		want         bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"*", "a", true}, {"*", "a.b", false}, {"*.*", "a.b", true}, {"*.*", "a", false}, {"a.*", "a.b", true}, {"a.*", "b.b", false}, {"*.b", "a.b", true}, {"*.b", "b.a", false},
	} {
		if Matches(c.family, c.name) != c.want {
			t.Errorf("%s is of the family %s: %v", c.name, c.family, !c.want)
		}
	}
}

// A phase that does not learn leaves the checks of training as they are.
func TestKnowledgeBegins(t *testing.T) {
	b := newBench(t, barsText)
	k := b.set.measures[0].Measure.(*knowledge)
	b.present("train", "V1", 30, knowing(1, itself))
	before := fmt.Sprintf("%+v", k.state)
	if err := k.Begin("test", false, 10); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%+v", k.state); got != before || k.state.InPhase != 30 {
		t.Errorf("%s, was %s", got, before)
	}
	if err := k.Begin("train", true, 10); err != nil || k.state.InPhase != 0 || k.state.Done != 30 || k.state.Recent.Total != 0 || k.state.Sampling != (Sampling{Steps: 10, Samples: 10}) {
		t.Errorf("%+v", k.state)
	}
}

// Neurons that know little have a little information, and a low chance of it.
func TestInformationAboutLabelsIsSmall(t *testing.T) {
	b := newBench(t, pictures("  - {name: knows, information: {population: out}}\n"))
	k := b.set.measures[0].Measure.(*knowledge)
	c := newTally(10, 10)
	for item := range 40 {
		label := []int{item % 2}
		c.item(label)
		for i := range 10 {
			theta := 0.5
			if i < 2 {
				theta = []float64{0.25, 0.75}[(item+i)%2]
			}
			c.add(i, theta, label)
		}
	}
	b.listen()
	k.score("knows", &c, b.out)
	one := 1 - binaryEntropy(0.25)
	b.expect("knows.information", 2*one/10, 1e-12)
	b.expect("knows.largest", one, 1e-12)
	// θ has the variance 1/16, a quarter of that of a fair bit
	near(t, "chance", b.chance["knows.information"], 2*bias(40, 9, 0.25)/10)
	near(t, "chance of the largest", b.chance["knows.largest"], largestBias(40, 9, 10, 0.25))
}

// A state whose lists do not belong together is refused.
func TestPredictedRefusesStates(t *testing.T) {
	b := memory(t, 4, "", "")
	list := func(n int, cell string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(cell+",", n), ",") + "]"
	}
	for _, c := range []struct {
		pass, learners int
		more           string
		fits           bool
	}{
		{100, 100, "", true}, {99, 100, "", false}, {100, 99, "", false}, {100, 100, `,"Rounds":[1,2],"Thinned":{"Entered":2}`, true}, {100, 100, `,"Rounds":[1,2],"Thinned":{"Entered":5}`, false},
		{100, 100, `,"Others":[{"Phase":"clean","Counts":` + list(100, "{}") + `}]`, true}, {100, 100, `,"Others":[{"Phase":"clean","Counts":` + list(99, "{}") + `}]`, false},
	} {
		state := fmt.Sprintf(`{"Pass":%s,"Learners":%s%s}`, list(c.pass, "{}"), list(c.learners, "0"), c.more)
		if err := b.set.measures[1].Restore([]byte(state)); (err == nil) != c.fits {
			t.Errorf("%d, %d, %.60s: %v", c.pass, c.learners, c.more, err)
		}
	}
}

// A pass in which everything is wrong has the score 0.
func TestPredictedAllWrong(t *testing.T) {
	b := memory(t, 4, "", "")
	b.present("learn", "memory", 4, func(i int, it *data.Item) neuron.Sample {
		v := float64(it.Fields[0][i])
		return bits(v, -v)
	})
	b.show()
	b.expect("training.predicted", 0, 0)
	b.expect("training.no_evidence", 0, 0)
}

// madeText has four items with labels and four without.
const madeText = `
populations: {out: {size: 2, neuron: digit}}
neurons: {digit: {goal: {red: 1}, ports: {r: {rule: goal}, c: {}}}}
inputs: {pixels: {}, label: {}}
projections: [{from: pixels, to: out, port: r}, {from: label, to: out, port: c, rule: one_to_one, weights: 1}]
data:
  made:
    generate: {code: "def item(i, random):\n  return {'v': [i % 2, 1], 'label': 'ab'[i % 2] if i < 4 else None}", fields: {v: 2}, labels: [a, b], count: 8}
    to: {pixels: v, label: label}
protocol:
  - {name: train, present: {data: made, items: 0-3}}
  - {name: test, present: {data: made, items: 4-7, learn: none}}
  - {name: both, present: {data: made, items: 2-5, learn: none}}
measure:
  - {name: base, regression: {of: [pixels], fit: FIT, test: TEST, passes: 40, fields: out}}
`

// Logistic regression has scores only if there are items with labels to fit and to test.
func TestRegressionWithoutItems(t *testing.T) {
	for _, c := range []struct {
		fit, test string
		scores    int
	}{{"train", "test", 0}, {"test", "train", 0}, {"train", "both", 3}} {
		b := newBench(t, strings.NewReplacer("FIT", c.fit, "TEST", c.test).Replace(madeText))
		if err := b.set.measures[0].Show(b.engine(), b.out); err != nil {
			t.Fatal(err)
		}
		if len(b.scores) != c.scores {
			t.Errorf("fitted to %s, tested on %s: %v", c.fit, c.test, b.scores)
		}
		if c.scores > 0 {
			b.expect("base.softmax", 1, 0)
			b.expect("base.one_vs_all", 1, 0)
			near(t, "chance", b.chance["base.softmax"], 0.5)
		}
	}
}

// Items without evidence are counted by the first readout only.
func TestNoEvidenceByTheFirstReadout(t *testing.T) {
	for reads, want := range map[string]float64{"receptive, theta": 1, "theta, receptive": 0} {
		b := newBench(t, pictures("  - {name: a, accuracy: {population: out, read: ["+reads+"], every: 10}}\n"))
		b.present("test", "out", 20, func(i int, it *data.Item) neuron.Sample {
			s := said(i == it.Label)
			s.Sum[neuron.Receptive] = 0
			return s
		})
		b.show()
		b.expect("a.no_evidence", want, 0)
	}
	b := newBench(t, pictures("  - {name: a, accuracy: {population: out, read: [theta], every: 10}}\n"))
	b.present("test", "out", 20, func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: 0.5} })
	b.show()
	b.expect("a.no_evidence", 1, 0)
}

// Firing probabilities are averaged over the items of each label.
func TestFiringByLabel(t *testing.T) {
	b := newBench(t, pictures("  - {name: a, accuracy: {population: out, every: 10}}\n"))
	b.present("test", "out", 40, func(i int, it *data.Item) neuron.Sample {
		s := right_(i, it)
		if it.Index == 30 {
			s.Theta = math.NaN() // left out
		}
		return s
	})
	b.show()
	cells := b.figs["firing"].(journal.Matrix).Cells
	for k := range cells {
		for label, got := range cells[k] {
			want := 0.1
			if k == label {
				want = 0.9
			}
			near(t, fmt.Sprintf("neuron %d, label %d", k, label), got, want)
		}
	}
}

// A pass that learns halves the weight of its items. One that does not learn keeps it.
func TestBearingsFade(t *testing.T) {
	b := newBench(t, pictures("  - {name: a, accuracy: {population: out, read: [marginal], every: 10}}\n"))
	a := b.set.measures[0].Measure.(*accuracy)
	b.present("train", "out", 40, right_)
	// the second half begins with item 22 of 40
	late := a.state.Bearings.Late.N[0]
	seen := 0.0
	for _, n := range a.state.Readout.N[0] {
		seen += n
	}
	near(t, "items of the readout, at half weight", seen, 9.5)
	near(t, "items of the second half, at half weight", late[0]+late[1], 9.5)
	b.present("test", "out", 10, right_)
	if got := a.state.Bearings.Late.N[0]; got != late {
		t.Errorf("%v, was %v", got, late)
	}
}

// The readout P(Y|r) answers by what r has meant so far, also if it means the opposite of
// its sign.
func TestMarginalReadout(t *testing.T) {
	b := newBench(t, pictures("  - {name: a, accuracy: {population: out, read: [receptive, marginal], every: 10}}\n"))
	opposite := func(i int, it *data.Item) neuron.Sample {
		s := said(i == it.Label)
		s.Sum[neuron.Receptive] = -s.Sum[neuron.Receptive]
		return s
	}
	b.present("train", "out", 400, opposite)
	b.present("test", "out", 40, opposite)
	b.show()
	b.expect("a.test", 0, 0)
	b.expect("a.marginal", 1, 0)
}

// Chance counts all labels of a block. A curve without a list of chances, or from an older
// run without its last share, is told apart.
func TestCurveOfBlocks(t *testing.T) {
	var c curve
	for _, label := range []int{0, 1, 1, 2, 2, 2} {
		c.add(0, label, 3, 3)
		if c.Seen == 0 && c.Total == 3 && !slices.Equal(c.Chance, []float64{1, 2, 0}) {
			t.Errorf("labels of the first block: %v", c.Chance)
		}
	}
	if !slices.Equal(c.Chance, []float64{0, 0, 3}) {
		t.Errorf("labels of the second block: %v", c.Chance)
	}
	if (&curve{Total: 1}).fits(2) || (&curve{Total: 3}).fits(2) || (&curve{Y: []float64{1}, X: []float64{1}}).fits(2) || (&curve{Chance: []float64{1}}).fits(2) {
		t.Error("items without labels fit")
	}
	old := curve{X: []float64{5}, Y: []float64{0.25}, Chance: []float64{1, 4}, Total: 5}
	if !old.fits(2) || old.Last != 0.25 {
		t.Errorf("last share of an older run: %v", old.Last)
	}
	now := curve{X: []float64{5}, Y: []float64{0.25}, Chance: []float64{1, 4}, Total: 5, Last: 0.75, Thinned: thinned{Entered: 1}}
	if !now.fits(2) || now.Last != 0.75 {
		t.Errorf("last share: %v", now.Last)
	}
}

// The curves of single neurons survive a save. The only population that learns is drawn
// without its name.
func TestAtomsOfOnePopulation(t *testing.T) {
	b := newBench(t, strings.Replace(ratesText, "{name: rate, rate:", "{name: atoms, atoms:", 1))
	g, _ := b.env.Net.Population("V1")
	for k := range 2 {
		if err := b.set.Atoms(neuron.Time(k+1)*neuron.Second, []neuron.Report{reportOf(g.First, 1, 0, 0, 3, 0, 0, 1), reportOf(g.First+2, 1, 0, 0, 5, 0, 0, 1)}, b.out); err != nil {
			t.Fatal(err)
		}
	}
	saved, err := b.set.Save()
	if err != nil {
		t.Fatal(err)
	}
	if b.set, err = New(b.env); err == nil {
		err = b.set.Restore(saved)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.show()
	l := b.figs["atoms-neurons"].(journal.Lines)
	for i, want := range []float64{3, 0, 5} {
		nearAll(t, l.Series[i].Name, l.Series[i].Y, []float64{want, want})
	}
	if all, ok := b.figs["atoms"].(journal.Lines); !ok || all.Title != "Information in the windows of neurons" || b.figs["atoms-V1"] != nil {
		t.Errorf("%+v", b.figs["atoms"])
	}
}

// The largest of very many values: 2·(1+1/2+…+1/k) for two degrees of freedom.
func TestLargestOfVeryMany(t *testing.T) {
	if got, want := largestNormal([]float64{1e-6}), 1e-6*math.Sqrt(2/math.Pi); !(math.Abs(got-want) <= 1e-10) {
		t.Errorf("a small deviation has the mean %v, want %v", got, want)
	}
	const k, euler = 1e9, 0.5772156649015329
	want := 2 * (math.Log(k) + euler)
	if got := largestBias(0.5/math.Ln2, 2, k, 1); !(math.Abs(got-want) <= 0.01) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A phase that neither presents nor plays does not learn.
func TestRestDoesNotLearn(t *testing.T) {
	env := envOf(t, strings.Replace(barsText, "protocol:", "protocol:\n  - {name: pause, rest: {duration: 1s}}", 1))
	if env.learns("pause") || !env.learns("train") || env.learns("test") {
		t.Error("which phases learn")
	}
}

// Checks are taken only in the phases that are named for them.
func TestChecksOfOtherPhases(t *testing.T) {
	b := newBench(t, barsText)
	k := b.set.measures[0].Measure.(*knowledge)
	if err := k.Begin("test", true, 10); err != nil || k.state.Sampling != (Sampling{Steps: 10}) {
		t.Errorf("%+v, %v", k.state.Sampling, err)
	}
}

// A feature that is always the same is not the easiest to find by chance.
func TestKnowledgeChanceOfAConstantFeature(t *testing.T) {
	b := newBench(t, barsText)
	k := b.set.measures[0].Measure.(*knowledge)
	k.threshold = 0.3
	theta := []float64{0.9, 0.6, 0.2, 0.1}
	c := count(4, [][]int{{0, 3}, {0, 1, 3}, {1, 3}, {3}}, theta, theta, theta, theta)
	b.listen()
	k.score("bars", c, b.out)
	q := exceeds(0.3, 4, 1, c.shrink(0)) // features 0 and 1 have one bit, 2 and 3 none
	near(t, "chance of found", b.chance["bars.found"], 4*(1-math.Pow(1-q, 4)))
	k.state.Phases = []phaseTally{{"test", *c}}
	b.listen()
	b.show()
	if rows := b.tables["bars"].Rows; rows[2][0] != "2" {
		t.Errorf("neurons without labels go by their numbers: %v", rows)
	}
}

// Of several measurements of the graph, scores show the first and the last.
func TestScoresOfTheGraph(t *testing.T) {
	b := newBench(t, "record: {graph: [in_degree]}\n"+barsText)
	for k := range 3 {
		v := float64(k + 1)
		b.set.moments = append(b.set.moments, moment{Seconds: v, Scores: []graphScore{{Name: "in_degree", Value: ptr(v), Min: ptr(v - 1)}}})
		b.listen()
		b.set.scoreGraph(b.out)
		want := map[string]float64{"graph.in_degree": 1, "graph.in_degree.min": 0}
		if k > 0 {
			want["graph.in_degree.after"], want["graph.in_degree.after.min"] = v, v-1
		}
		for name := range want {
			b.expect(name, want[name], 0)
		}
		if len(b.scores) != len(want) {
			t.Errorf("after %d measurements: %v", k+1, b.scores)
		}
	}
}

// If the graph was never measured during the run, it is measured at the end.
func TestGraphIsMeasuredAtTheEnd(t *testing.T) {
	b := newBench(t, "record: {graph: [in_degree]}\n"+barsText)
	b.now = 3 * neuron.Second
	b.present("test", "V1", 1, knowing(1, itself))
	b.show()
	if _, ok := b.scores["graph.in_degree"]; !ok || len(b.tables["graph"].Rows) != 1 || b.tables["graph"].Rows[0][0] != 3.001 {
		t.Errorf("%v, %v", b.scores, b.tables["graph"])
	}
	b.listen()
	if err := b.set.showNeurons(brokenEngine{b.env.Net.Sim}, b.out); fmt.Sprint(err) != "no answer" {
		t.Errorf("%v", err)
	}
}

// Bits are counted for the right neuron, whichever population it is of, and an error of
// the listener is returned.
func TestPredictedOfTheSecondPopulation(t *testing.T) {
	b := newBench(t, strings.Replace(ratesText, "{name: rate, rate: {population: V1}}", "{name: p, predicted: {population: V2}}", 1))
	p := b.set.measures[0].Measure.(*predicted)
	if p.group.First == 0 {
		t.Fatal("V2 is the first population")
	}
	b.present("test", "V2", 3, func(i int, _ *data.Item) neuron.Sample { return bits(1, float64(1-2*i)) })
	counts := p.state.Others[0].Counts
	if want := []agreement{{Seen: 3, Right: 3, Port: 3, Of: 3}, {Seen: 3, Of: 3}}; !slices.Equal(counts, want) {
		t.Errorf("%+v, want %+v", counts, want)
	}
	p.state.Learners[1] = 4
	_, of := p.column()
	nearAll(t, "learnt in", []float64{of(2), of(3), of(4), of(5)}, []float64{math.NaN(), math.NaN(), 4, math.NaN()})
	p.state.Learning, p.state.Pass = true, []agreement{{Seen: 1}, {}}
	b.out.Measure = func(neuron.Time, string, float64) error { return errFull }
	if err := p.EndPass("train", 1, b.out); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

var errFull = errors.New("the disk is full")

// A neuron that is not of the population that recalls has no share of wrong bits.
func TestWrongOfOtherPopulations(t *testing.T) {
	text := strings.NewReplacer("populations: {", "populations: {before: {size: 3, neuron: bit}, ", "projections:", "projections:\n  - {from: pixels, to: before, port: r}\n  - {from: memory, to: before, port: c}").Replace(memoryText)
	b := newBench(t, fmt.Sprintf(text, 2, "", "", ""))
	r := b.set.measures[0].Measure.(*recall)
	b.recallAll("clean", 0, false, perfect)
	g, _ := b.env.Net.Population("memory")
	if g.First != 3 || !math.IsNaN(r.wrongOf(2)) || r.wrongOf(3) != 0 || r.wrongOf(102) != 0 || !math.IsNaN(r.wrongOf(103)) {
		t.Errorf("from %d on: %v %v", g.First, r.wrongOf(2), r.wrongOf(3))
	}
	b.show()
	if _, stream := b.scores["recall.kept"]; stream {
		t.Error("a stream of patterns that are not recalled by age")
	}
}

const baselineText = "  - {name: a, accuracy: {population: out, every: 10}}\n  - {name: base, regression: {of: [pixels], fit: train, test: test, passes: 1}}\n"

// Without fields, a regression has two scores and no figure. With one input, there are
// fields to show; with two, there is no picture of both.
func TestFieldsOfRegression(t *testing.T) {
	few := strings.NewReplacer("{train: 2000, test: 1000}", "{train: 60, test: 40, side: 6}").Replace
	for _, c := range []struct {
		change []string
		scores int
		figs   []string
	}{
		{nil, 2, nil}, {[]string{"passes: 1", "passes: 1, fields: out"}, 3, []string{"fields-cosine", "fields-logistic"}},
		{[]string{"passes: 1", "passes: 1, fields: out", "of: [pixels]", "of: [pixels, label]"}, 3, []string{"fields-cosine"}},
	} {
		b := newBench(t, few(pictures(strings.NewReplacer(c.change...).Replace(baselineText))))
		r := b.set.measures[1]
		if err := r.Show(b.engine(), b.out); err != nil {
			t.Fatal(err)
		}
		var figs []string
		for name := range b.figs {
			figs = append(figs, name)
		}
		if slices.Sort(figs); len(b.scores) != c.scores || !slices.Equal(figs, c.figs) {
			t.Errorf("%v: scores %v, figures %v", c.change, b.scores, figs)
		}
		if f, ok := b.figs["fields-logistic"].(journal.Fields); ok && (f.Width != 6 || f.Height != 6) {
			t.Errorf("fields of %d×%d pixels", f.Width, f.Height)
		}
		for _, name := range c.figs {
			b.listen()
			b.out.Figure = func(n string, _ journal.Figure) error {
				if n == name {
					return errFull
				}
				return nil
			}
			if err := r.Show(b.engine(), b.out); !errors.Is(err, errFull) {
				t.Errorf("figure %s: %v", name, err)
			}
		}
	}
}

// weighty is an engine in which the weights of each neuron are known: those of neuron i are
// i+1, i+2 and so on.
type weighty struct{ net *sim.Network }

func (e weighty) Network() *sim.Network { return e.net }
func (e weighty) Report(ids []neuron.ID, _ neuron.Want) (all []neuron.Report, err error) {
	for _, id := range ids {
		r := neuron.Report{Neuron: id}
		for _, port := range e.net.Incoming(id).Port {
			r.Weights[port] = append(r.Weights[port], float64(int(id)+1+len(r.Weights[port])*len(r.Weights[port])))
		}
		all = append(all, r)
	}
	return all, nil
}

// The fields of a neuron that fires less for its own label are shown with the other sign.
// The cosine of fields is that of the pictures.
func TestFieldsAreTurned(t *testing.T) {
	b := newBench(t, strings.Replace(pictures(strings.Replace(baselineText, "passes: 1", "passes: 1, fields: out", 1)), "{train: 2000, test: 1000}", "{train: 60, test: 40, side: 6}", 1))
	r := b.set.measures[1].Measure.(*regression)
	show := func() [][]float64 {
		b.listen()
		if err := r.Show(weighty{b.env.Net.Sim}, b.out); err != nil {
			t.Fatal(err)
		}
		tiles := b.figs["fields-logistic"].(journal.Fields).Tiles
		own, other := 0.0, 0.0
		for i := range 10 {
			for k := range 10 {
				if c := Cosine(tiles[2*i], tiles[2*k+1]); i == k {
					own += c / 10
				} else {
					other += c / 90
				}
			}
		}
		b.expect("base.fields_cosine", own, 1e-12)
		near(t, "chance", b.chance["base.fields_cosine"], other)
		return tiles
	}
	straight := show()
	o := &b.set.measures[0].Measure.(*accuracy).state.Bearings.Late
	for range 20 {
		o.add(2, true, 0.1)
		o.add(2, false, 0.9)
	}
	turned := show()
	if len(straight) != 20 || straight[4][0] != 3 || turned[4][0] != -3 || straight[6][1] != 5 || turned[6][1] != 5 {
		t.Errorf("%v %v, turned %v %v", straight[4][0], straight[6][1], turned[4][0], turned[6][1])
	}
	if b.set.signOf("out") == nil || b.set.signOf("label") != nil {
		t.Error("the signs of a population without a readout")
	}
}

// Each phase has its own counts.
func TestSelectivityOfPhases(t *testing.T) {
	b := newBench(t, barsText)
	s := b.set.measures[1].Measure.(*selectivity)
	one := s.phase("test")
	one.Total = 3
	if two := s.phase("later"); two.Total != 0 || s.phase("test").Total != 3 || len(s.state.Phases) != 2 {
		t.Errorf("%+v", s.state.Phases)
	}
}

// Rehearsal of the delta rule by hand: of two patterns, the first is seen again before the
// second.
func TestDeltaRuleRehearses(t *testing.T) {
	b := memory(t, 2, "", "")
	r := b.set.measures[0].Measure.(*recall)
	b.recallAll("clean", 0, false, perfect)
	p, learnt := &r.state.Phases[0], *b.env.phase("learn").Present
	learnt.Repeat, learnt.Rehearse = 1, &language.Rehearse{Count: 1}
	w := r.deltaRule(p, &learnt, deltaInputs[0])
	want := mat.NewDense(100, 100, nil)
	first, second := p.Outcomes[0].Stored.vector(), p.Outcomes[1].Stored.vector()
	for _, x := range [][]float64{first, first, second} {
		deltaStep(want, x, deltaInputs[0])
	}
	if w == nil || !mat.EqualApprox(w, want, 1e-12) {
		t.Error("other weights than by hand")
	}
	learnt.Repeat = 2
	want.Zero()
	for _, x := range [][]float64{first, first, first, second, first, second} {
		deltaStep(want, x, deltaInputs[0])
	}
	if w = r.deltaRule(p, &learnt, deltaInputs[0]); w == nil || !mat.EqualApprox(w, want, 1e-12) {
		t.Error("other weights than by hand, with two presentations of each pattern")
	}
}

// One item is enough to know something. A term of information without a product is 0.
func TestTallyOfOneItem(t *testing.T) {
	c := count(1, [][]int{{0}}, []float64{0.25}, []float64{math.NaN()})
	if !c.knows(0) || c.knows(1) {
		t.Error("a neuron is known by one item, if it was heard")
	}
	for _, v := range [][3]float64{{0.5, 0, 0}, {0, 0.5, 0}, {0.5, 0.25, 0.5}, {0.25, 0.5, -0.25}} {
		near(t, fmt.Sprint("term of ", v), information(v[0], v[1]), v[2])
	}
}

// The overlap of values: signs that agree count 1, others −1, and bits without evidence,
// zeros and values that are not finite count 0.
func TestOverlapByHand(t *testing.T) {
	nan := float32(math.NaN())
	stored := []float32{1, -1, 1, -1}
	for _, c := range []struct {
		got      []float32
		evidence []bool
		want     float64
	}{
		{[]float32{0.5, -2, 3, -1}, nil, 1}, {[]float32{-1, 1, -1, 1}, nil, -1}, {[]float32{1, -1, 0, nan}, nil, 0.5}, {[]float32{1, -1, -1, -1}, nil, 0.5},
		{[]float32{1, -1, 1, -1}, []bool{true, false, true, true}, 0.75}, {[]float32{1, -1, 1, -1}, []bool{true}, 0.25}, {[]float32{1, -1, 1, -1}, []bool{}, 0},
	} {
		if got := Overlap(c.got, c.evidence, stored); got != c.want {
			t.Errorf("%v with evidence %v: %v, want %v", c.got, c.evidence, got, c.want)
		}
	}
}
