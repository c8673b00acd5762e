package plot

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"

	"infomorph/internal/fuzzing"
	"infomorph/neuron"
)

func configs() []Config {
	return []Config{
		&LinesConfig{Title: "A course", Timed: true, Marks: []Mark{{0.5, "lesion", false}}, YLabel: "bits", Zero: true, YRange: &[2]float64{0, 1}, Note: "mean of two",
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

var (
	fontSize   = regexp.MustCompile(`font-size:([0-9.]+)px`)
	scaledFrom = regexp.MustCompile(`<g transform="scale\((0[0-9.]+),`)
)

// smallestLetters returns the size of the smallest letters of a figure [pt].
func smallestLetters(t *testing.T, f *Figure) float64 {
	t.Helper()
	var b bytes.Buffer
	if err := f.SVG(&b); err != nil {
		t.Fatal(err)
	}
	least := math.Inf(1)
	for _, m := range fontSize.FindAllStringSubmatch(b.String(), -1) {
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, v)
	}
	if f.scale != 0 && f.scale != 1 {
		m := scaledFrom.FindStringSubmatch(b.String())
		if m == nil {
			t.Fatalf("no scale in the SVG of a figure at %v", f.scale)
		}
		by, err := strconv.ParseFloat(m[1], 64)
		if err != nil || !(math.Abs(by-f.scale) <= 1e-3) {
			t.Fatal(m[0], f.scale, err)
		}
		least *= by
	}
	return least
}

// TestLettersInOneColumn: every figure, put as it is into one column of a journal or
// drawn for it, has letters of 7 pt at least.
func TestLettersInOneColumn(t *testing.T) {
	all := samples()
	for i, cfg := range configs() {
		f, err := cfg.Draw()
		if err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprint(Kind(cfg), i)] = f
		if f, err = DrawAt(cfg, OneColumn, 0); err != nil || f.width > OneColumn*(1+1e-9) {
			t.Errorf("%s in one column: %v, %v", Kind(cfg), f, err)
		} else if s := smallestLetters(t, f); s < smallestType-1e-6 {
			t.Errorf("%s in one column: letters of %.2f pt", Kind(cfg), s)
		}
	}
	for name, f := range all {
		if s := smallestLetters(t, f) * min(1, float64(OneColumn/f.width)); s < smallestType-1e-6 {
			t.Errorf("%s: letters of %.2f pt in one column; it is %.0f mm wide", name, s, f.width/vg.Millimeter)
		}
	}
}

// TestColumnWidth: figures shrink to one column of a journal with letters of 7 pt; a
// gallery that cannot is refused with the width that it needs.
func TestColumnWidth(t *testing.T) {
	f, err := DrawAt(configs()[0], 85*vg.Millimeter, 0)
	if err != nil || !(math.Abs(float64(f.width-85*vg.Millimeter)) <= 1e-6) || f.height < 50*vg.Millimeter || !(math.Abs(f.scale-0.7) <= 1e-9) {
		t.Error(err, f.width, f.height, f.scale)
	}
	if f, err = DrawAt(configs()[0], 85*vg.Millimeter, 40*vg.Millimeter); err != nil || !(math.Abs(float64(f.height-40*vg.Millimeter)) <= 1e-6) {
		t.Error(err, f.height)
	}
	wide := configs()[6].(*GalleryConfig)
	wide.Width = 40
	for i := range wide.Rows {
		wide.Rows[i].Patterns = [][]float64{make([]float64, 40)}
	}
	wide.Columns, wide.Rows[0].Patterns = slices.Repeat(wide.Columns, 20), slices.Repeat(wide.Rows[0].Patterns, 20)
	if _, err := DrawAt(wide, OneColumn, 0); err == nil || !strings.Contains(err.Error(), "at least") {
		t.Error("letters smaller than 7 pt:", err)
	}
}

// TestTenSeries: ten neurons have ten colours.
func TestTenSeries(t *testing.T) {
	for _, names := range [][]string{{9: ""}, {0: "{1}", 1: "{1}{2}", 3: "{1}{2}{3}", 5: "{3}", 9: "h_res"}} {
		all := make([]Series, len(names))
		for i, name := range names {
			all[i].Name = name
		}
		seen := map[any]bool{}
		for _, c := range colorsOf(all) {
			seen[c] = true
		}
		if len(seen) != 10 {
			t.Error(len(seen), "colours for", names)
		}
	}
}

func TestAxisNames(t *testing.T) {
	for label, want := range map[string]string{
		"simulated time / s": "simulated time [s]", "bits": "information [bit]", "bits (mean over neurons)": "information [bit] (mean over neurons)",
		"bits flipped": "bits flipped", "spikes doubled / % (a second later)": "spikes doubled [%] (a second later)", "redundancy in bits": "redundancy [bit]", "mean overlap": "mean overlap",
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
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		_, _ = Decode(data)
	})
}

