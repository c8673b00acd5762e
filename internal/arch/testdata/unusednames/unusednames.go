// as: internal/unusednames

// Package unusednames is a planted case of the architecture test.
package unusednames

const forgotten = 1

type spare struct{}

type node struct{ next *node }

// String is a method of fmt.Stringer.
func (n *node) String() string { return "" }

func (n *node) last() *node {
	if n.next == nil {
		return n
	}
	return n.next.last()
}

// Lonely is exported, and nothing uses it.
func Lonely() { _ = (&node{}).last() }

func (n *node) idle() {}
