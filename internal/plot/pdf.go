package plot

import (
	"image"
	"image/color"
	"io"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgpdf"
)

// PDF writes the figure as PDF, with its fonts.
func (f *Figure) PDF(w io.Writer) error {
	f.settle()
	c := pdfCanvas{vgpdf.New(f.width, f.height)}
	g := *f
	g.light = true
	all := draw.New(c)
	fill(all, all.Rectangle, paper)
	g.draw(all)
	_, err := c.WriteTo(w)
	return err
}

// pdfCanvas writes texts in Windows 1252, the encoding of its fonts; vgpdf does
// not convert texts.
type pdfCanvas struct{ *vgpdf.Canvas }

// SetColor implements vg.Canvas. vgpdf uses colours that are multiplied by
// their opacity, and PDF multiplies again: bands would be grey.
func (c pdfCanvas) SetColor(col color.Color) {
	if col != nil {
		col = straight(color.NRGBAModel.Convert(col).(color.NRGBA))
	}
	c.Canvas.SetColor(col)
}

// straight is a colour whose components are not multiplied by its opacity.
type straight color.NRGBA

// RGBA implements color.Color.
func (c straight) RGBA() (r, g, b, a uint32) {
	return uint32(c.R) * 0x101, uint32(c.G) * 0x101, uint32(c.B) * 0x101, uint32(c.A) * 0x101
}

// beyond are characters that have another code in Windows 1252, or must be
// written in another way.
var beyond = map[rune]string{
	'−': "-", '…': "\x85", '–': "\x96", '—': "\x97", '’': "\x92", '‘': "\x91", '“': "\x93", '”': "\x94", '•': "\x95", '€': "\x80",
	'≤': "<=", '≥': ">=", 'Γ': "Gamma", 'θ': "theta", 'σ': "sigma", 'α': "alpha", 'β': "beta", 'Δ': "Delta", '\u202f': " ", '\u2009': " ",
}

// FillString implements vg.Canvas.
func (c pdfCanvas) FillString(f font.Face, at vg.Point, text string) {
	var out []byte
	for _, r := range text {
		switch s, ok := beyond[r]; {
		case ok:
			out = append(out, s...)
		case r < 0x80 || r >= 0xa0 && r < 0x100:
			out = append(out, byte(r))
		default:
			out = append(out, '?')
		}
	}
	c.Canvas.FillString(f, at, string(out))
}

// DrawImage implements vg.Canvas. In PDF the y axis points up. vgpdf mirrors
// points but not images, so the rows are reversed here.
func (c pdfCanvas) DrawImage(rect vg.Rectangle, img image.Image) {
	b := img.Bounds()
	turned := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			turned.Set(x, b.Dy()-1-y, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	c.Canvas.DrawImage(rect, turned)
}
