package scenarios

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"infomorph/internal/baseline"
	"infomorph/internal/batch"
	"infomorph/neuron"
	"infomorph/pid"
)

// quiet is a Journal that only lets the run be interrupted.
type quiet struct{ Journal }

func (quiet) Score(string, float64)         {}
func (quiet) Table(Table) error             { return nil }
func (quiet) Figure(string, Figure) error   { return nil }
func (q quiet) Step(string, int, int) error { return nil }

// memory returns the associative-memory task of the first m patterns.
func (r *capacityRun) memory(m int) *memoryTask {
	s := r.scenario
	t := &memoryTask{
		Memory: &Memory{Presentations: r.Presentations, Order: "shuffled", Drive: r.Drive, Recall: []Recall{r.Recall}},
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
	t := r.memory(p.patterns)
	r.scenario.Neuron.scheduleAll(r.net, int64(p.patterns)*int64(r.Presentations))
	run := t.newRun(r.engine, quiet{r.journal})
	run.state = memoryState{Order: newStream(t.seed, orderStream)}
	if err := run.train(&run.phases[0]); err != nil {
		return err
	}
	if err := run.sampleAtoms(&run.state.Atoms); err != nil {
		return err
	}
	for q := range quantities {
		p.atoms = append(p.atoms, run.state.Atoms.Mean[q][0])
	}
	if err := run.recall(&run.phases[1]); err != nil {
		return err
	}
	for _, o := range run.state.Outcomes[0] {
		p.add(o.Cosine, o.Wrong == 0)
	}
	return nil
}

// add counts a recalled pattern; exact ones are those without a wrong bit.
func (p *point) add(cosine float64, exact bool) {
	p.cosine += cosine / float64(p.patterns)
	if exact {
		p.exact += 1 / float64(p.patterns)
	}
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
	patterns := make([][]float64, p.patterns)
	for k := range patterns {
		patterns[k] = doubles(r.patterns[k].Pixels)
	}
	w, err := baseline.Associate(p.rule, patterns)
	if err != nil {
		return err
	}
	r.recallWith(w, p)
	return nil
}

// recallWith recalls every pattern by the dynamics of the neurons, without
// events.
func (r *capacityRun) recallWith(w *mat.Dense, p *point) {
	rng := neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, cueStream)
	for _, stored := range r.patterns[:p.patterns] {
		cue := doubles(r.Recall.damage(stored.Pixels, rng))
		var held []float64
		if r.Recall.Release == "held" {
			held = cue
		}
		var x []float64
		if r.Recall.Dynamics == "sign" {
			x = baseline.Settle(w, cue, held, r.Recall.sweeps())
		} else {
			x = baseline.Believe(w, cue, held, 100)
		}
		c := 0.0
		for i, v := range x {
			c += v * float64(stored.Pixels[i]) / float64(len(x))
		}
		p.add(c, c > 1-1e-9)
	}
}

// batched stores the patterns by Adam on the goal of all patterns at once.
func (r *capacityRun) batched(p *point) error {
	n := r.neurons
	pop, x, err := r.population(p.patterns)
	if err != nil {
		return err
	}
	for pass := range r.Passes {
		pop.Forward(p.patterns, x...)
		if _, err := pop.Learn(x...); err != nil {
			return err
		}
		if pass%100 == 0 {
			if err := r.journal.Step(fmt.Sprint(p.rule, " with ", p.patterns, " patterns"), pass, r.Passes); err != nil {
				return err
			}
		}
	}
	pop.Forward(p.patterns, x...)
	p.atoms = make([]float64, numQuantities)
	for j := range n {
		d, err := pop.Decompose(j)
		if err != nil {
			return err
		}
		rep := neuron.Report{Atoms: d}
		for q := range p.atoms {
			p.atoms[q] += quantity(&rep, q) / float64(n)
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
	pop := &batch.Population{Neurons: n, Activation: cfg.Activation, Goal: cfg.Goal, Rate: r.Rate}
	own := batch.NewPort(pid.Bins{Lo: -1, Hi: 1, N: 2}, n, n)
	own.Frozen = true
	others := batch.NewPort(r.scenario.Neuron.ContextBins.bins(), n, n)
	others.Mask = make([]float64, n*n)
	for to := range n {
		own.Weights[to*n+to] = r.Drive
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

// stream shows patterns once each, a few times in a row and perhaps with some
// of those before, and counts how many of the last are kept.
func (r *capacityRun) stream() error {
	s := r.Streaming
	t := r.memory(len(r.patterns))
	r.scenario.Neuron.scheduleAll(r.net, int64(s.Patterns)*int64(s.Presentations))
	run := t.newRun(r.engine, quiet{r.journal})
	for k := range r.patterns {
		for range s.Presentations {
			for back := min(s.Rehearsal, k); back >= 0; back-- {
				if err := run.present(r.patterns[k-back].Pixels, true); err != nil {
					return err
				}
			}
		}
		if err := r.journal.Step("stream", k+1, s.Patterns); err != nil {
			return err
		}
	}
	return r.kept(run)
}

// kept recalls the last patterns of the stream, the latest first.
func (r *capacityRun) kept(run *memoryRun) error {
	cues := neuron.NewRand(r.scenario.Seed, neuron.ForStimulus, cueStream)
	age := Series{Name: "cosine"}
	count := 0.0
	for back := range min(r.Streaming.Tested, len(r.patterns)) {
		o, err := run.recallOne(&r.Recall.Test, &r.patterns[len(r.patterns)-1-back], cues)
		if err != nil {
			return err
		}
		age.X, age.Y = append(age.X, float64(back)), append(age.Y, o.Cosine)
		if o.Cosine >= r.Criterion {
			count++
		}
	}
	r.journal.Score("streaming.kept", count)
	return r.journal.Figure("age", Lines{Title: "Recall against age", X: "patterns since", Y: "cosine", Series: []Series{age},
		Dashed: []Reference{{Name: "criterion", Y: r.Criterion}}})
}
