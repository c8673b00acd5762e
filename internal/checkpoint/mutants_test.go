package checkpoint

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

var mutants = flag.Bool("mutants", false, "break the recorder in every way there is a rule for: a test must fail each time")

// rules break a line: what it matches is replaced.
var rules = []struct {
	what string
	from *regexp.Regexp
	to   string
}{
	{"no fsync", regexp.MustCompile(`\b[a-z.]+\.Sync\(\)`), `error(nil)`},
	{"no fsync of a folder", regexp.MustCompile(`\b[a-zA-Z.]*\.(SyncDir|syncNames)\([^\n]*?\)( |;|\)|$)`), `error(nil)$2`},
	{"no lock", regexp.MustCompile(`case held:`), `case held && false:`},
	{"no checksum", regexp.MustCompile(`(if|case) (.*(Sum|sum|sealed|infoOf|got != want|\.info\(\) != want|journalLine).*)(:| \{)$`), `$1 false && ($2)$4`},
	{"no error", regexp.MustCompile(`return (fileError\(.*\)|err)$`), `_ = err; return nil`},
}

// mutated are the files that are broken, line by line.
var mutated = []string{"../record/appended.go", "../record/journal.go", "../record/lock.go", "../record/log.go", "../record/growing.go", "../record/file.go", "../record/stream.go", "../record/resume.go", "../record/check.go", "checkpoint.go"}

// TestMutants tests the tests. A mutant that does not compile does not count.
func TestMutants(t *testing.T) {
	if !*mutants {
		t.Skip("takes long: make mutants")
	}
	dead, alive := 0, 0
	for _, name := range mutated {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		for i, line := range lines {
			for _, r := range rules {
				text := bytes.TrimSuffix(line, []byte("\n"))
				if bytes.HasPrefix(bytes.TrimSpace(text), []byte("//")) || !r.from.Match(text) {
					continue
				}
				broken := append(r.from.ReplaceAll(text, []byte(r.to)), '\n')
				mutant := bytes.Join(append(append(append([][]byte(nil), lines[:i]...), broken), lines[i+1:]...), nil)
				switch survives(t, name, mutant) {
				case "dead":
					dead++
				case "alive":
					alive++
					t.Errorf("%s:%d: %s: no test fails: %s", name, i+1, r.what, bytes.TrimSpace(text))
				}
			}
		}
	}
	t.Logf("%d mutants found, %d not", dead, alive)
}

// survives runs the tests with a file in place of another.
func survives(t *testing.T, name string, data []byte) string {
	t.Helper()
	dir := t.TempDir()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	mutant, overlay := filepath.Join(dir, filepath.Base(name)), filepath.Join(dir, "overlay.json")
	doc, _ := json.Marshal(map[string]any{"Replace": map[string]string{path: mutant}})
	for file, text := range map[string][]byte{mutant: data, overlay: doc} {
		if err := os.WriteFile(file, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "vet", "-overlay", overlay, ".", "../record").CombinedOutput(); err != nil && bytes.Contains(out, []byte("declared and not used")) || err != nil && bytes.Contains(out, []byte("undefined")) {
		return "stillborn"
	}
	for _, args := range [][]string{{".", "-every-fault", "-run", "EveryOperation|KilledAgain|BitFlip|Damage|Folder"}, {"../record"}} {
		if exec.Command("go", append([]string{"test", "-overlay", overlay, "-timeout", "2m"}, args...)...).Run() != nil {
			return "dead"
		}
	}
	return "alive"
}
