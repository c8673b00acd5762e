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

// maxCondition bounds the length of a condition in bytes.
const maxCondition = 1000

// named finds the names in a condition.
var named = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*`)

// reserved are names in conditions that are no measures.
var reserved = []string{"time", "phase", "abs", "min", "max", "true", "false", "and", "or", "not", "in"}

// environment returns what conditions can name: time in seconds, the name of
// the phase, and live measures. What has no value yet is NaN.
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
	for _, name := range named.FindAllString(quoted, -1) {
		if !slices.Contains(reserved, name) {
			names = append(names, name)
		}
	}
	return names
}

// setMeasure enters a measure, section by section.
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

// compile makes a condition ready. Functions are left out but for abs, min and
// max: a condition must not depend on anything but the run.
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

// CheckCondition reports what is wrong with a condition on live measures.
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
