package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/inboxes"
)

// recorder is the actor that writes a recording. It sends each block back to
// its neuron, so the number of blocks is bounded by what the neurons own.
type recorder struct {
	w       *inboxes.Writer
	room    func() error // see Free.Record
	checked int64        // size of the recording at the last call of room
	full    bool         // room returned an error
	err     error        // the first error of the writer; nothing is written after it
}

// roomEvery is the number of bytes written between two calls of room.
const roomEvery = 1 << 20

// unwritten tells the driver that the recording cannot go on.
type unwritten struct{ err error }

// Receive handles blocks and the end of the recording.
func (a *recorder) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *block:
		a.keep(ctx, m)
	case *closing:
		if m.last {
			a.try(func() error { return a.w.Close(m.final) })
		}
		m.err = a.err
		ctx.Send(ctx.Parent(), m)
	}
}

// keep writes a block. If room fails, it tells the driver to end the run, but
// still writes the blocks that neurons have begun: some space is kept in
// reserve for them.
func (a *recorder) keep(ctx actor.Context, b *block) {
	was := a.err
	a.try(func() error { return a.w.Block(b.kind, b.neuron, b.data) })
	if b.from != nil {
		b.data = b.data[:0]
		ctx.Send(b.from, b)
	}
	if was == nil && a.err != nil {
		ctx.Send(ctx.Parent(), &unwritten{a.err})
		return
	}
	if a.full || a.w.Size()-a.checked < roomEvery {
		return
	}
	a.checked = a.w.Size()
	if err := a.room(); err != nil {
		a.full = true
		ctx.Send(ctx.Parent(), &unwritten{err})
	}
}

func (a *recorder) try(write func() error) {
	if a.err == nil {
		a.err = write()
	}
}
