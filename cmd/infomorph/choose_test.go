package main

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"infomorph/internal/plot"
	"infomorph/internal/table"
	"infomorph/neuron"
)

// says compares an error with what it should say; "" is no error.
func says(t *testing.T, what string, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// TestNumberLists: numbers and ranges, both ends counted.
func TestNumberLists(t *testing.T) {
	for _, c := range []struct {
		text string
		want []int
	}{
		{"3", []int{3}},
		{"0-2", []int{0, 1, 2}},
		{"0-2, 20", []int{0, 1, 2, 20}},
		{"7,1-1,2-4", []int{1, 2, 3, 4, 7}},
		{"1-3,2-5", []int{1, 2, 3, 4, 5}},
	} {
		got, err := numberList(c.text)
		if list := slices.Sorted(maps.Keys(got)); err != nil || !slices.Equal(list, c.want) {
			t.Errorf("%q: got %v, %v; want %v", c.text, list, err, c.want)
		}
	}
	if got, err := numberList(""); got != nil || err != nil {
		t.Errorf("nothing: got %v, %v", got, err)
	}
	for _, text := range []string{"x", "1-", "-1", "2-1", "1,,2", "1.5", "0-1000001", "1-2-3", ","} {
		_, err := numberList(text)
		says(t, text, err, "--neurons "+text+": expected numbers and ranges, such as 0-9,20")
	}
	if got, err := numberList("0-1000000"); err != nil || len(got) != 1000001 {
		t.Errorf("a million: got %d, %v", len(got), err)
	}
}

// TestLengths: units, names, and the least and greatest length of a page [mm].
func TestLengths(t *testing.T) {
	const mm = 72 / 25.4 // points
	for text, want := range map[string]float64{
		"85mm": 85, "8.5cm": 85, "2in": 50.8, "144pt": 50.8, "20mm": 20, "2000mm": 2000, "200cm": 2000, " 30 mm": 30, "single": 85, "double": 178,
	} {
		got, err := length("--width", text)
		if err != nil || !(math.Abs(float64(got)-want*mm) <= 1e-6) {
			t.Errorf("%q: got %v pt, %v; want %v", text, float64(got), err, want*mm)
		}
	}
	for _, text := range []string{"", "85", "mm", "19.9mm", "2000.1mm", "-85mm", "NaNmm", "Infcm", "85km", "85 mm wide", "0in", "triple", "1e9pt"} {
		_, err := length("--height", text)
		says(t, text, err, "--height "+text+": expected a length from 20mm to 2000mm, such as 85mm, 8.5cm, 3.3in or 240pt, or single or double")
	}
}

// TestPlotTargets: the format follows --format, else the file's name, else is svg.
func TestPlotTargets(t *testing.T) {
	for _, c := range []struct{ out, format, wantFormat, wantOut, refusal string }{
		{"", "", "svg", "atoms.svg", ""},
		{"", "pdf", "pdf", "atoms.pdf", ""},
		{"x.png", "", "png", "x.png", ""},
		{"x.PDF", "", "pdf", "x.PDF", ""},
		{"x.png", "svg", "svg", "x.png", ""},
		{"x", "", "svg", "x", ""},
		{"-", "", "svg", "-", ""},
		{"-", "pdf", "pdf", "-", ""},
		{"x.gif", "", "", "", `format "gif": expected svg, pdf or png`},
		{"", "jpg", "", "", `format "jpg": expected svg, pdf or png`},
	} {
		f := &plotFlags{out: c.out, format: c.format}
		format, out, err := f.target("atoms")
		says(t, fmt.Sprintf("%+v", c), err, c.refusal)
		if format != c.wantFormat || out != c.wantOut {
			t.Errorf("--out %q --format %q: got %q, %q", c.out, c.format, format, out)
		}
	}
}

// aRaster has a spike of neuron 0 to 3 at 10, 20, 30 and 40 ms.
func aRaster() *plot.RasterConfig {
	c := &plot.RasterConfig{}
	for i := range 4 {
		c.Spikes = append(c.Spikes, neuron.Spike{Source: neuron.ID(i), Time: neuron.Time(10000 * (i + 1))})
	}
	return c
}

// TestRasterChoice: the ends of a span belong to it.
func TestRasterChoice(t *testing.T) {
	const none = "no spike is left: the figure has spikes from 10ms to 40ms; the table spikes has all spikes that record.spikes keeps"
	for _, c := range []struct {
		from, to time.Duration
		neurons  string
		want     []neuron.ID
		refusal  string
	}{
		{0, 0, "", []neuron.ID{0, 1, 2, 3}, ""},
		{20 * time.Millisecond, 0, "", []neuron.ID{1, 2, 3}, ""},
		{20 * time.Millisecond, 30 * time.Millisecond, "", []neuron.ID{1, 2}, ""},
		{0, 10 * time.Millisecond, "", []neuron.ID{0}, ""},
		{0, 0, "1,3", []neuron.ID{1, 3}, ""},
		{15 * time.Millisecond, 35 * time.Millisecond, "0,2-3", []neuron.ID{2}, ""},
		{0, 0, "4-9", nil, none},
		{41 * time.Millisecond, 0, "", nil, none},
		{0, 9 * time.Millisecond, "", nil, none},
		{0, 0, "x", []neuron.ID{0, 1, 2, 3}, "--neurons x: expected numbers and ranges, such as 0-9,20"},
		{time.Second, time.Second, "", []neuron.ID{0, 1, 2, 3}, "--from 1s --to 1s: expected a span of time"},
		{time.Second, time.Millisecond, "", []neuron.ID{0, 1, 2, 3}, "--from 1s --to 1ms: expected a span of time"},
		{-time.Second, 0, "", []neuron.ID{0, 1, 2, 3}, "--from -1s --to 0s: expected a span of time"},
	} {
		cfg := aRaster()
		without, err := (&plotFlags{from: c.from, to: c.to, neurons: c.neurons}).choose(cfg)
		var got []neuron.ID
		for _, s := range cfg.Spikes {
			got = append(got, s.Source)
		}
		says(t, fmt.Sprintf("%+v", c), err, c.refusal)
		if !slices.Equal(got, c.want) || without != nil {
			t.Errorf("%v to %v of %q: left %v, no effect %q", c.from, c.to, c.neurons, got, without)
		}
	}
	if _, err := (&plotFlags{neurons: "3"}).choose(&plot.RasterConfig{}); err != nil {
		t.Errorf("a raster without spikes: %v", err)
	}
}

// TestChoiceWithoutEffect: a flag that has no effect on a figure is reported.
func TestChoiceWithoutEffect(t *testing.T) {
	const timed, numbered, all = "--from and --to have no effect: the figure has no axis of simulated time",
		"--neurons has no effect: the figure shows no single neurons", "--all has no effect: the figure shows everything already"
	f := &plotFlags{from: time.Second, neurons: "0", all: true}
	line := plot.Series{X: []float64{0, 1, 2}, Y: []float64{5, 6, 7}}
	rows := plot.MatrixConfig{Rows: 2, Cols: 1, Values: []float64{1, 2}}
	ofNeurons, postsynaptic := rows, rows
	ofNeurons.YLabel, postsynaptic.YLabel = "neuron", "postsynaptic neuron"
	for i, c := range []struct {
		cfg  plot.Config
		want []string
	}{
		{aRaster(), []string{all}},
		{&plot.LinesConfig{Series: []plot.Series{line}}, []string{timed, numbered, all}},
		{&plot.LinesConfig{Series: []plot.Series{line}, Timed: true}, []string{numbered, all}},
		{&plot.LinesConfig{Series: []plot.Series{line}, Alike: true}, []string{timed, all}},
		{&rows, []string{timed, numbered, all}},
		{&ofNeurons, []string{timed, all}},
		{&postsynaptic, []string{timed, all}},
		{&plot.FieldsConfig{Width: 1, Height: 1, Fields: [][]float64{{1}, {2}}}, []string{timed, all}},
		{&plot.FieldsConfig{Width: 1, Height: 1, Fields: slices.Repeat([][]float64{{1}}, plot.MaxFields+1)}, []string{timed, all}},
	} {
		f := *f
		if _, ok := c.cfg.(*plot.RasterConfig); ok {
			f.from = time.Millisecond
		}
		got, err := f.choose(c.cfg)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("figure %d, %T: no effect\n%s\n%v; want\n%s", i, c.cfg, strings.Join(got, "\n"), err, strings.Join(c.want, "\n"))
		}
	}
}

