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

// atoms measures the information atoms of a population at the last sample [bit], as a
// mean over neurons, and how the atoms of each neuron changed over time.
//
// Scores: NAME.unq_r, NAME.unq_c, NAME.red, NAME.syn (for three sources NAME.{1}{2} and
// so on), NAME.h_res and NAME.goal, at the last sample of a phase that learns;
// NAME.PHASE.unq_r … at the last sample of a phase that does not. There is no chance
// level, because the bias of the estimate depends on the whole distribution in a window.
type atoms struct {
	kept[atomsState]
	name       string
	population string
	group      Group
}

type atomsState struct {
	Learning bool // whether the current phase learns
	Names    []string
	Seconds  []float64
	Learnt   []float64 // presentations of a neuron up to each sample
	Phases   []phaseAtoms
	Neurons  [][]float64 // by neuron: one atom over time; nil if there are too many neurons
	Shown    int         // index of that atom
}

// phaseAtoms is the last sample of a phase.
type phaseAtoms struct {
	Phase    string
	Learning bool
	Mean     []float64 // by atom; the goal is last
	Neurons  int       // number of neurons with atoms
}

// shownNeurons limits the neurons with curves of their own.
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

// mean returns the mean of each atom, then of the goal, over the n neurons that have
// atoms.
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

// wanted returns the atom to draw: the redundancy of all sources if it is larger than the
// unique information of the first source, else the latter.
func wanted(r *neuron.Report) int {
	names := atomNames(r)
	red := slices.IndexFunc(names, func(n string) bool { return n == "red" || n == "{1}{2}{3}" })
	own := slices.IndexFunc(names, func(n string) bool { return n == "unq_r" || n == "{1}" })
	if red >= 0 && atom(r, red) > atom(r, own) {
		return red
	}
	return own
}

// follow adds the atom of each neuron to its curve, 0 for neurons without atoms.
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
	l := journal.Lines{Title: "Information of " + each(a.population), Y: atomWords(s.Names[s.Shown]) + " [bit]", Alike: true}
	x := overTime(&l, s.Seconds, s.Learnt)
	for i, y := range s.Neurons {
		l.Series = append(l.Series, journal.Series{Name: fmt.Sprint("neuron ", i), X: x, Y: y})
	}
	return out.Figure(a.name+"-neurons", l)
}

// atomWords returns the name of an atom in words.
func atomWords(name string) string {
	words := map[string]string{"unq_r": "unique information of r", "unq_c": "unique information of c", "red": "redundant information", "syn": "synergistic information",
		"{1}": "unique information of r", "{1}{2}{3}": "redundant information"}
	if w, ok := words[name]; ok {
		return w
	}
	return "information " + name
}

// each returns a phrase for every neuron of a population. The only population of a short
// form is not named.
func each(population string) string {
	if population == "" || population == "neurons" {
		return "each neuron"
	}
	return "each neuron of " + population
}

// shownAtoms is the number of atoms in a picture, not counting h_res.
const shownAtoms = 7

// largest returns the atoms with the largest absolute means, and h_res last.
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
