package actors

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
	"infomorph/pid"
	"infomorph/topology"
)

const freeInterval = 10 * neuron.Millisecond

// freeMemory is the associative memory whose neurons have their own clocks and
// gates.
func freeMemory(t testing.TB, n int, seed uint64) *sim.Network {
	t.Helper()
	g, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &neuron.Config{
		Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Dynamics: neuron.Teacher, Goal: g,
		Window: 256, Plastic: true, Prior: neuron.Prior{Mass: 2, Sigma: 2}, Belief: neuron.DefaultBelief(),
		Clock: neuron.Clock{Kind: neuron.Poisson, Interval: freeInterval},
		Gate:  neuron.Gate{Threshold: 0.01, TauFraction: 0.5},
	}
	cfg.Ports[0] = neuron.PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	cfg.Ports[1] = neuron.PortConfig{Bins: pid.Bins{Lo: -20, Hi: 20, N: 60}, Rule: neuron.GoalGradient, Rate: neuron.Constant(1)}
	d := topology.Network{
		Populations: []topology.Population{{Name: "m", Size: n}}, Channels: []topology.Population{{Name: "in", Size: n}},
		Projections: []topology.Projection{
			{From: "in", To: "m", Port: 0, Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2.3)},
			{From: "m", To: "m", Port: 1, Rule: topology.Rule{Name: "all_to_all"}, Weights: topology.Uniform(-0.0001, 0.0001)},
		},
	}
	gr, err := topology.Build(&d, seed)
	if err != nil {
		t.Fatal(err)
	}
	net := &sim.Network{Graph: gr, Config: func(neuron.ID) *neuron.Config { return cfg }, Seed: seed}
	if err := net.Prepare(); err != nil {
		t.Fatal(err)
	}
	return net
}

// lesson teaches an engine random patterns, each presented for twelve mean
// update intervals, and recalls them.
type lesson struct {
	e        sim.Engine
	rng      *rand.Rand
	patterns [][]float32
	told     []float32
}

func newLesson(e sim.Engine, n, patterns int, seed uint64) *lesson {
	l := &lesson{e: e, rng: rand.New(rand.NewPCG(seed, 5)), told: make([]float32, n)}
	for range patterns {
		p := make([]float32, n)
		for i := range p {
			p[i] = float32(2*l.rng.IntN(2) - 1)
		}
		l.patterns = append(l.patterns, p)
	}
	return l
}

func (l *lesson) Epoch(_ neuron.Time, out *neuron.Output) error {
	for _, s := range out.Spikes {
		l.told[s.Source] = s.Value
	}
	return nil
}

func (l *lesson) show(bits []float32, scale float32, intervals int, signals ...neuron.Signal) error {
	n, now := len(l.told), l.e.Now()
	f := sim.Feed{Signals: signals}
	for i, b := range bits {
		f.Inputs = append(f.Inputs, neuron.Spike{Time: now, Source: neuron.ID(n + i), Value: b * scale})
	}
	for i := range f.Signals {
		f.Signals[i].Time, f.Signals[i].Last = now, neuron.ID(n)
	}
	return l.e.Advance(context.Background(), now+neuron.Time(intervals)*freeInterval, f, l)
}

func (l *lesson) train(presentations int) error {
	for range presentations {
		for _, k := range l.rng.Perm(len(l.patterns)) {
			if err := l.show(l.patterns[k], 1, 12); err != nil {
				return err
			}
		}
	}
	return nil
}

// recall returns the mean overlap after clean cues.
func (l *lesson) recall() (float64, error) {
	mean := 0.0
	for _, p := range l.patterns {
		err := errors.Join(
			l.show(p, 1, 12, neuron.Signal{Kind: neuron.SetPlastic}, neuron.Signal{Kind: neuron.SetDynamics, Value: float64(neuron.Teacher)}),
			l.show(p, 0, 30, neuron.Signal{Kind: neuron.SetDynamics, Value: float64(neuron.Sign)}))
		if err != nil {
			return 0, err
		}
		for i, v := range l.told {
			mean += float64(v*p[i]) / float64(len(p)*len(l.patterns))
		}
	}
	return mean, nil
}

