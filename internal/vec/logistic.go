package vec

import "math"

// expSteps is the size of the table of exponentials: exps[j] are the bits of
// 2^(j/expSteps).
const expSteps = 128

var exps = func() (table [expSteps]uint64) {
	for j := range table {
		table[j] = math.Float64bits(math.Exp2(float64(j) / expSteps))
	}
	return table
}()

const (
	steps = expSteps / math.Ln2
	round = 0x1.8p52 // adding it rounds to an integer
	high  = 0x1.62e42fefa0000p-8
	low   = 0x1.cf79abc9e3b3ap-47 // high + low = ln2/128
	bound = 700
)

// logisticConstants are those that fastLogistic needs.
var logisticConstants = [13]float64{
	-bound, bound, math.Copysign(0, -1), math.Float64frombits(expSteps - 1),
	steps, high, round, low, 1.0 / 6, 0.5, 1.0 / 120, 1.0 / 24, 1,
}

// Logistic replaces each x by 1/(1+e^−x) within 4e-16. With −x = (k + r')·ln2/128 for an
// integer k and r = r'·ln2/128, |r| ≤ 0.0028, e^−x is 2^(k/128)·e^r. The series of e^r up
// to r⁵ has an error below 1e-18. Beyond ±700 the result is that at ±700.
func Logistic(x []float64) {
	n := 0
	if fast && len(x) >= lanes {
		n = len(x) &^ (lanes - 1)
		logistic(&x[0], n, &exps[0], &logisticConstants)
	}
	logisticLoop(x[n:])
}

func logisticLoop(x []float64) {
	for i, v := range x {
		v = -min(max(v, -bound), bound)
		shifted := v*steps + round
		bits := math.Float64bits(shifted)
		k := shifted - round
		r := v - k*high - k*low
		r2 := r * r
		series := r + r2*(0.5+r*(1.0/6)) + r2*r2*(1.0/24+r*(1.0/120))
		scale := math.Float64frombits(exps[bits%expSteps] + bits/expSteps<<52)
		x[i] = 1 / (1 + (scale + scale*series))
	}
}
