package neuron

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// gradFixture is one batch of the layer by the authors of the paper, in double
// precision: pre-activations, bins, θ, and the derivatives of the goal.
type gradFixture struct {
	Name       string
	Sources    int `json:"n_sources"`
	Activation struct {
		Type   string
		Params struct{ K1, K2, C1, C2, W1, W2 float64 }
	}
	Binning struct {
		Kind      string
		Bins      []int `json:"n_bins"`
		Edges     [][2]float64
		Normalize bool
	}
	GammaOrder []string `json:"gamma_order"`
	Gamma      []float64
	Goal       float64
	Theta      []float64
	DTheta     []float64 `json:"dG_dtheta"`
	R, C, L    []float64
	RBin       []int     `json:"r_bin"`
	CBin       []int     `json:"c_bin"`
	LBin       []int     `json:"l_bin"`
	DR         []float64 `json:"dG_dr"`
	DC         []float64 `json:"dG_dc"`
	DL         []float64 `json:"dG_dl"`
	Saturated  []int     `json:"saturated_samples"`

	XR  [][]float64 `json:"x_r"`
	XC  [][]float64 `json:"x_c"`
	XL  [][]float64 `json:"x_l"`
	DWR []float64   `json:"dG_dw_r"`
	DWC []float64   `json:"dG_dw_c"`
	DWL []float64   `json:"dG_dw_l"`
	DBR float64     `json:"dG_db_r"`
	DBC float64     `json:"dG_db_c"`
	DBL float64     `json:"dG_db_l"`
}

// fixturePort is the data of a fixture about one port.
type fixturePort struct {
	value []float64
	bin   []int
	grad  []float64
	x     [][]float64
	dw    []float64
	db    float64
}

func (f *gradFixture) ports() []fixturePort {
	return []fixturePort{
		{f.R, f.RBin, f.DR, f.XR, f.DWR, f.DBR},
		{f.C, f.CBin, f.DC, f.XC, f.DWC, f.DBC},
		{f.L, f.LBin, f.DL, f.XL, f.DWL, f.DBL},
	}[:f.Sources]
}

// activation converts the authors' names to ours.
func (f *gradFixture) activation(t *testing.T) Activation {
	p := f.Activation.Params
	switch f.Activation.Type {
	case "GraetzActivation":
		return Activation{Kind: Modulatory, K1: p.K1, K2: p.K2}
	case "PlainSum":
		return Activation{Kind: Sum, Beta: 1, Kappa: 1}
	case "SumActivation", "ThreeSum":
		return Activation{Kind: Sum, Beta: 1, Kappa: 0.1, Lambda: 1}
	case "Schneider3SourceActivation":
		return Activation{Kind: ThreeSource, C1: p.C1, C2: p.C2, W1: p.W1, W2: p.W2}
	}
	t.Fatalf("unknown activation %q", f.Activation.Type)
	return Activation{}
}

func (f *gradFixture) goal() *bruteGoal {
	gamma := map[string]float64{}
	for i, name := range f.GammaOrder {
		gamma[name] = f.Gamma[i]
	}
	return newBruteGoal(f.Sources, func(name string) float64 { return gamma[name] }, gamma["h_res"])
}

// at returns the port values and the cell of sample i.
func (f *gradFixture) at(i int) (s [NumPorts]float64, cell [3]int) {
	for p, port := range f.ports() {
		s[p], cell[p] = port.value[i], port.bin[i]
	}
	return s, cell
}

func (f *gradFixture) samples() []massed {
	out := make([]massed, len(f.Theta))
	for i, theta := range f.Theta {
		_, cell := f.at(i)
		out[i] = massed{cell, theta, 1 - theta}
	}
	return out
}

