package record

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// A part file holds the rows of a table during the run: magic, length of the
// header (uint32, little endian), header (JSON: the columns), then the rows,
// value after value. Data are only appended, so that all rows but the last
// survive if the process dies.
const partMagic = "IMPART1\n"

const maxPartHeader = 1 << 20

// partHeader returns the bytes that a part file with these columns starts with.
func partHeader(cols []Column) []byte {
	doc := plainJSON(cols)
	head := append([]byte(partMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(head[len(partMagic):], uint32(len(doc)))
	return append(head, doc...)
}

// partReader reads a part file.
type partReader struct {
	r     *bufio.Reader
	cols  []Column
	row   parquet.Row
	width int // bytes of a row; 0: rows have texts and differ in length
}

var errNotPart = errors.New("not a part file of a result folder")

// newPartReader reads the header. It refuses what newPart did not write.
func newPartReader(src io.Reader) (*partReader, error) {
	r := bufio.NewReaderSize(src, 1<<16)
	head := make([]byte, len(partMagic)+4)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, cutShort(err)
	}
	if string(head[:len(partMagic)]) != partMagic {
		return nil, errNotPart
	}
	n := binary.LittleEndian.Uint32(head[len(partMagic):])
	if n > maxPartHeader {
		return nil, errNotPart
	}
	doc := make([]byte, n)
	if _, err := io.ReadFull(r, doc); err != nil {
		return nil, cutShort(err)
	}
	p := &partReader{r: r}
	if err := json.Unmarshal(doc, &p.cols); err != nil {
		return nil, errNotPart
	}
	if err := checkColumns(p.cols); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotPart, err)
	}
	p.row = make(parquet.Row, len(p.cols))
	if !slices.ContainsFunc(p.cols, func(c Column) bool { return c.Kind == Text }) {
		p.width = rowWidth(p.cols)
	}
	return p, nil
}

// cutShort returns errNotPart if the file ended inside its header. It returns
// other errors, such as those of the disk, unchanged.
func cutShort(err error) error {
	if ended(err) {
		return errNotPart
	}
	return err
}

// fill appends the next rows to a block that is not full: at least one, and as
// many as fit and have been read from the file. It returns their number. A row
// cut short by the end of the file counts as the end: the run died while it
// wrote it.
func (p *partReader) fill(b block) (rows int, err error) {
	if p.width > 0 {
		return p.fillNumbers(b)
	}
	row, err := p.next()
	if err != nil {
		return 0, err
	}
	b.add(row)
	return 1, nil
}

// next returns the next row, valid until the next call.
func (p *partReader) next() (parquet.Row, error) {
	for i, c := range p.cols {
		v, err := readValue(p.r, c.Kind)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		if err != nil {
			return nil, err
		}
		p.row[i] = v
	}
	return p.row, nil
}

// fillNumbers is fill for rows without text, which are taken apart column by
// column.
func (p *partReader) fillNumbers(b block) (rows int, err error) {
	if _, err := p.r.Peek(p.width); err != nil {
		return 0, err
	}
	rows = min(p.r.Buffered()/p.width, cap(b[0])-len(b[0]))
	data, _ := p.r.Peek(rows * p.width) // it is in the buffer
	at := 0
	for i, c := range p.cols {
		old := len(b[i])
		b[i] = b[i][:old+rows]
		readNumbers(b[i][old:], data[at:], p.width, c.Kind)
		at += c.Kind.width()
	}
	_, _ = p.r.Discard(len(data))
	return rows, nil
}
