package network

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"infomorph/internal/footprint"
	"infomorph/internal/fuzzing"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const faulty = header + `
populations:
  a: {size: 4, neuron: memory}
  b: {size: 3, neuron: memory}
inputs:
  x: {}
projections:
  - {from: x, to: a, port: r}
  - {from: a, to: b, port: r}
data:
  p: {patterns: {source: random, count: 3, width: 2}, to: {x: pattern}}
protocol:
  - {name: train, present: {data: p}}
`

var faultyFiles = files{
	"good.csv": "source,target,weight\n0,1,1\n1,2,1\n2,3,1\n", "five.csv": "source,target\n0,1\n1,2\n2,3\n3,4\n",
	"bad.csv": "source,target,weight\n0,1,one\n", "values.csv": "w\n10\n20\n30\n", "holes.csv": "w,v\n10,1\n,2\n30,3\n40,4\n", "words.csv": "w\n1\n2\nmany\n4\n",
}

// Faults that can only be found with data and files, each with its message.
func TestBuildFaults(t *testing.T) {
	var out strings.Builder
	for _, change := range []string{
		"x: {} => x: {size: 5}",
		"{size: 4, neuron => {neuron",
		"port: r}\n  - {from: a => port: r}\n  - {from: a, to: a, port: c, rule: {name: imported, graph: nowhere.csv}}\n  - {from: a",
		"port: r}\n  - {from: a => port: r}\n  - {from: a, to: a, port: c, rule: {name: imported, graph: bad.csv}}\n  - {from: a",
		"port: r}\n  - {from: a => port: r}\n  - {from: a, to: a, port: c, rule: {name: imported, graph: five.csv}}\n  - {from: a",
		"port: r}\n  - {from: a => port: r}\n  - {from: a, to: a, port: c, rule: {name: imported, graph: good.xls}}\n  - {from: a",
		"port: r}\n  - {from: a => port: r}\n  - {from: a, to: a, port: c, rule: {name: fixed_indegree, indegree: 4}}\n  - {from: a",
		"port: r}\n  - {from: a => port: r}\n  - {from: a, to: a, port: c, rule: {name: ring, k: 3}}\n  - {from: a",
		"port: r}\n  - {from: a => port: r}\n  - {from: a, to: a, port: c, rule: {name: lattice, shape: [3, 3], radius: 1}}\n  - {from: a",
		"data:\n => graph: {file: good.csv}\ndata:\n",
		"data:\n => graph: {file: nowhere.csv}\ndata:\n",
		"{size: 4, neuron: memory} => {size: 4, neuron: memory, each: {window: {column: w, file: values.csv}}}",
		"{size: 4, neuron: memory} => {size: 4, neuron: memory, each: {window: {column: u, file: values.csv}}}",
		"{size: 4, neuron: memory} => {size: 4, neuron: memory, each: {window: {column: w, file: nowhere.csv}}}",
		"{size: 4, neuron: memory} => {size: 4, neuron: memory, each: {window: {column: w, file: holes.csv}}}",
		"{size: 4, neuron: memory} => {size: 4, neuron: memory, each: {window: {column: w, file: words.csv}}}",
		"{size: 4, neuron: memory} => {size: 4, neuron: memory, each: {warm_up: [1, 2, 3, 100]}}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: 0-4, noise: {loss: 10%}}]}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: 3-1, delay: 2ms}]}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: 0-1, noise: {loss: 10%}}, {neurons: 1-2, delay: 2ms}]}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: '1'}]}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: '1', clock: {kind: event}}]}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: '1', clock: {}}]}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: '1', noise: {}}]}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: '1', delay: {distance: {speed: 1}}}]}",
		"{size: 3, neuron: memory} => {size: 3, neuron: memory, groups: [{neurons: '1', delay: graph}]}",
		"{size: 4, neuron: memory} => {size: 4, neuron: memory, groups: [{neurons: '1', delay: 2ms}]}",
		"{size: 4, neuron: memory} => {neuron: memory, labels: [a, b]}",
		"data:\n => record: {neurons: 0-9}\ndata:\n",
		"data:\n => record: {probes: [{population: b, neurons: 0-3, of: [y]}]}\ndata:\n",
		"data:\n => events: [{at: 1s, neurons: 'a:#4', plastic: false}]\ndata:\n",
		"data:\n => events: [{at: 1s, neurons: AVAL, plastic: false}]\ndata:\n",
		"data:\n => faults: [{kind: silent, neurons: c}]\ndata:\n",
	} {
		from, to, _ := strings.Cut(change, " => ")
		if !strings.Contains(faulty, from) {
			t.Fatalf("%q is not there", from)
		}
		text := strings.Replace(faulty, from, to, 1)
		exp, err := language.Load("test.yaml", []byte(text))
		if err == nil {
			var d *data.Collection
			if d, err = data.Load(exp, faultyFiles); err == nil {
				_, err = Build(exp, d, faultyFiles)
			}
			if err == nil {
				t.Errorf("%q is not refused", change)
				continue
			}
			err = exp.Place(err)
		}
		fmt.Fprintf(&out, "%s\n    %s\n", strings.ReplaceAll(change, "\n", `\n`), strings.ReplaceAll(err.Error(), "\n", "\n    "))
	}
	const file = "testdata/faults.txt"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != out.String() {
		t.Errorf("faults differ from %s: %v\n%s", file, err, out.String())
	}
}

