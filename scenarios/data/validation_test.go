package data

import (
	"slices"
	"testing"

	"infomorph/scenarios/language"
)

// TestValidation: items of train replace those of test, no item is in both, and the
// selection does not depend on the items of test.
func TestValidation(t *testing.T) {
	for name, text := range map[string]string{
		"own parts": "strokes: {train: 200, test: 50}",
		"split":     "patterns: {source: random, count: 250, width: 6}\n    split: {test: 20%}",
	} {
		load := func(sets ...string) *Set {
			doc := "apiVersion: infomorph/v2\nname: x\nneurons: {unit: {like: memory}}\npopulations: {n: {size: 10, neuron: unit}}\ninputs: {in: {}}\ndata:\n  d:\n    " +
				text + "\n    to: {in: " + map[bool]string{true: "image", false: "pattern"}[name == "own parts"] + "}\n" +
				"projections: [{from: in, to: n, port: r, rule: all_to_all}]\nprotocol: [{name: train, present: {data: d.train}}, {name: test, present: {data: d.test, learn: none}}]\n"
			e, err := language.Load("x.yaml", []byte(doc), sets...)
			if err != nil {
				t.Fatal(name, err)
			}
			c, err := Load(e, nil)
			if err != nil {
				t.Fatal(name, err)
			}
			return c.Set("d")
		}
		contents := func(s *Set, part string) (all []string) {
			p := s.parts[part]
			for i := range p.Len() {
				var it Item
				if err := p.Item(i, &it); err != nil {
					t.Fatal(err)
				}
				var b []byte
				for _, field := range it.Fields {
					for _, v := range field {
						b = append(b, byte(int(v*100)))
					}
				}
				all = append(all, string(b))
			}
			return all
		}
		whole, held := load(), load("validation=20%")
		train, test := contents(whole, "train"), contents(whole, "test")
		rest, validation := contents(held, "train"), contents(held, "test")
		if len(train) != 200 || len(rest) != 160 || len(validation) != 40 {
			t.Fatalf("%s: %d train items become %d and %d", name, len(train), len(rest), len(validation))
		}
		both := slices.Concat(rest, validation)
		slices.Sort(both)
		slices.Sort(train)
		if !slices.Equal(both, train) {
			t.Errorf("%s: the items are not those of train", name)
		}
		for _, v := range validation {
			if slices.Contains(rest, v) || slices.Contains(test, v) {
				t.Fatalf("%s: an item that is held out is learnt from, or of the test", name)
			}
		}
	}
}
