package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"infomorph/internal/report"
)

func newReportCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "Write the report of a result folder: one page for a browser",
		Long: "Write the report of a result folder: one self-contained HTML page with the verdicts, figures,\n" +
			"atoms over time, scores, tables, where the run came from and how to reproduce it. A run writes\n" +
			"its report itself when it ends; this rebuilds it, also of a run that was interrupted.",
		Example: "  infomorph report results/my\n  infomorph report results/my -o my.html",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runReport(cmd, args[0], out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write (default RUN/report.html; - is standard output)")
	return cmd
}

func runReport(cmd *cobra.Command, dir, out string) error {
	if out == "" {
		out = filepath.Join(dir, report.FileName)
	}
	var page bytes.Buffer
	if err := report.Build(dir, &page); err != nil {
		return badInput(err)
	}
	if err := saveTo(cmd, out, all(&page)); err != nil || out == "-" {
		return err
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), out)
	return runFailed(err)
}

// writeReport writes the report of a run that has ended into its folder.
func writeReport(dir string) error {
	var page bytes.Buffer
	if err := report.Build(dir, &page); err != nil {
		return err
	}
	return saveFile(filepath.Join(dir, report.FileName), all(&page))
}

// all writes what was made ready before a file is touched.
func all(page *bytes.Buffer) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := page.WriteTo(w)
		return err
	}
}
