package actors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	"infomorph/neuron/sim/simtest"
	"infomorph/topology"
)

// TestPulse: a pulse shows the neuron that is running, and changes with every
// beat.
func TestPulse(t *testing.T) {
	p := &pulse{}
	if mark, busy := p.read(); mark != 0 || busy != -1 {
		t.Errorf("at first %d, busy with %d", mark, busy)
	}
	seen := map[uint64]bool{0: true}
	for _, id := range []neuron.ID{0, 5, 5, -1, -1, 1<<31 - 2, 0} {
		p.beat(id)
		mark, busy := p.read()
		if busy != id || seen[mark] {
			t.Errorf("busy with %d, want %d; the mark is new: %v", busy, id, !seen[mark])
		}
		seen[mark] = true
	}
}

// TestInlineWatchdog: a shard is stuck if it has its order for a whole deadline without a
// beat. That is reported once, and the order is too late from then on.
func TestInlineWatchdog(t *testing.T) {
	at := sentFor{advance, 5, 9}
	for name, tc := range map[string]struct {
		happens func(v *inlineWatchdog) // in the middle of the first deadline
		after   time.Duration           // when it is reported; 0: never
		busy    neuron.ID
	}{
		"nothing moves":          {func(*inlineWatchdog) {}, time.Second, 3},
		"a neuron begins":        {func(v *inlineWatchdog) { v.pulse.beat(4) }, 2 * time.Second, 4},
		"the order is back":      {func(v *inlineWatchdog) { v.back() }, 0, 0},
		"it is out again":        {func(v *inlineWatchdog) { v.back(); v.out(at) }, time.Second, 3},
		"the request is over":    {func(v *inlineWatchdog) { v.over() }, 0, 0},
		"it is over twice":       {func(v *inlineWatchdog) { v.over(); v.over() }, 0, 0},
		"over when it looks":     {func(v *inlineWatchdog) { v.over(); v.look() }, 0, 0},
		"lost when it looks":     {func(v *inlineWatchdog) { v.look(); v.look() }, 500 * time.Millisecond, 3},
		"back and a neuron left": {func(v *inlineWatchdog) { v.pulse.beat(-1); v.back() }, 0, 0},
	} {
		byFakeClock(t, func(t *testing.T) {
			v, began, reports := &inlineWatchdog{pulse: &pulse{}, deadline: time.Second}, time.Now(), 0
			v.pulse.beat(3)
			v.begin(func(busy neuron.ID, when sentFor) {
				if reports++; time.Since(began) != tc.after || busy != tc.busy || when != at || reports > 1 {
					t.Errorf("%s: report %d after %v: busy with %d, %+v", name, reports, time.Since(began), busy, when)
				}
			})
			v.out(at)
			time.Sleep(500 * time.Millisecond)
			tc.happens(v)
			time.Sleep(time.Minute)
			lost := tc.after != 0
			if inTime := v.back(); inTime == lost || v.away || (reports == 1) != lost {
				t.Errorf("%s: back in time %v, %d reports", name, inTime, reports)
			}
			v.over()
		})
	}
}

// TestWhenStuckIsNoticed, to the microsecond: at the second check if the neuron
// began after the first one, and never before a deadline has passed.
func TestWhenStuckIsNoticed(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w := lively(t)
		free := make(chan struct{})
		o.Deadline = 500 * time.Millisecond
		o.tap = func(id neuron.ID, _ neuron.Inbox) {
			if id == 4 {
				<-free
			}
		}
		e := start(t, w, o)
		began := time.Now()
		err := w.Run(e, sim.Discard{})
		if took := time.Since(began); took != 2*o.Deadline {
			t.Errorf("noticed after %v", took)
		}
		var ne *NeuronError
		if !errors.As(err, &ne) || ne.Neuron != 4 || ne.End != w.Net.Width() || ne.Reason != "has not answered for 500ms" || ne.Stack != nil {
			t.Errorf("got %+v", err)
		}
		for range 2 { // the same error again, at once
			began = time.Now()
			if _, again := e.State(); again == nil || again.Error() != err.Error() || time.Since(began) != 0 {
				t.Errorf("asked again after %v: %v", time.Since(began), again)
			}
		}
		began = time.Now()
		if err := e.Close(); err == nil || err.Error() != "actors: an actor still runs 500ms after it was told to stop" || time.Since(began) != o.Deadline {
			t.Errorf("closed after %v: %v", time.Since(began), err)
		}
		close(free)
		time.Sleep(time.Second)
		if left := len(e.desk.answers); left != 0 {
			t.Errorf("%d answers that nobody asked for", left)
		}
	})
}

