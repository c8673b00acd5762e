package measure

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

func init() { Register("atoms", newAtoms) }

// atoms is the atoms of a population at the last sample [bit], mean over
// neurons, and how each neuron's came along.
//
// Scores: NAME.unq_r, NAME.unq_c, NAME.red, NAME.syn (with three sources
// NAME.{1}{2} and so on), NAME.h_res, and NAME.goal, at the last sample of a
// phase that learns; NAME.PHASE.unq_r … at the last sample of a phase that does
// not. Chance means nothing for them: what a window's estimate is biased by
// depends on the whole distribution.
type atoms struct {
	kept[atomsState]
	name       string
	population string
	group      Group
}

type atomsState struct {
	Learning bool // the phase that is on learns
	Names    []string
	Seconds  []float64
	Learnt   []float64 // how often a neuron had been presented something
	Phases   []phaseAtoms
	Neurons  [][]float64 // by neuron, one atom in time; nil: there are too many neurons
	Shown    int         // which atom that is
}

// phaseAtoms is what a phase ended with.
type phaseAtoms struct {
	Phase    string
	Learning bool
	Mean     []float64 // by atom, then the goal
	Neurons  int       // that have atoms
}

// shownNeurons bounds the neurons that are drawn one by one.
const shownNeurons = 20

func newAtoms(env *Env, m *language.Measure) (Measure, error) {
	g, err := env.population("atoms.population", m.Atoms.Population)
	a := &atoms{name: m.Name, population: m.Atoms.Population, group: g}
	a.check = func(s *atomsState) bool {
		for _, p := range s.Phases {
			if len(p.Mean) != len(s.Names)+1 {
				return false
			}
		}
		return (s.Neurons == nil || fits(s.Neurons, g.Size, len(s.Seconds))) && s.Shown >= 0 && (s.Shown < len(s.Names) || s.Shown == 0 && s.Neurons == nil)
	}
	return a, err
}

// Begin implements Measure.
func (a *atoms) Begin(_ string, learning bool, _ int) error {
	a.state.Learning = learning
	return nil
}

// Atoms implements Measure.
func (a *atoms) Atoms(phase string, now neuron.Time, reports []neuron.Report, _ *journal.Listener) error {
	some := a.group.among(reports)
	mean, n := a.mean(some)
	if n == 0 {
		return nil
	}
	s := &a.state
	i := slices.IndexFunc(s.Phases, func(p phaseAtoms) bool { return p.Phase == phase })
	if i < 0 {
		i = len(s.Phases)
		s.Phases = append(s.Phases, phaseAtoms{Phase: phase})
	}
	s.Phases[i] = phaseAtoms{Phase: phase, Learning: s.Learning, Mean: mean, Neurons: n}
	s.Seconds, s.Learnt = append(s.Seconds, seconds(now)), append(s.Learnt, float64(some[0].Updates))
	if a.group.Size <= shownNeurons {
		a.follow(some)
	}
	return nil
}

// mean returns the mean over the neurons that have atoms, then that of the goal.
func (a *atoms) mean(reports []neuron.Report) (mean []float64, n int) {
	for i := range reports {
		r := &reports[i]
		if !hasAtoms(r) || a.state.Names != nil && len(r.Atoms.Atoms)+1 != len(a.state.Names) {
			continue
		}
		if a.state.Names == nil {
			a.state.Names, a.state.Shown = atomNames(r), wanted(r)
		}
		if mean == nil {
			mean = make([]float64, len(a.state.Names)+1)
		}
		for q := range a.state.Names {
			mean[q] += atom(r, q)
		}
		mean[len(mean)-1] += r.Goal
		n++
	}
	for q := range mean {
		mean[q] /= float64(n)
	}
	return mean, n
}

// wanted returns the atom that is drawn: the redundancy of all sources where it
// is largest, else what the first source tells alone.
func wanted(r *neuron.Report) int {
	names := atomNames(r)
	red := slices.IndexFunc(names, func(n string) bool { return n == "red" || n == "{1}{2}{3}" })
	own := slices.IndexFunc(names, func(n string) bool { return n == "unq_r" || n == "{1}" })
	if red >= 0 && atom(r, red) > atom(r, own) {
		return red
	}
	return own
}

// follow enters the atom of each neuron, 0 of those that have none.
func (a *atoms) follow(reports []neuron.Report) {
	s := &a.state
	if s.Neurons == nil {
		s.Neurons = make([][]float64, a.group.Size)
	}
	for i := range s.Neurons {
		v, id := 0.0, a.group.First+neuron.ID(i)
		if k := slices.IndexFunc(reports, func(r neuron.Report) bool { return r.Neuron == id }); k >= 0 && hasAtoms(&reports[k]) {
			v = atom(&reports[k], s.Shown)
		}
		s.Neurons[i] = append(s.Neurons[i], v)
	}
}

// Show implements Measure.
func (a *atoms) Show(_ Reporter, out *journal.Listener) error {
	s := &a.state
	for i := range s.Phases {
		p := &s.Phases[i]
		prefix := a.name
		if !p.Learning {
			prefix = placeName(a.name, p.Phase)
		}
		for q, name := range append(slices.Clone(s.Names), "goal") {
			enter(out, placeName(prefix, name), p.Mean[q], unknownChance)
		}
	}
	if len(s.Neurons) == 0 || len(s.Seconds) < 2 {
		return nil
	}
	l := journal.Lines{Title: "What " + each(a.population) + " comes to", Y: atomWords(s.Names[s.Shown]) + " [bit]", Alike: true}
	x := overTime(&l, s.Seconds, s.Learnt)
	for i, y := range s.Neurons {
		l.Series = append(l.Series, journal.Series{Name: fmt.Sprint("neuron ", i), X: x, Y: y})
	}
	return out.Figure(a.name+"-neurons", l)
}

// atomWords says in words what an atom is.
func atomWords(name string) string {
	words := map[string]string{"unq_r": "unique information of r", "unq_c": "unique information of c", "red": "redundant information", "syn": "synergistic information",
		"{1}": "unique information of r", "{1}{2}{3}": "redundant information"}
	if w, ok := words[name]; ok {
		return w
	}
	return "information " + name
}

// each names every neuron of a population; the one population of a short form
// needs no name.
func each(population string) string {
	if population == "" || population == "neurons" {
		return "each neuron"
	}
	return "each neuron of " + population
}

// shownAtoms is how many atoms a picture shows besides h_res.
const shownAtoms = 7

// largest returns the atoms that grow largest, and h_res last.
func (c *course) largest() []int {
	order := make([]int, len(c.Names)-1)
	size := make([]float64, len(order))
	for q := range order {
		order[q] = q
		for _, v := range c.Mean[q] {
			size[q] = max(size[q], math.Abs(v))
		}
	}
	if len(order) > shownAtoms {
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(size[j], size[i]) })
		order = order[:shownAtoms]
	}
	return append(order, len(c.Names)-1)
}
