package network

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/language"
)

// files are files in memory.
type files map[string]string

func (f files) Open(name string) (io.ReadCloser, error) {
	text, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return io.NopCloser(strings.NewReader(text)), nil
}

func (f files) List(string) ([]string, error) { return nil, errors.New("no folders here") }

const header = "apiVersion: infomorph/v2\nname: test\n"

// experiment reads a document.
func experiment(t testing.TB, text string) *language.Experiment {
	t.Helper()
	exp, err := language.Load("test.yaml", []byte(header+text))
	if err != nil {
		t.Fatal(err)
	}
	return exp
}

// build builds the network of a document.
func build(t testing.TB, text string, f files) *Network {
	t.Helper()
	exp := experiment(t, text)
	d, err := data.Load(exp, f)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Build(exp, d, f)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const twoAreas = `
populations:
  V1: {size: 6, neuron: bars, place: {kind: grid}}
  V2: {size: 3, neuron: memory}
inputs:
  pixels: {size: 4}
projections:
  - {from: pixels, to: V1, port: r, weights: {normal: [0, 0.3]}}
  - {from: V1, to: V2, port: r, rule: {name: fixed_indegree, indegree: 2}, weights: 1, delay: 2ms}
  - {from: V2, to: V1, port: c, delay: {uniform: [1ms, 5ms]}, noise: {loss: 10%, jitter: 3ms}}
  - {name: again, from: V2, to: V1, port: c}
`

func TestTwoAreas(t *testing.T) {
	n := build(t, twoAreas, nil)
	v1, _ := n.Population("V1")
	v2, _ := n.Population("V2")
	pixels, ok := n.Input("pixels")
	if v1 != (Group{"V1", 0, 6}) || v2 != (Group{"V2", 6, 9}) || pixels != (Group{"pixels", 9, 13}) || !ok {
		t.Errorf("groups are %v %v %v", v1, v2, pixels)
	}
	if got := n.Sim.NumSynapses(); got != 4*6+2*3+3*6+3*6 {
		t.Errorf("%d synapses", got)
	}
	var names []string
	for _, l := range n.Sim.Projections {
		names = append(names, l.Name)
	}
	if !slices.Equal(names, []string{"pixels-V1", "V1-V2", "V2-V1", "again"}) {
		t.Errorf("projections are %v", names)
	}
	if want := []sim.Noise{{}, {}, {Loss: 0.1, Jitter: 3000}, {}}; !slices.Equal(n.Sim.Noise, want) {
		t.Errorf("noise is %v", n.Sim.Noise)
	}
	if c := n.Sim.Config(7); c.Dynamics != neuron.Teacher || c.Prior.Mass != 2 || n.Sim.Config(0).Window != 300 {
		t.Errorf("configurations are not those of the kinds: %+v", c)
	}
	if !n.Synchronous("V1") || n.Synchronous("nobody") || n.Kind("V2").Window != 64 {
		t.Error("kinds of the populations")
	}
	in := n.Sim.Incoming(6)
	if in.Weight[0] != 1 || in.Delay[0] != 2000 {
		t.Errorf("synapse of V2: %v %v", in.Weight, in.Delay)
	}
	if n.Label(3) != "3" {
		t.Errorf("label of 3 is %s", n.Label(3))
	}
}

func TestControls(t *testing.T) {
	cut := build(t, twoAreas+"control: unconnected\n", nil)
	for id := range neuron.ID(9) {
		for _, s := range cut.Sim.Incoming(id).Source {
			if s < 9 {
				t.Fatalf("%d still hears neuron %d", id, s)
			}
		}
	}
	if cut.Sim.NumSynapses() != 24 || len(cut.Sim.Projections) != 4 {
		t.Errorf("%d synapses of %d projections are left", cut.Sim.NumSynapses(), len(cut.Sim.Projections))
	}
	frozen := build(t, twoAreas+"control: frozen\ndata: {p: {patterns: {source: random, count: 2, width: 2, height: 2}, to: {pixels: {field: pattern, off: -1}}}}\nprotocol: [{name: p, present: {data: p}}]\n", nil)
	for id := range neuron.ID(9) {
		c := frozen.Sim.Config(id)
		if c.Ports[0].Rule != neuron.Frozen || c.Ports[1].Rule != neuron.Frozen || c.Homeostasis.Gain != 0 {
			t.Errorf("neuron %d still learns", id)
		}
	}
}

func TestEach(t *testing.T) {
	n := build(t, `
populations:
  a: {size: 4, neuron: memory, each: {goal.red: [1, 0, 1, 0.5], goal.unq_r: [0, 1, 0, 0], ports.c.rate: {uniform: [1, 2]}}}
  b: {size: 3, neuron: memory, each: {window: {column: w, file: b.csv}}}
  c: {size: 4, neuron: memory, each: {goal.red: [1, 0, 1, 0]}}
inputs: {x: {size: 4}}
projections: [{from: x, to: a, port: r}, {from: x, to: b, port: r}, {from: x, to: c, port: r}]
`, files{"b.csv": "name,w\np,10\nq,20\nr,30\n"})
	for i, want := range []float64{1, 0, 1, 0.5} {
		c := n.Sim.Config(neuron.ID(i))
		red, _ := c.Goal.Gamma("red")
		if rate := c.Ports[neuron.Contextual].Rate.Start; red != want || rate < 1 || rate > 2 {
			t.Errorf("neuron %d: red %v, rate %v", i, red, rate)
		}
	}
	if n.Sim.Config(0) == n.Sim.Config(2) || n.Sim.Config(7) != n.Sim.Config(9) || n.Sim.Config(7) == n.Sim.Config(8) {
		t.Error("neurons share a configuration that differ, or do not where they are alike")
	}
	for i, want := range []int{10, 20, 30} {
		if got := n.Sim.Config(neuron.ID(4 + i)).Window; got != want {
			t.Errorf("window of b %d is %d", i, got)
		}
	}
	if n.Kind("a").Ports.Get("c").Rate != 5 {
		t.Error("what each says changed the kind")
	}
}

// The settings of groups apply to their neurons, and to no others.
func TestGroups(t *testing.T) {
	n := build(t, `
neurons:
  free: {like: memory, clock: {kind: poisson}}
populations:
  a: {size: 4, neuron: memory}
  b:
    size: 16
    neuron: free
    place: {kind: circle, extent: 2}
    each: {window: [50, 50, 60, 60, 50, 50, 60, 60, 50, 50, 60, 60, 50, 50, 60, 60]}
    groups:
      - {neurons: 0-3, clock: {kind: periodic, interval: 7ms, phase: 3ms, scatter: false}, delay: 4ms}
      - {neurons: '5', noise: {jitter: 9ms}}
inputs: {x: {size: 16}}
projections:
  - {from: x, to: b, port: r, delay: {uniform: [1ms, 2ms]}, noise: {duplicate: 50%}}
  - {from: b, to: b, port: c, delay: {distance: {speed: 1000, base: 2ms}}, noise: {loss: 10%}}
  - {from: x, to: a, port: r}
`, nil)
	b, _ := n.Population("b")
	for i := range b.Size() {
		id := b.First + neuron.ID(i)
		want := neuron.Clock{Kind: neuron.Poisson, Interval: 10_000, Scatter: true}
		if i < 4 {
			want = neuron.Clock{Kind: neuron.Periodic, Interval: 7_000, Phase: 3_000}
		}
		if c := n.Sim.Config(id); c.Clock != want || c.Window != 50+10*(i/2%2) {
			t.Errorf("neuron %d: clock %+v, window %d", i, c.Clock, c.Window)
		}
		in := n.Sim.Incoming(id)
		for k, source := range in.Source {
			checkDelay(t, n, b, source, id, in.Delay[k])
		}
	}
	if n.Sim.Config(b.First) != n.Sim.Config(b.First+1) || n.Sim.Config(b.First) == n.Sim.Config(b.First+2) {
		t.Error("neurons of a group share a configuration that differ, or do not where they are alike")
	}
	input, among, none := sim.Noise{Duplicate: 0.5}, sim.Noise{Loss: 0.1}, sim.Noise{}
	if got, want := n.Sim.Noise, []sim.Noise{input, among, none, input, among, none, input, {Jitter: 9_000}, none}; !slices.Equal(got, want) {
		t.Errorf("noise is %+v, want %+v", got, want)
	}
	for id, want := range map[neuron.ID]int{0: 0, b.First: 1, b.First + 3: 1, b.First + 4: 0, b.First + 5: 2} {
		if got := n.Sim.Group(id); got != want {
			t.Errorf("neuron %d is in group %d, not %d", id, got, want)
		}
	}
}

// checkDelay expects 1 to 2 ms from inputs; between neurons 4 ms to the first group, else
// 2 ms plus 1 ms for each length of the chord on a circle of radius 1.
func checkDelay(t *testing.T, n *Network, g Group, from, to neuron.ID, delay int32) {
	t.Helper()
	a, _ := n.Sim.Position(from)
	b, _ := n.Sim.Position(to)
	low, high := 2000+1000*a.Distance(b)-1, 2000+1000*a.Distance(b)+1
	switch {
	case !g.Holds(from):
		low, high = 1000, 2000
	case to < g.First+4:
		low, high = 4000, 4000
	}
	if float64(delay) < low || float64(delay) > high {
		t.Errorf("delay from %d to %d is %d µs, want %.0f to %.0f", from, to, delay, low, high)
	}
}

func TestSchedule(t *testing.T) {
	n := build(t, `
populations:
  a: {size: 2, neuron: label}
  b: {size: 2, neuron: bars}
inputs: {x: {size: 4}}
projections: [{from: x, to: a, port: r}, {from: x, to: b, port: r}]
`, nil)
	n.Schedule(func(p string) int64 { return map[string]int64{"a": 100, "b": 1000}[p] })
	if got, want := n.Sim.Config(0).Ports[0].Rate, (neuron.Schedule{Start: 3, End: 0.03, To: 100}); got != want {
		t.Errorf("rate is %v", got)
	}
	if got, want := n.Sim.Config(2).Homeostasis.Target, (neuron.Schedule{Start: 2.5, End: 5, From: 300, To: 600}); got != want {
		t.Errorf("target is %v", got)
	}
}

const connectome = `source,target,weight,delay
A,B,0.5,2000
B,C,-0.25,3000
C,A,1,1000
D,A,2,1000
`

func TestGraphFile(t *testing.T) {
	n := build(t, `
populations: {worm: {neuron: memory}}
inputs: {x: {size: 4}}
graph: {file: g.csv, port: l}
neurons: {}
projections: [{from: x, to: worm, port: r, rule: one_to_one, weights: 2}]
`, files{"g.csv": connectome})
	in := n.Sim.Incoming(1)
	if n.Label(1) != "B" || !slices.Equal(in.Weight, []float32{2, 0.5}) || !slices.Equal(in.Delay, []int32{1000, 2000}) || in.Port[1] != neuron.Lateral {
		t.Errorf("%s hears %+v", n.Label(1), in)
	}
	if l := n.Sim.Projections[1]; l.Name != "worm-worm" || l.From != "worm" || l.Port != neuron.Lateral {
		t.Errorf("the file's synapses are of %+v", l)
	}
	got, err := n.Select("worm:D,B,#0")
	if err != nil || !slices.Equal(got, []neuron.ID{0, 1, 3}) {
		t.Errorf("selected %v, %v", got, err)
	}
}

// A file with several populations, channels and ports keeps all of them.
func TestGraphFileOfSeveral(t *testing.T) {
	const text = `{"directed": true, "multigraph": true, "nodes": [
 {"id": "a", "population": "V1"}, {"id": "b", "population": "V1"}, {"id": "c", "population": "V2"},
 {"id": "x", "population": "eye", "kind": "channel"}],
 "links": [{"source": "x", "target": "a", "port": "r", "weight": 3}, {"source": "a", "target": "c", "port": "r", "weight": 2, "delay": 5000},
 {"source": "c", "target": "b", "port": "c", "weight": -1}]}`
	const doc = `
populations: {V2: {neuron: memory}, V1: {neuron: bars}}
inputs: {eye: {}}
graph: {file: g.json}
`
	n := build(t, doc, files{"g.json": text})
	var got []string
	for id := range neuron.ID(3) {
		in := n.Sim.Incoming(id)
		for k, s := range in.Source {
			l := n.Sim.Projections[in.Projection[k]]
			got = append(got, fmt.Sprintf("%s-%s-%s %v %d %s>%s", n.Label(s), in.Port[k], n.Label(id), in.Weight[k], in.Delay[k], l.From, l.To))
		}
	}
	want := []string{"a-r-c 2 5000 V1>V2", "x-r-a 3 1000 eye>V1", "c-c-b -1 1000 V2>V1"}
	if !slices.Equal(got, want) {
		t.Errorf("synapses are\n%s", strings.Join(got, "\n"))
	}
	exp := experiment(t, strings.Replace(doc, "V1:", "V3:", 1))
	if _, err := Build(exp, nil, files{"g.json": text}); err == nil || !strings.Contains(err.Error(), `"V1"`) {
		t.Errorf("a population without a place in the document: %v", err)
	}
}

// twin selects neurons one by one, as the documentation describes it.
func twin(n *Network, scope Group, list string) ([]neuron.ID, bool) {
	var out []neuron.ID
	anyLabel := false
	for id := scope.First; id < scope.Last; id++ {
		anyLabel = anyLabel || n.labels.of(id) != ""
	}
	for _, e := range strings.Split(list, ",") {
		e = strings.TrimSpace(e)
		count := 0
		byLabel := 0
		for id := scope.First; id < scope.Last; id++ {
			g, i := n.Of(id)
			l := n.labels.of(id)
			own := func(text string, number int, bare bool) bool {
				if l != "" && text == l {
					return true
				}
				lo, hi, _ := strings.Cut(text, "-")
				if hi == "" {
					hi = lo
				}
				if !bare && !(strings.HasPrefix(lo, "#") && strings.HasPrefix(hi, "#") || strings.HasPrefix(lo, "#") && !strings.Contains(text[1:], "#")) {
					return false
				}
				var a, b int
				if k, _ := fmt.Sscanf(strings.TrimPrefix(lo, "#")+" "+strings.TrimPrefix(hi, "#"), "%d %d", &a, &b); k != 2 {
					return false
				}
				return a <= number && number <= b
			}
			if l != "" && l == e {
				byLabel++
			}
			rest, prefixed := strings.CutPrefix(e, g.Name+":")
			if e == "all" || e == g.Name || own(e, int(id-scope.First), !anyLabel) || prefixed && (rest == "all" || own(rest, i, n.labels.bare[g.Name])) {
				out, count = append(out, id), count+1
			}
		}
		if count == 0 || byLabel > 1 {
			return nil, false
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

func TestSelectAgainstTwin(t *testing.T) {
	networks := []*Network{build(t, `
populations: {a: {size: 4, neuron: relay, labels: [AVAL, "3", x, AVAR]}, b: {size: 3, neuron: relay}, c: {size: 2, neuron: relay, labels: [x, y]}}
inputs: {i: {size: 1}}
projections: [{from: i, to: a, port: r}, {from: i, to: b, port: r}, {from: i, to: c, port: r}]
`, nil), build(t, `
populations: {a: {size: 4, neuron: relay}, b: {size: 3, neuron: relay}}
inputs: {i: {size: 1}}
projections: [{from: i, to: a, port: r}, {from: i, to: b, port: r}]
`, nil)}
	words := []string{"all", "a", "b", "c", "AVAL", "3", "x", "y", "#0", "#3", "#2-#5", "#1-3", "0", "0-2", "5", "a:AVAL", "a:3", "a:#3", "b:1", "b:#0-#1", "c:x", "a:all", "nobody"}
	rng := rand.New(rand.NewPCG(1, 2))
	agreed, refused := 0, 0
	for range 3000 {
		n := networks[rng.IntN(2)]
		var list []string
		for range 1 + rng.IntN(3) {
			list = append(list, words[rng.IntN(len(words))])
		}
		text := strings.Join(list, ", ")
		scope, in := Group{Last: neuron.ID(n.Sim.NumNeurons())}, ""
		if rng.IntN(2) == 0 {
			scope = n.Populations[rng.IntN(len(n.Populations))]
			in = scope.Name
		}
		got, err := n.selectIn(scope, text)
		want, ok := twin(n, scope, text)
		// Only Select refuses a number beyond the end.
		if ok && err != nil && strings.Contains(err.Error(), "numbers from 0") {
			continue
		}
		if (err == nil) != ok || !slices.Equal(got, want) {
			t.Fatalf("%q in %q: %v (%v), the twin says %v", text, in, got, err, want)
		}
		if ok {
			agreed++
		} else {
			refused++
		}
	}
	if agreed < 300 || refused < 300 {
		t.Errorf("%d agreed, %d refused: the test does not look at both", agreed, refused)
	}
}

// Units, directions and columns of a graph file are those in the document.
func TestGraphFileOptions(t *testing.T) {
	n := build(t, `
populations: {w: {neuron: memory}, v: {neuron: memory}}
inputs: {x: {size: 2}}
graph: {file: w.csv, population: w, delay_unit: ms, undirected: true, columns: {source: pre_root_id, target: post_root_id, weight: syn_count}}
projections:
  - {from: x, to: v, port: r, rule: one_to_one}
  - {from: v, to: v, port: c, rule: {name: imported, graph: v.csv, delay_unit: s}, weights: graph, delay: graph}
`, files{"w.csv": "pre_root_id,post_root_id,syn_count,delay\n720575,720576,5,1.5\n", "v.csv": "source,target,weight,delay\na,b,2,0.5\n"})
	if n.Sim.NumNeurons() != 4 {
		t.Fatalf("%d neurons", n.Sim.NumNeurons())
	}
	for id, want := range map[neuron.ID]string{0: "[5] [1500]", 1: "[5] [1500]", 2: "[0] [1000]", 3: "[0 2] [1000 500000]"} {
		in := n.Sim.Incoming(id)
		if got := fmt.Sprint(in.Weight, in.Delay); got != want {
			t.Errorf("%s hears %s, expected %s", n.Label(id), got, want)
		}
	}
	if ids, err := n.Select("720576,v:b"); err != nil || !slices.Equal(ids, []neuron.ID{1, 3}) {
		t.Errorf("%v, %v", ids, err)
	}
}

// TestChannelNames: channels have the names of the columns of their table, or of labels.
// Names in the document take precedence.
func TestChannelNames(t *testing.T) {
	const text = `
populations: {w: {size: 2, neuron: memory}}
inputs: {body: {}, place: {LABELS}, told: {}}
projections:
  - {from: body, to: w, port: r}
  - {from: place, to: w, port: c}
  - {from: told, to: w, port: c}
data:
  x:
    table: {file: t.csv, fields: {body: [wing length, "leg, left"], place: [wet]}, label: species}
    to: {body: body, place: place, told: label}
`
	f := files{"t.csv": "wing length,\"leg, left\",wet,species\n1,2,3,beetle\n4,5,6,ant\n"}
	for says, want := range map[string]string{"": "0 1 wing length leg, left wet ant beetle", "labels: [damp]": "0 1 wing length leg, left damp ant beetle"} {
		n := build(t, strings.ReplaceAll(text, "LABELS", says), f)
		if got := strings.Join(n.Sim.Labels, " "); got != want {
			t.Errorf("%s, expected %s", got, want)
		}
	}
	numbered := build(t, `
populations: {w: {size: 2, neuron: memory}}
inputs: {x: {}, told: {}}
projections: [{from: x, to: w, port: r}, {from: told, to: w, port: c}]
data: {d: {table: {file: n.csv, fields: {x: ["0", "1"]}, label: "2"}, to: {x: x, told: label}}}
`, files{"n.csv": "0,1,2\n3,4,0\n5,6,1\n"})
	if numbered.Sim.Labels != nil {
		t.Errorf("numbers are no names: %v", numbered.Sim.Labels)
	}
}
