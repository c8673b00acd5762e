package protocol

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
)

// learnTrains is a phase that plays two trains twice, and a measure of its passes.
const learnTrains = trained + "  - {name: learn, play: {data: t, every: 2ms, passes: 2}}\nmeasure: [{name: q, predicted: {population: a}}]\n"

// A pass ends after its last train, also if atoms are sampled after each train.
func TestPassesOfTrains(t *testing.T) {
	for record, atoms := range map[string]string{"record: {atoms: 0}\n": "", "record: {atoms: 9}\n": "atoms of 3 at 6.002ms\natoms of 3 at 9.004ms\natoms of 3 at 15.006ms\natoms of 3 at 18.008ms"} {
		l := start(t, learnTrains+record)
		var ends []neuron.Time
		l.Run.out.Measure = func(at neuron.Time, name string, _ float64) error {
			if name == "q.predicted" {
				ends = append(ends, at)
			}
			return nil
		}
		if err := l.Go(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ends, []neuron.Time{9004, 18008}) {
			t.Errorf("passes end at %v", ends)
		}
		if got := l.with("atoms"); got != atoms {
			t.Errorf("%s, want %s", got, atoms)
		}
	}
}

// A measure that cannot be reported ends the run, after a train or at the end of a pass.
func TestMeasuresOfTrainsThatCannotBeReported(t *testing.T) {
	for name, measure := range map[string]string{"q.predicted": "", "i.training": "measure: [{name: i, accuracy: {population: a, every: 1}}]\n"} {
		text := learnTrains
		if measure != "" {
			text = trained + "  - {name: learn, play: {data: t, every: 2ms, passes: 2}}\n" + measure
		}
		l := start(t, text+"record: {atoms: 0}\n")
		told := 0
		l.Run.out.Measure = func(_ neuron.Time, what string, _ float64) error {
			if what != name {
				return nil
			}
			told++
			return errBroken
		}
		if err := l.Go(t.Context()); !errors.Is(err, errBroken) || told != 1 {
			t.Errorf("%s: %d times, %v", name, told, err)
		}
	}
}

// Trains are reported as presentations, unless the document says no.
func TestTrainsAsPresentations(t *testing.T) {
	for record, want := range map[string]string{"{atoms: 0}": "presented 0 0s–6.001ms\npresented 1 6.002ms–9.003ms", "{atoms: 0, presentations: false}": ""} {
		l := run(t, trained+"  - {name: x, play: {data: t}}\nrecord: "+record+"\n")
		if got := l.with("presented"); got != want {
			t.Errorf("%s: %s, want %s", record, got, want)
		}
	}
}

// Measures and probes get the mean of the observations during a train. A neuron that is
// removed during it counts as 0 from then on, also if it was the last one.
func TestMeansOfTrains(t *testing.T) {
	for removed, values := range map[string][]int{"a:1": {4, 2}, "a:0-1,b:0": {4, 0}} {
		l := start(t, trained+"  - {name: learn, play: {data: t, every: 2ms}}\nevents: [{at: 5ms, lesion: {by: named}, neurons: '"+removed+"'}]\nrecord: {atoms: 0, probes: [{population: a, of: [r, theta]}]}\n")
		sums := map[string]float64{}
		l.Run.out.Epoch = func(_ neuron.Time, out *neuron.Output) error {
			for _, s := range out.Samples {
				sums[fmt.Sprint("r", s.Neuron)] += s.Sum[neuron.Receptive]
				sums[fmt.Sprint("theta", s.Neuron)] += s.Theta
			}
			return nil
		}
		looks := []float64{4, 2} // every 2 ms and at the end
		var rows []int
		l.Run.out.Probe = func(got []journal.ProbeRow) error {
			for _, row := range got {
				if want := sums[fmt.Sprint(row.Quantity, row.Neuron)] / looks[len(rows)]; !(math.Abs(row.Value-want) <= 1e-12) || want == 0 {
					t.Errorf("train %d: %s of neuron %d is %v, want %v", len(rows), row.Quantity, row.Neuron, row.Value, want)
				}
			}
			rows = append(rows, len(got))
			clear(sums)
			return nil
		}
		if err := l.Go(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(rows, values) {
			t.Errorf("%s is removed: %v values, want %v", removed, rows, values)
		}
	}
}

// A train that cannot be read ends the run.
func TestTrainsThatCannotBeRead(t *testing.T) {
	f := theFading()
	f.broken = false
	text := strings.NewReplacer("inputs: {", "inputs: {bits: {size: 4}, ", "data:\n", "  - {from: bits, to: a, port: r}\ndata:\n  w: {custom: {kind: fading}, to: {bits: bits}}\n").Replace(trained)
	l := start(t, text+"  - {name: x, play: {data: t}}\n  - {name: y, present: {data: w}}\n")
	l.plan.phases[0].part = l.plan.phases[1].part
	f.broken = true
	defer func() { f.broken = false }()
	if err := l.Go(t.Context()); !errors.Is(err, errGone) || l.state.Phase != 0 {
		t.Errorf("phase %d: %v", l.state.Phase, err)
	}
}

// A channel whose hold time ends with the train falls back in it, but not one whose hold
// time is a microsecond longer.
func TestChannelsAtTheEndOfTrains(t *testing.T) {
	l := start(t, trained+"  - {name: x, play: {data: t, every: 2ms}}\n")
	p := &l.plan.phases[0]
	for duration, want := range map[neuron.Time]string{2000: "[{7 3 1} {2007 3 0}]", 1999: "[{7 3 1}]"} {
		l.buffers.feed.Inputs = nil
		l.layTrain(p, p.part.Set(), &data.Item{Train: []data.Spike{{Time: 0, Channel: 0, Value: 1}}, Duration: duration}, 7)
		var got []string
		for _, s := range l.buffers.feed.Inputs {
			got = append(got, fmt.Sprintf("{%d %d %g}", int64(s.Time), s.Source, s.Value))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("a train of %v: %s, want %s", duration, got, want)
		}
	}
	f := falling{hold: 1, last: map[int32]neuron.Time{}}
	if f.add(2, 5); fmt.Sprint(f.queue) != "[{6 2}]" {
		t.Errorf("held for a microsecond: %v", f.queue)
	}
}
