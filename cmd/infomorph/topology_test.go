package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"infomorph/topology"
)

// topo runs "infomorph topology args" and returns output and exit code.
func topo(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, log bytes.Buffer
	c := newTopologyCommand()
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetIn(strings.NewReader(stdin))
	c.SetOut(&out)
	c.SetErr(&log)
	c.SetArgs(args)
	err := c.Execute()
	if err != nil {
		log.WriteString(err.Error())
	}
	return out.String(), log.String(), codeOf(err)
}

func mustTopo(t *testing.T, args ...string) string {
	t.Helper()
	out, log, code := topo(t, "", args...)
	if code != exitDone {
		t.Fatalf("%v: exit %d: %s", args, code, log)
	}
	return out
}

const description = `populations:
  - {name: hidden, size: 20, place: {kind: random}}
  - {name: readout, size: 4, place: {kind: circle}}
channels:
  - {name: inputs, size: 6}
projections:
  - {from: inputs, to: hidden, port: r, rule: {name: fixed_indegree, indegree: 3}, weights: "normal:0,0.1"}
  - {from: hidden, to: hidden, port: l, rule: {name: ring, k: 4}, delays: "distance:500us,10ms"}
  - {from: hidden, to: readout, port: c, rule: {name: all_to_all}, weights: "uniform:-1,1"}
`

// TestTopologyFromStartToEnd follows a network through every command.
func TestTopologyFromStartToEnd(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("net.yaml"), []byte(description), 0o600); err != nil {
		t.Fatal(err)
	}
	mustTopo(t, "generate", "--network", at("net.yaml"), "--out", at("net.graphml"))
	for _, name := range []string{"net.gexf", "net.dot", "net.csv", "net.tsv", "net.mtx", "net.json"} {
		mustTopo(t, "convert", at("net.graphml"), at(name))
		mustTopo(t, "convert", at(name), at("back.graphml"))
		a, _ := os.ReadFile(at("net.graphml"))
		b, _ := os.ReadFile(at("back.graphml"))
		if !bytes.Equal(a, b) {
			t.Errorf("by way of %s the network changes", name)
		}
	}
	mustTopo(t, "lesion", at("net.json"), "--by", "degree", "--count", "2", "--out", at("cut.json"))
	if out := mustTopo(t, "compare", at("net.json"), at("cut.json"), "--measures", "density"); !strings.Contains(out, "correlation 1,") || !strings.Contains(out, "added 0") {
		t.Errorf("compare: %s", out)
	}
	var doc struct {
		Neurons, Channels, Synapses int
		Measures                    []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(mustTopo(t, "measure", at("net.json"), "--json", "--per-node", at("nodes.csv"))), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Neurons != 24 || doc.Channels != 6 || doc.Synapses != 20*3+20*4+20*4 || len(doc.Measures) < 30 {
		t.Errorf("measure: %+v", doc)
	}
	for _, layout := range []string{"force", "circle", "layered"} {
		mustTopo(t, "plot", at("net.json"), "--layout", layout, "--colour", at("nodes.csv")+":clustering", "--size", "betweenness", "--out", at(layout+".svg"))
	}
	left, _ := filepath.Glob(at(".*"))
	if left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestTopologyPipes(t *testing.T) {
	out := mustTopo(t, "generate", "ring", "--n", "10", "--k", "4")
	table, _, code := topo(t, out, "measure", "-", "--measures", "density,clustering")
	if code != exitDone || !strings.Contains(table, "0.444444") {
		t.Errorf("exit %d: %s", code, table)
	}
	if !strings.Contains(mustTopo(t, "generate", "--list"), "watts_strogatz") || !strings.Contains(mustTopo(t, "measure", "--list"), "pagerank") {
		t.Error("a list is not whole")
	}
}

// TestTopologyReplacesOnlyFiles: writing to a pipe or a link must not put a
// file in its place.
func TestTopologyReplacesOnlyFiles(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "a.json"), filepath.Join(dir, "link.json")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	mustTopo(t, "generate", "star", "--n", "5", "--out", link)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	if data, _ := os.ReadFile(file); len(data) == 0 {
		t.Error("the file behind the link was not written")
	}
	device := makePipe(t, filepath.Join(dir, "pipe.json"))
	mustTopo(t, "generate", "star", "--n", "5", "--out", device.name)
	if info, err := os.Lstat(device.name); err != nil || info.Mode().IsRegular() {
		t.Error("the pipe was replaced by a file")
	}
	if !strings.Contains(device.read(), "nodes") {
		t.Error("nothing came through the pipe")
	}
}

func TestTopologyBadInput(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.csv")
	if err := os.WriteFile(bad, []byte("source,target,weight\n0,1,1\n1,2,NaN\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"measure", bad}, "bad.csv:3: weight"},
		{[]string{"measure", filepath.Join(dir, "none.csv")}, "no such file"},
		{[]string{"measure"}, "FILE"},
		{[]string{"measure", "x.docx"}, "extension"},
		{[]string{"generate"}, "--list"},
		{[]string{"generate", "ringo"}, "unknown"},
		{[]string{"generate", "ring", "--k", "7"}, "odd"},
		{[]string{"generate", "ring", "--delays", "5"}, "unit"},
		{[]string{"generate", "ring", "--weights", "gamma:1,2"}, "gamma"},
		{[]string{"generate", "ring", "--port", "q"}, "r, c or l"},
		{[]string{"generate", "stochastic_block", "--sizes", "50,50", "--probabilities", "1,x"}, "number"},
		{[]string{"generate", "ring", "--out", filepath.Join(dir, "no", "where.json")}, "no such file"},
	} {
		if _, log, code := topo(t, "", c.args...); code != exitBadInput || !strings.Contains(log, c.want) {
			t.Errorf("%v: exit %d: %s; want %q", c.args, code, log, c.want)
		}
	}
	net := filepath.Join(dir, "net.json")
	mustTopo(t, "generate", "star", "--n", "5", "--out", net)
	for _, args := range [][]string{
		{"plot", net, "--out", filepath.Join(dir, "x.gif")}, {"plot", net, "--layout", "position"}, {"plot", net, "--colour", "density"},
		{"plot", net, "--colour", bad + ":nothing"}, {"measure", net, "--measures", "charm"},
		{"measure", net, "--lengths", "miles"}, {"measure", net, "--nulls", "0"}, {"lesion", net, "--by", "luck"}, {"lesion", net, "--by", "id", "--ids", "99"},
	} {
		if _, log, code := topo(t, "", args...); code != exitBadInput {
			t.Errorf("%v: exit %d: %s", args, code, log)
		}
	}
}

// TestColoursByName: a table colours the neurons that its rows name, in any
// order of rows and with any name of the key column.
func TestColoursByName(t *testing.T) {
	g, err := topology.FromSynapses([]topology.Population{{Name: "net", Size: 3}}, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	g.Labels = []string{"anna", "bert", "carl"}
	for name, text := range map[string]string{
		"label.csv":  "label,rate\ncarl,3\nanna,1\nbert,2\n",
		"id.tsv":     "id\trate\n2\t3\n0\t1\n1\t2\n",
		"neuron.csv": "rate,neuron\n3,2\n1,0\n2,1\n",
		"order.csv":  "rate\n1\n2\n3\n",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		f := &measureFlags{}
		v, err := f.values(g, path+":rate")
		if err != nil || !slices.Equal(v.Of, []float64{1, 2, 3}) {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}
