package plot

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
	"infomorph/neuron"
)

var nan, inf = math.NaN(), math.Inf(1)

// svg returns the SVG of a figure, having drawn its PNG too.
func svg(t *testing.T, f *Figure, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var p, s bytes.Buffer
	if err := f.PNG(&p); err != nil {
		t.Fatal(err)
	}
	if err := f.SVG(&s); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&p)
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() < 300 || b.Dx() > 1400 || b.Dy() < 100 || b.Dy() > 2600 {
		t.Errorf("a picture of %d×%d pixels", b.Dx(), b.Dy())
	}
	checkSVG(t, t.Name(), s.Bytes())
	return s.String()
}

func TestEmptyPictures(t *testing.T) {
	none := []float64{nan, inf, -inf}
	cases := map[string]func() (*Figure, error){
		"lines":     func() (*Figure, error) { return Lines(LinesConfig{}) },
		"lines nan": func() (*Figure, error) { return Lines(LinesConfig{Series: []Series{{X: none, Y: none}}}) },
		"lines log": func() (*Figure, error) {
			return Lines(LinesConfig{LogX: true, Series: []Series{{X: []float64{-1, 0}, Y: []float64{1, 2}}}})
		},
		"gallery":    func() (*Figure, error) { return Gallery(GalleryConfig{Width: 1, Height: 1, Columns: []string{"a"}}) },
		"raster":     func() (*Figure, error) { return Raster(RasterConfig{}) },
		"matrix":     func() (*Figure, error) { return Matrix(MatrixConfig{}) },
		"matrix nan": func() (*Figure, error) { return Matrix(MatrixConfig{Rows: 1, Cols: 3, Values: none}) },
		"bars":       func() (*Figure, error) { return Bars(BarsConfig{}) },
		"bars nan":   func() (*Figure, error) { return Bars(BarsConfig{Labels: []string{"a"}, Values: []float64{nan}}) },
		"confusion":  func() (*Figure, error) { return Confusion(ConfusionConfig{}) },
		"map":        func() (*Figure, error) { return Map(MapConfig{}) },
		"fields":     func() (*Figure, error) { return Fields(FieldsConfig{Width: 1, Height: 1}) },
	}
	for name, draw := range cases {
		f, err := draw()
		if text := svg(t, f, err); !strings.Contains(text, "to show") {
			t.Errorf("%s: the picture does not say that there is nothing to show", name)
		}
	}
}

