package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"infomorph/internal/words"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// maxQuoted limits texts of a file in messages [bytes].
const maxQuoted = 80

// Magic is how a .npy file begins.
const Magic = "\x93NUMPY"

// maxHeader is the largest size of the header text [bytes].
const maxHeader = 1 << 20

// Kind is the kind of an element.
type Kind uint8

// The kinds of elements.
const (
	Bool Kind = iota
	Int
	Uint
	Float
	Text
)

// Field is one field of the elements; a plain array has one without a name.
type Field struct {
	Name string
	Kind Kind
	size int // bytes
	wide bool
	big  bool
}

// Header describes an array.
type Header struct {
	Shape   []int
	Fortran bool // the first index varies fastest
	Fields  []Field
}

var (
	shapeText   = regexp.MustCompile(`'shape'\s*:\s*\(([0-9, L]*)\)`)
	fortranText = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	plainText   = regexp.MustCompile(`'descr'\s*:\s*'([^']*)'`)
	recordText  = regexp.MustCompile(`'descr'\s*:\s*\[(.*)\]\s*,\s*'`)
	fieldText   = regexp.MustCompile(`^\s*\(\s*['"]([^'"]*)['"]\s*,\s*'([^']*)'\s*\)\s*,?`)
	typeText    = regexp.MustCompile(`^([<>|=]?)([a-zA-Z?])(\d*)$`)
)

// ReadHeader reads the part of the file before the data.
func ReadHeader(r io.Reader) (*Header, error) {
	var head [12]byte
	const not, cut = "not a .npy file: it does not begin with \\x93NUMPY", "the .npy file ends inside its header"
	if err := fill(r, head[:8], not); err != nil {
		return nil, err
	}
	if string(head[:6]) != Magic {
		return nil, errors.New(not)
	}
	length := 2
	if head[6] > 1 {
		length = 4
	}
	if err := fill(r, head[8:8+length], cut); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[8:])
	if n > maxHeader {
		return nil, fmt.Errorf("the .npy file has a header of %d bytes, expected at most %d", n, maxHeader)
	}
	text := make([]byte, n)
	if err := fill(r, text, cut); err != nil {
		return nil, err
	}
	return parseHeader(string(text))
}

// fill reads all of p; cut is the text of the error if r ends before that.
func fill(r io.Reader, p []byte, cut string) error {
	_, err := io.ReadFull(r, p)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New(cut)
	}
	return err
}

func parseHeader(text string) (*Header, error) {
	shape, fortran := shapeText.FindStringSubmatch(text), fortranText.FindStringSubmatch(text)
	if shape == nil || fortran == nil {
		return nil, fmt.Errorf("the .npy file's header %q is damaged", words.Clip(text, maxQuoted))
	}
	h := &Header{Fortran: fortran[1] == "True"}
	for _, s := range strings.Split(shape[1], ",") {
		if s = strings.TrimRight(strings.TrimSpace(s), "L"); s == "" {
			continue
		}
		d, err := strconv.Atoi(s)
		if err != nil || d > 1<<40 {
			return nil, fmt.Errorf("the .npy file's shape (%s) is too large", words.Clip(shape[1], maxQuoted))
		}
		h.Shape = append(h.Shape, d)
	}
	return h, h.fields(text)
}

// fields reads the type of the elements.
func (h *Header) fields(text string) error {
	if plain := plainText.FindStringSubmatch(text); plain != nil {
		f, err := parseType(plain[1])
		h.Fields = []Field{f}
		return err
	}
	record := recordText.FindStringSubmatch(text)
	if record == nil {
		return fmt.Errorf("the .npy file's header %q names no type that is read", words.Clip(text, maxQuoted))
	}
	for rest := record[1]; strings.TrimSpace(rest) != ""; {
		m := fieldText.FindStringSubmatch(rest)
		if m == nil {
			return fmt.Errorf("the .npy file's records %q are nested, expected fields of one value each", words.Clip(record[1], maxQuoted))
		}
		f, err := parseType(m[2])
		if err != nil {
			return fmt.Errorf("field %q: %w", m[1], err)
		}
		f.Name = m[1]
		h.Fields = append(h.Fields, f)
		rest = rest[len(m[0]):]
	}
	if len(h.Fields) == 0 {
		return errors.New("the .npy file's records have no fields")
	}
	return nil
}

// sizes are the allowed sizes for each letter of a type.
var sizes = map[string]struct {
	kind  Kind
	sizes string
}{
	"i": {Int, " 1 2 4 8 "}, "u": {Uint, " 1 2 4 8 "}, "f": {Float, " 2 4 8 "},
}

func parseType(text string) (Field, error) {
	m := typeText.FindStringSubmatch(text)
	if m == nil {
		return Field{}, fmt.Errorf("elements of type %q are not read", words.Clip(text, maxQuoted))
	}
	size, err := strconv.Atoi(m[3])
	if err != nil && m[3] != "" || size > 1<<16 {
		return Field{}, fmt.Errorf("elements of type %q are not read", words.Clip(text, maxQuoted))
	}
	f := Field{big: m[1] == ">", size: size}
	switch m[2] {
	case "?", "b":
		if f.Kind, f.size = Bool, 1; m[2] == "?" || size == 1 {
			return f, nil
		}
	case "U":
		f.Kind, f.wide, f.size = Text, true, 4*size
		return f, nil
	case "S", "a":
		f.Kind = Text
		return f, nil
	case "O":
		return f, errors.New("the array holds Python objects (a pickle), which are not read: save numbers or texts, as in numpy.save(name, array.astype(float))")
	default:
		if s, ok := sizes[m[2]]; ok && strings.Contains(s.sizes, " "+m[3]+" ") {
			f.Kind = s.kind
			return f, nil
		}
	}
	return f, fmt.Errorf("elements of type %q are not read; expected b1, i1 to i8, u1 to u8, f2 to f8 or texts", words.Clip(text, maxQuoted))
}

// Len returns the number of elements, or −1 if it does not fit an int.
func (h *Header) Len() int {
	n := 1
	for _, d := range h.Shape {
		if d > 0 && n > math.MaxInt/d {
			return -1
		}
		n *= d
	}
	return n
}

// Size returns the bytes of one element.
func (h *Header) Size() (n int) {
	for _, f := range h.Fields {
		n += f.size
	}
	return n
}
