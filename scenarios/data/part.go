package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"infomorph/internal/config"
)

// source makes the items of a set.
type source interface {
	// parts returns the parts that the source itself has. A source without parts returns
	// one part without a name.
	parts() []basePart
	// item fills dst. On entry, the slices of dst have the right length and undefined
	// values.
	item(part, i int, dst *Item) error
}

// basePart is a part of a source.
type basePart struct {
	name  string
	count int // 0: infinite
}

// named is a source whose items have names. The empty name means none.
type named interface {
	itemName(part, i int) string
}

// Part is a selection of the items of a set, in a fixed order.
type Part struct {
	set    *Set
	name   string
	pieces []piece
	length int // 0: infinite
	names  map[string]int
	mixed  *shuffle // with control: shuffled
	other  Item
}

// piece is a selection of items from one part of a source.
type piece struct {
	part, count int     // count 0: infinite
	index       []int32 // which items; nil: the first count
}

func newPart(set *Set, name string, pieces ...piece) *Part {
	p := &Part{set: set, name: name, pieces: pieces}
	for _, q := range pieces {
		p.length += q.count
	}
	return p
}

// Set returns the set to which the part belongs.
func (p *Part) Set() *Set { return p.set }

// Name returns the name of the part in documents, such as digits.train.
func (p *Part) Name() string {
	if p.name == "" {
		return p.set.Name
	}
	return p.set.Name + "." + p.name
}

// Len returns the number of items; 0 means infinitely many.
func (p *Part) Len() int { return p.length }

// locate returns the part of the source and the number there of item i. It panics if
// there is no item i.
func (p *Part) locate(i int) (part, j int) {
	if i < 0 {
		panic("data: no such item")
	}
	for k := range p.pieces {
		q := &p.pieces[k]
		if p.length > 0 && i >= q.count {
			i -= q.count
			continue
		}
		if q.index != nil {
			i = int(q.index[i])
		}
		return q.part, i
	}
	panic("data: no such item")
}

// Item fills dst with item i, which is always the same for the same i. With control:
// shuffled, label and features are those of item Other(i). It allocates nothing once dst
// has its full size, except for generator scripts. It panics unless 0 ≤ i < Len, or 0 ≤ i
// if Len is 0. Cost: O(size of the item).
func (p *Part) Item(i int, dst *Item) error {
	if err := p.fill(i, dst); err != nil {
		return err
	}
	if p.mixed == nil || len(p.set.Labels) == 0 && len(p.set.Features) == 0 {
		return nil
	}
	if err := p.fill(p.Other(i), &p.other); err != nil {
		return err
	}
	dst.Label = p.other.Label
	copy(dst.Features, p.other.Features)
	return nil
}

func (p *Part) fill(i int, dst *Item) error {
	dst.prepare(p.set)
	dst.Index = i
	part, j := p.locate(i)
	return p.set.source.item(part, j, dst)
}

// Find returns the item with a name.
func (p *Part) Find(name string) (i int, ok bool) {
	i, ok = p.byName()[name]
	return i, ok
}

// byName returns the numbers of the items that have names.
func (p *Part) byName() map[string]int {
	n, ok := p.set.source.(named)
	if p.names == nil && ok {
		p.names = map[string]int{}
		for i := range p.length {
			part, j := p.locate(i)
			if name := n.itemName(part, j); name != "" {
				p.names[name] = i
			}
		}
	}
	return p.names
}

// Select returns the items of a list such as A,C,#5-#9. An entry is a name, a number from
// #0 on, or a range of either. The # can be left out if no item has the number as its
// name. "all" means every item; if there are infinitely many, Select returns nil for it.
func (p *Part) Select(list string) ([]int, error) {
	if list == "all" {
		if p.length == 0 {
			return nil, nil
		}
		all := make([]int, p.length)
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	var chosen []int
	for entry := range strings.SplitSeq(list, ",") {
		entry = strings.TrimSpace(entry)
		first, last, err := p.span(entry)
		if err != nil {
			return nil, err
		}
		if len(chosen)+last-first >= maxChosen {
			return nil, config.FieldError("", list, fmt.Sprintf("at most %d items", maxChosen), "")
		}
		for i := first; i <= last; i++ {
			chosen = append(chosen, i)
		}
	}
	sorted := slices.Sorted(slices.Values(chosen))
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return nil, config.FieldError("", list, "each item once", fmt.Sprintf("item #%d is listed twice", sorted[i]))
		}
	}
	return chosen, nil
}

