package estimate

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"infomorph/pid"
)

// noncentral returns P(χ² ≤ x) of k degrees of freedom and a noncentrality, as the
// Poisson mixture of central ones.
func noncentral(x, k, noncentrality float64) float64 {
	sum := 0.0
	for j := range 400 {
		weight := distuv.Poisson{Lambda: noncentrality / 2}.Prob(float64(j))
		sum += weight * distuv.ChiSquared{K: k + 2*float64(j)}.CDF(x)
	}
	return sum
}

// TestSquaresUpper: what is observed of a sum of squares lies at about its 2.5 % quantile
// if the truth is the upper end.
func TestSquaresUpper(t *testing.T) {
	const scale = .003
	for _, k := range []float64{3, 63} {
		nulls := make([]float64, 999)
		for i := range nulls {
			nulls[i] = scale * distuv.ChiSquared{K: k}.Quantile((float64(i)+.5)/999)
		}
		for _, x := range []float64{k / 3, k, 2 * k, 10 * k} {
			truth := squaresUpper(scale*x, nulls, 1.96)/scale - k
			if truth == 0 {
				if p := noncentral(x, k, 0); p > .025 {
					t.Errorf("%v squares, observed %v: nothing is excluded at p = %.3f", k, x, p)
				}
				continue
			}
			if p := noncentral(x, k, truth); p < .01 || p > .04 {
				t.Errorf("%v squares, observed %v: upper end %.2f is excluded at p = %.3f", k, x, truth, p)
			}
		}
	}
	if v := squaresUpper(.5, make([]float64, 10), 1.96); v != .5 {
		t.Error("surrogates that tell nothing make no sum of squares:", v)
	}
}

// TestInformationIntervalOfLittle: samples that happen to show little have intervals that
// reach up to the truth. On the scale of bits .07 of the upper ends of independent rows
// lie below it, and .06 of those of chains; 300 samples are within .03 of .025.
func TestInformationIntervalOfLittle(t *testing.T) {
	for _, c := range []struct {
		m    Model
		rows int
	}{{NullModels()[3], 200}, {TiedModels()[1], 500}} {
		truth, err := pid.Decompose(pid.SX, c.m.Shape, c.m.P)
		if err != nil {
			t.Fatal(err)
		}
		below, above, rnd := 0, 0, rand.New(rand.NewPCG(99, 1))
		for range 300 {
			cfg := Config{Measure: pid.SX, Bootstrap: 100, Seed: rnd.Uint64()}.withDefaults()
			e, err := newEstimator(c.m.sample(c.rows, rnd), &cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			r := &Result{Plugin: e.plugin, MIRaw: e.plugin.MutualInfo}
			bias, err := e.bias(e.observed, e.plugin)
			if err != nil {
				t.Fatal(err)
			}
			r.correct(bias)
			e.informationInterval(r, e.nullInformation(), e.plan.fewPieces(cfg.Level))
			if r.MIUpper < truth.MutualInfo {
				below++
			}
			if r.MILower > truth.MutualInfo {
				above++
			}
		}
		if below > 14 || above > 16 {
			t.Errorf("%s: %d of 300 intervals lie below the truth, %d above", c.m.Name, below, above)
		}
	}
}

// TestInformationIntervalHasBounds: it is never beyond what the symbols allow, nor does
// it begin above what is estimated.
func TestInformationIntervalHasBounds(t *testing.T) {
	s := &samples{shape: []int{2, 2, 2}}
	for i := range 12 {
		s.source, s.target = append(s.source, i%4), append(s.target, int32(i%4/2))
	}
	cfg := Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"t"}, Measure: pid.MMI, Bootstrap: 50, Rows: Independent}.withDefaults()
	e, err := newEstimator(s, &cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.estimate()
	if err != nil || r.MIUpper > 1 || r.MIUpper < r.MI || r.MILower <= 0 || r.MILower > r.MI || math.IsNaN(r.MILower) {
		t.Error(r.MILower, r.MI, r.MIUpper, err)
	}
}
