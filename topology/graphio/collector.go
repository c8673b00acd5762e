package graphio

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"infomorph/neuron"
	"infomorph/topology"
)

// node is what a file says of one node.
type node struct {
	key, label, population string
	pos                    topology.Point
	placed, channel        bool
	declared               bool
	line                   int32 // of the declaration, or of the first mention
}

// edge is what a file says of one edge; ends are indices into nodes.
type edge struct {
	source, target int32
	weight         float32
	delay          int32
	projection     int16 // −1: none was named
	port           neuron.Port
	line           int32
}

// collector gathers nodes and edges in any order and makes the graph of them.
type collector struct {
	limits     Limits
	undirected bool
	// implicit: an edge may mention a node that is declared nowhere.
	implicit bool
	nodes    []node
	index    map[string]int32
	edges    []edge
	links    []topology.Link
	linkOf   map[linkKey]int16
}

type linkKey struct {
	name string
	port neuron.Port
}

func newCollector(limits Limits) *collector {
	return &collector{limits: limits, index: make(map[string]int32), linkOf: make(map[linkKey]int16)}
}

// mention returns the index of the node called key, new or known.
func (c *collector) mention(key string, line int) (int32, error) {
	if i, ok := c.index[key]; ok {
		return i, nil
	}
	if len(c.nodes) >= c.limits.Nodes {
		return 0, fail(line, "more than %d nodes", c.limits.Nodes)
	}
	if len(key) > c.limits.Token {
		return 0, fail(line, "a node name is longer than %d bytes", c.limits.Token)
	}
	i := int32(len(c.nodes))
	key = strings.Clone(key)
	c.index[key] = i
	c.nodes = append(c.nodes, node{key: key, line: int32(line)})
	return i, nil
}

// declare returns the node called key for its attributes to be set.
func (c *collector) declare(key string, line int) (*node, error) {
	i, err := c.mention(key, line)
	if err != nil {
		return nil, err
	}
	n := &c.nodes[i]
	if n.declared {
		return nil, fail(line, "node %q is declared twice (before on line %d)", clip(key), n.line)
	}
	n.declared, n.line = true, int32(line)
	return n, nil
}

// declareRange declares the nodes 0 … count−1.
func (c *collector) declareRange(count int64, line int) error {
	if count < 0 || count > int64(c.limits.Nodes) {
		return fail(line, "%d nodes are declared, expected 0 to %d", count, c.limits.Nodes)
	}
	for i := range count {
		key := strconv.FormatInt(i, 10)
		if at, ok := c.index[key]; ok {
			c.nodes[at].declared = true
		} else if _, err := c.declare(key, line); err != nil {
			return err
		}
	}
	return nil
}

// newEdge returns an edge with what a plain graph means.
func newEdge(line int) edge {
	return edge{weight: 1, delay: 1000, projection: -1, port: neuron.Contextual, line: int32(line)}
}

// add adds an edge between the nodes called source and target.
func (c *collector) add(e edge, source, target string) error {
	var err error
	if e.source, err = c.mention(source, int(e.line)); err != nil {
		return err
	}
	if e.target, err = c.mention(target, int(e.line)); err != nil {
		return err
	}
	if len(c.edges) >= c.limits.Edges {
		return fail(int(e.line), "more than %d edges", c.limits.Edges)
	}
	c.edges = append(c.edges, e)
	return nil
}

// setEdge sets one attribute of an edge; unknown names are left alone.
func (c *collector) setEdge(e *edge, projection *string, name, value string) error {
	line := int(e.line)
	switch strings.ToLower(name) {
	case "weight":
		w, err := finite(value, line, "weight")
		if err != nil {
			return err
		}
		e.weight = float32(w)
	case "delay":
		d, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32)
		if err != nil || d < 1 {
			return fail(line, "delay %q, expected whole microseconds, 1 to %d", clip(value), math.MaxInt32)
		}
		e.delay = int32(d)
	case "port":
		p := strings.ToLower(strings.TrimSpace(value))
		i := slices.Index([]string{"r", "c", "l", "receptive", "contextual", "lateral"}, p)
		if i < 0 {
			return fail(line, "port %q, expected r, c or l", clip(value))
		}
		e.port = neuron.Port(i % neuron.NumPorts)
	case "projection":
		*projection = value
	}
	return nil
}

// link gives the edge its projection, once port and name are known.
func (c *collector) link(e *edge, projection string) error {
	key := linkKey{projection, e.port}
	i, ok := c.linkOf[key]
	if !ok {
		if len(c.links) >= topology.MaxProjections {
			return fail(int(e.line), "more than %d projections", topology.MaxProjections)
		}
		i = int16(len(c.links))
		key.name = strings.Clone(projection)
		c.linkOf[key] = i
		c.links = append(c.links, topology.Link{Name: key.name, Port: e.port})
	}
	e.projection = i
	return nil
}

// setNode sets one attribute of a node; unknown names are left alone.
func setNode(n *node, line int, name, value string) error {
	axis := slices.Index([]string{"x", "y", "z"}, name)
	switch {
	case axis >= 0:
		v, err := finite(value, line, name)
		if err != nil {
			return err
		}
		n.pos[axis], n.placed = v, true
	case name == "population":
		n.population = strings.Clone(value)
	case name == "label":
		n.label = strings.Clone(value)
	case name == "kind":
		if n.channel = value == "channel"; !n.channel && value != "neuron" && value != "" {
			n.channel = false // another program's kind
		}
	}
	return nil
}