func TestSelectFaults(t *testing.T) {
	n := build(t, `
populations: {V1: {size: 4, neuron: relay, labels: [AVAL, "3", x, AVAR]}, V2: {size: 3, neuron: relay, labels: [x, y, z]}}
inputs: {i: {size: 1}}
projections: [{from: i, to: V1, port: r}, {from: i, to: V2, port: r}]
`, nil)
	for list, want := range map[string]string{
		"AVAK":   `did you mean AVAL?`,
		"2":      `no neuron has this label; numbers are written #2`,
		"0-2":    `no neuron has this label; numbers are written #0-#2`,
		"#9":     `numbers from 0 to 6`,
		"#5-#2":  `the smaller number first`,
		"x":      `say which: V1:#2, V2:#0`,
		"V3:y":   `did you mean V1?`,
		"V2:#3":  `numbers from 0 to 2; numbers count within V2`,
		"":       `all, or a list`,
		"V1,,V2": `all, or a list`,
	} {
		if ids, err := n.Select(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, %v; expected %q", list, ids, err, want)
		}
	}
	if _, err := n.SelectIn("V3", "all"); err == nil {
		t.Error("a population that is not there")
	}
	if ids, err := n.Select("3,V2:x"); err != nil || fmt.Sprint(ids) != "[1 4]" {
		t.Errorf("a label that is a number, and one of a population: %v %v", ids, err)
	}
}

