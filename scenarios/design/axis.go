package design

import (
	"fmt"
	"infomorph/internal/words"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Limits on a sweep.
const (
	MaxRuns   = 1_000_000
	maxValues = 100_000
)

// Axis is a setting and its values. Values are YAML, as in path=value. An axis from an
// interval has no values until it is sampled.
type Axis struct {
	Path   string   `json:"path"`
	Values []string `json:"values,omitempty"`
	Range  *Range   `json:"range,omitempty"`
}

// Range is an interval from which values are taken.
type Range struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Log   bool    `json:"log,omitempty"`
	Whole bool    `json:"whole,omitempty"`
	Unit  string  `json:"unit,omitempty"`
}

// AxisForms lists the forms of an axis, for a user.
const AxisForms = "path=1,2,5  path=1..10  path=1..10/3  path=lin(0,1,5)  path=log(0.01,1,5)  " +
	"and, with --sample, path=lin(0,1) or path=log(0.01,1)"

// ParseAxis reads an axis:
//
//	path=a,b,c          these values
//	path=1..10          whole numbers from 1 to 10
//	path=1..10/3        every third: 1, 4, 7, 10
//	path=lin(a,b,n)     n values from a to b, evenly spaced
//	path=log(a,b,n)     n values from a to b, with a constant ratio
//	path=lin(a,b)       the interval, for a sample; also log(a,b) and 1..10
//
// Numbers may carry a unit, the same at both ends: lin(1ms,5ms,5).
func ParseAxis(text string) (Axis, error) {
	path, spec, ok := strings.Cut(text, "=")
	path, spec = strings.TrimSpace(path), strings.TrimSpace(spec)
	if !ok || path == "" || spec == "" {
		return Axis{}, fmt.Errorf("%q: expected path=values, such as neuron.window=16,32,64", text)
	}
	a := Axis{Path: path}
	var err error
	switch name, args, isCall := call(spec); {
	case isCall && (name == "lin" || name == "log"):
		err = a.spread(name == "log", args)
	case isCall:
		err = fmt.Errorf("%s(…): expected lin(…) or log(…)", name)
	case strings.Contains(spec, ".."):
		err = a.count(spec)
	default:
		a.Values, err = splitList(spec)
		if k := repeated(a.Values); k >= 0 && err == nil {
			err = fmt.Errorf("%s is listed twice; --seeds repeats every point", a.Values[k])
		}
	}
	if err != nil {
		return Axis{}, fmt.Errorf("%s: %w", words.Clip(text, 60), err)
	}
	return a, nil
}

// repeated returns the position of a value that has occurred before, or -1.
func repeated(values []string) int {
	seen := make(map[string]bool, len(values))
	for k, v := range values {
		if seen[v] {
			return k
		}
		seen[v] = true
	}
	return -1
}

// call splits name(a,b,…).
func call(spec string) (name string, args []string, ok bool) {
	open := strings.IndexByte(spec, '(')
	if open < 1 || !strings.HasSuffix(spec, ")") || strings.ContainsAny(spec[:open], ",{[\"' ") {
		return "", nil, false
	}
	for _, arg := range strings.Split(spec[open+1:len(spec)-1], ",") {
		args = append(args, strings.TrimSpace(arg))
	}
	return spec[:open], args, true
}

// spread reads the arguments of lin and log.
func (a *Axis) spread(log bool, args []string) error {
	if len(args) != 2 && len(args) != 3 {
		return fmt.Errorf("got %d arguments, expected two ends and how many values", len(args))
	}
	r, err := parseRange(args[0], args[1])
	if err != nil {
		return err
	}
	r.Log = log
	if log && (r.Low <= 0 || r.High <= 0) {
		return fmt.Errorf("a log range needs both ends above 0")
	}
	a.Range = &r
	if len(args) == 2 {
		return nil
	}
	n, err := strconv.Atoi(args[2])
	if err != nil || n < 1 || n > maxValues {
		return fmt.Errorf("got %q values, expected a whole number from 1 to %d", args[2], maxValues)
	}
	for i := range n {
		at := 0.0
		if n > 1 {
			at = float64(i) / float64(n-1)
		}
		a.Values = append(a.Values, r.At(at))
	}
	return nil
}

// count reads first..last and first..last/step.
func (a *Axis) count(spec string) error {
	ends, stepText, stepped := strings.Cut(spec, "/")
	lo, hi, _ := strings.Cut(ends, "..")
	if !stepped {
		stepText = "1"
	}
	var n [3]big.Int // because seeds can exceed an int64
	ok := true
	for i, text := range []string{lo, hi, stepText} {
		_, is := n[i].SetString(strings.TrimSpace(text), 10)
		ok = ok && is && n[i].BitLen() <= 64
	}
	first, last, step := &n[0], &n[1], &n[2]
	if !ok || step.Sign() < 1 || last.Cmp(first) < 0 {
		return fmt.Errorf("expected whole numbers first..last or first..last/step; other ranges are lin(a,b,n) and log(a,b,n)")
	}
	var steps big.Int
	if steps.Sub(last, first).Div(&steps, step).Cmp(big.NewInt(maxValues)) >= 0 {
		return fmt.Errorf("more than %d values", maxValues)
	}
	a.Range = &Range{Whole: true}
	a.Range.Low, _ = first.Float64()
	a.Range.High, _ = last.Float64()
	for v := first; v.Cmp(last) <= 0; v.Add(v, step) {
		a.Values = append(a.Values, v.String())
	}
	return nil
}

