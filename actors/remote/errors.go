package remote

import (
	"errors"
	"fmt"
)

// ErrClosed is returned by an engine that was closed.
var ErrClosed = errors.New("remote: the engine is closed")

// NodeError says which node ended a run, and why. The engine returns the same
// error to every later call until it is closed.
type NodeError struct {
	Node, Address string
	Reason        error
}

// Error names the node, its address and the reason.
func (e *NodeError) Error() string {
	if e.Node == e.Address {
		return fmt.Sprintf("node %s %v", e.Node, e.Reason)
	}
	return fmt.Sprintf("node %s at %s %v", e.Node, e.Address, e.Reason)
}

// Unwrap returns the reason.
func (e *NodeError) Unwrap() error { return e.Reason }
