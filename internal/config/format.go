package config

import (
	"maps"
	"reflect"
	"slices"
)

// Format writes the document data, called file in messages, in the canonical
// layout: comments kept, at most one empty line between entries, and the keys
// in the order in which the struct type of v declares them; v may be nil to
// keep their order. Unknown keys go last. Formatting does not change what the
// document means, and formatting a second time changes nothing. The error is an
// *Errors.
func Format(file string, data []byte, v any) ([]byte, error) {
	root, err := parse(file, data, true)
	if err != nil {
		return nil, single(err)
	}
	if v != nil {
		sortKeys(root, structOf(v), plans{})
	}
	out := emit(root)
	again, err := parse(file, out, true)
	if err != nil || !again.equal(root) ||
		!maps.Equal(again.commentCount(map[string]int{}), root.commentCount(map[string]int{})) {
		return nil, single(&Error{Pos: Pos{file, 1, 1}, Problem: "cannot be formatted without changing what it says",
			Hint: "simplify comments inside brackets and text with unusual characters"})
	}
	return out, nil
}

// sortKeys orders the sections below n as their types declare them.
func sortKeys(n *node, t reflect.Type, ps plans) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case isCustom(t):
	case t.Kind() == reflect.Struct && n.kind == Map:
		p := ps.of(t)
		rank := func(e *entry) int {
			if i := slices.Index(p.names, e.key.text); i >= 0 {
				return i
			}
			return len(p.names)
		}
		slices.SortStableFunc(n.items, func(a, b *entry) int { return rank(a) - rank(b) })
		for _, e := range n.items {
			if f, ok := p.byName[e.key.text]; ok {
				sortKeys(e.value, f.typ, ps)
			}
		}
	case t.Kind() == reflect.Slice && n.kind == List, t.Kind() == reflect.Map && n.kind == Map:
		for _, e := range n.items {
			sortKeys(e.value, t.Elem(), ps)
			e.raiseComments()
		}
	}
}

// raiseComments moves the comments above the first key of an element of a list above the
// dash, because that is where they are when the document is read again.
func (e *entry) raiseComments() {
	if e.key == nil && e.value.kind == Map && len(e.value.items) > 0 {
		first := e.value.items[0]
		e.head, first.head = append(e.head, first.head...), nil
	}
}
