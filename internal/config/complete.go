package config

import "strings"

// Complete adds to a section of the document the keys of base that the section
// does not have. A key that the section has replaces that of base as a whole; a
// key with dots, such as learning.rate, changes one part of it. In this way a
// section builds on another. Complete returns an error for each dotted key that
// leads to no setting.
func (doc *Document) Complete(section string, base *Document) error {
	if doc.root.kind == Null {
		doc.root = &node{kind: Map, pos: doc.root.pos}
	}
	own := doc.root.get(section)
	if own == nil {
		own = &node{kind: Map, pos: doc.root.pos}
		doc.root.items = append(doc.root.items, &entry{key: &node{kind: String, text: section, pos: doc.root.pos}, value: own})
	}
	if own.kind != Map { // decoding will report it
		return nil
	}
	dotted := own.takeDotted()
	if base != nil {
		own.addMissing(base.root.get(section))
	}
	errs := &Errors{}
	for _, e := range dotted {
		steps, rest := splitPath(e.key.text)
		if len(steps) == 0 || rest != "" {
			errs.add(&Error{Pos: e.key.pos, Path: joinPath(section, pathWord(e.key.text)), Problem: "is no name of a setting"})
			continue
		}
		if f := own.assign(steps, e.value, section); f != nil {
			errs.add(f)
		}
	}
	return errs.err()
}

// takeDotted removes the keys with dots and returns them.
func (n *node) takeDotted() (dotted []*entry) {
	var rest []*entry
	for _, e := range n.items {
		if e.key != nil && strings.Contains(e.key.text, ".") {
			dotted = append(dotted, e)
		} else {
			rest = append(rest, e)
		}
	}
	n.items = rest
	return dotted
}

// addMissing appends copies of the entries of base that n does not have.
func (n *node) addMissing(base *node) {
	if base == nil || base.kind != Map {
		return
	}
	for _, e := range base.items {
		if n.entry(e.key.text) == nil {
			n.items = append(n.items, &entry{key: e.key.clone(), value: e.value.clone()})
		}
	}
}

// Rename changes the value of a key of the document from one text to another. A
// key with another value stays as it is.
func (doc *Document) Rename(key, from, to string) {
	if n := doc.root.get(key); n != nil && n.kind == String && n.text == from {
		n.text = to
	}
}
