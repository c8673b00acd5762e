package measure

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"infomorph/neuron"
	"infomorph/pid"
	"infomorph/scenarios/data"
)

// fails is a test, or the type of tests of package rapid.
type fails interface {
	Helper()
	Errorf(format string, args ...any)
}

// near fails if two numbers differ.
func near(t fails, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func nearAll(t fails, what string, got, want []float64) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-9 || math.IsNaN(a) && math.IsNaN(b) }) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestEntropies(t *testing.T) {
	near(t, "H(1/4, 1/4, 1/2)", entropy([]float64{1, 1, 2, 0}), 1.5)
	near(t, "H of eight alike", entropy([]float64{3, 3, 3, 3, 3, 3, 3, 3}), 3)
	near(t, "H of one", entropy([]float64{0, 5}), 0)
	near(t, "H(1/2)", binaryEntropy(0.5), 1)
	near(t, "H(1/4)", binaryEntropy(0.25), 2-0.75*math.Log2(3))
	for _, p := range []float64{0, 1, -0.5, 1.5} {
		near(t, "H where nothing is open", binaryEntropy(p), 0)
	}
}

// Chance levels in closed form, for chi-squared and normal variables with a simple mean.
func TestChanceInClosedForm(t *testing.T) {
	near(t, "bias", bias(100, 3, 0.5), 0.5*3/(200*math.Ln2))
	unit := 1 / (2 * 100 * math.Ln2)
	// chi-squared with 2 degrees is exponential with mean 2: the largest of k has mean 2·(1+1/2+…+1/k)
	for k, want := range map[int]float64{1: 2, 2: 3, 3: 11.0 / 3} {
		if got := largestBias(100, 2, k, 0.25); !(math.Abs(got-0.25*want*unit) <= 1e-6) {
			t.Errorf("the largest of %d is %v, want %v", k, got, 0.25*want*unit)
		}
	}
	// and it exceeds x with probability exp(−x/2)
	near(t, "exceeds", exceeds(3*unit*0.25, 100, 2, 0.25), math.Exp(-1.5))
	if got := largestNormal([]float64{0, 2}); !(math.Abs(got-2*math.Sqrt(2/math.Pi)) <= 1e-6) {
		t.Errorf("E|z| of a deviation of 2: %v", got)
	}
	if got := integrate(func(x float64) float64 { return math.Exp(-x) }, 40); !(math.Abs(got-1) <= 1e-6) {
		t.Errorf("∫ exp(−x) is %v", got)
	}
	for what, got := range map[string]float64{"no items": bias(0, 3, 1), "less than none": bias(-1, 3, 1), "largest, no items": largestBias(0, 1, 2, 1),
		"largest, always alike": largestBias(9, 1, 2, 0), "largest of none": largestBias(9, 1, 0, 1), "exceeds, no items": exceeds(1, 0, 1, 1),
		"exceeds, always alike": exceeds(1, 9, 1, 0), "no deviation": largestNormal([]float64{0}), "of nothing": largestNormal(nil)} {
		near(t, what, got, 0)
	}
}

// count makes a tally of items from the features that are on and the values of neurons.
func count(features int, on [][]int, theta ...[]float64) *tally {
	c := newTally(len(theta), features)
	for k := range on {
		c.item(on[k])
		for i := range theta {
			c.add(i, theta[i][k], on[k])
		}
	}
	return &c
}

