package pid

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func above(v float64) float64 { return math.Nextafter(v, math.Inf(1)) }

// TestWindowLimits: every number of a configuration at its bounds, and next to
// them.
func TestWindowLimits(t *testing.T) {
	for name, tc := range map[string]struct {
		set       func(c *WindowConfig, v float64)
		good, bad []float64
	}{
		"bins":                    {func(c *WindowConfig, v float64) { c.NumBins, c.Prior = []int{1, int(v)}, nil }, []float64{1, maxBins}, []float64{0, -1, maxBins + 1}},
		"cells":                   {func(c *WindowConfig, v float64) { c.NumBins = []int{1 << 11, int(v)} }, []float64{1 << 11}, []float64{1<<11 + 1}},
		"sources":                 {func(c *WindowConfig, v float64) { c.NumBins = make([]int, int(v)); c.NumBins[0] = 1 }, nil, []float64{1, 4}},
		"capacity":                {func(c *WindowConfig, v float64) { c.Capacity = int(v) }, []float64{1, maxCapacity}, []float64{0, -1, maxCapacity + 1}},
		"half-life":               {func(c *WindowConfig, v float64) { c.Halflife, c.Capacity = v, 0 }, []float64{5e-324, 1e300}, []float64{0, -5e-324, math.NaN(), math.Inf(1), math.Inf(-1)}},
		"prior's bin":             {func(c *WindowConfig, v float64) { c.Prior[0].Cell[1] = int(v) }, []float64{0, 3}, []float64{-1, 4}},
		"prior's third bin":       {func(c *WindowConfig, v float64) { c.Prior[0].Cell[2] = int(v) }, []float64{-1, 99}, nil},
		"prior's theta":           {func(c *WindowConfig, v float64) { c.Prior[0].Theta = v }, []float64{0, 1}, []float64{-5e-324, above(1), math.NaN()}},
		"prior's weight":          {func(c *WindowConfig, v float64) { c.Prior = c.Prior[:1]; c.Prior[0].Weight = v }, []float64{0, MaxPriorMass}, []float64{-5e-324, above(MaxPriorMass), math.NaN(), math.Inf(1)}},
		"weight of all the prior": {func(c *WindowConfig, v float64) { c.Prior[0].Weight = v }, []float64{MaxPriorMass - 1}, []float64{MaxPriorMass - 0.5}},
	} {
		for good, values := range map[bool][]float64{true: tc.good, false: tc.bad} {
			for _, v := range values {
				c := WindowConfig{NumBins: []int{3, 4}, Capacity: 7, Prior: []Pseudo{{Cell: [3]int{1, 1}, Theta: .5, Weight: 1}, {Cell: [3]int{2, 3}, Theta: .5, Weight: 1}}}
				tc.set(&c, v)
				if err := c.Validate(); (err == nil) != good {
					t.Errorf("%s %v: %v", name, v, err)
				}
			}
		}
	}
	both := WindowConfig{NumBins: []int{3, 4}, Prior: []Pseudo{{Weight: -1}, {Theta: 2}}}
	if err, ok := both.Validate().(interface{ Unwrap() []error }); !ok || len(err.Unwrap()) != 3 {
		t.Errorf("three faults: %v", both.Validate())
	}
}

// TestQuantiseKnown: θ in steps of 2^-16, never 0 or 1.
func TestQuantiseKnown(t *testing.T) {
	for theta, want := range map[float64]uint16{0: 1, -1: 1, 1e-9: 1, 1. / unit: 1, 1.4 / unit: 1, 1.5 / unit: 2, 0.5: unit / 2, 1: unit - 1, 2: unit - 1,
		1 - 1./unit: unit - 1, 1 - 1.6/unit: unit - 2, 1 - 1.4/unit: unit - 1, 0.25: unit / 4, math.Inf(1): unit - 1, math.Inf(-1): 1} {
		if got := quantise(theta); got != want {
			t.Errorf("θ %v is %d, want %d", theta, got, want)
		}
	}
	if got := quantise(math.NaN()); got != unit/2 {
		t.Errorf("no number is %d", got)
	}
}