func TestUnusualData(t *testing.T) {
	one := func(x, y float64) []Series { return []Series{{Name: "s", X: []float64{x}, Y: []float64{y}}} }
	cases := map[string]func() (*Figure, error){
		"one point":     func() (*Figure, error) { return Lines(LinesConfig{Series: one(3, 4)}) },
		"one log point": func() (*Figure, error) { return Lines(LinesConfig{Series: one(3, 4), LogX: true}) },
		"origin":        func() (*Figure, error) { return Lines(LinesConfig{Series: one(0, 0)}) },
		"huge": func() (*Figure, error) {
			return Lines(LinesConfig{Series: []Series{{X: []float64{0, 1}, Y: []float64{-1e149, 1e149}}}})
		},
		"tiny": func() (*Figure, error) {
			return Lines(LinesConfig{Series: []Series{{X: []float64{0, 1e-300}, Y: []float64{0, 5e-324}}}})
		},
		"constant": func() (*Figure, error) {
			return Lines(LinesConfig{Series: []Series{{X: []float64{0, 1, 2}, Y: []float64{7, 7, 7}}}})
		},
		"gaps": func() (*Figure, error) {
			return Lines(LinesConfig{Series: []Series{{X: []float64{0, 1, 2, 3, 4}, Y: []float64{7, nan, 7, 8, inf}, Low: []float64{6, 6, nan, 7, 7}, High: []float64{8, 8, 9, inf, 8}}}})
		},
		"backwards": func() (*Figure, error) {
			return Lines(LinesConfig{Series: []Series{{X: []float64{2, 1, 0}, Y: []float64{7, 8, 7}}}})
		},
		"zero matrix": func() (*Figure, error) { return Matrix(MatrixConfig{Rows: 2, Cols: 2, Values: make([]float64, 4)}) },
		"one cell":    func() (*Figure, error) { return Matrix(MatrixConfig{Rows: 1, Cols: 1, Values: []float64{-3}}) },
		"long matrix": func() (*Figure, error) {
			return Matrix(MatrixConfig{Rows: 1, Cols: 5000, Values: make([]float64, 5000)})
		},
		"tall matrix": func() (*Figure, error) {
			return Matrix(MatrixConfig{Rows: 5000, Cols: 1, Values: make([]float64, 5000)})
		},
		"one spike":        func() (*Figure, error) { return Raster(RasterConfig{Spikes: []neuron.Spike{{Value: 1}}}) },
		"many at one time": func() (*Figure, error) { return Raster(RasterConfig{Spikes: make1(7000)}) },
		"one bar":          func() (*Figure, error) { return Bars(BarsConfig{Labels: []string{"a"}, Values: []float64{0}}) },
		"bars below": func() (*Figure, error) {
			return Bars(BarsConfig{Labels: []string{"a", "b"}, Values: []float64{-1, -2}, Errors: []float64{nan, 1}})
		},
		"one class": func() (*Figure, error) {
			return Confusion(ConfusionConfig{Labels: []string{"a"}, Counts: [][]int{{0}}})
		},
		"one share": func() (*Figure, error) {
			return Map(MapConfig{Rows: []string{"a"}, Columns: []string{"b"}, Values: [][]float64{{nan}}})
		},
		"beyond 1": func() (*Figure, error) {
			return Map(MapConfig{Rows: []string{"a"}, Columns: []string{"b", "c"}, Values: [][]float64{{-0.2, 7}}})
		},
		"zero field": func() (*Figure, error) {
			return Fields(FieldsConfig{Width: 2, Height: 1, Fields: [][]float64{{0, nan}}, OwnScale: true})
		},
		"many fields": func() (*Figure, error) {
			return Fields(FieldsConfig{Width: 1, Height: 3, Fields: slices.Repeat([][]float64{{0, 1, 2}}, 200)})
		},
		"wide pattern": func() (*Figure, error) {
			return Gallery(GalleryConfig{Width: 100, Height: 1, Columns: []string{"a"}, Rows: []GalleryRow{{Patterns: [][]float64{make([]float64, 100)}}, {Patterns: [][]float64{nil}}}})
		},
		"long names": func() (*Figure, error) {
			s := one(1, 2)
			s[0].Name = strings.Repeat("a very long name <&> ", 30)
			return Lines(LinesConfig{Title: strings.Repeat("title ", 100), Series: append(s, s...)})
		},
	}
	for name, draw := range cases {
		t.Run(name, func(t *testing.T) {
			f, err := draw()
			if text := svg(t, f, err); strings.Contains(text, "to show") {
				t.Error("the picture says that there is nothing to show")
			}
		})
	}
}

func make1(n int) []neuron.Spike {
	s := make([]neuron.Spike, n)
	for i := range s {
		s[i] = neuron.Spike{Time: 5, Source: neuron.ID(i), Value: 1}
	}
	return s
}

