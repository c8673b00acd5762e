package config

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// scalar reads n into a bool, number or string.
func (d *decoder) scalar(n *node, v reflect.Value, path string, l limits) {
	ok := n.isScalar()
	if ok {
		switch k := v.Kind(); {
		case k == reflect.Bool:
			ok = readBool(n, v)
		case k == reflect.String:
			d.text(n, v, path, l)
			return
		case v.CanInt() || v.CanUint():
			ok = readInt(n, v)
		case v.CanFloat():
			ok = readFloat(n, v)
		default:
			panic("config: a field has a type that no document can hold")
		}
	}
	if !ok || isNumeric(v.Type()) && !l.hold(v) {
		d.fault(n, path, d.expected(v.Type(), l), numberHint(n, v.Type(), l))
	}
}

func readBool(n *node, v reflect.Value) bool {
	v.SetBool(n.text == "true")
	return n.kind == Bool && !n.quoted && (n.text == "true" || n.text == "false")
}

// readInt accepts decimal whole numbers and floats without a fraction (1e6),
// exactly; leading zeros are refused because programs disagree about them.
func readInt(n *node, v reflect.Value) bool {
	if n.kind != Int && n.kind != Float || len(n.text) > 40 {
		return false
	}
	digits := strings.TrimLeft(n.text, "+-")
	if n.kind == Int && len(digits) > 1 && digits[0] == '0' {
		return false
	}
	r, ok := parseRat(n.text)
	if !ok || !r.IsInt() {
		return false
	}
	i := r.Num()
	if v.CanInt() {
		if !i.IsInt64() || v.OverflowInt(i.Int64()) {
			return false
		}
		v.SetInt(i.Int64())
		return true
	}
	if !i.IsUint64() || v.OverflowUint(i.Uint64()) {
		return false
	}
	v.SetUint(i.Uint64())
	return true
}

// parseRat reads a decimal number exactly; huge exponents are refused.
func parseRat(text string) (*big.Rat, bool) {
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		if e, err := strconv.Atoi(text[i+1:]); err != nil || e > 30 || e < -30 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(text)
}

func readFloat(n *node, v reflect.Value) bool {
	if n.kind != Int && n.kind != Float || strings.HasPrefix(n.text, "0x") || strings.HasPrefix(n.text, "0o") {
		return false
	}
	f, err := strconv.ParseFloat(n.text, v.Type().Bits())
	if err != nil || f != f || f-f != 0 {
		return false
	}
	v.SetFloat(f)
	return true
}

// largest returns the largest number of a type of whole numbers, 0 for other types.
func largest(t reflect.Type) uint64 {
	switch v := reflect.New(t).Elem(); {
	case v.CanUint():
		return math.MaxUint64 >> (64 - t.Bits())
	case v.CanInt():
		return math.MaxInt64 >> (64 - t.Bits())
	}
	return 0
}

// exceeds reports whether a whole number is too large for a type.
func exceeds(text string, t reflect.Type) bool {
	r, ok := parseRat(text)
	most := largest(t)
	return ok && most > 0 && r.Num().Cmp(new(big.Int).SetUint64(most)) > 0
}

// decimalComma is a number that may have been written with a decimal comma.
var decimalComma = regexp.MustCompile(`^([+-]?)(\d*),(\d+)$`)

// numberHint helps with common ways to write a value wrongly.
func numberHint(n *node, t reflect.Type, l limits) string {
	switch {
	case !n.isScalar():
		return ""
	case t.Kind() == reflect.Bool:
		return boolHint(n)
	case n.quoted && n.kind == String && (plainKind(n.text) == Int || plainKind(n.text) == Float):
		return "remove the quotes"
	case n.kind == Int && strings.HasPrefix(strings.TrimLeft(n.text, "+-"), "0") && len(n.text) > 1:
		return "remove the leading zero"
	case n.kind == Int && !l.upper.set && exceeds(n.text, t):
		return "the largest possible number is " + strconv.FormatUint(largest(t), 10)
	case n.kind == Float && strings.ContainsAny(n.text, "nN"):
		return "infinity and NaN are not allowed"
	case n.kind == String && decimalComma.MatchString(n.text):
		parts := decimalComma.FindStringSubmatch(n.text)
		if parts[2] == "" {
			return "write " + parts[1] + "0." + parts[3]
		}
		return "write " + strings.Replace(n.text, ",", ".", 1) + ", with a point, or without the comma if it parts thousands"
	case n.kind == String && strings.ContainsAny(n.text, "_,") && plainKind(strings.NewReplacer("_", "", ",", "").Replace(n.text)) == Int:
		return "write " + strings.NewReplacer("_", "", ",", "").Replace(n.text)
	case n.kind == String && strings.HasSuffix(n.text, "%"):
		return "percentages are not allowed here"
	default:
		return ""
	}
}

