package estimate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	npyDescr   = regexp.MustCompile(`'descr'\s*:\s*'([<>|=])([fiub])([0-9])'`)
	npyFortran = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	npyShape   = regexp.MustCompile(`'shape'\s*:\s*\(([0-9, ]*)\)`)
)

// readNPY reads a NumPy array of one or two dimensions: samples × columns.
func readNPY(data []byte) (*Frame, error) {
	header, body, err := splitNPY(data)
	if err != nil {
		return nil, err
	}
	descr := npyDescr.FindStringSubmatch(header)
	fortran := npyFortran.FindStringSubmatch(header)
	shape := npyShape.FindStringSubmatch(header)
	if descr == nil || fortran == nil || shape == nil {
		return nil, fmt.Errorf("the .npy file holds neither plain numbers nor booleans: %s", clip(header))
	}
	rows, cols, err := npySize(shape[1])
	if err != nil {
		return nil, err
	}
	width, _ := strconv.Atoi(descr[3])
	number, err := npyNumber(descr[2], width, descr[1] == ">")
	if err != nil {
		return nil, err
	}
	if len(body) != rows*cols*width {
		return nil, fmt.Errorf("the .npy file has %d bytes of numbers; its shape (%d, %d) needs %d", len(body), rows, cols, rows*cols*width)
	}
	f := &Frame{Rows: rows, headerLines: -1}
	for c := range cols {
		values := make([]float64, rows)
		for r := range values {
			at := r*cols + c
			if fortran[1] == "True" {
				at = c*rows + r
			}
			values[r] = number(body[at*width:])
		}
		f.Columns = append(f.Columns, Column{Name: "c" + strconv.Itoa(c), Numbers: values})
	}
	return f, nil
}

// splitNPY returns the header's text and the numbers.
func splitNPY(data []byte) (header string, body []byte, err error) {
	broken := errors.New("not a .npy file: the header is damaged")
	if len(data) < 12 || string(data[:6]) != "\x93NUMPY" {
		return "", nil, errors.New("not a .npy file: it does not begin with \\x93NUMPY")
	}
	start, size := 10, int(binary.LittleEndian.Uint16(data[8:]))
	if data[6] > 1 {
		start, size = 12, int(binary.LittleEndian.Uint32(data[8:]))
	}
	if size > len(data)-start {
		return "", nil, broken
	}
	return string(data[start : start+size]), data[start+size:], nil
}

// npySize returns the numbers of rows and columns of a shape such as "100, 3".
func npySize(shape string) (rows, cols int, err error) {
	dims := []int{}
	for _, s := range strings.Split(shape, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		d, err := strconv.Atoi(s)
		if err != nil || d > MaxInput {
			return 0, 0, fmt.Errorf("the .npy file's shape (%s) is too large", clip(shape))
		}
		dims = append(dims, d)
	}
	switch len(dims) {
	case 1:
		return dims[0], 1, nil
	case 2:
		if dims[1] > 1<<16 || dims[0]*dims[1] > MaxInput {
			return 0, 0, fmt.Errorf("the .npy file's shape (%s) is too large", clip(shape))
		}
		return dims[0], dims[1], nil
	}
	return 0, 0, fmt.Errorf("the .npy array has %d dimensions; expected samples × columns", len(dims))
}

// npyNumber returns the decoder of one number.
func npyNumber(kind string, width int, big bool) (func([]byte) float64, error) {
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	switch kind + strconv.Itoa(width) {
	case "f8":
		return func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }, nil
	case "f4":
		return func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }, nil
	case "i8":
		return func(b []byte) float64 { return float64(int64(order.Uint64(b))) }, nil
	case "i4":
		return func(b []byte) float64 { return float64(int32(order.Uint32(b))) }, nil
	case "i2":
		return func(b []byte) float64 { return float64(int16(order.Uint16(b))) }, nil
	case "i1":
		return func(b []byte) float64 { return float64(int8(b[0])) }, nil
	case "u8":
		return func(b []byte) float64 { return float64(order.Uint64(b)) }, nil
	case "u4":
		return func(b []byte) float64 { return float64(order.Uint32(b)) }, nil
	case "u2":
		return func(b []byte) float64 { return float64(order.Uint16(b)) }, nil
	case "u1", "b1":
		return func(b []byte) float64 { return float64(b[0]) }, nil
	}
	return nil, fmt.Errorf("the .npy file's numbers are of type %s%d; expected f4, f8, i1 to i8, u1 to u8 or b1", kind, width)
}