func TestDataThatCannotBeMeant(t *testing.T) {
	cases := map[string]func() (*Figure, error){
		"lines": func() (*Figure, error) { return Lines(LinesConfig{Series: []Series{{X: []float64{1}}}}) },
		"band": func() (*Figure, error) {
			return Lines(LinesConfig{Series: []Series{{X: []float64{1}, Y: []float64{1}, Low: []float64{1}}}})
		},
		"matrix":    func() (*Figure, error) { return Matrix(MatrixConfig{Rows: 2, Cols: 2, Values: []float64{1}}) },
		"matrix -1": func() (*Figure, error) { return Matrix(MatrixConfig{Rows: -1, Cols: -1, Values: []float64{1}}) },
		"bars":      func() (*Figure, error) { return Bars(BarsConfig{Values: []float64{1}}) },
		"confusion": func() (*Figure, error) {
			return Confusion(ConfusionConfig{Labels: []string{"a", "b"}, Counts: [][]int{{1}, {1, 2}}})
		},
		"map": func() (*Figure, error) {
			return Map(MapConfig{Rows: []string{"a", "b"}, Columns: []string{"c"}, Values: [][]float64{{1}, {1, 2}}})
		},
		"map rows":  func() (*Figure, error) { return Map(MapConfig{Rows: []string{"a"}, Columns: []string{"c"}}) },
		"fields":    func() (*Figure, error) { return Fields(FieldsConfig{Width: 2, Height: 2, Fields: [][]float64{{1}}}) },
		"no pixels": func() (*Figure, error) { return Fields(FieldsConfig{}) },
		"pattern": func() (*Figure, error) {
			return Gallery(GalleryConfig{Width: 2, Height: 2, Columns: []string{"a"}, Rows: []GalleryRow{{Patterns: [][]float64{{1}}}}})
		},
		"columns": func() (*Figure, error) {
			return Gallery(GalleryConfig{Width: 1, Height: 1, Columns: []string{"a"}, Rows: []GalleryRow{{}}})
		},
		"gallery": func() (*Figure, error) {
			return Gallery(GalleryConfig{Width: 1 << 40, Height: 1, Columns: []string{"a"}})
		},
	}
	for name, draw := range cases {
		if _, err := draw(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNegativeAtomsAreDrawnBelowZero(t *testing.T) {
	s := Series{Name: "red", X: []float64{0, 1}, Y: []float64{-0.585, -0.585}}
	f, err := Lines(LinesConfig{Title: "XOR", XLabel: "t", YLabel: "information [bit]", Series: []Series{s}, Zero: true})
	text := svg(t, f, err)
	for _, want := range []string{">redundant<", ">−0.4<", ">0<", "information [bit]"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the picture", want)
		}
	}
}

func TestThinKeepsExtremes(t *testing.T) {
	s := Series{}
	for i := range 100_000 {
		s.X, s.Y = append(s.X, float64(i)), append(s.Y, math.Sin(float64(i)))
	}
	s.Y[54_321], s.Y[77_777] = 9, -9
	thin := s.thin(maxPoints)
	if n := len(thin.X); n > maxPoints+2 || n < maxPoints/2 {
		t.Errorf("%d points", n)
	}
	if slices.Max(thin.Y) != 9 || slices.Min(thin.Y) != -9 || !slices.IsSorted(thin.X) {
		t.Error("an extreme is lost, or the order")
	}
}

func TestBand(t *testing.T) {
	mean, low, high := Band([][]float64{{1, 5, nan}, {3, nan, nan}, {2, 7}})
	if mean[0] != 2 || !(math.Abs(low[0]-1.2) <= 1e-12) || !(math.Abs(high[0]-2.8) <= 1e-12) || mean[1] != 6 || !math.IsNaN(mean[2]) || !math.IsNaN(low[2]) {
		t.Errorf("Band = %v %v %v", mean, low, high)
	}
}

func TestTicks(t *testing.T) {
	for _, tc := range []struct {
		lo, hi float64
		want   string
	}{
		{0, 1, "0 0.2 0.4 0.6 0.8 1.0"},
		{-0.1, 0.1, "−0.10 −0.05 0 0.05 0.10"},
		{0, 100_000, "0 20 000 40 000 60 000 80 000 100 000"},
		{0, 6_000_000, "0 1 000 000 2 000 000 3 000 000 4 000 000 5 000 000 6 000 000"},
		{-20_000, 0, "−20 000 −15 000 −10 000 −5000 0"},
		{0, 3e9, "0 5e+08 1e+09 1.5e+09 2e+09 2.5e+09 3e+09"},
		{2, 2, "2"},
	} {
		var labels []string
		for _, k := range (ticker{}).Ticks(tc.lo, tc.hi) {
			labels = append(labels, k.Label)
		}
		if got := strings.Join(labels, " "); got != tc.want {
			t.Errorf("ticks of [%v, %v]: %s, want %s", tc.lo, tc.hi, got, tc.want)
		}
	}
	if n := len((powers{}).Ticks(0, 10)); n != 0 {
		t.Errorf("%d ticks on a logarithmic axis from 0", n)
	}
}

func TestColours(t *testing.T) {
	white := color.NRGBA{0xff, 0xff, 0xff, 0xff}
	if signed(0, 3) != white || signed(0, 0) != white {
		t.Error("zero is not white")
	}
	if a, b := signed(-9, 3), signed(9, 3); a != diverging[0] || b != diverging[10] {
		t.Error("values beyond the scale leave the colours")
	}
	if at(blues, nan) != missing {
		t.Error("NaN has a colour of the scale")
	}
}

func TestShrinkAverages(t *testing.T) {
	const n = 3 * maxPixels
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(i % 3)
	}
	v[0] = nan
	got, rows, cols := shrink(v, 1, n)
	if rows != 1 || cols != maxPixels || got[0] != 1.5 || got[1] != 1 {
		t.Errorf("%d×%d: %v", rows, cols, got[:2])
	}
}

func TestCellsAreWhole(t *testing.T) {
	img := cells(7, 5, minPixels, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x), uint8(y), 0, 0xff} })
	zoom, large := img.Bounds().Dx()/7, img.enlarged()
	if img.Bounds() != image.Rect(0, 0, 7*zoom, 5*zoom) || img.Bounds().Dx() < minPixels {
		t.Fatalf("bounds %v", img.Bounds())
	}
	for y := range 5 * zoom {
		for x := range 7 * zoom {
			want := color.NRGBA{uint8(x / zoom), uint8(y / zoom), 0, 0xff}
			if a, b := img.At(x, y), large.NRGBAAt(x, y); a != want || b != want {
				t.Fatalf("pixel %d,%d is %v, or %v", x, y, a, b)
			}
		}
	}
}

