package graphio

import (
	"bufio"
	"io"
	"strconv"

	"infomorph/neuron"
	"infomorph/topology"
)

// gexf reads https://gexf.net/ documents, version 1.2 and 1.3.
type gexf struct {
	*collector
	record
	class string               // of the <attributes> being read
	keys  map[[2]string]string // class and attribute id → title
}

func readGEXF(r io.Reader, c *collector) error {
	return walkXML(r, c.limits, &gexf{collector: c, keys: make(map[[2]string]string)})
}

func (x *gexf) start(e *element) error {
	switch e.name {
	case "graph":
		kind, ok := e.get("defaultedgetype")
		x.undirected = !ok || kind == "undirected" // the format's default
		if kind == "mutual" {
			return fail(e.line, "defaultedgetype %q is not supported, expected directed or undirected", kind)
		}
	case "attributes":
		x.class, _ = e.get("class")
	case "attribute":
		return x.declareKey(e)
	case "node":
		if err := x.openNode(x.collector, e); err != nil {
			return err
		}
		if label, ok := e.get("label"); ok {
			return setNode(x.node, e.line, "label", label)
		}
	case "edge":
		return x.startEdge(e)
	case "attvalue":
		return x.attvalue(e)
	case "position":
		for _, axis := range []string{"x", "y", "z"} {
			if v, ok := e.get(axis); ok && x.isNode {
				if err := setNode(x.node, e.line, axis, v); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (x *gexf) declareKey(e *element) error {
	id, err := e.need("id")
	if err != nil {
		return err
	}
	if len(x.keys) >= 10000 {
		return fail(e.line, "more than 10000 attributes")
	}
	title, err := e.need("title")
	x.keys[[2]string{x.class, id}] = title
	return err
}

func (x *gexf) startEdge(e *element) error {
	if kind, ok := e.get("type"); ok && (kind == "undirected") != x.undirected {
		return fail(e.line, "type=%q differs from the graph's defaultedgetype: mixed graphs are not supported", clip(kind))
	}
	if err := x.openEdge(e); err != nil {
		return err
	}
	if w, ok := e.get("weight"); ok {
		return x.set(x.collector, e.line, "weight", w)
	}
	return nil
}

func (x *gexf) attvalue(e *element) error {
	id, ok := e.get("for")
	if !ok {
		id, _ = e.get("id") // version 1.1
	}
	value, err := e.need("value")
	if err != nil {
		return err
	}
	class := "edge"
	if x.isNode {
		class = "node"
	}
	if title, ok := x.keys[[2]string{class, id}]; ok {
		id = title
	}
	return x.set(x.collector, e.line, id, value)
}

func (x *gexf) end(name, _ string, _ int) error {
	switch name {
	case "node":
		x.isNode = false
	case "edge":
		x.isEdge = false
		return x.finish(x.collector)
	}
	return nil
}

const gexfHead = `<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">
`

const gexfAttributes = `<attributes class="node"><attribute id="population" title="population" type="string"/><attribute id="kind" title="kind" type="string"/></attributes>
<attributes class="edge"><attribute id="delay" title="delay" type="integer"/><attribute id="port" title="port" type="string"/><attribute id="projection" title="projection" type="string"/></attributes>
<nodes>
`

func writeGEXF(b *bufio.Writer, g *topology.Graph) error {
	w := xmlWriter{b}
	w.WriteString(gexfHead)
	undirected := asUndirected(g)
	kind := "directed"
	if undirected {
		kind = "undirected"
	}
	w.WriteString(`<graph mode="static" defaultedgetype="` + kind + "\">\n" + gexfAttributes)
	var attrs []attr
	for id := range neuron.ID(total(g)) {
		w.WriteString("<node")
		w.attribute("id", idText(id))
		w.attribute("label", g.Label(id))
		attrs = nodeAttrs(g, id, attrs)
		w.WriteString(">")
		w.attvalues(attrs[:2])
		if p, ok := g.Position(id); ok {
			w.WriteString("<viz:position")
			for k, axis := range []string{"x", "y", "z"} {
				w.attribute(axis, strconv.FormatFloat(p[k], 'g', -1, 64))
			}
			w.WriteString("/>")
		}
		w.WriteString("</node>\n")
	}
	w.WriteString("</nodes>\n<edges>\n")
	number := 0
	err := eachSynapse(g, undirected, func(s *topology.Synapse) error {
		w.WriteString("<edge")
		w.attribute("id", strconv.Itoa(number))
		number++
		w.ids(s)
		attrs = edgeAttrs(g, s, attrs)
		w.attribute("weight", attrs[0].value)
		w.WriteString(">")
		w.attvalues(attrs[1:])
		_, err := w.WriteString("</edge>\n")
		return err
	})
	w.WriteString("</edges>\n</graph>\n</gexf>\n")
	return err
}

func (w xmlWriter) attvalues(attrs []attr) {
	w.WriteString("<attvalues>")
	for _, a := range attrs {
		w.WriteString("<attvalue")
		w.attribute("for", a.name)
		w.attribute("value", a.value)
		w.WriteString("/>")
	}
	w.WriteString("</attvalues>")
}
