package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNamesReachOutputs: labels and ids of a graph file are in every table that
// has numbers of neurons, and in the network that is written again.
func TestNamesReachOutputs(t *testing.T) {
	t.Chdir(t.TempDir())
	const graph = `<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="l" for="node" attr.name="label" attr.type="string"/>
<graph edgedefault="directed"><node id="720575940621039145"><data key="l">PN, left</data></node>
<node id="720575940621039146"><data key="l">KC#1</data></node><node id="920575940621039147"><data key="l">@b c</data></node>
<edge source="720575940621039145" target="720575940621039146"/><edge source="720575940621039146" target="920575940621039147"/>
<edge source="920575940621039147" target="720575940621039145"/></graph></graphml>`
	const scenario = `apiVersion: infomorph/v2
name: named
network: {neurons: 3, topology: {rule: imported, graph: g.graphml}}
associative_memory: {patterns: {source: random, count: 2, width: 3}, presentations: 2}
record: {spikes: true, atoms: 5, weights: true}
`
	for name, text := range map[string]string{"g.graphml": graph, "s.yaml": scenario} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, stderr, code := command(t, "run", "s.yaml", "--out", "r", "--quiet"); code != exitDone {
		t.Fatal(stderr)
	}
	for name, want := range map[string][]string{
		"spikes":          {`,"PN, left"`, ",KC#1\n", `,@b c`},
		"pid":             {`,"PN, left"`, ",KC#1\n"},
		"weights-trained": {`,KC#1,"PN, left"`},
		"members":         {`0,neuron,neurons,0,"PN, left",720575940621039145`, `,@b c,920575940621039147`, "3,channel,input,0,3,3"},
		"neurons":         {`"PN, left"`},
	} {
		text, err := os.ReadFile(filepath.Join("r", name+".csv"))
		for _, w := range want {
			if err != nil || !strings.Contains(string(text), w) {
				t.Errorf("%s: %v, no %s in\n%.400s", name, err, w, text)
			}
		}
	}
	out, stderr, code := command(t, "topology", "export", "r", "--format", "graphml")
	if code != exitDone || !strings.Contains(out, `<node id="720575940621039146">`) || !strings.Contains(out, "KC#1") {
		t.Errorf("the network written again: %s%.600s", stderr, out)
	}
}

// TestShortFormsReadGraphs: a short form takes a graph file in every way that the full
// form does.
func TestShortFormsReadGraphs(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("g.csv", []byte("source,target,weight,delay\na,b,0.5,2\nb,c,0.25,3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const scenario = `apiVersion: infomorph/v1
name: short
network:
  neurons: 3
  topology: {rule: imported, graph: g.csv, keep: both, undirected: true, delay_unit: ms}
neuron: {learning: {rule: frozen}}
script:
  patterns: {source: random, count: 2, width: 3}
  code: "def next(ctx): return None if ctx.step == 1 else present(0)"
`
	if err := os.WriteFile("s.yaml", []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := command(t, "run", "s.yaml", "--out", "r", "--quiet"); code != exitDone {
		t.Fatal(stderr)
	}
	text, err := os.ReadFile("r/weights-trained.csv")
	for _, want := range []string{"0,c,1,0.5,2000,a,b", "1,c,0,0.5,2000,b,a", "1,c,2,0.25,3000,b,c", "2,c,1,0.25,3000,c,b"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%v, no %s in\n%s", err, want, text)
		}
	}
	for _, bad := range []string{"undirected: true", "delay_unit: ms"} {
		if _, stderr, code := command(t, "validate", "associative-memory", "--set", "network.topology={"+bad+"}"); code != exitBadInput || !strings.Contains(stderr, strings.SplitN(bad, ":", 2)[0]) {
			t.Errorf("%s: exit %d: %s", bad, code, stderr)
		}
	}
}

// TestNotesOfWhatHasNoEffect: there is a note about an event that never happens
// or concerns no neuron.
func TestNotesOfWhatHasNoEffect(t *testing.T) {
	for set, want := range map[string]string{
		"faults=[{kind: silent, neurons: '1', from: 10h, until: 11h}]": "note: faults[0] never happened",
		"faults=[{kind: crash, neurons: '1', from: 10h, every: 1h}]":   "note: faults[0] never happened",
		"faults=[{kind: stuck_on, share: 0.1%}]":                       "note: faults[0] affects no neuron: 0.1 % of 100 neurons is less than one",
		"record={spikes: false, atoms: 0, neurons: '3'}":               "record.neurons, from and until have no effect",
		"events=[{at: 10h, rate_scale: 2}]":                            "note: events[0] never happened",
		"faults=[{kind: silent, neurons: '1'}]":                        "",
	} {
		_, stderr, code := command(t, "run", "associative-memory", "--no-files", "--set", "associative_memory.presentations=1", "--set", "associative_memory.patterns.count=2", "--set", "expect=null", "--set", set)
		if told := strings.Contains(stderr, "note:"); code != exitDone || told != (want != "") || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d: %s; want %q", set, code, stderr, want)
		}
	}
}