// TestDistributionLimits: shapes, positions and sums at their bounds.
func TestDistributionLimits(t *testing.T) {
	for _, tc := range []struct {
		m     Measure
		shape []int
		want  error
	}{
		{SX, []int{1 << 13, 1 << 13, 1}, nil}, {SX, []int{1 << 13, 1 << 13, 2}, ErrNotDistribution}, {SX, []int{1<<13 + 1, 1 << 13, 1}, ErrNotDistribution},
		{SX, []int{1, 1}, ErrNotDistribution}, {SX, []int{1, 1, 0}, ErrNotDistribution}, {SX, nil, ErrNotDistribution},
		{SX, []int{1, 1, 1, 1, 1, 1}, nil}, {SX, []int{1, 1, 1, 1, 1, 1, 1}, ErrMeasure}, {DEP, []int{1, 1, 1}, nil}, {CCS, []int{1, 1, 1, 1}, ErrMeasure},
		{DEP + 1, []int{1, 1, 1}, ErrMeasure},
	} {
		if err := checkShape(tc.m, tc.shape); !errors.Is(err, tc.want) || tc.want == nil && err != nil {
			t.Errorf("%v of %v: %v, want %v", tc.m, tc.shape, err, tc.want)
		}
	}
	for _, tc := range []struct {
		p  []float64
		ok bool
	}{
		{[]float64{.5, .5}, true}, {[]float64{.5, .5 + 0.9e-9}, true}, {[]float64{.5, .5 - 0.9e-9}, true}, {[]float64{.5, .5 + 1.1e-9}, false},
		{[]float64{.5, .5 - 1.1e-9}, false}, {[]float64{1, 0}, true}, {[]float64{1, -5e-324}, false}, {[]float64{math.NaN()}, false}, {[]float64{3, -2}, false},
	} {
		if err := checkProbabilities(tc.p); (err == nil) != tc.ok {
			t.Errorf("%v: %v", tc.p, err)
		}
	}
	shape := []int{2, 1, 2}
	for _, tc := range []struct {
		index []int
		ok    bool
	}{{[]int{0, 3}, true}, {[]int{2, 3}, true}, {[]int{2, 2}, false}, {[]int{3, 2}, false}, {[]int{-1, 2}, false}, {[]int{2, 4}, false}, {[]int{2}, false}} {
		if err := checkSparse(SX, shape, tc.index, []float64{.5, .5}); (err == nil) != tc.ok {
			t.Errorf("%v: %v", tc.index, err)
		}
	}
}

// TestBatchLimits: samples at the ends of their bins, as many cells as there may be.
func TestBatchLimits(t *testing.T) {
	g := mustGoal(t, 2, map[string]float64{"red": 1}, 0)
	for _, tc := range []struct {
		nbins []int
		bins  [][]int
		theta []float64
		ok    bool
	}{
		{[]int{2, 3}, [][]int{{0, 1}, {0, 2}}, []float64{0, 1}, true},
		{[]int{2, 3}, [][]int{{0, 2}, {0, 2}}, []float64{0, 1}, false}, {[]int{2, 3}, [][]int{{0, 1}, {0, 3}}, []float64{0, 1}, false},
		{[]int{2, 3}, [][]int{{-1, 1}, {0, 2}}, []float64{0, 1}, false}, {[]int{2, 3}, [][]int{{0, 1}, {0, 2}}, []float64{0, above(1)}, false},
		{[]int{2, 3}, [][]int{{0, 1}, {0, 2}}, []float64{-5e-324, 1}, false}, {[]int{2, 3}, [][]int{{0, 1}, {0, 2}, {0, 1}}, []float64{0, 1}, false},
		{[]int{2, 3, 1}, [][]int{{0, 1}, {0, 2}}, []float64{0, 1}, false}, {[]int{2, 3}, [][]int{{0, 1}, {0}}, []float64{0, 1}, false},
		{[]int{1 << 11, 1 << 11}, [][]int{{0}, {0}}, []float64{.5}, true}, {[]int{1 << 11, 1<<11 + 1}, [][]int{{0}, {0}}, []float64{.5}, false},
		{[]int{0, 3}, [][]int{{0}, {0}}, []float64{.5}, false},
	} {
		if err := checkBatch(nil, g, Samples{NBins: tc.nbins, Bins: tc.bins, Theta: tc.theta}); (err == nil) != tc.ok {
			t.Errorf("%v bins, %v, θ %v: %v", tc.nbins, tc.bins, tc.theta, err)
		}
	}
	if checkBatch(make([]float64, 1), g, Samples{NBins: []int{2, 3}, Bins: [][]int{{0}, {0}}, Theta: []float64{.5}}) != nil || checkBatch([]float64{}, g, Samples{NBins: []int{2, 3}, Bins: [][]int{{0}, {0}}, Theta: []float64{.5}}) == nil {
		t.Error("a gradient of another length")
	}
}

