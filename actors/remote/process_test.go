//go:build linux

package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"infomorph/actors"
	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
	"infomorph/pid"
	"infomorph/topology"
)

// nodeAt turns the test binary into a node at an address. Benchmarks need it to
// count the processor time of whole processes.
const nodeAt = "INFOMORPH_TEST_NODE"

func TestMain(m *testing.M) {
	if at := os.Getenv(nodeAt); at != "" {
		serveBench(at)
		return
	}
	os.Exit(m.Run())
}

// serveBench runs a node until standard input ends.
func serveBench(at string) {
	n, err := StartNode(NodeOptions{Listen: at, Dir: os.TempDir(), Shards: shardsOf(), Version: "bench", Build: func(spec []byte) (*sim.Network, error) {
		if len(spec) == 8 {
			return world(spec)
		}
		return benchNetwork(spec)
	}})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println(n.Address())
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// shardsOf returns two shards if the race detector is used, otherwise the one
// shard of the benchmarks.
func shardsOf() int {
	if raced {
		return 2
	}
	return 1
}

// benchSpec describes a network for benchmarks: n neurons that learn or do not,
// and that update all at once or each at its own time.
func benchSpec(n int, learning, scattered bool) []byte {
	w := &writer{b: binary.LittleEndian.AppendUint32(nil, uint32(n))}
	w.flag(learning)
	w.flag(scattered)
	return w.b
}

// benchNetwork is a random network of fan-in 100. Every neuron updates every 10
// ms, fires each time and, if learning is on, learns.
func benchNetwork(spec []byte) (*sim.Network, error) {
	n, learning, scattered := int(binary.LittleEndian.Uint32(spec)), spec[4] == 1, spec[5] == 1
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		return nil, err
	}
	cfg := &neuron.Config{
		Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Dynamics: neuron.Sampled, Goal: goal, Tell: neuron.TellAlways,
		Clock:  neuron.Clock{Kind: neuron.Periodic, Interval: 10 * neuron.Millisecond, Scatter: scattered},
		Window: 64, Plastic: learning, Prior: neuron.Prior{Mass: 2, Sigma: 2}, Belief: neuron.DefaultBelief(),
	}
	cfg.Ports[0] = neuron.PortConfig{Bins: pid.Bins{Lo: -5, Hi: 5, N: 10}}
	cfg.Ports[1] = neuron.PortConfig{Bins: pid.Bins{Lo: -20, Hi: 20, N: 20}, Rule: neuron.GoalGradient, Rate: neuron.Constant(1)}
	g, err := topology.Build(&topology.Network{
		Populations: []topology.Population{{Name: "p", Size: n}},
		Projections: []topology.Projection{{
			Name: "c", From: "p", To: "p", Port: 1, Rule: topology.Rule{Name: "fixed_indegree", Indegree: 100},
			Weights: topology.Normal(0, 0.1), Delays: topology.Constant(float64(neuron.Millisecond)),
		}},
	}, 1)
	if err != nil {
		return nil, err
	}
	net := &sim.Network{Graph: g, Config: func(neuron.ID) *neuron.Config { return cfg }, Seed: 1}
	return net, net.Prepare()
}

// child is a node in its own process.
type child struct {
	*exec.Cmd
	address string
}

func spawnChild(b testing.TB) *child {
	b.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), nodeAt+"=127.0.0.1:0")
	in, err1 := c.StdinPipe()
	out, err2 := c.StdoutPipe()
	if err1 != nil || err2 != nil || c.Start() != nil {
		b.Fatal(err1, err2)
	}
	b.Cleanup(func() { in.Close(); c.Wait() })
	line := make([]byte, 100)
	n, err := out.Read(line)
	if err != nil {
		b.Fatal(err)
	}
	return &child{c, strings.TrimSpace(string(line[:n]))}
}

// cpu returns the processor time that a process has used.
func (c *child) cpu(b *testing.B) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	var user, system int64
	f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+2:]))
	fmt.Sscan(f[11], &user)
	fmt.Sscan(f[12], &system)
	return time.Duration(user+system) * 10 * time.Millisecond // a tick is 10 ms on Linux
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory returns the present and the peak memory of a process [bytes].
func (c *child) memory(b testing.TB) (now, peak float64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var kb float64
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			fmt.Sscan(rest, &kb)
			now = kb * 1024
		} else if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Sscan(rest, &kb)
			peak = kb * 1024
		}
	}
	return now, peak
}

