package plot

import (
	"errors"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// GalleryRow is one row of a gallery: a name and a pattern for each column,
// each of w·h values row by row from the top. A nil pattern leaves its place
// empty.
type GalleryRow struct {
	Name     string
	Patterns [][]float64
	Captions []string // below the patterns; may be nil or shorter
}

// GalleryConfig says what a gallery shows. Values run from −1 (light) to +1
// (dark); NaN, an unknown pixel, is grey.
type GalleryConfig struct {
	Title         string
	Width, Height int      // of a pattern in pixels
	Columns       []string // "stored", "cue", "recalled"
	Rows          []GalleryRow
	Hidden        int // rows there are beyond Rows, mentioned below
}

// maxGalleryRows is how many rows a gallery draws.
const maxGalleryRows = 24

func (cfg *GalleryConfig) check() error {
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > maxPixels || cfg.Height > maxPixels {
		return fmt.Errorf("gallery: patterns of %d×%d pixels", cfg.Width, cfg.Height)
	}
	if len(cfg.Columns) == 0 {
		return errors.New("gallery: no columns")
	}
	for _, r := range cfg.Rows {
		if len(r.Patterns) != len(cfg.Columns) {
			return fmt.Errorf("gallery: row %q has %d patterns for %d columns", r.Name, len(r.Patterns), len(cfg.Columns))
		}
		for _, p := range r.Patterns {
			if p != nil && len(p) != cfg.Width*cfg.Height {
				return fmt.Errorf("gallery: row %q has a pattern of %d values, want %d×%d", r.Name, len(p), cfg.Width, cfg.Height)
			}
		}
	}
	return nil
}

// Gallery draws rows of patterns side by side, such as stored, cue and
// recalled. Few columns and many rows run in two or more blocks.
func Gallery(cfg GalleryConfig) (*Figure, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if len(cfg.Rows) == 0 {
		return message(cfg.Title, "no patterns to show"), nil
	}
	hidden := cfg.Hidden + max(0, len(cfg.Rows)-maxGalleryRows)
	cfg.Rows = cfg.Rows[:min(len(cfg.Rows), maxGalleryRows)]
	g := layout(&cfg)
	f := &Figure{width: max(g.width(), titleWidth(cfg.Title)), height: g.height(hidden > 0), title: cfg.Title}
	f.body = func(c draw.Canvas) {
		for i, row := range cfg.Rows {
			g.drawRow(c, &cfg, i, row)
		}
		if hidden > 0 {
			s := style(tickSize, false, softInk)
			s.YAlign = draw.YBottom
			c.FillText(s, c.Min, fmt.Sprintf("and %d more", hidden))
		}
	}
	return f, nil
}

// grid is where the tiles of a gallery are.
type grid struct {
	cols, blocks, perBlock int
	tileW, tileH           vg.Length
	name                   vg.Length // width of the column of row names
	caption                vg.Length
}

const (
	tileGap  = 8
	blockGap = 22
	header   = labelSize + 6
)

func layout(cfg *GalleryConfig) grid {
	n := len(cfg.Rows)
	g := grid{cols: len(cfg.Columns), blocks: 1}
	for g.blocks < 4 && n > 3*g.blocks && g.blocks*(g.cols+1) < 12 {
		g.blocks++
	}
	g.perBlock = (n + g.blocks - 1) / g.blocks
	g.blocks = (n + g.perBlock - 1) / g.perBlock
	const size = 62
	side := math.Max(float64(cfg.Width), float64(cfg.Height))
	g.tileW = vg.Length(math.Max(size*float64(cfg.Width)/side, 4))
	g.tileH = vg.Length(math.Max(size*float64(cfg.Height)/side, 4))
	s := style(labelSize, false, ink)
	for _, r := range cfg.Rows {
		if len(r.Captions) > 0 {
			g.caption = tickSize + 4
		}
		if r.Name != "" {
			g.name = min(90, max(g.name, s.Width(r.Name)+tileGap))
		}
	}
	for _, name := range cfg.Columns {
		g.tileW = max(g.tileW, min(s.Width(name), 70))
	}
	return g
}

func (g *grid) blockWidth() vg.Length { return g.name + vg.Length(g.cols)*(g.tileW+tileGap) - tileGap }

func (g *grid) width() vg.Length {
	return max(2*margin+vg.Length(g.blocks)*(g.blockWidth()+blockGap)-blockGap, 5*vg.Centimeter)
}

func (g *grid) height(note bool) vg.Length {
	h := 2*margin + titleSize + 8 + header + vg.Length(g.perBlock)*(g.tileH+g.caption+tileGap)
	if note {
		h += tickSize + 4
	}
	return h
}

func (g *grid) drawRow(c draw.Canvas, cfg *GalleryConfig, i int, row GalleryRow) {
	block, line := i/g.perBlock, i%g.perBlock
	x0 := c.Min.X + vg.Length(block)*(g.blockWidth()+blockGap)
	top := c.Max.Y - header - vg.Length(line)*(g.tileH+g.caption+tileGap)
	label := style(labelSize, false, ink)
	label.YAlign = draw.YCenter
	if row.Name != "" {
		c.FillText(label, vg.Point{X: x0, Y: top - g.tileH/2}, fit(label, row.Name, g.name-tileGap))
	}
	head, small := style(labelSize, false, softInk), style(tickSize, false, softInk)
	head.XAlign, small.XAlign = draw.XCenter, draw.XCenter
	for k, p := range row.Patterns {
		x := x0 + g.name + vg.Length(k)*(g.tileW+tileGap)
		mid := x + g.tileW/2
		if line == 0 {
			c.FillText(head, vg.Point{X: mid, Y: c.Max.Y}, fit(head, cfg.Columns[k], g.tileW+tileGap))
		}
		if p != nil {
			w := g.tileH * vg.Length(cfg.Width) / vg.Length(cfg.Height)
			r := vg.Rectangle{Min: vg.Point{X: mid - w/2, Y: top - g.tileH}, Max: vg.Point{X: mid + w/2, Y: top}}
			put(c, r, cells(cfg.Width, cfg.Height, tilePixels, func(x, y int) color.NRGBA {
				return at(patterns, (p[y*cfg.Width+x]+1)/2)
			}))
		}
		if k < len(row.Captions) && row.Captions[k] != "" {
			c.FillText(small, vg.Point{X: mid, Y: top - g.tileH - 2}, fit(small, row.Captions[k], g.tileW+tileGap))
		}
	}
}

// FieldsConfig says which receptive fields are drawn.
type FieldsConfig struct {
	Title         string
	Width, Height int         // of a field in pixels
	Fields        [][]float64 // one per neuron, row by row from the top
	Names         []string    // below the fields; may be nil or shorter
	OwnScale      bool        // scale each field by its own largest value
}

// maxFields is how many fields a picture shows.
const maxFields = 144

// Fields draws receptive fields as a grid of signed images, blue below and
// red above zero.
func Fields(cfg FieldsConfig) (*Figure, error) {
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > maxPixels || cfg.Height > maxPixels {
		return nil, fmt.Errorf("fields: %d×%d pixels", cfg.Width, cfg.Height)
	}
	for i, f := range cfg.Fields {
		if len(f) != cfg.Width*cfg.Height {
			return nil, fmt.Errorf("fields: field %d has %d values, want %d×%d", i, len(f), cfg.Width, cfg.Height)
		}
	}
	n := min(len(cfg.Fields), maxFields)
	if n == 0 {
		return message(cfg.Title, "no receptive fields to show"), nil
	}
	cols := max(1, min(n, int(math.Ceil(math.Sqrt(float64(n)*1.6)))))
	rows := (n + cols - 1) / cols
	tileW := (figureWidth - 2*margin - 40 - vg.Length(cols-1)*tileGap) / vg.Length(cols)
	tileW = min(tileW, 80)
	tileH := tileW * vg.Length(cfg.Height) / vg.Length(cfg.Width)
	caption := vg.Length(0)
	if len(cfg.Names) > 0 {
		caption = tickSize + 3
	}
	f := &Figure{title: cfg.Title}
	f.width = 2*margin + 46 + vg.Length(cols)*(tileW+tileGap)
	f.height = max(2*margin+titleSize+8+vg.Length(rows)*(tileH+caption+tileGap), 4*vg.Centimeter)
	limit := largestSize(cfg.Fields[:n]...)
	f.body = func(c draw.Canvas) {
		small := style(tickSize, false, softInk)
		small.XAlign = draw.XCenter
		for i, field := range cfg.Fields[:n] {
			scale := limit
			if cfg.OwnScale {
				scale = largestSize(field)
			}
			x := c.Min.X + vg.Length(i%cols)*(tileW+tileGap)
			y := c.Max.Y - vg.Length(i/cols)*(tileH+caption+tileGap)
			put(c, vg.Rectangle{Min: vg.Point{X: x, Y: y - tileH}, Max: vg.Point{X: x + tileW, Y: y}},
				cells(cfg.Width, cfg.Height, tilePixels, func(px, py int) color.NRGBA { return signed(field[py*cfg.Width+px], scale) }))
			if i < len(cfg.Names) {
				c.FillText(small, vg.Point{X: x + tileW/2, Y: y - tileH - 2}, fit(small, cfg.Names[i], tileW+tileGap))
			}
		}
		if cfg.OwnScale {
			limit = 1
		}
		drawScale(c, diverging, -limit, limit)
	}
	return f, nil
}

// largestSize returns the largest absolute finite value, 1 if all are 0.
func largestSize(rows ...[]float64) float64 {
	m := 0.0
	for _, r := range rows {
		for _, v := range r {
			if finite(v) {
				m = max(m, math.Abs(v))
			}
		}
	}
	if m == 0 {
		return 1
	}
	return m
}
