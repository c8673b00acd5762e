package scenarios

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"infomorph/internal/config"
)

// FuzzLoad holds the loader to its word: any file gives a scenario, which can
// be written and loaded again, or faults of one line each; never a panic.
func FuzzLoad(f *testing.F) {
	for _, name := range BuiltinNames() {
		text, _ := Builtin(name)
		f.Add(text)
	}
	f.Add([]byte("apiVersion: infomorph/v1\nname: a\nassociative_memory: {patterns: {source: random, count: 3}}\n"))
	f.Add([]byte("apiVersion: infomorph/v1\nname: a\nnetwork: {delay: {lognormal: {median: 2ms, sigma: 0.5}}}\nassociative_memory: {}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Load("f.yaml", bytes.NewReader(text))
		if err != nil {
			var faults *config.Errors
			if !errors.As(err, &faults) || len(faults.List) == 0 {
				t.Fatalf("an error that is no list of faults: %v", err)
			}
			for _, e := range faults.List {
				if strings.ContainsAny(e.Error(), "\n\r") {
					t.Errorf("a fault of more than one line: %q", e.Error())
				}
			}
			return
		}
		out, err := config.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Load("again.yaml", bytes.NewReader(out)); err != nil {
			t.Errorf("what was written does not load: %v\n%s", err, out)
		}
	})
}
