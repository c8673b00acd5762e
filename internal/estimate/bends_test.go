package estimate

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/pid"
)

// TestOpenChoicesGiveWarning: the report has a warning about open choices of pm or ccs,
// and of no other measure.
func TestOpenChoicesGiveWarning(t *testing.T) {
	f := readTable(t, xorTable(100, 2), "csv")
	for _, m := range pid.Measures() {
		for _, c := range []Correction{Calibrated, MillerMadow} {
			cfg := rcy()
			cfg.Measure, cfg.Bootstrap, cfg.Correction = m, 2, c
			r, err := Estimate(f, cfg)
			if err != nil {
				t.Fatal(err)
			}
			told := slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "to decide between two cases") })
			if told != (m == pid.PM || m == pid.CCS) || (r.Open > 0) != (told && c == Calibrated) {
				t.Errorf("%v, %s: %d open, %q", m, c, r.Open, r.Warnings)
			}
		}
	}
}

// settled returns rows of the shape 2×4×2 in which no surprisal of r (1 bit; given the
// target less or much more, if r informs well) is near one of c (2 bit).
func settled(informs float64) *samples {
	s := &samples{shape: []int{2, 4, 2}}
	rnd := rand.New(rand.NewPCG(7, 7))
	for i := range 4000 {
		r, c := i%2, i/2%4
		y := int32(0)
		if rnd.Float64() < .5-informs+2*informs*float64(r) {
			y = 1
		}
		s.source, s.target = append(s.source, r*4+c), append(s.target, y)
	}
	return s
}

