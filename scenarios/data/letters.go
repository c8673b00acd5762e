package data

import (
	"image"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// letters draws A to Z from the Go Bold font, as large as fits.
func letters(width, height int) (*bitmaps, error) {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	const letterShare = 1.32 // of the em square that a capital with its margin takes
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(height) * letterShare, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	all := &bitmaps{}
	for r := 'A'; r <= 'Z'; r++ {
		b := newBits(width * height)
		threshold(fitGlyph(face, r, width, height), b.set)
		all.add(string(r), b)
	}
	return all, nil
}

// fitGlyph draws one letter so that it fills a width×height picture. A letter is at least
// one pixel wide and high.
func fitGlyph(face font.Face, r rune, width, height int) *image.Gray {
	bounds, _, _ := face.GlyphBounds(r)
	w, h := (bounds.Max.X - bounds.Min.X).Ceil(), (bounds.Max.Y - bounds.Min.Y).Ceil()
	glyph := image.NewGray(image.Rect(0, 0, w, h))
	d := font.Drawer{Dst: glyph, Src: image.White, Face: face, Dot: fixed.Point26_6{X: -bounds.Min.X, Y: -bounds.Min.Y}}
	d.DrawString(string(r))
	out := image.NewGray(image.Rect(0, 0, width, height))
	target := out.Bounds()
	if narrow := w * height / h; narrow < width { // do not stretch I and J to the full width
		target.Min.X += (width - narrow) / 2
		target.Max.X = target.Min.X + narrow
	}
	draw.CatmullRom.Scale(out, target, glyph, glyph.Bounds(), draw.Src, nil)
	return out
}
