package graphio

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/topology"
)

// dotParser reads the DOT language of Graphviz: nodes, edge chains, attribute
// lists, defaults and subgraphs (which are flattened).
type dotParser struct {
	*collector
	dotScanner
	tok   dotToken
	depth int
	// products counts the edges that arise between subgraphs.
	products int
	// defaults are the attributes of "node [ … ]" and "edge [ … ]" for the rest
	// of the same block.
	defaults dotDefaults
}

type dotDefaults struct{ node, edge [][2]string }

func readDOT(r io.Reader, c *collector) error {
	c.implicit = true
	p := &dotParser{collector: c, dotScanner: dotScanner{r: bufio.NewReaderSize(r, 1<<16), line: 1, limit: c.limits.Token}}
	if err := p.next(); err != nil {
		return err
	}
	return p.file()
}

// next reads the next token.
func (p *dotParser) next() (err error) {
	p.tok, err = p.scan()
	return err
}

// keyword reports whether the token is the unquoted word w.
func (p *dotParser) keyword(w string) bool {
	return p.tok.kind == dotWord && strings.EqualFold(p.tok.text, w)
}

func (p *dotParser) is(s string) bool { return p.tok.kind == dotMark && p.tok.text == s }

func (p *dotParser) named() bool { return p.tok.kind == dotWord || p.tok.kind == dotQuoted }

func (p *dotParser) expected(what string) error {
	if p.tok.kind == dotEnd {
		return fail(p.line, "the file ends too early, expected %s", what)
	}
	return fail(p.line, "%q, expected %s", words.Clip(p.tok.text, maxQuoted), what)
}

func (p *dotParser) file() error {
	if p.keyword("strict") {
		p.strict = true
		if err := p.next(); err != nil {
			return err
		}
	}
	switch {
	case p.keyword("graph"):
		p.undirected = true
	case !p.keyword("digraph"):
		return p.expected("graph or digraph")
	}
	if err := p.next(); err != nil {
		return err
	}
	if p.named() {
		if err := p.next(); err != nil {
			return err
		}
	}
	if !p.is("{") {
		return p.expected("{")
	}
	_, err := p.block()
	if err == nil && p.tok.kind != dotEnd {
		err = p.expected("the end: one graph per file is supported")
	}
	return err
}

// block reads { statements } and returns the nodes in it.
func (p *dotParser) block() ([]string, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fail(p.line, "subgraphs are nested more than %d deep", maxDepth)
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	outer := p.defaults
	defer func() { p.defaults = outer }()
	var all []string
	for !p.is("}") {
		if p.is(";") {
			if err := p.next(); err != nil {
				return nil, err
			}
			continue
		}
		names, err := p.statement()
		if err != nil {
			return nil, err
		}
		if p.depth > 1 {
			all = append(all, names...)
		}
		if len(all) > p.limits.Nodes {
			return nil, fail(p.line, "more than %d nodes in a subgraph", p.limits.Nodes)
		}
	}
	p.depth--
	return all, p.next()
}

// statement reads one statement and returns the nodes in it.
func (p *dotParser) statement() ([]string, error) {
	if p.keyword("graph") || p.keyword("node") || p.keyword("edge") {
		return nil, p.setDefaults()
	}
	names, single, err := p.operand()
	if err != nil {
		return nil, err
	}
	if single && p.is("=") { // name = value is an attribute of the graph
		if err := p.next(); err != nil {
			return nil, err
		}
		return nil, p.next()
	}
	if p.is("->") || p.is("--") {
		return p.chain(names)
	}
	if !single {
		return names, nil
	}
	i, err := p.mention(names[0], p.line)
	if err != nil {
		return nil, err
	}
	for _, d := range p.defaults.node {
		p.dotNode(&p.nodes[i], d[0], d[1])
	}
	return names, p.attributes(func(name, value string) error {
		p.dotNode(&p.nodes[i], name, value)
		return nil
	})
}

// setDefaults reads the attributes after the word graph, node or edge.
func (p *dotParser) setDefaults() error {
	var list *[][2]string
	switch {
	case p.keyword("node"):
		list = &p.defaults.node
	case p.keyword("edge"):
		list = &p.defaults.edge
	}
	if err := p.next(); err != nil {
		return err
	}
	return p.attributes(func(name, value string) error {
		if list == nil {
			return nil
		}
		if len(*list) >= 1000 {
			return fail(p.line, "more than 1000 default attributes")
		}
		*list = append(slices.Clip(*list), [2]string{name, value})
		return nil
	})
}

func (p *dotParser) dotNode(n *node, name, value string) {
	if name != "pos" {
		p.setNode(n, name, value)
		return
	}
	if n.placed {
		return
	}
	for k, v := range strings.SplitN(strings.TrimSuffix(value, "!"), ",", 3) {
		p.setNode(n, "xyz"[k:k+1], v)
	}
}

