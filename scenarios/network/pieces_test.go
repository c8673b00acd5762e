package network

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/pid"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
	"infomorph/topology"
)

// kindOf reads a kind of neuron.
func kindOf(t *testing.T, text string) *language.Neuron {
	t.Helper()
	k := &language.Neuron{}
	if err := config.Decode("kind", []byte("{goal: {red: 1}, "+text+"}"), k); err != nil {
		t.Fatal(err)
	}
	return k
}

// TestConfigByHand: every setting of a kind changes its place in the configuration and
// nothing else.
func TestConfigByHand(t *testing.T) {
	const ports = "ports: {r: {rule: goal}, c: {rule: goal}}"
	plain, err := Config(kindOf(t, ports))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text   string
		change func(*neuron.Config)
	}{
		{"output: teacher", func(c *neuron.Config) { c.Dynamics = neuron.Teacher }}, {"output: relay", func(c *neuron.Config) { c.Dynamics = neuron.Teacher }},
		{"output: sign", func(c *neuron.Config) { c.Dynamics = neuron.Sign }}, {"output: threshold", func(c *neuron.Config) { c.Dynamics = neuron.Sign }},
		{"tell: change", func(c *neuron.Config) { c.Tell = neuron.TellChange }}, {"tell: never", func(c *neuron.Config) { c.Tell = neuron.TellNever }},
		{"window: 9", func(c *neuron.Config) { c.Window = 9 }}, {"warm_up: 3", func(c *neuron.Config) { c.WarmUp = 3 }}, {"hard_bits: true", func(c *neuron.Config) { c.HardBits = true }},
		{"surprise: 0.25", func(c *neuron.Config) { c.Surprise = 0.25 }}, {"doubt: 0.25", func(c *neuron.Config) { c.Emphatic.Ceiling = 1.25 }},
		{"theta_floor: 0.25", func(c *neuron.Config) { c.ThetaFloor = 0.25 }}, {"step_clip: 2", func(c *neuron.Config) { c.StepClip = 2 }}, {"stability_norm: 2", func(c *neuron.Config) { c.StabilityNorm = 2 }},
		{"activation: {gain: 3}", func(c *neuron.Config) { c.Activation.Kappa = 3 }}, {"prior: {mass: 3, sigma: 4}", func(c *neuron.Config) { c.Prior = neuron.Prior{Mass: 3, Sigma: 4} }},
		{"activation: {kind: modulatory, k1: 0.25, k2: 3}", func(c *neuron.Config) {
			c.Activation = neuron.DefaultActivation(neuron.Modulatory)
			c.Activation.Kappa, c.Activation.K1, c.Activation.K2 = 1, 0.25, 3
		}},
		{"clock: {kind: periodic, interval: 7ms, phase: 2ms, scatter: false}", func(c *neuron.Config) {
			c.Clock = neuron.Clock{Kind: neuron.Periodic, Interval: 7000, Phase: 2000}
		}},
		{"clock: {kind: event}", func(c *neuron.Config) { c.Clock.Kind = neuron.OnEvent }},
		{"clock: {kind: poisson}, gate: {threshold: 0.5, tau: 2, heard: true, once: true}", func(c *neuron.Config) {
			c.Clock.Kind, c.Gate = neuron.Poisson, neuron.Gate{Threshold: 0.5, TauFraction: 2, Heard: true, Once: true}
		}},
		{"homeostasis: {gain: 0.1, mean_rate: 0.2, target: 3, bias_gain: 0.3, rate: 0.4, tolerance: 0.5}", func(c *neuron.Config) {
			c.Homeostasis = neuron.Homeostasis{Gain: 0.1, MeanRate: 0.2, Rate: 0.4, Tolerance: 0.5, Target: neuron.Constant(3), BiasGain: neuron.Constant(0.3)}
		}},
	} {
		got, err := Config(kindOf(t, ports+", "+c.text))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		want := *plain
		if c.change(&want); !reflect.DeepEqual(*got, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", c.text, *got, want)
		}
	}
}

