package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"infomorph/internal/config"
)

const schemaID = "https://example.org/scenario.schema.json"

func compileSchema(t *testing.T) (*jsonschema.Schema, []byte) {
	t.Helper()
	data, err := config.Schema(scenario{}, "Scenario", schemaID)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(schemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s, data
}

// beyondSchema are the mistakes that no schema can see, and why.
var beyondSchema = map[string]string{
	"duration-range": "range with a unit", "rate-range": "range with a unit", "int-overflow": "", "custom-order": "hook",
	"validate-absent": "hook", "validate-value": "hook", "expression": "hook",
	"True": "YAML reads True as true", "leading-zero": "YAML reads 0123 as 123",
	"version": "value of apiVersion", "int8-overflow": "size of the Go type", "nan": "not JSON",
	"windows": "",
}

// TestSchemaAgreesWithDecode feeds the typical mistakes to the schema too.
func TestSchemaAgreesWithDecode(t *testing.T) {
	s, data := compileSchema(t)
	golden(t, "testdata/schema.golden", data)
	for _, text := range []string{minimal, full} {
		v, err := config.ToJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	files, _ := filepath.Glob("testdata/mistakes/*.yaml")
	refused := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if _, beyond := beyondSchema[name]; beyond {
			continue
		}
		v, err := config.ToJSON(text)
		if err != nil {
			continue // not YAML, or more than JSON can say
		}
		if s.Validate(v) == nil {
			t.Errorf("%s: the schema accepts what Decode refuses", name)
		}
		refused++
	}
	if refused < 30 {
		t.Errorf("only %d mistakes were compared", refused)
	}
}

func TestReferenceGolden(t *testing.T) {
	golden(t, "testdata/reference.golden", config.Markdown(&scenario{}))
	keys, err := json.MarshalIndent(config.Keys(scenario{}), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/keys.golden", append(keys, '\n'))
}

func TestExplain(t *testing.T) {
	var b strings.Builder
	for _, path := range []string{"learning.rate", "learning", "rate", "events[3].at", "events[].at", "labels.colour", "labels.colour.x", "scores", "delay", "delay.uniform", "populations.size",
		"presentations", "goal", "learning.rte", "lerning.rate", "zebra", "events[0].then[1].at", "events[0].then[1].then[0].wehn", "seed.x", "x.clip", ""} {
		text, err := config.Explain(scenario{}, path)
		if err != nil {
			text = "error: " + err.Error() + "\n"
		}
		b.WriteString("> " + path + "\n" + text + "\n")
	}
	golden(t, "testdata/explain.golden", []byte(b.String()))
}

func TestLint(t *testing.T) {
	if err := config.Lint(scenario{}); err != nil {
		t.Error(err)
	}
	type bad struct {
		A int             `yaml:"a"`
		B int             `yaml:"b" doc:"B." default:"x" min:"y"`
		C int             `yaml:"c d" doc:"C." enum:"1,2"`
		D int             `yaml:"d" doc:"D." oneof:"g" required:"true" default:"3"`
		E config.Duration `yaml:"e" doc:"E." example:"5" max:"3"`
		F []int           `yaml:"f" doc:"F." default:"[1"`
		G int             `yaml:"d" doc:"G."`
	}
	err := config.Lint(bad{})
	if err == nil {
		t.Fatal("no error")
	}
	golden(t, "testdata/lint.golden", []byte(err.Error()+"\n"))
}
