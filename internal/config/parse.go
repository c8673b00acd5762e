package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits on a document. The parser needs time that grows with the square of
// the keys in one mapping and of the nesting, so both are bounded.
const (
	MaxSize  = 1 << 20 // bytes
	maxDepth = 64      // levels of nesting
	maxKeys  = 20_000  // keys in the whole document
)

// source is a document as text with its tokens.
type source struct {
	file   string
	text   string
	tokens token.Tokens
}

// parse reads data into a tree. With comments it also attaches the comments
// and empty lines, which only formatting needs.
func parse(file string, data []byte, comments bool) (root *node, err error) {
	defer func() {
		if recover() != nil {
			root, err = nil, &Error{Pos: Pos{file, 1, 1}, Problem: "not valid YAML", Hint: "the parser gave up; look for unbalanced brackets or quotes"}
		}
	}()
	text, err := cleanText(file, data)
	if err != nil {
		return nil, err
	}
	src := &source{file: file, text: text, tokens: lexer.Tokenize(text)}
	if err := src.checkTokens(); err != nil {
		return nil, err
	}
	tree, err := parser.Parse(src.tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, src.syntaxError(err)
	}
	b := &builder{file: file}
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			root = b.build(doc.Body, "", 0)
		}
	}
	if root == nil {
		root = &node{kind: Null}
	}
	root.pos = Pos{file, 1, 1}
	if err := b.errs.err(); err != nil {
		return nil, err
	}
	if comments {
		src.attachComments(root)
	}
	return root, nil
}

// cleanText rejects bytes that no YAML parser should see and makes all line
// ends the same.
func cleanText(file string, data []byte) (string, error) {
	start := Pos{file, 1, 1}
	if len(data) > MaxSize {
		return "", &Error{Pos: start, Problem: "larger than the limit of 1 MiB", Hint: "keep data in files of its own and name them here"}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return "", &Error{Pos: firstPos(file, data, func(r rune, size int) bool { return r == utf8.RuneError && size == 1 }),
			Problem: "not UTF-8 text", Hint: "save the file with the encoding UTF-8"}
	}
	isControl := func(r rune, _ int) bool {
		return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff'
	}
	if bytes.ContainsFunc(data, func(r rune) bool { return isControl(r, 0) }) {
		return "", &Error{Pos: firstPos(file, data, isControl), Problem: "contains a control character", Hint: "remove it, or write it as an escape in double quotes"}
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	return strings.ReplaceAll(text, "\r", "\n"), nil
}

// firstPos returns where in data the first rune is that bad accepts.
func firstPos(file string, data []byte, bad func(r rune, size int) bool) Pos {
	p := Pos{file, 1, 1}
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if bad(r, size) {
			break
		}
		p.Column++
		if r == '\n' {
			p.Line, p.Column = p.Line+1, 1
		}
		data = data[size:]
	}
	return p
}

