package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"infomorph/internal/record"
	"infomorph/scenarios/language"
	"infomorph/scenarios/run"
)

func newCompareRunsCommand() *cobra.Command {
	var asJSON bool
	var only []string
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare two runs or two sweeps: settings, scores, effect sizes",
		Long: "Compare two runs or two sweeps (result folders): which settings differ, the scores side\n" +
			"by side, their mean difference with its 95 % interval, and Hedges' g, the difference in\n" +
			"standard deviations, with its interval. Runs of equal settings are compared with each\n" +
			"other: in pairs if they have equal seeds (Student's t of the differences), otherwise as\n" +
			"two samples (Welch). What only one side has is left out and listed. A single run has no\n" +
			"spread, so there is no interval.",
		Example: "  infomorph compare results/slow results/fast\n" +
			"  infomorph compare sweeps/before sweeps/after",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := compareFolders(args[0], args[1], only)
			if err != nil {
				return record.Fault(err)
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				return enc.Encode(c)
			}
			return c.print(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.Flags().StringSliceVar(&only, "score", nil, "only these scores")
	return cmd
}

// comparison is the result of infomorph compare.
type comparison struct {
	A        string                  `json:"a"`
	B        string                  `json:"b"`
	Settings []run.SettingDifference `json:"settings"`
	Scores   []scoreDifference       `json:"scores"`
	LeftOut  []string                `json:"left_out"`
}

type scoreDifference struct {
	Point      string     `json:"point,omitempty"`
	Score      string     `json:"score"`
	Paired     bool       `json:"paired"` // runs with the same seed are compared
	NA         int        `json:"n_a"`
	NB         int        `json:"n_b"`
	A          run.Number `json:"a"`
	B          run.Number `json:"b"`
	Difference run.Number `json:"difference"`
	Low        run.Number `json:"difference_low"`
	High       run.Number `json:"difference_high"`
	D          run.Number `json:"cohens_d"`
	G          run.Number `json:"hedges_g"`
	GLow       run.Number `json:"g_low"`
	GHigh      run.Number `json:"g_high"`
}

func compareFolders(a, b string, only []string) (*comparison, error) {
	sa, err1 := readSide(a)
	sb, err2 := readSide(b)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	for i, name := range only {
		only[i] = language.CurrentScore(name)
	}
	c := &comparison{A: a, B: b, Settings: constants(sa, sb), LeftOut: []string{}}
	c.compare(sa, sb, only)
	if len(c.Scores) == 0 {
		return nil, fmt.Errorf("%s and %s have no score of equal settings in common%s", a, b, strings.Join(append([]string{""}, c.LeftOut...), "\n  "))
	}
	return c, nil
}

// print writes what differs, and what was not compared.
func (c *comparison) print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(c.Settings) > 0 {
		fmt.Fprintf(tw, "SETTING\tA\tB\n")
		for _, d := range c.Settings {
			fmt.Fprintf(tw, "%s\t%s\t%s\n", d.Path, orDash(d.A), orDash(d.B))
		}
		fmt.Fprintln(tw)
		tw.Flush()
	}
	point := "\x00"
	for _, d := range c.Scores {
		if d.Point != point {
			point = d.Point
			fmt.Fprintf(tw, "SCORE %s\tA\tB\tB - A\t95 %%\tHEDGES' G\t95 %%\tRUNS\n", point)
		}
		runs := fmt.Sprintf("%d and %d", d.NA, d.NB)
		if d.Paired {
			runs = fmt.Sprintf("%d pairs", d.NA)
		}
		fmt.Fprintf(tw, "%s\t%.4f\t%.4f\t%+.4f\t%s\t%s\t%s\t%s\n", d.Score, float64(d.A), float64(d.B), float64(d.Difference),
			between(d.Low, d.High), finite(d.G), between(d.GLow, d.GHigh), runs)
	}
	fmt.Fprintf(tw, "\nA: %s\nB: %s\n", c.A, c.B)
	if err := tw.Flush(); err != nil {
		return err
	}
	for i, text := range c.LeftOut {
		if i == maxLeftOut {
			fmt.Fprintf(w, "left out: %d more\n", len(c.LeftOut)-i)
			break
		}
		fmt.Fprintf(w, "left out: %s\n", text)
	}
	return nil
}

// maxLeftOut is the largest number of entries in the list of what was not
// compared.
const maxLeftOut = 20

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func finite(n run.Number) string {
	if math.IsNaN(float64(n)) {
		return "-"
	}
	return fmt.Sprintf("%+.2f", float64(n))
}

func between(low, high run.Number) string {
	if math.IsNaN(float64(low)) {
		return "-"
	}
	return fmt.Sprintf("%+.3f … %+.3f", float64(low), float64(high))
}
