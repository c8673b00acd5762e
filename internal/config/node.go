package config

import (
	"regexp"
	"strconv"
	"strings"
)

// Kind is what a node of a document is.
type Kind uint8

// The kinds of nodes; the scalars are those of the YAML 1.2 core schema.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

// String returns the kind as a message names it, with its article.
func (k Kind) String() string {
	return [...]string{"nothing", "true or false", "a whole number", "a number", "text", "a list", "a section"}[k]
}

// Pos is where something was written. Line and Column count from 1, columns in
// characters; Line 0 means that File names an override, not a file.
type Pos struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// String returns file:line:column, or the override as it was given.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// node is one value of a document.
type node struct {
	kind   Kind
	text   string // scalar as meant: without quotes and escapes
	quoted bool   // the scalar had quotes or was a block of text
	folded bool   // the text was a block that folds its lines
	block  Pos    // of the first line of a block of text
	flow   bool   // the collection was written in brackets
	pos    Pos
	column int // of the dashes of a list in block style
	items  []*entry
	head   []string // comment lines at the top of a document
	foot   []string // comment lines after the last entry; "" is an empty line
}

// entry is one key of a mapping or one element of a sequence (key nil).
type entry struct {
	key   *node
	value *node
	head  []string // comment lines above; "" is an empty line
	line  string   // comment at the end of the line
}

func (e *entry) pos() Pos {
	if e.key != nil {
		return e.key.pos
	}
	return e.value.pos
}

// get returns the value of key in a mapping, or nil.
func (n *node) get(key string) *node {
	if e := n.entry(key); e != nil {
		return e.value
	}
	return nil
}

func (n *node) entry(key string) *entry {
	if n.kind != Map {
		return nil
	}
	for _, e := range n.items {
		if e.key.text == key {
			return e
		}
	}
	return nil
}

func (n *node) isScalar() bool { return n.kind < List }

// describe returns what was found, for error messages.
func (n *node) describe() string {
	switch n.kind {
	case Null:
		return "nothing"
	case String:
		return strconv.Quote(shorten(n.text, 40))
	case List:
		return "a list of " + strconv.Itoa(len(n.items))
	case Map:
		return "a section" + n.keyList()
	default:
		return shorten(n.text, 40)
	}
}

func (n *node) keyList() string {
	var keys []string
	for _, e := range n.items {
		keys = append(keys, shorten(e.key.text, 20))
	}
	if len(keys) == 0 {
		return " without keys"
	}
	return " (" + Abridge(keys, 5) + ")"
}

// Abridge joins the first words with commas, at most most of them.
func Abridge(words []string, most int) string {
	if len(words) > most {
		return strings.Join(words[:most], ", ") + ", …"
	}
	return strings.Join(words, ", ")
}

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

var (
	intForm   = regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$`)
	floatForm = regexp.MustCompile(`^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// plainKind returns what a scalar without quotes is in YAML 1.2.
func plainKind(text string) Kind {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	}
	if c := text[0]; c != '+' && c != '-' && c != '.' && (c < '0' || c > '9') {
		return String
	}
	switch {
	case intForm.MatchString(text):
		return Int
	case floatForm.MatchString(text):
		return Float
	default:
		return String
	}
}

// clone returns a deep copy of n.
func (n *node) clone() *node {
	c := *n
	c.items = make([]*entry, len(n.items))
	for i, e := range n.items {
		f := *e
		if e.key != nil {
			f.key = e.key.clone()
		}
		f.value = e.value.clone()
		c.items[i] = &f
	}
	return &c
}

// equal reports whether two documents say the same, whatever their layout.
func (n *node) equal(m *node) bool {
	if n.kind != m.kind || len(n.items) != len(m.items) || n.isScalar() && n.text != m.text {
		return false
	}
	for i, e := range n.items {
		f := m.items[i]
		if e.key != nil && e.key.text != f.key.text || !e.value.equal(f.value) {
			return false
		}
	}
	return true
}
