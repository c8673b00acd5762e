package data

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"infomorph/scenarios/language"
)

// labelled is a source whose items all have one label.
type labelled int

func (labelled) Describe() Description { return Description{} }

func (l labelled) Item(_ int, dst *Item) error {
	dst.Label = int(l)
	return nil
}

// A label of another module's source is −1 or the number of a name.
func TestLabelsOfCustomSources(t *testing.T) {
	for label, want := range map[int]string{-2: "item 4: label -2 of 2", -1: "<nil>", 0: "<nil>", 1: "<nil>", 2: "item 4: label 2 of 2"} {
		it := Item{Label: 7}
		err := (&custom{labelled(label), Description{Labels: []string{"a", "b"}}}).item(0, 4, &it)
		if fmt.Sprint(err) != want || it.Label != label {
			t.Errorf("label %d: %v, want %s", it.Label, err, want)
		}
	}
}

// Two items can be divided; one cannot. An item that cannot be read is reported.
func TestHoldOutOfFewItems(t *testing.T) {
	for items, want := range map[int]string{1: "validation: the 1 items of x.train cannot be divided, because all have to stay together", 2: "1 and 1", 5: "3 and 2", 6: "data.x: item 5: item 5: worn out"} {
		l := &loader{Source: &language.Source{}, set: &Set{Name: "x", Fields: []Field{{Name: "count", Size: 1}}, source: &custom{counter{}, Description{}}}, path: "data.x", seed: 1}
		l.set.parts = map[string]*Part{"train": newPart(l.set, "train", piece{count: items})}
		got := fmt.Sprint(l.holdOut(0.5))
		if got == "<nil>" {
			got = fmt.Sprintf("%d and %d", l.set.parts["train"].Len(), l.set.parts["test"].Len())
		}
		if got != want {
			t.Errorf("%d items: %s, want %s", items, got, want)
		}
	}
	refused(t, strings.Replace(customSection("counter", "labels: 0", "count"), "to:", "split: {test: 50%}, to:", 1), nil, "data.x: item 5: item 5: worn out")
}

// Event files are in memory after loading, and are read again only if they are not kept.
func TestEventFilesAreKept(t *testing.T) {
	f := &failing{folder: files("n/1.bin", event(3, 1, 1, 70), "n/2.bin", event(0, 0, 0, 5))}
	p := part(t, "{spikes: {file: n, channels: 16, width: 4}, to: {a: spikes}}", "x", f)
	calls := f.calls
	for i, want := range []int32{15, 0} {
		if it := item(t, p, i); len(it.Train) != 1 || it.Train[0].Channel != want {
			t.Errorf("train %d: %v", i, it.Train)
		}
	}
	if f.calls != calls {
		t.Errorf("%d more calls of the disk", f.calls-calls)
	}
	f.at = 1
	p.set.source.(*eventFiles).kept = nil
	if err := p.Item(0, &Item{}); err == nil || !strings.Contains(err.Error(), errDisk.Error()) {
		t.Errorf("a file that cannot be read again: %v", err)
	}
	f.at = 0
	f.MapFS["n/1.bin"] = files("a", "x").MapFS["a"]
	if err := p.Item(0, &Item{}); err == nil || !strings.Contains(err.Error(), "n/1.bin: 1 bytes, expected a multiple of 5") {
		t.Errorf("a file that has changed: %v", err)
	}
}

// Features that a script does not name are 0, also if the item before had them.
func TestFeaturesOfTheItemBefore(t *testing.T) {
	p := part(t, `{generate: {code: "def item(i, random):\n  return {'v': [i], 'features': {'f': 3}} if i == 1 else {'v': [i]}", fields: {v: 1}, features: [f, g]}, to: {a: v}}`, "x", nil)
	it := &Item{}
	for i, want := range [][]float32{{0, 0}, {3, 0}, {0, 0}} {
		if err := p.Item(i, it); err != nil || !slices.Equal(it.Features, want) {
			t.Errorf("item %d has features %v, want %v: %v", i, it.Features, want, err)
		}
	}
}

