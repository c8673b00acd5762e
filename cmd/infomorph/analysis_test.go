package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"infomorph/scenarios"
)

// asProgram makes this test binary be the program.
const asProgram = "INFOMORPH_TEST_AS_PROGRAM"

// program puts a command "infomorph" on the PATH that is this test binary.
func program(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := "#!/bin/sh\n" + asProgram + "=1 exec '" + self + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "infomorph"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("INFOMORPH", "infomorph")
}

// TestExport: exported tables have the content of the CSV tables.
func TestExport(t *testing.T) {
	t.Chdir(t.TempDir())
	small := []string{"--set", "associative_memory.presentations=3", "--set", "expect=null", "--quiet"}
	if _, stderr, code := command(t, append([]string{"run", "associative-memory", "--out", "r"}, small...)...); code != exitDone {
		t.Fatal(stderr)
	}
	for _, name := range []string{"pid", "weights-trained", "recall"} {
		out, stderr, code := command(t, "export", "r", name, "--out", "-")
		want, err := os.ReadFile(filepath.Join("r", name+".csv"))
		if code != exitDone || err != nil || out != string(want) {
			t.Errorf("%s: %s %v\n%.200s\nwant\n%.200s", name, stderr, err, out, want)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"export"}, "--client"},
		{[]string{"export", "r", "x"}, `no table "x"; there are`},
		{[]string{"export", "nowhere"}, "no such file"},
		{[]string{"export", "r", "--format", "xls"}, "csv, tsv, npz, json"},
		{[]string{"export", "r", "--out", "-"}, "name one table"},
		{[]string{"export", "--client", "ruby"}, "python or R"},
	} {
		if _, stderr, code := command(t, c.args...); code != exitBadInput || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d, %s; want %q", c.args, code, stderr, c.want)
		}
	}
}

// walk runs the blocks of a page in order, in an empty folder: the commands of
// sh blocks, and Python and R if they are installed. A comment "exits N" after
// a command is its expected exit code, if it is not 0.
func walk(t *testing.T, page string, languages map[string]bool, shorter func(string) string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	program(t)
	t.Chdir(t.TempDir())
	for _, b := range blocksOf(string(text)) {
		switch {
		case b.file != "":
			if err := os.WriteFile(b.file, []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
		case b.language == "sh" && languages["sh"]:
			for _, c := range commandsOf(b.text) {
				if shorter != nil {
					c = shorter(c)
				}
				runShell(t, page, c)
			}
		case b.language == "python" && languages["python"] || b.language == "r" && languages["r"]:
			runner := map[string][]string{"python": {"/usr/bin/python3", "-c"}, "r": {"Rscript", "-e"}}[b.language]
			if out, err := exec.Command(runner[0], runner[1], b.text).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s\n%s", page, err, b.text, out)
			}
		}
	}
}

// block is a fenced block of a page; file is the file name in the line before
// it.
type block struct{ language, file, text string }

// blocksOf returns the fenced blocks. A block whose introduction ends with a
// name in backquotes and a colon, such as "in `net.yaml`:", is that file.
func blocksOf(page string) (out []block) {
	lines := strings.Split(page, "\n")
	for i := 0; i < len(lines); i++ {
		language, ok := strings.CutPrefix(lines[i], "```")
		if !ok {
			continue
		}
		b := block{language: strings.TrimSpace(language), file: fileBefore(lines[:i])}
		for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
			b.text += lines[i] + "\n"
		}
		if b.language == "sh" {
			b.file = ""
		}
		out = append(out, b)
	}
	return out
}

func fileBefore(lines []string) string {
	for i := len(lines) - 1; i >= 0 && i > len(lines)-3; i-- {
		text := strings.TrimSpace(lines[i])
		if text == "" {
			continue
		}
		name, ok := strings.CutSuffix(strings.TrimPrefix(text, "```"), "`:")
		if at := strings.LastIndexByte(name, '`'); ok && at >= 0 && strings.Contains(name[at:], ".") && !strings.ContainsAny(name[at+1:], " /") {
			return name[at+1:]
		}
		return ""
	}
	return ""
}

// commandsOf returns the commands of a block, joined where a line goes on.
func commandsOf(text string) (out []string) {
	command := ""
	for _, line := range strings.Split(text, "\n") {
		if part, ok := strings.CutSuffix(line, "\\"); ok {
			command += part + " "
			continue
		}
		if command += line; strings.TrimSpace(command) != "" && !strings.HasPrefix(strings.TrimSpace(command), "#") {
			out = append(out, command)
		}
		command = ""
	}
	return out
}

// runShell runs one command and compares its exit code.
func runShell(t *testing.T, page, line string) {
	t.Helper()
	want := 0
	if _, comment, ok := strings.Cut(line, "# exits "); ok {
		want = int(comment[0] - '0')
	}
	cmd := exec.Command("sh", "-c", line)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Errorf("%s: %s\nexit code %d, want %d (%v)\n%s", page, line, code, want, err, out)
	}
}

// TestAnalysisExamples runs what docs/analysis.md shows.
func TestAnalysisExamples(t *testing.T) {
	languages := map[string]bool{"sh": true}
	languages["python"] = exec.Command("/usr/bin/python3", "-c", "import pandas, numpy").Run() == nil
	_, err := exec.LookPath("Rscript")
	languages["r"] = err == nil
	walk(t, absolute(t, "../../docs/analysis.md"), languages, nil)
}

