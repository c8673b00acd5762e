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
	"infomorph/pid"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// fixed returns the value in a table for each neuron, item after item.
func fixed(theta [][]float64) says {
	calls := map[int]int{}
	return func(i int, _ *data.Item) neuron.Sample {
		k := calls[i]
		calls[i]++
		th := theta[i][k%len(theta[i])]
		s := neuron.Sample{Theta: th, Output: -1}
		if th > 0.5 {
			s.Output = 1
		}
		return s
	}
}

const ratesText = `
populations: {V1: {size: 3, neuron: unit}, V2: {size: 2, neuron: unit}}
neurons: {unit: {goal: {unq_r: 1}, ports: {r: {rule: goal}, c: {}}}}
inputs: {pixels: {}}
projections: [{from: pixels, to: V1, port: r}, {from: V1, to: V1, port: c}, {from: pixels, to: V2, port: r}, {from: V1, to: V2, port: c}]
data: {bars: {bars: {rows: 2}, to: {pixels: image}}}
protocol:
  - {name: train, present: {data: bars, count: 4}}
  - {name: test, present: {data: bars, count: 4, learn: none}}
  - {name: rest, present: {data: bars, count: 4, learn: none}}
measure:
  - {name: rate, rate: {population: V1}}
`

func TestRateByHand(t *testing.T) {
	b := newBench(t, ratesText)
	r := b.set.measures[0].Measure.(*rate)
	name, of := r.column()
	if name != "rate" || !math.IsNaN(of(0)) {
		t.Errorf("%s before anything was seen: %v", name, of(0))
	}
	b.show() // there are no items, so there is no score
	if len(b.scores) != 0 {
		t.Errorf("%v", b.scores)
	}
	b.listen()
	b.present("train", "V1", 4, fixed([][]float64{{1}, {1}, {1}}))
	b.present("test", "V1", 4, fixed([][]float64{{1, 0, 0, 0}, {1, 1, 1, 0}, {0}}))
	b.present("rest", "V1", 4, fixed([][]float64{{0}, {1}, {1}}))
	b.present("rest", "V2", 4, fixed([][]float64{{1}, {1}})) // neurons of other populations do not count
	b.show()
	for name, want := range map[string]float64{"rate.mean": 1.0 / 3, "rate.min": 0, "rate.max": 0.75, "rate.test.mean": 1.0 / 3, "rate.test.max": 0.75, "rate.train.mean": 1,
		"rate.train.min": 1, "rate.rest.mean": 2.0 / 3, "rate.rest.min": 0} {
		b.expect(name, want, 1e-12)
		if !math.IsNaN(b.chance[name]) {
			t.Errorf("%s has a chance", name)
		}
	}
	_, of = r.column()
	g, _ := b.env.Net.Population("V1")
	nearAll(t, "column", []float64{of(g.First - 1), of(g.First), of(g.First + 1), of(g.First + 2), of(g.First + 3)}, []float64{math.NaN(), 0.25, 0.75, 0, math.NaN()})
	r.state.Phases[1].Seen[1] = 0
	if b.listen(); !math.IsNaN(of(g.First + 1)) {
		t.Error("a rate of a neuron that was not observed")
	}
	b.show()
	b.expect("rate.max", 0.25, 0)
	b.expect("rate.mean", 0.125, 1e-12)
	r.state.Phases = r.state.Phases[:1] // of training only
	b.listen()
	b.show()
	b.expect("rate.mean", 1, 0)
}

