package graphio

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"infomorph/neuron"
	"infomorph/topology"
)

// lines reads a text line by line.
type lines struct {
	*bufio.Scanner
	limit, number int
}

func newLines(r io.Reader, limits Limits) *lines {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, min(1<<16, limits.Token)), limits.Token)
	return &lines{Scanner: s, limit: limits.Token}
}

// next returns the next line that is not blank, trimmed on the right.
func (l *lines) next() (string, bool) {
	for l.Scan() {
		l.number++
		if text := strings.TrimRight(l.Text(), " \t\r"); strings.TrimSpace(text) != "" {
			return text, true
		}
	}
	return "", false
}

// err returns what ended the reading, if it was not the end of the file.
func (l *lines) err() error {
	if errors.Is(l.Err(), bufio.ErrTooLong) {
		return fail(l.number+1, "the line is longer than %d bytes", l.limit)
	}
	return l.Err()
}

// nodeLine reads the fields of a node comment: id, population, kind, x, y, z,
// label. Trailing fields may be absent.
func (c *collector) nodeLine(f []string, line int) error {
	if len(f) == 0 || f[0] == "" {
		return fail(line, "a node line without an id")
	}
	n, err := c.declare(f[0], line)
	if err != nil {
		return err
	}
	for i, name := range []string{"population", "kind", "x", "y", "z", "label"} {
		if i+1 < len(f) && f[i+1] != "" {
			if err := setNode(n, line, name, f[i+1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeNodeLines says of every node what a bare list of edges does not, each
// line with the prefix and the fields apart by sep.
func writeNodeLines(w *bufio.Writer, g *topology.Graph, prefix, sep string) {
	for id := range neuron.ID(total(g)) {
		group, _ := g.Member(id)
		f := []string{idText(id), group.Name, "", "", "", "", ""}
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
			f[i] = quoteField(f[i], sep)
		}
		w.WriteString(prefix + sep + strings.TrimRight(strings.Join(f, sep), sep) + "\n")
	}
}

// quoteField quotes a field as CSV does; line ends become blanks, since lists
// are read line by line.
func quoteField(s, sep string) string {
	s = strings.NewReplacer("\n", " ", "\r", " ").Replace(s)
	if s == "" || !strings.Contains(s, sep) && !strings.ContainsAny(s, "\"#% ") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// splitFields cuts a line at sep, but not inside quotes.
func splitFields(line string, sep byte) []string {
	if !strings.Contains(line, `"`) {
		f := strings.Split(line, string(sep))
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		return f
	}
	var out []string
	var field []byte
	quoted := false
	for i := 0; i < len(line); i++ {
		b := line[i]
		switch {
		case b == '"' && quoted && i+1 < len(line) && line[i+1] == '"':
			field = append(field, '"')
			i++
		case b == '"':
			quoted = !quoted
		case b == sep && !quoted:
			out, field = append(out, string(field)), field[:0]
		default:
			field = append(field, b)
		}
	}
	return append(out, string(field))
}
