package protocol

import (
	"fmt"
	"strings"
	"testing"

	"infomorph/scenarios/language"
)

// followed is far with two hidden neurons, which pass on what the two halves of memory say,
// and one more neuron above them.
var followed = strings.NewReplacer("size: 4, neuron: unit}}", "size: 4, neuron: unit}, hidden: {size: 2, neuron: relay}, top: {size: 1, neuron: relay}}",
	"data:\n", "  - {from: memory, to: hidden, port: r, rule: {name: blocks, number: 2}, weights: 1}\n  - {from: hidden, to: top, port: r, weights: 1}\ndata:\n").Replace(far)

// In the cue and in each sweep, populations that follow update after the recalling one,
// each when it has received the outputs of those before it.
func TestFollowersOnTheWire(t *testing.T) {
	holdAll(t, followed, []on{{`recall: {data: p, items: '#0', input: input, population: memory, follow: "hidden, top", release: fading, sweeps: 2}`, `
to 21.002ms
  10.002ms tell 7=-1 8=1 9=-1 10=-1 11=0
  10.002ms plastic 0 0-3
  10.002ms plastic 0 4-5
  10.002ms plastic 0 6-6
  10.002ms dynamics teacher 0-3
  10.002ms dynamics teacher 4-5
  10.002ms dynamics teacher 6-6
  12.002ms fire 0-3
  15.002ms fire 4-5
  18.002ms fire 6-6
to 32.002ms
  21.002ms tell 7=-0.55 8=0.55 9=-0.55 10=-0.55
  23.002ms dynamics sign 0-3
  23.002ms dynamics sign 4-5
  23.002ms dynamics sign 6-6
  23.002ms fire 0-3
  26.002ms fire 4-5
  29.002ms fire 6-6
to 43.002ms
  32.002ms tell 7=-0.275 8=0.275 9=-0.275 10=-0.275
  34.002ms fire 0-3
  37.002ms fire 4-5
  40.002ms fire 6-6
to 43.003ms
  43.002ms observe 0-3
`}})
}

// followers is a recall by memory, with those that follow.
func followers(names string) *language.Recall {
	return &language.Recall{Cueing: language.Cueing{Input: "input", Population: "memory", Follow: names, Dynamics: "sign", Release: "held"}}
}

// The last answer of those that follow is to the recalled pattern. The result holds the
// recalling neurons only.
func TestAnswersOfFollowers(t *testing.T) {
	for cue, want := range map[[4]float32]string{{1, 1, -1, -1}: "[1 -1]", {-1, -1, 1, 1}: "[-1 1]", {1, 1, 1, 1}: "[1 1]"} {
		l := start(t, followed+last)
		c, err := l.plan.cueing(followers("hidden,top"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := l.recallCue(t.Context(), &c, cue[:])
		if err != nil || fmt.Sprint(got.Outputs) != fmt.Sprint(cue) {
			t.Fatalf("%v from %v, %v", got.Outputs, cue, err)
		}
		if hidden := fmt.Sprint(l.player.outputs[4:6]); hidden != want {
			t.Errorf("from %v hidden neurons say %s, want %s", cue, hidden, want)
		}
	}
}

// A population takes part once, and has clocks as the recalling one has.
func TestRefusalsOfFollowers(t *testing.T) {
	mixed := strings.NewReplacer("neurons: {", "neurons: {clocked: {like: relay, clock: {kind: poisson}}, ", "top: {size: 1, neuron: relay}", "top: {size: 1, neuron: clocked}").Replace(followed)
	for names, want := range map[string]string{
		"":              "",
		" hidden , ":    "",
		"hiden":         `follow: got "hiden", expected the name of a population; did you mean "hidden"?`,
		"memory":        "follow: names memory, which takes part already",
		"hidden,hidden": "follow: names hidden, which takes part already",
		"hidden,top":    "follow: names top, and either it or memory has clocks of its own; both must have them, or neither",
	} {
		_, err := planOf(t, mixed+last).cueing(followers(names))
		if got := fmt.Sprint(err); err == nil != (want == "") || err != nil && got != want {
			t.Errorf("%q: %s, want %s", names, got, want)
		}
	}
}