// The readout of a small sample by hand: the neuron's output is the item's bit, x = ±1.
func TestProbeFitByHand(t *testing.T) {
	p := &probe{spec: &language.LinearProbe{Ridge: 0}, group: Group{Size: 1}, labels: 2}
	o := &outputs{Values: []float32{-1, 1, 1, -1}, Labels: []int32{0, 1, 1, 0}}
	fit := func(o *outputs) *mat.Dense {
		t.Helper()
		w, err := p.fit(o)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := fit(o)
	if want := mat.NewDense(2, 2, []float64{-1, 1, 0, 0}); !mat.EqualApprox(w, want, 1e-9) {
		t.Errorf("weights %v", mat.Formatted(w))
	}
	near(t, "accuracy", p.accuracy(w, o), 1)
	near(t, "of the other way round", p.accuracy(w, &outputs{Values: []float32{1, 1, -1}, Labels: []int32{0, 1, 0}}), 2.0/3)
	near(t, "evidence for both alike", p.accuracy(w, &outputs{Values: []float32{0, 0}, Labels: []int32{0, 1}}), 0.5)
	p.spec = &language.LinearProbe{Ridge: 4} // Σx² + λ = 8: half as much; the bias is free
	if want := mat.NewDense(2, 2, []float64{-0.5, 0.5, 0, 0}); !mat.EqualApprox(fit(o), want, 1e-9) {
		t.Errorf("weights with a ridge %v", mat.Formatted(fit(o)))
	}
	// constant x: the bias has the labels' shares, 2·3/4 − 1; the smallest solution has
	// weight 0 where x is 0
	p.spec = &language.LinearProbe{Ridge: 0}
	if want := mat.NewDense(2, 2, []float64{0, 0, 0.5, -0.5}); !mat.EqualApprox(fit(&outputs{Values: []float32{0, 0, 0, 0}, Labels: []int32{0, 0, 0, 1}}), want, 1e-9) {
		t.Error("weights of a silent neuron")
	}
	if want := mat.NewDense(2, 2, []float64{0.25, -0.25, 0.25, -0.25}); !mat.EqualApprox(fit(&outputs{Values: []float32{1, 1, 1, 1}, Labels: []int32{0, 0, 0, 1}}), want, 1e-9) {
		t.Error("of many solutions the smallest shares evenly")
	}
}

func TestProbeTakes(t *testing.T) {
	b := newBench(t, pictures("  - {name: probe, probe: {population: out, fit: train, test: test, of: y}}\n"))
	p := b.set.measures[0].Measure.(*probe)
	g := p.group.First
	look := func(phase string, label int, samples ...neuron.Sample) {
		t.Helper()
		if err := p.Look(&Look{Phase: phase, Item: &data.Item{Label: label}, Samples: samples}, b.out); err != nil {
			t.Fatal(err)
		}
	}
	b.show() // there is nothing to fit
	look("train", 3, neuron.Sample{Neuron: g + 2, Output: -1, Theta: 0.3}, neuron.Sample{Neuron: g + 5, Output: 1})
	b.listen()
	b.show() // there is nothing to test
	look("test", 0, neuron.Sample{Neuron: g, Output: 1})
	look("test", 10, neuron.Sample{Neuron: g, Output: 1})
	look("test", -1, neuron.Sample{Neuron: g, Output: 1})
	look("test", 1)
	if s := p.state; !slices.Equal(s.Fit.Values, []float32{0, 0, -1, 0, 0, 1, 0, 0, 0, 0}) || !slices.Equal(s.Fit.Labels, []int32{3}) || !slices.Equal(s.Test.Labels, []int32{0}) || s.Test.Values[0] != 1 {
		t.Errorf("%+v", s)
	}
	if len(b.scores) != 0 {
		t.Errorf("%v", b.scores)
	}
	p.spec.Of = "theta"
	look("test", 1, neuron.Sample{Neuron: g + 9, Output: 1, Theta: 0.25}, neuron.Sample{Neuron: g + 8, Output: 1, Theta: math.Inf(1)})
	if v := p.state.Test.Values; v[19] != 0.25 || v[18] != 0 {
		t.Errorf("firing probabilities: %v", v)
	}
	p.state = probeState{}
	p.state.Fit.Values = make([]float32, 0)
	if !p.Observes("train") || !p.Observes("test") || p.Observes("rest") {
		t.Error("a probe looks at its two phases")
	}
	for _, bad := range []string{`{"Fit":{"Values":[1],"Labels":[0]}}`, `{"Test":{"Values":[0,0,0,0,0,0,0,0,0,0],"Labels":[10]}}`, `{"Test":{"Values":[0,0,0,0,0,0,0,0,0,0],"Labels":[-1]}}`} {
		if p.Restore([]byte(bad)) == nil {
			t.Errorf("restored %s", bad)
		}
	}
	if err := p.Restore([]byte(`{"Test":{"Values":[0,0,0,0,0,0,0,0,0,0],"Labels":[9]}}`)); err != nil {
		t.Error(err)
	}
}

func TestSequenceByHand(t *testing.T) {
	b := newBench(t, chainText)
	s := b.set.measures[0].Measure.(*sequence)
	g := s.group.First
	look := func(label int, theta ...float64) {
		t.Helper()
		var samples []neuron.Sample
		for i, th := range theta {
			samples = append(samples, neuron.Sample{Neuron: g + neuron.ID(i), Theta: th})
		}
		if err := s.Look(&Look{Phase: "test", Item: &data.Item{Label: label}, Samples: samples}, b.out); err != nil {
			t.Fatal(err)
		}
	}
	look(0, 0.75, 0.5, 0.25) // odds 3, 1, 1/3
	look(1, 0.75, 0.75, 0.5)
	look(2, 0.5, 0.5, 0.5)                // no evidence
	look(0, 0.5, math.NaN(), 0.5)         // no evidence either
	look(2, math.NaN(), math.NaN(), 0.25) // one finite value is evidence
	look(3, 1, 1, 1)
	look(-1, 1, 1, 1)
	look(1)
	third := 1.0 / 3
	p := s.state.Phases[0]
	nearAll(t, "symbols and answers", p.Joint, []float64{1 + third, third, third, 0.5, 0.5, 0, third, third, 1 + third})
	near(t, "blank", p.Blank, 2)
	least := 1e-6 / (1 - 1e-6)
	near(t, "loss", p.Loss, math.Log2(13.0/9)+math.Log2(7.0/3)+2*math.Log2(3)+math.Log2((2*least+third)/third))
	b.show()
	b.expect("chain.accuracy", (1+third+0.5+1+third)/5, 1e-12)
	near(t, "chance", b.chance["chain.accuracy"], 0.4)
	near(t, "chance of the loss", b.chance["chain.loss"], entropy([]float64{2, 1, 2}))
	b.expect("chain.loss", p.Loss/5, 1e-12)
	b.expect("chain.no_evidence", 0.4, 1e-12)
	joint, sum := p.Joint, 0.0
	for a := range 3 {
		for c := range 3 {
			if v := joint[a*3+c] / 5; v > 0 {
				sum += v * math.Log2(v/((joint[a*3]+joint[a*3+1]+joint[a*3+2])/5*(joint[c]+joint[3+c]+joint[6+c])/5))
			}
		}
	}
	b.expect("chain.information", sum-4/(2*5*math.Ln2), 1e-9)
	b.expect("chain.known", (sum-4/(2*5*math.Ln2))/(entropy([]float64{2, 1, 2})-s.rate), 1e-9)
	if s.Observes("train") || !s.Observes("test") || s.Observes("none") {
		t.Error("a chain is predicted where nothing is learnt")
	}
	s.state.Phases = append(s.state.Phases, prediction{Name: "later", Joint: []float64{2, 0, 0, 0, 0, 0, 0, 0, 0}})
	b.listen()
	b.show()
	b.expect("chain.later.accuracy", 1, 0)
	if _, known := b.scores["chain.later.known"]; known {
		t.Error("of symbols that tell nothing a share is known")
	}
	if s.Restore([]byte(`{"Phases":[{"Joint":[1,2]}]}`)) == nil {
		t.Error("restored symbols of another chain")
	}
}

// Passes end one after the other: shares, chance, and in which pass each neuron had
// learned.
func TestPredictedPasses(t *testing.T) {
	b := memory(t, 4, "", "")
	p := b.set.measures[1].Measure.(*predicted)
	g := p.group.First
	pass := func(n int, right ...bool) {
		t.Helper()
		for _, ok := range right {
			s := bits(1, -1)
			if ok {
				s = bits(1, 1)
			}
			s.Neuron = g + 7
			if err := p.Look(&Look{Phase: "learn", Learning: true, Samples: []neuron.Sample{s}}, b.out); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.EndPass("learn", 1, b.out); err != nil {
			t.Fatal(err)
		}
	}
	p.learnt = 0.75
	if err := p.Begin("learn", true, 0); err != nil {
		t.Fatal(err)
	}
	pass(0, true, true, false, false)
	pass(1, true, true, true, false) // exactly the required share
	pass(2)                          // a pass without bits does not count
	pass(3, true, false, false, false)
	nearAll(t, "passes", b.live["training.predicted"], []float64{0.5, 0.75, 0.25})
	name, of := p.column()
	if name != "learning_time" {
		t.Error(name)
	}
	nearAll(t, "learnt in", []float64{of(g - 1), of(g + 6), of(g + 7), of(g + 100)}, []float64{math.NaN(), math.NaN(), 2, math.NaN()})
	b.show()
	b.expect("training.predicted", 0.25, 0)
	near(t, "chance", b.chance["training.predicted"], 0.25) // r is always +1, c in one of four
	l := b.figs["learning-curve"].(journal.Lines)
	nearAll(t, "passes", l.Series[0].X, []float64{1, 2, 3})
	nearAll(t, "shares", l.Series[0].Y, []float64{0.5, 0.75, 0.25})
	if l.Dashed[0].Y != 0.25 {
		t.Errorf("%+v", l.Dashed)
	}
	if err := p.Begin("clean", false, 0); err != nil {
		t.Fatal(err)
	}
	pass(0, true) // counted, then dropped, because nothing learns
	if len(p.state.Rounds) != 3 || len(b.live["training.predicted"]) != 3 {
		t.Error("a phase that does not learn has passes")
	}
	for k, phase := range []string{"clean", "flipped", "clean"} {
		s := bits(1, float64(k)-1)
		s.Neuron = g
		if err := p.Look(&Look{Phase: phase, Samples: []neuron.Sample{s}}, b.out); err != nil {
			t.Fatal(err)
		}
	}
	b.listen()
	b.show()
	b.expect("training.clean.predicted", 0.5, 0) // −1·1 and 1·1
	b.expect("training.flipped.predicted", 0.5, 0)
	b.expect("training.clean.no_evidence", 0, 0)
}

// A run that stops in the first pass has the share of its items so far.
func TestPredictedStopped(t *testing.T) {
	b := memory(t, 4, "", "")
	p := b.set.measures[1].Measure.(*predicted)
	b.show()
	if len(b.scores) != 0 || b.figs["learning-curve"] != nil {
		t.Errorf("nothing was seen: %v", b.scores)
	}
	b.listen()
	if err := p.Begin("learn", true, 0); err != nil {
		t.Fatal(err)
	}
	for k := range 4 {
		s := bits(1, float64(k)-0.5)
		s.Neuron = p.group.First
		if err := p.Look(&Look{Phase: "learn", Learning: true, Samples: []neuron.Sample{s}}, b.out); err != nil {
			t.Fatal(err)
		}
	}
	b.show()
	b.expect("training.predicted", 0.75, 0)
	b = memory(t, 4, "", "")
	b.set.measures[1].Measure.(*predicted).state.Pass = []agreement{{Seen: 2, Port: 2}}
	b.show()
	b.expect("training.predicted", 0, 0) // everything wrong is a result, too
	if portOf("r") != neuron.Receptive || portOf("c") != neuron.Contextual || portOf("l") != neuron.Lateral {
		t.Error("ports by their letters")
	}
}

// reportOf returns the report of a neuron with four atoms.
func reportOf(id neuron.ID, updates int64, unqR, unqC, red, syn, rest, goal float64) neuron.Report {
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2}, []float64{0.25, 0, 0, 0.25, 0, 0.25, 0.25, 0})
	if err != nil {
		panic(err)
	}
	d.Atoms, d.Residual = []float64{unqR, unqC, red, syn}, rest
	r := neuron.Report{Neuron: id, Atoms: d, Goal: goal}
	r.Updates = updates
	return r
}

