package condition

import (
	"fmt"
	"math"
	"slices"
)

// MaxLength limits the length of a condition [bytes].
const MaxLength = 1000

// Condition is a condition that is ready to be evaluated. It does not change.
type Condition struct{ root *node }

// Values are what a condition depends on.
type Values struct {
	Time     float64            // simulated time [s]
	Phase    string             // name of the phase
	Measures map[string]float64 // latest values of live measures
}

// Compile compiles a condition. Its errors are one line, and tell at which character of
// the source the fault is.
func Compile(source string) (*Condition, error) {
	if len(source) > MaxLength {
		return nil, fmt.Errorf("longer than %d characters", MaxLength)
	}
	root, err := parse(source)
	if err != nil {
		return nil, err
	}
	return &Condition{root}, nil
}

// Measures returns the names of the measures in the condition, in the order in which they
// appear.
func (c *Condition) Measures() []string { return c.root.measures(nil) }

func (n *node) measures(names []string) []string {
	if n.do == "measure" {
		names = append(names, n.text)
	}
	for _, a := range n.args {
		names = a.measures(names)
	}
	return names
}

// Holds reports whether the condition is true.
func (c *Condition) Holds(v *Values) bool { return c.root.holds(v) }

// holds returns the value of a truth.
func (n *node) holds(v *Values) bool {
	switch n.do {
	case "constant":
		return n.number == 1
	case "and":
		return n.args[0].holds(v) && n.args[1].holds(v)
	case "or":
		return n.args[0].holds(v) || n.args[1].holds(v)
	case "not":
		return !n.args[0].holds(v)
	case "in":
		return slices.ContainsFunc(n.args[1:], func(a *node) bool { return n.args[0].compare("==", a, v) })
	case "not in":
		return !slices.ContainsFunc(n.args[1:], func(a *node) bool { return !n.args[0].compare("!=", a, v) })
	}
	return n.args[0].compare(n.do, n.args[1], v)
}

// compare compares two values of the same kind.
func (n *node) compare(op string, other *node, v *Values) bool {
	switch n.kind {
	case number:
		return compare(op, n.value(v), other.value(v))
	case text:
		return compare(op, n.words(v), other.words(v))
	}
	return (n.holds(v) == other.holds(v)) == (op == "==")
}

// compare compares two numbers or two texts. It is false if one of them is no number.
func compare[T float64 | string](op string, a, b T) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	case "==":
		return a == b
	}
	return a < b || a > b
}

// words returns the value of a text.
func (n *node) words(v *Values) string {
	if n.do == "phase" {
		return v.Phase
	}
	return n.text
}

// value returns the value of a number.
func (n *node) value(v *Values) float64 {
	switch n.do {
	case "constant":
		return n.number
	case "time":
		return v.Time
	case "measure":
		if x, ok := v.Measures[n.text]; ok {
			return x
		}
		return math.NaN()
	}
	x := n.args[0].value(v)
	switch {
	case n.do == "abs":
		return math.Abs(x)
	case n.do == "-" && len(n.args) == 1:
		return -x
	}
	for _, a := range n.args[1:] {
		x = combine(n.do, x, a.value(v))
	}
	return x
}

// combine computes with two numbers.
func combine(op string, a, b float64) float64 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	case "%":
		return math.Mod(a, b)
	case "**":
		return math.Pow(a, b)
	case "max":
		return max(a, b)
	}
	return min(a, b)
}
