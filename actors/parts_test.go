package actors

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/topology"
)

// TestPartition: shards have about equal work and at least one neuron each, for
// any fan-in. A brute-force search finds no much better partition.
func TestPartition(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 40} {
		net := freeMemory(t, n, 1)
		for shards := 1; shards <= n; shards++ {
			bounds := partition(net, shards)
			if len(bounds) != shards+1 || bounds[0] != 0 || bounds[shards] != neuron.ID(n) {
				t.Fatalf("%d neurons, %d shards: %v", n, shards, bounds)
			}
			least, most := n, 0
			for k := range shards {
				size := int(bounds[k+1] - bounds[k])
				least, most = min(least, size), max(most, size)
			}
			if least < 1 || most > (n+shards-1)/shards { // all neurons have the same fan-in
				t.Errorf("%d neurons, %d shards: %v", n, shards, bounds)
			}
		}
	}
	net := sparse(t, 1000, "own", true)
	work := func(from, to neuron.ID) (sum int) {
		for id := from; id < to; id++ {
			sum += net.InDegree(id) + updateCost
		}
		return sum
	}
	for _, shards := range []int{2, 3, 7} {
		bounds := partition(net, shards)
		for k := range shards {
			if got, fair := work(bounds[k], bounds[k+1]), work(0, 1000)/shards; got < fair*98/100 || got > fair*102/100 {
				t.Errorf("shard %d of %d has the work %d, want about %d", k, shards, got, fair)
			}
		}
	}
}

// TestPartitionOfUnequalNeurons: every shard has a neuron, even if the last neuron has
// nearly all the work.
func TestPartitionOfUnequalNeurons(t *testing.T) {
	net := construct(t, freeMemory(t, 1, 1).Config(0), topology.Network{
		Populations: []topology.Population{{Name: "idle", Size: 6}, {Name: "busy", Size: 1}}, Channels: []topology.Population{{Name: "in", Size: 5000}},
		Projections: []topology.Projection{{From: "in", To: "busy", Rule: topology.Rule{Name: "all_to_all"}}},
	})
	for shards, want := range map[int][]neuron.ID{1: {0, 7}, 2: {0, 6, 7}, 4: {0, 4, 5, 6, 7}, 7: {0, 1, 2, 3, 4, 5, 6, 7}} {
		if got := partition(net, shards); !slices.Equal(got, want) {
			t.Errorf("%d shards begin at %v, expected %v", shards, got, want)
		}
	}
}