func bentEstimator(t *testing.T, m pid.Measure, s *samples) *estimator {
	t.Helper()
	cfg := Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"t"}, Measure: m, Bootstrap: 50, Rows: Independent}.withDefaults()
	e, err := newEstimator(s, &cfg, nil)
	if err == nil {
		e.bent, err = e.newBends()
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestSettledChoicesDoNotBend: surprisals far from each other leave the intervals
// as they are.
func TestSettledChoicesDoNotBend(t *testing.T) {
	for _, informs := range []float64{.05, .45} {
		if e := bentEstimator(t, pid.PM, settled(informs)); e.bent != nil {
			t.Errorf("%v: %d outcomes are open", informs, e.bent.open)
		}
	}
}

// TestReadingsOfTies: with all choices open the readings are closed forms. Of pm the
// mean surprisal of both sources, (H(R)+H(C))/2, less that given the target; of ccs
// nothing, or the co-information I(T:R)+I(T:C)−I(T:RC) on the distribution of maximum
// entropy.
func TestReadingsOfTies(t *testing.T) {
	s := &samples{shape: []int{2, 2, 2}}
	for at, n := range []int{52, 49, 47, 51, 50, 53, 48, 50} { // 400 rows
		for range n {
			s.source, s.target = append(s.source, at/2), append(s.target, int32(at%2))
		}
	}
	e := bentEstimator(t, pid.PM, s)
	if e.bent == nil || e.bent.open != 8 {
		t.Fatal("symbols nearly as frequent that tell nothing leave every choice open", e.bent)
	}
	c := e.observed
	got, _, err := e.cumulative(c.index, e.frequencies(c))
	if err != nil {
		t.Fatal(err)
	}
	h := func(of func(source int, target int32) int) float64 { // entropy of what of tells
		n := map[int]float64{}
		for i, at := range s.source {
			n[of(at, s.target[i])]++
		}
		sum := 0.0
		for _, v := range n {
			sum -= v / 400 * math.Log2(v/400)
		}
		return sum
	}
	ht := h(func(_ int, y int32) int { return int(y) })
	plus := (h(func(at int, _ int32) int { return at / 2 }) + h(func(at int, _ int32) int { return at % 2 })) / 2
	minus := (h(func(at int, y int32) int { return at/2*2 + int(y) })+h(func(at int, y int32) int { return at%2*2 + int(y) }))/2 - ht
	d := e.plugin
	for r, want := range []float64{plus - d.CumulativeMinus[2], d.CumulativePlus[2] - minus, plus - minus} {
		if v := got[4*(r+1)+2]; !(math.Abs(v-want) <= 1e-12) {
			t.Errorf("reading %d of pm: %v, want %v", r, v, want)
		}
	}

	e = bentEstimator(t, pid.CCS, s)
	got, _, err = e.cumulative(c.index, e.frequencies(c))
	if err != nil || e.bent == nil || e.bent.open != 8 {
		t.Fatal(e.bent, err)
	}
	p := make([]float64, 8)
	for i, at := range c.index {
		p[at] = float64(c.n[i]) / 400
	}
	q, _, err := pid.Optimum(pid.CCS, s.shape, p)
	if err != nil {
		t.Fatal(err)
	}
	dq, err := pid.Decompose(pid.MMI, s.shape, q)
	if err != nil {
		t.Fatal(err)
	}
	if co := dq.Cumulative[0] + dq.Cumulative[1] - dq.MutualInfo; got[4+2] != 0 || !(math.Abs(got[8+2]-co) <= 1e-9) {
		t.Errorf("readings of ccs: %v and %v, want 0 and %v", got[6], got[10], co)
	}
}

// TestCoverageOfBentAtoms: only R informs, and every surprisal of R's is one of C's:
// intervals around the sample's own choices cover in .2 of samples for pm.
func TestCoverageOfBentAtoms(t *testing.T) {
	for m, repeats := range map[pid.Measure]int{pid.PM: 60, pid.CCS: 20} {
		p := performance(t, Models()[2], 200, repeats, Config{Measure: m, Bootstrap: 60})
		for i, v := range p.Coverage {
			if v < .9-3*math.Sqrt(.09/float64(repeats)) {
				t.Errorf("%v: value %d is covered in %.3f", m, i, v)
			}
		}
	}
}

// TestOpenSets: of three sets the ones that were least often enough stay open.
func TestOpenSets(t *testing.T) {
	p := map[uint8]float64{1: .2, 2: .4, 4: .3}
	v := votes{{1, 2}: {1}, {1, 4}: {50}, {2, 4}: {97}}
	of := func(mask uint8, _ int) float64 { return p[mask] }
	if got := v.open([]uint8{1, 2, 4}, 1, of); got[0] != 0b110 {
		t.Errorf("%b: {1} was below {2} in 1 of 100, {4} in 3", got[0])
	}
	v[[2]uint8{1, 2}][0], v[[2]uint8{2, 4}][0] = 3, 98
	if got := v.open([]uint8{1, 2, 4}, 1, of); got[0] != 0b011 {
		t.Errorf("%b: {1} was below {2} in 3 of 100, {4} in 2", got[0])
	}
	got := votes{{1, 2}: {0, 0}}
	got.add(func(mask uint8, place int) float64 { return [][]float64{{.1, .2}, {.3, .3}}[place][mask-1] })
	if v := got[[2]uint8{1, 2}]; v[0] != 0 || v[1] != .5 {
		t.Error("votes", v)
	}
}

// TestReadingsOfSigns: r and c have the same information about the target, so
// no outcome is open. A third symbol of c has no information, so its outcomes
// are open: one reading of the redundancy leaves them out, the other includes
// them.
func TestReadingsOfSigns(t *testing.T) {
	sample := func(symbols int) *samples {
		s := &samples{shape: []int{2, symbols, 2}}
		for at := range 4 * symbols {
			r, c, y := at/2/symbols, at/2%symbols, at%2
			n := 60 // r is wrong in one of ten, and so is c where it tells
			switch {
			case c == y:
				n = 126
			case c < 2:
				n = 14
			}
			if r == y {
				n *= 9
			}
			if n *= 4; r == 1 && c == 2 && y == 1 {
				n += 10 // and a little of chance
			}
			for range n {
				s.source, s.target = append(s.source, r*symbols+c), append(s.target, int32(y))
			}
		}
		return s
	}
	if e := bentEstimator(t, pid.CCS, sample(2)); e.bent != nil {
		t.Errorf("%d outcomes are open", e.bent.open)
	}
	e := bentEstimator(t, pid.CCS, sample(3))
	if e.bent == nil || e.bent.open != 4 {
		t.Fatal("the four outcomes of the third symbol are open", e.bent)
	}
	got, _, err := e.cumulative(e.observed.index, e.frequencies(e.observed))
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float64, 12)
	for i, at := range e.observed.index {
		p[at] = float64(e.observed.n[i]) / float64(e.observed.total)
	}
	list, err := pid.PointwiseBy(pid.CCS, e.shape, p)
	if err != nil {
		t.Fatal(err)
	}
	settled, open := 0.0, 0.0
	for _, r := range list {
		if r.State[1] < 2 {
			settled += r.Q * r.Cumulative[2]
			continue
		}
		rc, y := 0.0, 0.0 // P(r,c) and P(t)
		for i, v := range p {
			if i/2 == r.State[0]*3+2 {
				rc += v
			}
			if i%2 == r.State[2] {
				y += v
			}
		}
		open += r.Q * (r.Cumulative[0] + r.Cumulative[1] - math.Log2(r.Q/(rc*y)))
	}
	if !(math.Abs(got[4+2]-settled) <= 1e-9) || !(math.Abs(got[8+2]-settled-open) <= 1e-9) || math.Abs(open) < 1e-9 {
		t.Errorf("readings %v and %v, want %v and %v", got[6], got[10], settled, settled+open)
	}
}

