package actors

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
)

// everyMode runs a test for both kinds of actors, and requires that no
// goroutine remains.
func everyMode(t *testing.T, test func(t *testing.T, o Options)) {
	for _, mode := range []Mode{Neurons, Population} {
		for _, shards := range []int{3, 1} { // one shard has no goroutine of its own
			t.Run(fmt.Sprint(mode, shards), func(t *testing.T) {
				defer goleak.VerifyNone(t)
				test(t, Options{Mode: mode, Shards: shards})
			})
		}
	}
}

// byFakeClock runs a test with a fake clock: time passes only while all
// goroutines wait, so a busy machine makes no neuron late. No goroutine may
// remain.
func byFakeClock(t *testing.T, test func(t *testing.T)) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		test(t)
		time.Sleep(time.Second) // the dead letter throttle of the library needs some time to end
	})
}

func everyModeByFakeClock(t *testing.T, test func(t *testing.T, o Options)) {
	everyMode(t, func(t *testing.T, o Options) {
		byFakeClock(t, func(t *testing.T) { test(t, o) })
	})
}

// lively returns a world in which every neuron does something from the first
// epoch on.
func lively(t *testing.T) *simtest.World {
	w, err := simtest.New(2)
	for seed := uint64(3); err == nil && w.Net.NumNeurons() < 20; seed++ {
		w, err = simtest.New(seed)
	}
	if err != nil {
		t.Fatal(err)
	}
	all := neuron.Signal{Kind: neuron.Tick, Flags: neuron.Fire | neuron.Learn, Last: neuron.ID(w.Net.NumNeurons())}
	w.Feed = sim.Feed{}
	for t := neuron.Time(0); t < w.End; t += w.Net.Width() {
		all.Time = t
		w.Feed.Signals = append(w.Feed.Signals, all)
	}
	return w
}

func start(t *testing.T, w *simtest.World, o Options) *Engine {
	t.Helper()
	e, err := New(w.Net, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// closes requires that Close returns soon and can be called again.
func closes(t *testing.T, e *Engine) {
	t.Helper()
	for range 2 {
		if err := e.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if _, err := e.State(); !errors.Is(err, ErrClosed) {
		t.Errorf("State of a closed engine: %v, want ErrClosed", err)
	}
	if err := e.Restore(nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Restore of a closed engine: %v, want ErrClosed", err)
	}
	if !e.system.IsStopped() {
		t.Error("the actor system of a closed engine is not stopped")
	}
}

func TestPanickingNeuron(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		at := 5 * w.Net.Width()
		o.tap = func(id neuron.ID, in neuron.Inbox) {
			if id == 4 && in.End > at {
				panic(errors.New("a planted fault"))
			}
		}
		e := start(t, w, o)
		err := w.Run(e, sim.Discard{})
		var ne *NeuronError
		if !errors.As(err, &ne) || ne.Neuron != 4 || ne.End != at+w.Net.Width() || len(ne.Stack) == 0 {
			t.Fatalf("got %v", err)
		}
		if want := "neuron 4 panicked in the epoch that ends at " + ne.End.String() + ": a planted fault"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
		if e.Now() != at {
			t.Errorf("Now is %v, want the end of the last good epoch, %v", e.Now(), at)
		}
		for range 2 {
			if _, again := e.State(); again != err {
				t.Errorf("State after the failure: %v, want the same error", again)
			}
		}
		closes(t, e)
	})
}

func TestSilentActor(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := lively(t)
	e := start(t, w, Options{Shards: 2})
	shards := children(e, e.root)
	victim := children(e, shards[0])[2]
	if err := e.system.Root.StopFuture(victim).Wait(); err != nil {
		t.Fatal(err)
	}
	err := w.Run(e, sim.Discard{})
	var ne *NeuronError
	if !errors.As(err, &ne) || ne.Stack != nil || !strings.Contains(err.Error(), "gave no answer") {
		t.Fatalf("got %v", err)
	}
	closes(t, e)
}

func TestStuckNeuron(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w := lively(t)
		free := make(chan struct{})
		o.Deadline = 500 * time.Millisecond
		o.tap = func(id neuron.ID, in neuron.Inbox) {
			if id == 4 {
				<-free
			}
		}
		e := start(t, w, o)
		err := w.Run(e, sim.Discard{})
		var ne *NeuronError
		if !errors.As(err, &ne) || ne.Neuron != 4 || !strings.Contains(err.Error(), "has not answered for 500ms") {
			t.Fatalf("got %v", err)
		}
		if err := e.Close(); err == nil {
			t.Error("Close does not mention the neuron that still runs")
		}
		close(free)
	})
}

