package npy

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// Value is one value of an element. Int holds whole numbers and booleans
// exactly; unsigned ones above 2⁶³−1 wrap around.
type Value struct {
	Kind  Kind
	Int   int64
	Float float64 // every number, rounded if necessary
	Text  string
}

// String returns the value as text; numbers read back exactly.
func (v Value) String() string {
	switch v.Kind {
	case Bool, Int:
		return strconv.FormatInt(v.Int, 10)
	case Uint:
		return strconv.FormatUint(uint64(v.Int), 10)
	case Float:
		return strconv.FormatFloat(v.Float, 'g', -1, 64)
	}
	return v.Text
}

// Decode reads the value of a field from the bytes of an element; rest are the
// bytes after it.
func (f *Field) Decode(element []byte) (v Value, rest []byte) {
	b, rest := element[:f.size], element[f.size:]
	v.Kind = f.Kind
	switch f.Kind {
	case Text:
		v.Text = f.text(b)
	case Float:
		v.Float = f.float(b)
	default:
		v.Int = f.whole(b)
		v.Float = float64(v.Int)
		if f.Kind == Uint {
			v.Float = float64(uint64(v.Int))
		}
	}
	return v, rest
}

func (f *Field) order() binary.ByteOrder {
	if f.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

func (f *Field) whole(b []byte) int64 {
	signed := f.Kind == Int
	switch f.size {
	case 1:
		if signed {
			return int64(int8(b[0]))
		}
		return int64(b[0])
	case 2:
		u := f.order().Uint16(b)
		if signed {
			return int64(int16(u))
		}
		return int64(u)
	case 4:
		u := f.order().Uint32(b)
		if signed {
			return int64(int32(u))
		}
		return int64(u)
	}
	return int64(f.order().Uint64(b))
}

func (f *Field) float(b []byte) float64 {
	switch f.size {
	case 2:
		return half(f.order().Uint16(b))
	case 4:
		return float64(math.Float32frombits(f.order().Uint32(b)))
	}
	return math.Float64frombits(f.order().Uint64(b))
}

// half returns the value of a 16-bit float (IEEE 754 binary16).
func half(u uint16) float64 {
	sign := 1.0
	if u&0x8000 != 0 {
		sign = -1
	}
	exponent, mantissa := int(u>>10&0x1f), float64(u&0x3ff)
	switch exponent {
	case 0:
		return sign * math.Ldexp(mantissa, -24)
	case 31:
		if mantissa != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+mantissa, exponent-25)
}

// text returns a text without its padding of zero bytes.
func (f *Field) text(b []byte) string {
	if !f.wide {
		return strings.ToValidUTF8(strings.TrimRight(string(b), "\x00"), "\ufffd")
	}
	var s strings.Builder
	for ; len(b) >= 4; b = b[4:] {
		if c := f.order().Uint32(b); c != 0 {
			s.WriteRune(rune(min(c, 0x110000))) // beyond the last code point: U+FFFD
		}
	}
	return s.String()
}