// TestPanelsChoice: of several panels a flag must have an effect on one.
func TestPanelsChoice(t *testing.T) {
	still := func() plot.Config { return &plot.MatrixConfig{Rows: 1, Cols: 1, Values: []float64{1}} }
	f := &plotFlags{from: time.Millisecond, title: "mine"}
	one, two := aRaster(), still()
	says(t, "a raster and a matrix", f.chooseAll([]plot.Config{one, two}), "")
	if *one.Heading() != "mine" || *two.Heading() != "mine" {
		t.Errorf("titles %q, %q", *one.Heading(), *two.Heading())
	}
	says(t, "two matrices", f.chooseAll([]plot.Config{still(), still()}), "--from and --to have no effect: the figure has no axis of simulated time")
	f = &plotFlags{title: "none"}
	one.Title = "old"
	says(t, "no title", f.chooseAll([]plot.Config{one}), "")
	if one.Title != "" {
		t.Errorf("--title none leaves %q", one.Title)
	}
	f = &plotFlags{}
	one.Title = "old"
	if says(t, "nothing chosen", f.chooseAll([]plot.Config{one}), ""); one.Title != "old" {
		t.Errorf("without --title: %q", one.Title)
	}
}

// TestLinesChoice: points outside the span go with their bands; curves keep names.
func TestLinesChoice(t *testing.T) {
	line := func(name string, y float64) plot.Series {
		return plot.Series{Name: name, X: []float64{0, 1, 2, 3}, Y: []float64{y, y + 1, y + 2, y + 3}, Low: []float64{0, 1, 2, 3}, High: []float64{9, 8, 7, 6}}
	}
	cfg := &plot.LinesConfig{Timed: true, Alike: true, Series: []plot.Series{line("a", 10), line("b", 20), line("c", 30)}}
	f := &plotFlags{from: time.Second, to: 2 * time.Second, neurons: "0,2"}
	if without, err := f.choose(cfg); err != nil || without != nil {
		t.Fatal(without, err)
	}
	for i, want := range []plot.Series{{Name: "a", Y: []float64{11, 12}}, {Name: "c", Y: []float64{31, 32}}} {
		got := cfg.Series[i]
		if got.Name != want.Name || !slices.Equal(got.Y, want.Y) || !slices.Equal(got.X, []float64{1, 2}) || !slices.Equal(got.Low, []float64{1, 2}) || !slices.Equal(got.High, []float64{8, 7}) {
			t.Errorf("curve %d: %+v", i, got)
		}
	}
	if len(cfg.Series) != 2 {
		t.Errorf("%d curves", len(cfg.Series))
	}
	says(t, "no curve", linesOf(cfg, map[int]bool{2: true}), "--neurons: the figure has neurons 0 to 1")
	says(t, "no point", cutLines(&plot.LinesConfig{Series: []plot.Series{line("a", 1)}}, 3.5, 0), "--from and --to: nothing of the figure is left")
}

