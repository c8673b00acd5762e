package protocol

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/batch"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// flowers is eight items of two kinds.
const flowers = table(`long,wide,deep,kind
0,1,0.5,A
0,0,1,A
0,1,0,A
0.25,0,0,A
1,0,0,B
0,0,0.5,B
0.75,0,0,B
0,0.5,0,B
`)

// layers is a document with two layers that learn from batches. The first receives the
// flowers, the second the first layer, and both receive the kind.
const layers = `apiVersion: infomorph/v2
name: layers
neurons:
  low: {goal: {red: 1, unq_r: -0.2}, ports: {r: {rule: goal, bias: true, bins: {number: 4, range: 4}}, c: {rule: goal, bins: {number: 3, range: 3}}}}
  high: {goal: {red: 1}, ports: {r: {rule: goal, bias: true, bins: {number: 5, range: 4}}, c: {bins: {number: 2}}}}
populations: {a: {size: 3, neuron: low}, b: {size: 2, neuron: high}}
inputs: {flower: {size: 3}, kind: {size: 2}}
projections:
  - {from: flower, to: a, port: r, weights: {uniform: [-1, 1]}}
  - {from: kind, to: a, port: c, weights: {uniform: [-1, 1]}}
  - {from: a, to: b, port: r, weights: {uniform: [-1, 1]}}
  - {from: kind, to: b, port: c, rule: one_to_one, weights: 1}
data:
  f: {table: {file: f.csv, fields: {x: [long, wide, deep]}, label: kind}, to: {flower: x, kind: {field: label, off: -1}}}
protocol:
`