func TestAtomsByHand(t *testing.T) {
	b := newBench(t, strings.Replace(ratesText, "{name: rate, rate:", "{name: atoms, atoms:", 1))
	a := b.set.measures[0].Measure.(*atoms)
	v1, _ := b.env.Net.Population("V1")
	v2, _ := b.env.Net.Population("V2")
	at := func(phase string, learning bool, now neuron.Time, reports ...neuron.Report) {
		t.Helper()
		if err := errors.Join(b.set.Begin(phase, learning, 0), b.set.Atoms(now*neuron.Second, reports, b.out)); err != nil {
			t.Fatal(err)
		}
	}
	first, other := v1.First, v2.First
	at("train", true, 1, neuron.Report{Neuron: first})
	if a.state.Names != nil || len(b.live) != 0 {
		t.Error("nothing is known of a neuron that has seen nothing")
	}
	at("train", true, 2, reportOf(first, 5, 1, 2, 3, 4, 5, 6), reportOf(first+2, 5, 3, 2, 1, 0, -1, 0), reportOf(other, 5, 11, 2, 2, 2, 2, 3))
	at("test", false, 3, reportOf(first, 7, 0.5, 0, 0, 0, 0, 1))
	near(t, "over all", b.live["atoms.unq_r"][0], 5)
	near(t, "over all", b.live["atoms.goal"][0], 3)
	near(t, "over a population", b.live["V1.atoms.unq_r"][0], 2)
	near(t, "over another", b.live["V2.atoms.h_res"][0], 2)
	if len(b.live["V2.atoms.syn"]) != 1 || len(b.live["V1.atoms.syn"]) != 2 {
		t.Error("a population that is not told of is measured")
	}
	c := b.set.atoms.state[0]
	near(t, "spread", c.Spread[0][0], math.Sqrt((16+4+36)/3.0)) // of 1, 3 and 11
	nearAll(t, "times", c.Seconds, []float64{2, 3})
	nearAll(t, "learnt", c.Learnt, []float64{5, 7})
	b.show()
	for name, want := range map[string]float64{"unq_r": 2, "unq_c": 2, "red": 2, "syn": 2, "h_res": 2, "goal": 3, "test.unq_r": 0.5, "test.goal": 1} {
		b.expect("atoms."+name, want, 1e-12)
	}
	l := b.figs["atoms-neurons"].(journal.Lines)
	if l.Title != "Information of each neuron of V1" || l.Y != "redundant information [bit]" || len(l.Series) != 3 || l.Series[2].Name != "neuron 2" {
		t.Errorf("%+v", l)
	}
	nearAll(t, "the first neuron", l.Series[0].Y, []float64{3, 0})
	nearAll(t, "one of which nothing is known", l.Series[1].Y, []float64{0, 0})
	nearAll(t, "times", l.Series[0].X, []float64{2, 3})
	if b.figs["atoms"] != nil || b.figs["atoms-V1"] == nil || b.figs["atoms-V2"] == nil {
		t.Error("two populations learn: each has its picture")
	}
	s := b.figs["atoms-V1"].(journal.Lines).Series[0]
	if s.Name != "unq_r" || s.Low[0] != 1 || s.High[0] != 3 {
		t.Errorf("mean ± s.d.: %+v", s)
	}
	table := b.tables["neurons"]
	if table.Columns[3] != "weight_norm" {
		t.Errorf("%v", table.Columns)
	}
}

