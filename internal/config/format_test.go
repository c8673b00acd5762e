package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"infomorph/internal/config"
)

// TestFormat holds the layout of each messy file to its golden file.
func TestFormat(t *testing.T) {
	files, _ := filepath.Glob("testdata/format/*.yaml")
	if len(files) == 0 {
		t.Fatal("no files")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out, err := config.Format(file, data, scenario{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		golden(t, strings.TrimSuffix(file, ".yaml")+".golden", out)
		again, err := config.Format(file, out, scenario{})
		if err != nil || string(again) != string(out) {
			t.Errorf("%s: formatting twice gives\n%s(%v)", file, again, err)
		}
	}
}

func TestFormatErrors(t *testing.T) {
	_, err := config.Format("s.yaml", []byte("a: [1\nb: 2\n"), nil)
	if err == nil || !strings.HasPrefix(err.Error(), "s.yaml:2:1: not valid YAML") {
		t.Errorf("got %v", err)
	}
}

func TestMarshalRoundTrip(t *testing.T) {
	for _, text := range []string{minimal, full, minimal + "labels: {}\nevents: []\npatterns: {count: 1, source: random}\n"} {
		want := mustDecode(t, text)
		data, err := config.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got := mustDecode(t, string(data))
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s\n%s", data, d)
		}
		again, err := config.Marshal(*got)
		if err != nil || string(again) != string(data) {
			t.Errorf("second time:\n%s(%v)\nfirst time:\n%s", again, err, data)
		}
		formatted, err := config.Format("s", data, got)
		if err != nil || string(formatted) != string(data) {
			t.Errorf("formatted:\n%s(%v)\nmarshalled:\n%s", formatted, err, data)
		}
	}
}

func TestMarshalGolden(t *testing.T) {
	data, err := config.Marshal(mustDecode(t, full))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/marshal.golden", data)
	if data, err = config.MarshalDoc(mustDecode(t, full)); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/marshal_doc.golden", data)
	if out, err := config.Format("s.yaml", data, scenario{}); err != nil || string(out) != string(data) {
		t.Errorf("formatted:\n%s(%v)", out, err)
	}
	if d := cmp.Diff(mustDecode(t, full), mustDecode(t, string(data))); d != "" {
		t.Error(d)
	}
}

func TestMarshalErrors(t *testing.T) {
	for name, v := range map[string]any{
		"NaN": struct {
			X float64 `yaml:"x"`
		}{nan()},
		"chan": struct {
			X chan int `yaml:"x"`
		}{make(chan int)},
		"utf-8": struct {
			X string `yaml:"x"`
		}{"\xff"},
		"key": struct {
			X map[string]int `yaml:"x"`
		}{map[string]int{"\xff": 1}},
		"map": struct {
			X map[int]int `yaml:"x"`
		}{map[int]int{1: 1}},
	} {
		if data, err := config.Marshal(v); err == nil {
			t.Errorf("%s: got %s", name, data)
		}
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

// TestTextRoundTrip writes text that YAML likes to misread.
func TestTextRoundTrip(t *testing.T) {
	for _, text := range []string{"", " ", "a", "null", "~", "true", "12", "1e3", ".5", "0x1F", "a: b", "a #b", "#a", "- a", "-", "?", "? a", "@a", "%a",
		"a\nb", "a\nb\n", "a\n\n", "\na\n", " a\nb", "a \nb", "a\n\tb\n", "a\n b\n", "it's", `say "x"`, `back\slash`, `both ' and "`, "\x00\x07\u0085\ufeff", "ü ñ 漢字 🙂",
		"[a, b]", "{a: b}", "a, b", "&a", "*a", "!a", "|", ">", "---", "...", "--- a", "a:", ":a", "a:b", "<<", "=", "yes", "2024-01-01", "12:30", "x\ty", "trailing ", "a\r\nb"} {
		type T struct {
			A string            `yaml:"a" default:"x"`
			B []string          `yaml:"b"`
			C map[string]string `yaml:"c"`
		}
		want := T{text, []string{text, "x"}, map[string]string{}}
		if text != "" {
			want.C[text] = text
		}
		data, err := config.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got T
		if err := config.Decode("s", data, &got); err != nil {
			t.Errorf("%q: %v\n%s", text, err, data)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q:\n%s%s", text, data, d)
		}
	}
}
