package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"infomorph/internal/config"
	"infomorph/internal/guard"
	"infomorph/scenarios"
	"infomorph/scenarios/run"
)

// formatFlags are the flags of infomorph fmt.
type formatFlags struct{ write, check bool }

func newFormatCommand() *cobra.Command {
	var f formatFlags
	cmd := &cobra.Command{
		Use:   "fmt [FILE...]",
		Short: "Format scenario files in the canonical layout, with their comments",
		Long: "Format scenario files in the canonical layout: keys in the order of the reference, with\n" +
			"their comments. The meaning of a file does not change. Without FILE, or with -, it reads\n" +
			"standard input.",
		Example: "  infomorph fmt -w my.yaml\n  infomorph fmt --check scenarios/*.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"-"}
			}
			var errs []error
			for _, name := range args {
				errs = append(errs, f.format(cmd, name))
			}
			return worst(errs)
		},
	}
	cmd.Flags().BoolVarP(&f.write, "write", "w", false, "write the result to the file instead of standard output")
	cmd.Flags().BoolVar(&f.check, "check", false, "only name the files that are not formatted; exit code 1 if there are any")
	cmd.MarkFlagsMutuallyExclusive("write", "check")
	return cmd
}

// worst joins errors, with the highest of their exit codes.
func worst(errs []error) error {
	code := exitDone
	for _, err := range errs {
		if err != nil {
			code = max(code, codeOf(err))
		}
	}
	if code == exitDone {
		return nil
	}
	if code == exitRunFailed {
		return runFailed(errors.Join(errs...))
	}
	return badInput(errors.Join(errs...))
}

func (f *formatFlags) format(cmd *cobra.Command, name string) error {
	in, err := readDocument(cmd.InOrStdin(), name)
	if err != nil {
		return badInput(err)
	}
	out, err := scenarios.Format(name, in)
	switch {
	case err != nil:
		return badInput(err)
	case f.check && !bytes.Equal(in, out):
		return runFailed(fmt.Errorf("%s: not formatted; run infomorph fmt -w", name))
	case f.check:
		return nil
	case f.write && name != "-":
		if bytes.Equal(in, out) {
			return nil
		}
		return runFailed(replaceFile(name, out))
	}
	_, err = cmd.OutOrStdout().Write(out)
	return err
}

// readDocument reads a file, or standard input for "-", up to the size limit
// of a scenario.
func readDocument(stdin io.Reader, name string) ([]byte, error) {
	if name == "-" {
		return config.ReadAll("standard input", stdin)
	}
	file, err := run.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return config.ReadAll(name, file)
}

// replaceFile replaces the content of a file, completely or not at all, and
// keeps its permissions.
func replaceFile(name string, data []byte) error { return guard.SaveBytes(name, data) }
