package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/stat"

	"infomorph/internal/record"
	"infomorph/scenarios/design"
	"infomorph/scenarios/run"
)

// runRepeated runs a sweep over successive seeds. Expectations are checked
// against the means of the scores.
func (f *runFlags) runRepeated(cmd *cobra.Command, name string, first uint64) (err error) {
	if first > math.MaxUint64-uint64(f.repeat)+1 {
		return badInput(fmt.Errorf("--repeat: there are no %d seeds from %d on", f.repeat, first))
	}
	sf := &sweepFlags{runFlags: *f, over: []string{fmt.Sprintf("seed=%d..%d", first, first+uint64(f.repeat)-1)}, pictures: true}
	if f.noFiles {
		if sf.out, err = os.MkdirTemp("", "infomorph-"); err != nil {
			return runFailed(err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(sf.out)) }()
		sf.noFiles, sf.pictures = false, false
	}
	s, err := sf.open([]string{name})
	if err == nil {
		err = s.Create()
	}
	if err != nil {
		return record.Fault(err)
	}
	began := time.Now()
	defer sf.live.finish(cmd.Context(), nil)
	runErr := sf.again(sf.sweep(cmd, s, "runs"), s.Dir)
	res := s.Results()
	if err := errors.Join(s.WriteTables(res), runErr); err != nil {
		return err
	}
	scores, err := chosen(s, res, nil)
	if err == nil {
		err = errors.Join(s.PlotSeeds(res, scores), run.WriteReportMany(s.Dir))
	}
	if err != nil {
		return runFailed(err)
	}
	all := &replicates{Results: res, seconds: time.Since(began).Seconds()}
	show := all.print
	if f.json {
		show = all.printJSON
	}
	if err := show(cmd.OutOrStdout()); err != nil {
		return err
	}
	return run.Missed(run.JudgeScores(s.Base.Asked(), all.means()))
}

// replicates are the scores of runs that differ only in their seed.
type replicates struct {
	*design.Results
	seconds float64
}

// values returns one score of every run that has it.
func (r *replicates) values(name string) []float64 {
	var all []float64
	for i := range r.Outcomes {
		if v, ok := r.Outcomes[i].Scores[name]; ok && r.Outcomes[i].Status == record.StatusDone {
			all = append(all, v)
		}
	}
	return all
}

func (r *replicates) means() *run.Scores {
	s := run.NewScores()
	for _, name := range r.Scores() {
		s.Set(name, stat.Mean(r.values(name), nil))
	}
	return s
}

func (r *replicates) print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "SCORE\tMEAN\t± 95 %%\tMIN\tMAX\n")
	for _, name := range r.Scores() {
		v := r.values(name)
		mean, half := design.Interval(v)
		fmt.Fprintf(tw, "%s\t%.4f\t%.4f\t%.4f\t%.4f\n", name, mean, half, slices.Min(v), slices.Max(v))
	}
	fmt.Fprintf(tw, "\n%d runs, seeds %d to %d, %.1f s\n", len(r.Runs), r.Runs[0].Seed, r.Runs[len(r.Runs)-1].Seed, r.seconds)
	return tw.Flush()
}

func (r *replicates) printJSON(w io.Writer) error {
	seeds, values := make([]uint64, len(r.Runs)), map[string][]float64{}
	for i := range r.Runs {
		seeds[i] = r.Runs[i].Seed
	}
	for _, name := range r.Scores() {
		values[name] = r.values(name)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Seeds  []uint64             `json:"seeds"`
		Means  map[string]float64   `json:"means"`
		Values map[string][]float64 `json:"values"`
	}{seeds, r.means().Values, values})
}