func boolHint(n *node) string {
	switch strings.ToLower(n.text) {
	case "yes", "on", "y", "true", "1":
		return "did you mean true?"
	case "no", "off", "n", "false", "0":
		return "did you mean false?"
	default:
		return ""
	}
}

// text reads a string, which may be a word of an enum or an expression.
func (d *decoder) text(n *node, v reflect.Value, path string, l limits) {
	if n.kind != String && !n.quoted && !l.expr {
		hint := "put quotes around it"
		if len(l.enum) > 0 {
			hint = ""
		}
		d.fault(n, path, d.expected(v.Type(), l), hint)
		return
	}
	v.SetString(n.text)
	if len(l.enum) > 0 && !slices.Contains(l.enum, n.text) {
		hint := ""
		if word := closest(n.text, l.enum); word != "" {
			hint = fmt.Sprintf("did you mean %q?", word)
		}
		d.fault(n, path, d.expected(v.Type(), l), hint)
		return
	}
	if l.expr && d.checkExpr != nil {
		if err := d.checkExpr(path, n.text); err != nil {
			d.errs.add(&Error{Pos: n.pos, Path: path, Problem: firstLine(err.Error())})
		}
	}
}

// expected completes "expected …" for a type with its limits.
func (d *decoder) expected(t reflect.Type, l limits) string {
	switch k := t.Kind(); {
	case isCustom(t):
		if p := l.phrase(); p != "" {
			return descriptionOf(t).Expected + ", " + p
		}
		return descriptionOf(t).Expected
	case isOrdered(t):
		return "a section" + itemsPhrase(l) + ", each value " + d.expected(orderedElem(t), l.ofElement())
	case k == reflect.Pointer:
		return d.expected(t.Elem(), l)
	case k == reflect.Struct:
		return "a section with the keys " + Abridge(d.plans.of(t).names, 12)
	case k == reflect.Slice:
		return "a list" + itemsPhrase(l) + ", each " + d.expected(t.Elem(), l.ofElement())
	case k == reflect.Map:
		return "a section" + itemsPhrase(l) + ", each value " + d.expected(t.Elem(), l.ofElement())
	default:
		return expectedScalar(t, l)
	}
}

func withRange(what string, l limits) string {
	return strings.TrimSpace(what + " " + l.phrase())
}

func itemsPhrase(l limits) string {
	switch {
	case l.minItems > 0 && l.minItems == l.maxItems:
		return fmt.Sprintf(" of exactly %d", l.minItems)
	case l.minItems > 0 && l.maxItems > 0:
		return fmt.Sprintf(" of %d to %d", l.minItems, l.maxItems)
	case l.minItems > 0:
		return fmt.Sprintf(" of at least %d", l.minItems)
	case l.maxItems > 0:
		return fmt.Sprintf(" of at most %d", l.maxItems)
	default:
		return ""
	}
}

func expectedScalar(t reflect.Type, l limits) string {
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return "true or false"
	case len(l.enum) > 0:
		return "one of " + strings.Join(l.enum, ", ")
	case k == reflect.String && l.expr:
		return "an expression"
	case k == reflect.String:
		return "text"
	case k == reflect.Float32 || k == reflect.Float64:
		return withRange("a number", l)
	case k >= reflect.Uint && k <= reflect.Uint64 && !l.lower.set:
		return withRange("a whole number ≥ 0", l)
	default:
		return withRange("a whole number", l)
	}
}
