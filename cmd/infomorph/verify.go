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
		Short: "Compare result folders with the checksums that were taken as they were written",
		Long: "Compare every result folder in DIR, or DIR itself, with the checksums that were taken as\n" +
			"its run wrote it: tables, pictures, scenario, recording, checkpoints, the report, and of a\n" +
			"run that was killed the rows that are in no table yet. Of a sweep or a search its plan,\n" +
			"scenario, tables and pictures too; of a node the parts of checkpoints that it keeps. Files\n" +
			"that no run has written are not looked at. Exit code 1 names what is damaged.",
		Example: "  infomorph verify results\n  infomorph verify sweeps/rates",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			checked, err := verifyAll(args[0])
			if err != nil {
				return record.Fault(err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d result folders, whole\n", args[0], checked)
			return err
		},
	}
}

// verifyAll checks a folder and all below it. It goes on after damage, to name
// all of it.
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
		err = errors.New(dir + ": no result folder is there")
	}
	return checked, errors.Join(append(faults, err)...)
}

// verifyOne checks what a file of checksums tells of, or a file that carries its
// own. folder says that it stands for a whole folder.
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
		return false, checkpoint.CheckPart(path) // of a node
	}
	return false, nil
}
