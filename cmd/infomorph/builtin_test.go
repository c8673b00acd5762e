package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/record"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/run"
)

// smallForm returns settings with which a built-in scenario runs in a moment.
func smallForm(t *testing.T, name string) []string {
	text, _ := scenarios.Builtin(name)
	doc, err := config.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	sets := []string{"expect=null", "record.atoms=2"}
	for _, c := range smallForms {
		if doc.Has(c.has) {
			sets = append(sets, c.sets...)
			break
		}
	}
	s, err := loadScenario(name)
	if err != nil {
		t.Fatal(err)
	}
	if s.Study != nil {
		sets = append(sets, "study.seeds=1", "study.only=["+s.Study.Panels[0].Name+"]")
	}
	return sets
}

// smallForms has, by a key of a scenario, the settings that make it small; the
// first match counts.
var smallForms = []struct {
	has  string
	sets []string
}{
	{"associative_memory.phases", []string{"associative_memory.patterns={source: letters, width: 5, height: 5}"}},
	{"associative_memory.patterns.count", []string{"associative_memory.patterns={source: random, count: 3, width: 5}", "network.neurons=25", "associative_memory.presentations=1"}},
	{"associative_memory", []string{"associative_memory.patterns={source: letters, width: 10, height: 10, count: 3}", "associative_memory.presentations=1"}},
	{"bars", []string{"bars.stimuli=300", "bars.test=50"}},
	{"digits.batch", []string{"digits.samples=100", "digits.test=50", "digits.passes=1"}},
	{"digits", []string{"digits.samples=100", "digits.test=50"}},
	{"capacity.streaming", []string{"network.neurons=20", "capacity.streaming={patterns: 6, tested: 3}"}},
	{"capacity", []string{"network.neurons=100", "capacity.loads=[0.05]", "capacity.tolerance=0", "capacity.presentations=2", "capacity.batch.passes=10"}},
	{"hidden_layer.lateral", []string{"hidden_layer.neurons=10", "hidden_layer.lateral=5", "hidden_layer.samples=100", "hidden_layer.test=20", "hidden_layer.passes=1"}},
	{"hidden_layer", []string{"hidden_layer.neurons=10", "hidden_layer.samples=100", "hidden_layer.test=20", "hidden_layer.passes=1"}},
	{"script.parameters.presentations", []string{"network.neurons=6", "script.patterns.width=6", "script.parameters.presentations=1"}},
	{"script", []string{"script.parameters.most=20", "script.patterns={source: letters, width: 6, height: 6, count: 5}"}},
	{"data.digits.strokes", []string{"data.digits.strokes={train: 100, test: 50}"}},
	{"data.strings.random_hierarchy", []string{"data.strings.random_hierarchy.train=300", "data.strings.random_hierarchy.test=50", "protocol[0].present.passes=1"}},
	{"data.strangers", []string{"protocol[0].present.passes=1", "protocol[1].recall.count=1", "protocol[2].recall.count=1", "protocol[2].recall.sweeps=2", "protocol[3].recall.count=1"}},
	{"data.pictures.bars", []string{"protocol[0].present.count=300", "protocol[1].present.count=50"}},
}

