package neuron

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

var fanIns = []int{10, 100, 1000}

// benchNeuron returns the weights of the associative memory, and contexts for
// all synapses that are used in turn.
func benchNeuron(fanIn int) (w [NumPorts][]float64, contexts [][]Event) {
	rnd := rand.New(rand.NewPCG(1, uint64(fanIn)))
	w = wires(2.3)
	for range fanIn {
		w[Contextual] = append(w[Contextual], 0.1*rnd.NormFloat64())
	}
	for range 64 {
		var events []Event
		for i := range fanIn {
			events = append(events, Event{Port: Contextual, Slot: int32(i), Value: float32(2*rnd.IntN(2) - 1)})
		}
		contexts = append(contexts, append([]Event{{Value: float32(2*rnd.IntN(2) - 1)}}, events...))
	}
	return w, contexts
}

// BenchmarkUpdate is one update of the associative memory's neuron:
//
//	learn  evaluate, fire, add a sample to the window, one learning step
//	epoch  the same after fan-in context spikes
//	fire   evaluate and fire only, after fan-in context spikes
//	naive  epoch with the test's plain neuron, which recomputes all masses of its window
func BenchmarkUpdate(b *testing.B) {
	for _, fanIn := range fanIns {
		w, contexts := benchNeuron(fanIn)
		run := func(name string, flags Flags, spikes bool) {
			b.Run(fmt.Sprintf("%s/fan-in=%d", name, fanIn), func(b *testing.B) {
				n := mustNew(b, 0, memoryConfig(b), cloneWeights(w))
				signals := []Signal{{Flags: flags, Last: 1}}
				var out Output
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					in := Inbox{Signals: signals, End: 1}
					if spikes || i < 64 {
						in.Events = contexts[i&63]
					}
					out.Reset()
					n.Advance(in, &out)
				}
			})
		}
		run("learn", Fire|Learn, false)
		run("epoch", Fire|Learn, true)
		run("fire", Fire, true)
		b.Run(fmt.Sprintf("naive/fan-in=%d", fanIn), func(b *testing.B) {
			tw := newTwin(0, memoryConfig(b), 1, w)
			for i := 0; b.Loop(); i++ {
				tw.advance(Inbox{Events: contexts[i&63], Signals: []Signal{{Flags: Fire | Learn, Last: 1}}, End: 1})
				tw.history = tw.history[max(0, len(tw.history)-tw.cfg.Window):]
			}
		})
	}
}

// BenchmarkUsual is an epoch of each of the usual neurons, with 100 synapses
// per port, all of which get a spike.
func BenchmarkUsual(b *testing.B) {
	configs := usualConfigs(b)
	for _, name := range []string{"memory", "asynchronous", "features", "digits", "hidden", "belief"} {
		cfg := configs[name]
		b.Run(name, func(b *testing.B) {
			rnd := rand.New(rand.NewPCG(2, 2))
			var weights [NumPorts][]float64
			var events []Event
			for p := range cfg.Sources {
				for i := range 100 {
					weights[p] = append(weights[p], 0.1*rnd.NormFloat64())
					events = append(events, Event{Port: Port(p), Slot: int32(i)})
				}
			}
			values := make([]float32, 4096)
			for i := range values {
				values[i] = float32(2*rnd.IntN(2) - 1)
			}
			n := mustNew(b, 0, cfg, weights)
			var out Output
			signals, now := []Signal{{Flags: Fire | Learn, Last: 1}}, Time(0)
			b.ReportAllocs()
			for b.Loop() {
				for i := range events {
					events[i].Time, events[i].Value = now, values[(int(now)+i*i)&4095]
				}
				signals[0].Time = now
				out.Reset()
				n.Advance(Inbox{Events: events, Signals: signals, End: now + 1}, &out)
				now++
			}
		})
	}
}
