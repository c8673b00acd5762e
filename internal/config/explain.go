package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Explain returns what is known about the key at path, such as learning.rate
// or events[0].at, for a person to read. The last word of a path is enough
// where only one key has it.
func Explain(v any, path string) (string, error) {
	t := structOf(v)
	k, subs, err := lookup(t, path)
	if err != nil {
		byName := named(t, path)
		if len(byName) == 0 {
			return "", err
		}
		if len(byName) > 1 {
			return "", fmt.Errorf("%s: several keys have this name: %s", path, strings.Join(byName, ", "))
		}
		if k, subs, err = lookup(t, byName[0]); err != nil {
			return "", err
		}
	}
	return k.text(subs), nil
}

// text describes k, whose keys are subs, in lines of lineWidth.
func (k KeyInfo) text(subs []*field) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", k.Path, strings.Join(k.facts(), ", "))
	for _, line := range wrap(strings.TrimSpace(k.Doc+" "+k.Group), lineWidth-4) {
		b.WriteString("  " + line + "\n")
	}
	if k.Example != "" {
		fmt.Fprintf(&b, "  Example: %s: %s\n", k.name(), k.Example)
	}
	if len(subs) > 0 {
		b.WriteString("\n  Keys:\n")
	}
	for _, f := range subs {
		fmt.Fprintf(&b, "    %-20s %s\n", f.name, f.doc)
	}
	return b.String()
}

// facts lists type, unit, default and limits in short.
func (k KeyInfo) facts() []string {
	facts := []string{k.Type}
	if k.Unit != "" {
		facts[0] += " (" + k.Unit + ")"
	}
	switch {
	case k.Required:
		facts = append(facts, "required")
	case k.Default != "":
		facts = append(facts, "default "+k.Default)
	}
	if k.Allowed != "" {
		facts = append(facts, "allowed: "+k.Allowed)
	}
	return facts
}

// named returns the paths of the keys with a name.
func named(t reflect.Type, name string) []string {
	var paths []string
	for _, k := range keysOf(t) {
		if k.name() == name {
			paths = append(paths, k.Path)
		}
	}
	return paths
}

// lookup follows path through the types, to any depth, and returns the key and
// the keys inside it.
func lookup(t reflect.Type, path string) (k KeyInfo, subs []*field, err error) {
	ps := plans{}
	subs = ps.of(t).fields
	words := strings.Split(path, ".")
	var at string
	for len(words) > 0 {
		name, _, _ := strings.Cut(words[0], "[")
		f := fieldNamed(subs, name)
		if f == nil {
			return k, nil, miss{path, at, name, subs}.err(t)
		}
		k = f.info(joinPath(at, name))
		k.Group = groupText(subs, f)
		_, suffix := typeWord(f.typ, false)
		at, words = k.Path+suffix, words[1:]
		subs = nil
		for _, sub := range sections(leafType(f.typ)) {
			subs = append(subs, ps.of(sub).fields...)
		}
		for n := strings.Count(suffix, "<name>"); n > 0 && len(words) > 0; n-- {
			words = words[1:] // the free key of a map
		}
	}
	return k, subs, nil
}

func fieldNamed(fields []*field, name string) *field {
	for _, f := range fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// miss is a word of a path that is no key of the section it is in.
type miss struct {
	path, at, word string
	keys           []*field
}

// err says what might have been meant, in a document of type t.
func (m miss) err(t reflect.Type) error {
	if len(m.keys) == 0 {
		return fmt.Errorf("%s: unknown key; %s has no keys of its own", m.path, m.at)
	}
	names := make([]string, len(m.keys))
	for i, f := range m.keys {
		names[i] = f.name
	}
	if like := closest(m.word, names); like != "" {
		return fmt.Errorf("%s: unknown key; did you mean %s?", m.path, joinPath(m.at, like))
	}
	last := m.path[strings.LastIndexByte(m.path, '.')+1:]
	if like := named(t, last); len(like) == 1 && like[0] != m.path {
		return fmt.Errorf("%s: unknown key; did you mean %s?", m.path, like[0])
	}
	return fmt.Errorf("%s: unknown key; allowed: %s", m.path, Abridge(names, 20))
}

// groupText says which keys of a section exclude f.
func groupText(fields []*field, f *field) string {
	var names []string
	for _, o := range fields {
		if o.group == f.group && f.group != "" {
			names = append(names, o.name)
		}
	}
	return groupSentence(names, f.atMost)
}

func groupSentence(names []string, atMost bool) string {
	switch {
	case names == nil:
		return ""
	case atMost:
		return "At most one of " + strings.Join(names, ", ") + " is allowed."
	default:
		return "Exactly one of " + strings.Join(names, ", ") + " is needed."
	}
}
