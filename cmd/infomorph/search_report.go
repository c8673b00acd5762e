package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"infomorph/scenarios/search"
)

// printSearch prints what a search has found, even if it was stopped.
func printSearch(w io.Writer, x *search.Search, found *search.Outcome) error {
	best := found.Best
	on := ""
	if x.Validation != "" {
		on = " on held-out train items (validation: " + x.Validation + ")"
	}
	fmt.Fprintf(w, "%s: %d trials of %d runs; best of %s%s: %s in trial %d\n\n", x.Base.Name, len(found.Trials), x.Seeds, x.Score, on, meanText(best.Scores), best.Index)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, "SETTING\tSTART\tBEST\n")
	for i, name := range x.Names {
		fmt.Fprintf(tw, "%s\t%s\t%s\n", name, x.From[i], best.Values[i])
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if found.Confirmed != nil {
		e := found.Effect(x.Score)
		fmt.Fprintf(w, "\nWith %d fresh seeds each: start %.4f, best %.4f, difference %.4f (95 %%: %.4f to %.4f)\n",
			x.Confirm, e.MeanA, e.MeanB, e.Difference, e.Low, e.High)
	}
	_, err := fmt.Fprintf(w, "\nscenario: %s\ntable: %s (and .parquet)\n", filepath.Join(x.Dir, "best.yaml"), filepath.Join(x.Dir, "trials.csv"))
	return err
}

func printSearchJSON(w io.Writer, x *search.Search, found *search.Outcome) error {
	best := found.Best
	type point struct {
		Trial    int               `json:"trial,omitempty"`
		Settings map[string]string `json:"settings"`
		Score    *sweepScore       `json:"score,omitempty"`
		Fresh    *sweepScore       `json:"fresh_seeds,omitempty"`
	}
	start, top := point{Settings: x.Settings(x.From)}, point{Trial: best.Index, Settings: x.Settings(best.Values), Score: scoreJSON(best.Scores)}
	if found.Confirmed != nil {
		p := found.Confirmed.ByPoint()
		start.Fresh, top.Fresh = scoreJSON(p[0].Scores[x.Score]), scoreJSON(p[1].Scores[x.Score])
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Scenario string `json:"scenario"`
		Folder   string `json:"folder"`
		Score    string `json:"score"`
		Trials   int    `json:"trials"`
		Start    point  `json:"start"`
		Best     point  `json:"best"`
	}{x.Base.Name, x.Dir, x.Score, len(found.Trials), start, top})
}
