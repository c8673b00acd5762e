package protocol

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// An expectation of a measure that does not exist is refused with the key in which it
// stands. A score need not be a live measure.
func TestKeysOfExpectations(t *testing.T) {
	for _, key := range []string{"always", "eventually", "never", "score"} {
		_, err := prepare(small + last + "expect: [{" + key + ": neuron.foo, min: 1}]\n")
		if key == "score" {
			if err != nil {
				t.Errorf("a score is taken for a live measure: %v", err)
			}
			continue
		}
		if want := "expect[0]." + key + `: got "neuron.foo", expected a live measure: `; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", key, err, want)
		}
	}
}

// A saved state of batches with a value of the wrong kind is refused as a state that does
// not fit the scenario.
func TestStatesOfBatchesThatDoNotFit(t *testing.T) {
	l := start(t, layers+learnFlowers+"record: {atoms: 0}\n")
	b, err := l.newBatch(&l.plan.phases[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"{", "[]", `["", 5]`, "7"} {
		if err := b.restore([]byte(bad)); err == nil || !strings.Contains(err.Error(), "the state of the batches does not fit the scenario") {
			t.Errorf("restored %s: %v", bad, err)
		}
	}
}

// The next presentation waits for outputs of a step only if a population that fires in it
// sends spikes, wherever that population stands in the document.
func TestStepsThatTellNobody(t *testing.T) {
	for tell, want := range map[string]string{"a": "[true true false false]", "b": "[true false true false]", "": "[false false false false]"} {
		kinds := layers
		for kind, name := range map[string]string{"low": "a", "high": "b"} {
			if name != tell {
				kinds = strings.Replace(kinds, kind+": {goal", kind+": {tell: never, goal", 1)
			}
		}
		kinds = strings.Replace(kinds, "  - {from: a, to: b, port: r, weights: {uniform: [-1, 1]}}\n", "  - {from: flower, to: b, port: r}\n", 1)
		p := planOf(t, kinds+"  - {name: x, present: {data: f, steps: [{do: [fire]}, {do: [fire], populations: [a]}, {do: [fire], populations: [b]}, {do: [learn]}]}}\n")
		var tells []bool
		for _, s := range p.phases[0].steps {
			tells = append(tells, s.tells)
		}
		if got := fmt.Sprint(tells); got != want {
			t.Errorf("%q sends spikes: steps tell %s, want %s", tell, got, want)
		}
	}
}

// A recall that is asked for by an event ends the run if its cue cannot be reported.
func TestCuesOfEventsThatCannotBeReported(t *testing.T) {
	l := start(t, small+last+"events: [{at: 2ms, recall: {input: input, population: memory, values: [1, 1, -1, 1]}}]\n")
	cues := 0
	l.Run.out.Shown = func(s journal.Shown) error {
		if s.How != "cue" {
			return nil
		}
		cues++
		return errBroken
	}
	if err := l.Go(t.Context()); !errors.Is(err, errBroken) || cues != 1 {
		t.Errorf("after %d cues the run ended with %v", cues, err)
	}
}

// A neuron that a lesion has removed has output 0 from then on. The others keep theirs.
func TestOutputsOfRemovedNeurons(t *testing.T) {
	l := learnt(t)
	before := fmt.Sprint(l.player.outputs[0], l.player.outputs[2:])
	if l.player.outputs[1] == 0 {
		t.Fatal("the neuron has no output")
	}
	l.do("lesion: {by: named}, neurons: 'memory:1'")
	if err := l.player.advance(t.Context(), l.engine.Now()+neuron.Millisecond, sim.Feed{}); err != nil {
		t.Fatal(err)
	}
	if got := l.player.outputs[1]; got != 0 {
		t.Errorf("the removed neuron has output %v", got)
	}
	if after := fmt.Sprint(l.player.outputs[0], l.player.outputs[2:]); after != before {
		t.Errorf("the other outputs were %s, now %s", before, after)
	}
}

// A function of two vectors says what is wrong with the second, as with the first.
func TestVectorsThatAreNone(t *testing.T) {
	for call, want := range map[string]string{
		"cosine([], 5)":        "got a value of type int, expected a list of numbers",
		"cosine(5, [])":        "got a value of type int, expected a list of numbers",
		"overlap([], ['x'])":   "element 0 is of type string, expected a number",
		"overlap([1], [1, 2])": "got 1 and 2 numbers, expected as many",
	} {
		if got := evaluated(t, call); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
}

// A script for a population that does not stand first in the document gets the values of
// that population's neurons, not of others.
func TestScriptsOfLaterPopulations(t *testing.T) {
	text := strings.NewReplacer("populations: {memory: {size: 4, neuron: unit}}", "populations: {before: {size: 3, neuron: unit}, memory: {size: 4, neuron: unit}}",
		"projections:\n", "projections:\n  - {from: other, to: before, port: r}\n").Replace(small)
	l := start(t, text+others+`  - name: play
    script:
      input: input
      population: memory
      data: p
      code: |
        def next(ctx):
            if ctx.step == 0:
                return present(1)
            print(ctx.receptive)
            return None
record: {atoms: 0}
`)
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := l.with("print"); got != "print [2.0, -2.0, 2.0, 2.0]" { // pattern 1 with weights of 2
		t.Errorf("receptive sums: %s", got)
	}
}

// An event that asks for the recall of an item that cannot be read ends in that error,
// even if nothing reads the item afterwards. No other pattern takes its place.
func TestRecallOfItemsThatCannotBeRead(t *testing.T) {
	f := theFading()
	f.broken = false
	l := start(t, strings.Replace(small, "  o: {", "  w: {custom: {kind: fading}, to: {input: bits}}\n  o: {", 1)+last+"  - {name: z, present: {data: w, learn: none}}\n")
	ask := func(item string) (int, []float32, error) {
		shown, pattern, err := l.asked(&language.Ask{Data: "w", Item: item, Cueing: language.Cueing{Input: "input"}})
		return shown.Item, pattern, err
	}
	for item, want := range map[string]string{"#0": "0 [1 -1 -1 1] <nil>", "#1": "1 [1 -1 1 1] <nil>", "": "-1 [] <nil>"} {
		if got := fmt.Sprintln(ask(item)); got != want+"\n" {
			t.Errorf("item %q: %s, want %s", item, got, want)
		}
	}
	f.broken = true
	defer func() { f.broken = false }()
	if _, pattern, err := ask("#1"); !errors.Is(err, errGone) || pattern != nil {
		t.Errorf("the pattern %v: %v", pattern, err)
	}
}

// The engine of a run may also have lost a channel. That changes no output of a neuron.
func TestOutputsWithoutAChannel(t *testing.T) {
	l := learnt(t)
	before := fmt.Sprint(l.player.outputs)
	channel := l.plan.Net.Inputs[0].First
	if _, err := sim.Restructure(l.engine.Engine, &topology.Change{Neurons: []neuron.ID{channel}}); err != nil {
		t.Fatal(err)
	}
	if removed := l.engine.Network().Removed; !slices.Equal(removed, []neuron.ID{channel}) {
		t.Fatalf("removed %v", removed)
	}
	if err := l.player.advance(t.Context(), l.engine.Now()+neuron.Millisecond, sim.Feed{}); err != nil {
		t.Fatal(err)
	}
	if after := fmt.Sprint(l.player.outputs); after != before {
		t.Errorf("the outputs were %s, now %s", before, after)
	}
}
