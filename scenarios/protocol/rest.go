package protocol

import (
	"context"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/language"
)

// restPart is how much of a rest runs at a time, in sweeps.
const restPart = 10

// rest lets time pass without input.
func (r *Run) rest(ctx context.Context, p *phase) error {
	s := &r.state
	ends := s.Began + neuron.Time(p.Rest.Duration)
	for r.engine.Now() < ends {
		if err := r.idle(ctx, p.Rest, p.learns, ends); err != nil {
			return err
		}
		if err := r.step(ctx, p, int((r.engine.Now()-s.Began)/neuron.Millisecond), int(neuron.Time(p.Rest.Duration)/neuron.Millisecond)); err != nil {
			return err
		}
	}
	return nil
}

// idle lets some time pass, at most until ends, with all channels at 0.
func (r *Run) idle(ctx context.Context, rest *language.Rest, learns []bool, ends neuron.Time) error {
	now := r.engine.Now()
	feed := sim.Feed{Inputs: r.player.silence(nil, now)} // an event may have set channels
	dynamics := neuron.Sampled
	if rest.Output == "sign" {
		dynamics = neuron.Sign
	}
	for i := range r.plan.Net.Populations {
		feed.Signals = r.teach(feed.Signals, now, i, mode{true, learns[i], dynamics})
	}
	sweep := max(r.player.longest(), r.plan.slowest())
	until := min(now+restPart*sweep, ends)
	if rest.Output != "none" {
		for at := now + r.player.inputDelay(); at < until; at += sweep {
			feed.Signals = append(feed.Signals, r.ticks(at, neuron.Fire|neuron.Learn)...)
		}
	}
	return r.player.advance(ctx, until, feed)
}

// ticks returns signals that make all synchronous neurons update.
func (r *Run) ticks(at neuron.Time, do neuron.Flags) []neuron.Signal {
	var s step
	for _, g := range r.plan.Net.Populations {
		if r.plan.Net.Synchronous(g.Name) {
			s.add(target{g.First, g.Last, do})
		}
	}
	var all []neuron.Signal
	for _, t := range s.targets {
		all = append(all, tick(at, t))
	}
	return all
}
