package network

import (
	"errors"
	"fmt"
	"strconv"

	"infomorph/internal/config"
	"infomorph/internal/footprint"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
	"infomorph/topology"
	"infomorph/topology/graphio"
)

// Group is the neurons of a population or the channels of an input: those with First ≤ id
// < Last.
type Group struct {
	Name        string
	First, Last neuron.ID
}

// Size returns the number of members.
func (g Group) Size() int { return int(g.Last - g.First) }

// Holds reports whether id is a member.
func (g Group) Holds(id neuron.ID) bool { return g.First <= id && id < g.Last }

// Network is an experiment's network, ready to be simulated, with the names of its parts.
type Network struct {
	Sim                 *sim.Network
	Populations, Inputs []Group
	Notes               []string // remarks about the graph files for the user

	kinds   map[string]*language.Neuron // by population, without the settings in each
	members []member                    // by configuration
	groups  []*language.Group           // neurons that differ from the others of their population
	widths  map[string]int              // by input
	labels  labels
}

// member is a configuration and its origin.
type member struct {
	config     *neuron.Config
	kind       *language.Neuron
	population string
}

// Build builds the network of an experiment. The sizes of inputs that the document leaves
// open come from d, which may be nil. Errors are from config.FieldError and
// config.FieldProblem, with paths of the document.
func Build(exp *language.Experiment, d *data.Collection, files data.Files) (*Network, error) {
	b := &builder{exp: exp, data: d, files: files}
	for _, step := range []func() error{b.readGraphs, b.sizePopulations, b.sizeInputs, b.describe, b.expand, b.label, b.configure, b.regroup} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	n := b.net
	n.Notes = b.notes
	if err := n.checkLists(exp); err != nil {
		return nil, err
	}
	n.Sim.Noise = n.noise(exp)
	if err := n.Sim.Prepare(); err != nil {
		return nil, config.FieldProblem("projections", err.Error(), "")
	}
	return n, nil
}

// checkLists reports lists of neurons, for records and events, that name neurons that do
// not exist.
func (n *Network) checkLists(exp *language.Experiment) error {
	var errs []error
	list := func(path, population, text string) {
		var err error
		if population == "" {
			_, err = n.Select(text)
		} else {
			_, err = n.SelectIn(population, text)
		}
		errs = append(errs, config.Within(path, err))
	}
	if r := &exp.Record; r.Neurons != "" {
		list("record.neurons", "", r.Neurons)
	}
	for i := range exp.Record.Probes {
		p := &exp.Record.Probes[i]
		list(fmt.Sprintf("record.probes[%d].neurons", i), p.Population, p.Neurons)
	}
	for i := range exp.Events {
		if l := exp.Events[i].Neurons; l != "" {
			list(fmt.Sprintf("events[%d].neurons", i), "", l)
		}
	}
	for i := range exp.Faults {
		if l := exp.Faults[i].Neurons; l != "" {
			list(fmt.Sprintf("faults[%d].neurons", i), "", l)
		}
	}
	return errors.Join(errs...)
}

// Population returns the neurons of a population.
func (n *Network) Population(name string) (Group, bool) { return groupOf(n.Populations, name) }

// Input returns the channels of an input.
func (n *Network) Input(name string) (Group, bool) { return groupOf(n.Inputs, name) }

func groupOf(groups []Group, name string) (Group, bool) {
	for _, g := range groups {
		if g.Name == name {
			return g, true
		}
	}
	return Group{}, false
}

// Kind returns the kind of a population's neurons, without the settings in each. It is
// nil if there is no such population.
func (n *Network) Kind(population string) *language.Neuron { return n.kinds[population] }

// Synchronous reports whether the neurons of a population update when the protocol says
// so, and not by clocks of their own.
func (n *Network) Synchronous(population string) bool {
	k := n.kinds[population]
	return k != nil && k.Clock.Kind == "synchronous"
}

// Width returns the number of channels in a row of an input that is a picture, else 0.
func (n *Network) Width(input string) int { return n.widths[input] }

// Names returns the names of populations and inputs.
func (n *Network) Names() (all []string) {
	for _, groups := range [2][]Group{n.Populations, n.Inputs} {
		for _, g := range groups {
			all = append(all, g.Name)
		}
	}
	return all
}

// NoiseOf converts noise to the type that engines use.
func NoiseOf(z *language.Noise) sim.Noise {
	n := sim.Noise{Loss: float64(z.Loss), Duplicate: float64(z.Duplicate), Jitter: neuron.Time(z.Jitter), Reorder: float64(z.Reorder)}
	if n.Reorder > 0 {
		n.Hold = neuron.Time(z.Hold)
	}
	return n
}

