package dataset

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"infomorph/internal/fuzzing"
)

// idx builds an IDX file from header fields and data.
func idx(data []byte, head ...uint32) []byte {
	var b []byte
	for _, v := range head {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return append(b, data...)
}

func zipped(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadIDX(t *testing.T) {
	images := idx([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, magicImages, 2, 2, 3)
	for name, data := range map[string][]byte{"plain": images, "gzip": zipped(t, images)} {
		b, err := ReadIDXImages("f", bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b.Count != 2 || b.Rows != 2 || b.Cols != 3 || b.Data[11] != 12 {
			t.Errorf("%s: got %+v", name, b)
		}
	}
}

// TestLabelTables: the labels of QMNIST are the first numbers of rows.
func TestLabelTables(t *testing.T) {
	table := func(v ...int32) []byte {
		var b []byte
		for _, x := range v {
			b = binary.BigEndian.AppendUint32(b, uint32(x))
		}
		return b
	}
	b, err := ReadIDXLabels("f", bytes.NewReader(idx(table(5, 1000, 255, -1), magicTable, 2, 2)))
	if err != nil || !bytes.Equal(b.Data, []byte{5, 255}) {
		t.Errorf("%+v, %v", b, err)
	}
	for want, data := range map[string][]byte{
		"label 256 of item 1, expected 0 to 255": idx(table(5, 256), magicTable, 2, 1),
		"label -1 of item 0":                     idx(table(-1), magicTable, 1, 1),
		"truncated: 4 bytes":                     idx(table(1), magicTable, 1, 2),
		"0 numbers for each label":               idx(nil, magicTable, 1, 0),
	} {
		if _, err := ReadIDXLabels("f", bytes.NewReader(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := ReadIDXImages("f", bytes.NewReader(idx(table(1), magicTable, 1, 1))); err == nil {
		t.Error("a table of numbers is taken for images")
	}
}

func TestBadIDXGetsOneClearError(t *testing.T) {
	good := idx(make([]byte, 6), magicImages, 1, 2, 3)
	gz := zipped(t, good)
	broken := append([]byte(nil), gz...)
	broken[len(broken)-6] ^= 0xff // the checksum
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"empty":           {nil, "ends within the header"},
		"short header":    {good[:10], "ends within the header"},
		"truncated":       {good[:len(good)-1], "truncated: 5 bytes of data, the header promises 6"},
		"truncated gzip":  {gz[:len(gz)-10], "f: "},
		"broken checksum": {broken, "checksum"},
		"too long":        {append(good[:len(good):len(good)], 1), "more than the 6 bytes"},
		"wrong magic":     {idx(make([]byte, 6), magicLabels, 6), "magic number 0x801, expected 0x803 (images)"},
		"no image":        {idx(nil, magicImages, 0, 2, 3), "0 items"},
		"huge":            {idx(nil, magicImages, 9_000_000, 4096, 4096), "expected at most"},
		"wide":            {idx(nil, magicImages, 1, 1, 1<<31), "expected at most 4096×4096"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadIDXImages("f", bytes.NewReader(tc.data))
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "f: ") {
				t.Errorf("got %v, want f: … %s", err, tc.want)
			}
		})
	}
}

// A disk that fails is told as what it is, wherever in the file.
func TestDiskOfIDX(t *testing.T) {
	gone := errors.New("the disk is gone")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(idx([]byte{1, 2}, magicLabels, 2)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	for name, data := range map[string][]byte{"f.gz": packed.Bytes(), "f": idx([]byte{1, 2}, magicLabels, 2)} {
		for n := range len(data) {
			_, err := ReadIDXLabels(name, io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(gone)))
			if !errors.Is(err, gone) || !strings.HasPrefix(err.Error(), name+": ") {
				t.Errorf("%s, fails behind %d bytes: %v", name, n, err)
			}
		}
	}
}

// A file that is called .gz is one.
func TestNotGzip(t *testing.T) {
	for _, data := range [][]byte{nil, idx([]byte{1, 2}, magicLabels, 2), {0x1f, 0x8b, 0}} {
		if _, err := ReadIDXLabels("f.gz", bytes.NewReader(data)); err == nil || err.Error() != "f.gz: not a gzip file that can be read" {
			t.Errorf("%x: got %v", data, err)
		}
	}
}

func TestJoin(t *testing.T) {
	images := &Block{Name: "i", Count: 2, Rows: 1, Cols: 1, Data: []byte{7, 8}}
	for name, tc := range map[string]struct {
		labels *Block
		want   string
	}{
		"fits":             {&Block{Count: 2, Data: []byte{0, 9}}, ""},
		"counts differ":    {&Block{Count: 3, Data: []byte{0, 1, 2}}, "i has 2 images, but l has 3 labels"},
		"label too large":  {&Block{Count: 2, Data: []byte{0, 10}}, "l: label 1 is 10, expected 0 to 9"},
		"length does lie ": {&Block{Count: 2, Data: []byte{0}}, "pixels for"},
	} {
		tc.labels.Name = "l"
		set, err := Join(images, tc.labels, 10)
		switch {
		case tc.want == "" && (err != nil || set.Len() != 2 || set.Image(1)[0] != 8):
			t.Errorf("%s: %v, %v", name, set, err)
		case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
			t.Errorf("%s: got %v, want %s", name, err, tc.want)
		}
	}
}

func TestMNISTFiles(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "mnist", "train-images-idx3-ubyte.gz"))
	if err != nil {
		t.Skip("no MNIST beside the repository: ", err)
	}
	defer f.Close()
	b, err := ReadIDXImages("train", f)
	if err != nil {
		t.Fatal(err)
	}
	if b.Count != 60000 || b.Rows != 28 || b.SHA256[:8] != "ba891046" {
		t.Errorf("got %d images of %d rows, sha256 %s", b.Count, b.Rows, b.SHA256)
	}
}

func FuzzReadIDX(f *testing.F) {
	f.Add(idx(make([]byte, 6), magicImages, 1, 2, 3))
	f.Add(idx([]byte{1, 2}, magicLabels, 2))
	f.Add(zipped(f, idx([]byte{1, 2}, magicLabels, 2)))
	f.Add(idx(nil, magicImages, 1<<31, 1<<31, 1<<31))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		if b, err := ReadIDXImages("f", bytes.NewReader(data)); err == nil && len(b.Data) != b.Count*b.Rows*b.Cols {
			t.Errorf("%d bytes for %d×%d×%d", len(b.Data), b.Count, b.Rows, b.Cols)
		}
		if b, err := ReadIDXLabels("f", bytes.NewReader(data)); err == nil && len(b.Data) != b.Count {
			t.Errorf("%d labels for %d", len(b.Data), b.Count)
		}
	})
}

