package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// idxFile builds an IDX file of n pictures of 2×2 pixels, or of labels.
func idxFile(pictures bool, data ...byte) string {
	head := []uint32{0x0801, uint32(len(data))}
	if pictures {
		head = []uint32{0x0803, uint32(len(data) / 4), 2, 2}
	}
	var b []byte
	for _, v := range head {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return string(append(b, data...))
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text)) //nolint:errcheck // to memory
	w.Close()
	return b.String()
}

func idxSet(prefix, test, dash, ending string) folder {
	pack := func(s string) string { return s }
	if ending == ".gz" {
		pack = gzipped
	}
	return files(
		prefix+"train-images"+dash+"idx3-ubyte"+ending, pack(idxFile(true, 0, 51, 102, 255, 9, 9, 9, 9, 1, 2, 3, 4)),
		prefix+"train-labels"+dash+"idx1-ubyte"+ending, pack(idxFile(false, 7, 3, 7)),
		prefix+test+"-images"+dash+"idx3-ubyte"+ending, pack(idxFile(true, 0, 0, 0, 1, 5, 5, 5, 5)),
		prefix+test+"-labels"+dash+"idx1-ubyte"+ending, pack(idxFile(false, 3, 4)))
}

// idxFolderSet has the files in folders with the same names, labels in the form of
// QMNIST, and other spellings of names.
func idxFolderSet() folder {
	table := func(labels ...byte) string {
		b := binary.BigEndian.AppendUint32(nil, 0x0c02)
		b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, uint32(len(labels))), 2)
		for _, v := range labels {
			b = append(b, 0, 0, 0, v, 0, 0, 1, 44)
		}
		return string(b)
	}
	from := idxSet("", "t10k", "-", "")
	text := func(name string) string { return string(from.MapFS[name].Data) }
	return files("m/train-images-idx3-ubyte/train-images-idx3-ubyte", text("train-images-idx3-ubyte"),
		"m/train-labels-idx2-int", table(7, 3, 7), "m/t10k_images.idx3.bin", text("t10k-images-idx3-ubyte"), "m/T10K-Labels.idx", text("t10k-labels-idx1-ubyte"))
}

// The files are found under all their usual names.
func TestIDX(t *testing.T) {
	for name, tc := range map[string]struct {
		f      folder
		folder string
	}{
		"MNIST":            {idxSet("m/", "t10k", "-", ".gz"), "m"},
		"plain":            {idxSet("m/", "t10k", "-", ""), "m"},
		"Kaggle":           {idxSet("m/", "t10k", ".", ""), "m"},
		"torchvision":      {idxSet("m/FashionMNIST/raw/", "t10k", "-", ""), "m"},
		"EMNIST":           {idxSet("m/gzip/emnist-letters-", "test", "-", ".gz"), "m"},
		"Kaggle's folders": {idxFolderSet(), "m"},
		"capitals":         {idxSet("m/", "T10K", ".", ""), "m"},
		"one of EMNIST":    {idxSet("m/emnist-letters-", "test", "-", ".gz"), "m/emnist-letters"},
	} {
		t.Run(name, func(t *testing.T) {
			section := "{idx: {folder: " + tc.folder + "}, to: {a: {field: image}, b: {field: label}}}"
			train, test := part(t, section, "x.train", tc.f), part(t, section, "x.test", tc.f)
			if train.Len() != 3 || test.Len() != 2 || !slices.Equal(train.set.Labels, []string{"3", "4", "7"}) {
				t.Fatalf("%d and %d pictures, labels %v", train.Len(), test.Len(), train.set.Labels)
			}
			it := item(t, train, 0)
			if it.Label != 2 || !slices.Equal(it.Fields[0], []float32{0, 0.2, 0.4, 1}) || item(t, test, 1).Label != 1 {
				t.Errorf("got %+v", it)
			}
			if _, width := train.set.Size("a"); width != 2 {
				t.Errorf("width %d", width)
			}
		})
	}
}

