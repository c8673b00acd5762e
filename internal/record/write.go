package record

import (
	"errors"
	"iter"
	"path/filepath"

	"infomorph/internal/disk"
)

// WriteTable writes a table outside a result folder, in the format that the
// ending of path names: .parquet or .csv. Rows are as in [Run.Table]. The
// file takes its name only when it is complete.
func WriteTable(path string, cols []Column, rows iter.Seq[[]any]) error {
	if err := checkTable("table", cols); err != nil {
		return err
	}
	suffix := filepath.Ext(path)
	if suffix != ".parquet" && suffix != ".csv" {
		return errors.New(path + ": a table is .parquet or .csv")
	}
	f, err := createFile(disk.OS, filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return err
	}
	defer f.Close()
	s := newSink(suffix, f, cols)
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
