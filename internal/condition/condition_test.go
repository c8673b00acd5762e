package condition

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/fuzzing"
)

var values = Values{Time: 2.5, Phase: "train", Measures: map[string]float64{
	"training.predicted": 0.95, "atoms.red": 0.002, "low": -3, "zero": 0, "nan": math.NaN(), "inf": math.Inf(1)}}

// TestHolds: what conditions say of the values that there are.
func TestHolds(t *testing.T) {
	for source, want := range map[string]bool{
		"training.predicted > 0.9": true, "training.predicted > 0.95": false, "training.predicted >= 0.95": true, "atoms.red > 1e-3": true, "atoms.red > 2E-3": false,
		"low < 0": true, "low <= -3": true, "low <= -3.1": false, "low == -3": true, "low != -3": false, "low != 3": true, "inf > 1e308": true, "-inf < -1e308": true,
		"time > 2": true, "time > 2.5": false, "time >= 2.5 and time <= 2.5": true,
		`phase == "train"`: true, `phase != "train"`: false, `phase == 'Train'`: false, `phase < "tram"`: true, `phase > "train"`: false, `"a" <= 'a'`: true, `'it\'s' == "it's"`: true, `"\\" != '"'`: true,
		"true": true, "false": false, "true == (1 > 0)": true, "true != (1 > 0)": false, "(1 < 0) == false": true,

		"abs(low) == 3": true, "abs(3) == 3": true, "min(low, 0) == -3": true, "min(3, 1, 2) == 1": true, "max(low, 0, -1) == 0": true, "max(low) == -3": true,
		"1 + 2 * 3 == 7": true, "(1 + 2) * 3 == 9": true, "7 - 2 - 1 == 4": true, "8 / 4 / 2 == 1": true, "1 / 2 == 0.5": true, "7 % 4 == 3": true, "-7 % 4 == -3": true, "7.5 % 2 == 1.5": true,
		"2 ** 3 ** 2 == 512": true, "2 ^ 3 == 8": true, "-2 ** 2 == -4": true, "2 ** -1 == 0.5": true, "2 * 3 ** 2 == 18": true, "- -3 == 3": true, "+low == -3": true, "1 - -1 == 2": true, "2*-3==-6": true,
		"0x1F == 31": true, "1_000 == 1000": true, ".5 == 0.5": true, "1.e1 == 10": true, "1 / zero > 1e308": true, "1 / -zero < -1e308": true,

		"not (low < 0)": false, "not low > 0": true, "!(low > 0)": true, "!true or true": true, "not true or true": true, "not not true": true, "true == not false": true,
		"true or false and false": true, "(true or false) and false": false, "true || false && false": true, "false and false or true": true, "low < 0 && zero == 0": true,

		"0 < 1 < 2": true, "0 < 2 < 1": false, "2 > 1 >= 1 > 0": true, "2 > 1 >= 1 > 1": false, "0 < training.predicted < 1": true, "(0 < 1) == (1 < 2)": true, "1 < 2 == true": true, "not 0 < 2 < 1": true, "0 < 2 < 1 or true": true,
		"low in [1, -3]": true, "low in [1, 2]": false, "low not in [1, 2]": true, "low not in [-3]": false, "not low in [1, 2]": true,
		`phase in ["test", "train"]`: true, `phase not in ['test']`: true, `phase in ["test"] or zero in [0]`: true, "true in [false, 1 < 2]": true, "true not in [false]": true,
	} {
		c, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
		} else if got := c.Holds(&values); got != want {
			t.Errorf("%s: %v, want %v", source, got, want)
		}
	}
}

// TestWithoutValues: a measure that has no value makes every comparison false, directly,
// and through all that is computed from it.
func TestWithoutValues(t *testing.T) {
	for _, x := range []string{"gone", "nan", "training", "training.predicted.gone", "-gone", "gone + 1", "0 * gone", "gone / gone", "gone ** 2", "gone % 2", "zero / zero", "abs(gone)", "min(gone, 1)", "min(1, gone)", "max(gone, 1)", "max(1, gone)", "inf - inf"} {
		for _, comparison := range []string{"X < 1", "X <= 1", "X > 1", "X >= 1", "X == 1", "X != 1", "1 < X", "1 == X", "1 != X", "X == X", "X != X", "0 < X < 2", "X < 1 < 2", "X in [1, X]", "X not in [1]", "1 in [X]", "2 not in [1, X]"} {
			source := strings.ReplaceAll(comparison, "X", x)
			c, err := Compile(source)
			if err != nil || c.Holds(&values) {
				t.Errorf("%s holds: %v", source, err)
			}
			if c, err = Compile("not (" + source + ") and (" + source + " or true)"); err != nil || !c.Holds(&values) {
				t.Errorf("%s: %v", source, err)
			}
		}
	}
}

// TestMeasures: names are measures; numbers, texts and words of the language are not.
func TestMeasures(t *testing.T) {
	for source, want := range map[string]string{
		"training.predicted > 0.9":                   "training.predicted",
		"atoms.red > 1E3 and time < 2.5e+10":         "atoms.red",
		"x2.y_3 > 2 or _z < 1":                       "x2.y_3 _z",
		"a > b or a < c":                             "a b a c",
		`phase == 'test' and m > 1`:                  "m",
		`"it's" == phase`:                            "",
		"abs(min(a, max(b, 1))) > 0":                 "a b",
		"not (a > 1) and true or false":              "a",
		"timed.phase > 1 and phased > 1":             "timed.phase phased",
		"a.b.c.d>0&&e>0":                             "a.b.c.d e",
		"a > 0 and a.b > 0 and time.x > 0":           "a a.b time.x",
		"android > 1 and inner > 1 and orb > 1":      "android inner orb",
		"x in [y, 1]":                                "x y",
		"event.recall > min.x and recall.not.in > 0": "event.recall min.x recall.not.in",
	} {
		c, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
		} else if got := c.Measures(); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: measures %q, want %s", source, got, want)
		}
	}
}

