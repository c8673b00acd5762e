package config

// Underlay gives the document every key of base that it does not have itself,
// section by section. It is for defaults that depend on other settings of the
// document. A list or scalar of the document replaces that of base as a whole.
func (doc *Document) Underlay(base *Document) {
	if base.root.kind != Map {
		return
	}
	if doc.root.kind == Null {
		doc.root = &node{kind: Map, pos: doc.root.pos}
	}
	doc.root.underlay(base.root)
}

// Has reports whether the document has a value at path.
func (doc *Document) Has(path string) bool {
	n := doc.root
	steps, _ := splitPath(path)
	for _, st := range steps {
		if n = n.child(st); n == nil {
			return false
		}
	}
	return len(steps) > 0
}

func (n *node) underlay(base *node) {
	if n.kind != Map || base.kind != Map {
		return
	}
	for _, e := range base.items {
		if own := n.entry(e.key.text); own != nil {
			own.value.underlay(e.value)
			continue
		}
		n.items = append(n.items, &entry{key: e.key.clone(), value: e.value.clone()})
	}
}
