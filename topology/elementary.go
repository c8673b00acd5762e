package topology

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// elementary lists the rules between any two populations. The names are those
// of NEST and similar simulators.
func elementary() []generator {
	return []generator{
		{"one_to_one", "neuron i to neuron i", "", false, checkOneToOne, oneToOne},
		{"all_to_all", "every pair", "autapses", false, checkAll, allToAll},
		{"blocks", "`number` equal blocks at both ends; every pair within a block, or (apart) every pair of two different blocks", "number, apart, autapses", false, checkEqualBlocks, equalBlocks},
		{"fixed_indegree", "exactly `indegree` sources drawn for every target", "indegree, autapses, multapses", false, checkIndegree, fixedIndegree},
		{"fixed_outdegree", "exactly `outdegree` targets drawn for every source", "outdegree, autapses, multapses", false, checkOutdegree, fixedOutdegree},
		{"fixed_total_number", "exactly `number` pairs drawn in all", "number, autapses, multapses", false, checkNumber, fixedTotalNumber},
		{"pairwise_bernoulli", "every pair with probability p", "p, autapses", false, checkBernoulli, pairwiseBernoulli},
	}
}

func checkOneToOne(_ *Rule, s shape) error {
	if s.from != s.to {
		return fmt.Errorf("sizes differ: %d and %d", s.from, s.to)
	}
	return nil
}

func oneToOne(d *drawing) (pairs, error) {
	p := makePairs(d.to)
	for i := range d.to {
		p.add(i, i)
	}
	return p, nil
}

func checkAll(_ *Rule, s shape) error { return room(float64(s.from) * float64(s.to)) }

func allToAll(d *drawing) (pairs, error) {
	p := makePairs(d.from * d.to)
	for t := range d.to {
		for s := range d.from {
			if s != t || !d.self || d.Autapses {
				p.add(s, t)
			}
		}
	}
	return p, nil
}

func checkEqualBlocks(r *Rule, s shape) error {
	if r.Number < 1 || r.Number > min(s.from, s.to) {
		return fmt.Errorf("number: %d blocks, expected 1 to %d, the smaller of both ends", r.Number, min(s.from, s.to))
	}
	if r.Apart {
		return room(float64(s.from) * float64(s.to))
	}
	return room((float64(s.from)/float64(r.Number) + 1) * float64(s.to))
}

// blockBegin returns the first of n neurons in a block: the smallest i with
// i·Number/n = block.
func (r *Rule) blockBegin(block, n int) int { return (block*n + r.Number - 1) / r.Number }

// equalBlocks divides both ends into blocks whose sizes differ by at most one neuron, in
// order, and connects every pair in blocks with the same number, or every other pair.
func equalBlocks(d *drawing) (pairs, error) {
	if d.Apart {
		return blocksApart(d), nil
	}
	p := makePairs((d.from/d.Number + 1) * d.to)
	for t := range d.to {
		block := t * d.Number / d.to
		for s := d.blockBegin(block, d.from); s < d.blockBegin(block+1, d.from); s++ {
			if s != t || !d.self || d.Autapses {
				p.add(s, t)
			}
		}
	}
	return p, nil
}

// blocksApart connects every pair in blocks with different numbers.
func blocksApart(d *drawing) pairs {
	p := makePairs(int(d.apartPairs(d.shape)))
	for t := range d.to {
		for s := range d.from {
			if s*d.Number/d.from != t*d.Number/d.to {
				p.add(s, t)
			}
		}
	}
	return p
}

// available returns how many possible partners a neuron of one end has at the
// other end.
func available(r *Rule, s shape, others int) int {
	if s.self && !r.Autapses {
		return others - 1
	}
	return others
}

// checkDegree checks that each of the members can have degree partners.
func (r *Rule) checkDegree(key string, degree, partners, members int) error {
	switch {
	case degree < 0:
		return fmt.Errorf("%s: %d is negative", key, degree)
	case members > 0 && degree > 0 && partners <= 0:
		return fmt.Errorf("%s: %d, but there is no partner to draw", key, degree)
	case members > 0 && degree > partners && !r.Multapses:
		return fmt.Errorf("%s: %d, but there are only %d partners (allow multapses to draw a pair more than once)", key, degree, partners)
	}
	return room(float64(degree) * float64(members))
}

func checkIndegree(r *Rule, s shape) error {
	return r.checkDegree("indegree", r.Indegree, available(r, s, s.from), s.to)
}

func checkOutdegree(r *Rule, s shape) error {
	return r.checkDegree("outdegree", r.Outdegree, available(r, s, s.to), s.from)
}

func fixedIndegree(d *drawing) (pairs, error) {
	p := makePairs(d.Indegree * d.to)
	c := newChooser(d.from, d.rng)
	for t := range d.to {
		for _, s := range c.choose(d.Indegree, d.excluded(t), d.Multapses) {
			p.add(int(s), t)
		}
	}
	return p, nil
}

func fixedOutdegree(d *drawing) (pairs, error) {
	p := makePairs(d.Outdegree * d.from)
	c := newChooser(d.to, d.rng)
	for s := range d.from {
		for _, t := range c.choose(d.Outdegree, d.excluded(s), d.Multapses) {
			p.add(s, int(t))
		}
	}
	return p, nil
}

