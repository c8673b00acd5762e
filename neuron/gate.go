package neuron

// notice keeps χ, the recent fraction of context spikes that bring news. A
// context in transition pairs the new receptive input with the old context;
// learning from such samples corrupts everything, so the gate waits.
func (n *Neuron) notice(e *Event) {
	x := n.ports[e.Port].x
	value, was := float64(e.Value), x[e.Slot]
	switch e.Port {
	case Receptive:
		if value*was <= 0 && value != was {
			n.news = 1
		}
	case Contextual:
		fresh := 0.0
		if value != was {
			fresh = 1
		}
		n.news += (fresh - n.news) / max(1, n.cfg.Gate.TauFraction*float64(len(x)))
	}
}

// open reports whether the gate lets the neuron learn now.
func (n *Neuron) open() bool {
	return n.cfg.Gate.Threshold <= 0 || n.news < n.cfg.Gate.Threshold
}