func TestTallyKnownAnswers(t *testing.T) {
	on := [][]int{{0}, {0, 1}, {1}, nil}
	c := count(2, on, []float64{1, 1, 0, 0}, []float64{0.2, 0.4, 0.6, 0.8}, []float64{1, math.NaN(), 0, 0}, []float64{1, 1, 1, 1})
	nearAll(t, "who fires with the first feature", c.about(nil, 0), []float64{1, 0})
	// θ̄ is .3 with the first and .7 without: 1 − H(.3) bits; .5 with the second and without
	nearAll(t, "who says so by halves", c.about([]float64{7}, 1), []float64{7, 1 - binaryEntropy(0.3), 0})
	nearAll(t, "who was not heard once", c.about(nil, 2), []float64{0, 0})
	nearAll(t, "who always fires", c.about(nil, 3), []float64{0, 0})
	for i, want := range []float64{1, 0.2, 0, 0} { // variances .25 and .05 of .25
		near(t, "what is left of the variance of a bit", c.shrink(i), want)
	}
	if !c.knows(0) || !c.knows(1) || c.knows(2) || !c.knows(3) || c.label(2) != 0 {
		t.Error("those know that were heard in all of the items")
	}
	nearAll(t, "present", c.Present, []float64{2, 2})
	c.reset()
	if empty := newTally(4, 2); c.Total != 0 || c.knows(0) || !slices.Equal(c.Joint, empty.Joint) || !slices.Equal(c.Fired, empty.Fired) ||
		!slices.Equal(c.Heard, empty.Heard) || !slices.Equal(c.Squares, empty.Squares) || !slices.Equal(c.Present, empty.Present) {
		t.Errorf("after it is begun anew: %+v", c)
	}
	labels := count(3, [][]int{{0}, {0}, {1}, {2}}, []float64{1, 1, 0, 0}, []float64{0, 1, 0, 1}, []float64{0, 0, 0, 1})
	near(t, "one label of three", labels.label(0), 1)
	near(t, "half of the second and all of the third", labels.label(1), 0.5)
	near(t, "the third only", labels.label(2), binaryEntropy(0.25))
}

// Information equals its definition, summed over the joint distribution.
func TestInformationIsByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.IntRange(2, 5).Draw(t, "labels")
		n := rapid.IntRange(1, 12).Draw(t, "items")
		on, theta := make([][]int, n), make([]float64, n)
		joint := make([][2]float64, labels)
		for k := range n {
			label := rapid.IntRange(0, labels-1).Draw(t, "label")
			on[k], theta[k] = []int{label}, rapid.Float64Range(0, 1).Draw(t, "theta")
			joint[label][1] += theta[k] / float64(n)
			joint[label][0] += (1 - theta[k]) / float64(n)
		}
		c := count(labels, on, theta)
		near(t, "about the label", c.label(0), mutual(joint))
		for f, got := range c.about(nil, 0) {
			two := make([][2]float64, 2)
			for label, p := range joint {
				for y := range p {
					two[map[bool]int{true: 1}[label == f]][y] += p[y]
				}
			}
			near(t, "about a feature", got, mutual(two))
		}
	})
}

// mutual is I = Σ p(x,y) log2 p(x,y)/(p(x) p(y)).
func mutual(joint [][2]float64) (sum float64) {
	var y [2]float64
	for _, p := range joint {
		y[0], y[1] = y[0]+p[0], y[1]+p[1]
	}
	for _, p := range joint {
		for k := range p {
			if p[k] > 1e-14 {
				sum += p[k] * math.Log2(p[k]/((p[0]+p[1])*y[k]))
			}
		}
	}
	return sum
}

func TestFits(t *testing.T) {
	if m := newMatrix(2, 3); !fits(m, 2, 3) || fits(m, 3, 3) || fits(m, 2, 2) || fits([][]float64{{1, 2, 3}, {1}}, 2, 3) {
		t.Error("a matrix fits by all of its rows")
	}
	c := newTally(2, 3)
	for _, broken := range []func(c *tally){
		func(c *tally) { c.Heard = c.Heard[1:] }, func(c *tally) { c.Fired = c.Fired[1:] }, func(c *tally) { c.Squares = append(c.Squares, 0) },
		func(c *tally) { c.Present = c.Present[1:] }, func(c *tally) { c.Joint = append(c.Joint, 0) },
	} {
		bad := c
		if broken(&bad); bad.fits(2, 3) || !c.fits(2, 3) {
			t.Errorf("%+v fits", bad)
		}
	}
}

