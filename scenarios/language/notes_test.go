package language

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestNotesOfRecords: what is kept of nothing is told only to who has said what is kept.
func TestNotesOfRecords(t *testing.T) {
	const note = "record.neurons, from and until have no effect: neither spikes nor atoms are recorded"
	for record, want := range map[string]string{
		"spikes: false, atoms: 0": "", "spikes: false, atoms: 0, neurons: all": "", "spikes: false, atoms: 0, neurons: V1": note, "spikes: false, atoms: 0, from: 1us": note,
		"spikes: false, atoms: 0, until: 1us": note, "spikes: true, atoms: 0, neurons: V1": "", "spikes: false, atoms: 1, neurons: V1": "", "atoms: 0, from: 1s": "",
	} {
		e := loaded(t, swap(t, base, "record: {", "record: {"+record+", "))
		if got := strings.Join(e.Notes(), "\n"); got != want {
			t.Errorf("%s: %q, want %q", record, got, want)
		}
	}
}

// TestWhoLearns: a phase learns unless it says that nobody does; of one without phases
// nothing is told.
func TestWhoLearns(t *testing.T) {
	const note = "no phase of the protocol learns"
	for phases, want := range map[string]bool{
		"[]":                                    true,
		"[{name: a, present: {data: letters}}]": true,
		"[{name: a, present: {data: letters, learn: none}}]":                                                      false,
		"[{name: a, present: {data: letters, learn: V1}}]":                                                        true,
		"[{name: a, play: {data: letters}}]":                                                                      true,
		"[{name: a, play: {data: letters, learn: none}}]":                                                         false,
		"[{name: a, script: {data: letters, input: pixels, population: V1, code: x}}]":                            true,
		"[{name: a, store: {data: letters, input: pixels, projection: V1-V1, rule: hebb}}]":                       true,
		"[{name: a, recall: {data: letters, input: pixels, population: V1}}]":                                     false,
		"[{name: a, present: {data: letters, learn: none}}, {name: b, present: {data: letters, learn: 'V1,V2'}}]": true,
	} {
		text, _, _ := strings.Cut(base, "protocol:\n")
		e := loaded(t, text+"protocol: "+phases+"\n")
		if got := strings.Join(e.Notes(), "\n"); (got == "") != want || !want && got != note {
			t.Errorf("%s: notes %q", phases, got)
		}
	}
}

// TestGraphsOfDocuments: a graph file may join what nothing else does and say where neurons
// are; of the rest it says nothing.
func TestGraphsOfDocuments(t *testing.T) {
	const lonely = "  lonely: {size: 3, neuron: bars}\n"
	text := swap(t, base, "  out: {size", lonely+"  out: {size")
	for _, c := range []struct{ graph, want string }{
		{"", "populations.lonely: is a population that no projection leads to; add one, or leave it out"},
		{"graph: {file: g.csv}\n", ""},
		{"graph: {file: g.csv, population: lonely}\n", ""},
		{"graph: {file: g.csv, population: lonly}\n", `graph.population: got "lonly", expected a population; did you mean "lonely"?`},
		{"graph: {file: g.csv, population: pixels}\n", `graph.population: got "pixels", expected a population; there are V1, V2, lonely, out`},
		{"graph: {population: lonely}\n", "graph.file: missing, expected text"},
		{"graph: {file: g.csv, port: x}\n", `graph.port: got "x", expected one of r, c, l`},
		{"graph: {file: g.csv, columns: {source: pre, target: post, weight: n, delay: d}}\n", ""},
		{"graph: {file: g.csv, columns: {from: pre}}\n", "graph.columns.from: unknown key"},
	} {
		_, err := Load("", []byte(swap(t, text, "projections:\n", c.graph+"projections:\n")))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v\nwant %s", c.graph, err, c.want)
		}
	}
	for change, want := range map[string]string{
		"from: V1, to: V2, port: r, weights: {distance: [1, 2]}": "", "from: V1, to: V2, port: r, delay: {distance: {speed: 1}}": "", "from: V1, to: V2, port: r, rule: {name: spatial, p: 1, scale: 1}": "",
		"from: V1, to: V2, port: r, delay: graph": "projections[2].delay: is graph, and the rule has none; rule imported has",
	} {
		got := ""
		if _, err := Load("", []byte(swap(t, swap(t, base, "from: V1, to: V2, port: r, noise: {loss: 10%}", change), "projections:\n", "graph: {file: g.csv}\nprojections:\n"))); err != nil {
			got = err.Error()
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", change, got, want)
		}
	}
}

