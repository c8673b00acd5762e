package pid

import (
	"math/bits"
	"slices"
)

// five replaces, for the lattice of five sources with its 7,579 antichains, the
// lists of all members below each member.
//
// An antichain holds a set m of sources if one of its sets is contained in m.
// The sets that it holds form an up-set, "held", stored as bit m of a number,
// and α ≤ β if held(α) ⊇ held(β). An up-set of sets of five sources is a pair
// of up-sets of sets of four: the sets without source 5 and the sets with it;
// the first is contained in the second. There are 168 up-sets of sets of four,
// so a table of 168×168 contains every antichain.
type five struct {
	half  []uint8 // number of an up-set of sets of four sources, indexed by its 16 bits
	place []int16 // position of the antichain with the given halves (without, with source 5)
	held  []uint32
	// falling lists the antichains from the top down. Each of them, except the
	// top, holds one set more, added, than the one at from.
	falling []fall
	// steps are pairs (antichain, one directly below it), in the order in which
	// sum adds values; difference goes through them in reverse.
	steps [][2]int16
}

// fall says how the event of an antichain is computed from another one.
type fall struct {
	at, from int16
	added    uint8
}

const (
	fiveSets   = 31 // number of the set of all five sources
	fourUpsets = 168
)

// heldBy returns the up-set of an antichain of five sources.
func heldBy(a Antichain) uint32 {
	held := uint32(0)
	for b := a; b != 0; b &= b - 1 {
		held |= uint32(supersets[bits.TrailingZeros32(uint32(b))])
	}
	return held
}

// newFive makes the lattice of five sources.
func newFive() *Lattice {
	l := &Lattice{n: 5, members: make([]Antichain, 0, 7579)}
	l.grow(0, 1)
	order := make([]uint64, len(l.members))
	for i, a := range l.members {
		order[i] = a.key()
	}
	slices.Sort(order)
	f := &five{half: make([]uint8, 1<<16), place: make([]int16, fourUpsets*fourUpsets), held: make([]uint32, len(order))}
	seen := uint8(0)
	number := func(half uint32) int {
		if f.half[half] == 0 {
			seen++
			f.half[half] = seen
		}
		return int(f.half[half]) - 1
	}
	for i, k := range order {
		l.members[i] = antichainOf(k)
		f.held[i] = heldBy(l.members[i])
		f.place[number(f.held[i]&0xffff)*fourUpsets+number(f.held[i]>>16)] = int16(i)
	}
	f.fall()
	f.step()
	l.five = f
	return l
}

// antichainOf returns the antichain with a given key.
func antichainOf(key uint64) Antichain {
	var a Antichain
	for k := range 15 - key>>56&15 {
		a |= 1 << setOfRank[key>>(45-5*k)&31]
	}
	return a
}

// at returns the position of the antichain with a given up-set.
func (f *five) at(held uint32) int {
	return int(f.place[(int(f.half[held&0xffff])-1)*fourUpsets+int(f.half[held>>16])-1])
}

// fall lists the antichains by the number of sets that they hold.
func (f *five) fall() {
	var start [fiveSets + 2]int
	for _, h := range f.held {
		start[bits.OnesCount32(h)+1]++
	}
	for k := 1; k < len(start); k++ {
		start[k] += start[k-1]
	}
	f.falling = make([]fall, len(f.held))
	for i, h := range f.held {
		at := &f.falling[start[bits.OnesCount32(h)]]
		start[bits.OnesCount32(h)]++
		at.at = int16(i)
		if h == 1<<fiveSets {
			continue // the top
		}
		m := uint8(bits.TrailingZeros32(h)) // a smallest set of h: its subsets are smaller numbers
		at.added, at.from = m, int16(f.at(h&^(1<<m)))
	}
}

// step lists the steps of sum, one pass for each set m of sources. In each pass
// an antichain that does not hold m, but could, is paired with the one that
// also holds m. (Björklund and others 2012: fast zeta transforms for lattices.)
func (f *five) step() {
	for _, m := range setOrder[:len(setOrder)-1] { // all sets except the set of all sources, by size
		within := uint32(subsets[m]) // m can be added to an up-set that holds all larger sets around m and no subset of m
		for i, h := range f.held {
			if h&within == 0 && h&uint32(supersets[m]) == uint32(supersets[m])&^(1<<m) {
				f.steps = append(f.steps, [2]int16{int16(i), int16(f.at(h | 1<<m))})
			}
		}
	}
}

