package record

import (
	"errors"
	"iter"
	"path/filepath"
)

// SummedTable writes a table into a folder with checksums (see [Summed]), in
// the format of the extension of name: .parquet or .csv. Rows are as in
// [Run.Table]. The file gets its name only when it is complete.
func SummedTable(dir, name string, cols []Column, rows iter.Seq[[]any]) error {
	f, err := Summed(dir, name)
	if err != nil {
		return err
	}
	return f.table(cols, rows)
}

// table writes the whole file as a table.
func (f *File) table(cols []Column, rows iter.Seq[[]any]) error {
	defer f.Close()
	if err := checkTable("table", cols); err != nil {
		return err
	}
	suffix := filepath.Ext(f.name)
	if suffix != ".parquet" && suffix != ".csv" {
		return errors.New(f.name + ": a table is .parquet or .csv")
	}
	s := &sinks{all: []sink{newSink(suffix, f, cols)}, block: newBlock(cols)}
	row := make(sinkRow, len(cols))
	for values := range rows {
		if err := fillRow(row, cols, values); err != nil {
			return err
		}
		if err := s.put(row); err != nil {
			return err
		}
	}
	if err := s.close(); err != nil {
		return err
	}
	return f.Commit()
}
