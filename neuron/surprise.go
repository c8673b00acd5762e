package neuron

// A neuron with Config.Surprise > 0 sends two spikes for each stimulus: first
// its output y, and, once it has received the outputs of the others, its
// surprise
//
//	y − Surprise·(2θ(A(0, c, l)) − 1)
//
// that is, the part of its output that its other inputs do not predict. The
// weights of its targets then follow surprises, not outputs: Δw ∝ D·θ(1−θ)·x,
// with the surprise as x, while D and θ come from the outputs. What others
// predict already changes no weight again, so that new patterns damage old ones
// less. With Surprise = 1 and a linear neuron that predicts its own output, this
// is how the projection onto the stored patterns is built one pattern after the
// other (Personnaz, Guyon and Dreyfus 1986), with signals that are local.

// held is the sample that a neuron had when surprises were sent. It is used for
// learning and observation until the neuron fires again, because from then on
// the presynaptic values are surprises.
type held struct {
	sum, slope [NumPorts]float64
	valid      bool
}

// sample sets the values of the ports and their slopes for an update.
func (n *Neuron) sample(do Flags, v, slope *[NumPorts]float64) {
	if n.held != nil && n.held.valid {
		if do&(Fire|Surprise) == 0 {
			*v, *slope = n.held.sum, n.held.slope
			return
		}
		n.held.valid = false
	}
	n.sums(v, slope)
}

// surprise holds the sample, and sends the surprise of the neuron if it sends
// any.
func (n *Neuron) surprise(t Time, s, slope [NumPorts]float64, out *Output) {
	if n.held == nil {
		n.held = &held{}
	}
	*n.held = held{s, slope, true}
	if share := n.cfg.Surprise; share > 0 {
		s[Receptive] = 0
		A, _ := n.cfg.Activation.Eval(s)
		n.emit(t, n.y-float32(share*(2*Theta(A, n.cfg.thetaFloor())-1)), out)
	}
}
