package neuron

import (
	"math"
	"math/rand/v2"
	"testing"
)

// hebb returns the weights for m stored patterns, and the patterns.
func hebb(rnd *rand.Rand, size, m int) (w [][]float64, patterns [][]float64) {
	w = make([][]float64, size)
	for i := range w {
		w[i] = make([]float64, size)
	}
	for range m {
		p := make([]float64, size)
		for i := range p {
			p[i] = float64(2*rnd.IntN(2) - 1)
		}
		patterns = append(patterns, p)
		for i := range w {
			for j := range w {
				if i != j {
					w[i][j] += p[i] * p[j] / float64(size)
				}
			}
		}
	}
	return w, patterns
}

// beliefLoop computes belief recall with plain loops over matrices: x(0) = cue,
// q_i is the mean of the squared inputs, g = 1.3/(1.02−q), at first 2.6, and x
// ← .8x + .2·tanh(g·ŵ·x + held·cue).
func beliefLoop(w [][]float64, cue []float64, held float64, steps int) (trace [][]float64) {
	x := append([]float64(nil), cue...)
	for step := range steps {
		next := make([]float64, len(x))
		for i := range x {
			var q, norm, sum float64
			for j := range x {
				if j != i {
					q += x[j] * x[j] / float64(len(x)-1)
					norm += w[i][j] * w[i][j]
					sum += w[i][j] * x[j]
				}
			}
			g := 1.3 / (1.02 - q)
			if step == 0 {
				g = 2.6
			}
			next[i] = 0.8*x[i] + 0.2*math.Tanh(g*sum/math.Sqrt(norm)+held*cue[i])
		}
		x = next
		trace = append(trace, x)
	}
	return trace
}

// recallNet is a set of neurons that are connected all to all by hand.
type recallNet struct {
	neurons []*Neuron
	now     Time
}

func newRecallNet(t *testing.T, w [][]float64, held float64) *recallNet {
	cfg := memoryConfig(t)
	cfg.Plastic = false
	net := &recallNet{}
	for i := range w {
		context := append(append([]float64(nil), w[i][:i]...), w[i][i+1:]...)
		net.neurons = append(net.neurons, mustNew(t, ID(i), cfg, wires(held, context...)))
	}
	return net
}

// step ticks every neuron and delivers the outputs to all others.
func (net *recallNet) step(inputs [][]Event, signals ...Signal) []float64 {
	var out Output
	for i, n := range net.neurons {
		var events []Event
		if inputs != nil {
			events = append(events, inputs[i]...)
		}
		for k := range events {
			events[k].Time = net.now
		}
		in := Inbox{Events: events, End: net.now + 1}
		for _, s := range append(signals, Signal{Flags: Fire}) {
			s.Time, s.Last = net.now, ID(len(net.neurons))
			in.Signals = append(in.Signals, s)
		}
		n.Advance(in, &out)
	}
	values := make([]float64, len(net.neurons))
	for i, n := range net.neurons {
		var events []Event
		for _, s := range out.Spikes {
			values[s.Source] = float64(s.Value)
			slot := int32(s.Source)
			if int(s.Source) == i {
				continue
			} else if int(s.Source) > i {
				slot--
			}
			events = append(events, Event{Time: net.now + 1, Value: s.Value, Port: Contextual, Slot: slot})
		}
		var none Output
		n.Advance(Inbox{Events: events, End: net.now + 2}, &none)
	}
	net.now += 2
	return values
}

// show presents the cue at R; the neurons take it as their outputs.
func (net *recallNet) show(cue []float64) {
	inputs := make([][]Event, len(cue))
	for i := range inputs {
		inputs[i] = receptive(float32(cue[i]))
	}
	net.step(inputs)
}

func flip(rnd *rand.Rand, p []float64, bits int) []float64 {
	cue := append([]float64(nil), p...)
	for _, i := range rnd.Perm(len(p))[:bits] {
		cue[i] = -cue[i]
	}
	return cue
}

