package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReferenceIsCurrent holds docs/scenario.md to the Go types; go test
// -update writes it.
func TestReferenceIsCurrent(t *testing.T) {
	text, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/scenario.md", text)
}

func TestManPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man")
	if _, stderr, code := command(t, "docs", "man", dir); code != exitDone {
		t.Fatal(stderr)
	}
	page, err := os.ReadFile(filepath.Join(dir, "infomorph-run.1"))
	if err != nil || !strings.Contains(string(page), "seed of every random stream") {
		t.Errorf("the page of run does not tell of --seed (%v)", err)
	}
}

// TestFirstScenario runs what init writes.
func TestFirstScenario(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, stderr, code := command(t, "init"); code != exitDone {
		t.Fatal(stderr)
	}
	if _, stderr, code := command(t, "fmt", "--check", "my.yaml"); code != exitDone {
		t.Error(stderr)
	}
	stdout, stderr, code := command(t, "run", "my.yaml", "--quiet", "--no-files")
	if code != exitDone || !strings.Contains(stdout, "pass") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	if _, stderr, code := command(t, "init"); code != exitBadInput || !strings.Contains(stderr, "overwrites nothing") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if _, _, code := command(t, "init", "--full", filepath.Join(t.TempDir(), "full.yaml")); code != exitDone {
		t.Error("init --full")
	}
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		word, want string
		code       int
	}{
		{"neuron.window", "Number of last samples that the neuron keeps", exitDone},
		{"context_bins", "neuron.context_bins", exitDone},
		{"recall.damaged.exact", "without a wrong bit", exitDone},
		{"recall.damaged.mean_cosine", "recall.damaged.mean_overlap: score", exitDone}, // the former name
		{"130", "interrupted", exitDone},
		{"windw", "did you mean neurons.<name>.window?", exitBadInput},
		{"recal.exact", "did you mean recall.exact?", exitBadInput},
		{"neuron.windw", "did you mean neuron.window?", exitBadInput},
	} {
		stdout, stderr, code := command(t, "explain", c.word)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("explain %s: exit code %d, got %q, want %q", c.word, code, stdout+stderr, c.want)
		}
	}
}