// Of returns the population or input to which id belongs, and its number there.
func (n *Network) Of(id neuron.ID) (g Group, index int) {
	for _, groups := range [2][]Group{n.Populations, n.Inputs} {
		for _, g := range groups {
			if g.Holds(id) {
				return g, int(id - g.First)
			}
		}
	}
	return Group{}, 0
}

// Schedule spreads what changes during learning (end_rate, the target and the bias of
// homeostasis) over a number of learning updates, by population. What has halfway follows
// the neuron's own updates instead. It must be called before the network runs.
func (n *Network) Schedule(updates func(population string) int64) {
	for _, m := range n.members {
		schedule(m.config, m.kind, updates(m.population))
	}
}

// builder builds a network.
type builder struct {
	exp   *language.Experiment
	data  *data.Collection
	files data.Files

	graph *graphFile              // of the section graph; nil: none
	ruled map[int]*topology.Graph // graphs of the rules of projections, by number of the projection
	notes []string
	sizes map[string]int // of populations and inputs
	desc  topology.Network
	net   *Network
}

// readGraphs reads the graph files that the document names.
func (b *builder) readGraphs() error {
	var errs []error
	if g := b.exp.Graph; g != nil {
		o := graphio.Options{Source: g.Columns.Source, Target: g.Columns.Target, Weight: g.Columns.Weight, Delay: g.Columns.Delay, Undirected: g.Undirected}
		read, notes, err := b.readGraph(g.File, o, g.DelayUnit)
		b.notes = append(b.notes, notes...)
		if err != nil {
			return config.FieldProblem("graph.file", err.Error(), "")
		}
		b.graph, err = newGraphFile(b.exp, read)
		if err != nil {
			return err
		}
	}
	b.ruled = map[int]*topology.Graph{}
	for i := range b.exp.Projections {
		r := &b.exp.Projections[i].Rule
		if r.Graph == "" {
			continue
		}
		g, notes, err := b.readGraph(r.Graph, graphio.Options{Undirected: r.Undirected}, r.DelayUnit)
		b.notes = append(b.notes, notes...)
		if err != nil {
			errs = append(errs, config.FieldProblem(fmt.Sprintf("projections[%d].rule.graph", i), err.Error(), ""))
		}
		b.ruled[i] = g
	}
	return errors.Join(errs...)
}

// sizePopulations finds the size of every population.
func (b *builder) sizePopulations() error {
	b.sizes = map[string]int{}
	var errs []error
	for name, p := range b.exp.Populations.All() {
		size, file := p.Size, 0
		if b.graph != nil {
			file = b.graph.sizeOf(name)
		}
		if g := b.ruledGraph(name); file == 0 && g != nil {
			file = g.NumNeurons()
		}
		at := config.JoinPath("populations", name) + ".size"
		switch {
		case size == 0 && file == 0:
			errs = append(errs, config.FieldError(at, nil, "a number of neurons", "no graph file says how many there are"))
		case size == 0:
			size = file
		case file != 0 && file != size:
			errs = append(errs, config.FieldError(at, size, fmt.Sprintf("%d, as the graph file has", file), "or leave it out"))
		}
		b.sizes[name] = size
	}
	return errors.Join(errs...)
}

// ruledGraph returns the graph of a file by which a population is connected to itself; nil
// if there is none.
func (b *builder) ruledGraph(population string) *topology.Graph {
	for i := range b.exp.Projections {
		if b.ruled[i] != nil && b.exp.Projections[i].To == population {
			return b.ruled[i]
		}
	}
	return nil
}

// sizeInputs finds the size of every input.
func (b *builder) sizeInputs() error {
	var errs []error
	b.net = &Network{widths: map[string]int{}}
	for name, in := range b.exp.Inputs.All() {
		size, err := b.sizeInput(name, in)
		errs = append(errs, err)
		b.sizes[name] = size
	}
	return errors.Join(errs...)
}

// sizeInput returns the size of an input. It returns an error if document, graph and data
// give different sizes.
func (b *builder) sizeInput(name string, in *language.Input) (int, error) {
	at := config.JoinPath("inputs", name) + ".size"
	size, from := in.Size, "the document"
	if b.graph != nil {
		if n := b.graph.sizeOf(name); n > 0 && size > 0 && n != size {
			return size, config.FieldError(at, size, fmt.Sprintf("%d, as the graph file has", n), "or leave it out")
		} else if n > 0 {
			size, from = n, "the graph file"
		}
	}
	b.net.widths[name] = in.Width
	if b.data == nil {
		return max(size, 1), nil
	}
	for _, set := range b.data.Sets() {
		n, width := set.Size(name)
		if n == 0 {
			continue
		}
		switch {
		case size > 0 && n != size && from == "the document":
			return size, config.FieldError(at, size, fmt.Sprintf("%d, as in data.%s", n, set.Name), "or leave it out")
		case size > 0 && n != size:
			problem := fmt.Sprintf("has %d values for an input, but %s has %d for it", n, from, size)
			return size, config.FieldProblem(config.JoinPath("data", set.Name)+".to", problem, "an input has one number of channels")
		}
		size, from = n, "data."+set.Name
		if in.Width == 0 {
			b.net.widths[name] = width
		}
	}
	if size == 0 {
		return 0, config.FieldError(at, nil, "a number of channels", "no data say how many there are: name the input in a source's section to, or give it a size")
	}
	return size, nil
}

