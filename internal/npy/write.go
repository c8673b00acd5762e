package npy

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// WriteHeader writes the header of an array whose last index varies fastest;
// descr is its type, such as <f8.
func WriteHeader(w io.Writer, descr string, shape ...int) error {
	dims := ""
	for _, d := range shape {
		dims += fmt.Sprintf("%d, ", d)
	}
	if len(shape) > 1 {
		dims = strings.TrimSuffix(dims, ", ")
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, dims)
	text += strings.Repeat(" ", 63-(10+len(text))%64) + "\n"
	head := append([]byte(Magic), 1, 0)
	head = binary.LittleEndian.AppendUint16(head, uint16(len(text)))
	_, err := w.Write(append(head, text...))
	return err
}

// Number is a type of number that can be written as an array.
type Number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// WriteNumbers writes values as an array of a shape.
func WriteNumbers[T Number](w io.Writer, values []T, shape ...int) error {
	if err := WriteHeader(w, descrOf(values), shape...); err != nil {
		return err
	}
	for block := range slices.Chunk(values, 1<<16) { // Write needs as much memory as its values
		if err := binary.Write(w, binary.LittleEndian, block); err != nil {
			return err
		}
	}
	return nil
}

// descrOf returns the type of the elements: it finds the size by encoding a
// value, and the kind by division and sign.
func descrOf[T Number](_ []T) string {
	var one T = 1
	size := binary.Size([]T{one})
	zero, half := T(0), one/2
	switch {
	case half != zero:
		return fmt.Sprintf("<f%d", size)
	case zero-one < zero:
		return fmt.Sprintf("<i%d", size)
	}
	return fmt.Sprintf("<u%d", size)
}

// WriteTexts writes texts as a one-dimensional array of type U.
func WriteTexts(w io.Writer, values []string) error {
	width := 1
	for _, s := range values {
		width = max(width, utf8.RuneCountInString(s))
	}
	if err := WriteHeader(w, fmt.Sprintf("<U%d", width), len(values)); err != nil {
		return err
	}
	cell := make([]byte, 0, 4*width)
	for _, s := range values {
		cell = cell[:0]
		for _, c := range s {
			cell = binary.LittleEndian.AppendUint32(cell, uint32(c))
		}
		for len(cell) < 4*width {
			cell = append(cell, 0)
		}
		if _, err := w.Write(cell); err != nil {
			return err
		}
	}
	return nil
}

// ArchiveWriter writes an .npz file that numpy.load reads.
type ArchiveWriter struct{ z *zip.Writer }

// NewArchiveWriter begins an archive; Close ends it.
func NewArchiveWriter(w io.Writer) *ArchiveWriter { return &ArchiveWriter{zip.NewWriter(w)} }

// Create returns the writer for the next array; it is compressed.
func (a *ArchiveWriter) Create(name string) (io.Writer, error) {
	return a.z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Deflate})
}

// Close writes the directory of the archive.
func (a *ArchiveWriter) Close() error { return a.z.Close() }
