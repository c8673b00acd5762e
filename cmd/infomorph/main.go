// Command infomorph simulates networks of infomorphic neurons.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"infomorph/internal/config"
)

// Exit codes, the contract of design: scripts and CI rely on them.
const (
	exitDone        = 0
	exitRunFailed   = 1
	exitBadInput    = 2
	exitExpectation = 3
	exitInterrupted = 130
)

// exitError carries the exit code that an error should end the program with.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// badInput marks err as the user's to mend: exit code 2.
func badInput(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitBadInput, err}
}

// runFailed marks err as a failure of the run itself: exit code 1.
func runFailed(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitRunFailed, err}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "infomorph",
		Short:         "Simulate networks of infomorphic neurons that learn from their own information",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(newRunCommand(), newResumeCommand(), newReplayCommand(), newAuditCommand(), newValidateCommand(), newListCommand(), newVersionCommand())
	root.AddCommand(newPIDCommand())
	root.AddCommand(newTopologyCommand())
	root.AddCommand(newSchemaCommand(), newFormatCommand(), newExplainCommand(), newInitCommand(), newDocsCommand())
	root.AddCommand(newSweepCommand(), newPlanCommand(), newCompareRunsCommand(), newReportCommand())
	root.AddCommand(newReproduceCommand(), newSearchCommand())
	return root
}

// codeOf returns the exit code for err; an error without one comes from the
// command line itself and is the user's to mend.
func codeOf(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return e.code
	default:
		return exitBadInput
	}
}

// message is what the user is told: faults of a file lead with their position,
// as editors expect, everything else with the name of the program.
func message(err error) string {
	if faults := new(config.Errors); errors.As(err, &faults) {
		return err.Error()
	}
	return "infomorph: " + err.Error()
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRoot().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, message(err))
	}
	os.Exit(codeOf(err))
}