// TestRefused: what is no condition is refused with its place and the reason, on one line.
func TestRefused(t *testing.T) {
	deep := strings.Repeat("(", 250) + "1" + strings.Repeat(")", 250)
	for source, want := range map[string]string{
		"":                                   "character 1: expected a value, got the end",
		"a >":                                "character 4: expected a value, got the end",
		"a > 1 and":                          "character 10: expected a value, got the end",
		"a > 1 and or b":                     "character 11: expected a value, got or",
		"(a > 1":                             "character 7: expected ), got the end",
		"a > 1)":                             "character 6: expected an operator such as and, got )",
		"a > 1 b":                            "character 7: expected an operator such as and, got b",
		"a > 1 'b'":                          `character 7: expected an operator such as and, got "b"`,
		"a = 1":                              "character 3: = assigns, and a condition only compares; expected ==",
		"a":                                  "character 1: this is a number, not true or false",
		"phase":                              "character 1: this is a text, not true or false",
		"a + 1":                              "character 1: this is a number, not true or false",
		"a > 'x'":                            "character 3: > needs a number, got a text",
		"phase == 1":                         "character 7: == needs a text, got a number",
		"phase in ['a', 1]":                  "character 7: in needs a text, got a number",
		"phase + 'a' > 1":                    "character 7: + needs a number, got a text",
		"-phase == 'a'":                      "character 1: - needs a number, got a text",
		"abs(phase) > 1":                     "character 1: abs needs a number, got a text",
		"a and b > 1":                        "character 3: and needs true or false, got a number",
		"not a":                              "character 1: not needs true or false, got a number",
		"!a > 1":                             "character 1: not needs true or false, got a number",
		"true < false":                       "character 6: < compares numbers or texts, got true or false",
		"(1 < 2) < 3":                        "character 9: < compares numbers or texts, got true or false",
		"1 < 2 == 3":                         "character 7: == needs true or false, got a number",
		"upper(phase) == 'A'":                "character 1: no function upper; there are abs, max and min",
		"now() > 1":                          "character 1: no function now; there are abs, max and min",
		"1(2) > 1":                           "character 2: expected an operator such as and, got (",
		"abs > 1":                            "character 1: expected abs(…) with a number",
		"abs() > 1":                          "character 5: expected a value, got )",
		"abs(1, 2) > 1":                      "character 1: abs has one argument, got 2",
		"max(1, 2 > 1":                       "character 13: expected ), got the end",
		"a in 1":                             "character 6: expected [, got 1",
		"a in []":                            "character 7: expected a value, got ]",
		"a in [1":                            "character 8: expected ], got the end",
		"a not 1":                            "character 7: expected in, got 1",
		"[1][1] > 0":                         "character 1: expected a value, got [",
		"a ? b : c":                          `character 3: '?' has no meaning here`,
		"ä > 1":                              `character 1: 'ä' has no meaning here`,
		"'ä' == phase & true":                `character 14: '&' has no meaning here`,
		"phase == 'x":                        "character 10: the text that begins here has no end; expected '",
		`phase == "\n"`:                      `character 11: a \ stands before ", ' or \ only`,
		`phase == "\`:                        `character 11: a \ stands before ", ' or \ only`,
		"a > 1x":                             "character 5: 1x is no number",
		"a > 1.2.3":                          "character 5: 1.2.3 is no number",
		"a > 0xG":                            "character 5: 0xG is no number",
		"a > 1e999":                          "character 5: 1e999 is no number",
		"a > inf.":                           "character 8: '.' has no meaning here",
		deep:                                 "character 201: nested more than 200 deep",
		strings.Repeat("!", 300) + "true":    "character 201: nested more than 200 deep",
		strings.Repeat("2**", 300) + "1 > 0": "character 601: nested more than 200 deep",
		strings.Repeat(" ", 1001):            "longer than 1000 characters",
	} {
		_, err := Compile(source)
		if got := fmt.Sprint(err); err == nil || !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
			t.Errorf("%.30q: %v, want %s", source, err, want)
		}
	}
	long := strings.Repeat("1+", 497) + "1 > 0"
	if c, err := Compile(long); err != nil || len(long) > MaxLength || !c.Holds(&Values{}) {
		t.Errorf("%d characters: %v", len(long), err)
	}
}

// TestHoldsAllocatesNothing: conditions are evaluated in every step.
func TestHoldsAllocatesNothing(t *testing.T) {
	c, err := Compile(`0 < training.predicted < 1 and phase in ["test", "train"] and max(low, -abs(zero), 1) == 1`)
	if err != nil || !c.Holds(&values) {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { c.Holds(&values) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

// FuzzCompile: no source crashes the compiler, errors are one line, and a condition goes
// together with its negation and in brackets.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"training.predicted > 0.9 and time > 2", `phase in ["a", 'b\''] or not low < 1`, "0 < abs(-x) ** 2 % 3 <= min(1e3, .5)", "!(a==b)&&c!=0x1F||true", "a not in [1_0, 2]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		defer fuzzing.Bound(t)()
		c, err := Compile(source)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("%q", err)
			}
			return
		}
		holds := c.Holds(&values)
		for around, want := range map[string]bool{"not (%s)": !holds, "(%s) and true": holds, "false or %s": holds} {
			again, err := Compile(fmt.Sprintf(around, source))
			if err == nil && again.Holds(&values) != want {
				t.Errorf("%q holds: %v, within %s: %v", source, holds, around, !want)
			}
		}
	})
}
