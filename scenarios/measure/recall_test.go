package measure

import (
	"fmt"
	"math"
	"testing"

	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
)

const memoryText = `
populations: {memory: {size: 100, neuron: bit}}
neurons: {bit: {goal: {red: 1}, output: teacher, ports: {r: {}, c: {rule: goal}}}}
inputs: {pixels: {}}
projections:
  - {from: pixels, to: memory, port: r, rule: one_to_one, weights: 2.3}
  - {from: memory, to: memory, port: c}
data: {letters: {patterns: {source: random, count: %d}, to: {pixels: {field: pattern, off: -1}}}}
protocol:
  - {name: learn, present: {data: letters, order: sequential, repeat: 3%s}}
  - {name: clean, recall: {data: letters, input: pixels, population: memory%s}}
  - {name: flipped, recall: {data: letters, input: pixels, population: memory, cue: flip, fraction: 10%%%s}}
measure:
  - {name: recall, recall: {}}
  - {name: training, predicted: {population: memory}}
`

func memory(t *testing.T, count int, repeat, backwards string) *bench {
	return newBench(t, fmt.Sprintf(memoryText, count, repeat, backwards, backwards))
}

// answers returns the result of a network for a cue: its outputs, and for which of them
// it has evidence.
type answers func(stored, cue []float32) ([]float32, []bool)

// recallAll recalls all patterns, with a share of the bits of the cues flipped.
func (b *bench) recallAll(phase string, flips float64, backwards bool, answer answers) {
	part, _ := b.env.Data.Part("letters")
	if err := b.set.Begin(phase, false, part.Len()); err != nil {
		b.t.Fatal(err)
	}
	var it data.Item
	for k := range part.Len() {
		i := k
		if backwards {
			i = part.Len() - 1 - k
		}
		if err := part.Item(i, &it); err != nil {
			b.t.Fatal(err)
		}
		stored := part.Set().Values(nil, "pixels", &it)
		cue := append([]float32(nil), stored...)
		for _, bit := range b.rng.Perm(len(cue))[:int(flips*float64(len(cue)))] {
			cue[bit] = -cue[bit]
		}
		r := &Recalled{Phase: phase, How: b.env.phase(phase).Recall, Item: &it, Stored: stored, Cue: cue, Age: k, Sweeps: 1}
		r.Outputs, r.Evidence = answer(stored, cue)
		if err := b.set.Recall(r, b.out); err != nil {
			b.t.Fatal(err)
		}
	}
}

func evidence_(n int, v bool) []bool {
	e := make([]bool, n)
	for i := range e {
		e[i] = v
	}
	return e
}

func perfect(stored, _ []float32) ([]float32, []bool) { return stored, evidence_(len(stored), true) }
func repeats(_, cue []float32) ([]float32, []bool)    { return cue, evidence_(len(cue), false) }
func copies(_, cue []float32) ([]float32, []bool)     { return cue, evidence_(len(cue), true) }

func TestRecallKnownAnswers(t *testing.T) {
	b := memory(t, 20, "", "")
	b.recallAll("clean", 0, false, perfect)
	b.recallAll("flipped", 0.1, false, func(stored, cue []float32) ([]float32, []bool) {
		out := append([]float32(nil), stored...)
		out[3] = -out[3]
		known := evidence_(len(out), true)
		known[7] = false
		return out, known
	})
	b.show()
	b.expect("recall.mean_overlap", 1, 1e-12)
	b.expect("recall.clean.exact", 1, 0)
	b.expect("recall.recalled", 1, 0)
	b.expect("recall.flipped.mean_overlap", 0.97, 1e-12) // 98 right, 1 wrong, 1 half right
	b.expect("recall.flipped.exact", 0, 0)
	b.expect("recall.flipped.recalled", 1, 0)
	b.expect("recall.flipped.no_evidence", 0.01, 1e-12)
	b.expect("recall.flipped.cue_overlap", 0.8, 1e-12)
	row := b.tables["recall"].Rows[25]
	if row[0] != "flipped" || row[2] != 5 || row[5] != 2 || row[6] != 1 {
		t.Errorf("the sixth of the second phase: %v", row)
	}
	tile := b.figs["recall-flipped"].(journal.Gallery).Rows[0].Tiles
	if tile[2][7] != 0 || tile[2][3] != -tile[0][3] {
		t.Error("the picture shows another answer than was given")
	}
}

