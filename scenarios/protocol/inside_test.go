package protocol

import (
	"fmt"
	"strings"
	"testing"

	"infomorph/scenarios/data"
)

// planOf returns the plan of a document.
func planOf(t *testing.T, text string, settings ...string) *Plan {
	t.Helper()
	p, err := prepare(text, settings...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const manyPhases = others + `  - {name: learn, present: {data: p, items: "#1-#3"}}
  - {name: again, present: {data: p}}
  - {name: quiet, rest: {duration: 1ms}}
  - {name: back, recall: {data: p, input: input, population: memory}}
`

// What a plan reports: its sources in the order of the protocol, the name and values of
// an item, which populations can recall, and the data of phases.
func TestInsideOfAPlan(t *testing.T) {
	p := planOf(t, small+manyPhases)
	if got := fmt.Sprint(p.Sources()); got != "[o p]" {
		t.Errorf("sources %s", got)
	}
	if got := fmt.Sprint(planOf(t, endless+"  - {name: z, present: {data: b, count: 1}}\n"+last).Sources()); got != "[o p]" {
		t.Errorf("sources with an end %s", got)
	}
	if part, err := p.Data.Part("p"); err != nil || p.ItemName(part, 2) != "" {
		t.Errorf("%v, an item without name and label is called %q", err, p.ItemName(part, 2))
	}
	for phase, want := range map[string]string{"others": "o", "learn": "p", "again": "p", "quiet": "", "back": "p", "none": ""} {
		if got := p.SourceOf(phase); got != want {
			t.Errorf("phase %s takes from %q, want %q", phase, got, want)
		}
		if p.InBatches(phase) {
			t.Errorf("phase %s is in batches", phase)
		}
	}
	for pair, want := range map[[2]string]bool{{"input", "memory"}: true, {"other", "memory"}: false, {"input", "none"}: false, {"none", "memory"}: false} {
		if p.CanRecall(pair[0], pair[1]) != want {
			t.Errorf("%v can recall: %v", pair, !want)
		}
	}
	values, err := p.ItemValues("p", 3)
	if err != nil || fmt.Sprint(values) != "map[input:[1 -1 1 -1]]" {
		t.Errorf("item 3 tells %v, %v", values, err)
	}
	for _, c := range []struct {
		source string
		item   int
		want   string
	}{{"p", 4, "<nil>"}, {"p", 0, "<nil>"}, {"p", 5, "item: got 5, expected 0 to 4"}, {"p", -1, "item: got -1, expected 0 to 4"}, {"o", 2, "item: got 2, expected 0 to 1"}, {"q", 0, "data: "}} {
		if _, err := p.ItemValues(c.source, c.item); !strings.HasPrefix(fmt.Sprint(err), c.want) {
			t.Errorf("item %d of %s: %v, want %s", c.item, c.source, err, c.want)
		}
	}
	layered := planOf(t, layers+learnFlowers+"  - {name: test, present: {data: f, learn: none}}\n")
	if !layered.InBatches("learn") || layered.InBatches("test") {
		t.Error("the first phase is in batches, the second is not")
	}
	part, err := layered.Data.Part("f")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]string{0: "A", 3: "A", 4: "B", 7: "B"} {
		if got := layered.ItemName(part, i); got != want {
			t.Errorf("item %d is called %q, want %q", i, got, want)
		}
	}
	named := planOf(t, trained+"  - {name: x, play: {data: t}}\n")
	if part, err = named.Data.Part("t"); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a", "b"} { // by name, not by label
		if got := named.ItemName(part, i); got != want {
			t.Errorf("train %d is called %q, want %q", i, got, want)
		}
	}
}

// trainInput returns an input only for sources with channels whose spikes an input
// receives.
func TestTrainInput(t *testing.T) {
	for _, c := range []struct{ text, source, want string }{
		{trained + "  - {name: x, play: {data: t}}\n", "t", "in"},
		{small + manyPhases, "p", ""},
		{layers + learnFlowers, "f", ""},
	} {
		if got := trainInput(planOf(t, c.text).Data.Set(c.source)); got != c.want {
			t.Errorf("trains of %s go to %q, want %q", c.source, got, c.want)
		}
	}
	if got := trainInput(&data.Set{}); got != "" {
		t.Errorf("nothing goes to %q", got)
	}
}

