package data

import (
	"fmt"
	"strings"
	"testing"

	"infomorph/internal/config"
)

// described says what all items of a source have in common: fields with their sizes and
// widths, labels, features with their probabilities, channels, and how many there are.
func described(t *testing.T, section string, f Files) string {
	t.Helper()
	c := load(t, "x: "+section+"\n", f)
	s := c.Set("x")
	var b strings.Builder
	for _, field := range s.Fields {
		fmt.Fprintf(&b, "%s %d", field.Name, field.Size)
		if field.Width > 0 {
			fmt.Fprintf(&b, "/%d", field.Width)
		}
		if field.binary {
			b.WriteString(" binary")
		}
		b.WriteString("; ")
	}
	if s.Channels > 0 {
		fmt.Fprintf(&b, "%d channels held %d; ", s.Channels, s.Hold)
	}
	if len(s.Labels) > 0 {
		fmt.Fprintf(&b, "labels %s; ", strings.Join(s.Labels, ","))
	}
	for k, name := range s.Features {
		fmt.Fprintf(&b, "%s %.4g; ", name, s.FeatureP[k])
	}
	for _, ref := range []string{"x", "x.train", "x.test"} {
		if p, err := c.Part(ref); err == nil {
			fmt.Fprintf(&b, "%s %d ", ref, p.Len())
		}
	}
	return strings.TrimSpace(b.String())
}

