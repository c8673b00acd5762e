package main

import (
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// small makes the runs of examples short.
const (
	small       = ` --quiet --set expect=null`
	smallLetter = small + ` --set 'associative_memory.patterns={source: letters, width: 5, height: 5}'`
	smallBars   = small + ` --set bars.stimuli=100 --set bars.test=20`
	smallFree   = small + ` --set associative_memory.presentations=1 --set associative_memory.patterns.count=5`
	someRun     = `infomorph run bars` + smallBars + ` --out `
	someGraph   = `infomorph topology generate watts_strogatz --n 60 --k 4 --p 0.1 --out `
	oneNode     = `printf 'coordinator: 127.0.0.1\nnodes:\n  - {name: node1, address: "127.0.0.1:7101"}\n' > nodes.yaml`
)

// exampleStages say, for the first example of a command, what must exist before
// it is run, which arguments are added, and how many lines are one example.
var exampleStages = map[string]struct {
	before, more string
	lines        int
}{
	"audit":             {more: smallLetter, lines: 2},
	"replay":            {more: smallFree, lines: 2},
	"compare":           {before: someRun + "results/slow && " + someRun + "results/fast --set seed=2"},
	"export":            {before: someRun + "run"},
	"plot":              {before: someRun + "run"},
	"verify":            {before: someRun + "results"},
	"fmt":               {before: "infomorph show bars > my.yaml"},
	"validate":          {before: "infomorph show bars > my.yaml"},
	"init":              {more: small},
	"node":              {before: oneNode},
	"node certificates": {before: oneNode},
	"run":               {more: smallLetter},
	"search":            {more: smallBars + " --trials 2"},
	"sweep":             {more: smallLetter + " --seeds 1"},
	"report":            {before: "infomorph sweep bars --seeds 2 --out sweeps/my" + smallBars},
	"sweep merge":       {before: "for i in 1 2 3; do infomorph sweep bars --seeds 3 --part $i/3 --out parts/$i" + smallBars + "; done"},
	"topology compare":  {before: someGraph + "initial.graphml && " + someGraph + "learned.graphml"},
	"topology convert":  {before: someGraph + "karate.gexf"},
	"topology lesion":   {before: someGraph + "net.graphml"},
	"topology measure":  {before: someGraph + "karate.gexf"},
	"topology plot":     {before: someGraph + "karate.gexf"},
	"topology export":   {before: someRun + "runs/memory-50/20260101T120000Z-1-0a1b2c3d"},
}

// exampleExceptions are commands whose first example is not run here, and why.
var exampleExceptions = map[string]string{
	"nodes check": "needs nodes that answer; the machines tests start some",
	"view":        "serves until it is interrupted; TestView opens one",
	"resume":      "needs a run that was stopped midway; the scripts of checkpoints stop some",
}

// TestFirstExamplesRun: the first example of every help text runs, unchanged
// except for a smaller task.
func TestFirstExamplesRun(t *testing.T) {
	program(t)
	seen := map[string]bool{}
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			visit(c)
		}
		name := strings.TrimPrefix(cmd.CommandPath(), "infomorph ")
		if cmd.HasSubCommands() && cmd.Example == "" || cmd.IsAdditionalHelpTopicCommand() || name == "help" {
			return
		}
		if seen[name] = true; exampleExceptions[name] != "" {
			return
		}
		t.Run(name, func(t *testing.T) {
			if cmd.Example == "" {
				t.Fatal("the help text has no example")
			}
			runExample(t, name, cmd.Example)
		})
	}
	visit(newRoot())
	for _, name := range slices.Concat(slices.Collect(maps.Keys(exampleStages)), slices.Collect(maps.Keys(exampleExceptions))) {
		if !seen[name] {
			t.Errorf("there is no command %q", name)
		}
	}
}

// runExample runs the first example of a text in a shell, in a folder of its own.
func runExample(t *testing.T, name, text string) {
	stage := exampleStages[name]
	text = regexp.MustCompile(`\\\n\s*`).ReplaceAllString(strings.TrimSpace(text), "")
	lines := strings.Split(text, "\n")
	script := "set -e\n" + stage.before + "\n" + lines[0] + stage.more + "\n" + strings.Join(lines[1:max(stage.lines, 1)], "\n")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir = t.TempDir()
	cmd.Env = os.Environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s\n%s", err, script, out)
	}
}
