package graphio

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/textfile"
	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/topology"
)

// An edge list has one edge per line: the columns that the header names, in any
// order, or source, target and weight if there is no header. Lines that begin
// with # or % are comments unless they have the fields of an edge; other
// programs skip comments. The comments "#node" and "#undirected" at the top
// contain what a list of edges cannot. SNAP, KONECT, networkx, igraph, Gephi,
// neuPrint and CAVE write such lists.

func readCSV(r io.Reader, c *collector) error {
	return readEdgeList(r, c, []byte{',', ';', '\t', '|'})
}
func readTSV(r io.Reader, c *collector) error {
	return readEdgeList(r, c, []byte{'\t', ',', ';', '|'})
}

// edgeList reads an edge list.
type edgeList struct {
	*collector
	*textfile.Lines
	prefer         []byte
	sep            byte
	said           byte     // separator in the first line, as Excel writes it; 0: it must be detected
	columns        []string // nil: the first edge has not been read
	source, target int      // indices in columns
	kind           int      // index of the column for directed or undirected; −1: none
	header         bool
}

func readEdgeList(r io.Reader, c *collector, prefer []byte) error {
	c.implicit, c.twoWay = true, true
	l := &edgeList{collector: c, Lines: textfile.NewLines(r, c.limits.Token), prefer: prefer, target: 1, kind: -1}
	for {
		text, ok := l.Next()
		if !ok {
			break
		}
		if l.columns == nil && strings.IndexByte("<{[", text[0]) >= 0 {
			return fail(l.Number, "%q, expected an edge list: this looks like XML, HTML or JSON", words.Clip(text, maxQuoted))
		}
		done, err := l.line(text)
		if done || err != nil {
			return err
		}
	}
	if line, err := l.Err(); err != nil {
		return fail(line, "%v", err)
	}
	if l.header && l.edges.len() == 0 && len(l.nodes) == 0 {
		return fail(0, "there is a header and no edge")
	}
	l.doubtFirst()
	return nil
}

// doubtFirst adds a remark if the first line was taken as an edge but may be a
// header of unknown words: neither end occurs in another edge.
func (l *edgeList) doubtFirst() {
	if l.header || l.edges.len() < 2 {
		return
	}
	first := l.edges.at(0)
	ends := l.nodes[first.source].key + l.nodes[first.target].key
	if first.source == first.target || strings.ContainsAny(ends, "0123456789") {
		return
	}
	for e := range l.edges.all() {
		if e == first {
			continue
		}
		for _, end := range [2]int32{e.source, e.target} {
			if end == first.source || end == first.target {
				return
			}
		}
	}
	l.remark("the first line is taken as an edge from %s to %s; if it names the columns, say so with --source and --target", words.Clip(l.nodes[first.source].key, maxQuoted), words.Clip(l.nodes[first.target].key, maxQuoted))
}

// line reads a line. done means that the file was a matrix and has been read.
func (l *edgeList) line(text string) (done bool, err error) {
	if text[0] == '#' || text[0] == '%' {
		is, err := l.comment(text)
		if is || err != nil {
			l.comments++
			return false, err
		}
	}
	if sep, ok := strings.CutPrefix(text, "sep="); ok && len(sep) == 1 && l.columns == nil && l.said == 0 {
		l.said = sep[0]
		return false, nil
	}
	if l.columns == nil {
		if done, err := l.first(text); done || err != nil || l.header {
			return done, err
		}
	}
	return false, l.edgeLine(text)
}

// comment reports whether a line is a comment, and reads its contents.
func (l *edgeList) comment(text string) (bool, error) {
	if l.columns != nil {
		mark := len(text) == 1 || text[1] == ' ' || text[1] == '\t' || text[1] == text[0]
		same := len(textfile.Split(text, l.sep)) == len(l.columns)
		if mark && same && l.header {
			l.remark("a line that begins with # or %% and a blank is a comment: line %d is left out", l.Number)
		}
		return mark || !same, nil
	}
	words := strings.Fields(strings.ToLower(text))
	switch {
	case strings.HasPrefix(text, "#node") && (len(text) == 5 || strings.IndexByte(",;|\t ", text[5]) >= 0):
		fields, err := l.Fields(text, (text + " ")[5])
		if err != nil {
			return true, fail(l.Number, "%v", err)
		}
		l.implicit = false
		return true, l.nodeLine(fields[1:], l.Number)
	case strings.HasPrefix(text, "#undirected"), strings.HasPrefix(strings.Join(words, " "), "# undirected graph"): // SNAP
		l.undirected = true
	case len(words) > 1 && words[0] == "%" && (words[1] == "sym" || words[1] == "bip"): // KONECT
		if words[1] == "bip" {
			return true, fail(l.Number, "a two-mode (bipartite) network of KONECT, whose ids name different nodes on either side; rename one side first")
		}
		l.undirected = true
	}
	return true, nil
}

