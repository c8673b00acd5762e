package config_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"infomorph/internal/config"
)

const minimal = "apiVersion: infomorph/v1\nname: test\n"

const full = minimal + `seed: 18446744073709551615
presentations: 1e3
verbose: true
learning: {rate: 0.25, clip: 3, goal: xor, every: 1.5ms, bins: 127}
patterns:
  source: random
  count: 50
  flip: 12.5%
delay: {uniform: [200us, 5 ms]}
populations:
  - name: hidden
    size: 100
    ports: [{name: r, from: input}, {name: c}]
events:
  - at: 0us
    lesion: {fraction: 1}
  - when: true
    then: [{at: 2min}]
asynchrony: {clock: 1.5ms}
labels: {a: "1", b: 'it''s', größe: x}
scores: {recall: 0.95}
script: |
  def f(x):
  	return x  # tab

  print(f(1))
record: []
`

func mustDecode(t testing.TB, text string, sets ...string) *scenario {
	t.Helper()
	var s scenario
	if err := decode(text, &s, sets...); err != nil {
		t.Fatal(err)
	}
	return &s
}

// decode reads a text with assignments.
func decode(text string, s *scenario, sets ...string) error {
	doc, err := config.Parse("scenario.yaml", []byte(text))
	if err != nil {
		return err
	}
	if err := doc.Set(sets...); err != nil {
		return err
	}
	return doc.Decode(s)
}

func ptr[T any](v T) *T { return &v }

