package protocol

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// wire is an engine that logs its input.
type wire struct {
	sim.Engine
	lines []string
	done  int // lines before the phase late
}

func (w *wire) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, sink sim.Sink) error {
	w.lines = append(w.lines, fmt.Sprint("to ", until))
	var told []string
	for i, s := range feed.Inputs {
		told = append(told, fmt.Sprintf("%d=%.3g", s.Source, s.Value+0)) // −0 is 0
		if i+1 == len(feed.Inputs) || feed.Inputs[i+1].Time != s.Time {
			w.lines = append(w.lines, fmt.Sprintf("  %v tell %s", s.Time, strings.Join(told, " ")))
			told = nil
		}
	}
	for all := feed.Signals; len(all) > 0; {
		n := alike(all)
		when := fmt.Sprint(all[0].Time)
		if n > 1 {
			when += fmt.Sprintf(" +%v ×%d", all[1].Time-all[0].Time, n)
		}
		w.lines = append(w.lines, fmt.Sprintf("  %s %s %d-%d", when, signalWords(all[0]), all[0].First, all[0].Last-1))
		all = all[n:]
	}
	return w.Engine.Advance(ctx, until, feed, sink)
}

// alike returns how many signals at the beginning differ only in their times, at equal
// intervals; fewer than three count as one.
func alike(all []neuron.Signal) int {
	n := 1
	for n < len(all) {
		a, b := all[n-1], all[n]
		far := b.Time - a.Time
		a.Time, b.Time = 0, 0
		if a != b || far != all[1].Time-all[0].Time {
			break
		}
		n++
	}
	if n < 3 {
		return 1
	}
	return n
}

// signalWords returns the effect of a signal in words.
func signalWords(s neuron.Signal) string {
	switch s.Kind {
	case neuron.Tick:
		var do []string
		for _, f := range []string{"fire", "surprise", "learn", "observe"} {
			if s.Flags&stepFlags[f] != 0 {
				do = append(do, f)
			}
		}
		return strings.Join(do, "+")
	case neuron.SetDynamics:
		return fmt.Sprint("dynamics ", neuron.Dynamics(s.Value))
	}
	return fmt.Sprintf("%s %g", map[neuron.SignalKind]string{neuron.SetPlastic: "plastic", neuron.SetFrozen: "frozen", neuron.SetRateScale: "rate", neuron.SetSilent: "silent", neuron.SetStuck: "stuck"}[s.Kind], s.Value)
}

// table is a folder with one file.
type table string

func (t table) Open(string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(t))), nil
}
func (t table) List(string) ([]string, error) { return nil, errors.New("no folder") }

