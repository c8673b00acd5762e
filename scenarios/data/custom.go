package data

import (
	"fmt"
	"slices"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// Source is a source of items of a kind that is not built in. Item i must depend on i,
// the settings and the seed only, because a run reads items in any order, and reads them
// again after it is resumed.
type Source interface {
	// Describe returns what all items have in common.
	Describe() Description
	// Item fills dst. On entry, the slices of its Fields and Features have the right
	// length and undefined values. The label stays −1 unless Item sets it.
	Item(i int, dst *Item) error
}

// Description describes what all items of a source have in common.
type Description struct {
	Fields   []Field
	Labels   []string // names of the labels; empty if items have none
	Features []string // names of the features; may be empty
	Items    int      // number of items; 0: infinite
}

// Maker makes a source from its section of the document. The files are those that the
// document can name.
type Maker func(c *language.Custom, seed uint64, files Files) (Source, error)

// makers is the registry of kinds from other modules.
var makers = map[string]Maker{}

// Register adds a kind of source. Call it before loading a document that uses the kind,
// as in data: {NAME: {custom: {kind: KIND, settings: {…}}, to: …}}. It panics if the kind
// has no name or is registered already.
func Register(kind string, maker Maker) {
	if kind == "" || maker == nil || makers[kind] != nil {
		panic("data: a kind needs a name of its own and a maker")
	}
	makers[kind] = maker
}

// custom opens a source from another module.
func (l *loader) custom() (source, []any, error) {
	c := l.Custom
	maker := makers[c.Kind]
	if maker == nil {
		return nil, nil, config.FieldError(l.key("custom", "kind"), c.Kind, "a kind of source that this program has added", "data.Register adds one")
	}
	src, err := maker(c, l.seed, l.files)
	if err != nil {
		return nil, nil, config.FieldProblem(l.key("custom", "settings"), err.Error(), "")
	}
	d := src.Describe()
	for _, f := range d.Fields {
		if f.Name == "" || f.Size < 1 {
			return nil, nil, config.FieldProblem(l.key("custom", "kind"), fmt.Sprintf("field %q has %d numbers: a field needs a name and numbers", f.Name, f.Size), "")
		}
	}
	l.set.Fields, l.set.Labels, l.set.Features = slices.Clone(d.Fields), slices.Clone(d.Labels), slices.Clone(d.Features)
	return &custom{src, d}, []any{*c}, nil
}

// custom adapts a Source to the interface source.
type custom struct {
	Source
	Description
}

func (c *custom) parts() []basePart { return []basePart{{count: c.Items}} }

func (c *custom) item(_, i int, dst *Item) error {
	dst.Label = -1
	if err := c.Item(i, dst); err != nil {
		return fmt.Errorf("item %d: %w", i, err)
	}
	if dst.Label < -1 || dst.Label >= len(c.Labels) {
		return fmt.Errorf("item %d: label %d of %d", i, dst.Label, len(c.Labels))
	}
	return nil
}
