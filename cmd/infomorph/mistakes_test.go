package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMistakes compares the messages about typical mistakes with golden files:
// one line per fault, exit code 2.
func TestMistakes(t *testing.T) {
	t.Chdir("testdata/mistakes")
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("got %d mistakes (%v), want at least 30", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".yaml")
		t.Run(name, func(t *testing.T) {
			stdout, stderr, code := command(t, "validate", file)
			if code != exitBadInput || stdout != "" {
				t.Errorf("exit code %d, stdout %q", code, stdout)
			}
			golden(t, name+".golden", stderr)
		})
	}
}

// TestHugeScenario shows that a file is not read whole before it is refused.
func TestHugeScenario(t *testing.T) {
	t.Chdir(t.TempDir())
	f, err := os.Create("huge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(1 << 30); err != nil {
		t.Skip("no sparse files here: ", err)
	}
	f.Close()
	for _, verb := range []string{"validate", "run", "fmt"} {
		_, stderr, code := command(t, verb, "huge.yaml")
		if want := "huge.yaml:1:1: larger than the limit of 1 MiB; keep data in files of its own and name them here\n"; stderr != want || code != exitBadInput {
			t.Errorf("%s: exit code %d: got %q, want %q", verb, code, stderr, want)
		}
	}
}
