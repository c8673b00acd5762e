package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/scenarios"
)

// smallForm returns settings with which a built-in scenario runs in a moment.
func smallForm(s *scenarios.Scenario) []string {
	sets := []string{"expect=null", "record.atoms=2"}
	switch {
	case s.Memory != nil && len(s.Memory.Phases) > 0:
		sets = append(sets, "associative_memory.patterns={source: letters, width: 5, height: 5}")
	case s.Memory != nil && s.Memory.Patterns.Source == "letters":
		sets = append(sets, "associative_memory.patterns={source: letters, width: 10, height: 10, count: 3}", "associative_memory.presentations=1")
	case s.Memory != nil:
		sets = append(sets, "associative_memory.patterns={source: random, count: 3, width: 5}", "network.neurons=25", "associative_memory.presentations=1")
	case s.Bars != nil:
		sets = append(sets, "bars.stimuli=300", "bars.test=50")
	case s.Digits != nil:
		sets = append(sets, "digits.samples=100", "digits.test=50")
		if s.Digits.Batch != nil {
			sets = append(sets, "digits.passes=1")
		}
	case s.Capacity != nil && s.Capacity.Streaming != nil:
		sets = append(sets, "network.neurons=20", "capacity.streaming={patterns: 6, tested: 3}")
	case s.Capacity != nil:
		sets = append(sets, "network.neurons=100", "capacity.loads=[0.05]", "capacity.tolerance=0", "capacity.presentations=2", "capacity.batch.passes=10")
	case s.Hidden != nil:
		sets = append(sets, "hidden_layer.neurons=10", "hidden_layer.samples=100", "hidden_layer.test=20", "hidden_layer.passes=1")
	case s.Script != nil:
		sets = append(sets, "script.parameters.most=20", "script.patterns={source: letters, width: 6, height: 6, count: 5}")
	}
	if s.Study != nil {
		sets = append(sets, "study.seeds=1", "study.only=["+s.Study.Panels[0].Name+"]")
	}
	return sets
}

// TestBuiltins runs every built-in scenario in a small form, and holds its page
// in the gallery to what it is.
func TestBuiltins(t *testing.T) {
	pages, err := filepath.Abs("../../docs/gallery")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, name := range scenarios.BuiltinNames() {
		t.Run(name, func(t *testing.T) {
			s, err := loadScenario(name)
			if err != nil {
				t.Fatal(err)
			}
			args := []string{"run", name, "--no-files", "--quiet"}
			for _, set := range smallForm(s.Scenario) {
				args = append(args, "--set", set)
			}
			if _, stderr, code := command(t, args...); code != exitDone {
				t.Errorf("exit code %d: %s", code, stderr)
			}
			checkGalleryPage(t, pages, name)
		})
	}
}

// maxGallery bounds the pictures and pages of the gallery.
const maxGallery = 3 << 20

// shown are the scenarios that the gallery must have.
var shown = []string{"associative-memory", "letters", "streaming-memory", "bars", "digits", "hidden-layer", "asynchrony",
	"topology-study", "lesion-recovery", "goal-switch", "closed-loop", "faults"}

func checkGalleryPage(t *testing.T, dir, name string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(dir, name+".md"))
	if errors.Is(err, os.ErrNotExist) && !slices.Contains(shown, name) {
		return // a variant of another scenario
	}
	if err != nil {
		t.Fatalf("no page in the gallery; write it with: infomorph docs gallery docs/gallery %s", name)
	}
	text, _ := scenarios.Builtin(name)
	if !strings.Contains(string(page), strings.TrimSpace(string(text))) {
		t.Errorf("its page is of another version; write it again with: infomorph docs gallery docs/gallery %s", name)
	}
	if _, err := os.Stat(filepath.Join(dir, name+".png")); err != nil {
		t.Error(err)
	}
}

func TestGalleryIsSmall(t *testing.T) {
	files, err := filepath.Glob("../../docs/gallery/*")
	if err != nil || len(files) < 3*12 {
		t.Fatalf("%d files in the gallery, %v", len(files), err)
	}
	total := int64(0)
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > maxGallery {
		t.Errorf("the gallery has %d bytes, more than %d", total, maxGallery)
	}
}
