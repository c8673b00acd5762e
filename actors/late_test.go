package actors

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/asynkron/protoactor-go/actor"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// TestLateOrders: an order that comes back when no request waits for it, or after
// the run has failed, changes nothing.
func TestLateOrders(t *testing.T) {
	for name, r := range map[string]requests{
		"no request":   {},
		"after a fail": {request: &request{verb: report}, broken: errors.New("broken")},
	} {
		c := &coordinator{requests: r, orders: []*order{{}}}
		c.collect(&heard{}, c.orders[0])
		if c.request != r.request {
			t.Errorf("%s: the request is %v", name, c.request)
		}
	}
}

// TestLateInlineOrder: an order that comes back after the watchdog has answered the user
// ends the request without another answer.
func TestLateInlineOrder(t *testing.T) {
	c := &coordinator{requests: requests{request: &request{verb: advance}}, orders: []*order{{}}}
	c.ended = func() { t.Error("a request ends that has its answer") }
	c.inlineWatchdog = &inlineWatchdog{away: true, lost: true}
	c.collect(&heard{}, c.orders[0])
	if c.request != nil || c.inlineWatchdog.away {
		t.Errorf("request %v, away %v", c.request, c.inlineWatchdog.away)
	}
}

// TestLateLoss: an actor that ends after the run has failed, or between two
// requests, ends no request. A loss during a request ends it.
func TestLateLoss(t *testing.T) {
	first := errors.New("first")
	who := &actor.PID{Id: "driver/1"}
	for _, c := range []struct {
		name     string
		requests requests
	}{
		{"after a fail", requests{request: &request{verb: advance}, broken: first}},
		{"between requests", requests{}},
	} {
		s := &driver{requests: c.requests, lost: make([]bool, 2)}
		s.ended = func() { t.Errorf("%s: a request ends", c.name) }
		if s.lose(who); s.request != c.requests.request || !errors.Is(s.broken, c.requests.broken) || !s.lost[1] || s.lost[0] {
			t.Errorf("%s: request %v, error %v, lost %v", c.name, s.request, s.broken, s.lost)
		}
	}
}

// TestLateCancellation: only the context of the request in progress ends it.
func TestLateCancellation(t *testing.T) {
	why := errors.New("interrupted")
	now := &request{verb: advance}
	for r, ends := range map[*request]bool{{verb: advance}: false, now: true} {
		system := newSystem(slog.New(slog.DiscardHandler))
		defer system.Shutdown()
		s := &driver{requests: requests{root: system.Root, request: now, user: system.NewLocalPID("nobody")}}
		s.ended = func() {}
		s.Receive(&heard{message: &cancelled{r, why}})
		if want := map[bool]error{true: why}[ends]; s.broken != want || (s.request == nil) != ends {
			t.Errorf("%v, want %v; request %v", s.broken, want, s.request)
		}
	}
}

// TestLateCommand: a command that was replaced while it was away changes nothing when it
// comes back. Its successor does, and shows the watchdog that something moves.
func TestLateCommand(t *testing.T) {
	s := &driver{requests: requests{request: &request{verb: seal}}, own: &pulse{}, waiting: 2, away: []bool{true, true}, commands: []*command{{neuron: 0}, {neuron: 1}}}
	before, _ := s.own.read()
	if s.collect(&heard{}, &command{neuron: 1}); s.waiting != 2 || !s.away[1] {
		t.Errorf("replaced: %d are waited for, away %v", s.waiting, s.away)
	}
	if after, _ := s.own.read(); after != before {
		t.Error("a command that was replaced moves the network")
	}
	if s.collect(&heard{}, s.commands[1]); s.waiting != 1 || s.away[1] || !s.away[0] {
		t.Errorf("%d are waited for, away %v", s.waiting, s.away)
	}
	if after, busy := s.own.read(); after == before || busy != -1 {
		t.Errorf("a command that comes back does not move the network, busy with %d", busy)
	}
	s.request = nil
	if s.collect(&heard{}, s.commands[0]); s.waiting != 1 || !s.away[0] {
		t.Errorf("between requests: %d are waited for, away %v", s.waiting, s.away)
	}
}

// TestLoadForgetsSpikes: what a neuron has received and not yet taken in does not
// reach the state that it loads.
func TestLoadForgetsSpikes(t *testing.T) {
	a, ctx := alone(t, 1, 1)
	state, err := sim.AppendNeuron(nil, a.neuron, nil)
	if err != nil {
		t.Fatal(err)
	}
	a.received = []neuron.Event{{Value: -1, Slot: 0}}
	a.load(ctx, &command{verb: load, record: sim.Record{Neuron: state[4:]}})
	if len(a.received) != 0 {
		t.Errorf("it still holds %v", a.received)
	}
}
