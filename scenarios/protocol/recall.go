package protocol

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"infomorph/internal/config"
	"infomorph/internal/words"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/language"
	"infomorph/scenarios/measure"
	"infomorph/scenarios/network"
)

// cueing is the input and the populations of a recall. Each channel of the input drives
// one neuron of the population.
type cueing struct {
	how        *language.Recall
	input      network.Group
	population network.Group
	followers  []network.Group // they update after the population, one after another
	drive      float64         // receptive weight of a channel
}

// all returns all populations of the recall, in the order in which they update.
func (c *cueing) all() []network.Group {
	return append([]network.Group{c.population}, c.followers...)
}

// cueing returns the input and the population of a recall.
func (p *Plan) cueing(how *language.Recall) (cueing, error) {
	c := cueing{how: how}
	var ok bool
	if c.input, ok = p.Net.Input(how.Input); !ok {
		return c, config.FieldError("input", how.Input, "the name of an input", config.Suggest(how.Input, p.Net.Names()))
	}
	if c.population, ok = p.Net.Population(how.Population); !ok {
		return c, config.FieldError("population", how.Population, "the name of a population", config.Suggest(how.Population, p.Net.Names()))
	}
	if err := p.followers(&c); err != nil {
		return c, err
	}
	n, m := c.population.Last-c.population.First, c.input.Last-c.input.First
	if n != m {
		return c, config.FieldProblem("input", fmt.Sprintf("has %s, and the population %s; recall needs a channel for each neuron", words.Count(m, "channel"), words.Count(n, "neuron")), "")
	}
	c.drive = p.driveOf(c.input, c.population)
	if c.drive == 0 {
		return c, config.FieldError("input", how.Input, "an input that drives the population's receptive ports, one channel each", "join them by rule: one_to_one with weights other than 0")
	}
	return c, nil
}

// followers finds the populations that follow the recalling one.
func (p *Plan) followers(c *cueing) error {
	const at = "follow"
	synchronous := p.Net.Synchronous(c.population.Name)
	names := c.how.Followers()
	for i, name := range names {
		g, ok := p.Net.Population(name)
		switch {
		case !ok:
			return config.FieldError(at, name, "the name of a population", config.Suggest(name, p.Net.Names()))
		case name == c.population.Name || slices.Contains(names[:i], name):
			return config.FieldProblem(at, "names "+name+", which takes part already", "")
		case p.Net.Synchronous(name) != synchronous:
			return config.FieldProblem(at, "names "+name+", and either it or "+c.population.Name+" has clocks of its own", "both must have them, or neither")
		}
		c.followers = append(c.followers, g)
	}
	return nil
}

// driveOf returns the weight from the first channel to the first neuron, 0 if there is no
// such synapse.
func (p *Plan) driveOf(input, population network.Group) float64 {
	in := p.Net.Sim.Incoming(population.First)
	for k, source := range in.Source {
		if source == input.First && in.Port[k] == neuron.Receptive {
			return float64(in.Weight[k])
		}
	}
	return 0
}

func (p *Plan) checkRecall(ph *phase) error {
	how := ph.Recall
	if (how.Cue == "clean") != (how.Fraction == 0) {
		return config.FieldError("fraction", float64(how.Fraction), "more than 0% where the cue is damaged, and nothing where it is clean", "")
	}
	if ph.part.Len() == 0 {
		return config.FieldError("data", how.Data, "a source with an end", "")
	}
	c, err := p.cueing(how)
	if err != nil {
		return err
	}
	if size, _ := ph.part.Set().Size(how.Input); size != int(c.input.Last-c.input.First) {
		return config.FieldError("input", how.Input, fmt.Sprintf("an input that gets the items of %s", how.Data), "")
	}
	ph.total = ph.per
	if how.Count > 0 {
		ph.total = min(how.Count, ph.per)
	}
	return nil
}

var dynamicsOf = map[string]neuron.Dynamics{"sign": neuron.Sign, "sampled": neuron.Sampled, "belief": neuron.Belief, "graded_belief": neuron.GradedBelief, "emphatic_belief": neuron.EmphaticBelief}

