// Package arch holds no code: its tests are the house rules of this
// repository. They check which package may import which, that the pure
// packages have no goroutine, clock, file, global randomness or result that
// depends on map order, how long functions are, that no type keeps a context, and
// where packages lie; and they show on planted violations (testdata) that each rule
// can fail.
package arch
