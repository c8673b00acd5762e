package neuron

// The novelty gate computes χ, the recent fraction of context spikes that
// change their presynaptic value. While the context changes, the new receptive
// input occurs together with the old context. Learning from such samples
// damages everything learnt, so the gate waits.

// spent is χ of a gate with Once after its sample. It is larger than any other
// value of χ.
const spent = 2

// receive applies events in order. Consecutive events of one port are applied
// together.
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

// receiveGated compares each spike with the value that its synapse had before,
// and updates χ: it follows the fraction of context spikes with a new value,
// over τ spikes, and jumps to 1 when the receptive input flips.
func (n *Neuron) receiveGated(p Port, events []Event) {
	x, lowPass := n.ports[p].x, n.lowPass(p)
	for i := range events {
		n.notice(p, x[events[i].Slot], float64(events[i].Value), len(x))
		n.ports[p].take(events[i:i+1], lowPass)
	}
}

// notice updates χ for one spike that replaces the old value was of its
// synapse.
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

// open reports whether the gate allows learning now.
func (n *Neuron) open() bool {
	return n.cfg.Gate.Threshold <= 0 || n.news < n.cfg.Gate.Threshold
}

// learnt notes in the gate that a sample was taken.
func (n *Neuron) learnt() {
	if n.cfg.Gate.Threshold > 0 && n.cfg.Gate.Once {
		n.news = spent
	}
}
