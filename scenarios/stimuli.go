package scenarios

import (
	"fmt"
	"image"
	"image/draw"
	"math"
	"math/rand/v2"
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
	var all []*image.Gray
	err := eachImage(folder, files, func(name string, img image.Image) error {
		b := img.Bounds()
		if b.Dx() < side || b.Dy() < side {
			return fmt.Errorf("%s: %d×%d pixels, expected at least %d×%d", name, b.Dx(), b.Dy(), side, side)
		}
		gray := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(gray, gray.Rect, img, b.Min, draw.Src)
		all = append(all, gray)
		return nil
	})
	return all, err
}
