package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
)

// TestWhoIsShown: neurons are shown their inputs while that is enough. They get
// each event while their dynamics low-pass the inputs, and are shown the inputs
// again once all spikes in flight were sent over all synapses. A requested way
// of delivery is kept.
func TestWhoIsShown(t *testing.T) {
	for _, how := range []Delivery{Chosen, EachEvent, FromHistory} {
		net := tiny(t, 4, 5, 12, Noise{})
		g, err := newGroup(net, 0, 4, how)
		if err != nil {
			t.Fatal(err)
		}
		shown := func() (list []bool) {
			for i := range g.Len() {
				list = append(list, g.shown[i])
			}
			return list
		}
		epoch := int64(0)
		run := func(signals ...neuron.Signal) {
			for i := range signals {
				signals[i].Time, signals[i].Kind = neuron.Time(5*epoch), neuron.SetDynamics
			}
			g.Step(Epoch{Index: epoch, End: neuron.Time(5 * (epoch + 1)), Signals: signals}, &neuron.Output{})
			g.Deliver([]neuron.Spike{{Time: neuron.Time(5 * epoch), Source: 4 + neuron.ID(epoch%4), Value: 1}}, nil)
			epoch++
		}
		yes := how != EachEvent
		expect := func(what string, want ...bool) {
			t.Helper()
			for i := range want {
				want[i] = want[i] && yes
			}
			if got := shown(); !slices.Equal(got, want) {
				t.Errorf("delivery %d, %s: shown %v, want %v", how, what, got, want)
			}
		}
		expect("at the beginning", true, true, true, true)
		run(neuron.Signal{Value: float64(neuron.Sign), Last: 4})
		run(neuron.Signal{Value: float64(neuron.GradedBelief), Last: 4}, neuron.Signal{Value: 99, Last: 4})
		expect("with dynamics that hear at once", true, true, true, true)
		run(neuron.Signal{Value: float64(neuron.Belief), First: 1, Last: 3})
		expect("two with dynamics that blur", true, how == Chosen, how == Chosen, true) // two are low-passed alike
		if how == Chosen && (g.circle.size != 2 || !g.circle.member[1] || !g.circle.member[2]) {
			t.Errorf("low-passed alike: %v", g.circle.member)
		}
		run(neuron.Signal{Value: float64(neuron.Sign), First: 1, Last: 2})
		for range 2 * recheckEvery {
			run()
		}
		expect("one of them no longer, for long", true, true, how == Chosen, true)
	}
}

// TestLatest: Hold counts only if Reorder is not 0.
func TestLatest(t *testing.T) {
	for z, want := range map[Noise]neuron.Time{{}: 0, {Jitter: 3}: 3, {Jitter: 3, Hold: 5}: 3, {Jitter: 3, Hold: 5, Reorder: 0.1}: 8, {Hold: 5, Reorder: 1, Loss: 1}: 5} {
		if got := z.Latest(); got != want || z.Zero() != (z == Noise{}) {
			t.Errorf("%+v: latest %v, want %v", z, got, want)
		}
	}
}

// TestDrawsOfNoise: the number of random numbers per spike equals the number of
// effects that are possible, so that adding one effect does not change the
// others.
func TestDrawsOfNoise(t *testing.T) {
	for z, want := range map[Noise]int{
		{}: 0, {Loss: 0.5}: 1, {Loss: 1, Jitter: 9, Duplicate: 1}: 1, {Duplicate: 1}: 1, {Jitter: 9}: 1, {Reorder: 1, Hold: 9}: 1, {Hold: 9}: 0,
		{Duplicate: 1, Jitter: 9}: 3, {Duplicate: 1, Jitter: 9, Reorder: 1}: 5,
	} {
		src := neuron.NewPCG(1, neuron.ForTransport, 3)
		z.draw(src)
		again := neuron.NewPCG(1, neuron.ForTransport, 3)
		for range want {
			again.Uint64()
		}
		if src.Uint64() != again.Uint64() {
			t.Errorf("%+v does not draw %d numbers", z, want)
		}
	}
}

