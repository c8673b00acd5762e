package protocol

import (
	"context"
	"fmt"
	"slices"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios/data"
	"infomorph/scenarios/journal"
	"infomorph/scenarios/measure"
)

// Limits on one feed. It has at most mostItems items. In a large network it has so few
// items that at most mostSpikes neurons and channels can fire, and that about mostDelivered
// synapses receive input. That is some hundred milliseconds of work, which is also how
// long a stopped run takes to end. In lockstep, results do not depend on these limits.
const (
	mostItems     = 50
	mostSpikes    = 1 << 20
	mostDelivered = 1 << 21
)

// chunk returns the maximum number of items of a phase in one feed. It is 1 in mode free:
// neurons have no common time there, so the run waits after each item. Otherwise some
// neurons could receive the next item while others still learn from the last one.
func (r *Run) chunk(p *phase) int {
	if r.plan.Experiment.Mode == "free" || p.dreams() {
		return 1
	}
	net := r.plan.Net.Sim
	return itemsOfFeed(net.NumNeurons()+net.NumChannels(), p.deliveries(r.plan))
}

// itemsOfFeed returns how many items a feed has at most, for a number of neurons and
// channels, and of synapses that receive input during one item.
func itemsOfFeed(members int, deliveries float64) int {
	return min(mostItems, max(1, min(mostSpikes/(members+1), int(mostDelivered/deliveries))))
}

// deliveries returns approximately how many synapses receive input during one item of a phase,
// at least 1.
func (ph *phase) deliveries(p *Plan) float64 {
	updates := len(ph.steps)
	if slowest := p.slowest(); slowest > 0 {
		updates = max(updates, int(ph.least(p)/slowest))
	}
	showings := ph.Present.Repeat * ph.Present.Looks
	if r := ph.Present.Rehearse; r != nil {
		showings += ph.Present.Repeat * r.Count
	}
	return float64(max(1, p.Net.Sim.NumSynapses())) * float64(max(1, updates)) * float64(showings)
}

// showing is one presentation of one item.
type showing struct {
	item       int // number in the part
	slot       int // index of the item in the buffers
	scored     bool
	look       int // number of the look at the item, from 0
	start, end neuron.Time
}

// buffers holds memory that presentations reuse.
type buffers struct {
	items    []data.Item
	showings []showing
	feed     sim.Feed
	values   []float32
	latest   []neuron.Sample // by neuron, of the current presentation
	seen     []neuron.ID
	taken    []int // by neuron: the last look with a sample of it
	look     int   // number of looks so far
	first    int   // first look of the current presentation
	samples  []neuron.Sample
	whole    []neuron.Sample // samples of the presentation, if they arrived in order of neurons; else nil
}

// present presents the items of a phase in chunks.
func (r *Run) present(ctx context.Context, p *phase) error {
	s := &r.state
	for {
		n, over := r.next(p)
		if over {
			return nil
		}
		if err := r.showItems(ctx, p, s.Done, n); err != nil {
			return err
		}
		s.Done += n
		if err := r.afterItems(p, n); err != nil {
			return err
		}
		done, total := s.Done, p.total
		if d := neuron.Time(p.Present.Duration); d > 0 {
			total = int(d / neuron.Millisecond)
			done = min(int((r.engine.Now()-s.Began)/neuron.Millisecond), total)
		}
		if err := r.step(ctx, p, done, total); err != nil {
			return err
		}
	}
}

// next returns how many items to present in the next chunk, and whether the phase is
// over.
func (r *Run) next(p *phase) (n int, over bool) {
	s := &r.state
	if d := neuron.Time(p.Present.Duration); d > 0 {
		return 1, max(r.engine.Now(), s.Next)-s.Began >= d
	}
	if s.Done >= p.total {
		return 0, true
	}
	n = min(r.chunk(p), p.total-s.Done)
	if p.per > 0 {
		n = min(n, p.per-s.Done%p.per)
	}
	if p.learning() {
		if due := s.Sampling.Until(s.Trained); due > 0 {
			n = min(n, max(1, due/p.Present.Repeat))
		}
	}
	return min(n, r.probeDue(p), r.engine.patience()), false
}

