package textfile

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// packings are the file extensions of the compressions that Unpack knows.
var packings = []string{".gz", ".gzip", ".zst", ".bz2"}

// Stem returns a file name without the extension of a compression: graph.csv
// for graph.csv.gz.
func Stem(name string) string {
	if ext := path.Ext(name); slices.Contains(packings, strings.ToLower(ext)) {
		return strings.TrimSuffix(name, ext)
	}
	return name
}

// maxZstdWindow limits the memory of a zstd stream [bytes]; the program zstd
// uses larger windows only with --ultra --long.
const maxZstdWindow = 1 << 27

// Unpack returns the content of r, decompressed if its first bytes say that it
// is compressed by gzip, zstd or bzip2. The number of bytes is not limited: the
// caller must limit it. Archives of several files are an error.
func Unpack(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	head, err := in.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var plain io.Reader
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		if plain, err = gzip.NewReader(in); err != nil {
			return nil, errors.New("a damaged gzip file: " + err.Error())
		}
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, errors.New("a damaged zstd file: " + err.Error())
		}
		plain = d.IOReadCloser()
	case bytes.HasPrefix(head, []byte("BZh")):
		plain = bzip2.NewReader(in)
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		return nil, errors.New("packed by xz, which is not read: unpack it first (xz -d)")
	default:
		return refuseStrangers(in)
	}
	if plain, err = refuseTar(plain); err != nil {
		return nil, err
	}
	return refuseStrangers(plain)
}

// strangers are kinds of files, recognised by their beginning, that have no
// data to read.
var strangers = []struct{ head, is string }{
	{"version https://git-lfs.github.com/spec/", "a pointer of Git LFS, not the file itself: fetch it (git lfs pull)"},
	{"/annex/objects/", "a pointer of git-annex, not the file itself: fetch it (git annex get)"},
	{"../.git/annex/", "a pointer of git-annex, not the file itself: fetch it (git annex get)"},
	{"%PDF-", "a PDF document"},
	{"\x89HDF\r\n", "an HDF5 file"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"RDX2\n", "an R archive: save the table with write.csv"},
	{"RDX3\n", "an R archive: save the table with write.csv"},
}

// refuseStrangers returns an error for one of the strangers.
func refuseStrangers(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	head, _ := in.Peek(64) // Read returns the error again
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, s := range strangers {
		if bytes.HasPrefix(head, []byte(s.head)) {
			return nil, errors.New("this is " + s.is)
		}
	}
	return in, nil
}

// refuseTar returns an error if the compressed content is a tar archive.
func refuseTar(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if head, _ := in.Peek(262); len(head) == 262 && string(head[257:]) == "ustar" {
		return nil, errors.New("a tar archive of files: unpack it first (tar -xf) and give one of its files")
	}
	return in, nil
}
