package plot

import (
	"image"
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The least size in pixels of an image that is put in a picture, alone or as
// one of many tiles: smaller ones are enlarged in whole steps, so that viewers
// that smooth images keep cells sharp.
const (
	minPixels  = 480
	tilePixels = 160
)

// maxPixels is the greatest size; larger data are averaged.
const maxPixels = 1200

// cells is a picture of w×h cells, row by row from the top, at least least
// pixels long.
func cells(w, h, least int, colorOf func(x, y int) color.NRGBA) *image.NRGBA {
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
	return img
}

// blockSize returns the side of the blocks that shrink averages.
func blockSize(rows, cols int) int { return (max(rows, cols) + maxPixels - 1) / maxPixels }

// shrink averages a matrix of rows×cols in blocks until it has at most
// maxPixels each way. It leaves out NaN.
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
