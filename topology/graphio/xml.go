package graphio

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"infomorph/internal/words"
	"infomorph/topology"
)

// element is a start tag and its line.
type element struct {
	name string
	attr []xml.Attr
	line int
}

func (e *element) get(name string) (string, bool) {
	for _, a := range e.attr {
		if a.Name.Local == name {
			return a.Value, true
		}
	}
	return "", false
}

// need returns a required attribute.
func (e *element) need(name string) (string, error) {
	v, ok := e.get(name)
	if !ok {
		return "", fail(e.line, "<%s> has no attribute %q", e.name, name)
	}
	return v, nil
}

// leaveRest counts the attributes of a start tag that are not in read. Hints
// for parsers do not count.
func (c *collector) leaveRest(of string, e *element, read ...string) {
	for _, a := range e.attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && !strings.HasPrefix(a.Name.Local, "parse.") && !slices.Contains(read, a.Name.Local) {
			c.leave(of, a.Name.Local, a.Value)
		}
	}
}

// maxDepth bounds the nesting of elements.
const maxDepth = 32

// handler gets each element when it starts, and its name and text when it ends.
type handler interface {
	start(e *element) error
	end(name, text string) error
}

// walkXML reads a document. Only the five entities of XML itself are allowed,
// so nothing is ever expanded.
func walkXML(r io.Reader, limits Limits, h handler) error {
	d := xml.NewDecoder(&tokenLimit{r: bufio.NewReaderSize(r, 1<<16), limit: limits.Token})
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "us-ascii", "ascii", "utf8", "utf-16", "utf16", "utf-16le", "utf-16be": // decoded already
			return in, nil
		case "iso-8859-1", "latin1", "latin-1", "iso8859-1":
			return &latin1{r: in}, nil
		}
		return nil, errors.New("encoding " + words.Clip(charset, maxQuoted) + " is not supported, expected UTF-8")
	}
	depth, elements := 0, 0
	var text []byte
	for {
		token, err := d.RawToken()
		line, _ := d.InputPos()
		switch {
		case errors.Is(err, io.EOF) && depth == 0 && elements > 0:
			return nil
		case errors.Is(err, io.EOF):
			return fail(line, "the file ends too early")
		case err != nil:
			return xmlError(err, line)
		}
		switch t := token.(type) {
		case xml.StartElement:
			elements++
			text = text[:0]
			if depth++; depth > maxDepth {
				return fail(line, "elements are nested more than %d deep", maxDepth)
			}
			err = h.start(&element{t.Name.Local, t.Attr, line})
		case xml.EndElement:
			if depth--; depth < 0 {
				return fail(line, "</%s> closes nothing", words.Clip(t.Name.Local, maxQuoted))
			}
			err = h.end(t.Name.Local, string(text))
			text = text[:0]
		case xml.CharData:
			text = append(text, t...)
		}
		if err != nil {
			return err
		}
	}
}

func xmlError(err error, line int) error {
	var syntax *xml.SyntaxError
	var ours *Error
	switch {
	case errors.As(err, &ours):
		return fail(line, "%s", ours.Msg)
	case errors.As(err, &syntax):
		return fail(syntax.Line, "%s", words.Clip(syntax.Msg, maxQuoted))
	}
	return fail(line, "%v", err)
}

// tokenLimit fails after more than limit bytes without a '>'. This bounds the
// memory that the decoder uses for one tag or text.
type tokenLimit struct {
	r     *bufio.Reader
	limit int
	run   int
}

func (t *tokenLimit) ReadByte() (byte, error) {
	b, err := t.r.ReadByte()
	if t.run++; b == '>' {
		t.run = 0
	}
	if t.run > t.limit && err == nil {
		return 0, fail(0, "a tag or text is longer than %d bytes", t.limit)
	}
	return b, err
}

func (t *tokenLimit) Read(p []byte) (int, error) { return t.r.Read(p) }

// latin1 converts ISO 8859-1 to UTF-8.
type latin1 struct {
	r    io.Reader
	left []byte
}

func (l *latin1) Read(p []byte) (int, error) {
	if len(l.left) == 0 {
		var in [512]byte
		n, err := l.r.Read(in[:])
		if n == 0 {
			return 0, err
		}
		for _, b := range in[:n] {
			l.left = utf8.AppendRune(l.left, rune(b))
		}
	}
	n := copy(p, l.left)
	l.left = l.left[n:]
	return n, nil
}

// readXMLGraph reads GraphML or GEXF, depending on the root element.
func readXMLGraph(r io.Reader, c *collector) error {
	x := &xmlGraph{collector: c}
	if err := walkXML(r, c.limits, x); err != nil {
		return err
	}
	switch {
	case x.graphs > 0:
		return nil
	case x.root == "html":
		return fail(0, "no <graph> in it: this is a web page (<html>), perhaps saved instead of the file")
	case x.root == "neuroml":
		return fail(0, "no <graph> in it: NeuroML is not read; save the connections as an edge list (.csv)")
	}
	return fail(0, "no <graph> in it, only <%s>; expected GraphML or GEXF", words.Clip(x.root, maxQuoted))
}

