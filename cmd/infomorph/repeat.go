package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// runRepeated runs the scenario with successive seeds, each in a folder of
// its own, and reports the means of the scores.
func (f *runFlags) runRepeated(cmd *cobra.Command, name string, first uint64) error {
	all := newReplicates()
	p := f.progress(cmd)
	defer p.stop()
	for k := range f.repeat {
		seed := first + uint64(k)
		s, err := loadScenario(name, append(f.assignments(), fmt.Sprint("seed=", seed))...)
		if err != nil {
			return err
		}
		dir := f.out
		if dir != "" {
			dir = filepath.Join(dir, fmt.Sprint("seed-", seed))
		}
		res, err := f.runOnce(cmd.Context(), s, dir, noProgress{})
		if err != nil {
			return err
		}
		all.add(seed, res)
		p.step("runs", k+1, f.repeat)
	}
	s, err := loadScenario(name, f.assignments()...)
	if err != nil {
		return err
	}
	mean := &result{scenario: s.Scenario, scores: all.means()}
	mean.verdicts = judge(s.Expect, mean.scores)
	if f.json {
		err = all.printJSON(cmd.OutOrStdout())
	} else {
		err = all.print(cmd.OutOrStdout())
	}
	if err != nil {
		return err
	}
	return mean.verdict()
}

// replicates are the scores of runs that differ in their seed only.
type replicates struct {
	seeds   []uint64
	names   []string
	values  map[string][]float64
	seconds float64
}

func newReplicates() *replicates { return &replicates{values: map[string][]float64{}} }

func (r *replicates) add(seed uint64, res *result) {
	r.seeds = append(r.seeds, seed)
	r.seconds += res.elapsed.Seconds()
	for _, name := range res.scores.names {
		if _, ok := r.values[name]; !ok {
			r.names = append(r.names, name)
		}
		r.values[name] = append(r.values[name], res.scores.values[name])
	}
}

func (r *replicates) means() *scores {
	s := newScores()
	for _, name := range r.names {
		s.set(name, stat.Mean(r.values[name], nil))
	}
	return s
}

// interval returns the mean and half the width of its 95 % confidence
// interval (Student's t).
func interval(v []float64) (mean, half float64) {
	if len(v) < 2 {
		return stat.Mean(v, nil), math.NaN()
	}
	mean, sd := stat.MeanStdDev(v, nil)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(len(v) - 1)}.Quantile(0.975)
	return mean, t * sd / math.Sqrt(float64(len(v)))
}

func (r *replicates) print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "SCORE\tMEAN\t± 95 %%\tMIN\tMAX\n")
	for _, name := range r.names {
		mean, half := interval(r.values[name])
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range r.values[name] {
			lo, hi = min(lo, v), max(hi, v)
		}
		fmt.Fprintf(tw, "%s\t%.4f\t%.4f\t%.4f\t%.4f\n", name, mean, half, lo, hi)
	}
	fmt.Fprintf(tw, "\n%d runs, seeds %d to %d, %.1f s\n", len(r.seeds), r.seeds[0], r.seeds[len(r.seeds)-1], r.seconds)
	return tw.Flush()
}

func (r *replicates) printJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Seeds  []uint64             `json:"seeds"`
		Means  map[string]float64   `json:"means"`
		Values map[string][]float64 `json:"values"`
	}{r.seeds, r.means().values, r.values})
}
