package batch

import "infomorph/pid"

// soft holds one neuron, with its samples one after another, while its goal is
// evaluated with soft bins at some of its ports.
type soft struct {
	goals   pid.SoftBatch
	samples pid.SoftSamples
	slopes  pid.SoftGradient
	shift   []float64 // by port: d share / d sum, 0 at ports with hard bins
}

// isSoft reports whether a port has soft bins.
func (p *Population) isSoft() bool {
	for _, port := range p.Ports {
		if port.Soft {
			return true
		}
	}
	return false
}

func (s *soft) reserve(ports []*Port, samples int) {
	n := len(ports)
	s.samples = pid.SoftSamples{Samples: pid.Samples{Bins: make([][]int, n), Theta: make([]float64, samples)}, Upper: make([][]float64, n)}
	s.slopes = pid.SoftGradient{Theta: make([]float64, samples), Upper: make([][]float64, n)}
	s.shift = make([]float64, n)
	for k, port := range ports {
		s.samples.NBins = append(s.samples.NBins, port.Bins.N)
		s.samples.Bins[k] = make([]int, samples)
		if port.Soft {
			s.samples.Upper[k], s.slopes.Upper[k] = make([]float64, samples), make([]float64, samples)
		}
	}
}

// place copies the samples of neuron j, and finds its bins and shares.
func (s *soft) place(p *Population, j int) {
	for i := range s.samples.Theta {
		s.samples.Theta[i] = p.theta[i*p.Neurons+j]
	}
	for k, port := range p.Ports {
		sums, bins := p.sums[k], port.Bins
		if port.Fit {
			bins.Lo, bins.Hi = extent(sums, j, p.Neurons)
		}
		at, upper := s.samples.Bins[k], s.samples.Upper[k]
		for i := range at {
			if v := sums[i*p.Neurons+j]; upper == nil {
				at[i] = bins.Index(v)
			} else {
				at[i], upper[i] = bins.Split(v)
			}
		}
		s.shift[k] = 0
		if upper != nil {
			s.shift[k] = float64(bins.N) / (bins.Hi - bins.Lo)
		}
	}
	s.samples.Prior = p.priorOf(j)
}

// drive turns the slopes of the activation of neuron j into dG/d sum. A sum has
// an effect through θ, and through the shares of its bins:
//
//	dG/d sum_i = dG/dθ_i · θ_i(1−θ_i) · ∂A/∂ sum + dG/d Upper_i · N/(Hi − Lo)
func (s *soft) drive(p *Population, j int) {
	for k := range p.Ports {
		drive, moves := p.drive[k], s.slopes.Upper[k]
		for i, th := range s.samples.Theta {
			d := &drive[i*p.Neurons+j]
			*d *= s.slopes.Theta[i] * th * (1 - th)
			if moves != nil {
				*d += moves[i] * s.shift[k]
			}
		}
	}
}

// softDrives is drives for populations with soft bins.
func (p *Population) softDrives() error {
	for j := range p.Neurons {
		p.one.place(p, j)
		if err := p.one.goals.Gradient(&p.one.slopes, p.Goal, p.one.samples); err != nil {
			return err
		}
		p.one.drive(p, j)
	}
	return nil
}
