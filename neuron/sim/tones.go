package sim

import "math"

// tones holds the present value of many sources. While there are few different
// values, such as −1 and 1, each source takes one byte, so that the values of a
// million sources fit into a cache close to the processor. Otherwise each takes
// eight bytes.
type tones struct {
	codes []uint8
	*palette
	wide []float64
}

// palette gives codes to different values.
type palette struct {
	values [256]float64
	bits   []uint32 // float32 bits of values, by code
}

// newPalette returns a palette with code 0 for zero.
func newPalette() *palette { return &palette{bits: []uint32{0}} }

// newTones returns n zeros, stored as codes or as numbers.
func newTones(n int, coded bool) tones {
	if !coded {
		return tones{wide: make([]float64, n)}
	}
	return tones{codes: make([]uint8, n), palette: newPalette()}
}

func (t *tones) set(i int, v float32) {
	if t.codes != nil {
		if c, ok := t.code(v); ok {
			t.codes[i] = c
			return
		}
		t.widen()
	}
	t.wide[i] = float64(v)
}

// code returns the code of a value. It adds a code if the value is new; false:
// all codes are used.
func (p *palette) code(v float32) (uint8, bool) {
	b := math.Float32bits(v)
	for c, known := range p.bits {
		if known == b {
			return uint8(c), true
		}
	}
	if len(p.bits) == len(p.values) {
		return 0, false
	}
	p.bits = append(p.bits, b)
	c := uint8(len(p.bits) - 1)
	p.values[c] = float64(v)
	return c, true
}

// widen changes the storage from codes to numbers.
func (t *tones) widen() {
	t.wide = make([]float64, len(t.codes))
	for i, c := range t.codes {
		t.wide[i] = t.values[c]
	}
	t.codes = nil
}

// read copies the values of consecutive sources, beginning with from.
func (t *tones) read(dst []float64, from int) {
	if t.codes == nil {
		copy(dst, t.wide[from:])
		return
	}
	for i, c := range t.codes[from : from+len(dst)] {
		dst[i] = t.values[c]
	}
}

// pick copies the values of the sources first + places[i].
func pick[T ~int32](dst []float64, t *tones, first int, places []T) {
	places = places[:len(dst)]
	if t.codes == nil {
		wide := t.wide[first:]
		for i, s := range places {
			dst[i] = wide[s]
		}
		return
	}
	codes, values := t.codes[first:], &t.values
	for i, s := range places {
		dst[i] = values[codes[s]]
	}
}
