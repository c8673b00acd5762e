package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/language"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

// report writes the tables and prints the results of a sweep, even if it was
// stopped.
func (f *sweepFlags) report(cmd *cobra.Command, s *sweep.Sweep, took time.Duration) error {
	res := s.Results()
	if err := s.WriteTables(res); err != nil {
		return runFailed(err)
	}
	scores, err := chosen(s, res, f.scores)
	if err != nil {
		return badInput(err)
	}
	if err := errors.Join(s.Plot(res, scores), run.WriteReportMany(s.Dir)); err != nil {
		return runFailed(err)
	}
	if f.json {
		return printSweepJSON(cmd.OutOrStdout(), s, res)
	}
	printPoints(cmd.OutOrStdout(), res, scores)
	done, failed := 0, 0
	for _, o := range res.Outcomes {
		switch o.Status {
		case record.StatusDone:
			done++
		case record.StatusFailed:
			failed++
		}
	}
	left := ""
	if n := len(res.Runs) - done - failed; n > 0 {
		left = fmt.Sprintf(", %d to go", n)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "\n%s: %d points × %d seeds: %d runs done, %d failed%s, %.1f s\ntable: %s (and .parquet)\n",
		s.Base.Name, res.Points(), res.Seeds, done, failed, left, took.Seconds(), filepath.Join(s.Dir, "table.csv"))
	return err
}

// chosen returns the scores to show: those that the user named; otherwise those
// with an expectation in the scenario; otherwise the first three.
func chosen(s *sweep.Sweep, res *design.Results, named []string) ([]string, error) {
	all := res.Scores()
	if len(all) == 0 {
		return nil, nil
	}
	for i, name := range named {
		name = language.CurrentScore(name)
		named[i] = name
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("--score: got %q, expected one of %s", name, strings.Join(all, ", "))
		}
	}
	if len(named) > 0 {
		return named, nil
	}
	var expected []string
	for _, e := range s.Base.Expect {
		if slices.Contains(all, e.Score) && !slices.Contains(expected, e.Score) {
			expected = append(expected, e.Score)
		}
	}
	if len(expected) > 0 {
		return expected[:min(len(expected), 4)], nil
	}
	return all[:min(len(all), 3)], nil
}

// printPoints prints mean ± half the 95 % confidence interval by point.
func printPoints(w io.Writer, res *design.Results, scores []string) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range res.Axes {
		fmt.Fprintf(tw, "%s\t", a.Path)
	}
	fmt.Fprint(tw, "RUNS")
	for _, name := range scores {
		fmt.Fprintf(tw, "\t%s", name)
	}
	fmt.Fprintln(tw)
	const most = 200
	points := res.ByPoint()
	for _, p := range points[:min(len(points), most)] {
		for _, v := range p.Values {
			fmt.Fprintf(tw, "%s\t", v)
		}
		fmt.Fprint(tw, p.Done)
		for _, name := range scores {
			fmt.Fprint(tw, "\t", meanText(p.Scores[name]))
		}
		fmt.Fprintln(tw)
	}
	tw.Flush()
	if res.Seeds > 1 {
		fmt.Fprintln(w, "mean ± half of the 95 % interval over seeds (Student's t)")
	}
	if len(points) > most {
		fmt.Fprintf(w, "and %d more points, in table.csv\n", len(points)-most)
	}
}

func meanText(v []float64) string {
	if len(v) == 0 {
		return "-"
	}
	return plusMinus(design.Interval(v))
}

func plusMinus(mean, half float64) string {
	if math.IsNaN(half) {
		return fmt.Sprintf("%.4f", mean)
	}
	return fmt.Sprintf("%.4f ± %.4f", mean, half)
}

// sweepPoint is one point of a sweep as JSON.
type sweepPoint struct {
	Settings map[string]string     `json:"settings"`
	Done     int                   `json:"done"`
	Scores   map[string]sweepScore `json:"scores"`
}

type sweepScore struct {
	Mean run.Number   `json:"mean"`
	Half run.Number   `json:"half_ci95"`
	All  []run.Number `json:"values"`
}

func scoreJSON(v []float64) *sweepScore {
	mean, half := design.Interval(v)
	sc := &sweepScore{Mean: run.Number(mean), Half: run.Number(half)}
	for _, x := range v {
		sc.All = append(sc.All, run.Number(x))
	}
	return sc
}

func printSweepJSON(w io.Writer, s *sweep.Sweep, res *design.Results) error {
	var points []sweepPoint
	for _, p := range res.ByPoint() {
		out := sweepPoint{Settings: map[string]string{}, Done: p.Done, Scores: map[string]sweepScore{}}
		for i, a := range res.Axes {
			out.Settings[a.Path] = p.Values[i]
		}
		for name, v := range p.Scores {
			out.Scores[name] = *scoreJSON(v)
		}
		points = append(points, out)
	}
	failed := map[int]string{}
	for k, o := range res.Outcomes {
		if o.Status == record.StatusFailed {
			failed[res.Runs[k].Index] = o.Reason
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return errors.Join(enc.Encode(struct {
		Scenario string         `json:"scenario"`
		Folder   string         `json:"folder"`
		Points   []sweepPoint   `json:"points"`
		Failed   map[int]string `json:"failed,omitempty"`
	}{s.Base.Name, s.Dir, points, failed}))
}
