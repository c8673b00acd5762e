package graphio

import (
	"bufio"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/textfile"
	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/topology"
)

// A text matrix has one row per line, separated by commas, semicolons, tabs or
// blanks. [source, target] is the weight; 0, empty or NaN means no synapse.
// Names of the neurons may be above the columns, before the rows, or both.

func readMatrix(r io.Reader, c *collector) error {
	l := &edgeList{collector: c, Lines: textfile.NewLines(r, c.limits.Token), prefer: []byte{',', ';', '\t', '|'}}
	for {
		text, ok := l.Next()
		if !ok {
			if line, err := l.Err(); err != nil {
				return fail(line, "%v", err)
			}
			return fail(0, "the file is empty, expected a matrix")
		}
		if text[0] == '#' || text[0] == '%' {
			continue
		}
		l.sep = l.separator(text)
		l.comma = l.sep == ';'
		var names []string
		head := textFields(text, l.sep)
		if before := l.named(head) && l.named(l.below()); !before && (head[0] == "" || !l.numbers(head)) {
			names = head
		}
		return l.readMatrix(text, names)
	}
}

// numbers reports whether all fields are numbers or empty.
func (c *collector) numbers(fields []string) bool {
	return !slices.ContainsFunc(fields, func(s string) bool {
		if c.comma && strings.Count(s, ",") == 1 {
			s = strings.Replace(s, ",", ".", 1)
		}
		_, err := strconv.ParseFloat(s, 64)
		return err != nil && s != ""
	})
}

// matrixAhead reports whether the text is a matrix: as many rows as columns,
// with numbers only, apart from names. It returns the names above the columns
// if there are any.
func (l *edgeList) matrixAhead(text string) (names []string, is bool) {
	head := textFields(text, l.sep)
	n := len(head)
	if n < 2 || n < 3 && head[0] != "" && !l.fractions(text) || l.opts.Source != "" || l.opts.Target != "" {
		return nil, false
	}
	if l.named(head) && l.namedAhead(head) {
		return nil, true
	}
	if head[0] == "" || !l.numbers(head) {
		return head, l.labelledAhead(head)
	}
	if slices.Contains(head, "") {
		return nil, false
	}
	rows := [][]string{head}
	for _, row := range l.ahead(n) {
		if len(row) != n || !l.numbers(row) {
			return nil, false
		}
		rows = append(rows, row)
	}
	return nil, len(rows) == n && (n != 3 || likelyMatrix(rows))
}

// ahead iterates over the fields of the next lines, at most n. Blank lines are
// skipped.
func (l *edgeList) ahead(n int) iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		row := 0
		for i := 0; row < n; i++ {
			next, ok := l.Peek(i)
			if !ok {
				return
			}
			if strings.TrimSpace(next) == "" {
				continue
			}
			if !yield(row, textFields(next, l.sep)) {
				return
			}
			row++
		}
	}
}

// below returns the fields of the next line, nil at the end.
func (l *edgeList) below() (row []string) {
	for _, next := range l.ahead(1) {
		row = next
	}
	return row
}

// named reports whether a row consists of a name and numbers.
func (c *collector) named(row []string) bool {
	return len(row) > 2 && row[0] != "" && !c.numbers(row[:1]) && c.numbers(row[1:])
}

// namedAhead reports whether all rows of a matrix begin with a name and there
// are no names above: the names are all different, and there are as many rows
// as columns of numbers.
func (l *edgeList) namedAhead(head []string) bool {
	rows, seen := [][]string{head[1:]}, map[string]bool{head[0]: true}
	for _, row := range l.ahead(len(head) - 1) {
		if len(row) != len(head) || !l.named(row) || seen[row[0]] {
			return false
		}
		seen[row[0]] = true
		rows = append(rows, row[1:])
	}
	n := len(head) - 1
	return len(rows) == n && (n > 3 || n == 3 && likelyMatrix(rows))
}

// fractions reports whether this line or the next contains a number that is not
// the name of a node, such as 1.5, or 0.0 as NumPy writes it.
func (l *edgeList) fractions(text string) bool {
	next, _ := l.Peek(0)
	return strings.ContainsRune(text+next, '.')
}

// likelyMatrix distinguishes a 3 × 3 matrix from three edges with weights. It
// is a matrix if, read as edges, an edge would occur twice, have weight 0, or
// join nodes that are not whole numbers.
func likelyMatrix(rows [][]string) bool {
	seen := make(map[[2]string]bool)
	for _, r := range rows {
		w, _ := strconv.ParseFloat(r[2], 64)
		if w == 0 || seen[[2]string{r[0], r[1]}] || strings.ContainsAny(r[0]+r[1], ".-") {
			return true
		}
		seen[[2]string{r[0], r[1]}] = true
	}
	return false
}

// labelledAhead reports whether a line of names is above a matrix: there are as
// many rows as names, and rows contain numbers only, apart from a name at the
// front. Errors in names or rows are found later, when the matrix is read.
func (l *edgeList) labelledAhead(head []string) bool {
	names, corner := head, head[0] == ""
	row := l.below()
	switch {
	case row == nil:
		return false
	case len(row) == len(head)+1: // no corner field
	case corner, len(row) == len(head) && !l.numbers(row[:1]):
		names = head[1:]
	case len(row) != len(head):
		return false
	case row[0] == head[1]: // the corner contains a word, and names are numbers
		names = head[1:]
	}
	if _, _, ok := pairOf(head); ok && head[0] != "" {
		return false
	}
	if _, _, ok := pairOf(names); ok && !slices.Contains(names, row[0]) && !l.countsColumns(names) {
		return false // the first column is the index of a table
	}
	return l.rowsAhead(names, corner)
}