// benchEngine returns an engine on the given number of nodes, each in its own
// process.
func benchEngine(b testing.TB, net *sim.Network, spec []byte, nodes int) (*Engine, []*child) {
	b.Helper()
	var all []*child
	var peers []Peer
	for k := range nodes {
		all = append(all, spawnChild(b))
		peers = append(peers, Peer{Name: fmt.Sprint("node", k+1), Address: all[k].address})
	}
	e, err := New(net, Options{Nodes: peers, Listen: "127.0.0.1:0", Spec: spec, Version: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	return e, all
}

// BenchmarkMemory measures the memory of a node with a network of 100,000
// learning neurons, and the peak while it was made.
func BenchmarkMemory(b *testing.B) {
	spec := benchSpec(100_000, true, false)
	net, err := benchNetwork(spec)
	if err != nil {
		b.Fatal(err)
	}
	for _, nodes := range []int{1, 2, 4} {
		b.Run(fmt.Sprint("nodes=", nodes), func(b *testing.B) {
			e, all := benchEngine(b, net, spec, nodes)
			for b.Loop() {
				if err := e.Advance(b.Context(), e.Now()+10*neuron.Millisecond, sim.Feed{}, sim.Discard{}); err != nil {
					b.Fatal(err)
				}
			}
			now, peak := all[0].memory(b)
			b.ReportMetric(now/1e6, "MB/node")
			b.ReportMetric(peak/1e6, "peak-MB/node")
		})
	}
}

// BenchmarkScattered measures the data sent if every neuron updates at its own
// time.
func BenchmarkScattered(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint("N=", n), func(b *testing.B) {
			spec := benchSpec(n, false, true)
			net, err := benchNetwork(spec)
			if err != nil {
				b.Fatal(err)
			}
			e, _ := benchEngine(b, net, spec, 2)
			for b.Loop() {
				if err := e.Advance(b.Context(), e.Now()+10*neuron.Millisecond, sim.Feed{}, sim.Discard{}); err != nil {
					b.Fatal(err)
				}
			}
			for _, s := range e.Stats()[:1] {
				b.ReportMetric(float64(s.Received)/float64(s.Spikes), "bytes/spike")
				b.ReportMetric(float64(s.Sent)/float64(s.Epochs), "bytes-to-it/epoch")
				b.ReportMetric(float64(s.Received)/float64(s.Epochs), "bytes-from-it/epoch")
			}
		})
	}
}

// BenchmarkDistribution compares two nodes, each in its own process, and their
// coordinator with two shards in one process: the same network, updates and
// bytes. cost is the ratio of their processor times.
func BenchmarkDistribution(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		for _, learning := range []bool{false, true} {
			b.Run(fmt.Sprintf("N=%d/learning=%v", n, learning), func(b *testing.B) { distribution(b, n, learning) })
		}
	}
}

func distribution(b *testing.B, n int, learning bool) {
	net, err := benchNetwork(benchSpec(n, learning, false))
	if err != nil {
		b.Fatal(err)
	}
	one, err := actors.New(net, actors.Options{Mode: actors.Population, Shards: 2})
	if err != nil {
		b.Fatal(err)
	}
	defer one.Close()
	two, nodes := benchEngine(b, net, benchSpec(n, learning, false), 2)
	here := ownCPU
	all := func() time.Duration { return ownCPU() + nodes[0].cpu(b) + nodes[1].cpu(b) }
	update := func(e sim.Engine) {
		if err := e.Advance(b.Context(), e.Now()+10*neuron.Millisecond, sim.Feed{}, sim.Discard{}); err != nil {
			b.Fatal(err)
		}
	}
	for range 3 {
		update(one)
		update(two)
	}
	var local, spread time.Duration
	before := two.Stats()
	count := 0
	for b.Loop() {
		at := here()
		update(one)
		local += here() - at
		at = all()
		update(two)
		spread += all() - at
		count++
	}
	after := two.Stats()
	b.ReportMetric(local.Seconds()/float64(count)*1e3, "cpu-ms/update-one-process")
	b.ReportMetric(spread.Seconds()/float64(count)*1e3, "cpu-ms/update-two-nodes")
	b.ReportMetric(spread.Seconds()/local.Seconds(), "cost")
	b.ReportMetric(float64(after[0].Sent-before[0].Sent+after[0].Received-before[0].Received)/float64(count)*8/float64(n), "bits/neuron/update")
	if x, y := mustHash(b, one), mustHash(b, two); x != y {
		b.Errorf("%x, then %x", x, y)
	}
}

