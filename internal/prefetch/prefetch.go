// Package prefetch loads memory that is needed soon into the cache of the
// processor. It changes only the speed. On processors for which there is no
// implementation here, it does nothing.
//
// Neurons update in the order of their clocks, which is not their order in
// memory. Without prefetching, the processor would wait for the memory of each
// neuron.
package prefetch

import "unsafe"

// Slice prefetches the elements of a slice.
func Slice[T any](s []T) {
	lines(unsafe.Pointer(unsafe.SliceData(s)), uintptr(len(s))*unsafe.Sizeof(*new(T)))
}

// Value prefetches a value.
func Value[T any](v *T) { lines(unsafe.Pointer(v), unsafe.Sizeof(*v)) }