// TestTooLate: results of a neuron after it has been declared stuck are
// ignored.
func TestTooLate(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w := lively(t)
		free := make(chan struct{})
		o.Deadline = 500 * time.Millisecond
		o.tap = func(id neuron.ID, _ neuron.Inbox) {
			if id == 4 {
				<-free
			}
		}
		e, s := start(t, w, o), &lazySink{}
		err := w.Run(e, s)
		close(free)
		time.Sleep(time.Minute)
		if left := len(e.desk.answers); err == nil || left != 0 || s.epochs != 0 {
			t.Errorf("%d answers that nobody asked for, %d epochs, %v", left, s.epochs, err)
		}
		if again := e.Advance(t.Context(), e.Now(), sim.Feed{}, sim.Discard{}); again == nil || again.Error() != err.Error() || e.Now() != 0 {
			t.Errorf("at %v: %v", e.Now(), again)
		}
		closes(t, e)
	})
}

// TestChangeOver: neurons get each event while their dynamics low-pass the
// inputs, unless they are shown low-passed inputs, and are shown their inputs
// again when that is enough. The results equal those of the reference.
func TestChangeOver(t *testing.T) {
	net := ticked(t, 6)
	const epochs = 300
	var feed sim.Feed
	for k := range neuron.Time(epochs) {
		at := k * net.Width()
		feed.Inputs = append(feed.Inputs, neuron.Spike{Time: at, Source: 6 + neuron.ID(k%6), Value: float32(k%2*2) - 1})
		feed.Signals = append(feed.Signals, neuron.Signal{Time: at, Kind: neuron.Tick, Flags: neuron.Fire | neuron.Learn, Last: 6})
		switch k {
		case 5:
			feed.Signals = append(feed.Signals, neuron.Signal{Time: at, Kind: neuron.SetDynamics, Value: float64(neuron.Belief), First: 2, Last: 5})
		case 20:
			feed.Signals = append(feed.Signals, neuron.Signal{Time: at, Kind: neuron.SetDynamics, Value: float64(neuron.Teacher), First: 2, Last: 4})
		}
	}
	until := epochs * net.Width()
	outcome := func(e sim.Engine, err error) simtest.Outcome {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		r := simtest.NewRecorder()
		if err := e.Advance(t.Context(), until, feed, r); err != nil {
			t.Fatal(err)
		}
		o, err := r.Outcome(e)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	want := outcome(simtest.Delivered(sim.EachEvent)(net))
	changesOver := func(t *testing.T, o Options) {
		t.Helper()
		var seen [6][3]bool // by neuron: at first, in between, at the end
		o.tap = func(id neuron.ID, in neuron.Inbox) {
			switch k := in.End / net.Width(); {
			case k < 5:
				seen[id][0] = seen[id][0] || in.Seen != nil
			case k > 8 && k < 20:
				seen[id][1] = seen[id][1] || in.Seen != nil
			case k > 200:
				seen[id][2] = seen[id][2] || in.Seen != nil
			}
		}
		e, err := New(net, o)
		if got := outcome(e, err); got != want {
			t.Errorf("%v, want %v", got, want)
		}
		for id, got := range seen {
			blurred, still := id >= 2 && id < 5, id == 4
			if o.Delivery == sim.Chosen {
				blurred, still = false, false
			}
			if got != [3]bool{true, !blurred, !still} {
				t.Errorf("delivery %d: neuron %d is shown what it was told: %v", o.Delivery, id, got)
			}
		}
	}
	everyMode(t, func(t *testing.T, o Options) {
		for _, o.Delivery = range []sim.Delivery{sim.Chosen, sim.FromHistory} {
			changesOver(t, o)
		}
	})
}

// restructured returns a state of a network that has lost a neuron.
func restructured(t *testing.T, net *sim.Network) []byte {
	t.Helper()
	e, err := sim.NewSequential(net)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sim.Restructure(e, &topology.Change{Neurons: []neuron.ID{3}}); err != nil {
		t.Fatal(err)
	}
	state, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// TestStuckIsNotRestored: actors that do not end cannot be replaced by actors
// of another structure, and waiting for them takes at most maxClose.
func TestStuckIsNotRestored(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w, free := lively(t), make(chan struct{})
		changed := restructured(t, w.Net)
		o.tap = func(id neuron.ID, _ neuron.Inbox) {
			if id == 4 {
				<-free
			}
		}
		e := start(t, w, o)
		began := time.Now()
		if err := w.Run(e, sim.Discard{}); err == nil || time.Since(began) != 2*time.Minute {
			t.Errorf("noticed after %v: %v", time.Since(began), err)
		}
		began = time.Now()
		const want = "actors: an actor still runs 10s after it was told to stop"
		if err := e.Restore(changed); err == nil || err.Error() != want || time.Since(began) != maxClose {
			t.Errorf("restored after %v: %v", time.Since(began), err)
		}
		if e.Network() != w.Net {
			t.Error("it has another network")
		}
		close(free)
		closes(t, e)
	})
}

