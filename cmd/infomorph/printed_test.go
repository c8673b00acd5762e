package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"infomorph/actors"
	"infomorph/actors/remote"
	"infomorph/internal/machines"
	"infomorph/neuron"
	"infomorph/scenarios/run"
)

// printed compares what was written with what is expected, to the letter; a
// line break at the start of the expected text is ignored.
func printed(t *testing.T, what, got, want string) {
	t.Helper()
	if want = strings.TrimPrefix(want, "\n"); got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
	}
}

// TestAuditPrinted: a line for each of few neurons, what differs, and the sums.
func TestAuditPrinted(t *testing.T) {
	got := &run.Audited{
		Verdicts: []actors.Verdict{
			{Neuron: 3, Pass: true, Ended: true, Updates: 10, Events: 200, Spikes: 7},
			{Neuron: 14, Ended: true, Reason: "its weights differ", Differs: actors.Differs{Weights: true}, Updates: 9, Events: 100},
			{Neuron: 15, Reason: "it ended early", Updates: 1, Events: 5},
		},
		Compared: []run.Comparison{
			{What: "neurons", With: "recording", Outcome: "differs", Of: "3", Why: "2 of them"},
			{What: "pid", Outcome: "skipped", Why: "free"},
			{What: "scores", With: "summary.json", Outcome: "equal", Of: "12"},
		},
	}
	failed := failures(got.Verdicts)
	if len(failed) != 2 || failed[0].Neuron != 14 || failed[1].Neuron != 15 {
		t.Fatalf("failures %+v", failed)
	}
	var b strings.Builder
	if err := writeAudit(&b, got, failed); err != nil {
		t.Fatal(err)
	}
	printed(t, "audit", b.String(), `
NEURON  VERDICT  SPIKES        WEIGHTS       WINDOW        STATE         UPDATES  EVENTS
3       PASS     same          same          same          same          10       200
14      FAIL     same          differ        same          same          9        100
15      FAIL     not compared  not compared  not compared  not compared  1        5
neuron 14: FAIL: its weights differ
neuron 15: FAIL: it ended early

COMPARED  WITH          OUTCOME  OF
neurons   recording     differs  3: 2 of them
pid                     skipped  free
scores    summary.json  equal    12

1 PASS, 2 FAIL: 3 neurons were replayed alone, with 305 events and 20 updates
`)
}

// TestAuditGridPrinted: many neurons are printed ten per line, with the reasons
// of the first twenty that fail.
func TestAuditGridPrinted(t *testing.T) {
	got := &run.Audited{Verdicts: make([]actors.Verdict, 25)}
	for i := range got.Verdicts {
		got.Verdicts[i] = actors.Verdict{Neuron: neuron.ID(100 + i), Ended: true, Pass: i < 3, Reason: "why"}
	}
	var b strings.Builder
	if err := writeVerdictGrid(&b, got.Verdicts); err != nil {
		t.Fatal(err)
	}
	printed(t, "grid", b.String(), `
NEURON
100  PASS  PASS  PASS  FAIL  FAIL  FAIL  FAIL  FAIL  FAIL  FAIL
110  FAIL  FAIL  FAIL  FAIL  FAIL  FAIL  FAIL  FAIL  FAIL  FAIL
120  FAIL  FAIL  FAIL  FAIL  FAIL
`)
	b.Reset()
	if err := writeFailures(&b, failures(got.Verdicts)); err != nil {
		t.Fatal(err)
	}
	want := ""
	for i := 103; i < 123; i++ {
		want += fmt.Sprintf("neuron %d: FAIL: why\n", i)
	}
	want += "and 2 more, which --json lists\n"
	printed(t, "failures", b.String(), want)
}

// TestReplayPrinted: sums, both states, the verdict and what was compared.
func TestReplayPrinted(t *testing.T) {
	p := replayed{
		Run: "r", StateHash: "bbbb", Recorded: "aaaa", Neurons: 5, Updates: 40, Events: 300, Spikes: 12, Simulated: 1500000, Workers: 2, Seconds: 1.254,
		Failed:   []audited{{Neuron: 4, Reason: "its window differs"}},
		Compared: []run.Comparison{{What: "final state", With: "manifest.json", Outcome: "differs"}},
	}
	var b strings.Builder
	if err := p.write(&b, false); err != nil {
		t.Fatal(err)
	}
	const want = `
neurons              5
updates              40
spikes               12
events               300
simulated            1.5s
time                 1.25 s on 2 workers
state of the run     aaaa
state of the replay  bbbb
verdict              FAIL
neuron 4: FAIL: its window differs

COMPARED     WITH           OUTCOME  OF
final state  manifest.json  differs  
`
	printed(t, "replay", b.String(), want)
	b.Reset()
	p.Pass, p.Failed = true, nil
	if err := p.write(&b, false); err != nil {
		t.Fatal(err)
	}
	printed(t, "replay", b.String(), strings.Replace(strings.Replace(want, "FAIL", "PASS", 1), "neuron 4: FAIL: its window differs\n", "", 1))
	b.Reset()
	if err := p.write(&b, true); err != nil {
		t.Fatal(err)
	}
	printed(t, "replay --json", b.String(), `
{
  "run": "r",
  "pass": true,
  "state_hash": "bbbb",
  "recorded_state_hash": "aaaa",
  "neurons": 5,
  "updates": 40,
  "events": 300,
  "spikes": 12,
  "simulated_us": 1500000,
  "workers": 2,
  "seconds": 1.254,
  "compared": [
    {
      "what": "final state",
      "with": "manifest.json",
      "outcome": "differs"
    }
  ]
}
`)
}

