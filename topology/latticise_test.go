package topology

import (
	"slices"
	"testing"
)

// TestLatticiseFindsTheRing: a shuffled ring lattice is nearly restored, with
// every degree kept.
func TestLatticiseFindsTheRing(t *testing.T) {
	var src, dst []int32
	for i := range int32(100) {
		for j := int32(1); j <= 4; j++ {
			src, dst = append(src, i), append(dst, (i+j)%100)
		}
	}
	length := func() (sum int) {
		l := &latticiser{n: 100}
		for i := range src {
			sum += l.along(src[i], dst[i])
		}
		return sum
	}
	ring, edges := length(), Edges{Src: src, Dst: dst}
	if got := edges.Swap(4000, newRand(1)); got != 4000 || length() < 5*ring {
		t.Fatalf("%d swaps, length %d of %d", got, length(), ring)
	}
	edges.Latticise(100, 20*len(src), newRand(2))
	if length() > ring*3/2 {
		t.Errorf("the lattice is %d long, the ring %d", length(), ring)
	}
	degree := make([]int, 100)
	for i := range src {
		degree[src[i]]++
		degree[dst[i]]++
	}
	if slices.Min(degree) != 8 || slices.Max(degree) != 8 {
		t.Error("degrees changed")
	}
}