// sweepsOf returns the number of updates of each neuron in a recall.
func sweepsOf(how *language.Recall) int {
	switch {
	case how.Sweeps > 0:
		return how.Sweeps
	case how.Dynamics == "belief":
		return 260
	case how.Dynamics == "graded_belief":
		return 100
	case how.Dynamics == "emphatic_belief":
		return 200
	}
	return 50
}

// damage returns a cue: the pattern with some bits wrong, off or unknown (0).
func damage(cue string, fraction float64, pixels []float32, rng *rand.Rand) []float32 {
	out := append([]float32(nil), pixels...)
	k := int(fraction*float64(len(out)) + 0.5)
	switch cue {
	case "occlude":
		for i := len(out) - k; i < len(out); i++ {
			out[i] = -1
		}
	case "flip", "partial":
		for _, i := range rng.Perm(len(out))[:k] {
			out[i] = -out[i]
			if cue == "partial" {
				out[i] = 0
			}
		}
	}
	return out
}

// recall recalls the patterns of a phase, starting at the present state.
func (r *Run) recall(ctx context.Context, p *phase) error {
	c, _ := r.plan.cueing(p.Recall) // an error has ended Prepare
	s := &r.state
	for s.Done < p.total {
		if err := r.recallItem(ctx, p, &c); err != nil {
			return err
		}
		s.Done++
		if err := r.step(ctx, p, s.Done, p.total); err != nil {
			return err
		}
	}
	return nil
}

// recallItem recalls one pattern from a damaged cue.
func (r *Run) recallItem(ctx context.Context, p *phase, c *cueing) error {
	k := r.state.Done
	if p.Recall.Backwards {
		k = p.per - 1 - k
	}
	if p.chosen != nil {
		k = p.chosen[k]
	}
	var it data.Item
	if err := p.part.Item(k, &it); err != nil {
		return err
	}
	set := p.part.Set()
	pattern := set.Values(nil, c.input.Name, &it)
	rng := draws(r.plan.Experiment.Seed, drawStream+neuron.ID(p.index), k)
	start := r.engine.Now()
	cue := damage(p.Recall.Cue, float64(p.Recall.Fraction), pattern, rng)
	if err := r.reportCueing(shownItem(p, &it, start, start), c, cue); err != nil {
		return err
	}
	got, err := r.recallCue(ctx, c, cue)
	if err != nil {
		return err
	}
	got.Phase, got.Item, got.Stored, got.Age = p.Name, &it, pattern, r.state.Done
	if other := p.part.Other(k); other != k { // with control: shuffled, compare with another pattern
		var that data.Item
		if err := p.part.Item(other, &that); err != nil {
			return err
		}
		got.Stored = set.Values(nil, c.input.Name, &that)
	}
	if r.plan.Experiment.Record.Presentations {
		if err := r.out.Presentation(presentation(p, &it, start, r.engine.Now())); err != nil {
			return err
		}
	}
	return r.measures.Recall(got, r.out)
}

// reportCueing reports that a cue is about to be presented.
func (r *Run) reportCueing(s journal.Shown, c *cueing, cue []float32) error {
	s.How = "cue"
	s.Values = func(input string) []float32 {
		if input != c.input.Name {
			return nil
		}
		return cue
	}
	return r.out.Shown(s)
}

// recallCue presents a cue to the network and lets it settle.
func (r *Run) recallCue(ctx context.Context, c *cueing, cue []float32) (*measure.Recalled, error) {
	got := &measure.Recalled{How: c.how, Cue: cue}
	err := r.emitCue(ctx, c, cue)
	if err == nil {
		if c.how.Dynamics == "sign" || c.how.Dynamics == "sampled" {
			got.Sweeps, err = r.settle(ctx, c, cue)
		} else {
			got.Sweeps, err = r.believe(ctx, c, cue)
		}
	}
	if err != nil {
		return nil, err
	}
	got.Settled = !r.player.changed
	got.Outputs = append([]float32(nil), r.player.outputs[c.population.First:c.population.Last]...)
	got.Evidence, err = r.evidence(ctx, c, cue)
	return got, err
}

