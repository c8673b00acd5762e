package record

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// A part file holds the rows of a table while the run goes on: magic, length
// of the header (uint32, little endian), header (JSON: the columns), then the
// rows, value after value. It is written by appending only, so that all but
// the last row survive any death of the process.
const partMagic = "IMPART1\n"

const maxPartHeader = 1 << 20

// partHeader returns the bytes that a part file with these columns starts with.
func partHeader(cols []Column) []byte {
	doc, err := json.Marshal(cols)
	if err != nil {
		panic("record: columns do not marshal")
	}
	head := append([]byte(partMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(head[len(partMagic):], uint32(len(doc)))
	return append(head, doc...)
}

// partReader reads a part file row by row.
type partReader struct {
	r    *bufio.Reader
	cols []Column
	row  parquet.Row
}

var errNotPart = errors.New("not a part file of a result folder")

// newPartReader reads the header. It refuses what newPart did not write.
func newPartReader(src io.Reader) (*partReader, error) {
	r := bufio.NewReaderSize(src, 1<<16)
	head := make([]byte, len(partMagic)+4)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:len(partMagic)]) != partMagic {
		return nil, errNotPart
	}
	n := binary.LittleEndian.Uint32(head[len(partMagic):])
	if n > maxPartHeader {
		return nil, errNotPart
	}
	doc := make([]byte, n)
	if _, err := io.ReadFull(r, doc); err != nil {
		return nil, errNotPart
	}
	p := &partReader{r: r}
	if err := json.Unmarshal(doc, &p.cols); err != nil {
		return nil, errNotPart
	}
	if err := checkColumns(p.cols); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotPart, err)
	}
	p.row = make(parquet.Row, len(p.cols))
	return p, nil
}

// next returns the next row, valid until the next call. A row cut short by
// the end of the file counts as the end: the run died while it wrote it.
func (p *partReader) next() (parquet.Row, error) {
	for i, c := range p.cols {
		v, err := readValue(p.r, c.Kind)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		if err != nil {
			return nil, err
		}
		p.row[i] = v.Level(0, 0, i)
	}
	return p.row, nil
}
