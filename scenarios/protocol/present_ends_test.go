package protocol

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// A feed has at most 50 items, and few enough that no more than 2^20 neurons and channels
// can fire, and that about 2^21 synapses receive input; but at least one.
func TestItemsOfFeeds(t *testing.T) {
	for _, c := range []struct {
		members    int
		deliveries float64
		want       int
	}{
		{5, 1, 50}, {1<<20/50 - 1, 1, 50}, {1 << 20 / 50, 1, 49}, {1<<19 - 1, 1, 2}, {1 << 19, 1, 1}, {1 << 24, 1, 1},
		{5, 1 << 21 / 50, 50}, {5, 1<<21/50 + 1, 49}, {5, 1 << 20, 2}, {5, 1<<20 + 1, 1}, {5, 1 << 30, 1}, {1<<18 - 1, 1 << 18, 4}, {1<<18 - 1, 1 << 20, 2},
	} {
		if got := itemsOfFeed(c.members, c.deliveries); got != c.want {
			t.Errorf("%d members, %v deliveries: %d items, want %d", c.members, c.deliveries, got, c.want)
		}
	}
}

// During an item, each of the 20 synapses receives input as often as neurons update, in
// each look, repetition and rehearsal.
func TestDeliveries(t *testing.T) {
	for _, c := range []struct {
		text, phase string
		want        float64
	}{
		{small, "{data: p}", 20 * 2},
		{small, "{data: p, steps: [{do: [fire]}]}", 20},
		{small, "{data: p, rounds: 3, repeat: 5, looks: 2}", 20 * 4 * 5 * 2},
		{small, "{data: p, repeat: 2, rehearse: {count: 3}}", 20 * 2 * (2 + 2*3)},
		{small, "{data: p, length: 1h}", 20 * 2},
		{free, "{data: p}", 20 * 12},
		{free, "{data: p, length: 5ms}", 20 * 2},
		{free, "{data: p, length: 1ms}", 20},
		{strings.NewReplacer("memory: {size: 4", "memory: {size: 1", "input: {size: 4}", "input: {size: 1}", "width: 2, height: 2", "width: 1, height: 1", "  - {from: other, to: memory, port: c}\n", "", ", other: {size: 1}", "", "to: {other:", "to: {input:").Replace(small), "{data: p}", 1 * 2},
		{strings.Replace(free, "interval: 2ms", "interval: 1us", 1), "{data: p, length: 7us}", 20 * 7},
	} {
		p := planOf(t, c.text+others+"  - {name: x, present: "+c.phase+"}\n")
		if got := p.phases[1].deliveries(p); got != c.want {
			t.Errorf("%s: %v, want %v", c.phase, got, c.want)
		}
	}
}

// The next items are those up to the end of the pass or phase, to the next sample of atoms
// or probe, or as many as a feed can have. A phase with a duration goes item by item.
func TestNextItems(t *testing.T) {
	for _, c := range []struct {
		phase, record        string
		done, trained, shown int
		want                 string
	}{
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 0, 0, 0, "5 false"},
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 3, 0, 0, "2 false"},
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 5, 0, 0, "5 false"},
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 14, 0, 0, "1 false"},
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 15, 0, 0, "0 true"},
		{"{data: p, count: 7, learn: none}", "atoms: 0", 5, 0, 0, "2 false"},
		{"{data: p, items: '#4', passes: 2, learn: none}", "atoms: 0", 0, 0, 0, "1 false"},
		{"{data: b, count: 120, learn: none}", "atoms: 0", 0, 0, 0, "50 false"},
		{"{data: b, count: 120, learn: none}", "atoms: 0", 100, 0, 0, "20 false"},
		{"{data: p, passes: 4}", "atoms: 0", 0, 0, 0, "5 false"},
		{"{data: p, passes: 4}", "atoms: 5", 0, 0, 0, "4 false"},
		{"{data: p, passes: 4}", "atoms: 5", 2, 2, 0, "2 false"},
		{"{data: p, passes: 4}", "atoms: 20", 0, 0, 0, "1 false"},
		{"{data: p, passes: 4, learn: none}", "atoms: 5", 0, 0, 0, "5 false"},
		{"{data: p, passes: 2, repeat: 2}", "atoms: 4", 0, 0, 0, "2 false"}, // of five repetitions until the sample
		{"{data: p, passes: 2, repeat: 2}", "atoms: 4", 2, 4, 0, "1 false"},
		{"{data: p, passes: 2, repeat: 2}", "atoms: 10", 0, 0, 0, "1 false"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y]}]", 0, 0, 0, "3 false"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y]}, {population: memory, every: 2, of: [y]}]", 0, 0, 4, "2 false"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y]}]", 0, 0, 5, "1 false"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y], in: [x]}]", 0, 0, 0, "3 false"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y], in: [others]}]", 0, 0, 0, "5 false"},
	} {
		text := strings.Replace(small, "  o: {patterns", "  b: {bars: {rows: 2}, to: {input: {field: image, off: -1}}}\n  o: {patterns", 1) + others
		l := start(t, text+"  - {name: x, present: "+c.phase+"}\n  - {name: y, present: {data: p, learn: none}}\n  - {name: z, present: {data: b, count: 1, learn: none}}\nrecord: {"+c.record+"}\n")
		l.state.Done, l.state.Trained, l.state.Shown = c.done, c.trained, c.shown
		n, over := l.next(&l.plan.phases[1])
		if got := fmt.Sprint(n, over); got != c.want {
			t.Errorf("%s, %s, after %d items: %s, want %s", c.phase, c.record, c.done, got, c.want)
		}
	}
	l := start(t, small+others+"  - {name: x, present: {data: p, duration: 20ms}}\n")
	for _, c := range []struct {
		began, next neuron.Time
		over        bool
	}{{0, 19999, false}, {0, 20000, true}, {1, 20000, false}, {1, 20001, true}} {
		l.state.Began, l.state.Next = c.began, c.next
		if n, over := l.next(&l.plan.phases[1]); n != 1 || over != c.over {
			t.Errorf("from %v to %v: %d, %v", c.began, c.next, n, over)
		}
	}
}

