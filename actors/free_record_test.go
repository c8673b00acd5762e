package actors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"infomorph/internal/fuzzing"
	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// ticked returns a memory whose neurons have no clocks: signals make them fire
// and learn.
func ticked(t testing.TB, n int) *sim.Network {
	net := freeMemory(t, n, 1)
	cfg := *net.Config(0)
	cfg.Clock, cfg.Gate, cfg.Window = neuron.Clock{}, neuron.Gate{}, 64
	cfg.Ports[1].Rate = neuron.Constant(5)
	net.Config = func(neuron.ID) *neuron.Config { return &cfg }
	return net
}

// tickedLesson presents each pattern the given number of times. It returns the
// mean overlap of the outputs from the context alone. Everything is in one
// Advance.
func tickedLesson(t *testing.T, e sim.Engine, l *lesson, presentations int) float64 {
	t.Helper()
	n, ms, at := len(l.told), neuron.Millisecond, e.Now()
	var f sim.Feed
	tick := func(do neuron.Flags) {
		f.Signals = append(f.Signals, neuron.Signal{Time: at, Kind: neuron.Tick, Flags: do, Last: neuron.ID(n)})
	}
	show := func(p []float32, scale float32) {
		for i, b := range p {
			f.Inputs = append(f.Inputs, neuron.Spike{Time: at, Source: neuron.ID(n + i), Value: b * scale})
		}
		at += ms
		tick(neuron.Fire)
		at += ms
	}
	for range presentations {
		for _, k := range l.rng.Perm(len(l.patterns)) {
			show(l.patterns[k], 1)
			tick(neuron.Learn)
		}
	}
	if err := e.Advance(t.Context(), at+1, f, l); err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for _, p := range l.patterns {
		at, f = e.Now(), sim.Feed{}
		f.Signals = []neuron.Signal{{Time: at, Kind: neuron.SetPlastic, Last: neuron.ID(n)}, {Time: at, Kind: neuron.SetDynamics, Value: float64(neuron.Teacher), Last: neuron.ID(n)}}
		show(p, 1)
		f.Signals = append(f.Signals, neuron.Signal{Time: at, Kind: neuron.SetDynamics, Value: float64(neuron.Sign), Last: neuron.ID(n)})
		show(p, 0)
		if err := e.Advance(t.Context(), at, f, l); err != nil {
			t.Fatal(err)
		}
		for i, v := range l.told {
			mean += float64(v*p[i]) / float64(len(p)*len(l.patterns))
		}
	}
	return mean
}

// TestFreeTicks runs neurons that update on signals. At every tick all neurons
// wait until all spikes have arrived, so the weights equal those of a lockstep
// run up to rounding: only the order within an inbox may differ.
func TestFreeTicks(t *testing.T) {
	const n, patterns = 20, 6
	net := ticked(t, n)
	seq, err := sim.NewSequential(net)
	if err != nil {
		t.Fatal(err)
	}
	free := startFree(t, net, FreeOptions{})
	weights := make([][]float64, 2)
	for k, e := range []sim.Engine{seq, free} {
		l := newLesson(e, n, patterns, 1)
		if c := tickedLesson(t, e, l, 10); c < 0.98 {
			t.Errorf("engine %d: mean overlap %.3f", k, c)
		}
		for id := range neuron.ID(n) {
			r, err := e.Report([]neuron.ID{id}, neuron.WantWeights)
			if err != nil {
				t.Fatal(err)
			}
			weights[k] = append(weights[k], r[0].Weights[neuron.Contextual]...)
		}
	}
	for i, want := range weights[0] {
		if got := weights[1][i]; !(math.Abs(got-want) <= 1e-6) {
			t.Fatalf("weight %d is %v, in lockstep %v", i, got, want)
		}
	}
}

