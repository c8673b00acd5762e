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

// Pajek files have sections that begin with *: vertices, arcs (directed) and
// edges (undirected). Source: the Pajek manual. Labels are used as the names of
// nodes if they are all different.

// pajek reads a Pajek file.
type pajek struct {
	*collector
	*textfile.Lines
	section string
	count   int
	row     int
}

func readPajek(r io.Reader, c *collector) error {
	c.byLabel = true
	p := &pajek{collector: c, Lines: textfile.NewLines(r, c.limits.Token)}
	for {
		text, ok := p.Next()
		if !ok {
			break
		}
		if text[0] == '%' {
			continue
		}
		var err error
		if strings.HasPrefix(text, "*") {
			err = p.open(text)
		} else {
			err = p.line(text)
		}
		if err != nil {
			return err
		}
	}
	if line, err := p.Err(); err != nil {
		return fail(line, "%v", err)
	}
	if p.section == "" {
		return fail(0, "no section *Vertices in it, expected a Pajek network")
	}
	return p.listed()
}

// open begins a section.
func (p *pajek) open(text string) error {
	f := strings.Fields(text)
	section := strings.ToLower(f[0])
	switch section {
	case "*vertices":
		if p.count > 0 {
			return fail(p.Number, "*Vertices a second time: one network per file is supported")
		}
		n := int64(0)
		if len(f) > 1 {
			n, _ = strconv.ParseInt(f[1], 10, 64) // an error leaves 0 or a number out of bounds
		}
		if n < 1 || n > int64(p.limits.Nodes) {
			return fail(p.Number, "%q, expected *Vertices and their number, 1 to %d", words.Clip(text, maxQuoted), p.limits.Nodes)
		}
		p.count = int(n)
		for i := range min(p.count, p.limits.Implied) {
			if _, err := p.declare(strconv.Itoa(i+1), p.Number); err != nil {
				return err
			}
		}
	case "*arcs", "*edges", "*arcslist", "*edgeslist", "*matrix":
		if p.count == 0 {
			return fail(p.Number, "%s before *Vertices", f[0])
		}
		if err := p.listed(); err != nil {
			return err
		}
	case "*network":
	default:
		p.remark("section %s is not read", words.Clip(f[0], maxQuoted))
	}
	p.section, p.row = section, 0
	return nil
}

