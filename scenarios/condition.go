package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// maxCondition bounds the length of a condition in bytes.
const maxCondition = 1000

// scripted finds the measures of a script that a condition names.
var scripted = regexp.MustCompile(`\bscript\.[A-Za-z_][A-Za-z0-9_]*`)

// environment returns what conditions can name: time in seconds, the name of
// the phase, and every live measure that is one number. What has no value yet
// is NaN. Any name after script. is one that a script may measure.
func environment(conditions ...string) map[string]any {
	env := map[string]any{"time": 0.0, "phase": "", "script": map[string]any{}}
	for _, source := range conditions {
		for _, name := range scripted.FindAllString(source, -1) {
			setMeasure(env, name, math.NaN())
		}
	}
	for _, name := range LiveMeasures() {
		if !strings.HasPrefix(name, "neuron.") {
			setMeasure(env, name, math.NaN())
		}
	}
	return env
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

// checkCondition is the check of every key tagged as an expression.
func checkCondition(_, source string) error {
	p, err := compile(source)
	if err == nil {
		_, err = expr.Run(p, environment(source)) // a name that no section has shows here
	}
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return fmt.Errorf("%s; expected a condition on time, %s, such as training.predicted > 0.9", first, strings.Join(conditionNames(), ", "))
	}
	return nil
}

func conditionNames() []string {
	var names []string
	for _, name := range LiveMeasures() {
		if !strings.HasPrefix(name, "neuron.") {
			names = append(names, name)
		}
	}
	return names
}
