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
// each of w·h values row by row from the top. The place of a nil pattern is
// empty.
type GalleryRow struct {
	Name     string
	Patterns [][]float64
	Captions []string // below the patterns; may be nil or shorter
}

// GalleryConfig is the content of a gallery. Values are from −1 (light) to +1
// (dark); NaN, an unknown pixel, is grey.
type GalleryConfig struct {
	Title         string
	Width, Height int      // of a pattern in pixels
	Columns       []string // "stored", "cue", "recalled"
	Rows          []GalleryRow
	Hidden        int  // number of further rows, mentioned below the picture
	Compared      bool // pixels of the other sign than in the first column are marked as wrong
	All           bool // draw all rows, even if the picture becomes very tall

	room vg.Length // available width; 0: a page
}

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
// recalled, in blocks side by side, as many rows as fit a page.
func Gallery(cfg GalleryConfig) (*Figure, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if len(cfg.Rows) == 0 {
		return message(cfg.Title, "no patterns to show"), nil
	}
	cfg.Title = cfg.title()
	g := layout(&cfg)
	hidden := cfg.Hidden
	if most := g.blocks * g.perBlock; most < len(cfg.Rows) {
		hidden += len(cfg.Rows) - most
		cfg.Rows = cfg.Rows[:most]
	}
	f := &Figure{width: max(g.width(), min(titleWidth(cfg.Title), cfg.roomFor())), height: g.height(hidden > 0), title: cfg.Title}
	f.height += extraTitle(f)
	f.body = func(c draw.Canvas) {
		for i, row := range cfg.Rows {
			g.drawRow(c, &cfg, i, row)
		}
		if hidden > 0 {
			moreNote(c, hidden)
		}
	}
	return f, nil
}

// Whole reports whether all rows fit a page.
func (cfg *GalleryConfig) Whole() bool {
	g := layout(cfg)
	return cfg.Hidden == 0 && g.blocks*g.perBlock >= len(cfg.Rows)
}

// moreNote writes below a picture how to see the rows that do not fit.
func moreNote(c draw.Canvas, hidden int) {
	s := style(tickSize, false, softInk)
	s.YAlign = draw.YBottom
	lines := wrap(s, fmt.Sprintf("and %d more: infomorph plot DIR NAME --all", hidden), c.Size().X)
	for i, line := range lines {
		c.FillText(s, vg.Point{X: c.Min.X, Y: c.Min.Y + vg.Length(len(lines)-1-i)*(tickSize+2)}, line)
	}
}

// extraTitle returns the height of a title's lines after the first.
func extraTitle(f *Figure) vg.Length {
	if f.title == "" {
		return 0
	}
	return vg.Length(len(wrap(style(titleSize, true, ink), f.title, f.width-2*margin))-1) * (titleSize + 3)
}

func (cfg *GalleryConfig) roomFor() vg.Length {
	if cfg.room > 0 {
		return cfg.room
	}
	return figureWidth
}

// grid is the layout of the tiles of a gallery.
type grid struct {
	cols, blocks, perBlock int
	tileW, tileH           vg.Length
	name                   vg.Length // width of the column of row names
	caption                vg.Length
}

const (
	tileGap    = 8
	blockGap   = 18
	header     = labelSize + 6
	largeTile  = 62
	smallTile  = 22
	pageHeight = 23 * vg.Centimeter
)

// layout chooses the largest tiles for which all rows fit a square picture;
// otherwise those for which they fit a page; otherwise the smallest tiles, with
// as many rows as fit.
func layout(cfg *GalleryConfig) grid {
	n, texts := len(cfg.Rows), lettered(cfg)
	var g grid
	for _, page := range []vg.Length{cfg.roomFor(), pageHeight} {
		for size := largeTile; size >= smallTile; size -= 2 {
			g = texts.sized(cfg, vg.Length(size))
			g.blocks = 1
			for g.blocks < min(n, 6) {
				if g.blocks++; g.width() > cfg.roomFor() {
					g.blocks--
					break
				}
			}
			g.perBlock = (n + g.blocks - 1) / g.blocks
			if wide := g.width() > cfg.roomFor(); !wide && (cfg.All || g.height(false) <= page) {
				g.blocks = (n + g.perBlock - 1) / g.perBlock
				return g
			}
		}
	}
	for g.perBlock > 1 && !cfg.All && g.height(true) > pageHeight {
		g.perBlock--
	}
	g.blocks = min(g.blocks, (n+g.perBlock-1)/g.perBlock)
	return g
}

