package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Unmarshaler is implemented by pointers to types with their own notation,
// such as a delay that is "1ms" or {uniform: [1ms, 5ms]}.
type Unmarshaler interface {
	// UnmarshalConfig sets the receiver from v. Its error should come from
	// v.Decode or v.Fault, which know the position.
	UnmarshalConfig(v Value) error
}

// Marshaler is implemented by types with their own notation.
type Marshaler interface {
	// MarshalConfig returns what to write instead: text, a number, a bool, a
	// slice, or a struct or map, which are written in braces on one line.
	MarshalConfig() any
}

// Describer is implemented by types with their own notation, for schema,
// reference and messages.
type Describer interface {
	DescribeConfig() Description
}

// Description describes a type in the schema, the reference and messages.
type Description struct {
	// Type is one word for the type, such as "duration".
	Type string
	// Unit lists the units, such as "us, ms, s".
	Unit string
	// Expected completes "expected …", such as `a duration such as 5ms`.
	Expected string
	// Schema is the JSON Schema of the notation. If it is nil, the schema
	// allows any of Forms.
	Schema map[string]any
	// Forms has one value of each type that the notation allows.
	Forms []any
}

// Validator is implemented by structs, or pointers to them, whose keys depend
// on one another. Validate is called once all keys of the struct, and those
// below it, are in order and have their defaults. It returns nil or errors
// from FieldError and FieldProblem, joined with errors.Join.
type Validator interface {
	Validate() error
}

var (
	unmarshalerType = reflect.TypeFor[Unmarshaler]()
	describerType   = reflect.TypeFor[Describer]()
)

func isCustom(t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(unmarshalerType)
}

// descriptionOf returns what a custom type says about itself.
func descriptionOf(t reflect.Type) Description {
	if reflect.PointerTo(t).Implements(describerType) {
		return reflect.New(t).Interface().(Describer).DescribeConfig()
	}
	name := strings.ToLower(t.Name())
	return Description{Type: name, Expected: "a " + name, Schema: map[string]any{}}
}

// Value is one value of a document, handed to an Unmarshaler.
type Value struct {
	node *node
	dec  *decoder
	path string
	lim  limits
}

// Kind returns what the value is.
func (v Value) Kind() Kind { return v.node.kind }

// Text returns a scalar as it was meant, without quotes.
func (v Value) Text() string { return v.node.text }

// Keys returns the keys of a section as written.
func (v Value) Keys() []string {
	var keys []string
	for _, e := range v.node.items {
		if e.key != nil {
			keys = append(keys, e.key.text)
		}
	}
	return keys
}

// Get returns the value of a key of a section; ok is false if it is not there.
func (v Value) Get(key string) (w Value, ok bool) {
	n := v.node.get(key)
	if n == nil {
		return Value{}, false
	}
	return Value{node: n, dec: v.dec, path: joinPath(v.path, pathWord(key)), lim: v.lim}, true
}

// Items returns the elements of a list.
func (v Value) Items() []Value {
	var items []Value
	if v.node.kind == List {
		for i, e := range v.node.items {
			items = append(items, Value{node: e.value, dec: v.dec, path: indexPath(v.path, i), lim: v.lim.ofElement()})
		}
	}
	return items
}

// DecodeShort decodes a value that is the short form of a section: the value
// alone stands for the section {key: value}. Messages name the path of the
// value, without key.
func (v Value) DecodeShort(key string, dst any) error {
	k := &node{kind: String, text: key, pos: v.node.pos}
	section := &node{kind: Map, pos: v.node.pos, items: []*entry{{key: k, value: v.node}}}
	err := Value{node: section, dec: v.dec, path: v.path, lim: v.lim}.Decode(dst)
	var many *Errors
	if errors.As(err, &many) {
		for _, f := range many.List {
			if f.Path == joinPath(v.path, pathWord(key)) {
				f.Path = v.path
			}
		}
	}
	return err
}

// Decode decodes the value into the pointer dst by the rules of its type.
func (v Value) Decode(dst any) error {
	d := *v.dec
	d.errs = &Errors{}
	d.value(v.node, reflect.ValueOf(dst).Elem(), v.path, v.lim)
	return d.errs.err()
}

// Fault returns the error that the value is not what was expected; hint may
// be empty.
func (v Value) Fault(expected, hint string) error {
	return &Error{Pos: v.node.pos, Path: v.path, Got: v.node.describe(), Expected: expected, Hint: hint}
}

// custom decodes n with the type's own UnmarshalConfig.
func (d *decoder) custom(n *node, v reflect.Value, path string, l limits) {
	val := Value{node: n, dec: d, path: path, lim: l}
	err := v.Addr().Interface().(Unmarshaler).UnmarshalConfig(val)
	if err != nil {
		d.report(n, path, err)
		return
	}
	if isNumeric(v.Type()) && !l.hold(v) {
		d.fault(n, path, d.expected(v.Type(), l), "")
	}
}

// report adds the errors of a hook. They may be joined, have a position, belong
// to a key below n, or be plain.
func (d *decoder) report(n *node, path string, err error) {
	var one *Error
	var tied *fieldError
	if many, ok := err.(*Errors); ok { //nolint:errorlint // taken apart layer by layer
		d.errs.merge(many)
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			d.report(n, path, e)
		}
		return
	}
	switch {
	case errors.As(err, &tied):
		f := tied.fault
		f.Pos = n.locate(tied.path)
		f.Path = joinPath(path, tied.path)
		d.errs.add(&f)
	case errors.As(err, &one):
		d.errs.merge(one)
	default:
		d.errs.add(&Error{Pos: n.pos, Path: path, Problem: fmt.Sprint(err)})
	}
}

// DecodeWithin is Decode with limits as in the tags of a field, such as
// `min:"0" max:"1"`.
func (v Value) DecodeWithin(dst any, tag reflect.StructTag) error {
	v.lim = newLimits(tag, leafType(reflect.TypeOf(dst).Elem()))
	return v.Decode(dst)
}
