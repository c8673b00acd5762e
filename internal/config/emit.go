package config

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lineWidth is how long a line with brackets may get before it is broken up.
const lineWidth = 80

// emitter writes a tree in the canonical layout: two spaces for a level, one
// space inside brackets, lists below their key and indented.
type emitter struct {
	b strings.Builder
}

// emit returns the document in the canonical layout.
func emit(root *node) []byte {
	var w emitter
	if w.comments(root.head, 0, true); w.b.Len() > 0 && root.head[len(root.head)-1] != "" {
		w.b.WriteString("\n")
	}
	switch {
	case root.isScalar() && root.kind != Null:
		w.b.WriteString(scalarText(root, false) + "\n")
	case root.kind != Null && len(root.items) == 0:
		w.b.WriteString(flowText(root) + "\n")
	}
	w.entries(root, 0, false)
	return []byte(w.b.String())
}

func (w *emitter) pad(indent int) { w.b.WriteString(strings.Repeat(" ", indent)) }

// comments writes comment lines; a first entry has no empty line above.
func (w *emitter) comments(lines []string, indent int, first bool) {
	for _, l := range lines {
		if l == "" && !first {
			w.b.WriteString("\n")
		} else if l != "" {
			w.pad(indent)
			w.b.WriteString(l + "\n")
			first = false
		}
	}
}

// entries writes the entries of a collection in block style; inline means that
// the line already has its indentation and a dash.
func (w *emitter) entries(n *node, indent int, inline bool) {
	for i, e := range n.items {
		if !inline || i > 0 {
			w.comments(e.head, indent, i == 0)
			if e.line != "" && (isBlockText(e.value) || isFoldedText(e.value)) {
				w.comments([]string{e.line}, indent, false)
			}
			w.pad(indent)
		}
		prefix := "- "
		if e.key != nil {
			prefix = keyText(e.key) + ": "
		}
		w.entry(e, prefix, indent)
	}
	w.comments(n.foot, indent, len(n.items) == 0)
}

// entry writes prefix and the value after or below it.
func (w *emitter) entry(e *entry, prefix string, indent int) {
	n := e.value
	switch {
	case isFoldedText(n):
		w.b.WriteString(prefix)
		w.foldedText(n.text, indent+2)
	case isBlockText(n):
		w.b.WriteString(prefix)
		w.blockText(n.text, indent+2)
	case n.isScalar():
		w.line(strings.TrimRight(prefix+scalarText(n, false), " "), e.line)
	// A comment at the end of a line with brackets would belong to what is inside them.
	case e.line == "" && w.fits(n, indent+utf8.RuneCountInString(prefix)):
		w.line(prefix+flowText(n), "")
	case e.key == nil && e.line == "" && !n.items[0].hasHead():
		w.b.WriteString(prefix)
		w.entries(n, indent+2, true)
	default:
		w.line(strings.TrimRight(prefix, " "), e.line)
		w.entries(n, indent+2, false)
	}
}

func (e *entry) hasHead() bool {
	for _, l := range e.head {
		if l != "" {
			return true
		}
	}
	return false
}

func (w *emitter) line(text, comment string) {
	if comment != "" {
		text += " " + comment
	}
	w.b.WriteString(text + "\n")
}

// blockText writes a text of several lines.
func (w *emitter) blockText(text string, indent int) {
	header := "|-\n"
	if strings.HasSuffix(text, "\n") {
		header, text = "|\n", strings.TrimSuffix(text, "\n")
	}
	w.b.WriteString(header)
	for _, l := range strings.Split(text, "\n") {
		if l != "" {
			w.pad(indent)
		}
		w.b.WriteString(l + "\n")
	}
}

// isFoldedText reports whether n is text that was folded and can be again:
// words with single spaces between them, in paragraphs.
func isFoldedText(n *node) bool {
	body := strings.TrimSuffix(n.text, "\n")
	if n.kind != String || !n.folded || body == "" || len(body) < lineWidth/2 && !strings.Contains(body, "\n") {
		return false
	}
	for _, paragraph := range strings.Split(body, "\n") {
		if paragraph == "" || strings.Join(strings.Fields(paragraph), " ") != paragraph {
			return false
		}
	}
	return !strings.ContainsFunc(body, func(r rune) bool { return r != '\n' && !strconv.IsPrint(r) })
}

