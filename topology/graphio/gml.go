package graphio

import (
	"bufio"
	"html"
	"io"
	"strconv"
	"strings"

	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/topology"
)

// GML has keys with values; a value may be a list in brackets. Sources:
// Himsolt, GML: a portable graph file format (1997); networkx, igraph. Labels
// are used as the names of nodes if they are all different, as in networkx.

// gmlReader reads a GML file.
type gmlReader struct {
	*collector
	*gmlScanner
}

// gmlPair is a key with its value.
type gmlPair struct {
	key, value string
	list       []gmlPair
	isList     bool
	line       int
}

func readGML(r io.Reader, c *collector) error {
	c.byLabel, c.undirected = true, true // undirected unless the file says directed 1
	g := &gmlReader{c, &gmlScanner{r: bufio.NewReaderSize(r, 1<<16), line: 1, limit: c.limits.Token}}
	found := false
	for {
		key, err := g.scan()
		switch {
		case err != nil:
			return err
		case key.kind == gmlEnd && !found:
			return fail(0, "no graph in it: expected graph [ … ]")
		case key.kind == gmlEnd:
			return nil
		case key.kind != gmlWord:
			return fail(g.line, "%q, expected a key", words.Clip(key.text, maxQuoted))
		}
		if !strings.EqualFold(key.text, "graph") {
			if _, err := g.value(key.text, 0); err != nil {
				return err
			}
			continue
		}
		if found {
			return fail(g.line, "a second graph: one graph per file is supported")
		}
		found = true
		if err := g.graphList(); err != nil {
			return err
		}
	}
}

// graphList reads the list of a graph, one item after the other.
func (g *gmlReader) graphList() error {
	if open, err := g.scan(); err != nil || open.kind != gmlOpen {
		return firstError(err, fail(g.line, "expected [ after graph"))
	}
	for {
		key, err := g.scan()
		if err != nil {
			return err
		}
		if key.kind == gmlClose {
			return nil
		}
		if key.kind != gmlWord {
			return fail(g.line, "%q, expected a key or ]", words.Clip(key.text, maxQuoted))
		}
		pair, err := g.value(key.text, 1)
		if err != nil {
			return err
		}
		switch strings.ToLower(pair.key) {
		case "directed":
			g.undirected = pair.value != "1"
		case "node":
			err = g.node(&pair)
		case "edge":
			err = g.edge(&pair)
		}
		if err != nil {
			return err
		}
	}
}

// value reads the value of a key.
func (g *gmlReader) value(key string, depth int) (gmlPair, error) {
	p := gmlPair{key: key, line: g.line}
	v, err := g.scan()
	if err != nil {
		return p, err
	}
	switch v.kind {
	case gmlText, gmlWord:
		p.value = v.text
		return p, nil
	case gmlOpen:
		if depth > maxDepth {
			return p, fail(g.line, "lists are nested more than %d deep", maxDepth)
		}
		p.isList = true
		for {
			k, err := g.scan()
			if err != nil || k.kind == gmlClose {
				return p, err
			}
			if k.kind != gmlWord {
				return p, fail(g.line, "%q, expected a key or ]", words.Clip(k.text, maxQuoted))
			}
			item, err := g.value(k.text, depth+1)
			if err != nil {
				return p, err
			}
			p.list = append(p.list, item)
		}
	}
	return p, fail(g.line, "the key %q has no value", words.Clip(key, maxQuoted))
}

// get returns the value of a key of a list.
func (p *gmlPair) get(key string) (string, bool) {
	for i := range p.list {
		if strings.EqualFold(p.list[i].key, key) && !p.list[i].isList {
			return p.list[i].value, true
		}
	}
	return "", false
}

func (g *gmlReader) node(p *gmlPair) error {
	id, ok := p.get("id")
	if !ok {
		return fail(p.line, "a node without an id")
	}
	n, err := g.declare(id, p.line)
	if err != nil {
		return err
	}
	for i := range p.list {
		switch a := &p.list[i]; {
		case strings.EqualFold(a.key, "id"):
		case a.isList && strings.EqualFold(a.key, "graphics"):
			for _, axis := range []string{"x", "y", "z"} {
				if v, ok := a.get(axis); ok {
					g.setNode(n, axis, v)
				}
			}
		case a.isList:
			g.leave("node", a.key, "x")
		default:
			g.setNode(n, a.key, a.value)
		}
	}
	return nil
}

