package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "rewrite golden files")

// command runs the program in this process and returns its output and its exit
// code.
func command(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(io.LimitReader(nil, 0))
	root.SetOut(&out)
	root.SetErr(&errs)
	err := root.ExecuteContext(t.Context())
	if err != nil {
		errs.WriteString(message(err) + "\n")
	}
	return out.String(), errs.String(), codeOf(err)
}

// golden compares got with a file, or rewrites the file with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

// TestPanicIsASentence: a panic is reported as a sentence, without a stack
// trace.
func TestPanicIsASentence(t *testing.T) {
	t.Setenv("GOTRACEBACK", "")
	broken := &cobra.Command{Use: "broken", SilenceErrors: true, SilenceUsage: true, Run: func(*cobra.Command, []string) { panic("a mistake") }}
	broken.SetArgs(nil)
	err := execute(t.Context(), broken)
	if codeOf(err) != exitRunFailed || !strings.HasPrefix(message(err), "infomorph: internal error: a mistake; ") || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("exit code %d: %v", codeOf(err), err)
	}
}

// TestUnknownSubcommands: a command with subcommands refuses an unknown one.
func TestUnknownSubcommands(t *testing.T) {
	for _, c := range newRoot().Commands() {
		if !c.HasSubCommands() || c.Name() == "completion" || c.Name() == "help" {
			continue
		}
		if _, stderr, code := command(t, c.Name(), "no-such"); code != exitBadInput || !strings.Contains(stderr, "no-such") {
			t.Errorf("%s no-such: exit code %d: %s", c.Name(), code, stderr)
		}
	}
}
