package config

import (
	"iter"
	"reflect"
	"slices"
	"strings"
)

// Named is a section whose keys are names that the document chooses, in the order
// in which it gives them. The zero Named is empty. Limits and enum of its field
// hold for every entry, minItems and maxItems for their number.
type Named[T any] struct {
	names  []string
	values map[string]*T
}

// Len returns the number of entries.
func (m *Named[T]) Len() int { return len(m.names) }

// Names returns the names in order; the slice is the map's own.
func (m *Named[T]) Names() []string { return m.names }

// Get returns the entry of a name, or nil.
func (m *Named[T]) Get(name string) *T { return m.values[name] }

// Has reports whether there is an entry of a name.
func (m *Named[T]) Has(name string) bool { return m.values[name] != nil }

// Set replaces the entry of a name, or appends it.
func (m *Named[T]) Set(name string, v T) {
	if m.values == nil {
		m.values = map[string]*T{}
	}
	if m.values[name] == nil {
		m.names = append(m.names, name)
	}
	m.values[name] = &v
}

// All visits the entries in order.
func (m *Named[T]) All() iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for _, name := range m.names {
			if !yield(name, m.values[name]) {
				return
			}
		}
	}
}

// Clone returns a copy whose entries are copies.
func (m *Named[T]) Clone() Named[T] {
	var out Named[T]
	for name, v := range m.All() {
		out.Set(name, *v)
	}
	return out
}

// Equal reports whether two have the same entries in the same order, with
// values that are deeply equal.
func (m *Named[T]) Equal(o *Named[T]) bool {
	return slices.Equal(m.names, o.names) && reflect.DeepEqual(m.values, o.values)
}

// String lists the names.
func (m Named[T]) String() string { return "[" + strings.Join(m.names, " ") + "]" }

// orderedMap has the methods of a Named of any type that this package needs.
type orderedMap interface {
	elemType() reflect.Type
	keys() []string
	at(name string) reflect.Value
	put(name string, v reflect.Value)
	clear()
}

var orderedType = reflect.TypeFor[orderedMap]()

func (m *Named[T]) elemType() reflect.Type           { return reflect.TypeFor[T]() }
func (m *Named[T]) keys() []string                   { return m.names }
func (m *Named[T]) at(name string) reflect.Value     { return reflect.ValueOf(m.values[name]).Elem() }
func (m *Named[T]) put(name string, v reflect.Value) { m.Set(name, v.Interface().(T)) }
func (m *Named[T]) clear()                           { *m = Named[T]{} }

// isOrdered reports whether t is a Named.
func isOrdered(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && reflect.PointerTo(t).Implements(orderedType)
}

// orderedElem returns the type of the entries of a Named type.
func orderedElem(t reflect.Type) reflect.Type {
	return reflect.Zero(reflect.PointerTo(t)).Interface().(orderedMap).elemType()
}

// ordered returns the Named that v holds; v need not be addressable.
func ordered(v reflect.Value) orderedMap {
	if !v.CanAddr() {
		p := reflect.New(v.Type())
		p.Elem().Set(v)
		v = p.Elem()
	}
	return v.Addr().Interface().(orderedMap)
}

// named reads a mapping into a Named.
func (d *decoder) named(n *node, v reflect.Value, path string, l limits) {
	if n.kind != Map || len(n.items) < l.minItems || l.maxItems > 0 && len(n.items) > l.maxItems {
		d.fault(n, path, d.expected(v.Type(), l), "")
		return
	}
	m := ordered(v)
	m.clear()
	for _, e := range n.items {
		elem := reflect.New(m.elemType()).Elem()
		d.value(e.value, elem, joinPath(path, pathWord(e.key.text)), l.ofElement())
		m.put(e.key.text, elem)
	}
}

// named writes a Named in its order.
func (m *marshaler) named(v reflect.Value) *node {
	n := &node{kind: Map}
	all := ordered(v)
	for _, name := range all.keys() {
		n.items = append(n.items, &entry{key: &node{kind: String, text: name}, value: m.node(all.at(name))})
	}
	return n
}
