package scenarios

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"infomorph/internal/baseline"
	"infomorph/internal/batch"
	"infomorph/neuron"
	"infomorph/pid"
)

// quiet is the Journal of a trial: it tells how far it is, lets the run be
// interrupted and keeps nothing.
type quiet struct {
	Journal
	what string
}

func (quiet) Score(string, float64)       {}
func (quiet) Table(Table) error           { return nil }
func (quiet) Figure(string, Figure) error { return nil }

// Step tells how far a trial is, in place of the phases within.
func (q quiet) Step(phase string, done, total int) error {
	return q.Journal.Step(q.what+", "+phase, done, total)
}

// memory returns the associative-memory task of the first m patterns.
func (r *capacityRun) memory(m int) *memoryTask {
	s := r.scenario
	t := &memoryTask{
		Memory: &Memory{Presentations: r.Presentations, Order: "shuffled", Drive: r.Drive, Recall: r.tests},
		record: Record{}, clock: s.Neuron.Clock, seed: s.Seed, net: r.net, width: r.neurons, height: 1, patterns: r.patterns[:m],
	}
	if err := t.prepare(); err != nil {
		panic("scenarios: the phases of a measurement name patterns that do not exist")
	}
	return t
}

// online puts the network back to its start, trains it and recalls.
func (r *capacityRun) online(p *point) error {
	if err := r.engine.Restore(r.start); err != nil {
		return err
	}
	t := r.memory(p.Patterns)
	r.scenario.Neuron.scheduleAll(r.net, int64(p.Patterns)*int64(r.Presentations))
	run := t.newRun(r.engine, quiet{r.journal, fmt.Sprint(p.Rule, " with ", p.Patterns, " patterns")})
	if err := run.train(&run.phases[0]); err != nil {
		return err
	}
	p.Learned = float64(1 + slices.IndexFunc(run.state.Rounds, func(share float64) bool { return share >= predictedShare }))
	if err := run.sampleAtoms(&run.state.Atoms); err != nil {
		return err
	}
	for q := range quantities {
		p.Atoms = append(p.Atoms, run.state.Atoms.Mean[q][0])
	}
	for i := range r.tests {
		if err := run.recall(&run.phases[1+i]); err != nil {
			return err
		}
		p.Cosine[i], p.Exact[i], _ = summary(run.state.Outcomes[i])
	}
	if len(r.scenario.Record.Graph) == 0 {
		return nil
	}
	var err error
	p.Neurons, err = run.results()
	return err
}

func doubles(bits []float32) []float64 {
	x := make([]float64, len(bits))
	for i, v := range bits {
		x[i] = float64(v)
	}
	return x
}

// classical stores the patterns by one of the rules of baseline.
func (r *capacityRun) classical(p *point) error {
	patterns := make([][]float64, p.Patterns)
	for k := range patterns {
		patterns[k] = doubles(r.patterns[k].Pixels)
	}
	w, err := baseline.Associate(p.Rule, patterns)
	if err != nil {
		return err
	}
	r.recallWith(w, p)
	return nil
}

// recallWith runs every test on every pattern by the dynamics of the neurons,
// without events.
func (r *capacityRun) recallWith(w *mat.Dense, p *point) {
	for i := range r.tests {
		rng := neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, cueStream+neuron.ID(i))
		outcomes := make([]outcome, p.Patterns)
		if n := r.tests[i].Count; n > 0 {
			outcomes = outcomes[:min(n, p.Patterns)]
		}
		for k := range outcomes {
			outcomes[k] = r.recallPattern(w, &r.tests[i].Test, r.patterns[k].Pixels, rng)
		}
		p.Cosine[i], p.Exact[i], _ = summary(outcomes)
	}
}

