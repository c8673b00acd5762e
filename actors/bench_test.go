package actors

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"infomorph/neuron"
	"infomorph/neuron/sim"
	"infomorph/neuron/sim/simtest"
	"infomorph/pid"
	"infomorph/topology"
)

// contender is an engine in a benchmark.
type contender struct {
	name string
	make simtest.Maker
}

// engines are compared in every benchmark; the first is the reference.
var engines = []contender{
	{"sequential", simtest.Sequential},
	{"population", engine(Options{Mode: Population})},
	{"neurons", engine(Options{Mode: Neurons})},
}

// cpuTime returns the processor time of this process. Wall time would not show
// the cost of a second core.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure reports processor time per epoch, and rates per second of processor
// time.
func measure(b *testing.B, updates, synaptic int, epoch func()) {
	epoch()
	before := cpuTime()
	for b.Loop() {
		epoch()
	}
	cpu := (cpuTime() - before).Seconds()
	b.ReportMetric(cpu/float64(b.N)*1e6, "cpu-µs/op")
	b.ReportMetric(float64(updates)*float64(b.N)/cpu/1e6, "Mupdates/cpu-s")
	b.ReportMetric(float64(synaptic)*float64(b.N)/cpu/1e6, "Mevents/cpu-s")
}

// compare measures the engines on a network. begin returns the function to
// measure; updates and synaptic are its numbers of updates and synaptic events.
func compare(b *testing.B, what string, all []contender, net *sim.Network, updates, synaptic int, begin func(sim.Engine) func()) {
	for _, c := range all {
		b.Run(what+"/"+c.name, func(b *testing.B) {
			e, err := c.make(net)
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			measure(b, updates, synaptic, begin(e))
		})
	}
}

// BenchmarkMemory is the associative memory: N neurons, all to all. Every
// neuron fires, and learns a millisecond later.
func BenchmarkMemory(b *testing.B) {
	for _, n := range []int{100, 1000} {
		compare(b, fmt.Sprint("N=", n), engines, memory(b, n), 2*n, n*n, func(e sim.Engine) func() {
			rng := rand.New(rand.NewPCG(1, 2))
			return func() { present(b, e, n, rng) }
		})
	}
}

// present presents a random pattern to the memory: two updates per neuron, one
// of them learning.
func present(b *testing.B, e sim.Engine, n int, rng *rand.Rand) {
	now, ms := e.Now(), neuron.Millisecond
	var f sim.Feed
	for i := range n {
		f.Inputs = append(f.Inputs, neuron.Spike{Time: now, Source: neuron.ID(n + i), Value: float32(2*rng.IntN(2) - 1)})
	}
	f.Signals = []neuron.Signal{
		{Time: now + ms, Kind: neuron.Tick, Flags: neuron.Fire, Last: neuron.ID(n)},
		{Time: now + 2*ms, Kind: neuron.Tick, Flags: neuron.Learn, Last: neuron.ID(n)},
	}
	if err := e.Advance(b.Context(), now+3*ms, f, sim.Discard{}); err != nil {
		b.Fatal(err)
	}
}

// memorising returns the configuration of the neurons of a memory.
func memorising(b testing.TB) *neuron.Config {
	g, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		b.Fatal(err)
	}
	cfg := &neuron.Config{
		Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Dynamics: neuron.Teacher, Goal: g,
		Window: 64, Plastic: true, Prior: neuron.Prior{Mass: 2, Sigma: 2}, Belief: neuron.DefaultBelief(),
	}
	cfg.Ports[0] = neuron.PortConfig{Bins: pid.Bins{Lo: -1, Hi: 1, N: 2}}
	cfg.Ports[1] = neuron.PortConfig{Bins: pid.Bins{Lo: -20, Hi: 20, N: 60}, Rule: neuron.GoalGradient, Rate: neuron.Constant(5)}
	return cfg
}

func memory(b *testing.B, n int) *sim.Network {
	return construct(b, memorising(b), topology.Network{
		Populations: []topology.Population{{Name: "m", Size: n}}, Channels: []topology.Population{{Name: "in", Size: n}},
		Projections: []topology.Projection{
			{From: "in", To: "m", Port: 0, Rule: topology.Rule{Name: "one_to_one"}, Weights: topology.Constant(2.3)},
			{From: "m", To: "m", Port: 1, Rule: topology.Rule{Name: "all_to_all"}, Weights: topology.Uniform(-0.0001, 0.0001)},
		},
	})
}

func construct(b testing.TB, cfg *neuron.Config, d topology.Network) *sim.Network {
	g, err := topology.Build(&d, 1)
	if err != nil {
		b.Fatal(err)
	}
	net := &sim.Network{Graph: g, Config: func(neuron.ID) *neuron.Config { return cfg }, Seed: 1}
	if err := net.Prepare(); err != nil {
		b.Fatal(err)
	}
	return net
}

// BenchmarkSpiking is a synthetic workload without learning: 1000 neurons with
// a fan-out of 80 and delays of 1 ms. They update every millisecond with
// scattered phases and fire each time. It is run in lockstep, free, and on raw
// channels.
func BenchmarkSpiking(b *testing.B) {
	const n, fan = 1000, 80
	for _, rate := range []int{1, 10} {
		updates := n * 10 / rate
		net := spiking(b, n, fan, neuron.Time(rate)*neuron.Millisecond)
		compare(b, fmt.Sprintf("every=%dms", rate), slices.Concat(engines, freeEngines), net, updates, updates*fan, func(e sim.Engine) func() {
			return func() {
				if err := e.Advance(b.Context(), e.Now()+10*neuron.Millisecond, sim.Feed{}, sim.Discard{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func spiking(b *testing.B, n, fan int, interval neuron.Time) *sim.Network {
	g, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		b.Fatal(err)
	}
	cfg := &neuron.Config{
		Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Goal: g, Window: 1,
		Clock: neuron.Clock{Kind: neuron.Periodic, Interval: interval, Scatter: true},
	}
	for p := range 2 {
		cfg.Ports[p].Bins = pid.Bins{Lo: -1, Hi: 1, N: 2}
	}
	return construct(b, cfg, topology.Network{
		Populations: []topology.Population{{Name: "m", Size: n}},
		Projections: []topology.Projection{{
			From: "m", To: "m", Port: 1, Weights: topology.Uniform(-0.1, 0.1), Delays: topology.Constant(float64(neuron.Millisecond)),
			Rule: topology.Rule{Name: "fixed_outdegree", Outdegree: fan},
		}},
	})
}
