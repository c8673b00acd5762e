package graphio

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"infomorph/topology"
)

// Format is the name of a file format.
type Format string

// The formats.
const (
	GraphML      Format = "graphml"
	GEXF         Format = "gexf"
	DOT          Format = "dot"
	CSV          Format = "csv" // edge list with commas
	TSV          Format = "tsv" // edge list with tabs
	MatrixMarket Format = "mtx"
	NPY          Format = "npy" // dense adjacency matrix, row = source
	JSON         Format = "json"
)

// codec is one entry of the table of formats.
type codec struct {
	format     Format
	extensions []string
	read       func(io.Reader, *collector) error
	write      func(*bufio.Writer, *topology.Graph) error
}

func codecs() []codec {
	return []codec{
		{GraphML, []string{".graphml", ".xml"}, readGraphML, writeGraphML},
		{GEXF, []string{".gexf"}, readGEXF, writeGEXF},
		{DOT, []string{".dot", ".gv"}, readDOT, writeDOT},
		{CSV, []string{".csv"}, readCSV, writeCSV},
		{TSV, []string{".tsv", ".edgelist", ".txt"}, readTSV, writeTSV},
		{MatrixMarket, []string{".mtx"}, readMatrixMarket, writeMatrixMarket},
		{NPY, []string{".npy"}, readNPY, writeNPY},
		{JSON, []string{".json"}, readJSON, writeJSON},
	}
}

// Formats lists the formats.
func Formats() []Format {
	list := codecs()
	out := make([]Format, len(list))
	for i, c := range list {
		out[i] = c.format
	}
	return out
}

func lookup(f Format) (codec, error) {
	list := codecs()
	i := slices.IndexFunc(list, func(c codec) bool { return c.format == f })
	if i < 0 {
		return codec{}, fmt.Errorf("format %q is unknown, expected one of %v", f, Formats())
	}
	return list[i], nil
}

// FormatOf returns the format that the extension of a file name stands for.
func FormatOf(name string) (Format, error) {
	ext := strings.ToLower(path.Ext(name))
	var known []string
	for _, c := range codecs() {
		if slices.Contains(c.extensions, ext) {
			return c.format, nil
		}
		known = append(known, c.extensions...)
	}
	return "", fmt.Errorf("%s: the extension %q names no graph format, expected one of %s", name, ext, strings.Join(known, " "))
}

// Limits bounds what a reader takes in. A zero field has its default.
type Limits struct {
	Nodes int   // default 10 million
	Edges int   // default 100 million
	Bytes int64 // default 8 GiB
	Token int   // longest line, name or text, default 1 MiB
}

func (l Limits) withDefaults() Limits {
	if l.Nodes == 0 {
		l.Nodes = 10_000_000
	}
	if l.Edges == 0 {
		l.Edges = 100_000_000
	}
	if l.Bytes == 0 {
		l.Bytes = 8 << 30
	}
	if l.Token == 0 {
		l.Token = 1 << 20
	}
	return l
}

// Error is what is wrong with a file, and on which line (0: no line).
type Error struct {
	Line int
	Msg  string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Msg
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
}

func fail(line int, format string, args ...any) error {
	return &Error{line, fmt.Sprintf(format, args...)}
}

// Read reads one graph. Errors about the content are of type *Error.
func Read(r io.Reader, f Format, limits Limits) (*topology.Graph, error) {
	c, err := lookup(f)
	if err != nil {
		return nil, err
	}
	col := newCollector(limits.withDefaults())
	if err := c.read(&bounded{r: r, left: col.limits.Bytes}, col); err != nil {
		return nil, err
	}
	return col.graph()
}

// bounded fails, rather than end, when more than left bytes come.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fail(0, "the file is longer than the limit")
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// Write writes one graph.
func Write(w io.Writer, f Format, g *topology.Graph) error {
	c, err := lookup(f)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := c.write(buffered, g); err != nil {
		return err
	}
	return buffered.Flush()
}
