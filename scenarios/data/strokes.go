package data

import (
	"strconv"

	"infomorph/internal/dataset"
)

// maxDrawn limits the drawn digits that are kept in memory [bytes].
const maxDrawn = 256 << 20

// strokes opens drawn digits.
func (l *loader) strokes() (source, []any, error) {
	c := l.Strokes
	pen := dataset.DefaultStrokes()
	scale := float64(c.Side) / float64(pen.Side)
	pen.Side, pen.Flips = c.Side, float64(c.Flips)
	pen.Shift, pen.Pen = c.Shift*scale, pen.Pen*scale
	s := &strokes{pen: pen, counts: [2]int{c.Train, c.Test}}
	for part := range s.drawn {
		s.drawn[part] = drawn{digits: newStream(l.seed, l.set.number, 2*part), shapes: newStream(l.seed, l.set.number, 2*part+1), block: -1}
	}
	l.set.Fields = []Field{{Name: "image", Size: c.Side * c.Side, Width: c.Side}}
	for d := range classesOfDigits {
		l.set.Labels = append(l.set.Labels, strconv.Itoa(d))
	}
	return s, []any{*c}, nil
}

const classesOfDigits = 10

// strokes are digits, drawn when they are first read. Items 10k to 10k+9 are all ten
// digits in random order.
type strokes struct {
	pen    dataset.Strokes
	counts [2]int
	drawn  [2]drawn
	page   []uint8 // one picture, if drawn digits are not kept
}

// drawn holds the digits of one part.
type drawn struct {
	digits, shapes stream
	block          int // number of the ten items in order; −1: none yet
	order          [classesOfDigits]uint8
	kept           *greys
	has            []bool
}

func (s *strokes) parts() []basePart {
	parts := []basePart{{"train", s.counts[0]}}
	if s.counts[1] > 0 {
		parts = append(parts, basePart{"test", s.counts[1]})
	}
	return parts
}

func (s *strokes) item(part, i int, it *Item) error {
	d, size, n := &s.drawn[part], s.pen.Side*s.pen.Side, s.counts[part]
	if n > maxDrawn/size {
		s.page = grow(s.page, size)
		label := d.digit(i)
		s.pen.DrawOne(s.page, label, d.shapes.at(i))
		one := greys{size, s.page, []uint8{uint8(label)}}
		one.fill(0, it)
		return nil
	}
	if d.kept == nil {
		d.kept = &greys{size, make([]uint8, n*size), make([]uint8, n)}
		d.has = make([]bool, n)
	}
	if !d.has[i] {
		d.has[i] = true
		d.kept.labels[i] = uint8(d.digit(i))
		s.pen.DrawOne(d.kept.pixels[i*size:(i+1)*size], int(d.kept.labels[i]), d.shapes.at(i))
	}
	d.kept.fill(i, it)
	return nil
}

// digit returns the digit that item i shows.
func (d *drawn) digit(i int) int {
	if b := i / classesOfDigits; b != d.block {
		d.block = b
		for k := range d.order {
			d.order[k] = uint8(k)
		}
		rng := d.digits.at(b)
		for k := len(d.order) - 1; k > 0; k-- {
			j := rng.IntN(k + 1)
			d.order[k], d.order[j] = d.order[j], d.order[k]
		}
	}
	return int(d.order[i%classesOfDigits])
}
