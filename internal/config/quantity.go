package config

import (
	"math/big"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// Duration is a span of time in whole microseconds, written with its unit:
// 200us, 5ms, 1.5s, 2min, 1h.
type Duration int64

// Common durations.
const (
	Microsecond Duration = 1
	Millisecond          = 1000 * Microsecond
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
)

var (
	durationUnits = []struct {
		name string
		size Duration
	}{{"us", Microsecond}, {"ms", Millisecond}, {"s", Second}, {"min", Minute}, {"h", Hour}}
	quantityForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([a-zA-Zµμ%]+)$`)
)

const expectedDuration = "a duration with a unit, such as 5ms"

// splitQuantity separates "1.5 ms" into its number and its unit.
func splitQuantity(text string) (number *big.Rat, unit string, ok bool) {
	m := quantityForm.FindStringSubmatch(text)
	if m == nil || len(m[1]) > 400 {
		return nil, "", false
	}
	number, ok = new(big.Rat).SetString(m[1])
	return number, m[2], ok
}

// UnmarshalConfig reads a duration with its unit.
func (d *Duration) UnmarshalConfig(v Value) error {
	if v.Kind() == Int || v.Kind() == Float {
		return v.Fault(expectedDuration, "add the unit: us, ms, s, min or h")
	}
	number, unit, ok := splitQuantity(v.Text())
	if v.Kind() != String || !ok {
		return v.Fault(expectedDuration, durationHint(v.Text()))
	}
	unit = strings.NewReplacer("µ", "u", "μ", "u").Replace(unit)
	for _, u := range durationUnits {
		if u.name != unit {
			continue
		}
		number.Mul(number, new(big.Rat).SetInt64(int64(u.size)))
		if !number.IsInt() {
			return v.Fault("a whole number of microseconds", "the smallest step of time is 1us")
		}
		if !number.Num().IsInt64() {
			return v.Fault("a duration below 292,000 years", "")
		}
		*d = Duration(number.Num().Int64())
		return nil
	}
	return v.Fault(expectedDuration, durationHint(v.Text()))
}

func durationHint(text string) string {
	_, unit, _ := splitQuantity(text)
	switch {
	case strings.HasPrefix(text, "-"):
		return "time cannot be negative"
	case unit == "m":
		return "write min for minutes or ms for milliseconds"
	case unit == "ns":
		return "the smallest step of time is 1us"
	default:
		return "the units are us, ms, s, min and h"
	}
}

// String returns d exactly, with the largest unit that keeps it short.
func (d Duration) String() string {
	for _, u := range []int{4, 3} {
		if size := durationUnits[u].size; d != 0 && d%size == 0 {
			return strconv.FormatInt(int64(d/size), 10) + durationUnits[u].name
		}
	}
	for _, u := range []int{2, 1} {
		if size := durationUnits[u].size; d >= size {
			r := big.NewRat(int64(d), int64(size))
			s := strings.TrimRight(r.FloatString(3*u), "0")
			return strings.TrimSuffix(s, ".") + durationUnits[u].name
		}
	}
	return strconv.FormatInt(int64(d), 10) + "us"
}

// MarshalConfig writes d with its unit.
func (d Duration) MarshalConfig() any { return d.String() }

// DescribeConfig describes the notation.
func (Duration) DescribeConfig() Description {
	return Description{Type: "duration", Unit: "us, ms, s, min, h", Expected: expectedDuration,
		Schema: map[string]any{"type": "string", "pattern": `^[0-9]+(\.[0-9]+)? ?(us|µs|μs|ms|s|min|h)$`}}
}

// Fraction is a number from 0 to 1, which may be written in percent: 0.1, 10%.
type Fraction float64

const expectedFraction = "a fraction from 0 to 1, such as 0.1 or 10%"

// UnmarshalConfig reads a fraction or a percentage.
func (f *Fraction) UnmarshalConfig(v Value) error {
	var x float64
	var ok bool
	if v.Kind() == String {
		var r *big.Rat
		var unit string
		if r, unit, ok = splitQuantity(v.Text()); ok && unit == "%" {
			x, _ = r.Mul(r, big.NewRat(1, 100)).Float64()
		}
		ok = ok && unit == "%"
	} else {
		ok = readFloat(v.node, reflect.ValueOf(&x).Elem())
	}
	if !ok || !(x >= 0 && x <= 1) {
		return v.Fault(expectedFraction, "")
	}
	*f = Fraction(x)
	return nil
}

// MarshalConfig writes f as a number.
func (f Fraction) MarshalConfig() any { return float64(f) }

// DescribeConfig describes the notation.
func (Fraction) DescribeConfig() Description {
	return Description{Type: "fraction", Expected: expectedFraction,
		Schema: map[string]any{"anyOf": []any{
			map[string]any{"type": "number", "minimum": 0, "maximum": 1},
			map[string]any{"type": "string", "pattern": `^0*(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?) ?%$`}}}}
}
