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

// What an error of this package is; errors.Is tells.
var (
	ErrInput       = fault.ErrInput       // the scenario, an option or a folder
	ErrFailed      = fault.ErrFailed      // the run itself
	ErrInterrupted = fault.ErrInterrupted // its context ended
)

// Scenario is a scenario with the folder that its files are named from.
type Scenario struct {
	*scenarios.Scenario
	Folder Folder
}

// Load reads a scenario file, or a built-in scenario of that name; sets are
// assignments such as "seed=3" that take precedence. A network may take the
// memory that there is; Room changes that.
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

// maxText bounds the text of a scenario.
const maxText = 1 << 30

// Text returns the text of a scenario file, or of a built-in scenario.
func Text(name string) ([]byte, error) {
	if text, ok := scenarios.Builtin(name); ok {
		return text, nil
	}
	return guard.ReadFile(name, maxText)
}

// OpenFile opens a scenario file; its error knows the built-in scenarios.
func OpenFile(name string) (*os.File, error) {
	f, err := guard.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, Unknown(name)
	}
	return f, err
}

// Unknown says that there is no scenario of a name, and which may be meant.
func Unknown(name string) error {
	hint := "infomorph list shows the built-in ones"
	if near := config.Closest(name, scenarios.BuiltinNames()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("%s: neither a file nor a built-in scenario; %s", name, hint)
}

// Folder gives a task the files below (or named from) a folder.
type Folder string

// Open implements scenarios.Files. Files of built-in scenarios are in the
// program, for folders that do not have them.
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

// Absolute returns the folder's name from the root.
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
