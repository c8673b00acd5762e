package plot

import (
	"bytes"
	"errors"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"infomorph/neuron"
)

func configs() []Config {
	return []Config{
		&LinesConfig{Title: "A course", Timed: true, Marks: []Mark{{0.5, "lesion", false}}, YLabel: "bits", Zero: true, YRange: &[2]float64{0, 1},
			Series: []Series{{Name: "a", X: []float64{0, 1}, Y: []float64{1, math.NaN()}, Low: []float64{0, 0}, High: []float64{2, 2}}}},
		&MatrixConfig{Title: "M", Rows: 1, Cols: 2, Values: []float64{0, 3}},
		&RasterConfig{Title: "R", Spikes: []neuron.Spike{{Time: 5, Source: 1, Value: -1}}, Marks: []Mark{{3e-6, "train", true}}},
		&FieldsConfig{Width: 1, Height: 1, Fields: [][]float64{{1}}, Names: []string{"n"}},
		&MapConfig{Rows: []string{"r"}, Columns: []string{"c", "d"}, Values: [][]float64{{1, math.NaN()}}},
		&ConfusionConfig{Labels: []string{"0", "1"}, Counts: [][]int{{2, 1}, {0, 3}}},
		&GalleryConfig{Width: 2, Height: 1, Columns: []string{"stored"}, Rows: []GalleryRow{{Name: "p", Patterns: [][]float64{{1, -1}}, Captions: []string{"1.00"}}}, Hidden: 2},
		&BarsConfig{Labels: []string{"x"}, Values: []float64{2}, Errors: []float64{1}},
	}
}

// TestFiguresAreDrawnAgain: what Encode writes, Decode draws to the same bytes,
// in every format; the table and the text say what it shows.
func TestFiguresAreDrawnAgain(t *testing.T) {
	if len(configs()) != len(kinds) {
		t.Fatal("a kind of figure is not tested")
	}
	for _, c := range configs() {
		data, err := Encode(c, "")
		if err != nil {
			t.Fatal(Kind(c), err)
		}
		again, err := Decode(data)
		if err != nil {
			t.Fatal(Kind(c), err)
		}
		a, err1 := c.Draw()
		b, err2 := again.Draw()
		if err1 != nil || err2 != nil {
			t.Fatal(Kind(c), err1, err2)
		}
		var before, after, pdf bytes.Buffer
		if err := a.SVG(&before); err != nil {
			t.Fatal(err)
		}
		if err := b.SVG(&after); err != nil || !bytes.Equal(before.Bytes(), after.Bytes()) {
			t.Errorf("%s: drawn again it differs (%v)", Kind(c), err)
		}
		if err := a.PDF(&pdf); err != nil || !strings.HasPrefix(pdf.String(), "%PDF") {
			t.Errorf("%s: %v", Kind(c), err)
		}
		columns, rows := c.Table()
		if len(rows) == 0 || len(rows[0]) != len(columns) || c.Text() == "" {
			t.Errorf("%s: %v %v %q", Kind(c), columns, rows, c.Text())
		}
	}
	for _, bad := range []string{"", "{}", `{"kind":"lines","figure":{"Series":3}}`, `{"kind":"lines","figure":{"LogX":"x"}}`} {
		if c, err := Decode([]byte(bad)); err == nil {
			t.Errorf("%s: %+v", bad, c)
		}
	}
}

// TestNaNIsKept: what JSON has no number for comes back.
func TestNaNIsKept(t *testing.T) {
	c := configs()[0].(*LinesConfig)
	data, _ := Encode(c, "")
	again, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	l := again.(*LinesConfig)
	if !math.IsNaN(l.Series[0].Y[1]) {
		t.Error(l.Series[0].Y)
	}
	l.Series[0].Y[1], c.Series[0].Y[1] = 0, 0
	if !reflect.DeepEqual(l, c) {
		t.Errorf("%+v, want %+v", l, c)
	}
}

// TestColumnWidth: axes fill one column of a journal with letters of their own
// size; a gallery that cannot is refused with the width that it needs.
func TestColumnWidth(t *testing.T) {
	f, err := configs()[0].Draw()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Resize(85*vg.Millimeter, 0); err != nil || f.width != 85*vg.Millimeter || f.height < 60*vg.Millimeter {
		t.Error(err, f.width, f.height)
	}
	wide := configs()[6].(*GalleryConfig)
	wide.Width = 40
	for i := range wide.Rows {
		wide.Rows[i].Patterns = [][]float64{make([]float64, 40)}
	}
	g, err := wide.Draw()
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Resize(g.width/3, 0); err == nil || !strings.Contains(err.Error(), "at least") {
		t.Error("letters smaller than 7 pt:", err)
	}
}

// TestTenSeries: ten neurons have ten colours.
func TestTenSeries(t *testing.T) {
	seen := map[any]bool{}
	for i := range 10 {
		seen[seriesColor(i, "")] = true
	}
	if len(seen) != 10 {
		t.Error(len(seen), "colours")
	}
}

func TestAxisNames(t *testing.T) {
	for label, want := range map[string]string{
		"simulated time / s": "simulated time [s]", "bits": "information [bit]", "bits (mean over neurons)": "information [bit] (mean over neurons)",
		"bits flipped": "bits flipped", "redundancy in bits": "redundancy [bit]", "mean cosine": "mean cosine",
	} {
		if got := axisName(label); got != want {
			t.Errorf("%s: %s", label, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range configs() {
		data, _ := Encode(c, "")
		f.Add(data)
	}
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = Decode(data) })
}

// TestPDFImagesStandUpright: Poppler, where it is installed, sees the colours
// of a matrix where the PNG has them.
func TestPDFImagesStandUpright(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("no pdftoppm (Debian: poppler-utils)")
	}
	f, err := (&MatrixConfig{Rows: 2, Cols: 1, Values: []float64{1, -1}}).Draw()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "m")
	var pdf, direct bytes.Buffer
	if err := errors.Join(f.PDF(&pdf), f.PNG(&direct), os.WriteFile(file+".pdf", pdf.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "160", "-png", "-singlefile", file+".pdf", file).CombinedOutput(); err != nil {
		t.Fatal(string(out), err)
	}
	data, err := os.ReadFile(file + ".png")
	if err != nil {
		t.Fatal(err)
	}
	for name, picture := range map[string][]byte{"PNG": direct.Bytes(), "PDF": data} {
		img, err := png.Decode(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		b := img.Bounds()
		red := func(share float64) bool {
			r, _, blue, _ := img.At(b.Dx()/3, int(float64(b.Dy())*share)).RGBA()
			return r > blue
		}
		if !red(0.25) || red(0.6) {
			t.Errorf("%s: the first row of the matrix is not above", name)
		}
	}
}
