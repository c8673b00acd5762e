package actors

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
	"infomorph/pid"
	"infomorph/topology"
)

// BenchmarkDelivery is spiking with a fan-in of 100. Every neuron updates every
// 10 ms at its own time: with one event per synapse and spike, and with inputs
// shown at updates. Delays are equal, or different for each synapse; neurons
// learn, or do not. For other sizes, set INFOMORPH_BENCH_N=100000,1000000.
func BenchmarkDelivery(b *testing.B) {
	ways := []contender{{"events", simtest.Sequential}, {"shown", simtest.Delivered(sim.Chosen)}, engines[1], engines[2]}
	for _, n := range benchSizes(b) {
		for _, delay := range []string{"equal", "own"} {
			for _, learns := range []bool{false, true} {
				if delay == "own" && learns {
					continue
				}
				name := fmt.Sprintf("N=%d/delays=%s/learn=%v", n, delay, learns)
				net := sparse(b, n, delay, learns)
				compare(b, name, ways, net, n, 100*n, func(e sim.Engine) func() {
					return func() { tenMilliseconds(b, e) }
				})
			}
		}
	}
}

// BenchmarkShards compares the network of BenchmarkDelivery in one shard with as many
// shards as there are processors. "speed-up" is the ratio of their wall times. "limit" is
// the same for networks with one shard each, one on each processor, that together have as
// many neurons and never wait for each other: it shows what processors lose to each other
// because they share caches, memory and power. The three take turns, and the figures are
// medians, so that they suffer little from what else the machine does.
func BenchmarkShards(b *testing.B) {
	processors := runtime.GOMAXPROCS(0)
	one := Options{Mode: Population, Shards: 1}
	for _, n := range benchSizes(b) {
		for _, learns := range []bool{false, true} {
			b.Run(fmt.Sprintf("N=%d/learn=%v", n, learns), func(b *testing.B) {
				whole, part := sparse(b, n, "equal", learns), sparse(b, n/processors, "equal", learns)
				single, shards := together(b, one, whole, 1), together(b, Options{Mode: Population}, whole, 1)
				apart := together(b, one, part, processors)
				var wall, gain, limit []float64
				for b.Loop() {
					t, u, v := single(), shards(), apart()
					wall, gain, limit = append(wall, u.Seconds()*1e3), append(gain, float64(t)/float64(u)), append(limit, float64(t)/float64(v))
				}
				b.ReportMetric(middle(wall), "ms/10ms")
				b.ReportMetric(middle(gain), "speed-up")
				b.ReportMetric(middle(limit), "limit")
			})
		}
	}
}

// together returns a function that runs ten milliseconds of engines side by side, and
// returns how long they took.
func together(b *testing.B, opts Options, net *sim.Network, engines int) func() time.Duration {
	all := make([]sim.Engine, engines)
	for i := range all {
		e, err := New(net, opts)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { e.Close() })
		all[i] = e
	}
	run := func() time.Duration {
		began := time.Now()
		var group sync.WaitGroup
		for _, e := range all {
			group.Go(func() { tenMilliseconds(b, e) })
		}
		group.Wait()
		return time.Since(began)
	}
	run()
	return run
}

// middle returns the median.
func middle(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// tenMilliseconds runs ten milliseconds, in which each neuron updates once.
func tenMilliseconds(b *testing.B, e sim.Engine) {
	if err := e.Advance(b.Context(), e.Now()+10*neuron.Millisecond, sim.Feed{}, sim.Discard{}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPresentation is a sparse memory: all neurons, with fan-in 100, fire
// at once, and learn after the spikes have arrived.
func BenchmarkPresentation(b *testing.B) {
	for _, n := range benchSizes(b) {
		net := presented(b, n)
		compare(b, fmt.Sprintf("N=%d", n), []contender{{"events", simtest.Sequential}, {"shown", simtest.Delivered(sim.Chosen)}, engines[1]}, net, 2*n, 100*n,
			func(e sim.Engine) func() {
				rng := rand.New(rand.NewPCG(1, 2))
				return func() { present(b, e, n, rng) }
			})
	}
}

// presented returns a random network of fan-in 100 with a channel for each
// neuron.
func presented(b testing.TB, n int) *sim.Network {
	return construct(b, memorising(b), topology.Network{
		Populations: []topology.Population{{Name: "m", Size: n}}, Channels: []topology.Population{{Name: "in", Size: n}},
		Projections: []topology.Projection{
			{From: "in", To: "m", Port: 0, Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2.3)},
			{From: "m", To: "m", Port: 1, Rule: topology.Rule{Name: "fixed_indegree", Indegree: 100}, Weights: topology.Uniform(-0.0001, 0.0001)},
		},
	})
}

// sparse returns a random network of fan-in 100.
func sparse(b testing.TB, n int, delay string, learns bool) *sim.Network {
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		b.Fatal(err)
	}
	cfg := &neuron.Config{
		Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Goal: goal, Window: 64, Plastic: learns,
		Clock: neuron.Clock{Kind: neuron.Periodic, Interval: 10 * neuron.Millisecond, Scatter: true},
		Prior: neuron.Prior{Mass: 2, Sigma: 2},
	}
	cfg.Ports[0] = neuron.PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	cfg.Ports[1] = neuron.PortConfig{Bins: pid.Bins{Lo: -20, Hi: 20, N: 60}}
	if learns {
		cfg.Ports[1].Rule, cfg.Ports[1].Rate = neuron.GoalGradient, neuron.Constant(5)
	}
	delays := topology.Constant(1500)
	if delay == "own" {
		delays = topology.Uniform(1500, 6000)
	}
	return construct(b, cfg, topology.Network{
		Populations: []topology.Population{{Name: "m", Size: n}},
		Projections: []topology.Projection{{
			From: "m", To: "m", Port: 1, Weights: topology.Uniform(-0.1, 0.1), Delays: delays,
			Rule: topology.Rule{Name: "fixed_indegree", Indegree: 100},
		}},
	})
}

// benchSizes returns the sizes of networks to measure.
func benchSizes(b *testing.B) []int {
	sizes := []int{1000, 10_000}
	if more := os.Getenv("INFOMORPH_BENCH_N"); more != "" {
		sizes = nil
		for _, s := range strings.Split(more, ",") {
			n, err := strconv.Atoi(s)
			if err != nil {
				b.Fatal(err)
			}
			sizes = append(sizes, n)
		}
	}
	return sizes
}

// BenchmarkBrian measures the same static network in Brian2's C++, and one of neurons that
// decay and draw in each time step, if Debian's python3-brian is installed.
func BenchmarkBrian(b *testing.B) {
	const python = "/usr/bin/python3" // Debian's Python, even if another one comes first in the path
	if exec.Command(python, "-c", "import brian2").Run() != nil {
		b.Skip("Brian2 is not installed: apt-get install python3-brian")
	}
	for _, n := range benchSizes(b) {
		for _, form := range []string{"periodic", "continuous"} {
			b.Run(fmt.Sprintf("N=%d/%s", n, form), func(b *testing.B) {
				out, err := exec.Command(python, "testdata/brian_spiking.py", strconv.Itoa(n), "50", form).CombinedOutput()
				if err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				lines := strings.Fields(string(out))
				events, err := strconv.ParseFloat(lines[len(lines)-1], 64)
				if err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				b.ReportMetric(events/1e6, "Mevents/s")
			})
		}
	}
}
