package main

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"infomorph/topology"
	"infomorph/topology/measure"
)

// does runs a command that must come to its end, and compares both of its outputs.
func does(t *testing.T, line, stdout, stderr string) {
	t.Helper()
	out, log, code := command(t, strings.Fields(line)...)
	if code != exitDone {
		t.Errorf("%s: exit code %d", line, code)
	}
	printed(t, line, out, stdout)
	printed(t, line+": messages", log, stderr)
}

// TestTopologyMeasured: a ring of three neurons, by hand.
func TestTopologyMeasured(t *testing.T) {
	workplace(t)
	does(t, "topology measure g.csv --measures density,in_degree,clustering,reciprocity", `
MEASURE      VALUE  ±  MIN  MEDIAN  MAX  NOTE
density      0.5                         
in_degree    1         1    1       1    
clustering   0.5       0.5  0.5     0.5  
reciprocity  0                           
`, "g.csv: 3 neurons, 3 synapses\n")
	does(t, "topology measure g.csv --measures density --undirected", `
MEASURE  VALUE  ±  MIN  MEDIAN  MAX  NOTE
density  1                           
`, "g.csv: 3 neurons, 6 synapses\n")
	does(t, "topology measure g.csv --measures density --json", `
{
 "channels": 0,
 "file": "g.csv",
 "measures": [
  {
   "name": "density",
   "value": 0.5
  }
 ],
 "neurons": 3,
 "synapses": 3
}
`, "")
	does(t, "topology measure g.csv --measures in_strength,out_strength --per-node -", `
neuron,label,in_strength,out_strength
0,a,-1,0.5
1,b,0.5,0.25
2,c,0.25,-1
MEASURE       VALUE       ±  MIN  MEDIAN  MAX  NOTE
in_strength   -0.0833333     -1   0.25    0.5  
out_strength  -0.0833333     -1   0.25    0.5  
`, "g.csv: 3 neurons, 3 synapses\n")
}

// TestTopologyStrongest: the share of synapses with the largest |weight|.
func TestTopologyStrongest(t *testing.T) {
	workplace(t)
	for share, want := range map[string]string{"1": "3", "0.67": "2", "0.34": "1"} {
		out, _, code := command(t, "topology", "measure", "g.csv", "--measures", "in_degree", "--strongest", share, "--json")
		var doc struct {
			Measures []struct{ Value float64 }
		}
		if err := json.Unmarshal([]byte(out), &doc); err != nil || code != exitDone {
			t.Fatal(err, code)
		}
		if got := figure(measure.Number(3 * doc.Measures[0].Value)); got != want {
			t.Errorf("--strongest %s: %s synapses, want %s", share, got, want)
		}
	}
}

// TestTopologyWritten: what the formats say of a ring of three neurons.
func TestTopologyWritten(t *testing.T) {
	workplace(t)
	const named, head = "#node,a,net,,,,,a\n#node,b,net,,,,,b\n#node,c,net,,,,,c\n", "source,target,weight,delay,port,projection\n"
	whole := "-: 3 neurons, 3 synapses\n"
	does(t, "topology convert g.csv - --format csv", named+head+"c,a,-1,1000,c\na,b,0.5,1000,c\nb,c,0.25,1000,c\n", whole)
	does(t, "topology convert g.csv -", `
{"directed": true, "multigraph": true, "graph": {},
"nodes": [
{"id": "a", "population": "net", "kind": "neuron", "label": "a"},
{"id": "b", "population": "net", "kind": "neuron", "label": "b"},
{"id": "c", "population": "net", "kind": "neuron", "label": "c"}],
"links": [
{"source": "c", "target": "a", "weight": -1, "delay": 1000, "port": "c"},
{"source": "a", "target": "b", "weight": 0.5, "delay": 1000, "port": "c"},
{"source": "b", "target": "c", "weight": 0.25, "delay": 1000, "port": "c"}]}
`, whole)
	does(t, "topology convert g.csv - --format matrix --undirected", ",a,b,c\na,0,0.5,-1\nb,0.5,0,0.25\nc,-1,0.25,0\n", "-: 3 neurons, 6 synapses\n")
	refused(t, "topology lesion g.csv --by degree", "infomorph: nothing would be removed; say how much with --count or --fraction, or what with --ids or --communities")
	does(t, "topology lesion g.csv --by id --ids 0 --format csv", named+head+"b,c,0.25,1000,c\n", "-: 3 neurons, 1 synapses\n")
	does(t, "topology lesion g.csv --synapses --by weight --count 1 --format csv", named+head+"a,b,0.5,1000,c\nb,c,0.25,1000,c\n", "-: 3 neurons, 2 synapses\n")
	does(t, "topology lesion g.csv --synapses --by weight --count 1 --smallest --format csv", named+head+"c,a,-1,1000,c\na,b,0.5,1000,c\n", "-: 3 neurons, 2 synapses\n")
	does(t, "topology lesion g.csv --synapses --by id --ids 0,2 --format csv", named+head+"a,b,0.5,1000,c\n", "-: 3 neurons, 1 synapses\n")
}

