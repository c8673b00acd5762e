package report

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"

	"infomorph/internal/record"
)

// Limits on the tables of the page.
const (
	maxTableFile = 256 << 20 // largest table that is read [bytes]
	maxRows      = 200
	maxColumns   = 32
	maxTables    = 40
	maxCell      = 120 // bytes
)

// atomsTable has the atoms over time, which are shown as a chart.
const atomsTable = "pid.parquet"

// table is the first rows of one table.
type table struct {
	Name  string
	Heads []string
	Rows  [][]string
	All   int64 // rows in the file
	Open  bool  // short enough to be shown open
}

// readTables reads the atoms and the first rows of the other tables.
func (c *content) readTables(dir string) error {
	for _, info := range c.Manifest.Tables {
		if c.Files[info.File].Bytes > maxTableFile || len(c.Tables) == maxTables {
			c.omit("%s: %d rows", info.File, info.Rows)
			continue
		}
		if err := c.Verify(dir, info.File); err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.FromSlash(info.File))
		var err error
		if info.File == atomsTable {
			c.Atoms, err = atomsJSON(path)
		} else {
			err = c.addTable(path, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addTable reads the first rows of a table.
func (c *content) addTable(path string, info record.TableInfo) error {
	r, err := record.OpenTable(path)
	if err != nil {
		return err
	}
	defer r.Close()
	cols := r.Columns()
	if len(cols) > maxColumns {
		c.omit("%s: %d of %d columns", info.File, len(cols)-maxColumns, len(cols))
		cols = cols[:maxColumns]
	}
	t := table{Name: strings.TrimSuffix(info.File, ".parquet"), All: r.Rows(), Open: r.Rows() <= 30}
	for i, col := range cols {
		head := col.Name
		if i < len(info.Columns) && info.Columns[i].Unit != "" && !strings.HasSuffix(head, "_us") {
			head += " [" + info.Columns[i].Unit + "]"
		}
		t.Heads = append(t.Heads, head)
	}
	for len(t.Rows) < maxRows {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		cells := make([]string, len(cols))
		for i, col := range cols {
			cells[i] = cell(col.Kind, row[i])
		}
		t.Rows = append(t.Rows, cells)
	}
	c.Tables = append(c.Tables, t)
	return nil
}

// cell prints a value of a table.
func cell(k record.Kind, v parquet.Value) string {
	switch k {
	case record.Float64:
		return number(v.Double())
	case record.Float32:
		return number(float64(v.Float()))
	}
	text := v.String()
	if len(text) > maxCell {
		text = strings.ToValidUTF8(text[:maxCell], "") + "…"
	}
	return text
}