func startFree(t testing.TB, net *sim.Network, o FreeOptions) *Free {
	t.Helper()
	e, err := NewFree(net, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// record runs a lesson free and returns its recording and the final state.
func record(t testing.TB, net *sim.Network, o FreeOptions, patterns, presentations int) (tape, state []byte) {
	t.Helper()
	var file bytes.Buffer
	w, err := inboxes.NewWriter(&file, net.NumNeurons())
	if err != nil {
		t.Fatal(err)
	}
	e := startFree(t, net, o)
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	l := newLesson(e, net.NumNeurons(), patterns, 1)
	if err := l.train(presentations); err != nil {
		t.Fatal(err)
	}
	if state, err = e.State(); err != nil {
		t.Fatal(err)
	}
	if err := e.EndRecording(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), state
}

func open(t testing.TB, tape []byte) *inboxes.Reader {
	t.Helper()
	r, err := inboxes.NewReader(bytes.NewReader(tape), int64(len(tape)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestFreeLearns(t *testing.T) {
	defer goleak.VerifyNone(t)
	const n, patterns = 40, 8
	net := freeMemory(t, n, 1)
	e := startFree(t, net, FreeOptions{})
	l := newLesson(e, n, patterns, 1)
	if err := l.train(12); err != nil {
		t.Fatal(err)
	}
	overlap, err := l.recall()
	if err != nil || overlap < 0.98 {
		t.Errorf("mean overlap %.3f, %v", overlap, err)
	}
	closes(t, &e.Engine)
}

// TestFreeReplay replays a recorded run with one and with four workers, and
// audits it.
func TestFreeReplay(t *testing.T) {
	for _, credits := range []int{1, 2, 7} {
		net := freeMemory(t, 30, 2)
		tape, state := record(t, net, FreeOptions{Credits: credits}, 5, 4)
		for _, workers := range []int{1, 4} {
			r, err := (Recorded{net, open(t, tape)}).Replay(t.Context(), ReplayOptions{Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			if !r.Whole || !bytes.Equal(r.State, state) {
				t.Errorf("%d credits, %d workers: whole %v, state %x, want %x", credits, workers, r.Whole, sha256.Sum256(r.State), sha256.Sum256(state))
			}
			for _, v := range r.Verdicts {
				if !v.Pass {
					t.Errorf("neuron %d: %s", v.Neuron, v.Reason)
				}
			}
		}
		verdicts, err := (Recorded{net, open(t, tape)}).Audit(t.Context(), []neuron.ID{17}, ReplayOptions{})
		if err != nil || len(verdicts) != 1 || !verdicts[0].Pass || verdicts[0].Neuron != 17 || verdicts[0].Updates < 100 || verdicts[0].Events < 1000 {
			t.Errorf("audit of neuron 17: %+v, %v", verdicts, err)
		}
	}
}

// TestAuditFindsViolation plants a violation of locality: neuron 4 uses data of
// neuron 7 that no spike carried.
func TestAuditFindsViolation(t *testing.T) {
	var hidden atomic.Uint64 // the hidden connection
	for name, peek := range map[string]struct {
		at  func(seven *freeNeuron) float64
		use func(four *freeNeuron, v float64)
	}{
		"output": {
			func(a *freeNeuron) float64 { return float64(a.neuron.Output()) },
			func(a *freeNeuron, v float64) {
				for i := range a.inbox {
					a.inbox[i].Value *= float32(1 + v/4)
				}
			},
		},
		"weight": {
			func(a *freeNeuron) float64 { return a.neuron.Weights(neuron.Contextual)[1] },
			func(a *freeNeuron, v float64) { a.neuron.Weights(neuron.Contextual)[0] += v / 100 },
		},
	} {
		net := freeMemory(t, 12, 3)
		cheat := func(a *freeNeuron) {
			switch a.id {
			case 7:
				hidden.Store(math.Float64bits(peek.at(a)))
			case 4:
				peek.use(a, math.Float64frombits(hidden.Load()))
			}
		}
		tape, _ := record(t, net, FreeOptions{cheat: cheat}, 3, 3)
		verdicts, err := (Recorded{net, open(t, tape)}).Audit(t.Context(), nil, ReplayOptions{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range verdicts {
			if v.Pass == (v.Neuron == 4) {
				t.Errorf("a neuron that knows another's %s: neuron %d passes %v: %s", name, v.Neuron, v.Pass, v.Reason)
			}
		}
		if r, err := (Recorded{net, open(t, tape)}).Replay(t.Context(), ReplayOptions{Workers: 2}); err != nil || r.Whole {
			t.Errorf("a neuron that knows another's %s: the replay is whole, %v", name, err)
		}
	}
}

// TestFreeStateMovesBetweenEngines saves a lockstep run with spikes in flight,
// continues it free, and then in lockstep again.
func TestFreeStateMovesBetweenEngines(t *testing.T) {
	net := freeMemory(t, 20, 4)
	seq, err := sim.NewSequential(net)
	if err != nil {
		t.Fatal(err)
	}
	l := newLesson(seq, 20, 3, 1)
	if err := l.train(2); err != nil {
		t.Fatal(err)
	}
	for _, next := range []sim.Engine{startFree(t, net, FreeOptions{}), seq} {
		state, err := l.e.State()
		if err != nil {
			t.Fatal(err)
		}
		if err := next.Restore(state); err != nil {
			t.Fatal(err)
		}
		if again, err := next.State(); err != nil || !bytes.Equal(state, again) {
			t.Errorf("the state changes by being restored: %v", err)
		}
		l.e = next
		if err := l.train(2); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRecordingOfRestored records a run that begins in the middle and in which
// states are restored.
func TestRecordingOfRestored(t *testing.T) {
	net := freeMemory(t, 10, 5)
	first := startFree(t, net, FreeOptions{})
	birth, _ := first.State()
	if err := newLesson(first, 10, 2, 1).train(2); err != nil {
		t.Fatal(err)
	}
	state, _ := first.State()
	var file bytes.Buffer
	w, _ := inboxes.NewWriter(&file, 10)
	e := startFree(t, net, FreeOptions{})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	for i, from := range [][]byte{state, birth, state, birth} {
		if err := e.Restore(from); err != nil {
			t.Fatal(err)
		}
		if err := newLesson(e, 10, 2, uint64(i)).train(2); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.MarkRecording(); err != nil {
		t.Fatal(err)
	}
	marked := w.Size()
	if err := newLesson(e, 10, 2, 9).train(2); err != nil {
		t.Fatal(err)
	}
	if _, err := (Recorded{net, open(t, file.Bytes())}).Replay(t.Context(), ReplayOptions{}); !errors.Is(err, inboxes.ErrRecording) {
		t.Errorf("a recording that was not ended is replayed: %v", err)
	}
	final, _ := e.State()
	if err := e.EndRecording(); err != nil {
		t.Fatal(err)
	}
	if marked >= w.Size() || marked < 1000 {
		t.Errorf("%d bytes at the mark, %d in the end", marked, w.Size())
	}
	r, err := (Recorded{net, open(t, file.Bytes())}).Replay(t.Context(), ReplayOptions{Workers: 2})
	if err != nil || !r.Whole || !bytes.Equal(r.State, final) {
		t.Errorf("whole %v, %v", r != nil && r.Whole, err)
	}
}

func TestFreeRefuses(t *testing.T) {
	net := freeMemory(t, 5, 1)
	echoing := *net.Config(0)
	echoing.Clock = neuron.Clock{Kind: neuron.OnEvent}
	for _, c := range []struct {
		change func(*sim.Network)
		want   string
	}{
		{func(n *sim.Network) { n.Config = func(neuron.ID) *neuron.Config { return &echoing } }, "whenever a spike arrives"},
		{func(n *sim.Network) { n.Noise = []sim.Noise{{}, {Loss: 0.5}} }, "noise"},
	} {
		other := *net
		c.change(&other)
		if _, err := NewFree(&other, FreeOptions{}); !errors.Is(err, ErrNotFree) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want something about %q", err, c.want)
		}
	}
	for _, o := range []FreeOptions{{Credits: -1}, {Credits: maxCredits + 1}, {Deadline: -1}} {
		if _, err := NewFree(net, o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestFreePanic(t *testing.T) {
	defer goleak.VerifyNone(t)
	net := freeMemory(t, 20, 1)
	e := startFree(t, net, FreeOptions{tap: func(id neuron.ID, in neuron.Inbox) {
		if id == 4 && in.End > 30*neuron.Millisecond {
			panic("a planted fault")
		}
	}})
	err := newLesson(e, 20, 2, 1).train(1)
	var ne *NeuronError
	if !errors.As(err, &ne) || ne.Neuron != 4 || ne.Stack == nil || !strings.Contains(err.Error(), "a planted fault") {
		t.Errorf("got %v", err)
	}
	closes(t, &e.Engine)
}

func TestFreeStuck(t *testing.T) { byFakeClock(t, testFreeStuck) }

func testFreeStuck(t *testing.T) {
	net := freeMemory(t, 20, 1)
	release := make(chan struct{})
	e := startFree(t, net, FreeOptions{Deadline: 500 * time.Millisecond, tap: func(id neuron.ID, in neuron.Inbox) {
		if id == 4 && in.End > 30*neuron.Millisecond {
			<-release
		}
	}})
	err := newLesson(e, 20, 2, 1).train(1)
	var ne *NeuronError
	if !errors.As(err, &ne) || ne.Neuron != 4 {
		t.Errorf("got %v", err)
	}
	if err := e.Close(); err == nil {
		t.Error("Close does not mention the neuron that still runs")
	}
	close(release)
}

// TestFreeLost stops a neuron from outside.
func TestFreeLost(t *testing.T) { byFakeClock(t, testFreeLost) }

func testFreeLost(t *testing.T) {
	net := freeMemory(t, 20, 1)
	e := startFree(t, net, FreeOptions{Deadline: 2 * time.Second})
	if err := e.system.Root.StopFuture(children(&e.Engine, e.root)[3]).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := newLesson(e, 20, 2, 1).train(1); err == nil || !strings.Contains(err.Error(), "stand still") && !strings.Contains(err.Error(), "is gone") {
		t.Errorf("got %v", err)
	}
	closes(t, &e.Engine)
}

// fullWriter fails after some bytes.
type fullWriter struct{ left int }

func (w *fullWriter) Write(b []byte) (int, error) {
	if w.left -= len(b); w.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(b), nil
}

func TestFreeFullDisk(t *testing.T) {
	defer goleak.VerifyNone(t)
	net := freeMemory(t, 30, 1)
	w, err := inboxes.NewWriter(&fullWriter{20_000}, 30)
	if err != nil {
		t.Fatal(err)
	}
	e := startFree(t, net, FreeOptions{})
	if err := e.Record(w, nil); err != nil {
		t.Fatal(err)
	}
	if err := newLesson(e, 30, 20, 1).train(20); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("got %v", err)
	}
	closes(t, &e.Engine)
}

// TestFreeMailboxesAreBounded measures how many spikes a neuron has received
// and not taken in: never more than credits times fan-in.
func TestFreeMailboxesAreBounded(t *testing.T) {
	const n, credits = 25, 3
	net := freeMemory(t, n, 1)
	var worst [n]int
	e := startFree(t, net, FreeOptions{Credits: credits, tap: func(id neuron.ID, in neuron.Inbox) {
		worst[id] = max(worst[id], len(in.Events))
		if id == 0 {
			time.Sleep(200 * time.Microsecond)
		}
	}})
	if err := newLesson(e, n, 3, 1).train(2); err != nil {
		t.Fatal(err)
	}
	if w := slices.Max(worst[:]); w > 2*credits*n {
		t.Errorf("an inbox of %d events with %d credits and a fan-in of %d", w, credits, n)
	}
	t.Logf("largest inboxes: %v", worst)
	closes(t, &e.Engine)
}

func TestFreeReports(t *testing.T) {
	net := freeMemory(t, 8, 1)
	e := startFree(t, net, FreeOptions{})
	if err := newLesson(e, 8, 2, 1).train(3); err != nil {
		t.Fatal(err)
	}
	r, err := e.Report([]neuron.ID{5, 1, 5}, neuron.WantAtoms|neuron.WantWeights)
	if err != nil || len(r) != 3 || r[0].Neuron != 5 || r[1].Neuron != 1 || r[2].Neuron != 5 || r[0].Atoms == nil {
		t.Errorf("got %+v, %v", r, err)
	}
	if r, err := e.Report(nil, 0); err != nil || len(r) != 0 {
		t.Errorf("report of nobody: %v, %v", r, err)
	}
	if _, err := e.Report([]neuron.ID{8}, 0); err == nil {
		t.Error("there is a neuron 8")
	}
	if err := e.Advance(t.Context(), e.Now(), sim.Feed{}, simtest.NewRecorder()); err != nil {
		t.Error(err)
	}
	if err := e.Advance(t.Context(), e.Now()-1, sim.Feed{}, sim.Discard{}); err == nil {
		t.Error("time runs backwards")
	}
}
