package data

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"infomorph/internal/config"
	"infomorph/internal/script"
)

// Limits on one call of a generator.
const (
	generatorSteps = 10_000_000
	generatorBytes = 256 << 20
	maxGenerated   = 10_000_000 // numbers of an item
)

// generate opens a Starlark function that makes items.
func (l *loader) generate() (source, []any, error) {
	c := l.Generate
	g := &generator{set: l.set, path: l.key("generate", "code"), stream: newStream(l.seed, l.set.number, 0), count: c.Count}
	total := len(c.Features)
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		if size := c.Fields[name]; size < 1 || size > maxGenerated-total {
			return nil, nil, config.FieldError(l.key("generate", "fields")+"."+name, size, fmt.Sprintf("1 to %d numbers", maxGenerated), "")
		}
		if err := fieldName(name); err != nil {
			return nil, nil, config.Within(l.key("generate", "fields"), err)
		}
		total += c.Fields[name]
		l.set.Fields = append(l.set.Fields, Field{Name: name, Size: c.Fields[name]})
	}
	l.set.Labels, l.set.Features = slices.Clone(c.Labels), slices.Clone(c.Features)
	l.set.FeatureP = unknown(len(c.Features))
	g.random = script.Random(g.stream.rng)
	var err error
	limits := script.Limits{Steps: generatorSteps, Bytes: generatorBytes}
	g.script, err = script.Load(script.Source{File: g.path, Text: c.Code}, starlark.StringDict{}, limits, func(string) {})
	if err == nil && !g.script.Has("item") {
		err = fmt.Errorf("%s: there is no function item(i, random)", g.path)
	}
	if err == nil { // find errors now and not at the first item
		var it Item
		it.prepare(l.set)
		err = g.item(0, 0, &it)
	}
	if err != nil {
		return nil, nil, config.FieldProblem(g.path, strings.TrimSpace(strings.TrimPrefix(err.Error(), g.path+":")), "")
	}
	return g, []any{*c}, nil
}

// fieldName refuses names that have another meaning.
func fieldName(name string) error {
	if name == labelField || name == featuresField || name == spikesField || name == "name" {
		return config.FieldError("", name, "another name, because that is a part of every item", "")
	}
	return nil
}

// generator is a script that makes items.
type generator struct {
	set    *Set
	path   string
	stream stream
	random starlark.Value
	script *script.Script
	count  int
}

func (g *generator) parts() []basePart { return []basePart{{count: g.count}} }

func (g *generator) item(_, i int, it *Item) error {
	g.stream.at(i)
	v, err := g.script.Call(context.Background(), "item", starlark.MakeInt(i), g.random)
	if err != nil {
		return err
	}
	if err := g.read(v, it); err != nil {
		return fmt.Errorf("%s: item(%d) returned %w", g.path, i, err)
	}
	return nil
}

// read fills an item from the return value of the script.
func (g *generator) read(v starlark.Value, it *Item) error {
	d, ok := v.(*starlark.Dict)
	if !ok {
		return fmt.Errorf("a value of type %s, expected a dict", v.Type())
	}
	known := 0
	for k, f := range g.set.Fields {
		v, ok, _ := d.Get(starlark.String(f.Name))
		if !ok {
			return fmt.Errorf("no field %s", f.Name)
		}
		known++
		if err := numbers(v, it.Fields[k]); err != nil {
			return fmt.Errorf("for field %s %w", f.Name, err)
		}
	}
	if v, ok, _ := d.Get(starlark.String("name")); ok {
		known++
		if it.Name, ok = starlark.AsString(v); !ok {
			return fmt.Errorf("a name of type %s, expected text", v.Type())
		}
	}
	if v, ok, _ := d.Get(starlark.String(labelField)); ok {
		known++
		if err := g.label(v, it); err != nil {
			return err
		}
	}
	clear(it.Features)
	if v, ok, _ := d.Get(starlark.String(featuresField)); ok {
		known++
		if err := g.features(v, it); err != nil {
			return err
		}
	}
	if d.Len() > known {
		return fmt.Errorf("keys that mean nothing: %v; expected the fields, name, label, features", d.Keys())
	}
	return nil
}

func (g *generator) label(v starlark.Value, it *Item) error {
	if v == starlark.None {
		return nil
	}
	text, ok := starlark.AsString(v)
	if !ok {
		text = v.String()
	}
	if it.Label = slices.Index(g.set.Labels, text); it.Label < 0 {
		return fmt.Errorf("the label %s, which is not one of generate.labels: %s", shortened(text), shortened(strings.Join(g.set.Labels, ", ")))
	}
	return nil
}

func (g *generator) features(v starlark.Value, it *Item) error {
	d, ok := v.(*starlark.Dict)
	if !ok {
		return fmt.Errorf("features of type %s, expected a dict", v.Type())
	}
	for _, kv := range d.Items() {
		name, _ := starlark.AsString(kv[0])
		k := slices.Index(g.set.Features, name)
		if k < 0 {
			return fmt.Errorf("the feature %s, which is not one of generate.features", shortened(kv[0].String()))
		}
		x, ok := starlark.AsFloat(kv[1])
		if !ok || !finite(x) {
			return fmt.Errorf("%s for feature %s, expected a number", shortened(kv[1].String()), name)
		}
		it.Features[k] = float32(x)
	}
	return nil
}

// numbers reads a list of len(dst) numbers.
func numbers(v starlark.Value, dst []float32) error {
	seq, ok := v.(starlark.Sequence)
	if !ok {
		return fmt.Errorf("a value of type %s, expected a list of numbers", v.Type())
	}
	if seq.Len() != len(dst) {
		return fmt.Errorf("%d numbers, expected %d", seq.Len(), len(dst))
	}
	k := 0
	for e := range starlark.Elements(seq) {
		x, ok := starlark.AsFloat(e)
		if !ok || !finite(x) {
			return fmt.Errorf("%s at place %d, expected a number", shortened(e.String()), k)
		}
		dst[k] = float32(x)
		k++
	}
	return nil
}

// finite reports whether x is finite and fits into a float32.
func finite(x float64) bool { return math.Abs(x) <= math.MaxFloat32 }

func shortened(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}
