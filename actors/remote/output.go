package remote

import (
	"infomorph/neuron"
	"infomorph/pid"
)

// samples appends what neurons said about updates.
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

// samples reads what writer.samples wrote, of neurons lo … hi−1.
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

// signals appends what is broadcast in an epoch.
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

// report appends what a neuron says about itself.
func (w *writer) report(r *neuron.Report) {
	w.u(uint64(r.Neuron))
	w.i(r.Updates)
	w.i(r.Steps)
	w.f32(r.Output)
	w.flag(r.Open)
	w.f64(r.Goal)
	for p := range r.Weights {
		w.flag(r.Weights[p] != nil)
		w.floats(r.Weights[p])
		w.f64(r.Bias[p])
	}
	w.flag(r.Atoms != nil)
	if r.Atoms != nil {
		w.b, _ = r.Atoms.AppendBinary(w.b) // cannot fail
	}
}

func (r *reader) report() (p neuron.Report) {
	p.Neuron, p.Updates, p.Steps = neuron.ID(r.u()), r.i(), r.i()
	p.Output, p.Open, p.Goal = r.f32(), r.u8() == 1, r.f64()
	for k := range p.Weights {
		some := r.u8() == 1
		if p.Weights[k] = r.floats(); some && p.Weights[k] == nil {
			p.Weights[k] = []float64{}
		}
		p.Bias[k] = r.f64()
	}
	if r.u8() == 1 && r.err == nil {
		var err error
		if p.Atoms, r.b, err = pid.ReadDecomposition(r.b); err != nil {
			r.fail()
		}
	}
	return p
}