// Ports of a kind, and ports without an entry, compared with results by hand.
func TestPortsByHand(t *testing.T) {
	for _, c := range []struct {
		text string
		want neuron.PortConfig
	}{
		{"{}", neuron.PortConfig{Bins: pid.Bins{Lo: -10, Hi: 10, N: 20}, Rule: neuron.Frozen, Rate: neuron.Constant(1)}},
		{"{bins: {number: 7, range: 3}}", neuron.PortConfig{Bins: pid.Bins{Lo: -3, Hi: 3, N: 7}, Rule: neuron.Frozen, Rate: neuron.Constant(1)}},
		{"{rule: goal, rate: 4, norm: power, clip: 2, decay: 0.5, bias: true}", neuron.PortConfig{Bins: pid.Bins{Lo: -10, Hi: 10, N: 20}, Rule: neuron.GoalGradient, Rate: neuron.Constant(4), Norm: neuron.ByPower, Clip: 2, Decay: 0.5, Bias: true}},
		{"{rule: goal, norm: none}", neuron.PortConfig{Bins: pid.Bins{Lo: -10, Hi: 10, N: 20}, Rule: neuron.GoalGradient, Rate: neuron.Constant(1), Norm: neuron.Unscaled}},
		{"{rule: delta, center: 0.25, squash: true}", neuron.PortConfig{Bins: pid.Bins{Lo: -10, Hi: 10, N: 20}, Rule: neuron.DeltaRule, Rate: neuron.Constant(1), Center: 0.25, HalfTanh: true}},
	} {
		got, err := Config(kindOf(t, "ports: {r: "+c.text+", c: {rule: goal}}"))
		if err != nil || got.Ports[neuron.Receptive] != c.want || got.Ports[neuron.Contextual].Rule != neuron.GoalGradient {
			t.Errorf("%s: %+v, %v, want %+v", c.text, got.Ports[neuron.Receptive], err, c.want)
		}
		if got.Ports[neuron.Lateral].Bins != defaultBins || got.Ports[neuron.Lateral].Rule != neuron.Frozen || got.Sources != 2 {
			t.Errorf("a port that the kind does not have: %+v", got.Ports[neuron.Lateral])
		}
	}
	relay := language.BuiltinKind("relay")
	if idle, err := Config(relay); err != nil || idle.Plastic || idle.Window != 1 {
		t.Errorf("%+v, %v", idle, err)
	}
	three := kindOf(t, "ports: {r: {}, c: {}}")
	three.Sources = append(three.Sources, "l") // and red is an atom of two sources only
	if c, err := Config(three); err == nil || c != nil || !strings.HasPrefix(err.Error(), "goal: ") {
		t.Errorf("%+v, %v", c, err)
	}
}

