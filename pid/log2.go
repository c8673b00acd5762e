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

// log2 returns the binary logarithm with an error of at most 2e-16 + 1 ulp,
// several times faster than math.Log2. It calls math.Log2 for zero, subnormal,
// negative and non-finite numbers. With x = 2^k·m, c the nearest table entry
// below m and r = (m−c)/c < 1/256, log2 x = k + log2 c + log2(1+r). The series
// up to r⁶ has an error below 2^-58. Powers of two are exact.
func log2(x float64) float64 {
	if b := math.Float64bits(x); b-1<<52 >= 0x7fe<<52 {
		return math.Log2(x)
	}
	k, r := reduce(x)
	return k + series(r)
}

// reduce returns k + log2 c and r of a positive normal number. reduce and
// series are small enough to be inlined into loops.
func reduce(x float64) (k, r float64) {
	b := math.Float64bits(x)
	entry := &logs[b>>44&0xff]
	m := math.Float64frombits(b&(1<<52-1) | 1023<<52)
	c := math.Float64frombits(b&(0xff<<44) | 1023<<52)
	return float64(int(b>>52)-1023) + entry.log, (m - c) * entry.inv
}

// series returns log2(1+r).
func series(r float64) float64 {
	const ln2 = 1 / math.Ln2
	r2 := r * r
	return r*ln2 + r2*((-ln2/2+r*(ln2/3))+r2*((-ln2/4+r*(ln2/5))-r2*(ln2/6)))
}

// tiny is the smallest normal number. A smaller probability has no effect on a
// sum of logarithms.
const tiny = 0x1p-1022

// entropies3 returns −Σ p(s)·log2 u(s) and −Σ p(s,t)·log2 u(s,t) over the rows
// of a binary target: these are cross-entropies, or entropies if u is p.
func entropies3(p, u []float64) (sources, joint float64) {
	for i := 0; i+2 < len(p) && i+2 < len(u); i += 3 {
		if v := p[i]; v >= tiny {
			k, r := reduce(u[i])
			joint -= v * (k + series(r))
		}
		if v := p[i+1]; v >= tiny {
			k, r := reduce(u[i+1])
			joint -= v * (k + series(r))
		}
		if v := p[i+2]; v >= tiny {
			k, r := reduce(u[i+2])
			sources -= v * (k + series(r))
		}
	}
	return sources, joint
}
