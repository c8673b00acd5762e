package data

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/known"
)

// knownSources are small sources of every kind, by name. With seed 1, their items are
// those in testdata/items.txt.
var knownSources = map[string]string{
	"patterns random":     "{patterns: {source: random, count: 20, width: 12, height: 1}, to: {a: {field: pattern}}}",
	"patterns rare":       "{patterns: {source: random, count: 20, width: 12, height: 1, p: 20%}, to: {a: {field: pattern}}}",
	"patterns correlated": "{patterns: {source: random, count: 20, width: 12, height: 1, p: 30%, correlation: 0.5}, to: {a: {field: pattern}}}",
	"patterns drifting":   "{patterns: {source: random, count: 200, width: 12, height: 1, p: 30%, correlation: 0.3, drift: 0.8}, to: {a: {field: pattern}}}",
	"letters":             "{patterns: {}, to: {a: {field: pattern}}}",
	"letters small":       "{patterns: {width: 5, height: 7, count: 3}, to: {a: {field: pattern, on: 2, off: -1}}}",
	"bars":                "{bars: {rows: 4, width: 3}, to: {a: {field: image}}}",
	"bars crossed":        "{bars: {rows: 3, columns: 4, flips: 10%}, to: {a: {field: image, off: -1}, b: {field: features}}}",
	"bars upright":        "{bars: {rows: 0, columns: 3}, to: {a: {field: image}, b: {field: features}}}",
	"bars likely":         "{bars: {rows: 3, columns: 3, p: 0.7}, to: {a: {field: features, on: 2}}}",
	"strokes":             "{strokes: {train: 50, test: 20, side: 6}, to: {a: {field: image}, b: {field: label}}}",
	"strokes moved":       "{strokes: {train: 50, test: 20, side: 8, shift: 3, flips: 20%}, to: {a: {field: image, levels: 3}}}",
	"idx":                 "{idx: {folder: m}, to: {a: {field: image}, b: {field: label}}}",
	"table":               "{table: {file: iris.csv, fields: {size: [width, length]}, label: species, name: sample}, to: {a: {field: size, scale: 2}, b: label}}",
	"table standard":      "{table: {file: iris.csv, fields: {size: [length, width]}, label: species, part: use, scale: standard}, to: {a: size}}",
	"table split":         "{table: {file: iris.csv, fields: {size: [length, width]}, name: sample}, split: {test: 50%}, to: {a: size}}",
	"images":              "{images: {folder: p, width: 3, height: 3}, to: {a: {field: image}, b: {field: label}}}",
	"images binary":       "{images: {folder: p, width: 2, height: 2, binary: true}, to: {a: {field: image}}}",
	"patches":             "{patches: {folder: p/cat, side: 2}, to: {a: {field: image}}}",
	"text":                "{patterns: {source: text, path: t.txt, width: 3, height: 2}, to: {a: {field: pattern}}}",
	"markov":              "{markov: {symbols: [a, b, c], matrix: [[0, 0.5, 0.5], [0.2, 0.3, 0.5], [1, 0, 0]]}, to: {a: now, b: before, c: label}}",
	"spikes":              "{spikes: {file: s.csv, unit: ms, channels: 3, hold: 2ms}, to: {a: spikes, b: label}}",
	"spikes one":          "{spikes: {file: one.csv, channels: 3}, to: {a: spikes, b: label}}",
	"events":              "{spikes: {file: n, channels: 16, width: 4}, to: {a: spikes}}",
	"poisson":             "{poisson: {rates: [[100, 10, 0], [0, 50, 200]], duration: 20ms, count: 6}, to: {a: spikes, b: label}}",
	"hierarchy":           "{random_hierarchy: {classes: 3, symbols: 4, strings: 2, depth: 2, train: 20, test: 4}, to: {a: string, b: label, c: features}}",
	"hierarchy deep":      "{random_hierarchy: {classes: 2, symbols: 3, strings: 3, length: 3, depth: 2, train: 20, test: 5}, to: {a: string}}",
	"generate":            "{generate: {code: \"def item(i, random):\\n  return {'v': [i, random.uniform()], 'label': 'ab'[i % 2]}\", fields: {v: 2}, labels: [a, b]}, to: {v: v, l: label}}",
	"first":               "{strokes: {train: 50, test: 20, side: 4}, first: 2, to: {b: {field: label}}}",
}

