package actors

import (
	"bytes"
	"errors"
	"testing"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

// pieces keeps what is written, and the sizes of writes.
type pieces struct {
	bytes.Buffer
	largest, writes int
}

func (p *pieces) Write(b []byte) (int, error) {
	p.largest, p.writes = max(p.largest, len(b)), p.writes+1
	return p.Buffer.Write(b)
}

// full fails after the first writes.
type full struct{ left int }

var errFull = errors.New("full")

func (f *full) Write(b []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// TestStateInPieces writes a state of several pieces on every engine, with
// spikes in flight. The bytes equal those of State, they are the same on all
// engines, and no write is much larger than a piece. An engine can still be
// used after its writer has failed.
func TestStateInPieces(t *testing.T) {
	net := sparse(t, 1000, "own", true)
	var want []byte
	for _, c := range append([]contender{{"sequential", simtest.Sequential}}, engines...) {
		e, err := c.make(net)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if err := e.Advance(t.Context(), 23*neuron.Millisecond, sim.Feed{}, sim.Discard{}); err != nil {
			t.Fatal(err)
		}
		if err := sim.WriteState(e, &full{left: 1}); !errors.Is(err, errFull) {
			t.Errorf("%s: a writer that fails: %v", c.name, err)
		}
		var got pieces
		if err := sim.WriteState(e, &got); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = state
		}
		if !bytes.Equal(got.Bytes(), state) || !bytes.Equal(state, want) {
			t.Errorf("%s: the states differ", c.name)
		}
		if got.writes < 3 || got.largest > 2*sim.Piece {
			t.Errorf("%s: %d writes of up to %d bytes", c.name, got.writes, got.largest)
		}
	}
}
