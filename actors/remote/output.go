package remote

import (
	"infomorph/neuron"
	"infomorph/pid"
)

// samples appends the samples of neurons.
func (w *writer) samples(s []neuron.Sample) {
	w.u(uint64(len(s)))
	last := neuron.Time(0)
	for i := range s {
		w.i(int64(s[i].Time - last))
		last = s[i].Time
		w.u(uint64(s[i].Neuron))
		for _, v := range s[i].Sum {
			w.f64(v)
		}
		w.f64(s[i].Theta)
		w.f32(s[i].Output)
		w.flag(s[i].Learned)
	}
}

func (w *writer) flag(v bool) {
	if v {
		w.u8(1)
	} else {
		w.u8(0)
	}
}

// samples reads the output of writer.samples. Neurons must be lo … hi−1.
func (r *reader) samples(dst []neuron.Sample, lo, hi neuron.ID) []neuron.Sample {
	last := neuron.Time(0)
	for range r.size(2 + 8*(neuron.NumPorts+1) + 5) {
		last += neuron.Time(r.i())
		s := neuron.Sample{Time: last, Neuron: neuron.ID(r.u())}
		for p := range s.Sum {
			s.Sum[p] = r.f64()
		}
		s.Theta, s.Output, s.Learned = r.f64(), r.f32(), r.u8() == 1
		if s.Neuron < lo || s.Neuron >= hi {
			r.fail()
		}
		if r.err != nil {
			return dst
		}
		dst = append(dst, s)
	}
	return dst
}

// broken appends the breakdowns of neurons.
func (w *writer) broken(all []neuron.Breakdown) {
	w.u(uint64(len(all)))
	for i := range all {
		b := &all[i]
		w.i(int64(b.Time))
		w.u(uint64(b.Neuron))
		w.u8(uint8(b.Port))
		w.u8(uint8(b.What))
		w.i(int64(b.Slot))
		w.f64(b.Value)
		w.u8(uint8(b.Rule))
		w.flag(b.Spread)
	}
}

// broken reads the output of writer.broken. Neurons must be lo … hi−1.
func (r *reader) broken(dst []neuron.Breakdown, lo, hi neuron.ID) []neuron.Breakdown {
	for range r.size(15) {
		b := neuron.Breakdown{Time: neuron.Time(r.i()), Neuron: neuron.ID(r.u()), Port: neuron.Port(r.u8()), What: neuron.Quantity(r.u8()),
			Slot: int(r.i()), Value: r.f64(), Rule: neuron.Rule(r.u8()), Spread: r.u8() == 1}
		if b.Neuron < lo || b.Neuron >= hi || b.Port >= neuron.NumPorts {
			r.fail()
		}
		if r.err != nil {
			return dst
		}
		dst = append(dst, b)
	}
	return dst
}

// signals appends the signals of an epoch.
func (w *writer) signals(s []neuron.Signal) {
	w.u(uint64(len(s)))
	for i := range s {
		w.i(int64(s[i].Time))
		w.u8(uint8(s[i].Kind))
		w.u8(uint8(s[i].Flags))
		w.u(uint64(s[i].First))
		w.u(uint64(s[i].Last))
		w.f64(s[i].Value)
	}
}

func (r *reader) signals() []neuron.Signal {
	n := r.size(13)
	if n == 0 {
		return nil
	}
	s := make([]neuron.Signal, n)
	for i := range s {
		s[i] = neuron.Signal{Time: neuron.Time(r.i()), Kind: neuron.SignalKind(r.u8()), Flags: neuron.Flags(r.u8()), First: neuron.ID(r.u()), Last: neuron.ID(r.u()), Value: r.f64()}
	}
	return s
}

// report appends the report of a neuron.
func (w *writer) report(r *neuron.Report) {
	w.u(uint64(r.Neuron))
	w.i(r.Updates)
	w.i(r.Steps)
	w.f32(r.Output)
	w.flag(r.Open)
	w.f64(r.Goal)
	w.f64(r.Gradient)
	w.f64(r.Chi)
	for p := range r.Weights {
		w.flag(r.Weights[p] != nil)
		w.floats(r.Weights[p])
		w.f64(r.Bias[p])
		w.f64(r.Shift[p])
	}
	w.flag(r.Atoms != nil)
	if r.Atoms != nil {
		w.b, _ = r.Atoms.AppendBinary(w.b) // cannot fail
	}
}

func (r *reader) report() (p neuron.Report) {
	p.Neuron, p.Updates, p.Steps = neuron.ID(r.u()), r.i(), r.i()
	p.Output, p.Open, p.Goal = r.f32(), r.u8() == 1, r.f64()
	p.Gradient, p.Chi = r.f64(), r.f64()
	for k := range p.Weights {
		some := r.u8() == 1
		if p.Weights[k] = r.floats(); some && p.Weights[k] == nil {
			p.Weights[k] = []float64{}
		}
		p.Bias[k] = r.f64()
		p.Shift[k] = r.f64()
	}
	if r.u8() == 1 && r.err == nil {
		var err error
		if p.Atoms, r.b, err = pid.ReadDecomposition(r.b); err != nil {
			r.fail()
		}
	}
	return p
}
