package config

import (
	"fmt"
	"strings"
)

// Inherit resolves inheritance among the named sections at path. A section with
// "key: NAME" starts as a copy of the section NAME or, if there is none, of the
// document that lookup returns for NAME. If NAME is the section's own name, it
// starts as a copy of that document. Then its own keys replace the copied ones.
// A key with dots in it (goal.syn, ports.r.rate) changes one part, and a key
// without a value removes the copied key. Dotted keys also work in a section
// that inherits nothing. The key itself is removed.
//
// used are the names of the sections of the document that other sections
// inherit from. All faults are returned at once, with their positions.
func (doc *Document) Inherit(path, key string, lookup func(name string) (*Document, bool), known []string) (used []string, err error) {
	h := &heir{key: key, path: path, lookup: lookup, known: known, errs: &Errors{}, state: map[string]int{}, used: map[string]bool{}}
	h.all = doc.root
	steps, _ := splitPath(path)
	for _, st := range steps {
		if h.all = h.all.child(st); h.all == nil {
			return nil, nil
		}
	}
	if h.all.kind != Map {
		return nil, nil // decoding will report it
	}
	for _, e := range h.all.items {
		h.resolve(e)
	}
	for _, e := range h.all.items {
		if h.used[e.key.text] {
			used = append(used, e.key.text)
		}
	}
	return used, h.errs.err()
}

// heir resolves the named sections at one path.
type heir struct {
	all       *node
	key, path string
	lookup    func(name string) (*Document, bool)
	known     []string
	errs      *Errors
	state     map[string]int // by name: 1 being resolved, 2 done
	used      map[string]bool
}

// resolve adds to a section what it inherits.
func (h *heir) resolve(e *entry) {
	name := e.key.text
	if h.state[name] != 0 || e.value.kind != Map {
		return
	}
	h.state[name] = 1
	defer func() { h.state[name] = 2 }()
	base := &node{kind: Map, pos: e.value.pos}
	if like := e.value.get(h.key); like != nil && like.kind == String {
		if base = h.base(name, like); base == nil {
			return
		}
	}
	base.flow = base.flow && e.value.flow
	h.overlay(base, e.value, joinPath(h.path, pathWord(name)))
	e.value = base
}

// base returns a copy of what a section inherits from, nil after a fault.
func (h *heir) base(name string, like *node) *node {
	var base *node
	if other := h.all.entry(like.text); other != nil && like.text != name {
		if h.state[like.text] == 1 {
			h.fault(name, like, "builds on itself", "")
			return nil
		}
		h.resolve(other)
		h.used[like.text] = true
		base = other.value.clone()
	} else if doc, ok := h.lookup(like.text); ok {
		base = doc.root.clone()
		base.head, base.foot = nil, nil
	} else {
		names := append([]string(nil), h.known...)
		for _, e := range h.all.items {
			if e.key.text != name {
				names = append(names, e.key.text)
			}
		}
		hint := "there are " + Abridge(names, 12)
		if near := closest(like.text, names); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		h.fault(name, like, "builds on something that is not there", hint)
		return nil
	}
	base.moveTo(like.pos)
	return base
}

func (h *heir) fault(name string, at *node, problem, hint string) {
	h.errs.add(&Error{Pos: at.pos, Path: joinPath(joinPath(h.path, pathWord(name)), h.key), Problem: problem, Got: at.describe(), Hint: hint})
}

// overlay writes the keys of own over base: whole keys first, then dotted ones.
func (h *heir) overlay(base, own *node, path string) {
	base.pos, base.column, base.head, base.foot = own.pos, own.column, own.head, own.foot
	inherits := own.get(h.key) != nil
	for _, e := range own.items {
		switch {
		case e.key.text == h.key && e.value.kind == String:
		case isDotted(e.key.text):
		case e.value.kind == Null && inherits && base.entry(e.key.text) != nil:
			base.remove(e.key.text)
		case base.entry(e.key.text) != nil:
			*base.entry(e.key.text) = *e
		default:
			base.items = append(base.items, e)
		}
	}
	for _, e := range own.items {
		if !isDotted(e.key.text) {
			continue
		}
		steps := dottedSteps(e.key.text)
		if steps == nil {
			base.items = append(base.items, e) // decoding will report that it is unknown
			continue
		}
		if fault := base.assign(steps, e.value, path); fault != nil {
			fault.Pos, fault.Path = e.key.pos, joinPath(path, pathWord(e.key.text))
			h.errs.add(fault)
		}
	}
}

// dottedSteps returns the steps of a dotted key: a path, or words with dots
// between them, such as goal.{1}{2}. It returns nil if the key is neither.
func dottedSteps(key string) []step {
	steps, rest := splitPath(key)
	if rest == "" && len(steps) > 0 {
		return steps
	}
	steps = nil
	for _, word := range strings.Split(key, ".") {
		if word == "" {
			return nil
		}
		steps = append(steps, step{key: word})
	}
	if len(steps) < 2 {
		return nil
	}
	return steps
}

// isDotted reports whether a key leads into a section.
func isDotted(key string) bool { return strings.ContainsAny(key, ".[") }

// SetWithin is Set for documents in which the named sections at each of paths
// inherit from others; call it before [Document.Inherit]. An assignment to a
// part of a key that such a section only inherits changes this part and keeps
// the rest of the inherited value.
func (doc *Document) SetWithin(paths []string, key string, lookup func(name string) (*Document, bool), assignments ...string) error {
	errs := &Errors{}
	for _, a := range assignments {
		if f := doc.setWithin(paths, key, lookup, a); f != nil {
			errs.add(f)
		}
	}
	return errs.err()
}

func (doc *Document) setWithin(paths []string, key string, lookup func(name string) (*Document, bool), assignment string) *Error {
	for _, path := range paths {
		section, _ := splitPath(path)
		steps, rest := splitPath(assignment)
		if len(steps) < len(section)+2 || !strings.HasPrefix(rest, "=") || !samePrefix(steps, section) {
			continue
		}
		name, part := steps[len(section)].key, steps[len(section)+1:]
		at := joinPath(path, pathWord(name))
		if name == "" || part[0].key == "" {
			break
		}
		if !doc.Has(at) {
			if _, ok := lookup(name); ok {
				if f := doc.setAs(assignment, at+"."+key+"="+name); f != nil {
					return f
				}
			}
		}
		if len(part) == 1 || doc.Has(joinPath(at, pathWord(part[0].key))) {
			break // the assignment is of a whole key, or the section has this key itself
		}
		return doc.setAs(assignment, joinPath(at, pathWord(dotted(part)))+rest)
	}
	return doc.set(assignment)
}

func samePrefix(steps, prefix []step) bool {
	for i, st := range prefix {
		if steps[i] != st {
			return false
		}
	}
	return true
}

// dotted returns steps as one key.
func dotted(steps []step) string {
	var path string
	for _, st := range steps {
		if st.key == "" {
			path = indexPath(path, st.index)
		} else {
			path = joinPath(path, pathWord(st.key))
		}
	}
	return path
}
