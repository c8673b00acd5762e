package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"infomorph/internal/plot"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/picture"
	"infomorph/scenarios/run"
)

// result is the result of a run, with its verdicts.
type result struct {
	*run.Result
	verdicts []run.Verdict
}

// print writes the result: tables for people, or one JSON document.
func (r *result) print(w io.Writer, c common) error {
	if c.json {
		return r.printJSON(w)
	}
	width, terminal := isTerminal(w)
	if !c.quiet {
		if err := r.printGallery(w, width, terminal); err != nil {
			return err
		}
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	err := r.printScores(tw)
	if len(r.verdicts) > 0 {
		fmt.Fprintf(tw, "\nEXPECTED\t\tGOT\t\n")
		for i := range r.verdicts {
			v := &r.verdicts[i]
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", v.Name(), v.Expected, v.Text(), map[bool]string{true: "pass", false: "FAIL"}[v.Pass])
		}
		err = errors.Join(err, tw.Flush())
	}
	again := ""
	if r.Scenario.Mode == scenarios.ModeFree && r.Dir != "" && r.Scenario.Record.Inboxes {
		again = fmt.Sprintf("to replay this run: infomorph replay %s\n", r.Dir)
	}
	_, err2 := fmt.Fprintf(w, "\n%s, seed %d: %s, %.2f s\nresults: %s\n%s",
		r.Scenario.Name, r.Scenario.Seed, r.size(), r.Elapsed.Seconds(), r.Where(), again)
	return errors.Join(err, err2)
}

// size describes how much was simulated. For a study it gives no spikes,
// because the trials have engines of their own, whose spikes are not counted.
func (r *result) size() string {
	n := r.Final.Counts
	if r.Scenario.Study != nil {
		return fmt.Sprintf("a study of networks of %d neurons", n["neurons"])
	}
	return fmt.Sprintf("%d neurons, %d synapses, %d spikes in %v simulated", n["neurons"], n["synapses"], n["spikes"], r.Simulated())
}

// printScores writes the scores, and tables instead of some of them.
func (r *result) printScores(tw *tabwriter.Writer) error {
	shown := func(name string) bool {
		return slices.ContainsFunc(r.Tables, func(t journal.Table) bool { return t.Instead != "" && strings.HasPrefix(name, t.Instead) })
	}
	for _, t := range r.Tables {
		if t.Instead == "" {
			continue
		}
		fmt.Fprintln(tw, strings.ToUpper(strings.Join(t.Columns, "\t")))
		for _, row := range t.Rows {
			for _, v := range row {
				fmt.Fprint(tw, v, "\t")
			}
			fmt.Fprintln(tw)
		}
		fmt.Fprintln(tw)
		if err := tw.Flush(); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(r.Scores.Names, func(name string) bool { return !shown(name) }) {
		fmt.Fprintf(tw, "SCORE\tVALUE\n")
	}
	for _, name := range r.Scores.Names {
		if !shown(name) {
			fmt.Fprintf(tw, "%s\t%.4f\n", name, r.Scores.Values[name])
		}
	}
	return tw.Flush()
}

func (r *result) printJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Scenario     string             `json:"scenario"`
		Seed         uint64             `json:"seed"`
		Scores       map[string]float64 `json:"scores"`
		Expectations []run.Verdict      `json:"expectations,omitempty"`
		StateHash    string             `json:"state_hash,omitempty"`
		SimulatedUS  int64              `json:"simulated_us"`
		Counts       map[string]int64   `json:"counts"`
		Seconds      float64            `json:"seconds"`
		Results      string             `json:"results,omitempty"`
	}{r.Scenario.Name, r.Scenario.Seed, r.Scores.Values, r.verdicts, r.Final.StateHash, r.Final.SimulatedUS, r.Final.Counts, r.Elapsed.Seconds(), r.Dir})
}

// terminalRows is the largest number of rows of a gallery that are shown as
// text.
const terminalRows = 4

// printGallery writes the first gallery as text.
func (r *result) printGallery(w io.Writer, width int, terminal bool) error {
	for _, f := range r.Figures {
		g, ok := f.Figure.(journal.Gallery)
		if !ok || len(g.Rows) == 0 {
			continue
		}
		color := terminal && os.Getenv("NO_COLOR") == ""
		text, err := plot.TextGallery(picture.Gallery(g, min(len(g.Rows), terminalRows)), plot.TextConfig{Columns: width, Color: color})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s\n%s\n", g.Title, text)
		return err
	}
	return nil
}
