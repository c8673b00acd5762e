package estimate

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"infomorph/pid"
)

// generated returns x(t) = phi·x(t−1) + u(t), u uniform from a generator that is easily
// written in other languages.
func generated(n int, phi float64, seed uint64) []float64 {
	x, v := make([]float64, n), 0.0
	for i := range x {
		seed = (1103515245*seed + 12345) % (1 << 31)
		v = phi*v + float64(seed)/(1<<31) - .5
		x[i] = v
	}
	return x
}

// generatedFrame has t = r + c + noise and trials of ten rows.
func generatedFrame(n int) *Frame {
	r, c, t, trial := generated(n, .8, 1), generated(n, .8, 2), generated(n, .8, 3), make([]float64, n)
	for i := range t {
		t[i] += r[i] + c[i]
		trial[i] = float64(i / 10)
	}
	return &Frame{Rows: n, Columns: []Column{{Name: "r", Numbers: r}, {Name: "c", Numbers: c}, {Name: "t", Numbers: t}, {Name: "trial", Numbers: trial}}}
}

// TestNeighboursAgainstNumPy: informations and the shared-exclusions redundancy of 80
// rows, k = 4, by a straightforward program with NumPy and SciPy's digamma: of all
// rows, of rows more than three apart around the ring, and of rows of different trials.
func TestNeighboursAgainstNumPy(t *testing.T) {
	for name, want := range map[string][4]float64{ // I(T:R), I(T:C), I(T:RC), shared
		"independent": {.190145065, .521930266, .606169884, .259722269},
		"ring":        {.006393547, .356401345, .303165481, .118425355},
		"trials":      {-.050891762, .336397633, .30668328, .139440118},
	} {
		cfg := rct(KSG, pid.SX).withDefaults()
		if cfg.Rows = Independent; name == "trials" {
			cfg.Trials, cfg.Rows = "trial", AutoRows
		}
		f := generatedFrame(80)
		c, rows, _, err := newContinuous(f, &cfg)
		if err != nil {
			t.Fatal(err)
		}
		trials, err := (&samples{rows: rows}).trialsOf(f, &cfg)
		if err != nil {
			t.Fatal(err)
		}
		if c.planRows(trials); name == "ring" {
			c.window = 3
		}
		d := c.decompose(nil)
		for i, v := range []float64{d.Cumulative[0], d.Cumulative[1], d.MutualInfo, d.Cumulative[2]} {
			if !(math.Abs(v-want[i]) <= 1e-6) {
				t.Errorf("%s: value %d is %.9f, want %.9f", name, i, v, want[i])
			}
		}
	}
}

// TestWindowOfNeighbours: the window goes around the ring; rows that are moved take their trial with
// them.
func TestWindowOfNeighbours(t *testing.T) {
	a := &apart{n: 100, window: 5}
	for _, c := range []struct {
		i, j int
		near bool
	}{{3, 3, true}, {3, 8, true}, {8, 3, true}, {3, 9, false}, {0, 95, true}, {99, 4, true}, {0, 94, false}} {
		if a.near(c.i, c.j) != c.near {
			t.Errorf("rows %d and %d: %v", c.i, c.j, !c.near)
		}
	}
	c := &continuous{n: 4, of: [][]int{{0}, {1}}, plan: rowPlan{kind: Trials, trials: []span{{0, 2}, {2, 4}}}}
	as, moved := c.apart(4, nil), c.apart(4, rowsOf{nil, nil, {2, 1, 0, 3}})
	if !as.near(0, 1) || as.near(1, 2) || !moved.near(0, 3) || moved.near(0, 1) {
		t.Error(as, moved)
	}
	for name, length := range map[string]int{"white": 1, "remembers": 80} {
		x := [][]float64{generated(2000, map[string]float64{"white": 0, "remembers": .99}[name], 5), generated(2000, .99, 6)}
		if w := theiler([][]float64{x[0]}, x[1]); (w <= 8) != (length == 1) || w > 2000/mostTheiler {
			t.Errorf("a source that is %s: window of %d rows", name, w)
		}
	}
}

// TestUnsoundNeighbours: 500 rows that remember most of an eighth of them are too few;
// those that remember a few rows are not, nor are independent ones.
func TestUnsoundNeighbours(t *testing.T) {
	for window, want := range map[int]bool{0: false, 31: false, 32: true} {
		c := &continuous{n: 500, window: window}
		if why := c.unsound(); (why != "") != want || want && !strings.Contains(why, "500 rows that remember up to 32") {
			t.Errorf("%d: %q", window, why)
		}
	}
	cfg := rct(KSG, pid.MMI)
	cfg.Rows = Series
	r, err := Estimate(autoregressive(200, .97, 200, rand.New(rand.NewPCG(1, 2))), cfg)
	if err != nil || !strings.Contains(r.Sound, "too short a series") || !slices.Contains(r.Warnings, r.Sound) {
		t.Error(r, err)
	}
}
