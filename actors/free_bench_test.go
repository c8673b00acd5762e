package actors

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"infomorph/internal/inboxes"
	"infomorph/neuron"
	"infomorph/neuron/sim"
)

// freeEngines run networks whose neurons have their own clocks, in addition to
// engines.
var freeEngines = []contender{
	{"free", func(net *sim.Network) (sim.Engine, error) { return NewFree(net, FreeOptions{}) }},
	{"free-recorded", newRecorded},
	{"channels", func(net *sim.Network) (sim.Engine, error) { return newChannelNet(net) }},
}

// recordedFree is a free engine that records its inboxes to a file.
type recordedFree struct {
	*Free
	file *os.File
}

func newRecorded(net *sim.Network) (sim.Engine, error) {
	file, err := os.CreateTemp("", inboxes.Name)
	if err != nil {
		return nil, err
	}
	w, err := inboxes.NewWriter(file, net.NumNeurons())
	if err != nil {
		return nil, err
	}
	e, err := NewFree(net, FreeOptions{})
	if err != nil {
		return nil, err
	}
	return &recordedFree{e, file}, e.Record(w, nil)
}

func (r *recordedFree) Close() error {
	defer os.Remove(r.file.Name())
	defer r.file.Close()
	return r.Free.Close()
}

// channelNet is a minimal implementation of the same free network with Go
// channels only: one goroutine and two channels per neuron, and the same
// credits.
type channelNet struct {
	sim.Engine
	neurons  []*channelNeuron
	channels [][]fanOut // as of a driver
	now      neuron.Time
}

type channelNeuron struct {
	neuron  *neuron.Neuron
	fanIn   fanIn
	in      chan *note // from others
	back    chan *note // its own notes that all targets have received
	targets []*channelNeuron
	credits []*note
	heard   []neuron.Event
	inputs  []neuron.Event
	out     neuron.Output
}

// note is a spike in flight.
type note struct {
	source neuron.ID
	value  float32
	back   chan *note
	left   atomic.Int32
}

func newChannelNet(net *sim.Network) (*channelNet, error) {
	opts, _ := FreeOptions{}.complete()
	c := &channelNet{channels: newDriver(net, &opts, nil, nil).channels}
	for id := range neuron.ID(net.NumNeurons()) {
		n, err := net.NewNeuron(id)
		if err != nil {
			return nil, err
		}
		a := &channelNeuron{neuron: n, fanIn: newFanIn(net, id), back: make(chan *note, opts.Credits)}
		a.in = make(chan *note, opts.Credits*len(a.fanIn.sources))
		for range opts.Credits {
			a.credits = append(a.credits, &note{source: id, back: a.back})
		}
		c.neurons = append(c.neurons, a)
	}
	for _, a := range c.neurons {
		for _, source := range a.fanIn.sources {
			c.neurons[source].targets = append(c.neurons[source].targets, a)
		}
	}
	return c, nil
}

func (c *channelNet) Now() neuron.Time { return c.now }
func (c *channelNet) Close() error     { return nil }

// Advance lets every neuron run up to until. Spikes that are not received by
// then wait in channels.
func (c *channelNet) Advance(ctx context.Context, until neuron.Time, feed sim.Feed, _ sim.Sink) error {
	for _, in := range feed.Inputs {
		for _, o := range c.channels[int(in.Source)-len(c.neurons)] {
			a := c.neurons[o.target]
			a.inputs = append(a.inputs, neuron.Event{Time: in.Time + o.delay, Value: in.Value, Slot: o.slot, Port: o.port})
		}
	}
	var living, all sync.WaitGroup
	quit := make(chan struct{})
	living.Add(len(c.neurons))
	for _, a := range c.neurons {
		all.Go(func() {
			a.live(until)
			living.Done()
			for a.listen(quit) {
			}
		})
	}
	living.Wait()
	close(quit)
	all.Wait()
	c.now = until
	return nil
}