// Values that change during learning go from start to end over the given number of
// updates, or stay constant.
func TestCoursesByHand(t *testing.T) {
	k := kindOf(t, "ports: {r: {rule: goal, rate: 4, end_rate: 0}, c: {rule: goal, rate: 2}}, homeostasis: {gain: 0.1, start: 9, target: 3, from: 10%, to: 30%, bias_gain: 0.5, bias_end: 0.25}")
	c, err := Config(k)
	if err != nil {
		t.Fatal(err)
	}
	if c.Ports[0].Rate != neuron.Constant(4) || c.Homeostasis.Target != neuron.Constant(9) || c.Homeostasis.BiasGain != neuron.Constant(0.5) {
		t.Errorf("at the start: %+v", c.Homeostasis)
	}
	schedule(c, k, 1000)
	if want := (neuron.Schedule{Start: 4, End: 0, From: 0, To: 1000}); c.Ports[0].Rate != want {
		t.Errorf("rate %+v", c.Ports[0].Rate)
	}
	if c.Ports[1].Rate != neuron.Constant(2) {
		t.Errorf("a rate without an end: %+v", c.Ports[1].Rate)
	}
	if want := (neuron.Schedule{Start: 9, End: 3, From: 100, To: 300}); c.Homeostasis.Target != want {
		t.Errorf("target %+v", c.Homeostasis.Target)
	}
	if want := (neuron.Schedule{Start: 0.5, End: 0.25, From: 100, To: 300}); c.Homeostasis.BiasGain != want {
		t.Errorf("bias %+v", c.Homeostasis.BiasGain)
	}
	k.Homeostasis.Start, k.Homeostasis.BiasEnd = 0, -1
	if schedule(c, k, 1000); c.Homeostasis.Target != neuron.Constant(3) || c.Homeostasis.BiasGain != neuron.Constant(0.5) {
		t.Errorf("nothing changes: %+v", c.Homeostasis)
	}
	own := kindOf(t, "ports: {r: {rule: goal, rate: 4, end_rate: 1, halfway: 70}, c: {rule: goal, rate: 2}}, homeostasis: {gain: 0.1, start: 9, target: 3, halfway: 50, bias_gain: 0.5, bias_end: 0.25}")
	for _, updates := range []int64{0, 1000} { // the plan does not matter
		schedule(c, own, updates)
		if want := (neuron.Schedule{Start: 4, End: 1, Halfway: 70}); c.Ports[0].Rate != want || c.Ports[1].Rate != neuron.Constant(2) {
			t.Errorf("rates %+v, %+v", c.Ports[0].Rate, c.Ports[1].Rate)
		}
		if want := (neuron.Schedule{Start: 9, End: 3, Halfway: 50}); c.Homeostasis.Target != want {
			t.Errorf("target %+v", c.Homeostasis.Target)
		}
		if want := (neuron.Schedule{Start: 0.5, End: 0.25, Halfway: 50}); c.Homeostasis.BiasGain != want {
			t.Errorf("bias %+v", c.Homeostasis.BiasGain)
		}
	}
	sure := kindOf(t, "ports: {r: {rule: goal, rate: 4, end_rate: 1, h_res: 0.25}, c: {rule: goal, rate: 2}}, homeostasis: {gain: 0.1, start: 9, target: 3, h_res: 0.5, bias_gain: 0.5, bias_end: 0.25}")
	schedule(c, sure, 1000)
	if want := (neuron.Schedule{Start: 4, End: 1, Residual: 0.25}); c.Ports[0].Rate != want || c.Ports[1].Rate != neuron.Constant(2) {
		t.Errorf("rates %+v, %+v", c.Ports[0].Rate, c.Ports[1].Rate)
	}
	if h := c.Homeostasis; h.Target != (neuron.Schedule{Start: 9, End: 3, Residual: 0.5}) || h.BiasGain != (neuron.Schedule{Start: 0.5, End: 0.25, Residual: 0.5}) {
		t.Errorf("target and bias %+v", h)
	}
	own.Homeostasis.Start, own.Homeostasis.BiasEnd = 0, -1
	if schedule(c, own, 1000); c.Homeostasis.Target != neuron.Constant(3) || c.Homeostasis.BiasGain != neuron.Constant(0.5) {
		t.Errorf("nothing changes, halfway or not: %+v", c.Homeostasis)
	}
	freeze(c)
	for p := range c.Ports {
		if c.Ports[p].Rule != neuron.Frozen {
			t.Errorf("port %d learns", p)
		}
	}
	if c.Homeostasis != (neuron.Homeostasis{}) {
		t.Errorf("%+v", c.Homeostasis)
	}
}

// Lists are split at commas outside quotes.
func TestSplitList(t *testing.T) {
	for list, want := range map[string][]string{
		"a": {"a"}, "a,b": {"a", "b"}, " a , b ": {"a", "b"}, `"a,b",c`: {"a,b", "c"}, `"a b"`: {"a b"}, `a"b`: {`a"b`}, "": {""}, "a,,b": {"a", "", "b"}, `"a`: {`"a`}, `"a\"b"`: {`a"b`}, `x,"a,b"`: {"x", "a,b"},
	} {
		if got := splitList(list); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", list, got, want)
		}
	}
}

