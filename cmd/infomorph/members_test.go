package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNamesReachOutputs: labels and ids of a graph file are in every table that
// tells of neurons, and in the network that is written again.
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