// wired runs a document and returns the input of its engine from the phase x to the phase
// late.
func wired(t *testing.T, text string) string {
	t.Helper()
	plan, err := prepare(text)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Engine: engineOf(t, plan)}
	l := &logged{t: t}
	out := l.listener()
	out.Phase = func(name string) error {
		switch name {
		case "x":
			w.lines = nil
		case "late":
			w.done = len(w.lines)
		}
		return nil
	}
	if l.Run, err = plan.Start(w, out); err == nil {
		err = l.Go(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return "\n" + strings.Join(w.lines[:w.done], "\n") + "\n"
}

// on is a phase and its input to the engine.
type on struct{ phase, want string }

// holdAll compares the input of phases to the engine, each between the phases others and
// late.
func holdAll(t *testing.T, network string, all []on) {
	t.Helper()
	for _, c := range all {
		text := network + others + "  - {name: x, " + c.phase + "}\n  - {name: late, present: {data: p, learn: none}}\nrecord: {atoms: 0}\n"
		if got := wired(t, text); got != c.want {
			t.Errorf("%s: told%swant%s", c.phase, got, c.want)
		}
	}
}

// far is small with different delays: two milliseconds from the input, three between
// neurons.
var far = strings.NewReplacer("weights: 2}", "weights: 2, delay: 2ms}", "port: c}\ndata", "port: c, delay: 3ms}\ndata").Replace(small)

// free is small with neurons that update at random times, with a mean interval of two
// milliseconds.
var free = strings.NewReplacer("like: memory", "like: memory, clock: {kind: poisson, interval: 2ms}, gate: {}", "weights: 2}", "weights: 2, delay: 2ms}").Replace(small)

// The input of phases to the engine, at each time.
func TestPhasesOnTheWire(t *testing.T) {
	holdAll(t, far, presents)
	holdAll(t, far, rests)
	holdAll(t, far, recalls)
	holdAll(t, far, beliefs)
	holdAll(t, free, ofClocks)
	holdAll(t, free, recallsOfClocks)
}

// An update comes when all earlier spikes have arrived: the first after the input's 2 ms,
// each further one 3 ms later. Changes by the next item arrive at least a microsecond
// after the last update, unless the phase has a length.
var presents = []on{
	{`present: {data: p, items: '#0,#3', order: sequential}`, `
to 20.004ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  15.003ms tell 4=1 5=-1 6=1
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
`},
	{`present: {data: p, items: '#0,#3', order: sequential, rounds: 2, learn: none, output: teacher}`, `
to 26.004ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  18.003ms tell 4=1 5=-1 6=1
  12.002ms fire 0-3
  15.002ms fire 0-3
  18.002ms observe 0-3
  20.003ms fire 0-3
  23.003ms fire 0-3
  26.003ms observe 0-3
`},
	{`present: {data: p, items: '#0', length: 7ms, repeat: 2, off: [input]}`, `
to 22.003ms
  10.002ms tell 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
  19.002ms fire 0-3
  22.002ms learn+observe 0-3
to 24.002ms
`},
	{`present: {data: p, items: '#0', length: 4ms, looks: 2, learn: none, output: sign}`, `
to 20.004ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics sign 0-3
  12.002ms fire 0-3
  15.002ms observe 0-3
  17.003ms fire 0-3
  20.003ms observe 0-3
`},
	{`present: {data: p, items: '#1,#2', order: sequential, rehearse: {count: 1}}`, `
to 25.005ms
  10.002ms tell 4=1 5=-1 6=1 7=1 8=0
  20.004ms tell 4=-1 6=-1 7=-1
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
  22.004ms fire 0-3
  25.004ms learn+observe 0-3
`},
	{`present: {data: p, items: '#0', steps: [{do: [fire, observe]}, {do: [observe]}, {do: [learn, fire]}]}`, `
to 18.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire+observe 0-3
  15.002ms observe 0-3
  18.002ms fire+learn 0-3
to 19.003ms
`},
	{`present: {data: p, items: '#0', length: 4ms, steps: [{do: [learn]}, {do: [observe], populations: [memory]}]}`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics teacher 0-3
  12.002ms learn 0-3
  15.002ms observe 0-3
`},
	{`present: {data: p, items: '#0', order: sequential, duration: 12ms, learn: memory, output: sampled}`, `
to 15.003ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics sampled 0-3
  12.002ms fire 0-3
  15.002ms learn+observe 0-3
to 20.004ms
  17.003ms fire 0-3
  20.003ms learn+observe 0-3
to 25.005ms
  22.004ms fire 0-3
  25.004ms learn+observe 0-3
`},
}

// A rest runs in parts of ten sweeps of 3 ms; neurons update once per sweep, if at all.
var rests = []on{
	{`rest: {duration: 25ms}`, `
to 35.002ms
  10.002ms tell 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics sampled 0-3
`},
	{`rest: {duration: 52ms, output: sampled, learn: all}`, `
to 40.002ms
  10.002ms tell 8=0
  10.002ms plastic 1 0-3
  10.002ms dynamics sampled 0-3
  12.002ms +3ms ×10 fire+learn 0-3
to 62.002ms
  42.002ms +3ms ×7 fire+learn 0-3
`},
	{`rest: {duration: 3ms, output: sign}`, `
to 13.002ms
  10.002ms tell 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics sign 0-3
  12.002ms fire+learn 0-3
`},
}

// A cue is received after 2 ms, and the outputs of the neurons 3 ms later. Then the cue
// is removed, held, or fades from 1.1 to 0, divided by the weight 2. Sign dynamics settle
// at once if no neuron has learned anything: a sweep without a change is the last. Belief
// dynamics run all their sweeps, and sign dynamics follow.
var recalls = []on{
	{`recall: {data: p, items: '#0,#3', count: 1, input: input, population: memory}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 20.002ms
  15.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics sign 0-3
  17.002ms fire 0-3
to 20.003ms
  20.002ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, release: held, sweeps: 2}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 20.002ms
  17.002ms dynamics sign 0-3
  17.002ms fire 0-3
to 20.003ms
  20.002ms observe 0-3
`},
	{`recall: {data: p, items: '#3,#0', count: 2, backwards: true, input: input, population: memory, release: fading, sweeps: 3}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 20.002ms
  15.002ms tell 4=-0.55 5=0.55 6=-0.55 7=-0.55
  17.002ms dynamics sign 0-3
  17.002ms fire 0-3
to 25.002ms
  20.002ms tell 4=-0.367 5=0.367 6=-0.367 7=-0.367
  22.002ms fire 0-3
to 30.002ms
  25.002ms tell 4=-0.183 5=0.183 6=-0.183 7=-0.183
  27.002ms fire 0-3
to 30.003ms
  30.002ms observe 0-3
to 35.003ms
  30.003ms tell 4=1 5=-1 6=1 7=-1
  30.003ms plastic 0 0-3
  30.003ms dynamics teacher 0-3
  32.003ms fire 0-3
to 40.003ms
  35.003ms tell 4=0.55 5=-0.55 6=0.55 7=-0.55
  37.003ms dynamics sign 0-3
  37.003ms fire 0-3
to 45.003ms
  40.003ms tell 4=0.367 5=-0.367 6=0.367 7=-0.367
  42.003ms fire 0-3
to 50.003ms
  45.003ms tell 4=0.183 5=-0.183 6=0.183 7=-0.183
  47.003ms fire 0-3
to 50.004ms
  50.003ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, cue: occlude, fraction: 25%, dynamics: belief, sweeps: 4}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 29.003ms
  15.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics belief 0-3
  17.002ms +3ms ×4 fire 0-3
to 34.003ms
  29.003ms tell 4=0 5=0 6=0 7=0
  31.003ms dynamics sign 0-3
  31.003ms fire 0-3
to 34.004ms
  34.003ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, dynamics: belief}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 797.003ms
  15.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics belief 0-3
  17.002ms +3ms ×260 fire 0-3