// countsColumns reports whether names only count the columns of a matrix, like
// V1, V2, … in R. With three names, the columns may also be two ends and a
// weight.
func (l *edgeList) countsColumns(names []string) bool {
	var rows [][]string
	for i, row := range l.ahead(len(names)) {
		if !strings.HasSuffix(names[i], strconv.Itoa(i+1)) || names[i][:1] != names[0][:1] || len(row) != len(names)+1 {
			return false
		}
		rows = append(rows, row[1:])
	}
	return len(names) > 3 || len(names) == 3 && likelyMatrix(rows)
}

// rowsAhead checks the rows below the names of a matrix. With an empty corner,
// it is a matrix even if rows and names do not agree.
func (l *edgeList) rowsAhead(names []string, corner bool) bool {
	count := 0
	for _, row := range l.ahead(len(names) + 1) {
		extra := len(row) - len(names)
		if extra < 0 || extra > 1 || !l.numbers(row[extra:]) {
			return false
		}
		if extra == 1 && !corner && (count >= len(names) || row[0] != names[count]) {
			return false
		}
		count++
	}
	return len(names) > 1 && (count == len(names) || corner && count > 1)
}

// readMatrix reads a matrix. text is its first line, names are the names above
// the columns.
func (l *edgeList) readMatrix(text string, names []string) error {
	m := &textMatrix{edgeList: l}
	if names != nil {
		switch row := l.below(); {
		case row != nil && len(row) != len(names) || len(names) == 1: // no corner field
		case names[0] == "", row != nil && (row[0] != "" && !l.numbers(row[:1]) || row[0] == names[1]):
			names = names[1:]
		}
		m.names = names
		if err := m.declareAll(); err != nil {
			return err
		}
	} else {
		first := textFields(text, l.sep)
		m.size = len(first)
		if m.before = l.named(first); m.before {
			m.size--
		} else if err := l.declareRange(int64(m.size), l.Number); err != nil {
			return err
		}
		if err := m.row(text); err != nil {
			return err
		}
	}
	for {
		text, ok := l.Next()
		if !ok {
			break
		}
		if err := m.row(text); err != nil {
			return err
		}
	}
	if line, err := l.Err(); err != nil {
		return fail(line, "%v", err)
	}
	if m.done != m.size {
		return fail(l.Number, "the matrix ends after %d of %d rows", m.done, m.size)
	}
	l.remark("read as a matrix of %d × %d, from the row to the column", m.size, m.size)
	return nil
}

// textMatrix reads a matrix.
type textMatrix struct {
	*edgeList
	names      []string
	before     bool // only rows have names
	size, done int
}

func (m *textMatrix) declareAll() error {
	m.size = len(m.names)
	for _, n := range m.names {
		if n == "" {
			return fail(m.Number, "a column of the matrix has no name")
		}
		if _, err := m.declare(n, m.Number); err != nil {
			return err
		}
	}
	return nil
}

func (m *textMatrix) row(text string) error {
	if m.done == m.size {
		return fail(m.Number, "row %d of a matrix of %d columns, expected a square one, with a row and a column for each neuron", m.done+1, m.size)
	}
	fields, err := m.Fields(text, m.sep)
	if err != nil {
		return fail(m.Number, "%v", err)
	}
	if m.before {
		if _, err := m.declare(fields[0].Text, m.Number); err != nil {
			return err
		}
		fields = fields[1:]
	} else if len(fields) == m.size+1 {
		if own := fields[0].Text; m.names != nil && own != m.names[m.done] && !m.counted(own) {
			return fail(m.Number, "row %d is called %q, column %d %q: rows and columns must go in one order", m.done+1, words.Clip(fields[0].Text, maxQuoted), m.done+1, words.Clip(m.names[m.done], maxQuoted))
		}
		fields = fields[1:]
	}
	if len(fields) != m.size {
		return fail(m.Number, "%d numbers in row %d, expected %d", len(fields), m.done+1, m.size)
	}
	for j, f := range fields {
		if f.Text == "" || strings.EqualFold(f.Text, "nan") {
			continue
		}
		w, err := m.finite(f.Text, m.Number, "row "+strconv.Itoa(m.done+1)+", column "+strconv.Itoa(j+1)+":")
		if err != nil {
			return err
		}
		if w == 0 {
			continue
		}
		e := newEdge(m.Number)
		e.weight, e.source, e.target = float32(w), int32(m.done), int32(j)
		if err := m.addByIndex(e); err != nil {
			return err
		}
	}
	m.done++
	return nil
}

// counted reports whether the name of a row is its position, from 0 or 1, as R
// and pandas write rows without names.
func (m *textMatrix) counted(own string) bool {
	v, err := strconv.Atoi(own)
	return err == nil && (v == m.done || v == m.done+1) && !slices.Contains(m.names, own)
}

// addByIndex adds an edge whose ends are node indices.
func (c *collector) addByIndex(e edge) error {
	if c.edges.len() >= c.limits.Edges {
		return fail(int(e.line), "more than %d edges%s", c.limits.Edges, c.limits.Why)
	}
	c.edges.add(e)
	return nil
}

// writeMatrix writes a matrix with names above the columns and before the rows,
// for pandas with index_col=0 and R with row.names = 1.
func writeMatrix(w *bufio.Writer, g *topology.Graph) error {
	for id := range neuron.ID(total(g)) {
		w.WriteString("," + quoteField(g.Name(id), ','))
	}
	w.WriteByte('\n')
	return denseRows(g, func(source neuron.ID, row []float32) error {
		w.WriteString(quoteField(g.Name(source), ','))
		for _, v := range row {
			w.WriteByte(',')
			writeFloat32(w, v)
		}
		return w.WriteByte('\n')
	})
}
