package topology

import (
	"fmt"
	"math"
)

func modular() []generator {
	return []generator{
		{"stochastic_block", "blocks of `sizes`; a neuron of block i reaches one of block j with probabilities[i][j]", "sizes, probabilities, directed", true, checkBlocks, stochasticBlock},
		{"hierarchical_modular", "branching^levels modules; p inside a module, times ratio for each level up to the common one", "levels, branching, p, ratio, directed", true, checkHierarchical, hierarchicalModular},
		{"core_periphery", "the first `core` neurons are the core; probabilities is [[core–core, core–periphery], [periphery–core, periphery–periphery]]", "core, probabilities, directed", true, checkCore, corePeriphery},
		{"feed_forward", "layers of `sizes`, each reaching the next with probability p (0 means 1)", "sizes, p", true, checkFeedForward, feedForward},
	}
}

func sumSizes(sizes []int, n int) error {
	sum := 0
	for i, s := range sizes {
		if s < 0 || s > n {
			return fmt.Errorf("sizes[%d]: %d, expected 0 to %d", i, s, n)
		}
		sum += s
	}
	if sum != n {
		return fmt.Errorf("sizes: they sum to %d, the population has %d", sum, n)
	}
	return nil
}

func checkProbabilities(r *Rule, blocks int) error {
	if len(r.Probabilities) != blocks {
		return fmt.Errorf("probabilities: %d rows, expected %d", len(r.Probabilities), blocks)
	}
	for i, row := range r.Probabilities {
		if len(row) != blocks {
			return fmt.Errorf("probabilities[%d]: %d entries, expected %d", i, len(row), blocks)
		}
		for j, p := range row {
			if !(p >= 0 && p <= 1) {
				return fmt.Errorf("probabilities[%d][%d]: %v, expected 0 to 1", i, j, p)
			}
		}
	}
	for i := range blocks {
		for j := range i {
			if !r.Directed && r.Probabilities[i][j] != r.Probabilities[j][i] {
				return fmt.Errorf("probabilities: [%d][%d] and [%d][%d] differ, expected a symmetric matrix (or directed)", i, j, j, i)
			}
		}
	}
	return nil
}

func checkBlocks(r *Rule, s shape) error {
	if len(r.Sizes) > 10000 {
		return fmt.Errorf("sizes: %d blocks, at most 10000 are allowed", len(r.Sizes))
	}
	if err := sumSizes(r.Sizes, s.to); err != nil {
		return err
	}
	if err := checkProbabilities(r, len(r.Sizes)); err != nil {
		return err
	}
	count := 0.0
	for i, a := range r.Sizes {
		for j, b := range r.Sizes {
			count += float64(a) * float64(b) * r.Probabilities[i][j]
		}
	}
	return room(count)
}

// block is the neurons first … first+size−1.
type block struct{ first, size int }

func stochasticBlock(d *drawing) (pairs, error) {
	blocks := consecutive(d.Sizes)
	var p pairs
	for i, a := range blocks {
		for j, b := range blocks {
			d.joinBlocks(&p, a, b, d.Probabilities[i][j])
		}
	}
	return p, nil
}

func consecutive(sizes []int) []block {
	blocks := make([]block, len(sizes))
	at := 0
	for i, size := range sizes {
		blocks[i] = block{at, size}
		at += size
	}
	return blocks
}

// joinBlocks adds the pairs from block a to block b. In an undirected graph
// each unordered pair of blocks is drawn once, when a does not come after b.
func (d *drawing) joinBlocks(p *pairs, a, b block, prob float64) {
	switch {
	case !d.Directed && a.first > b.first:
	case a == b && !d.Directed:
		bernoulli(uint64(a.size)*uint64(max(a.size, 1)-1)/2, prob, d.rng, func(i uint64) {
			x, y := triangular(i)
			p.addBoth(a.first+x, a.first+y)
		})
	case a == b:
		bernoulli(uint64(a.size)*uint64(max(a.size, 1)-1), prob, d.rng, func(i uint64) {
			x, y := int(i/uint64(a.size-1)), int(i%uint64(a.size-1))
			if y >= x {
				y++
			}
			p.add(a.first+x, a.first+y)
		})
	default:
		bernoulli(uint64(a.size)*uint64(b.size), prob, d.rng, func(i uint64) {
			x, y := a.first+int(i/uint64(b.size)), b.first+int(i%uint64(b.size))
			if d.Directed {
				p.add(x, y)
			} else {
				p.addBoth(x, y)
			}
		})
	}
}

