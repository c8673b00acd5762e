package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"infomorph/internal/config"
	"infomorph/internal/fault"
	"infomorph/internal/footprint"
	"infomorph/internal/guard"
	"infomorph/scenarios"
)

// Causes of the errors of this package, for errors.Is.
var (
	ErrInput       = fault.ErrInput       // a fault in the scenario, an option or a folder
	ErrFailed      = fault.ErrFailed      // a failure during the run
	ErrInterrupted = fault.ErrInterrupted // the context of the run was cancelled
)

// Scenario is a scenario with the folder to which the names of its files are relative.
type Scenario struct {
	*scenarios.Scenario
	Folder Folder
}

// Load reads a scenario file, or the built-in scenario with that name. The assignments in
// sets, such as "seed=3", take precedence. By default, a network may use all available
// memory; Room changes that.
func Load(name string, sets ...string) (*Scenario, error) {
	s, err := load(name, sets)
	if err != nil {
		return nil, fault.Input(err)
	}
	s.Room = footprint.Available()
	return s, nil
}

func load(name string, sets []string) (*Scenario, error) {
	if text, ok := scenarios.Builtin(name); ok {
		s, err := scenarios.Load(name+" (built in)", bytes.NewReader(text), sets...)
		return &Scenario{s, "."}, err
	}
	f, err := OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := scenarios.Load(name, f, sets...)
	return &Scenario{s, Folder(filepath.Dir(name))}, err
}

// maxText limits the text of a scenario.
const maxText = 1 << 30

// Text returns the text of a scenario file, or of a built-in scenario.
func Text(name string) ([]byte, error) {
	if text, ok := scenarios.Builtin(name); ok {
		return text, nil
	}
	return guard.ReadFile(name, maxText)
}

// OpenFile opens a scenario file. If there is none, the error suggests a built-in
// scenario.
func OpenFile(name string) (*os.File, error) {
	f, err := guard.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, Unknown(name)
	}
	return f, err
}

// Unknown returns the error for a scenario that does not exist, with a suggestion.
func Unknown(name string) error {
	hint := "infomorph list shows the built-in ones"
	if near := config.Closest(name, scenarios.BuiltinNames()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("%s: neither a file nor a built-in scenario; %s", name, hint)
}

// Folder opens the files of a task. Their names are relative to the folder, or absolute.
type Folder string

// Open implements scenarios.Files. If the folder does not have a file, Open looks among
// the files of built-in scenarios.
func (d Folder) Open(name string) (io.ReadCloser, error) {
	f, err := guard.Open(d.path(name))
	if errors.Is(err, os.ErrNotExist) && !filepath.IsAbs(name) {
		if own, ownErr := scenarios.BuiltinFile(name); ownErr == nil {
			return own, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// List implements scenarios.Files.
func (d Folder) List(name string) ([]string, error) {
	entries, err := os.ReadDir(d.path(name))
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// Absolute returns the absolute path of the folder.
func (d Folder) Absolute() string {
	if abs, err := filepath.Abs(string(d)); err == nil {
		return abs
	}
	return string(d)
}

func (d Folder) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(string(d), name)
}
