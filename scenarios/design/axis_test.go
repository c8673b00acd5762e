package design

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"infomorph/internal/fuzzing"
)

// Values of one setting are compared by value, with their units.
func TestNumbers(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values string
		want   []float64
	}{
		{"1 2.5 -3e2", []float64{1, 2.5, -300}}, {"1ms 5ms", []float64{1, 5}}, {"10% 50%", []float64{10, 50}}, {"500us 1ms 1s 2min 1h", []float64{500, 1000, 1e6, 120e6, 3600e6}}, {"2s 500ms", []float64{2, 0.5}},
		{"0.5 10%", []float64{0.5, 0.1}}, {"10% 0.5 1", []float64{0.1, 0.5, 1}}, {"1 x", []float64{nan, nan}}, {"1ms 5%", []float64{nan, nan}}, {"1ms 5", []float64{nan, nan}}, {"1 2m 3", []float64{nan, nan, nan}}, {"1m 2m", []float64{1, 2}}, {"", nil}, {"inf", []float64{nan}},
	} {
		got := Numbers(strings.Fields(c.values))
		if !floats.EqualFunc(got, c.want, func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12*math.Abs(b) }) {
			t.Errorf("%s: %v, want %v", c.values, got, c.want)
		}
	}
}

func TestParseAxis(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a=1,2,5", "1 2 5"},
		{" a = x , y ", "x y"},
		{"a=1..4", "1 2 3 4"},
		{"a=1..10/3", "1 4 7 10"},
		{"a=-2..2/2", "-2 0 2"},
		{"a=lin(0,1,5)", "0 0.25 0.5 0.75 1"},
		{"a=lin(0.1,0.3,3)", "0.1 0.2 0.3"},
		{"a=log(0.01,1,3)", "0.01 0.1 1"},
		{"a=log(1, 100, 5)", "1 3.16227766017 10 31.6227766017 100"},
		{"a=lin(1ms,5ms,3)", "1ms 3ms 5ms"},
		{"a=log(1ms,2ms,3)", "1ms 1.414ms 2ms"},
		{"a=lin(0%,50%,3)", "0% 25% 50%"},
		{"a=lin(5,1,3)", "5 3 1"},
		{"a=lin(3,3,1)", "3"},
		{"a={uniform: [1ms, 5ms]},2ms", "{uniform: [1ms, 5ms]} 2ms"},
		{`a="x,y",z`, `"x,y" z`},
		{"a=null,3", "null 3"},
		{"a=18446744073709551611..18446744073709551615/2", "18446744073709551611 18446744073709551613 18446744073709551615"},
		{"a=9223372036854775807..9223372036854775808", "9223372036854775807 9223372036854775808"},
		{"a=-2..0", "-2 -1 0"},
	} {
		a, err := ParseAxis(c.text)
		if err != nil || a.Path != "a" || strings.Join(a.Values, " ") != c.want {
			t.Errorf("%s: got %q, %v; want %s", c.text, a.Values, err, c.want)
		}
	}
}

func TestParseAxisErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `"": expected path=values`},
		{"a", "expected path=values"},
		{"a=", "expected path=values"},
		{"=3", "expected path=values"},
		{"a=1,,2", "an empty value"},
		{"a=16,32,16", "a=16,32,16: 16 is listed twice; --seeds repeats every point"},
		{"a=5..1", "first..last"},
		{"a=1..x", "first..last"},
		{"a=1..5/0", "first..last"},
		{"a=1..9999999", "more than 100000 values"},
		{"a=-9223372036854775808..9223372036854775807", "more than"},
		{"a=18446744073709551615..18446744073709551616", "first..last"},
		{"a=0..18446744073709551615", "more than 100000 values"},
		{"a=0..100000", "more than 100000 values"},
		{"a=exp(1,2,3)", "expected lin(…) or log(…)"},
		{"a=log(0,1,3)", "both ends above 0"},
		{"a=lin(1,2,0)", "a whole number from 1"},
		{"a=lin(1,2,3,4)", "got 4 arguments"},
		{"a=lin(1ms,2s,3)", "the same unit"},
		{"a=lin(x,2,3)", "expected two numbers"},
		{"a=lin(inf,nan,3)", "expected two numbers"},
	} {
		if _, err := ParseAxis(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.text, err, c.want)
		}
	}
}

func FuzzParseAxis(f *testing.F) {
	for _, s := range []string{"a=1,2", "a=1..9/2", "a=lin(0,1,5)", "a=log(1ms,2s)", "a={x: [1,2]},3", "a=1..1e9", "a=lin(-1e308,1e308,9)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer fuzzing.Bound(t)()
		a, err := ParseAxis(text)
		if err == nil && (a.Path == "" || len(a.Values) == 0 && a.Range == nil || slices.Contains(a.Values, "")) {
			t.Errorf("%q: %+v", text, a)
		}
	})
}
