package remote

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"infomorph/internal/fuzzing"
	"infomorph/neuron"
	"infomorph/pid"
)

// someSpikes draws sorted spikes of sources lo … hi−1 at times from … until−1:
// few or nearly all sources at one time, with all kinds of values.
func someSpikes(t *rapid.T, lo, hi int, from, until int64) []neuron.Spike {
	var s []neuron.Spike
	for at := from + rapid.Int64Range(0, 3).Draw(t, "first"); at < until; at += rapid.Int64Range(1, 5).Draw(t, "gap") {
		density := rapid.SampledFrom([]int{1, 2, 10, 100}).Draw(t, "density")
		kind := rapid.IntRange(0, 3).Draw(t, "values")
		for id := lo; id < hi; id++ {
			if rapid.IntRange(1, 100).Draw(t, "told") > density {
				continue
			}
			s = append(s, neuron.Spike{Time: neuron.Time(at), Source: neuron.ID(id), Value: someValue(t, kind)})
		}
	}
	return s
}

func someValue(t *rapid.T, kind int) float32 {
	switch kind {
	case 0:
		return 1
	case 1:
		return -1
	case 2:
		return float32(2*rapid.IntRange(0, 1).Draw(t, "sign") - 1)
	}
	return rapid.Float32().Draw(t, "value")
}

// TestSpikesComeBack: every list of spikes is the same after encoding and
// decoding.
func TestSpikesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := someSpikes(t, 5, 60, 1000, 1010)
		w := &writer{}
		w.spikes(s)
		r := &reader{b: w.b}
		got := r.spikes(nil, scope{5, 60, 1000, 1010})
		if err := r.end(); err != nil || !slices.Equal(got, s) {
			t.Fatalf("%v\n%v, %v", s, got, err)
		}
		for _, c := range []scope{{6, 60, 1000, 1010}, {5, 59, 1000, 1010}, {5, 60, 1001, 1010}, {5, 60, 1000, 1009}} {
			fits := !slices.ContainsFunc(s, func(s neuron.Spike) bool {
				return s.Source < c.lo || s.Source >= c.hi || s.Time < c.from || s.Time >= c.until
			})
			r := &reader{b: w.b}
			r.spikes(nil, c)
			if (r.end() == nil) != fits {
				t.Fatalf("%+v: %v for %v", c, r.err, s)
			}
		}
	})
}

// TestBitANeuron: an update of all neurons costs one bit per neuron.
func TestBitANeuron(t *testing.T) {
	const n = 8000
	all, half := make([]neuron.Spike, n), []neuron.Spike(nil)
	for i := range all {
		all[i] = neuron.Spike{Time: 7, Source: neuron.ID(i), Value: float32(i*7919%3%2)*2 - 1}
		if i*7919%3 == 0 {
			half = append(half, neuron.Spike{Time: 7, Source: neuron.ID(i), Value: 1})
		}
	}
	for name, s := range map[string][]neuron.Spike{"all tell a sign": all, "a third tells +1": half} {
		w := &writer{}
		if w.spikes(s); len(w.b) > n/8+16 {
			t.Errorf("%s: %d bytes for %d neurons", name, len(w.b), n)
		}
	}
}

// TestMerge compares with sorting.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lists [][]neuron.Spike
		var want []neuron.Spike
		for k := range rapid.IntRange(0, 4).Draw(t, "lists") {
			lists = append(lists, someSpikes(t, 20*k, 20*k+20, 0, 12))
			want = append(want, lists[k]...)
		}
		slices.SortStableFunc(want, neuron.Spike.Compare)
		if got := merge(nil, lists); !slices.Equal(got, want) {
			t.Fatalf("%v\nwant %v", got, want)
		}
	})
}

// TestSecondSpike: two spikes of one neuron at one time keep their order.
func TestSecondSpike(t *testing.T) {
	s := []neuron.Spike{{Time: 3, Source: 1, Value: 1}, {Time: 3, Source: 1, Value: -1}, {Time: 3, Source: 2, Value: 1}}
	w := &writer{}
	w.spikes(s)
	r := &reader{b: w.b}
	if got := r.spikes(nil, scope{0, 9, 0, 9}); !slices.Equal(got, s) || r.end() != nil {
		t.Errorf("%v, %v", got, r.err)
	}
}