// maxChosen limits the length of a list of items.
const maxChosen = 10_000_000

// span reads one entry of a list.
func (p *Part) span(entry string) (first, last int, err error) {
	if i, ok := p.Find(entry); ok {
		return i, i, nil
	}
	if i, ok := p.number(entry); ok {
		return i, i, nil
	}
	for at := range len(entry) { // names may contain dashes
		if entry[at] != '-' {
			continue
		}
		a, okA := p.one(strings.TrimSpace(entry[:at]))
		b, okB := p.one(strings.TrimSpace(entry[at+1:]))
		if okA && okB && a <= b {
			return a, b, nil
		}
	}
	return 0, 0, config.FieldError("", entry, "items of "+p.Name()+p.range_(), "all, or a list of names, numbers and ranges such as A,#3,#5-#9")
}

// one reads a name or a number.
func (p *Part) one(text string) (int, bool) {
	if i, ok := p.Find(text); ok {
		return i, true
	}
	return p.number(text)
}

// number reads #5, or 5.
func (p *Part) number(text string) (int, bool) {
	digits := strings.TrimPrefix(text, "#")
	i, err := strconv.Atoi(digits)
	return i, err == nil && !strings.ContainsAny(digits, "+-") && i < maxIndex && (p.length == 0 || i < p.length)
}

// maxIndex is one more than the last item of an infinite source.
const maxIndex = 1 << 31

// range_ describes which items there are, for an error.
func (p *Part) range_() string {
	if p.length == 0 {
		return ", #0 and up"
	}
	text := fmt.Sprintf(", #0 to #%d", p.length-1)
	names := p.byName()
	if len(names) == 0 || len(names) > 40 {
		return text
	}
	byNumber := make([]string, p.length)
	for name, i := range names { //nolint:maprange // each has its own index
		byNumber[i] = name
	}
	return text + " or " + strings.Join(slices.DeleteFunc(byNumber, func(s string) bool { return s == "" }), ", ")
}

// Other returns i. With control: shuffled, it returns the item whose label and features
// item i has; that is never i itself, unless there is only one item.
func (p *Part) Other(i int) int {
	if p.mixed == nil {
		return i
	}
	return p.mixed.other(i, p.length)
}

// shuffle is a permutation without a fixed point. It permutes a whole part, or each block
// of items of an infinite part.
type shuffle struct {
	stream stream
	block  int // number of the block in perm; −1: none yet
	perm   []int32
}

const shuffleBlock = 4096

func newShuffle(seed uint64, source, part int) *shuffle {
	return &shuffle{stream: newStream(seed, source, part+shuffleParts), block: -1}
}

func (s *shuffle) other(i, length int) int {
	block, size := 0, length
	if length == 0 {
		block, size = i/shuffleBlock, shuffleBlock
	}
	if block != s.block {
		s.block, s.perm = block, grow(s.perm, size)
		for j := range s.perm {
			s.perm[j] = int32(j)
		}
		rng := s.stream.at(block)
		for j := size - 1; j > 0; j-- { // Sattolo 1986: one cycle
			k := rng.IntN(j)
			s.perm[j], s.perm[k] = s.perm[k], s.perm[j]
		}
	}
	return block*shuffleBlock + int(s.perm[i-block*shuffleBlock])
}

// Meets reports whether two parts have an item in common. The lists chosen and others
// select items of each part; nil selects all. Infinite sources have no items in common.
func (p *Part) Meets(other *Part, chosen, others []int) bool {
	if p.set != other.set || p.length == 0 {
		return false
	}
	type place struct{ part, item int }
	seen := map[place]bool{}
	p.visit(chosen, func(part, item int) bool {
		seen[place{part, item}] = true
		return false
	})
	return other.visit(others, func(part, item int) bool { return seen[place{part, item}] })
}

// visit calls f with the location of each chosen item in the source, until f returns
// true.
func (p *Part) visit(chosen []int, f func(part, item int) bool) bool {
	if chosen != nil {
		return slices.ContainsFunc(chosen, func(i int) bool { return f(p.locate(i)) })
	}
	for i := range p.length {
		if f(p.locate(i)) {
			return true
		}
	}
	return false
}
