package neuron

// The novelty gate keeps χ, the recent fraction of context spikes that bring
// news. A context in transition pairs the new receptive input with the old
// context; learning from such samples corrupts everything, so the gate waits.

// spent is χ of a gate that lets one sample through and has done so; it lies
// beyond all news.
const spent = 2

// receive applies events in their order, each run to one port at once.
func (n *Neuron) receive(events []Event) {
	for len(events) > 0 {
		p, k := events[0].Port, 1
		for k < len(events) && events[k].Port == p {
			k++
		}
		port := &n.ports[p]
		port.touch()
		switch {
		case n.cfg.Gate.Threshold > 0:
			n.receiveGated(p, events[:k])
		default:
			port.take(events[:k], n.lowPass(p))
		}
		events = events[k:]
	}
}

// lowPass returns how fast synapses follow their spikes; 1: at once.
func (n *Neuron) lowPass(p Port) float64 {
	if p == Contextual {
		return n.cfg.LowPass(n.dynamics)
	}
	return 1
}

// receiveGated holds each spike against what its synapse had before: χ follows
// the fraction of context spikes that bring news over τ of them, and jumps to
// 1 when the receptive input flips.
func (n *Neuron) receiveGated(p Port, events []Event) {
	x, lowPass := n.ports[p].x, n.lowPass(p)
	for i := range events {
		n.notice(p, x[events[i].Slot], float64(events[i].Value), len(x))
		n.ports[p].take(events[i:i+1], lowPass)
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
		if n.news == spent {
			return
		}
		fresh := 0.0
		if value != was && !n.cfg.Gate.Heard {
			fresh = 1
		}
		n.news += (fresh - n.news) / max(1, n.cfg.Gate.TauFraction*float64(fanIn))
	}
}

// open reports whether the gate lets the neuron learn now.
func (n *Neuron) open() bool {
	return n.cfg.Gate.Threshold <= 0 || n.news < n.cfg.Gate.Threshold
}

// learnt tells the gate that a sample has gone through.
func (n *Neuron) learnt() {
	if n.cfg.Gate.Threshold > 0 && n.cfg.Gate.Once {
		n.news = spent
	}
}
