package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
)

// requests is what the coordinator and the driver have in common: they carry
// out one request of the engine at a time, and after an error none.
type requests struct {
	root   *actor.RootContext
	now    neuron.Time
	broken error // why every request fails; nil: none does
	mended bool  // a successful load would clear broken

	request *request   // in progress; nil: none
	user    *actor.PID // sender of the request
	ended   func()     // called when a request ends
}

// begin begins a request. It returns false if the request must fail, because
// of an earlier error.
func (s *requests) begin(ctx actor.Context, r *request) bool {
	s.request, s.user = r, ctx.Sender()
	if s.broken != nil && !(s.mended && r.verb == load) {
		return false
	}
	s.broken, s.mended = nil, false
	return true
}

// refuse ends a request with an error of a shard or a neuron. After a state
// that does not fit, another state can be loaded; any other error is final.
func (s *requests) refuse(err error) {
	s.mended = s.request.verb == load
	s.fail(err)
}

// fail ends the current request, and all later ones, with the first error.
func (s *requests) fail(err error) {
	if s.broken == nil {
		s.broken = err
	}
	s.finish(reply{err: s.broken})
}

// finish ends the current request with a reply.
func (s *requests) finish(r reply) {
	if s.request == nil {
		return
	}
	s.ended()
	r.now = s.now
	user := s.user
	s.request, s.user = nil, nil
	s.root.Send(user, &r)
}
