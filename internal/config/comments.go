package config

import (
	"sort"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// site is an entry with its place in the file.
type site struct {
	e      *entry
	owner  *node
	parent int // index of the site whose value owner is; -1 at the top
}

// attacher puts comments and empty lines into the tree. The parser loses some
// comments, so they are taken from the tokens. A comment on a line of its own
// belongs to the entry below it or, if it is indented deeper than that entry,
// to the end of the section above it. A comment after something on a line
// belongs to the innermost entry that starts on that line.
type attacher struct {
	root  *node
	sites []site
	lines []string
}

func (s *source) attachComments(root *node) {
	a := &attacher{root: root, lines: strings.Split(s.text, "\n")}
	a.collect(root, -1)
	for _, tk := range s.tokens {
		if tk.Type == token.CommentType {
			p := s.pos(tk)
			a.attach("#"+strings.TrimRight(tk.Value, " \t\n"), p.Line, p.Column)
		}
	}
	a.emptyLines()
	root.splitHead(s.headerLine())
}

// headerLine returns the line of the "---" that may open the document, or 0.
func (s *source) headerLine() int {
	for _, tk := range s.tokens {
		if tk.Type == token.DocumentHeaderType {
			return s.pos(tk).Line
		}
	}
	return 0
}

// splitHead makes comments at the top that an empty line or "---" separates
// from the first entry comments of the document.
func (n *node) splitHead(header int) {
	if len(n.items) == 0 {
		return
	}
	first := n.items[0]
	i := len(first.head)
	for i > 0 && first.head[i-1] != "" && header == 0 {
		i--
	}
	n.head, first.head = first.head[:i:i], first.head[i:]
}

func (a *attacher) collect(n *node, parent int) {
	for _, e := range n.items {
		a.sites = append(a.sites, site{e, n, parent})
		a.collect(e.value, len(a.sites)-1)
	}
}

// after returns the index of the first site that starts below line.
func (a *attacher) after(line int) int {
	return sort.Search(len(a.sites), func(i int) bool { return a.sites[i].e.pos().Line > line })
}

func (a *attacher) blank(line int) bool {
	return line >= 1 && line <= len(a.lines) && strings.TrimSpace(a.lines[line-1]) == ""
}

func (a *attacher) ownLine(line int) bool {
	return line <= len(a.lines) && strings.HasPrefix(strings.TrimLeft(a.lines[line-1], " \t"), "#")
}

func (a *attacher) attach(text string, line, column int) {
	next := a.after(line)
	if !a.ownLine(line) {
		a.trail(text, next)
		return
	}
	lines := &a.root.foot
	if owner := a.footOwner(next, column); owner != nil {
		lines = &owner.foot
	} else if next < len(a.sites) {
		lines = &a.sites[next].e.head
	}
	if a.blank(line - 1) {
		*lines = append(*lines, "")
	}
	*lines = append(*lines, text)
}

// trail attaches a comment at the end of a line; next is the site below it.
func (a *attacher) trail(text string, next int) {
	switch {
	case next == 0 && len(a.sites) == 0:
		a.root.foot = append(a.root.foot, text)
	case next == 0:
		e := a.sites[0].e
		e.head = append([]string{text}, e.head...)
	case a.sites[next-1].e.line == "":
		a.sites[next-1].e.line = text
	default:
		e := a.sites[next-1].e
		e.head = append(e.head, text)
	}
}

// footOwner returns the section that a comment in the given column closes, or
// nil if the comment belongs to the site next.
func (a *attacher) footOwner(next, column int) *node {
	if next == 0 || next < len(a.sites) && column <= a.sites[next].e.pos().Column {
		return nil
	}
	for i := next - 1; i >= 0; i = a.sites[i].parent {
		owner := a.sites[i].owner
		if owner.flow || a.columnOf(owner) > column {
			continue
		}
		if next < len(a.sites) && owner == a.sites[next].owner {
			return nil
		}
		return owner
	}
	return nil
}

func (a *attacher) columnOf(owner *node) int {
	first := owner.items[0]
	if first.key == nil {
		return owner.column
	}
	return first.key.pos.Column
}

// emptyLines keeps one empty line where the source has some before an entry.
func (a *attacher) emptyLines() {
	last := 0
	for _, s := range a.sites {
		line := s.e.pos().Line
		if line > last && a.blank(line-1) && (s.e != s.owner.items[0] || len(s.e.head) > 0) {
			s.e.head = append(s.e.head, "")
		}
		last = max(last, line)
	}
}

// commentCount returns how often each comment occurs below n.
func (n *node) commentCount(into map[string]int) map[string]int {
	count := func(lines ...string) {
		for _, l := range lines {
			if l != "" {
				into[l]++
			}
		}
	}
	count(n.head...)
	count(n.foot...)
	for _, e := range n.items {
		count(e.head...)
		count(e.line)
		e.value.commentCount(into)
	}
	return into
}
