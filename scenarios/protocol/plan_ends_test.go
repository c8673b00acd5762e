package protocol

import (
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
)

// What is wrong with files, data or measures is reported before a run begins.
func TestWhatPrepareRefuses(t *testing.T) {
	for _, c := range [][2]string{
		{strings.Replace(layers, "f.csv", "gone.csv", 1) + learnFlowers, "data.f.table.file: open gone.csv: file does not exist"},
		{layers + learnFlowers + "measure: [{name: q, accuracy: {population: a}}]\n", `measure[0].accuracy.population: got "a", expected a population of 2 neurons, one for each label`},
		{small + last + "  - {name: z, present: {data: p.test}}\n", `protocol[2].present.data: got "p.test", expected p, which has no parts`},
	} {
		if _, err := prepare(c[0]); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%v, want %s", err, c[1])
		}
	}
}

// A count is refused beside passes or a duration, however small.
func TestCountsRefused(t *testing.T) {
	for _, how := range []string{"count: 1, passes: 2", "count: 1, duration: 1us", "count: 2, duration: 1ms"} {
		if _, err := prepare(small + last + "  - {name: z, present: {data: p, " + how + "}}\n"); err == nil || !strings.Contains(err.Error(), "present.count: is given together with passes or duration") {
			t.Errorf("%s: %v", how, err)
		}
	}
}

// Steps have targets for neurons that have something to do. A step in which nobody learns
// has none, and without synchronous neurons there are no steps.
func TestStepsWithoutTargets(t *testing.T) {
	for how, want := range map[string]string{"": "[{[{0 4 1}] true} {[{0 4 4}] false}]", ", rounds: 2": "[{[{0 4 1}] true} {[{0 4 1}] true} {[{0 4 4}] false}]", ", steps: [{do: [learn]}, {do: [observe, learn]}]": "[{[] false} {[{0 4 4}] false}]"} {
		p := planOf(t, small+others+"  - {name: x, present: {data: p, learn: none"+how+"}}\n")
		if got := fmt.Sprint(p.phases[1].steps); got != want {
			t.Errorf("%q: steps %s, want %s", how, got, want)
		}
	}
	if steps := planOf(t, free+last).phases[1].steps; len(steps) != 0 {
		t.Errorf("neurons with clocks have steps %v", steps)
	}
}

// Presentations of a phase, those of phases that learn, and updates in which a neuron
// learns: in each presentation as often as the steps say, or as its clock ticks.
func TestPlannedUpdates(t *testing.T) {
	clocked := strings.Replace(free, ", gate: {}", "", 1)
	once := strings.Replace(free, "gate: {}", "gate: {once: true}", 1)
	for _, c := range []struct{ text, phase, want string }{
		{far, "present: {data: p, passes: 3}", "15 15 15"},
		{far, "present: {data: p, count: 1}", "1 1 1"},
		{far, "present: {data: p, count: 7, repeat: 2, steps: [{do: [learn]}, {do: [fire]}, {do: [learn, fire]}]}", "14 14 28"},
		{far, "present: {data: p, duration: 20ms}", "4 4 4"}, // two steps of 3 ms each
		{far, "present: {data: p, duration: 18ms}", "4 4 4"},
		{far, "present: {data: p, duration: 20ms, length: 5ms}", "5 5 5"},
		{far, "present: {data: p, duration: 1us, length: 1us}", "2 2 2"},
		{far, "present: {data: p, items: '#1,#3', repeat: 2, rehearse: {count: 2}}", "12 12 12"},
		{far, "present: {data: p, passes: 2, order: sequential, rehearse: {count: 1}}", "20 20 20"},
		{far, "rest: {duration: 5ms, learn: all}", "0 0 0"},
		{far, "present: {data: p, learn: none}", "5 0 0"},
		{free, "present: {data: p}", "5 5 60"}, // twelve intervals
		{free, "present: {data: p, duration: 50ms}", "3 3 36"},
		{clocked, "present: {data: p, length: 5ms}", "5 5 10"},
		{clocked, "present: {data: p, length: 1ms}", "5 5 5"},
		{strings.Replace(clocked, "interval: 2ms", "interval: 1us", 1), "present: {data: p}", "5 5 60"},
		{once, "present: {data: p}", "5 5 5"},
	} {
		p := planOf(t, c.text+others+"  - {name: x, "+c.phase+"}\n  - {name: late, present: {data: p, learn: none}}\n")
		if total := p.phases[1].total; (total == 0) != strings.Contains(c.phase, "duration") {
			t.Errorf("%s: %d are known in advance", c.phase, total)
		}
		if got := fmt.Sprint(p.phases[1].presentations(p), p.planned, p.updates("memory")); got != c.want {
			t.Errorf("%s: %s, want %s", c.phase, got, c.want)
		}
		if n := p.updates("input"); n != 0 {
			t.Errorf("%s: channels learn %d times", c.phase, n)
		}
	}
	for phase, want := range map[string]string{"{data: t, every: 2ms, passes: 3}": "6 6 6 6", "{data: t, every: 9ms, items: b}": "1 1 1 2", "{data: t, every: 4ms, learn: a}": "2 2 2 0"} {
		p := planOf(t, trained+"  - {name: x, play: "+phase+"}\n")
		if got := fmt.Sprint(p.phases[0].presentations(p), p.planned, p.updates("a"), p.updates("b")); got != want {
			t.Errorf("play: %s: %s, want %s", phase, got, want)
		}
	}
}

// A rate that changes does so over all updates of the run.
func TestScheduledRates(t *testing.T) {
	text := strings.Replace(trained, "ports: {r: {rule: goal}", "ports: {r: {rule: goal, rate: 0.1, end_rate: 0.01}", 1)
	p := planOf(t, text+"  - {name: x, play: {data: t, every: 9ms, passes: 3}}\n  - {name: y, play: {data: t, every: 9ms, learn: a}}\n")
	for id, updates := range []int64{8, 8, 12} { // the third has a clock, which ticks twice in a train
		if got, want := p.Network().Config(neuron.ID(id)).Ports[neuron.Receptive].Rate, (neuron.Schedule{Start: 0.1, End: 0.01, To: updates}); got != want {
			t.Errorf("neuron %d: %+v, want %+v", id, got, want)
		}
	}
}

// Notes about data are part of those of the plan.
func TestNotesOfData(t *testing.T) {
	p := planOf(t, small+last)
	before := len(p.Notes())
	p.Data.Set("p").Notes = []string{"one", "two"}
	if got := strings.Join(p.Notes()[before:], ", "); got != "data.p: one, data.p: two" {
		t.Errorf("notes %s", got)
	}
}

// Neurons update in a rest as long as it lasts, but not at its very end.
func TestUpdatesOfRests(t *testing.T) {
	holdAll(t, far, []on{{"rest: {duration: 5ms, output: sampled}", `
to 15.002ms
  10.002ms tell 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics sampled 0-3
  12.002ms fire+learn 0-3
`}, {"rest: {duration: 5001us, output: sampled}", `
to 15.003ms
  10.002ms tell 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics sampled 0-3
  12.002ms fire+learn 0-3
  15.002ms fire+learn 0-3
`}})
}