// long matches commands of the pages that take too long for a test. Their
// scenarios are validated instead, with their settings, and are executed
// elsewhere (the gallery, reproduce).
var long = regexp.MustCompile(`^infomorph (run|sweep|search) (asynchronous-memory|capacity|bars-searched-goal|unlabelled-features|memory-searched-goal|bars|bars-goal-context|asynchronous-bars|crossing-bars|digits|hidden-layer-online|hidden-layer|deep-hierarchy-online|deep-hierarchy|deep-digits|lesion-recovery|closed-loop|hidden-memory|memory-50|memory-goals|memory-sensitivity|asynchrony|faults|memory-atoms|pattern-statistics|capacity-ladder|memory-measures|memory-activation)\b`)

// shorter makes a command of a page short enough for a test; DOCS=full runs
// all as they are.
func shorter(line string) string {
	if strings.HasPrefix(line, "go ") { // of a checkout: this test and its build
		return "true"
	}
	if os.Getenv("DOCS") == "full" {
		return line
	}
	if m := long.FindStringSubmatch(line); m != nil {
		command, comment, _ := strings.Cut(line, " #")
		settings := regexp.MustCompile(`--set ('[^']*'|\S+)`).FindAllString(command, -1)
		// The settings are validated and the flags are read.
		return command + " --help > help.txt && infomorph validate " + m[2] + " " + strings.Join(settings, " ") + " #" + comment
	}
	if regexp.MustCompile(`^infomorph reproduce (all|bars|memory-|deep-|unlabelled-features|streaming-|capacity-)`).MatchString(line) {
		command, _, _ := strings.Cut(line, " #")
		return command + " --help"
	}
	if strings.HasPrefix(line, "infomorph sweep associative-memory") && !strings.Contains(line, "presentations=") {
		return line + " --seeds 1 --set associative_memory.presentations=1 --set expect=null"
	}
	if strings.HasPrefix(line, "infomorph run free-memory") {
		line, _, _ = strings.Cut(line, "#")
		return line + " --set expect=null --set associative_memory.presentations=1 --set associative_memory.patterns.count=3"
	}
	return line
}

// TestDocsRun runs the commands of pages in order, each page in an empty
// folder, and compares their exit codes.
func TestDocsRun(t *testing.T) {
	for _, page := range []string{"README.md", "docs/pid.md", "docs/free-running.md", "docs/asynchrony.md", "docs/bars.md", "docs/digits.md",
		"docs/experiments.md", "docs/scripting.md", "docs/science.md"} {
		full := absolute(t, "../../"+page)
		t.Run(filepath.Base(page), func(t *testing.T) { walk(t, full, map[string]bool{"sh": true}, shorter) })
	}
}

// TestDocsHaveNoUntestedPage: a page with commands is run by some test.
func TestDocsHaveNoUntestedPage(t *testing.T) {
	run := map[string]bool{"README.md": true, "pid.md": true, "free-running.md": true, "asynchrony.md": true, "bars.md": true, "digits.md": true,
		"experiments.md": true, "scripting.md": true, "analysis.md": true, "science.md": true, "topology.md": true, "machines.md": true}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocksOf(string(text)) {
			if b.language == "" && regexp.MustCompile(`(?m)^infomorph `).MatchString(b.text) || b.language == "sh" && !run[filepath.Base(page)] {
				t.Errorf("%s has commands that no test runs:\n%s", page, b.text)
			}
		}
	}
}

// TestGalleryPages: each page of the gallery has the command of its scenario,
// and shows this scenario.
func TestGalleryPages(t *testing.T) {
	pages, err := filepath.Glob("../../docs/gallery/*.md")
	if err != nil || len(pages) < 30 {
		t.Fatal(len(pages), err)
	}
	for _, page := range pages {
		name := strings.TrimSuffix(filepath.Base(page), ".md")
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if name == "README" {
			continue
		}
		for _, b := range blocksOf(string(text)) {
			command := strings.TrimSpace(b.text)
			builtin, _ := scenarios.Builtin(name)
			if b.language == "sh" && command != "infomorph run "+name && command != "infomorph run "+name+" --set "+fewSeeds {
				t.Errorf("%s: %s", page, command)
			}
			if b.language == "yaml" && command != strings.TrimSpace(string(builtin)) {
				t.Errorf("%s shows another scenario than the built-in one: infomorph docs gallery docs/gallery %s", page, name)
			}
		}
	}
}

// fragments are pages that show only some sections of a document.
var fragments = []string{"docs/data.md", "docs/language.md", "docs/measures.md", "docs/topology.md", "docs/asynchrony.md", "docs/free-running.md"}

// faultsOf returns the faults of a fragment as a part of a document, except
// missing keys.
func faultsOf(t *testing.T, text string) (faults string) {
	file := filepath.Join(t.TempDir(), "fragment.yaml")
	if err := os.WriteFile(file, []byte("apiVersion: infomorph/v2\nname: fragment\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stderr, _ := command(t, "validate", file)
	for line := range strings.Lines(stderr) {
		known := strings.Contains(line, "unknown key") || strings.Contains(line, "did you mean") || strings.Contains(line, ": got ")
		if known && !strings.Contains(line, "there is none") && !strings.Contains(line, "expected a phase") {
			faults += line
		}
	}
	return faults
}

// TestFragments: fragments of documents in pages have valid keys and types;
// missing keys are allowed.
func TestFragments(t *testing.T) {
	seen := 0
	for _, page := range fragments {
		text, err := os.ReadFile("../../" + page)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocksOf(string(text)) {
			if b.language != "yaml" || b.file != "" {
				continue
			}
			seen++
			full, short := faultsOf(t, b.text), faultsOf(t, "associative_memory: {presentations: 1}\n"+b.text)
			if full != "" && short != "" {
				t.Errorf("%s: %s%s", page, full, b.text)
			}
		}
	}
	if seen < 5 {
		t.Error(seen, "fragments")
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}
