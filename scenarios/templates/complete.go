package templates

import (
	"embed"
	"fmt"
	"reflect"
	"strings"

	"infomorph/internal/config"
)

//go:embed defaults/*.yaml
var defaults embed.FS

// Sections returns the names of the sections that mark a short form. Each short form has
// one of them.
func Sections() (names []string) {
	t := reflect.TypeFor[Form]()
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("oneof") == "form" {
			names = append(names, f.Tag.Get("yaml"))
		}
	}
	return names
}

// Complete adds the defaults of the short form to a document: key by key in the sections
// network and neuron, as a whole in the section record. Then it makes the assignments in
// sets.
func Complete(doc *config.Document, sets ...string) error {
	var base *config.Document
	for _, name := range append(Sections(), "capacity") {
		if !doc.Has(name) {
			continue
		}
		if batch := name + ".batch"; doc.Has(batch) || setsAny(sets, batch) {
			if _, err := defaults.Open("defaults/" + batch + ".yaml"); err == nil {
				name = batch
			}
		}
		data, err := defaults.ReadFile("defaults/" + name + ".yaml")
		if err != nil {
			continue // this short form has no defaults
		}
		if base, err = config.Parse("defaults of "+name, data); err != nil {
			return fmt.Errorf("templates: %w", err)
		}
	}
	for _, section := range []string{"network", "neuron"} {
		if err := doc.Complete(section, base); err != nil {
			return err
		}
	}
	if base != nil && base.Has("record") && !doc.Has("record") && !setsAny(sets, "record=") {
		if err := doc.Complete("record", base); err != nil {
			return err
		}
	}
	return doc.Set(sets...)
}

func setsAny(sets []string, prefix string) bool {
	for _, s := range sets {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}
