package protocol

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// raster runs a document and returns the times of the first and last spike in the figure
// raster.
func raster(t *testing.T, text string) (first, last neuron.Time) {
	t.Helper()
	l := start(t, text)
	l.Run.out.Figure = func(_ string, f journal.Figure) error {
		if r, ok := f.(journal.Raster); ok {
			if r.Title != "The last spikes of training" || r.Neurons != 4 {
				t.Errorf("%q of %d neurons", r.Title, r.Neurons)
			}
			first, last = r.Spikes[0].Time, r.Spikes[len(r.Spikes)-1].Time
		}
		return nil
	}
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	return first, last
}

// The raster shows the last spikes of phases that learn, or of all if none learns.
func TestSpikesOfTraining(t *testing.T) {
	const rest = "  - {name: quiet, rest: {duration: 20ms, output: sampled}}\nrecord: {atoms: 0}\n"
	first, last := raster(t, small+others+"  - {name: x, present: {data: p}}\n"+rest)
	if first != 1000 || last != 13006 {
		t.Errorf("from %v to %v", first, last)
	}
	if first, last = raster(t, small+others+"  - {name: x, present: {data: p, learn: none}}\n"+rest); first != 1000 || last != 33007 {
		t.Errorf("without learning from %v to %v", first, last)
	}
}

// A run that is complete can be resumed, and a state from before runs counted items.
func TestResumedStates(t *testing.T) {
	text := documents["present"]
	saved, _, err := stopAt(start(t, text), 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][3]string{{`"Phase":1`, `"Phase":4`, "<nil>"}, {`"Phase":1`, `"Phase":5`, "protocol: the state does not fit the scenario"}, {`"Done":7`, `"Done":0`, "<nil>"}, {`"Used":{}`, `"Used":null`, "<nil>"}, {`"Used":{}`, `"Used":{"b":7}`, "<nil>"}} {
		plan, err := prepare(text)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(saved), c[0], c[1], 1)
		r, err := plan.Resume(engineOf(t, plan), &journal.Listener{}, []byte(changed))
		if fmt.Sprint(err) != c[2] || changed == string(saved) {
			t.Errorf("%s for %s: %v, want %s", c[1], c[0], err, c[2])
		}
		if err == nil && (r.state.Used == nil || r.state.Used["b"] != 7 && strings.Contains(c[1], "7}")) {
			t.Errorf("%s: of sources without an end, %v were used", c[1], r.state.Used)
		}
	}
}

// A run that was stopped does not write its weights.
func TestWeightsOfStoppedRuns(t *testing.T) {
	for _, c := range []struct {
		record string
		stop   bool
		want   string
	}{{"{atoms: 0}", false, "weights trained of 4"}, {"{atoms: 0}", true, ""}, {"{atoms: 0, weights: false}", false, ""}} {
		l := start(t, small+others+"  - {name: x, present: {data: p}}\nrecord: "+c.record+"\n")
		l.Run.out.Step = func(string, int, int) error {
			if c.stop {
				return errBroken
			}
			return nil
		}
		if err := l.Go(t.Context()); errors.Is(err, errBroken) != c.stop {
			t.Fatal(err)
		}
		if got := l.with("weights"); got != c.want || !strings.HasSuffix(l.text(), "figure raster") && c.want == "" {
			t.Errorf("%s, stopped %v: %q, want %q", c.record, c.stop, got, c.want)
		}
	}
}

// A phase saves what it is told to at its end, before the next begins.
func TestSavedByPhases(t *testing.T) {
	l := run(t, small+others+"  - {name: x, present: {data: p}, save: [picture, atoms, weights]}\n  - {name: y, rest: {duration: 1ms}}\nrecord: {atoms: 0, weights: false}\n")
	if got := l.with("step", "picture", "atoms", "weights", "phase"); !strings.Contains(got, "step x 5 of 5\npicture weights-x\natoms of 4 at 14.007ms\nweights x of 4\nphase y\n") {
		t.Error(got)
	}
}

// After a phase of batches, events can present values again, and the state no longer has
// the populations.
func TestAfterBatches(t *testing.T) {
	l := start(t, layers+learnFlowers+"  - {name: y, rest: {duration: 5ms}}\nevents: [{phase: y, show: {input: flower, values: [1, 0, 1]}}]\nrecord: {atoms: 0}\n")
	var kept []string
	l.Run.out.Step = func(phase string, done, _ int) error {
		saved, err := l.Save()
		if done < 1 || phase == "y" {
			kept = append(kept, fmt.Sprint(phase, " ", strings.Contains(string(saved), `"Batch":`)))
		}
		return err
	}
	if err := l.Go(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(kept, ", "); got != "learn true, y false" || !strings.Contains(l.with("shown"), "drawn -1") {
		t.Errorf("%s; %s", got, l.with("shown"))
	}
}

// A run that is cancelled in its last step does not go on to write its weights.
func TestCancelledInTheLastStep(t *testing.T) {
	l := start(t, small+last+"  - {name: x, rest: {duration: 1ms}}\nrecord: {atoms: 0}\n")
	ctx, cancel := context.WithCancel(t.Context())
	l.Run.out.Step = func(phase string, _, _ int) error {
		if phase == "x" {
			cancel()
		}
		return nil
	}
	if err := l.Go(ctx); !errors.Is(err, context.Canceled) || l.with("weights") != "" || l.state.Phase != 2 {
		t.Errorf("in phase %d: %v", l.state.Phase, err)
	}
}

// A checkpoint that was asked for and cannot be written ends the run.
func TestCheckpointsThatCannotBeWritten(t *testing.T) {
	l := start(t, small+last)
	asked := 0
	l.Run.out.Attend = func(string, int, int) journal.Wish {
		asked++
		return journal.Wish{Checkpoint: asked == 1}
	}
	l.Run.out.Checkpoint = func() error { return errBroken }
	if err := l.Go(t.Context()); !errors.Is(err, errBroken) || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

// Only neurons that learn have atoms; if there are none, nothing is reported.
func TestNeuronsWithAtoms(t *testing.T) {
	const idle = "idle: {size: 3, neuron: relay}"
	hears := strings.NewReplacer("data:\n", "  - {from: other, to: idle, port: r}\ndata:\n")
	for want, text := range map[string]string{
		"atoms of 4 at 1ms": hears.Replace(strings.Replace(small, "{memory: ", "{"+idle+", memory: ", 1)),
		"atoms of 1 at 1ms": strings.NewReplacer("memory: {size: 4", "memory: {size: 1", "rule: one_to_one, ", "").Replace(small),
		"":                  strings.NewReplacer("neurons: {unit: {like: memory}}\n", "", "neuron: unit", "neuron: relay", "port: c", "port: r").Replace(small),
	} {
		l := run(t, text+last+"record: {atoms: 0}\nevents: [{at: 1ms, measure: true}]\n")
		if got := l.with("atoms"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