// TestBinLimits: numbers and ranges at their bounds, and the bins of values
// next to an edge.
func TestBinLimits(t *testing.T) {
	for b, ok := range map[Bins]bool{
		{0, 1, 1}: true, {0, 1, maxBins}: true, {0, 1, 0}: false, {0, 1, maxBins + 1}: false, {1, 1, 2}: false, {1, above(1), 2}: true, {2, 1, 2}: false,
		{-8e307, 8e307, 2}: true, {-1e308, 1e308, 2}: false, {math.Inf(-1), 1, 2}: false, {0, math.NaN(), 2}: false,
	} {
		if err := b.Validate(); (err == nil) != ok {
			t.Errorf("%v: %v", b, err)
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for _, b := range []Bins{{v, 1, 2}, {0, v, 2}} {
			if err := b.Validate(); err == nil || !strings.Contains(err.Error(), "finite") {
				t.Errorf("%v: %v", b, err)
			}
		}
	}
	for n := 1; n < 300; n++ { // where rounding can lead to bin n
		b := Bins{-.1, float64(n) / 7, n}
		if got := b.Index(math.Nextafter(b.Hi, 0)); got != n-1 {
			t.Errorf("the last value of %v is in bin %d", b, got)
		}
	}
	least := Bins{0, 5e-324, 3} // so narrow that the width of a bin is 0
	if lo, hi := least.Index(least.Lo), least.Index(least.Hi); lo != 0 || hi != 2 {
		t.Errorf("the ends of the smallest range are in bins %d and %d", lo, hi)
	}
	b := Bins{-2, 6, 8}
	for k := range 8 {
		edge := float64(k) - 2 // the lower edge of bin k, which belongs to the bin below
		for v, want := range map[float64]int{edge: max(k-1, 0), edge + 1e-9: k, edge + 0.5: k, edge + 1: k} {
			if got := b.Index(v); got != want {
				t.Errorf("%v is in bin %d, want %d", v, got, want)
			}
		}
	}
	if got := b.Widen(true); got != (Bins{-2, 14, 8}) {
		t.Error(got)
	}
	if got := b.Widen(false); got != (Bins{-10, 6, 8}) {
		t.Error(got)
	}
	for _, n := range []int{1, 2, 5, 8} { // the bin of a value after the range is doubled
		narrow := Bins{-1, 1, n}
		for i := range n {
			mid := -1 + 2*(float64(i)+.5)/float64(n)
			for _, up := range []bool{true, false} {
				wide := narrow.Widen(up)
				got, want := widenedBin(i, n, up), wide.Index(mid)
				if n%2 == 0 && got != want || got < 0 || got >= n {
					t.Errorf("bin %d of %d, up %v: %d, want %d", i, n, up, got, want)
				}
			}
		}
	}
}

// TestWindowStateIsCanonical: a state with one inverted bit is refused, or it
// is the state of the window that it restores.
func TestWindowStateIsCanonical(t *testing.T) {
	for name, cfg := range configs(t) {
		w := newWindow(t, cfg)
		fill(w, 9, rand.New(rand.NewPCG(8, 8)))
		if err := w.Widen(1, true); err != nil {
			t.Fatal(err)
		}
		state, _ := w.AppendBinary(nil)
		refused := 0
		for bit := range 8 * len(state) {
			bad := bytes.Clone(state)
			bad[bit/8] ^= 1 << (bit % 8)
			other := newWindow(t, cfg)
			if err := other.UnmarshalBinary(bad); err != nil {
				refused++
				continue
			}
			if again, _ := other.AppendBinary(nil); !bytes.Equal(again, bad) {
				t.Fatalf("%s: bit %d of byte %d makes a window of another state", name, bit%8, bit/8)
			}
			total, own := other.sum.total(), int64(0)
			for _, e := range other.entries() {
				own += e.mass.total()
			}
			if own != total {
				t.Fatalf("%s: bit %d: cells of %d, %d in all", name, bit, own, total)
			}
		}
		if refused < 100 {
			t.Errorf("%s: only %d of %d bits are refused", name, refused, 8*len(state))
		}
		if err := newWindow(t, cfg).UnmarshalBinary(append(state, 0)); err == nil {
			t.Errorf("%s: a byte more is accepted", name)
		}
	}
}

// TestWindowStateLimits of a ring and of forgetting: number of samples, θ,
// cells, their order and masses.
func TestWindowStateLimits(t *testing.T) {
	g := mustGoal(t, 2, map[string]float64{"red": 1}, 0)
	le := binary.LittleEndian
	ring := newWindow(t, WindowConfig{NumBins: []int{3, 4}, Capacity: 2, Goal: g})
	head, _ := ring.AppendBinary(nil)
	head = head[:len(head)-4]
	sample := func(a, b, c, theta uint16) []byte {
		return le.AppendUint16(le.AppendUint16(le.AppendUint16(le.AppendUint16(nil, a), b), c), theta)
	}
	good := sample(2, 3, 0, 1)
	for name, tc := range map[string]struct {
		n       uint32
		samples [][]byte
		ok      bool
	}{
		"none": {0, nil, true}, "full": {2, [][]byte{good, good}, true}, "too many": {3, [][]byte{good, good, good}, false}, "fewer than told": {2, [][]byte{good}, false},
		"more than told": {1, [][]byte{good, good}, false}, "first bin": {1, [][]byte{sample(3, 0, 0, 1)}, false}, "second bin": {1, [][]byte{sample(0, 4, 0, 1)}, false},
		"third bin": {1, [][]byte{sample(0, 0, 1, 1)}, false}, "no theta": {1, [][]byte{sample(0, 0, 0, 0)}, false}, "the largest theta": {1, [][]byte{sample(0, 0, 0, unit-1)}, true},
	} {
		state := append(le.AppendUint32(slices.Clone(head), tc.n), slices.Concat(tc.samples...)...)
		w := newWindow(t, WindowConfig{NumBins: []int{3, 4}, Capacity: 2, Goal: g})
		if err := w.UnmarshalBinary(state); (err == nil) != tc.ok || tc.ok && w.Len() != int(tc.n) {
			t.Errorf("%s: %d samples, %v", name, w.Len(), err)
		}
	}
	cfg := WindowConfig{NumBins: []int{3, 4}, Halflife: 64, Goal: g, Prior: []Pseudo{{Cell: [3]int{1, 1}, Theta: .5, Weight: 2. / unit}}} // in cell 5: 1 and 1
	head, _ = newWindow(t, cfg).AppendBinary(nil)
	head = head[:len(head)-8-20]
	cell := func(key uint32, one, zero uint64) []byte {
		return le.AppendUint64(le.AppendUint64(le.AppendUint32(nil, key), one), zero)
	}
	prior := cell(5, 1, 1)
	for name, tc := range map[string]struct {
		phase, n uint32
		cells    [][]byte
		ok       bool
	}{
		"the prior alone": {0, 1, [][]byte{prior}, true}, "the last phase": {3, 1, [][]byte{prior}, true}, "no such phase": {4, 1, [][]byte{prior}, false},
		"no prior": {0, 1, [][]byte{cell(4, 7, 7)}, false}, "nothing": {0, 0, nil, false}, "less than the prior": {0, 1, [][]byte{cell(5, 0, 1)}, false},
		"more": {0, 3, [][]byte{cell(0, 1, 1), cell(5, 2, 3), cell(11, 9, 9)}, true}, "one side alone": {0, 1, [][]byte{cell(5, 2, 1)}, false},
		"out of order": {0, 2, [][]byte{prior, cell(4, 1, 1)}, false}, "twice": {0, 2, [][]byte{prior, prior}, false}, "no such cell": {0, 2, [][]byte{prior, cell(12, 1, 1)}, false},
		"empty": {0, 2, [][]byte{prior, cell(6, 0, 0)}, false}, "as much as may be": {0, 2, [][]byte{prior, cell(6, 1<<42-1, 1)}, true},
		"too much": {0, 2, [][]byte{prior, cell(6, 1<<42, 1)}, false}, "too much of nothing": {0, 2, [][]byte{prior, cell(6, 1, 1<<42)}, false},
	} {
		state := append(le.AppendUint32(le.AppendUint32(slices.Clone(head), tc.phase), tc.n), slices.Concat(tc.cells...)...)
		w := newWindow(t, cfg)
		if err := w.UnmarshalBinary(state); (err == nil) != tc.ok || tc.ok && (w.phase != int(tc.phase) || len(w.entries()) != int(tc.n)) {
			t.Errorf("%s: %d cells, phase %d, %v", name, len(w.entries()), w.phase, err)
		}
	}
}

// TestWindowStateRefuses goals that are not finite, and more mass than samples
// can have.
func TestWindowStateRefuses(t *testing.T) {
	le := binary.LittleEndian
	for name, cfg := range configs(t) {
		state, _ := newWindow(t, cfg).AppendBinary(nil)
		for k := range lattices[len(cfg.NumBins)].Len() + 1 { // the weights of atoms, and of h_res
			for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				bad := bytes.Clone(state)
				le.PutUint64(bad[8+8*k:], math.Float64bits(v))
				if err := newWindow(t, cfg).UnmarshalBinary(bad); err == nil {
					t.Errorf("%s: weight %d is %v", name, k, v)
				}
			}
		}
	}
	cfg := WindowConfig{NumBins: []int{16, 32}, Halflife: 64, Goal: mustGoal(t, 2, nil, 0)}
	state, _ := newWindow(t, cfg).AppendBinary(nil)
	for cells, ok := range map[uint32]bool{1 << 7: true, 1<<7 + 1: false} { // of 2^43 − 2 each, 2^50 in all
		full := le.AppendUint32(bytes.Clone(state[:len(state)-4]), cells)
		for key := range cells {
			full = le.AppendUint64(le.AppendUint64(le.AppendUint32(full, key), 1<<42-1), 1<<42-1)
		}
		if err := newWindow(t, cfg).UnmarshalBinary(full); (err == nil) != ok {
			t.Errorf("%d cells of the largest mass: %v", cells, err)
		}
	}
}

