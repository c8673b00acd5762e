package language

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"infomorph/internal/config"
	"infomorph/topology"
)

// document reads a document that must be well formed.
func document(t *testing.T, text string) *config.Document {
	t.Helper()
	doc, err := config.Parse("areas.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// loaded reads a document that must be valid.
func loaded(t *testing.T, text string, sets ...string) *Experiment {
	t.Helper()
	e, err := Load("areas.yaml", []byte(text), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// swap puts one text in the place of another, which must be there.
func swap(t *testing.T, text, from, to string) string {
	t.Helper()
	if !strings.Contains(text, from) {
		t.Fatalf("the document has no %q", from)
	}
	return strings.Replace(text, from, to, 1)
}

// TestLoadsAreIndependent: what is loaded with other settings changes nothing of what is
// loaded before or after, built-in kinds among it.
func TestLoadsAreIndependent(t *testing.T) {
	first := loaded(t, base)
	changed := loaded(t, base, "seed=9", "neurons.feature.window=400", "populations.V1.size=2", "neurons.bars.goal.red=3")
	changed.Neurons.Get("bars").Goal["syn"] = 7
	again := loaded(t, base)
	if again.Seed != 1 || changed.Seed != 9 || changed.Neurons.Get("feature").Window != 400 || first.Neurons.Get("feature").Window != 300 || first.Populations.Get("V1").Size != 6 {
		t.Errorf("seeds %d and %d", again.Seed, changed.Seed)
	}
	a, err1 := Marshal(first)
	b, err2 := Marshal(again)
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(a, b) {
		t.Errorf("%v: the same document is read as another", err)
	}
}

// TestResolve: kinds are whole afterwards, with no key like and no dotted key, and those
// that others build on and no population is of are gone.
func TestResolve(t *testing.T) {
	const kinds = "  feature: {like: bars, goal.syn: 1}\n"
	for _, c := range []struct {
		kinds string
		sets  []string
		want  string // window, warm-up, atoms of feature; kinds that are left
	}{
		{kinds, nil, "300 200 map[syn:1 unq_r:1] [feature reader]"},
		{kinds, []string{"neurons.feature.window=400"}, "400 200 map[syn:1 unq_r:1] [feature reader]"},
		{kinds, []string{"neurons.feature.like=label"}, "300 0 map[red:1 syn:1 unq_c:0.1 unq_r:-0.2] [feature reader]"},
		{kinds, []string{"neurons.bars.window=400"}, "400 200 map[syn:1 unq_r:1] [feature reader bars]"},
		{kinds, []string{"neurons.bars.warm_up=100", "neurons.bars.goal.unq_c=2"}, "300 100 map[syn:1 unq_c:2 unq_r:1] [feature reader bars]"},
		{kinds, []string{`neurons.bars["goal.unq_c"]=2`}, "300 200 map[syn:1 unq_c:2 unq_r:1] [feature reader bars]"},
		{kinds, []string{"neurons.feature.goal.unq_r=0.5"}, "300 200 map[syn:1 unq_r:0.5] [feature reader]"},
		{"  feature: {like: bars, goal: {red: 1}}\n", nil, "300 200 map[red:1] [feature reader]"},
		{"  feature: {like: bars, goal: null}\n", nil, "300 200 map[] [feature reader]"},
		{"  feature: {like: bars, warm_up: null}\n", nil, "300 0 map[unq_r:1] [feature reader]"},
		{"  feature: {like: middle, warm_up: 100}\n  middle: {like: deep, window: 250}\n  deep: {like: bars, goal.red: 3}\n", nil, "250 100 map[red:3 unq_r:1] [feature reader]"},
		{"  deep: {like: bars, goal.red: 3}\n  feature: {like: deep, goal.red: 4}\n", nil, "300 200 map[red:4 unq_r:1] [feature reader]"},
		{"  feature: {like: reader}\n", nil, "300 0 map[red:1 syn:0.1 unq_c:0.1 unq_r:-0.2] [feature reader]"},
		{"  bars: {like: bars, window: 290}\n  feature: {like: bars}\n", nil, "290 200 map[unq_r:1] [bars feature reader]"},
	} {
		doc := document(t, swap(t, base, kinds, c.kinds))
		if err := Resolve(doc, c.sets...); err != nil {
			t.Errorf("%s %v: %v", c.kinds, c.sets, err)
			continue
		}
		for _, leaf := range doc.Leaves() {
			if strings.Contains(leaf, "like") {
				t.Errorf("%s: %s is left", c.kinds, leaf)
			}
		}
		e := loaded(t, swap(t, base, kinds, c.kinds), c.sets...)
		k := e.Neurons.Get("feature")
		got := fmt.Sprintf("%d %d %v %v", k.Window, k.WarmUp, map[string]float64(k.Goal), doc.Keys("neurons"))
		if got != c.want {
			t.Errorf("%s %v:\n%s\nwant\n%s", c.kinds, c.sets, got, c.want)
		}
	}
}

// TestKindsOfDocuments: a kind of the document goes before a built-in one of its name, and
// built-in ones that are used stand in the experiment.
func TestKindsOfDocuments(t *testing.T) {
	e := loaded(t, swap(t, base, "  reader: {like: label}", "  reader: {like: label}\n  bars: {like: bars, window: 250}"))
	if e.Kind("bars").Window != 250 || BuiltinKind("bars").Window != 300 || e.Kind("memory").Window != 64 || e.Kind("no-such") != nil {
		t.Errorf("bars remember %d samples", e.Kind("bars").Window)
	}
	if got := e.Neurons.Names(); !slices.Equal(got, []string{"feature", "reader", "bars"}) {
		t.Errorf("kinds %q", got)
	}
	bare := &Experiment{}
	bare.Populations.Set("a", Population{Neuron: "relay"})
	bare.Populations.Set("b", Population{Neuron: "relay"})
	bare.Populations.Set("c", Population{Neuron: "no-such"})
	bare.Complete()
	if got := bare.Neurons.Names(); !slices.Equal(got, []string{"relay"}) || bare.Neurons.Get("relay").Output != "relay" {
		t.Errorf("kinds %q", got)
	}
	bare.Neurons.Get("relay").Output = "sign"
	if bare.Complete(); bare.Neurons.Get("relay").Output != "sign" || BuiltinKind("relay").Output != "relay" {
		t.Error("a kind that is there is entered again, or is the built-in one itself")
	}
}

// TestMarshalLeavesTheExperiment: writing an experiment changes nothing of it, and fills in
// kinds and names of projections.
func TestMarshalLeavesTheExperiment(t *testing.T) {
	e := &Experiment{APIVersion: APIVersion, Name: "n", Mode: "lockstep", Control: "none"}
	e.Populations.Set("a", Population{Size: 1, Neuron: "relay", Place: nowhere})
	e.Projections = []Projection{{From: "a", To: "a", Port: "r", Rule: allToAll, Delay: oneMs}, {From: "a", To: "a", Port: "c", Rule: allToAll, Delay: oneMs}}
	text, err := Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if e.Neurons.Len() != 0 || e.Projections[0].Name != "" || e.Projections[1].Name != "" {
		t.Errorf("kinds %q, projection %q", e.Neurons.Names(), e.Projections[0].Name)
	}
	for _, want := range []string{"output: relay", "name: a-a\n", "name: a-a-2\n"} {
		if !strings.Contains(string(text)+"\n", want) && !strings.Contains(string(text), strings.TrimSuffix(want, "\n")+",") {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestNamesOfProjections: a name that is written is the projection's, wherever it stands;
// the others take what is free.
func TestNamesOfProjections(t *testing.T) {
	for _, c := range []struct{ written, want string }{
		{"", "a-b"}, {" ", "a-b a-b-2"}, {"  ", "a-b a-b-2 a-b-3"},
		{"a-b ", "a-b a-b-2"}, {" a-b", "a-b-2 a-b"}, {" a-b-2 ", "a-b a-b-2 a-b-3"}, {"  a-b-2", "a-b a-b-3 a-b-2"}, {"a-b-2 a-b ", "a-b-2 a-b a-b-3"},
		{"x y", "x y"}, {"a-b-3  a-b-2 ", "a-b-3 a-b a-b-2 a-b-4"},
	} {
		e := &Experiment{}
		for name := range strings.SplitSeq(c.written, " ") {
			e.Projections = append(e.Projections, Projection{Name: name, From: "a", To: "b"})
		}
		if got := strings.Join(e.ProjectionNames(), " "); got != c.want {
			t.Errorf("%q: %s, want %s", c.written, got, c.want)
		}
	}
	e := loaded(t, swap(t, base, "{from: V2, to: out, port: r}", "{name: V1-V2, from: V2, to: out, port: r}"))
	names := map[string]string{}
	for _, p := range e.Projections {
		names[p.Name] = p.From + p.To
	}
	if want := map[string]string{"pixels-V1": "pixelsV1", "V1-V1": "V1V1", "V1-V2-2": "V1V2", "V2-V1": "V2V1", "V1-V2": "V2out", "class-out": "classout"}; !maps.Equal(names, want) {
		t.Errorf("projections %v, want %v", names, want)
	}
}

// TestSettingsOfDocuments: assignments go before what is written, the last before the
// others, and one that fits nothing is refused by its own name.
func TestSettingsOfDocuments(t *testing.T) {
	for _, c := range []struct {
		sets []string
		want string
	}{
		{[]string{"seed=3"}, "3 6 0.3 2"}, {[]string{"seed=3", "seed=4"}, "4 6 0.3 2"}, {[]string{"populations.V1.size=7"}, "1 7 0.3 2"}, {[]string{"expect[0].min=0.5"}, "1 6 0.5 2"},
		{[]string{"protocol[0].present.passes=5"}, "1 6 0.3 5"},
	} {
		e, err := Load("areas.yaml", []byte(base), c.sets...)
		if err != nil {
			t.Errorf("%v: %v", c.sets, err)
			continue
		}
		if got := fmt.Sprint(e.Seed, " ", e.Populations.Get("V1").Size, " ", *e.Expect[0].Min, " ", e.Protocol[0].Present.Passes); got != c.want {
			t.Errorf("%v: %s, want %s", c.sets, got, c.want)
		}
	}
	for set, want := range map[string]string{
		"sed=3": `--set sed=3: unknown key; did you mean "seed"?`, "seed=three": `--set seed=three: got "three", expected a whole number ≥ 0`, "neurons.feature.windw=3": `did you mean "window"?`,
		"populations.V9.size=3": "populations.V9.neuron: missing, expected text", "expect[1].min=0": "expect has 1 elements, counted from 0", "seed": "--set seed", "=3": "--set =3",
		"protocol.train.present.passes=5": "protocol is a list of 2, not a section; its elements are counted from 0: protocol[0]", "name.x=1": "name is \"areas\", not a section",
	} {
		if _, err := Load("areas.yaml", []byte(base), set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", set, err, want)
		}
	}
}

// TestAllFaultsAtOnce: every fault of a document is told, in the order of its lines.
func TestAllFaultsAtOnce(t *testing.T) {
	text := base
	for _, c := range [][2]string{{"name: areas", "name: a b"}, {"V2: {size: 3", "V2: {size: 3, labels: [a]"}, {"to: out, port: r", "to: ouch, port: r"}, {"off: [class]", "off: [klass]"}, {"min: 0.3}", "min: 0.3, where: dat.x}"}} {
		text = swap(t, text, c[0], c[1])
	}
	_, err := Load("areas.yaml", []byte(text))
	var all *config.Errors
	if !errors.As(err, &all) {
		t.Fatalf("%v", err)
	}
	var got []string
	for _, e := range all.List {
		got = append(got, fmt.Sprintf("%d:%d", e.Pos.Line, e.Pos.Column))
	}
	if want := []string{"2:7", "8:25", "18:20", "24:62", "28:45"}; !slices.Equal(got, want) {
		t.Errorf("faults at %q, want %q:\n%v", got, want, err)
	}
}

// TestWrittenDelays: delays are written as they are read, and drawn in microseconds.
func TestWrittenDelays(t *testing.T) {
	for _, c := range []struct {
		d    Delay
		text string
		dist topology.Dist
	}{
		{Delay{Low: 1, High: 1}, "1us", topology.Constant(1)},
		{Delay{Low: 1500, High: 1500}, "1.5ms", topology.Constant(1500)},
		{Delay{Low: sec, High: 2 * sec}, "{uniform: [1s, 2s]}", topology.Uniform(1e6, 2e6)},
		{Delay{FromGraph: true}, "graph", topology.FromGraph()},
		{Delay{Low: 100, High: 200, Median: 150, Sigma: 2}, "{lognormal: {median: 150us, sigma: 2, max: 200us, min: 100us}}", topology.Dist{Kind: "lognormal", Median: 150, Sigma: 2, Min: 100, Max: 200}},
		{Delay{Low: ms, High: sec, Speed: 4}, "{distance: {speed: 4, base: 1ms, max: 1s}}", topology.Dist{Kind: "distance", Value: 1000, Slope: 250_000, Min: 1000, Max: 1e6}},
	} {
		if got := written(&one[Delay]{c.d}); got != "d: "+c.text {
			t.Errorf("%+v is written %s, want %s", c.d, got, c.text)
		}
		if got := c.d.Dist(); !reflect.DeepEqual(got, c.dist) {
			t.Errorf("%s is drawn from %+v, want %+v", c.text, got, c.dist)
		}
		back := &one[Delay]{}
		if err := config.Decode("", []byte("d: "+c.text), back); err != nil || back.D != c.d {
			t.Errorf("%s is read as %+v, %v", c.text, back.D, err)
		}
	}
}
