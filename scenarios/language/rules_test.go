package language

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"infomorph/topology"
)

// settingsOfRules are the settings that each rule looks at, in the order of the reference.
var settingsOfRules = map[string]string{
	"one_to_one":           "",
	"all_to_all":           "autapses",
	"fixed_indegree":       "indegree autapses multapses",
	"fixed_outdegree":      "outdegree autapses multapses",
	"fixed_total_number":   "number autapses multapses",
	"pairwise_bernoulli":   "p autapses",
	"blocks":               "number apart autapses",
	"ring":                 "k directed",
	"lattice":              "shape torus radius",
	"watts_strogatz":       "p k directed",
	"star":                 "directed",
	"erdos_renyi":          "number p directed",
	"barabasi_albert":      "m directed",
	"power_law":            "exponent min_k max_k",
	"configuration_model":  "in_degrees out_degrees autapses multapses",
	"stochastic_block":     "sizes probabilities directed",
	"hierarchical_modular": "p levels branching ratio directed",
	"core_periphery":       "probabilities core directed",
	"feed_forward":         "p sizes",
	"spatial":              "p torus kernel scale extent autapses",
	"imported":             "graph delay_unit undirected",
	"rewire":               "graph undirected p",
	"degree_preserving":    "graph undirected swaps",
}

// TestSettingsOfRules: a rule takes the settings that it looks at and refuses every other,
// with the ones that it has; there is no rule beside those of the topology.
func TestSettingsOfRules(t *testing.T) {
	var names []string
	for _, info := range topology.Rules() {
		names = append(names, info.Name)
	}
	if !slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(maps.Keys(settingsOfRules))) {
		t.Errorf("rules %q", names)
	}
	for rule, uses := range settingsOfRules {
		hint := "it has no settings"
		if uses != "" {
			hint = "its settings are " + strings.ReplaceAll(uses, " ", ", ")
		}
		if got := RuleHint(rule); got != hint {
			t.Errorf("%s: %s\nwant %s", rule, got, hint)
		}
		for key, value := range oneOfEach {
			has := slices.Contains(strings.Fields(uses), key)
			if RuleUses(rule, key) != has {
				t.Errorf("%s looks at %s: %v", rule, key, !has)
			}
			got := readers["rule"]("{name: " + rule + ", " + key + ": " + value + "}")
			if refused := strings.Contains(got, "d."+key+": is not used by rule "+rule+"; "+hint); refused == has {
				t.Errorf("%s, %s: %s", rule, key, got)
			}
		}
		if RuleUses(rule, "name") || RuleUses(rule, "") || RuleUses("", "p") {
			t.Errorf("%s looks at what is no setting", rule)
		}
	}
}

// oneOfEach is a value of each setting of rules that is not its default.
var oneOfEach = map[string]string{
	"graph": "g.csv", "delay_unit": "ms", "undirected": "true", "indegree": "1", "outdegree": "1", "number": "1", "p": "0.5", "k": "2", "m": "1", "shape": "[2, 3]", "torus": "true", "radius": "1",
	"kernel": "box", "scale": "1", "extent": "2", "exponent": "2", "min_k": "1", "max_k": "3", "sizes": "[1, 2]", "probabilities": "[[1]]", "levels": "1", "branching": "3", "ratio": "0.25", "core": "1",
	"in_degrees": "[1]", "out_degrees": "[1]", "swaps": "3", "apart": "true", "directed": "true", "autapses": "true", "multapses": "true",
}

// TestLimitsOfRules: numbers of rules have limits of their own.
func TestLimitsOfRules(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{name: fixed_indegree, indegree: -1}", "d.indegree: got -1, expected a whole number ≥ 0"},
		{"{name: fixed_outdegree, outdegree: 1.5}", "d.outdegree: got 1.5, expected a whole number ≥ 0"},
		{"{name: fixed_total_number, number: -1}", "d.number: got -1, expected a whole number ≥ 0"},
		{"{name: pairwise_bernoulli, p: 1.5}", "d.p: got 1.5, expected a number from 0 to 1"},
		{"{name: pairwise_bernoulli, p: -0.5}", "d.p: got -0.5, expected a number from 0 to 1"},
		{"{name: pairwise_bernoulli, p: 10%}", `d.p: got "10%", expected a number from 0 to 1; percentages are not allowed here`},
		{"{name: ring, k: -2}", "d.k: got -2, expected a whole number ≥ 0"},
		{"{name: barabasi_albert, m: -2}", "d.m: got -2, expected a whole number ≥ 0"},
		{"{name: lattice, shape: [2, 0]}", "d.shape[1]: got 0, expected a whole number ≥ 1"},
		{"{name: lattice, shape: [2, 2, 2, 2]}", "d.shape: got a list of 4, expected a list of at most 3, each a whole number ≥ 1"},
		{"{name: lattice, radius: -1}", "d.radius: got -1, expected a whole number ≥ 0"},
		{"{name: spatial, kernel: round}", `d.kernel: got "round", expected one of gaussian, exponential, linear, box`},
		{"{name: spatial, scale: -1}", "d.scale: got -1, expected a number from 0 to 1e9"},
		{"{name: power_law, exponent: 11}", "d.exponent: got 11, expected a number from 0 to 10"},
		{"{name: stochastic_block, sizes: [-1]}", "d.sizes[0]: got -1, expected a whole number ≥ 0"},
		{"{name: stochastic_block, probabilities: [1]}", "d.probabilities[0]: got 1, expected a list"},
		{"{name: hierarchical_modular, levels: 21}", "d.levels: got 21, expected a whole number from 0 to 20"},
		{"{name: hierarchical_modular, branching: 1}", "d.branching: got 1, expected a whole number from 2 to 1000"},
		{"{name: hierarchical_modular, ratio: 2}", "d.ratio: got 2, expected a number from 0 to 1"},
		{"{name: core_periphery, core: -1}", "d.core: got -1, expected a whole number ≥ 0"},
		{"{name: degree_preserving, graph: g, swaps: 10001}", "d.swaps: got 10001, expected a number from 0 to 10000"},
		{"{name: imported, graph: g, delay_unit: h}", `d.delay_unit: got "h", expected one of us, ms, s`},
		{"{name: Ring, k: 2}", `d.name: got "Ring", expected one of ` + strings.Join(ruleNames(), ", ") + `; did you mean "ring"?`},
	} {
		if got, _, _ := strings.Cut(readers["rule"](c.text), "; write"); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

// ruleNames are the rules in the order of the topology.
func ruleNames() (names []string) {
	for _, info := range topology.Rules() {
		names = append(names, info.Name)
	}
	return names
}