func (g *gmlReader) edge(p *gmlPair) error {
	source, ok1 := p.get("source")
	target, ok2 := p.get("target")
	if !ok1 || !ok2 {
		return fail(p.line, "an edge without source and target")
	}
	_, weighted := p.get("weight")
	e, projection := newEdge(p.line), ""
	for i := range p.list {
		a := &p.list[i]
		key := a.key
		switch {
		case strings.EqualFold(key, "source") || strings.EqualFold(key, "target"):
			continue
		case a.isList:
			g.leave("edge", key, "x")
			continue
		case strings.EqualFold(key, "value") && !weighted && g.opts.Weight == "": // M. Newman's collection of networks
			key = "weight"
		}
		if err := g.setEdge(&e, &projection, key, a.value); err != nil {
			return err
		}
	}
	if err := g.link(&e, projection); err != nil {
		return err
	}
	return g.add(e, source, target)
}

type gmlKind uint8

const (
	gmlEnd gmlKind = iota
	gmlWord
	gmlText
	gmlOpen
	gmlClose
)

type gmlToken struct {
	kind gmlKind
	text string
}

// gmlScanner divides GML into tokens.
type gmlScanner struct {
	r     *bufio.Reader
	line  int
	limit int
}

func (s *gmlScanner) scan() (gmlToken, error) {
	for {
		b, err := s.r.ReadByte()
		switch {
		case err == io.EOF:
			return gmlToken{}, nil
		case err != nil:
			return gmlToken{}, err
		case b == '\n':
			s.line++
		case b == ' ' || b == '\t' || b == '\r':
		case b == '#':
			if _, err := s.until("\n"); err != nil {
				return gmlToken{}, err
			}
		case b == '[':
			return gmlToken{gmlOpen, "["}, nil
		case b == ']':
			return gmlToken{gmlClose, "]"}, nil
		case b == '"':
			text, err := s.until("\"")
			return gmlToken{gmlText, html.UnescapeString(text)}, err
		default:
			_ = s.r.UnreadByte() // cannot fail: it follows a read
			text, err := s.until(" \t\r\n[]\"")
			return gmlToken{gmlWord, text}, err
		}
	}
}

// until reads up to one of the characters of end. That character is consumed
// only if it is a closing quote.
func (s *gmlScanner) until(end string) (string, error) {
	var text []byte
	for {
		b, err := s.r.ReadByte()
		switch {
		case err == io.EOF && end == "\"":
			return "", fail(s.line, "the file ends inside quotes")
		case err == io.EOF:
			return string(text), nil
		case err != nil:
			return "", err
		}
		if strings.IndexByte(end, b) >= 0 {
			if len(end) > 1 || b == '\n' {
				_ = s.r.UnreadByte() // cannot fail: it follows a read
			}
			return string(text), nil
		}
		if len(text) >= s.limit {
			return "", fail(s.line, "a text is longer than %d bytes", s.limit)
		}
		if b == '\n' {
			s.line++
		}
		text = append(text, b)
	}
}

func writeGML(w *bufio.Writer, g *topology.Graph) error {
	undirected := asUndirected(g)
	w.WriteString("graph [\n  multigraph 1\n  directed " + map[bool]string{true: "0", false: "1"}[undirected] + "\n")
	var attrs []attr
	for id := range neuron.ID(total(g)) {
		label := g.Name(id)
		if g.Labels != nil && g.Names == nil {
			label = g.Labels[id]
		}
		w.WriteString("  node [ id " + strconv.Itoa(int(id)) + " label " + gmlQuote(label))
		attrs = nodeAttrs(g, id, attrs)
		writeGMLAttrs(w, attrs)
		w.WriteString(" ]\n")
	}
	err := eachSynapse(g, undirected, func(s *topology.Synapse) error {
		w.WriteString("  edge [ source " + strconv.Itoa(int(s.Source)) + " target " + strconv.Itoa(int(s.Target)))
		attrs = edgeAttrs(g, s, attrs)
		writeGMLAttrs(w, attrs)
		_, err := w.WriteString(" ]\n")
		return err
	})
	w.WriteString("]\n")
	return err
}

func writeGMLAttrs(w *bufio.Writer, attrs []attr) {
	for _, a := range attrs {
		value := gmlQuote(a.value)
		if a.number {
			value = a.value
		}
		w.WriteString(" " + a.name + " " + value)
	}
}

// gmlQuote quotes a text. GML is ASCII, so other characters become character
// references.
func gmlQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '&':
			b.WriteString(map[rune]string{'"': "&quot;", '&': "&amp;"}[r])
		case r < 32 || r > 126:
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}