// someChecks are one node that is ready, one that is not reached, one of another
// version, one with another clock and one that serves a run.
func someChecks() []remote.Checked {
	about := remote.About{Version: machines.Identity(), Arch: strings.TrimPrefix(machines.Host(), machines.Identity()+" on "), Cores: 4, Memory: 8 << 30, Available: 5 << 29}
	node := func(name string) remote.Checked {
		return remote.Checked{Peer: remote.Peer{Name: name, Address: name + ":7001"}, About: about, Latency: 1500 * time.Microsecond, Skew: -20 * time.Millisecond}
	}
	all := []remote.Checked{node("n1"), node("n2"), node("n3"), node("n4"), node("n5")}
	all[1].Err = errors.New("no answer")
	all[2].Version, all[2].Arch = "infomorph 0", "arm"
	all[3].Skew = 6 * time.Second
	all[4].Busy = "bars"
	return all
}

// TestNodesPrinted: a line for each node, and the number of nodes that cannot
// be used.
func TestNodesPrinted(t *testing.T) {
	all := someChecks()
	var b strings.Builder
	if err := printChecks(&b, all); err != nil {
		t.Fatal(err)
	}
	here := strings.Replace(machines.Host(), " on ", ", ", 1)
	printed(t, "nodes", strings.ReplaceAll(b.String(), here, "HERE"), `
NODE  ADDRESS  STATE            CORES  MEMORY   FREE     LATENCY   CLOCK     VERSION
n1    n1:7001  ready            4      8.0 GiB  2.5 GiB  1.500 ms  -0.020 s  HERE
n2    n2:7001  unreachable                                                   no answer
n3    n3:7001  another version  4      8.0 GiB  2.5 GiB  1.500 ms  -0.020 s  infomorph 0, arm
n4    n4:7001  another time     4      8.0 GiB  2.5 GiB  1.500 ms  +6.000 s  HERE
n5    n5:7001  serves bars      4      8.0 GiB  2.5 GiB  1.500 ms  -0.020 s  HERE
`)
	err := judgeChecks(all)
	if want := "2 of 5 nodes cannot be used; this program is " + machines.Host(); err == nil || err.Error() != want || codeOf(err) != exitRunFailed {
		t.Errorf("%v, exit code %d; want %s", err, codeOf(err), want)
	}
	if err := judgeChecks([]remote.Checked{all[0], all[3], all[4]}); err != nil {
		t.Errorf("nodes that can serve: %v", err)
	}
}

// TestNodesPrintedAsJSON: unknown values of a node are left out.
func TestNodesPrintedAsJSON(t *testing.T) {
	all := someChecks()
	var b strings.Builder
	if err := printChecksJSON(&b, all[1:3]); err != nil {
		t.Fatal(err)
	}
	printed(t, "nodes --json", b.String(), `
[
  {
    "node": "n2",
    "address": "n2:7001",
    "state": "unreachable",
    "error": "no answer"
  },
  {
    "node": "n3",
    "address": "n3:7001",
    "state": "another version",
    "version": "infomorph 0",
    "arch": "arm",
    "cores": 4,
    "memory_bytes": 8589934592,
    "available_bytes": 2684354560,
    "latency_s": 0.0015,
    "clock_s": -0.02
  }
]
`)
}

// TestNodeRates: how fast each node is, and how much of the time it computes.
func TestNodeRates(t *testing.T) {
	got := rates([]remote.Stats{
		{Peer: remote.Peer{Name: "n1"}, Epochs: 500, Busy: 3 * time.Second},
		{Peer: remote.Peer{Name: "n2"}, Epochs: 1000, Busy: 4 * time.Second},
	}, 4*time.Second)
	if want := "  n1 125 epochs/s 75%  n2 250 epochs/s 100%"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
