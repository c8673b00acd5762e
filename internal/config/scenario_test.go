package config_test

import (
	"errors"
	"fmt"

	"infomorph/internal/config"
)

// scenario is a realistic set of settings with every kind of value.
type scenario struct {
	APIVersion    string             `yaml:"apiVersion" doc:"Version of the language." required:"true" example:"infomorph/v1"`
	Name          string             `yaml:"name" doc:"Name of the scenario." required:"true"`
	Seed          uint64             `yaml:"seed" doc:"Seed of every random stream." default:"1"`
	Presentations int                `yaml:"presentations" doc:"Times each pattern is shown." default:"10" min:"1" max:"100000"`
	Verbose       bool               `yaml:"verbose" doc:"Whether to say more." default:"false"`
	Learning      learning           `yaml:"learning" doc:"How weights change."`
	Patterns      patterns           `yaml:"patterns" doc:"What is stored."`
	Delay         delay              `yaml:"delay" doc:"Delay of every synapse." default:"1ms" example:"{uniform: [1ms, 5ms]}"`
	Populations   []population       `yaml:"populations" doc:"Groups of neurons." maxItems:"8"`
	Events        []event            `yaml:"events" doc:"What happens when."`
	Asynchrony    *asynchrony        `yaml:"asynchrony" doc:"Update clocks of their own."`
	Labels        map[string]string  `yaml:"labels" doc:"Free words about the run."`
	Scores        map[string]float64 `yaml:"scores" doc:"Scores to reach." min:"0" max:"1"`
	Script        string             `yaml:"script" doc:"Starlark text."`
	Record        []string           `yaml:"record" doc:"What is recorded." enum:"spikes,pid,weights" default:"[spikes, pid]"`
}

type learning struct {
	Rate  float64         `yaml:"rate" doc:"Step size of the weights." default:"0.1" exclusiveMin:"0" max:"10"`
	Clip  float64         `yaml:"clip" doc:"Largest size of a weight." default:"5" min:"0"`
	Goal  string          `yaml:"goal" doc:"What neurons strive for." enum:"memory,xor,feedforward" default:"memory"`
	Every config.Duration `yaml:"every" doc:"Time between two learning steps." default:"1ms" exclusiveMin:"0us" max:"1s"`
	Bins  int8            `yaml:"bins" doc:"Bins of a port." default:"20" min:"2"`
}

type patterns struct {
	Source string          `yaml:"source" doc:"Where patterns come from." enum:"random,letters,file,folder" default:"letters"`
	Count  *int            `yaml:"count" doc:"Number of patterns." min:"1"`
	File   string          `yaml:"file" doc:"File with patterns."`
	Flip   config.Fraction `yaml:"flip" doc:"Share of bits to flip in a cue." default:"10%"`
}

func (p *patterns) Validate() error {
	var errs []error
	if p.Source == "file" && p.File == "" {
		errs = append(errs, config.FieldError("file", nil, "the name of a file, because source is file", ""))
	}
	if p.Source == "letters" && p.Count != nil && *p.Count > 26 {
		errs = append(errs, config.FieldError("count", *p.Count, "at most 26, because source is letters", "use source: random"))
	}
	return errors.Join(errs...)
}

type population struct {
	Named
	Size  int    `yaml:"size" doc:"Number of neurons." required:"true" min:"1"`
	Ports []port `yaml:"ports" doc:"Inputs." minItems:"1" maxItems:"3"`
}

// Named lends its key to what has a name.
type Named struct {
	Name string `yaml:"name" doc:"Name to refer to." required:"true"`
}

type port struct {
	Name string `yaml:"name" doc:"Name of the port." required:"true" enum:"r,c,l"`
	From string `yaml:"from" doc:"Population it listens to."`
}

type asynchrony struct {
	Clock config.Duration `yaml:"clock" doc:"Mean time between updates." default:"10ms" min:"1us"`
	Gate  bool            `yaml:"gate" doc:"Whether the novelty gate is on." default:"true"`
}

type event struct {
	At      *config.Duration `yaml:"at" doc:"Time of the event." oneof:"time"`
	When    *string          `yaml:"when" doc:"Condition for the event." expr:"true" oneof:"time"`
	Lesion  *lesion          `yaml:"lesion" doc:"Removes neurons." oneof:"action?"`
	SetGoal *string          `yaml:"goal" doc:"Changes the goal." oneof:"action?"`
	Then    []event          `yaml:"then" doc:"Events that follow."`
}

type lesion struct {
	Fraction config.Fraction `yaml:"fraction" doc:"Share of neurons." required:"true"`
}

// delay is a constant or a distribution.
type delay struct {
	Low, High config.Duration
}

type uniformDelay struct {
	Uniform []config.Duration `yaml:"uniform" doc:"Smallest and largest delay." required:"true" minItems:"2" maxItems:"2"`
}

func (d *delay) UnmarshalConfig(v config.Value) error {
	if v.Kind() != config.Map {
		err := v.Decode(&d.Low)
		d.High = d.Low
		return err
	}
	var u uniformDelay
	if err := v.Decode(&u); err != nil {
		return err
	}
	d.Low, d.High = u.Uniform[0], u.Uniform[1]
	if d.High < d.Low {
		return config.FieldError("uniform[1]", d.High, fmt.Sprintf("at least %s", d.Low), "")
	}
	return nil
}

func (d delay) MarshalConfig() any {
	if d.Low == d.High {
		return d.Low
	}
	return uniformDelay{[]config.Duration{d.Low, d.High}}
}

func (delay) DescribeConfig() config.Description {
	return config.Description{Type: "delay", Unit: "us, ms, s", Expected: "a delay such as 1ms or {uniform: [1ms, 5ms]}",
		Forms: []any{config.Duration(0), uniformDelay{}}}
}

// checkExpr stands in for an expression compiler.
func checkExpr(_, src string) error {
	open := 0
	for _, r := range src {
		switch r {
		case '(':
			open++
		case ')':
			open--
		}
	}
	if open != 0 {
		return errors.New("not an expression: unbalanced parentheses")
	}
	return nil
}