// opened begins a run of a document with a file.
func opened(t testing.TB, text string, files data.Files) *logged {
	t.Helper()
	e, err := language.Load("layers.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := Prepare(e, files)
	if err != nil {
		t.Fatal(err)
	}
	l := &logged{t: t}
	if l.Run, err = plan.Start(engineOf(t, plan), l.listener()); err != nil {
		t.Fatal(err)
	}
	return l
}

const learnFlowers = "  - {name: learn, present: {data: f, passes: 3, batch: {size: 3, rate: 0.1, decay: 0.001, of: {b: {rate: 0.2}}}}}\n"

// byHand returns a population of an engine in the form for batches: all neurons receive
// all inputs of a port.
func byHand(t *testing.T, l *logged, name string, inputs ...int) *batch.Population {
	t.Helper()
	g, _ := l.plan.Net.Population(name)
	var ids []neuron.ID
	for id := g.First; id < g.Last; id++ {
		ids = append(ids, id)
	}
	reports, err := l.engine.Report(ids, neuron.WantWeights)
	if err != nil {
		t.Fatal(err)
	}
	cfg := l.plan.Net.Sim.Config(g.First)
	p := &batch.Population{Neurons: len(ids), Activation: cfg.Activation, Goal: cfg.Goal}
	for k, n := range inputs {
		port := batch.NewPort(cfg.Ports[k].Bins, n, len(ids))
		port.Frozen = cfg.Ports[k].Rule == neuron.Frozen
		for j, r := range reports {
			heard := append(slices.Clone(r.Weights[k]), r.Bias[k])
			for i := range n {
				switch {
				case len(r.Weights[k]) == 1: // one to one
					if i == j {
						port.Weights[i*len(ids)+j] = heard[0]
					}
				default:
					port.Weights[i*len(ids)+j] = heard[i]
				}
			}
		}
		p.Ports = append(p.Ports, port)
	}
	return p
}

// toss draws an output for each item and neuron, and adds a 1 after those of each item.
func toss(theta []float64, neurons int, rng *rand.Rand) batch.Rows {
	var out []float64
	for i, p := range theta {
		y := -1.0
		if p-rng.Float64() > 0 {
			y = 1
		}
		if out = append(out, y); (i+1)%neurons == 0 {
			out = append(out, 1)
		}
	}
	return batch.Rows{Dense: out, Signs: true}
}

// TestBatchesByHand: layers learn from batches the same as if each step is written by
// hand. First a fires; b has no input yet and fires, too. Then a learns, and b learns
// with its input from a. The two items that do not fill a batch are not used in this
// pass.
func TestBatchesByHand(t *testing.T) {
	const low = "r: {rule: goal, bias: true, bins: {number: 4, range: 4}}, c: {rule: goal, bins: {number: 3, range: 3}}}"
	for name, c := range map[string]struct {
		low string // instead of low
		set func(l *logged, a *batch.Population)
	}{
		"hard bins": {low, func(*logged, *batch.Population) {}},
		"soft bins": {strings.Replace(low, "range: 3", "range: 3, soft: true", 1), func(_ *logged, a *batch.Population) { a.Ports[1].Soft = true }},
		"a prior": {strings.Replace(low, "number: 4, range: 4", "number: 2", 1) + ", prior: {mass: 3, sigma: 1.5}", func(l *logged, a *batch.Population) {
			for j := range a.Neurons { // weights by input, then neuron; the last input is the bias
				reach := 0.0
				for i := range 3 {
					reach += math.Abs(a.Ports[0].Weights[i*a.Neurons+j])
				}
				a.Prior = append(a.Prior, l.plan.Net.Sim.Config(0).PriorSamples(reach))
			}
		}},
	} {
		t.Run(name, func(t *testing.T) { batchesByHand(t, strings.Replace(layers, low, c.low, 1), c.set) })
	}
}

func batchesByHand(t *testing.T, layers string, set func(l *logged, a *batch.Population)) {
	l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
	a, b := byHand(t, l, "a", 4, 2), byHand(t, l, "b", 4, 2)
	set(l, a)
	a.Rate, a.Decay, b.Rate = 0.1, 0.001, 0.2
	x := [][]float64{{0, 1, 0.5}, {0, 0, 1}, {0, 1, 0}, {0.25, 0, 0}, {1, 0, 0}, {0, 0, 0.5}, {0.75, 0, 0}, {0, 0.5, 0}}
	for number := range 6 {
		var flower, kind batch.Rows
		for _, item := range draws(1, orderStream, number/2).Perm(8)[number%2*3:][:3] {
			flower.Dense = append(append(flower.Dense, x[item]...), 1)
			isA := 1.0
			if item >= 4 {
				isA = -1
			}
			kind.Dense = append(kind.Dense, isA, -isA)
		}
		rng := draws(1, drawStream, number)
		heard := toss(a.Forward(3, flower, kind), 3, rng)
		toss(b.Forward(3, batch.Rows{}, kind), 2, rng)
		a.Forward(3, flower, kind)
		b.Forward(3, heard, kind)
		if err := errors.Join(a.Climb(flower, kind), b.Climb(heard, kind)); err != nil {
			t.Fatal(err)
		}
	}
	before := fmt.Sprint(byHand(t, l, "a", 4, 2).Ports[0].Weights)
	if err := l.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]*batch.Population{"a": a, "b": b} {
		got := byHand(t, l, name, 4, 2)
		for k := range want.Ports {
			if !floats.EqualApprox(got.Ports[k].Weights, want.Ports[k].Weights, 1e-9) {
				t.Errorf("weights of port %d of %s\n%v, want\n%v", k, name, got.Ports[k].Weights, want.Ports[k].Weights)
			}
		}
	}
	if fmt.Sprint(a.Ports[0].Weights) == before {
		t.Error("nothing was learnt")
	}
	if got := l.with("step", "shown", "presented"); got != "step learn 0 of 6\nstep learn 1 of 6\nstep learn 2 of 6\nstep learn 3 of 6\nstep learn 4 of 6\nstep learn 5 of 6\nstep learn 6 of 6" {
		t.Error(got)
	}
}

