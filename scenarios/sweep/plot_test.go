package sweep

import (
	"slices"
	"testing"

	"infomorph/internal/record"
	"infomorph/scenarios/design"
)

// swept returns the results of a sweep in which the score of a run is f of its values.
func swept(t *testing.T, seeds int, f func(values []string) float64, axes ...string) *design.Results {
	t.Helper()
	d := design.Design{Seeds: seeds, BaseSeed: 1}
	for _, text := range axes {
		a, err := design.ParseAxis(text)
		if err != nil {
			t.Fatal(err)
		}
		d.Axes = append(d.Axes, a)
	}
	p, err := design.NewPlan(d)
	if err != nil {
		t.Fatal(err)
	}
	res := &design.Results{Plan: p, Outcomes: make([]design.Outcome, len(p.Runs))}
	for k := range p.Runs {
		res.Outcomes[k] = design.Outcome{Status: record.StatusDone, Scores: map[string]float64{"s": f(p.Runs[k].Values)}}
	}
	return res
}

// Every value of a third setting has a panel; there is no mean over it.
func TestPanelsOfFurtherSettings(t *testing.T) {
	score := func(v []string) float64 { return design.NumberOf(v[0]) + 10*design.NumberOf(v[2]) }
	res := swept(t, 3, score, "a.x=1,2", "kind=p,q", "a.z=0,5")
	x, second, ok := plotAxes(res)
	if !ok || x != 0 || second != 1 {
		t.Fatalf("axes %d and %d, %v", x, second, ok)
	}
	panels := panelsOf(res, x, second)
	if len(panels) != 2 || panels[0].file != "@z=0" || panels[1].title != ", z (a) = 5" {
		t.Fatalf("%d panels: %+v", len(panels), panels)
	}
	for i, p := range panels {
		all, least, most := curves(p.res, "s", x, second)
		if len(all) != 2 || least != 3 || most != 3 {
			t.Fatalf("panel %d: %d curves of %d to %d seeds", i, len(all), least, most)
		}
		for _, c := range all {
			want := []float64{1 + 50*float64(i), 2 + 50*float64(i)}
			if !slices.Equal(c.Y, want) || !slices.Equal(c.Low, want) {
				t.Errorf("panel %d, %s: %v, want %v", i, c.Name, c.Y, want)
			}
		}
	}
}

// Seeds on an axis are replicates, not a setting.
func TestSweptSeedsAreReplicates(t *testing.T) {
	res := swept(t, 1, func(v []string) float64 { return design.NumberOf(v[0]) }, "seed=1..5", "a.x=1,2")
	x, second, ok := plotAxes(res)
	if !ok || x != 1 || second != -1 || len(panelsOf(res, x, second)) != 1 {
		t.Fatalf("axes %d and %d, %v", x, second, ok)
	}
	all, least, most := curves(res, "s", x, second)
	if len(all) != 1 || least != 5 || most != 5 || !slices.Equal(all[0].Y, []float64{3, 3}) || len(all[0].Each[1]) != 5 {
		t.Errorf("%+v", all)
	}
}
