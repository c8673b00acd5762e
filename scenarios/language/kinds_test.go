package language

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
)

func TestBuiltinKinds(t *testing.T) {
	names := BuiltinKinds()
	if len(names) < 8 {
		t.Fatalf("built-in kinds are %v", names)
	}
	for _, name := range names {
		if k := BuiltinKind(name); k == nil {
			t.Errorf("there is no kind %s", name)
		} else if err := k.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if BuiltinKind("no such kind") != nil {
		t.Error("a kind that is not there")
	}
	a := BuiltinKind("bars")
	a.Goal["red"], a.Homeostasis.Gain = 7, 1
	if b := BuiltinKind("bars"); b.Goal["red"] != 0 || b.Homeostasis.Gain == 1 {
		t.Error("changing one copy of a built-in kind changed another")
	}
}

// The types are documented, with valid defaults and examples.
func TestLint(t *testing.T) {
	if err := config.Lint(&Experiment{}); err != nil {
		t.Error(err)
	}
}

// knownKinds are the built-in kinds as papers and the reference have them: what makes the
// output, when it is told, when neurons update, what they remember; then their goal, and
// their ports.
var knownKinds = map[string]string{
	"bars":             "sampled always synchronous 300 200 | unq_r 1 | r goal 2.5 20 ±12.5, c delta 0.01 10 ±1",
	"label":            "sampled always synchronous 300 0 | red 1, syn 0.1, unq_c 0.1, unq_r -0.2 | r goal 3 20 ±10, c frozen 1 2 ±10",
	"memory":           "teacher always synchronous 64 0 | red 1 | r frozen 1 2 ±10, c goal 5 60 ±20",
	"hidden-naive":     "sampled change synchronous 1000 200 | {1}{2} 1 | r goal 1 20 ±20, c goal 1 20 ±20, l goal 1 20 ±20",
	"hidden-modified":  "sampled change synchronous 1000 200 | {12}{13} -1, {1}{2} 1, {1}{2}{3} 0.33, {1}{3} -1 | r goal 1 20 ±20, c goal 1 20 ±20, l goal 1 20 ±20",
	"hidden-optimised": "sampled change synchronous 1000 200 | 18 atoms | r goal 1 20 ±20, c goal 1 20 ±20, l goal 1 20 ±20",
	"poisson-source":   "sampled always poisson 0 0 |  | ",
	"relay":            "relay always synchronous 0 0 |  | ",
	"threshold":        "threshold always synchronous 0 0 |  | ",
}

// TestKnownKinds: what the built-in kinds are.
func TestKnownKinds(t *testing.T) {
	if got := BuiltinKinds(); !slices.Equal(got, slices.Sorted(maps.Keys(knownKinds))) {
		t.Errorf("built-in kinds %q", got)
	}
	for name, want := range knownKinds {
		k := BuiltinKind(name)
		window := k.Window
		if !k.Learns {
			window = 0
		}
		var goal, ports []string
		for _, atom := range slices.Sorted(maps.Keys(k.Goal)) {
			goal = append(goal, fmt.Sprint(atom, " ", k.Goal[atom]))
		}
		if len(goal) == 18 {
			goal = []string{"18 atoms"}
		}
		for letter, p := range k.Ports.All() {
			ports = append(ports, fmt.Sprintf("%s %s %v %d ±%v", letter, p.Rule, p.Rate, p.Bins.Number, p.Bins.Range))
		}
		got := fmt.Sprintf("%s %s %s %d %d | %s | %s", k.Output, k.Tell, k.Clock.Kind, window, k.WarmUp, strings.Join(goal, ", "), strings.Join(ports, ", "))
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
		if hidden := strings.HasPrefix(name, "hidden"); hidden != (len(k.Sources) == 3) || hidden != (k.Activation.Kind == "three_source") {
			t.Errorf("%s has %d sources and the activation %s", name, len(k.Sources), k.Activation.Kind)
		}
	}
	optimised := BuiltinKind("hidden-optimised").Goal // Schneider et al. 2025
	if optimised["{1}{2}"] != 0.98604 || optimised["{123}"] != 0.05719 || optimised["{1}{23}"] != -0.62376 || optimised["{3}{12}"] != 0.84127 {
		t.Errorf("the goal that a search has found: %v", optimised)
	}
	if _, err := optimised.Goal(3); err != nil {
		t.Error(err)
	}
}