// afterItems takes a sample of atoms if it is due after n more items, and updates the
// counts.
func (r *Run) afterItems(p *phase, n int) error {
	s := &r.state
	if p.learning() {
		s.Trained += n * p.Present.Repeat
		if s.Sampling.Due(s.Trained) {
			if _, err := r.sampleAtoms(); err != nil {
				return err
			}
		}
	}
	if p.per == 0 {
		s.Used[p.Present.Data] += n
	}
	if p.per > 0 && s.Done%p.per == 0 || p.per == 0 && s.Done == p.total {
		return r.measures.EndPass(p.Name, r.engine.Now(), r.out)
	}
	return nil
}

// item returns the number of the item in presentation k of a phase.
func (r *Run) item(p *phase, k int) int {
	if p.per == 0 {
		return r.state.Used[p.Present.Data] + k - r.state.Done
	}
	at := k % p.per
	if p.Present.Order == "shuffled" {
		at = r.orders.of(p.index, k/p.per, p.per)[at]
	}
	if p.chosen != nil {
		return p.chosen[at]
	}
	return at
}

// showItems presents items from..from+n−1 of a phase.
func (r *Run) showItems(ctx context.Context, p *phase, from, n int) error {
	if p.dreams() {
		return r.dreamAndShow(ctx, p, from)
	}
	b := &r.buffers
	b.showings = b.showings[:0]
	for k := from; k < from+n; k++ {
		for rep := range p.Present.Repeat {
			for _, back := range rehearsed(r.plan.Experiment.Seed, p, k, rep) {
				b.showings = append(b.showings, showing{item: r.item(p, k-back)})
			}
			b.showings = r.looks(b.showings, p, k)
		}
	}
	return r.showAndLook(ctx, p)
}

// looks appends the looks at the item of presentation k.
func (r *Run) looks(dst []showing, p *phase, k int) []showing {
	for look := range p.Present.Looks {
		dst = append(dst, showing{item: r.item(p, k), scored: look == p.Present.Looks-1, look: look})
	}
	return dst
}

// showAndLook presents the showings in the buffers and passes their samples on.
func (r *Run) showAndLook(ctx context.Context, p *phase) error {
	if err := r.showAll(ctx, p); err != nil {
		return err
	}
	return r.lookAtAll(p)
}

// rehearsed draws the items to present again before presentation k. It returns how many
// presentations back each of them is.
func rehearsed(seed uint64, p *phase, k, rep int) []int {
	re := p.Present.Rehearse
	if re == nil {
		return nil
	}
	span := min(k, re.Reach())
	backs := draws(seed, drawStream+neuron.ID(p.index), k*p.Present.Repeat+rep).Perm(span)[:min(re.Count, span)]
	for i := range backs {
		backs[i]++
	}
	return backs
}

// showAll puts the showings in the buffers into one feed and runs it.
func (r *Run) showAll(ctx context.Context, p *phase) error {
	b := &r.buffers
	b.feed.Inputs, b.feed.Signals = b.feed.Inputs[:0], b.feed.Signals[:0]
	at := max(r.engine.Now(), r.state.Next)
	for i := range r.plan.Net.Populations {
		b.feed.Signals = r.teach(b.feed.Signals, at, i, mode{true, p.learns[i], r.dynamics(p.Present.Output, i)})
	}
	for len(b.items) < len(b.showings) {
		b.items = append(b.items, data.Item{})
	}
	until := at
	for k := range b.showings {
		sh := &b.showings[k]
		sh.slot = k
		if err := p.part.Item(sh.item, &b.items[k]); err != nil {
			return err
		}
		sh.start = at
		r.emitItem(p.part.Set(), p.off, &b.items[k], at)
		until, at = r.layShowing(p, sh, neuron.Time(p.Present.Length))
	}
	r.state.Next = at
	if err := r.reportShown(p); err != nil {
		return err
	}
	return r.player.advance(ctx, until, b.feed)
}