// TestTopologyGenerated: rings, stars and copies, synapse by synapse.
func TestTopologyGenerated(t *testing.T) {
	workplace(t)
	const head = "source,target,weight,delay,port,projection\n"
	four := "#node,0,net\n#node,1,net\n#node,2,net\n#node,3,net\n" + head
	does(t, "topology generate ring --n 4 --k 2 --format csv", four+
		"1,0,1,1000,c,net-net\n3,0,1,1000,c,net-net\n0,1,1,1000,c,net-net\n2,1,1,1000,c,net-net\n"+
		"1,2,1,1000,c,net-net\n3,2,1,1000,c,net-net\n0,3,1,1000,c,net-net\n2,3,1,1000,c,net-net\n", "-: 4 neurons, 8 synapses\n")
	does(t, "topology generate star --n 4 --format csv --weights constant:2 --delays 500us --port receptive", four+
		"1,0,2,500,r,net-net\n2,0,2,500,r,net-net\n3,0,2,500,r,net-net\n0,1,2,500,r,net-net\n0,2,2,500,r,net-net\n0,3,2,500,r,net-net\n", "-: 4 neurons, 6 synapses\n")
	does(t, "topology generate one_to_one --n 2 --autapses --format csv --weights -0.5 --delays 2ms --port L", "#node,0,net\n#node,1,net\n"+head+
		"0,0,-0.5,2000,l,net-net\n1,1,-0.5,2000,l,net-net\n", "-: 2 neurons, 2 synapses\n")
	does(t, "topology generate imported --graph g.csv --format csv", "#node,0,net\n#node,1,net\n#node,2,net\n"+head+
		"2,0,1,1000,c,net-net\n0,1,1,1000,c,net-net\n1,2,1,1000,c,net-net\n", "-: 3 neurons, 3 synapses\n")
}

