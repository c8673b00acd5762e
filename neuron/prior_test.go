package neuron

import (
	"math"
	"testing"

	"infomorph/pid"
)

// TestPriorRows: for each receptive bin Mass samples, Gaussian over the
// context, with the θ that the activation gives at the middle of the bins. If
// the bins only distinguish the sign, at the largest value that the weights
// allow.
func TestPriorRows(t *testing.T) {
	for _, tc := range []struct {
		name string
		bins pid.Bins
		rows []float64 // receptive values
	}{
		{"sign", pid.Bins{Lo: -1, Hi: 1, N: 2}, []float64{-2, 2}}, // 1.5 + 0.5
		{"two bins, not about 0", pid.Bins{Lo: -1, Hi: 3, N: 2}, []float64{0, 2}},
		{"three bins about 0", pid.Bins{Lo: -3, Hi: 3, N: 3}, []float64{-2, 0, 2}},
	} {
		cfg := memoryConfig(t)
		cfg.Activation.Kappa = 0.5
		cfg.Prior = Prior{Mass: 3, Sigma: 4}
		cfg.Ports[Receptive].Bins = tc.bins
		n := mustNew(t, 0, cfg, [NumPorts][]float64{{1.5, -0.5}, {1}, nil})
		prior := n.windowConfig().Prior
		if len(prior) != 60*len(tc.rows) {
			t.Fatalf("%s: %d samples", tc.name, len(prior))
		}
		norm := 0.0
		for j := range 60 {
			c := -20 + 40*(float64(j)+.5)/60
			norm += math.Exp(-c * c / 32)
		}
		for i, r := range tc.rows {
			for j := range 60 {
				c, p := -20+40*(float64(j)+.5)/60, prior[60*i+j]
				theta, weight := 1/(1+math.Exp(-(r+0.5*c))), 3*math.Exp(-c*c/32)/norm
				if p.Cell != [3]int{i, j, 0} || !(math.Abs(p.Theta-theta) <= 1e-12) || !(math.Abs(p.Weight-weight) <= 1e-12) {
					t.Fatalf("%s: sample %d of row %d is %+v, want θ %v, weight %v", tc.name, j, i, p, theta, weight)
				}
			}
		}
		if got, ok := n.Window().CellRate([3]int{len(tc.rows) - 1, 30}); !ok || !(math.Abs(got-1/(1+math.Exp(-2-.5/3))) <= 1e-4) {
			t.Errorf("%s: the window has the rate %v", tc.name, got)
		}
	}
}

// TestNarrowPrior: a Gaussian much narrower than a bin is completely in the bin
// at 0, or in two equal halves if 0 is an edge. Without mass or deviation there
// is no prior.
func TestNarrowPrior(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Prior = Prior{Mass: 2, Sigma: 1e-3}
	weights := func(bins int) (w []float64) {
		c := *cfg
		c.Ports[Contextual].Bins.N = bins
		for _, p := range mustNew(t, 0, &c, wires(1, 1)).windowConfig().Prior {
			w = append(w, p.Weight)
		}
		return w
	}
	if w := weights(3); len(w) != 6 || w[0] != 0 || w[1] != 2 || w[2] != 0 || w[4] != 2 {
		t.Errorf("three bins: %v", w)
	}
	if w := weights(4); len(w) != 8 || w[0] != 0 || !(math.Abs(w[1]-1) <= 1e-9) || !(math.Abs(w[2]-1) <= 1e-9) || w[3] != 0 {
		t.Errorf("four bins: %v", w)
	}
	for _, none := range []Prior{{}, {Mass: 1}, {Sigma: 1}} {
		c := *cfg
		c.Prior = none
		if got := mustNew(t, 0, &c, wires(1, 1)).windowConfig().Prior; got != nil {
			t.Errorf("%+v: %v", none, got)
		}
	}
}

// TestPriorOfThreeSources: the prior is at lateral value 0.
func TestPriorOfThreeSources(t *testing.T) {
	goal, err := pid.NewGoal(3, map[string]float64{"{1}{2}{3}": 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	cfg := memoryConfig(t)
	cfg.Sources, cfg.Goal = 3, goal
	cfg.Ports[Lateral] = PortConfig{Bins: pid.Bins{Lo: -1, Hi: 3, N: 4}}
	prior := mustNew(t, 0, cfg, wires(1, 1)).windowConfig().Prior
	for _, p := range prior {
		if p.Cell[2] != 0 { // (−1, 0]
			t.Fatalf("%+v", p)
		}
	}
	if len(prior) != 120 {
		t.Errorf("%d samples", len(prior))
	}
}

// TestRunningMeans: at first the plain mean of the inputs, later with the rate
// Center.
func TestRunningMeans(t *testing.T) {
	cfg := memoryConfig(t)
	cfg.Ports[Contextual] = PortConfig{Bins: cfg.Ports[Contextual].Bins, Center: 0.25}
	n := mustNew(t, 0, cfg, wires(1, 1, 2))
	want := [2]float64{}
	for k, x := range [][2]float32{{4, -1}, {8, -1}, {0, 2}, {4, 4}, {12, 0}, {-4, 1}} {
		out := drive(n, Time(k), Learn|Observe, context(x[:]...))
		if got, sum := out.Samples[0].Sum[Contextual], float64(x[0])-want[0]+2*(float64(x[1])-want[1]); !(math.Abs(got-sum) <= 1e-12) {
			t.Errorf("update %d: the port's value is %v, want %v", k, got, sum)
		}
		rate := []float64{1, 1. / 2, 1. / 3, 1. / 4, 1. / 4, 1. / 4}[k]
		for i := range want {
			want[i] = (1-rate)*want[i] + rate*float64(x[i])
			if got := n.ports[Contextual].mean[i]; !(math.Abs(got-want[i]) <= 1e-12) {
				t.Errorf("update %d: mean %d is %v, want %v", k, i, got, want[i])
			}
		}
	}
}
