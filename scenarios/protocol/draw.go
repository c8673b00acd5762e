package protocol

import (
	"fmt"

	"infomorph/internal/sim"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/network"
)

// maxDrawn bounds the neurons of a picture of weights.
const maxDrawn = 1000

// drawWeights draws the weights of the synapses between neurons as they are.
func (r *Run) drawWeights(name, title string) error {
	net := r.engine.Network()
	n := min(net.NumNeurons(), maxDrawn)
	ids := r.player.everyone()[:n]
	reports, err := r.engine.Report(ids, neuron.WantWeights)
	if err != nil {
		return err
	}
	m := journal.Matrix{Title: title, X: "from neuron", Y: "to neuron"}
	if n < net.NumNeurons() {
		m.Title += fmt.Sprintf(" (the first %d of %d neurons)", n, net.NumNeurons())
	}
	for i := range reports {
		m.Cells = append(m.Cells, row(net, &reports[i], n))
	}
	return r.out.Picture(name, m)
}

// row spreads the weights of a neuron over the neurons that it hears, the
// ports added up.
func row(net *sim.Network, rep *neuron.Report, sources int) []float64 {
	cells := make([]float64, sources)
	in := net.Incoming(rep.Neuron)
	var slot [neuron.NumPorts]int
	for k, port := range in.Port {
		if from := int(in.Source[k]); from < sources {
			cells[from] += rep.Weights[port][slot[port]]
		}
		slot[port]++
	}
	return cells
}

// showWeights draws the weights of each projection in the end: as pictures
// where an input is one, else as a matrix. The first of a kind has a short name.
func (r *Run) showWeights() error {
	net := r.engine.Network()
	seen := map[string]bool{}
	for number, l := range net.Projections {
		to, ok := r.plan.Net.Population(l.To)
		if !ok || size(to) > maxDrawn || size(to) == 0 {
			continue
		}
		from, isInput := r.plan.Net.Input(l.From)
		if !isInput {
			from, ok = r.plan.Net.Population(l.From)
		}
		if !ok || size(from) > maxDrawn*10 {
			continue
		}
		cells, err := r.cells(number, from, to)
		if err != nil {
			return err
		}
		width := r.plan.Net.Width(l.From)
		name, figure := "weights", journal.Figure(journal.Matrix{Title: "Weights from " + l.From + " to " + l.To, X: "from " + l.From, Y: "to " + l.To, Cells: cells})
		switch {
		case isInput && width > 0 && size(from)%width == 0 && !oneToOne(net, to):
			names := make([]string, size(to))
			for i := range names {
				names[i] = r.plan.Net.Label(to.First + neuron.ID(i))
			}
			name, figure = "receptive-fields", journal.Fields{Title: "Receptive fields of " + l.To, Width: width, Height: size(from) / width, Names: names, Tiles: cells}
		case isInput:
			continue
		}
		if seen[name] {
			name += "-" + l.Name
		}
		seen[name] = true
		if err := r.out.Figure(name, figure); err != nil {
			return err
		}
	}
	return nil
}

// oneToOne reports whether the first neuron of a group hears one channel only
// at its receptive port: then there is no field to see.
func oneToOne(net *sim.Network, g network.Group) bool {
	n := 0
	for _, p := range net.Incoming(g.First).Port {
		if p == neuron.Receptive {
			n++
		}
	}
	return n == 1
}

// cells returns the weights of a projection, a row for each neuron that hears.
func (r *Run) cells(projection int, from, to network.Group) ([][]float64, error) {
	ids := make([]neuron.ID, size(to))
	for i := range ids {
		ids[i] = to.First + neuron.ID(i)
	}
	reports, err := r.engine.Report(ids, neuron.WantWeights)
	if err != nil {
		return nil, err
	}
	net := r.engine.Network()
	cells := make([][]float64, len(reports))
	for i := range reports {
		cells[i] = make([]float64, size(from))
		in := net.Incoming(reports[i].Neuron)
		var slot [neuron.NumPorts]int
		for k, port := range in.Port {
			if int(in.Projection[k]) == projection {
				cells[i][in.Source[k]-from.First] += reports[i].Weights[port][slot[port]]
			}
			slot[port]++
		}
	}
	return cells, nil
}
