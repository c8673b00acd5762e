package sim

import (
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/neuron"
)

// viewTwin is a view by definition: all spikes in one list.
type viewTwin struct {
	net    *Network
	spikes []neuron.Spike // in the order of tell
}

// told returns the last value of each synapse of a neuron at a time.
func (v *viewTwin) told(id neuron.ID, t neuron.Time) []float64 {
	in := v.net.Incoming(id)
	out := make([]float64, len(in.Source))
	for k, source := range in.Source {
		for _, s := range v.spikes {
			if s.Source == source && s.Time+neuron.Time(in.Delay[k]) <= t {
				out[k] = float64(s.Value)
			}
		}
	}
	return out
}

// sent returns the spikes that a source has sent at or after from.
func (v *viewTwin) sent(source neuron.ID, from neuron.Time) (list []neuron.Spike) {
	for _, s := range v.spikes {
		if s.Source == source && s.Time >= from {
			list = append(list, s)
		}
	}
	return list
}

// past returns the past as a state contains it: of spikes that have arrived at
// all synapses, only the last value is kept.
func (v *viewTwin) past(now neuron.Time) *past {
	p := &past{before: make([]float32, v.net.NumNeurons()+v.net.NumChannels())}
	for _, s := range v.spikes {
		if s.Time+v.net.longest < now {
			p.before[s.Source] = s.Value
		} else {
			p.spikes = append(p.spikes, s)
		}
	}
	sortStable(p.spikes, neuron.Spike.Compare)
	return p
}

// TestViewsAgainstTwin: both views agree with a list of all spikes: in short
// epochs, after weeks without spikes, after many spikes of one source within a
// delay, and when they start from a state.
func TestViewsAgainstTwin(t *testing.T) {
	for _, silence := range []neuron.Time{3, 1 << 29, 1 << 31, 1 << 34} {
		net := tiny(t, 5, 4, 15, Noise{})
		n := neuron.ID(net.NumNeurons())
		make1 := func() []view {
			return []view{newHistories(net), newArrays(net, 0, n, fewDelays(net, 0, n))}
		}
		views, twin := make1(), &viewTwin{net: net}
		rng := rand.New(rand.NewPCG(uint64(silence), 2))
		width, now := net.Width(), neuron.Time(0)
		for epoch := range 150 {
			end := now + width
			for at := now; at < end; at += 1 + neuron.Time(rng.Int64N(3)) {
				sameViews(t, views, twin, at)
			}
			inputs, spikes := randomSpikes(rng, int(n), 2*int(n), now, end), randomSpikes(rng, 0, int(n), now, end)
			if epoch%10 == 3 { // one source with many spikes
				for at := now; at < end; at++ {
					spikes = append(spikes, neuron.Spike{Time: at, Source: 1, Value: float32(at - now + 1)})
				}
				slices.SortStableFunc(spikes, neuron.Spike.Compare)
			}
			for _, v := range views {
				v.record(inputs, spikes)
			}
			twin.spikes = append(append(twin.spikes, inputs...), spikes...)
			if now = end; epoch%10 == 9 {
				now += neuron.Time(rng.Int64N(int64(silence))) / width * width
			}
			for _, v := range views {
				v.show(now - 1)
			}
			sameSent(t, views, twin, now)
			if epoch%7 == 6 {
				views = make1()
				for _, v := range views {
					v.restore(now, twin.past(now))
				}
				sameSent(t, views, twin, now)
			}
			if t.Failed() {
				t.Fatalf("silence of up to %d µs, epoch %d", silence, epoch)
			}
		}
	}
}

func sameViews(t *testing.T, views []view, twin *viewTwin, at neuron.Time) {
	t.Helper()
	for k, v := range views {
		v.show(at)
		for id := range neuron.ID(twin.net.NumNeurons()) {
			want := twin.told(id, at)
			got := make([]float64, len(want))
			for part := range numParts {
				v.prefetch(id, part) // changes nothing
			}
			if v.gather(got, id); !slices.Equal(got, want) {
				t.Errorf("view %d at %d: neuron %d was told %v, want %v", k, at, id, got, want)
			}
		}
	}
}

func sameSent(t *testing.T, views []view, twin *viewTwin, now neuron.Time) {
	t.Helper()
	for k, v := range views {
		for source := range neuron.ID(twin.net.NumNeurons() + twin.net.NumChannels()) {
			for _, from := range []neuron.Time{now - twin.net.longest, now - twin.net.longest/2, now - 1} {
				var got []neuron.Spike
				v.sent(source, from, func(at neuron.Time, value float32) {
					got = append(got, neuron.Spike{Time: at, Source: source, Value: value})
				})
				if want := twin.sent(source, from); !slices.Equal(got, want) {
					t.Errorf("view %d at %d: source %d has sent %v from %d on, want %v", k, now, source, got, from, want)
				}
			}
		}
	}
}

// TestFewDelays: up to 16 different delays, in order.
func TestFewDelays(t *testing.T) {
	for longest, few := range map[int]bool{5: true, 20: true, 21: false} { // 16 from 5 to 20
		net := tiny(t, 40, 5, longest, Noise{})
		got := fewDelays(net, 0, 40)
		want := []neuron.Time{}
		for d := 5; d <= longest; d++ {
			want = append(want, neuron.Time(d))
		}
		if !few {
			want = nil
		}
		if !slices.Equal(got, want) || (got == nil) == few {
			t.Errorf("5 to %d: %v", longest, got)
		}
		if _, arrays := newView(net, 0, 40, Chosen).(*arrays); arrays != few {
			t.Errorf("5 to %d: arrays %v", longest, arrays)
		}
		if _, arrays := newView(net, 0, 40, FromHistory).(*arrays); arrays {
			t.Error("arrays where histories were asked for")
		}
	}
}