// reportShown reports the presentations that are about to begin.
func (r *Run) reportShown(p *phase) error {
	b := &r.buffers
	for k := range b.showings {
		sh := &b.showings[k]
		if err := r.out.Shown(shownItem(p, &b.items[sh.slot], sh.start, sh.end)); err != nil {
			return err
		}
	}
	return nil
}

// shownItem describes an item that is about to be presented.
func shownItem(p *phase, it *data.Item, start, end neuron.Time) journal.Shown {
	row, set := presentation(p, it, start, end), p.part.Set()
	return journal.Shown{Start: start, End: end, Phase: row.Phase, How: "presented", Item: row.Item, Name: row.Name, Label: row.Label,
		Values: func(input string) []float32 {
			if !slices.Contains(set.Inputs(), input) || slices.Contains(p.off, input) {
				return nil
			}
			return set.Values(nil, input, it)
		}}
}

// emitItem adds the input values of an item to the feed.
func (r *Run) emitItem(set *data.Set, off []string, it *data.Item, at neuron.Time) {
	b := &r.buffers
	inputs := set.Inputs()
	for _, g := range r.plan.Net.Inputs {
		n := int(g.Last - g.First)
		if slices.Contains(inputs, g.Name) && !slices.Contains(off, g.Name) {
			b.values = set.Values(b.values[:0], g.Name, it)
		} else {
			b.values = append(b.values[:0], make([]float32, n)...)
		}
		b.feed.Inputs = r.player.emit(b.feed.Inputs, at, g, b.values)
	}
}

// layShowing adds the updates of one presentation to the feed. It returns when all of
// them are done, and when the next presentation may begin.
func (r *Run) layShowing(p *phase, sh *showing, length neuron.Time) (until, next neuron.Time) {
	b := &r.buffers
	last, arrived := sh.start, sh.start
	arrival, longest := r.player.inputDelay(), r.player.longest()
	at := sh.start + arrival
	for i := range p.steps {
		for _, t := range p.steps[i].targets {
			b.feed.Signals = append(b.feed.Signals, tick(at, t))
		}
		last = at
		if p.steps[i].tells {
			arrived = at + longest
		}
		at += longest
	}
	// Inputs of the next presentation must not arrive before these updates and outputs.
	next = max(last, arrived-arrival) + 1
	if slowest := r.plan.slowest(); slowest > 0 {
		if length == 0 {
			length = max(12*slowest, arrival+longest) + 1
		}
		last = max(last, sh.start+length-1)
		r.observeClocked(last)
	}
	sh.end = last
	return last + 1, max(next, sh.start+length)
}

// observeClocked adds the observation of neurons with clocks of their own.
func (r *Run) observeClocked(at neuron.Time) {
	b := &r.buffers
	for _, g := range r.plan.Net.Populations {
		if !r.plan.Net.Synchronous(g.Name) {
			b.feed.Signals = append(b.feed.Signals, tick(at, target{g.First, g.Last, neuron.Observe}))
		}
	}
}

var outputs = map[string]neuron.Dynamics{"sampled": neuron.Sampled, "teacher": neuron.Teacher, "sign": neuron.Sign}

// dynamics returns the dynamics of population i in a phase.
func (r *Run) dynamics(output string, i int) neuron.Dynamics {
	if d, ok := outputs[output]; ok {
		return d
	}
	return r.own(i)
}

