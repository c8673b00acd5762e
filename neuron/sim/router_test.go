package sim

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/topology"
)

// tiny returns a network of n neurons and n channels with random synapses and
// delays from shortest to longest µs.
func tiny(t testing.TB, n int, shortest, longest int, noise Noise) *Network {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(n), uint64(longest)))
	var synapses []topology.Synapse
	for to := range n {
		for from := range 2 * n {
			if rng.IntN(2) == 0 {
				synapses = append(synapses, topology.Synapse{
					Source: neuron.ID(from), Target: neuron.ID(to), Weight: float32(rng.NormFloat64()),
					Delay: int32(shortest + rng.IntN(longest-shortest+1)), Port: neuron.Port(rng.IntN(2)),
				})
			}
		}
	}
	slices.SortStableFunc(synapses, func(a, b topology.Synapse) int { return cmp.Compare(a.Target, b.Target) })
	for i := range synapses {
		synapses[i].Projection = int16(synapses[i].Port)
	}
	g, err := topology.FromSynapses([]topology.Population{{Name: "p", Size: n}}, []topology.Population{{Name: "c", Size: n}},
		[]topology.Link{{Name: "a", Port: 0}, {Name: "b", Port: 1}}, synapses)
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t)
	net := &Network{Graph: g, Config: func(neuron.ID) *neuron.Config { return cfg }, Seed: 1}
	if !noise.Zero() {
		net.Noise = []Noise{noise, noise}
	}
	if err := net.Prepare(); err != nil {
		t.Fatal(err)
	}
	return net
}

