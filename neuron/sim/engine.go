package sim

import (
	"crypto/sha256"
	"io"

	"infomorph/neuron"
)

// Sink receives what a network does, epoch by epoch, sorted by time and
// neuron. The slices of out are valid during the call only. An error stops
// the run.
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
	// Advance runs the network up to, not including, until.
	Advance(until neuron.Time, feed Feed, sink Sink) error
	// Report asks neurons about themselves between two Advances; the answers
	// are in the order of ids.
	Report(ids []neuron.ID, want neuron.Want) ([]neuron.Report, error)
	// State returns the complete state in canonical form: equal bytes mean
	// equal futures. See AppendHeader for the layout.
	State() ([]byte, error)
	// Network returns the network that the engine runs.
	Network() *Network
	// Restore replaces the state by one returned by State of the same network,
	// or of one that was changed from the same original: then the engine goes on
	// with that one. See Transplant. After an error the engine is good for
	// another Restore or Close only.
	Restore(state []byte) error
	// Close frees what the engine holds. It can be called again.
	Close() error
}

// StateWriter is an engine that writes its state piece by piece, and so needs no
// memory for it.
type StateWriter interface {
	// WriteState writes what State returns.
	WriteState(w io.Writer) error
}

// Piece is about how much of a state is written at a time [bytes].
const Piece = 1 << 20

// WriteState writes the state of an engine, piece by piece where it can.
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

// Hasher is an engine that knows the hash of its state without making it.
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
