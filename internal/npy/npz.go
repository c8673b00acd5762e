package npy

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Archive is an .npz file: arrays by name.
type Archive struct {
	Names []string // in the order of the file, without .npy
	files map[string]*zip.File
}

// IsArchive reports whether data begins like a zip archive.
func IsArchive(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// OpenArchive reads the list of a whole .npz file.
func OpenArchive(data []byte) (*Archive, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errors.New("not an .npz archive that can be read: " + err.Error())
	}
	a := &Archive{files: make(map[string]*zip.File)}
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok || a.files[name] != nil {
			continue
		}
		a.files[name] = f
		a.Names = append(a.Names, name)
	}
	if len(a.Names) == 0 {
		return nil, errors.New("a zip archive without arrays; an .npz archive of numpy.savez holds .npy files")
	}
	return a, nil
}

// Has reports whether there is an array called name.
func (a *Archive) Has(name string) bool { return a.files[name] != nil }

// Open returns the array called name, in the format of a .npy file. The caller
// must limit how much it reads.
func (a *Archive) Open(name string) (io.ReadCloser, error) {
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("the archive has no array %q; there are %s", name, strings.Join(a.Names, ", "))
	}
	return f.Open()
}

// Array is a whole array of one field. The last index varies fastest.
type Array struct {
	Shape  []int
	Values []Value
}

// ReadArray reads an array of at most limit elements.
func ReadArray(r io.Reader, limit int) (*Array, error) {
	a := &Array{}
	h, err := EachValue(r, limit, func(_ int, v Value) error {
		a.Values = append(a.Values, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.Shape = h.Shape
	if h.Fortran && len(h.Shape) > 1 {
		a.Values = lastFastest(a.Values, h.Shape)
	}
	return a, nil
}

// EachValue reads an array of at most limit elements without keeping them. It calls f for
// each element, in the order of the file, and returns the first error of f.
func EachValue(r io.Reader, limit int, f func(k int, v Value) error) (*Header, error) {
	h, err := ReadHeader(r)
	if err != nil {
		return nil, err
	}
	n := h.Len()
	if n < 0 || n > limit {
		return nil, fmt.Errorf("an array of shape %v, expected at most %d elements", h.Shape, limit)
	}
	if len(h.Fields) != 1 {
		return nil, errors.New("an array of records, expected numbers")
	}
	cell := make([]byte, h.Size())
	for i := range n {
		switch _, err := io.ReadFull(r, cell); err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil, fmt.Errorf("the array ends after %d of %d elements", i, n)
		default:
			return nil, err
		}
		v, _ := h.Fields[0].Decode(cell)
		if err := f(i, v); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// lastFastest reorders values whose first index varies fastest.
func lastFastest(values []Value, shape []int) []Value {
	out := make([]Value, len(values))
	at := make([]int, len(shape))
	for i := range out {
		from, stride := 0, 1
		for k, d := range shape {
			from += at[k] * stride
			stride *= d
		}
		out[i] = values[from]
		for k := len(at) - 1; k >= 0; k-- {
			if at[k]++; at[k] < shape[k] {
				break
			}
			at[k] = 0
		}
	}
	return out
}
