package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"infomorph/internal/checkpoint"
	"infomorph/internal/record"
	"infomorph/internal/report"
	"infomorph/scenarios/run"
)

func newReportCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Write the report of a result folder: one page for a browser",
		Long: "Write the report of a result folder: one self-contained HTML page with the verdicts, figures,\n" +
			"atoms over time, scores, tables, provenance and how to reproduce the run. Runs, sweeps and\n" +
			"searches write their report when they end; this command writes it again, even for one that was\n" +
			"interrupted.",
		Example: "  infomorph report sweeps/my\n  infomorph report results/my\n  infomorph report results/my -o my.html",
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
	if manyRuns(dir) {
		if err := record.CheckSums(dir); err != nil {
			return record.Fault(err)
		}
		page, err := run.ReportMany(dir)
		if err != nil {
			return badInput(err)
		}
		return savedReport(cmd, out, page)
	}
	if _, err := checkpoint.Check(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return record.Fault(err)
	}
	page, err := run.Report(dir)
	if err != nil {
		return badInput(err)
	}
	return savedReport(cmd, out, page)
}

// savedReport writes the page and prints the name of its file.
func savedReport(cmd *cobra.Command, out string, page []byte) error {
	if err := saveTo(cmd, out, func(w io.Writer) error { _, err := w.Write(page); return err }); err != nil || out == "-" {
		return err
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), out)
	return runFailed(err)
}

// manyRuns reports whether dir is the folder of a sweep, of run --repeat or of
// a search, and not that of one run.
func manyRuns(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err == nil {
		return false
	}
	for _, name := range report.ManyTables {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}
