package language

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"

	"infomorph/internal/config"
	"infomorph/topology"
)

// Rule defines which pairs of neurons a projection connects. A document gives the name of
// a rule, or a section with its settings. Settings that the rule does not use are zero.
type Rule struct {
	Name  string `yaml:"name" doc:"Name of the rule or generator. docs/topology.md describes each of them and the keys below that it uses." required:"true" enum:"one_to_one,all_to_all,blocks,fixed_indegree,fixed_outdegree,fixed_total_number,pairwise_bernoulli,ring,lattice,watts_strogatz,star,erdos_renyi,barabasi_albert,power_law,configuration_model,stochastic_block,hierarchical_modular,core_periphery,feed_forward,spatial,imported,rewire,degree_preserving"`
	Graph string `yaml:"graph" doc:"File of a graph, for imported, rewire and degree_preserving, in any format that infomorph topology reads; relative to the scenario's folder. It must have as many neurons as the population."`
	RuleSettings
}

// RuleSettings are the settings of rules. The short form has them too.
type RuleSettings struct {
	DelayUnit     string      `yaml:"delay_unit" doc:"Unit of delays that are plain numbers in the graph file, for imported." default:"us" enum:"us,ms,s"`
	Undirected    bool        `yaml:"undirected" doc:"Every edge of the graph file becomes two synapses, one in each direction, even if the file says otherwise." default:"false"`
	Indegree      int         `yaml:"indegree" doc:"Synapses per neuron, for fixed_indegree." default:"0" min:"0"`
	Outdegree     int         `yaml:"outdegree" doc:"Outgoing synapses per neuron, for fixed_outdegree." default:"0" min:"0"`
	Number        int         `yaml:"number" doc:"Total number of synapses, for fixed_total_number; number of edges, for erdos_renyi; number of blocks, for blocks." default:"0" min:"0"`
	P             float64     `yaml:"p" doc:"Probability of a synapse, or of rewiring." default:"0" min:"0" max:"1"`
	K             int         `yaml:"k" doc:"Neighbours per neuron, for ring and watts_strogatz." default:"0" min:"0"`
	M             int         `yaml:"m" doc:"Edges per new neuron, for barabasi_albert." default:"0" min:"0"`
	Shape         []int       `yaml:"shape" doc:"Rows and columns, for lattice." min:"1" maxItems:"3"`
	Torus         bool        `yaml:"torus" doc:"Connect opposite borders, for lattice and spatial." default:"false"`
	Radius        int         `yaml:"radius" doc:"Largest number of steps between connected neurons, for lattice." default:"0" min:"0"`
	Kernel        string      `yaml:"kernel" doc:"How the probability falls with distance, for spatial." default:"gaussian" enum:"gaussian,exponential,linear,box"`
	Scale         float64     `yaml:"scale" doc:"Length of the kernel, for spatial." default:"0" min:"0" max:"1e9"`
	Extent        float64     `yaml:"extent" doc:"Length of a side of the torus, for spatial; 0 takes it from the place of the neurons." default:"0" min:"0" max:"1e9"`
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
	Apart         bool        `yaml:"apart" doc:"Connect every pair of neurons in two different blocks, instead of those within a block, for blocks. With a projection by blocks in the other direction, no neuron gets its own output back." default:"false"`
	Directed      bool        `yaml:"directed" doc:"Draw each direction separately, if the rule draws edges." default:"false"`
	Autapses      bool        `yaml:"autapses" doc:"A neuron may have a synapse to itself, if the rule allows it." default:"false"`
	Multapses     bool        `yaml:"multapses" doc:"A pair may have more than one synapse, if the rule allows it." default:"false"`
}

// ruleSection is Rule in the form of a section, without its short form.
type ruleSection Rule

const ruleExpected = "the name of a rule, such as all_to_all, or a section such as {name: fixed_indegree, indegree: 10}"

