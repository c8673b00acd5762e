package language

import (
	"fmt"
	"maps"
	"slices"
)

// Clone returns a copy of n that shares nothing with it.
func (n *Neuron) Clone() *Neuron {
	c := *n
	c.Sources, c.Goal, c.Ports = slices.Clone(n.Sources), maps.Clone(n.Goal), n.Ports.Clone()
	if n.Homeostasis != nil {
		h := *n.Homeostasis
		c.Homeostasis = &h
	}
	if n.Prior != nil {
		p := *n.Prior
		c.Prior = &p
	}
	if n.Gate != nil {
		g := *n.Gate
		c.Gate = &g
	}
	return &c
}

// HasPort reports whether synapses can end at a port of the kind's neurons: either
// sources contains the port, or ports has an entry for it.
func (n *Neuron) HasPort(port string) bool {
	return slices.Contains(n.Sources, port) || n.Ports.Has(port)
}

// Kind returns the kind of neurons with a name: that of the document, else a built-in
// one, else nil.
func (e *Experiment) Kind(name string) *Neuron {
	if k := e.Neurons.Get(name); k != nil {
		return k
	}
	return BuiltinKind(name)
}

// ProjectionNames returns the name of each projection: its own, or from-to. It adds a
// number to a name that is taken.
func (e *Experiment) ProjectionNames() []string {
	names := make([]string, len(e.Projections))
	taken := map[string]bool{}
	for i := range e.Projections {
		names[i] = e.Projections[i].Name
		taken[names[i]] = true
	}
	for i := range e.Projections {
		if names[i] != "" {
			continue
		}
		base := e.Projections[i].From + "-" + e.Projections[i].To
		name := base
		for k := 2; taken[name]; k++ {
			name = fmt.Sprintf("%s-%d", base, k)
		}
		taken[name], names[i] = true, name
	}
	return names
}

// Text returns the setting as a document would have it.
func (p Setting) Text() string {
	if f, ok := p.Value.(float64); ok {
		return formatNumber(f)
	}
	return fmt.Sprint(p.Value)
}