func checkHierarchical(r *Rule, s shape) error {
	switch {
	case r.Levels < 0 || r.Levels > 20:
		return fmt.Errorf("levels: %d, expected 0 to 20", r.Levels)
	case r.Branching < 2 || r.Branching > 1000:
		return fmt.Errorf("branching: %d, expected 2 to 1000", r.Branching)
	case !(r.Ratio >= 0 && r.Ratio <= 1):
		return fmt.Errorf("ratio: %v, expected 0 to 1", r.Ratio)
	case math.Pow(float64(r.Branching), float64(r.Levels)) > float64(s.to):
		return fmt.Errorf("levels, branching: %d^%d modules, more than the %d neurons", r.Branching, r.Levels, s.to)
	}
	n, modules := float64(s.to), math.Pow(float64(r.Branching), float64(r.Levels))
	count, p := n*n/modules*r.P, r.P
	for modules > 1 {
		modules /= float64(r.Branching)
		p *= r.Ratio
		count += n * n / modules * p
	}
	return room(count)
}

// hierarchicalModular draws the pairs level by level; the level of a pair is
// that of its smallest common module. Source: Kaiser, Hilgetag 2010.
func hierarchicalModular(d *drawing) (pairs, error) {
	var p pairs
	prob := d.P
	modules := pow(d.Branching, d.Levels)
	cut := func(i, modules int) block {
		first := int(int64(i) * int64(d.to) / int64(modules))
		return block{first, int(int64(i+1)*int64(d.to)/int64(modules)) - first}
	}
	for i := range modules {
		d.joinBlocks(&p, cut(i, modules), cut(i, modules), prob)
	}
	for ; modules > 1; modules /= d.Branching {
		prob *= d.Ratio
		for i := range modules {
			parent := i / d.Branching * d.Branching
			for j := parent; j < parent+d.Branching; j++ {
				if i != j {
					d.joinBlocks(&p, cut(i, modules), cut(j, modules), prob)
				}
			}
		}
	}
	return p, nil
}

func checkCore(r *Rule, s shape) error {
	if r.Core < 0 || r.Core > s.to {
		return fmt.Errorf("core: %d, expected 0 to %d", r.Core, s.to)
	}
	with := *r
	with.Sizes = []int{r.Core, s.to - r.Core}
	return checkBlocks(&with, s)
}

func corePeriphery(d *drawing) (pairs, error) {
	with := *d.Rule
	with.Sizes = []int{d.Core, d.to - d.Core}
	return stochasticBlock(&drawing{Rule: &with, shape: d.shape, at: d.at, rng: d.rng})
}

func checkFeedForward(r *Rule, s shape) error {
	if err := sumSizes(r.Sizes, s.to); err != nil {
		return err
	}
	count := 0.0
	for i := 1; i < len(r.Sizes); i++ {
		count += float64(r.Sizes[i-1]) * float64(r.Sizes[i])
	}
	if r.P > 0 {
		count *= r.P
	}
	return room(count)
}

func feedForward(d *drawing) (pairs, error) {
	with := *d.Rule
	with.Directed = true
	prob := d.P
	if prob == 0 {
		prob = 1
	}
	directed := drawing{Rule: &with, shape: d.shape, at: d.at, rng: d.rng}
	var p pairs
	layers := consecutive(d.Sizes)
	for i := 1; i < len(layers); i++ {
		if layers[i-1].size > 0 && layers[i].size > 0 {
			directed.joinBlocks(&p, layers[i-1], layers[i], prob)
		}
	}
	return p, nil
}