// lookAtAll passes the samples of all showings to measures and probes.
func (r *Run) lookAtAll(p *phase) error {
	b := &r.buffers
	samples := r.player.samples
	for k := range b.showings {
		sh := &b.showings[k]
		n := 0
		for n < len(samples) && samples[n].Time <= sh.end {
			n++
		}
		if p.Present.Looks <= 1 && ascending(samples[:n]) {
			b.whole = samples[:n]
		} else {
			b.gather(samples[:n], r.player.neurons, sh.look == 0)
		}
		samples = samples[n:]
		if err := r.reportShowing(p, sh); err != nil {
			return err
		}
		if !sh.scored {
			continue
		}
		if err := r.score(p, sh); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) reportShowing(p *phase, sh *showing) error {
	r.state.Shown++
	it := &r.buffers.items[sh.slot]
	if !r.plan.Experiment.Record.Presentations {
		return nil
	}
	return r.out.Presentation(presentation(p, it, sh.start, sh.end))
}

func presentation(p *phase, it *data.Item, start, end neuron.Time) journal.Presentation {
	row := journal.Presentation{Start: start, End: end, Phase: p.Name, Item: it.Index, Name: it.Name}
	if labels := p.part.Set().Labels; it.Label >= 0 && it.Label < len(labels) {
		row.Label = labels[it.Label]
	}
	return row
}

// score passes a presentation to measures and probes.
func (r *Run) score(p *phase, sh *showing) error {
	b := &r.buffers
	it := &b.items[sh.slot]
	look := measure.Look{Phase: p.Name, Learning: p.learning(), Item: it, Data: p.Present.Data,
		Samples: b.sorted(p.Present.Looks), Start: sh.start, End: sh.end, Values: r.valuesOf(p.part.Set(), it)}
	if err := r.measures.Look(&look, r.out); err != nil {
		return err
	}
	return r.probe(p, look.Samples)
}

// valuesOf returns a function that gives the values of an input for an item, nil if the
// input receives nothing from the set.
func (r *Run) valuesOf(set *data.Set, it *data.Item) func(string) []float32 {
	return func(input string) []float32 {
		if set.Into(input) == nil {
			return nil
		}
		return set.Values(nil, input, it)
	}
}

// gather keeps the last sample of each neuron. It adds the sample to those of earlier
// looks, unless this is the first look.
func (b *buffers) gather(samples []neuron.Sample, neurons int, first bool) {
	b.whole = nil
	if b.latest == nil {
		b.latest, b.taken = make([]neuron.Sample, neurons), make([]int, neurons)
	}
	if first {
		b.seen, b.first = b.seen[:0], b.look+1
	}
	b.look++
	for i := len(samples) - 1; i >= 0; i-- { // from the end, so the last sample of each neuron comes first
		s := &samples[i]
		was := b.taken[s.Neuron]
		if was == b.look {
			continue
		}
		b.taken[s.Neuron] = b.look
		to := &b.latest[s.Neuron]
		if was < b.first {
			b.seen = append(b.seen, s.Neuron)
			*to = *s
			continue
		}
		for q := range to.Sum {
			to.Sum[q] += s.Sum[q]
		}
		to.Theta, to.Output, to.Time = to.Theta+s.Theta, s.Output, s.Time
	}
}

// ascending reports whether samples are sorted by neuron, with at most one for each.
func ascending(samples []neuron.Sample) bool {
	for i := 1; i < len(samples); i++ {
		if samples[i].Neuron <= samples[i-1].Neuron {
			return false
		}
	}
	return true
}

// sorted returns the gathered samples, sorted by neuron and averaged over looks.
func (b *buffers) sorted(looks int) []neuron.Sample {
	if b.whole != nil {
		return b.whole
	}
	slices.Sort(b.seen)
	b.samples = b.samples[:0]
	for _, id := range b.seen {
		s := b.latest[id]
		if looks > 1 {
			for q := range s.Sum {
				s.Sum[q] /= float64(looks)
			}
			s.Theta /= float64(looks)
		}
		b.samples = append(b.samples, s)
	}
	return b.samples
}

// presentNow presents an item of the current phase once, by name or number, in addition
// to those of the phase.
func (r *Run) presentNow(ctx context.Context, name string) error {
	if r.state.Phase >= len(r.plan.phases) {
		return nil
	}
	p := &r.plan.phases[r.state.Phase]
	chosen, err := r.presentable(name)
	if err != nil {
		return err
	}
	b := &r.buffers
	b.showings = b.showings[:0]
	for _, k := range chosen {
		b.showings = append(b.showings, showing{item: k})
	}
	return r.showAndLook(ctx, p)
}

// presentable returns the items with a name that the current phase can present.
func (r *Run) presentable(name string) ([]int, error) {
	p := &r.plan.phases[r.state.Phase]
	if p.Present == nil || p.Present.Batch != nil {
		return nil, fmt.Errorf("phase %s presents no items one by one, so %q cannot be presented in it", p.Name, name)
	}
	return p.part.Select(name)
}
