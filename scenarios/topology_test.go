package scenarios

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/topology"
	"infomorph/topology/graphio"
)

// rulesOfTen has settings for every rule that make sense for ten neurons.
var rulesOfTen = map[string]string{
	"none": "", "one_to_one": "", "all_to_all": "", "star": "",
	"fixed_indegree": "indegree: 3", "fixed_outdegree": "outdegree: 3", "fixed_total_number": "number: 30", "pairwise_bernoulli": "p: 0.3",
	"ring": "k: 4", "lattice": "shape: [2, 5], radius: 1", "watts_strogatz": "k: 4, p: 0.2, directed: true",
	"erdos_renyi": "p: 0.4", "barabasi_albert": "m: 2", "power_law": "exponent: 2.5, min_k: 2, max_k: 6",
	"configuration_model": "in_degrees: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]",
	"stochastic_block":    "sizes: [5, 5], probabilities: [[0.8, 0.2], [0.2, 0.8]]", "hierarchical_modular": "levels: 1, p: 0.8, ratio: 0.3",
	"core_periphery": "core: 3, probabilities: [[0.9, 0.4], [0.4, 0.1]]", "feed_forward": "sizes: [4, 3, 3], p: 1",
	"spatial":  "p: 0.9, scale: 0.3, kernel: exponential",
	"imported": "graph: ten.graphml", "rewire": "graph: ten.graphml, p: 0.5", "degree_preserving": "graph: ten.graphml, swaps: 2",
}

// smallTasks are the built-in tasks with ten neurons, as small as they come.
var smallTasks = map[string]string{
	"memory":   "associative_memory: {patterns: {source: random, count: 2, width: 5}, presentations: 2}",
	"capacity": "capacity: {rules: [online], loads: [0.2], tolerance: 0, presentations: 2}",
	"bars":     "bars: {bars: 4, stimuli: 20, test: 10, checks: 1}",
	"digits":   "digits: {samples: 30, test: 10, baselines: 0}",
	"hidden":   "hidden_layer: {neurons: 10, samples: 30, test: 10, passes: 1, batch: 10, bins: {number: 4, range: 20}}",
}

// tenGraph is a file of a graph of ten neurons with values and places of their
// own.
func tenGraph(t *testing.T) (memoryFiles, *topology.Graph) {
	t.Helper()
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "net", Size: 10, Place: topology.Placement{Kind: "random"}}},
		Projections: []topology.Projection{{From: "net", To: "net", Port: neuron.Contextual, Rule: topology.Rule{Name: "fixed_indegree", Indegree: 3},
			Weights: topology.Normal(0, 1), Delays: topology.Uniform(1000, 5000)}},
	}, 7)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := graphio.Write(&b, graphio.GraphML, g); err != nil {
		t.Fatal(err)
	}
	return memoryFiles(fstest.MapFS{"ten.graphml": {Data: b.Bytes()}}), g
}

func topologyScenario(task, settings string) string {
	text := "apiVersion: infomorph/v1\nname: a\n" + task + "\nnetwork:\n  topology: {" + settings + "}\n"
	if strings.Contains(settings, "exponential") {
		text += "  place: {kind: circle}\n"
	}
	if !strings.Contains(task, "digits") && !strings.Contains(task, "hidden") {
		text += "  neurons: 10\n"
	}
	return text
}

func loadTopologyTask(t *testing.T, files Files, task, settings string) (Task, error) {
	t.Helper()
	s, err := Load("a.yaml", strings.NewReader(topologyScenario(task, settings)))
	if err != nil {
		return nil, err
	}
	return NewTask(s, files)
}

// TestEveryTaskOnEveryTopology: one setting puts any task on any topology.
func TestEveryTaskOnEveryTopology(t *testing.T) {
	files, _ := tenGraph(t)
	for task, section := range smallTasks {
		for rule, settings := range rulesOfTen {
			full := strings.TrimSuffix("rule: "+rule+", "+settings, ", ")
			built, err := loadTopologyTask(t, files, section, full)
			if err != nil {
				t.Errorf("%s on %s: %v", task, rule, err)
				continue
			}
			among := 0
			for _, s := range built.Network().Synapses() {
				if s.Source < 10 && s.Target < 10 {
					among++
				}
			}
			if (among == 0) != (rule == "none") {
				t.Errorf("%s on %s: %d synapses among the neurons", task, rule, among)
			}
			e, err := openEngine(nil, built.Network())
			if err != nil {
				t.Fatal(err)
			}
			if err := built.Run(e, newNotebook()); err != nil {
				t.Errorf("%s on %s: %v", task, rule, err)
			}
		}
	}
}