func TestOrientation(t *testing.T) {
	o := newOrientation(2)
	for range 20 {
		o.add(0, true, 0.2)
		o.add(0, false, 0.3)
		o.add(1, true, 0.4)
	}
	for range 19 {
		o.add(1, false, 0.1)
	}
	if o.sign(0) != -1 || o.sign(1) != 1 {
		t.Errorf("less for its own is read the other way: %v %v", o.sign(0), o.sign(1))
	}
	if !o.knows(0) || o.knows(1) || newOrientationOf(19, 20).knows(0) || !newOrientationOf(20, 20).knows(0) {
		t.Error("20 items of its own and of others are enough, 19 are not")
	}
	if alike := newOrientationOf(20, 40); alike.sign(0) != 1 {
		t.Error("who fires alike for both is read as it is")
	}
	if o.fits(3) || !o.fits(2) || (&orientation{Theta: o.Theta}).fits(2) || (&orientation{N: o.N}).fits(2) {
		t.Error("an orientation fits by its neurons")
	}
}

// newOrientationOf returns the orientation of a neuron with θ = ½ for a number of items
// of its own label and of others.
func newOrientationOf(own, others int) *orientation {
	o := newOrientation(1)
	for range own {
		o.add(0, true, 0.5)
	}
	for range others {
		o.add(0, false, 0.5)
	}
	return &o
}

// The second half of a phase starts a new measurement. Until it has enough items, the
// earlier one counts.
func TestBearings(t *testing.T) {
	b := newBearings(1)
	b.begin(10)
	var turned []int
	learn := func(items int, own, others float64) {
		for range items {
			if b.next() {
				turned = append(turned, b.Done)
			}
			b.add(0, true, own)
			b.add(0, false, others)
		}
	}
	learn(12, 0.1, 0.9)
	if !slices.Equal(turned, []int{7}) || b.Late.N[0] != [2]float64{6, 6} || b.Early.N[0] != [2]float64{6, 6} {
		t.Errorf("the second half of 10 begins after %v items; it has %v, the first %v", turned, b.Late.N, b.Early.N)
	}
	b.begin(0) // of unknown length, so there is no second half
	learn(30, 0.1, 0.9)
	if b.sign(0) != -1 || len(turned) != 1 || b.Done != 30 || b.Planned != 0 {
		t.Errorf("sign %v, turned %v, %d of %d", b.sign(0), turned, b.Done, b.Planned)
	}
	b.begin(0)
	learn(19, 0.9, 0.1)
	if b.sign(0) != -1 {
		t.Error("19 items turn it round")
	}
	learn(1, 0.9, 0.1)
	if b.sign(0) != 1 {
		t.Error("20 items do not turn it round")
	}
	b.fade()
	if b.Late.N[0] != [2]float64{10, 10} || b.Early.N[0] != [2]float64{15, 15} {
		t.Errorf("after a pass %v and %v count", b.Late.N, b.Early.N)
	}
	near(t, "θ, of its own", b.Late.Theta[0][1], 9)
	near(t, "θ, of others, before", b.Early.Theta[0][0], 13.5)
}

