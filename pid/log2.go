package pid

import "math"

// logs holds 1/c and log2(c) for c = 1 + i/256.
var logs = func() (table [256]struct{ inv, log float64 }) {
	for i := range table {
		c := 1 + float64(i)/256
		table[i].inv, table[i].log = 1/c, math.Log2(c)
	}
	return table
}()

// log2 returns the binary logarithm within 2e-16 + 1 ulp, several times faster
// than math.Log2, on which it falls back for zero, subnormal, negative and
// non-finite numbers. With x = 2^k·m, c the nearest table entry below m and
// r = (m−c)/c < 1/256, log2 x = k + log2 c + log2(1+r); the series up to r⁶
// leaves less than 2^-58. Powers of two are exact.
func log2(x float64) float64 {
	const ln2 = 1 / math.Ln2
	b := math.Float64bits(x)
	if b-1<<52 >= 0x7fe<<52 {
		return math.Log2(x)
	}
	entry := &logs[b>>44&0xff]
	m := math.Float64frombits(b&(1<<52-1) | 1023<<52)
	c := math.Float64frombits(b&(0xff<<44) | 1023<<52)
	r := (m - c) * entry.inv
	r2 := r * r
	series := r*ln2 + r2*((-ln2/2+r*(ln2/3))+r2*((-ln2/4+r*(ln2/5))-r2*(ln2/6)))
	return float64(int(b>>52)-1023) + (entry.log + series)
}