// TestTopologyKnowsEveryRule: what the catalogue has, scenarios take, key by key.
func TestTopologyKnowsEveryRule(t *testing.T) {
	words := []string{"none"}
	for _, r := range topology.Rules() {
		words = append(words, r.Name)
		if _, ok := rulesOfTen[r.Name]; !ok {
			t.Errorf("rule %s is not tried", r.Name)
		}
	}
	slices.Sort(words)
	field, _ := reflect.TypeFor[Topology]().FieldByName("Rule")
	enum := strings.Split(field.Tag.Get("enum"), ",")
	slices.Sort(enum)
	if !slices.Equal(enum, words) {
		t.Errorf("scenarios know the rules %q, the catalogue %q", enum, words)
	}
	keys := map[string]bool{}
	for _, k := range config.Keys(Topology{}) {
		keys[k.Path] = true
	}
	rule := reflect.TypeFor[topology.Rule]()
	for i := range rule.NumField() {
		name, _, _ := strings.Cut(rule.Field(i).Tag.Get("yaml"), ",")
		if name != "-" && name != "name" && !keys[name] {
			t.Errorf("topology has no key %s, rules do", name)
		}
	}
}

// TestImportedValues: weights, delays and places of a graph file can be kept.
func TestImportedValues(t *testing.T) {
	files, g := tenGraph(t)
	for _, keep := range []string{"nothing", "weights", "delays", "both"} {
		task, err := loadTopologyTask(t, files, smallTasks["memory"], "rule: imported, graph: ten.graphml, keep: "+keep)
		if err != nil {
			t.Fatal(err)
		}
		net := task.Network()
		for id := range neuron.ID(10) {
			in, want := net.Incoming(id), g.Incoming(id)
			if !slices.Equal(in.Source[1:], want.Source) { // the first is the channel's
				t.Fatalf("%s: neuron %d hears %v, want %v", keep, id, in.Source[1:], want.Source)
			}
			if same := slices.Equal(in.Weight[1:], want.Weight); same != (keep == "weights" || keep == "both") {
				t.Errorf("%s: same weights: %v", keep, same)
			}
			if same := slices.Equal(in.Delay[1:], want.Delay); same != (keep == "delays" || keep == "both") {
				t.Errorf("%s: same delays: %v", keep, same)
			}
			got, _ := net.Position(id)
			if place, _ := g.Position(id); got != place {
				t.Errorf("%s: neuron %d is at %v, want %v", keep, id, got, place)
			}
		}
	}
}

func TestTopologyMistakes(t *testing.T) {
	files, _ := tenGraph(t)
	files["bad.csv"] = &fstest.MapFile{Data: []byte("source,target,weight\n0,1,1\n1,2,NaN\n")}
	files["two.csv"] = &fstest.MapFile{Data: []byte("source,target\n0,1\n")}
	for _, c := range []struct{ settings, want string }{
		{"rule: imported", "a.yaml:5:13: network.topology.graph: expected a graph file, because rule is imported"},
		{"rule: ring, k: 2, graph: ten.graphml", "a.yaml:5:39: network.topology.graph: is not used by rule ring"},
		{"rule: ring, k: 2, keep: both", "a.yaml:5:38: network.topology.keep"},
		{"rule: imported, graph: none.csv", "a.yaml:5:37: network.topology.graph: "},
		{"rule: imported, graph: bad.csv", `bad.csv:3: weight "NaN", expected a finite number`},
		{"rule: imported, graph: two.csv", "two.csv has 2 neurons, the network has 10"},
		{"rule: imported, graph: ten.txt.zip", `the extension ".zip" names no graph format`},
		{"rule: ring, k: 3", "a.yaml:5:29: network.topology.k: 3 is odd"},
		{"rule: lattice, shape: [3, 3], radius: 1", "a.yaml:5:36: network.topology.shape: [3 3] holds 9 neurons, the population has 10"},
		{"rule: stochastic_block, sizes: [5, 4]", "a.yaml:5:45: network.topology.sizes: they sum to 9"},
		{"rule: stochastic_block, sizes: [5, 5], probabilities: [[2, 0], [0, 1]]", "a.yaml:5:70: network.topology.probabilities[0][0]: 2, expected 0 to 1"},
		{"rule: power_law, exponent: 2, min_k: 5, max_k: 3", "a.yaml:5:13: network.topology: rule: power_law: min_k, max_k: 5 to 3"},
		{"rule: spatial, p: 1", "network.place.kind: got \"none\", expected random, grid or circle, because rule spatial goes by distance"},
		{"rule: spatial, p: 1, kernel: exponential", "a.yaml:5:13: network.topology.scale: 0, expected a length > 0"},
	} {
		_, err := loadTopologyTask(t, files, smallTasks["memory"], c.settings)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("{%s}:\n got %v\nwant %s", c.settings, err, c.want)
		}
	}
	if _, err := loadTopologyTask(t, nil, smallTasks["memory"], "rule: imported, graph: ten.graphml"); err == nil {
		t.Error("a graph was read from nowhere")
	}
	_, err := loadTopologyTask(t, nil, "hidden_layer: {neurons: 10, lateral: 2}", "rule: ring, k: 2")
	if want := "network.topology"; err == nil || !strings.Contains(fmt.Sprint(err), want) {
		t.Errorf("lateral and a topology: %v", err)
	}
}