// TestBatchesOfSharedOutputs: a projects to a port with a bias of b, and to one without
// of m. Each neuron of m learns from the outputs of a for the same item.
func TestBatchesOfSharedOutputs(t *testing.T) {
	shared := strings.NewReplacer(
		"  high:", "  mid: {goal: {red: 1}, ports: {r: {rule: goal, bias: true, bins: {number: 4, range: 4}}, c: {rule: goal, bins: {number: 3, range: 3}}}}\n  high:",
		"b: {size: 2, neuron: high}", "b: {size: 2, neuron: high}, m: {size: 4, neuron: mid}",
		"data:\n", "  - {from: flower, to: m, port: r, weights: {uniform: [-1, 1]}}\n  - {from: a, to: m, port: c, weights: {uniform: [-1, 1]}}\ndata:\n",
	).Replace(layers)
	l := start(t, shared+learnFlowers+"record: {atoms: 0}\n")
	a, b, m := byHand(t, l, "a", 4, 2), byHand(t, l, "b", 4, 2), byHand(t, l, "m", 4, 3)
	a.Rate, a.Decay, b.Rate, m.Rate, m.Decay = 0.1, 0.001, 0.2, 0.1, 0.001
	var x, kinds [8][]float64
	for k, line := range strings.Split(strings.TrimSpace(string(flowers)), "\n")[1:] {
		cells := strings.Split(line, ",")
		for _, cell := range cells[:3] {
			v, _ := strconv.ParseFloat(cell, 64)
			x[k] = append(x[k], v)
		}
		x[k] = append(x[k], 1)
		kinds[k] = map[string][]float64{"A": {1, -1}, "B": {-1, 1}}[cells[3]]
	}
	for number := range 6 {
		var flower, kind batch.Rows
		for _, item := range draws(1, orderStream, number/2).Perm(8)[number%2*3:][:3] {
			flower.Dense, kind.Dense = append(flower.Dense, x[item]...), append(kind.Dense, kinds[item]...)
		}
		rng := draws(1, drawStream, number)
		biased := toss(a.Forward(3, flower, kind), 3, rng)
		plain := batch.Rows{Signs: true}
		for i := range 3 {
			plain.Dense = append(plain.Dense, biased.Dense[4*i:4*i+3]...)
		}
		toss(b.Forward(3, batch.Rows{}, kind), 2, rng)
		toss(m.Forward(3, flower, batch.Rows{}), 4, rng)
		a.Forward(3, flower, kind)
		b.Forward(3, biased, kind)
		m.Forward(3, flower, plain)
		if err := errors.Join(a.Climb(flower, kind), b.Climb(biased, kind), m.Climb(flower, plain)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Go(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]*batch.Population{"b": b, "m": m} {
		n := want.Ports[1].Weights
		got := byHand(t, l, name, 4, len(n)/want.Neurons)
		for k := range want.Ports {
			if !floats.EqualApprox(got.Ports[k].Weights, want.Ports[k].Weights, 1e-9) {
				t.Errorf("weights of port %d of %s\n%v, want\n%v", k, name, got.Ports[k].Weights, want.Ports[k].Weights)
			}
		}
	}
}

// The rate changes linearly from the first pass to the last, also for populations with
// their own rates. The drive at frozen ports is already lower in the second pass.
func TestRatesOfBatches(t *testing.T) {
	frozen := strings.Replace(layers, "r: {rule: goal, bias: true, bins: {number: 4", "r: {rule: frozen, bins: {number: 4", 1)
	l := start(t, frozen+"  - {name: learn, present: {data: f, passes: 5, batch: {rate: 0.1, end_rate: 0.02, end_drive: 0.5, decay: 0.01, of: {b: {rate: 1, decay: 0.5}}}}}\nrecord: {atoms: 0}\n")
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	first := slices.Clone(b.members[0].Ports[0].Weights)
	for pass, want := range []struct{ rate, own, drive float64 }{{0.1, 1, 0.9}, {0.08, 0.8, 0.8}, {0.06, 0.6, 0.7}, {0.04, 0.4, 0.6}, {0.02, 0.2, 0.5}} {
		b.rate(pass, 1000)
		drive := b.members[0].Ports[0].Weights[4] / first[4]
		if got := []float64{b.members[0].Rate, b.members[1].Rate, drive}; !floats.EqualApprox(got, []float64{want.rate, want.own, want.drive}, 1e-12) {
			t.Errorf("pass %d: %v, want %v", pass, got, want)
		}
		if b.members[0].Decay != 0.01 || b.members[1].Decay != 0.5 {
			t.Errorf("decay %v and %v", b.members[0].Decay, b.members[1].Decay)
		}
	}
	if b.save(); !slices.Equal(b.members[0].Ports[0].Weights, first) {
		t.Errorf("what is saved has the drive of a pass: %v", b.members[0].Ports[0].Weights)
	}
	if b.frozen[1] != nil || b.frozen[0] == nil {
		t.Error("ports that learn are driven down")
	}
	for _, c := range []struct {
		how  string
		want float64
	}{{"passes: 5, batch: {rate: 0.1}", 0.1}, {"passes: 1, batch: {rate: 0.1, end_rate: 0.02}", 0.1}, {"passes: 2, batch: {rate: 0.1, end_rate: 0}", 0}} {
		l := start(t, layers+"  - {name: learn, present: {data: f, "+c.how+"}}\nrecord: {atoms: 0}\n")
		b, err := l.newBatch(&l.plan.phases[0])
		if err != nil {
			t.Fatal(err)
		}
		b.rate(l.plan.phases[0].Present.Passes-1, 1000)
		if !(math.Abs(b.members[0].Rate-c.want) <= 1e-15) {
			t.Errorf("%s: the last rate is %v", c.how, b.members[0].Rate)
		}
	}
}

// With halfway, rate and drive follow the number of batches, whatever pass they are in.
func TestRatesOfBatchesWithoutAPlan(t *testing.T) {
	frozen := strings.Replace(layers, "r: {rule: goal, bias: true, bins: {number: 4", "r: {rule: frozen, bins: {number: 4", 1)
	l := start(t, frozen+"  - {name: learn, present: {data: f, passes: 5, batch: {rate: 0.1, end_rate: 0.02, end_drive: 0.5, halfway: 30, of: {b: {rate: 1}}}}}\nrecord: {atoms: 0}\n")
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	first := b.members[0].Ports[0].Weights[4]
	for step, want := range map[int][]float64{0: {0.1, 1, 1}, 30: {0.06, 0.6, 0.75}, 90: {0.04, 0.4, 0.625}, 270: {0.028, 0.28, 0.55}} {
		for _, pass := range []int{0, 4} {
			b.rate(pass, step)
			if got := []float64{b.members[0].Rate, b.members[1].Rate, b.members[0].Ports[0].Weights[4] / first}; !floats.EqualApprox(got, want, 1e-12) {
				t.Errorf("step %d: %v, want %v", step, got, want)
			}
		}
	}
}

// After a phase with average, the neurons of the engine have the mean of the weights after
// each step: those of shorter phases without it. Also if it was saved and restored on the way.
func TestAverageOfBatches(t *testing.T) {
	after := func(how string, saved bool) []float64 {
		l := start(t, layers+"  - {name: learn, present: {data: f, batch: {size: 0"+how+"}}\nrecord: {atoms: 0}\n")
		if saved {
			l.state.Done = 2
			l.state.Batch = halfOf(t, layers+"  - {name: learn, present: {data: f, batch: {size: 0"+how+"}}\nrecord: {atoms: 0}\n")
		}
		if err := l.Go(t.Context()); err != nil {
			t.Fatal(err)
		}
		p := byHand(t, l, "a", 4, 2)
		return slices.Concat(p.Ports[0].Weights, p.Ports[1].Weights)
	}
	mean := make([]float64, 18)
	for passes := range 3 {
		floats.AddScaled(mean, 1.0/3, after(fmt.Sprintf("}, passes: %d", passes+1), false))
	}
	for _, saved := range []bool{false, true} {
		if got := after(", average: 100%}, passes: 3", saved); !floats.EqualApprox(got, mean, 1e-12) {
			t.Errorf("saved %v: weights %v, want %v", saved, got, mean)
		}
	}
}

// halfOf returns the state of the batches of a document's first phase after two steps.
func halfOf(t *testing.T, text string) []byte {
	t.Helper()
	l := start(t, text)
	ph := &l.plan.phases[0]
	b, err := l.newBatch(ph)
	if err != nil {
		t.Fatal(err)
	}
	for step := range 2 {
		b.rate(step, step)
		if err := b.learn(l.orders.of(ph.index, step, ph.per), step); err != nil {
			t.Fatal(err)
		}
	}
	return b.save()
}

// Each synapse of a port has its index among the weights, for dense and sparse ports.
// Writing weights back gives what was read.
func TestLaidForBatches(t *testing.T) {
	for _, c := range []struct {
		a       string // how the flowers project to a
		sources string // of a's neurons, if stored as lists
		places  string
		masked  int // number of synapses, if some are missing; 0: no mask
	}{
		{"", "[]", "[0 3 6 9 1 4 7 10 2 5 8 11]", 0}, // input × 3 + neuron, a bias after each
		{", rule: one_to_one", "[]", "[0 9 4 10 8 11]", 6},
	} {
		l := start(t, strings.Replace(layers, "to: a, port: r, weights: {uniform: [-1, 1]}", "to: a, port: r, weights: {uniform: [-1, 1]}"+c.a, 1)+learnFlowers+"record: {atoms: 0}\n")
		b, err := l.newBatch(&l.plan.phases[0])
		if err != nil {
			t.Fatal(err)
		}
		m := b.members[0]
		port := m.Ports[0]
		if got := fmt.Sprint(port.Sources); got != c.sources {
			t.Errorf("%s: sources %s, want %s", c.a, got, c.sources)
		}
		if got := fmt.Sprint(m.places[0]); got != c.places {
			t.Errorf("%s: places %s, want %s", c.a, got, c.places)
		}
		if n := int(floats.Sum(port.Mask)); n != c.masked {
			t.Errorf("%s: %d synapses in the mask, want %d", c.a, n, c.masked)
		}
		reports, err := l.engine.Report([]neuron.ID{0, 1, 2}, neuron.WantWeights)
		if err != nil {
			t.Fatal(err)
		}
		before := fmt.Sprint(reports)
		for k := range port.Weights {
			port.Weights[k] *= 2
		}
		for k := range m.places[0] {
			port.Weights[m.places[0][k]] = float64(k + 1)
		}
		if err := install(l.engine, m.batched); err != nil {
			t.Fatal(err)
		}
		if reports, err = l.engine.Report([]neuron.ID{0, 1, 2}, neuron.WantWeights); err != nil || fmt.Sprint(reports) == before {
			t.Fatal("nothing is put back", err)
		}
		slots, at := len(m.places[0])/3, 0
		for j, r := range reports {
			for _, w := range append(slices.Clone(r.Weights[0]), r.Bias[0]) {
				if at++; w != float64(at) {
					t.Errorf("%s: neuron %d of %d slots has %v, want %d", c.a, j, slots, w, at)
				}
			}
		}
	}
}

// A port with few synapses is stored as lists: eight inputs, one to each of eight
// neurons, and their biases are 16 of 72. It computes the same from dense rows.
func TestFewSynapsesAreListed(t *testing.T) {
	wide := strings.NewReplacer("a: {size: 3", "a: {size: 8", "flower: {size: 3}", "flower: {size: 8}", "x: [long, wide, deep]", "x: [a, b, c, d, e, f, g, h]",
		"to: a, port: r,", "to: a, port: r, rule: one_to_one,").Replace(layers)
	l := opened(t, wide+learnFlowers+"record: {atoms: 0}\n", table("a,b,c,d,e,f,g,h,kind\n2,0,0,0,0,0,0,0,A\n0,3,0,0,0,0,0,0,B\n0,0,0,0,0,0,5,0,B\n"))
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	m := b.members[0]
	if got := fmt.Sprint(m.Ports[0].Sources, m.places[0]); got != "[[0 8] [1 8] [2 8] [3 8] [4 8] [5 8] [6 8] [7 8]] [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15]" {
		t.Errorf("laid out as %s", got)
	}
	if m.Ports[1].Sources != nil || m.Ports[1].Mask != nil {
		t.Error("a port that hears all is listed or masked")
	}
	rows := b.rows["flower+1"]
	if rows.sparse != nil || !slices.Equal(rows.dense[9:18], []float64{0, 3, 0, 0, 0, 0, 0, 0, 1}) {
		t.Errorf("rows %v", rows)
	}
	b.begin([]int{1, 0})
	b.look(m)
	w := m.Ports[0].Weights
	want := make([]float64, 16)
	for j := range 8 {
		want[j], want[8+j] = w[2*j+1], w[2*j+1] // the bias
	}
	want[1], want[8] = want[1]+3*w[2], want[8]+2*w[0]
	if got := m.Sums(neuron.Receptive); !floats.EqualApprox(got, want, 1e-12) {
		t.Errorf("sums %v, want %v", got, want)
	}
}

// Rows are stored as lists if at least half of the values in the first hundred items are
// 0. Rows of -1 and 1 are marked as signs.
func TestRowsLaid(t *testing.T) {
	for _, c := range []struct {
		rows   string // of long, wide, deep
		sparse bool
		signs  bool
	}{
		{"1,0,0\n0,0,1\n", true, false},
		{"1,1,0\n0,0,1\n", true, false}, // three of six
		{"1,1,0\n0,1,1\n", false, false},
		{"1,-1,1\n-1,-1,1\n", false, true},
		{"1,-1,1\n-1,-1,2\n", false, false},
		{strings.Repeat("1,1,1\n", 50) + strings.Repeat("0,0,0\n", 50) + strings.Repeat("1,1,1\n", 50), true, false},
		{strings.Repeat("1,1,1\n", 51) + strings.Repeat("0,0,0\n", 200), false, false},
	} {
		text := "long,wide,deep,kind\n"
		for i, row := range strings.Fields(c.rows) {
			text += row + [2]string{",A\n", ",B\n"}[i%2]
		}
		rows := rowsOf(t, table(text))
		if (rows.sparse != nil) != c.sparse || (rows.dense != nil) == c.sparse || rows.width != 3 {
			t.Errorf("%.30q: %d lists, %d numbers, %d wide", c.rows, len(rows.sparse), len(rows.dense), rows.width)
		}
		if got := rows.pick([]int{0}); !c.sparse && got.Signs != c.signs {
			t.Errorf("%.30q: signs %v", c.rows, got.Signs)
		}
	}
}

// rowsOf stores the input values of the layers for a table.
func rowsOf(t *testing.T, text table) *inputRows {
	t.Helper()
	l := opened(t, strings.ReplaceAll(layers, ", bias: true", "")+learnFlowers+"record: {atoms: 0}\n", text)
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	return b.rows["flower"]
}

// Outputs in batches are drawn with the firing probability, or are +1 if it exceeds ½, or
// have the sign of the receptive sum.
func TestOutputsOfBatches(t *testing.T) {
	l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	b.begin([]int{4, 1, 0})
	m := b.members[0]
	theta := slices.Clone(b.look(m))
	sums := m.Sums(neuron.Receptive)
	sign := func(on bool) float64 {
		if on {
			return 1
		}
		return -1
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var sampled, teacher, half []float64
	for i := range 3 {
		for j := range 3 {
			k := i*3 + j
			sampled = append(sampled, sign(theta[k] > rng.Float64()))
			teacher, half = append(teacher, sign(sums[k] > 0)), append(half, sign(theta[k] > 0.5))
		}
	}
	for output, want := range map[string][]float64{"own": sampled, "sampled": sampled, "teacher": teacher, "sign": half} {
		b.phase.Present.Output = output
		if got := b.sample(m, theta, rand.New(rand.NewPCG(1, 2))); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", output, got, want)
		}
	}
	b.phase.Present.Output = "own"
	if got := b.sample(b.members[1], b.look(b.members[1]), rand.New(rand.NewPCG(1, 2))); len(got) != 6 {
		t.Errorf("three items of two neurons have %d outputs", len(got))
	}
	samples := m.samples([]neuron.Sample{{Neuron: 9}}, 1)
	if len(samples) != 4 || samples[0].Neuron != 9 {
		t.Fatalf("%+v", samples)
	}
	for j, s := range samples[1:] {
		k := 3 + j
		if int(s.Neuron) != j || s.Theta != theta[k] || float64(s.Output) != sign(theta[k] >= 0.5) || s.Sum[0] != sums[k] || s.Sum[1] != m.Sums(neuron.Contextual)[k] || s.Sum[2] != 0 || !s.Learned {
			t.Errorf("neuron %d: %+v, θ %v", j, s, theta[k])
		}
	}
}

// A weight that is NaN or too large ends a phase with an error that has the neuron, port
// and slot.
func TestBrokenInBatches(t *testing.T) {
	for _, c := range []struct {
		port neuron.Port
		at   int // index in Weights, input × 3 + neuron
		v    float64
		want string
	}{
		{0, 7, math.NaN(), "a #1, neuron 1"}, {0, 5, 2 * neuron.MaxWeight, "a #2, neuron 2"}, {1, 0, math.Inf(-1), "a #0, neuron 0"}, {0, 11, -2 * neuron.MaxWeight, "a #2, neuron 2"}, {0, 3, neuron.MaxWeight, ""},
	} {
		l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
		b, err := l.newBatch(&l.plan.phases[0])
		if err != nil {
			t.Fatal(err)
		}
		m := b.members[0]
		clear(m.Ports[c.port].Weights)
		m.Ports[c.port].Weights[c.at] = c.v
		err = l.explain(m.broken(7))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("weight %d of port %d is %v: %v", c.at, c.port, c.v, err)
		}
		var broke *neuron.Breakdown
		if c.want == "" || !errors.As(err, &broke) {
			continue
		}
		slot := c.at / 3
		if c.port == 0 && slot == 3 {
			slot = neuron.BiasSlot
		}
		if broke.Time != 7 || broke.Port != c.port || broke.Slot != slot || broke.What != neuron.WeightBroke || broke.Rule != neuron.GoalGradient || !(broke.Value == c.v || math.IsNaN(c.v)) {
			t.Errorf("weight %d of port %d is %v: %+v", c.at, c.port, c.v, broke)
		}
	}
}

// Settings that cannot be combined with batches are refused.
func TestBatchesRefused(t *testing.T) {
	two := strings.Replace(layers, "  - {from: kind, to: a, port: c,", "  - {from: kind, to: a, port: r}\n  - {from: kind, to: a, port: c,", 1)
	for _, c := range []struct{ text, how, want string }{
		{layers, "data: f, count: 3, batch: {}", "present.batch: is for a source with an end, presented in passes"},
		{layers, "data: f, duration: 3ms, batch: {}", "present.batch: is for a source with an end, presented in passes"},
		{layers, "data: f, repeat: 2, batch: {}", "present.batch: stands beside repeat, rehearse, looks or length, which are for items one by one"},
		{layers, "data: f, length: 2ms, batch: {}", "present.batch: stands beside repeat"},
		{layers, "data: f, order: sequential, batch: {}", "present.order: has no effect on batches; they are drawn in an order of their own"},
		{layers, "data: f, output: sign, batch: {}", "present.output: has no effect on batches"},
		{layers, "data: f, batch: {of: {c: {rate: 1}}}", `present.batch.of.c: got "c", expected a population`},
		{layers, "data: f, batch: {fit: [a, c]}", `present.batch.fit[1]: got "c", expected a population`},
		{layers, "data: f, batch: {end_drive: 0.5}", "present.batch.end_drive: has no effect on batches"},
		{two, "data: f, batch: {}", "present.batch: needs ports with one input or population, but port r of a has several"},
	} {
		e, err := language.Load("layers.yaml", []byte(c.text+"  - {name: learn, present: {"+c.how+"}}\nrecord: {atoms: 0}\n"))
		if err == nil {
			var plan *Plan
			if plan, err = Prepare(e, flowers); err == nil {
				var r *Run
				if r, err = plan.Start(engineOf(t, plan), &journal.Listener{}); err == nil {
					err = r.Go(context.Background())
				}
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.how, err, c.want)
		}
	}
}
