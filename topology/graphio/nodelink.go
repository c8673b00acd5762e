package graphio

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"infomorph/neuron"
	"infomorph/topology"
)

// JSON is the node-link form of networkx and D3: {"directed", "nodes": [{"id"}],
// "links" or "edges": [{"source", "target"}]}. Without "directed" the graph is
// undirected, as there.

// nodeLink is a document being read, token by token.
type nodeLink struct {
	*collector
	*json.Decoder
	at *lineIndex
}

func readJSON(r io.Reader, c *collector) error {
	at := &lineIndex{r: r}
	d := json.NewDecoder(at)
	d.UseNumber()
	n := &nodeLink{c, d, at}
	c.undirected = true
	err := n.document()
	var ours *Error
	if err != nil && !errors.As(err, &ours) {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fail(n.line(), "the file ends too early")
		}
		return fail(n.line(), "%s", clip(err.Error()))
	}
	return err
}

func (n *nodeLink) line() int { return n.at.lineOf(n.InputOffset()) }

// expect reads one delimiter.
func (n *nodeLink) expect(d json.Delim, what string) error {
	token, err := n.Token()
	if err != nil {
		return err
	}
	if token != d {
		return fail(n.line(), "%s: expected %v", what, d)
	}
	return nil
}

func (n *nodeLink) document() error {
	if err := n.expect('{', "the document"); err != nil {
		return err
	}
	for n.More() {
		token, err := n.Token()
		if err != nil {
			return err
		}
		switch key, _ := token.(string); key {
		case "nodes":
			err = n.list(key, n.node)
		case "links", "edges":
			err = n.list(key, n.edge)
		case "directed":
			var directed bool
			err = n.Decode(&directed)
			n.undirected = !directed
		default:
			err = n.skip()
		}
		if err != nil {
			return err
		}
	}
	if err := n.expect('}', "the document"); err != nil {
		return err
	}
	if _, err := n.Token(); err != io.EOF {
		return fail(n.line(), "more text after the document")
	}
	return nil
}

func (n *nodeLink) list(key string, one func(map[string]any, int) error) error {
	if err := n.expect('[', key); err != nil {
		return err
	}
	for n.More() {
		var object map[string]any
		if err := n.Decode(&object); err != nil {
			return err
		}
		if err := one(object, n.line()); err != nil {
			return err
		}
	}
	return n.expect(']', key)
}

// skip reads over one value.
func (n *nodeLink) skip() error {
	depth := 0
	for {
		token, err := n.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// text returns a string or number as it stands.
func text(object map[string]any, key string) (string, bool) {
	switch v := object[key].(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

func (n *nodeLink) node(object map[string]any, line int) error {
	key, ok := text(object, "id")
	if !ok {
		return fail(line, `a node without "id" (a text or number)`)
	}
	node, err := n.declare(key, line)
	if err != nil {
		return err
	}
	for _, name := range []string{"population", "kind", "label", "x", "y", "z"} {
		if value, ok := text(object, name); ok {
			if err := setNode(node, line, name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *nodeLink) edge(object map[string]any, line int) error {
	source, ok1 := text(object, "source")
	target, ok2 := text(object, "target")
	if !ok1 || !ok2 {
		return fail(line, `a link without "source" and "target" (texts or numbers)`)
	}
	e, projection := newEdge(line), ""
	for _, name := range []string{"weight", "delay", "port", "projection"} {
		value, ok := text(object, name)
		if !ok {
			if object[name] != nil {
				return fail(line, "%s is neither a text nor a number", name)
			}
			continue
		}
		if err := n.setEdge(&e, &projection, name, value); err != nil {
			return err
		}
	}
	if err := n.link(&e, projection); err != nil {
		return err
	}
	return n.add(e, source, target)
}

// lineIndex remembers where recent lines end, to tell the line of an offset
// that lies behind what was read ahead.
type lineIndex struct {
	r       io.Reader
	read    int64
	ends    []int64 // offsets of recent line ends
	dropped int     // line ends no longer in ends
}

func (l *lineIndex) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			l.ends = append(l.ends, l.read+int64(i))
		}
	}
	l.read += int64(n)
	if len(l.ends) > 1<<20 {
		half := len(l.ends) / 2
		l.dropped += half
		l.ends = append([]int64(nil), l.ends[half:]...)
	}
	return n, err
}

func (l *lineIndex) lineOf(offset int64) int {
	return 1 + l.dropped + sort.Search(len(l.ends), func(i int) bool { return l.ends[i] >= offset })
}

func writeJSON(w *bufio.Writer, g *topology.Graph) error {
	undirected := asUndirected(g)
	fmt.Fprintf(w, "{\"directed\": %v, \"multigraph\": true, \"graph\": {},\n\"nodes\": [", !undirected)
	var attrs []attr
	for id := range neuron.ID(total(g)) {
		attrs = nodeAttrs(g, id, attrs)
		if g.Labels != nil {
			attrs = append(attrs, attr{name: "label", value: g.Labels[id]})
		}
		separate(w, int(id))
		w.WriteString(`{"id": ` + idText(id))
		_ = writeFields(w, attrs)
	}
	w.WriteString("],\n\"links\": [")
	count := 0
	err := eachSynapse(g, undirected, func(s *topology.Synapse) error {
		separate(w, count)
		count++
		w.WriteString(`{"source": ` + idText(s.Source) + `, "target": ` + idText(s.Target))
		attrs = edgeAttrs(g, s, attrs)
		return writeFields(w, attrs)
	})
	w.WriteString("]}\n")
	return err
}

func separate(w *bufio.Writer, i int) {
	if i > 0 {
		w.WriteByte(',')
	}
	w.WriteByte('\n')
}

func writeFields(w *bufio.Writer, attrs []attr) error {
	for _, a := range attrs {
		value := a.value
		if !a.number {
			quoted, _ := json.Marshal(strings.ToValidUTF8(value, "\ufffd")) // a string always marshals
			value = string(quoted)
		}
		w.WriteString(`, "` + a.name + `": ` + value)
	}
	return w.WriteByte('}')
}
