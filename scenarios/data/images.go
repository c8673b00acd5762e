package data

import (
	"fmt"
	"slices"

	"infomorph/internal/dataset"
)

// images opens a folder of pictures.
func (l *loader) images() (source, []any, error) {
	c := l.Images
	t, err := readTree(c.Folder, l.files, dataset.IsPicture)
	if err == nil {
		err = l.checkPixels(t)
	}
	if err != nil {
		return nil, nil, l.fault("images", "folder", err)
	}
	size := c.Width * c.Height
	s := &pictureFiles{tree: t, binary: c.Binary, size: size}
	content := []any{*c, t.labels}
	for _, leaves := range t.leaves {
		pixels := make([]uint8, 0, len(leaves)*size)
		for _, f := range leaves {
			img, err := readPicture(f.file, l.files)
			if err != nil {
				return nil, nil, l.fault("images", "folder", err)
			}
			gray := scaled(img, c.Width, c.Height)
			if c.Binary {
				ink := newBits(size)
				threshold(gray, ink.set)
				for i := range gray.Pix {
					gray.Pix[i] = 0
					if ink.on(i) {
						gray.Pix[i] = 255
					}
				}
			}
			pixels = append(pixels, gray.Pix...)
			content = append(content, f.name, f.label)
		}
		s.pixels = append(s.pixels, pixels)
		content = append(content, sum(pixels))
	}
	l.set.Fields = []Field{{Name: "image", Size: size, Width: c.Width, binary: c.Binary}}
	l.set.Labels = slices.Clone(t.labels)
	if err := s.checkShared(); err != nil {
		return nil, nil, l.fault("images", "folder", err)
	}
	return s, content, nil
}

// checkPixels refuses pictures that need too much memory.
func (l *loader) checkPixels(t *tree) error {
	n := 0
	for _, leaves := range t.leaves {
		n += len(leaves)
	}
	if size := l.Images.Width * l.Images.Height; n > maxPixelBytes/size {
		return fmt.Errorf("%d pictures of %d×%d pixels are %d MiB, expected at most %d MiB", n, l.Images.Width, l.Images.Height, n*size>>20, maxPixelBytes>>20)
	}
	return nil
}

// pictureFiles are the pictures of a folder, in memory.
type pictureFiles struct {
	*tree
	binary bool
	size   int
	pixels [][]uint8 // by part
}

func (s *pictureFiles) parts() []basePart           { return s.base() }
func (s *pictureFiles) itemName(part, i int) string { return s.leaves[part][i].name }
func (s *pictureFiles) picture(part, i int) []uint8 { return s.pixels[part][i*s.size : (i+1)*s.size] }
func (s *pictureFiles) item(part, i int, it *Item) error {
	it.Name, it.Label = s.leaves[part][i].name, s.leaves[part][i].label
	for k, v := range s.picture(part, i) {
		if s.binary {
			it.Fields[0][k] = sign(v > 0)
		} else {
			it.Fields[0][k] = greyLevels[v]
		}
	}
	return nil
}

// checkShared refuses a picture that is in both parts.
func (s *pictureFiles) checkShared() error {
	if len(s.parts()) < 2 {
		return nil
	}
	known := map[string]int{}
	for i := range s.leaves[0] {
		known[string(s.picture(0, i))] = i
	}
	for i := range s.leaves[1] {
		if j, ok := known[string(s.picture(1, i))]; ok {
			return fmt.Errorf("train and test share items: %s is the same picture as %s", s.leaves[1][i].file, s.leaves[0][j].file)
		}
	}
	return nil
}