// evidence observes the population and returns for which bits its neurons have evidence.
func (r *Run) evidence(ctx context.Context, c *cueing, cue []float32) ([]bool, error) {
	now := r.engine.Now()
	ids := target{c.population.First, c.population.Last, neuron.Observe}
	if err := r.player.advance(ctx, now+1, sim.Feed{Signals: []neuron.Signal{tick(now, ids)}}); err != nil {
		return nil, err
	}
	known := make([]bool, len(cue))
	for i := range r.player.samples {
		s := &r.player.samples[i]
		bit := s.Neuron - c.population.First
		known[bit] = evident(s, c.how.Release == "held", cue[bit]) && r.player.outputs[s.Neuron] != 0
	}
	return known, nil
}

// evident reports whether a neuron has evidence for its bit: a field that is finite and not
// 0, at the contextual port or, if the cue is held, at the receptive port.
func evident(s *neuron.Sample, held bool, cue float32) bool {
	field := s.Sum[neuron.Contextual]
	if math.IsNaN(field) || math.IsInf(field, 0) {
		return false
	}
	return field != 0 || held && s.Sum[neuron.Receptive] != 0 && cue != 0
}

// sweep returns the mean time in which every neuron of the recall updates once, and
// all others receive its output.
func (r *Run) sweep(c *cueing) neuron.Time {
	if !r.plan.Net.Synchronous(c.population.Name) {
		return neuron.Time(r.plan.Net.Kind(c.population.Name).Clock.Interval)
	}
	return r.player.longest() * neuron.Time(1+len(c.followers))
}

// channels appends spikes that set the channels of a recall to values.
func (r *Run) channels(dst []neuron.Spike, c *cueing, at neuron.Time, values []float32) []neuron.Spike {
	first := int(c.input.First) - r.player.neurons
	for i, v := range values {
		r.player.channels[first+i] = v
		dst = append(dst, neuron.Spike{Time: at, Source: c.input.First + neuron.ID(i), Value: v})
	}
	return dst
}

// fires appends a tick for each population of the recall, one after another, unless they
// have clocks of their own.
func (r *Run) fires(dst []neuron.Signal, c *cueing, at neuron.Time) []neuron.Signal {
	if !r.plan.Net.Synchronous(c.population.Name) {
		return dst
	}
	for _, g := range c.all() {
		dst = append(dst, tick(at, target{g.First, g.Last, neuron.Fire}))
		at += r.player.longest()
	}
	return dst
}

// dynamics appends signals that set the dynamics of the populations of the recall.
func (c *cueing) dynamics(dst []neuron.Signal, at neuron.Time, d neuron.Dynamics) []neuron.Signal {
	for _, g := range c.all() {
		dst = append(dst, set(at, g, neuron.SetDynamics, float64(d)))
	}
	return dst
}

// emitCue makes every neuron of the population send the bit of the cue, and waits until
// all have received it and those that follow have answered. Learning is off, and other
// inputs are 0.
func (r *Run) emitCue(ctx context.Context, c *cueing, cue []float32) error {
	start := r.engine.Now()
	arrived := start + r.player.inputDelay()
	end := arrived + r.player.longest()*neuron.Time(1+len(c.followers))
	feed := sim.Feed{}
	for _, g := range r.plan.Net.Inputs {
		if g.Name == c.input.Name {
			feed.Inputs = r.channels(feed.Inputs, c, start, cue)
		} else {
			feed.Inputs = r.player.emit(feed.Inputs, start, g, make([]float32, size(g)))
		}
	}
	for i, g := range r.plan.Net.Populations {
		feed.Signals = append(feed.Signals, set(start, g, neuron.SetPlastic, 0))
		r.state.Modes[i] = elsewhere
	}
	feed.Signals = c.dynamics(feed.Signals, start, neuron.Teacher)
	if !r.plan.Net.Synchronous(c.population.Name) {
		end += 10 * r.sweep(c) // a Poisson clock has no update in that time with probability e^-10
	}
	feed.Signals = r.fires(feed.Signals, c, arrived)
	return r.player.advance(ctx, end, feed)
}

