package protocol

import (
	"fmt"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
)

// maxDrawn limits the neurons in a picture of weights.
const maxDrawn = 1000

// drawWeights draws the present weights of the synapses between neurons.
func (r *Run) drawWeights(name, title string) error {
	net := r.engine.Network()
	n := min(net.NumNeurons(), maxDrawn)
	ids := r.player.everyone()[:n]
	reports, err := r.engine.Report(ids, neuron.WantWeights)
	if err != nil {
		return err
	}
	m := journal.Matrix{Title: title, X: "from neuron", Y: "to neuron", Value: "weight"}
	if n < net.NumNeurons() {
		m.Title += fmt.Sprintf(" (the first %d of %d neurons)", n, net.NumNeurons())
	}
	for i := range reports {
		m.Cells = append(m.Cells, row(net, &reports[i], n))
	}
	return r.out.Picture(name, m)
}

// row returns the weights of a neuron, one for each possible source neuron. It adds up
// the ports.
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
