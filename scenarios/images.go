package scenarios

import (
	"fmt"
	"image"
	"path"

	"infomorph/internal/dataset"
)

// eachImage reads the pictures of a folder in the order of their names.
func eachImage(folder string, files Files, use func(name string, img image.Image) error) error {
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
		img, err := readImage(path.Join(folder, name), files)
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

func readImage(name string, files Files) (image.Image, error) {
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