// TestNoiseByNeuronAndSeed: which spikes are lost depends on the seed and on the neuron.
func TestNoiseByNeuronAndSeed(t *testing.T) {
	seen := map[string]string{}
	for seed := range uint64(2) {
		net := tiny(t, 3, 20, 20, Noise{Loss: 0.5})
		net.Seed = seed
		r := net.newRouter(0, 3, nil)
		for i := range r.draws {
			lost := make([]byte, 64)
			for k := range lost {
				copies, _ := (&Noise{Loss: 0.5}).draw(&r.draws[i])
				lost[k] = '0' + byte(copies)
			}
			who := fmt.Sprintf("neuron %d of seed %d", i, seed)
			if other, ok := seen[string(lost)]; ok {
				t.Errorf("%s loses what %s loses", who, other)
			}
			seen[string(lost)] = who
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d neurons", len(seen))
	}
}

// TestNoiseOnTheWay: lost, doubled, late and held back spikes arrive as
// specified, compared with the same spikes without noise.
func TestNoiseOnTheWay(t *testing.T) {
	arrive := func(z Noise) (all [3][]neuron.Event) {
		net := tiny(t, 3, 20, 20, z)
		r := net.newRouter(0, 3, nil)
		rng := rand.New(rand.NewPCG(5, 6))
		var inputs, spikes []neuron.Spike
		for k := range 40 {
			inputs = append(inputs, neuron.Spike{Time: neuron.Time(k / 2), Source: 3 + neuron.ID(rng.IntN(3)), Value: 1})
			spikes = append(spikes, neuron.Spike{Time: neuron.Time(k / 2), Source: neuron.ID(rng.IntN(3)), Value: -1})
		}
		slices.SortStableFunc(inputs, neuron.Spike.Compare)
		slices.SortStableFunc(spikes, neuron.Spike.Compare)
		r.Deliver(inputs, spikes)
		for epoch := range int64(8) {
			r.Open(epoch, neuron.Time(20*(epoch+1)))
			for i := range all {
				all[i] = append(all[i], r.Events(i)...)
			}
		}
		return all
	}
	quiet := arrive(Noise{})
	for i, events := range arrive(Noise{Loss: 1}) {
		if len(events) > 0 || len(quiet[i]) < 20 {
			t.Errorf("all is lost, and neuron %d serves %d of %d", i, len(events), len(quiet[i]))
		}
	}
	for i, events := range arrive(Noise{Duplicate: 1}) {
		for k := range events {
			if k/2 >= len(quiet[i]) || events[k].Time != quiet[i][k/2].Time {
				t.Fatalf("neuron %d: event %d of those that are told twice is %v", i, k, events[k])
			}
		}
		if len(events) != 2*len(quiet[i]) {
			t.Errorf("neuron %d serves %d, and %d without noise", i, len(events), len(quiet[i]))
		}
	}
	held := arrive(Noise{Reorder: 1, Hold: 37})
	late, least, most := arrive(Noise{Jitter: 25}), neuron.Never, neuron.Time(0)
	for i := range quiet {
		sum, want := neuron.Time(0), neuron.Time(0)
		for k, e := range held[i] {
			if e.Time != quiet[i][k].Time+37 {
				t.Errorf("neuron %d: held back until %v, want %v", i, e.Time, quiet[i][k].Time+37)
			}
		}
		for k, e := range late[i] {
			sum, want = sum+e.Time, want+quiet[i][k].Time
			least, most = min(least, e.Time), max(most, e.Time)
		}
		n := neuron.Time(len(quiet[i]))
		if len(held[i]) != len(quiet[i]) || len(late[i]) != len(quiet[i]) || sum < want+8*n || sum > want+17*n { // 12.5 each, up to five deviations
			t.Errorf("neuron %d: %d events come %d µs late in all", i, len(late[i]), sum-want)
		}
	}
	if least < 20 || most > 19+20+25 || most < 45 {
		t.Errorf("events from %d to %d µs", least, most)
	}
}

// TestQuietProjection: spikes over a projection without noise arrive once, as if
// no other projection had noise.
func TestQuietProjection(t *testing.T) {
	arrive := func(noise []Noise) (all [3][]neuron.Event) {
		net := tiny(t, 3, 20, 20, Noise{})
		if net.Noise = noise; net.Prepare() != nil {
			t.Fatal(noise)
		}
		r := net.newRouter(0, 3, nil)
		for source := range neuron.ID(6) {
			r.Deliver([]neuron.Spike{{Time: 3, Source: source, Value: 1}}, nil)
		}
		r.Open(1, 40)
		for i := range all {
			for _, e := range r.Events(i) {
				if e.Port == 1 { // of the second projection
					all[i] = append(all[i], e)
				}
			}
		}
		return all
	}
	quiet := arrive(nil)
	if len(quiet[0])+len(quiet[1])+len(quiet[2]) < 3 {
		t.Fatalf("over the second projection arrive only %v", quiet)
	}
	for _, z := range []Noise{{Loss: 1}, {Duplicate: 1}, {Reorder: 1, Hold: 7}} {
		for i, got := range arrive([]Noise{z, {}}) {
			if !slices.Equal(got, quiet[i]) {
				t.Errorf("%+v on the first projection: over the second arrive %v, want %v", z, got, quiet[i])
			}
		}
	}
}
