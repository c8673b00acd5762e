package remote

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A node whose order takes long may be at work, or not. Its heartbeats tell how
// much it has got done and how much processor time it has used; from that the
// coordinator tells four cases apart:
//
//	it gets on, however long an epoch may be       waited for
//	it computes all the time, the others wait      waited for: it has too much to do
//	it gets nothing done                           stands still
//	the others wait, and it hardly computes        slow
//
// A node stands still when for the whole of the patience it has got nothing
// done of the order it is at. It is slow when for as long it took more than
// slowFactor times as long as the others for their epochs and computed less
// than half of that time: others have its processors, it swaps, it is stopped
// time and again, or its network is slow.

// DefaultPatience is how long a run waits for a node that gets nothing done, or
// is slow.
const DefaultPatience = 3 * time.Second

const (
	slowFactor = 5  // how many times as long as the others
	idleShare  = 20 // a node that uses less than one part in so many of a processor does nothing
	grains     = 20 // epochs are summed over patience/grains
)

// pace is how the nodes of a run get on. Its methods can be called from several
// goroutines; all are told the time.
type pace struct {
	mu       sync.Mutex
	patience time.Duration // 0: for ever
	nodes    []gait
	rounds   []round   // of the patience, and one before
	apart    time.Time // since when all nodes are at another order than an epoch; zero: they are not
}

// gait is how one node gets on.
type gait struct {
	order kind          // that it is at; 0: none
	since time.Time     // when it was given
	moved time.Time     // when something of it was last seen to get done
	mark  time.Duration // the processor time it had used by then
	cpu   time.Duration // processor time in all, as last told
	steps uint64        // what it has got done in all, as last told
	past  []mark        // of the patience
}

// mark is how much processor time a node had used at a moment.
type mark struct {
	at  time.Time
	cpu time.Duration
}

// round is what the epochs took that began within a grain.
type round struct {
	began time.Time
	took  []time.Duration
	cpu   []time.Duration // that each node had used when it began
	apart time.Duration   // time for other orders: a slow disk is no slow node
}

func newPace(nodes int, patience time.Duration) *pace {
	return &pace{patience: patience, nodes: make([]gait, nodes)}
}

// ask notes that node k was given an order.
func (p *pace) ask(k int, order kind, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch at := p.under(); {
	case at == 0 && order == kindAdvance:
		p.round(now)
	case at == 0:
		p.apart = now
	}
	g := &p.nodes[k]
	g.order, g.since, g.moved, g.mark = order, now, now, g.cpu
}

// under returns the order that a node is at; 0: there is none.
func (p *pace) under() kind {
	for k := range p.nodes {
		if o := p.nodes[k].order; o != 0 {
			return o
		}
	}
	return 0
}

// round begins a round where the last one is a grain old, and forgets those
// that no verdict needs.
func (p *pace) round(now time.Time) {
	n := len(p.rounds)
	if n > 0 && now.Sub(p.rounds[n-1].began) < p.patience/grains {
		return
	}
	if first := p.first(now); first > 0 {
		p.rounds = p.rounds[first:]
	}
	r := round{began: now, took: make([]time.Duration, len(p.nodes)), cpu: make([]time.Duration, len(p.nodes))}
	for k := range p.nodes {
		r.cpu[k] = p.nodes[k].cpu
	}
	p.rounds = append(p.rounds, r)
}

// first returns the latest round since which the patience has gone by, other
// orders apart; −1: there is none.
func (p *pace) first(now time.Time) int {
	apart := time.Duration(0)
	if !p.apart.IsZero() {
		apart = now.Sub(p.apart)
	}
	for i := len(p.rounds) - 1; i >= 0; i-- {
		if apart += p.rounds[i].apart; now.Sub(p.rounds[i].began)-apart >= p.patience {
			return i
		}
	}
	return -1
}

// answered notes that node k has answered its order.
func (p *pace) answered(k int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, last := &p.nodes[k], &round{}
	if n := len(p.rounds); n > 0 {
		last = &p.rounds[n-1]
	}
	if g.order == kindAdvance && last.took != nil {
		last.took[k] += now.Sub(g.since)
	}
	if g.order = 0; p.under() == 0 && !p.apart.IsZero() {
		last.apart += now.Sub(p.apart)
		p.apart = time.Time{}
	}
}

// heard notes that a part of an answer of node k has come.
func (p *pace) heard(k int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nodes[k].moved, p.nodes[k].mark = now, p.nodes[k].cpu
}

