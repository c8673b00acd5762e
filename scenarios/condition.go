package scenarios

import (
	"fmt"
	"math"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// maxCondition bounds the length of a condition in bytes.
const maxCondition = 1000

// environment returns what conditions can name: time in seconds, and every
// live measure that is one number. What has no value yet is NaN.
func environment() map[string]any {
	env := map[string]any{"time": 0.0}
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
	opts := []expr.Option{expr.Env(environment()), expr.AsBool(), expr.DisableAllBuiltins()}
	for _, name := range []string{"abs", "min", "max"} {
		opts = append(opts, expr.EnableBuiltin(name))
	}
	return expr.Compile(source, opts...)
}

// checkCondition is the check of every key tagged as an expression.
func checkCondition(_, source string) error {
	p, err := compile(source)
	if err == nil {
		_, err = expr.Run(p, environment()) // a name that no section has shows here
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
