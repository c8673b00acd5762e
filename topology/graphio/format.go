package graphio

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"infomorph/internal/textfile"
	"infomorph/topology"
)

// Format is the name of a file format.
type Format string

// The formats.
const (
	GraphML       Format = "graphml"
	GEXF          Format = "gexf"
	GML           Format = "gml"
	Pajek         Format = "pajek"
	DOT           Format = "dot"
	CSV           Format = "csv"     // edge list with commas or semicolons
	TSV           Format = "tsv"     // edge list with tabs or blanks
	AdjacencyList Format = "adjlist" // a node and its targets per line; read only
	Matrix        Format = "matrix"  // dense matrix as text, row = source
	MatrixMarket  Format = "mtx"
	NPY           Format = "npy" // dense matrix, row = source
	NPZ           Format = "npz" // sparse matrix of SciPy, or a dense one
	JSON          Format = "json"
)

// codec is one entry of the table of formats.
type codec struct {
	format     Format
	extensions []string
	read       func(io.Reader, *collector) error
	write      func(*bufio.Writer, *topology.Graph) error // nil: read only
	binary     bool
}

func codecs() []codec {
	return []codec{
		{GraphML, []string{".graphml", ".graphmlz", ".xml"}, readXMLGraph, writeGraphML, false},
		{GEXF, []string{".gexf"}, readXMLGraph, writeGEXF, false},
		{GML, []string{".gml"}, readGML, writeGML, false},
		{Pajek, []string{".net", ".paj"}, readPajek, writePajek, false},
		{DOT, []string{".dot", ".gv"}, readDOT, writeDOT, false},
		{CSV, []string{".csv"}, readCSV, writeCSV, false},
		{TSV, []string{".tsv", ".edgelist", ".txt", ".edges", ".el", ".ncol", ".dat", ".tab"}, readTSV, writeTSV, false},
		{AdjacencyList, []string{".adjlist", ".adj"}, readAdjacencyList, nil, false},
		{Matrix, []string{".matrix"}, readMatrix, writeMatrix, false},
		{MatrixMarket, []string{".mtx"}, readMatrixMarket, writeMatrixMarket, false},
		{NPY, []string{".npy"}, readNPY, writeNPY, true},
		{NPZ, []string{".npz"}, readNPZ, writeNPZ, true},
		{JSON, []string{".json", ".jgf", ".cyjs"}, readJSON, writeJSON, false},
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

// strangers are extensions of files of the field that are not read, with their
// descriptions.
var strangers = map[string]string{
	".h5": "HDF5 (SONATA)", ".hdf5": "HDF5 (SONATA)", ".sonata": "HDF5 (SONATA)", ".nml": "NeuroML", ".mat": "MATLAB", ".xlsx": "a spreadsheet",
	".xls": "a spreadsheet", ".ods": "a spreadsheet", ".pickle": "a Python pickle", ".pkl": "a Python pickle", ".gpickle": "a Python pickle",
	".xz": "a file packed by xz (unpack it: xz -d)", ".feather": "Feather", ".parquet": "Parquet", ".rda": "an R archive", ".rds": "an R archive", ".rdata": "an R archive", ".dl": "UCINET DL", ".gdf": "GUESS", ".tlp": "Tulip", ".vna": "NetDraw", ".lgl": "LGL", ".lgr": "LEDA", ".gw": "LEDA", ".graph": "METIS",
	".g6": "graph6", ".s6": "sparse6", ".gt": "graph-tool", ".swc": "SWC (the shape of a cell)", ".nwb": "NWB (HDF5)", ".gephi": "a project of Gephi", ".cys": "a session of Cytoscape", ".cx": "CX of Cytoscape", ".cx2": "CX2 of Cytoscape", ".sif": "SIF of Cytoscape", ".rdf": "RDF", ".ttl": "RDF",
}

// archives are extensions of files that contain other files.
var archives = map[string]string{".zip": "a zip archive", ".tar": "a tar archive", ".tgz": "a tar archive", ".tbz2": "a tar archive", ".txz": "a tar archive", ".7z": "a 7z archive", ".rar": "a rar archive"}

// FormatOf returns the format for the extension of a file name. An extension
// for compression (.gz, .zst, .bz2) is removed first. Files with names out.NAME
// are edge lists of KONECT.
func FormatOf(name string) (Format, error) {
	stem := textfile.Stem(name)
	ext := strings.ToLower(path.Ext(stem))
	var known []string
	for _, c := range codecs() {
		if slices.Contains(c.extensions, ext) {
			return c.format, nil
		}
		known = append(known, c.extensions...)
	}
	if what, ok := archives[ext]; ok {
		return "", fmt.Errorf("%s: %s is not read; unpack it, and name the file of the graph in it", name, what)
	}
	if strings.HasPrefix(path.Base(stem), "out.") {
		return TSV, nil
	}
	if what, ok := strangers[ext]; ok {
		return "", fmt.Errorf("%s: %s is not read; save the connections as an edge list (.csv with source, target, weight, delay), GraphML or Matrix Market", name, what)
	}
	return "", fmt.Errorf("%s: the extension %q names no graph format, expected one of %s", name, ext, strings.Join(known, " "))
}

// MaxEdges is the number of edges that a file may have by default.
const MaxEdges = 100_000_000

// Limits bounds what a reader accepts. Zero fields have their defaults.
type Limits struct {
	Nodes int   // default 10 million
	Edges int   // default MaxEdges
	Bytes int64 // default 8 GiB
	Token int   // longest line, name or text, default 1 MiB

	// Implied is how many nodes or edges a file may describe without listing
	// them, default 1 million. Without this limit, a few bytes could fill the
	// memory. A matrix may have a hundred more nodes per entry.
	Implied int

	// Why says what limits the number of edges. It is added to the message.
	Why string
}

func (l Limits) withDefaults() Limits {
	if l.Nodes == 0 {
		l.Nodes = 10_000_000
	}
	if l.Edges == 0 {
		l.Edges = MaxEdges
	}
	if l.Bytes == 0 {
		l.Bytes = 8 << 30
	}
	if l.Implied == 0 {
		l.Implied = 1_000_000
	}
	if l.Token == 0 {
		l.Token = 1 << 20
	}
	return l
}

// Error is an error in a file, with its line (0: no line).
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

// Options says how to read a file from a program with other conventions. With
// the zero value, only the file itself decides.
type Options struct {
	Limits Limits
	// Source, Target, Weight and Delay are the names of the columns of an edge
	// list, or of the attributes of an edge, if they are not the usual ones.
	Source, Target, Weight, Delay string
	// DelayUnit is the unit of delays without one [µs]; 0: whole microseconds.
	DelayUnit int64
	// Undirected makes two synapses of every edge, even if the file says that
	// it is directed.
	Undirected bool
}

// ParseDelayUnit returns the unit us, ms or s in µs; 0 for "".
func ParseDelayUnit(name string) (int64, error) {
	switch name {
	case "":
		return 0, nil
	case "us", "µs":
		return 1, nil
	case "ms":
		return 1000, nil
	case "s":
		return 1_000_000, nil
	}
	return 0, fmt.Errorf("delay unit %q, expected us, ms or s", name)
}

// Read reads one graph. The input may be compressed by gzip, zstd or bzip2.
// Errors about the content are of type *Error.
func Read(r io.Reader, f Format, limits Limits) (*topology.Graph, error) {
	g, _, err := ReadWith(r, f, Options{Limits: limits})
	return g, err
}

// ReadWith reads one graph with options. The notes are for the user and say
// what was ignored or guessed.
func ReadWith(r io.Reader, f Format, o Options) (g *topology.Graph, notes []string, err error) {
	c, err := lookup(f)
	if err != nil {
		return nil, nil, err
	}
	plain, err := textfile.Unpack(r)
	if err != nil {
		return nil, nil, fail(0, "%v", err)
	}
	col := newCollector(&o)
	plain = &bounded{r: plain, left: col.limits.Bytes}
	if !c.binary {
		plain = textfile.Decode(plain)
	}
	if err := c.read(plain, col); err != nil {
		return nil, nil, err
	}
	g, err = col.graph()
	return g, col.notes(), err
}

// bounded is a reader that returns an error after more than left bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	long := fail(0, "the file is longer than the limit")
	if b.left < 0 {
		return 0, long
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return n - 1, long
	}
	return n, err
}

// Write writes one graph.
func Write(w io.Writer, f Format, g *topology.Graph) error {
	c, err := lookup(f)
	if err != nil {
		return err
	}
	if c.write == nil {
		return fmt.Errorf("format %q is read only", f)
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := c.write(buffered, g); err != nil {
		return err
	}
	return buffered.Flush()
}
