package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"infomorph/internal/checkpoint"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
	"infomorph/topology"
)

// initialSuffix after a result folder means its network as the run began.
const initialSuffix = ":initial"

// runFolder reports whether a name means the network of a run: a result folder,
// with or without initialSuffix.
func runFolder(name string) (dir string, initial, ok bool) {
	dir, initial = strings.CutSuffix(name, initialSuffix)
	info, err := os.Stat(dir)
	return dir, initial, err == nil && info.IsDir()
}

// graphsOfRun returns the network of a run at its beginning, and at its last
// checkpoint: after lesions and growth, and with the learned weights.
func graphsOfRun(dir string) (initial, learned *topology.Graph, err error) {
	from, _, err := checkpoint.ReadLast(dir)
	if err == nil && from == nil {
		err = fmt.Errorf("there is no checkpoint, and so no learned network")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", dir, err)
	}
	s, err := loadScenario(filepath.Join(dir, "scenario.yaml"))
	if err != nil {
		return nil, nil, err
	}
	if s.Study != nil {
		return nil, nil, fmt.Errorf("%s: a study runs many networks and stores none; run the scenario of one of its points", dir)
	}
	task, err := scenarios.NewTask(s.Scenario, run.Folder(from.Meta.Folder))
	if err != nil {
		return nil, nil, err
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		return nil, nil, err
	}
	if err := e.Restore(from.Engine); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", dir, err)
	}
	weights, err := sim.Weights(e)
	if err != nil {
		return nil, nil, err
	}
	learned = e.Network().Clone()
	for i, w := range weights {
		learned.Weights()[i] = float32(w)
	}
	return task.Network().Graph, learned, nil
}

// loadRunGraph reads the network of a run.
func loadRunGraph(dir string, initial bool) (*topology.Graph, error) {
	first, learned, err := graphsOfRun(dir)
	if initial {
		return first, badInput(err)
	}
	return learned, badInput(err)
}

func newExportCommand() *cobra.Command {
	var out, format string
	var initial bool
	c := &cobra.Command{
		Use:   "export RUN",
		Short: "Write the network that a run has learned",
		Long: "Write the network that a run has learned, from its last checkpoint: with the learned\n" +
			"weights, after lesions, rewiring and growth. RUN is a result folder; every other topology\n" +
			"command accepts one instead of a graph file, and RUN:initial for the initial network.",
		Example: "  infomorph topology export runs/memory-50/20260101T120000Z-1-0a1b2c3d -o learned.graphml\n" +
			"  infomorph topology compare RUN --weighted",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, first, ok := runFolder(args[0])
			if !ok {
				return badInput(fmt.Errorf("%s: not a result folder", args[0]))
			}
			g, err := loadRunGraph(dir, initial || first)
			if err != nil {
				return err
			}
			if err := saveTopology(cmd, out, format, g); err != nil {
				return err
			}
			describe(cmd, out, g)
			return nil
		},
	}
	s := c.Flags()
	s.StringVarP(&out, "out", "o", "-", "FILE to write")
	s.StringVar(&format, "format", "", "format, if the extension does not say it")
	s.BoolVar(&initial, "initial", false, "the initial network of the run")
	return c
}
