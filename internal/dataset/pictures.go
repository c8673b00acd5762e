package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // pictures are JPEG
	_ "image/png"  // or PNG files
	"io"
	"path"
	"slices"
	"strings"
)

// Limits on pictures from outside.
const (
	maxPictureBytes = 16 << 20
	maxPictureSide  = 8192
)

// PictureTypes are the file extensions of pictures that are read.
var PictureTypes = []string{".png", ".jpg", ".jpeg"}

// otherTypes are the file extensions of pictures that are not read.
var otherTypes = []string{".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg", ".pgm", ".ppm", ".pbm", ".heic"}

// IsPicture reports, by its name, whether a file is a picture that is read.
// Hidden files are not: macOS leaves ._NAME beside NAME on shared folders. It
// returns an error for a picture of a kind that is not read.
func IsPicture(name string) (bool, error) {
	ext := strings.ToLower(path.Ext(name))
	switch {
	case strings.HasPrefix(path.Base(name), "."):
		return false, nil
	case slices.Contains(otherTypes, ext):
		return false, fmt.Errorf("%s: pictures are PNG or JPEG files; convert it, or move it away", name)
	}
	return slices.Contains(PictureTypes, ext), nil
}

// DecodePicture reads a PNG or JPEG file as grey values, white 255, by its
// content. A transparent picture is put on a background on which its ink is
// visible: white for dark ink, black for light ink. The values of a 16-bit
// picture are stretched to 8 bits, which keeps the contrast. It checks the size
// before it allocates memory.
func DecodePicture(r io.Reader) (*image.Gray, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxPictureBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxPictureBytes {
		return nil, fmt.Errorf("larger than %d MiB", maxPictureBytes>>20)
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("not a PNG or JPEG image that can be read")
	}
	if head.Width > maxPictureSide || head.Height > maxPictureSide {
		return nil, fmt.Errorf("%d×%d pixels, expected at most %d×%d", head.Width, head.Height, maxPictureSide, maxPictureSide)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not a PNG or JPEG image that can be read: %w", err)
	}
	return grey(img), nil
}

// grey returns the picture's brightness.
func grey(img image.Image) *image.Gray {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	values := make([]uint32, w*h) // of 16 bits
	ground := uint32(groundOf(img))
	for i := range values {
		r, g, bl, a := img.At(b.Min.X+i%w, b.Min.Y+i/w).RGBA()
		y := (19595*r + 38470*g + 7471*bl + 1<<15) >> 16 // as in color.GrayModel
		values[i] = y + ground*(0xffff-a)/0xffff
	}
	lo, hi := uint32(0), uint32(0xffff)
	if deep(img) && len(values) > 0 {
		if l, m := slices.Min(values), slices.Max(values); m > l {
			lo, hi = l, m
		}
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for i, v := range values {
		out.Pix[i] = uint8((v - lo) * 255 / (hi - lo))
	}
	return out
}

// deep reports whether the picture has more than 8 bits per channel.
func deep(img image.Image) bool {
	switch img.ColorModel() {
	case color.Gray16Model, color.RGBA64Model, color.NRGBA64Model:
		return true
	}
	return false
}

// groundOf returns the background for a transparent picture: white under dark
// ink, black under light ink.
func groundOf(img image.Image) uint16 {
	b := img.Bounds()
	var ink, weight float64
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := img.At(x, y)
			_, _, _, a := c.RGBA()
			g := color.Gray16Model.Convert(c).(color.Gray16)
			ink += float64(g.Y) // weighted by its own opacity
			weight += float64(a)
		}
	}
	if ink < weight/2 {
		return 0xffff
	}
	return 0
}