// TestBuiltins runs every built-in scenario in a small form, stops it half way,
// and resumes it: the files in its folder then have the same bytes as those of
// a run that was not stopped. The page in the gallery shows the present
// scenario.
func TestBuiltins(t *testing.T) {
	pages, err := filepath.Abs("../../docs/gallery")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, name := range scenarios.BuiltinNames() {
		t.Run(name, func(t *testing.T) {
			checkGalleryPage(t, pages, name)
			s, err := loadScenario(name, smallForm(t, name)...)
			if err != nil {
				t.Fatal(err)
			}
			whole, part := filepath.Join(name, "whole"), filepath.Join(name, "part")
			steps := stepsOf(t, s, run.Options{Dir: whole, Lean: true})
			stopHalfWay(t, s, run.Options{Dir: part, Lean: true}, steps)
			stopped, err := run.Open(part, run.OpenOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := run.Do(t.Context(), stopped.Scenario, run.Options{From: stopped, Lean: true}); err != nil {
				t.Fatal(err)
			}
			if a, b := filesOf(t, whole), filesOf(t, part); !maps.Equal(a, b) && s.Mode != "free" { // a free run is not deterministic
				t.Errorf("stopped at %d of %d steps, the run left %v, else %v", steps/2, steps, b, a)
			}
		})
	}
}

// stepsOf runs a scenario to its end and returns how many steps it took.
func stepsOf(t *testing.T, s *run.Scenario, o run.Options) (steps int) {
	t.Helper()
	o.Listener = &journal.Listener{Within: func() int { return 1 }, Step: func(string, int, int) error { steps++; return nil }}
	if _, err := run.Do(t.Context(), s, o); err != nil {
		t.Fatal(err)
	}
	return steps
}

// stopHalfWay runs half of the steps of a scenario.
func stopHalfWay(t *testing.T, s *run.Scenario, o run.Options, steps int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	left := max(1, steps/2)
	o.Listener = &journal.Listener{Within: func() int { return 1 }, Step: func(string, int, int) error {
		if left--; left == 0 {
			stop()
		}
		return nil
	}}
	if _, err := run.Do(ctx, s, o); !errors.Is(err, run.ErrInterrupted) {
		t.Fatalf("stopped at %d of %d steps: %v", steps/2, steps, err)
	}
}

// filesOf returns the checksums of the files of a run, but for its log, which
// tells when it was stopped.
func filesOf(t *testing.T, dir string) map[string]record.FileInfo {
	t.Helper()
	m, err := record.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(m.Files, func(name string, _ record.FileInfo) bool { return name == "log.jsonl" })
	return m.Files
}

// maxGallery is the largest size of the gallery; pictures keep all of their
// colours.
const maxGallery = 5 << 20

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
		if filepath.Ext(f) == ".png" {
			checkPacked(t, f)
		}
	}
	if total > maxGallery {
		t.Errorf("the gallery has %d bytes, more than %d; make pack packs its pictures again", total, maxGallery)
	}
}

// checkPacked: a picture that needs no more than 256 colours has a palette.
func checkPacked(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if _, ok := img.(*image.Paletted); ok {
		return
	}
	colors, b := map[color.Color]bool{}, img.Bounds()
	for y := b.Min.Y; y < b.Max.Y && len(colors) <= 256; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			colors[img.At(x, y)] = true
		}
	}
	if len(colors) <= 256 {
		t.Errorf("%s: %d colours without a palette; write it again with: infomorph docs gallery", file, len(colors))
	}
}

// TestGalleryIsWritten: the command writes the pages of the gallery byte by
// byte, and pictures of the same size.
func TestGalleryIsWritten(t *testing.T) {
	kept, err := filepath.Abs("../../docs/gallery")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if _, stderr, code := command(t, "docs", "gallery", "pages", "bars", "sequence"); code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, name := range []string{"bars.md", "bars.png", "bars-2.png", "sequence.md", "sequence.png", "sequence-2.png"} {
		got, err1 := os.ReadFile(filepath.Join("pages", name))
		want, err2 := os.ReadFile(filepath.Join(kept, name))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		switch filepath.Ext(name) {
		case ".md":
			if runtime.GOARCH == "amd64" && !bytes.Equal(got, want) { // bytes are the same for an architecture
				t.Errorf("%s differs; write it again with: infomorph docs gallery docs/gallery bars sequence", name)
			}
		default:
			if len(got) > len(want)*21/20 {
				t.Errorf("%s has %d bytes, in the gallery %d", name, len(got), len(want))
			}
			checkPacked(t, filepath.Join("pages", name))
		}
	}
}

// TestMillion runs the scenario with a million neurons in its small form, which
// has the same fan-in. It must learn, and without learning the score must be
// that of chance.
func TestMillion(t *testing.T) {
	t.Chdir(t.TempDir())
	args := []string{"run", "million", "--quiet", "--set", "associative_memory.patterns.width=60",
		"--set", "associative_memory.patterns.height=60", "--set", "network.topology.scale=0.094"}
	if out, stderr, code := command(t, append(args, "--out", "out")...); code != exitDone {
		t.Errorf("exit code %d: %s%s", code, out, stderr)
	}
	if _, err := os.Stat("out/plots/recall-damaged.png"); err != nil {
		t.Error(err)
	}
	out, stderr, code := command(t, append(args, "--no-files", "--set", "control=frozen")...)
	if code != exitDone {
		t.Fatalf("frozen: exit code %d: %s%s", code, out, stderr)
	}
	for score, chance := range map[string]float64{"training.predicted": 0.5, "recall.damaged.mean_overlap": 0} {
		_, rest, _ := strings.Cut(out, score+" ")
		fields := strings.Fields(rest)
		if len(fields) == 0 {
			t.Fatalf("no %s in %s", score, out)
		}
		if v, err := strconv.ParseFloat(fields[0], 64); err != nil || !(math.Abs(v-chance) <= 0.05) {
			t.Errorf("frozen: %s is %s, chance gives %v", score, fields[0], chance)
		}
	}
}
