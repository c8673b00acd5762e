package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pictures are JPEG
	_ "image/png"  // or PNG files
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/image/draw"
)

// Limits on pictures from outside.
const (
	maxPictureBytes = 16 << 20
	maxPictureSide  = 8192
	maxPixelBytes   = 1 << 30 // of all pictures of a source
)

// pictureTypes are the endings of files that are taken for pictures.
var pictureTypes = []string{".png", ".jpg", ".jpeg"}

// eachPicture reads the pictures of a folder in the order of their names.
func eachPicture(folder string, files Files, use func(name string, img image.Image) error) error {
	names, err := files.List(folder)
	if err != nil {
		return err
	}
	found := false
	for _, name := range names {
		if !slices.Contains(pictureTypes, strings.ToLower(path.Ext(name))) {
			continue
		}
		found = true
		img, err := readPicture(path.Join(folder, name), files)
		if err != nil {
			return err
		}
		if err := use(name, img); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("no .png or .jpg file in %s", folder)
	}
	return nil
}

func readPicture(name string, files Files) (image.Image, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPictureBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxPictureBytes {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, maxPictureBytes>>20)
	}
	img, err := decodePicture(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return img, nil
}

// decodePicture looks at the size before it takes memory for the pixels.
func decodePicture(data []byte) (image.Image, error) {
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
	return img, nil
}

// scaled returns a picture in width×height grey pixels.
func scaled(img image.Image, width, height int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, width, height))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// threshold reports of grey values whether they are above the middle of their
// range.
func threshold(img *image.Gray, set func(i int)) {
	lo, hi := uint8(255), uint8(0)
	for _, v := range img.Pix {
		lo, hi = min(lo, v), max(hi, v)
	}
	middle := (int(lo) + int(hi)) / 2
	for i, v := range img.Pix {
		if int(v) > middle {
			set(i)
		}
	}
}
