package network

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/scenarios/language"
	"infomorph/topology"
	"infomorph/topology/graphio"
)

// unconnected is the control in which neurons receive nothing from each other.
const unconnected = "unconnected"

// graphLimits limits the size of a graph file.
var graphLimits = graphio.Limits{Nodes: 10_000_000, Edges: graphio.MaxEdges, Bytes: 8 << 30}

// readGraph reads a graph file. Errors about its content have the line. The returned
// notes list what was ignored and what was guessed.
func (b *builder) readGraph(name string, o graphio.Options, unit string) (*topology.Graph, []string, error) {
	format, err := graphio.FormatOf(path.Base(name))
	if err != nil {
		return nil, nil, err
	}
	if b.files == nil {
		return nil, nil, errors.New("there are no files here")
	}
	f, err := b.files.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	o.Limits = graphLimits
	o.Limits.Edges, o.Limits.Why = b.exp.Room.MostEdges(graphLimits.Edges)
	if unit != "" && unit != "us" {
		if o.DelayUnit, err = graphio.ParseDelayUnit(unit); err != nil {
			return nil, nil, err
		}
	}
	g, notes, err := graphio.ReadWith(f, format, o)
	var at *graphio.Error
	switch {
	case errors.As(err, &at) && at.Line > 0:
		return nil, nil, fmt.Errorf("%s:%d: %s", name, at.Line, asKeys.Replace(at.Msg))
	case err != nil:
		return nil, nil, fmt.Errorf("%s: %s", name, asKeys.Replace(err.Error()))
	}
	for i := range notes {
		notes[i] = name + ": " + asKeys.Replace(notes[i])
	}
	return g, notes, nil
}

// asKeys replaces options of the command line by keys of a document.
var asKeys = strings.NewReplacer("--delay-unit ", "delay_unit: ", "--delay-unit", "delay_unit", "--source", "columns.source", "--target", "columns.target",
	"--weight", "columns.weight", "--delay", "columns.delay", "--undirected", "undirected: true")

// graphFile is a graph and the names that its groups have in the document.
type graphFile struct {
	*topology.Graph
	groups []fileGroup
}

// fileGroup is a population or group of channels of a graph, with its name in the
// document.
type fileGroup struct {
	name        string
	first, last neuron.ID
}

// newGraphFile finds the population or input of the document for each group of a graph.
// It is the one with the same name, or the only one.
func newGraphFile(exp *language.Experiment, g *topology.Graph) (*graphFile, error) {
	f := &graphFile{Graph: g}
	first := neuron.ID(0)
	add := func(groups []topology.Population, kind string, names []string) error {
		for i := range groups {
			p := &groups[i]
			name := p.Name
			if own := exp.Graph.Population; kind == "population" && own != "" && len(groups) == 1 {
				name = own
			}
			if !slices.Contains(names, name) {
				if len(groups) != 1 || len(names) != 1 {
					return noPlace(kind, name, names)
				}
				name = names[0]
			}
			f.groups = append(f.groups, fileGroup{name, first, first + neuron.ID(p.Size)})
			first += neuron.ID(p.Size)
		}
		return nil
	}
	if err := add(g.Populations, "population", exp.Populations.Names()); err != nil {
		return nil, err
	}
	return f, add(g.Channels, "input", exp.Inputs.Names())
}

// noPlace is the error for a group that the document does not have.
func noPlace(kind, name string, names []string) error {
	hint := fmt.Sprintf("the document has the %ss %s", kind, strings.Join(names, ", "))
	if len(names) == 0 {
		hint = "the document has none"
	} else if like := config.Closest(name, names); like != "" {
		hint = fmt.Sprintf("did you mean %q?", like)
	}
	if kind == "population" && len(names) > 0 {
		hint += "; graph.population says which it is, where the file has one only"
	}
	return config.FieldProblem("graph.file", fmt.Sprintf("has the %s %q, which is not in the section %ss", kind, name, kind), hint)
}

func (f *graphFile) group(name string) (fileGroup, bool) {
	i := slices.IndexFunc(f.groups, func(g fileGroup) bool { return g.name == name })
	if i < 0 {
		return fileGroup{}, false
	}
	return f.groups[i], true
}

// sizeOf returns how many members a group has in the file; 0 if the file does not have
// the group.
func (f *graphFile) sizeOf(name string) int {
	g, _ := f.group(name)
	return int(g.last - g.first)
}

func (f *graphFile) placesOf(name string) []topology.Point {
	g, ok := f.group(name)
	if !ok {
		return nil
	}
	return places(f.Graph, g.first, g.last)
}

// places returns the places of some of a graph's neurons or channels. It returns nil
// unless all of them have one.
func places(g *topology.Graph, first, last neuron.ID) []topology.Point {
	all := make([]topology.Point, 0, last-first)
	for id := first; id < last; id++ {
		p, ok := g.Position(id)
		if !ok {
			return nil
		}
		all = append(all, p)
	}
	return all
}

// synapses returns how many synapses addTo adds. The file may be nil.
func (f *graphFile) synapses(exp *language.Experiment) int64 {
	switch {
	case f == nil:
		return 0
	case exp.Control != unconnected:
		return int64(f.NumSynapses())
	}
	n := int64(0)
	for t := range neuron.ID(f.NumNeurons()) {
		for _, source := range f.Incoming(t).Source {
			if int(source) >= f.NumNeurons() {
				n++
			}
		}
	}
	return n
}