// xmlGraph passes the elements of a document to the reader of its format.
type xmlGraph struct {
	*collector
	dialect handler
	root    string
	graphs  int
}

func (x *xmlGraph) start(e *element) error {
	if x.root == "" {
		x.root = strings.ToLower(e.name)
		x.dialect = &graphML{collector: x.collector, keys: make(map[string]*graphKey)}
		if x.root == "gexf" {
			x.dialect = &gexf{collector: x.collector, keys: make(map[[2]string]*graphKey)}
		}
	}
	if e.name == "graph" {
		x.graphs++
	}
	return x.dialect.start(e)
}

func (x *xmlGraph) end(name, text string) error { return x.dialect.end(name, text) }

// graphKey is an attribute declared in a document.
type graphKey struct {
	id, name, of string // of: "node", "edge", "all" …
	fallback     string
	hasFallback  bool
}

// record is the innermost node or edge being read, with the nodes that enclose
// it.
type record struct {
	isNode, isEdge bool
	node           int32
	outer          []int32
	edge           edge
	source, target string
	projection     string
	seen           []string // attributes that have been set
}

// set sets an attribute of the node or edge.
func (r *record) set(c *collector, name, value string) error {
	r.seen = append(r.seen, name)
	switch {
	case r.isNode:
		c.setNode(&c.nodes[r.node], name, value)
	case r.isEdge:
		return c.setEdge(&r.edge, &r.projection, name, value)
	}
	return nil
}

// fallbacks sets attributes that were declared with a default and not given.
func (r *record) fallbacks(c *collector, keys []*graphKey) error {
	of := "edge"
	if r.isNode {
		of = "node"
	}
	for _, k := range keys {
		if k.hasFallback && (k.of == of || k.of == "all" || k.of == "") && !slices.Contains(r.seen, k.name) {
			if err := r.set(c, k.name, k.fallback); err != nil {
				return err
			}
		}
	}
	return nil
}

// openNode starts a node element. Inside the graph of a node, the enclosing
// node is kept in outer.
func (r *record) openNode(c *collector, e *element) error {
	key, err := e.need("id")
	if err != nil {
		return err
	}
	if r.isEdge {
		return fail(e.line, "<%s> inside an edge", e.name)
	}
	if r.isNode {
		r.outer = append(r.outer, r.node)
	}
	if _, err = c.declare(key, e.line); err != nil {
		return err
	}
	r.isNode, r.node, r.seen = true, c.index[key], nil
	return nil
}

// closeNode ends a node element.
func (r *record) closeNode(c *collector, keys []*graphKey) error {
	err := r.fallbacks(c, keys)
	r.seen = nil
	if r.isNode = len(r.outer) > 0; r.isNode {
		r.node = r.outer[len(r.outer)-1]
		r.outer = r.outer[:len(r.outer)-1]
		for _, k := range keys { // the outer node's own attributes came before its graph
			r.seen = append(r.seen, k.name)
		}
	}
	return err
}

// openEdge starts an edge element. It may be inside the graph of a node.
func (r *record) openEdge(e *element) error {
	if r.isEdge {
		return fail(e.line, "<%s> inside an edge", e.name)
	}
	*r = record{outer: r.outer, isNode: r.isNode, node: r.node, isEdge: true, edge: newEdge(e.line)}
	if r.isNode { // keep it until the edge ends
		r.outer, r.isNode = append(r.outer, r.node), false
	}
	var err error
	if r.source, err = e.need("source"); err != nil {
		return err
	}
	r.target, err = e.need("target")
	return err
}

// closeEdge adds the edge.
func (r *record) closeEdge(c *collector, keys []*graphKey) error {
	if err := r.fallbacks(c, keys); err != nil {
		return err
	}
	r.isEdge, r.seen = false, nil
	if r.isNode = len(r.outer) > 0; r.isNode {
		r.node = r.outer[len(r.outer)-1]
		r.outer = r.outer[:len(r.outer)-1]
	}
	if err := c.link(&r.edge, r.projection); err != nil {
		return err
	}
	return c.add(r.edge, r.source, r.target)
}

// xmlWriter writes elements. The bufio.Writer keeps the first error.
type xmlWriter struct{ *bufio.Writer }

func (w xmlWriter) text(s string) {
	_ = xml.EscapeText(w, []byte(s)) // bufio keeps the error for Flush
}

func (w xmlWriter) attribute(name, value string) {
	w.WriteString(" " + name + `="`)
	w.text(value)
	w.WriteString(`"`)
}

func (w xmlWriter) ends(g *topology.Graph, s *topology.Synapse) {
	w.attribute("source", g.Name(s.Source))
	w.attribute("target", g.Name(s.Target))
}
