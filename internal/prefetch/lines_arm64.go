package prefetch

import "unsafe"

// lines asks for so many bytes from p on, by lines of the cache.
//
//go:noescape
func lines(p unsafe.Pointer, bytes uintptr)
