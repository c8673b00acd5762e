package graphio

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"infomorph/neuron"
	"infomorph/topology"
)

// element is a start tag with where it is.
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

// need returns an attribute that must be there.
func (e *element) need(name string) (string, error) {
	v, ok := e.get(name)
	if !ok {
		return "", fail(e.line, "<%s> has no attribute %q", e.name, name)
	}
	return v, nil
}

// maxDepth is how deep elements may nest.
const maxDepth = 32

// handler is told of each element as it starts (with its depth) and ends (with
// its text).
type handler interface {
	start(e *element) error
	end(name, text string, line int) error
}

// walkXML reads a document. Entities other than the five of XML itself are an
// error, so nothing is ever expanded.
func walkXML(r io.Reader, limits Limits, h handler) error {
	d := xml.NewDecoder(&tokenLimit{r: bufio.NewReaderSize(r, 1<<16), limit: limits.Token})
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") || strings.EqualFold(charset, "utf8") {
			return in, nil
		}
		return nil, errors.New("encoding " + clip(charset) + " is not supported, expected UTF-8")
	}
	depth, elements := 0, 0
	var text []byte
	for {
		token, err := d.RawToken()
		line, _ := d.InputPos()
		switch {
		case err == io.EOF && depth == 0 && elements > 0:
			return nil
		case err == io.EOF:
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
				return fail(line, "</%s> closes nothing", clip(t.Name.Local))
			}
			err = h.end(t.Name.Local, string(text), line)
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
		return fail(syntax.Line, "%s", clip(syntax.Msg))
	}
	return fail(line, "%v", err)
}

// tokenLimit fails when more than limit bytes come without a '>', which bounds
// what the decoder holds of one tag or text.
type tokenLimit struct {
	r     *bufio.Reader
	limit int
	run   int
}

func (t *tokenLimit) ReadByte() (byte, error) {
	b, err := t.r.ReadByte()
	if b == '>' {
		t.run = 0
	}
	if t.run++; t.run > t.limit && err == nil {
		return 0, fail(0, "a tag or text is longer than %d bytes", t.limit)
	}
	return b, err
}

func (t *tokenLimit) Read(p []byte) (int, error) { return t.r.Read(p) }

// record is the node or edge being read.
type record struct {
	isNode, isEdge bool
	node           *node
	edge           edge
	source, target string
	projection     string
}

// set sets an attribute of the node or edge.
func (r *record) set(c *collector, line int, name, value string) error {
	switch {
	case r.isNode:
		return setNode(r.node, line, strings.ToLower(name), value)
	case r.isEdge:
		return c.setEdge(&r.edge, &r.projection, name, value)
	}
	return nil
}

// finish adds the edge.
func (r *record) finish(c *collector) error {
	if err := c.link(&r.edge, r.projection); err != nil {
		return err
	}
	return c.add(r.edge, r.source, r.target)
}

// openNode starts a node element.
func (r *record) openNode(c *collector, e *element) error {
	key, err := e.need("id")
	if err != nil {
		return err
	}
	if r.isNode || r.isEdge {
		return fail(e.line, "<%s> inside a node or an edge: nested graphs are not supported", e.name)
	}
	r.isNode = true
	r.node, err = c.declare(key, e.line)
	return err
}

// openEdge starts an edge element.
func (r *record) openEdge(e *element) error {
	if r.isNode || r.isEdge {
		return fail(e.line, "<%s> inside a node or an edge: nested graphs are not supported", e.name)
	}
	*r = record{isEdge: true, edge: newEdge(e.line)}
	var err error
	if r.source, err = e.need("source"); err != nil {
		return err
	}
	r.target, err = e.need("target")
	return err
}

// xmlWriter writes elements and remembers the first error by way of bufio.
type xmlWriter struct{ *bufio.Writer }

func (w xmlWriter) text(s string) {
	_ = xml.EscapeText(w, []byte(s)) // bufio keeps the error for Flush
}

func (w xmlWriter) attribute(name, value string) {
	w.WriteString(" " + name + `="`)
	w.text(value)
	w.WriteString(`"`)
}

func (w xmlWriter) ids(s *topology.Synapse) {
	w.attribute("source", strconv.Itoa(int(s.Source)))
	w.attribute("target", strconv.Itoa(int(s.Target)))
}

func idText(id neuron.ID) string { return strconv.Itoa(int(id)) }
