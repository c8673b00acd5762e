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

// grouped is a source whose items may have to stay together.
type grouped interface {
	// group returns what item i shares with others that it must stay with.
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
		if all = append(all, q); own {
			l.set.parts[b.name] = newPart(l.set, b.name, q)
		}
	}
	l.set.parts[""] = newPart(l.set, "", all...)
	return nil
}

// limited returns how many of count items are used; 0 is without end.
func (l *loader) limited(count int) int {
	if l.First > 0 && (count == 0 || count > l.First) {
		return l.First
	}
	return count
}

// split divides n items into train and test.
func (l *loader) split(n int) error {
	groups, err := l.groups(n)
	if err != nil {
		return err
	}
	if len(groups) < 2 {
		return config.FieldProblem(l.path+".split", fmt.Sprintf("the %d items cannot be divided, because all have to stay together", n), "")
	}
	test := l.drawTest(groups, n)
	var index [2][]int32
	for i := range n {
		index[btoi(test[i])] = append(index[btoi(test[i])], int32(i))
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

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// drawTest takes groups in random order for the test while they fit its share,
// and at least one.
func (l *loader) drawTest(groups [][]int32, n int) []bool {
	want := float64(l.Split.Test) * float64(n)
	test := make([]bool, n)
	taken := 0
	take := func(g []int32) {
		taken += len(g)
		for _, i := range g {
			test[i] = true
		}
	}
	draws := newStream(l.seed, l.set.number, splitPart)
	rng := draws.at(0)
	for _, k := range rng.Perm(len(groups)) {
		if float64(taken+len(groups[k])) <= want+1e-9 {
			take(groups[k])
		}
	}
	if taken == 0 {
		take(slices.MinFunc(groups, func(a, b []int32) int { return len(a) - len(b) }))
	}
	return test
}

// groups returns the items that have to stay together: those that are told the
// same, and those with the same value in the column that split names.
func (l *loader) groups(n int) ([][]int32, error) {
	u := newUnion(n)
	g, by := l.set.source.(grouped)
	if l.Split.By != "" && !by {
		return nil, config.FieldError(l.path+".split.by", l.Split.By, "no column, because the items are not rows of a table", "")
	}
	same := map[uint64]int{}
	together := map[string]int{}
	h := fnv.New64a()
	var it Item
	for i := range n {
		it.prepare(l.set)
		if err := l.set.source.item(0, i, &it); err != nil {
			return nil, config.FieldProblem(l.path, fmt.Sprintf("item %d: %v", i, err), "")
		}
		key := it.hash(h)
		if first, ok := same[key]; ok {
			u.join(first, i)
		} else {
			same[key] = i
		}
		if l.Split.By == "" {
			continue
		}
		if first, ok := together[g.group(i)]; ok {
			u.join(first, i)
		} else {
			together[g.group(i)] = i
		}
	}
	return u.sets(), nil
}

// hash returns a number that items with the same content share.
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

// union is disjoint sets of items.
type union []int32

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = int32(i)
	}
	return u
}

// root returns the smallest item of a set.
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

// sets returns the sets in the order of their first items.
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
