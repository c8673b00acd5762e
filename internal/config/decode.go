package config

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Option changes how a document is decoded.
type Option func(*decoder)

// CheckExpr makes f check every key that is tagged as an expression. An error
// of f is reported at the key.
func CheckExpr(f func(path, source string) error) Option {
	return func(d *decoder) { d.checkExpr = f }
}

// APIVersion requires the top-level key apiVersion to be want.
func APIVersion(want string) Option {
	return func(d *decoder) { d.apiVersion = want }
}

// Decode reads the document data, called file in messages, into the struct that
// dst points to. Keys that are absent get their default. The error is an
// *Errors with every fault found; dst must not be used then.
func Decode(file string, data []byte, dst any, opts ...Option) error {
	doc, err := Parse(file, data)
	if err != nil {
		return err
	}
	return doc.Decode(dst, opts...)
}

// ReadAll reads r, which is called file, up to the size limit of a document.
func ReadAll(file string, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(data) > MaxSize {
		_, err := cleanText(file, data)
		return nil, single(err)
	}
	return data, nil
}

// single makes an *Errors of one *Error.
func single(err error) error {
	if err == nil {
		return nil
	}
	errs := &Errors{}
	errs.merge(err)
	return errs.err()
}

// firstOf returns the first of the faults in err, which has one at least.
func firstOf(err error) *Error {
	errs := &Errors{}
	errs.merge(err)
	return errs.List[0]
}

// Document is a parsed file. It can be changed before it is decoded, and
// decoded more than once.
type Document struct {
	file string
	root *node
}

// Parse reads the document data, called file in messages. The error is an
// *Errors.
func Parse(file string, data []byte) (*Document, error) {
	root, err := parse(file, data, false)
	if err != nil {
		return nil, single(err)
	}
	return &Document{file: file, root: root}, nil
}

// Clone returns an independent copy.
func (doc *Document) Clone() *Document {
	return &Document{file: doc.file, root: doc.root.clone()}
}

// Decode reads the document into the struct that dst points to, as the
// function Decode does. The document itself stays as it is.
func (doc *Document) Decode(dst any, opts ...Option) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic("config: Decode needs a pointer to a struct")
	}
	d := newDecoder()
	for _, o := range opts {
		o(d)
	}
	root := doc.root
	if root.kind == Null {
		root = &node{kind: Map, pos: root.pos}
	}
	if d.apiVersion != "" && !d.version(root) {
		return d.errs.err()
	}
	d.root = v.Elem().Type()
	d.value(root, v.Elem(), "", limits{})
	return d.errs.err()
}

// version checks apiVersion; false ends decoding, because nothing can be said
// about a file of another version.
func (d *decoder) version(root *node) bool {
	if root.kind != Map {
		return true
	}
	n := root.get("apiVersion")
	if n == nil {
		d.errs.add(&Error{Pos: Pos{root.pos.File, 1, 1}, Path: "apiVersion", Problem: "missing", Hint: fmt.Sprintf("add the line %q", "apiVersion: "+d.apiVersion)})
		return false
	}
	if n.text != d.apiVersion {
		d.errs.add(&Error{Pos: n.pos, Path: "apiVersion", Got: n.describe(), Expected: d.apiVersion, Hint: "this program reads no other version"})
		return false
	}
	return true
}

// decoder reads nodes into Go values.
type decoder struct {
	errs       *Errors
	plans      plans
	root       reflect.Type // of the document, for hints; nil while reading tags
	checkExpr  func(path, source string) error
	apiVersion string
}

func newDecoder() *decoder { return &decoder{errs: &Errors{}, plans: plans{}} }

// fault reports that n is not what is expected at a path.
func (d *decoder) fault(n *node, path, expected, hint string) {
	d.errs.add(&Error{Pos: n.pos, Path: path, Got: n.describe(), Expected: expected, Hint: hint})
}

// value reads n into v, which is settable.
func (d *decoder) value(n *node, v reflect.Value, path string, l limits) {
	t := v.Type()
	if n.kind == Null && !(t.Kind() == reflect.String && n.quoted) {
		d.errs.add(&Error{Pos: n.pos, Path: path, Problem: "has no value", Expected: d.expected(t, l), Hint: "write one, or remove the key"})
		return
	}
	if isCustom(t) {
		d.custom(n, v, path, l)
		return
	}
	if isOrdered(t) {
		d.named(n, v, path, l)
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		p := reflect.New(t.Elem())
		d.value(n, p.Elem(), path, l)
		v.Set(p)
	case reflect.Struct:
		d.section(n, v, path)
	case reflect.Slice:
		d.list(n, v, path, l)
	case reflect.Map:
		d.mapping(n, v, path, l)
	default:
		d.scalar(n, v, path, l)
	}
}

// section reads a mapping into a struct.
func (d *decoder) section(n *node, v reflect.Value, path string) {
	p := d.plans.of(v.Type())
	if n.kind != Map {
		d.fault(n, path, d.expected(v.Type(), limits{}), "")
		return
	}
	before := d.errs.count()
	written := make(map[string]*node, len(n.items))
	meant := map[string]bool{} // keys that are not missing but misspelt
	for _, e := range n.items {
		if _, known := p.byName[e.key.text]; !known {
			meant[d.unknown(e.key, joinPath(path, pathWord(e.key.text)), p)] = true
			continue
		}
		written[e.key.text] = e.value
	}
	for _, f := range p.fields {
		if meant[f.name] && f.required {
			continue
		}
		value, at := v.FieldByIndex(f.index), joinPath(path, pathWord(f.name))
		if e := written[f.name]; e != nil {
			d.value(e, value, at, f.limits)
		} else {
			d.absent(n, f, value, at)
		}
	}
	d.checkGroups(n, p, path, meant)
	if val, ok := v.Addr().Interface().(Validator); ok && d.errs.count() == before {
		if err := val.Validate(); err != nil {
			d.report(n, path, err)
		}
	}
}

