package measure

import (
	"math"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// bits returns a sample with values r and c.
func bits(r, c float64) neuron.Sample {
	s := neuron.Sample{Theta: 0.5, Output: 1}
	s.Sum[neuron.Receptive], s.Sum[neuron.Contextual] = r, c
	return s
}

func TestPredictedKnownAnswers(t *testing.T) {
	b := memory(t, 40, "", "")
	sign := func(i int, it *data.Item) float64 { return float64(it.Fields[0][i]) }
	b.present("learn", "memory", 40, func(i int, it *data.Item) neuron.Sample {
		bit := sign(i, it)
		switch {
		case i == 99:
			return bits(bit, 0) // no evidence: half right
		case i < 50:
			return bits(bit, bit)
		}
		return bits(bit, -bit)
	})
	b.show()
	b.expect("training.predicted", 0.505, 1e-12)
	b.expect("training.no_evidence", 0.01, 1e-12)
	if v := b.live["training.predicted"]; len(v) != 1 || v[0] != b.scores["training.predicted"] {
		t.Errorf("live: %v", v)
	}
	times := b.tables["neurons"]
	at := -1
	for k, c := range times.Columns {
		if c == "learning_time" {
			at = k
		}
	}
	if times.Rows[0][at] != 1.0 || times.Rows[60][at] != nil || times.Rows[99][at] != nil {
		t.Errorf("learning times %v %v %v", times.Rows[0][at], times.Rows[60][at], times.Rows[99][at])
	}
}

// Controls give chance: no learning, no synapses, bits of other items, equal values.
func TestPredictedControls(t *testing.T) {
	part := func(b *bench) *data.Part { p, _ := b.env.Data.Part("letters"); return p }
	for name, of := range map[string]func(b *bench, i int, it *data.Item) float64{
		"random":       func(b *bench, _ int, _ *data.Item) float64 { return b.rng.NormFloat64() },
		"no synapses":  func(*bench, int, *data.Item) float64 { return 0 },
		"not a number": func(*bench, int, *data.Item) float64 { return math.NaN() },
		"alike":        func(*bench, int, *data.Item) float64 { return 3 },
		"other items": func(b *bench, i int, it *data.Item) float64 {
			var other data.Item
			if err := part(b).Item((it.Index+1)%400, &other); err != nil {
				t.Fatal(err)
			}
			return float64(other.Fields[0][i])
		},
	} {
		b := memory(t, 400, "", "")
		b.present("learn", "memory", 400, func(i int, it *data.Item) neuron.Sample {
			return bits(float64(it.Fields[0][i]), of(b, i, it))
		})
		b.show()
		b.expectChance("training.predicted", 0.01)
		b.expect("training.predicted", 0.5, 0.03)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

const probeText = `
  - {name: probe, probe: {population: out, fit: train, test: test, of: theta, ridge: 0.1}}
  - {name: rate, rate: {population: out}}
`

func TestProbeReadsWhatIsThere(t *testing.T) {
	b := newBench(t, pictures(probeText))
	code := func(i int, it *data.Item) neuron.Sample { // the label in binary, and noise
		th := b.rng.Float64()
		if i < 9 {
			th = 0.2
			if i == it.Label {
				th = 0.8
			}
		}
		return neuron.Sample{Theta: th, Output: 1}
	}
	b.present("train", "out", 1000, code)
	b.present("test", "out", 1000, code)
	b.show()
	b.expect("probe.accuracy", 1, 0.001)
	b.expect("probe.fit", 1, 0.001)
	b.expect("rate.mean", 1, 0)
}

func TestProbeControls(t *testing.T) {
	for name, theta := range map[string]func(b *bench) float64{
		"random": func(b *bench) float64 { return b.rng.Float64() }, "alike": func(*bench) float64 { return 0.7 },
		"nan": func(*bench) float64 { return math.NaN() }, "silent": func(*bench) float64 { return 0 },
	} {
		b := newBench(t, pictures(probeText))
		say := func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: theta(b), Output: -1} }
		b.present("train", "out", 2000, say)
		b.present("test", "out", 1000, say)
		b.show()
		b.expectChance("probe.accuracy", 0.04)
		b.expect("rate.max", 0, 0)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	// control: shuffled gives other labels
	b := newBench(t, "control: shuffled\n"+pictures(probeText))
	plain := newBench(t, pictures(probeText))
	truth := func(phase string) says {
		part, _ := plain.env.Data.Part("digits." + phase)
		var it data.Item
		return func(i int, other *data.Item) neuron.Sample {
			if err := part.Item(other.Index, &it); err != nil {
				t.Fatal(err)
			}
			return said(i == it.Label)
		}
	}
	b.present("train", "out", 2000, truth("train"))
	b.present("test", "out", 1000, truth("test"))
	b.show()
	b.expectChance("probe.accuracy", 0.04)
}

// Without ridge, and with equal neurons, there are many solutions; one of them is found.
func TestProbeWithoutRidge(t *testing.T) {
	b := newBench(t, pictures("  - {name: probe, probe: {population: out, fit: train, test: test, of: theta, ridge: 0}}\n"))
	say := func(i int, it *data.Item) neuron.Sample { return said(i%5 == it.Label%5) }
	b.present("train", "out", 500, say)
	b.present("test", "out", 500, say)
	b.show()
	b.expect("probe.accuracy", 0.5, 0.08) // five pairs of labels are equal
}

func TestRegression(t *testing.T) {
	text := pictures("  - {name: baseline, regression: {of: [pixels], fit: train, test: test, passes: 8, fields: out}}\n")
	b := newBench(t, text)
	b.show()
	if v := b.scores["baseline.softmax"]; v < 0.9 {
		t.Errorf("softmax reaches %v on drawn digits", v)
	}
	if v := b.scores["baseline.one_vs_all"]; v < 0.85 {
		t.Errorf("one against all reaches %v on drawn digits", v)
	}
	b.expectChance("baseline.fields_cosine", 0.1) // weights are all 0
	shuffled := newBench(t, "control: shuffled\n"+text)
	shuffled.show()
	shuffled.expectChance("baseline.softmax", 0.05)
}

func TestAtomsOfTwoAndThreeSources(t *testing.T) {
	b := newBench(t, pictures("  - {name: atoms, atoms: {population: out}}\n"))
	if err := b.set.Begin("train", true, 2000); err != nil {
		t.Fatal(err)
	}
	report := func(id int, p []float64, shape ...int) neuron.Report {
		d, err := pid.Decompose(pid.SX, shape, p)
		if err != nil {
			t.Fatal(err)
		}
		return neuron.Report{Neuron: neuron.ID(id), Atoms: d, Goal: 0.25}
	}
	copied := report(0, []float64{0.5, 0, 0, 0, 0, 0, 0, 0.5}, 2, 2, 2)
	xor := report(1, []float64{0.25, 0, 0, 0.25, 0, 0.25, 0.25, 0}, 2, 2, 2)
	if err := b.set.Atoms(neuron.Second, []neuron.Report{copied, xor, {Neuron: 2}}, b.out); err != nil {
		t.Fatal(err)
	}
	b.show()
	b.expect("atoms.red", (1-0.5849625007211562)/2, 1e-9)
	b.expect("atoms.goal", 0.25, 1e-12)
	if v := b.live["atoms.red"]; len(v) != 1 || !(math.Abs(v[0]-b.scores["atoms.red"]) <= 1e-12) {
		t.Errorf("live atoms.red: %v", v)
	}
	if v := b.live["out.atoms.syn"]; len(v) != 1 {
		t.Errorf("live out.atoms.syn: %v; there are %v", v, b.live)
	}
	bad := xor
	bad.Goal = math.NaN()
	if err := b.set.Atoms(2*neuron.Second, []neuron.Report{bad}, b.out); err != nil {
		t.Fatal(err)
	}
	if len(b.live["atoms.red"]) != 1 {
		t.Error("a neuron whose goal is not a number is measured")
	}
}

// The graph is measured during learning, and again after a lesion. Removed neurons have
// empty cells.
func TestGraphBeforeAndAfter(t *testing.T) {
	b := newBench(t, "record: {graph: [in_degree, density]}\n"+barsText)
	net := b.env.Net.Sim
	if err := b.set.Graph(neuron.Second, net, b.out); err != nil {
		t.Fatal(err)
	}
	change := topology.Change{Neurons: []neuron.ID{2}}
	var err error
	after := *net
	if after.Graph, _, err = net.Apply(&change); err != nil {
		t.Fatal(err)
	}
	if err := b.set.Graph(3*neuron.Second, &after, b.out); err != nil {
		t.Fatal(err)
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
	b.expect("graph.in_degree", 3, 1) // with or without autapses
	if before, now := b.scores["graph.in_degree"], b.scores["graph.in_degree.after"]; now >= before {
		t.Errorf("in-degree %v, after a neuron was removed %v", before, now)
	}
	times := b.tables["graph"]
	if len(times.Rows) != 2 || times.Rows[0][0] != 1.0 || times.Rows[1][0] != 3.0 {
		t.Errorf("times: %v", times.Rows)
	}
	table := b.tables["neurons"]
	column := func(name string) int {
		for k, c := range table.Columns {
			if c == name {
				return k
			}
		}
		t.Fatalf("no column %s: %v", name, table.Columns)
		return 0
	}
	was, is := column("graph.in_degree"), column("graph.in_degree (after)")
	if at := column("weight_norm"); table.Rows[1][at] == nil {
		t.Error("a neuron that is there has no weights")
	}
	if table.Rows[2][was] == nil || table.Rows[2][is] != nil || table.Rows[1][is] == nil {
		t.Errorf("neuron 2 was removed: %v; neuron 1: %v", table.Rows[2], table.Rows[1])
	}
}

// mine is a measure of another module.
type mine struct {
	Base
	looks int
}

func (m *mine) Observes(string) bool { return true }

func (m *mine) Look(*Look, *journal.Listener) error {
	m.looks++
	return nil
}

func (m *mine) Show(_ Reporter, out *journal.Listener) error {
	out.Score("mine.looks", float64(m.looks), math.NaN())
	return nil
}

func TestOwnKind(t *testing.T) {
	Register("looks", func(*Env, *language.Measure) (Measure, error) { return &mine{}, nil })
	defer delete(kinds, "looks")
	b := newBench(t, pictures("  - {name: mine, in: [test], custom: {kind: looks}}\n"))
	b.present("train", "out", 10, right_)
	b.present("test", "out", 7, right_)
	b.show()
	b.expect("mine.looks", 7, 0)
	defer func() {
		if recover() == nil {
			t.Error("a kind is listed twice")
		}
	}()
	Register("atoms", newAtoms)
}

const chainText = `
populations: {next: {size: 3, neuron: unit}}
neurons: {unit: {goal: {red: 1}, ports: {r: {}, c: {rule: goal}}}}
inputs: {now: {}, before: {}}
projections: [{from: now, to: next, port: r, rule: one_to_one, weights: 2}, {from: before, to: next, port: c}]
data: {chain: {markov: {symbols: [a, b, c], matrix: [[0.8, 0.2, 0], [0, 0.8, 0.2], [0.2, 0, 0.8]]}, to: {now: now, before: before}}}
protocol:
  - {name: train, present: {data: chain, count: 1000, order: sequential}}
  - {name: test, present: {data: chain, count: 4000, order: sequential, learn: none, off: [now]}}
measure:
  - {name: chain, sequence: {population: next, data: chain}}
`

func TestSequence(t *testing.T) {
	rate := binaryEntropy(0.2)
	field := func(b *bench, name string) int {
		for k, f := range b.env.set("chain").Fields {
			if f.Name == name {
				return k
			}
		}
		t.Fatal("no field ", name)
		return 0
	}
	b := newBench(t, chainText)
	before := field(b, "before")
	b.present("test", "next", 4000, func(i int, it *data.Item) neuron.Sample { // the chain's own odds
		theta := 1e-9
		if it.Fields[before][i] > 0 {
			theta = 0.8
		} else if it.Fields[before][(i+2)%3] > 0 {
			theta = 0.5 // odds 1 of 4+1
		}
		return neuron.Sample{Theta: theta, Output: 1}
	})
	b.show()
	b.expect("chain.entropy_rate", rate, 1e-9)
	b.expect("chain.accuracy", 0.8, 0.02)
	b.expect("chain.loss", rate, 0.03)
	// the information of the most likely symbol: log2 3 − H(.8,.2,0)
	b.expect("chain.information", math.Log2(3)-rate, 0.05)
	b.expect("chain.known", 1, 0.05)
	if c := b.chance["chain.loss"]; !(math.Abs(c-math.Log2(3)) <= 0.02) {
		t.Errorf("chance of the loss is %v", c)
	}
	for name, theta := range map[string]func(b *bench) float64{
		"random": func(b *bench) float64 { return b.rng.Float64() }, "alike": func(*bench) float64 { return 0.3 },
		"nothing": func(*bench) float64 { return 0.5 }, "nan": func(*bench) float64 { return math.NaN() },
	} {
		b := newBench(t, chainText)
		b.present("test", "next", 4000, func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: theta(b)} })
		b.show()
		b.expectChance("chain.accuracy", 0.04)
		b.expectChance("chain.information", 0.003)
		if b.scores["chain.loss"] < b.chance["chain.loss"]-0.01 {
			t.Errorf("%s: loss %v below chance", name, b.scores["chain.loss"])
		}
	}
}

// The chance level of predicted bits, if bits and predictions have more of one sign.
func TestPredictedChanceOfBiasedBits(t *testing.T) {
	counts := []agreement{{Seen: 10, Right: 9, Port: 9, Of: 8}}
	if got := sum(counts); !(math.Abs(got.Chance-(0.9*0.8+0.1*0.2)) <= 1e-12) || got.Value != 0.9 {
		t.Errorf("%+v", got)
	}
	counts = append(counts, agreement{}, agreement{Seen: 10, Right: 3, Blank: 4, Port: 0, Of: 10})
	if got := sum(counts); !(math.Abs(got.Value-(9+3+2)/20.0) <= 1e-12) || !(math.Abs(got.Chance-(7.4+2)/20) <= 1e-12) || got.Blank != 0.2 {
		t.Errorf("%+v", got)
	}
}

// Information in a chain: its bias is subtracted.
func TestSequenceWithoutBias(t *testing.T) {
	mean := 0.0
	const runs = 30
	b := newBench(t, chainText)
	m := b.set.measures[0].Measure.(*sequence)
	for range runs {
		p := prediction{Joint: make([]float64, 9)}
		for range 60 {
			p.Joint[b.rng.IntN(9)]++
		}
		b.listen()
		m.score("chain", &p, b.out)
		mean += b.scores["chain.information"] / runs
	}
	if !(math.Abs(mean) <= 0.015) { // the bias is 4/(2·60·ln 2) = .048
		t.Errorf("independent answers have %v bits", mean)
	}
}

// A bit of a pattern that is neither + nor − is never recalled.
func TestTrits(t *testing.T) {
	a, b := trits("+-0+"), trits("+-0-")
	if a.wrong(b) != 2 || a.overlap(b) != 0.25 || a.wrong("+-++") != 1 {
		t.Errorf("%d wrong, overlap %v", a.wrong(b), a.overlap(b))
	}
	nan := float32(math.NaN())
	if got := signs([]float32{2, -0.5, 0, nan}, nil); got != "+-00" || !got.valid() || trits("+x").valid() {
		t.Error(got)
	}
}

// A measure can have the name of a column of the table, and there can be two of a kind. A
// run must not fail at its end because of that.
func TestColumnsOfOneName(t *testing.T) {
	table := journal.Table{Columns: []string{"neuron", "label"}, Rows: [][]any{{0, ""}}}
	for _, name := range []string{"label", "wrong", "wrong", "wrong"} {
		add(&table, name, func(int) float64 { return 1 })
	}
	want := []string{"neuron", "label", "label (2)", "wrong", "wrong (2)", "wrong (3)"}
	if !slices.Equal(table.Columns, want) {
		t.Errorf("%q, want %q", table.Columns, want)
	}
}
