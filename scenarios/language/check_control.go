package language

// control reports a control that leaves out what is not there: its scores would be those of
// the experiment itself.
func (c *checker) control() {
	switch c.Control {
	case "unconnected":
		c.f.problem(!c.connected(), "control", "is unconnected, which has no effect, because neurons receive nothing from each other", "use frozen or shuffled")
	case "frozen":
		c.f.problem(!c.anyLearns(), "control", "is frozen, which has no effect, because nothing learns", "")
	}
}

// connected reports whether there can be synapses between neurons.
func (c *checker) connected() bool {
	for i := range c.Projections {
		if c.Populations.Has(c.Projections[i].From) {
			return true
		}
	}
	return c.Graph != nil
}

// anyLearns reports whether there is a population that learns in some phase.
func (c *checker) anyLearns() bool {
	for name, p := range c.Populations.All() {
		batch, otherwise := c.learnsFrom(name)
		if k := c.Kind(p.Neuron); (batch || otherwise) && (k == nil || k.Learns) {
			return true
		}
	}
	return false
}
