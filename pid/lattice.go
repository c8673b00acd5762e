package pid

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// MaxSources is the largest number of sources of a lattice.
const MaxSources = 5

// Antichain is a set of sets of sources in which no set contains another, such
// as {1}{23}: the information that is in source 1 and also in sources 2 and 3
// together. Bit m is set if the set of sources with mask m is a member; source
// k has bit k−1 in m.
type Antichain uint32

// Sets returns the masks of the members, smaller sets first.
func (a Antichain) Sets() []uint8 {
	var sets []uint8
	for _, m := range setOrder {
		if a>>m&1 != 0 {
			sets = append(sets, m)
		}
	}
	return sets
}

// String returns the antichain in the usual notation, "{1}{23}".
func (a Antichain) String() string {
	var b strings.Builder
	for _, m := range a.Sets() {
		b.WriteString(setName(m))
	}
	return b.String()
}

// setName returns the name of one set of sources, such as {13}.
func setName(m uint8) string {
	name := []byte{'{'}
	for k := range MaxSources {
		if m>>k&1 != 0 {
			name = append(name, byte('1'+k))
		}
	}
	return string(append(name, '}'))
}

// holds reports whether one of the antichain's sets is contained in the set m
// of sources. Then knowing the sources in m is enough to know that the
// antichain's event happened.
func (a Antichain) holds(m uint8) bool {
	return a&subsets[m&(1<<MaxSources-1)] != 0
}

// subsets and supersets hold, for each set, the sets that it contains and the
// sets that contain it.
var subsets, supersets = func() (within, around [1 << MaxSources]Antichain) {
	for m := range within {
		for s := range within {
			if s != 0 && s&^m == 0 {
				within[m] |= 1 << s
				around[s] |= 1 << m
			}
		}
	}
	return within, around
}()

// LessEq reports whether a is below b or equal to it in the redundancy order:
// every set of b contains a set of a.
func (a Antichain) LessEq(b Antichain) bool {
	for s := uint8(1); s < 1<<MaxSources; s++ {
		if b>>s&1 != 0 && !a.holds(s) {
			return false
		}
	}
	return true
}

// ParseAntichain reads the notation of [Antichain.String]. The order of sets,
// the order within a set and spaces do not matter.
func ParseAntichain(name string) (Antichain, error) {
	var a Antichain
	rest := strings.ReplaceAll(name, " ", "")
	if rest == "" || len(name) > 256 {
		return 0, errors.New(`pid: an antichain looks like "{1}{23}"`)
	}
	for rest != "" {
		set, tail, ok := strings.Cut(rest, "}")
		if !ok || len(set) < 2 || set[0] != '{' {
			return 0, fmt.Errorf(`pid: %q is not an antichain; it should look like "{1}{23}"`, name)
		}
		var m uint8
		for _, c := range []byte(set[1:]) {
			if c < '1' || c > '0'+MaxSources || m>>(c-'1')&1 != 0 {
				return 0, fmt.Errorf("pid: %q is not an antichain: sources are 1 to %d, each at most once in a set", name, MaxSources)
			}
			m |= 1 << (c - '1')
		}
		if a.holds(m) || a.containsSuperset(m) {
			return 0, fmt.Errorf("pid: %q is not an antichain: one set contains another", name)
		}
		a |= 1 << m
		rest = tail
	}
	return a, nil
}

// containsSuperset reports whether a set of a contains the set m.
func (a Antichain) containsSuperset(m uint8) bool {
	return a&supersets[m] != 0
}

// Lattice is the redundancy lattice of n sources (Williams and Beer 2010): all
// antichains with the order [Antichain.LessEq]. It has 4, 18, 166 or 7,579
// members for 2, 3, 4 or 5 sources. Atoms and cumulative redundancies are
// vectors in the order of its members. A Lattice is immutable.
type Lattice struct {
	n       int
	members []Antichain
	names   []string  // nil for five sources: made on request
	below   [][]int32 // members strictly below each member; nil for five sources
	rising  []int32   // a linear extension: smaller members come first
	unions  [][]term  // inclusion–exclusion of each member's event; nil for five sources
	five    *five
}

// term is one term of an inclusion–exclusion over marginals.
type term struct {
	mask  uint8
	coef  float64
	whole int64 // coef as an integer, for integer sums
}

