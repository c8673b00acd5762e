package neuron

import (
	"math"
	"strings"
	"testing"

	"infomorph/pid"
)

// breakable is a neuron with one receptive and two contextual synapses.
func breakable(t *testing.T, change func(*Config), w [NumPorts][]float64) *Neuron {
	t.Helper()
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &Config{Sources: 2, Activation: DefaultActivation(Sum), Goal: goal, Window: 8, Plastic: true}
	cfg.Ports[Receptive] = PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}, Rule: Frozen}
	cfg.Ports[Contextual] = PortConfig{Bins: pid.Bins{Lo: -5, Hi: 5, N: 4}, Rule: DeltaRule, Rate: Constant(0.1)}
	change(cfg)
	n, err := New(3, cfg, 1, w)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// lives gives a neuron its inputs and makes it update and learn every 10 µs,
// times times or until it breaks down. It returns how many times it fired.
func lives(n *Neuron, x [3]float32, times int) (out Output, told int) {
	for k := range Time(times) {
		n.Advance(Inbox{End: 10 * (k + 1),
			Events:  []Event{{Time: 10 * k, Value: x[0]}, {Time: 10 * k, Port: Contextual, Value: x[1]}, {Time: 10 * k, Port: Contextual, Slot: 1, Value: x[2]}},
			Signals: []Signal{{Time: 10*k + 5, Flags: Fire | Learn | Observe, Last: 10}}}, &out)
		if len(out.Broken) > 0 {
			break
		}
	}
	return out, len(out.Samples)
}

// A bad value ends the neuron at that update, with an error that names it.
func TestBreakdown(t *testing.T) {
	inf := float32(math.Inf(1))
	weights := func(r, c0, c1 float64) [NumPorts][]float64 { return [NumPorts][]float64{{r}, {c0, c1}, nil} }
	for _, c := range []struct {
		name    string
		change  func(*Config)
		w       [NumPorts][]float64
		x       [3]float32
		at      Time
		setting string
		want    string
	}{
		// Δw = rate·(y − w·x)·x: with Σx² = 2 and rate 10⁹ the first step is
		// 10⁹·y.
		{"delta rule", func(c *Config) { c.Ports[Contextual].Rate = Constant(1e9) }, weights(1, 0, 0), [3]float32{1, 1, 1}, 5, "ports.c.rate",
			"neuron 3: weight 0 of port c became "},
		{"initial weight", func(*Config) {}, weights(1, 0, math.NaN()), [3]float32{1, 1, 1}, 5, "ports.c.rate", "weight 1 of port c became NaN"},
		{"frozen weight", func(c *Config) { c.Ports[Contextual].Rule = Frozen }, weights(math.Inf(-1), 0, 0), [3]float32{1, 1, 1}, 5, "", "weight 0 of port r became -Inf"},
		{"input", func(*Config) {}, weights(1, 1, 1), [3]float32{1, 1, inf}, 5, "", "synapse 1 of port c received +Inf"},
		{"sum", func(*Config) {}, weights(1, 1e308, 1e308), [3]float32{1, 1e8, 1e8}, 5, "ports.c.rate", "the value of port c became +Inf"},
		{"activation", func(c *Config) { c.Activation = DefaultActivation(KayPhillips) }, weights(1e307, 1000, 1000), [3]float32{1, 1, 1}, 5, "activation", "its output became +Inf"},
		{"homeostasis", func(c *Config) {
			c.Homeostasis = Homeostasis{Gain: 1e5, MeanRate: 0.01, Target: Constant(1e9)}
		}, weights(1000, 0, 0), [3]float32{1, 1, 1}, 5, "homeostasis.gain", "weight 0 of port r became 1.00000999999902e+08 at 5µs, beyond ±1e+06; the gain of its homeostasis"},
		{"bias", func(c *Config) {
			c.Ports[Contextual].Rule = Frozen
			c.Homeostasis = Homeostasis{MeanRate: 1, Rate: 0.9, BiasGain: Constant(1e8)}
		}, weights(-9, 0, 0), [3]float32{1, 1, 1}, 5, "", "the bias of port r became "},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := breakable(t, c.change, c.w)
			out, told := lives(n, c.x, 50)
			if len(out.Broken) != 1 {
				t.Fatalf("%d breakdowns, %d updates", len(out.Broken), told)
			}
			b := out.Broken[0]
			if b.Time != c.at || b.Neuron != 3 || b.Setting() != c.setting || !strings.Contains(b.Error(), c.want) || told != int(c.at/10) {
				t.Errorf("after %d updates, setting %q: %v", told, b.Setting(), &b)
			}
			if more, told := lives(n, c.x, 5); told != 0 || len(more.Spikes) != 0 || n.Next() != Never {
				t.Errorf("it goes on: %+v", more)
			}
			if _, err := n.AppendBinary(nil); err == nil {
				t.Error("it has a state")
			}
		})
	}
}

// The bound is exactly ±MaxWeight.
func TestWeightBound(t *testing.T) {
	for w, broken := range map[float64]bool{MaxWeight: false, -MaxWeight: false, math.Nextafter(MaxWeight, 2*MaxWeight): true, -math.Nextafter(MaxWeight, 2*MaxWeight): true} {
		p := port{w: []float64{MaxWeight, 1, w}}
		b := p.broken()
		if (b != nil) != broken || broken && (b.Slot != 2 || b.Value != w) {
			t.Errorf("%v: %+v", w, b)
		}
		p = port{w: []float64{1}, bias: w}
		if b := p.broken(); (b != nil) != broken || broken && (b.Slot != BiasSlot || b.Value != w) {
			t.Errorf("bias %v: %+v", w, b)
		}
	}
}

