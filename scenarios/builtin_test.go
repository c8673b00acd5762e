package scenarios

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// The built-in scenarios are found by their names, and the files that they name by their
// paths. Nothing else is.
func TestBuiltins(t *testing.T) {
	names := BuiltinNames()
	inOrder := slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(a+".yaml", b+".yaml") })
	if len(names) < 30 || !inOrder || !slices.Contains(names, "bars") || slices.Contains(names, "data") || slices.Contains(names, "bars.yaml") {
		t.Errorf("%q", names)
	}
	if text, ok := Builtin("bars"); !ok || !bytes.Contains(text, []byte("\nname: bars\n")) {
		t.Errorf("%v\n%s", ok, text)
	}
	if text, ok := Builtin("nothing"); ok || text != nil {
		t.Errorf("there is a scenario nothing: %s", text)
	}
	f, err := BuiltinFile("data/measurements.csv")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(f); err != nil || len(text) == 0 {
		t.Errorf("%s, %v", text, err)
	}
	for _, name := range []string{"data/nothing.csv", "../scenario.go"} {
		if _, err := BuiltinFile(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