// describe describes populations, channels and the projections of the document for
// topology.Build.
func (b *builder) describe() error {
	first := neuron.ID(0)
	add := func(name string, place language.Place) (topology.Population, Group) {
		p := topology.Population{Name: name, Size: b.sizes[name], Place: placement(place)}
		if place.Kind == "none" && b.graph != nil {
			p.Positions = b.graph.placesOf(name)
		}
		g := Group{name, first, first + neuron.ID(p.Size)}
		first = g.Last
		return p, g
	}
	for name, p := range b.exp.Populations.All() {
		q, g := add(name, p.Place)
		if own := b.ruledGraph(name); own != nil && q.Positions == nil && p.Place.Kind == "none" {
			q.Positions = places(own, 0, neuron.ID(own.NumNeurons()))
		}
		b.desc.Populations, b.net.Populations = append(b.desc.Populations, q), append(b.net.Populations, g)
	}
	for name, in := range b.exp.Inputs.All() {
		q, g := add(name, in.Place)
		b.desc.Channels, b.net.Inputs = append(b.desc.Channels, q), append(b.net.Inputs, g)
	}
	names := b.exp.ProjectionNames()
	for i := range b.exp.Projections {
		b.desc.Projections = append(b.desc.Projections, b.projection(i, names[i]))
	}
	return nil
}

var ports = map[string]neuron.Port{"r": neuron.Receptive, "c": neuron.Contextual, "l": neuron.Lateral}

// projection returns projection i. With control unconnected, projections between neurons
// have no synapses. In a bare network, all projections but one_to_one have none; those
// stay, because recall and teachers need them.
func (b *builder) projection(i int, name string) topology.Projection {
	p := &b.exp.Projections[i]
	r := p.Rule.Rule()
	r.Graph = b.ruled[i]
	if pop := b.exp.Populations.Get(p.To); r.Name == "spatial" && r.Extent == 0 && pop != nil {
		r.Extent = pop.Place.Extent
	}
	out := topology.Projection{Name: name, From: p.From, To: p.To, Port: ports[p.Port], Rule: r, Weights: p.Weights.Dist, Delays: p.Delay.Dist()}
	if b.exp.Bare && r.Name != "one_to_one" || b.exp.Control == unconnected && b.exp.Populations.Has(p.From) {
		out.Rule, out.Weights = topology.Rule{Name: "pairwise_bernoulli"}, topology.Dist{}
		if p.Delay.FromGraph {
			out.Delays = topology.Dist{}
		}
	}
	return out
}

func placement(p language.Place) topology.Placement {
	if p.Kind == "none" || p.Kind == "" {
		return topology.Placement{}
	}
	return topology.Placement{Kind: p.Kind, Dims: p.Dims, Extent: p.Extent}
}

// kindOf returns the configuration of a neuron's kind, for estimates.
func (b *builder) kindOf(id neuron.ID) *neuron.Config {
	for _, g := range b.net.Populations {
		if !g.Holds(id) {
			continue
		}
		if k := b.exp.Kind(b.exp.Populations.Get(g.Name).Neuron); k != nil {
			if c, err := Config(k); err == nil {
				return c
			}
		}
	}
	return nil
}

// expand builds the graph: the projections of the document, then the synapses of the
// graph file. It first checks that there is enough memory.
func (b *builder) expand() error {
	if err := footprint.Check(&b.desc, b.kindOf, b.use(), b.exp.Room); err != nil {
		return err
	}
	g, err := topology.Build(&b.desc, b.exp.Seed)
	if err != nil {
		return buildFault(err)
	}
	if b.graph != nil {
		if g, err = b.graph.addTo(g, b.net, b.exp); err != nil {
			return config.FieldProblem("graph.file", err.Error(), "")
		}
	}
	b.net.Sim = &sim.Network{Graph: g, Seed: b.exp.Seed}
	return nil
}

// Label returns the name of a neuron or channel: its label, or its number.
func (n *Network) Label(id neuron.ID) string {
	if l := n.labels.of(id); l != "" {
		return l
	}
	return strconv.Itoa(int(id))
}
