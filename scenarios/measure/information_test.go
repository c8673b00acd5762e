package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
)

const barsText = `
populations: {V1: {size: 4, neuron: unit}}
neurons: {unit: {goal: {unq_r: 1}, ports: {r: {rule: goal}, c: {}}}}
inputs: {pixels: {}}
projections: [{from: pixels, to: V1, port: r}, {from: V1, to: V1, port: c}]
data: {bars: {bars: {rows: 4}, to: {pixels: image}}}
protocol:
  - {name: train, present: {data: bars, count: 2000}}
  - {name: test, present: {data: bars, count: 1000, learn: none}}
measure:
  - {name: bars, in: [test], information: {population: V1, about: features, checks: 20, check_in: [train]}}
  - {name: tuned, in: [test], selectivity: {population: V1, about: features}}
`

// knowing makes neuron i fire with probability p if bar i is on, and 1−p if it is off.
func knowing(p float64, which func(i int) int) says {
	return func(i int, it *data.Item) neuron.Sample {
		if it.Features[which(i)] > 0 {
			return neuron.Sample{Theta: p, Output: 1}
		}
		return neuron.Sample{Theta: 1 - p, Output: -1}
	}
}

func itself(i int) int { return i }

func TestInformationOfKnownNeurons(t *testing.T) {
	b := newBench(t, barsText)
	b.present("train", "V1", 2000, knowing(1, itself))
	b.present("test", "V1", 1000, knowing(1, itself))
	b.show()
	b.expect("bars.found", 4, 0)
	b.expect("bars.success", 1, 0)
	b.expect("bars.solved_after", 100, 0) // the first of 20 checks in 2000
	b.expect("bars.best_information", 1, 0.01)
	b.expect("tuned.dprime", 1000, 0)
	for i, row := range b.tables["bars"].Rows {
		if row[1] != []string{"0", "1", "2", "3"}[i] && row[1] != i && row[1] != b.env.set("bars").Features[i] {
			t.Errorf("neuron %d knows bar %v", i, row[1])
		}
	}
	cells := b.figs["information-matrix"].(journal.Matrix).Cells
	if cells[2][2] < 0.99 || cells[2][1] > 0.02 {
		t.Errorf("what neuron 2 knows: %v", cells[2])
	}
	half := newBench(t, barsText)
	half.present("train", "V1", 2000, knowing(0.9, func(i int) int { return i / 2 }))
	half.present("test", "V1", 1000, knowing(0.9, func(i int) int { return i / 2 }))
	half.show()
	half.expect("bars.best_information", 1-binaryEntropy(0.9), 0.005)
	half.expect("bars.found", 0, 0) // .53 bits of .8 wanted
	half.expect("bars.solved_after", 0, 0)
	half = newBench(t, barsText)
	half.present("test", "V1", 1000, knowing(0.99, func(i int) int { return i / 2 }))
	half.show()
	half.expect("bars.found", 2, 0)
	half.expect("bars.success", 0, 0)
}

// Controls give chance: no learning (random units), equal values, NaN.
func TestInformationControls(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	bit := func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: float64(rng.IntN(2)), Output: 1} }
	graded := func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: rng.Float64(), Output: 1} }
	for name, say := range map[string]says{"bits": bit, "graded": graded} {
		mean, chance, tuned, luck := 0.0, 0.0, 0.0, 0.0
		const runs = 40
		for range runs {
			b := newBench(t, barsText)
			b.present("test", "V1", 1000, say)
			b.show()
			mean, chance = mean+b.scores["bars.best_information"]/runs, chance+b.chance["bars.best_information"]/runs
			tuned, luck = tuned+b.scores["tuned.dprime"]/runs, luck+b.chance["tuned.dprime"]/runs
			b.expect("bars.found", 0, 0)
			if c := b.chance["bars.found"]; c > 1e-6 {
				t.Errorf("chance of bars found is %v", c)
			}
		}
		// 160 neurons: the mean of the largest of 4 has an error of about 10 %
		if !(math.Abs(mean-chance) <= 0.15*chance) || !(math.Abs(tuned-luck) <= 0.1*luck) {
			t.Errorf("%s: information %v, chance %v; d' %v, chance %v", name, mean, chance, tuned, luck)
		}
	}
	for _, theta := range map[string]float64{"alike": 0.3, "silent": 0, "always": 1, "nan": math.NaN(), "infinite": math.Inf(1)} {
		b := newBench(t, barsText)
		b.present("train", "V1", 2000, func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: theta} })
		b.present("test", "V1", 1000, func(int, *data.Item) neuron.Sample { return neuron.Sample{Theta: theta} })
		b.show()
		for _, score := range []string{"bars.best_information", "bars.found", "bars.success", "bars.solved_after", "tuned.dprime"} {
			b.expect(score, 0, 1e-12)
		}
		if finite(theta) {
			b.expect("bars.no_evidence", 0, 0)
		} else {
			b.expect("bars.no_evidence", 1, 0)
		}
	}
	b := newBench(t, "control: shuffled\n"+barsText)
	plain := newBench(t, barsText)
	part, _ := plain.env.Data.Part("bars")
	var it data.Item
	b.present("test", "V1", 1000, func(i int, other *data.Item) neuron.Sample {
		if err := part.Item(other.Index, &it); err != nil {
			t.Fatal(err)
		}
		return knowing(1, itself)(i, &it)
	})
	b.show()
	b.expectChance("bars.best_information", 0.003)
	b.expectChance("bars.found", 1e-6)
}