// TestBeliefAgainstPlainLoop compares every belief of a small network, with the
// cue released and with the cue held at R.
func TestBeliefAgainstPlainLoop(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	w, patterns := hebb(rnd, 40, 4)
	for _, held := range []float64{0, 0.9} {
		cue := flip(rnd, patterns[1], 6)
		net := newRecallNet(t, w, 1)
		net.show(cue)
		release := make([][]Event, len(cue))
		for i := range release {
			release[i] = receptive(float32(held * cue[i]))
		}
		for step, want := range beliefLoop(w, cue, float64(float32(held)), 60) {
			var got []float64
			if step == 0 {
				got = net.step(release, Signal{Kind: SetDynamics, Value: float64(GradedBelief)})
			} else {
				got = net.step(nil)
			}
			for i := range got {
				if !(math.Abs(got[i]-want[i]) <= 2e-6) { // sent values are float32
					t.Fatalf("held %v, step %d: neuron %d believes %v, the loop %v", held, step, i, got[i], want[i])
				}
			}
		}
	}
}

// TestEmphasisAgainstPlainLoop compares every belief of a small network with
// emphasis, with the cue held at R.
func TestEmphasisAgainstPlainLoop(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 10))
	w, patterns := hebb(rnd, 40, 4)
	b := DefaultEmphatic()
	cue := flip(rnd, patterns[1], 6)
	net := newRecallNet(t, w, 1)
	net.show(cue)
	x, told := append([]float64(nil), cue...), append([]float64(nil), cue...)
	louder := 0
	for step := range 40 {
		next, say := make([]float64, len(x)), make([]float64, len(x))
		for i := range x {
			var q, norm, h float64
			for j := range x {
				if j != i {
					q += math.Min(told[j]*told[j], 1) / float64(len(x)-1)
					norm += w[i][j] * w[i][j]
					h += w[i][j] * told[j]
				}
			}
			h /= math.Sqrt(norm)
			g := b.Gain / (b.Ceiling - q)
			if step == 0 {
				g = b.FirstGain
			}
			next[i] = 0.8*x[i] + 0.2*math.Tanh(g*(h-b.Reaction*(1-q)*x[i])+cue[i])
			say[i] = next[i]
			if d := b.Margin - math.Abs(h); d > 0 {
				say[i] *= 1 + b.Emphasis*d
				louder++
			}
		}
		x, told = next, say
		var got []float64
		if step == 0 {
			got = net.step(nil, Signal{Kind: SetDynamics, Value: float64(EmphaticBelief)})
		} else {
			got = net.step(nil)
		}
		for i := range got {
			if !(math.Abs(got[i]-told[i]) <= 4e-6) { // sent values are float32
				t.Fatalf("step %d: neuron %d tells %v, the loop %v", step, i, got[i], told[i])
			}
		}
	}
	if louder == 0 {
		t.Error("no neuron was ever in doubt")
	}
}

func overlap(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += math.Copysign(1, a[i]) * b[i] / float64(len(a))
	}
	return sum
}

// TestBeliefRecallsByValuesAndBySpikes: both forms restore a damaged pattern.
// With spikes, the synapses low-pass them, and a few plain sign steps follow.
func TestBeliefRecallsByValuesAndBySpikes(t *testing.T) {
	for dynamics, sweeps := range map[Dynamics]int{GradedBelief: 60, Belief: 260} {
		rnd := rand.New(rand.NewPCG(8, 9))
		w, patterns := hebb(rnd, 60, 3)
		net := newRecallNet(t, w, 1)
		net.show(flip(rnd, patterns[2], 9))
		release := make([][]Event, len(w))
		for i := range release {
			release[i] = receptive(0)
		}
		net.step(release, Signal{Kind: SetDynamics, Value: float64(dynamics)})
		for range sweeps {
			net.step(nil)
		}
		net.step(nil, Signal{Kind: SetDynamics, Value: float64(Sign)})
		if o := overlap(net.step(nil), patterns[2]); o < 1 {
			t.Errorf("%v: overlap %v after recall", dynamics, o)
		}
	}
}

// TestBeliefWithoutContext: the belief stays finite.
func TestBeliefWithoutContext(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Dynamics = GradedBelief
	n := mustNew(t, 0, cfg, wires(1))
	for k := range 50 {
		drive(n, Time(k), Fire, receptive(1))
	}
	if !(math.Abs(n.belief.x-math.Tanh(1)) <= 1e-4) || n.Output() != 1 {
		t.Errorf("believes %v, expected tanh(1)", n.belief.x)
	}
}
