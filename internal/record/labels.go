package record

import (
	"slices"

	"github.com/parquet-go/parquet-go"
)

// idColumns are the columns of growing tables and tables of weights that hold
// numbers of neurons and channels.
var idColumns = []string{"neuron", "source", "target"}

// labelSuffix is the end of the names of columns of labels.
const labelSuffix = "_label"

// labelled adds the labels of neurons to the rows of a table: for each column
// with numbers of neurons, such as source, a column with their labels,
// source_label, after all other columns. A number that is not a neuron's, such
// as −1 for no source, has an empty label.
type labelled struct {
	cols   []Column
	from   []int    // columns of numbers
	labels [][]byte // by number
}

// label returns a labelled for a table with these columns, nil if neurons have
// no labels or the table has no numbers of neurons.
func (r *Run) label(cols []Column) *labelled {
	l := &labelled{cols: slices.Clone(cols)}
	for i, c := range cols {
		if (c.Kind == Int32 || c.Kind == Int64) && slices.Contains(idColumns, c.Name) {
			l.from = append(l.from, i)
			l.cols = append(l.cols, Column{Name: c.Name + labelSuffix, Kind: Text})
		}
	}
	if r.opts.Labels == nil || l.from == nil {
		return nil
	}
	l.labels = make([][]byte, len(r.opts.Labels))
	for id, name := range r.opts.Labels {
		l.labels[id] = []byte(name)
	}
	return l
}

// columns returns the columns of the table with its labels.
func (l *labelled) columns(plain []Column) []Column {
	if l == nil {
		return plain
	}
	return l.cols
}

// fill adds the labels to a block whose other columns are complete.
func (l *labelled) fill(b block) {
	if l == nil {
		return
	}
	for k, i := range l.from {
		place := len(l.cols) - len(l.from) + k
		for _, v := range b[i] {
			id := int64(v.Int32())
			if l.cols[i].Kind == Int64 {
				id = v.Int64()
			}
			var label []byte
			if id >= 0 && id < int64(len(l.labels)) {
				label = l.labels[id]
			}
			b[place] = append(b[place], parquet.ByteArrayValue(label))
		}
	}
}
