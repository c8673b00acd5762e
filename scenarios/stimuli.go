package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"math"
	"math/rand/v2"
	"path"
	"strings"
)

// stimuli draws the pictures of the bars task.
type stimuli struct {
	width, height int
	bars          int // 0: the pictures are not made of bars
	crossing      bool
	p, flips      float64
	images        []*image.Gray // patches
}

func newStimuli(s *Scenario, files Files) (stimuli, error) {
	b := s.Bars
	st := stimuli{bars: b.Bars, p: b.P, flips: float64(b.Flips)}
	switch b.Source {
	case "horizontal":
		st.width, st.height = b.Width, b.Bars
		if st.width == 0 {
			st.width = b.Bars
		}
		if st.p == 0 {
			st.p = 0.5
		}
	case "crossing":
		st.width, st.height, st.crossing = b.Bars/2, b.Bars/2, true
		if st.p == 0 {
			st.p = 2 / float64(b.Bars)
		}
	default:
		st.width, st.height, st.bars = b.Bars, b.Bars, 0
		var err error
		if st.images, err = loadGray(b.Path, b.Bars, files); err != nil {
			return st, fileProblem("bars.path", err)
		}
	}
	return st, nil
}

// draw makes the next picture in pixels and says in on which bars it has.
func (s *stimuli) draw(pixels []float32, on []bool, rng *rand.Rand) {
	if s.images != nil {
		s.drawPatch(pixels, rng)
		return
	}
	for k := range on {
		on[k] = rng.Float64() < s.p
	}
	for y := range s.height {
		for x := range s.width {
			lit := on[y]
			if s.crossing {
				lit = lit || on[s.height+x]
			}
			if s.flips > 0 && rng.Float64() < s.flips {
				lit = !lit
			}
			v := float32(-1)
			if lit {
				v = 1
			}
			pixels[y*s.width+x] = v
		}
	}
}

// drawPatch cuts a random piece and gives it mean 0 and deviation 1.
func (s *stimuli) drawPatch(pixels []float32, rng *rand.Rand) {
	img := s.images[rng.IntN(len(s.images))]
	x0, y0 := rng.IntN(img.Rect.Dx()-s.width+1), rng.IntN(img.Rect.Dy()-s.height+1)
	sum, squares := 0.0, 0.0
	for y := range s.height {
		for x := range s.width {
			v := float64(img.Pix[(y0+y)*img.Stride+x0+x])
			pixels[y*s.width+x] = float32(v)
			sum, squares = sum+v, squares+v*v
		}
	}
	n := float64(len(pixels))
	mean := sum / n
	scale := 1 / math.Sqrt(max(squares/n-mean*mean, 1))
	for i, v := range pixels {
		pixels[i] = float32((float64(v) - mean) * scale)
	}
}

// loadGray reads the PNG files of a folder as grey images that are at least
// side pixels wide and high.
func loadGray(folder string, side int, files Files) ([]*image.Gray, error) {
	names, err := files.List(folder)
	if err != nil {
		return nil, err
	}
	var all []*image.Gray
	for _, name := range names {
		if !strings.EqualFold(path.Ext(name), ".png") {
			continue
		}
		img, err := readGray(path.Join(folder, name), files)
		if err != nil {
			return nil, err
		}
		if img.Rect.Dx() < side || img.Rect.Dy() < side {
			return nil, fmt.Errorf("%s: %d×%d pixels, expected at least %d×%d", name, img.Rect.Dx(), img.Rect.Dy(), side, side)
		}
		all = append(all, img)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no .png file in %s", folder)
	}
	return all, nil
}

func readGray(name string, files Files) (*image.Gray, error) {
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
	head, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || head.Width > maxImageSide || head.Height > maxImageSide {
		return nil, fmt.Errorf("%s: not a PNG image of at most %d×%d pixels", name, maxImageSide, maxImageSide)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: not a PNG image that can be read", name), err)
	}
	gray := image.NewGray(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(gray, gray.Rect, img, img.Bounds().Min, draw.Src)
	return gray, nil
}
