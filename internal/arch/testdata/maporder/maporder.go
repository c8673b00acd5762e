// as: neuron/sim
// want: range over a map
// want: range over a map
// want: range over a map
// want: sort the keys
// want: sort the keys

// Package maporder is a planted case of the architecture test.
package maporder

import (
	"maps"
	"slices"
)

type named map[string]int

func f(m map[string]int, n named) (sum int) {
	for _, v := range m {
		sum += v
	}
	for k := range n {
		sum += len(k)
	}
	for k := range maps.Keys(m) {
		sum += len(k)
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		sum += len(k)
	}
	keys := slices.Collect(maps.Values(m))
	return sum + len(keys)
}

func g[M ~map[string]int](m M) (sum int) {
	for _, v := range m {
		sum += v
	}
	return sum
}
