package neuron

import (
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/pid"
)

// memoryConfig is the neuron of the associative memory (2×60 bins, red=1, W=64,
// permanent prior).
func memoryConfig(t testing.TB) *Config {
	t.Helper()
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{Sources: 2, Activation: DefaultActivation(Sum), Goal: goal, Window: 64, Plastic: true,
		Dynamics: Teacher, Prior: Prior{Mass: 2, Sigma: 2}}
	c.Ports[Receptive] = PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	c.Ports[Contextual] = PortConfig{Bins: pid.Bins{Lo: -20, Hi: 20, N: 60}, Rule: GoalGradient, Rate: Constant(5)}
	return c
}

func mustNew(t testing.TB, id ID, cfg *Config, w [NumPorts][]float64) *Neuron {
	t.Helper()
	n, err := New(id, cfg, 1, w)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// wires returns the weight ext at R and the given weights at C.
func wires(ext float64, context ...float64) [NumPorts][]float64 {
	return [NumPorts][]float64{Receptive: {ext}, Contextual: context}
}

// drive runs a neuron at one time and returns its output.
func drive(n *Neuron, at Time, flags Flags, events []Event, signals ...Signal) Output {
	for i := range events {
		events[i].Time = at
	}
	for i := range signals {
		signals[i].Time, signals[i].Last = at, n.ID()+1
	}
	if flags != 0 {
		signals = append(signals, Signal{Time: at, Flags: flags, Last: n.ID() + 1})
	}
	var out Output
	n.Advance(Inbox{Events: events, Signals: signals, End: at + 1}, &out)
	return out
}

func context(values ...float32) (events []Event) {
	for i, v := range values {
		events = append(events, Event{Value: v, Port: Contextual, Slot: int32(i)})
	}
	return events
}

func receptive(v float32) []Event { return []Event{{Value: v}} }

func TestDynamics(t *testing.T) {
	n := mustNew(t, 0, memoryConfig(t), wires(2, 1))
	set := func(d Dynamics) Signal { return Signal{Kind: SetDynamics, Value: float64(d)} }
	told := func(at Time, events []Event, signals ...Signal) float32 {
		t.Helper()
		out := drive(n, at, Fire|Observe, events, signals...)
		if len(out.Spikes) != 1 || len(out.Samples) != 1 || out.Spikes[0].Value != out.Samples[0].Output {
			t.Fatalf("at %v: %+v", at, out)
		}
		return out.Spikes[0].Value
	}
	for i, bit := range []float32{1, -1, -1, 1} {
		if got := told(Time(i), receptive(bit)); got != bit {
			t.Errorf("taught %v, told %v", bit, got)
		}
	}
	// R = 2 with C = −1, then C alone, then no input.
	if got := told(10, context(-1), set(Sign)); got != 1 {
		t.Errorf("sign of 2−1 is told as %v", got)
	}
	if got := told(11, receptive(0)); got != -1 {
		t.Errorf("sign of −1 is told as %v", got)
	}
	if got := told(12, context(0)); got != -1 {
		t.Errorf("with A = 0 the output became %v, expected the former −1", got)
	}
	coins, samples := 0, 0
	for i := range 4000 {
		if told(20+Time(i), nil, set(Teacher)) > 0 {
			coins++
		}
		if told(5000+Time(i), context(1), set(Sampled)) > 0 { // θ = σ(1) if the context is +1
			samples++
		}
		drive(n, 9000, 0, context(0))
	}
	if !(math.Abs(float64(coins)-2000) <= 160) {
		t.Errorf("a teacher without a lesson gave +1 %d times of 4000, expected half", coins)
	}
	if want := 4000 * Sigmoid(1); !(math.Abs(float64(samples)-want) <= 150) {
		t.Errorf("sampling gave +1 %d times, expected about %.0f", samples, want)
	}
	// A value that is not a Dynamics changes nothing.
	told(20000, nil, set(Sign))
	for _, v := range []float64{-1, 99, math.NaN()} {
		drive(n, 20001, 0, nil, Signal{Kind: SetDynamics, Value: v})
		if n.dynamics != Sign {
			t.Errorf("dynamics %v was taken for %v", v, n.dynamics)
		}
	}
}

func TestTell(t *testing.T) {
	for tell, want := range map[Tell]string{TellAlways: "++--+", TellChange: "+-+", TellNever: ""} {
		cfg := memoryConfig(t)
		cfg.Tell = tell
		n := mustNew(t, 3, cfg, wires(1, 0))
		got := ""
		for i, bit := range []float32{1, 1, -1, -1, 1} {
			for _, s := range drive(n, Time(i), Fire, receptive(bit)).Spikes {
				if s.Time != Time(i) || s.Source != 3 {
					t.Errorf("spike %+v at %d", s, i)
				}
				got += map[float32]string{1: "+", -1: "-"}[s.Value]
			}
		}
		if got != want {
			t.Errorf("tell %d: told %q, expected %q", tell, got, want)
		}
	}
}

// TestSignals tests the effect of every signal, and which neurons it reaches.
func TestSignals(t *testing.T) {
	n := mustNew(t, 4, memoryConfig(t), wires(1, 0.5))
	if out := drive(n, 0, 0, context(1)); len(out.Spikes)+len(out.Samples) != 0 {
		t.Errorf("without a tick the neuron did %+v", out)
	}
	var out Output
	n.Advance(Inbox{Signals: []Signal{{Flags: Fire, First: 5, Last: 9}, {Flags: Fire, First: 0, Last: 4}}, End: 1}, &out)
	if len(out.Spikes) != 0 {
		t.Error("a tick for others was obeyed")
	}
	if out := drive(n, 1, Fire, receptive(1), Signal{Kind: SetStuck, Value: -1}); out.Spikes[0].Value != -1 {
		t.Errorf("stuck at −1 told %v", out.Spikes)
	}
	if out := drive(n, 2, Fire, nil, Signal{Kind: SetStuck}); out.Spikes[0].Value != 1 {
		t.Errorf("released, told %v", out.Spikes)
	}
	if out := drive(n, 3, Fire|Observe, nil, Signal{Kind: SetSilent, Value: 1}); len(out.Spikes) != 0 || len(out.Samples) != 1 {
		t.Errorf("silenced, did %+v", out)
	}
	drive(n, 4, 0, nil, Signal{Kind: SetSilent})
	learned := func(at Time, signals ...Signal) (bool, float64) {
		before := n.Weights(Contextual)[0]
		out := drive(n, at, Fire|Learn|Observe, nil, signals...)
		return out.Samples[0].Learned, n.Weights(Contextual)[0] - before
	}
	ok, full := learned(5)
	if !ok || full == 0 {
		t.Fatalf("learned %v, moved %v", ok, full)
	}
	if ok, moved := learned(6, Signal{Kind: SetPlastic}); ok || moved != 0 {
		t.Errorf("with learning off: learned %v, moved %v", ok, moved)
	}
	if ok, moved := learned(7, Signal{Kind: SetPlastic, Value: 1}, Signal{Kind: SetRateScale, Value: 1e-3}); !ok || !(math.Abs(moved/full) <= 5e-3) || moved == 0 {
		t.Errorf("at a thousandth of the rate: learned %v, moved %v against %v", ok, moved, full)
	}
	if ok, moved := learned(7, Signal{Kind: SetFrozen, Value: 1}, Signal{Kind: SetPlastic, Value: 1}); ok || moved != 0 {
		t.Errorf("frozen: learned %v, moved %v", ok, moved)
	}
	if ok, moved := learned(7, Signal{Kind: SetFrozen}); !ok || moved == 0 {
		t.Errorf("thawed: learned %v, moved %v", ok, moved)
	}
	if out := drive(n, 8, Observe, nil); len(out.Spikes) != 0 || out.Samples[0].Learned {
		t.Errorf("observing did %+v", out)
	}
}

// TestOneUpdatePerInstant: events are applied before signals, several ticks at
// one time are one update, and a neuron without a clock does not update on
// events alone.
func TestOneUpdatePerInstant(t *testing.T) {
	n := mustNew(t, 0, memoryConfig(t), wires(1, 0.5))
	tick := Signal{Time: 5, Flags: Fire, Last: 1}
	var out Output
	n.Advance(Inbox{Events: []Event{{Time: 5, Value: 1}}, Signals: []Signal{tick, tick}, End: 6}, &out)
	if len(out.Spikes) != 1 || out.Spikes[0].Value != 1 || n.Report(0).Updates != 1 {
		t.Errorf("told %v in %d updates", out.Spikes, n.Report(0).Updates)
	}
}

func TestClocks(t *testing.T) {
	updates := func(id ID, c Clock, end Time) (times []Time) {
		cfg := memoryConfig(t)
		cfg.Clock = c
		n := mustNew(t, id, cfg, wires(1))
		var out Output
		for now := Time(0); now < end; now += 10 * Millisecond {
			n.Advance(Inbox{End: now + 10*Millisecond}, &out)
		}
		for _, s := range out.Spikes {
			times = append(times, s.Time)
		}
		return times
	}
	if got := updates(0, Clock{Kind: Periodic, Interval: 30, Phase: 7}, 100); !slices.Equal(got[:3], []Time{7, 37, 67}) {
		t.Errorf("periodic updates at %v", got[:3])
	}
	if got := updates(0, Clock{Kind: Ticked}, Second); len(got) != 0 {
		t.Errorf("a ticked neuron updated by itself at %v", got)
	}
	phases := 0.0
	for id := range ID(2000) {
		at := updates(id, Clock{Kind: Periodic, Interval: Millisecond, Phase: 5, Scatter: true}, 1)[0]
		if at < 5 || at >= 5+Millisecond {
			t.Fatalf("scattered phase %v", at)
		}
		phases += float64(at-5) / float64(Millisecond)
	}
	if mean := phases / 2000; !(math.Abs(mean-0.5) <= 0.03) {
		t.Errorf("scattered phases have mean %v of the interval", mean)
	}
	checkExponential(t, updates(1, Clock{Kind: Poisson, Interval: Millisecond}, 20*Second), float64(Millisecond))
}

// checkExponential: mean and standard deviation of the intervals both equal
// want, and a fraction of 1/e is longer than that.
func checkExponential(t *testing.T, times []Time, want float64) {
	t.Helper()
	var sum, squares, long float64
	last := Time(0)
	for _, at := range times {
		d := float64(at - last)
		last = at
		sum += d
		squares += d * d
		if d > want {
			long++
		}
	}
	n := float64(len(times))
	mean := sum / n
	deviation, tolerance := math.Sqrt(squares/n-mean*mean), 4/math.Sqrt(n)
	if n < 1000 || !(math.Abs(mean/want-1) <= tolerance) || !(math.Abs(deviation/want-1) <= 2*tolerance) || !(math.Abs(long/n-1/math.E) <= tolerance) {
		t.Errorf("%v intervals: mean %v, deviation %v, fraction beyond the mean %v; expected exponential with %v", n, mean, deviation, long/n, want)
	}
}

func TestOnEventClock(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Clock.Kind = OnEvent
	n := mustNew(t, 0, cfg, wires(1, 0.5, 0.5))
	var out Output
	n.Advance(Inbox{Events: []Event{{Time: 3, Value: 1}, {Time: 3, Value: -1, Port: Contextual}, {Time: 8, Value: 1, Port: Contextual, Slot: 1}}, End: 20}, &out)
	if len(out.Spikes) != 2 || out.Spikes[0].Time != 3 || out.Spikes[1].Time != 8 || n.Report(0).Steps != 2 {
		t.Errorf("told %v in %d learning updates", out.Spikes, n.Report(0).Steps)
	}
}

// TestOnEventClockGathers updates once, an interval after the first event since
// the last update, for all events that arrived by then, however the inboxes are
// divided.
func TestOnEventClockGathers(t *testing.T) {
	events := []Event{{Time: 3, Value: 1}, {Time: 8, Value: -1, Port: Contextual}, {Time: 13, Value: 1, Port: Contextual}, {Time: 14, Value: 1, Port: Contextual, Slot: 1}}
	for cut := range Time(40) {
		cfg := memoryConfig(t)
		cfg.Clock = Clock{Kind: OnEvent, Interval: 10}
		n := mustNew(t, 0, cfg, wires(1, 0.5, 0.5))
		k := 0
		for k < len(events) && events[k].Time < cut {
			k++
		}
		var out Output
		n.Advance(Inbox{Events: events[:k], End: cut}, &out)
		n.Advance(Inbox{Events: events[k:], End: 50}, &out)
		if len(out.Spikes) != 2 || out.Spikes[0].Time != 13 || out.Spikes[1].Time != 24 || n.Next() != Never {
			t.Errorf("cut at %v: told %v, next at %v", cut, out.Spikes, n.Next())
		}
	}
}

// TestGate checks χ during a change of pattern, with τ = fan_in/2.
func TestGate(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Gate = Gate{Threshold: 0.1, TauFraction: 0.5}
	n := mustNew(t, 0, cfg, wires(1, 0, 0, 0, 0)) // τ = 2 context spikes
	learns := func(at Time, events []Event) bool {
		return drive(n, at, Fire|Learn|Observe, events).Samples[0].Learned
	}
	if learns(0, receptive(1)) {
		t.Error("the gate was open at birth")
	}
	chi := 1.0
	context4 := []float32{1, -1, 1, -1}
	for k := range 8 { // first every synapse has a new value, then none
		fresh := 0.0
		if k < 4 {
			fresh = 1
		}
		chi += (fresh - chi) / 2
		e := context(context4...)[k%4 : k%4+1]
		if got, want := learns(Time(k+1), e), chi < 0.1; got != want || !(math.Abs(n.news-chi) <= 1e-15) {
			t.Errorf("spike %d: learned %v with χ %v, expected %v with %v", k, got, n.news, want, chi)
		}
	}
	if learns(20, receptive(-1)) || n.news != 1 {
		t.Errorf("the receptive input flipped and χ is %v", n.news)
	}
	drive(n, 21, 0, context(1, 1, 1, 1, 1)[:4])
	before := n.news
	if learns(22, receptive(-1)); n.news != before {
		t.Errorf("the same receptive input again moved χ from %v to %v", before, n.news)
	}
	if !n.Report(0).Open == n.open() {
		t.Error("the report disagrees about the gate")
	}
	// Two spikes of one synapse at one time: the second is compared with the
	// first.
	drive(n, 23, 0, context(1, 1, 1, 1))
	before = n.news
	drive(n, 24, 0, []Event{{Port: Contextual, Value: -1}, {Port: Contextual, Value: 1}})
	if want := before + (1-before)/2; !(math.Abs(n.news-(want+(1-want)/2)) <= 1e-15) {
		t.Errorf("χ went from %v to %v", before, n.news)
	}
}

// TestGateOnce: after a flip of its receptive input, a neuron receives
// τ·ln(1/threshold) context spikes of any value, learns once, and then waits
// for the next flip.
func TestGateOnce(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Gate = Gate{Threshold: 0.3, TauFraction: 1, Heard: true, Once: true}
	n := mustNew(t, 0, cfg, wires(1, 0, 0)) // τ = 2: each context spike halves χ
	at := Time(0)
	step := func(e ...Event) bool {
		at++
		return drive(n, at, Fire|Learn|Observe, e).Samples[0].Learned
	}
	for _, r := range []float32{1, -1} {
		want := []bool{false, false, true, false, false} // χ = 1, ½, ¼ and then spent
		for k := range want {
			var got bool
			if k == 0 {
				got = step(receptive(r)...)
			} else {
				got = step(Event{Port: Contextual, Value: float32(1 - 2*(k%2))}) // always a new value
			}
			if got != want[k] {
				t.Errorf("receptive %v, spike %d: learned %v with χ %v", r, k, got, n.news)
			}
		}
	}
	if cfg.Gate.Threshold = 2; cfg.Validate() == nil {
		t.Error("a gate that cannot close is valid")
	}
}

// TestSpentGateStaysShut: after its sample, a gate with Once stays shut however many
// context spikes follow, until the receptive input flips.
func TestSpentGateStaysShut(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Gate = Gate{Threshold: 0.3, TauFraction: 1, Heard: true, Once: true}
	n := mustNew(t, 0, cfg, wires(1, 0, 0)) // τ = 2: each context spike would halve χ
	at := Time(0)
	step := func(e ...Event) bool {
		at++
		return drive(n, at, Fire|Learn|Observe, e).Samples[0].Learned
	}
	context := Event{Port: Contextual, Value: 1}
	step(receptive(1)...)
	learned := 0
	for range 20 {
		if step(context) {
			learned++
		}
	}
	if learned != 1 || n.news != spent {
		t.Errorf("%d samples of one input, χ is %v", learned, n.news)
	}
	if step(receptive(-1)...) || step(context) || !step(context) || step(context) {
		t.Errorf("after a flip: χ is %v", n.news)
	}
}

// TestSumsDoNotDrift: after many single spikes the value of a port equals the
// full sum, to the last bit.
func TestSumsDoNotDrift(t *testing.T) {
	w := make([]float64, 50)
	for i := range w {
		w[i] = math.Sin(float64(i + 1))
	}
	cfg := memoryConfig(t)
	cfg.Dynamics, cfg.Plastic = Sign, false
	n := mustNew(t, 0, cfg, wires(1, w...))
	for k := range 30000 {
		slot, v := k*7919%50, float32(math.Cos(float64(k)))
		out := drive(n, Time(k), Observe, []Event{{Value: v, Port: Contextual, Slot: int32(slot)}})
		if k%1000 != 999 {
			continue
		}
		m := mustNew(t, 0, cfg, wires(1, w...))
		fresh := make([]float32, 50)
		for i := range fresh {
			fresh[i] = float32(n.ports[Contextual].x[i])
		}
		if want := drive(m, 0, Observe, context(fresh...)).Samples[0].Sum; out.Samples[0].Sum != want {
			t.Fatalf("after %d spikes the sums are %v, recomputed %v", k+1, out.Samples[0].Sum, want)
		}
	}
}

// TestFewPatternsLearn: without the prior, a neuron whose bit is constant in
// its window learns nothing; with the prior, its context learns to predict the
// bit.
func TestFewPatternsLearn(t *testing.T) {
	learned := func(mass float64) float64 {
		cfg := memoryConfig(t)
		cfg.Prior.Mass = mass
		n := mustNew(t, 0, cfg, wires(2.3, 0.001, -0.001, 0.001, 0.0005))
		for k := range 30 {
			drive(n, Time(k), Fire|Learn, append(receptive(1), context(1, -1, -1, 1)...))
		}
		return drive(n, 100, Observe, receptive(0)).Samples[0].Sum[Contextual]
	}
	if with, without := learned(2), learned(0); with < 2 || !(math.Abs(without) <= 0.1) {
		t.Errorf("the context says %v with the prior and %v without", with, without)
	}
}

func TestSchedule(t *testing.T) {
	s := Schedule{Start: 4, End: 2, From: 10, To: 20}
	for n, want := range map[int64]float64{0: 4, 10: 4, 15: 3, 20: 2, 99: 2} {
		if got := s.At(n, 0); got != want {
			t.Errorf("at %d: %v, expected %v", n, got, want)
		}
	}
	jump := Schedule{Start: 4, End: 2, From: 7, To: 7}
	constant := Constant(3)
	if jump.At(6, 0) != 4 || jump.At(7, 0) != 2 || constant.At(0, 0) != 3 || constant.At(1e9, 1) != 3 {
		t.Error("a jump or a constant went wrong")
	}
	if backward := (Schedule{Start: 4, End: 2, From: 9, To: 5}); backward.At(4, 0) != 4 || backward.At(6, 0) != 2 {
		t.Error("a schedule that ends before it starts must jump at its end")
	}
}

// A value with Halfway depends on the neuron's own updates alone: From and To do
// not matter. What is left of the way is halved after that number of updates and
// falls as 1/n later.
func TestScheduleOfItsOwn(t *testing.T) {
	for _, s := range []Schedule{{Start: 6, End: 2, Halfway: 30}, {Start: 6, End: 2, Halfway: 30, From: 5, To: 9}} {
		for n, want := range map[int64]float64{0: 6, 30: 4, 90: 3, 270: 2.4} {
			if got := s.At(n, 0); math.Abs(got-want) > 1e-12 {
				t.Errorf("at %d: %v, expected %v", n, got, want)
			}
		}
	}
	slow := Schedule{Start: 1, Halfway: 1}
	if late := slow.At(1<<62, 0); !(late > 0 && late < 1e-18) {
		t.Errorf("after very many updates: %v", late)
	}
}

// A value with Residual depends on the residual entropy alone: it is at its start down
// to that entropy, in the middle at half of it, and at its end where nothing is left.
func TestScheduleOfResidualEntropy(t *testing.T) {
	for _, s := range []Schedule{{Start: 6, End: 2, Residual: 0.4}, {Start: 6, End: 2, Residual: 0.4, Halfway: 1, From: 5, To: 9}} {
		for h, want := range map[float64]float64{1: 6, 0.4: 6, 0.2: 4, 0.1: 3, 0: 2} {
			for _, n := range []int64{0, 7, 1 << 62} {
				if got := s.At(n, h); math.Abs(got-want) > 1e-12 {
					t.Errorf("%v bit after %d updates: %v, expected %v", h, n, got, want)
				}
			}
		}
	}
}

// The residual entropy is that of a coin with the firing probability: .8113 bit for 1/4
// and 3/4, and on average .6774 bit if that alternates with 1/8 (.5436 bit).
func TestResidualEntropyOfTheOutput(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Ports[Contextual].Rate.Residual = 0.5
	n, err := New(0, cfg, 1, [NumPorts][]float64{Receptive: {1}, Contextual: {0}})
	if err != nil {
		t.Fatal(err)
	}
	if n.residual != 1 {
		t.Errorf("before the first update it is %v, expected the largest possible", n.residual)
	}
	n.followResidual(0.25)
	if want := 1 - (1-0.8112781244591328)/200; math.Abs(n.residual-want) > 1e-12 {
		t.Errorf("after one update it is %v, expected %v", n.residual, want)
	}
	settle := func(thetas ...float64) float64 {
		for range 3000 {
			for _, theta := range thetas {
				n.followResidual(theta)
			}
		}
		return n.residual
	}
	for _, tc := range []struct {
		thetas []float64
		want   float64
	}{{[]float64{0.25}, 0.8113}, {[]float64{0.75, 0.25}, 0.8113}, {[]float64{0.25, 0.125}, 0.6774}, {[]float64{0.5}, 1}, {[]float64{ThetaFloor}, 0}} {
		if got := settle(tc.thetas...); math.Abs(got-tc.want) > 1e-3 {
			t.Errorf("with θ of %v it is %v, expected %v", tc.thetas, got, tc.want)
		}
	}
	cfg.Ports[Contextual].Rate.Residual = 0
	if before := n.residual; settle(0.5) != before {
		t.Error("a neuron measures what nothing follows")
	}
}

// A weight that follows its input with a rate that falls as 1/n from 1 on is the
// mean of all inputs so far: no sample counts more than another.
func TestFallingRateMakesAMean(t *testing.T) {
	mean, sum := 0.0, 0.0
	rate := Schedule{Start: 1, Halfway: 1}
	for n := range int64(50) {
		x := math.Sin(float64(n * n))
		sum += x
		mean += rate.At(n, 0) * (x - mean)
		if want := sum / float64(n+1); math.Abs(mean-want) > 1e-12 {
			t.Fatalf("after %d inputs: %v, expected %v", n+1, mean, want)
		}
	}
}

func TestValidateReportsEveryFault(t *testing.T) {
	cfg := memoryConfig(t)
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		want  string
		spoil func(*Config)
	}{
		{"sources", func(c *Config) { c.Sources = 4 }},
		{"window", func(c *Config) { c.Window = 0 }},
		{"warm-up", func(c *Config) { c.WarmUp = 65 }},
		{"dynamics", func(c *Config) { c.Dynamics = 99 }},
		{"tell", func(c *Config) { c.Tell = 99 }},
		{"theta floor", func(c *Config) { c.ThetaFloor = 0.5 }},
		{"step clip", func(c *Config) { c.StepClip = math.NaN() }},
		{"prior", func(c *Config) { c.Prior.Sigma = -1 }},
		{"to learn once", func(c *Config) { c.Gate = Gate{Threshold: 2, TauFraction: 1, Once: true} }},
		{"gate", func(c *Config) { c.Gate.TauFraction = math.Inf(1) }},
		{"activation", func(c *Config) { c.Activation.Kind = 9 }},
		{"constants", func(c *Config) { c.Activation.K2 = math.NaN() }},
		{"unknown clock", func(c *Config) { c.Clock.Kind = 9 }},
		{"clock interval", func(c *Config) { c.Clock.Kind = Poisson }},
		{"clock phase", func(c *Config) { c.Clock = Clock{Kind: Periodic, Interval: 1, Phase: -1} }},
		{"homeostasis", func(c *Config) { c.Homeostasis.Gain = -1 }},
		{"target", func(c *Config) { c.Homeostasis.Gain = 1 }},
		{"mean rate", func(c *Config) { c.Homeostasis = Homeostasis{Gain: 1, MeanRate: 2, Target: Constant(1)} }},
		{"ceiling", func(c *Config) { c.Belief = DefaultBelief(); c.Belief.Ceiling = 1 }},
		{"step of belief", func(c *Config) { c.Belief = DefaultBelief(); c.Belief.Step = 0 }},
		{"low-pass", func(c *Config) { c.Belief = DefaultBelief(); c.Belief.LowPass = 2 }},
		{"port c: 0 bins", func(c *Config) { c.Ports[1].Bins.N = 0 }},
		{"port r: bins", func(c *Config) { c.Ports[0].Bins.Hi = -1 }},
		{"port l: unknown rule", func(c *Config) { c.Ports[2].Rule = 9 }},
		{"unknown norm", func(c *Config) { c.Ports[1].Norm = 9 }},
		{"clip", func(c *Config) { c.Ports[1].Clip = math.Inf(1) }},
		{"decay", func(c *Config) { c.Ports[1].Decay = 2 }},
		{"center", func(c *Config) { c.Ports[1].Center = -1 }},
		{"learning rate", func(c *Config) { c.Ports[1].Rate.End = math.NaN() }},
	} {
		c := *cfg
		c.StabilityNorm = -1 // a second error, reported together with the first
		tc.spoil(&c)
		err := c.Validate()
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "stability") {
			t.Errorf("%s: %v", tc.want, err)
		}
		if _, err := New(0, &c, 1, wires(1, 1)); err == nil {
			t.Errorf("%s: New accepted it", tc.want)
		}
	}
	c := *cfg
	c.Sources, c.Ports[Lateral] = 3, c.Ports[Contextual]
	if _, err := New(0, &c, 1, wires(1, 1)); err == nil {
		t.Error("a goal for two sources was accepted for three")
	}
	for want, spoil := range map[string]func(*Config){
		"4194304 cells":   func(c *Config) { c.Ports[0].Bins.N, c.Ports[1].Bins.N = MaxBins, MaxBins },
		"prior's mass is": func(c *Config) { c.Prior.Mass = pid.MaxPriorMass / float64(c.Ports[0].Bins.N) * 1.01 },
	} {
		c := *cfg
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err) // New returns an error, so Validate must return one, too
		}
	}
	c = *cfg
	c.Prior.Mass = pid.MaxPriorMass / float64(c.Ports[0].Bins.N)
	if _, err := New(0, &c, 1, wires(1, 1)); err != nil || c.Validate() != nil {
		t.Error(err, c.Validate())
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		Belief.String(): "belief", Dynamics(77).String(): "dynamics(77)", Sum.String(): "sum", ActivationKind(77).String(): "activation(77)",
		Lateral.String(): "l", Port(7).String(): "port(7)", Time(12500).String(): "12.5ms", Never.String(): "never",
	} {
		if got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
}

