package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"infomorph/internal/checkpoint"
	"infomorph/internal/record"
)

func newResumeCommand() *cobra.Command {
	var f runFlags
	var fork bool
	cmd := &cobra.Command{
		Use:   "resume RUN",
		Short: "Go on with a run that was stopped, from its last checkpoint",
		Long: "Go on with a run that was interrupted, failed or killed, from the last checkpoint in its\n" +
			"result folder. The results are the same bytes as those of a run that was never stopped.\n" +
			"With --fork the run is left as it is and a new one goes on from its checkpoint, where\n" +
			"--set changes the future only.",
		Example: "  infomorph resume runs/associative-memory/20260101T120000Z-1-0a1b2c3d\n" +
			"  infomorph resume RUN --fork --set neuron.learning.rate=1 --out runs/slower",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !fork && (len(f.sets) > 0 || f.out != "") {
				return badInput(errors.New("--set and --out change a run: add --fork to leave the old one as it is"))
			}
			return f.resume(cmd, args[0], fork)
		},
	}
	f.add(cmd)
	if err := cmd.Flags().MarkHidden("seed"); err != nil {
		panic("infomorph: the common flags have no seed")
	}
	f.engine.add(cmd)
	f.addResults(cmd)
	cmd.Flags().BoolVar(&fork, "fork", false, "leave RUN as it is and go on in a new folder")
	return cmd
}

func (f *runFlags) resume(cmd *cobra.Command, dir string, fork bool) error {
	from, skipped, err := checkpoint.ReadLast(dir)
	if err != nil {
		return badInput(err)
	}
	if skipped != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "infomorph: going on from an earlier checkpoint: %v\n", skipped)
	}
	manifest, err := record.ReadManifest(dir)
	if err != nil && record.Unbegun(dir) {
		return badInput(fmt.Errorf("%s: the run was killed before it had begun; run it again into the same folder", dir))
	}
	if err != nil {
		return badInput(fmt.Errorf("%s: not a result folder: %w", dir, err))
	}
	if manifest.Status == record.StatusDone && !fork {
		return badInput(fmt.Errorf("%s: the run came to its end; there is nothing to resume (--fork goes on from its last checkpoint)", dir))
	}
	s, err := loadScenario(filepath.Join(dir, "scenario.yaml"), f.sets...)
	if err != nil {
		return err
	}
	f.begin = beginning{dir: dir, from: from, fork: fork}
	if from != nil {
		s.folder = folder(from.Meta.Folder)
	}
	target := dir
	if fork {
		target = f.out
		if from == nil {
			return badInput(fmt.Errorf("%s: there is no checkpoint to fork from", dir))
		}
	}
	return f.runAndPrint(cmd, s, target)
}

// beginning says where a run begins: nil from is the very beginning.
type beginning struct {
	dir  string // of the run that is resumed
	from *checkpoint.Checkpoint
	fork bool
}

// open opens the result folder of a run that begins there.
func (b *beginning) open(opts record.Options) (*record.Run, error) {
	switch {
	case b.from == nil && b.dir != "": // killed before its first checkpoint
		dropParts(b.dir)
		opts.Overwrite = true
		return record.Create(opts)
	case b.from == nil:
		return record.Create(opts)
	case b.fork:
		opts.Provenance.Parent = b.dir
		from := b.from.Meta.Recorder
		from.Growing = nil // a recording is of one scenario: it begins anew
		return record.Fork(opts, b.dir, from)
	}
	return record.Resume(opts, b.from.Meta.Recorder)
}
