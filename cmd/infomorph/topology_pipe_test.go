//go:build unix

package main

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
)

// namedPipe is a pipe with a name, held open so that writing does not block.
type namedPipe struct {
	name string
	file *os.File
}

func makePipe(t *testing.T, name string) namedPipe {
	t.Helper()
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return namedPipe{name, file}
}

func (p namedPipe) read() string {
	data, _ := io.ReadAll(p.file)
	return string(data)
}

// TestPipesAreRefused gives a pipe to every flag that reads a file: no command
// waits for another program to write into it.
func TestPipesAreRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"p", "p.graphml", "p.csv"} {
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Skip(err)
		}
	}
	graph := []string{"associative_memory={patterns: {source: letters, width: 5, height: 5}}", "network.topology={rule: imported, graph: p.graphml}"}
	for _, args := range [][]string{
		{"run", "p"}, {"validate", "p"}, {"fmt", "p"}, {"plan", "p"}, {"sweep", "p", "--over", "seed=1,2"}, {"search", "p"},
		{"run", "memory-50", "--no-files", "--set", graph[0], "--set", graph[1]}, {"run", "memory-50", "--no-files", "--nodes", "p"},
		{"run", "memory-50", "--no-files", "--live", "--live-cert", "p", "--live-key", "p"},
		{"run", "recorded-spikes", "--no-files", "--set", "data.trains.spikes.file=p.csv"},
		{"topology", "measure", "p.graphml"}, {"topology", "compare", "p.graphml", "p.graphml"}, {"topology", "plot", "p.graphml"},
		{"pid", "decompose", "p"}, {"pid", "estimate", "p.csv", "--sources", "a,b", "--target", "c"}, {"pid", "grid", "--write", "p"},
		{"reproduce", "bars", "--write", "p"}, {"reproduce", "bars", "--registry", "p"},
		{"node", "--cert", "p", "--key", "p", "--ca", "p"},
	} {
		if _, stderr, code := command(t, args...); code != exitBadInput || !strings.Contains(stderr, "it is a pipe") {
			t.Errorf("%v: exit %d: %s", args, code, stderr)
		}
	}
}
