package network

import (
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// Size is how large a network will be.
type Size struct {
	Neurons, Channels int
	// Synapses is their number, expected where a rule draws it. Exact is false
	// where a rule's number is not known before its pairs are drawn; they are not
	// counted then.
	Synapses int64
	Exact    bool
	// Bytes is about what the network takes in memory, ready to run.
	Bytes int64
}

// What a synapse and a sample of a window take [bytes], about: a synapse its
// source, port, weight, delay and projection in the graph, and weight, presynaptic
// value and place in the queue of its neuron.
const (
	bytesPerSynapse = 48
	bytesPerSample  = 24
	bytesPerCell    = 32
)

// Estimate returns how large the network of an experiment will be, without
// building it. Graph files are read. Errors are those of Build, as far as they
// show by then.
func Estimate(exp *language.Experiment, d *data.Collection, files data.Files) (Size, error) {
	b := &builder{exp: exp, data: d, files: files}
	for _, step := range []func() error{b.readGraphs, b.sizePopulations, b.sizeInputs} {
		if err := step(); err != nil {
			return Size{}, err
		}
	}
	s := Size{Exact: true}
	for name, p := range exp.Populations.All() {
		n := b.sizes[name]
		s.Neurons += n
		if k := exp.Kind(p.Neuron); k != nil && k.Learns {
			cells := 1
			for _, port := range k.Sources {
				if q := k.Ports.Get(port); q != nil {
					cells *= q.Bins.Number
				}
			}
			s.Bytes += int64(n) * int64(k.Window*bytesPerSample+cells*bytesPerCell)
		}
	}
	for _, name := range exp.Inputs.Names() {
		s.Channels += b.sizes[name]
	}
	for i := range exp.Projections {
		p := &exp.Projections[i]
		if exp.Control == "unconnected" && exp.Populations.Has(p.From) {
			continue
		}
		n, ok := synapses(&p.Rule, b.ruled[i], float64(b.sizes[p.From]), float64(b.sizes[p.To]), p.From == p.To)
		s.Exact = s.Exact && ok
		s.Synapses += int64(n)
	}
	if b.graph != nil {
		s.Synapses += int64(b.graph.NumSynapses())
	}
	s.Bytes += s.Synapses * bytesPerSynapse
	return s, nil
}

// synapses returns how many synapses a rule is expected to lay; ok is false if
// that is not known.
func synapses(r *language.Rule, g *topology.Graph, from, to float64, within bool) (n float64, ok bool) {
	pairs := from * to
	if within && !r.Autapses {
		pairs -= to
	}
	switch r.Name {
	case "one_to_one":
		return to, true
	case "all_to_all":
		return pairs, true
	case "fixed_indegree":
		return to * float64(r.Indegree), true
	case "fixed_outdegree":
		return from * float64(r.Outdegree), true
	case "fixed_total_number":
		return float64(r.Number), true
	case "pairwise_bernoulli":
		return pairs * r.P, true
	case "ring", "watts_strogatz":
		return to * float64(r.K), true
	case "imported", "rewire", "degree_preserving":
		if g != nil {
			return float64(g.NumSynapses()), true
		}
	}
	return 0, false
}
