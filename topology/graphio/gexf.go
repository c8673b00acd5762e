package graphio

import (
	"bufio"
	"strconv"
	"strings"

	"infomorph/neuron"
	"infomorph/topology"
)

// gexf reads GEXF documents (https://gexf.net/), versions 1.1 to 1.3.
type gexf struct {
	*collector
	record
	class  string // of the <attributes> being read
	keys   map[[2]string]*graphKey
	list   []*graphKey
	inKey  *graphKey
	graphs int
}

func (x *gexf) start(e *element) error {
	switch e.name {
	case "graph":
		if x.graphs++; x.graphs > 1 {
			return fail(e.line, "a second <graph>: one graph per file is supported")
		}
		x.leaveRest("graph", e, "defaultedgetype", "mode", "idtype", "timeformat", "timerepresentation", "count")
		kind, ok := e.get("defaultedgetype")
		x.undirected = !ok || kind == "undirected" || kind == "mutual" // the default of the format
	case "attributes":
		x.class, _ = e.get("class")
	case "attribute":
		return x.declareKey(e)
	case "node":
		if err := x.openNode(x.collector, e); err != nil {
			return err
		}
		x.leaveRest("node", e, "id", "label")
		label, _ := e.get("label")
		x.setNode(&x.collector.nodes[x.node], "label", label)
	case "nodes":
		if x.isNode {
			x.collector.nodes[x.node].group = true
		}
	case "edge":
		return x.startEdge(e)
	case "attvalue":
		return x.attvalue(e)
	case "color", "size", "shape", "thickness", "spell":
		x.leave(x.innermost(), e.name, "x")
	case "position":
		for _, axis := range []string{"x", "y", "z"} {
			if v, ok := e.get(axis); ok && x.isNode {
				x.setNode(&x.collector.nodes[x.node], axis, v)
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
	x.inKey = &graphKey{id: id, name: title, of: x.class}
	x.keys[[2]string{x.class, id}] = x.inKey
	x.list = append(x.list, x.inKey)
	return err
}

func (x *gexf) startEdge(e *element) error {
	if err := x.openEdge(e); err != nil {
		return err
	}
	x.leaveRest("edge", e, "id", "source", "target", "type", "weight")
	switch kind, _ := e.get("type"); kind {
	case "directed":
		x.edge.direction = directed
	case "undirected", "mutual":
		x.edge.direction = bothWays
	}
	if w, ok := e.get("weight"); ok {
		return x.set(x.collector, "weight", w)
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
	if k := x.keys[[2]string{class, id}]; k != nil {
		id = k.name
	}
	return x.set(x.collector, id, value)
}

// innermost returns which of node and edge is being read.
func (x *gexf) innermost() string {
	if x.isEdge {
		return "edge"
	}
	return "node"
}

func (x *gexf) end(name, text string) error {
	switch name {
	case "default":
		if x.inKey != nil {
			x.inKey.fallback, x.inKey.hasFallback = strings.Clone(text), true
		}
	case "attribute":
		x.inKey = nil
	case "node":
		return x.closeNode(x.collector, x.list)
	case "edge":
		return x.closeEdge(x.collector, x.list)
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
		w.attribute("id", g.Name(id))
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
		w.ends(g, s)
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
