package neuron

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Brute force from the definitions: the shared-exclusions decomposition
// (Makkeh, Gutknecht, Wibral 2021) of a list of weighted samples, the goal and
// its gradient, without tables, marginals or increments. The order of atoms is
// part of the contract.

const (
	names2 = "{1} {2} {1}{2} {12}"
	names3 = "{1}{2}{3} {1}{2} {1}{3} {2}{3} {1}{23} {2}{13} {3}{12} {1} {2} {3} {12}{13}{23} {12}{13} {12}{23} {13}{23} {12} {13} {23} {123}"
)

// massed is a sample with its masses of Y=1 and Y=0.
type massed struct {
	cell      [3]int
	one, zero float64
}

func (m massed) of(t int) float64 {
	if t == 1 {
		return m.one
	}
	return m.zero
}

// antichain is a list of sets, each a list of sources from 0.
type antichain [][]int

func parseAntichain(name string) (a antichain) {
	for set := range strings.SplitSeq(strings.Trim(name, "{}"), "}{") {
		var s []int
		for _, digit := range set {
			s = append(s, int(digit-'1'))
		}
		a = append(a, s)
	}
	return a
}

// shares reports whether cell o is in W_α(s): whether they agree in all sources
// of some set.
func (a antichain) shares(s, o [3]int) bool {
	for _, set := range a {
		all := true
		for _, k := range set {
			all = all && s[k] == o[k]
		}
		if all {
			return true
		}
	}
	return false
}

func subset(a, b []int) bool {
	for _, x := range a {
		found := false
		for _, y := range b {
			found = found || x == y
		}
		if !found {
			return false
		}
	}
	return true
}

// below reports whether α ≤ β: every set of β contains a set of α.
func (a antichain) below(b antichain) bool {
	for _, sb := range b {
		found := false
		for _, sa := range a {
			found = found || subset(sa, sb)
		}
		if !found {
			return false
		}
	}
	return true
}

// bruteGoal is G = Σ γ_α Π_α + γ_res·h_res.
type bruteGoal struct {
	chains   []antichain
	gamma    []float64
	residual float64
}

func newBruteGoal(sources int, gamma func(name string) float64, residual float64) *bruteGoal {
	g := &bruteGoal{residual: residual}
	names := names2
	if sources == 3 {
		names = names3
	}
	for _, name := range strings.Fields(names) {
		g.chains = append(g.chains, parseAntichain(name))
		g.gamma = append(g.gamma, gamma(name))
	}
	return g
}

// atoms solves I_α = Σ_{β≤α} Π_β for Π.
func (g *bruteGoal) atoms(cumulative []float64) []float64 {
	atoms, known := make([]float64, len(cumulative)), make([]bool, len(cumulative))
	var solve func(i int) float64
	solve = func(i int) float64 {
		if !known[i] {
			v := cumulative[i]
			for j := range g.chains {
				if j != i && g.chains[j].below(g.chains[i]) {
					v -= solve(j)
				}
			}
			atoms[i], known[i] = v, true
		}
		return atoms[i]
	}
	for i := range cumulative {
		solve(i)
	}
	return atoms
}

// weights returns w = γ·Möbius, with γ_res subtracted at the top antichain, so
// that G = Σ w_α I_α + γ_res·H(Y).
func (g *bruteGoal) weights() []float64 {
	w := make([]float64, len(g.chains))
	for i := range w {
		unit := make([]float64, len(g.chains))
		unit[i] = 1
		for j, atom := range g.atoms(unit) {
			w[i] += g.gamma[j] * atom
		}
	}
	w[len(w)-1] -= g.residual // the top antichain comes last
	return w
}

// masses returns the sum of the masses of all samples in W_α(s).
func masses(a antichain, samples []massed, s [3]int) (m [2]float64) {
	for _, o := range samples {
		if a == nil || a.shares(s, o.cell) {
			m[0] += o.zero
			m[1] += o.one
		}
	}
	return m
}

// value returns G [bit].
func (g *bruteGoal) value(samples []massed) float64 {
	all := masses(nil, samples, [3]int{})
	n := all[0] + all[1]
	cumulative := make([]float64, len(g.chains))
	for i, a := range g.chains {
		for _, s := range samples {
			w := masses(a, samples, s.cell)
			for t := range 2 {
				f := w[t] / n / ((w[0] + w[1]) / n * all[t] / n)
				cumulative[i] += s.of(t) / n * math.Log2(f)
			}
		}
	}
	h := 0.0
	for t := range 2 {
		h -= all[t] / n * math.Log2(all[t]/n)
	}
	sum := g.residual * (h - cumulative[len(cumulative)-1])
	for i, atom := range g.atoms(cumulative) {
		sum += g.gamma[i] * atom
	}
	return sum
}

// gradient returns N·dG/dθ of a sample in cell s: D(s,1) − D(s,0) with
//
//	D(s,t) = Σ_α w_α {log2 f_α(s,t) + (1/ln2)·Σ_{s'} p(s',t)/P(W_α(s'),t)} − γ_res·log2 p(t)
//
// over the s' with s ∈ W_α(s').
func (g *bruteGoal) gradient(samples []massed, s [3]int) float64 {
	all := masses(nil, samples, s)
	n := all[0] + all[1]
	var d [2]float64
	for t := range d {
		d[t] = -g.residual * math.Log2(all[t]/n)
	}
	for i, w := range g.weights() {
		if w == 0 {
			continue
		}
		own := masses(g.chains[i], samples, s)
		for t := range d {
			d[t] += w * math.Log2(own[t]*n/((own[0]+own[1])*all[t]))
		}
		for _, o := range samples {
			if g.chains[i].shares(o.cell, s) {
				m := masses(g.chains[i], samples, o.cell)
				for t := range d {
					d[t] += w / math.Ln2 * o.of(t) / m[t]
				}
			}
		}
	}
	return d[1] - d[0]
}

// TestBruteGradientIsTheDerivative compares the formula of bruteGoal with
// central differences of the goal in each θ_i, with and without the masses of a
// prior.
func TestBruteGradientIsTheDerivative(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 1))
	for _, sources := range []int{2, 3} {
		g := newBruteGoal(sources, func(string) float64 { return rnd.NormFloat64() }, 0.4)
		var samples []massed
		for range 14 {
			m := massed{one: 0.1 + 0.8*rnd.Float64()}
			m.zero = 1 - m.one
			for k := range sources {
				m.cell[k] = rnd.IntN(3)
			}
			samples = append(samples, m)
		}
		samples = append(samples, massed{[3]int{1, 2}, 0.3, 0.05}, massed{[3]int{0, 1}, 0.01, 0.2})
		for i := range samples {
			const h = 1e-5
			move := func(d float64) float64 {
				samples[i].one += d
				samples[i].zero -= d
				v := g.value(samples)
				samples[i].one -= d
				samples[i].zero += d
				return v
			}
			n := masses(nil, samples, [3]int{})
			want := (move(h) - move(-h)) / (2 * h) * (n[0] + n[1])
			if got := g.gradient(samples, samples[i].cell); math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("%d sources, sample %d: gradient %v, difference quotient %v", sources, i, got, want)
			}
		}
	}
}
