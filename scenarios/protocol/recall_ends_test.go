package protocol

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
)

// recalled returns what measures get of recalls: item, age, cue, pattern and sweeps.
func recalled(t *testing.T, text string) string {
	t.Helper()
	var all []string
	for _, got := range spied(t, text, "Recall") {
		r := got.(*measure.Recalled)
		all = append(all, fmt.Sprint(r.Phase, " ", r.Item.Index, " ", r.Age, " ", r.Cue, " ", r.Stored, " ", r.Outputs, " ", r.Sweeps))
	}
	return strings.Join(all, "\n")
}

// Measures get the item and its pattern, the cue, the outputs, and how many were recalled
// before.
func TestWhatIsRecalled(t *testing.T) {
	const phases = others + "  - {name: back, recall: {data: p, items: '#1,#2,#3', count: 2, backwards: true, input: input, population: memory, release: held}}\n  - {name: x, recall: {data: p, items: '#1', input: input, population: memory, cue: occlude, fraction: 50%, dynamics: belief, release: held, sweeps: 4}}\nrecord: {atoms: 0}\n"
	const want = "back 3 0 [1 -1 1 -1] [1 -1 1 -1] [1 -1 1 -1] 1\nback 2 1 [-1 -1 -1 -1] [-1 -1 -1 -1] [-1 -1 -1 -1] 1\nx 1 0 [1 -1 -1 -1] [1 -1 1 1] [1 -1 -1 -1] 5"
	second := strings.NewReplacer("populations: {memory", "populations: {first: {size: 3, neuron: relay}, memory", "data:\n", "  - {from: other, to: first, port: r}\ndata:\n").Replace(small)
	for _, text := range []string{small, second} {
		if got := recalled(t, text+phases); got != want {
			t.Errorf("recalled\n%s\nwant\n%s", got, want)
		}
	}
}

// Sampled outputs are drawn as often as sweeps says: without evidence they differ from
// recall to recall, and do not stay those of the cue as with sign.
func TestRecallBySampledOutputs(t *testing.T) {
	text := func(dynamics string) string {
		return small + others + "  - {name: x, recall: {data: p, items: '#0,#1,#2,#3,#4', input: input, population: memory, dynamics: " + dynamics + ", sweeps: 7}}\nrecord: {atoms: 0}\n"
	}
	changed := 0
	for i, got := range spied(t, text("sampled"), "Recall") {
		r := got.(*measure.Recalled)
		if r.Sweeps != 7 {
			t.Errorf("recall %d: %d sweeps, want 7", i, r.Sweeps)
		}
		if !slices.Equal(r.Outputs, r.Cue) {
			changed++
		}
	}
	if changed < 2 {
		t.Errorf("%d of 5 recalls changed the cue", changed)
	}
	for i, got := range spied(t, text("sign"), "Recall") {
		if r := got.(*measure.Recalled); r.Sweeps == 7 {
			t.Errorf("recall %d by sign: it did not stop when nothing changed", i)
		}
	}
}

// Weights of channels to receptive ports count, whatever other ports the channels reach
// first.
func TestDriveOfChannels(t *testing.T) {
	const wire = "  - {from: input, to: memory, port: r, rule: one_to_one, weights: 2}\n"
	how := &language.Recall{Cueing: language.Cueing{Input: "input", Population: "memory"}}
	for more, want := range map[string]float64{wire: 2, "  - {from: other, to: memory, port: r, weights: 9}\n" + wire: 2, "  - {from: input, to: memory, port: c, weights: 7}\n" + wire: 2,
		"  - {from: input, to: memory, port: c, weights: 7}\n": 0, strings.Replace(wire, "weights: 2", "weights: 0", 1): 0} {
		p := planOf(t, strings.NewReplacer(wire, more, "input: {size: 4}, other: {size: 1}", "other: {size: 1}, input: {size: 4}").Replace(small)+last)
		c, err := p.cueing(how)
		if c.drive != want || (err == nil) != (want != 0) || err != nil && err.Error() != `input: got "input", expected an input that drives the population's receptive ports, one channel each; join them by rule: one_to_one with weights other than 0` {
			t.Errorf("%s: drive %v, %v", more, c.drive, err)
		}
	}
}

// The second read of an item, for shuffled labels, can fail, too.
func TestOtherPatternsThatCannotBeRead(t *testing.T) {
	f := theFading()
	f.broken = false
	text := strings.Replace(small, "p: {patterns: {source: random, count: 5, width: 2, height: 2}, to: {input: {field: pattern, off: -1}}}", "p: {custom: {kind: fading}, to: {input: bits}}", 1) + others
	l := start(t, text+"  - {name: x, recall: {data: p, input: input, population: memory}}\ncontrol: shuffled\nrecord: {atoms: 0}\n")
	l.Run.out.Shown = func(s journal.Shown) error {
		f.broken = s.How == "cue"
		return nil
	}
	err := l.Go(t.Context())
	f.broken = false
	if part := l.plan.phases[1].part; !errors.Is(err, errGone) || part.Other(0) == 0 || l.state.Done != 0 {
		t.Errorf("with item %d in the place of 0: %v", part.Other(0), err)
	}
}

// A sweep of neurons with clocks is their mean interval, that of others the longest delay.
func TestTimeOfSweeps(t *testing.T) {
	for text, want := range map[string]neuron.Time{far: 3000, strings.Replace(free, "interval: 2ms", "interval: 5ms", 1): 5000} {
		l := start(t, text+last)
		if got := l.sweep(&cueing{population: l.plan.Net.Populations[0]}); got != want {
			t.Errorf("a sweep of %v, want %v", got, want)
		}
	}
}

// Evidence is a field that is finite and not 0, or a receptive value for a bit that is known
// if the cue is held.
func TestEvidentBits(t *testing.T) {
	for _, c := range []struct {
		field, receptive float64
		held             bool
		cue              float32
		want             bool
	}{
		{0.5, 0, false, 0, true}, {-0.5, 0, true, 0, true}, {0, 1, false, 1, false}, {0, 1, true, 1, true}, {0, -2, true, -1, true},
		{0, 0, true, 1, false}, {0, 1, true, 0, false}, {math.NaN(), 1, true, 1, false}, {math.Inf(1), 1, true, 1, false}, {math.Inf(-1), 1, true, 1, false}, {1, 1, true, 1, true},
	} {
		s := neuron.Sample{Sum: [neuron.NumPorts]float64{neuron.Receptive: c.receptive, neuron.Contextual: c.field}}
		if got := evident(&s, c.held, c.cue); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// A silent neuron has no evidence, though its cue is held.
func TestEvidenceOfSilentNeurons(t *testing.T) {
	l := start(t, small+last)
	l.do("silent: true, neurons: 'memory:1'")
	c, err := l.plan.cueing(&language.Recall{Cueing: language.Cueing{Input: "input", Population: "memory", Dynamics: "sign", Release: "held"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := l.recallCue(t.Context(), &c, []float32{1, -1, 1, -1})
	if err != nil || fmt.Sprint(got.Evidence, got.Outputs) != "[true false true true] [1 0 1 -1]" {
		t.Errorf("%v, %v, %v", got.Evidence, got.Outputs, err)
	}
}
