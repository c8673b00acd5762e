package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"infomorph/internal/recording"
)

// archivist is the actor that writes a recording. Blocks go back to the
// neurons that sent them, so that there are never more than neurons own.
type archivist struct {
	w   *recording.Writer
	err error // the first; nothing is written after it
}

// unwritten tells the stimulus that the recording cannot be kept.
type unwritten struct{ err error }

// Receive writes.
func (a *archivist) Receive(ctx actor.Context) {
	switch m := ctx.Message().(type) {
	case *block:
		a.keep(ctx, m)
	case *closing:
		for _, e := range m.ends {
			a.try(func() error { return a.w.End(e.neuron, &e.end) })
		}
		a.try(func() error { return a.w.Close(m.final) })
		m.err = a.err
		ctx.Send(ctx.Parent(), m)
	}
}

func (a *archivist) keep(ctx actor.Context, b *block) {
	was := a.err
	if b.begin {
		a.try(func() error { return a.w.Start(b.neuron, b.data) })
	} else {
		a.try(func() error { return a.w.Inboxes(b.neuron, b.data) })
		b.data = b.data[:0]
		ctx.Send(b.from, b)
	}
	if was == nil && a.err != nil {
		ctx.Send(ctx.Parent(), &unwritten{a.err})
	}
}

func (a *archivist) try(write func() error) {
	if a.err == nil {
		a.err = write()
	}
}