func FuzzSelect(f *testing.F) {
	n := build(f, `
populations: {V1: {size: 4, neuron: relay, labels: [AVAL, "3", "a,b", AVAR]}, V2: {size: 3, neuron: relay}}
inputs: {i: {size: 1}}
projections: [{from: i, to: V1, port: r}, {from: i, to: V2, port: r}]
`, nil)
	for _, s := range []string{"all", "V1:#0-#2", `"a,b",V2`, "#0,#1-3", "3", "V2:0-1", ":", "V1:", `"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		defer fuzzing.Bound(t)()
		ids, err := n.Select(list)
		if err != nil {
			return
		}
		for i, id := range ids {
			if id < 0 || int(id) >= n.Sim.NumNeurons() || i > 0 && ids[i-1] >= id {
				t.Fatalf("%q gives %v", list, ids)
			}
		}
	})
}

func TestEstimate(t *testing.T) {
	for _, text := range []string{walked, faulty} {
		exp, err := language.Load("test.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		d, err := data.Load(exp, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Estimate(exp, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := Build(exp, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		if s.Neurons != n.Sim.NumNeurons() || s.Channels != n.Sim.NumChannels() || s.Known && s.Synapses != int64(n.Sim.NumSynapses()) {
			t.Errorf("estimated %+v, there are %d, %d, %d", s, n.Sim.NumNeurons(), n.Sim.NumChannels(), n.Sim.NumSynapses())
		}
	}
}

// The estimated memory is close to that of a network that is built.
func TestEstimateOfMemory(t *testing.T) {
	exp := experiment(t, `
populations: {a: {size: 800, neuron: memory}}
inputs: {x: {size: 800}}
projections: [{from: x, to: a, port: r, rule: one_to_one}, {from: a, to: a, port: c}]
`)
	s, err := Estimate(exp, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Build(exp, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := footprint.Running(n.Sim, nil); !s.Known || s.Synapses != 800+800*799 || !(math.Abs(float64(s.Bytes-want)) <= .05*float64(want)) {
		t.Errorf("estimated %+v, with the network there it is %d bytes", s, want)
	}
	exp.Room = footprint.Room{Bytes: s.Bytes / 2, Of: "the test"}
	if _, err := Estimate(exp, nil, nil); !errors.Is(err, footprint.ErrTooLarge) {
		t.Errorf("a network that is too large: %v", err)
	}
}

// So does what synapses keep for their learning, which depends on their port and their
// population.
func TestEstimateOfLearning(t *testing.T) {
	const rest = `
populations: {a: {size: 900, neuron: plain}, b: {size: 300, neuron: own}}
inputs: {x: {size: 900}}
projections: [{from: x, to: a, port: r, rule: one_to_one}, {from: a, to: a, port: c}, {from: x, to: b, port: r}, {from: a, to: b, port: c}]
data: {p: {patterns: {source: random, count: 3, width: 900}, to: {x: pattern}}}
protocol: [{name: learn, present: {data: p, PRESENT}}]
`
	bytes := func(norm, present string) int64 {
		t.Helper()
		exp := experiment(t, "neurons: {plain: {goal: {red: 1}, ports: {r: {rule: frozen}, c: {rule: goal}}}, own: {goal: {red: 1}, ports: {r: {rule: goal, norm: "+norm+"}, c: {rule: goal, norm: fan_in}}}}"+strings.NewReplacer("PRESENT", present).Replace(rest))
		s, err := Estimate(exp, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := Build(exp, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if want := footprint.Running(n.Sim, Batches(exp, n.Populations)); !(math.Abs(float64(s.Bytes-want)) <= .02*float64(want)) {
			t.Errorf("%s, %s: estimated %+v, with the network there it is %d bytes", norm, present, s, want)
		}
		return s.Bytes
	}
	plain := bytes("fan_in", "passes: 1")
	for _, c := range []struct {
		norm, present string
		want          float64 // more than the plain one [bytes]
	}{
		{"adam", "passes: 1", 900 * 300 * 2.1 * 16},
		{"fan_in", "batch: {}", (900*300*2 + 900*899 + 900) * 145},
		{"fan_in", "batch: {}, steps: [{do: [fire, learn], populations: [b]}]", 900 * 300 * 2 * 145},
	} {
		if got := float64(bytes(c.norm, c.present) - plain); !(math.Abs(got-c.want) <= .1*c.want) {
			t.Errorf("%s, %s: %g bytes more, want %g", c.norm, c.present, got, c.want)
		}
	}
}

// Synapses of graph files count, and so does the memory that reading takes. A file with
// more edges than fit into the memory is not read to its end.
func TestEstimateOfGraphFiles(t *testing.T) {
	var text strings.Builder
	text.WriteString("source,target\n")
	for i := range 100 {
		for k := 1; k <= 100; k++ {
			fmt.Fprintf(&text, "%d,%d\n", i, (i+k)%101)
		}
	}
	f := files{"g.csv": text.String()}
	const inputs = "inputs: {x: {size: 101}}\nprojections:\n  - {from: x, to: a, port: r, rule: one_to_one}\n"
	for doc, synapses := range map[string]int64{
		"populations: {a: {neuron: memory}}\n" + inputs + "graph: {file: g.csv}\n":                                                10_101,
		"control: unconnected\npopulations: {a: {neuron: memory}}\n" + inputs + "graph: {file: g.csv}\n":                          101,
		"populations: {a: {neuron: memory}}\n" + inputs + "  - {from: a, to: a, port: c, rule: {name: imported, graph: g.csv}}\n": 10_101,
	} {
		exp := experiment(t, doc)
		s, err := Estimate(exp, nil, f)
		if err != nil || !s.Known || s.Synapses != synapses || s.Bytes < 60*10_000 {
			t.Errorf("%s: %+v, %v", doc, s, err)
		}
		if n, err := Build(exp, nil, f); err != nil || int64(n.Sim.NumSynapses()) != synapses {
			t.Errorf("%s: %v", doc, err)
		}
		exp.Room = footprint.Room{Bytes: 60 * 5000, Of: "the test"}
		const want = "g.csv:5002: more than 5000 edges, which is what can be read into the 293.0 KiB of the test"
		if _, err := Estimate(exp, nil, f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		exp.Room.Bytes = 60 * 11_000
		if _, err := Build(exp, nil, f); !errors.Is(err, footprint.ErrTooLarge) {
			t.Errorf("a network that is too large: %v", err)
		}
	}
}
