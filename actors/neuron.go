package actors

import (
	"runtime/debug"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// neuronActor owns one neuron. It gets requests in a bundle and answers in the
// same bundle.
type neuronActor struct {
	neuron *neuron.Neuron
	tap    func(neuron.ID, neuron.Inbox)
}

// Receive answers a bundle. A panic is passed on with its stack to the
// supervisor, which is the shard.
func (a *neuronActor) Receive(ctx actor.Context) {
	b, ok := ctx.Message().(*bundle)
	if !ok {
		return
	}
	defer func() {
		if reason := recover(); reason != nil {
			panic(crash{reason, debug.Stack()})
		}
	}()
	a.answer(b)
}

// live advances the neuron through an inbox, and returns the next update time
// of its own clock.
func (a *neuronActor) live(in *neuron.Inbox, out *neuron.Output) neuron.Time {
	if a.tap != nil {
		a.tap(a.neuron.ID(), *in)
	}
	a.neuron.Live(in, out)
	return a.neuron.Next()
}

// answer does what b asks for.
func (a *neuronActor) answer(b *bundle) {
	switch b.verb {
	case advance:
		a.live(b.inbox, b.out)
	case save:
		b.state, b.err = sim.AppendNeuron(b.state, a.neuron, b.seen)
	case load:
		b.err = sim.RestoreNeuron(a.neuron, b.record, b.seen)
	case peek:
		b.inputs = a.neuron.AppendInputs(b.inputs[:0])
	case report:
		b.report = sim.ReportNeuron(a.neuron, b.want, b.seen)
	}
	b.next = a.neuron.Next()
	b.answered = true
}
