package remote

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"
)

// A node that needs a long time for an order may be computing, or not. Its
// heartbeats contain a progress counter (its steps) and the processor time used
// so far. From these the coordinator distinguishes four cases:
//
//	it makes progress, even if an epoch is long     the run waits
//	it computes all the time, the others wait       the run waits: the node has too much work
//	it makes no progress                            it stands still
//	the others wait, and it hardly computes         it is slow
//
// A node stands still if it has made no progress in its present order for
// longer than the patience. It is slow if, over the same time, its epochs took
// more than slowFactor times as long as those of the others and it computed for
// less than half of that time: other programs use its processors, it swaps, it
// is stopped again and again, or its network is slow.

// DefaultPatience is how long a run waits for a node that makes no progress or
// is slow.
const DefaultPatience = 3 * time.Second

const (
	slowFactor = 5  // how many times longer than the others
	idleShare  = 20 // a node that uses less than 1/idleShare of one processor does not compute
	grains     = 20 // the epochs of patience/grains are added up in one round
)

// pace measures the progress of the nodes of a run. Its methods can be called
// from several goroutines. All of them get the time as an argument.
type pace struct {
	mu       sync.Mutex
	patience time.Duration // 0: for ever
	nodes    []nodeProgress
	rounds   []round   // rounds that began within the patience, and one before
	apart    time.Time // start of the present order if it is not an epoch; zero: it is an epoch, or there is none
}

// nodeProgress is the progress of one node.
type nodeProgress struct {
	order kind          // the present order; 0: none
	since time.Time     // when the order was given
	moved time.Time     // when progress was last seen
	mark  time.Duration // processor time used up to moved
	cpu   time.Duration // processor time used up to the last heartbeat
	steps uint64        // progress counter in the last heartbeat
	past  []mark        // marks within the patience
}

// mark is the processor time that a node had used at a moment.
type mark struct {
	at  time.Time
	cpu time.Duration
}

// round adds up the epochs that began within patience/grains of each other.
type round struct {
	began time.Time
	took  []time.Duration
	cpu   []time.Duration // that each node had used when the round began
	apart time.Duration   // time spent on other orders; it does not count, because a slow disk does not make a node slow
}

func newPace(nodes int, patience time.Duration) *pace {
	return &pace{patience: patience, nodes: make([]nodeProgress, nodes)}
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

// under returns the kind of the present order; 0: there is none.
func (p *pace) under() kind {
	for k := range p.nodes {
		if o := p.nodes[k].order; o != 0 {
			return o
		}
	}
	return 0
}

// round begins a new round if the last one is at least patience/grains old. It
// drops the rounds that are no longer needed.
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

// first returns the latest round that began at least the patience ago, where
// the time of other orders does not count; −1: there is none.
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

// partArrived notes that a part of an answer of node k has arrived.
func (p *pace) partArrived(k int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nodes[k].moved, p.nodes[k].mark = now, p.nodes[k].cpu
}

// beat notes a heartbeat of node k. In an epoch only steps count as progress,
// because an endless loop also uses processor time. Other orders have no steps,
// so there processor time counts as progress.
func (p *pace) beat(k int, cpu time.Duration, steps uint64, now time.Time) {
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

// forget drops what was measured. It is for a coordinator that was itself
// suspended: its measurements then say nothing about the nodes.
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

// judge returns a node that the run should not wait for any longer, and why;
// nil: there is none.
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

// sums are the times that the epochs within the patience took, by node. They
// include the present epoch.
type sums struct {
	span     time.Duration   // since the first of these epochs began
	took     []time.Duration // until the node answered
	computed []time.Duration // processor time
}

// sums returns false if there is not enough data yet.
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

// slowest returns a node that is slow, if there is one. An epoch that takes
// longer than the patience is judged before it ends: a node is then late if its
// share of processor time is less than 1/slowFactor of that of the others.
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

// outlasts reports whether the present epoch of node k has taken longer than
// the patience.
func (p *pace) outlasts(k int, now time.Time) bool {
	g := &p.nodes[k]
	return g.order == kindAdvance && now.Sub(g.since) > p.patience
}

// recent returns the processor time of a node within the patience, as a share
// of the time that has passed.
func (g *nodeProgress) recent(now time.Time) float64 {
	if len(g.past) == 0 {
		return 0
	}
	return (g.cpu - g.past[0].cpu).Seconds() / now.Sub(g.past[0].at).Seconds()
}

// medianBut returns the median of all values but the k-th. With an even number
// of values it is the lower of the two in the middle, so that two of three
// nodes can be slow.
func medianBut[T cmp.Ordered](of []T, k int) T {
	others := slices.Delete(slices.Clone(of), k, k+1)
	slices.Sort(others)
	return others[(len(others)-1)/2]
}