func TestAtomsShown(t *testing.T) {
	if got := wanted(ptr(reportOf(0, 0, 3, 0, 2, 9, 9, 0))); got != 0 {
		t.Errorf("atom %d is shown of one that knows more by its first source alone", got)
	}
	if got := wanted(ptr(reportOf(0, 0, 2, 0, 3, 9, 9, 0))); got != 2 {
		t.Errorf("atom %d is shown of one that is redundant", got)
	}
	c := course{Names: strings.Split("a b c d e f g h i h_res", " ")}
	for q := range c.Names {
		c.Mean = append(c.Mean, []float64{0, -float64(q%3) - float64(q)/100, 0})
	}
	// sizes 0 1.01 2.02 .03 1.04 2.05 .06 1.07 2.08
	if got := c.largest(); !slices.Equal(got, []int{8, 5, 2, 7, 4, 1, 6, 9}) {
		t.Errorf("atoms by size: %v", got)
	}
	c.Names, c.Mean = c.Names[:5], c.Mean[:5]
	if got := c.largest(); !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
		t.Errorf("few atoms in order: %v", got)
	}
	for name, want := range map[string]string{"red": "redundant information", "{1}{2}": "information {1}{2}", "{1}": "unique information of r"} {
		if got := atomWords(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if each("") != "each neuron" || each("neurons") != "each neuron" || each("V1") != "each neuron of V1" {
		t.Error("whose neurons they are")
	}
	for what, r := range map[string]neuron.Report{"residual": reportOf(0, 0, 1, 1, 1, 1, math.NaN(), 1), "goal": reportOf(0, 0, 1, 1, 1, 1, 1, math.Inf(1)), "atom": reportOf(0, 0, 1, 1, 1, math.NaN(), 1, 1), "none": {}} {
		if hasAtoms(&r) {
			t.Errorf("atoms whose %s is no number", what)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// A state that no run can have saved is refused before it does harm.
func TestAtomsRestore(t *testing.T) {
	b := newBench(t, strings.Replace(ratesText, "{name: rate, rate:", "{name: atoms, atoms:", 1))
	for _, bad := range []string{`{"Names":["a"],"Shown":1,"Neurons":[[1],[1],[1]],"Seconds":[1]}`, `{"Names":["a"],"Shown":-1}`, `{"Names":["a"],"Phases":[{"Mean":[1]}]}`,
		`{"Names":["a"],"Neurons":[[1],[1]],"Seconds":[1]}`, `{"Names":[],"Neurons":[[1,1],[1,1],[1,1]],"Seconds":[1,2]}`} {
		if b.set.measures[0].Restore([]byte(bad)) == nil {
			t.Errorf("restored %s", bad)
		}
	}
	if b.set.atoms.restore([]byte(`[{"Seconds":[1],"Names":[],"Mean":[],"Spread":[]},{},{}]`)) == nil {
		t.Error("restored times without an atom")
	}
	// names of another lattice: the neurons do not report these atoms
	if err := b.set.measures[0].Restore([]byte(`{"Names":["a","b","c","d","e","f","g"]}`)); err != nil {
		t.Fatal(err)
	}
	g, _ := b.env.Net.Population("V1")
	if err := b.set.measures[0].Atoms("train", 1, []neuron.Report{reportOf(g.First, 0, 1, 1, 1, 1, 1, 1)}, b.out); err != nil {
		t.Error(err)
	}
}

// If the name of a figure or table is taken, the name of the measure is added.
func TestTaken(t *testing.T) {
	var got []string
	out := &journal.Listener{Figure: func(n string, _ journal.Figure) error { got = append(got, "figure "+n); return errors.New("full") },
		Table: func(t journal.Table) error { got = append(got, "table "+t.Name); return nil }}
	names := taken{}
	one, two := names.listener(out, "one"), names.listener(out, "two")
	for _, l := range []*journal.Listener{one, two} {
		if err := l.Figure("a", nil); err == nil || err.Error() != "full" {
			t.Errorf("what the disk says: %v", err)
		}
		if err := l.Table(journal.Table{Name: "a"}); err != nil {
			t.Error(err)
		}
	}
	if err := one.Table(journal.Table{Name: "b"}); err != nil {
		t.Error(err)
	}
	if want := []string{"figure a", "table a", "figure a-two", "table a-two", "table b"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Every error in reporting results, such as a full disk, reaches the caller.
func TestErrorsOfResults(t *testing.T) {
	full := errors.New("full")
	ready := func() *bench {
		b := newBench(t, "record: {graph: [in_degree]}\n"+strings.Replace(pictures(everything), "read: [receptive, theta, marginal]", "read: [theta]", 1))
		learnDigits(b)
		if err := b.set.Graph(1, b.env.Net.Sim, b.out); err != nil {
			t.Fatal(err)
		}
		b.listen()
		return b
	}
	b := ready()
	b.show()
	for name := range b.figs {
		fails := ready()
		inner := fails.out.Figure
		fails.out.Figure = func(n string, f journal.Figure) error {
			if n == name {
				return full
			}
			return inner(n, f)
		}
		if err := fails.set.Show(fails.engine(), fails.out); !errors.Is(err, full) {
			t.Errorf("figure %s: %v", name, err)
		}
	}
	for name := range b.tables {
		fails := ready()
		fails.out.Table = func(t journal.Table) error {
			if t.Name == name {
				return full
			}
			return nil
		}
		if err := fails.set.Show(fails.engine(), fails.out); !errors.Is(err, full) {
			t.Errorf("table %s: %v", name, err)
		}
	}
	if len(b.figs) < 6 || len(b.tables) < 2 {
		t.Errorf("only %d figures and %d tables", len(b.figs), len(b.tables))
	}
}

// brokenEngine is an engine whose reports fail.
type brokenEngine struct{ net *sim.Network }

func (e brokenEngine) Network() *sim.Network { return e.net }
func (e brokenEngine) Report([]neuron.ID, neuron.Want) ([]neuron.Report, error) {
	return nil, errors.New("no answer")
}

func TestEngineThatDoesNotAnswer(t *testing.T) {
	b := newBench(t, ratesText)
	if err := b.set.Show(brokenEngine{b.env.Net.Sim}, b.out); err == nil || strings.Count(err.Error(), "no answer") < 2 {
		t.Errorf("%v", err)
	}
	r := newBench(t, pictures("  - {name: baseline, regression: {of: [pixels], fit: train, test: test, passes: 1, fields: out}}\n"))
	if err := r.set.measures[0].Show(brokenEngine{r.env.Net.Sim}, r.out); err == nil || err.Error() != "no answer" {
		t.Errorf("%v", err)
	}
}

// A row of weights has each weight at its source. Weights that are not finite, at another
// port or from another group are 0. Two synapses of a pair are added.
func TestIncomingRow(t *testing.T) {
	b := newBench(t, ratesText)
	net := b.env.Net.Sim
	v1, _ := b.env.Net.Population("V1")
	v2, _ := b.env.Net.Population("V2")
	r := neuron.Report{Neuron: v2.First}
	r.Weights[neuron.Contextual] = []float64{1, math.NaN(), 3}
	r.Weights[neuron.Receptive] = []float64{5, 6}
	got := incomingRow(net, &r, neuron.Contextual, Group{First: v1.First, Size: 3})
	nearAll(t, "weights from V1", got, []float64{1, 0, 3})
	nearAll(t, "from its last two", incomingRow(net, &r, neuron.Contextual, Group{First: v1.First + 1, Size: 2}), []float64{0, 3})
	nearAll(t, "from its first", incomingRow(net, &r, neuron.Contextual, Group{First: v1.First, Size: 1}), []float64{1})
	nearAll(t, "through another port", incomingRow(net, &r, neuron.Receptive, Group{First: v1.First, Size: 3}), []float64{0, 0, 0})
	r.Weights[neuron.Contextual] = r.Weights[neuron.Contextual][:1]
	nearAll(t, "of synapses that it does not tell of", incomingRow(net, &r, neuron.Contextual, Group{First: v1.First, Size: 3}), []float64{1, 0, 0})
	change := topology.Change{Neurons: []neuron.ID{v1.First + 1}}
	after := *net
	var err error
	if after.Graph, _, err = net.Apply(&change); err != nil {
		t.Fatal(err)
	}
	r.Weights[neuron.Contextual] = []float64{1, 3}
	nearAll(t, "after one is gone", incomingRow(&after, &r, neuron.Contextual, Group{First: v1.First, Size: 3}), []float64{1, 0, 3})
}

// Fields are shown for populations with a picture as input, and weights for populations
// that project to themselves.
func TestWeightsShown(t *testing.T) {
	b := newBench(t, ratesText)
	got := map[bond]int{}
	for _, x := range b.set.bonds() {
		got[x]++
	}
	if len(got) != 4 || got[bond{"V2", "V1", neuron.Contextual}] != 1 || got[bond{"V1", "pixels", neuron.Receptive}] != 1 {
		t.Errorf("%v", got)
	}
	b.show()
	m, ok := b.figs["weights"].(journal.Matrix)
	if !ok || len(m.Cells) != 3 || len(m.Cells[0]) != 3 || m.Title != "Weights within V1, contextual" {
		t.Errorf("%+v", b.figs["weights"])
	}
	v1 := b.figs["receptive-fields"].(journal.Fields)
	if v1.Title != "Weights from pixels to each neuron of V1, receptive" || v1.Width*v1.Height != len(v1.Tiles[0]) || len(v1.Tiles) != 3 || len(v1.Names) != 3 {
		t.Errorf("%+v", v1)
	}
	if v2, ok := b.figs["receptive-fields-V2"].(journal.Fields); !ok || len(v2.Tiles) != 2 {
		t.Error("no fields of V2")
	}
	if len(b.figs) != 3 {
		t.Errorf("%d figures", len(b.figs))
	}
	net, g := b.env.Net.Sim, b.set.env.Net
	v2, _ := g.Population("V2")
	pixels, _ := g.Input("pixels")
	to := Group{First: v2.First, Size: 2}
	if single(net, to, neuron.Receptive, Group{First: pixels.First, Size: 2}) || !single(net, to, neuron.Receptive, Group{First: pixels.First, Size: 1}) ||
		!single(net, to, neuron.Lateral, Group{First: pixels.First, Size: 4}) || !single(net, to, neuron.Receptive, Group{First: pixels.First + 3, Size: 1}) {
		t.Error("one source is no field, two are one")
	}
}

func TestKnowledgeByHand(t *testing.T) {
	b := newBench(t, barsText)
	k := b.set.measures[0].Measure.(*knowledge)
	if !k.Observes("train") || !k.Observes("test") || k.Observes("none") || !k.checked("train") || k.checked("test") {
		t.Error("what is looked at, and checked on the way")
	}
	k.checks = 0
	if k.Observes("train") || k.checked("train") {
		t.Error("without checks nothing is looked at while neurons learn")
	}
	k.checks, k.checkIn = 2, nil
	if !k.checked("test") {
		t.Error("any phase is checked where none is named")
	}
	if err := k.Begin("train", true, 1); err != nil || k.state.Sampling != (Sampling{Steps: 1, Samples: 1}) {
		t.Errorf("no more checks than items: %+v", k.state.Sampling)
	}
	// threshold: for a feature in half of the items, a neuron whose θ is .9 and .1 has
	// the information 1 − H(.9)
	on := [][]int{{0}, {0, 1}, {1}, nil}
	c := count(4, on, []float64{0.9, 0.9, 0.1, 0.1}, []float64{0.1, 0.1, 0.9, 0.9}, []float64{0.1, 0.9, 0.9, 0.1}, []float64{0.5, 0.5, 0.5, 0.5})
	k.threshold = 1 - binaryEntropy(0.9) - 1e-12
	if n := k.distinct(c); n != 2 {
		t.Errorf("%d features are found, want the first once and the second", n)
	}
	if k.threshold += 1e-9; k.distinct(c) != 0 {
		t.Error("found below the threshold")
	}
	// A neuron that says exactly which items have the feature has all of its information.
	sure := count(4, [][]int{{0}, {0}, nil, nil}, []float64{1, 1, 0, 0}, []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0})
	if k.threshold = 1; k.distinct(sure) != 1 {
		t.Errorf("%d features are known for certain, want 1", k.distinct(sure))
	}
	k.state.Phases = []phaseTally{{"test", *c}}
	name, of := k.column()
	if name != "bars" || !math.IsNaN(of(k.group.First-1)) || !math.IsNaN(of(k.group.First+4)) {
		t.Errorf("column %s of neurons that are not its own", name)
	}
	near(t, "what the third knows", of(k.group.First+2), 1-binaryEntropy(0.9))
	near(t, "what the last knows", of(k.group.First+3), 0)
	k.state.Phases[0].Heard[3] = 3
	if !math.IsNaN(of(k.group.First + 3)) {
		t.Error("who was not heard knows something")
	}
	b.show()
	rows := b.tables["bars"].Rows
	if rows[3][1] != nil || rows[3][2] != nil || rows[2][1] != k.features[1] || !(math.Abs(rows[2][2].(float64)-of(k.group.First+2)) <= 1e-12) {
		t.Errorf("%v", rows)
	}
	b.expect("bars.no_evidence", 0.25, 0)
	b.expect("bars.best_information", 0.75*(1-binaryEntropy(0.9)), 1e-9)
	if _, several := b.scores["bars.test.found"]; several {
		t.Error("one phase goes by the short name alone")
	}
	k.state.Phases = append(k.state.Phases, phaseTally{"later", *c}, phaseTally{"empty", newTally(4, 4)})
	b.listen()
	b.show()
	b.expect("bars.later.best_information", 0.75*(1-binaryEntropy(0.9)), 1e-9)
	b.expect("bars.test.no_evidence", 0.25, 0)
	if _, empty := b.scores["bars.empty.found"]; empty {
		t.Error("scores of a phase without items")
	}
}

// The probability that some neuron knows a feature by chance is one minus the product,
// over neurons, of the probability that it does not.
func TestKnowledgeChance(t *testing.T) {
	b := newBench(t, barsText)
	k := b.set.measures[0].Measure.(*knowledge)
	on := [][]int{{0}, {0, 1}, {1}, nil, {0}, {1}, {2}, {3}}
	theta := []float64{0.9, 0.6, 0.2, 0.1, 0.4, 0.3, 0.2, 0.8}
	alike := []float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}
	c := count(4, on, theta, theta, alike, alike)
	k.threshold = 0.3
	b.listen()
	k.score("bars", c, b.out)
	shrink := c.shrink(0)
	q := exceeds(0.3*binaryEntropy(1.0/8), 8, 1, shrink) // the easiest feature is on in one of eight
	one := 1 - (1-q)*(1-q)
	near(t, "chance of found", b.chance["bars.found"], 4*one)
	near(t, "chance of success", b.chance["bars.success"], math.Pow(one, 4))
	near(t, "chance of information", b.chance["bars.best_information"], largestBias(8, 1, 4, shrink)/2)
}

func TestKnowledgeOfLabels(t *testing.T) {
	b := newBench(t, pictures("  - {name: knows, information: {population: out, checks: 3}}\n"))
	k := b.set.measures[0].Measure.(*knowledge)
	c := newTally(10, 10)
	for k := range 40 {
		label := []int{k % 4}
		c.item(label)
		for i := range 10 {
			th := 0.5
			if i == 0 {
				th = float64(k % 2)
			}
			c.add(i, th, label)
		}
	}
	k.state.Phases, k.state.Done = []phaseTally{{"test", c}}, 5
	b.show()
	b.expect("knows.information", 0.1, 1e-12)
	b.expect("knows.largest", 1, 1e-12)
	near(t, "chance", b.chance["knows.information"], bias(40, 9, 1)/10)
	near(t, "chance of the largest", b.chance["knows.largest"], largestBias(40, 9, 10, 1))
	if _, solved := b.scores["knows.solved_after"]; solved {
		t.Error("labels are not found one by one")
	}
	_, of := k.column()
	near(t, "column", of(k.group.First), 1)
	if rows := b.tables["knows"]; rows.Columns[1] != "best_label" || rows.Rows[0][2] != 1.0 {
		t.Errorf("%v %v", rows.Columns, rows.Rows[0])
	}
}

// Scores of several readouts and phases have different names.
func TestAccuracyNames(t *testing.T) {
	b := newBench(t, pictures("  - {name: a, accuracy: {population: out, read: [theta, receptive], every: 0}}\n"))
	a := b.set.measures[0].Measure.(*accuracy)
	for _, phase := range []string{"test", "later"} {
		e := a.exam(phase)
		for label := range 2 {
			e.Labels[label] = float64(2 * (label + 1))
			e.Read[0][label*10+label] = 1
			e.Read[1][label*10+label] = 2
			e.Firing[label][label], e.Heard[label][label] = 1.5, 2
		}
		e.Blank = 3
	}
	a.exam("empty")
	a.exam("test").Firing[4][4] = 0.25 // no items are counted for it
	b.show()
	want := map[string]float64{"a.test": 2.0 / 6, "a.receptive": 4.0 / 6, "a.later": 2.0 / 6, "a.receptive.later": 4.0 / 6, "a.no_evidence": 0.5}
	for name, v := range want {
		b.expect(name, v, 1e-12)
	}
	if len(b.scores) != len(want) || !(math.Abs(b.chance["a.later"]-4.0/6) <= 1e-12) || !math.IsNaN(b.chance["a.no_evidence"]) {
		t.Errorf("%v, chance %v", b.scores, b.chance)
	}
	firing, confusion := b.figs["firing"].(journal.Matrix), b.figs["confusion"].(journal.Confusion)
	if firing.Cells[1][1] != 0.75 || firing.Cells[4][4] != 0.25 || confusion.Counts[1][1] != 1 || confusion.Title != "Items by label and answer, test" || len(confusion.Names) != 10 {
		t.Errorf("%v", firing.Cells)
	}
	if b.figs["learning-curve"] != nil {
		t.Error("a learning curve without points")
	}
}

// If a selectivity has several phases, the first also has the short name.
func TestSelectivityNames(t *testing.T) {
	b := newBench(t, strings.Replace(barsText, "in: [test], sel", "sel", 1))
	s := b.set.measures[1].Measure.(*selectivity)
	if s.Observes("train") || !s.Observes("test") || s.Observes("none") {
		t.Error("what is looked at")
	}
	name, of := s.column()
	if name != "tuned.dprime" || !math.IsNaN(of(s.group.First)) {
		t.Error("a column before anything was seen")
	}
	b.present("test", "V1", 16, knowing(1, itself))
	b.show()
	b.expect("tuned.dprime", 1000, 0)
	if _, several := b.scores["tuned.test.dprime"]; several {
		t.Error("one phase goes by the short name alone")
	}
	p := *s.phase("test")
	p.Name, p.tally.Heard = "later", []float64{16, 16, 16, 15}
	s.state.Phases = append(s.state.Phases, p)
	b.listen()
	b.show()
	b.expect("tuned.test.dprime", 1000, 0)
	b.expect("tuned.later.dprime", 750, 0)
	b.expect("tuned.later.no_evidence", 0.25, 0)
	near(t, "chance", b.chance["tuned.later.dprime"], 0.75*p.chance())
	nearAll(t, "column", []float64{of(s.group.First - 1), of(s.group.First + 3), of(s.group.First + 4)}, []float64{math.NaN(), 1000, math.NaN()})
	s.state.Phases = s.state.Phases[1:]
	if !math.IsNaN(of(s.group.First + 3)) {
		t.Error("d′ of who was not heard")
	}
}

// Items of a baseline: those that a phase presents, once each, after those that earlier
// phases have used of an infinite source.
func TestExamples(t *testing.T) {
	env := envOf(t, strings.Replace(barsText, "measure:", "  - {name: more, present: {data: bars, count: 7, learn: none}}\nmeasure:", 1))
	if n := env.usedBefore("more", "bars"); n != 3000 {
		t.Errorf("%d items are used up", n)
	}
	if n := env.usedBefore("test", "others"); n != 0 {
		t.Errorf("%d items of a source that nobody presents", n)
	}
	digits := envOf(t, strings.Replace(pictures(everything), "{data: digits.train}", "{data: digits.train, items: 5-9}", 1))
	x, err := digits.examplesOf("train", []string{"pixels", "label"})
	if err != nil || x.Len() != 5 && x.Len() != 4 || x.NumClasses() != 10 {
		t.Fatalf("%d items of %d classes: %v", x.Len(), x.NumClasses(), err)
	}
	row := make([]float64, x.Inputs())
	for i := range x.Len() {
		label := x.Row(row, i)
		told := slices.Clone(row)
		for k, v := range told[len(told)-10:] {
			if v > 0 != (k == label) {
				t.Errorf("item %d of label %d is told %v", i, label, told[len(told)-10:])
			}
		}
		rows := x.rows
		x.rows = nil // as if there were too many to keep
		if again := x.Row(row, i); again != label || !slices.Equal(told, row) {
			t.Errorf("item %d made again differs", i)
		}
		x.rows = rows
	}
	for _, phase := range []string{"later", ""} {
		if digits.phase(phase) != nil || digits.learns(phase) || presented(digits.phase(phase)) != "" || digits.has(phase, labelsOf) {
			t.Errorf("phase %q", phase)
		}
	}
	played := &language.Phase{Play: &language.Play{Data: "x", Learn: "none"}}
	if presented(played) != "x" || presented(&language.Phase{}) != "" {
		t.Error("what a phase presents")
	}
	digits.Experiment.Protocol = append(digits.Experiment.Protocol, language.Phase{Name: "p", Play: &language.Play{Data: "x", Learn: "all"}}, language.Phase{Name: "q", Play: played.Play}, language.Phase{Name: "q"})
	if !digits.learns("p") || digits.learns("q") || !digits.learns("train") || digits.learns("test") {
		t.Error("which phases learn")
	}
	if got := digits.phaseNames(); !slices.Equal(got, []string{"train", "test", "p", "q"}) || !slices.Equal(digits.among([]string{"x"}), []string{"x"}) || len(digits.among(nil)) != 4 {
		t.Errorf("%v", got)
	}
	if digits.names([]string{"q"}, labelsOf) != nil || len(digits.names([]string{"q", "test"}, labelsOf)) != 10 {
		t.Error("labels of phases that present some")
	}
}

// With control: frozen, a phase that would learn is scored as if it did.
func TestFrozen(t *testing.T) {
	b := newBench(t, "control: frozen\n"+pictures("  - {name: a, accuracy: {population: out, every: 10}}\n"))
	b.present("train", "out", 20, right_)
	b.present("test", "out", 20, right_)
	b.show()
	b.expect("a.training", 1, 0)
	b.expect("a.test", 1, 0)
	if _, exam := b.scores["a.train"]; exam || len(b.live["a.training"]) != 2 {
		t.Errorf("%v", b.scores)
	}
}

// An error of a measure stops the reports and is returned.
func TestErrorsOfMeasures(t *testing.T) {
	bad := errors.New("bad")
	Register("bad", func(*Env, *language.Measure) (Measure, error) { return failing{bad}, nil })
	defer delete(kinds, "bad")
	b := newBench(t, pictures("  - {name: x, in: [test], custom: {kind: bad}}\n  - {name: rate, rate: {population: out}}\n"))
	g, _ := b.env.Net.Population("out")
	look := &Look{Phase: "test", Item: &data.Item{}, Samples: []neuron.Sample{{Neuron: g.First}}}
	for what, err := range map[string]error{"begin": b.set.Begin("test", false, 1), "look": b.set.Look(look, b.out), "pass": b.set.EndPass("test", 0, b.out),
		"recall": b.set.Recall(&Recalled{Phase: "test"}, b.out), "atoms": b.set.Atoms(1, nil, b.out), "show": b.set.Show(b.engine(), b.out)} {
		if !errors.Is(err, bad) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.set.Save(); fmt.Sprint(err) != "measure x: bad" {
		t.Error(err)
	}
	if err := b.set.Begin("train", true, 1); err != nil {
		t.Errorf("of a phase that it does not see: %v", err)
	}
	look.Phase = "train"
	if err := b.set.Look(look, b.out); err != nil || !b.set.Observes("train") {
		t.Errorf("of a phase that it does not see: %v", err)
	}
	for _, f := range []func(){func() { Register("", newRate) }, func() { Register("new", nil) }} {
		func() {
			defer func() {
				if recover() != "measure: a kind needs a name of its own and a maker" {
					t.Error("a kind without a name or maker is registered")
				}
			}()
			f()
		}()
	}
}

// failing is a measure whose methods all fail.
type failing struct{ err error }

func (f failing) Observes(string) bool                                                { return true }
func (f failing) Begin(string, bool, int) error                                       { return f.err }
func (f failing) Look(*Look, *journal.Listener) error                                 { return f.err }
func (f failing) EndPass(string, neuron.Time, *journal.Listener) error                { return f.err }
func (f failing) Recall(*Recalled, *journal.Listener) error                           { return f.err }
func (f failing) Atoms(string, neuron.Time, []neuron.Report, *journal.Listener) error { return f.err }
func (f failing) Show(Reporter, *journal.Listener) error                              { return f.err }
func (f failing) Save() ([]byte, error)                                               { return nil, f.err }
func (f failing) Restore([]byte) error                                                { return f.err }

// Nothing is observed if no measure needs it.
func TestObserves(t *testing.T) {
	b := newBench(t, pictures("  - {name: k, in: [test], information: {population: out, checks: 2, check_in: [train]}}\n"))
	if !b.set.Observes("test") || !b.set.Observes("train") || b.set.Observes("other") {
		t.Error("what is looked at")
	}
	none := newBench(t, pictures("  - {name: k, in: [test], rate: {population: out}}\n"))
	if none.set.Observes("train") || !none.set.Observes("test") {
		t.Error("a measure looks outside its phases")
	}
}
