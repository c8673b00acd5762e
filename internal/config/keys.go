package config

import (
	"reflect"
	"strings"
)

// KeyInfo documents one key.
type KeyInfo struct {
	Path     string   `json:"path"` // [] stands for every element of a list, <name> for a key of a map
	Type     string   `json:"type"`
	Unit     string   `json:"unit,omitempty"`
	Default  string   `json:"default,omitempty"`
	Required bool     `json:"required,omitempty"`
	Allowed  string   `json:"allowed,omitempty"` // range, length or words
	Enum     []string `json:"enum,omitempty"`
	Expr     bool     `json:"expr,omitempty"`
	Group    string   `json:"oneof,omitempty"` // exactly (or, with ?, at most) one key of a group is allowed
	Doc      string   `json:"doc,omitempty"`
	Example  string   `json:"example,omitempty"`
	Section  bool     `json:"section,omitempty"` // has keys of its own
	Like     string   `json:"like,omitempty"`    // section that has the same keys
}

// name returns the last key of the path.
func (k KeyInfo) name() string {
	p := strings.TrimSuffix(k.Path, "[]")
	return p[strings.LastIndexByte(p, '.')+1:]
}

// Keys returns every key of the struct v, or pointer to one, in declared order,
// sections before what is in them. A type that contains itself is listed once
// on each path to it.
func Keys(v any) []KeyInfo { return keysOf(structOf(v)) }

// structOf returns the struct type of v.
func structOf(v any) reflect.Type {
	t := reflect.TypeOf(v)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		panic("config: need a struct or a pointer to one")
	}
	return t
}

func keysOf(t reflect.Type) []KeyInfo {
	w := keyWalk{plans: plans{}}
	w.section(t, "")
	return w.keys
}

// keyWalk collects keys; stack holds the types around the current one.
type keyWalk struct {
	plans plans
	keys  []KeyInfo
	stack []place
}

// place is a struct type and the path at which it was met.
type place struct {
	typ  reflect.Type
	path string
}

func (w *keyWalk) section(t reflect.Type, path string) {
	for _, s := range w.stack {
		if s.typ == t {
			w.keys[len(w.keys)-1].Like = bare(s.path)
			return
		}
	}
	w.stack = append(w.stack, place{t, path})
	for _, f := range w.plans.of(t).fields {
		at := joinPath(path, f.name)
		w.keys = append(w.keys, f.info(at))
		_, suffix := typeWord(f.typ, false)
		for _, sub := range sections(leafType(f.typ)) {
			w.section(sub, at+suffix)
		}
	}
	w.stack = w.stack[:len(w.stack)-1]
}

// info documents f, which is at path.
func (f *field) info(path string) KeyInfo {
	k := KeyInfo{Path: path, Unit: f.unit, Default: f.def, Required: f.required, Enum: f.limits.enum,
		Expr: f.expr, Group: f.group, Doc: f.doc, Example: f.example}
	if f.atMost {
		k.Group += "?"
	}
	leaf := leafType(f.typ)
	k.Type, _ = typeWord(f.typ, f.expr)
	k.Allowed = f.limits.allowed(f.typ)
	k.Section = len(sections(leaf)) > 0
	if isCustom(leaf) && k.Unit == "" {
		k.Unit = descriptionOf(leaf).Unit
	}
	return k
}

// sections returns the struct types that a value of leaf type t may be.
func sections(t reflect.Type) []reflect.Type {
	if !isCustom(t) {
		if isSection(t) {
			return []reflect.Type{t}
		}
		return nil
	}
	var out []reflect.Type
	for _, form := range descriptionOf(t).Forms {
		out = append(out, sections(leafType(reflect.TypeOf(form)))...)
	}
	return out
}

// typeWord names type t for people and returns what a path through it adds.
func typeWord(t reflect.Type, expr bool) (word, suffix string) {
	switch k := t.Kind(); {
	case isCustom(t):
		return descriptionOf(t).Type, ""
	case isOrdered(t):
		word, suffix = typeWord(orderedElem(t), expr)
		return "map of " + word, ".<name>" + suffix
	case k == reflect.Pointer:
		return typeWord(t.Elem(), expr)
	case k == reflect.Slice:
		word, suffix = typeWord(t.Elem(), expr)
		return "list of " + word, "[]" + suffix
	case k == reflect.Map:
		word, suffix = typeWord(t.Elem(), expr)
		return "map of " + word, ".<name>" + suffix
	case k == reflect.Struct:
		return "section", ""
	case k == reflect.String && expr:
		return "expression", ""
	case k == reflect.String:
		return "text", ""
	case k == reflect.Bool:
		return "true or false", ""
	case k == reflect.Float32 || k == reflect.Float64:
		return "number", ""
	default:
		return "whole number", ""
	}
}

// allowed describes in words which values of type t the limits allow.
func (l *limits) allowed(t reflect.Type) string {
	var parts []string
	if p := itemsPhrase(*l); p != "" {
		parts = append(parts, strings.TrimPrefix(p, " of ")+" elements")
	}
	if k := leafType(t).Kind(); k >= reflect.Uint && k <= reflect.Uint64 && !l.lower.set {
		l = &limits{enum: l.enum, upper: l.upper, lower: bound{set: true, text: "0"}}
	}
	if p := l.phrase(); p != "" {
		parts = append(parts, p)
	}
	if len(l.enum) > 0 {
		parts = append(parts, strings.Join(l.enum, ", "))
	}
	return strings.Join(parts, "; ")
}