// Chance levels in closed form agree with random draws.
func TestChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const items, runs, labels = 400, 3000, 5
	mean, most := 0.0, 0.0
	for range runs {
		a, b := newTally(1, labels), newTally(1, 4)
		for range items {
			theta := rng.Float64()
			label := []int{rng.IntN(labels)}
			a.item(label)
			a.add(0, theta, label)
			var on []int
			for k := range 4 {
				if rng.IntN(2) == 0 {
					on = append(on, k)
				}
			}
			b.item(on)
			b.add(0, theta, on)
		}
		mean += a.label(0) / runs
		v, _ := bestOf(b.about(nil, 0))
		most += v / runs
	}
	const shrink = 1.0 / 12 / 0.25 // of a uniform θ
	if want := bias(items, labels-1, shrink); !(math.Abs(mean-want) <= 0.05*want) {
		t.Errorf("bias %v, in closed form %v", mean, want)
	}
	if want := largestBias(items, 1, 4, shrink); !(math.Abs(most-want) <= 0.05*want) {
		t.Errorf("largest of 4 %v, in closed form %v", most, want)
	}
	if got := largestBias(100, 3, 1, 1); !(math.Abs(got-bias(100, 3, 1)) <= 1e-6) {
		t.Errorf("the largest of one is that one: %v, %v", got, bias(100, 3, 1))
	}
	// E max of |z1|, |z2| is 2/√π
	if got := largestNormal([]float64{1, 1}); !(math.Abs(got-2/math.Sqrt(math.Pi)) <= 1e-6) {
		t.Errorf("largest of two normals: %v", got)
	}
	if got, want := exceeds(3.841458820694124/(2*50*math.Ln2), 50, 1, 1), 0.05; !(math.Abs(got-want) <= 1e-9) {
		t.Errorf("P(chi² > 3.84) = %v", got)
	}
}

// Information about labels: three of four labels can be distinguished.
func TestInformationAboutLabels(t *testing.T) {
	b := newBench(t, pictures("  - {name: knows, information: {population: out}}\n"))
	b.present("test", "out", 1000, func(i int, it *data.Item) neuron.Sample {
		return neuron.Sample{Theta: map[bool]float64{true: 1, false: 0}[it.Label < 5]}
	})
	b.show()
	b.expect("knows.information", 1, 0.01)
	b.expect("knows.largest", 1, 0.01)
	if c := b.chance["knows.information"]; !(math.Abs(c-9/(2*1000*math.Ln2)) <= 1e-4) {
		t.Errorf("chance is %v", c)
	}
}

// A feature that never occurs cannot be found.
func TestFeatureThatNeverComes(t *testing.T) {
	k := &knowledge{features: []string{"a", "b"}, threshold: 0.8, group: Group{Size: 1}}
	counts := newTally(1, 2)
	for range 10 {
		counts.item(nil)
		counts.add(0, 0.3, nil)
	}
	if n := k.distinct(&counts); n != 0 {
		t.Errorf("%d found", n)
	}
}

// If simulated time stands still, the axis is the number of presentations.
func TestAxisOfBatches(t *testing.T) {
	for _, c := range []struct {
		at, learnt, want []float64
		x                string
	}{
		{[]float64{1, 2}, []float64{5, 9}, []float64{1, 2}, ""},
		{[]float64{3, 3}, []float64{500, 1000}, []float64{500, 1000}, "presentations"},
		{[]float64{3, 3, 3}, []float64{500, 1000, 500}, []float64{1, 2, 3}, "number of the sample"},
		{[]float64{3, 3}, []float64{500, 500}, []float64{1, 2}, "number of the sample"},
		{[]float64{3, 3}, nil, []float64{1, 2}, "number of the sample"},
	} {
		var l journal.Lines
		if got := overTime(&l, c.at, c.learnt); !slices.Equal(got, c.want) || l.X != c.x || l.Timed != (c.x == "") {
			t.Errorf("%v, %v: %v over %q", c.at, c.learnt, got, l.X)
		}
	}
}
