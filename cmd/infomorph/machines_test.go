//go:build unix

package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"infomorph/internal/record"
)

var nodeKills = flag.Int("node-kills", 4, "how often a node or the coordinator is killed or stopped at a random moment")

// fleet are nodes of this machine, each a process.
type fleet struct {
	t    *testing.T
	dir  string
	at   []string
	proc []*process
}

// process is a command with its output.
type process struct {
	*exec.Cmd
	out  said
	over chan error
}

// said is output that one goroutine writes and another reads.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command("infomorph", args...), over: make(chan error, 1)}
	p.Stdout, p.Stderr = &p.out, &p.out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.over <- p.Wait() }()
	return p
}

// end kills a process, also a stopped one, and waits for it.
func (p *process) end() {
	p.Process.Kill()
	<-p.over
	p.over <- nil
}

// says waits until the output of a process contains a text, and returns the
// time since a moment; −1 if the process ended without it.
func (p *process) says(what string, since time.Time) time.Duration {
	for {
		select {
		case err := <-p.over:
			p.over <- err
			if strings.Contains(p.out.String(), what) {
				return time.Since(since)
			}
			return -1
		case <-time.After(10 * time.Millisecond):
			if strings.Contains(p.out.String(), what) {
				return time.Since(since)
			}
		}
	}
}

// newFleet makes certificates and starts n nodes.
func newFleet(t *testing.T, n int) *fleet {
	f := &fleet{t: t, dir: t.TempDir(), proc: make([]*process, n)}
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		f.at = append(f.at, l.Addr().String())
	}
	if out, err := exec.Command("infomorph", "node", "certificates", f.list(n), "--out", filepath.Join(f.dir, "certs")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() {
		for _, p := range f.proc {
			if p != nil {
				p.end()
			}
		}
	})
	return f
}

// list writes a list of the first n nodes.
func (f *fleet) list(n int) string {
	text := "coordinator: 127.0.0.1\ncertificates: certs\nnodes:\n"
	for k, at := range f.at[:n] {
		text += fmt.Sprintf("  - {name: node%d, address: %q}\n", k+1, at)
	}
	name := filepath.Join(f.dir, fmt.Sprintf("nodes%d.yaml", n))
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	return name
}

