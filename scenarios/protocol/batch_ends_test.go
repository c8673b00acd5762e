package protocol

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"infomorph/neuron"
	"infomorph/pid"
)

// frozenLayers is layers with frozen receptive ports, which also have no biases.
var frozenLayers = strings.ReplaceAll(layers, "r: {rule: goal, bias: true", "r: {rule: frozen")

// Weights of frozen ports that were driven down are as before at the end of the phase.
// Only ports that receive an input are driven down, and only populations that learn
// write their weights back.
func TestFrozenWeightsAfterBatches(t *testing.T) {
	l := start(t, frozenLayers+"  - {name: learn, present: {data: f, passes: 2, learn: a, batch: {rate: 0.1, end_drive: 0.5}}}\nrecord: {atoms: 0}\n")
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	if b.frozen[0] == nil || b.frozen[1] != nil {
		t.Errorf("driven down are %v", b.frozen)
	}
	if all := b.populations(); len(all) != 1 || all[0] != b.members[0].batched {
		t.Errorf("%d populations learn, want a only", len(all))
	}
	before, others := l.weights(0), l.weights(3)
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := l.weights(0)
	for source := neuron.ID(5); source < 8; source++ {
		if after[source] != before[source] {
			t.Errorf("the weight of channel %d was %v, is %v", source, before[source], after[source])
		}
	}
	if after[8] == before[8] || !maps.Equal(l.weights(3), others) {
		t.Errorf("weights of the kind %v, as before; or those of b %v, not as before", after[8], l.weights(3))
	}
}

// A weight that breaks during a phase of batches ends the run, in whichever population it
// is.
func TestBrokenDuringBatches(t *testing.T) {
	for _, c := range []struct {
		member int
		v      float64
		want   string
	}{{0, 2 * neuron.MaxWeight, "a #0, neuron 0"}, {1, -2 * neuron.MaxWeight, "b #0, neuron 3"}, {0, math.NaN(), "a #0, neuron 0"}} {
		l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
		l.Run.out.Step = func(_ string, done, _ int) error {
			if done == 2 {
				l.batch.members[c.member].Ports[0].Weights[0] = c.v
			}
			return nil
		}
		if err := l.Go(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) || l.state.Done != 2 {
			t.Errorf("%v: %v after %d batches, want %s", c.v, err, l.state.Done, c.want)
		}
	}
}

// Of several broken weights, the first is reported. Weights at the limit are not broken.
func TestFirstBrokenWeight(t *testing.T) {
	const limit = neuron.MaxWeight
	for _, c := range []struct {
		weights map[int]float64 // by index, input × 3 + neuron
		want    string
	}{
		{map[int]float64{0: limit, 4: -limit, 11: limit}, "<nil>"},
		{map[int]float64{8: 2 * limit, 4: -3 * limit, 11: limit}, "neuron 1 slot 1 -3e+06"},
		{map[int]float64{5: 4 * limit, 8: 5 * limit}, "neuron 2 slot 1 4e+06"},
	} {
		l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
		b, err := l.newBatch(&l.plan.phases[0])
		if err != nil {
			t.Fatal(err)
		}
		m := b.members[0]
		for at, w := range c.weights {
			m.Ports[0].Weights[at] = w
		}
		err = m.broken(7)
		got := fmt.Sprint(err)
		var broke *neuron.Breakdown
		if errors.As(err, &broke) {
			got = fmt.Sprintf("neuron %d slot %d %g", broke.Neuron, broke.Slot, broke.Value)
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.weights, got, c.want)
		}
	}
}

// A port with two sources is refused in whatever order they are.
func TestPortsOfSeveralPopulations(t *testing.T) {
	for _, more := range []string{"  - {from: flower, to: b, port: r}\n", "  - {from: kind, to: b, port: r}\n  - {from: flower, to: b, port: c}\n"} {
		text := strings.Replace(layers, "data:\n", more+"data:\n", 1)
		err := start(t, text+learnFlowers+"record: {atoms: 0}\n").Go(t.Context())
		if want := "present.batch: needs ports with one input or population, but port r of b has several"; err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", more, err, want)
		}
	}
}