// TestThirdBinIsIgnored by a window of two sources.
func TestThirdBinIsIgnored(t *testing.T) {
	for name, cfg := range configs(t) {
		if len(cfg.NumBins) == 2 {
			a, b := newWindow(t, cfg), newWindow(t, cfg)
			a.Push([3]int{1, 2, 0}, .25)
			b.Push([3]int{1, 2, 5}, .25)
			sameWindow(t, name, a, b)
		}
	}
}

// TestWidenRefuses ports that do not exist, and too many doublings.
func TestWidenRefuses(t *testing.T) {
	w := newWindow(t, configs(t)["two"])
	if !panics(func() { _ = w.Widen(2, true) }) || !panics(func() { _ = w.Widen(-1, true) }) {
		t.Error("a port that is not there was widened")
	}
	for k := range maxWidened {
		if err := w.Widen(k%2, k%3 == 0); err != nil {
			t.Fatal(k, err)
		}
	}
	if w.Widen(0, true) == nil {
		t.Error("widened once more than may be")
	}
	state, _ := w.AppendBinary(nil)
	if err := newWindow(t, configs(t)["two"]).UnmarshalBinary(state); err != nil {
		t.Errorf("what was widened as often as may be is not restored: %v", err)
	}
	head := len(state) - maxWidened
	for head > 0 && !bytes.Equal(state[head-2:head], []byte{byte(maxWidened & 0xff), byte(maxWidened >> 8)}) {
		head--
	}
	more := slices.Concat(state[:head-2], []byte{byte((maxWidened + 1) & 0xff), byte((maxWidened + 1) >> 8), 0}, state[head:])
	if err := newWindow(t, configs(t)["two"]).UnmarshalBinary(more); err == nil {
		t.Error("what was widened once more than may be is restored")
	}
}

