package pid

import "math"

// dep decomposes by unique information as dependency (James, Emenheiser and
// Crutchfield 2019): the smallest amount that the dependency between a source
// and the target adds, when it is added to a maximum-entropy distribution with
// some of the other dependencies. With two sources three values matter,
//
//	unq₁ = min( I(T:S1), I_b − I(T:S2), I_e − I(T:S2) )
//
// where I_b is I(T:S1,S2) if the sources only depend on the target, that is,
// are independent given it, and I_e is the same if all pairs have the marginals
// of p. Both sources give the same redundancy, max(0, I₁ + I₂ − I_b, I₁ + I₂ −
// I_e). No atom is negative.
func (tb *table) dep() (*Decomposition, error) {
	d := tb.start(DEP)
	f, cert, err := tb.maximumEntropy()
	if err != nil {
		return nil, err
	}
	d.Certificate = cert
	i1, i2 := tb.mutual(1), tb.mutual(2)
	d.Cumulative[0], d.Cumulative[1], d.Cumulative[3] = i1, i2, d.MutualInfo
	least := min(f.informationGivenTarget(), information3(f.q, f.targets))
	d.Cumulative[2] = min(max(0, i1+i2-least), i1, i2) // min corrects rounding errors
	d.invert()
	return d, nil
}

// informationGivenTarget returns I(T:S1,S2) under p(t)·p(a|t)·p(b|t).
func (f *fitting) informationGivenTarget() float64 {
	pt := make([]float64, f.targets)
	for i, v := range f.at {
		pt[i%f.targets] += v
	}
	q := make([]float64, len(f.q))
	for i := range q {
		t, b, a := i%f.targets, i/f.targets%f.n2, i/f.targets/f.n2
		if pt[t] > 0 {
			q[i] = f.at[a*f.targets+t] * (f.bt[b*f.targets+t] / pt[t])
		}
	}
	return information3(q, f.targets)
}

// information3 returns the mutual information of the rows and columns of q
// [bit]. The columns are the target.
func information3(q []float64, targets int) float64 {
	pt := make([]float64, targets)
	sum := 0.0
	for row := q; len(row) > 0; row = row[targets:] {
		ps := 0.0
		for t, v := range row[:targets] {
			sum -= surprise(v)
			pt[t] += v
			ps += v
		}
		sum += surprise(ps)
	}
	for _, v := range pt {
		sum += surprise(v)
	}
	return math.Max(sum, 0)
}
