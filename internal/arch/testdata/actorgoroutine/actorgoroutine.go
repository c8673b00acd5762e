// as: actors

// Package actorgoroutine is a planted case of the architecture test.
package actorgoroutine

func f(c chan int) { go func() { c <- 1 }() }
