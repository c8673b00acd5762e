package dataset

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits on an IDX file.
const (
	maxImages   = 10_000_000
	maxSide     = 4096
	maxIDXBytes = 1 << 30 // of pixels
)

// The magic numbers of IDX files: of labels and images as unsigned bytes, and
// of a table of 32-bit integers. The labels of QMNIST are the first column of
// such a table.
const (
	magicLabels = 0x0801
	magicImages = 0x0803
	magicTable  = 0x0c02
)

// Block is the content of an IDX file of unsigned bytes.
type Block struct {
	Name              string // of the file, for errors
	Count, Rows, Cols int    // Rows and Cols are 0 for labels
	Data              []uint8
	SHA256            string // of the uncompressed file, in hex
}

// ReadIDXImages reads an IDX file of images, compressed with gzip or not; name
// is used in errors.
func ReadIDXImages(name string, r io.Reader) (*Block, error) { return readIDX(name, r, magicImages) }

// ReadIDXLabels reads an IDX file of labels, compressed with gzip or not; name
// is used in errors.
func ReadIDXLabels(name string, r io.Reader) (*Block, error) { return readIDX(name, r, magicLabels) }

func readIDX(name string, r io.Reader, magic uint32) (*Block, error) {
	plain, zipped, err := inflate(r)
	damaged := errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case damaged || err == nil && !zipped && strings.HasSuffix(name, ".gz"):
		return nil, fmt.Errorf("%s: not a gzip file that can be read", name)
	case err != nil: // an error of the disk
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sum := sha256.New()
	b := &Block{Name: name}
	if err := b.read(io.TeeReader(plain, sum), magic); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return b, nil
}

// inflate recognises a gzip file by its first two bytes.
func inflate(r io.Reader) (plain io.Reader, zipped bool, err error) {
	br := bufio.NewReader(r)
	head, err := br.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	if len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b {
		return br, false, nil
	}
	plain, err = gzip.NewReader(br)
	return plain, true, err
}

func (b *Block) read(r io.Reader, magic uint32) error {
	head, err := readHeader(r, magic)
	if err != nil {
		return err
	}
	if head[1] < 1 || head[1] > maxImages {
		return fmt.Errorf("%d items, expected 1 to %d", head[1], maxImages)
	}
	b.Count = int(head[1])
	size := 1
	if magic == magicImages {
		if head[2] < 1 || head[2] > maxSide || head[3] < 1 || head[3] > maxSide {
			return fmt.Errorf("images of %d×%d pixels, expected at most %d×%d", head[3], head[2], maxSide, maxSide)
		}
		b.Rows, b.Cols = int(head[2]), int(head[3])
		size = b.Rows * b.Cols
	}
	if head[0] == magicTable {
		if head[2] < 1 || head[2] > maxSide {
			return fmt.Errorf("%d numbers for each label, expected 1 to %d", head[2], maxSide)
		}
		size = 4 * int(head[2])
	}
	if b.Count > maxIDXBytes/size {
		return fmt.Errorf("%d items of %d bytes, expected at most %d bytes", b.Count, size, maxIDXBytes)
	}
	if err := b.readData(r, b.Count*size); err != nil || head[0] != magicTable {
		return err
	}
	return b.firstColumn(size)
}

// firstColumn keeps the first integer of each row of a table; it must fit a
// byte.
func (b *Block) firstColumn(size int) error {
	for i := range b.Count {
		v := int32(binary.BigEndian.Uint32(b.Data[i*size:])) //nolint:gosec // two's complement
		if v < 0 || v > 255 {
			return fmt.Errorf("label %d of item %d, expected 0 to 255", v, i)
		}
		b.Data[i] = uint8(v)
	}
	b.Data = b.Data[:b.Count]
	return nil
}

// readHeader reads the magic number and the sizes that follow it.
func readHeader(r io.Reader, magic uint32) (head [4]uint32, err error) {
	kind, fields := "labels", 2
	if magic == magicImages {
		kind, fields = "images", 4
	}
	if err := binary.Read(r, binary.BigEndian, head[:1]); err != nil {
		return head, fmt.Errorf("it ends within the header: %w", err)
	}
	if head[0] == magicTable && magic == magicLabels {
		fields = 3
	} else if head[0] != magic {
		return head, fmt.Errorf("magic number %#x, expected %#x (%s)", head[0], magic, kind)
	}
	if err := binary.Read(r, binary.BigEndian, head[1:fields]); err != nil {
		return head, fmt.Errorf("it ends within the header: %w", err)
	}
	return head, nil
}

// readData allocates memory as data arrives; it does not trust the header.
func (b *Block) readData(r io.Reader, want int) error {
	data, err := io.ReadAll(io.LimitReader(r, int64(want)+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), err == nil && len(data) < want:
		return fmt.Errorf("truncated: %d bytes of data, the header promises %d", len(data), want)
	case err != nil:
		return fmt.Errorf("after %d bytes of data: %w", len(data), err)
	case len(data) > want:
		return fmt.Errorf("more than the %d bytes of data that the header promises", want)
	}
	b.Data = data
	return nil
}

// Join makes a labelled set from a file of images and a file of labels. Labels
// must be below classes.
func Join(images, labels *Block, classes int) (*Images, error) {
	if images.Count != labels.Count {
		return nil, fmt.Errorf("%s has %d images, but %s has %d labels", images.Name, images.Count, labels.Name, labels.Count)
	}
	s := &Images{Width: images.Cols, Height: images.Rows, Classes: classes, Pixels: images.Data, Labels: labels.Data}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", labels.Name, err)
	}
	return s, nil
}