// lettered returns the grid that the texts of a gallery need, without tiles.
func lettered(cfg *GalleryConfig) grid {
	g := grid{cols: len(cfg.Columns)}
	s, small := style(labelSize, false, ink), style(tickSize, false, ink)
	for _, r := range cfg.Rows {
		for _, text := range r.Captions {
			g.caption = tickSize + 4
			g.tileW = max(g.tileW, small.Width(text)-tileGap+2)
		}
		if r.Name != "" {
			g.name = max(g.name, s.Width(r.Name)+tileGap)
		}
	}
	for _, name := range cfg.Columns {
		g.tileW = max(g.tileW, s.Width(name)-tileGap+4)
	}
	return g
}

// sized returns the grid with tiles of this size.
func (g grid) sized(cfg *GalleryConfig, size vg.Length) grid {
	side := vg.Length(max(cfg.Width, cfg.Height))
	g.tileW = max(g.tileW, size*vg.Length(cfg.Width)/side, 4)
	g.tileH = max(size*vg.Length(cfg.Height)/side, 4)
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
		c.FillText(label, vg.Point{X: x0, Y: top - g.tileH/2}, row.Name)
	}
	head, small := style(labelSize, false, softInk), style(tickSize, false, softInk)
	head.XAlign, small.XAlign = draw.XCenter, draw.XCenter
	for k, p := range row.Patterns {
		x := x0 + g.name + vg.Length(k)*(g.tileW+tileGap)
		mid := x + g.tileW/2
		if line == 0 {
			c.FillText(head, vg.Point{X: mid, Y: c.Max.Y}, cfg.Columns[k])
		}
		if p != nil {
			w := g.tileH * vg.Length(cfg.Width) / vg.Length(cfg.Height)
			r := vg.Rectangle{Min: vg.Point{X: mid - w/2, Y: top - g.tileH}, Max: vg.Point{X: mid + w/2, Y: top}}
			put(c, r, cells(cfg.Width, cfg.Height, tilePixels, func(x, y int) color.NRGBA {
				i := y*cfg.Width + x
				return at(cfg.colors(row.Patterns[0], p[i], i), (p[i]+1)/2)
			}))
		}
		if k < len(row.Captions) && row.Captions[k] != "" {
			c.FillText(small, vg.Point{X: mid, Y: top - g.tileH - 2}, row.Captions[k])
		}
	}
}

// title is Title with the meaning of the colours.
func (cfg *GalleryConfig) title() string {
	if cfg.Compared {
		return cfg.Title + "; orange: wrong"
	}
	return cfg.Title
}

// colors returns the map for pixel i of a pattern, whose value is v and should have the
// sign that it has in first.
func (cfg *GalleryConfig) colors(first []float64, v float64, i int) []color.NRGBA {
	if cfg.Compared && first != nil && v*first[i] < 0 {
		return mistakes
	}
	return patterns
}

// FieldsConfig is the data of a picture of receptive fields.
type FieldsConfig struct {
	Title         string
	Width, Height int         // of a field in pixels
	Fields        [][]float64 // one per neuron, row by row from the top
	Names         []string    // below the fields; may be nil or shorter
	OwnScale      bool        // scale each field by its own largest value
	Value         string      // meaning of the values; "": weight
	All           bool        // draw all fields

	room vg.Length // available width; 0: a page
}