// TestDescriptions: what items of each source have, by the numbers that are asked for.
func TestDescriptions(t *testing.T) {
	for _, c := range []struct{ section, want string }{
		{"{patterns: {source: random, count: 3, width: 4}, to: {a: pattern}}", "pattern 16/4 binary; x 3"},
		{"{patterns: {source: random, count: 3, width: 4, height: 1}, to: {a: pattern}}", "pattern 4/4 binary; x 3"},
		{"{patterns: {width: 6, count: 2}, to: {a: pattern}}", "pattern 36/6 binary; x 2"},
		{"{patterns: {width: 6, height: 7}, to: {a: pattern}}", "pattern 42/6 binary; x 26"},
		{"{patterns: {width: 6}, first: 5, to: {a: pattern}}", "pattern 36/6 binary; x 5"},
		{"{patterns: {width: 8}, split: {test: 50%}, to: {a: pattern}}", "pattern 64/8 binary; x 26 x.train 13 x.test 13"},
		{"{patterns: {width: 8}, split: {test: 10%}, to: {a: pattern}}", "pattern 64/8 binary; x 26 x.train 24 x.test 2"},
		{"{bars: {rows: 3}, to: {a: image}}", "image 9/3 binary; row0 0.5; row1 0.5; row2 0.5; x 0"},
		{"{bars: {rows: 2, width: 5}, to: {a: image}}", "image 10/5 binary; row0 0.5; row1 0.5; x 0"},
		{"{bars: {rows: 0, columns: 2}, to: {a: image}}", "image 4/2 binary; column0 0.5; column1 0.5; x 0"},
		{"{bars: {rows: 0, columns: 1}, to: {a: image}}", "image 1/1 binary; column0 0.5; x 0"},
		{"{bars: {rows: 4, columns: 1}, to: {a: image}}", "image 4/1 binary; row0 0.25; row1 0.25; row2 0.25; row3 0.25; column0 0.25; x 0"},
		{"{bars: {rows: 1, columns: 2, p: 0.125}, to: {a: image}}", "image 2/2 binary; row0 0.125; column0 0.125; column1 0.125; x 0"},
		{"{bars: {rows: 1, columns: 2}, to: {a: image}}", "image 2/2 binary; row0 1; column0 1; column1 1; x 0"},
		{"{bars: {rows: 1}, first: 6, to: {a: image}}", "image 1/1 binary; row0 0.5; x 6"},
		{"{strokes: {train: 6, test: 4, side: 5}, to: {a: image}}", "image 25/5; labels 0,1,2,3,4,5,6,7,8,9; x 10 x.train 6 x.test 4"},
		{"{strokes: {train: 6, test: 0, side: 4}, to: {a: image}}", "image 16/4; labels 0,1,2,3,4,5,6,7,8,9; x 6 x.train 6"},
		{"{strokes: {train: 6, test: 4, side: 4}, first: 5, to: {a: image}}", "image 16/4; labels 0,1,2,3,4,5,6,7,8,9; x 9 x.train 5 x.test 4"},
		{"{idx: {folder: m}, to: {a: image}}", "image 4/2; labels 3,4,7; x 5 x.train 3 x.test 2"},
		{"{idx: {folder: m, train: 1, test: 1}, to: {a: image}}", "image 4/2; labels 3,7; x 2 x.train 1 x.test 1"},
		{"{table: {file: iris.csv, fields: {a: length, b: [width, length]}, label: species}, to: {a: a}}", "a 1; b 2; labels setosa,virginica; x 4"},
		{"{table: {file: iris.csv, fields: {a: length}, part: use}, to: {a: a}}", "a 1; x 4 x.train 3 x.test 1"},
		{"{table: {file: iris.csv, fields: {a: length}, label: plot}, split: {test: 25%}, to: {a: a}}", "a 1; labels A,B; x 4 x.train 3 x.test 1"},
		{"{images: {folder: p, width: 3, height: 2}, to: {a: image}}", "image 6/3; labels cat,dog; x 3"},
		{"{images: {folder: p/cat, width: 3, height: 2, binary: true}, to: {a: image}}", "image 6/3 binary; x 2"},
		{"{patches: {folder: p/cat, side: 2}, to: {a: image}}", "image 4/2; x 0"},
		{"{markov: {symbols: [u, v], matrix: [[0.5, 0.5], [1, 0]]}, to: {a: now}}", "now 2 binary; before 2 binary; labels u,v; x 0"},
		{"{markov: {symbols: [u, v], matrix: [[0.5, 0.5], [1, 0]]}, first: 7, to: {a: now}}", "now 2 binary; before 2 binary; labels u,v; x 7"},
		{"{spikes: {file: s.csv, channels: 3, hold: 2ms, unit: s}, to: {a: spikes}}", "3 channels held 2000; labels down,up; x 2"},
		{"{spikes: {file: n, channels: 16, width: 4}, to: {a: spikes}}", "16 channels held 0; labels 0,1; x 3 x.train 2 x.test 1"},
		{"{spikes: {file: n/Test/1/2.bin, channels: 16, width: 2, hold: 1us}, to: {a: spikes}}", "16 channels held 1; x 1"},
		{"{spikes: {file: n/Test/1/2.bin, channels: 1024, width: 256}, to: {a: spikes}}", "1024 channels held 0; x 1"},
		{"{spikes: {file: n/Test/1/2.bin, channels: 1024, width: 2}, to: {a: spikes}}", "1024 channels held 0; x 1"},
		{"{poisson: {rates: [[1, 2, 3], [4, 5, 6]], count: 5}, to: {a: spikes}}", "3 channels held 5000; labels 0,1; x 5"},
		{"{random_hierarchy: {classes: 2, symbols: 3, strings: 2, length: 3, depth: 1, train: 3, test: 1}, to: {a: string}}", "string 9/3 binary; labels 0,1; x 4 x.train 3 x.test 1"},
		{"{random_hierarchy: {classes: 2, symbols: 3, strings: 2, length: 2, depth: 3, train: 8, test: 2}, to: {a: string}}", "string 24/3 binary; labels 0,1; " +
			"1.0.0 NaN; 1.0.1 NaN; 1.0.2 NaN; 1.1.0 NaN; 1.1.1 NaN; 1.1.2 NaN; 2.0.0 NaN; 2.0.1 NaN; 2.0.2 NaN; 2.1.0 NaN; 2.1.1 NaN; 2.1.2 NaN; 2.2.0 NaN; 2.2.1 NaN; 2.2.2 NaN; 2.3.0 NaN; 2.3.1 NaN; 2.3.2 NaN; x 10 x.train 8 x.test 2"},
		{`{generate: {code: "def item(i, random):\n  return {'v': [1], 'u': [1, 2]}", fields: {v: 1, u: 2}, labels: [p], features: [q]}, to: {a: u}}`, "u 2; v 1; labels p; q NaN; x 0"},
		{customSection("counter", "labels: 2", "count"), "count 1; labels a,b; x 6"},
	} {
		if got := described(t, c.section, knownFiles()); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.section, got, c.want)
		}
	}
}