// recallPattern recalls one pattern with weights of any origin.
func (r *capacityRun) recallPattern(w *mat.Dense, test *Test, stored []float32, rng *rand.Rand) (o outcome) {
	cue := doubles(test.damage(stored, rng))
	var held []float64
	if test.Release == "held" {
		held = cue
	}
	var x []float64
	if test.Dynamics == "sign" {
		x = baseline.Settle(w, cue, held, test.sweeps())
	} else {
		x = baseline.Believe(w, cue, test.belief(held))
	}
	for i, v := range x {
		o.Cosine += v * float64(stored[i])
		if v*float64(stored[i]) <= 0 {
			o.Wrong++
		}
	}
	o.Cosine /= float64(len(x)) // in the end, so that all is 1
	return o
}

// belief says how graded beliefs recall, for weights of any origin; beliefs
// told as spikes are told as values.
func (r *Test) belief(held []float64) baseline.Belief {
	b := baseline.Belief{BeliefConfig: neuron.DefaultBelief(), Steps: r.sweeps(), Held: held}
	switch r.Dynamics {
	case "belief":
		b.Steps = 100 // values need no low-pass
	case "emphatic_belief":
		b.BeliefConfig = neuron.DefaultEmphatic()
		b.Then = &baseline.Belief{BeliefConfig: neuron.DefaultBelief(), Steps: soberSweeps, Held: held}
	}
	if r.Release == "fading" {
		b.From, b.To = r.evidence()
	}
	return b
}

// batched stores the patterns by Adam on the goal of all patterns at once,
// under a drive that moves from pass to pass.
func (r *capacityRun) batched(p *point) error {
	n, b := r.neurons, &r.Batch
	pop, x, err := r.population(p.Patterns)
	if err != nil {
		return err
	}
	own := pop.Ports[neuron.Receptive].Weights
	for pass := range b.Passes {
		drive := b.Drive + (b.EndDrive-b.Drive)*float64(pass+1)/float64(b.Passes)
		for i := range n {
			own[i*n+i] = drive
		}
		pop.Forward(p.Patterns, x...)
		if _, err := pop.Learn(x...); err != nil {
			return err
		}
		if pass%100 == 0 {
			if err := r.journal.Step(fmt.Sprint(p.Rule, " with ", p.Patterns, " patterns"), pass, b.Passes); err != nil {
				return err
			}
		}
	}
	pop.Forward(p.Patterns, x...)
	p.Atoms = make([]float64, numQuantities)
	for j := range n {
		d, err := pop.Decompose(j)
		if err != nil {
			return err
		}
		rep := neuron.Report{Atoms: d}
		for q := range p.Atoms {
			p.Atoms[q] += quantity(&rep, q) / float64(n)
		}
	}
	w := mat.NewDense(n, n, nil)
	w.Copy(mat.NewDense(n, n, pop.Ports[neuron.Contextual].Weights).T())
	r.recallWith(w, p)
	return nil
}

// population lays out the batch form: own bit on R, frozen, all others on C.
func (r *capacityRun) population(m int) (*batch.Population, []batch.Rows, error) {
	n, cfg := r.neurons, r.net.Config(0)
	pop := &batch.Population{Neurons: n, Activation: cfg.Activation, Goal: cfg.Goal, Rate: r.Batch.Rate}
	own := batch.NewPort(pid.Bins{Lo: -1, Hi: 1, N: 2}, n, n)
	own.Frozen = true
	others := batch.NewPort(r.scenario.Neuron.ContextBins.bins(), n, n)
	others.Mask = make([]float64, n*n)
	for to := range n {
		in := r.net.Incoming(neuron.ID(to))
		for s, port := range in.Port {
			if port == neuron.Contextual {
				at := int(in.Source[s])*n + to
				others.Weights[at], others.Mask[at] = float64(in.Weight[s]), 1
			}
		}
	}
	pop.Ports = []*batch.Port{own, others}
	bits := make([]float64, 0, m*n)
	for _, p := range r.patterns[:m] {
		bits = append(bits, doubles(p.Pixels)...)
	}
	return pop, []batch.Rows{{Dense: bits}, {Dense: bits}}, pop.Validate()
}
