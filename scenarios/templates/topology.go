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
	Rule          string      `yaml:"rule" doc:"Rule or generator that makes the synapses; none makes no synapses. docs/topology.md describes each of them and the keys below that it uses." default:"all_to_all" enum:"none,one_to_one,all_to_all,fixed_indegree,fixed_outdegree,fixed_total_number,pairwise_bernoulli,ring,lattice,watts_strogatz,star,erdos_renyi,barabasi_albert,power_law,configuration_model,stochastic_block,hierarchical_modular,core_periphery,feed_forward,spatial,imported,rewire,degree_preserving"`
	Graph         string      `yaml:"graph" doc:"File of a graph, for imported, rewire and degree_preserving: in any format that infomorph topology reads; relative to the scenario's folder. It must have as many neurons as the network."`
	Keep          string      `yaml:"keep" doc:"Which values of the synapses of the graph are kept, for imported, in place of network.weights and network.delay." default:"nothing" enum:"nothing,weights,delays,both"`
	DelayUnit     string      `yaml:"delay_unit" doc:"Unit of delays that are plain numbers in the graph file, for imported." default:"us" enum:"us,ms,s"`
	Undirected    bool        `yaml:"undirected" doc:"Every edge of the graph file becomes two synapses, one in each direction, even if the file says otherwise." default:"false"`
	Indegree      int         `yaml:"indegree" doc:"Synapses per neuron, for fixed_indegree." default:"0" min:"0"`
	Outdegree     int         `yaml:"outdegree" doc:"Outgoing synapses per neuron, for fixed_outdegree." default:"0" min:"0"`
	Number        int         `yaml:"number" doc:"Total number of synapses, for fixed_total_number; number of edges, for erdos_renyi." default:"0" min:"0"`
	P             float64     `yaml:"p" doc:"Probability of a synapse, or of rewiring." default:"0" min:"0" max:"1"`
	K             int         `yaml:"k" doc:"Neighbours per neuron, for ring and watts_strogatz." default:"0" min:"0"`
	M             int         `yaml:"m" doc:"Edges per new neuron, for barabasi_albert." default:"0" min:"0"`
	Shape         []int       `yaml:"shape" doc:"Rows and columns, for lattice." min:"1" maxItems:"3"`
	Torus         bool        `yaml:"torus" doc:"Connect opposite borders, for lattice and spatial." default:"false"`
	Radius        int         `yaml:"radius" doc:"Largest number of steps between connected neurons, for lattice." default:"0" min:"0"`
	Kernel        string      `yaml:"kernel" doc:"How the probability falls with distance, for spatial." default:"gaussian" enum:"gaussian,exponential,linear,box"`
	Scale         float64     `yaml:"scale" doc:"Length of the kernel, for spatial." default:"0" min:"0" max:"1e9"`
	Extent        float64     `yaml:"extent" doc:"Length of a side of the torus, for spatial; 0 takes it from network.place." default:"0" min:"0" max:"1e9"`
	Exponent      float64     `yaml:"exponent" doc:"Exponent of the degree distribution, for power_law." default:"0" min:"0" max:"10"`
	MinK          int         `yaml:"min_k" doc:"Smallest degree, for power_law." default:"0" min:"0"`
	MaxK          int         `yaml:"max_k" doc:"Largest degree, for power_law." default:"0" min:"0"`
	Sizes         []int       `yaml:"sizes" doc:"Neurons of each block or layer, for stochastic_block and feed_forward." min:"0" maxItems:"10000"`
	Probabilities [][]float64 `yaml:"probabilities" doc:"Probability of a synapse from block i (row) to block j, for stochastic_block and core_periphery." maxItems:"10000"`
	Levels        int         `yaml:"levels" doc:"Levels of modules in modules, for hierarchical_modular." default:"0" min:"0" max:"20"`
	Branching     int         `yaml:"branching" doc:"Submodules per module, for hierarchical_modular." default:"2" min:"2" max:"1000"`
	Ratio         float64     `yaml:"ratio" doc:"Ratio of the probability at one level to that at the level below, for hierarchical_modular." default:"0.5" min:"0" max:"1"`
	Core          int         `yaml:"core" doc:"Neurons of the core, for core_periphery." default:"0" min:"0"`
	InDegrees     []int       `yaml:"in_degrees" doc:"Degree of each neuron, for configuration_model; its in-degree if out_degrees is given." min:"0" maxItems:"1000000"`
	OutDegrees    []int       `yaml:"out_degrees" doc:"Out-degree of each neuron, for configuration_model." min:"0" maxItems:"1000000"`
	Swaps         float64     `yaml:"swaps" doc:"Swaps of ends per edge, for degree_preserving; 0 means 10." default:"0" min:"0" max:"10000"`
	Directed      bool        `yaml:"directed" doc:"Draw each direction separately, if the rule draws edges." default:"false"`
	Autapses      bool        `yaml:"autapses" doc:"A neuron may have a synapse to itself, if the rule allows it." default:"false"`
	Multapses     bool        `yaml:"multapses" doc:"A pair may have more than one synapse, if the rule allows it." default:"false"`
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
	v := reflect.ValueOf(t).Elem()
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
	r := language.Rule{
		Graph: t.Graph, DelayUnit: t.DelayUnit, Undirected: t.Undirected,
		Name: t.Rule, Indegree: t.Indegree, Outdegree: t.Outdegree, Number: t.Number, P: t.P, K: t.K, M: t.M,
		Shape: t.Shape, Torus: t.Torus, Radius: t.Radius, Kernel: t.Kernel, Scale: t.Scale, Extent: t.Extent,
		Exponent: t.Exponent, MinK: t.MinK, MaxK: t.MaxK, Sizes: t.Sizes, Probabilities: t.Probabilities,
		Levels: t.Levels, Branching: t.Branching, Ratio: t.Ratio, Core: t.Core, InDegrees: t.InDegrees, OutDegrees: t.OutDegrees,
		Swaps: t.Swaps, Directed: t.Directed, Autapses: t.Autapses, Multapses: t.Multapses,
	}
	return r.Used()
}
