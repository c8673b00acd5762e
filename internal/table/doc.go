// Package table reads tables from other programs: text with values separated by
// commas, semicolons, tabs or blanks, in any encoding that spreadsheets write,
// compressed or not; .npy and .npz files of NumPy; Parquet files.
//
// [Open] returns the rows one by one, with named columns and typed cells
// ([Cell]); for text and .npy the memory is limited. [ReadFrame] returns whole
// columns. Errors about the content have the type *[Error] and name row, line
// and column. Notes lists what was guessed or ignored.
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
