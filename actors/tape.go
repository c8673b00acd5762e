package actors

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
)

// tape is a neuron's side of a recording: inboxes are appended to a block, and
// full blocks go to the recorder.
type tape struct {
	id           neuron.ID
	recorder     *actor.PID
	encoder      *inboxes.Encoder
	current      *block   // nil: all blocks are at the recorder
	spare        []*block // blocks that are free
	begun        bool     // a start has been recorded
	outputDigest outputDigest
}

const (
	tapeBlocks = 2
	blockSize  = 16 << 10
)

func newTape(id neuron.ID, slots [neuron.NumPorts]int32, recorder, self *actor.PID) *tape {
	t := &tape{id: id, recorder: recorder, encoder: inboxes.NewEncoder(slots), outputDigest: newOutputDigest()}
	for range tapeBlocks {
		t.spare = append(t.spare, &block{neuron: id, kind: inboxes.InboxBlock, from: self, data: make([]byte, 0, blockSize+1<<10)})
	}
	t.take()
	return t
}

// begin records the state of the neuron. birth is the SHA-256 of its initial
// state; if they are equal, only the hash is recorded.
func (t *tape) begin(ctx actor.Context, n *neuron.Neuron, birth [sha256.Size]byte) error {
	state, err := n.AppendBinary(nil)
	if sum := sha256.Sum256(state); sum == birth {
		state = birth[:]
	}
	t.begun = true
	t.encoder.Restart()
	t.send(ctx, inboxes.StartBlock, state)
	return err
}

// end records the state that the neuron has reached. pending holds the pending
// events.
func (t *tape) end(ctx actor.Context, n *neuron.Neuron, pending []byte) error {
	t.flush(ctx)
	e, err := endOf(n, &t.outputDigest)
	e.Pending = pending
	t.send(ctx, inboxes.EndBlock, e.Append(nil))
	return err
}

func (t *tape) send(ctx actor.Context, k inboxes.Kind, data []byte) {
	ctx.Send(t.recorder, &block{neuron: t.id, kind: k, data: data})
}

// add records an inbox. There must be a current block.
func (t *tape) add(ctx actor.Context, at neuron.Time, in neuron.Inbox) {
	t.current.data = t.encoder.Append(t.current.data, t.id, at, in)
	if len(t.current.data) >= blockSize {
		t.flush(ctx)
	}
}

func (t *tape) flush(ctx actor.Context) {
	if t.current == nil || len(t.current.data) == 0 {
		return
	}
	ctx.Send(t.recorder, t.current)
	t.current = nil
	t.take()
}

// back takes a block back from the recorder.
func (t *tape) back(b *block) {
	t.spare = append(t.spare, b)
	t.take()
}

func (t *tape) take() {
	if n := len(t.spare); t.current == nil && n > 0 {
		t.current, t.spare = t.spare[n-1], t.spare[:n-1]
	}
}

// outputDigest is the SHA-256 of all spikes that a neuron has sent since the
// last end that was recorded.
type outputDigest struct {
	hash   hash.Hash
	spikes int64
	buf    []byte
}

func newOutputDigest() outputDigest { return outputDigest{hash: sha256.New()} }

func (t *outputDigest) add(spikes []neuron.Spike) {
	t.buf = t.buf[:0]
	for i := range spikes {
		t.buf = binary.LittleEndian.AppendUint64(t.buf, uint64(spikes[i].Time))
		t.buf = binary.LittleEndian.AppendUint32(t.buf, math.Float32bits(spikes[i].Value))
	}
	t.hash.Write(t.buf)
	t.spikes += int64(len(spikes))
}

// endOf returns what a recording says of a neuron at an end, and resets the
// digest.
func endOf(n *neuron.Neuron, t *outputDigest) (inboxes.End, error) {
	e := inboxes.End{Updates: n.Report(0).Updates, Spikes: t.spikes}
	state, err1 := n.AppendBinary(nil)
	if err1 != nil {
		return e, err1
	}
	window, err := n.Window().AppendBinary(nil)
	if err != nil {
		return e, err
	}
	var weights []byte
	for p := range neuron.Port(neuron.NumPorts) {
		for _, w := range n.Weights(p) {
			weights = binary.LittleEndian.AppendUint64(weights, math.Float64bits(w))
		}
	}
	e.State, e.Window, e.Weights = sha256.Sum256(state), sha256.Sum256(window), sha256.Sum256(weights)
	t.hash.Sum(e.Output[:0])
	t.hash.Reset()
	t.spikes = 0
	return e, nil
}
