package remote

import (
	"math/bits"

	"infomorph/neuron"
)

// Spikes in the order of (time, source) are packed in groups, one for each
// time:
//
//	groups, then for each: time after the last:varint  n<<4 | ids<<2 | values
//	ids     list    the first source, gaps between sources:varint each
//	        run     the first source; n consecutive sources fire
//	        bitmap  the first source, span, one bit per source
//	values  plus, minus: all are +1 or −1; signs: one bit each; any: float32 each
//
// The smallest encoding is chosen for each group. If many neurons of a range
// fire at the same time, it takes about one bit per neuron.
const (
	idList = iota
	idRun
	idBitmap
)

const (
	valuePlus = iota
	valueMinus
	valueSigns
	valueAny
)

// spikes appends sorted spikes.
func (w *writer) spikes(s []neuron.Spike) {
	groups := 0
	for i := 0; i < len(s); i = groupEnd(s, i) {
		groups++
	}
	w.u(uint64(groups))
	last := neuron.Time(0)
	for i := 0; i < len(s); {
		k := groupEnd(s, i)
		w.group(s[i:k], s[i].Time-last)
		last, i = s[i].Time, k
	}
}

func groupEnd(s []neuron.Spike, i int) int {
	k := i + 1
	for k < len(s) && s[k].Time == s[i].Time && s[k].Source > s[k-1].Source {
		k++
	}
	return k
}

func (w *writer) group(s []neuron.Spike, after neuron.Time) {
	ids, values := idsOf(s), valuesOf(s)
	w.i(int64(after))
	w.u(uint64(len(s))<<4 | uint64(ids)<<2 | uint64(values))
	w.ids(s, ids)
	switch values {
	case valueSigns:
		at := w.room((len(s) + 7) / 8)
		for i := range s {
			if s[i].Value > 0 {
				at[i>>3] |= 1 << (i & 7)
			}
		}
	case valueAny:
		for i := range s {
			w.f32(s[i].Value)
		}
	}
}

func (w *writer) ids(s []neuron.Spike, how int) {
	first := s[0].Source
	w.u(uint64(first))
	switch how {
	case idList:
		for i := 1; i < len(s); i++ {
			w.u(uint64(s[i].Source - s[i-1].Source))
		}
	case idBitmap:
		span := int(s[len(s)-1].Source-first) + 1
		w.u(uint64(span))
		at := w.room((span + 7) / 8)
		for i := range s {
			k := int(s[i].Source - first)
			at[k>>3] |= 1 << (k & 7)
		}
	}
}

// room appends n zero bytes and returns them.
func (w *writer) room(n int) []byte {
	at := len(w.b)
	w.b = append(w.b, make([]byte, n)...)
	return w.b[at:]
}

func idsOf(s []neuron.Spike) int {
	span := int(s[len(s)-1].Source-s[0].Source) + 1
	switch {
	case span == len(s):
		return idRun
	case span <= 8*len(s):
		return idBitmap
	}
	return idList
}

func valuesOf(s []neuron.Spike) int {
	plus, minus := 0, 0
	for i := range s {
		switch s[i].Value {
		case 1:
			plus++
		case -1:
			minus++
		default:
			return valueAny
		}
	}
	switch len(s) {
	case plus:
		return valuePlus
	case minus:
		return valueMinus
	}
	return valueSigns
}

// scope is the valid range of spikes: sources lo … hi−1, times from … until−1.
type scope struct {
	lo, hi      neuron.ID
	from, until neuron.Time
}

// spikes reads the output of writer.spikes and appends it to dst. It checks
// that all spikes are in scope and in order.
func (r *reader) spikes(dst []neuron.Spike, in scope) []neuron.Spike {
	last := neuron.Time(0)
	for range r.size(3) {
		last += neuron.Time(r.i())
		if last < in.from || last >= in.until {
			r.fail()
			return dst
		}
		at := len(dst)
		dst = r.group(dst, last, in.lo, in.hi)
		if r.err != nil || at > 0 && at < len(dst) && dst[at].Compare(dst[at-1]) < 0 {
			r.fail()
			return dst[:at]
		}
	}
	return dst
}