// TestWhatPhasesTell: a phase presents the data of its kind, and one of rest none.
func TestWhatPhasesTell(t *testing.T) {
	for _, c := range []struct {
		p          Phase
		kind, data string
	}{
		{Phase{Present: &Present{Data: "a"}}, "present", "a"}, {Phase{Play: &Play{Data: "b"}}, "play", "b"}, {Phase{Recall: &Recall{Data: "c"}}, "recall", "c"},
		{Phase{Store: &Store{Data: "d"}}, "store", "d"}, {Phase{Script: &Script{Data: "e"}}, "script", "e"}, {Phase{Script: &Script{}}, "script", ""}, {Phase{Rest: &Rest{}}, "rest", ""},
	} {
		data := ""
		if ref := c.p.data(); ref != nil {
			data = *ref
		}
		if c.p.kind() != c.kind || data != c.data {
			t.Errorf("%s of %q, want %s of %q", c.p.kind(), data, c.kind, c.data)
		}
	}
}

// TestWhoUpdates: without steps all populations update, with steps those that one names,
// and all where one names none.
func TestWhoUpdates(t *testing.T) {
	for _, c := range []struct {
		steps []Step
		want  string
	}{
		{nil, "ab"}, {[]Step{{Populations: []string{"a"}}}, "a"}, {[]Step{{Populations: []string{"b"}}, {Populations: []string{"a", "c"}}}, "ab"},
		{[]Step{{Populations: []string{"c"}}, {}}, "ab"}, {[]Step{{Populations: []string{"c"}}}, ""},
	} {
		got := ""
		for _, name := range []string{"a", "b"} {
			if (&Present{Steps: c.steps}).updates(name) {
				got += name
			}
		}
		if got != c.want {
			t.Errorf("%v: %q update, want %q", c.steps, got, c.want)
		}
	}
}

// TestHowItIsAsked: an event's recall is one of a phase, of its item alone.
func TestHowItIsAsked(t *testing.T) {
	cueing := Cueing{Input: "i", Population: "p", Cue: "flip", Fraction: 0.25, Dynamics: "belief", Release: "held", Sweeps: 7}
	a := &Ask{Data: "letters", Item: "A", Values: []float64{1}, Cueing: cueing}
	if got, want := a.How(), (&Recall{Data: "letters", Items: "A", Cueing: cueing}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestPopulationsOfMeasures: what a measure looks at, and which key says so.
func TestPopulationsOfMeasures(t *testing.T) {
	for _, c := range []struct {
		m    Measure
		want []named
	}{
		{Measure{Accuracy: &Accuracy{Population: "a"}}, []named{{"accuracy", "a"}}}, {Measure{Probe: &LinearProbe{Population: "b"}}, []named{{"probe", "b"}}}, {Measure{Sequence: &Sequence{Population: "c"}}, []named{{"sequence", "c"}}},
		{Measure{Rate: &RateScore{Population: "d"}}, []named{{"rate", "d"}}}, {Measure{Recall: &RecallScore{}}, nil}, {Measure{Regression: &Regression{Of: []string{"i"}, Fields: "p"}}, nil}, {Measure{Custom: &Custom{Kind: "k"}}, nil},
	} {
		if got := c.m.populations(); !slices.Equal(got, c.want) {
			t.Errorf("%s looks at %v, want %v", c.m.Kind(), got, c.want)
		}
	}
}

// TestWhereKeysAre: a document has the keys that it shows, defaults among them, and
// nothing within what is no section.
func TestWhereKeysAre(t *testing.T) {
	e := loaded(t, base)
	for path, want := range map[string]bool{
		"": true, "name": true, "seed": true, "data.letters": true, "data.letters.patterns.width": true, "data.letters.patterns.p": true, "data.letters.split": false, "populations.V1.place.kind": true,
		"name.x": false, "protocol.train": false, "protocol[0]": false, ".": false, "name.": false, ".name": false, "Name": false, "neurons.bars.window": true, "neurons.feature.like": false, "neurons.relay": false,
	} {
		if e.Has(path) != want {
			t.Errorf("%q is there: %v", path, !want)
		}
	}
}