// The progress of a phase with a duration is in milliseconds, and ends with the duration.
func TestProgressOfDurations(t *testing.T) {
	l := run(t, far+others+"  - {name: x, present: {data: p, duration: 12ms, learn: none}}\n  - {name: y, present: {data: p, duration: 1us, learn: none}}\nrecord: {atoms: 0}\n")
	if got := l.with("step"); !strings.HasSuffix(got, "2 of 2\nstep x 5 of 12\nstep x 10 of 12\nstep x 12 of 12\nstep y 0 of 0") {
		t.Error(got)
	}
}

// A source without an end goes on in the next phase where it stopped in the last, and its
// phase is one pass. Selected items are shuffled in each pass anew.
func TestOrderOfItems(t *testing.T) {
	text := strings.Replace(small, "  p: {patterns", "  b: {bars: {rows: 2}, to: {input: {field: image, off: -1}}}\n  p: {patterns", 1) + others
	l := start(t, text+`  - {name: first, present: {data: b, count: 3}}
  - {name: then, present: {data: b, count: 2}}
  - {name: some, present: {data: p, items: "#1,#3,#4", passes: 2, order: shuffled, repeat: 2}}
  - {name: all, present: {data: p, count: 7, order: sequential}}
measure: [{name: q, predicted: {population: memory}}]
record: {atoms: 0}
`)
	passes := map[string]int{}
	l.Run.out.Measure = func(_ neuron.Time, name string, _ float64) error {
		passes[l.plan.phases[l.state.Phase].Name]++
		return nil
	}
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []int{0, 1, 0, 1, 2, 3, 4}
	for pass := range 2 {
		for _, k := range draws(1, orderStream+3, pass).Perm(3) {
			item := [3]int{1, 3, 4}[k]
			want = append(want, item, item)
		}
	}
	want = append(want, 0, 1, 2, 3, 4, 0, 1)
	var got []int
	for line := range strings.Lines(l.with("shown")) {
		var item int
		if _, err := fmt.Sscanf(line, "shown presented %d", &item); err != nil {
			t.Fatal(err)
		}
		got = append(got, item)
	}
	if !slices.Equal(got, want) {
		t.Errorf("items %v, want %v", got, want)
	}
	if fmt.Sprint(passes) != "map[all:1 first:1 some:2 then:1]" {
		t.Errorf("passes %v", passes)
	}
}

// A neuron that is removed while several items are presented has no samples of the later
// ones, though it has one of the first.
func TestSamplesOfRemovedNeurons(t *testing.T) {
	for event, want := range map[string]string{"silent: false": "[0 1 2 3]", "lesion: {by: named}, neurons: 'memory:1'": "[0 2 3]"} {
		l := start(t, small+others+"  - {name: x, present: {data: p}}\nevents: [{at: 7ms, "+event+"}]\nrecord: {atoms: 0, probes: [{population: memory, every: 7, of: [y]}]}\n")
		var ids []neuron.ID
		l.Run.out.Probe = func(rows []journal.ProbeRow) error {
			for _, row := range rows {
				ids = append(ids, row.Neuron)
			}
			return nil
		}
		if err := l.Go(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(ids); got != want || strings.Count(l.with("step"), "step x") != 1 {
			t.Errorf("%s: neurons %s, want %s; %s", event, got, want, l.with("step"))
		}
	}
}
