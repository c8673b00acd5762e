package data

import (
	"hash/fnv"
	"math"
	"testing"
)

// TestHashOfItems: items have the same hash if and only if all their values are equal.
// Names, labels and numbers do not count.
func TestHashOfItems(t *testing.T) {
	item := func(change func(*Item)) *Item {
		it := &Item{Index: 1, Name: "n", Label: 2, Fields: [][]float32{{1, 2}, {0}}, Train: []Spike{{5, 1, 1}, {7, 0, -2}}}
		change(it)
		return it
	}
	h := fnv.New64a()
	first := item(func(*Item) {}).hash(h)
	negative := float32(math.Copysign(0, -1))
	for what, c := range map[string]struct {
		change func(*Item)
		same   bool
	}{
		"nothing":           {func(*Item) {}, true},
		"name and number":   {func(it *Item) { it.Name, it.Index = "other", 9 }, true},
		"label":             {func(it *Item) { it.Label = 3 }, true},
		"minus zero":        {func(it *Item) { it.Fields[1][0] = negative }, true},
		"a value":           {func(it *Item) { it.Fields[0][1] = 3 }, false},
		"order of values":   {func(it *Item) { it.Fields[0] = []float32{2, 1} }, false},
		"a small value":     {func(it *Item) { it.Fields[1][0] = 1e-9 }, false},
		"a high channel":    {func(it *Item) { it.Train[0].Channel += 1 << 24 }, false},
		"another field":     {func(it *Item) { it.Fields[1][0] = 1 }, false},
		"a time":            {func(it *Item) { it.Train[0].Time = 6 }, false},
		"a late time":       {func(it *Item) { it.Train[1].Time += 1 << 40 }, false},
		"a channel":         {func(it *Item) { it.Train[0].Channel = 2 }, false},
		"a spike's value":   {func(it *Item) { it.Train[1].Value = 2 }, false},
		"order of channels": {func(it *Item) { it.Train[0].Channel, it.Train[1].Channel = 0, 1 }, false},
		"a spike fewer":     {func(it *Item) { it.Train = it.Train[:1] }, false},
		"a value fewer":     {func(it *Item) { it.Fields = it.Fields[:1] }, false},
	} {
		if got := item(c.change).hash(h); (got == first) != c.same {
			t.Errorf("%s: the same hash is %v", what, !c.same)
		}
	}
}

// TestNotesOfTables: there is a note about everything that is ignored in a table.
func TestNotesOfTables(t *testing.T) {
	for _, c := range []struct{ section, text, want string }{
		{"{table: {file: f.csv, fields: {v: v}}, to: {a: v}}", "v,,w\n1,x,3\n2,y,4\n", "column 2 has no name and is left alone"},
		{"{table: {file: f.csv, fields: {v: v}}, to: {a: v}}", "v,w\n1,x\n2,y\n", ""},
		{"{spikes: {file: f.csv, channels: 2}, to: {a: spikes}}", "time,,channel\n1,x,0\n2,y,1\n", "column 2 has no name and is left alone"},
		{"{spikes: {file: f.csv, channels: 2}, to: {a: spikes}}", "time,channel\n1,0\n2,1\n", ""},
	} {
		got := ""
		for _, note := range load(t, "x: "+c.section+"\n", files("f.csv", c.text)).Set("x").Notes {
			got += note
		}
		if got != c.want {
			t.Errorf("%q: notes %q, want %q", c.text, got, c.want)
		}
	}
}
