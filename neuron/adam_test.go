package neuron

import (
	"bytes"
	"math"
	"slices"
	"testing"
)

func adaptive(t testing.TB) *Config {
	cfg := memoryConfig(t)
	cfg.Ports[Contextual].Norm, cfg.Ports[Contextual].Rate, cfg.Ports[Contextual].Bias = Adam, Constant(0.02), true
	return cfg
}

// TestAdamStepsByItsRate: the first step of each weight is the rate, whatever
// the size of its gradient (Kingma & Ba 2015, section 2.1); a synapse without
// input does not change.
func TestAdamStepsByItsRate(t *testing.T) {
	n := mustNew(t, 0, adaptive(t), wires(2, 0.5, -0.25, 1))
	drive(n, 0, Fire, receptive(1))
	drive(n, 1, Learn, context(1, -0.001, 0))
	want := []float64{0.52, -0.27, 1}
	if got := n.Weights(Contextual); !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= 2e-4 }) || got[2] != 1 {
		t.Errorf("the weights are %v, expected about %v", got, want)
	}
	if b := n.ports[Contextual].bias; !(math.Abs(b-0.02) <= 1e-6) {
		t.Errorf("the bias is %v, expected 0.02", b)
	}
}

// TestMigratedMoments: synapses that stay keep their moments, new ones have
// none, and the bias keeps its own.
func TestMigratedMoments(t *testing.T) {
	n := mustNew(t, 0, adaptive(t), wires(2, 0.5, -0.25, 1))
	for k := range 5 {
		drive(n, Time(2*k), Fire, receptive(float32(1-2*(k%2))))
		drive(n, Time(2*k+1), Learn, context(1, -0.5, 0.25))
	}
	got := migrate(t, n, n.cfg, [NumPorts]PortChange{same(1), {From: []int32{2, -1, 0}, Weight: []float64{0, 7, 0}}, {}})
	old, c := n.ports[Contextual].moments, got.ports[Contextual].moments
	if want := []float64{old.mean[2], 0, old.mean[0]}; !slices.Equal(c.mean, want) || want[0] == 0 {
		t.Errorf("means %v, want %v", c.mean, want)
	}
	if want := []float64{old.square[2], 0, old.square[0]}; !slices.Equal(c.square, want) || want[0] == 0 {
		t.Errorf("squares %v, want %v", c.square, want)
	}
	if c.own != old.own || old.own[0] == 0 || old.own[2] == 1 {
		t.Errorf("of the bias %v, want %v", c.own, old.own)
	}
	a, _ := got.AppendBinary(nil)
	seen, _, ok := InputsOf(nil, a, n.cfg)
	if want := []float64{1, 0.25, 0, 1}; !ok || len(seen) != 4 || !slices.Equal(seen[1:], want[1:]) {
		t.Errorf("inputs %v, want %v", seen, want)
	}
	again := mustNew(t, 0, n.cfg, wires(2, 0, 0, 0))
	if err := again.UnmarshalBinary(a); err != nil {
		t.Fatal(err)
	}
	if b, _ := again.AppendBinary(nil); !bytes.Equal(a, b) {
		t.Error("the restored state differs")
	}
}

// TestAdamIsForGoals: a port that does not follow its goal keeps no moments.
func TestAdamIsForGoals(t *testing.T) {
	for rule, want := range map[Rule]bool{Frozen: false, GoalGradient: true, DeltaRule: false} {
		cfg := adaptive(t)
		cfg.Ports[Contextual].Rule = rule
		n := mustNew(t, 0, cfg, wires(2, 0.5))
		if got := n.ports[Contextual].moments != nil; got != want {
			t.Errorf("rule %d: moments %v", rule, got)
		}
		if got, kept := cfg.Ports[Contextual].ownValues(1), n.ports[Contextual].own(); got != len(kept[0])+len(kept[1])+len(kept[2])+len(kept[3]) {
			t.Errorf("rule %d: %d values are not %v", rule, got, kept)
		}
	}
}

// TestAdamOfTheBias: the bias takes the steps of a synapse with input 1.
func TestAdamOfTheBias(t *testing.T) {
	p := newPort(&adaptive(t).Ports[Contextual], []float64{0})
	p.x = []float64{1}
	for _, gain := range []float64{0.5, -0.25, 2, 0.125, 0, 1e-8, -3e-8} {
		p.touch()
		p.adapt(0.02, gain)
		if p.bias != p.w[0] || p.bias == 0 {
			t.Errorf("after %v: bias %v, weight %v", gain, p.bias, p.w[0])
		}
	}
	if m := p.moments; m.own[0] != m.mean[0] || m.own[1] != m.square[0] {
		t.Errorf("moments %v, %v and %v", m.own, m.mean, m.square)
	}
}

