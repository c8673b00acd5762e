package protocol

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
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
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 0, 0, 0, "5 items"},
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 3, 0, 0, "2 items"},
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 5, 0, 0, "5 items"},
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 14, 0, 0, "1 item"},
		{"{data: p, passes: 3, learn: none}", "atoms: 0", 15, 0, 0, "over"},
		{"{data: p, count: 7, learn: none}", "atoms: 0", 5, 0, 0, "2 items"},
		{"{data: p, items: '#4', passes: 2, learn: none}", "atoms: 0", 0, 0, 0, "1 item"},
		{"{data: b, count: 120, learn: none}", "atoms: 0", 0, 0, 0, "50 items"},
		{"{data: b, count: 120, learn: none}", "atoms: 0", 100, 0, 0, "20 items"},
		{"{data: p, passes: 4}", "atoms: 0", 0, 0, 0, "5 items"},
		{"{data: p, passes: 4}", "atoms: 5", 0, 0, 0, "4 items"},
		{"{data: p, passes: 4}", "atoms: 5", 2, 2, 0, "2 items"},
		{"{data: p, passes: 4}", "atoms: 20", 0, 0, 0, "1 item"},
		{"{data: p, passes: 4, learn: none}", "atoms: 5", 0, 0, 0, "5 items"},
		{"{data: p, passes: 2, repeat: 2}", "atoms: 4", 0, 0, 0, "2 items"}, // of five repetitions until the sample
		{"{data: p, passes: 2, repeat: 2}", "atoms: 4", 2, 4, 0, "1 item"},
		{"{data: p, passes: 2, repeat: 2}", "atoms: 10", 0, 0, 0, "1 item"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y]}]", 0, 0, 0, "3 items"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y]}, {population: memory, every: 2, of: [y]}]", 0, 0, 4, "2 items"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y]}]", 0, 0, 5, "1 item"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y], in: [x]}]", 0, 0, 0, "3 items"},
		{"{data: p}", "atoms: 0, probes: [{population: memory, every: 3, of: [y], in: [others]}]", 0, 0, 0, "5 items"},
	} {
		text := strings.Replace(small, "  o: {patterns", "  b: {bars: {rows: 2}, to: {input: {field: image, off: -1}}}\n  o: {patterns", 1) + others
		l := start(t, text+"  - {name: x, present: "+c.phase+"}\n  - {name: y, present: {data: p, learn: none}}\n  - {name: z, present: {data: b, count: 1, learn: none}}\nrecord: {"+c.record+"}\n")
		l.state.Done, l.state.Trained, l.state.Shown = c.done, c.trained, c.shown
		n, over := l.next(&l.plan.phases[1])
		got := words.Count(n, "item")
		if over {
			got = "over"
		}
		if got != c.want {
			t.Errorf("%s, %s, after %d items: %s, want %s", c.phase, c.record, c.done, got, c.want)
		}
	}
	l := start(t, small+others+"  - {name: x, present: {data: p, learn: none}}\n  - {name: y, present: {data: p, passes: 4}}\nrecord: {atoms: 5}\n")
	if n, _ := l.next(&l.plan.phases[1]); n != 5 {
		t.Errorf("%d items of a phase before one that learns, want 5", n)
	}
	l = start(t, small+others+"  - {name: x, present: {data: p, duration: 20ms}}\n")
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
  - {name: one, present: {data: p, items: "#4", passes: 2}}
