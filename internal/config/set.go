package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// setFlag is the flag for overrides; messages about an override begin with it.
const setFlag = "--set "

// Set changes the document by assignments of the form path=value, such as
// learning.rate=0.1 or events[0].at=5ms; the value is YAML and replaces what is
// there. A null removes the key, so that its default applies. Missing sections
// on the path are created, missing list elements are not. Errors name the
// assignment, even those that decoding finds later.
func (doc *Document) Set(assignments ...string) error {
	errs := &Errors{}
	for _, a := range assignments {
		if f := doc.set(a); f != nil {
			errs.add(f)
		}
	}
	return errs.err()
}

// Section returns the first key of an assignment's path: learning of
// learning.rate=0.1. It is empty if the assignment does not begin with a key.
func Section(assignment string) string {
	steps, _ := splitPath(assignment)
	if len(steps) == 0 {
		return ""
	}
	return steps[0].key
}

func (doc *Document) set(assignment string) *Error { return doc.setAs(assignment, assignment) }

// setAs applies assignment; messages name given, the form in which the user
// wrote it.
func (doc *Document) setAs(given, assignment string) *Error {
	origin := Pos{File: setFlag + strings.ReplaceAll(shorten(given, 100), "\n", `\n`)}
	steps, rest := splitPath(assignment)
	text, ok := strings.CutPrefix(rest, "=")
	if len(steps) == 0 || !ok {
		return &Error{Pos: origin, Problem: "not of the form path=value", Hint: "for example --set learning.rate=0.1"}
	}
	value, err := parse(origin.File, []byte(text), false)
	if err != nil {
		f := *firstOf(err)
		f.Pos = origin
		return &f
	}
	value.moveTo(origin)
	return doc.root.assign(steps, value, "")
}

// moveTo sets the position of n and all below it.
func (n *node) moveTo(p Pos) {
	n.pos = p
	for _, e := range n.items {
		if e.key != nil {
			e.key.pos = p
		}
		e.value.moveTo(p)
	}
}

// assign sets the value at steps below n; path is the path of n, for messages.
func (n *node) assign(steps []step, value *node, path string) *Error {
	st := steps[0]
	if st.key == "" {
		return n.assignIndex(steps, value, path)
	}
	if n.kind == Null {
		*n = node{kind: Map, pos: value.pos}
	}
	if n.kind != Map {
		hint := ""
		if n.kind == List && len(n.items) > 0 {
			hint = "its elements are counted from 0: " + indexPath(path, 0)
		}
		return &Error{Pos: value.pos, Problem: fmt.Sprintf("%s is %s, not a section", orDocument(path), n.describe()), Hint: hint}
	}
	e := n.entry(st.key)
	path = joinPath(path, pathWord(st.key))
	switch {
	case len(steps) > 1:
		if e == nil {
			e = &entry{key: &node{kind: String, text: st.key, pos: value.pos}, value: &node{kind: Null}}
			if err := e.value.assign(steps[1:], value, path); err != nil {
				return err
			}
			n.items = append(n.items, e)
			return nil
		}
		return e.value.assign(steps[1:], value, path)
	case value.kind == Null:
		n.remove(st.key)
	case e == nil:
		n.items = append(n.items, &entry{key: &node{kind: String, text: st.key, pos: value.pos}, value: value})
	default:
		e.value = value
	}
	return nil
}

func (n *node) assignIndex(steps []step, value *node, path string) *Error {
	i := steps[0].index
	switch {
	case n.kind != List:
		return &Error{Pos: value.pos, Problem: fmt.Sprintf("%s is %s, not a list", orDocument(path), n.describe()), Hint: "set the whole list instead"}
	case i >= len(n.items):
		return &Error{Pos: value.pos, Problem: fmt.Sprintf("%s has %d elements, counted from 0", path, len(n.items))}
	case len(steps) > 1:
		return n.items[i].value.assign(steps[1:], value, indexPath(path, i))
	default:
		n.items[i].value = value
		return nil
	}
}

func orDocument(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}