// TestTopologyCompared: a network that has lost a synapse and changed another.
func TestTopologyCompared(t *testing.T) {
	workplace(t)
	if err := os.WriteFile("h.csv", []byte("source,target,weight\na,b,-0.5\nb,c,0.25\nb,a,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, code := command(t, "topology", "compare", "g.csv", "h.csv", "--measures", "density,in_degree,reciprocity")
	if code != exitDone {
		t.Fatal(out)
	}
	lines := strings.Split(out, "\n")
	for i, want := range map[int]string{
		0: "pairs kept 2, removed 1, added 1 (Jaccard 0.5)",
		1: "weights of kept pairs: correlation -1, mean change -0.5, rms change 0.707107, sign flips 1",
		4: "MEASURE      FIRST  SECOND    CHANGE",
		5: "density      0.5    0.5       0",
		6: "in_degree    1      1         0",
		7: "reciprocity  0      0.666667  0.666667",
	} {
		if i >= len(lines) || lines[i] != want {
			t.Errorf("line %d is not %q in\n%s", i, want, out)
		}
	}
}

// TestDistributions: each kind with its two numbers; delays have units, but for the
// sigma of a log-normal one.
func TestDistributions(t *testing.T) {
	for _, c := range []struct {
		text  string
		parse func(string) (float64, error)
		want  topology.Dist
	}{
		{"2.5", parseNumber, topology.Constant(2.5)},
		{" -1 ", parseNumber, topology.Constant(-1)},
		{"constant:3", parseNumber, topology.Constant(3)},
		{"uniform:-1,2", parseNumber, topology.Dist{Kind: "uniform", Low: -1, High: 2}},
		{"normal:0,0.1", parseNumber, topology.Dist{Kind: "normal", SD: .1}},
		{"lognormal:1,0.5", parseNumber, topology.Dist{Kind: "lognormal", Median: 1, Sigma: .5}},
		{"distance:1,-2", parseNumber, topology.Dist{Kind: "distance", Value: 1, Slope: -2}},
		{"1ms", parseMicroseconds, topology.Constant(1000)},
		{"500us", parseMicroseconds, topology.Constant(500)},
		{"uniform:1ms, 5ms", parseMicroseconds, topology.Dist{Kind: "uniform", Low: 1000, High: 5000}},
		{"lognormal:2ms,0.3", parseMicroseconds, topology.Dist{Kind: "lognormal", Median: 2000, Sigma: .3}},
		{"distance:500us,10ms", parseMicroseconds, topology.Dist{Kind: "distance", Value: 500, Slope: 10000}},
	} {
		if got, err := parseDist(c.text, c.parse); err != nil || got != c.want {
			t.Errorf("%q: got %+v, %v; want %+v", c.text, got, err, c.want)
		}
	}
	for text, want := range map[string]string{
		"":                `"", expected a number`,
		"x":               `"x", expected a number`,
		"uniform:1":       `"", expected a number`,
		"uniform:x,1":     `"x", expected a number`,
		"uniform:1,2,3":   `"2,3", expected a number`,
		"gamma:1,2":       `"gamma", expected constant, uniform, normal, lognormal or distance`,
		"lognormal:1,1ms": `"1ms", expected a number`,
	} {
		_, err := parseDist(text, parseNumber)
		says(t, text, err, want)
	}
	_, err := parseDist("normal:1ms,2", parseMicroseconds)
	says(t, "a delay without unit", err, `"2", expected a duration with a unit, such as 5ms`)
}

// TestMatricesAndPorts are read row by row, and by letter or name.
func TestMatricesAndPorts(t *testing.T) {
	m, err := parseMatrix("0.5, 0.1;0.2,1")
	if err != nil || len(m) != 2 || m[0][0] != .5 || m[0][1] != .1 || m[1][0] != .2 || m[1][1] != 1 {
		t.Errorf("%v, %v", m, err)
	}
	if m, err := parseMatrix(""); m != nil || err != nil {
		t.Errorf("none: %v, %v", m, err)
	}
	_, err = parseMatrix("1;")
	says(t, "an empty row", err, `--probabilities: "", expected a number`)
	for text, want := range map[string]int{"r": 0, "C": 1, "l": 2, "receptive": 0, "Contextual": 1, "lateral": 2} {
		if p, err := parsePort(text); err != nil || int(p) != want {
			t.Errorf("%q: port %d, %v; want %d", text, p, err, want)
		}
	}
	_, err = parsePort("x")
	says(t, "a port", err, `"x", expected r, c or l`)
}

// TestFigures: whole numbers have no exponent, others six digits.
func TestFigures(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 3: "3", -12: "-12", 1e14: "100000000000000", 1e15: "1e+15", .5: "0.5", 1. / 3: "0.333333", -2.5e-7: "-2.5e-07", 123456.7: "123457",
	} {
		if got := figure(measure.Number(x)); got != want {
			t.Errorf("%g: got %s, want %s", x, got, want)
		}
	}
	if got := figure(measure.Number(math.NaN())); got != "undefined" {
		t.Errorf("NaN: %s", got)
	}
}

// TestNetworkFiles: faults of a description name the file and the projection.
func TestNetworkFiles(t *testing.T) {
	workplace(t)
	const pop = "populations: [{name: a, size: 2}]\n"
	for text, want := range map[string]string{
		pop + "projections: [{from: a, to: a, port: q, rule: {name: all_to_all}}]":                       `net.yaml: projections[0]: "q", expected r, c or l`,
		pop + "projections: [{from: a, to: a, port: r, rule: {name: all_to_all}, weights: x}]":           `net.yaml: projections[0]: "x", expected a number`,
		pop + "projections: [{from: a, to: a, port: r, rule: {name: all_to_all}, delays: '5'}]":          `net.yaml: projections[0]: "5", expected a duration with a unit, such as 5ms`,
		pop + "projections: [{from: a, to: a, port: r, rule: {name: ring}}, {from: a, to: a, port: rr}]": `net.yaml: projections[1]: "rr", expected r, c or l`,
	} {
		if err := os.WriteFile("net.yaml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, "topology generate --network net.yaml", "infomorph: "+want)
	}
	if err := os.WriteFile("net.yaml", []byte(pop+"projections: [{from: a, to: a, port: l, rule: {name: all_to_all}, weights: '0.5', delays: 3ms}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	does(t, "topology generate --network net.yaml --format csv", `
#node,0,a
#node,1,a
source,target,weight,delay,port,projection
1,0,0.5,3000,l,a-a
0,1,0.5,3000,l,a-a
`, "-: 2 neurons, 2 synapses\n")
}