// TestOtherSourcesHaveOtherDigests: whatever changes items, or what is told of them,
// changes the digest; what changes neither does not.
func TestOtherSourcesHaveOtherDigests(t *testing.T) {
	digest := func(section string) string { return load(t, "x: "+section+"\n", knownFiles()).Set("x").Digest() }
	for _, c := range []struct {
		first string
		other []string // pairs of texts: what is changed into what
	}{
		{"{patterns: {source: random, count: 9, width: 4, p: 50%, correlation: 0.1, drift: 0.1}, first: 3, to: {a: {field: pattern, on: 1, off: 0}}}",
			[]string{"count: 9", "count: 8", "width: 4", "width: 5", "p: 50%", "p: 40%", "correlation: 0.1", "correlation: 0.2", "drift: 0.1", "drift: 0.2", "first: 3", "first: 4", "on: 1", "on: 2", "off: 0", "off: -1", "{a: ", "{b: "}},
		{"{bars: {rows: 4, columns: 2, p: 0.5, flips: 10%}, to: {a: image}}", []string{"rows: 4", "rows: 5", "columns: 2", "columns: 3", "p: 0.5", "p: 0.4", "flips: 10%", "flips: 11%", "a: image", "a: features", "}}", "}, first: 9}"}},
		{"{strokes: {train: 9, test: 3, side: 8, flips: 3%, shift: 1}, to: {a: {field: image, levels: 3, scale: 1}}}",
			[]string{"train: 9", "train: 8", "test: 3", "test: 2", "side: 8", "side: 9", "flips: 3%", "flips: 4%", "shift: 1", "shift: 2", "levels: 3", "levels: 4", "scale: 1", "scale: 2"}},
		{"{table: {file: iris.csv, fields: {v: [length, width]}, label: species, name: sample, part: use, scale: none}, to: {a: v}}",
			[]string{"[length, width]", "[width, length]", "label: species", "label: plot", ", name: sample", "", ", part: use", "", "scale: none", "scale: standard"}},
		{"{table: {file: iris.csv, fields: {v: length}}, split: {test: 50%, by: plot}, to: {a: v}}", []string{"test: 50%", "test: 60%", ", by: plot", ", by: sample", ", split: {test: 50%, by: plot}", ""}},
		{"{idx: {folder: m, train: 2, test: 2}, to: {a: image}}", []string{"train: 2", "train: 3", "test: 2", "test: 1"}},
		{"{images: {folder: p, width: 3, height: 2, binary: false}, to: {a: image}}", []string{"width: 3", "width: 2", "height: 2", "height: 3", "binary: false", "binary: true", "folder: p", "folder: p/cat"}},
		{"{markov: {symbols: [a, b], matrix: [[0.5, 0.5], [1, 0]]}, to: {a: now}}", []string{"[a, b]", "[a, c]", "[0.5, 0.5]", "[0.25, 0.75]", "now", "before"}},
		{"{spikes: {file: s.csv, channels: 3, unit: ms, hold: 2ms}, to: {a: spikes}}", []string{"channels: 3", "channels: 4", "unit: ms", "unit: s", "hold: 2ms", "hold: 3ms"}},
		{"{poisson: {rates: [[1, 2]], duration: 1ms, count: 3, hold: 1ms}, to: {a: spikes}}", []string{"[1, 2]", "[1, 3]", "duration: 1ms", "duration: 2ms", "count: 3", "count: 4", "hold: 1ms", "hold: 2ms"}},
		{"{random_hierarchy: {classes: 3, symbols: 4, strings: 2, length: 2, depth: 2, train: 5, test: 2}, to: {a: string}}",
			[]string{"classes: 3", "classes: 4", "symbols: 4", "symbols: 5", "strings: 2", "strings: 3", "length: 2", "length: 3", "depth: 2", "depth: 3", "train: 5", "train: 6", "test: 2", "test: 3"}},
		{customSection("counter", "labels: 2", "count"), []string{"labels: 2", "labels: 3"}},
	} {
		first := digest(c.first)
		if digest(c.first) != first || len(first) != 16 {
			t.Errorf("%s: digest %s, then %s", c.first, first, digest(c.first))
		}
		for i := 0; i < len(c.other); i += 2 {
			if !strings.Contains(c.first, c.other[i]) {
				t.Fatalf("%s has no %q", c.first, c.other[i])
			}
			if other := strings.Replace(c.first, c.other[i], c.other[i+1], 1); digest(other) == first {
				t.Errorf("%s and\n%s have one digest", c.first, other)
			}
		}
	}
	exp := experiment(t, "x: {bars: {}, to: {a: image}}\n")
	var all []string
	for _, change := range []func(){func() {}, func() { exp.Seed++ }, func() { exp.Control = "shuffled" }} {
		change()
		c, err := Load(exp, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c.Set("x").Digest())
	}
	if all[0] == all[1] || all[1] == all[2] {
		t.Errorf("another seed, or items that are shuffled, have the digests %v", all)
	}
}

