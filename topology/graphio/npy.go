package graphio

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"infomorph/internal/npy"
	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/topology"
)

// NPY contains a dense matrix: [source, target] is the weight, 0 means no
// synapse. NPZ contains a sparse matrix as written by scipy.sparse.save_npz, or
// one dense array.

// maxDense bounds the number of rows of a dense matrix: a file of 4 GiB.
const maxDense = 32768

func readNPY(r io.Reader, c *collector) error {
	in := bufio.NewReaderSize(r, 1<<16)
	h, err := npy.ReadHeader(in)
	if err != nil {
		return fail(0, "%v", err)
	}
	if len(h.Fields) > 1 {
		return fail(0, "an array of records, expected a square matrix of numbers; save the records as .csv, with pandas.DataFrame(array).to_csv")
	}
	if len(h.Shape) != 2 || len(h.Fields) != 1 || h.Fields[0].Kind == npy.Text {
		return fail(0, "an array of shape %v, expected a square matrix of numbers", h.Shape)
	}
	n := h.Shape[0]
	if n != h.Shape[1] {
		return fail(0, "a matrix of %d × %d, expected a square one", n, h.Shape[1])
	}
	if n > maxDense {
		return fail(0, "a dense matrix of %d rows, expected at most %d", n, maxDense)
	}
	if err := c.declareRange(int64(n), 0); err != nil {
		return err
	}
	cell := make([]byte, h.Size())
	for i := range n {
		for j := range n {
			if _, err := io.ReadFull(in, cell); err == io.EOF || err == io.ErrUnexpectedEOF {
				return fail(0, "the file ends at entry [%d, %d] of a %d × %d matrix", i, j, n, n)
			} else if err != nil {
				return fail(0, "%v", err)
			}
			v, _ := h.Fields[0].Decode(cell)
			s, t := i, j
			if h.Fortran {
				s, t = j, i
			}
			if err := c.entry(v.Float, s, t); err != nil {
				return err
			}
		}
	}
	if _, err := in.Peek(1); err != nil && err != io.EOF { // the end of a compressed file may show that it is damaged
		return fail(0, "%v", err)
	}
	return nil
}

// entry adds an entry of a matrix, unless it is 0.
func (c *collector) entry(w float64, i, j int) error {
	if w == 0 {
		return nil
	}
	if math.IsNaN(w) || math.Abs(w) > math.MaxFloat32 {
		return fail(0, "entry [%d, %d] is %v, expected a finite number", i, j, w)
	}
	e := newEdge(0)
	e.weight, e.source, e.target = float32(w), int32(i), int32(j)
	return c.addByIndex(e)
}

// sparse reads the arrays of a SciPy .npz file.
type sparse struct {
	*collector
	archive *npy.Archive
}

func readNPZ(r io.Reader, c *collector) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	a, err := npy.OpenArchive(data)
	if err != nil {
		return fail(0, "%v", err)
	}
	s := &sparse{c, a}
	if a.Has("format") && a.Has("data") && a.Has("shape") {
		return s.read()
	}
	return s.dense(a)
}

// dense reads the only square matrix of an archive. If there is exactly one
// list of texts, and it has as many entries as the matrix has rows, these are
// the names of the nodes.
func (s *sparse) dense(a *npy.Archive) error {
	var square, lists, left []string
	for _, name := range a.Names {
		h, err := headerOf(a, name)
		switch {
		case err != nil:
			return fail(0, "array %q: %v", name, err)
		case len(a.Names) == 1 || len(h.Shape) == 2 && h.Shape[0] == h.Shape[1] && len(h.Fields) == 1 && h.Fields[0].Kind != npy.Text:
			square = append(square, name)
		case len(h.Shape) == 1 && len(h.Fields) == 1 && h.Fields[0].Kind == npy.Text:
			lists = append(lists, name)
		default:
			left = append(left, name)
		}
	}
	if len(square) != 1 {
		return fail(0, "the archive holds %s; expected the arrays of scipy.sparse.save_npz, or one square matrix", words.Clip(strings.Join(a.Names, ", "), maxQuoted))
	}
	in, err := a.Open(square[0])
	if err != nil {
		return fail(0, "%v", err)
	}
	defer in.Close()
	if err := readNPY(in, s.collector); err != nil {
		return err
	}
	if len(lists) == 1 {
		var names []string
		if err := s.each(lists[0], func(_ int, v npy.Value) error { names = append(names, v.Text); return nil }); err != nil {
			return err
		}
		if !s.call(names) {
			left = append(left, lists[0])
		}
	} else {
		left = append(left, lists...)
	}
	if len(left) > 0 {
		s.remark("arrays that are not used: %s", words.Clip(strings.Join(left, ", "), maxQuoted))
	}
	return nil
}

