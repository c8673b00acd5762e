package actors

import (
	"errors"
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
		c := &coordinator{requests: r, waiting: 1, away: []bool{true}, orders: []*order{{}}}
		c.collect(&heard{}, c.orders[0])
		if c.waiting != 1 || !c.away[0] || c.request != r.request {
			t.Errorf("%s: %d orders are waited for, away %v", name, c.waiting, c.away)
		}
	}
}

// TestLateInlineOrder: an order that comes back after the watchdog has answered the user
// ends the request without another answer.
func TestLateInlineOrder(t *testing.T) {
	c := &coordinator{requests: requests{request: &request{verb: advance}}, waiting: 1, away: []bool{true}, orders: []*order{{}}}
	c.ended = func() { t.Error("a request ends that has its answer") }
	c.inlineWatchdog = &inlineWatchdog{away: true, lost: true}
	c.collect(&heard{}, c.orders[0])
	if c.request != nil || c.waiting != 1 || !c.away[0] || c.inlineWatchdog.away {
		t.Errorf("request %v, %d orders are waited for, away %v", c.request, c.waiting, c.away)
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
