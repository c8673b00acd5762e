package picture

import (
	"bytes"
	"encoding/csv"
	"image/png"
	"strings"
	"testing"

	"infomorph/internal/plot"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// TestFiles draws a figure of every kind. The picture can be opened, and the table has
// the data.
func TestFiles(t *testing.T) {
	for name, c := range map[string]struct {
		figure journal.Figure
		cell   string // that must be in the table
	}{
		"gallery":   {journal.Gallery{Title: "g", Width: 2, Height: 1, Heads: []string{"stored"}, Rows: []journal.GalleryRow{{Name: "A", Tiles: [][]float32{{1, -1}}, Notes: []string{"0.75"}}}}, "-1"},
		"lines":     {journal.Lines{Title: "l", X: "x", Y: "y", Series: []journal.Series{{Name: "curve", X: []float64{1, 2}, Y: []float64{0.125, 3}}}}, "0.125"},
		"matrix":    {journal.Matrix{Title: "m", Cells: [][]float64{{1, 2.5}, {-3, 4}}}, "2.5"},
		"raster":    {journal.Raster{Title: "r", Neurons: 3, Spikes: []neuron.Spike{{Time: 5, Source: 2, Value: 1}}}, "2"},
		"fields":    {journal.Fields{Title: "f", Width: 2, Height: 1, Names: []string{"n0"}, Tiles: [][]float64{{0.5, -0.25}}}, "-0.25"},
		"map":       {journal.Map{Title: "p", Rows: []string{"a"}, Columns: []string{"b", "c"}, Cells: [][]float64{{0.25, 0.75}}}, "0.75"},
		"confusion": {journal.Confusion{Title: "c", Names: []string{"yes", "no"}, Counts: [][]float64{{7, 1}, {2, 9}}}, "9"},
	} {
		files, err := Files(name, c.figure, "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		by := map[string][]byte{}
		for _, f := range files {
			by[strings.TrimPrefix(f.Name, name)] = f.Data
		}
		if len(by) != 4 {
			t.Errorf("%s: %d files", name, len(by))
		}
		if img, err := png.Decode(bytes.NewReader(by[".png"])); err != nil || img.Bounds().Dx() < 50 {
			t.Errorf("%s: no picture: %v", name, err)
		}
		if !bytes.Contains(by[".svg"], []byte("<svg")) || !bytes.Contains(by[".json"], []byte(`"`)) {
			t.Errorf("%s: no drawing, or nothing to draw it again from", name)
		}
		rows, err := csv.NewReader(bytes.NewReader(by[".csv"])).ReadAll()
		if err != nil || len(rows) < 2 || !strings.Contains(string(by[".csv"]), c.cell) {
			t.Errorf("%s: %v, table\n%s", name, err, by[".csv"])
		}
	}
}

func TestConfig(t *testing.T) {
	if cfg, err := Config(nil); err == nil {
		t.Errorf("a figure of nothing: %v", cfg)
	}
	rows := []journal.GalleryRow{{Name: "A"}, {Name: "B"}, {Name: "C"}}
	if g := Gallery(journal.Gallery{Rows: rows}, 2); len(g.Rows) != 2 || g.Hidden != 1 {
		t.Errorf("%d rows, %d hidden", len(g.Rows), g.Hidden)
	}
	cfg, err := Config(journal.Confusion{Names: []string{"a"}, Counts: [][]float64{{3}}})
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := cfg.(*plot.ConfusionConfig); !ok || c.Counts[0][0] != 3 {
		t.Errorf("%+v", cfg)
	}
}
