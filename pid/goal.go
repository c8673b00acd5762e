package pid

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxGoalAtoms is the number of atoms of three sources.
const maxGoalAtoms = 18

// Goal is a weighted sum of the atoms of a decomposition that a neuron
// maximises [bit]:
//
//	G = Σ_α Γ_α·Π_α + Γ_res·H(Y|sources)
//
// for two or three sources. Goals are values and can be compared with ==. The
// zero Goal is not valid: make one with [NewGoal].
type Goal struct {
	n        int
	gamma    [maxGoalAtoms]float64 // per atom, in the order of the lattice
	weights  [maxGoalAtoms]float64 // per cumulative redundancy
	residual float64
}

// NewGoal returns the goal with the given weights of atoms, named by antichain
// ("{1}{2}") or, for two sources, unq_r, unq_c, red, syn. Atoms that are not
// named have weight 0. It returns an error for an unknown or repeated atom and
// for a weight that is not finite.
func NewGoal(nSources int, atoms map[string]float64, residual float64) (Goal, error) {
	if nSources != 2 && nSources != 3 {
		return Goal{}, fmt.Errorf("pid: a goal is for 2 or 3 sources, not %d", nSources)
	}
	g := Goal{n: nSources, residual: residual}
	var seen [maxGoalAtoms]bool
	for _, name := range slices.Sorted(maps.Keys(atoms)) {
		i, ok := g.lattice().Index(name)
		switch {
		case !ok:
			return Goal{}, fmt.Errorf("pid: no atom %q with %d sources; there are %s", name, nSources, strings.Join(g.lattice().names, " "))
		case seen[i]:
			return Goal{}, fmt.Errorf("pid: the goal names atom %s twice", g.lattice().Name(i))
		}
		g.gamma[i], seen[i] = atoms[name], true
	}
	return g, g.finish()
}

// finish validates the weights and computes those of the cumulative
// redundancies.
func (g *Goal) finish() error {
	for i, v := range g.gamma[:g.lattice().Len()] {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("pid: the goal's weight of %s is not finite", g.lattice().Name(i))
		}
	}
	if math.IsNaN(g.residual) || math.IsInf(g.residual, 0) {
		return fmt.Errorf("pid: the goal's weight of h_res is not finite")
	}
	g.lattice().weights(g.weights[:g.lattice().Len()], g.gamma[:])
	return nil
}

func (g *Goal) lattice() *Lattice { return lattices[g.n] }

// NumSources returns 2 or 3, and 0 for the zero Goal.
func (g Goal) NumSources() int { return g.n }

// Gamma returns the weight of the named atom, and of "h_res"; false if there
// is no such atom.
func (g Goal) Gamma(name string) (float64, bool) {
	if name == "h_res" {
		return g.residual, true
	}
	if g.n == 0 {
		return 0, false
	}
	i, ok := g.lattice().Index(name)
	if !ok {
		return 0, false
	}
	return g.gamma[i], true
}

// String returns the weights that are not zero, such as "{1} 1 {1}{2} 0.5".
func (g Goal) String() string {
	var parts []string
	if g.n != 0 {
		for i, name := range g.lattice().names {
			if g.gamma[i] != 0 {
				parts = append(parts, name+" "+strconv.FormatFloat(g.gamma[i], 'g', -1, 64))
			}
		}
	}
	if g.residual != 0 {
		parts = append(parts, "h_res "+strconv.FormatFloat(g.residual, 'g', -1, 64))
	}
	if parts == nil {
		return "0"
	}
	return strings.Join(parts, " ")
}

// Value returns G for a decomposition [bit]. It panics if the number of sources
// differs.
func (g Goal) Value(d *Decomposition) float64 {
	if d.lattice.n != g.n {
		panic("pid: goal and decomposition have different numbers of sources")
	}
	sum := g.residual * d.Residual
	for i, a := range d.Atoms {
		sum += g.gamma[i] * a
	}
	return sum
}
