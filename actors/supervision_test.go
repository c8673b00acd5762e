package actors

import (
	"errors"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"go.uber.org/goleak"

	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// supervised keeps what a supervisor decides about its children. Any decision but to
// stop them is a panic.
type supervised struct {
	actor.Supervisor
	stopped []*actor.PID
}

func (s *supervised) StopChildren(pids ...*actor.PID) { s.stopped = append(s.stopped, pids...) }

// TestFailedChildrenAreStopped: an actor that failed is stopped, and not restarted
// without its state. The failure is kept for the error.
func TestFailedChildrenAreStopped(t *testing.T) {
	child, why := actor.NewPID("here", "root/1"), errors.New("a planted fault")
	c := &coordinator{opts: &Options{}, requests: requests{now: 12}}
	d := &driver{lost: make([]bool, 2), requests: requests{now: 12}}
	s := &shard{}
	for name, tc := range map[string]struct {
		of   actor.SupervisorStrategy
		told func() string
		want string
	}{
		"coordinator": {c, func() string { return c.broken.Error() }, "actors: root/1 panicked at 12µs: a planted fault"},
		"driver":      {d, func() string { return d.broken.Error() }, "neuron 1 panicked between two epochs: a planted fault"},
		"shard":       {s, func() string { return s.failure.reason.(error).Error() }, "a planted fault"},
	} {
		sup := &supervised{}
		if tc.of.HandleFailure(nil, sup, child, nil, why, nil); !slices.Equal(sup.stopped, []*actor.PID{child}) {
			t.Errorf("%s: stops %v", name, sup.stopped)
		}
		if got := tc.told(); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	if !d.lost[1] || d.lost[0] {
		t.Errorf("the driver has lost %v", d.lost)
	}
}

// TestStoppedWatchesNothing: an actor that is told to stop ends its watch over the
// request in progress, so that no timer remains.
func TestStoppedWatchesNothing(t *testing.T) {
	stopping := &heard{message: &actor.Stopping{}}
	dog := func() watchdog {
		return watchdog{alarm: time.AfterFunc(time.Hour, func() {})}
	}
	c := &coordinator{opts: &Options{}, dog: dog()}
	if c.Receive(stopping); c.dog.alarm != nil {
		t.Error("a coordinator of several shards still watches them")
	}
	c = &coordinator{opts: &Options{}, inlineWatchdog: &inlineWatchdog{alarm: time.AfterFunc(time.Hour, func() {})}}
	if c.Receive(stopping); c.inlineWatchdog.alarm != nil {
		t.Error("a coordinator of one shard still watches it")
	}
	d := &driver{opts: &FreeOptions{}, dog: dog()}
	if d.Receive(stopping); d.dog.alarm != nil {
		t.Error("a driver still watches its neurons")
	}
}

// TestOneShardRunsInCoordinator: one shard has nothing to run in parallel with, so its
// neurons run on the goroutine of the coordinator. Several shards have goroutines of
// their own.
func TestOneShardRunsInCoordinator(t *testing.T) {
	w := lively(t)
	for shards, want := range map[int]bool{1: true, 2: false, 3: false} {
		for _, mode := range []Mode{Neurons, Population} {
			within := make(chan bool, 1)
			e := start(t, w, Options{Shards: shards, Mode: mode, tap: func(neuron.ID, neuron.Inbox) {
				select {
				case within <- strings.Contains(string(debug.Stack()), "(*coordinator).send("):
				default: // one neuron is enough
				}
			}})
			if err := w.Run(e, sim.Discard{}); err != nil {
				t.Fatal(err)
			}
			if got := <-within; got != want {
				t.Errorf("%v, %d shards: on the goroutine of the coordinator %v", mode, shards, got)
			}
			closes(t, e)
		}
	}
}

// TestPanicsAreLogged: the error of a run that panicked names the reason only; the log
// has the stack as well.
func TestPanicsAreLogged(t *testing.T) {
	defer goleak.VerifyNone(t)
	net := freeMemory(t, 3, 1)
	for who, begin := range map[string]func(*slog.Logger) (sim.Engine, error){
		"coordinator": func(log *slog.Logger) (sim.Engine, error) { return New(net, Options{Logger: log}) },
		"driver":      func(log *slog.Logger) (sim.Engine, error) { return NewFree(net, FreeOptions{Logger: log}) },
	} {
		var log strings.Builder
		e, err := begin(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Advance(t.Context(), freeInterval, sim.Feed{}, badSink{}); err == nil {
			t.Errorf("%s: no panic", who)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		for _, want := range []string{`msg="` + who + ` panicked"`, `reason="a planted fault"`, "badSink.Epoch"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%s: the log %q does not contain %s", who, log.String(), want)
			}
		}
	}
}
