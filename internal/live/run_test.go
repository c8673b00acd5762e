package live

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/scenarios"
	"infomorph/scenarios/journal"
)

// letters is a scenario in which everything that the page shows happens.
const letters = `
apiVersion: infomorph/v2
name: letters-test
associative_memory:
  patterns: {source: random, count: 6, width: 6, height: 4}
  presentations: 400
  recall:
    - {name: clean}
record: {spikes: true}
expect:
  - {score: recall.clean.mean_overlap, min: 0.5}
`

func scenario(t testing.TB, text string, sets ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Load("test", strings.NewReader(text), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// alive is a run that goes on while a test looks at it.
type alive struct {
	session *Session
	done    chan struct{}
	hash    [sha256.Size]byte
	err     error
	kept    []byte
	mu      sync.Mutex
	strange []string
}

// start runs a scenario with a session, on a goroutine of its own.
func start(t testing.TB, sc *scenarios.Scenario, opts Options) *alive {
	t.Helper()
	a := &alive{done: make(chan struct{})}
	opts.Log = func(text string) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.strange = append(a.strange, text)
	}
	a.session = New(opts)
	return a.start(t, sc)
}

// start runs a scenario with the session.
func (a *alive) start(t testing.TB, sc *scenarios.Scenario) *alive {
	t.Helper()
	task, err := scenarios.NewTask(sc, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	ctx := a.session.Life(t.Context())
	a.session.Begin(Watched{Scenario: sc, Task: task, Engine: e, Keep: func(_ *scenarios.Scenario, lines []byte) error {
		a.kept = append([]byte(nil), lines...)
		return nil
	}})
	go func() {
		defer close(a.done)
		a.err = a.play(ctx, task, e)
		a.hash, _ = sim.Hash(e)
		a.session.End(a.err, nil)
	}()
	t.Cleanup(func() {
		_ = a.session.stop(ErrStopped)
		<-a.done
	})
	return a
}

func (a *alive) play(ctx context.Context, task scenarios.Task, e sim.Engine) error {
	a.session.Wait()
	out := a.session.Listener(journal.Listener{Step: func(string, int, int) error { return ctx.Err() }})
	run, err := task.Start(e, out)
	if err != nil {
		return err
	}
	return run.Go(ctx)
}

// do does a command and waits for the answer.
func (a *alive) do(t testing.TB, c Command) Reply {
	t.Helper()
	got := make(chan Reply, 1)
	a.session.Do(c, func(r Reply) { got <- r })
	select {
	case r := <-got:
		return r
	case <-time.After(time.Minute):
		t.Fatalf("%s: no answer", c.Do)
		return Reply{}
	}
}

func (a *alive) must(t testing.TB, c Command) Reply {
	t.Helper()
	r := a.do(t, c)
	if !r.OK {
		t.Fatalf("%s: %s", c.Do, r.Error)
	}
	return r
}

// stands waits until the run stands still between two steps.
func (a *alive) stands(t testing.TB) {
	t.Helper()
	for range 6000 {
		st := a.session.Status()
		if st.Stands && st.Paused && st.Queued == 0 {
			return
		}
		select {
		case <-a.done:
			t.Fatal("the run is over")
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("the run does not stand still: %+v", a.session.Status())
}

func event(text string) Command { return Command{Do: "touch", Event: []byte(text)} }

// again runs a scenario as it is written and returns the hash of its last state.
func again(t testing.TB, text []byte) [sha256.Size]byte {
	t.Helper()
	s, err := scenarios.Load("written", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	task, err := scenarios.NewTask(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	run, err := task.Start(e, &journal.Listener{})
	if err == nil {
		err = run.Go(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	hash, err := sim.Hash(e)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// A session without touches changes nothing, and a run with touches can be run
// again from its scenario.
func TestSessionRunsAgain(t *testing.T) {
	sc := scenario(t, letters, "associative_memory.presentations=5")
	a := start(t, sc, Options{Paused: true})
	text, err := sc.Text()
	if err != nil {
		t.Fatal(err)
	}
	a.must(t, Command{Do: "go"})
	<-a.done
	if a.err != nil || a.hash != again(t, text) {
		t.Fatalf("with a session the run ends in another state: %v", a.err)
	}
	b := start(t, sc, Options{Paused: true})
	b.must(t, Command{Do: "step", N: 2})
	b.stands(t)
	for _, e := range []string{`{"goal":{"unq_r":1}}`, `{"lesion":{"by":"named"},"neurons":"3,5"}`, `{"present":"#2"}`,
		`{"recall":{"input":"input","population":"neurons","data":"patterns","item":"#1","cue":"flip","fraction":"10%"}}`} {
		if r := b.must(t, event(e)); r.AtUS == nil || !strings.Contains(string(r.Event), `"at"`) {
			t.Errorf("%s: the answer says no time: %+v", e, r)
		}
	}
	b.must(t, Command{Do: "step", N: 1, Unit: "epoch"})
	b.must(t, Command{Do: "speed", Speed: 1000})
	b.must(t, event(`{"rate_scale":0.5}`))
	b.must(t, Command{Do: "go"})
	<-b.done
	written := b.do(t, Command{Do: "scenario"})
	if bytes.Count(b.kept, []byte("\n")) != 5 || b.hash == a.hash || b.hash != again(t, []byte(written.Scenario)) {
		t.Errorf("touched:\n%s\nthe scenario with that ends in another state than the run", b.kept)
	}
}

// The run stops where it is told to: between presentations, after an epoch.
func TestStepping(t *testing.T) {
	a := start(t, scenario(t, letters), Options{Paused: true})
	if now := a.session.Status().TimeUS; now != 0 {
		t.Fatalf("a run that was to begin paused is at %d µs", now)
	}
	a.must(t, Command{Do: "step", N: 3})
	a.stands(t)
	three := a.session.Status()
	if three.Phase.Done != 3 {
		t.Errorf("after 3 steps %d presentations are over", three.Phase.Done)
	}
	a.must(t, Command{Do: "step", Unit: "epoch"})
	within := func() bool { return a.session.Status().Within }
	until(t, within)
	first := a.session.Status().TimeUS
	a.must(t, Command{Do: "step", Unit: "epoch"})
	until(t, func() bool { return a.session.Status().TimeUS > first })
	until(t, within)
	if st := a.session.Status(); st.Phase.Done != 3 || first <= three.TimeUS {
		t.Errorf("an epoch took the run from %d to %d µs, %d presentations", three.TimeUS, first, st.Phase.Done)
	}
	a.must(t, Command{Do: "step"})
	a.stands(t)
	if done := a.session.Status().Phase.Done; done != 4 {
		t.Errorf("the rest of the presentation is one step; %d are over", done)
	}
	a.must(t, Command{Do: "stop"})
	<-a.done
	if !errors.Is(a.err, context.Canceled) {
		t.Errorf("stopped: %v", a.err)
	}
	if r := a.do(t, event(`{"plastic":false}`)); r.OK {
		t.Error("a run that is over was touched")
	}
}

func until(t testing.TB, f func() bool) {
	t.Helper()
	for range 6000 {
		if f() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it never happened")
}

// An event that would be invalid in a file is refused with the same message,
// and a read-only session refuses touches.
func TestRefusedCommands(t *testing.T) {
	a := start(t, scenario(t, letters), Options{Paused: true})
	a.must(t, Command{Do: "step"})
	a.stands(t)
	for c, want := range map[*Command]string{
		{Do: "touch", Event: []byte(`{"plastic":"yes"}`)}:                    "expected",
		{Do: "touch", Event: []byte(`{"at":"1s","plastic":true}`)}:           "leave it out",
		{Do: "touch", Event: []byte(`{}`)}:                                   "expected an event",
		{Do: "touch", Event: []byte(`{"plastic":true,"goal":{"red":1}}`)}:    "only one",
		{Do: "touch", Event: []byte(`{"lesions":{}}`)}:                       "lesion",
		{Do: "touch", Event: []byte(`{"present":"nobody"}`)}:                 "present",
		{Do: "touch", Event: []byte(`{"plastic":true,"neurons":"0-99999"}`)}: "neurons",
		{Do: "touch", Event: bytes.Repeat([]byte(" "), maxEvent+1)}:          "at most",
		{Do: "speed", Speed: -1}:                                             "speed",
		{Do: "step", Unit: "hour"}:                                           "presentation or epoch",
		{Do: "step", N: 1 << 30}:                                             "expected 1 to",
		{Do: "format c:"}:                                                    "expected one of",
		{Do: "checkpoint"}:                                                   "result folder",
		{Do: "undo"}:                                                         "result folder",
		{Do: "item", Data: "patterns", Item: 99}:                             "expected 0 to 5",
		{Do: "item", Data: "../../etc/passwd"}:                               "data",
	} {
		if r := a.do(t, *c); r.OK || !strings.Contains(r.Error, want) {
			t.Errorf("%s %.60s: %v %q, expected %q", c.Do, c.Event, r.OK, r.Error, want)
		}
	}
	if len(a.kept) > 0 {
		t.Errorf("kept: %s", a.kept)
	}
	b := start(t, scenario(t, letters), Options{ReadOnly: true})
	for _, do := range changing {
		if r := b.do(t, Command{Do: do}); r.OK || r.Error != errReadOnly.Error() {
			t.Errorf("%s in a view for looking only: %+v", do, r)
		}
	}
	if r := b.do(t, Command{Do: "status"}); !r.OK {
		t.Errorf("status: %+v", r)
	}
}

// TestRatesAfterAPause: spikes while nobody watches do not count for the firing
// rate, and neither does that time.
func TestRatesAfterAPause(t *testing.T) {
	a := start(t, scenario(t, letters), Options{Paused: true})
	s := a.session
	a.stands(t)
	out := &neuron.Output{Spikes: []neuron.Spike{{Source: 1, Value: 1}, {Source: 2, Value: -1}}}
	for k := range 30 {
		s.eager.Store(int32(k / 10 % 2)) // ten epochs unseen, ten seen, ten unseen
		s.epochTold(neuron.Time(k+1)*1000, out)
	}
	s.eager.Store(1)
	s.epochTold(31_000, out)
	s.takeRates()
	if all := s.rates.all(); len(all) != 1 || len(all[0].V) != 1 || all[0].V[0] != 2.0/24/0.001 {
		t.Errorf("rates %+v, expected 2 spikes of 24 neurons in a millisecond", all)
	}
	s.eager.Store(0)
}