// TestAdamJumps: a port is checked at once after a large step, or after one
// that is not a number, and stays marked until it is checked.
func TestAdamJumps(t *testing.T) {
	for _, c := range []struct {
		rate, gain float64
		want       bool
	}{{0.005, 1, false}, {0.02, 1, true}, {0.005, 100, true}, {0.005, math.NaN(), true}, {0.005, math.Inf(-1), true}} {
		p := newPort(&adaptive(t).Ports[Contextual], []float64{0})
		p.x = []float64{1}
		p.adapt(c.rate, c.gain)
		if p.jumped != c.want {
			t.Errorf("rate %v, gain %v: jumped %v", c.rate, c.gain, p.jumped)
		}
		p.adapt(0.001, 0.001)
		if p.jumped != c.want && c.gain == 1 {
			t.Errorf("rate %v: then jumped %v", c.rate, p.jumped)
		}
	}
}

// TestAdamKnown follows the steps of Kingma & Ba (2015), end of section 2.1, one synapse
// after the other, through gradients that change in size and sign.
func TestAdamKnown(t *testing.T) {
	const rate, b1, b2 = 0.02, 0.99, 0.999
	inputs, gains := []float64{1, -0.25, 0, 8}, []float64{0.5, -0.25, 2, 0.125, 0, 1e-6, -3e-6, -1}
	p := newPort(&adaptive(t).Ports[Contextual], []float64{0.5, 0, 1, -1})
	p.x = inputs
	for _, gain := range gains {
		p.touch()
		p.adapt(rate, gain)
	}
	for i, w := range []float64{0.5, 0, 1, -1} {
		m, v := 0.0, 0.0
		for k, gain := range gains {
			g, steps := gain*inputs[i], float64(k+1)
			m, v = b1*m+(1-b1)*g, b2*v+(1-b2)*g*g
			w += rate * math.Sqrt(1-math.Pow(b2, steps)) / (1 - math.Pow(b1, steps)) * m / (math.Sqrt(v) + 1e-8)
		}
		if !(math.Abs(p.w[i]-w) <= 1e-9) || !(math.Abs(p.moments.mean[i]-m) <= 1e-12) || !(math.Abs(p.moments.square[i]-v) <= 1e-12) {
			t.Errorf("synapse %d: weight %v, moments %v and %v; expected %v, %v and %v", i, p.w[i], p.moments.mean[i], p.moments.square[i], w, m, v)
		}
	}
	if want := [2]float64{math.Pow(b1, 8), math.Pow(b2, 8)}; !(math.Abs(p.moments.own[2]-want[0]) <= 1e-12) || !(math.Abs(p.moments.own[3]-want[1]) <= 1e-12) {
		t.Errorf("the powers are %v, expected %v", p.moments.own[2:], want)
	}
}

// TestAdamWithoutGradients: a synapse that never had a gradient stays where it is, and so
// does the bias; without a bias, none is learnt.
func TestAdamWithoutGradients(t *testing.T) {
	cfg := adaptive(t)
	p := newPort(&cfg.Ports[Contextual], []float64{0.5})
	p.x = []float64{1}
	if p.adapt(0.02, 0); p.w[0] != 0.5 || p.bias != 0 {
		t.Errorf("weight %v, bias %v", p.w[0], p.bias)
	}
	cfg.Ports[Contextual].Bias = false
	p = newPort(&cfg.Ports[Contextual], []float64{0.5})
	p.x = []float64{1}
	if p.adapt(0.02, 1); p.w[0] == 0.5 || p.bias != 0 || p.moments.own[0] != 0 || p.moments.own[1] != 0 {
		t.Errorf("weight %v, bias %v with moments %v", p.w[0], p.bias, p.moments.own)
	}
}

// TestAdamJumpLimits: after many steps, a step is the rate times the mean gradient divided
// by its size. A change by a quarter of the input, or by a fortieth whatever the input, is
// no jump yet.
func TestAdamJumpLimits(t *testing.T) {
	for _, c := range []struct {
		rate, gain float64
		want       bool
	}{
		{jump / 10, 1, false}, {jump / 10, 10, false}, {jump / 10, -10, false},
		{math.Nextafter(jump/10, 1), 0, true}, {jump / 10, 10.01, true}, {jump / 10, -10.01, true},
		{jump / 1000, 999, false}, {jump / 1000, 1001, true},
	} {
		p := newPort(&adaptive(t).Ports[Contextual], []float64{0})
		p.x, p.moments.own = []float64{1}, [4]float64{}
		if p.adapt(c.rate, c.gain); p.jumped != c.want {
			t.Errorf("rate %v, gain %v: jumped %v", c.rate, c.gain, p.jumped)
		}
	}
}

// TestOwnMemory counts what a port keeps for each synapse.
func TestOwnMemory(t *testing.T) {
	const n = 7
	for _, cfg := range []PortConfig{{}, {Center: .1}, {Norm: Adam}, {Norm: Adam, Rule: GoalGradient}, {Norm: Adam, Rule: GoalGradient, Center: .1}} {
		p, values := newPort(&cfg, make([]float64, n)), 0
		if p.centre != nil {
			values += len(p.mean) + len(p.xc)
		}
		if p.moments != nil {
			values += len(p.moments.mean) + len(p.moments.square)
		}
		if got, want := cfg.Own(), 8*values/n; got != want {
			t.Errorf("%+v: %d bytes, want %d", cfg, got, want)
		}
	}
}