// told notes what node k says with a heartbeat. Of an epoch its steps count: a
// loop without end computes, too. Other orders have no steps to be counted, and
// who computes gets on.
func (p *pace) told(k int, cpu time.Duration, steps uint64, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := &p.nodes[k]
	computes := g.order != kindAdvance && cpu-g.mark > now.Sub(g.moved)/idleShare
	if steps != g.steps || computes {
		g.moved, g.mark = now, cpu
	}
	g.cpu, g.steps = cpu, steps
	for len(g.past) > 1 && now.Sub(g.past[1].at) >= p.patience {
		g.past = g.past[1:]
	}
	g.past = append(g.past, mark{now, cpu})
}

// forget is for a coordinator that was itself asleep: what it saw says nothing
// about the nodes.
func (p *pace) forget(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rounds = p.rounds[:0]
	for k := range p.nodes {
		p.nodes[k].moved, p.nodes[k].since, p.nodes[k].past = now, now, nil
	}
	switch p.under() {
	case 0:
	case kindAdvance:
		p.round(now)
	default:
		p.apart = now
	}
}

// judge returns a node that is waited for in vain, and why; nil: there is none.
func (p *pace) judge(now time.Time) (k int, verdict error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.patience == 0 {
		return 0, nil
	}
	for k, g := range p.nodes {
		if still := now.Sub(g.moved); g.order != 0 && still > p.patience {
			return k, fmt.Errorf("stands still: it answers heartbeats, but in %.1f s it got nothing done of an order (%v): what it waits for may hang, such as its disk; --node-patience waits longer", still.Seconds(), g.order)
		}
	}
	return p.slowest(now)
}

// sums are what the epochs of the patience took each node, the one under way
// with them.
type sums struct {
	span     time.Duration   // since the first began
	took     []time.Duration // until it answered
	computed []time.Duration // processor time
}

// sums returns false before there has been enough to judge by.
func (p *pace) sums(now time.Time) (s sums, ok bool) {
	first := p.first(now)
	if first < 0 || !p.apart.IsZero() {
		return s, false
	}
	s = sums{now.Sub(p.rounds[first].began), make([]time.Duration, len(p.nodes)), make([]time.Duration, len(p.nodes))}
	for k, g := range p.nodes {
		for _, r := range p.rounds[first:] {
			s.took[k] += r.took[k]
		}
		if g.order == kindAdvance {
			s.took[k] += now.Sub(g.since)
		}
		s.computed[k] = g.cpu - p.rounds[first].cpu[k]
	}
	for _, r := range p.rounds[first:] {
		s.span -= r.apart
	}
	return s, true
}

// slowest returns the node that is slow, if one is. Where one epoch outlasts the
// patience, it is not waited out: that a node has less than a slowFactor-th of
// the processor time that others have for it tells the same.
func (p *pace) slowest(now time.Time) (int, error) {
	s, ok := p.sums(now)
	if !ok || len(p.nodes) < 2 {
		return 0, nil
	}
	shares := make([]float64, len(s.took))
	for k := range shares {
		if p.outlasts(k, now) {
			shares[k] = p.nodes[k].recent(now)
			continue
		}
		shares[k] = s.computed[k].Seconds() / max(s.took[k], time.Microsecond).Seconds()
	}
	for k := range p.nodes {
		late := s.took[k] > slowFactor*medianBut(s.took, k) || p.outlasts(k, now) && slowFactor*shares[k] < medianBut(shares, k)
		if late && 2*s.took[k] > s.span && shares[k] < .5 {
			return k, fmt.Errorf("is slow: the others wait for it, and of late it computed %.0f %% of the time, they %.0f %% of theirs: other programs have its processors, it swaps, or its network is slow; --node-patience waits longer", 100*shares[k], 100*medianBut(shares, k))
		}
	}
	return 0, nil
}

// outlasts reports whether node k has been at one epoch for longer than the
// patience.
func (p *pace) outlasts(k int, now time.Time) bool {
	g := &p.nodes[k]
	return g.order == kindAdvance && now.Sub(g.since) > p.patience
}

// recent returns how much processor time a node has used of late, of the time.
func (g *gait) recent(now time.Time) float64 {
	if len(g.past) == 0 {
		return 0
	}
	return (g.cpu - g.past[0].cpu).Seconds() / now.Sub(g.past[0].at).Seconds()
}

// medianBut returns the median of all but one; of two in the middle the lesser,
// so that with three nodes two can be slow.
func medianBut[T cmp.Ordered](of []T, k int) T {
	others := slices.Delete(slices.Clone(of), k, k+1)
	slices.Sort(others)
	return others[(len(others)-1)/2]
}