// TestWindowsShareAGoal: setting a bitwise equal goal keeps the shared data;
// any other goal does not.
func TestWindowsShareAGoal(t *testing.T) {
	gamma := map[string]float64{"unq_r": .1, "unq_c": .2, "red": 1, "syn": .3}
	w := newWindow(t, WindowConfig{NumBins: []int{3, 4}, Capacity: 7, Goal: mustGoal(t, 2, gamma, .1)})
	shared := w.aim
	if err := w.SetGoal(mustGoal(t, 2, gamma, .1)); err != nil || w.aim != shared {
		t.Error("the same goal is another", err)
	}
	for name, was := range gamma {
		gamma[name] = math.Nextafter(was, 2)
		err := w.SetGoal(mustGoal(t, 2, gamma, .1))
		if got, _ := w.CurrentGoal().Gamma(name); err != nil || w.aim == shared || got != gamma[name] {
			t.Errorf("%s was changed: %v, %v", name, w.CurrentGoal(), err)
		}
		shared, gamma[name] = w.aim, was
	}
	if err := w.SetGoal(mustGoal(t, 2, gamma, .2)); err != nil || w.aim == shared {
		t.Error("the weight of what is left was changed", err)
	}
}

// TestFromCumulative: atoms are the differences, unknown values are NaN, and
// vectors must have the right length.
func TestFromCumulative(t *testing.T) {
	d := FromCumulative(SX, 2, []float64{.5, .75, .25, 2})
	if want := []float64{.25, .5, .25, 1}; !slices.Equal(d.Atoms, want) || d.MutualInfo != 2 || d.Measure != SX || !math.IsNaN(d.TargetEntropy) || !math.IsNaN(d.Residual) {
		t.Errorf("%+v", d)
	}
	for name, want := range map[string]float64{"unq_r": .25, "{2}": .5, "red": .25, "{12}": 1} {
		if got, ok := d.Atom(name); !ok || got != want {
			t.Errorf("%s is %v, %v", name, got, ok)
		}
	}
	if v, ok := d.Atom("{3}"); ok || v != 0 {
		t.Errorf("{3} is %v, %v", v, ok)
	}
	l, three := lattices[2], lattices[3]
	for name, do := range map[string]func(){
		"short": func() { FromCumulative(SX, 2, make([]float64, 3)) }, "long": func() { FromCumulative(SX, 2, make([]float64, 5)) },
		"atoms": func() { l.Atoms(make([]float64, 3), make([]float64, 4)) }, "of three": func() { l.Atoms(nil, make([]float64, 18)) },
		"long atoms": func() { l.Atoms(make([]float64, 5), make([]float64, 4)) }, "long atoms of three": func() { three.Atoms(make([]float64, 19), make([]float64, 18)) }, "long sums": func() { l.Cumulative(make([]float64, 4), make([]float64, 5)) },
		"short sums": func() { l.Cumulative(make([]float64, 3), make([]float64, 4)) },
		"sums":       func() { three.Cumulative(make([]float64, 18), make([]float64, 17)) }, "sums of two": func() { l.Cumulative(make([]float64, 5), make([]float64, 4)) },
		"goal": func() { mustGoal(t, 3, nil, 0).Value(d) },
	} {
		if !panics(do) {
			t.Errorf("%s: a vector that does not fit was taken", name)
		}
	}
	in, err := NewInformation([]int{1, 1, 1}, []float64{1})
	if err != nil || !panics(func() { in.Entropy(4) }) || !panics(func() { in.Conditional(3, 4) }) || !panics(func() { in.Conditional(4, 3) }) || !panics(func() { in.Mutual(4) }) ||
		!panics(func() { in.CoInformation(4) }) || !panics(func() { in.OInformation(4) }) || !panics(func() { in.RedundancySynergyIndex(4) }) || panics(func() { in.Mutual(3) }) {
		t.Error("a source that is not there has information", err)
	}
	for m, name := range []string{"sx", "wb", "mmi", "pm", "ccs", "broja", "dep"} {
		if got, err := ParseMeasure(name); err != nil || got != Measure(m) || got.String() != name {
			t.Errorf("%s is %v, %v", name, got, err)
		}
		if most := Measure(m).MaxSources(); most != map[bool]int{true: 5, false: 2}[m < 4] {
			t.Errorf("%s takes %d sources", name, most)
		}
	}
	if _, err := ParseMeasure("pid"); err == nil || Measure(7).String() != "measure(7)" {
		t.Error("there is a measure pid, or an eighth")
	}
}

