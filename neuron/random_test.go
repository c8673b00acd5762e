package neuron

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"infomorph/pid"
)

// oneOf draws one of the values.
func oneOf[T any](t *rapid.T, label string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, label)
}

// span draws from a grid of 1001 points: a rate of 1e-163 would only test
// underflow in the twin.
func span(t *rapid.T, label string, lo, hi float64) float64 {
	return lo + (hi-lo)*float64(rapid.IntRange(0, 1000).Draw(t, label))/1000
}

func randomGoal(t *rapid.T, sources int) pid.Goal {
	names := names2
	if sources == 3 {
		names = names3
	}
	atoms := map[string]float64{}
	for _, name := range strings.Fields(names) {
		if rapid.Bool().Draw(t, "weigh "+name) {
			atoms[name] = span(t, "gamma", -1, 1)
		}
	}
	g, err := pid.NewGoal(sources, atoms, oneOf(t, "residual", 0, -0.3, 0.5))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// randomPort draws the settings of a port. Bin edges are no round numbers: fast
// and slow sums differ by rounding errors, and must still be in the same bin.
func randomPort(t *rapid.T, maxBins int) PortConfig {
	return PortConfig{
		Bins: pid.Bins{Lo: -2.1357911, Hi: 1.9753113, N: rapid.IntRange(1, maxBins).Draw(t, "bins")},
		Rule: oneOf(t, "rule", Frozen, GoalGradient, GoalGradient, DeltaRule),
		Norm: oneOf(t, "norm", ByFanIn, ByPower, Unscaled, Adam),
		Rate: Schedule{Start: span(t, "rate", 0, 0.8), End: span(t, "end rate", 0, 0.3), Halfway: oneOf(t, "halfway", int64(0), 0, 1, 7), Residual: oneOf(t, "residual", 0, 0, 0, 1.5),
			From: int64(rapid.IntRange(0, 9).Draw(t, "from")), To: int64(rapid.IntRange(0, 30).Draw(t, "to"))},
		Bias:     rapid.Bool().Draw(t, "bias"),
		HalfTanh: oneOf(t, "half tanh", false, false, true),
		Clip:     oneOf(t, "clip", 1.5, 0.8),
		Decay:    oneOf(t, "decay", 0, 0, 0.02),
		Center:   oneOf(t, "center", 0, 0, 0.05),
	}
}

func randomActivation(t *rapid.T) Activation {
	a := DefaultActivation(oneOf(t, "activation", Sum, Modulatory, KayPhillips, ThreeSource))
	a.Beta, a.Kappa = span(t, "beta", 0.3, 2), oneOf(t, "kappa", 1, 0.1)
	a.K1, a.K2 = oneOf(t, "k1", 0.5, 0.9, 1), span(t, "k2", 0.1, 0.4)
	return a
}

func randomConfig(t *rapid.T) *Config {
	sources := oneOf(t, "sources", 2, 2, 3)
	window := rapid.IntRange(1, 20).Draw(t, "window")
	c := &Config{
		Sources: sources, Activation: randomActivation(t), Goal: randomGoal(t, sources),
		Dynamics: oneOf(t, "dynamics", Sampled, Teacher, Sign, Belief, GradedBelief, EmphaticBelief),
		Tell:     oneOf(t, "tell", TellAlways, TellChange, TellNever),
		Clock:    Clock{Kind: oneOf(t, "clock", Ticked, OnEvent, Periodic, Poisson), Interval: oneOf(t, "interval", Time(40), 1, 150), Phase: 7, Scatter: rapid.Bool().Draw(t, "scatter")},
		Window:   window, WarmUp: rapid.IntRange(0, min(window, 5)).Draw(t, "warm-up"),
		HardBits:   oneOf(t, "hard bits", false, false, true),
		ThetaFloor: oneOf(t, "theta floor", 0, 1e-4),
		StepClip:   oneOf(t, "step clip", 0, 0.1, 4),
		Plastic:    oneOf(t, "plastic", true, true, true, false),
		Prior:      Prior{Mass: oneOf(t, "prior mass", 0, 2, 0.7), Sigma: span(t, "sigma", 0.05, 2)},
		Gate:       Gate{Threshold: oneOf(t, "threshold", 0, 0, 0.9), TauFraction: 0.5, Heard: rapid.Bool().Draw(t, "heard"), Once: rapid.Bool().Draw(t, "once")},
		Belief:     BeliefConfig{Gain: 1.3, Ceiling: 1.02, FirstGain: 2.6, Step: 0.2, LowPass: 0.3},
		Emphatic:   DefaultEmphatic(),
	}
	if c.Clock.Kind == OnEvent && rapid.Bool().Draw(t, "at once") {
		c.Clock.Interval = 0
	}
	c.StabilityNorm = oneOf(t, "stability", 0, 0, 0.3)
	if rapid.Bool().Draw(t, "homeostasis") {
		c.Homeostasis = Homeostasis{Gain: 0.1, MeanRate: 0.05, Target: Schedule{Start: 0.3, End: 0.8, Halfway: oneOf(t, "target halfway", int64(0), 5), Residual: oneOf(t, "target residual", 0, 0, 1.2), From: 3, To: 20}}
	}
	maxBins := 6
	if sources == 3 {
		maxBins = 3
	}
	if rapid.Bool().Draw(t, "rate homeostasis") {
		c.Homeostasis.BiasGain = Schedule{Start: 0.1, End: oneOf(t, "bias end", 0.1, 0.02, 0), Halfway: oneOf(t, "bias halfway", int64(0), 4), Residual: oneOf(t, "bias residual", 0, 0, 1.1), From: 2, To: 10}
		c.Homeostasis.Rate, c.Homeostasis.MeanRate = 0.25, 0.05
		c.Homeostasis.Tolerance = oneOf(t, "tolerance", 0, 0.3, 2)
	}
	for p := range c.Ports {
		c.Ports[p] = randomPort(t, maxBins)
	}
	if c.Activation.Kind == Sum {
		c.Surprise = oneOf(t, "surprise", 0, 0.5, 1)
	}
	return c
}

func randomWeights(t *rapid.T) (w [NumPorts][]float64) {
	for p := range w {
		for _, k := range rapid.SliceOfN(rapid.IntRange(-45, 45), 0, 5).Draw(t, "weights "+Port(p).String()) {
			w[p] = append(w[p], float64(k)/64) // dyadic: sums are exact at first, in any order
		}
	}
	return w
}

// randomInbox draws an epoch [from, end): sorted events and signals.
func randomInbox(t *rapid.T, w [NumPorts][]float64, from, end Time) Inbox {
	in := Inbox{End: end}
	when := rapid.Int64Range(int64(from), int64(end)-1)
	for p := range w {
		for slot := range w[p] {
			for range rapid.IntRange(0, 2).Draw(t, "spikes") {
				in.Events = append(in.Events, Event{Time: Time(when.Draw(t, "time")), Port: Port(p), Slot: int32(slot),
					Value: oneOf[float32](t, "value", -1, 1, -1, 1, 0, 0.25)})
			}
		}
	}
	slices.SortStableFunc(in.Events, Event.Compare)
	for range rapid.IntRange(0, 6).Draw(t, "signals") {
		in.Signals = append(in.Signals, randomSignal(t, Time(when.Draw(t, "time"))))
	}
	slices.SortStableFunc(in.Signals, func(a, b Signal) int { return int(a.Time - b.Time) })
	return in
}

func randomSignal(t *rapid.T, at Time) Signal {
	s := Signal{Time: at, First: 0, Last: oneOf[ID](t, "last", 9, 9, 9, 3)}
	s.Kind = oneOf(t, "kind", Tick, Tick, Tick, Tick, SetPlastic, SetDynamics, SetRateScale, SetSilent, SetFrozen, SetStuck)
	switch s.Kind {
	case Tick:
		s.Flags = oneOf(t, "flags", Fire|Learn|Observe, Fire|Observe, Learn|Observe, Observe, Fire|Learn, Surprise, Surprise, Fire|Surprise|Learn)
	case SetDynamics:
		s.Value = float64(rapid.IntRange(0, int(numDynamics)-1).Draw(t, "dynamics"))
	case SetRateScale:
		s.Value = oneOf[float64](t, "scale", 1, 0.5)
	case SetStuck:
		s.Value = oneOf[float64](t, "stuck", 0, 0, 1, -1)
	default:
		s.Value = oneOf[float64](t, "on", 0, 1, 1)
	}
	return s
}

func cloneWeights(w [NumPorts][]float64) (c [NumPorts][]float64) {
	for p := range w {
		c[p] = slices.Clone(w[p])
	}
	return c
}

const testID ID = 5

// randomNeuron draws a configuration and makes a neuron with it.
func randomNeuron(t *rapid.T) (*Neuron, *Config, uint64, [NumPorts][]float64) {
	cfg, w, seed := randomConfig(t), randomWeights(t), rapid.Uint64().Draw(t, "seed")
	n, err := New(testID, cfg, seed, cloneWeights(w))
	if err != nil {
		t.Fatal(err)
	}
	return n, cfg, seed, w
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-7*(1+math.Abs(a)) }

// comparison counts what TestNeuronAgainstTwin has compared.
type comparison struct{ lives, updates, ties, givenUp, broken int }

// TestNeuronAgainstTwin runs a random neuron twice, as a Neuron and as the
// brute-force twin, one time step after the other. After each step the twin
// takes over the numbers of the neuron, so that rounding errors do not
// accumulate: learning can be chaotic. If a decision is a tie up to rounding
// errors, both results are right; if the two differ then, that update is not
// compared.
func TestNeuronAgainstTwin(t *testing.T) {
	var c comparison
	rapid.Check(t, func(t *rapid.T) {
		n, cfg, seed, w := randomNeuron(t)
		tw := newTwin(testID, cfg, seed, w)
		c.lives++
		now := Time(0)
		for range rapid.IntRange(3, 20).Draw(t, "epochs") {
			end := now + Time(rapid.IntRange(1, 100).Draw(t, "length"))
			in := randomInbox(t, w, now, end)
			for len(in.Events) > 0 || len(in.Signals) > 0 || n.Next() < end {
				if !c.instant(t, n, tw, &in) {
					c.broken++
					return
				}
			}
			now = end
		}
	})
	t.Logf("%+v", c)
	if c.givenUp*1000 > c.updates || c.givenUp > c.ties {
		t.Errorf("gave up at %d of %d updates, of which %d were tied; expected one in a thousand at most", c.givenUp, c.updates, c.ties)
	}
	if c.updates < 20*c.lives || c.broken*20 > c.lives {
		t.Errorf("little was compared: %+v", c)
	}
}

// instant takes the next time step from the inbox, runs both through it and
// compares them. It returns false if the neuron broke down.
func (c *comparison) instant(t *rapid.T, n *Neuron, tw *twin, in *Inbox) bool {
	at := n.Next()
	if len(in.Events) > 0 {
		at = min(at, in.Events[0].Time)
	}
	if len(in.Signals) > 0 {
		at = min(at, in.Signals[0].Time)
	}
	part := Inbox{End: at + 1}
	part.Events, in.Events = cutBefore(in.Events, at+1, func(e Event) Time { return e.Time })
	part.Signals, in.Signals = cutBefore(in.Signals, at+1, func(s Signal) Time { return s.Time })
	var got Output
	was := n.updates
	n.Advance(part, &got)
	tw.torn = false
	want := tw.advance(part)
	c.updates += int(n.updates - was)
	if len(got.Broken) > 0 {
		if !tw.beyond() {
			t.Fatalf("%v; the twin goes on", &got.Broken[0])
		}
		return false
	}
	err := errors.Join(compareOutput(got, want), compareState(n, tw))
	if tw.torn {
		c.ties++
	}
	switch {
	case err != nil && !tw.torn:
		t.Fatal(err)
	case err != nil:
		c.givenUp++
	}
	tw.follow(n)
	return true
}

func compareOutput(got, want Output) error {
	if len(got.Spikes) != len(want.Spikes) || len(got.Samples) != len(want.Samples) {
		return fmt.Errorf("%d spikes, %d samples; the twin has %d and %d", len(got.Spikes), len(got.Samples), len(want.Spikes), len(want.Samples))
	}
	for i, s := range got.Spikes {
		o := want.Spikes[i]
		if s.Time != o.Time || s.Source != o.Source || !near(float64(s.Value), float64(o.Value)) {
			return fmt.Errorf("spike %d is %v, the twin's is %v", i, s, o)
		}
	}
	for i, s := range got.Samples {
		o := want.Samples[i]
		for p := range s.Sum {
			if !near(s.Sum[p], o.Sum[p]) {
				return fmt.Errorf("sample %d: port %v is %v, the twin's %v", i, Port(p), s.Sum[p], o.Sum[p])
			}
		}
		if s.Time != o.Time || s.Learned != o.Learned || !near(s.Theta, o.Theta) || !near(float64(s.Output), float64(o.Output)) {
			return fmt.Errorf("sample %d is %+v, the twin's is %+v", i, s, o)
		}
	}
	return nil
}

func compareState(n *Neuron, tw *twin) error {
	r := n.Report(WantWeights)
	for p := range tw.w {
		if !near(r.Bias[p], tw.bias[p]) {
			return fmt.Errorf("bias %v is %v, the twin's %v", Port(p), r.Bias[p], tw.bias[p])
		}
		for i := range tw.w[p] {
			if !near(r.Weights[p][i], tw.w[p][i]) {
				return fmt.Errorf("weight %v %d is %v, the twin's %v", Port(p), i, r.Weights[p][i], tw.w[p][i])
			}
		}
	}
	for p := range tw.x {
		for i := range tw.x[p] {
			if !near(n.ports[p].x[i], tw.x[p][i]) {
				return fmt.Errorf("input %v %d is %v, the twin's %v", Port(p), i, n.ports[p].x[i], tw.x[p][i])
			}
		}
		for i, m := range n.ports[p].own()[0] {
			if !near(m, tw.mean[p][i]) {
				return fmt.Errorf("mean %v %d is %v, the twin's %v", Port(p), i, m, tw.mean[p][i])
			}
		}
	}
	if got, want := n.Window().Len(), min(len(tw.history), tw.cfg.Window); got != want {
		return fmt.Errorf("%d samples in the window, the twin has %d", got, want)
	}
	if samples := tw.windowSamples(); len(samples) > 0 {
		if got, want := n.Window().Goal(), tw.goal.value(samples); !near(got, want) {
			return fmt.Errorf("goal %v, the twin's %v", got, want)
		}
	}
	if !near(n.meanR, tw.meanR) || !near(n.meanRate, tw.meanTheta) || n.dynamics.believes() && !near(n.belief.x, tw.bx) {
		return fmt.Errorf("running means %v and %v, belief %v; the twin's are %v, %v, %v", n.meanR, n.meanRate, n.belief.x, tw.meanR, tw.meanTheta, tw.bx)
	}
	if !near(n.residual, tw.unsure) {
		return fmt.Errorf("residual entropy %v, the twin's %v", n.residual, tw.unsure)
	}
	if n.Next() != tw.next || n.Output() != float32(tw.y) || !near(n.news, tw.chi) {
		return fmt.Errorf("next %v, output %v, χ %v; the twin has %v, %v, %v", n.Next(), n.Output(), n.news, tw.next, tw.y, tw.chi)
	}
	if n.sent != float32(tw.told) && !near(float64(n.sent), tw.told) || n.dynamics.believes() && !near(n.belief.norm, tw.bnorm) {
		return fmt.Errorf("told %v, norm %v; the twin has %v and %v", n.sent, n.belief.norm, tw.told, tw.bnorm)
	}
	return nil
}

// TestInboxesMayBeCutAnywhere runs the same inputs as a whole and in small
// pieces: the division into epochs must have no effect, not even by rounding.
func TestInboxesMayBeCutAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, cfg, seed, w := randomNeuron(t)
		m, err := New(testID, cfg, seed, cloneWeights(w))
		if err != nil {
			t.Fatal(err)
		}
		in := randomInbox(t, w, 0, 300)
		var whole, pieces Output
		n.Advance(in, &whole)
		for end := Time(0); end < 300; {
			end = min(300, end+Time(rapid.IntRange(1, 90).Draw(t, "piece")))
			part := Inbox{End: end}
			part.Events, in.Events = cutBefore(in.Events, end, func(e Event) Time { return e.Time })
			part.Signals, in.Signals = cutBefore(in.Signals, end, func(s Signal) Time { return s.Time })
			m.Advance(part, &pieces)
		}
		if !slices.Equal(whole.Spikes, pieces.Spikes) || !slices.Equal(whole.Samples, pieces.Samples) || stateOf(t, n) != stateOf(t, m) {
			t.Fatal("the same inbox, cut in pieces, led elsewhere")
		}
	})
}

