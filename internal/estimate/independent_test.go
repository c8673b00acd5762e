package estimate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"infomorph/pid"
)

// nearNothing estimates samples of a model that hardly informs, and hands each over
// with the independent surrogates that its intervals were compared with.
func nearNothing(t *testing.T, m pid.Measure, check func(e *estimator, r *Result, nulls []float64, atoms [][]float64)) {
	t.Helper()
	cfg := Config{Sources: [][]string{{"r"}, {"c"}}, Target: []string{"t"}, Measure: m, Rows: Independent, Bootstrap: 100}.withDefaults()
	model := Model{Shape: []int{2, 2, 2}, P: conditionalModel(2, 2, func(a, _ int) float64 { return .45 + .1*float64(a) })}
	for k := range uint64(60) {
		e, err := newEstimator(model.sample(100, rand.New(rand.NewPCG(7, k))), &cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.estimate()
		if err != nil {
			t.Fatal(err)
		}
		surrogates, err := e.surrogates(family{kind: everything}, 100)
		if err != nil {
			t.Fatal(err)
		}
		atoms := make([][]float64, 4)
		for i := range atoms {
			for _, d := range surrogates {
				atoms[i] = append(atoms[i], d.Atoms[i])
			}
			slices.Sort(atoms[i])
		}
		check(e, r, e.nullInformation(), atoms)
	}
}

// TestIntervalsWithoutInformation: the interval of the mutual information holds 0 exactly if
// the observed one is no more than independent surrogates give; those of the atoms
// then hold 0 exactly if they are within what surrogates give too, as far out as their tests
// look.
func TestIntervalsWithoutInformation(t *testing.T) {
	for _, m := range []pid.Measure{pid.MMI, pid.SX} {
		var cases [2][2]int // of the mutual information and the atoms: holding 0 or not
		nearNothing(t, m, func(_ *estimator, r *Result, nulls []float64, atoms [][]float64) {
			nothing := r.MIRaw <= quantile(nulls, .95)
			if holds := r.MILower <= 0 && r.MIUpper >= 0; holds != nothing || r.MILower > r.MI {
				t.Errorf("%v: observed %v, interval %v to %v", m, r.MIRaw, r.MILower, r.MIUpper)
			}
			cases[0][count(nothing)]++
			if r.MIRaw > quantile(nulls, .975) {
				return
			}
			for i, v := range r.Plugin.Atoms {
				lo, hi := quantile(atoms[i], .025), quantile(atoms[i], .975)
				if nonNegative(m) { // as their tests: one-sided
					lo, hi = math.Inf(-1), quantile(atoms[i], .95)
				}
				within := v >= lo-1e-12 && v <= hi+1e-12
				if holds := r.Lower[i] <= 0 && r.Upper[i] >= 0; holds != within && !(v == 0 && holds) {
					t.Errorf("%v: atom %d is %v, interval %v to %v", m, i, v, r.Lower[i], r.Upper[i])
				}
				cases[1][count(within)]++
			}
		})
		if slices.Min(append(cases[0][:], cases[1][:]...)) == 0 {
			t.Errorf("%v: not all cases occurred: %v", m, cases)
		}
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// TestIntervalsOfReadings: atoms of pm that surrogates exclude keep the interval
// that holds all readings unless the information is as small as that of most
// surrogates.
func TestIntervalsOfReadings(t *testing.T) {
	kept, narrowed := 0, 0
	nearNothing(t, pid.PM, func(e *estimator, r *Result, nulls []float64, atoms [][]float64) {
		if e.bent == nil || r.MIRaw > quantile(nulls, .975) {
			return
		}
		for i, v := range r.Plugin.Atoms {
			if v >= quantile(atoms[i], .025) && v <= quantile(atoms[i], .975) {
				continue
			}
			holds := r.Lower[i] <= 0 && r.Upper[i] >= 0
			switch {
			case r.MIRaw > quantile(nulls, bentNothing) && holds:
				kept++
			case r.MIRaw <= quantile(nulls, bentNothing) && !holds:
				narrowed++
			case r.MIRaw <= quantile(nulls, bentNothing):
				t.Errorf("atom %d is %v beyond %v to %v, interval %v to %v", i, v, atoms[i][0], atoms[i][99], r.Lower[i], r.Upper[i])
			}
		}
	})
	if kept == 0 || narrowed == 0 {
		t.Errorf("%d intervals kept, %d narrowed", kept, narrowed)
	}
}
