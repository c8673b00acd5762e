// Command infomorph simulates networks of infomorphic neurons.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"infomorph/internal/config"
	"infomorph/internal/fault"
	"infomorph/internal/guard"
)

// Exit codes. Scripts and CI rely on them, so they must not change.
const (
	exitDone        = 0
	exitRunFailed   = 1
	exitBadInput    = 2
	exitExpectation = 3
	exitInterrupted = 130
)

// badInput marks err as a fault of the input: exit code 2.
func badInput(err error) error { return fault.Input(err) }

// runFailed marks err as a failure of the run itself: exit code 1.
func runFailed(err error) error { return fault.Failed(err) }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "infomorph",
		Short:         "Simulate networks of infomorphic neurons that learn from their own information",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(newRunCommand(), newResumeCommand(), newViewCommand(), newServeCommand(), newReplayCommand(), newAuditCommand(), newValidateCommand(), newListCommand(), newVersionCommand())
	root.AddCommand(newPIDCommand())
	root.AddCommand(newTopologyCommand())
	root.AddCommand(newSchemaCommand(), newShowCommand(), newFormatCommand(), newExplainCommand(), newInitCommand(), newDocsCommand())
	root.AddCommand(newSweepCommand(), newPlanCommand(), newCompareRunsCommand(), newReportCommand(), newVerifyCommand(), newExportTablesCommand(), newPlotFigureCommand())
	root.AddCommand(newReproduceCommand(), newSearchCommand())
	root.AddCommand(newNodeCommand(), newNodesCommand())
	room.bytes = 0
	root.PersistentFlags().Var(&room, "max-memory", "refuse networks that need more memory, such as 2G (default: what the machine or its control group has)")
	return root
}

// codeOf returns the exit code for err; an unmarked error comes from the
// command line itself, and counts as bad input.
func codeOf(err error) int {
	if err == nil {
		return exitDone
	}
	switch kind := fault.Kind(err); {
	case errors.Is(kind, fault.ErrFailed):
		return exitRunFailed
	case errors.Is(kind, fault.ErrMissed):
		return exitExpectation
	case errors.Is(kind, fault.ErrInterrupted):
		return exitInterrupted
	}
	return exitBadInput
}

// message returns the text for the user. Faults of a file begin with their
// position, as editors expect; everything else begins with the name of the
// program.
func message(err error) string {
	if faults := new(config.Errors); errors.As(err, &faults) {
		return err.Error()
	}
	text := err.Error()
	for _, o := range fault.Options(err) {
		text = strings.Replace(text, o.Error(), "--"+o.Error(), 1)
	}
	return "infomorph: " + text
}

// execute runs the command. After a panic it returns an error with a sentence
// for the user. If GOTRACEBACK is set, the panic is printed with its stack
// instead.
func execute(ctx context.Context, root *cobra.Command) (err error) {
	if os.Getenv("GOTRACEBACK") != "" {
		return root.ExecuteContext(ctx)
	}
	debug.SetTraceback("none") // for panics in goroutines, which nobody can recover
	defer func() {
		if p := recover(); p != nil {
			err = fault.Internal(p)
		}
	}()
	return root.ExecuteContext(ctx)
}

func main() {
	ctx, stop := signals()
	root := newRoot()
	out := guard.NewOutput(os.Stdout)
	root.SetOut(out)
	err := execute(ctx, root)
	stop()
	if outErr := out.Err(); outErr != nil && (err == nil || codeOf(err) == exitExpectation) {
		err = runFailed(errors.Join(err, outErr))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, message(err))
	}
	os.Exit(codeOf(err))
}

// signals returns the context of the program. It ends with the first Ctrl-C,
// SIGTERM or SIGHUP (unless nohup makes the program ignore SIGHUP). A run then
// writes a checkpoint and ends; everything else ends at once. The next signal
// ends the program at once.
func signals() (ctx context.Context, stop func()) {
	signal.Ignore(syscall.SIGPIPE) // a closed standard output must not end a run
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		ends = append(ends, syscall.SIGHUP)
	}
	s := new(guard.Stopper)
	ctx, cancel := signal.NotifyContext(guard.WithStopper(context.Background(), s), ends...)
	s.Interrupted = func() bool { return ctx.Err() != nil }
	off := context.AfterFunc(ctx, func() {
		cancel()
		if s.Going() {
			fmt.Fprintln(os.Stderr, "infomorph: stopping; press Ctrl-C again to end at once")
			return
		}
		guard.Discard()
		fmt.Fprintln(os.Stderr, "infomorph: interrupted")
		os.Exit(exitInterrupted)
	})
	return ctx, func() { off(); cancel() }
}
