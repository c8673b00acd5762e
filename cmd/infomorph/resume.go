package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"infomorph/scenarios/run"
)

func newResumeCommand() *cobra.Command {
	var f runFlags
	var o run.OpenOptions
	cmd := &cobra.Command{
		Use:   "resume RUN",
		Short: "Resume a run that was stopped, from its last checkpoint",
		Long: "Resume a run that was interrupted, failed or killed, from the last checkpoint in its\n" +
			"result folder. The results are the same bytes as those of a run that was never stopped.\n" +
			"First the whole folder is compared with its checksums; if files are damaged or the\n" +
			"scenario was edited, nothing is done. Your own files in the folder stay as they are.\n" +
			"With --fork the run stays unchanged, and a new run continues from its checkpoint; there\n" +
			"--set changes only what comes after the checkpoint.",
		Example: "  infomorph resume runs/associative-memory/20260101T120000Z-1-0a1b2c3d\n" +
			"  infomorph resume RUN --fork --set neuron.learning.rate=1 --out runs/slower",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !o.Fork && (len(f.sets) > 0 || f.out != "") {
				return badInput(errors.New("--set and --out need --fork, which keeps the old run unchanged"))
			}
			o.Sets = f.sets
			return f.resume(cmd, args[0], o)
		},
	}
	f.add(cmd)
	if err := cmd.Flags().MarkHidden("seed"); err != nil {
		panic("infomorph: the common flags have no seed")
	}
	f.engine.add(cmd)
	f.addResults(cmd)
	f.live.add(cmd)
	cmd.Flags().BoolVar(&o.Fork, "fork", false, "keep RUN unchanged and continue in a new folder")
	cmd.Flags().BoolVar(&o.DespiteDamage, "despite-damage", false, "continue although files of RUN are damaged, from the latest checkpoint that is undamaged with all its files")
	return cmd
}

func (f *runFlags) resume(cmd *cobra.Command, dir string, open run.OpenOptions) error {
	stopped, err := run.Open(dir, open)
	if stopped != nil {
		for _, note := range stopped.Notes {
			fmt.Fprintln(cmd.ErrOrStderr(), "infomorph:", note)
		}
	}
	if err != nil {
		return err
	}
	stopped.Scenario.Room = room.available()
	o := f.options()
	o.From = stopped
	return f.runAndPrint(cmd, stopped.Scenario, o)
}
