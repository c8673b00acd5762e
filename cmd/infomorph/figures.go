package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"infomorph/internal/plot"
	"infomorph/scenarios"
)

// savePictures draws every figure of a run into plots/: as PNG, and curves as
// SVG too. Drawing takes longer than a short run, so it uses all cores.
func (j *journal) savePictures(r *result) error {
	drawn := make([][]picture, len(r.figures))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range r.figures {
		group.Go(func() (err error) {
			if drawn[i], err = pictures(f); err != nil {
				err = fmt.Errorf("picture %s: %w", f.name, err)
			}
			return err
		})
	}
	err := group.Wait()
	for _, files := range drawn {
		for _, p := range files {
			err = errors.Join(err, j.rec.WriteFile(path.Join("plots", p.file), p.data))
		}
	}
	return err
}

// Picture implements scenarios.PictureJournal: it draws at once.
func (j *journal) Picture(name string, f scenarios.Figure) error {
	if j.rec == nil || j.lean {
		return nil
	}
	files, err := pictures(namedFigure{name, f})
	for _, p := range files {
		err = errors.Join(err, j.rec.WriteFile(path.Join("plots", p.file), p.data))
	}
	return err
}

// picture is a file of plots/.
type picture struct {
	file string
	data []byte
}

// pictures draws one figure.
func pictures(f namedFigure) ([]picture, error) {
	figure, err := drawFigure(f.figure)
	if err != nil {
		return nil, err
	}
	writers := map[string]func(io.Writer) error{".png": figure.PNG}
	if _, curves := f.figure.(scenarios.Lines); curves {
		writers[".svg"] = figure.SVG
	}
	var all []picture
	for _, ext := range slices.Sorted(maps.Keys(writers)) {
		var b bytes.Buffer
		if err := writers[ext](&b); err != nil {
			return nil, err
		}
		all = append(all, picture{f.name + ext, b.Bytes()})
	}
	return all, nil
}

// drawFigure draws what a task wants shown.
func drawFigure(f scenarios.Figure) (*plot.Figure, error) {
	switch f := f.(type) {
	case scenarios.Gallery:
		return plot.Gallery(galleryOf(f, len(f.Rows)))
	case scenarios.Lines:
		return plot.Lines(linesOf(f))
	case scenarios.Matrix:
		return plot.Matrix(matrixOf(f))
	case scenarios.Raster:
		return plot.Raster(plot.RasterConfig{Title: f.Title, Spikes: f.Spikes})
	case scenarios.Fields:
		return plot.Fields(plot.FieldsConfig{Title: f.Title, Width: f.Width, Height: f.Height, Fields: f.Tiles, Names: f.Names, OwnScale: true})
	case scenarios.Map:
		return plot.Map(plot.MapConfig{Title: f.Title, XLabel: f.X, YLabel: f.Y, Rows: f.Rows, Columns: f.Columns, Values: f.Cells})
	case scenarios.Confusion:
		return plot.Confusion(confusionOf(f))
	}
	return nil, fmt.Errorf("no way to draw a %T", f)
}

func galleryOf(g scenarios.Gallery, rows int) plot.GalleryConfig {
	cfg := plot.GalleryConfig{Title: g.Title, Width: g.Width, Height: g.Height, Columns: g.Heads, Hidden: len(g.Rows) - rows}
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

func linesOf(l scenarios.Lines) plot.LinesConfig {
	cfg := plot.LinesConfig{Title: l.Title, XLabel: l.X, YLabel: l.Y, Zero: true, Ticks: l.Ticks, LogX: l.LogX}
	for _, s := range l.Series {
		cfg.Series = append(cfg.Series, plot.Series{Name: s.Name, X: s.X, Y: s.Y, Low: s.Low, High: s.High})
		cfg.Markers = cfg.Markers || len(s.X) <= 40 && (s.Low == nil || len(s.X) <= 20)
	}
	for _, r := range l.Dashed {
		cfg.References = append(cfg.References, plot.Reference{Name: r.Name, Y: r.Y})
	}
	return cfg
}

func matrixOf(m scenarios.Matrix) plot.MatrixConfig {
	cfg := plot.MatrixConfig{Title: m.Title, XLabel: m.X, YLabel: m.Y, Rows: len(m.Cells)}
	for _, row := range m.Cells {
		cfg.Cols = len(row)
		cfg.Values = append(cfg.Values, row...)
	}
	return cfg
}

func confusionOf(c scenarios.Confusion) plot.ConfusionConfig {
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

// terminalRows is how many patterns of a gallery are shown as text.
const terminalRows = 4

// printGallery writes the first gallery as text.
func (r *result) printGallery(w io.Writer, width int, terminal bool) error {
	for _, f := range r.figures {
		g, ok := f.figure.(scenarios.Gallery)
		if !ok || len(g.Rows) == 0 {
			continue
		}
		color := terminal && os.Getenv("NO_COLOR") == ""
		text, err := plot.TextGallery(galleryOf(g, min(len(g.Rows), terminalRows)), plot.TextConfig{Columns: width, Color: color})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s\n%s\n", g.Title, text)
		return err
	}
	return nil
}
