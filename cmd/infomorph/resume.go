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
	var fork, despite bool
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
			if !fork && (len(f.sets) > 0 || f.out != "") {
				return badInput(errors.New("--set and --out change a run: add --fork to leave the old one as it is"))
			}
			return f.resume(cmd, args[0], fork, despite)
		},
	}
	f.add(cmd)
	if err := cmd.Flags().MarkHidden("seed"); err != nil {
		panic("infomorph: the common flags have no seed")
	}
	f.engine.add(cmd)
	f.addResults(cmd)
	cmd.Flags().BoolVar(&fork, "fork", false, "leave RUN as it is and go on in a new folder")
	cmd.Flags().BoolVar(&despite, "despite-damage", false, "go on although files of RUN are damaged, from the latest checkpoint that is whole with all it needs")
	return cmd
}

func (f *runFlags) resume(cmd *cobra.Command, dir string, fork, despite bool) error {
	manifest, err := resumable(cmd, dir, despite)
	if err != nil {
		return err
	}
	if manifest.Status == record.StatusDone && !fork {
		return badInput(fmt.Errorf("%s: the run came to its end; there is nothing to resume (--fork goes on from its last checkpoint)", dir))
	}
	from, skipped, err := checkpoint.ReadLast(dir)
	if err != nil {
		return folderFault(err)
	}
	if skipped != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "infomorph: going on from an earlier checkpoint: %v\n", skipped)
	}
	s, err := loadScenario(filepath.Join(dir, record.ScenarioName), f.sets...)
	if err != nil {
		return err
	}
	f.begin = beginning{dir: dir, from: from, fork: fork}
	s.folder = folder(manifest.Folder)
	target := dir
	if fork {
		target = f.out
		if from == nil {
			return badInput(fmt.Errorf("%s: there is no checkpoint to fork from", dir))
		}
	}
	return f.runAndPrint(cmd, s, target)
}

// resumable reads the manifest of a folder that is as its run left it.
func resumable(cmd *cobra.Command, dir string, despite bool) (*record.Manifest, error) {
	m, err := checkpoint.Check(dir)
	switch {
	case err == nil:
		return m, nil
	case m == nil && record.Unbegun(dir):
		return nil, badInput(fmt.Errorf("%s: the run was killed before it had begun; run it again into the same folder", dir))
	case m == nil:
		return nil, folderFault(err)
	case m.Verify(dir, record.ScenarioName) != nil:
		return nil, folderFault(otherScenario(dir, m))
	case despite:
		fmt.Fprintf(cmd.ErrOrStderr(), "infomorph: going on although files are damaged: %v\n", err)
		return m, nil
	}
	return nil, folderFault(fmt.Errorf("%w; nothing was changed; --despite-damage goes on if what it needs is whole", err))
}

// otherScenario says what was changed in the scenario of a run.
func otherScenario(dir string, m *record.Manifest) error {
	name := filepath.Join(dir, record.ScenarioName)
	err := fmt.Errorf("%s: %w", name, record.ErrDamaged)
	s, loadErr := loadScenario(name)
	if loadErr != nil {
		return fmt.Errorf("%w: %w", err, loadErr)
	}
	was, is := map[string]string{}, map[string]string{}
	flatten(was, "", m.Config)
	if settings, err := settingsOf(s.Scenario); err == nil {
		flatten(is, "", settings)
	}
	what, sets := "", ""
	for _, d := range differences(was, is) {
		what += fmt.Sprintf("\n  %s was %s, is %s", d.Path, d.A, d.B)
		sets += fmt.Sprintf(" --set %s=%s", d.Path, d.B)
	}
	if what == "" {
		return err
	}
	return fmt.Errorf("%w:%s\na resumed run must be the same experiment: put that back, and go on with a change in a new folder: infomorph resume %s --fork%s", err, what, dir, sets)
}

// folderFault gives an error about a result folder its exit code: damage is no
// fault of the command line.
func folderFault(err error) error {
	if errors.Is(err, record.ErrDamaged) {
		return runFailed(err)
	}
	return badInput(err)
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
		run, err := record.Restart(opts)
		if err == nil {
			dropParts(b.dir)
		}
		return run, err
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