// TestFaultsOfSources: what a source cannot be is told at its key, with what there is.
func TestFaultsOfSources(t *testing.T) {
	for _, c := range []struct{ section, want string }{
		{"{patterns: {source: text, path: t.txt, width: 3, height: 2, count: 3}, to: {a: pattern}}", "data.x.patterns.count: got 3, expected at most the 2 patterns there are"},
		{"{patterns: {source: random, count: 1000000, width: 4096}, to: {a: pattern}}", ""},
		{"{patterns: {source: text, path: none.txt, width: 3}, to: {a: pattern}}", "data.x.patterns.path: open none.txt: file does not exist"},
		{"{patterns: {source: images, path: none, width: 3}, to: {a: pattern}}", "data.x.patterns.path: open none: file does not exist"},
		{"{idx: {folder: m, test: 3}, to: {a: image}}", "data.x.idx.test: got 3, expected at most 2, as many as the file has"},
		{"{idx: {folder: none}, to: {a: image}}", "data.x.idx.folder: open none: file does not exist; the folder needs train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each as it is or with .gz"},
		{"{images: {folder: none, width: 2, height: 2}, to: {a: image}}", "data.x.images.folder: open none: file does not exist"},
		{"{patches: {folder: p, side: 2}, to: {a: image}}", "data.x.patches.folder: no .png or .jpg file in p"},
		{"{patches: {folder: p/dog, side: 3}, to: {a: image}}", "data.x.patches.folder: a.png: 2×2 pixels, expected at least 3×3"},
		{"{table: {file: iris.csv, fields: {}}, to: {a: v}}", "data.x.table.fields: there is no column in it"},
		{"{table: {file: iris.csv, fields: {v: depth}}, to: {a: v}}", `data.x.table.fields.v: iris.csv: there is no column "depth"`},
		{"{table: {file: iris.csv, fields: {v: length}, label: kind}, to: {a: v}}", `data.x.table.label: iris.csv: there is no column "kind"`},
		{"{table: {file: iris.csv, fields: {v: length}, name: kind}, to: {a: v}}", `data.x.table.name: iris.csv: there is no column "kind"`},
		{"{table: {file: iris.csv, fields: {v: length}, part: kind}, to: {a: v}}", `data.x.table.part: iris.csv: there is no column "kind"`},
		{"{table: {file: group.csv, fields: {v: v}}, split: {by: g}, to: {a: v}}", `data.x.table.file: group.csv: row 2 (line 3), column "g": there is no value`},
		{"{table: {file: iris.csv, fields: {v: length}}, split: {by: kind}, to: {a: v}}", `data.x.split.by: iris.csv: there is no column "kind"`},
		{"{table: {file: iris.csv, fields: {features: length}}, to: {a: features}}", `data.x.table.fields: got "features", expected another name, because that is a part of every item`},
		{"{table: {file: iris.csv, fields: {v: species}}, to: {a: v}}", `data.x.table.file: iris.csv: row 1 (line 2), column "species": "setosa" is not a number`},
		{"{table: {file: iris.csv, fields: {v: length}, part: species}, to: {a: v}}", `data.x.table.file: iris.csv: row 1 (line 2), column "species": "setosa", expected train or test`},
		{"{spikes: {file: s.csv, channels: 2}, to: {a: spikes}}", `data.x.spikes.file: s.csv: row 3 (line 4), column "channel": channel 2, expected 0 to 1`},
		{"{spikes: {file: n, channels: 17, width: 4}, to: {a: spikes}}", "data.x.spikes.channels: got 17, expected 2·width·height, each side at most 256"},
		{"{spikes: {file: n, channels: 1028, width: 257}, to: {a: spikes}}", "data.x.spikes.channels: got 1028, expected 2·width·height, each side at most 256"},
		{"{spikes: {file: n, channels: 514, width: 1}, to: {a: spikes}}", "data.x.spikes.channels: got 514, expected 2·width·height, each side at most 256"},
		{"{spikes: {file: p, channels: 16, width: 4}, to: {a: spikes}}", "data.x.spikes.file: no file of the kind in p, nor in folders of it"},
		{"{spikes: {file: n, channels: 8, width: 4}, to: {a: spikes}}", "data.x.spikes.file: n/Train/0/1.bin: event 0 (byte 0) is in column 3 and row 1, expected below 4 and 1"},
		{"{poisson: {rates: [[1], [1e6]], duration: 10s, count: 1}, to: {a: spikes}}", ""},
		{"{poisson: {rates: [[1], [1e6]], duration: 10.000001s, count: 1}, to: {a: spikes}}", "data.x.poisson.rates[1]: a train would have 10000001 spikes, expected at most 10000000"},
		{"{random_hierarchy: {symbols: 8, length: 8, depth: 8}, to: {a: string}}", "data.x.random_hierarchy.depth: got 8, expected at most 10000000 channels, length to the power depth times symbols"},
		{"{random_hierarchy: {classes: 2, symbols: 2, strings: 3}, to: {a: string}}", "data.x.random_hierarchy.strings: got 3, expected so many that strings times classes, and times symbols, are at most 4, symbols to the power length"},
		{"{random_hierarchy: {classes: 2, symbols: 2, strings: 2, depth: 1, train: 3, test: 2}, to: {a: string}}", "data.x.random_hierarchy.train: got 3, expected at most 4 items in all, as many as the grammar can make"},
		{"{random_hierarchy: {classes: 2, symbols: 2, strings: 2, depth: 1, train: 3, test: 1}, to: {a: string}}", ""},
		{"{generate: {code: 'x = 1', fields: {v: 1}}, to: {a: v}}", "data.x.generate.code: there is no function item(i, random)"},
		{"{generate: {code: 'x', fields: {v: 0}}, to: {a: v}}", "data.x.generate.fields.v: got 0, expected 1 to 10000000 numbers"},
		{"{generate: {code: 'x', fields: {u: 9999999, v: 2}}, to: {a: v}}", "data.x.generate.fields.v: got 2, expected 1 to 10000000 numbers"},
		{"{generate: {code: 'x = 1', fields: {v: 10000000}}, to: {a: v}}", "data.x.generate.code: there is no function item(i, random)"},
		{"{generate: {code: 'x', fields: {spikes: 2}}, to: {a: spikes}}", `data.x.generate.fields: got "spikes", expected another name, because that is a part of every item`},
		{"{generate: {code: 'x', fields: {label: 2}}, to: {a: label}}", `data.x.generate.fields: got "label", expected another name, because that is a part of every item`},
		{"{generate: {code: 'x', fields: {name: 2}}, to: {a: name}}", `data.x.generate.fields: got "name", expected another name, because that is a part of every item`},
		{"{markov: {symbols: [u, v, w], matrix: [[0, 0.5, 0.5], [0, 1, 0], [0, 0, 1]]}, to: {a: now}}", `data.x.markov.matrix: the chain falls apart: neither of "v" and "w" is ever left for the other, so that it has no one long run`},
		{"{patterns: {}, split: {by: name}, to: {a: pattern}}", `data.x.split.by: got "name", expected no column, because the items are not rows of a table`},
		{"{markov: {symbols: [u, v], matrix: [[0, 1], [1, 0]]}, split: {}, first: 1, to: {a: now}}", "data.x.split: the 1 items cannot be divided, because all have to stay together"},
	} {
		exp, err := decode("x: " + c.section + "\n")
		if err == nil {
			f := knownFiles()
			f.MapFS["group.csv"] = files("a", "g,v\nu,1\n,2\n").MapFS["a"]
			_, err = Load(exp, f)
		}
		if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.HasPrefix(strings.TrimPrefix(got, "<nil>"), c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.section, got, c.want)
		}
	}
}