func TestMarginal(t *testing.T) {
	bins := pid.Bins{Lo: -2, Hi: 2, N: 4} // middles at −1.5, −.5, .5, 1.5
	m := newMarginal(2, bins)
	m.add(bins, 1, -1.4, 0.1)
	m.add(bins, 1, -1.6, 0.3) // bin 0: .2
	m.add(bins, 1, 1.5, 0.8)  // bin 3
	for r, want := range map[float64]float64{-1.5: 0.2, -9: 0.2, 1.5: 0.8, 9: 0.8, -0.5: 0.2, 0.5: 0.8, 0: 0.5, -1: 0.2, 1: 0.8, 0.25: 0.65} {
		near(t, "P(Y|r)", m.rate(bins, 1, r), want)
		near(t, "P(Y|r) of a neuron that saw nothing", m.rate(bins, 0, r), 0.5)
	}
	narrow := pid.Bins{Lo: -1, Hi: 1, N: 4} // middles at −.75, −.25, .25, .75
	n := newMarginal(1, narrow)
	n.add(narrow, 0, -0.75, 0.2)
	n.add(narrow, 0, -0.25, 0.6)
	n.add(narrow, 0, 0.75, 0.9)
	for r, want := range map[float64]float64{-1: 0.2, -0.75: 0.2, -0.5: 0.4, -0.25: 0.6, 0.25: 0.6, 0.75: 0.9, 1: 0.9} {
		near(t, "P(Y|r) in narrow bins", n.rate(narrow, 0, r), want)
	}
	m.add(bins, 0, 0.5, 0.6) // bin 2 alone: as near to bin 1 as to bin 3
	near(t, "nearest from below", m.rate(bins, 0, -1.5), 0.6)
	m.add(bins, 0, -1.5, 0.2)
	near(t, "the bin below is taken first", m.at(0, 1), 0.2)
	m.fade()
	if m.N[1][0] != 1 || m.N[1][3] != 0.5 || !(math.Abs(m.Sum[1][0]-0.2) <= 1e-12) {
		t.Errorf("after a pass %v of %v", m.Sum, m.N)
	}
	if m.forget(); m.at(1, 0) != 0.5 || !m.fits(2, bins) || m.fits(1, bins) || m.fits(2, pid.Bins{N: 5}) {
		t.Errorf("begun anew it knows nothing: %+v", m)
	}
}

func TestBest(t *testing.T) {
	for _, c := range []struct {
		voice       []float64
		most        float64
		ties, label int
		share       float64
		blank       bool
	}{
		{[]float64{0, 0, 0, 0}, math.Inf(-1), 0, 2, 0.25, true},
		{[]float64{0, -2, -1, 0}, -1, 1, 2, 1, false},
		{[]float64{0, -2, -1, 0}, -1, 1, 0, 0, false}, // no evidence is less than any
		{[]float64{3, 1, 3, 3}, 3, 3, 3, 1.0 / 3, false},
		{[]float64{3, 1, 3, 3}, 3, 3, 1, 0, false},
	} {
		most, ties := best(c.voice)
		if share, blank := right(c.voice, c.label); most != c.most || ties != c.ties || share != c.share || blank != c.blank {
			t.Errorf("%v: %v of %d; label %d by %v, blank %v", c.voice, most, ties, c.label, share, blank)
		}
	}
	if most, at := bestOf([]float64{1, 3, 3, 2}); most != 3 || at != 1 {
		t.Errorf("the best is %v at %d", most, at)
	}
}

// The last item of a block completes it. Chance is that of the last block with items.
func TestCurve(t *testing.T) {
	var c curve
	var closed []int
	for k, share := range []float64{1, 0, 0.5, 1, 1, 1, 0} {
		if c.add(share, k%2, 2, 3) {
			closed = append(closed, k)
		}
	}
	if !slices.Equal(closed, []int{2, 5}) || !slices.Equal(c.X, []float64{3, 6}) || !slices.Equal(c.Y, []float64{0.5, 1}) || c.Last != 1 {
		t.Errorf("blocks close at %v: %+v", closed, c)
	}
	if c.Seen != 1 || c.Total != 7 || c.Right != 0 || !slices.Equal(c.Chance, []float64{1, 0}) {
		t.Errorf("the block that is on: %+v", c)
	}
	near(t, "share of the most frequent", mostFrequent([]float64{1, 4, 3}), 0.5)
	nearAll(t, "misread", misread([]float64{1, 0.25}), []float64{0, 0.75})
}