// cutDict separates an edge of networkx.write_edgelist from its attributes.
func cutDict(text string) (edge, dict string, ok bool) {
	at := strings.IndexByte(text, '{')
	if at < 1 || !strings.HasSuffix(strings.TrimRight(text, " \t"), "}") || strings.IndexByte(text, '"') >= 0 && strings.IndexByte(text, '"') < at {
		return "", "", false
	}
	return strings.TrimRight(text[:at], " \t,;"), text[at:], true
}

// separator detects the separator of the fields of a line.
func (l *edgeList) separator(text string) byte {
	if l.said != 0 {
		return l.said
	}
	if edge, _, ok := cutDict(text); ok {
		return l.bare(edge, textfile.Separator(edge, edge, l.prefer))
	}
	for i := 0; i < 50; i++ {
		second, ok := l.Peek(i)
		if !ok {
			break
		}
		if strings.TrimSpace(second) != "" && strings.IndexByte("#%", second[0]) < 0 {
			return l.bare(text, textfile.Separator(text, second, l.prefer))
		}
	}
	return l.bare(text, textfile.Separator(text, text, l.prefer))
}

// bare chooses blanks as the separator if tabs are preferred and the line has
// none.
func (l *edgeList) bare(text string, sep byte) byte {
	if textfile.Count(text, sep) == 0 && l.prefer[0] == '\t' {
		return textfile.Blanks
	}
	return sep
}

// dl matches the first line of a UCINET file.
var dl = regexp.MustCompile(`(?i)^dl\s+(n|nr|nm|format)\s*=`)

// first reads the first line that is not a comment: a header, an edge, or the
// first row of a matrix.
func (l *edgeList) first(text string) (done bool, err error) {
	if dl.MatchString(text) {
		return false, fail(l.Number, "this is UCINET DL, which is not read; save the connections as an edge list (.csv with source, target, weight, delay), GraphML or Matrix Market")
	}
	l.sep = l.separator(text)
	l.comma = l.sep == ';'
	if names, is := l.matrixAhead(text); is {
		return true, l.readMatrix(text, names)
	}
	if _, _, ok := cutDict(text); ok {
		l.columns = []string{"source", "target"}
		return false, nil
	}
	fields, err := l.Fields(text, l.sep)
	if err != nil {
		return false, fail(l.Number, "%v", err)
	}
	if len(fields) < 2 {
		return false, fail(l.Number, "%q, expected source and target", words.Clip(text, maxQuoted))
	}
	names := texts(fields)
	if l.header, err = l.findColumns(names); err != nil {
		return false, err
	}
	if l.header {
		l.columns = names
		l.kind = slices.IndexFunc(names, func(n string) bool {
			return slices.Contains([]string{"type", "edgetype", "direction", "directed", "isdirected", "undirected"}, plainName(n))
		})
		if l.kind >= 0 && !l.tellsDirection() {
			l.kind = -1
		}
		return false, nil
	}
	l.columns = []string{"source", "target", "weight"}
	for i := 3; i < len(fields); i++ {
		l.columns = append(l.columns, "column "+strconv.Itoa(i+1))
	}
	return false, nil
}

func texts(fields []textfile.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = strings.Clone(f.Text)
	}
	return out
}

// tellsDirection reports whether the next line has a direction in the kind
// column, such as Gephi's "Type" or yes or no in a column "directed".
func (l *edgeList) tellsDirection() bool {
	for i := 0; i < 50; i++ {
		next, ok := l.Peek(i)
		if !ok {
			return false
		}
		if f := textfile.Split(next, l.sep); len(f) > l.kind && f[l.kind].Text != "" {
			return l.directionOf(f[l.kind].Text) != asGraph
		}
	}
	return false
}

