package language

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"infomorph/internal/config"
	"infomorph/pid"
)

// Goal is Γ: the weight of each atom, and of h_res, in the quantity that a neuron
// maximises. The keys are unq_r, unq_c, red and syn for two sources, or antichains such
// as "{1}{2}" for two or three sources. An atom without a key has weight 0.
type Goal map[string]float64

// residualName is the name of the residual entropy in a goal.
const residualName = "h_res"

// twoSourceNames are the short names of the atoms of two sources.
var twoSourceNames = []string{"unq_r", "unq_c", "red", "syn"}

// goalSection lists the keys of a goal that are words, for the reference.
type goalSection struct {
	UnqR float64 `yaml:"unq_r" doc:"Unique information of the receptive input; two sources." default:"0" min:"-100" max:"100"`
	UnqC float64 `yaml:"unq_c" doc:"Unique information of the contextual input; two sources." default:"0" min:"-100" max:"100"`
	Red  float64 `yaml:"red" doc:"Redundant information; two sources." default:"0" min:"-100" max:"100"`
	Syn  float64 `yaml:"syn" doc:"Synergistic information; two sources." default:"0" min:"-100" max:"100"`
	HRes float64 `yaml:"h_res" doc:"Residual entropy." default:"0" min:"-100" max:"100"`
}

const goalExpected = "a section with weights of atoms, such as {red: 1, unq_r: -0.2}"

// UnmarshalConfig implements config.Unmarshaler.
func (g *Goal) UnmarshalConfig(v config.Value) error {
	if v.Kind() != config.Map {
		return v.Fault(goalExpected, "")
	}
	*g = Goal{}
	var errs []error
	for _, name := range v.Keys() {
		w, _ := v.Get(name)
		if !isAtom(name) {
			errs = append(errs, config.FieldProblem(config.PathWord(name), "is no atom", atomHint(name)))
			continue
		}
		var weight float64
		if err := w.DecodeWithin(&weight, `min:"-100" max:"100"`); err != nil {
			errs = append(errs, err)
			continue
		}
		(*g)[name] = weight
	}
	return errors.Join(errs...)
}

// MarshalConfig implements config.Marshaler.
func (g Goal) MarshalConfig() any {
	var out config.Named[float64]
	for _, name := range g.names() {
		out.Set(name, g[name])
	}
	return out
}

// DescribeConfig implements config.Describer.
func (Goal) DescribeConfig() config.Description {
	weight := map[string]any{"type": "number", "minimum": -100, "maximum": 100}
	properties := map[string]any{residualName: weight}
	for _, name := range twoSourceNames {
		properties[name] = weight
	}
	return config.Description{Type: "goal", Unit: "1/bit", Expected: goalExpected, Forms: []any{goalSection{}},
		Schema: map[string]any{"type": "object", "properties": properties,
			"patternProperties": map[string]any{`^(\{[123]+\})+$`: weight}, "additionalProperties": false}}
}

// names returns the keys of g in the order of the reference.
func (g Goal) names() []string {
	order := append(slices.Clone(twoSourceNames), atomNames()...)
	place := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	return slices.SortedFunc(maps.Keys(g), func(a, b string) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

// Goal returns the goal for a number of sources. The error names an atom that does not
// exist.
func (g Goal) Goal(sources int) (pid.Goal, error) {
	atoms := maps.Clone(g)
	delete(atoms, residualName)
	return pid.NewGoal(sources, atoms, g[residualName])
}

// check reports atoms that a neuron with this number of sources does not have.
func (g Goal) check(sources int) []error {
	l, err := pid.NewLattice(sources)
	if err != nil {
		return []error{config.FieldProblem("sources", err.Error(), "")}
	}
	var errs []error
	seen := map[int]string{}
	for _, name := range g.names() {
		if name == residualName {
			continue
		}
		at := config.JoinPath("goal", name)
		i, ok := l.Index(name)
		switch {
		case !ok && sources == 3:
			errs = append(errs, config.FieldProblem(at, "is an atom of two sources, and the neuron has three", `name antichains, such as "{1}{2}" for what r and c share and "{1}{2}{3}" for what all three do`))
		case !ok:
			errs = append(errs, config.FieldProblem(at, "is an atom of three sources, and the neuron has two", "write sources: [r, c, l], or name unq_r, unq_c, red, syn"))
		case seen[i] != "":
			errs = append(errs, config.FieldProblem(at, "is the same atom as "+seen[i], "name it once"))
		default:
			seen[i] = name
		}
	}
	return errs
}

// atomNames returns the antichains of three sources in the order of the reference.
func atomNames() []string {
	l, err := pid.NewLattice(3)
	if err != nil {
		return nil
	}
	names := make([]string, l.Len())
	for i := range names {
		names[i] = l.Name(i)
	}
	return names
}

// isAtom reports whether name is h_res or an atom of two or three sources.
func isAtom(name string) bool {
	if name == residualName || slices.Contains(twoSourceNames, name) {
		return true
	}
	l, err := pid.NewLattice(3)
	if err != nil {
		return false
	}
	_, ok := l.Index(name)
	return ok
}

func atomHint(name string) string {
	all := append([]string{residualName}, twoSourceNames...)
	if like := config.Closest(name, all); like != "" {
		return "did you mean " + like + "?"
	}
	return `there are unq_r, unq_c, red, syn, h_res, and antichains such as "{1}{2}"`
}