const named = `
populations:
  V1: {size: 3, neuron: memory, labels: [AVAL, "2", x y]}
  V2: {size: 4, neuron: memory}
  V3: {size: 2, neuron: memory, labels: [AVAL, B]}
inputs: {in: {size: 2, labels: [p, q]}}
projections:
  - {from: in, to: V1, port: r}
  - {from: V1, to: V2, port: r}
  - {from: V2, to: V3, port: r}
`

// Lists of neurons: populations, labels, numbers and ranges. An entry that is ambiguous
// or unknown gives an error with a suggestion.
func TestSelectByHand(t *testing.T) {
	n := build(t, named, nil)
	for _, c := range []struct{ population, list, want string }{
		{"", "all", "[0 1 2 3 4 5 6 7 8]"}, {"", "V2", "[3 4 5 6]"}, {"", "V3,V1", "[0 1 2 7 8]"}, {"", "#3,#0-#1", "[0 1 3]"}, {"", "B", "[8]"}, {"", "2", "[1]"}, {"", "x y", "[2]"}, {"", "V1:AVAL", "[0]"}, {"", "V3:AVAL", "[7]"}, {"", "V2:0-1", "[3 4]"}, {"", "V2:#3", "[6]"}, {"", "V1:#1", "[1]"}, {"", "V1:all", "[0 1 2]"}, {"", "#8", "[8]"}, {"", "#0-8", "[0 1 2 3 4 5 6 7 8]"},
		{"V2", "all", "[3 4 5 6]"}, {"V2", "0,3", "[3 6]"}, {"V2", "V2", "[3 4 5 6]"}, {"V3", "AVAL", "[7]"}, {"V3", "V3:B", "[8]"}, {"V1", "2", "[1]"}, {"V1", "#2", "[2]"},
		{"", "AVAL", `names "AVAL", which is the name of several neurons; say which: V1:#0, V3:#0`},
		{"", "#9", `got "#9", expected numbers from 0 to 8`}, {"V2", "4", `got "4", expected numbers from 0 to 3; numbers count within V2`}, {"V2", "3-1", `got "3-1", expected the smaller number first`},
		{"V2", "#0-1", "[3 4]"}, {"V2", "0-#1", `got "0-#1", expected all, or a list`}, {"", "0-#1", `got "0-#1", expected all, or a list`},
		{"", "3", `got "3", expected all, or a list of populations, labels and numbers such as #0-#9; no neuron has this label; numbers are written #3`},
		{"", "0-3", `got "0-3", expected all, or a list of populations, labels and numbers such as #0-#9; no neuron has this label; numbers are written #0-#3`},
		{"", "V4", `got "V4", expected all, or a list of populations, labels and numbers such as #0-#9; did you mean V1?`},
		{"", "V4:0", `got "V4", expected a population; did you mean V1?`}, {"V2", "V1", `got "V1", expected all, or a list of populations and numbers such as 0-9,20; did you mean V2?`}, {"V9", "all", `got "V9", expected a population; did you mean V1?`},
		{"", "zzzzzz", `got "zzzzzz", expected all, or a list of populations, labels and numbers such as #0-#9`}, {"V2", "zz", `got "zz", expected all, or a list of populations and numbers such as 0-9,20`}, {"zzzzz", "all", `got "zzzzz", expected a population; there are V1, V2, V3`},
		{"", "p", `got "p", expected all, or a list of populations, labels and numbers such as #0-#9`}, // a channel
		{"V1", "V3:B", `got "V3:B", expected all`},
	} {
		var ids []neuron.ID
		var err error
		if c.population == "" {
			ids, err = n.Select(c.list)
		} else {
			ids, err = n.SelectIn(c.population, c.list)
		}
		got := fmt.Sprint(ids)
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (!strings.HasPrefix(got, c.want) || err == nil) {
			t.Errorf("%s %s: %s, want %s", c.population, c.list, got, c.want)
		}
	}
	for id, want := range map[neuron.ID]string{0: "AVAL", 1: "2", 3: "3", 8: "B", 9: "p", 10: "q"} {
		if got := n.Label(id); got != want {
			t.Errorf("%d is called %s, want %s", id, got, want)
		}
	}
	if got := n.labels.of(11); got != "" || n.labels.of(-1) != "" {
		t.Errorf("nobody is called %s", got)
	}
	for id, want := range map[neuron.ID]string{0: "V1 0", 2: "V1 2", 3: "V2 0", 8: "V3 1", 9: "in 0", 10: "in 1", 11: " 0", -1: " 0"} {
		if g, i := n.Of(id); fmt.Sprint(g.Name, " ", i) != want {
			t.Errorf("%d is %s %d, want %s", id, g.Name, i, want)
		}
	}
	if got := fmt.Sprint(n.Names()); got != "[V1 V2 V3 in]" {
		t.Error(got)
	}
}

