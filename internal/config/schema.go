package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Schema returns the JSON Schema (2020-12) of documents that decode into the
// struct v, or a pointer to one: types, words, ranges, defaults, descriptions
// and patterns of quantities; unknown keys are not allowed. A schema cannot
// express ranges of quantities with units: they are in the descriptions.
func Schema(v any, title, id string) ([]byte, error) {
	s := &schemer{plans: plans{}, names: map[reflect.Type]string{}, taken: map[string]bool{}}
	root := object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"$id", id}, {"title", title}}
	root = append(root, s.section(structOf(v))...)
	var defs object
	for len(s.queue) > 0 {
		t := s.queue[0]
		s.queue = s.queue[1:]
		defs = append(defs, member{s.names[t], s.section(t)})
	}
	if len(defs) > 0 {
		root = append(root, member{"$defs", defs})
	}
	compact, err := encodeJSON(root)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = json.Indent(&out, compact, "", "  ")
	out.WriteByte('\n')
	return out.Bytes(), err
}

// object is a JSON object that keeps its order.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := encodeJSON(m.key)
		if err != nil {
			return nil, err
		}
		value, err := encodeJSON(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	return []byte("{" + b.String() + "}"), nil
}

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// schemer writes a definition for every named struct type it meets.
type schemer struct {
	plans plans
	names map[reflect.Type]string
	taken map[string]bool
	queue []reflect.Type
}

// ref returns the schema of a struct type: a reference if it has a name.
func (s *schemer) ref(t reflect.Type) object {
	if t.Name() == "" {
		return s.section(t)
	}
	if s.names[t] == "" {
		name := t.Name()
		for i := 2; s.taken[name]; i++ {
			name = t.Name() + strconv.Itoa(i)
		}
		s.names[t], s.taken[name] = name, true
		s.queue = append(s.queue, t)
	}
	return object{{"$ref", "#/$defs/" + s.names[t]}}
}

func (s *schemer) section(t reflect.Type) object {
	p := s.plans.of(t)
	props := object{}
	var required []string
	for _, f := range p.fields {
		props = append(props, member{f.name, s.field(f)})
		if f.required {
			required = append(required, f.name)
		}
	}
	o := object{{"type", "object"}, {"properties", props}}
	if required != nil {
		o = append(o, member{"required", required})
	}
	if groups := p.groups(); groups != nil {
		o = append(o, member{"allOf", groupSchemas(groups)})
	}
	return append(o, member{"additionalProperties", false})
}

// groupSchemas requires one key of each group, or at most one.
func groupSchemas(groups []group) []object {
	var all []object
	for _, g := range groups {
		var one []object
		for _, name := range g.names {
			one = append(one, object{{"required", []string{name}}})
		}
		if g.atMost {
			each := append([]object(nil), one...)
			one = append(one, object{{"not", object{{"anyOf", each}}}})
		}
		all = append(all, object{{"oneOf", one}})
	}
	return all
}

func (s *schemer) field(f *field) object {
	o := s.value(f.typ, f.limits)
	if text := f.describe(); text != "" {
		o = append(o, member{"description", text})
	}
	if f.hasDef {
		if n, err := f.defaultNode(); err == nil {
			o = append(o, member{"default", n.json()})
		}
	}
	if f.example != "" {
		if n, err := tagNode(f.typ, f.example, "example"); err == nil {
			o = append(o, member{"examples", []any{n.json()}})
		}
	}
	return o
}

// describe returns the documentation of f and the limits that its schema cannot
// express.
func (f *field) describe() string {
	text := f.doc
	if isCustom(leafType(f.typ)) {
		if p := f.limits.phrase(); p != "" {
			text += " Allowed: " + p + "."
		}
	}
	if f.unit != "" && !strings.Contains(text, f.unit) {
		text += " Unit: " + f.unit + "."
	}
	return strings.TrimSpace(text)
}

func (s *schemer) value(t reflect.Type, l limits) object {
	switch k := t.Kind(); {
	case isCustom(t):
		return s.custom(descriptionOf(t))
	case isOrdered(t):
		o := object{{"type", "object"}, {"additionalProperties", s.value(orderedElem(t), l.ofElement())}}
		return l.lengths(o, "minProperties", "maxProperties")
	case k == reflect.Pointer:
		return s.value(t.Elem(), l)
	case k == reflect.Struct:
		return s.ref(t)
	case k == reflect.Slice:
		o := object{{"type", "array"}, {"items", s.value(t.Elem(), l.ofElement())}}
		return l.lengths(o, "minItems", "maxItems")
	case k == reflect.Map:
		o := object{{"type", "object"}, {"additionalProperties", s.value(t.Elem(), l.ofElement())}}
		return l.lengths(o, "minProperties", "maxProperties")
	case k == reflect.Bool:
		return object{{"type", "boolean"}}
	case k == reflect.String:
		return stringSchema(l)
	default:
		return numberSchema(t, l)
	}
}

func (s *schemer) custom(d Description) object {
	if d.Schema != nil {
		o := object{}
		for _, key := range sortedKeys(d.Schema) {
			o = append(o, member{key, d.Schema[key]})
		}
		return o
	}
	var forms []object
	for _, f := range d.Forms {
		forms = append(forms, s.value(reflect.TypeOf(f), limits{}))
	}
	return object{{"anyOf", forms}}
}

func (l *limits) lengths(o object, least, most string) object {
	if l.minItems > 0 {
		o = append(o, member{least, l.minItems})
	}
	if l.maxItems > 0 {
		o = append(o, member{most, l.maxItems})
	}
	return o
}

func stringSchema(l limits) object {
	switch {
	case l.expr:
		return object{{"type", []string{"string", "number", "boolean"}}}
	case len(l.enum) > 0:
		return object{{"type", "string"}, {"enum", l.enum}}
	default:
		return object{{"type", "string"}}
	}
}

func numberSchema(t reflect.Type, l limits) object {
	o := object{{"type", "integer"}}
	if k := t.Kind(); k == reflect.Float32 || k == reflect.Float64 {
		o = object{{"type", "number"}}
	} else if k >= reflect.Uint && !l.lower.set {
		o = append(o, member{"minimum", 0})
	}
	for _, b := range []struct {
		bound
		inclusive, exclusive string
	}{{l.lower, "minimum", "exclusiveMinimum"}, {l.upper, "maximum", "exclusiveMaximum"}} {
		name := b.inclusive
		if b.bound.exclusive {
			name = b.exclusive
		}
		if b.set {
			o = append(o, member{name, b.value.Interface()})
		}
	}
	return o
}

// json returns n as values that encoding/json writes.
func (n *node) json() any {
	switch n.kind {
	case Null:
		return nil
	case Bool:
		return n.text == "true"
	case Int, Float:
		if json.Valid([]byte(n.text)) {
			return json.Number(n.text)
		}
		f, _ := strconv.ParseFloat(n.text, 64)
		return f
	case List:
		out := make([]any, len(n.items))
		for i, e := range n.items {
			out[i] = e.value.json()
		}
		return out
	case Map:
		out := object{}
		for _, e := range n.items {
			out = append(out, member{e.key.text, e.value.json()})
		}
		return out
	default:
		return n.text
	}
}
