package language

import (
	"math/rand/v2"
	"strconv"

	"infomorph/internal/config"
)

// Columns is one or more columns of a table. A document gives one name or a list of
// names.
type Columns []string

// UnmarshalConfig implements config.Unmarshaler.
func (c *Columns) UnmarshalConfig(v config.Value) error {
	if v.Kind() != config.List {
		var one string
		err := v.Decode(&one)
		*c = Columns{one}
		return err
	}
	var all []string
	err := v.DecodeWithin(&all, `minItems:"1" maxItems:"1000000"`)
	*c = all
	return err
}

// MarshalConfig implements config.Marshaler.
func (c Columns) MarshalConfig() any { return []string(c) }

// DescribeConfig implements config.Describer.
func (Columns) DescribeConfig() config.Description {
	return config.Description{Type: "columns", Expected: "the name of a column, or a list of names", Forms: []any{"", []string{}}}
}

// fieldSection is FieldInto in the form of a section, without its short form.
type fieldSection FieldInto

// UnmarshalConfig implements config.Unmarshaler.
func (f *FieldInto) UnmarshalConfig(v config.Value) error {
	var s fieldSection
	var err error
	if v.Kind() == config.Map {
		err = v.Decode(&s)
	} else {
		err = v.DecodeShort("field", &s)
	}
	*f = FieldInto(s)
	return err
}

// MarshalConfig implements config.Marshaler.
func (f FieldInto) MarshalConfig() any { return fieldSection(f) }

// DescribeConfig implements config.Describer.
func (FieldInto) DescribeConfig() config.Description {
	return config.Description{Type: "field", Expected: "the name of a field, or a section such as {field: label, off: -1}", Forms: []any{"", fieldSection{}}}
}

// Script is a Starlark script that determines what is presented.
type Script struct {
	File       *string            `yaml:"file" doc:"File with the script, relative to the scenario's folder." oneof:"source" example:"loop.star"`
	Code       *string            `yaml:"code" doc:"The script itself." oneof:"source"`
	Parameters map[string]Setting `yaml:"parameters" doc:"Numbers, words, true or false that the script reads as ctx.parameters and a sweep can vary." example:"{rounds: 5}" maxItems:"1000"`
	Data       string             `yaml:"data" doc:"Source, or a part of it, whose items the script can present by name."`
	Input      string             `yaml:"input" doc:"Input that receives the patterns." required:"true"`
	Context    string             `yaml:"context" doc:"Input that receives the contexts."`
	Population string             `yaml:"population" doc:"Population whose outputs the script sees." required:"true"`
	Steps      int64              `yaml:"steps" doc:"Limit of the steps of the interpreter in one call of the script." default:"10000000" min:"1000" max:"10000000000"`
	Memory     int64              `yaml:"memory" doc:"Limit of the memory that one call of the script allocates." unit:"MiB" default:"256" min:"1" max:"65536"`

	// Name, Line and Column are the position of inline code in its document.
	Name         string
	Line, Column int
}

// probeSource is a random source for finding faults. The values drawn from it are not
// used.
func probeSource() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

// formatNumber writes a number so that reading the text gives exactly the same number.
func formatNumber(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
