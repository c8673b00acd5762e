package graphio

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"infomorph/topology"
)

// NPY holds a dense matrix: [source, target] is the weight, 0 no synapse. Sources:
// NEP 1; numpy.lib.format.

const npyMagic = "\x93NUMPY"

// maxDense bounds the side of a dense matrix: a file of 4 GiB.
const maxDense = 32768

var npyShape = regexp.MustCompile(`'shape': *\( *(\d{1,18}) *, *(\d{1,18}) *,? *\)`)
var npyType = regexp.MustCompile(`'descr': *'([<>|=]?[a-z?]\d*)'`)

func readNPY(r io.Reader, c *collector) error {
	in := bufio.NewReaderSize(r, 1<<16)
	header, err := npyHeader(in)
	if err != nil {
		return err
	}
	shape, kind := npyShape.FindStringSubmatch(header), npyType.FindStringSubmatch(header)
	if shape == nil || kind == nil {
		return fail(0, "header %q, expected a matrix of numbers", clip(header))
	}
	rows, _ := strconv.ParseInt(shape[1], 10, 64)
	columns, _ := strconv.ParseInt(shape[2], 10, 64)
	if rows != columns {
		return fail(0, "a matrix of %d × %d, expected a square one", rows, columns)
	}
	if rows > maxDense {
		return fail(0, "a dense matrix of %d rows, expected at most %d", rows, maxDense)
	}
	value, size, err := npyDecoder(kind[1])
	if err != nil {
		return err
	}
	if err := c.declareRange(rows, 0); err != nil {
		return err
	}
	transposed := strings.Contains(header, "'fortran_order': True")
	cell := make([]byte, size)
	for i := range rows {
		for j := range rows {
			if _, err := io.ReadFull(in, cell); err != nil {
				return fail(0, "the file ends at entry [%d, %d] of a %d × %d matrix", i, j, rows, rows)
			}
			if err := c.npyCell(value(cell), i, j, transposed); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *collector) npyCell(w float64, i, j int64, transposed bool) error {
	if w == 0 {
		return nil
	}
	if transposed {
		i, j = j, i
	}
	if math.IsNaN(w) || math.Abs(w) > math.MaxFloat32 {
		return fail(0, "entry [%d, %d] is %v, expected a finite number", i, j, w)
	}
	e := newEdge(0)
	e.weight = float32(w)
	return c.add(e, strconv.FormatInt(i, 10), strconv.FormatInt(j, 10))
}

// npyHeader returns the dictionary in front of the data.
func npyHeader(in *bufio.Reader) (string, error) {
	var head [8]byte
	if _, err := io.ReadFull(in, head[:]); err != nil || string(head[:6]) != npyMagic {
		return "", fail(0, "this is not a .npy file")
	}
	length := 2
	if head[6] > 1 {
		length = 4
	}
	var size [4]byte
	if _, err := io.ReadFull(in, size[:length]); err != nil {
		return "", fail(0, "the file ends inside the header")
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > 1<<16 {
		return "", fail(0, "a header of %d bytes, expected at most %d", n, 1<<16)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(in, text); err != nil {
		return "", fail(0, "the file ends inside the header")
	}
	return string(text), nil
}

// npyDecoder returns how to read one number of the type, and its size.
func npyDecoder(kind string) (func([]byte) float64, int, error) {
	var order binary.ByteOrder = binary.LittleEndian
	if kind[0] == '>' {
		order = binary.BigEndian
	}
	switch strings.TrimLeft(kind, "<>|=") {
	case "f8":
		return func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }, 8, nil
	case "f4":
		return func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }, 4, nil
	case "i8":
		return func(b []byte) float64 { return float64(int64(order.Uint64(b))) }, 8, nil
	case "i4":
		return func(b []byte) float64 { return float64(int32(order.Uint32(b))) }, 4, nil
	case "u1", "b1", "?":
		return func(b []byte) float64 { return float64(b[0]) }, 1, nil
	case "i1":
		return func(b []byte) float64 { return float64(int8(b[0])) }, 1, nil
	}
	return nil, 0, fail(0, "numbers of type %q, expected f8, f4, i8, i4, i1, u1 or b1", kind)
}

func writeNPY(w *bufio.Writer, g *topology.Graph) error {
	n := total(g)
	if n > maxDense {
		return fmt.Errorf("a dense matrix of %d rows, at most %d are supported: choose a sparse format", n, maxDense)
	}
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", n, n)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	w.WriteString(npyMagic + "\x01\x00")
	w.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(header))))
	w.WriteString(header)
	bySource := make([][]topology.Synapse, n)
	err := eachSynapse(g, false, func(s *topology.Synapse) error {
		bySource[s.Source] = append(bySource[s.Source], *s)
		return nil
	})
	if err != nil {
		return err
	}
	row := make([]float32, n)
	for _, list := range bySource {
		clear(row)
		for _, s := range list {
			row[s.Target] += s.Weight
		}
		if err := binary.Write(w, binary.LittleEndian, row); err != nil {
			return err
		}
	}
	return nil
}