// A phase of batches does not begin with a state or with items that cannot be read, nor
// for no neurons.
func TestBatchesThatDoNotBegin(t *testing.T) {
	l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
	const unfit = "protocol: the state of the batches does not fit the scenario"
	for saved, want := range map[string]string{"[]": unfit, "{": unfit + "\nunexpected end of JSON input"} {
		l.state.Batch = []byte(saved)
		if _, err := l.newBatch(&l.plan.phases[0]); err == nil || err.Error() != want {
			t.Errorf("the state %s: %v", saved, err)
		}
	}
	f := theFading()
	f.broken = false
	l = start(t, fadingBatches)
	f.broken = true
	if err := l.Go(t.Context()); !errors.Is(err, errGone) || l.with("step") != "" {
		t.Errorf("items that are gone: %v; %s", err, l.with("step"))
	}
	f.broken = false
	if _, err := newBatched(l.engine, 0, 0, span{}, span{}); err == nil || !strings.Contains(err.Error(), "a population needs neurons") {
		t.Errorf("no neurons: %v", err)
	}
}

// A goal that cannot be evaluated ends the run: when neurons learn, else at the end of the
// pass, when they get atoms.
func TestGoalsThatCannotBeEvaluated(t *testing.T) {
	for steps, done := range map[string]int{"{do: [fire]}, {do: [learn]}": 0, "{do: [fire]}": 1} {
		l := start(t, layers+"  - {name: learn, present: {data: f, batch: {}, steps: ["+steps+"]}}\nrecord: {atoms: 0}\n")
		l.Run.out.Step = func(string, int, int) error {
			l.batch.members[1].Goal = pid.Goal{}
			return nil
		}
		if err := l.Go(t.Context()); err == nil || err.Error() != "pid: the zero goal: make one with NewGoal" || l.state.Done != done {
			t.Errorf("%s: after %d batches %v", steps, l.state.Done, err)
		}
	}
}

// rings is layers with a population m. It receives flowers and the outputs of a, and b
// receives the outputs of a and of m. All ports learn.
var rings = strings.NewReplacer("high: {goal: {red: 1}", "high: {goal: {red: 1, unq_r: 0.5}", "c: {bins: {number: 2}}", "c: {rule: goal, bins: {number: 3, range: 3}}",
	"b: {size: 2, neuron: high}", "b: {size: 2, neuron: high}, m: {size: 4, neuron: high}",
	"from: kind, to: b, port: c, rule: one_to_one, weights: 1}", "from: m, to: b, port: c, weights: {uniform: [-1, 1]}}\n  - {from: flower, to: m, port: r, weights: {uniform: [-1, 1]}}\n  - {from: a, to: m, port: c, weights: {uniform: [-1, 1]}}",
).Replace(layers)

// Sums of ports are only computed again if their input or their weights have changed. The
// firing probabilities are those that all sums give, whatever has changed, and no outputs
// of the last batch are left.
func TestSumsOfBatchesAreKept(t *testing.T) {
	l := start(t, rings+learnFlowers+"record: {atoms: 0}\n")
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	b.rate(0, 0)
	rng := draws(1, 0, 0)
	for number, rows := range [][]int{{0, 4, 1}, {5, 2, 7}, {1, 6}} {
		b.begin(rows)
		for i, m := range b.members {
			if m.outputs.Dense != nil || m.biased.Dense != nil {
				t.Errorf("batch %d: population %d has the outputs of the last one", number, i)
			}
		}
		for _, step := range []string{"a fires", "m fires", "a fires, m fires", "a fires, m learns", "b learns, m fires", "a learns, m learns", "a fires, m fires"} {
			for i, name := range []string{"a", "b", "m"} {
				for what, do := range map[string]neuron.Flags{"fires": neuron.Fire, "learns": neuron.Learn} {
					if !strings.Contains(step, name+" "+what) {
						continue
					}
					if err := b.update(b.members[i], do, rng); err != nil {
						t.Fatal(err)
					}
				}
			}
			b.commit()
			for i, m := range b.members {
				if i == 0 && len(m.outputs.Dense) != 3*len(rows) {
					t.Errorf("batch %d, %s: outputs of a: %v", number, step, m.outputs)
				}
				got := slices.Clone(b.look(m))
				if want := m.Forward(len(rows), m.ports...); !floats.Equal(got, want) {
					t.Errorf("batch %d, %s: probabilities of population %d %v, want %v", number, step, i, got, want)
				}
			}
		}
	}
}

// Neurons that only learn in a step have no outputs in it, and draw none.
func TestBatchesThatOnlyLearn(t *testing.T) {
	l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	b.begin([]int{0, 4})
	rng := draws(1, 0, 0)
	if err := b.update(b.members[0], neuron.Learn, rng); err != nil || b.members[0].next != nil {
		t.Errorf("outputs %v, %v", b.members[0].next, err)
	}
	if rng.Uint64() != draws(1, 0, 0).Uint64() {
		t.Error("random numbers were drawn")
	}
}