// addTo returns the graph g with the synapses of the file added.
func (f *graphFile) addTo(g *topology.Graph, n *Network, exp *language.Experiment) (*topology.Graph, error) {
	m := f.merging(g, n, exp)
	m.synapses()(func(topology.Synapse) bool { return true }) // enters all links
	if len(m.links) > topology.MaxProjections {
		return nil, fmt.Errorf("has more than %d groups of synapses", topology.MaxProjections)
	}
	return topology.FromEach(g.Populations, g.Channels, m.links, func(yield func(topology.Synapse) bool) {
		for _, all := range []iter.Seq[topology.Synapse]{g.Each(), m.synapses()} {
			for s := range all {
				if !yield(s) {
					return
				}
			}
		}
	})
}

// merging adds the synapses of a file to a network.
type merging struct {
	file    *graphFile
	cut     bool
	plain   bool // the file has no information about ports
	keep    string
	other   neuron.Port
	links   []topology.Link
	numbers map[fileLink]int16
	taken   map[string]bool
	of      []int       // group of each neuron and channel of the file
	shift   []neuron.ID // by group: what to add to a number in the file
}

// fileLink is what all synapses of one projection have in common.
type fileLink struct {
	from, to int // groups
	port     neuron.Port
	link     int16 // number of the projection in the file
}

func (f *graphFile) merging(g *topology.Graph, n *Network, exp *language.Experiment) *merging {
	m := &merging{file: f, cut: exp.Control == unconnected, keep: exp.Graph.Keep, other: ports[exp.Graph.Port], links: slices.Clone(g.Projections),
		numbers: map[fileLink]int16{}, taken: map[string]bool{}}
	for _, l := range g.Projections {
		m.taken[l.Name] = true
	}
	m.plain = !slices.ContainsFunc(f.Projections, func(l topology.Link) bool { return l.Name != "" || l.Port != neuron.Contextual })
	for i, group := range f.groups {
		for range group.last - group.first {
			m.of = append(m.of, i)
		}
		in, ok := n.Population(group.name)
		if !ok {
			in, _ = n.Input(group.name)
		}
		m.shift = append(m.shift, in.First-group.first)
	}
	return m
}

// synapses goes through the synapses of the file, as they are in the network.
func (m *merging) synapses() iter.Seq[topology.Synapse] {
	return func(yield func(topology.Synapse) bool) {
		for s := range m.file.Each() {
			if m.cut && int(s.Source) < m.file.NumNeurons() {
				continue
			}
			port := m.port(s.Port)
			out := topology.Synapse{Source: m.id(s.Source), Target: m.id(s.Target), Port: port, Delay: 1000, Projection: m.link(s.Source, s.Target, port, s.Projection)}
			if m.keep == "both" || m.keep == "weights" {
				out.Weight = s.Weight
			}
			if m.keep == "both" || m.keep == "delays" {
				out.Delay = s.Delay
			}
			if !yield(out) {
				return
			}
		}
	}
}

func (m *merging) port(p neuron.Port) neuron.Port {
	if m.plain {
		return m.other
	}
	return p
}

// id returns the number in the network of a neuron or channel of the file.
func (m *merging) id(id neuron.ID) neuron.ID { return id + m.shift[m.of[id]] }

// link returns the number of the projection that a synapse belongs to.
func (m *merging) link(source, target neuron.ID, port neuron.Port, number int16) int16 {
	key := fileLink{m.of[source], m.of[target], port, number}
	if k, ok := m.numbers[key]; ok {
		return k
	}
	l := topology.Link{From: m.file.groups[key.from].name, To: m.file.groups[key.to].name, Port: port}
	base := cmp.Or(m.file.Projections[number].Name, l.From+"-"+l.To)
	l.Name = base
	for k := 2; m.taken[l.Name]; k++ {
		l.Name = fmt.Sprintf("%s-%d", base, k)
	}
	m.taken[l.Name] = true
	k := int16(min(len(m.links), topology.MaxProjections))
	m.links, m.numbers[key] = append(m.links, l), k
	return k
}

// buildFault adds to an error of topology.Build the key that caused it.
func buildFault(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var errs []error
		for _, e := range joined.Unwrap() {
			errs = append(errs, buildFault(e))
		}
		return errors.Join(errs...)
	}
	m := aboutProjection.FindStringSubmatch(err.Error())
	if m == nil {
		return config.FieldProblem("projections", err.Error(), "")
	}
	at, text, hint := m[1], m[2], ""
	if k := aboutKey.FindStringSubmatch(text); k != nil {
		at, text = at+".rule."+k[1], k[2]
	} else if rest, ok := strings.CutPrefix(text, "rule: "); ok {
		at, text = at+".rule", rest
	} else if rest, ok := strings.CutPrefix(text, "positions: "); ok {
		text, hint = rest, "give them a place, such as {kind: grid}"
	}
	return config.FieldProblem(at, text, hint)
}

// aboutProjection matches an error of Build about a projection. aboutKey matches the rest
// of it if a key of the rule caused it.
var (
	aboutProjection = regexp.MustCompile(`(?s)^(projections\[\d+\]) \([^)]*\): (.*)$`)
	aboutKey        = regexp.MustCompile(`^rule: [a-z_]+: ([a-z_]+(?:\[\d+\])*): (.*)$`)
)
