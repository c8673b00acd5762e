package pid

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// gradCase is one batch of the layer by the authors of the paper, in double
// precision.
type gradCase struct {
	Name       string
	NSources   int `json:"n_sources"`
	Batch      int
	Activation struct {
		Type   string
		Params map[string]float64
	}
	Binning struct {
		NBins []int `json:"n_bins"`
		Edges [][2]float64
		Kind  string
	}
	GammaOrder []string `json:"gamma_order"`
	Gamma      []float64
	Goal       float64
	Atoms      map[string]float64
	Theta      []float64
	DGdTheta   []float64 `json:"dG_dtheta"`
	R, C, L    []float64
	RBin       []int `json:"r_bin"`
	CBin       []int `json:"c_bin"`
	LBin       []int `json:"l_bin"`
	Saturated  []int `json:"saturated_samples"`
}

func (c *gradCase) goal(t testing.TB) Goal {
	atoms := map[string]float64{}
	residual := 0.0
	for i, name := range c.GammaOrder {
		if name == "h_res" {
			residual = c.Gamma[i]
		} else {
			atoms[name] = c.Gamma[i]
		}
	}
	return mustGoal(t, c.NSources, atoms, residual)
}

func (c *gradCase) bins() [][]int { return [][]int{c.RBin, c.CBin, c.LBin}[:c.NSources] }

// TestBatchGoalAgreesWithAutograd compares goal, atoms and gradient with the
// layer by the authors of the paper, which adds 1e-10 inside logarithms; this
// has an effect of up to 1e-7.
func TestBatchGoalAgreesWithAutograd(t *testing.T) {
	var cases []gradCase
	readFixture(t, "gradients.json.gz", &cases)
	worst := 0.0
	for _, c := range cases {
		dst := make([]float64, c.Batch)
		goal, d, err := BatchGoal(dst, c.goal(t), Samples{NBins: c.Binning.NBins, Bins: c.bins(), Theta: c.Theta})
		if err != nil {
			t.Fatal(c.Name, err)
		}
		if !(math.Abs(goal-c.Goal) <= 1e-7) {
			t.Errorf("%s: goal %v, want %v", c.Name, goal, c.Goal)
		}
		for name, want := range c.Atoms {
			if got, ok := d.Atom(name); !ok || !(math.Abs(got-want) <= 1e-7) {
				t.Errorf("%s: atom %s %v, want %v", c.Name, name, got, want)
			}
		}
		for i, want := range c.DGdTheta {
			if slices.Contains(c.Saturated, i) {
				continue
			}
			diff := math.Abs(dst[i]-want) * float64(c.Batch)
			if worst = max(worst, diff); diff > 1e-7 {
				t.Errorf("%s: dG/dtheta[%d] %v, want %v", c.Name, i, dst[i], want)
				break
			}
		}
	}
	t.Log("largest deviation of batch·gradient:", worst)
}

// TestBinsAgreeWithReference: bins (lo, hi], clamped.
func TestBinsAgreeWithReference(t *testing.T) {
	var cases []gradCase
	readFixture(t, "gradients.json.gz", &cases)
	checked := 0
	for _, c := range cases {
		for k, values := range [][]float64{c.R, c.C, c.L}[:c.NSources] {
			if k >= len(c.Binning.Edges) {
				continue
			}
			b := Bins{c.Binning.Edges[k][0], c.Binning.Edges[k][1], c.Binning.NBins[k]}
			for i, v := range values {
				checked++
				if got := b.Index(v); got != c.bins()[k][i] {
					t.Fatalf("%s: %v in %v is bin %d, want %d", c.Name, v, b, got, c.bins()[k][i])
				}
			}
		}
	}
	t.Log("values checked:", checked)
}

// TestWindowAgreesWithBatch: the online gradient of every cell equals the batch
// gradient of the same samples, for random goals with all atoms.
func TestWindowAgreesWithBatch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, nbins := range [][]int{{2, 12}, {5, 4}, {4, 3, 5}} {
		n := len(nbins)
		atoms := map[string]float64{}
		for _, name := range lattices[n].names {
			atoms[name] = rnd.NormFloat64()
		}
		g := mustGoal(t, n, atoms, rnd.NormFloat64())
		const size = 80
		w, err := NewWindow(WindowConfig{NumBins: nbins, Capacity: size, Goal: g})
		if err != nil {
			t.Fatal(err)
		}
		bins, theta := make([][]int, n), []float64{}
		for i := range 3 * size {
			var cell [3]int
			for k := range n {
				cell[k] = rnd.IntN(nbins[k])
			}
			q := quantise(rnd.Float64())
			w.Push(cell, float64(q)/unit)
			if i >= 2*size {
				for k := range n {
					bins[k] = append(bins[k], cell[k])
				}
				theta = append(theta, float64(q)/unit)
			}
		}
		dst := make([]float64, size)
		goal, _, err := BatchGoal(dst, g, Samples{NBins: nbins, Bins: bins, Theta: theta})
		if err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(goal-w.Goal()) <= 1e-12) {
			t.Errorf("%v: goal %v in the window, %v in the batch", nbins, w.Goal(), goal)
		}
		for i := range size {
			var cell [3]int
			for k := range n {
				cell[k] = bins[k][i]
			}
			if got, want := w.Gradient(cell), dst[i]*size; !(math.Abs(got-want) <= 1e-11) {
				t.Errorf("%v: window gradient %v, batch %v", nbins, got, want)
			}
		}
	}
}

// A Batch can be used for batches and goals of any size, with the gradient of
// BatchGoal. In the end it allocates nothing.
func TestBatchIsReusable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var b Batch
	for _, nbins := range [][]int{{4, 3, 5}, {6, 2}, {20, 20, 20}, {3, 3}} {
		atoms := map[string]float64{}
		for _, name := range lattices[len(nbins)].names {
			atoms[name] = rnd.NormFloat64()
		}
		g := mustGoal(t, len(nbins), atoms, rnd.NormFloat64())
		for _, size := range []int{50, 300, 7} {
			bins, theta := randomBatch(nbins, size, uint64(size))
			want, got := make([]float64, size), make([]float64, size)
			goal, _, err := BatchGoal(want, g, Samples{NBins: nbins, Bins: bins, Theta: theta})
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Gradient(got, g, Samples{NBins: nbins, Bins: bins, Theta: theta}); err != nil {
				t.Fatal(err)
			}
			again, _, err := b.Goal(nil, g, Samples{NBins: nbins, Bins: bins, Theta: theta})
			if err != nil || again != goal || !slices.Equal(got, want) {
				t.Errorf("%v bins, %d samples: goal %v, want %v; gradients equal: %v", nbins, size, again, goal, slices.Equal(got, want))
			}
			if n := testing.AllocsPerRun(5, func() { _ = b.Gradient(got, g, Samples{NBins: nbins, Bins: bins, Theta: theta}) }); n != 0 {
				t.Errorf("%v bins, %d samples: %v allocations", nbins, size, n)
			}
		}
		bins, theta := randomBatch(nbins, 3, 1)
		for name, err := range map[string]error{
			"no dst": b.Gradient(nil, g, Samples{NBins: nbins, Bins: bins, Theta: theta}), "an empty batch": b.Gradient([]float64{}, g, Samples{NBins: nbins, Bins: make([][]int, len(nbins))}),
		} {
			if err == nil {
				t.Errorf("%v bins: %s is accepted", nbins, name)
			}
		}
	}
}
