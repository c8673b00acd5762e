package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkFirstCommand runs the first command of the README as a program of its own, with
// files and without, and reports the processor time of each and the share of the files.
// The runs alternate, because other programs on the machine slow both down.
func BenchmarkFirstCommand(b *testing.B) {
	var with, without time.Duration
	for b.Loop() {
		with += processorTime(b, "--out", filepath.Join(b.TempDir(), "run"))
		without += processorTime(b, "--no-files")
	}
	b.ReportMetric(with.Seconds()*1e3/float64(b.N), "cpu-ms")
	b.ReportMetric(without.Seconds()*1e3/float64(b.N), "cpu-ms-without-files")
	b.ReportMetric(100*(with-without).Seconds()/with.Seconds(), "%-for-files")
}

// processorTime returns the processor time of a run of associative-memory.
func processorTime(b *testing.B, args ...string) time.Duration {
	b.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"run", "associative-memory", "--quiet"}, args...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
