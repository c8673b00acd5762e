package measure

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/floats"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
)

const (
	mostFields = 100  // neurons whose fields are drawn
	mostMatrix = 1000 // neurons in a picture of weights
)

// ids returns the members of a group.
func (g Group) ids() []neuron.ID {
	ids := make([]neuron.ID, g.Size)
	for i := range ids {
		ids[i] = g.First + neuron.ID(i)
	}
	return ids
}

// incomingRow returns a neuron's weights at a port, one for each member of the group
// from. It is 0 if there is no synapse or the weight is not finite. The argument net is
// the network in its present state, because synapses can be added and removed.
func incomingRow(net *sim.Network, report *neuron.Report, port neuron.Port, from Group) []float64 {
	row := make([]float64, from.Size)
	in, k := net.Incoming(report.Neuron), 0
	for s, p := range in.Port {
		if p != port {
			continue
		}
		if at := int(in.Source[s] - from.First); at >= 0 && at < from.Size && k < len(report.Weights[port]) && finite(report.Weights[port][k]) {
			row[at] += report.Weights[port][k]
		}
		k++
	}
	return row
}

// bond is a population and a group that projects to one of its ports.
type bond struct {
	to, from string
	port     neuron.Port
}

// bonds lists the projections of the document and the graph, without duplicates.
func (s *Set) bonds() []bond {
	var all []bond
	for i := range s.env.Experiment.Projections {
		p := &s.env.Experiment.Projections[i]
		all = s.addBond(all, bond{p.To, p.From, portOf(p.Port)})
	}
	for _, l := range s.env.Net.Sim.Projections {
		all = s.addBond(all, bond{l.To, l.From, l.Port})
	}
	return all
}

func (s *Set) addBond(all []bond, b bond) []bond {
	for _, x := range all {
		if x == b {
			return all
		}
	}
	return append(all, b)
}

// showWeights draws the weights from inputs that are pictures, and the weights within
// populations.
func (s *Set) showWeights(e Reporter, names taken, out *journal.Listener) error {
	var errs []error
	for _, b := range s.bonds() {
		to, ok := s.env.Net.Population(b.to)
		if !ok {
			continue
		}
		g, own := groupOf(to, 0), names.listener(out, b.to)
		if in, ok := s.env.Net.Input(b.from); ok && s.env.Net.Width(b.from) > 0 {
			f, err := s.fields(e, b, g, groupOf(in, s.env.Net.Width(b.from)))
			if f != nil {
				err = own.Figure(fieldNames[b.port]+"-fields", *f)
			}
			errs = append(errs, err)
		}
		if b.to == b.from && g.Size <= mostMatrix {
			errs = append(errs, s.showMatrix(e, b, g, own))
		}
	}
	return errors.Join(errs...)
}

var fieldNames = map[neuron.Port]string{neuron.Receptive: "receptive", neuron.Contextual: "contextual", neuron.Lateral: "lateral"}

// fields returns a picture of the weights from an input for each neuron of a population;
// nil if there is nothing to show.
func (s *Set) fields(e Reporter, b bond, to, from Group) (*journal.Fields, error) {
	if from.Size%from.Width != 0 {
		return nil, nil
	}
	g := to
	g.Size = min(g.Size, mostFields)
	reports, err := e.Report(g.ids(), neuron.WantWeights)
	if err != nil || single(e.Network(), g, b.port, from) {
		return nil, err
	}
	f := &journal.Fields{Title: fmt.Sprintf("Weights from %s to %s, %s", b.from, each(b.to), fieldNames[b.port]), Width: from.Width, Height: from.Size / from.Width}
	sign := s.signOf(b.to)
	for i := range reports {
		tile := incomingRow(e.Network(), &reports[i], b.port, from)
		if b.port == neuron.Receptive && sign != nil {
			floats.Scale(sign(i), tile)
		}
		f.Names, f.Tiles = append(f.Names, s.env.Net.Label(reports[i].Neuron)), append(f.Tiles, tile)
	}
	return f, nil
}

// single reports whether each neuron has at most one synapse from a group at a port. Then
// there is no field to show.
func single(net *sim.Network, g Group, port neuron.Port, from Group) bool {
	for _, id := range g.ids() {
		n, in := 0, net.Incoming(id)
		for s, p := range in.Port {
			if at := int(in.Source[s] - from.First); p == port && at >= 0 && at < from.Size {
				n++
			}
		}
		if n > 1 {
			return false
		}
	}
	return true
}

func (s *Set) showMatrix(e Reporter, b bond, g Group, out *journal.Listener) error {
	reports, err := e.Report(g.ids(), neuron.WantWeights)
	if err != nil {
		return err
	}
	m := journal.Matrix{Title: fmt.Sprintf("Weights within %s, %s", b.to, fieldNames[b.port]), X: "from neuron", Y: "to neuron", Value: "weight"}
	for i := range reports {
		m.Cells = append(m.Cells, incomingRow(e.Network(), &reports[i], b.port, g))
	}
	return out.Figure("weights", m)
}

// signOf returns the function that gives the sign with which each neuron of a population
// is read; nil if the population has no readout.
func (s *Set) signOf(population string) func(k int) float64 {
	for i := range s.measures {
		if a, ok := s.measures[i].Measure.(*accuracy); ok && a.population == population {
			return a.state.Bearings.sign
		}
	}
	return nil
}
