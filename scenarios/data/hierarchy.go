package data

import (
	"fmt"
	"math"
	mathbits "math/bits"
	"math/rand/v2"
	"strconv"

	"infomorph/internal/config"
)

// Limits of the channels of a string, and of the features of an item: there are none for
// levels below those with so many symbols.
const (
	maxString = 10_000_000
	maxHidden = 10_000
)

// randomHierarchy opens strings of the Random Hierarchy Model.
func (l *loader) randomHierarchy() (source, []any, error) {
	c := l.RHM
	places := math.Pow(float64(c.Length), float64(c.Depth))
	if places*float64(c.Symbols) > maxString {
		return nil, nil, config.FieldError(l.key("random_hierarchy", "depth"), c.Depth, fmt.Sprintf("at most %d channels, length to the power depth times symbols", maxString), "")
	}
	possible := math.Pow(float64(c.Symbols), float64(c.Length))
	if float64(max(c.Classes, c.Symbols)*c.Strings) > possible {
		return nil, nil, config.FieldError(l.key("random_hierarchy", "strings"), c.Strings, fmt.Sprintf("so many that strings times classes, and times symbols, are at most %.0f, symbols to the power length", possible), "")
	}
	h := &hierarchy{classes: c.Classes, symbols: c.Symbols, strings: c.Strings, length: c.Length, counts: [2]int{c.Train, c.Test}}
	h.count(int(places))
	if float64(c.Train)+float64(c.Test) > h.total {
		return nil, nil, config.FieldError(l.key("random_hierarchy", "train"), c.Train, fmt.Sprintf("at most %.0f items in all, as many as the grammar can make", h.total), "")
	}
	making := newStream(l.seed, l.set.number, makingPart)
	for level := range c.Depth {
		from := c.Symbols
		if level == 0 {
			from = c.Classes
		}
		h.rules = append(h.rules, h.drawRules(from, possible, making.at(level)))
	}
	h.order = newScramble(h.domain, making.at(c.Depth))
	for part := range h.rest {
		h.rest[part] = newStream(l.seed, l.set.number, part)
	}
	l.set.Fields = []Field{{Name: "string", Size: int(places) * c.Symbols, Width: c.Symbols, binary: true}}
	for level, width := 1, c.Length; level < c.Depth; level, width = level+1, width*c.Length {
		if len(l.set.Features)+width*c.Symbols > maxHidden {
			break
		}
		for place := range width {
			for k := range c.Symbols {
				l.set.Features = append(l.set.Features, fmt.Sprintf("%d.%d.%d", level, place, k))
				l.set.FeatureP = append(l.set.FeatureP, math.NaN())
			}
		}
		h.hidden = level
	}
	for k := range c.Classes {
		l.set.Labels = append(l.set.Labels, strconv.Itoa(k))
	}
	return h, []any{*c}, nil
}

// hierarchy is the Random Hierarchy Model (Cagnetti et al. 2024). Starting from the
// class, each symbol is replaced by one of its strings, at random.
//
// The features are the symbols of the levels between class and string: level, place and
// symbol.
//
// The class, and the choice of a string at each place from the top down, are the digits
// of a number. No string stands for two symbols, so different numbers give different
// items. The items are numbered in a random order of these numbers: first the items of
// train, then those of test. So no item occurs twice. Numbers are below 2⁶²; if an item
// has more choices than that, the rest of them are drawn at random.
type hierarchy struct {
	classes, symbols, strings, length int
	counts                            [2]int
	total                             float64 // items that the grammar can generate
	domain                            uint64  // number of combinations of the class and the first fixed choices
	nodes, fixed                      int     // choices of strings in an item; how many of them, from the top, the number determines
	rules                             [][]uint8
	order                             scramble
	rest                              [2]stream
	hidden                            int // levels between label and string whose symbols are features
	now, next                         []uint8
}

// count computes nodes, fixed, total and domain.
func (h *hierarchy) count(places int) {
	h.total, h.domain = float64(h.classes), uint64(h.classes)
	for width := 1; width < places; width *= h.length {
		for range width {
			h.nodes++
			h.total *= float64(h.strings)
			if h.domain < 1<<62/uint64(h.strings) {
				h.domain *= uint64(h.strings)
				h.fixed++
			}
		}
	}
}

// drawRules draws the strings of a level, all different. Those of symbol a have the
// numbers a·m to a·m+m−1.
func (h *hierarchy) drawRules(from int, possible float64, rng *rand.Rand) []uint8 {
	need := from * h.strings
	rules := make([]uint8, 0, need*h.length)
	if possible <= 1<<20 {
		for _, code := range rng.Perm(int(possible))[:need] {
			for range h.length {
				rules = append(rules, uint8(code%h.symbols))
				code /= h.symbols
			}
		}
		return rules
	}
	taken := map[string]bool{}
	for len(taken) < need {
		s := make([]uint8, h.length)
		for k := range s {
			s[k] = uint8(rng.IntN(h.symbols))
		}
		if !taken[string(s)] {
			taken[string(s)] = true
			rules = append(rules, s...)
		}
	}
	return rules
}

func (h *hierarchy) parts() []basePart {
	return []basePart{{"train", h.counts[0]}, {"test", h.counts[1]}}
}

func (h *hierarchy) item(part, i int, it *Item) error {
	number := h.order.of(uint64(part*h.counts[0] + i))
	rng := h.rest[part].at(i)
	it.Label = int(number % uint64(h.classes))
	number /= uint64(h.classes)
	h.now = append(h.now[:0], uint8(it.Label))
	clear(it.Features)
	node, feature := 0, 0
	for level, rules := range h.rules {
		h.next = h.next[:0]
		for _, symbol := range h.now {
			var choice int
			if node < h.fixed {
				choice = int(number % uint64(h.strings))
				number /= uint64(h.strings)
			} else {
				choice = rng.IntN(h.strings)
			}
			node++
			at := (int(symbol)*h.strings + choice) * h.length
			h.next = append(h.next, rules[at:at+h.length]...)
		}
		h.now, h.next = h.next, h.now
		if level < h.hidden {
			for _, symbol := range h.now {
				it.Features[feature+int(symbol)] = 1
				feature += h.symbols
			}
		}
	}
	clear(it.Fields[0])
	for place, symbol := range h.now {
		it.Fields[0][place*h.symbols+int(symbol)] = 1
	}
	return nil
}

// scramble is a random permutation of the numbers below n. It is a Feistel network on the
// next even number of bits, repeated until the result is below n.
type scramble struct {
	n    uint64
	half int // bits
	keys [6]uint64
}

func newScramble(n uint64, rng *rand.Rand) scramble {
	s := scramble{n: n, half: max((mathbits.Len64(n-1)+1)/2, 1)}
	for k := range s.keys {
		s.keys[k] = rng.Uint64()
	}
	return s
}

// of returns the number at place k < n.
func (s *scramble) of(k uint64) uint64 {
	mask := uint64(1)<<s.half - 1
	for {
		left, right := k>>s.half, k&mask
		for _, key := range s.keys {
			z := (right ^ key) * 0xbf58476d1ce4e5b9
			z = (z ^ z>>31) * 0x94d049bb133111eb
			left, right = right, left^(z^z>>29)&mask
		}
		if k = left<<s.half | right; k < s.n {
			return k
		}
	}
}
