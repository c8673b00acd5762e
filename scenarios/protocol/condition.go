package protocol

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// maxCondition limits the length of a condition in bytes.
const maxCondition = 1000

// named matches the names in a condition.
var named = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*`)

// numeral matches the numbers in a condition, such as 1e-3, whose letters are no names.
var numeral = regexp.MustCompile(`\b[0-9][A-Za-z0-9_.]*`)

// reserved are names in conditions that are not measures.
var reserved = []string{"time", "phase", "abs", "min", "max", "true", "false", "and", "or", "not", "in"}

// environment returns the variables of conditions: time in seconds, the name of the
// phase, and live measures. A measure without a value is NaN.
func environment(conditions ...string) map[string]any {
	env := map[string]any{"time": 0.0, "phase": ""}
	for _, source := range conditions {
		for _, name := range measuresIn(source) {
			setMeasure(env, name, math.NaN())
		}
	}
	return env
}

// measuresIn returns the names of measures in a condition.
func measuresIn(source string) (names []string) {
	quoted := regexp.MustCompile(`"[^"]*"|'[^']*'`).ReplaceAllString(source, "")
	quoted = numeral.ReplaceAllString(quoted, "")
	for _, name := range named.FindAllString(quoted, -1) {
		if !slices.Contains(reserved, name) {
			names = append(names, name)
		}
	}
	return names
}

// setMeasure sets the value of a measure. Each part of its name is a nested map.
func setMeasure(env map[string]any, name string, v float64) {
	section, rest, nested := strings.Cut(name, ".")
	if !nested {
		env[name] = v
		return
	}
	sub, ok := env[section].(map[string]any)
	if !ok {
		sub = map[string]any{}
		env[section] = sub
	}
	setMeasure(sub, rest, v)
}

// compile compiles a condition. The only functions are abs, min and max, because a
// condition must depend on nothing but the run.
func compile(source string) (*vm.Program, error) {
	if len(source) > maxCondition {
		return nil, fmt.Errorf("longer than %d characters", maxCondition)
	}
	opts := []expr.Option{expr.Env(environment(source)), expr.AsBool(), expr.DisableAllBuiltins()}
	for _, name := range []string{"abs", "min", "max"} {
		opts = append(opts, expr.EnableBuiltin(name))
	}
	return expr.Compile(source, opts...)
}

// CheckCondition returns an error if a condition on live measures is not valid.
func CheckCondition(source string) error {
	p, err := compile(source)
	if err == nil {
		_, err = expr.Run(p, environment(source))
	}
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return fmt.Errorf("%s; expected a condition on time, phase and live measures, such as training.predicted > 0.9", first)
	}
	return nil
}
