package measure

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/fuzzing"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/network"
)

// bench is an experiment in which a test sets the values of the neurons.
type bench struct {
	t      testing.TB
	env    Env
	set    *Set
	out    *journal.Listener
	rng    *rand.Rand
	now    neuron.Time
	scores map[string]float64
	chance map[string]float64
	live   map[string][]float64
	tables map[string]journal.Table
	figs   map[string]journal.Figure
}

// parse reads a document.
func parse(t testing.TB, text string) (*language.Experiment, error) {
	t.Helper()
	exp := &language.Experiment{}
	err := config.Decode("test.yaml", []byte("apiVersion: infomorph/v2\nname: test\n"+text), exp)
	return exp, err
}

// envOf builds data and network of a document.
func envOf(t testing.TB, text string) Env {
	t.Helper()
	exp, err := parse(t, text)
	if err != nil {
		t.Fatal(err)
	}
	d, err := data.Load(exp, nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := network.Build(exp, d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Env{Experiment: exp, Net: n, Data: d}
}

func newBench(t testing.TB, text string) *bench {
	t.Helper()
	b := &bench{t: t, env: envOf(t, text), rng: rand.New(rand.NewPCG(7, 1))}
	var err error
	if b.set, err = New(b.env); err != nil {
		t.Fatal(err)
	}
	b.listen()
	return b
}

func (b *bench) listen() {
	b.scores, b.chance, b.live = map[string]float64{}, map[string]float64{}, map[string][]float64{}
	b.tables, b.figs = map[string]journal.Table{}, map[string]journal.Figure{}
	b.out = &journal.Listener{
		Score: func(name string, v, chance float64) {
			if math.IsNaN(v) || math.IsInf(v, 0) || math.IsInf(chance, 0) {
				b.t.Errorf("score %s: %v, chance %v", name, v, chance)
			}
			if _, twice := b.scores[name]; twice {
				b.t.Errorf("score %s is entered twice", name)
			}
			if _, known := docOf(b.env.Experiment, name); !known && name != "mine.looks" {
				b.t.Errorf("score %s is not explained", name)
			}
			b.scores[name], b.chance[name] = v, chance
		},
		Measure: func(_ neuron.Time, name string, v float64) error {
			if math.IsNaN(v) {
				b.t.Errorf("live measure %s is not a number", name)
			}
			if d, known := docOf(b.env.Experiment, name); !known || !d.Live {
				b.t.Errorf("live measure %s is not explained: %v", name, d)
			}
			b.live[name] = append(b.live[name], v)
			return nil
		},
		Table: func(t journal.Table) error {
			for _, row := range t.Rows {
				if len(row) != len(t.Columns) {
					b.t.Errorf("table %s: a row of %d cells under %d columns", t.Name, len(row), len(t.Columns))
				}
				for _, c := range row {
					if v, ok := c.(float64); ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
						b.t.Errorf("table %s: %v in a cell", t.Name, v)
					}
				}
			}
			if _, twice := b.tables[t.Name]; twice {
				b.t.Errorf("table %s is kept twice", t.Name)
			}
			b.tables[t.Name] = t
			return nil
		},
		Figure: func(name string, f journal.Figure) error {
			if b.figs[name] != nil {
				b.t.Errorf("figure %s is kept twice", name)
			}
			b.figs[name] = f
			return nil
		},
	}
	b.out.Defaults()
}

// says returns the sample of neuron i of a population for an item.
type says func(i int, it *data.Item) neuron.Sample

// present presents items of a phase, in order.
func (b *bench) present(phase, population string, items int, say says) {
	b.t.Helper()
	p := b.env.phase(phase)
	part, err := b.env.Data.Part(p.Present.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	g, _ := b.env.Net.Population(population)
	learning := p.Present.Learn != "none" && b.env.Experiment.Control != "frozen"
	if err := b.set.Begin(phase, learning, items); err != nil {
		b.t.Fatal(err)
	}
	b.goOn(phase, g, part, learning, 0, items, say)
	if err := b.set.EndPass(phase, b.now, b.out); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) goOn(phase string, g network.Group, part *data.Part, learning bool, from, to int, say says) {
	var it data.Item
	samples := make([]neuron.Sample, 0, g.Size())
	for k := from; k < to; k++ {
		i := k
		if part.Len() > 0 {
			i = k % part.Len()
		}
		if err := part.Item(i, &it); err != nil {
			b.t.Fatal(err)
		}
		samples = samples[:0]
		for n := range g.Size() {
			s := say(n, &it)
			s.Neuron = g.First + neuron.ID(n)
			samples = append(samples, s)
		}
		b.now += neuron.Millisecond
		l := Look{Phase: phase, Learning: learning, Item: &it, Data: part.Name(), Samples: samples, Start: b.now - 1, End: b.now}
		if err := b.set.Look(&l, b.out); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) engine() Reporter {
	e, err := sim.NewSequential(b.env.Net.Sim)
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

func (b *bench) show() {
	b.t.Helper()
	if err := b.set.Show(b.engine(), b.out); err != nil {
		b.t.Fatal(err)
	}
}

// expect compares a score with its value.
func (b *bench) expect(name string, want, tolerance float64) {
	b.t.Helper()
	got, ok := b.scores[name]
	if !ok {
		b.t.Fatalf("no score %s; there are %v", name, slices.Sorted(keys(b.scores)))
	}
	if !(math.Abs(got-want) <= tolerance) {
		b.t.Errorf("%s is %v, want %v ± %v", name, got, want, tolerance)
	}
}

// expectChance compares a score with its reported chance level.
func (b *bench) expectChance(name string, tolerance float64) {
	b.t.Helper()
	if math.IsNaN(b.chance[name]) {
		b.t.Errorf("%s has no chance", name)
	}
	b.expect(name, b.chance[name], tolerance)
}

func keys(m map[string]float64) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// pictures returns a document with a network of readout neurons for drawn digits.
func pictures(measure string) string {
	return `
populations:
  out: {size: 10, neuron: digit}
neurons:
  digit: {goal: {red: 1}, ports: {r: {rule: goal}, c: {}}}
inputs: {pixels: {}, label: {}}
projections:
  - {from: pixels, to: out, port: r}
  - {from: label, to: out, port: c, rule: one_to_one, weights: 1}
data:
  digits: {strokes: {train: 2000, test: 1000}, to: {pixels: image, label: label}}
protocol:
  - {name: train, present: {data: digits.train}}
  - {name: test, present: {data: digits.test, learn: none, off: [label]}}
measure:
` + measure
}

// right_ gives evidence for the right label.
func right_(i int, it *data.Item) neuron.Sample { return said(i == it.Label) }

func said(on bool) neuron.Sample {
	s := neuron.Sample{Theta: 0.1, Output: -1}
	s.Sum[neuron.Receptive] = -1.5
	if on {
		s.Theta, s.Output = 0.9, 1
		s.Sum[neuron.Receptive] = 2
	}
	return s
}

// TestSaveRestore: continuing from a saved state gives the same results as no
// interruption.
func TestSaveRestore(t *testing.T) {
	text := pictures(everything)
	one, two := newBench(t, text), newBench(t, text)
	noisy := func(b *bench) says {
		return func(i int, it *data.Item) neuron.Sample {
			s := said((i == it.Label) != (b.rng.Float64() < 0.3))
			s.Theta = b.rng.Float64()
			s.Sum[neuron.Contextual] = b.rng.NormFloat64()
			return s
		}
	}
	one.present("train", "out", 700, noisy(one))
	two.present("train", "out", 700, noisy(two))
	saved, err := two.set.Save()
	if err != nil {
		t.Fatal(err)
	}
	again, err := New(two.env)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Restore(saved); err != nil {
		t.Fatal(err)
	}
	two.set = again
	one.present("test", "out", 300, noisy(one))
	two.present("test", "out", 300, noisy(two))
	a, _ := one.set.Save()
	b, _ := two.set.Save()
	if string(a) != string(b) {
		t.Error("the states differ after going on")
	}
	one.show()
	two.show()
	if fmt.Sprint(one.scores, one.chance, one.tables) != fmt.Sprint(two.scores, two.chance, two.tables) {
		t.Errorf("results differ:\n%v\n%v", one.scores, two.scores)
	}
	if len(one.scores) < 15 {
		t.Errorf("only %d scores: %v", len(one.scores), one.scores)
	}
}

const everything = `
  - {name: accuracy, accuracy: {population: out, read: [receptive, theta, marginal], every: 100}}
  - {name: knows, information: {population: out}}
  - {name: training, predicted: {population: out}}
  - {name: rate, rate: {population: out}}
  - {name: selective, selectivity: {population: out}}
  - {name: probe, probe: {population: out, fit: train, test: test}}
  - {name: atoms, atoms: {population: out}}
`

// FuzzRestore: restoring any state never panics, neither then nor later.
func FuzzRestore(f *testing.F) {
	b := newBench(f, pictures(everything))
	b.present("train", "out", 30, right_)
	saved, err := b.set.Save()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(saved)
	f.Add([]byte(`{"Measures":[null,null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		set, err := New(b.env)
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{t: t, env: b.env, set: set, rng: b.rng}
		if set.Restore(data) != nil {
			return
		}
		b.listen()
		var state map[string]json.RawMessage
		if json.Unmarshal(data, &state) != nil {
			t.Fatal("restored what is no JSON")
		}
		b.out.Score = func(string, float64, float64) {}
		b.present("test", "out", 5, right_)
		b.out.Table = func(journal.Table) error { return nil }
		b.show()
	})
}

// docOf explains a score or live measure of an experiment. It returns false if there is
// none with that name. It does not know scores of custom kinds.
func docOf(exp *language.Experiment, score string) (Doc, bool) {
	for i := range exp.Measure {
		m := &exp.Measure[i]
		rest, ok := strings.CutPrefix(score, m.Name+".")
		if !ok {
			continue
		}
		for _, d := range Docs {
			if d.Kind == m.Kind() && Matches(d.Name, rest) {
				return d, true
			}
		}
	}
	at := slices.IndexFunc(Docs, func(d Doc) bool { return d.Kind == "" && Matches(d.Name, score) })
	if at < 0 {
		return Doc{}, false
	}
	return Docs[at], true
}
