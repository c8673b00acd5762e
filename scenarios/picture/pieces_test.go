package picture

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"infomorph/internal/plot"
	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// configCases are figures of a run and the figures of the plotting library for them.
var configCases = map[string]struct {
	figure journal.Figure
	want   plot.Config
}{
	"gallery": {
		journal.Gallery{Title: "Recall", Width: 2, Height: 1, Heads: []string{"stored", "cue"}, Rows: []journal.GalleryRow{
			{Name: "A", Tiles: [][]float32{{1, -1}, {0.5, -0.25}}, Notes: []string{"", "0.75"}},
			{Name: "B", Tiles: [][]float32{{-1, 1}}},
		}},
		&plot.GalleryConfig{Title: "Recall", Width: 2, Height: 1, Columns: []string{"stored", "cue"}, Rows: []plot.GalleryRow{
			{Name: "A", Patterns: [][]float64{{1, -1}, {0.5, -0.25}}, Captions: []string{"", "0.75"}},
			{Name: "B", Patterns: [][]float64{{-1, 1}}},
		}},
	},
	"lines": {
		journal.Lines{Title: "Curve", X: "load", Y: "overlap", LogX: true, Direct: true, Note: "bars: error",
			Series: []journal.Series{{Name: "a", X: []float64{1, 10}, Y: []float64{0.5, 1}, Low: []float64{0, 0.5}, High: []float64{1, 1}, Strong: true, Each: [][]float64{{0.25, 0.75}, {1}}}},
			Dashed: []journal.Reference{{Name: "chance", Y: 0.5}, {Name: "theory", Y: 0.75}}},
		&plot.LinesConfig{Title: "Curve", XLabel: "load", YLabel: "overlap", Zero: true, LogX: true, Names: true, Markers: true, Note: "bars: error",
			Series:     []plot.Series{{Name: "a", X: []float64{1, 10}, Y: []float64{0.5, 1}, Low: []float64{0, 0.5}, High: []float64{1, 1}, Strong: true, Each: [][]float64{{0.25, 0.75}, {1}}}},
			References: []plot.Reference{{Name: "chance", Y: 0.5}, {Name: "theory", Y: 0.75}}},
	},
	"lines over time": {
		journal.Lines{Y: "rate", Timed: true, Alike: true, Marks: []journal.Mark{{Seconds: 1.5, Name: "recall", Phase: true}, {Seconds: 2, Name: "noise"}}},
		&plot.LinesConfig{YLabel: "rate", Zero: true, Timed: true, Alike: true, Marks: []plot.Mark{{Seconds: 1.5, Name: "recall", Phase: true}, {Seconds: 2, Name: "noise"}}},
	},
	"lines at names": {
		journal.Lines{Ticks: []string{"hebb", "pid"}},
		&plot.LinesConfig{Zero: true, Ticks: []string{"hebb", "pid"}},
	},
	"matrix": {
		journal.Matrix{Title: "Weights", X: "from", Y: "to", Value: "weight", Cells: [][]float64{{1, 2, 3}, {4, 5, 6}}, Rows: []string{"p", "q"}},
		&plot.MatrixConfig{Title: "Weights", XLabel: "from", YLabel: "to", Value: "weight", Rows: 2, Cols: 3, Values: []float64{1, 2, 3, 4, 5, 6}, RowNames: []string{"p", "q"}},
	},
	"raster": {
		journal.Raster{Title: "Spikes", Neurons: 2, Spikes: []neuron.Spike{{Time: 7, Source: 1, Value: -1}}, Marks: []journal.Mark{{Seconds: 0.25, Name: "train", Phase: true}}},
		&plot.RasterConfig{Title: "Spikes", Spikes: []neuron.Spike{{Time: 7, Source: 1, Value: -1}}, Marks: []plot.Mark{{Seconds: 0.25, Name: "train", Phase: true}}},
	},
	"fields": {
		journal.Fields{Title: "Fields", Width: 2, Height: 1, Names: []string{"n0"}, Tiles: [][]float64{{0.5, -0.25}}},
		&plot.FieldsConfig{Title: "Fields", Width: 2, Height: 1, Names: []string{"n0"}, Fields: [][]float64{{0.5, -0.25}}, OwnScale: true},
	},
	"map": {
		journal.Map{Title: "Share", X: "rate", Y: "load", Value: "learned", Rows: []string{"1"}, Columns: []string{"2", "3"}, Cells: [][]float64{{0.25, 0.75}}},
		&plot.MapConfig{Title: "Share", XLabel: "rate", YLabel: "load", Value: "learned", Rows: []string{"1"}, Columns: []string{"2", "3"}, Values: [][]float64{{0.25, 0.75}}},
	},
	"confusion": {
		journal.Confusion{Title: "Answers", Names: []string{"yes", "no"}, Counts: [][]float64{{7, 1}, {2, 9}}},
		&plot.ConfusionConfig{Title: "Answers", Labels: []string{"yes", "no"}, Counts: [][]int{{7, 1}, {2, 9}}},
	},
	"nothing in it": {journal.Matrix{}, &plot.MatrixConfig{}},
}