// operand reads a node, with its port, or a subgraph.
func (p *dotParser) operand() (names []string, single bool, err error) {
	if p.keyword("subgraph") {
		if err := p.next(); err != nil {
			return nil, false, err
		}
		if p.named() {
			if err := p.next(); err != nil {
				return nil, false, err
			}
		}
		if !p.is("{") {
			return nil, false, p.expected("{")
		}
	}
	if p.is("{") {
		names, err = p.block()
		return names, false, err
	}
	if !p.named() {
		return nil, false, p.expected("a node, an edge or }")
	}
	names = []string{p.tok.text}
	line := p.line
	if err := p.next(); err != nil {
		return nil, false, err
	}
	if !p.is("=") { // with =, the name is an attribute of the graph
		if _, err := p.mention(names[0], line); err != nil {
			return nil, false, err
		}
	}
	for p.is(":") { // a port for drawing
		if err := p.next(); err != nil {
			return nil, false, err
		}
		if err := p.next(); err != nil {
			return nil, false, err
		}
	}
	return names, true, nil
}

// chain reads a -> b -> {c d} [attributes].
func (p *dotParser) chain(first []string) ([]string, error) {
	e := newEdge(p.line)
	operands, all := [][]string{first}, first
	for p.is("->") || p.is("--") {
		if p.is("--") != p.undirected {
			return nil, fail(p.line, "%q does not fit the kind of graph (-> in a digraph, -- in a graph)", p.tok.text)
		}
		if err := p.next(); err != nil {
			return nil, err
		}
		names, _, err := p.operand()
		if err != nil {
			return nil, err
		}
		operands, all = append(operands, names), append(all, names...)
	}
	projection, weighted, drawn := "", p.weights, p.edges.len()
	for _, d := range p.defaults.edge {
		if err := p.setEdge(&e, &projection, d[0], d[1]); err != nil {
			return nil, err
		}
	}
	err := p.attributes(func(name, value string) error { return p.setEdge(&e, &projection, name, value) })
	if err != nil {
		return nil, err
	}
	if err := p.link(&e, projection); err != nil {
		return nil, err
	}
	for i := 1; i < len(operands); i++ {
		if n := len(operands[i-1]) * len(operands[i]); n > 1 {
			if p.products += n; p.products > p.limits.Implied {
				return nil, fail(p.line, "the subgraphs so far stand for more than %d edges; write them out, one a line", p.limits.Implied)
			}
		}
		for _, a := range operands[i-1] {
			for _, b := range operands[i] {
				if err := p.add(e, a, b); err != nil {
					return nil, err
				}
			}
		}
	}
	if p.weights > weighted { // the weight counts for every edge of the chain
		p.weights = weighted + p.edges.len() - drawn
	}
	return all, nil
}

// attributes reads any number of [name=value, …].
func (p *dotParser) attributes(set func(name, value string) error) error {
	for p.is("[") {
		if err := p.next(); err != nil {
			return err
		}
		for !p.is("]") {
			if p.is(",") || p.is(";") {
				if err := p.next(); err != nil {
					return err
				}
				continue
			}
			if err := p.attribute(set); err != nil {
				return err
			}
		}
		if err := p.next(); err != nil {
			return err
		}
	}
	return nil
}

func (p *dotParser) attribute(set func(name, value string) error) error {
	if !p.named() {
		return p.expected("an attribute or ]")
	}
	name := p.tok.text
	if err := p.next(); err != nil {
		return err
	}
	if !p.is("=") {
		return p.expected("=")
	}
	if err := p.next(); err != nil {
		return err
	}
	if !p.named() {
		return p.expected("a value")
	}
	if err := set(name, p.tok.text); err != nil {
		return err
	}
	return p.next()
}

func writeDOT(w *bufio.Writer, g *topology.Graph) error {
	undirected := asUndirected(g)
	head, arrow := "digraph {\n", " -> "
	if undirected {
		head, arrow = "graph {\n", " -- "
	}
	w.WriteString(head)
	var attrs []attr
	for id := range neuron.ID(total(g)) {
		attrs = nodeAttrs(g, id, attrs)
		if g.Labels != nil {
			attrs = append(attrs, attr{name: "label", value: g.Labels[id]})
		}
		if p, ok := g.Position(id); ok {
			attrs = append(attrs, attr{name: "pos", value: strconv.FormatFloat(p[0], 'g', -1, 64) + "," + strconv.FormatFloat(p[1], 'g', -1, 64) + "!"})
		}
		w.WriteString(dotName(g, id))
		_ = writeDOTAttrs(w, attrs)
	}
	err := eachSynapse(g, undirected, func(s *topology.Synapse) error {
		w.WriteString(dotName(g, s.Source) + arrow + dotName(g, s.Target))
		attrs = edgeAttrs(g, s, attrs)
		return writeDOTAttrs(w, attrs)
	})
	w.WriteString("}\n")
	return err
}

// dotName returns a name in quotes, or a number without quotes.
func dotName(g *topology.Graph, id neuron.ID) string {
	if g.Names == nil {
		return g.Name(id)
	}
	return `"` + dotEscape.Replace(g.Name(id)) + `"`
}

func writeDOTAttrs(w *bufio.Writer, attrs []attr) error {
	for i, a := range attrs {
		sep := ", "
		if i == 0 {
			sep = " ["
		}
		w.WriteString(sep + a.name + "=")
		if a.number && !strings.ContainsAny(a.value, "e+") { // Graphviz does not support exponents
			w.WriteString(a.value)
		} else {
			w.WriteString(`"` + dotEscape.Replace(a.value) + `"`)
		}
	}
	_, err := w.WriteString("];\n")
	return err
}

// dotEscape escapes quotes and backslashes.
var dotEscape = strings.NewReplacer(`"`, `\"`, `\`, `\\`)
