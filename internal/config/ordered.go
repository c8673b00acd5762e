package config

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Named is a section whose keys are names that the document chooses, in the order
// in which it gives them.
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

// UnmarshalConfig implements Unmarshaler.
func (m *Named[T]) UnmarshalConfig(v Value) error {
	if v.Kind() != Map {
		return v.Fault("a section", "")
	}
	values := map[string]T{}
	if err := v.Decode(&values); err != nil {
		return err
	}
	for _, name := range v.Keys() {
		m.Set(name, values[name])
	}
	return nil
}

// MarshalConfig implements Marshaler.
func (m Named[T]) MarshalConfig() any {
	values := map[string]*T{}
	maps.Copy(values, m.values)
	return values
}

// DescribeConfig implements Describer.
func (m Named[T]) DescribeConfig() Description {
	return Description{Type: "map", Expected: "a section", Forms: []any{map[string]T{}}}
}

// String lists the names.
func (m *Named[T]) String() string { return fmt.Sprint(slices.Clone(m.names)) }