// excluded returns the partner that neuron i may not have, −1 for none.
func (d *drawing) excluded(i int) int {
	if d.self && !d.Autapses {
		return i
	}
	return -1
}

// chooser draws sets of partners out of 0 … n−1.
type chooser struct {
	rng    *rand.Rand
	n      int
	mark   []int32 // mark[i] == round: i was drawn in this round
	round  int32
	chosen []int32
}

func newChooser(n int, rng *rand.Rand) *chooser {
	return &chooser{rng: rng, n: n, mark: make([]int32, n)}
}

// choose returns k partners other than excluded, all different unless multapses
// is set. The slice is valid until the next call. It uses Floyd's algorithm;
// every set of partners is equally likely.
func (c *chooser) choose(k, excluded int, multapses bool) []int32 {
	c.chosen = c.chosen[:0]
	c.round++
	n := c.n
	if excluded >= 0 {
		n--
	}
	for j := n - k; len(c.chosen) < k; j++ {
		bound := n
		if !multapses {
			bound = j + 1 // Floyd: draw j from 0 … j
		}
		i := c.rng.IntN(bound)
		if !multapses && c.mark[i] == c.round {
			i = j
		}
		c.mark[i] = c.round
		c.chosen = append(c.chosen, int32(i))
	}
	if excluded >= 0 { // skip the excluded one
		for i, v := range c.chosen {
			if int(v) >= excluded {
				c.chosen[i]++
			}
		}
	}
	return c.chosen
}

// pairCount returns the number of possible ordered pairs.
func (r *Rule) pairCount(s shape) float64 {
	if s.self && !r.Autapses {
		return float64(s.from) * math.Max(0, float64(s.to)-1)
	}
	return float64(s.from) * float64(s.to)
}

func checkNumber(r *Rule, s shape) error {
	all := r.pairCount(s)
	switch {
	case r.Number < 0:
		return fmt.Errorf("number: %d is negative", r.Number)
	case r.Number > 0 && all == 0:
		return fmt.Errorf("number: %d, but there is no pair to draw", r.Number)
	case float64(r.Number) > all && !r.Multapses:
		return fmt.Errorf("number: %d, but there are only %.0f pairs (allow multapses to draw a pair more than once)", r.Number, all)
	}
	return room(float64(r.Number))
}

func fixedTotalNumber(d *drawing) (pairs, error) {
	all := uint64(d.pairCount(d.shape))
	p := makePairs(d.Number)
	if d.Multapses {
		for range d.Number {
			p.add(d.pair(d.rng.Uint64N(all)))
		}
		return p, nil
	}
	for _, i := range distinct(uint64(d.Number), all, d.rng) {
		p.add(d.pair(i))
	}
	return p, nil
}

// pair returns ordered pair number i. Autapses are only counted if they are
// allowed.
func (d *drawing) pair(i uint64) (source, target int) {
	if d.self && !d.Autapses {
		source, target = int(i/uint64(d.to-1)), int(i%uint64(d.to-1))
		if target >= source {
			target++
		}
		return source, target
	}
	return int(i / uint64(d.to)), int(i % uint64(d.to))
}

// distinct returns k different numbers of 0 … n−1, sorted; all sets are equally
// likely. It draws until it has k different numbers. If k is more than half of
// n, it draws the complement.
func distinct(k, n uint64, rng *rand.Rand) []uint64 {
	if k > n/2 {
		return complement(distinct(n-k, n, rng), n)
	}
	out := make([]uint64, 0, k)
	for uint64(len(out)) < k {
		for range k - uint64(len(out)) {
			out = append(out, rng.Uint64N(n))
		}
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return out
}

// complement returns the numbers below n that are not in the sorted without.
func complement(without []uint64, n uint64) []uint64 {
	out := make([]uint64, 0, n-uint64(len(without)))
	for i := uint64(0); i < n; i++ {
		if len(without) > 0 && without[0] == i {
			without = without[1:]
			continue
		}
		out = append(out, i)
	}
	return out
}

func checkBernoulli(r *Rule, s shape) error { return room(r.P * r.pairCount(s)) }

func pairwiseBernoulli(d *drawing) (pairs, error) {
	all := d.pairCount(d.shape)
	p := makePairs(expected(all, d.P))
	bernoulli(uint64(all), d.P, d.rng, func(i uint64) { p.add(d.pair(i)) })
	return p, nil
}

// expected returns a capacity for n draws with probability p: the mean plus
// four standard deviations.
func expected(n, p float64) int {
	return int(min(n, n*p+4*math.Sqrt(n*p*(1-p))+16))
}

// bernoulli calls hit for each number of 0 … n−1, independently with
// probability p. It jumps from hit to hit by geometrically distributed steps,
// so it costs O(hits). Source: Batagelj, Brandes 2005, algorithm 1.
func bernoulli(n uint64, p float64, rng *rand.Rand, hit func(uint64)) {
	if p <= 0 {
		return
	}
	if p >= 1 {
		for i := uint64(0); i < n; i++ {
			hit(i)
		}
		return
	}
	scale := 1 / math.Log1p(-p)
	for i := -1.0; ; {
		i += 1 + math.Floor(math.Log1p(-rng.Float64())*scale)
		if i >= float64(n) {
			return
		}
		hit(uint64(i))
	}
}
