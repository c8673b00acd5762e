package measure

import (
	"math"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
)

const accuracyText = `
  - {name: accuracy, accuracy: {population: out, read: [receptive, theta, marginal], every: 100}}
`

func TestAccuracyOfTheRight(t *testing.T) {
	b := newBench(t, pictures(accuracyText))
	b.present("train", "out", 2000, right_)
	b.present("test", "out", 1000, right_)
	b.show()
	for _, name := range []string{"accuracy.test", "accuracy.theta", "accuracy.marginal", "accuracy.training"} {
		b.expect(name, 1, 0)
	}
	b.expect("accuracy.no_evidence", 0, 0)
	if c := b.chance["accuracy.test"]; c < 0.1 || c > 0.14 {
		t.Errorf("chance is %v; ten labels are about equally frequent", c)
	}
	if n := len(b.live["accuracy.training"]); n != 20 {
		t.Errorf("%d points of the curve, want one every 100 of 2000 items", n)
	}
}

// A neuron that fires less for its own label is read with the opposite sign. Answers are
// in the row of their label.
func TestAccuracyTurnedRound(t *testing.T) {
	b := newBench(t, pictures(accuracyText))
	turned := func(i int, it *data.Item) neuron.Sample {
		s := said((i == it.Label) != (i == 3))
		if i == 3 {
			s.Sum[neuron.Receptive] = 2 // fires less for its own label
			if it.Label == 3 {
				s.Sum[neuron.Receptive] = -1.9
			}
		}
		return s
	}
	b.present("train", "out", 2000, turned)
	b.present("test", "out", 1000, turned)
	b.show()
	b.expect("accuracy.test", 1, 0)
	swap := newBench(t, pictures(accuracyText))
	swap.present("test", "out", 1000, func(i int, it *data.Item) neuron.Sample { return said(i == (it.Label+1)%10) })
	swap.show()
	swap.expect("accuracy.test", 0, 0)
	c := swap.figs["confusion"].(journal.Confusion).Counts
	if c[4][5] < 50 || c[5][4] != 0 || c[4][4] != 0 {
		t.Errorf("4 is answered with 5, and in row 4: %v", c[4])
	}
}

// Controls give chance: unconnected neurons, equal values, NaN, removed neurons, and
// another network.
func TestAccuracyControls(t *testing.T) {
	controls := map[string]says{
		"no synapses": func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: 0.5, Output: 1} },
		"all alike":   func(int, *data.Item) neuron.Sample { return said(true) },
		"not a number": func(int, *data.Item) neuron.Sample {
			s := neuron.Sample{Theta: math.NaN(), Output: 1}
			s.Sum[neuron.Receptive] = math.NaN()
			return s
		},
		"infinite": func(i int, it *data.Item) neuron.Sample {
			s := said(i == it.Label)
			s.Sum[neuron.Receptive] = math.Inf(1)
			s.Theta = math.NaN()
			return s
		},
	}
	for name, say := range controls {
		b := newBench(t, pictures(accuracyText))
		b.present("train", "out", 500, say)
		b.present("test", "out", 1000, say)
		b.show()
		for _, score := range []string{"accuracy.test", "accuracy.theta", "accuracy.marginal"} {
			if v := b.scores[score]; !(math.Abs(v-0.1) <= 1e-9) {
				t.Errorf("%s: %s is %v, want 1 in 10", name, score, v)
			}
		}
		blank := 1.0
		if name == "all alike" {
			blank = 0
		}
		b.expect("accuracy.no_evidence", blank, 0)
		for answer, v := range b.figs["confusion"].(journal.Confusion).Counts[3] { // no answer is preferred
			if first := b.figs["confusion"].(journal.Confusion).Counts[3][0]; !(math.Abs(v-first) <= 1e-9) || v == 0 {
				t.Errorf("%s: 3 is answered with %d %v times, with 0 %v times", name, answer, v, first)
			}
		}
	}
	b := newBench(t, pictures(accuracyText))
	b.present("train", "out", 2000, right_)
	random := func(i int, it *data.Item) neuron.Sample {
		s := said(false)
		s.Sum[neuron.Receptive], s.Theta = b.rng.NormFloat64(), b.rng.Float64()
		return s
	}
	b.present("test", "out", 1000, random)
	b.show()
	b.expect("accuracy.test", 0.1, 0.04)
	b.expect("accuracy.theta", 0.1, 0.04)
}

