package plot

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"slices"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// vectorCanvas draws images of few cells as areas, one path for each colour. The
// canvas that it wraps would compress each image, which takes longer than all
// the rest of a picture. Areas are sharp in every viewer. vectorCanvas also notes
// the lengths of texts.
type vectorCanvas struct {
	*vgsvg.Canvas
	lengths []vg.Length // of texts, in the order of the file
}

// FillString implements vg.Canvas.
func (c *vectorCanvas) FillString(f font.Face, at vg.Point, text string) {
	c.lengths = append(c.lengths, f.Width(text))
	c.Canvas.FillString(f, at, text)
}

// withLengths adds to each text of a file its length, so that it fits its place
// even if the viewer uses another font.
func (c *vectorCanvas) withLengths(file []byte) []byte {
	const start = "<text "
	var out []byte
	for _, length := range c.lengths {
		before, after, _ := bytes.Cut(file, []byte(start))
		out, file = append(append(out, before...), start...), after
		if length > 0 {
			out = fmt.Appendf(out, `textLength="%.2f" lengthAdjust="spacingAndGlyphs" `, length.Points())
		}
	}
	return append(out, file...)
}

// The largest image that is drawn as areas: with more cells or colours the file
// would be larger than with an image.
const (
	vectorCells  = 1024
	vectorColors = 4
)

// DrawImage implements vg.Canvas.
func (c *vectorCanvas) DrawImage(r vg.Rectangle, img image.Image) {
	src, ok := img.(cellImage)
	if !ok {
		c.Canvas.DrawImage(r, img)
		return
	}
	if src.w*src.h > vectorCells {
		c.Canvas.DrawImage(r, src.enlarged())
		return
	}
	at, colors := src.colors()
	if len(colors) > vectorColors || slices.ContainsFunc(colors, func(c color.NRGBA) bool { return c.A != 255 }) {
		c.Canvas.DrawImage(r, src.enlarged())
		return
	}
	size := r.Size()
	cellW, cellH := size.X/vg.Length(src.w), size.Y/vg.Length(src.h)
	c.SetColor(colors[0])
	c.Fill(r.Path())
	for k := 1; k < len(colors); k++ {
		var path vg.Path
		for _, a := range areas(at, src.w, src.h, k) {
			x0, x1 := r.Min.X+vg.Length(a.x0)*cellW, r.Min.X+vg.Length(a.x1)*cellW
			y0, y1 := r.Max.Y-vg.Length(a.y0)*cellH, r.Max.Y-vg.Length(a.y1)*cellH
			path.Move(vg.Point{X: x0, Y: y0})
			path.Line(vg.Point{X: x1, Y: y0})
			path.Line(vg.Point{X: x1, Y: y1})
			path.Line(vg.Point{X: x0, Y: y1})
			path.Close()
		}
		c.SetColor(colors[k])
		c.Fill(path)
	}
}

// colors returns the number of the colour of each cell, and the colours, the most
// frequent one first.
func (m cellImage) colors() (at []int, colors []color.NRGBA) {
	at = make([]int, 0, len(m.cells))
	var count []int
	for _, c := range m.cells {
		k := slices.Index(colors, c)
		if k < 0 {
			k = len(colors)
			colors, count = append(colors, c), append(count, 0)
		}
		count[k]++
		at = append(at, k)
	}
	most := 0
	for k := range count {
		if count[k] > count[most] {
			most = k
		}
	}
	colors[0], colors[most] = colors[most], colors[0]
	for i, k := range at {
		switch k {
		case 0:
			at[i] = most
		case most:
			at[i] = 0
		}
	}
	return at, colors
}

// area is a rectangle of cells: columns x0 … x1 and rows y0 … y1, without x1 and
// y1, in cells.
type area struct{ x0, x1, y0, y1 float64 }

// overlap is how far an area reaches into cells of its own colour above it, as a
// part of a cell. Without it, viewers that smooth edges show a line there.
const overlap = 0.05

// areas covers the cells of colour k of a w×h grid with rectangles: runs of cells,
// joined with equal runs in the rows below.
func areas(at []int, w, h, k int) (all []area) {
	var above []int // areas that end at this row
	for y := range h {
		var ends []int
		row := at[y*w : (y+1)*w]
		for x0 := 0; x0 < w; x0++ {
			if row[x0] != k {
				continue
			}
			x1 := x0
			for x1 < w && row[x1] == k {
				x1++
			}
			a := area{float64(x0), float64(x1), float64(y), float64(y + 1)}
			i := slices.IndexFunc(above, func(i int) bool { return all[i].x0 == a.x0 && all[i].x1 == a.x1 })
			if i >= 0 {
				all[above[i]].y1 = a.y1
				ends = append(ends, above[i])
			} else {
				ends = append(ends, len(all))
				all = append(all, a)
			}
			x0 = x1
		}
		all = append(all, joints(all, above, ends)...)
		above = ends
	}
	return all
}

// joints returns thin areas over the borders between areas that touch: those in
// above end where those in below begin.
func joints(all []area, above, below []int) (joints []area) {
	for _, i := range below {
		for _, j := range above {
			x0, x1 := max(all[i].x0, all[j].x0), min(all[i].x1, all[j].x1)
			if i != j && x0 < x1 {
				y := all[j].y1
				joints = append(joints, area{x0, x1, y - overlap, y + overlap})
			}
		}
	}
	return joints
}
