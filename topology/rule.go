package topology

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Rule says which pairs of neurons a projection connects. Name selects the
// rule, and which of the fields are used; see Rules for the list.
type Rule struct {
	Name string `json:"name" yaml:"name"`

	Indegree  int     `json:"indegree,omitempty" yaml:"indegree,omitempty"`   // synapses per target
	Outdegree int     `json:"outdegree,omitempty" yaml:"outdegree,omitempty"` // synapses per source
	Number    int     `json:"number,omitempty" yaml:"number,omitempty"`       // total number of synapses, or of edges, or of blocks
	P         float64 `json:"p,omitempty" yaml:"p,omitempty"`                 // probability
	K         int     `json:"k,omitempty" yaml:"k,omitempty"`                 // neighbours per neuron, even unless directed
	M         int     `json:"m,omitempty" yaml:"m,omitempty"`                 // edges per new neuron

	Shape    []int   `json:"shape,omitempty" yaml:"shape,omitempty"`       // lattice: length of each side
	Torus    bool    `json:"torus,omitempty" yaml:"torus,omitempty"`       // lattice, spatial: opposite borders are joined
	Radius   int     `json:"radius,omitempty" yaml:"radius,omitempty"`     // lattice: largest distance in steps
	Kernel   string  `json:"kernel,omitempty" yaml:"kernel,omitempty"`     // spatial: gaussian, exponential, box, linear
	Scale    float64 `json:"scale,omitempty" yaml:"scale,omitempty"`       // spatial: length of the kernel
	Extent   float64 `json:"extent,omitempty" yaml:"extent,omitempty"`     // spatial on a torus: length of a side
	Exponent float64 `json:"exponent,omitempty" yaml:"exponent,omitempty"` // power_law: P(k) ∝ k^−exponent
	MinK     int     `json:"min_k,omitempty" yaml:"min_k,omitempty"`       // power_law: smallest degree
	MaxK     int     `json:"max_k,omitempty" yaml:"max_k,omitempty"`       // power_law: largest degree

	Sizes         []int       `json:"sizes,omitempty" yaml:"sizes,omitempty"`                 // blocks or layers
	Probabilities [][]float64 `json:"probabilities,omitempty" yaml:"probabilities,omitempty"` // [from block][to block]
	Levels        int         `json:"levels,omitempty" yaml:"levels,omitempty"`               // hierarchical_modular
	Branching     int         `json:"branching,omitempty" yaml:"branching,omitempty"`         // modules per module
	Ratio         float64     `json:"ratio,omitempty" yaml:"ratio,omitempty"`                 // p of a level, divided by p of the level below
	Core          int         `json:"core,omitempty" yaml:"core,omitempty"`                   // neurons of the core
	InDegrees     []int       `json:"in_degrees,omitempty" yaml:"in_degrees,omitempty"`       // configuration_model
	OutDegrees    []int       `json:"out_degrees,omitempty" yaml:"out_degrees,omitempty"`     // configuration_model
	Swaps         float64     `json:"swaps,omitempty" yaml:"swaps,omitempty"`                 // degree_preserving: swaps per edge

	Apart     bool `json:"apart,omitempty" yaml:"apart,omitempty"`         // blocks: connect different blocks
	Directed  bool `json:"directed,omitempty" yaml:"directed,omitempty"`   // draw each direction separately
	Autapses  bool `json:"autapses,omitempty" yaml:"autapses,omitempty"`   // a neuron may connect to itself
	Multapses bool `json:"multapses,omitempty" yaml:"multapses,omitempty"` // a pair may have more than one synapse

	// Graph is the imported graph, for imported, rewire and degree_preserving.
	Graph *Graph `json:"-" yaml:"-"`
}

// shape holds the sizes of both ends; self says that both are the same
// population.
type shape struct {
	from, to int
	self     bool
}

// ends holds the positions of both ends, or nil.
type ends struct{ from, to []Point }

// pairs is a list of (source, target) pairs.
type pairs struct{ source, target []int32 }

func makePairs(capacity int) pairs {
	return pairs{make([]int32, 0, capacity), make([]int32, 0, capacity)}
}

func (p *pairs) add(source, target int) {
	p.source = append(p.source, int32(source))
	p.target = append(p.target, int32(target))
}

// addBoth adds an undirected edge: one synapse in each direction.
func (p *pairs) addBoth(a, b int) {
	p.add(a, b)
	p.add(b, a)
}

// drawing is the input of a generator.
type drawing struct {
	*Rule
	shape
	at    ends
	rng   *rand.Rand
	steps steps // of the kernel, if the rule has one
}

// generator is one entry of the catalogue.
type generator struct {
	name   string
	about  string
	fields string // the fields that it uses
	self   bool   // both ends must be the same population
	check  func(*Rule, shape) error
	pairs  func(*drawing) (pairs, error)
}

// RuleInfo describes one rule of the catalogue.
type RuleInfo struct {
	Name, About, Fields string
	Within              bool // only within one population
}

// Rules lists every rule that Build knows.
func Rules() []RuleInfo {
	list := catalogue()
	out := make([]RuleInfo, len(list))
	for i, e := range list {
		out[i] = RuleInfo{e.name, e.about, e.fields, e.self}
	}
	return out
}

func lookup(name string) (generator, bool) {
	list := catalogue()
	i := slices.IndexFunc(list, func(e generator) bool { return e.name == name })
	if i < 0 {
		return generator{}, false
	}
	return list[i], true
}

// check returns an error if the rule is invalid for the given sizes.
func (r *Rule) check(s shape) error {
	e, ok := lookup(r.Name)
	if !ok {
		names := make([]string, 0, 32)
		for _, e := range catalogue() {
			names = append(names, e.name)
		}
		return fmt.Errorf("name: %q is unknown, expected one of %s", r.Name, strings.Join(names, ", "))
	}
	if e.self && !s.self {
		return fmt.Errorf("%s works within one population, from and to differ", r.Name)
	}
	if math.IsNaN(r.P) || r.P < 0 || r.P > 1 {
		return fmt.Errorf("p: %v, expected 0 to 1", r.P)
	}
	if err := e.check(r, s); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	return nil
}

// pairs draws the rule's pairs, as indices into the two ends.
func (r *Rule) pairs(s shape, at ends, rng *rand.Rand) (pairs, error) {
	e, _ := lookup(r.Name)
	return e.pairs(&drawing{Rule: r, shape: s, at: at, rng: rng})
}

// room returns an error if count is more than MaxSynapses.
func room(count float64) error {
	if count > MaxSynapses {
		return fmt.Errorf("about %.3g synapses, at most %d are allowed", count, MaxSynapses)
	}
	return nil
}