// With control: shuffled, items have the labels of other items.
func TestAccuracyShuffled(t *testing.T) {
	straight := newBench(t, pictures(accuracyText))
	part, _ := straight.env.Data.Part("digits.test")
	var truth []int
	var it data.Item
	for i := range 1000 {
		if err := part.Item(i, &it); err != nil {
			t.Fatal(err)
		}
		truth = append(truth, it.Label)
	}
	b := newBench(t, "control: shuffled\n"+pictures(accuracyText))
	b.present("test", "out", 1000, func(i int, it *data.Item) neuron.Sample { return said(i == truth[it.Index]) })
	b.show()
	b.expect("accuracy.test", 0.1, 0.04)
}

// A removed neuron is ignored.
func TestAccuracyWithoutANeuron(t *testing.T) {
	b := newBench(t, pictures(accuracyText))
	b.present("test", "out", 1000, func(i int, it *data.Item) neuron.Sample {
		if i == 7 {
			return neuron.Sample{Theta: math.NaN()}
		}
		return said(i == it.Label)
	})
	b.show()
	seven := b.figs["confusion"].(journal.Confusion).Counts[7]
	sum := 0.0
	for _, v := range seven {
		sum += v
	}
	b.expect("accuracy.test", 1-sum/1000, 1e-9)
	if seven[7] != 0 {
		t.Errorf("7 is answered by a neuron that is gone: %v", seven)
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"  - {name: a, accuracy: {population: nobody}}\n":                                          "measure[0].accuracy.population",
		"  - {name: a, in: [tset], accuracy: {population: out}}\n":                                 `did you mean "test"`,
		"  - {name: a, atoms: {population: out}}\n  - {name: a, atoms: {population: out}}\n":       "measure[1].name",
		"  - {name: a, information: {population: out, about: features}}\n":                         "information.about",
		"  - {name: a, recall: {}}\n":                                                              "a phase of the protocol that recalls",
		"  - {name: a, predicted: {population: out, port: c, of: c}}\n":                            "predicted.of",
		"  - {name: a, probe: {population: out, fit: train, test: train}}\n":                       "another phase than fit",
		"  - {name: a, regression: {of: [pixel], fit: train, test: test}}\n":                       `did you mean "pixels"`,
		"  - {name: a, sequence: {population: out, data: digits}}\n":                               "a chain of symbols",
		"  - {name: a, custom: {kind: nothing}}\n":                                                 "a kind of measure",
		"  - {name: a, selectivity: {population: out, about: features}}\n":                         "selectivity.about",
		"  - {name: a, accuracy: {population: nobody}}\n  - {name: b, rate: {population: none}}\n": "measure[1].rate.population",
	} {
		_, err := parse(t, pictures(text))
		if err == nil { // faults that the language itself does not find
			_, err = New(envOf(t, pictures(text)))
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func BenchmarkLook(b *testing.B) {
	bench := newBench(b, pictures(everything))
	bench.present("train", "out", 10, right_)
	l, set := bench.aLook("test")
	b.ReportAllocs()
	for b.Loop() {
		if err := set.Look(l, bench.out); err != nil {
			b.Fatal(err)
		}
	}
}

func (b *bench) aLook(phase string) (*Look, *Set) {
	part, _ := b.env.Data.Part(b.env.phase(phase).Present.Data)
	it := new(data.Item)
	if err := part.Item(0, it); err != nil {
		b.t.Fatal(err)
	}
	var samples []neuron.Sample
	g, _ := b.env.Net.Population("out")
	for i := range g.Size() {
		s := right_(i, it)
		s.Neuron = g.First + neuron.ID(i)
		samples = append(samples, s)
	}
	return &Look{Phase: phase, Item: it, Data: part.Name(), Samples: samples, End: 1}, b.set
}

// A look allocates nothing after the phase has begun.
func TestLookTakesNoMemory(t *testing.T) {
	b := newBench(t, pictures(strings.Replace(everything, "- {name: probe, probe: {population: out, fit: train, test: test}}", "", 1)))
	if err := b.set.Begin("test", false, 1000); err != nil {
		t.Fatal(err)
	}
	l, set := b.aLook("test")
	look := func() {
		if err := set.Look(l, b.out); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if n := testing.AllocsPerRun(100, look); n > 0 {
		t.Errorf("%v allocations a look", n)
	}
}
