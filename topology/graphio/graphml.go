package graphio

import (
	"bufio"
	"io"

	"infomorph/neuron"
	"infomorph/topology"
)

// graphML reads http://graphml.graphdrawing.org/ documents.
type graphML struct {
	*collector
	record
	keys   map[string]string // key id → attribute name
	key    string            // of the <data> being read
	inData bool
	graphs int
}

func readGraphML(r io.Reader, c *collector) error {
	return walkXML(r, c.limits, &graphML{collector: c, keys: make(map[string]string)})
}

func (m *graphML) start(e *element) error {
	var err error
	switch e.name {
	case "key":
		err = m.declareKey(e)
	case "graph":
		if m.graphs++; m.graphs > 1 {
			return fail(e.line, "a second <graph>: one graph per file is supported")
		}
		kind, _ := e.get("edgedefault")
		m.undirected = kind == "undirected"
	case "node":
		err = m.openNode(m.collector, e)
	case "edge":
		if own, ok := e.get("directed"); ok && (own == "false") != m.undirected {
			return fail(e.line, "directed=%q differs from the graph's edgedefault: mixed graphs are not supported", clip(own))
		}
		err = m.openEdge(e)
	case "hyperedge":
		return fail(e.line, "hyperedges are not supported")
	case "data":
		m.key, err = e.need("key")
		m.inData = true
	}
	return err
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
	m.keys[id] = name
	return nil
}

func (m *graphML) end(name, text string, line int) error {
	switch name {
	case "data":
		m.inData = false
		attribute, ok := m.keys[m.key]
		if !ok {
			attribute = m.key
		}
		return m.set(m.collector, line, attribute, text)
	case "node":
		m.isNode = false
	case "edge":
		m.isEdge = false
		return m.finish(m.collector)
	}
	return nil
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
		w.attribute("id", idText(id))
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
		w.ids(s)
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
