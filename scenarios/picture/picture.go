// Package picture draws the figures of a run. It converts figures of package journal to
// those of the plotting library, and to files.
package picture

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"infomorph/internal/guard"
	"infomorph/internal/plot"
	"infomorph/scenarios/journal"
)

// File is one file in the folder of pictures.
type File struct {
	Name string
	Data []byte
}

// Files draws one figure with a name, as PNG and SVG. It adds the data as a table (.csv)
// and everything that is needed to draw it again (.json). The note is more information
// about the picture, such as its run.
func Files(name string, f journal.Figure, note string) ([]File, error) {
	cfg, err := Config(f)
	if err != nil {
		return nil, err
	}
	return FilesOf(name, cfg, note)
}

// FilesOf is Files for a figure of the plotting library.
func FilesOf(name string, cfg plot.Config, note string) ([]File, error) {
	figure, err := cfg.Draw()
	if err != nil {
		return nil, err
	}
	writers := map[string]func(io.Writer) error{
		".png": figure.PNG, ".svg": figure.SVG,
		".csv":  func(w io.Writer) error { return writeFigureTable(w, cfg) },
		".json": func(w io.Writer) error { return writeFigure(w, cfg, note) },
	}
	var all []File
	for _, ext := range slices.Sorted(maps.Keys(writers)) {
		var b bytes.Buffer
		if err := writers[ext](&b); err != nil {
			return nil, err
		}
		all = append(all, File{name + ext, b.Bytes()})
	}
	return all, nil
}

func writeFigure(w io.Writer, cfg plot.Config, note string) error {
	data, err := plot.Encode(cfg, note)
	if err == nil {
		_, err = w.Write(append(data, '\n'))
	}
	return err
}

// writeFigureTable writes the data of a picture as a table.
func writeFigureTable(w io.Writer, cfg plot.Config) error {
	columns, rows := cfg.Table()
	out := csv.NewWriter(w)
	err := out.Write(columns)
	record := make([]string, len(columns))
	for _, row := range rows {
		for i, v := range row {
			switch v := v.(type) {
			case nil:
				record[i] = ""
			case int:
				record[i] = strconv.Itoa(v)
			case float64:
				record[i] = strconv.FormatFloat(v, 'g', -1, 64)
			case string:
				record[i] = guard.Cell(v)
			default:
				record[i] = fmt.Sprint(v)
			}
		}
		err = errors.Join(err, out.Write(record))
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

// Config converts a figure to the type of the plotting library.
func Config(f journal.Figure) (plot.Config, error) {
	switch f := f.(type) {
	case journal.Gallery:
		cfg := Gallery(f, len(f.Rows))
		return &cfg, nil
	case journal.Lines:
		cfg := linesOf(f)
		return &cfg, nil
	case journal.Matrix:
		cfg := matrixOf(f)
		return &cfg, nil
	case journal.Raster:
		return &plot.RasterConfig{Title: f.Title, Spikes: f.Spikes, Marks: marksOf(f.Marks)}, nil
	case journal.Fields:
		return &plot.FieldsConfig{Title: f.Title, Width: f.Width, Height: f.Height, Fields: f.Tiles, Names: f.Names, OwnScale: true}, nil
	case journal.Map:
		return &plot.MapConfig{Title: f.Title, XLabel: f.X, YLabel: f.Y, Rows: f.Rows, Columns: f.Columns, Values: f.Cells, Value: f.Value}, nil
	case journal.Confusion:
		cfg := confusionOf(f)
		return &cfg, nil
	}
	return nil, fmt.Errorf("no way to draw a %T", f)
}

// Gallery converts the first rows of a gallery to the type of the plotting library.
func Gallery(g journal.Gallery, rows int) plot.GalleryConfig {
	cfg := plot.GalleryConfig{Title: g.Title, Width: g.Width, Height: g.Height, Columns: g.Heads, Hidden: len(g.Rows) - rows, Compared: g.Compared}
	for _, row := range g.Rows[:rows] {
		tiles := make([][]float64, len(row.Tiles))
		for k, t := range row.Tiles {
			tiles[k] = make([]float64, len(t))
			for i, v := range t {
				tiles[k][i] = float64(v)
			}
		}
		cfg.Rows = append(cfg.Rows, plot.GalleryRow{Name: row.Name, Patterns: tiles, Captions: row.Notes})
	}
	return cfg
}

func linesOf(l journal.Lines) plot.LinesConfig {
	cfg := plot.LinesConfig{Title: l.Title, XLabel: l.X, YLabel: l.Y, Zero: true, Ticks: l.Ticks, LogX: l.LogX,
		Timed: l.Timed, Marks: marksOf(l.Marks), Alike: l.Alike, Names: l.Direct, Note: l.Note}
	for _, s := range l.Series {
		cfg.Series = append(cfg.Series, plot.Series{Name: s.Name, X: s.X, Y: s.Y, Low: s.Low, High: s.High, Strong: s.Strong, Each: s.Each})
		cfg.Markers = cfg.Markers || len(s.X) <= 40 && (s.Low == nil || len(s.X) <= 20)
	}
	for _, r := range l.Dashed {
		cfg.References = append(cfg.References, plot.Reference{Name: r.Name, Y: r.Y})
	}
	return cfg
}

func marksOf(marks []journal.Mark) (out []plot.Mark) {
	for _, m := range marks {
		out = append(out, plot.Mark(m))
	}
	return out
}

func matrixOf(m journal.Matrix) plot.MatrixConfig {
	cfg := plot.MatrixConfig{Title: m.Title, XLabel: m.X, YLabel: m.Y, Value: m.Value, RowNames: m.Rows, Rows: len(m.Cells)}
	for _, row := range m.Cells {
		cfg.Cols = len(row)
		cfg.Values = append(cfg.Values, row...)
	}
	return cfg
}

func confusionOf(c journal.Confusion) plot.ConfusionConfig {
	cfg := plot.ConfusionConfig{Title: c.Title, Labels: c.Names}
	for _, row := range c.Counts {
		whole := make([]int, len(row))
		for i, v := range row {
			whole[i] = int(v)
		}
		cfg.Counts = append(cfg.Counts, whole)
	}
	return cfg
}
