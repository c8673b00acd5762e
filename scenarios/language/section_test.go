package language

import (
	"errors"
	"fmt"
	"strings"

	"infomorph/internal/config"
)

// section is a section of a document, and the result of reading it or the fault.
type section struct{ text, want string }

// one is a section with one key.
type one[T any] struct {
	D T `yaml:"d" doc:"One." required:"true"`
}

// readers read a section and return a text of its content, or of its faults.
var readers = map[string]func(text string) string{
	"kind": func(text string) string {
		return read(&Neuron{}, "{goal: {red: 1}, ports: {r: {rule: goal}, c: {rule: goal}}, "+text+"}", func(*Neuron) string { return "" })
	},
	"ports": func(text string) string { return read(&Neuron{}, "{"+text+"}", func(*Neuron) string { return "" }) },
	"delay": func(text string) string {
		return read(&one[Delay]{}, "d: "+text, func(v *one[Delay]) string { return fmt.Sprintf("%s %+v", written(v), v.D.Dist()) })
	},
	"dist": func(text string) string {
		return read(&one[Dist]{}, "d: "+text, func(v *one[Dist]) string { return fmt.Sprintf("%s %+v", written(v), v.D.Dist) })
	},
	"each":  func(text string) string { return read(&one[Each]{}, "d: "+text, written) },
	"rule":  func(text string) string { return read(&one[Rule]{}, "d: "+text, written) },
	"goal":  func(text string) string { return read(&one[Goal]{}, "d: "+text, written) },
	"field": func(text string) string { return read(&one[FieldInto]{}, "d: "+text, written) },
	"value": func(text string) string {
		return read(&one[Setting]{}, "d: "+text, func(v *one[Setting]) string { return fmt.Sprintf("%T %s", v.D.Value, v.D.Text()) })
	},
	"fault":    func(text string) string { return read(&Fault{}, "{"+text+"}", func(*Fault) string { return "" }) },
	"patterns": func(text string) string { return read(&Patterns{}, "{"+text+"}", func(*Patterns) string { return "" }) },
	"markov":   func(text string) string { return read(&Markov{}, "{"+text+"}", func(*Markov) string { return "" }) },
	"poisson": func(text string) string {
		return read(&PoissonTrains{}, "{"+text+"}", func(*PoissonTrains) string { return "" })
	},
	"generator": func(text string) string {
		return read(&Generator{}, "{code: x, "+text+"}", func(*Generator) string { return "" })
	},
	"columns": func(text string) string { return read(&one[Columns]{}, "d: "+text, written) },
}

// read decodes a section and returns a text of its content, or of its faults.
func read[T any](v *T, text string, said func(*T) string) string {
	err := config.Decode("", []byte(text), v)
	if err == nil {
		return said(v)
	}
	var all *config.Errors
	if !errors.As(err, &all) {
		return err.Error()
	}
	var faults []string
	for _, e := range all.List {
		plain := *e
		plain.Pos = config.Pos{}
		faults = append(faults, strings.TrimPrefix(plain.Error(), ": "))
	}
	return strings.Join(faults, " | ")
}

// written returns a section as it is marshalled, on one line.
func written[T any](v *T) string {
	text, err := config.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(string(text)), " ")
}
