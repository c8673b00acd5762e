package language

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/internal/fuzzing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// base is a valid document; the tests put faults into it.
const base = `apiVersion: infomorph/v2
name: areas
neurons:
  feature: {like: bars, goal.syn: 1}
  reader: {like: label}
populations:
  V1: {size: 6, neuron: feature, place: {kind: grid}}
  V2: {size: 3, neuron: bars}
  out: {size: 2, neuron: reader}
inputs:
  pixels: {size: 4}
  class: {size: 2}
projections:
  - {from: pixels, to: V1, port: r, weights: {normal: [0, 0.3]}}
  - {from: V1, to: V1, port: c, rule: {name: watts_strogatz, k: 2, p: 0.1}}
  - {from: V1, to: V2, port: r, noise: {loss: 10%}}
  - {from: V2, to: V1, port: c, delay: {uniform: [1ms, 5ms]}}
  - {from: V2, to: out, port: r}
  - {from: class, to: out, port: c, rule: one_to_one, weights: 1}
data:
  letters: {patterns: {width: 2, source: random, count: 4}, to: {pixels: pattern, class: label}}
protocol:
  - {name: train, present: {data: letters, passes: 2, rounds: 3}}
  - {name: test, present: {data: letters, learn: none, off: [class]}}
measure:
  - {name: accuracy, in: [test], accuracy: {population: out}}
record: {probes: [{population: V1, neurons: 0-3, of: [r, theta]}]}
expect: [{score: accuracy, min: 0.3}]
`