func TestDecodeEveryKind(t *testing.T) {
	got := mustDecode(t, full)
	want := &scenario{
		APIVersion: "infomorph/v1", Name: "test", Seed: 1<<64 - 1, Presentations: 1000, Verbose: true,
		Learning:    learning{Rate: 0.25, Clip: 3, Goal: "xor", Every: 1500, Bins: 127},
		Patterns:    patterns{Source: "random", Count: ptr(50), Flip: 0.125},
		Delay:       delay{200, 5 * config.Millisecond},
		Populations: []population{{Named{"hidden"}, 100, []port{{"r", "input"}, {"c", ""}}}},
		Events: []event{{At: ptr(config.Duration(0)), Lesion: &lesion{1}},
			{When: ptr("true"), Then: []event{{At: ptr(2 * config.Minute)}}}},
		Asynchrony: &asynchrony{Clock: 1500, Gate: true},
		Labels:     map[string]string{"a": "1", "b": "it's", "größe": "x"},
		Scores:     map[string]float64{"recall": 0.95},
		Script:     "def f(x):\n\treturn x  # tab\n\nprint(f(1))\n",
		Record:     []string{},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDecodeDefaults(t *testing.T) {
	got := mustDecode(t, minimal)
	want := &scenario{APIVersion: "infomorph/v1", Name: "test", Seed: 1, Presentations: 10,
		Learning: learning{0.1, 5, "memory", config.Millisecond, 20},
		Patterns: patterns{Source: "letters", Flip: 0.1},
		Delay:    delay{config.Millisecond, config.Millisecond}, Record: []string{"spikes", "pid"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestErrorsAreFields(t *testing.T) {
	err := decodeScenario("s.yaml", []byte(minimal+"learning: {rte: 1, clip: x}\n"))
	var errs *config.Errors
	if !errors.As(err, &errs) || len(errs.List) != 2 {
		t.Fatalf("got %v", err)
	}
	want := &config.Error{Pos: config.Pos{File: "s.yaml", Line: 3, Column: 26}, Path: "learning.clip", Got: `"x"`, Expected: "a number ≥ 0"}
	if d := cmp.Diff(want, errs.List[1]); d != "" {
		t.Error(d)
	}
	var one *config.Error
	if !errors.As(err, &one) || one != errs.List[0] {
		t.Error("errors.As does not find the first fault")
	}
}

func TestErrorsAreCounted(t *testing.T) {
	err := decodeScenario("s.yaml", []byte(minimal+"record: ["+strings.Repeat("x, ", 250)+"]\n"))
	if !strings.HasSuffix(err.Error(), "\nand 150 more, which are shown when these are corrected") || strings.Count(err.Error(), "\n") != 100 {
		t.Errorf("got %s", err)
	}
}

// endless yields text without end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	e.read += len(p)
	return len(p), nil
}

func TestReadAllStopsAtTheLimit(t *testing.T) {
	r := &endless{}
	_, err := config.ReadAll("huge.yaml", r)
	if err == nil || err.Error() != "huge.yaml:1:1: larger than the limit of 1 MiB; keep data in files of its own and name them here" {
		t.Errorf("got %v", err)
	}
	if r.read > 2*config.MaxSize {
		t.Errorf("read %d bytes", r.read)
	}
	broken := io.MultiReader(strings.NewReader(minimal), errReader{})
	if _, err := config.ReadAll("s.yaml", broken); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want the reader's error", err)
	}
	if got, err := config.ReadAll("s.yaml", strings.NewReader(minimal)); err != nil || string(got) != minimal {
		t.Errorf("got %v", err)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestHostileInput: without limits on the work these inputs would take hours or
// all memory.
func TestHostileInput(t *testing.T) {
	for name, text := range map[string]string{
		"wide":     strings.Repeat("abcdefgh: 1\n", 80_000),
		"flow map": "{" + strings.Repeat("a: 1,", 200_000) + "}",
		"flow":     "[" + strings.Repeat("1,", 500_000) + "]",
		"open":     strings.Repeat("[", 1<<20),
		"open map": strings.Repeat("{a: ", 1<<18),
		"dashes":   strings.Repeat("- ", 1<<19),
		"colons":   strings.Repeat("a: ", 1<<18),
		"question": strings.Repeat("? ", 1<<19),
		"stairs":   stairs(1400),
		"bomb":     "a: &a [_,_]\nb: &b [*a,*a]\nc: [*b,*b]\n",
		"quotes":   strings.Repeat("\"", 1<<20),
		"comments": strings.Repeat("#\n", 1<<19),
		"digits":   "seed: " + strings.Repeat("9", 1<<20-10),
		"exponent": "seed: 1e999999999",
	} {
		t.Run(name, func(t *testing.T) {
			if err := decodeScenario("s.yaml", []byte(text)); err == nil {
				t.Error("no error")
			}
		})
	}
}

func stairs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestMisusePanics(t *testing.T) {
	for name, f := range map[string]func(){
		"value": func() { _ = config.Decode("s", nil, scenario{}) },
		"type": func() {
			_ = config.Decode("s", []byte("c: 1"), &struct {
				C chan int `yaml:"c"`
			}{})
		},
		"keys": func() { config.Keys(3) },
		"default": func() {
			_ = config.Decode("s", nil, &struct {
				C []int `yaml:"c" default:"[1"`
			}{})
		},
	} {
		func() {
			defer func() {
				if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "config: ") {
					t.Errorf("%s: got %v, want a panic with a constant text", name, s)
				}
			}()
			f()
		}()
	}
}

func TestDurationText(t *testing.T) {
	for text, want := range map[string]config.Duration{
		"0us": 0, "200us": 200, "1.5ms": 1500, "5ms": 5000, "2s": 2e6, "1.25s": 1250000, "90s": 90e6, "2min": 120e6, "3h": 3 * config.Hour,
		"1.000001s": 1000001, "9223372036854775807us": 1<<63 - 1, "1.5 min": 90e6, "3µs": 3, "3μs": 3,
	} {
		var s struct {
			D config.Duration `yaml:"d"`
		}
		if err := config.Decode("s", []byte("d: "+text), &s); err != nil || s.D != want {
			t.Errorf("%s: got %d, %v, want %d", text, s.D, err, want)
		}
		again := s
		if err := config.Decode("s", []byte("d: "+s.D.String()), &again); err != nil || again != s {
			t.Errorf("%s: %s reads as %d, %v", text, s.D, again.D, err)
		}
	}
	if got := fmt.Sprint(config.Duration(1500), config.Duration(90e6), config.Duration(120e6), config.Duration(7)); got != "1.5ms 90s 2min 7us" {
		t.Errorf("got %s", got)
	}
}

// BenchmarkDecode2000Lines is the validation of a long file.
func BenchmarkDecode2000Lines(b *testing.B) {
	data := []byte(longScenario())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := decodeScenario("s.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}

func longScenario() string {
	var b strings.Builder
	b.WriteString(minimal + "events:\n")
	for i := range 400 {
		fmt.Fprintf(&b, "  # event %d\n  - at: %dms\n    lesion:\n      fraction: 0.5\n    then: [{when: rate > 3, goal: xor}]\n", i, i)
	}
	return b.String()
}
