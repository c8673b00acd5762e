package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Marshal writes the struct v, or a pointer to one, as a document with its
// keys in declared order, defaults included: the same value gives the same
// bytes, and decoding them gives the value back. Keys without a default are
// left out where they have the zero value.
func Marshal(v any) ([]byte, error) { return marshal(v, false) }

// MarshalDoc is Marshal with the documentation of every key above it.
func MarshalDoc(v any) ([]byte, error) { return marshal(v, true) }

func marshal(v any, doc bool) ([]byte, error) {
	structOf(v)
	m := &marshaler{plans: plans{}, doc: doc}
	n := m.node(reflect.ValueOf(v))
	if m.err != nil {
		return nil, m.err
	}
	return emit(n), nil
}

// marshaler turns Go values into nodes.
type marshaler struct {
	plans plans
	doc   bool
	err   error
}

func (m *marshaler) fail(format string, args ...any) *node {
	m.err = errors.Join(m.err, fmt.Errorf("config: "+format, args...))
	return &node{}
}

func (m *marshaler) node(v reflect.Value) *node {
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return &node{kind: Null}
		}
		if v.Kind() == reflect.Interface || !isMarshaler(v) {
			return m.node(v.Elem())
		}
	}
	if isMarshaler(v) {
		plain := &marshaler{plans: m.plans}
		n := plain.node(reflect.ValueOf(v.Interface().(Marshaler).MarshalConfig()))
		n.flow = true
		m.err = errors.Join(m.err, plain.err)
		return n
	}
	if isOrdered(v.Type()) {
		return m.named(v)
	}
	switch v.Kind() {
	case reflect.Struct:
		return m.section(v)
	case reflect.Slice, reflect.Array:
		return m.list(v)
	case reflect.Map:
		return m.mapping(v)
	default:
		return m.scalar(v)
	}
}

func isMarshaler(v reflect.Value) bool {
	_, ok := v.Interface().(Marshaler)
	return ok
}

func (m *marshaler) scalar(v reflect.Value) *node {
	switch {
	case v.Kind() == reflect.Bool:
		return &node{kind: Bool, text: strconv.FormatBool(v.Bool())}
	case v.CanInt():
		return &node{kind: Int, text: strconv.FormatInt(v.Int(), 10)}
	case v.CanUint():
		return &node{kind: Int, text: strconv.FormatUint(v.Uint(), 10)}
	case v.CanFloat():
		f := v.Float()
		if f-f != 0 {
			return m.fail("%v is no finite number", f)
		}
		text := strconv.FormatFloat(f, 'g', -1, v.Type().Bits())
		return &node{kind: plainKind(text), text: text}
	case v.Kind() == reflect.String:
		if !utf8.ValidString(v.String()) {
			return m.fail("text %q is not UTF-8", v.String())
		}
		return &node{kind: String, text: v.String()}
	default:
		return m.fail("cannot write a %s", v.Type())
	}
}

func (m *marshaler) section(v reflect.Value) *node {
	n := &node{kind: Map}
	for _, f := range m.plans.of(v.Type()).fields {
		fv := v.FieldByIndex(f.index)
		if f.leftOut(fv) {
			continue
		}
		e := &entry{key: &node{kind: String, text: f.name}, value: m.node(fv)}
		if m.doc && f.doc != "" {
			e.head = f.comment()
		}
		n.items = append(n.items, e)
	}
	return n
}

// leftOut reports whether a key that is not written is read back as v.
func (f *field) leftOut(v reflect.Value) bool {
	if v.Kind() == reflect.Pointer {
		return v.IsNil()
	}
	if isSection(f.typ) {
		return false
	}
	return !f.hasDef && !f.required && v.IsZero()
}

// comment returns the documentation of f as comment lines.
func (f *field) comment() []string {
	text := f.doc
	if extra := f.limits.allowed(f.typ); extra != "" {
		text += " (" + extra + ")"
	}
	lines := []string{""}
	for _, l := range wrap(text, lineWidth-6) {
		lines = append(lines, "# "+l)
	}
	return lines
}

// wrap breaks text into lines of at most width characters.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

func (m *marshaler) list(v reflect.Value) *node {
	n := &node{kind: List, flow: true}
	for i := range v.Len() {
		e := &entry{value: m.node(v.Index(i))}
		e.raiseComments()
		n.flow = n.flow && (e.value.isScalar() && !isBlockText(e.value) || e.value.flow)
		n.items = append(n.items, e)
	}
	return n
}

func (m *marshaler) mapping(v reflect.Value) *node {
	if v.Type().Key().Kind() != reflect.String {
		return m.fail("cannot write a map with keys of type %s", v.Type().Key())
	}
	n := &node{kind: Map}
	for _, k := range v.MapKeys() {
		if !utf8.ValidString(k.String()) {
			return m.fail("key %q is not UTF-8", k.String())
		}
		n.items = append(n.items, &entry{key: &node{kind: String, text: k.String()}, value: m.node(v.MapIndex(k))})
	}
	slices.SortFunc(n.items, func(a, b *entry) int { return strings.Compare(a.key.text, b.key.text) })
	return n
}