func TestBadIDX(t *testing.T) {
	const section = "{idx: {folder: m}, to: {a: {field: image}}}"
	good := func() folder { return idxSet("m/", "t10k", "-", "") }
	refused(t, section, files(), "data.x.idx.folder", "m")
	refused(t, section, files("m/readme.txt", ""), "data.x.idx.folder", "no IDX file")
	f := good()
	delete(f.MapFS, "m/t10k-labels-idx1-ubyte")
	refused(t, section, f, "no file with the test labels")
	f = good()
	f.MapFS["m/t10k-images-idx3-ubyte"] = f.MapFS["m/train-images-idx3-ubyte"]
	f.MapFS["m/t10k-labels-idx1-ubyte"] = f.MapFS["m/train-labels-idx1-ubyte"]
	refused(t, section, f, "data.x.idx.folder", "3 of 3 pictures to test on are also among those to learn from")
	f = good()
	f.MapFS["m/train-labels-idx1-ubyte"].Data = []byte(idxFile(false, 1))
	refused(t, section, f, "3 images", "1 labels")
	refused(t, "{idx: {folder: m, train: 4}, to: {a: {field: image}}}", good(), "data.x.idx.train", "at most 3")
	refused(t, "{idx: {folder: m, checksum: abcd}, to: {a: {field: image}}}", good(), "data.x.idx.checksum", "SHA-256")
	f = idxSet("m/emnist-letters-", "test", "-", "")
	for name, file := range idxSet("m/emnist-digits-", "test", "-", "").MapFS {
		f.MapFS[name] = file
	}
	refused(t, section, f, "several data sets", "m/emnist-digits, m/emnist-letters")
}

func TestMNISTAsItIs(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(filepath.Join(root, "mnist")); err != nil {
		t.Skip("no MNIST beside the repository: ", err)
	}
	section := "{idx: {folder: mnist, checksum: ba891046}, to: {a: {field: image}}}"
	p := part(t, section, "x.test", disk(root))
	if p.Len() != 10000 || p.set.Labels[9] != "9" || item(t, p, 0).Label != 7 || len(p.set.Notes) != 0 {
		t.Errorf("%d pictures, the first a %d, notes %v", p.Len(), item(t, p, 0).Label, p.set.Notes)
	}
}

// pngOf draws a picture of width×height with the given grey values.
func pngOf(width, height int, shades ...uint8) string {
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.SetGray(i%width, i/width, color.Gray{Y: shades[i%len(shades)]})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.String()
}

func TestImages(t *testing.T) {
	f := files("p/cat/a.png", pngOf(2, 2, 0, 255, 0, 255), "p/cat/b.PNG", pngOf(2, 2, 255, 255, 0, 0), "p/dog/a.png", pngOf(2, 2, 0, 51, 102, 255), "p/readme.txt", "")
	p := part(t, "{images: {folder: p, width: 2, height: 2}, to: {a: {field: image}, b: {field: label}}}", "x", f)
	i, ok := p.Find("dog/a")
	it := item(t, p, i)
	if p.Len() != 3 || !ok || p.set.Labels[it.Label] != "dog" || !slices.Equal(it.Fields[0], []float32{0, 0.2, 0.4, 1}) {
		t.Errorf("got %+v of labels %v", it, p.set.Labels)
	}
	p = part(t, "{images: {folder: p, width: 2, height: 2, binary: true}, to: {a: {field: image}}}", "x", f)
	if got := item(t, p, 0).Fields[0]; !slices.Equal(got, []float32{-1, 1, -1, 1}) {
		t.Errorf("binary: %v", got)
	}
	// Folders train and test are parts.
	f = files("p/Train/cat/a.png", pngOf(2, 2, 0, 255), "p/Train/dog/a.png", pngOf(2, 2, 9), "p/Test/dog/a.png", pngOf(2, 2, 10))
	p = part(t, "{images: {folder: p, width: 2, height: 2}, to: {a: {field: image}}}", "x.test", f)
	if p.Len() != 1 || item(t, p, 0).Label != 1 {
		t.Errorf("test: %d items, label %d", p.Len(), item(t, p, 0).Label)
	}
	const section = "{images: {folder: p, width: 2, height: 2}, to: {a: {field: image}}}"
	f.MapFS["p/Test/dog/a.png"] = f.MapFS["p/Train/cat/a.png"]
	refused(t, section, f, "data.x.images.folder", "p/Test/dog/a.png is the same picture as p/Train/cat/a.png")
	refused(t, section, files("p/a.txt", ""), "no file of the kind in p")
	refused(t, section, files("p/cat/a.webp", "RIFF", "p/dog/a.png", pngOf(1, 1, 0)), "p/cat/a.webp")
	refused(t, section, files("p/a.png", "no picture"), "p/a.png: not a PNG or JPEG image")
	refused(t, section, files("p/a.png", pngOf(1, 1, 0), "p/b/a.png", pngOf(1, 1, 0)), "beside folders")
	refused(t, section, files("p/a.png", pngOf(1, 1, 0), "p/a.jpg", ""), `two items are called "a"`)
	refused(t, "{images: {folder: p, width: 4096, height: 4096}, to: {a: {field: image}}}", manyFiles(65), "65 pictures of 4096×4096 pixels are 1040 MiB")
}