// up starts node k, if it does not run, and waits until it listens.
func (f *fleet) up(k int, more ...string) {
	f.t.Helper()
	if f.proc[k] != nil {
		return
	}
	cert := func(name string) string { return filepath.Join(f.dir, "certs", name) }
	id := fmt.Sprint("node", k+1)
	f.proc[k] = start(f.t, append([]string{"node", "--cert", cert(id + ".crt"), "--key", cert(id + ".key"), "--ca", cert("ca.crt"), "--dir", filepath.Join(f.dir, id)}, more...)...)
	for range 500 {
		if strings.Contains(f.proc[k].out.String(), "listens at") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	f.t.Fatalf("node %d does not listen: %s", k, f.proc[k].out.String())
}

// down kills node k.
func (f *fleet) down(k int) {
	f.proc[k].end()
	f.proc[k] = nil
}

// TestKilledNodes kills or stops nodes and the coordinator of a run at random
// moments, and resumes it, on another number of nodes each time, until it is
// complete. After every fault the failed node is named, and at the end the
// results are the same bytes as those of a run on one machine.
func TestKilledNodes(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-kill-seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	f := newFleet(t, 3)
	whole := filepath.Join(f.dir, "whole")
	memory := []string{"associative-memory"}
	if out, err := exec.Command("infomorph", append(append([]string{"run"}, memory...), "--quiet", "--actors", "none", "--out", whole)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	worst := map[string]time.Duration{}
	for run, left := 0, *nodeKills; left > 0; run++ {
		part := filepath.Join(f.dir, fmt.Sprint("part", run))
		for done := false; !done; {
			n := 1 + rng.IntN(3)
			for k := range n {
				f.up(k)
			}
			breakage := faults[rng.IntN(len(faults))]
			if left == 0 {
				breakage = fault0
			}
			var came bool
			came, done = f.disturb(rng, breakage, n, begin(part, memory, f.list(n)), worst)
			if came {
				left--
			}
		}
		sameResults(t, whole, part)
	}
	t.Logf("slowest to be told: %v", worst)
}

// begin returns the command that begins a run or resumes it.
func begin(dir string, args []string, list string) []string {
	more := []string{"--quiet", "--checkpoint-steps", "100", "--nodes", list}
	if _, err := record.ReadManifest(dir); err != nil {
		return append(append(append([]string{"run"}, args...), "--out", dir), more...)
	}
	return append([]string{"resume", dir}, more...)
}

// breakage is something that happens to a process.
type breakage struct {
	name   string
	node   bool // to a node, else to the coordinator
	signal syscall.Signal
	slow   bool          // stopped nine tenths of the time, from now on
	within time.Duration // the time within which it must be reported
}

var (
	fault0 = breakage{}
	faults = []breakage{
		{"kill a node", true, syscall.SIGKILL, false, 5 * time.Second},
		{"kill a node", true, syscall.SIGKILL, false, 5 * time.Second},
		{"stop a node", true, syscall.SIGSTOP, false, 3 * time.Second},
		{"slow a node", true, syscall.SIGSTOP, true, 5 * time.Second},
		{"kill the coordinator", false, syscall.SIGKILL, false, 0},
	}
)

// disturb runs a command on n nodes and lets a breakage happen at a random moment.
// came is whether it happened in time, done whether the run came to its end.
func (f *fleet) disturb(rng *rand.Rand, what breakage, n int, args []string, worst map[string]time.Duration) (came, done bool) {
	f.t.Helper()
	run := start(f.t, args...)
	defer run.Process.Kill()
	k := rng.IntN(n)
	if what.signal != 0 {
		select {
		case <-run.over:
			return false, f.ended(run, args)
		case <-time.After(time.Duration(rng.Int64N(int64(3 * time.Second)))):
		}
	}
	at := time.Now()
	switch {
	case what.signal == 0:
	case !what.node:
		run.end()
		return true, false
	case what.slow:
		defer f.slow(k)()
	default:
		f.proc[k].Process.Signal(what.signal)
	}
	took := run.says(fmt.Sprint("node node", k+1, " at "), at)
	<-run.over
	if what.node {
		f.down(k) // the stopped one, too
	}
	if code := run.ProcessState.ExitCode(); code == exitDone || what.signal == 0 {
		return false, f.ended(run, args)
	}
	if took < 0 {
		f.t.Errorf("%s node%d: it is not named:\n%s", what.name, k+1, run.out.String())
	}
	worst[what.name] = max(worst[what.name], took)
	if took > what.within && *nodeKills > 10 {
		f.t.Errorf("%s: told after %v, expected %v", what.name, took, what.within)
	}
	return true, false
}

// slow stops node k nine tenths of the time, until it is called off.
func (f *fleet) slow(k int) (off func()) {
	p, stop, over := f.proc[k].Process, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			for _, turn := range []struct {
				signal syscall.Signal
				length time.Duration
			}{{syscall.SIGSTOP, 900 * time.Millisecond}, {syscall.SIGCONT, 100 * time.Millisecond}} {
				p.Signal(turn.signal)
				select {
				case <-stop:
					p.Signal(syscall.SIGCONT)
					return
				case <-time.After(turn.length):
				}
			}
		}
	}()
	return func() {
		close(stop)
		<-over
	}
}

// ended checks that a command came to its end well.
func (f *fleet) ended(run *process, args []string) bool {
	f.t.Helper()
	if code := run.ProcessState.ExitCode(); code != exitDone {
		f.t.Fatalf("%s: exit code %d\n%s", strings.Join(args, " "), code, run.out.String())
	}
	return true
}

