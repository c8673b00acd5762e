package actors

import "github.com/asynkron/protoactor-go/actor"

// desk receives the answers to all requests of an engine. It is a single
// process. A future for each request would add a name to the registry each
// time, and the registry would grow without bound.
type desk struct {
	system  *actor.ActorSystem
	self    *actor.PID
	answers chan any
}

func newDesk(system *actor.ActorSystem) *desk {
	d := &desk{system: system, answers: make(chan any, 1)}
	d.self, _ = system.ProcessRegistry.Add(d, "desk") // the first of its name
	return d
}

// ask sends a message and waits for the answer.
func (d *desk) ask(whom *actor.PID, message any) (any, error) {
	d.system.Root.RequestWithCustomSender(whom, message, d.self)
	answer := <-d.answers
	if _, dead := answer.(*actor.DeadLetterResponse); dead {
		return nil, actor.ErrDeadLetter
	}
	return answer, nil
}

// SendUserMessage implements actor.Process. Each request has one answer. An
// answer that comes after the engine has been declared lost is dropped.
func (d *desk) SendUserMessage(_ *actor.PID, message any) {
	select {
	case d.answers <- actor.UnwrapEnvelopeMessage(message):
	default:
	}
}

// SendSystemMessage implements actor.Process.
func (*desk) SendSystemMessage(*actor.PID, any) {}

// Stop implements actor.Process.
func (*desk) Stop(*actor.PID) {}