// knownFiles are the files of knownSources.
func knownFiles() folder {
	f := idxSet("m/", "t10k", "-", ".gz")
	maps.Copy(f.MapFS, files(
		"iris.csv", iris, "s.csv", trainsCSV, "one.csv", "label,time,channel,value\nup,3,2,0.5\nup,3,0,1\nup,9,1,-2\n", "t.txt", "= one\n#..\n.#.\n\n= two\n..#\n###\n",
		"p/cat/a.png", pngOf(4, 4, 0, 255, 128, 20, 90), "p/cat/b.png", pngOf(3, 5, 255, 255, 0, 0, 30), "p/dog/a.png", pngOf(2, 2, 0, 51, 102, 255),
		"n/Train/0/1.bin", event(3, 1, 1, 70000)+event(0, 0, 0, 70001), "n/Train/1/1.bin", event(1, 1, 0, 5), "n/Test/1/2.bin", event(1, 1, 0, 6)).MapFS)
	return f
}

// told writes the input values of some items of each part.
func told(c *Collection) (string, error) {
	var b strings.Builder
	set := c.Set("x")
	fmt.Fprintf(&b, "%d channels, held %d µs, labels %v, digest %.12s\n", set.Channels, set.Hold, set.Labels, set.Digest())
	for _, name := range []string{"x", "x.train", "x.test"} {
		p, err := c.Part(name)
		if err != nil {
			continue
		}
		at := []int{0, 1, 2, 19, 77, 1_000_000}
		if n := p.Len(); n > 0 {
			at = slices.DeleteFunc([]int{0, 1, 2, n - 1}, func(i int) bool { return i >= n })
			at = slices.Compact(at)
		}
		fmt.Fprintf(&b, "%s has %d items, %d classes\n", name, p.Len(), len(set.Labels))
		for _, i := range at {
			it := &Item{}
			if err := p.Item(i, it); err != nil {
				return "", err
			}
			fmt.Fprintf(&b, "  %d %q label %d, %d µs", it.Index, it.Name, it.Label, it.Duration)
			for _, s := range it.Train {
				fmt.Fprintf(&b, " %d@%d=%g", s.Channel, s.Time, s.Value)
			}
			b.WriteByte('\n')
			for _, input := range set.Inputs() {
				if len(it.Train) == 0 || input != "a" {
					fmt.Fprintf(&b, "    %s %.3g\n", input, set.Values(nil, input, it))
				}
			}
		}
	}
	return b.String(), nil
}

// TestKnownItems: the items of every source have not changed.
func TestKnownItems(t *testing.T) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(knownSources)) {
		text, err := told(load(t, "x: "+knownSources[name]+"\n", knownFiles()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		fmt.Fprintf(&b, "== %s\n%s", name, text)
	}
	known.Compare(t, "testdata/items.txt", b.String())
}

// failing is a folder whose calls fail from a given call on.
type failing struct {
	folder
	calls, at int
}

var errDisk = errors.New("the disk is gone")

func (f *failing) next() error {
	if f.calls++; f.calls >= f.at && f.at > 0 {
		return errDisk
	}
	return nil
}

func (f *failing) Open(name string) (io.ReadCloser, error) {
	if err := f.next(); err != nil {
		return nil, err
	}
	r, err := f.folder.Open(name)
	return failingReader{r, f}, err
}

func (f *failing) List(name string) ([]string, error) {
	names, err := f.folder.List(name)
	if errors.Is(err, os.ErrNotExist) { // not a folder
		return nil, err
	}
	return names, err
}

// failingReader is a file that returns a few bytes at a time.
type failingReader struct {
	io.ReadCloser
	f *failing
}

func (r failingReader) Read(p []byte) (int, error) {
	if err := r.f.next(); err != nil {
		return 0, err
	}
	return r.ReadCloser.Read(p[:min(len(p), 100)])
}

// TestEveryFailureIsReturned: if any call of the disk fails while a source is loaded, loading
// returns an error with the reason, in a line that names the setting.
func TestEveryFailureIsReturned(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(knownSources)) {
		section := "x: " + knownSources[name] + "\n"
		whole := &failing{folder: knownFiles()}
		load(t, section, whole)
		for at := 1; at <= whole.calls; at++ {
			_, err := Load(experiment(t, section), &failing{folder: knownFiles(), at: at})
			switch {
			case err == nil:
				t.Errorf("%s: call %d of %d failed, and nobody was told", name, at, whole.calls)
			case !strings.Contains(err.Error(), errDisk.Error()) || !strings.Contains(err.Error(), "data.x"):
				t.Errorf("%s: call %d of %d failed: %v", name, at, whole.calls, err)
			}
		}
	}
}