// absent sets a key that its section does not have to its default.
func (d *decoder) absent(section *node, f *field, v reflect.Value, path string) {
	switch {
	case f.required:
		d.errs.add(&Error{Pos: section.pos, Path: path, Problem: "missing", Expected: d.expected(f.typ, f.limits)})
	case f.hasDef:
		def, err := f.defaultNode()
		if err != nil {
			panic("config: default tag is not YAML")
		}
		d.value(def, v, path, f.limits)
	case isSection(f.typ):
		d.section(&node{kind: Map, pos: section.pos}, v, path)
	}
}

// isSection reports whether the values of type t are sections with keys that
// the type declares.
func isSection(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !isCustom(t) && !isOrdered(t)
}

// checkGroups checks the oneof groups of a section.
func (d *decoder) checkGroups(n *node, p *plan, path string, meant map[string]bool) {
	for _, g := range p.groups() {
		var found []*entry
		misspelt := false
		for _, e := range n.items {
			if slices.Contains(g.names, e.key.text) {
				found = append(found, e)
			}
		}
		for _, name := range g.names {
			misspelt = misspelt || meant[name]
		}
		all := strings.Join(g.names, ", ")
		switch {
		case len(found) > 1:
			d.errs.add(&Error{Pos: found[1].key.pos, Path: joinPath(path, found[1].key.text),
				Problem: fmt.Sprintf("cannot stand beside %q", found[0].key.text), Hint: "only one of " + all + " is allowed"})
		case len(found) == 0 && !g.atMost && !misspelt:
			d.errs.add(&Error{Pos: n.pos, Path: path, Problem: "one of " + all + " is missing"})
		}
	}
}

// unknown reports a key that p does not have and returns the key of p that
// was probably meant, or "".
func (d *decoder) unknown(key *node, path string, p *plan) (meant string) {
	hint := "allowed: " + Abridge(p.names, 12)
	if meant = closest(key.text, p.names); meant != "" {
		hint = fmt.Sprintf("did you mean %q? (%s)", meant, hint)
	} else if at := d.elsewhere(key.text); at != "" {
		hint = fmt.Sprintf("did you mean %s? (%s)", at, hint)
	}
	d.errs.add(&Error{Pos: key.pos, Path: path, Problem: "unknown key", Hint: hint})
	return meant
}

// elsewhere returns the only path in the whole document that ends in word.
func (d *decoder) elsewhere(word string) string {
	if d.root == nil {
		return ""
	}
	var at string
	for _, k := range keysOf(d.root) {
		if k.name() == word {
			if at != "" {
				return ""
			}
			at = k.Path
		}
	}
	return at
}

func (d *decoder) list(n *node, v reflect.Value, path string, l limits) {
	t := v.Type()
	if n.kind != List {
		hint := ""
		if n.isScalar() {
			hint = "write [" + shorten(n.text, 20) + "]"
		}
		d.fault(n, path, d.expected(t, l), hint)
		return
	}
	if len(n.items) < l.minItems || l.maxItems > 0 && len(n.items) > l.maxItems {
		d.fault(n, path, d.expected(t, l), "")
		return
	}
	s := reflect.MakeSlice(t, len(n.items), len(n.items))
	for i, e := range n.items {
		d.value(e.value, s.Index(i), indexPath(path, i), l.ofElement())
	}
	v.Set(s)
}

func (d *decoder) mapping(n *node, v reflect.Value, path string, l limits) {
	t := v.Type()
	if n.kind != Map || len(n.items) < l.minItems || l.maxItems > 0 && len(n.items) > l.maxItems {
		d.fault(n, path, d.expected(t, l), "")
		return
	}
	m := reflect.MakeMapWithSize(t, len(n.items))
	for _, e := range n.items {
		elem := reflect.New(t.Elem()).Elem()
		d.value(e.value, elem, joinPath(path, pathWord(e.key.text)), l.ofElement())
		m.SetMapIndex(reflect.ValueOf(e.key.text).Convert(t.Key()), elem)
	}
	v.Set(m)
}

// ofElement returns the limits of an element: all but those on the length.
func (l limits) ofElement() limits {
	l.minItems, l.maxItems = 0, 0
	return l
}

// Place adds the position in the document to an error from [FieldError] or
// [FieldProblem], or to several joined ones. It is for faults that show only
// when the settings are used, such as a file that cannot be read. It returns
// other errors unchanged.
func (doc *Document) Place(err error) error {
	var tied *fieldError
	if err == nil || !errors.As(err, &tied) {
		return err
	}
	d := newDecoder()
	d.report(doc.root, "", err)
	return d.errs.err()
}

// TextPos returns where the text of the key at path begins: for a block of
// text, its first line. ok is false if the document does not have the key.
func (doc *Document) TextPos(path string) (pos Pos, ok bool) {
	n := doc.root
	for _, key := range strings.Split(path, ".") {
		if n = n.get(key); n == nil {
			return Pos{}, false
		}
	}
	if n.block.Line > 0 {
		return n.block, true
	}
	return n.pos, true
}
