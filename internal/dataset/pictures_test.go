package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
)

func encodePNG(t *testing.T, img image.Image) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

// TestInkOnTransparency shows, whatever its colour.
func TestInkOnTransparency(t *testing.T) {
	for ink, want := range map[uint8][2]uint8{0: {0, 255}, 255: {255, 0}} {
		img := image.NewNRGBA(image.Rect(0, 0, 2, 1))
		img.Set(0, 0, color.NRGBA{ink, ink, ink, 255})
		g, err := DecodePicture(encodePNG(t, img))
		if err != nil || g.Pix[0] != want[0] || g.Pix[1] != want[1] {
			t.Errorf("ink %d: %v, %v", ink, g, err)
		}
	}
}

// TestSixteenBits: 12 bits of a camera keep their contrast.
func TestSixteenBits(t *testing.T) {
	img := image.NewGray16(image.Rect(0, 0, 3, 1))
	for x, v := range []uint16{100, 110, 120} {
		img.SetGray16(x, 0, color.Gray16{Y: v})
	}
	g, err := DecodePicture(encodePNG(t, img))
	if err != nil || g.Pix[0] != 0 || g.Pix[1] != 127 || g.Pix[2] != 255 {
		t.Errorf("%v, %v", g, err)
	}
}

func TestPictureKinds(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	if g, err := DecodePicture(&b); err != nil || g.Bounds().Dx() != 8 {
		t.Error(g, err)
	}
	for name, want := range map[string]bool{"a.png": true, "b.JPG": true, "c.jpeg": true, "._a.png": false, "notes.txt": false} {
		if is, err := IsPicture("img/" + name); is != want || err != nil {
			t.Error(name, is, err)
		}
	}
	if _, err := IsPicture("x.tif"); err == nil || !strings.Contains(err.Error(), "PNG or JPEG") {
		t.Error(err)
	}
	if _, err := DecodePicture(strings.NewReader("\x00\x05\x16\x07")); err == nil {
		t.Error("no picture is accepted")
	}
}

// FuzzDecodePicture: no bytes panic.
func FuzzDecodePicture(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer fuzzing.Bound(t)()
		_, _ = DecodePicture(bytes.NewReader(data))
	})
}
