package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestAnalysisExamples runs what docs/analysis.md shows, in the languages that
// are there, on folders as its commands write them.
func TestAnalysisExamples(t *testing.T) {
	text, err := os.ReadFile("../../docs/analysis.md")
	if err != nil {
		t.Fatal(err)
	}
	runners := map[string][]string{}
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import pandas").Run() == nil {
			runners["python"] = []string{python, "-c"}
		}
	}
	if r, err := exec.LookPath("Rscript"); err == nil {
		runners["r"] = []string{r, "-e"}
	}
	if len(runners) == 0 {
		t.Skip("neither Python with pandas nor R is installed (Debian: python3-pandas, r-base-core)")
	}
	t.Chdir(t.TempDir())
	small := []string{"--set", "associative_memory.presentations=3", "--set", "expect=null", "--set", "associative_memory.recall=[{name: clean}]"}
	for _, args := range [][]string{
		{"run", "associative-memory", "--format", "csv", "--out", "run", "--quiet"},
		{"sweep", "associative-memory", "--over", "neuron.window=32,64", "--seeds", "2", "--out", "sweep"},
	} {
		if _, stderr, code := command(t, append(args, small...)...); code != exitDone {
			t.Fatal(stderr)
		}
	}
	for _, block := range regexp.MustCompile("(?s)```(python|r)\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		t.Run(block[1], func(t *testing.T) {
			runner, ok := runners[block[1]]
			if !ok {
				t.Skipf("no %s here that can read tables", block[1])
			}
			out, err := exec.Command(runner[0], append(runner[1:], block[2])...).CombinedOutput()
			if err != nil || strings.Count(string(out), "\n") < 5 {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
