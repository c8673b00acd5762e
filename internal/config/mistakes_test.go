package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"infomorph/internal/config"
)

var update = flag.Bool("update", false, "rewrite golden files")

func decodeScenario(file string, data []byte) error {
	var s scenario
	return config.Decode(file, data, &s, config.APIVersion("infomorph/v1"), config.CheckExpr(checkExpr))
}

// TestMistakes holds the message for each typical mistake to its golden file.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("got %d mistakes (%v), want at least 30", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			err = decodeScenario("scenario.yaml", data)
			if err == nil {
				t.Fatal("no error")
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", []byte(err.Error()+"\n"))
		})
	}
}

// golden compares got with a file, or rewrites the file with -update.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