func parseRange(lo, hi string) (Range, error) {
	low, unit, err1 := number(lo)
	high, unit2, err2 := number(hi)
	switch {
	case err1 != nil || err2 != nil:
		return Range{}, fmt.Errorf("got %q and %q, expected two numbers", lo, hi)
	case unit != unit2:
		return Range{}, fmt.Errorf("both ends need the same unit, got %q and %q", lo, hi)
	case math.IsInf(high-low, 0):
		return Range{}, fmt.Errorf("got %q and %q, which are too far apart", lo, hi)
	}
	return Range{Low: low, High: high, Unit: unit}, nil
}

// number splits a number from its unit.
func number(text string) (v float64, unit string, err error) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZµ%")
	v, err = strconv.ParseFloat(digits, 64)
	if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		err = strconv.ErrRange
	}
	return v, text[len(digits):], err
}

// NumberOf reads a number with or without a unit. It returns NaN if the text is not a
// number.
func NumberOf(text string) float64 {
	v, _, err := number(text)
	if err != nil {
		return math.NaN()
	}
	return v
}

// Numbers reads the values of one setting as numbers that can be compared. Values with
// the same unit stay as they are. Durations with different units are converted to the
// unit of the first. If there are both percentages and plain numbers, percentages become
// shares. All results are NaN if a value is not a number, or if units cannot be compared.
func Numbers(values []string) []float64 {
	all, units := make([]float64, len(values)), make([]string, len(values))
	for i, text := range values {
		v, unit, err := number(text)
		if err != nil {
			return none(len(values))
		}
		all[i], units[i] = v, unit
	}
	for i, unit := range units {
		if unit == units[0] {
			continue
		}
		if !measureAlike(unit, units[0]) {
			return none(len(values))
		}
		all[i] *= perUnit(unit) / perUnit(units[0])
	}
	if slices.Contains(units, "%") && slices.Contains(units, "") && units[0] == "%" {
		for i := range all { // convert to shares, whichever came first
			all[i] *= perUnit("%")
		}
	}
	return all
}

func none(n int) []float64 { return slices.Repeat([]float64{math.NaN()}, n) }

// measureAlike reports whether values of two units can be compared.
func measureAlike(a, b string) bool {
	_, first := microseconds[a]
	_, second := microseconds[b]
	return first && second || strings.Trim(a+b, "%") == ""
}

// perUnit returns the factor of a unit: to microseconds for durations, to shares for
// others.
func perUnit(unit string) float64 {
	if per, ok := microseconds[unit]; ok {
		return per
	}
	if unit == "%" {
		return 0.01
	}
	return 1
}

// At returns the value at a place of the range, from 0 to 1. It keeps twelve digits, so
// that 0.1+0.2 is 0.3 in file names and tables. Durations are rounded to whole
// microseconds.
func (r *Range) At(place float64) string {
	v := r.Low + place*(r.High-r.Low)
	if r.Log {
		v = r.Low * math.Pow(r.High/r.Low, place)
	}
	if r.Whole {
		v = min(math.Floor(r.Low+place*(r.High-r.Low+1)), r.High)
	}
	if per, ok := microseconds[r.Unit]; ok {
		return strconv.FormatFloat(math.Round(v*per)/per, 'f', -1, 64) + r.Unit
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	return strconv.FormatFloat(v, 'g', -1, 64) + r.Unit
}

var microseconds = map[string]float64{"us": 1, "ms": 1e3, "s": 1e6, "min": 60e6, "h": 3600e6}

// splitList splits at commas that are not in brackets or quotes.
func splitList(spec string) ([]string, error) {
	var values []string
	depth, start, quote := 0, 0, byte(0)
	for i := 0; i <= len(spec); i++ {
		switch {
		case i == len(spec) || spec[i] == ',' && depth == 0 && quote == 0:
			v := strings.TrimSpace(spec[start:i])
			if v == "" {
				return nil, fmt.Errorf("an empty value; write null for the default")
			}
			values, start = append(values, v), i+1
		case quote != 0:
			if spec[i] == quote {
				quote = 0
			}
		case spec[i] == '"' || spec[i] == '\'':
			quote = spec[i]
		case strings.IndexByte("[{(", spec[i]) >= 0:
			depth++
		case strings.IndexByte("]})", spec[i]) >= 0:
			depth--
		}
	}
	if len(values) > maxValues {
		return nil, fmt.Errorf("more than %d values", maxValues)
	}
	return values, nil
}
