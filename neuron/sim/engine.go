package sim

import (
	"context"
	"crypto/sha256"
	"io"

	"infomorph/neuron"
)

// Sink receives the output of a network, epoch by epoch, sorted by time and
// neuron. The slices of out are valid during the call only. An error stops the
// run.
type Sink interface {
	Epoch(end neuron.Time, out *neuron.Output) error
}

// Discard is a Sink that keeps nothing.
type Discard struct{}

// Epoch does nothing.
func (Discard) Epoch(neuron.Time, *neuron.Output) error { return nil }

// Engine runs a network. All engines give the same spikes, samples and state
// for the same network and feed. An engine is used by one goroutine.
type Engine interface {
	// Now returns the time up to which the network has run.
	Now() neuron.Time
	// Advance runs the network up to, not including, until. If ctx is cancelled, it
	// stops at the end of an epoch and returns the error of ctx. An engine that runs
	// in lockstep can continue from there.
	Advance(ctx context.Context, until neuron.Time, feed Feed, sink Sink) error
	// Report returns reports of neurons between two Advances, in the order of
	// ids.
	Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error)
	// State returns the complete state in canonical form: equal bytes mean
	// equal behaviour from then on. See AppendHeader for the layout.
	State() ([]byte, error)
	// Network returns the network that the engine runs.
	Network() *Network
	// Restore replaces the state by one that State returned, of the same
	// network or of one that was changed from the same original. In the second
	// case the engine continues with that network; see Migrate. After an
	// error, only another Restore or Close is allowed.
	Restore(state []byte) error
	// Close frees the engine's resources. It may be called more than once.
	Close() error
}

// StateWriter is an engine that can write its state piece by piece, without
// holding all of it in memory.
type StateWriter interface {
	// WriteState writes the bytes that State would return.
	WriteState(w io.Writer) error
}

// Piece is the approximate size of a piece of a state that is written at once
// [bytes].
const Piece = 1 << 20

// WriteState writes the state of an engine, piece by piece if the engine can do
// that.
func WriteState(e Engine, w io.Writer) error {
	if s, ok := e.(StateWriter); ok {
		return s.WriteState(w)
	}
	state, err := e.State()
	if err == nil {
		_, err = w.Write(state)
	}
	return err
}

// Hasher is an engine that can compute the hash of its state without building
// the state.
type Hasher interface {
	Hash() ([sha256.Size]byte, error)
}

// Hash returns the SHA-256 of an engine's state.
func Hash(e Engine) ([sha256.Size]byte, error) {
	if h, ok := e.(Hasher); ok {
		return h.Hash()
	}
	h := sha256.New()
	err := WriteState(e, h)
	return [sha256.Size]byte(h.Sum(nil)), err
}