// release returns the feed that starts the recall dynamics, and the time of that. It
// removes the cue from the receptive ports if it is to be released.
func (r *Run) release(c *cueing, cue []float32) (sim.Feed, neuron.Time) {
	now := r.engine.Now()
	at := now + r.player.inputDelay()
	feed := sim.Feed{Signals: c.dynamics(nil, at, dynamicsOf[c.how.Dynamics])}
	if c.how.Release == "released" {
		feed.Inputs = r.channels(nil, c, now, part(cue, 0))
	}
	return feed, at
}

// settle runs sign dynamics until nothing changes or all sweeps are done. Sampled outputs
// may change at any time, so with them it does all sweeps.
func (r *Run) settle(ctx context.Context, c *cueing, cue []float32) (sweeps int, err error) {
	feed, at := r.release(c, cue)
	total := sweepsOf(c.how)
	clocked := !r.plan.Net.Synchronous(c.population.Name)
	for sweeps < total {
		end := at + r.sweep(c)
		feed.Signals = r.fires(feed.Signals, c, at)
		if c.how.Release == "fading" {
			feed.Inputs = r.channels(feed.Inputs, c, at-r.player.inputDelay(), c.faded(cue, float64(sweeps)/float64(total)))
		}
		if err := r.player.advance(ctx, end, feed); err != nil {
			return sweeps, err
		}
		sweeps++
		if !r.player.changed && (!clocked || sweeps > 10) && c.how.Release != "fading" && c.how.Dynamics != "sampled" {
			break
		}
		feed, at = sim.Feed{}, r.engine.Now()
		if c.how.Release == "fading" {
			at += r.player.inputDelay()
		}
	}
	return sweeps, nil
}

// faded returns the strength of a fading cue at a point of the recall, from 0 (begin) to
// 1 (end).
func (c *cueing) faded(cue []float32, moment float64) []float32 {
	from, to := 1.1, 0.0 // ½·ln(9): half the log-odds of a bit that is wrong in one of ten cases
	if c.how.Dynamics == "emphatic_belief" {
		from, to = 4.3, 1.1
	}
	return part(cue, float32((from+(to-from)*moment)/c.drive))
}

// part returns a cue with every value multiplied by scale.
func part(cue []float32, scale float32) []float32 {
	out := make([]float32, len(cue))
	for i, v := range cue {
		out[i] = v * scale
	}
	return out
}

// gradedSweeps is the number of sweeps with graded_belief dynamics that follow
// emphatic_belief dynamics, before sign dynamics.
const gradedSweeps = 40

// believe runs belief dynamics, then sign dynamics to correct the last bits.
func (r *Run) believe(ctx context.Context, c *cueing, cue []float32) (sweeps int, err error) {
	feed, at := r.release(c, cue)
	total := sweepsOf(c.how)
	for sweeps < total {
		feed.Signals = r.fires(feed.Signals, c, at)
		if c.how.Release == "fading" {
			feed.Inputs = r.channels(feed.Inputs, c, at-r.player.inputDelay(), c.faded(cue, float64(sweeps)/float64(total)))
		}
		at += r.sweep(c)
		sweeps++
	}
	if c.how.Release == "fading" {
		feed.Inputs = r.channels(feed.Inputs, c, at-r.player.inputDelay(), part(cue, 0))
	}
	if err := r.player.advance(ctx, at+1, feed); err != nil {
		return sweeps, err
	}
	then := *c
	how := language.Recall{Cueing: language.Cueing{Dynamics: "sign", Release: "held", Sweeps: 10}}
	if c.how.Release == "released" {
		how.Release = "released"
	}
	finish := r.settle
	if c.how.Dynamics == "emphatic_belief" {
		how.Dynamics, how.Sweeps, finish = "graded_belief", gradedSweeps, r.believe
	}
	then.how = &how
	more, err := finish(ctx, &then, cue)
	return sweeps + more, err
}
