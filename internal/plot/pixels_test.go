package plot

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"reflect"
	"slices"
	"testing"

	"github.com/klauspost/compress/zlib"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// TestPixelsAreSharp draws a chequerboard and requires its two colours, each in
// its place, and nothing between them; the filter of the canvas below smooths.
func TestPixelsAreSharp(t *testing.T) {
	black, white := color.NRGBA{A: 255}, color.NRGBA{R: 255, G: 255, B: 255, A: 255}
	img := cells(3, 2, 6, func(x, y int) color.NRGBA {
		if (x+y)%2 == 0 {
			return black
		}
		return white
	})
	grays := func(c vg.CanvasSizer) (between int, at func(x, y int) uint8) {
		draw.New(c).DrawImage(vg.Rectangle{Min: vg.Point{X: 10, Y: 20}, Max: vg.Point{X: 71, Y: 61}}, img)
		var out image.Image
		switch c := c.(type) {
		case *pixelCanvas:
			out = c.Image()
		case *vgimg.Canvas:
			out = c.Image()
		}
		at = func(x, y int) uint8 { r, _, _, _ := out.At(x, y).RGBA(); return uint8(r >> 8) }
		for y := range 100 {
			for x := range 100 {
				if g := at(x, y); g != 0 && g != 255 {
					between++
				}
			}
		}
		return between, at
	}
	between, at := grays(newPixels(100, 100, 72))
	if between != 0 {
		t.Errorf("%d pixels are neither black nor white", between)
	}
	for k, p := range []image.Point{{20, 49}, {40, 49}, {60, 49}, {20, 70}, {40, 70}, {60, 70}} {
		if want := uint8(255 * (k % 2)); k < 3 && at(p.X, p.Y) != want || k >= 3 && at(p.X, p.Y) != 255-uint8(255*((k-3)%2)) {
			t.Errorf("pixel %v is %d", p, at(p.X, p.Y))
		}
	}
	if at(9, 49) != 255 || at(72, 49) != 255 {
		t.Error("the image leaves its rectangle")
	}
	if smooth, _ := grays(vgimg.NewWith(vgimg.UseWH(100, 100), vgimg.UseDPI(72))); smooth == 0 {
		t.Error("the canvas below draws sharply as well; the test is empty")
	}
}