func TestBaseIsValid(t *testing.T) {
	e, err := Load("areas.yaml", []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	k := e.Neurons.Get("feature")
	if k.Goal["syn"] != 1 || k.Goal["unq_r"] != 1 || k.Window != 300 || k.Like != "" {
		t.Errorf("the kind is %+v", k)
	}
	if got := e.Neurons.Names(); !slices.Equal(got, []string{"feature", "reader", "bars"}) {
		t.Errorf("kinds are %v", got)
	}
	if e.Projections[0].Name != "pixels-V1" {
		t.Errorf("the projection is called %q", e.Projections[0].Name)
	}
	if notes := e.Notes(); len(notes) != 0 {
		t.Errorf("notes %q", notes)
	}
}

// wrong are changes of the base document with one fault each: "old => new" in the text,
// or an assignment as in --set.
var wrong = []string{
	"neuron: bars} => neuron: bras}",
	"like: bars => like: baars",
	"like: bars => like: feature",
	"like: label => like: nothing-like-it",
	"goal.syn: 1 => goal.sin: 1",
	"goal.syn: 1 => goal.syn: much",
	"goal.syn: 1 => goal: {sym: 1}",
	`goal.syn: 1 => goal: {"{1}{2}{3}": 1}`,
	`goal.syn: 1 => goal: {red: 1, "{1}{2}": 1}`,
	"goal.syn: 1 => sources: [r, c, l]",
	"goal.syn: 1 => sources: [c, r]",
	"goal.syn: 1 => windows: 3",
	"goal.syn: 1 => window: 100",
	"goal.syn: 1 => activation.k1: 0.3",
	"goal.syn: 1 => activation: {kind: three_source}",
	"goal.syn: 1 => activation: {kind: modulatory, gain: 2}",
	"goal.syn: 1 => gate: {}",
	"goal.syn: 1 => clock.interval: 5ms",
	"goal.syn: 1 => clock: {kind: poisson, scatter: false}",
	"goal.syn: 1 => homeostasis: {gain: 0}",
	"goal.syn: 1 => homeostasis: {gain: 0.1, rate: 0.2}",
	"goal.syn: 1 => homeostasis: {gain: 0.1, from: 20%}",
	"goal.syn: 1 => ports.x.rate: 3",
	"goal.syn: 1 => ports: {r: {rule: goal}}",
	"goal.syn: 1 => ports.r: {rule: frozen, rate: 3}",
	"goal.syn: 1 => ports.c: {rule: delta, norm: power}",
	"goal.syn: 1 => learns: false",
	"  reader: => '  spare: {like: bars, goal.syn: 2}'\n  reader:",
	"V1: {size: 6 => all: {size: 6",
	"pixels: {size: 4} => V2: {size: 4}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, labels: [a, b]}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, labels: [a, b, a]}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, place: {dims: 3}}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, each: {goal.red: [1, 2]}}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, each: {goal.rot: [1, 2, 3]}}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, each: {window: {uniform: [10.5, 11.5]}}}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, each: {sources: [1, 2, 3]}}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, each: {ports.r.rate: [1, -1, 3]}}",
	"{size: 3, neuron: bars} => {size: 3, neuron: bars, each: {goal.red: 2}}",
	"from: pixels, to: V1 => from: pixel, to: V1",
	"from: V2, to: out => from: V2, to: ouch",
	"from: V2, to: out => from: V2, to: pixels",
	"to: V1, port: c, delay => to: V1, port: l, delay",
	"rule: {name: watts_strogatz, k: 2, p: 0.1} => rule: watts_strogats",
	"rule: {name: watts_strogatz, k: 2, p: 0.1} => rule: {name: watts_strogatz, k: 2, m: 3}",
	"rule: {name: watts_strogatz, k: 2, p: 0.1} => rule: {name: imported}",
	"rule: {name: watts_strogatz, k: 2, p: 0.1} => rule: 3",
	"port: r, noise: {loss: 10%} => port: r, rule: ring",
	"port: r, noise: {loss: 10%} => port: r, rule: {name: all_to_all, autapses: true}",
	"port: r, noise: {loss: 10%} => port: r, rule: one_to_one",
	"port: r, noise: {loss: 10%} => port: r, weights: graph",
	"port: r, noise: {loss: 10%} => port: r, delay: graph",
	"port: r, noise: {loss: 10%} => port: r, delay: {distance: {speed: 10}}",
	"port: r, noise: {loss: 10%} => port: r, weights: {uniform: [1, 0]}",
	"port: r, noise: {loss: 10%} => port: r, weights: {uniform: [1]}",
	"port: r, noise: {loss: 10%} => port: r, weights: heavy",
	"port: r, noise: {loss: 10%} => port: r, noise: {}",
	"port: r, noise: {loss: 10%} => port: r, noise: {loss: 1%, hold: 5ms}",
	"{from: pixels, to: V1 => {name: a b, from: pixels, to: V1",
	"class: {size: 2} => class: {size: 2}\n  third: {size: 2}",
	"pixels: pattern => pixles: pattern",
	", class: label} => }",
	"data:\n  letters: => data:\n  other: {patterns: {}, to: {pixels: pattern}}\n  letters:",
	"data: letters, passes => data: lettres, passes",
	"learn: none => learn: V3",
	"off: [class] => off: [klass]",
	"rounds: 3 => rounds: 3, steps: [{do: [fire]}]",
	"rounds: 3 => steps: [{populations: [V4], do: [fire]}]",
	"rounds: 3 => order: sequential, output: sign, batch: {size: 10, end_drive: 0.5}",
	"goal.syn: 1 => ports.c.bins: {number: 2, range: 3}",
	"goal.syn: 1 => homeostasis: {gain: 0.1, bias_end: 0}",
	"name: test => name: a test",
	"population: out} => population: outs}",
	"in: [test] => in: [tset]",
	"of: [r, theta] => of: [l, chi]",
	"population: V1, neurons => population: V9, neurons",
	"expect: => record.graph: [in_degrees]\nexpect:",
	"expect: => events: [{phase: trian, plastic: false}]\nexpect:",
	`expect: => events: [{at: 1s, goal: {"{1}{2}{3}": 1}}]` + "\nexpect:",
	"expect: => faults: [{kind: silent, share: 10%, phase: tests}]\nexpect:",
	"expect: => mode: free\nexpect:",
	"set neurons.feature.goal.sny=1",
	"set neurons.feature.window=x",
	"set neurons.nobody.window=3",
	"set populations.V3.size=3",
	"set populations.V1.size=-1",
	"set projections[9].port=c",
}

// Every fault gives the message in the golden file.
func TestFaults(t *testing.T) {
	var out strings.Builder
	for _, change := range wrong {
		text, sets := base, []string(nil)
		if a, ok := strings.CutPrefix(change, "set "); ok {
			sets = []string{a}
		} else {
			from, to, _ := strings.Cut(change, " => ")
			if !strings.Contains(text, from) {
				t.Fatalf("%q is not in the document", from)
			}
			text = strings.Replace(text, from, strings.ReplaceAll(to, "'", ""), 1)
		}
		if strings.Contains(text, "record.graph: ") {
			text = strings.Replace(text, "record.graph: [in_degrees]\n", "", 1)
			text = strings.Replace(text, "record: {", "record: {graph: [in_degrees], ", 1)
		}
		_, err := Load("areas.yaml", []byte(text), sets...)
		if err == nil {
			t.Errorf("%q is not refused", change)
			continue
		}
		fmt.Fprintf(&out, "%s\n    %s\n", strings.ReplaceAll(change, "\n", `\n`), strings.ReplaceAll(err.Error(), "\n", "\n    "))
	}
	const file = "testdata/faults.txt"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != out.String() {
		t.Errorf("faults differ from %s (%v):\n%s", file, err, firstDifference(string(want), out.String()))
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "- " + x[i] + "\n+ " + y[i]
		}
	}
	return "one is longer"
}