// TestReadingsOfWeakest: for two sources with the same amount of information,
// the reading of mmi and of wb with both open gives the mean of the two as
// redundancy. If one source has much more information than the other, nothing
// is open.
func TestReadingsOfWeakest(t *testing.T) {
	s := Models()[1].sample(400, rand.New(rand.NewPCG(9, 9)))
	for m, open := range map[pid.Measure]int{pid.MMI: 1, pid.WB: 2} {
		e := bentEstimator(t, m, s)
		if e.bent == nil || e.bent.open != open {
			t.Fatal(m, e.bent)
		}
		readsMean(t, e)
		if e := bentEstimator(t, m, settled(.3)); e.bent != nil {
			t.Errorf("%v: %d places are open", m, e.bent.open)
		}
	}
}

// readsMean holds the first reading of an estimator to the mean of what both sources
// tell as what they share.
func readsMean(t *testing.T, e *estimator) {
	t.Helper()
	got, _, err := e.cumulative(e.observed.index, e.frequencies(e.observed))
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(e.plugin.Cumulative)
	want[2] = (want[0] + want[1]) / 2
	for i, v := range want {
		if !(math.Abs(got[4+i]-v) <= 1e-12) {
			t.Errorf("%v: reading %v, want %v", e.cfg.Measure, got[4:], want)
		}
	}
}

// TestAlike: for two sources with the same information and no unique
// information, a reading of broja gives the mean of the two as redundancy. Two
// bits that are both in the target have the same amount of information, but
// each unique information, so nothing is open.
func TestAlike(t *testing.T) {
	e := bentEstimator(t, pid.BROJA, TiedModels()[0].sample(500, rand.New(rand.NewPCG(9, 9))))
	if e.bent == nil || e.bent.open != 1 {
		t.Fatal(e.bent)
	}
	readsMean(t, e)
	r := &Result{Config: *e.cfg}
	if r.warnBends(e); len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "both sources have about the same information") {
		t.Errorf("%q", r.Warnings)
	}
	own := &samples{shape: []int{2, 2, 4}}
	rnd := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		at := rnd.IntN(4)
		own.source, own.target = append(own.source, at), append(own.target, int32(at))
		if rnd.IntN(5) == 0 {
			own.target[len(own.target)-1] = int32(rnd.IntN(4))
		}
	}
	for _, s := range []*samples{own, settled(.3)} {
		if e := bentEstimator(t, pid.BROJA, s); e.bent != nil {
			t.Errorf("%v: %d places are open", s.shape, e.bent.open)
		}
	}
}

// TestReadingOfOneValue: only for one value of the target is it open which
// source has the least information; wb takes the mean there and the minimum
// elsewhere.
func TestReadingOfOneValue(t *testing.T) {
	e := bentEstimator(t, pid.WB, settled(.05))
	b := &weakest{marginals: e.newMarginals(e.newTally()), places: 2, told: [][]float64{{0, 0}, {.1, .3}, {.2, .5}, {.6, .6}}}
	b.open = [][]uint32{nil, nil, {0b11, 0b01}, nil}
	p := make([]float64, 16)
	for i, at := range e.observed.index {
		p[at] = float64(e.observed.n[i]) / float64(e.observed.total)
	}
	got, err := b.readings(p, e.plugin)
	if err != nil {
		t.Fatal(err)
	}
	want := (b.told[1][0]+b.told[2][0])/2 + b.told[1][1]
	if !(math.Abs(got[0][2]-want) <= 1e-12) || got[0][0] != e.plugin.Cumulative[0] {
		t.Errorf("%v, want %v", got[0], want)
	}
	if sum := b.told[3][0] + b.told[3][1]; !(math.Abs(sum-e.plugin.MutualInfo) <= 1e-12) {
		t.Errorf("all sources tell %v of the values together, want %v", sum, e.plugin.MutualInfo)
	}
}

// TestCoverageOfEqualSources: the minimum of two estimates of the same
// information is biased downwards, but its intervals contain the truth (without
// the mean only in .7 to .8 of samples).
func TestCoverageOfEqualSources(t *testing.T) {
	for m, repeats := range map[pid.Measure]int{pid.MMI: 100, pid.BROJA: 60} {
		p := performance(t, TiedModels()[1], 500, repeats, Config{Measure: m, Bootstrap: 60})
		for i, v := range p.Coverage {
			if v < .95-3.5*math.Sqrt(.95*.05/float64(repeats)) {
				t.Errorf("%v: value %d is covered in %.2f", m, i, v)
			}
		}
	}
}
