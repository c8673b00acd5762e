//go:build race

package remote

// raced says that the race detector watches. Proto.Actor's remote replaces the
// logger of gRPC each time it starts, while connections of another remote in
// the same process may still log: a race of theirs, that a process with one
// remote, as all but these tests are, never has.
const raced = true