// begun runs a scenario whole on this machine alone, then begins it on the two
// nodes, and returns once a file of that pattern is there.
func (f *fleet) begun(pattern string, scenario ...string) (run *process, whole, part string) {
	f.t.Helper()
	whole, part = filepath.Join(f.dir, "whole"), filepath.Join(f.dir, "part")
	if out, err := exec.Command("infomorph", append(append([]string{"run"}, scenario...), "--quiet", "--out", whole)...).CombinedOutput(); err != nil {
		f.t.Fatalf("%v\n%s", err, out)
	}
	run = start(f.t, begin(part, scenario, f.list(2))...)
	for range 1000 {
		if files, _ := filepath.Glob(pattern); len(files) > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	return run, whole, part
}

// TestFormerLife restarts a node during a run: the run ends with an error that
// names the node, and is resumed on one machine from the copies of its
// checkpoints.
func TestFormerLife(t *testing.T) {
	f := newFleet(t, 2)
	f.up(0)
	f.up(1)
	run, whole, part := f.begun(filepath.Join(f.dir, "part", "checkpoints", "parts", "*"), "associative-memory")
	defer run.Process.Kill()
	f.down(1)
	f.up(1)
	<-run.over
	if code := run.ProcessState.ExitCode(); code != exitRunFailed || !strings.Contains(run.out.String(), "node node2 at") || !strings.Contains(run.out.String(), "infomorph resume "+part+" --nodes") {
		t.Fatalf("exit code %d\n%s", code, run.out.String())
	}
	if out, err := exec.Command("infomorph", "resume", part, "--quiet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sameResults(t, whole, part)
}

// TestRestingNode stops a node for a while, again and again: the run waits for
// it, and the results do not change. Ctrl-C then ends the run with a
// checkpoint.
func TestRestingNode(t *testing.T) {
	f := newFleet(t, 2)
	f.up(0)
	f.up(1)
	whole, part := filepath.Join(f.dir, "whole"), filepath.Join(f.dir, "part")
	memory := []string{"associative-memory", "--set", "associative_memory.presentations=20"}
	if out, err := exec.Command("infomorph", append(append([]string{"run"}, memory...), "--quiet", "--out", whole)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := start(t, begin(part, memory, f.list(2))...)
	defer run.Process.Kill()
	for range 4 {
		time.Sleep(200 * time.Millisecond)
		f.proc[1].Process.Signal(syscall.SIGSTOP)
		time.Sleep(400 * time.Millisecond)
		f.proc[1].Process.Signal(syscall.SIGCONT)
	}
	run.Process.Signal(os.Interrupt)
	<-run.over
	switch code := run.ProcessState.ExitCode(); code {
	case exitInterrupted:
		if !strings.Contains(run.out.String(), "infomorph resume "+part+" --nodes") {
			t.Errorf("%s", run.out.String())
		}
		again := start(t, begin(part, memory, f.list(2))...)
		<-again.over
		f.ended(again, again.Args)
	case exitDone: // it was faster
	default:
		t.Fatalf("exit code %d\n%s", code, run.out.String())
	}
	sameResults(t, whole, part)
}

// inTime checks that a node was named within five seconds if faults are tested for
// long (make node-kills). Otherwise it only tells the time, because other tests can
// have the processors; TestPace of package remote checks it with a clock of its own.
func inTime(t *testing.T, took time.Duration) {
	t.Helper()
	t.Logf("named after %v", took)
	if took > 5*time.Second && *nodeKills > 10 {
		t.Errorf("named after %v, expected 5s", took)
	}
}

// TestSlowNode takes the processor from a node for nine tenths of the time. The
// node answers heartbeats and makes progress, but the run stops and names it. With
// more patience the run is completed with the slow node.
func TestSlowNode(t *testing.T) {
	f := newFleet(t, 2)
	f.up(0)
	f.up(1)
	whole, part := filepath.Join(f.dir, "whole"), filepath.Join(f.dir, "part")
	memory := []string{"associative-memory", "--set", "associative_memory.presentations=60"}
	if out, err := exec.Command("infomorph", append(append([]string{"run"}, memory...), "--quiet", "--out", whole)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := start(t, begin(part, memory, f.list(2))...)
	defer run.Process.Kill()
	for range 1000 {
		if entries, _ := os.ReadDir(filepath.Join(part, "checkpoints", "parts")); len(entries) > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	off, at := f.slow(1), time.Now()
	took := run.says("node node2 at", at)
	<-run.over
	off()
	text := run.out.String()
	// It is reported when it is found, and when the run has ended.
	if code := run.ProcessState.ExitCode(); code != exitRunFailed || strings.Count(text, "is slow: ") != 2 || !strings.Contains(text, "--node-patience") {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	inTime(t, took)
	off = f.slow(1)
	time.AfterFunc(4*time.Second, off)
	again := start(t, append(begin(part, memory, f.list(2)), "--node-patience", "0")...)
	<-again.over
	f.ended(again, again.Args)
	sameResults(t, whole, part)
}
