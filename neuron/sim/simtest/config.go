package simtest

import (
	"infomorph/neuron"
	"infomorph/pid"
)

// config draws the configuration of a population. Every clock, activation, learning rule,
// dynamics and option can occur.
func (m *maker) config() (*neuron.Config, error) {
	c := &neuron.Config{
		Sources:    2 + m.IntN(2),
		Activation: neuron.DefaultActivation(neuron.ActivationKind(m.IntN(4))),
		Dynamics:   m.dynamics(),
		Tell:       m.emission(),
		Clock:      neuron.Clock{Kind: neuron.ClockKind(m.IntN(4)), Interval: m.unit/2 + 1 + m.wait(), Phase: m.wait(), Scatter: m.IntN(2) == 0},
		Window:     1 + m.IntN(50),
		HardBits:   m.IntN(4) == 0,
		StepClip:   float64(m.IntN(2)) * 4,
		Plastic:    m.IntN(4) > 0,
		Prior:      neuron.Prior{Mass: float64(m.IntN(2)) * 2, Sigma: 2},
		Gate:       neuron.Gate{Threshold: float64(m.IntN(2)) * 0.5, TauFraction: 0.5, Heard: m.IntN(3) == 0, Once: m.IntN(3) == 0},
		Belief:     neuron.DefaultBelief(),
	}
	if c.Clock.Kind == neuron.OnEvent && m.IntN(2) == 0 {
		c.Clock.Interval = 0
	}
	c.WarmUp = m.IntN(c.Window)
	if c.Clock.Kind == neuron.OnEvent && m.unit > 30 {
		c.Clock.Interval = m.unit/2 + 1 // otherwise there would be spikes in every microsecond
	}
	if m.IntN(4) == 0 {
		c.Homeostasis = neuron.Homeostasis{Gain: 0.1, MeanRate: 0.01, Target: m.schedule(2, 3)}
		c.StabilityNorm = 2
	}
	for p := range c.Ports {
		c.Ports[p] = m.port()
		// The slope of KayPhillips grows exponentially, and Clip does not bound
		// a bias.
		c.Ports[p].Bias = c.Ports[p].Bias && c.Activation.Kind != neuron.KayPhillips
	}
	if c.Activation.Kind == neuron.Sum {
		c.Surprise = float64(m.IntN(3)) / 2
	}
	var err error
	c.Goal, err = m.goal(c.Sources)
	return c, err
}

func (m *maker) dynamics() neuron.Dynamics {
	return neuron.Dynamics(m.IntN(int(neuron.EmphaticBelief) + 1))
}

// emission is TellNever for one population of ten: its neurons have no effect on others.
func (m *maker) emission() neuron.Tell {
	if m.IntN(10) == 0 {
		return neuron.TellNever
	}
	return neuron.Tell(m.IntN(int(neuron.TellNever)))
}

// schedule is planned, or follows the updates or the residual entropy of the neuron itself.
func (m *maker) schedule(start, end float64) neuron.Schedule {
	s := neuron.Schedule{Start: start, End: end, Halfway: int64(m.IntN(2) * (1 + m.IntN(40))), From: 5, To: 50}
	if s.Halfway%4 == 0 {
		s.Halfway, s.Residual = 0, float64(s.Halfway)/40
	}
	return s
}

func (m *maker) port() neuron.PortConfig {
	reach := 1 + 10*m.Float64()
	return neuron.PortConfig{
		Bins:     pid.Bins{Lo: -reach, Hi: reach, N: 2 + m.IntN(8)},
		Rule:     neuron.Rule(m.IntN(3)),
		Norm:     neuron.Norm(m.IntN(4)),
		Rate:     m.schedule(m.Float64(), m.Float64()/10),
		Bias:     m.IntN(2) == 0,
		HalfTanh: m.IntN(4) == 0,
		Clip:     2,
		Decay:    float64(m.IntN(2)) * 0.01,
		Center:   float64(m.IntN(2)) * 0.02,
	}
}