func TestSamplesSignalsReports(t *testing.T) {
	d, err := pid.Decompose(pid.SX, []int{2, 2, 2}, []float64{.25, 0, 0, .25, 0, .25, .25, 0})
	if err != nil {
		t.Fatal(err)
	}
	samples := []neuron.Sample{{Time: 5, Neuron: 3, Sum: [neuron.NumPorts]float64{1, math.Inf(1), -0.5}, Theta: .25, Output: -1, Learned: true}, {Time: 5, Neuron: 7}}
	signals := []neuron.Signal{{Time: 9, Kind: neuron.SetStuck, Flags: 3, First: 1, Last: 8, Value: -1}}
	report := neuron.Report{Neuron: 4, Updates: 9, Steps: 8, Output: 1, Open: true, Goal: .5, Atoms: d, Bias: [neuron.NumPorts]float64{1, 2, 3}, Shift: [neuron.NumPorts]float64{4, 5, 6}}
	report.Weights[0], report.Weights[1] = []float64{1, 2}, []float64{}
	w := &writer{}
	w.samples(samples)
	w.signals(signals)
	w.report(&report)
	r := &reader{b: w.b}
	gotSamples, gotSignals, gotReport := r.samples(nil, 3, 8), r.signals(), r.report()
	if err := r.end(); err != nil || !slices.Equal(gotSamples, samples) || !slices.Equal(gotSignals, signals) {
		t.Errorf("%v %v %v", gotSamples, gotSignals, err)
	}
	same := cmp.Comparer(func(a, b *pid.Lattice) bool { return a == b })
	if diff := cmp.Diff(report, gotReport, cmp.AllowUnexported(pid.Decomposition{}), same); diff != "" {
		t.Error(diff)
	}
	for cut := range len(w.b) {
		r := &reader{b: w.b[:cut]}
		r.samples(nil, 3, 8)
		r.signals()
		r.report()
		if r.end() == nil {
			t.Errorf("%d of %d bytes pass", cut, len(w.b))
		}
	}
}

// TestLine refuses frames that are repeated, out of order, or inside another
// body, and then continues as if they had not come.
func TestLine(t *testing.T) {
	var sent []*frame
	var out, in line
	body := make([]byte, 3*maxChunk/2)
	body[len(body)-1] = 7
	keep := func(f *frame) { sent = append(sent, f) }
	out.cut(&frame{kind: kindPut, run: runID{1}, life: 2, body: body}, keep)
	out.cut(&frame{kind: kindGet, run: runID{1}, life: 2}, keep)
	if len(sent) != 3 || !sent[0].more || sent[1].more {
		t.Fatalf("%d frames", len(sent))
	}
	refuse := func(f frame) {
		t.Helper()
		if _, _, err := in.take(&f); err == nil {
			t.Error("taken")
		}
	}
	refuse(*sent[1])
	refuse(frame{kind: kindPut})
	if _, whole, err := in.take(sent[0]); whole || err != nil {
		t.Error(whole, err)
	}
	refuse(*sent[0])
	refuse(*sent[2])
	refuse(frame{kind: kindGet, seq: 2})
	got, whole, err := in.take(sent[1])
	if !whole || err != nil || !slices.Equal(got, body) {
		t.Error(len(got), whole, err)
	}
	if got, whole, err := in.take(sent[2]); len(got) > 0 || !whole || err != nil {
		t.Error(got, whole, err)
	}
}

// FuzzFrame reads arbitrary bytes as a frame.
func FuzzFrame(f *testing.F) {
	w := &writer{}
	w.spikes([]neuron.Spike{{Time: 1, Source: 2, Value: 1}, {Time: 1, Source: 3, Value: -1}, {Time: 2, Source: 9, Value: .5}})
	f.Add((&frame{kind: kindAdvance, seq: 1, body: w.b}).encode())
	f.Add((&frame{kind: kindWelcome, body: (&About{Name: "a"}).encode()}).encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		defer fuzzing.Bound(t)()
		m, err := decodeFrame(b)
		if err != nil {
			return
		}
		if again := m.encode(); string(again) != string(b) {
			t.Errorf("% x comes back as % x", b, again)
		}
		r := &reader{b: m.body}
		s := r.spikes(nil, scope{0, 100, 0, 100})
		if r.err == nil && !slices.IsSortedFunc(s, neuron.Spike.Compare) {
			t.Errorf("out of order: %v", s)
		}
		(&reader{b: m.body}).samples(nil, 0, 100)
		(&reader{b: m.body}).signals()
		(&reader{b: m.body}).report()
		decodeAbout(m.body)
		decodeHello(m.body)
	})
}