// group reads and appends the spikes of one time.
func (r *reader) group(dst []neuron.Spike, t neuron.Time, lo, hi neuron.ID) []neuron.Spike {
	head := r.u()
	n := head >> 4
	if n == 0 || n > uint64(hi-lo) {
		r.fail()
		return dst
	}
	first, at := neuron.Spike{Time: t, Source: neuron.ID(r.u()), Value: 1}, len(dst)
	if first.Source < lo || first.Source >= hi {
		r.fail()
		return dst
	}
	switch int(head >> 2 & 3) {
	case idList:
		dst = r.list(dst, first, hi, int(n))
	case idRun:
		dst = run(dst, first, hi, int(n))
	case idBitmap:
		dst = r.bitmap(dst, first, hi)
	}
	if len(dst)-at != int(n) {
		r.fail()
		return dst[:at]
	}
	r.values(dst[at:], int(head&3))
	return dst
}

// list, run and bitmap append the spikes of one time. s is the first spike.
// Sources must be below hi; the first one that is not ends the result.
func (r *reader) list(dst []neuron.Spike, s neuron.Spike, hi neuron.ID, n int) []neuron.Spike {
	if n-1 > len(r.b) {
		return dst
	}
	dst = append(dst, s)
	for range n - 1 {
		gap := r.u()
		if gap == 0 || gap >= uint64(hi-s.Source) {
			return dst
		}
		s.Source += neuron.ID(gap)
		dst = append(dst, s)
	}
	return dst
}

func run(dst []neuron.Spike, s neuron.Spike, hi neuron.ID, n int) []neuron.Spike {
	if int64(n) > int64(hi-s.Source) {
		return dst
	}
	for range n {
		dst = append(dst, s)
		s.Source++
	}
	return dst
}

func (r *reader) bitmap(dst []neuron.Spike, s neuron.Spike, hi neuron.ID) []neuron.Spike {
	first, span := s.Source, r.u()
	if span > uint64(hi-first) {
		return dst
	}
	for k, b := range r.raw(int(span+7) / 8) {
		for ; b != 0; b &= b - 1 {
			s.Source = first + neuron.ID(8*k+bits.TrailingZeros8(b))
			if s.Source >= first+neuron.ID(span) {
				return dst
			}
			dst = append(dst, s)
		}
	}
	return dst
}

// values sets the values of spikes whose values are +1 before.
func (r *reader) values(s []neuron.Spike, how int) {
	switch how {
	case valueMinus:
		for i := range s {
			s[i].Value = -1
		}
	case valueSigns:
		b := r.raw((len(s) + 7) / 8)
		if b == nil {
			return
		}
		for i := range s {
			s[i].Value = float32(int(b[i>>3]>>(i&7)&1)*2 - 1)
		}
	case valueAny:
		for i := range s {
			s[i].Value = r.f32()
		}
	}
}

// merge appends lists of spikes, each sorted, to dst in sorted order. If each
// list holds a contiguous range of ids at one time, this is a copy of the
// lists.
func merge(dst []neuron.Spike, lists [][]neuron.Spike) []neuron.Spike {
	for {
		best, second := -1, -1
		for k := range lists {
			switch {
			case len(lists[k]) == 0:
			case best < 0 || lists[k][0].Compare(lists[best][0]) < 0:
				best, second = k, best
			case second < 0 || lists[k][0].Compare(lists[second][0]) < 0:
				second = k
			}
		}
		if best < 0 {
			return dst
		}
		n := len(lists[best])
		if second >= 0 {
			n = ahead(lists[best], lists[second][0])
		}
		dst = append(dst, lists[best][:n]...)
		lists[best] = lists[best][n:]
	}
}

// ahead returns how many of s, at least one, come before the first spike of
// another list. It checks for all first and then doubles its steps, because the
// result is usually all or few.
func ahead(s []neuron.Spike, next neuron.Spike) int {
	if s[len(s)-1].Compare(next) < 0 {
		return len(s)
	}
	lo, hi := 1, 2
	for hi < len(s) && s[hi-1].Compare(next) < 0 {
		lo, hi = hi, 2*hi
	}
	hi = min(hi, len(s))
	for lo < hi {
		mid := (lo + hi) / 2
		if s[mid].Compare(next) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
