package record

import (
	"fmt"
	"iter"

	"github.com/parquet-go/parquet-go"

	"infomorph/neuron"
)

type sinkRow = parquet.Row

// TableInfo is the entry of a table in the manifest.
type TableInfo struct {
	File    string   `json:"file"`
	Rows    int64    `json:"rows"`
	Columns []Column `json:"columns"`
}

// Table writes NAME.parquet (and NAME.csv if Options.CSV is set) at once. Each
// row has a value for each column, of a type that fits it (int, int32, int64,
// float32, float64, string); it may be reused by the iterator.
func (r *Run) Table(name string, cols []Column, rows iter.Seq[[]any]) error {
	if err := checkTable(name, cols); err != nil {
		return err
	}
	if r.streams[name] != nil {
		return fmt.Errorf("table %q: the run writes one of this name row by row", name)
	}
	err := r.writeTable(name, cols, nil, func(out *sinks) error {
		row := make(sinkRow, len(cols))
		for values := range rows {
			if err := fillRow(row, cols, values); err != nil {
				return err
			}
			if err := out.put(row); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

func fillRow(row sinkRow, cols []Column, values []any) error {
	if len(values) != len(cols) {
		return fmt.Errorf("%d values for %d columns", len(values), len(cols))
	}
	for i, c := range cols {
		v, err := valueOf(c.Kind, values[i])
		if err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
		row[i] = v
	}
	return nil
}

// writeTable writes the rows that feed adds, with their labels, in the file
// formats in use, and commits the files when all of them are complete.
func (r *Run) writeTable(name string, plain []Column, labels *labelled, feed func(*sinks) error) error {
	cols := labels.columns(plain)
	suffixes := []string{".parquet"}
	if r.opts.CSV {
		suffixes = append(suffixes, ".csv")
	}
	var files []*File
	out := &sinks{block: newBlock(cols), labels: labels}
	for _, suffix := range suffixes {
		f, err := r.File(name + suffix)
		if err != nil {
			return err
		}
		defer f.Close()
		files = append(files, f)
		out.all = append(out.all, newSink(suffix, f, cols))
	}
	err := feed(out)
	if err == nil {
		err = out.close()
	}
	if err != nil {
		return tableError(files, name, err)
	}
	for _, f := range files {
		if err := f.Commit(); err != nil {
			return err
		}
	}
	r.tables[name] = TableInfo{File: name + ".parquet", Rows: out.rows, Columns: cols}
	return nil
}

func newSink(suffix string, f *File, cols []Column) sink {
	if suffix == ".csv" {
		return newCSVSink(f, cols)
	}
	return newParquetSink(f, cols)
}

// tableError prefers the error of a file, because it has the name of the file.
func tableError(files []*File, name string, err error) error {
	for _, f := range files {
		if f.err != nil {
			return f.err
		}
	}
	return fmt.Errorf("table %q: %w", name, err)
}

// Weight is one synapse, as a row of weights-*.parquet.
type Weight struct {
	Target neuron.ID
	Port   neuron.Port
	Source neuron.ID
	Weight float64
	Delay  neuron.Time
}

// WeightColumns are the columns of weights-*.parquet. A port is r, c or l.
func WeightColumns() []Column {
	return []Column{
		{"target", Int32, ""}, {"port", Text, ""}, {"source", Int32, ""},
		{"weight", Float64, ""}, {"delay_us", Int64, "us"},
	}
}

// portNames are the names of ports as bytes, converted only once because a
// table may have 10⁶ synapses.
var portNames = func() (names [256][]byte) {
	for p := range names {
		names[p] = []byte(neuron.Port(p).String())
	}
	return names
}()

// Weights writes weights-NAME.parquet, one row per synapse, in the order of
// the iterator.
func (r *Run) Weights(name string, synapses iter.Seq[Weight]) error {
	name = "weights-" + name
	cols := WeightColumns()
	if err := checkTable(name, cols); err != nil {
		return err
	}
	err := r.writeTable(name, cols, r.label(cols), func(out *sinks) error {
		row := make(sinkRow, len(cols))
		for w := range synapses {
			row[0] = parquet.Int32Value(int32(w.Target))
			row[1] = parquet.ByteArrayValue(portNames[w.Port])
			row[2] = parquet.Int32Value(int32(w.Source))
			row[3] = parquet.DoubleValue(w.Weight)
			row[4] = parquet.Int64Value(int64(w.Delay))
			if err := out.put(row); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
