package run

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	s, err := Load("memory-50", "seed=9")
	if err != nil || s.Seed != 9 || s.Name != "memory-50" || s.Room.Bytes == 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	for name, want := range map[string]string{
		"memory-5O":               `did you mean "memory-50"?`,
		"qqqqqqqqqqqqqqqq":        "infomorph list shows the built-in ones",
		t.TempDir():               "expected a regular file", // a folder
		"memory-50 and no file":   "neither a file nor a built-in scenario",
		filepath.Join("no", "in"): "neither a file",
	} {
		_, err := Load(name)
		if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if _, err := Load("memory-50", "neuron.windw=3"); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), `did you mean "window"?`) {
		t.Error(err)
	}
}

func TestText(t *testing.T) {
	text, err := Text("memory-50")
	if err != nil || !strings.Contains(string(text), "name: memory-50") {
		t.Errorf("%.40s, %v", text, err)
	}
	s := small(t)
	text, err = Text(filepath.Join(string(s.Folder), "small.yaml"))
	if err != nil || string(text) != smallScenario {
		t.Errorf("%q, %v", text, err)
	}
}

// TestFolder: the files of a scenario are those next to it, else those that come with the
// program.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	read := func(name string) (string, error) {
		f, err := Folder(dir).Open(name)
		if err != nil {
			return "", err
		}
		defer f.Close()
		data, err := io.ReadAll(f)
		return string(data), err
	}
	own, err := read("data/measurements.csv")
	if err != nil || own == "" {
		t.Fatal("the file of a built-in scenario:", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "data", "measurements.csv")
	if err := os.WriteFile(name, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"data/measurements.csv", name} {
		if got, err := read(name); err != nil || got != "mine" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := read("gone.csv"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := read(filepath.Join(dir, "data/measurement.csv")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a whole path is no name of a built-in file:", err)
	}
	names, err := Folder(dir).List("data")
	if err != nil || !slices.Equal(names, []string{"measurements.csv"}) {
		t.Error(names, err)
	}
	if names, err := Folder(dir).List("gone"); names != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Error(names, err)
	}
	if abs := Folder(".").Absolute(); !filepath.IsAbs(abs) {
		t.Error(abs)
	}
}

func TestSettings(t *testing.T) {
	a := Flatten(map[string]any{"n": 100.0, "x": 0.25, "list": []any{"p", 2.0}, "in": map[string]any{"deep": true, "big": 1e20}})
	for path, want := range map[string]string{"n": "100", "x": "0.25", "list[0]": "p", "list[1]": "2", "in.deep": "true", "in.big": "1e+20"} {
		if a[path] != want {
			t.Errorf("%s: %q, want %q", path, a[path], want)
		}
	}
	b := Flatten(map[string]any{"n": 100.0, "x": 0.5, "new": 1.0})
	var lines []string
	for _, d := range a.Differences(b) {
		lines = append(lines, d.Path+" "+d.A+"|"+d.B)
	}
	if got := strings.Join(lines, "; "); got != "in.big 1e+20|; in.deep true|; list[0] p|; list[1] 2|; new |1; x 0.25|0.5" {
		t.Error(got)
	}
	if d := a.Differences(a); len(d) != 0 {
		t.Error(d)
	}
	s := small(t)
	set, err := SettingsOf(s.Scenario)
	if err != nil || set["seed"] != "1" || set["name"] != "small" {
		t.Error(set["seed"], err)
	}
}