func (l *edgeList) directionOf(text string) direction {
	text = strings.ToLower(text)
	yes, no := directed, bothWays
	switch plainName(l.columns[l.kind]) {
	case "undirected":
		yes, no = no, yes
		fallthrough
	case "directed", "isdirected":
		switch text {
		case "true", "1", "yes", "t":
			return yes
		case "false", "0", "no", "f":
			return no
		}
	}
	switch text {
	case "directed":
		return directed
	case "undirected", "mutual", "both":
		return bothWays
	}
	return asGraph
}

// edgeLine reads one edge.
func (l *edgeList) edgeLine(text string) error {
	number := l.Number
	if edge, dict, ok := cutDict(text); ok && !l.header {
		f := textfile.Split(edge, l.sep)
		if len(f) != 2 {
			return fail(number, "%q, expected source, target and {attributes}", words.Clip(text, maxQuoted))
		}
		return l.dictLine(f[0].Text, f[1].Text, dict)
	}
	fields, err := l.Fields(text, l.sep)
	if err != nil {
		return fail(number, "%v", err)
	}
	if len(fields) <= max(l.source, l.target) {
		return fail(number, "%q, expected source and target", words.Clip(text, maxQuoted))
	}
	e := newEdge(number)
	projection := ""
	for i, f := range fields {
		switch {
		case i == l.source || i == l.target || f.Text == "":
			continue
		case i >= len(l.columns):
			return fail(number, "%d fields, expected at most %d", len(fields), len(l.columns))
		case i == l.kind:
			if e.direction = l.directionOf(f.Text); e.direction == asGraph {
				return fail(number, "type %q, expected directed or undirected as above", words.Clip(f.Text, maxQuoted))
			}
		default:
			if err := l.setEdge(&e, &projection, l.columns[i], f.Text); err != nil {
				return err
			}
		}
	}
	source, target := fields[l.source], fields[l.target]
	if source.Text == "" || target.Text == "" {
		return fail(number, "source or target is empty")
	}
	if err := l.link(&e, projection); err != nil {
		return err
	}
	return l.add(e, source.Text, target.Text)
}

// dictLine reads an edge of networkx.write_edgelist, whose attributes are a
// Python dictionary.
func (l *edgeList) dictLine(source, target, dict string) error {
	e, projection := newEdge(l.Number), ""
	pairs, err := pythonDict(dict)
	if err != nil {
		return fail(l.Number, "%v", err)
	}
	for _, p := range pairs {
		if err := l.setEdge(&e, &projection, p[0], p[1]); err != nil {
			return err
		}
	}
	if err := l.link(&e, projection); err != nil {
		return err
	}
	return l.add(e, source, target)
}

func writeCSV(w *bufio.Writer, g *topology.Graph) error { return writeEdgeList(w, g, ',') }
func writeTSV(w *bufio.Writer, g *topology.Graph) error { return writeEdgeList(w, g, '\t') }

func writeEdgeList(w *bufio.Writer, g *topology.Graph, sep byte) error {
	undirected := asUndirected(g)
	if undirected {
		w.WriteString("#undirected\n")
	}
	nodeLines{"#node", sep, true}.write(w, g)
	w.WriteString(strings.Join([]string{"source", "target", "weight", "delay", "port", "projection"}, string(sep)) + "\n")
	projections := make([]string, len(g.Projections))
	for i := range projections {
		projections[i] = quoteField(g.Projections[i].Name, sep)
	}
	name := func(id neuron.ID) {
		if g.Names == nil {
			writeInt(w, id)
			return
		}
		w.WriteString(quoteField(g.Names[id], sep))
	}
	return eachSynapse(g, undirected, func(s *topology.Synapse) error {
		name(s.Source)
		w.WriteByte(sep)
		name(s.Target)
		w.WriteByte(sep)
		writeFloat32(w, s.Weight)
		w.WriteByte(sep)
		writeInt(w, s.Delay)
		w.WriteByte(sep)
		w.WriteString(s.Port.String())
		if p := projections[s.Projection]; p != "" {
			w.WriteByte(sep)
			w.WriteString(p)
		}
		return w.WriteByte('\n')
	})
}
