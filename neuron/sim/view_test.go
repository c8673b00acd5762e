package sim

import (
	"math"
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

// TestBriefs: what a neuron is told from briefs is what it is told from notes,
// with delays and silences below and above the largest difference of a brief,
// and after more values than there are codes.
func TestBriefs(t *testing.T) {
	for _, c := range []struct {
		shortest, longest int
		values            int
		stays             bool
	}{{20_000, 60_000, 3, true}, {mostEarlier - 3, mostEarlier + 3, 2, true}, {60_000, 400_000, 200, true}, {60_000, 400_000, 300, false}} {
		net := tiny(t, 9, c.shortest, c.longest, Noise{})
		h, rng := newHistories(net), rand.New(rand.NewPCG(uint64(c.longest), 1))
		for now := neuron.Time(0); now < 300*neuron.Time(c.shortest); now += net.Width() {
			var spikes []neuron.Spike
			for range rng.IntN(6) {
				v := float32(1 + rng.IntN(c.values))
				spikes = append(spikes, neuron.Spike{Time: now + neuron.Time(rng.Int64N(int64(net.Width()))), Source: neuron.ID(rng.IntN(9)), Value: v})
			}
			slices.SortFunc(spikes, neuron.Spike.Compare)
			h.record(nil, spikes)
			h.show(now + net.Width())
			for id := range neuron.ID(9) {
				in := net.Incoming(id)
				got, want := make([]float64, len(in.Source)), make([]float64, len(in.Source))
				h.gather(got, id)
				if h.gatherNotes(want, &in, int32(h.now-h.base)); !slices.Equal(got, want) {
					t.Fatalf("delays %d to %d at %d: neuron %d is told %v, want %v", c.shortest, c.longest, now, id, got, want)
				}
			}
		}
		if (h.palette != nil) != c.stays || (h.brief != nil) != c.stays {
			t.Errorf("delays %d to %d, %d values: briefs %v", c.shortest, c.longest, c.values, !c.stays)
		}
	}
}

// TestBriefKnown: times, codes and the difference of times, at their limits.
func TestBriefKnown(t *testing.T) {
	p := newPalette()
	for _, c := range []struct {
		own  []note
		want brief
	}{
		{[]note{{longAgo, 0}, {longAgo, 0}}, 0x0000_0000_80000000},
		{[]note{{7, 1.5}, {3, 0}}, 0x0004_00_01_00000007},
		{[]note{{-1, 2.5}, {-2, 1.5}}, 0x0001_01_02_ffffffff},
		{[]note{{65534, 0}, {-1, 0}}, 0xffff_00_00_0000fffe},
		{[]note{{65533, 0}, {-1, 0}}, 0xfffe_00_00_0000fffd},
		{[]note{{65535, 0}, {-1, 0}}, 0xffff_00_00_0000ffff},
		{[]note{{math.MaxInt32, 0}, {longAgo, 2.5}}, 0xffff_02_00_7fffffff},
	} {
		if got, ok := p.brief(c.own); got != c.want || !ok {
			t.Errorf("%v: brief %#x, %v; want %#x", c.own, uint64(got), ok, uint64(c.want))
		}
	}
	for v := range 256 {
		p.code(float32(v + 10))
	}
	for _, own := range [][]note{{{1, 1000}, {0, 0}}, {{1, 0}, {0, 1000}}} {
		if _, ok := p.brief(own); ok {
			t.Errorf("%v has a brief although all codes are used", own)
		}
	}
}

// TestViewsAgainstTwin: both views agree with a list of all spikes: in short
// epochs, after weeks without spikes, after many spikes of one source within a
// delay, and when they start from a state.
func TestViewsAgainstTwin(t *testing.T) {
	for _, silence := range []neuron.Time{3, 1 << 29, 1 << 31, 1 << 34} {
		net := tiny(t, 5, 4, 15, Noise{})
		n := neuron.ID(net.NumNeurons())
		make1 := func() []view {
			plain := newHistories(net)
			plain.palette, plain.brief = nil, nil
			return []view{newHistories(net), plain, newArrays(net, 0, n, fewDelays(net, 0, n))}
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