// Names of neurons in a file: labels if all are different, else the file's names, unless
// these are the numbers.
func TestNamesOfFiles(t *testing.T) {
	for _, c := range []struct {
		labels, names []string
		first, last   neuron.ID
		want          string
	}{
		{[]string{"a", "b", "c"}, nil, 0, 3, "[a b c]"}, {[]string{"a", "b", "c"}, nil, 1, 3, "[b c]"}, {[]string{"a", "a", "c"}, []string{"x", "y", "z"}, 0, 3, "[x y z]"}, {[]string{"a", "a", "c"}, nil, 1, 3, "[a c]"},
		{[]string{"a", "", "c"}, []string{"x", "y", "z"}, 0, 3, "[x y z]"}, {nil, []string{"0", "1", "2"}, 0, 3, "[]"}, {nil, []string{"0", "1", "2"}, 1, 3, "[]"}, {nil, []string{"0", "1", "3"}, 0, 3, "[0 1 3]"}, {nil, nil, 0, 3, "[]"}, {[]string{"0", "1", "2"}, []string{"x", "y", "z"}, 0, 3, "[x y z]"},
	} {
		if got := fmt.Sprint(names(&topology.Graph{Labels: c.labels, Names: c.names}, c.first, c.last)); got != c.want {
			t.Errorf("labels %q, names %q: %s, want %s", c.labels, c.names, got, c.want)
		}
	}
}