// The number of learning updates of a neuron follows from phases, repeats, rehearsal and
// the updates in a presentation.
func TestUpdatesOfPlans(t *testing.T) {
	slow := strings.Replace(small, "like: memory", "like: memory, clock: {kind: poisson, interval: 2ms}", 1)
	gated := strings.Replace(slow, "interval: 2ms}", "interval: 2ms}, gate: {once: true}", 1)
	for _, c := range []struct {
		name, network, phases string
		updates               int64
		planned               int
	}{
		{"each item once", small, "  - {name: a, present: {data: p, passes: 3}}\n", 15, 15},
		{"repeated", small, "  - {name: a, present: {data: p, passes: 3, repeat: 4}}\n", 60, 60},
		{"with two rehearsed before each", small, "  - {name: a, present: {data: p, order: sequential, rehearse: {count: 2}}}\n", 15, 15},
		{"two phases", small, "  - {name: a, present: {data: p, passes: 3}}\n  - {name: b, present: {data: p, items: '#1,#2'}}\n", 17, 17},
		{"one does not learn", small, "  - {name: a, present: {data: p, passes: 3}}\n  - {name: b, present: {data: p, learn: none}}\n", 15, 15},
		{"so many in all", small, "  - {name: a, present: {data: p, count: 7}}\n", 7, 7},
		{"twice an item", small, "  - {name: a, present: {data: p, steps: [{do: [fire, learn]}, {do: [observe]}, {do: [learn]}]}}\n", 10, 5},
		{"for 10 ms of two delays each", small, "  - {name: a, present: {data: p, duration: 10ms}}\n", 6, 6},
		{"for 10 ms of a length", small, "  - {name: a, present: {data: p, duration: 10ms, length: 3ms}}\n", 4, 4},
		{"rest", small, "  - {name: a, present: {data: p}}\n  - {name: b, rest: {duration: 1s, learn: all}}\n", 5, 5},
		{"at random, 12 times an item", slow, "  - {name: a, present: {data: p}}\n", 60, 5},
		{"at random, by length", slow, "  - {name: a, present: {data: p, length: 11ms}}\n", 25, 5},
		{"at random, shorter than the interval", slow, "  - {name: a, present: {data: p, length: 1ms}}\n", 5, 5},
		{"once an item", gated, "  - {name: a, present: {data: p}}\n", 5, 5},
	} {
		p := planOf(t, c.network+others+c.phases)
		if got := p.updates("memory"); got != c.updates || p.planned != c.planned {
			t.Errorf("%s: %d updates of %d presentations, want %d of %d", c.name, got, p.planned, c.updates, c.planned)
		}
		if got := p.updates("none"); got != 0 {
			t.Errorf("%s: nobody learns %d times", c.name, got)
		}
	}
	if p := planOf(t, layers+learnFlowers); p.updates("a") != 0 || p.planned != 24 {
		t.Errorf("in batches neurons update %d times in %d presentations", p.updates("a"), p.planned)
	}
	// Steps that are only for one population are not updates of the other.
	apart := planOf(t, layers+"  - {name: x, present: {data: f, steps: [{do: [fire]}, {do: [learn], populations: [a]}, {do: [learn], populations: [b]}, {do: [learn], populations: [b]}]}}\n")
	if a, b := apart.updates("a"), apart.updates("b"); a != 8 || b != 16 {
		t.Errorf("with one step for a and two for b, they update %d and %d times for 8 items", a, b)
	}
	p := planOf(t, trained+"  - {name: x, play: {data: t, every: 8ms, passes: 3}}\n  - {name: y, play: {data: t, every: 2ms, learn: none}}\n")
	if got := fmt.Sprint(p.updates("a"), p.updates("b"), p.planned); got != "6 12 6" {
		t.Errorf("updates of trains %s", got)
	}
}

// The populations that learn in a phase are those that the phase names and whose kind
// learns.
func TestLearners(t *testing.T) {
	for _, c := range []struct {
		learn, control string
		want           string
	}{
		{"all", "none", "[true true]"}, {"none", "none", "[false false]"}, {"a", "none", "[true false]"}, {"b", "none", "[false true]"}, {"'a, b'", "none", "[true true]"}, {"all", "frozen", "[false false]"},
	} {
		p := planOf(t, strings.Replace(layers, "name: layers", "name: layers\ncontrol: "+c.control, 1)+"  - {name: x, present: {data: f, learn: "+c.learn+"}}\n")
		if got := fmt.Sprint(p.phases[0].learns); got != c.want {
			t.Errorf("learn %s with control %s: %s, want %s", c.learn, c.control, got, c.want)
		}
		if got := p.phases[0].learning(); got != strings.Contains(c.want, "true") {
			t.Errorf("learn %s with control %s: somebody learns %v", c.learn, c.control, got)
		}
	}
}
