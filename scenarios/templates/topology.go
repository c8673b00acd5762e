package templates

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"infomorph/internal/config"
	"infomorph/scenarios/language"
)

// Topology is the rule for synapses between neurons. Its keys are those of topology.Rule.
type Topology struct {
	Rule  string `yaml:"rule" doc:"Rule or generator that makes the synapses; none makes no synapses. docs/topology.md describes each of them and the keys below that it uses." default:"all_to_all" enum:"none,one_to_one,all_to_all,blocks,fixed_indegree,fixed_outdegree,fixed_total_number,pairwise_bernoulli,ring,lattice,watts_strogatz,star,erdos_renyi,barabasi_albert,power_law,configuration_model,stochastic_block,hierarchical_modular,core_periphery,feed_forward,spatial,imported,rewire,degree_preserving"`
	Graph string `yaml:"graph" doc:"File of a graph, for imported, rewire and degree_preserving: in any format that infomorph topology reads; relative to the scenario's folder. It must have as many neurons as the network."`
	Keep  string `yaml:"keep" doc:"Which values of the synapses of the graph are kept, for imported, in place of network.weights and network.delay." default:"nothing" enum:"nothing,weights,delays,both"`
	language.RuleSettings
}

// usesGraph reports whether the rule starts from a graph.
func (t *Topology) usesGraph() bool {
	return t.Rule == "imported" || t.Rule == "rewire" || t.Rule == "degree_preserving"
}

// Validate implements config.Validator.
func (t *Topology) Validate() error {
	var errs []error
	if t.usesGraph() && t.Graph == "" {
		errs = append(errs, config.FieldError("graph", nil, "a graph file, because rule is "+t.Rule, ""))
	}
	if !t.usesGraph() && t.Graph != "" {
		errs = append(errs, config.FieldProblem("graph", "is not used by rule "+t.Rule, "rule: imported takes it as it is; rewire and degree_preserving start from it"))
	}
	if t.Rule != "imported" && t.Keep != "nothing" {
		errs = append(errs, config.FieldProblem("keep", "is for rule imported", ""))
	}
	if t.Rule != "imported" && t.DelayUnit != "us" {
		errs = append(errs, config.FieldProblem("delay_unit", "is for rule imported", ""))
	}
	if !t.usesGraph() && t.Undirected {
		errs = append(errs, config.FieldProblem("undirected", "is of a graph file, which rule "+t.Rule+" does not use", ""))
	}
	return errors.Join(append(errs, t.unused()...)...)
}

// unused reports settings that are given but that the rule does not use.
func (t *Topology) unused() (errs []error) {
	v := reflect.ValueOf(&t.RuleSettings).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		key, value := tag.Get("yaml"), v.Field(i)
		if !value.IsZero() && fmt.Sprint(value) != tag.Get("default") && RuleIgnores(t.Rule, key) {
			errs = append(errs, config.FieldProblem(key, "is not used by rule "+t.Rule, language.RuleHint(t.Rule)))
		}
	}
	return errs
}

// RuleIgnores reports whether a rule ignores a key of the section. It is false for the
// keys about graph files, which have their own checks.
func RuleIgnores(rule, key string) bool {
	return !slices.Contains([]string{"rule", "graph", "keep", "delay_unit", "undirected"}, key) && !language.RuleUses(rule, key)
}

// rule converts the rule to the full form.
func (t *Topology) rule() language.Rule {
	r := language.Rule{Name: t.Rule, Graph: t.Graph, RuleSettings: t.RuleSettings}
	return r.Used()
}
