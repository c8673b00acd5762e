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
func Markdown(v any) []byte {
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
	return []byte(b.String())
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

// bare removes [] and .<name>, which stand for elements, from the end of a
// path.
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
		if k.Like != "" {
			meaning += " Its keys are those of `" + k.Like + "`."
		}
		if k.Group != "" {
			meaning += " " + k.groupText(keys)
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s |\n", k.Path, k.Type, k.Unit, def, markdownText(k.Allowed), strings.TrimSpace(meaning))
	}
}

// groupText describes which keys exclude k.
func (k KeyInfo) groupText(keys []KeyInfo) string {
	var names []string
	for _, o := range children(keys, parent(k.Path)) {
		if o.Group == k.Group {
			names = append(names, o.name())
		}
	}
	return groupSentence(names, strings.HasSuffix(k.Group, "?"))
}

func markdownText(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(s)
}