func loadFixtures(t *testing.T) []gradFixture {
	t.Helper()
	packed, err := os.Open("../pid/testdata/gradients.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	data, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	var fixtures []gradFixture
	if err := json.NewDecoder(data).Decode(&fixtures); err != nil {
		t.Fatal(err)
	}
	return fixtures
}

// TestFixtureTheta: our activation gives the authors' firing probability, and
// our bins are theirs if the fixture has fixed bins.
func TestFixtureTheta(t *testing.T) {
	for _, f := range loadFixtures(t) {
		a := f.activation(t)
		for i, want := range f.Theta {
			s, cell := f.at(i)
			A, _ := a.Eval(s)
			want = min(max(want, ThetaFloor), 1-ThetaFloor) // some of the authors' values are not clamped
			if got := Theta(A, ThetaFloor); !(math.Abs(got-want) <= 1e-9) {
				t.Fatalf("%s: θ of sample %d is %v, expected %v", f.Name, i, got, want)
			}
			if f.Binning.Kind != "fixed" {
				continue
			}
			for p := range f.ports() {
				e := f.Binning.Edges[p]
				cfg := Config{Sources: f.Sources}
				cfg.Ports[p].Bins.Lo, cfg.Ports[p].Bins.Hi, cfg.Ports[p].Bins.N = e[0], e[1], f.Binning.Bins[p]
				if got := cfg.Ports[p].Bins.Index(s[p]); got != cell[p] {
					t.Errorf("%s: sample %d lies in bin %d of port %v, expected %d", f.Name, i, got, Port(p), cell[p])
				}
			}
		}
	}
}

// TestFixtureGradient computes dG/dθ by definition from the batch and continues
// with the chain rule: dG/d port = dG/dθ·θ(1−θ)·∂A/∂port, and from there to
// weights and biases. It compares with the authors' automatic differentiation.
func TestFixtureGradient(t *testing.T) {
	kinds := map[string]int{}
	for _, f := range loadFixtures(t) {
		if testing.Short() && len(f.Theta) > 256 {
			continue
		}
		kinds[f.Activation.Type]++
		t.Run(strings.ReplaceAll(f.Name, " ", "_"), func(t *testing.T) {
			checkFixture(t, &f)
		})
	}
	if len(kinds) < 5 {
		t.Errorf("only %v seen", kinds)
	}
}

func checkFixture(t *testing.T, f *gradFixture) {
	a, goal, samples := f.activation(t), f.goal(), f.samples()
	n := float64(len(samples))
	var dw [NumPorts][]float64
	var db [NumPorts]float64
	for p, port := range f.ports() {
		dw[p] = make([]float64, len(port.dw))
	}
	cells := map[[3]int]float64{}
	for i, s := range samples {
		d, ok := cells[s.cell]
		if !ok {
			d = goal.gradient(samples, s.cell)
			cells[s.cell] = d
		}
		saturated := slices.Contains(f.Saturated, i)
		if !saturated && !(math.Abs(d-n*f.DTheta[i]) <= 1e-6) {
			t.Fatalf("sample %d: batch·dG/dθ is %v, expected %v", i, d, n*f.DTheta[i])
		}
		v, _ := f.at(i)
		_, grad := a.Eval(v)
		for p, port := range f.ports() {
			got := d / n * s.one * s.zero * grad[p]
			if !saturated && math.Abs(got-port.grad[i])*n > 1e-6 {
				t.Fatalf("sample %d: dG/d%v is %v, expected %v", i, Port(p), got, port.grad[i])
			}
			db[p] += got
			for k, x := range port.x[i] {
				dw[p][k] += got * x
			}
		}
	}
	if len(f.Saturated) > 0 {
		return // the authors' sums contain the samples that differ
	}
	for p, port := range f.ports() {
		for k, want := range port.dw {
			if !(math.Abs(dw[p][k]-want) <= 1e-7) {
				t.Errorf("dG/dw_%v[%d] is %v, expected %v", Port(p), k, dw[p][k], want)
			}
		}
		if !(math.Abs(db[p]-port.db) <= 1e-7) {
			t.Errorf("dG/db_%v is %v, expected %v", Port(p), db[p], port.db)
		}
	}
}