// TestRowsChoice: rows and fields that are left keep their numbers and names.
func TestRowsChoice(t *testing.T) {
	m := &plot.MatrixConfig{Rows: 3, Cols: 2, Values: []float64{1, 2, 3, 4, 5, 6}, RowNames: []string{"x"}}
	says(t, "rows", rowsOf(m, map[int]bool{0: true, 2: true, 9: true}), "")
	if m.Rows != 2 || !slices.Equal(m.Values, []float64{1, 2, 5, 6}) || !slices.Equal(m.RowNames, []string{"x", "2"}) {
		t.Errorf("rows 0 and 2: %+v", m)
	}
	says(t, "no row", rowsOf(m, map[int]bool{2: true}), "--neurons: the figure has neurons 0 to 1")
	f := &plot.FieldsConfig{Fields: [][]float64{{1}, {2}, {3}}, Names: []string{"a", "b"}}
	says(t, "fields", fieldsOf(f, map[int]bool{1: true, 2: true}), "")
	if len(f.Fields) != 2 || f.Fields[0][0] != 2 || f.Fields[1][0] != 3 || !slices.Equal(f.Names, []string{"b"}) {
		t.Errorf("fields 1 and 2: %+v", f)
	}
	says(t, "no field", fieldsOf(f, map[int]bool{5: true}), "--neurons: the figure has fields 0 to 1")
}

