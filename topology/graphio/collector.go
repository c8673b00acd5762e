package graphio

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/topology"
)

// maxQuoted limits texts of a file in messages [bytes].
const maxQuoted = 60

// node is one node of a file.
type node struct {
	key, label, population string
	name                   string // its name in igraph and Cytoscape
	pos                    topology.Point
	placed, unplaced       bool // it has a coordinate; it has one that is not a number
	channel                bool
	group                  bool // it contains a graph
	declared               bool
	line                   int32 // of the declaration, or of the first use
}

// collector collects nodes and edges in any order and builds the graph.
type collector struct {
	limits     Limits
	opts       *Options
	undirected bool
	// strict: if several edges join the same ends, only the last one counts.
	strict bool
	// byLabel: ids are technical in this format. Labels are used as names if
	// they are unique.
	byLabel bool
	// comma: numbers may have a decimal comma.
	comma bool
	// implicit: an edge may use a node that is not declared.
	implicit bool
	nodes    []node
	index    map[string]int32
	edges    edges
	links    []topology.Link
	linkOf   map[linkKey]int16

	unused   []attribute // attributes that were ignored, in the order of appearance
	remarks  []string
	badPort  *Error // the first port that is not r, c or l
	goodPort bool
	badDelay *Error     // the first delay that is not a number
	badKind  bool       // some node has a kind that is not "neuron" or "channel"
	weights  int        // number of edges with a weight
	twoWay   bool       // a list may contain an undirected edge in both directions
	comments int        // number of comment lines in a list
	delays   [2]float64 // smallest and largest in the file, 0: none
}

// attribute is an attribute that is not used.
type attribute struct {
	of, name string // of: "node" or "edge"
	count    int
}

type linkKey struct {
	name string
	port neuron.Port
}

func newCollector(o *Options) *collector {
	return &collector{limits: o.Limits.withDefaults(), opts: o, index: make(map[string]int32), linkOf: make(map[linkKey]int16)}
}

// remark adds a note for the user, once.
func (c *collector) remark(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); len(c.remarks) < 20 && !slices.Contains(c.remarks, text) {
		c.remarks = append(c.remarks, text)
	}
}

// leave counts an attribute that is not used.
func (c *collector) leave(of, name, value string) {
	if strings.TrimSpace(value) == "" {
		return
	}
	if name == "" {
		name = "(a column without a name)"
	}
	for i := range c.unused {
		if u := &c.unused[i]; u.name == name && u.of == of {
			u.count++
			return
		}
	}
	if len(c.unused) < 200 {
		c.unused = append(c.unused, attribute{of, strings.Clone(name), 1})
	}
}

// mention returns the index of the node with the given key. It adds the node if
// it is new.
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
	if key == "" {
		return 0, fail(line, "a node without a name")
	}
	if strings.IndexByte(key, 0) >= 0 { // written at the begin of a text, it would make it look like UTF-16
		return 0, fail(line, "a zero byte in the node name %q, expected text; convert the file if it is UTF-16 or UTF-32 (iconv -t utf-8)", words.Clip(key, maxQuoted))
	}
	if !utf8.ValidString(key) {
		return c.mention(c.legible(key), line)
	}
	i := int32(len(c.nodes))
	key = strings.Clone(key)
	c.index[key] = i
	c.nodes = append(c.nodes, node{key: key, line: int32(line)})
	return i, nil
}

// legible returns text as UTF-8. Text that is not UTF-8 is taken as Latin-1.
func (c *collector) legible(text string) string {
	if utf8.ValidString(text) {
		return strings.Clone(text)
	}
	c.remark("names that are not UTF-8 are taken as Latin-1; if they are not, convert the file first (iconv -t utf-8)")
	out := make([]rune, len(text))
	for i := range len(text) {
		out[i] = rune(text[i])
	}
	return string(out)
}