var lattices = [MaxSources + 1]*Lattice{1: newLattice(1), 2: newLattice(2), 3: newLattice(3), 4: newLattice(4), 5: newFive()}

// NewLattice returns the redundancy lattice of 2 to 5 sources.
func NewLattice(nSources int) (*Lattice, error) {
	if nSources < 2 || nSources > MaxSources {
		return nil, fmt.Errorf("pid: %d sources; the redundancy lattice is made for 2 to %d", nSources, MaxSources)
	}
	return lattices[nSources], nil
}

// newLattice generates the lattice of n sources.
func newLattice(n int) *Lattice {
	l := &Lattice{n: n}
	l.grow(0, 1)
	l.sort()
	l.below = make([][]int32, len(l.members))
	for i, a := range l.members {
		l.names = append(l.names, a.String())
		l.unions = append(l.unions, unionTerms(a, n))
		for j, b := range l.members {
			if i != j && b.LessEq(a) {
				l.below[i] = append(l.below[i], int32(j))
			}
		}
		l.rising = append(l.rising, int32(i))
	}
	slices.SortStableFunc(l.rising, func(i, j int32) int { return len(l.below[i]) - len(l.below[j]) })
	return l
}

// grow adds every antichain that extends a by sets with masks m or larger.
func (l *Lattice) grow(a Antichain, m uint8) {
	if a != 0 {
		l.members = append(l.members, a)
	}
	for ; m < 1<<l.n; m++ {
		if !a.holds(m) && !a.containsSuperset(m) {
			l.grow(a|1<<m, m+1)
		}
	}
}

// sort puts the members into the order of atoms: by the size of the smallest
// set, then more sets first, then fewer sources, then by name. With two sources
// the unique atoms come first.
func (l *Lattice) sort() {
	slices.SortFunc(l.members, func(a, b Antichain) int { return cmp.Compare(a.key(), b.key()) })
	if l.n == 2 {
		l.members[0], l.members[1], l.members[2] = l.members[1], l.members[2], l.members[0]
	}
}

// setOrder lists the sets by size, then by name; setRank is the rank of a set
// by name.
var setOrder, setRank = func() (order []uint8, rank [1 << MaxSources]uint64) {
	for m := uint8(1); m < 1<<MaxSources; m++ {
		order = append(order, m)
	}
	slices.SortFunc(order, func(x, y uint8) int { return strings.Compare(setName(x), setName(y)) })
	for i, m := range order {
		rank[m] = uint64(i)
	}
	slices.SortStableFunc(order, func(x, y uint8) int { return bits.OnesCount8(x) - bits.OnesCount8(y) })
	return order, rank
}()

// setOfRank is the inverse of setRank.
var setOfRank = func() (sets [1 << MaxSources]uint8) {
	for m := uint8(1); m < 1<<MaxSources; m++ {
		sets[setRank[m]] = m
	}
	return sets
}()

// key returns a number that orders antichains. From the highest bits: the size
// of the smallest set, 15 minus the number of sets (4 bits), the total number
// of sources (6 bits), and the rank of each of up to ten sets (5 bits each).
func (a Antichain) key() uint64 {
	var names, sets, total, least uint64
	for _, m := range setOrder {
		if a>>m&1 != 0 {
			if sets == 0 {
				least = uint64(bits.OnesCount8(m))
			}
			names |= setRank[m] << (45 - 5*sets)
			sets++
			total += uint64(bits.OnesCount8(m))
		}
	}
	return least<<60 | (15-sets)<<56 | total<<50 | names
}

// unionTerms returns the coefficients c with 1[m above a] = Σ_{S ⊆ m} c(S), so
// that the probability of the antichain's event is Σ c(S)·P(s_S).
func unionTerms(a Antichain, n int) []term {
	var c [16]float64
	var terms []term
	for m := uint8(1); m < 1<<n; m++ {
		if a.holds(m) {
			c[m] = 1
		}
		for s := uint8(1); s < m; s++ {
			if s&^m == 0 {
				c[m] -= c[s]
			}
		}
		if c[m] != 0 {
			terms = append(terms, term{m, c[m], int64(c[m])})
		}
	}
	return terms
}