func TestOrderOfSpikesAndEvents(t *testing.T) {
	spikes := []Spike{{1, 2, 1}, {1, 3, 1}, {2, 0, 1}}
	events := []Event{{Time: 1, Port: 0, Slot: 4}, {Time: 1, Port: 1, Slot: 0}, {Time: 1, Port: 1, Slot: 1}, {Time: 2}}
	for i := range spikes {
		for j := range spikes {
			if got := spikes[i].Compare(spikes[j]); sgn(got) != sgn(i-j) {
				t.Errorf("spikes %d and %d compare as %d", i, j, got)
			}
		}
	}
	for i := range events {
		for j := range events {
			if got := events[i].Compare(events[j]); sgn(got) != sgn(i-j) {
				t.Errorf("events %d and %d compare as %d", i, j, got)
			}
		}
	}
}

func sgn(v int) int { return max(-1, min(1, v)) }

// TestReportIsACopy: a report does not change later.
func TestReportIsACopy(t *testing.T) {
	cfg := memoryConfig(t)
	n := mustNew(t, 0, cfg, wires(1, 0.5))
	if r := n.Report(WantAtoms); r.Atoms != nil || r.Weights[Contextual] != nil {
		t.Errorf("an empty window reported %+v", r)
	}
	drive(n, 0, Fire|Learn, append(receptive(1), context(1)...))
	r := n.Report(WantAtoms | WantWeights)
	if red, ok := r.Atoms.Atom("red"); !ok || !(math.Abs(red-r.Goal) <= 1e-12) || r.Steps != 1 || r.Output != 1 {
		t.Errorf("report %+v", r)
	}
	w := r.Weights[Contextual][0]
	drive(n, 1, Fire|Learn, nil)
	if r.Weights[Contextual][0] != w || n.Weights(Contextual)[0] == w {
		t.Error("the report changed with the neuron")
	}
}

