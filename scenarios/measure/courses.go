package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"infomorph/neuron"
	"infomorph/scenarios/journal"
)

// courses is the mean and the spread over neurons of each atom over time [bit], for all
// neurons that learn and for each population.
type courses struct {
	groups []Group  // of populations
	names  []string // of populations
	state  []course // of all, then by population
}

// course is the atoms over time.
type course struct {
	Names   []string // of the atoms: unq_r, unq_c, red, syn, or antichains, and h_res
	Seconds []float64
	Learnt  []float64   // presentations of a neuron up to each sample
	Mean    [][]float64 // by atom
	Spread  [][]float64 // standard deviation over neurons, by atom
}

func newCourses(env *Env) courses {
	c := courses{state: make([]course, 1)}
	for _, g := range env.Net.Populations {
		c.groups, c.names, c.state = append(c.groups, groupOf(g, 0)), append(c.names, g.Name), append(c.state, course{})
	}
	return c
}

// atomNames returns the names of the atoms in the order of a decomposition; h_res is
// last.
func atomNames(r *neuron.Report) []string {
	l := r.Atoms.Lattice()
	names := make([]string, 0, l.Len()+1)
	if l.Len() == 4 {
		names = append(names, "unq_r", "unq_c", "red", "syn")
	} else {
		for i := range l.Len() {
			names = append(names, l.Name(i))
		}
	}
	return append(names, "h_res")
}

// atom returns atom i of a report, in the order of atomNames.
func atom(r *neuron.Report, i int) float64 {
	if i == len(r.Atoms.Atoms) {
		return r.Atoms.Residual
	}
	return r.Atoms.Atoms[i]
}

// hasAtoms reports whether a neuron has enough samples for a decomposition, and all atoms
// are finite.
func hasAtoms(r *neuron.Report) bool {
	if r.Atoms == nil || !finite(r.Atoms.Residual) || !finite(r.Goal) {
		return false
	}
	for _, v := range r.Atoms.Atoms {
		if !finite(v) {
			return false
		}
	}
	return true
}

// among returns the reports of a group of neurons; reports are sorted by neuron.
func (g Group) among(reports []neuron.Report) []neuron.Report {
	from := 0
	for from < len(reports) && reports[from].Neuron < g.First {
		from++
	}
	to := from
	for to < len(reports) && reports[to].Neuron < g.First+neuron.ID(g.Size) {
		to++
	}
	return reports[from:to]
}

// add adds reports to the courses and reports the means as live measures.
func (c *courses) add(now neuron.Time, reports []neuron.Report, out *journal.Listener) error {
	err := c.state[0].add(now, reports, "atoms.", out)
	for i, g := range c.groups {
		if err == nil {
			err = c.state[i+1].add(now, g.among(reports), c.names[i]+".atoms.", out)
		}
	}
	return err
}

// add adds the means over the neurons with atoms. It only uses neurons with as many
// sources as the first of them. If there are no such neurons, it adds nothing.
func (c *course) add(now neuron.Time, reports []neuron.Report, prefix string, out *journal.Listener) error {
	n, goal := 0.0, 0.0
	var sum, squares []float64
	for i := range reports {
		r := &reports[i]
		if !hasAtoms(r) || c.Names != nil && len(r.Atoms.Atoms)+1 != len(c.Names) {
			continue
		}
		if c.Names == nil {
			c.Names = atomNames(r)
			c.Mean, c.Spread = make([][]float64, len(c.Names)), make([][]float64, len(c.Names))
		}
		if sum == nil {
			sum, squares = make([]float64, len(c.Names)), make([]float64, len(c.Names))
		}
		n, goal = n+1, goal+r.Goal
		for q := range sum {
			v := atom(r, q)
			sum[q], squares[q] = sum[q]+v, squares[q]+v*v
		}
	}
	if n == 0 {
		return nil
	}
	c.Seconds, c.Learnt = append(c.Seconds, seconds(now)), append(c.Learnt, float64(reports[0].Updates))
	for q := range sum {
		mean := sum[q] / n
		c.Mean[q] = append(c.Mean[q], mean)
		c.Spread[q] = append(c.Spread[q], math.Sqrt(max(squares[q]/n-mean*mean, 0)))
		if err := out.Measure(now, prefix+c.Names[q], mean); err != nil {
			return err
		}
	}
	return out.Measure(now, prefix+"goal", goal/n)
}

func seconds(t neuron.Time) float64 { return float64(t) / float64(neuron.Second) }

// restore returns to a saved state.
func (c *courses) restore(data []byte) error {
	var s []course
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("measure: not a state of atoms: %w", err)
	}
	if len(s) != len(c.state) {
		return errors.New("measure: the state of atoms does not fit the experiment")
	}
	for i := range s {
		n := len(s[i].Names)
		if n == 0 && len(s[i].Seconds) > 0 || !fits(s[i].Mean, n, len(s[i].Seconds)) || !fits(s[i].Spread, n, len(s[i].Seconds)) {
			return errors.New("measure: the state of atoms does not fit the experiment")
		}
	}
	c.state = s
	return nil
}

// show draws the courses of each population that learns. If there is only one, the figure
// does not have its name.
func (c *courses) show(out *journal.Listener) error {
	learn, last := 0, 0
	for i := range c.groups {
		if len(c.state[i+1].Seconds) > 0 {
			learn, last = learn+1, i+1
		}
	}
	if learn == 1 {
		return c.state[last].figure("atoms", "neurons", out)
	}
	var errs []error
	for i, name := range c.names {
		if len(c.state[i+1].Seconds) > 0 {
			errs = append(errs, c.state[i+1].figure("atoms-"+name, "neurons of "+name, out))
		}
	}
	return errors.Join(errs...)
}

// figure draws the atoms with the largest absolute means.
func (c *course) figure(name, whose string, out *journal.Listener) error {
	l := journal.Lines{Title: "Information in the windows of " + whose, Y: "information [bit], mean ± s.d."}
	x := overTime(&l, c.Seconds, c.Learnt)
	for _, q := range c.largest() {
		s := journal.Series{Name: c.Names[q], X: x, Y: c.Mean[q]}
		for i, m := range c.Mean[q] {
			s.Low, s.High = append(s.Low, m-c.Spread[q][i]), append(s.High, m+c.Spread[q][i])
		}
		l.Series = append(l.Series, s)
	}
	return out.Figure(name, l)
}

// overTime selects the x axis of a figure and returns the position of each sample on it.
// The axis is simulated time. If that stood still, as it does during learning from
// batches, it is the number of presentations, else the number of the sample.
func overTime(l *journal.Lines, at, learnt []float64) []float64 {
	if l.Timed = len(at) < 2 || at[0] != at[len(at)-1]; l.Timed {
		return at
	}
	if l.X = "presentations"; len(learnt) == len(at) && slices.IsSorted(learnt) && learnt[0] < learnt[len(at)-1] {
		return learnt
	}
	l.X = "number of the sample"
	x := make([]float64, len(at))
	for i := range x {
		x[i] = float64(i + 1)
	}
	return x
}
