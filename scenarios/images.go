package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/png" // pictures are PNG files
	"io"
	"path"
	"strings"
)

// Limits on pictures from outside.
const (
	maxImageBytes = 16 << 20
	maxImageSide  = 8192
)

// eachImage reads the PNG files of a folder in the order of their names.
func eachImage(folder string, files Files, use func(name string, img image.Image) error) error {
	names, err := files.List(folder)
	if err != nil {
		return err
	}
	found := false
	for _, name := range names {
		if !strings.EqualFold(path.Ext(name), ".png") {
			continue
		}
		found = true
		img, err := readImage(path.Join(folder, name), files)
		if err != nil {
			return err
		}
		if err := use(name, img); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("no .png file in %s", folder)
	}
	return nil
}

func readImage(name string, files Files) (image.Image, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxImageBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxImageBytes {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, maxImageBytes>>20)
	}
	img, err := decodeImage(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return img, nil
}

// decodeImage looks at the size before it takes memory for the pixels.
func decodeImage(data []byte) (image.Image, error) {
	head, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("not a PNG image that can be read")
	}
	if head.Width > maxImageSide || head.Height > maxImageSide {
		return nil, fmt.Errorf("%d×%d pixels, expected at most %d×%d", head.Width, head.Height, maxImageSide, maxImageSide)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not a PNG image that can be read: %w", err)
	}
	return img, nil
}
