// Package prefetch asks for memory that is needed soon, so that it need not be
// waited for then. It changes nothing but time; where a processor has no such
// instruction here, it does nothing.
//
// Neurons live in the order of their clocks, which is no order in memory: a
// processor that is not told would wait for each of them anew.
package prefetch

import "unsafe"

// Slice asks for the elements of a slice.
func Slice[T any](s []T) {
	lines(unsafe.Pointer(unsafe.SliceData(s)), uintptr(len(s))*unsafe.Sizeof(*new(T)))
}

// Value asks for a value.
func Value[T any](v *T) { lines(unsafe.Pointer(v), unsafe.Sizeof(*v)) }
