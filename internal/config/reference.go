package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Markdown returns the reference of all keys of the struct v, or a pointer to
// one: a table for the document and one for each section.
func Markdown(v any) ([]byte, error) {
	var b strings.Builder
	keys := Keys(v)
	writeTable(&b, keys, "")
	for _, k := range keys {
		if !k.Section {
			continue
		}
		rows := children(keys, k.Path)
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## `%s`\n\n%s\n\n", k.Path, markdownText(k.Doc))
		writeTable(&b, keys, k.Path)
	}
	return []byte(b.String()), nil
}

// parent returns the path of the section that path is in, without [] and
// <name>.
func parent(path string) string {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return ""
	}
	return bare(path[:i])
}

// bare strips what stands for elements from the end of a path.
func bare(path string) string {
	for {
		p := strings.TrimSuffix(strings.TrimSuffix(path, "[]"), ".<name>")
		if p == path {
			return p
		}
		path = p
	}
}

// children returns the keys directly in the section at path.
func children(keys []KeyInfo, path string) []KeyInfo {
	var out []KeyInfo
	for _, k := range keys {
		if parent(k.Path) == path && k.Path != path {
			out = append(out, k)
		}
	}
	return out
}

func writeTable(b *strings.Builder, keys []KeyInfo, path string) {
	b.WriteString("| key | type | unit | default | allowed | meaning |\n|---|---|---|---|---|---|\n")
	for _, k := range children(keys, path) {
		def := "`" + k.Default + "`"
		switch {
		case k.Required:
			def = "*required*"
		case k.Default == "":
			def = ""
		}
		meaning := markdownText(k.Doc)
		if k.Example != "" {
			meaning += " Example: `" + markdownText(k.Example) + "`."
		}
		if k.Group != "" {
			meaning += " " + k.groupText(keys)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s |\n", k.Path, k.Type, k.Unit, def, markdownText(k.Allowed), strings.TrimSpace(meaning))
	}
}

// groupText says which keys exclude k.
func (k KeyInfo) groupText(keys []KeyInfo) string {
	var names []string
	for _, o := range children(keys, parent(k.Path)) {
		if o.Group == k.Group {
			names = append(names, o.name())
		}
	}
	if strings.HasSuffix(k.Group, "?") {
		return "At most one of " + strings.Join(names, ", ") + " is allowed."
	}
	return "Exactly one of " + strings.Join(names, ", ") + " is needed."
}

func markdownText(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(s)
}

// Explain returns what is known about the key at path, such as learning.rate
// or events[0].at, for a person to read. The last word of a path is enough
// where only one key has it.
func Explain(v any, path string) (string, error) {
	keys := Keys(v)
	k, err := find(keys, path)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", k.Path, strings.Join(k.facts(), ", "))
	for _, line := range wrap(k.Doc, lineWidth-4) {
		b.WriteString(strings.TrimRight("  "+line, " ") + "\n")
	}
	if k.Group != "" {
		b.WriteString("  " + k.groupText(keys) + "\n")
	}
	if k.Example != "" {
		fmt.Fprintf(&b, "  Example: %s: %s\n", k.name(), k.Example)
	}
	if subs := children(keys, bare(k.Path)); len(subs) > 0 {
		b.WriteString("\n  Keys:\n")
		for _, s := range subs {
			fmt.Fprintf(&b, "    %-20s %s\n", s.name(), s.Doc)
		}
	}
	return b.String(), nil
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

// find returns the key that path means.
func find(keys []KeyInfo, path string) (KeyInfo, error) {
	var byName []KeyInfo
	var paths []string
	for _, k := range keys {
		if matches(k.Path, path) {
			return k, nil
		}
		if k.name() == path {
			byName = append(byName, k)
		}
		paths = append(paths, k.Path)
	}
	if len(byName) == 1 {
		return byName[0], nil
	}
	if len(byName) > 1 {
		var at []string
		for _, k := range byName {
			at = append(at, k.Path)
		}
		return KeyInfo{}, fmt.Errorf("%s: several keys have this name: %s", path, strings.Join(at, ", "))
	}
	if like := closestPath(path, keys, paths); like != "" {
		return KeyInfo{}, fmt.Errorf("%s: unknown key; did you mean %s?", path, like)
	}
	return KeyInfo{}, fmt.Errorf("%s: unknown key; the top-level keys are %s", path, topLevel(keys))
}

func closestPath(path string, keys []KeyInfo, paths []string) string {
	if like := closest(path, paths); like != "" {
		return like
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name()
	}
	if like := closest(path[strings.LastIndexByte(path, '.')+1:], names); like != "" {
		return paths[slices.Index(names, like)]
	}
	return ""
}

func topLevel(keys []KeyInfo) string {
	var names []string
	for _, k := range children(keys, "") {
		names = append(names, k.name())
	}
	return abridge(names, 20)
}

// matches reports whether the path of a key, with [] and <name>, covers path.
func matches(pattern, path string) bool {
	p, q := strings.Split(pattern, "."), strings.Split(path, ".")
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if p[i] != "<name>" && strings.TrimRight(p[i], "[]") != dropIndex(q[i]) {
			return false
		}
	}
	return true
}

// dropIndex strips [0] or [] from the end of a path's part.
func dropIndex(part string) string {
	word, _, _ := strings.Cut(part, "[")
	return word
}