// foldedText writes paragraphs with their lines broken between words.
func (w *emitter) foldedText(text string, indent int) {
	header := ">-\n"
	if strings.HasSuffix(text, "\n") {
		header, text = ">\n", strings.TrimSuffix(text, "\n")
	}
	w.b.WriteString(header)
	for i, paragraph := range strings.Split(text, "\n") {
		if i > 0 {
			w.b.WriteString("\n")
		}
		column := 0
		for _, word := range strings.Fields(paragraph) {
			length := utf8.RuneCountInString(word)
			switch {
			case column == 0:
				w.pad(indent)
				column = indent
			case column+1+length > lineWidth:
				w.b.WriteString("\n")
				w.pad(indent)
				column = indent
			default:
				w.b.WriteString(" ")
				column++
			}
			w.b.WriteString(word)
			column += length
		}
		w.b.WriteString("\n")
	}
}

// isBlockText reports whether n is text that is best shown line by line.
func isBlockText(n *node) bool {
	body, _ := strings.CutSuffix(n.text, "\n")
	if n.kind != String || body == n.text && !strings.Contains(body, "\n") || body == "" || strings.HasSuffix(body, "\n") {
		return false
	}
	for i, l := range strings.Split(body, "\n") {
		if l != strings.TrimRight(l, " \t") || i == 0 && l != strings.TrimLeft(l, " \t\n") || i == 0 && l == "" {
			return false
		}
	}
	return !strings.ContainsFunc(body, func(r rune) bool { return r != '\n' && r != '\t' && !strconv.IsPrint(r) })
}

// fits reports whether a collection is written in brackets from column on: it
// was so in the source, it has no comments, and the line stays short.
func (w *emitter) fits(n *node, column int) bool {
	if len(n.items) == 0 {
		return true
	}
	if !n.flow || len(n.commentCount(map[string]int{})) > 0 {
		return false
	}
	text := flowText(n)
	return column+utf8.RuneCountInString(text) <= lineWidth
}

// flowText returns n in brackets.
func flowText(n *node) string {
	if n.isScalar() {
		return scalarText(n, true)
	}
	parts := make([]string, len(n.items))
	for i, e := range n.items {
		parts[i] = flowText(e.value)
		if e.key != nil {
			parts[i] = keyText(e.key) + ": " + parts[i]
		}
	}
	if n.kind == Map {
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func keyText(k *node) string {
	if plainKind(k.text) == String && isSafe(k.text, true) {
		return k.text
	}
	return quote(k.text)
}

func scalarText(n *node, flow bool) string {
	switch {
	case n.kind == Null && flow:
		return "null"
	case n.kind != String:
		return n.text
	case !n.quoted && plainKind(n.text) == String && isSafe(n.text, flow):
		return n.text
	default:
		return quote(n.text)
	}
}

var (
	safeFlow  = regexp.MustCompile(`^[\pL\pN_./(]([\pL\pN_./()+*%=<>|&!^~ -]*[\pL\pN_./()+*%=<>|&!^~-])?$`)
	safeBlock = regexp.MustCompile(`^[\pL\pN_./(]([\pL\pN_./()+*%=<>|&!^~ ,\[\]{}'"$;?@-]|:[\pL\pN_./-])*$`)
)

// isSafe reports whether text reads the same without quotes. In doubt it
// returns false.
func isSafe(text string, flow bool) bool {
	if strings.HasPrefix(text, "...") || strings.HasSuffix(text, " ") {
		return false
	}
	if flow {
		return safeFlow.MatchString(text)
	}
	return safeBlock.MatchString(text) && !strings.Contains(text, " :")
}

// quote returns text in quotes: double ones, or single ones where that saves
// escapes.
func quote(text string) string {
	double := strconv.Quote(text)
	if strings.ContainsAny(text, `"\`) && !strings.ContainsRune(text, '\'') && strings.IndexFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) < 0 {
		return "'" + text + "'"
	}
	return double
}
