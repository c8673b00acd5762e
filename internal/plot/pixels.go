package plot

import (
	"image"
	"image/color"
	"math"

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

// cells returns an image of w×h cells, row by row from the top. Its longer side
// has at least least pixels.
func cells(w, h, least int, colorOf func(x, y int) color.NRGBA) cellImage {
	zoom := max(1, (least+max(w, h)-1)/max(w, h))
	img := image.NewNRGBA(image.Rect(0, 0, w*zoom, h*zoom))
	for y := range h {
		row := img.Pix[y*zoom*img.Stride : (y*zoom+1)*img.Stride]
		for x := range w {
			c := colorOf(x, y)
			for k := range zoom {
				copy(row[4*(x*zoom+k):], []byte{c.R, c.G, c.B, c.A})
			}
		}
		for k := 1; k < zoom; k++ {
			copy(img.Pix[(y*zoom+k)*img.Stride:], row)
		}
	}
	return cellImage{img, w, h}
}

// cellImage is an image of w×h cells.
type cellImage struct {
	*image.NRGBA
	w, h int
}

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

// pixelCanvas draws images cell by cell. The canvas that it wraps would use a
// filter for each pixel, which takes longer than all the rest of a picture and
// blurs cells. pixelCanvas also tracks the scale of lengths.
type pixelCanvas struct {
	*vgimg.Canvas
	scale  vg.Length
	before []vg.Length
}

func pixels(c *vgimg.Canvas) *pixelCanvas { return &pixelCanvas{Canvas: c, scale: 1} }

// Scale implements vg.Canvas; figures scale both directions by the same factor.
func (c *pixelCanvas) Scale(x, y float64) {
	c.scale *= vg.Length(x)
	c.Canvas.Scale(x, y)
}

// Push implements vg.Canvas.
func (c *pixelCanvas) Push() {
	c.before = append(c.before, c.scale)
	c.Canvas.Push()
}

// Pop implements vg.Canvas.
func (c *pixelCanvas) Pop() {
	last := len(c.before) - 1
	c.scale, c.before = c.before[last], c.before[:last]
	c.Canvas.Pop()
}

// DrawImage implements vg.Canvas. For an image with more cells than pixels it
// uses the filter.
func (c *pixelCanvas) DrawImage(r vg.Rectangle, img image.Image) {
	src, ok := img.(cellImage)
	dst, plain := c.Image().(*image.RGBA)
	x0, x1 := pixelAt(r.Min.X*c.scale, c.DPI()), pixelAt(r.Max.X*c.scale, c.DPI())
	_, height := c.Size()
	y0, y1 := pixelAt(height-r.Max.Y*c.scale, c.DPI()), pixelAt(height-r.Min.Y*c.scale, c.DPI())
	size := img.Bounds().Size()
	if !ok || !plain || src.w > x1-x0 || src.h > y1-y0 || !image.Rect(x0, y0, x1, y1).In(dst.Bounds()) {
		c.Canvas.DrawImage(r, img)
		return
	}
	var row []byte
	last := -1
	for y := y0; y < y1; y++ {
		from := (2*(y-y0) + 1) * size.Y / (2 * (y1 - y0))
		if from != last {
			row, last = stretch(row[:0], src.Pix[from*src.Stride:], size.X, x1-x0), from
		}
		blend(dst.Pix[dst.PixOffset(x0, y):], row)
	}
}

func pixelAt(v vg.Length, dpi float64) int { return int(math.Round(v.Dots(dpi))) }

// stretch appends a row of n pixels that shows the first w pixels of src.
func stretch(row, src []byte, w, n int) []byte {
	for x := range n {
		k := 4 * ((2*x + 1) * w / (2 * n))
		row = append(row, src[k:k+4]...)
	}
	return row
}

// withPalette returns an image of at most 256 colours with a palette: its
// pixels are the same, and its file is about half as large. It returns other
// images unchanged.
func withPalette(img *image.RGBA) image.Image {
	places := map[[4]byte]uint8{}
	var colors color.Palette
	out := image.NewPaletted(img.Rect, nil)
	last, place := [4]byte{}, -1
	for i := range out.Pix {
		pixel := [4]byte(img.Pix[4*i : 4*i+4])
		if place < 0 || pixel != last {
			at, ok := places[pixel]
			if !ok {
				if len(colors) == 256 {
					return img
				}
				at = uint8(len(colors))
				places[pixel], colors = at, append(colors, color.RGBA{pixel[0], pixel[1], pixel[2], pixel[3]})
			}
			last, place = pixel, int(at)
		}
		out.Pix[i] = uint8(place)
	}
	out.Palette = colors
	return out
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
