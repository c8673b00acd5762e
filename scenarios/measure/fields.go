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
	mostFields = 100  // neurons whose fields are shown
	mostMatrix = 1000 // neurons of a picture of weights
)

// ids returns the members of a group.
func (g Group) ids() []neuron.ID {
	ids := make([]neuron.ID, g.Size)
	for i := range ids {
		ids[i] = g.First + neuron.ID(i)
	}
	return ids
}

// incomingRow spreads a neuron's weights at a port over the sources of a group;
// 0 where there is no synapse, or its weight is not finite. net is the network as
// it is: synapses may have come and gone.
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

// bond is a population and a group that it hears through a port.
type bond struct {
	to, from string
	port     neuron.Port
}

// bonds lists who hears whom, by the projections of the graph, each once.
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

// showWeights draws what populations look at, where that is a picture, and the
// weights within them.
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
			if err == nil && f != nil {
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

// fields returns what neurons of a population look at; nil if there is nothing to
// see.
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

// single reports whether no neuron hears more than one member of a group through
// a port: then there is no field to see.
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

// signOf returns which way round the neurons of a population are read; nil: it
// has no readout.
func (s *Set) signOf(population string) func(k int) float64 {
	for i := range s.measures {
		if a, ok := s.measures[i].Measure.(*accuracy); ok && a.population == population {
			return a.state.Bearings.sign
		}
	}
	return nil
}