// Networks that store nothing about an item score chance for any cue: without synapses,
// with NaN weights, another network, shuffled items, equal bits.
func TestRecallControls(t *testing.T) {
	nan := float32(math.NaN())
	controls := map[string]answers{
		"no evidence": repeats,
		"not a number": func(stored, _ []float32) ([]float32, []bool) {
			out := make([]float32, len(stored))
			for i := range out {
				out[i] = nan
			}
			return out, evidence_(len(out), true)
		},
		"all alike": func(stored, _ []float32) ([]float32, []bool) {
			out := make([]float32, len(stored))
			for i := range out {
				out[i] = 1
			}
			return out, evidence_(len(out), true)
		},
	}
	for name, answer := range controls {
		for _, flips := range []float64{0, 0.1} {
			b := memory(t, 40, "", "")
			b.recallAll("clean", flips, false, answer)
			b.show()
			b.expectChance("recall.mean_overlap", 0.04)
			b.expect("recall.mean_overlap", 0, 0.04)
			b.expect("recall.exact", 0, 0)
			b.expect("recall.recalled", 0, 0)
			if name != "all alike" {
				b.expect("recall.no_evidence", 1, 0)
				b.expect("recall.mean_overlap", 0, 0)
			}
		}
	}
	b := memory(t, 40, "", "")
	var last []float32
	b.recallAll("clean", 0, false, func(stored, _ []float32) ([]float32, []bool) { // another item
		out := last
		last = append([]float32(nil), stored...)
		if out == nil {
			out = make([]float32, len(stored))
		}
		return out, evidence_(len(stored), true)
	})
	b.show()
	b.expectChance("recall.mean_overlap", 0.06)
	b.expect("recall.recalled", 0, 0)
}

// Similar patterns give a chance level above 0.
func TestRecallChanceOfLikePatterns(t *testing.T) {
	b := memory(t, 10, "", "")
	part := func(stored []float32, item int) []float32 { // 80 bits are equal in all patterns
		out := append([]float32(nil), stored...)
		for i := range 80 {
			out[i] = 1
		}
		return out
	}
	set := b.set.measures[0].Measure.(*recall)
	for i := range 10 {
		stored := make([]float32, 100)
		for k := range stored {
			stored[k] = float32(2*b.rng.IntN(2) - 1)
		}
		stored = part(stored, i)
		it := &data.Item{Index: i}
		if err := set.Recall(&Recalled{Phase: "clean", Item: it, Stored: stored, Cue: stored, Outputs: stored, Evidence: evidence_(100, true)}, b.out); err != nil {
			t.Fatal(err)
		}
	}
	b.show()
	b.expect("recall.mean_overlap", 1, 1e-12)
	if c := b.chance["recall.mean_overlap"]; c < 0.7 || c > 0.9 {
		t.Errorf("chance is %v, want about .8", c)
	}
}

// A stream: how much is kept, the size of the buffer, and how much other methods would
// keep.
func TestStreamKept(t *testing.T) {
	b := memory(t, 60, "", ", backwards: true")
	age := 0
	newest := func(stored, cue []float32) ([]float32, []bool) {
		age++
		if age > 20 && age != 30 || age == 11 {
			return repeats(stored, cue)
		}
		return perfect(stored, cue)
	}
	b.recallAll("clean", 0, true, newest)
	age = 0
	b.recallAll("flipped", 0.1, true, copies)
	b.show()
	b.expect("recall.kept", 20, 0)
	b.expect("recall.clean.latest", 10, 0)
	b.expect("recall.tested", 60, 0)
	b.expect("recall.buffer", 1, 0)
	b.expect("recall.kept_buffer", 1, 0)
	b.expect("recall.kept_cue", 60, 0)
	b.expect("recall.flipped.kept", 0, 0)
	b.expect("recall.flipped.kept_cue", 0, 0)
	b.expect("recall.flipped.kept_buffer", 1, 0)
	clean, flipped := b.scores["recall.clean.kept_delta"], b.scores["recall.flipped.kept_delta"]
	if clean < 10 || clean < flipped || flipped < 1 {
		t.Errorf("a delta rule keeps %v of clean cues, %v of flipped ones", clean, flipped)
	}
	for _, name := range []string{"recall.kept", "recall.latest"} {
		if c := b.chance[name]; c > 0.01 || math.IsNaN(c) {
			t.Errorf("chance of %s is %v", name, c)
		}
	}
	if b.figs["age"] == nil {
		t.Error("no picture of recall against age")
	}
	rehearsing := memory(t, 60, ", rehearse: {count: 5}", ", backwards: true")
	rehearsing.recallAll("flipped", 0.1, true, repeats)
	rehearsing.show()
	rehearsing.expect("recall.buffer", 36, 0)
	rehearsing.expect("recall.kept_buffer", 36, 0)
	rehearsing.expect("recall.kept", 0, 0)
}

// The delta rule knows a pattern after one presentation.
func TestDeltaRule(t *testing.T) {
	b := memory(t, 3, "", "")
	r := b.set.measures[0].Measure.(*recall)
	b.recallAll("clean", 0, true, perfect)
	w := r.deltaRule(&r.state.Phases[0], b.env.phase("learn").Present, deltaInputs[0])
	if w == nil {
		t.Fatal("no weights")
	}
	for i := range 100 {
		if w.At(i, i) != 0 {
			t.Fatal("a neuron hears itself")
		}
	}
	x := r.state.Phases[0].Outcomes[0].Stored.vector() // the newest
	for i := range x {
		h := 0.0
		for k := range x {
			h += w.At(i, k) * x[k]
		}
		if !(math.Abs(h-x[i]) <= 0.02) {
			t.Fatalf("the newest bit %d: %v, want %v", i, h, x[i])
		}
	}
}
