package data

import (
	"fmt"
	"image"
	"path"

	"golang.org/x/image/draw"

	"infomorph/internal/dataset"
)

// maxPixelBytes limits the pixels of all pictures of a source.
const maxPixelBytes = 1 << 30

// eachPicture reads the pictures of a folder in the order of their names.
func eachPicture(folder string, files Files, use func(name string, img image.Image) error) error {
	names, err := files.List(folder)
	if err != nil {
		return err
	}
	found := false
	for _, name := range names {
		is, err := dataset.IsPicture(path.Join(folder, name))
		if err != nil {
			return err
		}
		if !is {
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
	img, err := dataset.DecodePicture(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return img, nil
}

// scaled returns a picture scaled to width×height grey pixels.
func scaled(img image.Image, width, height int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, width, height))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// threshold calls set for each pixel above the middle of the picture's range of grey
// values.
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
