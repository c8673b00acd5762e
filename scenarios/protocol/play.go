package protocol

import (
	"cmp"
	"context"
	"slices"

	"infomorph/internal/config"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/measure"
	"infomorph/scenarios/network"
)

// checkPlay reports a phase whose data are not spike trains.
func (p *Plan) checkPlay(ph *phase) error {
	if ph.per == 0 {
		return config.FieldError("data", ph.Play.Data, "a source with an end", "")
	}
	if trainInput(ph.part.Set()) == "" {
		return config.FieldError("data", ph.Play.Data, "a source of spike trains", "present: is for items without time")
	}
	return nil
}

// trainInput returns the input that receives the spikes of trains, "" if the source has
// no trains.
func trainInput(set *data.Set) string {
	for _, input := range set.Inputs() {
		if set.Into(input).Field == "spikes" {
			return input
		}
	}
	return ""
}

// playTrains plays spike trains one by one.
func (r *Run) playTrains(ctx context.Context, p *phase) error {
	s := &r.state
	for s.Done < p.total {
		k := s.Done % p.per
		if p.Play.Order == "shuffled" {
			k = r.orders.of(p.index, s.Done/p.per, p.per)[k]
		}
		if p.chosen != nil {
			k = p.chosen[k]
		}
		if err := r.playTrain(ctx, p, k); err != nil {
			return err
		}
		s.Done++
		if err := r.afterTrain(p); err != nil {
			return err
		}
		if err := r.step(ctx, p, s.Done, p.total); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) afterTrain(p *phase) error {
	s := &r.state
	if p.learning() {
		s.Trained++
		if s.Sampling.Due(s.Trained) {
			if _, err := r.sampleAtoms(); err != nil {
				return err
			}
		}
	}
	if s.Done%p.per == 0 {
		return r.measures.EndPass(p.Name, r.engine.Now(), r.out)
	}
	return nil
}

// playTrain plays one train in continuous time. Neurons are observed at regular
// intervals; measures get the mean of these observations.
func (r *Run) playTrain(ctx context.Context, p *phase, k int) error {
	b := &r.buffers
	var it data.Item
	if err := p.part.Item(k, &it); err != nil {
		return err
	}
	set := p.part.Set()
	start := max(r.engine.Now(), r.state.Next)
	end := start + scaled(it.Duration, p.Play.Speed)
	b.feed = sim.Feed{Inputs: b.feed.Inputs[:0], Signals: b.feed.Signals[:0]}
	for i := range r.plan.Net.Populations {
		b.feed.Signals = r.teach(b.feed.Signals, start, i, mode{true, p.learns[i], r.own(i)})
	}
	r.emitItem(set, append([]string{trainInput(set)}, p.off...), &it, start)
	r.layTrain(p, set, &it, start)
	looks := r.layUpdates(p, start, end)
	shown := shownItem(p, &it, start, end)
	shown.How = "train"
	if err := r.out.Shown(shown); err != nil {
		return err
	}
	if err := r.player.advance(ctx, end+1, b.feed); err != nil {
		return err
	}
	r.state.Next = end + 1 + neuron.Time(p.Play.Gap)
	r.state.Shown++
	for i, at := range looks {
		n := 0
		for n < len(r.player.samples) && r.player.samples[n].Time <= at {
			n++
		}
		b.gather(r.player.samples[:n], r.player.neurons, i == 0)
		r.player.samples = r.player.samples[n:]
	}
	if r.plan.Experiment.Record.Presentations {
		if err := r.out.Presentation(presentation(p, &it, start, end)); err != nil {
			return err
		}
	}
	look := measure.Look{Phase: p.Name, Learning: p.learning(), Item: &it, Data: p.Play.Data,
		Samples: b.sorted(len(looks)), Start: start, End: end, Values: r.valuesOf(set, &it)}
	if err := r.measures.Look(&look, r.out); err != nil {
		return err
	}
	return r.probe(p, look.Samples)
}

func scaled(t neuron.Time, speed float64) neuron.Time {
	return neuron.Time(float64(t) / speed)
}

// layTrain adds the spikes of a train to the feed, and spikes that reset channels to 0.
func (r *Run) layTrain(p *phase, set *data.Set, it *data.Item, start neuron.Time) {
	b := &r.buffers
	g, _ := r.plan.Net.Input(trainInput(set))
	if slices.Contains(p.off, g.Name) {
		return
	}
	falls := falling{hold: neuron.Time(set.Hold), last: map[int32]neuron.Time{}}
	for _, s := range it.Train {
		at := start + scaled(s.Time, p.Play.Speed)
		r.fallBack(g, &falls, at)
		b.feed.Inputs = append(b.feed.Inputs, neuron.Spike{Time: at, Source: g.First + neuron.ID(s.Channel), Value: s.Value})
		r.player.channels[int(g.First)-r.player.neurons+int(s.Channel)] = s.Value
		falls.add(s.Channel, at)
	}
	r.fallBack(g, &falls, start+scaled(it.Duration, p.Play.Speed)+1)
	slices.SortStableFunc(b.feed.Inputs, func(a, b neuron.Spike) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Source, b.Source))
	})
}

// falling is a queue of channels that hold the value of a spike, in the order in which
// they return to 0.
type falling struct {
	hold  neuron.Time
	queue []fall
	last  map[int32]neuron.Time // by channel: when it returns to 0
}

type fall struct {
	at      neuron.Time
	channel int32
}

func (f *falling) add(channel int32, at neuron.Time) {
	if f.hold > 0 {
		f.queue = append(f.queue, fall{at + f.hold, channel})
		f.last[channel] = at + f.hold
	}
}

// fallBack adds spikes of value 0 for channels whose hold time is over before now. It
// skips a channel that has had another spike since.
func (r *Run) fallBack(g network.Group, f *falling, now neuron.Time) {
	for ; len(f.queue) > 0 && f.queue[0].at < now; f.queue = f.queue[1:] {
		next := f.queue[0]
		if f.last[next.channel] != next.at {
			continue
		}
		r.buffers.feed.Inputs = append(r.buffers.feed.Inputs, neuron.Spike{Time: next.at, Source: g.First + neuron.ID(next.channel)})
		r.player.channels[int(g.First)-r.player.neurons+int(next.channel)] = 0
	}
}

// layUpdates adds the updates during a train to the feed, and returns the times of
// observation.
func (r *Run) layUpdates(p *phase, start, end neuron.Time) (looks []neuron.Time) {
	b := &r.buffers
	every := neuron.Time(p.Play.Every)
	for at := start + every; at < end; at += every {
		b.feed.Signals = append(b.feed.Signals, r.ticks(at, neuron.Fire|neuron.Learn|neuron.Observe)...)
		r.observeClocked(at)
		looks = append(looks, at)
	}
	b.feed.Signals = append(b.feed.Signals, r.ticks(end, neuron.Fire|neuron.Learn|neuron.Observe)...)
	r.observeClocked(end)
	return append(looks, end)
}