// TestFaultsAreNamed: with the source and the sample.
func TestFaultsAreNamed(t *testing.T) {
	for want, cfg := range map[string]WindowConfig{
		"source 2 has 0 bins":                                {NumBins: []int{2, 0}, Capacity: 1},
		"source 1 has 70000 bins":                            {NumBins: []int{70000, 1}, Capacity: 1},
		"prior sample 1: bin 4 of source 2 is not in 0 to 3": {NumBins: []int{3, 4}, Capacity: 1, Prior: []Pseudo{{}, {Cell: [3]int{0, 4}}}},
		"prior sample 0: weight is 2e+06":                    {NumBins: []int{3, 4}, Capacity: 1, Prior: []Pseudo{{Weight: 2e6}}},
	} {
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestFaultsOfArgumentsAreNamed: of distributions, positions, batches and
// windows.
func TestFaultsOfArgumentsAreNamed(t *testing.T) {
	g := mustGoal(t, 2, nil, 0)
	batch := func(nbins []int, bins [][]int, theta ...float64) error {
		_, _, err := BatchGoal(nil, g, Samples{NBins: nbins, Bins: bins, Theta: theta})
		return err
	}
	dense := func(shape []int, p ...float64) error {
		_, err := Decompose(SX, shape, p)
		return err
	}
	placed := func(shape, index []int, p ...float64) error {
		_, err := DecomposeSparse(SX, shape, index, p)
		return err
	}
	for want, err := range map[string]error{
		"source 2 has 0 bins":                                  batch([]int{2, 0}, [][]int{{0}, {0}}, .5),
		"source 2 has 2 samples, theta 1":                      batch([]int{2, 2}, [][]int{{0}, {0, 0}}, .5),
		"sample 1 of source 2 is in bin 3 of 3":                batch([]int{2, 3}, [][]int{{0, 0}, {0, 3}}, .5, .5),
		"theta of sample 1 is 2":                               batch([]int{2, 3}, [][]int{{0, 0}, {0, 2}}, .5, 2),
		"has 1 sources; expected 2":                            dense([]int{1, 1}, 1),
		"shape [] has 0 sources":                               dense(nil, 1),
		"dimension 2 of the shape is 0":                        dense([]int{2, 0, 2}),
		"entry 0 is 2.5":                                       dense([]int{1, 1, 2}, 2.5, -1.5),
		"entry 1 is -0.5":                                      dense([]int{1, 1, 2}, 1.5, -.5),
		"3 probabilities for shape [1 2 2], which needs 4":     dense([]int{1, 2, 2}, .5, .25, .25),
		"dimension 3 of the shape is -1":                       placed([]int{1, 2, -1}, []int{0}, 1),
		"position 1 is 4; positions rise strictly from 0 to 3": placed([]int{1, 2, 2}, []int{0, 4}, .5, .5),
		"1 positions for 2 probabilities":                      placed([]int{1, 2, 2}, []int{0}, .5, .5),
		"sum to 0.75":                                          placed([]int{1, 2, 2}, []int{0, 3}, .5, .25),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestThreeSourcesForget: the mass of each cell, and of its marginals, halves
// every half-life, in steps that round down. A cell with less than one unit on
// one side is removed.
func TestThreeSourcesForget(t *testing.T) {
	g := mustGoal(t, 3, map[string]float64{"{1}{2}{3}": 1}, 0)
	w := newWindow(t, WindowConfig{NumBins: []int{3, 4, 2}, Halflife: 1, Goal: g, Prior: []Pseudo{{Cell: [3]int{2, 3, 1}, Theta: .5, Weight: 2}}})
	w.Push([3]int{0, 1, 1}, .25)
	w.Push([3]int{2, 0, 0}, .5)
	for k := 1; k <= 20; k++ {
		w.Push([3]int{1, 1, 0}, .5)
		first, second := mass{unit / 4 >> (k + 1), 3 * unit / 4 >> (k + 1)}, mass{unit / 2 >> k, unit / 2 >> k}
		if first.one == 0 {
			first = mass{}
		}
		if second.one == 0 {
			second = mass{}
		}
		for cell, want := range map[[3]uint16]mass{{0, 1, 1}: first, {2, 0, 0}: second, {2, 3, 1}: {unit, unit}} {
			if got := w.cell(cell); got != want {
				t.Fatalf("after %d pushes cell %v has %v, want %v", k, cell, got, want)
			}
		}
		sum := mass{}
		for _, e := range w.entries() {
			sum.add(e.mass)
		}
		if sum != w.sum {
			t.Fatalf("after %d pushes cells have %v, all %v", k, sum, w.sum)
		}
		row := w.sums.at(w.from[1] + 2)
		if want := (mass{unit + second.one, unit + second.zero}); row != want {
			t.Fatalf("after %d pushes bin 2 of source 1 has %v, want %v", k, row, want)
		}
	}
}

// TestPointwiseOutcomes: the outcomes that occur, or that have a positive
// probability in the optimum, and no others. An invalid distribution has none.
func TestPointwiseOutcomes(t *testing.T) {
	shape := []int{3, 3, 2}
	p := randomJoint(shape, 5, 2)
	q, _, err := Optimum(CCS, shape, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []Measure{SX, PM, CCS} {
		list, err := PointwiseBy(m, shape, p)
		if err != nil {
			t.Fatal(err)
		}
		k := 0
		for i, v := range p {
			if v == 0 && (m != CCS || q[i] == 0) {
				continue
			}
			if k == len(list) || list[k].P != v || !slices.Equal(list[k].State, stateOf(shape, i)) || m == CCS && list[k].Q != q[i] {
				t.Fatalf("%v: outcome %d of %d is not that of %v", m, k, len(list), stateOf(shape, i))
			}
			k++
		}
		if k != len(list) {
			t.Errorf("%v: %d outcomes, want %d", m, len(list), k)
		}
		if _, err := PointwiseBy(m, shape, p[1:]); !errors.Is(err, ErrNotDistribution) {
			t.Errorf("%v: %v", m, err)
		}
		if _, _, err := Optimum(CCS, shape, p[1:]); !errors.Is(err, ErrNotDistribution) {
			t.Errorf("optimum: %v", err)
		}
	}
}
