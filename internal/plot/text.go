package plot

import (
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"
)

// TextConfig are the settings for a gallery as text for a terminal.
type TextConfig struct {
	Columns int  // width of the terminal; 0: 80
	Color   bool // colour codes may be used
	ASCII   bool // use # and . instead of half blocks
}

// TextGallery writes a gallery as lines of text: rows of patterns as in
// Gallery, two pixels per character cell with half blocks. For patterns wider
// than the terminal it writes a line that says they are left out.
func TextGallery(cfg GalleryConfig, text TextConfig) (string, error) {
	if err := cfg.check(); err != nil {
		return "", err
	}
	if text.Columns <= 0 {
		text.Columns = 80
	}
	cell := 1
	if text.ASCII {
		cell = 2
	}
	widths := make([]int, len(cfg.Columns))
	for k, name := range cfg.Columns {
		widths[k] = max(cfg.Width*cell, runewidth.StringWidth(name), captionWidth(cfg.Rows, k))
	}
	block := 2
	for _, w := range widths {
		block += w + 2
	}
	if block-2 > text.Columns {
		return fmt.Sprintf("patterns of %d×%d are too wide for %d columns\n", cfg.Width, cfg.Height, text.Columns), nil
	}
	perLine := max(1, text.Columns/block)
	var b strings.Builder
	for a := 0; a < len(cfg.Rows); a += perLine {
		band := cfg
		band.Rows = cfg.Rows[a:min(a+perLine, len(cfg.Rows))]
		textBand(&b, &band, widths, text)
	}
	if cfg.Hidden > 0 {
		fmt.Fprintf(&b, "and %d more: infomorph plot DIR NAME --all\n", cfg.Hidden)
	}
	return b.String(), nil
}

func captionWidth(rows []GalleryRow, k int) int {
	w := 0
	for _, r := range rows {
		if k < len(r.Captions) {
			w = max(w, runewidth.StringWidth(r.Captions[k]))
		}
	}
	return w
}

// textBand writes a gallery with its rows side by side.
func textBand(b *strings.Builder, cfg *GalleryConfig, widths []int, text TextConfig) {
	line := func(cellOf func(r *GalleryRow, k int) string) {
		var l strings.Builder
		for i := range cfg.Rows {
			for k, w := range widths {
				s := cellOf(&cfg.Rows[i], k)
				l.WriteString(s + strings.Repeat(" ", w-visible(s)+2))
			}
			l.WriteString("  ")
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	line(func(r *GalleryRow, k int) string {
		if k > 0 {
			return ""
		}
		return runewidth.Truncate(r.Name, widths[0], "…")
	})
	line(func(_ *GalleryRow, k int) string { return cfg.Columns[k] })
	step := 2
	if text.ASCII {
		step = 1
	}
	for y := 0; y < cfg.Height; y += step {
		line(func(r *GalleryRow, k int) string { return pixelLine(r.Patterns[k], cfg, y, text) })
	}
	line(func(r *GalleryRow, k int) string {
		if k < len(r.Captions) {
			return r.Captions[k]
		}
		return ""
	})
}

const (
	dimCode   = "\x1b[2m"
	resetCode = "\x1b[0m"
)

// visible returns the width of s without colour codes.
func visible(s string) int {
	return runewidth.StringWidth(strings.NewReplacer(dimCode, "", resetCode, "").Replace(s))
}

// pixelLine writes row y of a pattern, and with half blocks the next row too.
func pixelLine(p []float64, cfg *GalleryConfig, y int, text TextConfig) string {
	if p == nil {
		return ""
	}
	var b strings.Builder
	for x := range cfg.Width {
		v := p[y*cfg.Width+x]
		switch {
		case text.ASCII && v > 0:
			b.WriteString("##")
		case text.ASCII && v <= 0:
			b.WriteString(" .")
		case text.ASCII:
			b.WriteString(" ?")
		default:
			below := -1.0
			if y+1 < cfg.Height {
				below = p[(y+1)*cfg.Width+x]
			}
			b.WriteString(halfBlock(v, below, text.Color))
		}
	}
	return b.String()
}

// halfBlock is the character of two pixels, one above the other.
func halfBlock(above, below float64, color bool) string {
	switch {
	case above > 0 && below > 0:
		return "█"
	case above > 0:
		return "▀"
	case below > 0:
		return "▄"
	case color:
		return dimCode + "·" + resetCode
	}
	return "·"
}