// sum adds to each value the values of all antichains below.
func (f *five) sum(values []float64) {
	for _, s := range f.steps {
		values[s[0]] += values[s[1]]
	}
}

// difference is the inverse of sum.
func (f *five) difference(values []float64) {
	for k := len(f.steps) - 1; k >= 0; k-- {
		s := f.steps[k]
		values[s[0]] -= values[s[1]]
	}
}

// covers returns the positions directly below an antichain: the ones that hold
// one set more.
func (f *five) covers(a Antichain) []int {
	held := heldBy(a)
	var covers []int
	for m := uint8(1); m < fiveSets; m++ {
		if held>>m&1 == 0 && held&uint32(supersets[m]) == uint32(supersets[m])&^(1<<m) {
			covers = append(covers, f.at(held|1<<m))
		}
	}
	slices.Sort(covers)
	return covers
}

// scan returns the positions strictly below member i.
func (l *Lattice) scan(i int) []int {
	var below []int
	for j, h := range l.five.held {
		if j != i && h&l.five.held[i] == l.five.held[i] {
			below = append(below, j)
		}
	}
	return below
}

// agreements returns the masses (·, t), and last (·), of the cells that agree
// with cell i in exactly a given set of sources, one row per set.
func (tb *table) agreements(agree []float64, i int) {
	w := tb.width
	for m := 1; m < 31; m++ {
		copy(agree[m*w:][:w], tb.marg[m][tb.row(i, uint8(m)):])
	}
	copy(agree[31*w:], tb.joint[i*w:][:w])
	for k := range 5 { // from "at least" to "exactly" these sources
		for m := 1; m < 32; m++ {
			if m>>k&1 == 0 {
				for t := range w {
					agree[m*w+t] -= agree[(m|1<<k)*w+t]
				}
			}
		}
	}
	for k, v := range agree {
		agree[k] = max(v, 0) // correct rounding errors
	}
}

// events5 writes P(W_α, t) for each t, and last P(W_α), of every antichain at
// cell i, one row each. The event of an antichain is the event of the one above
// it plus the cells that agree with cell i in exactly the added set.
func (tb *table) events5(u, agree []float64, i int) {
	w := tb.width
	tb.agreements(agree, i)
	for _, x := range tb.lattice().five.falling {
		to, from, add := u[int(x.at)*w:][:w], tb.joint[i*w:][:w], agree[:w] // nothing is added to the top
		if x.added != 0 {
			from, add = u[int(x.from)*w:][:w], agree[int(x.added)*w:][:w]
		}
		for t := range to {
			to[t] = from[t] + add[t]
		}
	}
}

// unions5 is unions for five sources.
func (tb *table) unions5(plus, minus []float64) {
	w := tb.width
	agree, u := make([]float64, 32*w), make([]float64, len(plus)*w)
	if w == 3 {
		tb.unions53(plus, minus, agree, u)
		return
	}
	for i := range tb.used {
		tb.events5(u, agree, i)
		own := tb.joint[i*w:][:w]
		for a := range plus {
			row := u[a*w:][:w]
			plus[a] -= own[w-1] * log2(row[w-1])
			for t, v := range own[:w-1] {
				if v > 0 {
					minus[a] -= v * log2(row[t])
				}
			}
		}
	}
}

// unions53 is unions5 for a binary target, with events and logarithms in one pass.
func (tb *table) unions53(plus, minus, agree, u []float64) {
	f := tb.lattice().five
	for i := range tb.used {
		tb.agreements(agree, i)
		own := (*triple)(tb.joint[3*i:])
		for _, x := range f.falling {
			from, add := own, (*triple)(agree)
			if x.added != 0 {
				from, add = (*triple)(u[3*int(x.from):]), (*triple)(agree[3*int(x.added):])
			}
			to := (*triple)(u[3*int(x.at):])
			*to = triple{from[0] + add[0], from[1] + add[1], from[2] + add[2]}
			sources, joint := entropies3(own[:], to[:])
			plus[x.at] += sources
			minus[x.at] += joint
		}
	}
}
