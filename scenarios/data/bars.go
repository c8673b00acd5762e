package data

import (
	"fmt"
	"math/rand/v2"

	"infomorph/internal/config"
)

// bars opens pictures of bars.
func (l *loader) bars() (source, []any, error) {
	b := l.Bars
	s := &barPictures{stream: newStream(l.seed, l.set.number, 0), rows: b.Rows, columns: b.Columns, p: b.P, flips: float64(b.Flips)}
	switch {
	case b.Rows > 0 && b.Columns > 0:
		s.width, s.height = b.Columns, b.Rows
	case b.Rows > 0:
		s.height, s.width = b.Rows, b.Width
		if b.Width == 0 {
			s.width = b.Rows
		}
	case b.Columns > 0:
		s.width, s.height = b.Columns, b.Columns
	default:
		return nil, nil, config.FieldProblem(l.key("bars", "rows"), "there is no bar, expected rows or columns", "")
	}
	if b.Columns > 0 && b.Width != 0 {
		return nil, nil, config.FieldError(l.key("bars", "width"), b.Width, "0, because there is a column for each pixel of a row", "")
	}
	if s.p == 0 {
		s.p = 0.5
		if b.Rows > 0 && b.Columns > 0 {
			s.p = 1 / float64(b.Rows)
		}
	}
	l.set.Fields = []Field{{Name: "image", Size: s.width * s.height, Width: s.width, binary: true}}
	for k := range b.Rows {
		l.set.Features = append(l.set.Features, fmt.Sprintf("row%d", k))
	}
	for k := range b.Columns {
		l.set.Features = append(l.set.Features, fmt.Sprintf("column%d", k))
	}
	l.set.FeatureP = make([]float64, len(l.set.Features))
	for k := range l.set.FeatureP {
		l.set.FeatureP[k] = s.p
	}
	return s, []any{*b}, nil
}

// barPictures are pictures of independent bars: rows, columns, or the union of both
// (Földiák 1990). Each bar is present with probability p.
type barPictures struct {
	stream        stream
	rows, columns int
	width, height int
	p, flips      float64
}

func (s *barPictures) parts() []basePart { return []basePart{{}} }

func (s *barPictures) item(_, i int, it *Item) error {
	rng := s.stream.at(i)
	for k := range it.Features {
		it.Features[k] = 0
		if rng.Float64() < s.p {
			it.Features[k] = 1
		}
	}
	s.paint(it.Fields[0], it.Features)
	if s.flips > 0 {
		flip(it.Fields[0], s.flips, rng)
	}
	return nil
}

// paint draws the bars that are on.
func (s *barPictures) paint(pixels, on []float32) {
	for y := range s.height {
		row := pixels[y*s.width : (y+1)*s.width]
		lit := s.rows > 0 && on[y] > 0
		for x := range row {
			row[x] = sign(lit || s.columns > 0 && on[s.rows+x] > 0)
		}
	}
}

// flip inverts each pixel with probability p.
func flip(pixels []float32, p float64, rng *rand.Rand) {
	for i := range pixels {
		if rng.Float64() < p {
			pixels[i] = -pixels[i]
		}
	}
}