// TestReportedShift: the value of a port is Σ w·x + bias − shift.
func TestReportedShift(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Ports[Contextual].Center, cfg.Ports[Contextual].Bias = 0.25, true
	n := mustNew(t, 0, cfg, wires(1, 0.5, -0.25))
	for k := range Time(5) {
		drive(n, k, Fire|Learn, append(receptive(1), context(float32(k), 1)...))
	}
	if r := n.Report(WantAtoms); r.Shift[Contextual] != 0 {
		t.Errorf("nobody wanted the shift %v", r.Shift)
	}
	r := n.Report(WantWeights)
	v, _ := n.ports[Contextual].value()
	want := 4*r.Weights[Contextual][0] + r.Weights[Contextual][1] + r.Bias[Contextual] - r.Shift[Contextual]
	if !(math.Abs(v-want) <= 1e-12) || r.Shift[Contextual] == 0 || r.Shift[Receptive] != 0 {
		t.Errorf("the value is %v, want %v; shifts %v", v, want, r.Shift)
	}
}

// TestRateTolerance: within the tolerance, the target equals the firing rate;
// outside, it is the nearest limit.
func TestRateTolerance(t *testing.T) {
	for _, c := range []struct{ rate, tolerance, want float64 }{
		{0.4, 0, 0.5 * (0.4 - 0.5)},   // without tolerance
		{0.4, 0.5, 0},                 // 0.5 is between 0.27 and 0.6
		{0.2, 0.5, 0.5 * (0.3 - 0.5)}, // the upper limit
		{0.9, 0.5, 0.5 * (0.6 - 0.5)}, // the lower limit
	} {
		cfg := memoryConfig(t)
		cfg.Homeostasis = Homeostasis{BiasGain: Constant(0.5), Rate: c.rate, Tolerance: c.tolerance, MeanRate: 1}
		n := mustNew(t, 0, cfg, wires(1, 0))
		drive(n, 0, Fire|Learn, receptive(0)) // θ = ½
		if got := n.ports[Receptive].bias; !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("rate %v ± %v: the bias moved by %v, want %v", c.rate, c.tolerance, got, c.want)
		}
	}
}

// TestDynamicsOf: all values that a signal may have, and the first one that it
// may not.
func TestDynamicsOf(t *testing.T) {
	for v, want := range map[float64]int{-0.5: -1, 0: 0, 0.9: 0, 1: 1, 5: 5, 5.99: 5, 6: -1, 7: -1, math.Inf(1): -1} {
		d, ok := DynamicsOf(v)
		if ok != (want >= 0) || ok && int(d) != want {
			t.Errorf("%v: %v, %v; want %d", v, d, ok, want)
		}
	}
	if _, ok := DynamicsOf(math.NaN()); ok {
		t.Error("NaN sets dynamics")
	}
}
