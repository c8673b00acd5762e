package language

// Validate implements config.Validator.
func (n *Neuron) Validate() error { return nil }
