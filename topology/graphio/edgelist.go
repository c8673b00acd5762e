package graphio

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"infomorph/topology"
)

// An edge list has one edge a line: source, target and then the columns that
// the header names (weight, delay, port, projection), or the weight if there
// is no header. Lines that begin with # are comments, which other programs
// skip; "#node" and "#undirected" say what a list of edges cannot.

func readCSV(r io.Reader, c *collector) error { return readEdgeList(r, c, ',') }
func readTSV(r io.Reader, c *collector) error { return readEdgeList(r, c, '\t') }

// edgeList is an edge list being read.
type edgeList struct {
	*collector
	sep     byte
	columns []string // after source and target; nil: the header was not seen
}

func readEdgeList(r io.Reader, c *collector, sep byte) error {
	c.implicit = true
	l := &edgeList{collector: c, sep: sep}
	in := newLines(r, c.limits)
	for {
		text, ok := in.next()
		if !ok {
			return in.err()
		}
		if in.number == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if err := l.line(text, in.number); err != nil {
			return err
		}
	}
}

func (l *edgeList) line(text string, number int) error {
	fields := l.fields(text)
	if strings.HasPrefix(text, "#") {
		switch fields[0] {
		case "#node":
			l.implicit = false
			return l.nodeLine(fields[1:], number)
		case "#undirected":
			l.undirected = true
		}
		return nil
	}
	if l.columns == nil {
		if header, ok := headerColumns(fields); ok {
			l.columns = header
			return nil
		}
		l.columns = []string{"weight"}
	}
	if len(fields) < 2 {
		return fail(number, "%q, expected source and target", clip(text))
	}
	return l.edge(fields, number)
}

func (l *edgeList) edge(fields []string, number int) error {
	e := newEdge(number)
	projection := ""
	for i, value := range fields[2:] {
		if i >= len(l.columns) {
			return fail(number, "%d fields, expected at most %d", len(fields), len(l.columns)+2)
		}
		if value == "" {
			continue
		}
		if err := l.setEdge(&e, &projection, l.columns[i], value); err != nil {
			return err
		}
	}
	if fields[0] == "" || fields[1] == "" {
		return fail(number, "source or target is empty")
	}
	if err := l.link(&e, projection); err != nil {
		return err
	}
	return l.add(e, fields[0], fields[1])
}

// fields cuts a line; a tab-separated list without a tab is cut at blanks.
func (l *edgeList) fields(text string) []string {
	if l.sep == '\t' && !strings.Contains(text, "\t") {
		return strings.Fields(text)
	}
	return splitFields(text, l.sep)
}

// headerColumns returns the columns after source and target, if fields is a
// header.
func headerColumns(fields []string) ([]string, bool) {
	if len(fields) < 2 {
		return nil, false
	}
	sources, targets := []string{"source", "from", "src", "pre"}, []string{"target", "to", "dst", "post"}
	if !slices.Contains(sources, strings.ToLower(fields[0])) || !slices.Contains(targets, strings.ToLower(fields[1])) {
		return nil, false
	}
	return slices.Clip(append([]string{}, fields[2:]...)), true
}

func writeCSV(w *bufio.Writer, g *topology.Graph) error { return writeEdgeList(w, g, ",") }
func writeTSV(w *bufio.Writer, g *topology.Graph) error { return writeEdgeList(w, g, "\t") }

func writeEdgeList(w *bufio.Writer, g *topology.Graph, sep string) error {
	undirected := asUndirected(g)
	if undirected {
		w.WriteString("#undirected\n")
	}
	writeNodeLines(w, g, "#node", sep)
	w.WriteString(strings.Join([]string{"source", "target", "weight", "delay", "port", "projection"}, sep) + "\n")
	names := make([]string, len(g.Projections))
	for i := range names {
		names[i] = quoteField(g.Projections[i].Name, sep)
	}
	return eachSynapse(g, undirected, func(s *topology.Synapse) error {
		writeInt(w, s.Source)
		w.WriteString(sep)
		writeInt(w, s.Target)
		w.WriteString(sep)
		writeFloat32(w, s.Weight)
		w.WriteString(sep)
		writeInt(w, s.Delay)
		w.WriteString(sep + s.Port.String())
		if name := names[s.Projection]; name != "" {
			w.WriteString(sep)
			w.WriteString(name)
		}
		return w.WriteByte('\n')
	})
}
