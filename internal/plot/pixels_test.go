package plot

import (
	"image"
	"image/color"
	"testing"

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
		case pixelCanvas:
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
	size := func() *vgimg.Canvas { return vgimg.NewWith(vgimg.UseWH(100, 100), vgimg.UseDPI(72)) }
	between, at := grays(pixelCanvas{size()})
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
	if smooth, _ := grays(size()); smooth == 0 {
		t.Error("the canvas below draws sharply as well; the test is empty")
	}
}