// MaxFields is the largest number of fields in a picture, unless All is set.
const MaxFields = 144

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
	n := len(cfg.Fields)
	if !cfg.All {
		n = min(n, MaxFields)
	}
	if n == 0 {
		return message(cfg.Title, "no receptive fields to show"), nil
	}
	g := cfg.grid(n)
	f := &Figure{title: cfg.Title, width: g.room}
	f.height = max(2*margin+titleSize+8+vg.Length((n+g.cols-1)/g.cols)*(g.tileH+g.caption+tileGap)+g.note, 4.5*vg.Centimeter)
	f.height += extraTitle(f)
	limit := largestSize(cfg.Fields[:n]...)
	bar := cfg.scale(limit)
	f.body = func(c draw.Canvas) {
		for i, field := range cfg.Fields[:n] {
			scale := limit
			if cfg.OwnScale {
				scale = largestSize(field)
			}
			g.draw(c, &cfg, i, scale)
		}
		bar.draw(c)
		if hidden := len(cfg.Fields) - n; hidden > 0 {
			moreNote(c, hidden)
		}
	}
	return f, nil
}

// scale returns the bar of the colours, up to limit if all fields have the same
// scale.
func (cfg *FieldsConfig) scale(limit float64) *colorScale {
	value := orElse(cfg.Value, "weight")
	if cfg.OwnScale {
		return &colorScale{diverging, -1, 1, value + ", relative to each field's largest"}
	}
	return &colorScale{diverging, -limit, limit, value}
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// fieldGrid is the layout of fields.
type fieldGrid struct {
	cols                              int
	room, tileW, tileH, caption, note vg.Length
}

// grid makes the layout of n fields, with about the shape of a page and full
// names.
func (cfg *FieldsConfig) grid(n int) fieldGrid {
	g := fieldGrid{room: figureWidth}
	if cfg.room > 0 {
		g.room = cfg.room
	}
	bar := cfg.scale(largestSize(cfg.Fields[:n]...)).width()
	inner := g.room - 2*margin - bar
	names := vg.Length(0)
	for _, name := range cfg.Names[:min(n, len(cfg.Names))] {
		g.caption = tickSize + 3
		names = max(names, style(tickSize, false, ink).Width(name)-tileGap+2)
	}
	g.cols = max(1, min(n, int(math.Ceil(math.Sqrt(float64(n)*1.6)))))
	for {
		g.tileW = min((inner-vg.Length(g.cols-1)*tileGap)/vg.Length(g.cols), largeTile)
		if g.cols == 1 || g.tileW >= max(names, 12) {
			break
		}
		g.cols--
	}
	if n < len(cfg.Fields) {
		g.note = 2 * (tickSize + 4)
	}
	g.tileH = g.tileW * vg.Length(cfg.Height) / vg.Length(cfg.Width)
	if cfg.room == 0 { // not wider than the tiles need
		g.room = max(2*margin+vg.Length(g.cols)*(g.tileW+tileGap)-tileGap+bar, titleWidth(cfg.Title))
	}
	return g
}

// draw draws field i.
func (g *fieldGrid) draw(c draw.Canvas, cfg *FieldsConfig, i int, scale float64) {
	x := c.Min.X + vg.Length(i%g.cols)*(g.tileW+tileGap)
	y := c.Max.Y - vg.Length(i/g.cols)*(g.tileH+g.caption+tileGap)
	field := cfg.Fields[i]
	put(c, vg.Rectangle{Min: vg.Point{X: x, Y: y - g.tileH}, Max: vg.Point{X: x + g.tileW, Y: y}},
		cells(cfg.Width, cfg.Height, tilePixels, func(px, py int) color.NRGBA { return signed(field[py*cfg.Width+px], scale) }))
	if i < len(cfg.Names) {
		small := style(tickSize, false, softInk)
		small.XAlign = draw.XCenter
		c.FillText(small, vg.Point{X: x + g.tileW/2, Y: y - g.tileH - 2}, cfg.Names[i])
	}
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
