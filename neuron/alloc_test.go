package neuron

import (
	"testing"

	"infomorph/pid"
)

// usualConfigs are the neurons of the built-in scenarios.
func usualConfigs(t testing.TB) map[string]*Config {
	bins := func(r float64, n int) pid.Bins { return pid.Bins{Lo: -r, Hi: r, N: n} }
	goal := func(sources int, atoms map[string]float64) pid.Goal {
		g, err := pid.NewGoal(sources, atoms, 0)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	memory := memoryConfig(t)
	asynchronous := memoryConfig(t)
	asynchronous.Clock, asynchronous.Gate = Clock{Kind: Poisson, Interval: 100}, Gate{Threshold: 2, TauFraction: 0.5}
	asynchronous.StabilityNorm, asynchronous.Ports[Contextual].Clip = 2, 2

	features := &Config{Sources: 2, Activation: Activation{Kind: Sum, Beta: 1}, Goal: goal(2, map[string]float64{"unq_r": 1}),
		Window: 300, WarmUp: 200, StepClip: 4, ThetaFloor: 1e-4, Plastic: true,
		Homeostasis: Homeostasis{Gain: 0.1, MeanRate: 0.005, Target: Schedule{Start: 2.5, End: 5, To: 1000}}}
	features.Ports[Receptive] = PortConfig{Bins: bins(12.5, 20), Rule: GoalGradient, Norm: ByPower, Rate: Constant(2.5), Center: 0.002}
	features.Ports[Contextual] = PortConfig{Bins: bins(1, 10), Rule: DeltaRule, Rate: Constant(0.01), Bias: true, HalfTanh: true, Center: 0.005}

	digits := &Config{Sources: 2, Activation: DefaultActivation(Modulatory), Window: 300, Plastic: true,
		Goal: goal(2, map[string]float64{"unq_r": -0.2, "unq_c": 0.1, "red": 1, "syn": 0.1})}
	digits.Ports[Receptive] = PortConfig{Bins: bins(10, 20), Rule: GoalGradient, Norm: ByPower, Rate: Constant(3), Bias: true}
	digits.Ports[Contextual] = PortConfig{Bins: bins(1, 2)}

	hidden := &Config{Sources: 3, Activation: DefaultActivation(ThreeSource), Window: 100, Plastic: true, HardBits: true,
		Goal: goal(3, map[string]float64{"{1}{2}": 1, "{1}{2}{3}": 0.33, "{1}{3}": -1, "{12}{13}": -1})}
	for p := range hidden.Ports {
		hidden.Ports[p] = PortConfig{Bins: bins(20, 20), Rule: GoalGradient, Norm: ByPower, Rate: Constant(1), Decay: 1e-4, Clip: 4}
	}
	belief := memoryConfig(t)
	belief.Plastic, belief.Dynamics = false, Belief
	return map[string]*Config{"memory": memory, "asynchronous": asynchronous, "features": features, "digits": digits, "hidden": hidden, "belief": belief, "adam": adaptive(t)}
}

// TestNoAllocationPerUpdate: an epoch with events, a learning update and a
// sample allocates nothing once its buffers are large enough.
func TestNoAllocationPerUpdate(t *testing.T) {
	for name, cfg := range usualConfigs(t) {
		var weights [NumPorts][]float64
		var events []Event
		for p := range cfg.Sources {
			weights[p] = make([]float64, 20)
			for i := range weights[p] {
				weights[p][i] = 0.1 * float64(i%5)
				events = append(events, Event{Port: Port(p), Slot: int32(i)})
			}
		}
		n := mustNew(t, 0, cfg, weights)
		var out Output
		signals := []Signal{{Flags: Fire | Learn | Observe, Last: 1}}
		now := Time(0)
		epoch := func() {
			for i := range events {
				events[i].Time, events[i].Value = now, float32(2*((int(now)*7+i*i)%3&1)-1)
			}
			signals[0].Time = now
			out.Reset()
			n.Advance(Inbox{Events: events, Signals: signals, End: now + 100}, &out)
			now += 100
		}
		for range 600 {
			epoch()
		}
		if got := testing.AllocsPerRun(200, epoch); got != 0 {
			t.Errorf("%s: %v allocations per epoch", name, got)
		}
		if r := n.Report(0); cfg.Plastic && r.Steps < 100 {
			t.Errorf("%s: only %d learning updates in %d", name, r.Steps, r.Updates)
		}
	}
}
