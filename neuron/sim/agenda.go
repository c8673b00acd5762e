package sim

import (
	"math/bits"
	"slices"

	"infomorph/neuron"
)

// agenda holds the clock updates of one epoch, in order of (time, neuron).
// Updates that are known at the start of the epoch are sorted; updates that are
// added later are in a heap.
type agenda struct {
	start, end neuron.Time
	known      []uint64 // (time after start)<<32 | neuron
	done       int      // entries of known that are over
	late       []uint64 // a binary heap
	scratch    []uint64
	counts     []int32
}

func (a *agenda) begin(start, end neuron.Time) {
	a.start, a.end = start, end
	a.known, a.done, a.late = a.known[:0], 0, a.late[:0]
}

// collect adds all clock updates before the end of the epoch, and returns the
// time of the first one after it. Offsets are less than width.
func (a *agenda) collect(wake []neuron.Time, width neuron.Time) (later neuron.Time) {
	later = neuron.Never
	for i, t := range wake {
		if t < a.end {
			a.known = append(a.known, uint64(t-a.start)<<32|uint64(i))
		} else {
			later = min(later, t)
		}
	}
	a.sort(width)
	return later
}

const (
	digit    = 11 // bits sorted at a time
	fewKnown = 64
)

// sort sorts known by time; it is already in order of neurons.
func (a *agenda) sort(width neuron.Time) {
	if len(a.known) < fewKnown {
		slices.Sort(a.known)
		return
	}
	a.scratch = slices.Grow(a.scratch[:0], len(a.known))[:len(a.known)]
	if a.counts == nil {
		a.counts = make([]int32, 1<<digit)
	}
	for shift := 32; shift < 32+bits.Len64(uint64(width)); shift += digit {
		clear(a.counts)
		for _, k := range a.known {
			a.counts[k>>shift&(1<<digit-1)]++
		}
		sum := int32(0)
		for i, n := range a.counts {
			a.counts[i] = sum
			sum += n
		}
		for _, k := range a.known {
			at := &a.counts[k>>shift&(1<<digit-1)]
			a.scratch[*at] = k
			*at++
		}
		a.known, a.scratch = a.scratch, a.known
	}
}

// add adds a clock update of neuron i; false: the update is not in this epoch.
func (a *agenda) add(i int, t neuron.Time) bool {
	if t >= a.end {
		return false
	}
	a.late = append(a.late, uint64(t-a.start)<<32|uint64(i))
	for at := len(a.late) - 1; at > 0; {
		up := (at - 1) / 2
		if a.late[up] <= a.late[at] {
			break
		}
		a.late[up], a.late[at] = a.late[at], a.late[up]
		at = up
	}
	return true
}

// key returns the first update; false if there is none.
func (a *agenda) key() (k uint64, late, ok bool) {
	if a.done < len(a.known) {
		k, ok = a.known[a.done], true
	}
	if len(a.late) > 0 && (!ok || a.late[0] < k) {
		return a.late[0], true, true
	}
	return k, false, ok
}

// first returns the time of the first update, neuron.Never if there is none.
func (a *agenda) first() neuron.Time {
	k, _, ok := a.key()
	if !ok {
		return neuron.Never
	}
	return a.start + neuron.Time(k>>32)
}

// ahead returns the neuron of the entry of known that comes by entries later;
// false if there is none.
func (a *agenda) ahead(by int) (i int, ok bool) {
	if by += a.done; by < len(a.known) {
		return int(uint32(a.known[by])), true
	}
	return 0, false
}

// peek returns the neuron of the first update; there must be one.
func (a *agenda) peek() int {
	k, _, _ := a.key()
	return int(uint32(k))
}

// pop removes the first update and returns its neuron.
func (a *agenda) pop() int {
	k, late, _ := a.key()
	if !late {
		a.done++
		return int(uint32(k))
	}
	n := len(a.late) - 1
	a.late[0] = a.late[n]
	a.late = a.late[:n]
	for at := 0; ; {
		down := 2*at + 1
		if down >= n {
			break
		}
		if down+1 < n && a.late[down+1] < a.late[down] {
			down++
		}
		if a.late[at] <= a.late[down] {
			break
		}
		a.late[at], a.late[down] = a.late[down], a.late[at]
		at = down
	}
	return int(uint32(k))
}