func TestAgreement(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		port, of float64
		want     agreement
	}{
		{1, 2, agreement{Seen: 1, Right: 1, Port: 1, Of: 1}},
		{-1, -2, agreement{Seen: 1, Right: 1}},
		{1, -2, agreement{Seen: 1, Port: 1}},
		{-1, 2, agreement{Seen: 1, Of: 1}},
		{0, 2, agreement{Seen: 1, Blank: 1, Of: 1}},
		{nan, -2, agreement{Seen: 1, Blank: 1}},
		{inf, 2, agreement{Seen: 1, Blank: 1, Of: 1}},
		{1e-300, 1e-300, agreement{Seen: 1, Right: 1, Port: 1, Of: 1}}, // their product is 0
		{-1e-300, -1e-300, agreement{Seen: 1, Right: 1}},
		{1, 0, agreement{}}, {1, nan, agreement{}}, {1, inf, agreement{}},
	} {
		var a agreement
		if a.add(c.port, c.of); a != c.want {
			t.Errorf("%v predicts %v: %+v, want %+v", c.port, c.of, a, c.want)
		}
	}
	if none := sum([]agreement{{}}); !math.IsNaN(none.Value) || none.Chance != 0 {
		t.Errorf("of no bits: %+v", none)
	}
}

func TestLoss(t *testing.T) {
	// odds 1, 3 and 1/3
	near(t, "loss", loss([]float64{0.5, 0.75, 0.25}, 1, true), math.Log2((1+3+1.0/3)/3))
	near(t, "loss of who knows nothing", loss([]float64{0.5, 0.5, 0.5, 0.5}, 1, false), 2)
	near(t, "most there is", loss([]float64{1, 0}, 1, true), 20)
	near(t, "least odds", loss([]float64{0, 0.5}, 0, true), math.Log2(1+(1-1e-6)/1e-6))
	near(t, "largest odds", loss([]float64{1, 0.5}, 0, true), math.Log2(1+1e-6/(1-1e-6)))
	if used([]float64{0, 2, 0, 1}) != 2 || used([]float64{0}) != 1 {
		t.Error("counts that are used")
	}
}

// d′ of small samples, computed by hand.
func TestDPrime(t *testing.T) {
	on := [][]int{{0}, {0}, nil, nil, nil, {1}}
	p := phaseMoments{tally: *count(2, on,
		[]float64{0.6, 0.8, 0.2, 0.4, 0.2, 0.4}, []float64{1, 1, 0, 0, 0, 0}, []float64{0.3, 0.3, 0.3, 0.3, 0.3, 0.3}, []float64{1, 1, 1, 1, 1, math.NaN()})}
	p.JointSquares = []float64{0.36 + 0.64, 0.16, 2, 0, 0.18, 0.09, 2, 0}
	near(t, "d′", p.dPrime(0), 0.4/0.1) // means .7 and .3, both deviations .1
	near(t, "d′ of who tells them apart without fail", p.dPrime(1), 1000)
	near(t, "d′ of who is always alike", p.dPrime(2), 0)
	near(t, "d′ of who was not heard once", p.dPrime(3), 0)
	// only the first feature has two items with and without it: E|z|·√(1/2+1/4)
	if want := math.Sqrt(2/math.Pi) * math.Sqrt(0.75); !(math.Abs(p.chance()-want) <= 1e-6) {
		t.Errorf("chance is %v, want %v", p.chance(), want)
	}
	most := phaseMoments{tally: *count(1, [][]int{{0}, {0}, {0}, nil}, []float64{0, 0, 0, 1})}
	if most.JointSquares = []float64{0}; most.dPrime(0) != 0 || most.chance() != 0 {
		t.Error("one item without the feature is no sample")
	}
}

func TestTurnedOn(t *testing.T) {
	for _, c := range []struct {
		it      data.Item
		n       int
		ofLabel bool
		want    []int
		ok      bool
	}{
		{data.Item{Label: 2}, 3, true, []int{9, 2}, true},
		{data.Item{Label: 0}, 3, true, []int{9, 0}, true},
		{data.Item{Label: 3}, 3, true, []int{9}, false},
		{data.Item{Label: -1}, 3, true, []int{9}, false},
		{data.Item{Features: []float32{1, 0, 0.5, -1}}, 4, false, []int{9, 0, 2}, true},
		{data.Item{Features: []float32{1, 0}}, 3, false, []int{9}, false},
	} {
		if got, ok := turnedOn([]int{9}, &c.it, c.n, c.ofLabel); !slices.Equal(got, c.want) || ok != c.ok {
			t.Errorf("%+v: %v, %v", c.it, got, ok)
		}
	}
}