// TestRefsOfParts: what is no part of a source is told with what are.
func TestRefsOfParts(t *testing.T) {
	c := load(t, "all: {strokes: {train: 3, test: 2, side: 4}, to: {a: image}}\ntrain: {strokes: {train: 3, test: 0, side: 4}, to: {a: image}}\nnone: {bars: {rows: 2}, to: {a: image}}\n", nil)
	for ref, want := range map[string]string{
		"all": "", "all.train": "", "all.test": "", "train": "", "train.train": "", "none": "",
		"train.test":     `data: got "train.test", expected train or train.train; the source has nothing to test on`,
		"train.exam":     `data: got "train.exam", expected train or train.train; the source has nothing to test on`,
		"all.exam":       `data: got "all.exam", expected all, all.train or all.test`,
		"all.train.test": `data: got "all.train.test", expected all, all.train or all.test`,
		"none.train":     `data: got "none.train", expected none, which has no parts; split divides a source into train and test`,
		"other":          `data: got "other", expected a source of the section data: all, train, none`,
		"":               `data: got "", expected a source of the section data: all, train, none`,
	} {
		p, err := c.Part(ref)
		got := ""
		if err != nil {
			got = config.Within("data", err).Error()
		} else if p.Name() != ref {
			t.Errorf("%s is called %s", ref, p.Name())
		}
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", ref, got, want)
		}
	}
}
