package data

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"infomorph/internal/config"
	"infomorph/internal/fuzzing"
	"infomorph/scenarios/language"
)

// folder is a folder of files in memory.
type folder struct{ fstest.MapFS }

func (f folder) Open(name string) (io.ReadCloser, error) { return f.MapFS.Open(path.Clean(name)) }

func (f folder) List(name string) ([]string, error) {
	entries, err := fs.ReadDir(f.MapFS, path.Clean(name))
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// files makes a folder from names and contents in turn.
func files(pairs ...string) folder {
	f := folder{fstest.MapFS{}}
	for i := 0; i < len(pairs); i += 2 {
		f.MapFS[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return f
}

// experiment decodes the data section of a document.
func experiment(t testing.TB, section string) *language.Experiment {
	t.Helper()
	exp, err := decode(section)
	if err != nil {
		t.Fatal(err)
	}
	return exp
}

func decode(section string) (*language.Experiment, error) {
	exp := &language.Experiment{}
	text := "apiVersion: infomorph/v2\nname: test\ndata:\n"
	for line := range strings.Lines(section) {
		text += "  " + line
	}
	return exp, config.Decode("test.yaml", []byte(text), exp)
}

func load(t testing.TB, section string, f Files) *Collection {
	t.Helper()
	c, err := Load(experiment(t, section), f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// part loads one source with the name x, and returns a part of it.
func part(t testing.TB, section, ref string, f Files) *Part {
	t.Helper()
	p, err := load(t, "x: "+section+"\n", f).Part(ref)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func item(t testing.TB, p *Part, i int) *Item {
	t.Helper()
	it := &Item{}
	if err := p.Item(i, it); err != nil {
		t.Fatal(err)
	}
	return it
}

// refused checks that loading a source gives an error that contains all words.
func refused(t *testing.T, section string, f Files, words ...string) {
	t.Helper()
	exp, err := decode("x: " + section + "\n")
	if err == nil {
		_, err = Load(exp, f)
	}
	if err == nil {
		t.Fatalf("%s: no error, want one with %q", section, words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: got %v, want %q in it", section, err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: more than one line: %v", section, err)
	}
}

// picture draws a field of ±1, or of 0 and 1, as text.
func picture(values []float32, width int) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 && i%width == 0 {
			b.WriteByte('/')
		}
		b.WriteByte(".#"[btoi(v > 0)])
	}
	return b.String()
}

// near checks that a mean is within 5 standard errors.
func near(t *testing.T, what string, got, want, sd float64, n int) {
	t.Helper()
	if bound := 5 * sd / math.Sqrt(float64(n)); !(math.Abs(got-want) <= bound) {
		t.Errorf("%s is %.4f, want %.4f ± %.4f", what, got, want, bound)
	}
}

// common are sources without files.
var common = map[string]string{
	"random":     "{patterns: {source: random, count: 50, width: 12}, to: {a: {field: pattern}}}",
	"correlated": "{patterns: {source: random, count: 50, width: 12, correlation: 0.3}, to: {a: {field: pattern}}}",
	"drift":      "{patterns: {source: random, count: 50, width: 12, p: 20%, correlation: 0.3, drift: 0.5}, to: {a: {field: pattern}}}",
	"letters":    "{patterns: {}, to: {a: {field: pattern}}}",
	"bars":       "{bars: {rows: 6, columns: 6, flips: 10%}, to: {a: {field: image}, b: {field: features}}}",
	"strokes":    "{strokes: {train: 50, test: 20}, to: {a: {field: image, levels: 3}, b: {field: label}}}",
}

// Item i is always the same, no matter which items were read before, or by which part.
func TestItemIsAFunctionOfItsNumber(t *testing.T) {
	for name, section := range common {
		t.Run(name, func(t *testing.T) {
			a, b := part(t, section, "x", nil), part(t, section, "x", nil)
			n := a.Len()
			if n == 0 {
				n = 40
			}
			var forwards []string
			for i := range n {
				forwards = append(forwards, fmt.Sprintf("%+v", *item(t, a, i)))
			}
			it := &Item{}
			for i := n - 1; i >= 0; i-- {
				if err := b.Item(i, it); err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprintf("%+v", *it); got != forwards[i] {
					t.Fatalf("item %d is %s, then %s", i, forwards[i], got)
				}
			}
			if len(slices.Compact(slices.Sorted(slices.Values(forwards)))) != n {
				t.Error("two items are the same")
			}
		})
	}
}

func TestItemTakesNoMemory(t *testing.T) {
	for name, section := range common {
		p := part(t, section, "x", nil)
		it, values := &Item{}, []float32(nil)
		i := 0
		do := func() {
			if err := p.Item(i%20, it); err != nil {
				t.Fatal(err)
			}
			for k := range p.set.into {
				values = p.set.Values(values, p.set.into[k].Input, it)
			}
			i++
		}
		for range 20 {
			do()
		}
		if n := testing.AllocsPerRun(100, do); n != 0 {
			t.Errorf("%s: %v allocations an item", name, n)
		}
	}
}

// Another seed, or another position among the sources, gives other items. Another name,
// or more sources after it, does not.
func TestStreams(t *testing.T) {
	const bars = "{bars: {rows: 6}, to: {a: {field: image}}}"
	show := func(c *Collection, name string) string {
		p, err := c.Part(name)
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for i := range 10 {
			text += picture(item(t, p, i).Fields[0], 6)
		}
		return text
	}
	first := show(load(t, "x: "+bars+"\n", nil), "x")
	if got := show(load(t, "y: "+bars+"\nz: "+bars+"\n", nil), "y"); got != first {
		t.Error("a name or a source behind changed the items")
	}
	if got := show(load(t, "y: "+bars+"\nz: "+bars+"\n", nil), "z"); got == first {
		t.Error("two sources give the same items")
	}
	exp := experiment(t, "x: "+bars+"\n")
	exp.Seed = 2
	c, err := Load(exp, nil)
	if err != nil {
		t.Fatal(err)
	}
	if show(c, "x") == first {
		t.Error("two seeds give the same items")
	}
	if c.Set("x").Digest() == load(t, "x: "+bars+"\n", nil).Set("x").Digest() {
		t.Error("two seeds have the same digest")
	}
}

// Bars occur with their probability and independently, and the pixels agree with the
// features.
func TestBars(t *testing.T) {
	p := part(t, "{bars: {rows: 4, columns: 3, p: 0.3}, to: {a: {field: image}}}", "x", nil)
	if !slices.Equal(p.set.Features, []string{"row0", "row1", "row2", "row3", "column0", "column1", "column2"}) {
		t.Errorf("features %v", p.set.Features)
	}
	const n = 20000
	var counts, both [7]float64
	it := &Item{}
	for i := range n {
		if err := p.Item(i, it); err != nil {
			t.Fatal(err)
		}
		for y := range 4 {
			for x := range 3 {
				if want := it.Features[y] > 0 || it.Features[4+x] > 0; (it.Fields[0][y*3+x] > 0) != want {
					t.Fatalf("features %v, image %s", it.Features, picture(it.Fields[0], 3))
				}
			}
		}
		for k, v := range it.Features {
			counts[k] += float64(v)
			both[k] += float64(v * it.Features[(k+1)%7])
		}
	}
	for k := range counts {
		near(t, "probability of a bar", counts[k]/n, 0.3, math.Sqrt(0.3*0.7), n)
		near(t, "probability of two", both[k]/n, 0.09, math.Sqrt(0.09*0.91), n)
		if p.set.FeatureP[k] != 0.3 {
			t.Errorf("stated probability %v", p.set.FeatureP[k])
		}
	}
}

// correlations measures random patterns: the share of bits that are on, and the
// correlations of a bit with its neighbour and with the same bit of the next pattern.
func correlations(t *testing.T, p *Part) (on, along, between float64) {
	t.Helper()
	size := p.set.Fields[0].Size
	before := make([]float32, size)
	var sum, neighbours, later float64
	it := &Item{}
	for k := range p.Len() {
		if err := p.Item(k, it); err != nil {
			t.Fatal(err)
		}
		for i, v := range it.Fields[0] {
			x := float64(v+1) / 2
			sum += x
			if i > 0 {
				neighbours += x * float64(it.Fields[0][i-1]+1) / 2
			}
			later += x * float64(before[i]+1) / 2
			before[i] = v
		}
		if k == 0 {
			later = 0
		}
	}
	n := float64(p.Len())
	on = sum / (n * float64(size))
	variance := on * (1 - on)
	return on, (neighbours/(n*float64(size-1)) - on*on) / variance, (later/((n-1)*float64(size)) - on*on) / variance
}

func TestRandomPatternsHaveTheStatisticsTheyAreAskedFor(t *testing.T) {
	for _, tc := range []struct{ p, c, d float64 }{{0.5, 0, 0}, {0.2, 0, 0}, {0.3, 0.6, 0}, {0.5, 0, 0.8}, {0.2, 0.3, 0.5}, {0.5, 0.9, 0.9}, {0.5, 0.1, 0.3}} {
		section := fmt.Sprintf("{patterns: {source: random, count: 400, width: 40, p: %g, correlation: %g, drift: %g}, to: {a: {field: pattern}}}", tc.p, tc.c, tc.d)
		on, along, between := correlations(t, part(t, section, "x", nil))
		// 640,000 bits; a run of correlated bits counts as one
		runs := (1 + tc.c) / (1 - tc.c) * (1 + tc.d) / (1 - tc.d)
		sd := math.Sqrt(runs)
		near(t, section+": p", on, tc.p, sd/2, 640_000)
		near(t, section+": correlation", along, tc.c, sd, 640_000)
		near(t, section+": drift", between, tc.d, sd, 640_000)
	}
}

// A letter has its shape.
func TestLettersAsTheyAre(t *testing.T) {
	p := part(t, "{patterns: {width: 8}, to: {a: {field: pattern}}}", "x", nil)
	if p.Len() != 26 {
		t.Fatalf("%d letters", p.Len())
	}
	i, ok := p.Find("T")
	it := item(t, p, i)
	if got := picture(it.Fields[0], 8); !ok || it.Name != "T" || got != "######../..##..../..##..../..##..../..##..../..##..../..##..../...#...." {
		t.Errorf("T is %s", got)
	}
}

func TestText(t *testing.T) {
	f := files("art.txt", "= cross\n#.#\n.#.\n#.#\n\n...\n###\n...\n")
	p := part(t, "{patterns: {source: text, path: art.txt, width: 3}, to: {a: {field: pattern, off: -1}, b: {field: pattern}}}", "x", f)
	it := item(t, p, 0)
	if it.Name != "cross" || picture(it.Fields[0], 3) != "#.#/.#./#.#" || p.Len() != 2 || item(t, p, 1).Name != "2" {
		t.Errorf("got %+v", it)
	}
	if got := p.set.Values(nil, "a", it); !slices.Equal(got, []float32{1, -1, 1, -1, 1, -1, 1, -1, 1}) {
		t.Errorf("a is told %v", got)
	}
	if got := p.set.Values(nil, "b", it); !slices.Equal(got, []float32{1, 0, 1, 0, 1, 0, 1, 0, 1}) {
		t.Errorf("b is told %v", got)
	}
	for text, want := range map[string]string{
		"##\n": "art.txt:1: a row of 2 characters, expected 3", "###\n": "has 1 rows", "": "no pattern in it",
		"#?#\n": "art.txt:1:2: character '?'", "###\n###\n###\n###\n": "art.txt:4: more than 3 rows",
		"= a\n###\n###\n###\n\n= a\n###\n###\n###\n": `two patterns are called "a"`,
	} {
		refused(t, "{patterns: {source: text, path: art.txt, width: 3}, to: {a: {field: pattern}}}", files("art.txt", text), "data.x.patterns.path", want)
	}
}

// TestTextAsEditorsLeaveIt: byte order marks, encodings, line ends and blanks at the end
// of rows do not change a pattern.
func TestTextAsEditorsLeaveIt(t *testing.T) {
	const plain = "#.#\n.#.\n#..\n\n...\n###\n...\n"
	want, err := readText("f", strings.NewReader(plain), 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	wide := "\xff\xfe"
	for _, c := range plain {
		wide += string([]byte{byte(c), 0})
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(plain))
	_ = w.Close()
	for name, text := range map[string]string{
		"byte order mark": "\xef\xbb\xbf" + plain, "UTF-16": wide, "packed": packed.String(),
		"CR LF": strings.ReplaceAll(plain, "\n", "\r\n"), "CR": strings.ReplaceAll(plain, "\n", "\r"),
		"blanks behind": strings.ReplaceAll(plain, "\n", "  \t\n"), "two blank lines": strings.ReplaceAll(plain, "\n\n", "\n \n\n"),
		"blocks": strings.NewReplacer("#", "█", ".", "░").Replace(plain), "signs": strings.NewReplacer("#", "+", ".", "-").Replace(plain),
		"blanks cut off": "# #\n #\n#\n\n   \n###\n   \n",
	} {
		all, err := readText("f", strings.NewReader(text), 3, 3)
		if err != nil || !slices.EqualFunc(all.pixels, want.pixels, slices.Equal[bits]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBlankPatterns: there is a note about patterns of one colour, and an error if there
// are no others.
func TestBlankPatterns(t *testing.T) {
	p := part(t, "{patterns: {source: text, path: art.txt, width: 3}, to: {a: {field: pattern}}}", "x", files("art.txt", "###\n###\n###\n\n#..\n...\n...\n"))
	if notes := strings.Join(p.Set().Notes, ";"); !strings.Contains(notes, "blank patterns, in which every pixel is the same: 1") {
		t.Error(notes)
	}
	refused(t, "{patterns: {source: text, path: art.txt, width: 3}, to: {a: {field: pattern}}}", files("art.txt", "###\n###\n###\n"), "data.x.patterns.path", "blank")
}

func FuzzText(f *testing.F) {
	f.Add("= cross\n#.#\n.#.\n#.#\n\n...\n###\n...\n")
	f.Add("###\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		defer fuzzing.Bound(t)()
		all, err := readText("f", strings.NewReader(text), 3, 3)
		if err == nil && (len(all.names) == 0 || len(all.names) != len(all.pixels)) {
			t.Errorf("%d names for %d patterns", len(all.names), len(all.pixels))
		}
	})
}

// Ten strokes in a row are all ten digits, and values have the given number of levels.
func TestStrokes(t *testing.T) {
	p := part(t, "{strokes: {train: 100, test: 30}, to: {a: {field: image, levels: 3}, b: {field: label, off: -1}}}", "x.train", nil)
	var seen [10]int
	for i := range 100 {
		seen[item(t, p, i).Label]++
		if i%10 == 9 && seen != [10]int{i/10 + 1, i/10 + 1, i/10 + 1, i/10 + 1, i/10 + 1, i/10 + 1, i/10 + 1, i/10 + 1, i/10 + 1, i/10 + 1} {
			t.Fatalf("after %d: %v", i+1, seen)
		}
	}
	it := item(t, p, 3)
	for _, v := range p.set.Values(nil, "a", it) {
		if v != 0 && v != 0.5 && v != 1 {
			t.Fatalf("a level of %v", v)
		}
	}
	for k, v := range p.set.Values(nil, "b", it) {
		if (v == 1) != (k == it.Label) || v != 1 && v != -1 {
			t.Fatalf("label %d is told as %v at %d", it.Label, v, k)
		}
	}
	whole := part(t, "{strokes: {train: 100, test: 30}, to: {a: {field: image}}}", "x", nil)
	test := part(t, "{strokes: {train: 100, test: 30}, to: {a: {field: image}}}", "x.test", nil)
	if whole.Len() != 130 || test.Len() != 30 || !slices.Equal(item(t, whole, 105).Fields[0], item(t, test, 5).Fields[0]) {
		t.Error("the whole is not train, then test")
	}
	// Digits in memory are equal to digits that are drawn again.
	s := p.set.source.(*strokes)
	kept := slices.Clone(it.Fields[0])
	s.drawn[0].kept.pixels = nil
	s.pen.Side = 14
	again := strokes{pen: s.pen, counts: [2]int{maxDrawn, 0}, drawn: s.drawn}
	label := it.Label
	it.Label = -1
	clear(it.Fields[0])
	if err := again.item(0, 3, it); err != nil || it.Label != label || !slices.Equal(kept, it.Fields[0]) {
		t.Error("a digit that is drawn anew differs")
	}
}

func TestShuffledLabelsAreThoseOfAnotherItem(t *testing.T) {
	exp := experiment(t, "x: {strokes: {train: 100, test: 30}, to: {a: {field: image}, b: {field: label}}}\ny: {bars: {}, to: {c: {field: image}}}\n")
	plain, err := Load(exp, nil)
	if err != nil {
		t.Fatal(err)
	}
	exp.Control = "shuffled"
	mixed, err := Load(exp, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"x", "x.train", "x.test", "y"} {
		a, _ := plain.Part(ref)
		b, _ := mixed.Part(ref)
		n := a.Len()
		if n == 0 {
			n = 2 * shuffleBlock
		}
		seen := make([]bool, n)
		for i := range n {
			j := b.Other(i)
			if j == i || seen[j] {
				t.Fatalf("%s: item %d has that of %d", ref, i, j)
			}
			seen[j] = true
			own, other, got := item(t, a, i), item(t, a, j), item(t, b, i)
			if got.Label != other.Label || !slices.Equal(got.Features, other.Features) || !slices.Equal(got.Fields[0], own.Fields[0]) {
				t.Fatalf("%s: item %d is not its own picture with the label of %d", ref, i, j)
			}
			if i > 200 {
				break
			}
		}
		if a.Other(3) != 3 {
			t.Error("shuffled without being asked")
		}
	}
}

func TestSelect(t *testing.T) {
	f := files("art.txt", "= a-b\n#\n\n= 2\n#\n\n= c\n#\n\n= d\n#\n")
	p := part(t, "{patterns: {source: text, path: art.txt, width: 1}, to: {a: {field: pattern}}}", "x", f)
	for list, want := range map[string][]int{
		"all": {0, 1, 2, 3}, "c": {2}, "2": {1}, "#2": {2}, "3": {3}, "a-b,d": {0, 3}, "#1-#3": {1, 2, 3}, "a-b-c": {0, 1, 2}, "d, #0-1": {3, 0, 1},
	} {
		if got, err := p.Select(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", list, got, err, want)
		}
	}
	for _, list := range []string{"", "e", "#4", "d-c", "#1,2", "c,,d", "-1", "#-1"} {
		if got, err := p.Select(list); err == nil {
			t.Errorf("%s: got %v, want an error", list, got)
		}
	}
}

func TestFirstAndParts(t *testing.T) {
	c := load(t, "x: {strokes: {train: 100, test: 30}, first: 7, to: {a: {field: image}}}\ny: {bars: {}, first: 5, to: {a: {field: image}}}\nz: {bars: {}, to: {a: {field: image}}}\n", nil)
	for ref, want := range map[string]int{"x": 14, "x.train": 7, "x.test": 7, "y": 5, "z": 0} {
		if p, err := c.Part(ref); err != nil || p.Len() != want || p.Name() != ref {
			t.Errorf("%s: %v, %v", ref, p, err)
		}
	}
	for _, ref := range []string{"q", "y.train", "x.all", "x.", "", "x.train.test"} {
		if _, err := c.Part(ref); err == nil {
			t.Errorf("%q is a part", ref)
		}
	}
}

func TestRefusesWhatHasNoEffect(t *testing.T) {
	refused(t, "{bars: {}, to: {a: {field: picture}}}", nil, "data.x.to.a", "image, features")
	refused(t, "{bars: {}, to: {a: {field: label}}}", nil, "data.x.to.a", "label", "image, features")
	refused(t, "{bars: {}, to: {a: {field: image, levels: 3}}}", nil, "data.x.to.a.levels")
	refused(t, "{strokes: {}, to: {a: {field: image, off: -1}}}", nil, "data.x.to.a.off")
	refused(t, "{strokes: {}, split: {}, to: {a: {field: image}}}", nil, "data.x.split", "parts train and test of its own")
	refused(t, "{bars: {}, split: {}, to: {a: {field: image}}}", nil, "data.x.split", "without end")
	refused(t, "{bars: {rows: 0}, to: {a: {field: image}}}", nil, "data.x.bars.rows")
	refused(t, "{bars: {rows: 3, columns: 3, width: 4}, to: {a: {field: image}}}", nil, "data.x.bars.width")
	refused(t, "{patterns: {source: letters, count: 27}, to: {a: {field: pattern}}}", nil, "data.x.patterns.count", "26")
	refused(t, "{patches: {folder: none}, to: {a: {field: image}}}", files(), "data.x.patches.folder")
	refused(t, "{patterns: {source: random, count: 1000000, width: 4096, drift: 0.5}, to: {a: {field: pattern}}}", nil, "data.x.patterns.count", "at most 512")
}