// Inputs that are off, and populations that do not update, have no effect in batches.
func TestSilentSourcesOfBatches(t *testing.T) {
	for how, silent := range map[string][2]bool{"off: [flower]": {true, false}, "steps: [{do: [fire, learn], populations: [b]}]": {false, true}, "off: [kind]": {false, false}} {
		l := start(t, strings.ReplaceAll(layers, ", bias: true", "")+"  - {name: learn, present: {data: f, batch: {size: 3}, "+how+"}}\nrecord: {atoms: 0}\n")
		b, err := l.newBatch(&l.plan.phases[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := b.learn([]int{0, 1, 4}, 0); err != nil {
			t.Fatal(err)
		}
		for i, m := range b.members {
			if m == nil {
				continue
			}
			if sums := m.Sums(neuron.Receptive); (floats.Norm(sums, 1) == 0) != silent[i] {
				t.Errorf("%s: receptive sums of population %d are %v", how, i, sums)
			}
		}
	}
}

// A port with exactly a quarter of the possible synapses is stored as a table with a mask,
// one with less as lists.
func TestQuarterOfTheSynapses(t *testing.T) {
	for size, listed := range map[int]bool{4: false, 5: true} {
		names := strings.Join([]string{"a", "b", "c", "d", "e"}[:size], ",")
		text := strings.NewReplacer(", bias: true", "", "a: {size: 3", fmt.Sprintf("a: {size: %d", size), "flower: {size: 3}", fmt.Sprintf("flower: {size: %d}", size), "[long, wide, deep]", "["+names+"]",
			"to: a, port: r,", "to: a, port: r, rule: one_to_one,").Replace(layers)
		l := opened(t, text+learnFlowers+"record: {atoms: 0}\n", table(names+",kind\n"+strings.Repeat("1,", size)+"A\n"+strings.Repeat("0,", size)+"B\n"))
		b, err := l.newBatch(&l.plan.phases[0])
		if err != nil {
			t.Fatal(err)
		}
		if port := b.members[0].Ports[0]; (port.Sources != nil) != listed || (port.Mask != nil) == listed {
			t.Errorf("%d of %d synapses: listed %v, mask %v", size, size*size, port.Sources, port.Mask)
		}
	}
}

// Neurons without evidence fire with probability ½. Drawn by sign or by the teacher, they
// are off; a sample counts them as on.
func TestUndecidedOutputsOfBatches(t *testing.T) {
	l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	m := b.members[0]
	for _, port := range m.Ports {
		clear(port.Weights)
	}
	b.begin([]int{0, 4})
	theta := b.look(m)
	if !slices.Equal(theta, slices.Repeat([]float64{0.5}, 6)) {
		t.Fatalf("probabilities %v", theta)
	}
	for _, output := range []string{"sign", "teacher"} {
		b.phase.Present.Output = output
		if got := b.sample(m, theta, draws(1, 0, 0)); !slices.Equal(got, slices.Repeat([]float64{-1}, 6)) {
			t.Errorf("%s: %v", output, got)
		}
	}
	for _, s := range m.samples(nil, 1) {
		if s.Output != 1 {
			t.Errorf("%+v", s)
		}
	}
}

// Each setting that cannot be combined with batches is refused, at its smallest value.
func TestSettingsBesideBatches(t *testing.T) {
	const ends, single = "is for a source with an end, presented in passes", "stands beside repeat, rehearse, looks or length, which are for items one by one"
	for how, want := range map[string]string{"count: 1": ends, "duration: 1us": ends, "repeat: 2": single, "rehearse: {count: 1}": single, "looks: 2": single, "length: 1us": single, "passes: 2": ""} {
		_, err := prepare(layers + "  - {name: learn, present: {data: f, batch: {}, " + how + "}}\n")
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasSuffix(err.Error(), "protocol[0].present.batch: "+want)) {
			t.Errorf("%s: %v, want %s", how, err, want)
		}
	}
}

// If one of two populations with the same input has lists of synapses, the rows of the
// input are not lists, whichever population comes first.
func TestRowsOfTwoPopulations(t *testing.T) {
	const few, all = "  - {from: flower, to: a, port: r, rule: one_to_one, weights: {uniform: [-1, 1]}}\n", "  - {from: flower, to: m, port: r}\n  - {from: kind, to: m, port: c}\n"
	for _, populations := range []string{"a: {size: 8, neuron: low}, b: {size: 2, neuron: high}, m: {size: 4, neuron: low}", "m: {size: 4, neuron: low}, a: {size: 8, neuron: low}, b: {size: 2, neuron: high}"} {
		text := strings.NewReplacer("a: {size: 3, neuron: low}, b: {size: 2, neuron: high}", populations, "flower: {size: 3}", "flower: {size: 8}", "x: [long, wide, deep]", "x: [a, b, c, d, e, f, g, h]",
			"  - {from: flower, to: a, port: r, weights: {uniform: [-1, 1]}}\n", few+all).Replace(layers)
		l := opened(t, text+learnFlowers+"record: {atoms: 0}\n", table("a,b,c,d,e,f,g,h,kind\n2,0,0,0,0,0,0,0,A\n0,3,0,0,0,0,0,0,B\n"))
		b, err := l.newBatch(&l.plan.phases[0])
		if err != nil {
			t.Fatal(err)
		}
		if rows := b.rows["flower+1"]; rows.sparse != nil || len(rows.dense) != 2*9 {
			t.Errorf("%s: rows are lists %v", populations, rows.sparse)
		}
	}
}

// Rows that are picked again do not have those of the last time, whether they are lists or
// not.
func TestRowsPickedAgain(t *testing.T) {
	x := inputRows{width: 2, signs: true}
	x.add([]float32{0, 3})
	x.add([]float32{4, 0})
	for _, want := range []string{"[4 0 0 3] [], [0 3] []", "[] [{[0] [4]} {[1] [3]}], [] [{[1] [3]}]"} {
		first := x.pick([]int{1, 0})
		got := fmt.Sprint(first.Dense, first.Sparse)
		again := x.pick([]int{0})
		if got += fmt.Sprint(", ", again.Dense, again.Sparse); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		x.thin()
	}
}

// Rows of outputs for ports with a bias have a 1 at their end.
func TestOutputsWithBias(t *testing.T) {
	if got := biased([]float64{1, -1, -1, -1, -1, 1}, 3); !slices.Equal(got, []float64{1, -1, -1, 1, -1, -1, 1, 1}) {
		t.Errorf("%v", got)
	}
}

// Whether rows are lists is decided after the last of them, not after the first.
func TestRowsThatBeginWithZeros(t *testing.T) {
	if rows := rowsOf(t, "long,wide,deep,kind\n0,0,0,A\n1,1,1,B\n2,2,2,A\n"); rows.sparse != nil || len(rows.dense) != 9 {
		t.Errorf("lists %v", rows.sparse)
	}
}

// A population that learned online, with centred inputs, fires in batches as it does in the
// engine, while another learns.
func TestBatchesBehindCentredNeurons(t *testing.T) {
	text := strings.Replace(layers, "low: {goal: {red: 1, unq_r: -0.2}, ports: {r: {rule: goal, bias: true, ", "low: {activation: {gain: 0}, homeostasis: {gain: 0.1}, goal: {unq_r: 1}, ports: {r: {rule: goal, bias: true, center: 0.1, ", 1)
	text = strings.Replace(text, "c: {rule: goal, bins: {number: 3, range: 3}}", "c: {rule: delta, squash: true, center: 0.1}", 1)
	const phases = `  - {name: features, present: {data: f, passes: 4, learn: a}}
  - {name: read, present: {data: f, learn: b, batch: {}, steps: [{populations: [a], do: [fire]}, {populations: [b], do: [fire, learn]}]}}
`
	l := start(t, text+phases+"record: {atoms: 0}\n")
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, err := l.newBatch(&l.plan.phases[1])
	if err != nil {
		t.Fatal(err)
	}
	b.begin([]int{0, 3})
	theta := b.look(b.members[0])
	reports, err := l.engine.Report([]neuron.ID{0, 1, 2}, neuron.WantWeights)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range [][]float64{{0, 1, 0.5}, {0.25, 0, 0}} {
		for j, r := range reports {
			sum := floats.Dot(x, r.Weights[0]) + r.Bias[0] - r.Shift[0]
			if want := 1 / (1 + math.Exp(-sum)); r.Shift[0] == 0 || !(math.Abs(theta[i*3+j]-want) <= 1e-9) {
				t.Errorf("item %d, neuron %d: θ = %v, want %v", i, j, theta[i*3+j], want)
			}
		}
	}
}