func headerOf(a *npy.Archive, name string) (*npy.Header, error) {
	in, err := a.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return npy.ReadHeader(in)
}

// call sets the names of the nodes if there is one for each and all are
// different.
func (s *sparse) call(names []string) bool {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if name == "" || seen[name] {
			return false
		}
		seen[name] = true
	}
	if len(names) != len(s.nodes) {
		return false
	}
	for i := range s.nodes {
		s.nodes[i].key = names[i]
	}
	return true
}

// each calls f for each value of an array. Values are not kept, because they take a
// multiple of the file.
func (s *sparse) each(name string, f func(k int, v npy.Value) error) error {
	if !s.archive.Has(name) {
		return fail(0, "the sparse matrix lacks the array %q", name)
	}
	in, err := s.archive.Open(name)
	if err != nil {
		return fail(0, "%v", err)
	}
	defer in.Close()
	_, err = npy.EachValue(in, s.limits.Edges, f)
	var own *Error
	if err != nil && !errors.As(err, &own) {
		return fail(0, "array %q: %v", name, err)
	}
	return err
}

// whole returns an array of non-negative integers.
func (s *sparse) whole(name string) (out []int32, err error) {
	err = s.each(name, func(_ int, v npy.Value) error {
		if v.Kind == npy.Text || v.Kind == npy.Float || v.Int < 0 || v.Int > math.MaxInt32 {
			return fail(0, "array %q holds %s, expected indices", name, words.Clip(v.String(), maxQuoted))
		}
		out = append(out, int32(v.Int))
		return nil
	})
	return out, err
}