// declare returns the node with the given key, so that its attributes can be
// set.
func (c *collector) declare(key string, line int) (*node, error) {
	i, err := c.mention(key, line)
	if err != nil {
		return nil, err
	}
	n := &c.nodes[i]
	if n.declared {
		return nil, fail(line, "node %q is declared twice (before on line %d)", words.Clip(key, maxQuoted), n.line)
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

// add adds an edge between the nodes with the keys source and target.
func (c *collector) add(e edge, source, target string) error {
	var err error
	if e.source, err = c.mention(source, int(e.line)); err != nil {
		return err
	}
	if e.target, err = c.mention(target, int(e.line)); err != nil {
		return err
	}
	return c.addByIndex(e)
}

// setEdge sets one attribute of an edge. Attributes of other programs are
// counted and ignored.
func (c *collector) setEdge(e *edge, projection *string, name, value string) error {
	line := int(e.line)
	switch role, unit := c.roleOf(name); role {
	case "weight":
		w, err := c.finite(value, line, name)
		if err != nil {
			return err
		}
		e.weight = float32(w)
		c.weights++
	case "delay":
		if _, err := c.finite(value, line, name); err != nil && strings.ContainsAny(value, "abcdefghijklmnopqrstuvwxyz") && unit == 0 {
			if c.leave("edge", name, value); c.badDelay == nil {
				errors.As(err, &c.badDelay)
			}
			return nil
		}
		return c.setDelay(e, value, unit)
	case "port":
		p := strings.ToLower(strings.TrimSpace(value))
		i := slices.Index([]string{"r", "c", "l", "receptive", "contextual", "lateral"}, p)
		if i < 0 {
			if c.leave("edge", name, value); c.badPort == nil {
				errors.As(fail(line, "port %q, expected r, c or l", words.Clip(value, maxQuoted)), &c.badPort)
			}
			return nil
		}
		c.goodPort = true
		e.port = neuron.Port(i % neuron.NumPorts)
	case "projection":
		*projection = value
	default:
		c.leave("edge", name, value)
	}
	return nil
}

// roleOf returns the role of an edge attribute, "" if it has none, and the unit
// of a delay that its name contains ([µs]; 0: none).
func (c *collector) roleOf(name string) (role string, unit float64) {
	switch {
	case c.opts.Weight != "" && name == c.opts.Weight:
		return "weight", 0
	case c.opts.Delay != "" && name == c.opts.Delay:
		return "delay", 0
	}
	switch n := plainName(name); n {
	case "weight", "weights":
		if c.opts.Weight == "" {
			return "weight", 0
		}
	case "port", "projection":
		return n, 0
	default:
		if unit, ok := delayName(name); ok && c.opts.Delay == "" {
			return "delay", unit
		}
	}
	return "", 0
}

// delayName reports whether an attribute name means a delay. It also returns
// the unit that the name contains, as in delay_ms or "Delay [s]" ([µs]; 0:
// none).
func delayName(name string) (unit float64, ok bool) {
	rest, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(name)), "delay")
	if !ok {
		return 0, false
	}
	if word, plural := strings.CutPrefix(rest, "s"); plural && (word == "" || !unicode.IsLetter(rune(word[0]))) {
		rest = word
	}
	unit, ok = map[string]float64{"": 0, "us": 1, "usec": 1, "microseconds": 1, "ms": 1000, "msec": 1000, "milliseconds": 1000, "s": 1e6, "sec": 1e6, "seconds": 1e6}[plainName(rest)]
	return unit, ok
}

// plainName returns a name in lower case, with letters and digits only.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'µ' || r == 'μ':
			return 'u'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// setDelay sets the delay of an edge. unit is in µs; 0 means the unit of the
// options, or microseconds.
func (c *collector) setDelay(e *edge, value string, unit float64) error {
	line := int(e.line)
	told := unit != 0 || c.opts.DelayUnit != 0
	if unit == 0 {
		unit = 1
		if told {
			unit = float64(c.opts.DelayUnit)
		}
	}
	v, err := c.finite(value, line, "delay")
	if err != nil {
		return err
	}
	d := v * unit
	if told {
		d = math.Round(d)
	}
	switch {
	case !told && d != math.Trunc(d):
		return fail(line, "delay %q, expected whole microseconds; if the file means milliseconds, --delay-unit ms (delay_unit: ms)", words.Clip(value, maxQuoted))
	case d < 1 || d > math.MaxInt32:
		return fail(line, "delay %q, expected 1 to %d microseconds", words.Clip(value, maxQuoted), math.MaxInt32)
	}
	e.delay = int32(d)
	if !told {
		if c.delays[1] == 0 {
			c.delays[0] = d
		}
		c.delays = [2]float64{min(c.delays[0], d), max(c.delays[1], d)}
	}
	return nil
}

