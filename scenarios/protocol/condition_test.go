package protocol

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
)

// TestMeasuresOfConditions: names are measures; numbers, words in quotes and words of the
// language are not.
func TestMeasuresOfConditions(t *testing.T) {
	for source, want := range map[string]string{
		"training.predicted > 0.9":            "training.predicted",
		"atoms.red > 1e-3":                    "atoms.red",
		"atoms.red > 1E3 and time < 2.5e+10":  "atoms.red",
		"atoms.red > .5e3":                    "atoms.red",
		"x2.y_3 > 2 or _z < 1":                "x2.y_3 _z",
		"a > b or a < c":                      "a b a c",
		"time > 10":                           "",
		`phase == "test.run"`:                 "",
		`phase == 'test' and m > 1`:           "m",
		`"it's" == phase`:                     "",
		"abs(min(a, max(b, 1))) > 0":          "a b",
		"not (a > 1) and true or false":       "a",
		"timed.phase > 1 and phased > 1":      "timed.phase phased",
		"a.b.c.d>0&&e>0":                      "a.b.c.d e",
		"":                                    "",
		"1 > 2":                               "",
		"0x1F > m1":                           "m1",
		"recall.clean > 0.5 and event.recall": "recall.clean event.recall",
	} {
		if got := measuresIn(source); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: measures %q, want %s", source, got, want)
		}
	}
}

// TestConditionsHold: what conditions say of the values that there are; a measure that has
// none yet makes comparisons false.
func TestConditionsHold(t *testing.T) {
	values := map[string]float64{"training.predicted": 0.95, "atoms.red": 0.002, "low": -3}
	for source, want := range map[string]bool{
		"training.predicted > 0.9": true, "training.predicted > 0.95": false, "training.predicted >= 0.95": true, "atoms.red > 1e-3": true, "atoms.red > 2e-3": false,
		"low < 0": true, "abs(low) == 3": true, "min(low, 0) == -3": true, "max(low, 0) == 0": true, "not (low < 0)": false,
		"time > 2": true, "time > 2.5": false, "time >= 2.5 and time <= 2.5": true, `phase == "train"`: true, `phase != "train"`: false, `phase == "Train"`: false,
		"gone > 0": false, "gone < 0": false, "gone == gone": false, "gone > 0 or low < 0": true, "gone > 0 and low < 0": false, "training.gone <= 1": false,
	} {
		program, err := compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		env := environment(source)
		env["time"], env["phase"] = 2.5, "train"
		for name, v := range values {
			if slices.Contains(measuresIn(source), name) {
				setMeasure(env, name, v)
			}
		}
		if got, err := expr.Run(program, env); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", source, got, err, want)
		}
	}
}

// TestConditionsThatAreNone: what is no condition is refused with the reason, on one line.
func TestConditionsThatAreNone(t *testing.T) {
	for source, want := range map[string]string{
		"":                        "unexpected token EOF",
		"a >":                     "unexpected token EOF",
		"a > 1 and":               "unexpected token EOF",
		"(a > 1":                  "unexpected token EOF",
		"a = 1":                   "unexpected token",
		"a":                       "expected bool, but got float64",
		"phase":                   "expected bool, but got string",
		"a > 'x'":                 "invalid operation: > (mismatched types float64 and string)",
		"a + 1":                   "expected bool, but got float64",
		"upper(phase) == 'A'":     "",
		"now() > 1":               "",
		"[1, 2][2] > 0":           "index out of range",
		strings.Repeat(" ", 1001): "longer than 1000 characters",
	} {
		err := CheckCondition(source)
		if got := fmt.Sprint(err); err == nil || !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
			t.Errorf("%.20q: %v, want %s", source, err, want)
		}
	}
	if err := CheckCondition(strings.Repeat(" ", 995) + "a > 1"); err != nil {
		t.Errorf("1000 characters: %v", err)
	}
}

// TestMeasuresWithoutValues: what has not been measured yet is no number, at every depth.
func TestMeasuresWithoutValues(t *testing.T) {
	env := environment("a.b > 1", "a.c.d > 1 and e > 1", `phase == "f"`)
	a, ok := env["a"].(map[string]any)
	if !ok || len(a) != 2 || len(env) != 4 {
		t.Fatalf("%v", env)
	}
	c, ok := a["c"].(map[string]any)
	if !ok {
		t.Fatalf("%v", a)
	}
	for name, v := range map[string]any{"a.b": a["b"], "a.c.d": c["d"], "e": env["e"]} {
		if x, ok := v.(float64); !ok || !math.IsNaN(x) {
			t.Errorf("%s is %v", name, v)
		}
	}
}
