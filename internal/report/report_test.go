package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"infomorph/internal/record"
	"infomorph/neuron"
)

const evil = `<script>alert("x")</script>&'`

const scenarioText = `name: little
description: '<script>alert("x")</script>&'''
seed: 7
`

// onePixel is a PNG.
const onePixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\b\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"

// folder writes a result folder with the given atoms rows, and what fill adds.
func folder(t *testing.T, rows []record.AtomsRow, fill func(*record.Run) error) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	r, err := record.Create(record.Options{
		Dir: dir, AtomNames: record.AtomNames(2),
		Provenance: record.Provenance{Scenario: "little", Command: []string{"/x/infomorph", "run", "a b.yaml"}, Seeds: map[string]uint64{"run": 7}},
	})
	if err != nil {
		t.Fatal(err)
	}
	err = r.WriteFile("scenario.yaml", []byte(scenarioText))
	for i := range rows {
		err = errors.Join(err, r.Atoms(&rows[i]))
	}
	if fill != nil {
		err = errors.Join(err, fill(r))
	}
	err = errors.Join(err, r.Close(
		map[string]float64{"good": 1, "bad": 0.75, "nan": math.NaN()},
		record.Final{StateHash: strings.Repeat("beef", 16), SimulatedUS: 1_500_000, Counts: map[string]int64{"neurons": 3}},
	))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// little is a folder with everything that a page can show.
