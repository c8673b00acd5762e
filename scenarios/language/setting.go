package language

import "infomorph/internal/config"

// Setting is a parameter of a script: a number, a word, true or false.
type Setting struct{ Value any } // int64, float64, string or bool

// UnmarshalConfig implements config.Unmarshaler.
func (p *Setting) UnmarshalConfig(v config.Value) error {
	switch v.Kind() {
	case config.Int:
		var n int64
		err := v.Decode(&n)
		p.Value = n
		return err
	case config.Float:
		var f float64
		err := v.Decode(&f)
		p.Value = f
		return err
	case config.Bool:
		var b bool
		err := v.Decode(&b)
		p.Value = b
		return err
	case config.String:
		p.Value = v.Text()
		return nil
	}
	return v.Fault("a number, a word, true or false", "")
}

// MarshalConfig implements config.Marshaler.
func (p Setting) MarshalConfig() any { return p.Value }

// DescribeConfig implements config.Describer.
func (Setting) DescribeConfig() config.Description {
	return config.Description{Type: "value", Expected: "a number, a word, true or false",
		Schema: map[string]any{"type": []string{"number", "string", "boolean"}}}
}