func TestSets(t *testing.T) {
	load := func(sets ...string) *Experiment {
		t.Helper()
		e, err := Load("areas.yaml", []byte(base), sets...)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	part := load("neurons.feature.goal.red=2", "populations.V1.size=3").Neurons.Get("feature").Goal
	if part["red"] != 2 || part["unq_r"] != 1 || part["syn"] != 1 {
		t.Errorf("a part set: %v", part)
	}
	whole := load("neurons.feature.goal={red: 2}").Neurons.Get("feature").Goal
	if whole["red"] != 2 || whole["unq_r"] != 0 || whole["syn"] != 1 {
		t.Errorf("the section set, beside goal.syn of the document: %v", whole)
	}
	if e := load("neurons.bars.ports.r.rate=7"); e.Neurons.Get("bars").Ports.Get("r").Rate != 7 || e.Neurons.Get("feature").Ports.Get("r").Rate != 7 || e.Neurons.Get("bars").Window != 300 {
		t.Errorf("a part of a built-in kind set: %+v", e.Neurons.Get("bars"))
	}
	if e := load("neurons.feature.homeostasis=null"); e.Neurons.Get("feature").Homeostasis == nil {
		t.Error("null in an assignment removes what the document says, and it says nothing of homeostasis")
	}
	off, err := Load("areas.yaml", []byte(strings.Replace(base, "goal.syn: 1", "homeostasis: null", 1)))
	if err != nil || off.Neurons.Get("feature").Homeostasis != nil {
		t.Errorf("a key without a value does not remove: %v", err)
	}
}

// A kind extends a kind that extends another. No population has the kind in the middle.
func TestLikeChain(t *testing.T) {
	text := strings.Replace(base, "  feature: {like: bars, goal.syn: 1}", "  feature: {like: middle, goal.syn: 1}\n  middle: {like: bars, window: 250}", 1)
	e, err := Load("areas.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if k := e.Neurons.Get("feature"); k.Window != 250 || k.Goal["syn"] != 1 || k.Goal["unq_r"] != 1 || e.Neurons.Has("middle") {
		t.Errorf("%+v of %v", k, e.Neurons.Names())
	}
}

// Writing and reading a document gives the same document, and the text has everything
// that runs.
func TestMarshal(t *testing.T) {
	e, err := Load("areas.yaml", []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, e)
	out, err := Marshal(e)
	if err != nil || bytes.Contains(out, []byte("like:")) || !bytes.Contains(out, []byte("theta_floor: 0.0001")) {
		t.Errorf("%v\n%s", err, out)
	}
	golden(t, "testdata/shown.yaml", out)
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, got) {
		t.Errorf("differs from %s (%v):\n%s", file, err, firstDifference(string(want), string(got)))
	}
}