func testConfig(t testing.TB) *neuron.Config {
	goal, err := pid.NewGoal(2, map[string]float64{"red": 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &neuron.Config{Sources: 2, Activation: neuron.DefaultActivation(neuron.Sum), Goal: goal, Window: 8, Plastic: true}
	for p := range 2 {
		cfg.Ports[p] = neuron.PortConfig{Bins: pid.Bins{Lo: -3, Hi: 3, N: 4}, Rule: neuron.GoalGradient, Rate: neuron.Constant(0.1)}
	}
	return cfg
}

// naive is the router as a list of all events, sorted and searched.
type naive struct {
	net    *Network
	events [][]neuron.Event // by target
}

func (v *naive) deliver(spikes []neuron.Spike) {
	for _, s := range spikes {
		for id := range v.net.NumNeurons() {
			in := v.net.Incoming(neuron.ID(id))
			slot := [neuron.NumPorts]int32{}
			for k, source := range in.Source {
				if source == s.Source {
					v.events[id] = append(v.events[id], neuron.Event{
						Time: s.Time + neuron.Time(in.Delay[k]), Value: s.Value, Slot: slot[in.Port[k]], Port: in.Port[k],
					})
				}
				slot[in.Port[k]]++
			}
		}
	}
}

// take removes the events of a neuron before end and returns them in order.
func (v *naive) take(id int, end neuron.Time) (due []neuron.Event) {
	var rest []neuron.Event
	for _, e := range v.events[id] {
		if e.Time < end {
			due = append(due, e)
		} else {
			rest = append(rest, e)
		}
	}
	v.events[id] = rest
	slices.SortStableFunc(due, neuron.Event.Compare)
	return due
}

func randomSpikes(rng *rand.Rand, first, last int, from, to neuron.Time) []neuron.Spike {
	var spikes []neuron.Spike
	for range rng.IntN(3 * (last - first)) {
		spikes = append(spikes, neuron.Spike{
			Time: from + neuron.Time(rng.Int64N(int64(to-from))), Source: neuron.ID(first + rng.IntN(last-first)), Value: float32(rng.NormFloat64()),
		})
	}
	slices.SortStableFunc(spikes, neuron.Spike.Compare)
	return spikes
}

// TestRouterAgainstTwin compares inboxes with those of naive for random spikes,
// with divided and skipped epochs, for equal and different delays, with one
// router and with two that share the neurons.
func TestRouterAgainstTwin(t *testing.T) {
	for _, d := range []struct{ shortest, longest int }{{5, 5}, {1, 1}, {1, 40}, {7, 100}, {3000, 9000}} {
		n := 9
		net := tiny(t, n, d.shortest, d.longest, Noise{})
		routers := []*Router{net.newRouter(0, 4, nil), net.newRouter(4, neuron.ID(n), nil)}
		twin := &naive{net: net, events: make([][]neuron.Event, n)}
		rng := rand.New(rand.NewPCG(3, 4))
		width, now := net.Width(), neuron.Time(0)
		for range 300 {
			epoch := int64(now / width)
			end := min(neuron.Time(epoch+1)*width, now+1+neuron.Time(rng.Int64N(int64(2*width))))
			for _, r := range routers {
				r.Open(epoch, end)
			}
			for id := range n {
				r, i := routers[0], id
				if id >= 4 {
					r, i = routers[1], id-4
				}
				want := twin.take(id, end)
				if got := r.Events(i); !slices.Equal(got, want) {
					t.Fatalf("delays %v, [%v, %v): neuron %d is handed %v, want %v", d, now, end, id, got, want)
				}
				if r.Due(i, end) != (len(want) > 0) {
					t.Fatalf("delays %v at %v: neuron %d due %v", d, now, id, r.Due(i, end))
				}
			}
			spikes, inputs := randomSpikes(rng, 0, n, now, end), randomSpikes(rng, n, 2*n, now, end)
			for _, r := range routers {
				r.Deliver(inputs, spikes)
			}
			twin.deliver(inputs)
			twin.deliver(spikes)
			now = end
			checkNext(t, routers, twin, now)
		}
	}
}

// checkNext requires that Next is at or before the first event, and in the same
// epoch.
func checkNext(t *testing.T, routers []*Router, twin *naive, now neuron.Time) {
	t.Helper()
	first := neuron.Never
	for _, events := range twin.events {
		for _, e := range events {
			first = min(first, e.Time)
		}
	}
	next := min(routers[0].Next(), routers[1].Next())
	width := routers[0].Width()
	if next > first || first != neuron.Never && max(next, now)/width != first/width {
		t.Fatalf("at %v: Next is %v, the first event is at %v", now, next, first)
	}
}

func TestSameSynapseKeepsOrder(t *testing.T) {
	net := tiny(t, 3, 5, 5, Noise{})
	r := net.newRouter(0, 3, nil)
	r.Deliver([]neuron.Spike{{Time: 1, Source: 3, Value: 1}, {Time: 1, Source: 3, Value: 2}}, nil)
	r.Open(1, 10)
	for i := range 3 {
		ev := r.Events(i)
		for k := 1; k < len(ev); k++ {
			if ev[k].Port == ev[k-1].Port && ev[k].Slot == ev[k-1].Slot && ev[k].Value != 2 {
				t.Errorf("neuron %d: the spike sent last does not win: %v", i, ev)
			}
		}
	}
}

// TestNoise compares frequencies with the given probabilities; the bounds are
// five standard deviations.
func TestNoise(t *testing.T) {
	z := Noise{Loss: 0.2, Duplicate: 0.3, Jitter: 9}
	src := neuron.NewPCG(1, neuron.ForTransport, 0)
	const n = 100_000
	counts, late := [3]int{}, [10]int{}
	for range n {
		copies, at := z.draw(src)
		counts[copies]++
		for c := range copies {
			late[at[c]]++
		}
	}
	check := func(what string, got, trials int, p float64) {
		t.Helper()
		mean, dev := float64(trials)*p, math.Sqrt(float64(trials)*p*(1-p))
		if !(math.Abs(float64(got)-mean) <= 5*dev) {
			t.Errorf("%s: %d of %d, expected %.0f ± %.0f", what, got, trials, mean, dev)
		}
	}
	check("lost", counts[0], n, 0.2)
	check("doubled", counts[2], n, 0.8*0.3)
	for d, k := range late {
		check("late by "+neuron.Time(d).String(), k, counts[1]+2*counts[2], 0.1)
	}
	held, z := 0, Noise{Reorder: 0.25, Hold: 50, Jitter: 9}
	for range n {
		if _, at := z.draw(src); at[0] >= 50 {
			held++
		}
	}
	check("held back", held, n, 0.25)
	if copies, _ := (&Noise{Loss: 1}).draw(src); copies != 0 {
		t.Error("a loss of 1 lets a spike through")
	}
	if copies, at := (&Noise{}).draw(src); copies != 1 || at[0] != 0 {
		t.Error("no noise changes a spike")
	}
}

// TestHotPathsDoNotAllocate runs a network until its buffers no longer grow.
func TestHotPathsDoNotAllocate(t *testing.T) {
	for _, how := range []Delivery{EachEvent, Chosen, FromHistory} {
		testAllocations(t, how)
	}
}

func testAllocations(t *testing.T, how Delivery) {
	for _, noise := range []Noise{{}, {Duplicate: 0.5, Jitter: 3}} {
		net := tiny(t, 30, 5, 20, noise)
		g, err := newGroup(net, 0, 30, how)
		if err != nil {
			t.Fatal(err)
		}
		now, all := neuron.Time(0), []neuron.Signal{{Kind: neuron.Tick, Flags: neuron.Fire | neuron.Learn | neuron.Observe, Last: 30}}
		inputs := make([]neuron.Spike, 30)
		var out neuron.Output
		epoch := func() {
			for i := range inputs {
				inputs[i] = neuron.Spike{Time: now, Source: neuron.ID(30 + i), Value: float32(i%2*2 - 1)}
			}
			all[0].Time = now
			out.Reset()
			end := now + net.Width()
			g.Step(Epoch{Index: int64(now / net.Width()), End: end, Signals: all}, &out)
			SortOutput(&out)
			g.Deliver(inputs, out.Spikes)
			now = end
		}
		for range 500 {
			epoch()
		}
		if n := testing.AllocsPerRun(200, epoch); n > 0 {
			t.Errorf("noise %+v, delivery %d: %v allocations an epoch", noise, how, n)
		}
	}
}
