package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"infomorph/internal/checkpoint"
	"infomorph/internal/record"
	"infomorph/scenarios/sweep"
)

func newVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify DIR",
		Short: "Check result folders against the checksums that were taken when they were written",
		Long: "Check every result folder in DIR, or DIR itself, against the checksums that were taken\n" +
			"when its run wrote it: tables, pictures, scenario, recording, checkpoints, the report, and\n" +
			"for a killed run the rows that are not in a table yet. For a sweep or a search it also\n" +
			"checks plan, scenario, tables and pictures, and for a node its parts of checkpoints. It\n" +
			"ignores files that no run has written. With damage the exit code is 1, and the output\n" +
			"names the damaged files.",
		Example: "  infomorph verify results\n  infomorph verify sweeps/rates",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			checked, err := verifyAll(args[0])
			if err != nil {
				return record.Fault(err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d result folders, undamaged\n", args[0], checked)
			return err
		},
	}
}

// verifyAll checks a folder and everything below it. After an error it
// continues, so that it reports all damage.
func verifyAll(dir string) (checked int, err error) {
	var faults []error
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		folder, err := verifyOne(path, e)
		if folder {
			checked++
		}
		if err != nil {
			faults = append(faults, err)
		}
		return nil
	})
	if err == nil && checked == 0 {
		err = errors.New(dir + ": there is no result folder")
	}
	return checked, errors.Join(append(faults, err)...)
}

// verifyOne checks the files that a file of checksums lists, or a file with a
// checksum of its own. folder reports whether it checked a whole folder.
func verifyOne(path string, e fs.DirEntry) (folder bool, err error) {
	in := filepath.Dir(path)
	switch {
	case e.IsDir():
		return false, nil
	case e.Name() == record.SumsName:
		return true, record.CheckSums(in)
	case e.Name() == "manifest.json":
		_, err := checkpoint.Check(in)
		return true, err
	case filepath.Ext(path) == sweep.ErrorSuffix && filepath.Base(in) == "runs":
		_, err := sweep.ReadError(path)
		return false, err
	case checkpoint.IsPart(e.Name()) && filepath.Base(in) != checkpoint.PartsFolder:
		return false, checkpoint.CheckPart(path) // a part in the folder of a node
	}
	return false, nil
}
