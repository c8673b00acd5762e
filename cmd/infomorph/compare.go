package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"infomorph/internal/checkpoint"
	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
	"infomorph/scenarios/sweep"
)

func newCompareRunsCommand() *cobra.Command {
	var asJSON bool
	var only []string
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare two runs or two sweeps: settings, scores, effect sizes",
		Long: "Compare two runs or two sweeps (result folders): which settings differ, the scores side\n" +
			"by side, their difference with its 95 % interval (Welch), and Hedges' g, the difference\n" +
			"in standard deviations, with its interval. Sweeps over the same points are compared\n" +
			"point by point, others as a whole. One run has no spread, so there is no effect size.",
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

// side is one of the two things that are compared: scores by point, and the
// settings that hold for all.
type side struct {
	settings run.Settings
	points   []string // in order; one empty word for a run
	scores   map[string]map[string][]float64
}

// comparison is the result of infomorph compare.
type comparison struct {
	A        string                  `json:"a"`
	B        string                  `json:"b"`
	Settings []run.SettingDifference `json:"settings"`
	Scores   []scoreDifference       `json:"scores"`
}

type scoreDifference struct {
	Point      string     `json:"point,omitempty"`
	Score      string     `json:"score"`
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
	if !slices.Equal(sa.points, sb.points) {
		sa.pool()
		sb.pool()
	}
	c := &comparison{A: a, B: b, Settings: sa.settings.Differences(sb.settings)}
	for _, p := range sa.points {
		for _, name := range shared(sa.scores[p], sb.scores[p]) {
			if len(only) > 0 && !slices.Contains(only, name) {
				continue
			}
			va, vb := sa.scores[p][name], sb.scores[p][name]
			e := design.Compare(va, vb)
			c.Scores = append(c.Scores, scoreDifference{p, name, len(va), len(vb), run.Number(e.MeanA), run.Number(e.MeanB), run.Number(e.Difference),
				run.Number(e.Low), run.Number(e.High), run.Number(e.D), run.Number(e.G), run.Number(e.GLow), run.Number(e.GHigh)})
		}
	}
	if len(c.Scores) == 0 {
		return nil, fmt.Errorf("%s and %s have no score in common", a, b)
	}
	return c, nil
}

// readSide reads a run or a sweep.
func readSide(dir string) (*side, error) {
	if _, err := os.Stat(filepath.Join(dir, "sweep.json")); err == nil {
		return readSweepSide(dir)
	}
	m, err := checkpoint.Check(dir)
	if errors.Is(err, record.ErrDamaged) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: neither a run nor a sweep: %w", dir, err)
	}
	scores, err := record.ReadSummary(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: the run has no scores (its status is %s)", dir, m.Status)
	}
	s := &side{settings: run.Flatten(m.Config), points: []string{""}, scores: map[string]map[string][]float64{"": {}}}
	for name, v := range scores {
		s.scores[""][name] = []float64{v}
	}
	return s, nil
}

func readSweepSide(dir string) (*side, error) {
	if _, err := verifyAll(dir); err != nil {
		return nil, err
	}
	f, err := sweep.Open(dir)
	if err != nil {
		return nil, err
	}
	settings, err := run.SettingsOf(f.Base.Scenario.Scenario)
	if err != nil {
		return nil, err
	}
	s := &side{settings: settings, scores: map[string]map[string][]float64{}}
	res := f.Results()
	for _, p := range res.ByPoint() {
		var words []string
		for i, a := range res.Axes {
			words = append(words, a.Path+"="+p.Values[i])
		}
		point := strings.Join(words, " ")
		s.points = append(s.points, point)
		s.scores[point] = p.Scores
	}
	for _, a := range res.Axes {
		delete(s.settings, a.Path)
	}
	return s, nil
}

// pool makes one point of all.
func (s *side) pool() {
	all := map[string][]float64{}
	for _, p := range s.points {
		for name, v := range s.scores[p] {
			all[name] = append(all[name], v...)
		}
	}
	s.points, s.scores = []string{""}, map[string]map[string][]float64{"": all}
}

// shared returns the names of the scores that both have, sorted.
func shared(a, b map[string][]float64) []string {
	var names []string
	for name := range a {
		if len(a[name]) > 0 && len(b[name]) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

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
			fmt.Fprintf(tw, "SCORE %s\tA\tB\tB - A\t95 %%\tHEDGES' G\t95 %%\n", point)
		}
		fmt.Fprintf(tw, "%s\t%.4f\t%.4f\t%+.4f\t%s\t%s\t%s\n", d.Score, float64(d.A), float64(d.B), float64(d.Difference),
			between(d.Low, d.High), finite(d.G), between(d.GLow, d.GHigh))
	}
	fmt.Fprintf(tw, "\nA: %s\nB: %s\n", c.A, c.B)
	return tw.Flush()
}

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
