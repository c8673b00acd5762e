package estimate

import (
	"fmt"
	"slices"

	"infomorph/pid"
)

// Some redundancies have bends: points at which they are continuous but not
// differentiable. The redundancy of pm is a minimum of several surprisals;
// those of mmi and wb are minima of several informations, and so is that of
// broja where no source has unique information; that of ccs is a sum over the
// outcomes whose changes of surprisal agree in sign.
//
// Where two surprisals are equal, or a change is 0, the sample chooses one of
// the branches by chance. This biases the estimate by up to a standard error,
// for any number of rows, and replicates around the sample do not show it. So
// these choices are left open, as in tests of moment inequalities (Andrews and
// Soares 2010; Fang and Santos 2019 for directional derivatives). A "reading"
// is the redundancy with all choices fixed. Readings are smooth, and each has
// an interval. The interval of an atom goes from the lowest to the highest end
// of the intervals of all readings.

const (
	// bendReplicates is the number of samples drawn to find which choices are
	// open.
	bendReplicates = 100
	// bendOpen is the share of samples that must choose the other branch for a
	// choice to be open.
	bendOpen = .025
)

// bends computes readings of a redundancy: its values with fixed choices.
// Probabilities are over (source cell, target), with the source cells that
// occur.
type bends interface {
	// vote counts the choices of a sample.
	vote(p []float64) error
	// settle decides which choices are open, and returns at how many outcomes.
	settle(p []float64) (open int, err error)
	// readings returns the cumulative redundancies of each reading.
	readings(p []float64, d *pid.Decomposition) ([][]float64, error)
}

// bent are the bends of a data set.
type bent struct {
	bends
	tab  *tally
	open int // outcomes with an open choice; for mmi and wb the number of open choices
}

// newBends looks for open choices. It returns nil if there is none.
func (e *estimator) newBends() (*bent, error) {
	tab := e.newTally()
	b := &bent{tab: tab}
	switch e.cfg.Measure {
	case pid.PM:
		b.bends = e.newLeast(tab)
	case pid.CCS:
		b.bends = &signs{shape: e.shape, place: tab.place, agree: make([]float64, cells(e.shape))}
	case pid.MMI, pid.WB:
		b.bends = e.newWeakest(tab)
	case pid.BROJA:
		b.bends = &alike{weakest: e.newWeakest(tab), e: e, tab: tab}
	default:
		return nil, nil
	}
	p := make([]float64, len(tab.joint))
	rnd := e.stream(8)
	var source, target []int32
	for range bendReplicates {
		source, target = e.plan.resample(source, target, 0, rnd)
		clear(p)
		for i, s := range source {
			p[int(tab.cell[s])*tab.targets+int(e.target[target[i]])] += 1 / float64(len(source))
		}
		if err := b.vote(p); err != nil {
			return nil, err
		}
	}
	for i, n := range tab.joint {
		p[i] = float64(n) / float64(len(e.source))
	}
	var err error
	if b.open, err = b.settle(p); err != nil || b.open == 0 {
		return nil, err
	}
	return b, nil
}

// cumulative returns the cumulative redundancies of a distribution over the
// source cells of the sample, followed by those of each reading.
func (e *estimator) cumulative(index []int, p []float64) ([]float64, float64, error) {
	d, err := pid.DecomposeSparse(e.cfg.Measure, e.shape, index, p)
	if err != nil {
		return nil, 0, err
	}
	if e.bent == nil {
		return d.Cumulative, d.MutualInfo, nil
	}
	tab := e.bent.tab
	dense := make([]float64, len(tab.joint))
	for i, at := range index {
		k, _ := slices.BinarySearch(tab.place, at/tab.targets)
		dense[k*tab.targets+at%tab.targets] = p[i]
	}
	readings, err := e.bent.readings(dense, d)
	return slices.Concat(append([][]float64{d.Cumulative}, readings...)...), d.MutualInfo, err
}

// warnBends warns that bends widen the intervals of atoms.
func (r *Result) warnBends(e *estimator) {
	if r.Sound != "" {
		return // no atom has an interval
	}
	what, ok := map[pid.Measure]string{
		pid.PM:  "two surprisals are too close to each other",
		pid.CCS: "a change of surprisal is too close to 0",
	}[e.cfg.Measure]
	switch {
	case e.bent != nil && e.cfg.Measure == pid.BROJA:
		r.Warnings = append(r.Warnings, "both sources have about the same information and almost none of their own: there broja takes the smaller of two estimates as the shared information, which is too small by up to its error; the intervals also contain what the mean of both would give")
	case e.bent != nil && !ok:
		r.Warnings = append(r.Warnings, fmt.Sprintf("the sample does not decide which set of sources has the least information (open choices: %d): %v takes the smallest estimate as the shared information, which is too small by up to its error; the intervals also contain what the mean would give", e.bent.open, e.cfg.Measure))
	case !ok || e.cfg.Bootstrap == 0:
	case e.cal == nil:
		r.Warnings = append(r.Warnings, fmt.Sprintf("atoms of %v change abruptly where %s for the sample to decide between two cases: with correction %s their intervals can be far too narrow; calibrated includes both cases", e.cfg.Measure, what, e.cfg.Correction))
	case e.bent != nil:
		r.Open = e.bent.open
		r.Warnings = append(r.Warnings, fmt.Sprintf("in %d outcomes %s for the sample to decide between two cases: the bias of the atoms of %v there can be as large as their error, and their intervals are wide, to include both cases; that of the mutual information is not affected", r.Open, what, e.cfg.Measure))
	}
}