// UnmarshalConfig implements config.Unmarshaler.
func (r *Rule) UnmarshalConfig(v config.Value) error {
	var s ruleSection
	switch v.Kind() {
	case config.String:
		if err := v.DecodeShort("name", &s); err != nil {
			return err
		}
	case config.Map:
		if err := v.Decode(&s); err != nil {
			return err
		}
		for _, key := range v.Keys() {
			if key != "name" && !RuleUses(s.Name, key) {
				return config.FieldProblem(key, "is not used by rule "+s.Name, RuleHint(s.Name))
			}
		}
	default:
		return v.Fault(ruleExpected, "")
	}
	*r = Rule(s)
	r.forget()
	if needsGraph(r.Name) && r.Graph == "" {
		return config.FieldError("graph", nil, "a graph file, because the rule is "+r.Name, "")
	}
	return nil
}

// ruleFields are the fields of Rule with a key, but for the name.
var ruleFields = slices.DeleteFunc(reflect.VisibleFields(reflect.TypeFor[Rule]()), func(f reflect.StructField) bool {
	return f.Anonymous || f.Name == "Name"
})

// forget sets all settings that the rule does not use to zero.
func (r *Rule) forget() {
	v := reflect.ValueOf(r).Elem()
	for _, f := range ruleFields {
		if !RuleUses(r.Name, f.Tag.Get("yaml")) {
			v.FieldByIndex(f.Index).SetZero()
		}
	}
}

// Used returns the rule without settings that it does not use.
func (r Rule) Used() Rule {
	r.forget()
	return r
}

// MarshalConfig implements config.Marshaler. It writes only the name if all settings are
// zero, else the settings that the rule uses.
func (r Rule) MarshalConfig() any {
	var out config.Named[any]
	out.Set("name", r.Name)
	v := reflect.ValueOf(r)
	for _, f := range ruleFields {
		key := f.Tag.Get("yaml")
		if x := v.FieldByIndex(f.Index); RuleUses(r.Name, key) && !x.IsZero() {
			out.Set(key, x.Interface())
		}
	}
	if out.Len() == 1 {
		return r.Name
	}
	return out
}

// DescribeConfig implements config.Describer.
func (Rule) DescribeConfig() config.Description {
	return config.Description{Type: "rule", Expected: ruleExpected, Forms: []any{"", ruleSection{}}}
}

// needsGraph reports whether a rule starts from a graph file.
func needsGraph(name string) bool {
	return name == "imported" || name == "rewire" || name == "degree_preserving"
}

// RuleUses reports whether a rule uses a setting.
func RuleUses(rule, key string) bool { return slices.Contains(settingsOf()[rule], key) }

// settingsOf returns, by rule, the words in the catalogue's text about its settings.
var settingsOf = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	for _, info := range topology.Rules() {
		all[info.Name] = strings.FieldsFunc(info.Fields, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) })
		if needsGraph(info.Name) {
			all[info.Name] = append(all[info.Name], "undirected")
		}
		if info.Name == "imported" {
			all[info.Name] = append(all[info.Name], "delay_unit")
		}
	}
	return all
})

// RuleHint lists the settings that a rule uses, as a sentence.
func RuleHint(rule string) string {
	var keys []string
	for _, f := range ruleFields {
		if key := f.Tag.Get("yaml"); RuleUses(rule, key) {
			keys = append(keys, key)
		}
	}
	if keys == nil {
		return "it has no settings"
	}
	return "its settings are " + strings.Join(keys, ", ")
}

// Rule returns the rule as package topology has it, without the graph file.
func (r *Rule) Rule() topology.Rule {
	return topology.Rule{
		Name: r.Name, Indegree: r.Indegree, Outdegree: r.Outdegree, Number: r.Number, P: r.P, K: r.K, M: r.M,
		Shape: r.Shape, Torus: r.Torus, Radius: r.Radius, Kernel: r.Kernel, Scale: r.Scale, Extent: r.Extent,
		Exponent: r.Exponent, MinK: r.MinK, MaxK: r.MaxK, Sizes: r.Sizes, Probabilities: r.Probabilities,
		Levels: r.Levels, Branching: r.Branching, Ratio: r.Ratio, Core: r.Core, InDegrees: r.InDegrees, OutDegrees: r.OutDegrees,
		Swaps: r.Swaps, Apart: r.Apart, Directed: r.Directed, Autapses: r.Autapses, Multapses: r.Multapses,
	}
}