// TestFreeTicksWithClocks sends ticks from time to time to neurons that have
// their own clocks, and replays the run.
func TestFreeTicksWithClocks(t *testing.T) {
	net := freeMemory(t, 12, 3)
	var file bytes.Buffer
	w, _ := inboxes.NewWriter(&file, 12)
	e := startFree(t, net, FreeOptions{})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	if err := e.Record(w, nil); err == nil {
		t.Error("two recordings at once")
	}
	l := newLesson(e, 12, 2, 1)
	for k := range 6 {
		tick := neuron.Signal{Kind: neuron.Tick, Flags: neuron.Fire}
		if err := l.show(l.patterns[k%2], 1, 5, tick, tick, neuron.Signal{Kind: neuron.SetRateScale, Value: 0.5}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.EndRecording(); err != nil {
		t.Fatal(err)
	}
	if r, err := (Recorded{net, open(t, file.Bytes())}).Replay(t.Context(), ReplayOptions{Workers: 3}); err != nil || !r.Whole {
		t.Errorf("the replay is whole: %v, %v", r != nil && r.Whole, err)
	}
}

// TestFreePanicIsRecorded audits a run that a panic of one neuron has ended.
// All other neurons pass, and that one is replayed up to the inbox that made it
// panic.
func TestFreePanicIsRecorded(t *testing.T) {
	defer goleak.VerifyNone(t)
	net := freeMemory(t, 12, 1)
	var file bytes.Buffer
	w, _ := inboxes.NewWriter(&file, 12)
	var last neuron.Time
	e := startFree(t, net, FreeOptions{tap: func(id neuron.ID, in neuron.Inbox) {
		if id == 4 && in.End > 30*neuron.Millisecond {
			last = in.End - 1
			panic("a planted fault")
		}
	}})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	var ne *NeuronError
	if err := newLesson(e, 12, 2, 1).train(1); !errors.As(err, &ne) || ne.Neuron != 4 {
		t.Fatalf("got %v", err)
	}
	if err := e.EndRecording(); err != nil {
		t.Fatal(err)
	}
	closes(t, &e.Engine)
	rec := open(t, file.Bytes())
	verdicts, err := (Recorded{net, rec}).Audit(t.Context(), nil, ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if v.Pass != (v.Neuron != 4) {
			t.Errorf("neuron %d passes: %v: %s", v.Neuron, v.Pass, v.Reason)
		}
	}
	if end := lastInbox(t, net, rec, 4); end != last {
		t.Errorf("the last recorded inbox of the neuron is of %v, the fatal one of %v", end, last)
	}
	if r, err := (Recorded{net, rec}).Replay(t.Context(), ReplayOptions{}); err != nil || r.Whole {
		t.Errorf("a run that failed is replayed whole: %v", err)
	}
}

// lastInbox returns the time of the last recorded inbox of a neuron.
func lastInbox(t *testing.T, net *sim.Network, rec *inboxes.Reader, id neuron.ID) (last neuron.Time) {
	t.Helper()
	d := inboxes.NewDecoder(id, net.Slots(id))
	for b, err := range rec.Blocks(id) {
		for data := b.Data; err == nil && b.Kind == inboxes.InboxBlock && len(data) > 0; {
			var in neuron.Inbox
			if in, data, err = d.Next(data); err == nil {
				last = in.End - 1
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return last
}

// TestFreeNoRoom ends a run before the disk is full. The recording is complete
// up to that point.
func TestFreeNoRoom(t *testing.T) {
	defer goleak.VerifyNone(t)
	net := freeMemory(t, 30, 1)
	var file bytes.Buffer
	w, _ := inboxes.NewWriter(&file, 30)
	e := startFree(t, net, FreeOptions{})
	asked := 0
	if err := e.Record(w, func() error { asked++; return errors.New("hardly any room") }); err != nil {
		t.Fatal(err)
	}
	err := newLesson(e, 30, 20, 1).train(1000)
	if err == nil || !strings.Contains(err.Error(), "hardly any room") || asked != 1 {
		t.Errorf("got %v after %d questions", err, asked)
	}
	if err := e.EndRecording(); err != nil {
		t.Fatal(err)
	}
	verdicts, err := (Recorded{net, open(t, file.Bytes())}).Audit(t.Context(), nil, ReplayOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if !v.Pass || v.Updates < 10 {
			t.Errorf("neuron %d: %+v", v.Neuron, v)
		}
	}
	closes(t, &e.Engine)
}

// TestFreeStuckIsNamed blocks a neuron: the watchdog names it, and the
// recording of the others is completed without it.
func TestFreeStuckIsNamed(t *testing.T) { byFakeClock(t, testFreeStuckIsNamed) }

func testFreeStuckIsNamed(t *testing.T) {
	net := freeMemory(t, 12, 1)
	release := make(chan struct{})
	var file bytes.Buffer
	w, _ := inboxes.NewWriter(&file, 12)
	e := startFree(t, net, FreeOptions{Deadline: 500 * time.Millisecond, tap: func(id neuron.ID, in neuron.Inbox) {
		if id == 7 && in.End > 30*neuron.Millisecond {
			<-release
		}
	}})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	err := newLesson(e, 12, 2, 1).train(1)
	if err == nil || !strings.Contains(err.Error(), "neuron 7 has not answered") {
		t.Errorf("got %v", err)
	}
	if err := e.EndRecording(); err != nil {
		t.Error(err)
	}
	close(release)
	verdicts, err := (Recorded{net, open(t, file.Bytes())}).Audit(t.Context(), nil, ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if v.Pass != (v.Neuron != 7) {
			t.Errorf("neuron %d passes: %v: %s", v.Neuron, v.Pass, v.Reason)
		}
	}
	closes(t, &e.Engine)
}

// TestAuditRefuses asks for neurons or recordings that cannot be audited:
// errors, not verdicts.
func TestAuditRefuses(t *testing.T) {
	net := freeMemory(t, 8, 1)
	tape, _ := record(t, net, FreeOptions{}, 2, 1)
	rec := open(t, tape)
	for _, other := range []*sim.Network{freeMemory(t, 9, 1), freeMemory(t, 8, 2)} {
		if _, err := (Recorded{other, rec}).Audit(t.Context(), nil, ReplayOptions{}); !errors.Is(err, inboxes.ErrRecording) {
			t.Errorf("a recording of another network: %v", err)
		}
	}
	for _, id := range []neuron.ID{-1, 8} {
		want := fmt.Sprintf("there is no neuron %d; the network has neurons 0 to 7", id)
		if _, err := (Recorded{net, rec}).Audit(t.Context(), []neuron.ID{0, id}, ReplayOptions{}); textOf(err) != want {
			t.Errorf("neuron %d: %v", id, err)
		}
	}
	if v, err := (Recorded{net, rec}).Audit(t.Context(), []neuron.ID{7, 0}, ReplayOptions{}); err != nil || len(v) != 2 || v[0].Neuron != 7 || v[1].Neuron != 0 {
		t.Errorf("the last neuron and the first one: %+v, %v", v, err)
	}
	if _, err := (Recorded{net, open(t, tape[:len(tape)-1])}).Replay(t.Context(), ReplayOptions{}); !errors.Is(err, inboxes.ErrRecording) {
		t.Errorf("a recording that is cut short: %v", err)
	}
	damaged := bytes.Clone(tape)
	damaged[len(damaged)/2] ^= 1
	bad, err := inboxes.NewReader(bytes.NewReader(damaged), int64(len(damaged)))
	if err == nil { // the header of a block is intact
		_, err = (Recorded{net, bad}).Audit(t.Context(), nil, ReplayOptions{})
		bad.Close()
	}
	if !errors.Is(err, inboxes.ErrRecording) {
		t.Errorf("a damaged recording: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := (Recorded{net, rec}).Replay(cancelled, ReplayOptions{}); r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted replay goes on: %v", err)
	}
}

// FuzzRelive replays arbitrary bytes as inboxes: the result is an error or a
// verdict, never a panic or an endless replay.
func FuzzRelive(f *testing.F) {
	net := freeMemory(f, 2, 1)
	tape, _ := record(f, net, FreeOptions{}, 1, 1)
	var seed [3][]byte
	for b, err := range open(f, tape).Blocks(0) {
		if err != nil {
			f.Fatal(err)
		}
		seed[b.Kind] = b.Data
	}
	n, err := net.NewNeuron(0)
	if err != nil {
		f.Fatal(err)
	}
	state, err := n.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed[0], seed[1], seed[2])
	f.Add(state, seed[1], seed[2])
	f.Fuzz(func(t *testing.T, start, inbox, end []byte) {
		defer fuzzing.Bound(t)()
		var file bytes.Buffer
		w, err := inboxes.NewWriter(&file, 2)
		if err != nil {
			t.Fatal(err)
		}
		for k, data := range [][]byte{start, inbox, end} {
			if err := w.Block(inboxes.Kind(k), 0, data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(inboxes.Final{}); err != nil {
			t.Fatal(err)
		}
		r, err := inboxes.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if v, err := (Recorded{net, r}).Audit(t.Context(), []neuron.ID{0}, ReplayOptions{}); err == nil && len(v) != 1 {
			t.Errorf("%d verdicts", len(v))
		}
	})
}