func (p *pajek) line(text string) error {
	if p.section == "" {
		return fail(p.Number, "%q, expected *Vertices", words.Clip(text, maxQuoted))
	}
	fields, err := p.Fields(text, textfile.Blanks)
	if err != nil {
		return fail(p.Number, "%v", err)
	}
	switch p.section {
	case "*vertices":
		return p.vertex(fields)
	case "*arcs", "*edges":
		return p.arc(fields)
	case "*arcslist", "*edgeslist":
		for _, f := range fields[1:] {
			if err := p.join(newEdge(p.Number), fields[0].Text, f.Text); err != nil {
				return err
			}
		}
	case "*matrix":
		p.row++
		for j, f := range fields {
			e := newEdge(p.Number)
			w, err := p.finite(f.Text, p.Number, "weight")
			if err != nil {
				return err
			}
			if e.weight = float32(w); w == 0 {
				continue
			}
			if err := p.join(e, strconv.Itoa(p.row), strconv.Itoa(j+1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// listed returns an error unless all vertices are known. Only Limits.Implied
// vertices may be left out of the list; a file with more must list all of them,
// in order.
func (p *pajek) listed() error {
	if len(p.nodes) < p.count {
		return fail(p.Number, "%d vertices are declared and vertex %d is not listed; only %d need not be", p.count, len(p.nodes)+1, p.limits.Implied)
	}
	return nil
}

// vertex reads a number, a label, up to three coordinates, and parameters.
func (p *pajek) vertex(fields []textfile.Field) error {
	i, err := p.number(fields[0].Text)
	if err != nil {
		return err
	}
	if int(i) == len(p.nodes) {
		if _, err := p.declare(strconv.Itoa(int(i)+1), p.Number); err != nil {
			return err
		}
	}
	if int(i) >= len(p.nodes) {
		return p.listed()
	}
	n := &p.nodes[i]
	if len(fields) > 1 {
		p.setNode(n, "label", fields[1].Text)
	}
	axis := 0
	for k := 2; k < len(fields); k++ {
		if _, err := strconv.ParseFloat(fields[k].Text, 64); err == nil && axis < 3 && axis == k-2 {
			p.setNode(n, "xyz"[axis:axis+1], fields[k].Text)
			axis++
			continue
		}
		if name := fields[k].Text; k+1 < len(fields) && (name == "population" || name == "kind") {
			p.setNode(n, name, fields[k+1].Text)
			k++
			continue
		}
		p.leave("node", fields[k].Text, "x")
		k++
	}
	return nil
}

// arc reads two vertex numbers, a weight, and parameters.
func (p *pajek) arc(fields []textfile.Field) error {
	if len(fields) < 2 {
		return fail(p.Number, "%q, expected two vertices", words.Clip(fields[0].Text, maxQuoted))
	}
	e, projection := newEdge(p.Number), ""
	from := 2
	if len(fields) > 2 {
		if _, err := strconv.ParseFloat(fields[2].Text, 64); err == nil {
			w, err := p.finite(fields[2].Text, p.Number, "weight")
			if err != nil {
				return err
			}
			e.weight, from = float32(w), 3
		}
	}
	for k := from; k+1 < len(fields); k += 2 {
		if err := p.setEdge(&e, &projection, fields[k].Text, fields[k+1].Text); err != nil {
			return err
		}
	}
	if err := p.link(&e, projection); err != nil {
		return err
	}
	return p.join(e, fields[0].Text, fields[1].Text)
}

// number returns the index of a vertex. Pajek counts from 1.
func (p *pajek) number(text string) (int, error) {
	i, err := strconv.Atoi(text)
	if err != nil || i < 1 || i > p.count {
		return 0, fail(p.Number, "vertex %q, expected 1 to %d", words.Clip(text, maxQuoted), p.count)
	}
	return i - 1, nil
}

// join adds an edge with the direction of the section.
func (p *pajek) join(e edge, source, target string) error {
	i, err := p.number(source)
	if err != nil {
		return err
	}
	j, err := p.number(strings.TrimPrefix(target, "-"))
	if err != nil {
		return err
	}
	if e.projection < 0 {
		if err := p.link(&e, ""); err != nil {
			return err
		}
	}
	e.source, e.target, e.direction = int32(i), int32(j), directed
	if strings.HasPrefix(p.section, "*edges") {
		e.direction = bothWays
	}
	return p.addByIndex(e)
}

func writePajek(w *bufio.Writer, g *topology.Graph) error {
	undirected := asUndirected(g)
	w.WriteString("*Vertices " + strconv.Itoa(total(g)) + "\n")
	for id := range neuron.ID(total(g)) {
		label := g.Name(id)
		if g.Labels != nil && g.Names == nil {
			label = g.Labels[id]
		}
		w.WriteString(strconv.Itoa(int(id)+1) + ` "` + strings.ReplaceAll(strings.NewReplacer("\n", " ", "\r", " ").Replace(label), `"`, `""`) + `"`)
		if p, ok := g.Position(id); ok {
			for _, v := range p {
				w.WriteString(" " + strconv.FormatFloat(v, 'g', -1, 64))
			}
		}
		group, _ := g.Member(id)
		w.WriteString(" population " + pajekQuote(group.Name))
		if int(id) >= g.NumNeurons() {
			w.WriteString(" kind channel")
		}
		w.WriteByte('\n')
	}
	w.WriteString(map[bool]string{true: "*Edges\n", false: "*Arcs\n"}[undirected])
	return eachSynapse(g, undirected, func(s *topology.Synapse) error {
		w.WriteString(strconv.Itoa(int(s.Source)+1) + " " + strconv.Itoa(int(s.Target)+1) + " ")
		writeFloat32(w, s.Weight)
		w.WriteString(" delay " + strconv.Itoa(int(s.Delay)) + " port " + s.Port.String())
		if name := linkName(g, s); name != "" {
			w.WriteString(" projection " + pajekQuote(name))
		}
		return w.WriteByte('\n')
	})
}

func pajekQuote(s string) string {
	if s == "" {
		return `""`
	}
	return quoteField(s, textfile.Blanks)
}