// TestFewColoursHaveAPalette: a picture of at most 256 colours is written with a
// palette, one of more without, and each to the pixel as it was drawn.
func TestFewColoursHaveAPalette(t *testing.T) {
	for n, indexed := range map[int]bool{1: true, 256: true, 257: false} {
		img := image.NewRGBA(image.Rect(0, 0, n, 3))
		for y := range 3 {
			for x := range n {
				img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(x >> 8), uint8(100 - x%50), 255})
			}
		}
		for _, level := range []int{zlib.BestSpeed, zlib.BestCompression} {
			var b bytes.Buffer
			if err := writePNG(&b, img, 100, level); err != nil {
				t.Fatal(err)
			}
			out, err := png.Decode(&b)
			if err != nil || out.Bounds() != img.Rect {
				t.Fatalf("%d colours: %v, %v", n, out, err)
			}
			if _, ok := out.(*image.Paletted); ok != indexed {
				t.Errorf("%d colours: %T", n, out)
			}
			for y := range 3 {
				for x := range n {
					if got, want := color.RGBAModel.Convert(out.At(x, y)), img.RGBAAt(x, y); got != want {
						t.Fatalf("%d colours: pixel %d,%d is %v, want %v", n, x, y, got, want)
					}
				}
			}
		}
	}
	var b bytes.Buffer
	f, err := configs()[6].Draw()
	if err == nil {
		err = f.PNG(&b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, err := png.DecodeConfig(&b); err != nil || reflect.TypeOf(got.ColorModel) != reflect.TypeOf(color.Palette{}) {
		t.Errorf("patterns in two colours are written as %T, %v", got.ColorModel, err)
	}
}

// TestScaledPixels: images of a figure that shrinks are where its frames are.
func TestScaledPixels(t *testing.T) {
	c := newPixels(100, 100, 72)
	all := draw.New(c)
	all.Push()
	all.Scale(0.5, 0.5)
	all.DrawImage(vg.Rectangle{Min: vg.Point{X: 20, Y: 40}, Max: vg.Point{X: 60, Y: 80}}, cells(1, 1, 1, func(int, int) color.NRGBA { return color.NRGBA{A: 255} }))
	all.Pop()
	if c.scale != 1 {
		t.Errorf("the scale is %v after Pop", c.scale)
	}
	for p, black := range map[image.Point]bool{{12, 62}: true, {28, 78}: true, {8, 62}: false, {32, 62}: false, {12, 58}: false, {12, 82}: false} {
		if r, _, _, _ := c.Image().At(p.X, p.Y).RGBA(); (r == 0) != black {
			t.Errorf("pixel %v: black %v, want %v", p, r == 0, black)
		}
	}
}

// TestLettersStayWhereTheyAre: letters that are drawn straight into the picture
// have the pixels that the canvas below gives them, and so have those that are
// turned or scaled.
func TestLettersStayWhereTheyAre(t *testing.T) {
	s := style(tickSize, false, softInk)
	paint := func(c vg.CanvasSizer) {
		all := draw.New(c)
		all.FillText(s, vg.Point{X: 10.3, Y: 60.7}, "Ågé, 0.5 µ")
		turned := s
		turned.Rotation = 0.5
		all.FillText(turned, vg.Point{X: 20, Y: 20}, "turned")
		all.Push()
		all.Scale(0.8, 0.8)
		all.FillText(s, vg.Point{X: 30, Y: 110}, "scaled")
		all.Pop()
		all.Push()
		all.Translate(vg.Point{X: 5, Y: 3})
		all.FillText(s, vg.Point{X: 30, Y: 12}, "moved")
		all.Pop()
		all.SetColor(nil)
		all.FillString(handler.Fonts.Lookup(s.Font, s.Font.Size), vg.Point{X: 50, Y: 40}, "black")
	}
	const width, height = 100.2, 99.9 // no whole pixels
	ours, below := newPixels(width, height, 150), vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(150))
	paint(ours)
	paint(below)
	got, want := ours.img.Pix, below.Image().(*image.RGBA).Pix
	if ours.img.Rect != below.Image().Bounds() {
		t.Fatalf("%v, want %v", ours.img.Rect, below.Image().Bounds())
	}
	inked := 0
	for i := range want {
		if d := int(got[i]) - int(want[i]); d < -1 || d > 1 {
			t.Fatalf("byte %d is %d, want %d", i, got[i], want[i])
		}
		if want[i] < 128 {
			inked++
		}
	}
	if inked < 1000 {
		t.Errorf("only %d dark bytes", inked)
	}
}

// TestLettersThatTheFontLacks are boxes, as wide as the layout takes them to be.
func TestLettersThatTheFontLacks(t *testing.T) {
	c := newPixels(100, 20, 150)
	all := draw.New(c)
	all.FillText(style(tickSize, false, ink), vg.Point{X: 5, Y: 15}, "日")
	if pix := c.img.Pix; !slices.ContainsFunc(pix, func(b byte) bool { return b < 128 }) {
		t.Error("nothing is drawn")
	}
}

// TestPicturesAreApart: the memory of one picture is used for the next, which shows
// nothing of it, and the compressor does not remember it either.
func TestPicturesAreApart(t *testing.T) {
	var first [][]byte
	for round := range 3 {
		for i, cfg := range configs() {
			f, err := cfg.Draw()
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := f.PNG(&b); err != nil {
				t.Fatal(err)
			}
			if round == 0 {
				first = append(first, b.Bytes())
			} else if !bytes.Equal(b.Bytes(), first[i]) {
				t.Errorf("picture %d differs after others", i)
			}
			dirty := newPixels(600, 600, dpi)
			for k := range dirty.img.Pix {
				dirty.img.Pix[k] = byte(k)
			}
			dirty.release()
		}
	}
}

// BenchmarkWriting writes a gallery of a page.
func BenchmarkWriting(b *testing.B) {
	f, err := Gallery(sampleGallery(26))
	if err != nil {
		b.Fatal(err)
	}
	for name, write := range map[string]func(io.Writer) error{"png": f.PNG, "svg": f.SVG} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := write(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
