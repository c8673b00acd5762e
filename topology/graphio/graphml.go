package graphio

import (
	"bufio"
	"strings"

	"infomorph/neuron"
	"infomorph/topology"
)

// graphML reads GraphML documents (http://graphml.graphdrawing.org/), with the
// nested graphs, labels and positions of yEd.
type graphML struct {
	*collector
	record
	keys   map[string]*graphKey
	list   []*graphKey // in the order of the file
	key    string      // of the current <data>
	inKey  *graphKey   // the <key> being declared
	graphs int
	depth  int // of nested graphs
}

func (m *graphML) start(e *element) error {
	switch e.name {
	case "key":
		return m.declareKey(e)
	case "graph":
		return m.openGraph(e)
	case "node":
		m.leaveRest("node", e, "id")
		return m.openNode(m.collector, e)
	case "edge":
		m.leaveRest("edge", e, "id", "source", "target", "directed")
		if err := m.openEdge(e); err != nil {
			return err
		}
		switch own, _ := e.get("directed"); own {
		case "true":
			m.edge.direction = directed
		case "false":
			m.edge.direction = bothWays
		}
	case "port":
		m.leave("node", "ports of GraphML", "x")
	case "hyperedge":
		return fail(e.line, "hyperedges are not supported")
	case "data":
		var err error
		m.key, err = e.need("key")
		return err
	case "Geometry":
		m.geometry(e)
	}
	return nil
}

// openGraph starts the graph, or a graph inside a node.
func (m *graphML) openGraph(e *element) error {
	if m.depth++; m.depth > 1 {
		if !m.isNode {
			return fail(e.line, "a <graph> in a <graph> that is in no node")
		}
		m.nodes[m.node].group = true
		return nil
	}
	if m.graphs++; m.graphs > 1 {
		return fail(e.line, "a second <graph> beside the first: one graph per file is supported")
	}
	kind, _ := e.get("edgedefault")
	m.undirected = kind == "undirected"
	return nil
}

// geometry reads the position of a node of yEd.
func (m *graphML) geometry(e *element) {
	for _, axis := range []string{"x", "y"} {
		if v, ok := e.get(axis); ok && m.isNode && !m.isEdge {
			m.setNode(&m.nodes[m.node], axis, v)
		}
	}
}

func (m *graphML) declareKey(e *element) error {
	id, err := e.need("id")
	if err != nil {
		return err
	}
	if len(m.keys) >= 10000 {
		return fail(e.line, "more than 10000 keys")
	}
	name, ok := e.get("attr.name")
	if !ok {
		name = id
	}
	of, _ := e.get("for")
	m.inKey = &graphKey{id: id, name: name, of: of}
	m.keys[id] = m.inKey
	m.list = append(m.list, m.inKey)
	return nil
}

func (m *graphML) end(name, text string) error {
	switch name {
	case "default":
		if m.inKey != nil {
			m.inKey.fallback, m.inKey.hasFallback = strings.Clone(text), true
		}
	case "key":
		m.inKey = nil
	case "data":
		return m.data(text)
	case "NodeLabel":
		if m.isNode && !m.isEdge && m.nodes[m.node].label == "" {
			m.setNode(&m.nodes[m.node], "label", strings.TrimSpace(text))
		}
	case "graph":
		m.depth--
	case "node":
		return m.closeNode(m.collector, m.list)
	case "edge":
		return m.closeEdge(m.collector, m.list)
	}
	return nil
}

func (m *graphML) data(text string) error {
	name := m.key
	if k := m.keys[m.key]; k != nil {
		name = k.name
	}
	if strings.TrimSpace(text) == "" && !m.isNode { // an empty <data>, or one with elements for drawing
		return nil
	}
	return m.set(m.collector, name, text)
}

const graphMLHead = `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="population" for="node" attr.name="population" attr.type="string"/>
<key id="kind" for="node" attr.name="kind" attr.type="string"/>
<key id="label" for="node" attr.name="label" attr.type="string"/>
<key id="x" for="node" attr.name="x" attr.type="double"/>
<key id="y" for="node" attr.name="y" attr.type="double"/>
<key id="z" for="node" attr.name="z" attr.type="double"/>
<key id="weight" for="edge" attr.name="weight" attr.type="double"/>
<key id="delay" for="edge" attr.name="delay" attr.type="int"/>
<key id="port" for="edge" attr.name="port" attr.type="string"/>
<key id="projection" for="edge" attr.name="projection" attr.type="string"/>
`

func writeGraphML(b *bufio.Writer, g *topology.Graph) error {
	w := xmlWriter{b}
	w.WriteString(graphMLHead)
	undirected := asUndirected(g)
	if undirected {
		w.WriteString("<graph edgedefault=\"undirected\">\n")
	} else {
		w.WriteString("<graph edgedefault=\"directed\">\n")
	}
	var attrs []attr
	for id := range neuron.ID(total(g)) {
		w.WriteString("<node")
		w.attribute("id", g.Name(id))
		w.WriteString(">")
		attrs = nodeAttrs(g, id, attrs)
		if g.Labels != nil {
			attrs = append(attrs, attr{name: "label", value: g.Labels[id]})
		}
		w.data(attrs)
		w.WriteString("</node>\n")
	}
	err := eachSynapse(g, undirected, func(s *topology.Synapse) error {
		w.WriteString("<edge")
		w.ends(g, s)
		w.WriteString(">")
		attrs = edgeAttrs(g, s, attrs)
		w.data(attrs)
		_, err := w.WriteString("</edge>\n")
		return err
	})
	w.WriteString("</graph>\n</graphml>\n")
	return err
}

func (w xmlWriter) data(attrs []attr) {
	for _, a := range attrs {
		w.WriteString("<data")
		w.attribute("key", a.name)
		w.WriteString(">")
		w.text(a.value)
		w.WriteString("</data>")
	}
}