func TestTextGallery(t *testing.T) {
	cfg := GalleryConfig{Width: 3, Height: 3, Columns: []string{"stored", "cue"}, Hidden: 2, Rows: []GalleryRow{
		{Name: "T", Patterns: [][]float64{{1, 1, 1, -1, 1, -1, -1, 1, -1}, nil}, Captions: []string{"", "0.5"}},
		{Name: "I", Patterns: [][]float64{{-1, 1, -1, -1, 1, -1, -1, 1, -1}, {nan, 0, 1, 1, 1, 1, 1, 1, 1}}},
	}}
	got, err := TextGallery(cfg, TextConfig{Columns: 60})
	if err != nil {
		t.Fatal(err)
	}
	want := `T              I
stored  cue    stored  cue
▀█▀            ·█·     ▄▄█
·▀·            ·▀·     ▀▀▀
        0.5
and 2 more: infomorph plot DIR NAME --all
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got, err = TextGallery(cfg, TextConfig{Columns: 24, ASCII: true})
	if err != nil {
		t.Fatal(err)
	}
	want = `T
stored  cue
######
 .## .
 .## .
        0.5
I
stored  cue
 .## .   ? .##
 .## .  ######
 .## .  ######

and 2 more: infomorph plot DIR NAME --all
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if strings.Contains(got, "\x1b") {
		t.Error("colour codes that were not asked for")
	}
	if got, _ = TextGallery(cfg, TextConfig{Columns: 10}); !strings.Contains(got, "too wide for 10 columns") {
		t.Errorf("narrow: %q", got)
	}
	got, _ = TextGallery(cfg, TextConfig{Color: true})
	for _, line := range strings.Split(got, "\n") {
		if visible(line) > 80 || strings.HasSuffix(line, " ") {
			t.Errorf("line %q", line)
		}
	}
	if _, err := TextGallery(GalleryConfig{}, TextConfig{}); err == nil {
		t.Error("no error for a gallery without size")
	}
}

func FuzzLines(f *testing.F) {
	f.Add(0.0, 1.0, -1.0, 1e300, false)
	f.Add(nan, 1e-320, -inf, 0.0, true)
	f.Fuzz(func(t *testing.T, a, b, c, d float64, log bool) {
		defer fuzzing.Bound(t)()
		fig, err := Lines(LinesConfig{Series: []Series{{X: []float64{a, b}, Y: []float64{c, d}, Low: []float64{d, d}, High: []float64{c, a}}}, LogX: log, Zero: true})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := fig.SVG(&out); err != nil {
			t.Fatal(err)
		}
		checkSVG(t, "fuzz", out.Bytes())
	})
}

// Texts of SVG files say how long they are: where another font stands in for ours,
// they keep the room that was left for them.
func TestTextsOfSVGHaveTheirLength(t *testing.T) {
	f, err := Lines(LinesConfig{Title: "A & B", XLabel: "x", YLabel: "y", Series: []Series{{Name: "s", X: []float64{1, 2}, Y: []float64{1, 2}}}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.SVG(&b); err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`<text ([^>]*)>([^<]*)<`).FindAllStringSubmatch(b.String(), -1)
	if len(all) < 8 {
		t.Fatalf("%d texts", len(all))
	}
	for _, m := range all {
		if !strings.Contains(m[1], "textLength=") {
			t.Errorf("%q has no length", m[2])
		}
	}
	want := fmt.Sprintf(`textLength="%.2f"`, style(titleSize, true, ink).Width("A & B").Points())
	if !strings.Contains(b.String(), want) {
		t.Errorf("no title of %s", want)
	}
}

// The name beside the rows of a small map has room.
func TestLongNameBesideSmallMap(t *testing.T) {
	long := strings.Repeat("a long name ", 6)
	f, err := Map(MapConfig{Title: "t", YLabel: long, XLabel: "x", Rows: []string{"1"}, Columns: []string{"2"}, Values: [][]float64{{0.5}}})
	if err != nil {
		t.Fatal(err)
	}
	if w := style(labelSize, false, ink).Width(long); f.height < w+2*margin {
		t.Errorf("height %v for a name of %v", f.height, w)
	}
}
