package reproduce

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/plot"
)

// panel returns a picture of one seed with one curve.
func panel(x []float64, y ...float64) *plot.LinesConfig {
	return &plot.LinesConfig{Title: "T", Note: "one seed", Series: []plot.Series{{Name: "c", X: x, Y: y, Low: y, High: y}}}
}

// TestPanelOverSeeds: three runs with 1, 2 and 6 have a mean of 3 and, by t.test of R, an
// interval from -3.57 to 9.57.
func TestPanelOverSeeds(t *testing.T) {
	x := []float64{1, 2}
	got := overSeeds([]*plot.LinesConfig{panel(x, 1, 5), panel(x, 2, 5), panel(x, 6, 5)})
	s := got.Series[0]
	if s.Name != "c" || !slices.Equal(s.X, x) || !slices.Equal(s.Y, []float64{3, 5}) || !slices.Equal(s.Each[0], []float64{1, 2, 6}) {
		t.Errorf("%+v", s)
	}
	if math.Abs(s.Low[0]+3.572) > 1e-3 || math.Abs(s.High[0]-9.572) > 1e-3 || s.Low[1] != 5 || s.High[1] != 5 {
		t.Errorf("from %v to %v", s.Low, s.High)
	}
	if got.Title != "T" || got.Note != "mean, 95 % interval and each of 3 seeds" {
		t.Errorf("%+v", got)
	}
	for name, panels := range map[string][]*plot.LinesConfig{
		"one run":      {panel(x, 1, 2)},
		"other points": {panel(x, 1, 2), panel([]float64{1, 3}, 1, 2)},
	} {
		if overSeeds(panels) != nil {
			t.Errorf("%s: drawn as means", name)
		}
	}
}

// TestPanelsOfOne: only panels of one seed become means over runs.
func TestPanelsOfOne(t *testing.T) {
	several := panel([]float64{1}, 2)
	several.Note = "mean, 95 % interval and each of 2 seeds"
	for _, c := range []struct {
		figure plot.Config
		want   bool
	}{{panel([]float64{1}, 2), true}, {several, false}, {&plot.LinesConfig{Title: "a learning curve"}, false}, {&plot.RasterConfig{}, false}} {
		data, err := plot.Encode(c.figure, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := panelOfOne(data); (got != nil) != c.want {
			t.Errorf("%+v: %v", c.figure, got)
		}
	}
	if panelOfOne([]byte("{")) != nil {
		t.Error("a broken file is a panel")
	}
}

// TestReferences: what checks of the panel are held against, once each, unless the panel
// shows it or nothing was measured.
func TestReferences(t *testing.T) {
	rival := func(name string, v float64) Rival { return Rival{name, Measure{Runs: 2, Value: v}} }
	findings := []Finding{
		{Subject: "study.p.c.3", Against: []Rival{rival("untrained", 0.1), rival("study.p.c.1", 0.2), rival("baseline.softmax", 0.5), {Name: "none"}}},
		{Subject: "study.p.c.2", Against: []Rival{rival("untrained", 0.1)}},
		{Subject: "study.p.c.2", Share: true, Against: []Rival{rival("shared", 0.7)}},
		{Subject: "study.other.c.2", Against: []Rival{rival("elsewhere", 0.9)}},
	}
	got := references("study.p.", findings)
	if !slices.Equal(got, []plot.Reference{{Name: "untrained", Y: 0.1}, {Name: "baseline.softmax", Y: 0.5}}) {
		t.Errorf("%v", got)
	}
}

const studied = `  - name: studied
    what: A study of two loads.
    scenario: small.yaml
    set: ['study={score: recall.mean_overlap, seeds: 1, panels: [{name: load, over: "associative_memory.patterns.count=1,2"}]}']
    seeds: 3
    few: this is a test
    seconds: 0.01
    pictures: [load]
    baselines: [{name: untrained, set: [study=null, control=frozen], score: recall.mean_overlap, seeds: 2}]
    checks: [{score: study.load.2, min: -1, against: [untrained], source: here}]
`

// TestStudiedEntry: the picture of a study shows all seeds, and the mean of each point is
// that of the score.
func TestStudiedEntry(t *testing.T) {
	p := pack(t, Options{Registry: entries(t, studied), Dir: t.TempDir()})
	one := begun(t, p, "studied")[0]
	r, err := p.Run(context.Background(), one)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(p.Folder(one.Entry), "plots", "load.json"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := plot.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	l := c.(*plot.LinesConfig)
	s := l.Series[0]
	if !slices.Equal(s.X, []float64{1, 2}) || len(s.Each[1]) != 3 || math.Abs(s.Y[1]-r.Findings[0].Value) > 1e-12 || !strings.Contains(l.Note, "each of 3 seeds") {
		t.Errorf("%+v", l)
	}
	if len(l.References) != 1 || l.References[0] != (plot.Reference{Name: "untrained", Y: r.Findings[0].Against[0].Value}) {
		t.Errorf("%+v", l.References)
	}
}
