package neuron

// notice keeps χ, the recent fraction of context spikes that bring news. A
// context in transition pairs the new receptive input with the old context;
// learning from such samples corrupts everything, so the gate waits.
func (n *Neuron) notice(p Port, events []Event) {
	if n.cfg.Gate.Threshold <= 0 {
		return
	}
	x := n.ports[p].x
	switch p {
	case Receptive:
		for i := range events {
			if was := x[events[i].Slot]; float64(events[i].Value)*was <= 0 && float64(events[i].Value) != was {
				n.news = 1
			}
		}
	case Contextual:
		step := 1 / max(1, n.cfg.Gate.TauFraction*float64(len(x)))
		for i := range events {
			fresh := 0.0
			if float64(events[i].Value) != x[events[i].Slot] {
				fresh = 1
			}
			n.news += step * (fresh - n.news)
		}
	}
}

// open reports whether the gate lets the neuron learn now.
func (n *Neuron) open() bool {
	return n.cfg.Gate.Threshold <= 0 || n.news < n.cfg.Gate.Threshold
}