// NumSources returns the number of sources.
func (l *Lattice) NumSources() int { return l.n }

// Len returns the number of antichains, which is the number of atoms.
func (l *Lattice) Len() int { return len(l.members) }

// Antichain returns member i.
func (l *Lattice) Antichain(i int) Antichain { return l.members[i] }

// Name returns the name of member i, such as {1}{23}.
func (l *Lattice) Name(i int) string {
	if l.names == nil {
		return l.members[i].String()
	}
	return l.names[i]
}

// Below returns the positions of the members strictly below member i.
func (l *Lattice) Below(i int) []int {
	if l.five != nil {
		return l.scan(i)
	}
	below := make([]int, len(l.below[i]))
	for k, j := range l.below[i] {
		below[k] = int(j)
	}
	return below
}

// Covers returns the positions of the members directly below member i: the
// edges of the Hasse diagram.
func (l *Lattice) Covers(i int) []int {
	if l.five != nil {
		return l.five.covers(l.members[i])
	}
	var covers []int
	for _, j := range l.below[i] {
		direct := !slices.ContainsFunc(l.below[i], func(k int32) bool {
			return slices.Contains(l.below[k], j)
		})
		if direct {
			covers = append(covers, int(j))
		}
	}
	return covers
}

// Index returns the position of the antichain with the given name. With two
// sources the names unq_r, unq_c, red and syn are also allowed.
func (l *Lattice) Index(name string) (int, bool) {
	if i := slices.Index(l.names, name); i >= 0 {
		return i, true
	}
	if l.five != nil {
		a, err := ParseAntichain(name)
		if err != nil {
			return 0, false
		}
		return l.five.at(heldBy(a)), true
	}
	if l.n == 2 {
		if i := slices.Index(twoSourceNames, name); i >= 0 {
			return i, true
		}
	}
	a, err := ParseAntichain(name)
	if err != nil {
		return 0, false
	}
	i := slices.Index(l.members, a)
	return i, i >= 0
}

// twoSourceNames are the other names of the two-source atoms, in order.
var twoSourceNames = []string{"unq_r", "unq_c", "red", "syn"}

// Atoms writes the Möbius inverse of the cumulative redundancies into dst and
// returns it: Π(α) = I(α) − Σ_{β<α} Π(β). Both have length Len; a nil dst is
// allocated. dst and cumulative must not overlap.
func (l *Lattice) Atoms(dst, cumulative []float64) []float64 {
	if dst == nil {
		dst = make([]float64, l.Len())
	}
	if len(dst) != l.Len() || len(cumulative) != l.Len() {
		panic("pid: vector does not fit the lattice")
	}
	if l.n == 2 { // the common case, without the loops
		red := cumulative[2]
		dst[0], dst[1], dst[2] = cumulative[0]-red, cumulative[1]-red, red
		dst[3] = cumulative[3] - red - dst[0] - dst[1]
		return dst
	}
	if l.five != nil {
		copy(dst, cumulative)
		l.five.difference(dst)
		return dst
	}
	for _, i := range l.rising {
		v := cumulative[i]
		for _, j := range l.below[i] {
			v -= dst[j]
		}
		dst[i] = v
	}
	return dst
}

// Cumulative is the inverse of Atoms: I(α) = Σ_{β≤α} Π(β).
func (l *Lattice) Cumulative(dst, atoms []float64) []float64 {
	if dst == nil {
		dst = make([]float64, l.Len())
	}
	if len(dst) != l.Len() || len(atoms) != l.Len() {
		panic("pid: vector does not fit the lattice")
	}
	if l.five != nil {
		copy(dst, atoms)
		l.five.sum(dst)
		return dst
	}
	for i := range dst {
		v := atoms[i]
		for _, j := range l.below[i] {
			v += atoms[j]
		}
		dst[i] = v
	}
	return dst
}

// weights writes into w the weights of the cumulative redundancies that give
// the same sum as the weights gamma of the atoms: Σ γ·Π = Σ w·I.
func (l *Lattice) weights(w, gamma []float64) {
	copy(w, gamma)
	for k := len(l.rising) - 1; k >= 0; k-- {
		i := l.rising[k]
		for _, j := range l.below[i] {
			w[j] -= w[i]
		}
	}
}
