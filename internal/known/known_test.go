package known

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told keeps the errors of a test.
type told struct {
	testing.TB
	all []string
}

func (l *told) Helper() {}

func (l *told) Errorf(format string, args ...any) {
	l.all = append(l.all, fmt.Sprintf(format, args...))
}

// TestCompare: which lines are shown for a file of one heading and three lines.
func TestCompare(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("== first\na\nb\nc\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"== first\na\nb\nc\n":    nil,
		"== first\na\nx\nc\n":    {"== first, line 3 of " + file + ": got\nx\nwant\nb"},
		"== other\na\nb\nc\n":    {"== first, line 1 of " + file + ": got\n== other\nwant\n== first"},
		"== first\na\nb\nc":      {"4 lines, " + file + " has 5"},
		"== first\na\nb\nc\nd\n": {"== first, line 5 of " + file + ": got\nd\nwant\n", "6 lines, " + file + " has 5"},
	} {
		l := &told{TB: t}
		if Compare(l, file, text); fmt.Sprint(l.all) != fmt.Sprint(want) {
			t.Errorf("%q: %q, want %q", text, l.all, want)
		}
	}
	many := strings.Repeat("y\n", 50)
	l := &told{TB: t}
	if Compare(l, file, many); len(l.all) != 6 { // five lines, and the number of lines
		t.Errorf("%d of 50 lines are compared with 5: %q", len(l.all), l.all)
	}
}

// TestUpdate: with the flag, the file is rewritten, and then at most ten lines
// that differ are shown.
func TestUpdate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	*update = true
	Compare(t, file, strings.Repeat("y\n", 50))
	*update = false
	Compare(t, file, strings.Repeat("y\n", 50))
	l := &told{TB: t}
	if Compare(l, file, strings.Repeat("z\n", 50)); len(l.all) != mostLines+1 || l.all[mostLines] != "and more lines of "+file {
		t.Errorf("%q", l.all)
	}
}
