package plot

import (
	"image"
	"image/color"
	"math"
	"sync"

	"git.sr.ht/~sbinet/gg"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// The smallest size in pixels of an image in a picture, alone or as one of many
// tiles. Smaller images are enlarged by a whole factor, so that cells stay
// sharp in viewers that smooth images.
const (
	minPixels  = 480
	tilePixels = 160
)

// maxPixels is the largest size; larger data are averaged.
const maxPixels = 1200

// cellImage is an image of w×h cells, row by row from the top. Each takes
// zoom×zoom pixels, which are made only for a canvas that does not know cells:
// see enlarged.
type cellImage struct {
	cells []color.NRGBA
	w, h  int
	zoom  int
}

// cells returns an image of w×h cells, whose longer side has at least least
// pixels.
func cells(w, h, least int, colorOf func(x, y int) color.NRGBA) cellImage {
	m := cellImage{make([]color.NRGBA, 0, w*h), w, h, max(1, (least+max(w, h)-1)/max(w, h))}
	for y := range h {
		for x := range w {
			m.cells = append(m.cells, colorOf(x, y))
		}
	}
	return m
}

// ColorModel implements image.Image.
func (m cellImage) ColorModel() color.Model { return color.NRGBAModel }

// Bounds implements image.Image.
func (m cellImage) Bounds() image.Rectangle { return image.Rect(0, 0, m.w*m.zoom, m.h*m.zoom) }

// At implements image.Image.
func (m cellImage) At(x, y int) color.Color { return m.cells[y/m.zoom*m.w+x/m.zoom] }

// enlarged returns the image with all its pixels, in the form that encoders and
// filters work on fastest.
func (m cellImage) enlarged() *image.NRGBA {
	img := image.NewNRGBA(m.Bounds())
	for y := range m.h {
		row := img.Pix[y*m.zoom*img.Stride : (y*m.zoom+1)*img.Stride]
		stretch(row[:0], m.row(y), m.w*m.zoom)
		for k := 1; k < m.zoom; k++ {
			copy(img.Pix[(y*m.zoom+k)*img.Stride:], row)
		}
	}
	return img
}

// row returns the cells of row y.
func (m cellImage) row(y int) []color.NRGBA { return m.cells[y*m.w : (y+1)*m.w] }

// blockSize returns the side of the blocks that shrink averages.
func blockSize(rows, cols int) int { return (max(rows, cols) + maxPixels - 1) / maxPixels }

// shrink averages a matrix of rows×cols in blocks, so that it has at most
// maxPixels rows and columns. It leaves out NaN.
func shrink(values []float64, rows, cols int) ([]float64, int, int) {
	by := blockSize(rows, cols)
	if by <= 1 {
		return values, rows, cols
	}
	r2, c2 := (rows+by-1)/by, (cols+by-1)/by
	sum, n := make([]float64, r2*c2), make([]float64, r2*c2)
	for r := range rows {
		for c := range cols {
			if v := values[r*cols+c]; finite(v) {
				i := r/by*c2 + c/by
				sum[i] += v
				n[i]++
			}
		}
	}
	for i := range sum {
		sum[i] /= n[i] // NaN for none
	}
	return sum, r2, c2
}

// put draws img into r with a thin frame.
func put(c draw.Canvas, r vg.Rectangle, img image.Image) {
	c.DrawImage(r, img)
	frame(c, r, softInk, vg.Points(0.5))
}

// pixelCanvas draws images cell by cell, and letters where they belong. The
// canvas that it wraps would use a filter for each of their pixels, which takes
// longer than all the rest of a picture and blurs cells. pixelCanvas also tracks
// the state that it needs for this.
type pixelCanvas struct {
	*vgimg.Canvas
	pixelState
	img           *image.RGBA
	context       *gg.Context
	width, height vg.Length
	before        []pixelState
	faces         map[font.Font]xfont.Face
}

// pixelState is the scale of lengths, the colour, and whether the directions are
// those of the picture.
type pixelState struct {
	scale vg.Length
	color color.Color
	moved bool
}

// spare has the pixels of pictures that are written, for the next ones.
var spare sync.Pool

// newPixels returns a canvas of this size on paper. The canvas that it wraps is told to
// draw into an image, because it would copy one of its own. It takes its size from the
// image then, in whole pixels, so this canvas knows the size.
func newPixels(width, height vg.Length, dpi int) *pixelCanvas {
	dots := func(v vg.Length) int { return int(v/vg.Inch*vg.Length(dpi) + 0.5) }
	img := &image.RGBA{Stride: 4 * dots(width), Rect: image.Rect(0, 0, dots(width), dots(height))}
	if old, ok := spare.Get().(*image.RGBA); ok && cap(old.Pix) >= img.Stride*dots(height) {
		img.Pix = old.Pix[:img.Stride*dots(height)]
	} else {
		img.Pix = make([]byte, img.Stride*dots(height))
	}
	context := gg.NewContextForRGBA(img)
	context.SetLineCapButt()
	context.InvertY()
	c := vgimg.NewWith(vgimg.UseImageWithContext(img, context), vgimg.UseDPI(dpi)) // makes it white, like paper
	return &pixelCanvas{Canvas: c, img: img, context: context, width: width, height: height,
		pixelState: pixelState{scale: 1, color: color.Black}, faces: map[font.Font]xfont.Face{}}
}

// release gives the pixels back. The canvas must not be used after it.
func (c *pixelCanvas) release() { spare.Put(c.img) }

// Size implements vg.CanvasSizer.
func (c *pixelCanvas) Size() (width, height vg.Length) { return c.width, c.height }

// Scale implements vg.Canvas; figures scale both directions by the same factor.
func (c *pixelCanvas) Scale(x, y float64) {
	c.scale *= vg.Length(x)
	c.Canvas.Scale(x, y)
}

// Rotate implements vg.Canvas.
func (c *pixelCanvas) Rotate(by float64) {
	c.moved = true
	c.Canvas.Rotate(by)
}

// Translate implements vg.Canvas.
func (c *pixelCanvas) Translate(by vg.Point) {
	c.moved = true
	c.Canvas.Translate(by)
}

// SetColor implements vg.Canvas; nil is black.
func (c *pixelCanvas) SetColor(to color.Color) {
	if to == nil {
		to = color.Black
	}
	c.color = to
	c.Canvas.SetColor(to)
}

// Push implements vg.Canvas.
func (c *pixelCanvas) Push() {
	c.before = append(c.before, c.pixelState)
	c.Canvas.Push()
}

// Pop implements vg.Canvas.
func (c *pixelCanvas) Pop() {
	last := len(c.before) - 1
	c.pixelState, c.before = c.before[last], c.before[:last]
	c.Canvas.Pop()
}

// FillString implements vg.Canvas. For letters that are scaled or turned it uses
// the filter.
func (c *pixelCanvas) FillString(f font.Face, at vg.Point, text string) {
	if c.faces[f.Font] == nil {
		c.faces[f.Font] = f.FontFace(c.DPI())
	}
	if c.scale != 1 || c.moved {
		c.context.Push()
		defer c.context.Pop()
		c.context.SetFontFace(c.faces[f.Font])
		c.context.InvertY()
		c.context.DrawString(text, at.X.Dots(c.DPI()), c.height.Dots(c.DPI())-at.Y.Dots(c.DPI()))
		return
	}
	fix := func(v vg.Length) fixed.Int26_6 { return fixed.Int26_6(math.Round(v.Dots(c.DPI()) * 64)) }
	pen := xfont.Drawer{Dst: c.img, Src: image.NewUniform(c.color), Face: c.faces[f.Font], Dot: fixed.Point26_6{X: fix(at.X), Y: fix(c.height - at.Y)}}
	pen.DrawString(text)
}

// DrawImage implements vg.Canvas. For an image with more cells than pixels it
// uses the filter.
func (c *pixelCanvas) DrawImage(r vg.Rectangle, img image.Image) {
	src, ok := img.(cellImage)
	if !ok {
		c.Canvas.DrawImage(r, img)
		return
	}
	dst := c.img
	x0, x1 := pixelAt(r.Min.X*c.scale, c.DPI()), pixelAt(r.Max.X*c.scale, c.DPI())
	y0, y1 := pixelAt(c.height-r.Max.Y*c.scale, c.DPI()), pixelAt(c.height-r.Min.Y*c.scale, c.DPI())
	if src.w > x1-x0 || src.h > y1-y0 || !image.Rect(x0, y0, x1, y1).In(dst.Bounds()) {
		c.Canvas.DrawImage(r, src.enlarged())
		return
	}
	var row []byte
	last := -1
	for y := y0; y < y1; y++ {
		from := (2*(y-y0) + 1) * src.h / (2 * (y1 - y0))
		if from != last {
			row, last = stretch(row[:0], src.row(from), x1-x0), from
		}
		blend(dst.Pix[dst.PixOffset(x0, y):], row)
	}
}

func pixelAt(v vg.Length, dpi float64) int { return int(math.Round(v.Dots(dpi))) }

// stretch appends a row of n pixels that shows the cells.
func stretch(row []byte, cells []color.NRGBA, n int) []byte {
	for x := range n {
		c := cells[(2*x+1)*len(cells)/(2*n)]
		row = append(row, c.R, c.G, c.B, c.A)
	}
	return row
}

// withPalette returns an image of at most 256 colours with a palette: its
// pixels are the same, and its file is about half as large. It returns nil for
// other images.
func withPalette(img *image.RGBA) *image.Paletted {
	places, colors := palette(img)
	if colors == nil {
		return nil
	}
	out := image.NewPaletted(img.Rect, colors)
	last, place := [4]byte(img.Pix), uint8(0) // the first pixel has the first colour
	for i := range out.Pix {
		if pixel := [4]byte(img.Pix[4*i : 4*i+4]); pixel != last {
			last, place = pixel, places[pixel]
		}
		out.Pix[i] = place
	}
	return out
}

// palette returns the colours of an image, and the place of each; nil if there are more
// than 256.
func palette(img *image.RGBA) (places map[[4]byte]uint8, colors color.Palette) {
	places = map[[4]byte]uint8{}
	var last [4]byte
	for i := 0; i < len(img.Pix); i += 4 {
		pixel := [4]byte(img.Pix[i : i+4])
		if i > 0 && pixel == last {
			continue
		}
		last = pixel
		if _, ok := places[pixel]; !ok {
			if len(colors) == 256 {
				return nil, nil
			}
			places[pixel], colors = uint8(len(colors)), append(colors, color.RGBA{pixel[0], pixel[1], pixel[2], pixel[3]})
		}
	}
	return places, colors
}

// blend puts a row of NRGBA pixels over opaque ones.
func blend(dst, row []byte) {
	for k := 0; k < len(row); k += 4 {
		a := uint32(row[k+3])
		if a == 255 {
			copy(dst[k:k+4], row[k:k+4])
			continue
		}
		for j := range 3 {
			dst[k+j] = byte((uint32(row[k+j])*a + uint32(dst[k+j])*(255-a) + 127) / 255)
		}
	}
}