// A block of symbols is drawn once: the items after the first come from memory.
func TestMarkovDrawsABlockOnce(t *testing.T) {
	p := part(t, "{markov: {symbols: [a, b], matrix: [[0.5, 0.5], [0.5, 0.5]]}, to: {x: now}}", "x", nil)
	var want []int
	for i := range 50 {
		want = append(want, item(t, p, markovBlock+i).Label)
	}
	m := p.set.source.(*markov)
	m.cumulative = nil // nothing can be drawn any more
	for i := range 50 {
		if got := item(t, p, markovBlock+i).Label; got != want[i] {
			t.Errorf("symbol %d is %d, then %d", i, want[i], got)
		}
	}
	if len(m.starts) != 3 {
		t.Errorf("%d blocks are known to have begun, want 3", len(m.starts))
	}
}

// There are rules for each class at the top and for each symbol below it.
func TestRulesOfTheTop(t *testing.T) {
	p := part(t, "{random_hierarchy: {classes: 5, symbols: 3, strings: 1, length: 2, depth: 3, train: 4, test: 1}, to: {a: string}}", "x", nil)
	h := p.set.source.(*hierarchy)
	for level, want := range []int{5 * 2, 3 * 2, 3 * 2} {
		if got := len(h.rules[level]); got != want {
			t.Errorf("level %d has rules of %d symbols, want %d", level, got, want)
		}
	}
	seen := map[int]bool{}
	for i := range p.Len() {
		seen[item(t, p, i).Label] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d classes in 5 items, each of another", len(seen))
	}
}