// TestSlowIsNotStuck runs a network that makes progress, but needs longer than
// the deadline per epoch.
func TestSlowIsNotStuck(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w := lively(t)
		o.Deadline = 30 * time.Millisecond
		o.tap = func(neuron.ID, neuron.Inbox) { time.Sleep(3 * time.Millisecond) }
		e := start(t, w, o)
		until := 3 * w.Net.Width()
		if err := e.Advance(t.Context(), until, w.Cut(0, until), sim.Discard{}); err != nil {
			t.Fatal(err)
		}
		closes(t, e)
	})
}

// fullDisk is a sink that fails once.
type fullDisk struct {
	*simtest.Recorder
	epochs int
	err    error
}

func (d *fullDisk) Epoch(end neuron.Time, out *neuron.Output) error {
	if d.epochs--; d.epochs == 0 {
		d.Recorder.Epoch(end, out)
		return d.err
	}
	return d.Recorder.Epoch(end, out)
}

// TestSinkError stops a run through its sink, as a full disk or Ctrl-C does,
// and continues. Nothing is lost.
func TestSinkError(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		want, err := w.Play(simtest.Sequential)
		if err != nil {
			t.Fatal(err)
		}
		e := start(t, w, o)
		d := &fullDisk{simtest.NewRecorder(), 5, context.Canceled}
		if err := w.Run(e, d); err != context.Canceled {
			t.Fatalf("got %v, want the sink's error itself", err)
		}
		if e.Now() != 5*w.Net.Width() {
			t.Errorf("Now is %v", e.Now())
		}
		if err := w.Run(e, d); err != nil {
			t.Fatal(err)
		}
		if got, err := d.Outcome(e); err != nil || got != want {
			t.Errorf("after the interruption %v, %v; without %v", got, err, want)
		}
		closes(t, e)
	})
}

type badSink struct{}

func (badSink) Epoch(neuron.Time, *neuron.Output) error { panic("a planted fault") }

func TestPanickingSink(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		e := start(t, w, o)
		if err := w.Run(e, badSink{}); err == nil || !strings.Contains(err.Error(), "a planted fault") {
			t.Errorf("got %v", err)
		}
		closes(t, e)
	})
}

// TestDyingShard stops a shard from outside: the watchdog ends the run.
func TestDyingShard(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w := lively(t)
		o.Deadline = 50 * time.Millisecond
		e := start(t, w, o)
		shards := children(e, e.root)
		last := len(shards) - 1
		if err := e.system.Root.StopFuture(shards[last]).Wait(); err != nil {
			t.Fatal(err)
		}
		err := w.Run(e, sim.Discard{})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("shard %d (neurons", last)) {
			t.Errorf("got %v", err)
		}
		closes(t, e)
	})
}

func TestBadInput(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		e := start(t, w, o)
		if err := e.Advance(t.Context(), -1, sim.Feed{}, sim.Discard{}); err == nil {
			t.Error("Advance back in time succeeds")
		}
		if _, err := e.Report([]neuron.ID{0, 1000}, 0); err == nil {
			t.Error("Report of a neuron that does not exist succeeds")
		}
		if err := e.Restore([]byte("IMst")); !errors.Is(err, sim.ErrState) {
			t.Errorf("Restore of half a header: %v", err)
		}
		if err := w.Run(e, sim.Discard{}); err != nil {
			t.Errorf("after bad input: %v", err)
		}
		closes(t, e)
	})
}

