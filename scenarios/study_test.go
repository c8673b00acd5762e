package scenarios

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/scenarios/journal"
)

// r is exactly ±1 within each network; over networks, the z values have weights n−3.
func TestCorrelationWithinNetworks(t *testing.T) {
	var c correlation
	c.begin()
	c.add([]float64{1, 2, 3, 4, 5, math.NaN()}, []float64{2, 1, 4, 3, 5, 7}) // r = .8
	c.begin()
	c.add([]float64{11, 12, 13, 14, 15}, []float64{2, 1, 4, 3, 5}) // .8, far away
	c.add([]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4})            // too few
	c.begin()
	c.add([]float64{1, 1, 1, 1, 1}, []float64{1, 2, 3, 4, 5}) // undefined
	r, low, high := c.interval(rand.New(rand.NewPCG(1, 2)))
	if !(math.Abs(r-0.8) <= 1e-12) || !math.IsNaN(low) || !math.IsNaN(high) || len(c.known()) != 2 || c.neurons != 10 {
		t.Errorf("r %v from %v to %v, %d networks, %d neurons", r, low, high, len(c.known()), c.neurons)
	}
}

// Correlated neurons within a network do not make the interval narrow. For 20 networks
// with z drawn from N(0, .3), about 95 % of the intervals of the mean contain 0, for any
// number of neurons per network. If the bootstrap were over neurons, almost none would.
func TestCorrelationIntervalIsOverNetworks(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const trials = 200
	holds := 0
	for range trials {
		var c correlation
		for range 20 {
			r := math.Tanh(0.3 * rng.NormFloat64())
			x, y := make([]float64, 400), make([]float64, 400)
			for i := range x {
				x[i] = rng.NormFloat64()
				y[i] = r*x[i] + math.Sqrt(1-r*r)*rng.NormFloat64()
			}
			c.begin()
			c.add(x, y)
		}
		if _, low, high := c.interval(rng); low <= 0 && 0 <= high {
			holds++
		}
	}
	if holds < 175 || holds > 198 {
		t.Errorf("%d of %d intervals hold the true value", holds, trials)
	}
}

// A picture of a study has the mean, its 95 % interval over seeds, and the values of the
// seeds.
func TestStudyPictureShowsIntervals(t *testing.T) {
	s := &Study{Score: "s", Seeds: 4, Panels: []Panel{{Name: "p", Points: []Variant{{Name: "a"}}}}}
	r := &studyRun{studyTask: &studyTask{study: s}, journal: &journal.Listener{}, state: studyState{Outcomes: map[string]scored{}}}
	c := cell{}
	for i, v := range []float64{1, 2, 3, 4} {
		tr := trial{key: string(rune('a' + i)), seed: uint64(i)}
		c.trials = append(c.trials, tr)
		r.state.Outcomes[tr.key] = scored{Values: map[string]float64{"s": v}}
	}
	l := r.picture(0, []cell{c})
	got := l.Series[0]
	// R: t.test(c(1,2,3,4)) gives 0.4457397 to 4.5542603.
	if got.Y[0] != 2.5 || !(math.Abs(got.Low[0]-0.4457397) <= 1e-6) || !(math.Abs(got.High[0]-4.5542603) <= 1e-6) || len(got.Each[0]) != 4 {
		t.Errorf("%+v", got)
	}
	if l.Y != "s" || l.Note != "mean, 95 % interval and each of 4 seeds" {
		t.Errorf("%q, %q", l.Y, l.Note)
	}
}

// When rules are compared, each has its own settings. A setting that no rule uses is
// refused, and so is one that the rule of the document does not use.
func TestSettingsOfOtherRules(t *testing.T) {
	heard := map[string]bool{}
	got := ofRule([]string{"network.topology.k=4", "network.topology.rule=ring", "network.topology.p=0.1", "network.topology.graph=x", "seed=1"}, heard)
	if want := []string{"network.topology.k=4", "network.topology.rule=ring", "network.topology.graph=x", "seed=1"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if heard["network.topology.p=0.1"] || !heard["network.topology.k=4"] {
		t.Errorf("%v", heard)
	}
	ofRule([]string{"network.topology.k=4", "network.topology.rule=erdos_renyi", "network.topology.p=0.1"}, heard)
	ofRule([]string{"network.topology.p=0.1", "network.topology.rule=ring"}, heard)
	if !heard["network.topology.p=0.1"] || !heard["network.topology.k=4"] {
		t.Errorf("one rule uses them: %v", heard)
	}
	if got := ofRule([]string{"network.topology.k=4"}, heard); len(got) != 1 {
		t.Errorf("a setting of the rule in the document is left out: %v", got)
	}
	_, err := Load("x.yaml", strings.NewReader(`apiVersion: infomorph/v2
name: r
associative_memory: {patterns: {source: random, count: 3}}
network: {neurons: 20, topology: {rule: ring, k: 4, p: 0.5}}
`))
	if err == nil || !strings.Contains(err.Error(), "x.yaml:4:56: network.topology.p: is not used by rule ring; its settings are k, directed") {
		t.Error(err)
	}
}