func TestConfigOfEveryFigure(t *testing.T) {
	for name, c := range configCases {
		if got, err := Config(c.figure); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v\n%+v, want\n%+v", name, err, got, c.want)
		}
	}
	if _, err := Config(nil); err == nil || err.Error() != "no way to draw a <nil>" {
		t.Errorf("no figure: %v", err)
	}
}

// TestMarkers: points have markers if there are few enough, fewer if there is a band. If
// one curve has few points, all curves have markers.
func TestMarkers(t *testing.T) {
	curve := func(n int, band bool) journal.Series {
		s := journal.Series{X: make([]float64, n), Y: make([]float64, n)}
		if band {
			s.Low, s.High = make([]float64, n), make([]float64, n)
		}
		return s
	}
	for name, c := range map[string]struct {
		series []journal.Series
		want   bool
	}{
		"no curve":               {nil, false},
		"one point":              {[]journal.Series{curve(1, false)}, true},
		"as many as there may":   {[]journal.Series{curve(40, false)}, true},
		"one too many":           {[]journal.Series{curve(41, false)}, false},
		"band, few":              {[]journal.Series{curve(20, true)}, true},
		"band, one too many":     {[]journal.Series{curve(21, true)}, false},
		"band, far too many":     {[]journal.Series{curve(41, true)}, false},
		"few before many":        {[]journal.Series{curve(3, false), curve(100, false)}, true},
		"few after many":         {[]journal.Series{curve(100, false), curve(3, false)}, true},
		"many, and many, banded": {[]journal.Series{curve(100, false), curve(30, true)}, false},
	} {
		if got := linesOf(journal.Lines{Series: c.series}).Markers; got != c.want {
			t.Errorf("%s: marked %v", name, got)
		}
	}
}

func TestGalleryRows(t *testing.T) {
	rows := []journal.GalleryRow{{Name: "A"}, {Name: "B"}, {Name: "C"}}
	for shown := range 4 {
		g := Gallery(journal.Gallery{Rows: rows}, shown)
		if len(g.Rows) != shown || g.Hidden != 3-shown {
			t.Errorf("%d shown: %d rows, %d hidden", shown, len(g.Rows), g.Hidden)
		}
		for i, row := range g.Rows {
			if row.Name != rows[i].Name {
				t.Errorf("%d shown: row %d is %s", shown, i, row.Name)
			}
		}
	}
}

// other is a figure with its own table.
type other struct {
	plot.Config
	columns []string
	rows    [][]any
}

func (o other) Table() ([]string, [][]any) { return o.columns, o.rows }