func TestStrokesAreReproducibleAndBalanced(t *testing.T) {
	draw := func(seed uint64) *Images { return DefaultStrokes().Draw(200, rand.New(rand.NewPCG(seed, 1))) }
	a, b, c := draw(1), draw(1), draw(2)
	if !bytes.Equal(a.Pixels, b.Pixels) || !bytes.Equal(a.Labels, b.Labels) {
		t.Error("equal seeds gave different digits")
	}
	if bytes.Equal(a.Pixels, c.Pixels) {
		t.Error("different seeds gave equal digits")
	}
	var count [10]int
	for _, l := range a.Labels {
		count[l]++
	}
	for d, n := range count {
		if n != 20 {
			t.Errorf("%d images of digit %d, want 20", n, d)
		}
	}
	if err := a.Check(); err != nil {
		t.Error(err)
	}
}

// A digit without distortion has ink on its line and none far from it.
func TestInkLiesOnTheLine(t *testing.T) {
	s := Strokes{Side: 20, Pen: 1}
	one := s.Draw(10, rand.New(rand.NewPCG(1, 1)))
	for i, l := range one.Labels {
		if l != 1 {
			continue
		}
		img := one.Image(i)
		if img[10*20+10] != 255 || img[10*20+2] != 0 || img[10*20+17] != 0 {
			t.Errorf("row 10 of a plain 1 is %v", img[200:220])
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		p, a, b point
		want    float64
	}{
		{point{1, 1}, point{0, 0}, point{2, 0}, 1},
		{point{-3, 4}, point{0, 0}, point{2, 0}, 5},
		{point{3, 4}, point{0, 0}, point{0, 0}, 5},
	} {
		if got := distance(tc.p, tc.a, tc.b); got != tc.want {
			t.Errorf("distance(%v, %v–%v) = %v, want %v", tc.p, tc.a, tc.b, got, tc.want)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range b.N {
		DefaultStrokes().Draw(10, rng)
	}
}