// link assigns the edge to its projection. The port must be known.
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

// setNode sets one attribute of a node. Attributes of other programs are
// counted and ignored.
func (c *collector) setNode(n *node, name, value string) {
	axis := slices.Index([]string{"x", "y", "z"}, strings.ToLower(name))
	switch lower := strings.ToLower(name); {
	case axis >= 0:
		v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
			n.unplaced = true
			c.leave("node", name+" that is no number", value)
			return
		}
		n.pos[axis], n.placed = v, true
	case lower == "population":
		n.population = c.legible(value)
	case lower == "label":
		n.label = c.legible(value)
	case name == "name":
		n.name = c.legible(value)
	case lower == "kind":
		if n.channel = value == "channel"; !n.channel && value != "neuron" {
			c.leave("node", name, value)
			c.badKind = true
		}
	default:
		c.leave("node", name, value)
	}
}

// finite parses a number. It must fit into a float32.
func (c *collector) finite(value string, line int, what string) (float64, error) {
	text := strings.TrimSpace(value)
	if c.comma && strings.Count(text, ",") == 1 {
		text = strings.Replace(text, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
		return 0, fail(line, "%s %q, expected a finite number", words.Clip(what, maxQuoted), words.Clip(value, maxQuoted))
	}
	return v, nil
}

// graph builds the graph, neurons first.
func (c *collector) graph() (*topology.Graph, error) {
	c.dropGroups()
	for i := range c.nodes {
		if n := &c.nodes[i]; !n.declared && !c.implicit {
			return nil, fail(int(n.line), "an edge names node %q, which is declared nowhere", words.Clip(n.key, maxQuoted))
		}
	}
	if len(c.nodes) == 0 {
		if c.comments > 0 {
			return nil, fail(0, "there is no node in it, only comments: %d lines that begin with # or %%", c.comments)
		}
		return nil, fail(0, "there is no node in it")
	}
	if err := c.judge(); err != nil {
		return nil, err
	}
	order, numbered := c.order()
	id := make([]neuron.ID, len(c.nodes))
	for i, at := range order {
		id[at] = neuron.ID(i)
	}
	if err := c.settle(); err != nil {
		return nil, err
	}
	split := slices.IndexFunc(order, func(i int32) bool { return c.nodes[i].channel })
	if split < 0 {
		split = len(order)
	}
	taken := make(map[string]bool)
	populations, channels := c.groups(order[:split], "net", taken), c.groups(order[split:], "inputs", taken)
	g, err := topology.FromEach(populations, channels, c.links, c.synapses(id))
	if err != nil {
		return nil, &Error{0, err.Error()}
	}
	c.edges = edges{}
	g.Undirected = c.undirected
	c.name(g, order, numbered)
	nameLinks(g)
	return g, nil
}

// dropGroups removes nodes that contain a graph and have no edge of their own.
func (c *collector) dropGroups() {
	used := make([]bool, len(c.nodes))
	for e := range c.edges.all() {
		used[e.source], used[e.target] = true, true
	}
	place := make([]int32, len(c.nodes))
	var kept []node
	for i := range c.nodes {
		if place[i] = int32(len(kept)); !c.nodes[i].group || used[i] {
			kept = append(kept, c.nodes[i])
		}
	}
	if len(kept) == len(c.nodes) {
		return
	}
	c.remark("nodes that hold a nested graph and have no edge are left out: %d", len(c.nodes)-len(kept))
	for e := range c.edges.all() {
		e.source, e.target = place[e.source], place[e.target]
	}
	c.nodes = kept
}

// judge decides, after everything has been read, which attributes belong to
// other programs.
func (c *collector) judge() error {
	if c.badPort != nil && c.goodPort {
		return c.badPort
	}
	if c.badDelay != nil && c.delays[1] > 0 {
		return c.badDelay
	}
	c.labelByName()
	for i := range c.nodes { // other programs use kind for people, roads and so on
		c.nodes[i].channel = c.nodes[i].channel && !c.badKind
	}
	if missing := c.edges.len() - c.weights; c.weights > 0 && missing > 0 && !c.strict {
		c.remark("edges without a weight are taken as 1: %d of %d", missing, c.edges.len())
	}
	numbers := true
	for i := range c.nodes {
		_, err := strconv.ParseFloat(c.nodes[i].population, 64)
		numbers = numbers && (err == nil || c.nodes[i].population == "")
	}
	for i := range c.nodes {
		if n := &c.nodes[i]; numbers && n.population != "" { // a number of inhabitants, for example
			c.leave("node", "population", n.population)
			n.population = ""
		}
	}
	if hi := c.delays[1]; hi > 0 && hi < 100 {
		c.remark("delays are taken as %g to %g microseconds; if the file means milliseconds, --delay-unit ms (delay_unit: ms)", c.delays[0], hi)
	}
	if c.opts.Undirected {
		for e := range c.edges.all() {
			e.direction = asGraph
		}
		c.undirected = true
	}
	if c.strict {
		c.merge()
	}
	if c.undirected && c.twoWay {
		c.bothListed()
	}
	return c.settleDirection()
}

// bothListed handles an undirected list that contains every edge in both
// directions: each line is then one synapse.
func (c *collector) bothListed() {
	seen := make(map[[2]int32]int, c.edges.len())
	for e := range c.edges.all() {
		seen[[2]int32{e.source, e.target}]++
	}
	loops := 0
	for e := range c.edges.all() {
		if e.source == e.target {
			loops++
		} else if seen[[2]int32{e.source, e.target}] != seen[[2]int32{e.target, e.source}] {
			return
		}
	}
	if loops == c.edges.len() {
		return
	}
	for e := range c.edges.all() {
		if e.direction == asGraph {
			e.direction = directed
		}
	}
	c.remark("undirected edges are listed both ways round: each line is one synapse")
}

// labelByName uses the attribute name as the label if there are no other
// labels.
func (c *collector) labelByName() {
	labelled := slices.ContainsFunc(c.nodes, func(n node) bool { return n.label != "" && n.label != n.key })
	for i := range c.nodes {
		if n := &c.nodes[i]; n.name != "" && labelled && n.name != n.label {
			c.leave("node", "name", n.name)
		} else if n.name != "" {
			n.label = n.name
		}
	}
}

// settleDirection makes the graph undirected if all its edges are, and directed
// otherwise.
func (c *collector) settleDirection() error {
	if c.edges.len() == 0 {
		return nil
	}
	all := true
	for e := range c.edges.all() {
		all = all && c.both(e)
	}
	for e := range c.edges.all() {
		if e.direction == asGraph && c.undirected {
			e.direction = bothWays
		}
	}
	c.undirected = all
	return nil
}

// both reports whether an edge is two synapses.
func (c *collector) both(e *edge) bool {
	return e.direction == bothWays || e.direction == asGraph && c.undirected
}

// merge keeps only the last of several edges with the same ends, at the
// position of the first.
func (c *collector) merge() {
	first := make(map[[2]int32]int)
	var kept edges
	for e := range c.edges.all() {
		ends := [2]int32{e.source, e.target}
		if c.both(e) && e.source > e.target {
			ends = [2]int32{e.target, e.source}
		}
		if at, ok := first[ends]; ok {
			*kept.at(at) = *e
			continue
		}
		first[ends] = kept.len()
		kept.add(*e)
	}
	c.edges = kept
}

// notes returns notes about what was ignored and what was guessed.
func (c *collector) notes() []string {
	notes := slices.Clone(c.remarks)
	for _, of := range []string{"node", "edge"} {
		var names []string
		for _, u := range c.unused {
			if u.of == of {
				names = append(names, u.name)
			}
		}
		if names == nil {
			continue
		}
		more := ""
		if len(names) > 12 {
			names, more = names[:12], fmt.Sprintf(" and %d more that the file names", len(names)-12)
		}
		text := of + " attributes that are not used: " + strings.Join(names, ", ") + more
		if of == "edge" && c.opts.Weight == "" {
			text += " (--weight NAME takes one as the weight)"
		}
		notes = append(notes, text)
	}
	return notes
}

// order returns the nodes in the order of their ids: neurons before channels;
// sorted by number if all names are numbers, otherwise in the order of the
// file. numbered says whether the names are exactly 0 … n−1.
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

// name sets the names and labels of the graph.
func (c *collector) name(g *topology.Graph, order []int32, numbered bool) {
	if c.byLabel && c.uniqueLabels() {
		for i := range c.nodes {
			if l := c.nodes[i].label; l != "" {
				c.nodes[i].key = l
			}
		}
		numbered = true
		for i, at := range order {
			numbered = numbered && c.nodes[at].key == strconv.Itoa(i)
		}
	}
	labelled := !numbered
	for i := range c.nodes {
		n := &c.nodes[i]
		labelled = labelled || n.label != "" && n.label != n.key
	}
	for _, at := range order {
		n := &c.nodes[at]
		if !numbered {
			g.Names = append(g.Names, n.key)
		}
		if labelled && n.label == "" {
			n.label = n.key
		}
		if labelled {
			g.Labels = append(g.Labels, n.label)
		}
	}
}

// uniqueLabels reports whether the labels are all different. A node without a
// label counts with its id.
func (c *collector) uniqueLabels() bool {
	seen := make(map[string]bool, len(c.nodes))
	for i := range c.nodes {
		name := c.nodes[i].label
		if name == "" {
			name = c.nodes[i].key
		}
		if seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

// settle checks the ends of all edges, and gives each edge a projection.
func (c *collector) settle() error {
	for e := range c.edges.all() {
		if c.nodes[e.target].channel {
			return fail(int(e.line), "an edge ends at channel %q; channels receive nothing", words.Clip(c.nodes[e.target].key, maxQuoted))
		}
		if e.projection < 0 {
			if err := c.link(e, ""); err != nil {
				return err
			}
		}
		if c.both(e) && e.source != e.target && c.nodes[e.source].channel {
			return fail(int(e.line), "an undirected edge ends at channel %q; channels receive nothing", words.Clip(c.nodes[e.source].key, maxQuoted))
		}
	}
	return nil
}

// synapses makes one synapse of a directed edge and two of an undirected edge. id holds
// the numbers of the nodes in the graph.
func (c *collector) synapses(id []neuron.ID) iter.Seq[topology.Synapse] {
	return func(yield func(topology.Synapse) bool) {
		for e := range c.edges.all() {
			s := topology.Synapse{Source: id[e.source], Target: id[e.target], Weight: e.weight, Delay: e.delay, Projection: e.projection, Port: e.port}
			if !yield(s) {
				return
			}
			s.Source, s.Target = s.Target, s.Source
			if c.both(e) && e.source != e.target && !yield(s) {
				return
			}
		}
	}
}

// groups divides the nodes into populations: consecutive nodes with the same
// population name.
func (c *collector) groups(order []int32, unnamed string, taken map[string]bool) []topology.Population {
	var out []topology.Population
	for i := 0; i < len(order); {
		name, first := c.nodes[order[i]].population, i
		placed := true
		var positions []topology.Point
		for ; i < len(order) && c.nodes[order[i]].population == name; i++ {
			placed = placed && c.nodes[order[i]].placed && !c.nodes[order[i]].unplaced
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

// nameLinks sets the populations of each projection if all its synapses agree.
func nameLinks(g *topology.Graph) {
	for i := range g.Projections {
		g.Projections[i].From, g.Projections[i].To = "", ""
	}
	mixed := make([]bool, len(g.Projections))
	for s := range g.Each() {
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