// Samples are spread evenly over steps, and their number is as requested.
func TestSampling(t *testing.T) {
	taken := func(steps, samples int) (at []int) {
		s := Sampling{Steps: steps, Samples: samples}
		for k := range steps + 3 {
			if s.Due(k + 1) {
				at = append(at, k+1)
			}
		}
		return at
	}
	for _, c := range []struct {
		steps, samples int
		want           []int
	}{{10, 3, []int{4, 7, 10}}, {4, 4, []int{1, 2, 3, 4}}, {10, 1, []int{10}}, {10, 0, nil}} {
		if got := taken(c.steps, c.samples); !slices.Equal(got, c.want) {
			t.Errorf("%d samples of %d steps: %v, want %v", c.samples, c.steps, got, c.want)
		}
	}
}

// Groups find their members among samples and reports, even if these begin before the
// group and end after it.
func TestGroups(t *testing.T) {
	g := Group{First: 3, Size: 2}
	var samples []neuron.Sample
	var reports []neuron.Report
	for _, id := range []neuron.ID{1, 2, 3, 4, 5, 6} {
		samples, reports = append(samples, neuron.Sample{Neuron: id}), append(reports, neuron.Report{Neuron: id})
	}
	if got := g.of(samples); len(got) != 2 || got[0].Neuron != 3 || got[1].Neuron != 4 {
		t.Errorf("samples %v", got)
	}
	if got := g.among(reports); len(got) != 2 || got[0].Neuron != 3 || got[1].Neuron != 4 {
		t.Errorf("reports %v", got)
	}
	if len(g.of(samples[:2])) != 0 || len(g.among(reports[4:])) != 0 || len(g.among(reports[:3])) != 1 || len(g.of(samples[3:])) != 1 {
		t.Error("a group takes what is of others")
	}
	if !slices.Equal(g.ids(), []neuron.ID{3, 4}) {
		t.Error(g.ids())
	}
	many := Group{Size: 2*mostReports + 2}.ids()
	some := Spread(many)
	if len(some) != mostReports || some[0] != 0 || some[1] != 2 || some[mostReports-1] != neuron.ID((mostReports-1)*len(many)/mostReports) || len(Spread(many[:mostReports])) != mostReports {
		t.Errorf("%d of %d are asked: %v …", len(some), len(many), some[:3])
	}
}

func TestCells(t *testing.T) {
	v := 2.0
	if cell(math.NaN()) != nil || cell(math.Inf(-1)) != nil || cell(1) != 1.0 || cellOf(nil) != nil || cellOf(&v) != 2.0 || defined(math.NaN()) != nil || *defined(3) != 3 {
		t.Error("a cell is empty where there is no number")
	}
	near(t, "norm", norm([]float64{3, -4}), 5)
	near(t, "cosine", Cosine([]float64{1, 1}, []float64{1, 0}), math.Sqrt(0.5))
	near(t, "cosine of nothing", Cosine([]float64{0, 0}, []float64{1, 0}), 0)
	near(t, "cosine with what is no number", Cosine([]float64{math.Inf(1), 0}, []float64{1, 0}), 0)
	if got := placeName("a", "", "b", ""); got != "a.b" {
		t.Error(got)
	}
}

func TestCosine(t *testing.T) {
	for _, c := range []struct {
		a, b []float32
		want float64
	}{{[]float32{1, 1}, []float32{2, 2}, 1}, {[]float32{1, 0}, []float32{1, 1}, math.Sqrt(0.5)}, {[]float32{1, 1}, []float32{-3, -3}, -1}, {[]float32{0, 0}, []float32{1, 1}, 0}, {[]float32{1, 1}, []float32{0, 0}, 0}} {
		if got := Cosine(c.a, c.b); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("cosine of %v and %v is %v", c.a, c.b, got)
		}
	}
}