// TestReplacedActorsAreGone: after a change of the structure there are the actors of the
// new network, and none of the old one.
func TestReplacedActorsAreGone(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		e := start(t, w, o)
		names := func() (n int) {
			for _, bucket := range e.system.ProcessRegistry.LocalPIDs.LocalPIDs {
				n += bucket.Count()
			}
			return n
		}
		original, before := e.root, names()
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(e.Restore(restructured(t, w.Net)), e.Restore(state)); err != nil {
			t.Fatal(err)
		}
		if after := names(); after != before || e.root.Equal(original) {
			t.Errorf("%d actors, %d before", after, before)
		}
		closes(t, e)
	})
}

// TestChangedNetworkThatCannotBegin: if the actors of a changed structure
// cannot be made, this is reported, and the engine can be closed.
func TestChangedNetworkThatCannotBegin(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		changed := restructured(t, w.Net)
		e := start(t, w, o)
		good, planted := w.Net.Config, false
		w.Net.Config = func(id neuron.ID) *neuron.Config {
			c := *good(id)
			if planted && id == 5 {
				c.Window = -1
			}
			return &c
		}
		planted = true
		if err := e.Restore(changed); err == nil || !strings.Contains(err.Error(), "neuron 5: window is -1") {
			t.Errorf("got %v", err)
		}
		closes(t, e)
	})
}

// lazySink is a slow sink.
type lazySink struct {
	wait   time.Duration
	epochs int
}

func (s *lazySink) Epoch(neuron.Time, *neuron.Output) error {
	s.epochs++
	time.Sleep(s.wait)
	return nil
}

// TestSlowSinkIsNotStuck: the deadline of neurons does not apply to the sink or
// the user.
func TestSlowSinkIsNotStuck(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w := lively(t)
		o.Deadline = 30 * time.Millisecond
		e := start(t, w, o)
		until, s := 3*w.Net.Width(), &lazySink{wait: 5*o.Deadline + time.Millisecond}
		if err := e.Advance(t.Context(), until, w.Cut(0, until), s); err != nil || s.epochs != 3 {
			t.Errorf("%d epochs, %v", s.epochs, err)
		}
		time.Sleep(10 * o.Deadline) // no request is in progress
		if err := e.Advance(t.Context(), 2*until, w.Cut(until, 2*until), s); err != nil || s.epochs != 6 {
			t.Errorf("%d epochs, %v", s.epochs, err)
		}
		closes(t, e)
	})
	byFakeClock(t, func(t *testing.T) {
		e := startFree(t, freeMemory(t, 5, 1), FreeOptions{Deadline: 30 * time.Millisecond})
		if err := e.Advance(t.Context(), 10*freeInterval, sim.Feed{}, &lazySink{wait: time.Second}); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		if err := e.Advance(t.Context(), 20*freeInterval, sim.Feed{}, sim.Discard{}); err != nil {
			t.Error(err)
		}
		closes(t, &e.Engine)
	})
}

