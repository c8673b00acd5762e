// Package known compares what a test has written with a file of its testdata
// folder. It is for results that must be the same bytes from one version to the
// next. The flag -update rewrites the files.
package known

import (
	"flag"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/cpu"
)

var update = flag.Bool("update", false, "rewrite the files with known results")

// mostLines bounds the number of lines that a test shows: after one line too
// many, all others differ too.
const mostLines = 10

// Compare fails the test if a text differs from a file, and shows the lines that
// differ. A line that begins with "== " is the heading of those after it. If a
// change is intended, run the test with -update and tell of it in the changelog.
func Compare(t testing.TB, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, want := strings.Split(text, "\n"), strings.Split(string(data), "\n")
	heading, shown := "", 0
	for i := range min(len(got), len(want)) {
		if strings.HasPrefix(want[i], "== ") {
			heading = want[i] + ", "
		}
		if got[i] == want[i] {
			continue
		}
		if shown++; shown > mostLines {
			t.Errorf("and more lines of %s", file)
			break
		}
		t.Errorf("%sline %d of %s: got\n%s\nwant\n%s", heading, i+1, file, got[i], want[i])
	}
	if len(got) != len(want) {
		t.Errorf("%d lines, %s has %d", len(got), file, len(want))
	}
}

// NeedsSameArithmetic skips a test whose known bytes are those of amd64 with
// fused multiplication and addition, on all other processors: math.Exp uses it
// where there is one, and the compiler uses it on some other architectures.
func NeedsSameArithmetic(t testing.TB) {
	t.Helper()
	if runtime.GOARCH != "amd64" || !cpu.X86.HasFMA {
		t.Skip("the known bytes are those of amd64 with FMA; others may fuse multiplication and addition")
	}
}
