package actors

import (
	"errors"
	"fmt"

	"infomorph/neuron"
)

// ErrClosed is returned by an engine that was closed.
var ErrClosed = errors.New("actors: the engine is closed")

// NeuronError says which neuron ended a run, and when. The engine returns the
// same error to every later call until it is closed.
type NeuronError struct {
	Neuron neuron.ID
	// End is the end of the epoch in which it happened; neuron.Never outside an
	// epoch.
	End    neuron.Time
	Reason any    // the value of the panic, or a sentence
	Stack  []byte // where it panicked; nil if it did not
}

// Error names the neuron, the time and the reason.
func (e *NeuronError) Error() string {
	when := "between two epochs"
	if e.End != neuron.Never {
		when = fmt.Sprintf("in the epoch that ends at %v", e.End)
	}
	if e.Stack != nil {
		return fmt.Sprintf("neuron %d panicked %s: %v", e.Neuron, when, e.Reason)
	}
	return fmt.Sprintf("neuron %d %v %s", e.Neuron, e.Reason, when)
}

// Unwrap returns the reason if it is an error.
func (e *NeuronError) Unwrap() error {
	err, _ := e.Reason.(error)
	return err
}

// crash is the value that a neuron actor panics with: the reason and the stack.
type crash struct {
	reason any
	stack  []byte
}
