package data

import (
	"errors"
	"strings"
	"testing"

	"infomorph/scenarios/language"
)

// counter is a source of another module: item i is the number i.
type counter struct{ labels int }

func (c counter) Describe() Description {
	d := Description{Fields: []Field{{Name: "count", Size: 1}}, Items: 6}
	for k := range c.labels {
		d.Labels = append(d.Labels, string(rune('a'+k)))
	}
	return d
}

func (c counter) Item(i int, dst *Item) error {
	if i == 5 {
		return errors.New("worn out")
	}
	dst.Fields[0][0] = float32(i)
	if c.labels > 0 {
		dst.Label = i % 3
	}
	return nil
}

func init() {
	Register("counter", func(c *language.Custom, _ uint64, _ Files) (Source, error) {
		if _, broken := c.Settings["broken"]; broken {
			return nil, errors.New("it is broken")
		}
		labels, _ := c.Settings["labels"].Value.(int64)
		return counter{int(labels)}, nil
	})
	Register("empty", func(*language.Custom, uint64, Files) (Source, error) { return emptySource{}, nil })
}

type emptySource struct{ counter }

func (emptySource) Describe() Description { return Description{Fields: []Field{{Name: "nothing"}}} }

func customSection(kind, settings, field string) string {
	return "{custom: {kind: " + kind + ", settings: {" + settings + "}}, to: {in: " + field + "}}"
}

func TestCustomSource(t *testing.T) {
	p := part(t, customSection("counter", "labels: 3", "count"), "x", nil)
	if p.Len() != 6 || strings.Join(p.Set().Labels, "") != "abc" {
		t.Errorf("%d items, labels %v", p.Len(), p.Set().Labels)
	}
	for _, i := range []int{4, 1} {
		if it := item(t, p, i); it.Fields[0][0] != float32(i) || it.Label != i%3 {
			t.Errorf("item %d: %+v", i, it)
		}
	}
	var it Item
	if err := p.Item(5, &it); err == nil || !strings.Contains(err.Error(), "item 5: worn out") {
		t.Error(err)
	}
	if p = part(t, customSection("counter", "labels: 0", "count"), "x", nil); item(t, p, 2).Label != -1 {
		t.Error("a label of its own accord")
	}
	p = part(t, customSection("counter", "labels: 1", "count"), "x", nil)
	if err := p.Item(2, &it); err == nil || !strings.Contains(err.Error(), "label 2 of 1") {
		t.Error(err)
	}
}

func TestCustomSourceFaults(t *testing.T) {
	refused(t, customSection("no-such", "labels: 1", "count"), nil, "data.x.custom.kind", "no-such")
	refused(t, customSection("counter", "broken: 1", "count"), nil, "data.x.custom.settings", "it is broken")
	refused(t, customSection("empty", "labels: 1", "nothing"), nil, "a field needs a name and numbers")
	defer func() {
		if recover() == nil {
			t.Error("a kind was added twice")
		}
	}()
	Register("counter", func(*language.Custom, uint64, Files) (Source, error) { return nil, nil })
}
