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
		Short: "Go on with a run that was stopped, from its last checkpoint",
		Long: "Go on with a run that was interrupted, failed or killed, from the last checkpoint in its\n" +
			"result folder. The results are the same bytes as those of a run that was never stopped.\n" +
			"Before anything is changed the whole folder is compared with its checksums; damage, and a\n" +
			"scenario that was edited, are refused. Files of yours in the folder stay as they are.\n" +
			"With --fork the run is left as it is and a new one goes on from its checkpoint, where\n" +
			"--set changes the future only.",
		Example: "  infomorph resume runs/associative-memory/20260101T120000Z-1-0a1b2c3d\n" +
			"  infomorph resume RUN --fork --set neuron.learning.rate=1 --out runs/slower",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !o.Fork && (len(f.sets) > 0 || f.out != "") {
				return badInput(errors.New("--set and --out change a run: add --fork to leave the old one as it is"))
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
	cmd.Flags().BoolVar(&o.Fork, "fork", false, "leave RUN as it is and go on in a new folder")
	cmd.Flags().BoolVar(&o.DespiteDamage, "despite-damage", false, "go on although files of RUN are damaged, from the latest checkpoint that is whole with all it needs")
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