// TestSlowStartIsNotStuck: making the neurons may take longer than the deadline, as long
// as each of them takes less.
func TestSlowStartIsNotStuck(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w := lively(t)
		good := w.Net.Config
		w.Net.Config = func(id neuron.ID) *neuron.Config {
			if strings.Contains(string(debug.Stack()), ".NewNeurons(") { // others ask as well
				time.Sleep(20 * time.Millisecond)
			}
			return good(id)
		}
		o.Deadline = 50 * time.Millisecond
		began := time.Now()
		e := start(t, w, o)
		if took := time.Since(began); took < 2*o.Deadline {
			t.Errorf("it took only %v", took)
		}
		closes(t, e)
	})
}

// TestWhenADeadShardIsNoticed: at the first check, with its number and its
// neurons.
func TestWhenADeadShardIsNoticed(t *testing.T) {
	everyModeByFakeClock(t, func(t *testing.T, o Options) {
		w := lively(t)
		o.Deadline = 50 * time.Millisecond
		e := start(t, w, o)
		shards := children(e, e.root)
		last := len(shards) - 1
		if err := e.system.Root.StopFuture(shards[last]).Wait(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		err := w.Run(e, sim.Discard{})
		bounds := partition(w.Net, len(shards))
		want := fmt.Sprintf("actors: shard %d (neurons %d to %d) has not answered for 50ms", last, bounds[last], w.Net.NumNeurons()-1)
		if err == nil || err.Error() != want || time.Since(began) > 2*o.Deadline || time.Since(began) < o.Deadline {
			t.Errorf("after %v: %v, want %s", time.Since(began), err, want)
		}
		closes(t, e)
	})
}

// TestStallInWords: the error names the neuron that is running, with the epoch
// if there is one; otherwise the shard.
func TestStallInWords(t *testing.T) {
	c := &coordinator{bounds: []neuron.ID{0, 4, 9}, opts: &Options{Deadline: time.Second}}
	for _, tc := range []struct {
		k    int
		busy neuron.ID
		v    verb
		want string
	}{
		{1, 7, advance, "neuron 7 has not answered for 1s in the epoch that ends at 12µs"},
		{1, 0, advance, "neuron 0 has not answered for 1s in the epoch that ends at 12µs"},
		{1, 7, save, "neuron 7 has not answered for 1s between two epochs"},
		{1, -1, advance, "actors: shard 1 (neurons 4 to 8) has not answered for 1s"},
		{0, -1, save, "actors: shard 0 (neurons 0 to 3) has not answered for 1s"},
	} {
		if err := c.stall(tc.k, tc.busy, tc.v, 12); err.Error() != tc.want {
			t.Errorf("%q, want %q", err, tc.want)
		}
	}
	for id, want := range []int{0, 0, 0, 0, 1, 1, 1, 1, 1} {
		if got := c.shardOf(neuron.ID(id)); got != want {
			t.Errorf("neuron %d is of shard %d, want %d", id, got, want)
		}
	}
}

// TestOldTicks: a tick of an earlier request does not affect the present one.
func TestOldTicks(t *testing.T) {
	for _, under := range []bool{false, true} {
		system := newSystem(slog.New(slog.DiscardHandler))
		defer system.Shutdown()
		root, nobody := system.Root, system.NewLocalPID("nobody")
		now := &request{verb: save}
		ask := &tick{&request{}}
		if under {
			ask = &tick{now}
		}
		c := &coordinator{requests: requests{root: root, request: now, user: nobody}, opts: &Options{Deadline: time.Hour}, bounds: []neuron.ID{0, 1}, orders: []*order{{}}}
		c.orders[0].away.Store(true)
		c.ended = c.forget
		c.dog = watchdog{root: root, deadline: time.Hour, pulses: []*pulse{{}}}
		c.dog.moved()
		c.Receive(&heard{message: ask})
		d := &driver{requests: requests{root: root, request: now, user: nobody}, opts: &FreeOptions{Deadline: time.Hour}, away: []bool{true}, waiting: 1, refs: []*actor.PID{nobody}, lost: make([]bool, 1)}
		d.ended = d.dog.disarm
		d.dog = watchdog{root: root, deadline: time.Hour, pulses: []*pulse{{}}}
		d.dog.moved()
		d.Receive(&heard{message: ask})
		if (c.broken != nil) != under || (d.broken != nil) != under {
			t.Errorf("of the request under way %v: %v, %v", under, c.broken, d.broken)
		}
	}
}

// TestTickWithoutOrders: a coordinator whose shards have no orders waits for none of them.
func TestTickWithoutOrders(t *testing.T) {
	now := &request{verb: save}
	c := &coordinator{requests: requests{request: now}, opts: &Options{}, orders: []*order{{}, {}}}
	c.dog = watchdog{deadline: time.Hour, pulses: []*pulse{{}, {}}, alarm: time.NewTimer(time.Hour)}
	c.dog.moved()
	if c.Receive(&heard{message: &tick{now}}); c.broken != nil || c.request != now {
		t.Errorf("it ends with %v", c.broken)
	}
	c.dog.disarm()
}

// heard is a context with the message that an actor gets. It keeps the messages
// that the actor sends.
type heard struct {
	actor.Context
	message any
	told    []any
	whom    []*actor.PID
	refuses error // of SpawnNamed
}

var self, parent = actor.NewPID("here", "self"), actor.NewPID("here", "parent")

func (h *heard) Message() any       { return h.message }
func (h *heard) Self() *actor.PID   { return self }
func (h *heard) Parent() *actor.PID { return parent }
func (h *heard) Sender() *actor.PID { return parent }
func (h *heard) Send(whom *actor.PID, message any) {
	h.told, h.whom = append(h.told, message), append(h.whom, whom)
}

// SpawnNamed starts nothing: it gives an address, or the error refuses.
func (h *heard) SpawnNamed(_ *actor.Props, name string) (*actor.PID, error) {
	return actor.NewPID("here", name), h.refuses
}

// TestDriverBuilds an actor for each neuron, and knows the targets of each: every other
// neuron once, whatever the number of synapses. The watchdog sees all neurons and the
// commands that come back.
func TestDriverBuilds(t *testing.T) {
	const n = 4
	d := newDriver(mixed(t, n, 2), &FreeOptions{}, nil, nil)
	if err := d.build(&heard{}); err != nil || len(d.refs) != n || len(d.commands) != n {
		t.Fatalf("%d actors, %d commands: %v", len(d.refs), len(d.commands), err)
	}
	for id, c := range d.commands {
		others := slices.Delete(slices.Clone(d.refs), id, id+1)
		if c.neuron != neuron.ID(id) || !slices.Equal(c.targets, others) || d.refs[id].Id != fmt.Sprint(id) {
			t.Errorf("neuron %d is %v and sends to %v, expected %v", id, d.refs[id], c.targets, others)
		}
	}
	for c, got := range d.channels {
		var want []fanOut
		for id := range neuron.ID(n) { // the synapses from n-1 neurons come first
			for _, p := range []neuron.Port{neuron.Receptive, neuron.Contextual} {
				want = append(want, fanOut{id, place{n - 1 + int32(c), p}, 1000})
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("channel %d drives %v, expected %v", c, got, want)
		}
	}
	if len(d.dog.pulses) != n+1 || d.dog.pulses[n] != d.own {
		t.Errorf("the watchdog sees %v", d.dog.pulses)
	}
}

// TestActorsThatCannotBeStarted: the error names the first neuron without an actor.
func TestActorsThatCannotBeStarted(t *testing.T) {
	net := freeMemory(t, 3, 1)
	taken, d := &heard{refuses: actor.ErrNameExists}, newDriver(net, &FreeOptions{}, nil, nil)
	s := &shard{net: net, opts: &Options{}, first: 1, last: 3, pulse: &pulse{}}
	for want, err := range map[neuron.ID]error{0: d.build(taken), 1: s.build(taken)} {
		if !errors.Is(err, actor.ErrNameExists) || !strings.HasPrefix(err.Error(), fmt.Sprintf("neuron %d: ", want)) {
			t.Errorf("%v, want an error about neuron %d", err, want)
		}
	}
}

// TestDesk: an actor that has ended gives an error, and an answer without a
// request is dropped.
func TestDesk(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := lively(t)
	e := start(t, w, Options{Shards: 2})
	if err := e.system.Root.StopFuture(e.root).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.State(); !errors.Is(err, actor.ErrDeadLetter) || !strings.HasPrefix(err.Error(), "actors: ") {
		t.Errorf("the coordinator is gone: %v", err)
	}
	for i := range 3 {
		e.desk.SendUserMessage(nil, &reply{now: neuron.Time(i)})
	}
	if got := (<-e.desk.answers).(*reply); got.now != 0 || len(e.desk.answers) != 0 {
		t.Errorf("the answer %d, and %d more", got.now, len(e.desk.answers))
	}
	closes(t, e)
}

// TestNotMended: only a load repairs an engine, and only after a failed load.
func TestNotMended(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w, planted := lively(t), false
		o.tap = func(id neuron.ID, _ neuron.Inbox) {
			if planted && id == 4 {
				panic("a planted fault")
			}
		}
		e := start(t, w, o)
		good, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []neuron.ID{-1, neuron.ID(w.Net.NumNeurons())} {
			if _, err := e.Report([]neuron.ID{0, id}, 0); err == nil || err.Error() != fmt.Sprintf("actors: there is no neuron %d", id) {
				t.Errorf("neuron %d: %v", id, err)
			}
		}
		if r, err := e.Report([]neuron.ID{neuron.ID(w.Net.NumNeurons()) - 1, 0}, 0); err != nil || r[0].Neuron != neuron.ID(w.Net.NumNeurons())-1 || r[1].Neuron != 0 {
			t.Errorf("%+v, %v", r, err)
		}
		planted = true
		err = w.Run(e, sim.Discard{})
		if err == nil {
			t.Fatal("no fault")
		}
		planted = false
		if again := e.Restore(good); again != err {
			t.Errorf("restored after a neuron was lost: %v, want %v", again, err)
		}
		if again := e.WriteState(io.Discard); again != err {
			t.Errorf("saved after a neuron was lost: %v, want %v", again, err)
		}
		closes(t, e)
		if err := e.Restore(good); !errors.Is(err, ErrClosed) {
			t.Errorf("closed: %v", err)
		}
	})
}