// TestSizes: what cannot be a size of a figure.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		f    plotFlags
		want string
	}{
		{plotFlags{dpi: 49}, "--dpi 49: expected 50 to 1200"},
		{plotFlags{dpi: 1201}, "--dpi 1201: expected 50 to 1200"},
		{plotFlags{dpi: 50}, ""},
		{plotFlags{dpi: 1200}, ""},
		{plotFlags{dpi: 300, height: "50mm"}, "--height needs --width"},
		{plotFlags{dpi: 300, width: "1mm"}, "--width 1mm: expected a length from 20mm to 2000mm, such as 85mm, 8.5cm, 3.3in or 240pt, or single or double"},
		{plotFlags{dpi: 300, width: "single", height: "tall"}, "--height tall: expected a length from 20mm to 2000mm, such as 85mm, 8.5cm, 3.3in or 240pt, or single or double"},
	} {
		_, err := c.f.sized(aRaster())
		says(t, fmt.Sprintf("%+v", c.f), err, c.want)
	}
	two, names := []plot.Config{aRaster(), aRaster()}, []string{"raster", "raster"}
	const one = "--height and --title are for one figure; panels have the height that they need"
	for want, f := range map[string]plotFlags{one: {dpi: 300, height: "50mm"}, "": {dpi: 300, title: "none"}} {
		_, err := f.figure(names, two)
		says(t, "two panels", err, want)
	}
	_, err := (&plotFlags{dpi: 300, title: "mine"}).figure(names, two)
	says(t, "a title of two panels", err, one)
}

// TestExportedCells: numbers of CSV files are numbers of JSON, however they are
// written; what JSON has no number for is null, and texts are quoted.
func TestExportedCells(t *testing.T) {
	const text = "a,b\n1.5,x\n-3,\"say \"\"hi\"\"\"\n+5,\n.5,Inf\n007,-inf\n2.,true\n1e-3,<a & b>\n1e400,0x10\n"
	cells, err := table.Open(strings.NewReader(text), table.Options{Name: "t.csv", Header: "yes", Separator: ','})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	w := bufio.NewWriter(&b)
	if err := errors.Join(writeJSONLines(w, cells), w.Flush()); err != nil {
		t.Fatal(err)
	}
	printed(t, "a table as JSON", b.String(), `
{"a": 1.5, "b": "x"}
{"a": -3, "b": "say \"hi\""}
{"a": 5, "b": ""}
{"a": 0.5, "b": null}
{"a": 7, "b": null}
{"a": 2, "b": true}
{"a": 1e-3, "b": "\u003ca \u0026 b\u003e"}
{"a": "1e400", "b": "0x10"}
`)
}
