package data

import (
	"encoding/binary"
	"fmt"
	"hash"
	"hash/fnv"
	"math"
	"slices"

	"infomorph/internal/config"
)

// grouped is a source that can name groups of items that must stay in the same part.
type grouped interface {
	// group returns the group of item i.
	group(i int) string
}

// divide makes the parts of the set.
func (l *loader) divide() error {
	base := l.set.source.parts()
	own := base[0].name != ""
	switch {
	case l.Split != nil && own:
		return config.FieldProblem(l.path+".split", "has no effect, because the source has parts train and test of its own", "leave it out")
	case l.Split != nil && base[0].count == 0 && l.First == 0:
		return config.FieldProblem(l.path+".split", "cannot divide items without end", "first takes only so many of them")
	case l.Split != nil && base[0].count == 0:
		return l.split(l.First)
	case l.Split != nil:
		return l.split(base[0].count)
	}
	l.set.parts = map[string]*Part{}
	var all []piece
	for k, b := range base {
		q := piece{part: k, count: l.limited(b.count)}
		all = append(all, q)
		l.set.parts[b.name] = newPart(l.set, b.name, q)
	}
	l.set.parts[""] = newPart(l.set, "", all...)
	return nil
}

// limited returns how many of count items are used; 0 means infinitely many.
func (l *loader) limited(count int) int {
	if l.First > 0 && (count == 0 || count > l.First) {
		return l.First
	}
	return count
}

// split divides n items into train and test.
func (l *loader) split(n int) error {
	items := make([]int32, n)
	for i := range items {
		items[i] = int32(i)
	}
	groups, err := l.groups(0, items)
	if err != nil {
		return err
	}
	if len(groups) < 2 {
		return config.FieldProblem(l.path+".split", fmt.Sprintf("the %d items cannot be divided, because all have to stay together", n), "")
	}
	test := l.draw(groups, float64(l.Split.Test), splitPart)
	var index [2][]int32
	for _, i := range items {
		index[btoi(test[i])] = append(index[btoi(test[i])], i)
	}
	l.set.parts = map[string]*Part{}
	var whole []int32
	for k, name := range partNames[1:] {
		index[k] = index[k][:l.limited(len(index[k]))]
		whole = append(whole, index[k]...)
		l.set.parts[name] = newPart(l.set, name, piece{count: len(index[k]), index: index[k]})
	}
	slices.Sort(whole)
	l.set.parts[""] = newPart(l.set, "", piece{count: len(whole), index: whole})
	return nil
}

// holdOut makes a validation set: it moves a share of the items of train to the part
// test, in place of the items there. It draws the items from the seed, and keeps together
// those that must stay together.
func (l *loader) holdOut(share float64) error {
	train := l.set.parts["train"]
	if train == nil {
		return nil
	}
	q := train.pieces[0]
	items := q.index
	for i := 0; q.index == nil && i < q.count; i++ {
		items = append(items, int32(i))
	}
	groups, err := l.groups(q.part, items)
	if err != nil {
		return err
	}
	if len(groups) < 2 {
		return config.FieldProblem("validation", fmt.Sprintf("the %d items of %s.train cannot be divided, because all have to stay together", len(items), l.set.Name), "")
	}
	var index [2][]int32
	held := l.draw(groups, share, heldPart)
	for _, i := range items {
		index[btoi(held[i])] = append(index[btoi(held[i])], i)
	}
	for k, name := range partNames[1:] {
		l.set.parts[name] = newPart(l.set, name, piece{part: q.part, count: len(index[k]), index: index[k]})
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// draw picks groups in random order. It skips a group with which the picked items would
// exceed the given share of all items. If every group is too large, it picks the
// smallest.
func (l *loader) draw(groups [][]int32, share float64, purpose int) map[int32]bool {
	n := 0
	for _, g := range groups {
		n += len(g)
	}
	taken := map[int32]bool{}
	take := func(g []int32) {
		for _, i := range g {
			taken[i] = true
		}
	}
	draws := newStream(l.seed, l.set.number, purpose)
	rng := draws.at(0)
	for _, k := range rng.Perm(len(groups)) {
		if float64(len(taken)+len(groups[k])) <= share*float64(n)+1e-9 {
			take(groups[k])
		}
	}
	if len(taken) == 0 {
		take(slices.MinFunc(groups, func(a, b []int32) int { return len(a) - len(b) }))
	}
	return taken
}

// groups returns the items that must stay together: those with equal content, and those
// with the same value in the column that split names.
func (l *loader) groups(part int, items []int32) ([][]int32, error) {
	u := newUnion(len(items))
	by := ""
	if l.Split != nil {
		by = l.Split.By
	}
	g, is := l.set.source.(grouped)
	if by != "" && !is {
		return nil, config.FieldError(l.path+".split.by", by, "no column, because the items are not rows of a table", "")
	}
	same := map[uint64]int{}
	together := map[string]int{}
	h := fnv.New64a()
	var it Item
	for k, i := range items {
		it.prepare(l.set)
		if err := l.set.source.item(part, int(i), &it); err != nil {
			return nil, config.FieldProblem(l.path, fmt.Sprintf("item %d: %v", i, err), "")
		}
		key := it.hash(h)
		if first, ok := same[key]; ok {
			u.join(first, k)
		} else {
			same[key] = k
		}
		if by == "" {
			continue
		}
		if first, ok := together[g.group(int(i))]; ok {
			u.join(first, k)
		} else {
			together[g.group(int(i))] = k
		}
	}
	sets := u.sets()
	for _, set := range sets {
		for j, k := range set {
			set[j] = items[k]
		}
	}
	return sets, nil
}

// hash returns a hash of the fields and spikes of an item.
func (it *Item) hash(h hash.Hash64) uint64 {
	h.Reset()
	var b [16]byte
	for _, field := range it.Fields {
		for _, v := range field {
			binary.LittleEndian.PutUint32(b[:], math.Float32bits(v+0)) // −0 is 0
			h.Write(b[:4])
		}
	}
	for _, s := range it.Train {
		binary.LittleEndian.PutUint64(b[:], uint64(s.Time))
		binary.LittleEndian.PutUint32(b[8:], uint32(s.Channel))
		binary.LittleEndian.PutUint32(b[12:], math.Float32bits(s.Value))
		h.Write(b[:])
	}
	return h.Sum64()
}

// union is a union-find structure: disjoint sets of items.
type union []int32

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = int32(i)
	}
	return u
}

// root returns the smallest item of the set that contains i.
func (u union) root(i int) int32 {
	for u[i] != int32(i) {
		u[i] = u[u[i]]
		i = int(u[i])
	}
	return int32(i)
}

func (u union) join(i, j int) {
	a, b := u.root(i), u.root(j)
	u[max(a, b)] = min(a, b)
}

// sets returns the sets, in the order of their first items.
func (u union) sets() [][]int32 {
	place := map[int32]int{}
	var all [][]int32
	for i := range u {
		r := u.root(i)
		k, ok := place[r]
		if !ok {
			k = len(all)
			place[r] = k
			all = append(all, nil)
		}
		all[k] = append(all[k], int32(i))
	}
	return all
}