to 802.003ms
  797.003ms tell 4=0 5=0 6=0 7=0
  799.003ms dynamics sign 0-3
  799.003ms fire 0-3
to 802.004ms
  802.003ms observe 0-3
`},
}

// For emphatic belief, a cue fades from 4.3 to 1.1, and forty sweeps of graded belief
// follow before sign dynamics.
var beliefs = []on{
	{`recall: {data: p, items: '#0', input: input, population: memory, dynamics: graded_belief, sweeps: 2, release: held}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 23.003ms
  17.002ms dynamics graded_belief 0-3
  17.002ms fire 0-3
  20.002ms fire 0-3
to 28.003ms
  25.003ms dynamics sign 0-3
  25.003ms fire 0-3
to 31.003ms
  28.003ms fire 0-3
to 31.004ms
  31.003ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, dynamics: graded_belief, sweeps: 2, release: fading}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 23.003ms
  15.002ms tell 4=-0.55 5=0.55 6=-0.55 7=-0.55
  18.002ms tell 4=-0.275 5=0.275 6=-0.275 7=-0.275
  21.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics graded_belief 0-3
  17.002ms fire 0-3
  20.002ms fire 0-3
to 28.003ms
  25.003ms dynamics sign 0-3
  25.003ms fire 0-3
to 31.003ms
  28.003ms fire 0-3
to 31.004ms
  31.003ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, dynamics: emphatic_belief, sweeps: 3, release: fading}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 26.003ms
  15.002ms tell 4=-2.15 5=2.15 6=-2.15 7=-2.15
  18.002ms tell 4=-1.62 5=1.62 6=-1.62 7=-1.62
  21.002ms tell 4=-1.08 5=1.08 6=-1.08 7=-1.08
  24.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics emphatic_belief 0-3
  17.002ms +3ms ×3 fire 0-3
to 148.004ms
  28.003ms dynamics graded_belief 0-3
  28.003ms +3ms ×40 fire 0-3
to 153.004ms
  150.004ms dynamics sign 0-3
  150.004ms fire 0-3
to 156.004ms
  153.004ms fire 0-3
to 156.005ms
  156.004ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, dynamics: emphatic_belief, sweeps: 1}`, `