func roundTrip(t testing.TB, e *Experiment) {
	t.Helper()
	out, err := Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Load("shown.yaml", out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	again, err := Marshal(back)
	if err != nil || !bytes.Equal(out, again) {
		t.Fatalf("%v\n%s\nis read as\n%s", err, out, again)
	}
}

// random returns a document of random parts that fit together.
func random(rng *rand.Rand) string {
	one := func(words ...string) string { return words[rng.IntN(len(words))] }
	goal := one("", ", goal: {red: 1}", ", goal.syn: -0.5", ", goal: {unq_r: 0.1, h_res: 2}", `, goal: {"{1}": 1}`)
	weights := one("0.5", "{normal: [0, 0.3]}", "{uniform: [-1, 1]}", "{lognormal: [1, 0.5], min: 0, max: 2}", "{distance: [1, -0.1]}")
	delay := one("1ms", "{uniform: [1ms, 10ms]}", "{lognormal: {median: 2ms, sigma: 0.5}}", "{distance: {speed: 100}}")
	rule := one("all_to_all", "{name: fixed_indegree, indegree: 3, autapses: true}", "{name: pairwise_bernoulli, p: 0.5}", "{name: spatial, p: 0.5, scale: 1, kernel: box}",
		"{name: watts_strogatz, k: 2, p: 0.1, directed: true}", "{name: stochastic_block, sizes: [3, 5], probabilities: [[0.5, 0.1], [0.1, 0.5]]}", "{name: lattice, shape: [2, 4], radius: 1}")
	noise := one("", ", noise: {loss: 5%}", ", noise: {jitter: 2ms, reorder: 10%, hold: 5ms}", ", noise: {duplicate: 1%}")
	each := one("", ", each: {goal.red: {uniform: [0, 1]}}", ", each: {window: [300, 301, 302, 303, 304, 305, 306, 307]}", ", each: {ports.r.rate: {column: rate, file: n.csv}}")
	present := one("passes: 3", "count: 10", "duration: 1s", "passes: 2, order: sequential, repeat: 2", "batch: {size: 0, of: {a: {rate: 0.1}}}")
	kind := one("bars", "memory", "label")
	if strings.HasPrefix(present, "batch") {
		kind, each = "label, window: 64, ports.r.rate: 1, ports.r.end_rate: -1, ports.r.norm: fan_in", ""
	}
	labels := one("", `, labels: [AVAL, "3", x y, "#4", e, f, g, h]`)
	return fmt.Sprintf(`apiVersion: infomorph/v2
name: random-%d
description: %q
seed: %d
neurons: {k: {like: %s%s}}
populations: {a: {size: 8, neuron: k, place: {kind: %s}%s%s}}
inputs: {x: {width: 2, place: {kind: circle}}}
projections:
  - {from: x, to: a, port: r, weights: %s, delay: %s}
  - {from: a, to: a, port: c, rule: %s%s}
data: {p: {%s, to: {x: %s}}}
protocol:
  - {name: train, present: {data: p, %s}}
  - {name: pause, rest: {duration: %dms}}
control: %s
`, rng.IntN(100), one("", "two: words", "a\nb # c"), rng.Uint64()>>1, kind, goal, one("grid", "random, dims: 3", "circle, extent: 2"), each, labels,
		weights, delay, rule, noise, one("patterns: {source: random, count: 5}", "bars: {rows: 4, columns: 4}", "strokes: {train: 10, test: 5, side: 8}"),
		one("image", "{field: label, off: -1}", "{field: image, scale: 0.5}"), present, 1+rng.IntN(100), one("none", "frozen", "unconnected", "shuffled"))
}

func TestRandomRoundTrips(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	for range 300 {
		text := random(rng)
		e, err := Load("random.yaml", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		roundTrip(t, e)
	}
}

// Loading never panics, and a loaded document can be written and read again.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(base))
	rng := rand.New(rand.NewPCG(7, 2))
	for range 20 {
		f.Add([]byte(random(rng)))
	}
	for _, change := range wrong {
		if from, to, ok := strings.Cut(change, " => "); ok {
			f.Add([]byte(strings.Replace(base, from, to, 1)))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		defer fuzzing.Bound(t)()
		if e, err := Load("fuzz.yaml", text); err == nil {
			roundTrip(t, e)
		}
	})
}

func FuzzSet(f *testing.F) {
	for _, s := range []string{"neurons.feature.goal.red=2", `neurons.feature.goal["{1}{2}"]=1`, "neurons.bars.window=3", "populations.V1.each={goal.red: {uniform: [0, 1]}}", "neurons.feature.ports.r=null", "seed=3", "neurons=3", "neurons.feature=3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, set string) {
		defer fuzzing.Bound(t)()
		if e, err := Load("areas.yaml", []byte(base), set); err == nil {
			roundTrip(t, e)
		}
	})
}

// The schema of the language can be generated and has named sections.
func TestSchema(t *testing.T) {
	s, err := config.Schema(&Experiment{}, "scenario", "https://example.org/s")
	if err != nil || !bytes.Contains(s, []byte(`"populations": {`)) || !bytes.Contains(s, []byte(`"patternProperties"`)) {
		t.Errorf("%v: %d bytes", err, len(s))
	}
	if !bytes.Contains(config.Markdown(&Experiment{}), []byte("`populations.<name>.size`")) {
		t.Error("the reference does not have populations")
	}
	for _, path := range []string{"populations.V1.size", "neurons.k.ports.r.rate", "neurons.k.goal.red", "projections.rule.indegree", "populations.V1.each"} {
		if _, err := config.Explain(&Experiment{}, path); err != nil {
			t.Errorf("explain %s: %v", path, err)
		}
	}
}

// Settings that are allowed but may be unintended have a note.
func TestNotes(t *testing.T) {
	for change, want := range map[string]string{
		"passes: 2, rounds: 3 => learn: none, rounds: 3":          "no phase of the protocol learns",
		"goal.syn: 1 => goal: {}":                                 "neurons of V1 have a goal of nothing",
		"neuron: bars} => neuron: own}":                           "neurons of V2 have clocks of their own and no gate",
		"expect: [ => control: shuffled\nexpect: [":               "this is a null control (shuffled)",
		"name: areas => name: areas\ndescription: nothing to say": "",
	} {
		from, to, _ := strings.Cut(change, " => ")
		text := strings.Replace(base, from, to, 1)
		if strings.Contains(to, "own") {
			text = strings.Replace(text, "  reader:", "  own: {like: bars, clock: {kind: poisson}}\n  reader:", 1)
		}
		e, err := Load("areas.yaml", []byte(text))
		if err != nil {
			t.Error(err)
			continue
		}
		notes := strings.Join(e.Notes(), "\n")
		if want == "" && notes != "" || !strings.HasPrefix(notes, want) {
			t.Errorf("%q gives the notes %q, expected %q", change, notes, want)
		}
	}
}
