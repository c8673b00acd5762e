package scenarios

import (
	"strings"
	"testing"

	"infomorph/internal/sim"
	"infomorph/neuron"
)

const faulty = `apiVersion: infomorph/v1
name: faulty
network: {neurons: 36}
associative_memory:
  patterns: {source: random, count: 6, width: 6}
  presentations: 12
  recall: [{name: damaged, cue: flip, fraction: 10%}]
`

func engineFor(t *testing.T, task Task) sim.Engine {
	t.Helper()
	e, err := sim.NewSequential(task.Network())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func playFaults(t *testing.T, faults string) (*notebook, Task) {
	t.Helper()
	s, err := Load("faulty.yaml", strings.NewReader(faulty+"faults: "+faults+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	task, e := newTestTask(t, s)
	n := newNotebook()
	if err := task.Run(e, n); err != nil {
		t.Fatal(err)
	}
	return n, task
}

// TestFaults: every kind of fault harms recall, and more of it harms more;
// what is mended, or restarts from a fresh snapshot, harms less.
func TestFaults(t *testing.T) {
	cosine := func(faults string) float64 {
		n, _ := playFaults(t, faults)
		return n.scores["recall.mean_cosine"]
	}
	sound := cosine("[]")
	if sound < 0.95 {
		t.Fatalf("without faults recall is %v", sound)
	}
	for _, kind := range []string{"silent", "stuck_on", "stuck_off", "crash", "dead_synapses"} {
		few, many := cosine("[{kind: "+kind+", share: 20%, phase: damaged}]"), cosine("[{kind: "+kind+", share: 80%, phase: damaged}]")
		if many > sound-0.05 || few < many {
			t.Errorf("%s: recall is %v without, %v with a fifth, %v with four fifths", kind, sound, few, many)
		}
	}
	forgot := cosine("[{kind: crash, neurons: all, phase: damaged}]")
	kept := cosine("[{kind: crash, neurons: all, phase: damaged, restart: snapshot, snapshot: 5ms}]")
	if kept < sound-0.05 || forgot > kept-0.1 {
		t.Errorf("recall is %v after a crash of all neurons, %v from snapshots, %v without a crash", forgot, kept, sound)
	}
	if mended := cosine("[{kind: silent, neurons: all, until: 20ms}]"); mended < 0.9 {
		t.Errorf("neurons that were silent for a while recall %v", mended)
	}
}

// TestFaultEvents checks what faults are put down as, and that who is faulty
// follows from the seed.
func TestFaultEvents(t *testing.T) {
	events := func(faults string, seed uint64) []Event {
		s, err := Load("faulty.yaml", strings.NewReader(faulty+"faults: "+faults+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		s.Seed = seed
		all, err := s.faults(100)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	text := "[{kind: stuck_off, share: 10%, from: 1ms, until: 5ms}, {kind: crash, neurons: 0-3, every: 2ms, from: 1ms, down: 1ms, restart: snapshot, snapshot: 3ms}, {kind: silent, share: 0%}]"
	e := events(text, 1)
	if len(e) != 4 || *e[0].Stuck != -1 || *e[0].At != 1000 || *e[1].Stuck != 0 || *e[1].At != 5000 || e[0].Neurons != e[1].Neurons {
		t.Fatalf("%+v", e)
	}
	spans, _ := parseSpans(e[0].Neurons)
	if n := len(members(spans, 100)); n != 10 {
		t.Errorf("%d of 100 neurons are stuck, want 10", n)
	}
	if *e[2].Every != 2000 || e[2].After != 1000 || e[2].Crash.Restart != "checkpoint" || e[2].Crash.Down != 1000 || *e[3].Every != 3000 || !e[3].remember {
		t.Errorf("%+v, %+v", e[2], e[3])
	}
	if again := events(text, 1); again[0].Neurons != e[0].Neurons {
		t.Error("equal seeds give other neurons")
	}
	if other := events(text, 2); other[0].Neurons == e[0].Neurons {
		t.Error("another seed gives the same neurons")
	}
}

func TestFaultMistakes(t *testing.T) {
	for fault, want := range map[string]string{
		"{kind: broken}":                                 "silent, stuck_on",
		"{kind: dead_synapses}":                          "is missing",
		"{kind: dead_synapses, neurons: 0-3}":            "give a share of the synapses",
		"{kind: silent, share: 1%, neurons: 0-3}":        "stands beside share",
		"{kind: silent, neurons: 3-0}":                   "a list such as 0-9,20",
		"{kind: silent, neurons: 30-40}":                 "neurons from 0 to 35",
		"{kind: silent, share: 5%, phase: dammaged}":     `did you mean "damaged"`,
		"{kind: silent, share: 5%, down: 1ms}":           "is not crash",
		"{kind: crash, share: 5%, until: 1ms}":           "is for silent and stuck neurons",
		"{kind: silent, share: 5%, from: 2s, until: 1s}": "not later than from",
	} {
		s, err := Load("faulty.yaml", strings.NewReader(faulty+"faults: ["+fault+"]\n"))
		if err == nil {
			_, err = NewTask(s, nil)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", fault, err, want)
		}
	}
}

// TestForkWithFaults goes on from a run without faults in one with them: what
// has happened stays, what comes is another.
func TestForkWithFaults(t *testing.T) {
	load := func(faults string) (Task, *notebook) {
		s, err := Load("faulty.yaml", strings.NewReader(faulty+"faults: "+faults+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		task, err := NewTask(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		return task, newNotebook()
	}
	task, first := load("[]")
	first.stopAfter = 72 // the end of training
	engine := engineFor(t, task)
	if err := task.Run(engine, first); err == nil {
		t.Fatal("not stopped")
	}
	saved, err := task.(Resumable).Save()
	if err != nil {
		t.Fatal(err)
	}
	state, err := engine.State()
	if err != nil {
		t.Fatal(err)
	}
	scores := func(faults string) float64 {
		task, n := load(faults)
		e := engineFor(t, task)
		if err := e.Restore(state); err != nil {
			t.Fatal(err)
		}
		if err := task.(Resumable).Resume(e, n, saved); err != nil {
			t.Fatal(err)
		}
		if e.Now() <= neuron.Time(0) {
			t.Fatal("nothing was run")
		}
		return n.scores["recall.mean_cosine"]
	}
	if sound, broken := scores("[]"), scores("[{kind: crash, neurons: all, phase: damaged}]"); broken > sound-0.1 {
		t.Errorf("recall is %v in a fork without faults and %v in one with", sound, broken)
	}
}
