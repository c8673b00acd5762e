package graphio

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/textfile"
	"infomorph/internal/words"
	"infomorph/topology"
)

// Matrix Market: entry (i,j) is the weight of the synapse from i to j, where
// indices start at 1. Other data is in comments, which other programs skip:
// "%node" lines, and delay, port and projection in one "%edges" line if they
// are the same for all entries, otherwise in one "%edge" line per entry, in
// order.

// market reads a Matrix Market file.
type market struct {
	*collector
	*textfile.Lines
	array, symmetric, skew, pattern bool
	attrs                           []edge // of the "%edge" lines
	common                          *edge  // of the "%edges" line
	nodeLines                       [][]textfile.Field
	nodeLineNumbers                 []int
	rows                            int64
}

func readMatrixMarket(r io.Reader, c *collector) error {
	c.byLabel = true
	m := &market{collector: c, Lines: textfile.NewLines(r, c.limits.Token)}
	if err := m.banner(); err != nil {
		return err
	}
	size, err := m.comments()
	if err != nil {
		return err
	}
	entries, err := m.size(size)
	if err != nil {
		return err
	}
	if m.array {
		err = m.dense()
	} else {
		err = m.coordinates(entries)
	}
	if err != nil {
		return err
	}
	if text, ok := m.Next(); ok {
		return fail(m.Number, "%q after the last entry", words.Clip(text, maxQuoted))
	}
	return m.ended()
}

// line returns the next line without trailing blanks, or an error that says
// where the file ends.
func (m *market) line(where string, args ...any) (string, error) {
	text, ok := m.Next()
	if ok {
		return strings.TrimRight(text, " \t"), nil
	}
	if err := m.ended(); err != nil {
		return "", err
	}
	return "", fail(max(m.Number, 1), "the file ends "+where, args...)
}

// ended returns the error that ended the reading, nil at the end of the file.
func (m *market) ended() error {
	if line, err := m.Err(); err != nil {
		return fail(line, "%v", err)
	}
	return nil
}

func (m *market) banner() error {
	text, err := m.line("before %%%%MatrixMarket")
	if err != nil {
		return err
	}
	f := strings.Fields(strings.ToLower(text))
	if len(f) != 5 || f[0] != "%%matrixmarket" || f[1] != "matrix" {
		return fail(m.Number, "%q, expected %%%%MatrixMarket matrix coordinate|array real|integer|pattern general|symmetric", words.Clip(text, maxQuoted))
	}
	m.array = f[2] == "array"
	m.pattern = f[3] == "pattern"
	m.symmetric = f[4] == "symmetric"
	m.skew = f[4] == "skew-symmetric"
	switch {
	case !m.array && f[2] != "coordinate", m.array && m.pattern:
		return fail(m.Number, "%s %s, expected coordinate or array", words.Clip(f[2], maxQuoted), words.Clip(f[3], maxQuoted))
	case f[3] != "real" && f[3] != "double" && f[3] != "integer" && !m.pattern:
		return fail(m.Number, "field %q, expected real, integer or pattern", words.Clip(f[3], maxQuoted))
	case f[4] != "general" && !m.symmetric && !m.skew:
		return fail(m.Number, "symmetry %q, expected general, symmetric or skew-symmetric", words.Clip(f[4], maxQuoted))
	}
	m.undirected = m.symmetric
	return nil
}

// comments reads all lines up to the size line and returns that line.
func (m *market) comments() (string, error) {
	for {
		text, err := m.line("before the size line")
		if err != nil {
			return "", err
		}
		if !strings.HasPrefix(text, "%") {
			return text, nil
		}
		f := textfile.Split(text, '\t')
		switch f[0].Text {
		case "%node":
			if len(m.nodeLines) >= m.limits.Nodes {
				return "", fail(m.Number, "more than %d nodes", m.limits.Nodes)
			}
			m.nodeLines, m.nodeLineNumbers = append(m.nodeLines, slices.Clone(f[1:])), append(m.nodeLineNumbers, m.Number)
		case "%edge", "%edges":
			if err := m.edgeLine(f[0].Text == "%edges", f[1:]); err != nil {
				return "", err
			}
		}
	}
}

func (m *market) edgeLine(common bool, f []textfile.Field) error {
	if len(m.attrs) >= m.limits.Edges {
		return fail(m.Number, "more than %d edges%s", m.limits.Edges, m.limits.Why)
	}
	e, projection := newEdge(m.Number), ""
	for i, name := range []string{"delay", "port", "projection"} {
		if i < len(f) && f[i].Text != "" {
			if err := m.setEdge(&e, &projection, name, f[i].Text); err != nil {
				return err
			}
		}
	}
	if err := m.link(&e, projection); err != nil {
		return err
	}
	if common {
		m.common = &e
	} else {
		m.attrs = append(m.attrs, e)
	}
	return nil
}

