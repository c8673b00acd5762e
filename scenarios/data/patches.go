package data

import (
	"fmt"
	"image"
	"image/draw"
	"math"
)

// patches opens pieces of grey pictures.
func (l *loader) patches() (source, []any, error) {
	s := &patches{stream: newStream(l.seed, l.set.number, 0), side: l.Patches.Side}
	total := 0
	err := eachPicture(l.Patches.Folder, l.files, func(name string, img image.Image) error {
		b := img.Bounds()
		if b.Dx() < s.side || b.Dy() < s.side {
			return fmt.Errorf("%s: %d×%d pixels, expected at least %d×%d", name, b.Dx(), b.Dy(), s.side, s.side)
		}
		if total += b.Dx() * b.Dy(); total > maxPixelBytes {
			return fmt.Errorf("%s: with it, the pictures are larger than %d MiB", name, maxPixelBytes>>20)
		}
		gray := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(gray, gray.Rect, img, b.Min, draw.Src)
		s.pictures = append(s.pictures, gray)
		return nil
	})
	if err != nil {
		return nil, nil, l.fault("patches", "folder", err)
	}
	l.set.Fields = []Field{{Name: "image", Size: s.side * s.side, Width: s.side}}
	content := []any{*l.Patches}
	for _, p := range s.pictures {
		content = append(content, sum(p.Pix))
	}
	return s, content, nil
}

// patches are random pieces of pictures, each scaled to mean 0 and standard deviation 1.
// A piece with a standard deviation below 1 grey level is not scaled up.
type patches struct {
	stream   stream
	side     int
	pictures []*image.Gray
}

func (s *patches) parts() []basePart { return []basePart{{}} }

func (s *patches) item(_, i int, it *Item) error {
	rng := s.stream.at(i)
	img := s.pictures[rng.IntN(len(s.pictures))]
	x0, y0 := rng.IntN(img.Rect.Dx()-s.side+1), rng.IntN(img.Rect.Dy()-s.side+1)
	pixels := it.Fields[0]
	total, squares := 0.0, 0.0
	for y := range s.side {
		for x := range s.side {
			v := float64(img.Pix[(y0+y)*img.Stride+x0+x])
			pixels[y*s.side+x] = float32(v)
			total, squares = total+v, squares+v*v
		}
	}
	n := float64(len(pixels))
	mean := total / n
	scale := 1 / math.Sqrt(max(squares/n-mean*mean, 1))
	for k, v := range pixels {
		pixels[k] = float32((float64(v) - mean) * scale)
	}
	return nil
}
