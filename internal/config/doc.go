// Package config reads, checks, changes, writes and documents strict YAML files
// that are described by Go struct types. It does not know what the settings
// mean.
//
// A key is declared once, in a struct tag, and everything follows from it:
// decoding with defaults and limits, error messages, the JSON Schema, the
// reference in Markdown and the answer of "explain".
//
//	type Learning struct {
//		Rate  float64  `yaml:"rate" doc:"Step size of the weights." default:"0.1" min:"0" example:"0.05"`
//		Every Duration `yaml:"every" doc:"Time between two learning steps." default:"5ms" exclusiveMin:"0us"`
//		Goal  string   `yaml:"goal" doc:"Goal of every neuron." enum:"memory,xor" required:"true"`
//	}
//
// # Tags
//
//	yaml          name of the key; a field without it is not a setting, an
//	              embedded struct without it adds its keys to its parent's
//	doc           one sentence
//	unit          unit of a plain number
//	default       value when the key is absent, in YAML
//	example       an example value, in YAML
//	required      "true": the key must be present
//	enum          allowed words, separated by commas
//	min, max      limits, also exclusiveMin and exclusiveMax, in the notation
//	              of the type; they hold for every element of a list or map
//	minItems, maxItems   limits on the length of a list or map
//	expr          "true": the text is an expression, see [CheckExpr]
//	oneof         name of a group of keys of which exactly one must be
//	              present; with a trailing "?", at most one. Such fields are
//	              pointers, slices or maps
//
// # The language
//
// One document, UTF-8, at most 1 MiB and 64 levels deep, mappings with plain
// keys, no anchors, aliases, tags or merge keys: each value is written in one
// place. Scalars are read as in YAML 1.2. A number where text is expected is an
// error, and so is text where a number is expected. Every fault is reported at
// once, with file, line and column.
package config
