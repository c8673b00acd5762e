package protocol

import (
	"context"
	"math/rand/v2"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
)

// dreamStream is the random stream for the cues from which a network recalls what it
// rehearses.
const dreamStream neuron.ID = 1<<24 + 1<<21

// dreams reports whether the network rehearses what it recalls in this phase.
func (ph *phase) dreams() bool {
	return ph.Present != nil && ph.Present.Rehearse != nil && ph.Present.Rehearse.Own != nil
}

// readyDreams prepares the recall of what is rehearsed in a phase.
func (p *Plan) readyDreams(ph *phase) error {
	if !ph.dreams() {
		return nil
	}
	own := ph.Present.Rehearse.Own
	if ph.Present.Rehearse.Span > 0 {
		return config.FieldError("rehearse.span", ph.Present.Rehearse.Span, "nothing beside own, because no previous items are kept", "")
	}
	var err error
	ph.dreaming, err = p.cueing(&language.Recall{Cueing: language.Cueing{
		Input: own.Input, Population: own.Population, Dynamics: own.Dynamics, Release: "released", Sweeps: own.Sweeps}})
	return config.Within("rehearse.own", err)
}

// dreamAndShow presents item k of a phase. Before each repetition the network recalls,
// and rehearses what it has recalled.
func (r *Run) dreamAndShow(ctx context.Context, p *phase, k int) error {
	count := p.Present.Rehearse.Count
	for rep := range p.Present.Repeat {
		for i := range count {
			if err := r.dream(ctx, p, (k*p.Present.Repeat+rep)*count+i); err != nil {
				return err
			}
		}
		r.buffers.showings = r.looks(r.buffers.showings[:0], p, k)
		if err := r.showAndLook(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// dream recalls once and presents the result, so that the network learns from it as from an
// item.
func (r *Run) dream(ctx context.Context, p *phase, number int) error {
	own := p.Present.Rehearse.Own
	values := randomBits(draws(r.plan.Experiment.Seed, dreamStream+neuron.ID(p.index), number), p.dreaming.population.Size())
	if own.Dynamics != "none" {
		recalled, settled, err := r.recallFrom(ctx, p, values)
		if err != nil || own.Settled && !settled {
			return err
		}
		values = recalled
	}
	start := max(r.engine.Now(), r.state.Next)
	if err := r.showValues(ctx, p, shownValues{own.Input, values, "recalled"}); err != nil {
		return err
	}
	r.state.Shown++
	if !r.plan.Experiment.Record.Presentations {
		return nil
	}
	return r.out.Presentation(journal.Presentation{Start: start, End: r.engine.Now() - 1, Phase: p.Name, Item: -1, Name: "recalled"})
}

// randomBits draws n bits, each −1 or 1.
func randomBits(rng *rand.Rand, n int) []float32 {
	bits := make([]float32, n)
	for i := range bits {
		bits[i] = float32(2*rng.IntN(2) - 1)
	}
	return bits
}

// recallFrom recalls from a cue. It reports what the neurons have settled on, and whether
// no output changed in the last sweep.
func (r *Run) recallFrom(ctx context.Context, p *phase, cue []float32) (recalled []float32, settled bool, err error) {
	c := &p.dreaming
	if r.state.Next > r.engine.Now() { // wait for earlier spikes to arrive
		if err := r.player.advance(ctx, r.state.Next, sim.Feed{}); err != nil {
			return nil, false, err
		}
	}
	now := r.engine.Now()
	if err := r.reportCueing(journal.Shown{Start: now, End: now, Phase: p.Name, Item: -1}, c, cue); err != nil {
		return nil, false, err
	}
	got, err := r.recallCue(ctx, c, cue)
	if err != nil {
		return nil, false, err
	}
	return got.Outputs, got.Settled, nil
}