func cutBefore[T any](s []T, end Time, at func(T) Time) (head, tail []T) {
	k := 0
	for k < len(s) && at(s[k]) < end {
		k++
	}
	return s[:k], s[k:]
}

type fataler interface{ Fatal(...any) }

func stateOf(t fataler, n *Neuron) string {
	if n.broken {
		return "broken down"
	}
	b, err := n.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestReplayingTheInboxReproducesTheNeuron tests locality: if neurons drive
// each other, each of them, run again alone with its recorded inboxes, ends in
// the same state. So nothing else can have affected it.
func TestReplayingTheInboxReproducesTheNeuron(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const size = 3
		cfg, seed := randomConfig(t), rapid.Uint64().Draw(t, "seed")
		weights := [NumPorts][]float64{Receptive: {1}, Contextual: {0.3, -0.2}}
		born := func(id ID) *Neuron {
			n, err := New(id, cfg, seed, cloneWeights(weights))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		net := []*Neuron{born(0), born(1), born(2)}
		inboxes, record := map[ID]*Inbox{0: {}, 1: {}, 2: {}}, map[ID][]Inbox{}
		for end := Time(50); end <= 600; end += 50 {
			var out Output
			for id, n := range net {
				in := inboxes[ID(id)]
				in.Events = append(in.Events, Event{Time: end - 50, Value: oneOf[float32](t, "bit", -1, 1)})
				slices.SortStableFunc(in.Events, Event.Compare)
				in.Signals, in.End = []Signal{{Time: end - 20, Flags: Fire | Learn, Last: size}}, end
				record[ID(id)] = append(record[ID(id)], *in)
				n.Advance(*in, &out)
				inboxes[ID(id)] = &Inbox{}
			}
			for _, s := range out.Spikes {
				for k := 1; k < size; k++ { // all to all, one epoch later
					in := inboxes[(s.Source+ID(k))%size]
					in.Events = append(in.Events, Event{Time: s.Time + 50, Value: s.Value, Port: Contextual, Slot: int32(size - 1 - k)})
				}
			}
		}
		for _, id := range slices.Sorted(maps.Keys(record)) {
			alone, out := born(id), Output{}
			for _, in := range record[id] {
				alone.Advance(in, &out)
			}
			if stateOf(t, alone) != stateOf(t, net[id]) {
				t.Fatalf("neuron %d, replayed alone, is another", id)
			}
		}
	})
}
