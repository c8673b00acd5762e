package neuron

import "math"

// evalBlock is how many neurons EvalAll processes at a time, so that
// intermediate values stay in the fastest cache.
const evalBlock = 128

// EvalAll is [Activation.Eval] and [Theta] with the floor ThetaFloor for many
// neurons at once, for batch learning. sums[p][i] is the value of port p of
// neuron i; EvalAll sets theta[i] to P(Y=+1) and slope[p][i] to ∂A/∂sums[p][i].
// A port with nil sums has value 0; a nil slope is not computed. All other
// slices must be as long as theta. Results agree with Eval within a few units
// in the last place; the cost is a third of it.
func (a *Activation) EvalAll(theta []float64, slope, sums [NumPorts][]float64) {
	for len(theta) > 0 {
		n := min(evalBlock, len(theta))
		if a.Kind == ThreeSource {
			a.threeSources(theta[:n], &slope, &sums)
		} else {
			a.evalEach(theta[:n], &slope, &sums)
		}
		theta = theta[n:]
		for p := range sums {
			sums[p], slope[p] = rest(sums[p], n), rest(slope[p], n)
		}
	}
}

func rest(v []float64, n int) []float64 {
	if v == nil {
		return nil
	}
	return v[n:]
}

// evalEach evaluates one block with Eval.
func (a *Activation) evalEach(theta []float64, slope, sums *[NumPorts][]float64) {
	for i := range theta {
		var s, grad [NumPorts]float64
		for p := range s {
			if sums[p] != nil {
				s[p] = sums[p][i]
			}
		}
		A := a.eval(&s, &grad)
		for p := range grad {
			if slope[p] != nil {
				slope[p][i] = grad[p]
			}
		}
		theta[i] = A
	}
	thetas(theta)
}

// threeSources evaluates one block of the activation ThreeSource.
func (a *Activation) threeSources(theta []float64, slope, sums *[NumPorts][]float64) {
	var context, lateral [evalBlock]float64
	n := len(theta)
	r := block(sums[Receptive], n)
	modulation(context[:n], a.W1, r, block(sums[Contextual], n))
	modulation(lateral[:n], a.W2, r, block(sums[Lateral], n))
	base := 1 - a.C1 - a.C2
	for i := range theta {
		theta[i] = r[i] * (base + a.C1*context[i] + a.C2*lateral[i])
	}
	thetas(theta)
	dr, dc, dl := slope[Receptive], slope[Contextual], slope[Lateral]
	if dr == nil && dc == nil && dl == nil {
		return
	}
	c, l := block(sums[Contextual], n), block(sums[Lateral], n)
	for i := range theta {
		sc, sl := context[i], lateral[i]
		gc, gl := a.C1*sc*(1-sc)*a.W1, a.C2*sl*(1-sl)*a.W2
		if dr != nil {
			dr[i] = base + a.C1*sc + a.C2*sl + r[i]*(c[i]*gc+l[i]*gl)
		}
		if dc != nil {
			dc[i] = r[i] * r[i] * gc
		}
		if dl != nil {
			dl[i] = r[i] * r[i] * gl
		}
	}
}

var silence [evalBlock]float64

// block returns the first n values of a port, zeros if v is nil.
func block(v []float64, n int) []float64 {
	if v == nil {
		return silence[:n]
	}
	return v[:n]
}

// modulation writes σ(gain·r·x).
func modulation(dst []float64, gain float64, r, x []float64) {
	for i := range dst {
		dst[i] = gain * r[i] * x[i]
	}
	logistics(dst)
}

// thetas replaces activations by firing probabilities.
func thetas(a []float64) {
	logistics(a)
	for i, v := range a {
		a[i] = min(max(v, ThetaFloor), 1-ThetaFloor)
	}
}

// expSteps is the size of the table of exponentials: exps[j] = 2^(j/expSteps).
const expSteps = 128

var exps = func() (table [expSteps]float64) {
	for j := range table {
		table[j] = math.Exp2(float64(j) / expSteps)
	}
	return table
}()

// logistics replaces each x by Sigmoid(x) within 4e-16. With −x = (k +
// r')·ln2/128 for an integer k and r = r'·ln2/128, |r| ≤ 0.0028, e^−x is
// 2^(k/128)·e^r. The series of e^r up to r⁵ has an error below 1e-18. Beyond
// ±700 the result is that at ±700.
func logistics(x []float64) {
	const (
		steps = expSteps / math.Ln2
		round = 0x1.8p52 // adding it rounds to an integer
		high  = 0x1.62e42fefa0000p-8
		low   = 0x1.cf79abc9e3b3ap-47 // high + low = ln2/128
		bound = 700
	)
	for i, v := range x {
		v = -min(max(v, -bound), bound)
		shifted := v*steps + round
		bits := math.Float64bits(shifted)
		k := shifted - round
		r := v - k*high - k*low
		r2 := r * r
		series := r + r2*(0.5+r*(1.0/6)) + r2*r2*(1.0/24+r*(1.0/120))
		scale := math.Float64frombits(math.Float64bits(exps[bits%expSteps]) + bits/expSteps<<52)
		x[i] = 1 / (1 + (scale + scale*series))
	}
}
