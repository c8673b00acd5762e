package config_test

import (
	"testing"

	"infomorph/internal/config"
)

func parseDocument(t *testing.T, text string) *config.Document {
	t.Helper()
	doc, err := config.Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestHas(t *testing.T) {
	doc := parseDocument(t, "a: {d: [4, 5]}")
	for path, want := range map[string]bool{"a": true, "a.d": true, "a.d[1]": true, "a.d[2]": false, "a.b": false, "e": false, "": false} {
		if got := doc.Has(path); got != want {
			t.Errorf("Has(%q) = %v", path, got)
		}
	}
}