func mustHash(b *testing.B, e sim.Engine) [32]byte {
	h, err := sim.Hash(e)
	if err != nil {
		b.Fatal(err)
	}
	return h
}

// BenchmarkWire measures a transfer: bytes to a node in another process, and
// its answer. 125 kB are one bit from each of a million neurons.
func BenchmarkWire(b *testing.B) {
	spec := benchSpec(1000, false, false)
	net, err := benchNetwork(spec)
	if err != nil {
		b.Fatal(err)
	}
	e, nodes := benchEngine(b, net, spec, 1)
	node := nodes[0]
	for _, size := range []int{100, 125_000, 1_000_000} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			data := make([]byte, size)
			at := ownCPU() + node.cpu(b)
			for b.Loop() {
				if err := e.upload(func(int) []byte { return data }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric((ownCPU()+node.cpu(b)-at).Seconds()/float64(b.N)*1e6, "cpu-µs/op")
		})
	}
}

// TestProcesses runs a world on nodes in their own processes.
func TestProcesses(t *testing.T) {
	w, want := where(t, 4)
	peers := []Peer{{Name: "a", Address: spawnChild(t).address}, {Name: "b", Address: spawnChild(t).address}}
	e, err := New(w.Net, Options{Nodes: peers, Listen: "127.0.0.1:0", Spec: binary.LittleEndian.AppendUint64(nil, 4), Version: "bench", Copies: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r := simtest.NewRecorder()
	if err := e.Advance(t.Context(), w.End/2, w.Cut(0, w.End/2), r); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	list, err := e.SaveParts(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Advance(t.Context(), w.End, w.Cut(w.End/2, w.End), sim.Discard{}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Report(sim.Everyone(w.Net), neuron.WantWeights|neuron.WantAtoms); err != nil {
		t.Fatal(err)
	}
	if err := e.RestoreParts(list, folder, false); err != nil {
		t.Fatal(err)
	}
	finish(t, w, r, e, want)
}

// aloneAs says that a test runs alone, in its own process.
const aloneAs = "INFOMORPH_TEST_ALONE"

// TestCloseStopsEverything closes an engine and a node, and checks that nothing still
// runs. It uses its own process, because Proto.Actor still tries for a while to
// reconnect to the dead nodes of other tests.
func TestCloseStopsEverything(t *testing.T) {
	if os.Getenv(aloneAs) == "" {
		c := exec.Command(os.Args[0], "-test.run=^TestCloseStopsEverything$", "-test.v")
		c.Env = append(os.Environ(), aloneAs+"=1")
		out, err := c.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestCloseStopsEverything") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	before := goleak.IgnoreCurrent()
	n, err := StartNode(NodeOptions{Listen: "127.0.0.1:0", Dir: t.TempDir(), Build: world, Version: "test", Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	w, want := where(t, 4)
	e := engineOn(t, w, []Peer{{Name: "a", Address: n.Address()}}, false)
	finish(t, w, simtest.NewRecorder(), e, want)
	if err := errors.Join(e.Close(), e.Close(), n.Close()); err != nil {
		t.Error(err)
	}
	if _, err := e.State(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// TestScatteredSpikes bounds the bytes per spike if neurons update at their own
// times: the time and the neuron must be encoded.
func TestScatteredSpikes(t *testing.T) {
	for n, most := range map[int]float64{1000: 4.3, 10_000: 3.9} {
		spec := benchSpec(n, false, true)
		net, err := benchNetwork(spec)
		if err != nil {
			t.Fatal(err)
		}
		peers := cluster(t, 2, func(_ int, o *NodeOptions) { o.Build = benchNetwork })
		e, err := New(net, Options{Nodes: peers, Listen: "127.0.0.1:0", Spec: spec, Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Advance(t.Context(), 50*neuron.Millisecond, sim.Feed{}, sim.Discard{}); err != nil {
			t.Fatal(err)
		}
		for _, s := range e.Stats() {
			if each := float64(s.Received) / float64(s.Spikes); each > most {
				t.Errorf("%d neurons: %.2f bytes a spike, expected at most %.1f", n, each, most)
			}
		}
		e.Close()
	}
}