// TestSilentActors: a neuron that has ended answers no request, and is named in
// the error.
func TestSilentActors(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := lively(t)
	for what, ask := range map[string]func(*Engine, []byte) error{
		"save":   func(e *Engine, _ []byte) error { _, err := e.State(); return err },
		"write":  func(e *Engine, _ []byte) error { return e.WriteState(io.Discard) },
		"load":   func(e *Engine, state []byte) error { return e.Restore(state) },
		"report": func(e *Engine, _ []byte) error { _, err := e.Report(sim.Everyone(w.Net), 0); return err },
	} {
		e := start(t, w, Options{Shards: 2})
		state, err := e.State()
		if err != nil {
			t.Fatal(err)
		}
		if err := e.system.Root.StopFuture(children(e, children(e, e.root)[1])[0]).Wait(); err != nil {
			t.Fatal(err)
		}
		var ne *NeuronError
		if err := ask(e, state); !errors.As(err, &ne) || ne.Reason != "gave no answer" || ne.End != neuron.Never || ne.Stack != nil || ne.Neuron < partition(w.Net, 2)[1] {
			t.Errorf("%s: %v", what, err)
		}
		closes(t, e)
	}
}

// TestFreeKeepsItsStructure: a state of another structure is refused, and
// nothing changes.
func TestFreeKeepsItsStructure(t *testing.T) {
	net := freeMemory(t, 6, 1)
	e := startFree(t, net, FreeOptions{})
	before, err := e.State()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Restore(restructured(t, net)); !errors.Is(err, ErrNotFree) {
		t.Errorf("got %v", err)
	}
	invalid := 0
	for i := range 80 {
		bad := restructured(t, net)
		bad[i] ^= 0xff
		if _, why := sim.NetworkOf(bad, net); why != nil {
			invalid++
			if err := e.Restore(bad); textOf(err) != why.Error() {
				t.Errorf("byte %d is damaged: %v, want %v", i, err, why)
			}
		}
	}
	if invalid < 10 {
		t.Errorf("only %d damages are found", invalid)
	}
	if after, err := e.State(); err != nil || !bytes.Equal(before, after) || e.Network() != net {
		t.Errorf("it has changed: %v", err)
	}
	closes(t, &e.Engine)
}