// checkTokens returns an error for YAML that the language does not allow. It
// also limits the work of the parser before it starts.
func (s *source) checkTokens() error {
	d := depthMeter{}
	keys := 0
	for i, tk := range s.tokens {
		if problem, hint := unwanted(tk, i); problem != "" {
			return &Error{Pos: s.pos(tk), Problem: problem, Hint: hint}
		}
		if tk.Type == token.MappingValueType || tk.Type == token.MappingKeyType {
			keys++
		}
		if d.add(tk); d.depth() > maxDepth {
			return &Error{Pos: s.pos(tk), Problem: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
		}
		if keys > maxKeys {
			return &Error{Pos: s.pos(tk), Problem: fmt.Sprintf("more than %d keys", maxKeys)}
		}
	}
	return nil
}

func unwanted(tk *token.Token, index int) (problem, hint string) {
	const writeOut = "write the value out where it is needed"
	switch tk.Type {
	case token.AnchorType, token.AliasType:
		return "anchors and aliases (& and *) are not allowed", writeOut + ", or put quotes around text that starts with & or *"
	case token.MergeKeyType:
		return "merge keys (<<) are not allowed", writeOut
	case token.TagType:
		return "tags (!) are not allowed", "put quotes around text that starts with !"
	case token.DirectiveType:
		return "% cannot start a value", "put quotes around text that starts with %"
	case token.MappingKeyType:
		return "complex keys (?) are not allowed", "put quotes around text that starts with ?"
	case token.DocumentHeaderType:
		if index > 0 && hasContent(tk.Prev) {
			return "a second document starts here", "keep one document in one file"
		}
	case token.DocumentEndType:
		if tk.Next != nil {
			return "the document ended here, but the file goes on", "keep one document in one file"
		}
	}
	return "", ""
}

func hasContent(tk *token.Token) bool {
	for ; tk != nil; tk = tk.Prev {
		if tk.Type != token.CommentType {
			return true
		}
	}
	return false
}

// depthMeter estimates from tokens how deeply a parser will recurse: open
// brackets plus block collections whose columns are still open.
type depthMeter struct {
	flow   int
	blocks []int // columns of the open block collections, increasing
}

func (d *depthMeter) depth() int { return d.flow + len(d.blocks) }

func (d *depthMeter) add(tk *token.Token) {
	switch tk.Type {
	case token.SequenceStartType, token.MappingStartType:
		d.flow++
	case token.SequenceEndType, token.MappingEndType:
		d.flow = max(0, d.flow-1)
	case token.SequenceEntryType:
		d.open(tk.Position.Column)
	case token.MappingValueType:
		if tk.Prev != nil && d.flow == 0 {
			d.open(tk.Prev.Position.Column)
		}
	}
}

func (d *depthMeter) open(column int) {
	for n := len(d.blocks); n > 0 && d.blocks[n-1] >= column; n-- {
		d.blocks = d.blocks[:n-1]
	}
	d.blocks = append(d.blocks, column)
}

func (s *source) pos(tk *token.Token) Pos {
	if tk == nil || tk.Position == nil {
		return Pos{s.file, 1, 1}
	}
	return Pos{s.file, max(1, tk.Position.Line), max(1, tk.Position.Column)}
}

// syntaxError turns an error of the parser into an Error.
func (s *source) syntaxError(err error) error {
	var bad yaml.Error
	if !errors.As(err, &bad) {
		return &Error{Pos: Pos{s.file, 1, 1}, Problem: "not valid YAML: " + firstLine(err.Error())}
	}
	p := s.pos(bad.GetToken())
	if tab, ok := s.tabIndent(p.Line); ok {
		return &Error{Pos: tab, Problem: "a tab indents this line", Hint: "indent with spaces"}
	}
	for _, c := range complaints {
		if strings.Contains(bad.GetMessage(), c.text) {
			return &Error{Pos: p, Problem: "not valid YAML: " + c.problem, Hint: c.hint}
		}
	}
	return &Error{Pos: p, Problem: "not valid YAML: " + firstLine(bad.GetMessage())}
}

// complaints are plainer texts for the messages of the parser.
var complaints = []struct{ text, problem, hint string }{
	{"mapping value is not allowed", "a second \": \" in one line, or a line indented too far", "put quotes around text that contains \": \""},
	{"value is not allowed in this context", "the indentation fits no line above", "indent the keys of a section alike"},
	{"reserved character", "@ and ` cannot start a value", "put quotes around the text"},
	{"block sequence entries are not allowed", "a list cannot start behind its key", "start it on the next line, or write [a, b]"},
	{"non-map value is specified", "this is no key with a value", "write key: value, with a space after the colon"},
	{"unexpected key name", "this is no key with a value", "write key: value, with a space after the colon"},
	{"token ']' not found", "the bracket is not closed", "add ]"},
	{"end token '}'", "the bracket is not closed", "add }"},
	{"unexpected map key", "the indentation fits no line above", "indent the keys of a section alike"},
	{"expected sequence element", "an element is missing before the comma", ""},
	{"must be specified", "a bracket is not closed, or a comma is missing", "look for it above this line, too"},
	{"could not find end character", "the quotes are not closed", "add the closing quote"},
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(s)
}

// tabIndent finds a tab in the indentation of the line or the one after it,
// because the messages of the parser about it are hard to understand.
func (s *source) tabIndent(line int) (Pos, bool) {
	lines := strings.Split(s.text, "\n")
	for l := line; l <= line+1 && l <= len(lines); l++ {
		text := lines[l-1]
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if i := strings.IndexByte(indent, '\t'); i >= 0 {
			return Pos{s.file, l, i + 1}, true
		}
	}
	return Pos{}, false
}

// builder turns the parser's tree into nodes.
type builder struct {
	file string
	errs Errors
}

func (b *builder) pos(tk *token.Token) Pos { return (&source{file: b.file}).pos(tk) }

func (b *builder) build(n ast.Node, path string, depth int) *node {
	if n == nil {
		return &node{kind: Null, pos: Pos{b.file, 1, 1}}
	}
	if depth > maxDepth {
		b.errs.add(&Error{Pos: b.pos(n.GetToken()), Problem: fmt.Sprintf("nested deeper than %d levels", maxDepth)})
		return &node{}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return b.mapping(n, path, depth)
	case *ast.MappingValueNode:
		return b.mapping(ast.Mapping(n.GetToken(), false, n), path, depth)
	case *ast.SequenceNode:
		return b.sequence(n, path, depth)
	case *ast.LiteralNode:
		return b.blockOfText(n)
	case *ast.StringNode:
		if t := n.Token.Type; t == token.SingleQuoteType || t == token.DoubleQuoteType {
			return &node{kind: String, text: n.Value, quoted: true, pos: b.pos(n.Token)}
		}
		return b.plain(n.Token, n.Value)
	case *ast.NullNode, *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return b.plain(n.GetToken(), n.GetToken().Value)
	default:
		b.errs.add(&Error{Pos: b.pos(n.GetToken()), Problem: "not allowed here"})
		return &node{}
	}
}

// blockOfText returns the text after | or >. It begins on the next line.
func (b *builder) blockOfText(n *ast.LiteralNode) *node {
	pos := b.pos(n.Start)
	origin := strings.TrimLeft(n.Value.Token.Origin, "\r\n")
	indent := len(origin) - len(strings.TrimLeft(origin, " "))
	return &node{kind: String, text: n.Value.Value, quoted: true, pos: pos,
		folded: strings.HasPrefix(n.Start.Value, ">"), block: Pos{pos.File, pos.Line + 1, indent + 1}}
}

func (b *builder) plain(tk *token.Token, text string) *node {
	if tk.Type == token.ImplicitNullType {
		text = ""
	}
	return &node{kind: plainKind(text), text: text, pos: b.pos(tk)}
}

func (b *builder) mapping(m *ast.MappingNode, path string, depth int) *node {
	out := &node{kind: Map, flow: m.IsFlowStyle, pos: b.pos(m.GetToken())}
	seen := make(map[string]int, len(m.Values))
	for _, mv := range m.Values {
		key := b.key(mv.Key, depth)
		if key == nil {
			continue
		}
		at := joinPath(path, pathWord(key.text))
		if line, dup := seen[key.text]; dup {
			b.errs.add(&Error{Pos: key.pos, Path: at, Problem: "duplicate key", Hint: fmt.Sprintf("it is already set in line %d", line)})
			continue
		}
		seen[key.text] = key.pos.Line
		value := b.build(mv.Value, at, depth+1)
		if !value.isScalar() && !value.flow {
			value.pos = key.pos // the position at which a reader looks for the section
		}
		out.items = append(out.items, &entry{key: key, value: value})
	}
	if len(out.items) > 0 && !out.flow {
		out.pos = out.items[0].key.pos
	}
	return out
}

func (b *builder) key(k ast.MapKeyNode, depth int) *node {
	n := b.build(k, "", depth+1)
	if !n.isScalar() || n.kind == Null && n.text == "" {
		b.errs.add(&Error{Pos: b.pos(k.GetToken()), Problem: "a key must be a word"})
		return nil
	}
	return &node{kind: String, text: n.text, pos: n.pos}
}

func (b *builder) sequence(s *ast.SequenceNode, path string, depth int) *node {
	out := &node{kind: List, flow: s.IsFlowStyle, pos: b.pos(s.GetToken())}
	out.column = out.pos.Column
	for i, v := range s.Values {
		out.items = append(out.items, &entry{value: b.build(v, indexPath(path, i), depth+1)})
	}
	return out
}
