package protocol

import (
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"infomorph/internal/baseline"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
)

// dreamer is a memory with the weights of a classical rule, which then rehearses what it
// recalls, without learning from it.
func dreamer(how string) string {
	return small + others + `  - {name: stored, store: {data: p, items: "#0,#1", input: input, projection: context, rule: hebb}}
  - {name: dreams, present: {data: p, order: sequential, repeat: 2, learn: none, rehearse: {count: 3, own: {input: input, population: memory, ` + how + `}}}}
record: {presentations: true}
`
}

// dreamt runs a document and returns the cues, what was rehearsed after each of them (nil if
// nothing was), and how many items were presented.
func dreamt(t *testing.T, text string) (cues, rehearsed [][]float32, items int) {
	t.Helper()
	l := start(t, text)
	l.out.Shown = func(s journal.Shown) error {
		switch {
		case s.Phase != "dreams":
		case s.How == "cue":
			cues = append(cues, slices.Clone(s.Values("input")))
			rehearsed = append(rehearsed, nil)
		case s.How == "recalled":
			if s.Item != -1 || s.Values("other") != nil {
				t.Errorf("item %d rehearsed, other input %v", s.Item, s.Values("other"))
			}
			if len(cues) == 0 {
				rehearsed = append(rehearsed, nil)
			}
			rehearsed[len(rehearsed)-1] = slices.Clone(s.Values("input"))
		default:
			items++
		}
		return nil
	}
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	return cues, rehearsed, items
}

func wide(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// hebbian returns the weights of Hebb's rule for the first two patterns.
func hebbian(t *testing.T) *mat.Dense {
	t.Helper()
	part := planOf(t, dreamer("dynamics: sign")).phases[1].part
	w := mat.NewDense(4, 4, nil)
	for k := range 2 {
		var it data.Item
		if err := part.Item(k, &it); err != nil {
			t.Fatal(err)
		}
		row := wide(part.Set().Values(nil, "input", &it))
		for i := range row {
			for j := range row {
				if i != j {
					w.Set(i, j, w.At(i, j)+row[i]*row[j])
				}
			}
		}
	}
	return w
}

// What is rehearsed is what sign dynamics reach from the cue with the weights of the
// network. Before each of two repetitions of five items there are three rehearsals.
func TestNetworksRehearseWhatTheyRecall(t *testing.T) {
	w := hebbian(t)
	cues, rehearsed, items := dreamt(t, dreamer("dynamics: sign"))
	if len(cues) != 30 || items != 10 {
		t.Fatalf("%d cues, %d items", len(cues), items)
	}
	distinct := map[[4]float32]bool{}
	for k, cue := range cues {
		distinct[[4]float32(cue)] = true
		want := baseline.Settle(w, wide(cue), nil, 50)
		if got := wide(rehearsed[k]); !slices.Equal(got, want) {
			t.Errorf("from %v: rehearsed %v, want %v", cue, got, want)
		}
	}
	if len(distinct) < 8 {
		t.Errorf("only %d different cues of 16", len(distinct))
	}
}

// With settled, only fixed points are rehearsed: what one more step leaves as it is.
func TestOnlySettledStatesAreRehearsed(t *testing.T) {
	w := hebbian(t)
	cues, rehearsed, _ := dreamt(t, dreamer("dynamics: sign, settled: true, sweeps: 2"))
	none := 0
	for k, cue := range cues {
		second := baseline.Settle(w, wide(cue), nil, 2)
		fixed := slices.Equal(second, baseline.Settle(w, wide(cue), nil, 1))
		if fixed != (rehearsed[k] != nil) {
			t.Errorf("from %v: after two steps %v; fixed is %v, rehearsed %v", cue, second, fixed, rehearsed[k])
		}
		if rehearsed[k] == nil {
			none++
		}
	}
	if none == 0 || none == len(cues) {
		t.Errorf("%d of %d cues did not settle; the test needs some of both", none, len(cues))
	}
}

// With dynamics none, the drawn bits are rehearsed, and the network recalls nothing.
func TestRehearsalOfDrawnBits(t *testing.T) {
	cues, rehearsed, _ := dreamt(t, dreamer("dynamics: none"))
	if len(cues) != 0 || len(rehearsed) == 0 {
		t.Errorf("%d cues, %d rehearsals", len(cues), len(rehearsed))
	}
	for _, v := range rehearsed {
		if slices.ContainsFunc(v, func(x float32) bool { return x != 1 && x != -1 }) {
			t.Errorf("rehearsed %v", v)
		}
	}
}

// Drawn bits are both values equally often.
func TestRandomBits(t *testing.T) {
	sum := float32(0)
	for _, v := range randomBits(neuron.NewRand(1, neuron.ForStimulus, dreamStream), 10_000) {
		if v != 1 && v != -1 {
			t.Fatalf("a bit %v", v)
		}
		sum += v
	}
	if sum < -400 || sum > 400 { // four standard deviations
		t.Errorf("the bits add up to %v", sum)
	}
}
