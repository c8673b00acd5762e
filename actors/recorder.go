package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/recording"
)

// recorder is the actor that writes a recording. Blocks go back to the
// neurons that sent them, so that there are never more than neurons own.
type recorder struct {
	w       *recording.Writer
	room    func() error // see Free.Record
	checked int64        // size when room was last asked for
	full    bool         // and there was none
	err     error        // the first of the writer; nothing is written after it
}

// roomEvery is how many bytes are written between looks at the room.
const roomEvery = 1 << 20

// unwritten tells the driver that the recording cannot go on.
type unwritten struct{ err error }

// Receive writes.
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

// keep writes a block. Where there is no room left the run is told to end, but
// what neurons have still in hand is kept: there is some room in reserve.
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
