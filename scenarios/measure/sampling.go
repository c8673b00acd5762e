package measure

// Sampling spreads a number of samples evenly over a number of steps. Its fields are the
// state to save.
type Sampling struct{ Steps, Samples, Taken int }

// NewSampling takes at most one sample at each step.
func NewSampling(steps, samples int) Sampling {
	return Sampling{Steps: steps, Samples: min(samples, steps)}
}

// Due reports whether to take a sample after step done, and counts it.
func (s *Sampling) Due(done int) bool {
	if s.Taken < s.Samples && done*s.Samples >= (s.Taken+1)*s.Steps {
		s.Taken++
		return true
	}
	return false
}

// Until returns the number of steps from step done to the next sample; 0 if there is no
// more sample.
func (s *Sampling) Until(done int) int {
	if s.Taken >= s.Samples {
		return 0
	}
	at := ((s.Taken+1)*s.Steps + s.Samples - 1) / s.Samples
	return max(at-done, 1)
}
