package scenarios

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/dataset"
	"testing/fstest"

	"infomorph/neuron"
)

// memoryFiles gives a task files that exist in the test only.
type memoryFiles fstest.MapFS

func (m memoryFiles) Open(name string) (io.ReadCloser, error) { return fstest.MapFS(m).Open(name) }

func (m memoryFiles) List(name string) ([]string, error) {
	entries, err := fs.ReadDir(fstest.MapFS(m), path.Clean(name))
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func draw3x2(p Pattern) string {
	var b strings.Builder
	for i, v := range p.Pixels {
		b.WriteByte(map[float32]byte{1: '#', -1: '.'}[v])
		if i%3 == 2 {
			b.WriteByte('/')
		}
	}
	return b.String()
}

func TestParseText(t *testing.T) {
	const text = "= cross\n#.#\n.#.\n\n= bar\r\n...\r\n@@@\r\n\n1X*\n_-0"
	got, err := ParseText("f", strings.NewReader(text), 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"cross #.#/.#./", "bar .../###/", "3 ###/.../"}
	for i, p := range got {
		if s := p.Name + " " + draw3x2(p); i >= len(want) || s != want[i] {
			t.Errorf("pattern %d is %q, expected %q", i, s, want[min(i, len(want)-1)])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d patterns, expected %d", len(got), len(want))
	}
}

func TestParseTextErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "f: no pattern in it; expected rows of # and .",
		"#.#\n.#.#\n":                      "f:2: a row of 4 characters, expected 3",
		"#.#\n.q.\n":                       `f:2:2: character 'q', expected # X * @ O 1 for on or . - _ 0 for off`,
		"#.#\n\n":                          "f:2: the pattern that ends here has 1 rows, expected 2",
		"...\n...\n...\n":                  "f:3: more than 2 rows; separate patterns by a blank line",
		"= a\n...\n...\n\n= a\n###\n###\n": `f:7: two patterns are called "a"`,
	} {
		if _, err := ParseText("f", strings.NewReader(text), 3, 2); err == nil || err.Error() != want {
			t.Errorf("%q gives %v, expected %s", text, err, want)
		}
	}
}

func FuzzParseText(f *testing.F) {
	f.Add("= a\n#.#\n.#.\n")
	f.Add("\n\n#")
	f.Fuzz(func(t *testing.T, text string) {
		patterns, err := ParseText("f", strings.NewReader(text), 3, 2)
		if err != nil {
			return
		}
		for _, p := range patterns {
			if len(p.Pixels) != 6 {
				t.Fatalf("a pattern of %d pixels", len(p.Pixels))
			}
		}
	})
}

// half returns a PNG whose left half is bright.
func half(t testing.TB, w, h int) []byte {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w / 2 {
			img.SetGray(x, y, color.Gray{Y: 200})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImagesAreScaledAndThresholded(t *testing.T) {
	files := memoryFiles{
		"pics/b.png": {Data: half(t, 40, 30)}, "pics/a.PNG": {Data: half(t, 4, 3)}, "pics/notes.txt": {Data: []byte("no picture")},
	}
	p := Patterns{Source: "images", Path: "pics"}
	all, err := p.load("patterns", 4, 2, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Name != "a" || all[1].Name != "b" {
		t.Fatalf("got %v", all)
	}
	for _, got := range all {
		if want := []float32{1, 1, -1, -1, 1, 1, -1, -1}; !slices.Equal(got.Pixels, want) {
			t.Errorf("%s is %v, expected %v", got.Name, got.Pixels, want)
		}
	}
}

func TestBadImages(t *testing.T) {
	whole := half(t, 10, 10)
	huge := bytes.Clone(whole)
	huge[18] = 0x7f // the width in the header: 32 thousand columns and more
	for name, c := range map[string]struct {
		files memoryFiles
		want  string
	}{
		"no image":  {memoryFiles{"p/a.png": {Data: []byte("hello")}}, "p/a.png: not a PNG or JPEG image"},
		"cut short": {memoryFiles{"p/a.png": {Data: whole[:len(whole)/2]}}, "p/a.png: not a PNG or JPEG image"},
		"huge":      {memoryFiles{"p/a.png": {Data: huge}}, "p/a.png: "},
		"empty":     {memoryFiles{"p/a.txt": {}}, "no .png or .jpg file in p"},
		"no folder": {memoryFiles{}, "p: file does not exist"},
	} {
		p := Patterns{Source: "images", Path: "p"}
		if _, err := p.load("patterns", 4, 2, c.files, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %s", name, err, c.want)
		}
	}
}

func FuzzDecodeImage(f *testing.F) {
	f.Add(half(f, 10, 10))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := dataset.DecodePicture(bytes.NewReader(data))
		if err != nil {
			return
		}
		if pixels := pixelate(img, 4, 2); len(pixels) != 8 {
			t.Fatalf("%d pixels", len(pixels))
		}
	})
}

func TestLettersDiffer(t *testing.T) {
	for _, size := range [][2]int{{10, 10}, {16, 16}, {8, 12}} {
		all, err := letters(size[0], size[1])
		if err != nil || len(all) != 26 {
			t.Fatalf("%d letters, %v", len(all), err)
		}
		for i := range all {
			for k := range i {
				if slices.Equal(all[i].Pixels, all[k].Pixels) {
					t.Errorf("at %v, %s looks like %s", size, all[i].Name, all[k].Name)
				}
			}
		}
	}
}

func TestDamage(t *testing.T) {
	pixels := make([]float32, 100)
	for i := range pixels {
		pixels[i] = 1
	}
	rng := neuron.NewRand(1, neuron.ForStimulus, 0)
	for cue, want := range map[string]map[float32]int{"flip": {-1: 20, 1: 80}, "occlude": {-1: 20, 1: 80}, "partial": {0: 20, 1: 80}, "clean": {1: 100}} {
		r := Test{Cue: cue, Fraction: 0.2}
		got := map[float32]int{}
		for _, v := range r.damage(pixels, rng) {
			got[v]++
		}
		for v, n := range want {
			if got[v] != n {
				t.Errorf("%s: %d bits of %v, expected %d", cue, got[v], v, n)
			}
		}
	}
}

func TestTextFileEndToEnd(t *testing.T) {
	s := loadBuiltin(t, "associative-memory",
		"associative_memory.patterns={source: text, path: shapes.txt, width: 3, height: 2}", "associative_memory.presentations=20",
		"associative_memory.recall=[{name: clean}, {name: held, cue: partial, fraction: 30%, release: held}, {name: fade, cue: flip, fraction: 10%, dynamics: graded_belief, release: fading}]")
	_, err := NewTask(s, memoryFiles{})
	if err == nil || !strings.Contains(err.Error(), "associative_memory.patterns.path") {
		t.Errorf("a file that is not there gives %v", err)
	}
	task, err := NewTask(s, memoryFiles{"shapes.txt": {Data: []byte("#.#\n.#.\n\n...\n###\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if n := task.Network().NumNeurons(); n != 6 {
		t.Errorf("%d neurons for 3×2 pixels", n)
	}
}
