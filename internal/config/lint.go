package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Lint checks the tags of the struct v, or a pointer to one, and of all below
// it: every key is documented, defaults and examples are valid, limits fit the
// type. Code that writes a reference page from the types calls it first.
func Lint(v any) error {
	l := &linter{plans: plans{}, seen: map[reflect.Type]bool{}}
	l.section(structOf(v), "")
	return errors.Join(l.errs...)
}

type linter struct {
	plans plans
	seen  map[reflect.Type]bool
	errs  []error
}

func (l *linter) complain(path, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s: "+format, append([]any{path}, args...)...))
}

func (l *linter) section(t reflect.Type, path string) {
	if l.seen[t] {
		return
	}
	l.seen[t] = true
	p := l.plans.of(t)
	if len(p.fields) != len(p.byName) {
		l.complain(path, "two fields of %s have the same key", t)
	}
	for _, f := range p.fields {
		at := joinPath(path, f.name)
		l.field(f, at)
		for _, s := range sections(leafType(f.typ)) {
			l.section(s, at)
		}
	}
}

func (l *linter) field(f *field, path string) {
	if !strings.HasSuffix(f.doc, ".") {
		l.complain(path, "the doc tag must be a sentence with a full stop")
	}
	if !wordForm.MatchString(f.name) || wordForm.FindString(f.name) != f.name {
		l.complain(path, "the key must be a word")
	}
	if k := f.typ.Kind(); f.group != "" && k != reflect.Pointer && k != reflect.Slice && k != reflect.Map && !isOrdered(f.typ) {
		l.complain(path, "a key of a oneof group must be a pointer, slice or map, so that absence shows")
	}
	if f.required && f.hasDef {
		l.complain(path, "a required key has no default")
	}
	if f.group != "" && (f.required || f.hasDef) {
		l.complain(path, "a key of a oneof group can neither be required nor have a default")
	}
	if f.hasDef {
		l.example(f, path, "default", f.def)
	}
	if f.example != "" {
		l.example(f, path, "example", f.example)
	}
	for _, b := range []bound{f.limits.lower, f.limits.upper} {
		if b.text != "" && !b.set {
			l.complain(path, "the limit %s is not a value of the type", b.text)
		}
	}
	if len(f.limits.enum) > 0 && leafType(f.typ).Kind() != reflect.String {
		l.complain(path, "enum is for text only")
	}
}

// example checks that text is a valid value of f.
func (l *linter) example(f *field, path, what, text string) {
	n, err := tagNode(f.typ, text, what)
	if err != nil {
		l.complain(path, "the %s is not YAML: %v", what, err)
		return
	}
	d := newDecoder()
	d.value(n, reflect.New(f.typ).Elem(), path, f.limits)
	if err := d.errs.err(); err != nil {
		l.complain(path, "the %s is not valid: %v", what, err)
	}
}