// Letters fit pictures of any size, down to a single pixel.
func TestLettersOfAnySize(t *testing.T) {
	for width := 1; width <= 5; width++ {
		for height := 1; height <= 5; height++ {
			all, err := letters(width, height)
			if err != nil || len(all.names) != 26 {
				t.Fatalf("%d×%d: %v", width, height, err)
			}
		}
	}
	all, err := letters(3, 3)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"I": "#../#../#..", "L": "#../#../##.", "O": "###/#.#/###"} {
		values := make([]float32, 9)
		all.pixels[slices.Index(all.names, name)].unpack(values)
		if got := picture(values, 3); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// counting is a folder that counts its open files.
type counting struct {
	folder
	opened, closed int
}

type countedFile struct {
	io.ReadCloser
	f *counting
}

func (f *counting) Open(name string) (io.ReadCloser, error) {
	r, err := f.folder.Open(name)
	if err == nil {
		f.opened++
	}
	return countedFile{r, f}, err
}

func (c countedFile) Close() error {
	c.f.closed++
	return c.ReadCloser.Close()
}

// Each file that a source opens is closed once.
func TestFilesAreClosed(t *testing.T) {
	opened := 0
	for _, name := range slices.Sorted(maps.Keys(knownSources)) {
		f := &counting{folder: knownFiles()}
		load(t, "x: "+knownSources[name]+"\n", f)
		if opened += f.opened; f.opened != f.closed {
			t.Errorf("%s: %d files are opened, %d closed", name, f.opened, f.closed)
		}
	}
	if opened < 20 {
		t.Errorf("only %d files are opened", opened)
	}
}

// A folder may end in the beginning of the names of one data set among several. Pictures
// of EMNIST come with a note.
func TestOneOfSeveralIDXSets(t *testing.T) {
	f := idxSet("m/emnist-letters-", "test", "-", "")
	maps.Copy(f.MapFS, idxSet("m/emnist-digits-", "test", "-", "").MapFS)
	f.MapFS["m/emnist-digits-train-labels-idx1-ubyte"] = files("a", idxFile(false, 8, 8, 8)).MapFS["a"]
	for name, want := range map[string]string{"letters": "3,4,7", "digits": "3,4,8"} {
		s := part(t, "{idx: {folder: m/emnist-"+name+"}, to: {a: {field: image}}}", "x", f).set
		if got := strings.Join(s.Labels, ","); got != want || fmt.Sprint(s.Notes) != "[pictures of EMNIST are stored with rows and columns exchanged, and are left so]" {
			t.Errorf("%s: labels %s, want %s; notes %q", name, got, want, s.Notes)
		}
	}
	if notes := part(t, knownSources["idx"], "x", knownFiles()).set.Notes; len(notes) != 0 {
		t.Errorf("notes %q", notes)
	}
}

// Of the test pictures that are also training pictures, the note names the first one among
// the training pictures.
func TestFirstSharedPicture(t *testing.T) {
	s := &idxPictures{sets: [2]greys{{1, []uint8{9, 8, 7, 6, 7}, make([]uint8, 5)}, {1, []uint8{1, 6, 2, 7}, make([]uint8, 4)}}}
	l := &loader{set: &Set{}}
	if err := l.checkShared(s); err != nil || len(l.set.Notes) != 1 || l.set.Notes[0] != "2 of 4 pictures to test on are also among those to learn from, such as test picture 3, which is training picture 2" {
		t.Errorf("%v, %q", err, l.set.Notes)
	}
}

// Names that several items have stand for the last of them, and are listed once.
func TestNamesOfSeveralItems(t *testing.T) {
	f := files("n/train/0/a.bin", event(0, 0, 0, 1), "n/train/0/b.bin", event(1, 0, 0, 1), "n/test/0/a.bin", event(0, 0, 0, 2))
	p := part(t, "{spikes: {file: n, channels: 16, width: 4}, to: {a: spikes}}", "x", f)
	if i, ok := p.Find("0/a"); !ok || i != 2 {
		t.Errorf("0/a is item %d, %v", i, ok)
	}
	const want = `got "c", expected items of x, #0 to #2 or 0/b, 0/a; all, or a list of names, numbers and ranges such as A,#3,#5-#9`
	if _, err := p.Select("c"); fmt.Sprint(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// Without control: shuffled an item is made once, with its own label.
func TestItemIsMadeOnce(t *testing.T) {
	p := part(t, common["strokes"], "x", nil)
	if it := item(t, p, 3); it.Label < 0 || p.other.Fields != nil {
		t.Errorf("label %d; another item was made, too: %v", it.Label, p.other.Fields)
	}
}

// Items that cannot be divided are an error of the validation.
func TestValidationOfOneItem(t *testing.T) {
	exp := experiment(t, "x: {strokes: {train: 1, test: 3, side: 4}, to: {a: image}}\n")
	exp.Validation = 0.5
	if _, err := Load(exp, nil); fmt.Sprint(err) != "validation: the 1 items of x.train cannot be divided, because all have to stay together" {
		t.Error(err)
	}
}

// Any column may be the first.
func TestFirstColumns(t *testing.T) {
	for _, c := range []struct{ more, text, want string }{
		{"part: p", "p,a\ntrain,1\ntest,2\n", "[1] [2]; 1 and 1"}, {"label: l", "l,a\nu,1\nv,2\n", ":u[1] :v[2]; none"}, {"name: n", "n,a\nu,1\nv,2\n", "u[1] v[2]; none"},
	} {
		c2 := load(t, "x: {table: {file: f, fields: {v: a}, "+c.more+"}, to: {x: v}}\n", files("f", c.text))
		whole, _ := c2.Part("x")
		got := itemsOf(t, whole) + "; none"
		if train, err := c2.Part("x.train"); err == nil {
			test, _ := c2.Part("x.test")
			got = fmt.Sprintf("%s; %d and %d", itemsOf(t, whole), train.Len(), test.Len())
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
	refused(t, "{table: {file: f, fields: {v: a}, part: p}, to: {x: v}}", files("f", "p,a\ntrain,1\ntrain,2\n"), "a column in which some rows are test")
	train, test := splitOf(t, "{table: {file: f, fields: {v: a}}, split: {test: 50%, by: g}, to: {x: v}}", files("f", "g,a\nu,1\nv,-2\nu,3\nv,-4\n"))
	if both := strings.Join(train, "") + " " + strings.Join(test, ""); both != "## .." && both != ".. ##" {
		t.Errorf("items of one group are in both parts: %s", both)
	}
	for first, want := range map[string]string{"value,time,channel\n7,5,1\n": "1@5=7 -1", "item,time,channel\n7,5,1\n": "1@5=1 -1 7", "label,time,channel\nu,5,1\n": "1@5=1 0"} {
		it := item(t, part(t, "{spikes: {file: f, channels: 2}, to: {x: spikes}}", "x", files("f", first)), 0)
		if got := strings.TrimSpace(fmt.Sprint(spikesOf(it), " ", it.Label, " ", it.Name)); got != want {
			t.Errorf("%q: %s, want %s", first, got, want)
		}
	}
}

// Of a folder, only files of the kind count: others are left out, and so are folders
// without such files. A file beside no folder of a label has no label.
func TestFilesOfTheKind(t *testing.T) {
	const section = "{spikes: {file: n, channels: 16, width: 4}, to: {a: spikes}}"
	for _, c := range []struct {
		f    folder
		want string
	}{
		{files("n/1.bin", event(0, 0, 0, 1), "n/2.BIN", event(0, 0, 0, 2), "n/.3.bin", "x", "n/note.txt", "x", "n/notes/readme.txt", "x"), "[] 1:-1 2:-1"},
		{files("n/0/1.bin", event(0, 0, 0, 1), "n/0/readme.txt", "x", "n/1/2.bin", event(0, 0, 0, 2), "n/notes/readme.txt", "x", "n/.git/1.bin", "x", "n/note.txt", "x"), "[0 1] 0/1:0 1/2:1"},
	} {
		p := part(t, section, "x", c.f)
		got := fmt.Sprint(p.set.Labels)
		for i := range p.Len() {
			it := item(t, p, i)
			got += fmt.Sprintf(" %s:%d", it.Name, it.Label)
		}
		if got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	refused(t, "{images: {folder: p, width: 2, height: 2}, to: {a: {field: image}}}", files("p/a.webp", "RIFF"), "data.x.images.folder", "p/a.webp")
}

// A single column is painted, with or without rows.
func TestPaintedColumn(t *testing.T) {
	for _, c := range []struct {
		s    barPictures
		on   []float32
		want string
	}{
		{barPictures{columns: 1, width: 1, height: 1}, []float32{1}, "#"}, {barPictures{rows: 2, columns: 1, width: 1, height: 2}, []float32{0, 0, 1}, "#/#"},
		{barPictures{rows: 2, columns: 1, width: 1, height: 2}, []float32{0, 1, 0}, "./#"}, {barPictures{rows: 1, width: 2, height: 1}, []float32{1}, "##"},
	} {
		pixels := make([]float32, c.s.width*c.s.height)
		if c.s.paint(pixels, c.on); picture(pixels, c.s.width) != c.want {
			t.Errorf("%+v with %v on is %s, want %s", c.s, c.on, picture(pixels, c.s.width), c.want)
		}
	}
}

// A kind of source needs a maker.
func TestRegisterWithoutAMaker(t *testing.T) {
	for _, name := range []string{"", "new"} {
		func() {
			defer func() {
				if recover() != "data: a kind needs a name of its own and a maker" {
					t.Errorf("kind %q is registered", name)
				}
			}()
			Register(name, nil)
		}()
	}
}

// A validation applies to the sources that have parts, and is refused if there are none.
func TestValidationOfSeveralSources(t *testing.T) {
	exp := experiment(t, "x: {bars: {}, to: {a: image}}\ny: {strokes: {train: 10, test: 3, side: 4}, to: {b: image}}\n")
	exp.Validation = 0.2
	c, err := Load(exp, nil)
	if err != nil {
		t.Fatal(err)
	}
	if train, test := c.Set("y").parts["train"], c.Set("y").parts["test"]; train.Len() != 8 || test.Len() != 2 || len(c.Set("x").parts) != 1 {
		t.Errorf("%d and %d items", train.Len(), test.Len())
	}
	exp.Validation = 0
	whole, err := Load(exp, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := c.Set("y").Digest(), whole.Set("y").Digest(); len(a) != 16 || len(b) != 16 || a == b {
		t.Errorf("digests %s and %s", a, b)
	}
	exp = experiment(t, "x: {bars: {}, to: {a: image}}\n")
	exp.Validation = 0.2
	if _, err := Load(exp, nil); fmt.Sprint(err) != "validation: has no effect, because no source of data has parts train and test" {
		t.Error(err)
	}
	exp.Data.Set("x y", *exp.Data.Get("x"))
	if _, err = Load(exp, nil); err == nil || !strings.HasSuffix(err.Error(), `got "x y", expected a name of letters, digits, - and _`) {
		t.Error(err)
	}
}

// Equal files may be in one part.
func TestEqualEventFiles(t *testing.T) {
	f := files("n/train/0/a.bin", event(0, 0, 0, 1), "n/train/0/b.bin", event(0, 0, 0, 1), "n/test/0/a.bin", event(0, 0, 0, 2), "n/test/0/b.bin", event(0, 0, 0, 2))
	if p := part(t, "{spikes: {file: n, channels: 16, width: 4}, to: {a: spikes}}", "x", f); p.Len() != 4 {
		t.Errorf("%d trains", p.Len())
	}
}

// Choices that the number of an item does not determine are drawn: all of them occur.
func TestDrawnChoices(t *testing.T) {
	p := part(t, common["deep"], "x", nil)
	h := p.set.source.(*hierarchy)
	if h.fixed >= h.nodes {
		t.Fatal("the number of an item determines all choices")
	}
	rules, seen := h.rules[len(h.rules)-1], map[int]bool{}
	for i := range p.Len() {
		it := item(t, p, i)
		last := it.Fields[0][len(it.Fields[0])-2*h.symbols:]
		pair := []uint8{uint8(slices.Index(last[:h.symbols], 1)), uint8(slices.Index(last[h.symbols:], 1))}
		for k := 0; k < len(rules); k += 2 {
			if slices.Equal(rules[k:k+2], pair) {
				seen[k/2%h.strings] = true
			}
		}
	}
	if len(seen) < 12 { // 64 draws of 16 miss more than 4 with probability 1e-7
		t.Errorf("%d of %d strings are chosen", len(seen), h.strings)
	}
}

// A file that is not compressed is preferred to one that is. A file that cannot be read is
// named.
func TestIDXWithAndWithoutCompression(t *testing.T) {
	f := idxSet("m/", "t10k", "-", "")
	for _, name := range slices.Collect(maps.Keys(f.MapFS)) {
		f.MapFS[name+".gz"] = files("a", "x").MapFS["a"]
	}
	const section = "{idx: {folder: m}, to: {a: {field: image}}}"
	if p := part(t, section, "x", f); p.Len() != 5 {
		t.Errorf("%d pictures", p.Len())
	}
	for _, name := range []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"} {
		f := idxSet("m/", "t10k", "-", "")
		f.MapFS["m/"+name].Data = []byte("x")
		refused(t, section, f, "data.x.idx.folder", name)
	}
}

// With control: shuffled, an item without label and features needs no other item. Items of
// a source without end are exchanged within their block.
func TestShuffledItems(t *testing.T) {
	exp := experiment(t, "x: {patterns: {source: random, count: 9, width: 3}, to: {a: pattern}}\ny: {bars: {}, to: {b: image}}\n")
	exp.Control = "shuffled"
	c, err := Load(exp, nil)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := c.Part("x")
	if it := item(t, x, 3); it.Label != -1 || x.other.Fields != nil {
		t.Errorf("label %d, another item %v", it.Label, x.other.Fields)
	}
	y, _ := c.Part("y")
	for _, i := range []int{0, shuffleBlock - 1, shuffleBlock, shuffleBlock + 7, 3*shuffleBlock - 1, 3 * shuffleBlock} {
		if j := y.Other(i); j == i || j/shuffleBlock != i/shuffleBlock {
			t.Errorf("item %d has the features of %d", i, j)
		}
	}
}

// The error of a list names the items, if they have names.
func TestItemsThatThereAre(t *testing.T) {
	for text, want := range map[string]string{"= a\n#\n": "#0 to #0 or a; all", "#\n\n#\n\n.\n": "#0 to #2 or 1, 2, 3; all"} {
		p := part(t, "{patterns: {source: text, path: t, width: 1}, to: {a: pattern}}", "x", files("t", text))
		if _, err := p.Select("x"); err == nil || !strings.Contains(err.Error(), "expected items of x, "+want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	p := part(t, "{patterns: {source: random, count: 3, width: 1}, to: {a: pattern}}", "x", nil)
	if _, err := p.Select("x"); err == nil || !strings.Contains(err.Error(), "expected items of x, #0 to #2; all") {
		t.Error(err)
	}
}

// Spikes are sent as they are, and are no picture. What is no field is refused with a hint.
func TestInputsOfSpikes(t *testing.T) {
	s := part(t, common["poisson"], "x", nil).set
	if size, width := s.Size("a"); size != 3 || width != 0 {
		t.Errorf("%d channels, %d a row", size, width)
	}
	for _, setting := range []string{"on: 2", "off: 1", "levels: 2", "scale: 2"} {
		refused(t, strings.Replace(common["poisson"], "a: spikes", "a: {field: spikes, "+setting+"}", 1), nil, "data.x.to.a: spikes are sent as they are; leave on, off, levels and scale out")
	}
	refused(t, "{bars: {}, to: {a: label}}", nil, `data.x.to.a: got "label", expected a field of the items: image, features; the items have no label`)
	refused(t, "{bars: {}, to: {a: labels}}", nil, `data.x.to.a: got "labels", expected a field of the items: image, features`)
}

// Pictures of both parts have one size. Several data sets are listed in order.
func TestSetsOfIDX(t *testing.T) {
	const section = "{idx: {folder: m}, to: {a: {field: image}}}"
	for size, want := range map[string]string{"\x00\x00\x00\x02\x00\x00\x00\x01": "training pictures have 2×2 pixels, those to test on 1×2", "\x00\x00\x00\x01\x00\x00\x00\x02": "training pictures have 2×2 pixels, those to test on 2×1"} {
		f := idxSet("m/", "t10k", "-", "")
		f.MapFS["m/t10k-images-idx3-ubyte"].Data = []byte("\x00\x00\x08\x03\x00\x00\x00\x02" + size + "abcd")
		refused(t, section, f, "data.x.idx.folder", want)
	}
	f := files()
	for _, name := range []string{"e", "b", "d", "a", "c", "f"} {
		maps.Copy(f.MapFS, idxSet("m/"+name+"-", "test", "-", "").MapFS)
	}
	refused(t, section, f, "there are several data sets: m/a, m/b, m/c, m/d, m/e, m/f; name one of them, such as m/a")
}

// Items without names cannot be found by an empty one.
func TestItemsWithoutNames(t *testing.T) {
	p := part(t, "{table: {file: f, fields: {v: a}}, to: {x: v}}", "x", files("f", "a\n1\n2\n"))
	if i, ok := p.Find(""); ok {
		t.Errorf("item %d has no name", i)
	}
	if got, err := p.Select(""); err == nil {
		t.Errorf("no name selects %v", got)
	}
}

// A digit is drawn once, and the order of ten digits is drawn once.
func TestDigitsAreDrawnOnce(t *testing.T) {
	p := part(t, "{strokes: {train: 20, test: 0, side: 4}, to: {a: image}}", "x", nil)
	d := &p.set.source.(*strokes).drawn[0]
	item(t, p, 3)
	d.kept.pixels[3*16] = 255
	if got := item(t, p, 3).Fields[0][0]; got != 1 {
		t.Errorf("drawn again: %v", got)
	}
	other := (d.order[4] + 1) % 10
	d.order[4] = other
	if got := item(t, p, 4).Label; got != int(other) {
		t.Errorf("the order of the digits is drawn again: %d", got)
	}
}

// Channels of a field of a table have the names of its columns.
func TestNamesOfColumns(t *testing.T) {
	p := part(t, "{table: {file: iris.csv, fields: {size: [width, length], w: width}, label: species}, to: {a: size, b: w, c: label}}", "x", files("iris.csv", iris))
	for input, want := range map[string]string{"a": "[width length]", "b": "[width]", "c": "[setosa virginica]"} {
		if got := fmt.Sprint(p.set.Names(input)); got != want {
			t.Errorf("channels of %s are called %s, want %s", input, got, want)
		}
	}
}

// unlisted is a folder in which one folder cannot be listed.
type unlisted struct {
	folder
	name string
}

func (f unlisted) List(name string) ([]string, error) {
	if name == f.name {
		return nil, errDisk
	}
	return f.folder.List(name)
}

// A folder of a part that cannot be listed is an error.
func TestFoldersThatCannotBeListed(t *testing.T) {
	f := files("n/train/0/a.bin", event(0, 0, 0, 1), "n/test/0/a.bin", event(0, 0, 0, 2))
	for _, name := range []string{"n/train", "n/test"} {
		refused(t, "{spikes: {file: n, channels: 16, width: 4}, to: {a: spikes}}", unlisted{f, name}, "data.x.spikes.file", errDisk.Error())
	}
}