// An unstable rule is stopped soon after a weight leaves the bound, long before
// infinity: all weights are checked every lookEvery updates, and weights with
// large changes at once.
func TestBreakdownInTime(t *testing.T) {
	for rate, beyond := range map[float64]float64{1.5: 1e3, 2: 1e3, 5: 1e3} {
		n := breakable(t, func(c *Config) { c.Ports[Contextual].Rate = Constant(rate) }, [NumPorts][]float64{{1}, {0.5, 0.5}, nil})
		out, _ := lives(n, [3]float32{1, 1, 1}, 5000)
		if len(out.Broken) != 1 || !(math.Abs(out.Broken[0].Value) <= beyond*MaxWeight) || math.Abs(out.Broken[0].Value) <= MaxWeight {
			t.Errorf("rate %v: %+v", rate, out.Broken)
		}
	}
	// Below 2 divided by the sum of squared inputs the rule is stable.
	n := breakable(t, func(c *Config) { c.Ports[Contextual].Rate = Constant(0.99) }, [NumPorts][]float64{{1}, {0.5, 0.5}, nil})
	if out, told := lives(n, [3]float32{1, 1, 1}, 5000); len(out.Broken) != 0 || told != 5000 {
		t.Errorf("a stable rule is stopped after %d updates: %v", told, out.Broken)
	}
}

// TestLooksAtWeights: a weight outside the bound that does not change is found
// when all weights are checked, at update 32; one with a large change is found
// at once.
func TestLooksAtWeights(t *testing.T) {
	for rate, at := range map[float64]Time{0: 10*31 + 5, 1e-9: 10*31 + 5, 1e-6: 5} { // changes of 0, 2e-3 and 2
		n := breakable(t, func(c *Config) { c.Ports[Contextual].Rate = Constant(rate) }, [NumPorts][]float64{{1}, {2e6, 0}, nil})
		out, _ := lives(n, [3]float32{1, 1, 1}, 100)
		if len(out.Broken) != 1 || out.Broken[0].Time != at || out.Broken[0].Slot != 0 {
			t.Errorf("rate %v: %+v, want one at %v", rate, out.Broken, int64(at))
		}
	}
}

// TestBreaksDownOnce: the rest of the same inbox has no effect.
func TestBreaksDownOnce(t *testing.T) {
	n := breakable(t, func(*Config) {}, [NumPorts][]float64{{1}, {math.NaN(), 0}, nil})
	var out Output
	tick := func(at Time) Signal { return Signal{Time: at, Flags: Fire | Observe, Last: 9} }
	n.Advance(Inbox{End: 9, Events: []Event{{Port: Contextual, Value: 1}}, Signals: []Signal{tick(1), tick(2), tick(3)}}, &out)
	if len(out.Broken) != 1 || out.Broken[0].Time != 1 || len(out.Samples) != 0 || n.updates != 1 {
		t.Errorf("%+v after %d updates", out, n.updates)
	}
	for p := range n.ports {
		for i := range n.ports[p].w {
			n.ports[p].w[i] = 0
		}
	}
	if n.Advance(Inbox{End: 19, Signals: []Signal{tick(11)}}, &out); len(out.Samples) != 0 {
		t.Error("it lives again")
	}
}

// TestJumps: a port remembers every jump until its weights are checked, not
// only the last change.
func TestJumps(t *testing.T) {
	nan := math.NaN()
	for name, tc := range map[string]struct {
		move   func(p *port)
		jumped bool
	}{
		"a step of a quarter":    {func(p *port) { p.step(0.25); p.step(-0.25) }, false},
		"a step of more":         {func(p *port) { p.step(above(0.25)) }, true},
		"a step back of more":    {func(p *port) { p.step(below(-0.25)) }, true},
		"a step of no number":    {func(p *port) { p.step(nan) }, true},
		"a step, then a small":   {func(p *port) { p.step(1); p.step(0) }, true},
		"a growth of a 32nd":     {func(p *port) { p.scale(1 + 1.0/32); p.scale(1 - 1.0/32) }, false},
		"a growth of more":       {func(p *port) { p.scale(above(1 + 1.0/32)) }, true},
		"a growth, then none":    {func(p *port) { p.scale(2); p.scale(1) }, true},
		"a growth by no number":  {func(p *port) { p.scale(nan) }, true},
		"a shift of a quarter":   {func(p *port) { p.shift(0.25); p.shift(-0.25) }, false},
		"a shift of more":        {func(p *port) { p.shift(above(0.25)) }, true},
		"a shift, then none":     {func(p *port) { p.shift(1); p.shift(0) }, true},
		"a shift by no number":   {func(p *port) { p.shift(nan) }, true},
		"a step, growth, shift":  {func(p *port) { p.step(1); p.scale(1); p.shift(0) }, true},
		"a shift, then a step":   {func(p *port) { p.shift(1); p.step(0); p.scale(1) }, true},
		"nothing has moved":      {func(p *port) {}, false},
		"the smallest of steps":  {func(p *port) { p.step(0); p.scale(1); p.shift(0) }, false},
		"clipped, and yet moved": {func(p *port) { p.step(1); clip(p.w, 0.1) }, true},
	} {
		p := newPort(&PortConfig{}, []float64{0.5})
		p.x = []float64{1}
		if tc.move(&p); p.jumped != tc.jumped {
			t.Errorf("%s: jumped %v", name, p.jumped)
		}
	}
}
