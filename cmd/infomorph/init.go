package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"infomorph/scenarios"
)

//go:embed init/scenario.yaml
var firstScenario []byte

//go:embed init/patterns.txt
var firstPatterns []byte

func newInitCommand() *cobra.Command {
	var full bool
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented scenario and patterns, for you to change",
		Long: "Write a commented scenario (default my.yaml) and beside it patterns.txt, the patterns\n" +
			"that it learns, for you to change and run. It overwrites nothing.",
		Example: "  infomorph init my.yaml && infomorph run my.yaml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "my.yaml"
			if len(args) > 0 {
				name = args[0]
			}
			return writeFirst(cmd, name, full)
		},
	}
	cmd.Flags().BoolVar(&full, "full", false, "write every key with its default and its documentation")
	return cmd
}

func writeFirst(cmd *cobra.Command, name string, full bool) error {
	text := firstScenario
	if full {
		s, err := scenarios.Load(name, bytes.NewReader(firstScenario))
		if err != nil {
			return err
		}
		if text, err = s.Documented(); err != nil {
			return err
		}
	}
	patterns := filepath.Join(filepath.Dir(name), "patterns.txt")
	if _, err := os.Lstat(patterns); err == nil {
		return badInput(fmt.Errorf("%s exists already; infomorph init overwrites nothing", patterns))
	}
	if err := createFile(name, text); err != nil {
		return err
	}
	if err := createFile(patterns, firstPatterns); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "Now change %s and %s. Next:\n"+
		"  infomorph run %s\n  infomorph explain neuron.window\n  infomorph sweep %[1]s --over neuron.window=16,32,64 --seeds 3\n", name, patterns, name)
	return err
}

// createFile writes a file that must not exist yet.
func createFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return badInput(fmt.Errorf("%s exists already; infomorph init overwrites nothing", name))
	}
	if err != nil {
		return badInput(err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return runFailed(errors.Join(err, os.Remove(name)))
	}
	return nil
}
