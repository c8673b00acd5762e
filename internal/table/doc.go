// Package table reads tables as other programs write them: values apart by
// commas, semicolons, tabs or blanks, in any encoding that a spreadsheet
// leaves, packed or not; .npy and .npz of NumPy; Parquet.
//
// [Open] gives the rows one by one, in bounded memory for text and .npy, with
// named columns and cells that know what they hold ([Cell]); [ReadFrame] gives
// whole columns. Errors about what the table holds are of type *[Error] and
// name row, line and column. What was guessed or left alone is told in Notes.
//
//	t, err := table.Open(file, table.Options{Name: "items.csv"})
//	cue, err := t.Index("cue")
//	for row, err := range t.Rows() {
//		v, err := row[cue].Number()
//		if err != nil {
//			return t.Errorf(cue, "%w", err)
//		}
//	}
package table
