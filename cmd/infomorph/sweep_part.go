package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"infomorph/scenarios/sweep"
)

// reportPart prints the outcome of a part. There are no tables, because they
// need all parts.
func (f *sweepFlags) reportPart(cmd *cobra.Command, s *sweep.Sweep, took time.Duration) error {
	all, done, failed := s.Count(f.share)
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s, part %s: %d of its %d runs done, %d failed, %.1f s\nwhen all parts are done: infomorph sweep merge %s … --out DIR\n",
		s.Base.Name, f.part, done, all, failed, took.Seconds(), s.Dir)
	return err
}

// mergeFlags are the flags of infomorph sweep merge.
type mergeFlags struct {
	sweepFlags
}

func newMergeCommand() *cobra.Command {
	var f mergeFlags
	cmd := &cobra.Command{
		Use:   "merge PART...",
		Short: "Join the parts of a sweep, with the same tables and plots as of the undivided sweep",
		Long: "Join the folders of the parts of a sweep (infomorph sweep --part i/n) into one. The\n" +
			"tables and plots are the same bytes as those of a sweep that was not divided. If all\n" +
			"parts share one folder, give only this folder, without --out.",
		Example: "  infomorph sweep merge parts/1 parts/2 parts/3 --out joined\n" +
			"  infomorph sweep merge shared",
		Args: cobra.MinimumNArgs(1),
		RunE: f.merge,
	}
	fs := cmd.Flags()
	fs.StringVar(&f.out, "out", "", "folder of the joined sweep")
	fs.StringSliceVar(&f.scores, "score", nil, "scores to print and plot (default: those with an expectation, else the first three)")
	fs.BoolVar(&f.json, "json", false, "print one JSON document instead of tables")
	return cmd
}

func (f *mergeFlags) merge(cmd *cobra.Command, args []string) error {
	began := time.Now()
	whole, err := sweep.Merge(f.out, args...)
	if err != nil {
		return err
	}
	return f.report(cmd, whole, time.Since(began))
}
