package prefetch

import "unsafe"

// lines prefetches bytes bytes from p on, cache line by cache line.
//
//go:noescape
func lines(p unsafe.Pointer, bytes uintptr)
