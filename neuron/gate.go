package neuron

// The novelty gate keeps χ, the recent fraction of context spikes that bring
// news. A context in transition pairs the new receptive input with the old
// context; learning from such samples corrupts everything, so the gate waits.

// receive applies events in their order. With a gate each is first held
// against what its synapse had: χ follows the fraction of context spikes that
// bring news over τ of them, and jumps to 1 when the receptive input flips.
func (n *Neuron) receive(events []Event) {
	var touched [NumPorts]bool
	lowPass := [NumPorts]float64{1, 1, 1}
	if n.dynamics == Belief {
		lowPass[Contextual] = n.cfg.belief().LowPass
	}
	gated := n.cfg.Gate.Threshold > 0
	for i := range events {
		e := &events[i]
		p := &n.ports[e.Port]
		was := p.apply(e, lowPass[e.Port])
		touched[e.Port] = true
		if gated {
			n.notice(e.Port, was, float64(e.Value), len(p.x))
		}
	}
	for p := range touched {
		if touched[p] {
			n.ports[p].touch()
		}
	}
}

// notice updates χ for one spike that replaces the value was of its synapse.
func (n *Neuron) notice(p Port, was, value float64, fanIn int) {
	switch p {
	case Receptive:
		if value*was <= 0 && value != was {
			n.news = 1
		}
	case Contextual:
		fresh := 0.0
		if value != was {
			fresh = 1
		}
		n.news += (fresh - n.news) / max(1, n.cfg.Gate.TauFraction*float64(fanIn))
	}
}

// open reports whether the gate lets the neuron learn now.
func (n *Neuron) open() bool {
	return n.cfg.Gate.Threshold <= 0 || n.news < n.cfg.Gate.Threshold
}