func (a *channelNeuron) live(until neuron.Time) {
	for a.neuron.Next() < until {
		for len(a.credits) == 0 {
			a.listen(nil)
		}
		for a.listenNow() {
		}
		t := a.neuron.Next()
		for i := range a.heard {
			a.heard[i].Time = t
		}
		a.heard = append(a.heard, a.inputs...)
		a.inputs = a.inputs[:0]
		a.out.Reset()
		a.neuron.Advance(neuron.Inbox{Events: a.heard, End: t + 1}, &a.out)
		a.heard = a.heard[:0]
		for _, s := range a.out.Spikes {
			a.tell(s.Value)
		}
	}
}

func (a *channelNeuron) tell(value float32) {
	m := a.credits[len(a.credits)-1]
	a.credits = a.credits[:len(a.credits)-1]
	m.value = value
	m.left.Store(int32(len(a.targets)))
	for _, to := range a.targets {
		to.in <- m
	}
}

// listen waits for one message; false: quit.
func (a *channelNeuron) listen(quit chan struct{}) bool {
	select {
	case m := <-a.in:
		a.hear(m)
	case m := <-a.back:
		a.credits = append(a.credits, m)
	case <-quit:
		return false
	}
	return true
}

// listenNow receives a message if there is one.
func (a *channelNeuron) listenNow() bool {
	select {
	case m := <-a.in:
		a.hear(m)
	case m := <-a.back:
		a.credits = append(a.credits, m)
	default:
		return false
	}
	return true
}

func (a *channelNeuron) hear(m *note) {
	for _, y := range a.fanIn.of(m.source) {
		a.heard = append(a.heard, neuron.Event{Value: m.value, Slot: y.slot, Port: y.port})
	}
	if m.left.Add(-1) == 0 {
		m.back <- m
	}
}

// presentFree presents a random pattern to a memory of neurons with their own
// clocks, for ten mean intervals.
func presentFree(b *testing.B, e sim.Engine, n int, rng *rand.Rand) {
	now := e.Now()
	var f sim.Feed
	for i := range n {
		f.Inputs = append(f.Inputs, neuron.Spike{Time: now, Source: neuron.ID(n + i), Value: float32(2*rng.IntN(2) - 1)})
	}
	if err := e.Advance(b.Context(), now+10*freeInterval, f, sim.Discard{}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFree is the associative memory of neurons with their own clocks, all
// to all: in lockstep, free, free and recorded, and free on raw Go channels.
func BenchmarkFree(b *testing.B) {
	for _, n := range []int{100, 400} {
		compare(b, fmt.Sprint("N=", n), slices.Concat(engines, freeEngines), freeMemory(b, n, 1), 10*n, 10*n*n, func(e sim.Engine) func() {
			rng := rand.New(rand.NewPCG(1, 2))
			return func() { presentFree(b, e, n, rng) }
		})
	}
}

// BenchmarkRecording runs the same network alternately with and without a
// recording, and reports the share of processor time that the recording takes.
func BenchmarkRecording(b *testing.B) {
	for _, n := range []int{100, 400} {
		b.Run(fmt.Sprintf("N=%d", n), func(b *testing.B) {
			net := freeMemory(b, n, 1)
			var spent [2]float64
			var all [2]sim.Engine
			var rng [2]*rand.Rand
			for k, e := range freeEngines[:2] {
				e, err := e.make(net)
				if err != nil {
					b.Fatal(err)
				}
				defer e.Close()
				all[k], rng[k] = e, rand.New(rand.NewPCG(1, 2))
				presentFree(b, e, n, rng[k])
			}
			for b.Loop() {
				for k, e := range all {
					before := cpuTime()
					presentFree(b, e, n, rng[k])
					spent[k] += (cpuTime() - before).Seconds()
				}
			}
			b.ReportMetric(100*(spent[1]-spent[0])/spent[1], "recording-%")
			b.ReportMetric(spent[0]/float64(b.N)*1e6, "plain-cpu-µs/op")
			b.ReportMetric(spent[1]/float64(b.N)*1e6, "recorded-cpu-µs/op")
		})
	}
}