// TestLimits: sources at their limits, and with one more.
func TestLimits(t *testing.T) {
	labels := func(head, row string, n int) string {
		b := strings.Builder{}
		b.WriteString(head)
		for i := range n {
			fmt.Fprintf(&b, row, i)
		}
		return b.String()
	}
	const (
		text   = "{patterns: {source: text, path: f, width: 1023, height: 4096}, to: {a: {field: pattern}}}"
		small  = "{patterns: {source: text, path: f, width: 3, height: 1}, to: {a: {field: pattern}}}"
		dots   = "{patterns: {source: text, path: f, width: 1, height: 1}, to: {a: {field: pattern}}}"
		spikes = "{spikes: {file: f.csv, channels: 1}, to: {a: spikes}}"
		rows   = "{table: {file: f.csv, fields: {v: v}, label: l}, to: {a: v}}"
		timed  = "{spikes: {file: f.csv, channels: 2, unit: s}, to: {a: spikes}}"
	)
	line := strings.Repeat("#", 1023) + "\n"
	for _, c := range []struct{ name, section, file, text, want string }{
		{"text", text, "f", strings.Repeat(line, maxTextBytes/1024), "f:4097: more than 4096 rows"},
		{"longer text", text, "f", strings.Repeat(line, maxTextBytes/1024) + "#", "f: larger than 16 MiB"},
		{"a row with blanks behind", small, "f", "#.#  \n", ""},
		{"a longer row", small, "f", "#.#.\n", "f:1: a row of 4 characters, expected 3"},
		{"a longer row with blanks behind", small, "f", "#.#. \n", "a row of 4 characters, expected 3"},
		{"a shorter row", small, "f", "#.\n", "expected 3"},
		{"a strange pixel", small, "f", "#.?\n", `f:1:3: character '?', expected # X * @ O + 1 for on or . - _ 0 for off`},
		{"patterns", dots, "f", strings.Repeat("#\n\n", maxBitmaps-1) + ".\n", ""},
		{"more patterns", dots, "f", strings.Repeat("#\n\n", maxBitmaps) + ".\n", "more than 100000 patterns"},
		{"labels of trains", spikes, "f.csv", labels("label,time,channel,item\n", "%[1]d,5,0,%[1]d\n", maxLabels), ""},
		{"more labels of trains", spikes, "f.csv", labels("label,time,channel,item\n", "%[1]d,5,0,%[1]d\n", maxLabels+1), "more than 100000 labels"},
		{"labels of rows", rows, "f.csv", labels("l,v\n", "%[1]d,%[1]d\n", maxLabels), ""},
		{"more labels of rows", rows, "f.csv", labels("l,v\n", "%[1]d,%[1]d\n", maxLabels+1), "more than 100000 labels"},
		{"a number that is too large", rows, "f.csv", "l,v\na,1e39\nb,2\n", "1e39 is too large, or infinite"},
		{"no number", rows, "f.csv", "l,v\na,\nb,2\n", "there is no value, expected a number"},
		{"no label", rows, "f.csv", "l,v\na,1\n,2\n", "there is no value"},
		{"a time that is too large", timed, "f.csv", "time,channel\n1e300,0\n", "expected"},
		{"an infinite time", timed, "f.csv", "time,channel\ninf,0\n", "expected"},
		{"no train", timed, "f.csv", "time,channel,item\n1,0,a\n2,0,\n", "there is no value, expected the train's name or number"},
		{"no label of a train", timed, "f.csv", "time,channel,label\n1,0,\n", "there is no label"},
		{"no bar", "{bars: {rows: 0, columns: 0}, to: {a: {field: image}}}", "f", "", "data.x.bars.rows: there is no bar, expected rows or columns"},
		{"a width of one column", "{bars: {rows: 2, columns: 1, width: 3}, to: {a: {field: image}}}", "f", "", "data.x.bars.width: got 3, expected 0"},
		{"a width of one", "{bars: {rows: 2, columns: 2, width: 1}, to: {a: {field: image}}}", "f", "", "data.x.bars.width: got 1, expected 0"},
		{"a width of columns", "{bars: {rows: 2, columns: 2, width: 3}, to: {a: {field: image}}}", "f", "", "data.x.bars.width: got 3, expected 0, because there is a column for each pixel of a row"},
	} {
		if c.want != "" {
			refused(t, c.section, files(c.file, c.text), c.want)
			continue
		}
		exp, err := decode("x: " + c.section + "\n")
		if err == nil {
			_, err = Load(exp, files(c.file, c.text))
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
