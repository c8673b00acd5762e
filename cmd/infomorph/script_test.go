package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" { // started by a wrapper, see program
		main()
		return
	}
	testscript.Main(m, map[string]func(){"infomorph": main})
}

// TestScripts runs the program end to end; see testdata/script.
func TestScripts(t *testing.T) {
	// Programs that are started here must react to SIGHUP even if these tests
	// ignore it, for example under nohup. A child inherits ignored signals, but
	// not caught ones, so catch it.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Condition:           func(cond string) (bool, error) { return cond == "mount" && canMount(t), nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":  exits,
			"signal": signalled,
			"tmpfs":  mountTmpfs,
			"same":   sameBytes,
		},
	})
}

// exits CODE COMMAND...: the command ends with that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	checkCode(ts, err, args[0])
}

func checkCode(ts *testscript.TestScript, err error, want string) {
	code := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}

// signal NAME CODE GLOB COUNT COMMAND...: the command is sent the signal (INT,
// TERM, HUP or KILL) as soon as the pattern matches that many files, and ends with that
// exit code (-1 when killed).
func signalled(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 5 {
		ts.Fatalf("usage: signal NAME CODE GLOB COUNT COMMAND...")
	}
	sig := map[string]syscall.Signal{"INT": syscall.SIGINT, "KILL": syscall.SIGKILL, "HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM}[args[0]]
	count, err := strconv.Atoi(args[3])
	ts.Check(err)
	cmd := exec.Command(args[4], args[5:]...)
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), &out, &out
	ts.Check(cmd.Start())
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		if files, _ := filepath.Glob(ts.MkAbs(args[2])); len(files) >= count {
			break
		}
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			ts.Fatalf("%s: not %d files within 30 s\n%s", args[2], count, out.String())
		}
	}
	ts.Check(cmd.Process.Signal(sig))
	err = cmd.Wait()
	ts.Logf("%s", out.String())
	checkCode(ts, err, args[1])
}

// same A B: two files have the same bytes.
func sameBytes(ts *testscript.TestScript, neg bool, args []string) {
	a, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	if bytes.Equal(a, b) == neg {
		ts.Fatalf("%s and %s: same bytes is %v", args[0], args[1], !neg)
	}
}

// canMount reports whether a small disk can be mounted.
func canMount(t *testing.T) bool {
	dir := t.TempDir()
	if exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).Run() != nil {
		return false
	}
	return exec.Command("umount", dir).Run() == nil
}

// tmpfs DIR SIZE: mounts a small disk.
func mountTmpfs(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o777))
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+args[1], "tmpfs", dir).CombinedOutput()
	if err != nil {
		ts.Fatalf("%v: %s", err, out)
	}
	ts.Defer(func() { exec.Command("umount", dir).Run() })
}

func init() {
	// A process started in the background of a shell ignores SIGINT, and so
	// would every command of the scripts.
	signal.Reset(syscall.SIGINT)
}