func (s *sparse) read() error {
	shape, err := s.whole("shape")
	if err != nil {
		return err
	}
	if len(shape) != 2 || shape[0] != shape[1] {
		return fail(0, "a sparse matrix of %v, expected a square one", shape)
	}
	if err := s.declareRange(int64(shape[0]), 0); err != nil {
		return err
	}
	format := ""
	if err := s.each("format", func(_ int, v npy.Value) error { format += v.Text; return nil }); err != nil {
		return err
	}
	var rows, columns []int32
	var err1, err2 error
	switch format {
	case "coo":
		rows, err1 = s.whole("row")
		columns, err2 = s.whole("col")
	case "csr":
		rows, columns, err1 = s.compressed(int(shape[0]))
	case "csc":
		columns, rows, err1 = s.compressed(int(shape[0]))
	default:
		return fail(0, "a sparse matrix of format %q, expected csr, csc or coo: save matrix.tocsr()", words.Clip(format, maxQuoted))
	}
	if err1 != nil || err2 != nil {
		return firstError(err1, err2)
	}
	count := 0
	err = s.each("data", func(k int, v npy.Value) error {
		if count++; k >= min(len(rows), len(columns)) {
			return nil // told below
		}
		i, j := rows[k], columns[k]
		if i >= shape[0] || j >= shape[0] {
			return fail(0, "entry [%d, %d] of a %d × %d matrix", i, j, shape[0], shape[0])
		}
		return s.entry(v.Float, int(i), int(j))
	})
	if err == nil && (count != len(rows) || count != len(columns)) {
		return fail(0, "a sparse matrix of %d values, %d rows and %d columns", count, len(rows), len(columns))
	}
	return err
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// compressed expands the outer index of a compressed sparse matrix.
func (s *sparse) compressed(n int) (outer, inner []int32, err error) {
	starts, err := s.whole("indptr")
	if err != nil {
		return nil, nil, err
	}
	if inner, err = s.whole("indices"); err != nil {
		return nil, nil, err
	}
	if len(starts) != n+1 || !slices.IsSorted(starts) || int(starts[n]) != len(inner) {
		return nil, nil, fail(0, "the array \"indptr\" of the sparse matrix is damaged")
	}
	outer = make([]int32, len(inner))
	for i := range n {
		for k := starts[i]; k < starts[i+1]; k++ {
			outer[k] = int32(i)
		}
	}
	return outer, inner, nil
}

// rows holds a sparse matrix by rows: row i has the columns targets[starts[i]:starts[i+1]],
// in ascending order. Weights of parallel synapses are added.
type rows struct {
	starts  []int32
	targets []int32
	weights []float32
}

// rowsOf returns the matrix of a graph: a row is a source.
func rowsOf(g *topology.Graph) *rows {
	n, count := total(g), g.NumSynapses()
	r := &rows{make([]int32, n+1), make([]int32, count), make([]float32, count)}
	for s := range g.Each() {
		r.starts[s.Source+1]++
	}
	for i := range n {
		r.starts[i+1] += r.starts[i]
	}
	next := slices.Clone(r.starts)
	for s := range g.Each() { // in the order of targets
		k := next[s.Source]
		next[s.Source]++
		r.targets[k], r.weights[k] = int32(s.Target), s.Weight
	}
	r.addParallel()
	return r
}

// addParallel makes one entry of several with the same row and column.
func (r *rows) addParallel() {
	kept, first := int32(0), int32(0)
	for i := range len(r.starts) - 1 {
		begin, end := kept, r.starts[i+1]
		for k := first; k < end; k++ {
			if kept > begin && r.targets[kept-1] == r.targets[k] {
				r.weights[kept-1] += r.weights[k]
				continue
			}
			r.targets[kept], r.weights[kept] = r.targets[k], r.weights[k]
			kept++
		}
		first, r.starts[i+1] = end, kept
	}
	r.targets, r.weights = r.targets[:kept], r.weights[:kept]
}

// denseRows calls f for each row of the matrix.
func denseRows(g *topology.Graph, f func(source neuron.ID, row []float32) error) error {
	n := total(g)
	if n > maxDense {
		return fmt.Errorf("a dense matrix of %d rows, at most %d are supported: choose a sparse format", n, maxDense)
	}
	row, r := make([]float32, n), rowsOf(g)
	for source := range n {
		clear(row)
		for k := r.starts[source]; k < r.starts[source+1]; k++ {
			row[r.targets[k]] = r.weights[k]
		}
		if err := f(neuron.ID(source), row); err != nil {
			return err
		}
	}
	return nil
}

func writeNPY(w *bufio.Writer, g *topology.Graph) error {
	if n := total(g); n <= maxDense {
		if err := npy.WriteHeader(w, "<f4", n, n); err != nil {
			return err
		}
	}
	return denseRows(g, func(_ neuron.ID, row []float32) error { return binary.Write(w, binary.LittleEndian, row) })
}

// writeNPZ writes a CSR matrix for scipy.sparse.load_npz.
func writeNPZ(w *bufio.Writer, g *topology.Graph) error {
	r := rowsOf(g)
	n := int64(total(g))
	a := npy.NewArchiveWriter(w)
	for _, array := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"indices", func(w io.Writer) error { return npy.WriteNumbers(w, r.targets, len(r.targets)) }},
		{"indptr", func(w io.Writer) error { return npy.WriteNumbers(w, r.starts, len(r.starts)) }},
		{"format", func(w io.Writer) error {
			if err := npy.WriteHeader(w, "|S3"); err != nil {
				return err
			}
			_, err := io.WriteString(w, "csr")
			return err
		}},
		{"shape", func(w io.Writer) error { return npy.WriteNumbers(w, []int64{n, n}, 2) }},
		{"data", func(w io.Writer) error { return npy.WriteNumbers(w, r.weights, len(r.weights)) }},
	} {
		out, err := a.Create(array.name)
		if err == nil {
			err = array.write(out)
		}
		if err != nil {
			return err
		}
	}
	return a.Close()
}
