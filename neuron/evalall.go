package neuron

import "infomorph/internal/vec"

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
	vec.Logistic(dst)
}

// thetas replaces activations by firing probabilities.
func thetas(a []float64) {
	vec.Logistic(a)
	for i, v := range a {
		a[i] = min(max(v, ThetaFloor), 1-ThetaFloor)
	}
}