func manyFiles(n int) folder {
	f := files()
	for i := range n {
		f.MapFS[fmt.Sprintf("p/%d.png", i)] = files("a", "").MapFS["a"]
	}
	return f
}

// Patches have mean 0 and standard deviation 1, and come from all places of the pictures.
func TestPatches(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := make([]uint8, 20*20)
	for i := range noise {
		noise[i] = uint8(rng.IntN(256))
	}
	p := part(t, "{patches: {folder: p, side: 4}, to: {a: {field: image}}}", "x", files("p/a.png", pngOf(20, 20, noise...)))
	distinct := map[string]bool{}
	for i := range 2000 {
		var sum, squares float64
		it := item(t, p, i)
		for _, v := range it.Fields[0] {
			sum, squares = sum+float64(v), squares+float64(v*v)
		}
		if sum > 1e-4 || sum < -1e-4 || squares/16 < 0.9999 || squares/16 > 1.0001 {
			t.Fatalf("sum %v, mean square %v", sum, squares/16)
		}
		distinct[fmt.Sprint(it.Fields[0])] = true
	}
	if len(distinct) != 17*17 { // 2000 draws miss one of 289 with probability 0.3
		if len(distinct) < 17*17-5 {
			t.Errorf("%d pieces of %d", len(distinct), 17*17)
		}
	}
	refused(t, "{patches: {folder: p, side: 4}, to: {a: {field: image}}}", files("p/a.png", pngOf(3, 9, 0)), "3×9 pixels, expected at least 4×4")
}

// splitOf returns the patterns in each part of a split.
func splitOf(t *testing.T, section string, f Files) (train, test []string) {
	t.Helper()
	c := load(t, "x: "+section+"\n", f)
	var all [2][]string
	for k, name := range []string{"x.train", "x.test"} {
		p, err := c.Part(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Len() {
			it := item(t, p, i)
			all[k] = append(all[k], picture(it.Fields[0], len(it.Fields[0])))
		}
	}
	whole, err := c.Part("x")
	if err != nil || whole.Len() != len(all[0])+len(all[1]) {
		t.Errorf("the whole has %d items of %d and %d", whole.Len(), len(all[0]), len(all[1]))
	}
	return all[0], all[1]
}

// Most of 300 patterns of 6 bits occur several times. Equal ones are never in both parts,
// and the test part has the requested share.
func TestSplitKeepsEqualItemsTogether(t *testing.T) {
	for seed := range 20 {
		section := fmt.Sprintf("{patterns: {source: random, count: %d, width: 3, height: 2}, split: {test: 30%%}, to: {a: {field: pattern}}}", 300+seed)
		train, test := splitOf(t, section, nil)
		for _, p := range test {
			if slices.Contains(train, p) {
				t.Fatalf("%s is in both", p)
			}
		}
		if want := 0.3 * float64(300+seed); float64(len(test)) > want || float64(len(test)) < want-6 {
			t.Errorf("%d items to test on, want %v", len(test), want)
		}
	}
	refused(t, "{patterns: {source: random, count: 1}, split: {}, to: {a: {field: pattern}}}", nil, "data.x.split", "cannot be divided")
	refused(t, "{patterns: {}, split: {by: subject}, to: {a: {field: pattern}}}", nil, "data.x.split.by", "not rows of a table")
	train, test := splitOf(t, "{patterns: {}, split: {}, first: 4, to: {a: {field: pattern}}}", nil)
	if len(train) != 4 || len(test) != 4 {
		t.Errorf("first: 4 gives %d and %d", len(train), len(test))
	}
	train, test = splitOf(t, "{bars: {rows: 8}, split: {test: 50%}, first: 40, to: {a: {field: image}}}", nil)
	if len(train) < 20 || len(test) < 15 {
		t.Errorf("bars: %d and %d", len(train), len(test))
	}
}

// disk is a folder on disk.
type disk string

func (d disk) Open(name string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(string(d), name))
}

func (d disk) List(name string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(string(d), name))
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}
