package config_test

import (
	"testing"

	"infomorph/internal/config"
)

type underlaid struct {
	A struct {
		B int   `yaml:"b" default:"1"`
		C int   `yaml:"c" default:"2"`
		D []int `yaml:"d"`
	} `yaml:"a"`
	E string `yaml:"e" default:"plain"`
}

func parseDocument(t *testing.T, text string) *config.Document {
	t.Helper()
	doc, err := config.Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestUnderlay(t *testing.T) {
	for name, tc := range map[string]struct {
		text       string
		b, c, list int
		e          string
	}{
		"fills what is missing":       {"a: {b: 7}", 7, 20, 3, "base"},
		"a list is replaced as whole": {"a: {d: [1]}\ne: own", 10, 20, 1, "own"},
		"an empty document":           {"", 10, 20, 3, "base"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := parseDocument(t, tc.text)
			doc.Underlay(parseDocument(t, "a: {b: 10, c: 20, d: [1, 2, 3]}\ne: base"))
			var v underlaid
			if err := doc.Decode(&v); err != nil {
				t.Fatal(err)
			}
			if v.A.B != tc.b || v.A.C != tc.c || len(v.A.D) != tc.list || v.E != tc.e {
				t.Errorf("got %+v, want %+v", v, tc)
			}
		})
	}
}

func TestUnderlayLeavesFaultsToDecoding(t *testing.T) {
	doc := parseDocument(t, "a: 3")
	doc.Underlay(parseDocument(t, "a: {b: 10}"))
	var v underlaid
	if doc.Decode(&v) == nil {
		t.Error("a scalar where a section is expected must stay an error")
	}
}

func TestHas(t *testing.T) {
	doc := parseDocument(t, "a: {d: [4, 5]}")
	for path, want := range map[string]bool{"a": true, "a.d": true, "a.d[1]": true, "a.d[2]": false, "a.b": false, "e": false, "": false} {
		if got := doc.Has(path); got != want {
			t.Errorf("Has(%q) = %v", path, got)
		}
	}
}