func (n *node) remove(key string) {
	for i, e := range n.items {
		if e.key.text == key {
			n.items = append(n.items[:i:i], n.items[i+1:]...)
			return
		}
	}
}

// Assign sets the setting at path, such as goal.red or ports.r.rate, of the
// struct that dst points to, to a value as it would be written. The sections on
// the path must exist. The value is checked against the limits of the setting.
// After an error the setting may have any value.
func Assign(dst any, path, value string) error {
	steps, rest := splitPath(path)
	if len(steps) == 0 || rest != "" {
		return fmt.Errorf("%s is no name of a setting", path)
	}
	n := &node{kind: plainKind(value), text: value, pos: Pos{File: path}}
	d := newDecoder()
	a := assigning{d: d, path: path, value: n}
	if err := a.into(reflect.ValueOf(dst).Elem(), steps, limits{}); err != nil {
		return err
	}
	if err := d.errs.err(); err != nil {
		return errors.New(firstOf(err).problem())
	}
	return nil
}

// assigning is the state of one Assign.
type assigning struct {
	d     *decoder
	path  string
	value *node
}

func (a *assigning) into(v reflect.Value, steps []step, l limits) error {
	t := v.Type()
	switch {
	case len(steps) == 0:
		a.d.value(a.value, v, a.path, l)
		return nil
	case t.Kind() == reflect.Pointer:
		if v.IsNil() {
			return fmt.Errorf("%s: the section is not there", a.path)
		}
		return a.into(v.Elem(), steps, l)
	case isOrdered(t):
		if m := ordered(v); slices.Contains(m.keys(), steps[0].key) {
			return a.into(m.at(steps[0].key), steps[1:], l.ofElement())
		}
		return fmt.Errorf("%s: there is no %s", a.path, steps[0].key)
	case t.Kind() == reflect.Map && len(steps) == 1:
		return a.intoMap(v, steps[0].key)
	case !isSection(t):
		return fmt.Errorf("%s: unknown key", a.path)
	}
	f := a.d.plans.of(t).byName[steps[0].key]
	if f == nil {
		hint := ""
		if like := closest(steps[0].key, a.d.plans.of(t).names); like != "" {
			hint = "; did you mean " + like + "?"
		}
		return fmt.Errorf("%s: unknown key%s", a.path, hint)
	}
	return a.into(v.FieldByIndex(f.index), steps[1:], f.limits)
}

// intoMap sets one entry of a map, by the rules of the whole map's type.
func (a *assigning) intoMap(v reflect.Value, key string) error {
	one := &node{kind: Map, items: []*entry{{key: &node{kind: String, text: key}, value: a.value}}}
	m := reflect.New(v.Type()).Elem()
	a.d.value(one, m, a.path, limits{})
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, k := range m.MapKeys() {
		v.SetMapIndex(k, m.MapIndex(k))
	}
	return nil
}

// Leaves returns the paths of everything in the document that is neither a
// section nor a list with something in it, in order.
func (doc *Document) Leaves() []string { return doc.root.leaves(nil, "") }

func (n *node) leaves(dst []string, path string) []string {
	if n.isScalar() || len(n.items) == 0 {
		return append(dst, path)
	}
	for i, e := range n.items {
		at := indexPath(path, i)
		if e.key != nil {
			at = joinPath(path, pathWord(e.key.text))
		}
		dst = e.value.leaves(dst, at)
	}
	return dst
}

// Keys returns the keys of the section at a path, in order, or nil if there is
// no section.
func (doc *Document) Keys(path string) []string {
	n := doc.root
	steps, _ := splitPath(path)
	for _, st := range steps {
		if n = n.child(st); n == nil {
			return nil
		}
	}
	var keys []string
	for _, e := range n.items {
		if e.key != nil {
			keys = append(keys, e.key.text)
		}
	}
	return keys
}

// Text returns the scalar at a path; ok is false if there is none.
func (doc *Document) Text(path string) (text string, ok bool) {
	n := doc.root
	steps, _ := splitPath(path)
	for _, st := range steps {
		if n = n.child(st); n == nil {
			return "", false
		}
	}
	return n.text, n.isScalar()
}