func little(t *testing.T) string {
	return folder(t, history(40, 3), func(r *record.Run) error {
		return errors.Join(
			r.WriteFile("plots/curve.png", []byte(onePixel)),
			r.WriteFile("plots/curve.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 9"/></svg>`)),
			r.WriteFile("plots/only-png.png", []byte(onePixel)),
			r.Table("recall", []record.Column{{Name: evil, Kind: record.Text}, {Name: "x", Kind: record.Float64, Unit: "bit"}}, numbered(250)))
	})
}

func numbered(n int) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range n {
			if !yield([]any{evil, float64(i) / 4}) {
				return
			}
		}
	}
}

// history has neurons that are updated together; red is time + neuron.
func history(times, neurons int) []record.AtomsRow {
	var rows []record.AtomsRow
	for k := range times {
		for id := range neurons {
			red := float64(k) + float64(id)
			rows = append(rows, record.AtomsRow{
				Time: neuron.Time(k) * 1000, Neuron: neuron.ID(id), Update: int64(k), H: 1, HRes: 0.5, Goal: red, MI: 0.5,
				Atoms: []float64{0.1, -0.2, red, 0},
			})
		}
	}
	return rows
}

// verdicts are three, of which one passes.
func verdicts(map[string]float64) ([]Verdict, error) {
	return []Verdict{{"good", "≥ 0.5, ≤ 2", "1", true}, {"bad", "≤ 0.25", "0.75", false}, {"always gone", "≥ 0", "no such score", false}}, nil
}

func build(t *testing.T, dir string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Build(dir, verdicts, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	page := build(t, little(t))
	for _, want := range []string{
		"<h1>little</h1>", `id="verdicts"`, "2 of 3 expectations not met", "≥ 0.5, ≤ 2", "no such score", "not a number",
		`id="figures"`, `src="data:image/svg`, `src="data:image/png`, "only png", `id="atoms"`, `id="scores"`,
		"first 200 of 250 rows", "x [bit]", "49.75", "infomorph run &#39;a b.yaml&#39;", "infomorph run scenario.yaml",
		"beef", "1.5s simulated", "3 neurons", `id="provenance"`, "prefers-color-scheme: dark", "@media print",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, no := range []string{"<no value>", "ZgotmplZ", "alert(\"x\")</script>"} {
		if strings.Contains(page, no) {
			t.Errorf("has %q", no)
		}
	}
	if n := strings.Count(page, "<script"); n != 2 {
		t.Errorf("%d scripts, want the chart's data and its program", n)
	}
	if strings.Count(page, "<img") != 2 {
		t.Error("want each figure once, as SVG where there is one")
	}
	if bytes.Contains([]byte(page), []byte(onePixel)) {
		t.Error("a picture is not encoded")
	}
}

// TestNoNetwork: nothing on the page is fetched from anywhere.
func TestNoNetwork(t *testing.T) {
	page := build(t, little(t))
	for _, m := range regexp.MustCompile(`(?:src|href|action)\s*=\s*["']?([^"'\s>]*)|url\(([^)]*)|@import`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "data:") && !strings.HasPrefix(m[1], "#") {
			t.Errorf("refers to %.80q", m[0])
		}
	}
	if !strings.Contains(page, "default-src 'none'") {
		t.Error("nothing forbids the browser to fetch")
	}
}

// TestJudge: only a run that came to its end is judged, and by its scores.
func TestJudge(t *testing.T) {
	boom := errors.New("boom")
	err := Build(little(t), func(scores map[string]float64) ([]Verdict, error) {
		if len(scores) != 3 || scores["good"] != 1 || !math.IsNaN(scores["nan"]) {
			t.Errorf("scores %v", scores)
		}
		return nil, boom
	}, io.Discard)
	if !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
	if page := build(t, folder(t, nil, nil)); !strings.Contains(page, "2 of 3 expectations not met") {
		t.Error("the verdicts are not counted")
	}
}

func data(t *testing.T, page string) (a struct {
	Times   []float64
	Series  []string
	Atoms   int
	Neurons []int
	All     int
	Mean    [][]*float64
	Each    [][][]*float64
}) {
	t.Helper()
	_, rest, _ := strings.Cut(page, `id="atoms-data">`)
	text, _, _ := strings.Cut(rest, "</script>")
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return a
}

func TestAtoms(t *testing.T) {
	a := data(t, build(t, folder(t, history(40, 3), nil)))
	if got := strings.Join(a.Series, " "); got != "unq_r unq_c red syn h h_res goal mi" || a.Atoms != 4 {
		t.Fatalf("series %s, %d atoms", got, a.Atoms)
	}
	if len(a.Times) != 40 || a.Times[39] != 0.039 || len(a.Neurons) != 3 || a.All != 3 {
		t.Fatalf("times %v, neurons %v", a.Times, a.Neurons)
	}
	for k := range a.Times {
		if *a.Mean[2][k] != float64(k)+1 || *a.Mean[1][k] != -0.2 || *a.Each[2][2][k] != float64(k)+2 {
			t.Fatalf("at %d: mean %g, neuron 2 %g", k, *a.Mean[2][k], *a.Each[2][2][k])
		}
	}
}

// TestAtomsThinned: neurons with clocks of their own give as many times as
// rows; the curves are then means over bins, against sums by hand.
func TestAtomsThinned(t *testing.T) {
	var rows []record.AtomsRow
	sum, n := make([]float64, maxTimes), make([]float64, maxTimes)
	const all = 7 * maxTimes
	for i := range all {
		at := neuron.Time(i * 10)
		k := min(int(at)*maxTimes/((all-1)*10), maxTimes-1)
		sum[k], n[k] = sum[k]+float64(i%13), n[k]+1
		rows = append(rows, record.AtomsRow{Time: at, Neuron: neuron.ID(i % 500), Atoms: []float64{float64(i % 13), 0, 0, math.NaN()}})
	}
	a := data(t, build(t, folder(t, rows, nil)))
	if len(a.Times) != maxTimes || a.All != 500 || len(a.Neurons) != maxValues/(8*maxTimes) {
		t.Fatalf("%d times, %d of %d neurons", len(a.Times), len(a.Neurons), a.All)
	}
	for k, got := range a.Mean[0] {
		if want := sum[k] / n[k]; math.Abs(*got-want) > 1e-4*(1+want) {
			t.Errorf("bin %d: %g, want %g", k, *got, want)
		}
	}
	if a.Mean[3][0] != nil || a.Each[0][0][1] != nil {
		t.Error("where there is no number there must be null")
	}
}

func TestNoAtoms(t *testing.T) {
	if page := build(t, folder(t, nil, nil)); strings.Contains(page, "atoms-data") || !strings.Contains(page, `id="provenance"`) {
		t.Error("a run without atoms shows a chart, or no page")
	}
}

// TestUnfinished: a run that failed has a page too, which says so.
func TestUnfinished(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	r, err := record.Create(record.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Abort(errors.New("out of <luck>")); err != nil {
		t.Fatal(err)
	}
	if page := build(t, dir); !strings.Contains(page, "out of &lt;luck&gt;") || strings.Contains(page, "expectations") || !strings.Contains(page, ">failed<") {
		t.Error("the page does not say why the run ended")
	}
}

func TestMistakes(t *testing.T) {
	dir := little(t)
	if err := Build(t.TempDir(), nil, io.Discard); err == nil || !strings.Contains(err.Error(), "is it a result folder?") {
		t.Errorf("an empty folder: %v", err)
	}
	for _, name := range []string{"scenario.yaml", "summary.json", "plots/curve.svg", "pid.parquet", "recall.parquet"} {
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		os.WriteFile(path, append(text, ' '), 0o666)
		if err := Build(dir, verdicts, &b); err == nil || !strings.Contains(err.Error(), name) || b.Len() > 0 {
			t.Errorf("%s damaged: %v, %d bytes written", name, err, b.Len())
		}
		os.Remove(path)
		if err := Build(dir, nil, io.Discard); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s gone: %v", name, err)
		}
		os.WriteFile(path, text, 0o666)
	}
}

func TestLongCell(t *testing.T) {
	got := cell(record.Text, parquet.ByteArrayValue([]byte(strings.Repeat("é", maxCell))))
	if got != strings.Repeat("é", maxCell/2)+"…" {
		t.Errorf("got %q", got)
	}
}

func TestLargeFigureIsLeftOut(t *testing.T) {
	page := build(t, folder(t, nil, func(r *record.Run) error {
		return r.WriteFile("plots/huge.png", make([]byte, maxFigure+1))
	}))
	if strings.Contains(page, "<img") || !strings.Contains(page, "<li>plots/huge.png") {
		t.Error("the figure is there, or the page does not tell that it is not")
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"a/b-c=1.5": "a/b-c=1.5", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'"} {
		if got := quote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