to 15.002ms
  10.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  10.002ms plastic 0 0-3
  10.002ms dynamics teacher 0-3
  12.002ms fire 0-3
to 20.003ms
  15.002ms tell 4=0 5=0 6=0 7=0
  17.002ms dynamics emphatic_belief 0-3
  17.002ms fire 0-3
to 142.004ms
  20.003ms tell 4=0 5=0 6=0 7=0
  22.003ms dynamics graded_belief 0-3
  22.003ms +3ms ×40 fire 0-3
to 147.004ms
  142.004ms tell 4=0 5=0 6=0 7=0
  144.004ms dynamics sign 0-3
  144.004ms fire 0-3
to 150.004ms
  147.004ms fire 0-3
to 150.005ms
  150.004ms observe 0-3
`},
}

// Neurons with their own clocks get no ticks. An item lasts twelve mean intervals, and a
// rest runs in parts of ten.
var ofClocks = []on{
	{`present: {data: p, items: '#0,#3', order: sequential}`, `
to 96.004ms
  48.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  72.003ms tell 4=1 5=-1 6=1
  48.002ms plastic 1 0-3
  48.002ms dynamics teacher 0-3
  72.002ms observe 0-3
  96.003ms observe 0-3
`},
	{`present: {data: p, items: '#0', order: sequential, length: 9ms}`, `
to 57.002ms
  48.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  48.002ms plastic 1 0-3
  48.002ms dynamics teacher 0-3
  57.001ms observe 0-3
`},
	{`rest: {duration: 25ms}`, `
to 68.002ms
  48.002ms tell 8=0
  48.002ms plastic 0 0-3
  48.002ms dynamics sampled 0-3
to 73.002ms
`},
	{`rest: {duration: 52ms, output: sampled, learn: all}`, `
to 68.002ms
  48.002ms tell 8=0
  48.002ms plastic 1 0-3
  48.002ms dynamics sampled 0-3
to 88.002ms
to 100.002ms
`},
}

// They get a cue for ten mean intervals longer, and settle for more than ten sweeps
// before no change counts as settled.
var recallsOfClocks = []on{
	{`recall: {data: p, items: '#0,#3', count: 1, input: input, population: memory}`, `
to 72.002ms
  48.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  48.002ms plastic 0 0-3
  48.002ms dynamics teacher 0-3
to 76.002ms
  72.002ms tell 4=0 5=0 6=0 7=0
  74.002ms dynamics sign 0-3
to 78.002ms
to 80.002ms
to 82.002ms
to 84.002ms
to 86.002ms
to 88.002ms
to 90.002ms
to 92.002ms
to 94.002ms
to 96.002ms
to 96.003ms
  96.002ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, release: held, sweeps: 2}`, `
to 72.002ms
  48.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  48.002ms plastic 0 0-3
  48.002ms dynamics teacher 0-3
to 76.002ms
  74.002ms dynamics sign 0-3
to 78.002ms
to 78.003ms
  78.002ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, release: fading, sweeps: 3}`, `
to 72.002ms
  48.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  48.002ms plastic 0 0-3
  48.002ms dynamics teacher 0-3
to 76.002ms
  72.002ms tell 4=-0.55 5=0.55 6=-0.55 7=-0.55
  74.002ms dynamics sign 0-3
to 80.002ms
  76.002ms tell 4=-0.367 5=0.367 6=-0.367 7=-0.367
to 84.002ms
  80.002ms tell 4=-0.183 5=0.183 6=-0.183 7=-0.183
to 84.003ms
  84.002ms observe 0-3
`},
	{`recall: {data: p, items: '#0', input: input, population: memory, dynamics: belief, sweeps: 4}`, `
to 72.002ms
  48.002ms tell 4=-1 5=1 6=-1 7=-1 8=0
  48.002ms plastic 0 0-3
  48.002ms dynamics teacher 0-3
to 82.003ms
  72.002ms tell 4=0 5=0 6=0 7=0
  74.002ms dynamics belief 0-3
to 86.003ms
  82.003ms tell 4=0 5=0 6=0 7=0
  84.003ms dynamics sign 0-3
to 88.003ms
to 90.003ms
to 92.003ms
to 94.003ms
to 96.003ms
to 98.003ms
to 100.003ms
to 102.003ms
to 104.003ms
to 104.004ms
  104.003ms observe 0-3
`},
}