// poppler returns a figure as Poppler, where it is installed, draws its PDF, and as
// the PNG of the same size.
func poppler(t *testing.T, cfg Config) map[string]image.Image {
	t.Helper()
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("no pdftoppm (Debian: poppler-utils)")
	}
	f, err := cfg.Draw()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "m")
	var pdf, direct bytes.Buffer
	if err := errors.Join(f.PDF(&pdf), f.PNG(&direct), os.WriteFile(file+".pdf", pdf.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", strconv.Itoa(dpi), "-png", "-singlefile", file+".pdf", file).CombinedOutput(); err != nil {
		t.Fatal(string(out), err)
	}
	drawn, err := os.ReadFile(file + ".png")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]image.Image{}
	for name, data := range map[string][]byte{"PNG": direct.Bytes(), "PDF": drawn} {
		if out[name], err = png.Decode(bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestPDFImagesStandUpright: the colours of a matrix are where the PNG has them.
func TestPDFImagesStandUpright(t *testing.T) {
	for name, img := range poppler(t, &MatrixConfig{Rows: 2, Cols: 1, Values: []float64{1, -1}}) {
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

// TestPDFBandsKeepTheirColour: a band is as pale as in the PNG, in the colour of its
// line: vermilion at 0x30 of 0xff on white is (247, 225, 207).
func TestPDFBandsKeepTheirColour(t *testing.T) {
	band := Series{Name: "red", X: []float64{0, 1}, Y: []float64{9, 9}, Low: []float64{0, 0}, High: []float64{10, 10}}
	for name, img := range poppler(t, &LinesConfig{YLabel: "y", XLabel: "x", Series: []Series{band}}) {
		b := img.Bounds()
		r, g, blue, _ := img.At(b.Dx()*6/10, b.Dy()*55/100).RGBA()
		if r>>8 < 243 || r>>8 > 251 || g>>8 < 221 || g>>8 > 229 || blue>>8 < 203 || blue>>8 > 211 {
			t.Errorf("%s: the band is (%d, %d, %d)", name, r>>8, g>>8, blue>>8)
		}
	}
}

// TestPanels: panels keep their sizes and stand below one another, each with its
// letter.
func TestPanels(t *testing.T) {
	var parts []*Figure
	height := vg.Length(0)
	for _, cfg := range []Config{configs()[0], configs()[1], configs()[6]} {
		f, err := DrawAt(cfg, PanelWidth(OneColumn), 0)
		if err != nil {
			t.Fatal(err)
		}
		f.settle()
		height += f.height
		parts = append(parts, f)
	}
	all := Panels(OneColumn, parts)
	if all.width != OneColumn || all.height != height {
		t.Errorf("%v×%v, want a height of %v", all.width, all.height, height)
	}
	var svg bytes.Buffer
	if err := all.SVG(&svg); err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, letter := range []string{">a</text>", ">b</text>", ">c</text>"} {
		k := strings.Index(svg.String()[at:], letter)
		if k < 0 {
			t.Fatalf("no %s after %d bytes", letter, at)
		}
		at += k
	}
}

// TestMarkNames: names of moments stand above the axes, in rows where they would run
// into one another, and none is left out.
func TestMarkNames(t *testing.T) {
	p := newPlot("x", "y")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 10, 0, 1
	m := marks{[]Mark{{1, "a long name", true}, {1.1, "another name", false}, {1.2, "third", false}, {2, "third", false}, {10, "at the end", true}, {11, "outside", true}}, 1}
	c := draw.NewCanvas(new(recorder.Canvas), 300, 200)
	data := p.DataCanvas(c)
	names, rows := m.names(&data, p)
	if len(names) != 4 || rows != 3 {
		t.Fatalf("%d names in %d rows: %v", len(names), rows, names)
	}
	s := style(markSize, false, softInk)
	for i, n := range names {
		if n.left < data.Min.X-1e-9 || n.left+s.Width(n.text) > data.Max.X+1e-9 {
			t.Errorf("%q leaves the axes", n.text)
		}
		for _, o := range names[:i] {
			if n.row == o.row && n.left < o.left+s.Width(o.text) && o.left < n.left+s.Width(n.text) {
				t.Errorf("%q runs into %q", n.text, o.text)
			}
		}
	}
	if got, want := m.below(c, p).Max.Y, c.Max.Y-3*markRow; got != want {
		t.Errorf("the axes end at %v, want %v", got, want)
	}
}

// TestTexts: captions tell what can be seen, as precisely as it can be.
func TestTexts(t *testing.T) {
	cfg := LinesConfig{Title: "T", YLabel: "y", Timed: true, Alike: true, Marks: []Mark{{0, "train", true}, {1.5, "cut", false}, {3, "test", true}}}
	for i := range 2 {
		cfg.Series = append(cfg.Series, Series{Name: fmt.Sprint("neuron ", i), X: []float64{1, 2}, Y: []float64{-1.8e-16, float64(i + 1)}})
	}
	if got, want := cfg.Text(), "T: y over simulated time [s], of neuron 0 (0 to 1, last 1), neuron 1 (0 to 2, last 2); marked: cut"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	for i := range 18 {
		cfg.Series = append(cfg.Series, Series{Name: fmt.Sprint("neuron ", i), X: []float64{1, 2}, Y: []float64{4, 8}})
	}
	if got, want := cfg.Text(), "T: y over simulated time [s], of 20 curves, 0 to 8, and their mean (3.6 to 7.35, last 7.35); marked: cut"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := among(strings.Split("abcdefghijklmn", "")); !strings.HasSuffix(got, ", l and 2 more, which are in the figure's table") {
		t.Error(got)
	}
}
