package graphio

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"infomorph/neuron"
	"infomorph/topology"
)

// JSON is the node-link format of networkx and D3: {"directed", "nodes":
// [{"id"}], "links" or "edges": [{"source", "target"}]}. Without "directed" the
// graph is undirected, as in these programs.

// lineIndex is a reader that remembers the recent line ends. It finds the line
// of an offset that is before the end of the data read so far.
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
		w.WriteString(`{"id": ` + jsonName(g, id))
		_ = writeFields(w, attrs)
	}
	w.WriteString("],\n\"links\": [")
	count := 0
	err := eachSynapse(g, undirected, func(s *topology.Synapse) error {
		separate(w, count)
		count++
		w.WriteString(`{"source": ` + jsonName(g, s.Source) + `, "target": ` + jsonName(g, s.Target))
		attrs = edgeAttrs(g, s, attrs)
		return writeFields(w, attrs)
	})
	w.WriteString("]}\n")
	return err
}

// jsonName returns a name as JSON: a number if it is an integer in the usual
// form, otherwise a string.
func jsonName(g *topology.Graph, id neuron.ID) string {
	name := g.Name(id)
	if v, err := strconv.ParseInt(name, 10, 54); err == nil && strconv.FormatInt(v, 10) == name {
		return name
	}
	return quoteJSON(name)
}

func quoteJSON(s string) string {
	quoted, _ := json.Marshal(strings.ToValidUTF8(s, "\ufffd")) // a string can always be marshalled
	return string(quoted)
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
			value = quoteJSON(value)
		}
		w.WriteString(`, "` + a.name + `": ` + value)
	}
	return w.WriteByte('}')
}
