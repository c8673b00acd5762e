package design

import (
	"fmt"
	"math"
	"testing"

	"infomorph/internal/record"
)

func TestTable(t *testing.T) {
	p := plan(t, Design{Axes: axes(t, "a=1,2", "b=1ms,x"), Seeds: 1})
	r := Results{Plan: p, Outcomes: []Outcome{
		{Status: record.StatusDone, Scores: map[string]float64{"z": 1, "m": 2}},
		{Status: record.StatusFailed, Reason: "disk full"},
		{Status: record.StatusDone, Scores: map[string]float64{"z": 3}},
		{Status: "pending"},
	}}
	cols, rows := r.Table()
	got := ""
	for _, c := range cols {
		got += c.Name + ":" + string(c.Kind) + " "
	}
	if want := "run:int64 point:int64 replicate:int64 seed:uint64 status:text a:float64 b:text m:float64 z:float64 error:text "; got != want {
		t.Errorf("columns %s", got)
	}
	var lines []string
	for row := range rows {
		lines = append(lines, fmt.Sprint(append(append([]any(nil), row[:3]...), row[4:]...)...))
	}
	want := []string{"1 1 1done11ms2 1", "2 2 1failed1xNaN NaNdisk full", "3 3 1done21msNaN 3", "4 4 1pending2xNaN NaN"}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("row %d: got %q, want %q", i+1, lines[i], want[i])
		}
	}
	points := r.ByPoint()
	if len(points) != 4 || points[0].Scores["z"][0] != 1 || points[1].Done != 0 {
		t.Errorf("%+v", points)
	}
	if v := scoreOf(&r.Outcomes[1], "z"); !math.IsNaN(v) {
		t.Error(v)
	}
}