measure: [{name: q, predicted: {population: memory}}]
record: {atoms: 0, probes: [{population: memory, of: [y]}]} # item by item
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
	want = append(want, 0, 1, 2, 3, 4, 0, 1, 4, 4)
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
	if fmt.Sprint(passes) != "map[all:1 first:1 one:2 some:2 then:1]" {
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

// Each repetition of each item draws its rehearsals anew.
func TestDrawsOfRehearsals(t *testing.T) {
	ph := &phase{index: 2, Phase: &language.Phase{Present: &language.Present{Repeat: 3, Rehearse: &language.Rehearse{Count: 2}}}}
	for number := range 30 {
		k, rep := number/3, number%3
		want := draws(7, drawStream+2, number).Perm(k)[:min(2, k)]
		for i := range want {
			want[i]++
		}
		if got := rehearsed(7, ph, k, rep); !slices.Equal(got, want) {
			t.Errorf("before repetition %d of item %d: %v, want %v", rep, k, got, want)
		}
	}
}

// Measures get each item once, with the mean of the observations of all its looks. Start
// and end are those of the last look, values those of the item.
func TestLooksOfItems(t *testing.T) {
	s := theSpy()
	seen := map[neuron.ID][]neuron.Sample{}
	var items []string
	s.then = func(method string, got any) error {
		l, ok := got.(*measure.Look)
		if !ok || l.Phase != "x" {
			return nil
		}
		for _, got := range l.Samples {
			all := seen[got.Neuron][3*len(items):][:3]
			theta, r := 0.0, 0.0
			for _, one := range all {
				theta, r = theta+one.Theta/3, r+one.Sum[neuron.Receptive]/3
			}
			if !(math.Abs(got.Theta-theta) <= 1e-12) || !(math.Abs(got.Sum[neuron.Receptive]-r) <= 1e-12) || got.Output != all[2].Output || got.Time != l.End || all[2].Time != l.End {
				t.Errorf("item %d, neuron %d: %+v of %+v", l.Item.Index, got.Neuron, got, all)
			}
		}
		items = append(items, fmt.Sprint(l.Item.Index, " ", len(l.Samples), " ", l.Start, " ", l.End, " ", l.Learning, " ", l.Data, " ", l.Values("input"), " ", l.Values("other")))
		return nil
	}
	l := start(t, small+others+"  - {name: x, present: {data: p, items: '#1,#3', order: sequential, looks: 3, learn: none}}\nrecord: {atoms: 0}\n"+spying)
	l.Run.out.Epoch = func(_ neuron.Time, out *neuron.Output) error {
		for _, one := range out.Samples {
			if one.Time > 4001 { // after the phase others
				seen[one.Neuron] = append(seen[one.Neuron], one)
			}
		}
		return nil
	}
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "1 4 8.004ms 10.004ms false p [1 -1 1 1] []\n3 4 14.007ms 16.007ms false p [1 -1 1 -1] []"
	if got := strings.Join(items, "\n"); got != want {
		t.Errorf("measures get\n%s\nwant\n%s", got, want)
	}
}

// A presentation to neurons with clocks takes twelve intervals, or until spikes have come
// from the input and from one neuron to the next, if that takes longer.
func TestLengthOfPresentations(t *testing.T) {
	for _, c := range []struct {
		interval string
		length   neuron.Time
		want     string
	}{{"1us", 0, "4101 4101 4100"}, {"100us", 0, "4101 4101 4100"}, {"1ms", 0, "12101 12101 12100"}, {"1ms", 7, "107 107 106"}, {"1ms", 1, "101 101 100"}} {
		l := start(t, strings.Replace(free, "interval: 2ms", "interval: "+c.interval, 1)+last)
		sh := showing{start: 100}
		until, next := l.layShowing(&l.plan.phases[1], &sh, c.length)
		if got := fmt.Sprint(int64(until), int64(next), int64(sh.end)); got != c.want {
			t.Errorf("interval %s, length %d: %s, want %s", c.interval, c.length, got, c.want)
		}
	}
}

// Inputs that are off have no values in what is reported.
func TestReportsWithoutInputs(t *testing.T) {
	l := run(t, small+others+"  - {name: x, present: {data: p, items: '#0,#1', order: sequential}}\n  - {name: y, present: {data: p, items: '#0', off: [input]}}\nrecord: {atoms: 0, presentations: false}\n")
	if got := l.with("shown", "presented"); !strings.HasSuffix(got, "shown presented 0 4.002ms–6.002ms input[-1 1 -1 -1]\nshown presented 1 6.003ms–8.003ms input[1 -1 1 1]\nshown presented 0 8.004ms–10.004ms ") || strings.Contains(got, "\npresented") {
		t.Error(got)
	}
}

// In a phase whose steps observe nobody, measures get items without samples.
func TestLooksWithoutObservation(t *testing.T) {
	text := small + others + "  - {name: x, present: {data: p, items: '#1,#3', order: sequential, steps: [{do: [fire]}, {do: [learn]}]}}\nrecord: {atoms: 0}\n"
	var got []string
	for _, look := range spied(t, text, "Look") {
		l := look.(*measure.Look)
		got = append(got, fmt.Sprint(l.Phase, " ", len(l.Samples)))
	}
	if want := "others 4, others 4, x 0, x 0"; strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// If neurons are observed in several steps, measures get the last sample of each.
func TestLooksOfSeveralSteps(t *testing.T) {
	text := small + others + "  - {name: x, present: {data: p, items: '#1', steps: [{do: [fire, observe]}, {do: [observe]}]}}\nrecord: {atoms: 0}\n"
	all := spied(t, text, "Look")
	l := all[len(all)-1].(*measure.Look)
	for i, s := range l.Samples {
		if s.Time != l.End || int(s.Neuron) != i {
			t.Errorf("sample %d: %+v", i, s)
		}
	}
	if len(l.Samples) != 4 {
		t.Errorf("%d samples", len(l.Samples))
	}
}

// An item that an event presents in a phase without single items ends the run.
func TestItemsOfEventsThatCannotBePresented(t *testing.T) {
	const want = `events[0]: phase z presents no items one by one, so "#1" cannot be presented in it`
	for _, text := range []string{
		small + last + "  - {name: z, rest: {duration: 3ms}}\nevents: [{phase: z, present: '#1'}]\n",
		layers + "  - {name: y, present: {data: f, learn: none}}\n  - {name: z, present: {data: f, batch: {}}}\nevents: [{phase: z, present: '#1'}]\n",
	} {
		if err := start(t, text).Go(t.Context()); err == nil || err.Error() != want {
			t.Error(err)
		}
	}
}

// Measures do not get items that events present. If such an item cannot be reported, the
// run ends.
func TestItemsOfEvents(t *testing.T) {
	const text = small + others + "  - {name: x, present: {data: p, items: '#0,#3', order: sequential}}\nrecord: {atoms: 0}\nevents: [{phase: x, present: '#2'}]\n"
	if n := len(spied(t, text, "Look")); n != 4 {
		t.Errorf("measures get %d items", n)
	}
	l := start(t, text)
	l.Run.out.Presentation = func(p journal.Presentation) error {
		if p.Item == 2 {
			return errBroken
		}
		return nil
	}
	if err := l.Go(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("the run ended with %v", err)
	}
}

// A presentation has the label of its item, if there is one.
func TestLabelsOfPresentations(t *testing.T) {
	p := planOf(t, layers+"  - {name: x, present: {data: f}}\n")
	for label, want := range []string{"A", "B", ""} {
		if got := presentation(&p.phases[0], &data.Item{Label: label, Index: 3, Name: "n"}, 5, 7); got != (journal.Presentation{Start: 5, End: 7, Phase: "x", Item: 3, Name: "n", Label: want}) {
			t.Errorf("%+v, want label %q", got, want)
		}
	}
	if got := presentation(&p.phases[0], &data.Item{Label: -1}, 5, 7); got.Label != "" {
		t.Errorf("no label: %q", got.Label)
	}
}