// TestOptionsInFull: defaults are filled in; the limits of options.
func TestOptionsInFull(t *testing.T) {
	net := freeMemory(t, 5, 1)
	for _, tc := range []struct {
		o      Options
		shards int
		wait   time.Duration
		ok     bool
	}{
		{Options{}, 1, time.Minute, true}, {Options{Shards: 3, Mode: Population}, 3, time.Minute, true}, {Options{Shards: maxShards}, 5, time.Minute, true},
		{Options{Deadline: time.Second}, 1, time.Second, true},
		{Options{Shards: maxShards + 1}, 0, 0, false}, {Options{Shards: -1}, 0, 0, false}, {Options{Mode: Population + 1}, 0, 0, false}, {Options{Deadline: -1}, 0, 0, false},
	} {
		got, err := tc.o.complete(net)
		if (err == nil) != tc.ok || tc.ok && (got.Shards != tc.shards || got.Deadline != tc.wait || got.Logger == nil) {
			t.Errorf("%+v: %+v, %v", tc.o, got, err)
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	if _, err := (Options{}).complete(net); err != nil || runtime.GOMAXPROCS(0) != 3 {
		t.Errorf("the program now has %d processors, %v", runtime.GOMAXPROCS(0), err)
	}
	log := slog.New(slog.DiscardHandler)
	if got, err := (Options{Logger: log}).complete(net); err != nil || got.Logger != log {
		t.Error("another logger than was asked for")
	}
	for m, want := range map[Mode]string{Neurons: "neurons", Population: "population", Population + 1: "mode(2)", 7: "mode(7)"} {
		if m.String() != want {
			t.Errorf("%v, want %s", m, want)
		}
	}
	for _, tc := range []struct {
		o       FreeOptions
		credits int
		ok      bool
	}{{FreeOptions{Credits: maxCredits}, maxCredits, true}, {FreeOptions{Credits: 1}, 1, true}, {FreeOptions{Credits: maxCredits + 1}, 0, false}, {FreeOptions{Credits: -1}, 0, false}, {FreeOptions{Deadline: -1}, 0, false}} {
		if got, err := tc.o.complete(); (err == nil) != tc.ok || tc.ok && got.Credits != tc.credits {
			t.Errorf("%+v: %+v, %v", tc.o, got, err)
		}
	}
}

// TestFreeOptionsInFull: defaults are filled in, and what was asked for is kept.
func TestFreeOptionsInFull(t *testing.T) {
	got, err := FreeOptions{}.complete()
	if err != nil || got.Credits != 2 || got.Deadline != time.Minute || got.Logger == nil {
		t.Errorf("%+v, %v", got, err)
	}
	log := slog.New(slog.DiscardHandler)
	got, err = FreeOptions{Credits: 5, Deadline: time.Second, Logger: log}.complete()
	if err != nil || got.Credits != 5 || got.Deadline != time.Second || got.Logger != log {
		t.Errorf("%+v, %v", got, err)
	}
	for want, o := range map[string]FreeOptions{
		"actors: 1025 credits, expected 0 to 1024":           {Credits: maxCredits + 1},
		"actors: -1 credits, expected 0 to 1024":             {Credits: -1},
		"actors: the deadline is -1ns, expected more than 0": {Deadline: -1},
	} {
		if _, err := o.complete(); textOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestWhatCannotRunFree: the error names the first neuron without a clock, or the
// projection with noise.
func TestWhatCannotRunFree(t *testing.T) {
	net := freeMemory(t, 4, 1)
	if err := checkFree(net); err != nil {
		t.Error(err)
	}
	good, echoing := net.Config, *net.Config(0)
	echoing.Clock = neuron.Clock{Kind: neuron.OnEvent}
	for _, id := range []neuron.ID{0, 3} {
		net.Config = func(k neuron.ID) *neuron.Config {
			if k >= id {
				return &echoing
			}
			return good(k)
		}
		want := fmt.Sprintf("the network cannot run free: neuron %d updates whenever a spike arrives, ", id)
		if err := checkFree(net); !errors.Is(err, ErrNotFree) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	net.Config = good
	for i := range net.Projections {
		net.Noise = make([]sim.Noise, len(net.Projections))
		net.Noise[i].Loss = 0.5
		want := fmt.Sprintf("the network cannot run free: noise on projection %q is for lockstep runs", net.Projections[i].Name)
		if err := checkFree(net); !errors.Is(err, ErrNotFree) || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestNeuronErrorInWords: which neuron, when, and why.
func TestNeuronErrorInWords(t *testing.T) {
	for want, e := range map[string]*NeuronError{
		"neuron 3 panicked in the epoch that ends at 12.5ms: boom": {3, 12500, errors.New("boom"), []byte("stack")},
		"neuron 3 panicked between two epochs: boom":               {3, neuron.Never, "boom", []byte{}},
		"neuron 4 gave no answer between two epochs":               {4, neuron.Never, "gave no answer", nil},
		"neuron 0 is gone in the epoch that ends at 1µs":           {0, 1, "is gone", nil},
	} {
		if e.Error() != want {
			t.Errorf("%q, want %q", e, want)
		}
	}
	if err := error(&NeuronError{Reason: errFull}); !errors.Is(err, errFull) {
		t.Error("the reason is not within")
	}
	if (&NeuronError{Reason: "full"}).Unwrap() != nil {
		t.Error("a sentence is an error")
	}
}

// TestNeuronAnswersErrors: the bundle takes the errors of a neuron to its shard.
func TestNeuronAnswersErrors(t *testing.T) {
	n, err := freeMemory(t, 4, 1).NewNeuron(1)
	if err != nil {
		t.Fatal(err)
	}
	broken(t, n)
	a, b := neuronActor{neuron: n}, &bundle{verb: save}
	if a.answer(b); textOf(b.err) != "neuron: 1 broke down and has no state" || !b.answered {
		t.Errorf("saved: %v", b.err)
	}
	b = &bundle{verb: load, record: []byte("no state")}
	if a.answer(b); !errors.Is(b.err, sim.ErrState) || !b.answered {
		t.Errorf("something that is no state: %v", b.err)
	}
}

// TestSaveEndsAtABrokenNeuron: the error of a neuron without a state is not lost among the
// states of those after it.
func TestSaveEndsAtABrokenNeuron(t *testing.T) {
	s := &shard{net: freeMemory(t, 4, 1), opts: &Options{Mode: Population}, last: 4, pulse: &pulse{}}
	if err := s.build(nil); err != nil {
		t.Fatal(err)
	}
	broken(t, s.neurons[2])
	o := &order{verb: save, at: -1}
	for range 2 { // the first time it prepares
		if !s.save(nil, o) {
			t.Fatal("no answer")
		}
	}
	if textOf(o.err) != "neuron: 2 broke down and has no state" || o.at != 2 {
		t.Errorf("saved up to %d: %v", o.at, o.err)
	}
}

// TestWhoIsAnActor: every neuron in mode Neurons, and none in mode Population.
func TestWhoIsAnActor(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		e := start(t, w, o)
		actors := 0
		for _, shard := range children(e, e.root) {
			actors += len(children(e, shard))
		}
		if want := map[Mode]int{Neurons: w.Net.NumNeurons()}[o.Mode]; actors != want {
			t.Errorf("%d neurons are actors, expected %d", actors, want)
		}
		closes(t, e)
	})
}

// TestWhoCatchesPanics: a shard blames a neuron that it owns. A panic while its neurons
// are actors is its own.
func TestWhoCatchesPanics(t *testing.T) {
	for mode, its := range map[Mode]bool{Neurons: true, Population: false} {
		s, passed := &shard{opts: &Options{Mode: mode}}, any(nil)
		func() {
			defer func() { passed = recover() }()
			defer s.catch()
			panic("a planted fault")
		}()
		if (passed == "a planted fault") != its || (s.failure == nil) != its {
			t.Errorf("%v: passed on %v, blames %+v", mode, passed, s.failure)
		}
		if !its && (s.failure.reason != "a planted fault" || len(s.failure.stack) == 0) {
			t.Errorf("%v: blames %+v", mode, s.failure)
		}
	}
}

// TestShardThatCannotBegin: a panic outside a neuron ends the start with its
// reason.
func TestShardThatCannotBegin(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		good, planted := w.Net.Config, false
		w.Net.Config = func(id neuron.ID) *neuron.Config {
			if planted && id == 4 {
				panic("a planted fault")
			}
			return good(id)
		}
		planted = true
		e, err := New(w.Net, o)
		if err == nil {
			e.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "shard-") || !strings.Contains(err.Error(), "a planted fault") {
			t.Errorf("got %v", err)
		}
	})
}

// TestPanicsBetweenEpochs: a neuron that panics during a report is named, and
// no epoch is.
func TestPanicsBetweenEpochs(t *testing.T) {
	everyMode(t, func(t *testing.T, o Options) {
		w := lively(t)
		e := start(t, w, o)
		if err := e.Advance(t.Context(), 3*w.Net.Width(), w.Cut(0, 3*w.Net.Width()), sim.Discard{}); err != nil {
			t.Fatal(err)
		}
		good := w.Net.Config(5)
		sources := good.Sources
		good.Sources = 99 // only a bug of the program could do this
		_, err := e.Report([]neuron.ID{1, 5}, neuron.WantLearning)
		good.Sources = sources
		var ne *NeuronError
		if !errors.As(err, &ne) || ne.End != neuron.Never || len(ne.Stack) == 0 || !slices.Contains([]neuron.ID{1, 5}, ne.Neuron) || !strings.Contains(err.Error(), "between two epochs") {
			t.Errorf("got %v", err)
		}
		closes(t, e)
	})
}

// TestCloseWaitsForAll: nothing of an engine runs after Close, even if it was
// running a network.
func TestCloseWaitsForAll(t *testing.T) {
	defer goleak.VerifyNone(t)
	net := freeMemory(t, 30, 1)
	e := startFree(t, net, FreeOptions{})
	if err := newLesson(e, 30, 2, 1).train(1); err != nil {
		t.Fatal(err)
	}
	closes(t, &e.Engine)
	if err := e.Advance(t.Context(), 1<<40, sim.Feed{}, sim.Discard{}); !errors.Is(err, ErrClosed) {
		t.Errorf("advanced after it was closed: %v", err)
	}
	if err := e.Restore([]byte("x")); err == nil {
		t.Error("restored after it was closed")
	}
}

// TestNoRecording: without a recording there is nothing to mark or to end.
// A writer that fails is reported.
func TestNoRecording(t *testing.T) {
	defer goleak.VerifyNone(t)
	net := freeMemory(t, 5, 1)
	e := startFree(t, net, FreeOptions{})
	for range 2 {
		if err := errors.Join(e.MarkRecording(), e.EndRecording(), e.Advance(t.Context(), e.Now(), sim.Feed{}, badSink{})); err != nil {
			t.Error(err)
		}
	}
	if err := e.WriteState(&full{}); !errors.Is(err, errFull) {
		t.Errorf("a writer that fails: %v", err)
	}
	if err := newLesson(e, 5, 2, 1).train(1); err != nil {
		t.Error(err)
	}
	closes(t, &e.Engine)
	if err := e.WriteState(&full{9}); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// TestCrashes: the panic of a neuron's actor, and any other panic.
func TestCrashes(t *testing.T) {
	if c := asCrash(crash{"why", []byte("where")}); c.reason != "why" || string(c.stack) != "where" {
		t.Errorf("%+v", c)
	}
	if c := asCrash("why"); c.reason != "why" || len(c.stack) == 0 {
		t.Errorf("%+v", c)
	}
	away := make([]bool, 14)
	if got := listAway(away); got != "" {
		t.Errorf("nobody is away: %q", got)
	}
	for i := range away {
		away[i] = i != 1
	}
	if got := listAway(away[:11]); got != "0 2 3 4 5 6 7 8 9 10" {
		t.Errorf("ten are away: %q", got)
	}
	if got := listAway(away); got != "0 2 3 4 5 6 7 8 9 10 and 3 more of 14" {
		t.Errorf("thirteen are away: %q", got)
	}
}
