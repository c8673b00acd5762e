package config

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// field is one key of a struct type, read from its tags.
type field struct {
	index    []int
	typ      reflect.Type
	name     string
	doc      string
	unit     string
	example  string
	def      string // text of the default
	hasDef   bool
	required bool
	expr     bool
	group    string // oneof group, without the "?"
	atMost   bool   // at most one of the group instead of exactly one
	limits   limits
}

// plan is the keys of a struct type in declared order.
type plan struct {
	fields []*field
	byName map[string]*field
	names  []string
}

// plans returns the plans of types.
type plans struct{}

// madePlans caches plans, which never change once they are made.
var madePlans sync.Map

func (plans) of(t reflect.Type) *plan {
	if p, ok := madePlans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{byName: map[string]*field{}}
	p.collect(t, nil)
	made, _ := madePlans.LoadOrStore(t, p)
	return made.(*plan)
}

func (p *plan) collect(t reflect.Type, index []int) {
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(append([]int(nil), index...), i)
		name, _, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		switch {
		case name == "" && sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			p.collect(sf.Type, at)
		case name == "" || name == "-" || !sf.IsExported():
		default:
			f := newField(sf, name, at)
			p.fields = append(p.fields, f)
			p.byName[name] = f
			p.names = append(p.names, name)
		}
	}
}

func newField(sf reflect.StructField, name string, index []int) *field {
	tag := sf.Tag
	f := &field{index: index, typ: sf.Type, name: name, doc: tag.Get("doc"), unit: tag.Get("unit"), example: tag.Get("example"),
		required: tag.Get("required") == "true", expr: tag.Get("expr") == "true"}
	f.def, f.hasDef = tag.Lookup("default")
	f.group = strings.TrimSuffix(tag.Get("oneof"), "?")
	f.atMost = strings.HasSuffix(tag.Get("oneof"), "?")
	f.limits = newLimits(tag, leafType(sf.Type))
	f.limits.expr = f.expr
	return f
}

// group is a set of keys of which exactly one, or at most one, may be present.
type group struct {
	names  []string
	atMost bool
}

// groups returns the oneof groups in declared order.
func (p *plan) groups() []group {
	var out []group
	at := map[string]int{}
	for _, f := range p.fields {
		if f.group == "" {
			continue
		}
		i, ok := at[f.group]
		if !ok {
			i = len(out)
			at[f.group] = i
			out = append(out, group{atMost: f.atMost})
		}
		out[i].names = append(out[i].names, f.name)
	}
	return out
}

// leafType returns the type inside pointers, slices and maps, to which limits
// apply.
func leafType(t reflect.Type) reflect.Type {
	for !isCustom(t) {
		if isOrdered(t) {
			t = orderedElem(t)
			continue
		}
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			t = t.Elem()
		default:
			return t
		}
	}
	return t
}

// defaultNode returns the default of f as if it had been written in a file.
func (f *field) defaultNode() (*node, error) {
	return tagNode(f.typ, f.def, "default of "+f.name)
}

// tagNode reads the text of a tag: literally for text, else as YAML.
func tagNode(t reflect.Type, text, where string) (*node, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.String && !isCustom(t) {
		return &node{kind: String, text: text, quoted: true, pos: Pos{File: where}}, nil
	}
	if isPlainText(text) {
		return &node{kind: plainKind(text), text: text, pos: Pos{File: where}}, nil
	}
	return parse(where, []byte(text), false)
}

// isPlainText reports whether s is a simple scalar that needs no YAML parser.
func isPlainText(s string) bool {
	for _, c := range []byte(s) {
		if !(c == '.' || c == '-' || c == '%' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return false
		}
	}
	return s != "" && s[0] != '%' && s != "-"
}

// limits are the conditions on a value beside its type.
type limits struct {
	enum               []string
	lower, upper       bound
	minItems, maxItems int // maxItems 0: no limit
	expr               bool
}

// bound is one end of a range.
type bound struct {
	set       bool
	exclusive bool
	text      string
	value     reflect.Value // of the leaf type
}

func newLimits(tag reflect.StructTag, leaf reflect.Type) limits {
	l := limits{lower: newBound(tag, leaf, "min", "exclusiveMin"), upper: newBound(tag, leaf, "max", "exclusiveMax")}
	if e := tag.Get("enum"); e != "" {
		for _, word := range strings.Split(e, ",") {
			l.enum = append(l.enum, strings.TrimSpace(word))
		}
	}
	l.minItems, _ = strconv.Atoi(tag.Get("minItems"))
	l.maxItems, _ = strconv.Atoi(tag.Get("maxItems"))
	return l
}

func newBound(tag reflect.StructTag, leaf reflect.Type, name, exclusive string) bound {
	b := bound{text: tag.Get(name)}
	if b.text == "" {
		b.text, b.exclusive = tag.Get(exclusive), true
	}
	if b.text == "" || !isNumeric(leaf) {
		return b
	}
	n, err := tagNode(leaf, b.text, "limit")
	if err != nil {
		return b
	}
	b.value = reflect.New(leaf).Elem()
	d := newDecoder()
	d.value(n, b.value, "", limits{})
	b.set = d.errs.count() == 0
	return b
}

func isNumeric(t reflect.Type) bool {
	k := t.Kind()
	return k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uintptr
}

// hold reports whether v is within the limits; enum is checked elsewhere.
func (l *limits) hold(v reflect.Value) bool {
	if l.lower.set {
		if c := compare(v, l.lower.value); c < 0 || c == 0 && l.lower.exclusive {
			return false
		}
	}
	if l.upper.set {
		if c := compare(v, l.upper.value); c > 0 || c == 0 && l.upper.exclusive {
			return false
		}
	}
	return true
}

// phrase returns the range in words: "≥ 1", "from 0 to 1", "> 0 and ≤ 5ms".
func (l *limits) phrase() string {
	lo, hi := "≥ "+l.lower.text, "≤ "+l.upper.text
	if l.lower.exclusive {
		lo = "> " + l.lower.text
	}
	if l.upper.exclusive {
		hi = "< " + l.upper.text
	}
	switch {
	case l.lower.set && l.upper.set && !l.lower.exclusive && !l.upper.exclusive:
		return "from " + l.lower.text + " to " + l.upper.text
	case l.lower.set && l.upper.set:
		return lo + " and " + hi
	case l.lower.set:
		return lo
	case l.upper.set:
		return hi
	default:
		return ""
	}
}

func compare(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return order(a.Int(), b.Int())
	case a.CanUint():
		return order(a.Uint(), b.Uint())
	default:
		return order(a.Float(), b.Float())
	}
}

func order[T int64 | uint64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}