// size reads the size line and declares the nodes.
func (m *market) size(text string) (entries int64, err error) {
	f := strings.Fields(text)
	want := 3
	if m.array {
		want = 2
	}
	var n [3]int64
	ok := len(f) == want
	for i := 0; ok && i < want; i++ {
		n[i], err = strconv.ParseInt(f[i], 10, 64)
		ok = err == nil && n[i] >= 0
	}
	switch {
	case !ok:
		return 0, fail(m.Number, "size line %q, expected %d whole numbers", words.Clip(text, maxQuoted), want)
	case n[0] != n[1]:
		return 0, fail(m.Number, "a matrix of %d × %d, expected a square one", n[0], n[1])
	case n[2] > int64(m.limits.Edges):
		return 0, fail(m.Number, "%d entries are declared, expected at most %d", n[2], m.limits.Edges)
	case !m.array && len(m.nodeLines) == 0 && n[0] <= int64(m.limits.Nodes) && n[0] > int64(m.limits.Implied)+100*n[2]:
		return 0, fail(m.Number, "%d rows for %d entries, expected at most %d and 100 more for each entry: nearly all neurons would have no synapse", n[0], n[2], m.limits.Implied)
	case m.array && n[0] > int64(m.limits.Token):
		return 0, fail(m.Number, "a dense matrix of %d rows, expected at most %d", n[0], m.limits.Token)
	}
	m.rows = n[0]
	if len(m.nodeLines) > 0 && int64(len(m.nodeLines)) != n[0] {
		return 0, fail(m.Number, "%d %%node lines for %d rows", len(m.nodeLines), n[0])
	}
	for i, f := range m.nodeLines {
		if len(f) > 0 && f[0].Text != "" {
			if at, err := strconv.Atoi(f[0].Text); err != nil || at < 0 || at >= len(m.nodeLines) {
				return 0, fail(m.nodeLineNumbers[i], "%%node %q, expected 0 to %d", words.Clip(f[0].Text, maxQuoted), n[0]-1)
			}
		}
		if err := m.nodeLine(f, m.nodeLineNumbers[i]); err != nil {
			return 0, err
		}
	}
	m.nodeLines = nil
	return n[2], m.declareRange(n[0], m.Number)
}

func (m *market) coordinates(entries int64) error {
	if len(m.attrs) > 0 && int64(len(m.attrs)) != entries {
		return fail(m.Number, "%d %%edge lines for %d entries", len(m.attrs), entries)
	}
	for k := range entries {
		text, err := m.line("after %d of %d entries", k, entries)
		if err != nil {
			return err
		}
		f := strings.Fields(text)
		if want := 3; len(f) != want && !(m.pattern && len(f) == 2) {
			return fail(m.Number, "%q, expected row, column and value", words.Clip(text, maxQuoted))
		}
		e := newEdge(m.Number)
		if len(m.attrs) > 0 {
			e = m.attrs[k]
		} else if m.common != nil {
			e = *m.common
		}
		e.line = int32(m.Number)
		if len(f) == 3 {
			if err := m.setWeight(&e, f[2]); err != nil {
				return err
			}
		}
		if err := m.entry(e, f[0], f[1]); err != nil {
			return err
		}
	}
	return nil
}

func (m *market) setWeight(e *edge, text string) error {
	w, err := m.finite(text, int(e.line), "weight")
	e.weight = float32(w)
	return err
}

func (m *market) entry(e edge, row, column string) error {
	i, err1 := strconv.ParseInt(row, 10, 64)
	j, err2 := strconv.ParseInt(column, 10, 64)
	if err1 != nil || err2 != nil || i < 1 || j < 1 || i > m.rows || j > m.rows {
		return fail(int(e.line), "entry (%s, %s), expected indices from 1 to %d", words.Clip(row, maxQuoted), words.Clip(column, maxQuoted), m.rows)
	}
	return m.place(e, i-1, j-1)
}

// place adds an entry. In a skew-symmetric matrix it also adds the negative
// entry on the other side.
func (m *market) place(e edge, i, j int64) error {
	row, column := strconv.FormatInt(i, 10), strconv.FormatInt(j, 10)
	if err := m.add(e, row, column); err != nil || !m.skew {
		return err
	}
	e.weight = -e.weight
	return m.add(e, column, row)
}

// dense reads a matrix column by column. Symmetric columns begin at the
// diagonal.
func (m *market) dense() error {
	for j := range m.rows {
		first := int64(0)
		if m.symmetric {
			first = j
		} else if m.skew { // the diagonal is not listed
			first = j + 1
		}
		for i := first; i < m.rows; i++ {
			text, err := m.line("at entry (%d, %d)", i+1, j+1)
			if err != nil {
				return err
			}
			e := newEdge(m.Number)
			if err := m.setWeight(&e, text); err != nil {
				return err
			}
			if e.weight == 0 {
				continue
			}
			if err := m.place(e, i, j); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeMatrixMarket(w *bufio.Writer, g *topology.Graph) error {
	undirected := asUndirected(g)
	symmetry := "general"
	if undirected {
		symmetry = "symmetric"
	}
	fmt.Fprintf(w, "%%%%MatrixMarket matrix coordinate real %s\n", symmetry)
	nodeLines{"%node", '\t', false}.write(w, g)
	entries, err := writeEdgeLines(w, g, undirected)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d %d %d\n", total(g), total(g), entries)
	return eachSynapse(g, undirected, func(s *topology.Synapse) error {
		i, j := s.Source, s.Target
		if undirected { // the lower triangle
			i, j = j, i
		}
		writeInt(w, i+1)
		w.WriteByte(' ')
		writeInt(w, j+1)
		w.WriteByte(' ')
		writeFloat32(w, s.Weight)
		return w.WriteByte('\n')
	})
}

// writeEdgeLines writes the attributes that the matrix does not contain, and
// returns the number of entries.
func writeEdgeLines(w *bufio.Writer, g *topology.Graph, undirected bool) (entries int, err error) {
	var first topology.Synapse
	alike := true
	err = eachSynapse(g, undirected, func(s *topology.Synapse) error {
		if entries++; entries == 1 {
			first = *s
		}
		alike = alike && s.Delay == first.Delay && s.Port == first.Port && s.Projection == first.Projection
		return nil
	})
	line := func(word string, s *topology.Synapse) error {
		_, err := fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", word, s.Delay, s.Port, quoteField(linkName(g, s), '\t'))
		return err
	}
	switch {
	case err != nil || entries == 0:
		return entries, err
	case alike:
		return entries, line("%edges", &first)
	}
	return entries, eachSynapse(g, undirected, func(s *topology.Synapse) error { return line("%edge", s) })
}
