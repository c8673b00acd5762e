package topology

// edgeSet is a hash set of vertex pairs: open addressing, linear probing, at
// most half full. An entry is the key of the pair, which is never 0; 0 marks a
// free slot.
type edgeSet struct {
	slots []uint64
	mask  uint64
}

func newEdgeSet(capacity int) *edgeSet {
	size := 16
	for size < 2*capacity {
		size *= 2
	}
	return &edgeSet{make([]uint64, size), uint64(size - 1)}
}

// edgeKey packs an ordered pair, or an unordered one with the smaller first.
func edgeKey(a, b int32, directed bool) uint64 {
	if !directed && a > b {
		a, b = b, a
	}
	return uint64(uint32(a))<<32 | uint64(uint32(b)) + 1
}

func (s *edgeSet) home(key uint64) uint64 {
	h := key * 0x9e3779b97f4a7c15
	return (h ^ h>>32) & s.mask
}

// find returns the slot of key, or the free slot where key belongs.
func (s *edgeSet) find(key uint64) uint64 {
	i := s.home(key)
	for s.slots[i] != 0 && s.slots[i] != key {
		i = (i + 1) & s.mask
	}
	return i
}

func (s *edgeSet) has(key uint64) bool { return s.slots[s.find(key)] == key }

// add adds key and reports whether it was new.
func (s *edgeSet) add(key uint64) bool {
	i := s.find(key)
	fresh := s.slots[i] == 0
	s.slots[i] = key
	return fresh
}

// remove removes key and closes the gap by moving later entries back.
func (s *edgeSet) remove(key uint64) {
	i := s.find(key)
	if s.slots[i] == 0 {
		return
	}
	for j := (i + 1) & s.mask; s.slots[j] != 0; j = (j + 1) & s.mask {
		// An entry may move to i unless its home is after i.
		if home := s.home(s.slots[j]); (j-home)&s.mask >= (j-i)&s.mask {
			s.slots[i] = s.slots[j]
			i = j
		}
	}
	s.slots[i] = 0
}