// TestRestoreOfAPart: no part of a state is a state, and nothing changes when one is
// restored.
func TestRestoreOfAPart(t *testing.T) {
	test := func(t *testing.T, e sim.Engine) {
		until := 3 * e.Network().Width()
		if err := e.Advance(t.Context(), until, sim.Feed{}, sim.Discard{}); err != nil {
			t.Fatal(err)
		}
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		for end := 0; end < len(state); end += 1 + end/20 {
			if err := e.Restore(state[:end]); !errors.Is(err, sim.ErrState) || e.Now() != until {
				t.Fatalf("the first %d bytes: %v, at %v", end, err, e.Now())
			}
		}
		if after, err := e.State(); err != nil || !bytes.Equal(after, state) {
			t.Errorf("it has changed: %v", err)
		}
	}
	everyMode(t, func(t *testing.T, o Options) {
		e := start(t, lively(t), o)
		test(t, e)
		closes(t, e)
	})
	t.Run("free", func(t *testing.T) { test(t, startFree(t, freeMemory(t, 6, 1), FreeOptions{})) })
}

// TestRestoreAfterItsEvents: a state is invalid if something arrives before its time, at
// whatever neuron.
func TestRestoreAfterItsEvents(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		net := ticked(t, 6) // no clock stands before the time of the state
		for _, id := range []neuron.ID{0, 1, 5} {
			e, err := New(net, o)
			if err != nil {
				t.Fatal(err)
			}
			input := sim.Feed{Inputs: []neuron.Spike{{Time: 5, Source: 6 + id, Value: 1}}}
			if err := e.Advance(t.Context(), 10, input, sim.Discard{}); err != nil {
				t.Fatal(err)
			}
			state, err := e.State()
			if err != nil {
				t.Fatal(err)
			}
			binary.LittleEndian.PutUint64(state[6:], uint64(2*net.Width()))
			if err := e.Restore(state); !errors.Is(err, sim.ErrState) || !strings.Contains(err.Error(), "a pending event at ") {
				t.Errorf("neuron %d: %v", id, err)
			}
			closes(t, e)
		}
	})
}

// TestBrokenRestore restores a state with a valid frame and invalid content.
// The engine then refuses to continue until a valid state is restored.
func TestBrokenRestore(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		e := start(t, w, o)
		good, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		bad := append([]byte(nil), good...)
		bad[26] ^= 0xff // version of neuron 0
		if err := e.Restore(bad); !errors.Is(err, sim.ErrState) {
			t.Fatalf("got %v", err)
		}
		if err := w.Run(e, sim.Discard{}); !errors.Is(err, sim.ErrState) {
			t.Errorf("Advance from a state that did not fit: %v", err)
		}
		if err := e.Restore(good); err != nil {
			t.Fatal(err)
		}
		if err := w.Run(e, sim.Discard{}); err != nil {
			t.Error(err)
		}
		closes(t, e)
	})
}

func TestOptions(t *testing.T) {
	w := lively(t)
	for _, o := range []Options{{Mode: 9}, {Shards: -1}, {Shards: maxShards + 1}, {Deadline: -1}} {
		if e, err := New(w.Net, o); err == nil {
			e.Close()
			t.Errorf("%+v is accepted", o)
		}
	}
}

// TestBadConfig starts a network in which one neuron cannot be made.
func TestBadConfig(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		spoil(w.Net, 5)
		if _, err := New(w.Net, o); err == nil || !strings.HasPrefix(err.Error(), "neuron 5: window is -1") {
			t.Errorf("got %v", err)
		}
	})
}
