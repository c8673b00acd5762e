package sim

import "math"

// tones is what sources are heard to say. As long as few different values are
// told, such as −1 and 1, each takes a byte, so that what a million sources say
// fits into a cache next to the processor; else it takes eight.
type tones struct {
	codes  []uint8
	values *[256]float64
	bits   []uint32 // of values, by code
	wide   []float64
}

// newTones returns so many zeros, that are kept as numbers or as codes.
func newTones(n int, coded bool) tones {
	if !coded {
		return tones{wide: make([]float64, n)}
	}
	return tones{codes: make([]uint8, n), values: &[256]float64{}, bits: []uint32{0}}
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

// code returns the code of a value, a new one if need be and there is one.
func (t *tones) code(v float32) (uint8, bool) {
	b := math.Float32bits(v)
	for c, known := range t.bits {
		if known == b {
			return uint8(c), true
		}
	}
	if len(t.bits) == len(t.values) {
		return 0, false
	}
	t.bits = append(t.bits, b)
	c := uint8(len(t.bits) - 1)
	t.values[c] = float64(v)
	return c, true
}

// widen goes over to numbers.
func (t *tones) widen() {
	t.wide = make([]float64, len(t.codes))
	for i, c := range t.codes {
		t.wide[i] = t.values[c]
	}
	t.codes = nil
}

// read writes what the sources from one on say.
func (t *tones) read(dst []float64, from int) {
	if t.codes == nil {
		copy(dst, t.wide[from:])
		return
	}
	for i, c := range t.codes[from : from+len(dst)] {
		dst[i] = t.values[c]
	}
}

// pick writes what the sources at places say, counted from first.
func pick[T ~int32](dst []float64, t *tones, first int, places []T) {
	places = places[:len(dst)]
	if t.codes == nil {
		wide := t.wide[first:]
		for i, s := range places {
			dst[i] = wide[s]
		}
		return
	}
	codes, values := t.codes[first:], t.values
	for i, s := range places {
		dst[i] = values[codes[s]]
	}
}