// The error for a group of a file that the document does not have.
func TestNoPlace(t *testing.T) {
	for _, c := range []struct {
		kind, name string
		names      []string
		want       string
	}{
		{"population", "wurm", []string{"worm"}, `graph.file: has the population "wurm", which is not in the section populations; did you mean "worm"?; graph.population says which it is, where the file has one only`},
		{"population", "x", []string{"aaa", "bbb"}, `graph.file: has the population "x", which is not in the section populations; the document has the populations aaa, bbb; graph.population says which it is, where the file has one only`},
		{"input", "x", []string{"aaa"}, `graph.file: has the input "x", which is not in the section inputs; the document has the inputs aaa`},
		{"input", "x", nil, `graph.file: has the input "x", which is not in the section inputs; the document has none`}, {"population", "x", nil, `graph.file: has the population "x", which is not in the section populations; the document has none`},
	} {
		if got := noPlace(c.kind, c.name, c.names).Error(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// Errors of building networks have the right keys.
func TestBuildFaultKeys(t *testing.T) {
	for text, want := range map[string]string{
		"projections[2] (a to b): rule: ring: k: must be even":                "projections[2].rule.k: must be even",
		"projections[2] (a to b): rule: stochastic_block: sizes[1]: too many": "projections[2].rule.sizes[1]: too many",
		"projections[10] (a to b): rule: does not fit":                        "projections[10].rule: does not fit",
		"projections[0] (a to b): positions: a has none":                      "projections[0]: a has none; give them a place, such as {kind: grid}",
		"projections[0] (a to b): something: else":                            "projections[0]: something: else",
		"something else": "projections: something else",
	} {
		if got := buildFault(errors.New(text)).Error(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	both := buildFault(errors.Join(errors.New("projections[0] (a to b): x"), errors.New("projections[1] (a to b): rule: y")))
	if got := both.Error(); got != "projections[0]: x\nprojections[1].rule: y" {
		t.Error(got)
	}
}

func TestNoiseByHand(t *testing.T) {
	for _, c := range []struct {
		z    language.Noise
		want sim.Noise
	}{
		{language.Noise{Loss: 0.1, Hold: 20_000}, sim.Noise{Loss: 0.1}}, {language.Noise{Duplicate: 0.2, Jitter: 3000, Hold: 20_000}, sim.Noise{Duplicate: 0.2, Jitter: 3000}}, {language.Noise{Reorder: 0.3, Hold: 5000}, sim.Noise{Reorder: 0.3, Hold: 5000}},
	} {
		if got := NoiseOf(&c.z); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.z, got, c.want)
		}
	}
}

// Inputs have a size and width that agree with document, graph and data.
func TestSizesOfInputs(t *testing.T) {
	const rest = "projections: [{from: x, to: a, port: r}]\npopulations: {a: {size: 2, neuron: memory}}\n"
	for _, c := range []struct {
		text        string
		size, width int
		want        string
	}{
		{"inputs: {x: {size: 6}}\n", 6, 0, ""}, {"inputs: {x: {size: 6, width: 3}}\n", 6, 3, ""}, {"inputs: {x: {}}\ndata: {p: {bars: {rows: 3}, to: {x: image}}}\n", 9, 3, ""}, {"inputs: {x: {width: 9}}\ndata: {p: {bars: {rows: 3}, to: {x: image}}}\n", 9, 9, ""},
		{"inputs: {x: {size: 9}}\ndata: {p: {bars: {rows: 3}, to: {x: image}}, q: {bars: {rows: 9, width: 1}, to: {x: image}}}\n", 9, 1, ""},
		{"inputs: {x: {size: 1}}\ndata: {p: {bars: {rows: 3}, to: {x: image}}}\n", 0, 0, "inputs.x.size: got 1, expected 9, as in data.p; or leave it out"},
		{"inputs: {x: {size: 8}}\ndata: {p: {bars: {rows: 3}, to: {x: image}}}\n", 0, 0, "inputs.x.size: got 8, expected 9, as in data.p; or leave it out"},
		{"inputs: {x: {}}\ndata: {p: {bars: {rows: 3}, to: {x: image}}, q: {bars: {rows: 4}, to: {x: image}}}\n", 0, 0, "data.q.to: has 16 values for an input, but data.p has 9 for it; an input has one number of channels"},
		{"inputs: {x: {}}\n", 0, 0, "inputs.x.size: expected a number of channels; no data say how many there are: name the input in a source's section to, or give it a size"},
	} {
		exp := experiment(t, c.text+rest)
		d, err := data.Load(exp, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := Build(exp, d, nil)
		if c.want != "" {
			if err == nil || err.Error() != c.want {
				t.Errorf("%s: %v, want %s", c.text, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if x, _ := n.Input("x"); x.Size() != c.size || n.Width("x") != c.width {
			t.Errorf("%s: %d channels, %d wide", c.text, x.Size(), n.Width("x"))
		}
	}
	n, err := Build(experiment(t, "inputs: {x: {}}\n"+rest), nil, nil)
	if x, _ := n.Input("x"); err != nil || x.Size() != 1 {
		t.Errorf("without data an input is one channel: %v, %v", x, err)
	}
}

// A torus of rule spatial has the extent of its population's place, unless the rule has
// its own.
func TestExtentOfSpatial(t *testing.T) {
	for rule, want := range map[string]float64{"{name: spatial, p: 0.5, scale: 1, torus: true}": 4, "{name: spatial, p: 0.5, scale: 1, torus: true, extent: 9}": 9, "all_to_all": 0} {
		exp := experiment(t, "populations: {a: {size: 4, neuron: memory, place: {kind: grid, extent: 4}}}\nprojections: [{from: a, to: a, port: c, rule: "+rule+"}]\n")
		b := &builder{exp: exp, sizes: map[string]int{"a": 4}}
		if got := b.projection(0, "n"); got.Rule.Extent != want || got.Name != "n" || got.Port != neuron.Contextual {
			t.Errorf("%s: %+v", rule, got)
		}
	}
	exp := experiment(t, twoAreas+"control: unconnected\n")
	b := &builder{exp: exp}
	if in, among := b.projection(0, "x"), b.projection(1, "y"); in.Rule.Name != "all_to_all" || among.Rule.Name != "pairwise_bernoulli" || among.Rule.P != 0 || among.Weights != (topology.Dist{}) {
		t.Errorf("%+v, %+v", in.Rule, among.Rule)
	}
	for kind, want := range map[string]topology.Placement{"none": {}, "": {}, "grid": {Kind: "grid", Dims: 3, Extent: 2}} {
		if got := placement(language.Place{Kind: kind, Dims: 3, Extent: 2}); got != want {
			t.Errorf("%s: %+v", kind, got)
		}
	}
}

// Random streams of settings in each depend on population and key.
func TestEachStream(t *testing.T) {
	seen := map[uint64]string{}
	for _, pair := range [][2]string{{"a", "b"}, {"b", "a"}, {"ab", ""}, {"", "ab"}, {"a", "bc"}, {"ab", "c"}} {
		k := eachStream(pair[0], pair[1])
		if other, ok := seen[k]; ok {
			t.Errorf("%v has the stream of %s", pair, other)
		}
		seen[k] = fmt.Sprint(pair)
	}
}

// Neurons of a graph file are matched with those of the document by the names of
// populations. The port, the weights and delays to keep, and free names of projections
// are as expected.
func TestGraphFileByHand(t *testing.T) {
	f := files{"g.csv": "source,target,weight,delay\n0,1,0.5,3000\n1,2,-2,5000\n2,0,4,7000\n"}
	const text = "populations: {a: {size: 3, neuron: memory}}\ninputs: {x: {size: 3}}\nprojections:\n  - {name: a-a, from: x, to: a, port: r, rule: one_to_one, weights: 1}\ngraph: {file: g.csv, KEEP}\n"
	for keep, want := range map[string]string{
		"keep: both": "0>1 c 0.5 3000, 1>2 c -2 5000, 2>0 c 4 7000", "keep: weights": "0>1 c 0.5 1000, 1>2 c -2 1000, 2>0 c 4 1000", "keep: delays": "0>1 c 0 3000, 1>2 c 0 5000, 2>0 c 0 7000", "keep: nothing, port: r": "0>1 r 0 1000, 1>2 r 0 1000, 2>0 r 0 1000",
		"delay_unit: ms": "0>1 c 0.5 3000000, 1>2 c -2 5000000, 2>0 c 4 7000000",
	} {
		n := build(t, strings.Replace(text, "KEEP", keep, 1), f)
		var got []string
		for id := range neuron.ID(3) {
			in := n.Sim.Incoming(id)
			for k, source := range in.Source {
				if source < 3 {
					got = append(got, fmt.Sprintf("%d>%d %s %g %d", source, id, "rcl"[in.Port[k]:in.Port[k]+1], in.Weight[k], in.Delay[k]))
				}
			}
		}
		slices.Sort(got)
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %s, want %s", keep, strings.Join(got, ", "), want)
		}
		if links := n.Sim.Projections; len(links) != 2 || links[1].Name != "a-a-2" || links[1].From != "a" || links[1].To != "a" {
			t.Errorf("%s: %+v", keep, links)
		}
	}
	cut := build(t, "control: unconnected\n"+strings.Replace(text, "KEEP", "keep: both", 1), f)
	if got := cut.Sim.NumSynapses(); got != 3 {
		t.Errorf("unconnected there are %d synapses, want those of the input", got)
	}
}

// A file with a single synapse adds it.
func TestGraphFileOfOneSynapse(t *testing.T) {
	n := build(t, "populations: {a: {size: 3, neuron: memory}}\ninputs: {x: {size: 3}}\nprojections: [{from: x, to: a, port: r, rule: one_to_one}]\ngraph: {file: g.csv}\n",
		files{"g.csv": "source,target,weight\n0,1,0.5\n1,2,-2\n"})
	if n.Sim.NumSynapses() != 5 {
		t.Errorf("%d synapses, want 2 of the file and 3 of the input", n.Sim.NumSynapses())
	}
	n = build(t, "populations: {a: {neuron: memory}}\ninputs: {x: {size: 2}}\nprojections: [{from: x, to: a, port: r, rule: one_to_one}]\ngraph: {file: g.csv}\n",
		files{"g.csv": "source,target,weight\n0,1,0.5\n"})
	if in := n.Sim.Incoming(1); n.Sim.NumSynapses() != 3 || !slices.Contains(in.Weight, 0.5) {
		t.Errorf("%d synapses, neuron 1 receives %+v", n.Sim.NumSynapses(), in)
	}
}

// A configuration that no neuron can have is refused, also if it does not come from a
// document.
func TestConfigRefuses(t *testing.T) {
	k := kindOf(t, "ports: {r: {rule: goal}, c: {rule: goal}}")
	k.Window = -1
	if c, err := Config(k); err == nil || !strings.Contains(err.Error(), "window") {
		t.Errorf("%+v, %v", c, err)
	}
	k = kindOf(t, "ports: {r: {rule: goal}, c: {rule: goal}}")
	k.Activation.Kind = "cubic"
	if c, err := Config(k); err == nil || !strings.HasPrefix(err.Error(), "activation.kind: ") {
		t.Errorf("%+v, %v", c, err)
	}
}

// A bare network has only the synapses of the rule one_to_one.
func TestBareNetwork(t *testing.T) {
	const text = "populations: {a: {size: 3, neuron: memory}}\ninputs: {x: {size: 3}}\nprojections:\n  - {from: x, to: a, port: r, rule: one_to_one}\n  - {from: a, to: a, port: c}\n"
	for bare, want := range map[bool]int64{false: 3 + 6, true: 3} {
		exp := experiment(t, text)
		exp.Bare = bare
		n, err := Build(exp, nil, nil)
		if err != nil || int64(n.Sim.NumSynapses()) != want {
			t.Errorf("bare %v: %v, %v", bare, n, err)
		}
	}
}

// Names in files identify neurons only if no two of them are equal. Labels name all
// members of a group or none.
func TestNamesOfSeveralFiles(t *testing.T) {
	const text = "populations: {a: {neuron: memory}, b: {neuron: memory}}\ninputs: {x: {size: 1}}\nprojections:\n  - {from: x, to: a, port: r}\n  - {from: x, to: b, port: r}\n" +
		"  - {from: a, to: a, port: c, rule: {name: imported, graph: a.csv}}\n  - {from: b, to: b, port: c, rule: {name: imported, graph: b.csv}}\n"
	for second, want := range map[string]string{"source,target\nr,s\n": "[p q r s 4]", "source,target\nr,q\n": "[]"} {
		n := build(t, text, files{"a.csv": "source,target\np,q\n", "b.csv": second})
		if got := fmt.Sprint(n.Sim.Names); got != want {
			t.Errorf("names %s, want %s", got, want)
		}
	}
	exp := experiment(t, "populations: {a: {size: 2, neuron: memory}}\ninputs: {x: {labels: [left]}}\nprojections: [{from: x, to: a, port: r}]\ndata: {p: {bars: {rows: 3}, to: {x: image}}}\n")
	d, err := data.Load(exp, nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "inputs.x.labels: has 1 labels for 9 members; name all or none"
	if _, err := Build(exp, d, nil); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A value for each neuron of a population with one neuron.
func TestEachOfOneNeuron(t *testing.T) {
	n := build(t, "populations: {a: {size: 1, neuron: memory, each: {window: [17]}}}\ninputs: {x: {size: 1}}\nprojections: [{from: x, to: a, port: r}]\n", nil)
	if got := n.Sim.Config(0).Window; got != 17 {
		t.Errorf("window %d", got)
	}
}