// finite parses a number that float32 holds too.
func finite(value string, line int, what string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
		return 0, fail(line, "%s %q, expected a finite number", what, clip(value))
	}
	return v, nil
}

// clip shortens what is quoted in an error.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// graph makes the graph, neurons first.
func (c *collector) graph() (*topology.Graph, error) {
	for i := range c.nodes {
		if n := &c.nodes[i]; !n.declared && !c.implicit {
			return nil, fail(int(n.line), "an edge names node %q, which is declared nowhere", clip(n.key))
		}
	}
	order, numbered := c.order()
	id := make([]neuron.ID, len(c.nodes))
	for i, at := range order {
		id[at] = neuron.ID(i)
	}
	synapses, err := c.synapses(id)
	if err != nil {
		return nil, err
	}
	split := slices.IndexFunc(order, func(i int32) bool { return c.nodes[i].channel })
	if split < 0 {
		split = len(order)
	}
	taken := make(map[string]bool)
	populations, channels := c.groups(order[:split], "net", taken), c.groups(order[split:], "inputs", taken)
	g, err := topology.FromSynapses(populations, channels, c.links, synapses)
	if err != nil {
		return nil, &Error{0, err.Error()}
	}
	g.Undirected = c.undirected
	g.Labels = c.labels(order, numbered)
	nameLinks(g)
	return g, nil
}

// order returns the nodes as ids follow: neurons before channels; by number if
// all names are numbers, else as they came. It tells whether the names are
// exactly 0 … n−1.
func (c *collector) order() (order []int32, numbered bool) {
	order = make([]int32, len(c.nodes))
	number := make([]int, len(c.nodes))
	all := true
	for i := range c.nodes {
		order[i] = int32(i)
		v, err := strconv.Atoi(c.nodes[i].key)
		number[i] = v
		all = all && err == nil && strconv.Itoa(v) == c.nodes[i].key
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		if x, y := c.nodes[a].channel, c.nodes[b].channel; x != y {
			if y {
				return -1
			}
			return 1
		}
		if all {
			return cmp.Compare(number[a], number[b])
		}
		return 0
	})
	numbered = all
	for i, at := range order {
		numbered = numbered && number[at] == i
	}
	return order, numbered
}

func (c *collector) labels(order []int32, numbered bool) []string {
	labelled := !numbered
	for i := range c.nodes {
		n := &c.nodes[i]
		labelled = labelled || n.label != "" && n.label != n.key
	}
	if !labelled {
		return nil
	}
	labels := make([]string, len(order))
	for i, at := range order {
		if labels[i] = c.nodes[at].label; labels[i] == "" {
			labels[i] = c.nodes[at].key
		}
	}
	return labels
}

// synapses makes one synapse of a directed edge and two of an undirected one.
func (c *collector) synapses(id []neuron.ID) ([]topology.Synapse, error) {
	out := make([]topology.Synapse, 0, len(c.edges))
	for i := range c.edges {
		e := &c.edges[i]
		if c.nodes[e.target].channel {
			return nil, fail(int(e.line), "an edge ends at channel %q; channels receive nothing", clip(c.nodes[e.target].key))
		}
		if e.projection < 0 {
			if err := c.link(e, ""); err != nil {
				return nil, err
			}
		}
		s := topology.Synapse{Source: id[e.source], Target: id[e.target], Weight: e.weight, Delay: e.delay, Projection: e.projection, Port: e.port}
		out = append(out, s)
		if c.undirected && e.source != e.target {
			if c.nodes[e.source].channel {
				return nil, fail(int(e.line), "an undirected edge ends at channel %q; channels receive nothing", clip(c.nodes[e.source].key))
			}
			s.Source, s.Target = s.Target, s.Source
			out = append(out, s)
		}
	}
	return out, nil
}

// groups cuts the nodes into populations: runs of one population name.
func (c *collector) groups(order []int32, unnamed string, taken map[string]bool) []topology.Population {
	var out []topology.Population
	for i := 0; i < len(order); {
		name, first := c.nodes[order[i]].population, i
		placed := true
		var positions []topology.Point
		for ; i < len(order) && c.nodes[order[i]].population == name; i++ {
			placed = placed && c.nodes[order[i]].placed
			positions = append(positions, c.nodes[order[i]].pos)
		}
		if !placed {
			positions = nil
		}
		if name == "" {
			name = unnamed
		}
		base := name
		for k := 2; taken[name]; k++ {
			name = fmt.Sprintf("%s-%d", base, k)
		}
		taken[name] = true
		out = append(out, topology.Population{Name: name, Size: i - first, Positions: positions})
	}
	return out
}

// nameLinks fills in where projections lead, if all synapses agree.
func nameLinks(g *topology.Graph) {
	for i := range g.Projections {
		g.Projections[i].From, g.Projections[i].To = "", ""
	}
	mixed := make([]bool, len(g.Projections))
	for _, s := range g.Synapses() {
		from, _ := g.Member(s.Source)
		to, _ := g.Member(s.Target)
		l := &g.Projections[s.Projection]
		if l.From == "" && !mixed[s.Projection] {
			l.From, l.To = from.Name, to.Name
		}
		if l.From != from.Name || l.To != to.Name {
			mixed[s.Projection], l.From, l.To = true, "", ""
		}
	}
}
