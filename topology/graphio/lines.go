package graphio

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"infomorph/internal/textfile"
	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/topology"
)

// readAdjacencyList reads adjacency lists of networkx: a node and its targets
// per line.
func readAdjacencyList(r io.Reader, c *collector) error {
	c.implicit = true
	l := textfile.NewLines(r, c.limits.Token)
	for {
		text, ok := l.Next()
		if !ok {
			if line, err := l.Err(); err != nil {
				return fail(line, "%v", err)
			}
			return nil
		}
		if text[0] == '#' {
			continue
		}
		if strings.HasSuffix(strings.TrimSpace(text), "}") {
			return fail(l.Number, "%q: a list with attributes, as networkx.write_multiline_adjlist writes, is not read; write_edgelist or write_graphml keep them", words.Clip(text, maxQuoted))
		}
		fields, err := l.Fields(text, textfile.Blanks)
		if err != nil {
			return fail(l.Number, "%v", err)
		}
		if _, err := c.mention(fields[0].Text, l.Number); err != nil {
			return err
		}
		for _, f := range fields[1:] {
			e := newEdge(l.Number)
			if err := c.link(&e, ""); err != nil {
				return err
			}
			if err := c.add(e, fields[0].Text, f.Text); err != nil {
				return err
			}
		}
	}
}

// nodeLine reads the fields of a node comment: id, population, kind, x, y, z,
// label. Fields at the end may be missing.
func (c *collector) nodeLine(f []textfile.Field, line int) error {
	if len(f) == 0 || f[0].Text == "" {
		return fail(line, "a node line without an id")
	}
	n, err := c.declare(f[0].Text, line)
	if err != nil {
		return err
	}
	for i, name := range []string{"population", "kind", "x", "y", "z", "label"} {
		if i+1 < len(f) && f[i+1].Text != "" {
			c.setNode(n, name, f[i+1].Text)
		}
	}
	return nil
}

// nodeLines writes the attributes of nodes that a plain list of edges does not
// contain. Each line begins with prefix, and its fields are separated by sep.
// If names is not set, nodes are identified by their numbers.
type nodeLines struct {
	prefix string
	sep    byte
	names  bool
}

func (l nodeLines) write(w *bufio.Writer, g *topology.Graph) {
	sep := string(l.sep)
	for id := range neuron.ID(total(g)) {
		group, _ := g.Member(id)
		f := []string{strconv.Itoa(int(id)), group.Name, "", "", "", "", ""}
		if l.names {
			f[0] = g.Name(id)
		}
		if int(id) >= g.NumNeurons() {
			f[2] = "channel"
		}
		if p, ok := g.Position(id); ok {
			for k := range 3 {
				f[3+k] = strconv.FormatFloat(p[k], 'g', -1, 64)
			}
		}
		if g.Labels != nil {
			f[6] = g.Labels[id]
		}
		for i := range f {
			f[i] = quoteField(f[i], l.sep)
		}
		w.WriteString(l.prefix + sep + strings.TrimRight(strings.Join(f, sep), sep) + "\n")
	}
}

// quoteField quotes a field as in CSV. Line breaks become blanks, because
// comments are read line by line.
func quoteField(s string, sep byte) string {
	return textfile.Quote(strings.NewReplacer("\n", " ", "\r", " ").Replace(s), sep)
}
