package plot

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"io"
	"math"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// The types of colour of a PNG file.
const (
	trueColor = 2
	indexed   = 3
)

// writePNG writes a picture without transparent pixels as PNG (ISO/IEC 15948)
// with a resolution in dots per inch. The encoder of the standard library tries
// five filters for each row. With that, most of the time for a picture went
// into its file, and pictures of plain areas and letters became larger, not
// smaller.
func writePNG(w io.Writer, img *image.RGBA, dpi, level int) error {
	kind, colors, pixels := byte(trueColor), color.Palette(nil), img.Pix
	if small := withPalette(img); small != nil {
		kind, colors, pixels = indexed, small.Palette, small.Pix
	}
	size := img.Rect.Size()
	data, err := deflated(pixels, size.Y, kind, level)
	if err != nil {
		return err
	}
	number := binary.BigEndian.AppendUint32
	perMetre := uint32(math.Round(float64(dpi) / 0.0254))
	file := []byte("\x89PNG\r\n\x1a\n")
	file = appendChunk(file, "IHDR", append(number(number(nil, uint32(size.X)), uint32(size.Y)), 8, kind, 0, 0, 0))
	file = appendChunk(file, "pHYs", append(number(number(nil, perMetre), perMetre), 1))
	if kind == indexed {
		file = appendChunk(file, "PLTE", components(colors))
	}
	file = appendChunk(file, "IDAT", data)
	_, err = w.Write(appendChunk(file, "IEND", nil))
	return err
}

// appendChunk appends a part of a PNG file: length, type, content and checksum.
func appendChunk(file []byte, kind string, data []byte) []byte {
	file = binary.BigEndian.AppendUint32(file, uint32(len(data)))
	start := len(file)
	file = append(append(file, kind...), data...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(file[start:]))
}

// components returns red, green and blue of colours.
func components(colors color.Palette) []byte {
	all := make([]byte, 0, 3*len(colors))
	for _, c := range colors {
		r, g, b, _ := c.RGBA()
		all = append(all, byte(r>>8), byte(g>>8), byte(b>>8))
	}
	return all
}

// compressors are by level, because making one takes as long as a small picture.
var compressors [zlib.BestCompression + 1]sync.Pool

// deflated compresses rows of pixels: places in a palette, or RGBA, of which A
// is left out.
func deflated(pixels []byte, rows int, kind byte, level int) ([]byte, error) {
	var out bytes.Buffer
	z, ok := compressors[level].Get().(*zlib.Writer)
	if ok {
		z.Reset(&out)
	} else {
		var err error
		if z, err = zlib.NewWriterLevel(&out, level); err != nil {
			return nil, err
		}
	}
	defer compressors[level].Put(z)
	stride := len(pixels) / rows
	row := make([]byte, 1, 1+stride) // begins with the number of its filter; 0: none
	for y := range rows {
		line := pixels[y*stride : (y+1)*stride]
		if row = row[:1]; kind == indexed {
			row = append(row, line...)
		} else {
			for x := 0; x < stride; x += 4 {
				row = append(row, line[x], line[x+1], line[x+2])
			}
		}
		if _, err := z.Write(row); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