func TestFigureTable(t *testing.T) {
	var b strings.Builder
	err := writeFigureTable(&b, other{columns: []string{"name", "value"}, rows: [][]any{
		{"a", 0.1}, {nil, 1e21}, {"", math.NaN()}, {`say "x", y`, 3}, {"=1+2", -0.25}, {"-70mV", true}, {"=cmd()", float32(0.5)},
	}})
	want := "name,value\na,0.1\n,1e+21\n,NaN\n\"say \"\"x\"\", y\",3\n'=1+2,-0.25\n-70mV,true\n'=cmd(),0.5\n"
	if err != nil || b.String() != want {
		t.Errorf("%v\n%s\nwant\n%s", err, b.String(), want)
	}
}

// full is a disk with room for some bytes.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.room {
		return 0, os.ErrInvalid
	}
	f.room -= len(p)
	return len(p), nil
}

// TestFullDisk: an error in writing is returned.
func TestFullDisk(t *testing.T) {
	cfg := &plot.MatrixConfig{Rows: 1, Cols: 1, Values: []float64{1}}
	long := other{columns: []string{"a"}, rows: [][]any{{strings.Repeat("x", 10000)}, {"y"}}}
	for name, write := range map[string]func(io.Writer) error{
		"figure":     func(w io.Writer) error { return writeFigure(w, cfg, "") },
		"table":      func(w io.Writer) error { return writeFigureTable(w, cfg) },
		"long table": func(w io.Writer) error { return writeFigureTable(w, long) },
	} {
		if err := write(&full{}); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if err := write(&full{100000}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFilesWritten: the files in order of their names, and a description from which the
// figure can be drawn again.
func TestFilesWritten(t *testing.T) {
	figure := journal.Matrix{Title: "Weights", Cells: [][]float64{{1, 2}}}
	files, err := Files("w", figure, "Of run 3.")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "w.csv w.json w.png w.svg" {
		t.Errorf("files %s", got)
	}
	text := string(files[1].Data)
	var told struct{ Kind, Text string }
	if err := json.Unmarshal(files[1].Data, &told); err != nil || !strings.HasSuffix(told.Text, ". Of run 3.") {
		t.Errorf("%v: %s", err, text)
	}
	if !strings.HasSuffix(text, "}\n") || strings.HasSuffix(text, "\n\n") {
		t.Errorf("the description ends in %q", text[len(text)-3:])
	}
	again, err := plot.Decode(files[1].Data)
	if want, _ := Config(figure); err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("%v: read again %+v, want %+v", err, again, want)
	}
}

// TestNotDrawn: a figure that cannot be drawn gives an error and no empty file.
func TestNotDrawn(t *testing.T) {
	for name, figure := range map[string]journal.Figure{
		"none":               nil,
		"a field of no size": journal.Fields{Tiles: [][]float64{{1}}},
		"too few cells":      journal.Fields{Width: 2, Height: 2, Tiles: [][]float64{{1}}},
		"uneven gallery":     journal.Gallery{Width: 2, Height: 2, Heads: []string{"a"}, Rows: []journal.GalleryRow{{Tiles: [][]float32{{1}}}}},
	} {
		if files, err := Files(name, figure, ""); err == nil || files != nil {
			t.Errorf("%s: %d files, %v", name, len(files), err)
		}
	}
}

// odd is a figure that can be drawn but not described.
type odd struct {
	plot.LinesConfig
	C chan int
}

// TestNotDescribed: a figure whose description cannot be written has no files.
func TestNotDescribed(t *testing.T) {
	cfg := &odd{C: make(chan int)}
	cfg.Series = []plot.Series{{Name: "a", X: []float64{1, 2}, Y: []float64{1, 2}}}
	if err := writeFigure(io.Discard, cfg, ""); err == nil {
		t.Error("a figure that JSON does not have is described")
	}
	if files, err := FilesOf("a", cfg, ""); err == nil || files != nil {
		t.Errorf("%d files, %v", len(files), err)
	}
}
